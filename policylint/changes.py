"""Two reports on the same files, for two days → the verdicts that are not the same, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from policylint.model.phrase import phrase
from policylint.model.rule import Severity
from policylint.model.timeline import Cause, CauseKind, Change, Standing

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report, UndecidedVerdict
    from policylint.model.rule import Rule
    from policylint.model.source import Pointer

_Place: TypeAlias = "tuple[str, str, str, str, int]"
"""Rule, path, record, pointer by names, and which of the items that have the same names."""


def changes(before: Report, after: Report, since: date, day: date) -> list[Change]:
    """Return what is another verdict in the second report than in the first, in the order of its places.

    Args:
        before: What a run on the day ``since`` says.
        after: What a run on ``day`` says of the same files.
        since: Between the two days no verdict changes, but for what the causes of a change name.
        day: May be the earlier of the two.

    """
    old, new = _findings(before), _findings(after)
    unsure_before, unsure_after = _undecided(before), _undecided(after)
    found = []
    for place in dict.fromkeys((*new, *old)):
        was, now = old.get(place), new.get(place)
        at = new[place] if place in new else old[place]
        asked = (at.rule, at.campaign)
        earlier, later = _standing(was, asked in unsure_before), _standing(now, asked in unsure_after)
        if earlier is not later and max(earlier, later) > Standing.UNDECIDED:
            rule = after.rules[at.rule]
            found.append(Change(day, rule, earlier, later, at, tuple(_causes(rule, (was, now), since, day))))
    told = {(one.rule, one.campaign) for one in (*old.values(), *new.values())}
    for asked in dict.fromkeys((*unsure_after, *unsure_before)):
        earlier, later = _standing(None, asked in unsure_before), _standing(None, asked in unsure_after)
        if earlier is not later and asked not in told:
            rule = after.rules[asked[0]]
            verdict = unsure_after.get(asked) or unsure_before[asked]
            found.append(Change(day, rule, earlier, later, verdict, tuple(_causes(rule, (), since, day))))
    return sorted(found, key=lambda change: (change.at.path, change.at.region.start, change.rule.code))


def _findings(report: Report) -> dict[_Place, Finding]:
    """Return the findings of rules by what stays the same from day to day; of several at one place the worst.

    A fingerprint does not: with another limit other items of a list break a rule, and it counts them all.
    """
    found: dict[_Place, Finding] = {}
    alike: dict[tuple[str, ...], dict[Pointer, int]] = {}
    for finding in report.findings:
        if finding.code is not None:
            identity = finding.identity
            record, pointer = ("", finding.fingerprint) if identity is None else (identity.record, identity.pointer)
            names = (finding.rule, finding.path, record, pointer)
            numbers = alike.setdefault(names, {})
            place = (*names, numbers.setdefault(finding.pointer, len(numbers)))
            known = found.get(place)
            if known is None or standing_of(known) < standing_of(finding):
                found[place] = finding
    return found


def _undecided(report: Report) -> dict[tuple[str, str | None], UndecidedVerdict]:
    """Return the undecided verdicts by rule and campaign: of each there is one at most."""
    return {(verdict.rule, verdict.campaign): verdict for verdict in reversed(report.verdicts)}


def standing_of(finding: Finding) -> Standing:
    """Return what a finding says."""
    return Standing.SUPPRESSED if finding.suppressed is not None else Standing.of(finding.severity)


def _standing(finding: Finding | None, unsure: bool) -> Standing:
    if finding is None:
        return Standing.UNDECIDED if unsure else Standing.PASSES
    return standing_of(finding)


def _causes(rule: Rule, findings: Sequence[Finding | None], since: date, day: date) -> Iterator[Cause]:
    """Yield what begins to count after the earlier of two days, up to the later one."""
    first, last = min(since, day), max(since, day)
    for step in rule.enforcement:
        if first < step.since <= last:
            severity = step.severity
            if rule.overridden is not None and severity is not Severity.OFF:
                severity = rule.overridden
            yield Cause(CauseKind.STEP, step.since, step.note, severity, step.observed)
    for name, parameter in rule.parameters.items():
        for (_, old), (begins, new) in pairwise(parameter.values):
            if first < begins <= last:
                yield Cause(
                    CauseKind.PARAMETER, begins, phrase("{name} is {new}, not {old}", name=name, new=new, old=old)
                )
    suppressions = [finding.suppressed for finding in findings if finding is not None]
    for suppression in suppressions:
        if suppression is not None and suppression.until is not None and first <= suppression.until < last:
            kind = CauseKind.WAIVER if suppression.kind == "waiver" else CauseKind.SUPPRESSION
            yield Cause(kind, suppression.until + timedelta(days=1), suppression.reason)
