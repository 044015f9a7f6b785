"""Names of commands → the parser of their arguments."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from policylint import __version__
from policylint.commands import command
from policylint.commands.terminal import columns

_DESCRIPTION = "Check messaging campaigns against the platforms' dated terms."
_STATUS = "status: 0 nothing at or above --fail-on, 1 findings, 2 the run could not do its work"


def parser_of(names: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the command line with some of the commands."""
    parser = argparse.ArgumentParser("policylint", description=_DESCRIPTION, epilog=_STATUS, formatter_class=_Help)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the versions and the YAML parser")
    parser.add_argument("--debug", action="store_true", help="show the traceback of a bug")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="policylint")
    for name in names:
        title, add_options, run = command(name)
        parser_of_it = commands.add_parser(name, help=title, description=title, epilog=_STATUS, formatter_class=_Help)
        add_options(parser_of_it)
        parser_of_it.set_defaults(run=run)
    return parser


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal; argparse would load the modules for archives to find that out."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=columns() - 2)


class _Version(argparse.Action):
    """--version, made when it is asked for: it imports the YAML parser to name it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from policylint.parse.yaml import parser_name

        python = ".".join(str(part) for part in sys.version_info[:3])
        parser.exit(message=f"policylint {__version__} ({parser_name()}, Python {python})\n")
