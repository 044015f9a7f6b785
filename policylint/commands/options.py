"""What several commands take: options, and the values of options."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

LANGUAGES = ("en", "de")
"""Those of which there is a catalogue in ``policylint/languages``."""


def as_day(text: str) -> date:
    """Return the day that an option says, as 2027-06-30."""
    try:
        # Python 3.11 takes other forms of ISO 8601 as well.
        return date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day: write YYYY-MM-DD") from None


def as_days(text: str) -> int:
    """Return the number of days that an option says, as 90d."""
    number = text.removesuffix("d")
    if number == text or not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of days: write 180d")
    return int(number)


def as_day_or_days(text: str) -> date | int:
    """Return the day, or the number of days, that an option says."""
    try:
        return as_days(text)
    except argparse.ArgumentTypeError:
        try:
            return as_day(text)
        except argparse.ArgumentTypeError:
            raise argparse.ArgumentTypeError(f"'{text}' is no day: write YYYY-MM-DD, or 180d") from None


def as_jobs(text: str) -> int:
    """Return the number of processes that an option says."""
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of processes: write 1 or more")
    return int(text)


def as_names(text: str) -> list[str]:
    """Return the names that an option lists with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def rules_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which rules are applied."""
    rules = parser.add_argument_group("rules")
    rules.add_argument(
        "--select",
        type=as_names,
        action="extend",
        metavar="ID,…",
        help="apply only these ids, codes, packs or code prefixes",
    )
    rules.add_argument("--ignore", type=as_names, action="extend", metavar="ID,…", help="leave these out")
    rules.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")


def baseline_option(group: argparse._ArgumentGroup) -> None:
    """Add the option that names a baseline."""
    group.add_argument("--baseline", type=Path, metavar="FILE", help="pass over the findings that it lists")


def reader_options(parser: argparse._ActionsContainer) -> None:
    """Add the options that say for whom a report is."""
    parser.add_argument(
        "--audience",
        choices=["marketing", "legal", "dev"],
        help="for whom it is written: those who plan campaigns, lawyers, developers (check: text, markdown, html)",
    )
    language_option(parser)


def language_option(parser: argparse._ActionsContainer) -> None:
    """Add the option that says in which language a report is."""
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="language of reports that people read; default: the configuration's, on a terminal the locale's, else en",
    )


def configuration_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which configuration counts, and how far the project is trusted."""
    configuration = parser.add_argument_group("configuration")
    configuration.add_argument(
        "--config", type=Path, metavar="FILE", help="default: policylint.yaml or pyproject.toml, found upward"
    )
    configuration.add_argument("--no-cache", action="store_true", help="use and keep nothing of other runs")
    configuration.add_argument("--isolated", action="store_true", help="use no configuration and no installed plugin")
    configuration.add_argument(
        "--trust", action="store_true", help="the project may reach out of its folder, by links, packs and limits"
    )
