"""Typebot exports → a record of the bot where it answers on WhatsApp, one for each e-mail and for each gateway called.

Recognised: an object with ``groups`` of blocks beside ``edges``. Known: whether WhatsApp is switched on, the texts of
the bubbles, e-mails with their recipients, requests to those who carry WhatsApp messages. Unknown: consent, and whether
a text leads to a person. Where WhatsApp is not switched on, the bot chats on a web page, which is no messaging channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, mappings, readable, text_of
from policylint.extensions import Adapted, Adapter
from policylint.model.source import NOT_CARRIED, Document, Pointer, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.record import ProviderTable

CARRIES = ("name", "channel", "messages.kind", "messages.body", "messages.template.name")

# packages/blocks of baptisteArno/typebot.io; the forged blocks go by the name of the service.
_TEXT, _EMAIL, _EMAIL_INPUT = "text", "Email", "email input"
_REQUESTS = frozenset(["Webhook", "HTTP request"])
_DESKS = {"Chatwoot": "in_chat_agent", "zendesk": "in_chat_agent"}
"""Blocks that hand the conversation to a person."""
_ASSISTANTS = frozenset(
    [
        *("OpenAI", "openai", "anthropic", "chat-node", "deepseek", "dify-ai", "groq", "mistral", "open-router"),
        *("perplexity", "together-ai"),
    ]
)
_VARIABLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")

_IN_ANSWERS = Unknown("the e-mail lists the answers of the chat")
_WHO_KNOWS = Unknown("a variable that the bot does not ask for")
_AI_MAY_ANSWER = Unknown("an AI writes some of the answers")
_FEW = Unknown("a few fixed recipients")


class _Block(NamedTuple):
    """A block of a bot and where it stands."""

    fields: Mapping[str, Any]
    at: Pointer

    @property
    def kind(self) -> str:
        """Its type, such as ``text`` or ``Email``."""
        kind = self.fields.get("type")
        return kind if isinstance(kind, str) else ""

    @property
    def named_at(self) -> Pointer:
        """Where its type stands."""
        return (*self.at, "type")

    @property
    def options(self) -> tuple[Mapping[str, Any], Pointer]:
        """Its options and where they stand."""
        return mapping(self.fields.get("options")), (*self.at, "options")


class _Bot(NamedTuple):
    """A bot of a document and where it stands."""

    document: Document
    fields: Mapping[str, Any]
    at: Pointer
    blocks: tuple[_Block, ...]

    def draft(self, name: str, at: Pointer) -> Draft:
        """Return a record with what the whole bot says."""
        draft = Draft(self.document, name, at)
        if text_of(self.fields, "name") is not None:
            draft.put(("name",), self.fields["name"], (*self.at, "name"))
        for field in ("isClosed", "isArchived"):
            if self.fields.get(field) is True:
                draft.put(("enabled",), value=False, at=(*self.at, field))
        return draft


def recognises(document: Document) -> bool:
    """Tell whether a document is the export of a bot."""
    return _bot_at(document.data) is not None


def _bot_at(data: Any) -> Pointer | None:
    """Return where the bot stands: the document, or ``typebot`` in what the API gives."""
    if _is_bot(data):
        return ()
    return ("typebot",) if _is_bot(mapping(data).get("typebot")) else None


def _is_bot(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("edges"), list):
        return False
    if not isinstance(data.get("variables"), list) and not isinstance(data.get("events"), list):
        return False
    return any(isinstance(group.get("blocks"), list) for _, group in mappings(data.get("groups")))


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the records of a bot."""
    at = _bot_at(document.data)
    if at is None:
        return Adapted(())
    fields = document.data["typebot"] if at else document.data
    bot = _Bot(document, fields, at, tuple(_blocks(fields, at)))
    found = [*_on_whatsapp(bot)]
    for block in bot.blocks:
        if block.kind == _EMAIL:
            found.append(_email(bot, block))
        elif block.kind in _REQUESTS:
            found.extend(_request(bot, block, providers))
    return Adapted(found)


def _blocks(fields: Mapping[str, Any], at: Pointer) -> Iterator[_Block]:
    for group_index, group in mappings(fields.get("groups")):
        for index, block in mappings(group.get("blocks")):
            yield _Block(block, (*at, "groups", group_index, "blocks", index))


# --- WhatsApp -----------------------------------------------------------------------------------------------------


def _on_whatsapp(bot: _Bot) -> Iterator[Campaign]:
    """Yield the record of the bot where it answers on WhatsApp, through the Cloud API or 360dialog."""
    settings = mapping(mapping(bot.fields.get("settings")).get("whatsApp"))
    if settings.get("isEnabled") is not True:
        return
    at = (*bot.at, "settings", "whatsApp", "isEnabled")
    draft = bot.draft(label(bot.fields.get("name"), bot.fields.get("publicId"), "typebot"), at)
    draft.put(("channel",), "whatsapp", at)
    draft.put(("sender", "product"), "business_platform", at)
    draft.put(("direction",), "reply", at)
    draft.put(("audience", "selection"), "inbound_sender", at)
    draft.put(("automation", "bot"), value=True, at=at)
    desk = next((block for block in bot.blocks if block.kind in _DESKS), None)
    if desk is not None:
        draft.put(("automation", "escalation"), [_DESKS[desk.kind]], desk.named_at)
    if not any(block.kind in _ASSISTANTS or block.kind in _REQUESTS for block in bot.blocks):
        draft.put(("automation", "ai"), None)
    draft.put(("messages",), [], at)
    for number, (text, place) in enumerate(_texts(bot)):
        draft.put(("messages", number, "kind"), "freeform", place)
        draft.put(("messages", number, "body"), readable(text), place)
        draft.put(("messages", number, "window"), "customer_service", at)
    yield draft.campaign("typebot", CARRIES)


def _texts(bot: _Bot) -> Iterator[tuple[str, Pointer]]:
    """Yield the texts of the bubbles, each with the place of its content."""
    for block in bot.blocks:
        content = mapping(block.fields.get("content")) if block.kind == _TEXT else {}
        plain = text_of(content, "plainText", "html")
        text = "".join(_rich_text(content.get("richText"))) or (plain[1] if plain else "")
        if text.strip():
            yield text.strip(), (*block.at, "content")


def _rich_text(value: Any) -> Iterator[str]:
    """Yield the texts of rich text, lines of its own for what stands in the first level."""
    for index, element in mappings(value):
        if index:
            yield "\n"
        yield from _leaves(element)


def _leaves(element: Mapping[str, Any]) -> Iterator[str]:
    text = element.get("text")
    if isinstance(text, str):
        yield text
    for _, child in mappings(element.get("children")):
        yield from _leaves(child)


# --- e-mails and requests -----------------------------------------------------------------------------------------


def _email(bot: _Bot, block: _Block) -> Campaign:
    options, at = block.options
    subject = text_of(options, "subject")
    name = label(bot.fields.get("name"), "typebot")
    draft = bot.draft(
        f"{name} › {label(subject[1] if subject else None, block.fields.get('id'), 'Email')}", block.named_at
    )
    draft.put(("channel",), "email", block.named_at)
    _put_recipients(draft, bot, options.get("recipients"), (*at, "recipients"))
    draft.put(("messages", 0, "kind"), "freeform", block.named_at)
    body = text_of(options, "body")
    if body is not None:
        draft.put(("messages", 0, "body"), readable(body[1]), (*at, "body"))
    else:
        draft.put(("messages", 0, "body"), _IN_ANSWERS, at)
    return draft.campaign("typebot", CARRIES)


def _put_recipients(draft: Draft, bot: _Bot, recipients: Any, at: Pointer) -> None:
    """Put whom an e-mail goes to: the visitor who typed the address, or addresses that the bot names."""
    texts = (
        [text for text in recipients if isinstance(text, str) and text.strip()] if isinstance(recipients, list) else []
    )
    variables = [name for text in texts for name in _VARIABLE.findall(text)]
    direction: str | Unknown = "push"
    selection: str | Unknown = "single_number" if len(texts) == 1 else _FEW
    if variables:
        asked = _asked_for(bot)
        typed = all(name in asked for name in variables)
        direction, selection = ("reply", "inbound_sender") if typed else (_WHO_KNOWS, _WHO_KNOWS)
    elif not texts:
        direction, selection = NOT_CARRIED, NOT_CARRIED
    draft.put(("direction",), direction, at)
    draft.put(("audience", "selection"), selection, at)


def _asked_for(bot: _Bot) -> frozenset[str]:
    """Return the names of the variables that hold an address which the visitor typed."""
    asked = [block.options[0].get("variableId") for block in bot.blocks if block.kind == _EMAIL_INPUT]
    known = frozenset(identifier for identifier in asked if isinstance(identifier, str))
    names = {
        variable["id"]: variable.get("name")
        for _, variable in mappings(bot.fields.get("variables"))
        if isinstance(variable.get("id"), str)
    }
    return frozenset(name for identifier in known if isinstance(name := names.get(identifier), str))


def _request(bot: _Bot, block: _Block, providers: ProviderTable) -> Iterator[Campaign]:
    """Yield the record of a request to somebody who carries WhatsApp messages; nothing for any other request."""
    options, at = block.options
    request = mapping(options.get("webhook"))
    url, body = text_of(request, "url"), text_of(request, "body")
    sign = providers.url(url[1], body[1] if body else "") if url else None
    if url is None or sign is None or sign.route == "link":
        return
    name = label(bot.fields.get("name"), "typebot")
    draft = bot.draft(f"{name} › {label(block.fields.get('id'), 'request')}", block.named_at)
    draft.put_request(sign, url[1], (*at, "webhook", "url"))
    yield draft.campaign("typebot", CARRIES)


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
