"""Rules and records in words: ``explain``, ``rules``, ``inspect``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.checker import Checker
from policylint.discover import Target, read_file
from policylint.errors import PolicylintError, UsageError, did_you_mean
from policylint.evaluate import said, scopes
from policylint.model.own import OWN_RULES
from policylint.model.source import Pointer, Unknown
from policylint.parse import parse
from policylint.resolve import severity_on
from policylint.ruleset import RuleSet, load_rules
from policylint.schema import field_name

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Extensions
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Window
    from policylint.model.rule import CompiledRule, Condition, Rule

CERTAINTY_WORDS = {
    "forbidden": "the terms forbid it",
    "our_reading": "our reading of the terms",
    "good_practice": "good practice that the terms name",
}
_VERDICT = {True: "true", False: "false", None: "unknown"}
_HEADINGS = {
    "all": "all of",
    "any": "any of",
    "none": "none of",
    "some": "some item:",
    "each": "each item:",
    "no": "no item:",
    "count": "items counted:",
    "grouped": "items that stand together:",
}


def explain_rule(name: str, settings: Settings, extensions: Extensions) -> str:
    """Return a rule as a page: what it says, since when, on which terms, and when it fires.

    Raises:
        UsageError: There is no such rule.

    """
    rules = load_rules(settings, extensions)
    if name in OWN_RULES:
        title, why = OWN_RULES[name]
        return f"{name}\n{title}\n\n{_wrapped(why)}\n"
    compiled = _rule_named(name, rules)
    rule = compiled.rule
    lines = [
        f"{rule.code}  {rule.id}",
        rule.title,
        "",
        _wrapped(rule.why),
        "",
        "What to do:",
        _wrapped(rule.solution),
        "",
    ]
    lines += [f"Certainty: {CERTAINTY_WORDS[rule.certainty]}", "", "Since when:"]
    lines += _enforcement_lines(rule, settings.as_of)
    lines += ["", "Terms:"]
    for source in rule.sources:
        terms = source.terms
        lines.append(f"  {terms.title}, edition of {terms.edition} (read {terms.read}, {source.confidence})")
        lines.append(f"    {source.clause} · {terms.url}")
    if rule.parameters:
        lines += ["", "Parameters:"]
        lines += [f"  {key} = {said(parameter.on(settings.as_of))}" for key, parameter in rule.parameters.items()]
    if rule.select:
        lines += ["", f"Looks at: {rule.select}"]
    for heading, condition in conditions_of(compiled):
        lines += ["", f"{heading}:", *condition_lines(condition, 1)]
    return "\n".join(lines) + "\n"


def conditions_of(compiled: CompiledRule) -> Iterator[tuple[str, Condition]]:
    """Yield the conditions of a rule, each with the words that say what it decides."""
    if compiled.parts.where is not None:
        yield "Applies where", compiled.parts.where
    yield "Fires when" if compiled.rule.forbids else "Fires unless", compiled.parts.condition
    for cap, condition in compiled.parts.caps:
        yield f"At most {cap.to} ({cap.because}), unless it is certainly not so that", condition


def _rule_named(name: str, rules: RuleSet) -> CompiledRule:
    found = rules.named(name)
    if found is None:
        raise UsageError(f"there is no rule '{name}'{did_you_mean(name, list(rules.known))}", "see `policylint rules`")
    return found


def _wrapped(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 96, initial_indent="  ", subsequent_indent="  ")


def _enforcement_lines(rule: Rule, day: date) -> Iterator[str]:
    steps = rule.enforcement
    for index, step in enumerate(steps):
        current = step.since <= day and (index + 1 == len(steps) or steps[index + 1].since > day)
        begun = "observed" if step.observed else "since"
        mark = f"  ← {day}" if current else ""
        yield f"  {begun:8} {step.since}  {step.severity!s:7}  {step.note}{mark}"


def condition_lines(condition: Condition, depth: int) -> Iterator[str]:
    """Yield a condition in words, a line for each of its parts."""
    indent = "  " * depth
    if condition.kind == "test":
        yield f"{indent}{_sentence(condition)}"
        return
    path = f"{condition.path.text}: " if condition.path is not None else ""
    yield f"{indent}{path}{_HEADINGS[condition.kind]}"
    for child in condition.children:
        yield from condition_lines(child, depth + 1)


def _sentence(condition: Condition) -> str:
    path = condition.path.text if condition.path is not None else "?"
    return f"{path} {condition.sentence.replace('{argument}', _argument(condition.argument))}"


def _argument(argument: Any) -> str:
    if isinstance(argument, dict):
        if set(argument) == {"field"}:
            return str(argument["field"])
        if set(argument) == {"list"}:
            return f"the list {argument['list']}"
        return ", ".join(f"{key} {_argument(value)}" for key, value in argument.items())
    return said(argument)


def explain_verdict(name: str, file: str, settings: Settings, extensions: Extensions) -> str:
    """Return why a rule fires in a file or does not: its conditions with the values seen, for each campaign.

    Raises:
        UsageError: There is no such rule, or the file holds no campaign.

    """
    rules = load_rules(settings, extensions)
    compiled = _rule_named(name, rules)
    checker, campaigns = _campaigns(file, rules, settings, extensions)
    if not campaigns:
        raise UsageError(f"{file} holds no campaign", "see `policylint inspect`")
    lines: list[str] = []
    for campaign in campaigns:
        window = checker.window(campaign, checker.zones[compiled.rule.pack])
        lines += [f"{campaign.id}: {compiled.rule}"]
        channel = campaign.data.get("channel")
        if compiled.rule.channel is not None and channel != compiled.rule.channel:
            lines += [f"  does not apply: the channel is {said(channel)}, not {compiled.rule.channel}", ""]
            continue
        lines += _verdict_lines(compiled, campaign, window)
        lines.append("")
    return "\n".join(lines)


def _verdict_lines(compiled: CompiledRule, campaign: Campaign, window: Window) -> Iterator[str]:
    seen = False
    for scope, bases in scopes(compiled, campaign, window.first):
        seen = True
        if scope is None:
            yield f"  undecided: {field_name(bases[-1])} is unknown"
            continue
        item = f" for {field_name(bases[-1])}" if compiled.select else ""
        violated = compiled.violated(scope)
        yield f"  {({True: 'breaks the rule', False: 'does not break the rule', None: 'undecided'})[violated]}{item}"
        if compiled.parts.where is not None:
            yield f"  applies where [{_VERDICT[compiled.parts.where.test(scope)]}]"
            yield from _tree(compiled.parts.where, scope, bases, 2)
        holds = _VERDICT[compiled.parts.condition.test(scope)]
        yield f"  {'forbidden' if compiled.rule.forbids else 'required'} [{holds}]"
        yield from _tree(compiled.parts.condition, scope, bases, 2)
    if not seen:
        yield f"  does not apply: there is no {compiled.rule.select}"
    days = f"{window.first} to {window.last or 'open end'}" if window.last != window.first else str(window.first)
    severity = severity_on(window.last or window.first, compiled.rule.enforcement)
    whose = "its own dates" if window.own else "the day of the run"
    yield f"  judged on {days} ({whose}); in force then: {severity or 'nothing yet'}"


def _tree(condition: Condition, scope: Any, bases: tuple[Pointer, ...], depth: int) -> Iterator[str]:
    indent = "  " * depth
    verdict = _VERDICT[condition.test(scope)]
    if condition.kind == "test":
        seen = condition.path.read(scope) if condition.path is not None else None
        yield f"{indent}[{verdict}] {_sentence(condition)}; it is {_seen(seen)}"
        return
    if condition.path is None:
        yield f"{indent}[{verdict}] {_HEADINGS[condition.kind]}"
        for child in condition.children:
            yield from _tree(child, scope, bases, depth + 1)
        return
    items = condition.path.read(scope)
    yield f"{indent}[{verdict}] {condition.path.text}: {_HEADINGS[condition.kind]}"
    for item in items if isinstance(items, list) else ():
        yield from _tree(condition.children[0], (*scope, item), bases, depth + 1)


def _seen(value: Any) -> str:
    if isinstance(value, Unknown):
        return f"unknown ({value.why})"
    return "absent" if value is None else f"'{said(value)}'" if isinstance(value, str) else said(value)


def list_rules(settings: Settings, extensions: Extensions, *, as_json: bool) -> str:
    """Return the catalogue of rules, with the severity in force on the day of the run."""
    found = sorted(load_rules(settings, extensions).rules.values(), key=lambda rule: rule.code)
    if as_json:
        return json.dumps([_as_data(rule, settings.as_of) for rule in found], indent=2, ensure_ascii=False) + "\n"
    width = max((len(rule.id) for rule in found), default=0)
    lines = [
        f"{rule.code:6} {severity_on(settings.as_of, rule.enforcement) or 'not yet'!s:8} {rule.id:{width}}  "
        f"{rule.title}"
        for rule in found
    ]
    return "\n".join([*lines, f"{len(found)} rules, severities as of {settings.as_of}"]) + "\n"


def _as_data(rule: Rule, day: date) -> Mapping[str, Any]:
    severity = severity_on(day, rule.enforcement)
    return {
        "rule": rule.id,
        "code": rule.code,
        "title": rule.title,
        "severity": None if severity is None else str(severity),
        "certainty": rule.certainty,
        "enforcement": [
            {
                "observed" if step.observed else "since": step.since.isoformat(),
                "severity": str(step.severity),
                "note": step.note,
            }
            for step in rule.enforcement
        ],
        "sources": [
            {
                "title": s.terms.title,
                "clause": s.clause,
                "url": s.terms.url,
                "edition": s.terms.edition,
                "read": s.terms.read,
            }
            for s in rule.sources
        ],
    }


def inspect_file(file: str, settings: Settings, extensions: Extensions) -> tuple[str, bool]:
    """Return a file's campaigns as rules see them, each value with its place, and whether there are any.

    Raises:
        UsageError: The file does not exist.

    """
    rules = load_rules(settings, extensions)
    _, campaigns = _campaigns(file, rules, settings, extensions)
    if not campaigns:
        return f"{file}: no campaign in a format that policylint knows\n", False
    lines: list[str] = []
    for campaign in campaigns:
        start = campaign.place(()).region().start
        lines.append(f"{campaign.id}  ({campaign.format}, {campaign.document.path}:{start.line}:{start.column})")
        lines.extend(_record_lines(campaign))
        lines.extend(f"  note: {note}" for note in campaign.notes)
        lines.append("")
    return "\n".join(lines), True


def _campaigns(file: str, rules: RuleSet, settings: Settings, extensions: Extensions) -> tuple[Checker, list[Campaign]]:
    path = Path(file)
    raw = read_file(path)
    if raw is None:
        raise UsageError(f"there is no file '{file}' that can be read")
    checker = Checker(rules, settings, extensions, read_file)
    target = Target(file, path, named=True)
    source = parse(file, raw)
    if source.problems and not source.documents:
        start = source.problems[0].region.start
        raise PolicylintError(f"{file}:{start.line}:{start.column}: {source.problems[0].message}")
    return checker, checker.campaigns(source, target.path)


def _record_lines(campaign: Campaign) -> Iterator[str]:
    unknown: list[str] = []
    for path, value in _leaves(campaign.data, ()):
        name = field_name(path)
        if isinstance(value, Unknown):
            unknown.append(f"{name} ({value.why})" if value.why != "the format has no place for it" else name)
            continue
        place = campaign.place(path)
        start = place.region().start
        where = f"{place.document.path}:{start.line}:{start.column}"
        foreign = campaign.foreign_place(path)
        note = f"  [{foreign[1]}]" if foreign else ""
        yield f"  {name}: {_seen(value)}  {where}{note}"
    if unknown:
        yield textwrap.fill(f"unknown: {', '.join(unknown)}", 96, initial_indent="  ", subsequent_indent="    ")


def _leaves(data: Any, path: Pointer) -> Iterator[tuple[Pointer, Any]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(data, list) and any(isinstance(item, dict) for item in data):
        for index, item in enumerate(data):
            yield from _leaves(item, (*path, index))
    elif data is not None:
        yield path, data
