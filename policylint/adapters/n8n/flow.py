"""What stands upstream of a send → who wrote first, how recipients are chosen, how often it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from policylint.adapters.n8n.inbound import MAIL_TRIGGERS, MAILED_FROM, PATH, SENT_FROM, Inbound
from policylint.adapters.n8n.recipients import Recipient, recipient_of
from policylint.adapters.n8n.schedule import TIMERS, recurrence_of
from policylint.adapters.n8n.tables import is_lookup, is_table, kind_name, reads_rows
from policylint.adapters.n8n.wording import text_from
from policylint.model.source import EXPRESSION, Pointer, Unknown

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.sends import Send
    from policylint.record import ProviderTable

NOT_STARTED = Unknown("no trigger leads to the node: connections are missing or broken, or the trigger is disabled")
STARTED_ELSEWHERE = Unknown("the workflow is started from outside, perhaps by an inbound message")
ANSWERED_LATER = Unknown("another branch of the workflow stores inbound messages where this one reads")
ANSWER_OF_STAFF = Unknown("the text is an answer that stands in a table")
MIXED = Unknown("an inbound message starts it, but the recipients come from a table")
PERHAPS_THEIRS = Unknown("an inbound message starts it, and the fixed number may be whose it is")
MAIL_STARTED = Unknown("a mail starts it; whether this one goes to who wrote is not told")
POSTED_TO_MODEL = Unknown("a model answers what a webhook brings, perhaps a message")
ASKED_WHEN = Unknown("the workflow looks at when the recipient last wrote")
FEW = Unknown("a few fixed recipients")
FOLLOWERS = Unknown("all who follow a WhatsApp Channel or see the status")
NOBODY = Unknown("the file does not say to whom")

_BY_HAND = frozenset({"manualtrigger", "start"})
_SENDER = re.compile(
    r"sender|\bfrom\b|wa_?id|jid|chat_?id|session|messages\[0\]|contacts\[0\]|user_?phone|body\.phone|remetente",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"repl(?:y|ies)|answer|respuesta|resposta|antwort", re.IGNORECASE)
_GROUP = re.compile(r"@g\.us|\bgr(?:ou|u)pp?[oe]?s?\b|group_?(?:jid|id)", re.IGNORECASE)
_NAMES = re.compile(r"""\$\(\s*["']([^"']+)["']\s*\)|\$node\[\s*["']([^"']+)["']|\$items\(\s*["']([^"']+)["']""")
_SCRAPER = re.compile(r"apify|outscraper|serpapi|serper\.dev|scrap|maps/api/place|places\.googleapis", re.IGNORECASE)
_TO_BE_SENT = re.compile(
    r"^(?:to[-_ ]?(?:be[-_ ])?sen[dt]|send|ready(?:[-_ ]to[-_ ]send)?|queued?|pending|not[-_ ]?sent|unsent"
    r"|(?:a[-_ ]|por[-_ ])?enviar|pend(?:ente|iente))$",
    re.IGNORECASE | re.MULTILINE,
)
_PEOPLE = re.compile(
    r"contact|contat|lead|people|person|recipient|customer|client|phone|telefon|number|numero|destinat|user|guest"
    r"|subscriber|employee|attendee|pacient|patient|student|alun[oa]",
    re.IGNORECASE,
)
_FORMS = frozenset({"formtrigger", "typeformtrigger", "jotformtrigger", "formiotrigger", "wufootrigger"})
# Triggers of what a person outside does, or of the row that is kept about one.
_EVENTS = _FORMS | frozenset(
    [
        *("shopifytrigger", "woocommercetrigger", "stripetrigger", "paypaltrigger", "gumroadtrigger", "caltrigger"),
        *("calendlytrigger", "acuityschedulingtrigger", "eventbritetrigger", "facebookleadadstrigger"),
        *("googlesheetstrigger", "microsoftexceltrigger", "airtabletrigger", "hubspottrigger", "pipedrivetrigger"),
        *("salesforcetrigger", "highleveltrigger", "activecampaigntrigger", "mautictrigger", "mailchimptrigger"),
    ]
)


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
    sends: Sequence[Send]
    """All sends of the workflow."""

    def triggers_of(self, send: Send) -> Sequence[Node]:
        """Return the triggers upstream of a send."""
        return self.workflow.members(self.workflow.upstream(send.node) & self.workflow.triggers)

    @cached_property
    def _inbound(self) -> Inbound:
        return Inbound(self.workflow, self.providers)

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
        if recipient.is_staff or (recipient.fixed is not None and answered is None):
            return Found("push", at)
        if recipient.fixed is not None and not recipient.is_placeholder:
            # A bot for one person answers a number that is written down; beside other answers it is somebody else's.
            return Found("push", at) if send.channel in self._answered_channels else Found(PERHAPS_THEIRS)
        if answered is not None:
            return answered
        if not triggers:
            return Found(NOT_STARTED)
        if self._inbound.is_kept_for(send):
            return Found(ANSWERED_LATER)
        if send.body is not None and _ANSWER.search(send.body.value) and text_from(send, self.workflow) == "table":
            return Found(ANSWER_OF_STAFF)
        starts = [node for node in triggers if node.kind not in _BY_HAND]
        if any(self._inbound.may_take(node, send.channel) for node in starts):
            return Found(STARTED_ELSEWHERE)
        if send.channel != "email" and self.workflow.upstream(send.node) & self._agents and _is_posted(starts):
            return Found(POSTED_TO_MODEL)
        return Found("push", starts[0].named_at if starts else at)

    @staticmethod
    def _answered_mail(send: Send, recipient: Recipient, triggers: Sequence[Node]) -> Found | None:
        if recipient.fixed is not None or not any(node.kind in MAIL_TRIGGERS for node in triggers):
            return None
        if send.recipient is not None and MAILED_FROM.search(recipient.text):
            return Found("reply", send.recipient.pointer)
        return Found(MAIL_STARTED)

    @cached_property
    def _answered_channels(self) -> frozenset[str]:
        """The channels in which a send answers an address that is not written down."""
        found = set()
        for send in self.sends:
            recipient = self.recipient(send)
            if recipient.fixed is None and self._answered(send, recipient, self.triggers_of(send)) is not None:
                found.add(send.channel)
        return frozenset(found)

    def _answered(self, send: Send, recipient: Recipient, triggers: Sequence[Node]) -> Found | None:
        """Tell whether a send answers an inbound message: by whom it is for, or by what starts it."""
        for names in _NAMES.findall(recipient.text):
            node = next((self.workflow.named(name) for name in names if name), None)
            if node is not None and self._inbound.takes(node, send.channel):
                return Found("reply", node.named_at)
        if send.recipient is not None and (PATH.search(recipient.text) or SENT_FROM.search(recipient.text)):
            return Found("reply", send.recipient.pointer)
        if send.channel == "email":
            return self._answered_mail(send, recipient, triggers)
        starts = self._inbound.starts(send, recipient, triggers)
        if not starts:
            return None
        tables = self.workflow.upstream(send.node) & self._tables & ~self._lookups
        if tables and send.recipient is not None and not _SENDER.search(recipient.text):
            return Found(MIXED)
        return Found("reply", starts[0].named_at)

    def window(self, send: Send, direction: Found, recipient: Recipient) -> object:
        """Return in which open window a WhatsApp message is sent."""
        if direction.value == "reply":
            return "customer_service"
        if self._inbound.asks_when_last(send):
            return ASKED_WHEN
        return "none" if direction.value == "push" or recipient.fixed is not None else direction.value

    # --- audience ---

    def selection(self, send: Send, recipient: Recipient, direction: Found) -> Found:
        """Return how recipients are chosen."""
        at = send.recipient.pointer if send.recipient else None
        if send.selection is not None:
            return Found(send.selection, send.shown_by)
        if direction.value == "reply":
            return Found("inbound_sender", at)
        if recipient.is_channel:
            return Found(FOLLOWERS, at)
        if recipient.is_staff:
            return Found("single_number", at)
        if recipient.fixed is not None:
            few = "single_number" if recipient.count <= 1 else FEW
            return Found("group_chat" if recipient.is_group else few, at)
        if send.channel == "whatsapp" and _GROUP.search(recipient.text):
            return Found("group_chat", at)
        feed = None if send.is_act else self._feed(send, recipient)
        if feed is not None:
            return Found("list", feed.named_at)
        event = self._event(send, recipient) if direction.value == "push" else None
        if event is not None:
            return Found("event", event.named_at)
        return Found(EXPRESSION if send.recipient else NOBODY)

    def _feed(self, send: Send, recipient: Recipient) -> Node | None:
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
        loops = above & (self._loops | self._splits)
        given = recipient.given
        if given is not None and given.node is not None:
            if given.node.is_trigger and not is_table(given.node):  # what starts the run names the recipient
                tables = requests = 0
                loops = 0 if given.is_named else loops
            elif given.is_named:
                tables &= workflow.upstream(given.node) | 1 << given.node.index
        return next((found for chosen in (loops, tables, requests, marked) if (found := workflow.first(chosen))), None)

    def _event(self, send: Send, recipient: Recipient) -> Node | None:
        """Return the trigger whose event is about the recipient, where only such triggers start a send."""
        triggers = self.triggers_of(send)
        is_told = send.channel == "whatsapp" and send.recipient is not None and recipient.fixed is None
        return triggers[0] if is_told and triggers and all(node.kind in _EVENTS for node in triggers) else None

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
    def _agents(self) -> int:
        return self._where(lambda node: node.kind in ("agent", "openaiassistant") and not node.disabled)

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
    def _splits(self) -> int:
        """The steps that take a list of people apart which came as one item."""
        kinds = ("splitout", "itemlists")
        return self._where(
            lambda node: node.kind in kinds and not node.disabled and _PEOPLE.search(str(node.get("fieldToSplitOut")))
        )

    @cached_property
    def _requests(self) -> int:
        return self._where(lambda node: node.kind == "httprequest" and not node.disabled)


def _is_posted(starts: Sequence[Node]) -> bool:
    return bool(starts) and all(node.kind == "webhook" for node in starts)
