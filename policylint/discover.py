"""Paths from the command line → files to check, in a stable order."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.boundary import is_within, project_above
from policylint.boundary import read_file as read_file  # who looks for files reads them, too
from policylint.errors import UsageError
from policylint.model.phrase import phrase
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.config import Settings

SKIPPED_FOLDERS = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
        "site-packages",
        "venv",
    ]
)
"""Folders that are not walked into; a file in one of them is checked when it is named."""

_ENDINGS = (".yaml", ".yml", ".json", ".jsonc", ".json5", ".txt")
# Manifests and settings of applications; requirements, package.json and compose files have one of the endings.
_BY_NAME = r"\.env(?:[.-][\w.-]+)?|[\w.-]+\.env|env\.(?:example|sample|template|dist)|go\.mod|pyproject\.toml|pipfile"
_NOT_CAMPAIGNS = frozenset(
    [
        "npm-shrinkwrap.json",
        "package-lock.json",
        "policylint-waivers.yaml",
        "pnpm-lock.yaml",
        "policylint.yaml",
        "policylint.yml",
        "tsconfig.json",
    ]
)


class Target(NamedTuple):
    """A file to check."""

    shown: str
    """As it is reported: relative to the working folder, with ``/``."""
    path: Path
    named: bool
    """True where the command line names it, False where it was met in a folder."""
    size: int = 0
    """Bytes; 0 where it was not looked at."""
    barred: str = ""
    """Why it is not opened, in words; empty where it is: see ``_bar``."""

    @property
    def leads_out(self) -> bool:
        """True where it is a link that leads out of the project."""
        return self.barred == LEADS_OUT


LEADS_OUT = "a link that leads out of the project"


class Found(NamedTuple):
    """What there is to check."""

    targets: list[Target]
    """The files, sorted, each once."""
    excluded: int
    """Files and folders that the configuration excludes and that would have been checked or walked."""


def discover(paths: Sequence[str], exclude: Sequence[str] = (), base: Path | None = None) -> list[Target]:
    """Return the files to check; see ``search``."""
    return search(paths, exclude, base).targets


def search(
    paths: Sequence[str], exclude: Sequence[str] = (), base: Path | None = None, *, follow: bool = False
) -> Found:
    """Look for the files to check.

    Args:
        paths: Files and folders; a folder is walked for files whose name can be that of a known format.
        exclude: Globs (``*``, ``?``, ``**``) relative to ``base``; named files too, as pre-commit names all.
        base: The folder of the configuration.
        follow: Follow links out of the project too. Links to folders are followed nowhere but where they are named.

    Raises:
        UsageError: A path does not exist or leads out of the project, or it is a folder that cannot be read.

    """
    seeker = _Seeker(exclude, base, follow)
    for text in paths:
        seeker.seek(text)
    return Found(sorted(seeker.found.values()), seeker.excluded)


class _Seeker:
    def __init__(self, exclude: Sequence[str], base: Path | None, follow: bool) -> None:
        self.exclude = exclude
        self.base = base
        self.follow = follow
        self.found: dict[str, Target] = {}
        self.excluded = 0
        self._projects: dict[str, tuple[Path | None, bool]] = {}

    def project_of(self, path: Path) -> tuple[Path | None, bool]:
        """Return the project around a path, None where there is none, and whether the path leads out of it."""
        parent = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120  # `resolve` follows links
        if parent not in self._projects:
            project = project_above(Path(parent), self.base)
            self._projects[parent] = project, project is not None and not is_within(parent, project)
        project, leads_out = self._projects[parent]
        if project is not None and not leads_out and os.path.islink(path):  # noqa: PTH114  # for each file that is named
            leads_out = not is_within(path, project)
        return project, leads_out and not self.follow

    def seek(self, text: str) -> None:
        """Take up a file, or all of a folder, that the command line names."""
        path = Path(text)
        project, leads_out = self.project_of(path)
        if path.is_dir():
            if leads_out:
                message = f"the folder '{text}' is {LEADS_OUT}, {project}"
                raise UsageError(message, "--trust follows it; name the folder itself to have only that checked")
            shown = _shown(text)
            self.walk(text, "" if shown == "." else f"{shown.rstrip('/')}/", project or path)
        elif path.exists():
            self.take(Target(_shown(text), path, named=True, barred=LEADS_OUT if leads_out else _bar(path)))
        elif os.path.islink(path):  # noqa: PTH114  # a Path raises where the link leads to itself
            self.take(Target(_shown(text), path, named=True))
        else:
            raise UsageError(f"there is no file or folder '{text}'", "name files or folders that exist")

    def take(self, target: Target) -> None:
        """Add a file to what was found."""
        if is_excluded(target.path, self.exclude, self.base):
            self.excluded += 1
        elif target.shown not in self.found or target.named:
            self.found[target.shown] = target

    def walk(self, top: str, shown: str, project: Path) -> None:
        """Take up what a folder holds, links to folders left aside; ``shown`` stands before the names in it."""
        pending = [(top, shown)]  # no recursion: a project may nest deeper than Python's stack
        while pending:
            folder, shown = pending.pop()
            try:
                entries = list(os.scandir(folder))
            except OSError as error:
                if folder != top:  # told of as a file is that cannot be read
                    self.take(Target(shown.rstrip("/"), Path(folder), named=False))
                    continue
                hint = "check its permissions, or exclude it in the configuration"
                raise UsageError(f"the folder '{folder}' cannot be read: {error.strerror}", hint) from None
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if name not in SKIPPED_FOLDERS:
                        if is_excluded(Path(entry.path), self.exclude, self.base):
                            self.excluded += 1
                        else:
                            pending.append((entry.path, f"{shown}{name}/"))
                elif _may_hold_campaigns(name):
                    self.meet(entry, f"{shown}{name}", project)

    def meet(self, entry: os.DirEntry[str], shown: str, project: Path) -> None:
        """Take up an entry of a folder that is no folder."""
        path = Path(entry.path)
        barred = ""
        if entry.is_symlink():
            try:
                if entry.is_dir() or not path.exists():
                    return
                barred = "" if self.follow or is_within(path, project) else LEADS_OUT
            except OSError:  # a link that leads to itself: it cannot be read, and that is told
                pass
        barred = barred or _bar(path, entry)
        self.take(Target(shown, path, named=False, size=0 if barred else _size(entry), barred=barred))


def _bar(path: Path, entry: os.DirEntry[str] | None = None) -> str:
    """Return why a file must not be opened, as that would wait for somebody or do something; empty where it may be."""
    try:
        if entry is not None and entry.is_file():  # known without a look at the disk, for nearly all
            return ""
        mode = path.stat().st_mode
    except OSError:
        return ""
    if stat.S_ISFIFO(mode):
        return phrase("a named pipe")
    if stat.S_ISSOCK(mode):
        return phrase("a socket")
    return phrase("a device") if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else ""


def files_of(paths: Sequence[str], settings: Settings) -> Found:
    """Return the files of a run; see ``search``."""
    return search(paths, settings.exclude, settings.base, follow=settings.follow_links)


def reader_for(settings: Settings) -> Callable[[Path], bytes | None]:
    """Return what reads the files of a run."""
    return partial(read_file, most=settings.limits.bytes)


def folders_of(paths: Iterable[str]) -> tuple[Path, ...]:
    """Return those of some paths that are folders, absolute."""
    return tuple(Path(os.path.abspath(text)) for text in paths if Path(text).is_dir())  # noqa: PTH100  # links stay


def _may_hold_campaigns(name: str) -> bool:
    lowered = name.lower()
    return name not in _NOT_CAMPAIGNS and (lowered.endswith(_ENDINGS) or re.fullmatch(_BY_NAME, lowered) is not None)


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:
        return 0


def _shown(path: str) -> str:
    relative = os.path.relpath(path)
    shown = path if relative == os.pardir or relative.startswith(os.pardir + os.sep) else relative
    return shown.replace(os.sep, "/")


def is_excluded(path: Path, patterns: Sequence[str], base: Path | None) -> bool:
    """Tell whether a glob matches a path, seen from ``base``, or one of the folders above it."""
    if not patterns:
        return False
    from policylint.globs import glob

    relative = os.path.relpath(path, base or ".").replace(os.sep, "/")
    return any(glob(pattern).fits(relative) for pattern in patterns)
