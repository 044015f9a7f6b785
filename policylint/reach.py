"""What a run has looked at: whether it would have met a finding of a rule at a place, had there been one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from policylint.model.tuples import NamedTuple


class Reach(NamedTuple):
    """The files and rules of a run."""

    files: frozenset[str]
    """Absolute paths of the files that were checked."""
    folders: tuple[str, ...]
    """Absolute paths of the folders of which every file was checked."""
    rules: frozenset[str]
    """Ids of the rules that were applied on the days that count."""

    @classmethod
    def of(cls, files: Iterable[str | Path], folders: Iterable[Path], rules: Iterable[str]) -> Reach:
        """Return the reach of a run over some files, of which those below the folders are all that there are."""
        return cls(frozenset(map(absolute, files)), tuple(map(str, folders)), frozenset(rules))

    def covers(self, path: str | Path) -> bool:
        """Tell whether a file, or every file below a folder, was checked if it is there at all."""
        whole = absolute(path)
        return whole in self.files or any(
            whole == folder or whole.startswith(folder.rstrip(os.sep) + os.sep) for folder in self.folders
        )

    def covers_glob(self, glob: str | None, base: Path) -> bool:
        """Tell the same of all files that a glob stands for; None stands for every file below its base."""
        steps: list[str] = []
        for step in (glob or "").removeprefix("./").strip("/").split("/"):
            if "*" in step or "?" in step:
                break
            steps.append(step)
        return self.covers(base.joinpath(*steps))


def absolute(path: str | Path) -> str:
    """Return a path from the root, without following links."""
    return os.path.abspath(path)  # noqa: PTH100


def relative(path: str, base: Path) -> str:
    """Return a path as seen from a folder, with slashes."""
    return os.path.relpath(path, base).replace(os.sep, "/")
