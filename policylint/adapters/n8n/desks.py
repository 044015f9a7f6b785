"""A step that writes into a conversation of Chatwoot → the message that it sends there.

The inbox decides the channel and the carrier; the file shows at most that the workflow is about WhatsApp.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.adapters.n8n.sends import UNREADABLE, Send
from policylint.adapters.n8n.texts import first_text

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.texts import Text
    from policylint.adapters.requests import Request

_OF_WHATSAPP = "a message into a conversation of Chatwoot: by what the workflow speaks of, one of WhatsApp"
_SOMEWHERE = "a message into a conversation of Chatwoot: the file does not name the channel, so it is shown as push"
THROUGH_DESK = frozenset({_OF_WHATSAPP, _SOMEWHERE})
"""The notes on what is sent through a desk."""
# Each character fits one of the alternatives only, which keeps the search linear.
_SEGMENT = r"(?:\{\{(?:(?!\{\{|\}\}).)*\}\}|\{(?!\{)|[^/\s{])+"
_MESSAGES = re.compile(rf"/api/v\d/accounts/{_SEGMENT}/conversations/({_SEGMENT})/messages/?\s*\Z", re.DOTALL)
_WRITES = re.compile(r"creat|send|new|reply|post")
_COPIED_IN = re.compile(r"""message_?type["']?\s*:\s*["']incoming|["']?\bprivate["']?\s*:\s*["']?true""", re.IGNORECASE)
_ABOUT_WHATSAPP = re.compile(r"whats\s?app|\bwaba\b", re.IGNORECASE)


def desk_send(node: Node, request: Request | None, workflow: Workflow) -> Send | None:
    """Return what a step writes to the person in a conversation; notes for staff and copies of messages are none."""
    if node.disabled:
        return None
    if request is not None:
        found = _MESSAGES.search(request.url.value)
        if found is None or request.method == "GET" or _COPIED_IN.search(request.body):
            return None
        return _send(workflow, node, request.url.part(*found.span(1)), request.text)
    if "chatwoot" not in node.type.lower() or node.kind.endswith("trigger") or node.get("private") is True:
        return None
    does, body = f"{node.word('resource')} {node.word('operation')}", first_text(node, "content", "message")
    is_written = "messag" in does and (_WRITES.search(does) or not node.get("operation"))
    is_copy = any(node.word(name) == "incoming" for name in ("messageType", "message_type"))
    if body is None or not is_written or is_copy:
        return None
    return _send(workflow, node, first_text(node, "conversationId", "conversation_id"), body)


def _send(workflow: Workflow, node: Node, conversation: Text | None, body: Text | None) -> Send:
    if not _is_about_whatsapp(workflow):
        return Send(node, "push", node.named_at, recipient=conversation, body=body, note=_SOMEWHERE)
    return Send(
        *(node, "whatsapp", node.named_at),
        recipient=conversation,
        body=body,
        kind=UNREADABLE,
        note=_OF_WHATSAPP,
    )


def _is_about_whatsapp(workflow: Workflow) -> bool:
    named = (workflow.name, *(f"{node.name}\n{node.type}" for node in workflow.nodes))
    return any(map(_ABOUT_WHATSAPP.search, named)) or any(_ABOUT_WHATSAPP.search(node.text) for node in workflow.nodes)
