"""Report → text for people: each finding with its source line, since when it is in force, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from policylint.extensions import Style
from policylint.model.phrase import as_phrase, phrase
from policylint.reporters.concise import (
    COLORS,
    FRAME,
    LEAST_ROOM,
    STRONG,
    head,
    note,
    provenance,
    severities,
    shown_findings,
    spot,
    statistics,
    summary,
    suppression_in_words,
    undecided_lines,
    upcoming_lines,
)
from policylint.reporters.dates import dated
from policylint.reporters.display import one_line, painted, width, wrapped

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report
    from policylint.model.source import Region
    from policylint.reporters.frame import Excerpt

_INDENT = "  "
_RULE = 100
"""Columns of a line across, at most."""


def render(report: Report, style: Style) -> str:
    """Return the text."""
    if style.audience == "marketing":
        from policylint.reporters.letter import letter

        return letter(report, style)
    blocks = list(_blocks(report, style))
    lists = (of_report(report, style) for of_report in (upcoming_lines, undecided_lines, statistics, provenance))
    blocks += ["\n".join(lines) for lines in lists if lines]
    last = summary(report, style)
    if style.screen:
        last = [*last[:-1], *wrapped(last[-1], style.width)]
    return "\n\n".join([*blocks, "\n".join(last)]) + "\n"


def _blocks(report: Report, style: Style) -> Iterator[str]:
    explained: set[str] = set()
    for _, in_file in groupby(shown_findings(report), key=lambda finding: finding.path):
        for title, findings in _by_campaign(list(in_file), style):
            if title:
                line = "─" * (min(style.width, _RULE) - width(title) - 4 if style.screen else 0)
                yield painted(f"── {title} {line}".rstrip(), STRONG, style)
            for finding in findings:
                yield "\n".join(_block(finding, report, style, again=finding.rule in explained))
                explained.add(finding.rule)


def _by_campaign(findings: Sequence[Finding], style: Style) -> list[tuple[str, Sequence[Finding]]]:
    """Return the findings of a file by campaign, with a title for each where lines alone would mix them up."""
    groups: dict[str | None, list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.campaign is not None):
        groups.setdefault(finding.campaign, []).append(finding)
    of_campaigns = [group for campaign, group in groups.items() if campaign is not None]
    if len(of_campaigns) < 2 or max(map(len, of_campaigns)) < 2:
        return [("", findings)]
    return [
        ("" if campaign is None else f"{one_line(campaign)} · {style.say(severities(group))}", group)
        for campaign, group in groups.items()
    ]


class _Page:
    """How wide the number column and the rest of a finding's lines are."""

    def __init__(self, finding: Finding, style: Style) -> None:
        regions = [finding.region, *(related.region for related in finding.related)]
        self.digits = max(len(str(region.start.line)) for region in regions)
        self.style = style
        self.room = max(style.width - self.digits - 4, LEAST_ROOM)

    def bar(self, number: int | None, rest: str) -> str:
        """Return a line of a frame."""
        gutter = f" {'' if number is None else number:>{self.digits}} |"
        return f"{painted(gutter, FRAME, self.style)} {rest}" if rest else painted(gutter, FRAME, self.style)

    def note(self, word: str, text: str) -> list[str]:
        """Return a labelled text, wrapped under itself."""
        return note(self.style.say(as_phrase(word)), self.style.say(text), self.digits + 2, self.style)


def _block(finding: Finding, report: Report, style: Style, *, again: bool) -> Iterator[str]:
    page = _Page(finding, style)
    yield from _head(finding, style)
    yield from _framed(page, finding, report)
    for one in finding.notes:
        yield from page.note("note", one)
    for related in finding.related:
        yield from page.note("see", f"{spot(related.path, related.region.start)} {style.say(related.message)}")
        shown = _excerpt(page, related.path, related.region, report)
        if shown is not None:
            yield from _frame(page, shown, "-", FRAME, [])
    if finding.suppressed is not None:
        yield from page.note("suppressed", suppression_in_words(finding.suppressed))
    if style.audience is not None and not (again and style.audience == "legal"):
        from policylint.reporters.audience import points

        for point in points(style.audience, finding, report):
            yield from page.note(point.label, point.said(style.say))
        if style.audience == "legal":
            return
    elif finding.help:
        yield from page.note("help", finding.help)
    if finding.fix is not None and style.audience in (None, "dev"):
        from policylint.reporters.fixes import fix_in_words

        yield from page.note(*fix_in_words(finding.fix))
    if again and finding.sources:
        said = "as above, and in `policylint explain {rule}`"
        yield from page.note("terms", phrase(said, rule=finding.code or finding.rule))
        return
    for source in finding.sources:
        yield from page.note("terms", f"{source.terms.title}, {source.clause} · {source.terms.url}")


def _head(finding: Finding, style: Style) -> Iterator[str]:
    """Yield the line of a finding, on a screen broken between words."""
    line, message = head(finding, style), one_line(finding.message)
    before = width(head(finding, Style())) - width(message)
    if not style.screen or before + width(message) <= style.width:
        yield line
        return
    first, *rest = wrapped(f"{'x' * (before - 1)} {message}", style.width - len(_INDENT))
    yield (line[: len(line) - len(message)] + first[before:]).rstrip()
    yield from (_INDENT + more for more in rest)


def _framed(page: _Page, finding: Finding, report: Report) -> Iterator[str]:
    """Yield the frame with the dates beside the carets, or the dates as a note where there is no room."""
    phrases = list(map(page.style.say, dated(finding, report)))
    shown = _excerpt(page, finding.path, finding.region, report)
    room = 0 if shown is None else page.room - shown.indent - shown.length - 1
    beside = all(width(phrase) <= room for phrase in phrases)
    if shown is not None:
        yield from _frame(page, shown, "^", COLORS[finding.severity], _filled(phrases, room) if beside else [])
    if phrases and not beside:
        yield from page.note("note", " ".join(phrases))


def _excerpt(page: _Page, path: str, region: Region, report: Report) -> Excerpt | None:
    from policylint.reporters.frame import excerpt

    text = report.sources.get(path)
    return None if text is None else excerpt(text, region, page.room)


def _frame(page: _Page, shown: Excerpt, sign: str, color: str, label: Sequence[str]) -> Iterator[str]:
    yield page.bar(None, "")
    yield page.bar(shown.number, shown.text)
    first, rest = (f" {label[0]}", label[1:]) if label else ("", ())
    yield page.bar(None, " " * shown.indent + painted(sign * shown.length + first, color, page.style))
    for line in rest:
        yield page.bar(None, " " * (shown.indent + shown.length + 1) + painted(line, color, page.style))


def _filled(phrases: Sequence[str], room: int) -> list[str]:
    """Return the phrases in lines of at most ``room`` columns, none broken."""
    lines: list[str] = []
    for part in phrases:
        if lines and width(f"{lines[-1]} {part}") <= room:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return lines
