"""Findings → what they are known by: the same when lines, items and files move, another when something changes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policylint.checker import Checker
from policylint.config import Settings
from policylint.discover import Target
from policylint.identity import fingerprint, named
from policylint.model.finding import Finding, Identity
from policylint.plugins import load_extensions
from policylint.record import ProviderTable
from policylint.ruleset import RuleSet, load_rules
from tests.rulefiles import compiled
from tests.rulefiles import rule as rule_of

DAY = date(2026, 11, 23)
EXTENSIONS = load_extensions(installed=False)
SHIPPED = load_rules(Settings(as_of=DAY), EXTENSIONS)
HEAD = "campaign: spring\nchannel: whatsapp\n"
NEWSLETTER = "forbid: {purpose: newsletter}"
SOME_KIND = "forbid: {messages: {some: {kind: freeform}}}"
EACH_KIND = "select: messages[*]\nforbid: {kind: freeform}"


def findings(rules: RuleSet, files: dict[str, str]) -> list[Finding]:
    texts = {Path("/project") / name: text.encode() for name, text in files.items()}
    checker = Checker(rules, Settings(as_of=DAY, base=Path("/project")), EXTENSIONS, texts.get)
    targets = (Target(name, Path("/project") / name, named=False) for name in files)
    return [finding for target in targets for finding in checker.check(target).findings]


def identities(rule: str, text: str, name: str = "c.yaml") -> list[Identity]:
    """Return what the findings of a rule of the house in a file are known by."""
    rules = RuleSet.of(SHIPPED.packs[0]._replace(timezone="UTC"), [compiled(rule_of(rule))], ProviderTable({}))
    rules.packs = (rules.packs[0]._replace(name="house"),)
    found = [finding.identity for finding in findings(rules, {name: text}) if finding.rule == "house/bad"]
    return [identity for identity in found if identity is not None]


def own_findings(text: str, name: str = "c.yaml") -> list[Identity]:
    """Return what the tool's own findings in a file are known by."""
    found = [finding.identity for finding in findings(SHIPPED, {name: text}) if finding.code is None]
    return [identity for identity in found if identity is not None]


# --- names for places ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([{"id": "hello"}, {"id": 7}], ["[id=hello]", "[id=7]"]),
        ([{"name": "a", "id": 1}, {"name": "b"}], ["[id=1]", "[name=b]"]),
        ([{"name": "a", "id": 1}, {"name": "b", "id": 1}], ["[name=a]", "[name=b]"]),
        ([{"name": "a", "language": x} for x in ("de", 1)], ["[name=a,language=de]", "[name=a,language=1]"]),
        ([{"template": {"name": "a"}}, {"template": {"name": "b"}}], ["[name=a]", "[name=b]"]),
        ([{"template": {"name": "a"}, "language": x} for x in "de"], ["[language=d]", "[language=e]"]),
        (
            [{"template": {"name": name}, "language": x} for name, x in ("ad", "ae", "bd", "be")],
            [f"[name={name},language={x}]" for name, x in ("ad", "ae", "bd", "be")],
        ),
        ([{"type": "BODY"}, {"type": "footer"}], ["[type=BODY]", "[type=FOOTER]"]),
        ([{"name": "a/b~c"}], ["[name=a~1b~0c]"]),
        (["DE", "US", 7, None, True], ["[=DE]", "[=US]", "[=7]", "[=null]", "[=true]"]),
    ],
)
def test_items_are_known_by_what_names_them_alone(items: list[Any], expected: list[str]) -> None:
    assert [named({"list": items}, ("list", index)) for index in range(len(items))] == [
        ["list", name] for name in expected
    ]


@pytest.mark.parametrize(
    "items",
    [
        [{"body": "Hello", "to": [1, 2]}, {"body": "Bye"}],
        [{"type": "QUICK_REPLY", "text": "Yes"}, {"type": "QUICK_REPLY", "text": "No"}],
        [{"name": ""}, {"name": ["a"]}, {"name": None}],
        [["a"], ["b"]],
        ["x" * 200, "y" * 200],
    ],
)
def test_items_without_a_name_are_known_by_their_content(items: list[Any]) -> None:
    names = [named(items, (index,))[0] for index in range(len(items))]
    assert len(set(names)) == len(items)
    backwards = items[::-1]
    assert [named(backwards, (index,))[0] for index in range(len(items))] == names[::-1]
    again = json.loads(json.dumps(items))
    assert [named(again, (index,))[0] for index in range(len(items))] == names


def test_the_content_of_an_item_is_the_same_in_any_order() -> None:
    one, other = [{"a": [1, 2], "b": {"c": 1, "d": 2}}], [{"b": {"d": 2, "c": 1}, "a": [2, 1]}]
    assert named(one, (0,)) == named(other, (0,))
    assert named(one, (0,)) != named([{"a": [1, 3], "b": {"c": 1, "d": 2}}], (0,))


def test_steps_that_lead_nowhere_have_no_name() -> None:
    assert named({"a": [1]}, ("a", 3, "b", 0)) == ["a", "*", "b", "*"]


# --- violations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (NEWSLETTER, f"{HEAD}purpose: newsletter\n", "purpose"),
        (NEWSLETTER, "campaigns:\n- {campaign: spring, channel: whatsapp, purpose: newsletter}\n", "purpose"),
        (SOME_KIND, f"{HEAD}messages:\n- {{kind: template}}\n- {{kind: freeform}}\n", "messages/*/kind"),
        (EACH_KIND, f"{HEAD}messages: [{{kind: freeform, x-id: hi}}]\n", "messages/[x-id=hi]/kind"),
        ("require: {opt_out: {present: true}}", HEAD, "opt_out"),
    ],
)
def test_a_campaign_is_known_by_its_id_and_a_value_by_its_place_below(rule: str, text: str, expected: str) -> None:
    (found,) = identities(rule, text)
    assert found._replace(values=(), record="") == Identity("spring", "", expected, (), "")


def test_a_value_below_a_campaign_of_a_list_is_known_as_that_of_a_campaign_of_its_own_file() -> None:
    spring = "{campaign: spring, channel: whatsapp, purpose: newsletter}"
    listed = f"campaigns:\n- {{campaign: autumn, channel: whatsapp}}\n- {spring}\n"
    (found,) = identities(NEWSLETTER, listed)
    assert found.record == "campaigns/[campaign=spring]"
    assert [found._replace(record="")] == identities(NEWSLETTER, f"{HEAD}purpose: newsletter\n")


def values(rule: str, text: str) -> tuple[str, ...]:
    (found,) = identities(rule, HEAD + text)
    return found.values


def test_another_value_in_the_same_place_is_another_finding() -> None:
    rule = "forbid: {audience.size: {greater_than: 5}}"
    assert values(rule, "audience: {size: 6}") == values(rule, "# more\naudience:\n  size:  6\n")
    assert values(rule, "audience: {size: 6}") != values(rule, "audience: {size: 7}")


def test_values_are_told_apart_to_their_last_character() -> None:
    rule = "forbid: {name: {present: true}}"
    assert values(rule, f"name: {'x' * 300}") != values(rule, f"name: {'x' * 299}y")


def test_the_order_of_a_list_that_breaks_a_rule_is_no_matter() -> None:
    rule = "forbid: {audience.countries: {contains: US}}"
    assert values(rule, "audience: {countries: [DE, US]}") == values(rule, "audience: {countries: [US, DE]}")
    assert values(rule, "audience: {countries: [DE, US]}") != values(rule, "audience: {countries: [US]}")


def test_what_an_object_holds_is_no_matter_where_its_being_there_breaks_a_rule() -> None:
    rule = "forbid: {schedule: {present: true}}"
    assert values(rule, "schedule: {start: 2026-01-01}") == values(rule, "schedule: {start: 2026-01-02}")


def test_of_several_items_that_break_a_rule_all_count_whichever_is_pointed_to() -> None:
    a, b, c = ("{kind: freeform, body: A}", "{kind: freeform, body: B}", "{kind: template, body: C}")
    both = values(SOME_KIND, f"messages: [{a}, {b}, {c}]\n")
    assert len(both) == 2
    assert values(SOME_KIND, f"messages: [{c}, {b}, {a}]\n") == both
    assert set(values(SOME_KIND, f"messages: [{b}]\n")) < set(both)
    assert not set(values(SOME_KIND, f"messages: [{a.replace('A', 'D')}]\n")) & set(both)


def test_of_items_that_are_too_many_all_count() -> None:
    rule = (
        "select: messages[*].template.components[*]\nforbid: {buttons: {count: {where: {type: url}, greater_than: 1}}}"
    )
    text = "messages: [{kind: template, template: {components: [{type: BUTTONS, buttons: [%s]}]}}]\n"
    urls = [f"{{type: url, text: {name}}}" for name in "ABC"]
    assert len(values(rule, text % ", ".join(urls))) == 3
    assert values(rule, text % ", ".join(urls)) == values(rule, text % ", ".join(urls[::-1]))


FLOW = {
    "name": "Offers",
    "nodes": [
        {"id": "a1", "name": "Start", "type": "n8n-nodes-base.manualTrigger", "parameters": {}},
        {
            "id": "b2",
            "name": "Send",
            "type": "n8n-nodes-base.whatsApp",
            "parameters": {"resource": "message", "operation": "send", "textBody": "Sale!"},
        },
    ],
    "connections": {"Start": {"main": [[{"node": "Send", "type": "main", "index": 0}]]}},
}


def test_a_campaign_without_an_id_is_known_by_the_place_of_its_record_by_names() -> None:
    text = json.dumps(FLOW)
    turned = json.dumps({**FLOW, "nodes": FLOW["nodes"][::-1]}, indent=2)  # type: ignore[index]
    found = identities("forbid: {messages: {some: {kind: freeform}}}", text, "flow.json")
    assert [(each.campaign, each.record) for each in found] == [(None, "nodes/[id=b2]/name")]
    (again,) = identities("forbid: {messages: {some: {kind: freeform}}}", turned, "other.json")
    assert again._replace(content="") == found[0]._replace(content="")
    assert again.content != found[0].content


def test_a_fingerprint_is_of_rule_file_campaign_place_and_values() -> None:
    whole = Identity("spring", "", "purpose", ("1",), "")
    known = fingerprint("house/bad", "c.yaml", whole)
    assert len(known) == 32
    assert fingerprint("house/bad", "c.yaml", whole._replace(content="x", record="x")) == known
    others = [
        fingerprint("house/other", "c.yaml", whole),
        fingerprint("house/bad", "d.yaml", whole),
        *(
            fingerprint("house/bad", "c.yaml", whole._replace(**change))
            for change in ({"campaign": "autumn"}, {"pointer": "name"}, {"values": ("1", "2")})
        ),
        *(fingerprint("house/bad", "c.yaml", whole._replace(campaign=None, record=record)) for record in "xy"),
    ]
    assert len({known, *others}) == 8


# --- the tool's own findings --------------------------------------------------------------------------------------


def test_a_problem_is_known_by_what_is_wrong_and_by_where_it_is_by_names() -> None:
    one, two = ("- {template: {name: a}, boddy: x}\n", "- {template: {name: b}, boddy: x}\n")
    text, moved = f"{HEAD}messages:\n{one}{two}", f"# more\n{HEAD}messages:\n{two}{one}"
    found = own_findings(text)
    assert [each.pointer for each in found] == [
        "messages/[name=a]/boddy",
        "messages/[name=b]/boddy",
    ]
    assert {each.campaign for each in found} == {"spring"}
    assert set(own_findings(moved)) == set(found)


def test_a_problem_of_one_document_is_not_that_of_another() -> None:
    one, two = (f"campaign: {name}\nchannel: whatsapp\nboddy: x\n" for name in "ab")
    found = own_findings(f"{one}---\n{two}")
    assert [(each.campaign, each.pointer) for each in found] == [("a", "boddy"), ("b", "boddy")]
    (listed,) = own_findings("campaigns:\n- {campaign: a, channel: whatsapp, boddy: x}\n")
    assert listed._replace(record="") == found[0]


def test_a_repeated_key_is_known_by_its_place_too() -> None:
    text = "campaigns:\n- {campaign: a, channel: whatsapp, name: x, name: y}\n- {campaign: b, channel: whatsapp}\n"
    assert [(each.campaign, each.pointer) for each in own_findings(text)] == [("a", "name")]


def test_a_file_that_cannot_be_read_is_known_as_it_is() -> None:
    (one,) = own_findings("campaign: a\n  b: [\n")
    (renamed,) = own_findings("campaign: a\n  b: [\n", "other.yaml")
    (changed,) = own_findings("campaign: a\n  b: [\n# more\n")
    assert renamed == one
    assert changed.values != one.values
