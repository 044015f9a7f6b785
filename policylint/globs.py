"""Globs and paths → whether they fit, in time that grows with neither more than linearly: a project may be hostile."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

_Segment = Callable[[str], object]
_Part = Sequence[_Segment]


class Glob:
    """A glob for paths with ``/``.

    ``*`` and ``?`` stand for signs within a name, ``**`` for any number of folders; a folder stands for all below it.
    """

    def __init__(self, text: str) -> None:
        """Make a glob ready; it is relative, with or without ``./`` and a ``/`` at its end."""
        parts: list[list[_Segment]] = [[]]
        names = text.removeprefix("./").strip("/").split("/")
        for name in names:
            if name == "**":
                parts.append([])
            else:
                parts[-1].append(name_glob(name))
        self._first, *later = parts
        self._later: list[_Part] = [part for part in later if part]
        self._needs_more = names[-1] == "**"
        """True where something has to stand below what the last part fits."""

    def fits(self, path: str) -> bool:
        """Tell whether a relative path, or one of the folders that it lies in, is meant."""
        names = path.split("/")
        at = len(self._first)
        if not _fits_at(self._first, names, 0):
            return False
        for part in self._later:
            # What ``**`` passes over is free, so that the first place where a part fits is as good as any other.
            last = len(names) - len(part)
            found = next((start for start in range(at, last + 1) if _fits_at(part, names, start)), None)
            if found is None:
                return False
            at = found + len(part)
        return at < len(names) if self._needs_more else at <= len(names)


def _fits_at(part: _Part, names: Sequence[str], start: int) -> bool:
    return start + len(part) <= len(names) and all(
        segment(name) for segment, name in zip(part, names[start : start + len(part)], strict=True)
    )


def name_glob(text: str) -> _Segment:
    """Return what tells whether a name fits ``*`` and ``?``, which stand for all signs here."""
    if "*" not in text and "?" not in text:
        return text.__eq__
    # fnmatch's patterns never go back over what a star has passed. It knows brackets, globs here do not.
    from fnmatch import translate

    return re.compile(translate(text.replace("[", "[[]"))).match


@cache
def glob(text: str) -> Glob:
    """Return a glob, made once."""
    return Glob(text)
