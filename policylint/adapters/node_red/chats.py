"""Telegram's node and Home Assistant's, which are told what to do by the message or by a text of fields → messages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.home_assistant.sends import message_of
from policylint.adapters.home_assistant.shapes import Call
from policylint.adapters.messages import Message
from policylint.adapters.node_red.texts import set_before, whole
from policylint.adapters.requests import field, values
from policylint.adapters.texts import Text

if TYPE_CHECKING:
    from policylint.adapters.node_red.graph import Flows, Node
    from policylint.record import ProviderTable

# node-red-contrib-telegrambot, nodes/out-node.js: what msg.payload.type can ask for that is no new message.
_NO_MESSAGE = re.compile(
    r"action|edit\w+|delete\w+|callback_query|inline_query|setMessageReaction|get\w+|(?:un)?pin\w+|(?:un)?ban\w+|kick\w+"
    r"|restrict\w+|promote\w+|set\w+|leave\w+|(?:approve|decline)ChatJoinRequest|answer\w+"
)
_MEDIA = frozenset(
    [
        *("photo", "audio", "document", "sticker", "video", "animation", "voice", "video_note", "location", "venue"),
        *("contact", "mediagroup"),
    ]
)
# node-red-contrib-home-assistant-websocket: "action" names domain and service in one since its version 0.63.
_IN_DATA = re.compile(r"\{\s*[\"']?\w+[\"']?\s*:")


def telegram_texts(node: Node, flows: Flows) -> tuple[Text, ...] | None:
    """Return the texts that a Telegram node sends; None where it only edits, deletes or shows that it is typing."""
    kinds = [text.value if text is not None else "" for _, text in set_before(node, "payload.type", flows)]
    if kinds and all(_NO_MESSAGE.fullmatch(kind) for kind in kinds):
        return None
    is_media = bool(kinds) and all(kind.lower() in _MEDIA for kind in kinds)
    found = (text for _, text in set_before(node, "payload.caption" if is_media else "payload", flows))
    return tuple({text.pointer + (text.span or ()): text for text in found if text is not None}.values())


def home_message(node: Node, providers: ProviderTable) -> Message | None:
    """Return what a call of an action of Home Assistant sends; None for what switches lights and the like."""
    named = "action" if node.text("action") is not None else "service"
    called = str(node.item.get(named) or "").lower()
    if named == "service":
        called = f"{node.item.get('domain') or ''}.{called}".lower()
    if "{" in called:
        return None
    data = node.text("data")
    item = {"data": _parsed(data), "target": {"entity_id": _entity(node)}}
    found = message_of(Call(called, (*node.pointer, named), item, node.pointer, None, (), None), None, providers)
    if not isinstance(found, Message):
        return None
    bodies = tuple(text for body in found.bodies if (text := _written(body, data)) is not None)
    recipient, subject = _written(found.recipient, data), _written(found.subject, data)
    return found._replace(recipient=recipient, bodies=bodies, subject=subject)


def _parsed(data: Text | None) -> Mapping[str, Any]:
    """Return the fields of a call, each with what it says, whether they are JSON or an expression in JSONata."""
    if data is None:
        return {}
    try:
        found = json.loads(data.value)
    except ValueError:
        names = re.findall(r"[\"'](\w+)[\"']\s*:", data.value)
        return dict.fromkeys(names, "{{ expression }}") if _IN_DATA.match(data.value.strip()) else {}
    return found if isinstance(found, dict) else {}


def _written(text: Any, data: Text | None) -> Text | None:
    """Return a value of the fields of a call with its place in their text."""
    if not isinstance(text, Text) or data is None:
        return None
    found = whole(next(values(data, field(re.escape(str(text.pointer[-1])))), None), data)
    return found if found.pointer else None


def _entity(node: Node) -> str | None:
    """Return the notifier that an action is for."""
    named = node.item.get("entityId")
    first = named[0] if isinstance(named, list) and named else named
    return first if isinstance(first, str) else None
