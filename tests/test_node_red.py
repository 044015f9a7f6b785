"""Node-RED flows: what is recognised, which record each node makes, and where every value stands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.node_red import ADAPTER, recognises
from policylint.adapters.node_red.nodes import SENDERS
from tests.automations import facts, only, recognisers, records, table
from tests.recordviews import document_of, placed, said, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

Json = dict[str, Any]

WHO = ("kind", "direction", "audience.selection", "audience.size")
NOBODY = "? the file does not say to whom"
NOT_WRITTEN = "? no node before it writes the text out"


def node(key: str, kind: str, *targets: str, **more: Any) -> Json:
    return {"id": key, "type": kind, "z": "tab", "wires": [list(targets)], **more}


def inject(*targets: str, **more: Any) -> Json:
    return node("in", "inject", *targets, **{"repeat": "", "crontab": "", "once": False, **more})


def function(code: str, *targets: str, key: str = "fn") -> Json:
    return node(key, "function", *targets, func=code)


TAB: Json = {"id": "tab", "type": "tab", "label": "Shop", "disabled": False}
LINK: Json = {"id": "link", "type": "whatsappLink", "clientType": "waSocketClient"}
CHATS_IN = node(
    "chats", "chats-in", "fn", whatsappLink="link", whatsappLiteevent="messages.upsert", whatsappWebevent=""
)
TIMER = inject("fn", crontab="00 08 * * *")
CLICK = inject("fn")


def chats_out(number: str = "", **more: Any) -> Json:
    return node("out", "chats-out", whatsappLink="link", number=number, **more)


def one(*nodes: Json) -> Campaign:
    return only(ADAPTER, [TAB, *nodes])


# --- recognition ---


@pytest.mark.parametrize("data", [[TAB, CLICK], {"rev": "1", "flows": [TAB, CLICK]}, [CLICK]])
def test_flows_are_recognised_as_a_list_and_as_the_api_writes_them(data: Any) -> None:
    assert recognisers(data) == ["node-red"]


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"id": "1", "type": "user", "name": "x"}],
        [{"id": 1, "type": 2, "wires": []}],
        [{"wires": [[]]}, {"a": 1}, {"b": 2}],
        {"nodes": [CLICK], "connections": {}},
        {"flows": {"id": "1"}},
        ["wires"],
    ],
)
def test_look_alikes_are_not_recognised(data: Any) -> None:
    assert "node-red" not in recognisers(data)


def test_the_example_is_recognised_by_this_adapter_only_and_gives_a_campaign() -> None:
    assert recognisers(ADAPTER.example) == ["node-red"]
    assert len(records(ADAPTER, ADAPTER.example)) == 1


def test_every_carrier_that_a_type_of_node_names_is_in_the_provider_table() -> None:
    assert [one.library for one in SENDERS.values() if one.library and not table().library_route(one.library)] == []
    assert [one.provider for one in SENDERS.values() if one.provider and not table().route(one.provider)] == []


# --- whole records ---


def test_a_bot_that_answers_chats_over_an_unofficial_client() -> None:
    campaign = one(
        CHATS_IN, function("msg.payload = {text: 'We open at nine', footer: 'Shop'};", "out"), chats_out(), LINK
    )
    assert said(campaign) == {
        "campaign": "Shop › chats-out",
        "name": "Shop",
        "channel": "whatsapp",
        "sender": {"library": "whatsapp-link"},
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "automation": {"bot": True},
        "messages": [{"kind": "freeform", "window": "customer_service", "body": "We open at nine"}],
    }
    assert placed(campaign) == {
        "": "3/type",
        "campaign": "3/type",
        "audience.selection": "1/type",
        "automation.bot": "1/type",
        "channel": "3/type",
        "direction": "1/type",
        "messages": "3/type",
        "messages.0.body": "2/func",
        "messages.0.kind": "3/type",
        "name": "0/label",
        "sender": "3/type",
        "sender.library": "3/type",
        "sender.provider": "3/type",
    }
    assert written(campaign, "messages", 0, "body") == "We open at nine"
    assert campaign.data["sender"]["provider"] is None


def test_a_timer_that_sends_to_one_number() -> None:
    campaign = one(
        TIMER, function("msg.payload = `Good morning ${msg.topic}`;", "out"), chats_out("491520000000"), LINK
    )
    assert facts(campaign, *WHO, "schedule.recurrence", "automation.bot", "messages.0.body", "messages.0.window") == (
        *(None, "push", "single_number", None, "00 08 * * *", True, "Good morning ${msg.topic}", "none"),
    )
    assert written(campaign, "schedule", "recurrence") == "00 08 * * *"


# --- what only a person sends ---


def test_a_click_that_sends_to_one_number_over_an_unofficial_client_is_a_set_up() -> None:
    campaign = one(inject("out", payload="Hello", payloadType="str"), chats_out("491520000000"), LINK)
    assert facts(campaign, *WHO, "sender.library") == ("setup", "push", "single_number", None, "whatsapp-link")
    assert campaign.notes == ("only a click in the editor sends it",)


def test_a_click_on_a_node_without_a_number_sends_nothing() -> None:
    campaign = one(inject("out", payload="Hello", payloadType="str"), chats_out(), LINK)
    assert facts(campaign, *WHO) == ("setup", "push", NOBODY, None)
    assert campaign.notes == ("the node has no number, and no node before it gives one",)


@pytest.mark.parametrize(
    ("more", "recurrence"),
    [
        ({"repeat": "3600"}, "FREQ=SECONDLY;INTERVAL=3600"),
        ({"crontab": "*/5 * * * *"}, "*/5 * * * *"),
        ({"once": True}, None),
    ],
)
def test_an_inject_that_repeats_or_starts_by_itself_is_no_click(more: Json, recurrence: str | None) -> None:
    campaign = one(inject("out", **more), chats_out("491520000000"), LINK)
    assert facts(campaign, "kind", "schedule.recurrence", "automation.bot") == (None, recurrence, True)


@pytest.mark.parametrize(
    "more", [{"repeat": "0"}, {"repeat": None}, {"repeat": True}, {"repeat": "often"}, {"once": "x"}]
)
def test_an_inject_without_an_interval_is_a_click(more: Json) -> None:
    assert facts(one(inject("out", **more), chats_out("491520000000"), LINK), "kind") == ("setup",)


def test_a_click_that_sends_to_a_list_is_a_campaign() -> None:
    listed = node("csv", "csv", "fn")
    campaign = one(inject("csv"), listed, chats_out(), function("msg.toNumber = msg.payload.phone;", "out"), LINK)
    assert facts(campaign, *WHO, "automation.bot") == (None, "push", "list", None, False)


def test_a_click_that_sends_to_several_numbers_is_a_campaign() -> None:
    numbers = inject("out", props=[{"p": "toNumber", "v": "491520000000, 491520000001", "vt": "str"}])
    assert facts(one(numbers, chats_out(), LINK), *WHO) == (None, "push", "? a few fixed recipients", 2)


def test_a_client_that_nothing_sends_with_is_a_set_up() -> None:
    campaign = one(node("admin", "whatsapp-admin", whatsappLink="link"), LINK)
    assert facts(campaign, "kind", "sender.library") == ("setup", "whatsapp-link")
    assert campaign.notes == ("an unofficial client that sends no message here",)


# --- who wrote first ---


def test_events_that_are_no_messages_are_not_answered() -> None:
    presence = {**CHATS_IN, "whatsappLiteevent": "presence.update,connection.update"}
    campaign = one(presence, function("msg.payload = 'Hi';", "out"), chats_out("491520000000"), LINK)
    assert facts(campaign, "direction") == ("push",)


def test_an_inbound_chat_that_is_passed_on_to_a_fixed_number_is_no_answer() -> None:
    assert facts(one(CHATS_IN, function("return msg;", "out"), chats_out("491520000000"), LINK), *WHO) == (
        *(None, "push", "single_number", None),
    )


def test_the_reply_node_answers() -> None:
    campaign = one(node("out", "reply", whatsappLink="link", instruction="!hi"), LINK)
    assert facts(campaign, *WHO) == (None, "reply", "inbound_sender", None)


def test_a_reply_node_of_another_package_is_none() -> None:
    assert records(ADAPTER, [TAB, CLICK, node("out", "reply")]) == []


def test_a_webhook_that_takes_in_messages_is_answered() -> None:
    hook = node("hook", "http in", "fn", url="/webhook", method="post")
    code = "msg.url = 'https://graph.facebook.com/v20.0/1/messages'; const m = msg.payload.entry[0].changes[0];"
    body = " msg.payload = {messaging_product: 'whatsapp', to: m.from, type: 'text', text: {body: 'Thanks'}};"
    request = node("out", "http request", method="POST", url="")
    campaign = one(hook, function(code + body, "out"), request)
    assert facts(campaign, *WHO, "sender.provider", "messages.0.body") == (
        *(None, "reply", "inbound_sender", None, "meta", "Thanks"),
    )


def test_a_node_that_no_wire_leads_to_is_not_started() -> None:
    reason = "? no wire leads to the node from one that starts a flow"
    assert facts(one(chats_out("491520000000"), LINK), "direction") == (reason,)


# --- wires ---


def test_links_and_subflows_are_followed() -> None:
    inner = [
        {
            "id": "sub",
            "type": "subflow",
            "name": "Text",
            "in": [{"wires": [{"id": "fn"}]}],
            "out": [{"wires": [{"id": "fn", "port": 0}]}],
        },
        {**function("msg.payload = 'From a subflow';"), "z": "sub"},
    ]
    used = node("use", "subflow:sub", "lo")
    links = [
        node("lo", "link out", links=["li"], mode="link"),
        node("li", "link in", "out", links=["lo"]),
    ]
    campaign = one({**CHATS_IN, "wires": [["use"]]}, *inner, used, *links, chats_out(), LINK)
    assert facts(campaign, "direction", "messages.0.body") == ("reply", "From a subflow")


@pytest.mark.parametrize("off", [{"tab": {"disabled": True}}, {"node": {"d": True}}])
def test_a_node_or_tab_that_is_switched_off_is_judged_as_such(off: Json) -> None:
    tab, sending = {**TAB, **off.get("tab", {})}, {**chats_out("491520000000"), **off.get("node", {})}
    campaign = only(ADAPTER, [tab, TIMER, function("msg.payload = 'Hi';", "out"), sending, LINK])
    assert facts(campaign, "enabled", "kind") == (False, None)
    assert written(campaign, "enabled") == "true"


def test_what_a_switched_off_node_would_hand_on_does_not_arrive() -> None:
    off = {**function("msg.payload = 'Hi';", "out"), "d": True}
    assert facts(one(CHATS_IN, off, chats_out("491520000000"), LINK), "messages.0.body") == (NOT_WRITTEN,)


# --- texts and recipients ---


@pytest.mark.parametrize(
    ("maker", "expected"),
    [
        (function("msg.payload = 'Plain';", "out"), "Plain"),
        (function('msg.payload = {content: "Quoted"};', "out"), "Quoted"),
        (function("msg.payload.text = 'Part';", "out"), "Part"),
        (function("msg.payload = 'Sum ' + msg.x;", "out"), NOT_WRITTEN),
        (function("msg.payload = makeText();", "out"), NOT_WRITTEN),
        (
            node("fn", "change", "out", rules=[{"t": "set", "p": "payload", "pt": "msg", "to": "Set", "tot": "str"}]),
            "Set",
        ),
        (
            node("fn", "change", "out", rules=[{"t": "set", "p": "payload", "pt": "msg", "to": "x", "tot": "msg"}]),
            NOT_WRITTEN,
        ),
        (node("fn", "template", "out", field="payload", template="Dear {{name}}"), "Dear {{name}}"),
        (node("fn", "http request", "out", method="GET", url="https://example.org"), NOT_WRITTEN),
    ],
)
def test_the_nearest_node_that_sets_the_payload_gives_the_text(maker: Json, expected: str) -> None:
    before = function("msg.payload = 'Overwritten';", "fn", key="first")
    campaign = one(inject("first", repeat="60"), before, maker, chats_out("491520000000"), LINK)
    assert facts(campaign, "messages.0.body") == (expected,)


def test_each_of_several_texts_is_a_message() -> None:
    first, second = function("msg.payload = 'One';", "out", key="a"), function("msg.payload = 'Two';", "out", key="b")
    campaign = one({**CHATS_IN, "wires": [["a", "b"]]}, first, second, chats_out(), LINK)
    assert [message["body"] for message in said(campaign)["messages"]] == ["One", "Two"]


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("telegram sender", {"bot": "b"}, ("telegram", None)),
        ("e-mail", {"name": "a@example.org"}, ("email", "single_number")),
        ("twilio out", {"twilioType": "sms", "number": "+491520000000"}, ("sms", "single_number")),
        ("twilio out", {"twilioType": "sms", "number": "whatsapp:+491520000000"}, ("whatsapp", "single_number")),
        ("twilio out", {"twilioType": "call", "number": "+491520000000"}, ("voice", "single_number")),
        ("group-out", {"whatsappLink": "link", "gID": "120363000000"}, ("whatsapp", "group_chat")),
        ("pushover", {}, ("push", None)),
    ],
)
def test_a_type_of_node_stands_for_its_channel(kind: str, more: Json, expected: tuple[Any, ...]) -> None:
    campaign = one(inject("out", repeat="60"), node("out", kind, **more))
    selection = facts(campaign, "audience.selection")[0]
    assert (campaign.data["channel"], None if selection == NOBODY else selection) == expected


def telegram(code: str) -> list[Campaign]:
    sender = node("out", "telegram sender", bot="b", name="Answer")
    return records(ADAPTER, [TAB, node("chats", "telegram receiver", "fn"), function(code, "out"), sender])


@pytest.mark.parametrize(
    "code",
    [
        "msg.payload.type = 'action';\nmsg.payload.content = 'typing';",
        "msg.payload = {\n  type : 'editMessageText',\n  content : 'New text',\n  options : o,\n};",
        "msg.payload.type = 'deleteMessage';",
        "msg.payload.type = 'callback_query';\nmsg.payload.content = 'Thanks';",
        "msg.payload.type = 'setMessageReaction';",
    ],
)
def test_what_telegram_only_edits_or_shows_is_no_message(code: str) -> None:
    assert telegram(code) == []


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("msg.payload.type = 'photo';\nmsg.payload.content = '/tmp/a.png';\nmsg.payload.caption = 'Open';", "Open"),
        ("msg.payload.type = 'photo';\nmsg.payload.content = '/tmp/a.png';", NOT_WRITTEN),
        ("msg.payload = {type: 'message', content: 'We are open'};", "We are open"),
        ("msg.payload.type = kind;\nmsg.payload.content = 'We are open';", "We are open"),
    ],
)
def test_the_caption_is_the_text_of_a_picture(code: str, body: str) -> None:
    (campaign,) = telegram(code)
    assert said(campaign) == {
        "campaign": "Shop › Answer",
        "name": "Shop",
        "channel": "telegram",
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "automation": {"bot": True},
        "messages": [{"kind": "freeform", "body": body}],
    }
    if body != NOT_WRITTEN:
        assert written(campaign, "messages", 0, "body") == body


def test_an_email_node_is_called_by_its_own_name_not_by_its_recipient() -> None:
    mail = node("out", "e-mail", name="a@example.org", dname="Alarm")
    campaign = one(inject("fn", repeat="60"), function("msg.payload = 'Door';\nmsg.topic = 'Alarm';", "out"), mail)
    assert said(campaign) == {
        "campaign": "Shop › Alarm",
        "name": "Shop",
        "channel": "email",
        "direction": "push",
        "audience": {"selection": "single_number"},
        "automation": {"bot": True},
        "schedule": {"recurrence": "FREQ=SECONDLY;INTERVAL=60"},
        "messages": [{"kind": "freeform", "subject": "Alarm", "body": "Door"}],
    }
    unnamed = one(inject("out", repeat="60"), node("out", "e-mail", name="a@example.org"))
    assert unnamed.id == "Shop › e-mail"


def test_a_mail_service_says_who_a_mail_is_from() -> None:
    mail = node("out", "sendgrid", **{"from": "news@gmail.com", "to": "a@example.org"})
    campaign = one(inject("out", repeat="60"), mail)
    assert said(campaign)["sender"] == {"provider": "sendgrid", "address": "news@gmail.com"}
    assert placed(campaign)["sender.address"] == "2/from"


# --- actions of Home Assistant ---


def home(**more: Any) -> list[Campaign]:
    return records(ADAPTER, [TAB, inject("out", repeat="60"), node("out", "api-call-service", name="Tell", **more)])


def test_an_action_of_home_assistant_that_notifies_is_read() -> None:
    data = '{"message": "Door open", "target": "+491520000000"}'
    (campaign,) = home(action="notify.twilio_sms", data=data, dataType="json")
    assert said(campaign) == {
        "campaign": "Shop › Tell",
        "name": "Shop",
        "channel": "sms",
        "direction": "push",
        "audience": {"selection": "single_number"},
        "automation": {"bot": True},
        "schedule": {"recurrence": "FREQ=SECONDLY;INTERVAL=60"},
        "messages": [{"kind": "freeform", "body": "Door open"}],
    }
    assert placed(campaign)["channel"] == "2/action"
    assert placed(campaign)["messages.0.body"] == "2/data"
    assert written(campaign, "messages", 0, "body") == "Door open"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"domain": "notify", "service": "telegram_me", "data": '{"message": "Hi"}'}, ("telegram", "Hi")),
        ({"action": "notify.whatsapp", "data": '{"message": "Hi"}'}, ("whatsapp", "Hi")),
        ({"action": "whatsapp.send_message", "data": '{"body": {"text": "Hi"}}'}, ("whatsapp", "Hi")),
        ({"action": "notify.email", "data": '{"message": "Door " & payload}', "dataType": "jsonata"}, ("email", None)),
        ({"action": "notify.send_message", "entityId": ["notify.sms"], "data": '{"message": "Hi"}'}, ("sms", "Hi")),
    ],
)
def test_older_nodes_and_expressions_name_actions_too(more: Json, expected: tuple[Any, ...]) -> None:
    (campaign,) = home(**more)
    body = campaign.data["messages"][0]["body"]
    assert (campaign.data["channel"], body if isinstance(body, str) else None) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"action": "light.turn_on", "data": '{"brightness": 5}'},
        {"action": "notify.mobile_app_phone", "data": '{"message": "Hi"}'},
        {"action": "{{payload.action}}", "data": ""},
        {"domain": "notify"},
        {},
    ],
)
def test_other_actions_of_home_assistant_send_nothing(more: Json) -> None:
    assert home(**more) == []


def test_the_number_of_a_twilio_sender_can_be_one_of_whatsapp() -> None:
    config = {"id": "t", "type": "twilio-api", "from": "whatsapp:+10000000000"}
    campaign = one(
        inject("out", repeat="60"), node("out", "twilio out", twilio="t", number="+49152", twilioType="sms"), config
    )
    assert facts(campaign, "channel", "sender.provider", "sender.product") == (
        "whatsapp",
        "twilio",
        "business_platform",
    )


def test_a_relay_writes_to_the_number_that_asked_for_its_key() -> None:
    kind = "node-red-contrib-whatsapp-cmb-send-message"
    campaign = one(inject("out", repeat="60"), node("out", kind, account="a", text="Door open", inputtypemessage="str"))
    assert facts(campaign, "sender.provider", "audience.selection", "messages.0.body") == (
        *("callmebot", "single_number", "Door open"),
    )


@pytest.mark.parametrize(
    ("url", "provider", "selection"),
    [
        (
            "https://api.callmebot.com/whatsapp.php?phone=491520000000&text={{payload}}&apikey=1",
            "callmebot",
            "single_number",
        ),
        ("https://evo.example.org/message/sendText/shop", "evolution-api", "list"),
    ],
)
def test_a_request_names_its_carrier_by_its_address(url: str, provider: str, selection: str) -> None:
    body = function("msg.payload = {number: msg.row.phone, text: 'Sale'};", "out")
    request = node("out", "http request", method="POST", url=url)
    campaign = one(inject("rows", crontab="0 9 * * 1"), node("rows", "mysql", "fn"), body, request)
    assert facts(campaign, "channel", "sender.provider", "audience.selection") == ("whatsapp", provider, selection)


def test_a_template_of_redbot_is_one() -> None:
    template = node("fn", "chatbot-whatsapp-template", "out", template="spring_sale", language="de")
    campaign = one(inject("fn", repeat="60"), template, node("out", "chatbot-whatsapp-send", bot="b"))
    assert facts(campaign, "messages.0.kind", "messages.0.template.name", "messages.0.language", "sender.provider") == (
        *("template", "spring_sale", "de", "meta"),
    )


def test_an_answer_of_redbot_is_free_form() -> None:
    receive = node("in", "chatbot-whatsapp-receive", "fn", bot="b")
    text = node("fn", "chatbot-message", "out", message=[{"message": "We have received it"}])
    campaign = one(receive, text, node("out", "chatbot-whatsapp-send", bot="b"))
    assert facts(campaign, "direction", "messages.0.kind", "messages.0.body") == (
        "reply",
        "freeform",
        "We have received it",
    )


def test_a_node_that_names_whatsapp_and_sends_is_read_without_its_carrier() -> None:
    campaign = one(inject("out", repeat="60"), node("out", "acme-whatsapp-send", to="491520000000", message="Hi"))
    assert facts(campaign, "channel", "sender.provider", "messages.0.kind", "messages.0.body") == (
        *("whatsapp", None, "? the file does not show whether this is a template", "Hi"),
    )


def test_a_node_of_a_known_gateway_is_its() -> None:
    campaign = one(inject("out", repeat="60"), node("out", "green-api-send-message", to="491520000000", message="Hi"))
    assert facts(campaign, "sender.provider", "messages.0.kind") == ("green-api", "freeform")


@pytest.mark.parametrize(
    "kind", ["whatsapp-config", "whatsapp-media-decrypt", "whatsapp-status", "debug", "mqtt out", "send-later"]
)
def test_other_nodes_send_nothing(kind: str) -> None:
    assert records(ADAPTER, [TAB, inject("out", repeat="60"), node("out", kind, to="1", message="x")]) == []


def test_a_random_pause_before_an_unofficial_client_is_a_measure_against_detection() -> None:
    pause = node("wait", "delay", "out", pauseType="random")
    campaign = one(inject("wait", repeat="60"), pause, chats_out("491520000000"), LINK)
    assert facts(campaign, "sender.evasion") == (["random_delay"],)


# --- any input ---

WORDS = st.sampled_from(
    [
        *("id", "type", "z", "wires", "links", "in", "out", "func", "rules", "props", "d", "payload", "number", "url"),
        *("chats-out", "chats-in", "inject", "function", "subflow", "subflow:a", "link out", "http request", "a", "b"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | WORDS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=5),
    max_leaves=20,
)
NODES = st.fixed_dictionaries(
    {"id": WORDS, "type": WORDS},
    optional={
        "wires": st.lists(st.lists(WORDS, max_size=3), max_size=2) | VALUES,
        "z": VALUES,
        "func": VALUES,
        "in": VALUES,
    },
)


@settings(max_examples=100, deadline=None)
@given(st.lists(NODES | VALUES, max_size=7))
def test_no_flows_raise(nodes: list[Any]) -> None:
    document = document_of(nodes)
    if recognises(document):
        for campaign in ADAPTER.adapt(document, table()).campaigns:
            assert all(place.region() for place in campaign.places.values())


def test_large_flows_take_time_in_proportion() -> None:
    chain = [function("msg.payload = 'x' + msg.y;", f"n{number + 1}", key=f"n{number}") for number in range(6000)]
    senders = [{**chats_out("1"), "id": f"n{number}"} for number in range(6000, 6500)]
    document = document_of([TAB, inject("n0", repeat="9"), *chain, *senders, LINK])
    start = time.process_time()
    assert len(ADAPTER.adapt(document, table()).campaigns) == 500
    assert time.process_time() - start < 8
