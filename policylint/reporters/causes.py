"""A change of a verdict → its parts in words: from what to what, why, how soon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from policylint.model.finding import Finding, UndecidedVerdict
from policylint.model.phrase import Phrase, as_phrase, joined, phrase
from policylint.model.rule import Severity
from policylint.model.timeline import CauseKind, Standing
from policylint.reporters.acceptance import accepted
from policylint.reporters.concise import COLORS
from policylint.reporters.display import painted

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.timeline import Cause, Change

_COLORS = {
    Standing.PASSES: "32",
    Standing.SUPPRESSED: "2",
    Standing.UNDECIDED: "2",
    Standing.INFO: COLORS[Severity.INFO],
    Standing.WARNING: COLORS[Severity.WARNING],
    Standing.ERROR: COLORS[Severity.ERROR],
}


def turn(change: Change, style: Style) -> str:
    """Return from what to what it changes, as ``warning → error``."""
    return " → ".join(painted(style.say(said.word), _COLORS[said], style) for said in (change.before, change.after))


def cause_in_words(cause: Cause) -> Phrase:
    """Return why, as ``legal action too`` or ``the waiver ended: ticket 4711``; empty where nothing is said."""
    if cause.kind is CauseKind.SUPPRESSION:
        return phrase("the suppression ended: {reason}", reason=cause.note)
    if cause.kind is CauseKind.WAIVER:
        return phrase("the waiver ended: {reason}", reason=cause.note)
    if cause.observed:
        return joined(": ", [phrase("known to hold from this day on"), *filter(None, [cause.note])])
    return as_phrase(cause.note)


def why_let_pass(change: Change) -> Phrase | None:
    """Return why a finding does not count any more, or None where it does or there is none."""
    suppressed = change.at.suppressed if isinstance(change.at, Finding) else None
    return accepted(suppressed) if suppressed and change.after is Standing.SUPPRESSED else None


def reasons_in_words(change: Change) -> list[Phrase]:
    """Return all that is said of why a verdict changes."""
    reason = why_let_pass(change)
    said = [words for words in map(cause_in_words, change.causes) if words]
    return said if reason is None else [*said, phrase("let pass: {reason}", reason=reason)]


def said_at(place: Finding | UndecidedVerdict) -> str:
    """Return what is said at the place of a change."""
    if isinstance(place, Finding):
        return place.message
    return phrase("cannot tell from {field}: {why}", field=place.field, why=as_phrase(place.why))


def shown_changes(changes: Iterable[Change], *, undecided: bool) -> list[Change]:
    """Return the changes that a person wants to see: those to or from undecided alone only where asked for."""
    return [change for change in changes if undecided or max(change.before, change.after) > Standing.UNDECIDED]
