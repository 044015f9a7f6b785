"""A revision → the files that git says changed since: in commits, in the index, in the working tree, or new."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from policylint.errors import UsageError


def changed_since(revision: str, folder: Path) -> frozenset[str]:
    """Return the absolute paths, links followed, of the changed files of the repository around a folder.

    Args:
        revision: A commit, by any name that git has for it.
        folder: A folder of the repository.

    Raises:
        UsageError: There is no git, no repository, or no such commit.

    """
    top = _git(folder, "rev-parse", "--show-toplevel").rstrip("\n")
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    changed = _git(Path(top), "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--diff-filter=d", commit)
    new = _git(Path(top), "ls-files", "--others", "--exclude-standard", "-z")
    root = os.path.realpath(top)
    return frozenset(os.path.join(root, name) for name in (changed + new).split("\0") if name)  # noqa: PTH118


def is_among(path: Path, changed: frozenset[str]) -> bool:
    """Tell whether a file, or what a link leads to, is one of the changed files."""
    # A link is a file to git: it changes when it leads elsewhere, its target when that is written.
    own = os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118
    return own in changed or os.path.realpath(path) in changed


def _git(folder: Path, *arguments: str) -> str:
    # A repository's own settings may name a program that watches files; none is needed to list them.
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise UsageError("git is not there", "--changed-since asks git: install it, or name the files") from None
    if done.returncode:
        said = os.fsdecode(done.stderr).strip().removeprefix("fatal: ")
        if not said:
            hint = "fetch it first: CI often clones the last commit alone"
            raise UsageError(f"git knows no commit '{_revision(arguments)}'", hint)
        raise UsageError(f"git: {said}", "--changed-since works inside a repository")
    return os.fsdecode(done.stdout)


def _revision(arguments: tuple[str, ...]) -> str:
    return arguments[-1].removesuffix("^{commit}")
