"""Parsed and validated rule packs, kept in the user's cache folder: JSON only, keyed by a digest of everything read.

A file that is missing, broken, of another version or not writable is as good as none: the pack is read again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = 8
"""Files kept of one pack: as many versions of it, or projects with plugins of their own, can be used in turn."""
_FORM = 1
"""Raised when the content of the files changes its meaning."""


def user_cache_folder() -> Path | None:
    """Return the cache folder of the person who runs policylint, or None where there is no home."""
    chosen = os.environ.get("POLICYLINT_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        if os.environ.get("POLICYLINT_CACHE"):
            return Path(str(chosen))
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            base = Path(chosen) if chosen else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "policylint"


def load(folder: Path | None, name: str, digest: str) -> dict[str, Any] | None:
    """Return the parsed files of a pack by name, or None where the cache does not hold just this pack."""
    if folder is None:
        return None
    try:
        stored = json.loads(_file(folder, name, digest).read_bytes())
        if stored["form"] == _FORM and stored["version"] == __version__ and stored["digest"] == digest:
            files = stored["files"]
            return files if isinstance(files, dict) else None
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def store(folder: Path | None, name: str, digest: str, files: Mapping[str, Any]) -> None:
    """Keep the parsed files of a pack; does nothing where that is not possible."""
    if folder is None:
        return
    import tempfile

    content = {"form": _FORM, "version": __version__, "digest": digest, "files": files}
    try:
        content_bytes = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=folder, prefix=".new-", delete=False) as handle:
            handle.write(content_bytes)
    except (OSError, ValueError, TypeError):
        return
    try:
        Path(handle.name).replace(_file(folder, name, digest))
        _remove_old(folder, name)
    except OSError:
        Path(handle.name).unlink(missing_ok=True)


def _file(folder: Path, name: str, digest: str) -> Path:
    return folder / f"pack-{name}-{hashlib.sha256(digest.encode()).hexdigest()[:16]}.json"


def _remove_old(folder: Path, name: str) -> None:
    known = sorted(folder.glob(f"pack-{name}-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in known[_KEPT:]:
        path.unlink(missing_ok=True)
