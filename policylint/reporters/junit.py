"""Report → JUnit's XML, for test dashboards: a suite for each file, a case for each finding.

What makes the run fail is a failure. What does not (it is milder, or suppressed) is skipped, so that a dashboard is red
when the run is. The text of either begins with the line that ``concise`` prints.

JUnit has no one schema: elements and attributes are those that all common ones know (jenkinsci/xunit-plugin's
junit-10.xsd, pytest's, JUnit 5's).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from policylint.extensions import Style
from policylint.model.tuples import NamedTuple
from policylint.reporters.concise import head, no_campaigns
from policylint.reporters.details import details
from policylint.reporters.display import one_line, plural, visible
from policylint.reporters.json_report import pointer_text
from policylint.reporters.upcoming import upcoming_findings
from policylint.reporters.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policylint.model.finding import Finding, Report


class _Case(NamedTuple):
    """A finding, and whether it makes the run fail."""

    finding: Finding
    fails: bool
    word: str = ""
    """What its name ends in."""


def render(report: Report, _style: Style) -> str:
    """Return the text."""
    cases = [_Case(finding, report.blocks(finding)) for finding in report.findings]
    cases += [_Case(finding, fails=True, word=", upcoming") for finding in upcoming_findings(report)]
    root = Element("testsuites", {"name": "policylint", **_counts(cases)})
    by_file: dict[str, list[_Case]] = {}
    for case in cases:
        by_file.setdefault(case.finding.path, []).append(case)
    for path, of_file in by_file.items():
        _suite(root, path, of_file, report)
    if not cases:
        _suite_of_nothing(root, report)
    return xml_text(root)


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    blocking = [case.fails for case in cases]
    return {"tests": str(len(blocking)), "failures": str(sum(blocking)), "errors": "0"}


def _suite(root: Element, path: str, cases: Sequence[_Case], report: Report) -> None:
    counts = _counts(cases)
    skipped = str(len(cases) - int(counts["failures"]))
    suite = SubElement(root, "testsuite", {"name": visible(path), **counts, "skipped": skipped})
    _properties(suite, report)
    for finding, fails, word in cases:
        case = SubElement(suite, "testcase", name=f"{_name(finding)}{word}", classname=visible(path))
        if fails:
            message = one_line(finding.message)
            verdict = SubElement(case, "failure", type=str(finding.severity), message=message)
        else:
            verdict = SubElement(case, "skipped")
        verdict.text = "\n".join([head(finding, Style()), *details(finding, report)])


def _name(finding: Finding) -> str:
    """Return a name that stays the same when lines move, so that a dashboard knows the case again."""
    at = pointer_text(finding.pointer)
    return one_line(", ".join(part for part in (finding.rule, finding.campaign, at) if part))


def _properties(suite: Element, report: Report) -> None:
    properties = SubElement(suite, "properties")
    for name, value in (("version", report.version), ("as_of", report.as_of), ("at", report.at)):
        if value is not None:
            SubElement(properties, "property", name=f"policylint.{name}", value=str(value))


def _suite_of_nothing(root: Element, report: Report) -> None:
    """Add a case of its own, as a report without any is taken for a run that broke off."""
    nothing_judged = no_campaigns(report)
    count = {"tests": "1", "failures": "0", "errors": "0"}
    root.attrib.update(count)
    skipped = str(int(nothing_judged is not None))
    suite = SubElement(root, "testsuite", {"name": "policylint", **count, "skipped": skipped})
    _properties(suite, report)
    name = f"{plural(report.campaigns, 'campaign')} in {plural(report.files, 'file')}"
    case = SubElement(suite, "testcase", name=name, classname="policylint")
    if nothing_judged is not None:
        SubElement(case, "skipped").text = nothing_judged
