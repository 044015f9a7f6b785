"""A file and its new bytes → the file with these, never with a part of them."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from policylint.errors import PolicylintError


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old one or the whole new one; permissions and links stay.

    Raises:
        PolicylintError: It cannot be written; then it is as it was.

    """
    target = Path(os.path.realpath(path))
    draft: Path | None = None
    try:
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as handle:
            draft = Path(handle.name)
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        draft.chmod(_mode_of(target))
        draft.replace(target)
    except OSError as error:
        raise PolicylintError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _mode_of(path: Path) -> int:
    """Return the permissions of a file, or those that a new one gets."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
