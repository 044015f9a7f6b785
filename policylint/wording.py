"""Conditions, parameters and places → words, for everything that explains rules and records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from policylint.model.phrase import Phrase, joined, phrase
from policylint.sentences import heading, said, sentence

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.model.campaign import Campaign
    from policylint.model.rule import CompiledRule, Condition, Parameter, Rule
    from policylint.model.source import Pointer


def conditions_of(compiled: CompiledRule, rule: Rule | None = None) -> Iterator[tuple[Phrase, Condition]]:
    """Yield the conditions of a rule, each with the words that say what it decides.

    Args:
        compiled: The rule.
        rule: The same with its texts in another language.

    """
    if compiled.parts.where is not None:
        yield phrase("Applies where"), compiled.parts.where
    yield phrase("Fires when") if compiled.rule.forbids else phrase("Fires unless"), compiled.parts.condition
    for cap, (_, condition) in zip((rule or compiled.rule).caps, compiled.parts.caps, strict=True):
        said = "At most {severity} ({because}), unless it is certainly not so that"
        yield phrase(said, severity=cap.to.word, because=cap.because), condition


def condition_lines(condition: Condition, depth: int, say: Say = str) -> Iterator[str]:
    """Yield a condition in words, a line for each of its parts."""
    yield f"{'  ' * depth}{say(condition_words(condition))}"
    for child in condition.children:
        yield from condition_lines(child, depth + 1, say)


def condition_words(condition: Condition) -> Phrase:
    """Return what a condition asks, without the conditions in it."""
    if condition.kind == "test":
        return sentence(condition)
    words = heading(condition)
    return words if condition.path is None else joined(": ", [condition.path.text, words])


def parameter_words(parameter: Parameter) -> Phrase:
    """Return all values of a parameter, as ``20 from 2025-12-03, 15 from 2026-05-06``."""
    values = (
        phrase("{value} from {day}", value=said(value), day=since) if since > date.min else said(value)
        for since, value in parameter.values
    )
    return joined(", ", values)


def where(campaign: Campaign, path: Pointer) -> str:
    """Return the place of the value at a record path as ``path:line:col``."""
    place = campaign.place(path)
    start = place.region().start
    return f"{place.document.path}:{start.line}:{start.column}"
