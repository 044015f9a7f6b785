"""Changes of verdicts → plain data for JSON: those of a timeline, of two days, and what is upcoming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint import __version__
from policylint.model.finding import Finding
from policylint.reporters.causes import said_at
from policylint.reporters.json_report import json_text, pointer_text, source_object, span_object
from policylint.reporters.provenance import packs_object

if TYPE_CHECKING:
    from policylint.model.timeline import CampaignTimeline, Cause, Change, Difference, Timeline


def timeline_text(found: Timeline) -> str:
    """Return JSON as ``schemas/timeline.schema.json`` describes it."""
    return json_text(
        {
            "version": __version__,
            "as_of": str(found.as_of),
            "at": None if found.at is None else str(found.at),
            "horizon": str(found.horizon),
            "packs": packs_object(found.packs),
            "summary": {
                "files": found.files,
                "campaigns": len(found.campaigns),
                "changes": sum(len(campaign.changes) for campaign in found.campaigns),
                "later": found.later,
            },
            "campaigns": [campaign_object(campaign) for campaign in found.campaigns],
        }
    )


def difference_text(found: Difference) -> str:
    """Return JSON as ``schemas/diff.schema.json`` describes it."""
    return json_text(
        {
            "version": __version__,
            "from": str(found.start),
            "to": str(found.end),
            "packs": packs_object(found.packs),
            "summary": {
                "files": found.files,
                "campaigns": len(found.campaigns),
                "changes": sum(len(campaign.changes) for campaign in found.campaigns),
                "left_out": found.left_out,
            },
            "campaigns": [campaign_object(campaign) for campaign in found.campaigns],
        }
    )


def campaign_object(campaign: CampaignTimeline) -> dict[str, Any]:
    """Return a campaign with its changes."""
    window = campaign.window
    return {
        "campaign": campaign.campaign,
        "path": campaign.path,
        "line": campaign.start.line,
        "column": campaign.start.column,
        "format": campaign.format,
        "runs": {"first": str(window.first), "last": None if window.last is None else str(window.last)}
        if window.own
        else None,
        "looked_at": {"first": str(campaign.first), "last": str(campaign.last)},
        "standing": str(campaign.standing),
        "changes": [change_object(change) for change in campaign.changes],
    }


def change_object(change: Change) -> dict[str, Any]:
    """Return a change."""
    at = change.at
    return {
        "date": str(change.day),
        "rule": change.rule.id,
        "code": change.rule.code,
        "title": change.rule.title,
        "before": str(change.before),
        "after": str(change.after),
        "message": said_at(at),
        "path": at.path,
        **span_object(at.region),
        "pointer": pointer_text(at.pointer),
        "campaign": at.campaign,
        "fingerprint": at.fingerprint if isinstance(at, Finding) else None,
        "causes": [_cause(cause) for cause in change.causes],
        "sources": [source_object(source) for source in change.rule.sources],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "kind": cause.kind.value,
        "date": str(cause.day),
        "severity": None if cause.severity is None else str(cause.severity),
        "observed": cause.observed,
        "note": cause.note,
    }
