"""A bot that answers on WhatsApp, and the e-mails that a bot sends → campaign records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, mappings, readable, text_of
from policylint.adapters.typebot import CARRIES
from policylint.adapters.typebot.bots import EMAIL_INPUT, REQUESTS, TEXT, VARIABLE, Block, Bot
from policylint.model.source import NOT_CARRIED, Unknown

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Pointer

_DESKS = {"Chatwoot": "in_chat_agent", "zendesk": "in_chat_agent"}
"""Blocks that hand the conversation to a person."""
_ASSISTANTS = frozenset(
    [
        *("OpenAI", "openai", "anthropic", "chat-node", "deepseek", "dify-ai", "groq", "mistral", "open-router"),
        *("perplexity", "together-ai"),
    ]
)

_IN_ANSWERS = Unknown("the e-mail lists the answers of the chat")
_WHO_KNOWS = Unknown("a variable that the bot does not ask for")
_AI_MAY_ANSWER = Unknown("an AI writes some of the answers")
_FEW = Unknown("a few fixed recipients")


def on_whatsapp(bot: Bot) -> Iterator[Campaign]:
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
    if not any(block.kind in _ASSISTANTS or block.kind in REQUESTS for block in bot.blocks):
        draft.put(("automation", "ai"), None)
    draft.put(("messages",), [], at)
    for number, (text, place) in enumerate(_texts(bot)):
        draft.put(("messages", number, "kind"), "freeform", place)
        draft.put(("messages", number, "body"), readable(text), place)
        draft.put(("messages", number, "window"), "customer_service", at)
    yield draft.campaign("typebot", CARRIES)


def _texts(bot: Bot) -> Iterator[tuple[str, Pointer]]:
    """Yield the texts of the bubbles, each with the place of its content."""
    for block in bot.blocks:
        content = mapping(block.fields.get("content")) if block.kind == TEXT else {}
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


def email_of(bot: Bot, block: Block) -> Campaign:
    """Return the record of an e-mail that a bot sends."""
    options, at = block.options
    subject = text_of(options, "subject")
    name = label(bot.fields.get("name"), "typebot")
    draft = bot.draft(
        f"{name} › {label(subject[1] if subject else None, block.fields.get('id'), 'Email')}", block.named_at
    )
    draft.put(("channel",), "email", block.named_at)
    _put_recipients(draft, bot, options.get("recipients"), (*at, "recipients"))
    draft.put(("messages", 0, "kind"), "freeform", block.named_at)
    if subject is not None:
        draft.put(("messages", 0, "subject"), readable(subject[1]), (*at, subject[0]))
    body = text_of(options, "body")
    if body is not None:
        draft.put(("messages", 0, "body"), readable(body[1]), (*at, "body"))
    else:
        draft.put(("messages", 0, "body"), _IN_ANSWERS, at)
    return draft.campaign("typebot", CARRIES)


def _put_recipients(draft: Draft, bot: Bot, recipients: Any, at: Pointer) -> None:
    """Put whom an e-mail goes to: the visitor who typed the address, or addresses that the bot names."""
    texts = (
        [text for text in recipients if isinstance(text, str) and text.strip()] if isinstance(recipients, list) else []
    )
    variables = [name for text in texts for name in VARIABLE.findall(text)]
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


def _asked_for(bot: Bot) -> frozenset[str]:
    """Return the names of the variables that hold an address which the visitor typed."""
    asked = [block.options[0].get("variableId") for block in bot.blocks if block.kind == EMAIL_INPUT]
    known = frozenset(identifier for identifier in asked if isinstance(identifier, str))
    names = {
        variable["id"]: variable.get("name")
        for _, variable in mappings(bot.fields.get("variables"))
        if isinstance(variable.get("id"), str)
    }
    return frozenset(name for identifier in known if isinstance(name := names.get(identifier), str))
