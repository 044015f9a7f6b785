"""Postman collections → one record for each request that sends a message; all they hold are examples.

Recognised: a mapping with ``info`` that names Postman's schema, and a list ``item``; alone or under ``collection``.
Known: channel, carrier, the message as far as it is written down. Unknown: consent, purpose, and of a text who wrote
first. Findings are infos at most: nobody runs a campaign from a collection, but people copy what it shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import label, mapping, mappings
from policylint.adapters.messages import NOBODY, Found, Message, Origin, sent
from policylint.adapters.provider_requests import requested
from policylint.adapters.requests import MAXIMUM_BODY, Request, queried
from policylint.adapters.texts import Text
from policylint.extensions import Adapted, Adapter
from policylint.model.phrase import phrase
from policylint.model.rule import Severity
from policylint.model.source import EXPRESSION, Unknown, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable

CARRIES = ("name", "messages.kind", "messages.body", "messages.template.name")
NOT_SAID = Unknown("an example does not say who wrote first")
CAP = (Severity.INFO, phrase("a Postman collection holds examples"))

_DEPTH = 40


def recognises(document: Document) -> bool:
    """Tell whether a document is a Postman collection."""
    return _root(document.data) is not None


def _root(data: Any) -> Pointer | None:
    """Return where the collection stands, or None where there is none."""
    for at in ((), ("collection",)):
        found = mapping(data if not at else mapping(data).get("collection"))
        schema = mapping(found.get("info")).get("schema")
        if isinstance(found.get("item"), list) and isinstance(schema, str) and "postman.com" in schema:
            return at
    return None


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return one record for each request that sends."""
    root = _root(document.data) or ()
    collection = mapping(value_at(document.data, root))
    title = label(mapping(collection.get("info")).get("name"), "collection")
    campaigns: list[Campaign] = []
    for at, item in _requests(collection.get("item"), (*root, "item"), 0):
        request = _read(mapping(item["request"]), (*at, "request"))
        message = requested(request, providers, f"{item.get('name')}\n{title}") if request else None
        if isinstance(message, Message) and request is not None:
            campaigns.append(_campaign(document, root, title, at, item, message, request))
    return Adapted(campaigns)


def _requests(items: Any, at: Pointer, depth: int) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Yield the items that are requests, of all folders."""
    for index, item in mappings(items):
        if isinstance(item.get("request"), dict):
            yield (*at, index), item
        elif depth < _DEPTH:
            yield from _requests(item.get("item"), (*at, index, "item"), depth + 1)


def _read(request: Mapping[str, Any], at: Pointer) -> Request | None:
    """Return a request as it is written, or None where it names no address."""
    url = _url(request.get("url"), (*at, "url"))
    if url is None:
        return None
    body = mapping(request.get("body"))
    mode = body.get("mode")
    raw = body.get("raw")
    bodies = [Text(raw, (*at, "body", "raw"))] if mode in ("raw", None) and isinstance(raw, str) and raw.strip() else []
    fields = [*_fields(body, (*at, "body")), *queried(url)]
    method = request.get("method")
    return Request(
        url=url,
        method=method.upper() if isinstance(method, str) else "GET",
        body="\n".join(
            [*(f'"{name}": "{value.value}"' for name, value in fields), *(one.value[:MAXIMUM_BODY] for one in bodies)]
        ),
        bodies=bodies,
        fields=fields,
        headers=[str(item.get("key")).lower() for _, item in mappings(request.get("header"))],
    )


def _url(url: Any, at: Pointer) -> Text | None:
    if isinstance(url, str) and url:
        return Text(url, at)
    raw = mapping(url).get("raw")
    return Text(raw, (*at, "raw")) if isinstance(raw, str) and raw else None


def _fields(body: Mapping[str, Any], at: Pointer) -> Iterator[tuple[str, Text]]:
    """Yield names and values of a form; a field that is switched off is not sent."""
    for kind in ("urlencoded", "formdata"):
        for index, item in mappings(body.get(kind)) if body.get("mode") == kind else ():
            name, value = item.get("key"), item.get("value")
            if isinstance(name, str) and isinstance(value, str) and value and item.get("disabled") is not True:
                yield name, Text(value, (*at, kind, index, "value"))


def _campaign(
    document: Document,
    root: Pointer,
    title: str,
    at: Pointer,
    item: Mapping[str, Any],
    message: Message,
    request: Request,
) -> Campaign:
    name = item.get("name")
    named_at = (*at, "name") if isinstance(name, str) and name else at
    origin = Origin(document, ADAPTER.name, title, (*root, "info", "name"), label(name, "request"), named_at, CARRIES)
    is_reply = '"context"' in request.body and "message_id" in request.body
    direction: object = "reply" if is_reply else "push" if message.kind == "template" else NOT_SAID
    recipient = message.recipient
    if is_reply:
        selection: object = "inbound_sender"
    elif recipient is None:
        selection = NOBODY
    else:
        to = recipient.literal
        selection = "single_number" if to and sum(sign.isdigit() for sign in to) > 4 else EXPRESSION
    facts = {("direction",): Found(direction, message.kind_at), ("audience", "selection"): Found(selection, recipient)}
    return sent(origin, message, facts)._replace(caps={(): CAP})


_EXAMPLE = """\
{
  "info": {
    "name": "Shop messages",
    "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
  },
  "item": [
    {
      "name": "Send the offer",
      "request": {
        "method": "POST",
        "url": {"raw": "https://graph.facebook.com/v22.0/{{phone_number_id}}/messages"},
        "body": {
          "mode": "raw",
          "raw": "{\\"messaging_product\\": \\"whatsapp\\", \\"to\\": \\"{{to}}\\", \\"text\\": {\\"body\\": \\"Hi\\"}}"
        }
      }
    }
  ]
}
"""

ADAPTER = Adapter(
    name="postman",
    title="Postman collection",
    signs="`info.schema` at schema.getpostman.com, and `item`; requests are examples, so findings are infos at most",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
