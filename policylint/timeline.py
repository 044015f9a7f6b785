"""Files × the days on which their rules change → what changes for each campaign; each day is judged by a run for it.

Between two days on which a step of a rule begins, a parameter has another value, a suppression ends, or a waiver begins
or ends, no verdict changes: few runs tell what a run for every day would.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from policylint.changes import changes, standing_of
from policylint.model.rule import Severity
from policylint.model.timeline import CampaignTimeline, Difference, Standing, Timeline
from policylint.model.tuples import NamedTuple
from policylint.windows import Planned, planned

if TYPE_CHECKING:
    from policylint.checker import Checker
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.model.finding import Report, Sender
    from policylint.model.timeline import Change

Judge: TypeAlias = "Callable[[Target, date], Report]"
"""Checks one file as a run on that day does, and as if its campaigns ran then."""


class _Span(NamedTuple):
    """A campaign and the days on which it is looked at, both inclusive."""

    plan: Planned
    first: date
    last: date


def timeline(targets: Sequence[Target], checker: Checker, judge: Judge, horizon: date) -> Timeline:
    """Return what changes for each campaign on the days on which it runs, until the horizon.

    A campaign that has ended is looked at on all its days, any other from the day of the run on.
    """
    settings = checker.settings
    days_of = _days_of(checker)
    campaigns: list[CampaignTimeline] = []
    later = 0
    for target in targets:
        spans = []
        for plan in planned(target, checker):
            first, last = _days_to_look_at(plan, settings, horizon)
            if first <= last:
                spans.append(_Span(plan, first, last))
            else:
                later += 1
        campaigns.extend(_of_file(target, spans, judge, days_of))
    packs = checker.rules.packs_used()
    return Timeline(settings.as_of, settings.at, horizon, len(targets), tuple(campaigns), later, packs)


def _days_to_look_at(plan: Planned, settings: Settings, horizon: date) -> tuple[date, date]:
    """Return the first and the last day; none lies between them for a campaign that begins after the horizon."""
    if settings.at is not None:
        return settings.at, horizon
    window = plan.window
    if not window.own:
        return settings.as_of, horizon
    if window.last is not None and window.last < settings.as_of:
        return window.first, window.last
    return max(window.first, settings.as_of), min(window.last or horizon, horizon)


def _days_of(checker: Checker) -> Callable[[Sender], Sequence[date]]:
    """Return what gives the days on which a rule that can look at such a campaign changes, or a waiver does."""
    rules, waivers = checker.rules, checker.settings.waivers
    of_waivers = set() if waivers is None else set(waivers.days_of_change())

    @cache
    def days_of(sender: Sender) -> Sequence[date]:
        found = (rules.rules[card.id] for card in rules.looking_at(sender))
        return sorted(of_waivers.union(*(rule.days_of_change() for rule in found)))

    return days_of


def _of_file(
    target: Target, spans: Sequence[_Span], judge: Judge, days_of: Callable[[Sender], Sequence[date]]
) -> Iterator[CampaignTimeline]:
    """Yield what changes for each campaign of a file; campaigns of one name in it are told of as one."""
    by_name: dict[str, list[_Span]] = {}
    for span in spans:
        by_name.setdefault(span.plan.campaign, []).append(span)
    if not by_name:
        return
    last = max(span.last for span in spans)
    pending = [span.first for span in spans]
    pending += [day for span in spans for day in days_of(span.plan.sender) if span.first < day <= span.last]
    heapq.heapify(pending)
    begun: dict[str, Standing] = {}
    found: dict[str, list[Change]] = {name: [] for name in by_name}
    before: tuple[date, Report] | None = None
    while pending:
        day = heapq.heappop(pending)
        if before is not None and day == before[0]:
            continue
        report = judge(target, day)
        for name, same in by_name.items():
            if day == min(span.first for span in same):
                begun[name] = _worst(report, name)
        for change in changes(before[1], report, before[0], day) if before is not None else ():
            same = by_name.get(change.at.campaign or "", [])
            if any(span.first < day <= span.last for span in same):
                found[change.at.campaign or ""].append(change)
        for ends in _suppressions_end(report):
            if day < ends <= last:
                heapq.heappush(pending, ends)
        before = (day, report)
    for name, same in by_name.items():
        plan = same[0].plan
        first, last = min(span.first for span in same), max(span.last for span in same)
        yield CampaignTimeline(*plan[:5], first, last, begun[name], tuple(found[name]))


def _suppressions_end(report: Report) -> Iterator[date]:
    """Yield the first days on which suppressions of these findings no longer hold."""
    for finding in report.findings:
        until = finding.suppressed.until if finding.suppressed is not None else None
        if until is not None and until < date.max:
            yield until + timedelta(days=1)


def _worst(report: Report, campaign: str) -> Standing:
    """Return the worst that is said of a campaign."""
    found = [
        standing_of(finding) for finding in report.findings if finding.campaign == campaign and finding.code is not None
    ]
    found += [Standing.UNDECIDED for verdict in report.verdicts if verdict.campaign == campaign]
    return max(found, default=Standing.PASSES)


def difference(
    targets: Sequence[Target], checker: Checker, judge: Judge, start: date, end: date, *, running_only: bool
) -> Difference:
    """Return which verdicts are others on ``end`` than on ``start``, and what changed between these days.

    Args:
        targets: The files.
        checker: Tells which campaigns are in them.
        judge: Checks a file as on a day.
        start: A day.
        end: Another one; it may be the earlier of the two.
        running_only: Leave out campaigns that by their own dates do not run on the later of the two days.

    """
    campaigns: list[CampaignTimeline] = []
    left_out = 0
    for target in targets:
        plans: dict[str, Planned] = {}
        for plan in planned(target, checker):
            if running_only and plan.window.own and not plan.window.holds(max(start, end)):
                left_out += 1
            else:
                plans.setdefault(plan.campaign, plan)
        if not plans:
            continue
        before, after = judge(target, start), judge(target, end)
        found = changes(before, after, start, end)
        for name, plan in plans.items():
            of_campaign = tuple(change for change in found if change.at.campaign == name)
            campaigns.append(CampaignTimeline(*plan[:5], start, end, _worst(before, name), of_campaign))
    return Difference(start, end, len(targets), tuple(campaigns), left_out, checker.rules.packs_used())


def upcoming(
    report: Report, targets: Sequence[Target], checker: Checker, judge: Judge, days: int
) -> tuple[Change, ...]:
    """Return what a run does not fail on yet and will within some days, for campaigns that run then.

    Args:
        report: Of the run.
        targets: Its files.
        checker: Tells which campaigns are in them.
        judge: Checks a file as on a day.
        days: How many, after the day of the run.

    Returns:
        For each place the first change to a finding at or above ``fail_on``, an error where nothing fails a run.

    """
    settings = checker.settings
    today = settings.at or settings.as_of
    horizon = today + timedelta(days=min(days, (date.max - today).days))
    if not _may_change(report, checker, today, horizon):
        return ()
    least = Standing.of(report.fail_on or Severity.ERROR)
    told = {
        (finding.rule, finding.path, finding.pointer) for finding in report.findings if standing_of(finding) >= least
    }
    found = []
    for campaign in timeline(targets, checker, judge, horizon).campaigns:
        for change in campaign.changes:
            place = (change.at.rule, change.at.path, change.at.pointer)
            if change.day > today and change.after >= least and place not in told:
                told.add(place)
                found.append(change)
    return tuple(found)


def _may_change(report: Report, checker: Checker, today: date, horizon: date) -> bool:
    """Tell whether on one of the days after ``today`` a rule or a waiver changes, or a suppression ends."""
    rules = (rule for pack in checker.rules.packs for rule in pack.rules)
    days = [*(day for rule in rules for day in rule.days_of_change()), *_suppressions_end(report)]
    if checker.settings.waivers is not None:
        days += checker.settings.waivers.days_of_change()
    return any(today < day <= horizon for day in days)
