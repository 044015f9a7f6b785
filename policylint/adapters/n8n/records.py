"""The sends of a workflow → campaign records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.n8n.carriers import Reader
from policylint.adapters.n8n.desks import THROUGH_DESK
from policylint.adapters.n8n.flow import Flow, Found
from policylint.adapters.n8n.measures import Measures
from policylint.adapters.n8n.sends import Send, Setup
from policylint.adapters.n8n.signs import CARRIED_BY_MAIL, CARRIES
from policylint.adapters.n8n.silence import CAP, Silence
from policylint.adapters.n8n.texts import Text
from policylint.adapters.n8n.wording import text_from
from policylint.model.campaign import Campaign
from policylint.model.phrase import phrase
from policylint.model.rule import Severity
from policylint.model.source import NOT_CARRIED, Place, Pointer, Unknown, value_at
from policylint.record import ProviderTable, Sign, fill_unknown

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow

SPOKEN_OF = Unknown("the workflow speaks of opt-outs; how they work is not read")
ONE_MAIL = (Severity.WARNING, phrase("one mail for one event: what it answers may stand outside the workflow"))
_PLATFORM = ("official", "bsp")


def campaigns_of(workflow: Workflow, providers: ProviderTable, signs: dict[str, Sign | None]) -> Iterator[Campaign]:
    """Yield one record per node that sends, and one per unofficial client that only receives or looks up."""
    reader = Reader(workflow, providers, signs)
    found = [one for one in map(reader.read, workflow.nodes) if one is not None]
    sends = [one for one in found if isinstance(one, Send)]
    direct = [one for one in sends if one.note not in THROUGH_DESK]
    if any(one.channel == "whatsapp" for one in direct) or len(sends) < len(found):
        sends = direct  # a desk keeps a copy of what is sent and received elsewhere
    flow, measures, silence = Flow(workflow, providers, sends), Measures(workflow), Silence(workflow)
    yield from (_sent(send, flow, measures, silence) for send in sends)
    sending = {send.sign.provider if send.sign else None for send in sends}
    setups: dict[str | None, Setup] = {}
    for one in found:
        if not isinstance(one, Send) and one.sign.provider not in sending:
            setups.setdefault(one.sign.provider, one)
    yield from (_set_up(setup, workflow) for setup in setups.values())


class _Record:
    """A record under construction, with the place of what is put into it."""

    def __init__(self, workflow: Workflow, node: Node) -> None:
        self.document = workflow.document
        self.data: dict[str, Any] = {"campaign": f"{workflow.name} › {node.name}", "name": workflow.name}
        self.places: dict[Pointer, Place] = {}
        self.caps: dict[Pointer, tuple[Severity, str]] = {}
        self.point((), node.named_at)
        self.point(("name",), (*workflow.pointer, "name"))
        if workflow.is_archived:
            self.put(("enabled",), Found(value=False, at=(*workflow.pointer, "isArchived")))

    def point(self, path: Pointer, pointer: Pointer | None) -> None:
        """Say where a value of the record comes from."""
        if pointer is None:
            return
        text = value_at(self.document.data, pointer)
        # The whole text as a span: a path below it, of a field that the file lacks, points to it too.
        span = (0, len(text)) if isinstance(text, str) and text else None
        self.places[path] = Place(self.document, pointer, span)

    def show(self, path: Pointer, shown: Pointer | Text | None) -> None:
        """Say that a text, or a part of one, shows a value of the record."""
        if isinstance(shown, Text):
            self.places[path] = Place(self.document, shown.pointer, shown.span)
        else:
            self.point(path, shown)

    def put(self, path: tuple[str, ...], found: Found | None) -> None:
        """Put what was found, into objects made where missing."""
        if found is None:
            return
        target = self.data
        for name in path[:-1]:
            target = target.setdefault(name, {})
        target[path[-1]] = found.value
        self.point(path, found.at)

    def sender(self, sign: Sign | None, shown_by: Pointer) -> None:
        """Put who carries the messages."""
        self.point(("sender",), shown_by)
        if sign is None:
            return
        self.put(("sender", "provider"), Found(sign.provider, shown_by))
        if sign.library:
            self.put(("sender", "library"), Found(sign.library, shown_by))
        if sign.route in _PLATFORM and self.data["channel"] == "whatsapp":
            self.put(("sender", "product"), Found("business_platform", shown_by))

    def put_silence(self) -> None:
        """Put that nobody who opted out is left out on the way to the send."""
        self.data["audience"]["suppression_lists"] = None
        self.caps["audience", "suppression_lists"] = CAP

    def put_text_from(self, origin: str | None, body: Text | None) -> None:
        """Put where the words of a message come from that are not in the file."""
        if origin is not None:
            self.data["messages"][0]["text_from"] = origin
            self.show(("messages", 0, "text_from"), body)

    def campaign(self, notes: Sequence[str]) -> Campaign:
        """Return the finished record."""
        more = CARRIED_BY_MAIL if self.data["channel"] in ("email", "sms") else ()
        data = fill_unknown(self.data, (*CARRIES, *more))
        return Campaign(data, self.document, "n8n", self.places, notes=tuple(notes), caps=self.caps)


def _set_up(setup: Setup, workflow: Workflow) -> Campaign:
    record = _Record(workflow, setup.node)
    record.data.update(kind="setup", channel="whatsapp", messages=None, schedule=NOT_CARRIED)
    record.sender(setup.sign, setup.shown_by)
    return record.campaign(["an unofficial client that sends no message here"])


def _sent(send: Send, flow: Flow, measures: Measures, silence: Silence) -> Campaign:
    record = _Record(flow.workflow, send.node)
    record.data["channel"] = send.channel
    record.point(("channel",), send.shown_by)
    record.sender(send.sign, send.shown_by)
    recipient = flow.recipient(send)
    direction = flow.direction(send, recipient)
    record.put(("direction",), direction)
    selection = flow.selection(send, recipient, direction)
    record.put(("audience", "selection"), selection)
    record.put(("audience", "source"), flow.source(send, recipient, direction))
    if recipient.count > 1 and send.recipient is not None:
        record.put(("audience", "size"), Found(recipient.count, send.recipient.pointer))
    record.put(("schedule", "recurrence"), flow.recurrence(send))
    if flow.workflow.timezone:
        pointer = (*flow.workflow.pointer, "settings", "timezone")
        record.put(("schedule", "timezone"), Found(flow.workflow.timezone, pointer))
    _put_measures(record, send, measures)
    if direction.value == "push" and selection.value == "list" and silence.holds(send):
        record.put_silence()
    if direction.value == "reply" and flow.triggers_of(send):
        record.put(("automation", "bot"), Found(value=True, at=direction.at))
    record.data["messages"] = (
        None if send.is_act else [_message(record, send, direction, flow.window(send, direction, recipient))]
    )
    if send.channel in ("email", "sms") and silence.is_broken:
        record.data["opt_out"] = SPOKEN_OF
    elif not send.is_act:
        record.put_text_from(text_from(send, flow.workflow), send.body)
    notes = [send.note, *(found.why for found in (send.kind, direction.value) if isinstance(found, Unknown))]
    notes += flow.unread_workflows(send)
    return record.campaign(list(dict.fromkeys(note for note in notes if note)))


def _put_measures(record: _Record, send: Send, measures: Measures) -> None:
    evasion = measures.evasion(send) if send.is_unofficial else ()
    if evasion:
        record.put(("sender", "evasion"), Found([one.value for one in evasion], evasion[0].at))
        for index, one in enumerate(evasion):
            record.point(("sender", "evasion", index), one.at)
    record.put(("consent", "evidence"), measures.opt_in(send))
    left_out = measures.opt_out(send)
    if left_out is not None:
        record.put(("audience", "suppression_lists"), Found([left_out.value], left_out.at))


def _message(record: _Record, send: Send, direction: Found, window: object) -> dict[str, Any]:
    at: Pointer = ("messages", 0)
    record.point(("messages",), send.node.named_at)
    record.show((*at, "kind"), send.kind_at)
    message: dict[str, Any] = {"kind": send.kind, "template": None, "body": None}
    if send.channel == "whatsapp":
        message["window"] = window
        record.point((*at, "window"), direction.at)
    if isinstance(send.kind, Unknown):
        message["template"] = send.kind
    if send.body is not None:
        message["body"] = send.body.readable
        record.show((*at, "body"), send.body)
    elif send.kind != "template":
        message["body"] = NOT_CARRIED
    if send.subject is not None:
        if record.data["audience"]["selection"] not in ("list", "segment"):
            record.caps["messages", 0, "subject"] = ONE_MAIL
        message["subject"] = send.subject.readable
        record.show((*at, "subject"), send.subject)
    if send.kind == "template":
        message["template"] = {"name": send.template.exact if send.template else NOT_CARRIED}
    if send.template is not None:
        record.show((*at, "template", "name"), send.template)
    if send.language is not None:
        message["language"] = send.language.exact
        record.show((*at, "language"), send.language)
    return message
