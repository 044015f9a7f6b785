"""Where things stand in a file: positions, regions, pointers, documents."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.fix import Fix

Pointer: TypeAlias = tuple[str | int, ...]
"""Keys and indexes from the root of a document to a value."""


class Position(NamedTuple):
    """A point in a text: line and column from 1, offset from 0, all in characters (SARIF ``region``)."""

    line: int
    column: int
    offset: int


class Region(NamedTuple):
    """A half-open span of a text."""

    start: Position
    end: Position


class Unknown(NamedTuple):
    """A value that the file cannot say here: an expression, a placeholder, a secret, a field that the format lacks."""

    why: str

    def __bool__(self) -> bool:
        return False


NOT_CARRIED = Unknown("the format has no place for it")
NOT_MAPPED = Unknown("the mapping does not say")
EXPRESSION = Unknown("an expression or a placeholder")


class Problem(NamedTuple):
    """What is wrong with a text or a value, before it becomes a finding."""

    rule: str
    """Name of the tool's own rule, without ``policylint/``."""
    message: str
    region: Region
    severity: str = "error"
    pointer: Pointer = ()
    related: tuple[tuple[str, Region], ...] = ()
    """Other places in the same text that belong to the problem, each with what it is."""
    hint: str | None = None
    fix: Callable[[], Fix | None] | None = None
    """Works out what would mend it, when asked."""


class Comment(NamedTuple):
    """A comment of a text."""

    text: str
    """Without the comment sign."""
    region: Region
    own_line: bool
    """True where nothing but white space stands before it on its line."""


class Block(NamedTuple):
    """A key with its value, or an item of a list, as it stands in the text; offsets in characters."""

    start: int
    value: int
    """Where the value begins; of an item, the same as ``start`` but for an anchor or a tag."""
    end: int
    pointer: Pointer


class Document(NamedTuple):
    """One parsed document of a file: plain data, and the place of every value and key when asked.

    ``data`` holds dicts, lists, strings, numbers, booleans, None and ``Unknown``; dates stay strings.
    """

    path: str
    """As shown to the user: relative to the working folder where possible, with ``/``."""
    text: str
    """The text of the whole file, without a byte order mark."""
    data: Any
    dialect: str
    """``yaml``, ``json``, ``toml``, ``env``, ``requirements``, ``go.mod``, or ``text`` for a plain text."""
    locate: Callable[[Pointer], tuple[Region | None, Region] | None]
    """Region of the key (None for list items and roots) and of the value at a pointer, or None where there is none."""
    number: int = 0
    """Number of the document in its file, from 0."""
    ambiguous: tuple[tuple[Pointer, str, str], ...] = ()
    """Plain scalars that a YAML 1.1 reader takes for something else: pointer, text, and what it would be."""
    beside: Callable[[str], Document | None] = lambda _path: None
    """Gives the text of a file by its path from this one's folder, as a document whose ``data`` is the text."""

    def region(self, pointer: Pointer) -> Region:
        """Return the region of the value at ``pointer``, or of the nearest ancestor's key where nothing is there."""
        found = self.locate(pointer)
        if found is not None:
            return found[1]
        while pointer:
            pointer = pointer[:-1]
            found = self.locate(pointer)
            if found is not None and found[0] is not None:
                return found[0]
        return self.first_line()

    def first_line(self) -> Region:
        """Return the region of the document's first key, or an empty one at the start of the text."""
        found = self.locate(())
        if found is None:
            start = Position(1, 1, 0)
            return Region(start, start)
        if isinstance(self.data, dict):
            for key in self.data:
                inner = self.locate((key,))
                if inner is not None and inner[0] is not None:
                    return inner[0]
        start = found[1].start
        if start.offset >= len(self.text):
            return Region(start, start)
        return Region(start, Position(start.line, start.column + 1, start.offset + 1))


class SourceFile(NamedTuple):
    """A file as read: its documents, and what could not be read."""

    path: str
    text: str
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()
    comments: Callable[[], tuple[Comment, ...]] = tuple
    """Finds the comments of the text; called only where one can matter."""
    blocks: Callable[[], tuple[Block, ...]] = tuple
    """Finds the keys and items of the text, an outer one before those in it; none where the text has one level only."""


class Place(NamedTuple):
    """Where a value of a record comes from."""

    document: Document
    pointer: Pointer
    span: tuple[int, int] | None = None
    """Characters of the string at ``pointer`` that are meant, for values inside strings; None for all of it."""

    def region(self) -> Region:
        """Return the region in the file; of a string on several lines always all of it."""
        whole = self.document.region(self.pointer)
        if self.span is None:
            return whole
        value = value_at(self.document.data, self.pointer)
        if self.document.dialect == "text":
            return Region(*(_position(self.document.text, offset) for offset in self.span))
        written = self.document.text[whole.start.offset : whole.end.offset]
        starts = _character_starts(written, value) if isinstance(value, str) else None
        first, after = self.span
        if starts is None or not 0 <= first < after < len(starts):
            return whole
        line, column, offset = whole.start
        return Region(
            Position(line, column + starts[first], offset + starts[first]),
            Position(line, column + starts[after], offset + starts[after]),
        )


def _position(text: str, offset: int) -> Position:
    line_start = max(text.rfind(end, 0, offset) for end in ("\n", "\r")) + 1
    line = len(re.findall(r"\r\n|\n|\r", text[:line_start]))
    return Position(line + 1, offset - line_start + 1, offset)


# What stands for one character of a string in JSON and YAML: an escaped UTF-16 pair, an escape, the character itself.
_DOUBLE_QUOTED = r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\(?:u.{4}|x..|U.{8}|.)|[^\\]"
_SINGLE_QUOTED = r"''|[^']"


def _character_starts(written: str, value: str) -> list[int] | None:
    """Return where each character of a string begins in its written form, and where the last ends; None if not sure."""
    if "\n" in written or "\r" in written:
        return None
    if written == value:
        return list(range(len(value) + 1))
    form = {'"': _DOUBLE_QUOTED, "'": _SINGLE_QUOTED}.get(written[:1])
    if form is None or len(written) < 2 or written[-1] != written[0]:
        return None
    starts = [match.start() for match in re.compile(form).finditer(written, 1, len(written) - 1)]
    return [*starts, len(written) - 1] if len(starts) == len(value) else None


def value_at(data: Any, pointer: Pointer) -> Any:
    """Return the value at ``pointer``, or None where nothing stands there."""
    for step in pointer:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def says_something(value: Any) -> bool | None:
    """Tell whether a value is there; None where it is unknown, or a mapping of nothing but unknown values."""
    if type(value) is Unknown:
        return None
    if type(value) is not dict:
        return not (value is None or value == "" or value == [])
    found: bool | None = False
    for inner in value.values():
        inner_found = says_something(inner)
        if inner_found:
            return True
        if inner_found is None:
            found = None
    return found
