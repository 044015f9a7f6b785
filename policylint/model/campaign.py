"""The campaign record: the one shape that rules see, with a way back to the source for every value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policylint.model.source import Document, Place, Pointer
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.rule import Severity


class Campaign(NamedTuple):
    """One campaign record.

    In ``data`` a missing key or None is *absent*, an ``Unknown`` anywhere on the way is *unknown*; see
    ``schemas/campaign.schema.json`` for the fields.
    """

    data: Mapping[str, Any]
    document: Document
    format: str
    """Name of the adapter that made the record."""
    places: Mapping[Pointer, Place] = {}
    """Record path → place in a source file; a path not listed lies below the nearest listed one."""
    evidence: Mapping[Pointer, str] = {}
    """Record path → where its value was taken from, for values from outside the campaign's own file."""
    notes: tuple[str, ...] = ()
    """What the adapter wants the user to know, shown by ``inspect``."""
    caps: Mapping[Pointer, tuple[Severity, str]] = {}
    """Record path → how severe a finding that rests on it can be at most, and why; ``()`` bounds every finding.

    A value from outside the campaign's own file is not bounded by the cap of its path.
    """

    @property
    def id(self) -> str:
        """The campaign's id as text."""
        value = self.data.get("campaign")
        return str(value) if isinstance(value, (str, int)) else "?"

    def place(self, path: Pointer) -> Place:
        """Return the place of the value at a record path, or of its nearest ancestor that has one."""
        for length in range(len(path), -1, -1):
            found = self.places.get(path[:length])
            if found is not None:
                rest = path[length:]
                if not rest:
                    return found
                if found.span is not None:
                    return found
                return Place(found.document, (*found.pointer, *rest))
        return Place(self.document, path)

    def foreign_place(self, path: Pointer) -> tuple[Place, str] | None:
        """Return the place of a value that comes from outside the campaign's file, and what it is, else None."""
        for length in range(len(path), 0, -1):
            note = self.evidence.get(path[:length])
            if note is not None:
                return self.place(path[:length]), note
        return None
