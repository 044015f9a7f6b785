"""``policylint waivers``: the waivers of a repository as a list, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.discover import files_of, folders_of, reader_for
from policylint.model.waiver import WaiverPolicy
from policylint.pipeline import run
from policylint.reporters.display import one_line, plural
from policylint.reporters.json_report import json_text
from policylint.ruleset import load_rules
from policylint.waive import check_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from policylint.config import Settings
    from policylint.extensions import Extensions
    from policylint.model.finding import Report
    from policylint.model.waiver import Waiver


def listed(settings: Settings, extensions: Extensions, *, as_json: bool) -> str:
    """Return the waivers, the one that ends first on top.

    Raises:
        ConfigError: One names no rule.

    """
    waivers = _waivers(settings)
    known = load_rules(settings, extensions).known
    if settings.waivers is not None:
        check_names(settings.waivers, known)
    if as_json:
        return json_text([_plain(waiver, known[waiver.rule], settings.as_of) for waiver in waivers])
    blocks = "".join(_block(waiver, known[waiver.rule], settings.as_of) for waiver in waivers)
    policy = settings.waivers.policy if settings.waivers is not None else WaiverPolicy()
    ended = sum(waiver.until < settings.as_of for waiver in waivers)
    soon = sum(0 <= (waiver.until - settings.as_of).days <= policy.notice_days for waiver in waivers)
    limit = "" if policy.limit is None else f" (at most {policy.limit} may be in force)"
    counts = f"{ended} ended, {soon} within {plural(policy.notice_days, 'day')} of the end"
    return f"{blocks}{plural(len(waivers), 'waiver')}{limit}: {counts} (as of {settings.as_of})\n"


def _waivers(settings: Settings) -> list[Waiver]:
    entries = settings.waivers.entries if settings.waivers is not None else ()
    return sorted(entries, key=lambda waiver: waiver.until)


def _state(waiver: Waiver, day: date) -> str:
    left = (waiver.until - day).days
    if left < 0:
        return f"ended on {waiver.until}"
    if waiver.added is not None and waiver.added > day:
        return f"from {waiver.added} until {waiver.until}"
    return f"until {waiver.until} ({'today' if left == 0 else plural(left, 'day')})"


def _block(waiver: Waiver, rule: str, day: date) -> str:
    who = [f"owner {waiver.owner}"]
    who += [f"approved by {waiver.approver}"] if waiver.approver is not None else []
    who += [f"ticket {waiver.ticket}"] if waiver.ticket is not None else []
    first = f"{waiver.place}: {rule} for {waiver.scope}: {_state(waiver, day)}"
    return f"{one_line(first)}\n    {one_line(waiver.reason)} · {one_line(', '.join(who))}\n"


def _plain(waiver: Waiver, rule: str, day: date) -> dict[str, Any]:
    start = waiver.document.region((*waiver.pointer, "rule")).start
    return {
        "file": waiver.document.path,
        "line": start.line,
        "rule": rule,
        "path": waiver.path,
        "campaign": waiver.campaign,
        "reason": waiver.reason,
        "owner": waiver.owner,
        "approver": waiver.approver,
        "ticket": waiver.ticket,
        "added": None if waiver.added is None else str(waiver.added),
        "until": str(waiver.until),
        "days_left": (waiver.until - day).days,
    }


def linted(paths: Sequence[str], settings: Settings, extensions: Extensions) -> Report:
    """Return what a check of some paths, or of the folder of the waivers, says of the waivers alone."""
    places = list(paths) or [str(settings.waivers.base) if settings.waivers is not None else "."]
    settings = settings._replace(folders=folders_of(places))
    report = run(files_of(places, settings).targets, settings, extensions, reader_for(settings))
    about = tuple(finding for finding in report.findings if finding.rule.startswith("policylint/waiver-"))
    return report._replace(findings=about)
