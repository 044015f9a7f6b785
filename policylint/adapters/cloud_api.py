"""Payloads of the WhatsApp Cloud API kept as files, alone, in lists or as bodies of requests → one record per message.

Recognised: a mapping with ``messaging_product: whatsapp`` and a recipient beside a type of message or its content; of
the switched-off On-Premises API one with ``recipient_type`` and a recipient. They may stand in a list, by name, or in
the body of a request. Read receipts, answers of the API and received webhooks are no messages. Known: channel, carrier,
to whom, template or text. Unknown: consent, purpose, and of a single text who wrote first.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, readable
from policylint.extensions import Adapted, Adapter
from policylint.model.source import EXPRESSION, NOT_CARRIED, Unknown
from policylint.model.tuples import NamedTuple
from policylint.parse.escapes import says_any
from policylint.schema import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable

CARRIES = ("channel", "messages.kind", "messages.body", "messages.template.name", "messages.language")

# Types of messages of the API; what is sent stands under a key of the same name.
_FREE = frozenset(["text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction"])
# Types that send a template → the field of its name.
_NAME_KEYS = {"template": "name", "hsm": "element_name"}
_TYPES = _FREE | _NAME_KEYS.keys() | {"interactive"}
_RECIPIENTS = ("to", "recipient")
# Where payloads stand in a document: below these keys, or below any key of the root.
_HOLDERS = frozenset(
    [
        *(
            "body",
            "data",
            "examples",
            "json",
            "messages",
            "params",
            "payload",
            "payloads",
            "queue",
            "request",
            "requests",
        ),
        *("sends", "options", "raw", "content"),
    ]
)
# Keys of the roots of other formats, which hold such payloads too.
_FOREIGN = frozenset(
    [
        *("apiVersion", "blocks", "campaign", "connections", "doctype", "flow", "groups", "info", "initial_state"),
        *("nodes", "object", "openapi", "paths", "screens", "services", "states", "steps", "swagger", "tasks"),
    ]
)
# What else stands in a mapping of messages or in a request.
_BESIDE = frozenset(
    [
        *("$schema", "_comment", "auth", "comment", "description", "endpoint", "expected", "headers", "id", "method"),
        *("name", "note", "notes", "params", "query", "response", "status", "timeout", "title", "type", "uri", "url"),
        "version",
    ]
)
_ADDRESSES = ("endpoint", "uri", "url")
_DEPTH = 5

NOT_SAID = Unknown("the payload does not say who wrote first")


class Payload(NamedTuple):
    """A message as it is handed to the API."""

    pointer: Pointer
    """Where it stands; of one that is written as a text, that text."""
    fields: Mapping[str, Any]
    url: str | None
    """Address of the request that it is the body of."""
    url_at: Pointer | None
    name: str | None
    """Key that it stands under, if that is a name."""
    is_text: bool = False

    def at(self, *steps: str) -> Pointer:
        """Return where a field of it stands."""
        return self.pointer if self.is_text else (*self.pointer, *steps)


# --- recognition --------------------------------------------------------------------------------------------------


def recognises(document: Document) -> bool:
    """Tell whether a document holds a message for the Cloud API."""
    if not says_any(document.text, ["messaging_product", "recipient_type"]):
        return False
    if next(payloads(document.data), None) is None or not _holds_nothing_else(document.data):
        return False
    if not says_any(document.text, ["category"]):
        return True
    # Definitions of templates beside it: such a document is a store of templates.
    from policylint.adapters import meta_templates

    return not meta_templates.recognises(document)


def _holds_nothing_else(data: Any) -> bool:
    """Tell whether a document is made of messages, requests and answers: beside other things it is of their format."""
    if isinstance(data, list):
        return all(map(_is_part, data))
    return is_message(data) or all(
        (isinstance(key, str) and key.lower() in _BESIDE) or _is_part(value) for key, value in data.items()
    )


def _is_part(value: Any) -> bool:
    if isinstance(value, str):
        return is_message(_written(value))
    if isinstance(value, dict) and ("messaging_product" in value or value.get("object") == "whatsapp_business_account"):
        return True
    return next(_found(value, (0,), None, None), None) is not None


def payloads(data: Any) -> Iterator[Payload]:
    """Yield the messages of a document."""
    if isinstance(data, dict) and not _FOREIGN.isdisjoint(data):
        return
    yield from _found(data, (), None, None)


def _found(value: Any, at: Pointer, url: str | None, url_at: Pointer | None) -> Iterator[Payload]:
    if isinstance(value, dict):
        if is_message(value):
            yield Payload(at, value, url, url_at, _name_in(at))
            return
        if "object" in value or len(at) >= _DEPTH:
            return
        for key in _ADDRESSES:
            if isinstance(value.get(key), str):
                url, url_at = value[key], (*at, key)
        for key, inner in value.items():
            if isinstance(inner, (dict, list)) and (not at or key in _HOLDERS or is_message(inner)):
                yield from _found(inner, (*at, key), url, url_at)
            elif isinstance(inner, str) and key in _HOLDERS and is_message(written := _written(inner)):
                yield Payload((*at, key), written, url, url_at, _name_in(at), is_text=True)
    elif isinstance(value, list) and len(at) < _DEPTH:
        for index, inner in enumerate(value):
            yield from _found(inner, (*at, index), url, url_at)


def _name_in(pointer: Pointer) -> str | None:
    """Return the last key of a pointer that is a name and no part of a request."""
    return next((step for step in reversed(pointer) if isinstance(step, str) and step not in _HOLDERS), None)


def _written(text: str) -> Any:
    """Return the mapping that a text writes down as JSON, else None."""
    if not text.lstrip().startswith("{") or "messaging_product" not in text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def is_message(value: Any) -> bool:
    """Tell whether plain data is a message for the API, not a receipt, an answer or something received."""
    if not isinstance(value, dict) or not any(isinstance(value.get(name), (str, int)) for name in _RECIPIENTS):
        return False
    if "status" in value or "statuses" in value:
        return False
    kind = value.get("type")
    has_content = (isinstance(kind, str) and kind.lower() in _TYPES) or any(
        isinstance(value.get(name), (dict, list)) for name in _TYPES
    )
    product = value.get("messaging_product")
    if isinstance(product, str):
        return product.lower() == "whatsapp" and has_content
    return product is None and value.get("recipient_type") in ("individual", "group") and has_content


# --- records ------------------------------------------------------------------------------------------------------


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return one record for each message."""
    found = list(payloads(document.data))
    sizes = _sizes(found)
    made = zip(found, _names(document, found), sizes, strict=True)
    return Adapted([_campaign(document, payload, name, size, providers) for payload, name, size in made])


def _sizes(found: Sequence[Payload]) -> list[int]:
    """Return for each message how many recipients the document has for the same words."""
    words = [(*what(payload.fields), body_of(payload.fields)) for payload in found]
    recipients: dict[tuple[object, ...], set[str]] = {}
    for payload, key in zip(found, words, strict=True):
        recipients.setdefault(key, set()).add(str(recipient_of(payload.fields)))
    counts = {key: sum(not holds_placeholder(one) for one in to) for key, to in recipients.items()}
    return [counts[key] for key in words]


def _names(document: Document, found: Sequence[Payload]) -> list[str]:
    """Return an id for each message: its key or its template, numbered where that does not tell it from others."""
    stem = document.path.rsplit("/", 1)[-1].partition(".")[0] or "message"
    plain = [payload.name or label(what(payload.fields)[1], stem) for payload in found]
    times = Counter(plain)
    return [name if times[name] == 1 else f"{name} {index}" for index, name in enumerate(plain, 1)]


def recipient_of(fields: Mapping[str, Any]) -> Any:
    """Return whom a message is for."""
    return next((fields[name] for name in _RECIPIENTS if fields.get(name) is not None), None)


def what(fields: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the type of a message, and the name of its template."""
    kind = fields.get("type")
    kind = kind.lower() if isinstance(kind, str) else next((name for name in sorted(_TYPES) if name in fields), "text")
    name = mapping(fields.get(kind)).get(_NAME_KEYS[kind]) if kind in _NAME_KEYS else None
    return kind, name if isinstance(name, str) else None


def body_of(fields: Mapping[str, Any]) -> tuple[tuple[str, ...], str] | None:
    """Return where the text of a message stands, and the text."""
    kind, _ = what(fields)
    inner = mapping(fields.get(kind))
    path: tuple[str, ...] = (
        ("body", "text") if kind == "interactive" else ("body",) if "body" in inner else ("caption",)
    )
    text: Any = inner
    for step in path:
        text = mapping(text).get(step)
    return ((kind, *path), text) if isinstance(text, str) and text else None


def _campaign(document: Document, payload: Payload, name: str, size: int, providers: ProviderTable) -> Campaign:
    product_at = payload.at("messaging_product" if "messaging_product" in payload.fields else "recipient_type")
    draft = Draft(document, name, product_at)
    draft.put(("channel",), "whatsapp", product_at)
    _put_sender(draft, payload, product_at, providers)
    _put_audience(draft, payload, size)
    _put_message(draft, payload)
    return draft.campaign(ADAPTER.name, CARRIES)


def _put_sender(draft: Draft, payload: Payload, product_at: Pointer, providers: ProviderTable) -> None:
    """Put who carries the message: the shape is Meta's own, and providers take it at addresses of theirs."""
    sign = providers.url(payload.url, "messaging_product: whatsapp") if payload.url is not None else None
    shown = product_at if sign is None else payload.url_at or product_at
    draft.put(("sender", "provider"), sign.provider if sign else "meta", shown)
    if sign is None or sign.route in ("official", "bsp"):
        draft.put(("sender", "product"), "business_platform", shown)
    if sign is None and what(payload.fields)[0] == "hsm":  # the Cloud API never had it
        draft.put(("sender", "integration"), "on_premises", payload.at("type"))


def _put_audience(draft: Draft, payload: Payload, size: int) -> None:
    """Put who wrote first, and to whom the message goes."""
    fields = payload.fields
    to_at = next(payload.at(name) for name in _RECIPIENTS if fields.get(name) is not None)
    to = str(recipient_of(fields))
    if mapping(fields.get("context")).get("message_id") or what(fields)[0] == "reaction":
        draft.put(("direction",), "reply", payload.at("context" if "context" in fields else "type"))
        draft.put(("audience", "selection"), "inbound_sender", to_at)
        return
    if size > 1 or what(fields)[0] in _NAME_KEYS:
        draft.put(("direction",), "push", to_at)
    else:
        draft.put(("direction",), NOT_SAID)
        draft.note(NOT_SAID.why)
    if fields.get("recipient_type") == "group":
        draft.put(("audience", "selection"), "group_chat", payload.at("recipient_type"))
    elif size > 1:
        draft.put(("audience", "selection"), "list", to_at)
        draft.put(("audience", "size"), size, to_at)
    else:
        is_number = sum(sign.isdigit() for sign in to) > 4 and not holds_placeholder(to)
        draft.put(("audience", "selection"), "single_number" if is_number else EXPRESSION, to_at)


def _put_message(draft: Draft, payload: Payload) -> None:
    fields, message = payload.fields, ("messages", 0)
    kind, template = what(fields)
    shown = payload.at("type" if "type" in fields else kind)
    said = "template" if kind in _NAME_KEYS else "interactive" if kind == "interactive" else "freeform"
    draft.put((*message, "kind"), said, shown)
    direction = draft.data["direction"]
    window = {"push": "none", "reply": "customer_service"}[direction] if isinstance(direction, str) else direction
    draft.put((*message, "window"), window, shown)
    if said == "template":
        draft.put((*message, "template", "name"), template, payload.at(kind, _NAME_KEYS[kind]))
        draft.put((*message, "body"), None)
        language = mapping(fields.get(kind)).get("language")
        code = language.get("code") if isinstance(language, dict) else language
        draft.put((*message, "language"), code if isinstance(code, str) else None, payload.at(kind, "language"))
        return
    draft.put((*message, "template"), None)
    draft.put((*message, "language"), NOT_CARRIED)
    found = body_of(fields)
    if found is None:
        draft.put((*message, "body"), None)
    else:
        draft.put((*message, "body"), readable(found[1]), payload.at(*found[0]))


_EXAMPLE = """\
{
  "messaging_product": "whatsapp",
  "recipient_type": "individual",
  "to": "491700000000",
  "type": "template",
  "template": {
    "name": "spring_offer",
    "language": {"code": "en"},
    "components": [{"type": "body", "parameters": [{"type": "text", "text": "Anna"}]}]
  }
}
"""

ADAPTER = Adapter(
    name="cloud-api",
    title="Message payload of the WhatsApp Cloud API",
    signs=(
        "`messaging_product: whatsapp` (of the On-Premises API `recipient_type`) beside `to` and `type` or what is "
        "sent, alone, listed, by name or as the body of a request"
    ),
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
