"""Paths from the command line → files to check, in a stable order."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from policylint.errors import UsageError
from policylint.model.tuples import NamedTuple

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

LARGEST = 50_000_000
"""Bytes of a file that is read where it is met in a folder; parsed, it takes up to ten times as much memory."""
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

    @property
    def is_large(self) -> bool:
        """True where it was met in a folder and is larger than a campaign file is: data, a dump, a model."""
        return not self.named and self.size > LARGEST


def discover(paths: Sequence[str], exclude: Sequence[str] = (), base: Path | None = None) -> list[Target]:
    """Return the files to check, sorted, each once.

    Args:
        paths: Files and folders; a folder is walked for files whose name can be that of a known format.
        exclude: Globs (``*``, ``?``, ``**``) relative to ``base``; named files too, as pre-commit names all.
        base: The folder of the configuration.

    Raises:
        UsageError: A path does not exist, or a folder cannot be read.

    """
    found: dict[str, Target] = {}
    for text in paths:
        path = Path(text)
        if path.is_dir():
            shown = _shown(text)
            targets = _walk(text, "" if shown == "." else f"{shown.rstrip('/')}/", exclude, base)
        elif path.exists():
            targets = iter([Target(_shown(text), path, named=True)])
        else:
            raise UsageError(f"there is no file or folder '{text}'", "name files or folders that exist")
        for target in targets:
            if not is_excluded(target.path, exclude, base) and (target.shown not in found or target.named):
                found[target.shown] = target
    return sorted(found.values())


def folders_of(paths: Iterable[str]) -> tuple[Path, ...]:
    """Return those of some paths that are folders, absolute."""
    return tuple(Path(os.path.abspath(text)) for text in paths if Path(text).is_dir())  # noqa: PTH100  # links stay


def _walk(folder: str, shown: str, exclude: Sequence[str], base: Path | None) -> Iterator[Target]:
    """Yield the files to check in a folder and below; ``shown`` is what stands before the names of its entries."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        hint = "check its permissions, or exclude it in the configuration"
        raise UsageError(f"the folder '{folder}' cannot be read: {error.strerror}", hint) from None
    for entry in entries:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            if name not in SKIPPED_FOLDERS and not is_excluded(Path(entry.path), exclude, base):
                yield from _walk(entry.path, f"{shown}{name}/", exclude, base)
        elif _may_hold_campaigns(name) and _is_file(entry):
            yield Target(f"{shown}{name}", Path(entry.path), named=False, size=_size(entry))


def _may_hold_campaigns(name: str) -> bool:
    lowered = name.lower()
    return name not in _NOT_CAMPAIGNS and (lowered.endswith(_ENDINGS) or re.fullmatch(_BY_NAME, lowered) is not None)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is to be read; one that cannot be followed is, so that it is reported as unreadable."""
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return True


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
    relative = os.path.relpath(path, base or ".").replace(os.sep, "/")
    return any(glob_pattern(pattern).match(relative) is not None for pattern in patterns)


@cache
def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return a glob as a pattern: ``*`` stops at ``/``, ``**`` does not, a folder stands for all below it."""
    text = ""
    at = 0
    glob = glob.removeprefix("./").strip("/")
    while at < len(glob):
        if glob.startswith("**/", at):
            text += "(?:.*/)?"
            at += 3
        elif glob.startswith("**", at):
            text += ".*"
            at += 2
        elif glob[at] == "*":
            text += "[^/]*"
            at += 1
        elif glob[at] == "?":
            text += "[^/]"
            at += 1
        else:
            text += re.escape(glob[at])
            at += 1
    return re.compile(rf"{text}(?:/.*)?\Z", re.DOTALL)


def read_file(path: Path) -> bytes | None:
    """Return the bytes of a regular file, or None where it cannot be read."""
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None
