"""A file → the campaigns in it, and the days on which each runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.model.finding import Window
from policylint.model.tuples import NamedTuple
from policylint.parse import parse
from policylint.resolve import window_of
from policylint.ruleset import sender_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policylint.checker import Checker
    from policylint.discover import Target
    from policylint.model.finding import Sender
    from policylint.model.source import Position


class Planned(NamedTuple):
    """A campaign and when it runs."""

    path: str
    campaign: str
    start: Position
    """Where it begins in its file."""
    format: str
    window: Window
    """Its own days, even where the run judges it as if it ran on another one."""
    sender: Sender
    """By what the rules for it are chosen."""


def planned(target: Target, checker: Checker) -> Iterator[Planned]:
    """Yield the campaigns of a file; none of one that cannot be read."""
    raw = None if target.barred else checker.read(target.path)
    if raw is None:
        return
    for campaign in checker.campaigns(parse(target.shown, raw, checker.limits), target.path):
        zones = dict.fromkeys(checker.zones.values()) or [None]
        window = _together(window_of(campaign, checker.settings.as_of, None, zone) for zone in zones)
        start = campaign.place(()).region().start
        yield Planned(target.shown, campaign.id, start, campaign.format, window, sender_of(campaign))


def _together(windows: Iterable[Window]) -> Window:
    """Return the days of all windows: those of one campaign in different zones are a day apart at most."""
    found = list(windows)
    lasts = [window.last for window in found if window.last is not None]
    return Window(min(window.first for window in found), max(lasts) if lasts else None, found[0].own)
