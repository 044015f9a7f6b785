"""A chat step whose payload is for Meta's API → the WhatsApp template or text that it sends."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import mapping, readable
from policylint.adapters.knock.texts import put_content, put_from
from policylint.model.source import Pointer, Unknown

if TYPE_CHECKING:
    from policylint.adapters.drafts import Draft
    from policylint.adapters.knock.steps import Content, Step

_MESSAGE: Pointer = ("messages", 0)
_WHATSAPP = re.compile(r"whats[-_]?app", re.IGNORECASE)
# A payload in which Liquid stands is no JSON.
_TEMPLATE_NAME = re.compile(r'"template"\s*:\s*\{\s*"name"\s*:\s*"(?P<name>[^"]*)"')
_LANGUAGE = re.compile(r'"language"\s*:\s*\{[^{}]*?"code"\s*:\s*"(?P<code>[^"]*)"')


def is_whatsapp(fields: Mapping[str, Any], payload: Content | None) -> bool:
    """Tell whether a chat step goes to WhatsApp: by the payload that Knock wants for it, or by the channel's name."""
    if any(_WHATSAPP.search(str(fields.get(name))) for name in ("channel_key", "channel_group_key")):
        return True
    text = payload.text if payload is not None and isinstance(payload.text, str) else ""
    return bool(_TEMPLATE_NAME.search(text) and _LANGUAGE.search(text))


def put_whatsapp(draft: Draft, step: Step, payload: Content | None, shown_by: Pointer) -> None:
    """Put what a step sends through Meta's API: a template as JSON, or a text."""
    draft.put(("channel",), "whatsapp", shown_by)
    draft.put(("sender", "provider"), "meta", shown_by)
    draft.put(("sender", "product"), "business_platform", shown_by)
    at = payload.at if payload is not None else step.named_at
    draft.put((*_MESSAGE, "kind"), Unknown("the payload does not show it"), at)
    draft.put((*_MESSAGE, "window"), "none", step.named_at)
    text = payload.text if payload is not None else None
    if payload is None:
        content = step.content("markdown_body", "text_body")
        if content is not None:
            draft.put((*_MESSAGE, "kind"), "freeform", content.at)
            put_content(draft, (*_MESSAGE, "body"), content)
    elif isinstance(text, Unknown):
        draft.put((*_MESSAGE, "kind"), text, at)
        draft.put((*_MESSAGE, "body"), text, at)
        draft.put((*_MESSAGE, "template"), text, at)
    else:
        _put_payload(draft, payload, text or "")


def _put_payload(draft: Draft, payload: Content, text: str) -> None:
    """Put what a payload for Meta's API says."""
    name, language = _TEMPLATE_NAME.search(text), _LANGUAGE.search(text)
    if name is None:
        body = mapping(mapping(_decoded(text)).get("text")).get("body")
        if isinstance(body, str):
            draft.put((*_MESSAGE, "kind"), "freeform", payload.at)
            put_from(draft, (*_MESSAGE, "body"), readable(body), payload)
        return
    draft.put((*_MESSAGE, "kind"), "template", payload.at)
    put_from(draft, (*_MESSAGE, "template", "name"), name.group("name"), payload, name.span("name"))
    if language is not None:
        put_from(draft, (*_MESSAGE, "language"), language.group("code"), payload, language.span("code"))


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
