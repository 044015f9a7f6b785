"""The order of the stages: files → documents → campaigns → violations → findings → report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policylint import __version__
from policylint.model.finding import Finding, Report
from policylint.parse import text_of
from policylint.results import Results
from policylint.ruleset import RuleSet, load_rules
from policylint.switches import switched_off

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.model.finding import Sender
    from policylint.recognise import Read


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
    files = list(targets)
    undecided = campaigns = nothing_to_check = 0
    findings: list[Finding] = []
    senders: set[Sender] = set()
    verdicts = {}
    for number, result in Results(files, rules, settings, extensions, read):
        undecided += result.undecided
        campaigns += result.campaigns
        nothing_to_check += not result.recognised and not result.unread
        found = sorted(result.findings, key=_order)
        if watch is not None:
            watch(found)
        findings.extend(found)
        senders.update(result.senders)
        if result.verdicts:
            verdicts[number] = result.verdicts
    findings.sort(key=_order)
    return Report(
        version=__version__,
        as_of=settings.as_of,
        at=settings.at,
        findings=tuple(findings),
        undecided=undecided,
        files=len(files),
        campaigns=campaigns,
        nothing_to_check=nothing_to_check,
        rules=rules.rules,
        applied=len({card.id for sender in senders for card in rules.looking_at(sender)}),
        sources=_Texts(findings, files, read),
        packs={pack.name: pack.digest for pack in rules.packs},
        verdicts=tuple(verdict for number in sorted(verdicts) for verdict in verdicts[number]),
        show_suppressed=settings.show_suppressed,
        show_undecided=settings.show_undecided,
        fail_on=settings.fail_on,
        switched_off=switched_off(settings, rules.packs, findings, excluded),
    )


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
