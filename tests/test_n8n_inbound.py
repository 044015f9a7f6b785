"""n8n workflows that take in messages: which send answers, which table keeps messages, who looks at their age."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest

from policylint.adapters.n8n.flow import (
    ANSWER_OF_STAFF,
    ANSWERED_LATER,
    ASKED_WHEN,
    MAIL_STARTED,
    POSTED_TO_MODEL,
    STARTED_ELSEWHERE,
)
from policylint.adapters.n8n.records import ONE_MAIL
from policylint.api import lint
from tests.recordviews import placed, said
from tests.test_n8n import (
    HOOK,
    INBOUND,
    SCHEDULE,
    SHEET,
    Json,
    campaigns_of,
    flow,
    free_text,
    node,
    only,
    value,
    values,
)

if TYPE_CHECKING:
    from pathlib import Path

    from policylint.model.campaign import Campaign

AGENT = node("Agent", "@n8n/n8n-nodes-langchain.agent")


def hook(path: str, name: str = "Webhook") -> Json:
    return node(name, "webhook", path=path, httpMethod="POST")


@pytest.mark.parametrize(
    ("path", "direction"),
    [
        ("whatsapp", STARTED_ELSEWHERE),
        ("whatsapp-incoming-message", STARTED_ELSEWHERE),
        ("send-whatsapp-reply", STARTED_ELSEWHERE),
        ("enviar-respuesta-whatsapp", STARTED_ELSEWHERE),
        ("send-whatsapp", "push"),
        ("whatsapp-outbound", "push"),
        ("enviar-mensagem", "push"),
        ("whatsapp-notifications", "push"),
        ("messages/bulk", "push"),
        ("order", "push"),
    ],
)
def test_a_webhook_named_after_what_is_to_be_sent_takes_no_messages_in(path: str, direction: object) -> None:
    assert value(only(hook(path), free_text("={{ $json.body.phone }}")), "direction") == direction


@pytest.mark.parametrize(
    ("to", "direction"),
    [
        ("={{ $json.body.from }}", "reply"),
        ("={{ $('Webhook').item.json.body.sender }}", "reply"),
        ("={{ $('Webhook').item.json.body.data.senderPhone }}", "reply"),
        ("={{ $json.body?.From }}", "reply"),
        ('={{ $json["body"]["from"] }}', "reply"),
        ("={{ $node['Webhook'].json['body']['data']?.['sender'] }}", "reply"),
        ("={{ $json.body.to }}", "push"),
        ('={{ $json["body"]["to"] }}', "push"),
        ("={{ $json.body.platform }}", "push"),
    ],
)
def test_whoever_posted_a_message_to_a_webhook_gets_an_answer(to: str, direction: str) -> None:
    assert value(only(hook("a1b2"), free_text(to)), "direction") == direction


def test_a_recipient_of_many_fields_is_searched_in_little_time() -> None:
    start = time.process_time()
    assert value(only(hook("a1b2"), free_text("={{ $json" + ".body" * 4000 + " }}")), "direction") == "push"
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "read",
    [
        "$json.body?.Body",
        '$json["body"]["Body"]',
        '$json["entry"][0]["changes"]',
        "$json.value?.messages?.[0]?.text",
        "$json.body.messages[0]['from']",
        '$json.data["key"]["remoteJid"]',
        "$json.message?.conversation",
        "$json.body['message']['text']",
    ],
)
def test_fields_in_brackets_or_behind_a_question_mark_show_a_message_that_came_in(read: str) -> None:
    step = node("Read", "code", jsCode=f"return [{{json: {{text: {read}}}}}]")
    assert value(only(hook("a1b2"), step, free_text("={{ $json.to }}")), "direction") == "reply"
    other = node("Read", "code", jsCode='return [{json: {text: $json["body"]["text"]}}]')
    assert value(only(hook("a1b2"), other, free_text("={{ $json.to }}")), "direction") == "push"


def test_a_model_that_answers_what_a_webhook_brings_leaves_it_open() -> None:
    start, to = hook("a1b2"), "={{ $('Webhook').item.json.body.phone }}"
    assert value(only(start, AGENT, free_text(to)), "direction") == POSTED_TO_MODEL
    assert value(only(node("Form", "formTrigger"), AGENT, free_text()), "direction") == "push"
    assert value(only(start, AGENT, node("Mail", "gmail", sendTo="={{ $json.m }}", message="x")), "direction") == "push"


def test_an_alert_in_another_channel_is_no_answer_to_a_message_on_whatsapp() -> None:
    read = node("Read", "set", assignments={"assignments": [{"name": "a", "value": "={{ $json.body.entry[0].id }}"}]})
    alert = node("Alert", "telegram", chatId="YOUR_CHAT_ID", text="A new lead")
    back = node("Back", "telegram", chatId="={{ $json.chat }}", text="Hello")
    found = campaigns_of(flow(hook("wa"), read, free_text("={{ $json.phone }}"), alert, back))
    assert [(one.data["channel"], value(one, "direction")) for one in found] == [
        ("whatsapp", "reply"),
        ("telegram", "push"),
        ("telegram", "reply"),
    ]


# --- tables that keep messages ---


def kept(**columns: str) -> list[Campaign]:
    """Return the campaigns of a workflow whose inbound branch stores columns where a timer reads."""
    mapped = {"columns": {"mappingMode": "defineBelow", "value": columns}} if columns else {}
    store = node("Store", "googleSheets", **SHEET["parameters"], operation="append", **mapped)
    links = "WhatsApp Trigger > Store; Every morning > Customers > Send"
    return campaigns_of(flow(INBOUND, store, SCHEDULE, SHEET, free_text(), links=links))


def test_only_a_table_that_keeps_messages_leaves_open_whether_its_reader_answers() -> None:
    assert value(kept()[0], "direction") == ANSWERED_LATER
    assert value(kept(phone="={{ $json.from }}", question="={{ $json.text }}")[0], "direction") == ANSWERED_LATER
    booked = kept(phone="={{ $json.from }}", date="={{ $json.date }}", status="Confirmed")[0]
    assert values(booked, "direction", "audience.selection", "messages.0.window") == ("push", "list", "none")


@pytest.mark.parametrize(
    ("more", "direction"),
    [
        (
            {"operation": "create", "fieldsUi": {"fieldValues": [{"fieldId": "message", "fieldValue": "x"}]}},
            ANSWERED_LATER,
        ),
        ({"operation": "create", "fieldsUi": {"fieldValues": [{"fieldId": "amount", "fieldValue": "x"}]}}, "push"),
        ({"operation": "create", "fieldsUi": {"fieldValues": [{"fieldId": "context", "fieldValue": "x"}]}}, "push"),
        ({"operation": "create", "dataToSend": "autoMapInputData"}, ANSWERED_LATER),
        ({"operation": "delete"}, "push"),
    ],
)
def test_the_columns_of_a_database_tell_whether_it_keeps_messages(more: Json, direction: object) -> None:
    store = node("Store", "supabase", tableId="rows", **more)
    rows = node("Rows", "supabase", operation="getAll", tableId="rows")
    links = "WhatsApp Trigger > Store; Every morning > Rows > Send"
    found = campaigns_of(flow(INBOUND, store, SCHEDULE, rows, free_text(), links=links))
    assert [value(one, "direction") for one in found] == [direction]


def test_what_an_agent_reads_is_not_written() -> None:
    tool = node("Look up", "googleSheetsTool", **SHEET["parameters"])
    data = flow(
        INBOUND,
        AGENT,
        tool,
        SCHEDULE,
        SHEET,
        free_text(),
        links="WhatsApp Trigger > Agent; Every morning > Customers > Send",
    )
    data["connections"]["Look up"] = {"ai_tool": [[{"node": "Agent", "type": "ai_tool", "index": 0}]]}
    assert [value(one, "direction") for one in campaigns_of(data)] == ["push"]


def test_an_answer_that_staff_write_into_a_table_leaves_it_open() -> None:
    answer = free_text("={{ $json.Phone }}", "={{ $json['Reply text'] }}")
    assert value(only(SCHEDULE, SHEET, answer), "direction") == ANSWER_OF_STAFF
    assert value(only(SCHEDULE, SHEET, free_text("={{ $json.Phone }}", "={{ $json.Message }}")), "direction") == "push"
    by_model = free_text("={{ $json.Phone }}", "={{ $('Agent').item.json.reply }}")
    assert value(only(SCHEDULE, SHEET, AGENT, by_model), "direction") == "push"


# --- the age of the last message ---


def condition(left: str, right: object, name: str = "Check") -> Json:
    rule = {"leftValue": left, "rightValue": right, "operator": {"type": "number", "operation": "lte"}}
    return node(name, "if", conditions={"conditions": [rule]})


@pytest.mark.parametrize(
    "step",
    [
        condition("={{ $json.hours_since_last_message }}", 24),
        condition("={{ DateTime.now().diff($json.lastInteraction, 'hours').hours }}", 23),
        node("Still open?", "code", jsCode="// service window\nreturn items.filter(i => now - i.json.at < 86400000)"),
        node("Comprobar ventana", "code", jsCode="return items.filter(i => i.json.horas < 24)"),
        node(
            "Rows",
            "postgres",
            operation="executeQuery",
            query="select * from c where last_inbound > now() - interval '24 hours'",
        ),
    ],
    ids=lambda step: step["name"],
)
def test_a_look_at_when_the_recipient_last_wrote_leaves_the_window_open(step: Json) -> None:
    campaign = only(SCHEDULE, SHEET, step, free_text())
    assert values(campaign, "direction", "messages.0.window") == ("push", ASKED_WHEN)


@pytest.mark.parametrize(
    "step",
    [
        condition("={{ $json.hours_to_appointment }}", 24),
        condition("={{ $json.days_since_last_message }}", 30),  # who has long been silent
        node("Janela de envio", "code", jsCode="const horas = 9; // janela de envio"),
        node("Note", "stickyNote", content="Mind the 24-hour service window: last message"),
        {**condition("={{ $json.hours_since_last_message }}", 24), "disabled": True},
    ],
    ids=lambda step: step["name"],
)
def test_other_looks_at_times_leave_it_closed(step: Json) -> None:
    assert value(only(SCHEDULE, SHEET, step, free_text()), "messages.0.window") == "none"


def test_a_run_that_looks_at_the_window_is_told_whole() -> None:
    step = condition("={{ $json.hours_since_last_message }}", 24)
    assert said(only(SCHEDULE, SHEET, step, free_text())) == {
        "campaign": "Shop › Send",
        "name": "Shop",
        "channel": "whatsapp",
        "sender": {"provider": "meta", "product": "business_platform"},
        "direction": "push",
        "audience": {"selection": "list", "source": "google_sheets"},
        "schedule": {"recurrence": "daily"},
        "messages": [{"kind": "freeform", "body": "Good morning", "window": f"? {ASKED_WHEN.why}"}],
    }
    assert value(only(HOOK, free_text()), "messages.0.window") == "none"


# --- mails ---


@pytest.mark.parametrize("trigger", ["gmailTrigger", "emailReadImap", "microsoftOutlookTrigger"])
def test_a_mail_to_who_wrote_one_is_a_reply(trigger: str) -> None:
    start = node("In", trigger)
    back = node("Back", "gmail", sendTo="={{ $('In').item.json.from.value[0].address }}", subject="=Re: {{ $json.s }}")
    campaign = only(start, AGENT, back)
    assert said(campaign) == {
        "campaign": "Shop › Back",
        "name": "Shop",
        "channel": "email",
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "automation": {"bot": True},
        "messages": [{"kind": "freeform", "subject": "Re: {{ $json.s }}"}],
    }
    assert placed(campaign)["direction"] == "nodes/2/parameters/sendTo"
    onward = node("On", "gmail", sendTo="={{ $json.customer }}", subject="x", message="x")
    own = node("Own", "gmail", sendTo="me@example.org", subject="x", message="x")
    assert [value(only(start, one), "direction") for one in (onward, own)] == [MAIL_STARTED, "push"]
    assert value(only(SCHEDULE, onward), "direction") == "push"


def test_a_subject_that_begins_with_re_is_an_error_only_where_the_mail_goes_to_many(tmp_path: Path) -> None:
    mail = node("Mail", "gmail", sendTo="={{ $json.mail }}", subject="Re: our offer", message="Here it is")

    def found(*steps: Json) -> list[tuple[str | None, str, tuple[str, ...]]]:
        path = tmp_path / "workflow.json"
        path.write_text(json.dumps(flow(*steps, mail)), encoding="utf-8")
        report = lint([path], as_of=date(2026, 11, 23), isolated=True)
        return [(one.code, str(one.severity), one.notes) for one in report.findings if one.code == "EMAIL018"]

    assert found(SCHEDULE, SHEET) == [("EMAIL018", "error", ())]
    assert found(node("Form", "formTrigger")) == [("EMAIL018", "warning", (f"warning, not error: {ONE_MAIL[1]}",))]
