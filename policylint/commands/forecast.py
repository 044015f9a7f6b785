"""``timeline`` and ``diff``: what changes from day to day."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.commands import CLEAN, FOUND, Command
from policylint.commands.options import (
    as_day,
    as_day_or_days,
    baseline_option,
    configuration_options,
    language_option,
    rules_options,
)
from policylint.commands.prepare import prepared, today
from policylint.commands.terminal import style_for
from policylint.errors import UsageError

if TYPE_CHECKING:
    from policylint.checker import Checker
    from policylint.discover import Target
    from policylint.extensions import Style
    from policylint.model.timeline import CampaignTimeline
    from policylint.timeline import Judge


_HORIZON = 180
"""Days that ``timeline`` looks ahead."""


def _timeline_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder")
    days = parser.add_argument_group("days")
    days.add_argument("--as-of", type=as_day, metavar="DATE", help="the day to look ahead from; default: today (UTC)")
    days.add_argument(
        "--at", type=as_day, metavar="DATE", help="judge every campaign as if it ran from that day to the horizon"
    )
    days.add_argument(
        "--horizon",
        type=as_day_or_days,
        default=_HORIZON,
        metavar="DATE|DAYS",
        help=f"how far to look, as 2027-06-30 or 90d; default: {_HORIZON}d",
    )
    rules_options(parser)
    configuration_options(parser)
    baseline_option(parser.add_argument_group("accepted findings"))
    report = parser.add_argument_group("report")
    report.add_argument("--format", choices=["text", "json"], default="text")
    report.add_argument("--ics", type=Path, metavar="FILE", help="also write a calendar (iCalendar)")
    language_option(report)
    report.add_argument("--show-undecided", action="store_true", help="show what becomes undecided, or is no longer")
    report.add_argument("--color", choices=["auto", "always", "never"], default="auto")


def _timeline(options: argparse.Namespace) -> int:
    from policylint.outputs import require_place, say, write_file
    from policylint.timeline import timeline

    if options.ics is not None:
        require_place(options.ics)
    targets, checker, judge, language = _forecasting(options)
    settings = checker.settings
    first = settings.at or settings.as_of
    horizon = _counted_from(first, options.horizon)
    if horizon < first:
        raise UsageError(f"the horizon {horizon} is before {first}, the day to look ahead from")
    found = timeline(targets, checker, judge, horizon)
    style, told = _spoken(found.campaigns, checker, style_for(options, language))
    if options.ics is not None:
        from policylint.reporters.calendar_file import render as render_calendar

        write_file(options.ics, render_calendar(found._replace(campaigns=told), style.say))
    if options.format == "json":
        from policylint.reporters.change_objects import timeline_text

        say(timeline_text(found))
    else:
        from policylint.reporters.timeline import render

        say(render(found._replace(campaigns=told), style, undecided=options.show_undecided))
    return CLEAN


def _diff_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder")
    days = parser.add_argument_group("days")
    days.add_argument("--from", type=as_day, dest="start", metavar="DATE", help="the first day; default: today (UTC)")
    days.add_argument(
        "--to",
        type=as_day_or_days,
        dest="end",
        required=True,
        metavar="DATE|DAYS",
        help="the second day, or how many days after the first it is, as 90d",
    )
    days.add_argument(
        "--all",
        action="store_true",
        help="also compare campaigns that by their own dates do not run on the later of the two days",
    )
    rules_options(parser)
    configuration_options(parser)
    baseline_option(parser.add_argument_group("accepted findings"))
    report = parser.add_argument_group("report")
    report.add_argument("--format", choices=["text", "json"], default="text")
    language_option(report)
    report.add_argument("--show-undecided", action="store_true", help="show what becomes undecided, or is no longer")
    report.add_argument("--color", choices=["auto", "always", "never"], default="auto")


def _diff(options: argparse.Namespace) -> int:
    from policylint.outputs import say
    from policylint.reporters.causes import shown_changes
    from policylint.timeline import difference

    options.as_of = start = options.start or today()
    targets, checker, judge, language = _forecasting(options)
    end = _counted_from(start, options.end)
    found = difference(targets, checker, judge, start, end, running_only=not options.all)
    style, told = _spoken(found.campaigns, checker, style_for(options, language))
    if options.format == "json":
        from policylint.reporters.change_objects import difference_text

        say(difference_text(found))
    else:
        from policylint.reporters.difference import render

        say(render(found._replace(campaigns=told), style, undecided=options.show_undecided))
    changes = (change for campaign in found.campaigns for change in campaign.changes)
    return FOUND if shown_changes(changes, undecided=options.show_undecided) else CLEAN


def _spoken(
    campaigns: tuple[CampaignTimeline, ...], checker: Checker, style: Style
) -> tuple[Style, tuple[CampaignTimeline, ...]]:
    """Return a style and what changes for campaigns, in the language of the style."""
    if style.language == "en":
        return style, campaigns
    from policylint.translation import Translator, translated_campaigns

    translator, rules = Translator(style.language), checker.rules
    told = translated_campaigns(campaigns, rules.rules, rules.texts(style.language), translator)
    return style._replace(say=translator.say), told


def _forecasting(options: argparse.Namespace) -> tuple[list[Target], Checker, Judge, str | None]:
    """Return the files, what tells which campaigns are in them, what judges them as on a day, and the language."""
    from policylint.api import load_baseline
    from policylint.checker import Checker
    from policylint.discover import files_of, reader_for
    from policylint.pipeline import judge_with
    from policylint.ruleset import load_rules

    places = options.paths or ["."]
    settings, extensions, configuration = prepared(options, places)
    settings = settings._replace(baseline=load_baseline(configuration, options.baseline))
    rules = load_rules(settings, extensions)
    read = reader_for(settings)
    checker, judge = Checker(rules, settings, extensions, read), judge_with(rules, settings, extensions, read)
    return files_of(places, settings).targets, checker, judge, options.lang or configuration.data.get("lang")


def _counted_from(start: date, end: date | int) -> date:
    """Return a day that is given as such or as a number of days from another one; at most the last of the calendar."""
    if isinstance(end, date):
        return end
    return start + timedelta(days=min(end, (date.max - start).days))


COMMANDS = {
    "timeline": Command("show which campaigns change verdict on which day", _timeline_options, _timeline),
    "diff": Command("show which verdicts are others on one day than on another, and why", _diff_options, _diff),
}
