"""Twilio content templates: resources of the Content API, and maps of names to Content SIDs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters import meta_templates
from policylint.adapters.twilio_content import ADAPTER
from tests.recordviews import TABLE, document_of, placed, records_of, said, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

Json = dict[str, Any]

SID = "HX" + "0a" * 16
MANY = "? content templates go out by SMS, RCS, WhatsApp and Messenger"
LATER = "? it is given when the content is submitted to WhatsApp"
AT_TWILIO = "? it is at Twilio; the file has only the SID"


def content(types: Json | None = None, **more: Any) -> Json:
    types = types or {"twilio/text": {"body": "Your table is ready."}}
    return {"friendly_name": "table ready", "language": "en", "types": types, **more}


def records(data: Any) -> list[Campaign]:
    return records_of(ADAPTER, data)


def only(data: Any) -> Campaign:
    (campaign,) = records(data)
    return campaign


def components(types: Json, **more: Any) -> Any:
    return only(content(types, **more)).data["messages"][0]["template"]["components"]


# --- recognition ---


def test_the_example_is_recognised_and_gives_a_template() -> None:
    assert [campaign.id for campaign in records(ADAPTER.example)] == ["table_ready"]


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (content(), ""),
        ([content()], "0"),
        ({"contents": [content()], "meta": {"page": 0}}, "contents/0"),
        ({"$schema": "x", "templates": [content()]}, "templates/0"),
        ({"twilio": {"templates": {"ready": content()}}}, "twilio/templates/ready"),
    ],
)
def test_contents_are_recognised_alone_listed_and_below(data: Any, at: str) -> None:
    campaign = only(data)
    assert (campaign.id, placed(campaign)[""]) == ("table ready", at)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        [],
        {"types": {}},
        {"types": {"text/plain": {}, "twilio/": {}}},
        {"types": ["twilio/text"]},
        {"types": {"twilio/text": "body"}},
        {"properties": {"types": {"properties": {"twilio/text": {"type": "object"}}}}},  # its JSON schema
        {"openapi": "3.0.0", "example": content()},
        {"info": {"name": "Twilio"}, "item": [content()]},  # a Postman collection
        {"a": {"b": {"c": {"d": {"e": content()}}}}},
        {"a": SID, "b": "x"},
        {"a": "HX123"},
        {"a": {}},
        {"_read_me": SID},
        f'"{SID}"',
        [SID],
    ],
)
def test_look_alikes_are_not_recognised(data: Any) -> None:
    assert not ADAPTER.recognises(document_of(data))


def test_an_env_file_with_a_sid_is_an_env_file() -> None:
    assert not ADAPTER.recognises(document_of(f"CONTENT_SID={SID}\n", ".env"))


def test_the_reader_of_metas_templates_leaves_contents_alone() -> None:
    approved = {"name": "whatsapp_a", "category": "UTILITY", "status": "approved", "language": "en"}
    for data in (
        [content(approval_requests=approved)] * 3,
        {"templates": {"a": content(name="a", category="UTILITY")}},
    ):
        assert ADAPTER.recognises(document_of(data))
        assert not meta_templates.recognises(document_of(data))


# --- whole records ---


def test_a_content_that_the_api_gives_with_its_approval() -> None:
    card = {
        "header_text": "Hello {{1}}",
        "body": "Add {{2}} to your order, {{1}}.",
        "footer": "Reply STOP to end",
        "actions": [
            {"type": "URL", "title": "Order", "url": "https://example.org/{{3}}"},
            {"type": "PHONE_NUMBER", "title": "Call", "phone": "+15550100"},
            {"type": "QUICK_REPLY", "title": "Later", "id": "later"},
        ],
    }
    approval = {"name": "add_to_order", "category": "MARKETING", "status": "Approved", "allow_category_change": True}
    samples = {"1": "Ada", "2": "tea", "3": "menu"}
    campaign = only(content({"whatsapp/card": card}, sid=SID, variables=samples, approval_requests=approval))
    assert said(campaign) == {
        "campaign": "table ready",
        "kind": "template",
        "name": "table ready",
        "channel": "whatsapp",
        "sender": {"product": "business_platform", "provider": "twilio"},
        "messages": [
            {
                "kind": "template",
                "category": "MARKETING",
                "language": "en",
                "template": {
                    "name": "add_to_order",
                    "status": "Approved",
                    "allow_category_change": True,
                    "components": [
                        {
                            "type": "HEADER",
                            "format": "TEXT",
                            "text": "Hello {{1}}",
                            "example": {"header_text": ["Ada"]},
                        },
                        {
                            "type": "BODY",
                            "text": "Add {{2}} to your order, {{1}}.",
                            "example": {"body_text": [["tea", "Ada"]]},
                        },
                        {"type": "FOOTER", "text": "Reply STOP to end"},
                        {
                            "type": "BUTTONS",
                            "buttons": [
                                {
                                    "type": "URL",
                                    "text": "Order",
                                    "url": "https://example.org/{{3}}",
                                    "example": ["https://example.org/menu"],
                                },
                                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100"},
                                {"type": "QUICK_REPLY", "text": "Later"},
                            ],
                        },
                    ],
                },
            }
        ],
    }
    body: tuple[str | int, ...] = ("messages", 0, "template", "components")
    assert written(campaign, *body, 1, "text") == '"Add {{2}} to your order, {{1}}."'
    assert written(campaign, *body, 3, "buttons", 1, "text") == '"Call"'
    assert written(campaign, "messages", 0, "category") == '"MARKETING"'
    assert written(campaign, "messages", 0, "template", "name") == '"add_to_order"'


def test_a_content_before_it_is_submitted() -> None:
    campaign = only(content())
    assert said(campaign) == {
        "campaign": "table ready",
        "kind": "template",
        "name": "table ready",
        "channel": MANY,
        "sender": {"provider": "twilio"},
        "messages": [
            {
                "kind": "template",
                "category": LATER,
                "language": "en",
                "template": {"name": LATER, "components": [{"type": "BODY", "text": "Your table is ready."}]},
            }
        ],
    }
    assert campaign.notes == (MANY[2:],)


def test_a_map_of_names_to_sids() -> None:
    first, second = records({"_note": "copied from the console", "ready": SID, "late": {"en": SID.replace("a", "X")}})
    assert said(first) == {
        "campaign": "ready",
        "kind": "template",
        "name": "ready",
        "channel": MANY,
        "sender": {"provider": "twilio"},
        "messages": [
            {"kind": "template", "category": AT_TWILIO, "language": AT_TWILIO, "template": AT_TWILIO, "body": AT_TWILIO}
        ],
    }
    assert placed(first)[""] == "ready"
    assert f"content template {SID}" in first.notes
    assert second.id == "late/en"


def test_a_map_of_sids_in_yaml() -> None:
    (campaign,) = records_of(ADAPTER, f"ready: {SID}\n", "contents.yaml")
    assert written(campaign) == SID


def test_a_key_that_names_whatsapp_shows_the_channel() -> None:
    found = said(only({"whatsapp": {"ready": SID}}))
    assert (found["channel"], found["sender"]["product"]) == ("whatsapp", "business_platform")


# --- details ---


@pytest.mark.parametrize(
    ("more", "channel"),
    [
        ({}, MANY),
        ({"channel": "SMS"}, "sms"),
        ({"channel": "pigeon"}, MANY),
        ({"category": "UTILITY"}, "whatsapp"),
        ({"category": "greetings"}, MANY),
        ({"approval_requests": {"status": "unsubmitted"}}, MANY),
        ({"approval": {"whatsapp": {"category": "MARKETING"}}}, "whatsapp"),
        ({"approvalRequests": [{"category": "AUTHENTICATION"}]}, "whatsapp"),
    ],
)
def test_only_whatsapp_has_categories(more: Json, channel: str) -> None:
    assert said(only(content(**more)))["channel"] == channel


def test_the_richest_type_is_the_one_that_whatsapp_shows() -> None:
    types = {
        "twilio/text": {"body": "Plain"},
        "twilio/quick-reply": {"body": "With buttons", "actions": [{"title": "Yes", "id": "yes"}]},
    }
    assert components(types) == [
        {"type": "BODY", "text": "With buttons"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}]},
    ]


def test_the_title_of_a_card_is_its_text_and_the_subtitle_its_footer() -> None:
    card = {"title": "See you at {{1}}.", "subtitle": "Bye", "media": ["https://example.org/a.png?b"], "body": None}
    assert components({"twilio/card": card}) == [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.org/a.png?b"]}},
        {"type": "BODY", "text": "See you at {{1}}."},
        {"type": "FOOTER", "text": "Bye"},
    ]


def test_a_sample_for_only_some_of_the_parameters_is_none() -> None:
    text = {"twilio/text": {"body": "Hello {{1}} and {{2}}!"}}
    assert components(text, variables={"1": "Ada"}) == [{"type": "BODY", "text": "Hello {{1}} and {{2}}!"}]


def test_a_one_time_code_is_of_the_category_authentication() -> None:
    code = {
        "add_security_recommendation": True,
        "code_expiration_minutes": "30",
        "actions": [{"type": "COPY_CODE", "copy_code_text": "Copy"}],
    }
    message = only(content({"whatsapp/authentication": code})).data["messages"][0]
    assert message["category"] == "authentication"
    assert message["template"]["components"] == [
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 30},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}]},
    ]


def test_carousels_are_not_read() -> None:
    found = said(only(content({"twilio/carousel": {"body": "Look", "cards": []}})))
    assert found["messages"][0]["template"]["components"] == "? the cards of a carousel are not read"


@pytest.mark.parametrize(
    ("status", "expected"), [("unsubmitted", "draft"), ("received", "pending"), ("paused", "paused")]
)
def test_statuses_in_metas_words(status: str, expected: str) -> None:
    campaign = only(content(approval_requests={"status": status}))
    assert campaign.data["messages"][0]["template"]["status"] == expected


# --- never raises ---

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["{{1}}", "URL", "whatsapp", "x.png"])
)
_KEYS = st.sampled_from(
    ["body", "actions", "type", "title", "media", "url", "1", "category", "status", "name", "whatsapp"]
)
_TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | _LEAVES, inner, max_size=4)
)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["twilio/text", "whatsapp/card", "whatsapp/authentication", "twilio/new"]),
    where=st.sampled_from(["content", "variables", "approval", "fields"]),
    tree=_TREES,
)
def test_any_data_where_the_format_has_something_else_is_survived(kind: str, where: str, tree: Any) -> None:
    fields = {"body": "Hi {{1}}", "actions": [{"title": "a"}], "copy_code_text": "x"}
    data = content({kind: fields})
    if where == "content":
        data["types"][kind] = (
            tree if isinstance(tree, dict) else {**fields, "actions": tree, "media": tree, "title": tree}
        )
    elif where == "variables":
        data["variables"] = tree
    elif where == "approval":
        data["approval_requests"] = tree
    else:
        data.update(friendly_name=tree, language=tree, category=tree, status=tree, channel=tree)
    document = document_of({"types": "twilio/"})._replace(data=data)
    assert ADAPTER.recognises(document)
    for campaign in ADAPTER.adapt(document, TABLE).campaigns:
        assert all(place.region() for place in campaign.places.values())
