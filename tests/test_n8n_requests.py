"""n8n HTTP nodes: bodies in fields, templates with parameters, services that tell channels by the body."""

from __future__ import annotations

from typing import Any

import pytest

from policylint.adapters.n8n.sends import UNREADABLE
from policylint.model.source import EXPRESSION, NOT_CARRIED
from tests.recordviews import placed, said
from tests.test_n8n import CLOUD_API, SCHEDULE, SHEET, Json, campaigns_of, flow, node, only, request, value, values


def pairs(url: str, **given: Any) -> Json:
    listed = [{"name": name, "value": one} for name, one in given.items()]
    return node("Ask", "httpRequest", url=url, method="POST", sendBody=True, bodyParameters={"parameters": listed})


def test_a_field_that_holds_the_whole_body_as_json_is_that_body() -> None:
    whole = '={"messaging_product": "whatsapp", "to": "{{$json.phone}}", "type": "text", "text": {"body": "Sale!"}}'
    campaign = only(SCHEDULE, SHEET, pairs("={{ $env.WHATSAPP_URL }}", JSON=whole), name="Offers")
    assert said(campaign) == {
        "campaign": "Offers › Ask",
        "name": "Offers",
        "channel": "whatsapp",
        "sender": {"provider": "meta", "product": "business_platform"},
        "direction": "push",
        "audience": {"selection": "list", "source": "google_sheets"},
        "schedule": {"recurrence": "daily"},
        "messages": [{"kind": "freeform", "body": "Sale!", "window": "none"}],
    }
    field = "nodes/2/parameters/bodyParameters/parameters/0/value"
    assert placed(campaign) == {
        "": "nodes/2/name",
        "audience.selection": "nodes/1/name",
        "audience.source": "nodes/1/name",
        "channel": "nodes/2/parameters/url",
        "direction": "nodes/0/name",
        "messages": "nodes/2/name",
        "messages.0.body": field,
        "messages.0.kind": field,
        "messages.0.window": "nodes/0/name",
        "name": "name",
        "schedule.recurrence": "nodes/0/parameters/rule/interval/0",
        "sender": "nodes/2/parameters/url",
        "sender.product": "nodes/2/parameters/url",
        "sender.provider": "nodes/2/parameters/url",
    }


@pytest.mark.parametrize("text", ['={"body": "{{ $json.text }}"}', {"body": "={{ $json.text }}"}])
def test_a_text_that_is_an_object_has_its_words_inside(text: object) -> None:
    send = pairs(CLOUD_API, messaging_product="whatsapp", to="={{ $json.phone }}", type="text", text=text)
    campaign = only(SCHEDULE, SHEET, send)
    assert values(campaign, "messages.0.kind", "messages.0.body", "audience.selection") == (
        *("freeform", EXPRESSION, "list"),
    )


def test_the_message_of_a_form_that_is_json_is_read() -> None:
    send = pairs(
        "https://api.gupshup.io/wa/api/v1/msg",
        channel="whatsapp",
        destination="={{ $json.phone }}",
        message='{"type": "text", "text": "Our sale begins"}',
    )
    campaign = only(SCHEDULE, SHEET, send)
    assert values(campaign, "sender.provider", "messages.0.kind", "messages.0.body", "audience.selection") == (
        *("gupshup", "freeform", "Our sale begins", "list"),
    )


TEMPLATE = (
    "const body = {messaging_product: 'whatsapp', to: p, type: 'template', template: {name: n, components: "
    "[{type: 'body', parameters: [{type: 'text', text: name}]}]}};"
)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (f"if (!p) {{ return [] }} {TEMPLATE} return [{{json: {{body}}}}]", "template"),
        (f"{TEMPLATE} return ok ? [{{json: {{body}}}}] : []", "template"),
        (f"{TEMPLATE} if (open) {{ body = {{type: 'text', text: {{body: t}}}} }} return body", UNREADABLE),
        ("return {messaging_product: 'whatsapp', type: 'text', text: {body: t}}", "freeform"),
    ],
)
def test_texts_that_are_parameters_make_no_template_doubtful(code: str, kind: object) -> None:
    make = node("Make", "code", jsCode=code)
    assert value(only(SCHEDULE, SHEET, make, request(CLOUD_API, "={{ $json.body }}")), "messages.0.kind") == kind


def test_a_question_in_the_text_of_a_parameter_makes_no_template_doubtful() -> None:
    body = (
        '={"messaging_product": "whatsapp", "to": "{{ $json.p }}", "type": "template", "template": '
        '{"name": "check_in", "language": {"code": "en"}, "components": '
        '[{"type": "body", "parameters": [{"type": "text", "text": "Well?"}]}]}}'
    )
    campaign = only(SCHEDULE, SHEET, request(CLOUD_API, body))
    assert values(campaign, "messages.0.kind", "messages.0.template.name", "messages.0.body") == (
        *("template", "check_in", None),
    )


@pytest.mark.parametrize(
    ("kind", "channel", "provider"), [("whatsapp", "whatsapp", "manychat"), ("instagram", "messenger", None)]
)
def test_manychat_tells_the_channel_in_the_body(kind: str, channel: str, provider: str | None) -> None:
    body = (
        '={"subscriber_id": "{{ $json.id }}", "data": {"version": "v2", "content": {"type": "%s", '
        '"messages": [{"type": "text", "text": "Are you still interested?"}]}}}'
    )
    campaign = only(SCHEDULE, SHEET, request("https://api.manychat.com/fb/sending/sendContent", body % kind))
    assert campaign.data["channel"] == channel
    assert value(campaign, "sender.provider") == provider or provider is None
    assert value(campaign, "messages.0.body") == "Are you still interested?"


@pytest.mark.parametrize(
    "url",
    [
        "=https://URL_OF_GOWA/send/message",
        "={{ $('Config').first().json.gowa_base_url }}/send/message",
        "=https://gowa.example.org/send/message",
    ],
)
def test_gowa_is_known_by_a_host_that_is_named_after_it(url: str) -> None:
    assert value(only(SCHEDULE, pairs(url, phone="={{ $json.p }}", message="x")), "sender.provider") == "gowa"
    assert campaigns_of(flow(SCHEDULE, pairs("https://algowallet.example/send/it", phone="1"))) == []


def test_what_the_model_of_an_agent_fills_in_is_no_address_and_no_text() -> None:
    agent = node("Agent", "@n8n/n8n-nodes-langchain.agent", text="Tell them")
    body = '={"number": "{phone}", "text": "{message}"}'
    tool = node(
        *("Tell", "@n8n/n8n-nodes-langchain.toolHttpRequest"),
        url="=https://evo.example.org/message/sendText/shop",
        method="POST",
        jsonBody=body,
    )
    data = flow(SCHEDULE, agent, tool, links="Every morning > Agent")
    data["connections"]["Tell"] = {"ai_tool": [[{"node": "Agent", "type": "ai_tool", "index": 0}]]}
    (campaign,) = campaigns_of(data)
    assert values(campaign, "sender.provider", "audience.selection", "messages.0.body") == (
        *("evolution-api", EXPRESSION, EXPRESSION),
    )


@pytest.mark.parametrize("kind", ["evolutionApiTool", "CUSTOM.evolutionApi", "CUSTOM.waha"])
def test_a_node_without_the_name_of_its_package_is_known_by_its_own(kind: str) -> None:
    send = {"name": "Do", "type": kind, "parameters": {"operation": "sendTextMessage", "phoneNumber": "1", "text": "x"}}
    provider = "waha" if "waha" in kind else "evolution-api"
    assert values(only(SCHEDULE, send), "sender.provider", "messages.0.kind") == (provider, "freeform")


@pytest.mark.parametrize(
    ("to", "channel"), [("={{ $json.phone }}", "sms"), ("=whatsapp:{{ $json.phone }}", "whatsapp")]
)
def test_an_expression_in_an_address_may_have_blanks(to: str, channel: str) -> None:
    url = "=https://api.twilio.com/2010-04-01/Accounts/{{ $env.TWILIO_SID }}/Messages.json"
    campaign = only(SCHEDULE, SHEET, pairs(url, To=to, Body="Our sale begins"))
    assert values(campaign, "channel", "sender.provider", "messages.0.body") == (channel, "twilio", "Our sale begins")
    page = only(SCHEDULE, pairs("=https://graph.facebook.com/v22.0/{{ $env.PAGE }}/messages", message="x"))
    assert page.data["channel"] == "messenger"


def test_the_kind_of_login_shows_that_graph_means_whatsapp() -> None:
    send = request(CLOUD_API, "={{ $json.body }}", nodeCredentialType="whatsAppApi")
    assert value(only(SCHEDULE, send), "sender.provider") == "meta"
    assert only(SCHEDULE, request(CLOUD_API, "={{ $json.body }}")).data["channel"] == "messenger"


LOCAL = "http://localhost:8080/wa/sendMessage"


@pytest.mark.parametrize(
    ("more", "provider"),
    [
        ({"name": "Evolution Send"}, "evolution-api"),
        ({"name": "Send (Z-API)"}, "z-api"),
        ({"name": "Baileys: send"}, None),
        ({"name": "Send", "credentials": {"httpHeaderAuth": {"id": "1", "name": "WAHA key"}}}, "waha"),
        ({"name": "Send", "credentials": {"httpHeaderAuth": "gowa login"}}, "gowa"),
        ({"name": "WhatsApp web lead: send"}, NOT_CARRIED),
        ({"name": "Twilio Send"}, NOT_CARRIED),
        ({"name": "Send the evolutionary history"}, NOT_CARRIED),
        ({"name": "Send", "credentials": {"httpHeaderAuth": None}}, NOT_CARRIED),
    ],
)
def test_the_author_names_the_client_behind_an_address_that_does_not(more: Json, provider: object) -> None:
    send = pairs(LOCAL, to="={{ $json.phone }}", message="Hello") | more
    campaign = only(SCHEDULE, SHEET, send)
    assert values(campaign, "channel", "sender.provider") == ("whatsapp", provider)


KEY = "={{ $env.EVOLUTION_API_KEY }}"


@pytest.mark.parametrize(
    "more",
    [
        {"headerParameters": {"parameters": [{"name": "x-api-key", "value": KEY}, "x", {"name": "y"}]}},
        {"headerParametersJson": '={"x-api-key": "{{$env.EVOLUTION_API_KEY}}"}'},
        {"jsonHeaders": '={"x-api-key": "{{$env.EVOLUTION_API_KEY}}"}'},
    ],
)
def test_the_key_in_a_header_shows_whose_server_it_is(more: Json) -> None:
    body = '={"to": "{{ $json.phone }}", "message": "Hello"}'
    campaign = only(SCHEDULE, SHEET, request("http://localhost:8080/deliver", body, **more), name="Offers")
    assert said(campaign) == {
        "campaign": "Offers › Ask",
        "name": "Offers",
        "channel": "whatsapp",
        "sender": {"provider": "evolution-api"},
        "direction": "push",
        "audience": {"selection": "list", "source": "google_sheets"},
        "schedule": {"recurrence": "daily"},
        "messages": [{"kind": "freeform", "body": "Hello", "window": "none"}],
    }
    chat = request("https://hooks.slack.com/services/x", '{"text": "Hello"}', **more)
    assert only(SCHEDULE, chat).data["channel"] == "push"
