"""A rule held against a file → why it fires or does not, for each campaign: days, parameters, conditions, caps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.checker import checker_of
from policylint.conditiontree import SHOWN, ConditionTree
from policylint.discover import Target
from policylint.errors import UsageError
from policylint.evaluate import evaluate, scopes
from policylint.model.finding import Finding, Undecided
from policylint.model.phrase import Phrase, as_phrase, counted, joined, phrase
from policylint.model.rule import Severity
from policylint.model.source import Unknown, value_at
from policylint.model.tuples import NamedTuple
from policylint.pipeline import check_all
from policylint.reporters.concise import COLORS, STRONG, suppression_in_words
from policylint.reporters.display import one_line, painted
from policylint.resolve import effective, resolve, step_in_force
from policylint.ruleset import load_rules
from policylint.ruletexts import with_texts
from policylint.schema import field_name
from policylint.sentences import parameter_words, said, where
from policylint.translation import ENGLISH, Translator, translated

if TYPE_CHECKING:
    from policylint.checker import Checker
    from policylint.config import Settings
    from policylint.extensions import Extensions, Say, Style
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Window
    from policylint.model.rule import CompiledRule, Rule
    from policylint.model.source import Pointer


class _Item(NamedTuple):
    """What a rule looks at: the record, or an item of a list in it."""

    scope: Any
    """The last level is ``Unknown`` where the item is."""
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
    other_channel: Phrase | None = None
    """Why the rule does not look at it."""
    undecided: Undecided | None = None

    @property
    def breaks(self) -> bool:
        """Tell whether a finding is reported."""
        return any(item.finding is not None for item in self.items)

    def head(self, campaign: str, rule: Rule) -> Phrase:
        """Return what is reported of the campaign."""
        if self.breaks:
            pattern = "{campaign} breaks {rule}"
        elif self.undecided is not None:
            pattern = "{campaign} may break {rule}"
        else:
            pattern = "{campaign} does not break {rule}" if self.items else "{campaign} has nothing for {rule}"
        return phrase(pattern, campaign=campaign, rule=rule)


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
    rule, translator = compiled.rule, None
    if style.language != ENGLISH:
        translator = Translator(style.language)
        style = style._replace(say=translator.say)
        texts = rules.texts(style.language)
        rule = with_texts(rule, texts[rule.id]) if rule.id in texts else rule
    judged = [_judged(compiled, campaign, checker) for campaign in campaigns]
    if any(item.finding for one in judged for item in one.items):
        report = check_all([Target(file, Path(file), named=True)], rules, settings, extensions, checker.read)
        report = report if translator is None else translated(report, translator)
        known = {(finding.rule, finding.fingerprint): finding for finding in report.findings}
        judged = [_as_reported(one, known) for one in judged]
    few = len(judged) <= SHOWN
    blocks = []
    for one in judged:
        lines = [_head(one, rule, style)]
        if few or one.breaks or one.undecided is not None:
            lines += _lines(one, compiled, rule, settings, style)
        blocks.append("\n".join(lines))
    return ("\n\n" if few else "\n").join(blocks) + "\n"


def _judged(compiled: CompiledRule, campaign: Campaign, checker: Checker) -> _Judged:
    rule = compiled.rule
    window = checker.window(campaign, checker.zones[rule.pack])
    channel = campaign.data.get("channel")
    if rule.channel is not None and channel != rule.channel:
        told = "its channel is {channel}, not {expected}"
        other = phrase(told, channel=as_phrase(said(channel)), expected=rule.channel)
        return _Judged(campaign, window, (), other)
    items = []
    for scope, bases in scopes(compiled, campaign, window.first):
        days = _days(compiled, window)
        verdicts = [(day, compiled.violated((day, *scope[1:]))) for day in days]
        if isinstance(scope[-1], Unknown):  # it breaks no rule: at most the rule is undecided
            verdicts = [(day, None if verdict else verdict) for day, verdict in verdicts]
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
    worst = painted(f": {style.say(max(severities).word)}", COLORS[max(severities)], style) if severities else ""
    return f"{place} {style.say(judged.head(one_line(judged.campaign.id), rule))}{worst}"


def _lines(judged: _Judged, compiled: CompiledRule, rule: Rule, settings: Settings, style: Style) -> Iterator[str]:
    campaign, say = judged.campaign, style.say
    tree = ConditionTree(rule, campaign, style)
    if judged.other_channel is not None:
        yield f"  {one_line(say(judged.other_channel))}"
        return
    if not judged.items:
        yield f"  {say(phrase('there is no {item}', item=rule.select))}"
    yield from (f"  {say(line)}" for line in _day_lines(judged, rule, settings))
    for name, parameter in rule.parameters.items():
        yield f"  ${name}: {say(parameter_words(parameter))}"
    if judged.undecided is not None:
        path, why = judged.undecided.explain()
        place = f"{field_name(path)}{tree.place(path)}"
        yield f"  {say(phrase('undecided: {field}: {why}', field=place, why=as_phrase(one_line(why))))}"
    for path, (bound, because) in campaign.caps.items():
        if not path or any(read[: len(path)] == path for read in compiled.parts.reads):
            reason = one_line(say(as_phrase(because)))
            yield f"  {say(phrase('{severity} at most: {because}', severity=bound.word, because=reason))}"
    left_out = 0
    for item in judged.items:
        if len(judged.items) > SHOWN and item.breaks is False:
            left_out += 1
        else:
            yield from _item_lines(item, compiled, tree)
    if left_out:
        one = "{count} further item that does not break the rule"
        many = "{count} further items that do not break the rule"
        yield f"  {say(counted(one, many, count=left_out))}"


def _day_lines(judged: _Judged, rule: Rule, settings: Settings) -> Iterator[Phrase]:
    """Yield the days on which the campaign is judged, and the steps of the rule."""
    window = judged.window
    if window.last is None:
        days = phrase("from {first} on", first=window.first)
    elif window.last == window.first:
        days = phrase("on {day}", day=window.first)
    else:
        days = phrase("on {first} to {last}", first=window.first, last=window.last)
    whose = phrase("its own dates") if window.own else phrase("the day of the run")
    yield phrase("judged {days}, {whose}", days=days, whose=phrase("as if it ran then") if settings.at else whose)
    steps = effective(rule)
    found = [item.finding for item in judged.items if item.finding is not None]
    worst, _ = step_in_force([window], steps)
    decides = max(found, key=lambda finding: finding.severity).since if found else worst and worst.since
    for step in steps:
        told = "observed {day}: {severity}" if step.observed else "since {day}: {severity}"
        line = joined(", ", [phrase(told, day=step.since, severity=step.severity.word), *filter(None, [step.note])])
        yield joined("  ", [line, phrase("← decides")]) if step.since == decides else line
    if rule.overridden is not None:
        yield phrase("the severity {severity} is set by the configuration", severity=rule.overridden.word)
    if worst is None or worst.severity is Severity.OFF:
        yield phrase("not in force on these days")


def _item_lines(item: _Item, compiled: CompiledRule, tree: ConditionTree) -> Iterator[str]:
    """Yield why one item breaks the rule or does not."""
    rule, place, say = tree.rule, item.bases[-1], tree.style.say
    name = f"{field_name(place)}{tree.place(place)}" if rule.select else phrase("the campaign")
    if isinstance(item.scope[-1], Unknown) and item.breaks is None:
        value = one_line(say(tree.seen(place, value_at(tree.campaign.data, place))))
        yield f"  {say(phrase('{field} is {value}', field=name, value=value))}"
        return
    yield f"  {say(_verdict_on(item.breaks, name, reported=item.finding is not None))}"
    if len({verdict for _, verdict in item.verdicts}) > 1:
        for day, verdict in item.verdicts:
            told = _verdict_on(verdict, name, reported=item.finding is not None)
            yield f"    {say(phrase('from {day} on: {verdict}', day=day, verdict=told))}"
    scope = (item.day, *item.scope[1:])
    parts = compiled.parts
    if parts.where is not None:
        yield f"    {say(phrase('applies where'))} {tree.label(parts.where.test(scope))}"
        yield from tree.lines(parts.where, scope, item.bases, 3)
        if parts.where.test(scope) is False:
            return
    asked = phrase("forbidden") if rule.forbids else phrase("required")
    yield f"    {say(asked)} {tree.label(parts.condition.test(scope))}"
    yield from tree.lines(parts.condition, scope, item.bases, 3)
    if item.breaks is not False:
        for cap, (_, condition) in zip(rule.caps, parts.caps, strict=True):
            holds = condition.test(scope)
            pattern = "{severity} at most: {because}" if holds is not False else "not bound to {severity}: {because}"
            bound = phrase(pattern, severity=cap.to.word, because=one_line(say(as_phrase(cap.because))))
            yield f"    {say(bound)} {tree.label(holds)}"
            yield from tree.lines(condition, scope, item.bases, 3)
    if item.finding is not None:
        yield from (f"    {line}" for line in _reported(item.finding, tree.campaign, say))


def _verdict_on(breaks: bool | None, name: str, *, reported: bool) -> Phrase:
    if breaks is None:
        return phrase("{item} may break the rule", item=name)
    if not breaks:
        return phrase("{item} does not break the rule", item=name)
    return phrase("{item} breaks the rule" if reported else "{item} would break the rule", item=name)


def _reported(finding: Finding, campaign: Campaign, say: Say) -> Iterator[str]:
    since = phrase(
        "observed in force on {day}" if finding.since_observed else "in force since {day}", day=finding.since
    )
    start = finding.region.start
    path = "" if finding.path == campaign.document.path else f"{finding.path}:"
    place = f"{path}{start.line}:{start.column}"
    told = "reported as {severity} at {place}, {since}"
    yield say(phrase(told, severity=finding.severity.word, place=place, since=since))
    yield from (say(phrase("note: {note}", note=one_line(say(note)))) for note in finding.notes)
    if finding.suppressed is not None:
        reason = one_line(say(suppression_in_words(finding.suppressed)))
        yield say(phrase("suppressed {reason}", reason=reason))
