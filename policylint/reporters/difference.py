"""Two days compared → text for people: each verdict that is another one, since when, and on which terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policylint.model.rule import Severity
from policylint.model.timeline import CauseKind
from policylint.reporters.causes import cause_in_words, said_at, shown_changes, turn, why_let_pass
from policylint.reporters.concise import COLORS, FRAME, STRONG, spot
from policylint.reporters.display import linked, one_line, painted, plural, wrapped
from policylint.reporters.links import page_of

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.timeline import Cause, Change, Difference

_LEAST_ROOM = 24


def render(found: Difference, style: Style, *, undecided: bool) -> str:
    """Return the text; ``undecided`` shows what becomes undecided, or is no longer."""
    explained: set[str] = set()
    blocks = []
    for campaign in found.campaigns:
        for change in shown_changes(campaign.changes, undecided=undecided):
            blocks.append("\n".join(_block(change, style, again=change.rule.id in explained)))
            explained.add(change.rule.id)
    return "\n\n".join([*blocks, "\n".join(_summary(found, len(blocks), style))]) + "\n"


def _block(change: Change, style: Style, *, again: bool) -> Iterator[str]:
    place = painted(f"{spot(change.at.path, change.at.region.start)}:", STRONG, style)
    rule = linked(one_line(change.rule.id), page_of(change.rule.sources), style)
    yield f"{place} {turn(change, style)} [{rule}] {one_line(said_at(change.at))}"
    for cause in change.causes:
        yield from _note(str(cause.day), _why(cause), style)
    reason = why_let_pass(change)
    if reason is not None:
        yield from _note("let pass", reason, style)
    if again:
        yield from _note("terms", f"as above, and in `policylint explain {change.rule.code}`", style)
        return
    for source in change.rule.sources:
        terms = source.terms
        said = f"{terms.title}, {source.clause}, edition of {terms.edition} · {terms.url}"
        yield from _note("terms", said, style)


def _why(cause: Cause) -> str:
    said = cause_in_words(cause)
    if cause.kind is not CauseKind.STEP:
        return said
    word = "the rule ends" if cause.severity is Severity.OFF else str(cause.severity)
    return f"{word}: {said}" if said else word


def _note(word: str, text: str, style: Style) -> Iterator[str]:
    """Yield a labelled text, wrapped under itself."""
    indent = " " * (len(word) + 7)
    first, *rest = wrapped(one_line(text), max(style.width - len(indent), _LEAST_ROOM))
    yield f"   {painted('=', FRAME, style)} {painted(f'{word}:', STRONG, style)} {first}"
    yield from (indent + more for more in rest)


def _summary(found: Difference, shown: int, style: Style) -> Iterator[str]:
    if not found.campaigns and not found.left_out:
        loud = f"0 campaigns found in {plural(found.files, 'file')}: nothing was compared"
        yield painted(loud, COLORS[Severity.WARNING], style)
    verdicts = f"{plural(shown, 'verdict')} changed" if shown else "no verdict changed"
    left_out = f" ({found.left_out} not running on {max(found.start, found.end)})" if found.left_out else ""
    yield f"{verdicts} from {found.start} to {found.end} · {plural(len(found.campaigns), 'campaign')}{left_out}"
