"""Sends that are objects of their own → records: to lists, triggered, transactional, SMS, answers to keywords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, mappings, readable, text_of
from policylint.adapters.mcdev.shapes import (
    BY_EVENT,
    CARRIES,
    IN_ASSET,
    IN_FILES_BESIDE,
    SUBJECT_IN_ASSET,
    beside_named,
)
from policylint.model.source import Document, Pointer, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

_BODY: Pointer = ("messages", 0, "body")
_SUBJECT: Pointer = ("messages", 0, "subject")
_NOT_RUNNING = frozenset(["new", "inactive", "canceled", "cancelled", "moved", "deleted", "draft", "stopped"])


class Letterhead(NamedTuple):
    """The names of the fields that stand above the text of an e-mail."""

    subject: tuple[str, ...]
    """The dynamic subject is the one that is sent, the other what it was when the send was saved."""
    name: str
    address: str


_LETTERHEAD = Letterhead(("DynamicEmailSubject", "EmailSubject"), "FromName", "FromAddress")
_UNNAMED_LIST = Unknown("the file does not name the list")
# The template of MobileConnect by which we write first; all others answer a keyword.
_OUTBOUND = "outbound"


def send_campaigns(document: Document, kind: str) -> Iterator[Campaign]:
    """Yield the record of a send of one of these types."""
    if kind == "emailSend":
        yield _user_initiated(document)
    elif kind == "triggeredSend":
        yield _triggered(document)
    elif kind == "mobileMessage":
        yield _mobile_message(document)
    elif kind == "mobileKeyword":
        yield from _keyword(document)
    else:
        yield _transactional(document, kind.removeprefix("transactional").lower())


def _draft(document: Document, channel: str, *names: str) -> Draft:
    data = document.data
    named = text_of(data, *names)
    at: Pointer = (named[0],) if named else ()
    draft = Draft(document, label(*(data.get(name) for name in names)), at)
    draft.put(("channel",), channel, at)
    if named is not None:
        draft.put(("name",), named[1], at)
    draft.put(("messages", 0, "kind"), "freeform", at)
    return draft


def _put_status(draft: Draft, field: str) -> None:
    """Say that a send is switched off, where its status says so."""
    status = draft.document.data.get(field)
    if isinstance(status, str) and status.lower() in _NOT_RUNNING:
        draft.put(("enabled",), value=False, at=(field,))


def _push(draft: Draft, selection: str | Unknown, at: Pointer = ()) -> None:
    draft.put(("direction",), "push", at)
    draft.put(("audience", "selection"), selection, at)


def _user_initiated(document: Document) -> Campaign:
    draft = _draft(document, "email", "Name", "CustomerKey")
    at: Pointer = ("SendDefinitionList",)
    _push(draft, "list", at)
    draft.put(_BODY, IN_ASSET)
    put_letterhead(draft, document.data, (), _LETTERHEAD)
    excluded = [
        (_list_named(entry), (*at, index))
        for index, entry in mappings(document.data["SendDefinitionList"])
        if "exclusion" in str(entry.get("SendDefinitionListType")).lower()
    ]
    if text_of(document.data, "ExclusionFilter") is not None:
        excluded.append(("ExclusionFilter", ("ExclusionFilter",)))
    put_excluded(draft, excluded)
    return draft.campaign("mcdev", CARRIES)


def _list_named(entry: Mapping[str, Any]) -> str | Unknown:
    found = text_of(entry, "r__list_PathName", "r__dataExtension_key", "Name")
    return found[1] if found else _UNNAMED_LIST


def put_excluded(draft: Draft, excluded: list[tuple[str | Unknown, Pointer]]) -> None:
    """Put the lists of people who are left out; None, that is absent, where the send leaves out nobody."""
    path: Pointer = ("audience", "suppression_lists")
    draft.put(path, [name for name, _ in excluded] or None, excluded[0][1] if excluded else None)
    for index, (_, at) in enumerate(excluded):
        draft.point((*path, index), at)


def put_letterhead(draft: Draft, fields: Mapping[str, Any], at: Pointer, names: Letterhead) -> None:
    """Put the subject and the sender of an e-mail, where a send sets them for the asset that it sends."""
    subject = text_of(fields, *names.subject)
    if subject is not None:
        draft.put(_SUBJECT, readable(subject[1]), (*at, subject[0]))
    else:
        draft.put(_SUBJECT, SUBJECT_IN_ASSET)
    for field, name in (("display_name", names.name), ("address", names.address)):
        found = text_of(fields, name)
        if found is not None:
            draft.put(("sender", field), readable(found[1]), (*at, found[0]))


def _triggered(document: Document) -> Campaign:
    draft = _draft(document, "email", "Name", "CustomerKey")
    _push(draft, BY_EVENT)
    draft.put(_BODY, IN_ASSET)
    put_letterhead(draft, document.data, (), _LETTERHEAD)
    _put_status(draft, "TriggeredSendStatus")
    return draft.campaign("mcdev", CARRIES)


def _transactional(document: Document, channel: str) -> Campaign:
    draft = _draft(document, channel, "name", "definitionKey")
    _push(draft, BY_EVENT, ("definitionKey",))
    draft.put(_BODY, IN_ASSET)
    if channel == "sms":
        _put_text(draft, mapping(document.data.get("content")), ("content",), "message")
    _put_status(draft, "status")
    return draft.campaign("mcdev", CARRIES)


def _put_text(draft: Draft, fields: Mapping[str, Any], at: Pointer, *names: str) -> None:
    """Put the text of an SMS: as it stands in the object, else from the file beside it."""
    found = text_of(fields, *names)
    if found is not None:
        draft.put(_BODY, readable(found[1]), (*at, found[0]))
        return
    side = beside_named(draft.document, "amp")
    if side is not None:
        draft.put_beside(_BODY, readable(side.text), side)
    else:
        draft.put(_BODY, IN_FILES_BESIDE)


def _mobile_message(document: Document) -> Campaign:
    data = document.data
    draft = _draft(document, "sms", "name", "id")
    template = mapping(data.get("template")).get("name")
    if isinstance(template, str) and template.lower() != _OUTBOUND:
        draft.put(("direction",), "reply", ("template", "name"))
        draft.put(("audience", "selection"), "inbound_sender", ("template", "name"))
    elif data.get("audience") or str(data.get("sendMethod")).upper() == "USER":
        _push(draft, "list", ("audience",) if data.get("audience") else ("sendMethod",))
        sent = text_of(data, "mtSendDate")
        if sent is not None:
            draft.put(("schedule", "start"), sent[1], ("mtSendDate",))
    else:
        _push(draft, BY_EVENT)
    _put_text(draft, data, (), "text", "message")
    _put_status(draft, "status")
    return draft.campaign("mcdev", CARRIES)


def _keyword(document: Document) -> Iterator[Campaign]:
    """Yield the answer to a keyword; nothing where the keyword has none."""
    draft = _draft(document, "sms", "c__codeKeyword", "keyword")
    _put_text(draft, document.data, (), "message", "responseMessage")
    if draft.data["messages"][0]["body"] == IN_FILES_BESIDE:
        return
    draft.put(("direction",), "reply", ("keywordType",))
    draft.put(("audience", "selection"), "inbound_sender", ("keywordType",))
    _put_status(draft, "status")
    yield draft.campaign("mcdev", CARRIES)
