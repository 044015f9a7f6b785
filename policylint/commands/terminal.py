"""The terminal that a command speaks to: columns, style, language, progress."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from policylint.commands.options import LANGUAGES

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Style
    from policylint.model.finding import Finding
    from policylint.outputs import Outputs
    from policylint.progress import Progress


def columns() -> int:
    """Return the columns of the terminal, or of the environment's COLUMNS; 100 where there is neither."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 100  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 100


def style_for(options: argparse.Namespace, language: str | None) -> Style:
    """Return how a report looks on standard output; without a language, in that of the terminal's locale."""
    from policylint.outputs import style_of

    on_terminal = sys.stdout.isatty()
    style = style_of(options.color, os.environ, columns(), on_terminal=on_terminal)
    spoken = language or (_locale_language() if on_terminal else "en")
    return style._replace(
        statistics=getattr(options, "statistics", False),
        provenance=getattr(options, "show_provenance", False),
        audience=getattr(options, "audience", None),
        language=spoken,
    )


def _locale_language() -> str:
    """Return the language of the environment's locale where there is a catalogue of it, else English."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    language = next(filter(None, names), "")[:2]
    return language if language in LANGUAGES else "en"


def progress_bar(total: int, *, quiet: bool) -> Progress | None:
    """Return what shows how far a run is, where a person looks on."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    from policylint.progress import Progress

    return Progress(sys.stderr, total)


def watcher(
    outputs: Outputs, progress: Progress | None, settings: Settings
) -> Callable[[Sequence[Finding]], None] | None:
    """Return what is told of each checked file: the report that is written during the run, the progress."""
    # What waivers and a baseline accept is known when all files are checked.
    stream = outputs.stream() if settings.waivers is None and settings.baseline is None else None
    if stream is None and progress is None:
        return None

    def watch(findings: Sequence[Finding]) -> None:
        if stream is not None and findings:
            if progress is not None:
                progress.clear()
            stream(findings)
        if progress is not None:
            progress.step(len(findings))

    return watch
