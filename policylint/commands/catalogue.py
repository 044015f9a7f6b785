"""``explain``, ``rules``, ``inspect`` and ``formats``: what there is, and what is seen of a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policylint.commands import CLEAN, FOUND, Command
from policylint.commands.options import as_day, as_days, configuration_options, reader_options
from policylint.commands.prepare import prepared
from policylint.commands.terminal import style_for
from policylint.errors import UsageError


def _explain_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="id or code of a rule")
    parser.add_argument("file", metavar="FILE", nargs="?", help="a campaign file: why the rule fires there or does not")
    parser.add_argument("--as-of", type=as_day, metavar="DATE", help="the day; default: today (UTC)")
    parser.add_argument("--at", type=as_day, metavar="DATE", help="with FILE: as if every campaign ran on that day")
    reader_options(parser)
    parser.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")
    configuration_options(parser)
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto")


def _explain(options: argparse.Namespace) -> int:
    settings, extensions, configuration = prepared(options, [options.file] if options.file else [])
    style = style_for(options, options.lang or configuration.data.get("lang"))
    if options.file is None:
        from policylint.explanation import explain_rule

        sys.stdout.write(explain_rule(options.id, settings, extensions, options.audience, style.language))
    else:
        from policylint.derivation import explain_verdict

        sys.stdout.write(explain_verdict(options.id, options.file, settings, extensions, style))
    return CLEAN


def _catalogue_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=["text", "json"], default="text")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--coverage",
        action="store_true",
        help="which rules rest on which clause, and what no rule decides",
    )
    instead.add_argument(
        "--stale", type=as_days, metavar="DAYS", help="what was last read more than that many days ago, as 180d"
    )
    parser.add_argument(
        "--as-of", type=as_day, metavar="DATE", help="the day whose severities are shown; default: today (UTC)"
    )
    parser.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")
    configuration_options(parser)


def _rules(options: argparse.Namespace) -> int:
    from policylint.coverage import coverage_text, stale_text
    from policylint.explanation import list_rules
    from policylint.ruleset import load_rules

    settings, extensions, _ = prepared(options, [])
    if options.coverage or options.stale is not None:
        if options.format != "text":
            raise UsageError("--coverage and --stale are written as text only")
        packs = load_rules(settings, extensions).packs
        sys.stdout.write(coverage_text(packs) if options.coverage else stale_text(packs, settings.as_of, options.stale))
        return CLEAN
    sys.stdout.write(list_rules(settings, extensions, as_json=options.format == "json"))
    return CLEAN


def _inspect_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a file in any known format")
    configuration_options(parser)


def _inspect(options: argparse.Namespace) -> int:
    from policylint.inspection import inspect_file

    settings, extensions, _ = prepared(options, [options.file])
    text, found = inspect_file(options.file, settings, extensions)
    sys.stdout.write(text)
    return CLEAN if found else FOUND


def _formats_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="formats to show with an example; default: all, without"
    )
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--isolated", action="store_true", help="leave out the formats of installed plugins")


def _formats(options: argparse.Namespace) -> int:
    from policylint.formatdocs import formats, list_formats
    from policylint.plugins import load_extensions

    shown = formats(load_extensions(installed=not options.isolated), options.names)
    text = list_formats(shown, as_json=options.format == "json", with_examples=bool(options.names))
    sys.stdout.write(text)
    return CLEAN


COMMANDS = {
    "explain": Command("show a rule, or why it fires in a file or does not", _explain_options, _explain),
    "rules": Command("list the rules", _catalogue_options, _rules),
    "inspect": Command("show a file's campaigns as the rules see them", _inspect_options, _inspect),
    "formats": Command("list the formats that are recognised", _formats_options, _formats),
}
