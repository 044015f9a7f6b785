"""Typebot exports → a record of the bot where it answers on WhatsApp, one for each e-mail and for each gateway called.

Recognised: an object with ``groups`` of blocks beside ``edges``. Known: whether WhatsApp is switched on, or Evolution
API runs the bot, by the variables that it fills in; the texts of the bubbles, e-mails with their recipients, messages
that are sent by a request to their carrier. Unknown: consent, and whether a text leads to a person. Any other bot chats
on a web page, which is no messaging channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.typebot.bots import EMAIL, REQUESTS, Bot, blocks_of, bot_at
from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document
    from policylint.record import ProviderTable

CARRIES = ("name", "channel", "messages.kind", "messages.subject", "messages.body", "messages.template.name")


def recognises(document: Document) -> bool:
    """Tell whether a document is the export of a bot."""
    return bot_at(document.data) is not None


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the records of a bot."""
    # Late, as most runs meet no bot.
    from policylint.adapters.typebot.gateways import request_of, run_by_evolution
    from policylint.adapters.typebot.records import email_of, on_whatsapp

    at = bot_at(document.data)
    if at is None:
        return Adapted(())
    fields = document.data["typebot"] if at else document.data
    bot = Bot(document, fields, at, tuple(blocks_of(fields, at)))
    found: list[Campaign] = [*on_whatsapp(bot)]
    for block in bot.blocks:
        if block.kind == EMAIL:
            found.append(email_of(bot, block))
        elif block.kind in REQUESTS:
            campaign = request_of(bot, block, providers)
            found.extend([campaign] if campaign is not None else [])
    run = run_by_evolution(bot, providers)
    if run is not None and all(campaign.data["channel"] != "whatsapp" for campaign in found):
        found.append(run)
    return Adapted(found)


_EXAMPLE = """\
{
  "version": "6.1",
  "name": "Opening hours",
  "events": [{"id": "start", "type": "start", "outgoingEdgeId": "e1"}],
  "groups": [
    {"id": "g1", "title": "Hello", "blocks": [
      {"id": "b1", "type": "text", "content": {"richText": [
        {"type": "p", "children": [{"text": "We are open from nine to five."}]}
      ]}}
    ]}
  ],
  "edges": [{"id": "e1", "from": {"eventId": "start"}, "to": {"groupId": "g1"}}],
  "variables": [],
  "settings": {"whatsApp": {"isEnabled": true}}
}
"""

ADAPTER = Adapter(
    name="typebot",
    title="Typebot export",
    signs="an object with `groups` that hold `blocks`, beside `edges` and `variables` or `events`",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
