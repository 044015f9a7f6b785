"""Options of a command → settings, configuration and extensions; reads the clock."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policylint.config import Configuration, Settings
    from policylint.extensions import Extensions


def today() -> date:
    """Read the clock; the only place that does. Days are UTC, as those of the rules."""
    return datetime.now(timezone.utc).date()  # noqa: TID251


def prepared(options: argparse.Namespace, paths: Sequence[str]) -> tuple[Settings, Extensions, Configuration]:
    """Return what a command works with.

    Args:
        options: Of the command.
        paths: Where the configuration is looked for; none: in the working folder.

    """
    from policylint.api import load_configuration
    from policylint.plugins import load_extensions

    extensions = load_extensions(installed=not options.isolated)
    configuration = load_configuration(paths, options.config, isolated=options.isolated, trust=options.trust)
    return settings_of(options, configuration, paths or ["."]), extensions, configuration


def settings_of(options: argparse.Namespace, configuration: Configuration, places: Sequence[str]) -> Settings:
    """Return the settings of a run.

    Args:
        options: Of the command; which of those below it has differs from command to command.
        configuration: What they are laid over.
        places: What is checked.

    """
    from policylint.api import cache_outside, settings_for
    from policylint.packcache import user_cache_folder

    def said(name: str, otherwise: Any) -> Any:
        return getattr(options, name, None) or otherwise

    return settings_for(
        configuration,
        as_of=said("as_of", None) or today(),
        at=said("at", None),
        select=said("select", ()),
        ignore=said("ignore", ()),
        packs=said("pack", ()),
        trust=said("trust", False),
        strict=said("strict", False),
        require_rules=said("require_rules", False),
        fail_on=said("fail_on", None),
        fail_on_upcoming=getattr(options, "fail_on_upcoming", None),
        show_suppressed=said("show_suppressed", False),
        show_undecided=said("show_undecided", False),
        cache=None if options.no_cache else cache_outside(user_cache_folder(), places),
    )._replace(jobs=getattr(options, "jobs", 1))
