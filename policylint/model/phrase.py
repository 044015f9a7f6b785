"""Texts in English that remember of what they were made, so that a report can say them in another language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Phrase(str):
    """A text for people: to all that handles it a plain English text.

    What is done with it as a text (joined, cut, put on one line) is a plain text again: it is translated before that.
    """

    __slots__ = ("pattern", "values")

    pattern: str
    """Under which it stands in the catalogue of a language; ``{name}`` stands for a value."""
    values: Mapping[str, object]
    """Texts, numbers and phrases; only phrases are translated: names and values of files stay as they are."""

    def __new__(cls, text: str, pattern: str = "", values: Mapping[str, object] = {}) -> Phrase:
        """Take the English text with its pattern and values; ``phrase`` makes all three."""
        made = super().__new__(cls, text)
        made.pattern = pattern
        made.values = values
        return made


def phrase(pattern: str, **values: object) -> Phrase:
    """Return a phrase; a pattern is written in the code, never taken from a file."""
    return Phrase(pattern.format(**values), pattern, values)


def counted(one: str, other: str, *, count: int, **values: object) -> Phrase:
    """Return a phrase that hangs on a number, as ``{count} file`` or ``{count} files``; it is known by the latter."""
    return Phrase((one if count == 1 else other).format(count=count, **values), other, {"count": count, **values})


def joined(separator: str, parts: Iterable[str]) -> Phrase:
    """Return phrases one after the other, each of which can still be translated."""
    values: dict[str, object] = {f"part{number}": part for number, part in enumerate(parts)}
    return Phrase(separator.join(map(str, values.values())), separator.join(f"{{{name}}}" for name in values), values)


def as_phrase(text: str) -> Phrase:
    """Return a text that may stand in a catalogue as it is, so that it is translated where it is a part of a phrase."""
    return text if isinstance(text, Phrase) else Phrase(text, text)
