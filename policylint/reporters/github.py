"""Report → workflow commands that annotate files on GitHub, and the summary line for the log.

Syntax and escapes as in actions/runner, ``ActionCommand.cs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.extensions import Style
from policylint.model.phrase import phrase
from policylint.model.rule import Severity
from policylint.reporters.concise import summary
from policylint.reporters.details import details
from policylint.reporters.display import one_line, visible
from policylint.reporters.upcoming import upcoming_findings

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report
    from policylint.model.source import Region

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice", Severity.OFF: "debug"}


def render(report: Report, style: Style) -> str:
    """Return the text."""
    commands = [_command(finding, report, style) for finding in report.findings if finding.suppressed is None]
    upcoming = f", {style.say(phrase('upcoming'))}"
    commands += [_command(finding, report, style, upcoming) for finding in upcoming_findings(report, style.say)]
    return "\n".join([*commands, *summary(report, Style(say=style.say)), ""])


def _command(finding: Finding, report: Report, style: Style, more: str = "") -> str:
    title = one_line(finding.rule if finding.code is None else f"{finding.rule} ({finding.code}){more}")
    properties = {"file": visible(finding.path), **_span(finding.region), "title": title}
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = "\n".join([one_line(finding.message), *details(finding, report, style.say)])
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(message)}"


def _span(region: Region) -> dict[str, int]:
    # The runner drops the columns of a region of several lines, and shows an annotation at its last line.
    last = region.end.line - (region.end.column == 1 and region.end.line > region.start.line)
    if last != region.start.line:
        return {"line": region.start.line, "endLine": last}
    span = {"line": region.start.line, "col": region.start.column, "endLine": last}
    return {**span, "endColumn": region.end.column} if last == region.end.line else span


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
