"""Timeline → a table for people: for each campaign a row for each rule whose verdict changes on a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from policylint.extensions import Style
from policylint.model.phrase import Phrase, counted, joined, phrase
from policylint.model.rule import Severity
from policylint.reporters.causes import reasons_in_words, shown_changes, turn
from policylint.reporters.concise import COLORS, STRONG, nothing_judged, spot
from policylint.reporters.dates import how_soon
from policylint.reporters.display import linked, one_line, painted, width, wrapped
from policylint.reporters.links import page_of

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.model.finding import Window
    from policylint.model.timeline import CampaignTimeline, Change, Timeline

_GAP = "  "
_LEAST_ROOM = 44
"""Columns for the words beside the other cells; where there are fewer, the words get lines of their own."""

_Row = Sequence["Change"]
"""Changes that differ in nothing but their places."""


def render(found: Timeline, style: Style, *, undecided: bool) -> str:
    """Return the text.

    Args:
        found: What changes.
        style: How it may look.
        undecided: Show what becomes undecided, or is no longer.

    """
    today = found.at or found.as_of
    tables = [(campaign, _rows(campaign, undecided=undecided)) for campaign in found.campaigns]
    cells = [_cells(row, today, Style(say=style.say)) for _, rows in tables for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    blocks = []
    for campaign, rows in tables:
        if rows:
            lines = (line for row in rows for line in _lines(row, campaign.path, today, widths, style))
            blocks.append("\n".join([_head(campaign, style), *lines]))
    blocks.append("\n".join(_summary(found, [len(rows) for _, rows in tables], style)))
    return "\n\n".join(blocks) + "\n"


def _rows(campaign: CampaignTimeline, *, undecided: bool) -> list[_Row]:
    def same(change: Change) -> tuple[object, ...]:
        return change.day, change.rule.code, change.before, change.after

    shown = sorted(
        shown_changes(campaign.changes, undecided=undecided), key=lambda one: (one.day, -one.after, one.rule.code)
    )
    return [list(group) for _, group in groupby(shown, same)]


def _cells(row: _Row, today: date, style: Style) -> list[str]:
    """Return all but the words."""
    change = row[0]
    code = linked(one_line(change.rule.code), page_of(change.rule.sources), style)
    soon = style.say(how_soon(change.day, today)) if change.day > today else ""
    return [str(change.day), soon, turn(change, style), code]


def _words(row: _Row, path: str, say: Say) -> str:
    """Return what the rule is about, why its verdict changes, and where."""
    said = "; ".join(dict.fromkeys(reason for change in row for reason in map(say, reasons_in_words(change))))
    title = row[0].rule.title
    return f"{title}{f': {said}' if said else ''} ({say(_places(row, path))})"


def _places(row: _Row, path: str) -> Phrase:
    starts = [(change.at.path, change.at.region.start) for change in row]
    lines = list(dict.fromkeys(str(start.line) for at, start in starts if at == path))
    others = dict.fromkeys(spot(at, start) for at, start in starts if at != path)
    pattern = "lines {lines}" if len(lines) > 1 else "line {lines}"
    own = [phrase(pattern, lines=", ".join(lines))] if lines else []
    return joined(", ", [*own, *others])


def _lines(row: _Row, path: str, today: date, widths: Sequence[int], style: Style) -> Iterator[str]:
    """Yield a row in lines: the words beside the other cells where there is room, else below them."""
    cells, plain = _cells(row, today, style), _cells(row, today, Style(say=style.say))
    padded = [cell + " " * (room - width(bare)) for cell, bare, room in zip(cells, plain, widths, strict=True) if room]
    before = sum(room + len(_GAP) for room in widths if room) + len(_GAP)
    room = style.width - before
    beside = room >= _LEAST_ROOM
    indent = before if beside else 3 * len(_GAP)
    words = wrapped(one_line(_words(row, path, style.say)), max(style.width - indent, _LEAST_ROOM))
    line = (_GAP + _GAP.join(padded)).rstrip() if not beside else _GAP + _GAP.join(padded)
    if beside:
        yield f"{line}{_GAP}{words[0]}"
        words = words[1:]
    else:
        yield line
    yield from (" " * indent + more for more in words)


def _head(campaign: CampaignTimeline, style: Style) -> str:
    place = painted(f"{spot(campaign.path, campaign.start)}:", STRONG, style)
    return f"{place} {one_line(campaign.campaign)}, {style.say(window_in_words(campaign.window))}"


def window_in_words(window: Window) -> Phrase:
    """Return when a campaign runs, as ``2019-11-01 to 2020-01-31``."""
    if not window.own:
        return phrase("no days of its own")
    if window.last is None:
        return phrase("from {first} on", first=window.first)
    if window.first == window.last:
        return joined("", [str(window.first)])
    return phrase("{first} to {last}", first=window.first, last=window.last)


def _summary(found: Timeline, rows: Sequence[int], style: Style) -> Iterator[str]:
    if not found.campaigns and not found.later:
        yield painted(style.say(nothing_judged(found.files)), COLORS[Severity.WARNING], style)
    changing = sum(count > 0 for count in rows)
    looked_at = counted("{count} campaign", "{count} campaigns", count=len(found.campaigns))
    changes = counted("{count} change", "{count} changes", count=sum(rows))
    told = phrase("no change for {campaigns} until {day}", campaigns=looked_at, day=found.horizon)
    if changing:
        said = "{changes} for {changing} of {campaigns} until {day}"
        told = phrase(said, changes=changes, changing=changing, campaigns=looked_at, day=found.horizon)
    if found.later:
        told = joined(", ", [told, phrase("{count} beginning later", count=found.later)])
    day = phrase("as of {day}", day=found.as_of)
    if found.at is not None:
        day = phrase("as if running from {day} on", day=found.at)
    yield style.say(joined("", [told, " (", day, ")"]))
