"""The order of the stages: files → documents → campaigns → violations → findings → report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from policylint import __version__
from policylint.model.finding import Finding, Provenance, Report
from policylint.parse import dialect_of, text_of
from policylint.results import Results
from policylint.ruleset import RuleSet, load_rules

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.model.finding import Sender
    from policylint.recognise import Read
    from policylint.timeline import Judge


def run(
    targets: Iterable[Target],
    settings: Settings,
    extensions: Extensions,
    read: Read,
    watch: Callable[[Sequence[Finding]], None] | None = None,
) -> Report:
    """Check files.

    Args:
        targets: The files, in the order in which they are reported.
        settings: All that can change the result.
        extensions: What plugins contribute.
        read: Gives the bytes of a file, or None where it cannot be read.
        watch: Is told the findings of each file when it is checked.

    Raises:
        PolicylintError: The run cannot do its work. What is wrong in a checked file is a finding instead.

    """
    return check_all(targets, load_rules(settings, extensions), settings, extensions, read, watch)


def check_all(
    targets: Iterable[Target],
    rules: RuleSet,
    settings: Settings,
    extensions: Extensions,
    read: Read,
    watch: Callable[[Sequence[Finding]], None] | None = None,
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
    report = Report(
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
        packs=rules.packs_used(),
        provenance=_provenance(files, settings, extensions),
        verdicts=tuple(verdict for number in sorted(verdicts) for verdict in verdicts[number]),
        show_suppressed=settings.show_suppressed,
        show_undecided=settings.show_undecided,
        fail_on=settings.fail_on,
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
        extensions.installed,
        any(dialect_of(file.shown, "") == "yaml" for file in files),
    )


def judge_with(rules: RuleSet, settings: Settings, extensions: Extensions, read: Read) -> Judge:
    """Return what checks one file as a run on a day does, and as if its campaigns ran then."""
    plain = settings._replace(cache=None, jobs=1, upcoming=None, list_undecided=True)

    def judge(target: Target, day: date) -> Report:
        return check_all([target], rules, plain._replace(as_of=day, at=day), extensions, read)

    return judge


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
