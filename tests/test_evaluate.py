"""Rules × campaigns → violations and undecided verdicts: which field, which days, which caps, which words."""

from __future__ import annotations

from datetime import date

import pytest

from policylint.model.finding import Window
from policylint.model.rule import Severity, Step
from policylint.model.source import EXPRESSION, NOT_CARRIED
from policylint.sentences import said
from tests.rulefiles import TODAY, campaign, compiled, judged, rule, verdict

# --- which field a violation points at ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "record", "path"),
    [
        # forbid: the first of what makes the condition true
        (
            "forbid: {purpose: newsletter, audience.size: {at_least: 2}}",
            "purpose: newsletter\naudience: {size: 5}",
            ("purpose",),
        ),
        (
            "forbid: {any: [{purpose: invoice}, {audience.size: {at_least: 2}}]}",
            "purpose: newsletter\naudience: {size: 5}",
            ("audience", "size"),
        ),
        (
            "forbid: {any: [{audience.size: {at_least: 9}}, {purpose: newsletter}]}",
            "purpose: newsletter\naudience: {size: !x many}",
            ("purpose",),  # not at the value that is merely unknown
        ),
        # an absent field has no place of its own: the first of the rest that says something
        (
            "forbid: {consent: {absent: true}, sender.product: channel}",
            "sender: {product: channel}",
            ("sender", "product"),
        ),
        ("forbid: {direction: push, purpose: newsletter}", "purpose: newsletter", ("purpose",)),  # push by default only
        ("forbid: {consent: {absent: true}}", "enabled: true", ("consent",)),
        # none: what is false inside it
        ("forbid: {none: [{consent.obtained: true}]}", "consent: {obtained: false}", ("consent", "obtained")),
        ("forbid: {none: [{consent.obtained: true}, {purpose: invoice}]}", "purpose: survey", ("purpose",)),
        # require: the first part that is certainly false
        ("require: {consent.obtained: true}", "consent: {obtained: false}", ("consent", "obtained")),
        (
            "require: {consent.obtained: true, purpose: invoice}",
            "consent: {obtained: !x maybe}\npurpose: newsletter",
            ("purpose",),
        ),
        (
            "require: {any: [{consent.obtained: true}, {purpose: invoice}]}",
            "consent: {obtained: null}\npurpose: newsletter",
            ("purpose",),
        ),
        ("require: {none: [{purpose: invoice}, {purpose: newsletter}]}", "purpose: newsletter", ("purpose",)),
        # lists: the item that decides, else the list
        (
            "forbid: {audience.countries: {some: {equals: US}}}",
            "audience: {countries: [DE, US]}",
            ("audience", "countries", 1),
        ),
        (
            "require: {audience.countries: {each: {equals: DE}}}",
            "audience: {countries: [DE, !x AT, US]}",
            ("audience", "countries", 2),
        ),
        (
            "require: {audience.countries: {none: {equals: US}}}",
            "audience: {countries: [DE, US]}",
            ("audience", "countries", 1),
        ),
        (
            "require: {audience.countries: {some: {equals: US}}}",
            "audience: {countries: [DE]}",
            ("audience", "countries"),
        ),
        (
            "forbid: {audience.countries: {each: {equals: DE}}}",
            "audience: {countries: [DE]}",
            ("audience", "countries"),
        ),
        (
            "forbid: {messages: {some: {template.components: {some: {buttons: {some: {type: otp}}}}}}}",
            "messages: [{body: a}, {template: {components: [{type: body}, {buttons: [{type: url}, {type: OTP}]}]}}]",
            ("messages", 1, "template", "components", 1, "buttons", 1, "type"),
        ),
        # count: the first item too many, else the list
        (
            "forbid: {messages: {count: {where: {kind: freeform}, greater_than: 1}}}",
            "messages: [{kind: freeform}, {kind: template}, {kind: freeform}, {kind: freeform}]",
            ("messages", 2, "kind"),
        ),
        (
            "require: {messages: {count: {where: {kind: freeform}, at_most: 1}}}",
            "messages: [{kind: freeform}, {kind: freeform}]",
            ("messages", 1, "kind"),
        ),
        (
            "require: {messages: {count: {where: {kind: freeform}, less_than: 1}}}",
            "messages: [{kind: template}, {kind: freeform}]",
            ("messages", 1, "kind"),
        ),
        (
            "require: {messages: {count: {where: {kind: freeform}, at_least: 2}}}",
            "messages: [{kind: template}, {kind: freeform}]",
            ("messages",),
        ),
        (
            "forbid: {audience.countries: {count: {where: {not_in: [DE, AT]}, at_least: 1}}}",
            "audience: {countries: [DE, CH]}",
            ("audience", "countries", 1),
        ),
        # select: the item's own field, or one of the record
        (
            "select: messages[*]\nforbid: {kind: freeform}",
            "messages: [{kind: template}, {kind: freeform}]",
            ("messages", 1, "kind"),
        ),
        (
            "select: messages[*]\nforbid: {campaign.purpose: survey}",
            "purpose: survey\nmessages: [{kind: template}]",
            ("purpose",),
        ),
        (
            "select: messages[*]\nrequire: {body: {present: true}}",
            "messages: [{kind: freeform}]",
            ("messages", 0, "body"),
        ),
        # at
        (
            "at: sender.product\nforbid: {purpose: survey}",
            "purpose: survey\nsender: {product: channel}",
            ("sender", "product"),
        ),
        (
            "at: [consent, sender, kind]\nforbid: {purpose: survey}",
            "purpose: survey\nsender: {product: channel}",
            ("sender",),
        ),
        ("at: [consent, direction]\nforbid: {purpose: survey}", "purpose: survey", ("purpose",)),
        ("at: consent.date\nforbid: {purpose: survey}", "purpose: survey\nconsent: {date: !x day}", ("purpose",)),
        (
            "select: messages[*]\nat: [campaign.sender.product, kind]\nforbid: {body: {present: true}}",
            "messages: [{body: hello, kind: freeform}]",
            ("messages", 0, "kind"),
        ),
    ],
)
def test_a_violation_points_at_the_field_that_decides(
    conditions: str, record: str, path: tuple[str | int, ...]
) -> None:
    ((violation,), undecided) = judged(conditions, record + "\n")
    assert (violation.path, undecided) == (path, [])


def test_every_item_that_breaks_a_rule_is_a_violation() -> None:
    record = "messages: [{kind: freeform}, {kind: template}, {kind: freeform}]\n"
    violations, undecided = judged("select: messages[*]\nforbid: {kind: freeform}", record)
    assert [violation.path for violation in violations] == [("messages", 0, "kind"), ("messages", 2, "kind")]
    assert undecided == []


def test_a_violation_names_all_that_decided() -> None:
    text = (
        "where: {sender.product: business_platform}\n"
        "forbid: {audience.size: {greater_than: {field: sender.portfolio.messaging_limit}}, purpose: {present: true}}\n"
    )
    record = (
        "sender: {product: business_platform, portfolio: {messaging_limit: 10}}\n"
        "audience: {size: 20}\npurpose: survey\n"
    )
    ((violation,), _) = judged(text, record)
    assert violation.reads == (
        ("audience", "size"),
        ("sender", "portfolio", "messaging_limit"),
        ("purpose",),
        ("sender", "product"),
    )


# --- lists and items that are unknown -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "path", "why"),
    [
        ("messages: !x all", ("messages",), "the tag !x"),
        ("messages: '{{ all }}'", ("messages",), EXPRESSION.why),
        ("messages: freeform", ("messages",), "of a kind that cannot be compared"),
        ("messages: [!x one, {kind: template}]", ("messages", 0), "the tag !x"),
        ("messages: [{kind: template}, '{{ one }}']", ("messages", 1), EXPRESSION.why),
        ("messages: [{kind: template}, 5]", ("messages", 1), "of a kind that cannot be compared"),
        ("messages: [{kind: '{{ kind }}'}]", ("messages", 0, "kind"), EXPRESSION.why),
        ("messages: [{kind: [freeform]}]", ("messages", 0, "kind"), "of a kind that cannot be compared"),
    ],
)
def test_what_is_selected_may_be_unknown(record: str, path: tuple[str | int, ...], why: str) -> None:
    (violations, (undecided,)) = judged("select: messages[*]\nforbid: {kind: freeform}", record + "\n")
    assert (violations, undecided.path, undecided.why) == ([], path, why)


@pytest.mark.parametrize("record", ["enabled: true", "messages: null", "messages: []", "messages: [null]"])
def test_nothing_selected_is_nothing_broken(record: str) -> None:
    assert verdict("select: messages[*]\nforbid: {kind: freeform}", record + "\n") is False


@pytest.mark.parametrize("messages", ["!x all", "[!x one, {kind: template}]", "'{{ all }}'", "[freeform]"])
def test_a_rule_that_is_kept_whatever_the_items_are_is_not_undecided(messages: str) -> None:
    text = "select: messages[*]\nwhere: {campaign.purpose: survey}\nforbid: {kind: freeform}"
    assert verdict(text, f"purpose: invoice\nmessages: {messages}\n") is False
    assert verdict(text, f"purpose: survey\nmessages: {messages}\n") is None


def test_an_item_that_is_unknown_breaks_no_rule() -> None:
    text = "select: messages[*].template.components[*]\nforbid: {campaign.purpose: survey}"
    (violations, (undecided,)) = judged(text, "purpose: survey\nmessages: [!x one]\n")
    assert (violations, undecided.path, undecided.why) == ([], ("messages", 0), "the tag !x")


def test_a_rule_that_is_broken_by_one_item_is_not_undecided_by_another() -> None:
    record = "messages: [!x one, {kind: freeform}, {kind: '{{ k }}'}]\n"
    violations, undecided = judged("select: messages[*]\nforbid: {kind: freeform}", record)
    assert ([violation.path for violation in violations], undecided) == ([("messages", 1, "kind")], [])


@pytest.mark.parametrize(
    ("conditions", "record", "path", "why"),
    [
        ("forbid: {purpose: survey}", "purpose: '{{ p }}'", ("purpose",), EXPRESSION.why),
        (
            "forbid: {sender.product: channel}",
            "sender: channel",
            ("sender", "product"),
            "the value above it is not a mapping",
        ),
        (
            "forbid: {audience.size: {at_least: 5}}",
            "audience: {size: many}",
            ("audience", "size"),
            "of a kind that cannot be compared",
        ),
        (
            "where: {purpose: survey}\nforbid: {kind: campaign}",
            "purpose: !x p",
            ("purpose",),
            "the tag !x",
        ),
        (
            "forbid: {any: [{kind: setup}, {purpose: survey}]}",
            "purpose: !x p",
            ("purpose",),
            "the tag !x",
        ),
        (
            "forbid: {audience.size: {at_least: {field: schedule.daily_maximum}}}",
            "audience: {size: 5}\nschedule: {daily_maximum: !x d}",
            ("schedule", "daily_maximum"),  # the field compared with, not the known one
            "the tag !x",
        ),
        (
            "forbid: {messages: {some: {kind: freeform}}}",
            "messages: [{kind: template}, {kind: !x k}]",
            ("messages", 1, "kind"),
            "the tag !x",
        ),
        (
            "forbid: {messages: {some: {kind: freeform}}}",
            "messages: [{kind: template}, !x k]",
            ("messages",),
            "a part of it is unknown",
        ),
        (
            "forbid: {audience.countries: {contains: DE}}",
            "audience: {countries: [AT, '{{ c }}']}",
            ("audience", "countries"),
            "a part of it is unknown",
        ),
        ("forbid: {consent: {present: true}}", "consent: {source: !x s}", ("consent",), "a part of it is unknown"),
    ],
)
def test_an_undecided_verdict_names_the_value_that_it_hangs_on(
    conditions: str, record: str, path: tuple[str | int, ...], why: str
) -> None:
    (violations, (undecided,)) = judged(conditions, record + "\n")
    assert (violations, undecided.path, undecided.why) == ([], path, why)


# --- days ---------------------------------------------------------------------------------------------------------

DATED = "parameters: {maximum: {values: {2018-01-01: 256, 2026-05-20: 200, 2026-09-01: 300}}}\n"
SMALLER = DATED + "message: $campaign > $maximum\nforbid: {audience.size: {greater_than: $maximum}}\n"


def stretch(first: str, last: str | None) -> Window:
    return Window(date.fromisoformat(first), date.fromisoformat(last) if last else None, own=True)


@pytest.mark.parametrize(
    ("size", "window", "windows", "maximum"),
    [
        (220, ("2026-01-01", None), [("2026-05-20", "2026-08-31")], "200"),
        (220, ("2026-01-01", "2026-06-01"), [("2026-05-20", "2026-06-01")], "200"),
        (220, ("2026-06-01", "2026-06-30"), [("2026-06-01", "2026-06-30")], "200"),
        (220, ("2026-01-01", "2026-05-20"), [("2026-05-20", "2026-05-20")], "200"),
        (270, ("2026-01-01", None), [("2026-01-01", "2026-05-19"), ("2026-05-20", "2026-08-31")], "256"),
        (
            400,
            ("2026-01-01", None),
            [("2026-01-01", "2026-05-19"), ("2026-05-20", "2026-08-31"), ("2026-09-01", None)],
            "256",
        ),
        (400, ("2027-01-01", None), [("2027-01-01", None)], "300"),
    ],
)
def test_a_dated_parameter_breaks_a_rule_on_some_days_only(
    size: int, window: tuple[str, str | None], windows: list[tuple[str, str | None]], maximum: str
) -> None:
    ((violation,), _) = judged(SMALLER, f"audience: {{size: {size}}}\n", stretch(*window))
    assert violation.windows == tuple(stretch(*days) for days in windows)
    assert violation.values == {"campaign": "spring", "value": str(size), "maximum": maximum}


def test_a_rule_may_be_undecided_on_some_of_the_days_only() -> None:
    text = DATED + "forbid: {audience.size: {greater_than: $maximum}, purpose: survey}\n"
    record = "audience: {size: 220}\npurpose: !x p\n"
    assert verdict(text, record, stretch("2026-01-01", "2026-05-19")) is False
    (violations, (undecided,)) = judged(text, record, stretch("2026-01-01", None))
    assert (violations, undecided.path, undecided.why) == ([], ("purpose",), "the tag !x")


def test_a_rule_that_is_in_force_on_none_of_the_days_is_neither_broken_nor_undecided() -> None:
    steps = (Step(date(2019, 1, 1), Severity.ERROR), Step(date(2021, 1, 1), Severity.OFF))
    ended = rule("forbid: {purpose: survey}")._replace(enforcement=steps)
    verdicts = {
        days: [verdict(ended, f"purpose: {purpose}\n", stretch(*days)) for purpose in ("survey", "'{{ p }}'")]
        for days in [
            ("2018-01-01", "2018-12-31"),
            ("2018-12-31", "2019-01-01"),
            ("2020-12-31", "2021-06-01"),
            ("2021-01-01", None),
        ]
    }
    assert verdicts == {
        ("2018-01-01", "2018-12-31"): [False, False],
        ("2018-12-31", "2019-01-01"): [True, None],
        ("2020-12-31", "2021-06-01"): [True, None],
        ("2021-01-01", None): [False, False],
    }
    assert (
        verdict(ended._replace(overridden=Severity.OFF), "purpose: '{{ p }}'\n", stretch("2020-01-01", None)) is False
    )
    seen = ended._replace(enforcement=(Step(date(2019, 1, 1), Severity.ERROR, observed=True),))
    assert verdict(seen, "purpose: '{{ p }}'\n", stretch("2018-01-01", "2018-01-01")) is None


# --- caps and texts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "caps"),
    [
        ("audience: {selection: single_number}", ((Severity.WARNING, "one number"),)),
        ("audience: {selection: list}", ()),
        ("audience: {size: 5}", ()),  # absent is certainly not a single number
        ("audience: {selection: '{{ s }}'}", ((Severity.WARNING, "one number"),)),
        (
            "audience: {selection: !x s, size: 1}",
            ((Severity.WARNING, "one number"), (Severity.INFO, "one recipient")),
        ),
    ],
)
def test_a_cap_applies_unless_it_is_certainly_not_so(record: str, caps: tuple[tuple[Severity, str], ...]) -> None:
    text = """\
forbid: {purpose: survey}
caps:
  - {to: warning, where: {audience.selection: single_number}, because: one number}
  - {to: info, where: {audience.size: 1}, because: one recipient}
"""
    ((violation,), _) = judged(text, f"purpose: survey\n{record}\n")
    assert violation.caps == caps


def test_a_cap_may_look_at_the_selected_item() -> None:
    text = """\
select: messages[*]
forbid: {kind: freeform}
caps: [{to: info, where: {body: {absent: true}, campaign.purpose: survey}, because: empty}]
"""
    violations, _ = judged(text, "purpose: survey\nmessages: [{kind: freeform}, {kind: freeform, body: hello}]\n")
    assert [violation.caps for violation in violations] == [((Severity.INFO, "empty"),), ()]


def test_texts_name_fields_parameters_and_the_value() -> None:
    text = """\
message: "$campaign: $value, ${sender.provider}, $least, ${audience.countries}, ${business.name}, ${schedule.batches}"
why: "${consent.obtained}"
solution: "${business.contact.email}"
parameters: {least: {value: 2}}
forbid: {audience.size: {at_least: $least}}
"""
    record = """\
campaign: 7
sender: {provider: '{{ p }}'}
audience: {size: 5, countries: [DE, !x AT]}
business: {name: "A\\n  B", contact: !x c}
consent: {obtained: false}
"""
    ((violation,), _) = judged(text, record)
    assert violation.values == {
        "campaign": "7",
        "value": "5",
        "least": "2",
        "sender.provider": "{{ p }}",
        "audience.countries": "DE, an unknown value",
        "business.name": "A B",
        "schedule.batches": "nothing",
        "consent.obtained": "false",
        "business.contact.email": "an unknown value",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (NOT_CARRIED, "an unknown value"),
        (True, "true"),
        (1.5, "1.5"),
        (["a", 1, None], "a, 1, nothing"),
        (("a",), "a"),
        ({"a": 1}, "a mapping"),
        ("  a \n b\t", "a b"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 77 + "…"),
    ],
)
def test_a_value_is_said_in_one_short_line(value: object, text: str) -> None:
    assert said(value) == text


def test_rules_are_judged_one_by_one_and_in_their_order() -> None:
    from policylint.evaluate import evaluate

    one = compiled(rule("forbid: {purpose: survey}")._replace(id="house/one"))
    two = compiled(rule("forbid: {sender.product: channel}")._replace(id="house/two"))
    record = campaign("purpose: survey\nsender: {product: '{{ p }}'}\n")
    violations, undecided = evaluate(record, TODAY, [two, one])
    assert [violation.rule.id for violation in violations] == ["house/one"]
    assert [found.rule.id for found in undecided] == ["house/two"]


@pytest.mark.parametrize(
    ("buttons", "expected"),
    [
        ("[{type: url}, {type: quick_reply}, {type: quick_reply}]", False),
        ("[{type: quick_reply}, {type: url}, {type: quick_reply}]", True),
        ("[{type: url}, {type: quick_reply}, {type: url}]", True),
        ('[{type: quick_reply}, {type: "${KIND}"}, {type: url}]', None),
    ],
)
def test_grouped_asks_that_items_stand_side_by_side(buttons: str, expected: bool | None) -> None:
    made = rule("select: messages[*].template.components[*]\nrequire:\n  buttons: {grouped: {type: quick_reply}}\n")
    components = f"messages: [{{template: {{components: [{{type: buttons, buttons: {buttons}}}]}}}}]"
    assert verdict(made, f"campaign: a\nchannel: whatsapp\n{components}\n") is expected


@pytest.mark.parametrize(
    ("components", "path"),
    [
        ("[{type: body, text: a}]", None),
        ("[{type: header, text: a}, {type: body, text: b}, {type: body, text: c}]", 2),
    ],
)
def test_count_points_at_the_first_item_past_the_bound(components: str, path: int | None) -> None:
    counted = "{count: {where: {type: body}, greater_than: 1}}"
    made = rule(f"select: messages[*]\nforbid:\n  template.components: {counted}\n")
    record = f"campaign: a\nchannel: whatsapp\nmessages: [{{template: {{components: {components}}}}}]\n"
    broken, undecided = judged(made, record)
    found = [violation.path for violation in broken]
    assert found == ([] if path is None else [("messages", 0, "template", "components", path, "type")])
    assert undecided == []


def test_an_item_that_is_no_mapping_is_unknown_to_a_condition_on_its_fields() -> None:
    made = rule("forbid:\n  messages: {some: {kind: freeform}}\n")
    assert verdict(made, "campaign: a\nchannel: whatsapp\nmessages: [[]]\n") is None
