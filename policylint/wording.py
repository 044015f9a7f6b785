"""Conditions, values and places → words, for everything that explains rules and records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from policylint.evaluate import said
from policylint.model.source import Pointer, Unknown

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.rule import CompiledRule, Condition, Parameter

_HEADINGS = {
    "all": "all of",
    "any": "any of",
    "none": "none of",
    "some": "some item:",
    "each": "each item:",
    "no": "no item:",
    "grouped": "items that stand together:",
}


def conditions_of(compiled: CompiledRule) -> Iterator[tuple[str, Condition]]:
    """Yield the conditions of a rule, each with the words that say what it decides."""
    if compiled.parts.where is not None:
        yield "Applies where", compiled.parts.where
    yield "Fires when" if compiled.rule.forbids else "Fires unless", compiled.parts.condition
    for cap, condition in compiled.parts.caps:
        yield f"At most {cap.to} ({cap.because}), unless it is certainly not so that", condition


def condition_lines(condition: Condition, depth: int) -> Iterator[str]:
    """Yield a condition in words, a line for each of its parts."""
    yield f"{'  ' * depth}{condition_words(condition)}"
    for child in condition.children:
        yield from condition_lines(child, depth + 1)


def condition_words(condition: Condition) -> str:
    """Return what a condition asks, without the conditions in it."""
    path = condition.path.text if condition.path is not None else "?"
    if condition.kind == "test":
        return f"{path} {condition.sentence.replace('{argument}', argument_words(condition.argument))}"
    words = _HEADINGS.get(condition.kind) or f"{condition.sentence} {_items(condition.sentence)} of which"
    return words if condition.path is None else f"{path}: {words}"


def _items(bound: str) -> str:
    return "item" if bound.endswith(" 1") else "items"


def argument_words(argument: Any) -> str:
    """Return what a field is compared with, as ``7 days after schedule.start``."""
    if not isinstance(argument, dict):
        return said(argument)
    if set(argument) == {"field"}:
        return str(argument["field"])
    if set(argument) == {"list"}:
        return f"the list {argument['list']}"
    parts = {key: argument_words(value) for key, value in argument.items()}
    if set(parts) == {"words", "language"}:
        return f"{parts['words']}, in the language that {parts['language']} names"
    if set(parts) == {"days", "after"}:
        return f"{parts['days']} days after {parts['after']}"
    return ", ".join(f"{key} {value}" for key, value in parts.items())


def parameter_words(parameter: Parameter) -> str:
    """Return all values of a parameter, as ``20 from 2025-12-03, 15 from 2026-05-06``."""
    dated = ((f" from {since}" if since > date.min else "", value) for since, value in parameter.values)
    return ", ".join(f"{said(value)}{since}" for since, value in dated)


def seen(value: Any) -> str:
    """Return a value as it is quoted: ``'newsletter'``, ``420``, ``absent``, ``unknown (the tag !env)``."""
    if isinstance(value, Unknown):
        return f"unknown ({value.why})"
    return "absent" if value is None else f"'{said(value)}'" if isinstance(value, str) else said(value)


def where(campaign: Campaign, path: Pointer) -> str:
    """Return the place of the value at a record path as ``path:line:col``."""
    place = campaign.place(path)
    start = place.region().start
    return f"{place.document.path}:{start.line}:{start.column}"
