"""A finding → what it says beside its message, in lines of plain text: since when, why so, what to do, which terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policylint.reporters.concise import suppression_in_words
from policylint.reporters.dates import dated
from policylint.reporters.display import one_line
from policylint.reporters.fixes import fix_in_words

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report


def details(finding: Finding, report: Report) -> Iterator[str]:
    """Yield a line for each thing that is said; visible, and not wrapped."""
    yield from map(one_line, _said(finding, report))


def _said(finding: Finding, report: Report) -> Iterator[str]:
    phrases = dated(finding, report)
    if phrases:
        yield " ".join(phrases)
    yield from (f"note: {note}" for note in finding.notes)
    for related in finding.related:
        start = related.region.start
        yield f"see: {related.path}:{start.line}:{start.column} {related.message}"
    if finding.suppressed is not None:
        yield f"suppressed: {suppression_in_words(finding.suppressed)}"
    if finding.help:
        yield f"help: {finding.help}"
    if finding.fix is not None:
        yield ": ".join(fix_in_words(finding.fix))
    yield from (f"terms: {source.terms.title}, {source.clause} · {source.terms.url}" for source in finding.sources)
