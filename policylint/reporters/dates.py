"""A finding → since when it is in force, and what changes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.model.rule import Severity, Step

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report


def dated(finding: Finding, report: Report) -> list[str]:
    """Return phrases, to be joined by spaces: ``in force since 2019-12-07``, ``(warning since 2018-04-24)``."""
    if finding.since is None:
        return []
    day = report.at or report.as_of
    if finding.since_observed:
        phrases = [f"observed in force on {finding.since}"]
    else:
        phrases = [f"in force {'since' if finding.since <= day else 'from'} {finding.since}"]
    if finding.earlier is not None and finding.earlier.severity is not Severity.OFF:
        word = "observed on" if finding.earlier.observed else "since"
        phrases.append(f"({finding.earlier.severity} {word} {finding.earlier.since})")
    step = finding.next_change
    if step is not None and not _is_bounded(finding, report, step):
        verb = "becomes" if step.since > day else "became"
        change = f"ends on {step.since}" if step.severity is Severity.OFF else f"{verb} {step.severity} on {step.since}"
        phrases = [*phrases[:-1], f"{phrases[-1]},", change]
    return phrases


def will_block(report: Report) -> list[tuple[Step, Finding]]:
    """Return the findings that do not make the run fail now and will, with the step from which on, by its day."""
    day = report.at or report.as_of
    found = [
        (finding.next_change, finding)
        for finding in report.findings
        if finding.next_change is not None
        and finding.next_change.since > day
        and not report.blocks(finding)
        and report.blocks(finding._replace(severity=finding.next_change.severity))
    ]
    return sorted(found, key=lambda item: item[0].since)


def _is_bounded(finding: Finding, report: Report, step: Step) -> bool:
    """Tell whether the step changes nothing here, because a cap or the configuration decides the severity."""
    if step.severity is Severity.OFF:
        return False
    rule = report.rules.get(finding.rule)
    return bool(finding.notes) or (rule is not None and rule.overridden is not None)
