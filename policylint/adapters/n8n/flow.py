"""What stands upstream of a send → who wrote first, how recipients are chosen, how often it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from policylint.adapters.n8n.recipients import Recipient, recipient_of
from policylint.adapters.n8n.schedule import TIMERS, recurrence_of
from policylint.adapters.n8n.tables import is_lookup, is_table, kind_name, reads_rows, table_name, writes_rows
from policylint.model.source import EXPRESSION, Pointer, Unknown

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.sends import Send
    from policylint.record import ProviderTable

NOT_STARTED = Unknown("no trigger leads to the node: connections are missing or broken, or the trigger is disabled")
STARTED_ELSEWHERE = Unknown("the workflow is started from outside, perhaps by an inbound message")
ANSWERED_LATER = Unknown("another branch of the workflow stores inbound messages where this one reads")
MIXED = Unknown("an inbound message starts it, but the recipients come from a table")
FEW = Unknown("a few fixed recipients")
NOBODY = Unknown("the file does not say to whom")

_BY_HAND = frozenset({"manualtrigger", "start"})
# Triggers that an inbound message of a channel fires.
_INBOUND: Mapping[str, frozenset[str]] = {
    "whatsapptrigger": frozenset({"whatsapp"}),
    "twiliotrigger": frozenset({"whatsapp", "sms", "voice"}),
    "telegramtrigger": frozenset({"telegram"}),
    "facebooktrigger": frozenset({"messenger", "instagram"}),
    "linetrigger": frozenset({"line"}),
    "slacktrigger": frozenset({"push"}),
    "discordtrigger": frozenset({"push"}),
    "emailreadimap": frozenset({"email"}),
    "gmailtrigger": frozenset({"email"}),
    "microsoftoutlooktrigger": frozenset({"email"}),
}
# Triggers behind which anything may stand: another workflow, a chat window of n8n.
_FROM_OUTSIDE = frozenset({"executeworkflowtrigger", "chattrigger", "manualchattrigger", "mcptrigger"})
# Where webhooks of Meta, of official providers and of unofficial gateways carry an inbound message.
_INBOUND_PATH = re.compile(
    r"\b(?:entry|changes|messaging)(?:\?\.)?\[0\]|messages(?:\?\.)?\[0\]\??\.(?:from|text|id|type|chat|body)|value\??\.messages\b"
    r"|contacts(?:\?\.)?\[0\]\??\.(?:wa_id|profile)|hub[._](?:challenge|mode|verify)|conversation\.(?:id|meta|messages)\b"
    r"|body\.(?:From|Body|WaId|ProfileName|waId|senderName)\b|\b(?:WaId|ProfileName)\b|results\[0\]\.(?:from|message)"
    r"|body\.message\.(?:from|text|sender|chatid|phone|content|kapso|type)|message_type\W{1,8}incoming|['\"]incoming['\"]"
    r"|messages\.(?:upsert|received)|key\.(?:remoteJid|fromMe)|\b(?:fromMe|from_me|pushName|extendedTextMessage)\b"
    r"|message\.conversation|senderData|typeWebhook|incomingMessage|wa_chatid|\bpayload\.(?:from|body|sender|fromMe)\b"
)
_INBOUND_NAME = re.compile(
    r"whats|\bwpp\b|evolution|\bevo\b|waha|uazapi|z-?api|inbound|incoming|mensa|message", re.IGNORECASE
)
_SENDER = re.compile(
    r"sender|\bfrom\b|wa_?id|jid|chat_?id|session|messages\[0\]|contacts\[0\]|user_?phone|body\.phone|remetente",
    re.IGNORECASE,
)
_GROUP = re.compile(r"@g\.us|\bgr(?:ou|u)pp?[oe]?s?\b|group_?(?:jid|id)", re.IGNORECASE)
_NAMES = re.compile(r"""\$\(\s*["']([^"']+)["']\s*\)|\$node\[\s*["']([^"']+)["']|\$items\(\s*["']([^"']+)["']""")
_SCRAPER = re.compile(r"apify|outscraper|serpapi|serper\.dev|scrap|maps/api/place|places\.googleapis", re.IGNORECASE)
_TO_BE_SENT = re.compile(
    r"^(?:to[-_ ]?(?:be[-_ ])?sen[dt]|send|ready(?:[-_ ]to[-_ ]send)?|queued?|pending|not[-_ ]?sent|unsent"
    r"|(?:a[-_ ]|por[-_ ])?enviar|pend(?:ente|iente))$",
    re.IGNORECASE | re.MULTILINE,
)
_FORMS = frozenset({"formtrigger", "typeformtrigger", "jotformtrigger", "formiotrigger", "wufootrigger"})


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and where it shows."""

    value: object
    at: Pointer | None = None


@dataclass(frozen=True, eq=False)
class Flow:
    """The graph of a workflow, asked about its sends."""

    workflow: Workflow
    providers: ProviderTable

    def triggers_of(self, send: Send) -> Sequence[Node]:
        """Return the triggers upstream of a send."""
        return self.workflow.members(self.workflow.upstream(send.node) & self.workflow.triggers)

    def recipient(self, send: Send) -> Recipient:
        """Return whom a send is for."""
        return recipient_of(send, self.workflow)

    def _where(self, holds: Callable[[Node], object]) -> int:
        return self.workflow.set_of(node for node in self.workflow.nodes if holds(node))

    # --- direction ---

    def direction(self, send: Send, recipient: Recipient) -> Found:
        """Return ``push`` or ``reply``, or unknown."""
        if send.is_answer:
            return Found("reply", send.node.at("operation"))
        triggers = self.triggers_of(send)
        at = triggers[0].named_at if triggers else None
        answered = self._answered(send, recipient, triggers)
        if recipient.fixed is not None and (answered is None or not recipient.is_placeholder):
            return Found("push", at)
        if answered is not None:
            return answered
        if not triggers:
            return Found(NOT_STARTED)
        if self._reads_stored_messages(send):
            return Found(ANSWERED_LATER)
        starts = [node for node in triggers if node.kind not in _BY_HAND]
        if any(self._is_open(node, send.channel) for node in starts):
            return Found(STARTED_ELSEWHERE)
        return Found("push", starts[0].named_at if starts else at)

    def _answered(self, send: Send, recipient: Recipient, triggers: Sequence[Node]) -> Found | None:
        """Tell whether a send answers an inbound message: by whom it is for, or by what starts it."""
        for names in _NAMES.findall(recipient.text):
            node = next((self.workflow.named(name) for name in names if name), None)
            if node is not None and self._is_inbound(node, send.channel):
                return Found("reply", node.named_at)
        if send.recipient is not None and _INBOUND_PATH.search(recipient.text):
            return Found("reply", send.recipient.pointer)
        starts = [node for node in triggers if self._is_inbound(node, send.channel)] or self._inbound_webhooks(send)
        if not starts:
            return None
        tables = self.workflow.upstream(send.node) & self._tables & ~self._lookups
        if tables and send.recipient is not None and not _SENDER.search(recipient.text):
            return Found(MIXED)
        return Found("reply", starts[0].named_at)

    def _is_inbound(self, node: Node, channel: str) -> bool:
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

    def _inbound_webhooks(self, send: Send) -> Sequence[Node]:
        """Return the webhooks upstream that take inbound messages: something reads one, or keeps a conversation."""
        above = self.workflow.upstream(send.node)
        if send.channel in ("email", "push") or not above & self._webhooks:
            return ()
        reads = (above | 1 << send.node.index) & (self._readers_of_messages | self._memories)
        return self.workflow.members(above & self._webhooks) if reads else ()

    def _is_open(self, node: Node, channel: str) -> bool:
        """Tell whether a trigger leaves open who wrote first."""
        if node.kind == "webhook":
            return bool(_INBOUND_NAME.search(f"{node.name} {node.get('path')}"))
        if node.kind in _INBOUND:  # a person in another channel, who may answer in this one
            others = self.workflow.members(self.workflow.triggers)
            return any(self._is_inbound(other, channel) for other in others)
        return node.kind in _FROM_OUTSIDE

    def _reads_stored_messages(self, send: Send) -> bool:
        """Tell whether a branch that an inbound message starts writes to a table that the send reads."""
        stored = self._stored_messages.get(send.channel)
        read = self.workflow.members(self.workflow.upstream(send.node) & self._tables) if stored else ()
        return any(table_name(node) in stored for node in read) if stored else False

    @cached_property
    def _stored_messages(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for channel in ("whatsapp", "telegram", "sms"):
            inbound = self.workflow.triggers & self._where(lambda node, of=channel: self._is_inbound(node, of))  # type: ignore[misc]
            for node in self.workflow.nodes if inbound else ():
                name = table_name(node) if is_table(node) and writes_rows(node) else None
                if name and self.workflow.upstream(node) & inbound:
                    found.setdefault(channel, set()).add(name)
        return {channel: frozenset(tables) for channel, tables in found.items()}

    @staticmethod
    def window(direction: Found, recipient: Recipient) -> object:
        """Return in which open window a WhatsApp message is sent."""
        if direction.value == "reply":
            return "customer_service"
        return "none" if direction.value == "push" or recipient.fixed is not None else direction.value

    # --- audience ---

    def selection(self, send: Send, recipient: Recipient, direction: Found) -> Found:
        """Return how recipients are chosen."""
        at = send.recipient.pointer if send.recipient else None
        if send.selection is not None:
            return Found(send.selection, send.shown_by)
        if direction.value == "reply":
            return Found("inbound_sender", at)
        if recipient.fixed is not None:
            few = "single_number" if recipient.count <= 1 else FEW
            return Found("group_chat" if recipient.is_group else few, at)
        if send.channel == "whatsapp" and _GROUP.search(recipient.text):
            return Found("group_chat", at)
        feed = None if send.is_act else self._feed(send)
        if feed is not None:
            return Found("list", feed.named_at)
        return Found(EXPRESSION if send.recipient else NOBODY)

    def _feed(self, send: Send) -> Node | None:
        """Return the loop or the table that hands on one recipient after the other."""
        workflow = self.workflow
        above = workflow.upstream(send.node)
        if send.recipient is None and not send.node.get("url"):  # stripped: only a loop around the send itself tells
            return workflow.first(workflow.loop(send.node) & self._loops)
        kinds = {node.kind for node in self.triggers_of(send)}
        is_run = kinds <= TIMERS | _BY_HAND
        # A run that an event starts reads one row, or the free hours of a calendar.
        tables = above & self._tables & (-1 if is_run else ~(self._lookups | self._calendars))
        requests = above & self._requests if is_run and kinds & TIMERS and send.recipient else 0
        marked = above & self._table_triggers if above & self._picks_marked_rows else 0
        return next(
            (found for chosen in (above & self._loops, tables, requests, marked) if (found := workflow.first(chosen))),
            None,
        )

    def source(self, send: Send, recipient: Recipient, direction: Found) -> Found | None:
        """Return where the numbers come from: the nearest node that hands on people."""
        if direction.value == "reply" or recipient.fixed is not None:
            return None
        for node in self.workflow.nearest(send.node):
            if node.kind in _FORMS:
                return Found("web_form", node.named_at)
            if _SCRAPER.search(f"{node.type} {node.get('url') if node.kind == 'httprequest' else ''}"):
                return Found("scraped", node.named_at) if send.recipient else None
            if 1 << node.index & self._tables or (node.is_trigger and is_table(node)):
                return Found(kind_name(node), node.named_at)
        return None

    def recurrence(self, send: Send) -> Found | None:
        """Return how often the workflow runs by itself; None where only people or events start it."""
        starts = self.triggers_of(send)
        timer = next((node for node in starts if node.kind in TIMERS), None)
        if timer is not None:
            return Found(*recurrence_of(timer))
        return None if starts else Found(NOT_STARTED)

    def unread_workflows(self, send: Send) -> Sequence[str]:
        """Return notes on other workflows that are called on the way to a send, by a step or by an agent's tool."""
        above = self.workflow.upstream(send.node)
        called = above & (self._calls | self._agents_that_call)
        names = [node.name for node in self.workflow.members(called, 3)]
        return [f"'{name}' calls another workflow, which was not read" for name in names]

    # --- sets of nodes, found once ---

    @cached_property
    def _tables(self) -> int:
        return self._where(reads_rows)

    @cached_property
    def _lookups(self) -> int:
        return self._where(lambda node: reads_rows(node) and is_lookup(node))

    @cached_property
    def _table_triggers(self) -> int:
        return self._where(lambda node: node.is_trigger and is_table(node))

    @cached_property
    def _picks_marked_rows(self) -> int:
        """The conditions that let rows pass which are marked to be sent: then the table is a list of them."""
        kinds = ("if", "filter", "switch")
        return self._where(lambda node: node.kind in kinds and not node.disabled and _TO_BE_SENT.search(node.text))

    @cached_property
    def _calendars(self) -> int:
        return self._where(lambda node: node.kind == "googlecalendar")

    @cached_property
    def _calls(self) -> int:
        return self._where(lambda node: node.kind == "executeworkflow" and not node.disabled)

    @cached_property
    def _agents_that_call(self) -> int:
        tools = (node for node in self.workflow.nodes if node.kind == "toolworkflow" and not node.disabled)
        return self.workflow.set_of(agent for tool in tools for agent in self.workflow.before(tool))

    @cached_property
    def _loops(self) -> int:
        return self._where(lambda node: node.kind == "splitinbatches" and not node.disabled)

    @cached_property
    def _requests(self) -> int:
        return self._where(lambda node: node.kind == "httprequest" and not node.disabled)

    @cached_property
    def _webhooks(self) -> int:
        return self._where(lambda node: node.kind == "webhook" and not node.disabled)

    @cached_property
    def _memories(self) -> int:
        return self._where(lambda node: node.kind.startswith("memory"))

    @cached_property
    def _readers_of_messages(self) -> int:
        return self._where(lambda node: node.kind != "stickynote" and _INBOUND_PATH.search(node.text))
