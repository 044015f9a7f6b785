"""The engine against a second reading of the rule language: the same rules say the same of made-up campaigns."""

from __future__ import annotations

import copy
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policylint import resources
from policylint.checker import Checker
from policylint.config import Settings
from policylint.discover import Target
from policylint.model.campaign import Campaign
from policylint.model.source import EXPRESSION, Unknown
from policylint.plugins import load_extensions
from policylint.record import record_schema
from policylint.ruleset import RuleSet, load_rules
from policylint.ruletest import RuleTester
from tests import reference
from tests.reference import UNKNOWN, Judgement
from tests.rulefiles import DAY, campaign

if TYPE_CHECKING:
    from policylint.extensions import Extensions

CAMPAIGNS = int(os.environ.get("POLICYLINT_CAMPAIGNS", "2080"))
NEVER_BROKEN = frozenset(
    [
        "sms/alcohol-without-age-gate",
        "whatsapp/broadcast-without-saved-number",
        "whatsapp/category-outside-opt-in",
        "whatsapp/marketing-text-outside-template",
    ]
)
"""Rules that none of so many made-up campaigns breaks; the list may only shrink."""
TARGET = Target("campaign.yaml", Path("campaign.yaml"), named=True)


@cache
def extensions() -> Extensions:
    return load_extensions(installed=False)


# --- made-up campaigns --------------------------------------------------------------------------------------------


@cache
def cases() -> dict[str, list[Any]]:
    """Return the records of the cases beside each rule."""
    found: dict[str, list[Any]] = {}
    for folder in sorted(path.parent for path in resources.rules_folder().glob("*/pack.yaml")):
        tester = RuleTester.of_folder(folder, extensions())
        for rule in tester.compiled():
            prepared = tester.prepared(rule)[0]
            found[rule.rule.id] = [record.data for case in prepared for record, _ in case.campaigns]
    return found


@cache
def records(channel: Any) -> list[Any]:
    """Return the records of all cases of a channel."""
    return [record for beside in cases().values() for record in beside if record.get("channel") == channel]


@cache
def days() -> tuple[date, ...]:
    """Return the days on which something changes in our rules, and those before."""
    found = {DAY}
    for rule in reference.rules():
        written = [step.get("since") or step["observed"] for step in rule.written["enforcement"]]
        written += [day for one in rule.written.get("parameters", {}).values() for day in one.get("values", {})]
        found |= {date.fromisoformat(day) - timedelta(days) for day in written for days in (0, 1)}
    return tuple(sorted(found))


def made_up(number: int) -> tuple[Any, date, date | None]:
    """Return a record, the day of the run, and the day that ``--at`` names, if any.

    Each begins as a case of one of the rules, which take turns, takes some parts from other cases and has some values
    changed.
    """
    rng = random.Random(number)
    turn, rule = divmod(number, len(cases()))
    beside = list(cases().values())[rule]
    record = copy.deepcopy(beside[turn] if turn < len(beside) and turn % 2 == 0 else rng.choice(beside))
    for _ in range(rng.choice((0, 0, 0, 0, 1, 2))):
        other = rng.choice(records(record.get("channel")))
        name = rng.choice([name for name in other if name not in ("campaign", "channel")] or ["name"])
        record[name] = copy.deepcopy(other.get(name))
    for _ in range(rng.choice((0, 0, 0, 0, 1, 2, 4))):
        _change(record, rng)
    return record, rng.choice((DAY, DAY, rng.choice(days()))), rng.choice((None, None, None, None, rng.choice(days())))


def _change(record: Any, rng: random.Random) -> None:
    """Change a value in place: to another that its field can have, to nothing, to an unknown one, to a wrong one."""
    holder, key, names = rng.choice(list(_places(record)))
    field = record_schema().field(names)
    value = holder[key]
    likely: list[Any] = [*(field.enum or ()), None] if field else [None]
    if isinstance(value, bool):
        likely.append(not value)
    elif isinstance(value, (int, float)):
        likely += [0, value + 1, value - 1, value * 10]
    elif isinstance(value, str):
        likely += [
            "{{ later }}",
            f"{value} {{{{1}}}} STOP 20% off",
            value[: len(value) // 2],
            value * 3,
            str(rng.choice(days())),
        ]
    elif isinstance(value, list):
        likely += [[], value * 2, [*value, EXPRESSION], [*value, "{{ x }}"], value[1:]]
    odd: list[Any] = [EXPRESSION, Unknown("a reason"), "", "US", 5, True, {}, [None], {"a": Unknown("x")}, ["DE", "US"]]
    made = rng.choice(likely if rng.random() < 0.7 else odd)
    if isinstance(holder, dict) and made is None and rng.random() < 0.5:
        del holder[key]
    elif names != ("channel",):
        holder[key] = made


def _places(value: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[Any, Any, tuple[str, ...]]]:
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            inner = (*names, key) if isinstance(key, str) else names
            yield value, key, inner
            yield from _places(value[key], inner)


# --- the two ------------------------------------------------------------------------------------------------------


def by_engine(checker: Checker, judged: Campaign) -> dict[str, Judgement]:
    findings, undecided, _, _ = checker.judge(judged, TARGET)
    found = {rule: Judgement(Counter(), undecided=True) for rule in {item.rule.id for item in undecided}}
    for finding in findings:
        if finding.code is not None:
            known = found.setdefault(finding.rule, Judgement(Counter(), undecided=False))
            known.severities[str(finding.severity)] += 1
    return found


def by_reference(record: Any, as_of: date, at: date | None) -> dict[str, Judgement]:
    return reference.judge(_plain(record), as_of, at)


def _plain(value: Any) -> Any:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def judged_by_both(rules: RuleSet, number: int) -> tuple[dict[str, Judgement], dict[str, Judgement]]:
    record, as_of, at = made_up(number)
    checker = Checker(rules, Settings(as_of=as_of, at=at), extensions(), lambda _path: None)
    template = campaign("enabled: true\n")
    completed = checker.completed(Campaign(record, template.document, "native"), TARGET.path)
    return by_engine(checker, completed), by_reference(completed.data, as_of, at)


@pytest.mark.parametrize("screened", [False, True])
def test_the_engine_says_what_the_reference_says(screened: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policylint.ruleset.SCREEN_AFTER", -1 if screened else CAMPAIGNS + 1)
    rules = load_rules(Settings(as_of=DAY), extensions())
    broken: set[str] = set()
    for number in range(CAMPAIGNS):
        engine, other = judged_by_both(rules, number)
        assert engine == other, number
        broken |= {rule for rule, judgement in other.items() if judgement.severities}
    never = {rule.id for rule in reference.rules()} - broken
    assert never <= NEVER_BROKEN or CAMPAIGNS < 2080


def test_the_reference_imports_nothing_of_policylint() -> None:
    text = Path(reference.__file__).read_text(encoding="utf-8")
    assert re.findall(r"^\s*(?:from|import) policylint.*", text, re.MULTILINE) == []
