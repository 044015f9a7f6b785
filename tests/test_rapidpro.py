"""RapidPro, TextIt and Glific: what is recognised, which record each message makes, and who wrote first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.rapidpro import ADAPTER
from policylint.adapters.rapidpro.consent import recorded_by
from policylint.adapters.rapidpro.definitions import Action
from policylint.adapters.rapidpro.texts import is_expression
from policylint.model.source import EXPRESSION
from tests.recordviews import TABLE, document_of, placed, records_of, said, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

Json = dict[str, Any]

BY_PERSON = "? the flow talks with each person on the channel that the person uses"
ELSEWHERE = "? the channel is set up on the platform, not in the file"
NOT_STARTED = "? the file does not say what starts the flow"


def message(text: str, **more: Any) -> Json:
    return {"uuid": "a", "type": "send_msg", "text": text, **more}


def node(key: str, *actions: Json, to: str | None = None, **more: Any) -> Json:
    return {"uuid": key, "actions": list(actions), "exits": [{"uuid": f"{key}-out", "destination_uuid": to}], **more}


def question(key: str, answered: str | None, unanswered: str | None = None, seconds: int = 300) -> Json:
    """Return a node that waits for an answer; with a second way where nobody answers in time."""
    exits = [{"uuid": "yes", "destination_uuid": answered}]
    categories = [{"uuid": "all", "name": "All", "exit_uuid": "yes"}]
    wait: Json = {"type": "msg"}
    if unanswered is not None:
        exits.append({"uuid": "late", "destination_uuid": unanswered})
        categories.append({"uuid": "none", "name": "No Response", "exit_uuid": "late"})
        wait["timeout"] = {"seconds": seconds, "category_uuid": "none"}
    return {"uuid": key, "actions": [], "exits": exits, "router": {"wait": wait, "categories": categories}}


def flow(*nodes: Json, name: str = "Clinic", **more: Any) -> Json:
    return {
        "name": name,
        "uuid": f"flow-{name}",
        "spec_version": "13.1.0",
        "type": "messaging",
        "nodes": list(nodes),
        **more,
    }


def export(*flows: Json, triggers: list[Json] | None = None, campaigns: list[Json] | None = None) -> Json:
    return {"version": "13", "flows": list(flows), "triggers": triggers or [], "campaigns": campaigns or []}


def event(**more: Any) -> Json:
    return {"event_type": "M", "offset": 2, "unit": "D", "relative_to": {"key": "joined", "label": "Joined"}, **more}


def trigger(kind: str, name: str = "Clinic", **more: Any) -> Json:
    return {"trigger_type": kind, "flow": {"name": name, "uuid": f"flow-{name}"}, **more}


def campaign_of(*events: Json, **more: Any) -> Json:
    return {"name": "Follow-up", "uuid": "c", "group": {"name": "Patients"}, "events": list(events), **more}


def records(data: Any) -> list[Campaign]:
    return records_of(ADAPTER, data)


def directions(data: Any) -> list[tuple[Any, Any]]:
    found = [said(campaign) for campaign in records(data)]
    return [(one["direction"], one["audience"]["selection"]) for one in found]


# --- recognition ---


def test_the_example_is_recognised_and_gives_a_campaign() -> None:
    assert [campaign.id for campaign in records(ADAPTER.example)] == ["First weeks › message 1"]


HELLO = node("n", message("Hello"))


@pytest.mark.parametrize(
    "data",
    [
        flow(HELLO),
        [flow(HELLO)],
        export(flow(HELLO)),
        {"flows": [{"definition": flow(HELLO), "keywords": []}], "collections": []},
        {
            "flows": [
                {"definition": {"action_sets": [{"actions": [{"type": "reply", "msg": "Hello"}]}], "rule_sets": []}}
            ]
        },
        export(campaigns=[campaign_of(event(message={"eng": "Hello"}))]),
        campaign_of(event(message="Hello")),
        [campaign_of(event(message="Hello"))],
        event(message="Hello"),
        [event(message="Hello")],
        HELLO,
        message("Hello"),
        {"type": "send_broadcast", "uuid": "a", "text": "Hello", "urns": ["tel:+15550100"]},
    ],
)
def test_exports_and_all_their_parts_are_recognised(data: Any) -> None:
    (campaign,) = records(data)
    assert said(campaign)["messages"] == [{"kind": "freeform", "body": "Hello"}]


@pytest.mark.parametrize(
    "data",
    [
        None,
        '"send_msg"',
        {},
        [],
        {"spec_version": "2.1", "objects": []},  # STIX
        {"spec_version": "1", "nodes": [{"id": 1, "type": "send_msg"}]},
        {**flow(HELLO), "connections": {}},  # n8n
        {"action_sets": [{"name": "gamepad"}], "actions": {}},  # controller settings
        {"name": "Launch", "events": [{"event_type": "M", "date": "2026-01-01"}]},
        {"event_type": "M", "relative_to": "start", "offset": 1},
        {"event_type": ["M"], "relative_to": {}, "offset": 1},
        campaign_of(),  # a campaign without events sends nothing
        {"flows": [{"module": "twilio:sendSMS"}]},
        {"meta": {"version": "0.1.0"}, "sheets": {"triggers": [{"ID": "hi", "Link": "https://wa.me/15550100"}]}},
        [{"name": "send_poll", "body": "{}", "headers": {}, "response_format_example": "{}"}],
        {"type": "send_msg", "data": {"text": "Hello"}},  # an event of something else
        {"uuid": "n", "exits": [], "router": {"type": "switch"}},
    ],
)
def test_look_alikes_are_not_recognised(data: Any) -> None:
    assert not ADAPTER.recognises(document_of(data))


# --- a whole record ---


def test_a_message_of_a_flow_that_a_keyword_starts() -> None:
    data = export(flow(node("n", message("Hi @contact.name!"))), triggers=[trigger("K", keywords=["hello"])])
    (campaign,) = records(data)
    assert said(campaign) == {
        "campaign": "Clinic › message 1",
        "name": "Clinic",
        "channel": BY_PERSON,
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "messages": [{"kind": "freeform", "body": "Hi @contact.name!"}],
        "automation": {"bot": True},
    }
    action = "flows/0/nodes/0/actions/0"
    assert placed(campaign) == {
        "": action,
        "audience": "triggers/0",
        "audience.selection": "triggers/0",
        "automation.bot": "triggers/0",
        "campaign": action,
        "channel": action,
        "direction": "triggers/0",
        "messages": action,
        "messages.0.body": f"{action}/text",
        "messages.0.kind": action,
        "name": "flows/0/name",
    }
    assert written(campaign, "messages", 0, "body") == '"Hi @contact.name!"'
    assert campaign.format == "rapidpro"
    assert campaign.notes == (BY_PERSON[2:],)


def test_an_event_of_a_campaign_that_sends_its_own_text() -> None:
    starts = event(event_type="F", flow={"name": "Elsewhere", "uuid": "x"})
    texts = {"fra": "Comment allez-vous ?", "eng": "How are you?"}
    (campaign,) = records(campaign_of(starts, event(message=texts, base_language="eng", delivery_hour=9)))
    assert said(campaign) == {
        "campaign": "Follow-up › message 1",
        "name": "Follow-up",
        "channel": ELSEWHERE,
        "direction": "push",
        "audience": {"selection": "segment"},
        "messages": [{"kind": "freeform", "body": "How are you?"}],
    }
    assert placed(campaign)["direction"] == "events/1/event_type"
    assert placed(campaign)["audience.selection"] == "group"
    assert written(campaign, "messages", 0, "body") == '"How are you?"'


def test_an_event_alone_still_goes_to_the_group_of_its_campaign() -> None:
    (campaign,) = records_of(ADAPTER, event(message={"eng": "How are you?"}), "week-2.json")
    assert campaign.id == "week-2 › message 1"
    assert said(campaign)["audience"] == {"selection": "segment"}


def test_the_text_of_an_event_may_hold_attachments_too() -> None:
    told = {"eng": {"text": "Look", "attachments": ["image:x"]}}
    (campaign,) = records(event(message=told, base_language="eng"))
    assert written(campaign, "messages", 0, "body") == '"Look"'


# --- who wrote first ---


def test_a_flow_that_stands_alone_is_neither_push_nor_reply_until_somebody_answers() -> None:
    data = flow(node("n", message("Pick one"), to="q"), question("q", "m"), node("m", message("Thanks")))
    assert directions(data) == [(NOT_STARTED, NOT_STARTED), ("reply", "inbound_sender")]


@pytest.mark.parametrize("kind", ["K", "C", "M", "V", "N", "R", "I", "O"])
def test_triggers_that_the_person_sets_off_make_replies(kind: str) -> None:
    assert directions(export(flow(HELLO), triggers=[trigger(kind)])) == [("reply", "inbound_sender")]


@pytest.mark.parametrize("kind", ["T", "Z", "", None, 3])
def test_other_triggers_leave_it_open(kind: Any) -> None:
    assert directions(export(flow(HELLO), triggers=[{**trigger("K"), "trigger_type": kind}]))[0][0] == NOT_STARTED


@pytest.mark.parametrize(
    ("whom", "selection"),
    [
        ({"groups": [{"name": "Patients"}]}, "segment"),
        ({"contacts": [{"uuid": "1", "name": "Ada"}]}, "single_number"),
        ({"contacts": [{"uuid": "1"}, {"uuid": "2"}]}, "? a few fixed recipients"),
        ({}, "? the file does not say to whom"),
    ],
)
def test_a_schedule_writes_first(whom: Json, selection: str) -> None:
    assert directions(export(flow(HELLO), triggers=[trigger("S", **whom)])) == [("push", selection)]


def test_a_flow_that_a_campaign_starts_writes_first_until_somebody_answers() -> None:
    one = flow(
        node("n", message("How are you?"), to="q"),
        question("q", "thanks", "again", 3600),
        node("thanks", message("Thanks")),
        node("again", message("Still there?")),
    )
    data = export(one, campaigns=[campaign_of(event(event_type="F", flow={"uuid": "flow-Clinic"}))])
    assert directions(data) == [("push", "segment"), ("reply", "inbound_sender"), ("push", "segment")]
    assert placed(records(data)[0])["direction"] == "campaigns/0/events/0"


def test_one_push_among_the_starts_makes_a_push() -> None:
    starts = [trigger("K", keyword="hello"), trigger("S", contacts=[{"uuid": "1"}])]
    group = campaign_of(event(event_type="F", flow={"name": "Clinic"}))
    assert directions(export(flow(HELLO), triggers=starts)) == [("push", "single_number")]
    assert directions(export(flow(HELLO), triggers=starts, campaigns=[group])) == [("push", "segment")]


def test_a_day_without_an_answer_leaves_it_open() -> None:
    one = flow(question("q", "m", "late", 86400), node("m", message("Thanks"), to="r"), node("late", message("Hello?")))
    one["nodes"].insert(2, question("r", None, "later", 86400))
    one["nodes"].append(node("later", message("Bye")))
    data = export(one, triggers=[trigger("C")])
    late = "? it may come more than 24 hours after the person's last message"
    assert [direction for direction, _ in directions(data)] == ["reply", late, late]


def test_a_flow_hands_on_how_it_was_reached() -> None:
    enter = {"uuid": "e", "type": "enter_flow", "flow": {"name": "Inner", "uuid": "flow-Inner"}}
    outer = flow(node("q", to="e"), node("e", enter, to="m"), node("m", message("Back")))
    silent = flow(node("n", message("Inside")), name="Inner")
    asking = flow(node("n", message("Inside"), to="q"), question("q", None), name="Inner")
    pushed = campaign_of(event(event_type="F", flow={"name": "Clinic"}))
    assert directions(export(outer, silent, triggers=[trigger("K")])) == [("reply", "inbound_sender")] * 2
    assert directions(export(outer, silent, campaigns=[pushed])) == [("push", "segment")] * 2
    open_ = "? a flow before it may have waited for an answer"
    assert directions(export(outer, asking, campaigns=[pushed])) == [(open_, open_), ("push", "segment")]
    assert directions(export(outer, campaigns=[pushed])) == [(open_, open_)]


def test_flows_that_only_enter_each_other_are_not_started() -> None:
    def entering(name: str, other: str) -> Json:
        enter = {"uuid": "e", "type": "enter_flow", "flow": {"name": other}}
        return flow(node("n", message(name), enter), name=name)

    assert directions(export(entering("A", "B"), entering("B", "A"))) == [(NOT_STARTED, NOT_STARTED)] * 2


def test_a_session_that_is_started_for_others_writes_first() -> None:
    start: Json = {"uuid": "s", "type": "start_session", "flow": {"name": "Inner", "uuid": "flow-Inner"}}
    inner = flow(HELLO, name="Inner")

    def reached(**whom: Any) -> tuple[Any, Any]:
        return directions(export(flow(node("n", {**start, **whom})), inner, triggers=[trigger("K")]))[0]

    assert reached(groups=[{"name": "Staff"}]) == ("push", "segment")
    assert reached(contact_query="age > 20") == ("push", "segment")
    assert reached(legacy_vars=["@fields.partner"]) == ("push", f"? {EXPRESSION.why}")


def test_a_node_that_nothing_leads_to() -> None:
    data = export(flow(HELLO, node("far", message("Lost"))), triggers=[trigger("K")])
    assert directions(data)[1] == ("? no way leads to the node",) * 2


# --- broadcasts ---


@pytest.mark.parametrize(
    ("whom", "channel", "selection", "size"),
    [
        ({"urns": ["whatsapp:15550100"]}, "whatsapp", "single_number", 1),
        ({"urns": ["tel:+15550100"]}, "sms", "single_number", 1),
        ({"urns": ["tel:+15550100", "tel:+15550101"]}, "sms", "? a few fixed recipients", 2),
        ({"urns": ["telegram:15550100"]}, "telegram", "single_number", 1),
        ({"urns": ["tel:+15550100", "facebook:1"]}, ELSEWHERE, "? a few fixed recipients", 2),
        ({"urns": ["carrier-pigeon:1"]}, ELSEWHERE, "single_number", 1),
        ({"urns": ["tel:+15550100"], "contacts": [{"uuid": "1"}]}, ELSEWHERE, "? a few fixed recipients", 2),
        ({"groups": [{"name": "Patients"}], "urns": ["tel:+15550100"]}, ELSEWHERE, "segment", None),
        ({"contact_query": "district = 4"}, ELSEWHERE, "segment", None),
        ({"legacy_vars": ["@fields.partner_phone"]}, ELSEWHERE, f"? {EXPRESSION.why}", None),
        ({"urns": [], "groups": [], "contacts": []}, ELSEWHERE, "? the file does not say to whom", None),
    ],
)
def test_a_broadcast_writes_first_to_whom_it_names(whom: Json, channel: str, selection: str, size: int | None) -> None:
    sent = {"type": "send_broadcast", "uuid": "b", "text": "Clinic closed", **whom}
    (campaign,) = records(export(flow(node("n", sent)), triggers=[trigger("K")]))
    found = said(campaign)
    assert (found["direction"], found["channel"]) == ("push", channel)
    assert found["audience"] == {"selection": selection, **({} if size is None else {"size": size})}


def test_a_broadcast_to_the_person_in_the_flow_is_a_message_of_the_flow() -> None:
    sent = {"type": "send_broadcast", "uuid": "b", "text": "Hello", "legacy_vars": ["@contact.uuid"]}
    assert directions(export(flow(node("n", sent)), triggers=[trigger("K")])) == [("reply", "inbound_sender")]


def test_an_email_is_one_too() -> None:
    sent = {
        "type": "send_email",
        "uuid": "b",
        "addresses": ["staff@example.org"],
        "subject": "New",
        "body": "@contact.name",
    }
    (campaign,) = records(flow(node("n", sent)))
    found = said(campaign)
    assert (found["channel"], found["direction"], found["audience"]["selection"]) == ("email", "push", "single_number")
    assert found["messages"] == [{"kind": "freeform", "subject": "New", "body": f"? {EXPRESSION.why}"}]
    assert written(campaign, "messages", 0, "subject") == '"New"'


# --- texts ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@results.answer", True),
        (" @(upper(contact.name)) ", True),
        ("@(a) and @(b)", False),
        ("Hello @contact", False),
        ("@contact!", False),
        ("@(", False),
        ("@", False),
    ],
)
def test_a_text_is_an_expression_only_where_nothing_else_stands_in_it(text: str, expected: bool) -> None:
    assert is_expression(text) is expected


def test_buttons_are_part_of_what_is_shown() -> None:
    (campaign,) = records(message("Weekly tips?", quick_replies=["Yes", {"text": "STOP"}, "@results.x", 4]))
    assert said(campaign)["messages"][0]["body"] == "Weekly tips?\nYes\nSTOP"
    assert written(campaign, "messages", 0, "body") == '"Weekly tips?"'


def test_a_message_without_text_has_no_body() -> None:
    (campaign,) = records(flow(node("n", message("", attachments=["image:https://example.org/a.png"]))))
    assert campaign.data["messages"][0]["body"] is None


@pytest.mark.parametrize(
    "named",
    [
        {"template": {"uuid": "t", "name": "visit_due"}, "template_variables": ["@contact.name"]},
        {"templating": {"template": {"uuid": "t", "name": "visit_due"}, "variables": []}},
    ],
)
def test_a_template_shows_that_it_goes_out_on_whatsapp(named: Json) -> None:
    (campaign,) = records(flow(node("n", message("Your visit is due", **named))))
    found = said(campaign)
    assert found["channel"] == "whatsapp"
    assert found["sender"]["product"] == "business_platform"
    assert found["messages"] == [
        {"kind": "template", "body": "Your visit is due", "template": {"name": "visit_due"}, "window": NOT_STARTED}
    ]
    assert written(campaign, "messages", 0, "template", "name") == '"visit_due"'


def test_a_template_that_an_expression_chooses_is_unknown() -> None:
    (campaign,) = records(message("", templating={"template": {"name": "@results.name"}}))
    assert campaign.data["messages"][0]["template"]["name"] == EXPRESSION


def test_a_flow_that_tells_people_apart_by_their_address_shows_the_channel() -> None:
    router = {
        "operand": "@(urn_parts(contact.urn).scheme)",
        "cases": [
            {"type": "has_only_phrase", "arguments": ["whatsapp"], "category_uuid": "w"},
            {"type": "has_only_phrase", "arguments": ["tel"], "category_uuid": "t"},
        ],
        "categories": [
            {"uuid": "w", "exit_uuid": "1"},
            {"uuid": "t", "exit_uuid": "2"},
            {"uuid": "o", "exit_uuid": "3"},
        ],
        "default_category_uuid": "o",
    }
    exits = [{"uuid": str(number), "destination_uuid": f"m{number}"} for number in (1, 2, 3)]
    split = {"uuid": "s", "actions": [], "router": router, "exits": exits}
    messages = [node(f"m{number}", message("Hi"), to="end") for number in (1, 2, 3)]
    data = export(
        flow(split, *messages, node("end", message("Bye"))), triggers=[trigger("S", groups=[{"name": "All"}])]
    )
    found = [said(campaign) for campaign in records(data)]
    assert [one["channel"] for one in found] == ["whatsapp", "sms", BY_PERSON, BY_PERSON]
    assert found[0]["messages"][0]["window"] == "none"


@pytest.mark.parametrize(
    ("key", "offset", "unit", "window"),
    [
        ("last_seen_on", 4, "H", "? it may come less than 24 hours after the person's last message"),
        ("last_seen_on", 90, "M", "? it may come less than 24 hours after the person's last message"),
        ("last_seen_on", 2, "D", "none"),
        ("created_on", 4, "H", "none"),
    ],
)
def test_soon_after_the_last_message_the_window_may_be_open(key: str, offset: int, unit: str, window: str) -> None:
    one = flow(node("n", message("Hi", template={"name": "t"})))
    starts = event(event_type="F", flow={"name": "Clinic"}, relative_to={"key": key}, offset=offset, unit=unit)
    (campaign,) = records(export(one, campaigns=[campaign_of(starts)]))
    assert said(campaign)["messages"][0]["window"] == window


# --- opt-in and opt-out ---


def field(key: str, value: Any, name: str | None = None) -> Json:
    return {"uuid": "f", "type": "set_contact_field", "field": {"key": key, "name": name or key}, "value": value}


def groups(kind: str, name: str) -> Json:
    return {"uuid": "g", "type": kind, "groups": [{"uuid": "1", "name": name}]}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (field("settings", "optin"), "in"),
        (field("settings", "optout"), "out"),
        (field("settings", "optout", "Consent status"), "out"),
        (field("settings", "@results.colour"), None),
        (field("opt_in", "yes"), "in"),
        (field("opt_in", "No"), "out"),
        (field("opted_out", "true"), "out"),
        (field("opted_out", "false"), None),
        (field("whatsapp_consent", ""), None),
        (field("favourite", "stop signs"), None),
        ({"type": "set_contact_status", "status": "stopped"}, "out"),
        ({"type": "set_contact_status", "status": "active"}, None),
        (groups("add_contact_groups", "Opted out"), "out"),
        (groups("add_contact_groups", "Optin contacts"), "in"),
        (groups("remove_contact_groups", "Optin contacts"), "out"),
        (groups("remove_contact_groups", "Opted out"), None),
        (groups("add_contact_groups", "Mothers"), None),
        (message("optout"), None),
    ],
)
def test_actions_that_record_a_choice(action: Json, expected: str | None) -> None:
    assert recorded_by(Action(action["type"], action, ())) == expected


def test_a_keyword_that_starts_an_opt_out_stops_the_messages_of_the_whole_export() -> None:
    stop = flow(node("n", field("settings", "optout"), message("You are out")), name="Stop")
    agree = flow(node("n", field("settings", "optin")), name="Agree")
    data = export(
        stop,
        agree,
        triggers=[trigger("K", "Stop", keywords=["stop", "baja"])],
        campaigns=[campaign_of(event(message="How are you?"))],
    )
    found = records(data)[-1]
    assert said(found)["opt_out"] == {"keywords": ["stop", "baja"]}
    assert placed(found)["opt_out.keywords"] == "triggers/0"
    assert said(found)["consent"] == {"evidence": "Agree: settings = optin"}
    assert placed(found)["consent.evidence"] == "flows/1/nodes/0/actions/0"


def test_a_ticket_is_a_way_to_a_human() -> None:
    (campaign,) = records(
        flow(node("n", message("One moment"), {"uuid": "t", "type": "open_ticket", "note": "@input"}))
    )
    assert said(campaign)["automation"] == {"escalation": ["in_chat_agent"]}


# --- Glific ---


def glific(*nodes: Json, **more: Any) -> Json:
    return flow(*nodes, vars=["flow-Clinic"], **more)


def test_glific_is_told_by_the_route_of_its_editor_and_sends_on_whatsapp() -> None:
    data = {"flows": [{"definition": glific(HELLO), "keywords": ["hi"]}], "collections": []}
    (campaign,) = records(data)
    found = said(campaign)
    assert (found["channel"], found["direction"]) == ("whatsapp", "reply")
    assert found["sender"] == {"product": "business_platform", "provider": "gupshup"}
    assert found["messages"] == [{"kind": "freeform", "body": "Hello", "window": "customer_service"}]
    assert placed(campaign)["direction"] == "flows/0/keywords"


@pytest.mark.parametrize("kind", ["send_interactive_msg", "wait_for_time", "link_google_sheet", "set_contact_profile"])
def test_glific_is_told_by_actions_of_its_own(kind: str) -> None:
    other = {"uuid": "x", "type": kind, "text": "", "name": "x"}
    assert said(records(flow(node("n", message("Hello"), other)))[0])["channel"] == "whatsapp"


def interactive(content: Any) -> Json:
    return {"uuid": "i", "type": "send_interactive_msg", "id": 1, "name": "Consent", "text": content}


def test_an_interactive_message_is_json_in_a_string() -> None:
    content = {
        "type": "quick_reply",
        "content": {"type": "text", "header": "Tips", "text": 'May we "write"?', "caption": "Type STOP to end"},
        "options": [{"type": "text", "title": "Yes"}, {"type": "text", "title": "No"}],
    }
    (campaign,) = records(flow(node("n", interactive(json.dumps(content)))))
    sent = said(campaign)["messages"][0]
    assert sent == {
        "kind": "interactive",
        "body": 'May we "write"?\nTips\nType STOP to end\nYes\nNo',
        "window": NOT_STARTED,
    }
    assert campaign.places["messages", 0, "body"].span is not None
    assert written(campaign, "messages", 0, "body") == r"May we \\\"write\\\"?"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("@results.card", f"? {EXPRESSION.why}"),
        ("", "? the text is in the interactive template, not in the flow"),
        ('{"type": "list"}', "? the text is in the interactive template, not in the flow"),
        ("{not json", "{not json"),
        ('"Hello"', "Hello"),
        ("[" * 100_000, "[" * 100_000),
        ('{"body": {"type": "text", "text": "Where are you?"}, "type": "location_request_message"}', "Where are you?"),
        (
            '{"title": "Menu", "body": "Pick", "items": [{"title": "A", "options": [{"title": "One"}]}]}',
            "Pick\nMenu\nA\nOne",
        ),
    ],
)
def test_interactive_texts_of_all_kinds(text: str, body: str) -> None:
    (campaign,) = records(flow(node("n", interactive(text))))
    assert said(campaign)["messages"][0]["body"] == body


def test_glific_names_templates_by_titles_of_its_own() -> None:
    (campaign,) = records(glific(node("n", message("", templating={"template": {"name": "Visit Due"}}))))
    sent = said(campaign)["messages"][0]
    assert (sent["kind"], sent["template"]) == (
        "template",
        {"name": "? Glific names the template by a title of its own"},
    )


def test_a_pause_of_a_day_closes_the_window() -> None:
    pause = {"uuid": "p", "type": "wait_for_time", "delay": "90000"}
    data = {"flows": [{"definition": glific(node("n", pause, to="m"), node("m", message("Hi"))), "keywords": ["hi"]}]}
    late = "? it may come more than 24 hours after the person's last message"
    assert said(records(data)[0])["messages"][0]["window"] == late


def test_a_flow_for_whatsapp_groups_runs_through_an_unofficial_service() -> None:
    mark = {"uuid": "s", "type": "set_wa_group_field", "field": {"key": "a", "name": "a"}, "value": "1"}
    (campaign,) = records(glific(node("n", message("Hello all"), mark)))
    found = said(campaign)
    assert found["sender"] == {"provider": "maytapi"}
    assert found["audience"] == {"selection": "group_chat"}


# --- voice, and what sends nothing ---


def test_a_call_is_one_message_whatever_is_said_in_it() -> None:
    spoken = [{"uuid": str(number), "type": "say_msg", "text": f"Part {number}"} for number in (1, 2)]
    data = export(flow(node("n", *spoken), type="voice"), triggers=[trigger("S", groups=[{"name": "All"}])])
    (campaign,) = records(data)
    found = said(campaign)
    assert (found["channel"], found["direction"]) == ("voice", "push")
    assert found["automation"] == {"calls": True}
    assert found["messages"] == [{"kind": "freeform", "body": "Part 1"}]


def test_a_flow_of_the_app_for_interviewers_sends_nothing() -> None:
    assert records(flow(HELLO, type="messaging_offline")) == []


# --- version 11 and earlier ---


def old_flow(**more: Any) -> Json:
    return {
        "entry": "a",
        "base_language": "eng",
        "metadata": {"name": "Old", "uuid": "flow-Old"},
        "action_sets": [
            {"uuid": "a", "destination": "r", "actions": [{"type": "reply", "msg": {"fra": "Salut", "eng": "Hi"}}]},
            {"uuid": "b", "destination": None, "actions": [{"type": "reply", "msg": {"eng": "Thanks"}}]},
            {
                "uuid": "c",
                "destination": None,
                "actions": [{"type": "send", "msg": {"eng": "Late"}, "groups": [{"id": 1}]}],
            },
        ],
        "rule_sets": [
            {
                "uuid": "r",
                "ruleset_type": "wait_message",
                "rules": [
                    {"test": {"type": "true"}, "destination": "b"},
                    {"test": {"type": "timeout", "minutes": 5}, "destination": "c"},
                ],
            }
        ],
        **more,
    }


def test_definitions_of_before_version_12() -> None:
    found = [said(campaign) for campaign in records(export(old_flow(), triggers=[trigger("K", "Old", keyword="hi")]))]
    assert [
        (one["campaign"], one["messages"][0]["body"], one["direction"], one["audience"]["selection"]) for one in found
    ] == [
        ("Old › message 1", "Hi", "reply", "inbound_sender"),
        ("Old › message 2", "Thanks", "reply", "inbound_sender"),
        ("Old › message 3", "Late", "push", "segment"),
    ]


def test_untyped_rules_wait_for_an_answer_unless_they_look_at_something_else() -> None:
    def second(**rules: Any) -> Any:
        one = old_flow(entry=None)
        del one["rule_sets"][0]["ruleset_type"]
        one["rule_sets"][0].update(rules)
        return said(records(one)[1])["direction"]

    assert second(operand="@step.value") == "reply"
    assert second(operand="@extra.value", webhook="https://example.org") == NOT_STARTED


# --- never raises ---

_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["send_msg", "a", "K", "@(x"])
)
_KEYS = st.sampled_from(
    [
        "uuid",
        "type",
        "text",
        "actions",
        "exits",
        "router",
        "wait",
        "timeout",
        "categories",
        "nodes",
        "flow",
        "groups",
        "urns",
    ]
)
_TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | _LEAVES, inner, max_size=4)
)


@settings(max_examples=150, deadline=None)
@given(part=st.sampled_from(["nodes", "triggers", "campaigns", "action", "exit", "router", "event"]), tree=_TREES)
def test_any_data_where_the_format_has_something_else_is_survived(part: str, tree: Any) -> None:
    one = flow(HELLO, node("q", message("x"), to="n"))
    data = export(one, triggers=[trigger("K")], campaigns=[campaign_of(event(message="x"))])
    if part == "nodes":
        one["nodes"].append(tree)
    elif part in ("triggers", "campaigns"):
        data[part].append(tree)
    elif part == "action":
        one["nodes"][0]["actions"].append(tree)
        one["nodes"][0]["actions"].append(
            {"type": "send_broadcast", "groups": tree, "urns": tree, "text": tree, "flow": tree}
        )
    elif part == "exit":
        one["nodes"][0]["exits"].append(tree)
    elif part == "router":
        one["nodes"][0]["router"] = (
            tree if isinstance(tree, dict) else {"wait": tree, "cases": tree, "categories": tree}
        )
    else:
        data["campaigns"][0]["events"].append({**event(), "message": tree, "base_language": tree, "unit": tree})
    document = document_of("{}")._replace(data=data)
    assert ADAPTER.recognises(document)
    for campaign in ADAPTER.adapt(document, TABLE).campaigns:
        assert all(place.region() for place in campaign.places.values())
