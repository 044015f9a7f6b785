"""Where our time goes: microseconds for each file and stage, in one process.

python benchmarks/stages.py FOLDER [--repeat 3]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from policylint.api import settings_for
from policylint.checker import Checker
from policylint.config import Configuration
from policylint.discover import Target, discover, read_file
from policylint.evaluate import evaluate
from policylint.model.limits import DEFAULTS
from policylint.model.rule import Severity
from policylint.parse import parse
from policylint.parse.stream import Stream
from policylint.parse.yaml import _composed_by_libyaml
from policylint.plugins import load_extensions
from policylint.resolve import resolve
from policylint.ruleset import RuleSet, load_rules


class Clock:
    """Adds up what parts of the work take."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Time what stands inside."""
        begun = time.perf_counter()
        yield
        self.seconds[stage] += time.perf_counter() - begun


def walk(target: Target, checker: Checker, rules: RuleSet, clock: Clock) -> None:
    """Take one file through the stages, as ``Checker.check`` does."""
    with clock.of("read"):
        raw = read_file(target.path) or b""
    if target.shown.endswith((".yaml", ".yml")):
        with clock.of("compose (part of parse)"):
            list(_composed_by_libyaml(Stream(raw.decode()), DEFAULTS))
    with clock.of("parse"):
        source = parse(target.shown, raw)
    with clock.of("recognise, adapt"):
        adapted = list(checker.recogniser.adapted(source, target.path))
    for _, found in adapted:
        for record in found.campaigns:
            with clock.of("facts, defaults"):
                campaign = checker.completed(record, target.path)
            with clock.of("screen"):
                chosen = rules.for_campaign(campaign)
            with clock.of("evaluate"):
                violations, _ = evaluate(campaign, checker.window(campaign, None), chosen)
            with clock.of("resolve"):
                for violation in violations:
                    resolve(violation, violation.windows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    settings = settings_for(Configuration(), as_of=date(2026, 11, 23))
    extensions = load_extensions(installed=False)
    rules = load_rules(settings, extensions)
    checker = Checker(rules, settings, extensions, read_file)
    targets = discover([str(options.folder)])
    for target in targets[:300]:  # imports, compiled rules, screens
        checker.check(target)
    clock = Clock()
    findings = 0
    for _ in range(options.repeat):
        for target in targets:
            walk(target, checker, rules, clock)
            with clock.of("all (Checker.check)"):
                found = checker.check(target)
            findings += sum(finding.severity is Severity.ERROR for finding in found.findings)
    times = options.repeat * len(targets)
    sys.stdout.write(f"{len(targets)} files, {findings // options.repeat} errors\n")
    for stage, seconds in clock.seconds.items():
        sys.stdout.write(f"{stage:25s} {seconds / times * 1e6:8.1f} µs\n")


if __name__ == "__main__":
    main()
