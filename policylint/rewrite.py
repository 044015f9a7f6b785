"""A file and its new bytes → the file with these, never with a part of them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from policylint.errors import PolicylintError

_MODE = 0o666
"""Permissions that a new file gets, less those that the process masks."""


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader, and whoever looks after a crash, finds the old one or the whole new one.

    A link goes on being one; permissions stay, and the owner where this process may give files away. The file gets a
    new place on the disk: other names of it (hard links) keep the old content.

    Raises:
        PolicylintError: It cannot be written; then it is as it was.

    """
    target = Path(os.path.realpath(path))
    # Of no ending that a run looks at, and of no name that another process or thread has: pids come again.
    draft = target.with_name(f".policylint.{os.urandom(6).hex()}.tmp")
    try:
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _MODE)
            with open(descriptor, "wb") as handle:  # noqa: PTH123  # of a descriptor
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            if target.exists():
                _take_after(draft, target.stat())
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise PolicylintError(f"{path}: cannot be written: {error.strerror}") from error


def _take_after(draft: Path, known: os.stat_result) -> None:
    """Give a file the owner, as far as possible, and the permissions of another one."""
    own = draft.stat()
    if hasattr(os, "chown") and (own.st_uid, own.st_gid) != (known.st_uid, known.st_gid):
        for owner in ((known.st_uid, known.st_gid), (-1, known.st_gid)):
            with suppress(OSError):
                os.chown(draft, *owner)
                break
    draft.chmod(known.st_mode & 0o7777)  # last: a change of owner takes the set-id bits away
