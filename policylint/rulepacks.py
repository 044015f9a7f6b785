"""Folders of rules → rule packs, with every problem at its file, line and column."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from policylint import packcache, resources
from policylint.errors import RulePackError, did_you_mean
from policylint.model.own import OWN_PACK
from policylint.model.rule import (
    Cap,
    NotChecked,
    Override,
    Parameter,
    Rule,
    RulePack,
    Severity,
    Source,
    Step,
    Terms,
    literal,
    tagged,
)
from policylint.model.source import Document, Pointer, Region
from policylint.parse import parse
from policylint.record import record_schema
from policylint.schema import Check, build_check, problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

TEST_ENDING = ".test.yaml"


def load_packs(folders: Sequence[tuple[Path, str]], cache: Path | None = None, salt: str = "") -> list[RulePack]:
    """Load rule packs.

    Args:
        folders: Each pack's folder, and how its files are shown in messages.
        cache: Folder in which parsed packs are kept from run to run; None keeps none.
        salt: What else decides whether a pack compiles, as a text: the cache holds good only for the same.

    Raises:
        RulePackError: All problems of all packs.

    """
    problems: list[str] = []
    packs: dict[str, RulePack] = {}
    places: dict[str, str] = {OWN_PACK: "the tool's own rules"}
    for folder, shown in folders:
        loader = _Loader(folder, shown, cache, salt)
        pack = loader.load()
        problems.extend(loader.problems)
        known = places.setdefault(folder.name, shown)
        if known != shown or folder.name in packs:
            problems.append(f"{shown}/pack.yaml:1:1: a pack is named after its folder, and '{folder.name}' is {known}")
        elif pack is not None:
            packs[folder.name] = pack
    problems.extend(_clashes(packs.values()))
    if problems:
        raise RulePackError(problems, "see rules/README.md for the fields of a rule")
    return list(packs.values())


def _clashes(packs: Iterable[RulePack]) -> list[str]:
    found = []
    owners: dict[str, Rule] = {}
    for rule in (rule for pack in packs for rule in pack.rules):
        other = owners.setdefault(rule.code, rule)
        if other is not rule:
            region = rule.document.region(("code",))
            place = f"{rule.document.path}:{region.start.line}:{region.start.column}"
            found.append(f"{place}: the code {rule.code} is already that of {other.document.path}")
    return found


def with_overrides(packs: Sequence[RulePack], overrides: Mapping[str, Override]) -> list[RulePack]:
    """Return the packs with the configuration's changes to severities and parameters.

    Raises:
        RulePackError: A change names no rule, no parameter, or softens a rule that may only be tightened.

    """
    problems: list[str] = []
    known = {name: rule for pack in packs for rule in pack.rules for name in (rule.id, rule.code)}
    known.update({old: known[new] for pack in packs for old, new in pack.redirects.items() if new in known})
    by_rule: dict[str, Override] = {}
    for name, override in overrides.items():
        rule = known.get(name)
        if rule is None:
            problems.append(f"{override.place}: there is no rule '{name}'{did_you_mean(name, list(known))}")
            continue
        if rule.id in by_rule:
            problems.append(f"{override.place}: {rule} is changed at {by_rule[rule.id].place} already")
        by_rule[rule.id] = override
        problems.extend(f"{override.place}: {problem}" for problem in _wrong_changes(rule, override))
    if problems:
        raise RulePackError(problems)
    return [
        pack._replace(rules=tuple(_overridden(rule, by_rule.get(rule.id)) for rule in pack.rules)) for pack in packs
    ]


def _wrong_changes(rule: Rule, override: Override) -> Iterator[str]:
    worst = max(step.severity for step in rule.enforcement)
    if rule.tighten_only and override.severity is not None and override.severity < worst:
        yield f"{rule} may be made stricter, not milder"
    for name, value in override.parameters.items():
        parameter = rule.parameters.get(name)
        if parameter is None:
            yield f"{rule} has no parameter '{name}'{did_you_mean(name, list(rule.parameters))}"
        elif rule.tighten_only:
            yield f"{rule} may be made stricter, not milder: which of the two another '{name}' does cannot be told"
        elif _kind(value) != _kind(parameter.values[-1][1]):
            yield f"'{name}' of {rule} is {parameter.values[-1][1]}, so it cannot be {value}"


def _kind(value: Any) -> type:
    return float if type(value) is int else type(value)


def _overridden(rule: Rule, override: Override | None) -> Rule:
    if override is None:
        return rule
    parameters = dict(rule.parameters)
    for name, value in override.parameters.items():
        if name in parameters:
            parameters[name] = Parameter(((date.min, value),))
    changed = bool(override.parameters)
    return rule._replace(overridden=override.severity, parameters=parameters, changed=changed)


@cache
def _check(name: str, part: str | None = None) -> Check:
    schema = resources.schema(name)
    return build_check(schema["$defs"][part] if part else schema, schema)


class _Loader:
    def __init__(self, folder: Path, shown: str, cache: Path | None, salt: str) -> None:
        self.folder = folder
        self.shown = shown
        self.cache = cache
        self.salt = salt
        self.problems: list[str] = []
        self.raw: dict[str, bytes] = {}
        self.parsed: dict[str, Any] = {}
        self.data_read: dict[str, str] = {}
        self.known: dict[str, Any] | None = None
        """The parsed files as an earlier run left them: valid, as nothing else is kept."""

    def load(self) -> RulePack | None:
        digest = self.read_files()
        self.known = packcache.load(self.cache, self.folder.name, digest + self.salt)
        pack = self.build(digest)
        if pack is None or self.known is not None or self.problems:
            return pack
        return pack._replace(unproved=self.parsed)

    def read_files(self) -> str:
        """Read every file of the pack but the tests, and return the digest of all."""
        digest = hashlib.sha256()
        for name in sorted(_file_names(str(self.folder), "")):
            if not name.endswith(".yaml"):
                self.problems.append(f"{self.shown}/{name}: the files of a pack end in .yaml")
                continue
            try:
                with open(f"{self.folder}/{name}", "rb") as handle:  # noqa: PTH123  # of hundreds of files, at every start
                    self.raw[name] = handle.read()
            except OSError as error:
                self.problems.append(f"{self.shown}/{name}: cannot be read: {error.strerror}")
                continue
            digest.update(b"%d %s " % (len(self.raw[name]), name.encode()) + self.raw[name])
        return digest.hexdigest()

    def build(self, digest: str) -> RulePack | None:
        if "pack.yaml" not in self.raw:
            self.problems.append(f"{self.shown}/pack.yaml: there is no such file")
            return None
        document = self.read("pack.yaml")
        if document is None or not self.valid(document, "pack"):
            return None
        data = document.data
        terms = self.terms(document)
        self.channel(document)
        self.timezone(document)
        reviewed = self.day(document, data["reviewed"], ("reviewed",)) or date.min
        lists = {name: self.values(document, ("lists", name), file) for name, file in (data.get("lists") or {}).items()}
        words = {name: self.words(document, ("words", name), file) for name, file in (data.get("words") or {}).items()}
        providers = self.part(document, ("providers",), data["providers"], "providers") if "providers" in data else {}
        data_files = _data_files(data)
        names = [name for name in self.raw if name != "pack.yaml" and name not in data_files]
        self.problems.extend(
            f"{self.shown}/{name}: this is no rule, as rules stand beside pack.yaml, and pack.yaml does not name it"
            for name in names
            if "/" in name
        )
        rules = [rule for name in names if "/" not in name and (rule := self.rule(name, data, terms)) is not None]
        self.redirects(document, rules)
        not_checked = self.not_checked(document, terms, rules) if "coverage" in data else ()
        return RulePack(
            name=self.folder.name,
            folder=str(self.folder),
            title=data["title"],
            channel=data.get("channel"),
            timezone=data.get("timezone", "UTC"),
            reviewed=reviewed,
            terms=terms,
            rules=tuple(rules),
            lists={name: tuple(values) for name, values in lists.items()},
            words={name: {code: tuple(said) for code, said in entry.items()} for name, entry in words.items()},
            providers=providers,
            redirects=data.get("redirects") or {},
            topics=data.get("topics") or {},
            not_checked=not_checked,
            data_read=self.data_read,
            digest=digest,
            version=data["reviewed"],
        )

    def read(self, name: str) -> Document | None:
        shown = f"{self.shown}/{name}"
        raw = self.raw[name]
        if self.known is not None and name in self.known:
            return Document(shown, "", self.known[name], "yaml", _late_locator(shown, raw))
        source = parse(shown, raw)
        for problem in source.problems:
            start = problem.region.start
            self.problems.append(f"{shown}:{start.line}:{start.column}: {problem.message}")
        if source.problems:
            return None
        if len(source.documents) != 1:
            self.problems.append(f"{shown}:1:1: one YAML document is expected, not {len(source.documents)}")
            return None
        self.parsed[name] = source.documents[0].data
        return source.documents[0]

    def problem(self, document: Document, pointer: Pointer, message: str, *, key: bool = False) -> None:
        """Note a problem with the value at a pointer, or with its key."""
        found = document.locate(pointer) if key else None
        start = (found[0] if found and found[0] else document.region(pointer)).start
        self.problems.append(f"{document.path}:{start.line}:{start.column}: {message}")

    def valid(self, document: Document, name: str, part: str | None = None) -> bool:
        if self.known is not None:
            return True
        before = len(self.problems)
        for pointer, why in tagged(document.data):
            self.problem(document, pointer, f"{why} means nothing in a rule pack")
        data = literal(document.data)
        if len(self.problems) > before or _check(name, part)(data):
            return len(self.problems) == before
        schema = resources.schema(name)
        for problem in problems_of(data, schema["$defs"][part] if part else schema):
            pointer = problem.pointer if problem.key is None else (*problem.pointer, problem.key)
            self.problem(document, pointer, problem.message, key=problem.key is not None)
        return False

    def terms(self, document: Document) -> dict[str, Terms]:
        found = {}
        for name, entry in document.data["terms"].items():
            for key in ("edition", "read"):
                self.day(document, entry[key], ("terms", name, key))
            found[name] = Terms(name, entry["title"], entry["url"], entry["edition"], entry["read"])
        return found

    def channel(self, document: Document) -> None:
        """Check the channel of a pack or rule: one that no campaign can have would leave the rules without any."""
        channel = document.data.get("channel")
        field = record_schema().field(("channel",))
        known = field.enum if field and field.enum else ()
        if channel is not None and channel not in known:
            said = f"there is no channel '{channel}'{did_you_mean(channel, known)}; the channels are {', '.join(known)}"
            self.problem(document, ("channel",), said)

    def timezone(self, document: Document) -> None:
        name = document.data.get("timezone", "UTC")
        if name == "UTC":
            return
        import zoneinfo

        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            hint = did_you_mean(name, sorted(zoneinfo.available_timezones()))
            self.problem(document, ("timezone",), f"there is no time zone '{name}'{hint}")

    def redirects(self, document: Document, rules: Sequence[Rule]) -> None:
        """Check that former names lead to rules that there are and are no rule's name themselves."""
        names = [name for rule in rules for name in (rule.id, rule.code)]
        for old, new in (document.data.get("redirects") or {}).items():
            if new not in names:
                self.problem(document, ("redirects", old), f"there is no rule '{new}'{did_you_mean(new, names)}")
            if old in names:
                self.problem(document, ("redirects", old), f"'{old}' is the name of a rule that there is", key=True)

    def part(self, document: Document, pointer: Pointer, file: str, kind: str) -> Any:
        if file not in self.raw:
            self.problem(document, pointer, f"there is no file {self.shown}/{file}")
            return {}
        part = self.read(file)
        if part is None or not self.valid(part, "pack", kind):
            return {}
        self.data_read[file] = part.data.get("read", "")
        self.data_sources(part, document.data["terms"])
        return part.data

    def data_sources(self, part: Document, terms: Mapping[str, Any]) -> None:
        """Check the terms that a list or word list names, and the days on which sources were read."""
        days: list[tuple[Pointer, Any]] = [((), part.data)]
        for key in ("providers", "libraries"):
            days += [((key, name), entry) for name, entry in (part.data.get(key) or {}).items()]
        for pointer, entry in days:
            if "read" in entry:
                self.day(part, entry["read"], (*pointer, "read"))
        entries: list[tuple[Pointer, Any]] = [(("source",), part.data["source"])] if "source" in part.data else []
        entries += [(("sources", index), entry) for index, entry in enumerate(part.data.get("sources") or ())]
        for pointer, entry in entries:
            if entry["terms"] not in terms:
                hint = did_you_mean(entry["terms"], list(terms))
                self.problem(part, (*pointer, "terms"), f"pack.yaml has no terms '{entry['terms']}'{hint}")

    def not_checked(
        self, document: Document, terms: Mapping[str, Terms], rules: Sequence[Rule]
    ) -> tuple[NotChecked, ...]:
        """Return what the terms say and no rule decides; an entry with the code of a rule has been overtaken by it."""
        file = document.data["coverage"]
        entries = self.part(document, ("coverage",), file, "coverage").get("not_checked", [])
        codes = {rule.code: str(rule) for rule in rules}
        found: list[NotChecked] = []
        wrong: list[tuple[Pointer, str]] = []
        for index, entry in enumerate(entries):
            known = terms.get(entry["terms"])
            if known is not None:
                found.append(NotChecked(entry["code"], entry["title"], known, entry["clause"], entry["reason"]))
            else:
                hint = did_you_mean(entry["terms"], list(terms))
                wrong.append((("not_checked", index, "terms"), f"pack.yaml has no terms '{entry['terms']}'{hint}"))
            if entry["code"] in codes:
                said = f"{entry['code']} is the code of {codes[entry['code']]} already"
                wrong.append((("not_checked", index, "code"), said))
            codes.setdefault(entry["code"], "an entry above")
        part = self.read(file) if wrong else None
        if part is not None:
            for pointer, message in wrong:
                self.problem(part, pointer, message)
        return tuple(found)

    def values(self, document: Document, pointer: Pointer, file: str) -> list[Any]:
        values: list[Any] = self.part(document, pointer, file, "list").get("values", [])
        return values

    def words(self, document: Document, pointer: Pointer, file: str) -> dict[str, list[str]]:
        values: dict[str, list[str]] = self.part(document, pointer, file, "words").get("values", {})
        blank = [code for code, said in values.items() if not all(word.strip() for word in said)]
        if blank:
            self.problems.append(
                f"{self.shown}/{file}: the words of '{blank[0]}' have a blank one, which is in every text"
            )
        return values

    def rule(self, name: str, pack: Mapping[str, Any], terms: Mapping[str, Terms]) -> Rule | None:
        document = self.read(name)
        if document is None or not self.valid(document, "rule"):
            return None
        data = document.data
        before = len(self.problems)
        self.channel(document)
        if ("require" in data) == ("forbid" in data):
            self.problem(document, (), "a rule has exactly one of require and forbid")
        sources = self.sources(document, terms)
        steps = self.enforcement(document)
        parameters = self.parameters(document)
        if len(self.problems) > before:
            return None
        at = data.get("at") or ()
        return Rule(
            id=f"{self.folder.name}/{name.removesuffix('.yaml')}",
            code=data["code"],
            pack=self.folder.name,
            channel=data.get("channel", pack.get("channel")),
            title=data["title"],
            message=data["message"],
            why=data["why"],
            solution=data["solution"],
            certainty=data["certainty"],
            sources=sources,
            enforcement=steps,
            select=data.get("select"),
            where=data.get("where"),
            condition=data["forbid"] if "forbid" in data else data["require"],
            forbids="forbid" in data,
            at=(at,) if isinstance(at, str) else tuple(at),
            parameters=parameters,
            caps=tuple(Cap(Severity.named(cap["to"]), cap["where"], cap["because"]) for cap in data.get("caps") or ()),
            tighten_only=bool(data.get("tighten_only")),
            document=document,
        )

    def sources(self, document: Document, terms: Mapping[str, Terms]) -> tuple[Source, ...]:
        found = []
        for index, entry in enumerate(document.data["sources"]):
            known = terms.get(entry["terms"])
            if known is None:
                hint = did_you_mean(entry["terms"], list(terms))
                self.problem(document, ("sources", index, "terms"), f"pack.yaml has no terms '{entry['terms']}'{hint}")
            else:
                found.append(Source(known, entry["clause"], entry["confidence"]))
        return tuple(found)

    def enforcement(self, document: Document) -> tuple[Step, ...]:
        steps: list[Step] = []
        for index, entry in enumerate(document.data["enforcement"]):
            pointer = ("enforcement", index)
            if ("since" in entry) == ("observed" in entry):
                self.problem(document, pointer, "a step has exactly one of since and observed")
                continue
            key = "since" if "since" in entry else "observed"
            day = self.day(document, entry[key], (*pointer, key))
            if day is None:
                continue
            if steps and day <= steps[-1].since:
                self.problem(document, (*pointer, key), f"{day} is not after {steps[-1].since}: steps ascend")
            steps.append(Step(day, Severity.named(entry["severity"]), entry.get("note", ""), key == "observed"))
        if all(entry["severity"] == "off" for entry in document.data["enforcement"]):
            self.problem(document, ("enforcement",), "every step is off: the rule never reports anything")
        return tuple(steps)

    def day(self, document: Document, text: str, pointer: Pointer) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.problem(document, pointer, f"'{text}' is not a day of the calendar")
            return None

    def parameters(self, document: Document) -> Mapping[str, Parameter]:
        found: dict[str, Parameter] = {}
        for name, entry in (document.data.get("parameters") or {}).items():
            pointer = ("parameters", name)
            if ("value" in entry) == ("values" in entry):
                self.problem(document, pointer, "a parameter has exactly one of value and values")
            elif "value" in entry:
                found[name] = Parameter(((date.min, entry["value"]),))
            else:
                days = [
                    (self.day(document, text, (*pointer, "values", text)), value)
                    for text, value in entry["values"].items()
                ]
                dated = [(day, value) for day, value in days if day is not None]
                if [day for day, _ in dated] != sorted({day for day, _ in dated}):
                    self.problem(document, (*pointer, "values"), "dated values ascend")
                found[name] = Parameter(tuple(dated) or ((date.min, None),))
        return found


def _file_names(folder: str, below: str) -> Iterator[str]:
    """Yield the YAML files of a pack but the tests, relative to its folder; hidden ones are not looked at."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir()) for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return
    for name, is_folder in found:
        if is_folder:
            yield from _file_names(f"{folder}/{name}", f"{below}{name}/")
        elif name.endswith((".yaml", ".yml")) and not name.endswith(TEST_ENDING):
            yield below + name


def _late_locator(shown: str, raw: bytes) -> Callable[[Pointer], tuple[Region | None, Region] | None]:
    """Return a locator that parses the file when a place is first asked for."""

    @cache
    def document() -> Document:
        return parse(shown, raw).documents[0]

    return lambda pointer: document().locate(pointer)


def _data_files(pack: Mapping[str, Any]) -> set[str]:
    lists, words = (pack.get("lists") or {}), (pack.get("words") or {})
    files = {pack.get("providers"), pack.get("coverage"), *lists.values(), *words.values()}
    return {file for file in files if file}
