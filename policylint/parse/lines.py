"""``.env``, requirements and ``go.mod``: one key and value a line → one document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from policylint.model.limits import DEFAULTS, Limits, too_long
from policylint.model.source import Comment, Document, Pointer, Region, SourceFile
from policylint.parse.positions import Lines, long_lines, start_of

_LINE_FORMS = {
    "env": re.compile(
        r"^[ \t]*(?:export[ \t]+)?(?P<key>[A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?P<value>[^\n\r]*)", re.MULTILINE
    ),
    "requirements": re.compile(r"^[ \t]*(?P<key>[A-Za-z0-9][\w.-]*)(?P<value>[^\n\r#]*)", re.MULTILINE),
    "go.mod": re.compile(
        r"^(?:[ \t]*require)?[ \t]+(?P<key>[\w.-]+(?:/[\w.~-]+)+)[ \t]+(?P<value>v[^\s]+)", re.MULTILINE
    ),
}


def parse_lines(path: str, text: str, dialect: str, limits: Limits = DEFAULTS) -> SourceFile:
    """Parse a text of lines; ``dialect`` is ``env``, ``requirements`` or ``go.mod``."""
    for start, _ in long_lines(text, limits.scalar):
        return SourceFile(path, text, (), (too_long(path, limits, start_of(text, start)),))
    is_env = dialect == "env"
    written = _LINE_FORMS[dialect].findall(text)
    data = {key: _env_value(value.rstrip(), 0)[0] if is_env else value.rstrip() for key, value in written}

    @cache
    def places() -> tuple[Lines, dict[str, tuple[tuple[int, int], tuple[int, int]]]]:
        return Lines(text), dict(_spans(text, dialect))

    def locate(pointer: Pointer) -> tuple[Region | None, Region] | None:
        lines, spans = places()
        if len(pointer) != 1 or pointer[0] not in spans:
            return (None, lines.region(0, 0)) if not pointer else None
        key, value = spans[str(pointer[0])]
        key_region = lines.region(*key)
        return key_region, lines.region(*value) if value[0] < value[1] else key_region

    document = Document(path, text, data, dialect, locate)
    return SourceFile(path, text, (document,), (), lambda: _comments(text, dialect))


def _spans(text: str, dialect: str) -> Iterator[tuple[str, tuple[tuple[int, int], tuple[int, int]]]]:
    """Yield each key with where it and its value stand; of a repeated one the last counts."""
    for match in _LINE_FORMS[dialect].finditer(text):
        value = match.group("value").rstrip()
        start, end = match.start("value"), match.start("value") + len(value)
        if dialect == "env":
            _, start, end = _env_value(value, start)
        yield match.group("key"), (match.span("key"), (start, end))


# On a line of its own, or behind white space; in an `.env` what stands in the quotes of a value is no comment.
_COMMENTS = {
    "env": re.compile(
        r"^(?P<before>[ \t]*|[^=#\n\r]*=[ \t]*(?:(?:'[^'\n\r]*'|\"[^\"\n\r]*\")[ \t]*|(?!['\"])[^\n\r]*?))"
        r"(?<!\S)#(?P<comment>[^\n\r]*)",
        re.MULTILINE,
    ),
    "requirements": re.compile(r"^(?P<before>[^\n\r]*?)(?<!\S)#(?P<comment>[^\n\r]*)", re.MULTILINE),
    "go.mod": re.compile(r"^(?P<before>[^\n\r]*?)(?<!\S)//(?P<comment>[^\n\r]*)", re.MULTILINE),
}


def _comments(text: str, dialect: str) -> tuple[Comment, ...]:
    lines = Lines(text)
    return tuple(
        Comment(match["comment"].rstrip(), lines.region(match.end("before"), match.end()), not match["before"].strip())
        for match in _COMMENTS[dialect].finditer(text)
    )


def _env_value(value: str, start: int) -> tuple[str, int, int]:
    """Return an ``.env`` value without quotes or trailing comment, and where it stands."""
    if value[:1] in ("'", '"'):
        close = value.find(value[0], 1)
        if close > 0:
            return value[1:close], start + 1, start + close
        return value, start, start + len(value)
    bare = re.split(r"\s#", value, maxsplit=1)[0].rstrip()
    return bare, start, start + len(bare)


def whole_text(path: str, text: str) -> Document:
    """Return a plain text as a document whose data is the text."""
    whole = Lines(text).region(0, len(text))
    return Document(path, text, text, "text", lambda pointer: (None, whole) if not pointer else None)
