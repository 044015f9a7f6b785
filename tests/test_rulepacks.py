"""Folders → rule packs: what a pack is made of, every mistake at its place, and what the configuration may change."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policylint import resources
from policylint.compile import Vocabulary, compile_rule
from policylint.errors import RulePackError
from policylint.model.rule import Cap, Override, Parameter, Rule, RulePack, Severity, Source, Step
from policylint.operators import OPERATORS
from policylint.record import record_schema
from policylint.rulepacks import load_packs, with_overrides
from tests.rulefiles import HEAD, HEAD_LINES, HOUSE, PACK, write_pack

RULE = HEAD + "forbid: {purpose: newsletter}\n"
NEXT = HEAD_LINES + 1
"""The line after the head of a rule."""


def load(folder: Path, files: dict[str, str]) -> RulePack:
    (pack,) = load_packs([(write_pack(folder / "house", files), "rules/house")])
    return pack


def refused(folder: Path, files: dict[str, str]) -> list[str]:
    with pytest.raises(RulePackError) as error:
        load(folder, files)
    assert error.value.hint == "see rules/README.md for the fields of a rule"
    return [problem.removeprefix("rules/house/") for problem in error.value.problems]


# --- what is loaded -----------------------------------------------------------------------------------------------

FULL = """\
code: TT001
title: A bad thing
message: "$campaign does a bad thing"
why: It is bad.
solution: Do a good thing.
certainty: our_reading
sources:
  - {terms: house, clause: "1", confidence: primary}
  - {terms: house, clause: "2", confidence: secondary}
enforcement:
  - {observed: 2019-01-01, severity: info}
  - {since: 2020-01-01, severity: error, note: "from this day"}
  - {since: 2021-01-01, severity: "off"}
channel: email
select: messages[*]
where: {kind: template}
require: {body: {length_at_most: $maximum}}
at: [body, kind]
parameters:
  maximum: {values: {2018-01-01: 256, 2026-05-20: 200}, note: ours}
caps: [{to: warning, where: {kind: template}, because: it is only one}]
tighten_only: true
waivable: false
"""


def test_a_rule_is_what_its_file_says(tmp_path: Path) -> None:
    files = {
        "bad-thing.yaml": FULL,
        "bad-thing.test.yaml": "cases: [not read here]\n",
        "lists/near.yaml": "read: 2026-01-01\nvalues: [DE, AT, 5]\n",
        "words/sale.yaml": "read: 2026-01-01\nsource: {terms: house, clause: a, confidence: primary}\nvalues: {en:"
        " [sale, a b]}\n",
        "providers.yaml": "providers: {acme: {name: Acme, route: bsp}}\n",
        ".ci/run.yaml": "nothing: of the pack\n",
        ".hidden.yml": "nothing: of the pack\n",
        "pack.yaml": PACK
        + "lists: {near: lists/near.yaml}\nwords: {sale: words/sale.yaml}\nproviders: providers.yaml\n"
        + "timezone: Europe/Berlin\nredirects: {TT000: TT001, house/old: house/bad-thing}\n",
    }
    pack = load(tmp_path, files)
    (rule,) = pack.rules
    assert rule == Rule(
        id="house/bad-thing",
        code="TT001",
        pack="house",
        channel="email",
        title="A bad thing",
        message="$campaign does a bad thing",
        why="It is bad.",
        solution="Do a good thing.",
        certainty="our_reading",
        sources=(Source(HOUSE, "1", "primary"), Source(HOUSE, "2", "secondary")),
        enforcement=(
            Step(date(2019, 1, 1), Severity.INFO, "", observed=True),
            Step(date(2020, 1, 1), Severity.ERROR, "from this day"),
            Step(date(2021, 1, 1), Severity.OFF),
        ),
        select="messages[*]",
        where={"kind": "template"},
        condition={"body": {"length_at_most": "$maximum"}},
        forbids=False,
        at=("body", "kind"),
        parameters={"maximum": Parameter(((date(2018, 1, 1), 256), (date(2026, 5, 20), 200)))},
        caps=(Cap(Severity.WARNING, {"kind": "template"}, "it is only one"),),
        tighten_only=True,
        document=rule.document,
        waivable=False,
    )
    assert (rule.document.path, str(rule)) == ("rules/house/bad-thing.yaml", "house/bad-thing (TT001)")
    assert [card.id for card in pack.cards] == [rule.id for rule in pack.rules]
    assert pack._replace(rules=(), cards=(), digest="", unproved=None, stamps=()) == RulePack(
        cards=(),
        name="house",
        folder=str(tmp_path / "house"),
        title="House rules",
        channel="whatsapp",
        timezone="Europe/Berlin",
        reviewed=date(2026, 11, 23),
        terms={"house": HOUSE},
        rules=(),
        lists={"near": ("DE", "AT", 5)},
        words={"sale": {"en": ("sale", "a b")}},
        providers={"providers": {"acme": {"name": "Acme", "route": "bsp"}}},
        redirects={"TT000": "TT001", "house/old": "house/bad-thing"},
        topics={},
        not_checked=(),
        data_read={"lists/near.yaml": "2026-01-01", "words/sale.yaml": "2026-01-01", "providers.yaml": ""},
        digest="",
        version="2026-11-23",
    )


@pytest.mark.parametrize(
    ("where", "products"),
    [
        ("{sender.product: business_app}", ("business_app",)),
        ("{sender.product: {in: [business_app, channel]}}", ("business_app", "channel")),
        ("{sender.product: {open: true}}", ("none",)),
        ("{any: [{sender.product: channel}, {sender.product: {open: true}}]}", ("channel", "none")),
        ("{any: [{sender.product: channel}, {purpose: newsletter}]}", None),
        ("{sender.product: {not_in: [channel]}}", None),
        ("{purpose: newsletter}", None),
    ],
)
def test_a_card_names_the_products_that_a_rule_looks_at(
    where: str, products: tuple[str, ...] | None, tmp_path: Path
) -> None:
    pack = load(tmp_path, {"bulk.yaml": f"{HEAD}where: {where}\nforbid: {{purpose: newsletter}}\n"})
    assert [card.products for card in pack.cards] == [products]


def test_the_digest_tells_every_change_but_those_of_tests(tmp_path: Path) -> None:
    files = {
        "a.yaml": RULE,
        "lists/near.yaml": "read: 2026-01-01\nvalues: [DE]\n",
        "pack.yaml": PACK + "lists: {near: lists/near.yaml}\n",
    }
    changes: dict[str, dict[str, str]] = {
        "none": {},
        "tests": {"a.test.yaml": "cases: []\n"},
        "rule": {"a.yaml": RULE + "# more\n"},
        "list": {"lists/near.yaml": "read: 2026-01-01\nvalues: [AT]\n"},
        "pack": {"pack.yaml": files["pack.yaml"] + "# more\n"},
        "further": {"b.yaml": RULE.replace("TT001", "TT002")},
    }
    digests = {name: load(tmp_path / name, files | change).digest for name, change in changes.items()}
    assert digests["none"] == digests["tests"]
    assert len(set(digests.values())) == 5


def test_the_packs_that_come_along_load_and_compile() -> None:
    folders = sorted(path.parent for path in resources.rules_folder().glob("*/pack.yaml"))
    packs = load_packs([(folder, f"rules/{folder.name}") for folder in folders])
    assert "whatsapp" in [pack.name for pack in packs]
    said = [
        problem
        for pack in packs
        for rule in pack.rules
        for problem in compile_rule(rule, record_schema(), Vocabulary(OPERATORS, pack.lists, pack.words))[1]
    ]
    assert said == []


# --- mistakes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("code: TT001", "code: TT001\ncoed: TT001"), "a.yaml:2:1: unknown field 'coed', did you mean 'code'?"),
        (
            ("code: TT001", "code: tt1"),
            "a.yaml:1:7: code is the text 'tt1', which is not of the form ^[A-Z]{2,5}[0-9]{3}$, for example WA101",
        ),
        (("title: A bad thing", "title: yes"), None),
        (("title: A bad thing", "title: true"), "a.yaml:2:8: title is true, a text is expected"),
        (
            ("certainty: forbidden", "certainty: forbiden"),
            "a.yaml:6:12: certainty is the text 'forbiden', which is not one of forbidden, our_reading,"
            " good_practice, did you mean 'forbidden'?",
        ),
        (("terms: house", "terms: hose"), "a.yaml:8:13: pack.yaml has no terms 'hose', did you mean 'house'?"),
        (
            ("confidence: primary", "confidence: sure"),
            "a.yaml:8:45: sources[0].confidence is the text 'sure', which is not one of primary, quoted, secondary,"
            " uncertain",
        ),
        (
            ("since: 2020-01-01", "sinse: 2020-01-01"),
            "a.yaml:10:6: unknown field 'sinse' in enforcement[0], did you mean 'since'?",
        ),
        (("since: 2020-01-01, ", ""), "a.yaml:10:5: a step has exactly one of since and observed"),
        (
            ("since: 2020-01-01", "since: 2020-01-01, observed: 2020-01-01"),
            "a.yaml:10:5: a step has exactly one of since and observed",
        ),
        (("since: 2020-01-01", "since: 2020-02-30"), "a.yaml:10:13: '2020-02-30' is not a day of the calendar"),
        (
            ("since: 2020-01-01", "since: 1.1.2020"),
            "a.yaml:10:13: enforcement[0].since is the text '1.1.2020', which is not of the form"
            " ^\\d{4}-\\d{2}-\\d{2}$, for example 2026-01-31",
        ),
        (
            ("severity: error", "severity: fatal"),
            "a.yaml:10:35: enforcement[0].severity is the text 'fatal', which is not one of error, warning, info, off",
        ),
        (("severity: error", "severity: off"), "a.yaml:9:1: every step is off: the rule never reports anything"),
        (
            ("severity: error", "severity: '{{ x }}'"),
            "a.yaml:10:35: enforcement[0].severity is the text '{{ x }}', which is not one of error, warning, info,"
            " off",
        ),
        (("severity: error", "severity: !env X"), "a.yaml:10:40: the tag !env means nothing in a rule pack"),
        (("forbid:", "require: {kind: setup}\nforbid:"), "a.yaml:1:1: a rule has exactly one of require and forbid"),
        (
            ("forbid: {purpose: newsletter}", "where: {kind: setup}"),
            "a.yaml:1:1: a rule has exactly one of require and forbid",
        ),
        (("forbid: {purpose: newsletter}", "forbid: {}"), "a.yaml:11:9: forbid: {} should be non-empty"),
        (
            ("forbid:", "channel: whatsap\nforbid:"),
            "a.yaml:11:10: there is no channel 'whatsap', did you mean 'whatsapp'?; the channels are whatsapp,"
            " email, sms, rcs, messenger, instagram, telegram, viber, line, apple_messages, signal, threema, push,"
            " voice",
        ),
        (
            ("forbid:", "caps: [{to: error, where: {kind: setup}, because: b}]\nforbid:"),
            "a.yaml:11:13: caps[0].to is the text 'error', which is not one of warning, info",
        ),
        (("forbid:", "parameters: {p: {}}\nforbid:"), "a.yaml:11:17: a parameter has exactly one of value and values"),
        (
            ("forbid:", "parameters: {p: {value: 1, values: {2020-01-01: 1}}}\nforbid:"),
            "a.yaml:11:17: a parameter has exactly one of value and values",
        ),
        (
            ("forbid:", "parameters: {p: {values: {2020-02-30: 1}}}\nforbid:"),
            "a.yaml:11:39: '2020-02-30' is not a day of the calendar",
        ),
        (
            ("forbid:", "parameters: {p: {values: {2020-01-01: 1, 2019-01-01: 2}}}\nforbid:"),
            "a.yaml:11:26: dated values ascend",
        ),
        (("forbid:", "title: Again\nforbid:"), "a.yaml:11:1: the key 'title' is given twice in the same mapping"),
        (("code:", "---\n---\ncode:"), "a.yaml:1:1: one YAML document is expected, not 2"),
    ],
)
def test_a_mistake_in_a_rule_file_is_refused_at_its_place(
    tmp_path: Path, change: tuple[str, str], said: str | None
) -> None:
    assert change[0] in RULE
    text = RULE.replace(*change)
    if said is None:
        load(tmp_path, {"a.yaml": text})
    else:
        assert refused(tmp_path, {"a.yaml": text}) == [said]


def test_a_file_that_cannot_be_read_is_refused_at_its_place(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, {"a.yaml": RULE.replace("forbid: {", "forbid: [")})
    assert problem.startswith(f"a.yaml:{NEXT}:29: rules/house/a.yaml is not valid YAML: ")
    (problem,) = refused(tmp_path, {"a.yaml": RULE + "caps: &a [*a]\n"})
    assert problem == f"a.yaml:{NEXT + 1}:10: an alias that contains itself means nothing in a rule pack"


def test_steps_ascend(tmp_path: Path) -> None:
    later = "  - {since: 2019-01-01, severity: error}\n  - {since: 2019-01-01, severity: info}\n"
    assert refused(tmp_path, {"a.yaml": HEAD + later + "forbid: {kind: setup}\n"}) == [
        "a.yaml:11:13: 2019-01-01 is not after 2020-01-01: steps ascend",
        "a.yaml:12:13: 2019-01-01 is not after 2019-01-01: steps ascend",
    ]


LIST = "read: 2026-01-01\nvalues: [DE]\n"
WORDS = "read: 2026-01-01\nvalues: {en: [sale]}\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"pack.yaml": PACK + "tilte: a\n"}, ["pack.yaml:6:1: unknown field 'tilte', did you mean 'title'?"]),
        (
            {"pack.yaml": PACK + "channel: whatsapp\n"},
            ["pack.yaml:6:1: the key 'channel' is given twice in the same mapping"],
        ),
        (
            {"pack.yaml": PACK.replace("whatsapp", "WhatsApp")},
            [
                "pack.yaml:2:10: there is no channel 'WhatsApp', did you mean 'whatsapp'?; the channels are"
                " whatsapp, email, sms, rcs, messenger, instagram, telegram, viber, line, apple_messages, signal,"
                " threema, push, voice"
            ],
        ),
        (
            {"pack.yaml": PACK + "timezone: Europe/Berlim\n"},
            ["pack.yaml:6:11: there is no time zone 'Europe/Berlim', did you mean 'Europe/Berlin'?"],
        ),
        (
            {"pack.yaml": PACK.replace("reviewed: 2026-11-23", "reviewed: 2026-11-31")},
            ["pack.yaml:3:11: '2026-11-31' is not a day of the calendar"],
        ),
        (
            {"pack.yaml": PACK.replace("edition: 2026-01-01", "edition: 2026-02-30")},
            ["pack.yaml:5:72: '2026-02-30' is not a day of the calendar"],
        ),
        (
            {"pack.yaml": PACK + "lists: {near: lists/near.yaml}\n"},
            ["pack.yaml:6:15: there is no file rules/house/lists/near.yaml"],
        ),
        (
            {"pack.yaml": PACK + "lists: {near: near.yaml}\n", "near.yaml": LIST + "more: 1\n"},
            ["near.yaml:3:1: unknown field 'more', did you mean 'source'?"],
        ),
        (
            {
                "pack.yaml": PACK + "lists: {near: near.yaml}\n",
                "near.yaml": LIST + "source: {terms: hose, clause: a, confidence: primary}\n",
            },
            ["near.yaml:3:17: pack.yaml has no terms 'hose', did you mean 'house'?"],
        ),
        (
            {
                "pack.yaml": PACK + "lists: {near: near.yaml}\n",
                "near.yaml": LIST + "sources: [{terms: house, clause: a, confidence: primary},\n"
                "  {terms: hose, clause: a, confidence: primary}]\n",
            },
            ["near.yaml:4:11: pack.yaml has no terms 'hose', did you mean 'house'?"],
        ),
        (
            {"pack.yaml": PACK + "words: {sale: sale.yaml}\n", "sale.yaml": WORDS.replace("sale]", "sale, ' ']")},
            ["sale.yaml: the words of 'en' have a blank one, which is in every text"],
        ),
        (
            {"pack.yaml": PACK + "redirects: {TT000: TT002}\n"},
            ["pack.yaml:6:20: there is no rule 'TT002', did you mean 'TT001'?"],
        ),
        (
            {"pack.yaml": PACK + "redirects: {TT001: house/a}\n"},
            ["pack.yaml:6:13: 'TT001' is the name of a rule that there is"],
        ),
        ({"b.yml": RULE}, ["b.yml: the files of a pack end in .yaml"]),
        (
            {"more/b.yaml": RULE},
            ["more/b.yaml: this is no rule, as rules stand beside pack.yaml, and pack.yaml does not name it"],
        ),
        ({"b.yaml": RULE}, ["b.yaml:1:7: the code TT001 is already that of rules/house/a.yaml"]),
        ({"b.yaml": LIST}, None),
    ],
)
def test_a_mistake_in_a_pack_is_refused_at_its_place(
    tmp_path: Path, files: dict[str, str], said: list[str] | None
) -> None:
    found = sorted(refused(tmp_path, {"a.yaml": RULE, **files}))
    if said is None:  # a list that pack.yaml does not name is read as a rule
        assert [problem for problem in found if "unknown field" in problem] == [
            "b.yaml:1:1: unknown field 'read'",
            "b.yaml:2:1: unknown field 'values'",
        ]
    else:
        assert found == said


def test_a_folder_without_pack_yaml_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(RulePackError) as error:
        load_packs([(tmp_path, "rules/none")])
    assert error.value.problems == ("rules/none/pack.yaml: there is no such file",)


def test_all_mistakes_of_all_packs_are_told_at_once(tmp_path: Path) -> None:
    bad = RULE.replace("severity: error", "severity: fatal").replace("terms: house", "terms: hose")
    worse = RULE.replace("since:", "sinse:").replace("TT001", "TT002")
    first = write_pack(tmp_path / "first", {"a.yaml": bad, "b.yaml": worse})
    second = write_pack(tmp_path / "second", {"c.yaml": RULE.replace("terms: house", "terms: hose")})
    with pytest.raises(RulePackError) as error:
        load_packs([(first, "rules/first"), (second, "rules/second")])
    assert error.value.problems == (
        "rules/first/a.yaml:10:35: enforcement[0].severity is the text 'fatal', which is not one of error, warning,"
        " info, off",
        "rules/first/b.yaml:10:6: unknown field 'sinse' in enforcement[0], did you mean 'since'?",
        "rules/second/c.yaml:8:13: pack.yaml has no terms 'hose', did you mean 'house'?",
    )


def test_codes_and_names_are_unique_across_packs(tmp_path: Path) -> None:
    folders = [
        (write_pack(tmp_path / "one" / "house", {"a.yaml": RULE}), "one/house"),
        (write_pack(tmp_path / "two" / "house", {"a.yaml": RULE}), "two/house"),
        (write_pack(tmp_path / "three", {"b.yaml": RULE}), "three"),
        (write_pack(tmp_path / "policylint", {"c.yaml": RULE.replace("TT001", "TT003")}), "policylint"),
    ]
    with pytest.raises(RulePackError) as error:
        load_packs(folders)
    assert error.value.problems == (
        "two/house/pack.yaml:1:1: a pack is named after its folder, and 'house' is one/house",
        "policylint/pack.yaml:1:1: a pack is named after its folder, and 'policylint' is the tool's own rules",
        "three/b.yaml:1:7: the code TT001 is already that of one/house/a.yaml",
    )


# --- changes by the configuration ---------------------------------------------------------------------------------

ADJUSTABLE = (
    HEAD + "parameters: {most: {value: 5}, words: {value: [a]}, day: {values: {2019-01-01: 1, 2020-01-01: 2}}}\n"
)
ADJUSTABLE += "forbid: {audience.size: {at_least: $most}}\n"


def override(severity: str | None = None, place: str = "policylint.yaml:2:3", **parameters: Any) -> Override:
    return Override(None if severity is None else Severity.named(severity), parameters, place)


def test_the_configuration_changes_severities_and_parameters(tmp_path: Path) -> None:
    files = {
        "a.yaml": ADJUSTABLE,
        "b.yaml": RULE.replace("TT001", "TT002"),
        "pack.yaml": PACK + "redirects: {house/old: TT001}\n",
    }
    pack = load(tmp_path, files)
    (changed,) = with_overrides([pack], {"house/old": override("info", most=9.5, day=3)})
    assert changed.rules[0] == pack.rules[0]._replace(
        overridden=Severity.INFO,
        parameters={
            "most": Parameter(((date.min, 9.5),)),
            "words": Parameter(((date.min, ["a"]),)),
            "day": Parameter(((date.min, 3),)),
        },
    )
    assert (changed.changed, changed.rules[1]) == ((0,), pack.rules[1])
    assert with_overrides([pack], {}) == [pack]
    assert with_overrides([pack], {"TT002": override("off")})[0].rules[1].overridden is Severity.OFF


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"TT009": override("info")}, ["there is no rule 'TT009', did you mean 'TT002'?"]),
        ({"TT001": override(mots=3)}, ["house/a (TT001) has no parameter 'mots', did you mean 'most'?"]),
        ({"TT001": override(most="many")}, ["'most' of house/a (TT001) is 5, so it cannot be many"]),
        ({"TT001": override(most=True)}, ["'most' of house/a (TT001) is 5, so it cannot be True"]),
        ({"TT001": override(words="a")}, ["'words' of house/a (TT001) is ['a'], so it cannot be a"]),
        (
            {"TT001": override(day={"2026-01-01": 1})},
            ["'day' of house/a (TT001) is 2, so it cannot be {'2026-01-01': 1}"],
        ),
        ({"TT002": override("warning")}, ["house/b (TT002) may be made stricter, not milder"]),
        ({"TT002": override("error")}, None),
        (
            {"TT002": override(least=1)},
            ["house/b (TT002) may be made stricter, not milder: which of the two another 'least' does cannot be told"],
        ),
        (
            {"TT001": override("info"), "house/a": override("off")},
            ["house/a (TT001) is changed at policylint.yaml:2:3 already"],
        ),
    ],
)
def test_a_change_that_cannot_be_is_refused(tmp_path: Path, rules: dict[str, Override], said: list[str] | None) -> None:
    strict = HEAD.replace("TT001", "TT002") + "tighten_only: true\nparameters: {least: {value: 5}}\n"
    pack = load(tmp_path, {"a.yaml": ADJUSTABLE, "b.yaml": strict + "forbid: {audience.size: $least}\n"})
    if said is None:
        with_overrides([pack], rules)
        return
    with pytest.raises(RulePackError) as error:
        with_overrides([pack], rules)
    assert error.value.problems == tuple(f"policylint.yaml:2:3: {problem}" for problem in said)
