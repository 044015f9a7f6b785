"""Report → one line for each finding, and the summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from policylint.model.own import BESIDE_CHECKED_FILES
from policylint.model.rule import Severity
from policylint.reporters.display import linked, one_line, painted, plural, visible
from policylint.reporters.links import page_of

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report, Suppression, UndecidedVerdict
    from policylint.model.source import Position

COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36", Severity.OFF: "2"}
STRONG, FRAME = "1", "1;34"
_WHY_UNREAD = "cannot be parsed and shows no sign of a campaign, or is very large"
_LOUDEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def render(report: Report, style: Style) -> str:
    """Return the text."""
    lines = [head(finding, style) for finding in shown_findings(report)]
    return "\n".join([*lines, *undecided_lines(report, style), *statistics(report, style), *summary(report, style), ""])


def shown_findings(report: Report) -> Iterator[Finding]:
    """Yield the findings that a person wants to see."""
    for finding in report.findings:
        if finding.suppressed is None or report.show_suppressed:
            yield finding


def head(finding: Finding, style: Style) -> str:
    """Return the line that names a finding and its place."""
    word = "suppressed " if finding.suppressed is not None else ""
    rule = linked(one_line(finding.rule), page_of(finding.sources) if finding.sources else None, style)
    label = painted(f"{word}{finding.severity}[{rule}]", COLORS[finding.severity], style)
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


def statistics(report: Report, style: Style) -> list[str]:
    """Return a line for each rule that was broken, the most broken first, where they are wanted."""
    if not style.statistics:
        return []
    by_rule: dict[str, list[Finding]] = {}
    for finding in shown_findings(report):
        by_rule.setdefault(finding.rule, []).append(finding)
    ordered = sorted(by_rule.values(), key=lambda findings: (-len(findings), findings[0].rule))
    rows = [(severities(findings), findings[0].code or "", one_line(findings[0].rule)) for findings in ordered]
    counts, codes = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    return [f"{count:<{counts}}  {code:<{codes}}  {rule}" for count, code, rule in rows]


def severities(findings: Iterable[Finding]) -> str:
    """Return how many there are of each severity, as ``2 errors, 1 warning``."""
    found = [finding.severity for finding in findings]
    return ", ".join(plural(found.count(severity), str(severity)) for severity in _LOUDEST_FIRST if severity in found)


def summary(report: Report, style: Style) -> list[str]:
    """Return the last line, after loud ones where files were not read or no campaign was found, and what is fixable."""
    loud = [said for said in (unread(report), no_campaigns(report)) if said]
    return [
        *(painted(said, COLORS[Severity.WARNING], style) for said in loud),
        *(_fixable(report) if any(finding.fix is not None for finding in report.findings) else ()),
        _totals(report),
    ]


def _fixable(report: Report) -> list[str]:
    from policylint.reporters.fixes import fixable_in_words  # late: most runs have nothing to mend

    said = fixable_in_words(report)
    return [] if said is None else [said]


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
    made = "" if report.fixed is None else f" · {report.fixed} fixed"
    return f"{found_in_words(report)}{made} · {looked_at_in_words(report)}"


def found_in_words(report: Report) -> str:
    """Return what was found, as ``1 error, 2 warnings in 2 of 5 files``."""
    counting = [finding for finding in report.findings if finding.suppressed is None]
    files = plural(report.files, "file")
    if not counting:
        return f"no findings in {files}"
    found_in = {finding.path for finding in counting if not finding.rule.startswith(BESIDE_CHECKED_FILES)}
    return f"{severities(counting)} {f'in {len(found_in)} of {files}' if found_in else f'beside {files}'}"


def looked_at_in_words(report: Report) -> str:
    """Return on what the verdict rests, as ``3 campaigns, 46 rules, 1 suppressed (as of 2026-11-23)``."""
    kinds = {"in_source": "suppressed", "waiver": "waived", "baseline": "baselined"}
    parts = [plural(report.campaigns, "campaign"), plural(report.applied, "rule")]
    if report.nothing_to_check:
        parts.append(plural(report.nothing_to_check, "file", " with nothing to check"))
    if report.unread:
        parts.append(plural(len(report.unread), "file", " not read"))
    if report.undecided:
        parts.append(f"{report.undecided} undecided")
    parts += [f"{count} {word}" for kind, word in kinds.items() if (count := report.accepted(kind))]
    day = f"as of {report.as_of}" if report.at is None else f"as if on {report.at}"
    return f"{', '.join(parts)} ({day})"


def suppression_in_words(suppression: Suppression) -> str:
    """Return who lets a finding pass, why and how long, as ``in the file: … (until 2026-12-31)``."""
    from policylint.reporters.acceptance import accepted

    kinds = {"in_source": "in the file", "waiver": "by a waiver", "baseline": "by the baseline"}
    return f"{kinds.get(suppression.kind, f'by {suppression.kind}')}: {accepted(suppression)}"
