"""TOML text → one document: tables and keys have places, items of lists as far as they are found."""

from __future__ import annotations

import re
import sys
from datetime import date, time
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from policylint.model.limits import DEFAULTS, Limits, over_limit, too_long
from policylint.model.phrase import phrase
from policylint.model.source import Comment, Document, Problem, SourceFile, value_at
from policylint.parse.positions import Lines, long_lines, start_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from policylint.model.source import Pointer, Region

_NAME = r"(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')"
_LINE = re.compile(
    rf"^[ \t]*(?:\[{{1,2}}[ \t]*(?P<table>{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*\]{{1,2}}"
    rf"|(?P<key>{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*=[ \t]*(?P<value>[^\n\r]*))",
    re.MULTILINE,
)


# Strings are passed over, so that a # in one of them begins no comment.
_STRING_OR_COMMENT = re.compile(
    r"\"\"\".*?\"\"\"|\'\'\'.*?\'\'\'|\"(?:\\.|[^\"\\\n])*\"|\'[^\'\n]*\'|(?P<comment>#[^\n\r]*)", re.DOTALL
)


def parse_manifest(path: str, text: str, limits: Limits = DEFAULTS) -> SourceFile:
    """Parse a TOML file; see ``parse``."""
    for at, _ in long_lines(text, limits.scalar):
        return SourceFile(path, text, (), (too_long(path, limits, start_of(text, at)),))
    try:
        document = parse_toml(path, text)
    except ValueError as error:
        start = Lines(text).region(0, 0)
        line = re.search(r"line (\d+)", str(error))
        if line is not None:
            lines = Lines(text)
            offset = lines.starts[min(int(line.group(1)), len(lines.starts)) - 1]
            start = lines.region(offset, offset)
        message = phrase("{path} is not valid TOML: {error}", path=path, error=str(error))
        return SourceFile(path, text, (), (Problem("syntax", message, start),))
    except RecursionError:
        message = phrase("{path} nests too deeply", path=path)
        return SourceFile(path, text, (), (over_limit("too-deep", message, start_of(text)),))
    return SourceFile(path, text, (document,), (), lambda: _comments(text))


def _comments(text: str) -> tuple[Comment, ...]:
    lines = Lines(text)
    found = []
    for match in _STRING_OR_COMMENT.finditer(text):
        if match.group("comment") is not None:
            region = lines.region(*match.span())
            own = not text[lines.starts[region.start.line - 1] : match.start()].strip()
            found.append(Comment(match.group()[1:].rstrip(), region, own))
    return tuple(found)


def parse_toml(path: str, text: str) -> Document:
    """Parse a TOML text.

    Raises:
        ValueError: It is no TOML.

    """
    data = _with_text_dates(import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(text))
    return Document(path, text, data, "toml", _locator(text, data))


def _with_text_dates(data: Any) -> Any:
    """Return data with dates and times as texts, as YAML and JSON have them."""
    if isinstance(data, dict):
        return {key: _with_text_dates(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_text_dates(value) for value in data]
    return data.isoformat() if isinstance(data, (date, time)) else data


def _locator(text: str, data: Any) -> Callable[[Pointer], tuple[Region | None, Region] | None]:
    @cache
    def found_in_text() -> tuple[Lines, dict[tuple[str, ...], tuple[tuple[int, int], tuple[int, int]]]]:
        return Lines(text), _spans(text)

    def locate(pointer: Pointer) -> tuple[Region | None, Region] | None:
        lines, spans = found_in_text()
        if not pointer:
            return None, lines.region(0, 0)
        if value_at(data, pointer) is None:
            return None
        names = tuple(str(step) for step in pointer)
        for length in range(len(names), 0, -1):
            found = spans.get(names[:length])
            if found is not None:
                break
        else:
            return None
        key, value = found
        if length == len(names):
            return lines.region(*key), lines.region(*value)
        written = str(value_at(data, pointer))
        at = text.find(written, value[0])
        if at < 0:
            return lines.region(*key), lines.region(*key)
        region = lines.region(at, at + len(written))
        return (None if isinstance(pointer[-1], int) else region), region

    return locate


def _spans(text: str) -> dict[tuple[str, ...], tuple[tuple[int, int], tuple[int, int]]]:
    """Return where each table and key stands, and what is written on its line; items of a list by their number."""
    found: dict[tuple[str, ...], tuple[tuple[int, int], tuple[int, int]]] = {}
    table: tuple[str, ...] = ()
    lists: dict[tuple[str, ...], int] = {}
    for match in _LINE.finditer(text):
        if match.group("table") is not None:
            is_item = match.group().lstrip().startswith("[[")
            table = _numbered(_split(match.group("table")), lists, begins_item=is_item)
            for name in (table[:-1], table) if is_item else (table,):
                found.setdefault(name, (match.span("table"), match.span("table")))
            continue
        end = match.start("value") + len(_without_comment(match.group("value")).rstrip())
        value = (match.start("value"), end) if end > match.start("value") else match.span("key")
        found.setdefault((*table, *_split(match.group("key"))), (match.span("key"), value))
    return found


def _without_comment(value: str) -> str:
    comments = (match.start() for match in _STRING_OR_COMMENT.finditer(value) if match.group("comment") is not None)
    return value[: next(comments, None)]


def _numbered(table: tuple[str, ...], lists: dict[tuple[str, ...], int], *, begins_item: bool) -> tuple[str, ...]:
    """Return the name of a table with the number of the item behind each list of tables; notes a new item."""
    name: tuple[str, ...] = ()
    for step in table[: len(table) - begins_item]:
        name = (*name, step)
        if name in lists:
            name = (*name, str(lists[name]))
    if begins_item:
        name = (*name, table[-1])
        lists[name] = lists.get(name, -1) + 1
        name = (*name, str(lists[name]))
    return name


def _split(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_NAME, name))
