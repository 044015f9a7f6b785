"""One file → what is found in it, with the same rules for one file after another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.evaluate import evaluate
from policylint.model.finding import FileResult, Finding, Undecided, UndecidedVerdict
from policylint.model.own import OWN_RULES
from policylint.model.source import Pointer, Position, Problem, Region, SourceFile
from policylint.parse import parse
from policylint.project.completion import Defaults, complete
from policylint.recognise import Read, Recogniser
from policylint.resolve import named_zone, resolve, tool_finding, window_of
from policylint.ruleset import RuleSet, names_rule, sender_of
from policylint.schema import field_name

if TYPE_CHECKING:
    from datetime import tzinfo

    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Sender, Violation, Window
    from policylint.model.fix import Fix
    from policylint.model.rule import CompiledRule, Severity
    from policylint.model.source import Document
    from policylint.project.facts import Facts

# Signs by which a file that cannot be parsed is taken for a campaign: only then is its syntax an error.
_CAMPAIGN_SIGNS = r"(?m)^\s*[\"']?campaigns?[\"']?\s*:|[\"'](?:connections|messaging_product|components)[\"']\s*:"


class Checker:
    """Checks one file after another with the same rules; remembers the facts of each folder."""

    def __init__(self, rules: RuleSet, settings: Settings, extensions: Extensions, read: Read) -> None:
        self.rules = rules
        self.settings = settings
        self.recogniser = Recogniser(extensions.adapters, rules.providers, read, settings.sources, settings.base)
        self.read = read
        self.asked_facts = False
        """Set when a campaign asks what its project's files show; for the caller to reset."""
        self.facts: dict[Path, Facts] = {}
        self.shown_facts: dict[Path, Facts] = {}
        self.zones = {pack.name: named_zone(pack.timezone) for pack in rules.packs}
        self.defaults = Defaults(settings.defaults, settings.defaults_document, settings.defaults_pointer)

    def check(self, target: Target) -> FileResult:
        """Check one file."""
        raw = self.read(target.path)
        if raw is None:
            source = SourceFile(target.shown, "", ())
            problem = Problem("syntax", f"{target.shown} cannot be read", _nowhere(), hint="check its permissions")
            return FileResult(self.finished(target, source, [tool_finding(problem, target.shown)]), unread=True)
        source = parse(target.shown, raw)
        findings: list[Finding] = []
        undecided: list[Undecided] = []
        senders: list[Sender] = []
        recognised = False
        for adapter, adapted in self.recogniser.adapted(source, target.path):
            recognised = True
            findings.extend(self.own_finding(problem, target.shown, None, adapter.name) for problem in adapted.problems)
            for campaign in adapted.campaigns:
                found, unsure, sender = self.judge(campaign, target)
                findings += found
                undecided += unsure
                senders.append(sender)
        findings.extend(self.file_findings(target, source, recognised))
        return FileResult(
            findings=self.finished(target, source, findings),
            campaigns=len(senders),
            undecided=len(undecided),
            recognised=recognised,
            senders=frozenset(senders),
            verdicts=tuple(map(_verdict, undecided)) if self.settings.list_undecided else (),
        )

    def campaigns(self, source: SourceFile, path: Path) -> list[Campaign]:
        """Return the campaigns of a file as the rules see them."""
        found = self.recogniser.adapted(source, path)
        return [self.completed(campaign, path) for _, adapted in found for campaign in adapted.campaigns]

    def completed(self, campaign: Campaign, path: Path) -> Campaign:
        """Return a campaign with project facts and defaults filled in."""
        return complete(campaign, lambda: self.facts_for(path.parent), self.defaults, self.rules.providers)

    def facts_for(self, folder: Path) -> Facts:
        """Return the facts that hold for files of a folder."""
        self.asked_facts = True
        known = self.facts.get(folder)
        if known is None:
            from policylint.project.facts import project_root, read_facts

            root = self.settings.base or project_root(folder)
            known = self.facts[folder] = read_facts(root, folder, self.rules.providers, self.read, self.shown_facts)
        return known

    def judge(self, campaign: Campaign, target: Target) -> tuple[list[Finding], list[Undecided], Sender]:
        """Return the findings of one campaign, its undecided verdicts, and by what the rules for it are chosen."""
        campaign = self.completed(campaign, target.path)
        sender = sender_of(campaign)
        rules = self.rules.for_campaign(campaign)
        violations: list[Violation] = []
        undecided: list[Undecided] = []
        for zone in dict.fromkeys(self.zones.values()):
            # Days are counted in the zone of the pack; nearly always there is one zone, and this loop runs once.
            counted = [rule for rule in rules if self.zones[rule.rule.pack] is zone]
            broken, unsure = evaluate(campaign, self.window(campaign, zone), counted)
            violations += broken
            undecided += unsure
        findings = self.ambiguous(campaign)
        for violation in violations:
            found = resolve(violation, violation.windows)
            if isinstance(found, Undecided):
                undecided.append(found)
            elif found is not None:
                findings.append(found._replace(fix=self.fix_of(violation)))
        if self.settings.undecided is not None:
            findings.extend(_undecided_finding(item, self.settings.undecided) for item in undecided)
        if self.settings.require_rules and not self.rules.looking_at(sender):
            channel = campaign.data.get("channel")
            message = f"no rule applies to {campaign.id}: no pack has rules for the channel '{channel}'"
            problem = Problem("no-rules", message, campaign.place(("channel",)).region())
            findings.append(tool_finding(problem, target.shown, campaign))
        return findings, undecided, sender

    def fix_of(self, violation: Violation) -> Fix | None:
        """Return what would mend a violation, where fixes are asked for."""
        if not self.settings.fixes or violation.rule.fix is None:
            return None
        from policylint.fixplan import fix_of

        return fix_of(violation)

    def own_finding(
        self, problem: Problem, shown: str, campaign: Campaign | None = None, format_name: str | None = None
    ) -> Finding:
        """Return the finding for a problem with the file itself, with what would mend it where that is asked for."""
        found = tool_finding(problem, shown, campaign, format_name)
        return found._replace(fix=problem.fix()) if self.settings.fixes and problem.fix is not None else found

    def window(self, campaign: Campaign, zone: tzinfo | None) -> Window:
        """Return the days on which a campaign is judged, counted in a zone."""
        return window_of(campaign, self.settings.as_of, self.settings.at, zone)

    def ambiguous(self, campaign: Campaign) -> list[Finding]:
        """Return a finding for each scalar that a rule reads and that YAML 1.1 readers take for something else."""
        document = campaign.document
        if not document.ambiguous or campaign.format != "native":
            return []
        root = campaign.place(()).pointer
        rules = [self.rules.compiled[card.id] for card in self.rules.looking_at(sender_of(campaign))]
        findings = []
        for pointer, text, meaning in document.ambiguous:
            if pointer[: len(root)] != root or not _is_read(pointer[len(root) :], rules):
                continue
            name = field_name(pointer[len(root) :])
            message = f"{name} is {text}, which YAML 1.1 readers take for {meaning}"
            hint = f"quote it: '{text}'"
            fix = partial(_quoted, document, pointer)
            problem = Problem("ambiguous-scalar", message, document.region(pointer), "info", pointer, (), hint, fix)
            findings.append(self.own_finding(problem, document.path, campaign))
        return findings

    def file_findings(self, target: Target, source: SourceFile, recognised: bool) -> list[Finding]:
        """Return what is wrong with the file itself."""
        findings = []
        unread = False
        for problem in source.problems:
            if problem.rule == "syntax":
                unread = True
                if not recognised and re.search(_CAMPAIGN_SIGNS, source.text) is None:
                    problem = problem._replace(severity="warning")
            elif not recognised:
                continue
            elif problem.rule == "duplicate-key":
                problem = problem._replace(fix=partial(_without_duplicate, source, problem))
            findings.append(self.own_finding(problem, target.shown))
        if target.named and not recognised and not unread:
            severity = "error" if self.settings.strict else "warning"
            message = f"{target.shown} is in no format that policylint knows, so nothing in it was checked"
            hint = "a campaign file begins with `campaign: ID`; for one of your own see `policylint init --from FILE`"
            problem = Problem("unrecognised", message, _nowhere(), severity, hint=hint)
            findings.append(tool_finding(problem, target.shown))
        return findings

    def finished(self, target: Target, source: SourceFile, findings: list[Finding]) -> tuple[Finding, ...]:
        """Return the findings of a file with its suppressions applied, without the tool's own that are ignored."""
        if "policylint" in source.text:
            from policylint.suppress import apply_suppressions

            own = [finding for finding in findings if finding.path == target.shown]
            others = [finding for finding in findings if finding.path != target.shown]
            active = [*self.rules.cards, *OWN_RULES]
            kept, problems = apply_suppressions(source, own, self.rules.known, self.settings.as_of, active)
            findings = [*kept, *(self.own_finding(problem, target.shown) for problem in problems), *others]
        return tuple(
            finding
            for finding in findings
            if finding.code is not None or not any(names_rule(n, finding.rule, None) for n in self.settings.ignore)
        )


def _quoted(document: Document, pointer: Pointer) -> Fix | None:
    from policylint.ownfixes import quoted

    return quoted(document, pointer)


def _without_duplicate(source: SourceFile, problem: Problem) -> Fix | None:
    from policylint.ownfixes import without_duplicate

    return without_duplicate(source, problem)


@cache
def _names(pointer: Pointer) -> tuple[str, ...]:
    names = tuple(step for step in pointer if isinstance(step, str))
    return ("messages", *names[1:]) if names[:1] == ("message",) else names


def _is_read(pointer: Pointer, rules: Iterable[CompiledRule]) -> bool:
    names = _names(pointer)
    return any(read[: len(names)] == names for rule in rules for read in rule.parts.reads)


def _verdict(item: Undecided) -> UndecidedVerdict:
    path, why = item.explain()
    place = item.campaign.place(path)
    return UndecidedVerdict(
        item.rule.id,
        item.rule.code,
        item.campaign.id,
        field_name(path),
        why,
        place.document.path,
        place.region(),
        place.pointer,
    )


def _undecided_finding(item: Undecided, severity: Severity) -> Finding:
    path, why = item.explain()
    message = f"cannot tell whether {item.campaign.id} breaks {item.rule}: {field_name(path)} is unknown ({why})"
    place = item.campaign.place(path)
    problem = Problem("undecided", message, place.region(), str(severity), place.pointer)
    return tool_finding(problem, place.document.path, item.campaign)


def _nowhere() -> Region:
    start = Position(1, 1, 0)
    return Region(start, start)
