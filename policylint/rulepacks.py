"""Folders of rules → rule packs, with every problem at its file, line and column."""

from __future__ import annotations

import os
import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from policylint import packcache, resources
from policylint.boundary import read_file
from policylint.errors import RulePackError, did_you_mean
from policylint.model.late import LateMapping, LateSequence
from policylint.model.own import OWN_PACK
from policylint.model.rule import (
    Cap,
    FileStamp,
    NotChecked,
    Override,
    Parameter,
    Rule,
    RuleCard,
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
from policylint.patterns import complaint
from policylint.record import provider_patterns, record_schema
from policylint.schema import Check, build_check, problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from policylint.model.rule import RuleTexts

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
        loader = _Loader(folder, shown)
        pack = loader.load(cache, salt)
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
    owners: dict[str, tuple[RulePack, int]] = {}
    for pack in packs:
        for index, card in enumerate(pack.cards):
            owner, at = owners.setdefault(card.code, (pack, index))
            if (owner, at) != (pack, index):
                document = pack.rules[index].document
                start = document.region(("code",)).start
                place = f"{document.path}:{start.line}:{start.column}"
                found.append(f"{place}: the code {card.code} is already that of {owner.rules[at].document.path}")
    return found


def with_overrides(packs: Sequence[RulePack], overrides: Mapping[str, Override]) -> list[RulePack]:
    """Return the packs with the configuration's changes to severities and parameters.

    Raises:
        RulePackError: A change names no rule, no parameter, or softens a rule that may only be tightened.

    """
    problems: list[str] = []
    known = {name: (pack, at) for pack in packs for at, card in enumerate(pack.cards) for name in card[:2]}
    known.update({old: known[new] for pack in packs for old, new in pack.redirects.items() if new in known})
    by_rule: dict[str, Override] = {}
    for name, override in overrides.items():
        if name not in known:
            problems.append(f"{override.place}: there is no rule '{name}'{did_you_mean(name, list(known))}")
            continue
        pack, at = known[name]
        rule = pack.rules[at]
        if rule.id in by_rule:
            problems.append(f"{override.place}: {rule} is changed at {by_rule[rule.id].place} already")
        by_rule[rule.id] = override
        problems.extend(f"{override.place}: {problem}" for problem in _wrong_changes(rule, override))
    if problems:
        raise RulePackError(problems)
    return [_overridden_pack(pack, by_rule) for pack in packs] if by_rule else list(packs)


def _overridden_pack(pack: RulePack, overrides: Mapping[str, Override]) -> RulePack:
    def rule(at: int) -> Rule:
        return _overridden(pack.rules[at], overrides.get(pack.cards[at].id))

    changed = (at for at, card in enumerate(pack.cards) if card.id in overrides and overrides[card.id].parameters)
    return pack._replace(rules=LateSequence(len(pack.cards), rule), changed=tuple(changed))


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
    return rule._replace(overridden=override.severity, parameters=parameters)


@cache
def _check(name: str, part: str | None = None) -> Check:
    schema = resources.schema(name)
    return build_check(schema["$defs"][part] if part else schema, schema)


class _Loader:
    def __init__(self, folder: Path, shown: str) -> None:
        self.folder = folder
        self.shown = shown
        self.problems: list[str] = []
        self.raw: dict[str, bytes] = {}
        self.parsed: dict[str, Any] = {}
        self.data_read: dict[str, str] = {}
        self.known: Mapping[str, Any] | None = None
        """The parsed files as an earlier run left them: valid, as nothing else is kept."""

    def load(self, cache: Path | None, salt: str) -> RulePack | None:
        kept = packcache.load_shipped(self.folder)
        if kept is None:
            stamps = tuple(sorted(_stamps(str(self.folder), "")))
            kept = packcache.load(cache, self.folder, stamps, salt)
        if kept is not None:
            self.known = kept.files
            pack = self.build(kept.digest, kept.cards)
            return None if pack is None else pack._replace(shipped=kept.shipped)
        digest = self.read_files(stamps)
        pack = self.build(digest, None)
        return pack if pack is None or self.problems else pack._replace(unproved=self.parsed, stamps=stamps)

    def read_files(self, stamps: Iterable[FileStamp]) -> str:
        """Read every file of the pack but the tests, and return the digest of all."""
        import hashlib  # it loads OpenSSL, which takes longer than all else that is done with a pack from the cache

        digest = hashlib.sha256()
        for name in (stamp.name for stamp in stamps):
            if not name.endswith(".yaml"):
                self.problems.append(f"{self.shown}/{name}: the files of a pack end in .yaml")
                continue
            raw = read_file(f"{self.folder}/{name}")
            if raw is None:
                self.problems.append(f"{self.shown}/{name}: cannot be read")
                continue
            self.raw[name] = raw
            digest.update(b"%d %s " % (len(self.raw[name]), name.encode()) + self.raw[name])
        return digest.hexdigest()

    def build(self, digest: str, cards: tuple[RuleCard, ...] | None) -> RulePack | None:
        """Build the pack; with cards its files are those of an earlier run, and a rule is made when it is asked for."""
        if "pack.yaml" not in self.raw and self.known is None:
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
        lists = LateMapping(data.get("lists") or (), lambda name: self.values(document, name))
        words = LateMapping(data.get("words") or (), lambda name: self.words(document, name))
        providers = self.part(document, ("providers",), data["providers"], "providers") if "providers" in data else {}
        if providers:
            self.provider_patterns(data["providers"])
        rules: Sequence[Rule]
        data_read: Mapping[str, str] = self.data_read
        if cards is None:
            for late in (lists, words):
                tuple(late.values())
            rules = self.rules(data, terms)
            self.redirects(document, rules)
            for language in data.get("texts") or ():
                self.check_texts(document, language, rules)
        else:
            data_read = LateMapping(_data_files(data), self.day_read)
            names = [f"{card.id.partition('/')[2]}.yaml" for card in cards]
            rules = LateSequence(len(names), lambda at: self.sound_rule(names[at], data, terms))
        not_checked = self.not_checked(document, terms, () if cards else rules) if "coverage" in data else ()
        return RulePack(
            name=self.folder.name,
            folder=str(self.folder),
            title=data["title"],
            channel=data.get("channel"),
            timezone=data.get("timezone", "UTC"),
            reviewed=reviewed,
            terms=terms,
            rules=rules,
            cards=tuple(card_of(rule) for rule in rules) if cards is None else cards,
            lists=lists,
            words=words,
            providers=providers,
            redirects=data.get("redirects") or {},
            topics=data.get("topics") or {},
            not_checked=not_checked,
            data_read=data_read,
            digest=digest,
            version=data["reviewed"],
            texts=LateMapping(data.get("texts") or (), lambda language: self.texts(data["texts"][language])),
        )

    def rules(self, pack: Mapping[str, Any], terms: Mapping[str, Terms]) -> tuple[Rule, ...]:
        """Read the rules of a pack."""
        others = {"pack.yaml", *_data_files(pack), *(pack.get("texts") or {}).values()}
        names = [name for name in self.raw if name not in others]
        self.problems.extend(
            f"{self.shown}/{name}: this is no rule, as rules stand beside pack.yaml, and pack.yaml does not name it"
            for name in names
            if "/" in name
        )
        found = (self.rule(name, pack, terms) for name in names if "/" not in name)
        return tuple(rule for rule in found if rule is not None)

    def sound_rule(self, name: str, pack: Mapping[str, Any], terms: Mapping[str, Terms]) -> Rule:
        """Make a rule that was valid when the cache was written."""
        rule = self.rule(name, pack, terms)
        if rule is None:
            raise RulePackError(self.problems, "--no-cache reads the rule packs anew")
        return rule

    def read(self, name: str) -> Document | None:
        shown = f"{self.shown}/{name}"
        if self.known is not None:
            if name not in self.known:
                return None
            return Document(shown, "", self.known[name], "yaml", _late_locator(shown, self.folder / name))
        raw = self.raw[name]
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
        if self.known is None and file not in self.raw:
            self.problem(document, pointer, f"there is no file {self.shown}/{file}")
            return {}
        part = self.read(file)
        if part is None or not self.valid(part, "pack", kind):
            return {}
        self.data_read[file] = part.data.get("read", "")
        self.data_sources(part, document.data["terms"])
        return part.data

    def provider_patterns(self, file: str) -> None:
        """Check the regular expressions of the provider table."""
        if self.known is not None:  # they were checked in an earlier run
            return
        table = parse(f"{self.shown}/{file}", self.raw[file]).documents[0]
        for pointer, expression in provider_patterns(table.data):
            said = complaint(expression, re.IGNORECASE)
            if said is not None:
                self.problem(table, pointer, said)

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

    def values(self, document: Document, name: str) -> tuple[Any, ...]:
        file = document.data["lists"][name]
        return tuple(self.part(document, ("lists", name), file, "list").get("values", ()))

    def words(self, document: Document, name: str) -> dict[str, tuple[str, ...]]:
        file = document.data["words"][name]
        values: dict[str, list[str]] = self.part(document, ("words", name), file, "words").get("values", {})
        blank = (code for code, said in values.items() if not all(word.strip() for word in said))
        empty = next(blank, None) if self.known is None else None
        if empty is not None:
            self.problems.append(
                f"{self.shown}/{file}: the words of '{empty}' have a blank one, which is in every text"
            )
        return {code: tuple(said) for code, said in values.items()}

    def check_texts(self, document: Document, language: str, rules: Sequence[Rule]) -> None:
        """Check the texts of the rules in a language."""
        from policylint.ruletexts import problems_in

        pointer, file = ("texts", language), document.data["texts"][language]
        if file not in self.raw:
            self.problem(document, pointer, f"there is no file {self.shown}/{file}")
            return
        part = self.read(file)
        if part is None or not self.valid(part, "pack", "texts"):
            return
        by_name = {rule.id.partition("/")[2]: rule for rule in rules}
        names = (name.removesuffix(".yaml") for name in self.raw if "/" not in name and name != "pack.yaml")
        for problem in problems_in(part.data, by_name, names):
            self.problem(part, problem.pointer, problem.message, key=problem.of_key)

    def texts(self, file: str) -> Mapping[str, RuleTexts]:
        """Return the texts of a file that is valid, by rule id."""
        from policylint.ruletexts import texts_of

        entries = (self.known or self.parsed)[file]["rules"]
        return {f"{self.folder.name}/{name}": texts_of(entry) for name, entry in entries.items()}

    def day_read(self, file: str) -> str:
        part = self.read(file)
        return "" if part is None else part.data.get("read", "")

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
            fix=data.get("fix"),
            waivable=data.get("waivable", True),
            silent_when_unknown=bool(data.get("silent_when_unknown")),
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


def _stamps(folder: str, below: str) -> Iterator[FileStamp]:
    """Yield the YAML files of a pack but the tests, relative to its folder; hidden ones are not looked at."""
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return
    for entry in found:
        name = entry.name
        if name.endswith((".yaml", ".yml")) and not entry.is_dir(follow_symlinks=False):
            if not name.endswith(TEST_ENDING):
                try:
                    stat = entry.stat()
                except OSError:  # a link that leads to nothing or to itself: that it cannot be read is said later
                    stat = entry.stat(follow_symlinks=False)
                yield FileStamp(below + name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        elif entry.is_dir(follow_symlinks=False):
            yield from _stamps(f"{folder}/{name}", f"{below}{name}/")


def _late_locator(shown: str, path: Path) -> Callable[[Pointer], tuple[Region | None, Region] | None]:
    """Return a locator that parses the file when a place is first asked for."""

    @cache
    def document() -> Document:
        return parse(shown, path.read_bytes()).documents[0]

    return lambda pointer: document().locate(pointer)


LEFT_OPEN = "none"
"""Stands for a product or kind that a record does not name, among those that a rule asks for."""


def card_of(rule: Rule) -> RuleCard:
    """Return the card of a rule."""
    return RuleCard(rule.id, rule.code, rule.channel, _wanted(rule, "sender.product"), _wanted(rule, "kind"))


def _wanted(rule: Rule, field: str) -> tuple[str, ...] | None:
    """Return the texts of which a field must be one for the rule's ``where`` to hold; None where it does not say."""
    # In an item, `kind` is that of the item.
    return _asked(rule.where, f"campaign.{field}" if rule.select else field)


def _asked(where: Any, path: str) -> tuple[str, ...] | None:
    if not isinstance(where, dict):
        return None
    wanted = where.get(path)
    if wanted is None:
        found = [_asked(alternative, path) for alternative in where.get("any") or ()]
        if not found or None in found:
            return None
        return tuple(dict.fromkeys(value for values in found for value in values or ()))
    if isinstance(wanted, dict):
        wanted = LEFT_OPEN if wanted.get("open") is True else wanted.get("in")
    if isinstance(wanted, str):
        return None if wanted.startswith("$") else (wanted,)
    return tuple(wanted) if isinstance(wanted, list) else None


def _data_files(pack: Mapping[str, Any]) -> set[str]:
    lists, words = (pack.get("lists") or {}), (pack.get("words") or {})
    files = {pack.get("providers"), pack.get("coverage"), *lists.values(), *words.values()}
    return {file for file in files if file}
