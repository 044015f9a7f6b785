"""Report → text for people: each finding with its source line, since when it is in force, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from policylint.reporters.acceptance import accepted
from policylint.reporters.concise import COLORS, FRAME, STRONG, head, shown_findings, spot, summary, undecided_lines
from policylint.reporters.dates import dated
from policylint.reporters.display import one_line, painted, width, wrapped
from policylint.reporters.frame import Excerpt, excerpt

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report, Suppression
    from policylint.model.source import Region

_LEAST_ROOM = 24


def render(report: Report, style: Style) -> str:
    """Return the text."""
    blocks = ["\n".join(_block(finding, report, style)) for finding in shown_findings(report)]
    undecided = undecided_lines(report, style)
    if undecided:
        blocks.append("\n".join(undecided))
    return "\n\n".join([*blocks, "\n".join(summary(report, style))]) + "\n"


class _Page:
    """How wide the number column and the rest of a finding's lines are."""

    def __init__(self, finding: Finding, style: Style) -> None:
        regions = [finding.region, *(related.region for related in finding.related)]
        self.digits = max(len(str(region.start.line)) for region in regions)
        self.style = style
        self.room = max(style.width - self.digits - 4, _LEAST_ROOM)

    def bar(self, number: int | None, rest: str) -> str:
        """Return a line of a frame."""
        gutter = f" {'' if number is None else number:>{self.digits}} |"
        return f"{painted(gutter, FRAME, self.style)} {rest}" if rest else painted(gutter, FRAME, self.style)

    def note(self, word: str, text: str) -> list[str]:
        """Return a labelled text, wrapped under itself."""
        sign = " " * (self.digits + 2)
        room = max(self.style.width - self.digits - len(word) - 6, _LEAST_ROOM)
        first, *rest = wrapped(one_line(text), room)
        label = painted("=", FRAME, self.style) + " " + painted(f"{word}:", STRONG, self.style)
        return [f"{sign}{label} {first}", *(" " * (self.digits + len(word) + 6) + line for line in rest)]


def _block(finding: Finding, report: Report, style: Style) -> Iterator[str]:
    page = _Page(finding, style)
    yield head(finding, style)
    yield from _framed(page, finding, report)
    for note in finding.notes:
        yield from page.note("note", note)
    for related in finding.related:
        yield from page.note("see", f"{spot(related.path, related.region.start)} {related.message}")
        shown = _excerpt(page, related.path, related.region, report)
        if shown is not None:
            yield from _frame(page, shown, "-", FRAME, [])
    if finding.suppressed is not None:
        yield from page.note("suppressed", _suppression(finding.suppressed))
    if finding.help:
        yield from page.note("help", finding.help)
    for source in finding.sources:
        yield from page.note("terms", f"{source.terms.title}, {source.clause} · {source.terms.url}")


def _framed(page: _Page, finding: Finding, report: Report) -> Iterator[str]:
    """Yield the frame with the dates beside the carets, or the dates as a note where there is no room."""
    phrases = dated(finding, report)
    shown = _excerpt(page, finding.path, finding.region, report)
    room = 0 if shown is None else page.room - shown.indent - shown.length - 1
    beside = all(width(phrase) <= room for phrase in phrases)
    if shown is not None:
        yield from _frame(page, shown, "^", COLORS[finding.severity], _filled(phrases, room) if beside else [])
    if phrases and not beside:
        yield from page.note("note", " ".join(phrases))


def _excerpt(page: _Page, path: str, region: Region, report: Report) -> Excerpt | None:
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
    for phrase in phrases:
        if lines and width(f"{lines[-1]} {phrase}") <= room:
            lines[-1] += f" {phrase}"
        else:
            lines.append(phrase)
    return lines


def _suppression(suppression: Suppression) -> str:
    kinds = {"in_source": "in the file", "waiver": "by a waiver", "baseline": "by the baseline"}
    return f"{kinds.get(suppression.kind, f'by {suppression.kind}')}: {accepted(suppression)}"
