"""Plain data → where flows, campaigns, events, triggers and bare actions stand in it. Small, as many runs import it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Pointer

SENDING = frozenset(["send_msg", "send_broadcast", "send_interactive_msg", "send_whatsapp_msg"])
"""Types of actions that send a text: goflow's, Glific's and Weni's."""
_SAMPLE = 50
"""Items of a list that are looked at to tell what it holds."""


class Parts(NamedTuple):
    """Where the parts of a document stand."""

    flows: tuple[Pointer, ...] = ()
    """Definitions, of both versions."""
    campaigns: tuple[Pointer, ...] = ()
    events: tuple[Pointer, ...] = ()
    """Events without their campaign."""
    triggers: tuple[Pointer, ...] = ()
    nodes: tuple[Pointer, ...] = ()
    """Nodes without their flow."""
    actions: tuple[Pointer, ...] = ()
    """Actions without their node."""

    @property
    def any(self) -> bool:
        """Tell whether there is a part that could send."""
        return bool(self.flows or self.campaigns or self.events or self.nodes or self.actions)


def parts_of(data: Any) -> Parts:
    """Return the parts of a document: an export, one of its parts, or a list of them."""
    found: dict[str, list[Pointer]] = {name: [] for name in Parts._fields}
    items = list(enumerate(data)) if isinstance(data, list) else []
    if not isinstance(data, list):
        _collect(data, (), found)
    elif any(_is_part(item) for _, item in items[:_SAMPLE]):
        for index, item in items:
            _collect(item, (index,), found)
    return Parts(*(tuple(found[name]) for name in Parts._fields))


def _is_part(data: Any) -> bool:
    return is_flow(data) or is_event(data) or _is_campaign(data) or _is_export(data) or _sends_alone(data)


def _collect(data: Any, at: Pointer, found: dict[str, list[Pointer]]) -> None:
    if is_flow(data):
        found["flows"].append(at)
    elif _is_export(data):
        found["flows"].extend(_definitions(data, at))
        campaigns = _listed(data, "campaigns", at)
        found["campaigns"].extend(pointer for pointer, campaign in campaigns if _is_campaign(campaign))
        found["triggers"].extend(pointer for pointer, trigger in _listed(data, "triggers", at) if trigger)
    elif _is_campaign(data):
        found["campaigns"].append(at)
    elif is_event(data):
        found["events"].append(at)
    elif _sends_alone(data):
        found["nodes" if _is_node(data) else "actions"].append(at)


def _listed(data: dict[Any, Any], key: str, at: Pointer) -> Iterator[tuple[Pointer, dict[Any, Any]]]:
    items = data.get(key)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield (*at, key, index), item


def _definitions(export: dict[Any, Any], at: Pointer) -> Iterator[Pointer]:
    for pointer, flow in _listed(export, "flows", at):
        if is_flow(flow):
            yield pointer
        elif is_flow(flow.get("definition")):  # Glific, and RapidPro before 2015
            yield (*pointer, "definition")


def _is_export(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    return next(_definitions(data, ()), None) is not None or any(
        _is_campaign(campaign) for _, campaign in _listed(data, "campaigns", ())
    )


def is_flow(data: Any) -> bool:
    """Tell whether plain data is a flow: the definition of spec 11 (action sets), or of 12 and later (nodes)."""
    if not isinstance(data, dict):
        return False
    if isinstance(data.get("action_sets"), list):
        return isinstance(data.get("rule_sets"), list)
    nodes = data.get("nodes")
    if not isinstance(nodes, list) or "spec_version" not in data or "connections" in data:
        return False
    return any(_is_node(node) for node in nodes[:_SAMPLE])


def _is_node(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("uuid"), str) or not isinstance(data.get("exits"), list):
        return False
    return isinstance(data.get("actions"), list) or isinstance(data.get("router"), dict)


def _is_campaign(data: Any) -> bool:
    if not isinstance(data, dict) or not ("group" in data or "name" in data):
        return False
    events = data.get("events")
    return isinstance(events, list) and any(is_event(event) for event in events[:_SAMPLE])


def is_event(data: Any) -> bool:
    """Tell whether plain data is an event of a campaign: a message or a flow, so long after a date of the contact."""
    if not isinstance(data, dict) or data.get("event_type") not in ("M", "F"):
        return False
    return isinstance(data.get("relative_to"), dict) and "offset" in data


def _sends_alone(data: Any) -> bool:
    """Tell whether plain data is an action that sends, or a node with one."""
    if _is_node(data) and isinstance(data.get("actions"), list):
        return any(_sends(action) for action in data["actions"])
    return _sends(data)


def _sends(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("type"), str) or data["type"] not in SENDING:
        return False
    return isinstance(data.get("uuid"), str) and isinstance(data.get("text"), str)
