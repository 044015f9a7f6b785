"""Every operator of the rule language: true, false, absent, unknown, of a wrong type, with gaps in a list."""

from __future__ import annotations

import pytest

from policylint.operators import OPERATORS
from tests.rulefiles import problems, verdict

# Operator, condition, and the campaign for each verdict; absent and unknown fields follow from the condition's field.
CASES: list[tuple[str, str, list[str], list[str], list[str]]] = [
    (
        "equals",
        "purpose: {equals: newsletter}",
        ["purpose: newsletter"],
        ["purpose: invoice"],
        ["purpose: [newsletter]", "purpose: {a: 1}"],
    ),
    (
        "equals",
        "sender.product: consumer_app",
        ["sender: {product: consumer_app}"],
        ["sender: {product: channel}"],
        ["sender: consumer_app", "sender: [consumer_app]"],
    ),
    ("equals", "audience.size: 2", ["audience: {size: 2}", "audience: {size: 2.0}"], ["audience: {size: 3}"], []),
    (
        "equals",
        "automation.bot: true",
        ["automation: {bot: true}"],
        ["automation: {bot: false}", "automation: {bot: 1}", "automation: {bot: 'true'}"],
        [],
    ),
    (
        "not_equals",
        "purpose: {not_equals: newsletter}",
        ["purpose: invoice", "purpose: 1"],
        ["purpose: newsletter"],
        ["purpose: [invoice]"],
    ),
    (
        "in",
        "purpose: {in: [newsletter, promotion]}",
        ["purpose: promotion"],
        ["purpose: invoice", "purpose: true"],
        ["purpose: [promotion]"],
    ),
    (
        "in",
        "audience.size: {in: [0, 1]}",
        ["audience: {size: 1}"],
        ["audience: {size: true}", "audience: {size: 2}"],
        [],
    ),
    (
        "not_in",
        "purpose: {not_in: [newsletter, promotion]}",
        ["purpose: invoice"],
        ["purpose: promotion"],
        ["purpose: {a: 1}"],
    ),
    (
        "greater_than",
        "audience.size: {greater_than: 10}",
        ["audience: {size: 11}"],
        ["audience: {size: 10}"],
        ["audience: {size: '11'}", "audience: {size: true}"],
    ),
    (
        "at_least",
        "audience.size: {at_least: 10}",
        ["audience: {size: 10}"],
        ["audience: {size: 9}"],
        ["audience: {size: many}"],
    ),
    (
        "less_than",
        "schedule.rate_per_second: {less_than: 1.5}",
        ["schedule: {rate_per_second: 1}"],
        ["schedule: {rate_per_second: 1.5}"],
        ["schedule: {rate_per_second: slow}"],
    ),
    (
        "at_most",
        "audience.size: {at_most: 10}",
        ["audience: {size: 10}", "audience: {size: 0}"],
        ["audience: {size: 11}"],
        ["audience: {size: [10]}", "audience: {size: false}"],
    ),
    (
        "before",
        "schedule.start: {before: 2019-12-07}",
        ["schedule: {start: 2019-12-06}", "schedule: {start: 2019-12-06T23:59:59+14:00}"],
        ["schedule: {start: 2019-12-07}", "schedule: {start: 2019-12-07T00:00}"],
        ["schedule: {start: soon}", "schedule: {start: 2019-02-30}", "schedule: {start: 20191206}"],
    ),
    (
        "after",
        "consent.date: {after: 2019-12-07}",
        ["consent: {date: 2019-12-08}"],
        ["consent: {date: 2019-12-07}"],
        ["consent: {date: 2019-W49-7}", "consent: {date: '20191208'}", "consent: {date: 2019-12-08x}"],
    ),
    (
        "within",
        "schedule.start: {within: {days: 7, after: 2019-12-07}}",
        ["schedule: {start: 2019-12-07}", "schedule: {start: 2019-12-13T23:59}"],
        ["schedule: {start: 2019-12-06}", "schedule: {start: 2019-12-14}"],
        ["schedule: {start: soon}", "schedule: {start: 7}"],
    ),
    (
        "matches",
        "business.name: {matches: '^A.*z$'}",
        ["business: {name: A to z}"],
        ["business: {name: a to z}"],
        ["business: {name: 5}"],
    ),
    (
        "mentions",
        "consent.wording: {mentions: sale}",
        ["consent: {wording: Summer Sale!}", "consent: {wording: 50% OFF}", "consent: {wording: ein RABATT}"],
        ["consent: {wording: wholesale}", "consent: {wording: 50% offer}", "consent: {wording: ''}"],
        ["consent: {wording: 5}"],
    ),
    (
        "holds",
        "business.name: {holds: invisible_characters}",
        ['business: {name: "Mus\\u200Bter"}'],
        ["business: {name: Muster}", 'business: {name: "M\\u00FCller \\u200B"}'],
        ["business: {name: 12}", "business: {name: [a]}"],
    ),
    (
        "length_at_most",
        "business.name: {length_at_most: 3}",
        ["business: {name: abc}", "business: {name: äöü}", "business: {name: 😀😀😀}"],
        ["business: {name: abcd}"],
        ["business: {name: 12}", "business: {name: [a]}"],
    ),
    (
        "length_greater_than",
        "business.name: {length_greater_than: 3}",
        ["business: {name: abcd}"],
        ["business: {name: abc}"],
        ["business: {name: true}"],
    ),
    (
        "count_at_least",
        "audience.countries: {count_at_least: 2}",
        ["audience: {countries: [DE, AT]}", "audience: {countries: [DE, '{{ other }}']}"],
        ["audience: {countries: [DE]}", "audience: {countries: []}", "audience: {countries: ['{{ one }}']}"],
        ["audience: {countries: DE}", "audience: {countries: {DE: AT}}"],
    ),
    (
        "count_at_most",
        "audience.countries: {count_at_most: 1}",
        ["audience: {countries: [DE]}", "audience: {countries: [!secret one]}"],
        ["audience: {countries: [DE, AT]}"],
        ["audience: {countries: 1}"],
    ),
    (
        "count_greater_than",
        "audience.countries: {count_greater_than: 1}",
        ["audience: {countries: [DE, AT]}"],
        ["audience: {countries: [DE]}"],
        ["audience: {countries: DE AT}"],
    ),
    (
        "contains",
        "audience.countries: {contains: DE}",
        ["audience: {countries: [AT, DE]}", "audience: {countries: ['{{ one }}', DE]}"],
        ["audience: {countries: [AT]}", "audience: {countries: []}"],
        [
            "audience: {countries: {DE: 1}}",
            "audience: {countries: ['{{ one }}', AT]}",
            "audience: {countries: [!x DE]}",
        ],
    ),
    (
        "contains",
        "consent.wording: {contains: Offers}",
        ["consent: {wording: SPECIAL OFFERS}", "consent: {wording: 'offers of {{ name }}'}"],
        ["consent: {wording: News}", "consent: {wording: '{{ offer }}'}"],
        ["consent: {wording: 7}"],
    ),
    (
        "contains_any",
        "audience.countries: {contains_any: [DE, AT]}",
        ["audience: {countries: [AT, CH]}", "audience: {countries: [!x CH, AT]}"],
        ["audience: {countries: [CH]}", "audience: {countries: []}"],
        ["audience: {countries: DE}", "audience: {countries: [CH, '${OTHER}']}"],
    ),
    (
        "contains_all",
        "audience.countries: {contains_all: [DE, AT]}",
        ["audience: {countries: [AT, CH, DE]}", "audience: {countries: [AT, '{{ x }}', DE]}"],
        ["audience: {countries: [AT]}"],
        ["audience: {countries: DE AT}", "audience: {countries: [AT, '{{ x }}']}"],
    ),
    (
        "subset_of",
        "audience.countries: {subset_of: [DE, AT]}",
        ["audience: {countries: [AT]}", "audience: {countries: []}"],
        ["audience: {countries: [AT, CH]}", "audience: {countries: ['{{ x }}', CH]}"],
        ["audience: {countries: AT}", "audience: {countries: ['{{ x }}', AT]}"],
    ),
    (
        "present",
        "consent: {present: true}",
        ["consent: {obtained: false}", "consent: {obtained: true, source: !x s}", "consent: x", "consent: {a: {b: 0}}"],
        ["consent: {}", "consent: {obtained: null}", "consent: []", "consent: ''", "consent: {a: {b: ''}}"],
        ["consent: {source: !x s}", "consent: {obtained: null, a: {b: !x c}}"],
    ),
    (
        "absent",
        "audience.countries: {absent: true}",
        ["audience: {}", "audience: {countries: []}", "audience: {countries: null}", "audience:"],
        ["audience: {countries: [DE]}", "audience: {countries: [null]}", "audience: {countries: 0}"],
        ["audience: DE", "audience: !x DE"],
    ),
    (
        "some",
        "audience.countries: {some: {in: [DE, AT]}}",
        ["audience: {countries: [CH, AT]}", "audience: {countries: [!x CH, AT]}"],
        ["audience: {countries: [CH]}", "audience: {countries: []}"],
        ["audience: {countries: AT}", "audience: {countries: [CH, !x AT]}", "audience: {countries: ['{{ x }}']}"],
    ),
    (
        "each",
        "audience.countries: {each: {in: [DE, AT]}}",
        ["audience: {countries: [DE, AT]}"],
        ["audience: {countries: [DE, CH]}", "audience: {countries: [!x DE, CH]}", "audience: {countries: []}"],
        ["audience: {countries: DE}", "audience: {countries: [DE, !x CH]}"],
    ),
    (
        "count",
        "audience.countries: {count: {where: {in: [DE, AT]}, at_least: 2}}",
        ["audience: {countries: [DE, CH, AT]}", "audience: {countries: [DE, !x CH, AT]}"],
        ["audience: {countries: [DE, CH]}", "audience: {countries: []}", "audience: {countries: [CH, !x DE]}"],
        ["audience: {countries: DE}", "audience: {countries: [DE, CH, !x AT]}"],
    ),
    (
        "none",
        "audience.countries: {none: {in: [DE, AT]}}",
        ["audience: {countries: [CH]}", "audience: {countries: []}"],
        ["audience: {countries: [CH, AT]}", "audience: {countries: [!x CH, AT]}"],
        ["audience: {countries: CH}", "audience: {countries: [CH, !x DE]}"],
    ),
]
WRONG = "wrong argument for"
ROWS = [
    pytest.param(condition, record, expected, id=f"{name}: {record} is {expected}")
    for name, condition, *groups in CASES
    for records, expected in zip(groups, (True, False, None), strict=True)
    for record in records
]


@pytest.mark.parametrize(("condition", "record", "expected"), ROWS)
def test_an_operator_decides(condition: str, record: str, expected: bool | None) -> None:
    assert verdict(f"forbid:\n  {condition}\n", f"{record}\n") is expected


@pytest.mark.parametrize(("name", "condition"), [(case[0], case[1]) for case in CASES])
def test_an_absent_field_is_false_but_for_absence_and_for_none_of_a_list(name: str, condition: str) -> None:
    assert verdict(f"forbid:\n  {condition}\n", "enabled: true\n") is (name in ("absent", "none"))


@pytest.mark.parametrize("unknown", ["!secret x", "'{{ x }}'", "'${X}'", "'{% x %}'"])
@pytest.mark.parametrize("condition", [case[1] for case in CASES])
def test_an_unknown_field_leaves_every_operator_undecided(condition: str, unknown: str) -> None:
    path = condition.partition(":")[0].split(".")
    is_content = path[-1] in ("wording", "name") and not unknown.startswith("!")  # of texts
    record = "".join(f"{'  ' * depth}{name}:\n" for depth, name in enumerate(path)).rstrip("\n")
    assert (verdict(f"forbid:\n  {condition}\n", f"{record} {unknown}\n") is None) is not is_content


def test_every_operator_is_in_the_table() -> None:
    assert {case[0] for case in CASES} == {*OPERATORS, "present", "absent", "some", "each", "none", "count"}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Rabatt", True),
        ("de_DE", "Rabatt", True),
        ("DE-at", "Rabatt", True),
        ("de", "sale", False),
        ("en", "sale", True),
        ("fr", "sale", None),  # there are no words for it: nothing can be said
        ("null", "sale", True),
        ("null", "Rabatt", True),
        ("'{{ lang }}'", "Rabatt", True),
        ("!x y", "nothing of the kind", False),
        ("5", "sale", None),
    ],
)
def test_mentions_takes_the_words_of_the_language_where_it_is_known(
    language: str, text: str, expected: bool | None
) -> None:
    rule = "select: messages[*]\nforbid:\n  body: {mentions: {words: sale, language: {field: language}}}\n"
    assert verdict(rule, f"messages: [{{language: {language}, body: {text}}}]\n") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*SALE*", True),  # bold
        ("_sale_", True),  # italics
        ("~Sale~ and more", True),
        ("𝗦𝗔𝗟𝗘 today", True),  # letters that only look bold
        ("ＳＡＬＥ", True),
        ("special\n  offer", True),
        ("special\u00a0offer", True),
        ("SCHLUSSVERKAUF", True),
        ("schlußverkauf", True),
        ("sale.", True),
        ("presale", False),
        ("sales", False),
        ("code sale_2026", False),
        ("{{sale_code}}", False),
        ("for_sale_now", False),
    ],
)
def test_mentions_finds_whole_words_however_they_are_dressed(text: str, expected: bool) -> None:
    escaped = text.replace("\n", "\\n")
    assert verdict("forbid:\n  consent.wording: {mentions: sale}\n", f'consent: {{wording: "{escaped}"}}\n') is expected


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("audience.size: {greater_than: many}", f"{WRONG} 'greater_than': it is the text 'many', a number is expected"),
        ("audience.size: {at_least: true}", f"{WRONG} 'at_least': it is true, a number is expected"),
        (
            "audience.size: {at_most: '{{ n }}'}",
            f"{WRONG} 'at_most': it is the text '{{{{ n }}}}', a number is expected",
        ),
        ("audience.size: {less_than: null}", f"{WRONG} 'less_than': it is null, a number is expected"),
        ("purpose: {in: newsletter}", f"{WRONG} 'in': it is the text 'newsletter', a list is expected"),
        ("purpose: {not_in: []}", f"{WRONG} 'not_in': it: [] should be non-empty"),
        (
            "purpose: {equals: [newsletter]}",
            f"{WRONG} 'equals': it is a list, a text or a number or true or false is expected",
        ),
        (
            "business.name: {matches: '('}",
            "'(' is not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        (
            "business.name: {holds: emoji}",
            f"{WRONG} 'holds': it is the text 'emoji', which is not one of bidirectional_controls, "
            "invisible_characters, mixed_script_hosts",
        ),
        ("business.name: {matches: 5}", f"{WRONG} 'matches': it is 5, a text is expected"),
        ("business.name: {length_at_most: -1}", f"{WRONG} 'length_at_most': it: -1 is less than the minimum of 0"),
        ("business.name: {length_at_most: 1.5}", f"{WRONG} 'length_at_most': it is 1.5, a whole number is expected"),
        (
            "schedule.start: {before: tomorrow}",
            f"{WRONG} 'before': it is the text 'tomorrow', which is not of the form "
            r"^\d{4}-\d{2}-\d{2}(?:[Tt ]|$), for example 2019-12-07",
        ),
        ("schedule.start: {before: 2019-02-30}", "'2019-02-30' is not a day (YYYY-MM-DD)"),
        ("schedule.start: {within: {days: 7}}", f"{WRONG} 'within': 'after' is missing"),
        (
            "schedule.start: {within: {dayz: 7, after: 2019-12-07}}",
            f"{WRONG} 'within': 'days' is missing; unknown field 'dayz', did you mean 'days'?",
        ),
        (
            "schedule.start: {within: {days: 0, after: 2019-12-07}}",
            f"{WRONG} 'within': days: 0 is less than the minimum of 1",
        ),
        ("schedule.start: {within: {days: 7, after: 2019-02-30}}", "'2019-02-30' is not a day (YYYY-MM-DD)"),
        (
            "audience.countries: {count_at_least: two}",
            f"{WRONG} 'count_at_least': it is the text 'two', a whole number is expected",
        ),
    ],
)
def test_a_wrong_argument_is_refused(condition: str, said: str) -> None:
    (problem,) = problems(f"forbid:\n  {condition}\n")
    assert problem.partition(": ")[2] == said
