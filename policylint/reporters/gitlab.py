"""Report → GitLab's code quality report: Code Climate's issues, as many of their keys as GitLab reads.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. What is suppressed is left out: GitLab has
no word for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.model.rule import Severity
from policylint.reporters.json_report import json_text
from policylint.reporters.upcoming import upcoming_findings

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info", Severity.OFF: "info"}


def render(report: Report, _style: Style) -> str:
    """Return the text."""
    counting = [finding for finding in report.findings if finding.suppressed is None]
    return json_text(list(map(_issue, [*counting, *upcoming_findings(report)])))


def _issue(finding: Finding) -> dict[str, Any]:
    start, end = finding.region.start, finding.region.end
    return {
        "type": "issue",
        "check_name": finding.rule,
        "description": finding.message,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": finding.path,
            "lines": {"begin": start.line, "end": end.line},
            "positions": {
                "begin": {"line": start.line, "column": start.column},
                "end": {"line": end.line, "column": end.column},
            },
        },
    }
