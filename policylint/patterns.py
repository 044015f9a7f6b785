"""Regular expressions that rules and packs are written with: the one door to ``re`` for them.

An expression whose time could grow with more than the square of a text is refused when its pack is loaded; one whose
time can grow with the square is asked of no long text. See docs/limits.md for what else was measured.
"""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST_EXPRESSION = 5_000
"""Characters."""
LONG = 10_000
"""Characters of the longest text for which the square of their number is soon counted to."""


def complaint(expression: str, flags: int = 0) -> str | None:
    """Return what is wrong with an expression that somebody wrote, or None."""
    if len(expression) > LONGEST_EXPRESSION:
        return f"a regular expression has at most {LONGEST_EXPRESSION:,} characters, not {len(expression):,}"
    try:
        re.compile(expression, flags)
    except (re.error, OverflowError, RecursionError) as error:
        return f"'{expression}' is not a regular expression: {error}"
    from policylint.backtracking import Growth

    if _growth(expression, flags) < Growth.WORSE:
        return None
    how = "in it, what repeats can match the same text in several ways"
    return f"'{expression}' could take for ever on a long text: {how}"


@lru_cache(maxsize=1000)
def _growth(expression: str, flags: int) -> int:
    from policylint.backtracking import growth  # late: most runs load packs that were checked before

    return growth(expression, flags)


class Pattern:
    """An expression, compiled for the first text."""

    def __init__(self, expression: str, flags: int = 0) -> None:
        self.expression = expression
        self.flags = flags
        self._compiled: re.Pattern[str] | None = None

    def search(self, text: str) -> bool | None:
        """Tell whether it matches anywhere in a text; None where the text is too long for it to tell."""
        if self._compiled is None:
            self._compiled = re.compile(self.expression, self.flags)
        if len(text) > LONG and _growth(self.expression, self.flags) > 1:
            return None
        return self._compiled.search(text) is not None
