"""A request to a provider's address → the message that it sends, for the adapters of automation tools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.adapters.messages import TEAM_CHAT, UNREADABLE, Message, is_unofficial
from policylint.adapters.requests import (
    PATH_ACTS,
    TEMPLATE_LANGUAGE,
    Request,
    channel_elsewhere,
    is_message,
    kind_said,
    kind_shown,
    template_name,
)

if TYPE_CHECKING:
    from policylint.model.source import Unknown
    from policylint.record import ProviderTable, Sign

_WHATSAPP = re.compile(r"whats\s?app|\bwpp\b|\bwaba\b", re.IGNORECASE)
_SENDS = re.compile(r"send|/messages?\b|/msg\b|whatsapp\.php|broadcast|notify", re.IGNORECASE)


def requested(
    request: Request, providers: ProviderTable, hints: str = "", sign: Sign | None = None
) -> Message | Sign | None:
    """Return the message that a request sends, or the unofficial client that it only asks something, or None.

    Args:
        request: The request.
        providers: The table of providers.
        hints: Names around the request and texts that its body is made of: they tell where the body does not say it.
        sign: Who is asked, where the step says so rather than the address.

    """
    sign = sign or _carrier(request, providers, hints)
    shown_by = request.url.pointer
    if sign is None:
        return _elsewhere(request)
    if sign.route == "link":
        return None
    if not is_message(request) or (is_unofficial(sign) and PATH_ACTS.search(request.path)):
        return sign if is_unofficial(sign) else None
    kind = _kind(request, sign, hints)
    said_at = kind_shown(request, kind) if isinstance(kind, str) else None
    bodies = (request.text,) if request.text is not None and kind != "template" else ()
    return Message(
        *("whatsapp", shown_by, sign, request.recipient, bodies, kind),
        kind_at=said_at or (request.bodies[0].pointer if request.bodies else shown_by),
        template=template_name(request) if kind == "template" else None,
        language=request.in_bodies(TEMPLATE_LANGUAGE) if kind == "template" else None,
    )


def _carrier(request: Request, providers: ProviderTable, hints: str) -> Sign | None:
    url = request.address
    sign = providers.url(url, f"{url}\n{request.body}")
    if sign is not None:
        # A database or a model may be given an unofficial client's kind of address too.
        is_named = sign.provider is None or not providers.is_unnamed(sign.provider)
        return sign if is_named or _SENDS.search(request.path) else None
    path = request.path.rstrip("/ \n")
    if "graph.facebook.com" in url and path.endswith("/messages") and "/me/" not in path and _WHATSAPP.search(hints):
        return providers.url(url, "messaging_product: whatsapp")
    return None


def _kind(request: Request, sign: Sign, hints: str) -> str | Unknown:
    if is_unofficial(sign):
        return "freeform"
    kind = kind_said(request.body, request.path)
    if kind is None and (request.is_made_elsewhere or not request.body):
        kind = kind_said(hints, "")
    elif kind is None and request.text is not None:
        kind = "freeform"
    return kind or UNREADABLE


def _elsewhere(request: Request) -> Message | None:
    if request.method == "GET" and request.text is None:
        return None
    channel = channel_elsewhere(request.address)
    if channel is None:
        return None
    bodies = (request.text,) if request.text is not None else ()
    note = TEAM_CHAT if channel == "push" else None
    return Message(channel, request.url.pointer, None, request.recipient, bodies, note=note)
