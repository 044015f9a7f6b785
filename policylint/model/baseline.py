"""The baseline as data: the findings that were there when policylint was introduced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from policylint.model.finding import Identity
    from policylint.model.rule import Severity


class Entry(NamedTuple):
    """A finding that is accepted as it is."""

    path: str
    """Relative to the folder of the baseline."""
    rule: str
    severity: Severity
    """When it was accepted."""
    identity: Identity
    times: int = 1
    """How many findings are equal in all of this."""
    line: int = 0
    """Where it stands in the file."""


class Baseline(NamedTuple):
    """A baseline file as read."""

    path: Path
    shown: str
    """Its path, as messages show it."""
    text: str
    entries: Sequence[Entry]
    ratchet: bool = False
    """Whether entries without a finding are taken out of the file, instead of told of."""

    @property
    def folder(self) -> Path:
        """The folder that the paths of its entries are relative to."""
        return self.path.parent


class Comparison(NamedTuple):
    """What became of the entries of a baseline."""

    kept: Sequence[Entry]
    """Those that accept a finding, with its present path and values."""
    unseen: Sequence[Entry]
    """Those whose file or rule the run did not look at."""
    gone: Sequence[Entry]
    """Those that are not needed any more."""
    new: int
    """How many findings count that no entry accepts."""
