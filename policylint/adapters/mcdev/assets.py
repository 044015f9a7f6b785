"""Assets of Content Builder → a template record for each stored message; those of WhatsApp in Meta's shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, readable, text_of
from policylint.adapters.mcdev.shapes import CARRIES, IN_FILES_BESIDE
from policylint.model.source import Document, Pointer, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

_EMAILS = frozenset(["templatebasedemail", "htmlemail", "textonlyemail"])
_MESSAGES = frozenset(["jsonmessage", "jsonmessagetemplate"])
_VIEWS: tuple[tuple[str, str], ...] = (
    ("whatsapp", "whatsapp"),
    ("sms", "sms"),
    ("push", "push"),
    ("inapp", "push"),
    ("inbox", "push"),
    ("line", "line"),
)
"""How the name of a view begins, in small letters, and its channel."""
_CATEGORIES = frozenset(["marketing", "utility", "authentication"])

_NOT_METAS_STATUS = Unknown("the file gives the status in Content Builder, not the one at Meta")
_NOT_SHOWN = Unknown("a part of the message that is not read")
_NO_SAMPLES = Unknown("the file has no place for sample values")
_IN_TEMPLATE = Unknown("the text stands in the asset of the template")

_MESSAGE: Pointer = ("messages", 0)
_TEMPLATE: Pointer = (*_MESSAGE, "template")
_COMPONENTS: Pointer = (*_TEMPLATE, "components")


class _Block(NamedTuple):
    """The custom block of a view: what the editor of the message keeps."""

    fields: Mapping[str, Any]
    pointer: Pointer


def asset_campaigns(document: Document) -> Iterator[Campaign]:
    """Yield a record for each message that an asset holds; nothing for blocks, images and pages."""
    asset = document.data
    kind = mapping(asset.get("assetType")).get("name", "")
    if kind in _EMAILS:
        yield _email(document)
    elif kind in _MESSAGES:
        for view, channel in _message_views(asset):
            yield from _stored_message(document, view, channel)


def _message_views(asset: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the views that hold messages, each with its channel."""
    for view in mapping(asset.get("views")):
        channel = next((channel for start, channel in _VIEWS if view.lower().startswith(start)), None)
        if channel is not None:
            yield view, channel


def _draft(document: Document, name: str, channel: str, at: Pointer) -> Draft:
    named = text_of(document.data, "name")
    draft = Draft(document, name, ("name",) if named else at)
    draft.data["kind"] = "template"
    draft.put(("channel",), channel, at)
    if named is not None:
        draft.put(("name",), named[1].strip(), ("name",))
    return draft


def _email(document: Document) -> Campaign:
    asset = document.data
    draft = _draft(document, label(asset.get("name"), asset.get("customerKey")), "email", ("assetType", "name"))
    draft.put((*_MESSAGE, "kind"), "freeform", ("assetType", "name"))
    draft.put((*_MESSAGE, "body"), IN_FILES_BESIDE, ("views",))
    subject = text_of(mapping(mapping(asset.get("views")).get("subjectline")), "content")
    if subject is not None:
        draft.put((*_MESSAGE, "subject"), readable(subject[1]), ("views", "subjectline", subject[0]))
    return draft.campaign("mcdev", CARRIES)


def _stored_message(document: Document, view: str, channel: str) -> Iterator[Campaign]:
    at: Pointer = ("views", view)
    block = _block_of(mapping(document.data["views"].get(view)), at)
    if view.lower() == "whatsapptemplate":
        for language in _languages(block):
            yield _whatsapp_template(document, at, block, language)
        return
    draft = _draft(document, label(document.data.get("name"), document.data.get("customerKey")), channel, at)
    if channel == "whatsapp":
        draft.put(("sender", "product"), "business_platform", at)
    draft.put((*_MESSAGE, "kind"), "freeform", at)
    draft.put((*_MESSAGE, "body"), IN_FILES_BESIDE, at)
    found = text_of(block.fields, "display:message")
    if found is not None:
        draft.put((*_MESSAGE, "body"), readable(found[1]), (*block.pointer, found[0]))
    yield draft.campaign("mcdev", CARRIES)


def _block_of(view: Mapping[str, Any], at: Pointer) -> _Block:
    path = ("meta", "options", "customBlockData")
    fields: Any = view
    for step in path:
        fields = mapping(mapping(fields).get(step))
    return _Block(fields, (*at, *path))


# --- WhatsApp templates -------------------------------------------------------------------------------------------


class _Language(NamedTuple):
    """A template in one language: the block of the view, or the part of it that is written for the language."""

    code: str | None
    code_at: Pointer | None
    content: _Block


def _languages(block: _Block) -> list[_Language]:
    """Return the languages that a template is written in; one, maybe without a code, where there is one text only."""
    written = block.fields.get("display:languages:content")
    at: Pointer = (*block.pointer, "display:languages:content")
    found = [
        _Language(key, (*at, key), _Block(content, (*at, key)))
        for key, content in mapping(written).items()
        if isinstance(content, dict)
    ]
    if found:
        return found
    code = text_of(block.fields, "display:lang")
    return [_Language(code[1] if code else None, (*block.pointer, code[0]) if code else None, block)]


def _metas_code(code: str) -> str:
    """Return a language code as Meta writes it: Marketing Cloud keeps ``EN`` and ``PT_BR``, as a key ``eN``."""
    language, sign, country = code.replace("-", "_").partition("_")
    return language.lower() + sign + country.upper()


def _whatsapp_template(document: Document, at: Pointer, block: _Block, language: _Language) -> Campaign:
    original = _original(block)
    named = text_of(block.fields, "templateName")
    name = named[1] if named else label(document.data.get("name"), document.data.get("customerKey"))
    draft = _draft(document, name, "whatsapp", at)
    draft.put(("sender", "product"), "business_platform", at)
    draft.put((*_MESSAGE, "kind"), "template", at)
    draft.put((*_TEMPLATE, "name"), None, at)
    if named is not None:
        name_at = (*block.pointer, named[0])
        draft.stands_at(name_at)
        draft.put((*_TEMPLATE, "name"), name, name_at)
        # What is left out is reported where the template says who it is.
        for path in (_MESSAGE, _TEMPLATE, (*_MESSAGE, "category"), (*_MESSAGE, "language")):
            draft.point(path, name_at, (0, len(name)))
    if language.code is not None:
        draft.put((*_MESSAGE, "language"), _metas_code(language.code), language.code_at)
    _put_category(draft, block, original)
    _put_status(draft, (block, original), language)
    _put_components(draft, block, language.content)
    return draft.campaign("mcdev", CARRIES)


def _original(block: _Block) -> _Block:
    """Return the block of the template's own asset, of which each message that uses it keeps a copy."""
    copy = mapping(block.fields.get("template"))
    at: Pointer = (*block.pointer, "template", "views")
    for view, content in mapping(copy.get("views")).items():
        if view.lower() == "whatsapptemplate":
            return _block_of(mapping(content), (*at, view))
    return _Block({}, at)


def _put_category(draft: Draft, block: _Block, original: _Block) -> None:
    """Put the category: as one of Meta's three, else as declared."""
    for holder in (block, original):
        found = text_of(holder.fields, "category")
        if found is not None:
            known = found[1].lower() in _CATEGORIES
            path = (*_MESSAGE, "category") if known else (*_TEMPLATE, "declared_category")
            draft.put(path, found[1], (*holder.pointer, found[0]))
            return


def _put_status(draft: Draft, blocks: tuple[_Block, ...], language: _Language) -> None:
    """Put the status at Meta, which shows only as a list of the languages that are approved."""
    path = (*_TEMPLATE, "status")
    for holder in blocks:
        approved = holder.fields.get("display:languages:approved")
        for index, code in enumerate(approved if isinstance(approved, list) else ()):
            if isinstance(code, str) and (language.code is None or code.lower() == language.code.lower()):
                draft.put(path, "approved", (*holder.pointer, "display:languages:approved", index))
                return
    draft.put(path, _NOT_METAS_STATUS, ("status",) if "status" in draft.document.data else ())


# Parts of a message by the name of their field, with Meta's type; ``display:components`` lists those in use.
_PARTS = {"message": "BODY", "header": "HEADER", "title": "HEADER", "footer": "FOOTER"}
_FORMATS = re.compile(r"image|video|document|location", re.IGNORECASE)


def _put_components(draft: Draft, block: _Block, content: _Block) -> None:
    used = content.fields.get("display:components")
    names = [name for name in used if isinstance(name, str)] if isinstance(used, list) else []
    if not names:
        names = [name for name in _PARTS if f"display:{name}" in content.fields]
    if not names:
        draft.put(_COMPONENTS, _IN_TEMPLATE, content.pointer)
        return
    draft.put(_COMPONENTS, [], content.pointer)
    for index, name in enumerate(dict.fromkeys(names)):
        field = f"display:{name}"
        draft.data["messages"][0]["template"]["components"].append(_component(block, content, name))
        draft.point((*_COMPONENTS, index), (*content.pointer, field))
        draft.point((*_COMPONENTS, index, "text"), (*content.pointer, field))


def _component(block: _Block, content: _Block, name: str) -> dict[str, Any] | Unknown:
    kind = _PARTS.get(name)
    if kind is None:
        return _NOT_SHOWN
    written = content.fields.get(f"display:{name}:format", block.fields.get(f"display:{name}:format"))
    if kind == "HEADER" and isinstance(written, str) and _FORMATS.fullmatch(written):
        return {"type": kind, "format": written.upper(), "example": _NO_SAMPLES}
    text = content.fields.get(f"display:{name}")
    return {"type": kind, "text": text if isinstance(text, str) else _NOT_SHOWN}
