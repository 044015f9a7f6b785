"""Rule packs → the result of the cases beside their rules, and of the conventions that every rule keeps."""

from __future__ import annotations

import re
import tempfile
from datetime import date, timedelta
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from policylint import resources
from policylint.checker import Checker
from policylint.compile import Vocabulary, compile_rule
from policylint.config import Settings
from policylint.discover import Target
from policylint.errors import RulePackError, UsageError, did_you_mean
from policylint.evaluate import evaluate
from policylint.fix import Fixer
from policylint.fixplan import fitting_fix
from policylint.fixtest import FixCoverage, broken_fix_conventions, difference, without_marks
from policylint.model.finding import Undecided
from policylint.model.fix import SAFE, UNSAFE
from policylint.model.rule import CompiledRule, Rule, RulePack, Severity, literal, tagged
from policylint.model.tuples import NamedTuple
from policylint.parse import parse
from policylint.record import ProviderTable, record_schema
from policylint.resolve import named_zone, resolve, window_of
from policylint.rulepacks import TEST_ENDING, load_packs
from policylint.ruleset import RuleSet, load_rules
from policylint.schema import build_check, problems_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from policylint.extensions import Extensions
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Window
    from policylint.model.source import Document, Pointer

_MARK = re.compile(r"#\s*expect:\s*(error|warning|info)\b")
_LIKE_MARK = re.compile(r"#\s*expect", re.IGNORECASE)
_FAULTS = frozenset(["policylint/syntax", "policylint/schema", "policylint/duplicate-key"])
"""The tool's own findings that no case may have: a misspelt field says nothing, and the rule is silent for that."""
_FIRST_WORD = re.compile(r"\$(campaign|\{[a-z_.]+\}|[a-z_]+)")
_BOUND_OF_CONFIDENCE = {
    "primary": Severity.ERROR,
    "quoted": Severity.ERROR,
    "secondary": Severity.WARNING,
    "uncertain": Severity.INFO,
}


class Case(NamedTuple):
    """One case of a test file."""

    name: str
    pointer: Pointer
    on: date
    filename: str
    text: str
    expected: tuple[tuple[int, str], ...]
    """Line and severity of each finding."""
    undecided: bool
    project: tuple[tuple[str, str], ...]
    fixed: str | None = None
    """The text after the rule's fixes; None where nothing is said of them."""
    fix: str | None = None
    """Title of the fix that fits each of its findings, likewise."""


class Outcome(NamedTuple):
    """What a rule says of a case."""

    findings: tuple[tuple[int, str], ...]
    """Line and severity of each finding, ascending."""
    undecided: bool


class PreparedCase(NamedTuple):
    """A case with its campaigns read and completed, and the days that each is judged on."""

    campaigns: tuple[tuple[Campaign, Window], ...]
    expected: Outcome


def outcome(compiled: CompiledRule, case: PreparedCase) -> Outcome:
    """Judge a case by a rule."""
    findings: list[tuple[int, str]] = []
    unsure = False
    for campaign, window in case.campaigns:
        channel = campaign.data.get("channel")
        if compiled.rule.channel not in (None, channel):
            continue
        violations, undecided = evaluate(campaign, window, [compiled])
        unsure = unsure or bool(undecided)
        for violation in violations:
            found = resolve(violation, violation.windows)
            if isinstance(found, Undecided):
                unsure = True
            elif found is not None:
                findings.append((found.region.start.line, str(found.severity)))
    return Outcome(tuple(sorted(findings)), unsure)


def run_tests(paths: Sequence[Path], extensions: Extensions) -> tuple[str, bool]:
    """Run the cases of packs, rules or test files.

    Args:
        paths: Pack folders, rule files or test files; empty for the packs that come with policylint.
        extensions: What plugins contribute.

    Returns:
        The result as text, and whether everything passed.

    Raises:
        RulePackError: A pack cannot be loaded.
        UsageError: A path is no pack and no rule.

    """
    failures: list[str] = []
    rules = cases = 0
    for folder, wanted in packs_of(paths):
        tester = RuleTester.of_folder(folder, extensions)
        compiled = {Path(rule.rule.document.path).name.removesuffix(".yaml"): rule for rule in tester.compiled()}
        unknown = sorted(wanted - compiled.keys())
        if unknown:
            raise UsageError(
                f"'{_shown(folder)}/{unknown[0]}.yaml' is no rule{did_you_mean(unknown[0], list(compiled))}"
            )
        for name in sorted(wanted or compiled):
            rules += 1
            cases += tester.test(compiled[name])
        if not wanted:
            tester.check_left_over(compiled.keys())
        failures.extend(tester.failures)
    summary = f"{rules} rules, {cases} cases: {f'{len(failures)} failed' if failures else 'all passed'}\n"
    return "".join(f"{failure}\n" for failure in failures) + summary, not failures


def packs_of(paths: Sequence[Path]) -> list[tuple[Path, set[str]]]:
    """Return the folders of packs, each with the names of the rules that are wanted; no names stand for all."""
    if not paths:
        return [(path.parent, set()) for path in sorted(resources.rules_folder().glob("*/pack.yaml"))]
    found: dict[Path, set[str]] = {}
    for path in paths:
        if (path / "pack.yaml").is_file():
            found[path] = set()
        elif path.is_dir() and (inner := sorted(path.glob("*/pack.yaml"))):
            found.update({pack.parent: set() for pack in inner})
        elif path.name == "pack.yaml" and path.is_file():
            found[path.parent] = set()
        elif path.is_file() and (path.parent / "pack.yaml").is_file() and path.suffix == ".yaml":
            name = path.name.removesuffix(TEST_ENDING).removesuffix(".yaml")
            if found.get(path.parent) != set():  # the empty set stands for every rule of the pack
                found.setdefault(path.parent, set()).add(name)
        else:
            raise UsageError(f"'{path}' is no rule pack and no rule of one", "a pack is a folder with a pack.yaml")
    return list(found.items())


def _shown(folder: Path) -> str:
    return folder.as_posix()


class RuleTester:
    """Runs the cases of one pack's rules, one rule at a time."""

    def __init__(self, pack: RulePack, extensions: Extensions) -> None:
        self.pack = pack
        self.extensions = extensions
        self.vocabulary = Vocabulary(extensions.operators, pack.lists, pack.words)
        self.providers = self._providers()
        self.failures: list[str] = []

    @classmethod
    def of_folder(cls, folder: Path, extensions: Extensions) -> RuleTester:
        """Load the pack of a folder; RulePackError where it cannot be loaded."""
        return cls(load_packs([(folder, _shown(folder))])[0], extensions)

    def _providers(self) -> ProviderTable:
        if self.pack.providers:
            return ProviderTable(self.pack.providers)
        # A pack without a table of its own is tested with that of the packs that come with policylint.
        return load_rules(Settings(as_of=self.pack.reviewed), self.extensions).providers

    def fail(self, document: Document, pointer: Pointer, message: str) -> None:
        """Note what is wrong at a place of a rule or test file."""
        start = document.region(pointer).start
        self.failures.append(f"{document.path}:{start.line}:{start.column}: {message}")

    def compiled(self) -> list[CompiledRule]:
        """Return the rules of the pack, made runnable.

        Raises:
            RulePackError: The problems of all rules.

        """
        found = [compile_rule(rule, record_schema(), self.vocabulary) for rule in self.pack.rules]
        problems = [problem for _, problems in found for problem in problems]
        if problems:
            raise RulePackError(problems, "see rules/README.md for the language of rules")
        return [compiled for compiled, _ in found if compiled is not None]

    def check_left_over(self, rules: Collection[str]) -> None:
        """Check that there is no test file without a rule, which would never be run."""
        folder = Path(self.pack.folder)
        for path in sorted(folder.rglob(f"*{TEST_ENDING}")):
            if path.parent != folder or path.name.removesuffix(TEST_ENDING) not in rules:
                self.failures.append(f"{_shown(path)}:1:1: these are the cases of no rule")

    def test(self, compiled: CompiledRule) -> int:
        """Run a rule's cases and check its conventions; return the number of cases."""
        rule = compiled.rule
        for pointer, message in broken_conventions(rule):
            self.fail(rule.document, pointer, message)
        document = self._test_file(rule)
        if document is None:
            return 0
        cases = self._cases(document)
        windows: list[Window] = []
        fixes = FixCoverage(compiled)
        with tempfile.TemporaryDirectory() as folder:
            for case in cases:
                windows.extend(self._run(case, compiled, document, Path(folder)))
                for message in self.wrong_fixes(case, compiled, Path(folder), fixes):
                    self.fail(document, case.pointer, f"'{case.name}' {message}")
        self._check_coverage(rule, cases, windows, document)
        for message in fixes.gaps():
            self.fail(document, (), message)
        return len(cases)

    def fixed_cases(self, compiled: CompiledRule) -> list[Case]:
        """Return the cases of a rule that say something of its fixes, and are right."""
        cases = [case for case in self.cases(compiled.rule) if case.fixed is not None or case.fix is not None]
        with tempfile.TemporaryDirectory() as folder:
            return [case for case in cases if not self.wrong_fixes(case, compiled, Path(folder))]

    def wrong_fixes(
        self, case: Case, compiled: CompiledRule, folder: Path, coverage: FixCoverage | None = None
    ) -> list[str]:
        """Return where the fixes of a rule are other than a case says; the coverage notes which of them it shows."""
        if compiled.rule.fix is None:
            return ["says how it is fixed, but the rule has no fix"] if case.fixed or case.fix else []
        wrong = []
        checker, target = self._checker(case, compiled, folder)
        zone = named_zone(self.pack.timezone)
        fitting = [
            fitting_fix(violation)
            for campaign in checker.campaigns(parse(target.shown, case.text.encode()), target.path)
            for violation in evaluate(campaign, checker.window(campaign, zone), [compiled])[0]
        ]
        if coverage is not None:
            coverage.note(fitting, is_shown=case.fixed is not None)
        titles = {"no fix" if fix is None else f"'{fix.title}'" for fix in fitting}
        if case.fix is not None and titles != {f"'{case.fix}'"}:
            wrong.append(f"expects the fix '{case.fix}', but there is {' and '.join(sorted(titles)) or 'no finding'}")
        if case.fixed is not None:
            fixer = Fixer(self._rule_set(compiled), checker.settings, self.extensions, checker.read)
            found = fixer.mend(target, case.text.encode(), (SAFE, UNSAFE)).raw.decode()
            if without_marks(found) != without_marks(case.fixed):
                wrong.append(f"is not fixed as it says:\n{difference(case.fixed, found)}")
        return wrong

    def cases(self, rule: Rule) -> list[Case]:
        """Return the cases of a rule that can be read."""
        document = self._test_file(rule)
        return [] if document is None else self._cases(document)

    def _cases(self, document: Document) -> list[Case]:
        found = [self._case(document, index) for index in range(len(document.data["cases"]))]
        return [case for case in found if case is not None]

    def _test_file(self, rule: Rule) -> Document | None:
        name = rule.document.path.removesuffix(".yaml") + TEST_ENDING
        path = Path(self.pack.folder) / Path(name).name
        if not path.is_file():
            self.fail(rule.document, (), f"{rule} has no cases: write {name}")
            return None
        source = parse(name, path.read_bytes())
        for problem in source.problems:
            start = problem.region.start
            self.failures.append(f"{name}:{start.line}:{start.column}: {problem.message}")
        if source.problems:
            return None
        if len(source.documents) != 1:
            self.failures.append(f"{name}:1:1: one YAML document is expected, not {len(source.documents)}")
            return None
        document = source.documents[0]
        tags = list(tagged(document.data))
        for pointer, why in tags:
            self.fail(document, pointer, f"{why} means nothing in a file of cases")
        if tags:
            return None
        schema, data = resources.schema("rule-test"), literal(document.data)
        if not build_check(schema)(data):
            for wrong in problems_of(data, schema):
                place = document.locate((*wrong.pointer, wrong.key)) if wrong.key is not None else None
                start = (place[0] if place and place[0] else document.region(wrong.pointer)).start
                self.failures.append(f"{name}:{start.line}:{start.column}: {wrong.message}")
            return None
        return document

    def _case(self, document: Document, index: int) -> Case | None:
        """Return a case, or None and a failure where it cannot be run."""
        entry, pointer = document.data["cases"][index], ("cases", index)
        filename = entry.get("filename", "campaign.yaml")
        marks: list[tuple[int, str]] = []
        for number, line in enumerate(re.split(r"\r\n|\n|\r", entry["file"]), 1):
            found = _MARK.findall(line)
            marks.extend((number, severity) for severity in found)
            if len(found) != len(_LIKE_MARK.findall(line)):
                self.fail(document, (*pointer, "file"), f"'{entry['name']}': line {number} has a mark that is not one")
        for name in (filename, *(entry.get("project") or ())):
            if not _is_inside(name):
                self.fail(document, pointer, f"'{entry['name']}': the file {name} lies outside the case's folder")
                return None
        try:
            on = date.fromisoformat(entry["on"]) if "on" in entry else self.pack.reviewed
        except ValueError:
            self.fail(document, (*pointer, "on"), f"'{entry['on']}' is not a day of the calendar")
            return None
        listed = [(finding["line"], finding["severity"]) for finding in entry.get("findings") or ()]
        return Case(
            name=entry["name"],
            pointer=pointer,
            on=on,
            filename=filename,
            text=entry["file"],
            expected=tuple(sorted(marks + listed)),
            undecided=bool(entry.get("undecided")),
            project=tuple((entry.get("project") or {}).items()),
            fixed=entry.get("fixed"),
            fix=entry.get("fix"),
        )

    def _run(self, case: Case, rule: CompiledRule, document: Document, folder: Path) -> list[Window]:
        """Run a case, note what differs from its marks, and return the windows that its campaigns were judged in."""
        checker, target = self._checker(case, rule, folder)
        result = checker.check(target)
        found = sorted(
            (finding.region.start.line, str(finding.severity))
            for finding in result.findings
            if finding.rule == rule.rule.id and finding.suppressed is None
        )
        for finding in result.findings:
            if finding.rule in _FAULTS:
                line = finding.region.start.line
                self.fail(document, case.pointer, f"'{case.name}', line {line}: {finding.message}")
        if result.campaigns == 0:
            self.fail(document, case.pointer, f"'{case.name}' holds no campaign")
        if found != list(case.expected):
            self.fail(
                document, case.pointer, f"'{case.name}' expects {_said(case.expected)}, but there is {_said(found)}"
            )
        if bool(result.undecided) is not case.undecided:
            verdict = "is undecided" if result.undecided else "is decided"
            expected = "" if case.undecided else ": mark it with undecided: true if that is right"
            self.fail(document, case.pointer, f"'{case.name}' {verdict}{expected}")
        return self._windows(checker, target, case)

    def _checker(self, case: Case, rule: CompiledRule, folder: Path) -> tuple[Checker, Target]:
        """Return what checks a case: its files stand in a folder of their own where it brings a project."""
        base = folder / f"case-{case.pointer[1]}"
        files = {base / name: text for name, text in (*case.project, (case.filename, case.text))}
        if case.project:
            for path, text in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        settings = Settings(as_of=case.on, base=base)
        checker = Checker(self._rule_set(rule), settings, self.extensions, lambda path: _bytes(files.get(path)))
        return checker, Target(case.filename, base / case.filename, named=True)

    def _windows(self, checker: Checker, target: Target, case: Case) -> list[Window]:
        zone = named_zone(self.pack.timezone)
        source = parse(target.shown, case.text.encode())
        return [window_of(campaign, case.on, None, zone) for campaign in checker.campaigns(source, target.path)]

    def prepared(self, compiled: CompiledRule) -> tuple[list[PreparedCase], dict[str, str]]:
        """Return the cases of a rule, ready to be run again and again, and the mutants that its test file excuses."""
        document = self._test_file(compiled.rule)
        if document is None:
            return [], {}
        found = []
        with tempfile.TemporaryDirectory() as folder:
            for index in range(len(document.data["cases"])):
                case = self._case(document, index)
                if case is not None:
                    found.append(self._prepared(case, compiled, Path(folder)))
        excuses = {entry["mutant"]: entry["reason"] for entry in document.data.get("equivalent") or ()}
        return found, excuses

    def _prepared(self, case: Case, compiled: CompiledRule, folder: Path) -> PreparedCase:
        checker, target = self._checker(case, compiled, folder)
        zone = named_zone(self.pack.timezone)
        campaigns = checker.campaigns(parse(target.shown, case.text.encode()), target.path)
        judged = [(campaign, window_of(campaign, case.on, None, zone)) for campaign in campaigns]
        return PreparedCase(tuple(judged), Outcome(case.expected, case.undecided))

    def _rule_set(self, compiled: CompiledRule) -> RuleSet:
        rule = compiled.rule
        pack = self.pack._replace(rules=(rule,))
        return RuleSet.of(pack, [compiled], self.providers)

    def _check_coverage(self, rule: Rule, cases: Sequence[Case], windows: Sequence[Window], document: Document) -> None:
        if not any(case.expected for case in cases):
            self.fail(document, (), f"no case of {rule} has a finding")
        if all(case.expected or case.undecided for case in cases):
            self.fail(document, (), f"no case of {rule} is silent")
        for step in rule.enforcement:
            before = step.since - timedelta(days=1)
            if not any(window.last == before for window in windows):
                self.fail(document, (), f"no case of {rule} ends on {before}, the day before a step")
            if not any(w.first <= step.since and (w.last is None or w.last >= step.since) for w in windows):
                self.fail(document, (), f"no case of {rule} runs on {step.since}, the day of a step")


def broken_conventions(rule: Rule) -> list[tuple[Pointer, str]]:
    """Return the conventions that a rule breaks, each with its place in the rule file."""
    found: list[tuple[Pointer, str]] = []
    for key, text in (("title", rule.title), ("message", rule.message)):
        if text.rstrip().endswith("."):
            found.append(((key,), f"the {key} ends in a full stop"))
    if not _FIRST_WORD.match(rule.message):
        found.append((("message",), "the message does not start with the thing, such as $campaign"))
    found += broken_fix_conventions(rule)
    for key, text in (("why", rule.why), ("solution", rule.solution)):
        if not text.rstrip().endswith((".", "?", "!")):
            found.append(((key,), f"{key} is not a sentence: it lacks its full stop"))
    bound = max(_BOUND_OF_CONFIDENCE[source.confidence] for source in rule.sources)
    for index, step in enumerate(rule.enforcement):
        if step.severity > bound:
            said = f"{step.severity} is more than the confidence of the sources allows ({bound})"
            found.append((("enforcement", index, "severity"), said))
        if step.severity is not Severity.OFF and not step.note:
            found.append((("enforcement", index), "the step has no note that says what changes"))
    return found


def _is_inside(name: str) -> bool:
    """Tell whether a file name stays in the folder that it is written to: test files of foreign packs are only data."""
    path = PureWindowsPath(name)  # knows both separators, and drives
    return bool(path.parts) and not path.anchor and ".." not in path.parts


def _said(findings: Sequence[tuple[int, str]]) -> str:
    return " and ".join(f"{severity} on line {line}" for line, severity in findings) or "no finding"


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
