"""Kestra flows: what is recognised, which record each task makes, and where every value stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.kestra import ADAPTER, recognises
from tests.automations import facts, only, recognisers, records, table
from tests.recordviews import document_of, placed, said, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

Json = dict[str, Any]

PLUGIN = "io.kestra.plugin"
FAILED: Json = {"id": "failed", "type": f"{PLUGIN}.core.trigger.Flow", "preconditions": {"flows": []}}
WEEKLY: Json = {
    "id": "weekly",
    "type": f"{PLUGIN}.core.trigger.Schedule",
    "cron": "0 10 * * 5",
    "timezone": "Europe/Berlin",
}


def task(kind: str, key: str = "tell", **more: Any) -> Json:
    return {"id": key, "type": f"{PLUGIN}.{kind}", **more}


def flow(*tasks: Json, triggers: list[Json] | None = None, **more: Any) -> Json:
    return {"id": "alert", "namespace": "company.team", "tasks": list(tasks), "triggers": triggers or [], **more}


def one(*tasks: Json, triggers: list[Json] | None = None, **more: Any) -> Campaign:
    return only(ADAPTER, flow(*tasks, triggers=triggers, **more))


MAIL = task("email.MailSend", to="a@example.org", subject="Report", plainTextContent="Here is the report")


# --- recognition ---


def test_a_flow_is_recognised() -> None:
    assert recognisers(flow(MAIL)) == ["kestra"]


@pytest.mark.parametrize(
    "data",
    [
        {"id": "a", "namespace": "b", "tasks": [{"id": "c", "type": "org.example.Task"}]},
        {"id": "a", "tasks": [MAIL]},
        {"id": "a", "namespace": "b", "tasks": {"type": "io.kestra.x"}},
        {"id": 1, "namespace": "b", "tasks": [MAIL]},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "io.kestra.tests"}},
        [flow(MAIL)],
    ],
)
def test_look_alikes_are_not_recognised(data: Any) -> None:
    assert "kestra" not in recognisers(data)


def test_the_example_is_recognised_by_this_adapter_only_and_gives_a_campaign() -> None:
    document = document_of(ADAPTER.example, "flow.yaml")
    assert recognisers(ADAPTER.example, "flow.yaml") == ["kestra"]
    assert len(ADAPTER.adapt(document, table()).campaigns) == 1


# --- whole records ---


def test_an_alert_about_a_failed_flow() -> None:
    text = """\
id: alert
namespace: company.team
tasks:
  - id: tell
    type: io.kestra.plugin.notifications.telegram.TelegramExecution
    channel: "12345"
    token: "{{ secret('TOKEN') }}"
    executionId: "{{ trigger.executionId }}"
triggers:
  - id: failed
    type: io.kestra.plugin.core.trigger.Flow
"""
    campaign = only(ADAPTER, text, "flow.yaml")
    assert said(campaign) == {
        "campaign": "company.team.alert › tell",
        "name": "company.team.alert",
        "channel": "telegram",
        "purpose": "internal",
        "direction": "push",
        "audience": {"selection": "single_number"},
        "messages": [{"kind": "freeform", "body": "? the plug-in writes the text: what the run of a flow did"}],
    }
    assert placed(campaign) == {
        "": "tasks/0/type",
        "campaign": "tasks/0/type",
        "audience.selection": "tasks/0/channel",
        "channel": "tasks/0/type",
        "direction": "triggers/0/type",
        "messages": "tasks/0/type",
        "messages.0.kind": "tasks/0/type",
        "name": "id",
        "purpose": "tasks/0/type",
        "sender": "tasks/0/type",
    }
    assert written(campaign, "audience", "selection") == "12345"


def test_a_report_that_a_schedule_sends() -> None:
    campaign = one(MAIL, triggers=[WEEKLY])
    assert facts(
        campaign, "purpose", "schedule.recurrence", "schedule.timezone", "messages.0.subject", "messages.0.body"
    ) == (None, "0 10 * * 5", "Europe/Berlin", "Report", "Here is the report")
    assert written(campaign, "schedule", "recurrence") == "0 10 * * 5"


# --- types of tasks ---


@pytest.mark.parametrize(
    ("kind", "more", "channel"),
    [
        ("notifications.mail.MailSend", {"to": "a@example.org"}, "email"),
        ("notifications.sendgrid.SendGridMailSend", {"to": ["a@example.org"]}, "email"),
        ("twilio.sendgrid.SendGridMailExecution", {"to": ["a@example.org"]}, "email"),
        ("notifications.telegram.TelegramSend", {"channel": "1", "payload": "{}"}, "telegram"),
        ("telegram.TelegramSend", {"channel": "1"}, "telegram"),
        ("notifications.messenger.MessengerExecution", {"recipientIds": ["1"]}, "messenger"),
        ("notifications.line.LineExecution", {}, "line"),
        ("notifications.whatsapp.WhatsAppExecution", {"whatsAppIds": ["1"]}, "whatsapp"),
        ("meta.whatsapp.WhatsAppIncomingWebhook", {"payload": "{}"}, "whatsapp"),
        ("twilio.notify.sms.Send", {"to": "+491520000000", "body": "x"}, "sms"),
        ("twilio.notify.sms.Send", {"to": "whatsapp:+491520000000", "body": "x"}, "whatsapp"),
        ("twilio.rcs.SendMessage", {"to": "+491520000000", "body": "x"}, "rcs"),
        ("notifications.slack.SlackIncomingWebhook", {"url": "https://hooks.slack.com/x"}, "push"),
        ("slack.notifications.SlackIncomingWebhook", {}, "push"),
        ("slack.notifications.SlackExecution", {}, "push"),
        ("slack.app.chats.Post", {"channel": "C1", "messageText": "x"}, "push"),
        ("slack.app.reactions.Add", {"channel": "C1"}, None),
        ("discord.DiscordIncomingWebhook", {}, "push"),
        ("microsoft365.teams.TeamsIncomingWebhook", {}, "push"),
        ("googleworkspace.chat.GoogleChatExecution", {}, "push"),
        ("resend.email.Send", {"to": ["a@example.org"]}, "email"),
        ("notifications.pagerduty.PagerDutyAlert", {}, "push"),
        ("sent.messages.SendMessage", {"to": ["+491520000000"], "channels": ["sms"], "text": "x"}, "sms"),
    ],
)
def test_a_task_is_told_by_the_end_of_its_type(kind: str, more: Json, channel: str | None) -> None:
    assert [campaign.data["channel"] for campaign in records(ADAPTER, flow(task(kind, **more)))] == (
        [channel] if channel else []
    )


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        (
            "notifications.twilio.TwilioExecution",
            {"identity": "1"},
            "Twilio Notify chooses the channel by what is registered",
        ),
        (
            "sent.messages.SendMessage",
            {"to": ["1"], "channels": ["sms", "whatsapp"]},
            "the account at the provider chooses",
        ),
        ("sent.messages.SendMessage", {"to": ["1"]}, "the account at the provider chooses"),
    ],
)
def test_a_channel_that_the_provider_chooses_is_unknown(kind: str, more: Json, why: str) -> None:
    campaign = one(task(kind, **more))
    assert said(campaign)["channel"].startswith(f"? {why}")
    assert campaign.notes[0].startswith(why)


@pytest.mark.parametrize(
    "kind",
    ["core.log.Log", "email.MailReceivedTrigger", "scripts.shell.Commands", "telegram.GetUpdates", "x.XExecution"],
)
def test_other_tasks_send_nothing(kind: str) -> None:
    assert records(ADAPTER, flow(task(kind, to="a@example.org"))) == []


def test_a_whatsapp_task_speaks_to_the_business_integration() -> None:
    more: Json = {
        "url": "{{ secret('WHATSAPP_WEBHOOK') }}",
        "whatsAppIds": ["1", "2"],
        "textBody": "The run has failed",
    }
    campaign = one(task("notifications.whatsapp.WhatsAppExecution", **more), triggers=[FAILED])
    assert said(campaign) == {
        "campaign": "company.team.alert › tell",
        "name": "company.team.alert",
        "channel": "whatsapp",
        "purpose": "internal",
        "direction": "push",
        "sender": {"product": "business_platform"},
        "audience": {"selection": "? a few fixed recipients", "size": 2},
        "messages": [{"kind": "freeform", "window": "none", "body": "The run has failed"}],
    }


def test_a_whatsapp_task_that_is_given_the_address_of_a_gateway_uses_that() -> None:
    more: Json = {"url": "https://api.ultramsg.com/instance1/messages/chat", "textBody": "Hi", "whatsAppIds": ["1"]}
    campaign = one(task("notifications.whatsapp.WhatsAppIncomingWebhook", **more))
    assert facts(campaign, "sender.provider", "sender.product") == ("ultramsg", None)


def test_the_text_of_a_payload_is_read() -> None:
    campaign = one(task("telegram.TelegramSend", channel="1", payload='{"text": "Hello"}'))
    assert facts(campaign, "messages.0.body") == ("Hello",)


def test_a_payload_that_is_a_plain_text_is_the_text() -> None:
    (campaign,) = records(
        ADAPTER, flow(task("meta.whatsapp.WhatsAppExecution", payload="Run {{ execution.id }} failed"))
    )
    assert said(campaign)["messages"][0]["body"] == "Run {{ execution.id }} failed"
    assert written(campaign, "messages", 0, "body") == "Run {{ execution.id }} failed"


def test_what_the_flow_fills_in_for_a_type_of_task_counts_as_said() -> None:
    defaults = [
        {"type": f"{PLUGIN}.log", "values": {"to": "nobody@example.org"}},
        {"type": f"{PLUGIN}.email", "values": {"to": "team@example.org", "subject": "A report"}},
    ]
    campaign = one(task("email.MailSend", subject="Sales", plainTextContent="Up"), pluginDefaults=defaults)
    assert said(campaign) == {
        "campaign": "company.team.alert › tell",
        "name": "company.team.alert",
        "channel": "email",
        "direction": "push",
        "audience": {"selection": "single_number"},
        "messages": [{"kind": "freeform", "subject": "Sales", "body": "Up"}],
    }
    assert placed(campaign)["audience.selection"] == "pluginDefaults/1/values/to"
    assert placed(campaign)["messages.0.subject"] == "tasks/0/subject"


def test_a_mail_says_who_it_is_from_and_which_service_sends_it() -> None:
    text = """\
id: report
namespace: company.team
tasks:
  - id: grid
    type: io.kestra.plugin.notifications.sendgrid.SendGridMailSend
    from: news@gmail.com
    to: [a@example.org]
    subject: Report
    textContent: Ready
  - id: smtp
    type: io.kestra.plugin.email.MailSend
    from: news@example.org
    to: a@example.org
    htmlTextContent: Ready
"""
    grid, smtp = records(ADAPTER, text, "flow.yaml")
    assert said(grid)["sender"] == {"provider": "sendgrid", "address": "news@gmail.com"}
    assert placed(grid)["sender.address"] == "tasks/0/from"
    assert said(smtp)["sender"] == {"address": "news@example.org"}


def test_a_post_to_a_team_chat_is_noted_as_one() -> None:
    campaign = one(task("slack.app.chats.Post", channel="C1", messageText="Stand-up"), triggers=[WEEKLY])
    assert said(campaign) == {
        "campaign": "company.team.alert › tell",
        "name": "company.team.alert",
        "channel": "push",
        "direction": "push",
        "schedule": {"recurrence": "0 10 * * 5", "timezone": "Europe/Berlin"},
        "messages": [{"kind": "freeform", "body": "Stand-up"}],
    }
    assert campaign.notes == ("a message to a team chat: records have no channel for it, so it is shown as push",)


def test_a_request_names_its_carrier_by_its_address() -> None:
    body = '{"messaging_product": "whatsapp", "to": "491520000000", "type": "text", "text": {"body": "Hi"}}'
    asked = task("core.http.Request", uri="https://graph.facebook.com/v20.0/1/messages", method="POST", body=body)
    assert facts(one(asked), "channel", "sender.provider", "messages.0.body") == ("whatsapp", "meta", "Hi")


def test_other_requests_send_nothing() -> None:
    assert records(ADAPTER, flow(task("core.http.Request", uri="https://example.org", method="POST", body="x"))) == []


# --- what stands around a task ---


def test_tasks_inside_others_are_found_and_a_loop_is_a_list() -> None:
    inner = {**MAIL, "to": "{{ taskrun.value }}"}
    loop = task("core.flow.ForEach", "each", values=["a", "b"], tasks=[inner])
    branch = task("core.flow.If", "if", condition="{{ x }}", then=[loop], **{"else": [{**MAIL, "id": "other"}]})
    switch = task("core.flow.Switch", "switch", value="x", cases={"a": [{**MAIL, "id": "case"}]}, defaults=[MAIL])
    dag = task("core.flow.Dag", "dag", tasks=[{"task": {**MAIL, "id": "node"}, "dependsOn": []}])
    found = records(ADAPTER, flow(branch, switch, dag))
    assert [(campaign.id.rpartition(" › ")[2], facts(campaign, "audience.selection")[0]) for campaign in found] == [
        *(("tell", "list"), ("other", "single_number"), ("tell", "single_number"), ("case", "single_number")),
        ("node", "single_number"),
    ]
    assert found[0].place(()).pointer == ("tasks", 0, "then", 0, "tasks", 0, "type")


@pytest.mark.parametrize(
    ("data", "purpose"),
    [
        (flow(MAIL, triggers=[FAILED]), "internal"),
        (flow(errors=[MAIL]), "internal"),
        (flow(MAIL), None),
        (flow(MAIL, triggers=[{**FAILED, "disabled": True}]), None),
    ],
)
def test_an_alert_about_runs_is_internal(data: Json, purpose: str | None) -> None:
    data["tasks"] = data["tasks"] or [task("core.log.Log")]
    assert facts(only(ADAPTER, data), "purpose") == (purpose,)


@pytest.mark.parametrize(
    ("data", "shown"),
    [(flow({**MAIL, "disabled": True}), ("tasks", 0, "disabled")), (flow(MAIL, disabled=True), ("disabled",))],
)
def test_a_task_or_flow_that_is_switched_off_is_judged_as_such(data: Json, shown: tuple[Any, ...]) -> None:
    campaign = only(ADAPTER, data)
    assert facts(campaign, "enabled") == (False,)
    assert campaign.place(("enabled",)).pointer == shown


@pytest.mark.parametrize(
    ("to", "selection"),
    [
        ("a@example.org", "single_number"),
        ("{{ secret('OPERATIONS') }}", "single_number"),
        ("a@example.org; b@example.org", "? a few fixed recipients"),
        ("{{ inputs.address }}", "? the file does not say how recipients are chosen"),
    ],
)
def test_how_recipients_are_chosen(to: str, selection: str) -> None:
    assert facts(one({**MAIL, "to": to}), "audience.selection") == (selection,)


def test_an_event_from_outside_leaves_open_who_wrote_first() -> None:
    hook = {"id": "hook", "type": f"{PLUGIN}.core.trigger.Webhook", "key": "x"}
    asked = one({**MAIL, "to": "{{ trigger.body.address }}"}, triggers=[hook])
    assert facts(asked, "direction") == ("? an event from outside starts the flow, perhaps an inbound message",)
    assert facts(one(MAIL, triggers=[hook]), "direction") == ("push",)


# --- any input ---

WORDS = st.sampled_from(
    [
        *(
            "id",
            "type",
            "tasks",
            "then",
            "cases",
            "errors",
            "task",
            "to",
            "payload",
            "url",
            "uri",
            "triggers",
            "disabled",
        ),
        *("io.kestra.plugin.core.flow.ForEach", "io.kestra.plugin.notifications.whatsapp.WhatsAppExecution"),
        *("io.kestra.plugin.core.http.Request", "io.kestra.plugin.core.trigger.Schedule", "channels", "template"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | WORDS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(VALUES, max_size=4), VALUES, VALUES)
def test_no_flow_raises(tasks: list[Any], triggers: Any, errors: Any) -> None:
    document = document_of(flow(MAIL, *tasks, errors=errors) | {"triggers": triggers})
    assert recognises(document)
    for campaign in ADAPTER.adapt(document, table()).campaigns:
        assert all(place.region() for place in campaign.places.values())
