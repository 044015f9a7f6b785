"""The order of the stages: files → documents → campaigns → violations → findings → report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from policylint import __version__
from policylint.model.finding import Finding, Provenance, Report, SwitchedOff
from policylint.parse import dialect_of, text_of
from policylint.results import Results
from policylint.ruleset import RuleSet, is_left_out, load_rules

if TYPE_CHECKING:
    from policylint.checker import Checker
    from policylint.compare import BaselineByFile
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.model.baseline import Comparison
    from policylint.model.finding import CampaignSummary, Sender
    from policylint.recognise import Read
    from policylint.timeline import Judge


def run(
    targets: Iterable[Target],
    settings: Settings,
    extensions: Extensions,
    read: Read,
    watch: Callable[[Sequence[Finding]], None] | None = None,
    excluded: int = 0,
) -> Report:
    """Check files.

    Args:
        targets: The files, in the order in which they are reported.
        settings: All that can change the result.
        extensions: What plugins contribute.
        read: Gives the bytes of a file, or None where it cannot be read.
        watch: Is told the findings of each file when it is checked.
        excluded: How many files and folders were left out for the configuration.

    Raises:
        PolicylintError: The run cannot do its work. What is wrong in a checked file is a finding instead.

    """
    return check_all(targets, load_rules(settings, extensions), settings, extensions, read, watch, excluded)


def check_all(
    targets: Iterable[Target],
    rules: RuleSet,
    settings: Settings,
    extensions: Extensions,
    read: Read,
    watch: Callable[[Sequence[Finding]], None] | None = None,
    excluded: int = 0,
) -> Report:
    """Check files with rules that are loaded; see ``run``."""
    if settings.waivers is not None:
        from policylint.waive import check_names

        check_names(settings.waivers, rules.known)
    files = list(targets)
    undecided = campaigns = nothing_to_check = 0
    findings: list[Finding] = []
    senders: set[Sender] = set()
    unread: list[str] = []
    summaries: list[CampaignSummary] = []
    verdicts = {}
    ids: Counter[tuple[str, str]] = Counter()
    results = Results(files, rules, settings, extensions, read)
    for number, result in results:
        undecided += result.undecided
        campaigns += result.campaigns
        nothing_to_check += not result.recognised and not result.unread
        if result.unread and not result.findings:
            unread.append(files[number].shown)
        found = sorted(result.findings, key=_order)
        if watch is not None:
            watch(found)
        findings.extend(found)
        senders.update(result.senders)
        if settings.baseline is not None:
            ids.update((files[number].shown, campaign) for campaign in result.campaign_ids)
        if result.verdicts:
            verdicts[number] = result.verdicts
        summaries.extend(result.summaries)
    comparison = None
    if settings.waivers is not None or settings.baseline is not None:
        findings, comparison = _accepted(findings, files, ids, results.checker)
    findings.sort(key=_order)
    report = Report(
        version=__version__,
        as_of=settings.as_of,
        at=settings.at,
        findings=tuple(findings),
        undecided=undecided,
        files=len(files),
        campaigns=campaigns,
        nothing_to_check=nothing_to_check,
        unread=tuple(unread),
        rules=rules.rules,
        applied=len({card.id for sender in senders for card in rules.looking_at(sender)}),
        sources=_Texts(findings, files, read),
        packs=rules.packs_used(),
        provenance=_provenance(files, settings, extensions),
        texts=rules.texts,
        verdicts=tuple(verdict for number in sorted(verdicts) for verdict in verdicts[number]),
        comparison=comparison,
        summaries=tuple(summaries),
        show_suppressed=settings.show_suppressed,
        show_undecided=settings.show_undecided,
        fail_on=settings.fail_on,
        switched_off=_switched_off(settings, rules, findings, excluded),
    )
    if settings.upcoming is None:
        return report
    from policylint.checker import Checker
    from policylint.timeline import upcoming

    checker = Checker(rules, settings, extensions, read)
    judge = judge_with(rules, settings, extensions, read)
    return report._replace(upcoming=upcoming(report, files, checker, judge, settings.upcoming))


def _provenance(files: Sequence[Target], settings: Settings, extensions: Extensions) -> Provenance:
    document = settings.defaults_document
    entries = () if settings.waivers is None else settings.waivers.entries
    waivers = entries[-1].document if entries else None  # those of the file of their own come last
    options = {
        "select": settings.select,
        "ignore": settings.ignore,
        "pack": tuple(shown for _, shown in settings.pack_folders),
        "undecided": "ignore" if settings.undecided is None else str(settings.undecided),
        "strict": settings.strict,
        "require_rules": settings.require_rules,
        "fail_on": "never" if settings.fail_on is None else str(settings.fail_on),
        "fail_on_upcoming": settings.upcoming,
    }
    return Provenance(
        options,
        None if document is None else (document.path, document.text),
        None if waivers is None or waivers is document else (waivers.path, waivers.text),
        None if settings.baseline is None else (settings.baseline.shown, settings.baseline.text),
        extensions.installed,
        any(dialect_of(file.shown, "") == "yaml" for file in files),
    )


def judge_with(rules: RuleSet, settings: Settings, extensions: Extensions, read: Read) -> Judge:
    """Return what checks one file as a run on a day does, and as if its campaigns ran then."""
    plain = settings._replace(cache=None, jobs=1, upcoming=None, list_undecided=True, baseline=None)

    @cache
    def by_file() -> BaselineByFile | None:
        from policylint.compare import BaselineByFile

        if settings.baseline is None:
            return None
        return BaselineByFile(settings.baseline, lambda path: read(path) is not None)

    def judge(target: Target, day: date) -> Report:
        on_day = plain._replace(as_of=day, at=day)
        report = check_all([target], rules, on_day, extensions, read)
        if not report.findings or (entries := by_file()) is None:
            return report
        part = entries.part_for(finding.path for finding in report.findings)
        return check_all([target], rules, on_day._replace(baseline=part), extensions, read) if part.entries else report

    return judge


def _accepted(
    findings: list[Finding], targets: Sequence[Target], ids: Counter[tuple[str, str]], checker: Checker
) -> tuple[list[Finding], Comparison | None]:
    """Return the findings of the whole run with those marked that a waiver accepts, then those that the baseline does.

    Args:
        findings: Of all files.
        targets: The files.
        ids: How many campaigns of an id there are in a file.
        checker: What checked them.

    """
    from policylint.reach import Reach

    settings, names = checker.settings, checker.names
    # Judged as if on another day, a campaign may have no finding that it has on its own.
    applied = names.active if settings.at is None else ()
    reach = Reach.of((target.path for target in targets), settings.folders, applied)
    comparison = None
    problems: list[Finding] = []
    if settings.waivers is not None:
        from policylint.waive import apply_waivers

        findings, problems = apply_waivers(findings, settings.waivers, names, reach, settings.as_of)
    if settings.baseline is not None:
        from policylint.compare import World, apply_baseline

        world = World(names, reach, ids, lambda path: checker.read(path) is not None)
        findings, said, comparison = apply_baseline(findings, settings.baseline, world)
        problems += said
    return [*findings, *(problem for problem in problems if not is_left_out(problem.rule, settings))], comparison


def _order(finding: Finding) -> tuple[object, ...]:
    start = finding.region.start
    return (finding.path, start.line, start.column, finding.rule, finding.message)


class _Texts(Mapping[str, str]):
    """The texts of the files that findings point to, by path, each read when it is asked for; the last one is kept."""

    def __init__(self, findings: Sequence[Finding], targets: Sequence[Target], read: Read) -> None:
        shown = {path for finding in findings for path in (finding.path, *(found.path for found in finding.related))}
        self.paths = {path: Path(path) for path in sorted(shown)}
        self.paths.update((target.shown, target.path) for target in targets if target.shown in shown)
        self.read = read
        self.last = ("", "")

    def __getitem__(self, path: str) -> str:
        if path != self.last[0]:
            raw = self.read(self.paths[path])
            if raw is None:
                raise KeyError(path)
            self.last = (path, text_of(raw))
        return self.last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def _switched_off(settings: Settings, rules: RuleSet, findings: Sequence[Finding], excluded: int) -> SwitchedOff:
    if settings.defaults_document is None and all(finding.suppressed is None for finding in findings):
        return SwitchedOff()
    from policylint.switches import switched_off

    return switched_off(settings, rules.packs, findings, excluded)
