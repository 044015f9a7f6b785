"""A message that a step of an automation sends, and what is known around it → a campaign record with its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from policylint.adapters.drafts import Draft
from policylint.adapters.texts import Text
from policylint.model.source import NOT_CARRIED, Pointer, Unknown, value_at
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document
    from policylint.record import Sign

TEAM_CHAT = "a message to a team chat: records have no channel for it, so it is shown as push"
UNREADABLE = Unknown("the file does not show whether this is a template")
GENERATED = Unknown("a step before it writes the text")
VARYING = Unknown("the file does not say how recipients are chosen")
FEW = Unknown("a few fixed recipients")
NOBODY = Unknown("the file does not say to whom")

# A flow that sends mails or SMS has a place for them: a text, a filter, a branch that takes in who unsubscribes.
_CARRIED_BY_MAIL = ("purpose", "opt_out")

Shown: TypeAlias = Pointer | Text | None


class Found(NamedTuple):
    """A value, and where it shows."""

    value: object
    at: Shown = None


Facts: TypeAlias = Mapping[tuple[str, ...], Found | None]
"""Record path → what was found for it; None where the format could say it and does not."""


class Mailer(NamedTuple):
    """Who an e-mail is from."""

    carrier: str | None = None
    """The service that sends it, by its own name in small letters; it is in no provider table."""
    address: Text | None = None
    name: Text | None = None


class Message(NamedTuple):
    """What one step sends."""

    channel: str | Unknown
    shown_by: Pointer
    """What shows the channel and who carries it."""
    sign: Sign | None = None
    recipient: Text | None = None
    bodies: Sequence[Text | Unknown] = ()
    """Its text; several where the step sends one of them; none where the format has no place for it."""
    kind: str | Unknown = "freeform"
    kind_at: Shown = None
    template: Text | None = None
    language: Text | None = None
    note: str | None = None
    subject: Text | None = None
    text_from: str | None = None
    """``model`` or ``table``, where the whole text comes from there."""
    mailer: Mailer | None = None

    @property
    def is_unofficial(self) -> bool:
        """Tell whether an unofficial client or somebody else's number carries it."""
        return is_unofficial(self.sign)


class Origin(NamedTuple):
    """The step that a record stands for."""

    document: Document
    format: str
    flow: str
    """Name of the automation."""
    flow_at: Pointer | None
    step: str
    """Name of the step."""
    at: Pointer
    carries: Sequence[str]


def is_unofficial(sign: Sign | None) -> bool:
    """Tell whether a sign means an unofficial client or a relay."""
    return sign is not None and sign.route in ("unofficial", "relay")


def fixed_count(addresses: str) -> int:
    """Return how many addresses a text names, parted by commas, semicolons, bars or line ends."""
    for sign in ";|\n":
        addresses = addresses.replace(sign, ",")
    return sum(1 for part in addresses.split(",") if part.strip())


def set_up(origin: Origin, sign: Sign, shown_by: Pointer, note: str, facts: Facts | None = None) -> Campaign:
    """Return the record of an unofficial client that sends nothing by itself here."""
    draft = _draft(origin)
    draft.data.update(kind="setup", channel="whatsapp", messages=None, schedule=NOT_CARRIED)
    _put_sender(draft, sign, shown_by)
    _put_facts(draft, facts or {})
    draft.note(note)
    return draft.campaign(origin.format, origin.carries)


def sent(origin: Origin, message: Message, facts: Facts, notes: Sequence[str] = ()) -> Campaign:
    """Return the record of a message."""
    draft = _draft(origin)
    draft.put(("channel",), message.channel, message.shown_by)
    _put_sender(draft, message.sign, message.shown_by)
    if message.mailer is not None:
        _put_mailer(draft, message.mailer, message.shown_by)
    _put_facts(draft, facts)
    _point(draft, ("messages",), origin.at)
    draft.data["messages"] = [
        _message(draft, index, message, body) for index, body in enumerate(message.bodies or (None,))
    ]
    known = (message.channel, message.kind, draft.data.get("direction"))
    for said in (message.note, *notes, *(one.why for one in known if isinstance(one, Unknown))):
        if said:
            draft.note(said)
    more = _CARRIED_BY_MAIL if message.channel in ("email", "sms") else ()
    return draft.campaign(origin.format, (*origin.carries, *more))


def _draft(origin: Origin) -> Draft:
    draft = Draft(origin.document, f"{origin.flow} › {origin.step}", origin.at)
    draft.data["name"] = origin.flow
    _point(draft, (), origin.at)
    _point(draft, ("name",), origin.flow_at)
    return draft


def _point(draft: Draft, path: Pointer, shown: Shown) -> None:
    """Say where a value comes from; a text with its whole span: paths below it, of missing fields, point to it too."""
    if isinstance(shown, Text):
        draft.point(path, shown.pointer, shown.span or (0, len(shown.value)))
    elif shown is not None:
        text = value_at(draft.document.data, shown)
        draft.point(path, shown, (0, len(text)) if isinstance(text, str) and text else None)


def _put_facts(draft: Draft, facts: Facts) -> None:
    for path, found in facts.items():
        if found is not None:
            draft.put(path, found.value)
            _point(draft, path, found.at)


def _put_sender(draft: Draft, sign: Sign | None, shown_by: Pointer) -> None:
    """Put who carries the messages."""
    _point(draft, ("sender",), shown_by)
    if sign is None:
        return
    facts: dict[tuple[str, ...], Found | None] = {}
    if sign.library:
        facts["sender", "library"] = Found(sign.library, shown_by)
    if sign.provider or sign.library:
        # A library alone: it talks to WhatsApp by itself, so there is no provider.
        facts["sender", "provider"] = Found(sign.provider, shown_by)
    if sign.route in ("official", "bsp") and draft.data["channel"] == "whatsapp":
        facts["sender", "product"] = Found("business_platform", shown_by)
    _put_facts(draft, facts)


def _put_mailer(draft: Draft, mailer: Mailer, shown_by: Pointer) -> None:
    """Put who an e-mail is from."""
    facts: dict[tuple[str, ...], Found | None] = {
        ("sender", "provider"): Found(mailer.carrier, shown_by) if mailer.carrier else None,
        ("sender", "address"): Found(mailer.address.readable, mailer.address) if mailer.address else None,
        ("sender", "display_name"): Found(mailer.name.readable, mailer.name) if mailer.name else None,
    }
    _put_facts(draft, facts)


def _message(draft: Draft, index: int, message: Message, body: Text | Unknown | None) -> dict[str, Any]:
    at: Pointer = ("messages", index)
    _point(draft, (*at, "kind"), message.kind_at or message.shown_by)
    made: dict[str, Any] = {"kind": message.kind, "template": None, "body": None}
    if message.channel == "whatsapp":
        made["window"] = _window(draft.data.get("direction"))
    if message.subject is not None:
        made["subject"] = message.subject.readable
        _point(draft, (*at, "subject"), message.subject)
    if message.text_from is not None:
        made["text_from"] = message.text_from
        _point(draft, (*at, "text_from"), body if isinstance(body, Text) else message.shown_by)
    if isinstance(message.kind, Unknown):
        made["template"] = message.kind
    if isinstance(body, Text):
        made["body"] = body.readable
        _point(draft, (*at, "body"), body)
    elif isinstance(body, Unknown) or message.kind != "template":
        made["body"] = body if isinstance(body, Unknown) else NOT_CARRIED
    if message.kind == "template":
        made["template"] = {"name": message.template.exact if message.template else NOT_CARRIED}
    if message.template is not None:
        _point(draft, (*at, "template", "name"), message.template)
    if message.language is not None:
        made["language"] = message.language.exact
        _point(draft, (*at, "language"), message.language)
    return made


def _window(direction: object) -> object:
    """Return in which open window a WhatsApp message is sent."""
    if direction == "reply":
        return "customer_service"
    return "none" if direction == "push" else direction
