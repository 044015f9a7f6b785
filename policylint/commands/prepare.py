"""Options of a command → settings, configuration and extensions; reads the clock."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policylint.config import Configuration, Settings
    from policylint.extensions import Extensions


def today() -> date:
    """Read the clock; the only place that does. Days are UTC, as those of the rules."""
    return datetime.now(timezone.utc).date()  # noqa: TID251


def prepared(options: argparse.Namespace, paths: Sequence[str]) -> tuple[Settings, Extensions, Configuration]:
    """Return what a command works with that checks nothing, or not as ``check`` does.

    Args:
        options: Of the command; which of those below it has differs from command to command.
        paths: Where the configuration is looked for; none: in the working folder.

    """
    from policylint.api import load_configuration
    from policylint.plugins import load_extensions

    extensions = load_extensions(installed=not options.isolated)
    configuration = load_configuration(paths, options.config, isolated=options.isolated, trust=options.trust)
    return plain_settings(options, configuration), extensions, configuration


def plain_settings(options: argparse.Namespace, configuration: Configuration) -> Settings:
    """Return the settings of a configuration with what the options say about days and rules."""
    from policylint.api import cache_outside, settings_for
    from policylint.packcache import user_cache_folder

    return settings_for(
        configuration,
        as_of=getattr(options, "as_of", None) or today(),
        at=getattr(options, "at", None),
        select=getattr(options, "select", None) or (),
        ignore=getattr(options, "ignore", None) or (),
        packs=getattr(options, "pack", None) or (),
        cache=None if options.no_cache else cache_outside(user_cache_folder(), ["."]),
    )
