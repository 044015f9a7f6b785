"""A path → the project that it belongs to, whether it leads out of it, and what is in a file that may be opened."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from policylint.model.limits import DEFAULTS


def project_above(folder: Path, base: Path | None = None) -> Path | None:
    """Return the nearest folder from one upward that holds ``.git`` or is ``base``; None where there is none.

    Args:
        folder: Need not exist; links in it are not followed.
        base: The folder of the configuration.

    """
    at = _absolute(folder)
    own = None if base is None else _absolute(base)
    while at != own and not os.path.exists(os.path.join(at, ".git")):  # noqa: PTH110, PTH118  # at every start
        at, below = os.path.dirname(at), at  # noqa: PTH120
        if at == below:
            return None
    return Path(at)


def is_within(path: Path | str, folder: Path | str) -> bool:
    """Tell whether a path, links followed, is a folder or lies below it; False where it cannot be followed."""
    try:
        real, around = os.path.realpath(path), os.path.realpath(folder)
        return os.path.commonpath([real, around]) == around
    except (OSError, ValueError):  # another drive, a zero byte
        return False


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  # `resolve` would follow links


def read_file(path: Path | str, most: int = DEFAULTS.bytes) -> bytes | None:
    """Return the bytes of a regular file, or None where it cannot be read or has more than ``most``."""
    try:
        # A pipe that took the place of the file since it was found would be waited for.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb", buffering=0) as handle:  # noqa: PTH123  # it is open already
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_size > most:
                return None
            return handle.read()
    except (OSError, ValueError):  # no name that a file can have: a zero byte, half a character
        return None
