"""A document → its parts as they are written: where each begins and ends, in which style, with which anchor.

Values alone do not say how a text spells them. Edits need that; nothing else does, so a tree is made when one is asked
for, and the last few are kept.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Document

MAPPING, SEQUENCE, SCALAR, ALIAS = "mapping", "sequence", "scalar", "alias"
BLOCK, FLOW = "block", "flow"


class Node:
    """A part of a text. Offsets are in characters."""

    __slots__ = ("anchor", "end", "entries", "kind", "outer", "start", "style", "tag", "text")

    def __init__(self, kind: str, outer: int, start: int, end: int, style: str = "", text: str = "") -> None:
        self.kind = kind
        self.outer = outer
        """Where it begins with its anchor and tag."""
        self.start = start
        self.end = end
        """Where its own text ends, without the space and comments behind it."""
        self.style = style
        """Of a collection ``block`` or ``flow``; of a scalar the sign it begins with, empty for a plain one."""
        self.text = text
        """Of a scalar what it says, of an alias its name."""
        self.anchor: str | None = None
        self.tag: str | None = None
        self.entries: list[Entry] = []


class Entry(NamedTuple):
    """A key with its value, or an item of a list."""

    key: Node | None
    value: Node

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.value.outer if self.key is None else self.key.outer

    def named(self, name: str) -> bool:
        """Tell whether its key is that name."""
        return self.key is not None and self.key.kind == SCALAR and self.key.text == name


class Tree(NamedTuple):
    """The parts of one document."""

    root: Node | None
    """None for a document of nothing."""
    aliases: frozenset[str]
    """Names of the anchors that stand for a value in another place too."""


def tree_of(document: Document) -> Tree | None:
    """Return the parts of a document; None for a syntax without any."""
    if document.dialect == "json":
        return _json_tree(document.text)
    if document.dialect == "yaml":
        trees = _yaml_trees(document.text)
        return trees[document.number] if document.number < len(trees) else None
    return None


@lru_cache(maxsize=4)
def _json_tree(text: str) -> Tree | None:
    from policylint.parse.json import json_parts

    return Tree(json_parts(text), frozenset())


@lru_cache(maxsize=4)
def _yaml_trees(text: str) -> tuple[Tree, ...]:
    from policylint.parse.events import yaml_parts

    return tuple(Tree(root, aliases) for root, aliases in yaml_parts(text))
