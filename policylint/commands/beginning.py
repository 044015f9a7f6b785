"""``init`` and ``completion``: to begin with."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policylint.commands import CLEAN, MODULES, Command
from policylint.commands.parser import parser_of
from policylint.commands.prepare import settings_of
from policylint.errors import UsageError


def _init_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="file", metavar="FILE", help="propose how a campaign file of your own is read")
    parser.add_argument("--write", action="store_true", help="with --from: write the proposal as policylint.yaml")


def _init(options: argparse.Namespace) -> int:
    from policylint.starter import start, start_from

    if options.file is not None:
        sys.stdout.write(start_from(options.file, Path(), write=options.write))
    elif options.write:
        raise UsageError("--write goes with --from FILE: without it the configuration is written anyway")
    else:
        sys.stdout.write(start(Path()))
    return CLEAN


def _completion_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", nargs="?", choices=["bash", "zsh", "fish"], help="the shell to write the script for")
    parser.add_argument("--rules", action="store_true", help="name the rules instead, as the scripts ask for them")


def _completion(options: argparse.Namespace) -> int:
    from policylint.plugins import load_extensions

    if options.rules == (options.shell is not None):
        raise UsageError("name one shell: bash, zsh or fish", 'as in: eval "$(policylint completion bash)"')
    extensions = load_extensions()
    if options.rules:
        from policylint.api import load_configuration
        from policylint.ruleset import load_rules

        configuration = load_configuration([], None, isolated=False)
        known = load_rules(settings_of(argparse.Namespace(no_cache=False), configuration, ["."]), extensions).known
        sys.stdout.write("".join(f"{name}\n" for name in sorted(known)))
    else:
        from policylint.completion import completion_script

        sys.stdout.write(completion_script(options.shell, parser_of(list(MODULES)), list(extensions.reporters)))
    return CLEAN


COMMANDS = {
    "init": Command(
        "write a configuration to begin with, or propose how a file of your own is read", _init_options, _init
    ),
    "completion": Command("write a script by which a shell completes these commands", _completion_options, _completion),
}
