"""A document → the stores of WhatsApp templates in it, where enough signs point to Meta."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.meta_templates.entries import (
    Entry,
    category_of,
    decoded_json,
    filed_under,
    is_category,
    is_language,
    is_text_by_language,
    languages_as_keys,
    nested_in,
    of_other_channel,
    says_languages,
    text_of,
    texts_of,
)
from policylint.adapters.meta_templates.words import (
    CATEGORIES,
    CATEGORY_FIELDS,
    COMPONENT_TYPES,
    CONTENT_TYPES,
    DEFINING,
    LANGUAGE_FIELDS,
    META_FIELDS,
    META_NAME,
    NAMES,
    OTHER_CHANNELS,
    POSITIONAL,
    RETIRED,
    STATUS_FIELDS,
    STATUSES,
    VARIANT_FIELDS,
)
from policylint.parse.escapes import says_any

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

_FOREIGN_FIELDS = frozenset(
    [
        *(
            "apiVersion",
            "assetType",
            "channel",
            "connections",
            "doctype",
            "flows",
            "info",
            "messaging_product",
            "object",
            "openapi",
        ),
        *("screens", "swagger", "types"),
    ]
)
"""Fields of which one is in every mapping of another format; see ``_is_foreign``."""

_DEPTH = 4
"""How deep below the root a store is looked for."""


def stores_of(document: Document) -> Iterator[list[Entry]]:
    """Yield the templates of each collection in a document that is a store of templates."""
    if not says_any(document.text, ["category", "components"]):  # a cheap way out: category, templateCategory
        return
    if isinstance(document.data, dict) and _is_native(document.data):
        return
    yield from _search(document.data, (), says_any(document.text, ["whatsapp", "waba"]))


def _is_native(data: Mapping[str, Any]) -> bool:
    """Tell whether a mapping may be a campaign file, which has an adapter of its own."""
    listed = data.get("campaigns")
    if isinstance(listed, list):
        return any(isinstance(entry, dict) and "campaign" in entry for entry in listed)
    return type(data.get("campaign")) in (str, int)


def _search(value: Any, pointer: Pointer, says_whatsapp: bool) -> Iterator[list[Entry]]:
    if isinstance(value, dict) and _is_foreign(value):
        return
    store = _store_of(value, pointer, says_whatsapp)
    if store:
        yield store
    elif len(pointer) < _DEPTH:
        for step, inner in nested_in(value):
            yield from _search(inner, (*pointer, step), says_whatsapp)


def _is_foreign(value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is of another format or another channel."""
    if value.keys().isdisjoint(_FOREIGN_FIELDS):
        return False
    if "messaging_product" in value and not value.keys().isdisjoint(("to", "recipient_type", "type", "template")):
        return True
    return (
        value.get("object") == "whatsapp_business_account"
        or (isinstance(value.get("channel"), str) and value["channel"].lower() in OTHER_CHANNELS)
        or "openapi" in value
        or "swagger" in value
        or "assetType" in value
        or value.get("doctype") in ("Bulk WhatsApp Message", "DocType", "WhatsApp Notification", "WhatsApp Templates")
        or ("nodes" in value and "connections" in value)
        or ("version" in value and "screens" in value)
        or ("flows" in value and ("campaigns" in value or "site" in value))
        or ("info" in value and "item" in value)
        or ("apiVersion" in value and "kind" in value)
        or (isinstance(value.get("types"), dict) and any(str(key).startswith(CONTENT_TYPES) for key in value["types"]))
    )


def _store_of(value: Any, pointer: Pointer, says_whatsapp: bool) -> list[Entry]:
    """Return the templates of which ``value`` is the store, or that it is itself; none where it is something else."""
    if isinstance(value, dict) and _has_sign(value):
        alone = Entry(pointer, value, None)
        if _certainty(alone, says_whatsapp, alone=True) > 1:
            return [alone]
    children = [(step, inner) for step, inner in nested_in(value) if isinstance(inner, dict)]
    if not any(_has_sign(inner) for _, inner in children) and not filed_under(pointer, is_category):
        return []
    entries = [
        Entry((*pointer, step), inner, _key_of((*pointer, step), inner))
        for step, inner in children
        if not _is_foreign(inner)
    ]
    certainties = [_certainty(entry, says_whatsapp, alone=len(entries) == 1) for entry in entries]
    if max(certainties, default=0) > 1:
        return [entry for entry, certainty in zip(entries, certainties, strict=True) if certainty]
    if says_whatsapp or any("template" in str(step).lower() for step in pointer[-1:]):
        texts = [entry for entry in entries if is_text_by_language(entry)]
        return texts if len(texts) > 1 else []
    return []


def _key_of(pointer: Pointer, fields: Mapping[str, Any]) -> str | None:
    """Return the key that names a template: its own, or the one above where its own is its language."""
    steps = pointer
    if text_of(fields, LANGUAGE_FIELDS) is None and len(steps) > 1 and is_language(steps[-1]):
        steps = steps[:-1]
    return steps[-1] if isinstance(steps[-1], str) else None


def _has_sign(fields: Mapping[str, Any]) -> bool:
    return "components" in fields or not fields.keys().isdisjoint(CATEGORY_FIELDS)


def _certainty(entry: Entry, says_whatsapp: bool, *, alone: bool) -> int:
    """Return 2 for what can only be a template at Meta, 1 for what may be one beside others, else 0."""
    fields = entry.fields
    named = entry.key is not None or any(fields.get(name) is not None for name in NAMES)
    if not named or of_other_channel(fields):
        return 0
    category = category_of(entry)
    known = isinstance(category, str) and category.lower() in (CATEGORIES | RETIRED)
    if _defines(fields.get("components")):
        # Blocks of pages have headers and texts too: a category of Meta's does not tell by itself, nor a language.
        has_language = any(is_language(fields.get(name)) for name in LANGUAGE_FIELDS)
        as_meta_says = known and (has_language or says_whatsapp or str(category).isupper())
        return 2 if as_meta_says or (has_language and _has_body(fields["components"])) else 1
    texts = texts_of(fields) or [fields[code] for code in languages_as_keys(fields)]
    if not texts and (category is None or not (says_languages(fields) or "library_template_name" in fields)):
        return 0
    if not known or not isinstance(category, str):
        return 1 if category is None or isinstance(category, str) else 0
    signs = _signs(entry, category, texts) + says_whatsapp
    wanted = 3 if texts else 5 if alone else 4
    return 2 if signs >= wanted else 1


def _signs(entry: Entry, category: str, texts: list[str]) -> int:
    """Count what makes a mapping without components look like a template at Meta."""
    fields = entry.fields
    name = text_of(fields, NAMES) or entry.key or ""
    status = text_of(fields, STATUS_FIELDS)
    by_language = [fields[field] for field in VARIANT_FIELDS if isinstance(fields.get(field), (dict, list))]
    return sum(
        [
            bool(META_NAME.match(name)),
            category.isupper(),
            any(POSITIONAL.search(text) for text in texts),
            says_languages(fields),
            any(isinstance(value, dict) for inner in by_language for _, value in nested_in(inner)),
            status is not None and status.isupper() and status.lower() in STATUSES,
            2 * (not META_FIELDS.isdisjoint(fields)),
        ]
    )


def _has_body(components: Any) -> bool:
    items = decoded_json(components) if isinstance(components, str) else components
    return any(isinstance(item, dict) and str(item.get("type")).lower() == "body" for item in items)


def _defines(components: Any) -> bool:
    """Tell whether components are those of a template's definition in Meta's shape."""
    if isinstance(components, str):
        components = decoded_json(components)
    if not isinstance(components, list):
        return False
    typed = [item for item in components if isinstance(item, dict) and isinstance(item.get("type"), str)]
    types = [item["type"] for item in typed if item["type"].lower() in COMPONENT_TYPES]
    telling = any(kind.isupper() or kind.lower() == "body" for kind in types)
    return telling and any(field in item for item in typed for field in DEFINING)
