"""The rules that a run found broken: what each says, since when, and on which terms it rests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from policylint.model.own import OWN_RULES
from policylint.model.phrase import as_phrase, phrase
from policylint.model.rule import Severity
from policylint.reporters.display import one_line
from policylint.reporters.html.elements import element, link, prose
from policylint.reporters.links import url_of
from policylint.reporters.wording import CERTAINTY_WORDS, CONFIDENCE_WORDS, in_general

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.model.finding import Finding, Report
    from policylint.model.rule import Rule, Source, Step


class BrokenRules:
    """The rules that are broken, the worst first, or will be; each has an entry that findings link to."""

    def __init__(self, report: Report, say: Say) -> None:
        self.report = report
        self.say = say
        by_rule: dict[str, list[Finding]] = {}
        for finding in report.findings:
            by_rule.setdefault(finding.rule, []).append(finding)
        for change in report.upcoming:
            by_rule.setdefault(change.rule.id, [])
        self.findings = {name: by_rule[name] for name in sorted(by_rule, key=lambda name: _order(name, by_rule[name]))}
        self.numbers = {name: number for number, name in enumerate(self.findings, 1)}

    def title(self, name: str) -> str:
        """Return in words what is wrong where a rule is broken."""
        rule = self.report.rules.get(name)
        return one_line(self.say(as_phrase(OWN_RULES.get(name, (name, ""))[0])) if rule is None else rule.title)

    def link(self, finding: Finding) -> Element:
        """Return the link to the entry of a finding's rule."""
        return link(f"#rule-{self.numbers[finding.rule]}", short_name(finding), class_="rule")

    def section(self) -> Element | None:
        """Return the entries, or None where nothing is broken."""
        if not self.findings:
            return None
        entries = map(self.entry, self.findings)
        heading = element("h2", self.say(phrase("Rules that are broken")), id="rules")
        return element("section", heading, *entries, aria_labelledby="rules")

    def entry(self, name: str) -> Element:
        """Return what there is to know of a rule."""
        rule = self.report.rules.get(name)
        code = element("span", one_line(name if rule is None else rule.code), class_="rule")
        told = self.told(rule) if rule is not None else iter([element("p", *prose(self.why_own(name)))])
        heading = element("h3", code, f" {self.title(name)}", id=f"rule-{self.numbers[name]}")
        return element("div", heading, *told, class_="entry")

    def why_own(self, name: str) -> str:
        """Return why the tool itself has a rule."""
        return self.say(as_phrase(OWN_RULES[name][1]) if name in OWN_RULES else phrase("A rule of policylint itself."))

    def told(self, rule: Rule) -> Iterator[Element]:
        """Yield why there is a rule of a pack, its days, its terms and what it is worth."""
        say = self.say
        yield element("p", *prose(in_general(rule.why, rule, self.report, say)))
        yield element("ul", *(_step(step, say) for step in rule.enforcement))
        yield element("ul", *(_source(source, say) for source in rule.sources))
        said = f"{say(CERTAINTY_WORDS.get(rule.certainty, rule.certainty))} · {rule.id}"
        if rule.overridden is not None:
            said += f" · {say(phrase('the configuration makes it {severity}', severity=rule.overridden.word))}"
        yield element("p", one_line(said), class_="lead")


def _order(name: str, findings: list[Finding]) -> tuple[object, ...]:
    counted = [finding.severity for finding in findings if finding.suppressed is None]
    return (-max(counted, default=Severity.OFF), -len(counted), name)


def short_name(finding: Finding) -> str:
    """Return the code of a finding's rule, or its id where it has none."""
    return one_line(finding.code or finding.rule)


def source_link(source: Source) -> Element:
    """Return the link to the terms of a source, named by title and clause."""
    return link(url_of(source), one_line(f"{source.terms.title}, {source.clause}"), rel="noreferrer")


def severity_label(severity: Severity, say: Say) -> Element:
    """Return a severity as a label."""
    return element("span", say(severity.word), class_=f"label {severity}")


def _step(step: Step, say: Say) -> Element:
    since = phrase("observed on {day}", day=step.since) if step.observed else phrase("from {day}", day=step.since)
    label = say(phrase("ended")) if step.severity is Severity.OFF else severity_label(step.severity, say)
    return element("li", *prose(f"{say(since)}: "), " ", label, " ", *prose(step.note))


def _source(source: Source, say: Say) -> Element:
    read = phrase(
        "edition of {edition}, read on {read} · {confidence}",
        edition=source.terms.edition,
        read=source.terms.read,
        confidence=CONFIDENCE_WORDS.get(source.confidence, source.confidence),
    )
    return element("li", source_link(source), " ", *prose(f"· {say(read)}"))
