"""What takes in messages in a workflow: its triggers and webhooks, the tables that keep them, the look at their age."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from policylint.adapters.n8n.fields import CODE
from policylint.adapters.n8n.tables import keeps_texts, reads_rows, table_name, writes_rows

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.recipients import Recipient
    from policylint.adapters.n8n.sends import Send
    from policylint.record import ProviderTable

# Triggers that an inbound message of a channel fires.
_INBOUND: Mapping[str, frozenset[str]] = {
    "whatsapptrigger": frozenset({"whatsapp"}),
    "twiliotrigger": frozenset({"whatsapp", "sms", "voice"}),
    "telegramtrigger": frozenset({"telegram"}),
    "facebooktrigger": frozenset({"messenger", "instagram"}),
    "linetrigger": frozenset({"line"}),
    "slacktrigger": frozenset({"push"}),
    "discordtrigger": frozenset({"push"}),
}
MAIL_TRIGGERS = frozenset({"gmailtrigger", "microsoftoutlooktrigger", "emailreadimap"})
MAILED_FROM = re.compile(r"\bfrom\b|\bsender|reply_?to|return_?path|\.value\[0\]", re.IGNORECASE)
"""Who sent a mail, as a recipient."""
# Triggers behind which anything may stand: another workflow, a chat window of n8n.
_FROM_OUTSIDE = frozenset({"executeworkflowtrigger", "chattrigger", "manualchattrigger", "mcptrigger"})
# From a field to one of its own, or to the first one of its list.
_STEP = r"""(?:\??\.|["']?\]?(?:\?\.)?\[\s*["'])"""
_FIRST = r"""(?:["']?\])?(?:\?\.)?\[0\]"""
# Where webhooks of Meta, of official providers and of unofficial gateways carry an inbound message.
PATH = re.compile(
    rf"\b(?:entry|changes|messaging){_FIRST}|messages{_FIRST}{_STEP}(?:from|text|id|type|chat|body)\b|value{_STEP}messages\b"
    rf"|contacts{_FIRST}{_STEP}(?:wa_id|profile)|hub[._](?:challenge|mode|verify)|conversation{_STEP}(?:id|meta|messages)\b"
    rf"|body{_STEP}(?:From|Body|WaId|ProfileName|waId|senderName)\b|\b(?:WaId|ProfileName)\b|results{_FIRST}{_STEP}(?:from|message)"
    rf"|body{_STEP}message{_STEP}(?:from|text|sender|chatid|phone|content|kapso|type)|message_type\W{{1,8}}incoming"
    rf"|['\"]incoming['\"]|messages\.(?:upsert|received)|key{_STEP}(?:remoteJid|fromMe)"
    rf"|\b(?:fromMe|from_me|pushName|extendedTextMessage|channel_phone_number|whatsappInboundMessage|platformSenderId)\b"
    rf"|body{_STEP}whatsapp{_STEP}(?:from|text)|message{_STEP}conversation\b|senderData|typeWebhook|incomingMessage|wa_chatid"
    rf"|\bpayload{_STEP}(?:from|body|sender|fromMe)\b"
)
SENT_FROM = re.compile(
    rf"\bbody(?:{_STEP}\w+){{0,8}}?{_STEP}(?:from|sender(?:_?(?:id|phone|number|name))?|wa_?id)\b", re.IGNORECASE
)
"""The sender of what was posted to a webhook, as a recipient."""
_INBOUND_NAME = re.compile(
    r"whats|\bwpp\b|evolution|\bevo\b|waha|uazapi|z-?api|inbound|incoming|mensa|message", re.IGNORECASE
)
_OUTBOUND_NAME = re.compile(
    r"send|envi(?:ar?|o)\b|outbound|notif|alert|campa(?:ign|nha|ña)|broadcast|blast|bulk|dispar[ao]|reminder|lembrete"
    r"|recordatorio|promo|abandon|kirim",
    re.IGNORECASE,
)
_REPLY_NAME = re.compile(r"repl(?:y|ies)|answer|respond|resp(?:uesta|osta)|balas|inbound|incoming", re.IGNORECASE)
# The time of somebody's last message, or the window that it opens. "A window of sending" is another one.
_LAST_MESSAGE = re.compile(
    r"last_?(?:inbound|incoming|interaction|(?:customer|user|client|contact|lead)?_?(?:message|msg|reply))"
    r"|ultim[ao]_?(?:interac|mens|resp)|letzte_?(?:nachricht|interaktion)"
    r"|(?:service|conversation|session|messaging|24_?h(?:ou)?rs?)_window|window_?(?:open|expire|closed|active|check|valid)"
    r"|(?:ventana|janela)(?!_de_(?:env|dispar)|_horari)"
)
_HOURS = re.compile(
    r"(?<![a-z])(?:hours?|hrs|horas?|stunden?)(?![a-z])|(?<![\da-z.])(?:2[34]h?|1440|86_?400)(?![1-9a-z])"
)
_CONDITIONS = frozenset({"if", "filter", "switch"})


@dataclass(frozen=True, eq=False)
class Inbound:
    """The inbound messages of a workflow."""

    workflow: Workflow
    providers: ProviderTable

    def starts(self, send: Send, recipient: Recipient, triggers: Sequence[Node]) -> Sequence[Node]:
        """Return the triggers or webhooks of a send that take in messages of its channel."""
        return [node for node in triggers if self.takes(node, send.channel)] or self._webhooks_of(send, recipient)

    def takes(self, node: Node, channel: str) -> bool:
        """Tell whether a node is started by inbound messages of a channel."""
        if node.kind == "whatsapptrigger":
            updates = node.get("updates")
            return channel == "whatsapp" and not (isinstance(updates, list) and updates and "messages" not in updates)
        if node.kind == "twiliotrigger" and "inbound" not in node.text and not node.is_stripped:
            return False
        if node.kind == "facebooktrigger" and "whatsapp" in node.text.lower():
            return channel == "whatsapp"
        if node.kind in _INBOUND:
            return channel in _INBOUND[node.kind]
        if channel != "whatsapp" or node.is_core or not node.kind.endswith("trigger"):
            return False
        return "whatsapp" in node.type.lower() or self.providers.node(node.type) is not None

    def may_take(self, node: Node, channel: str) -> bool:
        """Tell whether a trigger leaves open who wrote first."""
        if node.kind == "webhook":
            named = f"{node.name} {node.get('path')}"
            is_outbound = _OUTBOUND_NAME.search(named) is not None and _REPLY_NAME.search(named) is None
            return _INBOUND_NAME.search(named) is not None and not is_outbound
        if node.kind in _INBOUND:  # a person in another channel, who may answer in this one
            others = self.workflow.members(self.workflow.triggers)
            return any(self.takes(other, channel) for other in others)
        return node.kind in _FROM_OUTSIDE

    def is_kept_for(self, send: Send) -> bool:
        """Tell whether a branch that an inbound message starts writes messages to a table that the send reads."""
        kept = self._kept.get(send.channel)
        read = self.workflow.members(self.workflow.upstream(send.node) & self._tables) if kept else ()
        return any(table_name(node) in kept for node in read) if kept else False

    def asks_when_last(self, send: Send) -> bool:
        """Tell whether something on the way looks at how many hours ago the recipient wrote."""
        above = self.workflow.upstream(send.node)
        return bool(above & self._last_messages and above & self._hours)

    def _webhooks_of(self, send: Send, recipient: Recipient) -> Sequence[Node]:
        """Return the webhooks upstream that take inbound messages: something reads one, or keeps a conversation."""
        above = self.workflow.upstream(send.node)
        # What a WhatsApp message sets off in another channel is an answer there only if it goes to who wrote.
        is_elsewhere = send.channel in ("email", "push") or (send.channel != "whatsapp" and recipient.fixed is not None)
        if is_elsewhere or not above & self._webhooks:
            return ()
        reads = (above | 1 << send.node.index) & (self._readers | self._memories)
        return self.workflow.members(above & self._webhooks) if reads else ()

    # --- sets of nodes, found once ---

    @cached_property
    def _kept(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for channel in ("whatsapp", "telegram", "sms"):
            takers = (node for node in self.workflow.nodes if self.takes(node, channel))
            inbound = self.workflow.triggers & self.workflow.set_of(takers)
            for node in self.workflow.nodes if inbound else ():
                is_kept = writes_rows(node) and keeps_texts(node)
                name = table_name(node) if is_kept else None
                if name and self.workflow.upstream(node) & inbound:
                    found.setdefault(channel, set()).add(name)
        return {channel: frozenset(tables) for channel, tables in found.items()}

    @cached_property
    def _tables(self) -> int:
        return self.workflow.set_of(node for node in self.workflow.nodes if reads_rows(node))

    @cached_property
    def _webhooks(self) -> int:
        nodes = (node for node in self.workflow.nodes if node.kind == "webhook" and not node.disabled)
        return self.workflow.set_of(nodes)

    @cached_property
    def _memories(self) -> int:
        return self.workflow.set_of(node for node in self.workflow.nodes if node.kind.startswith("memory"))

    @cached_property
    def _readers(self) -> int:
        nodes = (node for node in self.workflow.nodes if node.kind != "stickynote" and PATH.search(node.text))
        return self.workflow.set_of(nodes)

    @cached_property
    def _last_messages(self) -> int:
        nodes = (node for node in self.workflow.nodes if _decides(node) or node.kind == "set")
        return self.workflow.set_of(node for node in nodes if _LAST_MESSAGE.search(_plain(node)))

    @cached_property
    def _hours(self) -> int:
        deciding = (node for node in self.workflow.nodes if _decides(node))
        return self.workflow.set_of(node for node in deciding if _HOURS.search(_plain(node)))


def _decides(node: Node) -> bool:
    """Tell whether a node may let some through and not others."""
    return not node.disabled and (node.kind in _CONDITIONS or node.kind in CODE or reads_rows(node))


def _plain(node: Node) -> str:
    """Return what a node is called and says as lower-case words that underscores divide."""
    written = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", f"{node.name} {node.text}")
    return re.sub(r"[\s-]+", "_", written).lower().replace("ú", "u")
