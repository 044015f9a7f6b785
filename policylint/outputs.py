"""The formats that a run is asked for → its reports, in files whole or not at all and on standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.errors import PolicylintError, UsageError, did_you_mean
from policylint.extensions import Style
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.extensions import Reporter
    from policylint.model.finding import Finding, Report


class Output(NamedTuple):
    """A report that is asked for."""

    format: str
    file: Path | None
    """None for standard output."""


def outputs_of(texts: Sequence[str], reporters: Mapping[str, Reporter]) -> list[Output]:
    """Return what ``--format`` asks for.

    Args:
        texts: ``FORMAT`` or ``FORMAT=FILE``; the file ``-`` is standard output.
        reporters: By format.

    Raises:
        UsageError: There is no such format, or no report can be written to the file.

    """
    found: list[Output] = []
    for text in texts:
        name, assigned, file = text.partition("=")
        if name not in reporters:
            known = list(reporters)
            raise UsageError(f"there is no format '{name}'{did_you_mean(name, known)}", f"formats: {', '.join(known)}")
        if assigned and not file:
            raise UsageError(f"--format {text} names no file", f"write {name}=FILE, or {name} for standard output")
        found.append(Output(name, Path(file) if file not in ("", "-") else None))
    files = [output.file for output in found if output.file is not None]
    for place in files:
        require_place(place)
        if files.count(place) > 1:
            raise UsageError(f"two reports cannot be written to one file: {place}")
    return found


def require_place(file: Path) -> None:
    """Refuse before the run what could not be written after it."""
    if file.is_dir():
        raise UsageError(f"{file} is a folder, not a file for a report")
    if not file.parent.is_dir():
        raise UsageError(f"there is no folder '{file.parent}' for the report {file.name}", "make the folder first")


def style_of(color: str, environment: Mapping[str, str], columns: int, *, on_terminal: bool) -> Style:
    """Return how text on standard output looks.

    ``--color`` goes before the environment, NO_COLOR (https://no-color.org) before FORCE_COLOR
    (https://force-color.org) and CLICOLOR_FORCE (https://bixense.com/clicolors), these before what the terminal is.

    Args:
        color: ``always``, ``never`` or ``auto``.
        environment: The environment variables.
        columns: Width of the terminal.
        on_terminal: Whether standard output is one.

    """

    def is_on(name: str) -> bool:
        return environment.get(name, "") not in ("", "0")

    is_capable = on_terminal and environment.get("TERM") != "dumb"
    if color != "auto":
        colored = color == "always"
    elif environment.get("NO_COLOR"):
        colored = False
    elif is_on("FORCE_COLOR") or is_on("CLICOLOR_FORCE"):
        colored = True
    else:
        colored = is_capable and environment.get("CLICOLOR") != "0"
    linked = colored and is_capable and environment.get("FORCE_HYPERLINK") != "0"
    return Style(colored, columns, screen=on_terminal, links=linked)


class Outputs:
    """Writes the reports of one run; one that is asked for on standard output alone may begin during the run."""

    def __init__(
        self, asked: Sequence[Output], reporters: Mapping[str, Reporter], style: Style, language: str = "en"
    ) -> None:
        """Keep what is asked for.

        Args:
            asked: The reports.
            reporters: By format.
            style: How text on standard output looks.
            language: The language of reports in files.

        """
        self.reporters = reporters
        self.style = style
        self.file_style = Style(statistics=style.statistics, audience=style.audience, language=language)
        self.in_files = [output for output in asked if output.file is not None]
        self.on_standard_output = [output.format for output in asked if output.file is None]
        self.show_fixes = any(reporters[output.format].fixes for output in asked)
        """A report shows what would mend a finding."""

    def stream(self) -> Callable[[Iterable[Finding]], None] | None:
        """Return what writes findings during the run, or None where the report is written at its end."""
        if len(self.on_standard_output) != 1:
            return None
        line = self.reporters[self.on_standard_output[0]].line
        if line is None:
            return None
        self.on_standard_output = []
        return lambda findings: say("".join(map(line, findings)))

    def write(self, report: Report, *, quiet: bool) -> None:
        """Write what is not written yet: files first, as the reader of a pipe may go away.

        Raises:
            PolicylintError: A report cannot be written; its file is as it was.

        """
        for name, file in self.in_files:
            if file is not None:
                write_file(file, rendered(report, self.reporters[name], self.file_style))
        shown = any(finding.suppressed is None or report.show_suppressed for finding in report.findings)
        if not quiet or shown or report.upcoming:
            for name in self.on_standard_output:
                say(rendered(report, self.reporters[name], self.style))


def rendered(report: Report, reporter: Reporter, style: Style) -> str:
    """Return a report as text, in the language of the style where people read it."""
    if style.language != "en" and reporter.spoken:
        from policylint.translation import Translator, translated

        translator = Translator(style.language)
        return reporter.render(translated(report, translator), style._replace(say=translator.say))
    return reporter.render(report, style._replace(language="en"))


def say(text: str) -> None:
    """Write to standard output at once.

    Raises:
        PolicylintError: It cannot be written.
        BrokenPipeError: The reader of a pipe went away.

    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still in the buffer would be tried again, and complained of, when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise PolicylintError(f"standard output cannot be written: {error.strerror}") from error


def write_file(path: Path, text: str) -> None:
    """Write a report so that a reader finds the old file or the whole new one, never a part.

    Raises:
        PolicylintError: It cannot be written; the old file is as it was.

    """
    if path.parts[1:2] not in (("dev",), ("proc",)) and (path.is_file() or not path.exists()):
        from policylint.rewrite import replace_file

        replace_file(path, text.encode("utf-8", "backslashreplace"))
        return
    try:  # a device or a pipe cannot be replaced, and must not
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as handle:
            handle.write(text)
    except OSError as error:
        raise PolicylintError(f"{path}: cannot be written: {error.strerror}") from error
