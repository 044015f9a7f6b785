"""Two days compared → text for people: each verdict that is another one, since when, and on which terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policylint.model.phrase import Phrase, counted, joined, phrase
from policylint.model.rule import Severity
from policylint.model.timeline import CauseKind
from policylint.reporters.causes import cause_in_words, said_at, shown_changes, turn, why_let_pass
from policylint.reporters.concise import COLORS, STRONG, note, spot
from policylint.reporters.display import linked, one_line, painted
from policylint.reporters.links import page_of

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.timeline import Cause, Change, Difference

_INDENT = 3


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
    yield f"{place} {turn(change, style)} [{rule}] {one_line(style.say(said_at(change.at)))}"
    for cause in change.causes:
        yield from note(str(cause.day), style.say(_why(cause)), _INDENT, style)
    reason = why_let_pass(change)
    if reason is not None:
        yield from note(style.say(phrase("let pass")), style.say(reason), _INDENT, style)
    terms = style.say(phrase("terms"))
    if again:
        said = style.say(phrase("as above, and in `policylint explain {rule}`", rule=change.rule.code))
        yield from note(terms, said, _INDENT, style)
        return
    for source in change.rule.sources:
        told = "{title}, {clause}, edition of {edition} · {url}"
        named = source.terms
        said = phrase(told, title=named.title, clause=source.clause, edition=named.edition, url=named.url)
        yield from note(terms, style.say(said), _INDENT, style)


def _why(cause: Cause) -> Phrase:
    said = cause_in_words(cause)
    if cause.kind is not CauseKind.STEP or cause.severity is None:
        return said
    word = phrase("the rule ends") if cause.severity is Severity.OFF else cause.severity.word
    return joined(": ", [word, said]) if said else word


def _summary(found: Difference, shown: int, style: Style) -> Iterator[str]:
    if not found.campaigns and not found.left_out:
        loud = counted(
            "0 campaigns found in {count} file: nothing was compared",
            "0 campaigns found in {count} files: nothing was compared",
            count=found.files,
        )
        yield painted(style.say(loud), COLORS[Severity.WARNING], style)
    told = phrase("no verdict changed from {start} to {end}", start=found.start, end=found.end)
    if shown:
        one = "{count} verdict changed from {start} to {end}"
        many = "{count} verdicts changed from {start} to {end}"
        told = counted(one, many, count=shown, start=found.start, end=found.end)
    campaigns = counted("{count} campaign", "{count} campaigns", count=len(found.campaigns))
    if found.left_out:
        left_out = phrase("{count} not running on {day}", count=found.left_out, day=max(found.start, found.end))
        campaigns = joined("", [campaigns, " (", left_out, ")"])
    yield style.say(joined(" · ", [told, campaigns]))
