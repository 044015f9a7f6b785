"""The calls of automations and scripts → campaign records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.home_assistant import CARRIES
from policylint.adapters.home_assistant.shapes import Call, Definition, Part, calls, definitions, parts
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
from policylint.adapters.provider_requests import requested
from policylint.adapters.requests import MAXIMUM_BODY, Request, queried
from policylint.adapters.texts import Text
from policylint.model.source import EXPRESSION, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable, Sign

CALLED_FROM_ELSEWHERE = Unknown("whoever runs the script says to whom, perhaps the sender of an inbound message")
CALLS_NOTHING = "a WhatsApp client that is set up; nothing in this file sends with it"

_NAMES_WHATSAPP = re.compile(r"whats_?app|callmebot|waha|evolution|green_?api|(?<![a-z])wa(?![a-z])")
# Notifiers by what their names say; all others are apps and speakers of the household. The first that fits counts.
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"mobile_app"), ""),
    (_NAMES_WHATSAPP, "whatsapp"),
    (re.compile(r"telegram"), "telegram"),
    (re.compile(r"(?<![a-z])(?:voip|call)(?![a-z])"), "voice"),
    (re.compile(r"sms|twilio|clicksend"), "sms"),
    (re.compile(r"e?mail|smtp|sendgrid|mailgun|(?<![a-z])ses(?![a-z])"), "email"),
    (re.compile(r"messenger|facebook"), "messenger"),
    (re.compile(r"signal"), "signal"),
    (re.compile(r"threema"), "threema"),
    (re.compile(r"viber"), "viber"),
)
_TO = ("to", "target", "number", "phone", "phone_number", "chat_id", "recipient", "recipients", "jid", "chat")
_WHAT = (
    *(("message",), ("body", "text"), ("text",), ("body", "caption"), ("body", "image", "caption"), ("body",)),
    *(("caption",), ("question",), ("content",), ("title",)),
)
_SENDS = re.compile(r"send|reply|message|notify|broadcast")
_SENDS_NOT = re.compile(
    r"presence|reaction|read|delete|revoke|edit|typing|group_participant|answer_callback|chat_action"
)
_JID = re.compile(r"@(?:c|g|s)\.(?:us|whatsapp\.net)\b|@lid\b|@newsletter\b|@broadcast\b")
_GROUP = re.compile(r"@g\.us\b")
_OFFICIAL = re.compile(r"cloud|business|meta")
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
            found = _message(call, defined.get(call.called), providers)
            if isinstance(found, Message):
                sending.add(found.sign.provider if found.sign else None)
                yield sent(origin, found, _facts(part, call, found))
            elif found is not None and is_unofficial(found):
                note = "an unofficial client that sends no message here"
                quiet.setdefault(str(found.provider), set_up(origin, found, call.called_at, note))
    yield from (record for provider, record in quiet.items() if provider not in sending)
    for called, definition in defined.items():
        sign = _defined_sign(definition, providers) if called not in used else None
        if sign is not None and is_unofficial(sign):
            name = called.partition(".")[2]
            origin = Origin(
                document, "home-assistant", called.partition(".")[0], None, name, definition.pointer, CARRIES
            )
            yield set_up(origin, sign, definition.pointer, CALLS_NOTHING)


# --- what a call sends ----------------------------------------------------------------------


def _message(call: Call, definition: Definition | None, providers: ProviderTable) -> Message | Sign | None:
    if call.domain in ("rest_command", "shell_command"):
        return _commanded(call, definition, providers)
    name = call.service if call.domain == "notify" else call.domain
    if call.domain == "notify" and call.service == "send_message":
        target = call.item.get("target")
        entity = target.get("entity_id") if isinstance(target, dict) else None
        name = entity.partition(".")[2].lower() if isinstance(entity, str) else ""
    platform = definition.item.get("platform") if definition and isinstance(definition.item, dict) else None
    channel = next(
        (
            channel
            for text in (platform, name)
            if isinstance(text, str)
            for pattern, channel in _NAMES
            if pattern.search(text.lower())
        ),
        None,
    )
    sign = _defined_sign(definition, providers) if definition is not None else None
    if sign is not None and sign.provider != "twilio":
        channel = "whatsapp"
    if not channel:
        return None
    recipient = _recipient(call)
    if channel == "whatsapp":
        sign = sign or _whatsapp_sign(call, name, recipient, providers)
    if call.domain != "notify" and (not _SENDS.search(call.service) or _SENDS_NOT.search(call.service)):
        return sign if channel == "whatsapp" else None
    text = _first(call)
    bodies = (text,) if text is not None else ()
    return Message(channel, call.called_at, sign, recipient, bodies)


def _whatsapp_sign(call: Call, name: str, recipient: Text | None, providers: ProviderTable) -> Sign | None:
    """Return who carries WhatsApp messages: the name says it, or addresses that exist in unofficial clients only."""
    if call.domain != "notify" and _OFFICIAL.search(call.domain):
        return providers.named("meta")
    plain = re.sub(r"[^a-z0-9]", "", name)
    for provider, entry in providers.providers.items():
        known = re.sub(r"[^a-z0-9]", "", provider)
        if (
            (known in plain or known.removesuffix("api") == plain)
            and len(known) > 3
            and entry.get("route") in ("unofficial", "relay")
        ):
            return providers.named(provider)
    addresses = f"{recipient.value if recipient else ''} {call.each}"
    # Every integration of that domain links an app account: WhatsApp has no integration in Home Assistant itself.
    if "whatsapp" in call.domain or _JID.search(addresses):
        return providers.url("", '"to": "0@c.us"')
    return None


def _data(call: Call) -> tuple[Mapping[str, Any], Pointer]:
    for key in ("data", "data_template"):
        value = call.item.get(key)
        if isinstance(value, dict):
            return value, (*call.pointer, key)
    return {}, call.pointer


def _recipient(call: Call) -> Text | None:
    data, pointer = _data(call)
    for name in _TO:
        text = _text(data.get(name), (*pointer, name))
        if text is not None:
            return text
    return None


def _first(call: Call) -> Text | None:
    data, pointer = _data(call)
    for path in _WHAT:
        value: Any = data
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        text = _text(value, (*pointer, *path))
        if text is not None:
            return text
    return None


def _text(value: Any, pointer: Pointer) -> Text | None:
    """Return a text, a number, or the texts of a list; a secret as an expression."""
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value if isinstance(item, (str, int)) and not isinstance(item, bool))
    if isinstance(value, Unknown):
        return Text("{{ secret }}", pointer)
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        return None
    return Text(str(value), pointer)


# --- commands -------------------------------------------------------------------------------


def _defined_sign(definition: Definition, providers: ProviderTable) -> Sign | None:
    """Return who carries the messages of a notifier or a command, by its platform or its address."""
    item = definition.item
    if isinstance(item, dict):
        for key in ("resource", "url"):
            if isinstance(item.get(key), str):
                sign = providers.url(item[key], f"{item[key]}\n{item.get('payload')}\n{item.get('data')}")
                if sign is not None:
                    return sign
        platform = item.get("platform")
        if isinstance(platform, str):
            sign = providers.named(re.sub(r"_(?:notify|notifier|sms|call)\Z", "", platform))
            sign = sign or providers.named(f"{platform.partition('_')[0]}-api")
            return sign if sign is not None and sign.provider and not providers.is_unnamed(sign.provider) else None
    return providers.url(item, item) if isinstance(item, str) else None


def _commanded(call: Call, definition: Definition | None, providers: ProviderTable) -> Message | Sign | None:
    """Read a call of a command: its request stands in the file, what fills it in stands in the call."""
    if definition is None:
        return _named_only(call)
    request = _request(definition)
    found = requested(request, providers, call.called) if request is not None else None
    if not isinstance(found, Message):
        return found
    bodies = tuple(_filled(body, call) if isinstance(body, Text) else body for body in found.bodies)
    recipient = _filled(found.recipient, call) if found.recipient is not None else None
    return found._replace(recipient=recipient, bodies=bodies, shown_by=call.called_at, kind_at=None)


def _named_only(call: Call) -> Message | None:
    """Read a call of a command that another file defines: only its name can say that it sends a WhatsApp message."""
    text = _first(call)
    if text is None or not _NAMES_WHATSAPP.search(call.service) or _SENDS_NOT.search(call.service):
        return None
    return Message("whatsapp", call.called_at, None, _recipient(call), (text,))


def _request(definition: Definition) -> Request | None:
    item, at = definition.item, definition.pointer
    if isinstance(item, str):
        address = re.search(r"https?://[^\s\"']+", item)
        if address is None:
            return None
        url, body = Text(item, at).part(*address.span()), Text(item, at) if item else None
        method = "POST" if re.search(r"-X\s*POST|--data|\s-d\b", item) else "GET"
    elif isinstance(item, dict) and isinstance(item.get("url"), str):
        url, method = Text(item["url"], (*at, "url")), str(item.get("method") or "GET").upper()
        payload = item.get("payload")
        body = Text(payload, (*at, "payload")) if isinstance(payload, str) else None
    else:
        return None
    fields = list(queried(url))
    written = "\n".join(f'"{name}": "{value.value}"' for name, value in fields)
    text = body.value[:MAXIMUM_BODY] if body is not None else ""
    return Request(url, method, f"{written}\n{text}", [body] if body is not None else [], fields, [])


def _filled(text: Text, call: Call) -> Text:
    """Return what the call gives for a text that is one template variable; else the text."""
    match = re.fullmatch(r"\s*\{\{\s*(\w+)(?:\s*\|[^{}]*)?\s*\}\}\s*", text.value)
    data, pointer = _data(call)
    given = _text(data.get(match.group(1)), (*pointer, match.group(1))) if match else None
    return given or text


# --- what stands around it ------------------------------------------------------------------


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
        ("audience", "selection"): _selection(call, message, direction, addresses),
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
