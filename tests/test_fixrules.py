"""``fix:`` of a rule: every mistake is refused when the pack is loaded, at its place; what it may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policylint.errors import RulePackError
from policylint.model.fix import SAFE, SUGGESTION, UNSAFE
from policylint.rulepacks import load_packs
from tests.rulefiles import HEAD, HEAD_LINES, compiled, document, problems, write_pack

CONDITION = "select: messages[*]\nforbid: {kind: freeform}\n"
FIX = "fix:\n  title: do so\n  applicability: safe\n  edits:\n    - "


def said_of(edit: str, condition: str = CONDITION) -> list[str]:
    """What is wrong with a fix of that edit; lines count from the ``fix:`` line, columns from the edit."""
    found = problems(condition + FIX + edit + "\n")
    lines = condition.count("\n")
    places = [(int(line), int(column), rest) for line, column, rest in (one.split(":", 2) for one in found)]
    assert all(line == lines + 5 for line, _, _ in places)
    return [f"{column - 6}:{rest}" for _, column, rest in places]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("set: {categroy: utility}", "7: 'messages' has no field 'categroy', did you mean 'category'?"),
        (
            "set: {category: promotion}",
            "17: 'messages.category' is never 'promotion'; it is one of marketing, utility, authentication",
        ),
        ("set: {category: UTILITY}", "17: 'UTILITY' is compared without letter case: write 'utility'"),
        ("set: {template.allow_category_change: 3}", "39: 'messages.template.allow_category_change' is a yes-or-no"),
        ("set: {campaign.schedule.retry_after_hours: $mininum}", "44: the rule has no parameter 'mininum'"),
        ("set: {campaign.audience.size: {field: campaign.audience.siz}}", "39: 'audience' has no field 'siz'"),
        ("set: {body: {words: sail, language: {field: language}}}", "21: the pack has no word list 'sail'"),
        ("set: {body: {words: sale, language: {field: langauge}}}", "45: 'messages' has no field 'langauge'"),
        ("set: {body: {field: langauge, values: {a: b}}}", "21: 'messages' has no field 'langauge'"),
        ("set: {category: {field: kind, values: {freeform: utilty}}}", "50: 'messages.category' is never 'utilty'"),
        ("set: {body: {list: sail}}", "20: the pack has no list 'sail'"),
        (
            "set: {campaign.consent.obtained: true}",
            "7: 'consent.obtained' is a fact about the world, which no fix may state: make it a suggestion with its",
        ),
        ("remove: campaign.consent.obtained", "9: 'consent.obtained' is a fact about the world"),
        ("remove: {from: campaign.opt_out.keywords, items: {equals: a}}", "16: 'opt_out.keywords' is a fact about the"),
        (
            "insert: {into: campaign.messages, item: {release: a}}",
            "42: 'messages.release' is a fact about the world, which no fix may state",
        ),
        ("set: {template: {status: approved}}", "17: 'messages.template' is a mapping: give its fields one by one"),
        (
            "set: {template: {field: campaign.x-own}}",
            "17: 'messages.template' is a mapping: give its fields one by one",
        ),
        (
            "insert: {into: campaign.messages, item: {template: {status: approved}}}",
            "52: 'messages.template' is a mapping: give its fields one by one",
        ),
        ("set: {template.status: approved}", "7: 'messages.template.status' is a fact about the world"),
        ("set: {campaign.opt_out.keywords: STOP}", "7: 'opt_out.keywords' is a fact about the world"),
        ("insert: {into: campaign.consent.channels, item: whatsapp}", "16: 'consent.channels' is a fact about the"),
        ("remove: template.nam", "9: 'messages.template' has no field 'nam', did you mean 'name'?"),
        ("remove: {from: body, items: {equals: a}}", "16: 'body' is no list"),
        ("remove: {from: campaign.audience.countries, items: {equal: US}}", "53: there is no operator 'equal'"),
        ("remove: {from: campaign.audience.countries, items: {equals: ''}}", "61: 'audience.countries' is never ''"),
        ("group: {items: template.components, where: {typ: body}}", "45: 'messages.template.components' has no field"),
        ("insert: {into: template.components, item: footer}", "43: 'template.components' is a list of mappings"),
        ("insert: {into: template.components, item: {typ: footer}}", "44: 'messages.template.components' has no field"),
        (
            "insert: {into: template.components, item: {text: a}, before: {typ: a}}",
            "63: 'messages.template.components'",
        ),
        ("renumber: kind", "11: 'kind' is no text with parameters"),
        ("sample: bodi", "9: 'messages' has no field 'bodi', did you mean 'body'?"),
        (
            "{set: {body: a}, remove: body}",
            "1: an edit has exactly one of set, remove, insert, group, renumber, sample",
        ),
    ],
)
def test_a_mistake_in_an_edit_is_refused_at_its_place(edit: str, said: str) -> None:
    (found,) = said_of(edit)
    assert found.startswith(said)


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        ("{title: do so, applicability: safe}", "3:6: a fix has edits; without them it is a suggestion"),
        ("{title: do so, applicability: suggestion}", "3:6: a suggestion says what has to be asked: write question"),
        (
            "{title: do so, applicability: suggestion, question: Why?, edits: [{remove: body}]}",
            "3:71: a suggestion is not made: it has a question and no edits",
        ),
        ("{title: do $maximum, applicability: suggestion, question: Why?}", "3:14: there is no placeholder '$maximum'"),
        ("{title: for $ 5, applicability: suggestion, question: Why?}", "3:14: a lone $ (write $$)"),
        ("{title: a, applicability: suggestion, question: 'Is it $camp?'}", "3:54: there is no placeholder '$camp'"),
        (
            "{title: a, applicability: safe, where: {knid: a}, edits: [{remove: body}]}",
            "3:46: 'messages' has no field 'knid', did you mean 'kind'?",
        ),
    ],
)
def test_a_mistake_in_a_fix_is_refused_at_its_place(fix: str, said: str) -> None:
    (found,) = problems(f"{CONDITION}fix: {fix}\n")
    assert found.startswith(said)


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        ("{titel: a, applicability: safe}", "1:7: unknown field 'titel' in fix, did you mean 'title'?"),
        ("{title: a, applicability: safely}", "1:32: fix.applicability is the text 'safely', which is not one of"),
        ("{title: a, applicability: safe, edits: [{sett: {a: 1}}]}", "1:47: unknown field 'sett' in fix.edits[0]"),
        ("[{title: a, applicability: safe, edits: [{remove: [a]}]}]", "1:56: fix[0].edits[0].remove is a list"),
        ("[]", "1:6: fix: [] should be non-empty"),
        ("{title: a, applicability: safe, edits: [{insert: {into: a}}]}", "1:55: 'item' is missing"),
    ],
)
def test_a_fix_of_another_shape_is_refused_at_its_place(tmp_path: Path, fix: str, said: str) -> None:
    folder = write_pack(tmp_path / "house", {"bad.yaml": f"{HEAD}forbid: {{purpose: newsletter}}\nfix: {fix}\n"})
    with pytest.raises(RulePackError) as refused:
        load_packs([(folder, "rules/house")])
    line, rest = said.split(":", 1)
    place = f"rules/house/bad.yaml:{HEAD_LINES + 1 + int(line)}:{rest}"
    assert any(problem.startswith(place) for problem in refused.value.problems), refused.value.problems


def test_a_rule_has_one_fix_or_several_of_which_the_first_that_fits_counts() -> None:
    one = compiled(
        "forbid: {kind: setup}\nfix: {title: $campaign, applicability: suggestion, question: 'Is it $value?'}\n"
    )
    assert [(fix.title, fix.applicability) for fix in one.fixes] == [("$campaign", SUGGESTION)]
    several = compiled(
        "parameters: {maximum: {value: 24}}\n"
        "forbid: {schedule.retry_after_hours: {less_than: $maximum}}\n"
        "fix:\n"
        "  - {title: a, applicability: safe, where: {purpose: newsletter}, edits: [{remove: schedule}]}\n"
        "  - {title: b, applicability: unsafe, edits: [{set: {schedule.retry_after_hours: $maximum, name: n}}]}\n"
    )
    assert [(fix.title, fix.applicability, len(fix.edits)) for fix in several.fixes] == [
        ("a", SAFE, 1),
        ("b", UNSAFE, 2),
    ]


def values_of(written: str, record: str, path: str = "body") -> Any:
    """Return what a value of a fix is for the only message of a record."""
    found = compiled(CONDITION + FIX + f"set: {{{path}: {written}}}\n")
    data = document(record, "c.yaml").data
    read = found.fixes[0].edits[0].value
    assert read is not None
    return read((None, data, data["messages"][0]))


@pytest.mark.parametrize(
    ("written", "record", "value"),
    [
        ("plain", "messages: [{}]", "plain"),
        ("{field: language}", "messages: [{language: de}]", "de"),
        ("{field: campaign.name}", "name: N\nmessages: [{}]", "N"),
        ("{field: language}", "messages: [{}]", None),
        ("{words: sale, language: {field: language}}", "messages: [{language: de_AT}]", "rabatt"),
        ("{words: sale, language: {field: language}}", "messages: [{language: EN-us}]", "sale"),
        ("{words: sale, language: {field: language}}", "messages: [{language: nl}]", None),
        ("{words: sale, language: {field: language}}", "messages: [{}]", None),
        ("{words: sale, language: en}", "messages: [{}]", "sale"),
        ("{field: language, values: {de-AT: x, en: y}}", "messages: [{language: DE-at}]", "x"),
        ("{field: language, values: {de-AT: x, en: y}}", "messages: [{language: fr}]", None),
        ("{field: language, values: {de-AT: x, en: y}}", "messages: [{}]", None),
    ],
)
def test_a_value_is_literal_or_read_from_the_record_and_the_pack(written: str, record: str, value: Any) -> None:
    assert values_of(written, record) == value


def test_what_a_fix_changes_is_not_what_the_rule_reads() -> None:
    found = compiled(
        "forbid: {purpose: newsletter}\nfix: {title: a, applicability: safe, edits: [{remove: schedule.end}]}\n"
    )
    assert found.fixes
    assert found.parts.reads == {("purpose",)}
