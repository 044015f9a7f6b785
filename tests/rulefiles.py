"""Texts of rules, packs and campaigns → the objects of the engine, for the tests of the rule language."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.adapters import native
from policylint.compile import Vocabulary, compile_rule
from policylint.evaluate import evaluate
from policylint.extensions import Candidate, Extensions
from policylint.model.finding import Undecided, Violation, Window
from policylint.model.rule import Cap, CompiledRule, Parameter, Rule, Severity, Source, Step, Terms
from policylint.operators import OPERATORS
from policylint.parse import parse
from policylint.record import ProviderTable, record_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policylint.model.campaign import Campaign
    from policylint.model.source import Document

DAY = date(2026, 11, 23)
TODAY = Window(DAY, DAY, own=False)
NATIVE = Extensions((), (Candidate.of(native.ADAPTER),), OPERATORS, {})
"""What plugins give where only campaign files of our own are read and no rules come along."""

PACK = """\
title: House rules
channel: whatsapp
reviewed: 2026-11-23
terms:
  house: {title: House rules, url: https://example.org/house, edition: 2026-01-01, read: 2026-11-23}
"""
UNDATED = """\
code: TT001
title: A bad thing
message: "$campaign does a bad thing"
why: It is bad.
solution: Do a good thing.
certainty: forbidden
sources:
  - {terms: house, clause: "1", confidence: primary}
enforcement:
"""
"""A rule up to its steps."""
HEAD = (
    UNDATED
    + """\
  - {since: 2020-01-01, severity: error, note: "from this day"}
"""
)
"""A rule up to its conditions: ten lines."""
HEAD_LINES = HEAD.count("\n")
HOUSE = Terms("house", "House rules", "https://example.org/house", "2026-01-01", "2026-11-23")


def document(text: str, path: str = "rules/house/bad.yaml") -> Document:
    """Return the only document of a YAML text, which must be one that can be read."""
    source = parse(path, text.encode())
    assert source.problems == ()
    (found,) = source.documents
    return found


def campaign(text: str) -> Campaign:
    """Return the only campaign of a native campaign file; ``campaign`` and ``channel`` are added where missing."""
    if "campaign:" not in text:
        text += "campaign: spring\n"
    if "channel:" not in text:
        text += "channel: whatsapp\n"
    (found,) = native.adapt(document(text, "campaign.yaml"), ProviderTable({})).campaigns
    return found


def rule(text: str, **changes: Any) -> Rule:
    """Return the rule of a rule file; only its conditions have to be there."""
    file = document(text)
    data = file.data
    at = data.get("at") or ()
    made = Rule(
        id="house/bad",
        code="TT001",
        pack="house",
        channel="whatsapp",
        title="A bad thing",
        message=data.get("message", "$campaign does a bad thing"),
        why=data.get("why", "It is bad."),
        solution=data.get("solution", "Do a good thing."),
        certainty="forbidden",
        sources=(Source(HOUSE, "1", "primary"),),
        enforcement=(Step(date(2020, 1, 1), Severity.ERROR, "from this day"),),
        select=data.get("select"),
        where=data.get("where"),
        condition=data["forbid"] if "forbid" in data else data["require"],
        forbids="forbid" in data,
        at=(at,) if isinstance(at, str) else tuple(at),
        parameters={name: _parameter(entry) for name, entry in (data.get("parameters") or {}).items()},
        caps=tuple(Cap(Severity.named(cap["to"]), cap["where"], cap["because"]) for cap in data.get("caps") or ()),
        tighten_only=False,
        document=file,
        fix=data.get("fix"),
    )
    return made._replace(**changes)


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    if "value" in entry:
        return Parameter(((date.min, entry["value"]),))
    return Parameter(tuple((date.fromisoformat(day), value) for day, value in entry["values"].items()))


LISTS: Mapping[str, tuple[Any, ...]] = {"near": ("DE", "AT"), "marketing": ("newsletter", "promotion")}
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sale": {"en": ("sale", "% off", "special offer"), "de": ("rabatt", "schlussverkauf")}
}


def compiled(made: Rule | str) -> CompiledRule:
    """Return a rule made runnable; it must have no problems."""
    made = rule(made) if isinstance(made, str) else made
    found, problems = compile_rule(made, record_schema(), Vocabulary(OPERATORS, LISTS, WORDS))
    assert problems == []
    assert found is not None
    return found


def problems(made: Rule | str) -> list[str]:
    """Return what is wrong with a rule, each place without the path."""
    made = rule(made) if isinstance(made, str) else made
    found, said = compile_rule(made, record_schema(), Vocabulary(OPERATORS, LISTS, WORDS))
    assert (found is None) is bool(said)
    return [problem.removeprefix("rules/house/bad.yaml:") for problem in said]


def judged(made: Rule | str, record: Campaign | str, window: Window = TODAY) -> tuple[list[Violation], list[Undecided]]:
    """Return what a rule says of a campaign."""
    record = campaign(record) if isinstance(record, str) else record
    return evaluate(record, window, [compiled(made)])


def verdict(made: Rule | str, record: Campaign | str, window: Window = TODAY) -> bool | None:
    """Return whether a campaign breaks a rule; None where the rule is undecided."""
    broken, undecided = judged(made, record, window)
    return True if broken else None if undecided else False


def write_pack(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a rule pack, with a ``pack.yaml`` of its own unless one is given, and return its folder."""
    for name, text in {"pack.yaml": PACK, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder
