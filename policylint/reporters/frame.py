"""A region of a text → its first line as shown: cut to the room, secrets masked; and where the region lies in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from policylint.model.tuples import NamedTuple
from policylint.reporters.display import cells, width
from policylint.reporters.secrets import without_secrets

if TYPE_CHECKING:
    from policylint.model.source import Region

_BREAK = re.compile(r"[\r\n]")
_TAB = "    "
_LOOK_BACK = 4000


class Excerpt(NamedTuple):
    """A source line as shown."""

    number: int
    before: str
    marked: str
    """The region, as much of it as is on this line and has room."""
    after: str

    @property
    def text(self) -> str:
        """The line."""
        return f"{self.before}{self.marked}{self.after}".rstrip()

    @property
    def indent(self) -> int:
        """Columns before the region."""
        return width(self.before)

    @property
    def length(self) -> int:
        """Columns of the region; an empty one is shown as one."""
        return max(width(self.marked), 1)


def excerpt(text: str, region: Region, room: int) -> Excerpt | None:
    """Return the line on which a region begins, or None where the text has no such place.

    Args:
        text: The whole file.
        region: Columns and offsets in characters.
        room: Columns that the line may take; of a longer one, a window around the region is shown.

    """
    start = region.start.offset
    begin = start - region.start.column + 1
    if not 0 <= begin <= start <= len(text):
        return None
    # Never looks at more than three times the room: a minified file is one line of megabytes.
    low, high = max(begin, start - room), min(start + 2 * room, len(text))
    broken = _BREAK.search(text, start, high + 1)
    high = broken.start() if broken else high
    end = min(max(region.end.offset, start), high)
    if region.end.line > region.start.line:
        end = start + len(text[start:end].rstrip())
    shown = [_TAB if cell == r"\x09" else cell for cell in cells(_without_secrets(text, begin, low, high))]
    before, marked, after = shown[: start - low], shown[start - low : end - low], shown[end - low :]
    complete = low == begin and (broken is not None or high == len(text))
    if not complete or width("".join(shown)) > room:
        before, marked, after = _window(before, marked, after, room, (low > begin, not broken and high < len(text)))
    return Excerpt(region.start.line, "".join(before), "".join(marked), "".join(after))


def _without_secrets(text: str, begin: int, low: int, high: int) -> str:
    """Return a piece of a line with a ``*`` for every character that is secret; ``begin`` is where its line begins."""
    # A value may begin long before the piece, and be named on the line above.
    known = max(text.rfind("\n", 0, max(begin - 1, 0)) + 1, low - _LOOK_BACK)
    return without_secrets(text[known:high])[low - known :]


def _window(
    before: list[str], marked: list[str], after: list[str], room: int, cut: tuple[bool, bool]
) -> tuple[list[str], list[str], list[str]]:
    """Cut the three parts of a line to the room; ``cut`` says whether more of the line stands before and after them."""
    budget = max(room - 2, 1)
    kept = _taken(marked, budget)
    budget -= width("".join(kept))
    wanted = width("".join(after)) if len(kept) == len(marked) else 0
    left = _taken(reversed(before), budget - min(wanted, budget - budget // 3))[::-1]
    right = _taken(after, budget - width("".join(left))) if len(kept) == len(marked) else []
    if cut[0] or len(left) < len(before):
        left = ["…", *left]
    if cut[1] or len(kept) + len(right) < len(marked) + len(after):
        right = [*right, "…"]
    return left, kept, right


def _taken(parts: Iterable[str], room: int) -> list[str]:
    taken: list[str] = []
    for part in parts:
        room -= width(part)
        if room < 0:
            break
        taken.append(part)
    return taken
