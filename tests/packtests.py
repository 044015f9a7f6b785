"""What the tests of every rule pack share: its cases, harmless edits of them, its conventions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from policylint.api import lint_bytes, settings_for
from policylint.checker import Checker
from policylint.config import Configuration, Settings
from policylint.discover import Target
from policylint.model.rule import Severity
from policylint.plugins import load_extensions
from policylint.ruleset import RuleSet
from policylint.ruletest import RuleTester
from tests.test_whatsapp_pack import (
    Case,
    Edited,
    Said,
    requoted,
    reversed_keys,
    with_anchor,
    with_byte_order_mark,
    with_carriage_returns,
    with_comments,
)

if TYPE_CHECKING:
    from policylint.model.finding import Report
    from policylint.model.rule import RulePack

ROOT = Path(__file__).parent.parent
DAY = date(2026, 11, 23)
Edit: TypeAlias = Callable[[str], "Edited | None"]
Verdicts: TypeAlias = "tuple[list[Said], list[tuple[Any, ...]]]"
EDITS: Sequence[tuple[Edit, float]] = (
    (with_comments, 1.0),
    (reversed_keys, 0.6),
    (requoted, 1.0),
    (with_carriage_returns, 1.0),
    (with_byte_order_mark, 1.0),
    (with_anchor, 0.5),
)
"""Harmless edits, each with the share of a pack's cases that it fits at least."""
_ENOUGH = {Severity.ERROR: {"primary", "quoted"}, Severity.WARNING: {"primary", "quoted", "secondary"}}


@cache
def extensions() -> Any:
    return load_extensions()


def checked(text: str) -> Report:
    """Return what a run with all packs says of a native file."""
    settings = settings_for(Configuration(), as_of=DAY)
    return lint_bytes(text.encode(), "/campaigns/one.yaml", settings, extensions())


class PackUnderTest:
    """A rule pack of the project with the cases beside its rules."""

    def __init__(self, name: str) -> None:
        self.folder = ROOT / "rules" / name

    @cached_property
    def runner(self) -> RuleTester:
        return RuleTester.of_folder(self.folder, extensions())

    @property
    def pack(self) -> RulePack:
        return self.runner.pack

    @cached_property
    def cases(self) -> Sequence[Case]:
        """The cases that are native YAML files."""
        found = []
        for rule in self.runner.compiled():
            path = self.folder / Path(rule.rule.document.path.removesuffix(".yaml") + ".test.yaml").name
            for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
                if case.get("filename", "campaign.yaml").endswith((".yaml", ".yml")) and "project" not in case:
                    on = date.fromisoformat(str(case["on"])) if "on" in case else self.pack.reviewed
                    found.append(Case(rule, case["name"], on, case["file"]))
        return found

    def said(self, case: Case, raw: bytes) -> Verdicts:
        """Return what the rule of a case says of a text: findings, and what it hangs on where it cannot tell."""
        rule = case.rule.rule
        rules = RuleSet.of(self.pack, [case.rule], self.runner.providers)
        settings = Settings(as_of=case.on, base=self.folder, show_undecided=True)
        checker = Checker(rules, settings, extensions(), lambda _: raw)
        result = checker.check(Target("campaign.yaml", self.folder / "nowhere" / "campaign.yaml", named=True))
        findings = sorted(
            Said(str(finding.severity), finding.message, finding.pointer, finding.region.start.line)
            for finding in result.findings
            if finding.rule == rule.id
        )
        return findings, sorted((item.field, item.why) for item in result.verdicts)

    @cached_property
    def unedited(self) -> Sequence[Verdicts]:
        return [self.said(case, case.text.encode()) for case in self.cases]

    def changed_by(self, edit: Edit) -> tuple[list[str], float]:
        """Return the cases that a harmless edit judges otherwise, and the share of cases that it fits."""
        fitting = 0
        different = []
        for case, (findings, undecided) in zip(self.cases, self.unedited, strict=True):
            edited = edit(case.text)
            if edited is None:
                continue
            fitting += 1
            moved = sorted(one._replace(line=edited.line(one.line) if edited.line else 0) for one in findings)
            now, undecided_now = self.said(case, edited.text.encode())
            now = now if edited.line else sorted(one._replace(line=0) for one in now)
            if (now, undecided_now) != (moved, undecided):
                different.append(f"{case.rule.rule}: {case.name}: {now} instead of {moved}")
        return different, fitting / len(self.cases)

    def weak_steps(self) -> list[str]:
        """Return the rules with a step that their sources are too weak for."""
        return [
            str(rule)
            for rule in self.pack.rules
            for severity, enough in _ENOUGH.items()
            if any(step.severity is severity for step in rule.enforcement)
            and not enough & {source.confidence for source in rule.sources}
        ]

    def data_files(self) -> list[str]:
        folders = ("lists", "words")
        paths = [path for folder in folders for path in self.folder.glob(f"{folder}/*")]
        return sorted(path.relative_to(self.folder).as_posix() for path in paths)

    def named_data_files(self) -> list[str]:
        data = yaml.safe_load((self.folder / "pack.yaml").read_text(encoding="utf-8"))
        return sorted([*data["lists"].values(), *data["words"].values()])

    def late_data_files(self) -> list[str]:
        """Return the data files that were read after the pack was reviewed, or do not say when."""
        return [
            name
            for name in self.data_files()
            if not date.min < self._data(name).get("read", date.max) <= self.pack.reviewed
        ]

    def _data(self, name: str) -> dict[str, Any]:
        data: dict[str, Any] = yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))
        return data

    def unused_data(self) -> list[str]:
        """Return the lists and word lists that no rule reads."""
        paths = [path for path in self.folder.glob("*.yaml") if not path.name.endswith(".test.yaml")]
        text = "\n".join(path.read_text(encoding="utf-8") for path in paths if path.name != "pack.yaml")
        lists = [name for name in self.pack.lists if not re.search(rf"\blist: {name}\b", text)]
        return [*lists, *(name for name in self.pack.words if not re.search(rf"\b(words|mentions): {name}\b", text))]


def same_words(name: str, pack: PackUnderTest, other: PackUnderTest, other_name: str | None = None) -> list[str]:
    """Return the words of a list of another pack that this pack's copy of it lacks, each with its language."""
    own = pack.pack.words[name]
    return [
        f"{code}: {word}"
        for code, words in other.pack.words[other_name or name].items()
        for word in words
        if word not in own.get(code, ())
    ]
