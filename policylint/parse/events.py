"""A YAML text that was read before → the parts of its documents, from the events of the same parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from policylint.parse.tree import ALIAS, BLOCK, FLOW, MAPPING, SCALAR, SEQUENCE, Entry, Node
from policylint.parse.yaml import PROPERTIES, SPACE, events_of

_AT_PROPERTIES = re.compile(PROPERTIES)


def yaml_parts(text: str) -> Iterator[tuple[Node | None, frozenset[str]]]:
    """Yield the root of each document, and the names of the anchors that aliases of it refer to."""
    builder = _Builder(text)
    for event in events_of(text):
        name = type(event).__name__
        if name == "DocumentStartEvent":
            builder = _Builder(text)
        elif name == "DocumentEndEvent":
            yield builder.root, frozenset(builder.aliases)
        elif name not in ("StreamStartEvent", "StreamEndEvent"):
            builder.take(name, event)


class _Builder:
    """Puts the parts of one document together."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node | None = None
        self.aliases: set[str] = set()
        self.open: list[Node] = []
        self.keys: list[Node | None] = []
        """Of each open collection the key that waits for its value."""
        self.last = 0
        """Where the text of the last scalar, alias or bracket ended."""

    def take(self, name: str, event: Any) -> None:
        """Take an event of the document."""
        if name in ("MappingEndEvent", "SequenceEndEvent"):
            node = self.open.pop()
            self.keys.pop()
            if node.style == FLOW:
                self.last = event.end_mark.index
            node.end = max(self.last, node.start)
            return
        node = self.node(name, event)
        self.attach(node)
        if node.kind in (MAPPING, SEQUENCE):
            self.open.append(node)
            self.keys.append(None)
            self.last = max(self.last, node.start + (node.style == FLOW))
        elif node.end > node.start:
            self.last = node.end

    def node(self, name: str, event: Any) -> Node:
        """Return what an event begins."""
        outer, end = event.start_mark.index, event.end_mark.index
        if name == "AliasEvent":
            self.aliases.add(event.anchor)
            return Node(ALIAS, outer, outer, end, text=event.anchor)
        start = outer
        if event.anchor is not None or event.tag is not None:
            properties = _AT_PROPERTIES.match(self.text, outer)
            start = properties.end() if properties else end
        if name == "ScalarEvent":
            style = event.style or ""
            if style in ("|", ">"):
                end = start + len(self.text[start:end].rstrip(SPACE))
            node = Node(SCALAR, outer, start, max(start, end), style, event.value)
        else:
            kind = MAPPING if name == "MappingStartEvent" else SEQUENCE
            node = Node(kind, outer, start, start, FLOW if event.flow_style else BLOCK)
        node.anchor, node.tag = event.anchor, event.tag
        return node

    def attach(self, node: Node) -> None:
        """Put a part where it belongs."""
        if not self.open:
            self.root = node
            return
        holder = self.open[-1]
        if holder.kind == SEQUENCE:
            holder.entries.append(Entry(None, node))
        elif self.keys[-1] is None:
            self.keys[-1] = node
        else:
            holder.entries.append(Entry(self.keys[-1], node))
            self.keys[-1] = None
