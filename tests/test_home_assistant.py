"""Home Assistant: which scripts, automations and packages are recognised, which record each call makes, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.home_assistant import ADAPTER, recognises
from tests.automations import facts, only, recognisers, records, table
from tests.recordviews import document_of, placed, said, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

Json = dict[str, Any]

WHO = ("direction", "audience.selection", "audience.size")
GATEWAY = "unnamed-gateway"


def call(action: str = "whatsapp.send_message", **data: Any) -> Json:
    return {"action": action, "data": {"to": "491520000000@s.whatsapp.net", "body": {"text": "Hi"}, **data}}


def automation(*actions: Json, trigger: Json | None = None, **more: Any) -> Json:
    start = trigger or {"trigger": "state", "entity_id": "binary_sensor.door"}
    return {"alias": "Door", "triggers": [start], "actions": list(actions), **more}


def one(*actions: Json, trigger: Json | None = None, **more: Any) -> Campaign:
    return only(ADAPTER, [automation(*actions, trigger=trigger, **more)])


# --- recognition ---


@pytest.mark.parametrize(
    "data",
    [
        [automation(call())],
        automation(call()),
        {
            "alias": "Old",
            "trigger": [{"platform": "sun"}],
            "action": [{"service": "notify.whatsapp", "data": {"message": "x"}}],
        },
        {"tell": {"alias": "Tell", "sequence": [call()]}},
        {"sequence": [call()]},
        {"automation door": [automation(call())], "sensor": []},
        {"script": {"tell": {"sequence": [call()]}}},
        {"blueprint": {"name": "Tell", "domain": "automation"}, **automation(call())},
        {"notify": [{"name": "wa", "platform": "rest", "resource": "https://api.callmebot.com/whatsapp.php"}]},
        {"rest_command": {"wa": {"url": "https://api.ultramsg.com/i/messages/chat", "method": "post"}}},
    ],
)
def test_scripts_automations_packages_and_notifiers_are_recognised(data: Any) -> None:
    assert recognisers(data, "automations.yaml") == ["home-assistant"]


@pytest.mark.parametrize(
    "data",
    [
        [{"platform": "facebook", "page_access_token": "x"}, {"platform": "pushbullet", "name": "phone"}],
        [automation({"action": "light.turn_on", "data": {"entity_id": "light.x"}})],
        {"on": "push", "jobs": {"build": {"steps": [{"uses": "actions/notify.slack@v1"}]}}},
        {"services": {"whatsapp": {"image": "x"}}},
        {"sequence": ["notify.x"]},
        {"triggers": [], "actions": "notify.family"},
        {"notify": {"email": "a@example.org"}},
    ],
)
def test_look_alikes_are_not_recognised(data: Any) -> None:
    assert "home-assistant" not in recognisers(data, "automations.yaml")


def test_the_example_is_recognised_by_this_adapter_only_and_gives_a_campaign() -> None:
    assert recognisers(ADAPTER.example, "automations.yaml") == ["home-assistant"]
    assert len(records(ADAPTER, ADAPTER.example, "automations.yaml")) == 1


# --- whole records ---


def test_a_script_that_writes_to_groups() -> None:
    text = """\
greet_groups:
  alias: Greet the groups
  sequence:
    - repeat:
        for_each:
          - 120363000000000001@g.us
          - 120363000000000002@g.us
        sequence:
          - action: whatsapp.send_message
            data:
              clientId: default
              to: "{{ repeat.item }}"
              body:
                text: "Good evening, it is {{ now() }}"
"""
    campaign = only(ADAPTER, text, "scripts.yaml")
    assert said(campaign) == {
        "campaign": "Greet the groups › whatsapp.send_message",
        "name": "Greet the groups",
        "channel": "whatsapp",
        "direction": "push",
        "sender": {"provider": GATEWAY},
        "audience": {"selection": "group_chat", "size": 2},
        "messages": [{"kind": "freeform", "window": "none", "body": "Good evening, it is {{ now() }}"}],
    }
    step = "greet_groups/sequence/0/repeat/sequence/0"
    assert placed(campaign) == {
        "": f"{step}/action",
        "campaign": f"{step}/action",
        "audience.selection": "greet_groups/sequence/0/repeat/for_each",
        "audience.size": "greet_groups/sequence/0/repeat/for_each",
        "channel": f"{step}/action",
        "direction": "greet_groups/alias",
        "messages": f"{step}/action",
        "messages.0.body": f"{step}/data/body/text",
        "messages.0.kind": f"{step}/action",
        "name": "greet_groups/alias",
        "sender": f"{step}/action",
        "sender.provider": f"{step}/action",
    }
    assert written(campaign, "messages", 0, "body") == "Good evening, it is {{ now() }}"


def test_an_answer_to_a_message() -> None:
    trigger = {"platform": "event", "event_type": "new_whatsapp_message"}
    campaign = one(call(to="{{ trigger.event.data.key.remoteJid }}", body={"text": "pong"}), trigger=trigger)
    assert facts(campaign, *WHO, "automation.bot", "messages.0.window", "messages.0.body") == (
        *("reply", "inbound_sender", None, True, "customer_service", "pong"),
    )


# --- channels and carriers ---


@pytest.mark.parametrize(
    ("action", "data", "expected"),
    [
        ("whatsapp.send_message", {}, ("whatsapp", GATEWAY)),
        ("whatsapp.send_image", {"target": "+491520000000", "to": None, "caption": "x"}, ("whatsapp", GATEWAY)),
        ("waha_whatsapp.send_text", {}, ("whatsapp", "waha")),
        ("evolution_api.send_text", {}, ("whatsapp", "evolution-api")),
        ("whatsapp_cloud.send_message", {"to": "491520000000"}, ("whatsapp", "meta")),
        ("notify.whatsapp_anna", {"message": "x", "to": None, "target": "+491520000000"}, ("whatsapp", None)),
        ("notify.whatsapp_anna", {"message": "x", "to": None, "target": "491520000000@c.us"}, ("whatsapp", GATEWAY)),
        ("notify.callmebot", {"message": "x", "to": None}, ("whatsapp", "callmebot")),
        ("telegram_bot.send_message", {"target": 1, "to": None, "message": "x"}, ("telegram", None)),
        ("notify.telegram_me", {"message": "x", "to": None}, ("telegram", None)),
        ("notify.twilio_sms", {"message": "x", "to": None, "target": "+49152"}, ("sms", None)),
        ("notify.smtp_home", {"message": "x", "to": None}, ("email", None)),
        ("notify.signal", {"message": "x", "to": None}, ("signal", None)),
        ("rest_command.send_whatsapp", {"message": "x", "to": None}, ("whatsapp", None)),
        ("rest_command.family_telegram_send", {"message": "x", "to": None}, ("telegram", None)),
        ("shell_command.send_sms", {"message": "x", "to": None}, ("sms", None)),
        ("notify.slack_home", {"message": "x", "to": None}, ("push", None)),
    ],
)
def test_the_name_of_an_action_says_channel_and_carrier(action: str, data: Json, expected: tuple[Any, ...]) -> None:
    assert facts(one(call(action, **data)), "channel", "sender.provider") == expected


def test_the_title_of_a_mail_is_its_subject() -> None:
    campaign = one(call("notify.smtp_home", to=None, title="Alarm", message="Door open"))
    assert said(campaign)["messages"] == [{"kind": "freeform", "subject": "Alarm", "body": "Door open"}]
    assert written(campaign, "messages", 0, "subject") == "Alarm"
    assert "subject" not in one(call("notify.signal", to=None, title="Alarm", message="x")).data["messages"][0]


@pytest.mark.parametrize(
    "action",
    [
        *("notify.mobile_app_phone", "notify.family", "notify.alexa_media", "telegram_bot.answer_callback_query"),
        *("notify.mobile_app_slack_phone", "rest_command.telegram_webhook", "rest_command.open_garage"),
    ],
)
def test_apps_and_speakers_of_the_household_get_no_messages(action: str) -> None:
    assert records(ADAPTER, [automation(call(action, message="x"))]) == []


@pytest.mark.parametrize(
    "service", ["update_presence", "mark_as_read", "presence_subscribe", "create_group", "send_reaction"]
)
def test_what_an_unofficial_client_does_beside_sending_sets_it_up(service: str) -> None:
    assert facts(one(call(f"whatsapp.{service}")), "kind", "sender.provider") == ("setup", GATEWAY)


def test_a_message_to_a_team_chat_is_noted_as_one() -> None:
    campaign = one({"service": "notify.slack_home", "data": {"message": "Batteries are low"}})
    assert said(campaign) == {
        "campaign": "Door › notify.slack_home",
        "name": "Door",
        "channel": "push",
        "direction": "push",
        "automation": {"bot": True},
        "messages": [{"kind": "freeform", "body": "Batteries are low"}],
    }
    assert campaign.notes == ("a message to a team chat: records have no channel for it, so it is shown as push",)
    assert placed(campaign)["messages.0.body"] == "0/actions/0/data/message"


def test_a_command_of_another_file_is_told_by_its_name() -> None:
    campaign = one({"service": "rest_command.family_telegram_send", "data": {"message": "Hello", "chat_id": "7"}})
    assert said(campaign) == {
        "campaign": "Door › rest_command.family_telegram_send",
        "name": "Door",
        "channel": "telegram",
        "direction": "push",
        "audience": {"selection": "single_number"},
        "automation": {"bot": True},
        "messages": [{"kind": "freeform", "body": "Hello"}],
    }
    assert placed(campaign)["channel"] == "0/actions/0/service"


def test_a_notifier_is_named_by_its_entity() -> None:
    step = {"action": "notify.send_message", "target": {"entity_id": "notify.whatsapp_anna"}, "data": {"message": "x"}}
    assert facts(one(step), "channel", "messages.0.body") == ("whatsapp", "x")


def test_a_command_of_the_file_is_filled_in_by_its_call() -> None:
    package = {
        "rest_command": {
            "tell": {"url": "https://api.callmebot.com/whatsapp.php?phone={{ number }}&text={{ message }}&apikey=1"}
        },
        "automation": [
            automation({"action": "rest_command.tell", "data": {"number": "+49152", "message": "Door open"}})
        ],
    }
    campaign = only(ADAPTER, package, "package.yaml")
    assert facts(campaign, "sender.provider", *WHO, "messages.0.body") == (
        *("callmebot", "push", "single_number", None, "Door open"),
    )
    assert written(campaign, "messages", 0, "body") == "Door open"


def test_a_notifier_of_the_file_says_who_carries_its_messages() -> None:
    package = {
        "notify": [{"name": "Anna", "platform": "rest", "resource": "https://evo.example.org/message/sendText/home"}],
        "automation": [automation({"action": "notify.anna", "data": {"message": "Door open"}})],
    }
    assert facts(only(ADAPTER, package, "package.yaml"), "channel", "sender.provider") == ("whatsapp", "evolution-api")


def test_a_notifier_that_nothing_calls_is_a_set_up() -> None:
    data = {"notify": [{"name": "Anna", "platform": "rest", "resource": "https://api.ultramsg.com/i/messages/chat"}]}
    campaign = only(ADAPTER, data, "package.yaml")
    assert facts(campaign, "kind", "sender.provider") == ("setup", "ultramsg")
    assert campaign.notes == ("a WhatsApp client that is set up; nothing in this file sends with it",)


# --- recipients ---


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("491520000000@s.whatsapp.net", ("push", "single_number", None)),
        ("120363000000@g.us", ("push", "group_chat", None)),
        (["491520000000@c.us", "491520000001@c.us"], ("push", "? a few fixed recipients", 2)),
        ("{{ states('input_text.number') }}", ("push", "? the file does not say how recipients are chosen", None)),
    ],
)
def test_how_recipients_are_chosen(to: Any, expected: tuple[Any, ...]) -> None:
    assert facts(one(call(to=to)), *WHO) == expected


def test_a_secret_is_one_fixed_address() -> None:
    text = "sequence:\n  - action: whatsapp.send_message\n    data: {to: !secret anna, body: {text: Hi}}\n"
    assert facts(only(ADAPTER, text, "scripts.yaml"), *WHO) == ("push", "single_number", None)


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (["1@c.us", "2@c.us", "3@c.us"], ("push", "list", 3)),
        ("{{ states.person }}", ("push", "list", None)),
        (["{{ a }}"], ("push", "list", None)),
    ],
)
def test_a_repetition_goes_through_a_list(each: Any, expected: tuple[Any, ...]) -> None:
    step = {"repeat": {"for_each": each, "sequence": [call(to="{{ repeat.item }}")]}}
    assert facts(only(ADAPTER, {"sequence": [step]}), *WHO) == expected


def test_a_script_that_is_told_to_whom_leaves_the_direction_open() -> None:
    reason = "? whoever runs the script says to whom, perhaps the sender of an inbound message"
    assert facts(only(ADAPTER, {"sequence": [call(to="{{ to }}")]}), "direction") == (reason,)


# --- what starts it, and steps inside steps ---


@pytest.mark.parametrize(
    ("trigger", "recurrence"),
    [
        ({"trigger": "time", "at": "08:00:00"}, "daily"),
        ({"trigger": "time", "at": "input_datetime.alarm"}, "? an expression or a placeholder"),
        ({"platform": "time_pattern", "minutes": "/5"}, "*/5 * * * *"),
        ({"platform": "time_pattern", "hours": "8"}, "0 8 * * *"),
        ({"platform": "sun", "event": "sunset"}, "daily"),
        ({"platform": "state", "entity_id": "x"}, None),
    ],
)
def test_how_often_the_clock_starts_an_automation(trigger: Json, recurrence: str | None) -> None:
    assert facts(one(call(), trigger=trigger), "schedule.recurrence") == (recurrence,)


def test_calls_in_choices_conditions_and_branches_are_found() -> None:
    steps: list[Json] = [
        {"choose": [{"conditions": [], "sequence": [call(body={"text": "a"})]}], "default": [call(body={"text": "b"})]},
        {"if": [], "then": [call(body={"text": "c"})], "else": [call(body={"text": "d"})]},
        {"parallel": [call(body={"text": "e"}), {"sequence": [call(body={"text": "f"})]}]},
    ]
    found = records(ADAPTER, [automation(*steps)])
    assert [facts(campaign, "messages.0.body")[0] for campaign in found] == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize(("step", "more"), [({**call(), "enabled": False}, {}), (call(), {"initial_state": False})])
def test_a_step_or_automation_that_is_switched_off_is_judged_as_such(step: Json, more: Json) -> None:
    campaign = one(step, **more)
    assert facts(campaign, "enabled") == (False,)
    assert written(campaign, "enabled") == "false"


@pytest.mark.parametrize(
    "event", ["whatsapp_presence_update", "whatsapp_message_ack", "telegram_text", "state_changed"]
)
def test_other_events_are_no_inbound_messages(event: str) -> None:
    trigger = {"trigger": "event", "event_type": event}
    assert facts(one(call(to="{{ trigger.event.data.from }}"), trigger=trigger), "direction") == ("push",)


# --- any input ---

WORDS = st.sampled_from(
    [
        *(
            "alias",
            "triggers",
            "trigger",
            "actions",
            "action",
            "service",
            "sequence",
            "choose",
            "repeat",
            "for_each",
            "data",
        ),
        *(
            "whatsapp.send_message",
            "notify.whatsapp",
            "notify",
            "rest_command",
            "platform",
            "script",
            "automation",
            "to",
        ),
        *("{{ repeat.item }}", "url", "https://api.ultramsg.com/x", "body", "text", "enabled", "at", "time"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | WORDS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(VALUES, VALUES, VALUES)
def test_no_document_raises(triggers: Any, actions: Any, more: Any) -> None:
    data = {"alias": more, "triggers": triggers, "actions": [actions, call()], "sequence": more, "notify": actions}
    for document in (
        document_of([data]),
        document_of({"script": {"x": data}, "rest_command": more}),
        document_of([more]),
    ):
        if recognises(document):
            for campaign in ADAPTER.adapt(document, table()).campaigns:
                assert all(place.region() for place in campaign.places.values())
