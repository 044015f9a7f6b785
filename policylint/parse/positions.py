"""Offsets → lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from policylint.model.source import Block, Position, Problem, Region

LINE_END = re.compile(r"\r\n|\n|\r")


class Lines:
    """Positions in a text by offset; a line ends at LF, CR or CRLF."""

    def __init__(self, text: str) -> None:
        if "\r" in text:
            self.starts = [0, *(match.end() for match in LINE_END.finditer(text))]
        else:
            lengths = [len(line) + 1 for line in text.split("\n")]
            self.starts = [0, *accumulate(lengths[:-1])]

    def position(self, offset: int) -> Position:
        """Return the position at an offset."""
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1, offset)

    def region(self, start: int, end: int) -> Region:
        """Return the region between two offsets."""
        return Region(self.position(start), self.position(end))


def with_pointers(problems: Iterable[Problem], blocks: Iterable[Block]) -> tuple[Problem, ...]:
    """Return problems with keys or items, each with the pointer of the one that it stands at."""
    pointers = {block.start: block.pointer for block in blocks}
    return tuple(problem._replace(pointer=pointers.get(problem.region.start.offset, ())) for problem in problems)


def start_of(text: str, offset: int = 0) -> Region:
    """Return a region at the start of a text, for what concerns all of it, or of a part that begins at an offset."""
    line = text.count("\n", 0, offset) + text.count("\r", 0, offset) - text.count("\r\n", 0, offset)
    line_start = max(text.rfind(sign, 0, offset) for sign in "\n\r") + 1
    spot = Position(line + 1, offset - line_start + 1, offset)
    return Region(spot, spot._replace(column=spot.column + 1, offset=offset + 1) if offset < len(text) else spot)


def long_lines(text: str, length: int) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends that has more than so many characters; looks at few of the others."""
    at = 0
    while len(text) - at > length:
        line_end = max(text.rfind(sign, at, at + length + 1) for sign in "\n\r")
        if line_end < 0:
            line_end = min(found if (found := text.find(sign, at + length)) >= 0 else len(text) for sign in "\n\r")
            yield at, line_end
        at = line_end + 1
