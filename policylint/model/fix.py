"""Fixes: what would mend a finding, as edits of the source text; or what has to be asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from policylint.model.rule import Condition, FieldPath
    from policylint.model.source import Pointer, Region

SAFE: Final = "safe"
"""What is sent, to whom and at what price stays: only what the platform refuses or passes over changes."""
UNSAFE: Final = "unsafe"
"""It changes what is sent, or rests on something that the file does not say."""
SUGGESTION: Final = "suggestion"
"""Shown and never made: it would state a fact about the world, or it cannot be proved."""


FACTS: Final = (
    ("consent",),
    ("business",),
    ("opt_out",),
    ("audience", "source"),
    ("audience", "age_gate"),
    ("audience", "minimum_age"),
    ("audience", "suppression_lists"),
    ("messages", "release"),
    ("messages", "template", "status"),
    ("sender", "authentication"),
    ("sender", "portfolio"),
    ("sender", "registered"),
    ("sender", "registration"),
)
"""What is so in the world, or was decided by somebody: no fix may say it in their place."""


def states_a_fact(names: tuple[str, ...]) -> bool:
    """Tell whether a field of a record is such a fact; lists are passed through."""
    return any(names[: len(fact)] == fact for fact in FACTS)


class Edit(NamedTuple):
    """A piece of the source text and what takes its place; an empty region is a place to insert at."""

    region: Region
    replacement: str


class Change(NamedTuple):
    """What an edit means for the data of a document: by this it is proved."""

    document: int
    """Number of the document in its file."""
    pointer: Pointer
    action: str
    """``set`` (``value`` is the new value, of a new key too), ``remove``, ``rename`` (``value`` is the new key);
    of the list at the pointer ``insert`` (index and item), ``remove_items`` (indexes), ``order`` (indexes);
    ``same`` where only the way of writing changes."""
    value: Any = None


class Fix(NamedTuple):
    """What would mend a finding."""

    title: str
    """What it does, in the imperative."""
    applicability: str
    """``safe``, ``unsafe`` or ``suggestion``."""
    question: str | None = None
    """What has to be asked first."""
    edits: tuple[Edit, ...] = ()
    """In the order of the text, none overlapping; all in the file that the finding points to."""
    changes: tuple[Change, ...] = ()
    refusal: str | None = None
    """Why a fix of the rule is a suggestion here."""
    number: int | None = None
    """Its place among the fixes of its rule, by which texts in other languages are found; None for those of no rule."""


class CompiledEdit(NamedTuple):
    """One edit of a rule's fix, made runnable."""

    verb: str
    path: FieldPath
    value: Callable[[Any], Any] | None = None
    """Gives the new value for a scope; None where there is none for it."""
    items: Condition | None = None
    """Of the items of a list: which ones."""


class CompiledFix(NamedTuple):
    """A fix of a rule, made runnable."""

    title: str
    applicability: str
    question: str | None
    where: Condition | None
    edits: tuple[CompiledEdit, ...]
    number: int = 0
    """Its place among the fixes of its rule."""


class Refused(Exception):  # noqa: N818  # no error: a fix that is not made
    """A fix cannot be made here, or cannot be proved."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
