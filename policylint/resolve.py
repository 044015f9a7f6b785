"""Violations → findings: the days decide the severity. No other module does."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from policylint.model.finding import Finding, Location, Related, Undecided, Violation, Window
from policylint.model.phrase import as_phrase, phrase
from policylint.model.rule import Severity, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from policylint.model.campaign import Campaign
    from policylint.model.rule import Rule
    from policylint.model.source import Document, Pointer, Problem, SourceFile

# As the campaign schema has it; Python's own reader takes other forms too, not the same ones in each version.
_MOMENT = (
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?\Z"
)


def window_of(campaign: Campaign, as_of: date, at: date | None, zone: tzinfo | None = None) -> Window:
    """Return the days on which a campaign is judged.

    Args:
        campaign: Its ``schedule`` says when it runs. A start without an end runs for ever where it recurs, else a day;
            it runs for ever too where an end is written that cannot be read. An end without a start runs from
            ``as_of``, or on its last day where that is past.
        as_of: The day that a campaign without dates is judged on.
        at: Judge every campaign as if it ran on that day.
        zone: The pack's zone; None is UTC. A date-time is turned into a day there, by its own offset, else by
            ``schedule.timezone``, else as if it were in the pack's zone; a date alone is the day as written.

    """
    if at is not None:
        return Window(at, at, own=False)
    schedule = campaign.data.get("schedule")
    if not isinstance(schedule, dict):
        return Window(as_of, as_of, own=False)
    own_zone = schedule.get("timezone")
    start = day_of(schedule.get("start"), own_zone, zone)
    end = day_of(schedule.get("end"), own_zone, zone)
    if start is not None and end is not None:
        return Window(min(start, end), max(start, end), own=True)
    if start is not None:
        is_one_day = all(schedule.get(key) in (None, "") for key in ("recurrence", "end"))
        return Window(start, start if is_one_day else None, own=True)
    if end is not None:
        return Window(min(as_of, end), end, own=True)
    return Window(as_of, as_of, own=False)


def day_of(value: Any, own_zone: Any, zone: tzinfo | None = None) -> date | None:
    """Return the day of a date or date-time as written in a file, or None where it is not one."""
    if not isinstance(value, str):
        return None
    match = re.match(_MOMENT, value.strip(), re.ASCII)
    if match is None:
        return None
    day, time, offset = match.group("day", "time", "offset")
    target = zone or timezone.utc
    try:
        if time is None:
            return date.fromisoformat(day)
        moment = datetime.fromisoformat(f"{day}T{time}{_iso_offset(offset)}")
        if offset is None:
            moment = moment.replace(tzinfo=named_zone(own_zone) or target)
        return moment.astimezone(target).date()
    except ValueError:
        return None
    except OverflowError:  # the first and the last day of the calendar
        return moment.date()


def _iso_offset(offset: str | None) -> str:
    """Return an offset as Python 3.10 reads it."""
    if offset is None:
        return ""
    digits = offset[1:].replace(":", "").ljust(4, "0")
    return "+00:00" if offset in ("Z", "z") else f"{offset[0]}{digits[:2]}:{digits[2:]}"


def named_zone(name: Any) -> tzinfo | None:
    """Return the IANA time zone of that name, or None where there is none."""
    if not isinstance(name, str) or not name:
        return None
    if name == "UTC":
        return timezone.utc
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def severity_on(day: date, enforcement: Sequence[Step]) -> Severity | None:
    """Return the severity in force on ``day``, or None before the first step."""
    in_force = [step.severity for step in enforcement if step.since <= day]
    return in_force[-1] if in_force else None


def step_in_force(windows: Iterable[Window], enforcement: Sequence[Step]) -> tuple[Step | None, bool]:
    """Return the worst step that overlaps the windows, the earliest of equals, and whether a day is undecided.

    A day before the first step is undecided only where that step was merely observed: its start is unknown.
    """
    worst: Step | None = None
    unsure = False
    for window in windows:
        for index, step in enumerate(enforcement):
            following = enforcement[index + 1].since if index + 1 < len(enforcement) else None
            overlaps = (window.last is None or step.since <= window.last) and (
                following is None or window.first < following
            )
            if overlaps and (worst is None or step.severity > worst.severity):
                worst = step
        if enforcement and enforcement[0].observed and window.first < enforcement[0].since:
            unsure = True
    return worst, unsure


def resolve(violation: Violation, windows: tuple[Window, ...]) -> Finding | Undecided | None:
    """Return what is reported of a violation, by the days on which it holds."""
    from policylint.model.texts import substituted

    rule, campaign = violation.rule, violation.campaign
    in_force = effective(rule)
    worst, unsure = step_in_force(windows, in_force)
    if worst is None or worst.severity is Severity.OFF:
        if unsure and rule.overridden is not Severity.OFF:
            why = phrase("the rule was first seen later; since when it holds is unknown")
            return Undecided(rule, campaign, lambda: (violation.path, why))
        return None
    bound, notes = _bound(violation, worst.severity)
    in_force = tuple(step._replace(severity=min(step.severity, bound)) for step in in_force)
    step = step_in_force(windows, in_force)[0] or worst
    index = in_force.index(step)
    following = next((later for later in in_force[index + 1 :] if later.severity is not step.severity), None)
    first = min(window.first for window in windows)
    message = substituted(rule.message, violation.values)
    worse = step if step.since > first else following
    if worse is not None and worse.severity >= step.severity:
        dated = "{message} ({severity} from {day})"
        message = phrase(dated, message=message, severity=worse.severity.word, day=worse.since)
    path = violation.path
    location = Location.of(campaign.place(path))
    related = _evidence(violation)
    if related and location.path != campaign.document.path:
        # The campaign is what the user changes; the other file is the evidence.
        path = _own_path(campaign, path)
        location = Location.of(campaign.place(path))
    from policylint.identity import fingerprint, identity_of_violation

    identity = identity_of_violation(violation, path)
    return Finding(
        rule=rule.id,
        code=rule.code,
        severity=step.severity,
        message=message,
        path=location.path,
        region=location.region,
        pointer=location.pointer,
        campaign=campaign.id,
        format=campaign.format,
        since=step.since,
        since_observed=step.observed,
        earlier=in_force[index - 1] if index else None,
        next_change=following,
        certainty=rule.certainty,
        sources=rule.sources,
        help=substituted(rule.solution, violation.values),
        notes=notes,
        related=related,
        fingerprint=fingerprint(rule.id, location.path, identity),
        identity=identity,
        values=violation.values,
    )


def effective(rule: Rule) -> tuple[Step, ...]:
    """Return the enforcement with the severity that the configuration sets; a step that ends the rule still does."""
    if rule.overridden is None:
        return rule.enforcement
    return tuple(
        step if step.severity is Severity.OFF else step._replace(severity=rule.overridden) for step in rule.enforcement
    )


def _bound(violation: Violation, severity: Severity) -> tuple[Severity, tuple[str, ...]]:
    """Return the severity that the caps leave at most, and a note on each cap that lowers it."""
    caps = [*violation.caps, *_caps_of_record(violation)]
    if violation.campaign.data.get("enabled") is False:
        caps.append((Severity.WARNING, phrase("the campaign is not enabled")))
    bound = Severity.ERROR
    notes: list[str] = []
    for to, because in caps:
        if to < min(bound, severity):
            said = "{to}, not {severity}: {because}"
            notes.append(phrase(said, to=to.word, severity=min(bound, severity).word, because=as_phrase(because)))
        bound = min(bound, to)
    return bound, tuple(notes)


def _caps_of_record(violation: Violation) -> Iterator[tuple[Severity, str]]:
    """Yield the caps that the record puts on what the violation rests on."""
    campaign = violation.campaign
    for path, cap in campaign.caps.items():
        if not path or (path not in campaign.evidence and any(read[: len(path)] == path for read in violation.reads)):
            yield cap


def _evidence(violation: Violation) -> tuple[Related, ...]:
    found: dict[tuple[str, int], Related] = {}
    for path in violation.reads:
        foreign = violation.campaign.foreign_place(path)
        if foreign is not None:
            place, note = foreign
            region = place.region()
            found.setdefault((place.document.path, region.start.offset), Related(place.document.path, region, note))
    return tuple(found.values())


def _own_path(campaign: Campaign, path: Pointer) -> Pointer:
    """Return the nearest ancestor of a record path whose place is in the campaign's own file."""
    for length in range(len(path), -1, -1):
        if campaign.place(path[:length]).document is campaign.document:
            return path[:length]
    return ()


def tool_finding(
    problem: Problem,
    document_path: str,
    campaign: Campaign | None = None,
    format_name: str | None = None,
    source: SourceFile | None = None,
    document: Document | None = None,
) -> Finding:
    """Return the finding for a problem with the file itself.

    Args:
        problem: What is wrong.
        document_path: The file.
        campaign: The campaign that it is about, if any.
        format_name: The format that the file was recognised as.
        source: The file, where it was read.
        document: The document of the file that it is about, where that is known.

    """
    related = tuple(Related(document_path, region, message) for message, region in problem.related)
    from policylint.identity import fingerprint, identity_of_problem

    identity = identity_of_problem(problem, document_path, campaign, source, document)
    return Finding(
        rule=f"policylint/{problem.rule}",
        code=None,
        severity=Severity.named(problem.severity),
        message=problem.message,
        path=document_path,
        region=problem.region,
        pointer=problem.pointer,
        campaign=campaign.id if campaign else None,
        format=campaign.format if campaign else format_name,
        help=problem.hint,
        related=related,
        fingerprint=fingerprint(f"policylint/{problem.rule}", document_path, identity),
        identity=identity,
    )
