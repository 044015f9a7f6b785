"""What the nodes before a sending one put into the message: recipients, texts, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from policylint.adapters.requests import Request, assignment, field, values
from policylint.adapters.texts import Text

if TYPE_CHECKING:
    from policylint.adapters.node_red.graph import Flows, Node

_NOWHERE = Text("", ())
_PARTS = ("content", "text", "message", "caption", "body")
# Nodes that put something of their own into the payload.
_REPLACE = re.compile(
    r"http request\Z|exec\Z|sql|mongo|openai|gpt|gemini|claude|llm|receiv|(?<!link)[ -]in\Z|feedparse"
)


@cache
def _assigned(name: str) -> re.Pattern[str]:
    return assignment(rf"msg\.{re.escape(name)}")


def set_before(node: Node, name: str, flows: Flows) -> Iterator[tuple[Node, Text | None]]:
    """Yield the nearest nodes that give a property of the message a value, with it where it is written down.

    Args:
        node: The node that reads the property.
        name: The property without ``msg.``, such as ``payload.chatId``.
        flows: The flows.

    """
    hidden: set[int] = set()
    for maker in flows.before(node):
        if maker.order in hidden:
            continue
        found = _made(maker, name)
        if found is not None:
            yield maker, found if found.pointer else None
            # What stands before a node that overwrites the property counts no longer.
            hidden.update(before.order for before in flows.before(maker))


def _made(node: Node, name: str) -> Text | None:
    """Return what a node gives a property, ``_NOWHERE`` where it gives something that is not written down."""
    if node.type == "function":
        return _coded(node, name)
    if node.type == "change":
        return next((text for index, rule in node.items("rules") if (text := _ruled(node, index, rule, name))), None)
    if node.type == "template":
        field = node.item.get("field") or "payload"
        return node.text("template") if field == name else None
    if node.type == "inject":
        return _injected(node, name)
    if node.type in ("chatbot-message", "chatbot-ask", "chatbot-inline-buttons") and name == "payload":
        return node.text("message", 0, "message") or node.text("message", 0) or node.text("message") or _NOWHERE
    return _NOWHERE if name.startswith("payload") and _REPLACE.search(node.type) else None


def _coded(node: Node, name: str) -> Text | None:
    """Return the text that a function gives a property, by assignment or as a field of an object."""
    code = node.text("func")
    if code is None:
        return None
    direct = next(values(code, _assigned(name)), None)
    if direct is not None and not direct.code:
        return whole(direct, code)
    is_set = direct is not None or re.search(rf"msg\.{re.escape(name)}\s*(?:=(?!=)|\.\w+\s*=(?!=))", code.value)
    parent, _, last = name.rpartition(".")
    if parent and not is_set:
        is_set = re.search(rf"msg\.{re.escape(parent)}\s*=\s*\{{", code.value)
    if not is_set:
        return None
    if parent:
        return whole(next(values(code, field(re.escape(last))), None), code)
    parts = (next(values(code, _assigned(f"{name}.{part}")), None) for part in _PARTS)
    return whole(next(filter(None, parts), None) or Request(code, "POST", code.value, [code], [], []).text, code)


def whole(found: Text | None, code: Text) -> Text:
    """Return a text of a function or an expression, one without a place where it is none or only a part of a sum."""
    if found is None or found.code or found.span is None:
        return _NOWHERE
    before, after = code.value[: found.span[0] - 1][-20:].rstrip(), code.value[found.span[1] + 1 :][:20].lstrip()
    return _NOWHERE if before.endswith(("+", "&")) or after.startswith(("+", "&")) else found


def _ruled(node: Node, index: int, rule: object, name: str) -> Text | None:
    """Return what one rule of a change node gives a property."""
    if not isinstance(rule, dict) or rule.get("t") not in ("set", "move", "change") or rule.get("pt", "msg") != "msg":
        return None
    target = rule.get("to") if rule.get("t") == "move" else rule.get("p")
    if target != name:
        return None
    is_written = rule.get("t") == "set" and rule.get("tot") in ("str", "num", None)
    return (node.text("rules", index, "to") if is_written else None) or _NOWHERE


def _injected(node: Node, name: str) -> Text | None:
    for index, prop in node.items("props"):
        if prop.get("p") == name and "v" in prop:
            return (node.text("props", index, "v") if prop.get("vt") in ("str", "num", None) else None) or _NOWHERE
    if name not in ("payload", "topic"):
        return None
    kind = node.item.get("payloadType") if name == "payload" else "str"
    return node.text(name) if kind in ("str", "num") else None


def code_before(node: Node, flows: Flows) -> list[Text]:
    """Return the code and templates near before a node: what its request is made of."""
    found = []
    for maker in flows.before(node, 8):
        text = (
            maker.text("func")
            if maker.type == "function"
            else maker.text("template")
            if maker.type == "template"
            else None
        )
        if text is not None:
            found.append(text)
        elif maker.type == "change":
            found.extend(text for index, _ in maker.items("rules") if (text := maker.text("rules", index, "to")))
    return found
