"""Report → one line for each finding, and the summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from policylint.model.own import BESIDE_CHECKED_FILES
from policylint.model.phrase import Phrase, counted, joined, phrase
from policylint.model.rule import Severity
from policylint.reporters.display import linked, one_line, painted, visible, wrapped
from policylint.reporters.links import page_of

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report, Suppression, SwitchedOff, UndecidedVerdict
    from policylint.model.source import Position

COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36", Severity.OFF: "2"}
STRONG, FRAME = "1", "1;34"
LEAST_ROOM = 24
"""Columns that a text gets on the narrowest terminal."""
_LOUDEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def render(report: Report, style: Style) -> str:
    """Return the text."""
    lines = [head(finding, style) for finding in shown_findings(report)]
    lists = (upcoming_lines, undecided_lines, statistics, provenance)
    lines += [line for of_report in lists for line in of_report(report, style)]
    return "\n".join([*lines, *summary(report, style), ""])


def shown_findings(report: Report) -> Iterator[Finding]:
    """Yield the findings that a person wants to see."""
    for finding in report.findings:
        if finding.suppressed is None or report.show_suppressed:
            yield finding


def head(finding: Finding, style: Style) -> str:
    """Return the line that names a finding and its place."""
    word: Phrase = finding.severity.word
    if finding.suppressed is not None:
        word = phrase("suppressed {severity}", severity=word)
    return _labelled(finding, word, style)


def _labelled(finding: Finding, word: Phrase, style: Style) -> str:
    rule = linked(one_line(finding.rule), page_of(finding.sources) if finding.sources else None, style)
    label = painted(f"{style.say(word)}[{rule}]", COLORS[finding.severity], style)
    return f"{_place(finding.path, finding.region.start, style)} {label} {one_line(finding.message)}"


def note(word: str, text: str, indent: int, style: Style) -> list[str]:
    """Return a labelled text, wrapped under itself, with so many columns before it."""
    sign = painted("=", FRAME, style) + " " + painted(f"{word}:", STRONG, style)
    under = " " * (indent + len(word) + 4)
    first, *rest = wrapped(one_line(text), max(style.width - len(under), LEAST_ROOM))
    return [f"{' ' * indent}{sign} {first}", *(under + line for line in rest)]


def spot(path: str, position: Position) -> str:
    """Return a place as ``path:line:col``."""
    # A line that starts with "::" would be a command in a log of GitHub Actions.
    prefix = "./" if path.lstrip().startswith("::") else ""
    return f"{prefix}{visible(path)}:{position.line}:{position.column}"


def _place(path: str, position: Position, style: Style) -> str:
    return f"{painted(spot(path, position), STRONG, style)}:"


def upcoming_lines(report: Report, style: Style) -> list[str]:
    """Return a line for each thing that the run fails on before its day."""
    if not report.upcoming:
        return []
    from policylint.reporters.upcoming import upcoming_findings

    return [
        _labelled(finding, phrase("upcoming {severity}", severity=finding.severity.word), style)
        for finding in upcoming_findings(report, style.say)
    ]


def undecided_lines(report: Report, style: Style) -> list[str]:
    """Return a line for each verdict that hangs on an unknown value, where they are wanted."""
    return [_undecided(verdict, style) for verdict in report.verdicts] if report.show_undecided else []


def _undecided(verdict: UndecidedVerdict, style: Style) -> str:
    label = painted(f"{style.say(phrase('undecided'))}[{one_line(verdict.rule)}]", COLORS[Severity.OFF], style)
    said = "{campaign}: cannot tell from {field}: {why}"
    told = style.say(phrase(said, campaign=verdict.campaign, field=verdict.field, why=verdict.why))
    return f"{_place(verdict.path, verdict.region.start, style)} {label} {one_line(told)}"


def statistics(report: Report, style: Style) -> list[str]:
    """Return a line for each rule that was broken, the most broken first, where they are wanted."""
    if not style.statistics:
        return []
    by_rule: dict[str, list[Finding]] = {}
    for finding in shown_findings(report):
        by_rule.setdefault(finding.rule, []).append(finding)
    ordered = sorted(by_rule.values(), key=lambda findings: (-len(findings), findings[0].rule))
    rows = [
        (style.say(severities(findings)), findings[0].code or "", one_line(findings[0].rule)) for findings in ordered
    ]
    counts, codes = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    return [f"{count:<{counts}}  {code:<{codes}}  {rule}" for count, code, rule in rows]


def provenance(report: Report, style: Style) -> list[str]:
    """Return what the verdicts rest on, where it is wanted."""
    if not style.provenance:
        return []
    from policylint.reporters.provenance import provenance_lines

    return list(map(style.say, provenance_lines(report)))


def severities(findings: Iterable[Finding]) -> Phrase:
    """Return how many there are of each severity, as ``2 errors, 1 warning``."""
    found = [finding.severity for finding in findings]
    counts = {severity: found.count(severity) for severity in _LOUDEST_FIRST if severity in found}
    return joined(", ", [counted_severity(severity, count) for severity, count in counts.items()])


def counted_severity(severity: Severity, count: int) -> Phrase:
    """Return a number of findings of a severity."""
    if severity is Severity.ERROR:
        return counted("{count} error", "{count} errors", count=count)
    if severity is Severity.WARNING:
        return counted("{count} warning", "{count} warnings", count=count)
    return counted("{count} info", "{count} infos", count=count)


def summary(report: Report, style: Style) -> list[str]:
    """Return the last line, after loud ones (files not read, no campaign, what is switched off) and what is fixable."""
    told = (painted(style.say(said), COLORS[Severity.WARNING], style) for said in loud(report))
    is_told = style.audience in (None, "dev") and any(finding.fix is not None for finding in report.findings)
    fixable = _fixable(report) if is_told else []
    return [*told, *map(style.say, fixable), style.say(_totals(report))]


def _fixable(report: Report) -> list[Phrase]:
    from policylint.reporters.fixes import fixable_in_words  # late: most runs have nothing to mend

    said = fixable_in_words(report)
    return [] if said is None else [said]


def loud(report: Report) -> list[Phrase]:
    """Return what nobody may overlook who takes the result for a clean one."""
    said = (unread(report), no_campaigns(report), switched_off_in_words(report.switched_off))
    return [one for one in said if one is not None]


def unread(report: Report) -> Phrase | None:
    """Return what is to be said of files that were not read, though nothing shows that they are campaigns."""
    if not report.unread:
        return None
    return counted(
        "{count} file was not read, {path}: it cannot be parsed and shows no sign of a campaign, or is very large;"
        " name it to see why",
        "{count} files were not read, {path} the first: each cannot be parsed and shows no sign of a campaign, or is"
        " very large; name one to see why",
        count=len(report.unread),
        path=visible(report.unread[0]),
    )


def no_campaigns(report: Report) -> Phrase | None:
    """Return what is to be said where nothing was judged."""
    if report.campaigns:
        return None
    return nothing_judged(report.files)


def nothing_judged(files: int) -> Phrase:
    """Return what is said where there is no campaign in so many files."""
    return counted(
        "0 campaigns found in {count} file: nothing was judged",
        "0 campaigns found in {count} files: nothing was judged",
        count=files,
    )


def switched_off_in_words(found: SwitchedOff) -> Phrase | None:
    """Return what the configuration switches off, as ``switched off: 2 rules (policylint.yaml)``; None for nothing.

    What is suppressed stands in the last line.
    """
    parts = [
        counted("{count} rule", "{count} rules", count=found.rules),
        counted("{count} rule made milder", "{count} rules made milder", count=found.milder),
        counted("{count} path excluded", "{count} paths excluded", count=found.excluded),
    ]
    parts = [part for part in parts if part.values["count"]]
    if found.never_fails:
        parts.append(phrase("failing"))
    if not parts:
        return None
    by = one_line(found.by) if found.by is not None else "-"
    return phrase("switched off: {parts} ({by})", parts=joined(", ", parts), by=by)


def _totals(report: Report) -> Phrase:
    made = [] if report.fixed is None else [phrase("{count} fixed", count=report.fixed)]
    return joined(" · ", [found_in_words(report), *made, looked_at_in_words(report)])


def found_in_words(report: Report) -> Phrase:
    """Return what was found, as ``1 error, 2 warnings in 2 of 5 files``."""
    counting = [finding for finding in report.findings if finding.suppressed is None]
    files = counted("{count} file", "{count} files", count=report.files)
    if not counting:
        return phrase("no findings in {files}", files=files)
    found, found_in = severities(counting), len({finding.path for finding in counting if _is_in_file(finding)})
    if not found_in:
        return phrase("{findings} beside {files}", findings=found, files=files)
    return phrase("{findings} in {count} of {files}", findings=found, count=found_in, files=files)


def _is_in_file(finding: Finding) -> bool:
    return not finding.rule.startswith(BESIDE_CHECKED_FILES)


def looked_at_in_words(report: Report) -> Phrase:
    """Return on what the verdict rests, as ``3 campaigns, 46 rules, 1 suppressed (as of 2026-11-23)``."""
    parts = [
        counted("{count} campaign", "{count} campaigns", count=report.campaigns),
        counted("{count} rule", "{count} rules", count=report.applied),
        counted(
            "{count} file with nothing to check",
            "{count} files with nothing to check",
            count=report.nothing_to_check,
        ),
        phrase("{count} upcoming", count=len(report.upcoming)),
        counted("{count} file not read", "{count} files not read", count=len(report.unread)),
        phrase("{count} undecided", count=report.undecided),
        phrase("{count} suppressed", count=report.accepted("in_source")),
        phrase("{count} waived", count=report.accepted("waiver")),
        phrase("{count} baselined", count=report.accepted("baseline")),
    ]
    said = joined(", ", [*parts[:2], *(part for part in parts[2:] if part.values["count"])])
    if report.at is None:
        return phrase("{looked_at} (as of {day})", looked_at=said, day=report.as_of)
    return phrase("{looked_at} (as if on {day})", looked_at=said, day=report.at)


def suppression_in_words(suppression: Suppression) -> Phrase:
    """Return who lets a finding pass, why and how long, as ``in the file: … (until 2026-12-31)``."""
    from policylint.reporters.acceptance import accepted

    why = accepted(suppression)
    if suppression.kind == "in_source":
        return phrase("in the file: {why}", why=why)
    if suppression.kind == "waiver":
        return phrase("by a waiver: {why}", why=why)
    return phrase("by the baseline: {why}", why=why)
