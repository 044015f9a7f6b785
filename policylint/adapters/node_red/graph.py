"""Flows as exported → their nodes, and what is wired before each of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.texts import Text
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer


class Node(NamedTuple):
    """One node."""

    order: int
    id: str
    type: str
    """In small letters."""
    item: Mapping[str, Any]
    pointer: Pointer
    flow: str
    """The name of its tab."""
    disabled: bool
    """True where it or its tab is switched off."""

    @property
    def typed_at(self) -> Pointer:
        """The pointer of its type."""
        return (*self.pointer, "type")

    @property
    def label(self) -> str:
        """The name that its author gave it, else its type; an e-mail node keeps its recipient under ``name``."""
        name = self.item.get("dname" if self.type == "e-mail" else "name")
        return name if isinstance(name, str) and name.strip() else str(self.item["type"])

    def text(self, *path: str | int) -> Text | None:
        """Return a text or a number, None where there is none."""
        value: Any = self.item
        for step in path:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)) or not str(value).strip():
            return None
        return Text(str(value), (*self.pointer, *path))

    def items(self, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield the objects of a list, each with its index."""
        value = self.item.get(key)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, Mapping):
                yield index, item


class Flows(NamedTuple):
    """The nodes of a document and their wires."""

    document: Document
    nodes: Sequence[Node]
    by_id: Mapping[str, Node]
    following: Sequence[Sequence[int]]
    previous: Sequence[Sequence[int]]

    def reached(self, sources: Iterable[Node]) -> Mapping[int, Node]:
        """Return the nodes that stand behind some others, each with the nearest of those."""
        found: dict[int, Node] = {}
        pending = deque((source.order, source) for source in sources)
        seen = {order for order, _ in pending}
        while pending:
            order, source = pending.popleft()
            for following in self.following[order]:
                found.setdefault(following, source)
                if following not in seen:
                    seen.add(following)
                    pending.append((following, source))
        return found

    def before(self, node: Node, limit: int = 60) -> Iterator[Node]:
        """Yield the nodes before one, nearest first, at most ``limit`` of them."""
        seen = {node.order}
        pending = deque(seen)
        while pending:
            for order in self.previous[pending.popleft()]:
                if order in seen:
                    continue
                if len(seen) > limit:
                    return
                seen.add(order)
                pending.append(order)
                yield self.nodes[order]


def read_flows(document: Document, pointer: Pointer) -> Flows:
    """Return the flows at a pointer."""
    data: Any = document.data
    for step in pointer:
        data = data[step]
    items = [
        (index, item)
        for index, item in enumerate(data)
        if isinstance(item, dict) and isinstance(item.get("id"), str) and isinstance(item.get("type"), str)
    ]
    tabs = {item["id"]: item for _, item in items if item["type"] in ("tab", "subflow")}
    nodes = [_node(order, item, (*pointer, index), tabs) for order, (index, item) in enumerate(items)]
    by_id = {node.id: node for node in reversed(nodes)}
    following: list[list[int]] = [[] for _ in nodes]
    previous: list[list[int]] = [[] for _ in nodes]
    for source, target in _edges(nodes, by_id):
        if not source.disabled and not target.disabled and source.order != target.order:
            following[source.order].append(target.order)
            previous[target.order].append(source.order)
    return Flows(document, nodes, by_id, following, previous)


def _node(order: int, item: Mapping[str, Any], pointer: Pointer, tabs: Mapping[str, Any]) -> Node:
    parent = item.get("z")
    tab = tabs.get(parent) if isinstance(parent, str) else None
    label = (tab.get("label") or tab.get("name")) if tab is not None else None
    return Node(
        order,
        item["id"],
        item["type"].strip().lower(),
        item,
        pointer,
        label if isinstance(label, str) and label.strip() else "flow",
        item.get("d") is True or (tab is not None and tab.get("disabled") is True),
    )


def _edges(nodes: Sequence[Node], by_id: Mapping[str, Node]) -> Iterator[tuple[Node, Node]]:
    """Yield the wires, those that links and subflows stand for included."""
    for node in nodes:
        targets = [by_id[name] for name in _names(node.item.get("wires")) if name in by_id]
        inner = by_id.get(node.type.partition(":")[2]) if node.type.startswith("subflow:") else None
        if inner is not None:
            # What a subflow gives out passes through its definition to whatever is wired to its instances.
            yield from ((node, by_id[name]) for name in _ports(inner, "in") if name in by_id)
            yield from ((inner, target) for target in targets)
            continue
        if node.type == "subflow":
            yield from ((by_id[name], node) for name in _ports(node, "out") if name in by_id)
        if node.type in ("link out", "link call"):
            targets.extend(by_id[name] for name in _names(node.item.get("links")) if name in by_id)
        yield from ((node, target) for target in targets)


def _names(value: Any) -> Iterator[str]:
    """Yield the ids in a list of ids, or in a list of such lists."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            yield from (name for name in item if isinstance(name, str))


def _ports(subflow: Node, key: str) -> Iterator[str]:
    for _, port in subflow.items(key):
        wires = port.get("wires")
        for wire in wires if isinstance(wires, list) else ():
            if isinstance(wire, Mapping) and isinstance(wire.get("id"), str):
                yield wire["id"]
