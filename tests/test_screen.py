"""Screens: they name every rule that a record may break or leave undecided, whatever the record looks like."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint import resources, screen
from policylint.compile import compile_rule
from policylint.config import Settings
from policylint.evaluate import scopes
from policylint.model.campaign import Campaign
from policylint.model.source import EXPRESSION, Unknown
from policylint.plugins import load_extensions
from policylint.prebuilt import prebuilt_files
from policylint.record import record_schema
from policylint.ruleset import RuleSet, load_rules
from policylint.ruletest import RuleTester
from policylint.screen import shipped_screen
from policylint.screenwriter import made_screen
from tests.rulefiles import DAY, campaign, compiled, rule

if TYPE_CHECKING:
    from policylint.extensions import Extensions
    from policylint.model.rule import CompiledRule

PACKS = sorted(path.parent.name for path in resources.rules_folder().glob("*/pack.yaml"))


@cache
def extensions() -> Extensions:
    return load_extensions(installed=False)


@cache
def rules_of(pack: str) -> tuple[CompiledRule, ...]:
    return tuple(RuleTester.of_folder(resources.rules_folder() / pack, extensions()).compiled())


@cache
def records_of(pack: str) -> list[Any]:
    """Return the records of all cases of a pack."""
    tester = RuleTester.of_folder(resources.rules_folder() / pack, extensions())
    cases = [case for compiled in rules_of(pack) for case in tester.prepared(compiled)[0]]
    return [found.data for case in cases for found, _ in case.campaigns]


def open_rules(rules: tuple[CompiledRule, ...], record: Any) -> set[str]:
    """Return the rules that a record breaks or leaves undecided on some day, as the closures see it."""
    template = campaign("enabled: true\n")
    judged = Campaign(record, template.document, "native")
    found = set()
    for one in rules:
        days = {DAY, *(day for parameter in one.rule.parameters.values() for day, _ in parameter.values)}
        for day in days - {date.min}:
            if any(one.violated(scope) is not False for scope, _ in scopes(one, judged, day)):
                found.add(one.rule.id)
    return found


def damaged(record: Any, rng: random.Random) -> Any:
    """Return a record in which some values are gone, unknown, filled in later, or of another kind."""
    changed = copy.deepcopy(record)
    places = list(_places(changed))
    for _ in range(rng.randint(1, 4)):
        holder, key = rng.choice(places)
        others: list[Any] = [None, EXPRESSION, Unknown("a reason"), "{{ later }}", "", [], {}, 0, 7, 2.5, True, False]
        others += ["Marketing", ["US"], ["{{ x }}", "US"], [Unknown("x")], [None], [5], {"a": Unknown("x")}, "x" * 2000]
        if isinstance(holder, dict) and rng.random() < 0.3:
            holder.pop(key, None)
        elif isinstance(holder, dict) or (isinstance(key, int) and key < len(holder)):
            holder[key] = rng.choice(others)
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, (dict, list)):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(inner)


@pytest.mark.parametrize("pack", PACKS)
def test_no_rule_of_a_pack_is_missed_for_the_records_of_its_cases(pack: str) -> None:
    made = made_screen(rules_of(pack), record_schema())
    for record in records_of(pack):
        assert open_rules(rules_of(pack), record) <= made.candidates(record)


@pytest.mark.parametrize("pack", PACKS)
def test_no_rule_of_a_pack_is_missed_for_damaged_records(pack: str) -> None:
    rng = random.Random(7)
    made = made_screen(rules_of(pack), record_schema())
    for record in rng.sample(records_of(pack), min(300, len(records_of(pack)))):
        changed = damaged(record, rng)
        assert open_rules(rules_of(pack), changed) <= made.candidates(changed)


def test_hardly_a_rule_is_named_for_a_campaign_that_keeps_them_all() -> None:
    record = {
        "campaign": "autumn",
        "channel": "whatsapp",
        "purpose": "promotion",
        "sender": {"product": "business_platform", "provider": "360dialog", "route": "bsp"},
        "audience": {"source": "web_form", "size": 500, "countries": ["DE"], "suppression_lists": ["crm.optouts"]},
        "consent": {"obtained": True, "source": "web_form", "names_business": True, "channels": ["whatsapp"]},
        "opt_out": {"keywords": ["STOP"], "in_message": True},
        "messages": [{"kind": "template", "category": "marketing", "language": "de", "template": {"name": "autumn"}}],
    }
    named = made_screen(rules_of("whatsapp"), record_schema()).candidates(record)
    assert len(named) <= 8
    assert len(rules_of("whatsapp")) > 100


# --- the language -------------------------------------------------------------------------------------------------

SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    [None, EXPRESSION, "{{ x }}", "newsletter", "promotion", "", 0, 1, 5, True, False, [], {}]
)
LISTS = st.one_of(SCALARS, st.lists(st.sampled_from(["DE", "US", "{{ x }}", EXPRESSION, None, 3]), max_size=3))
MESSAGES = st.lists(
    st.one_of(
        SCALARS,
        st.fixed_dictionaries(
            {}, optional={"kind": SCALARS, "body": SCALARS, "category": SCALARS, "language": SCALARS}
        ),
    ),
    max_size=3,
)
RECORDS = st.fixed_dictionaries(
    {"campaign": st.just("c"), "channel": st.just("whatsapp")},
    optional={
        "enabled": SCALARS,
        "direction": SCALARS,
        "purpose": SCALARS,
        "audience": st.one_of(SCALARS, st.fixed_dictionaries({}, optional={"size": SCALARS, "countries": LISTS})),
        "consent": st.one_of(SCALARS, st.fixed_dictionaries({}, optional={"obtained": SCALARS, "purposes": LISTS})),
        "opt_out": st.one_of(SCALARS, st.fixed_dictionaries({}, optional={"keywords": LISTS, "in_message": SCALARS})),
        "messages": st.one_of(SCALARS, MESSAGES),
    },
)
TESTS = st.sampled_from(
    [
        {"purpose": "newsletter"},
        {"purpose": {"not_equals": "newsletter"}},
        {"purpose": {"in": ["newsletter", "promotion"]}},
        {"purpose": {"not_in": ["newsletter"]}},
        {"purpose": {"in": "$wanted"}},
        {"purpose": {"present": True}},
        {"consent": {"absent": True}},
        {"opt_out": {"present": True}},
        {"opt_out": {"open": True}},
        {"audience.size": {"open": True}},
        {"direction": "push"},
        {"direction": {"in": ["reply"]}},
        {"enabled": False},
        {"consent.obtained": True},
        {"audience.size": {"greater_than": 1}},
        {"audience.size": {"at_most": "$bound"}},
        {"audience.size": {"at_least": "$dated"}},
        {"audience.size": {"less_than": {"field": "audience.size"}}},
        {"audience.size": 5},
        {"audience.countries": {"contains": "US"}},
        {"audience.countries": {"contains_any": ["US", "AT"]}},
        {"audience.countries": {"subset_of": {"list": "near"}}},
        {"audience.countries": {"count_at_least": 2}},
        {"audience.countries": {"some": {"equals": "US"}}},
        {"audience.countries": {"each": {"in": ["DE", "AT"]}}},
        {"audience.countries": {"none": {"matches": "U"}}},
        {"audience.countries": {"count": {"where": {"equals": "US"}, "at_most": 1}}},
        {"messages": {"some": {"kind": "freeform", "body": {"mentions": "sale"}}}},
        {"messages": {"each": {"category": {"present": True}}}},
        {"messages": {"none": {"language": "de", "campaign.purpose": "newsletter"}}},
        {"messages": {"grouped": {"kind": "freeform"}}},
        {"messages": {"count": {"where": {"kind": "freeform"}, "greater_than": 1}}},
    ]
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["any", "all", "none"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda pair: {pair[0]: pair[1]}
        ),
    ),
    max_leaves=6,
)
PARAMETERS = """\
parameters:
  wanted: {value: [newsletter]}
  bound: {value: 5}
  dated: {values: {2020-01-01: 1, 2026-01-01: 5}}
"""


def made_rule(keyword: str, condition: Any, where: Any, select: str | None) -> CompiledRule | None:
    text = f"{PARAMETERS}{keyword}: {json.dumps(condition)}\n"
    text += f"where: {json.dumps(where)}\n" if where else ""
    text += f"select: {select}\n" if select else ""
    made = rule(text)
    used = {name: parameter for name, parameter in made.parameters.items() if f'"${name}"' in text}
    return compiled(made._replace(parameters=used))


@settings(max_examples=400, deadline=None)
@given(
    keyword=st.sampled_from(["forbid", "require"]),
    condition=CONDITIONS,
    where=st.one_of(st.none(), CONDITIONS),
    records=st.lists(RECORDS, min_size=1, max_size=5),
)
def test_a_screen_names_every_rule_that_is_not_certainly_kept(
    keyword: str, condition: Any, where: Any, records: list[Any]
) -> None:
    one = made_rule(keyword, condition, where, None)
    assert one is not None
    made = made_screen([one], record_schema())
    for record in records:
        assert open_rules((one,), record) <= made.candidates(record)


ITEM_TESTS = st.sampled_from(
    [
        {"kind": "freeform"},
        {"body": {"present": True}},
        {"language": {"open": True}},
        {"body": {"mentions": {"words": "sale", "language": {"field": "language"}}}},
        {"category": {"not_in": ["utility"]}},
        {"campaign.purpose": {"in": ["newsletter"]}},
        {"campaign.audience.countries": {"some": {"equals": "US"}}},
        {"campaign.audience.size": {"greater_than": "$bound"}},
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    condition=st.one_of(ITEM_TESTS, st.lists(ITEM_TESTS, min_size=1, max_size=3).map(lambda some: {"any": some})),
    where=st.one_of(st.none(), ITEM_TESTS),
    records=st.lists(RECORDS, min_size=1, max_size=5),
)
def test_a_screen_looks_at_each_selected_item(condition: Any, where: Any, records: list[Any]) -> None:
    one = made_rule("forbid", condition, where, "messages[*]")
    assert one is not None
    made = made_screen([one], record_schema())
    for record in records:
        assert open_rules((one,), record) <= made.candidates(record)


# --- in a run -----------------------------------------------------------------------------------------------------


def loaded(**changes: Any) -> RuleSet:
    return load_rules(Settings(as_of=DAY)._replace(**changes), extensions())


def test_a_screen_is_made_once_enough_campaigns_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policylint.ruleset.SCREEN_AFTER", 2)
    rules = loaded()
    one = campaign("purpose: newsletter\nsender: {product: consumer_app}\n")
    numbers = [len(rules.for_campaign(one)) for _ in range(4)]
    assert numbers[0] == numbers[1] > numbers[2] == numbers[3] > 0


def test_the_wheel_holds_screens_that_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {path: content for path, content in prebuilt_files().items() if path.startswith("policylint/_screens/")}
    assert sorted(files) == ["policylint/_screens/__init__.py", *(f"policylint/_screens/{name}.py" for name in PACKS)]
    rules = loaded()
    pack = next(pack for pack in rules.packs if pack.name == "whatsapp")
    namespace: dict[str, Any] = {}
    exec(files["policylint/_screens/whatsapp.py"].decode(), namespace)
    module = type("module", (), namespace)
    monkeypatch.setattr("importlib.import_module", lambda _name: module)
    assert shipped_screen(pack, rules.compiled) is None  # the pack was read from the checkout
    found = shipped_screen(pack._replace(shipped=True), rules.compiled)
    assert found is not None
    made = made_screen(rules_of("whatsapp"), record_schema())
    for record in records_of("whatsapp")[:200]:
        assert found.candidates(record) == made.candidates(record)
    assert shipped_screen(pack._replace(shipped=True, digest="another"), rules.compiled) is None


def test_a_screen_that_is_not_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "SCREENS", "policylint._no_such_package")
    rules = loaded()
    pack = next(pack for pack in rules.packs if pack.name == "whatsapp")
    assert shipped_screen(pack._replace(shipped=True), rules.compiled) is None


def test_every_condition_of_our_rules_is_compiled_alike_for_the_screen() -> None:
    tester = RuleTester.of_folder(resources.rules_folder() / "whatsapp", extensions())
    one = rules_of("whatsapp")[0]
    again, problems = compile_rule(one.rule, record_schema(), tester.vocabulary, trusted=True)
    assert problems == []
    assert again is not None
    assert [c.kind for c in screen.conditions_of(again)] == [c.kind for c in screen.conditions_of(one)]
