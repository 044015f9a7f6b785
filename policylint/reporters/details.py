"""A finding → what it says beside its message, in lines of plain text: since when, why so, what to do, which terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from policylint.model.phrase import as_phrase, joined, phrase
from policylint.reporters.concise import suppression_in_words
from policylint.reporters.dates import dated
from policylint.reporters.display import one_line
from policylint.reporters.fixes import fix_in_words

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report


def details(finding: Finding, report: Report, say: Callable[[str], str] = str) -> Iterator[str]:
    """Yield a line for each thing that is said; visible, and not wrapped. ``say`` gives a phrase in a language."""
    phrases = dated(finding, report)
    if phrases:
        yield one_line(say(joined(" ", phrases)))
    for label, text in _labelled(finding):
        yield one_line(f"{say(label)}: {say(text)}")


def _labelled(finding: Finding) -> Iterator[tuple[str, str]]:
    yield from ((phrase("note"), note) for note in finding.notes)
    for related in finding.related:
        start = related.region.start
        yield phrase("see"), joined("", [f"{related.path}:{start.line}:{start.column} ", as_phrase(related.message)])
    if finding.suppressed is not None:
        yield phrase("suppressed"), suppression_in_words(finding.suppressed)
    if finding.help:
        yield phrase("help"), finding.help
    if finding.fix is not None:
        yield fix_in_words(finding.fix)
    yield from (
        (phrase("terms"), f"{source.terms.title}, {source.clause} · {source.terms.url}") for source in finding.sources
    )
