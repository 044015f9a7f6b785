"""Fixes in the cases beside rules: what they show, what must be shown, and which mistakes they notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policylint.mutation import fix_mutants, run_mutation
from policylint.ruletest import run_tests
from tests.rulefiles import HEAD, NATIVE, rule, write_pack

RULE = HEAD + "forbid: {purpose: newsletter}\n"
FIX = """\
fix:
  - title: leave the purpose out
    applicability: safe
    where: {audience.size: {at_most: 1}}
    edits: [{remove: purpose}]
  - title: call it something else
    applicability: suggestion
    question: What is it?
"""
CASES = """\
cases:
  - name: a newsletter on the day
    on: 2020-01-01
    file: |
      campaign: one
      channel: whatsapp
      purpose: newsletter  # expect: error
      audience: {size: 1}
  - name: a newsletter on the day before
    on: 2019-12-31
    file: |
      campaign: one
      channel: whatsapp
      purpose: newsletter
"""
MANY = """\
  - name: a newsletter to two
    file: |
      campaign: one
      channel: whatsapp
      purpose: newsletter  # expect: error
      audience: {size: 2}
"""
SHOWN = "    fixed: |\n      campaign: one\n      channel: whatsapp\n      audience: {size: 1}\n"
DAY = CASES.partition("  - name: a newsletter on the day before")
FIXED = f"{DAY[0]}{SHOWN}{DAY[1]}{DAY[2]}"


def failures(folder: Path, cases: str, fix: str = FIX) -> list[str]:
    pack = write_pack(folder / "house", {"bad.yaml": RULE + fix, "bad.test.yaml": cases})
    text, passed = run_tests([pack], NATIVE)
    lines = text.replace(f"{pack.as_posix()}/", "").splitlines()
    assert passed is (len(lines) == 1)
    return lines[:-1]


def test_a_rule_whose_cases_show_its_fixes_passes(tmp_path: Path) -> None:
    assert failures(tmp_path, FIXED + MANY) == []


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        (
            CASES + MANY,
            ["bad.test.yaml:1:1: no case of house/bad (TT001) has fixed: for the fix 'leave the purpose out'"],
        ),
        (
            FIXED,
            [
                "bad.test.yaml:1:1: no case of house/bad (TT001) has a finding that the fix "
                "'call it something else' fits"
            ],
        ),
        (
            FIXED.replace("audience: {size: 1}\n  - name", "audience: {size: 3}\n  - name") + MANY,
            [
                "bad.test.yaml:2:5: 'a newsletter on the day' is not fixed as it says:",
                "    --- fixed:",
                "    +++ found",
                "    @@ -1,3 +1,3 @@",
                "     campaign: one",
                "     channel: whatsapp",
                "    -audience: {size: 3}",
                "    +audience: {size: 1}",
            ],
        ),
        (
            FIXED + MANY + "    fix: leave the purpose out\n",
            [
                "bad.test.yaml:19:5: 'a newsletter to two' expects the fix 'leave the purpose out', "
                "but there is 'call it something else'"
            ],
        ),
        (FIXED + MANY + "    fix: call it something else\n", []),
    ],
)
def test_what_the_fixes_do_not_do_is_a_failure(tmp_path: Path, cases: str, said: list[str]) -> None:
    assert failures(tmp_path, cases) == said


def test_a_case_that_is_fixed_needs_a_rule_with_a_fix(tmp_path: Path) -> None:
    said = "bad.test.yaml:2:5: 'a newsletter on the day' says how it is fixed, but the rule has no fix"
    assert failures(tmp_path, FIXED + MANY, "") == [said]


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        ("{title: Leave it, applicability: suggestion, question: Why?}", "12:14: the title of a fix begins small"),
        ("{title: leave it., applicability: suggestion, question: Why?}", "12:14: the title of a fix begins small"),
        ("{title: leave it, applicability: suggestion, question: Why}", "12:61: the question of a fix ends in a"),
    ],
)
def test_the_conventions_of_a_fix_are_kept(tmp_path: Path, fix: str, said: str) -> None:
    (found,) = failures(tmp_path, CASES + MANY, f"fix: {fix}\n")
    assert found.startswith(f"bad.yaml:{said}")


def changes(fix: str, condition: str = "forbid: {purpose: newsletter}") -> list[tuple[str, Any]]:
    return [(mutant.change, mutant.rule.fix) for mutant in fix_mutants(rule(f"{condition}\nfix: {fix}\n"))]


def test_a_fix_gets_one_mistake_in_each_mutant() -> None:
    fix = (
        "{title: a, applicability: safe, where: {purpose: newsletter}, edits: ["
        "{set: {schedule.retry_after_hours: 24, enabled: true}}, "
        "{remove: {from: audience.countries, items: {equals: US}}}]}"
    )
    assert [change for change, _ in changes(fix)] == [
        "/fix dropped",
        "/fix/where dropped",
        "/fix/where/purpose equals turned into not_equals",
        "/fix/edits/0 dropped",
        "/fix/edits/0/set/schedule.retry_after_hours dropped",
        "/fix/edits/0/set/schedule.retry_after_hours 24 → 23",
        "/fix/edits/0/set/schedule.retry_after_hours 24 → 25",
        "/fix/edits/0/set/enabled dropped",
        "/fix/edits/0/set/enabled turned into false",
        "/fix/edits/1 dropped",
        "/fix/edits/1/remove/items/equals turned into not_equals",
    ]
    assert changes(fix)[0][1] is None


def test_places_words_and_suggestions_of_fixes_get_mistakes_where_they_can_be_noticed() -> None:
    fix = (
        "[{title: a, applicability: safe, edits: [{insert: {into: messages, item: {kind: freeform}, "
        "before: {kind: template}}}]}, {title: b, applicability: suggestion, question: c?}]"
    )
    assert [change for change, _ in changes(fix)] == [
        "/fix/0 dropped",
        "/fix/0/edits/0/insert/before dropped",
        "/fix/0/edits/0/insert/before/kind equals turned into not_equals",
    ]
    looked_up = "{title: a, applicability: safe, edits: [{set: {name: {field: purpose, values: {a: b, c: d}}}}]}"
    assert [change for change, _ in changes(looked_up)] == [
        "/fix dropped",
        "/fix/edits/0/set/name without a",
        "/fix/edits/0/set/name without c",
    ]


def test_a_mistake_in_a_fix_that_no_case_notices_is_named(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "house", {"bad.yaml": RULE + FIX, "bad.test.yaml": FIXED + MANY})
    missed = [change.rpartition(": ")[2] for change in run_mutation([pack], NATIVE)[1].missed]
    assert [change for change in missed if change.startswith("/fix")] == [
        "/fix/0/where dropped",
        "/fix/0/where/audience.size/at_most 1 → 2",
    ]
    noticing = FIXED + MANY + "    fix: call it something else\n"
    pack = write_pack(tmp_path / "more" / "house", {"bad.yaml": RULE + FIX, "bad.test.yaml": noticing})
    assert [change for change in run_mutation([pack], NATIVE)[1].missed if "/fix" in change] == []
