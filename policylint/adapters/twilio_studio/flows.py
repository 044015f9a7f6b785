"""A flow definition → its widgets by name, and how runs come to each: after a message of the person, or unasked."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import mapping, mappings
from policylint.model.source import value_at
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

CALL = "make-outgoing-call"
_MESSAGES = frozenset(["send-message", "send-and-wait-for-reply"])
_INBOUND = frozenset(["incomingMessage", "incomingCall", "incomingConversationMessage"])
_WINDOW = 24 * 60 * 60
_PERSON = re.compile(
    r"contact\.channel\.address|trigger\.(?:message|call)\.(?:From|Caller)|trigger\.conversation\.\w*From"
)


class Reach(NamedTuple):
    """One way in which runs come to a widget."""

    how: str
    """``push``, ``reply``, or why neither is sure: ``subflow``, ``after``, ``late``."""
    is_phone: bool = False
    """True where a call before it shows that the person's address is a phone number."""


class Flow(NamedTuple):
    """A flow definition."""

    pointer: Pointer
    data: Mapping[str, Any]
    states: Mapping[str, tuple[int, Mapping[str, Any]]]
    """Name → index and widget."""
    ways: Mapping[str, Mapping[Reach, Pointer]]
    """Name → the ways to the widget, each with the transition of the trigger that it begins with."""
    calls_person: bool


def flow_at(document: Document, pointer: Pointer) -> Flow:
    """Return the flow definition at a place."""
    data = value_at(document.data, pointer)
    states: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for index, state in mappings(data["states"]):
        if isinstance(state.get("name"), str):
            states.setdefault(state["name"], (index, state))
    calls = any(kind_of(state) == CALL and is_for_person(properties_of(state)) for _, state in states.values())
    return Flow(pointer, data, states, _ways(pointer, states), calls)


def _ways(pointer: Pointer, states: Mapping[str, tuple[int, Mapping[str, Any]]]) -> dict[str, dict[Reach, Pointer]]:
    found: dict[str, dict[Reach, Pointer]] = {}
    queue = deque(
        (move.get("next"), _started_by(move.get("event")), (*pointer, "states", index, "transitions", number))
        for index, state in states.values()
        if kind_of(state) == "trigger"
        for number, move in mappings(state.get("transitions"))
    )
    while queue:
        name, reach, start = queue.popleft()
        if not isinstance(name, str) or name not in states or kind_of(states[name][1]) == "trigger":
            continue
        ways = found.setdefault(name, {})
        if reach in ways:
            continue
        ways[reach] = start
        state = states[name][1]
        for _, move in mappings(state.get("transitions")):
            queue.append((move.get("next"), _after(state, move.get("event"), reach), start))
    return found


def _started_by(event: Any) -> Reach:
    if isinstance(event, str) and event in _INBOUND:
        return Reach("reply", event == "incomingCall")
    return Reach("push" if event == "incomingRequest" else "subflow")


def _after(state: Mapping[str, Any], event: Any, reach: Reach) -> Reach:
    """Return how a run goes on after a widget."""
    kind, properties = kind_of(state), properties_of(state)
    if kind == "send-and-wait-for-reply":
        if event == "incomingMessage":
            return reach._replace(how="reply")
        if event == "timeout" and reach.how == "reply" and _seconds(properties.get("timeout")) >= _WINDOW:
            return reach._replace(how="late")
    elif kind == CALL and is_for_person(properties):
        return reach._replace(is_phone=True)
    elif kind == "run-subflow" and reach.how == "push":
        return reach._replace(how="after")
    return reach


def _seconds(value: Any) -> int:
    return int(str(value)) if re.fullmatch(r"[0-9]{1,9}", str(value)) else 0


def properties_of(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings of a widget."""
    return mapping(state.get("properties"))


def kind_of(state: Mapping[str, Any]) -> str:
    """Return the type of a widget without its version: ``make-outgoing-call-v2`` is the same as without."""
    return re.sub(r"-v\d+$", "", str(state.get("type")))


def sends(state: Mapping[str, Any]) -> bool:
    """Tell whether a widget sends a message or places a call."""
    return kind_of(state) in _MESSAGES or kind_of(state) == CALL


def is_for_person(properties: Mapping[str, Any]) -> bool:
    """Tell whether a widget is for the person whom the flow runs for, as it is where nothing else is said."""
    to = properties.get("to")
    return not isinstance(to, str) or not to.strip() or _PERSON.search(to) is not None
