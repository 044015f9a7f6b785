"""Rules and records in words: ``explain``, ``rules``, ``inspect``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.checker import Checker
from policylint.discover import read_file
from policylint.errors import PolicylintError, UsageError, did_you_mean
from policylint.evaluate import scopes
from policylint.model.own import OWN_RULES
from policylint.model.phrase import Phrase, as_phrase, phrase
from policylint.model.source import EXPRESSION, NOT_CARRIED, NOT_MAPPED, Pointer, Unknown
from policylint.parse import parse
from policylint.record import record_schema
from policylint.reporters.audience import rule_place
from policylint.reporters.secrets import value_without_secrets
from policylint.reporters.wording import CERTAINTY_WORDS, CONFIDENCE_WORDS, FIX_WORDS
from policylint.resolve import severity_on
from policylint.ruleset import RuleSet, load_rules
from policylint.ruletexts import with_texts
from policylint.schema import field_name, holds_placeholder
from policylint.sentences import HEADINGS, said, seen, sentence

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Adapted, Adapter, Extensions, Say
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Window
    from policylint.model.rule import CompiledRule, Condition, Rule
    from policylint.model.source import SourceFile

_VERDICT = {True: "true", False: "false", None: "unknown"}
_BREAKS = {True: phrase("breaks the rule"), False: phrase("does not break the rule"), None: phrase("undecided")}


def explain_rule(
    name: str, settings: Settings, extensions: Extensions, audience: str | None = None, language: str = "en"
) -> str:
    """Return a rule as a page: what it says, since when, on which terms, and when it fires.

    Args:
        name: Its id or code.
        settings: Those of a run.
        extensions: What plugins contribute.
        audience: Who reads it: for marketing people it ends with the days, for lawyers with the terms; developers are
            told where it is written.
        language: The language of the page.

    Raises:
        UsageError: There is no such rule.

    """
    rules = load_rules(settings, extensions)
    say, texts = _saying(language), rules.texts(language)
    if name in OWN_RULES:
        title, why = (say(as_phrase(text)) for text in OWN_RULES[name])
        return f"{name}\n{title}\n\n{_wrapped(why)}\n"
    compiled = _rule_named(name, rules)
    rule = compiled.rule
    if rule.id in texts:
        rule = with_texts(rule, texts[rule.id])
    sections = [[f"{rule.code}  {rule.id}", rule.title], [_wrapped(rule.why)]]
    sections += [[say(phrase("What to do:")), _wrapped(rule.solution)]]
    if audience in (None, "dev"):
        sections += _fixes(rule, say)
    since = [say(phrase("Since when:")), *_enforcement_lines(rule, settings.as_of, say)]
    if audience == "marketing":
        return _page([*sections, since])
    certainty = phrase("Certainty: {certainty}", certainty=CERTAINTY_WORDS[rule.certainty])
    sections += [
        [say(certainty)],
        since,
        [say(phrase("Terms:")), *_terms_lines(rule, say, in_full=audience == "legal")],
    ]
    if audience != "legal":
        sections += _parts(compiled, rule, settings, say)
    if not rule.waivable:
        sections += [[say(phrase("No suppression, waiver or baseline may accept its findings."))]]
    if audience == "dev":
        sections += [[say(phrase("Written at {place}", place=rule_place(rule)))]]
    return _page(sections)


def _saying(language: str) -> Say:
    if language == "en":
        return str
    from policylint.translation import Translator

    return Translator(language).say


def _page(sections: Iterable[Sequence[str]]) -> str:
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _fixes(rule: Rule, say: Say) -> Iterator[list[str]]:
    told = []
    for fix in rule.fixes:
        made = phrase("by {maker}: {title}", maker=FIX_WORDS[fix["applicability"]], title=fix["title"])
        question = fix.get("question")
        told.append(made if question is None else phrase("{told}; ask first: {question}", told=made, question=question))
    if told:
        yield [_wrapped(say(one)) for one in told]


def _terms_lines(rule: Rule, say: Say, *, in_full: bool) -> Iterator[str]:
    for source in rule.sources:
        terms = source.terms
        said = "{title}, edition of {edition} (read {read}, {confidence})"
        confidence = say(CONFIDENCE_WORDS[source.confidence])
        confidence = confidence if in_full else confidence.partition(":")[0]
        told = phrase(said, title=terms.title, edition=terms.edition, read=terms.read, confidence=confidence)
        yield f"  {say(told)}"
        yield f"    {source.clause} · {terms.url}"


def _parts(compiled: CompiledRule, rule: Rule, settings: Settings, say: Say) -> Iterator[list[str]]:
    """Yield of what a rule is made, for those who know its language."""
    if rule.parameters:
        values = (f"  {key} = {said(parameter.on(settings.as_of))}" for key, parameter in rule.parameters.items())
        yield [say(phrase("Parameters:")), *values]
    if rule.select:
        yield [say(phrase("Looks at: {select}", select=rule.select))]
    for heading, condition in conditions_of(compiled, rule):
        yield [f"{say(heading)}:", *condition_lines(condition, 1, say)]


def conditions_of(compiled: CompiledRule, rule: Rule | None = None) -> Iterator[tuple[Phrase, Condition]]:
    """Yield the conditions of a rule, each with the words that say what it decides.

    Args:
        compiled: The rule.
        rule: The same with its texts in another language.

    """
    if compiled.parts.where is not None:
        yield phrase("Applies where"), compiled.parts.where
    yield phrase("Fires when") if compiled.rule.forbids else phrase("Fires unless"), compiled.parts.condition
    for cap, (_, condition) in zip((rule or compiled.rule).caps, compiled.parts.caps, strict=True):
        said = "At most {severity} ({because}), unless it is certainly not so that"
        yield phrase(said, severity=cap.to.word, because=cap.because), condition


def _rule_named(name: str, rules: RuleSet) -> CompiledRule:
    found = rules.named(name)
    if found is None:
        raise UsageError(f"there is no rule '{name}'{did_you_mean(name, list(rules.known))}", "see `policylint rules`")
    return found


def _wrapped(text: str) -> str:
    joined = " ".join(text.split())
    return textwrap.fill(joined, 96, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _enforcement_lines(rule: Rule, day: date, say: Say) -> Iterator[str]:
    steps = rule.enforcement
    for index, step in enumerate(steps):
        current = step.since <= day and (index + 1 == len(steps) or steps[index + 1].since > day)
        begun = say(phrase("observed") if step.observed else phrase("since"))
        mark = f"  ← {day}" if current else ""
        yield f"  {begun:8} {step.since}  {say(step.severity.word):7}  {step.note}{mark}"


def condition_lines(condition: Condition, depth: int, say: Say = str) -> Iterator[str]:
    """Yield a condition in words, a line for each of its parts."""
    indent = "  " * depth
    if condition.kind == "test":
        yield f"{indent}{say(sentence(condition))}"
        return
    path = f"{condition.path.text}: " if condition.path is not None else ""
    yield f"{indent}{path}{say(HEADINGS[condition.kind])}"
    for child in condition.children:
        yield from condition_lines(child, depth + 1, say)


def explain_verdict(name: str, file: str, settings: Settings, extensions: Extensions, language: str = "en") -> str:
    """Return why a rule fires in a file or does not: its conditions with the values seen, for each campaign.

    Raises:
        UsageError: There is no such rule, or the file holds no campaign.

    """
    rules = load_rules(settings, extensions)
    compiled = _rule_named(name, rules)
    checker, campaigns = _campaigns(file, rules, settings, extensions)
    if not campaigns:
        raise UsageError(f"{file} holds no campaign", "see `policylint inspect`")
    say = _saying(language)
    lines: list[str] = []
    for campaign in campaigns:
        window = checker.window(campaign, checker.zones[compiled.rule.pack])
        lines += [f"{campaign.id}: {compiled.rule}"]
        channel = campaign.data.get("channel")
        if compiled.rule.channel is not None and channel != compiled.rule.channel:
            other = "does not apply: the channel is {channel}, not {expected}"
            told = phrase(other, channel=as_phrase(said(channel)), expected=compiled.rule.channel)
            lines += [f"  {say(told)}", ""]
            continue
        lines += (f"  {line}" for line in _verdict_lines(compiled, campaign, window, say))
        lines.append("")
    return "\n".join(lines)


def _verdict_lines(compiled: CompiledRule, campaign: Campaign, window: Window, say: Say) -> Iterator[str]:
    found = False
    for scope, bases in scopes(compiled, campaign, window.first):
        found = True
        if scope is None:
            yield say(phrase("undecided: {field} is unknown", field=field_name(bases[-1])))
            continue
        verdict = _BREAKS[compiled.violated(scope)]
        item = phrase("{verdict} for {item}", verdict=verdict, item=field_name(bases[-1]))
        yield say(item if compiled.select else verdict)
        if compiled.parts.where is not None:
            yield f"{say(phrase('applies where'))} [{_VERDICT[compiled.parts.where.test(scope)]}]"
            yield from _tree(compiled.parts.where, scope, bases, 1, say)
        asked = phrase("forbidden") if compiled.rule.forbids else phrase("required")
        yield f"{say(asked)} [{_VERDICT[compiled.parts.condition.test(scope)]}]"
        yield from _tree(compiled.parts.condition, scope, bases, 1, say)
    if not found:
        yield say(phrase("does not apply: there is no {item}", item=compiled.rule.select))
    yield say(_judged(compiled.rule, window))
    for path, (bound, because) in campaign.caps.items():
        if not path or any(read[: len(path)] == path for read in compiled.parts.reads):
            yield say(phrase("{severity} at most: {because}", severity=bound.word, because=as_phrase(because)))


def _judged(rule: Rule, window: Window) -> Phrase:
    """Return on which days a campaign is judged, and what is in force on the last of them."""
    days: object = window.first
    if window.last is None:
        days = phrase("{first} to open end", first=window.first)
    elif window.last != window.first:
        days = phrase("{first} to {last}", first=window.first, last=window.last)
    severity = severity_on(window.last or window.first, rule.enforcement)
    return phrase(
        "judged on {days} ({whose}); in force then: {severity}",
        days=days,
        whose=phrase("its own dates") if window.own else phrase("the day of the run"),
        severity=phrase("nothing yet") if severity is None else severity.word,
    )


def _tree(condition: Condition, scope: Any, bases: tuple[Pointer, ...], depth: int, say: Say) -> Iterator[str]:
    indent = "  " * depth
    verdict = _VERDICT[condition.test(scope)]
    if condition.kind == "test":
        value, field = (None, "") if condition.path is None else (condition.path.read(scope), condition.path.text)
        shown = value_without_secrets(field, seen(value))
        told = phrase("{condition}; it is {value}", condition=sentence(condition), value=shown)
        yield f"{indent}[{verdict}] {say(told)}"
        return
    if condition.path is None:
        yield f"{indent}[{verdict}] {say(HEADINGS[condition.kind])}"
        for child in condition.children:
            yield from _tree(child, scope, bases, depth + 1, say)
        return
    items = condition.path.read(scope)
    yield f"{indent}[{verdict}] {condition.path.text}: {say(HEADINGS[condition.kind])}"
    for item in items if isinstance(items, list) else ():
        yield from _tree(condition.children[0], (*scope, item), bases, depth + 1, say)


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
            shown = value_without_secrets(name, seen(value))
            unknown.setdefault(EXPRESSION.why, []).append(f"{name} ({shown}  {_where(campaign, path)})")
        else:
            foreign = campaign.foreign_place(path)
            shown = value_without_secrets(name, seen(value))
            yield f"  {name}: {shown}  {_where(campaign, path)}{f'  [{foreign[1]}]' if foreign else ''}"
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
