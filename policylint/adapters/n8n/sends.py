"""A node that is made for messages → the message that it sends, or the client that it sets up, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policylint.adapters.n8n.texts import Text, first_text, text_of
from policylint.model.source import Pointer, Unknown

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node
    from policylint.record import Sign

STRIPPED = Unknown("the parameters of the node were taken out of the export")
UNREADABLE = Unknown("the file does not show whether this is a template")
STORED = Unknown("the message stands in the service that sends it")
TEAM_CHAT = "a message to a team chat: records have no channel for it, so it is shown as push"


@dataclass(frozen=True, slots=True)
class Send:
    """A message that a node sends."""

    node: Node
    channel: str
    shown_by: Pointer
    """What shows who carries it."""
    sign: Sign | None = None
    recipient: Text | None = None
    body: Text | None = None
    kind: str | Unknown = "freeform"
    kind_at: Pointer | Text | None = None
    template: Text | None = None
    language: Text | None = None
    is_answer: bool = False
    """True where the operation itself is an answer."""
    is_act: bool = False
    """True for an act on groups or accounts that carries no message."""
    note: str | None = None
    selection: str | None = None
    """How recipients are chosen, where the node itself says so."""
    subject: Text | None = None

    @property
    def is_unofficial(self) -> bool:
        """Tell whether an unofficial client or somebody else's number carries it."""
        return is_unofficial(self.sign)


@dataclass(frozen=True, slots=True)
class Setup:
    """An unofficial client that sends nothing here: it receives, looks something up, or checks a number."""

    node: Node
    sign: Sign
    shown_by: Pointer


def is_unofficial(sign: Sign | None) -> bool:
    """Tell whether a sign means an unofficial client or a relay."""
    return sign is not None and sign.route in ("unofficial", "relay")


# --- nodes of n8n itself ---------------------------------------------------------------------------

_EMAIL_TEXTS = (
    "text",
    "html",
    "message",
    "contentValue",
    "textContent",
    "htmlContent",
    "bodyContent",
    "body",
)
# Kind of node → channel, and the parameters that say to whom and what; n8n-io/n8n, packages/nodes-base/nodes.
CHANNELS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "gmail": ("email", ("sendTo", "toList", "to"), _EMAIL_TEXTS),
    "emailsend": ("email", ("toEmail",), _EMAIL_TEXTS),
    "microsoftoutlook": ("email", ("toRecipients",), _EMAIL_TEXTS),
    "sendgrid": ("email", ("toEmail",), _EMAIL_TEXTS),
    "mailgun": ("email", ("toEmail",), _EMAIL_TEXTS),
    "mailjet": ("email", ("toEmail", "to"), _EMAIL_TEXTS),
    "mandrill": ("email", ("toEmail",), _EMAIL_TEXTS),
    "awsses": ("email", ("toAddresses",), _EMAIL_TEXTS),
    "sendinblue": ("email", ("receipients",), _EMAIL_TEXTS),
    "brevo": ("email", ("receipients",), _EMAIL_TEXTS),
    "mailchimp": ("email", (), ()),
    "mautic": ("email", ("contactId",), ()),
    "telegram": ("telegram", ("chatId",), ("text", "caption", "message")),
    "twilio": ("sms", ("to", "toNumber"), ("message",)),
    "vonage": ("sms", ("to",), ("message",)),
    "messagebird": ("sms", ("recipients",), ("message",)),
    "plivo": ("sms", ("to",), ("message",)),
    "mocean": ("sms", ("to",), ("message",)),
    "msg91": ("sms", ("mobiles",), ("message",)),
    "sms77": ("sms", ("to",), ("message",)),
    "line": ("line", (), ("message",)),
    "slack": ("push", ("channelId", "channel", "user"), ("text", "message")),
    "discord": ("push", ("channelId", "webhookUri"), ("content", "text", "message")),
    "microsoftteams": ("push", ("channelId", "chatId"), ("message",)),
    "mattermost": ("push", ("channelId",), ("message",)),
    "rocketchat": ("push", ("channel",), ("text",)),
    "matrix": ("push", ("roomId",), ("text",)),
    "zulip": ("push", ("to", "stream"), ("content",)),
    "googlechat": ("push", ("spaceId",), ("message",)),
    "ciscowebex": ("push", ("roomId",), ("text",)),
    "pushbullet": ("push", ("value",), ("body", "title")),
    "pushover": ("push", ("userKey",), ("message",)),
    "pushcut": ("push", (), ("text",)),
    "gotify": ("push", (), ("message",)),
    "signl4": ("push", (), ("message",)),
}
_NO_TEAM_CHAT = frozenset({"pushbullet", "pushover", "pushcut", "gotify", "signl4"})
# Resources that hold messages; the others are channels, labels, files, contacts.
_RESOURCES = frozenset(
    "message mail email sms mms call voice chatMessage channelMessage push alert notification".lower().split()
)
# Kinds whose resource is something else where none is given.
_RESOURCE_NEEDED = frozenset({"sendgrid", "mailchimp", "mautic", "microsoftteams"})
_CHANNEL_OF_RESOURCE: Mapping[str, str] = {"call": "voice", "voice": "voice", "sms": "sms"}
# Kind, resource, operation → how a node that sends what is stored in its service chooses recipients.
_STORED_SENDS: Mapping[tuple[str, str, str], str | None] = {
    ("mailchimp", "campaign", "send"): "list",
    ("mailchimp", "campaign", "resend"): "list",
    ("mautic", "segmentemail", "send"): "segment",
    ("mautic", "sendemail", "segment"): "segment",
    ("mautic", "sendemail", "contact"): None,
    ("mautic", "sendemail", ""): None,
}
_OPERATION = re.compile(r"send(?!chataction)|post|reply|create|make|push")


def own_send(node: Node, sign: Sign | None) -> Send | None:
    """Return the message of a node of n8n itself that is made for messages."""
    if node.kind == "whatsapp":
        return _whatsapp(node, sign)
    channel, to, what = CHANNELS[node.kind]
    resource, operation = node.word("resource"), node.word("operation")
    if (node.kind, resource, operation) in _STORED_SENDS:
        selection = _STORED_SENDS[node.kind, resource, operation]
        recipient = first_text(node, *to)
        return Send(node, channel, node.typed_at, sign, recipient, kind=STORED, selection=selection)
    if not (node.asks_for_approval or _sends_messages(node, resource, operation)):
        return None
    shown_by = node.typed_at
    if node.kind == "twilio" and _is_twilio_whatsapp(node):
        channel, shown_by = "whatsapp", node.at("toWhatsapp") if node.get("toWhatsapp") is True else shown_by
    return Send(
        node,
        channel if channel == "whatsapp" else _CHANNEL_OF_RESOURCE.get(resource, channel),
        shown_by,
        sign,
        first_text(node, *to),
        first_text(node, *what),
        kind=STRIPPED if node.is_stripped else "freeform",
        is_answer=operation.startswith("reply"),
        subject=text_of(node, "subject") if channel == "email" else None,
        note=TEAM_CHAT if channel == "push" and node.kind not in _NO_TEAM_CHAT else None,
    )


def _sends_messages(node: Node, resource: str, operation: str) -> bool:
    if node.kind in _RESOURCE_NEEDED and not resource:
        return node.is_stripped and bool(SENDS.search(node.name)) and node.kind != "mailchimp"
    if resource and resource not in _RESOURCES:
        return operation.startswith(("send", "reply"))
    return not operation or bool(_OPERATION.match(operation))


def _is_twilio_whatsapp(node: Node) -> bool:
    addresses = " ".join(str(node.get(name)) for name in ("to", "from", "toNumber", "fromNumber")).lower()
    return node.get("toWhatsapp") is True or "whatsapp:" in addresses


def _whatsapp(node: Node, sign: Sign | None) -> Send | None:
    """Read the WhatsApp Business node: an operation that is left out is sendTemplate."""
    if node.is_stripped:
        return Send(node, "whatsapp", node.typed_at, sign, kind=STRIPPED)
    if node.word("resource") not in ("", "message"):
        return None
    recipient = text_of(node, "recipientPhoneNumber") or first_text(node, *_TO)
    if node.asks_for_approval:
        return Send(node, "whatsapp", node.typed_at, sign, recipient, text_of(node, "message"))
    said_at = node.at("operation") if node.get("operation") else None
    written, body = text_of(node, "template"), first_text(node, *_WHAT)
    operation = node.word("operation")
    # Written by hand, it may name a text and neither an operation nor a template.
    if (operation and operation != "sendtemplate") or (not operation and written is None and body is not None):
        return Send(node, "whatsapp", node.typed_at, sign, recipient, body, "freeform", said_at)
    name, language = written, None
    if written is not None and written.literal is not None and "|" in written.value:
        bar = written.value.index("|")
        name, language = written.part(0, bar), written.part(bar + 1, len(written.value))
    said_at = said_at or (node.at("template") if name else None)
    return Send(node, "whatsapp", node.typed_at, sign, recipient, None, "template", said_at, name, language)


# --- community nodes ---------------------------------------------------------------------------

SENDS = re.compile(r"send|\bsent\b|reply|forward|broadcast|post|enviar?|mandar|kirim|notify|campaign", re.IGNORECASE)
_ACTS = re.compile(
    r"join|create.?(?:group|community|channel)|(?:add|update).?participant|accept.?invite", re.IGNORECASE
)
_NOT_SENT = re.compile(r"presence|typing|seen|chat.?action|receipt|invite.?code", re.IGNORECASE)
LOOKS_UP = re.compile(
    r"presence|typing|seen|read|mark|verif|check|valid|exist|get|fetch|find|list|search|look|media.?url|base64|download|\bqr\b"
    r"|session|instance|webhook|setting|buscar|obter|checar|consult",
    re.IGNORECASE,
)
_TO = (
    *(
        "remoteJid",
        "number",
        "phoneNumber",
        "phone",
        "chatId",
        "to",
        "recipient",
        "recipientPhoneNumber",
        "toNumber",
        "jid",
    ),
    *("whatsappNumber", "phone_number", "destination", "receiver", "groupId"),
)
_WHAT = (
    *("textBody", "messageText", "message", "text", "body", "content", "caption", "messageBody", "textMessage"),
    "mediaCaption",
)
_TEMPLATE = ("template", "templateName", "template_name", "templateId")


def community_send(node: Node, sign: Sign | None) -> Send | Setup | None:
    """Return what a node of a package that talks to WhatsApp does; ``sign`` None: a service that the table lacks."""
    does = "nothing" if node.kind.endswith("trigger") else _what_it_does(node)
    if does == "nothing":
        return Setup(node, sign, node.typed_at) if sign is not None and is_unofficial(sign) else None
    if node.disabled:
        return None
    said_at = next((node.at(name) for name in ("operation", "resource") if node.get(name)), None)
    recipient, body = first_text(node, *_TO), first_text(node, *_WHAT)
    if does == "act":
        return Send(node, "whatsapp", node.typed_at, sign, recipient, kind_at=said_at, is_act=True)
    kind: str | Unknown = STRIPPED if node.is_stripped else "freeform"
    name = None
    if not node.is_stripped and not is_unofficial(sign):
        if "template" in f"{node.word('operation')} {node.word('messageType')}":
            kind, name, body = "template", first_text(node, *_TEMPLATE), None
        elif body is None or sign is None:
            kind = UNREADABLE
    return Send(node, "whatsapp", node.typed_at, sign, recipient, body, kind, said_at, name)


def _what_it_does(node: Node) -> str:
    """Return ``message``, ``act`` or ``nothing``, from the operation, the fields or, in stripped exports, the name."""
    if node.is_stripped:
        return "nothing" if LOOKS_UP.search(node.name) and not SENDS.search(node.name) else "message"
    operation, resource = node.word("operation"), node.word("resource")
    if operation and not operation.startswith("="):
        if SENDS.search(operation):
            return "nothing" if _NOT_SENT.search(operation) else "message"
        return "act" if _ACTS.search(operation) else "nothing"
    if resource:
        # An operation left out is the first of the resource: Evolution's groups begin with create-group.
        is_message = re.search(r"messag|chatting|mensa|send", resource)
        return "message" if is_message else "act" if resource.startswith("group") else "nothing"
    return "message" if operation or first_text(node, *_WHAT) else "nothing"
