"""Payloads of the WhatsApp Cloud API: what is a message, which record it makes, and where its values stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters import meta_templates
from policylint.adapters.cloud_api import ADAPTER, NOT_SAID
from policylint.model.source import EXPRESSION, NOT_CARRIED, Unknown
from policylint.parse import parse
from tests.test_n8n import table, values, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document

Json = dict[str, Any]
BASE: Json = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "491700000000"}
TEXT: Json = {**BASE, "type": "text", "text": {"preview_url": False, "body": "Your parcel is here"}}
TEMPLATE: Json = {
    **BASE,
    "type": "template",
    "template": {"name": "spring_offer", "language": {"code": "en_US"}, "components": []},
}
PATHS = (
    *("channel", "sender.provider", "sender.product", "direction", "audience.selection", "audience.size"),
    *("messages.0.kind", "messages.0.window", "messages.0.body", "messages.0.template", "messages.0.language"),
)


def document_of(data: Any, name: str = "payload.json") -> Document:
    return parse(name, json.dumps(data, indent=2).encode()).documents[0]


def campaigns_of(data: Any) -> list[Campaign]:
    document = document_of(data)
    assert ADAPTER.recognises(document)
    adapted = ADAPTER.adapt(document, table())
    assert adapted.problems == ()
    return list(adapted.campaigns)


def only(data: Any) -> Campaign:
    (campaign,) = campaigns_of(data)
    return campaign


# --- recognition ---


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        (TEXT, [()]),
        ([TEXT, TEMPLATE], [(0,), (1,)]),
        ({"welcome": TEXT, "offer": TEMPLATE}, [("welcome",), ("offer",)]),
        ({"messages": [TEXT]}, [("messages", 0)]),
        ({"url": "https://graph.facebook.com/v22.0/1/messages", "method": "POST", "body": TEXT}, [("body",)]),
        ([{"request": {"url": "https://x.example", "body": {"json": TEXT}}}], [(0, "request", "body", "json")]),
        (
            {"examples": [{"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": "1"}]}, TEXT]},
            [("examples", 1)],
        ),
        ({**BASE, "to": 491700000000, "text": {"body": "Hi"}}, [()]),  # the type is text where none is given
        ([TEXT, {"object": "whatsapp_business_account", "entry": []}], [(0,)]),
        ({"title": "Sends", "version": 2, "a": TEXT, "answer": {"messaging_product": "whatsapp"}}, [("a",)]),
        ({"recipient": "user.1", "messaging_product": "WhatsApp", "type": "TEXT", "text": {"body": "Hi"}}, [()]),
        ({"recipient_type": "individual", "to": "4917", "type": "text", "text": {"body": "Hi"}}, [()]),
    ],
)
def test_messages_are_found_alone_listed_by_name_and_in_requests(data: Any, pointers: list[Any]) -> None:
    found = [campaign.places[()].pointer[:-1] for campaign in campaigns_of(data)]
    assert found == pointers


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        "messaging_product",
        {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"},
        {"messaging_product": "whatsapp", "status": "read", "message_id": "1", "typing_indicator": {"type": "text"}},
        {"messaging_product": "whatsapp", "contacts": [{"input": "1", "wa_id": "1"}], "messages": [{"id": "wamid.1"}]},
        {"messaging_product": "whatsapp", "pin": "123456"},
        {"messaging_product": "sms", "to": "1", "type": "text", "text": {"body": "Hi"}},
        {**TEXT, "messaging_product": 1},
        {**TEXT, "to": None},
        {**TEXT, "to": ["1"]},
        {**BASE, "type": "unsupported"},
        {"recipient_type": "EMAIL", "to": "a@example.org", "type": "text", "text": {"body": "x"}},
        {"recipient_type": "individual", "to": "a"},
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": TEXT}]}]},
        [{"object": "whatsapp_business_account", "entry": [TEXT]}],
        {"nodes": [{"parameters": TEXT}], "connections": {}},
        {"info": {"schema": "https://schema.getpostman.com/"}, "item": [TEXT]},
        {"openapi": "3.1.0", "paths": {}, "examples": {"text": TEXT}},
        {"campaign": "spring", "payload": TEXT},
        {"name": "Spring", "schedule": "daily", "payload": TEXT},
        [TEXT, {"name": "else"}],
        [TEXT, "else"],
        {"a": {"b": {"c": TEXT["text"]}}},
    ],
)
def test_receipts_answers_webhooks_and_other_formats_are_no_messages(data: Any) -> None:
    assert not ADAPTER.recognises(document_of(data))


def test_a_store_of_templates_with_an_example_of_a_send_stays_a_store() -> None:
    body = {"type": "BODY", "text": "Hi {{1}}", "example": {"body_text": [["Anna"]]}}
    template = {"name": "spring_offer", "category": "MARKETING", "language": "en", "components": [body]}
    document = document_of({"templates": [template], "send": TEMPLATE})
    assert meta_templates.recognises(document)
    assert not ADAPTER.recognises(document)
    assert not meta_templates.recognises(document_of({"text": TEXT, "category": TEMPLATE}))
    assert ADAPTER.recognises(document_of({"text": TEXT, "category": TEMPLATE}))


# --- records ---


def test_a_template_is_a_push() -> None:
    campaign = only(TEMPLATE)
    assert campaign.id == "spring_offer"
    assert values(campaign, *PATHS) == (
        *("whatsapp", "meta", "business_platform", "push", "single_number", NOT_CARRIED),
        *("template", "none", None, campaign.data["messages"][0]["template"], "en_US"),
    )
    assert values(campaign, "messages.0.template.name", "messages.0.template.status") == ("spring_offer", NOT_CARRIED)
    assert (written(campaign, "messages", 0, "template", "name"), written(campaign, "messages", 0, "kind")) == (
        *('"spring_offer"', '"template"'),
    )
    assert (written(campaign, "consent", "obtained"), written(campaign, "audience", "selection")) == (
        *("whatsapp", '"491700000000"'),
    )


def test_of_a_single_text_nobody_knows_who_wrote_first() -> None:
    campaign = only(TEXT)
    assert campaign.id == "payload"
    assert values(campaign, *PATHS) == (
        *("whatsapp", "meta", "business_platform", NOT_SAID, "single_number", NOT_CARRIED),
        *("freeform", NOT_SAID, "Your parcel is here", None, NOT_CARRIED),
    )
    assert campaign.notes == (NOT_SAID.why,)
    assert written(campaign, "messages", 0, "body") == '"Your parcel is here"'


@pytest.mark.parametrize(
    ("fields", "kind", "body"),
    [
        ({"type": "image", "image": {"link": "https://x.example/1.png", "caption": "New"}}, "freeform", "New"),
        ({"type": "image", "image": {"id": "1"}}, "freeform", None),
        ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, "freeform", None),
        ({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Well?"}}}, "interactive", "Well?"),
        ({"type": "interactive", "interactive": "?"}, "interactive", None),
        ({"type": "text", "text": {"body": "Hi {{name}}"}}, "freeform", "Hi {{name}}"),
        ({"type": "text", "text": {"body": "{{text}}"}}, "freeform", EXPRESSION),
        ({"type": "text", "text": {"body": ["x"]}}, "freeform", None),
    ],
)
def test_the_type_says_where_the_text_stands(fields: Json, kind: str, body: object) -> None:
    assert values(only({**BASE, **fields}), "messages.0.kind", "messages.0.body") == (kind, body)


@pytest.mark.parametrize(
    "fields", [{"context": {"message_id": "wamid.1"}}, {"type": "reaction", "reaction": {"emoji": "x"}}]
)
def test_what_quotes_a_message_is_a_reply(fields: Json) -> None:
    campaign = only({**TEXT, **fields})
    assert values(campaign, "direction", "audience.selection", "messages.0.window") == (
        *("reply", "inbound_sender", "customer_service"),
    )


@pytest.mark.parametrize("to", ["{{Recipient-Phone-Number}}", "<TO>", "${to}", "PHONE_NUMBER"])
def test_a_recipient_yet_to_be_filled_in_is_unknown(to: str) -> None:
    assert values(only({**TEMPLATE, "to": to}), "audience.selection", "direction") == (EXPRESSION, "push")


def test_a_group_is_a_group() -> None:
    assert values(only({**TEXT, "recipient_type": "group", "to": "Y2FwaV9ncm91cD"}), "audience.selection") == (
        "group_chat",
    )


def test_the_same_words_to_several_people_are_a_push_to_a_list() -> None:
    numbers = ["491700000001", "491700000002", "491700000003"]
    campaigns = campaigns_of([*({**TEXT, "to": number} for number in numbers), {**TEXT, "text": {"body": "Else"}}])
    paths = ("campaign", "direction", "audience.selection", "audience.size", "messages.0.window")
    assert [values(campaign, *paths) for campaign in campaigns] == [
        *((f"payload {number}", "push", "list", 3, "none") for number in (1, 2, 3)),
        ("payload 4", NOT_SAID, "single_number", NOT_CARRIED, NOT_SAID),
    ]


def test_examples_with_gaps_to_fill_in_are_no_list() -> None:
    campaigns = campaigns_of([{**TEXT, "to": "{{a}}"}, {**TEXT, "to": "{{b}}"}])
    assert [values(campaign, "audience.selection") for campaign in campaigns] == [(EXPRESSION,), (EXPRESSION,)]


def test_the_address_of_the_request_says_who_carries_it() -> None:
    asked = {"url": "https://waba-v2.360dialog.io/messages", "method": "POST", "headers": {}, "data": TEMPLATE}
    campaign = only(asked)
    assert values(campaign, "sender.provider", "sender.product") == ("360dialog", "business_platform")
    assert written(campaign, "sender", "provider") == '"https://waba-v2.360dialog.io/messages"'


def test_a_body_written_as_a_text_is_read_and_points_to_the_text() -> None:
    campaign = only({"url": "https://graph.facebook.com/v22.0/1/messages", "body": json.dumps(TEMPLATE)})
    assert values(campaign, "messages.0.template.name", "sender.provider") == ("spring_offer", "meta")
    assert campaign.place(("messages", 0, "template", "name")).pointer == ("body",)
    assert not ADAPTER.recognises(document_of({"body": json.dumps(TEMPLATE)[:-1]}))
    assert not ADAPTER.recognises(document_of({"body": '{"messaging_product": ' + "[" * 5000}))


def test_a_template_of_the_on_premises_api_shows_that_api() -> None:
    hsm = {"namespace": "n", "element_name": "offer", "language": {"policy": "deterministic", "code": "de"}}
    campaign = only({"recipient_type": "individual", "to": "491700000000", "type": "hsm", "hsm": hsm})
    paths = ("sender.integration", "messages.0.kind", "messages.0.template.name", "messages.0.language")
    assert values(campaign, *paths) == ("on_premises", "template", "offer", "de")
    other = only({"recipient_type": "individual", "to": "491700000000", "type": "text", "text": {"body": "Hi"}})
    assert values(other, "sender.integration") == (NOT_CARRIED,)


def test_ids_tell_messages_apart() -> None:
    assert [one.id for one in campaigns_of({"hello": TEXT, "offer": {"body": TEXT}})] == ["hello", "offer"]
    assert [one.id for one in campaigns_of([TEMPLATE, {**TEMPLATE, "template": {"name": "b"}}])] == [
        "spring_offer",
        "b",
    ]


def test_a_list_of_many_messages_takes_no_time() -> None:
    campaigns = campaigns_of([{**TEXT, "to": str(490000000000 + number)} for number in range(2000)])
    assert {values(campaign, "audience.size") for campaign in campaigns} == {(2000,)}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["whatsapp", "text", "template", "1", "individual"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *BASE,
                    "type",
                    "text",
                    "template",
                    "hsm",
                    "interactive",
                    "body",
                    "context",
                    "status",
                    "language",
                    "name",
                    "url",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(JUNK, st.dictionaries(st.sampled_from([*TEMPLATE, "text", "context", "interactive"]), JUNK, max_size=4))
def test_no_document_makes_it_raise(junk: Any, fields: Json) -> None:
    document = document_of([junk, {**TEMPLATE, **fields}, {"body": junk, "url": junk}, TEXT])
    ADAPTER.recognises(document)
    ADAPTER.recognises(document_of(junk))
    for campaign in ADAPTER.adapt(document, table()).campaigns:
        assert isinstance(campaign.data["direction"], (str, Unknown))
        for path in [*campaign.places, ("consent", "obtained")]:
            campaign.place(path).region()
