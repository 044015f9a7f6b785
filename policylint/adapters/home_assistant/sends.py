"""A call of an action or a command → the message that it sends, the client that it only sets up, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.messages import TEAM_CHAT, Message
from policylint.adapters.provider_requests import requested
from policylint.adapters.requests import MAXIMUM_BODY, Request, queried
from policylint.adapters.texts import Text
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from policylint.adapters.home_assistant.shapes import Call, Definition
    from policylint.model.source import Pointer
    from policylint.record import ProviderTable, Sign

_NAMES_WHATSAPP = re.compile(r"whats_?app|callmebot|waha|evolution|green_?api|(?<![a-z])wa(?![a-z])")
# Notifiers and commands by what their names say; all others are apps and speakers of the household. The first that
# fits counts.
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
    (re.compile(r"slack|discord|mattermost|rocket_?chat|google_?chat|zulip|(?<![a-z])teams(?![a-z])"), "push"),
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
_OFFICIAL = re.compile(r"cloud|business|meta")


def message_of(call: Call, definition: Definition | None, providers: ProviderTable) -> Message | Sign | None:
    """Return what a call sends; for a call that sends nothing the client that carries WhatsApp messages, if any."""
    if call.domain in ("rest_command", "shell_command"):
        return _commanded(call, definition, providers)
    name = call.service if call.domain == "notify" else call.domain
    if call.domain == "notify" and call.service == "send_message":
        target = call.item.get("target")
        entity = target.get("entity_id") if isinstance(target, dict) else None
        name = entity.partition(".")[2].lower() if isinstance(entity, str) else ""
    platform = definition.item.get("platform") if definition and isinstance(definition.item, dict) else None
    channel = _named_channel(platform, name)
    sign = defined_sign(definition, providers) if definition is not None else None
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
    note = TEAM_CHAT if channel == "push" else None
    subject = _titled(call) if channel == "email" else None
    return Message(channel, call.called_at, sign, recipient, bodies, note=note, subject=subject)


def _named_channel(*names: Any) -> str | None:
    """Return the channel that the first of some names says; an empty text for an app of the household."""
    found = (
        channel
        for name in names
        if isinstance(name, str)
        for pattern, channel in _NAMES
        if pattern.search(name.lower())
    )
    return next(found, None)


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


def _titled(call: Call) -> Text | None:
    """Return the title of a notification, which is the subject of an e-mail."""
    data, pointer = _data(call)
    return _text(data.get("title"), (*pointer, "title"))


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


def defined_sign(definition: Definition, providers: ProviderTable) -> Sign | None:
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
    """Read a call of a command that another file defines: only its name can say that it sends a message, and where."""
    text, channel = _first(call), _named_channel(call.service)
    if text is None or not channel or _SENDS_NOT.search(call.service):
        return None
    if channel != "whatsapp" and not _SENDS.search(call.service):
        return None
    note = TEAM_CHAT if channel == "push" else None
    return Message(channel, call.called_at, None, _recipient(call), (text,), note=note)


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
