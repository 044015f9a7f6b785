"""The report formats, as a built-in plugin: one module each, imported when its format is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from policylint.extensions import Reporter, Style

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report


def _late(module: str, title: str, *, spoken: bool = False, fixes: bool = False) -> Reporter:
    def render(report: Report, style: Style) -> str:
        text: str = import_module(f"policylint.reporters.{module}").render(report, style)
        return text

    return Reporter(title, render, spoken=spoken, fixes=fixes)


def _late_lines(module: str, title: str) -> Reporter:
    def line(finding: Finding) -> str:
        text: str = import_module(f"policylint.reporters.{module}").line(finding)
        return text

    return _late(module, title, fixes=True)._replace(line=line)


def policylint_reporters() -> Mapping[str, Reporter]:
    """Give the built-in reporters."""
    return {
        "text": _late("text", "for people: each finding with the source line", spoken=True, fixes=True),
        "concise": _late("concise", "one line for each finding", spoken=True),
        "json": _late("json_report", "one JSON object", fixes=True)._replace(shows_undecided=True),
        "jsonl": _late_lines("jsonl", "one JSON object a line for each finding, written during the run"),
        "sarif": _late("sarif", "SARIF 2.1.0, for code scanning", fixes=True),
        "github": _late("github", "annotations of GitHub Actions", spoken=True, fixes=True),
        "gitlab": _late("gitlab", "GitLab's code quality report", spoken=True),
        "junit": _late("junit", "JUnit's XML, for test dashboards", fixes=True),
        "checkstyle": _late("checkstyle", "Checkstyle's XML, for review bots", spoken=True),
        "html": _late(
            "html",
            "one page for a browser: a calendar of the campaigns, findings to search and to print",
            spoken=True,
            fixes=True,
        )._replace(shows_campaigns=True, shows_undecided=True),
        "markdown": _late("markdown", "a summary of a job or of a pull request", spoken=True, fixes=True),
    }
