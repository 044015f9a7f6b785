"""Findings of a whole run → the same with those marked that a waiver accepts, and what is wrong with the waivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from policylint.errors import ConfigError, did_you_mean
from policylint.globs import glob
from policylint.model.finding import Finding, Suppression
from policylint.model.phrase import phrase
from policylint.model.source import Problem
from policylint.model.tuples import NamedTuple
from policylint.reach import relative
from policylint.resolve import tool_finding

if TYPE_CHECKING:
    from policylint.model.rule import RuleNames
    from policylint.model.waiver import Waiver, Waivers
    from policylint.reach import Reach


class Waived(NamedTuple):
    """What waivers make of the findings of a run."""

    findings: list[Finding]
    """The findings that were given, in their order."""
    problems: list[Finding]
    """What is to be said of the waivers themselves."""


def check_names(waivers: Waivers, known: Mapping[str, str]) -> None:
    """Check that every waiver names a rule.

    Args:
        waivers: The waivers of the run.
        known: Rule id or code, present or former → rule id.

    Raises:
        ConfigError: One names no rule; all of them at once, each with its place.

    """
    unknown = [waiver for waiver in waivers.entries if waiver.rule not in known]
    if unknown:
        said = (f"{waiver.place}: there is no rule '{waiver.rule}'" for waiver in unknown)
        hints = (did_you_mean(waiver.rule, list(known)) for waiver in unknown)
        raise ConfigError("\n".join(map("".join, zip(said, hints, strict=True))), "see `policylint rules`")


def apply_waivers(findings: Sequence[Finding], waivers: Waivers, names: RuleNames, reach: Reach, as_of: date) -> Waived:
    """Mark the findings that a waiver accepts; of several waivers that fit, the first.

    Args:
        findings: All findings of the run. Those that their file suppresses stay as they are.
        waivers: The waivers of the run; each names a rule.
        names: The rules.
        reach: What the run has looked at: a waiver is called unused or ended only where it would have been met.
        as_of: The day of the run.

    """
    desk = _Desk(waivers, names, reach, as_of)
    marked = [desk.judged(finding) for finding in findings]
    return Waived(marked, desk.problems())


class _Desk:
    """Holds the waivers by rule, and notes which of them were met."""

    def __init__(self, waivers: Waivers, names: RuleNames, reach: Reach, as_of: date) -> None:
        self.waivers = waivers
        self.rules = [names.known[waiver.rule] for waiver in waivers.entries]
        self.names = names
        self.reach = reach
        self.as_of = as_of
        self.by_rule: dict[str, list[int]] = {}
        for number, rule in enumerate(self.rules):
            self.by_rule.setdefault(rule, []).append(number)
        self.used: set[int] = set()
        self.met: set[int] = set()
        """Those that fit a finding, though they may not waive it."""
        self.wanted: set[int] = set()
        """Those that fit a finding that nothing accepts."""
        self.relative = cache(lambda path: relative(path, waivers.base))

    def judged(self, finding: Finding) -> Finding:
        """Return a finding, marked where a waiver accepts it."""
        fitting = [n for n in self.by_rule.get(finding.rule, ()) if self.fits(self.waivers.entries[n], finding)]
        self.met.update(fitting)
        if finding.suppressed is None:
            sound = next((number for number in fitting if self.is_sound(number)), None)
            if sound is None:
                self.wanted.update(fitting)
                return finding
            self.used.add(sound)
            finding = finding._replace(suppressed=_suppression(self.waivers.entries[sound]), fix=None)
        return finding

    def fits(self, waiver: Waiver, finding: Finding) -> bool:
        """Tell whether a waiver is for the file and the campaign of a finding."""
        return waiver.campaign in (None, finding.campaign) and (
            waiver.path is None or glob(waiver.path).fits(self.relative(finding.path))
        )

    def is_sound(self, number: int) -> bool:
        """Tell whether a waiver may waive anything on the day of the run."""
        waiver = self.waivers.entries[number]
        within = waiver.days_from(self.as_of) <= self.waivers.policy.max_days
        return waiver.holds_on(self.as_of) and within and self.names.waivable(self.rules[number])

    def problems(self) -> list[Finding]:
        """Return what is wrong with the waivers."""
        found = [finding for number in range(len(self.rules)) for finding in self.problems_of(number)]
        live = [number for number in range(len(self.rules)) if self.is_sound(number)]
        limit = self.waivers.policy.limit
        if limit is not None and len(live) > limit:
            said = "{count} waivers are in force, and waiver_limit allows {limit}"
            message = phrase(said, count=len(live), limit=limit)
            hint = phrase("mend the findings of some of them and remove these")
            found.append(self.problem(live[limit], "rule", "limit", message, hint))
        return found

    def problems_of(self, number: int) -> list[Finding]:
        """Return what is wrong with a waiver, at most one thing."""
        waiver, rule, policy = self.waivers.entries[number], self.rules[number], self.waivers.policy
        about = phrase("the waiver of {rule} for {scope}", rule=rule, scope=waiver.scope)
        if not self.names.waivable(rule):
            hint = phrase("mend the findings, and remove the waiver")
            said = phrase("the rule {rule} may not be waived", rule=rule)
            return [self.problem(number, "rule", "not-allowed", said, hint)]
        days = waiver.days_from(self.as_of)
        if days > policy.max_days:
            said = phrase(
                "{waiver} lasts {count} days from {since} on, and waiver_max_days allows {limit}",
                waiver=about,
                count=days,
                since=waiver.added or phrase("today"),
                limit=policy.max_days,
            )
            hint = phrase("bring its end nearer: it can be renewed then")
            return [self.problem(number, "until", "too-long", said, hint)]
        seen = rule in self.reach.rules and self.reach.covers_glob(waiver.path, self.waivers.base)
        if waiver.until < self.as_of:
            if number in self.wanted:
                hint = phrase("mend the findings and remove the waiver, or have it renewed: `policylint waivers renew`")
                said = phrase("{waiver} ended on {day}", waiver=about, day=waiver.until)
                return [self.problem(number, "until", "expired", said, hint)]
            said = phrase("{waiver} ended on {day}, and there is nothing left to waive", waiver=about, day=waiver.until)
            is_sure = seen or number in self.met
            return [self.problem(number, "until", "expired", said, phrase("remove it"), "warning")] if is_sure else []
        if not waiver.holds_on(self.as_of):
            return []
        if number in self.used:
            left = (waiver.until - self.as_of).days
            if left > policy.notice_days:
                return []
            when = phrase("today") if left == 0 else phrase("tomorrow")
            if left > 1:
                when = phrase("in {count} days, on {day}", count=left, day=waiver.until)
            hint = phrase("mend the findings, or have it renewed: `policylint waivers renew`")
            said = phrase("{waiver} ends {when}", waiver=about, when=when)
            return [self.problem(number, "until", "expiring", said, hint, "warning")]
        if not seen:
            return []
        said = phrase("{waiver} waives nothing", waiver=about)
        if number in self.met:
            said = phrase("{waiver} waives nothing: what it is for is accepted already", waiver=about)
        return [self.problem(number, "rule", "unused", said, phrase("remove it"), "warning")]

    def problem(self, number: int, key: str, kind: str, message: str, hint: str, severity: str = "error") -> Finding:
        """Return a finding about a waiver."""
        waiver = self.waivers.entries[number]
        pointer = (*waiver.pointer, key)
        region = waiver.document.region(pointer)
        problem = Problem(f"waiver-{kind}", message, region, severity, pointer, hint=hint)
        return tool_finding(problem, waiver.document.path, document=waiver.document)


def _suppression(waiver: Waiver) -> Suppression:
    return Suppression("waiver", waiver.reason, waiver.until, waiver.owner, waiver.approver, waiver.ticket)
