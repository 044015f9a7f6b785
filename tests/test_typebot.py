"""Typebot: a bot is a WhatsApp record only where that is switched on; e-mails and gateways that it calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters.typebot import ADAPTER
from policylint.model.source import NOT_CARRIED, Unknown
from policylint.parse import parse
from policylint.record import ProviderTable

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document

TABLE = ProviderTable(
    {
        "providers": {
            "ultramsg": {"route": "unofficial", "urls": [r"\bultramsg\.com\b"]},
            "click-to-chat": {"route": "link", "urls": [r"\bwa\.me/"]},
        }
    }
)
ON = {"whatsApp": {"isEnabled": True}}
TEXT = {
    "id": "t",
    "type": "text",
    "content": {
        "richText": [
            {"type": "p", "children": [{"text": "Hello "}, {"bold": True, "text": "{{Name}}"}]},
            {"type": "p", "children": [{"type": "a", "children": [{"text": "our shop"}]}]},
        ]
    },
}


def document(data: Any) -> Document:
    (found,) = parse("bot.json", json.dumps(data, indent=1).encode()).documents
    return found


def campaigns(data: Any) -> list[Campaign]:
    found = document(data)
    assert ADAPTER.recognises(found)
    return list(ADAPTER.adapt(found, TABLE).campaigns)


def bot(*blocks: dict[str, Any], settings: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "version": "6.1",
        "name": "Opening hours",
        "groups": [{"id": "g", "title": "Hello", "blocks": list(blocks)}],
        "edges": [],
        "variables": [{"id": "v1", "name": "Email"}, {"id": "v2", "name": "Owner"}],
        "settings": settings or {},
        **fields,
    }


def test_a_bot_on_a_web_page_sends_nothing() -> None:
    assert campaigns(bot(TEXT)) == []
    assert campaigns(bot(TEXT, settings={"whatsApp": {"isEnabled": False}})) == []
    assert campaigns(bot(TEXT, whatsAppCredentialsId="c")) == []


def test_a_bot_on_whatsapp_answers_with_its_texts() -> None:
    old = {"type": "text", "content": {"html": "<div>Bye</div>", "plainText": "Bye"}}
    (campaign,) = campaigns(bot(TEXT, {"type": "choice input"}, old, settings=ON))
    record = campaign.data
    assert (campaign.id, record["channel"], record["direction"]) == ("Opening hours", "whatsapp", "reply")
    assert record["audience"]["selection"] == "inbound_sender"
    assert record["sender"]["product"] == "business_platform"
    assert record["automation"]["bot"] is True
    assert record["automation"]["ai"] is None
    assert record["automation"]["escalation"] == NOT_CARRIED
    assert [(one["kind"], one["window"], one["body"]) for one in record["messages"]] == [
        ("freeform", "customer_service", "Hello {{Name}}\nour shop"),
        ("freeform", "customer_service", "Bye"),
    ]
    assert campaign.place(("channel",)).pointer == ("settings", "whatsApp", "isEnabled")
    assert campaign.place(("messages", 1, "body")).pointer == ("groups", 0, "blocks", 2, "content")


def test_a_desk_is_a_way_to_a_person_and_an_assistant_leaves_the_ai_open() -> None:
    (campaign,) = campaigns(bot({"type": "Chatwoot"}, {"type": "openai"}, settings=ON))
    assert campaign.data["automation"]["escalation"] == ["in_chat_agent"]
    assert campaign.data["automation"]["ai"] == NOT_CARRIED


def test_a_closed_bot_is_not_enabled_and_the_api_wraps_bots() -> None:
    (campaign,) = campaigns({"typebot": bot(TEXT, settings=ON, isClosed=True)})
    assert (campaign.data["enabled"], campaign.place(("enabled",)).pointer) == (False, ("typebot", "isClosed"))


ASKS = {"type": "email input", "options": {"variableId": "v1"}}


@pytest.mark.parametrize(
    ("recipients", "direction", "selection"),
    [
        (["{{Email}}"], "reply", "inbound_sender"),
        (["{{ Email }}", "office@example.org"], "reply", "inbound_sender"),
        (["office@example.org"], "push", "single_number"),
        (["a@example.org", "b@example.org"], "push", Unknown("a few fixed recipients")),
        (["{{Owner}}"], *[Unknown("a variable that the bot does not ask for")] * 2),
        ([], NOT_CARRIED, NOT_CARRIED),
        ("{{Email}}", NOT_CARRIED, NOT_CARRIED),
    ],
)
def test_an_email_goes_to_the_visitor_or_to_fixed_addresses(
    recipients: Any, direction: object, selection: object
) -> None:
    options = {"recipients": recipients, "subject": "Your bundle", "isCustomBody": True, "body": "Here it is"}
    (campaign,) = campaigns(bot(ASKS, {"id": "e", "type": "Email", "options": options}))
    record = campaign.data
    assert (campaign.id, record["channel"]) == ("Opening hours › Your bundle", "email")
    assert (record["direction"], record["audience"]["selection"]) == (direction, selection)
    assert record["messages"][0]["body"] == "Here it is"


def test_an_email_without_a_text_lists_the_answers() -> None:
    (campaign,) = campaigns(bot({"id": "e", "type": "Email"}))
    assert campaign.id == "Opening hours › e"
    assert campaign.data["messages"][0]["body"] == Unknown("the e-mail lists the answers of the chat")


def request(url: str) -> dict[str, Any]:
    return {"id": "r", "type": "Webhook", "options": {"webhook": {"method": "POST", "url": url, "body": "{}"}}}


def test_a_request_to_a_gateway_is_a_whatsapp_message_and_any_other_none() -> None:
    blocks = [request(f"https://{host}") for host in ("api.ultramsg.com/i/messages/chat", "example.org", "wa.me/49")]
    (campaign,) = campaigns(bot(*blocks))
    assert (campaign.id, campaign.data["channel"]) == ("Opening hours › r", "whatsapp")
    assert campaign.data["sender"]["provider"] == "ultramsg"
    assert campaign.place(("sender", "provider")).pointer == ("groups", 0, "blocks", 0, "options", "webhook", "url")
    assert campaign.data["messages"][0]["kind"] == Unknown("the body of the request is not read")


def test_a_request_that_only_asks_a_gateway_is_a_setup() -> None:
    (campaign,) = campaigns(bot(request("https://api.ultramsg.com/i/contacts")))
    assert (campaign.data["kind"], campaign.data["messages"]) == ("setup", None)


@pytest.mark.parametrize(
    "data",
    [
        {"groups": [{"blocks": []}], "edges": []},
        {"groups": [{"name": "a"}], "edges": [], "variables": []},
        {"groups": {}, "edges": [], "variables": []},
        {"nodes": [], "edges": [], "variables": []},
        {"blocks": [], "edges": [], "events": []},
        [bot()],
        {"typebot": "bot"},
        None,
    ],
)
def test_other_files_are_no_bots(data: Any) -> None:
    assert not ADAPTER.recognises(document(data))
