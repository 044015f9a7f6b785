"""A finding → what those who read the report are told of it beside its message, as labelled texts.

Marketing people are told what to do and by when, lawyers on which clause of which edition it rests, developers which
condition saw which value. Every report for people takes it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from policylint.model.own import OWN_RULES
from policylint.model.phrase import Phrase, as_phrase, joined, phrase
from policylint.model.rule import Severity
from policylint.model.texts import substituted
from policylint.model.tuples import NamedTuple
from policylint.reporters.concise import suppression_in_words
from policylint.reporters.dates import is_bounded
from policylint.reporters.links import url_of
from policylint.reporters.wording import CERTAINTY_WORDS, CONFIDENCE_WORDS

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report
    from policylint.model.rule import Rule, Source, Step

AUDIENCES = ("marketing", "legal", "dev")


class Point(NamedTuple):
    """Something that is told, with its label."""

    label: Phrase
    text: str
    url: str | None = None
    """The address of what the text names."""

    def said(self, say: Callable[[str], str]) -> str:
        """Return the text in a language, with the address behind it."""
        return say(self.text) if self.url is None else f"{say(self.text)} · {self.url}"


def points(audience: str, finding: Finding, report: Report) -> Iterator[Point]:
    """Yield what an audience is told of a finding."""
    if audience == "marketing":
        yield from _for_marketing(finding, report)
    elif audience == "legal":
        yield from _for_lawyers(finding, report)
    else:
        yield from _for_developers(finding, report)


def plain_message(finding: Finding) -> str:
    """Return the message without the day that stands behind it, as a sentence."""
    message = finding.message
    if isinstance(message, Phrase) and "message" in message.values:
        message = str(message.values["message"])
    return message if message.endswith((".", "!", "?")) else f"{message}."


def reason(finding: Finding, report: Report) -> str:
    """Return why there is such a rule."""
    rule = report.rules.get(finding.rule)
    if rule is not None:
        return substituted(rule.why, finding.values)
    return as_phrase(OWN_RULES[finding.rule][1]) if finding.rule in OWN_RULES else ""


# --- marketing ----------------------------------------------------------------------------------------------------


MUST, SHOULD, GOOD_TO_KNOW = phrase("must be changed"), phrase("should be changed"), phrase("good to know")


def demand(finding: Finding, report: Report) -> Phrase:
    """Return how much a finding asks of those who plan a campaign."""
    if finding.suppressed is not None:
        return phrase("accepted")
    if report.blocks(finding) or finding.severity is Severity.ERROR:
        return MUST
    return SHOULD if finding.severity is Severity.WARNING else GOOD_TO_KNOW


def deadline(finding: Finding, report: Report) -> Phrase:
    """Return by when a finding is to be mended."""
    day = report.at or report.as_of
    step = finding.next_change
    if step is not None and is_bounded(finding, report, step):
        step = None
    if report.blocks(finding) or finding.severity is Severity.ERROR:
        until = _now(finding, day <= finding.since if finding.since is not None else False)
    elif step is not None and step.severity is Severity.ERROR:
        if step.since > day:
            return phrase("before {day}: from then on it must be changed", day=step.since)
        return phrase("before it runs again: since {day} it must be changed", day=step.since)
    else:
        until = phrase("no day is set; best before the next send")
    if step is not None and step.severity is Severity.OFF and step.since > day:
        return phrase("{until}; the rule ends on {day}", until=until, day=step.since)
    return until


def _now(finding: Finding, later: bool) -> Phrase:
    if finding.since is None:
        return phrase("now")
    if later:
        return phrase("before {day}, when it comes into force", day=finding.since)
    if finding.since_observed:
        return phrase("now (seen in force on {day})", day=finding.since)
    return phrase("now (in force since {day})", day=finding.since)


def by_campaign(findings: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    """Return findings by campaign, or by file where they are of none; what counts most first."""
    groups: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.path, finding.campaign), []).append(finding)
    return [
        (path if campaign is None else campaign, sorted(group, key=lambda finding: -finding.severity))
        for (path, campaign), group in groups.items()
    ]


def _for_marketing(finding: Finding, report: Report) -> Iterator[Point]:
    why = reason(finding, report)
    if why:
        yield Point(phrase("Why"), why)
    if finding.help:
        yield Point(phrase("What to do"), finding.help)
    if finding.suppressed is not None:
        yield Point(phrase("Accepted"), suppression_in_words(finding.suppressed))
    else:
        yield Point(phrase("By when"), deadline(finding, report))
    yield from (Point(phrase("Note"), note) for note in finding.notes)
    where = "{path}, line {line}"
    yield Point(phrase("Where"), phrase(where, path=finding.path, line=finding.region.start.line))
    for related in finding.related:
        yield Point(phrase("See also"), phrase(where, path=related.path, line=related.region.start.line))
    yield Point(phrase("Rule"), finding.code or finding.rule)


# --- lawyers ------------------------------------------------------------------------------------------------------


def _for_lawyers(finding: Finding, report: Report) -> Iterator[Point]:
    rule = report.rules.get(finding.rule)
    why = reason(finding, report)
    if why:
        yield Point(phrase("content") if rule is not None else phrase("why"), why)
    if rule is not None:
        yield Point(phrase("certainty"), CERTAINTY_WORDS[rule.certainty])
        yield from map(_step, rule.enforcement)
        if rule.overridden is not None:
            yield Point(phrase("note"), phrase("the configuration sets {severity}", severity=rule.overridden.word))
    yield from map(_source, finding.sources)
    if finding.help:
        yield Point(phrase("help"), finding.help)


def _step(step: Step) -> Point:
    label = phrase("observed on {day}", day=step.since) if step.observed else phrase("since {day}", day=step.since)
    severity = phrase("no longer in force") if step.severity is Severity.OFF else step.severity.word
    return Point(label, joined(": ", [severity, *([step.note] if step.note else [])]))


def _source(source: Source) -> Point:
    said = phrase(
        "{title}, {clause}; edition of {edition}, read on {read}; {confidence}",
        title=source.terms.title,
        clause=source.clause,
        edition=source.terms.edition,
        read=source.terms.read,
        confidence=CONFIDENCE_WORDS[source.confidence],
    )
    return Point(phrase("source"), said, url_of(source))


# --- developers ---------------------------------------------------------------------------------------------------


def _for_developers(finding: Finding, report: Report) -> Iterator[Point]:
    from policylint.reporters.json_report import pointer_text

    at = pointer_text(finding.pointer) or "/"
    yield Point(phrase("pointer"), f"{at} ({finding.format})" if finding.format is not None else at)
    yield from (Point(phrase("condition"), seen) for seen in finding.seen)
    rule = report.rules.get(finding.rule)
    if rule is not None:
        yield Point(phrase("rule"), f"{rule_place(rule)} ({rule.code})")
        yield Point(phrase("try"), f"`policylint explain {rule.code} {finding.path}`")
    if finding.help:
        yield Point(phrase("help"), finding.help)


def rule_place(rule: Rule) -> str:
    """Return where a rule says what it forbids or requires, as ``path:line:column``."""
    start = rule.document.region(("forbid" if rule.forbids else "require",)).start
    return f"{rule.document.path}:{start.line}:{start.column}"
