"""Rules of a pack → which of them say nothing of their own, and which cannot both be satisfied.

A rule is *shadowed* by another where every case beside it that has findings has a finding of that one other rule on the
same line of each, as severe or worse: whoever follows the pack never needs the first. Cases are examples, so this is a
hint, and two rules with different reasons for one line may well stay.

Two rules *contradict* each other where no value of a field, nor its absence, satisfies both. This is looked for in what
is written, not by trying: only in rules with the same channel, ``select`` and ``where``, for one day on which both are
in force, and only in plain demands on the same path: ``equals``, ``not_equals``, ``in``, ``not_in``, ``present`` and
``absent`` (arguments written out or a list of the pack) that stand at the top of ``require``, in an ``all`` there,
alone in ``forbid``, or alone in an entry of an ``any`` there. Rules that apply to overlapping but different campaigns,
dated parameters and all other operators are not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.model.rule import Severity
from policylint.model.tuples import NamedTuple
from policylint.ruletest import Outcome, RuleTester, outcome, packs_of

if TYPE_CHECKING:
    from datetime import date

    from policylint.extensions import Extensions
    from policylint.model.rule import CompiledRule, Rule, RulePack

_ABSENT = ("absent", None)
"""Stands for a field without a value, among values that are written as (type, value): true is not 1."""


class Shadow(NamedTuple):
    """A rule whose findings another rule has too."""

    rule: str
    by: str
    cases: int
    """How many cases of the rule have findings."""


class Contradiction(NamedTuple):
    """Two rules that no value of a field satisfies both."""

    rule: str
    other: str
    path: str


class Overlaps(NamedTuple):
    """What the rules of some packs have in common. Rules are named by id and code."""

    shadows: tuple[Shadow, ...]
    contradictions: tuple[Contradiction, ...]


class _Demand(NamedTuple):
    """The values that a rule accepts of a field: these, or all others."""

    path: str
    values: frozenset[Any]
    accepts_these: bool

    def reversed(self) -> _Demand:
        return self._replace(accepts_these=not self.accepts_these)

    def excludes(self, other: _Demand) -> bool:
        """Tell whether no value satisfies both: sure only where one of the two names what it accepts."""
        if self.path != other.path:
            return False
        if self.accepts_these and other.accepts_these:
            return not self.values & other.values
        if self.accepts_these:
            return self.values <= other.values
        return other.accepts_these and other.values <= self.values


def run_overlaps(paths: Sequence[Path], extensions: Extensions) -> tuple[str, Overlaps]:
    """Compare the rules of packs with each other, and return the result as text and as data.

    Args:
        paths: Pack folders, rule files or test files; empty for the packs that come with policylint. Where rules are
            named, each is compared with all others of its pack.
        extensions: What plugins contribute.

    Raises:
        RulePackError: A pack cannot be loaded.
        UsageError: A path is no pack and no rule.

    """
    shadows: list[Shadow] = []
    contradictions: list[Contradiction] = []
    for folder, wanted in packs_of(paths):
        tester = RuleTester.of_folder(folder, extensions)
        compiled = tester.compiled()
        named = {str(rule.rule) for rule in compiled if not wanted or _name(rule.rule) in wanted}
        for rule in compiled:
            if str(rule.rule) in named:
                shadows.extend(_shadows_of(rule, compiled, tester))
        found = contradictions_of([rule.rule for rule in compiled], tester.pack)
        contradictions.extend(pair for pair in found if named & {pair.rule, pair.other})
    overlaps = Overlaps(tuple(shadows), tuple(contradictions))
    return _text(overlaps), overlaps


def _name(rule: Rule) -> str:
    return Path(rule.document.path).name.removesuffix(".yaml")


def _text(overlaps: Overlaps) -> str:
    lines = [
        f"shadowed: {rule} by {by}, which has a finding on the same line in each of its {cases} cases with findings"
        for rule, by, cases in overlaps.shadows
    ]
    lines += [
        f"contradictory: {rule} and {other}: nothing that {path} can say satisfies both"
        for rule, other, path in overlaps.contradictions
    ]
    lines.append(f"{len(overlaps.shadows)} shadowed, {len(overlaps.contradictions)} contradictory")
    return "\n".join(lines) + "\n"


def _shadows_of(rule: CompiledRule, rules: Sequence[CompiledRule], tester: RuleTester) -> Iterator[Shadow]:
    cases = [case for case in tester.prepared(rule)[0] if case.expected.findings]
    for other in rules:
        if cases and other is not rule and all(_covers(outcome(other, case), case.expected) for case in cases):
            yield Shadow(str(rule.rule), str(other.rule), len(cases))


def _covers(found: Outcome, expected: Outcome) -> bool:
    """Tell whether each finding has one beside it that is as severe or worse."""
    worst: dict[int, Severity] = {}
    for line, severity in found.findings:
        worst[line] = max(worst.get(line, Severity.OFF), Severity.named(severity))
    return all(worst.get(line, Severity.OFF) >= Severity.named(severity) for line, severity in expected.findings)


def contradictions_of(rules: Sequence[Rule], pack: RulePack) -> Iterator[Contradiction]:
    """Yield the pairs of rules that no value of a field satisfies both, each once for each field."""
    demands = {rule.id: list(_demands(rule, pack)) for rule in rules}
    for one, other in combinations(rules, 2):
        if (one.channel, one.select, one.where) != (other.channel, other.select, other.where):
            continue
        if not _share_a_day(one, other):
            continue
        clashes = [mine.path for mine in demands[one.id] if any(mine.excludes(their) for their in demands[other.id])]
        for path in dict.fromkeys(clashes):
            yield Contradiction(str(one), str(other), path)


def _share_a_day(one: Rule, other: Rule) -> bool:
    days = [step.since for rule in (one, other) for step in rule.enforcement]
    return any(_is_in_force(one, day) and _is_in_force(other, day) for day in days)


def _is_in_force(rule: Rule, day: date) -> bool:
    severities = [step.severity for step in rule.enforcement if step.since <= day]
    return bool(severities) and severities[-1] is not Severity.OFF


def _demands(rule: Rule, pack: RulePack) -> Iterator[_Demand]:
    """Yield what must hold of single fields for the rule to be kept."""
    if rule.forbids:
        entries = rule.condition["any"] if list(rule.condition) == ["any"] else [rule.condition]
        for entry in entries:
            found = list(_plain(entry, pack))
            # A mapping of several conditions forbids only that all of them hold.
            if len(found) == 1 and _is_single(entry):
                yield found[0].reversed()
        return
    for entry in (rule.condition, *rule.condition.get("all", ())):
        yield from _plain(entry, pack)


def _is_single(entry: Mapping[str, Any]) -> bool:
    return len(entry) == 1 and all(not isinstance(value, Mapping) or len(value) == 1 for value in entry.values())


def _plain(condition: Mapping[str, Any], pack: RulePack) -> Iterator[_Demand]:
    for path, written in condition.items():
        if path in ("any", "all", "none"):
            continue
        operators = written if isinstance(written, Mapping) else {"equals": written}
        for operator, argument in operators.items():
            demand = _demand(path, operator, argument, pack)
            if demand is not None:
                yield demand


def _demand(path: str, operator: str, argument: Any, pack: RulePack) -> _Demand | None:
    if operator in ("present", "absent"):
        return _Demand(path, frozenset([_ABSENT]), operator == "absent")
    if operator not in ("equals", "not_equals", "in", "not_in"):
        return None
    if isinstance(argument, Mapping):
        argument = pack.lists.get(argument.get("list", ""))
    elif operator in ("equals", "not_equals"):
        argument = [argument]
    # A parameter ($name) may be changed by the configuration.
    if not isinstance(argument, (list, tuple)) or any(str(value).startswith("$") for value in argument):
        return None
    values = frozenset((type(value).__name__, value) for value in argument)
    negated = operator.startswith("not_")
    # No operator but `absent` holds of an absent field, the negated ones neither.
    return _Demand(path, values | {_ABSENT} if negated else values, not negated)
