"""Documents → where the workflows in them stand. Small, as every run imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policylint.model.source import Pointer

CARRIES = (
    *("name", "schedule.recurrence", "messages.kind", "messages.subject", "messages.body", "messages.text_from"),
    "messages.template.name",
)
"""What a workflow has a place for; whatever else a record lacks is unknown."""
CARRIED_BY_MAIL = ("purpose", "opt_out")
"""What it has a place for beside that where it sends mails or SMS: in the text, in a branch for who unsubscribes."""
_WRAPPERS = (
    "workflow",
    "workflows",
    "data",
    "workflowData",
    "workflow_json",
    "workflowJson",
    "template",
    "json",
    "attributes",
)
# Of a workflow without nodes, two of these: they are n8n's own.
_OWN_KEYS = frozenset(
    ["active", "isArchived", "meta", "pinData", "settings", "staticData", "triggerCount", "versionId"]
)


def is_workflow(data: Any) -> bool:
    """Tell whether plain data is a workflow: a list of nodes whose types name a package, and connections.

    A workflow that is still empty has no types; it is known by the other keys that n8n gives it.
    """
    if not isinstance(data, dict):
        return False
    nodes = data.get("nodes")
    if not isinstance(nodes, list) or not isinstance(data.get("connections"), dict):
        return False
    if not nodes:
        return not data["connections"] and len(_OWN_KEYS & data.keys()) > 1
    types = (node.get("type") for node in nodes[:20] if isinstance(node, dict))
    return any(isinstance(one, str) and "." in one for one in types)


def workflow_places(data: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield where the workflows of a document stand: at its root, in a list, or wrapped as n8n's APIs wrap them."""
    if is_workflow(data):
        yield pointer
    elif len(pointer) > 3:
        return
    elif isinstance(data, dict):
        for key in _WRAPPERS:
            if isinstance(data.get(key), (dict, list)):
                yield from workflow_places(data[key], (*pointer, key))
    # A list whose first items are something else is no export of workflows, however long it is.
    elif isinstance(data, list) and any(True for item in data[:3] for _ in workflow_places(item, (*pointer, 0))):
        for index, item in enumerate(data):
            yield from workflow_places(item, (*pointer, index))
