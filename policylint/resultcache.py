"""What was found in files of earlier runs, kept in the user's cache folder as plain data in one SQLite file.

A result holds for the same content under the same name with the same rules, settings and day, and as long as the files
that it was read from beside have not changed. What is missing, broken, of somebody else or locked is as good as none.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from policylint.packcache import is_ours

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_KEPT = 100_000
"""Results kept; the oldest go first."""
_AT_ONCE = 4_000
"""Results written at a time."""
_NAME = "results-3.sqlite3"
"""The number is raised when what is kept changes its form."""
_WAIT = 0.5
"""Seconds to wait for another run that writes."""


class ResultCache:
    """The results of earlier runs, and those of this one until they are written at its end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._new: list[tuple[bytes, str]] = []

    @classmethod
    def open(cls, folder: Path) -> ResultCache | None:
        """Open the cache in a folder; None where that is not possible."""
        import sqlite3

        path = folder / _NAME
        for _ in range(2):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not is_ours(os.stat(folder)) or (path.exists() and not is_ours(os.stat(path))):  # noqa: PTH116
                    return None
                connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("CREATE TABLE IF NOT EXISTS result (key BLOB PRIMARY KEY, found TEXT)")
                return cls(connection)
            except sqlite3.OperationalError:  # locked, on a full or a read-only disk
                return None
            except sqlite3.DatabaseError:  # no database: away with it
                path.unlink(missing_ok=True)
            except OSError:
                return None
        return None

    def get(self, key: bytes) -> Any:
        """Return what is kept under a key, or None."""
        import sqlite3

        try:
            row = self._connection.execute("SELECT found FROM result WHERE key = ?", (key,)).fetchone()
            return None if row is None else json.loads(row[0])
        except (sqlite3.Error, ValueError):
            return None

    def put(self, key: bytes, found: Any) -> None:
        """Keep plain data under a key; it is written with others, at the latest by ``close``."""
        self._new.append((key, json.dumps(found, separators=(",", ":"))))
        if len(self._new) >= _AT_ONCE:
            self._write()

    def close(self) -> None:
        """Write what is new, and end."""
        self._write()
        self._connection.close()

    def _write(self) -> None:
        import sqlite3

        new, self._new = self._new, []
        if not new:
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO result VALUES (?, ?)", new)
            self._connection.execute("DELETE FROM result WHERE rowid <= (SELECT max(rowid) FROM result) - ?", (_KEPT,))
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.rollback()
