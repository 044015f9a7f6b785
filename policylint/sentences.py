"""Values and conditions → what a reader is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.model.phrase import Phrase, joined, phrase
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policylint.model.rule import Condition

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


def whole(condition: Condition) -> Phrase:
    """Return a condition with all its parts on one line."""
    if condition.kind == "test":
        return sentence(condition)
    parts: list[str] = [f"{condition.path.text}:"] if condition.path is not None else []
    return joined(" ", [*parts, heading(condition), joined("; ", map(whole, condition.children))])
