"""Report → one JSON object, described by ``schemas/report.schema.json``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from policylint.model.rule import Severity, Source
from policylint.reporters.display import is_hidden
from policylint.reporters.provenance import packs_object, provenance_object

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report, UndecidedVerdict
    from policylint.model.fix import Fix
    from policylint.model.source import Pointer, Region


def render(report: Report, _style: Style) -> str:
    """Return the text."""
    return json_text(
        {
            "version": report.version,
            "as_of": str(report.as_of),
            "at": None if report.at is None else str(report.at),
            "packs": packs_object(report.packs),
            "provenance": provenance_object(report),
            "summary": _summary(report),
            "findings": [finding_object(finding) for finding in report.findings],
            "undecided": [_undecided(verdict) for verdict in report.verdicts],
            "upcoming": _upcoming(report),
            "unread": list(report.unread),
        }
    )


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """Return JSON; characters that are invisible, obeyed by terminals or not encodable are written as escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if not text.isascii() or "\x7f" in text:
        text = re.sub(r"[^\n -~]", lambda match: _escaped(match.group()), text)
    return text + "\n"


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1] if ord(char) > 0x7F and is_hidden(char) else char if char != "\x7f" else r"\u007f"


def _upcoming(report: Report) -> list[dict[str, Any]]:
    if not report.upcoming:
        return []
    from policylint.reporters.change_objects import change_object

    return list(map(change_object, report.upcoming))


def _summary(report: Report) -> dict[str, Any]:
    return {
        "files": report.files,
        "campaigns": report.campaigns,
        "errors": report.counted(Severity.ERROR),
        "warnings": report.counted(Severity.WARNING),
        "infos": report.counted(Severity.INFO),
        "suppressed": sum(finding.suppressed is not None for finding in report.findings),
        "waived": report.accepted("waiver"),
        "baselined": report.accepted("baseline"),
        "fixed": report.fixed or 0,
        "undecided": report.undecided,
        "nothing_to_check": report.nothing_to_check,
        "unread": len(report.unread),
        "switched_off": report.switched_off._asdict(),
    }


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data."""
    following, suppressed = finding.next_change, finding.suppressed
    return {
        "rule": finding.rule,
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "path": finding.path,
        **span_object(finding.region),
        "pointer": pointer_text(finding.pointer),
        "campaign": finding.campaign,
        "format": finding.format,
        "since": None if finding.since is None else str(finding.since),
        "since_observed": finding.since_observed,
        "next_change": None
        if following is None
        else {"date": str(following.since), "severity": str(following.severity)},
        "certainty": finding.certainty,
        "sources": [source_object(source) for source in finding.sources],
        "help": finding.help,
        "notes": list(finding.notes),
        "related": [
            {"path": related.path, **span_object(related.region), "message": related.message}
            for related in finding.related
        ],
        "fix": None if finding.fix is None else _fix(finding.fix),
        "fingerprint": finding.fingerprint,
        "suppressed": None
        if suppressed is None
        else {
            "kind": suppressed.kind,
            "reason": suppressed.reason,
            "until": None if suppressed.until is None else str(suppressed.until),
            "owner": suppressed.owner,
            "approver": suppressed.approver,
            "ticket": suppressed.ticket,
        },
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "applicability": fix.applicability,
        "question": fix.question,
        "refusal": fix.refusal,
        "edits": [{**span_object(edit.region), "replacement": edit.replacement} for edit in fix.edits],
    }


def span_object(region: Region) -> dict[str, int]:
    """Return a region as plain data."""
    return {
        "line": region.start.line,
        "column": region.start.column,
        "end_line": region.end.line,
        "end_column": region.end.column,
    }


def pointer_text(pointer: Pointer) -> str:
    """Return a pointer as RFC 6901 writes it; the root is the empty text."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in pointer)


def source_object(source: Source) -> dict[str, str]:
    """Return a source as plain data."""
    return {
        "terms": source.terms.id,
        "title": source.terms.title,
        "clause": source.clause,
        "url": source.terms.url,
        "edition": source.terms.edition,
        "confidence": source.confidence,
    }


def _undecided(verdict: UndecidedVerdict) -> dict[str, str | None]:
    return {
        "rule": verdict.rule,
        "code": verdict.code,
        "campaign": verdict.campaign,
        "path": verdict.path,
        "pointer": pointer_text(verdict.pointer),
        "why": verdict.why,
    }
