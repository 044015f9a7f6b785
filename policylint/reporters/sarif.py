"""Report → SARIF 2.1.0, as GitHub code scanning and other viewers take it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/ and GitHub's "SARIF support for code scanning".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from policylint.model.own import OWN_PACK, OWN_RULES
from policylint.model.rule import Rule, Severity, Source
from policylint.reporters.acceptance import accepted
from policylint.reporters.concise import loud
from policylint.reporters.display import plural
from policylint.reporters.json_report import finding_object, json_text
from policylint.reporters.links import PROJECT_PAGE, page_of, url_of
from policylint.reporters.provenance import packs_object, provenance_object
from policylint.reporters.upcoming import upcoming_findings
from policylint.reporters.wording import in_general
from policylint.resolve import severity_on

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report, Suppression
    from policylint.model.fix import Fix
    from policylint.model.source import Region

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAXIMUM_RESULTS = 25_000
"""Results of a run; GitHub refuses a file with more."""

_LEVELS = {Severity.OFF: "none", Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
# https://semver.org: the versions of Python packages that are not of this form have no place in semanticVersion.
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\Z")
_PROPERTIES = (
    "code",
    "campaign",
    "format",
    "pointer",
    "since",
    "since_observed",
    "next_change",
    "certainty",
    "help",
    "notes",
    "sources",
)


def render(report: Report, _style: Style) -> str:
    """Return the text."""
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]})


def _run(report: Report) -> dict[str, Any]:
    findings = _kept(report)
    names = [*report.rules, *sorted({finding.rule for finding in findings} - set(report.rules))]
    indexes = {name: index for index, name in enumerate(names)}
    driver: dict[str, Any] = {"name": "policylint", "informationUri": PROJECT_PAGE, "version": report.version}
    if _SEMANTIC.match(report.version):
        driver["semanticVersion"] = report.version
    driver["rules"] = [
        _pack_rule(report.rules[name], report) if name in report.rules else _own_rule(name) for name in names
    ]
    return {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(report, indexes)}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, indexes) for finding in findings],
        "properties": {
            "as_of": str(report.as_of),
            "at": None if report.at is None else str(report.at),
            "packs": packs_object(report.packs),
            "provenance": provenance_object(report),
        },
    }


def _kept(report: Report) -> list[Finding]:
    """Return the findings, in their order; of more than a run may hold, those that count most."""
    if len(report.findings) <= MAXIMUM_RESULTS:
        return list(report.findings)
    order = sorted(
        range(len(report.findings)),
        key=lambda index: (report.findings[index].suppressed is not None, -report.findings[index].severity),
    )
    return [report.findings[index] for index in sorted(order[:MAXIMUM_RESULTS])]


def _notifications(report: Report, indexes: Mapping[str, int]) -> list[dict[str, Any]]:
    said: list[str] = [*loud(report)]
    over = len(report.findings) - MAXIMUM_RESULTS
    if over > 0:
        said.append(f"{plural(over, 'finding')} left out: a SARIF run holds at most {MAXIMUM_RESULTS}")
    notifications: list[dict[str, Any]] = [{"level": "warning", "message": {"text": f"{text}."}} for text in said]
    # A result would say that it counts already.
    return notifications + [
        {
            "level": _LEVELS[finding.severity],
            "message": {"text": _sentence(_unlinked(finding.message))},
            "locations": [{"physicalLocation": _physical(finding.path, finding.region)}],
            "associatedRule": {"id": finding.rule, "index": indexes[finding.rule]},
        }
        for finding in upcoming_findings(report)
    ]


def _pack_rule(rule: Rule, report: Report) -> dict[str, Any]:
    day = report.at or report.as_of
    severity = rule.overridden
    if severity is None:
        severity = severity_on(day, rule.enforcement)
    if severity is None:
        severity = rule.enforcement[0].severity if rule.enforcement else Severity.WARNING
    why, solution = (in_general(text, rule, report) for text in (rule.why, rule.solution))
    links = "".join(
        f"\n- [{_unlinked(source.terms.title)}, {_unlinked(source.clause)}]({url_of(source)})"
        for source in rule.sources
    )
    return {
        "id": rule.id,
        "name": _pascal(rule.id),
        "shortDescription": {"text": _sentence(rule.title)},
        "fullDescription": {"text": _sentence(why or rule.title)},
        "help": {
            "text": "\n".join([_sentence(solution or why or rule.title), *map(_source_line, rule.sources)]),
            "markdown": "\n\n".join(part for part in (why, f"**Instead:** {solution}", f"**Terms:**\n{links}") if part),
        },
        "helpUri": page_of(rule.sources),
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {
            "code": rule.code,
            "certainty": rule.certainty,
            "tags": list(dict.fromkeys(tag for tag in ("policy", rule.pack, rule.channel, rule.certainty) if tag)),
        },
    }


def _own_rule(name: str) -> dict[str, Any]:
    """Describe a rule of the tool itself."""
    title, why = OWN_RULES.get(name, (name, "A rule of policylint itself."))
    return {
        "id": name,
        "name": _pascal(name),
        "shortDescription": {"text": _sentence(title)},
        "fullDescription": {"text": _sentence(why)},
        "help": {"text": _sentence(why), "markdown": _sentence(why)},
        "helpUri": PROJECT_PAGE,
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": [OWN_PACK]},
    }


def _source_line(source: Source) -> str:
    return f"{source.terms.title}, {source.clause}: {source.terms.url}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", name))


def _result(finding: Finding, indexes: Mapping[str, int]) -> dict[str, Any]:
    plain = finding_object(finding)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": indexes[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": _sentence(_unlinked(finding.message))},
        "locations": [{"physicalLocation": _physical(finding.path, finding.region)}],
        "partialFingerprints": {"policylint/v1": finding.fingerprint},
        # Either every result of a run has this property or none (SARIF 3.27.23).
        "suppressions": [] if finding.suppressed is None else [_suppression(finding.suppressed)],
        "properties": {key: plain[key] for key in _PROPERTIES},
    }
    if finding.fix is not None and finding.fix.edits:
        result["fixes"] = [_fix(finding.fix, finding.path)]
    elif finding.fix is not None:  # SARIF has no place for advice without a change
        result["properties"]["fix"] = plain["fix"]
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _physical(related.path, related.region),
                "message": {"text": _sentence(_unlinked(related.message))},
            }
            for number, related in enumerate(finding.related, 1)
        ]
    return result


def _fix(fix: Fix, path: str) -> dict[str, Any]:
    """Return a fix; what is deleted is a region of no length where it only puts something in."""
    asked = f" Ask first: {fix.question}" if fix.question else ""
    return {
        "description": {"text": f"{_sentence(_unlinked(fix.title))}{_unlinked(asked)}"},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": uri(path)},
                "replacements": [
                    {"deletedRegion": _region(edit.region), "insertedContent": {"text": edit.replacement}}
                    for edit in fix.edits
                ],
            }
        ],
        "properties": {"applicability": fix.applicability},
    }


def _unlinked(text: str) -> str:
    """Return a text in which nothing is a link: ``[text](target)`` is one even in plain messages (SARIF 3.11.6)."""
    return re.sub(r"([\[\]])", r"\\\1", text) if "](" in text else text


def _physical(path: str, region: Region) -> dict[str, Any]:
    return {"artifactLocation": {"uri": uri(path)}, "region": _region(region)}


def _region(region: Region) -> dict[str, int]:
    return {
        "startLine": region.start.line,
        "startColumn": region.start.column,
        "endLine": region.end.line,
        "endColumn": region.end.column,
    }


def uri(path: str) -> str:
    """Return a path as a URI reference, percent-encoded; relative where the path is."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "surrogatepass")
    if re.match(r"[A-Za-z]:/", path):
        return f"file:///{path[:2]}{quote_from_bytes(raw[2:])}"
    return f"{'file://' if path.startswith('/') else ''}{quote_from_bytes(raw)}"


def _suppression(suppression: Suppression) -> dict[str, Any]:
    return {
        "kind": "inSource" if suppression.kind == "in_source" else "external",
        "justification": accepted(suppression),
    }
