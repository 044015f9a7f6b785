"""Fixes in words: how many there are, what one does, who makes it, and why it is not made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.model.fix import SAFE, SUGGESTION, UNSAFE

if TYPE_CHECKING:
    from policylint.model.finding import Report
    from policylint.model.fix import Fix


def fixable_in_words(report: Report) -> str | None:
    """Return how many findings a further run mends, as ``2 fixable with --fix, 1 more with --fix --unsafe-fixes``."""
    safe, unsafe = report.fixable(SAFE), report.fixable(UNSAFE)
    if not safe:
        return f"{unsafe} fixable with --fix --unsafe-fixes" if unsafe else None
    return f"{safe} fixable with --fix{f', {unsafe} more with --fix --unsafe-fixes' if unsafe else ''}"


def fix_in_words(fix: Fix) -> tuple[str, str]:
    """Return a fix as a word that says what it is, and the rest of the line."""
    asked = f"; ask first: {fix.question}" if fix.question else ""
    if fix.refusal is not None:
        return "suggestion", f"{fix.title}; not by --fix: {fix.refusal}{asked}"
    if fix.applicability == SUGGESTION:
        return "suggestion", f"{fix.title}{asked}"
    options = "--fix" if fix.applicability == SAFE else "--fix --unsafe-fixes"
    return "fix", f"{fix.title} ({options}){asked}"
