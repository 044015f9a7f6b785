"""The order of the stages: files → documents → campaigns → violations → findings → report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from policylint import __version__, packcache
from policylint.compile import Vocabulary, compile_rule
from policylint.errors import RulePackError, UsageError, did_you_mean
from policylint.evaluate import evaluate
from policylint.extensions import Adapted, Adapter, Extensions
from policylint.model.finding import Finding, Report, Undecided
from policylint.model.own import OWN_PACK, OWN_RULES
from policylint.model.source import Document, Pointer, Position, Problem, Region, SourceFile
from policylint.parse import parse
from policylint.project import Defaults, Facts, complete, project_root, read_facts
from policylint.record import ProviderTable, record_schema
from policylint.resolve import named_zone, resolve, tool_finding, window_of
from policylint.rulepacks import load_packs, with_overrides
from policylint.schema import field_name, holds_placeholder
from policylint.suppress import apply_suppressions

if TYPE_CHECKING:
    from datetime import tzinfo

    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Violation, Window
    from policylint.model.rule import CompiledRule, Rule, RulePack, Severity

# Signs by which a file that cannot be parsed is taken for a campaign: only then is its syntax an error.
_CAMPAIGN_SIGNS = re.compile(
    r"^\s*[\"']?campaigns?[\"']?\s*:|[\"'](?:connections|messaging_product|components)[\"']\s*:", re.MULTILINE
)

Read = Callable[[Path], "bytes | None"]


class RuleSet:
    """The rules of a run; they are compiled when the first campaign is met that they can look at."""

    def __init__(
        self,
        packs: Sequence[RulePack],
        rules: Iterable[Rule],
        known: Mapping[str, str],
        compiled: Callable[[Rule], CompiledRule],
        providers: ProviderTable,
    ) -> None:
        self.packs = tuple(packs)
        self.rules = {rule.id: rule for rule in rules}
        """The selected rules, by id."""
        self.known = known
        """Every name of a rule, present or former, → its id."""
        self.providers = providers
        self._compile = compiled
        self._by_sender: dict[tuple[str, object, object], tuple[CompiledRule, ...]] = {}

    def for_campaign(self, campaign: Campaign) -> tuple[CompiledRule, ...]:
        """Return the rules that can look at a campaign: of its channel, its sender's product and its kind of record."""
        sender = campaign.data.get("sender")
        product = sender.get("product") if isinstance(sender, dict) else sender
        kind = campaign.data.get("kind") or "campaign"
        key = (str(campaign.data.get("channel")), _settled(product), _settled(kind))
        found = self._by_sender.get(key)
        if found is None:
            rules = [rule for rule in self.rules.values() if rule.channel in (None, key[0]) and _may_apply(rule, key)]
            found = self._by_sender[key] = tuple(self._compile(rule) for rule in rules)
        return found

    def named(self, name: str) -> CompiledRule | None:
        """Return the rule with that id or code, or None."""
        rule = self.rules.get(self.known.get(name, ""))
        return None if rule is None else self._compile(rule)


def load_rules(settings: Settings, extensions: Extensions) -> RuleSet:
    """Load, select and check the rules of a run.

    Raises:
        RulePackError: What is wrong in the packs, all at once.
        UsageError: ``select`` or ``ignore`` names no rule and no pack.

    """
    folders = [*((folder, _shown_folder(folder)) for folder in extensions.rule_folders), *settings.pack_folders]
    salt = ",".join(extensions.operators)
    packs = with_overrides(load_packs(folders, settings.cache, salt), settings.overrides)
    _check_names((*settings.select, *settings.ignore), packs)
    known = {name: name for name in OWN_RULES}
    for pack in packs:
        known.update((name, rule.id) for rule in pack.rules for name in (rule.id, rule.code))
        known.update((old, known[new]) for old, new in pack.redirects.items() if new in known)
    compiler = _Compiler(packs, extensions)
    compiler.prove(settings.cache, salt)
    tables = [pack.providers for pack in packs if pack.providers]
    merged = {
        key: {k: v for table in tables for k, v in (table.get(key) or {}).items()} for key in ("providers", "libraries")
    }
    selected = (rule for pack in packs for rule in pack.rules if _is_selected(rule.id, rule.code, settings))
    return RuleSet(packs, selected, known, compiler.compiled, ProviderTable(merged))


class _Compiler:
    """Compiles rules once each; those from the cache without checking them again."""

    def __init__(self, packs: Sequence[RulePack], extensions: Extensions) -> None:
        self.packs = packs
        self.vocabularies = {pack.name: Vocabulary(extensions.operators, pack.lists, pack.words) for pack in packs}
        self.done: dict[str, CompiledRule] = {}

    def prove(self, cache: Path | None, salt: str) -> None:
        """Compile what was not compiled in an earlier run, and keep the packs that compile.

        Raises:
            RulePackError: The problems of all packs.

        """
        problems: list[str] = []
        for pack in self.packs:
            for rule in pack.rules:
                if pack.unproved is None and not rule.changed:
                    continue
                compiled, found = compile_rule(rule, record_schema(), self.vocabularies[pack.name])
                problems.extend(found)
                if compiled is not None:
                    self.done[rule.id] = compiled
        if problems:
            raise RulePackError(problems, "see rules/README.md for the language of rules")
        for pack in self.packs:
            if pack.unproved is not None:
                packcache.store(cache, pack.name, pack.digest + salt, pack.unproved)

    def compiled(self, rule: Rule) -> CompiledRule:
        """Return the rule made runnable."""
        found = self.done.get(rule.id)
        if found is None:
            found, problems = compile_rule(rule, record_schema(), self.vocabularies[rule.pack], trusted=True)
            if found is None:
                raise RulePackError(problems, "--no-cache reads the rule packs anew")
            self.done[rule.id] = found
        return found


def _settled(value: object) -> object:
    """Return a value that conditions compare: a text or None; else a stand-in for one that is not known."""
    if value is None or (isinstance(value, str) and not holds_placeholder(value)):
        return value
    return ...


def _may_apply(rule: Rule, key: tuple[str, object, object]) -> bool:
    """Tell whether a rule's ``where`` leaves it a chance: no, only where a plain comparison is certainly false."""
    if not isinstance(rule.where, Mapping):
        return True
    prefix = "campaign." if rule.select else ""  # in a selected item, `kind` is that of the item
    for field, value in zip(("sender.product", "kind"), key[1:], strict=True):
        wanted = rule.where.get(prefix + field)
        if isinstance(wanted, Mapping):
            wanted = wanted.get("in")
        wanted = [wanted] if isinstance(wanted, str) else wanted
        if isinstance(wanted, list) and value is not ... and value not in wanted:
            return False
    return True


def _shown_folder(folder: Path) -> str:
    return f"rules/{folder.name}"


def _names_rule(name: str, rule_id: str, code: str | None) -> bool:
    if name in (rule_id, code, rule_id.partition("/")[0]):
        return True
    return code is not None and name.isalnum() and name.isupper() and code.startswith(name)


def _is_selected(rule_id: str, code: str | None, settings: Settings) -> bool:
    if any(_names_rule(name, rule_id, code) for name in settings.ignore):
        return False
    return not settings.select or any(_names_rule(name, rule_id, code) for name in settings.select)


def _check_names(names: Sequence[str], packs: Sequence[RulePack]) -> None:
    rules = [(rule.id, rule.code) for pack in packs for rule in pack.rules]
    redirects = {old for pack in packs for old in pack.redirects}
    for name in names:
        own = name == OWN_PACK or name in OWN_RULES
        if own or name in redirects or any(_names_rule(name, *rule) for rule in rules):
            continue
        known = [*(part for rule in rules for part in rule), *OWN_RULES, *(pack.name for pack in packs)]
        raise UsageError(f"there is no rule or pack '{name}'{did_you_mean(name, known)}", "see `policylint rules`")


class Tally:
    """What a run collects from file to file."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.undecided: list[Undecided] = []
        self.sources: dict[str, str] = {}
        self.campaigns = 0
        self.nothing_to_check = 0
        self.files = 0
        self.applied: set[str] = set()


def run(targets: Iterable[Target], settings: Settings, extensions: Extensions, read: Read) -> Report:
    """Check files.

    Args:
        targets: The files, in the order in which they are reported.
        settings: All that can change the result.
        extensions: What plugins contribute.
        read: Gives the bytes of a file, or None where it cannot be read.

    Raises:
        PolicylintError: The run cannot do its work. What is wrong in a checked file is a finding instead.

    """
    return check_all(targets, load_rules(settings, extensions), settings, extensions, read)


def check_all(
    targets: Iterable[Target], rules: RuleSet, settings: Settings, extensions: Extensions, read: Read
) -> Report:
    """Check files with rules that are loaded; see ``run``."""
    checker = Checker(rules, settings, extensions, read)
    tally = Tally()
    for target in targets:
        checker.check(target, tally)
    findings = sorted(tally.findings, key=_order)
    return Report(
        version=__version__,
        as_of=settings.as_of,
        at=settings.at,
        findings=tuple(findings),
        undecided=tuple(tally.undecided),
        files=tally.files,
        campaigns=tally.campaigns,
        nothing_to_check=tally.nothing_to_check,
        rules=rules.rules,
        applied=len(tally.applied),
        sources=tally.sources,
        packs={pack.name: pack.digest for pack in rules.packs},
        show_suppressed=settings.show_suppressed,
        show_undecided=settings.show_undecided,
    )


def _order(finding: Finding) -> tuple[object, ...]:
    start = finding.region.start
    return (finding.path, start.line, start.column, finding.rule, finding.message)


class Checker:
    """Checks one file after another with the same rules; remembers the facts of each folder."""

    def __init__(self, rules: RuleSet, settings: Settings, extensions: Extensions, read: Read) -> None:
        self.rules = rules
        self.settings = settings
        self.adapters = extensions.adapters
        self.read = read
        self.facts: dict[Path, Facts] = {}
        self.shown_facts: dict[Path, Facts] = {}
        self.zones = {pack.name: named_zone(pack.timezone) for pack in rules.packs}
        self.defaults = Defaults(settings.defaults, settings.defaults_document, settings.defaults_pointer)

    def check(self, target: Target, tally: Tally) -> None:
        """Check one file and add what is found."""
        tally.files += 1
        raw = self.read(target.path)
        if raw is None:
            source = SourceFile(target.shown, "", ())
            problem = Problem("syntax", f"{target.shown} cannot be read", _nowhere(), hint="check its permissions")
            self.add(target, source, [tool_finding(problem, target.shown)], tally)
            return
        source = parse(target.shown, raw)
        findings: list[Finding] = []
        recognised = False
        for document in source.documents:
            adapter, adapted = self.adapt(document)
            if adapter is None:
                continue
            recognised = True
            tally.campaigns += len(adapted.campaigns)
            findings.extend(tool_finding(problem, target.shown, None, adapter.name) for problem in adapted.problems)
            for campaign in adapted.campaigns:
                findings.extend(self.judge(campaign, target, tally))
        findings.extend(self.file_findings(target, source, recognised))
        if not recognised:
            tally.nothing_to_check += 1
        self.add(target, source, findings, tally)

    def adapt(self, document: Document) -> tuple[Adapter | None, Adapted]:
        """Return the adapter that recognises a document, and what it makes of it."""
        for adapter in self.adapters:
            try:
                if adapter.recognises(document):
                    return adapter, adapter.adapt(document, self.rules.providers)
            except Exception as error:  # noqa: BLE001  # an adapter may be foreign code; the other files are still checked
                said = f"the adapter '{adapter.name}' fails on {document.path}: {type(error).__name__}: {error}"
                problem = Problem(
                    "syntax", said, document.first_line(), hint="please report it; nothing was judged here"
                )
                return adapter, Adapted((), (problem,))
        return None, Adapted(())

    def completed(self, campaign: Campaign, path: Path) -> Campaign:
        """Return a campaign with project facts and defaults filled in."""
        return complete(campaign, self.facts_for(path.parent), self.defaults, self.rules.providers)

    def facts_for(self, folder: Path) -> Facts:
        """Return the facts that hold for files of a folder."""
        known = self.facts.get(folder)
        if known is None:
            root = self.settings.base or project_root(folder)
            known = self.facts[folder] = read_facts(root, folder, self.rules.providers, self.read, self.shown_facts)
        return known

    def judge(self, campaign: Campaign, target: Target, tally: Tally) -> list[Finding]:
        """Return the findings of one campaign."""
        campaign = self.completed(campaign, target.path)
        channel = campaign.data.get("channel")
        rules = self.rules.for_campaign(campaign)
        tally.applied.update(compiled.rule.id for compiled in rules)
        violations: list[Violation] = []
        undecided: list[Undecided] = []
        for zone in dict.fromkeys(self.zones.values()):
            # Days are counted in the zone of the pack; nearly always there is one zone, and this loop runs once.
            counted = [rule for rule in rules if self.zones[rule.rule.pack] is zone]
            broken, unsure = evaluate(campaign, self.window(campaign, zone), counted)
            violations += broken
            undecided += unsure
        findings = self.ambiguous(campaign, rules)
        for violation in violations:
            found = resolve(violation, violation.windows)
            if isinstance(found, Undecided):
                undecided.append(found)
            elif found is not None:
                findings.append(found)
        tally.undecided.extend(undecided)
        if self.settings.undecided is not None:
            findings.extend(_undecided_finding(item, self.settings.undecided) for item in undecided)
        if not rules and self.settings.require_rules:
            message = f"no rule applies to {campaign.id}: no pack has rules for the channel '{channel}'"
            problem = Problem("no-rules", message, campaign.place(("channel",)).region())
            findings.append(tool_finding(problem, target.shown, campaign))
        return findings

    def window(self, campaign: Campaign, zone: tzinfo | None) -> Window:
        """Return the days on which a campaign is judged, counted in a zone."""
        return window_of(campaign, self.settings.as_of, self.settings.at, zone)

    def ambiguous(self, campaign: Campaign, rules: Iterable[CompiledRule]) -> list[Finding]:
        """Return a finding for each scalar that a rule reads and that YAML 1.1 readers take for something else."""
        document = campaign.document
        if not document.ambiguous or campaign.format != "native":
            return []
        root = campaign.place(()).pointer
        findings = []
        for pointer, text, meaning in document.ambiguous:
            if pointer[: len(root)] != root or not _is_read(pointer[len(root) :], rules):
                continue
            name = field_name(pointer[len(root) :])
            message = f"{name} is {text}, which YAML 1.1 readers take for {meaning}"
            hint = f"quote it: '{text}'"
            problem = Problem("ambiguous-scalar", message, document.region(pointer), "info", pointer, hint=hint)
            findings.append(tool_finding(problem, document.path, campaign))
        return findings

    def file_findings(self, target: Target, source: SourceFile, recognised: bool) -> list[Finding]:
        """Return what is wrong with the file itself."""
        findings = []
        unread = False
        looks_like_campaign = recognised or _CAMPAIGN_SIGNS.search(source.text) is not None
        for problem in source.problems:
            if problem.rule == "syntax":
                unread = True
                if not looks_like_campaign:
                    problem = problem._replace(severity="warning")
            elif not recognised:
                continue
            findings.append(tool_finding(problem, target.shown))
        if target.named and not recognised and not unread:
            severity = "error" if self.settings.strict else "warning"
            message = f"{target.shown} is in no format that policylint knows, so nothing in it was checked"
            problem = Problem(
                "unrecognised", message, _nowhere(), severity, hint="a campaign file begins with `campaign: ID`"
            )
            findings.append(tool_finding(problem, target.shown))
        return findings

    def add(self, target: Target, source: SourceFile, findings: list[Finding], tally: Tally) -> None:
        """Apply the suppressions of a file and keep its findings."""
        active = [*self.rules.rules, *OWN_RULES]
        own = [finding for finding in findings if finding.path == target.shown]
        others = [finding for finding in findings if finding.path != target.shown]
        kept, problems = apply_suppressions(source, own, self.rules.known, self.settings.as_of, active)
        kept.extend(tool_finding(problem, target.shown) for problem in problems)
        kept = [
            finding
            for finding in (*kept, *others)
            if finding.code is not None or not any(_names_rule(n, finding.rule, None) for n in self.settings.ignore)
        ]
        if kept:
            tally.sources[target.shown] = source.text
            for finding in kept:
                for related in finding.related:
                    if related.path not in tally.sources:
                        text = self.read(Path(related.path))
                        tally.sources[related.path] = (text or b"").decode("utf-8", "replace")
        tally.findings.extend(kept)


@cache
def _names(pointer: Pointer) -> tuple[str, ...]:
    names = tuple(step for step in pointer if isinstance(step, str))
    return ("messages", *names[1:]) if names[:1] == ("message",) else names


def _is_read(pointer: Pointer, rules: Iterable[CompiledRule]) -> bool:
    names = _names(pointer)
    return any(read[: len(names)] == names for rule in rules for read in rule.reads)


def _undecided_finding(item: Undecided, severity: Severity) -> Finding:
    name = field_name(item.path)
    message = f"cannot tell whether {item.campaign.id} breaks {item.rule}: {name} is unknown ({item.why})"
    place = item.campaign.place(item.path)
    problem = Problem("undecided", message, place.region(), str(severity), place.pointer)
    return tool_finding(problem, place.document.path, item.campaign)


def _nowhere() -> Region:
    start = Position(1, 1, 0)
    return Region(start, start)
