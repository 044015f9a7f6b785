"""Twilio Studio: what is recognised, which record each widget makes, who wrote first, and on which channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.twilio_studio import ADAPTER
from policylint.model.source import EXPRESSION, Unknown
from tests.recordviews import TABLE, document_of, placed, records_of, said, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

Json = dict[str, Any]

BY_PERSON = "? the flow uses the person's address, which may be of any channel"
ELSEWHERE = "? whoever starts the flow names the recipient"
SOMEBODY = "? an expression decides to whom it goes, perhaps not the person who wrote"


def trigger(**events: str) -> Json:
    return widget("Trigger", "trigger", None, **events)


def widget(name: str, kind: str, properties: Json | None = None, **events: str | None) -> Json:
    moves = [{"event": event, **({"next": target} if target else {})} for event, target in events.items()]
    return {"name": name, "type": kind, "transitions": moves, "properties": properties or {}}


def send(name: str = "send", next_: str | None = None, **properties: Any) -> Json:
    return widget(name, "send-message", {"body": "Hello", **properties}, sent=next_)


def ask(name: str, answered: str | None = None, unanswered: str | None = None, **properties: Any) -> Json:
    return widget(
        name,
        "send-and-wait-for-reply",
        {"body": "Are you coming?", **properties},
        incomingMessage=answered,
        timeout=unanswered,
    )


def call(name: str = "call", **events: str) -> Json:
    return widget(name, "make-outgoing-call-v2", {"to": "{{contact.channel.address}}"}, **events)


def flow(*states: Json, description: str = "Visits") -> Json:
    return {"description": description, "states": list(states), "initial_state": "Trigger"}


def records(data: Any) -> list[Campaign]:
    return records_of(ADAPTER, data)


def first(*states: Json, **more: str) -> Any:
    return said(records(flow(*states, **more))[0])


# --- recognition ---


def test_the_example_is_recognised_and_gives_a_campaign() -> None:
    assert [campaign.id for campaign in records(ADAPTER.example)] == ["Appointment reminder › remind"]


ONE = flow(trigger(incomingMessage="send"), send())


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (ONE, ""),
        ([ONE], "0/"),
        ({"sid": "FW1", "friendly_name": "Visits", "definition": ONE}, "definition/"),
        ({"flows": [{"definition": ONE}]}, "flows/0/definition/"),
        ({key: value for key, value in ONE.items() if key != "initial_state"}, ""),
    ],
)
def test_flows_are_recognised_alone_listed_and_in_their_resource(data: Any, at: str) -> None:
    (campaign,) = records(data)
    assert campaign.id == "Visits › send"
    assert placed(campaign)[""] == f"{at}states/1"


def test_comments_do_not_hinder() -> None:
    text = """{
      // the office line
      "initial_state": "T",
      "states": [
        {"name": "T", "type": "trigger", "transitions": [{"event": "incomingCall", "next": "s"}]},
        {"name": "s", "type": "send-message", "transitions": [], "properties": {"body": "We call back" /* soon */}},
      ],
    }"""
    (campaign,) = records(text)
    assert written(campaign, "messages", 0, "body") == '"We call back"'


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"states": []},
        {"states": ["open", "closed"], "initial_state": "open"},
        {"states": [{"name": "Berlin"}], "initial_state": "x"},
        {"states": [{"name": "a", "type": "atomic", "transitions": [{"target": "b"}]}], "initial_state": "a"},
        {"states": [{"name": "a", "type": 1, "transitions": [{"event": "x"}]}], "initial_state": "a"},
        {"states": [{"name": "a", "type": "light", "transitions": [{"event": "x"}]}]},  # another state machine
        {"states": {"a": {"on": {"x": "b"}}}, "initial_state": "a"},
        {"$schema": "http://json-schema.org/schema#", "properties": {"flows": {"type": "array"}}},
        {"flows": [{"name": "Visits", "path": "flows/visits.json"}], "replaceWidgetTypes": ["send-to-flex"]},
    ],
)
def test_look_alikes_are_not_recognised(data: Any) -> None:
    assert not ADAPTER.recognises(document_of(data))


# --- whole records ---


def test_a_message_of_a_flow_that_the_api_starts() -> None:
    body = "See you on {{flow.data.day}}."
    (campaign,) = records(flow(trigger(incomingMessage="", incomingRequest="send"), send(body=body)))
    assert said(campaign) == {
        "campaign": "Visits › send",
        "name": "Visits",
        "channel": BY_PERSON,
        "direction": "push",
        "audience": {"selection": ELSEWHERE},
        "sender": {"provider": "twilio"},
        "messages": [{"kind": "freeform", "body": body}],
    }
    assert placed(campaign) == {
        "": "states/1",
        "audience": "states/1",
        "audience.selection": "states/1",
        "campaign": "states/1",
        "channel": "states/1",
        "direction": "states/0/transitions/1",
        "messages": "states/1",
        "messages.0.body": "states/1/properties/body",
        "messages.0.kind": "states/1/properties/body",
        "name": "description",
        "sender": "states/1",
        "sender.provider": "states/1",
    }
    assert campaign.notes == (BY_PERSON[2:],)


def test_an_answer_on_whatsapp() -> None:
    sent = send(**{"from": "whatsapp:+15550100", "to": "{{trigger.message.From}}"})
    (campaign,) = records(flow(trigger(incomingMessage="send"), sent))
    assert said(campaign) == {
        "campaign": "Visits › send",
        "name": "Visits",
        "channel": "whatsapp",
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "sender": {"product": "business_platform", "provider": "twilio"},
        "messages": [{"kind": "freeform", "body": "Hello", "window": "customer_service"}],
        "automation": {"bot": True},
    }
    assert placed(campaign)["channel"] == "states/1/properties/from"
    assert placed(campaign)["audience.selection"] == "states/1/properties/to"


def test_a_call_says_what_is_said_first() -> None:
    said_ = widget("hello", "say-play", {"say": "This is your clinic."})
    (campaign,) = records(flow(trigger(incomingRequest="call"), call(busy="hello", answered="hello"), said_))
    assert said(campaign) == {
        "campaign": "Visits › call",
        "name": "Visits",
        "channel": "voice",
        "direction": "push",
        "audience": {"selection": ELSEWHERE},
        "sender": {"provider": "twilio"},
        "messages": [{"kind": "freeform", "body": "This is your clinic."}],
        "automation": {"calls": True},
    }
    assert placed(campaign)["messages.0.body"] == "states/2/properties/say"


def test_a_call_that_begins_with_something_else() -> None:
    found = first(trigger(incomingRequest="call"), call(answered="menu"), widget("menu", "gather-input-on-call"))
    assert found["messages"] == [{"kind": "freeform", "body": "? the file does not show what is said first"}]


# --- who wrote first ---


@pytest.mark.parametrize(
    ("event", "direction"),
    [
        ("incomingMessage", "reply"),
        ("incomingConversationMessage", "reply"),
        ("incomingCall", "reply"),
        ("incomingRequest", "push"),
        ("incomingParent", "? other flows run this one"),
        ("somethingNew", "? other flows run this one"),
    ],
)
def test_what_starts_the_flow_decides(event: str, direction: str) -> None:
    assert first(trigger(**{event: "send"}), send())["direction"] == direction


def test_a_widget_that_the_api_reaches_too_writes_first() -> None:
    assert first(trigger(incomingMessage="send", incomingRequest="send"), send())["direction"] == "push"


def test_after_an_answer_it_is_a_reply_and_after_silence_it_is_not() -> None:
    states = [trigger(incomingRequest="ask"), ask("ask", "yes", "again"), send("yes"), send("again")]
    assert [said(one)["direction"] for one in records(flow(*states))] == ["push", "reply", "push"]


@pytest.mark.parametrize(
    ("timeout", "direction"),
    [
        ("3600", "reply"),
        ("86400", "? it may come more than 24 hours after the person's last message"),
        (172800, "? it may come more than 24 hours after the person's last message"),
        ("{{flow.data.wait}}", "reply"),
    ],
)
def test_a_day_without_an_answer_leaves_it_open(timeout: Any, direction: str) -> None:
    states = [trigger(incomingMessage="ask"), ask("ask", None, "again", timeout=timeout), send("again")]
    assert said(records(flow(*states))[1])["direction"] == direction


def test_another_flow_may_have_waited_for_an_answer() -> None:
    states = [trigger(incomingRequest="run"), widget("run", "run-subflow", completed="send"), send()]
    (campaign,) = records(flow(*states))
    assert said(campaign)["direction"] == "? a flow before it may have waited for an answer"
    assert "it runs another flow, which was not read" in campaign.notes


def test_a_widget_that_nothing_leads_to() -> None:
    assert (
        first(trigger(incomingMessage="other"), send())["direction"] == "? no trigger of the flow leads to the widget"
    )


# --- whom ---


@pytest.mark.parametrize(
    ("description", "selection"),
    [
        ("Predictive Dialler", "list"),
        ("SMS broadcast, spring", "list"),
        ("Outreach to former members", "list"),
        ("Bulk SMS", "list"),
        ("Appointment reminder", ELSEWHERE),
        ("Campaigner support", ELSEWHERE),
    ],
)
def test_a_flow_that_is_called_after_a_mass_of_people_is_for_a_list(description: str, selection: str) -> None:
    (campaign,) = records(flow(trigger(incomingRequest="send"), send(), description=description))
    assert said(campaign)["audience"] == {"selection": selection}
    if selection == "list":
        assert written(campaign, "audience", "selection") == f'"{description}"'


def test_a_flow_for_many_that_answers_is_for_whoever_wrote() -> None:
    (campaign,) = records(flow(trigger(incomingMessage="send"), send(), description="SMS broadcast"))
    assert said(campaign)["audience"] == {"selection": "inbound_sender"}


def test_a_text_message_shows_that_it_says_nothing_of_opting_out() -> None:
    sms, other = (
        records(flow(trigger(incomingRequest="send"), send(to=to)))[0].data
        for to in ("+4930000000", "whatsapp:+4930000000")
    )
    assert (sms.get("purpose"), sms["opt_out"].get("in_message"), sms["opt_out"].get("keywords")) == (None, None, None)
    assert isinstance(sms["opt_out"]["sources"], Unknown)
    assert isinstance(other["purpose"], Unknown)
    assert isinstance(other["opt_out"], Unknown)


@pytest.mark.parametrize(
    ("to", "event", "direction", "selection"),
    [
        (None, "incomingMessage", "reply", "inbound_sender"),
        ("{{contact.channel.address}}", "incomingCall", "reply", "inbound_sender"),
        ("{{trigger.call.From}}", "incomingCall", "reply", "inbound_sender"),
        ("+15550100", "incomingMessage", "push", "single_number"),
        ("OFFICE_NUMBER", "incomingMessage", "push", "single_number"),
        ("{{widgets.find.parsed.phone}}", "incomingMessage", SOMEBODY, f"? {EXPRESSION.why}"),
        ("{{flow.data.phone}}", "incomingRequest", "push", f"? {EXPRESSION.why}"),
    ],
)
def test_the_recipient_decides_too(to: str | None, event: str, direction: str, selection: str) -> None:
    found = first(trigger(**{event: "send"}), send(**({"to": to} if to else {})))
    assert (found["direction"], found["audience"]["selection"]) == (direction, selection)


# --- on which channel ---


@pytest.mark.parametrize(
    ("properties", "channel"),
    [
        ({}, BY_PERSON),
        ({"from": "{{flow.channel.address}}", "channel": "{{trigger.message.ChannelSid}}"}, BY_PERSON),
        ({"to": "whatsapp:{{flow.data.phone}}"}, "whatsapp"),
        ({"from": "WhatsApp:+15550100"}, "whatsapp"),
        ({"from": "messenger:1234"}, "messenger"),
        ({"from": "rcs:brand"}, "rcs"),
        ({"to": "+15550100"}, "sms"),
        ({"from": "+1 555 0100"}, "sms"),
        ({"from": "{{trigger.call.To}}"}, "sms"),
        ({"from": "MG" + "0" * 32}, BY_PERSON),  # a messaging service has senders of many channels
        ({"channel": "sms"}, "sms"),
        ({"channel": "WhatsApp"}, "whatsapp"),
    ],
)
def test_addresses_show_the_channel(properties: Json, channel: str) -> None:
    assert first(trigger(incomingMessage="send"), send(**properties))["channel"] == channel


def test_a_caller_is_texted_by_sms() -> None:
    assert first(trigger(incomingCall="send"), send())["channel"] == "sms"
    assert first(trigger(incomingCall="send", incomingMessage="send"), send())["channel"] == BY_PERSON


def test_a_person_whom_the_flow_calls_is_texted_by_sms() -> None:
    after = [trigger(incomingRequest="call"), call(busy="send"), send()]
    before = [trigger(incomingRequest="send"), send(next_="call"), call()]
    assert [said(one)["channel"] for one in records(flow(*after))] == ["voice", "sms"]
    assert [said(one)["channel"] for one in records(flow(*before))] == ["sms", "voice"]


@pytest.mark.parametrize(
    ("description", "channel"),
    [("WhatsApp intake", "whatsapp"), ("Survey by SMS", "sms"), ("SMS or WhatsApp", BY_PERSON), ("Smsing", BY_PERSON)],
)
def test_the_description_tells_where_the_widgets_do_not(description: str, channel: str) -> None:
    assert first(trigger(incomingMessage="send"), send(), description=description)["channel"] == channel


# --- content templates, opt-out, agents ---

SID = "HX" + "0a" * 16


def test_a_content_template_counts_even_where_an_old_body_is_left() -> None:
    sent = send(message_type="content_template", content_sid=SID, to="whatsapp:+15550100")
    (campaign,) = records(flow(trigger(incomingRequest="send"), sent))
    assert said(campaign)["messages"] == [
        {
            "kind": "template",
            "body": "? the text is in the content template, not in the flow",
            "template": {"name": "? the flow names the content template by its SID only"},
            "window": "none",
        }
    ]
    assert f"content template {SID}" in campaign.notes


def test_a_content_sid_without_a_body_is_a_template_and_beside_one_it_is_not() -> None:
    assert first(trigger(incomingMessage="send"), send(body="", content_sid=SID))["messages"][0]["kind"] == "template"
    assert first(trigger(incomingMessage="send"), send(content_sid=SID))["messages"][0]["kind"] == "freeform"


def test_a_content_template_by_sms_needs_no_approval() -> None:
    sent = send(message_type="content_template", content_sid=SID, to="+15550100")
    (campaign,) = records(flow(trigger(incomingRequest="send"), sent))
    assert campaign.data["messages"][0]["kind"] == "freeform"
    assert campaign.data["messages"][0]["template"] is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [("{{widgets.text.parsed.body}}", f"? {EXPRESSION.why}"), ("Hi {{flow.data.name}}", "Hi {{flow.data.name}}")],
)
def test_a_body_that_is_an_expression_is_unknown(body: str, expected: str) -> None:
    assert first(trigger(incomingMessage="send"), send(body=body))["messages"][0]["body"] == expected


def split(looks_at: str, *values: str) -> Json:
    moves = [
        {"event": "match", "next": "send", "conditions": [{"type": "matches_any_of", "value": one}]} for one in values
    ]
    return {"name": "split", "type": "split-based-on", "transitions": moves, "properties": {"input": looks_at}}


def test_words_that_an_answer_is_compared_with_are_an_opt_out() -> None:
    states = [
        trigger(incomingRequest="ask"),
        ask("ask", "split"),
        split("{{widgets.ask.inbound.Body}}", "yes", "STOP, baja"),
    ]
    (campaign,) = records(flow(*states))
    assert said(campaign)["opt_out"] == {"keywords": ["STOP", "baja"]}
    assert placed(campaign)["opt_out.keywords"] == "states/2"


def test_words_that_something_else_is_compared_with_are_not() -> None:
    assert "opt_out" not in first(
        trigger(incomingMessage="send"), send(), split("{{widgets.http.parsed.action}}", "stop")
    )


@pytest.mark.parametrize("kind", ["send-to-flex", "enqueue-call"])
def test_a_hand_over_is_a_way_to_a_human(kind: str) -> None:
    found = first(trigger(incomingMessage="send"), send(), widget("agent", kind))
    assert found["automation"] == {"bot": True, "escalation": ["in_chat_agent"]}


# --- never raises, never slow ---

_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["send", "send-message", "{{x}}"])
)
_KEYS = st.sampled_from(
    ["name", "type", "transitions", "event", "next", "properties", "to", "body", "conditions", "value"]
)
_TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | _LEAVES, inner, max_size=4)
)


@settings(max_examples=150, deadline=None)
@given(where=st.sampled_from(["state", "properties", "transition", "property"]), tree=_TREES)
def test_any_data_where_the_format_has_something_else_is_survived(where: str, tree: Any) -> None:
    data = flow(trigger(incomingMessage="send"), send())
    if where == "state":
        data["states"].append(tree if isinstance(tree, dict) and isinstance(tree.get("type"), str) else None)
    elif where == "properties":
        data["states"][1]["properties"] = tree
    elif where == "transition":
        data["states"][0]["transitions"].append(tree)
    else:
        data["states"][1]["properties"].update(to=tree, content_sid=tree, body=tree, message_type=tree, timeout=tree)
    document = document_of("{}")._replace(data=data)
    assert ADAPTER.recognises(document)
    for campaign in ADAPTER.adapt(document, TABLE).campaigns:
        assert all(place.region() for place in campaign.places.values())
