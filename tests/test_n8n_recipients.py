"""n8n sends: to whom they go, where a field of an expression comes from, and whose number it is."""

from __future__ import annotations

from typing import Any

import pytest

from policylint.adapters.n8n.fields import given_in_code
from policylint.adapters.n8n.flow import FOLLOWERS
from policylint.model.source import EXPRESSION, NOT_CARRIED
from tests.recordviews import placed, said
from tests.test_n8n import (
    EVOLUTION,
    HOOK,
    INBOUND,
    LOOP,
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
    written,
)

FORM = node("Order form", "formTrigger", formTitle="Order")


def fields(**given: Any) -> Json:
    assigned = [{"name": key, "value": each} for key, each in given.items()]
    return node("Fields", "set", assignments={"assignments": assigned})


def code(text: str, name: str = "Make") -> Json:
    return node(name, "code", jsCode=text)


# --- whom an event is about ---


def test_whoever_fills_in_a_form_is_no_list_and_no_number_of_ones_own() -> None:
    campaign = only(FORM, free_text("={{ $json.Phone }}", "Thank you for the order"), name="Orders")
    assert said(campaign) == {
        "campaign": "Orders › Send",
        "name": "Orders",
        "channel": "whatsapp",
        "sender": {"provider": "meta", "product": "business_platform"},
        "direction": "push",
        "audience": {"selection": "event", "source": "web_form"},
        "messages": [{"kind": "freeform", "body": "Thank you for the order", "window": "none"}],
    }
    assert placed(campaign) == {
        "": "nodes/1/name",
        "audience.selection": "nodes/0/name",
        "audience.source": "nodes/0/name",
        "channel": "nodes/1/type",
        "direction": "nodes/0/name",
        "messages": "nodes/1/name",
        "messages.0.body": "nodes/1/parameters/textBody",
        "messages.0.kind": "nodes/1/parameters/operation",
        "messages.0.window": "nodes/0/name",
        "name": "name",
        "sender": "nodes/1/type",
        "sender.product": "nodes/1/type",
        "sender.provider": "nodes/1/type",
    }


@pytest.mark.parametrize(
    ("start", "selection"),
    [
        ("shopifyTrigger", "event"),
        ("calendlyTrigger", "event"),
        ("hubspotTrigger", "event"),
        ("errorTrigger", EXPRESSION),
        ("gmailTrigger", EXPRESSION),
        ("googleCalendarTrigger", EXPRESSION),  # one's own agenda
        ("manualTrigger", EXPRESSION),
    ],
)
def test_only_triggers_of_what_people_outside_do_tell_whom_an_event_is_about(start: str, selection: object) -> None:
    assert value(only(node("Start", start), free_text()), "audience.selection") == selection


def test_an_event_beside_another_start_and_a_mail_say_nothing_of_it() -> None:
    links = "Order form > Send; Go > Send"
    both = only(FORM, node("Go", "manualTrigger"), free_text(), links=links)
    mail = only(FORM, node("Mail", "gmail", sendTo="={{ $json.mail }}", message="x"))
    assert [value(one, "audience.selection") for one in (both, mail)] == [EXPRESSION, EXPRESSION]


# --- constants ---


@pytest.mark.parametrize(
    ("steps", "to", "selection"),
    [
        ((code("return [{json: {owner: '+49 170 1234567', text: t}}]"),), "={{ $json.owner }}", "single_number"),
        ((code("return [{json: {owner: '49170', ...row}}]"),), "={{ $('Make').item.json.owner }}", "single_number"),
        ((code("return [{json: {owner: row.phone}}]"),), "={{ $json.owner }}", "list"),
        (
            (
                fields(own="491701234567"),
                SHEET | {"name": "Rows"},
                code("return [{json: {to: $('Fields').first().json.own}}]"),
            ),
            "={{ $json.to }}",
            "single_number",
        ),
        ((code("const to = $env.OWNER; return [{json: {to}}]"),), "={{ $json.to }}", "single_number"),
        ((code("return [{json: {owner: a ? '491' : '492'}}]"),), "={{ $json.owner }}", "list"),
        ((code("x = {owner: '491'}; y = {owner: '492'}"),), "={{ $json.owner }}", "list"),
        (
            (fields(owner="491701234567"), code("return items.map(i => ({json: {...i.json, n: 1}}))")),
            "={{ $json.owner }}",
            "single_number",
        ),
        ((fields(owner="491701234567"), code("return [{json: {n: 1}}]")), "={{ $json.owner }}", "list"),
        (
            (fields(owner="491701234567"), node("Ask", "httpRequest", url="https://x.example")),
            "={{ $json.owner }}",
            "list",
        ),
        (
            (node("Fields", "set", mode="raw", jsonOutput='={"owner": "491701234567", "n": {{ $json.n }}}'),),
            "={{ $json.owner }}",
            "single_number",
        ),
        ((node("Fields", "set", mode="raw", jsonOutput='={"owner": "{{ $json.p }}"}'),), "={{ $json.owner }}", "list"),
    ],
)
def test_a_number_that_code_or_a_set_node_fixes_is_one_number(steps: tuple[Json, ...], to: str, selection: str) -> None:
    assert value(only(SCHEDULE, SHEET, *steps, free_text(to)), "audience.selection") == selection


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{to: '491'}", "491"),
        ('{"to": "491", n}', "491"),
        ("{to: `491`}", "491"),
        ("const phone = '491'; return {to: phone}", "491"),
        ("const to = '491'\nreturn [{json: {to, text}}]", "491"),
        ("const c = {a: 1}; return {to: $env.OWNER}", "{{ $env.OWNER }}"),
        ("return {to: $('Config').first().json.phone}", "{{ $('Config').first().json.phone }}"),
        ("const cfg = $('Config').first().json;\nreturn {to: cfg.phone}", "{{ $('Config').first().json.phone }}"),
        ("const data = $input.first().json;\nreturn {to: data.phone}", "{{ $json.phone }}"),
        (
            "const own = ['+491701234567', '491701234568'];\nreturn own.map(n => ({json: {to: n}}))",
            "491701234567,491701234568",
        ),
        ("const bad = ['491701234567'];\nreturn items.filter(i => !bad.includes(i.json.to))", None),
        ("const bad = ['491701234567'];\nreturn items.map(i => ({json: {to: i.json.phone}}))", None),
        ("{to: `${x}`}", None),
        ("{to: '491' + x}", None),
        ("{to: '491'}, {to: '492'}", None),
        ("{auto: '491'}", None),
        ("{to: x}", None),
        ("let to = '491'; let to = '492'; return {to}", None),
        ("const a = b; const b = a; return {to: a}", None),
    ],
)
def test_code_gives_a_field_what_is_written_there_where_that_is_one_thing(text: str, found: str | None) -> None:
    assert given_in_code(text, "to") == found


# --- where the recipient comes from ---


def test_a_table_that_is_read_beside_does_not_make_a_list_of_whom_a_webhook_names() -> None:
    to = "={{ $('Hook').item.json.body.phone }}"
    asked = only(HOOK, SHEET, free_text(to))
    assert values(asked, "direction", "audience.selection") == ("push", EXPRESSION)
    assert value(only(HOOK, SHEET, LOOP, free_text(to)), "audience.selection") == EXPRESSION
    through_fields = only(
        HOOK, fields(phone="={{ $json.body.phone }}"), SHEET, free_text("={{ $('Fields').item.json.phone }}")
    )
    assert value(through_fields, "audience.selection") == EXPRESSION
    assert value(only(HOOK, SHEET, free_text("={{ $json.phone }}")), "audience.selection") == "list"
    assert value(only(HOOK, SHEET, free_text("={{ $('Customers').item.json.phone }}")), "audience.selection") == "list"


def test_a_loop_over_what_a_webhook_posts_is_a_list() -> None:
    split = node("Split", "splitOut", fieldToSplitOut="body.people")
    assert value(only(HOOK, split, LOOP, free_text("={{ $json.phone }}")), "audience.selection") == "list"


@pytest.mark.parametrize(
    ("field", "selection"),
    [("body.contacts", "list"), ("body.telefones", "list"), ("body.items", EXPRESSION), ("parts", EXPRESSION)],
)
def test_people_that_a_webhook_posts_are_a_list_without_a_loop_too(field: str, selection: object) -> None:
    split = node("Split", "splitOut", fieldToSplitOut=field)
    assert value(only(HOOK, split, free_text("={{ $json.phone }}")), "audience.selection") == selection


# --- own people, channels ---


@pytest.mark.parametrize(
    "to",
    [
        "={{ $json.manager_phone }}",
        "={{ $('Config').item.json.adminNumber }}",
        "={{ $json.gerente.numero }}",
        "={{ $json.agentPhone }}",
        "=YOUR_SUPPORT_TEAM_NUMBER",
    ],
)
def test_the_senders_own_people_get_no_answer(to: str) -> None:
    campaign = only(INBOUND, free_text(to))
    assert values(campaign, "direction", "audience.selection", "messages.0.window") == (
        *("push", "single_number", "none"),
    )


@pytest.mark.parametrize(
    "to",
    [
        "={{ $('Admin form').item.json.phone }}",
        "={{ $json.agent_answer.phone }}",
        "={{ $json.steamNumber }}",
        "={{ $json.pet_owner_phone }}",
        "<your test number>",
    ],
)
def test_a_name_of_a_node_or_a_customer_is_none_of_theirs(to: str) -> None:
    assert value(only(INBOUND, free_text(to)), "direction") == "reply"


@pytest.mark.parametrize("to", ["120363400000000000@newsletter", "status@broadcast"])
def test_a_channel_and_the_status_are_no_single_number(to: str) -> None:
    send = node("Send", EVOLUTION, resource="messages-api", remoteJid=to, messageText="x")
    campaign = only(SCHEDULE, send)
    assert values(campaign, "direction", "audience.selection") == ("push", FOLLOWERS)
    assert written(campaign, "audience", "selection") == to


# --- nodes written by hand ---


def test_a_whatsapp_node_with_a_text_but_no_operation_and_no_template_sends_that_text() -> None:
    send = node("Send", "whatsapp", to="={{ $json.phone }}", message="Our sale begins")
    campaign = only(SCHEDULE, SHEET, send)
    assert values(campaign, "messages.0.kind", "messages.0.body", "audience.selection", "sender.provider") == (
        *("freeform", "Our sale begins", "list", "meta"),
    )
    template = node("Send", "whatsApp", template="sale|en", textBody="Our sale begins")
    assert values(only(SCHEDULE, SHEET, template), "messages.0.kind", "messages.0.body") == ("template", None)
    assert value(only(SCHEDULE, SHEET, node("Send", "whatsApp", additionalFields={})), "messages.0.kind") == "template"


def test_a_twilio_node_with_other_names_of_its_fields_is_read_too() -> None:
    send = node("Send", "twilio", toNumber="=whatsapp:{{ $json.phone }}", fromNumber="+1", message="x")
    campaign = only(SCHEDULE, SHEET, send)
    assert values(campaign, "channel", "audience.selection", "audience.size") == ("whatsapp", "list", NOT_CARRIED)


def test_an_answer_and_an_alert_make_two_records_of_which_one_is_a_reply() -> None:
    alert = node("Alert", "whatsApp", operation="send", recipientPhoneNumber="={{ $json.manager_phone }}", textBody="x")
    data = flow(INBOUND, free_text("={{ $json.sender }}"), alert)
    assert [(one.id, value(one, "direction")) for one in campaigns_of(data)] == [
        ("Shop › Send", "reply"),
        ("Shop › Alert", "push"),
    ]
