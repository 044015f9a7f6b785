"""A rule held against a file → why it fires or does not, for each campaign: days, parameters, conditions, caps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.checker import checker_of
from policylint.conditiontree import SHOWN, ConditionTree
from policylint.discover import Target, read_file
from policylint.errors import UsageError
from policylint.evaluate import evaluate, said, scopes
from policylint.model.finding import Finding, Undecided
from policylint.model.rule import Severity
from policylint.model.source import value_at
from policylint.model.tuples import NamedTuple
from policylint.pipeline import check_all
from policylint.reporters.concise import COLORS, STRONG, suppression_in_words
from policylint.reporters.display import one_line, painted, plural
from policylint.resolve import effective, resolve, step_in_force
from policylint.ruleset import load_rules
from policylint.schema import field_name
from policylint.wording import parameter_words, where

if TYPE_CHECKING:
    from policylint.checker import Checker
    from policylint.config import Settings
    from policylint.extensions import Extensions, Style
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Window
    from policylint.model.rule import CompiledRule, Rule
    from policylint.model.source import Pointer


class _Item(NamedTuple):
    """What a rule looks at: the record, or an item of a list in it."""

    scope: Any
    """None where it is unknown."""
    bases: tuple[Pointer, ...]
    verdicts: tuple[tuple[date, bool | None], ...]
    """Whether it breaks the rule, by the first of the days with the same parameters."""
    finding: Finding | None = None
    """What is reported of it."""

    @property
    def breaks(self) -> bool | None:
        """Tell whether it breaks the rule on one of the days; None where that is not known."""
        found = [verdict for _, verdict in self.verdicts]
        return True if True in found else None if None in found else False

    @property
    def day(self) -> date:
        """The first day that decides."""
        return next(day for day, verdict in self.verdicts if verdict is self.breaks)


class _Judged(NamedTuple):
    """A campaign, and what a rule says of its items."""

    campaign: Campaign
    window: Window
    items: Sequence[_Item]
    other_channel: str | None = None
    """Why the rule does not look at it."""
    undecided: Undecided | None = None

    @property
    def verdict(self) -> str:
        """What is reported of the campaign, in words before the name of the rule."""
        if any(item.finding is not None for item in self.items):
            return "breaks"
        if self.undecided is not None:
            return "may break"
        return "does not break" if self.items else "has nothing for"


def explain_verdict(name: str, file: str, settings: Settings, extensions: Extensions, style: Style) -> str:
    """Return why a rule fires in a file or does not: its conditions with the values seen, for each campaign.

    Raises:
        UsageError: There is no such rule, or the file holds no campaign.

    """
    rules = load_rules(settings, extensions)
    compiled = rules.asked_for(name)
    checker, source = checker_of(file, rules, settings, extensions)
    campaigns = checker.campaigns(source, Path(file))
    if not campaigns:
        raise UsageError(f"{file} holds no campaign", "see `policylint inspect`")
    judged = [_judged(compiled, campaign, checker) for campaign in campaigns]
    if any(item.finding for one in judged for item in one.items):
        report = check_all([Target(file, Path(file), named=True)], rules, settings, extensions, read_file)
        known = {(finding.rule, finding.fingerprint): finding for finding in report.findings}
        judged = [_as_reported(one, known) for one in judged]
    few = len(judged) <= SHOWN
    blocks = []
    for one in judged:
        lines = [_head(one, compiled.rule, style)]
        if few or one.verdict in ("breaks", "may break"):
            lines += _lines(one, compiled, settings, style)
        blocks.append("\n".join(lines))
    return ("\n\n" if few else "\n").join(blocks) + "\n"


def _judged(compiled: CompiledRule, campaign: Campaign, checker: Checker) -> _Judged:
    rule = compiled.rule
    window = checker.window(campaign, checker.zones[rule.pack])
    channel = campaign.data.get("channel")
    if rule.channel is not None and channel != rule.channel:
        return _Judged(campaign, window, (), f"its channel is {said(channel)}, not {rule.channel}")
    items = []
    for scope, bases in scopes(compiled, campaign, window.first):
        days = [window.first] if scope is None else _days(compiled, window)
        verdicts = ((day, None if scope is None else compiled.violated((day, *scope[1:]))) for day in days)
        items.append(_Item(scope, bases, tuple(verdicts)))
    violations, undecided = evaluate(campaign, window, [compiled])
    found = iter([resolve(violation, violation.windows) for violation in violations])
    results = [next(found, None) if item.breaks else None for item in items]
    items = [
        item._replace(finding=result if isinstance(result, Finding) else None)
        for item, result in zip(items, results, strict=True)
    ]
    unsure = next((result for result in (*undecided, *results) if isinstance(result, Undecided)), None)
    return _Judged(campaign, window, items, undecided=unsure)


def _days(compiled: CompiledRule, window: Window) -> list[date]:
    """Return the first day of each stretch of the window with the same parameters."""
    parameters = compiled.rule.parameters.values() if compiled.dated else ()
    changes = {since for parameter in parameters for since, _ in parameter.values}
    return [
        window.first,
        *sorted(day for day in changes if day != window.first and window.holds(day)),
    ]


def _as_reported(judged: _Judged, known: Mapping[tuple[str, str], Finding]) -> _Judged:
    """Return the same with the findings as a run reports them, with the suppressions of the whole run."""
    items = [
        item._replace(finding=known.get((item.finding.rule, item.finding.fingerprint), item.finding))
        if item.finding is not None
        else item
        for item in judged.items
    ]
    return judged._replace(items=items)


def _head(judged: _Judged, rule: Rule, style: Style) -> str:
    place = painted(f"{where(judged.campaign, ())}:", STRONG, style)
    severities = [item.finding.severity for item in judged.items if item.finding is not None]
    worst = painted(f": {max(severities)}", COLORS[max(severities)], style) if severities else ""
    return f"{place} {one_line(judged.campaign.id)} {judged.verdict} {rule}{worst}"


def _lines(judged: _Judged, compiled: CompiledRule, settings: Settings, style: Style) -> Iterator[str]:
    rule, campaign = compiled.rule, judged.campaign
    tree = ConditionTree(rule, campaign, style)
    if judged.other_channel is not None:
        yield f"  {one_line(judged.other_channel)}"
        return
    if not judged.items:
        yield f"  there is no {rule.select}"
    yield from _day_lines(judged, rule, settings)
    for name, parameter in rule.parameters.items():
        yield f"  ${name}: {parameter_words(parameter)}"
    if judged.undecided is not None:
        path, why = judged.undecided.explain()
        yield f"  undecided: {field_name(path)}{tree.place(path)}: {one_line(why)}"
    for path, (bound, because) in campaign.caps.items():
        if not path or any(read[: len(path)] == path for read in compiled.parts.reads):
            yield f"  {bound} at most: {one_line(because)}"
    left_out = 0
    for item in judged.items:
        if len(judged.items) > SHOWN and item.breaks is False:
            left_out += 1
        else:
            yield from _item_lines(item, compiled, tree)
    if left_out:
        yield f"  {plural(left_out, 'further item')} that {'does' if left_out == 1 else 'do'} not break the rule"


def _day_lines(judged: _Judged, rule: Rule, settings: Settings) -> Iterator[str]:
    """Yield the days on which the campaign is judged, and the steps of the rule."""
    window = judged.window
    if window.last is None:
        days = f"from {window.first} on"
    else:
        days = f"on {window.first}" if window.last == window.first else f"on {window.first} to {window.last}"
    whose = "as if it ran then" if settings.at else "its own dates" if window.own else "the day of the run"
    yield f"  judged {days}, {whose}"
    steps = effective(rule)
    found = [item.finding for item in judged.items if item.finding is not None]
    worst, _ = step_in_force([window], steps)
    decides = max(found, key=lambda finding: finding.severity).since if found else worst and worst.since
    for step in steps:
        begun = "observed" if step.observed else "since"
        mark = "  ← decides" if step.since == decides else ""
        yield f"  {begun} {step.since}: {step.severity}{f', {step.note}' if step.note else ''}{mark}"
    if rule.overridden is not None:
        yield f"  the severity {rule.overridden} is set by the configuration"
    if worst is None or worst.severity is Severity.OFF:
        yield "  not in force on these days"


def _item_lines(item: _Item, compiled: CompiledRule, tree: ConditionTree) -> Iterator[str]:
    """Yield why one item breaks the rule or does not."""
    rule, place = compiled.rule, item.bases[-1]
    name = f"{field_name(place)}{tree.place(place)}" if rule.select else "the campaign"
    if item.scope is None:
        yield f"  {name} is {one_line(tree.seen(place, value_at(tree.campaign.data, place)))}"
        return
    says = {True: "breaks" if item.finding is not None else "would break", False: "does not break", None: "may break"}
    yield f"  {name} {says[item.breaks]} the rule"
    if len({verdict for _, verdict in item.verdicts}) > 1:
        yield from (f"    {says[verdict]} it from {day} on" for day, verdict in item.verdicts)
    scope = (item.day, *item.scope[1:])
    parts = compiled.parts
    if parts.where is not None:
        yield f"    applies where {tree.label(parts.where.test(scope))}"
        yield from tree.lines(parts.where, scope, item.bases, 3)
        if parts.where.test(scope) is False:
            return
    yield f"    {'forbidden' if rule.forbids else 'required'} {tree.label(parts.condition.test(scope))}"
    yield from tree.lines(parts.condition, scope, item.bases, 3)
    if item.breaks is not False:
        for cap, condition in parts.caps:
            holds = condition.test(scope)
            bound = f"{cap.to} at most" if holds is not False else f"not bound to {cap.to}"
            yield f"    {bound}: {one_line(cap.because)} {tree.label(holds)}"
            yield from tree.lines(condition, scope, item.bases, 3)
    if item.finding is not None:
        yield from _reported(item.finding, tree.campaign)


def _reported(finding: Finding, campaign: Campaign) -> Iterator[str]:
    since = "observed in force on" if finding.since_observed else "in force since"
    start = finding.region.start
    path = "" if finding.path == campaign.document.path else f"{finding.path}:"
    yield f"    reported as {finding.severity} at {path}{start.line}:{start.column}, {since} {finding.since}"
    yield from (f"    note: {one_line(note)}" for note in finding.notes)
    if finding.suppressed is not None:
        yield f"    suppressed {one_line(suppression_in_words(finding.suppressed))}"
