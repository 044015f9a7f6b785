"""Report → Checkstyle's XML, which many dashboards and review bots read. What is suppressed is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from policylint.reporters.display import one_line, visible
from policylint.reporters.upcoming import upcoming_findings
from policylint.reporters.xml_text import xml_text

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report


def render(report: Report, _style: Style) -> str:
    """Return the text."""
    root = Element("checkstyle", version="4.3")
    by_file: dict[str, list[Finding]] = {}
    for finding in [*report.findings, *upcoming_findings(report)]:
        if finding.suppressed is None:
            by_file.setdefault(finding.path, []).append(finding)
    for path, findings in by_file.items():
        file = SubElement(root, "file", name=visible(path))
        for finding in findings:
            SubElement(
                file,
                "error",
                line=str(finding.region.start.line),
                column=str(finding.region.start.column),
                severity=str(finding.severity),
                message=one_line(finding.message),
                source=one_line(finding.rule),
            )
    return xml_text(root)
