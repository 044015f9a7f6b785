"""Timeline → iCalendar (RFC 5545): an event of a whole day for each campaign and day on which verdicts change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from policylint import __version__
from policylint.extensions import Style
from policylint.model.phrase import counted, phrase
from policylint.model.timeline import Standing
from policylint.reporters.causes import reasons_in_words, said_at, shown_changes, turn
from policylint.reporters.concise import spot
from policylint.reporters.display import one_line
from policylint.reporters.links import PROJECT_PAGE

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.model.timeline import CampaignTimeline, Change, Timeline

_OCTETS = 75
"""Of a line, at most (RFC 5545, 3.1)."""
_NAMED = 3
"""Rules that the title of an event names, at most."""
_BECOMES = {
    Standing.ERROR: phrase("becomes an error"),
    Standing.WARNING: phrase("becomes a warning"),
    Standing.INFO: phrase("becomes an info"),
    Standing.UNDECIDED: phrase("can no longer be told"),
    Standing.SUPPRESSED: phrase("is suppressed"),
    Standing.PASSES: phrase("ends"),
}


def render(found: Timeline, say: Say = str) -> str:
    """Return the text; an event keeps its UID as long as its campaign keeps its name and its file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//policylint//policylint {_text(__version__)}//EN",
        "CALSCALE:GREGORIAN",
        "NAME:policylint",
        "X-WR-CALNAME:policylint",  # what programs that are older than NAME (RFC 7986) show
    ]
    for campaign in found.campaigns:
        changes = sorted(shown_changes(campaign.changes, undecided=False), key=lambda change: change.day)
        for day, of_day in groupby(changes, key=lambda change: change.day):
            lines += _event(campaign, day, list(of_day), found.as_of, say)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(campaign: CampaignTimeline, day: date, changes: Sequence[Change], as_of: date, say: Say) -> Iterator[str]:
    address = f"{PROJECT_PAGE}/timeline/{campaign.path}#{campaign.campaign}/{day}"
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid.uuid5(uuid.NAMESPACE_URL, one_line(address))}"
    yield f"DTSTAMP:{_basic(as_of)}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_basic(day)}"
    yield f"SUMMARY:{_text(_title(campaign, changes, say))}"
    yield f"DESCRIPTION:{_text(*(line for change in changes for line in _told(change, say)))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _title(campaign: CampaignTimeline, changes: Sequence[Change], say: Say) -> str:
    turns = list(dict.fromkeys(f"{change.rule.code} {say(_BECOMES[change.after])}" for change in changes))
    if len(turns) > _NAMED:
        rules = len({change.rule.code for change in changes})
        turns = [say(counted("{count} rule changes", "{count} rules change", count=rules))]
    return f"{campaign.campaign}: {', '.join(turns)}"


def _told(change: Change, say: Say) -> Iterator[str]:
    """Yield the lines about a change, the last one empty."""
    rule = change.rule
    yield f"{turn(change, Style(say=say))}: {rule.code} {rule.title}"
    yield say(said_at(change.at))
    yield from map(say, reasons_in_words(change))
    yield from (f"{source.terms.title}, {source.clause}: {source.terms.url}" for source in rule.sources)
    yield spot(change.at.path, change.at.region.start)
    yield ""


def _basic(day: date) -> str:
    return day.isoformat().replace("-", "")


def _text(*lines: str) -> str:
    r"""Return lines as a value of the type TEXT: ``\n`` between them, and a backslash before what has a meaning."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    return r"\n".join(one_line(line).replace("\\", r"\\").replace(";", r"\;").replace(",", r"\,") for line in lines)


def _folded(line: str) -> Iterable[str]:
    """Yield a line in parts that are short enough; all but the first begin with a space. No character is cut."""
    part, size = "", 0
    for char in line:
        octets = len(char.encode("utf-8"))
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part += char
        size += octets
    yield part
