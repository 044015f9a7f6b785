"""What changes for campaigns on which day: held against a run of ``check`` for every single day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.checker import Checker
from policylint.config import Settings
from policylint.discover import Target
from policylint.model.rule import CompiledRule, Parameter, RulePack, Severity, Step
from policylint.model.timeline import CampaignTimeline, CauseKind, Change
from policylint.model.waiver import WaiverPolicy, Waivers
from policylint.parse import parse
from policylint.pipeline import check_all, judge_with
from policylint.record import ProviderTable
from policylint.reporters.html.days import stretches
from policylint.rulepacks import card_of
from policylint.ruleset import RuleSet
from policylint.timeline import difference, timeline, upcoming
from policylint.waivers import waivers_in
from tests.rulefiles import NATIVE, compiled, rule

if TYPE_CHECKING:
    from policylint.model.finding import Report, Window

CHECKED = settings(derandomize=True, deadline=None, max_examples=150)
OFF, INFO, WARNING, ERROR = Severity.OFF, Severity.INFO, Severity.WARNING, Severity.ERROR
FIRST = date(2026, 3, 1)
"""The day of the run in these tests."""
NAME = "campaigns/one.yaml"
TARGET = Target(NAME, Path("/nowhere") / NAME, named=True)
SETTINGS = Settings(as_of=FIRST, base=Path("/nowhere"))
_DAY = timedelta(days=1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def rules_of(*rules: CompiledRule) -> RuleSet:
    cards = tuple(card_of(one.rule) for one in rules)
    pack = RulePack(
        name="house",
        folder="rules/house",
        title="House rules",
        channel="whatsapp",
        timezone="UTC",
        reviewed=FIRST,
        terms={},
        rules=tuple(one.rule for one in rules),
        cards=cards,
        lists={},
        words={},
        providers={},
        redirects={},
        topics={},
        not_checked=(),
        data_read={},
        digest="",
        version="",
    )
    return RuleSet.of(pack, rules, ProviderTable({}))


class Case(NamedTuple):
    """A file and the rules it is held against."""

    text: str
    rules: RuleSet
    settings: Settings = SETTINGS

    def read(self, path: Path) -> bytes | None:
        return self.text.encode() if path == TARGET.path else None

    @property
    def checker(self) -> Checker:
        return Checker(self.rules, self.settings, NATIVE, self.read)

    def judge(self, target: Target, on: date) -> Report:
        return judge_with(self.rules, self.settings, NATIVE, self.read)(target, on)

    def report(self, **changed: Any) -> Report:
        return check_all([TARGET], self.rules, self.settings._replace(**changed), NATIVE, self.read)

    def timeline(self, days: int) -> CampaignTimeline | None:
        found = timeline([TARGET], self.checker, self.judge, FIRST + timedelta(days=days))
        return found.campaigns[0] if found.campaigns else None


def dated(number: int, text: str, steps: Sequence[tuple[str, Severity]], **parameters: Any) -> CompiledRule:
    made = rule(text, id=f"house/rule-{number}", code=f"TT00{number}")
    enforcement = tuple(Step(day(since), severity, f"step {index}") for index, (since, severity) in enumerate(steps))
    return compiled(made._replace(enforcement=enforcement, parameters={**made.parameters, **parameters}))


def told(changes: Sequence[Change]) -> list[tuple[str, str, str, str]]:
    return [(str(one.day), one.rule.code, str(one.before), str(one.after)) for one in changes]


# --- held against a run for every day -----------------------------------------------------------------------------

# Hypothesis likes the first choice and the least number best: what makes a change likely comes first.
DAYS = st.integers(0, 55).map(lambda number: FIRST + timedelta(days=(number * 17 + 4) % 56 - 10))
HORIZONS = st.integers(0, 40).map(lambda number: 40 - number)
CONDITIONS = (
    "forbid: {purpose: newsletter}",
    "select: messages[*]\nforbid: {body: {length_greater_than: $maximum}}",
    "forbid: {audience.size: {greater_than: $maximum}}",
    "require: {consent.obtained: true}",
    "forbid: {messages: {count: {where: {body: {length_greater_than: $maximum}}, at_least: 2}}}",
    "where: {purpose: newsletter}\nforbid: {any: [{audience.size: {at_least: $maximum}}, {consent.obtained: false}]}\n"
    'caps: [{to: warning, where: {audience.size: {less_than: $maximum}}, because: "few"}]',
)


@st.composite
def rules(draw: st.DrawFn, number: int, *, capped: bool = True) -> CompiledRule:
    text = draw(st.sampled_from(CONDITIONS if capped else CONDITIONS[:-1]))
    starts = sorted(draw(st.lists(DAYS, min_size=1, max_size=3, unique=True)))
    severities = [draw(st.sampled_from([ERROR, WARNING, OFF, INFO][index % 2 :])) for index in range(len(starts))]
    steps = [Step(since, severity, "") for since, severity in zip(starts, severities, strict=True)]
    steps[0] = steps[0]._replace(observed=draw(st.booleans()))
    if draw(st.booleans()):
        steps.insert(0, Step(day("2020-01-01"), WARNING, ""))
        steps[1] = steps[1]._replace(observed=False)
    made = rule(
        f"parameters: {{maximum: {{value: 1}}}}\n{text}" if "$maximum" in text else text,
        id=f"house/rule-{number}",
        code=f"TT00{number}",
        enforcement=tuple(steps),
        overridden=draw(st.sampled_from([None, None, None, None, WARNING, OFF])),
    )
    if made.parameters:
        since = sorted({date.min, *draw(st.lists(DAYS, min_size=1, max_size=3))})
        values = [draw(st.integers(0, 4)) + index % 2 for index in range(len(since))]
        made = made._replace(parameters={"maximum": Parameter(tuple(zip(since, values, strict=True)))})
    return compiled(made)


@st.composite
def texts(draw: st.DrawFn, *, suppressed: bool = True) -> str:
    first, last = sorted(draw(st.tuples(DAYS, DAYS)))
    schedule = draw(
        st.sampled_from(
            [
                "schedule: {recurrence: weekly}",
                f"schedule: {{start: {first}, recurrence: weekly}}",
                f"schedule: {{start: {first}, end: {last}}}",
                f"schedule: {{end: {last}}}",
                f"schedule: {{start: {first}}}",
                "",
            ]
        )
    )
    suppression = ""
    if suppressed and draw(st.booleans()):
        until = draw(st.one_of(DAYS, st.none()))
        suppression = f"  # policylint: ignore[TT000, TT001]{f' until={until}' if until else ''} -- agreed"
    lengths = draw(st.lists(st.one_of(st.integers(1, 6), st.none()), min_size=1, max_size=3))
    bodies = ", ".join("{body: !env BODY}" if length is None else f"{{body: {'x' * length}}}" for length in lengths)
    lines = [
        f"purpose: {draw(st.sampled_from(['newsletter', 'newsletter', 'newsletter', 'invoice', '!env PURPOSE']))}",
        f"audience: {{size: {draw(st.sampled_from(['3', '1', '5', '!env SIZE']))}}}",
        f"consent: {{obtained: {draw(st.sampled_from(['false', 'true', '!env SAID']))}}}",
        f"messages: [{bodies}]",
    ]
    enabled = draw(st.sampled_from(["", "", "enabled: false\n"]))
    return "\n".join(
        ["campaign: one", "channel: whatsapp", *(f"{line}{suppression}" for line in lines), schedule, enabled]
    )


@st.composite
def waivers(draw: st.DrawFn) -> Waivers:
    """Return waivers of which some begin late, and some last too long at first for want of a first day."""
    entries = []
    for number in draw(st.lists(st.integers(0, 1), min_size=1, max_size=3)):
        first, last = sorted(draw(st.tuples(DAYS, DAYS)))
        added = draw(st.sampled_from([f"added: {first}, ", ""]))
        said = f"rule: TT00{number}, path: campaigns, reason: agreed, owner: crm, {added}until: {last}"
        entries.append(f"  - {{{said}}}\n")
    document = parse("policylint-waivers.yaml", f"waivers:\n{''.join(entries)}".encode()).documents[0]
    return Waivers(tuple(waivers_in(document, document.data["waivers"])), Path(), WaiverPolicy(max_days=15))


class State(NamedTuple):
    """What a report says: of each rule and place the worst word, and of which rules it cannot tell."""

    said: dict[tuple[str, tuple[str | int, ...]], str]
    undecided: frozenset[str]

    def word(self, code: str, pointer: tuple[str | int, ...]) -> str:
        return self.said.get((code, pointer), "undecided" if code in self.undecided else "passes")


def state(report: Report) -> State:
    order = ["suppressed", "info", "warning", "error"]
    said: dict[tuple[str, tuple[str | int, ...]], str] = {}
    for finding in report.findings:
        if finding.code is not None:
            word = "suppressed" if finding.suppressed else str(finding.severity)
            place = (finding.code, finding.pointer)
            said[place] = max(said.get(place, word), word, key=order.index)
    return State(said, frozenset(verdict.code for verdict in report.verdicts))


SILENT = ("passes", "suppressed", "undecided")


def differences(before: State, after: State) -> set[tuple[str, str, str]]:
    found = {
        (code, before.word(code, pointer), after.word(code, pointer)) for code, pointer in {*before.said, *after.said}
    }
    found = {one for one in found if one[1] != one[2] and not {one[1], one[2]} <= set(SILENT)}
    fired = {code for code, _ in (*before.said, *after.said)}
    found |= {(code, "passes", "undecided") for code in after.undecided - before.undecided - fired}
    found |= {(code, "undecided", "passes") for code in before.undecided - after.undecided - fired}
    return found


def looked_at(window: Window, as_of: date, horizon: date) -> tuple[date, date]:
    """Return the days that the documents promise: of an ended campaign all, else those from the run to the horizon."""
    if not window.own:
        return as_of, horizon
    if window.last is not None and window.last < as_of:
        return window.first, window.last
    last = horizon if window.last is None else min(window.last, horizon)
    return max(window.first, as_of), last


@CHECKED
@given(texts(), st.tuples(rules(0), rules(1)), HORIZONS, st.one_of(st.none(), waivers()))
def test_the_timeline_says_what_a_run_for_every_day_would(
    text: str, made: tuple[CompiledRule, CompiledRule], days: int, waived: Waivers | None
) -> None:
    case = Case(text, rules_of(*made), SETTINGS._replace(waivers=waived))
    found = case.timeline(days)
    (record,) = case.checker.campaigns(parse(NAME, text.encode()), TARGET.path)
    first, last = looked_at(case.checker.window(record, None), FIRST, FIRST + timedelta(days=days))
    if found is None:
        assert first > last
        return
    assert (found.first, found.last) == (first, last)
    expected = set()
    for number in range(1, (last - first).days + 1):
        on = first + timedelta(days=number)
        before, after = (state(case.report(as_of=each, at=each)) for each in (on - _DAY, on))
        expected |= {(on, *one) for one in differences(before, after)}
    assert {(one.day, one.rule.code, str(one.before), str(one.after)) for one in found.changes} == expected


@CHECKED
@given(texts(suppressed=False), st.tuples(rules(0), rules(1)))
def test_on_each_side_of_a_change_a_check_of_that_day_says_the_same(
    text: str, made: tuple[CompiledRule, CompiledRule]
) -> None:
    case = Case(text, rules_of(*made))
    found = case.timeline(40)
    for change in found.changes if found is not None else ():
        days = (change.day - _DAY, change.day)
        assert change.causes != ()
        assert {cause.day for cause in change.causes} == {change.day}
        options: list[dict[str, Any]] = [{"at": each} for each in days]
        if found is not None and not found.window.own:
            options += [{"as_of": each} for each in days]
        for before, after in zip(options[::2], options[1::2], strict=True):
            one = (change.rule.code, str(change.before), str(change.after))
            assert one in differences(state(case.report(**before)), state(case.report(**after)))


@CHECKED
@given(texts(), st.tuples(rules(0), rules(1)), HORIZONS)
def test_no_more_days_are_judged_than_those_on_which_something_begins_or_ends(
    text: str, made: tuple[CompiledRule, CompiledRule], days: int
) -> None:
    case = Case(text, rules_of(*made))
    judged = []

    def judge(target: Target, on: date) -> Report:
        judged.append(on)
        return case.judge(target, on)

    found = timeline([TARGET], case.checker, judge, FIRST + timedelta(days=days)).campaigns
    steps = [each for one in made for each in one.rule.days_of_change()]
    until = re.search(r"until=(\S+)", text)
    ends = [day(until[1]) + _DAY] if until else []
    allowed = {each for one in found for each in (one.first, *steps, *ends) if one.first <= each <= one.last}
    assert len(judged) == len(set(judged))
    assert set(judged) <= allowed


@CHECKED
@given(texts(), st.tuples(rules(0), rules(1)), DAYS, DAYS)
def test_the_difference_of_two_days_is_that_of_their_runs(
    text: str, made: tuple[CompiledRule, CompiledRule], start: date, end: date
) -> None:
    case = Case(text, rules_of(*made))
    (found,) = difference([TARGET], case.checker, case.judge, start, end, running_only=False).campaigns
    reports = [state(case.report(as_of=each, at=each)) for each in (start, end)]
    assert {(one.rule.code, str(one.before), str(one.after)) for one in found.changes} == differences(*reports)
    for change in found.changes:
        assert change.causes != ()
        assert all(min(start, end) < cause.day <= max(start, end) for cause in change.causes)


@CHECKED
@given(
    texts(),
    st.tuples(rules(0), rules(1)),
    HORIZONS,
    st.sampled_from([ERROR, WARNING, INFO, None]),
    st.one_of(st.none(), waivers()),
)
def test_upcoming_is_what_a_later_run_fails_on_and_this_one_does_not(
    text: str,
    made: tuple[CompiledRule, CompiledRule],
    days: int,
    fail_on: Severity | None,
    waived: Waivers | None,
) -> None:
    case = Case(text, rules_of(*made), SETTINGS._replace(fail_on=fail_on, waivers=waived))
    least = fail_on or ERROR
    (record,) = case.checker.campaigns(parse(NAME, text.encode()), TARGET.path)
    window = case.checker.window(record, None)

    def failing(report: Report) -> set[tuple[str, tuple[str | int, ...]]]:
        return {place for place, word in state(report).said.items() if word in [str(s) for s in Severity if s >= least]}

    now = failing(case.report())
    previous = failing(case.report(as_of=FIRST, at=FIRST))
    expected: set[tuple[str, tuple[str | int, ...]]] = set()
    for number in range(1, days + 1):
        on = FIRST + timedelta(days=number)
        failed = failing(case.report(as_of=on, at=on))
        if not window.own or (window.first < on and (window.last is None or on <= window.last)):
            expected |= failed - previous
        previous = failed
    report = case.report(upcoming=days)
    assert {(one.rule.code, one.at.pointer) for one in report.upcoming} == expected - now
    assert report.fails is bool(report.upcoming or any(map(report.blocks, report.findings)))
    aside: dict[str, Any] = {"upcoming": (), "provenance": None, "sources": {}}
    assert report._replace(**aside) == case.report()._replace(**aside)


# What a cap allows at worst the page shows for all days: a cap that hangs on a dated limit is left out here.
@settings(CHECKED, max_examples=40)
@given(texts(suppressed=False), st.tuples(rules(0, capped=False), rules(1, capped=False)))
def test_the_calendar_of_the_page_shows_on_each_day_the_worst_that_the_timeline_knows(
    text: str, made: tuple[CompiledRule, CompiledRule]
) -> None:
    case = Case(text, rules_of(*made))
    report = case.report(list_campaigns=True)
    for summary in report.summaries:
        for stretch in stretches(summary, report.findings, report):
            for number in range(min(((stretch.last or stretch.first + 40 * _DAY) - stretch.first).days, 60) + 1):
                on = stretch.first + number * _DAY
                said = state(case.report(as_of=on, at=on)).said.values()
                worst = max(map(Severity.named, said), default=OFF)
                assert stretch.severity in (worst, None), (on, stretch, worst)


# --- one by one ---------------------------------------------------------------------------------------------------

STORY = (("2018-04-24", WARNING), ("2019-12-07", ERROR))
WEEKLY = "campaign: weekly\nchannel: whatsapp\npurpose: newsletter\n"


@pytest.mark.parametrize(
    ("as_of", "schedule", "days", "expected"),
    [
        # planned: from the day of the run on
        ("2019-11-15", "start: 2019-11-01, end: 2020-01-31", 180, ("2019-11-15", "2020-01-31", True)),
        ("2019-11-15", "start: 2019-12-01, end: 2020-01-31", 180, ("2019-12-01", "2020-01-31", True)),
        ("2019-11-15", "start: 2019-11-01, end: 2020-01-31", 30, ("2019-11-15", "2019-12-15", True)),
        ("2019-11-15", "start: 2019-11-01, end: 2019-12-07", 180, ("2019-11-15", "2019-12-07", True)),
        ("2019-11-15", "start: 2019-11-01, end: 2019-12-06", 180, ("2019-11-15", "2019-12-06", False)),
        # it never ran under the milder step: nothing changes
        ("2019-11-15", "start: 2019-12-07, end: 2020-01-31", 180, ("2019-12-07", "2020-01-31", False)),
        ("2019-12-07", "start: 2019-11-01, end: 2020-01-31", 180, ("2019-12-07", "2020-01-31", False)),
        # ended: all of its days
        ("2026-11-23", "start: 2019-11-01, end: 2020-01-31", 180, ("2019-11-01", "2020-01-31", True)),
        # for ever, or without dates: to the horizon
        ("2019-11-15", "start: 2017-01-01, recurrence: weekly", 22, ("2019-11-15", "2019-12-07", True)),
        ("2019-11-15", "start: 2017-01-01, recurrence: weekly", 21, ("2019-11-15", "2019-12-06", False)),
        ("2019-11-15", "recurrence: weekly", 22, ("2019-11-15", "2019-12-07", True)),
    ],
)
def test_a_campaign_is_looked_at_on_the_days_that_it_has_left(
    as_of: str, schedule: str, days: int, expected: tuple[str, str, bool]
) -> None:
    case = Case(f"{WEEKLY}schedule: {{{schedule}}}\n", rules_of(dated(0, "forbid: {purpose: newsletter}", STORY)))
    case = case._replace(settings=case.settings._replace(as_of=day(as_of)))
    (found,) = timeline([TARGET], case.checker, case.judge, day(as_of) + timedelta(days=days)).campaigns
    assert (str(found.first), str(found.last), found.changes != ()) == expected
    assert told(found.changes) == ([("2019-12-07", "TT000", "warning", "error")] if expected[2] else [])


def test_campaigns_that_begin_after_the_horizon_are_counted() -> None:
    case = Case(
        f"{WEEKLY}schedule: {{start: 2026-04-02}}\n", rules_of(dated(0, "forbid: {purpose: newsletter}", STORY))
    )
    found = timeline([TARGET], case.checker, case.judge, day("2026-04-01"))
    assert (found.campaigns, found.later, found.files) == ((), 1, 1)


def test_at_lets_every_campaign_run_from_that_day_on() -> None:
    case = Case(
        f"{WEEKLY}schedule: {{start: 2020-05-01}}\n", rules_of(dated(0, "forbid: {purpose: newsletter}", STORY))
    )
    case = case._replace(settings=case.settings._replace(at=day("2018-01-01")))
    (found,) = timeline([TARGET], case.checker, case.judge, FIRST).campaigns
    assert (str(found.first), found.last) == ("2018-01-01", FIRST)
    assert told(found.changes) == [
        ("2018-04-24", "TT000", "passes", "warning"),
        ("2019-12-07", "TT000", "warning", "error"),
    ]


def changes_of(text: str, *made: CompiledRule, days: int = 30) -> tuple[Change, ...]:
    found = Case(text, rules_of(*made)).timeline(days)
    assert found is not None
    return found.changes


SINCE = (("2020-01-01", ERROR),)


def test_a_limit_that_falls_breaks_one_message_after_the_other() -> None:
    text = f"{WEEKLY}messages: [{{body: xxx}}, {{body: xx}}]\n"
    limits = Parameter(((date.min, 5), (day("2026-03-05"), 2), (day("2026-03-09"), 1)))
    conditions = (
        "parameters: {maximum: {value: 5}}\nselect: messages[*]\nforbid: {body: {length_greater_than: $maximum}}"
    )
    found = changes_of(text, dated(0, conditions, SINCE, maximum=limits))
    assert [(str(one.day), one.at.pointer, str(one.before), str(one.after)) for one in found] == [
        ("2026-03-05", ("messages", 0, "body"), "passes", "error"),
        ("2026-03-09", ("messages", 1, "body"), "passes", "error"),
    ]
    assert [(one.kind, one.note, one.severity) for change in found for one in change.causes] == [
        (CauseKind.PARAMETER, "maximum is 2, not 5", None),
        (CauseKind.PARAMETER, "maximum is 1, not 2", None),
    ]


def test_what_is_let_pass_fails_when_the_suppression_has_ended() -> None:
    comment = "  # policylint: ignore[TT000] until=2026-03-10 -- moving, ticket 4711"
    found = changes_of(
        WEEKLY.replace("newsletter", f"newsletter{comment}"), dated(0, "forbid: {purpose: newsletter}", SINCE)
    )
    assert told(found) == [("2026-03-11", "TT000", "suppressed", "error")]
    ((cause,),) = (change.causes for change in found)
    assert (cause.kind, str(cause.day), cause.note) == (CauseKind.SUPPRESSION, "2026-03-11", "moving, ticket 4711")


def test_a_rule_that_ends_leaves_what_it_said_before() -> None:
    steps = (*SINCE, ("2026-03-10", OFF))
    (change,) = changes_of(WEEKLY, dated(0, "forbid: {purpose: newsletter}", steps))
    assert told([change]) == [("2026-03-10", "TT000", "error", "passes")]
    assert (change.at.path, change.at.region.start.line, change.at.pointer) == (NAME, 3, ("purpose",))
    assert [(cause.note, cause.severity) for cause in change.causes] == [("step 1", OFF)]


def test_a_rule_that_was_only_observed_is_undecided_before() -> None:
    made = dated(0, "forbid: {purpose: newsletter}", (("2026-03-10", ERROR),))
    seen = compiled(made.rule._replace(enforcement=(made.rule.enforcement[0]._replace(observed=True),)))
    assert told(changes_of(WEEKLY, seen)) == [("2026-03-10", "TT000", "undecided", "error")]


def test_a_rule_that_hangs_on_an_unknown_value_becomes_undecided() -> None:
    made = dated(0, "forbid: {audience.size: {greater_than: 1}}", (("2026-03-10", ERROR),))
    (change,) = changes_of(f"{WEEKLY}audience: {{size: !env SIZE}}\n", made)
    assert told([change]) == [("2026-03-10", "TT000", "passes", "undecided")]
    assert (change.at.campaign, change.at.pointer) == ("weekly", ("audience", "size"))


def test_a_severity_of_the_configuration_does_not_change() -> None:
    made = dated(
        0, "forbid: {purpose: newsletter}", (("2020-01-01", WARNING), ("2026-03-10", ERROR), ("2026-03-20", OFF))
    )
    set_by_configuration = compiled(made.rule._replace(overridden=INFO))
    assert told(changes_of(WEEKLY, set_by_configuration)) == [("2026-03-20", "TT000", "info", "passes")]


def test_campaigns_of_one_file_have_their_own_days() -> None:
    entry = "- {{campaign: {}, channel: whatsapp, purpose: newsletter, schedule: {{start: {}, end: {}}}}}\n"
    days = {"a": ("03-01", "03-09"), "b": ("03-05", "03-20"), "c": ("03-10", "03-20"), "d": ("03-01", "03-10")}
    entries = [entry.format(name, *(f"2026-{each}" for each in own)) for name, own in days.items()]
    made = dated(0, "forbid: {purpose: newsletter}", (("2020-01-01", WARNING), ("2026-03-10", ERROR)))
    case = Case("campaigns:\n" + "".join(entries), rules_of(made))
    found = timeline([TARGET], case.checker, case.judge, day("2026-06-01")).campaigns
    breaks = [("2026-03-10", "TT000", "warning", "error")]
    assert [(one.campaign, one.start.line, str(one.standing), told(one.changes)) for one in found] == [
        ("a", 2, "warning", []),
        ("b", 3, "warning", breaks),
        ("c", 4, "error", []),  # on its first day it is one
        ("d", 5, "warning", breaks),
    ]


# --- two days compared --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "standings", "causes"),
    [
        ("2018-01-01", "2026-03-01", ("passes", "error"), ["step 0", "step 1"]),
        ("2019-12-06", "2019-12-07", ("warning", "error"), ["step 1"]),
        ("2019-12-07", "2019-12-06", ("error", "warning"), ["step 1"]),
    ],
)
def test_the_difference_names_all_that_changed_between_two_days(
    start: str, end: str, standings: tuple[str, str], causes: list[str]
) -> None:
    case = Case(WEEKLY, rules_of(dated(0, "forbid: {purpose: newsletter}", STORY)))
    (found,) = difference([TARGET], case.checker, case.judge, day(start), day(end), running_only=True).campaigns
    ((change),) = found.changes
    assert (str(change.before), str(change.after)) == standings
    assert [cause.note for cause in change.causes] == causes


@pytest.mark.parametrize(
    ("schedule", "compared"),
    [
        ("", 1),
        ("schedule: {start: 2019-12-01, recurrence: weekly}", 1),
        ("schedule: {start: 2020-01-01}", 1),
        ("schedule: {start: 2019-12-01, end: 2019-12-31}", 0),
        ("schedule: {start: 2020-01-02}", 0),
    ],
)
def test_campaigns_that_do_not_run_on_the_later_day_are_left_out(schedule: str, compared: int) -> None:
    case = Case(f"{WEEKLY}{schedule}\n", rules_of(dated(0, "forbid: {purpose: newsletter}", STORY)))
    for first, second in (("2019-12-01", "2020-01-01"), ("2020-01-01", "2019-12-01")):
        found = difference([TARGET], case.checker, case.judge, day(first), day(second), running_only=True)
        assert (len(found.campaigns), found.left_out) == (compared, 1 - compared)
        every = difference([TARGET], case.checker, case.judge, day(first), day(second), running_only=False)
        assert (len(every.campaigns), every.left_out) == (1, 0)


# --- what a run is asked to fail on before its day ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "days", "expected"),
    [
        ("", 21, []),
        ("", 22, ["2019-12-07"]),
        ("", 100_000, ["2019-12-07"]),
        ("schedule: {recurrence: weekly}", 22, ["2019-12-07"]),
        ("schedule: {end: 2019-12-06}", 22, []),
        # by its own dates the run fails on it already
        ("schedule: {start: 2019-11-01, end: 2019-12-07}", 22, []),
    ],
)
def test_what_becomes_an_error_soon_fails_the_run(schedule: str, days: int, expected: list[str]) -> None:
    case = Case(f"{WEEKLY}{schedule}\n", rules_of(dated(0, "forbid: {purpose: newsletter}", STORY)))
    report = case.report(as_of=day("2019-11-15"), upcoming=days)
    assert [str(one.day) for one in report.upcoming] == expected
    assert report.fails is (bool(expected) or any(map(report.blocks, report.findings)))


def test_no_file_is_looked_at_again_where_nothing_changes_within_the_days() -> None:
    case = Case(WEEKLY, rules_of(dated(0, "forbid: {purpose: newsletter}", STORY)))

    def judge(target: Target, on: date) -> Report:
        raise AssertionError

    report = case.report(as_of=day("2019-11-15"))
    checker = Checker(case.rules, case.settings._replace(as_of=day("2019-11-15")), NATIVE, case.read)
    assert upcoming(report, [TARGET], checker, judge, 21) == ()
