"""``baseline`` and ``waivers``: findings that are accepted."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from policylint.commands import CLEAN, FOUND, Command
from policylint.commands.options import as_day, configuration_options
from policylint.commands.prepare import prepared
from policylint.commands.terminal import columns


def _baseline_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="default: that of the configuration, else policylint-baseline.jsonl"
    )
    parser.add_argument("--ratchet", action="store_true", help="take out what is gone; status 1 where something is new")
    parser.add_argument(
        "--as-of",
        type=as_day,
        metavar="DATE",
        help="judge campaigns without dates as of that day; default: today (UTC)",
    )
    parser.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")
    configuration_options(parser)


def _baseline(options: argparse.Namespace) -> int:
    from policylint.baselining import baseline_findings

    settings, extensions, configuration = prepared(options, options.paths or ["."])
    text, is_covered = baseline_findings(
        options.paths or ["."], settings, extensions, configuration, options.output, ratchet=options.ratchet
    )
    sys.stdout.write(text)
    return CLEAN if is_covered else FOUND


def _waivers_options(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the waivers, the one that ends first on top")
    listing.add_argument("--format", choices=["text", "json"], default="text")
    lint = actions.add_parser("lint", help="say what is wrong with the waivers, and nothing of the campaigns")
    lint.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the folder of the waivers")
    renew = actions.add_parser("renew", help="let a waiver last longer; the file is edited in place")
    renew.add_argument("rule", metavar="RULE", help="id or code of its rule")
    renew.add_argument("--path", metavar="GLOB", help="its path as written, where the rule has several waivers")
    renew.add_argument("--campaign", metavar="ID", help="its campaign, likewise")
    renew.add_argument("--until", type=as_day, metavar="DATE", required=True, help="the new last day")
    renew.add_argument("--approver", metavar="NAME", help="who has approved it")
    renew.add_argument("--reason", metavar="TEXT", help="why it lasts longer, in place of the old reason")
    for action in (listing, lint, renew):
        action.add_argument("--as-of", type=as_day, metavar="DATE", help="the day of the run; default: today (UTC)")
        action.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")
        configuration_options(action)


def _waivers(options: argparse.Namespace) -> int:
    from policylint import renewal, waiverdesk

    settings, extensions, configuration = prepared(options, getattr(options, "paths", None) or ["."])
    if options.action == "list":
        sys.stdout.write(waiverdesk.listed(settings, extensions, as_json=options.format == "json"))
        return CLEAN
    if options.action == "lint":
        report = waiverdesk.linted(options.paths, settings, extensions)
        from policylint.outputs import style_of

        style = style_of("auto", os.environ, columns(), on_terminal=sys.stdout.isatty())
        sys.stdout.write(extensions.reporters["text"].render(report, style))
        return FOUND if any(map(report.blocks, report.findings)) else CLEAN
    wanted = renewal.Renewal(
        options.rule, options.path, options.campaign, options.until, options.approver, options.reason
    )
    sys.stdout.write(renewal.renew(wanted, settings, extensions, configuration))
    return CLEAN


COMMANDS = {
    "baseline": Command("write down the findings that are there, to be passed over", _baseline_options, _baseline),
    "waivers": Command("list, check or renew waivers", _waivers_options, _waivers),
}
