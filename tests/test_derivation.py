"""``explain ID FILE``: why a rule fires, does not, or cannot be told: conditions, values, places, days, caps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from policylint.cli import main
from tests.rulefiles import PACK, UNDATED, write_pack

STORY = """\
  - {since: 2018-04-24, severity: warning, note: announced}
  - {since: 2019-12-07, severity: error, note: in force}
"""
WEEKLY = """\
campaign: weekly
channel: whatsapp
purpose: newsletter
sender:
  product: consumer_app
  portfolio: {messaging_limit: 250}
audience:
  size: 100
schedule: {start: 2019-11-01, end: 2019-12-31}
"""
FORBID = """\
where: {sender.product: consumer_app}
forbid:
  any:
    - purpose: {in: [newsletter, promotion]}
    - audience.size: {greater_than: {field: sender.portfolio.messaging_limit}}
    - none:
        - direction: push
"""
DATED = """\
  judged on 2019-11-01 to 2019-12-31, its own dates
  since 2018-04-24: warning, announced
  since 2019-12-07: error, in force  ← decides
"""
Explain = Callable[..., str]


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Explain:
    """Write a rule with some conditions and a file; return what is said of them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICYLINT_CACHE", str(tmp_path / ".cache"))

    def explain(conditions: str, text: str, *options: str, steps: str = STORY) -> str:
        pack = f"{PACK}lists: {{near: lists/near.yaml}}\n"
        write_pack(
            Path("rules/house"),
            {
                "pack.yaml": pack,
                "lists/near.yaml": "read: 2026-01-01\nvalues: [DE, AT]\n",
                "bad.yaml": UNDATED + steps + conditions,
            },
        )
        Path("one.yaml").write_text(text, encoding="utf-8")
        status = main(["explain", "TT001", "one.yaml", "--pack", "rules/house", "--as-of", "2026-11-23", *options])
        out, err = capsys.readouterr()
        assert (status, err) == (0, "")
        return out

    return explain


# --- fired, not fired, undecided ----------------------------------------------------------------------------------


def test_of_a_rule_that_fires_each_condition_has_the_value_and_its_place(explain: Explain) -> None:
    assert explain(FORBID, WEEKLY) == (
        f"""\
one.yaml:1:1: weekly breaks house/bad (TT001): error
{DATED}\
  the campaign breaks the rule
    applies where [true]
      [true] sender.product is consumer_app; it is 'consumer_app' (5:12)
    forbidden [true]
      [true] any of
        [true] purpose is one of newsletter, promotion; it is 'newsletter' (3:10)
        [false] audience.size is greater than sender.portfolio.messaging_limit; it is 100 (8:9); \
sender.portfolio.messaging_limit is 250 (6:32)
        [false] none of
          [true] direction is push; it is 'push' by default
    reported as error at 3:10, in force since 2019-12-07
"""
    )


def test_of_a_rule_that_does_not_fire_too(explain: Explain) -> None:
    text = WEEKLY.replace("newsletter", "invoice").replace("  size: 100\n", "  source: web\n")
    assert explain(FORBID, text) == (
        f"""\
one.yaml:1:1: weekly does not break house/bad (TT001)
{DATED}\
  the campaign does not break the rule
    applies where [true]
      [true] sender.product is consumer_app; it is 'consumer_app' (5:12)
    forbidden [false]
      [false] any of
        [false] purpose is one of newsletter, promotion; it is 'invoice' (3:10)
        [false] audience.size is greater than sender.portfolio.messaging_limit; it is absent; \
sender.portfolio.messaging_limit is 250 (6:32)
        [false] none of
          [true] direction is push; it is 'push' by default
"""
    )


def test_what_cannot_be_told_names_the_value_that_it_hangs_on(explain: Explain) -> None:
    text = WEEKLY.replace("newsletter", "invoice").replace("size: 100", "size: '{{ n }}'")
    assert explain(FORBID, text) == (
        f"""\
one.yaml:1:1: weekly may break house/bad (TT001)
{DATED}\
  undecided: audience.size (8:9): an expression or a placeholder
  the campaign may break the rule
    applies where [true]
      [true] sender.product is consumer_app; it is 'consumer_app' (5:12)
    forbidden [unknown]
      [unknown] any of
        [false] purpose is one of newsletter, promotion; it is 'invoice' (3:10)
        [unknown] audience.size is greater than sender.portfolio.messaging_limit; \
it is unknown (an expression or a placeholder) (8:9); sender.portfolio.messaging_limit is 250 (6:32)
        [false] none of
          [true] direction is push; it is 'push' by default
"""
    )


def test_where_a_rule_does_not_apply_no_more_is_asked(explain: Explain) -> None:
    assert explain(FORBID, WEEKLY.replace("consumer_app", "channel")) == (
        f"""\
one.yaml:1:1: weekly does not break house/bad (TT001)
{DATED}\
  the campaign does not break the rule
    applies where [false]
      [false] sender.product is consumer_app; it is 'channel' (5:12)
"""
    )
    assert explain(FORBID, WEEKLY.replace("whatsapp", "email")) == (
        "one.yaml:1:1: weekly has nothing for house/bad (TT001)\n  its channel is email, not whatsapp\n"
    )
    assert explain("select: messages[*]\nforbid: {kind: freeform}\n", WEEKLY) == (
        f"one.yaml:1:1: weekly has nothing for house/bad (TT001)\n  there is no messages[*]\n{DATED}"
    )


# --- days ---------------------------------------------------------------------------------------------------------


def test_days_before_the_rule_are_told(explain: Explain) -> None:
    text = WEEKLY.replace("start: 2019-11-01, end: 2019-12-31", "start: 2017-01-01")
    assert explain("forbid: {purpose: newsletter}\n", text) == (
        """\
one.yaml:1:1: weekly does not break house/bad (TT001)
  judged on 2017-01-01, its own dates
  since 2018-04-24: warning, announced
  since 2019-12-07: error, in force
  not in force on these days
  the campaign would break the rule
    forbidden [true]
      [true] purpose is newsletter; it is 'newsletter' (3:10)
"""
    )


def test_a_rule_that_was_only_observed_is_undecided_before(explain: Explain) -> None:
    steps = "  - {observed: 2026-01-01, severity: error, note: seen}\n"
    assert explain("forbid: {purpose: newsletter}\n", WEEKLY, steps=steps) == (
        """\
one.yaml:1:1: weekly may break house/bad (TT001)
  judged on 2019-11-01 to 2019-12-31, its own dates
  observed 2026-01-01: error, seen
  not in force on these days
  undecided: purpose (3:10): the rule was first seen later; since when it holds is unknown
  the campaign would break the rule
    forbidden [true]
      [true] purpose is newsletter; it is 'newsletter' (3:10)
"""
    )


@pytest.mark.parametrize(
    ("schedule", "options", "judged"),
    [
        ("start: 2019-11-01, recurrence: weekly", (), "judged from 2019-11-01 on, its own dates"),
        ("recurrence: weekly", (), "judged on 2026-11-23, the day of the run"),
        ("start: 2019-11-01", ("--at", "2019-12-06"), "judged on 2019-12-06, as if it ran then"),
    ],
)
def test_the_days_that_count_are_named(schedule: str, options: tuple[str, ...], judged: str, explain: Explain) -> None:
    text = WEEKLY.replace("start: 2019-11-01, end: 2019-12-31", schedule)
    assert explain("forbid: {purpose: newsletter}\n", text, *options).splitlines()[1] == f"  {judged}"


def test_a_severity_of_the_configuration_and_a_suppression_are_told(explain: Explain) -> None:
    Path("policylint.yaml").write_text("rules: {TT001: {severity: warning}}\n", encoding="utf-8")
    text = WEEKLY.replace("newsletter", "newsletter   # policylint: ignore[TT001] until=2026-12-31 -- agreed")
    assert explain("forbid: {purpose: newsletter}\n", text) == (
        """\
one.yaml:1:1: weekly breaks house/bad (TT001): warning
  judged on 2019-11-01 to 2019-12-31, its own dates
  since 2018-04-24: warning, announced  ← decides
  since 2019-12-07: warning, in force
  the severity warning is set by the configuration
  the campaign breaks the rule
    forbidden [true]
      [true] purpose is newsletter; it is 'newsletter' (3:10)
    reported as warning at 3:10, in force since 2018-04-24
    suppressed in the file: agreed (until 2026-12-31)
"""
    )


# --- items, parameters, caps --------------------------------------------------------------------------------------

LIMIT = """\
parameters:
  maximum: {values: {2018-01-01: 5, 2019-12-01: 3}}
select: messages[*]
forbid: {body: {length_greater_than: $maximum}}
caps:
  - {to: warning, where: {kind: freeform}, because: it is free}
"""


def test_each_item_has_its_own_tree_with_the_parameters_of_the_day_and_the_caps(explain: Explain) -> None:
    messages = "messages:\n- {body: xxxx, kind: freeform}\n- {body: xx}\n- {body: !env BODY}\n- !env ALL\n"
    assert explain(LIMIT, WEEKLY + messages) == (
        """\
one.yaml:1:1: weekly breaks house/bad (TT001): warning
  judged on 2019-11-01 to 2019-12-31, its own dates
  since 2018-04-24: warning, announced  ← decides
  since 2019-12-07: error, in force
  $maximum: 5 from 2018-01-01, 3 from 2019-12-01
  messages[0] (11:3) breaks the rule
    from 2019-11-01 on: messages[0] (11:3) does not break the rule
    from 2019-12-01 on: messages[0] (11:3) breaks the rule
    forbidden [true]
      [true] body has more than $maximum characters; it is 4 characters long (11:10); $maximum is 3
    warning at most: it is free [true]
      [true] kind is freeform; it is 'freeform' (11:22)
    reported as warning at 11:10, in force since 2018-04-24
    note: warning, not error: it is free
  messages[1] (12:3) does not break the rule
    forbidden [false]
      [false] body has more than $maximum characters; it is 2 characters long (12:10); $maximum is 5
  messages[2] (13:3) may break the rule
    forbidden [unknown]
      [unknown] body has more than $maximum characters; it is unknown (the tag !env) (13:15); $maximum is 5
    not bound to warning: it is free [false]
      [false] kind is freeform; it is absent
  messages[3] (14:8) is unknown (the tag !env)
"""
    )


def test_of_many_items_those_that_keep_the_rule_are_counted(explain: Explain) -> None:
    bodies = ", ".join([*["{body: x}"] * 9, "{body: xxxxxx}"])
    lines = explain(LIMIT, f"{WEEKLY}messages: [{bodies}]\n").splitlines()
    assert [line for line in lines if line.startswith("  ") and not line.startswith("   ")][4:] == [
        "  messages[9] (10:111) breaks the rule",
        "  9 further items that do not break the rule",
    ]


LISTS = """\
parameters: {least: {value: 2}}
require:
  all:
    - audience.countries: {each: {in: {list: near}}}
    - audience.countries: {count: {where: {equals: DE}, at_least: $least}}
    - messages: {none: {body: {matches: secret}}}
    - audience.countries: {count_at_most: 3}
    - opt_out.keywords: {some: {equals: STOP}}
"""


def test_lists_show_their_items(explain: Explain) -> None:
    text = WEEKLY.replace("  size: 100", "  size: 100\n  countries: [DE, US, !env C]") + "messages: [{body: a}]\n"
    out = explain(LISTS, text)
    assert out.partition("  the campaign breaks the rule\n")[2] == (
        """\
    required [false]
      [false] all of
        [false] audience.countries: each item:
          [true] audience.countries[0] is one of the list near; it is 'DE' (9:15); the list is DE, AT
          [false] audience.countries[1] is one of the list near; it is 'US' (9:19); the list is DE, AT
          [unknown] audience.countries[2] is unknown (the tag !env)
        [unknown] audience.countries: at least $least items of which; it has 1, 1 unknown; $least is 2
          [true] audience.countries[0] is DE; it is 'DE' (9:15)
          [false] audience.countries[1] is DE; it is 'US' (9:19)
          [unknown] audience.countries[2] is unknown (the tag !env)
        [true] messages: no item:
          [false] messages[0] (11:12)
            [false] body matches secret; it is 'a' (11:19)
        [true] audience.countries has at most 3 items; it is a list of 3 (9:14)
        [false] opt_out.keywords: some item; it is absent
    reported as error at 9:19, in force since 2019-12-07
"""
    )


def test_of_a_long_list_the_items_that_decide_are_shown(explain: Explain) -> None:
    countries = ", ".join([*["DE"] * 9, "US"])
    text = WEEKLY.replace("  size: 100", f"  countries: [{countries}]")
    lines = explain("require: {audience.countries: {each: {in: [DE, AT]}}}\n", text).splitlines()
    assert lines[-4:-1] == [
        "      [false] audience.countries: each item:",
        "        [false] audience.countries[9] is one of DE, AT; it is 'US' (8:51)",
        "        [true] 9 more",
    ]


def test_several_campaigns_are_told_apart_and_of_many_only_what_fires_in_full(explain: Explain) -> None:
    def file(count: int) -> str:
        entries = (
            f"- {{campaign: c{number}, channel: whatsapp, purpose: {'newsletter' if number == 1 else 'invoice'}}}\n"
            for number in range(count)
        )
        return "campaigns:\n" + "".join(entries)

    few = explain("forbid: {purpose: newsletter}\n", file(2))
    assert [block.splitlines()[0] for block in few.split("\n\n")] == [
        "one.yaml:2:3: c0 does not break house/bad (TT001)",
        "one.yaml:3:3: c1 breaks house/bad (TT001): error",
    ]
    many = explain("forbid: {purpose: newsletter}\n", file(10)).splitlines()
    assert [line for line in many if not line.startswith(" ")] == [
        f"one.yaml:{number + 2}:3: c{number} {'breaks' if number == 1 else 'does not break'} house/bad (TT001)"
        f"{': error' if number == 1 else ''}"
        for number in range(10)
    ]
    assert many[2] == "  judged on 2026-11-23, the day of the run"
    assert len(many) == 17


# --- how it looks -------------------------------------------------------------------------------------------------


def test_evidence_from_another_file_is_named_and_keys_are_masked(explain: Explain) -> None:
    Path("policylint.yaml").write_text("defaults: {sender: {library: baileys}}\n", encoding="utf-8")
    text = WEEKLY.replace(
        "  product: consumer_app", "  product: consumer_app\n  address: 'https://a:hunter2x@example.org'"
    )
    out = explain("forbid: {sender.library: baileys, sender.address: {matches: example}}\n", text)
    assert "sender.library is baileys; it is 'baileys' (policylint.yaml:1:30, defaults in policylint.yaml)" in out
    assert "[true] sender.address matches example; it is 'https://a:********@example.org' (6:12)" in out


def test_verdicts_are_coloured_where_colour_is_wanted(explain: Explain) -> None:
    out = explain("forbid: {purpose: newsletter}\n", WEEKLY, "--color", "always")
    lines = out.splitlines()
    assert lines[0] == ("\x1b[1mone.yaml:1:1:\x1b[0m weekly breaks house/bad (TT001)\x1b[1;31m: error\x1b[0m")
    assert "      \x1b[1m[true]\x1b[0m purpose is newsletter; it is 'newsletter' (3:10)" in lines


def test_what_a_file_says_is_shown_and_not_obeyed(explain: Explain) -> None:
    out = explain("forbid: {name: {present: true}}\n", f'{WEEKLY}name: "\\e[2J\\u202e"\n'.replace("weekly", '"a\\eb"'))
    assert r"one.yaml:1:1: a\x1bb breaks house/bad (TT001): error" in out
    assert r"it is '\x1b[2J\u202e' (10:7)" in out
    assert "\x1b" not in out


def test_a_file_without_campaigns_and_a_rule_that_is_none_are_refused(
    explain: Explain, capsys: pytest.CaptureFixture[str]
) -> None:
    explain(FORBID, WEEKLY)
    Path("none.yaml").write_text("a: b\n", encoding="utf-8")
    assert main(["explain", "WA101", "none.yaml"]) == 2
    assert capsys.readouterr().err == "policylint: none.yaml holds no campaign\n  hint: see `policylint inspect`\n"
    assert main(["explain", "WA100", "one.yaml"]) == 2
    assert "there is no rule 'WA100', did you mean" in capsys.readouterr().err
