"""Rules and records in words: ``explain``, ``rules``, ``inspect``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.checker import Checker
from policylint.discover import read_file
from policylint.errors import PolicylintError, UsageError, did_you_mean
from policylint.evaluate import said, scopes
from policylint.model.own import OWN_RULES
from policylint.model.source import EXPRESSION, NOT_CARRIED, NOT_MAPPED, Pointer, Unknown
from policylint.parse import parse
from policylint.record import record_schema
from policylint.reporters.secrets import without_secrets
from policylint.reporters.wording import CERTAINTY_WORDS, FIX_WORDS
from policylint.resolve import severity_on
from policylint.ruleset import RuleSet, load_rules
from policylint.schema import field_name, holds_placeholder

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Adapted, Adapter, Extensions
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Window
    from policylint.model.rule import CompiledRule, Condition, Rule
    from policylint.model.source import SourceFile

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
        *_fix_lines(compiled),
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
    if not rule.waivable:
        lines += ["", "No suppression, waiver or baseline may accept its findings."]
    return "\n".join(lines) + "\n"


def _fix_lines(compiled: CompiledRule) -> Iterator[str]:
    for fix in compiled.fixes:
        asked = f"; ask first: {fix.question}" if fix.question else ""
        yield _wrapped(f"by {FIX_WORDS[fix.applicability]}: {fix.title}{asked}")
    if compiled.fixes:
        yield ""


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
    for path, (bound, because) in campaign.caps.items():
        if not path or any(read[: len(path)] == path for read in compiled.parts.reads):
            yield f"  {bound} at most: {because}"


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
    checker, source = _checker_of(file, load_rules(settings, extensions), settings, extensions)
    blocks: list[list[str]] = []
    inspected = 0
    for adapter, adapted in checker.recogniser.adapted(source, Path(file)):
        blocks.append(_format_lines(file, adapter, adapted))
        campaigns = [checker.completed(campaign, Path(file)) for campaign in adapted.campaigns]
        blocks += [list(_campaign_lines(campaign, adapter.carries)) for campaign in campaigns]
        inspected += len(campaigns)
    if not blocks:
        return f"{file}: in no format that policylint knows; `policylint formats` lists them\n", False
    return "\n\n".join("\n".join(block) for block in blocks) + "\n", inspected > 0


def _format_lines(file: str, adapter: Adapter, adapted: Adapted) -> list[str]:
    count = len(adapted.campaigns)
    records = "1 record" if count == 1 else f"{count} records" if count else "no record: nothing in it sends"
    signs = _filled(f"recognised by: {adapter.signs}")
    said = [
        f"  problem: {problem.message}  {file}:{problem.region.start.line}:{problem.region.start.column}"
        for problem in adapted.problems
    ]
    return [f"{file}: {adapter.title} ({adapter.name}), {records}", signs, *said]


def _filled(text: str) -> str:
    return textwrap.fill(text, 96, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _campaign_lines(campaign: Campaign, carries: Iterable[str]) -> Iterator[str]:
    start = campaign.place(()).region().start
    yield f"{campaign.id}  {campaign.document.path}:{start.line}:{start.column}"
    unknown: dict[str, list[str]] = {}
    absent = [field_name(path) for carried in carries for path in _missing(campaign.data, tuple(carried.split(".")))]
    for path, value in _leaves(campaign.data, ()):
        if path == ("campaign",) or (path[0] == "message" and campaign.data.get("messages")):
            continue
        name = field_name(path)
        if value is None:
            absent.append(name)
        elif isinstance(value, Unknown):
            unknown.setdefault(value.why, []).append(name)
        elif _is_hidden(value, path):
            seen = _without_secrets(name, _seen(value))
            unknown.setdefault(EXPRESSION.why, []).append(f"{name} ({seen}  {_where(campaign, path)})")
        else:
            foreign = campaign.foreign_place(path)
            seen = _without_secrets(name, _seen(value))
            yield f"  {name}: {seen}  {_where(campaign, path)}{f'  [{foreign[1]}]' if foreign else ''}"
    if absent:
        yield _filled(f"absent: {', '.join(_grouped(dict.fromkeys(absent)))}")
    # What the format cannot say comes last: it is the longest and tells the least.
    last = (NOT_CARRIED.why, NOT_MAPPED.why)
    for why, names in sorted(unknown.items(), key=lambda item: item[0] in last):
        yield _filled(f"unknown ({why}): {', '.join(_grouped(names))}")
    for path, (severity, because) in campaign.caps.items():
        rests = f" that rest on {field_name(path)}" if path else ""
        yield _filled(f"findings{rests} are of severity {severity} at most: {because}")
    yield from (_filled(f"note: {note}") for note in campaign.notes)


def _without_secrets(name: str, seen: str) -> str:
    last = name.rpartition(".")[2]
    return without_secrets(f"{last}: {seen}")[len(last) + 2 :]


def _missing(data: Any, names: tuple[str, ...], at: Pointer = ()) -> Iterator[Pointer]:
    """Yield where nothing stands on the way to a field; a field with a default, or with another form, lacks nothing."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _missing(item, names, (*at, index))
    elif isinstance(data, dict) and names:
        path = (*at, names[0])
        field = record_schema().field(tuple(step for step in path if isinstance(step, str)))
        if data.get(names[0]) is not None:
            yield from _missing(data[names[0]], names[1:], path)
        elif path != ("message",) and (field is None or field.default is None):
            yield path


def _grouped(names: Iterable[str]) -> Iterator[str]:
    """Yield neighbours with a common parent as one: ``sender.{library, address}``."""
    for parent, group in groupby(names, lambda name: "" if " " in name else name.rpartition(".")[0]):
        parts = list(group)
        if not parent or len(parts) == 1:
            yield from parts
        else:
            yield f"{parent}.{{{', '.join(part.rpartition('.')[2] for part in parts)}}}"


def _is_hidden(value: Any, path: Pointer) -> bool:
    """Tell whether a placeholder hides a value: texts may hold some."""
    if not isinstance(value, str) or not holds_placeholder(value):
        return False
    field = record_schema().field(tuple(step for step in path if isinstance(step, str)))
    return field is not None and not field.text


def _where(campaign: Campaign, path: Pointer) -> str:
    place = campaign.place(path)
    start = place.region().start
    return f"{place.document.path}:{start.line}:{start.column}"


def _campaigns(file: str, rules: RuleSet, settings: Settings, extensions: Extensions) -> tuple[Checker, list[Campaign]]:
    checker, source = _checker_of(file, rules, settings, extensions)
    return checker, checker.campaigns(source, Path(file))


def _checker_of(file: str, rules: RuleSet, settings: Settings, extensions: Extensions) -> tuple[Checker, SourceFile]:
    """Return what checks a file, and the file.

    Raises:
        UsageError: The file does not exist.
        PolicylintError: Nothing of it can be read.

    """
    raw = read_file(Path(file))
    if raw is None:
        raise UsageError(f"there is no file '{file}' that can be read")
    source = parse(file, raw)
    if source.problems and not source.documents:
        start = source.problems[0].region.start
        raise PolicylintError(f"{file}:{start.line}:{start.column}: {source.problems[0].message}")
    return Checker(rules, settings, extensions, read_file), source


def _leaves(data: Any, path: Pointer) -> Iterator[tuple[Pointer, Any]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(data, list) and any(isinstance(item, dict) for item in data):
        for index, item in enumerate(data):
            yield from _leaves(item, (*path, index))
    elif path:
        yield path, data
