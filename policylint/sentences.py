"""Values, conditions, parameters and places → what a reader is told of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from policylint.model.phrase import Phrase, joined, phrase
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policylint.extensions import Say
    from policylint.model.campaign import Campaign
    from policylint.model.rule import CompiledRule, Condition, Parameter, Rule
    from policylint.model.source import Pointer

HEADINGS: Mapping[str, Phrase] = {
    "all": phrase("all of"),
    "any": phrase("any of"),
    "none": phrase("none of"),
    "some": phrase("some item:"),
    "each": phrase("each item:"),
    "no": phrase("no item:"),
    "grouped": phrase("items that stand together:"),
}
"""Kind of condition → what stands above its parts."""


def heading(condition: Condition) -> Phrase:
    """Return what stands above the parts of a condition, without its field."""
    if condition.kind != "count":
        return HEADINGS[condition.kind]
    bound = condition.sentence  # as written: its argument reads it on a day
    if condition.operator == "at_least":
        pattern = "at least {bound} item of which" if bound == "1" else "at least {bound} items of which"
    elif condition.operator == "at_most":
        pattern = "at most {bound} item of which" if bound == "1" else "at most {bound} items of which"
    elif condition.operator == "greater_than":
        pattern = "more than {bound} item of which" if bound == "1" else "more than {bound} items of which"
    else:
        pattern = "fewer than {bound} item of which" if bound == "1" else "fewer than {bound} items of which"
    return phrase(pattern, bound=bound)


def said(value: Any) -> str:
    """Return a value as a message names it."""
    if value is None:
        return "nothing"
    if isinstance(value, Unknown):
        return "an unknown value"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ", ".join(said(item) for item in value)
    if isinstance(value, dict):
        return "a mapping"
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:77]}…"


def seen(value: Any) -> str:
    """Return a value as one that was looked at: absent, unknown and why, or what it is."""
    if isinstance(value, Unknown):
        return phrase("unknown ({why})", why=Phrase(value.why, value.why))
    if value is None:
        return phrase("absent")
    return f"'{said(value)}'" if isinstance(value, str) else said(value)


def sentence(condition: Condition) -> Phrase:
    """Return what a test asks of its field."""
    path = condition.path.text if condition.path is not None else "?"
    asked = Phrase(
        condition.sentence.replace("{argument}", _argument(condition.argument)),
        condition.sentence,
        {"argument": _argument(condition.argument)},
    )
    return joined(" ", [path, asked])


def _argument(argument: Any) -> str:
    if not isinstance(argument, dict):
        return said(argument)
    if set(argument) == {"field"}:
        return str(argument["field"])
    if set(argument) == {"list"}:
        return phrase("the list {name}", name=argument["list"])
    parts = {key: _argument(value) for key, value in argument.items()}
    if set(parts) == {"words", "language"}:
        return phrase("{words}, in the language that {language} names", **parts)
    if set(parts) == {"days", "after"}:
        return phrase("{days} days after {after}", **parts)
    return ", ".join(f"{key} {value}" for key, value in parts.items())


def condition_words(condition: Condition) -> Phrase:
    """Return what a condition asks, without the conditions in it."""
    if condition.kind == "test":
        return sentence(condition)
    words = heading(condition)
    return words if condition.path is None else joined(": ", [condition.path.text, words])


def whole(condition: Condition) -> Phrase:
    """Return a condition with all its parts on one line."""
    words = condition_words(condition)
    return joined(" ", [words, joined("; ", map(whole, condition.children))]) if condition.children else words


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
        pattern = "At most {severity} ({because}), unless it is certainly not so that"
        yield phrase(pattern, severity=cap.to.word, because=cap.because), condition


def condition_lines(condition: Condition, depth: int, say: Say = str) -> Iterator[str]:
    """Yield a condition in words, a line for each of its parts."""
    yield f"{'  ' * depth}{say(condition_words(condition))}"
    for child in condition.children:
        yield from condition_lines(child, depth + 1, say)


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
