"""Rules → closures: paths, conditions in three values, arguments; and every mistake of a rule at its place."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.compile import Vocabulary, compile_rule
from policylint.model.campaign import Campaign
from policylint.model.finding import Window
from policylint.model.rule import CompiledRule, Operator
from policylint.model.source import Unknown
from policylint.operators import OPERATORS
from policylint.record import record_schema
from tests.rulefiles import DAY, LISTS, WORDS, compiled, document, problems, rule, verdict

UNKNOWN = Unknown("not said")
CHECKED = settings(derandomize=True, deadline=None, max_examples=100)


# --- paths --------------------------------------------------------------------------------------------------------

NESTED = """\
purpose: newsletter
messages:
  - kind: template
    template:
      status: {status}
      components:
        - {{type: BODY, text: hello}}
        - type: buttons
          buttons: [{{type: URL, text: Go}}, {{type: quick_reply, text: Stop}}]
"""


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ("forbid: {purpose: newsletter}", True),
        ("forbid: {campaign.purpose: newsletter}", True),
        ("forbid: {campaign: spring}", True),  # the id, not the record
        ("select: messages[*]\nforbid: {kind: template}", True),
        ("select: messages[*]\nforbid: {message.kind: template}", True),
        ("select: messages[*]\nforbid: {campaign.purpose: newsletter, template.status: approved}", True),
        ("select: messages[*].template.components[*]\nforbid: {type: body}", True),
        ("select: messages[*].template.components[*]\nforbid: {component.text: hello, message.kind: template}", True),
        ("select: messages[*].template.components[*]\nforbid: {message.template.status: approved}", True),
        ("select: messages[*].template.components[*]\nforbid: {campaign.purpose: invoice}", False),
        ("select: messages[*].template.components[*].buttons[*]\nforbid: {type: url, text: Go}", True),
        ("select: messages[*].template.components[*].buttons[*]\nforbid: {type: url, text: Stop}", False),
        ("select: messages[*].template.components[*].buttons[*]\nforbid: {component.type: buttons}", True),
        ("forbid: {messages: {some: {template.components: {some: {buttons: {some: {text: Stop}}}}}}}", True),
        ("forbid: {messages: {some: {template.components: {some: {campaign.purpose: newsletter}}}}}", True),
        ("forbid: {messages: {some: {template.components: {some: {message.kind: freeform}}}}}", False),
        ("forbid: {messages: {some: {message: {present: true}}}}", True),
        ("select: messages[*]\nforbid: {campaign.messages: {each: {kind: template}}}", True),
    ],
)
def test_paths_reach_the_item_the_items_around_it_and_the_record(conditions: str, expected: bool) -> None:
    assert verdict(conditions, NESTED.format(status="APPROVED")) is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("messages: [{category: MARKETING}]", True),
        ("messages: [{category: Marketing}]", True),
        ("messages: [{category: utility}]", False),
        ("messages: [{category: '{{ c }}'}]", None),
    ],
)
def test_letter_case_is_ignored_where_the_schema_says_so(record: str, expected: bool | None) -> None:
    assert verdict("select: messages[*]\nforbid: {category: marketing}", record + "\n") is expected


@pytest.mark.parametrize(
    ("record", "expected"), [("enabled: true", True), ("direction: null", True), ("direction: reply", False)]
)
def test_an_absent_field_has_the_default_of_the_schema(record: str, expected: bool) -> None:
    assert verdict("forbid: {direction: push, kind: campaign}", record + "\n") is expected


def test_what_a_rule_reads_is_named_without_indexes() -> None:
    found = compiled(
        "select: messages[*]\nwhere: {campaign.purpose: newsletter}\nat: body\n"
        "forbid: {template.components: {some: {text: {mentions:"
        " {words: sale, language: {field: message.language}}}}}}\n"
    )
    assert found.parts.reads == {
        ("purpose",),
        ("messages", "body"),
        ("messages", "template", "components"),
        ("messages", "template", "components", "text"),
        ("messages", "language"),
    }
    assert (found.select, found.dated) == ((("messages",),), False)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("", True),
        ("sender: {}", True),
        ("sender: {product: null}", True),
        ("sender: {product: '${PRODUCT}'}", True),
        ("sender: {product: business_app}", False),
    ],
)
def test_a_field_is_open_where_the_record_says_nothing_of_it_or_nobody_can_tell(sender: str, expected: bool) -> None:
    assert verdict("forbid: {sender.product: {open: true}}", f"purpose: newsletter\n{sender}\n") is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(UNKNOWN, True), ({"product": UNKNOWN, "provider": None}, True), ({"product": "channel"}, False), (None, True)],
)
def test_an_open_field_is_certain_even_of_what_is_unknown(value: Any, expected: bool) -> None:
    found = compiled("forbid: {sender: {open: true}}").parts.condition.test((DAY, {"sender": value}))
    assert found is expected


# --- conditions in three values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "condition", "expected"),
    [
        ("true", "true", (True, False)),
        ("true", "false", (False, True)),
        ("true", "unknown", (None, None)),
        ("false", "true", (False, False)),
        ("false", "unknown", (False, False)),
        ("unknown", "true", (None, False)),
        ("unknown", "false", (False, None)),
        ("unknown", "unknown", (None, None)),
        (None, "true", (True, False)),
        (None, "unknown", (None, None)),
    ],
)
def test_where_and_the_condition_make_the_verdict(
    where: str | None, condition: str, expected: tuple[bool | None, bool | None]
) -> None:
    values = {"true": "newsletter", "false": "invoice", "unknown": "'{{ x }}'"}
    before = "where: {purpose: newsletter}\n" if where else ""
    record = f"purpose: {values[where or 'true']}\nsender: {{provider: {values[condition]}}}\n"
    found = tuple(verdict(f"{before}{key}: {{sender.provider: newsletter}}\n", record) for key in ("forbid", "require"))
    assert found == expected


# A naive reference: false is 0, unknown 1/2, true 1; all is the least, any the greatest, none what is left of it.
HALF = 0.5


def reference(condition: dict[str, Any], record: Any, item: Any) -> float:
    return min(_entry(key, argument, record, item) for key, argument in condition.items())


def _entry(key: str, argument: Any, record: Any, item: Any) -> float:
    if key == "all":
        return min(reference(inner, record, item) for inner in argument)
    if key == "any":
        return max(reference(inner, record, item) for inner in argument)
    if key == "none":
        return 1 - max(reference(inner, record, item) for inner in argument)
    base, path = (record, key.removeprefix("campaign.")) if key.startswith("campaign.") else (item, key)
    value = base
    for name in path.split("."):
        value = value if isinstance(value, Unknown) or value is None else value.get(name)
    return min(_operation(value, operator, wanted, record) for operator, wanted in argument.items())


def _operation(value: Any, operator: str, wanted: Any, record: Any) -> float:
    if isinstance(value, Unknown):
        return HALF
    if operator in ("present", "absent"):
        return float((value is not None and value != []) is (operator == "present"))
    if operator == "count":
        return _counted([_found(entry, wanted["where"], record) for entry in value or ()], wanted)
    if value is None:
        return float(operator == "none")
    if operator in ("some", "each", "none"):
        found = [_found(entry, wanted, record) for entry in value]
        if operator == "each":
            return min(found, default=0)
        return max(found, default=0) if operator == "some" else 1 - max(found, default=0)
    if isinstance(value, list):
        return _listed(value, operator, wanted)
    return float(SCALAR[operator](value, wanted))


COUNTED: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda number, bound: number >= bound,
    "at_most": lambda number, bound: number <= bound,
    "greater_than": lambda number, bound: number > bound,
    "less_than": lambda number, bound: number < bound,
}
SCALAR: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "not_equals": lambda value, wanted: value != wanted,
    "in": lambda value, wanted: value in wanted,
    "not_in": lambda value, wanted: value not in wanted,
    "greater_than": lambda value, wanted: value > wanted,
    "at_most": lambda value, wanted: value <= wanted,
}


def _counted(found: list[float], wanted: dict[str, Any]) -> float:
    """Count in every way in which what is unknown of the items could turn out."""
    ways = itertools.product(*([0, 1] if truth == HALF else [truth] for truth in found))
    compared = [name for name in wanted if name != "where"]
    verdicts = {all(COUNTED[name](sum(way), wanted[name]) for name in compared) for way in ways}
    return float(verdicts.pop()) if len(verdicts) == 1 else HALF


def _found(entry: Any, wanted: Any, record: Any) -> float:
    if isinstance(entry, Unknown):
        return HALF
    if isinstance(entry, dict):
        return reference(wanted, record, entry)
    return min(_operation(entry, operator, argument, record) for operator, argument in wanted.items())


def _listed(value: list[Any], operator: str, wanted: Any) -> float:
    """Judge a list by every way in which its unknown items could turn out: one of two known values, or another."""
    if operator.startswith("count"):
        return float(len(value) >= wanted)
    known = {item for item in value if not isinstance(item, Unknown)}
    ways = [known] if len(known) == len(set(value)) else [known | extra for extra in _EXTRAS]
    verdicts = {float(_holds(way, operator, wanted)) for way in ways}
    return verdicts.pop() if len(verdicts) == 1 else HALF


_EXTRAS = ({"DE"}, {"AT"}, {"CH"}, {"DE", "AT"}, {"DE", "CH"}, {"AT", "CH"})


def _holds(items: set[str], operator: str, wanted: Any) -> bool:
    if operator == "contains":
        return wanted in items
    if operator == "contains_any":
        return not items.isdisjoint(wanted)
    return items >= set(wanted) if operator == "contains_all" else items <= set(wanted)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, st.none(), st.just(UNKNOWN))


PURPOSES = ["newsletter", "promotion", "invoice"]
COUNTRIES = ["DE", "AT", "CH"]
SIZES = st.integers(0, 3)
MESSAGES = st.fixed_dictionaries(
    {"kind": maybe(st.sampled_from(["template", "freeform"])), "window": maybe(st.sampled_from(["none"]))}
)
RECORDS = st.fixed_dictionaries(
    {
        "purpose": maybe(st.sampled_from(PURPOSES)),
        "audience": maybe(
            st.fixed_dictionaries(
                {
                    "size": maybe(SIZES),
                    "countries": maybe(st.lists(st.one_of(st.sampled_from(COUNTRIES), st.just(UNKNOWN)), max_size=3)),
                }
            )
        ),
        "messages": maybe(st.lists(st.one_of(MESSAGES, st.just(UNKNOWN)), max_size=3)),
    }
)
PURPOSE = st.one_of(
    st.tuples(st.sampled_from(["equals", "not_equals"]), st.sampled_from(PURPOSES)),
    st.tuples(st.sampled_from(["in", "not_in"]), st.lists(st.sampled_from(PURPOSES), min_size=1, max_size=2)),
    st.tuples(st.sampled_from(["present", "absent"]), st.just(True)),
)
SIZE = st.tuples(st.sampled_from(["equals", "greater_than", "at_most"]), SIZES)
LISTED = st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=2)


def counts(where: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[tuple[str, Any]]:
    built = st.builds(
        lambda inner, name, bound: {"where": inner, name: bound}, where, st.sampled_from(list(COUNTED)), SIZES
    )
    return built.map(lambda argument: ("count", argument))


COUNTRY = st.one_of(
    st.tuples(st.sampled_from(["contains_any", "contains_all", "subset_of"]), LISTED),
    st.tuples(st.just("contains"), st.sampled_from(COUNTRIES)),
    st.tuples(st.just("count_at_least"), SIZES),
    st.tuples(st.sampled_from(["some", "each", "none"]), LISTED.map(lambda listed: {"in": listed})),
    counts(LISTED.map(lambda listed: {"in": listed})),
)


def operators(pairs: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(pairs, min_size=1, max_size=2).map(dict)


def leaves(prefix: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.builds(lambda test: {f"{prefix}purpose": test}, operators(PURPOSE)),
        st.builds(lambda test: {f"{prefix}audience.size": test}, operators(SIZE)),
        st.builds(lambda test: {f"{prefix}audience.countries": test}, operators(COUNTRY)),
    )


def trees(leaf: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    def combined(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        several = st.lists(inner, min_size=1, max_size=3)
        entry = st.tuples(st.sampled_from(["all", "any", "none"]), several).map(lambda pair: {pair[0]: pair[1]})
        return st.one_of(entry, st.tuples(entry, inner).map(lambda pair: {**pair[1], **pair[0]}))

    return st.recursive(leaf, combined, max_leaves=6)


INNER = trees(
    st.one_of(
        st.sampled_from([{"kind": {"equals": "template"}}, {"window": {"absent": True}}, {"kind": {"present": True}}]),
        leaves("campaign."),
    )
)
OVER_MESSAGES = st.one_of(st.tuples(st.sampled_from(["some", "each", "none"]), INNER), counts(INNER)).map(
    lambda pair: {"messages": {pair[0]: pair[1]}}
)
CONDITIONS = trees(st.one_of(leaves(""), OVER_MESSAGES))
AS_NUMBER = {True: 1.0, False: 0.0, None: HALF}


def made(condition: dict[str, Any]) -> CompiledRule:
    return compiled(rule("forbid: {purpose: newsletter}", condition=condition))


@CHECKED
@given(CONDITIONS, RECORDS)
def test_conditions_agree_with_a_naive_evaluator(condition: dict[str, Any], record: dict[str, Any]) -> None:
    found = made(condition).parts.condition.test((DAY, record))
    assert AS_NUMBER[found] == reference(condition, record, record)


def filled(value: Any, choice: st.DataObject, options: Any) -> Any:
    """Return a value with everything unknown replaced by something that a file could have said there."""
    if isinstance(value, Unknown):
        return choice.draw(options)
    return value


@CHECKED
@given(CONDITIONS, RECORDS, st.data())
def test_a_certain_verdict_holds_whatever_the_unknown_values_turn_out_to_be(
    condition: dict[str, Any], record: dict[str, Any], choice: st.DataObject
) -> None:
    decide = made(condition).parts.condition.test
    before = decide((DAY, record))
    known = dict(record)
    known["purpose"] = filled(record["purpose"], choice, st.sampled_from([None, *PURPOSES]))
    audience = filled(record["audience"], choice, st.just({"size": UNKNOWN, "countries": UNKNOWN}))
    if audience is not None:
        countries = filled(audience["countries"], choice, st.none() | LISTED)
        known["audience"] = {
            "size": filled(audience["size"], choice, st.none() | SIZES),
            "countries": countries and [filled(item, choice, st.sampled_from(COUNTRIES)) for item in countries],
        }
    empty = st.just({"kind": UNKNOWN, "window": UNKNOWN})
    messages = filled(record["messages"], choice, st.none() | st.lists(empty, max_size=2))
    known["messages"] = messages and [
        {
            "kind": filled(message["kind"], choice, st.sampled_from([None, "template", "freeform"])),
            "window": filled(message["window"], choice, st.sampled_from([None, "none"])),
        }
        for message in (filled(item, choice, empty) for item in messages)
    ]
    after = decide((DAY, known))
    assert after is not None
    assert before in (None, after)


# --- arguments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("audience: {size: 300}\nsender: {portfolio: {messaging_limit: 250}}", True),
        ("audience: {size: 250}\nsender: {portfolio: {messaging_limit: 250}}", False),
        ("audience: {size: 300}", False),  # an absent bound is no bound
        ("sender: {portfolio: {messaging_limit: 250}}", False),
        ("audience: {size: 300}\nsender: {portfolio: {messaging_limit: unlimited}}", None),
        ("audience: {size: 300}\nsender: {portfolio: {messaging_limit: '{{ limit }}'}}", None),
        ("audience: {size: !x many}\nsender: {portfolio: {messaging_limit: 250}}", None),
        ("audience: {size: !x many}", False),
    ],
)
def test_a_field_is_compared_with_another(record: str, expected: bool | None) -> None:
    condition = "forbid: {audience.size: {greater_than: {field: sender.portfolio.messaging_limit}}}"
    assert verdict(condition, record + "\n") is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("sender: {registered: 2026-01-10}\nschedule: {start: 2026-01-16T23:00}", True),
        ("sender: {registered: 2026-01-10}\nschedule: {start: 2026-01-17}", False),
        ("sender: {registered: soon}\nschedule: {start: 2026-01-17}", None),
        ("schedule: {start: 2026-01-17}", False),
        ("sender: {registered: !x day}\nschedule: {start: 2026-01-17}", None),
    ],
)
def test_parts_of_an_argument_may_be_fields_and_parameters(record: str, expected: bool | None) -> None:
    text = (
        "parameters: {days: {value: 7}}\n"
        "forbid: {schedule.start: {within: {days: $days, after: {field: sender.registered}}}}\n"
    )
    assert verdict(text, record + "\n", Window(date(2026, 1, 1), None, own=True)) is expected


def test_a_list_of_the_pack_is_an_argument() -> None:
    text = "forbid: {audience.countries: {subset_of: {list: near}}}"
    assert [verdict(text, f"audience: {{countries: [{code}]}}\n") for code in ("DE", "CH")] == [True, False]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ((date(2020, 1, 1), date(2026, 5, 19)), False),
        ((date(2026, 5, 20), date(2026, 5, 20)), True),
        ((date(2026, 5, 19), date(2026, 5, 20)), True),
        ((date(2020, 1, 1), None), True),
        ((date(2017, 1, 1), date(2017, 12, 31)), False),  # before the first day the first value holds
    ],
)
def test_a_dated_parameter_is_read_on_every_day_of_the_window(window: tuple[date, date | None], expected: bool) -> None:
    text = (
        "parameters: {maximum: {values: {2018-01-01: 256, 2026-05-20: 200}}}\n"
        "forbid: {audience.size: {greater_than: $maximum}}\n"
    )
    enforced = rule(text)._replace(enforcement=(rule(text).enforcement[0]._replace(since=date(2010, 1, 1)),))
    assert compiled(enforced).dated is True
    assert verdict(enforced, "audience: {size: 220}\n", Window(*window, own=True)) is expected


def test_a_trusted_rule_decides_as_one_that_is_checked() -> None:
    text = (
        "where: {business.name: {matches: '^A'}, purpose: {in: {list: marketing}}}\n"
        "forbid: {schedule.start: {after: 2019-12-07}, consent.wording: {mentions: sale}}\n"
    )
    vocabulary = Vocabulary(OPERATORS, LISTS, WORDS)
    trusted, said = compile_rule(rule(text), record_schema(), vocabulary, trusted=True)
    assert trusted is not None
    assert said == []
    record = {
        "purpose": "promotion",
        "business": {"name": "Acme"},
        "schedule": {"start": "2019-12-08"},
        "consent": {"wording": "Sale!"},
    }
    absent: dict[str, Any] = {}
    for found in (compiled(text), trusted):
        campaign = Campaign(record, document("campaign: a"), "native")
        assert found.violated((DAY, campaign.data)) is True
        assert found.violated((DAY, absent)) is False


# --- mistakes -----------------------------------------------------------------------------------------------------

MISTAKES = [
    # paths
    ("forbid: {purpos: newsletter}", "1:10: a campaign has no field 'purpos', did you mean 'purpose'?"),
    ("forbid: {sender.produkt: channel}", "1:10: 'sender' has no field 'produkt', did you mean 'product'?"),
    ("forbid: {sender.product.name: channel}", "1:10: 'sender.product' has no field 'name'"),
    ("forbid: {Purpose: newsletter}", "1:10: a campaign has no field 'Purpose', did you mean 'purpose'?"),
    ("forbid: {not: [{purpose: newsletter}]}", "1:10: a campaign has no field 'not'"),
    ("forbid: {audience.countries.name: DE}", "1:10: 'audience.countries' has no field 'name'"),
    (
        "forbid: {messages.kind: template}",
        "1:10: 'messages' is a list: select its items ('messages[*]') or look into it with some, each or none",
    ),
    ("forbid: {'messages[*].kind': template}", "1:10: a campaign has no field 'messages[*]', did you mean 'messages'?"),
    (
        "forbid: {message.kind: template}",
        "1:10: 'message' is a short form that rules do not see: select 'messages[*]'",
    ),
    (
        "forbid: {message: {present: true}}",
        "1:10: 'message' is a short form that rules do not see: select 'messages[*]'",
    ),
    ("select: messages[*]\nforbid: {purpose: newsletter}", "2:10: 'messages' has no field 'purpose'"),
    ("select: messages[*]\nforbid: {campaign.kid: setup}", "2:10: a campaign has no field 'kid', did you mean 'kind'?"),
    (
        "select: messages[*]\nforbid: {template.components.type: body}",
        "2:10: 'messages.template.components' is a list: select its items ('template.components[*]')"
        " or look into it with some, each or none",
    ),
    # select
    (
        "select: sender[*]\nforbid: {product: channel}",
        "1:9: 'sender' is not a list of mappings, so nothing can be selected in it",
    ),
    (
        "select: audience.countries[*]\nforbid: {kind: setup}",
        "1:9: 'audience.countries' is not a list of mappings, so nothing can be selected in it",
    ),
    ("select: messages\nforbid: {kind: setup}", "1:9: select 'messages' must end in [*], as in messages[*]"),
    (
        "select: messages[*].body\nforbid: {kind: setup}",
        "1:9: select 'messages[*].body' must end in [*], as in messages[*]",
    ),
    ("select: mesages[*]\nforbid: {kind: setup}", "1:9: a campaign has no field 'mesages', did you mean 'messages'?"),
    (
        "select: messages[*]template.components[*]\nforbid: {kind: setup}",
        "1:9: select 'messages[*]template.components[*]' lacks a dot after [*]",
    ),
    # conditions
    ("forbid: {any: {purpose: newsletter}}", "1:15: 'any' takes a list of conditions"),
    ("forbid: {none: []}", "1:16: 'none' takes a list of conditions"),
    ("forbid: {all: [purpose]}", "1:16: a condition is a mapping of fields, or of any, all and none"),
    ("forbid: {any: [{}]}", "1:16: a condition is a mapping of fields, or of any, all and none"),
    (
        "forbid: {purpose: [newsletter, promotion]}",
        "1:19: 'purpose' is compared with a list: write {in: [...]} for one of them",
    ),
    ("forbid: {purpose: null}", "1:19: 'purpose' is compared with nothing: write {absent: true}"),
    ("forbid: {purpose: {}}", "1:19: 'purpose' has no operator"),
    ("forbid: {messages: {some: template}}", "1:27: a condition is a mapping of fields, or of any, all and none"),
    ("forbid: {audience.countries: {some: DE}}", "1:37: 'some' over plain values takes operators, as in {equals: US}"),
    (
        "forbid: {messages: {count: {at_most: 1}}}",
        "1:28: 'count' takes where and one of at_least, at_most, greater_than, less_than, as in"
        " {where: {type: body}, at_most: 1}",
    ),
    (
        "forbid: {messages: {count: {where: {kind: template}, at_most: 1, at_least: 1}}}",
        "1:28: 'count' takes where and one of at_least, at_most, greater_than, less_than, as in"
        " {where: {type: body}, at_most: 1}",
    ),
    (
        "forbid: {messages: {count: {where: {kid: x}, at_most: 1}}}",
        "1:37: 'messages' has no field 'kid', did you mean 'kind'?",
    ),
    (
        "forbid: {messages: {count: {where: {kind: template}, at_most: -1}}}",
        "1:63: items are counted in whole numbers, written here or as a $parameter",
    ),
    (
        "forbid: {messages: {count: {where: {kind: template}, at_most: {field: audience.size}}}}",
        "1:63: items are counted in whole numbers, written here or as a $parameter",
    ),
    (
        "forbid: {messages: {count: {where: {kind: template}, at_most: {a: {field: audience.size}}}}}",
        "1:63: items are counted in whole numbers, written here or as a $parameter",
    ),
    (
        "forbid: {audience.countries: {count: {where: {at_least: 1}, at_most: 1}}}",
        "1:57: 'audience.countries[*]' is a text, which 'at_least' does not compare",
    ),
    (
        "forbid: {audience.size: {count: {where: {equals: 1}, at_most: 1}}}",
        "1:26: 'count' looks into lists, and 'audience.size' is a whole number",
    ),
    # operators
    ("forbid: {purpose: {equal: newsletter}}", "1:20: there is no operator 'equal', did you mean 'equals'?"),
    ("forbid: {purpose: {newsletter: true}}", "1:20: there is no operator 'newsletter'"),
    ("forbid: {purpose: {any: [newsletter]}}", "1:20: there is no operator 'any'"),
    (
        "forbid: {sender: {product: channel}}",
        "1:19: there is no operator 'product'; write the whole path, 'sender.product'",
    ),
    (
        "forbid: {messages: {kind: template}}",
        "1:21: there is no operator 'kind'; look into the list, as in {some: {kind: …}}",
    ),
    (
        "forbid: {audience.size: {some: {equals: 1}}}",
        "1:26: 'some' looks into lists, and 'audience.size' is a whole number",
    ),
    ("forbid: {purpose: {none: [newsletter]}}", "1:20: 'none' looks into lists, and 'purpose' is a text"),
    (
        "forbid: {schedule.start: {field: schedule.end}}",
        "1:27: there is no operator 'field': what is compared stands in one, as in {equals: {field: …}}",
    ),
    ("forbid: {sender: consumer_app}", "1:18: 'sender' is a mapping, which 'equals' does not compare"),
    ("forbid: {audience.countries: DE}", "1:30: 'audience.countries' is a list, which 'equals' does not compare"),
    ("forbid: {purpose: {greater_than: 5}}", "1:34: 'purpose' is a text, which 'greater_than' does not compare"),
    (
        "forbid: {audience.size: {matches: '5'}}",
        "1:35: 'audience.size' is a whole number, which 'matches' does not compare",
    ),
    (
        "forbid: {automation.bot: {contains: yes}}",
        "1:37: 'automation.bot' is a yes-or-no value, which 'contains' does not compare",
    ),
    (
        "forbid: {business.name: {contains_any: [a]}}",
        "1:40: 'business.name' is a text, which 'contains_any' does not compare",
    ),
    (
        "forbid: {audience.countries: {some: {at_least: 5}}}",
        "1:48: 'audience.countries[*]' is a text, which 'at_least' does not compare",
    ),
    (
        "forbid: {messages: {some: {message: template}}}",
        "1:37: 'message' is a mapping, which 'equals' does not compare",
    ),
    ("forbid: {purpose: {present: false}}", "1:29: 'present' takes true; its opposite is 'absent'"),
    ("forbid: {purpose: {open: yes}}", "1:26: 'open' takes true; its opposite is 'present'"),
    ("forbid: {purpose: {absent: 'true'}}", "1:28: 'absent' takes true; its opposite is 'present'"),
    ("forbid: {direction: {absent: true}}", "1:30: 'direction' is never absent: it is push where nothing is said"),
    ("forbid: {enabled: {present: true}}", "1:29: 'enabled' is never absent: it is True where nothing is said"),
    # values that a field never has
    (
        "forbid: {direction: pull}",
        "1:21: 'direction' is never 'pull'; it is one of push, reply",
    ),
    (
        "forbid: {sender.product: {in: [channel, busines_app]}}",
        "1:31: 'sender.product' is never 'busines_app'; it is one of consumer_app, business_app, business_platform,"
        " channel, did you mean 'business_app'?",
    ),
    (
        "forbid: {sender.evasion: {contains: warmup}}",
        "1:37: 'sender.evasion' is never 'warmup'; it is one of random_delay, typing_simulation, warm_up,"
        " proxy_rotation, number_rotation, sim_farm, emulator, message_variation, did you mean 'warm_up'?",
    ),
    (
        "forbid: {direction: {not_in: [push, reply]}}",
        "1:30: 'not_in' is never true of 'direction', which is one of push, reply",
    ),
    (
        "forbid: {direction: {matches: pul+}}",
        "1:31: 'matches' is never true of 'direction', which is one of push, reply",
    ),
    (
        "forbid: {direction: {contains: pull}}",
        "1:32: 'contains' is never true of 'direction', which is one of push, reply",
    ),
    (
        "forbid: {direction: {length_at_most: 3}}",
        "1:38: 'length_at_most' is never true of 'direction', which is one of push, reply",
    ),
    (
        "select: messages[*]\nforbid: {category: MARKETING}",
        "2:20: 'MARKETING' is compared without letter case: write 'marketing'",
    ),
    (
        "select: messages[*]\nforbid: {template.status: {in: [approved, Paused]}}",
        "2:32: 'Paused' is compared without letter case: write 'paused'",
    ),
    (
        "select: messages[*]\nforbid: {template.status: {matches: '^APP|\\\\D'}}",
        "2:37: 'messages.template.status' is compared without letter case: write the expression in lower case",
    ),
    (
        "forbid: {audience.size: many}",
        "1:25: 'audience.size' is never 'many': it is the text 'many', a whole number is expected",
    ),
    ("forbid: {audience.size: 1.5}", "1:25: 'audience.size' is never 1.5: it is 1.5, a whole number is expected"),
    ("forbid: {audience.size: true}", "1:25: 'audience.size' is a whole number, never True"),
    (
        "forbid: {consent.obtained: 'yes'}",
        "1:28: 'consent.obtained' is never 'yes': it is the text 'yes', true or false is expected",
    ),
    ("forbid: {consent.obtained: 1}", "1:28: 'consent.obtained' is a yes-or-no value, never 1"),
    ("forbid: {sender.provider: 360}", "1:27: 'sender.provider' is a text, never 360"),
    ("forbid: {audience.countries: {contains: 49}}", "1:41: 'audience.countries' is a text, never 49"),
    (
        "forbid: {audience.countries: {contains: de}}",
        "1:41: 'audience.countries' is never 'de': it is the text 'de', which is not of the form ^[A-Z]{2}$",
    ),
    (
        "forbid: {audience.countries: {some: {in: [Germany]}}}",
        "1:42: 'audience.countries' is never 'Germany': it is the text 'Germany', which is not of the form ^[A-Z]{2}$",
    ),
    (
        "forbid: {sender.registered: 10.01.2026}",
        "1:29: 'sender.registered' is never '10.01.2026': it is the text '10.01.2026',"
        " which is not of the form ^\\d{4}-\\d{2}-\\d{2}$, for example 2026-01-10",
    ),
    (
        "forbid: {sender.provider: '{{ p }}'}",
        "1:27: 'sender.provider' is never '{{ p }}': a placeholder makes it unknown",
    ),
    ("forbid: {purpose: {in: [newsletter, null]}}", "1:37: nothing is ever null: write {absent: true}"),
    ("forbid: {purpose: {equals: !x newsletter}}", "1:31: wrong argument for 'equals': a value with a tag is unknown"),
    # references
    ("forbid: {audience.size: {at_least: $max}}", "1:36: the rule has no parameter 'max'"),
    (
        "parameters: {maximum: {value: 5}}\nforbid: {audience.size: {at_least: $maximun}}",
        "2:36: the rule has no parameter 'maximun', did you mean 'maximum'?"
        "|1:23: no condition uses the parameter: write $maximum in one",
    ),
    (
        "parameters: {maximum: {value: 5}}\nforbid: {audience.size: 5}",
        "1:23: no condition uses the parameter: write $maximum in one",
    ),
    (
        "parameters: {value: {value: 5}}\nforbid: {audience.size: $value}",
        "1:21: 'value' is taken: in texts it stands for something else",
    ),
    (
        "parameters: {p: {value: newsletter}}\nforbid: {purpose: {in: [invoice, $p]}}",
        "2:34: '$p' is one item of a list: a parameter stands for the whole argument"
        "|1:17: no condition uses the parameter: write $p in one",
    ),
    (
        "parameters: {maximum: {value: many}}\nforbid: {audience.size: {at_least: $maximum}}",
        "2:36: wrong argument for 'at_least': it is the text 'many', a number is expected",
    ),
    (
        "parameters: {least: {values: {2018-01-01: 5, 2019-01-01: a}}}\nforbid: {audience.size: {at_least: $least}}",
        "2:36: wrong argument for 'at_least': it is the text 'a', a number is expected",
    ),
    (
        "parameters: {p: {values: {2018-01-01: invoice, 2019-01-01: newsleter}}}\nforbid: {direction: $p}",
        "2:21: 'direction' is never 'invoice'; it is one of push, reply",
    ),
    ("forbid: {purpose: {in: {list: markting}}}", "1:31: the pack has no list 'markting', did you mean 'marketing'?"),
    (
        "forbid: {purpose: {in: {list: near}}}",
        "1:24: 'purpose' is never 'DE'; it is one of newsletter, promotion, announcement,"
        " cart_reminder, renewal_reminder, survey, product_enquiry, order_update, invoice, appointment_reminder,"
        " account_alert, support, authentication, internal",
    ),
    ("forbid: {business.name: {mentions: sales}}", "1:36: the pack has no word list 'sales', did you mean 'sale'?"),
    (
        "forbid: {business.name: {mentions: {words: sales}}}",
        "1:44: the pack has no word list 'sales', did you mean 'sale'?",
    ),
    (
        "forbid: {business.name: {mentions: {word: sale}}}",
        "1:36: wrong argument for 'mentions': 'words' is missing; unknown field 'word', did you mean 'words'?",
    ),
    (
        "forbid: {schedule.end: {before: {field: schedule.strat}}}",
        "1:41: 'schedule' has no field 'strat', did you mean 'start'?",
    ),
    (
        "forbid: {audience.size: {at_least: {field: sender.product}}}",
        "1:36: 'at_least' takes a number, and 'sender.product' is a text",
    ),
    (
        "forbid: {audience.size: {equals: {field: audience.countries}}}",
        "1:34: 'equals' takes a yes-or-no value or number or text, and 'audience.countries' is a list",
    ),
    (
        "forbid: {audience.size: {equals: {field: sender.product}}}",
        "1:34: 'audience.size' is a whole number and 'sender.product' a text: they are never the same",
    ),
    (
        "forbid: {audience.size: {at_least: {fields: audience.size}}}",
        "1:36: wrong argument for 'at_least': it is a mapping, a number is expected",
    ),
    (
        "forbid: {schedule.start: {within: {days: seven, after: {field: sender.registered}}}}",
        "1:35: wrong argument for 'within': days is the text 'seven', a whole number is expected",
    ),
    (
        "forbid: {schedule.start: {within: {dayz: 7, after: {field: sender.registered}}}}",
        "1:35: wrong argument for 'within': 'days' is missing; unknown field 'dayz', did you mean 'days'?",
    ),
    (
        "forbid: {schedule.start: {within: {days: 7, after: {field: audience.size}}}}",
        "1:35: 'within: after' takes a text, and 'audience.size' is a whole number",
    ),
    (
        "parameters: {d: {values: {2018-01-01: 7, 2019-01-01: 0}}}\n"
        "forbid: {schedule.start: {within: {days: $d, after: 2019-12-07}}}",
        "2:35: wrong argument for 'within: days': it: 0 is less than the minimum of 1",
    ),
    # at, caps, texts
    (
        "at: consent.obtaind\nforbid: {purpose: newsletter}",
        "1:5: 'consent' has no field 'obtaind', did you mean 'obtained'?",
    ),
    (
        "at: [consent, purpos]\nforbid: {purpose: newsletter}",
        "1:15: a campaign has no field 'purpos', did you mean 'purpose'?",
    ),
    (
        "caps: [{to: warning, where: {purpos: invoice}, because: b}]\nforbid: {purpose: newsletter}",
        "1:30: a campaign has no field 'purpos', did you mean 'purpose'?",
    ),
    (
        "message: $campain is bad\nforbid: {purpose: newsletter}",
        "1:10: there is no placeholder '$campain', did you mean 'campaign'?; fields are written ${sender.product}",
    ),
    (
        "why: costs 5 $\nforbid: {purpose: newsletter}",
        "1:6: a lone $ (write $$); fields are written ${sender.product}",
    ),
    (
        "solution: ask ${sender.produkt}\nforbid: {purpose: newsletter}",
        "1:11: '${sender.produkt}': 'sender' has no field 'produkt', did you mean 'product'?",
    ),
    (
        "message: $campaign ${messages.kind}\nforbid: {purpose: newsletter}",
        "1:10: '${messages.kind}' lies in a list: a text cannot name an item; $value is what a finding points at",
    ),
    (
        "message: $campaign ${message.kind}\nselect: messages[*]\nforbid: {kind: template}",
        "1:10: '${message.kind}' lies in a list: a text cannot name an item; $value is what a finding points at",
    ),
    (
        "message: $campaign ${sender}\nforbid: {purpose: newsletter}",
        "1:10: '${sender}' is a mapping: name one of its fields",
    ),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_refused_at_its_place(text: str, said: str) -> None:
    assert problems(text) == said.split("|")


def test_several_mistakes_are_told_at_once() -> None:
    text = """\
message: $campain is bad
select: messages[*]
where:
  kind: tempalte
forbid:
  any:
    - category: Utility
    - boddy: {matches: '['}
    - body: {matches: '['}
at: [kind, badi]
"""
    assert problems(text) == [
        "4:9: 'messages.kind' is never 'tempalte'; it is one of template, freeform, broadcast_list, interactive,"
        " did you mean 'template'?",
        "7:17: 'Utility' is compared without letter case: write 'utility'",
        "8:7: 'messages' has no field 'boddy', did you mean 'body'?",
        "9:23: '[' is not a regular expression: unterminated character set at position 0",
        "10:12: 'messages' has no field 'badi'",
        "1:10: there is no placeholder '$campain', did you mean 'campaign'?; fields are written ${sender.product}",
    ]


ACCEPTED = [
    "forbid: {purpose: {contains: reminder}}",  # part of a word of the enumeration
    "forbid: {purpose: {matches: '_reminder$'}}",
    "forbid: {sender.portfolio.messaging_limit: {in: [250, unlimited]}}",
    "select: messages[*]\nforbid: {template.status: {matches: '(?i)^APPROVED|(?P<x>\\\\S)'}}",
    "forbid: {consent.wording: {contains: '{{ name }}'}}",
    "forbid: {schedule.start: {contains: T09}}",
    "message: $campaign $value ${audience.size} costs $$5\nforbid: {purpose: newsletter}",
    "select: messages[*]\nforbid: {template.components: {some: {example.body_text: {count_at_least: 1}}}}",
    "select: messages[*].template.components[*].buttons[*]\nforbid: {example: {present: true}}",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_can_be_true_is_accepted(text: str) -> None:
    assert problems(text) == []


def test_an_operator_of_a_plugin_is_checked_like_ours() -> None:
    shouts = Operator(
        lambda value, share: sum(c.isupper() for c in value) >= share, {"type": "number"}, "shouts", (str,)
    )
    vocabulary = Vocabulary({**OPERATORS, "shouts": shouts}, {}, {})
    right, none = compile_rule(rule("forbid: {business.name: {shouts: 3}}"), record_schema(), vocabulary)
    assert none == []
    assert right is not None
    assert right.violated((DAY, {"business": {"name": "ACME"}})) is True
    for text, said in (
        (
            "forbid: {business.name: {shouts: a lot}}",
            "1:34: wrong argument for 'shouts': it is the text 'a lot', a number is expected",
        ),
        (
            "forbid: {audience.size: {shouts: 3}}",
            "1:34: 'audience.size' is a whole number, which 'shouts' does not compare",
        ),
    ):
        assert compile_rule(rule(text), record_schema(), vocabulary)[1] == [f"rules/house/bad.yaml:{said}"]
