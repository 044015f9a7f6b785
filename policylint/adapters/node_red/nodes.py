"""Types of nodes: which send on which channel and through whom, which start a flow, which hand on many items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from policylint.model.tuples import NamedTuple
from policylint.record import Sign

if TYPE_CHECKING:
    from policylint.adapters.node_red.graph import Node
    from policylint.record import ProviderTable


class Sender(NamedTuple):
    """What a type of node sends, and where it says to whom and what."""

    channel: str
    to: tuple[str, ...]
    """Fields of the node, the first that is filled in counts."""
    to_message: tuple[str, ...] = ()
    """Properties of the message that count where the fields are empty."""
    what: str = "payload"
    library: str | None = None
    provider: str | None = None


# node-red-contrib-whatsapp-link, -whatsapp-cmb and -whatsappbot, node-red-node-twilio and -email, telegrambot, RedBot.
SENDERS: Mapping[str, Sender] = {
    "chats-out": Sender("whatsapp", ("number",), ("toNumber",), library="whatsapp-link"),
    "group-out": Sender("whatsapp", ("gID",), library="whatsapp-link"),
    "reply": Sender("whatsapp", (), library="whatsapp-link"),
    "node-red-contrib-whatsapp-cmb-send-message": Sender("whatsapp", (), what="text", provider="callmebot"),
    "whatsapp-bot": Sender("whatsapp", (), library="open-wa"),
    "chatbot-whatsapp-send": Sender("whatsapp", (), provider="meta"),
    "twilio out": Sender("sms", ("number",), ("topic",), provider="twilio"),
    "chatbot-twilio-send": Sender("sms", (), provider="twilio"),
    "e-mail": Sender("email", ("name",), ("to",)),
    "sendgrid": Sender("email", ("to",), ("to",)),
    "mailgun": Sender("email", ("to",), ("to",)),
    "telegram sender": Sender("telegram", ("chatId",), ("payload.chatId",)),
    "telegrambot-notify": Sender("telegram", ("chatId",)),
    "chatbot-telegram-send": Sender("telegram", ()),
    "chatbot-facebook-send": Sender("messenger", ()),
    "chatbot-broadcast": Sender("messenger", ()),
    "chatbot-viber-send": Sender("viber", ()),
    "chatbot-slack-send": Sender("push", ()),
    "pushover": Sender("push", ()),
    "pushbullet": Sender("push", ()),
    "slack": Sender("push", ("channel",)),
}
_INBOUND: Mapping[str, str] = {
    "chats-in": "whatsapp",
    "whatsapp-bot": "whatsapp",
    "chatbot-whatsapp-receive": "whatsapp",
    "chatbot-twilio-receive": "sms",
    "twilio in": "sms",
    "telegram receiver": "telegram",
    "telegram command": "telegram",
    "telegram event": "telegram",
    "telegram reply": "telegram",
    "chatbot-telegram-receive": "telegram",
    "chatbot-facebook-receive": "messenger",
    "chatbot-viber-receive": "viber",
    "e-mail in": "email",
}
# Events of chats-in (whatsapp-web.js and Baileys) that a message of somebody else causes.
_MESSAGE_EVENTS = re.compile(r"\bmessages\.upsert\b|\bmessage(?:_create)?\b(?![._-])")
_TIMERS = frozenset(["cronplus", "cron-plus", "bigtimer", "schedex", "eztimer", "light-scheduler", "chronos-scheduler"])
_LISTS = re.compile(
    r"split\Z|loop|csv\Z|file in\Z|mysql|postgre|sqlite|mongodb|mssql|google-?spread|gsheet|airtable|batch\Z",
    re.IGNORECASE,
)
_BY_HAND = re.compile(r"inject\Z|ui[_-](?:button|form|text.?input|dropdown|switch)")
_NAMES_WHATSAPP = re.compile(r"whats-?app|(?<![a-z])wa(?:ba|ha)?(?![a-z])")
_SENDS = re.compile(r"send|out\b|[-_ ]text\Z|template|message\Z|reply|notify")
_RECEIVES = re.compile(r"receiv|trigger|listen|[-_ ]in\Z|incoming|notification")
_WITHOUT_MESSAGE = re.compile(
    r"admin|config|account|client|status|media|decrypt|check|verif|presence|instance|group-(?:create|add)"
)


def sender_of(node: Node, providers: ProviderTable) -> tuple[Sender, Sign | None] | None:
    """Return what a node sends and who carries it; None for one that sends nothing."""
    sender = SENDERS.get(node.type)
    if sender is not None:
        if sender.library == "whatsapp-link" and "whatsappLink" not in node.item:
            return None
        return sender, _sign(sender, providers)
    # RedBot puts a message together in several nodes; its senders are all in the table.
    if _RECEIVES.search(node.type) or _WITHOUT_MESSAGE.search(node.type) or node.type.startswith("chatbot-"):
        return None
    if not _SENDS.search(node.type):
        return None
    sign = named_sign(node.type, providers)
    if sign is None and not _NAMES_WHATSAPP.search(node.type):
        return None
    to = ("to", "number", "phone", "phoneNumber", "chatId", "recipient", "remoteJid", "jid")
    what = next((name for name in ("message", "text", "body", "messageText") if node.text(name)), "payload")
    return Sender("whatsapp", to, ("payload.to", "payload.chatId", "payload.number", "to"), what), sign


def client_of(node: Node, providers: ProviderTable) -> Sign | None:
    """Return the unofficial WhatsApp client that a node belongs to, whatever it does; None for every other node."""
    if node.type == "whatsapplink" or "whatsappLink" in node.item:
        return _sign(SENDERS["chats-out"], providers)
    sender = SENDERS.get(node.type)
    if sender is not None and sender.channel == "whatsapp" and sender.library != "whatsapp-link":
        return _sign(sender, providers)
    return named_sign(node.type, providers) if _NAMES_WHATSAPP.search(node.type) else None


def _sign(sender: Sender, providers: ProviderTable) -> Sign | None:
    if sender.provider is not None:
        return Sign(sender.provider, None, providers.route(sender.provider))
    return Sign(None, sender.library, providers.library_route(sender.library)) if sender.library else None


@cache
def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def named_sign(node_type: str, providers: ProviderTable) -> Sign | None:
    """Return the provider whose name is a part of a type of node."""
    plain = _plain(node_type)
    for name, entry in providers.providers.items():
        if len(_plain(name)) > 4 and _plain(name) in plain and entry.get("route") != "link":
            return Sign(name, entry.get("library"), entry.get("route"))
    return None


def inbound_channel(node: Node) -> str | None:
    """Return the channel whose messages a node takes in, None for one that takes in none."""
    if node.type == "chats-in":
        events = f"{node.item.get('whatsappLiteevent') or ''} {node.item.get('whatsappWebevent') or ''}".strip()
        return "whatsapp" if not events or _MESSAGE_EVENTS.search(events) else None
    if node.type in _INBOUND:
        return _INBOUND[node.type]
    return "whatsapp" if _NAMES_WHATSAPP.search(node.type) and _RECEIVES.search(node.type) else None


def recurrence_of(node: Node) -> str | None:
    """Return how often a node starts its flow by itself, ``once`` for at every start; None where it does not."""
    if node.type in _TIMERS:
        return "timer"
    if node.type != "inject":
        return None
    crontab, repeat = node.item.get("crontab"), node.item.get("repeat")
    if isinstance(crontab, str) and crontab.strip():
        return crontab.strip()
    seconds = str(repeat).strip() if isinstance(repeat, (str, int, float)) and not isinstance(repeat, bool) else ""
    if re.fullmatch(r"0*[1-9]\d*(?:\.\d+)?", seconds):
        return f"FREQ=SECONDLY;INTERVAL={int(float(seconds))}" if float(seconds) >= 1 else "FREQ=SECONDLY;INTERVAL=1"
    return "once" if node.item.get("once") is True else None


def is_by_hand(node: Node) -> bool:
    """Tell whether a person starts the flow here."""
    return bool(_BY_HAND.match(node.type)) and recurrence_of(node) is None


def hands_on_many(node: Node) -> bool:
    """Tell whether a node hands on one item after the other."""
    return bool(_LISTS.search(node.type))
