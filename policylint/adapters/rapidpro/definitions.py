"""Definitions of flows, of both versions → nodes with their actions, and exits that say how a run goes on.

Version 12 and later: ``nodes`` with ``actions``, a ``router`` and ``exits`` (nyaruka/goflow). Version 11 and earlier:
``action_sets`` and ``rule_sets`` (rapidpro/flows); their actions get the newer names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import mapping, mappings
from policylint.adapters.rapidpro.signs import SENDING
from policylint.model.source import value_at
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.rapidpro.signs import Parts
    from policylint.model.source import Document, Pointer


class Action(NamedTuple):
    """An action of a node."""

    kind: str
    """Its type, in the words of the newer version."""
    data: Mapping[str, Any]
    pointer: Pointer


class Exit(NamedTuple):
    """A way out of a node."""

    to: str | None
    is_answer: bool = False
    """True where a message of the person led here."""
    seconds: int = 0
    """How long nobody answered before it is taken."""
    scheme: str | None = None
    """The scheme of the address of the people who come here, where the node tells people apart by it."""


class Node(NamedTuple):
    """A node of a flow."""

    actions: tuple[Action, ...]
    exits: tuple[Exit, ...]


class Flow(NamedTuple):
    """A flow."""

    pointer: Pointer
    name: str
    named_at: Pointer
    keys: tuple[str, ...]
    """By which others refer to it: uuid, number, name."""
    kind: str
    """``messaging``, ``messaging_background``, ``messaging_offline`` or ``voice``."""
    entry: str | None
    nodes: dict[str, Node]
    language: str | None
    is_glific: bool
    is_group_chat: bool
    """True where it runs in WhatsApp groups."""

    def actions(self) -> Iterator[tuple[str, Action]]:
        """Yield its actions with the keys of their nodes, in the order of the file."""
        for key, node in self.nodes.items():
            for action in node.actions:
                yield key, action


def key_of(value: Any) -> str | None:
    """Return a uuid, number or name as text, None for anything else."""
    return str(value) if isinstance(value, (str, int)) and value != "" and not isinstance(value, bool) else None


def flows_of(document: Document, parts: Parts) -> list[Flow]:
    """Return the flows of a document; nodes and actions that stand alone are flows of one node."""
    found = [_flow(document.data, pointer) for pointer in parts.flows]
    for pointer in parts.nodes:
        node = _node(value_at(document.data, pointer), pointer)
        found.append(_alone(document, pointer, node))
    for pointer in parts.actions:
        action = Action(value_at(document.data, pointer)["type"], value_at(document.data, pointer), pointer)
        found.append(_alone(document, pointer, Node((action,), ())))
    return found


def _alone(document: Document, pointer: Pointer, node: Node) -> Flow:
    stem = document.path.rsplit("/", 1)[-1].partition(".")[0] or "flow"
    glific = any(action.kind == "send_interactive_msg" for action in node.actions)
    return Flow(pointer, stem, pointer, (), "messaging", "node", {"node": node}, None, glific, is_group_chat=False)


def _flow(root: Any, pointer: Pointer) -> Flow:
    data = value_at(root, pointer)
    is_old = isinstance(data.get("action_sets"), list)
    metadata, name, named_at = mapping(data.get("metadata")), key_of(data.get("name")), (*pointer, "name")
    outer = mapping(value_at(root, pointer[:-1])) if pointer[-1:] == ("definition",) else {}
    if name is None:
        name, named_at = key_of(metadata.get("name")), (*pointer, "metadata", "name")
    if name is None:
        name, named_at = key_of(outer.get("name")) or "flow", pointer
    references = (data.get("uuid"), data.get("id"), metadata.get("uuid"), metadata.get("id"), outer.get("id"), name)
    keys = tuple(dict.fromkeys(key for key in map(key_of, references) if key))
    nodes = dict(_old_nodes(data, pointer)) if is_old else dict(_nodes(data, pointer))
    entry = (key_of(data.get("entry")) if is_old else None) or next(iter(nodes), None)
    kind = key_of(data.get("type") or data.get("flow_type") or outer.get("flow_type")) or "messaging"
    language = data.get("base_language") if is_old else data.get("language")
    return Flow(
        pointer,
        name,
        named_at,
        keys,
        _OLD_KINDS.get(kind, kind),
        entry,
        nodes,
        key_of(language),
        not is_old and _is_glific(data, nodes),
        not is_old and _runs_in_groups(nodes),
    )


# --- Glific ------------------------------------------------------------------------------------------------------

_GLIFIC = frozenset(
    [
        *("send_interactive_msg", "link_google_sheet", "set_contact_profile", "set_wa_group_field"),
        *("wait_for_time", "wait_for_result"),
    ]
)


def _is_glific(data: Mapping[str, Any], nodes: dict[str, Node]) -> bool:
    """Tell whether Glific wrote a flow: it has action types of its own, and keeps the route of its editor as ``vars``.

    ``POST /flow-editor/revisions/*vars`` stores the parameters of the request with the definition (lib/glific_web).
    """
    route = data.get("vars")
    if isinstance(route, list) and len(route) == 1 and isinstance(route[0], str):
        return True
    return any(action.kind in _GLIFIC for node in nodes.values() for action in node.actions)


def _runs_in_groups(nodes: dict[str, Node]) -> bool:
    """Tell whether a flow runs in WhatsApp groups: in a chat with one person Glific refuses the action."""
    return any(action.kind == "set_wa_group_field" for node in nodes.values() for action in node.actions)


# --- version 12 and later ----------------------------------------------------------------------------------------

_BY_SCHEME = re.compile(r"urn_parts\(\s*contact\.urn\s*\)\.scheme|contact\.urn\.scheme")


def _nodes(data: Mapping[str, Any], at: Pointer) -> Iterator[tuple[str, Node]]:
    for index, node in mappings(data.get("nodes")):
        pointer = (*at, "nodes", index)
        yield key_of(node.get("uuid")) or f"#{index}", _node(node, pointer)


def _node(data: Mapping[str, Any], at: Pointer) -> Node:
    actions = tuple(
        Action(action["type"], action, (*at, "actions", index))
        for index, action in mappings(data.get("actions"))
        if isinstance(action.get("type"), str)
    )
    return Node(actions, tuple(_exits(data, _pause(actions))))


def _pause(actions: tuple[Action, ...]) -> int:
    """Return for how many seconds the actions of a node let a run sleep (Glific)."""
    delays = (
        str(action.data.get("delay")) for action in actions if action.kind in ("wait_for_time", "wait_for_result")
    )
    return sum(int(delay) for delay in delays if re.fullmatch(r"[0-9]{1,9}", delay))


def _exits(data: Mapping[str, Any], pause: int) -> Iterator[Exit]:
    router = mapping(data.get("router"))
    wait = mapping(router.get("wait") or data.get("wait"))
    categories = [category for _, category in mappings(router.get("categories"))]
    exits = {key_of(category.get("uuid")): key_of(category.get("exit_uuid")) for category in categories}
    late, seconds = _timeout(wait, categories)
    schemes = _schemes(router, exits)
    for _, way in mappings(data.get("exits")):
        key, to = key_of(way.get("uuid")), key_of(way.get("destination_uuid"))
        if key is not None and key == late:
            yield Exit(to, seconds=pause + seconds)
        else:
            yield Exit(to, wait.get("type") == "msg", pause, schemes.get(key))


def _timeout(wait: Mapping[str, Any], categories: list[Mapping[str, Any]]) -> tuple[str | None, int]:
    """Return the exit that is taken when nobody answers, and after how many seconds."""
    timeout = wait.get("timeout")
    seconds = timeout.get("seconds") if isinstance(timeout, dict) else timeout
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        return None, 0
    chosen = timeout.get("category_uuid") if isinstance(timeout, dict) else None
    for category in categories:
        if category.get("uuid") == chosen if chosen is not None else category.get("name") == "No Response":
            return key_of(category.get("exit_uuid")), seconds
    return None, 0


def _schemes(router: Mapping[str, Any], exits: dict[str | None, str | None]) -> dict[str | None, str]:
    """Return the exits that only people with one kind of address take."""
    if not _BY_SCHEME.search(str(router.get("operand"))):
        return {}
    found: dict[str | None, set[str]] = {}
    for _, case in mappings(router.get("cases")):
        arguments = case.get("arguments")
        for argument in arguments if isinstance(arguments, list) else ():
            found.setdefault(exits.get(key_of(case.get("category_uuid"))), set()).add(str(argument).lower())
    rest = exits.get(key_of(router.get("default_category_uuid")))
    return {key: schemes.pop() for key, schemes in found.items() if len(schemes) == 1 and key != rest}


# --- version 11 and earlier --------------------------------------------------------------------------------------

_OLD_KINDS = {
    "M": "messaging",
    "F": "messaging",
    "message": "messaging",
    "V": "voice",
    "S": "messaging_offline",
    "survey": "messaging_offline",
}
_OLD_ACTIONS = {
    "reply": "send_msg",
    "send": "send_broadcast",
    "say": "say_msg",
    "play": "play_audio",
    "email": "send_email",
    "trigger-flow": "start_session",
    "flow": "enter_flow",
    "add_group": "add_contact_groups",
    "del_group": "remove_contact_groups",
    "save": "set_contact_field",
}


def _old_nodes(data: Mapping[str, Any], at: Pointer) -> Iterator[tuple[str, Node]]:
    for index, actions in mappings(data.get("action_sets")):
        pointer = (*at, "action_sets", index, "actions")
        found = tuple(
            Action(_OLD_ACTIONS.get(action["type"], action["type"]), action, (*pointer, number))
            for number, action in mappings(actions.get("actions"))
            if isinstance(action.get("type"), str)
        )
        yield key_of(actions.get("uuid")) or f"#{index}", Node(found, (Exit(key_of(actions.get("destination"))),))
    for index, rules in mappings(data.get("rule_sets")):
        yield key_of(rules.get("uuid")) or f"rules #{index}", _rule_set(rules, (*at, "rule_sets", index))


def _rule_set(data: Mapping[str, Any], at: Pointer) -> Node:
    kind = data.get("ruleset_type")
    # Before version 5 there are no types: what does not ask a web service or look at a field waits for an answer.
    is_untyped_wait = kind is None and not data.get("webhook") and data.get("operand") in (None, "@step.value")
    waits = is_untyped_wait or (isinstance(kind, str) and kind.startswith("wait"))
    exits = []
    for _, rule in mappings(data.get("rules")):
        test, to = mapping(rule.get("test")), key_of(rule.get("destination"))
        minutes = test.get("minutes")
        if test.get("type") == "timeout":
            exits.append(Exit(to, seconds=minutes * 60 if isinstance(minutes, int) else 0))
        else:
            exits.append(Exit(to, is_answer=waits))
    entered = mapping(data.get("config")).get("flow") if kind == "subflow" else None
    actions = (Action("enter_flow", {"flow": entered}, (*at, "config")),) if isinstance(entered, dict) else ()
    return Node(actions, tuple(exits))


def sends(action: Action) -> bool:
    """Tell whether an action sends a text to people, by message or by e-mail."""
    return action.kind in SENDING or action.kind == "send_email"
