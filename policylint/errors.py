"""The errors of a run that cannot do its work; what is wrong in a checked file is a finding, not an error."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache


class PolicylintError(Exception):
    """A run that cannot do its work: status 2.

    Args:
        message: What is wrong, with its place where there is one.
        hint: What to do about it.

    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n  hint: {self.hint}"


class UsageError(PolicylintError):
    """The command line asks for something that does not exist."""


class ConfigError(PolicylintError):
    """The configuration cannot be used."""


class PluginError(PolicylintError):
    """A plugin cannot be used; the message names the plugin and the hook."""


class RulePackError(PolicylintError):
    """Rule files that cannot be used: all problems at once, each with its place."""

    def __init__(self, problems: Sequence[str], hint: str | None = None) -> None:
        super().__init__("\n".join(problems), hint)
        self.problems = tuple(problems)


_LONGEST_WORD = 100
"""Characters; no name of ours is near a longer one."""


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return ``", did you mean 'x'?"`` for the known word nearest to ``word``, or an empty string."""
    return hint_at(nearest(word, known))


def hint_at(near: str | None) -> str:
    """Return ``", did you mean 'x'?"``, or an empty string where nothing is near."""
    from policylint.model.phrase import phrase

    return phrase(", did you mean '{near}'?", near=near) if near is not None else ""


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word nearest to ``word``, or None where none is near."""
    if len(word) > _LONGEST_WORD:
        return None
    return _nearest(word, tuple(known))


@lru_cache(maxsize=1_000)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    # The same slip stands in a file a thousand times, and to look for what is near takes a tenth of a millisecond.
    import difflib

    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), None)
