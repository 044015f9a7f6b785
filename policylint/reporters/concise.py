"""Report → one line for each finding, and the summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policylint.model.rule import Severity
from policylint.reporters.display import one_line, painted, plural, visible

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report, UndecidedVerdict
    from policylint.model.source import Position

COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36", Severity.OFF: "2"}
STRONG, FRAME = "1", "1;34"
_WHY_UNREAD = "cannot be parsed and shows no sign of a campaign, or is very large"


def render(report: Report, style: Style) -> str:
    """Return the text."""
    lines = [head(finding, style) for finding in shown_findings(report)]
    return "\n".join([*lines, *undecided_lines(report, style), *summary(report, style), ""])


def shown_findings(report: Report) -> Iterator[Finding]:
    """Yield the findings that a person wants to see."""
    for finding in report.findings:
        if finding.suppressed is None or report.show_suppressed:
            yield finding


def head(finding: Finding, style: Style) -> str:
    """Return the line that names a finding and its place."""
    word = "suppressed " if finding.suppressed is not None else ""
    label = painted(f"{word}{finding.severity}[{one_line(finding.rule)}]", COLORS[finding.severity], style)
    return f"{_place(finding.path, finding.region.start, style)} {label} {one_line(finding.message)}"


def spot(path: str, position: Position) -> str:
    """Return a place as ``path:line:col``."""
    # A line that starts with "::" would be a command in a log of GitHub Actions.
    prefix = "./" if path.lstrip().startswith("::") else ""
    return f"{prefix}{visible(path)}:{position.line}:{position.column}"


def _place(path: str, position: Position, style: Style) -> str:
    return f"{painted(spot(path, position), STRONG, style)}:"


def undecided_lines(report: Report, style: Style) -> list[str]:
    """Return a line for each verdict that hangs on an unknown value, where they are wanted."""
    return [_undecided(verdict, style) for verdict in report.verdicts] if report.show_undecided else []


def _undecided(verdict: UndecidedVerdict, style: Style) -> str:
    label = painted(f"undecided[{one_line(verdict.rule)}]", COLORS[Severity.OFF], style)
    said = one_line(f"{verdict.campaign}: cannot tell from {verdict.field}: {verdict.why}")
    return f"{_place(verdict.path, verdict.region.start, style)} {label} {said}"


def summary(report: Report, style: Style) -> list[str]:
    """Return the last line, after loud ones where files could not be read and where no campaign was found."""
    loud = [said for said in (unread(report), no_campaigns(report)) if said]
    return [*(painted(said, COLORS[Severity.WARNING], style) for said in loud), _totals(report)]


def unread(report: Report) -> str | None:
    """Return what is to be said of files that were not read, though nothing shows that they are campaigns."""
    if not report.unread:
        return None
    first = visible(report.unread[0])
    if len(report.unread) == 1:
        return f"1 file was not read, {first}: it {_WHY_UNREAD}; name it to see why"
    return f"{len(report.unread)} files were not read, {first} the first: each {_WHY_UNREAD}; name one to see why"


def no_campaigns(report: Report) -> str | None:
    """Return what is to be said where nothing was judged."""
    if report.campaigns:
        return None
    return f"0 campaigns found in {plural(report.files, 'file')}: nothing was judged"


def _totals(report: Report) -> str:
    severities = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    counts = [plural(count, str(severity)) for severity in severities if (count := report.counted(severity))]
    files = plural(report.files, "file")
    found_in = len({finding.path for finding in report.findings if finding.suppressed is None})
    found = f"{', '.join(counts)} in {found_in} of {files}" if counts else f"no findings in {files}"
    suppressed = sum(finding.suppressed is not None for finding in report.findings)
    parts = [plural(report.campaigns, "campaign"), plural(report.applied, "rule")]
    if report.nothing_to_check:
        parts.append(plural(report.nothing_to_check, "file", " with nothing to check"))
    if report.unread:
        parts.append(plural(len(report.unread), "file", " not read"))
    if report.undecided:
        parts.append(f"{report.undecided} undecided")
    if suppressed:
        parts.append(f"{suppressed} suppressed")
    day = f"as of {report.as_of}" if report.at is None else f"as if on {report.at}"
    return f"{found} · {', '.join(parts)} ({day})"
