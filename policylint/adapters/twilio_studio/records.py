"""The widgets of a flow that send → campaign records: what they send, to whom, and on which channel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, mappings, readable
from policylint.adapters.twilio_studio.flows import (
    CALL,
    Flow,
    Reach,
    flow_at,
    is_for_person,
    kind_of,
    properties_of,
    sends,
)
from policylint.model.source import EXPRESSION, Unknown, value_at
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

NOT_STARTED = Unknown("no trigger of the flow leads to the widget")
SUBFLOW = Unknown("other flows run this one")
AFTER_SUBFLOW = Unknown("a flow before it may have waited for an answer")
LATE = Unknown("it may come more than 24 hours after the person's last message")
ELSEWHERE = Unknown("whoever starts the flow names the recipient")
BY_PERSON = Unknown("the flow uses the person's address, which may be of any channel")
SOMEBODY = Unknown("an expression decides to whom it goes, perhaps not the person who wrote")
IN_TEMPLATE = Unknown("the text is in the content template, not in the flow")
BY_SID = Unknown("the flow names the content template by its SID only")
_UNSURE = {"subflow": SUBFLOW, "after": AFTER_SUBFLOW, "late": LATE}
_WITH_AGENTS = frozenset(["send-to-flex", "enqueue-call"])


def drafts_of(document: Document, pointer: Pointer) -> Iterator[Draft]:
    """Yield the records of the flow definition at a place."""
    flow = flow_at(document, pointer)
    outer = mapping(value_at(document.data, flow.pointer[:-1])) if flow.pointer else {}
    stem = document.path.rsplit("/", 1)[-1].partition(".")[0]
    title = label(flow.data.get("description"), outer.get("friendly_name"), stem)
    around = _around(flow)
    for name, (index, state) in flow.states.items():
        if not sends(state):
            continue
        draft = Draft(document, f"{title} › {name}", (*flow.pointer, "states", index))
        if isinstance(flow.data.get("description"), str):
            draft.put(("name",), flow.data["description"], (*flow.pointer, "description"))
        _put(draft, flow, name, state)
        _put_around(draft, around)
        yield draft


def _put(draft: Draft, flow: Flow, name: str, state: Mapping[str, Any]) -> None:
    at, properties = draft.places[()].pointer, properties_of(state)
    is_call = kind_of(state) == CALL
    direction = _direction(flow, name, properties, at)
    selection = _selection(flow, properties, direction, at)
    channel = Found("voice", (*at, "type")) if is_call else _channel(flow, name, properties, at)
    draft.put(("channel",), channel.value, channel.at)
    draft.put(("direction",), direction.value, direction.at)
    draft.put(("audience", "selection"), selection.value, selection.at)
    draft.point(("audience",), selection.at)
    draft.put(("sender", "provider"), "twilio", channel.at)
    if channel.value == "whatsapp":
        draft.put(("sender", "product"), "business_platform", channel.at)
    draft.point(("sender",), channel.at)
    if direction.value == "reply":
        draft.put(("automation", "bot"), value=True, at=direction.at)
    for value in (channel.value, direction.value):
        if isinstance(value, Unknown):
            draft.note(value.why)
    draft.point(("messages",), at)
    if is_call:
        draft.put(("automation", "calls"), value=True, at=(*at, "type"))
        _put_spoken(draft, flow, state)
        return
    _put_message(draft, properties, channel.value)
    if channel.value == "whatsapp":
        window = {"reply": "customer_service", "push": "none"}.get(str(direction.value), direction.value)
        draft.put(("messages", 0, "window"), window, direction.at)


def _put_message(draft: Draft, properties: Mapping[str, Any], channel: str | Unknown) -> None:
    at = (*draft.places[()].pointer, "properties")
    sid, body = properties.get("content_sid"), properties.get("body")
    said = properties.get("message_type")
    # A body may be left over from before the template was chosen, so the type of the message goes first.
    if said == "content_template" or (said is None and sid and not body):
        draft.put(("messages", 0, "kind"), "freeform" if channel == "sms" else "template", (*at, "content_sid"))
        draft.put(("messages", 0, "template"), None if channel == "sms" else {"name": BY_SID}, (*at, "content_sid"))
        draft.put(("messages", 0, "body"), IN_TEMPLATE, (*at, "content_sid"))
        if isinstance(sid, str):
            draft.note(f"content template {sid}")
        return
    text = readable(body) if isinstance(body, str) and body.strip() else None
    draft.put(("messages", 0, "kind"), "freeform", (*at, "body"))
    draft.put(("messages", 0, "template"), None)
    draft.put(("messages", 0, "body"), text, (*at, "body"))


def _put_spoken(draft: Draft, flow: Flow, call: Mapping[str, Any]) -> None:
    """Put what is said first to the person who answers."""
    draft.put(("messages", 0, "kind"), "freeform", draft.places[()].pointer)
    draft.put(("messages", 0, "template"), None)
    answered = (move.get("next") for _, move in mappings(call.get("transitions")) if move.get("event") == "answered")
    following = next((name for name in answered if isinstance(name, str) and name in flow.states), None)
    index, state = flow.states[following] if following is not None else (0, {})
    said = properties_of(state).get("say")
    if isinstance(said, str) and said.strip():
        at = (*flow.pointer, "states", index, "properties", "say")
        draft.put(("messages", 0, "body"), readable(said), at)
    else:
        draft.put(("messages", 0, "body"), Unknown("the file does not show what is said first"))


_STOP = re.compile(
    r"stop|stopall|stopp|unsubscribe|opt[-_ ]?out|revoke|baja|salir|sair|parar|abmelden|arr[eê]t", re.IGNORECASE
)
_ANSWER = re.compile(r"\.inbound\.Body|trigger\.(?:message|conversation)\.Body", re.IGNORECASE)


class _Around(NamedTuple):
    """What a flow as a whole shows."""

    stop_words: tuple[str, ...] = ()
    stop_words_at: Pointer | None = None
    agent_at: Pointer | None = None
    runs_others: bool = False


def _around(flow: Flow) -> _Around:
    found = _Around()
    for index, state in flow.states.values():
        at, kind = (*flow.pointer, "states", index), kind_of(state)
        if kind in _WITH_AGENTS:
            found = found._replace(agent_at=found.agent_at or at)
        elif kind == "run-subflow":
            found = found._replace(runs_others=True)
        elif kind == "split-based-on" and not found.stop_words:
            found = found._replace(stop_words=tuple(dict.fromkeys(_stop_words(state))), stop_words_at=at)
    return found


def _put_around(draft: Draft, around: _Around) -> None:
    if around.stop_words:
        draft.put(("opt_out", "keywords"), list(around.stop_words), around.stop_words_at)
    if around.agent_at is not None:
        draft.put(("automation", "escalation"), ["in_chat_agent"], around.agent_at)
    if around.runs_others:
        draft.note("it runs another flow, which was not read")


def _stop_words(split: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words by which a widget that looks at an answer knows an opt-out."""
    if not _ANSWER.search(str(properties_of(split).get("input"))):
        return
    for _, move in mappings(split.get("transitions")):
        for _, condition in mappings(move.get("conditions")):
            for word in str(condition.get("value")).split(","):
                if _STOP.fullmatch(word.strip()):
                    yield word.strip()


# --- whom, and on which channel ----------------------------------------------------------------------------------

_SCHEMES = {"whatsapp:": "whatsapp", "messenger:": "messenger", "rcs:": "rcs"}
_CHANNELS = frozenset(["sms", "whatsapp", "messenger", "rcs", "instagram", "viber", "line", "telegram"])
_NAMES = {
    "whatsapp": re.compile(r"whats\s?app", re.IGNORECASE),
    "messenger": re.compile(r"\bmessenger\b", re.IGNORECASE),
    "sms": re.compile(r"\bsms\b", re.IGNORECASE),
}
"""Words of a flow's description that name its channel, where its widgets leave it open."""
_FOR_MANY = re.compile(
    r"\b(?:(?:auto|power|predictive|progressive)?[\s-]?dial(?:l?er|ling)|robo-?calls?|broadcasts?|(?:sms|text|e?mail)[\s-]?blasts?"
    r"|bulk|mass[\s-](?:sms|text|message|call)\w*|campaigns?|outreach|newsletter)\b",
    re.IGNORECASE,
)
"""Words of a flow's description by which it is run for one person after another of a list."""
_NUMBER = re.compile(r"\+?[0-9X][0-9X\s().-]{3,}", re.IGNORECASE)


class Found(NamedTuple):
    """A value, and where it shows."""

    value: str | Unknown
    at: Pointer


def _direction(flow: Flow, name: str, properties: Mapping[str, Any], at: Pointer) -> Found:
    ways = flow.ways.get(name, {})
    if not is_for_person(properties) and "{{" not in str(properties.get("to")):
        return Found("push", (*at, "properties", "to"))
    for reach, start in ways.items():
        if reach.how == "push":
            return Found("push", start)
    if not is_for_person(properties):
        return Found(SOMEBODY, (*at, "properties", "to"))
    hows = {reach.how: start for reach, start in ways.items()}
    if hows.keys() == {"reply"}:
        return Found("reply", hows["reply"])
    return Found(next((why for how, why in _UNSURE.items() if how in hows), NOT_STARTED), at)


def _selection(flow: Flow, properties: Mapping[str, Any], direction: Found, at: Pointer) -> Found:
    to = (*at, "properties", "to") if properties.get("to") else at
    if not is_for_person(properties):
        return Found(EXPRESSION if "{{" in str(properties["to"]) else "single_number", to)
    if direction.value == "reply":
        return Found("inbound_sender", to)
    if direction.value == "push" and _FOR_MANY.search(str(flow.data.get("description"))):
        # The API starts a run for each person; what they are runs of is what the flow is called.
        return Found("list", (*flow.pointer, "description"))
    return Found(ELSEWHERE if direction.value == "push" else direction.value, to)


def _channel(flow: Flow, name: str, properties: Mapping[str, Any], at: Pointer) -> Found:
    """Return the channel, which only an address with a scheme, a phone number or a call beside it shows."""
    for field in ("to", "from"):
        address = str(properties.get(field) or "").strip()
        channel = next((channel for scheme, channel in _SCHEMES.items() if address.lower().startswith(scheme)), None)
        if channel is not None:
            return Found(channel, (*at, "properties", field))
    said = properties.get("channel")
    if isinstance(said, str) and said.lower() in _CHANNELS:
        return Found(said.lower(), (*at, "properties", "channel"))
    for field in ("to", "from"):
        address = str(properties.get(field) or "").strip()
        if _NUMBER.fullmatch(address) or "trigger.call." in address:
            return Found("sms", (*at, "properties", field))
    ways = flow.ways.get(name, {})
    if is_for_person(properties) and ways and all(_is_phone(flow, reach) for reach in ways):
        return Found("sms", at)
    said = flow.data.get("description")
    named = [channel for channel, pattern in _NAMES.items() if pattern.search(said)] if isinstance(said, str) else []
    return Found(named[0], (*flow.pointer, "description")) if len(named) == 1 else Found(BY_PERSON, at)


def _is_phone(flow: Flow, reach: Reach) -> bool:
    return reach.is_phone or (reach.how == "push" and flow.calls_person)
