"""The commands: the options of each, and what it does with them. Each is imported when it is called."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module

from policylint.model.tuples import NamedTuple

CLEAN, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130
"""Statuses of a run."""


class Command(NamedTuple):
    """A command of the command line."""

    title: str
    """As the general help lists it."""
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """Does the work and returns the status."""


MODULES = {
    "check": "check",
    "timeline": "forecast",
    "diff": "forecast",
    "baseline": "accepted",
    "waivers": "accepted",
    "explain": "catalogue",
    "rules": "catalogue",
    "inspect": "catalogue",
    "test": "authoring",
    "formats": "catalogue",
    "docs": "authoring",
    "schema": "authoring",
    "init": "beginning",
    "new": "authoring",
    "completion": "beginning",
}
"""Name of a command → the module that has it; in the order of the help."""


def command(name: str) -> Command:
    """Return the command of a name, which is one of ``MODULES``."""
    found: Command = import_module(f"policylint.commands.{MODULES[name]}").COMMANDS[name]
    return found
