"""The calls of automations and scripts → campaign records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.home_assistant import CARRIES
from policylint.adapters.home_assistant.sends import defined_sign, message_of
from policylint.adapters.home_assistant.shapes import Call, Part, calls, definitions, parts
from policylint.adapters.messages import (
    FEW,
    NOBODY,
    VARYING,
    Found,
    Message,
    Origin,
    fixed_count,
    is_unofficial,
    sent,
    set_up,
)
from policylint.model.source import EXPRESSION, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.texts import Text
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable

CALLED_FROM_ELSEWHERE = Unknown("whoever runs the script says to whom, perhaps the sender of an inbound message")
CALLS_NOTHING = "a WhatsApp client that is set up; nothing in this file sends with it"

_GROUP = re.compile(r"@g\.us\b")
_INBOUND: Mapping[str, re.Pattern[str]] = {
    "whatsapp": re.compile(
        r"(?=.*(?:whats_?app|waha|evolution))(?!.*(?:presence|status|ack|sent|receipt)).*(?:message|receiv|poll|button)"
    ),
    "telegram": re.compile(r"telegram_(?:text|command|callback|attachment)"),
    "sms": re.compile(r"sms|twilio_data_received"),
    "email": re.compile(r"imap_content"),
}


def campaigns_of(document: Document, providers: ProviderTable) -> Iterator[Campaign]:
    """Yield one record per call that sends, and one per WhatsApp client that is set up and not called."""
    defined = {definition.called: definition for definition in definitions(document.data)}
    used: set[str] = set()
    quiet: dict[str, Campaign] = {}
    sending: set[str | None] = set()
    for part in parts(document.data):
        for call in calls(part):
            if not call.may_send:
                continue
            used.add(call.called)
            origin = Origin(
                document,
                "home-assistant",
                part.name,
                part.name_at,
                str(call.item.get("alias") or call.called),
                call.called_at,
                CARRIES,
            )
            found = message_of(call, defined.get(call.called), providers)
            if isinstance(found, Message):
                sending.add(found.sign.provider if found.sign else None)
                yield sent(origin, found, _facts(part, call, found))
            elif found is not None and is_unofficial(found):
                note = "an unofficial client that sends no message here"
                quiet.setdefault(str(found.provider), set_up(origin, found, call.called_at, note))
    yield from (record for provider, record in quiet.items() if provider not in sending)
    for called, definition in defined.items():
        sign = defined_sign(definition, providers) if called not in used else None
        if sign is not None and is_unofficial(sign):
            name = called.partition(".")[2]
            origin = Origin(
                document, "home-assistant", called.partition(".")[0], None, name, definition.pointer, CARRIES
            )
            yield set_up(origin, sign, definition.pointer, CALLS_NOTHING)


class _Addresses(NamedTuple):
    """The addresses of a call, those of the repetition around it where it takes them from there."""

    number: int
    """0 where they are not written down."""
    written: str
    at: Text | Pointer | None


def _addresses(call: Call, recipient: Text | None) -> _Addresses:
    if recipient is None:
        return _Addresses(0, "", None)
    if "repeat.item" in recipient.value and call.each is not None:
        items = call.each if isinstance(call.each, list) else []
        written = "\n".join(str(item) for item in items)
        return _Addresses(0 if "{{" in written else len(items), written, call.each_at)
    if recipient.literal is None:
        return _Addresses(0, recipient.value, recipient)
    return _Addresses(fixed_count(recipient.value), recipient.value, recipient)


def _facts(part: Part, call: Call, message: Message) -> dict[tuple[str, ...], Found | None]:
    addresses = _addresses(call, message.recipient)
    direction = _direction(part, call, message, addresses)
    facts: dict[tuple[str, ...], Found | None] = {
        ("direction",): direction,
        ("audience", "selection"): (
            _selection(call, message, direction, addresses) if message.channel != "push" else None
        ),
        ("audience", "size"): Found(addresses.number, addresses.at) if addresses.number > 1 else None,
        ("schedule", "recurrence"): _recurrence(part),
    }
    if part.is_automation:
        facts["automation", "bot"] = Found(True, direction.at)
    if call.off_at is not None:
        facts["enabled",] = Found(False, call.off_at)
    return facts


def _direction(part: Part, call: Call, message: Message, addresses: _Addresses) -> Found:
    is_written = addresses.number > 0 or _is_secret(message.recipient)
    pattern = _INBOUND.get(str(message.channel))
    for pointer, trigger in part.triggers():
        event = f"{trigger.get('event_type')} {trigger.get('trigger')} {trigger.get('platform')}"
        if pattern is not None and pattern.search(event) and not is_written and call.each is None:
            return Found("reply", pointer)
    started = next((pointer for pointer, _ in part.triggers()), None)
    if part.is_automation or is_written or call.each is not None or message.recipient is None:
        return Found("push", started or part.name_at or call.called_at)
    return Found(CALLED_FROM_ELSEWHERE)


def _is_secret(recipient: Text | None) -> bool:
    return recipient is not None and recipient.value == "{{ secret }}"


def _selection(call: Call, message: Message, direction: Found, addresses: _Addresses) -> Found:
    if direction.value == "reply":
        return Found("inbound_sender", message.recipient)
    if message.recipient is None:
        return Found(NOBODY)
    if _GROUP.search(addresses.written):
        return Found("group_chat", addresses.at)
    if addresses.at == call.each_at and call.each is not None:
        return Found("list", call.each_at)
    if addresses.number > 1:
        return Found(FEW, addresses.at)
    if addresses.number == 1 or _is_secret(message.recipient):
        return Found("single_number", addresses.at)
    return Found(VARYING)


def _recurrence(part: Part) -> Found | None:
    """Return how often the clock starts an automation; None where only events or people do."""
    for pointer, trigger in part.triggers():
        kind = trigger.get("trigger") or trigger.get("platform")
        if kind == "time":
            at = trigger.get("at")
            is_clock = isinstance(at, str) and re.fullmatch(r"\d{1,2}:\d{2}(?::\d{2})?", at.strip())
            return Found("daily" if is_clock else EXPRESSION, (*pointer, "at"))
        if kind == "sun":
            return Found("daily", pointer)
        if kind == "time_pattern":
            return Found(_cron(trigger), pointer)
    return None


def _cron(trigger: Mapping[str, Any]) -> str:
    """Return a time pattern as cron text; what it leaves out below its finest part is zero, above it any."""
    minutes, hours = trigger.get("minutes"), trigger.get("hours")
    minute = "0" if minutes is None and hours is not None else "*" if minutes is None else str(minutes)
    hour = "*" if hours is None else str(hours)
    return f"{minute.replace('/', '*/')} {hour.replace('/', '*/')} * * *"
