"""Actions and events → the message that they send: its text with its place, its kind, its template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import mapping
from policylint.model.source import EXPRESSION, NOT_CARRIED, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.rapidpro.definitions import Action, Flow
    from policylint.model.source import Pointer

_TITLED = Unknown("Glific names the template by a title of its own")
_MADE_ELSEWHERE = Unknown("the text is in the interactive template, not in the flow")
_SHOWN = frozenset(["header", "title", "text", "body", "caption", "footer", "description", "subtitle"])
"""Keys of an interactive message whose texts the person sees (Glific; Gupshup's format)."""
_DEPTH = 8


class Message(NamedTuple):
    """What is sent."""

    kind: str
    body: str | Unknown | None
    body_at: Pointer
    span: tuple[int, int] | None = None
    template: str | Unknown | None = None
    template_at: Pointer | None = None


def is_expression(text: str) -> bool:
    """Tell whether a text is one expression and nothing else: ``@results.answer``, ``@(upper(contact.name))``."""
    text = text.strip()
    if re.fullmatch(r"@[A-Za-z_]\w*(?:\.\w+)*", text):
        return True
    if not text.startswith("@("):
        return False
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and index > 0:
            return index == len(text) - 1
    return False


def written(text: Any) -> str | Unknown | None:
    """Return a text as rules see it: None for an empty one, unknown where an expression is all of it."""
    if not isinstance(text, str) or not text.strip():
        return None
    return EXPRESSION if is_expression(text) else text


def translated(value: Any, language: str | None, at: Pointer) -> tuple[str | None, Pointer]:
    """Return the text in the base language of a text by language, and its place."""
    if isinstance(value, str):
        return value, at
    texts = {key: text for key, text in mapping(value).items() if isinstance(key, str)}
    key = language if language in texts else next(iter(texts), None)
    if key is None:
        return None, at
    text, at = texts[key], (*at, key)
    if isinstance(text, dict):  # with attachments and quick replies, as RapidPro stores it
        text, at = text.get("text"), (*at, "text")
    return (text if isinstance(text, str) else None), at


def message_of(action: Action, flow: Flow) -> Message:
    """Return what an action sends."""
    if action.kind == "send_interactive_msg":
        return _interactive(action)
    field = "body" if action.kind == "send_email" else "msg" if "msg" in action.data else "text"
    text, at = translated(action.data.get(field), flow.language, (*action.pointer, field))
    if action.kind == "send_whatsapp_msg":
        extra = [action.data.get("header_text"), action.data.get("footer"), *_replies(action.data)]
        return Message("interactive", _joined(text, extra), at)
    template, template_at = _template(action, flow)
    if template is not None:
        return Message("template", written(text), at, None, template, template_at)
    return Message("freeform", _joined(text, _replies(action.data)), at)


def _joined(text: str | None, more: list[Any]) -> str | Unknown | None:
    """Return a text with what is shown around it, a line each."""
    own = written(text)
    shown = [part for part in more if isinstance(part, str) and part.strip()]
    if isinstance(own, Unknown) or not shown:
        return own
    return "\n".join([*([own] if own else []), *shown])


def _replies(data: Mapping[str, Any]) -> list[Any]:
    """Return the labels of the buttons under a message."""
    replies = data.get("quick_replies")
    labels = []
    for reply in replies if isinstance(replies, list) else ():
        label = mapping(reply).get("text") if isinstance(reply, dict) else reply
        labels.append(label if isinstance(label, str) and not is_expression(label) else None)
    return labels


def _template(action: Action, flow: Flow) -> tuple[str | Unknown | None, Pointer | None]:
    """Return the name of the WhatsApp template that an action sends; None where it sends none."""
    templating = action.data.get("templating")
    template = mapping(templating).get("template") or action.data.get("template")
    if not templating and not template:
        return None, None
    at = (*action.pointer, *(("templating", "template") if templating else ("template",)))
    name = mapping(template).get("name")
    if flow.is_glific:
        return _TITLED, (*at, "name")
    if not isinstance(name, str) or not name:
        return NOT_CARRIED, at
    return (EXPRESSION if name.startswith("@") else name), (*at, "name")


def _interactive(action: Action) -> Message:
    """Read an interactive message of Glific: JSON in the text, or nothing where an expression chooses the template."""
    at, raw = (*action.pointer, "text"), action.data.get("text")
    try:
        content = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        content = raw
    if isinstance(content, str):
        return Message("interactive", written(content) if content.strip() else _MADE_ELSEWHERE, at)
    texts = list(dict.fromkeys(_shown(content)))
    if not texts:
        return Message("interactive", _MADE_ELSEWHERE, at)
    main = _main_text(content) or texts[0]
    body = "\n".join([main, *(text for text in texts if text != main)])
    quoted = json.dumps(main, ensure_ascii=False)[1:-1]
    start = raw.find(quoted) if isinstance(raw, str) else -1
    return Message("interactive", body, at, (start, start + len(quoted)) if start >= 0 else None)


def _main_text(content: Any) -> str | None:
    """Return the text of an interactive message beside its header, caption and buttons."""
    content = mapping(content)
    for part in (content.get("content"), content.get("body"), content):
        for text in (part, mapping(part).get("text"), mapping(part).get("body")):
            if isinstance(text, str) and text.strip():
                return text
    return None


def _shown(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the texts of an interactive message that the person sees."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _shown(item, depth + 1)
    for key, inner in mapping(value).items():
        if isinstance(inner, str):
            if key in _SHOWN and inner.strip():
                yield inner
        else:
            yield from _shown(inner, depth + 1)
