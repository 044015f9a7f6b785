"""Violations (what a rule saw), undecided verdicts, findings (what is reported)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.baseline import Comparison
    from policylint.model.campaign import Campaign
    from policylint.model.fix import Fix
    from policylint.model.rule import CompiledRule, Condition, Rule, RuleTexts, Severity, Source, Step
    from policylint.model.source import Place, Pointer, Region
    from policylint.model.timeline import Change


class Window(NamedTuple):
    """The days on which a campaign runs, both inclusive; ``last`` None means for ever."""

    first: date
    last: date | None
    own: bool
    """True where the days come from the campaign itself, False where it is judged as of a day."""

    def holds(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


class Judged(NamedTuple):
    """What a rule looked at when it found a violation, for its fixes."""

    rule: CompiledRule
    scope: tuple[Any, ...]
    """The day, the record, and the item of each list entered."""
    bases: tuple[Pointer, ...]
    """Record path of each level of the scope."""


class Violation(NamedTuple):
    """A rule, a campaign, and the field that breaks it. No severity yet."""

    rule: Rule
    campaign: Campaign
    path: Pointer
    """Record path of the value, with indexes."""
    values: Mapping[str, str]
    """What the placeholders of the rule's texts stand for."""
    caps: tuple[tuple[Severity, str], ...] = ()
    windows: tuple[Window, ...] = ()
    """The parts of the campaign's window in which it holds."""
    reads: tuple[Pointer, ...] = ()
    """Record paths that decided, for evidence from other files."""
    scope: Pointer = ()
    """Record path of the item that the rule looked at; the root where it looks at the whole record."""
    alike: tuple[Pointer, ...] = ()
    """Record paths, ``path`` among them, of all that break the rule in the same way in a list below ``scope``."""
    deciding: tuple[tuple[str, Condition, bool | None, Any], ...] = ()
    """The conditions that decided: the key of the rule under which each stands, whether it holds, what it saw."""
    judged: Judged | None = None


class Undecided(NamedTuple):
    """A rule, a campaign, and that the verdict hangs on an unknown value. On which one is found out when asked."""

    rule: Rule
    campaign: Campaign
    explain: Callable[[], tuple[Pointer, str]]

    @property
    def path(self) -> Pointer:
        """Record path of the unknown value."""
        return self.explain()[0]

    @property
    def why(self) -> str:
        """Why it is unknown."""
        return self.explain()[1]


class UndecidedVerdict(NamedTuple):
    """An undecided verdict as it is reported."""

    rule: str
    code: str
    campaign: str
    field: str
    """Name of the unknown value in the record."""
    why: str
    path: str
    region: Region
    pointer: Pointer


class Related(NamedTuple):
    """Another place that belongs to a finding."""

    path: str
    region: Region
    message: str


class Suppression(NamedTuple):
    """Why a finding is kept but does not count."""

    kind: str
    """``in_source``, ``waiver`` or ``baseline``."""
    reason: str
    until: date | None = None
    owner: str | None = None
    approver: str | None = None
    ticket: str | None = None


class Identity(NamedTuple):
    """What tells a finding from others of its rule and file, by names and values and not by places."""

    campaign: str | None
    """Id of the campaign as its own file says it; None where it says none."""
    record: str
    """Where the campaign stands in its file; it tells campaigns apart that have no id, or the same."""
    pointer: str
    """Of the value, below the campaign; of one elsewhere it begins with a slash."""
    values: tuple[str, ...]
    """Digests of the values that break the rule, ascending."""
    content: str
    """Digest of the file of a campaign without an id: by it the file is known under another name."""


class Finding(NamedTuple):
    """What is reported. Tool rules (``policylint/…``) have no code and no sources."""

    rule: str
    code: str | None
    severity: Severity
    message: str
    path: str
    region: Region
    pointer: Pointer
    campaign: str | None
    format: str | None
    since: date | None = None
    since_observed: bool = False
    earlier: Step | None = None
    """The milder step before the one in force, if any."""
    next_change: Step | None = None
    certainty: str | None = None
    sources: tuple[Source, ...] = ()
    help: str | None = None
    notes: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    fingerprint: str = ""
    suppressed: Suppression | None = None
    fix: Fix | None = None
    """What would mend it; None too where nobody asked for fixes, and where it is accepted as it is."""
    identity: Identity | None = None
    values: Mapping[str, str] = {}
    """What the placeholders of the rule's texts stand for."""
    seen: tuple[str, ...] = ()
    """The conditions that decided and the values that they saw, where that is wanted."""


Sender: TypeAlias = "tuple[str, str, str]"
"""Channel, sender's product and kind of a record, each "" where it is not known; a product "none" is absent."""


class CampaignSummary(NamedTuple):
    """A campaign and its days, with findings or without."""

    id: str
    name: str
    """Its name for people; empty where it has none."""
    path: str
    line: int
    format: str
    window: Window
    unreadable_dates: bool
    """True where its first or last day cannot be read: an expression, or a format that has no place for days."""
    undecided: int = 0
    """How many verdicts hang on an unknown value."""
    findings: tuple[tuple[str, tuple[Window, ...]], ...] = ()
    """Fingerprint of each of its findings, with the days on which the rule is broken; no days given: on all of them."""


class FileResult(NamedTuple):
    """What was found in one file."""

    findings: tuple[Finding, ...]
    campaigns: int = 0
    campaign_ids: tuple[str, ...] = ()
    undecided: int = 0
    """How many verdicts hang on an unknown value."""
    recognised: bool = False
    """True where a document of it is in a known format."""
    unread: bool = False
    """True where it could not be read, or was not: one without findings shows no sign of a campaign."""
    senders: frozenset[Sender] = frozenset()
    """By what the rules for its campaigns were chosen."""
    verdicts: tuple[UndecidedVerdict, ...] = ()
    """The undecided ones, where they are wanted one by one."""
    summaries: tuple[CampaignSummary, ...] = ()
    """Its campaigns, where they are wanted one by one."""


class SwitchedOff(NamedTuple):
    """What the configuration and the checked files keep from being found or from counting."""

    by: str | None = None
    """The configuration, as shown; None where there is none."""
    rules: int = 0
    """Rules that the configuration leaves out."""
    milder: int = 0
    """Rules to which it gives a lower severity or other parameters."""
    excluded: int = 0
    """Files and folders that it excludes."""
    mapped: int = 0
    """Entries of its ``sources``: files that no adapter is asked for."""
    defaults: int = 0
    """Fields that it fills in where files leave them open."""
    suppressed: int = 0
    """Findings that comments in files suppress."""
    accepted: int = 0
    """Findings that are suppressed in any other way."""
    never_fails: bool = False
    """Whatever is found, the configuration lets the run pass."""


class PackUsed(NamedTuple):
    """A rule pack of a run."""

    version: str
    """The day on which its terms were last read through, ISO."""
    digest: str
    """SHA-256 of its files but the tests."""


class Provenance(NamedTuple):
    """What a verdict rests on beside the checked files, the day and the packs, so that it can be reproduced."""

    options: Mapping[str, object]
    """What the command line and the configuration together ask for, by the names of the options."""
    configuration: tuple[str, str] | None
    """Path and text of the configuration file."""
    waivers: tuple[str, str] | None
    """The same of the file with the waivers, where it is another one."""
    baseline: tuple[str, str] | None
    """The same of the baseline."""
    plugins: tuple[str, ...]
    """Names of the plugins that were installed beside policylint."""
    reads_yaml: bool
    """A checked file may be YAML by its name."""


class Report(NamedTuple):
    """The result of a run."""

    version: str
    as_of: date
    at: date | None
    findings: tuple[Finding, ...]
    undecided: int
    """How many verdicts hang on an unknown value."""
    files: int
    campaigns: int
    nothing_to_check: int
    rules: Mapping[str, Rule]
    """The selected rules, by id."""
    applied: int = 0
    """How many of them looked at a campaign of this run."""
    sources: Mapping[str, str] = {}
    """Texts of the files that have findings, by path, for code frames."""
    packs: Mapping[str, PackUsed] = {}
    """Those of the run, by name."""
    provenance: Provenance | None = None
    """None for a report that no run has made."""
    texts: Callable[[str], Mapping[str, RuleTexts]] = lambda _language: {}
    """Gives the texts of the rules in a language, by id."""
    verdicts: tuple[UndecidedVerdict, ...] = ()
    """The undecided ones, where they are wanted one by one."""
    comparison: Comparison | None = None
    """What became of the entries of the baseline; None where there is none."""
    summaries: tuple[CampaignSummary, ...] = ()
    """The campaigns, where they are wanted one by one."""
    show_suppressed: bool = False
    show_undecided: bool = False
    unread: tuple[str, ...] = ()
    """Files met in a folder that cannot be parsed and show no sign of a campaign, or are too large to be one."""
    fail_on: Severity | None = None
    """Least severity that makes the run fail; None where nothing does."""
    fixed: int | None = None
    """How many fixes were made before; None where none were asked for."""
    switched_off: SwitchedOff = SwitchedOff()
    upcoming: tuple[Change, ...] = ()
    """What the run was asked to fail on although it begins on a later day."""

    @property
    def fails(self) -> bool:
        """Tell whether the run fails."""
        return bool(self.upcoming) or any(map(self.blocks, self.findings))

    @property
    def blocking(self) -> int:
        """How many findings make the run fail, those that are upcoming among them."""
        return sum(map(self.blocks, self.findings)) + len(self.upcoming)

    def blocks(self, finding: Finding) -> bool:
        """Tell whether a finding makes the run fail."""
        return self.fail_on is not None and finding.suppressed is None and finding.severity >= self.fail_on

    def counted(self, severity: Severity) -> int:
        """Return how many findings of that severity count."""
        return sum(finding.severity is severity and finding.suppressed is None for finding in self.findings)

    def fixable(self, applicability: str) -> int:
        """Return how many findings that count have a fix of that kind."""
        fixes = (finding.fix for finding in self.findings if finding.suppressed is None)
        return sum(fix is not None and fix.applicability == applicability for fix in fixes)

    def accepted(self, kind: str) -> int:
        """Return how many findings do not count for a suppression of that kind."""
        return sum(finding.suppressed is not None and finding.suppressed.kind == kind for finding in self.findings)


class Location(NamedTuple):
    """A place of a finding, resolved to a file and a region."""

    path: str
    region: Region
    pointer: Pointer

    @classmethod
    def of(cls, place: Place) -> Location:
        """Resolve a place."""
        return cls(place.document.path, place.region(), place.pointer)
