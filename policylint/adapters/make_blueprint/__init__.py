"""Make.com scenario blueprints → one campaign record per module that sends.

Recognised: an object with a list ``flow`` whose items name a ``module`` as ``app:action``; or wrapped as Make's API and
its templates wrap it (``blueprint``, ``response.blueprint``); written by hand, the list is called ``modules`` too.
Known: channel, carrier, direction, how recipients are chosen, the message as far as it is written down, and how often
it runs where the schedule is exported too. Unknown: consent, purpose, and whatever an expression decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable

_WRAPPERS: tuple[tuple[str, ...], ...] = ((), ("blueprint",), ("response", "blueprint"), ("scenario", "blueprint"))
_MODULE = re.compile(r"[\w#.-]+:\w")
CARRIES = (
    *("name", "schedule.recurrence"),
    *("messages.kind", "messages.subject", "messages.body", "messages.text_from", "messages.template.name"),
)
EXAMPLE = """\
{
  "name": "Welcome new customers",
  "flow": [
    {"id": 1, "module": "google-sheets:searchRows", "mapper": {"sheetId": "Customers"}},
    {
      "id": 2,
      "module": "whatsapp-business-cloud:sendMessage",
      "mapper": {"to": "{{1.`2`}}", "type": "text", "text": {"body": "Hello {{1.`0`}}, our winter offers are here."}}
    }
  ],
  "metadata": {"version": 1}
}
"""


def blueprint_place(data: Any) -> Pointer | None:
    """Return where the blueprint of a document stands, or None where it holds none."""
    for wrapper in _WRAPPERS:
        found = data
        for key in wrapper:
            found = found.get(key) if isinstance(found, dict) else None
        if _is_blueprint(found):
            return wrapper
    return None


def _is_blueprint(data: Any) -> bool:
    return isinstance(data, dict) and flow_key(data) is not None


def flow_key(data: dict[Any, Any]) -> str | None:
    """Return the key that the list of modules stands under, None where there is none."""
    for key in ("flow", "modules"):
        flow = data.get(key)
        modules = (item.get("module") for item in flow[:20] if isinstance(item, dict)) if isinstance(flow, list) else ()
        if any(isinstance(module, str) and _MODULE.match(module) for module in modules):
            return key
    return None


def recognises(document: Document) -> bool:
    """Tell whether a document is a blueprint."""
    return blueprint_place(document.data) is not None


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the campaigns of a blueprint."""
    # Late, because its many patterns take a while to compile and most runs meet no blueprint.
    from policylint.adapters.make_blueprint.records import campaigns_of
    from policylint.adapters.make_blueprint.scenario import read_scenario

    place = blueprint_place(document.data)
    return Adapted(list(campaigns_of(read_scenario(document, place), providers)) if place is not None else [])


ADAPTER = Adapter(
    name="make-blueprint",
    title="Make.com scenario blueprint",
    signs="an object with `flow`, a list of modules such as whatsapp-business-cloud:sendMessage; alone or wrapped",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
