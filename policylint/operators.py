"""The predicates of the rule language, as a built-in plugin.

A predicate gets a value that is present, known and of one of its types; absent and unknown fields are the engine's
business.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from policylint.model.rule import Operator
from policylint.patterns import Pattern, complaint

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCALAR: Mapping[str, Any] = {"type": ["string", "number", "boolean"]}
_NUMBER: Mapping[str, Any] = {"type": "number"}
_COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 0}
_LIST: Mapping[str, Any] = {"type": "array", "minItems": 1}
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
_DAY: Mapping[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(?:[Tt ]|$)", "examples": ["2019-12-07"]}
_NUMBERS = (int, float)


def _same(value: Any, other: Any) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _is_in(value: Any, known: Any) -> bool:
    return value in known if type(value) is str else any(_same(value, item) for item in known)


def _day(value: Any) -> date | None:
    text = str(value).strip()
    try:
        # Python 3.11 takes other forms of ISO 8601 as well.
        return date.fromisoformat(text[:10]) if re.match(_DAY["pattern"], text, re.ASCII) else None
    except ValueError:
        return None


def _prepared_day(value: Any) -> date:
    day = _day(value)
    if day is None:
        raise ValueError(f"'{value}' is not a day (YYYY-MM-DD)")
    return day


def _is_before(value: str, day: date) -> bool | None:
    own = _day(value)
    return None if own is None else own < day


def _is_after(value: str, day: date) -> bool | None:
    own = _day(value)
    return None if own is None else own > day


def _prepared_span(argument: Any) -> tuple[date, int]:
    return _prepared_day(argument["after"]), argument["days"]


def _is_within(value: str, span: tuple[date, int]) -> bool | None:
    own, (first, days) = _day(value), span
    return None if own is None else 0 <= (own - first).days < days


def _contains(value: Any, part: Any) -> bool:
    if isinstance(value, str):
        return str(part).casefold() in value.casefold()
    return any(_same(item, part) for item in value)


# \w leaves out the vowel signs of Devanagari and Arabic, which continue a word. An underscore continues one between
# letters (promo_code) and stands around words in italics (_sale_), as WhatsApp writes them.
_LETTER = r"[^\W_]|[\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f]"
_NOT_AFTER_LETTER = rf"(?<!{_LETTER})(?<!(?:{_LETTER})_)"
_NOT_BEFORE_LETTER = rf"(?!_?(?:{_LETTER}))"


@cache
def _folded_words(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(" ".join(_folded(word).split()) for word in words)


@cache
def _word_pattern(word: str) -> re.Pattern[str]:
    """Return a pattern for a word or phrase, whole, in folded text with single spaces."""
    before = _NOT_AFTER_LETTER if re.match(_LETTER, word) else ""
    after = _NOT_BEFORE_LETTER if re.match(_LETTER, word[-1]) else ""
    return re.compile(before + re.escape(word) + after)


def _mentions_one(words: tuple[str, ...], text: str) -> bool:
    # A plain search first: most texts hold none of the words, and a pattern for all of them takes far longer.
    found = [word for word in _folded_words(words) if word in text]
    return any(_word_pattern(word).search(text) is not None for word in found)


def _folded(text: str) -> str:
    """Return a text without letter case, fancy letters (𝗦𝗔𝗟𝗘), composed accents and typographic apostrophes."""
    if text.isascii():
        return text.lower()
    import unicodedata

    return unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")


@lru_cache(maxsize=32)
def _searched(text: str) -> str:
    """Return a text as words are looked for in it; several rules ask of the same text in turn."""
    return " ".join(_folded(text).split())


def _mentions(value: str, argument: Mapping[str, Any]) -> bool | None:
    lists: Mapping[str, tuple[str, ...]] = argument["words"]
    language = argument.get("language")
    text = _searched(value)
    if isinstance(language, str):
        code = re.split(r"[_-]", language.lower())[0]
        if code not in lists:
            return None  # no words for this language: nothing can be said
        return _mentions_one(lists[code], text)
    return any(_mentions_one(words, text) for words in lists.values())


def _expanded_mention(argument: Any) -> Any:
    return {"words": argument} if isinstance(argument, str) else argument


_ALWAYS = frozenset([True, False])
_IF_TRUE = frozenset([True])
_IF_FALSE = frozenset([False])
_SIZED = (list,)

OPERATORS: Mapping[str, Operator] = {
    "equals": Operator(_same, _SCALAR, "is {argument}"),
    "not_equals": Operator(lambda value, other: not _same(value, other), _SCALAR, "is not {argument}"),
    "in": Operator(_is_in, _LIST, "is one of {argument}"),
    "not_in": Operator(lambda value, known: not _is_in(value, known), _LIST, "is none of {argument}"),
    "greater_than": Operator(lambda value, bound: value > bound, _NUMBER, "is greater than {argument}", _NUMBERS),
    "at_least": Operator(lambda value, bound: value >= bound, _NUMBER, "is at least {argument}", _NUMBERS),
    "less_than": Operator(lambda value, bound: value < bound, _NUMBER, "is less than {argument}", _NUMBERS),
    "at_most": Operator(lambda value, bound: value <= bound, _NUMBER, "is at most {argument}", _NUMBERS),
    "before": Operator(_is_before, _DAY, "is before {argument}", (str,), _prepared_day),
    "after": Operator(_is_after, _DAY, "is after {argument}", (str,), _prepared_day),
    "within": Operator(
        _is_within,
        {
            "type": "object",
            "properties": {"days": {"type": "integer", "minimum": 1}, "after": _DAY},
            "required": ["days", "after"],
            "additionalProperties": False,
        },
        "falls within {argument}",
        (str,),
        _prepared_span,
    ),
    "matches": Operator(
        lambda value, pattern: pattern.search(value), _TEXT, "matches {argument}", (str,), Pattern, doubts=complaint
    ),
    "mentions": Operator(
        _mentions,
        {
            "type": "object",
            "properties": {"words": {"type": "object"}, "language": {"type": ["string", "null"]}},
            "required": ["words"],
            "additionalProperties": False,
        },
        "mentions a word of the list {argument}",
        (str,),
        expand=_expanded_mention,
    ),
    "length_at_most": Operator(
        lambda value, bound: len(value) <= bound, _COUNT, "has at most {argument} characters", (str,)
    ),
    "length_greater_than": Operator(
        lambda value, bound: len(value) > bound, _COUNT, "has more than {argument} characters", (str,)
    ),
    "count_at_least": Operator(
        lambda value, bound: len(value) >= bound,
        _COUNT,
        "has at least {argument} items",
        _SIZED,
        sure_with_gaps=_ALWAYS,
    ),
    "count_at_most": Operator(
        lambda value, bound: len(value) <= bound, _COUNT, "has at most {argument} items", _SIZED, sure_with_gaps=_ALWAYS
    ),
    "count_greater_than": Operator(
        lambda value, bound: len(value) > bound,
        _COUNT,
        "has more than {argument} items",
        _SIZED,
        sure_with_gaps=_ALWAYS,
    ),
    "contains": Operator(_contains, _SCALAR, "contains {argument}", (str, list), sure_with_gaps=_IF_TRUE),
    "contains_any": Operator(
        lambda value, items: any(_contains(value, item) for item in items),
        _LIST,
        "contains one of {argument}",
        _SIZED,
        sure_with_gaps=_IF_TRUE,
    ),
    "contains_all": Operator(
        lambda value, items: all(_contains(value, item) for item in items),
        _LIST,
        "contains all of {argument}",
        _SIZED,
        sure_with_gaps=_IF_TRUE,
    ),
    "subset_of": Operator(
        lambda value, items: all(_contains(items, item) for item in value),
        _LIST,
        "has nothing but {argument}",
        _SIZED,
        sure_with_gaps=_IF_FALSE,
    ),
}


def policylint_operators() -> Mapping[str, Operator]:
    """Give the operators of the rule language."""
    return OPERATORS
