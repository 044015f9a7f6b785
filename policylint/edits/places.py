"""A pointer → the part of the text that can be edited there, or why none can."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.edits.layout import Layout
from policylint.model.fix import Refused
from policylint.model.phrase import phrase
from policylint.model.tuples import NamedTuple
from policylint.parse.tree import ALIAS, MAPPING, SCALAR, SEQUENCE, Entry, Node, tree_of

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

_SAYS_GENERATED = re.compile(
    r"@generated|\b(?:do not (?:edit|modify|change)|auto-?generated|generated (?:by|from|with|automatically|file))\b",
    re.IGNORECASE,
)
_COMMENT_LINES = re.compile(r"^[ \t]*(?:#|//|/?\*+)([^\r\n]*)", re.MULTILINE)
_HEAD = 2_000
"""Characters at the start of a text in which it says that a program writes it."""


class Spot(NamedTuple):
    """A part of a text with what is around it."""

    layout: Layout
    node: Node
    entry: Entry | None
    """The key or item that it is the value of; None for the root."""
    holder: Node | None
    """The collection that the entry stands in."""

    @property
    def colon_end(self) -> int:
        """Return where the colon after its key ends.

        Raises:
            Refused: The key is written in a way of its own.

        """
        key = self.entry.key if self.entry is not None else None
        found = None if key is None else re.compile(r"[ \t]*:").match(self.layout.text, key.end)
        if found is None:
            raise Refused(phrase("its key is written in a form that is not edited"))
        return found.end()


def spot_at(document: Document, pointer: Pointer) -> Spot | None:
    """Return the part at a pointer, or None where nothing stands there.

    Raises:
        Refused: What stands there is shared, stands twice, or is of a syntax that is not edited.

    """
    tree = tree_of(document)
    if tree is None:
        raise Refused(phrase("files of the kind {kind} are not edited", kind=document.dialect))
    if tree.root is None:
        return None
    node, entry, holder = tree.root, None, None
    _require_own(node, tree.aliases)
    for step in pointer:
        holder = node
        entry = _entry(node, step)
        if entry is None:
            return None
        node = entry.value
        _require_own(node, tree.aliases)
    return Spot(Layout(document.text, document.dialect), node, entry, holder)


def _entry(node: Node, step: str | int) -> Entry | None:
    if node.kind == SEQUENCE and isinstance(step, int):
        return node.entries[step] if 0 <= step < len(node.entries) else None
    if node.kind != MAPPING:
        return None
    if any(entry.key is None or entry.key.kind != SCALAR for entry in node.entries):
        raise Refused(phrase("a key beside it is no plain text"))
    found = [entry for entry in node.entries if entry.named(str(step))]
    if len(found) > 1:
        raise Refused(phrase("the key '{name}' is given twice", name=step))
    if not found and any(entry.named("<<") for entry in node.entries):
        raise Refused(phrase("'{name}' may come from a merge key (<<)", name=step))
    return found[0] if found else None


def _require_own(node: Node, aliases: frozenset[str]) -> None:
    """Refuse what stands for a value in another place too."""
    if node.kind == ALIAS:
        raise Refused(phrase("the value is an alias (*{name})", name=node.text))
    if node.anchor is not None and node.anchor in aliases:
        raise Refused(phrase("the value is shared: an alias (*{name}) takes it over elsewhere", name=node.anchor))


def require_written_by_hand(document: Document) -> None:
    """Refuse a text that says of itself that a program writes it."""
    for match in _COMMENT_LINES.finditer(document.text[:_HEAD]):
        if _SAYS_GENERATED.search(match.group(1)):
            raise Refused(phrase("the file says that it is generated: change what it is generated from"))
