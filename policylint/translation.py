"""A language → what says phrases in it; a report → the same with the texts of its findings in that language.

What a language has no words for stays English: a phrase, or all texts of a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from policylint import resources
from policylint.model.finding import Finding
from policylint.model.late import LateMapping
from policylint.model.phrase import Phrase, as_phrase, phrase
from policylint.model.texts import substituted
from policylint.model.timeline import CauseKind
from policylint.parse import parse
from policylint.ruletexts import with_texts

if TYPE_CHECKING:
    from policylint.model.finding import Report, UndecidedVerdict
    from policylint.model.fix import Fix
    from policylint.model.rule import Rule, RuleTexts
    from policylint.model.timeline import CampaignTimeline, Change

ENGLISH = "en"
_NO_VALUES = frozenset([phrase("nothing"), phrase("an unknown value"), phrase("a mapping")])
"""What messages say where the file has no value that could be said."""


def languages() -> list[str]:
    """Return the codes of the languages that reports can be written in."""
    return [ENGLISH, *sorted(path.stem for path in resources.languages_folder().glob("*.yaml"))]


class Translator:
    """Says phrases in a language."""

    def __init__(self, language: str) -> None:
        """Read the catalogue of a language; see ``policylint/languages``."""
        path = resources.languages_folder() / f"{language}.yaml"
        (document,) = parse(path.name, path.read_bytes()).documents
        self.language = language
        self.texts: Mapping[str, Any] = document.data["texts"]
        """English pattern → pattern, or for a phrase that hangs on a number its forms ``one`` and ``other``."""
        self.decimal: str = document.data["numbers"]["decimal"]
        self.thousands: str = document.data["numbers"]["thousands"]

    def say(self, text: str, own: Mapping[str, str] = {}) -> str:
        """Return a text in the language; what is no phrase stays as it is.

        Args:
            text: What is to be said.
            own: Further texts, of a rule, that go before those of the catalogue.

        """
        if not isinstance(text, Phrase):
            return text
        pattern = own.get(text.pattern) or self.texts.get(text.pattern)
        if pattern is None and not any(isinstance(value, Phrase) for value in text.values.values()):
            return str(text)
        if pattern is None:
            pattern = text.pattern
        elif isinstance(pattern, dict):
            pattern = pattern["one" if text.values["count"] == 1 else "other"]
        values = {
            name: self.number(str(value))
            if name == "count"
            else self.say(value, own)
            if type(value) is Phrase
            else value
            for name, value in text.values.items()
        }
        return str(pattern).format(**values)

    def number(self, text: str) -> str:
        """Return a number as the language writes it; any other text as it is."""
        match = re.fullmatch(r"(-?\d+)(?:\.(\d+))?", text, re.ASCII)
        if match is None:
            return text
        whole, fraction = match.groups()
        # Four digits stay together (DIN 5008).
        whole = f"{int(whole):,}".replace(",", self.thousands) if len(whole) > 4 else whole
        return whole if fraction is None else f"{whole}{self.decimal}{fraction}"


def translated(report: Report, translator: Translator) -> Report:
    """Return a report that says the same in another language: same findings, same order."""
    texts = report.texts(translator.language)
    told = _Told(report.rules, texts, translator)
    return report._replace(
        upcoming=tuple(map(told.change, report.upcoming)),
        findings=tuple(map(told.finding, report.findings)),
        verdicts=tuple(map(told.verdict, report.verdicts)),
        rules=LateMapping(report.rules, told.rule),
    )


def translated_campaigns(
    campaigns: Iterable[CampaignTimeline],
    rules: Mapping[str, Rule],
    texts: Mapping[str, RuleTexts],
    translator: Translator,
) -> tuple[CampaignTimeline, ...]:
    """Return what changes for campaigns, said in another language."""
    told = _Told(rules, texts, translator)
    return tuple(one._replace(changes=tuple(map(told.change, one.changes))) for one in campaigns)


class _Told:
    def __init__(self, rules: Mapping[str, Rule], texts: Mapping[str, RuleTexts], translator: Translator) -> None:
        self.rules = rules
        self.texts = texts
        self.translator = translator

    def rule(self, name: str) -> Rule:
        """Return a rule with its texts in the language, where there are any."""
        rule, texts = self.rules[name], self.texts.get(name)
        return rule if texts is None else with_texts(rule, texts)

    def finding(self, finding: Finding) -> Finding:
        """Return a finding with its texts in the language."""
        say = self.translator.say
        own: dict[str, str] = {}
        message, help_text, values = finding.message, finding.help, finding.values
        texts = self.texts.get(finding.rule)
        if texts is not None and finding.rule in self.rules:
            rule = self.rules[finding.rule]
            own = {cap.because: said for cap, said in zip(rule.caps, texts.caps, strict=True)}
            values = {name: self.value(name, value, rule) for name, value in values.items()}
            help_text = substituted(texts.solution, values)
            said = substituted(texts.message, values)
            # The day that stands behind the message stays apart from it: not everybody is told of it.
            dated = isinstance(message, Phrase) and Phrase(said, message.pattern, {**message.values, "message": said})
            message = Phrase(say(dated), dated.pattern, dated.values) if dated else said
        suppressed = finding.suppressed
        if suppressed is not None:
            suppressed = suppressed._replace(reason=say(suppressed.reason))
        return finding._replace(
            message=message if texts is not None else say(message),
            help=None if help_text is None else say(help_text),
            notes=tuple(say(note, own) for note in finding.notes),
            related=tuple(related._replace(message=say(related.message)) for related in finding.related),
            suppressed=suppressed,
            values=values,
            seen=tuple(map(say, finding.seen)),
            fix=None if finding.fix is None else self.fix(finding.fix, texts, values),
        )

    def fix(self, fix: Fix, texts: RuleTexts | None, values: Mapping[str, str]) -> Fix:
        """Return a fix with its texts in the language."""
        say = self.translator.say
        title, question = fix.title, fix.question
        if texts is not None and fix.number is not None and fix.number < len(texts.fixes):
            title, question = texts.fixes[fix.number]
            title = substituted(title, values)
            question = None if question is None else substituted(question, values)
        refusal = None if fix.refusal is None else say(fix.refusal)
        return fix._replace(title=say(title), question=None if question is None else say(question), refusal=refusal)

    def value(self, name: str, value: str, rule: Rule) -> str:
        """Return what a placeholder stands for: what files say stays as it is."""
        if name in rule.parameters:
            return ", ".join(map(self.translator.number, value.split(", ")))
        return self.translator.say(as_phrase(value)) if value in _NO_VALUES else value

    def change(self, change: Change) -> Change:
        """Return a change with its texts in the language."""
        rule = self.rule(change.rule.id)
        notes = {step.since: step.note for step in rule.enforcement}
        causes = (
            cause._replace(note=notes[cause.day] if cause.kind is CauseKind.STEP else self.translator.say(cause.note))
            for cause in change.causes
        )
        at = self.finding(change.at) if isinstance(change.at, Finding) else self.verdict(change.at)
        return change._replace(rule=rule, at=at, causes=tuple(causes))

    def verdict(self, verdict: UndecidedVerdict) -> UndecidedVerdict:
        """Return an undecided verdict with its texts in the language."""
        say = self.translator.say
        return verdict._replace(field=say(verdict.field), why=say(as_phrase(verdict.why)))
