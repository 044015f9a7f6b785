"""Rules in words: the page of one, and the catalogue."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from policylint.model.own import OWN_RULES
from policylint.model.phrase import as_phrase, phrase
from policylint.reporters.audience import rule_place
from policylint.reporters.wording import CERTAINTY_WORDS, CONFIDENCE_WORDS, FIX_WORDS
from policylint.resolve import severity_on
from policylint.ruleset import load_rules
from policylint.ruletexts import with_texts
from policylint.sentences import condition_lines, conditions_of, parameter_words

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Extensions, Say
    from policylint.model.rule import CompiledRule, Rule


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
    compiled = rules.asked_for(name)
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
        sections += _parts(compiled, rule, say)
    if rule.silent_when_unknown:
        silent = phrase("Says nothing of what a file leaves unknown, not even that it is undecided.")
        sections += [[say(silent)]]
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


def _parts(compiled: CompiledRule, rule: Rule, say: Say) -> Iterator[list[str]]:
    """Yield of what a rule is made, for those who know its language."""
    if rule.parameters:
        values = (f"  ${key}: {say(parameter_words(parameter))}" for key, parameter in rule.parameters.items())
        yield [say(phrase("Parameters:")), *values]
    if rule.select:
        yield [say(phrase("Looks at: {select}", select=rule.select))]
    for heading, condition in conditions_of(compiled, rule):
        yield [f"{say(heading)}:", *condition_lines(condition, 1, say)]


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
