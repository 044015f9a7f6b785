"""Waivers as data: findings that are accepted, by whom and until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from policylint.model.phrase import phrase
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from policylint.model.source import Document, Pointer


class Waiver(NamedTuple):
    """One entry of ``waivers:``."""

    rule: str
    """As written: the id or code of a rule."""
    path: str | None
    """Glob, relative to the folder of the file that holds it."""
    campaign: str | None
    reason: str
    owner: str
    approver: str | None
    ticket: str | None
    added: date | None
    until: date
    document: Document
    pointer: Pointer
    """Of the entry in its document."""

    @property
    def scope(self) -> str:
        """What it is for, in words."""
        if self.campaign is None:
            return str(self.path)
        if self.path is None:
            return phrase("campaign {campaign}", campaign=self.campaign)
        return phrase("campaign {campaign} in {path}", campaign=self.campaign, path=self.path)

    @property
    def place(self) -> str:
        """Where it names its rule, as ``path:line:column``."""
        start = self.document.region((*self.pointer, "rule")).start
        return f"{self.document.path}:{start.line}:{start.column}"

    def holds_on(self, day: date) -> bool:
        """Tell whether a day lies within its days, the first and the last one too."""
        return (self.added is None or self.added <= day) and day <= self.until

    def days_of_change(self, max_days: int) -> Iterator[date]:
        """Yield the days on which it begins or ceases to accept findings, where it may last so many days."""
        if self.until < date.max:
            yield self.until + timedelta(days=1)
        if self.added is not None:
            yield self.added
        elif self.until - date.min >= timedelta(days=max_days):
            yield self.until - timedelta(days=max_days)

    def days_from(self, day: date) -> int:
        """Return how many days it lasts, from ``added`` or, where that is left out, from a day on."""
        return (self.until - (self.added or day)).days


class WaiverPolicy(NamedTuple):
    """What the configuration asks of waivers."""

    max_days: int = 180
    notice_days: int = 14
    limit: int | None = None


class Waivers(NamedTuple):
    """The waivers of a run."""

    entries: Sequence[Waiver]
    base: Path
    """Folder that their globs are relative to."""
    policy: WaiverPolicy

    def days_of_change(self) -> Iterator[date]:
        """Yield the days on which one of them begins or ceases to accept findings."""
        for entry in self.entries:
            yield from entry.days_of_change(self.policy.max_days)
