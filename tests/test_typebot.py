"""Typebot: a bot is a WhatsApp record only where that is switched on; e-mails and gateways that it calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters.typebot import ADAPTER
from policylint.model.source import NOT_CARRIED, Unknown
from policylint.parse import parse
from policylint.record import ProviderTable
from tests.automations import facts, only, records
from tests.recordviews import placed, said

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
    assert (record["messages"][0]["subject"], record["messages"][0]["body"]) == ("Your bundle", "Here it is")
    assert campaign.place(("messages", 0, "subject")).pointer == ("groups", 0, "blocks", 1, "options", "subject")


def test_an_email_without_a_text_lists_the_answers() -> None:
    (campaign,) = campaigns(bot({"id": "e", "type": "Email"}))
    assert campaign.id == "Opening hours › e"
    assert campaign.data["messages"][0]["body"] == Unknown("the e-mail lists the answers of the chat")


def request(url: str, body: Any = "{}") -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"id": "r", "type": "Webhook", "options": {"webhook": {"method": "POST", "url": url, "body": text}}}


CHAT = "https://api.ultramsg.com/i/messages/chat"
WEB = "groups/0/blocks/0/options/webhook"


def test_a_request_to_a_gateway_is_a_whatsapp_message_and_any_other_none() -> None:
    blocks = [request(CHAT), request("https://example.org"), request("https://wa.me/49")]
    (campaign,) = records(ADAPTER, bot(*blocks))
    assert said(campaign) == {
        "campaign": "Opening hours › r",
        "name": "Opening hours",
        "channel": "whatsapp",
        "sender": {"provider": "ultramsg"},
        "direction": "? a variable says to whom it goes",
        "audience": {"selection": "? a variable says to whom it goes"},
        "automation": {"bot": True},
        "messages": [{"kind": "freeform", "window": "? a variable says to whom it goes"}],
    }
    assert placed(campaign)["sender.provider"] == f"{WEB}/url"


def test_a_request_that_says_to_whom_and_what_gives_both() -> None:
    campaign = only(ADAPTER, bot(request(CHAT, {"to": "4915112345678", "body": "New lead {{Name}}"})))
    assert said(campaign) == {
        "campaign": "Opening hours › r",
        "name": "Opening hours",
        "channel": "whatsapp",
        "sender": {"provider": "ultramsg"},
        "direction": "push",
        "audience": {"selection": "single_number"},
        "automation": {"bot": True},
        "messages": [{"kind": "freeform", "body": "New lead {{Name}}", "window": "none"}],
    }
    assert placed(campaign) == {
        "": "groups/0/blocks/0/type",
        "campaign": "groups/0/blocks/0/type",
        "name": "name",
        "channel": f"{WEB}/url",
        "sender": f"{WEB}/url",
        "sender.provider": f"{WEB}/url",
        "direction": f"{WEB}/body",
        "audience.selection": f"{WEB}/body",
        "messages": "groups/0/blocks/0/type",
        "messages.0.kind": f"{WEB}/body",
        "messages.0.body": f"{WEB}/body",
    }


def test_a_request_to_the_variable_that_evolution_fills_in_is_a_reply() -> None:
    asked = {"number": "{{remoteJid}}", "text": "Thank you"}
    campaign = only(ADAPTER, bot(request("{{serverUrl}}/message/sendText/{{instanceName}}", asked)))
    assert facts(campaign, "direction", "audience.selection", "sender.provider", "messages.0") == (
        "reply",
        "inbound_sender",
        "evolution-api",
        {"kind": "freeform", "body": "Thank you", "window": "customer_service"},
    )


def test_older_files_keep_the_request_in_the_block() -> None:
    old = {"id": "r", "type": "Webhook", "options": {}, "webhook": {"method": "POST", "url": CHAT, "body": "{}"}}
    campaign = only(ADAPTER, bot(old))
    assert campaign.data["channel"] == "whatsapp"
    assert placed(campaign)["channel"] == "groups/0/blocks/0/webhook/url"


def test_a_request_of_a_closed_bot_is_not_enabled() -> None:
    campaign = only(ADAPTER, bot(request(CHAT, {"to": "4915112345678", "body": "x"}), isClosed=True))
    assert (campaign.data["enabled"], placed(campaign)["enabled"]) == (False, "isClosed")


def variables(*names: str) -> list[dict[str, Any]]:
    return [{"id": f"v{index}", "name": name} for index, name in enumerate(names)]


def test_variables_of_evolution_tell_that_the_bot_answers_on_whatsapp() -> None:
    campaign = only(ADAPTER, bot(TEXT, variables=variables("Email", "remoteJid", "pushName")))
    assert said(campaign) == {
        "campaign": "Opening hours › on WhatsApp",
        "name": "Opening hours",
        "kind": "setup",
        "channel": "whatsapp",
        "sender": {"provider": "evolution-api"},
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "automation": {"bot": True},
    }
    assert set(placed(campaign).items()) >= {("sender.provider", "variables/1/name"), ("name", "name")}


@pytest.mark.parametrize("names", [("remoteJid",), ("pushName", "instanceName"), ("Email",)])
def test_one_variable_of_that_name_tells_nothing(names: tuple[str, ...]) -> None:
    assert records(ADAPTER, bot(TEXT, variables=variables(*names))) == []


def test_a_bot_that_is_on_whatsapp_already_has_one_record() -> None:
    (campaign,) = records(ADAPTER, bot(TEXT, settings=ON, variables=variables("remoteJid", "pushName")))
    assert campaign.id == "Opening hours"


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
