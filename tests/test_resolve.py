"""Violations → findings: which days a campaign runs on, which step of a rule is in force then, and what is reported."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint import resources
from policylint.checker import Checker
from policylint.config import Settings
from policylint.discover import Target
from policylint.evaluate import evaluate
from policylint.identity import fingerprint
from policylint.model.finding import Finding, Undecided, Violation, Window
from policylint.model.rule import Rule, Severity, Step
from policylint.model.source import Pointer, Unknown
from policylint.resolve import (
    day_of,
    effective,
    named_zone,
    resolve,
    severity_on,
    step_in_force,
    window_of,
)
from policylint.ruleset import load_rules
from tests.rulefiles import DAY, NATIVE, campaign, compiled, rule

CHECKED = settings(derandomize=True, deadline=None, max_examples=200)
OFF, INFO, WARNING, ERROR = Severity.OFF, Severity.INFO, Severity.WARNING, Severity.ERROR


def day(text: str) -> date:
    return date.fromisoformat(text)


def window(first: str, last: str | None, own: bool = True) -> Window:
    return Window(day(first), None if last is None else day(last), own)


# --- the days of a campaign ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("schedule: {start: 2019-11-01, end: 2019-12-06}", window("2019-11-01", "2019-12-06")),
        ("schedule: {start: 2019-11-01}", window("2019-11-01", "2019-11-01")),
        ("schedule: {start: 2019-11-01, recurrence: weekly}", window("2019-11-01", None)),
        ("schedule: {start: 2019-11-01, recurrence: '{{ r }}'}", window("2019-11-01", None)),
        ("schedule: {start: 2019-11-01, recurrence: !x r}", window("2019-11-01", None)),
        ("schedule: {start: 2019-11-01, recurrence: null, end: null}", window("2019-11-01", "2019-11-01")),
        ("schedule: {start: 2019-11-01, recurrence: ''}", window("2019-11-01", "2019-11-01")),
        ("schedule: {start: 2019-11-01, recurrence: weekly, end: 2019-11-08}", window("2019-11-01", "2019-11-08")),
        # an end that is written and cannot be read is not the end of the first day
        ("schedule: {start: 2019-11-01, end: '{{ e }}'}", window("2019-11-01", None)),
        ("schedule: {start: 2019-11-01, end: !x e}", window("2019-11-01", None)),
        ("schedule: {start: 2019-11-01, end: 2019-02-30}", window("2019-11-01", None)),
        ("schedule: {start: 2019-12-06, end: 2019-11-01}", window("2019-11-01", "2019-12-06")),
        # only an end
        ("schedule: {end: 2027-01-01}", window("2026-11-23", "2027-01-01")),
        ("schedule: {end: 2019-12-06}", window("2019-12-06", "2019-12-06")),
        ("schedule: {start: '{{ s }}', end: 2019-12-06}", window("2019-12-06", "2019-12-06")),
        ("schedule: {start: soon, end: 2027-01-01}", window("2026-11-23", "2027-01-01")),
        # no days at all
        ("schedule: {start: '{{ s }}'}", window("2026-11-23", "2026-11-23", own=False)),
        ("schedule: {start: 2019-13-01}", window("2026-11-23", "2026-11-23", own=False)),
        ("schedule: {start: 20191101}", window("2026-11-23", "2026-11-23", own=False)),
        ("schedule: {recurrence: weekly}", window("2026-11-23", "2026-11-23", own=False)),
        ("schedule: 2019-11-01", window("2026-11-23", "2026-11-23", own=False)),
        ("schedule: !x s", window("2026-11-23", "2026-11-23", own=False)),
        ("enabled: true", window("2026-11-23", "2026-11-23", own=False)),
    ],
)
def test_a_campaign_is_judged_by_its_own_days_where_it_has_any(schedule: str, expected: Window) -> None:
    assert window_of(campaign(schedule + "\n"), DAY, None) == expected


def test_one_day_may_be_set_for_every_campaign() -> None:
    record = campaign("schedule: {start: 2019-11-01, recurrence: weekly}\n")
    assert window_of(record, DAY, day("2019-12-07")) == window("2019-12-07", "2019-12-07", own=False)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        # an hour before midnight UTC in the east, an hour after it in the west
        ("schedule: {start: 2019-12-07T00:30+01:00}", window("2019-12-06", "2019-12-06")),
        ("schedule: {start: 2019-12-06T23:30-01:00}", window("2019-12-07", "2019-12-07")),
        ("schedule: {start: 2019-12-07T00:30, timezone: Europe/Berlin}", window("2019-12-06", "2019-12-06")),
        ("schedule: {start: 2019-12-06T19:00, timezone: America/New_York}", window("2019-12-07", "2019-12-07")),
        ("schedule: {start: 2019-12-07T00:30, timezone: '{{ z }}'}", window("2019-12-07", "2019-12-07")),
        ("schedule: {start: 2019-12-07, timezone: Pacific/Kiritimati}", window("2019-12-07", "2019-12-07")),
        # the offset goes before the zone
        ("schedule: {start: 2019-12-07T00:30Z, timezone: Europe/Berlin}", window("2019-12-07", "2019-12-07")),
    ],
)
def test_a_date_time_is_a_day_of_utc(schedule: str, expected: Window) -> None:
    assert window_of(campaign(schedule + "\n"), DAY, None) == expected


def test_days_are_those_of_the_packs_zone() -> None:
    berlin = named_zone("Europe/Berlin")
    assert window_of(campaign("schedule: {start: 2019-12-06T23:30Z}\n"), DAY, None, berlin) == window(
        "2019-12-07", "2019-12-07"
    )
    assert window_of(campaign("schedule: {start: 2019-12-06T23:30}\n"), DAY, None, berlin) == window(
        "2019-12-06", "2019-12-06"
    )
    assert window_of(campaign("schedule: {start: 2019-12-06}\n"), DAY, None, berlin) == window(
        "2019-12-06", "2019-12-06"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-12-07", "2019-12-07"),
        (" 2019-12-07 ", "2019-12-07"),
        ("2019-12-07T10:00", "2019-12-07"),
        ("2019-12-07 10:00:30", "2019-12-07"),
        ("2019-12-07T23:59:59.999999999Z", "2019-12-07"),
        ("2019-12-07T23:59:59.5-00:30", "2019-12-08"),
        ("2019-12-07T23:59z", "2019-12-07"),
        ("2019-12-07T00:00+0100", "2019-12-06"),
        ("2019-12-07T00:00+01", "2019-12-06"),
        ("2019-12-07T00:00+05:30", "2019-12-06"),
        ("2020-02-29", "2020-02-29"),
        ("0001-01-01T00:00+14:00", "0001-01-01"),  # there is no day before it
        ("9999-12-31T23:59-12:00", "9999-12-31"),
        ("2019-02-29", None),
        ("2019-12-07T25:00", None),
        ("2019-12-07T10", None),
        ("2019-12-07T10:00:00+99:00", None),
        ("2019-12-7", None),
        ("20191207", None),
        ("20191207T100000Z", None),
        ("2019-W49-6", None),
        ("2019-341", None),
        ("07.12.2019", None),
        ("２０１９-１２-０７", None),
        ("", None),
        ("tomorrow", None),
        (None, None),
        (20191207, None),
        (True, None),
        (Unknown("not said"), None),
        (["2019-12-07"], None),
    ],
)
def test_a_day_is_read_as_the_campaign_schema_writes_it(text: Any, expected: str | None) -> None:
    assert day_of(text, None) == (None if expected is None else day(expected))


@pytest.mark.parametrize(
    "name",
    ["Europe/Berlim", "europe", "Europe", "", "/etc/passwd", "../Berlin", "a\0b", "\udcff", 5, None, Unknown("z"), []],
)
def test_what_is_no_time_zone_is_none(name: Any) -> None:
    assert named_zone(name) is None


ZONES = [
    *("Pacific/Kiritimati", "Pacific/Chatham", "Pacific/Apia", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran"),
    *("Europe/Berlin", "Europe/Dublin", "Europe/London", "Africa/Casablanca", "Atlantic/Azores", "America/Sao_Paulo"),
    *("America/St_Johns", "America/New_York", "America/Havana", "Pacific/Marquesas", "Pacific/Niue", "Etc/GMT+12"),
    *("Australia/Lord_Howe", "Antarctica/Troll", "Asia/Beirut", "Asia/Gaza", "UTC"),
]
# Between these years all offsets are whole minutes, which is what the text of a date-time can say.
SECONDS = st.integers(315_532_800, 2_145_830_400)  # 1980 to 2037


@CHECKED
@given(st.sampled_from(ZONES), SECONDS)
def test_an_instant_has_the_same_utc_day_however_it_is_written(name: str, seconds: int) -> None:
    utc_day = date.fromordinal(date(1970, 1, 1).toordinal() + seconds // 86400)
    zone = zoneinfo.ZoneInfo(name)
    local = datetime.fromtimestamp(seconds, zone)
    naive = local.replace(tzinfo=None).isoformat()
    assert day_of(local.isoformat(), "Asia/Tokyo") == utc_day
    if local.fold == 0:  # of an hour that comes twice the text cannot say which it is
        assert day_of(naive, name) == utc_day
    assert day_of(naive, None, zone) == local.date()
    assert day_of(local.isoformat(), None, zone) == local.date()


@CHECKED
@given(st.sampled_from(ZONES), st.dates(date(1980, 1, 1), date(2037, 12, 30)))
def test_a_day_begins_and_ends_at_midnight_in_every_zone(name: str, first: date) -> None:
    zone = named_zone(name)
    for time in ("", "T00:00", "T00:00:00.000001", "T12:00", "T23:59:59", "T23:59:59.999999"):
        assert day_of(f"{first}{time}", name, zone) == first
        assert day_of(f"{first}{time}", None, zone) == first


# --- the step in force --------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.dates(date(2019, 1, 1), date(2019, 3, 1)), st.sampled_from(Severity)), min_size=1, max_size=5
).map(lambda pairs: tuple(Step(since, severity) for since, severity in sorted(dict(pairs).items())))
DAYS = st.dates(date(2018, 12, 15), date(2019, 3, 15))


@CHECKED
@given(STEPS, DAYS, st.integers(0, 60))
def test_the_severity_of_a_window_is_the_worst_of_its_days(steps: tuple[Step, ...], first: date, length: int) -> None:
    days = [first + timedelta(days=number) for number in range(length + 1)]
    found, unsure = step_in_force([Window(first, days[-1], own=True)], steps)
    severities = [severity for each in days if (severity := severity_on(each, steps)) is not None]
    assert (None if found is None else found.severity) == max(severities, default=None)
    assert unsure is False
    if found is not None:  # and of equals it is the first to be in force
        assert severity_on(max(first, found.since), steps) is found.severity
        worst = next(each for each in days if severity_on(each, steps) is found.severity)
        assert worst == max(first, found.since)


@CHECKED
@given(STEPS, DAYS)
def test_the_severity_changes_on_listed_days_only(steps: tuple[Step, ...], first: date) -> None:
    before = first - timedelta(days=1)
    if severity_on(before, steps) is not severity_on(first, steps):
        assert first in {step.since for step in steps}


@CHECKED
@given(STEPS, DAYS, DAYS, DAYS)
def test_windows_together_are_as_bad_as_the_worst_of_them(
    steps: tuple[Step, ...], first: date, second: date, third: date
) -> None:
    windows = [
        Window(first, first, own=True),
        Window(min(second, third), max(second, third), own=True),
        Window(third, None, own=True),
    ]
    found, _ = step_in_force(windows, steps)
    each = [step.severity for one in windows if (step := step_in_force([one], steps)[0]) is not None]
    assert (None if found is None else found.severity) == max(each, default=None)


@CHECKED
@given(STEPS, DAYS, st.one_of(st.none(), st.integers(0, 60)))
def test_a_rule_may_hold_exactly_where_a_step_that_is_not_off_is_in_force(
    steps: tuple[Step, ...], first: date, length: int | None
) -> None:
    last = None if length is None else first + timedelta(days=length)
    made = rule("forbid: {purpose: survey}")._replace(enforcement=steps)
    found, _ = step_in_force([Window(first, last, own=True)], steps)
    assert made.may_hold(first, last) is (found is not None and found.severity is not OFF)


# --- what is reported ---------------------------------------------------------------------------------------------

TWO = (Step(day("2018-04-24"), WARNING, "forbidden"), Step(day("2019-12-07"), ERROR, "legal action"))


def judged(
    steps: tuple[Step, ...],
    record: str,
    *days: Window,
    text: str = "forbid: {purpose: newsletter}",
    caps: dict[Pointer, tuple[Severity, str]] | None = None,
    evidence: dict[Pointer, str] | None = None,
    **changes: Any,
) -> Finding | Undecided | None:
    """Return what is reported of a newsletter."""
    made = rule(text)._replace(enforcement=steps, **changes)
    always = made._replace(enforcement=(Step(date.min, ERROR),), overridden=None)
    whole = Window(min(each.first for each in days), None, own=True)
    ((violation,), _) = evaluate(campaign(f"purpose: newsletter\n{record}\n"), whole, [compiled(always)])
    judged = violation.campaign._replace(caps=caps or {}, evidence=evidence or {})
    return resolve(violation._replace(rule=made, campaign=judged), days)


def found(*arguments: Any, **options: Any) -> Finding:
    finding = judged(*arguments, **options)
    assert isinstance(finding, Finding)
    return finding


def brief(finding: Finding) -> tuple[Any, ...]:
    suffix = finding.message.removeprefix("spring does a bad thing")
    change = finding.next_change and (str(finding.next_change.severity), str(finding.next_change.since))
    return (str(finding.severity), suffix, str(finding.since), change, finding.notes)


SAID = "enabled: true"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("2018-04-23", "2018-04-23"), None),
        (
            ("2018-04-24", "2018-04-24"),
            ("warning", " (error from 2019-12-07)", "2018-04-24", ("error", "2019-12-07"), ()),
        ),
        (
            ("2018-04-01", "2018-05-01"),
            ("warning", " (warning from 2018-04-24)", "2018-04-24", ("error", "2019-12-07"), ()),
        ),
        (
            ("2019-11-01", "2019-12-06"),
            ("warning", " (error from 2019-12-07)", "2018-04-24", ("error", "2019-12-07"), ()),
        ),
        (("2019-11-01", "2019-12-07"), ("error", " (error from 2019-12-07)", "2019-12-07", None, ())),
        (("2019-12-07", "2019-12-07"), ("error", "", "2019-12-07", None, ())),
        (("2017-01-01", None), ("error", " (error from 2019-12-07)", "2019-12-07", None, ())),
        (("2026-01-01", None), ("error", "", "2019-12-07", None, ())),
    ],
)
def test_the_days_decide_the_severity_and_the_message_names_the_day_of_change(
    days: tuple[str, str | None], expected: tuple[Any, ...] | None
) -> None:
    finding = judged(TWO, SAID, window(*days))
    assert (None if finding is None else brief(finding)) == expected  # type: ignore[arg-type]


def test_a_finding_is_whole() -> None:
    text = "message: $campaign sends $value\nsolution: Do not send $value.\nforbid: {purpose: newsletter}"
    finding = found(TWO, "channel: whatsapp", window("2019-12-07", None), text=text)
    made = rule(text)
    assert finding._replace(region=None, fingerprint="", identity=None) == Finding(  # type: ignore[arg-type]
        rule="house/bad",
        code="TT001",
        severity=ERROR,
        message="spring sends newsletter",
        path="campaign.yaml",
        region=None,  # type: ignore[arg-type]
        pointer=("purpose",),
        campaign="spring",
        format="native",
        since=day("2019-12-07"),
        since_observed=False,
        earlier=TWO[0],
        next_change=None,
        certainty="forbidden",
        sources=made.sources,
        help="Do not send newsletter.",
        values={"campaign": "spring", "value": "newsletter"},
    )
    start, end = finding.region
    assert ((start.line, start.column), (end.line, end.column)) == ((1, 10), (1, 20))
    assert finding.identity is not None
    assert (finding.identity.campaign, finding.identity.pointer) == ("spring", "purpose")
    assert finding.fingerprint == fingerprint("house/bad", "campaign.yaml", finding.identity)


def test_a_step_that_is_off_ends_a_rule() -> None:
    steps = (*TWO, Step(day("2021-01-01"), OFF), Step(day("2022-01-01"), INFO))
    assert [
        judged(steps, SAID, days) is None
        for days in (
            window("2020-12-31", "2020-12-31"),
            window("2021-01-01", "2021-12-31"),
            window("2021-12-31", "2022-01-01"),
        )
    ] == [False, True, False]
    assert brief(found(steps, SAID, window("2020-12-31", "2020-12-31"))) == (
        "error",
        "",
        "2019-12-07",
        ("off", "2021-01-01"),
        (),
    )
    assert brief(found(steps, SAID, window("2021-06-01", None))) == (
        "info",
        " (info from 2022-01-01)",
        "2022-01-01",
        None,
        (),
    )


def test_a_step_that_was_merely_observed_is_undecided_before() -> None:
    steps = (Step(day("2025-12-01"), ERROR, "seen", observed=True), Step(day("2026-09-23"), WARNING, "milder"))
    before = judged(steps, SAID, window("2025-01-01", "2025-11-30"))
    assert isinstance(before, Undecided)
    assert (before.path, before.why) == (("purpose",), "the rule was first seen later; since when it holds is unknown")
    across = found(steps, SAID, window("2025-01-01", "2025-12-01"))
    assert brief(across) == ("error", " (error from 2025-12-01)", "2025-12-01", ("warning", "2026-09-23"), ())
    assert across.since_observed is True
    later = found(steps, SAID, window("2026-09-23", None))
    assert (brief(later), later.since_observed) == (("warning", "", "2026-09-23", None, ()), False)
    assert judged(steps, SAID, window("2025-01-01", "2025-11-30"), overridden=OFF) is None


def test_windows_apart_count_together() -> None:
    days = (window("2018-05-01", "2018-06-01"), window("2019-12-07", "2019-12-07"))
    assert brief(found(TWO, SAID, *days)) == ("error", " (error from 2019-12-07)", "2019-12-07", None, ())


def test_steps_of_the_same_severity_are_no_change() -> None:
    steps = (Step(day("2018-04-24"), ERROR, "a"), Step(day("2019-12-07"), ERROR, "b"))
    assert brief(found(steps, SAID, window("2019-01-01", None))) == ("error", "", "2018-04-24", None, ())


CAPPED = """\
forbid: {purpose: newsletter}
caps:
  - {to: warning, where: {purpose: {present: true}}, because: first}
  - {to: info, where: {purpose: {present: true}}, because: second}
"""


def test_caps_bound_the_severity_and_say_so() -> None:
    one = CAPPED[: CAPPED.index("  - {to: info")]
    assert brief(found(TWO, SAID, window("2020-01-01", None), text=one)) == (
        *("warning", "", "2019-12-07", None),
        ("warning, not error: first",),
    )
    # the day on which the rule becomes an error changes nothing for a finding that stays a warning
    assert brief(found(TWO, SAID, window("2019-01-01", None), text=one)) == (
        *("warning", "", "2018-04-24", None),
        ("warning, not error: first",),
    )
    assert brief(found(TWO, SAID, window("2019-01-01", "2019-01-01"), text=one)) == (
        "warning",
        "",
        "2018-04-24",
        None,
        (),
    )
    assert brief(found(TWO, SAID, window("2020-01-01", None), text=CAPPED)) == (
        *("info", "", "2019-12-07", None),
        ("warning, not error: first", "info, not warning: second"),
    )


def test_a_campaign_that_is_not_enabled_has_warnings_at_most() -> None:
    assert brief(found(TWO, "enabled: false", window("2020-01-01", None))) == (
        *("warning", "", "2019-12-07", None),
        ("warning, not error: the campaign is not enabled",),
    )
    assert brief(found(TWO, "enabled: false", window("2019-01-01", "2019-01-01")))[0] == "warning"
    assert brief(found(TWO, "enabled: '{{ on }}'", window("2020-01-01", None)))[0] == "error"
    info = (Step(day("2018-04-24"), INFO),)
    assert brief(found(info, "enabled: false", window("2020-01-01", None))) == ("info", "", "2018-04-24", None, ())


EXAMPLES = (INFO, "the file holds examples")
SILENCE = (WARNING, "the file is silent")


@pytest.mark.parametrize(
    ("caps", "evidence", "expected"),
    [
        ({(): EXAMPLES}, {}, ("info", ("info, not error: the file holds examples",))),
        ({("purpose",): SILENCE}, {}, ("warning", ("warning, not error: the file is silent",))),
        (
            {("purpose",): SILENCE, (): EXAMPLES},
            {},
            ("info", ("warning, not error: the file is silent", "info, not warning: the file holds examples")),
        ),
        ({("consent",): SILENCE}, {}, ("error", ())),  # the finding rests on something else
        ({("purpose", "of"): SILENCE}, {}, ("error", ())),
        ({("purpose",): SILENCE}, {("purpose",): "policylint.yaml"}, ("error", ())),  # now the configuration says it
        ({(): EXAMPLES}, {("purpose",): "policylint.yaml"}, ("info", ("info, not error: the file holds examples",))),
    ],
)
def test_a_record_bounds_the_findings_that_rest_on_what_it_only_infers(
    caps: dict[Pointer, tuple[Severity, str]], evidence: dict[Pointer, str], expected: tuple[str, tuple[str, ...]]
) -> None:
    finding = found(TWO, SAID, window("2020-01-01", None), caps=caps, evidence=evidence)
    assert (str(finding.severity), finding.notes) == expected


def test_a_cap_bounds_a_rule_that_looks_below_its_path_or_at_what_is_absent() -> None:
    caps: dict[Pointer, tuple[Severity, str]] = {("audience",): SILENCE}
    text = "require: {audience.suppression_lists: {count_at_least: 1}}"
    assert str(found(TWO, SAID, window("2020-01-01", None), text=text, caps=caps).severity) == "warning"


def test_the_configuration_sets_one_severity_for_all_steps() -> None:
    steps = (*TWO, Step(day("2021-01-01"), OFF))
    made = rule("forbid: {purpose: survey}")._replace(enforcement=steps, overridden=INFO)
    assert [step.severity for step in effective(made)] == [INFO, INFO, OFF]
    assert brief(found(steps, SAID, window("2019-01-01", "2020-01-01"), overridden=INFO)) == (
        *("info", "", "2018-04-24", ("off", "2021-01-01")),
        (),
    )
    assert brief(found(TWO, SAID, window("2018-05-01", "2018-05-01"), overridden=ERROR)) == (
        "error",
        "",
        "2018-04-24",
        None,
        (),
    )
    assert judged(steps, SAID, window("2018-04-01", "2018-04-01"), overridden=ERROR) is None
    assert judged(steps, SAID, window("2022-01-01", None), overridden=ERROR) is None
    assert judged(steps, SAID, window("2019-01-01", None), overridden=OFF) is None


@CHECKED
@given(
    STEPS,
    DAYS,
    st.integers(0, 60),
    st.sampled_from([None, INFO, WARNING, ERROR]),
    st.sampled_from([INFO, WARNING, ERROR]),
)
def test_a_finding_is_as_bad_as_the_worst_day_within_its_bounds(
    steps: tuple[Step, ...], first: date, length: int, overridden: Severity | None, cap: Severity
) -> None:
    last = first + timedelta(days=length)
    made = VIOLATION.rule._replace(enforcement=steps, overridden=overridden)
    violation = VIOLATION._replace(rule=made, caps=((cap, "so it is"),))
    finding = resolve(violation, (Window(first, last, own=True),))
    days = [first + timedelta(days=number) for number in range(length + 1)]
    severities = [severity for each in days if (severity := severity_on(each, effective(made)))]
    if not severities:
        assert finding is None
        return
    assert isinstance(finding, Finding)
    assert finding.severity is min(cap, max(severities))
    assert finding.since is not None
    bounded = [step._replace(severity=min(step.severity, cap)) for step in effective(made)]
    assert severity_on(max(first, finding.since), bounded) is finding.severity
    if finding.next_change is not None:
        assert finding.next_change.severity is not finding.severity
        assert severity_on(finding.next_change.since, bounded) is finding.next_change.severity
        assert severity_on(finding.next_change.since - timedelta(days=1), bounded) is finding.severity


def _violation(made: Rule) -> Violation:
    ((violation,), _) = evaluate(campaign("purpose: newsletter\n"), window("2026-01-01", None), [compiled(made)])
    return violation


VIOLATION = _violation(rule("forbid: {purpose: newsletter}"))


# --- the story that the dates are for -----------------------------------------------------------------------------

WEEKLY = """\
campaign: weekly
channel: whatsapp
purpose: newsletter
sender: {product: consumer_app}
schedule: {start: 2019-11-01, recurrence: weekly%s}
"""
REAL = load_rules(
    Settings(as_of=DAY, select=("WA101",), pack_folders=((resources.rules_folder() / "whatsapp", "rules/whatsapp"),)),
    NATIVE,
)


@pytest.mark.parametrize(
    ("end", "at", "expected"),
    [
        (", end: 2019-12-06", None, ("warning", " (error from 2019-12-07)")),
        (", end: 2019-12-07", None, ("error", " (error from 2019-12-07)")),
        (", end: 2019-12-06T23:59:59", None, ("warning", " (error from 2019-12-07)")),
        (", end: 2019-12-06T23:30-01:00", None, ("error", " (error from 2019-12-07)")),
        (", end: 2019-12-07T00:30, timezone: Europe/Berlin", None, ("warning", " (error from 2019-12-07)")),
        ("", None, ("error", " (error from 2019-12-07)")),
        ("", "2019-12-06", ("warning", " (error from 2019-12-07)")),
        ("", "2019-12-07", ("error", "")),
        (", end: 2019-12-06", "2019-12-07", ("error", "")),
        ("", "2018-04-23", None),
    ],
)
def test_a_weekly_newsletter_from_the_consumer_app_is_an_error_from_7_december_2019(
    end: str, at: str | None, expected: tuple[str, str] | None
) -> None:
    text = (WEEKLY % end).encode()
    settings = Settings(as_of=DAY, at=None if at is None else day(at), base=Path("/nowhere"))
    checker = Checker(REAL, settings, NATIVE, lambda path: text if path.name == "weekly.yaml" else None)
    result = checker.check(Target("weekly.yaml", Path("/nowhere/weekly.yaml"), named=True))
    said = [
        (finding.code, str(finding.severity), finding.message, finding.region.start.line, finding.region.start.column)
        for finding in result.findings
    ]
    message = "weekly sends bulk or newsletter messages from a WhatsApp app account"
    assert said == ([] if expected is None else [("WA101", expected[0], message + expected[1], 3, 10)])
