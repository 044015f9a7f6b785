"""Node-RED flows → one campaign record per node that sends.

Recognised: a list of objects with ``id``, ``type`` and, on one of them at least, ``wires``; or such a list under
``flows``, as Node-RED's API writes it. Known: channel, carrier, direction, how recipients are chosen, the texts that
nodes before it set, how often it runs; calls of Home Assistant's actions are read as in its own files. Unknown:
consent, purpose, and whatever code decides. What only a click on an inject node sends to one person at most over an
unofficial client is a set-up: nothing is sent by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable

CARRIES = (
    *("name", "schedule.recurrence"),
    *("messages.kind", "messages.subject", "messages.body", "messages.text_from", "messages.template.name"),
)
EXAMPLE = """\
[
  {"id": "f1", "type": "tab", "label": "Opening hours"},
  {"id": "n1", "type": "telegram receiver", "z": "f1", "bot": "b1", "wires": [["n2"], []]},
  {
    "id": "n2",
    "type": "function",
    "z": "f1",
    "func": "msg.payload.content = 'We are open from nine to five.';\\nreturn msg;",
    "wires": [["n3"]]
  },
  {"id": "n3", "type": "telegram sender", "z": "f1", "bot": "b1", "wires": [[]]}
]
"""


def flows_place(data: Any) -> Pointer | None:
    """Return where the list of nodes of a document stands, or None where it holds none."""
    if _is_flows(data):
        return ()
    return ("flows",) if isinstance(data, dict) and _is_flows(data.get("flows")) else None


def _is_flows(data: Any) -> bool:
    if not isinstance(data, list):
        return False
    nodes = [item for item in data if isinstance(item, dict)]
    named = [node for node in nodes if isinstance(node.get("id"), str) and isinstance(node.get("type"), str)]
    return len(named) * 2 > len(data) and any(isinstance(node.get("wires"), list) for node in named)


def recognises(document: Document) -> bool:
    """Tell whether a document holds flows."""
    return flows_place(document.data) is not None


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the campaigns of a document's flows."""
    # Late, because its many patterns take a while to compile and most runs meet no flows.
    from policylint.adapters.node_red.graph import read_flows
    from policylint.adapters.node_red.records import campaigns_of

    place = flows_place(document.data)
    return Adapted(list(campaigns_of(read_flows(document, place), providers)) if place is not None else [])


ADAPTER = Adapter(
    name="node-red",
    title="Node-RED flows",
    signs="a list of objects with `id`, `type` and `wires`, alone or under `flows`",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
