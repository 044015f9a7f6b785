"""Fixes in words: how many there are, what one does, who makes it, and why it is not made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.model.fix import SAFE, SUGGESTION, UNSAFE
from policylint.model.phrase import Phrase, joined, phrase

if TYPE_CHECKING:
    from policylint.model.finding import Report
    from policylint.model.fix import Fix


def fixable_in_words(report: Report) -> Phrase | None:
    """Return how many findings a further run mends, as ``2 fixable with --fix, 1 more with --fix --unsafe-fixes``."""
    safe, unsafe = report.fixable(SAFE), report.fixable(UNSAFE)
    if not safe:
        return phrase("{count} fixable with --fix --unsafe-fixes", count=unsafe) if unsafe else None
    said = phrase("{count} fixable with --fix", count=safe)
    return joined(", ", [said, phrase("{count} more with --fix --unsafe-fixes", count=unsafe)]) if unsafe else said


def fix_in_words(fix: Fix) -> tuple[Phrase, Phrase]:
    """Return a fix as a word that says what it is, and the rest of the line."""
    asked = [] if fix.question is None else [phrase("ask first: {question}", question=fix.question)]
    if fix.refusal is not None:
        refused = phrase("{title}; not by --fix: {reason}", title=fix.title, reason=fix.refusal)
        return phrase("suggestion"), joined("; ", [refused, *asked])
    if fix.applicability == SUGGESTION:
        return phrase("suggestion"), joined("; ", [fix.title, *asked])
    options = "--fix" if fix.applicability == SAFE else "--fix --unsafe-fixes"
    return phrase("fix"), joined("; ", [joined("", [fix.title, f" ({options})"]), *asked])
