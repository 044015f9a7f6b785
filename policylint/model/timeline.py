"""What is said of campaigns on different days, and what changes between them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from policylint.model.phrase import Phrase, as_phrase, phrase
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.finding import Finding, PackUsed, UndecidedVerdict, Window
    from policylint.model.rule import Rule, Severity
    from policylint.model.source import Position


class Standing(enum.IntEnum):
    """What a run says of a rule at one place of a campaign; greater is worse."""

    PASSES = 0
    SUPPRESSED = 1
    UNDECIDED = 2
    INFO = 3
    WARNING = 4
    ERROR = 5

    @classmethod
    def of(cls, severity: Severity) -> Standing:
        """Return the standing of a finding that counts."""
        return cls[severity.name]

    def __str__(self) -> str:
        return self.name.lower()

    @property
    def word(self) -> Phrase:
        """The same, to be said to people."""
        return _WORDS[self]


_WORDS = {
    Standing.PASSES: phrase("passes"),
    Standing.SUPPRESSED: phrase("suppressed"),
    Standing.UNDECIDED: phrase("undecided"),
    **{standing: as_phrase(str(standing)) for standing in (Standing.INFO, Standing.WARNING, Standing.ERROR)},
}


class CauseKind(enum.Enum):
    """What it is that changes on a day."""

    STEP = "step"
    """A step of the rule's enforcement begins."""
    PARAMETER = "parameter"
    """A parameter of the rule has another value."""
    SUPPRESSION = "suppression"
    """A suppression in the file has ended."""
    WAIVER = "waiver"
    """A waiver has ended."""


class Cause(NamedTuple):
    """Why a verdict changes."""

    kind: CauseKind
    day: date
    """The first day on which it counts."""
    note: str
    severity: Severity | None = None
    """Of a step."""
    observed: bool = False
    """True of a step that is known to hold on that day and may be older."""


class Change(NamedTuple):
    """A verdict that is another one from a day on."""

    day: date
    rule: Rule
    before: Standing
    after: Standing
    at: Finding | UndecidedVerdict
    """As a run on that day reports it, or where nothing is left to report, as a run before that day does."""
    causes: tuple[Cause, ...]


class CampaignTimeline(NamedTuple):
    """The changes for one campaign."""

    path: str
    campaign: str
    start: Position
    """Where it begins in its file."""
    format: str
    window: Window
    """The days on which it runs."""
    first: date
    """The days that were looked at, both inclusive."""
    last: date
    standing: Standing
    """The worst that is said of it on the first of these days."""
    changes: tuple[Change, ...]
    """In the order of their days."""


class Timeline(NamedTuple):
    """What changes for some campaigns until the horizon."""

    as_of: date
    at: date | None
    """The day from which every campaign is judged as if it ran, or None where each is judged by its own dates."""
    horizon: date
    files: int
    campaigns: tuple[CampaignTimeline, ...]
    later: int
    """How many campaigns begin after the horizon."""
    packs: Mapping[str, PackUsed] = {}
    """The rule packs, by name."""


class Difference(NamedTuple):
    """Which verdicts are others on one day than on another."""

    start: date
    end: date
    files: int
    campaigns: tuple[CampaignTimeline, ...]
    """All that were compared; the causes of a change are all between the two days."""
    left_out: int
    """How many campaigns do not run on the later of the two days."""
    packs: Mapping[str, PackUsed] = {}
    """The rule packs, by name."""
