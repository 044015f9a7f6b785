"""Report → text for those who plan campaigns: what has to change in each, what to do and by when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policylint.model.phrase import Phrase, counted, joined
from policylint.reporters.audience import GOOD_TO_KNOW, MUST, SHOULD, by_campaign, demand, plain_message, points
from policylint.reporters.concise import COLORS, LEAST_ROOM, STRONG, looked_at_in_words, loud, shown_findings
from policylint.reporters.display import one_line, painted, width, wrapped

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report

_INDENT = "   "


def letter(report: Report, style: Style) -> str:
    """Return the text."""
    blocks = list(_blocks(report, style))
    last = joined(" · ", [demands(report), looked_at_in_words(report)])
    return "\n\n".join([*blocks, *map(style.say, loud(report)), "\n".join(_filled(style.say(last), style))]) + "\n"


def demands(report: Report) -> Phrase:
    """Return how many findings ask for a change, and how much."""
    asked = [demand(finding, report) for finding in report.findings if finding.suppressed is None]
    must, should, more = map(asked.count, (MUST, SHOULD, GOOD_TO_KNOW))
    said = [
        counted("{count} point must be changed", "{count} points must be changed", count=must),
        counted("{count} point should be changed", "{count} points should be changed", count=should),
        counted("{count} point is good to know", "{count} points are good to know", count=more),
    ]
    return joined(", ", [part for part in said if part.values["count"]] or said[:1])


def _blocks(report: Report, style: Style) -> Iterator[str]:
    for title, findings in by_campaign(list(shown_findings(report))):
        yield painted(one_line(title), STRONG, style)
        for number, finding in enumerate(findings, 1):
            yield "\n".join(_block(number, finding, report, style))


def _block(number: int, finding: Finding, report: Report, style: Style) -> Iterator[str]:
    head = f"{number}. {style.say(demand(finding, report))}: "
    first, *rest = wrapped("x" * (width(head) - 1) + " " + one_line(plain_message(finding)), _room(style))
    yield painted(head.rstrip(), COLORS[finding.severity], style) + " " + first[width(head) :]
    yield from (_INDENT + line for line in rest)
    told = [(style.say(point.label), point.said(style.say)) for point in points("marketing", finding, report)]
    column = max(width(label) for label, _ in told) + 3
    for label, text in told:
        first, *rest = wrapped(one_line(text), max(_room(style) - column - len(_INDENT), LEAST_ROOM))
        yield f"{_INDENT}{painted(f'{label}:', STRONG, style)}{' ' * (column - width(label) - 1)}{first}"
        yield from (_INDENT + " " * column + line for line in rest)


def _room(style: Style) -> int:
    return min(style.width, 100)


def _filled(text: str, style: Style) -> list[str]:
    return wrapped(text, style.width) if style.screen else [text]
