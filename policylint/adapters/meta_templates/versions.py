"""An entry of a store → the fields of the template once for each language that it is written in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.meta_templates.entries import (
    Entry,
    filed_under,
    is_category,
    is_language,
    languages_as_keys,
    texts_of,
)
from policylint.adapters.meta_templates.words import (
    CATEGORY_FIELDS,
    LANGUAGE_CODE,
    LANGUAGE_FIELDS,
    STATUSES,
    TEXT_FIELDS,
    VARIANT_FIELDS,
)
from policylint.model.source import Unknown, value_at
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer


class Found(NamedTuple):
    """A value of the file and where it stands."""

    value: Any
    pointer: Pointer


Fields = Mapping[str, Found]
"""The fields of a template in one language, whatever mapping each of them stands in."""


def fields_of(value: Any, pointer: Pointer) -> dict[str, Found]:
    """Return the fields of a mapping that say something."""
    if not isinstance(value, dict):
        return {}
    return {name: Found(inner, (*pointer, name)) for name, inner in value.items() if inner is not None}


def first_of(fields: Fields, names: Iterable[str]) -> Found | None:
    """Return the first of some fields that is there."""
    return next((fields[name] for name in names if name in fields), None)


def _inherited(entry: Entry, document: Document) -> dict[str, Found]:
    """Return what is said once for several templates, category and language: by a key above, or beside the list."""
    found: dict[str, Found] = {}
    for length in range(len(entry.pointer)):
        around = value_at(document.data, entry.pointer[:length])
        code = around.get("language") if isinstance(around, dict) else None
        if is_language(code):
            found["language"] = Found(code, (*entry.pointer[:length], "language"))
    for name, says in (("category", is_category), ("language", is_language)):
        at = filed_under(entry.pointer, says)
        if at:
            found[name] = Found(at[-1], at)
    return found


def versions_of(entry: Entry, document: Document) -> Iterator[Fields]:
    """Yield the fields of a template once for each language that it is written in, the language under ``language``."""
    base = fields_of(entry.fields, entry.pointer)
    for name, found in _inherited(entry, document).items():
        if first_of(base, CATEGORY_FIELDS if name == "category" else LANGUAGE_FIELDS) is None:
            base[name] = found
    for holder in ("structure", "components"):
        if holder in base and isinstance(base[holder].value, dict) and not _is_by_language(base[holder].value):
            inner = base.pop(holder)
            base = {**fields_of(inner.value, inner.pointer), **base}
    for name in (*VARIANT_FIELDS, "language", "components", *TEXT_FIELDS):
        if name in base and (versions := list(_versions_in(name, base[name]))):
            yield from (_laid_over(base, version) for version in versions)
            return
    codes = [] if texts_of(entry.fields) or "components" in base else languages_as_keys(entry.fields)
    for code in codes:
        place = (*entry.pointer, code)
        yield {**base, "body": base[code], "language": Found(code, place)}
    if not codes:
        yield _with_language(base)


def _laid_over(base: Fields, version: Fields) -> Fields:
    """Return the fields of a template in one language: what is said of that language wins over what is said of all."""
    replaced = set(LANGUAGE_FIELDS)
    if not version.keys().isdisjoint(("components", *TEXT_FIELDS)):
        replaced.update(("components", *TEXT_FIELDS))
    return {**{name: found for name, found in base.items() if name not in replaced}, **version}


def _with_language(fields: dict[str, Found]) -> Fields:
    """Return fields with the language under its own name, from ``lang``, ``locale`` or ``{code: …}``."""
    found = first_of(fields, LANGUAGE_FIELDS)
    if found is not None and isinstance(found.value, dict) and isinstance(found.value.get("code"), str):
        found = Found(found.value["code"], (*found.pointer, "code"))
    rest = {key: value for key, value in fields.items() if key not in LANGUAGE_FIELDS}
    return {**rest, "language": found} if found is not None else rest


def _is_by_language(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(map(is_language, value))


def _has_codes_only(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(map(LANGUAGE_CODE.match, value))


def _versions_in(name: str, found: Found) -> Iterator[dict[str, Found]]:
    """Yield what a field says for each language; nothing where it is not written by language."""
    value, pointer = found.value, found.pointer
    codes = _is_by_language if name not in VARIANT_FIELDS else _has_codes_only
    if isinstance(value, dict) and codes(value):
        for code, inner in value.items():
            place = (*pointer, code)
            yield {**_version_of(name, inner, place), "language": Found(code, place)}
    elif isinstance(value, list) and name in (*VARIANT_FIELDS, "language"):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                fields = fields_of(item, (*pointer, index))
                if "code" in fields and first_of(fields, LANGUAGE_FIELDS) is None:
                    fields["language"] = fields["code"]
                yield dict(_with_language(fields))
            elif isinstance(item, (str, Unknown)):
                yield {"language": Found(item, (*pointer, index))}


def _version_of(name: str, value: Any, pointer: Pointer) -> dict[str, Found]:
    if name not in VARIANT_FIELDS:
        return {name: Found(value, pointer)}
    if isinstance(value, str):
        return {"status" if value.lower() in STATUSES else "body": Found(value, pointer)}
    if isinstance(value, list):
        return {"components": Found(value, pointer)}
    return fields_of(value, pointer)
