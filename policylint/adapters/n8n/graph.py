"""A workflow as exported → its nodes, and what stands upstream of each."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

CORE = ("n8n-nodes-base", "@n8n/")
"""How the packages of n8n itself begin."""
_TOOL = re.compile(r"(?<=.)(?:hitl)?tool\Z")
# Triggers whose type does not end in "Trigger".
_STARTS = frozenset({"webhook", "cron", "interval", "start", "emailreadimap", "rssfeedread"})


@dataclass(frozen=True, eq=False)
class Node:
    """One node of a workflow. ``parameters`` leaves out whatever has its default value."""

    index: int
    pointer: Pointer
    named_at: Pointer
    """Where its name stands, or its type where it has none: there a finding about the whole node points."""
    id: str
    name: str
    type: str
    disabled: bool
    parameters: Mapping[str, Any]
    logins: str
    """The kinds of credentials that it uses."""
    login_names: str
    """What the instance calls those credentials, one a line."""

    @cached_property
    def kind(self) -> str:
        """The type without its package, in lower case, and without ``Tool``: agents call the same nodes as tools."""
        return _TOOL.sub("", self.type.rpartition(".")[2].lower())

    @property
    def asks_for_approval(self) -> bool:
        """Tell whether it is the variant of a node that asks a person before an agent acts: it sends and waits."""
        return self.type.endswith("HitlTool")

    @property
    def is_core(self) -> bool:
        """Tell whether the node comes with n8n."""
        return self.type.startswith(CORE)

    @property
    def is_trigger(self) -> bool:
        """Tell whether the node can start the workflow."""
        return not self.disabled and (self.kind.endswith("trigger") or self.kind in _STARTS)

    @property
    def is_stripped(self) -> bool:
        """Tell whether the parameters were taken out of the export: then what is missing need not have its default."""
        return not self.parameters

    @cached_property
    def text(self) -> str:
        """Every text of the parameters, one below the other."""
        return "\n".join(_strings(self.parameters))

    @property
    def typed_at(self) -> Pointer:
        """The pointer of its type."""
        return (*self.pointer, "type")

    def at(self, *path: str | int) -> Pointer:
        """Return the pointer of a parameter."""
        return (*self.pointer, "parameters", *path)

    def get(self, *path: str | int) -> Any:
        """Return the value of a parameter, or None."""
        value: Any = self.parameters
        for step in path:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def word(self, name: str) -> str:
        """Return a parameter that is one word, in lower case, or the empty text."""
        value = self.get(name)
        return value.lower() if isinstance(value, str) else ""


def _strings(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            pending.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            pending.extend(reversed(value))


@dataclass(frozen=True, eq=False)
class Workflow:
    """A workflow and its graph. Sets of nodes are integers: bit i stands for node i."""

    document: Document
    pointer: Pointer
    name: str
    nodes: Sequence[Node]
    connections: Mapping[str, Any]
    timezone: str | None
    is_archived: bool
    """True where it was put away: n8n runs no archived workflow."""

    @cached_property
    def _by_name(self) -> Mapping[str, Node]:
        by_id = {node.id: node for node in self.nodes if node.id}
        return {**by_id, **{node.name: node for node in self.nodes}}

    def named(self, name: str | None) -> Node | None:
        """Return the node with that name (or id: some exports connect by id)."""
        return self._by_name.get(name) if name else None

    @cached_property
    def _next(self) -> Sequence[Sequence[int]]:
        found: list[list[int]] = [[] for _ in self.nodes]
        for name, kind, target in _edges(self.connections):
            source, end = self.named(name), self.named(target)
            if source is None or end is None:
                continue
            # An agent calls its tools, so a tool stands downstream of its agent; models and memories feed it.
            start, end = (end, source) if kind == "ai_tool" else (source, end)
            found[start.index].append(end.index)
        return found

    @cached_property
    def _previous(self) -> Sequence[Sequence[int]]:
        found: list[list[int]] = [[] for _ in self.nodes]
        for start, ends in enumerate(self._next):
            for end in ends:
                found[end].append(start)
        return found

    @cached_property
    def _reached(self) -> tuple[Sequence[int], Sequence[int]]:
        return _upstream_and_loops(self._next, self._previous)

    def upstream(self, node: Node) -> int:
        """Return the nodes from which ``node`` can be reached, itself included where it stands in a loop."""
        return self._reached[0][node.index]

    def loop(self, node: Node) -> int:
        """Return the nodes in the same loop as ``node``, itself included; empty where it stands in none."""
        own = self._reached[1][node.index]
        return own if own & (own - 1) else 0

    def before(self, node: Node) -> Iterator[Node]:
        """Yield the nodes that lead to a node, without a step between."""
        return (self.nodes[index] for index in self._previous[node.index])

    def members(self, chosen: int, limit: int | None = None) -> Sequence[Node]:
        """Return the nodes of a set, or the first of them, in the order of the file."""
        found: list[Node] = []
        while chosen and len(found) != limit:
            lowest = chosen & -chosen
            found.append(self.nodes[lowest.bit_length() - 1])
            chosen ^= lowest
        return found

    def first(self, chosen: int) -> Node | None:
        """Return the first node of a set."""
        return self.nodes[(chosen & -chosen).bit_length() - 1] if chosen else None

    def set_of(self, nodes: Iterable[Node]) -> int:
        """Return a set of nodes."""
        chosen = 0
        for node in nodes:
            chosen |= 1 << node.index
        return chosen

    def nearest(self, node: Node, limit: int = 60) -> Iterator[Node]:
        """Yield the nodes upstream of ``node``, nearest first, at most ``limit`` of them."""
        seen = {node.index}
        pending = deque(seen)
        while pending:
            for index in self._previous[pending.popleft()]:
                if index in seen:
                    continue
                if len(seen) > limit:
                    return
                seen.add(index)
                pending.append(index)
                yield self.nodes[index]

    @cached_property
    def triggers(self) -> int:
        """The nodes that can start the workflow."""
        return self.set_of(node for node in self.nodes if node.is_trigger)


def _edges(connections: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield source name, kind of connection, target name; broken parts are passed over."""
    for name, kinds in connections.items():
        if not isinstance(kinds, Mapping):
            continue
        for kind, outputs in kinds.items():
            for output in outputs if isinstance(outputs, list) else ():
                for link in output if isinstance(output, list) else ():
                    target = link.get("node") if isinstance(link, Mapping) else None
                    if isinstance(target, str):
                        yield name, kind, target


def _upstream_and_loops(
    following: Sequence[Sequence[int]], previous: Sequence[Sequence[int]]
) -> tuple[Sequence[int], Sequence[int]]:
    """Return for each node the set upstream of it, and the set of its loop (Kosaraju: linear in nodes and edges)."""
    number = [-1] * len(following)
    loops: list[int] = []
    above: list[int] = []
    for root in reversed(_finishing_order(following)):
        if number[root] >= 0:
            continue
        own, entering, pending = 0, 0, [root]
        number[root] = len(loops)
        while pending:
            node = pending.pop()
            own |= 1 << node
            for source in previous[node]:
                if number[source] < 0:
                    number[source] = len(loops)
                    pending.append(source)
                elif number[source] < len(loops):
                    entering |= above[number[source]] | loops[number[source]]
        loops.append(own)
        above.append(entering | own if own & (own - 1) else entering)
    return [above[one] for one in number], [loops[one] for one in number]


def _finishing_order(following: Sequence[Sequence[int]]) -> Sequence[int]:
    order: list[int] = []
    seen = [False] * len(following)
    for root in range(len(following)):
        if seen[root]:
            continue
        seen[root] = True
        path = [(root, iter(following[root]))]
        while path:
            node, rest = path[-1]
            unseen = next((one for one in rest if not seen[one]), None)
            if unseen is None:
                order.append(node)
                path.pop()
            else:
                seen[unseen] = True
                path.append((unseen, iter(following[unseen])))
    return order


# --- reading ---------------------------------------------------------------------------


def read_workflow(document: Document, pointer: Pointer, number: int) -> Workflow:
    """Return the workflow at a pointer; ``number``, where not 0, tells one without a name from the others."""
    data: Any = document.data
    for step in pointer:
        data = data[step]
    nodes: list[Node] = []
    for index, item in enumerate(data["nodes"]):
        if isinstance(item, dict):
            nodes.append(_node(item, len(nodes), (*pointer, "nodes", index)))
    name = data.get("name")
    settings = data.get("settings")
    zone = settings.get("timezone") if isinstance(settings, dict) else None
    return Workflow(
        document=document,
        pointer=pointer,
        name=name if isinstance(name, str) and name else f"workflow {number or ''}".rstrip(),
        nodes=nodes,
        connections=data["connections"],
        timezone=zone if isinstance(zone, str) and "/" in zone else None,
        is_archived=data.get("isArchived") is True,
    )


def _login_names(credentials: object) -> Iterator[str]:
    for login in credentials.values() if isinstance(credentials, dict) else ():
        name = login.get("name") if isinstance(login, dict) else login
        if isinstance(name, str):
            yield name


def _node(item: Mapping[str, Any], index: int, pointer: Pointer) -> Node:
    parameters, credentials = item.get("parameters"), item.get("credentials")
    name, kind = item.get("name"), item.get("type")
    is_named = isinstance(name, str) and bool(name)
    return Node(
        index=index,
        pointer=pointer,
        named_at=(*pointer, "name" if is_named else "type"),
        id=str(item.get("id") or ""),
        name=str(name) if is_named else f"node {index + 1}",
        type=kind if isinstance(kind, str) else "",
        disabled=item.get("disabled") is True,
        parameters=parameters if isinstance(parameters, dict) else {},
        logins=" ".join(map(str, credentials)) if isinstance(credentials, dict) else "",
        login_names="\n".join(_login_names(credentials)),
    )
