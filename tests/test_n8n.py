"""n8n workflows: what is recognised, which record each node makes, and where every value stands."""

from __future__ import annotations

import importlib.util
import json
import random
import time
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint import resources
from policylint.adapters.n8n import ADAPTER
from policylint.adapters.n8n import flow as flows
from policylint.model.source import EXPRESSION, NOT_CARRIED, Document, Pointer, Unknown
from policylint.parse import parse
from policylint.record import ProviderTable, record_schema

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

Json = dict[str, Any]


@cache
def table() -> ProviderTable:
    path = resources.rules_folder() / "whatsapp" / "providers.yaml"
    return ProviderTable(parse("providers.yaml", path.read_bytes()).documents[0].data)


def node(name: str, kind: str, **parameters: Any) -> Json:
    package = "" if "." in kind else "n8n-nodes-base."
    return {"name": name, "type": f"{package}{kind}", "parameters": parameters}


def flow(*nodes: Json, links: str = "", name: str = "Shop") -> Json:
    """Return a workflow; ``links`` are chains such as ``A > B > C; D > C``, without it the nodes are one chain."""
    chains = [chain.split(" > ") for chain in links.split("; ")] if links else [[one["name"] for one in nodes]]
    connections: Json = {}
    for chain in chains:
        for start, end in pairwise(chain):
            outputs = connections.setdefault(start, {"main": [[]]})["main"]
            outputs[0].append({"node": end, "type": "main", "index": 0})
    return {"name": name, "nodes": list(nodes), "connections": connections, "active": False}


def document_of(data: Any) -> Document:
    return parse("workflow.json", json.dumps(data, indent=2, ensure_ascii=False).encode()).documents[0]


def campaigns_of(data: Any) -> list[Campaign]:
    document = document_of(data)
    assert ADAPTER.recognises(document)
    adapted = ADAPTER.adapt(document, table())
    assert adapted.problems == ()
    return list(adapted.campaigns)


def only(*nodes: Json, links: str = "", name: str = "Shop") -> Campaign:
    campaigns = campaigns_of(flow(*nodes, links=links, name=name))
    assert len(campaigns) == 1
    return campaigns[0]


def value(campaign: Campaign, path: str) -> Any:
    found: Any = campaign.data
    for step in path.split("."):
        if found is None or isinstance(found, Unknown):
            return found
        found = found[int(step)] if isinstance(found, list) else found.get(step)
    return found


def values(campaign: Campaign, *paths: str) -> tuple[Any, ...]:
    return tuple(value(campaign, path) for path in paths)


def written(campaign: Campaign, *path: str | int) -> str:
    region = campaign.place(path).region()
    return campaign.document.text[region.start.offset : region.end.offset]


SCHEDULE = node("Every morning", "scheduleTrigger", rule={"interval": [{"triggerAtHour": 9}]})
SHEET = node(
    "Customers", "googleSheets", documentId={"__rl": True, "value": "d1"}, sheetName={"__rl": True, "value": 0}
)
LOOP = node("Loop", "splitInBatches", options={})
INBOUND = node("WhatsApp Trigger", "whatsAppTrigger", updates=["messages"])
HOOK = node("Hook", "webhook", path="order", httpMethod="POST")


def free_text(to: str = "={{ $json.phone }}", text: str = "Good morning") -> Json:
    return node("Send", "whatsApp", operation="send", recipientPhoneNumber=to, textBody=text)


def request(url: str, body: str | None = None, name: str = "Ask", **more: Any) -> Json:
    sent = {} if body is None else {"method": "POST", "sendBody": True, "specifyBody": "json", "jsonBody": body}
    return node(name, "httpRequest", url=url, **sent, **more)


# --- recognition ---


@pytest.mark.parametrize(
    "wrap",
    [
        *("root", "list", "workflow", "workflow.workflow", "data", "data list", "workflows", "source control"),
        *("export", "gallery"),
    ],
)
def test_workflows_are_recognised_however_they_are_wrapped(wrap: str) -> None:
    one = flow(SCHEDULE, SHEET, free_text())
    shapes: dict[str, tuple[Any, Pointer]] = {
        "root": (one, ()),
        "list": ([one], (0,)),
        "workflow": ({"id": 1, "workflow": one}, ("workflow",)),
        "workflow.workflow": (
            {"workflow": {"nodes": [{"displayName": "WhatsApp"}], "workflow": one}},
            ("workflow", "workflow"),
        ),
        "data": ({"data": one}, ("data",)),
        "data list": ({"data": [one], "nextCursor": None}, ("data", 0)),
        "workflows": ({"workflows": [one]}, ("workflows", 0)),
        "source control": ({"id": "w1", **one, "versionId": "1", "owner": {"type": "team"}, "isArchived": False}, ()),
        "export": ({"workflow_json": one, "description": "x"}, ("workflow_json",)),
        "gallery": (
            {"data": {"id": 1, "attributes": {"name": "Shop", "workflow": one}}},
            ("data", "attributes", "workflow"),
        ),
    }
    data, pointer = shapes[wrap]
    campaign = campaigns_of(data)[0]
    assert campaign.id == "Shop › Send"
    assert campaign.places[()].pointer == (*pointer, "nodes", 2, "name")


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        "nodes",
        None,
        {"nodes": [], "connections": {}},
        {"nodes": [], "connections": {}, "settings": {}},
        {"nodes": [], "connections": {"a": {}}, "settings": {}, "active": False},
        {"nodes": [{"type": "message"}], "connections": {}},
        {"nodes": [{"type": "n8n-nodes-base.whatsApp"}]},
        {"nodes": [{"type": "n8n-nodes-base.whatsApp"}], "connections": []},
        {"nodes": {"a": {"type": "x.y"}}, "connections": {}},
        {"nodes": [{"uuid": "1", "actions": []}], "spec_version": "13"},
        [{"id": "1", "type": "inject", "wires": [[]]}] * 5,
        {"workflow": {"workflow": {"workflow": {"workflow": {"workflow": flow(SCHEDULE)}}}}},
    ],
)
def test_other_documents_are_left_alone(data: Any) -> None:
    assert not ADAPTER.recognises(document_of(data))


def test_a_workflow_that_sends_nothing_makes_no_record() -> None:
    assert campaigns_of(flow(SCHEDULE, SHEET)) == []


def test_a_workflow_that_is_still_empty_is_one_too() -> None:
    assert (
        campaigns_of({"id": "x", "name": "New", "nodes": [], "connections": {}, "active": False, "settings": {}}) == []
    )


def test_an_archived_workflow_is_not_enabled() -> None:
    data = {**flow(SCHEDULE, SHEET, free_text()), "isArchived": True}
    (campaign,) = campaigns_of(data)
    assert value(campaign, "enabled") is False
    assert written(campaign, "enabled") == "true"
    assert "enabled" not in campaigns_of({**data, "isArchived": False})[0].data


# --- the WhatsApp Business node ---


def test_a_free_form_run_over_a_sheet_is_a_push_to_a_list_outside_any_window() -> None:
    campaign = only(SCHEDULE, SHEET, free_text())
    assert campaign.format == "n8n"
    assert values(
        campaign,
        *("campaign", "name", "channel", "direction", "sender.provider", "sender.product", "audience.selection"),
        *("audience.source", "schedule.recurrence", "messages.0.kind", "messages.0.window", "messages.0.body"),
    ) == (
        *("Shop › Send", "Shop", "whatsapp", "push", "meta", "business_platform", "list"),
        *("google_sheets", "daily", "freeform", "none", "Good morning"),
    )
    assert value(campaign, "messages.0.template") is None
    assert values(campaign, "consent.obtained", "purpose", "opt_out", "sender.route", "sender.integration") == (
        *(NOT_CARRIED, NOT_CARRIED, NOT_CARRIED, NOT_CARRIED, NOT_CARRIED),
    )
    assert "enabled" not in campaign.data


def test_places_point_to_what_shows_each_value() -> None:
    campaign = only(SCHEDULE, SHEET, free_text(text="=Good morning {{ $json.name }}"))
    assert written(campaign) == "Send"
    assert written(campaign, "consent", "obtained") == "Send"
    assert written(campaign, "messages", 0, "kind") == "send"
    assert written(campaign, "messages", 0, "body") == "Good morning {{ $json.name }}"
    assert written(campaign, "messages", 0, "category") == "Send"
    assert written(campaign, "sender", "provider") == "n8n-nodes-base.whatsApp"
    assert written(campaign, "audience", "selection") == "Customers"
    assert written(campaign, "direction") == "Every morning"
    assert written(campaign, "name") == "Shop"
    assert campaign.place(("schedule", "recurrence")).pointer == ("nodes", 0, "parameters", "rule", "interval", 0)


def test_an_operation_left_out_sends_a_template() -> None:
    send = node("Send", "whatsApp", template="order_shipped|pt_BR", recipientPhoneNumber="={{ $json.phone }}")
    campaign = only(node("New row", "googleSheetsTrigger", event="rowAdded"), send)
    assert values(
        campaign, "messages.0.kind", "messages.0.template.name", "messages.0.language", "messages.0.body"
    ) == ("template", "order_shipped", "pt_BR", None)
    assert values(campaign, "messages.0.template.status", "messages.0.category") == (NOT_CARRIED, NOT_CARRIED)
    assert written(campaign, "messages", 0, "template", "name") == "order_shipped"
    assert written(campaign, "messages", 0, "language") == "pt_BR"
    assert value(campaign, "audience.selection") == "event"


def test_a_node_that_asks_a_person_for_approval_sends_free_text_whatever_its_operation() -> None:
    agent = node("Agent", "@n8n/n8n-nodes-langchain.agent", text="Hi")
    ask = node("Ask", "whatsAppHitlTool", recipientPhoneNumber="+49 170 1234567", message="May I?")
    mail = node("Mail", "gmailHitlTool", sendTo="me@example.org", message="May I?")
    data = flow(SCHEDULE, agent, ask, mail, links="Every morning > Agent")
    data["connections"] |= {name: {"ai_tool": [[{"node": "Agent", "type": "ai_tool"}]]} for name in ("Ask", "Mail")}
    paths = ("channel", "direction", "audience.selection", "messages.0.kind", "messages.0.body")
    assert [values(campaign, *paths) for campaign in campaigns_of(data)] == [
        ("whatsapp", "push", "single_number", "freeform", "May I?"),
        ("email", "push", "single_number", "freeform", "May I?"),
    ]


def test_a_template_chosen_by_an_expression_is_unknown() -> None:
    campaign = only(SCHEDULE, node("Send", "whatsApp", template="={{ $json.template }}"))
    assert values(campaign, "messages.0.kind", "messages.0.template.name") == ("template", EXPRESSION)


def test_stripped_parameters_say_nothing_about_the_message() -> None:
    campaign = only(SCHEDULE, SHEET, node("Send", "whatsApp"))
    assert all(
        isinstance(value(campaign, path), Unknown)
        for path in ("messages.0.kind", "messages.0.template", "messages.0.body", "audience.selection")
    )
    assert campaign.notes == ("the parameters of the node were taken out of the export",)


def test_media_operations_disabled_nodes_and_notes_send_nothing() -> None:
    fetched = node("Get", "whatsApp", resource="media", operation="mediaUrlGet", mediaGetId="1")
    disabled = {**free_text(), "disabled": True}
    note = node("Note", "stickyNote", content="POST https://api.ultramsg.com/i/messages/chat with @c.us")
    assert campaigns_of(flow(INBOUND, fetched, disabled, note)) == []


# --- direction ---


def test_an_answer_to_the_trigger_is_a_reply_inside_the_window() -> None:
    campaign = only(INBOUND, node("Agent", "@n8n/n8n-nodes-langchain.agent"), free_text("={{ $json.sender }}"))
    assert values(campaign, "direction", "audience.selection", "messages.0.window", "automation.bot") == (
        *("reply", "inbound_sender", "customer_service", True),
    )
    assert written(campaign, "direction") == "WhatsApp Trigger"


@pytest.mark.parametrize(
    "recipient",
    [
        "={{ $('WhatsApp Trigger').item.json.contacts[0].wa_id }}",
        '={{ $node["WhatsApp Trigger"].json.from }}',
        "={{ $json.messages[0].from }}",
        "={{ $json.body.entry[0].changes[0].value.messages[0].from }}",
    ],
)
def test_a_recipient_taken_from_the_inbound_message_is_a_reply_even_without_connections(recipient: str) -> None:
    data = {**flow(INBOUND, free_text(recipient)), "connections": {}}
    campaign = campaigns_of(data)[0]
    assert values(campaign, "direction", "messages.0.window") == ("reply", "customer_service")


@pytest.mark.parametrize(
    "reading",
    [
        "={{ $json.body.entry[0].changes[0].value.messages[0].text.body }}",
        "={{ $json.body.data.key.remoteJid }}",
        "={{ $json.body.entry?.[0]?.changes?.[0]?.value }}",
        "={{ $json.body.From }}",
        "={{ $json.body.payload.from }}",
    ],
)
def test_a_webhook_whose_fields_are_those_of_an_inbound_message_makes_a_reply(reading: str) -> None:
    fields = node("Fields", "set", assignments={"assignments": [{"name": "who", "value": reading}]})
    assert value(only(HOOK, fields, free_text("={{ $json.who }}")), "direction") == "reply"


def test_a_fixed_number_beside_an_answer_is_somebody_elses_and_a_gap_to_fill_in_is_an_answer() -> None:
    alert = {**free_text("4917000000"), "name": "Alert"}
    alone = only(INBOUND, alert)
    assert values(alone, "direction", "audience.selection") == (flows.PERHAPS_THEIRS, "single_number")
    beside = campaigns_of(flow(INBOUND, free_text("={{ $json.sender }}"), alert))
    assert [values(one, "direction", "audience.selection") for one in beside] == [
        ("reply", "inbound_sender"),
        ("push", "single_number"),
    ]
    assert value(only(INBOUND, free_text("<your test number>")), "direction") == "reply"


def test_a_webhook_with_a_chat_memory_behind_it_makes_a_reply() -> None:
    data = flow(HOOK, node("Agent", "@n8n/n8n-nodes-langchain.agent"), free_text("={{ $json.to }}"))
    data["nodes"].append(node("Memory", "@n8n/n8n-nodes-langchain.memoryBufferWindow"))
    data["connections"]["Memory"] = {"ai_memory": [[{"node": "Agent", "type": "ai_memory", "index": 0}]]}
    assert value(campaigns_of(data)[0], "direction") == "reply"


@pytest.mark.parametrize("trigger", ["formTrigger", "manualTrigger", "wooCommerceTrigger", "errorTrigger", "cron"])
def test_other_triggers_make_a_push_outside_the_window(trigger: str) -> None:
    campaign = only(node("Start", trigger), free_text())
    assert values(campaign, "direction", "messages.0.window") == ("push", "none")


def test_a_plain_webhook_makes_a_push_and_one_named_after_messages_is_open() -> None:
    assert value(only(HOOK, free_text()), "direction") == "push"
    named = node("WhatsApp in", "webhook", path="wa")
    assert isinstance(value(only(named, free_text()), "direction"), Unknown)


def test_a_workflow_started_by_another_is_open_unless_its_recipient_is_fixed() -> None:
    start = node("Start", "executeWorkflowTrigger")
    assert isinstance(value(only(start, free_text()), "direction"), Unknown)
    campaign = only(start, free_text("+49 170 0000000"))
    assert values(campaign, "direction", "audience.selection", "messages.0.window") == ("push", "single_number", "none")


def test_a_send_that_no_trigger_reaches_has_unknown_direction_not_push() -> None:
    data = flow(SCHEDULE, SHEET, free_text(), links="Every morning > Customers; Customers > Renamed send")
    campaign = campaigns_of(data)[0]
    assert all(isinstance(value(campaign, path), Unknown) for path in ("direction", "schedule.recurrence"))
    disabled = {**SCHEDULE, "disabled": True}
    assert isinstance(value(only(disabled, SHEET, free_text()), "direction"), Unknown)


def test_an_inbound_trigger_of_another_channel_makes_no_reply() -> None:
    campaign = only(node("Chat", "telegramTrigger"), free_text("={{ $json.number }}"))
    assert value(campaign, "direction") == "push"


def test_a_table_that_an_inbound_branch_fills_leaves_the_direction_open() -> None:
    store = node("Store", "googleSheets", **SHEET["parameters"], operation="append")
    links = "WhatsApp Trigger > Store; Every morning > Customers > Send"
    campaign = campaigns_of(flow(INBOUND, store, SCHEDULE, SHEET, free_text(), links=links))[0]
    assert isinstance(value(campaign, "direction"), Unknown)
    elsewhere = {**store, "parameters": {**store["parameters"], "documentId": {"__rl": True, "value": "d2"}}}
    campaign = campaigns_of(flow(INBOUND, elsewhere, SCHEDULE, SHEET, free_text(), links=links))[0]
    assert value(campaign, "direction") == "push"


def test_a_command_that_starts_a_run_over_a_table_is_not_taken_for_a_reply() -> None:
    assert isinstance(value(only(INBOUND, SHEET, LOOP, free_text()), "direction"), Unknown)


def test_other_workflows_that_are_called_on_the_way_are_noted() -> None:
    choose = node("Choose", "executeWorkflow", workflowId={"__rl": True, "value": "w2"})
    after = node("After", "executeWorkflow", workflowId="w3")
    assert only(SCHEDULE, choose, free_text(), after).notes == ("'Choose' calls another workflow, which was not read",)
    agent, tool = (
        node("Agent", "@n8n/n8n-nodes-langchain.agent", text="x"),
        node("Crm", "toolWorkflow", workflowId="w4"),
    )
    data = flow(SCHEDULE, agent, free_text(), tool, links="Every morning > Agent > Send")
    data["connections"]["Crm"] = {"ai_tool": [[{"node": "Agent", "type": "ai_tool"}]]}
    (campaign,) = campaigns_of(data)
    assert campaign.notes == ("'Agent' calls another workflow, which was not read",)


def test_connections_by_id_are_followed() -> None:
    data = flow(INBOUND, free_text("={{ $json.x }}"), links="t > s")
    data["nodes"][0]["id"], data["nodes"][1]["id"] = "t", "s"
    assert value(campaigns_of(data)[0], "direction") == "reply"


def test_a_tool_of_an_agent_stands_downstream_of_the_agent() -> None:
    tool = node("Tell", "whatsAppTool", operation="send", recipientPhoneNumber="={{ $fromAI('to') }}", textBody="x")
    data = flow(INBOUND, node("Agent", "@n8n/n8n-nodes-langchain.agent"))
    data["nodes"].append(tool)
    data["connections"]["Tell"] = {"ai_tool": [[{"node": "Agent", "type": "ai_tool", "index": 0}]]}
    assert value(campaigns_of(data)[0], "direction") == "reply"


# --- audience ---


@pytest.mark.parametrize(
    ("recipient", "selection", "size"),
    [
        ("4917000000", "single_number", NOT_CARRIED),
        ("=+4917000000", "single_number", NOT_CARRIED),
        ("={{ '4917000000' }}", "single_number", NOT_CARRIED),
        ("={{ $env.OWNER_PHONE }}", "single_number", NOT_CARRIED),
        ("={{ $env.OWNER_PHONE || '4917000000' }}", "single_number", NOT_CARRIED),
        ("={{ $json.phone || $env.OWNER_PHONE }}", "list", NOT_CARRIED),
        ("!! insert your number !!", "single_number", NOT_CARRIED),
        ("4917000000, 4917000001", Unknown("a few fixed recipients"), 2),
        ("={{ $json.phone }}", "list", NOT_CARRIED),
        ("120363000000@g.us", "group_chat", NOT_CARRIED),
    ],
)
def test_selection_follows_the_recipient(recipient: str, selection: object, size: object) -> None:
    campaign = only(SCHEDULE, SHEET, free_text(recipient))
    assert values(campaign, "audience.selection", "audience.size") == (selection, size)


def test_a_recipient_from_a_set_node_is_as_fixed_as_its_value() -> None:
    def settings(number: str) -> Json:
        return node("Settings", "set", assignments={"assignments": [{"name": "owner", "value": number}]})

    for recipient in ("={{ $json.owner }}", "={{ $('Settings').item.json.owner }}"):
        campaign = only(SCHEDULE, SHEET, settings("4917000000"), free_text(recipient))
        assert value(campaign, "audience.selection") == "single_number"
        campaign = only(SCHEDULE, SHEET, settings("={{ $json.phone }}"), free_text(recipient))
        assert value(campaign, "audience.selection") == "list"


@pytest.mark.parametrize(
    ("start", "rows", "selection"),
    [
        (SCHEDULE, node("Rows", "postgres", operation="executeQuery", query="SELECT * FROM c WHERE due"), "list"),
        (HOOK, node("Rows", "postgres", operation="executeQuery", query="SELECT * FROM c WHERE id = 1"), EXPRESSION),
        (HOOK, node("Rows", "airtable", operation="search"), "list"),
        (HOOK, node("Rows", "googleSheets", operation="append"), EXPRESSION),
        (HOOK, node("Rows", "googleSheets", filtersUI={"values": [{"lookupColumn": "Id"}]}), EXPRESSION),
        (SCHEDULE, node("Rows", "httpRequest", url="https://crm.example.org/contacts"), "list"),
        (HOOK, node("Rows", "httpRequest", url="https://crm.example.org/contacts/1"), EXPRESSION),
        (HOOK, LOOP, "list"),
        (HOOK, node("Rows", "extractFromFile", operation="xlsx"), "list"),
        (HOOK, node("Rows", "extractFromFile", operation="binaryToPropery"), EXPRESSION),
        (HOOK, node("Rows", "googleCalendar", operation="getAll"), EXPRESSION),  # the free hours of a calendar
        (node("Row", "googleSheetsTrigger", event="rowAdded"), node("Any", "noOp"), "event"),
        (
            node("Row", "airtableTrigger", triggerField="Status"),
            node(
                "Ready", "filter", conditions={"conditions": [{"leftValue": "={{ $json.s }}", "rightValue": "To send"}]}
            ),
            "list",
        ),
    ],
)
def test_a_run_over_rows_is_a_list_and_a_lookup_is_not(start: Json, rows: Json, selection: object) -> None:
    assert value(only(start, rows, free_text()), "audience.selection") == selection


def test_the_nearest_source_names_where_numbers_come_from() -> None:
    assert value(only(node("Form", "formTrigger"), free_text()), "audience.source") == "web_form"
    scraped = node("Places", "httpRequest", url="https://api.apify.com/v2/acts/google-maps-scraper/run-sync")
    assert value(only(SCHEDULE, scraped, free_text()), "audience.source") == "scraped"
    assert value(only(SCHEDULE, scraped, SHEET, free_text()), "audience.source") == "google_sheets"


def test_filters_for_consent_and_opt_outs_are_evidence() -> None:
    agreed = node("Agreed?", "filter", conditions={"conditions": [{"leftValue": "={{ $json.consent }}"}]})
    left_out = node("Not unsubscribed", "if", conditions={})
    campaign = only(SCHEDULE, SHEET, agreed, left_out, free_text())
    assert values(campaign, "consent.evidence", "audience.suppression_lists", "consent.obtained") == (
        *("Agreed?", ["Not unsubscribed"], NOT_CARRIED),
    )


# --- requests ---

CLOUD_API = "https://graph.facebook.com/v20.0/1/messages"


def test_a_template_of_the_cloud_api_is_read_from_a_body_that_is_no_json() -> None:
    body = (
        '={\n  "messaging_product": "whatsapp",\n  "to": "{{ $json["phone"] }}",\n  "type": "template",\n  "template": '
        '{"name": "spring_sale", "language": {"code": "de"}, "components": [{"type": "body", "parameters": '
        '[{"type": "text", "text": "{{ $json.name }}"}]}]}\n}'
    )
    campaign = only(SCHEDULE, SHEET, request(CLOUD_API, body))
    assert values(
        campaign,
        *("sender.provider", "sender.product", "direction", "audience.selection"),
        *("messages.0.kind", "messages.0.template.name", "messages.0.language", "messages.0.body"),
    ) == (*("meta", "business_platform", "push", "list"), *("template", "spring_sale", "de", None))
    place = campaign.place(("messages", 0, "template", "name"))
    assert place.pointer == ("nodes", 2, "parameters", "jsonBody")
    assert place.span is not None
    assert body[slice(*place.span)] == "spring_sale"


def test_free_form_text_of_the_cloud_api_is_read_with_its_place() -> None:
    body = (
        '={"messaging_product": "whatsapp", "to": "49170", "type": "text", "text": {"body": "Hi\\n{{ $json.name }}"}}'
    )
    campaign = only(SCHEDULE, request(CLOUD_API, body))
    assert values(campaign, "messages.0.kind", "messages.0.body", "audience.selection") == (
        *("freeform", "Hi\n{{ $json.name }}", "single_number"),
    )
    spans = [campaign.place(("messages", 0, field)).span for field in ("kind", "body")]
    assert [body[slice(*span)] for span in spans if span] == ['"type": "text', "Hi\\n{{ $json.name }}"]


def test_name_and_value_pairs_are_read_like_a_body() -> None:
    pairs = [
        {"name": "messaging_product", "value": "whatsapp"},
        {"name": "to", "value": "={{ $json.phone }}"},
        {"name": "text", "value": "Hello"},
    ]
    more = {"method": "POST", "sendBody": True, "bodyParameters": {"parameters": pairs}}
    campaign = only(SCHEDULE, SHEET, node("Ask", "httpRequest", url=CLOUD_API, **more))
    assert values(campaign, "sender.provider", "messages.0.kind", "messages.0.body") == ("meta", "freeform", "Hello")
    assert written(campaign, "messages", 0, "body") == '"Hello"'


def test_a_body_made_in_a_code_node_is_judged_by_that_code() -> None:
    code = node("Build", "code", jsCode='return {b: {messaging_product: "whatsapp", type: "template", to: x}}')
    campaign = only(SCHEDULE, SHEET, code, request(CLOUD_API, "={{ $json.b }}"))
    assert values(campaign, "sender.provider", "messages.0.kind", "audience.selection") == ("meta", "template", "list")
    messenger = only(SCHEDULE, node("Build", "code", jsCode="return {b: 1}"), request(CLOUD_API, "={{ $json.b }}"))
    assert messenger.data["channel"] == "messenger"


def test_what_is_no_message_of_the_cloud_api_makes_no_record() -> None:
    receipt = '={"messaging_product": "whatsapp", "status": "read", "message_id": "{{ $json.id }}"}'
    upload = request("https://graph.facebook.com/v20.0/1/media", '={"messaging_product": "whatsapp"}', name="Upload")
    templates = request("https://graph.facebook.com/v20.0/1/message_templates", name="Templates")
    assert campaigns_of(flow(INBOUND, request(CLOUD_API, receipt), upload, templates)) == []


@pytest.mark.parametrize(
    ("url", "body", "provider", "route"),
    [
        (
            "=https://evo.example.org/message/sendText/shop",
            '{"number": "1", "text": "x"}',
            "evolution-api",
            "unofficial",
        ),
        ("={{ $env.EVOLUTION_BASE_URL }}/x", '{"number": "1", "text": "x"}', "evolution-api", "unofficial"),
        ("={{ $json.host + '/message/sendMedia/' + $json.i }}", '{"number": "1"}', "evolution-api", "unofficial"),
        ("https://app.rapiwa.com/api/send-message", '{"number": "1", "message": "x"}', "rapiwa", "unofficial"),
        ("https://api.ultramsg.com/i1/messages/chat?token=t", '{"to": "1", "body": "x"}', "ultramsg", "unofficial"),
        ("https://gate.whapi.cloud/messages/text", '{"to": "1", "body": "x"}', "whapi", "unofficial"),
        ("https://free.uazapi.com/send/text", '{"number": "1", "text": "x"}', "uazapi", "unofficial"),
        ("https://api.z-api.io/instances/1/token/2/send-text", '{"phone": "1", "message": "x"}', "z-api", "unofficial"),
        ("http://waha:3000/api/sendText", '{"session": "a", "chatId": "1@c.us", "text": "x"}', "waha", "unofficial"),
        ("={{ $json.base }}/send", '{"chatId": "{{ $json.n }}@c.us", "text": "x"}', "unnamed-gateway", "unofficial"),
        ("https://whin2.p.rapidapi.com/send", '{"text": "x"}', "whin", "relay"),
        ("https://api.whatsapp.com/send", '{"phone": "1", "text": "x"}', "click-to-chat", "link"),
        ("https://api.kapso.ai/meta/whatsapp/v24.0/1/messages", '{"messaging_product": "whatsapp"}', "kapso", "bsp"),
        ("https://server.gallabox.com/devapi/messages/whatsapp", '{"phone": "1"}', "gallabox", "bsp"),
        ("https://waba-v2.360dialog.io/messages", '{"messaging_product": "whatsapp"}', "360dialog", "bsp"),
        ("https://api.twilio.com/2010-04-01/Accounts/A/Messages.json", '{"To": "whatsapp:+1"}', "twilio", "bsp"),
    ],
)
def test_the_address_or_the_body_shows_who_carries_a_request(url: str, body: str, provider: str, route: str) -> None:
    campaign = only(SCHEDULE, request(url, body))
    assert values(campaign, "channel", "sender.provider") == ("whatsapp", provider)
    assert table().route(provider) == route
    expected = "business_platform" if route == "bsp" else NOT_CARRIED
    assert value(campaign, "sender.product") == expected


def test_a_relay_asked_by_address_alone_sends_too() -> None:
    url = "=https://api.callmebot.com/whatsapp.php?phone=49170&text={{ $json.alert }}&apikey=1"
    campaign = only(SCHEDULE, request(url))
    assert values(campaign, "sender.provider", "audience.selection") == ("callmebot", "single_number")


def test_an_address_that_a_node_upstream_sets_is_followed() -> None:
    hosts = {
        "assignments": [{"name": "gateway", "value": "https://free.uazapi.com"}, {"name": "db", "value": "https://d"}]
    }
    settings = node("Settings", "set", assignments=hosts)
    to_gateway = request("={{ $('Settings').item.json.gateway }}/v2", '{"number": "1", "text": "x"}', name="One")
    to_database = request("={{ $('Settings').item.json.db }}/rest/v1/log", '{"number": "1", "text": "x"}', name="Two")
    campaign = only(SCHEDULE, settings, to_gateway, to_database)
    assert values(campaign, "campaign", "sender.provider") == ("Shop › One", "uazapi")


def test_code_that_chooses_among_gateways_names_none() -> None:
    code = "url = t == 1 ?\n `${b}/message/sendText/x` :\n 'https://api.z-api.io/instances/1/send-text';\nreturn {url}"
    campaign = only(SCHEDULE, node("Choose", "code", jsCode=code), request("={{ $json.url }}", '{"number": "1"}'))
    assert value(campaign, "sender.provider") == "unnamed-gateway"


def test_an_address_with_a_jid_in_a_request_to_a_database_is_no_message() -> None:
    body = '={"chat_id": "{{ $json.id }}@c.us", "content": "x"}'
    strip = "={\"phone\": \"{{ $json.jid.replace('@s.whatsapp.net', '') }}\"}"
    rows = [
        request("https://db.example.org/rest/v1/log", body),
        request("https://crm.example.org/api", strip, name="Crm"),
    ]
    assert campaigns_of(flow(HOOK, *rows)) == []


def test_an_unknown_whatsapp_service_makes_a_record_without_a_carrier() -> None:
    campaign = only(
        SCHEDULE, request("https://api.example.org/v1/send", '{"to": "1", "text": "x"}', name="Send WhatsApp")
    )
    assert values(campaign, "channel", "sender.provider", "sender.product") == ("whatsapp", NOT_CARRIED, NOT_CARRIED)
    assert campaigns_of(flow(SCHEDULE, request("https://api.example.org/v1/orders", '{"to": "1"}'))) == []


def test_a_name_that_says_unofficial_is_believed_where_nothing_else_is_left() -> None:
    stripped = node("Send message", "httpRequest")
    assert (
        value(only(SCHEDULE, stripped, name="Bulk WhatsApp by unofficial API"), "sender.provider") == "unnamed-gateway"
    )
    assert campaigns_of(flow(SCHEDULE, stripped, name="Bulk WhatsApp")) == []
    assert campaigns_of(flow(SCHEDULE, node("Get rows", "httpRequest"), name="WhatsApp by unofficial API")) == []


def test_code_that_writes_a_workflow_sends_nothing() -> None:
    made = 'const nodes = [{type: "n8n-nodes-base.httpRequest", parameters: {method: "POST", url: "%s"}}]; return nodes'
    url = "https://graph.facebook.com/v22.0/1/messages"
    code = node("Make", "code", jsCode=f"{made % url}; // messaging_product: whatsapp, type: text, to: 1")
    assert campaigns_of(flow(SCHEDULE, code)) == []


def test_a_code_node_that_calls_a_gateway_sends() -> None:
    code = "await this.helpers.httpRequest({method: 'POST', url: 'https://gate.whapi.cloud/messages/text', body: b})"
    assert value(only(SCHEDULE, node("Run", "code", jsCode=code)), "sender.provider") == "whapi"
    assert campaigns_of(flow(SCHEDULE, node("Run", "code", jsCode="return {url: 'https://gate.whapi.cloud'}"))) == []


# --- community nodes, other channels ---

EVOLUTION = "n8n-nodes-evolution-api.evolutionApi"


@pytest.mark.parametrize(
    ("kind", "parameters", "record"),
    [
        (EVOLUTION, {"resource": "messages-api", "remoteJid": "1", "messageText": "x"}, "freeform"),
        (EVOLUTION, {"resource": "messages-api", "operation": "send-image", "remoteJid": "1"}, "freeform"),
        (EVOLUTION, {"resource": "groups-api", "operation": "join-group"}, "act"),
        (EVOLUTION, {"resource": "groups-api", "operation": "fetch-groups"}, "setup"),
        (EVOLUTION, {"resource": "chat-api", "operation": "get-media-base64"}, "setup"),
        (EVOLUTION, {"resource": "chat-api", "operation": "send-presence"}, "setup"),
        (EVOLUTION, {"instanceName": "shop"}, "setup"),
        (EVOLUTION, {}, "stripped"),
        ("n8n-nodes-rapiwa.rapiwa", {"number": "1", "message": "x"}, "freeform"),
        ("n8n-nodes-rapiwa.rapiwa", {"operation": "verifyWhatsAppNumber", "number": "1"}, "setup"),
        ("@devlikeapro/n8n-nodes-waha.WAHA", {"resource": "Chatting", "operation": "Send Text"}, "freeform"),
        ("@devlikeapro/n8n-nodes-waha.WAHA", {"resource": "Chatting", "operation": "Send Seen"}, "setup"),
        ("@devlikeapro/n8n-nodes-waha.wahaTrigger", {}, "setup"),
        ("@aldinokemal2104/n8n-nodes-gowa.gowa", {"operation": "sendChatPresence"}, "setup"),
    ],
)
def test_nodes_of_unofficial_clients_send_act_or_only_set_up(kind: str, parameters: Json, record: str) -> None:
    campaign = only(SCHEDULE, node("Do", kind, **parameters))
    assert campaign.data["channel"] == "whatsapp"
    assert value(campaign, "sender.product") == NOT_CARRIED
    assert campaign.data.get("kind") == ("setup" if record == "setup" else None)
    assert (campaign.data["messages"] is None) == (record in ("setup", "act"))
    if record == "freeform":
        assert value(campaign, "messages.0.kind") == "freeform"
    if record == "stripped":
        assert isinstance(value(campaign, "messages.0.kind"), Unknown)


def test_a_look_up_beside_a_send_of_the_same_client_makes_no_record_of_its_own() -> None:
    verify = node("Verify", "n8n-nodes-rapiwa.rapiwa", operation="verifyWhatsAppNumber", number="1")
    send = node("Send", "n8n-nodes-rapiwa.rapiwa", number="={{ $json.n }}", message="Hello")
    assert [campaign.id for campaign in campaigns_of(flow(SCHEDULE, verify, send))] == ["Shop › Send"]


def test_a_disabled_trigger_of_an_unofficial_client_still_shows_the_client() -> None:
    trigger = {**node("In", "@devlikeapro/n8n-nodes-waha.wahaTrigger"), "disabled": True}
    assert only(trigger, SHEET).data["kind"] == "setup"


@pytest.mark.parametrize(
    ("sending", "channel", "to"),
    [
        (node("Send", "twilio", to="+1", message="x"), "sms", "single_number"),
        (node("Send", "twilio", to="+1", message="x", toWhatsapp=True), "whatsapp", "single_number"),
        (node("Send", "twilio", to="=whatsapp:{{ $json.p }}", message="x"), "whatsapp", EXPRESSION),
        (node("Send", "twilio", resource="call", to="+1", message="x"), "voice", "single_number"),
        (node("Send", "telegram", chatId="1", text="x"), "telegram", "single_number"),
        (node("Send", "gmail", sendTo="a@example.org", message="x"), "email", "single_number"),
        (node("Send", "emailSend", toEmail="a@example.org", text="x"), "email", "single_number"),
        (
            node("Send", "slack", select="channel", channelId={"__rl": True, "value": "C1"}, text="x"),
            "push",
            "single_number",
        ),
        (
            request("https://api.telegram.org/bot1/sendMessage", '{"chat_id": "1", "text": "x"}'),
            "telegram",
            "single_number",
        ),
        (
            request("https://graph.facebook.com/v17.0/me/messages", '{"recipient": {"id": "1"}}'),
            "messenger",
            NOT_CARRIED,
        ),
        (node("Send", "mailjet", resource="sms", to="+49 170 1", text="x"), "sms", "single_number"),
        (node("Send", "mocean", resource="voice", to="+49 170 1", message="x"), "voice", "single_number"),
        (node("Send", "sendGrid", resource="mail", toEmail="a@example.org"), "email", "single_number"),
        (
            node("Send", "gmail", resource="messages", operation="send", sendTo="a@example.org"),
            "email",
            "single_number",
        ),
        (node("Send", "mailchimp", resource="campaign", operation="send", campaignId="1"), "email", "list"),
        (node("Send", "mautic", resource="segmentEmail", operation="send", segmentEmailId="1"), "email", "segment"),
        (node("Send", "mautic", resource="sendEmail", contactId="7"), "email", "single_number"),
    ],
)
def test_other_channels_make_records_of_their_channel(sending: Json, channel: str, to: object) -> None:
    campaign = only(node("Start", "errorTrigger"), sending)
    assert campaign.data["channel"] == channel
    found = value(campaign, "audience.selection")
    assert found == to or (to is NOT_CARRIED and isinstance(found, Unknown))


@pytest.mark.parametrize(
    "quiet",
    [
        node("Do", "gmail", operation="getAll"),
        node("Do", "gmail", resource="label"),
        node("Do", "gmail", resource="draft", sendTo="a@example.org"),
        node("Do", "telegram", resource="chat", chatId="1"),
        node("Do", "telegram", operation="sendChatAction", chatId="1"),
        node("Do", "slack", resource="channel"),
        node("Do", "sendGrid", operation="upsert"),  # its resource is a list where none is given
        node("Do", "mailchimp", resource="member", operation="create"),
        node("Do", "mailchimp"),
        node("Do", "mautic", operation="create"),
        node("Do", "microsoftTeams", operation="create", teamId="1"),
        node("Do", "httpRequest", url="https://api.example.org/orders"),
        node("Do", "httpRequest"),
    ],
)
def test_reading_and_housekeeping_send_nothing(quiet: Json) -> None:
    assert campaigns_of(flow(SCHEDULE, quiet)) == []


@pytest.mark.parametrize("trigger", ["gmailTrigger", "emailReadImap", "microsoftOutlookTrigger"])
def test_a_mail_that_an_inbound_mail_starts_is_a_reply(trigger: str) -> None:
    send = node("Out", "emailSend", toEmail="={{ $json.from }}", subject="=Re: {{ $('In').item.json.subject }}")
    campaign = only(node("In", trigger), send)
    assert values(campaign, "channel", "direction", "audience.selection") == ("email", "reply", "inbound_sender")


def test_a_mail_that_answers_by_its_operation_is_a_reply() -> None:
    campaign = only(node("In", "gmailTrigger"), node("Out", "gmail", operation="reply", message="x"))
    assert values(campaign, "channel", "direction") == ("email", "reply")


# --- schedule, evasion ---


@pytest.mark.parametrize(
    ("timer", "recurrence"),
    [
        (node("T", "scheduleTrigger", rule={"interval": [{}]}), "daily"),
        (
            node("T", "scheduleTrigger", rule={"interval": [{"field": "minutes", "minutesInterval": 30}]}),
            "*/30 * * * *",
        ),
        (node("T", "scheduleTrigger", rule={"interval": [{"field": "hours"}]}), "0 * * * *"),
        (node("T", "scheduleTrigger", rule={"interval": [{"field": "weeks", "triggerAtDay": [1]}]}), "weekly"),
        (
            node("T", "scheduleTrigger", rule={"interval": [{"field": "days", "daysInterval": 3}]}),
            "FREQ=DAILY;INTERVAL=3",
        ),
        (
            node("T", "scheduleTrigger", rule={"interval": [{"field": "cronExpression", "expression": "=0 9 * * 1"}]}),
            "0 9 * * 1",
        ),
        (node("T", "cron", triggerTimes={"item": [{"hour": 8}]}), "daily"),
        (node("T", "cron", triggerTimes={"item": [{"mode": "custom", "cronExpression": "0 0 1 * *"}]}), "0 0 1 * *"),
        (node("T", "cron", triggerTimes={"item": [{"mode": "everyX", "value": 2, "unit": "hours"}]}), "0 */2 * * *"),
        (node("T", "interval", interval=5, unit="minutes"), "*/5 * * * *"),
        (node("T", "formTrigger"), None),
    ],
)
def test_timers_say_how_often(timer: Json, recurrence: str | None) -> None:
    assert value(only(timer, free_text()), "schedule.recurrence") == recurrence


def test_a_stripped_timer_and_the_time_zone_of_the_workflow() -> None:
    data = {**flow(node("T", "cron"), free_text()), "settings": {"timezone": "Europe/Berlin"}}
    campaign = campaigns_of(data)[0]
    assert isinstance(value(campaign, "schedule.recurrence"), Unknown)
    assert value(campaign, "schedule.timezone") == "Europe/Berlin"


def test_measures_against_detection_are_named_on_unofficial_clients_only() -> None:
    pause = node("Pause", "wait", amount="={{ $json.pause }}")
    random = node(
        "Random", "code", jsCode="return {pause: 5 + Math.random() * 10, text: t[Math.floor(Math.random() * t.length)]}"
    )
    typing = node("Typing", EVOLUTION, resource="chat-api", operation="send-presence")
    send = node("Send", EVOLUTION, resource="messages-api", remoteJid="={{ $json.n }}", messageText="={{ $json.text }}")
    links = "Every morning > Customers > Loop > Typing > Send > Random > Pause > Loop"
    campaign = only(SCHEDULE, SHEET, LOOP, typing, send, random, pause, links=links)
    assert value(campaign, "sender.evasion") == ["random_delay", "typing_simulation", "message_variation"]
    assert [written(campaign, "sender", "evasion", index) for index in range(3)] == ["Pause", "Typing", "Random"]
    official = only(SCHEDULE, SHEET, LOOP, free_text(), random, pause, links=links.replace("Typing > ", ""))
    assert value(official, "sender.evasion") == NOT_CARRIED


def test_fixed_pauses_are_no_evasion() -> None:
    send = node("Send", EVOLUTION, resource="messages-api", remoteJid="1", messageText="x")
    campaign = only(SCHEDULE, node("Pause", "wait", amount=5), send)
    assert value(campaign, "sender.evasion") == NOT_CARRIED


# --- whole records, hostile input, speed ---


def test_records_conform_to_the_schema_where_they_are_known() -> None:
    def known(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: known(item) for key, item in data.items() if not isinstance(item, Unknown)}
        return [known(item) for item in data] if isinstance(data, list) else data

    sends = [
        free_text(),
        node("T", "whatsApp", template="a|de"),
        node("E", EVOLUTION),
        node("M", "gmail", sendTo="a@b.org"),
    ]
    setup = node("W", "n8n-nodes-rapiwa.rapiwa", operation="verifyWhatsAppNumber")
    campaigns = campaigns_of(flow(SCHEDULE, SHEET, LOOP, *sends, setup))
    assert len(campaigns) == 5
    assert [record_schema().conforms(known(campaign.data)) for campaign in campaigns] == [True] * 5


def test_unnamed_workflows_of_a_list_are_told_apart() -> None:
    one = {**flow(SCHEDULE, free_text()), "name": None}
    assert [campaign.id for campaign in campaigns_of([one, one])] == ["workflow 1 › Send", "workflow 2 › Send"]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["={{ $json.a", "{{ }}", "@c.us", "="]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(
    [
        *(
            "whatsApp",
            "httpRequest",
            "twilio",
            "gmail",
            "set",
            "code",
            "wait",
            "googleSheets",
            "splitInBatches",
            "webhook",
        ),
        *("scheduleTrigger", "cron", "interval", "facebookGraphApi", "telegram", EVOLUTION, "x.whatsappThing"),
    ]
)
KEYS = st.sampled_from(
    [
        *(
            "url",
            "jsonBody",
            "body",
            "operation",
            "resource",
            "to",
            "template",
            "rule",
            "triggerTimes",
            "assignments",
            "values",
        ),
        *(
            "bodyParameters",
            "headerParameters",
            "query",
            "options",
            "amount",
            "jsCode",
            "recipientPhoneNumber",
            "updates",
        ),
    ]
)
NODES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["a", "b", "c"]) | JUNK,
        "type": TYPES.map(lambda kind: kind if "." in kind else f"n8n-nodes-base.{kind}") | JUNK,
        "parameters": st.dictionaries(KEYS, JUNK, max_size=5) | JUNK,
        "credentials": JUNK,
        "disabled": JUNK,
        "id": JUNK,
    },
)
LINKS = (
    st.lists(st.lists(st.fixed_dictionaries({"node": st.sampled_from("abc")}) | JUNK, max_size=3), max_size=2) | JUNK
)
CONNECTIONS = st.dictionaries(
    st.sampled_from("abc"), st.dictionaries(st.sampled_from(["main", "ai_tool"]), LINKS, max_size=2) | JUNK, max_size=3
)


@settings(max_examples=150, deadline=None)
@given(nodes=st.lists(NODES | JUNK, max_size=6), connections=CONNECTIONS, name=JUNK, config=JUNK)
def test_no_workflow_makes_it_raise(nodes: list[Any], connections: Json, name: Any, config: Any) -> None:
    first = {"type": "n8n-nodes-base.noOp"}
    data = {"nodes": [first, *nodes], "connections": connections, "name": name, "settings": config}
    document = document_of([data, {"workflow": data}])
    assert ADAPTER.recognises(document)
    for campaign in ADAPTER.adapt(document, table()).campaigns:
        for path in [*campaign.places, ("consent", "obtained")]:
            campaign.place(path).region()


@pytest.mark.parametrize(
    "text", ["={{" * 10_000, '="to": "{{' * 5_000, "={|" * 10_000, '"template": {' * 3_000, "[[" * 9_000]
)
def test_hostile_texts_take_no_time(text: str) -> None:
    data = flow(SCHEDULE, request("https://gate.whapi.cloud/messages/text", text), free_text(text, text))
    start = time.process_time()
    campaigns_of(data)
    assert time.process_time() - start < 5


def test_long_loops_and_fans_are_linear() -> None:
    steps = [
        node(f"n{number}", "whatsApp", operation="send", recipientPhoneNumber="={{ $json.a }}")
        for number in range(1500)
    ]
    names = [step["name"] for step in steps]
    data = flow(SCHEDULE, *steps, links=" > ".join(["Every morning", *names, "n0"]))
    data["connections"]["n0"]["main"][0] = [{"node": name} for name in names]
    start = time.process_time()
    assert len(campaigns_of(data)) == 1500
    assert time.process_time() - start < 8


def test_a_large_backup_is_read_in_little_time_and_reported_at_exact_lines() -> None:
    path = Path(__file__).parent.parent / "benchmarks" / "generate.py"
    spec = importlib.util.spec_from_file_location("generate", path)
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    text = generate.backup(random.Random(7), 60)
    start = time.process_time()
    document = parse("workflows.json", text.encode()).documents[0]
    campaigns = list(ADAPTER.adapt(document, table()).campaigns)
    places = [(campaign.id, campaign.place(()).region()) for campaign in campaigns]
    taken = time.process_time() - start
    assert len(places) == 90
    assert taken / (len(text) / 1e6) < 2  # seconds a megabyte, on a machine that does other things too
    lines = text.split("\n")
    for name, region in places:
        workflow, _, step = name.partition(" › ")
        assert lines[region.start.line - 1].strip() == f'"name": "{step}",'
        above = next(line for line in reversed(lines[: region.start.line]) if line.startswith('    "name": "Workflow '))
        assert above == f'    "name": "{workflow}",'
