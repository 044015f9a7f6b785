"""A YAML stream → the same as libyaml can read it: place for place, within the limits, nothing nested too deep."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from policylint.model.limits import Limits, over_limit
from policylint.model.phrase import Phrase, phrase
from policylint.model.tuples import NamedTuple
from policylint.parse.positions import long_lines, start_of

if TYPE_CHECKING:
    from policylint.model.source import Problem, Region

# To libyaml NEL, LS and PS are line ends (YAML 1.1, not 1.2), and a byte order mark is no sign at all.
_STRANGE = ("\x85", "\u2028", "\u2029", "\ufeff")
_PRIVATE = range(0xE000, 0xF900)
"""Characters without a meaning: they stand in for the strange ones."""
_DEEP = 200
"""Levels that the stack of a parser bears in any case; only texts that may hold more are looked through for them."""
_DEEP_LINE = 400
"""Characters of the shortest line on which so many blocks begin."""
_DEEP_BLOCK = r"(?:---)?[ \t]*(?:[-?:] +){200}"
_BETWEEN_DOCUMENTS = r"(?m)^(?:---|\.\.\.)(?=\s|\Z)"


class LimitError(Exception):
    """A stream or a document that goes beyond a limit.

    Args:
        rule: Name of the tool's own rule.
        said: What is said of a file, by its path.
        region: Where, if not at the start of the text.

    """

    def __init__(self, rule: str, said: Callable[[str], Phrase], region: Region | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.said = said
        self.region = region

    def problem(self, path: str, text: str) -> Problem:
        """Return the problem of the file at a path."""
        return over_limit(self.rule, self.said(path), self.region or start_of(text))


def too_deep(limits: Limits, region: Region | None = None) -> LimitError:
    """Return the error of what nests too deep."""
    count = limits.depth
    return LimitError(
        "too-deep", lambda path: phrase("{path} nests deeper than {count} levels", path=path, count=count), region
    )


def too_many_nodes(limits: Limits) -> LimitError:
    """Return the error of what has too many nodes."""
    said = "{path} has more than {count:,} values, with those that aliases repeat"
    return LimitError("too-many-nodes", lambda path: phrase(said, path=path, count=limits.nodes))


def _too_long_line(limits: Limits, region: Region) -> LimitError:
    said = "{path} has a line of more than {count:,} characters"
    return LimitError("scalar-too-long", lambda path: phrase(said, path=path, count=limits.scalar), region)


class Stream(NamedTuple):
    """A stream that can be read."""

    text: str
    """As long as the stream itself, and the same at each place but for what is said below."""
    meant: Mapping[int, str] = {}
    """Code of a sign that stands in for another one → that one."""
    left_out: tuple[LimitError, ...] = ()
    """The documents with blanks in their place."""


def readable(text: str, limits: Limits, loader: Callable[[str], Any]) -> Stream:
    """Return a stream as libyaml can read it.

    Args:
        text: The stream.
        limits: How much of it is read.
        loader: Gives libyaml's events of a text.

    Raises:
        LimitError: Nothing of it is to be read.

    """
    for start, _ in long_lines(text, limits.scalar):
        raise _too_long_line(limits, start_of(text, start))
    meant: Mapping[int, str] = {}
    if not text.isascii():
        text, meant = _with_stand_ins(text)
    if not _may_nest_deep(text):
        return Stream(text, meant)
    from policylint.parse.deep import without_deep_documents  # late: hardly any text has the brackets for it

    return without_deep_documents(Stream(text, meant), limits, loader)


def _with_stand_ins(text: str) -> tuple[str, Mapping[int, str]]:
    strange = [sign for sign in _STRANGE if sign in text]
    if not strange:
        return text, {}
    free = (chr(code) for code in _PRIVATE if chr(code) not in text)
    stand_ins = dict(zip(strange, free, strict=False))
    for old, new in stand_ins.items():
        text = text.replace(old, new)
    return text, {ord(new): old for old, new in stand_ins.items()}


def _may_nest_deep(text: str) -> bool:
    # Documents are mostly parted so; to look for all ways takes ten times as long.
    if _has_many_brackets(text.split("\n---\n")) and _has_many_brackets(re.split(_BETWEEN_DOCUMENTS, text)):
        return True
    if " " * _DEEP in text and re.search(rf"(?m)^ {{{_DEEP},}}\S", text):
        return True
    if len(text) < _DEEP_LINE:
        return False
    # Compiled for the first long line: most texts have none.
    return any(re.compile(_DEEP_BLOCK).match(text, start, end) for start, end in long_lines(text, _DEEP_LINE - 1))


def _has_many_brackets(parts: Iterable[str]) -> bool:
    return any(part.count("[") + part.count("{") >= _DEEP for part in parts)
