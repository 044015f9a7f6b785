"""Report → JUnit's XML, for test dashboards: a suite for each file, a case for each finding.

What makes the run fail is a failure. What does not (it is milder, or suppressed) is skipped, so that a dashboard is red
when the run is. The text of either begins with the line that ``concise`` prints.

JUnit has no one schema: elements and attributes are those that all common ones know (jenkinsci/xunit-plugin's
junit-10.xsd, pytest's, JUnit 5's).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from policylint.extensions import Style
from policylint.reporters.concise import head, no_campaigns
from policylint.reporters.details import details
from policylint.reporters.display import one_line, plural, visible
from policylint.reporters.json_report import pointer_text
from policylint.reporters.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policylint.model.finding import Finding, Report


def render(report: Report, _style: Style) -> str:
    """Return the text."""
    root = Element("testsuites", {"name": "policylint", **_counts(report.findings, report)})
    for path, findings in groupby(report.findings, key=lambda finding: finding.path):
        _suite(root, path, list(findings), report)
    if not report.findings:
        _suite_of_nothing(root, report)
    return xml_text(root)


def _counts(findings: Iterable[Finding], report: Report) -> dict[str, str]:
    blocking = [report.blocks(finding) for finding in findings]
    return {"tests": str(len(blocking)), "failures": str(sum(blocking)), "errors": "0"}


def _suite(root: Element, path: str, findings: Sequence[Finding], report: Report) -> None:
    counts = _counts(findings, report)
    skipped = str(len(findings) - int(counts["failures"]))
    suite = SubElement(root, "testsuite", {"name": visible(path), **counts, "skipped": skipped})
    _properties(suite, report)
    for finding in findings:
        case = SubElement(suite, "testcase", name=_name(finding), classname=visible(path))
        if report.blocks(finding):
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
