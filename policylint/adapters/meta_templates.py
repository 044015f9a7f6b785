"""Stores of WhatsApp templates, in Meta's shape or near it → one template record for each template and language.

Recognised: mappings with a name, a category and components, a text or languages, in a list, by name or alone, where
enough signs point to Meta. Known: what the store says of a template. Unknown: all about sending, and texts left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from policylint.extensions import Adapted, Adapter
from policylint.model.campaign import Campaign
from policylint.model.source import Document, Place, Pointer, Unknown, value_at
from policylint.record import ProviderTable, fill_unknown

_CATEGORIES = frozenset(["marketing", "utility", "authentication"])
# Categories of before June 2023, in Meta's older API references.
_RETIRED = frozenset(
    [
        "transactional",
        "otp",
        "account_update",
        "alert_update",
        "appointment_update",
        "auto_reply",
        "issue_resolution",
        "payment_update",
        "personal_finance_update",
        "reservation_update",
        "shipping_update",
        "ticket_update",
        "transportation_update",
    ]
)
_STATUSES = frozenset(
    [
        "approved",
        "archived",
        "deleted",
        "disabled",
        "draft",
        "in_appeal",
        "limit_exceeded",
        "paused",
        "pending",
        "pending_deletion",
        "rejected",
        "submitted",
    ]
)
# The base codes of Meta's language list; locales such as es_CO come on top.
_LANGUAGES = frozenset(
    [
        *("af", "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fil", "fr", "ga"),
        *("gu", "ha", "he", "hi", "hr", "hu", "id", "it", "ja", "ka", "kk", "kn", "ko", "ky", "lo", "lt", "lv", "mk"),
        *("ml", "mr", "ms", "nb", "nl", "pa", "pl", "pt", "ro", "ru", "rw", "sk", "sl", "sq", "sr", "sv", "sw", "ta"),
        *("te", "th", "tr", "uk", "ur", "uz", "vi", "zh", "zu"),
    ]
)
_COMPONENT_TYPES = frozenset(["header", "body", "footer", "buttons", "carousel", "limited_time_offer"])
# What a component has where it defines a template; the components of a send hold `parameters` instead.
_DEFINING = (
    "text",
    "format",
    "buttons",
    "cards",
    "example",
    "limited_time_offer",
    "add_security_recommendation",
    "code_expiration_minutes",
)
# Fields of a template in Meta's Graph API that nothing else is likely to have.
_META_FIELDS = frozenset(
    [
        "allow_category_change",
        "body_param_types",
        "correct_category",
        "cta_url_link_tracking_opted_out",
        "library_template_name",
        "message_send_ttl_seconds",
        "parameter_format",
        "previous_category",
        "quality_score",
        "rejected_reason",
        "sub_category",
        "waba_id",
    ]
)
_OTHER_CHANNELS = frozenset(
    ["e-mail", "email", "html", "mail", "mms", "push", "rcs", "sms", "telegram", "voice", "web"]
)

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

_NAMES = ("name", "template_name", "templateName", "elementName", "element_name")
_KEYS = ("id", "key", "slug", "code")
_CATEGORY_FIELDS = ("category", "template_category", "templateCategory")
_STATUS_FIELDS = ("status", "templateStatus")
_LANGUAGE_FIELDS = ("language", "lang", "locale", "language_code", "languageCode", "templateLanguage")
_VARIANT_FIELDS = ("languages", "localizations", "translations")
_TEXT_FIELDS = ("body", "text", "content", "message")
_SAMPLE_FIELDS = ("samples", "sample_values", "examples", "example", "sample")
_BUTTON_FIELDS = ("buttons", "button", "quick_replies")

_META_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?\Z")
_POSITIONAL = re.compile(r"\{\{\s*\d+\s*\}\}")
_PLACEHOLDER = re.compile(r"\{[^{}\s]+\}|%[sd]|\$[A-Za-z]")
_CONTENT_TYPES = ("twilio/", "whatsapp/")
_DEPTH = 4
"""How deep below the root a store is looked for."""

_CARRIED = (
    "channel",
    "sender.product",
    "messages.kind",
    "messages.category",
    "messages.language",
    "messages.body",  # a template has no free text, so it is known to be absent
    "messages.template.name",
    "messages.template.status",
    "messages.template.declared_category",
    "messages.template.components",
)
_METAS_OWN = ("parameter_format", "allow_category_change", "message_send_ttl_seconds")
"""Fields of the record's template that only a store in Meta's shape has a place for."""

_MESSAGE: Pointer = ("messages", 0)
_TEMPLATE: Pointer = (*_MESSAGE, "template")
_COMPONENTS: Pointer = (*_TEMPLATE, "components")

_NO_TEXTS = Unknown("the file holds no texts of templates")
_FROM_LIBRARY = Unknown("the text stands in Meta's template library")
_NOT_META = Unknown("not in Meta's shape")
_NO_SAMPLES = Unknown("the file has no place for sample values")
_NAME_FOR_PEOPLE = Unknown("the file gives a name for people only")
_BY_SHAPE = "nothing in the file says WhatsApp; it is taken for a template store by its shape"


class _Entry(NamedTuple):
    """A template as it stands in the store."""

    pointer: Pointer
    fields: Mapping[str, Any]
    key: str | None
    """The key that it stands under in a mapping."""


def recognises(document: Document) -> bool:
    """Tell whether a document is a store of WhatsApp templates, or one template."""
    return next(_stores(document), None) is not None


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return a record for each template and language of a document."""
    entries = [entry for store in _stores(document) for entry in store]
    shape = _Shape.of(document, entries)
    return Adapted([campaign for entry in entries for campaign in _campaigns(document, entry, shape)])


# --- recognition --------------------------------------------------------------------------------------------------


def _stores(document: Document) -> Iterator[list[_Entry]]:
    """Yield the templates of each collection in a document that is a store of templates."""
    text = document.text
    if "ategory" not in text and "components" not in text:  # a cheap way out: category, templateCategory
        return
    if isinstance(document.data, dict) and _is_native(document.data):
        return
    folded = text.lower()
    yield from _search(document.data, (), "whatsapp" in folded or "waba" in folded)


def _is_native(data: Mapping[str, Any]) -> bool:
    """Tell whether a mapping may be a campaign file, which has an adapter of its own."""
    listed = data.get("campaigns")
    if isinstance(listed, list):
        return any(isinstance(entry, dict) and "campaign" in entry for entry in listed)
    return type(data.get("campaign")) in (str, int)


def _search(value: Any, pointer: Pointer, says_whatsapp: bool) -> Iterator[list[_Entry]]:
    if isinstance(value, dict) and _is_foreign(value):
        return
    store = _store_of(value, pointer, says_whatsapp)
    if store:
        yield store
    elif len(pointer) < _DEPTH:
        for step, inner in _children(value):
            yield from _search(inner, (*pointer, step), says_whatsapp)


def _children(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return [(key, inner) for key, inner in value.items() if isinstance(inner, (dict, list))]
    if isinstance(value, list):
        return [(index, inner) for index, inner in enumerate(value) if isinstance(inner, (dict, list))]
    return ()


def _is_foreign(value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is of another format or another channel."""
    if value.keys().isdisjoint(_FOREIGN_FIELDS):
        return False
    if "messaging_product" in value and not value.keys().isdisjoint(("to", "recipient_type", "type", "template")):
        return True
    return (
        value.get("object") == "whatsapp_business_account"
        or (isinstance(value.get("channel"), str) and value["channel"].lower() in _OTHER_CHANNELS)
        or "openapi" in value
        or "swagger" in value
        or "assetType" in value
        or value.get("doctype") in ("Bulk WhatsApp Message", "DocType", "WhatsApp Notification", "WhatsApp Templates")
        or ("nodes" in value and "connections" in value)
        or ("version" in value and "screens" in value)
        or ("flows" in value and ("campaigns" in value or "site" in value))
        or ("info" in value and "item" in value)
        or ("apiVersion" in value and "kind" in value)
        or (isinstance(value.get("types"), dict) and any(str(key).startswith(_CONTENT_TYPES) for key in value["types"]))
    )


def _store_of(value: Any, pointer: Pointer, says_whatsapp: bool) -> list[_Entry]:
    """Return the templates of which ``value`` is the store, or that it is itself; none where it is something else."""
    if isinstance(value, dict) and _has_sign(value):
        alone = _Entry(pointer, value, None)
        if _certainty(alone, says_whatsapp, alone=True) > 1:
            return [alone]
    children = [(step, inner) for step, inner in _children(value) if isinstance(inner, dict)]
    if not any(_has_sign(inner) for _, inner in children) and not _filed_under(pointer, _is_category):
        return []
    entries = [
        _Entry((*pointer, step), inner, _key_of((*pointer, step), inner))
        for step, inner in children
        if not _is_foreign(inner)
    ]
    certainties = [_certainty(entry, says_whatsapp, alone=len(entries) == 1) for entry in entries]
    if max(certainties, default=0) > 1:
        return [entry for entry, certainty in zip(entries, certainties, strict=True) if certainty]
    if says_whatsapp or any("template" in str(step).lower() for step in pointer[-1:]):
        texts = [entry for entry in entries if _is_text_by_language(entry)]
        return texts if len(texts) > 1 else []
    return []


def _key_of(pointer: Pointer, fields: Mapping[str, Any]) -> str | None:
    """Return the key that names a template: its own, or the one above where its own is its language."""
    steps = pointer
    if _text_of(fields, _LANGUAGE_FIELDS) is None and len(steps) > 1 and _is_language(steps[-1]):
        steps = steps[:-1]
    return steps[-1] if isinstance(steps[-1], str) else None


def _has_sign(fields: Mapping[str, Any]) -> bool:
    return "components" in fields or not fields.keys().isdisjoint(_CATEGORY_FIELDS)


def _is_category(text: str) -> bool:
    return text.lower() in _CATEGORIES


def _certainty(entry: _Entry, says_whatsapp: bool, *, alone: bool) -> int:
    """Return 2 for what can only be a template at Meta, 1 for what may be one beside others, else 0."""
    fields = entry.fields
    named = entry.key is not None or any(fields.get(name) is not None for name in _NAMES)
    if not named or _of_other_channel(fields):
        return 0
    category = _category_of(entry)
    known = isinstance(category, str) and category.lower() in (_CATEGORIES | _RETIRED)
    if _defines(fields.get("components")):
        # Blocks of pages have headers and texts too: a category of Meta's does not tell by itself, nor a language.
        has_language = any(_is_language(fields.get(name)) for name in _LANGUAGE_FIELDS)
        as_meta_says = known and (has_language or says_whatsapp or str(category).isupper())
        return 2 if as_meta_says or (has_language and _has_body(fields["components"])) else 1
    texts = _texts(fields) or [fields[code] for code in _languages_as_keys(fields)]
    if not texts and (category is None or not (_says_languages(fields) or "library_template_name" in fields)):
        return 0
    if not known or not isinstance(category, str):
        return 1 if category is None or isinstance(category, str) else 0
    signs = _signs(entry, category, texts) + says_whatsapp
    wanted = 3 if texts else 5 if alone else 4
    return 2 if signs >= wanted else 1


def _signs(entry: _Entry, category: str, texts: list[str]) -> int:
    """Count what makes a mapping without components look like a template at Meta."""
    fields = entry.fields
    name = _text_of(fields, _NAMES) or entry.key or ""
    status = _text_of(fields, _STATUS_FIELDS)
    by_language = [fields[field] for field in _VARIANT_FIELDS if isinstance(fields.get(field), (dict, list))]
    return sum(
        [
            bool(_META_NAME.match(name)),
            category.isupper(),
            any(_POSITIONAL.search(text) for text in texts),
            _says_languages(fields),
            any(isinstance(value, dict) for inner in by_language for _, value in _children(inner)),
            status is not None and status.isupper() and status.lower() in _STATUSES,
            2 * (not _META_FIELDS.isdisjoint(fields)),
        ]
    )


def _category_of(entry: _Entry) -> Any:
    """Return the category that an entry states, or that it is filed under."""
    own = next((entry.fields[name] for name in _CATEGORY_FIELDS if entry.fields.get(name) is not None), None)
    if own is not None:
        return own
    at = _filed_under(entry.pointer, _is_category)
    return at[-1] if at else None


def _filed_under(pointer: Pointer, says: Callable[[str], bool]) -> Pointer:
    """Return the nearest part of the way to a value that ends in a key with a meaning, or an empty one."""
    for length in range(len(pointer), 0, -1):
        step = pointer[length - 1]
        if isinstance(step, str) and says(step):
            return pointer[:length]
    return ()


def _of_other_channel(fields: Mapping[str, Any]) -> bool:
    if "subject" in fields or "html" in fields:
        return True
    if any("</" in text for text in _texts(fields)):
        return True
    said = [fields.get("channel"), fields.get("type")]
    return any(isinstance(value, str) and value.lower() in _OTHER_CHANNELS for value in said)


def _text_of(fields: Mapping[str, Any], names: Iterable[str]) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value:
            return value
    return None


def _defines(components: Any) -> bool:
    """Tell whether components are those of a template's definition in Meta's shape."""
    if isinstance(components, str):
        components = _decoded(components)
    if not isinstance(components, list):
        return False
    typed = [item for item in components if isinstance(item, dict) and isinstance(item.get("type"), str)]
    types = [item["type"] for item in typed if item["type"].lower() in _COMPONENT_TYPES]
    telling = any(kind.isupper() or kind.lower() == "body" for kind in types)
    return telling and any(field in item for item in typed for field in _DEFINING)


def _has_body(components: Any) -> bool:
    items = _decoded(components) if isinstance(components, str) else components
    return any(isinstance(item, dict) and str(item.get("type")).lower() == "body" for item in items)


def _decoded(text: str) -> Any:
    """Return the list or mapping that a text writes down as JSON, else None."""
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _texts(fields: Mapping[str, Any]) -> list[str]:
    """Return the texts that a template without components holds."""
    found: list[str] = []
    for name in _TEXT_FIELDS:
        value = fields.get(name)
        if isinstance(value, dict):
            found.extend(inner for inner in value.values() if isinstance(inner, str) and inner)
        elif isinstance(value, str) and value:
            found.append(value)
    for name in _VARIANT_FIELDS:
        inner_fields = [inner for _, inner in _children(fields.get(name)) if isinstance(inner, dict)]
        found.extend(text for inner in inner_fields for text in _texts(inner))
    if isinstance(fields.get("structure"), dict):
        found.extend(_texts(fields["structure"]))
    return found


def _says_languages(fields: Mapping[str, Any]) -> bool:
    if any(_is_language(fields.get(name)) for name in _LANGUAGE_FIELDS):
        return True
    for name in (*_VARIANT_FIELDS, "language"):
        value = fields.get(name)
        if isinstance(value, dict) and value and all(map(_is_language, value)):
            return True
        if isinstance(value, list) and any(_is_language(_code_of(item)) for item in value):
            return True
    return False


def _is_language(value: Any) -> bool:
    """Tell whether a value is a language code of a language that Meta has templates in."""
    return (
        isinstance(value, str)
        and _LANGUAGE_CODE.match(value) is not None
        and re.split("[-_]", value, maxsplit=1)[0] in _LANGUAGES
    )


def _code_of(value: Any) -> Any:
    """Return the language code of an item of a list of languages."""
    return _text_of(value, (*_LANGUAGE_FIELDS, "code")) if isinstance(value, dict) else value


def _is_text_by_language(entry: _Entry) -> bool:
    """Tell whether an entry is a text with blanks to fill in, written once for each language under its code."""
    fields = entry.fields
    if not isinstance(_category_of(entry), str) or not (_text_of(fields, (*_NAMES, *_KEYS)) or entry.key):
        return False
    texts = _languages_as_keys(fields)
    return len(texts) > 1 and not _of_other_channel(fields) and all(_PLACEHOLDER.search(fields[code]) for code in texts)


def _languages_as_keys(fields: Mapping[str, Any]) -> list[str]:
    """Return the language codes that texts stand under, where there are two of languages at Meta."""
    # `id` is both a key and the code of Indonesian: a text has blanks.
    written = {
        key: len(value)
        for key, value in fields.items()
        if isinstance(value, str) and " " in value.strip() and _LANGUAGE_CODE.match(key)
    }
    sure = [size for key, size in written.items() if _is_language(key)]
    if len(sure) < 2:
        return []
    # Codes that Meta does not have are short words too (`cta`): as languages they hold about the same text.
    return [key for key, size in written.items() if _is_language(key) or 2 * size > min(sure)]


# --- records ------------------------------------------------------------------------------------------------------


class _Shape(NamedTuple):
    """What the templates of one document have a place for."""

    texts: bool
    samples: bool
    notes: tuple[str, ...]

    @classmethod
    def of(cls, document: Document, entries: list[_Entry]) -> _Shape:
        """Return what at least one of a document's templates has."""
        fields = [entry.fields for entry in entries]
        texts = any("components" in entry or _texts(entry) or _languages_as_keys(entry) for entry in fields)
        samples = any(not entry.keys().isdisjoint(_SAMPLE_FIELDS) for entry in fields)
        by_shape = all(map(_is_text_by_language, entries)) and "whatsapp" not in document.text.lower()
        return cls(texts, samples, (_BY_SHAPE,) if by_shape else ())


class _Found(NamedTuple):
    """A value of the file and where it stands."""

    value: Any
    pointer: Pointer


_Fields = Mapping[str, _Found]
"""The fields of a template in one language, whatever mapping each of them stands in."""


def _fields_of(value: Any, pointer: Pointer) -> dict[str, _Found]:
    """Return the fields of a mapping that say something."""
    if not isinstance(value, dict):
        return {}
    return {name: _Found(inner, (*pointer, name)) for name, inner in value.items() if inner is not None}


def _find(fields: _Fields, names: Iterable[str]) -> _Found | None:
    return next((fields[name] for name in names if name in fields), None)


def _inherited(entry: _Entry, document: Document) -> dict[str, _Found]:
    """Return what is said once for several templates, category and language: by a key above, or beside the list."""
    found: dict[str, _Found] = {}
    for length in range(len(entry.pointer)):
        around = value_at(document.data, entry.pointer[:length])
        code = around.get("language") if isinstance(around, dict) else None
        if _is_language(code):
            found["language"] = _Found(code, (*entry.pointer[:length], "language"))
    for name, says in (("category", _is_category), ("language", _is_language)):
        at = _filed_under(entry.pointer, says)
        if at:
            found[name] = _Found(at[-1], at)
    return found


def _versions(entry: _Entry, document: Document) -> Iterator[_Fields]:
    """Yield the fields of a template once for each language that it is written in, the language under ``language``."""
    base = _fields_of(entry.fields, entry.pointer)
    for name, found in _inherited(entry, document).items():
        if _find(base, _CATEGORY_FIELDS if name == "category" else _LANGUAGE_FIELDS) is None:
            base[name] = found
    for holder in ("structure", "components"):
        if holder in base and isinstance(base[holder].value, dict) and not _is_by_language(base[holder].value):
            inner = base.pop(holder)
            base = {**_fields_of(inner.value, inner.pointer), **base}
    for name in (*_VARIANT_FIELDS, "language", "components", *_TEXT_FIELDS):
        if name in base and (versions := list(_versions_in(name, base[name]))):
            yield from (_laid_over(base, version) for version in versions)
            return
    codes = [] if _texts(entry.fields) or "components" in base else _languages_as_keys(entry.fields)
    for code in codes:
        place = (*entry.pointer, code)
        yield {**base, "body": base[code], "language": _Found(code, place)}
    if not codes:
        yield _with_language(base)


def _laid_over(base: _Fields, version: _Fields) -> _Fields:
    """Return the fields of a template in one language: what is said of that language wins over what is said of all."""
    replaced = set(_LANGUAGE_FIELDS)
    if not version.keys().isdisjoint(("components", *_TEXT_FIELDS)):
        replaced.update(("components", *_TEXT_FIELDS))
    return {**{name: found for name, found in base.items() if name not in replaced}, **version}


def _with_language(fields: dict[str, _Found]) -> _Fields:
    """Return fields with the language under its own name, from ``lang``, ``locale`` or ``{code: …}``."""
    found = _find(fields, _LANGUAGE_FIELDS)
    if found is not None and isinstance(found.value, dict) and isinstance(found.value.get("code"), str):
        found = _Found(found.value["code"], (*found.pointer, "code"))
    rest = {key: value for key, value in fields.items() if key not in _LANGUAGE_FIELDS}
    return {**rest, "language": found} if found is not None else rest


def _is_by_language(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(map(_is_language, value))


def _has_codes_only(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(map(_LANGUAGE_CODE.match, value))


def _versions_in(name: str, found: _Found) -> Iterator[dict[str, _Found]]:
    """Yield what a field says for each language; nothing where it is not written by language."""
    value, pointer = found.value, found.pointer
    codes = _is_by_language if name not in _VARIANT_FIELDS else _has_codes_only
    if isinstance(value, dict) and codes(value):
        for code, inner in value.items():
            place = (*pointer, code)
            yield {**_version_of(name, inner, place), "language": _Found(code, place)}
    elif isinstance(value, list) and name in (*_VARIANT_FIELDS, "language"):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                fields = _fields_of(item, (*pointer, index))
                if "code" in fields and _find(fields, _LANGUAGE_FIELDS) is None:
                    fields["language"] = fields["code"]
                yield dict(_with_language(fields))
            elif isinstance(item, (str, Unknown)):
                yield {"language": _Found(item, (*pointer, index))}


def _version_of(name: str, value: Any, pointer: Pointer) -> dict[str, _Found]:
    if name not in _VARIANT_FIELDS:
        return {name: _Found(value, pointer)}
    if isinstance(value, str):
        return {"status" if value.lower() in _STATUSES else "body": _Found(value, pointer)}
    if isinstance(value, list):
        return {"components": _Found(value, pointer)}
    return _fields_of(value, pointer)


def _campaigns(document: Document, entry: _Entry, shape: _Shape) -> Iterator[Campaign]:
    for fields in _versions(entry, document):
        yield _Draft(document, entry, fields, shape).campaign()


class _Draft:
    """A record under construction, with the places of its values."""

    def __init__(self, document: Document, entry: _Entry, fields: _Fields, shape: _Shape) -> None:
        self.document = document
        self.entry = entry
        self.fields = fields
        self.shape = shape
        self.places: dict[Pointer, Place] = {}
        self.place((), entry.pointer)

    def place(self, path: Pointer, pointer: Pointer) -> None:
        """Note where the value at a record path stands."""
        self.places[path] = Place(self.document, pointer)

    def campaign(self) -> Campaign:
        """Return the record."""
        name, display_name = self.name()
        self.place(("campaign",), name.pointer)
        template: dict[str, Any] = {}
        message: dict[str, Any] = {"kind": "template", "template": template}
        record: dict[str, Any] = {
            "campaign": self.id_of(name, display_name),
            "kind": "template",
            "channel": "whatsapp",
            "sender": {"product": "business_platform"},
            "messages": [message],
        }
        if display_name is not None:
            record["name"] = display_name.value
            self.place(("name",), display_name.pointer)
        # What is left out is reported where the template begins to say who it is.
        self.place(_MESSAGE, name.pointer)
        self.fill(template, (*_TEMPLATE, "name"), name)
        self.category(message, template)
        self.fill(message, (*_MESSAGE, "language"), self.fields.get("language"))
        self.fill(template, (*_TEMPLATE, "status"), _find(self.fields, _STATUS_FIELDS))
        for field in _METAS_OWN:
            self.fill(template, (*_TEMPLATE, field), self.fields.get(field))
        in_metas_shape = self.components(template)
        carried = [f"messages.template.{field}" for field in _METAS_OWN] if in_metas_shape else []
        fill_unknown(record, [*_CARRIED, *carried])
        return Campaign(record, self.document, ADAPTER.name, self.places, notes=self.shape.notes)

    def name(self) -> tuple[_Found, _Found | None]:
        """Return the template's name at Meta, and a name for people where the store has one of its own."""
        found = _find(self.fields, _NAMES)
        by_key = self.key()
        if found is None:
            return by_key or _Found(None, self.entry.pointer), None
        if "components" in self.fields or not isinstance(found.value, str) or _META_NAME.match(found.value):
            return found, None
        others = [*(self.fields.get(name) for name in _KEYS), by_key]
        for other in others:
            if other is not None and isinstance(other.value, str) and _META_NAME.match(other.value):
                return other, found
        if re.search(r"\s", found.value.strip()):
            return _Found(_NAME_FOR_PEOPLE, found.pointer), found
        return found, None

    def key(self) -> _Found | None:
        """Return the key that names the template: its own, or the one above that of its language."""
        pointer = self.entry.pointer
        if self.entry.key is None:
            return None
        return _Found(self.entry.key, pointer if pointer[-1] == self.entry.key else pointer[:-1])

    def id_of(self, name: _Found, display_name: _Found | None) -> str:
        """Return an id that a reader recognises the template by."""
        candidates = [name, display_name, self.fields.get("id")]
        texts = [str(found.value) for found in candidates if found is not None and isinstance(found.value, (str, int))]
        return texts[0] if texts else "template"

    def fill(self, target: dict[str, Any], path: Pointer, found: _Found | None) -> None:
        """Put a value into the record, or note that the template lacks it."""
        if found is not None and found.value is not None:
            target[str(path[-1])] = _taken(found.value, path)
            self.place(path, found.pointer)
        elif path not in self.places:
            # What is missing is reported where the template says who it is.
            self.place(path, self.places["campaign",].pointer)

    def category(self, message: dict[str, Any], template: dict[str, Any]) -> None:
        """Put the category into the record: as one of Meta's three, else as declared."""
        found = _find(self.fields, _CATEGORY_FIELDS)
        if found is not None and not isinstance(found.value, (str, Unknown)):
            found = _Found(_NOT_META, found.pointer)
        declared = found is not None and isinstance(found.value, str) and found.value.lower() not in _CATEGORIES
        self.fill(template, (*_TEMPLATE, "declared_category"), found if declared else None)
        self.fill(message, (*_MESSAGE, "category"), None if declared else found)

    def components(self, template: dict[str, Any]) -> bool:
        """Put the components into the record; tell whether the template has a place for them in Meta's shape."""
        found = self.fields.get("components")
        if found is None:
            parts = _parts(self.fields, self.shape)
            value = self.laid_out(parts) if parts else self.without_components()
            self.fill(template, _COMPONENTS, _Found(value, self.places["campaign",].pointer))
            return False
        value, span = found.value, None
        if isinstance(value, str) and isinstance(decoded := _decoded(value), list):
            value, span = decoded, (0, len(value))
        if not isinstance(value, list) or not all(isinstance(item, (dict, Unknown)) or item is None for item in value):
            value = value if isinstance(value, Unknown) else _NOT_META
        template["components"] = value
        self.places[_COMPONENTS] = Place(self.document, found.pointer, span)
        return True

    def without_components(self) -> Unknown | None:
        """Return what stands for the components of a template without any."""
        if "library_template_name" in self.fields:
            return _FROM_LIBRARY
        return None if self.shape.texts else _NO_TEXTS

    def laid_out(self, parts: list[_Part]) -> list[Any]:
        """Return parts as components, and note where each of their values stands."""
        for index, part in enumerate(parts):
            self.place((*_COMPONENTS, index), part.pointer)
            for path, pointer in part.pointers.items():
                self.place((*_COMPONENTS, index, *path), pointer)
        return [part.component for part in parts]


def _taken(value: Any, path: Pointer) -> Any:
    """Return a value as the record may hold it at a path; unknown where it is of another type."""
    if path == _COMPONENTS or isinstance(value, Unknown):
        return value
    if path[-1] == "allow_category_change":
        return value if isinstance(value, (bool, str)) else _NOT_META
    if path[-1] == "message_send_ttl_seconds":
        return value if isinstance(value, (int, str)) and not isinstance(value, bool) else _NOT_META
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else _NOT_META


# --- components of stores with a shape of their own ---------------------------------------------------------------

_MEDIA = frozenset(["image", "video", "gif", "document", "location"])
_BUTTON_TYPES = {
    "call": "PHONE_NUMBER",
    "catalog": "CATALOG",
    "copy_code": "COPY_CODE",
    "flow": "FLOW",
    "link": "URL",
    "mpm": "MPM",
    "otp": "OTP",
    "phone": "PHONE_NUMBER",
    "phone_number": "PHONE_NUMBER",
    "quick_reply": "QUICK_REPLY",
    "quickreply": "QUICK_REPLY",
    "reply": "QUICK_REPLY",
    "spm": "SPM",
    "url": "URL",
    "voice_call": "VOICE_CALL",
    "website": "URL",
}
_BUTTON_FIELDS_TAKEN = {
    "text": ("text", "label", "title"),
    "url": ("url", "link"),
    "phone_number": ("phone_number", "phone"),
    "example": ("example", "sample", "sample_value", "sampleValue"),
}
"""Fields of a button at Meta, and the names that stores give them."""


class _Part(NamedTuple):
    """A component built from fields of another shape, and where its values stand."""

    component: dict[str, Any]
    pointer: Pointer
    pointers: Mapping[Pointer, Pointer]
    """Path below the component → place of its value."""


def _parts(fields: _Fields, shape: _Shape) -> list[_Part]:
    """Return the components that a template's own fields make up."""
    return [
        part
        for part in (
            _header(fields),
            _body(fields, shape),
            _text_part("FOOTER", fields.get("footer")),
            _buttons(fields, shape),
        )
        if part is not None
    ]


def _says_nothing(found: _Found | None) -> bool:
    return found is None or found.value in ("", False, [], {}) or str(found.value).lower() == "none"


def _text_part(kind: str, found: _Found | None) -> _Part | None:
    """Return a component of one text."""
    if found is None or _says_nothing(found):
        return None
    text = found
    if isinstance(found.value, dict):
        inner = _find(_fields_of(found.value, found.pointer), _TEXT_FIELDS)
        text = inner if inner is not None else _Found(_NOT_META, found.pointer)
    value = text.value if isinstance(text.value, (str, Unknown)) else _NOT_META
    return _Part({"type": kind, "text": value}, found.pointer, {("type",): found.pointer, ("text",): text.pointer})


def _header(fields: _Fields) -> _Part | None:
    found = _find(fields, ("header", "header_text"))
    kind = _find(fields, ("header_type", "header_format"))
    if found is not None and isinstance(found.value, dict):
        kind = _find(_fields_of(found.value, found.pointer), ("format", "type")) or kind
    elif found is not None and str(found.value).lower() in _MEDIA:
        kind = found
    said = kind.value.lower() if kind is not None and isinstance(kind.value, str) else "text"
    if said in _MEDIA and kind is not None:
        component = {"type": "HEADER", "format": said.upper(), "example": _NO_SAMPLES}
        pointer = found.pointer if found is not None else kind.pointer
        return _Part(component, pointer, {("format",): kind.pointer})
    part = _text_part("HEADER", found) if said != "none" else None
    if part is None:
        return None
    return _Part({**part.component, "format": "TEXT"}, part.pointer, {**part.pointers, ("format",): part.pointer})


def _body(fields: _Fields, shape: _Shape) -> _Part | None:
    found = _find(fields, _TEXT_FIELDS)
    part = _text_part("BODY", found)
    if part is None or found is None or "{{" not in str(part.component["text"]):
        return part
    names = _SAMPLE_FIELDS if "body_param_types" not in fields else (*_SAMPLE_FIELDS, "body_params")
    samples = _find(_fields_of(found.value, found.pointer), names) or _find(fields, names)
    without = None if shape.samples else _NO_SAMPLES
    example = without if samples is None else _example(samples.value)
    pointer = part.pointer if samples is None else samples.pointer
    if example is None:
        return part
    return _Part({**part.component, "example": example}, part.pointer, {**part.pointers, ("example",): pointer})


def _example(samples: Any) -> dict[str, Any] | Unknown | None:
    """Return sample values as Meta writes them, or None where there are none."""
    if isinstance(samples, dict) and not samples.keys().isdisjoint(("body_text", "body_text_named_params")):
        return samples
    if isinstance(samples, dict):
        if all(str(name).isdecimal() for name in samples):
            values = [samples[name] for name in sorted(samples, key=int)]
            return {"body_text": [values]} if values else None
        return {"body_text_named_params": [{"param_name": name, "example": value} for name, value in samples.items()]}
    if isinstance(samples, list) and not any(isinstance(item, dict) for item in samples):
        nested = any(isinstance(item, list) for item in samples)
        return {"body_text": samples if nested else [samples]} if samples else None
    return _NOT_META


def _buttons(fields: _Fields, shape: _Shape) -> _Part | None:
    found = _find(fields, _BUTTON_FIELDS)
    if found is None or _says_nothing(found):
        return None
    if isinstance(found.value, list):
        items = [_Found(item, (*found.pointer, index)) for index, item in enumerate(found.value)]
    else:
        items = [found]
    built = [_button(item, shape) for item in items]
    pointers = {("buttons", index, *path): place for index, (_, own) in enumerate(built) for path, place in own.items()}
    component = {"type": "BUTTONS", "buttons": [button for button, _ in built]}
    return _Part(component, found.pointer, {("buttons",): found.pointer, **pointers})


def _button(item: _Found, shape: _Shape) -> tuple[Any, dict[Pointer, Pointer]]:
    """Return a button in Meta's shape, and where its values stand."""
    places: dict[Pointer, Pointer] = {(): item.pointer}
    if isinstance(item.value, str):
        # A button that is a text and nothing more can only answer with it.
        return {"type": "QUICK_REPLY", "text": item.value}, {**places, ("text",): item.pointer}
    if not isinstance(item.value, dict):
        return _NOT_META, places
    fields = _fields_of(item.value, item.pointer)
    button: dict[str, Any] = {"type": _button_type(fields)}
    for name, names in _BUTTON_FIELDS_TAKEN.items():
        found = _find(fields, names)
        if found is not None:
            button[name] = found.value if isinstance(found.value, (str, list, Unknown)) else _NOT_META
            places[(name,)] = found.pointer
    if isinstance(button.get("example"), str):
        button["example"] = [button["example"]]
    if "{{" in str(button.get("url")) and "example" not in button and not shape.samples:
        button["example"] = _NO_SAMPLES
    rest = {key: value for key, value in item.value.items() if key not in button}
    return {**rest, **button}, places


def _button_type(fields: _Fields) -> Any:
    said = _find(fields, ("type", "sub_type", "kind"))
    if said is not None and isinstance(said.value, str):
        return _BUTTON_TYPES.get(re.sub(r"[-\s]", "_", said.value.lower()), _NOT_META)
    if _find(fields, ("url", "link")) is not None:
        return "URL"
    return "PHONE_NUMBER" if _find(fields, ("phone_number", "phone")) is not None else _NOT_META


_EXAMPLE = """\
[
  {
    "name": "spring_offer",
    "category": "MARKETING",
    "language": "en",
    "status": "APPROVED",
    "components": [
      {
        "type": "BODY",
        "text": "Hi {{1}}, our spring collection is in the shop.",
        "example": {"body_text": [["Anna"]]}
      },
      {"type": "FOOTER", "text": "Reply STOP to unsubscribe"}
    ]
  }
]
"""

ADAPTER = Adapter(
    name="meta-templates",
    title="WhatsApp templates as Meta's Graph API writes them, and shapes near it",
    signs=(
        "`name` and `category` beside `components`, `language`, `languages` or `body`, one template or several, "
        "with categories, names or placeholders as Meta has them"
    ),
    recognises=recognises,
    adapt=adapt,
    carries=_CARRIED,
    example=_EXAMPLE,
)
