"""A module of a scenario → the message that it sends, the client that it sets up, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.messages import TEAM_CHAT, UNREADABLE, Mailer, Message, is_unofficial
from policylint.adapters.provider_requests import requested
from policylint.adapters.requests import MAXIMUM_BODY, Request, queried
from policylint.adapters.texts import Text
from policylint.model.source import EXPRESSION, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.make_blueprint.scenario import Module, Scenario
    from policylint.record import ProviderTable, Sign

# Apps of one channel, by their slugs: apps.make.com.
_APPS: Mapping[str, tuple[str, ...]] = {
    "email": (
        *(
            "email",
            "google-email",
            "gmail",
            "microsoft-email",
            "microsoft-smtp-imap",
            "outlook",
            "zoho-mail",
            "sendgrid",
        ),
        *("mailgun", "mandrill", "mailchimp-transactional", "mailjet", "postmark", "resend", "brevo", "sendinblue"),
        *("smtp2go", "amazon-ses", "aws-ses", "sparkpost", "elastic-email", "elasticemail", "mailersend", "zeptomail"),
    ),
    "sms": (
        "clicksend",
        "plivo",
        "textmagic",
        "telnyx",
        "textlocal",
        "simpletexting",
        "seven",
        "msg91",
        "justcall",
        "nexmo",
    ),
    "line": ("line", "line-messaging"),
    "viber": ("viber", "viber-bot"),
    "messenger": ("facebook-messenger", "messenger"),
    "instagram": ("instagram-messaging", "instagram-messenger"),
    "push": (
        *(
            "slack",
            "discord",
            "microsoft-teams",
            "google-chat",
            "google-hangouts-chat",
            "mattermost",
            "rocket-chat",
            "webex",
        ),
        *("cisco-webex", "zulip", "pushover", "pushbullet", "onesignal", "gotify", "pushcut"),
    ),
}
# Apps of e-mail that send through whatever account is linked; apps that go by another name than their service.
_MAILBOXES = frozenset({"email", "microsoft-smtp-imap"})
_CARRIERS = {"google-email": "gmail", "microsoft-email": "outlook", "aws-ses": "amazon-ses"}
_CHANNEL_OF = {app: channel for channel, apps in _APPS.items() for app in apps}
# Providers of several channels: WhatsApp only where the module or an address says so.
_SEVERAL = frozenset({"twilio", "vonage", "bird", "messagebird", "infobip", "sinch", "respond.io", "blip"})
# What stands behind the name of a provider in a slug: custom apps get six random signs.
_MORE = re.compile(r"(?:api|cloud|io|com|whatsapp|for|app|apps|official|chat|gateway|business)\Z|(?=.*\d)[a-z0-9]{6}\Z")
_HTTP = frozenset({"http", "http-oauth", "https"})
_SENDS = re.compile(
    r"send|reply|forward|broadcast|post(?:a)?message|create(?:a|an)?(?:text|template|media|sms|whatsapp|chat)*message"
    r"|create(?:a|an)?sms|notify",
    re.IGNORECASE,
)
_SENDS_NOT = re.compile(
    r"^(?:action)?(?:watch|trigger|search|list|get|delete|update|edit|mark|download|upload|on[A-Z]|createa?(?:contact|template))"
    r"|draft|typing|presence|seen|chataction|verif|reaction|webhookrespond",
    re.IGNORECASE,
)
_CALLS = re.compile(r"(?:make|create|start|place|action)\w*calls?\Z|voice", re.IGNORECASE)
_REQUESTS = re.compile(r"api_?call|universal|(?:make|send)a?(?:custom)?request", re.IGNORECASE)
_FREE_KINDS = frozenset(
    [
        "text",
        "image",
        "video",
        "audio",
        "voice",
        "document",
        "sticker",
        "location",
        "contacts",
        "contact",
        "media",
        "file",
    ]
)

_TO = (
    *(("to",), ("recipient",), ("recipients",), ("phone",), ("phoneNumber",), ("phone_number",), ("number",)),
    *(("chatId",), ("chat_id",), ("receiver",), ("receiverNumber",), ("destination",), ("toNumber",), ("to_number",)),
    *(("whatsappNumber",), ("jid",), ("waId",), ("email",), ("toEmail",), ("toRecipients",), ("userId",), ("channel",)),
    ("send_to",),
)
_FROM = (("from", "email"), ("from", "address"), ("from",), ("fromEmail",), ("senderEmail",), ("sender", "email"))
_WHAT = (
    *(("text", "body"), ("text",), ("body",), ("message",), ("messageText",), ("caption",), ("content",), ("html",)),
    *(("htmlContent",), ("textContent",), ("bodyContent",), ("textBody",), ("image", "caption"), ("video", "caption")),
    ("content_value",),
    *(("document", "caption"), ("interactive", "body", "text")),
)
_TEMPLATE = (
    ("template", "name"),
    ("templateName",),
    ("template_name",),
    ("template",),
    ("templateId",),
    ("contentSid",),
)
_LANGUAGE = (("template", "language", "code"), ("template", "language"), ("language", "code"), ("language",))
_BODIES = ("body", "data", "jsonStringBodyContent", "rawBodyContent", "requestContent", "content")
_FIELDS = ("qs", "fields", "bodyFields", "formDataFields", "urlEncodedFields", "queryParameters", "body_spec")


class SetUp(NamedTuple):
    """An unofficial client that sends nothing here: it receives, looks something up, or checks a number."""

    sign: Sign


def channel_of(module: Module, providers: ProviderTable) -> str | None:
    """Return the channel of an app that is made for messages, ``whatsapp`` where it has several; None for others."""
    if module.app in _CHANNEL_OF:
        return _CHANNEL_OF[module.app]
    if module.app.startswith("telegram"):
        return "telegram"
    if "whatsapp" in module.app or sign_of(module.app, providers) is not None:
        return "whatsapp"
    return "sms" if re.search(r"\bsms|sms\b|sms-|texting", module.app) else None


def sign_of(app: str, providers: ProviderTable) -> Sign | None:
    """Return who carries the messages of an app; its slug is a name of the provider table, perhaps with more behind."""
    if app.startswith("whatsapp-business-cloud"):
        return providers.named("meta")
    parts = app.split("-")
    while parts:
        sign = providers.named("-".join(parts))
        if sign is not None and sign.provider is not None and sign.route in ("bsp", "unofficial", "relay"):
            return None if providers.is_unnamed(sign.provider) else sign
        if not _MORE.match(parts.pop()):
            return None
    return None


def message_of(module: Module, scenario: Scenario, providers: ProviderTable) -> Message | SetUp | None:
    """Return what a module does."""
    if module.app in _HTTP or (_REQUESTS.search(module.action) and channel_of(module, providers)):
        return _requested(module, scenario, providers)
    channel = channel_of(module, providers)
    if channel is None:
        return None
    sign = sign_of(module.app, providers)
    if channel == "whatsapp" and sign is not None and sign.provider in _SEVERAL:
        channel = _of_several(module)
    does_send = bool(_SENDS.search(module.action) and not _SENDS_NOT.search(module.action))
    if _CALLS.search(module.action) and channel in ("sms", "whatsapp"):
        return Message("voice", module.typed_at, sign, _to(module, scenario))
    if not does_send:
        return SetUp(sign) if channel == "whatsapp" and sign is not None and is_unofficial(sign) else None
    if channel == "whatsapp":
        return _whatsapp(module, scenario, sign)
    note = TEAM_CHAT if channel == "push" else None
    bodies = _what(module, scenario)
    message = Message(channel, module.typed_at, sign, _to(module, scenario), bodies, note=note)
    if channel == "email":
        return message._replace(subject=module.text("subject"), mailer=_mailer(module))
    return message


def _mailer(module: Module) -> Mailer:
    """Return who a mail is from: an app sends through the service of its name, mailboxes and SMTP through any."""
    carrier = None if module.app in _MAILBOXES else _CARRIERS.get(module.app, module.app)
    name = module.first((("from", "name"), ("fromName",), ("senderName",), ("sender", "name")))
    return Mailer(carrier, module.first(_FROM), name)


def _of_several(module: Module) -> str:
    """Tell by the addresses or the name of the module which channel it uses."""
    addresses = " ".join(str(module.at(name)[0]) for name in ("to", "from", "channel", "channelId", "type"))
    return "whatsapp" if "whatsapp" in f"{module.action} {addresses}".lower() else "sms"


def _to(module: Module, scenario: Scenario) -> Text | None:
    return scenario.behind(module.first(_TO))


def _what(module: Module, scenario: Scenario) -> tuple[Text, ...]:
    text = scenario.behind(module.first(_WHAT))
    return (text,) if text is not None else ()


def _whatsapp(module: Module, scenario: Scenario, sign: Sign | None) -> Message:
    kind, said_by = _kind(module, sign)
    said_at = module.at(said_by)[1] if said_by else module.typed_at
    recipient = _to(module, scenario)
    if kind != "template":
        body = _what(module, scenario) if kind != UNREADABLE else ()
        return Message("whatsapp", module.typed_at, sign, recipient, body, kind, said_at)
    return Message(
        *("whatsapp", module.typed_at, sign, recipient, (), kind, said_at),
        template=module.first(_TEMPLATE),
        language=module.first(_LANGUAGE),
    )


def _kind(module: Module, sign: Sign | None) -> tuple[str | Unknown, str | None]:
    """Return the kind of a WhatsApp message, and the field that says so."""
    if is_unofficial(sign):
        return "freeform", None
    said = module.at("type")[0]
    if "template" in module.action.lower():
        return "template", None
    if isinstance(said, str) and "{{" in said:
        return EXPRESSION, "type"
    word = said.strip().lower() if isinstance(said, str) else ""
    if word == "template" or (not word and module.first(_TEMPLATE) is not None):
        return "template", "type" if word else None
    if word == "interactive":
        return "interactive", "type"
    if word in _FREE_KINDS:
        return "freeform", "type"
    # The action of a known provider that takes a text sends it as it is.
    return ("freeform", None) if sign is not None and module.first(_WHAT) is not None else (UNREADABLE, None)


# --- requests -------------------------------------------------------------------------------


def _requested(module: Module, scenario: Scenario, providers: ProviderTable) -> Message | SetUp | None:
    request = _request(module)
    if request is None:
        return None
    hints = f"{module.app}\n{module.label}\n{scenario.name}"
    found = requested(request, providers, hints, sign_of(module.app, providers))
    if isinstance(found, Message):
        bodies = tuple(scenario.behind(body) or body if isinstance(body, Text) else body for body in found.bodies)
        return found._replace(recipient=scenario.behind(found.recipient), bodies=bodies)
    return SetUp(found) if found is not None else None


def _request(module: Module) -> Request | None:
    url = module.text("url") or module.text("urlMethod")
    if url is None:
        return None
    bodies = [text for name in _BODIES if (text := _raw(module, name)) is not None]
    structured = module.at("dataStructureBodyContent")
    fields = [*_fields(module), *_flat(*structured), *queried(url)]
    method = module.at("method")[0]
    written = [f'"{name}": "{value.value}"' for name, value in fields]
    headers = module.at("headers")[0]
    return Request(
        url=url,
        method=method.upper() if isinstance(method, str) else "POST" if bodies or structured[0] else "GET",
        body="\n".join([*written, *(body.value[:MAXIMUM_BODY] for body in bodies)]),
        bodies=bodies,
        fields=fields,
        headers=[
            str(item.get("name") or item.get("key")).lower()
            for item in (headers if isinstance(headers, list) else ())
            if isinstance(item, Mapping)
        ],
    )


def _raw(module: Module, name: str) -> Text | None:
    value, pointer = module.at(name)
    return Text(value, pointer) if isinstance(value, str) else None


def _fields(module: Module) -> Iterator[tuple[str, Text]]:
    for name in _FIELDS:
        items, pointer = module.at(name)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, Mapping):
                key = item.get("key") or item.get("name")
                value = item.get("value")
                if isinstance(key, str) and isinstance(value, str):
                    yield key, Text(value, (*pointer, index, "value"))


def _flat(value: Any, pointer: tuple[str | int, ...]) -> Iterator[tuple[str, Text]]:
    """Yield the texts of a structured body by the last of their keys."""
    pending = [(value, pointer)]
    while pending:
        value, pointer = pending.pop()
        if isinstance(value, Mapping):
            pending.extend((inner, (*pointer, key)) for key, inner in value.items())
        elif isinstance(value, list):
            pending.extend((inner, (*pointer, index)) for index, inner in enumerate(value))
        elif isinstance(value, str) and pointer and isinstance(pointer[-1], str):
            yield pointer[-1], Text(value, pointer)
