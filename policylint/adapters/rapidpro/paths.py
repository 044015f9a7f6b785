"""Flows, triggers and campaigns → how runs come to each node: after a message of the person, or unasked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import mapping, mappings
from policylint.adapters.rapidpro.definitions import Flow, key_of
from policylint.adapters.rapidpro.recipients import SELF, recipients_of
from policylint.model.source import Unknown, value_at
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.rapidpro.signs import Parts
    from policylint.model.source import Document, Pointer

INBOUND = frozenset("KCMVNRIOF")
"""Types of triggers that the person sets off: keyword, any message, missed or inbound call, new conversation, referral,
opt-in, opt-out; and follow, of old exports (temba/triggers/models.py)."""
_SCHEDULE = "S"
_WINDOW = 24 * 60 * 60

NOT_STARTED = Unknown("the file does not say what starts the flow")
AFTER_SUBFLOW = Unknown("a flow before it may have waited for an answer")
LATE = Unknown("it may come more than 24 hours after the person's last message")
SOON = Unknown("it may come less than 24 hours after the person's last message")
NOT_REACHED = Unknown("no way leads to the node")
_UNSURE = {"unstarted": NOT_STARTED, "subflow": AFTER_SUBFLOW, "late": LATE}


class Reach(NamedTuple):
    """One way in which runs come to a node."""

    how: str
    """``push``, ``reply``, or why neither is sure: ``unstarted``, ``subflow``, ``late``."""
    selection: str | Unknown | None = None
    """How people are chosen who are written to unasked."""
    scheme: str | None = None
    """Scheme of the address of the people who come this way, where the flow tells them apart."""
    is_recent: bool = False
    """True where it is less than 24 hours after the person was last seen."""


class Start(NamedTuple):
    """What starts a flow."""

    flow: int
    reach: Reach
    at: Pointer
    keywords: tuple[str, ...] = ()


Reaches = dict[Reach, "Pointer | None"]
"""The ways to a node, each with what starts the flow."""


class Found(NamedTuple):
    """A value, and where it shows."""

    value: Any
    at: Pointer | None = None


class Paths:
    """How runs come to the nodes of a document's flows."""

    def __init__(self, document: Document, parts: Parts, flows: Sequence[Flow]) -> None:
        self.flows = flows
        self._by_key = {key: index for index in reversed(range(len(flows))) for key in reversed(flows[index].keys)}
        self.starts = list(self._starts(document, parts))
        self._ways: dict[tuple[int, str], Reaches] = {}
        self._follow()

    def ways(self, flow: int, node: str) -> Reaches:
        """Return the ways to a node; none for one that nothing leads to."""
        return self._ways.get((flow, node), {})

    def target(self, reference: Any) -> int | None:
        """Return the flow that is meant, None where it is not in the file."""
        fields = mapping(reference)
        keys = (key_of(fields.get(name)) for name in ("uuid", "id", "name"))
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    # --- what starts the flows ---

    def _starts(self, document: Document, parts: Parts) -> Iterator[Start]:
        for pointer in parts.triggers:
            yield from self._triggered(value_at(document.data, pointer), pointer)
        for pointer in parts.campaigns:
            for index, event in mappings(value_at(document.data, pointer).get("events")):
                flow = self.target(event.get("flow")) if event.get("event_type") == "F" else None
                if flow is not None:
                    reach = Reach("push", "segment", is_recent=_is_soon_after_contact(event))
                    yield Start(flow, reach, (*pointer, "events", index))
        for number, one in enumerate(self.flows):
            if one.pointer[-1:] == ("definition",):
                outer = mapping(value_at(document.data, one.pointer[:-1]))
                words = _words(outer.get("keywords"))
                if words:
                    yield Start(number, Reach("reply"), (*one.pointer[:-1], "keywords"), words)
            for _, action in one.actions():
                if action.kind == "start_session":
                    yield from self._session(action.data, action.pointer)

    def _triggered(self, trigger: Mapping[str, Any], at: Pointer) -> Iterator[Start]:
        flow = self.target(trigger.get("flow"))
        kind = trigger.get("trigger_type")
        if flow is None or not isinstance(kind, str):
            return
        if kind == _SCHEDULE:
            yield Start(flow, Reach("push", recipients_of(trigger, at).selection), at)
        elif kind in INBOUND and kind:
            words = _words([trigger.get("keyword")]) + _words(trigger.get("keywords")) if kind == "K" else ()
            yield Start(flow, Reach("reply"), at, tuple(dict.fromkeys(words)))

    def _session(self, action: Mapping[str, Any], at: Pointer) -> Iterator[Start]:
        recipients = recipients_of(action, at)
        flow = self.target(action.get("flow") or action)
        if flow is not None and recipients.selection != SELF:
            yield Start(flow, Reach("push", recipients.selection), at)

    # --- how it goes on from there ---

    def _follow(self) -> None:
        entered = {
            self.target(action.data.get("flow"))
            for flow in self.flows
            for _, action in flow.actions()
            if action.kind == "enter_flow"
        }
        started = {start.flow for start in self.starts}
        alone = [index for index in range(len(self.flows)) if index not in started and index not in entered]
        self._walk([*((start.flow, start.reach, start.at) for start in self.starts), *self._unstarted(alone)])
        # What only flows enter that nothing starts, such as two that enter each other.
        for index in range(len(self.flows)):
            if not self.ways(index, self.flows[index].entry or ""):
                self._walk(self._unstarted([index]))

    @staticmethod
    def _unstarted(flows: Sequence[int]) -> list[tuple[int, Reach, Pointer | None]]:
        return [(index, Reach("unstarted"), None) for index in flows]

    def _walk(self, starts: Sequence[tuple[int, Reach, Pointer | None]]) -> None:
        queue = deque((flow, self.flows[flow].entry, reach, at) for flow, reach, at in starts)
        while queue:
            flow, key, reach, at = queue.popleft()
            node = self.flows[flow].nodes.get(key) if key is not None else None
            if key is None or node is None:
                continue
            ways = self._ways.setdefault((flow, key), {})
            if reach in ways:
                continue
            ways[reach] = at
            after = reach
            for action in node.actions:
                if action.kind == "enter_flow":
                    child = self.target(action.data.get("flow"))
                    if child is not None:
                        queue.append((child, self.flows[child].entry, reach, at))
                    after = self._after(child, after)
            queue.extend((flow, way.to, _after_exit(after, way), at) for way in node.exits if way.to is not None)

    def _after(self, child: int | None, reach: Reach) -> Reach:
        """Return how a run goes on after another flow: that may have waited for an answer."""
        if reach.how != "push" or (child is not None and not self._waits(child)):
            return reach
        return reach._replace(how="subflow", selection=None)

    def _waits(self, flow: int) -> bool:
        nodes = self.flows[flow].nodes.values()
        enters = any(action.kind == "enter_flow" for _, action in self.flows[flow].actions())
        return enters or any(way.is_answer for node in nodes for way in node.exits)


def _is_soon_after_contact(event: Mapping[str, Any]) -> bool:
    """Tell whether an event of a campaign comes within a day of the person's last message."""
    offset, unit = event.get("offset"), {"M": 60, "H": 60 * 60, "D": _WINDOW}.get(str(event.get("unit")), _WINDOW)
    is_last_seen = mapping(event.get("relative_to")).get("key") == "last_seen_on"
    return is_last_seen and isinstance(offset, int) and 0 <= offset * unit < _WINDOW


def _after_exit(reach: Reach, way: Any) -> Reach:
    scheme = way.scheme or reach.scheme
    if way.is_answer:
        return Reach("reply", None, scheme) if way.seconds < _WINDOW else Reach("late", None, scheme)
    if reach.how == "reply" and way.seconds >= _WINDOW:
        return Reach("late", None, scheme)
    return reach._replace(scheme=scheme)


def _words(value: Any) -> tuple[str, ...]:
    return (
        tuple(dict.fromkeys(word for word in value if isinstance(word, str) and word))
        if isinstance(value, list)
        else ()
    )


def direction_of(ways: Reaches) -> Found:
    """Return who wrote first: unasked where one way leads here unasked."""
    for reach, at in ways.items():
        if reach.how == "push":
            return Found("push", at)
    hows = {reach.how: at for reach, at in ways.items()}
    if hows.keys() == {"reply"}:
        return Found("reply", hows["reply"])
    unsure = next((why for how, why in _UNSURE.items() if how in hows), NOT_REACHED)
    return Found(unsure)


def selection_of(ways: Reaches, direction: Found) -> Found:
    """Return how the people are chosen whom a flow writes to."""
    if direction.value != "push":
        return Found("inbound_sender" if direction.value == "reply" else direction.value, direction.at)
    found = {reach.selection: at for reach, at in ways.items() if reach.how == "push"}
    if len(found) == 1:
        return Found(*next(iter(found.items())))
    # Several starts: whoever else gets it, a group of people is among them.
    return Found("segment", found["segment"]) if "segment" in found else Found(next(iter(found)))


def window_of(ways: Reaches, direction: Found) -> str | Unknown:
    """Return in which open window of WhatsApp a message falls."""
    if isinstance(direction.value, Unknown):
        return direction.value
    if direction.value == "reply":
        return "customer_service"
    return SOON if any(reach.how == "push" and reach.is_recent for reach in ways) else "none"


def scheme_of(ways: Reaches) -> str | None:
    """Return the scheme of the addresses of all people who come to a node."""
    schemes = {reach.scheme for reach in ways}
    return schemes.pop() if len(schemes) == 1 else None
