"""The order of the stages: files → documents → campaigns → violations → findings → report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from policylint import __version__
from policylint.checker import Checker, Tally
from policylint.model.finding import Finding, Report
from policylint.ruleset import RuleSet, is_left_out, load_rules

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.model.baseline import Comparison
    from policylint.recognise import Read


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
    if settings.waivers is not None:
        from policylint.waive import check_names

        check_names(settings.waivers, rules.known)
    checker = Checker(rules, settings, extensions, read)
    tally = Tally()
    targets = list(targets)
    for target in targets:
        checker.check(target, tally)
    comparison = None
    if settings.waivers is not None or settings.baseline is not None:
        comparison = _accept(tally, targets, checker)
    findings = sorted(tally.findings, key=_order)
    return Report(
        version=__version__,
        as_of=settings.as_of,
        at=settings.at,
        findings=tuple(findings),
        undecided=tally.undecided,
        files=tally.files,
        campaigns=tally.campaigns,
        nothing_to_check=tally.nothing_to_check,
        rules=rules.rules,
        applied=len({card.id for sender in tally.senders for card in rules.looking_at(sender)}),
        sources=tally.sources,
        packs={pack.name: pack.digest for pack in rules.packs},
        verdicts=tuple(tally.verdicts),
        comparison=comparison,
        show_suppressed=settings.show_suppressed,
        show_undecided=settings.show_undecided,
    )


def _accept(tally: Tally, targets: Sequence[Target], checker: Checker) -> Comparison | None:
    """Mark the findings of the whole run that a waiver accepts, then those that the baseline does."""
    from policylint.reach import Reach

    settings, names = checker.settings, checker.names
    # Judged as if on another day, a campaign may have no finding that it has on its own.
    applied = names.active if settings.at is None else ()
    reach = Reach.of((target.path for target in targets), settings.folders, applied)
    comparison = None
    problems: list[Finding] = []
    texts: dict[str, str] = {}
    if settings.waivers is not None:
        from policylint.waive import apply_waivers

        tally.findings, problems = apply_waivers(tally.findings, settings.waivers, names, reach, settings.as_of)
        texts.update((waiver.document.path, waiver.document.text) for waiver in settings.waivers.entries)
    if settings.baseline is not None:
        from policylint.compare import World, apply_baseline

        world = World(names, reach, tally.campaign_ids, lambda path: checker.read(path) is not None)
        tally.findings, said, comparison = apply_baseline(tally.findings, settings.baseline, world)
        problems += said
        texts[settings.baseline.shown] = settings.baseline.text
    problems = [problem for problem in problems if not is_left_out(problem.rule, settings)]
    tally.findings.extend(problems)
    tally.sources.update((problem.path, texts[problem.path]) for problem in problems)
    return comparison


def _order(finding: Finding) -> tuple[object, ...]:
    start = finding.region.start
    return (finding.path, start.line, start.column, finding.rule, finding.message)
