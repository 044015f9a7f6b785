"""Rules in words: the page of one, and the catalogue."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from policylint.model.own import OWN_RULES
from policylint.reporters.wording import CERTAINTY_WORDS
from policylint.resolve import severity_on
from policylint.ruleset import load_rules
from policylint.wording import condition_lines, conditions_of, parameter_words

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Extensions
    from policylint.model.rule import Rule


def explain_rule(name: str, settings: Settings, extensions: Extensions) -> str:
    """Return a rule as a page: what it says, since when, on which terms, and when it fires.

    Raises:
        UsageError: There is no such rule.

    """
    rules = load_rules(settings, extensions)
    if name in OWN_RULES:
        title, why = OWN_RULES[name]
        return f"{name}\n{title}\n\n{_wrapped(why)}\n"
    compiled = rules.asked_for(name)
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
        lines += [f"  ${key}: {parameter_words(parameter)}" for key, parameter in rule.parameters.items()]
    if rule.select:
        lines += ["", f"Looks at: {rule.select}"]
    for heading, condition in conditions_of(compiled):
        lines += ["", f"{heading}:", *condition_lines(condition, 1)]
    if not rule.waivable:
        lines += ["", "No suppression, waiver or baseline may accept its findings."]
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 96, initial_indent="  ", subsequent_indent="  ")


def _enforcement_lines(rule: Rule, day: date) -> Iterator[str]:
    steps = rule.enforcement
    for index, step in enumerate(steps):
        current = step.since <= day and (index + 1 == len(steps) or steps[index + 1].since > day)
        begun = "observed" if step.observed else "since"
        mark = f"  ← {day}" if current else ""
        yield f"  {begun:8} {step.since}  {step.severity!s:7}  {step.note}{mark}"


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
