"""Report → JSON Lines: an object for each finding, as in the JSON report, written as soon as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.reporters.json_report import finding_object, json_text

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report


def render(report: Report, _style: Style) -> str:
    """Return the text."""
    return "".join(map(line, report.findings))


def line(finding: Finding) -> str:
    """Return the line of a finding."""
    return json_text(finding_object(finding), indent=None)
