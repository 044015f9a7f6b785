"""Texts → the characters in them that show readers something other than what is written, by code point.

Imported late: most texts are plain (``screen.is_plain``, which lists what is looked for here too). What each kind
spares, writers of some language or of emoji need; the sources are those of ``rules/text/``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_SHOWN = 3
"""Code points that are named, and positions of each."""


class _Found(NamedTuple):
    char: str
    place: int | str
    """Position in the text, from 1, or the host name that holds it."""


# --- characters that turn the direction of a text ------------------------------------------------------------------

_OVERRIDE = "[\u202d\u202e]"
_EMBEDDING = "[\u202a\u202b](?P<inner>[^\u202a-\u202e]*)"
_DIRECTION = re.compile(f"{_OVERRIDE}|{_EMBEDDING}")
_FILLED_IN = re.compile(r"[{%|\[]")
"""Of the placeholders of any template language; a value in a language written from right to left may be put there."""


def _bidirectional_controls(text: str) -> Iterator[_Found]:
    found = list(_DIRECTION.finditer(text))
    right_to_left = bool(found) and any(
        char.isalpha() and unicodedata.bidirectional(char) in ("R", "AL") for char in text
    )
    for match in found:
        inner = match["inner"]
        if inner is None or not (right_to_left or _FILLED_IN.search(inner)):
            yield _Found(match[0][0], match.start() + 1)


# --- characters that nobody sees -----------------------------------------------------------------------------------

_UNSEEN = "\u115f\u1160\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0"
# Latin, Greek and Cyrillic, which need none of them inside a word, with the accents that are written after a letter.
_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0300-\u036f\u0370-\u03ff\u0400-\u052f\u1e00-\u1fff"
# U+200C keeps letters of a German compound from being joined (Auf-lage), so between letters it counts for nothing.
_IN_WORD = re.compile(f"(?<=[{_LETTER}])[{_UNSEEN}\u200d]+(?=[{_LETTER}])")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
# Between two ASCII characters: Thai words are parted by U+200B, and a Persian path may need U+200C.
_IN_LINK = re.compile(rf"(?<=[!-~])[{_UNSEEN}\u200c\u200d]+(?=[\w\-.~%/?#=&:{{])", re.ASCII)
# Flags such as that of Scotland are written in tags after U+1F3F4 (UTS #51, emoji tag sequences).
_TAGS = re.compile(
    "(?<![\U0001f3f4\U000e0001\U000e0020-\U000e007f])[\U000e0001\U000e0020-\U000e007f]+",
)


def _invisible_characters(text: str) -> Iterator[_Found]:
    places: set[int] = set()
    for match in (*_IN_WORD.finditer(text), *_TAGS.finditer(text)):
        places.update(range(*match.span()))
    for link in _LINK.finditer(text):
        for match in _IN_LINK.finditer(text, *link.span()):
            places.update(range(*match.span()))
    for at in sorted(places):
        yield _Found(text[at], at + 1)


# --- host names in letters of several scripts ----------------------------------------------------------------------

_HOST = re.compile(
    r"(?:https?://|www\.)(?P<host>[^\s/?#<>\"'\\()\[\]|,]+)|(?<![\w.-])(?P<code>xn--[a-z0-9-]+)", re.IGNORECASE
)
_DOTS = re.compile("[.\u3002\uff0e\uff61]")  # those that UTS #46 takes for a dot
_LONGEST_LABEL = 63
_GREEK_OR_CYRILLIC = re.compile("[\u0370-\u052f]")


def _mixed_script_hosts(text: str) -> Iterator[_Found]:
    for match in _HOST.finditer(text):
        written = match["code"] or match["host"].rpartition("@")[2].partition(":")[0]
        for label in _DOTS.split(written):
            for char in _odd_letters(label):
                yield _Found(char, written)


def _odd_letters(label: str) -> list[str]:
    """Return the rarer letters of a label that mixes Latin with Cyrillic or Greek ones."""
    decoded = _decoded(label)
    if _GREEK_OR_CYRILLIC.search(decoded) is None:
        return []
    letters = [(unicodedata.name(char, "").partition(" ")[0], char) for char in decoded if char.isalpha()]
    latin = [char for script, char in letters if script == "LATIN"]
    others = [char for script, char in letters if script in ("CYRILLIC", "GREEK")]
    return list(dict.fromkeys(latin if len(latin) < len(others) else others))


def _decoded(label: str) -> str:
    if label[:4] not in ("xn--", "XN--") or len(label) > _LONGEST_LABEL:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (ValueError, OverflowError):
        return ""  # of no name that there can be, there is nothing to say


# --- all of them ----------------------------------------------------------------------------------------------------

FINDERS: Mapping[str, Callable[[str], Iterator[_Found]]] = {
    "bidirectional_controls": _bidirectional_controls,
    "invisible_characters": _invisible_characters,
    "mixed_script_hosts": _mixed_script_hosts,
}


def holds(text: str, kind: str) -> bool:
    """Tell whether a text holds characters of a kind of ``FINDERS``."""
    return next(FINDERS[kind](text), None) is not None


def named(text: str, kind: str) -> str:
    """Return what a text holds of a kind, as ``U+200B ZERO WIDTH SPACE (position 4, 9)``: the same in any language."""
    places: dict[str, list[str]] = {}
    for char, place in FINDERS[kind](text):
        known = places.setdefault(char, [])
        if str(place) not in known and len(known) <= _SHOWN:
            known.append(str(place))
    said = [
        f"{_name(char)} ({'in' if kind == 'mixed_script_hosts' else 'position'} {_listed(known)})"
        for char, known in places.items()
    ]
    return _listed(said)


def _name(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def _listed(items: list[str]) -> str:
    return ", ".join([*items[:_SHOWN], *(["…"] if len(items) > _SHOWN else [])])
