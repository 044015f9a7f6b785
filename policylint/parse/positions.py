"""Offsets → lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from policylint.model.source import Block, Position, Problem, Region

MAXIMUM_DEPTH = 200
"""Nesting that no honest file reaches; deeper files are refused before a parser overflows its stack."""
LINE_END = re.compile(r"\r\n|\n|\r")


class Lines:
    """Positions in a text by offset; a line ends at LF, CR or CRLF."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in LINE_END.finditer(text))]

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


def start_of(text: str) -> Region:
    """Return a region at the start of a text, for what concerns all of it."""
    spot = Position(1, 1, 0)
    return Region(spot, Position(1, 2, 1) if text else spot)
