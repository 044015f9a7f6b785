"""A finding → since when it is in force, what changes and how soon, in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from policylint.model.finding import Finding
from policylint.model.phrase import Phrase, counted, joined, phrase
from policylint.model.rule import Severity, Step

if TYPE_CHECKING:
    from policylint.model.finding import Report


def dated(finding: Finding, report: Report) -> list[Phrase]:
    """Return phrases, to be joined by spaces: ``in force since 2019-12-07``, ``(warning since 2018-04-24)``."""
    if finding.since is None:
        return []
    day = report.at or report.as_of
    if finding.since_observed:
        phrases = [phrase("observed in force on {day}", day=finding.since)]
    elif finding.since <= day:
        phrases = [phrase("in force since {day}", day=finding.since)]
    else:
        phrases = [phrase("in force from {day}", day=finding.since)]
    if finding.earlier is not None and finding.earlier.severity is not Severity.OFF:
        said = "({severity} observed on {day})" if finding.earlier.observed else "({severity} since {day})"
        phrases.append(phrase(said, severity=finding.earlier.severity.word, day=finding.earlier.since))
    step = finding.next_change
    if step is not None and not is_bounded(finding, report, step):
        if step.severity is Severity.OFF:
            change = phrase("ends on {day}", day=step.since)
        else:
            pattern = "becomes {severity} on {day}" if step.since > day else "became {severity} on {day}"
            change = phrase(pattern, severity=step.severity.word, day=step.since)
        if step.since > day:
            change = phrase("{change} ({how_soon})", change=change, how_soon=how_soon(step.since, day))
        phrases = [*phrases[:-1], joined("", [phrases[-1], ","]), change]
    return phrases


def will_block(report: Report) -> list[tuple[Step, Finding]]:
    """Return the findings that do not make the run fail now and will, with the step from which on, by its day."""
    day = report.at or report.as_of
    found = {
        finding.fingerprint: (finding.next_change, finding)
        for finding in report.findings
        if finding.next_change is not None
        and finding.next_change.since > day
        and not report.blocks(finding)
        and report.blocks(finding._replace(severity=finding.next_change.severity))
    }
    for change in report.upcoming:
        if isinstance(change.at, Finding):
            found[change.at.fingerprint] = (Step(change.day, change.at.severity), change.at)
    return sorted(found.values(), key=lambda item: item[0].since)


def is_bounded(finding: Finding, report: Report, step: Step) -> bool:
    """Tell whether the step changes nothing here, because a cap or the configuration decides the severity."""
    if step.severity is Severity.OFF:
        return False
    rule = report.rules.get(finding.rule)
    return bool(finding.notes) or (rule is not None and rule.overridden is not None)


def how_soon(day: date, today: date) -> Phrase:
    """Return how long it takes to a day that is to come, as ``in 22 days``."""
    return counted("in {count} day", "in {count} days", count=(day - today).days)
