"""Mutants of rules: which mistakes are tried, which of them cases notice, and which are excused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policylint.cli import main
from policylint.model.rule import Severity, Step
from policylint.mutation import Score, mutants, run_mutation
from policylint.ruletest import run_tests
from tests.rulefiles import HEAD, NATIVE, rule, write_pack

RULE = """\
where: {kind: campaign, direction: push}
forbid:
  any:
    - purpose: {in: [newsletter, promotion]}
    - audience.size: {greater_than: $maximum}
      sender.coexistence: true
at: purpose
parameters:
  maximum: {values: {2020-01-01: 256, 2026-05-20: 200}}
caps:
  - {to: warning, where: {audience.size: {at_most: 1}}, because: "one recipient"}
"""


def changes(text: str) -> list[str]:
    return [mutant.change for mutant in mutants(rule(text))]


def conditions(text: str) -> dict[str, object]:
    """Return the mutants of a condition, without those of the enforcement."""
    return {
        mutant.change: mutant.rule.condition
        for mutant in mutants(rule(text))
        if not mutant.change.startswith("/enforcement")
    }


def test_every_part_of_a_rule_gets_its_mistakes() -> None:
    assert changes(RULE) == [
        "/forbid/any turned into all",
        "/forbid/any/0 dropped",
        "/forbid/any/0/purpose/in turned into not_in",
        "/forbid/any/0/purpose/in without newsletter",
        "/forbid/any/0/purpose/in without promotion",
        "/forbid/any/1 dropped",
        "/forbid/any/1/audience.size dropped",
        "/forbid/any/1/audience.size/greater_than turned into at_most",
        "/forbid/any/1/sender.coexistence dropped",
        "/forbid/any/1/sender.coexistence turned into false",
        "/where dropped",
        "/where/kind dropped",
        "/where/kind equals turned into not_equals",
        "/where/direction dropped",
        "/where/direction equals turned into not_equals",
        "/at dropped",
        "/caps/0 dropped",
        "/caps/0/where/audience.size/at_most turned into greater_than",
        "/caps/0/where/audience.size/at_most 1 → 0",
        "/caps/0/where/audience.size/at_most 1 → 2",
        "/enforcement/0 moved to 2019-12-31",
        "/enforcement/0 moved to 2020-01-02",
        "/parameters/maximum 256 → 255",
        "/parameters/maximum 256 → 257",
        "/parameters/maximum 200 → 199",
        "/parameters/maximum 200 → 201",
        "/parameters/maximum moved to 2026-05-19",
        "/parameters/maximum moved to 2026-05-21",
    ]


def test_each_mutant_has_one_mistake_and_the_rule_stays_as_it_is() -> None:
    made = rule(RULE)
    found = {mutant.change: mutant.rule for mutant in mutants(made)}
    assert made == rule(RULE)._replace(document=made.document)
    assert found["/where/kind dropped"] == made._replace(where={"direction": "push"})
    assert found["/at dropped"] == made._replace(at=())
    assert found["/caps/0 dropped"] == made._replace(caps=())
    assert found["/enforcement/0 moved to 2020-01-02"] == made._replace(
        enforcement=(Step(date(2020, 1, 2), Severity.ERROR, "from this day"),)
    )
    moved = found["/parameters/maximum moved to 2026-05-21"]
    assert moved == made._replace(parameters=moved.parameters)
    assert moved.parameters["maximum"].values == ((date(2020, 1, 1), 256), (date(2026, 5, 21), 200))


def test_each_step_is_moved_by_a_day() -> None:
    steps = (Step(date(2018, 4, 24), Severity.WARNING, "a"), Step(date(2019, 12, 7), Severity.ERROR, "b"))
    made = rule("forbid: {sender.coexistence: {absent: true}}\n", enforcement=steps)
    assert [mutant.rule.enforcement for mutant in mutants(made) if mutant.change.startswith("/enforcement")] == [
        (steps[0]._replace(since=date(2018, 4, 23)), steps[1]),
        (steps[0]._replace(since=date(2018, 4, 25)), steps[1]),
        (steps[0], steps[1]._replace(since=date(2019, 12, 6))),
        (steps[0], steps[1]._replace(since=date(2019, 12, 8))),
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "require: {purpose: {present: true}}",
            {"/require/purpose/present turned into absent": {"purpose": {"absent": True}}},
        ),
        (
            "forbid: {none: [{purpose: invoice}]}",
            {
                "/forbid/none turned into any": {"any": [{"purpose": "invoice"}]},
                "/forbid/none/0/purpose equals turned into not_equals": {
                    "none": [{"purpose": {"not_equals": "invoice"}}]
                },
            },
        ),
        (
            "forbid: {messages: {none: {category: utility}}}",
            {
                "/forbid/messages/none turned into some": {"messages": {"some": {"category": "utility"}}},
                "/forbid/messages/none/category equals turned into not_equals": {
                    "messages": {"none": {"category": {"not_equals": "utility"}}}
                },
            },
        ),
        (
            "forbid: {audience.countries: {some: {equals: US}}}",
            {
                "/forbid/audience.countries/some turned into none": {"audience.countries": {"none": {"equals": "US"}}},
                "/forbid/audience.countries/some/equals turned into not_equals": {
                    "audience.countries": {"some": {"not_equals": "US"}}
                },
            },
        ),
        (
            "forbid: {messages: {count: {where: {category: utility}, at_least: 2}}}",
            {
                "/forbid/messages/count/where/category equals turned into not_equals": {
                    "messages": {"count": {"where": {"category": {"not_equals": "utility"}}, "at_least": 2}}
                },
                "/forbid/messages/count/at_least 2 → 1": {
                    "messages": {"count": {"where": {"category": "utility"}, "at_least": 1}}
                },
                "/forbid/messages/count/at_least 2 → 3": {
                    "messages": {"count": {"where": {"category": "utility"}, "at_least": 3}}
                },
            },
        ),
        (
            "forbid: {schedule.start: {within: {days: 7, after: {field: sender.registered}}}}",
            {
                "/forbid/schedule.start/within/days 7 → 6": {
                    "schedule.start": {"within": {"days": 6, "after": {"field": "sender.registered"}}}
                },
                "/forbid/schedule.start/within/days 7 → 8": {
                    "schedule.start": {"within": {"days": 8, "after": {"field": "sender.registered"}}}
                },
            },
        ),
    ],
)
def test_a_condition_is_changed_in_one_place(written: str, expected: dict[str, object]) -> None:
    assert conditions(f"{written}\n") == expected


def test_a_combiner_that_is_turned_into_one_that_stands_beside_it_replaces_nothing() -> None:
    found = conditions("forbid: {any: [{purpose: newsletter}], none: [{enabled: false}]}\n")
    assert found["/forbid/none turned into any"] == {
        "any": [{"purpose": "newsletter"}],
        "all": [{"any": [{"enabled": False}]}],
    }


def test_the_first_day_of_a_parameter_is_not_moved_as_its_value_holds_before_too() -> None:
    text = (
        "forbid: {audience.size: {greater_than: $many}}\nparameters: {many: {values: {2020-01-01: 5, 2021-01-01: 5}}}\n"
    )
    assert [change for change in changes(text) if "moved" in change and change.startswith("/parameters")] == [
        "/parameters/many moved to 2020-12-31",
        "/parameters/many moved to 2021-01-02",
    ]


# --- scores -------------------------------------------------------------------------------------------------------

BAD = HEAD + "where: {kind: campaign}\nforbid: {audience.size: {greater_than: 1}}\n"
CASES = """\
cases:
  - name: two recipients on the day
    on: 2020-01-01
    file: |
      {campaign: one, channel: whatsapp, audience: {size: 2}}   # expect: error
  - name: two recipients on the day before
    on: 2019-12-31
    file: |
      {campaign: one, channel: whatsapp, audience: {size: 2}}
  - name: a set-up
    file: |
      {campaign: one, kind: setup, channel: whatsapp, audience: {size: 2}}
"""
ONE_RECIPIENT = """\
  - name: one recipient
    file: |
      {campaign: one, channel: whatsapp, audience: {size: 1}}
"""
EXCUSE = """\
equivalent:
  - {mutant: "/forbid/audience.size/greater_than 1 → 0", reason: "no campaign has one recipient"}
"""
MISSED = "bad.yaml: /forbid/audience.size/greater_than 1 → 0"


def score_of(folder: Path, cases: str) -> tuple[list[str], Score]:
    pack = write_pack(folder / "house", {"bad.yaml": BAD, "bad.test.yaml": cases})
    text, score = run_mutation([pack], NATIVE)
    prefix = f"{pack.as_posix()}/"
    return text.replace(prefix, "").splitlines(), Score(
        score.noticed,
        score.excused,
        tuple(change.replace(prefix, "") for change in score.missed),
        tuple(change.replace(prefix, "") for change in score.useless),
    )


def test_a_mutant_that_no_case_notices_is_named(tmp_path: Path) -> None:
    lines, score = score_of(tmp_path, CASES)
    assert score == Score(6, 0, (MISSED,))
    assert lines == [f"not noticed: {MISSED}", "6 of 7 mutants noticed (85.7%), 0 more excused as equivalent"]


def test_a_case_more_notices_it(tmp_path: Path) -> None:
    lines, score = score_of(tmp_path, CASES + ONE_RECIPIENT)
    assert score == Score(7, 0, ())
    assert score.share == 1.0
    assert lines == ["7 of 7 mutants noticed (100.0%), 0 more excused as equivalent"]


def test_an_excused_mutant_does_not_count(tmp_path: Path) -> None:
    lines, score = score_of(tmp_path, CASES + EXCUSE)
    assert score == Score(6, 1, ())
    assert lines == ["6 of 6 mutants noticed (100.0%), 1 more excused as equivalent"]


@pytest.mark.parametrize(
    ("cases", "mutant"),
    [
        (CASES + ONE_RECIPIENT + EXCUSE, "/forbid/audience.size/greater_than 1 → 0"),
        (CASES + ONE_RECIPIENT + EXCUSE.replace("1 → 0", "9 → 8"), "/forbid/audience.size/greater_than 9 → 8"),
    ],
    ids=["noticed", "no such mutant"],
)
def test_an_excuse_of_no_use_is_named(tmp_path: Path, cases: str, mutant: str) -> None:
    lines, score = score_of(tmp_path, cases)
    assert score == Score(7, 0, (), (f"bad.yaml: {mutant}",))
    assert lines[0] == f"bad.yaml: {mutant}: excused, but there is no such mutant, or a case notices it"


def test_a_case_that_fails_as_it_stands_notices_nothing(tmp_path: Path) -> None:
    wrong = ONE_RECIPIENT.replace("size: 1}}", "size: 1}}   # expect: error")
    assert score_of(tmp_path, CASES + wrong)[1] == Score(6, 0, (MISSED,))


def test_a_rule_without_cases_has_every_mutant_missed(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "house", {"bad.yaml": BAD})
    score = run_mutation([pack], NATIVE)[1]
    assert (score.noticed, len(score.missed), score.share) == (0, 7, 0.0)


def test_only_the_named_rule_is_tried(tmp_path: Path) -> None:
    other = BAD.replace("TT001", "TT002")
    pack = write_pack(tmp_path / "house", {"bad.yaml": BAD, "bad.test.yaml": CASES, "worse.yaml": other})
    assert run_mutation([pack / "bad.test.yaml"], NATIVE)[1].noticed == 6
    assert run_mutation([pack / "worse.yaml"], NATIVE)[1].noticed == 0


@pytest.mark.parametrize(("more", "status"), [(ONE_RECIPIENT, 0), (EXCUSE, 0), ("", 1), (ONE_RECIPIENT + EXCUSE, 1)])
def test_the_command_fails_below_95_percent_and_on_useless_excuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str, status: int
) -> None:
    pack = write_pack(tmp_path / "house", {"bad.yaml": BAD, "bad.test.yaml": CASES + more})
    assert run_tests([pack], NATIVE)[1]
    assert main(["test", str(pack)]) == 0
    assert main(["test", str(pack), "--mutation"]) == status
    assert "mutants noticed" in capsys.readouterr().out


def test_the_cases_of_the_whatsapp_pack_notice_95_percent() -> None:
    from policylint.plugins import load_extensions

    score = run_mutation([Path(__file__).parent.parent / "rules" / "whatsapp"], load_extensions())[1]
    assert score.useless == ()
    assert score.share >= 0.95, score.missed
