"""Files → the result of each: recalled from an earlier run, checked here, or checked by worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.checker import TOO_SLOW, Checker

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.fix import Fixer
    from policylint.model.finding import FileResult
    from policylint.recall import Recall, Traces
    from policylint.recognise import Read
    from policylint.ruleset import RuleSet

WORTH_A_CACHE = 20
"""Files from which on a run looks into the cache: to open it takes as long as to check some ten files."""
WORTH_A_PROCESS = 600_000
"""Bytes of files from which on a second process saves more than it costs to start (300 campaign files of 2 kB)."""
_OVERHEAD = 2_000
"""Bytes that take as long to parse and judge as what else is done for each file."""
BLOCK = 4_000
"""Files whose results may be in memory at a time."""
FIRST = 16
"""Files that are checked before workers are started, so that none has to import and compile by itself."""


class Results:
    """The results of the files of a run, each with the number of its file."""

    def __init__(
        self, targets: Sequence[Target], rules: RuleSet, settings: Settings, extensions: Extensions, read: Read
    ) -> None:
        self.targets = targets
        self.rules = rules
        self.settings = settings
        self.reader = _Reader(read)
        self.extensions = extensions
        self.checker = Checker(rules, settings, extensions, self.reader)
        self.fixer: Fixer | None = None
        self.recall: Recall | None = None
        if settings.cache is not None and len(targets) >= WORTH_A_CACHE:
            from policylint.recall import open_recall

            self.recall = open_recall(settings, rules, extensions, read, self.checker.facts_for)

    def __iter__(self) -> Iterator[tuple[int, FileResult]]:
        """Yield them in the order of the files; what is new is kept for later runs at the end."""
        self.checker.time.arm()
        try:
            for start in range(0, len(self.targets), BLOCK):
                yield from self._block(range(start, min(start + BLOCK, len(self.targets))))
        finally:
            self.checker.time.disarm()
            if self.recall is not None:
                self.recall.close()

    def _block(self, numbers: Sequence[int]) -> Iterator[tuple[int, FileResult]]:
        known: dict[int, FileResult] = {}
        if self.recall is not None:
            found = ((number, self.recall.find(self.targets[number])) for number in numbers)
            known = {number: result for number, result in found if result is not None}
        fresh = self._new([number for number in numbers if number not in known])
        for number in numbers:
            yield (number, known.pop(number)) if number in known else next(fresh)

    def _new(self, todo: Sequence[int]) -> Iterator[tuple[int, FileResult]]:
        jobs = self.settings.jobs or self._worthwhile_jobs(todo)
        here = len(todo) if jobs == 1 else FIRST
        for number in todo[:here]:
            result, traces = self._checked(number)
            if self.recall is not None and traces is not None:
                from policylint.plain import plain_result

                self.recall.keep(traces, plain_result(result))
            yield number, result
        if todo[here:]:
            yield from self._of_workers(todo[here:], jobs)

    def _of_workers(self, todo: Sequence[int], jobs: int) -> Iterator[tuple[int, FileResult]]:
        from policylint.jobs import map_in_processes
        from policylint.plain import plain_result, result_of
        from policylint.recall import Traces

        def work(number: int) -> Any:
            self.checker.time.make_final()
            result, traces = self._checked(number)
            return plain_result(result), traces and tuple(traces)

        def name(number: int) -> str:
            return self.targets[number].shown

        def out_of_time(number: int) -> Any:
            return plain_result(self.checker.lost(self.targets[number])), None

        done = map_in_processes(todo, work, jobs, name, out_of_time)
        for number, (plain, traces) in zip(todo, done, strict=True):
            if self.recall is not None and traces is not None:
                self.recall.keep(Traces(*traces), plain)
            yield number, result_of(plain, self.rules.rules)

    def _checked(self, number: int) -> tuple[FileResult, Traces | None]:
        """Return the result of a file and, where results are kept, what decided it."""
        target = self.targets[number]
        self.reader.seen = {}
        self.checker.asked_facts = False
        result = self.checker.check(target)
        raw = self.reader.seen.pop(target.path, None)
        if self.settings.prove_fixes and raw is not None:
            result = self._with_proved_fixes(target, raw, result)
        if self.recall is None or raw is None or any(found.rule == TOO_SLOW for found in result.findings):
            return result, None
        from policylint import recall

        beside = [(str(path), recall.digest_of_content(found)) for path, found in self.reader.seen.items()]
        facts = self.recall.facts_digest(target.path.parent) if self.checker.asked_facts else b""
        return result, recall.Traces(recall.digest_of_target(target, raw), beside, facts)

    def _with_proved_fixes(self, target: Target, raw: bytes, result: FileResult) -> FileResult:
        if all(finding.fix is None or not finding.fix.edits for finding in result.findings):
            return result
        from policylint.fix import Fixer

        if self.fixer is None:
            self.fixer = Fixer(self.rules, self.settings, self.extensions, self.reader)
        self.fixer.checker.asked_facts = False
        result = self.fixer.proved(target, raw, result)
        self.checker.asked_facts = self.checker.asked_facts or self.fixer.checker.asked_facts
        return result

    def _worthwhile_jobs(self, todo: Sequence[int]) -> int:
        """Return how many processes shorten the run."""
        size = 0
        for number in todo:
            size += _OVERHEAD + (self.targets[number].size or _size(self.targets[number].path))
            if size >= WORTH_A_PROCESS:
                from policylint.jobs import can_fork, processors

                return min(processors(), len(todo)) if can_fork() else 1
        return 1


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116  # a Path takes twice as long, for each of thousands of files
    except OSError:
        return 0


class _Reader:
    """Reads files and remembers what was in them, for one checked file after another."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.seen: dict[Path, bytes | None] = {}

    def __call__(self, path: Path) -> bytes | None:
        raw = self.seen[path] = self.read(path)
        return raw
