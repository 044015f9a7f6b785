"""Comments → suppressions: which lines and rules they reach, what they must say, and when they end."""

from __future__ import annotations

import time
from datetime import date
from typing import NamedTuple

import pytest

from policylint.model.finding import Finding, Suppression
from policylint.model.rule import RuleNames, Severity
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
    "house/firm": "house/firm",
    "FF100": "house/firm",
    "policylint/schema": "policylint/schema",
}
BAD, WORSE, FIRM = "house/bad", "house/worse", "house/firm"


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
    names = RuleNames(KNOWN, frozenset(active), lambda rule: rule != FIRM)
    result, problems = apply_suppressions(source, given, names, as_of)
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


# --- blocks and files ---------------------------------------------------------------------------------------------

HERE = "# policylint: ignore[TT001] -- agreed"
JSON_HERE = "// policylint: ignore[TT001] -- agreed"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        # above a key: all of its block
        (f"{HERE}\nsender:\n  product: channel\n\n  # more\n  provider: x\nname: y\n", (2, 6)),
        (f"a: 1\n{HERE}\nsender: {{product: channel,\n  provider: x}}\nname: y\n", (3, 4)),
        (f"a: 1\n{HERE}\nbody: |\n  one\n  two\n\nname: y\n", (3, 5)),
        (f"a: 1\n{HERE}\nbody: >-  # folded\n  one\n  two\nname: y\n", (3, 5)),
        (f'a: 1\n{HERE}\nbody: "one\n  two"\nname: y\n', (3, 4)),
        (f"a: 1\n{HERE}\nbody: one\n  two\nname: y\n", (3, 4)),
        (f"a: 1\n{HERE}\nlist:\n- a\n- b\nname: y\n", (3, 5)),
        (f"a: 1\n{HERE}\nsender: &s !own\n  product: channel\nname: y\n", (3, 4)),
        # above the first key of a block: that key, not the block around it
        (f"{HERE}\ncampaign: a\npurpose: survey\n", (2, 2)),
        (f"sender:\n  {HERE}\n  product: channel\n  provider: x\n", (3, 3)),
        # above an item: all of the item
        (f"messages:\n  {HERE}\n  - id: 1\n    body: x\n  - id: 2\n", (3, 4)),
        (f"messages:\n  {HERE}\n  -\n    id: 1\n    body: x\n  - id: 2\n", (4, 5)),
        (f"messages:\n  {HERE}\n  - - a\n    - b\n  - c\n", (3, 4)),
        (f"messages:\n  - {HERE}\n    id: 1\n    body: x\n  - id: 2\n", (3, 4)),
        (f"messages:\n  - id: 1\n    {HERE}\n    buttons:\n      - a\n    body: x\n", (4, 5)),
        # above nothing that begins there
        (f"list: [\n  a,\n{HERE}\n  ]\nname: y\n", (4, 4)),
        (f"base: &b\n  x: 1\nlist:\n{HERE}\n- *b\n- y\n", (5, 5)),
        (f"base: &b\n  x: 1\n{HERE}\nlist: *b\nname: y\n", (4, 4)),
        # at the end of the line of a key with a block: all of the block
        (f"sender:  {HERE}\n  product: channel\n  provider: x\nname: y\n", (1, 3)),
        (f"messages:\n  - body: |  {HERE}\n      one\n      two\n    id: 1\n", (2, 4)),
        (f"sender: {{  {HERE}\n  product: channel}}\nname: y\n", (1, 2)),
        (f"messages:\n  - buttons: &b  {HERE}\n      - a\n    id: 1\n", (2, 3)),
        # at the end of any other line: the line
        (f"messages:\n  - id: 1  {HERE}\n    body: x\n", (2, 2)),
        (f"list: [a,  {HERE}\n  b]\nname: y\n", (1, 1)),
        (f"sender: {{a: 1}}  {HERE}\nname: y\n", (1, 1)),
        (f"sender:  {HERE}\nname: y\n", (1, 1)),
        (f"sender: &s  {HERE}\nname: y\n", (1, 1)),
        (f"a: {{b: 1,\n  c: 2}}  {HERE}\nname: y\n", (2, 2)),
        # with other line ends, and where ruamel.yaml reads the text
        (f"{HERE}\r\nsender:\r\n  product: channel\r\n\r\n  provider: x\r\nname: y\r\n", (2, 5)),
        (f"sender:  {HERE}\n  product: channel  # \u2028\n  provider: [x,\n   y]\nname: y\n", (1, 4)),
        # documents of a stream
        (f"a: 1\n---\n{HERE}\nb:\n  c: 1\n---\nd: 1\n", (4, 5)),
        (f"a:\n  b: 1\n{HERE}\n---\nc:\n  d: 1\n", (5, 6)),
        # nothing below
        (f"a: 1\n{HERE}\n", (2, 2)),
        (f"a: 1\n{HERE}", (2, 2)),
    ],
)
def test_a_comment_above_a_block_or_on_its_first_line_holds_for_all_of_it(text: str, lines: tuple[int, int]) -> None:
    first, last = lines
    said = run(text, [(BAD, number) for number in range(1, text.count("\n") + 2)])
    assert said == Said([(number, BAD, BECAUSE) for number in range(first, last + 1)], [])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f'{{\n  {JSON_HERE}\n  "a": {{\n    "b": 1\n  }},\n  "c": 2\n}}\n', (3, 5)),
        (f'{{\n  "a": {{  {JSON_HERE}\n    "b": 1\n  }},\n  "c": 2\n}}\n', (2, 4)),
        (f'{{"a": [\n  {JSON_HERE}\n  {{\n    "b": 1\n  }},\n  {{"c": 2}}\n]}}\n', (3, 5)),
        (f'{{"a": [\n  {{  {JSON_HERE}\n    "b": 1\n  }},\n  {{"c": 2}}\n]}}\n', (2, 4)),
        ('{\n  /* policylint: ignore[TT001] -- agreed */ "a": {\n    "b": 1\n  },\n  "c": 2\n}\n', (2, 4)),
        (f'{{  {JSON_HERE}\n  "a": 1,\n  "c": 2\n}}\n', (1, 1)),
        (f'{{\n  "a": [1,  {JSON_HERE}\n    2],\n  "c": 2\n}}\n', (2, 2)),
    ],
)
def test_blocks_of_json_are_objects_and_lists(text: str, lines: tuple[int, int]) -> None:
    first, last = lines
    said = run(text, [(BAD, number) for number in range(1, text.count("\n") + 1)], name="c.json")
    assert said == Said([(number, BAD, BECAUSE) for number in range(first, last + 1)], [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.yaml", "# policylint: ignore-file[TT001] -- agreed\na:\n  b: 1\n---\nc: 1\n"),
        ("c.yaml", "# of the team\n\n  #policylint:ignore-file[TT001]--agreed\n---\na: 1\n"),
        ("c.yaml", "%YAML 1.2\n---  # first\n# policylint: ignore-file[TT001] -- agreed\na: 1\n"),
        ("c.json", '/* of the team */\n// policylint: ignore-file[TT001] -- agreed\n{"a": 1}\n'),
        ("c.json", '/* policylint: ignore-file[TT001]\n   -- agreed */\n{"a": 1}\n'),
        (".env", "# policylint: ignore-file[TT001] -- agreed\nA=1\n"),
    ],
)
def test_ignore_file_at_the_head_holds_for_the_file(name: str, text: str) -> None:
    lines = range(1, text.count("\n") + 1)
    said = run(text, [(BAD, number) for number in lines] + [(WORSE, 1)], name=name)
    assert said == Said([(number, BAD, BECAUSE) for number in lines], [])


MOVE = "move it above the first line with content, on a line of its own"


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("c.yaml", "a: 1\n# policylint: ignore-file[TT001] -- agreed\n", (2, 1)),
        ("c.yaml", "a: 1  # policylint: ignore-file[TT001] -- agreed\n", (1, 7)),
        ("c.yaml", "a: 1\n---\n# policylint: ignore-file[TT001] -- agreed\nb: 1\n", (3, 1)),
        ("c.json", '{\n// policylint: ignore-file[TT001] -- agreed\n"a": 1}\n', (2, 1)),
        (".env", "A=1\n# policylint: ignore-file[TT001] -- agreed\n", (2, 1)),
    ],
)
def test_ignore_file_below_the_head_suppresses_nothing(name: str, text: str, place: tuple[int, int]) -> None:
    message = "a suppression for the whole file does not stand at its head"
    assert run(text, [(BAD, 1)], name=name) == Said([], [(*place, "suppression-malformed", message, MOVE)])


def test_the_narrowest_suppression_around_a_finding_gives_the_reason() -> None:
    text = (
        "# policylint: ignore-file[TT001] -- file\n"
        "# policylint: ignore[TT001] -- block\n"
        "sender:\n"
        "  a: 1\n"
        "  # policylint: ignore[TT001] -- inner block\n"
        "  b:\n"
        "    c: 1  # policylint: ignore[TT001] -- line\n"
        "    d: 1\n"
        "  e: 1\n"
        "name: x\n"
    )
    said = run(text, [(BAD, number) for number in (10, 9, 8, 7, 6, 4, 3)])
    assert [(line, suppression.reason) for line, _, suppression in said.suppressed] == [
        (10, "file"),
        (9, "block"),
        (8, "inner block"),
        (7, "line"),
        (6, "inner block"),
        (4, "block"),
        (3, "block"),
    ]
    assert said.problems == []


def test_an_unused_suppression_says_which_lines_it_would_hold_for() -> None:
    text = f"# policylint: ignore-file[TT001] -- agreed\na: 1\n{HERE}\nsender:\n  b: 1\n"
    assert [message for *_, message, _ in run(text, []).problems] == [
        "the suppression of house/bad suppresses nothing in this file",
        "the suppression of house/bad suppresses nothing on lines 4 to 5",
    ]


def test_a_rule_that_may_not_be_waived_is_not_suppressed() -> None:
    text = "a: 1  # policylint: ignore[TT001, FF100] -- agreed\n"
    problem = (1, 7, "suppression-not-allowed", "the rule house/firm may not be suppressed")
    hint = "mend the finding, and take FF100 out of the suppression"
    assert run(text, [(BAD, 1), (FIRM, 1)]) == Said([(1, BAD, BECAUSE)], [(*problem, hint)])


def test_thousands_of_suppressions_take_no_longer_each_than_a_few() -> None:
    def seconds(count: int) -> float:
        item = f"  {HERE}\n  - id: N\n    b: 1  # policylint: ignore[TT002] -- agreed\n"
        source = parse("c.yaml", ("messages:\n" + "".join(item.replace("N", str(n)) for n in range(count))).encode())
        given = [finding(rule, line) for n in range(count) for rule, line in ((BAD, 3 * n + 3), (WORSE, 3 * n + 4))]
        began = time.process_time()
        result, problems = apply_suppressions(
            source, given, RuleNames(KNOWN, frozenset(KNOWN.values()), lambda _: True), AS_OF
        )
        taken = time.process_time() - began
        assert [each.suppressed for each in result] == [BECAUSE] * len(given)
        assert problems == []
        return taken

    few = min(seconds(300) for _ in range(3))
    assert min(seconds(6000) for _ in range(2)) < 20 * few * 4


# --- comments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.yaml", 'name: "a # policylint: ignore[TT001] -- agreed"\n'),
        ("c.yaml", "name: 'a # policylint: ignore[TT001] -- agreed'\n"),
        ("c.yaml", "body: |\n  # policylint: ignore[TT001] -- agreed\n"),
        ("c.yaml", "name: a#policylint:ignore[TT001]--agreed\n"),
        ("c.yaml", "x-policylint: 'ignore[TT001] -- agreed'\n"),
        ("c.json", '{"name": "a // policylint: ignore[TT001] -- agreed"}\n'),
        ("c.json", '{"name": "a /* policylint: ignore[TT001] -- agreed */"}\n'),
        (".env", 'NAME="a # policylint: ignore[TT001] -- agreed"\n'),
        (".env", "NAME=a#policylint:ignore[TT001]--agreed\n"),
    ],
)
def test_what_is_no_comment_is_no_suppression(name: str, text: str) -> None:
    assert run(text, [(BAD, 1), (BAD, 2)], name=name) == Said([], [])


@pytest.mark.parametrize(
    "comment",
    [
        "policylint: see docs/campaigns.md",
        "policylint: run in CI",
        "checked by policylint: ignore comments need a reason",
        "the form is policylint: [ID]",
        "https://example.org/policylint:8080",
    ],
)
def test_prose_that_names_the_tool_is_no_suppression(comment: str) -> None:
    assert run(f"a: 1  # {comment}\n", [(BAD, 1)]) == Said([], [])


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
        "mend the finding and remove the suppression, or renew it with a later day",
    )
    assert run(text, [(BAD, 1)], as_of=date.fromisoformat(as_of)) == (
        Said([(1, BAD, Suppression("in_source", "agreed", date(2026, 12, 31)))], []) if holds else Said([], [expired])
    )


FORM = "write # policylint: ignore[ID] until=YYYY-MM-DD -- reason"
NAME = "name a rule by its id or code, as `policylint rules` lists them"


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
        ("disable[TT001] -- agreed", "malformed", "'policylint: disable[TT001] -- agreed' is not a suppression", FORM),
        ("noqa TT001", "malformed", "'policylint: noqa TT001' is not a suppression", FORM),
        ("[TT001] -- agreed", "malformed", "'policylint: [TT001] -- agreed' is not a suppression", FORM),
        (
            *("ignore[TT001] until=2027-01-01 until=2028-01-01 -- agreed", "malformed"),
            *("the suppression gives until twice", FORM),
        ),
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
        ("ignore[TT901] -- agreed", "unknown-rule", "there is no rule 'TT901', did you mean 'TT001'?", NAME),
        (
            "ignore[house/bat] -- agreed",
            "unknown-rule",
            "there is no rule 'house/bat', did you mean 'house/bad'?",
            NAME,
        ),
        ("ignore[all] -- agreed", "unknown-rule", "there is no rule 'all'", NAME),
    ],
)
def test_a_suppression_that_is_not_valid_suppresses_nothing(comment: str, rule: str, message: str, hint: str) -> None:
    text = f"a: 1  # policylint: {comment}\n"
    assert run(text, [(BAD, 1)]) == Said([], [(1, 7, f"suppression-{rule}", message, hint)])


def test_the_known_rules_of_a_suppression_hold_beside_an_unknown_one() -> None:
    text = "a: 1  # policylint: ignore[TT009, TT001] -- agreed\n"
    assert run(text, [(BAD, 1)]) == Said(
        [(1, BAD, BECAUSE)],
        [(1, 7, "suppression-unknown-rule", "there is no rule 'TT009', did you mean 'TT002'?", NAME)],
    )


def test_a_suppression_that_meets_no_finding_is_told_of() -> None:
    text = "a: 1  # policylint: ignore[TT001, TT002] -- agreed\nb: 2\n# policylint: ignore[TT001] -- agreed\n"
    assert run(text, [(BAD, 1), (BAD, 2)]) == Said(
        [(1, BAD, BECAUSE)],
        [
            (
                *(1, 7, "suppression-unused", "the suppression of house/worse suppresses nothing on line 1"),
                "take house/worse out of it",
            ),
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
    names = RuleNames(KNOWN, frozenset([BAD]), lambda _: True)
    _, problems = apply_suppressions(parse("c.yaml", text.encode()), [], names, AS_OF)
    assert [(problem.rule, problem.severity) for problem in problems] == [
        ("suppression-without-reason", "error"),
        ("suppression-unused", "warning"),
    ]
