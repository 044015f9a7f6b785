"""Requests of a bot to those who carry messages, and a bot that a gateway runs → campaign records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import label, mapping, mappings, text_of
from policylint.adapters.messages import Found, Message, Origin, sent, set_up
from policylint.adapters.provider_requests import requested
from policylint.adapters.requests import MAXIMUM_BODY, Request, queried
from policylint.adapters.texts import Text
from policylint.adapters.typebot import CARRIES
from policylint.adapters.typebot.bots import VARIABLE, Block, Bot
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Pointer
    from policylint.record import ProviderTable

# doc.evolution-api.com/v2/en/integrations/typebot: variables that it fills in when it starts a bot.
_OF_EVOLUTION = frozenset(["remoteJid", "pushName", "instanceName", "serverUrl", "ownerJid"])
_WHO_KNOWS = Unknown("a variable says to whom it goes")


def request_of(bot: Bot, block: Block, providers: ProviderTable) -> Campaign | None:
    """Return the record of a request that sends a message, or that only asks an unofficial client; None for others."""
    request = _asked(block)
    found = requested(request, providers, f"{bot.fields.get('name')}") if request is not None else None
    if found is None:
        return None
    name = label(bot.fields.get("name"), "typebot")
    named_at = (*bot.at, "name") if "name" in bot.fields else None
    step = label(block.fields.get("id"), "request")
    origin = Origin(bot.document, "typebot", name, named_at, step, block.named_at, CARRIES)
    if not isinstance(found, Message):
        return set_up(origin, found, (*_web(block)[1], "url"), "the bot asks an unofficial client something")
    return sent(origin, found, _facts(bot, found))


def _web(block: Block) -> tuple[Mapping[str, Any], Pointer]:
    """Return the request of a block and where it stands: in its options, in older files in the block itself."""
    options, at = block.options
    own = mapping(options.get("webhook"))
    return (own, (*at, "webhook")) if own else (mapping(block.fields.get("webhook")), (*block.at, "webhook"))


def _asked(block: Block) -> Request | None:
    fields, at = _web(block)
    url, body = text_of(fields, "url"), text_of(fields, "body")
    if url is None:
        return None
    method = fields.get("method")
    return Request(
        url=Text(url[1], (*at, "url")),
        method=method.upper() if isinstance(method, str) else "POST",
        body=body[1][:MAXIMUM_BODY] if body else "",
        bodies=[Text(body[1], (*at, "body"))] if body else [],
        fields=list(queried(Text(url[1], (*at, "url")))),
        headers=[str(header.get("key")).lower() for _, header in mappings(fields.get("headers"))],
    )


def _facts(bot: Bot, message: Message) -> dict[tuple[str, ...], Found | None]:
    """Return to whom a message goes that a bot sends by a request: the visitor, or a number that the bot names."""
    recipient = message.recipient
    variables = VARIABLE.findall(recipient.value) if recipient is not None else []
    facts: dict[tuple[str, ...], Found | None] = {("automation", "bot"): Found(value=True)}
    if message.channel == "push":
        facts["direction",] = Found("push")
    elif recipient is None:
        facts["direction",] = facts["audience", "selection"] = Found(_WHO_KNOWS)
    elif not variables:
        facts["direction",] = Found("push", recipient)
        facts["audience", "selection"] = Found("single_number", recipient)
    elif set(variables) <= _OF_EVOLUTION:
        facts["direction",] = Found("reply", recipient)
        facts["audience", "selection"] = Found("inbound_sender", recipient)
    else:
        facts["direction",] = facts["audience", "selection"] = Found(_WHO_KNOWS, recipient)
    for field in ("isClosed", "isArchived"):
        if bot.fields.get(field) is True:
            facts["enabled",] = Found(value=False, at=(*bot.at, field))
    return facts


def run_by_evolution(bot: Bot, providers: ProviderTable) -> Campaign | None:
    """Return the set-up of a bot that answers on WhatsApp through Evolution API, by the variables it fills in."""
    names = {
        variable["name"]: index
        for index, variable in mappings(bot.fields.get("variables"))
        if variable.get("name") in _OF_EVOLUTION
    }
    sign = providers.named("evolution-api")
    if "remoteJid" not in names or len(names) < 2 or sign is None:
        return None
    name = label(bot.fields.get("name"), "typebot")
    at: Pointer = (*bot.at, "variables", names["remoteJid"], "name")
    named_at = (*bot.at, "name") if "name" in bot.fields else None
    facts: dict[tuple[str, ...], Found | None] = {
        ("direction",): Found("reply", at),
        ("audience", "selection"): Found("inbound_sender", at),
        ("automation", "bot"): Found(value=True, at=at),
    }
    origin = Origin(bot.document, "typebot", name, named_at, "on WhatsApp", at, CARRIES)
    return set_up(origin, sign, at, "its variables are those that Evolution API fills in for a bot that it runs", facts)
