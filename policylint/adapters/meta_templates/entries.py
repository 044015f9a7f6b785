"""A mapping that may be a template → what it says: its category, its languages, its texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.meta_templates.words import (
    CATEGORIES,
    CATEGORY_FIELDS,
    KEYS,
    LANGUAGE_CODE,
    LANGUAGE_FIELDS,
    LANGUAGES,
    NAMES,
    OTHER_CHANNELS,
    PLACEHOLDER,
    SAMPLE_FIELDS,
    TEXT_FIELDS,
    VARIANT_FIELDS,
)
from policylint.model.tuples import NamedTuple
from policylint.parse.escapes import says_any

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

_BY_SHAPE = "nothing in the file says WhatsApp; it is taken for a template store by its shape"


class Entry(NamedTuple):
    """A template as it stands in the store."""

    pointer: Pointer
    fields: Mapping[str, Any]
    key: str | None
    """The key that it stands under in a mapping."""


def nested_in(value: Any) -> Iterable[tuple[str | int, Any]]:
    """Return the mappings and lists in a mapping or list, each with its key or index."""
    if isinstance(value, dict):
        return [(key, inner) for key, inner in value.items() if isinstance(inner, (dict, list))]
    if isinstance(value, list):
        return [(index, inner) for index, inner in enumerate(value) if isinstance(inner, (dict, list))]
    return ()


def is_category(text: str) -> bool:
    """Tell whether a text is one of Meta's three categories."""
    return text.lower() in CATEGORIES


def category_of(entry: Entry) -> Any:
    """Return the category that an entry states, or that it is filed under."""
    own = next((entry.fields[name] for name in CATEGORY_FIELDS if entry.fields.get(name) is not None), None)
    if own is not None:
        return own
    at = filed_under(entry.pointer, is_category)
    return at[-1] if at else None


def filed_under(pointer: Pointer, says: Callable[[str], bool]) -> Pointer:
    """Return the nearest part of the way to a value that ends in a key with a meaning, or an empty one."""
    for length in range(len(pointer), 0, -1):
        step = pointer[length - 1]
        if isinstance(step, str) and says(step):
            return pointer[:length]
    return ()


def of_other_channel(fields: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is a text for another channel than WhatsApp."""
    if "subject" in fields or "html" in fields:
        return True
    if any("</" in text for text in texts_of(fields)):
        return True
    said = [fields.get("channel"), fields.get("type")]
    return any(isinstance(value, str) and value.lower() in OTHER_CHANNELS for value in said)


def text_of(fields: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """Return the first of some fields that holds a text with something in it."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value:
            return value
    return None


def decoded_json(text: str) -> Any:
    """Return the list or mapping that a text writes down as JSON, else None."""
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def texts_of(fields: Mapping[str, Any]) -> list[str]:
    """Return the texts that a template without components holds."""
    found: list[str] = []
    for name in TEXT_FIELDS:
        value = fields.get(name)
        if isinstance(value, dict):
            found.extend(inner for inner in value.values() if isinstance(inner, str) and inner)
        elif isinstance(value, str) and value:
            found.append(value)
    for name in VARIANT_FIELDS:
        inner_fields = [inner for _, inner in nested_in(fields.get(name)) if isinstance(inner, dict)]
        found.extend(text for inner in inner_fields for text in texts_of(inner))
    if isinstance(fields.get("structure"), dict):
        found.extend(texts_of(fields["structure"]))
    return found


def says_languages(fields: Mapping[str, Any]) -> bool:
    """Tell whether a mapping names languages that Meta has templates in."""
    if any(is_language(fields.get(name)) for name in LANGUAGE_FIELDS):
        return True
    for name in (*VARIANT_FIELDS, "language"):
        value = fields.get(name)
        if isinstance(value, dict) and value and all(map(is_language, value)):
            return True
        if isinstance(value, list) and any(is_language(_code_of(item)) for item in value):
            return True
    return False


def is_language(value: Any) -> bool:
    """Tell whether a value is a language code of a language that Meta has templates in."""
    return (
        isinstance(value, str)
        and LANGUAGE_CODE.match(value) is not None
        and re.split("[-_]", value, maxsplit=1)[0] in LANGUAGES
    )


def _code_of(value: Any) -> Any:
    """Return the language code of an item of a list of languages."""
    return text_of(value, (*LANGUAGE_FIELDS, "code")) if isinstance(value, dict) else value


def is_text_by_language(entry: Entry) -> bool:
    """Tell whether an entry is a text with blanks to fill in, written once for each language under its code."""
    fields = entry.fields
    if not isinstance(category_of(entry), str) or not (text_of(fields, (*NAMES, *KEYS)) or entry.key):
        return False
    texts = languages_as_keys(fields)
    return len(texts) > 1 and not of_other_channel(fields) and all(PLACEHOLDER.search(fields[code]) for code in texts)


def languages_as_keys(fields: Mapping[str, Any]) -> list[str]:
    """Return the language codes that texts stand under, where there are two of languages at Meta."""
    # `id` is both a key and the code of Indonesian: a text has blanks.
    written = {
        key: len(value)
        for key, value in fields.items()
        if isinstance(value, str) and " " in value.strip() and LANGUAGE_CODE.match(key)
    }
    sure = [size for key, size in written.items() if is_language(key)]
    if len(sure) < 2:
        return []
    # Codes that Meta does not have are short words too (`cta`): as languages they hold about the same text.
    return [key for key, size in written.items() if is_language(key) or 2 * size > min(sure)]


class Shape(NamedTuple):
    """What the templates of one document have a place for."""

    texts: bool
    samples: bool
    notes: tuple[str, ...]

    @classmethod
    def of(cls, document: Document, entries: list[Entry]) -> Shape:
        """Return what at least one of a document's templates has."""
        fields = [entry.fields for entry in entries]
        texts = any("components" in entry or texts_of(entry) or languages_as_keys(entry) for entry in fields)
        samples = any(not entry.keys().isdisjoint(SAMPLE_FIELDS) for entry in fields)
        by_shape = all(map(is_text_by_language, entries)) and not says_any(document.text, ["whatsapp"])
        return cls(texts, samples, (_BY_SHAPE,) if by_shape else ())
