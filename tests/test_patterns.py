"""Regular expressions: how their time grows is told by their structure; ours grow slowly, others cannot hang a run."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policylint import resources
from policylint.api import lint_bytes
from policylint.backtracking import Growth, growth
from policylint.config import Settings, configuration_in, overrides_of
from policylint.errors import RulePackError
from policylint.patterns import LONG, Pattern, complaint
from policylint.plugins import load_extensions
from policylint.record import provider_patterns
from policylint.rulepacks import load_packs
from policylint.ruleset import load_rules
from tests.rulefiles import HEAD, PACK

if TYPE_CHECKING:
    from policylint.model.rule import Rule

LINEAR, QUADRATIC, WORSE = Growth


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", LINEAR),
        ("foo|bar", LINEAR),
        ("(?i)foo", LINEAR),
        (r"\bfoo\b", LINEAR),
        ("foo.*", LINEAR),
        ("^a*b", LINEAR),
        (r"\A\s*x", LINEAR),
        ("^[a-z0-9_]{1,512}$", LINEAR),
        (r"\{\{[^{}]*\}\}", LINEAR),
        (r"(?<!\w)_[^_\n]*_(?!\w)", LINEAR),
        (r"^(?:[^{]|\{(?!\{))*x", LINEAR),
        (r"^(?!.*b).*c", LINEAR),
        ("^(?:ab)*c", LINEAR),
        (r"^(?:\w+(?:\W+|$))*$", LINEAR),
        (r"(?:\w{1,12}[-_ ]){0,2}x", LINEAR),
        (r"^(a?)*b", LINEAR),
        ("(?:x{0,9}){0,2}y", LINEAR),
        ("a+b", QUADRATIC),
        (r"\s+$", QUADRATIC),
        ("foo.*bar", QUADRATIC),
        ("^a*a*b", QUADRATIC),
        (r"\{\{(\w+)\}\}.*\1", QUADRATIC),
        ("(?m)^a*b*$", QUADRATIC),
        ("[^@]+@[^@]+", QUADRATIC),
        ("(?=.*x)y", QUADRATIC),
        ("^(?=.*a)(?=.*b)c", LINEAR),
        ("(a*)*b", WORSE),
        ("(?:a+)+$", WORSE),
        ("(?:a|a)*b", WORSE),
        ("(?:a|ab|b)*c", WORSE),
        ("(?:a?b?)*c", WORSE),
        (r"(?:\w+\s?)*$", WORSE),
        (r"([-_]\w+)*(:|$)", WORSE),
        ("(x+x+)+y", WORSE),
        ("(?:a{0,99}){0,99}b", WORSE),
        ("^.*a.*b.*c$", WORSE),
        (r"(?i)(?:éx|[a-zÉ]x)*y", WORSE),
        (r"(?:[\u0e00-\u0e7f]x|\wx)*\Z", WORSE),
        ("(?:é|[a-zé])*x", QUADRATIC),  # which Python takes for one class
        ("(?:" * 300 + "a*" + ")*" * 300 + "b", WORSE),
    ],
)
def test_growth_is_told_by_the_structure(expression: str, expected: Growth) -> None:
    re.compile(expression)
    assert growth(expression) is expected


PUMPS = [
    *[
        "a",
        "ab ",
        "a ",
        " ",
        "\n",
        "1",
        "1 ",
        "1,",
        "_",
        ".",
        "-",
        "_a",
        "-a",
        "@",
        "$",
        "*",
        "+4 ",
        "ä",
        "a.b",
        "a@b.",
    ],
    *["{", "{{", "}}", "{}", "{{}}", "{{ ", "{{a", "{{1}}", "{{1}} ", "{{ a }} b ", "{a}", "{{a}}}", "{{ aa", "}} {{"],
    *["http://a", "https://", "/a", "wa.me/", "www.", "%", "\t", "<", "0", "00 ", "é", "中", "أهلاً ", "हो"],
    *["STOP ", "QR ", "link scan ", "thank you "],
]


def seconds(expression: str, flags: int, text: str) -> float:
    search = re.compile(expression, flags).search
    best = 9.0
    for _ in range(3):  # a busy machine may be slow once, but not three times
        start = time.process_time()
        search(text)
        best = min(best, time.process_time() - start)
        if best < 0.1:
            break
    return best


def ours() -> Iterator[tuple[str, int]]:
    folder = resources.rules_folder()
    names = sorted(path.parent for path in folder.glob("*/pack.yaml"))
    for pack in load_packs([(name, f"rules/{name.name}") for name in names]):
        for _, expression in provider_patterns(pack.providers):
            yield expression, re.IGNORECASE
        for rule in pack.rules:
            yield from ((expression, 0) for expression in matched(rule))


def matched(rule: Rule) -> Iterator[str]:
    found: list[Any] = [rule.where, rule.condition, *(cap.where for cap in rule.caps)]
    while found:
        part = found.pop()
        if isinstance(part, dict):
            expression = part.get("matches")
            if isinstance(expression, str) and expression.startswith("$"):
                yield from (str(value) for _, value in rule.parameters[expression[1:]].values)
            elif isinstance(expression, str):
                yield expression
            found.extend(part.values())
        elif isinstance(part, list):
            found.extend(part)


OURS = sorted(set(ours()))
# Asked of no text of more than LONG characters. This list may only shrink.
GROW_WITH_THE_SQUARE = 25


def test_no_pattern_of_ours_grows_with_more_than_the_square_and_few_with_that() -> None:
    grown = {expression: growth(expression, flags) for expression, flags in OURS}
    assert [expression for expression, how in grown.items() if how is WORSE] == []
    assert sum(how is QUADRATIC for how in grown.values()) <= GROW_WITH_THE_SQUARE
    assert len(OURS) > 300


@pytest.mark.parametrize("pump", PUMPS)
def test_our_patterns_are_as_fast_on_pumped_texts_as_their_structure_says(pump: str) -> None:
    slow = []
    for expression, flags in OURS:
        length = LONG if growth(expression, flags) is QUADRATIC else 30_000
        body = (pump * length)[:length]
        slow += [expression for text in (f"{body}!", f"{{{{{body}") if seconds(expression, flags, text) > 0.2]
    assert slow == []


def test_a_long_text_is_unknown_to_a_pattern_that_grows_with_its_square() -> None:
    slow, fast = Pattern("a+b"), Pattern("b")
    assert (slow.search("a" * LONG), slow.search("a" * LONG + "b")) == (False, None)
    assert (fast.search("a" * LONG), fast.search("a" * LONG + "b")) == (False, True)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("(", "'(' is not a regular expression: missing ), unterminated subpattern at position 0"),
        ("a{99999999999}", "'a{99999999999}' is not a regular expression: the repetition number is too large"),
        ("a" * 5001, "a regular expression has at most 5,000 characters, not 5,001"),
        (
            "(a*)*b",
            "'(a*)*b' could take for ever on a long text: in it, what repeats can match the same text in several ways",
        ),
        ("a+b", None),
    ],
)
def test_what_is_wrong_with_an_expression_is_said(expression: str, said: str | None) -> None:
    assert complaint(expression) == said


# --- packs ----------------------------------------------------------------------------------------------------------


def rule(test_of_name: str) -> str:
    return f"{HEAD}forbid: {{name: {test_of_name}}}\n"


def loaded(folder: Path) -> None:
    settings = Settings(as_of=date(2026, 11, 23), pack_folders=((folder, "packs/house"),))
    load_rules(settings, load_extensions(installed=False)._replace(rule_folders=()))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    return folder


def test_a_rule_that_could_hang_is_refused_with_its_place(house: Path) -> None:
    (house / "slow.yaml").write_text(rule("{matches: '(a*)*b'}"), encoding="utf-8")
    with pytest.raises(RulePackError) as raised:
        loaded(house)
    (problem,) = raised.value.problems
    assert problem.startswith("packs/house/slow.yaml:")
    assert "could take for ever" in problem


def test_no_expression_is_taken_from_a_checked_file(house: Path) -> None:
    (house / "slow.yaml").write_text(rule("{matches: {field: business.name}}"), encoding="utf-8")
    with pytest.raises(RulePackError) as raised:
        loaded(house)
    assert "'matches' takes what is written in the rule, not what another field holds" in raised.value.problems[0]


def test_a_provider_table_that_could_hang_is_refused_with_its_place(house: Path) -> None:
    (house / "pack.yaml").write_text(f"{PACK}providers: table.yaml\n", encoding="utf-8")
    (house / "rule.yaml").write_text(rule("x"), encoding="utf-8")
    table = (
        "providers:\n  acme: {name: Acme, route: bsp, urls: ['good', '(a+)+b', {match: '(', body: x}]}\nlibraries: {}\n"
    )
    (house / "table.yaml").write_text(table, encoding="utf-8")
    with pytest.raises(RulePackError) as raised:
        loaded(house)
    assert [problem.split(": ")[0] for problem in raised.value.problems] == [
        "packs/house/table.yaml:2:49",
        "packs/house/table.yaml:2:67",
    ]


def test_a_parameter_that_could_hang_is_refused_where_the_configuration_sets_it(house: Path) -> None:
    text = rule("{matches: $form}") + "parameters: {form: {value: 'a'}}\n"
    (house / "rule.yaml").write_text(text, encoding="utf-8")
    loaded(house)
    configuration = configuration_in(b"rules: {TT001: {parameters: {form: '(a*)*b'}}}\n", "policylint.yaml")
    settings = Settings(
        as_of=date(2026, 11, 23),
        pack_folders=((house, "packs/house"),),
        overrides=overrides_of(configuration),
        defaults_document=configuration.document,
    )
    with pytest.raises(RulePackError, match="could take for ever"):
        load_rules(settings, load_extensions(installed=False)._replace(rule_folders=()))


def test_a_text_too_long_for_a_pattern_leaves_a_rule_undecided(house: Path) -> None:
    (house / "rule.yaml").write_text(rule("{matches: 'a+b'}"), encoding="utf-8")
    settings = Settings(as_of=date(2026, 11, 23), pack_folders=((house, "packs/house"),))
    extensions = load_extensions(installed=False)._replace(rule_folders=())
    for length, undecided in ((LONG, 0), (LONG + 1, 1)):
        text = f"campaign: a\nchannel: whatsapp\nname: {'a' * length}\n"
        report = lint_bytes(text.encode(), "a.yaml", settings, extensions, lambda _path: None)
        assert (report.undecided, len(report.findings)) == (undecided, 0)
