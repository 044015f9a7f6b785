"""Findings of a whole run and a baseline → the same findings, those marked that it accepts, and what is left of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias

from policylint.model.baseline import Baseline, Comparison, Entry
from policylint.model.finding import Finding, Identity, Suppression
from policylint.model.phrase import Phrase, counted, joined, phrase
from policylint.model.source import Position, Problem, Region
from policylint.model.tuples import NamedTuple
from policylint.reach import absolute, relative
from policylint.resolve import tool_finding

if TYPE_CHECKING:
    from pathlib import Path

    from policylint.model.rule import RuleNames
    from policylint.reach import Reach

_Place: TypeAlias = tuple[str, str, "str | None", str, str]
"""Path, rule, campaign or else record, and pointer."""
_Content: TypeAlias = tuple[str, "str | None", str, str, tuple[str, ...], str]
"""Rule, campaign or else record, pointer, values and the content of the file."""
_NAMED = 3
"""Entries that a message names; of more it tells the number."""


class Compared(NamedTuple):
    """What a baseline makes of the findings of a run."""

    findings: list[Finding]
    """The findings that were given, in their order."""
    problems: list[Finding]
    """What is to be said of the baseline itself."""
    comparison: Comparison


class World(NamedTuple):
    """What is there beside the findings of a run."""

    names: RuleNames
    reach: Reach
    campaigns: Mapping[tuple[str, str], int]
    """Path, as findings have it, and id of each campaign that was met → how many in the file have that id."""
    exists: Callable[[Path], bool]
    """Tells whether there is a file."""


def apply_baseline(findings: Sequence[Finding], baseline: Baseline, world: World) -> Compared:
    """Mark the findings that a baseline accepts.

    An entry accepts one finding of its rule, file, campaign, place and value, or as many as its ``times`` says, that
    is not worse than it was. Where its file is gone, or its campaign has left the file, the same finding in another
    file takes its place, unless there are more such findings than entries: a finding that was mended cannot hide one
    that is new.

    Args:
        findings: All findings of the run. Those that are accepted already stay as they are.
        baseline: The baseline.
        world: What else decides.

    """
    ledger = _Ledger(baseline, world)
    marked = list(findings)
    opened = [at for at, finding in enumerate(findings) if finding.suppressed is None and ledger.may_accept(finding)]
    for match in (ledger.same, ledger.fewer, ledger.moved):
        accepted = set(match({at: findings[at] for at in opened}))
        for at in accepted:
            marked[at] = findings[at]._replace(suppressed=ledger.suppression, fix=None)
        opened = [at for at in opened if at not in accepted]
    for at in opened:
        marked[at] = ledger.noted_where_worse(findings[at])
    for finding in findings:
        if finding.suppressed is not None and finding.identity is not None:
            ledger.strike(finding)
    return Compared(marked, ledger.problems(), ledger.comparison(len(opened)))


class BaselineByFile:
    """A baseline in parts, for runs over one file each: what accepts nothing there is not looked at again and again."""

    def __init__(self, baseline: Baseline, exists: Callable[[Path], bool]) -> None:
        self.baseline = baseline
        self.gone: list[Entry] = []
        """Entries of files that are not there: they accept the same findings in files of another name."""
        self.by_path: dict[str, list[Entry]] = {}
        for entry in baseline.entries:
            self.by_path.setdefault(entry.path, []).append(entry)
        for path, entries in self.by_path.items():
            if not exists(baseline.folder / path):
                self.gone += entries

    def part_for(self, paths: Iterable[str]) -> Baseline:
        """Return what can accept findings in some files."""
        names = dict.fromkeys(relative(path, self.baseline.folder) for path in paths)
        found = [entry for name in names for entry in self.by_path.get(name, ())]
        return self.baseline._replace(entries=(*found, *self.gone))


class _Slot:
    """An entry, and how many of its findings are still to be met."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.left = entry.times
        self.struck = 0
        """How many of them were accepted in another way."""
        self.kept: Counter[Entry] = Counter()
        """The entry as it is now → findings that were met so."""

    def take(self, path: str, values: tuple[str, ...]) -> None:
        """Note that one was met."""
        self.left -= 1
        self.kept[self.entry._replace(path=path, identity=self.entry.identity._replace(values=values))] += 1


class _Ledger:
    """Holds the entries by what they are for, and notes which of them were met."""

    def __init__(self, baseline: Baseline, world: World) -> None:
        self.baseline = baseline
        self.world = world
        self.suppression = Suppression("baseline", phrase("listed in {path}", path=baseline.shown))
        self.relative = cache(lambda path: relative(path, baseline.folder))
        known = world.names.known
        entries = (entry._replace(rule=known.get(entry.rule, entry.rule)) for entry in baseline.entries)
        self.slots = [_Slot(entry) for entry in entries]
        self.by_place: dict[_Place, list[_Slot]] = {}
        # The mildest first: a finding takes no entry that a worse one may need.
        for slot in sorted(self.slots, key=lambda slot: slot.entry.severity):
            entry = slot.entry
            self.by_place.setdefault(_place(entry.path, entry.rule, entry.identity), []).append(slot)

    def may_accept(self, finding: Finding) -> bool:
        """Tell whether a baseline may hold a finding at all."""
        return finding.identity is not None and self.world.names.waivable(finding.rule)

    def at_place(self, finding: Finding) -> list[_Slot]:
        """Return the entries that are left for the place of a finding."""
        identity = finding.identity
        if identity is None:
            return []
        place = _place(self.relative(finding.path), finding.rule, identity)
        is_sure = identity.campaign is None or self.world.campaigns.get((finding.path, identity.campaign), 0) < 2
        return [
            slot
            for slot in self.by_place.get(place, ())
            if slot.left and (is_sure or slot.entry.identity.record == identity.record)
        ]

    def same(self, findings: Mapping[int, Finding]) -> Iterator[int]:
        """Yield the indexes of findings that are there as they were."""
        for at, finding in findings.items():
            yield from self.taken(at, finding, lambda had, has: had == has)

    def fewer(self, findings: Mapping[int, Finding]) -> Iterator[int]:
        """Yield the indexes of findings of which some values are mended."""
        for at, finding in findings.items():
            yield from self.taken(at, finding, lambda had, has: not Counter(has) - Counter(had))

    def taken(self, at: int, finding: Finding, agrees: Callable[[Sequence[str], Sequence[str]], bool]) -> Iterator[int]:
        """Yield the index of a finding that an entry for its place accepts, and note that it was met."""
        for slot in self.at_place(finding):
            entry = slot.entry
            if finding.severity <= entry.severity and agrees(entry.identity.values, _values(finding)):
                slot.take(entry.path, _values(finding))
                yield at
                return

    def moved(self, findings: Mapping[int, Finding]) -> Iterator[int]:
        """Yield the indexes of findings whose file has another name now, or whose campaign is in another file."""
        open_slots: dict[_Content, list[_Slot]] = {}
        for slot in self.slots:
            content = _content(slot.entry.rule, slot.entry.identity)
            if slot.left and content is not None and self.has_left(slot.entry):
                open_slots.setdefault(content, []).append(slot)
        by_content: dict[_Content, list[int]] = {}
        for at, finding in findings.items() if open_slots else ():
            content = _content(finding.rule, finding.identity) if finding.identity is not None else None
            if content in open_slots:
                by_content.setdefault(content, []).append(at)
        for content, places in by_content.items():
            slots = open_slots[content]
            if len(places) > sum(slot.left for slot in slots):
                continue  # which of them is the old one cannot be told
            for at in places:
                finding = findings[at]
                free = next((slot for slot in slots if slot.left and finding.severity <= slot.entry.severity), None)
                if free is not None:
                    free.take(self.relative(finding.path), _values(finding))
                    yield at

    def has_left(self, entry: Entry) -> bool:
        """Tell whether the file of an entry is gone, or its campaign is not in the file any more."""
        path = self.baseline.folder / entry.path
        if absolute(path) not in self.world.reach.files:
            return not self.world.exists(path)
        return entry.identity.campaign is not None and (entry.path, entry.identity.campaign) not in self.campaigns

    @cached_property
    def campaigns(self) -> set[tuple[str, str]]:
        """Path and id of each campaign that was met."""
        return {(self.relative(path), name) for path, name in self.world.campaigns}

    def noted_where_worse(self, finding: Finding) -> Finding:
        """Return a finding with a note where an entry is for it and it has become worse since."""
        for slot in self.at_place(finding):
            if not Counter(_values(finding)) - Counter(slot.entry.identity.values):
                slot.take(slot.entry.path, _values(finding))
                was = slot.entry.severity.word
                note = phrase("{severity} in {path}: it has become worse", severity=was, path=self.baseline.shown)
                return finding._replace(notes=(*finding.notes, note))
        return finding

    def strike(self, finding: Finding) -> None:
        """Note that a finding is accepted in another way, so that its entry is not needed."""
        for slot in self.at_place(finding):
            if not Counter(_values(finding)) - Counter(slot.entry.identity.values):
                slot.left -= 1
                slot.struck += 1
                return

    def is_unseen(self, entry: Entry) -> bool:
        """Tell whether the run did not look for the finding of an entry."""
        reach = self.world.reach
        return entry.rule not in reach.rules or not reach.covers(self.baseline.folder / entry.path)

    def problems(self) -> list[Finding]:
        """Return what is to be said of the entries that are left."""
        barred = [slot.entry for slot in self.slots if not self.world.names.waivable(slot.entry.rule)]
        found = [
            self.problem(
                "not-allowed",
                [entry],
                phrase("the rule {rule} may not be baselined", rule=entry.rule),
                phrase("mend the finding"),
                "error",
            )
            for entry in barred
        ]
        if self.baseline.ratchet:
            return found
        struck = [slot.entry for slot in self.slots if slot.struck]
        gone = [slot.entry for slot in self.slots if self.is_gone(slot)]
        if gone:
            message = counted(
                "{count} baselined finding is gone: {findings}",
                "{count} baselined findings are gone: {findings}",
                count=len(gone),
                findings=_listed(gone),
            )
            found.append(self.problem("gone", gone, message, _hint(gone), "warning"))
        if struck:
            message = counted(
                "{count} baselined finding is suppressed or waived now: {findings}",
                "{count} baselined findings are suppressed or waived now: {findings}",
                count=len(struck),
                findings=_listed(struck),
            )
            found.append(self.problem("gone", struck, message, _hint(struck), "warning"))
        return found

    def is_gone(self, slot: _Slot) -> bool:
        """Tell whether some findings of an entry were looked for and not met."""
        return bool(slot.left) and not self.is_unseen(slot.entry) and self.world.names.waivable(slot.entry.rule)

    def problem(self, kind: str, entries: Sequence[Entry], message: str, hint: str, severity: str) -> Finding:
        """Return a finding at the first of some entries."""
        line = min(entry.line for entry in entries)
        start = sum(len(text) + 1 for text in self.baseline.text.split("\n")[: line - 1])
        length = len(self.baseline.text[start:].partition("\n")[0].rstrip("\r"))
        region = Region(Position(line, 1, start), Position(line, length + 1, start + length))
        return tool_finding(Problem(f"baseline-{kind}", message, region, severity, hint=hint), self.baseline.shown)

    def comparison(self, new: int) -> Comparison:
        """Return what became of the entries."""
        left = [slot.entry._replace(times=slot.left) for slot in self.slots if slot.left]
        struck = [slot.entry._replace(times=slot.struck) for slot in self.slots if slot.struck]
        return Comparison(
            kept=[entry._replace(times=times) for slot in self.slots for entry, times in slot.kept.items()],
            unseen=[entry for entry in left if self.is_unseen(entry)],
            gone=[*(entry for entry in left if not self.is_unseen(entry)), *struck],
            new=new,
        )


def _place(path: str, rule: str, identity: Identity) -> _Place:
    return path, rule, identity.campaign, "" if identity.campaign is not None else identity.record, identity.pointer


def _content(rule: str, identity: Identity) -> _Content | None:
    """Return by what a finding is known again in another file; None where it cannot be."""
    if identity.campaign is None and not identity.content:
        return None
    record, content = (identity.record, identity.content) if identity.campaign is None else ("", "")
    return rule, identity.campaign, record, identity.pointer, identity.values, content


def _values(finding: Finding) -> tuple[str, ...]:
    return finding.identity.values if finding.identity is not None else ()


def _hint(entries: Sequence[Entry]) -> str:
    return counted(
        "`policylint check --ratchet` takes it out of the file",
        "`policylint check --ratchet` takes them out of the file",
        count=len(entries),
    )


def _listed(entries: Sequence[Entry]) -> Phrase:
    named = joined(", ", map(_named, entries[:_NAMED]))
    left = len(entries) - _NAMED
    return phrase("{named} and {count} more", named=named, count=left) if left > 0 else named


def _named(entry: Entry) -> Phrase:
    said = phrase("{rule} in {path}", rule=entry.rule, path=entry.path)
    return joined("", [said, f" ({entry.identity.campaign})"]) if entry.identity.campaign else said
