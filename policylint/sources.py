"""A document and the mappings of the configuration for its file → its campaigns, before any known format is tried.

What a mapping names and the file lacks is absent; what it does not name is unknown, except the direction: campaigns
push where nothing else is said. Values are held against the campaign schema, each at its own place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from policylint.adapters.conformity import disagreements
from policylint.discover import is_excluded
from policylint.errors import did_you_mean
from policylint.extensions import Adapted, Adapter
from policylint.mapping import MESSAGES, FilePath, RecordPath, Source, found, key_of, leaf, written
from policylint.model.campaign import Campaign
from policylint.model.phrase import phrase
from policylint.model.source import NOT_MAPPED, Document, Place, Pointer, Problem, Unknown, value_at
from policylint.project.completion import Defaults, defaults_in, with_defaults
from policylint.record import fill_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMAT = "mapped"
# Where a campaign is named, for its own place, in the order of preference.
_NAMES: tuple[RecordPath, ...] = (("campaign",), ("name",))
# An entry says that these are campaigns. Were their direction unknown, hardly a rule could decide.
_AS_IN_THE_SCHEMA = ("direction",)

ADAPTER = Adapter(
    name=_FORMAT,
    title="file mapped by `sources:`",
    signs="its path fits the `files` of an entry under `sources:` in the configuration",
    recognises=lambda _document: False,
    adapt=lambda _document, _providers: Adapted(()),
)
"""The name that findings of mapped files carry; which files are mapped is decided by their path."""


def sources_for(path: Path, sources: Iterable[Source], base: Path | None) -> list[Source]:
    """Return the mappings whose globs fit a path, seen from the folder of the configuration."""
    return [source for source in sources if is_excluded(path, source.files, base)]


def adapted(document: Document, sources: Sequence[Source]) -> Adapted:
    """Return what the mappings of its file make of a document."""
    campaigns: list[Campaign] = []
    problems: list[Problem] = []
    for source in sources:
        entries = list(found(document.data, source.each))
        if not entries and not _is_empty(document.data, source.each):
            problems.append(_leads_nowhere(document, source))
        for entry in entries:
            if not isinstance(value_at(document.data, entry), dict):
                message = phrase(
                    "{name} is no mapping, so it is no campaign ({where})",
                    name=written(entry) or phrase("the document"),
                    where=_where(source),
                )
                problems.append(Problem("schema", message, document.region(entry), pointer=entry))
                continue
            campaign = _campaign(document, source, entry)
            campaigns.append(campaign)
            found_wrong = disagreements(campaign.data, campaign.place)
            problems.extend(_with_hint(problem, campaign, source) for problem in found_wrong)
    return Adapted(campaigns, problems)


def _with_hint(problem: Problem, campaign: Campaign, source: Source) -> Problem:
    """Return a problem, with the values that the mapping translates where one of them may be meant."""
    for path, place in campaign.places.items():
        values = source.values.get(tuple(step for step in path if isinstance(step, str)))
        if values and path and problem.pointer[: len(place.pointer)] == place.pointer:
            near = did_you_mean(str(value_at(campaign.document.data, problem.pointer)), list(values))
            said = "{where} translates {values}{hint}"
            hint = phrase(said, where=_where(source), values=", ".join(values), hint=near)
            # What the file has to say is then a word of the mapping, not one of the record.
            return problem._replace(hint=hint, fix=None)
    return problem


def _is_empty(data: Any, each: FilePath) -> bool:
    """Tell whether a path leads to nothing because what it goes through is empty."""
    for length in range(len(each.steps), 0, -1):
        if each.steps[length - 1] is None:
            holders = [value_at(data, at) for at in found(data, each._replace(steps=each.steps[: length - 1]))]
            if holders and all(value in ({}, [], None) for value in holders):
                return True
    return False


def _leads_nowhere(document: Document, source: Source) -> Problem:
    said = "nothing stands at '{place}' in {path} ({where})"
    message = phrase(said, place=source.each.text, path=document.path, where=_where(source))
    return Problem("schema", message, document.first_line(), "warning", hint=phrase("see `each` under `sources:`"))


def _where(source: Source) -> str:
    start = source.document.region(source.pointer).start
    return f"{source.document.path}:{start.line}"


def _campaign(document: Document, source: Source, entry: Pointer) -> Campaign:
    reading = _Reading(document, source, entry)
    for path, paths in source.fields.items():
        reading.read(path, paths)
    record = reading.finished()
    fill_unknown(record, [*(".".join(path) for path in source.fields), *_AS_IN_THE_SCHEMA], NOT_MAPPED)
    campaign = Campaign(record, document, _FORMAT, reading.places)
    defaults = {name: value for name, value in source.defaults.items() if name != "message"}
    campaign = with_defaults(campaign, Defaults(defaults, source.document, (*source.pointer, "defaults")))
    return _with_message_defaults(campaign, source)


class _Reading:
    """A record under construction from one campaign of a mapped file."""

    def __init__(self, document: Document, source: Source, entry: Pointer) -> None:
        self.document = document
        self.source = source
        self.entry = entry
        self.record: dict[str, Any] = {}
        self.places: dict[Pointer, Place] = {}
        self.shared: list[tuple[RecordPath, Any, Pointer]] = []
        """Fields of messages of which the file has one for all."""
        self.messages: dict[int, dict[str, Any]] = {}

    def read(self, path: RecordPath, paths: Sequence[FilePath]) -> None:
        """Put what the first of the paths that has something leads to, or note where it would stand."""
        for file_path in paths:
            places = self.leading_to(file_path)
            if path[0] == MESSAGES and file_path.many:
                if self.spread(path, file_path, places):
                    return
            elif self.taken(path, file_path, places):
                return
        self.point_to_gap(path, paths[0])

    def leading_to(self, path: FilePath) -> list[Pointer]:
        """Return the places of what stands at a path, without those that are empty."""
        start: Pointer = () if path.from_root else self.entry
        data = value_at(self.document.data, start)
        return [(*start, *at) for at in found(data, path) if value_at(data, at) is not None]

    def taken(self, path: RecordPath, file_path: FilePath, places: Sequence[Pointer]) -> bool:
        """Put a field of the campaign, or one that all its messages share; tell whether there is one."""
        if file_path.is_key:
            key = key_of(self.entry, self.document.data)
            value, at = self.translated(path, key), self.entry
        elif places:
            value, at = self.value(path, file_path, places), places[0]
        else:
            return False
        if value is None:
            return False
        if path[0] == MESSAGES:
            self.shared.append((path[1:], value, at))
        else:
            _put(self.record, path, value)
            self.point(path, value, at, places)
        return True

    def value(self, path: RecordPath, file_path: FilePath, places: Sequence[Pointer]) -> Any:
        """Return what stands at some places, as the field wants it: a list where it is one."""
        values = [value_at(self.document.data, at) for at in places]
        field = leaf(path)
        if field is None or "array" not in field.types:
            return self.translated(path, values[0])
        listed = values if file_path.many else values[0]
        if not isinstance(listed, list):
            listed = [] if isinstance(listed, Unknown) else [listed]
        if isinstance(values[0], Unknown) and not file_path.many:
            return values[0]
        return [self.translated(path, item) for item in listed]

    def translated(self, path: RecordPath, value: Any) -> Any:
        """Return a value of the file as the configuration translates it."""
        values = self.source.values.get(path)
        if values is not None and isinstance(value, (str, bool, int, float)):
            value = values.get(str(value).lower() if isinstance(value, bool) else str(value), value)
        return value.lower() if path == ("channel",) and isinstance(value, str) else value

    def spread(self, path: RecordPath, file_path: FilePath, places: Sequence[Pointer]) -> bool:
        """Put a field of each message; tell whether there is one."""
        depth = len(self.entry) * (not file_path.from_root) + file_path.steps.index(None)
        each = file_path._replace(steps=file_path.steps[: file_path.steps.index(None) + 1])
        holders = {at[: depth + 1]: index for index, at in enumerate(self.leading_to(each))}
        by_message: dict[int, list[Pointer]] = {}
        for at in places:
            by_message.setdefault(holders[at[: depth + 1]], []).append(at)
        for holder, index in holders.items():
            self.messages.setdefault(index, {})
            self.places.setdefault((MESSAGES, index), Place(self.document, holder))
        for index, own in by_message.items():
            inner = file_path if file_path.many > 1 else file_path._replace(steps=())
            value = self.value(path, inner, own)
            _put(self.messages[index], path[1:], value)
            self.point((MESSAGES, index, *path[1:]), value, own[0], own)
        return bool(holders)

    def point(self, path: Pointer, value: Any, at: Pointer, places: Sequence[Pointer]) -> None:
        """Say where a value stands, and each item of a list that was put together."""
        self.places[path] = Place(self.document, at)
        if isinstance(value, list) and (len(places) > 1 or not isinstance(value_at(self.document.data, at), list)):
            self.places.update(((*path, index), Place(self.document, item)) for index, item in enumerate(places))

    def point_to_gap(self, path: RecordPath, file_path: FilePath) -> None:
        """Say where a field would stand that the file lacks, if what would hold it is there."""
        start: Pointer = () if file_path.from_root else self.entry
        for length in range(len(file_path.steps) - 1, 0, -1):
            above = file_path._replace(steps=file_path.steps[:length])
            if above.many:
                continue
            if any(found(value_at(self.document.data, start), above)):
                steps = tuple(step for step in file_path.steps[: length + 1] if step is not None)
                at = Place(self.document, (*start, *steps))
                self.places.setdefault((MESSAGES,) if path[0] == MESSAGES else path, at)
                return

    def finished(self) -> dict[str, Any]:
        """Return the record, with its messages and its name."""
        if self.shared and not self.messages:
            self.messages[0] = {}
        for path, value, at in self.shared:
            for index, message in self.messages.items():
                _put(message, path, value)
                self.places.setdefault((MESSAGES, index, *path), Place(self.document, at))
        if self.messages:
            self.record[MESSAGES] = [self.messages[index] for index in sorted(self.messages)]
        if self.record.get("campaign") is None:
            self.record["campaign"] = self.name()
        if self.record.get("channel") is None and ("channel",) in self.source.fields:
            self.record["channel"] = Unknown("the file does not name it")
        self.places[()] = self.own_place()
        return self.record

    def name(self) -> str:
        """Return what to call a campaign that the file does not name."""
        key = key_of(self.entry, self.document.data)
        stem = PurePosixPath(self.document.path).name.partition(".")[0]
        return key or f"{stem}{written(self.entry)}"

    def own_place(self) -> Place:
        """Return the place of the campaign: what names it, else all of it."""
        for path in _NAMES:
            place = self.places.get(path)
            text = value_at(self.document.data, place.pointer) if place else None
            if place and isinstance(text, str) and text:
                # As a span, so that a path below it, of a field that the file lacks, points to it too.
                return Place(self.document, place.pointer, (0, len(text)))
        return Place(self.document, self.entry)


def _put(target: dict[str, Any], path: RecordPath, value: Any) -> None:
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value


def _with_message_defaults(campaign: Campaign, source: Source) -> Campaign:
    """Return a campaign each of whose messages has the ``message`` of the mapping's defaults where it leaves gaps."""
    given = source.defaults.get("message")
    messages = campaign.data.get(MESSAGES)
    if not given or messages is None:
        return campaign
    places: dict[Pointer, Place] = {}
    completed = []
    for index, message in enumerate(messages if isinstance(messages, list) else [messages]):
        one = Campaign({MESSAGES: message}, campaign.document, _FORMAT)
        one = with_defaults(one, Defaults({MESSAGES: given}, source.document))
        completed.append(one.data[MESSAGES])
        for _, *path in one.evidence:
            at = Place(source.document, (*source.pointer, "defaults", "message", *path))
            places.setdefault((MESSAGES, index, *path), at)
    return campaign._replace(
        data={**campaign.data, MESSAGES: completed},
        places={**campaign.places, **places},
        evidence={**campaign.evidence, **dict.fromkeys(places, defaults_in(source.document))},
    )
