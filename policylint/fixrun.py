"""The files of a run → the same files mended: written in place, or as a unified diff that is only shown."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeAlias

from policylint.fix import ROUNDS, Fixer, Mended, may_be_made
from policylint.model.fix import SAFE, UNSAFE
from policylint.model.tuples import NamedTuple
from policylint.parse import text_of
from policylint.pipeline import check_all
from policylint.project.facts import project_root
from policylint.reporters.display import one_line, plural, visible
from policylint.rewrite import replace_file
from policylint.ruleset import load_rules

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.model.finding import Finding, Report
    from policylint.recognise import Read

Watch: TypeAlias = "Callable[[Sequence[Finding]], None]"
"""Is told of each file that is checked."""


class MendedFile(NamedTuple):
    """A file with fixes, before they are written."""

    target: Target
    old: bytes
    mended: Mended

    def diff(self) -> str:
        """Return what changes as a unified diff."""
        lines = list(
            difflib.unified_diff(
                _lines(text_of(self.old)), _lines(text_of(self.mended.raw)), self.target.shown, self.target.shown
            )
        )
        return "".join(
            line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n" for line in lines
        )


def _shown(diff: str, *, as_it_is: bool) -> str:
    """Return a diff; for the eyes of a person without what terminals obey."""
    return diff if as_it_is else "".join(f"{visible(line)}\n" for line in re.split(r"\r\n|\n|\r", diff)[:-1])


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z", text)


class FixRun:
    """Mends the files of one run."""

    def __init__(
        self,
        targets: Sequence[Target],
        settings: Settings,
        extensions: Extensions,
        read: Read,
        *,
        unsafe: bool,
        excluded: int = 0,
    ) -> None:
        self.targets = targets
        self.kinds = (SAFE, UNSAFE) if unsafe else (SAFE,)
        self.settings = settings
        """Of the report of what is left."""
        self.extensions = extensions
        self.read = read
        self.excluded = excluded
        """How many files and folders the configuration leaves out."""
        self.rules = load_rules(settings, extensions)
        self.fixer = Fixer(self.rules, settings, extensions, read)
        self.notes: list[str] = []
        """What the user is told beside the report."""

    def mended(self, watch: Watch | None = None) -> Iterator[MendedFile]:
        """Yield each file that has fixes to be made, made or refused; what is accepted stays as it is."""
        settings = self.settings._replace(fixes=True, prove_fixes=False)  # what is made is proved then
        report = check_all(self.targets, self.rules, settings, self.extensions, self.read, watch)
        with_fixes = {finding.path for finding in report.findings if may_be_made(finding, self.kinds)}
        accepted: dict[str, list[Finding]] = {}
        for finding in report.findings:
            if finding.suppressed is not None:
                accepted.setdefault(finding.path, []).append(finding)
        for target in self.targets:
            raw = self.read(target.path) if target.shown in with_fixes else None
            if raw is None:
                continue
            mended = self.fixer.mend(target, raw, self.kinds, accepted.get(target.shown, ()))
            if mended.exhausted:
                self.notes.append(f"{target.shown}: more could be mended after {ROUNDS} rounds; run it again")
            if mended.made or mended.refused:
                yield MendedFile(target, raw, mended)

    def written(self, watch_before: Watch | None = None, watch_after: Watch | None = None) -> Report:
        """Write what is mended, and return the report of the files as they are then."""
        made = sum(file.mended.made for file in self.mended(watch_before) if file.mended.made and self._write(file))
        report = check_all(
            self.targets, self.rules, self.settings, self.extensions, self.read, watch_after, self.excluded
        )
        return report._replace(fixed=made)

    def show_diff(self, stream: TextIO, notes: TextIO, watch: Watch | None = None) -> int:
        """Show what would change, and return how many fixes would be made; what is refused is told beside it."""
        made = 0
        for file in self.mended(watch):
            made += file.mended.made
            stream.write(_shown(file.diff(), as_it_is=not stream.isatty()))
            for finding, reason in file.mended.refused:
                place = f"{finding.path}:{finding.region.start.line}:{finding.region.start.column}"
                self.notes.append(f"{place}: {finding.rule} is not mended: {reason}")
        stream.flush()
        self.show_notes(notes)
        notes.write(f"{plural(made, 'finding')} would be mended\n" if made else "nothing would be mended\n")
        return made

    def show_notes(self, stream: TextIO) -> None:
        """Show what is told beside the report."""
        stream.writelines(f"policylint: {one_line(note)}\n" for note in self.notes)

    def given(self) -> tuple[bytes, Report]:
        """Return the one text, which is in no file, mended, and the report of it."""
        (target,) = self.targets
        mended = next((file.mended for file in self.mended()), Mended(self.read(target.path) or b""))
        report = check_all(
            [target],
            self.rules,
            self.settings,
            self.extensions,
            lambda path: mended.raw if path == target.path else self.read(path),
        )
        return mended.raw, report._replace(fixed=mended.made)

    def _write(self, file: MendedFile) -> bool:
        path, shown = file.target.path, file.target.shown
        if path.is_symlink() and not _is_inside(path, self.settings.base):
            self.notes.append(f"{shown} is not mended: it is a link to a file outside of the project")
            return False
        if not os.access(path, os.W_OK):
            self.notes.append(f"{shown} is not mended: it may not be written")
            return False
        if self.read(path) != file.old:
            self.notes.append(f"{shown} is not mended: it was changed by somebody else meanwhile")
            return False
        names = path.stat().st_nlink
        if names > 1:
            self.notes.append(
                f"{shown} is a file of {names} names (hard links): under the others it keeps the old text"
            )
        replace_file(path, file.mended.raw)
        return True


def _is_inside(path: Path, base: Path | None) -> bool:
    """Tell whether what a link leads to lies in the project that the link lies in."""
    root = os.path.realpath(base or project_root(path.parent))
    return os.path.commonpath([root, os.path.realpath(path)]) == root
