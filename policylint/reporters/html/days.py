"""A campaign and its findings → stretches of its days, each with what was found there; campaigns → a scale of days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from policylint.model.rule import Severity
from policylint.model.tuples import NamedTuple
from policylint.resolve import effective

if TYPE_CHECKING:
    from policylint.model.finding import CampaignSummary, Finding, Report, Window
    from policylint.model.rule import Step

_DAY = timedelta(days=1)
_YEAR = 366
_MOST_TICKS = 7
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 1200, 12000)
"""Months from one tick to the next."""
_REACH = (3653, 1827)
"""Days before and after the day of the run that a scale shows at most."""


class Stretch(NamedTuple):
    """Days, both inclusive, on which the same was found; ``last`` None means for ever."""

    first: date
    last: date | None
    severity: Severity | None
    """The worst that counts; OFF where nothing does; None where since when a rule holds is not known."""


def stretches(summary: CampaignSummary, findings: Iterable[Finding], report: Report) -> list[Stretch]:
    """Return the days of a campaign, in order and without gaps."""
    days = dict(summary.findings)
    counted = [_Broken(one, days.get(one.fingerprint, ()), report) for one in findings if one.suppressed is None]
    first, last = summary.window.first, summary.window.last
    changes = {change for one in counted for change in one.changes() if first < change and (not last or change <= last)}
    starts = [first, *sorted(changes)]
    found: list[Stretch] = []
    for start, end in zip(starts, [*(start - _DAY for start in starts[1:]), last], strict=True):
        severity = _worst(one.on(start) for one in counted)
        if found and found[-1].severity is severity:
            found[-1] = found[-1]._replace(last=end)
        else:
            found.append(Stretch(start, end, severity))
    return found


def _worst(severities: Iterable[Severity | None]) -> Severity | None:
    """Return the worst; what is not known is worse than nothing, and milder than anything that was found."""
    known = list(severities)
    worst = max((severity for severity in known if severity is not None), default=Severity.OFF)
    return None if worst is Severity.OFF and None in known else worst


class _Broken:
    """A finding, by day."""

    def __init__(self, finding: Finding, windows: Sequence[Window], report: Report) -> None:
        rule = report.rules.get(finding.rule)
        self.steps: Sequence[Step] = () if rule is None or finding.since is None else effective(rule)
        self.windows = windows
        self.bound = finding.severity
        """The worst within the campaign's days: no later step counts for more, and a cap bounds them all."""

    def changes(self) -> Iterator[date]:
        yield from (step.since for step in self.steps)
        for window in self.windows:
            yield window.first
            if window.last is not None and window.last < date.max:
                yield window.last + _DAY

    def on(self, day: date) -> Severity | None:
        windows = self.windows
        if windows and not any(one.holds(day) for one in windows):
            return Severity.OFF
        if not self.steps:
            return self.bound
        in_force = [step for step in self.steps if step.since <= day]
        if not in_force:
            return None if self.steps[0].observed else Severity.OFF
        return min(in_force[-1].severity, self.bound)


class Scale(NamedTuple):
    """The days that a picture shows: stretches from one knot to the next, each of them even."""

    knots: Sequence[date]
    lengths: Sequence[float]
    """How much room each stretch takes; in days, but for those that are shortened."""
    shortened: Sequence[int]
    """Which ones are."""

    def share(self, day: date) -> float:
        """Return where a day begins, in percent from the left; what lies outside is at an end."""
        index = bisect_right(self.knots, day) - 1
        if index < 0:
            return 0.0
        if index >= len(self.lengths):
            return 100.0
        first, after = self.knots[index], self.knots[index + 1]
        within = (day - first) / (after - first)
        return round((sum(self.lengths[:index]) + within * self.lengths[index]) / sum(self.lengths) * 100, 2)

    def breaks(self) -> list[tuple[float, date, date]]:
        """Return the middle of each stretch that is shortened, in percent, and its days."""
        ends = [(self.knots[index], self.knots[index + 1]) for index in self.shortened]
        return [((self.share(first) + self.share(after)) / 2, first, after) for first, after in ends]

    def ticks(self) -> list[tuple[date, str]]:
        """Return the days to be named, each with its name."""
        first, last, shown = self.knots[0], self.knots[-1], sum(self.lengths)
        for step in (1, 7):
            if shown / step <= _MOST_TICKS:
                days = (first + step * number * _DAY for number in range((last - first).days // step + 1))
                return [(day, str(day)) for day in days if self._is_even(day)]
        step = next(step for step in _MONTHS if shown / 30.4 / step <= _MOST_TICKS)
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        begun = (date(month // 12, month % 12 + 1, 1) for month in months if month % step == 0)
        return [(day, str(day)[: 4 if step >= 12 else 7]) for day in begun if first <= day and self._is_even(day)]

    def _is_even(self, day: date) -> bool:
        """Tell whether a day lies where nothing is shortened."""
        return bisect_right(self.knots, day) - 1 not in self.shortened


def scale_of(rows: Iterable[Sequence[Stretch]], day: date) -> Scale:
    """Return a scale for many campaigns and the day of the run, with some room around.

    A long time in which nothing begins, ends or changes is shortened: else a newsletter of years ago would leave no
    room for the days of this month.
    """
    low, high = day - min(_REACH[0] * _DAY, day - date.min), day + min(_REACH[1] * _DAY, date.max - day)
    shown = {day}
    for row in rows:
        ends = (one.last for one in row if one.last is not None)
        shown.update(min(max(one, low), high) for one in (*(stretch.first for stretch in row), *ends))
    knots = sorted(shown)
    lengths = [float((after - before).days) for before, after in pairwise(knots)]
    shortened = list(_shortened(lengths))
    room = max(int(sum(lengths) / 16), 2) * _DAY
    first, last = knots[0] - min(room, knots[0] - date.min), knots[-1] + min(room, date.max - knots[-1])
    return Scale(
        [first, *knots, last],
        [float((knots[0] - first).days), *lengths, float((last - knots[-1]).days)],
        [index + 1 for index in shortened],
    )


def _shortened(lengths: list[float]) -> Iterator[int]:
    """Shorten what takes more than a third of the room and is longer than a year; yield the places."""
    done: set[int] = set()
    while True:
        rest = sum(lengths)
        longest = max(range(len(lengths)), key=lambda index: (index not in done, lengths[index]), default=None)
        if longest is None or longest in done or lengths[longest] <= max(_YEAR, rest / 3):
            return
        lengths[longest] = max((rest - lengths[longest]) / 8, 14.0)
        done.add(longest)
        yield longest
