"""Rules → rules with one small mistake each, and whether a case beside the rule notices it.

A mistake that no case notices shows what is not tested. Operators are turned round, conditions, caps and ``at``
dropped, numbers and days moved by one, items of inline lists removed. Words, patterns and the lists of a pack stay.
Edits of fixes are dropped, their conditions and values changed likewise; of these the text after the fix has to tell.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.compile import compile_rule
from policylint.model.rule import Parameter, Rule
from policylint.model.tuples import NamedTuple
from policylint.record import record_schema
from policylint.ruletest import Case, PreparedCase, RuleTester, outcome, packs_of

if TYPE_CHECKING:
    from policylint.extensions import Extensions
    from policylint.model.rule import CompiledRule

_TURNED = {
    "absent": "present",
    "after": "before",
    "at_least": "less_than",
    "at_most": "greater_than",
    "before": "after",
    "contains_all": "contains_any",
    "contains_any": "contains_all",
    "count_at_least": "count_at_most",
    "count_at_most": "count_greater_than",
    "count_greater_than": "count_at_most",
    "each": "some",
    "equals": "not_equals",
    "greater_than": "at_most",
    "in": "not_in",
    "length_at_most": "length_greater_than",
    "length_greater_than": "length_at_most",
    "less_than": "at_least",
    "not_equals": "equals",
    "not_in": "in",
    "open": "present",
    "present": "absent",
    "some": "none",
}
_COMBINERS = {"all": "any", "any": "all", "none": "any"}


class Mutant(NamedTuple):
    """A rule with one mistake."""

    change: str
    """The mistake, in words that name its place in the rule file."""
    rule: Rule


class Score(NamedTuple):
    """What the cases of some rules noticed."""

    noticed: int
    excused: int
    """Mutants that a test file lists as equivalent, with a reason."""
    missed: tuple[str, ...]
    """The others, each with its rule's file."""
    useless: tuple[str, ...] = ()
    """Excuses of mutants that do not exist, cannot be loaded or are noticed, each with its rule's file."""

    @property
    def share(self) -> float:
        """The share of mutants noticed, of those that are not excused."""
        total = self.noticed + len(self.missed)
        return self.noticed / total if total else 1.0


def run_mutation(paths: Sequence[Path], extensions: Extensions) -> tuple[str, Score]:
    """Try the mutants of packs or rules, and return the result as text and as a score.

    Args:
        paths: Pack folders, rule files or test files; empty for the packs that come with policylint.
        extensions: What plugins contribute.

    Raises:
        RulePackError: A pack cannot be loaded.
        UsageError: A path is no pack and no rule.

    """
    score = Score(0, 0, ())
    for folder, wanted in packs_of(paths):
        tester = RuleTester.of_folder(folder, extensions)
        for compiled in tester.compiled():
            name = Path(compiled.rule.document.path).name.removesuffix(".yaml")
            if not wanted or name in wanted:
                score = _added(score, _score_of_rule(compiled, tester))
    lines = [f"not noticed: {change}" for change in score.missed]
    lines += [f"{change}: excused, but there is no such mutant, or a case notices it" for change in score.useless]
    total = score.noticed + len(score.missed)
    lines.append(
        f"{score.noticed} of {total} mutants noticed ({score.share:.1%}), {score.excused} more excused as equivalent"
    )
    return "\n".join(lines) + "\n", score


def _score_of_rule(compiled: CompiledRule, tester: RuleTester) -> Score:
    path = compiled.rule.document.path
    prepared, excuses = tester.prepared(compiled)
    fixed = tester.fixed_cases(compiled)
    # A case that fails as it stands would fail for every mutant, and so prove nothing.
    cases = [case for case in prepared if outcome(compiled, case) == case.expected]
    verdicts = [(mutant.change, _is_noticed(mutant, cases, tester)) for mutant in mutants(compiled.rule)]
    verdicts += [(mutant.change, _is_seen(mutant, fixed, tester)) for mutant in fix_mutants(compiled.rule)]
    survivors = [change for change, verdict in verdicts if verdict is False]
    return Score(
        noticed=sum(verdict is True for _, verdict in verdicts),
        excused=sum(change in excuses for change in survivors),
        missed=tuple(f"{path}: {change}" for change in survivors if change not in excuses),
        useless=tuple(f"{path}: {change}" for change in excuses if change not in survivors),
    )


def _added(one: Score, other: Score) -> Score:
    return Score(
        one.noticed + other.noticed, one.excused + other.excused, one.missed + other.missed, one.useless + other.useless
    )


def _is_noticed(mutant: Mutant, cases: Sequence[PreparedCase], tester: RuleTester) -> bool | None:
    """Tell whether a case has another outcome than it expects; None where the mutant could not be loaded."""
    compiled, problems = compile_rule(mutant.rule, record_schema(), tester.vocabulary)
    if compiled is None or problems:
        return None
    return any(outcome(compiled, case) != case.expected for case in cases)


def _is_seen(mutant: Mutant, cases: Sequence[Case], tester: RuleTester) -> bool | None:
    """Tell whether a mistake in a fix makes another text of a case; None where the mutant could not be loaded."""
    compiled, problems = compile_rule(mutant.rule, record_schema(), tester.vocabulary)
    if compiled is None or problems:
        return None
    with tempfile.TemporaryDirectory() as folder:
        return any(tester.wrong_fixes(case, compiled, Path(folder)) for case in cases)


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Yield a rule's mutants."""
    key = "forbid" if rule.forbids else "require"
    for change, condition in _conditions(rule.condition, f"/{key}"):
        yield Mutant(change, rule._replace(condition=condition))
    if rule.where is not None:
        yield Mutant("/where dropped", rule._replace(where=None))
        for change, where in _conditions(rule.where, "/where"):
            yield Mutant(change, rule._replace(where=where))
    if rule.at:
        yield Mutant("/at dropped", rule._replace(at=()))
    for index, cap in enumerate(rule.caps):
        rest = (*rule.caps[:index], *rule.caps[index + 1 :])
        yield Mutant(f"/caps/{index} dropped", rule._replace(caps=rest))
        for change, where in _conditions(cap.where, f"/caps/{index}/where"):
            changed = cap._replace(where=where)
            yield Mutant(change, rule._replace(caps=(*rule.caps[:index], changed, *rule.caps[index + 1 :])))
    yield from _steps(rule)
    yield from _parameters(rule)


def fix_mutants(rule: Rule) -> Iterator[Mutant]:
    """Yield a rule's mutants whose fixes have one mistake each."""
    if rule.fix is None:
        return
    fixes = [rule.fix] if isinstance(rule.fix, dict) else list(rule.fix)
    for index, fix in enumerate(fixes):
        at = "/fix" if isinstance(rule.fix, dict) else f"/fix/{index}"
        before, after = fixes[:index], fixes[index + 1 :]
        if fix.get("edits"):
            yield Mutant(f"{at} dropped", rule._replace(fix=[*before, *after] or None))
        for change, changed in _fixes(fix, at):
            yield Mutant(change, rule._replace(fix=[*before, changed, *after]))


def _fixes(fix: Mapping[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if "where" in fix:
        yield f"{at}/where dropped", {key: value for key, value in fix.items() if key != "where"}
        for change, where in _conditions(fix["where"], f"{at}/where"):
            yield change, {**fix, "where": where}
    edits = fix.get("edits") or []
    for index, edit in enumerate(edits):
        here = f"{at}/edits/{index}"
        before, after = edits[:index], edits[index + 1 :]
        if len(edits) > 1:
            yield f"{here} dropped", {**fix, "edits": [*before, *after]}
        for change, changed in _edits(edit, here):
            yield change, {**fix, "edits": [*before, changed, *after]}


def _edits(edit: Mapping[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for verb, argument in edit.items():
        here = f"{at}/{verb}"
        if not isinstance(argument, dict):
            continue
        for key, value in argument.items():
            if verb == "set" and len(argument) > 1:
                yield f"{here}/{key} dropped", {verb: {name: other for name, other in argument.items() if name != key}}
            for change, changed in _values(value, f"{here}/{key}"):
                yield change, {verb: {**argument, key: changed}}
        if "before" in argument:
            yield f"{here}/before dropped", {verb: {key: value for key, value in argument.items() if key != "before"}}
        for key in ("before", "where", "items"):
            if isinstance(argument.get(key), dict) and verb != "set":
                looks = _conditions if _is_condition(argument[key]) else _field
                for change, changed in looks(argument[key], f"{here}/{key}"):
                    yield change, {verb: {**argument, key: changed}}


def _values(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Yield what a fix puts in, with one mistake each; words stay."""
    if isinstance(value, bool):
        yield f"{at} turned into {str(not value).lower()}", not value
    for other in _near(value):
        yield f"{at} {value} → {other}", other
    if isinstance(value, dict) and set(value) == {"field", "values"} and len(value["values"]) > 1:
        for name in value["values"]:
            rest = {key: other for key, other in value["values"].items() if key != name}
            yield f"{at} without {name}", {**value, "values": rest}


def _steps(rule: Rule) -> Iterator[Mutant]:
    for index, step in enumerate(rule.enforcement):
        for days in (-1, 1):
            moved = step._replace(since=step.since + timedelta(days=days))
            steps = (*rule.enforcement[:index], moved, *rule.enforcement[index + 1 :])
            yield Mutant(f"/enforcement/{index} moved to {moved.since}", rule._replace(enforcement=steps))


def _parameters(rule: Rule) -> Iterator[Mutant]:
    for name, parameter in rule.parameters.items():
        for index, (since, value) in enumerate(parameter.values):
            changes = [(f"{value} → {other}", (since, other)) for other in _near(value)]
            if index:  # the first value holds before its day too
                changes += [(f"moved to {day}", (day, value)) for day in _near_days(since)]
            for change, entry in changes:
                values = (*parameter.values[:index], entry, *parameter.values[index + 1 :])
                parameters = {**rule.parameters, name: Parameter(values)}
                yield Mutant(f"/parameters/{name} {change}", rule._replace(parameters=parameters))


def _near(value: Any) -> list[Any]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return []
    return [value - 1, value + 1]


def _near_days(day: date) -> list[date]:
    return [day - timedelta(days=1), day + timedelta(days=1)]


def _conditions(written: Mapping[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a mapping of conditions with one mistake each."""
    for key, value in written.items():
        here = f"{at}/{key}"
        if len(written) > 1:
            yield f"{here} dropped", {name: other for name, other in written.items() if name != key}
        if key in _COMBINERS:
            changes: Iterator[tuple[str, dict[str, Any]]] = _combined(key, value, here)
        else:
            changes = ((change, {key: changed}) for change, changed in _field(value, here))
        for change, replaced in changes:
            yield change, _with_replaced(written, key, replaced)


def _with_replaced(written: Mapping[str, Any], key: str, replaced: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping of conditions with one entry replaced, beside another of the same name where there is one."""
    rest = {name: other for name, other in written.items() if name != key}
    if rest.keys() & replaced.keys():
        return {**rest, "all": [*rest.get("all", ()), replaced]}
    # In its old place: the order of conditions decides where a finding points.
    changed: dict[str, Any] = {}
    for name, other in written.items():
        changed |= replaced if name == key else {name: other}
    return changed


def _combined(key: str, items: Sequence[Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if key == "none" or len(items) > 1:
        yield f"{at} turned into {_COMBINERS[key]}", {_COMBINERS[key]: items}
    for index, item in enumerate(items):
        if len(items) > 1:
            yield f"{at}/{index} dropped", {key: [*items[:index], *items[index + 1 :]]}
        for change, changed in _conditions(item, f"{at}/{index}"):
            yield change, {key: [*items[:index], changed, *items[index + 1 :]]}


def _field(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Yield what a field is compared with, with one mistake each."""
    if not isinstance(value, dict):
        if isinstance(value, bool):
            yield f"{at} turned into {str(not value).lower()}", not value
        else:
            yield f"{at} equals turned into not_equals", {"not_equals": value}
        for other in _near(value):
            yield f"{at} {value} → {other}", other
        return
    for operator, argument in value.items():
        here = f"{at}/{operator}"
        if len(value) > 1:
            yield f"{here} dropped", {name: other for name, other in value.items() if name != operator}
        turned = _TURNED.get(operator, "some" if operator == "none" else None)
        if turned is not None and turned not in value:
            yield f"{here} turned into {turned}", {turned if k == operator else k: v for k, v in value.items()}
        for change, changed in _argument(operator, argument, here):
            yield change, {**value, operator: changed}


def _argument(operator: str, argument: Any, at: str) -> Iterator[tuple[str, Any]]:
    if operator in ("some", "each", "none", "grouped") and isinstance(argument, dict):
        inner = _conditions(argument, at) if _is_condition(argument) else _field(argument, at)
        yield from inner
    elif isinstance(argument, list):
        for index, item in enumerate(argument):
            if len(argument) > 1:
                yield f"{at} without {item}", [*argument[:index], *argument[index + 1 :]]
    elif isinstance(argument, dict):
        if operator == "count":
            for change, where in _conditions(argument["where"], f"{at}/where"):
                yield change, {**argument, "where": where}
        for key, value in argument.items():
            for other in _near(value):
                yield f"{at}/{key} {value} → {other}", {**argument, key: other}
    else:
        for other in _near(argument):
            yield f"{at} {argument} → {other}", other


def _is_condition(argument: Mapping[str, Any]) -> bool:
    known = {*_TURNED, "none", "matches", "mentions", "contains", "subset_of", "within"}
    return not all(key in known for key in argument)
