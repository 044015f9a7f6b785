"""Rule packs as an earlier run left them: parsed, validated, and with what decides where each rule can look.

Kept in the user's cache folder, and in the wheel for our own packs. JSON only, each file of a pack on a line of its
own that is read when it is needed. What is missing, broken, of another version or not writable is as good as none: the
pack is read again.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint import __version__
from policylint.model.late import LateMapping
from policylint.model.rule import FileStamp, RuleCard
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_KEPT = 8
"""Files kept of one pack: as many versions of it, or projects with plugins of their own, can be used in turn."""
_FORM = 4
"""Raised when the content of the files changes its meaning."""
SHIPPED = ".compiled"
"""Name of the file beside the rules of a pack that came with the wheel."""
_INSTALLED = 120_000_000_000
"""Nanoseconds within which all files of a wheel are written; a pack that is changed later is read anew."""
_SETTLED = 50_000_000
"""Nanoseconds; a file changed more recently may change again without another time of change."""


class Kept(NamedTuple):
    """A pack as an earlier run left it."""

    digest: str
    files: Mapping[str, Any]
    """Name → parsed content, read when asked for."""
    cards: tuple[RuleCard, ...]
    shipped: bool = False
    """True where it came with the wheel."""


def user_cache_folder() -> Path | None:
    """Return the cache folder of the person who runs policylint, or None where there is no home."""
    own, shared = os.environ.get("POLICYLINT_CACHE"), os.environ.get("XDG_CACHE_HOME")
    try:
        if own:
            return Path(own)
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            # By the XDG specification a path that is not absolute counts for nothing.
            base = Path(shared) if shared and Path(shared).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "policylint"


def load(cache: Path | None, pack: Path, stamps: Sequence[FileStamp], salt: str) -> Kept | None:
    """Return a pack, or None where the cache does not hold just this one.

    Args:
        cache: The cache folder; None keeps nothing.
        pack: The folder of the pack.
        stamps: The files of the pack as they are now.
        salt: What else decides whether the pack compiles.

    """
    key = _key([str(pack), *stamps], salt)
    return None if cache is None else _read(_file(cache, pack.name, key), key)


def load_shipped(pack: Path) -> Kept | None:
    """Return a pack as the wheel holds it; None where it does not, or where its folder was changed since.

    A pack of the wheel compiles whatever else is installed: nobody can take an operator away.
    """
    try:
        built = os.stat(f"{pack}/{SHIPPED}").st_mtime_ns  # noqa: PTH116  # a Path takes twice as long, at every start
        if os.stat(pack).st_mtime_ns > built + _INSTALLED:  # noqa: PTH116
            return None
    except OSError:
        return None
    kept = _read(pack / SHIPPED, _key([], ""))
    return None if kept is None else kept._replace(shipped=True)


def _key(content: Iterable[Any], salt: str) -> list[Any]:
    return [_FORM, __version__, salt, *content]


def _read(path: Path, key: list[Any]) -> Kept | None:
    try:
        with open(path, "rb") as handle:  # noqa: PTH123  # a Path takes twice as long, at every start
            if not is_ours(os.fstat(handle.fileno())):
                return None
            head, _, body = handle.read().partition(b"\n")
        stored = json.loads(head)
        if json.loads(json.dumps(key)) != stored["key"] or zlib.crc32(body) != stored["crc"]:
            return None
        places: dict[str, tuple[int, int]] = {}
        at = 0
        for name, length in stored["files"]:
            places[name] = (at, at + length)
            at += length + 1
        cards = tuple(_card(entry) for entry in stored["cards"])
        digest = stored["digest"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Kept(digest, LateMapping(places, lambda name: json.loads(body[slice(*places[name])])), cards)


def is_ours(found: os.stat_result) -> bool:
    """Tell whether nobody but the person who runs this, or the machine's owner, can have written a file."""
    return sys.platform == "win32" or (found.st_uid in (0, os.geteuid()) and not found.st_mode & 0o002)


def _card(entry: list[Any]) -> RuleCard:
    products, kinds = (None if values is None else tuple(values) for values in entry[3:])
    return RuleCard(entry[0], entry[1], entry[2], products, kinds)


def store(cache: Path | None, pack: Path, stamps: Sequence[FileStamp], salt: str, kept: Kept) -> None:
    """Keep a pack in the cache folder; does nothing where that is not possible."""
    if cache is None:
        return
    import tempfile

    key = _key([str(pack), *stamps], salt)
    try:
        content = _content(key, kept)
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=cache, prefix=".new-", delete=False) as handle:
            handle.write(content)
    except (OSError, ValueError, TypeError):
        return
    try:
        new = Path(handle.name)
        if max(max(stamp.modified, stamp.changed) for stamp in stamps) + _SETTLED > new.stat().st_mtime_ns:
            new.unlink()
            return
        new.replace(_file(cache, pack.name, key))
        _remove_old(cache, pack.name)
    except OSError:
        Path(handle.name).unlink(missing_ok=True)


def shipped_content(kept: Kept) -> bytes:
    """Return what the wheel holds beside the rules of a pack."""
    return _content(_key([], ""), kept)


def _content(key: list[Any], kept: Kept) -> bytes:
    def written(value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()

    lines = {name: written(data) for name, data in kept.files.items()}
    body = b"\n".join(lines.values())
    head = {
        "key": key,
        "crc": zlib.crc32(body),
        "digest": kept.digest,
        "files": [(name, len(line)) for name, line in lines.items()],
        "cards": kept.cards,
    }
    return written(head) + b"\n" + body


def _file(folder: Path, name: str, key: list[Any]) -> Path:
    return folder / f"pack-{name}-{zlib.crc32(repr(key).encode()):08x}.json"


def _remove_old(folder: Path, name: str) -> None:
    known = sorted(folder.glob(f"pack-{name}-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in known[_KEPT:]:
        path.unlink(missing_ok=True)
