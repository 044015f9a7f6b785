"""One file → what is found in it, with the same rules for one file after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.errors import PolicylintError, UsageError
from policylint.evaluate import evaluate
from policylint.model.finding import CampaignSummary, FileResult, Finding, Undecided, UndecidedVerdict
from policylint.model.limits import NOT_READ, over_limit
from policylint.model.own import OWN_RULES
from policylint.model.phrase import as_phrase, phrase
from policylint.model.rule import RuleNames
from policylint.model.source import Pointer, Position, Problem, Region, SourceFile
from policylint.parse import parse
from policylint.project.completion import Defaults, complete
from policylint.recognise import Read, Recogniser
from policylint.resolve import day_of, named_zone, resolve, tool_finding, window_of
from policylint.ruleset import RuleSet, is_left_out, sender_of
from policylint.schema import field_name
from policylint.timelimit import OutOfTimeError, TimeLimit

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


TOO_SLOW = "policylint/too-slow"
"""The rule of findings that depend on the machine."""


MOST_FIXES = 100
"""Worked out for the findings of a file in one run: each takes up to a millisecond and has to be proved."""


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
        self.names = RuleNames(rules.known, frozenset((*rules.cards, *OWN_RULES)), rules.is_waivable)
        self.tells_of_others = not is_left_out("policylint/unrecognised", settings)
        """False where files are named because all are, as pre-commit does: one in no known format is no news then."""
        self.defaults = Defaults(settings.defaults, settings.defaults_document, settings.defaults_pointer)
        self.limits = settings.limits
        self.time = TimeLimit(settings.limits.seconds)
        self.fixes_left = MOST_FIXES

    def check(self, target: Target) -> FileResult:
        """Check one file."""
        self.fixes_left = MOST_FIXES
        raw = None if target.barred else self.read(target.path)
        if raw is None or len(raw) > self.limits.bytes:
            return self.unopened(target, raw)
        if not target.named and not self.recogniser.may_hold(raw, target.path):
            return FileResult(())
        findings: list[Finding] = []
        undecided: list[Undecided] = []
        senders: list[Sender] = []
        ids: list[str] = []
        summaries: list[CampaignSummary] = []
        recognised = False
        self.time.start()
        try:
            source = parse(target.shown, raw, self.limits)
            self._expect(len(source.problems))
            for adapter, adapted in self.recogniser.adapted(source, target.path):
                recognised = True
                self._expect(len(adapted.problems))
                document = adapted.campaigns[0].document if adapted.campaigns else None
                findings.extend(
                    self.own_finding(problem, tool_finding(problem, target.shown, None, adapter.name, source, document))
                    for problem in adapted.problems
                )
                ids.extend(campaign.id for campaign in adapted.campaigns)
                for campaign in adapted.campaigns:
                    self.time.check()
                    found, unsure, sender, summary = self.judge(campaign, target)
                    findings += found
                    undecided += unsure
                    senders.append(sender)
                    if summary is not None:
                        summaries.append(summary)
                self.time.check()
            if not recognised and not (target.named and self.tells_of_others) and _is_unread(source):
                return FileResult((), unread=True)
            findings.extend(self.file_findings(target, source, recognised))
            kept = self.finished(target, source, findings)
        except OutOfTimeError:
            kept = self.finished(target, SourceFile(target.shown, "", ()), [*findings, self.too_slow(target)])
        finally:
            self.time.stop()
        return FileResult(
            findings=kept,
            campaigns=len(senders),
            campaign_ids=tuple(ids),
            undecided=len(undecided),
            recognised=recognised,
            senders=frozenset(senders),
            verdicts=tuple(map(_verdict, undecided[: self.limits.findings])) if self.settings.list_undecided else (),
            summaries=tuple(summaries),
        )

    def lost(self, target: Target) -> FileResult:
        """Return the result of a file that took a worker process all of its time."""
        source = SourceFile(target.shown, "", ())
        return FileResult(self.finished(target, source, [self.too_slow(target)]), unread=True)

    def too_slow(self, target: Target) -> Finding:
        """Return the finding for a file that takes too long; what was found in time is reported beside it."""
        said = "{path} takes more than {seconds:g} seconds of processor time: not all is checked"
        message = phrase(said, path=target.shown, seconds=self.limits.seconds)
        return tool_finding(over_limit("too-slow", message, _nowhere()), target.shown)

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

    def judge(
        self, campaign: Campaign, target: Target
    ) -> tuple[list[Finding], list[Undecided], Sender, CampaignSummary | None]:
        """Return the findings of one campaign, its undecided verdicts, by what its rules are chosen, and its days."""
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
        days: dict[str, tuple[Window, ...]] = {}
        for violation in violations:
            found = resolve(violation, violation.windows)
            if isinstance(found, Undecided):
                undecided.append(found)
            elif found is not None:
                findings.append(self.told(found, violation))
                days[found.fingerprint] = (*days.get(found.fingerprint, ()), *violation.windows)
        if self.settings.undecided is not None:
            findings.extend(_undecided_finding(item, self.settings.undecided) for item in undecided)
        # Rules for every channel, such as those on texts, are no answer to what the terms of this channel ask.
        if self.settings.require_rules and not any(card.channel for card in self.rules.looking_at(sender)):
            channel = campaign.data.get("channel")
            message = phrase(
                "no rule applies to {campaign}: no pack has rules for the channel '{channel}'",
                campaign=campaign.id,
                channel=channel,
            )
            problem = Problem("no-rules", message, campaign.place(("channel",)).region())
            findings.append(tool_finding(problem, target.shown, campaign))
        if not self.settings.list_campaigns:
            return findings, undecided, sender, None
        return findings, undecided, sender, self.summary(campaign, findings, days)._replace(undecided=len(undecided))

    def summary(
        self, campaign: Campaign, findings: Iterable[Finding], days: Mapping[str, tuple[Window, ...]]
    ) -> CampaignSummary:
        """Return a campaign and its days; ``days`` are those on which a rule is broken, by fingerprint."""
        zone = next(iter(self.zones.values()), None)  # nearly always the only one
        place, name = campaign.place(()), campaign.data.get("name")
        fingerprints = dict.fromkeys(finding.fingerprint for finding in findings)
        return CampaignSummary(
            campaign.id,
            name if isinstance(name, str) else "",
            place.document.path,
            place.region().start.line,
            campaign.format,
            self.window(campaign, zone),
            _has_unreadable_dates(campaign),
            findings=tuple((one, days.get(one, ())) for one in fingerprints),
        )

    def told(self, found: Finding, violation: Violation) -> Finding:
        """Return a finding with what is wanted beside it."""
        if self.settings.list_conditions:
            found = found._replace(seen=_seen(violation))
        if violation.rule.fix is None or not self._may_have_fix():
            return found
        from policylint.fixplan import fix_of

        return found._replace(fix=fix_of(violation))

    def own_finding(self, problem: Problem, found: Finding) -> Finding:
        """Return the finding for a problem with the file itself, with what would mend it where that is asked for."""
        return found._replace(fix=problem.fix()) if problem.fix is not None and self._may_have_fix() else found

    def _expect(self, problems: int) -> None:
        """Work out no fix for a report where there are too many findings to prove one."""
        if problems > self.limits.findings and self.settings.prove_fixes:
            self.fixes_left = 0

    def _may_have_fix(self) -> bool:
        """Tell whether one more fix of the file is worked out."""
        self.fixes_left -= 1
        return self.settings.fixes and self.fixes_left >= 0

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
            message = phrase(
                "{name} is {text}, which YAML 1.1 readers take for {meaning}", name=name, text=text, meaning=meaning
            )
            hint = phrase("quote it: '{text}'", text=text)
            fix = partial(_quoted, document, pointer)
            problem = Problem("ambiguous-scalar", message, document.region(pointer), "info", pointer, (), hint, fix)
            findings.append(self.own_finding(problem, tool_finding(problem, document.path, campaign)))
        return findings

    def file_findings(self, target: Target, source: SourceFile, recognised: bool) -> list[Finding]:
        """Return what is wrong with the file itself."""
        findings = []
        unread = False
        for problem in source.problems:
            if problem.rule in NOT_READ:
                unread = True
                if not recognised and not _is_campaign_file(source):
                    problem = problem._replace(severity="warning")
            elif not recognised:
                continue
            elif problem.rule == "duplicate-key":
                problem = problem._replace(fix=partial(_without_duplicate, source, problem))
            findings.append(self.own_finding(problem, tool_finding(problem, target.shown, source=source)))
        if target.named and not recognised and not unread:
            severity = "error" if self.settings.strict else "warning"
            message = phrase(
                "{path} is in no format that policylint knows, so nothing in it was checked", path=target.shown
            )
            hint = phrase(
                "a campaign file begins with `campaign: ID`; for one of your own see `policylint init --from FILE`"
            )
            problem = Problem("unrecognised", message, _nowhere(), severity, hint=hint)
            findings.append(tool_finding(problem, target.shown, source=source))
        return findings

    def finished(self, target: Target, source: SourceFile, findings: list[Finding]) -> tuple[Finding, ...]:
        """Return the findings of a file with its suppressions applied, without the tool's own that are ignored."""
        if "policylint" in source.text and self.settings.inline_suppressions:
            from policylint.suppress import apply_suppressions

            own = [finding for finding in findings if finding.path == target.shown]
            others = [finding for finding in findings if finding.path != target.shown]
            kept, problems = apply_suppressions(source, own, self.names, self.settings.as_of)
            said = (
                self.own_finding(problem, tool_finding(problem, target.shown, source=source)) for problem in problems
            )
            findings = [*kept, *said, *others]
        found = [
            finding for finding in findings if finding.code is not None or not is_left_out(finding.rule, self.settings)
        ]
        if not found:
            return ()
        if len(found) > self.limits.findings:
            found = self.worst(target, found)
        return tuple(map(_without_secrets, found))

    def worst(self, target: Target, findings: list[Finding]) -> list[Finding]:
        """Return the worst of too many findings, and one that says so; it weighs what the worst left out does."""
        most = self.limits.findings
        ordered = sorted(findings, key=lambda finding: (finding.suppressed is not None, -finding.severity))
        said = "{path} has more than {count:,} findings: the worst are reported, and no others"
        problem = over_limit("too-many-findings", phrase(said, path=target.shown, count=most), _nowhere())
        return [*ordered[:most], tool_finding(problem, target.shown)._replace(severity=ordered[most].severity)]

    def unopened(self, target: Target, raw: bytes | None) -> FileResult:
        """Return the result of a file that is not to be read, or cannot be."""
        from policylint.unread import problem_of

        problem = problem_of(target, self.limits, raw)
        found = [] if problem is None else [tool_finding(problem, target.shown)]
        return FileResult(self.finished(target, SourceFile(target.shown, "", ()), found), unread=True)


def _without_secrets(finding: Finding) -> Finding:
    """Return a finding whose texts repeat no secret, such as a token in an address that they quote."""
    from policylint.reporters.secrets import without_secrets  # late: most files have no finding

    fix = finding.fix
    if fix is not None and without_secrets(fix.title) != fix.title:
        finding = finding._replace(fix=fix._replace(title=without_secrets(fix.title)))
    message = without_secrets(finding.message)
    if message == finding.message:
        return finding
    # Reports in other languages make the message again of its values.
    return finding._replace(
        message=message, values={name: without_secrets(value) for name, value in finding.values.items()}
    )


def _is_unread(source: SourceFile) -> bool:
    """Tell whether a file cannot be parsed and shows no sign of a campaign: a template of another tool, for example."""
    if not any(problem.rule in NOT_READ for problem in source.problems):
        return False
    from policylint.unread import speaks_of_campaigns

    return not _is_campaign_file(source) and not speaks_of_campaigns(source.text)


def _is_campaign_file(source: SourceFile) -> bool:
    from policylint.unread import is_campaign_file  # late: its patterns are for files that cannot be parsed

    return is_campaign_file(source.text)


def _has_unreadable_dates(campaign: Campaign) -> bool:
    schedule = campaign.data.get("schedule")
    if not isinstance(schedule, dict):
        return schedule is not None
    return any(value not in (None, "") and day_of(value, None) is None for value in map(schedule.get, ("start", "end")))


def checker_of(file: str, rules: RuleSet, settings: Settings, extensions: Extensions) -> tuple[Checker, SourceFile]:
    """Return what checks a file that is named, and the file.

    Raises:
        UsageError: The file does not exist.
        PolicylintError: Nothing of it can be read.

    """
    from policylint.discover import reader_for

    read = reader_for(settings)
    raw = read(Path(file))
    if raw is None:
        raise UsageError(f"there is no file '{file}' that can be read")
    source = parse(file, raw, settings.limits)
    if source.problems and not source.documents:
        start = source.problems[0].region.start
        raise PolicylintError(f"{file}:{start.line}:{start.column}: {source.problems[0].message}")
    return Checker(rules, settings, extensions, read), source


def _quoted(document: Document, pointer: Pointer) -> Fix | None:
    from policylint.ownfixes import quoted

    return quoted(document, pointer)


def _without_duplicate(source: SourceFile, problem: Problem) -> Fix | None:
    from policylint.ownfixes import without_duplicate

    return without_duplicate(source, problem)


def _seen(violation: Violation) -> tuple[str, ...]:
    from policylint.reporters.secrets import value_without_secrets
    from policylint.sentences import seen, whole

    return tuple(
        phrase(
            "{key} [{verdict}] {condition}; it is {value}",
            key=key,
            verdict=str(holds).lower(),
            condition=whole(condition),
            value=value_without_secrets("" if condition.path is None else condition.path.text, seen(value)),
        )
        for key, condition, holds, value in violation.deciding
    )


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
    message = phrase(
        "cannot tell whether {campaign} breaks {rule}: {field} is unknown ({why})",
        campaign=item.campaign.id,
        rule=item.rule,
        field=field_name(path),
        why=as_phrase(why),
    )
    place = item.campaign.place(path)
    problem = Problem("undecided", message, place.region(), str(severity), place.pointer)
    return tool_finding(problem, place.document.path, item.campaign, document=place.document)


def _nowhere() -> Region:
    start = Position(1, 1, 0)
    return Region(start, start)
