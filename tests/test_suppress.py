"""Comments → suppressions: which lines and rules they reach, what they must say, and when they end."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from policylint.model.finding import Finding, Suppression
from policylint.model.rule import Severity
from policylint.model.source import Position, Region
from policylint.parse import parse
from policylint.suppress import apply_suppressions

AS_OF = date(2026, 11, 23)
KNOWN = {
    "house/bad": "house/bad",
    "TT001": "house/bad",
    "house/old-bad": "house/bad",
    "house/worse": "house/worse",
    "TT002": "house/worse",
    "policylint/schema": "policylint/schema",
}
BAD, WORSE = "house/bad", "house/worse"


class Said(NamedTuple):
    """What came of a text: findings as line, rule and suppression; problems as place, rule, message and hint."""

    suppressed: list[tuple[int, str, Suppression]]
    problems: list[tuple[int, int, str, str, str | None]]


def finding(rule: str, line: int) -> Finding:
    place = Region(Position(line, 1, 0), Position(line, 2, 1))
    return Finding(rule, None, Severity.ERROR, "bad", "c.yaml", place, (), "spring", "native")


def run(
    text: str,
    findings: list[tuple[str, int]],
    *,
    name: str = "c.yaml",
    as_of: date = AS_OF,
    active: tuple[str, ...] = tuple(KNOWN.values()),
) -> Said:
    source = parse(name, text.encode())
    assert source.problems == ()
    given = [finding(*each) for each in findings]
    result, problems = apply_suppressions(source, given, KNOWN, as_of, active)
    assert [each._replace(suppressed=None) for each in result] == given
    return Said(
        [(each.region.start.line, each.rule, each.suppressed) for each in result if each.suppressed],
        [
            (problem.region.start.line, problem.region.start.column, problem.rule, problem.message, problem.hint)
            for problem in problems
        ],
    )


BECAUSE = Suppression("in_source", "agreed")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("purpose: survey  # policylint: ignore[TT001] -- agreed\n", 1),
        ("purpose: survey  # policylint: ignore[house/bad] -- agreed\n", 1),
        ("purpose: survey  # policylint: ignore[house/old-bad] -- agreed\n", 1),  # a former name
        ("purpose: survey  # policylint:ignore[TT001]--agreed\n", 1),
        ("purpose: survey  #  policylint :  ignore [ TT001 , ]  --  agreed  \n", 1),
        ("purpose: survey  # see #12, policylint: ignore[TT001] -- agreed\n", 1),
        ("purpose: survey  # policylint: ignore[TT002, TT001] -- agreed\n", 1),
        ("# policylint: ignore[TT001] -- agreed\npurpose: survey\n", 2),
        ("  # policylint: ignore[TT001] -- agreed\n\n\n# more\n\npurpose: survey\n", 6),
        ("sender:\n  # policylint: ignore[TT001] -- agreed\n  product: channel\n", 3),
        ("sender:\n  - a\n# policylint: ignore[TT001] -- agreed\n\n  - b\n", 5),
        ("a: 1\r\nb: 2  # policylint: ignore[TT001] -- agreed\r\nc: 3\r\n", 2),
        ("a: 1\r\n# policylint: ignore[TT001] -- agreed\r\n\r\nc: 3\r\n", 4),
        ("text: |  # policylint: ignore[TT001] -- agreed\n  hello\n", 1),
        ("a: 1\n---\n# policylint: ignore[TT001] -- agreed\nb: 2\n", 4),
    ],
)
def test_a_comment_suppresses_on_its_line_or_on_the_next_with_content(text: str, line: int) -> None:
    lines = range(1, text.count("\n") + 1)
    said = run(text, [(BAD, number) for number in lines], active=(BAD,))
    assert said == Said([(line, BAD, BECAUSE)], [])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{\n  "a": 1, // policylint: ignore[TT001] -- agreed\n  "b": 2\n}\n', 2),
        ('{\n  // policylint: ignore[TT001] -- agreed\n  // and more\n  "b": 2\n}\n', 4),
        ('{\n  "a": 1, /* policylint: ignore[TT001] -- agreed */\n  "b": 2\n}\n', 2),
        ('{\n  /* policylint: ignore[TT001] -- agreed */ "a": 1,\n  "b": 2\n}\n', 2),
        ('{\n  /* policylint: ignore[TT001]\n     -- agreed */\n  "b": 2\n}\n', 4),
    ],
)
def test_comments_of_json_count_too(text: str, line: int) -> None:
    said = run(text, [(BAD, number) for number in range(1, 6)], name="c.json")
    assert said == Said([(line, BAD, BECAUSE)], [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.yaml", 'name: "a # policylint: ignore[TT001] -- agreed"\n'),
        ("c.yaml", "name: 'a # policylint: ignore[TT001] -- agreed'\n"),
        ("c.yaml", "body: |\n  # policylint: ignore[TT001] -- agreed\n"),
        ("c.yaml", "name: a#policylint:ignore[TT001]--agreed\n"),
        ("c.yaml", "x-policylint: 'ignore[TT001] -- agreed'\n"),
        ("c.json", '{"name": "a // policylint: ignore[TT001] -- agreed"}\n'),
    ],
)
def test_what_is_no_comment_is_no_suppression(name: str, text: str) -> None:
    assert run(text, [(BAD, 1), (BAD, 2)], name=name) == Said([], [])


def test_only_the_named_rules_are_suppressed() -> None:
    text = "a: 1  # policylint: ignore[TT001] -- agreed\n"
    assert run(text, [(BAD, 1), (WORSE, 1), (BAD, 1)]) == Said([(1, BAD, BECAUSE), (1, BAD, BECAUSE)], [])


def test_findings_of_the_tool_itself_can_be_suppressed() -> None:
    text = "a: 1  # policylint: ignore[policylint/schema] -- agreed\n"
    assert run(text, [("policylint/schema", 1)]).suppressed == [(1, "policylint/schema", BECAUSE)]


@pytest.mark.parametrize(("as_of", "holds"), [("2026-12-30", True), ("2026-12-31", True), ("2027-01-01", False)])
def test_a_suppression_holds_through_its_last_day(as_of: str, holds: bool) -> None:
    text = "a: 1  # policylint: ignore[TT001] until=2026-12-31 -- agreed\n"
    expired = (
        *(1, 7, "suppression-expired", "the suppression ended on 2026-12-31"),
        "mend the finding, or renew it with a later day",
    )
    assert run(text, [(BAD, 1)], as_of=date.fromisoformat(as_of)) == (
        Said([(1, BAD, Suppression("in_source", "agreed", date(2026, 12, 31)))], []) if holds else Said([], [expired])
    )


FORM = "write # policylint: ignore[ID] until=YYYY-MM-DD -- reason"


@pytest.mark.parametrize(
    ("comment", "rule", "message", "hint"),
    [
        ("ignore[TT001]", "without-reason", "the suppression gives no reason", "add -- and the reason"),
        ("ignore[TT001] --", "without-reason", "the suppression gives no reason", "add -- and the reason"),
        (
            "ignore[TT001] until=2027-01-01 --  ",
            "without-reason",
            "the suppression gives no reason",
            "add -- and the reason",
        ),
        ("ignore", "malformed", "'policylint: ignore' is not a suppression", FORM),
        ("ignore TT001 -- agreed", "malformed", "'policylint: ignore TT001 -- agreed' is not a suppression", FORM),
        ("ignroe[TT001] -- agreed", "malformed", "'policylint: ignroe[TT001] -- agreed' is not a suppression", FORM),
        ("ignore[TT001] agreed", "malformed", "'policylint: ignore[TT001] agreed' is not a suppression", FORM),
        ("ignore[TT001] – agreed", "malformed", "'policylint: ignore[TT001] – agreed' is not a suppression", FORM),
        ("ignore[TT001", "malformed", "'policylint: ignore[TT001' is not a suppression", FORM),
        ("ignore[] -- agreed", "malformed", "the suppression names no rule", FORM),
        ("ignore[ , ] -- agreed", "malformed", "the suppression names no rule", FORM),
        (
            "ignore[TT001] untill=2027-01-01 -- agreed",
            "malformed",
            "the suppression has an unknown option 'untill', did you mean 'until'?",
            FORM,
        ),
        (
            "ignore[TT001] until=2027-02-30 -- agreed",
            "malformed",
            "until=2027-02-30 is not a day",
            "write until=YYYY-MM-DD",
        ),
        (
            "ignore[TT001] until=20270101 -- agreed",
            "malformed",
            "until=20270101 is not a day",
            "write until=YYYY-MM-DD",
        ),
        ("ignore[TT001] until= -- agreed", "malformed", "until= is not a day", "write until=YYYY-MM-DD"),
        ("ignore[TT901] -- agreed", "unknown-rule", "there is no rule 'TT901', did you mean 'TT001'?", FORM),
        (
            "ignore[house/bat] -- agreed",
            "unknown-rule",
            "there is no rule 'house/bat', did you mean 'house/bad'?",
            FORM,
        ),
        ("ignore[all] -- agreed", "unknown-rule", "there is no rule 'all'", FORM),
    ],
)
def test_a_suppression_that_is_not_valid_suppresses_nothing(comment: str, rule: str, message: str, hint: str) -> None:
    text = f"a: 1  # policylint: {comment}\n"
    assert run(text, [(BAD, 1)]) == Said([], [(1, 7, f"suppression-{rule}", message, hint)])


def test_the_known_rules_of_a_suppression_hold_beside_an_unknown_one() -> None:
    text = "a: 1  # policylint: ignore[TT009, TT001] -- agreed\n"
    assert run(text, [(BAD, 1)]) == Said(
        [(1, BAD, BECAUSE)],
        [(1, 7, "suppression-unknown-rule", "there is no rule 'TT009', did you mean 'TT002'?", FORM)],
    )


def test_a_suppression_that_meets_no_finding_is_told_of() -> None:
    text = "a: 1  # policylint: ignore[TT001, TT002] -- agreed\nb: 2\n# policylint: ignore[TT001] -- agreed\n"
    assert run(text, [(BAD, 1), (BAD, 2)]) == Said(
        [(1, BAD, BECAUSE)],
        [
            (1, 7, "suppression-unused", "the suppression of house/worse suppresses nothing on line 1", "remove it"),
            (3, 1, "suppression-unused", "the suppression of house/bad suppresses nothing on line 3", "remove it"),
        ],
    )


def test_a_suppression_of_a_rule_that_was_not_applied_is_not_called_unused() -> None:
    text = "a: 1  # policylint: ignore[TT001, TT002] -- agreed\n"
    assert run(text, [(BAD, 1)], active=(BAD,)).problems == []


def test_of_two_suppressions_of_one_finding_the_second_is_unused() -> None:
    text = "# policylint: ignore[TT001] -- above\na: 1  # policylint: ignore[TT001] -- agreed\n"
    assert run(text, [(BAD, 2)]) == Said(
        [(2, BAD, Suppression("in_source", "above"))],
        [(2, 7, "suppression-unused", "the suppression of house/bad suppresses nothing on line 2", "remove it")],
    )


def test_problems_are_errors_but_for_unused_ones() -> None:
    text = "a: 1  # policylint: ignore[TT001]\nb: 2  # policylint: ignore[TT001] -- agreed\n"
    _, problems = apply_suppressions(parse("c.yaml", text.encode()), [], KNOWN, AS_OF, [BAD])
    assert [(problem.rule, problem.severity) for problem in problems] == [
        ("suppression-without-reason", "error"),
        ("suppression-unused", "warning"),
    ]
