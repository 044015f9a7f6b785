"""The sending nodes of flows → campaign records: who wrote first, how recipients are chosen, how often it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from policylint.adapters.messages import (
    FEW,
    NOBODY,
    TEAM_CHAT,
    UNREADABLE,
    VARYING,
    Found,
    Mailer,
    Message,
    Origin,
    fixed_count,
    is_unofficial,
    sent,
    set_up,
)
from policylint.adapters.node_red import CARRIES
from policylint.adapters.node_red.chats import home_message, telegram_texts
from policylint.adapters.node_red.nodes import (
    Sender,
    client_of,
    hands_on_many,
    inbound_channel,
    is_by_hand,
    recurrence_of,
    sender_of,
)
from policylint.adapters.node_red.texts import code_before, set_before
from policylint.adapters.provider_requests import requested
from policylint.adapters.requests import MAXIMUM_BODY, Request, assignment, queried, values
from policylint.model.source import Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.node_red.graph import Flows, Node
    from policylint.adapters.texts import Text
    from policylint.model.campaign import Campaign
    from policylint.record import ProviderTable, Sign

NOT_WRITTEN = Unknown("no node before it writes the text out")
NOT_STARTED = Unknown("no wire leads to the node from one that starts a flow")
BY_HAND = "only a click in the editor sends it"
WITHOUT_NUMBER = "the node has no number, and no node before it gives one"

_GROUP = re.compile(r"@g\.us|\bgroup", re.IGNORECASE)
_READS_MESSAGES = re.compile(
    r"entry\??\.?\[0\]|messages\??\.?\[0\]|\b(?:WaId|ProfileName|fromMe|pushName|remoteJid|senderData|typeWebhook|extendedTextMessage)\b"
    r"|hub\.(?:challenge|verify|mode)|payload\.(?:From|Body)\b"
)
_URL = assignment(r"msg\.url")


class _Around(NamedTuple):
    """What stands before which nodes: by the order of a node, the nearest such node before it."""

    inbound: Mapping[str, Mapping[int, Node]]
    """By channel."""
    hooks: Mapping[int, Node]
    timers: Mapping[int, Node]
    clicks: Mapping[int, Node]
    lists: Mapping[int, Node]
    random_pauses: Mapping[int, Node]
    starts: Mapping[int, Node]
    """Nodes that no wire leads to."""


def campaigns_of(flows: Flows, providers: ProviderTable) -> Iterator[Campaign]:
    """Yield one record per node that sends, and one per unofficial client that sends nothing by itself."""
    around = _around(flows)
    clients: dict[tuple[str | None, str | None], Campaign] = {}
    sending: set[tuple[str | None, str | None]] = set()
    for node in flows.nodes:
        message = _message(node, flows, providers)
        if message is None:
            client = client_of(node, providers)
            if client is not None and is_unofficial(client):
                note = "an unofficial client that sends no message here"
                record = set_up(_origin(node, flows), client, node.typed_at, note)
                clients.setdefault((client.provider, client.library), record)
            continue
        key = (message.sign.provider, message.sign.library) if message.sign else (None, None)
        sending.add(key)
        yield _sent(message, node, flows, around)
    yield from (record for key, record in clients.items() if key not in sending)


def _origin(node: Node, flows: Flows) -> Origin:
    tab = flows.by_id.get(str(node.item.get("z")))
    named_at = (*tab.pointer, "label") if tab is not None and tab.item.get("label") == node.flow else None
    return Origin(flows.document, "node-red", node.flow, named_at, node.label, node.typed_at, CARRIES)


def _around(flows: Flows) -> _Around:
    inbound: dict[str, list[Node]] = {}
    for node in flows.nodes:
        channel = inbound_channel(node)
        if channel is not None:
            inbound.setdefault(channel, []).append(node)
    nodes = flows.nodes
    return _Around(
        {channel: flows.reached(sources) for channel, sources in inbound.items()},
        flows.reached(node for node in nodes if node.type == "http in"),
        flows.reached(node for node in nodes if recurrence_of(node) is not None),
        flows.reached(node for node in nodes if is_by_hand(node)),
        flows.reached(node for node in nodes if hands_on_many(node)),
        flows.reached(node for node in nodes if node.type == "delay" and node.item.get("pauseType") == "random"),
        flows.reached(node for node in nodes if not flows.previous[node.order]),
    )


# --- what a node sends ----------------------------------------------------------------------


def _message(node: Node, flows: Flows, providers: ProviderTable) -> Message | None:
    if node.type == "http request":
        return _requested(node, flows, providers)
    if node.type == "api-call-service":
        return home_message(node, providers)
    found = sender_of(node, providers)
    if found is None:
        return None
    sender, sign = found
    recipient = _recipient(node, sender, flows)
    if sender.provider == "meta" and node.type.startswith("chatbot-"):
        return _redbot(node, flows, sign)
    channel = _twilio_channel(node, recipient, flows) if sender.provider == "twilio" else sender.channel
    kind: str | Unknown = "freeform"
    if channel == "whatsapp" and not is_unofficial(sign):
        kind = "template" if "template" in node.type else "freeform" if sign is not None else UNREADABLE
    texts = telegram_texts(node, flows) if sender.channel == "telegram" else _bodies(node, sender, flows)
    if texts is None:
        return None
    bodies: tuple[Text | Unknown, ...] = texts or (NOT_WRITTEN,)
    if kind == "template":
        bodies = ()
    note = TEAM_CHAT if channel == "push" and "slack" in node.type else None
    subject = next((text for _, text in set_before(node, "topic", flows)), None) if channel == "email" else None
    mailer = Mailer(node.type, node.text("from")) if node.type in ("sendgrid", "mailgun") else None
    return Message(channel, node.typed_at, sign, recipient, bodies, kind, note=note, subject=subject, mailer=mailer)


def _twilio_channel(node: Node, recipient: Text | None, flows: Flows) -> str:
    config = flows.by_id.get(str(node.item.get("twilio")))
    senders = [node.item.get("from"), config.item.get("from") if config is not None else None]
    if "whatsapp:" in f"{recipient.value if recipient else ''} {senders}".lower():
        return "whatsapp"
    return "voice" if node.item.get("twilioType") == "call" else "sms"


def _recipient(node: Node, sender: Sender, flows: Flows) -> Text | None:
    own = next((text for name in sender.to if (text := node.text(name)) is not None), None)
    if own is not None:
        return own
    given = (text for name in sender.to_message for _, text in set_before(node, name, flows))
    return next((text for text in given if text is not None), None)


def _bodies(node: Node, sender: Sender, flows: Flows) -> tuple[Text | Unknown, ...]:
    """Return the texts that the nodes before it put into the message, or its own."""
    if sender.what != "payload":
        # A typed input: of another type than a text it names a property.
        own = node.text(sender.what) if node.item.get("inputtypemessage", "str") == "str" else None
        return (own,) if own is not None else ()
    found = (text for _, text in set_before(node, "payload", flows))
    return tuple({text.pointer + (text.span or ()): text for text in found if text is not None}.values())


def _redbot(node: Node, flows: Flows, sign: Sign | None) -> Message:
    """Read a sender of RedBot: the node before it says which kind of message it is."""
    for before in flows.before(node):
        if before.type == "chatbot-whatsapp-template":
            template, language = before.text("template"), before.text("language")
            return Message(
                *("whatsapp", node.typed_at, sign, None, (), "template", before.typed_at),
                template=template,
                language=language,
            )
    bodies = tuple(text for _, text in set_before(node, "payload", flows) if text is not None)
    return Message("whatsapp", node.typed_at, sign, None, bodies, "freeform" if bodies else UNREADABLE)


def _requested(node: Node, flows: Flows, providers: ProviderTable) -> Message | None:
    made = code_before(node, flows)
    url = node.text("url") or next((url for code in made for url in values(code, _URL)), None)
    if url is None:
        return None
    said = "\n".join(code.value[:MAXIMUM_BODY] for code in made)
    method = str(node.item.get("method") or "GET").upper()
    fields = list(queried(url))
    written = "\n".join(f'"{name}": "{value.value}"' for name, value in fields)
    request = Request(url, "POST" if method == "USE" else method, f"{written}\n{said}", made, fields, [])
    found = requested(request, providers, f"{node.label}\n{node.flow}\n{said}")
    return found if isinstance(found, Message) else None


# --- what stands around it ------------------------------------------------------------------


def _sent(message: Message, node: Node, flows: Flows, around: _Around) -> Campaign:
    order = node.order
    direction = _direction(message, node, flows, around)
    is_automatic = direction.value == "reply" or order in around.timers or order not in around.clicks
    facts: dict[tuple[str, ...], Found | None] = {
        ("direction",): direction,
        ("audience", "selection"): _selection(message, node, direction, around),
        ("audience", "size"): _size(message),
        ("schedule", "recurrence"): _recurrence(around.timers.get(order)),
        ("automation", "bot"): Found(is_automatic, direction.at) if not isinstance(direction.value, Unknown) else None,
    }
    if node.disabled:
        facts["enabled",] = Found(False, _switched_off(node, flows))
    pause = around.random_pauses.get(order)
    if message.is_unofficial and pause is not None:
        facts["sender", "evasion"] = Found(["random_delay"], pause.typed_at)
    if message.is_unofficial and message.sign is not None and not node.disabled:
        note = None if is_automatic else _sends_nothing(message, node, flows, around)
        if note is not None:
            kept = {path: found for path, found in facts.items() if path[0] in ("direction", "audience", "sender")}
            return set_up(_origin(node, flows), message.sign, node.typed_at, note, kept)
    return sent(_origin(node, flows), message, facts)


def _sends_nothing(message: Message, node: Node, flows: Flows, around: _Around) -> str | None:
    """Tell why a node that nothing but a click reaches sends nothing by itself, None where it writes to many."""
    if node.type == "chats-out" and message.recipient is None and not any(set_before(node, "toNumber", flows)):
        return WITHOUT_NUMBER
    is_bulk = node.order in around.lists or fixed_count(message.recipient.value if message.recipient else "") > 1
    return None if is_bulk else BY_HAND


def _switched_off(node: Node, flows: Flows) -> tuple[str | int, ...]:
    if node.item.get("d") is True:
        return (*node.pointer, "d")
    tab = flows.by_id.get(str(node.item.get("z")))
    return (*tab.pointer, "disabled") if tab is not None else node.typed_at


def _direction(message: Message, node: Node, flows: Flows, around: _Around) -> Found:
    order = node.order
    recipient = message.recipient
    is_named = recipient is not None and recipient.literal is not None
    if node.type == "reply":
        return Found("reply", node.typed_at)
    for channel in ("whatsapp", "sms") if message.channel in ("whatsapp", "sms") else (message.channel,):
        trigger = around.inbound.get(str(channel), {}).get(order)
        if trigger is not None and not is_named:
            return Found("reply", trigger.typed_at)
    hook = around.hooks.get(order)
    if (
        hook is not None
        and not is_named
        and _READS_MESSAGES.search("\n".join(code.value for code in code_before(node, flows)))
    ):
        return Found("reply", hook.typed_at)
    start = around.timers.get(order) or around.clicks.get(order) or around.starts.get(order)
    return Found("push", start.typed_at) if start is not None else Found(NOT_STARTED)


def _selection(message: Message, node: Node, direction: Found, around: _Around) -> Found | None:
    recipient = message.recipient
    if message.channel == "push":
        return None
    if direction.value == "reply":
        return Found("inbound_sender", direction.at)
    if node.type == "group-out" or (recipient is not None and _GROUP.search(recipient.value)):
        return Found("group_chat", recipient or node.typed_at)
    if message.sign is not None and message.sign.route == "relay" and recipient is None:
        # A relay writes only to the number that asked for its key.
        return Found("single_number", node.typed_at)
    if recipient is not None and recipient.literal is not None:
        return Found(FEW if fixed_count(recipient.value) > 1 else "single_number", recipient)
    many = around.lists.get(node.order)
    if many is not None:
        return Found("list", many.typed_at)
    return Found(NOBODY if recipient is None else VARYING)


def _size(message: Message) -> Found | None:
    recipient = message.recipient
    count = fixed_count(recipient.value) if recipient is not None and recipient.literal is not None else 0
    return Found(count, recipient) if count > 1 else None


def _recurrence(timer: Node | None) -> Found | None:
    recurrence = recurrence_of(timer) if timer is not None else None
    if timer is None or recurrence in (None, "once"):
        return None
    if recurrence == "timer":
        return Found(Unknown("a timer that the adapter does not read"), timer.typed_at)
    at = "crontab" if timer.item.get("crontab") else "repeat"
    return Found(recurrence, (*timer.pointer, at))
