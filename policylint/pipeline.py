"""The order of the stages: files → documents → campaigns → violations → findings → report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from policylint import __version__
from policylint.checker import Checker, Tally
from policylint.model.finding import Finding, Report
from policylint.ruleset import RuleSet, load_rules

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
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
        undecided=tally.undecided,
        files=tally.files,
        campaigns=tally.campaigns,
        nothing_to_check=tally.nothing_to_check,
        unread=tuple(tally.unread),
        rules=rules.rules,
        applied=len({card.id for sender in tally.senders for card in rules.looking_at(sender)}),
        sources=tally.sources,
        packs={pack.name: pack.digest for pack in rules.packs},
        verdicts=tuple(tally.verdicts),
        show_suppressed=settings.show_suppressed,
        show_undecided=settings.show_undecided,
    )


def _order(finding: Finding) -> tuple[object, ...]:
    start = finding.region.start
    return (finding.path, start.line, start.column, finding.rule, finding.message)
