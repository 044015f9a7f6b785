"""Postman collections: which requests send, what their bodies say and where, and that they are examples."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.postman import ADAPTER, CAP, NOT_SAID
from policylint.api import lint
from policylint.model.source import EXPRESSION
from policylint.parse import parse
from tests.test_n8n import table, value, values, written

if TYPE_CHECKING:
    from pathlib import Path

    from policylint.model.campaign import Campaign
    from policylint.model.source import Document

Json = dict[str, Any]
MESSAGES = "https://graph.facebook.com/{{Version}}/{{Phone-Number-ID}}/messages"
TEXT = '{\n  "messaging_product": "whatsapp",\n  "to": "{{To}}",\n  "type": "text",\n  "text": {"body": "Hi Anna"}\n}'


def raw(url: Any, body: str | None, name: str = "Send", method: str = "POST") -> Json:
    sent = {} if body is None else {"body": {"mode": "raw", "raw": body}}
    return {"name": name, "request": {"method": method, "header": [], "url": url, **sent}, "response": [{"body": TEXT}]}


def form(url: str, mode: str, *fields: Json) -> Json:
    return {
        "name": "Send",
        "request": {"method": "POST", "url": {"raw": url}, "body": {"mode": mode, mode: list(fields)}},
    }


def collection(*items: Json) -> Json:
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {"info": {"name": "Shop", "schema": schema}, "item": list(items), "variable": []}


def document_of(data: Any) -> Document:
    return parse("shop.postman_collection.json", json.dumps(data, indent=2).encode()).documents[0]


def campaigns_of(data: Any) -> list[Campaign]:
    document = document_of(data)
    assert ADAPTER.recognises(document)
    return list(ADAPTER.adapt(document, table()).campaigns)


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        None,
        {"info": {"name": "x"}, "item": []},
        {"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/"}},
        {"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/"}, "item": {}},
        {"info": "https://schema.getpostman.com", "item": []},
        {"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}},
        {"id": "1", "values": [], "_postman_variable_scope": "environment"},
    ],
)
def test_other_documents_are_left_alone(data: Any) -> None:
    assert not ADAPTER.recognises(document_of(data))


def test_requests_are_found_in_folders_and_in_a_wrapped_collection() -> None:
    folder = {"name": "Messages", "item": [{"name": "Texts", "item": [raw({"raw": MESSAGES}, TEXT)]}]}
    (campaign,) = campaigns_of(collection(folder))
    assert (campaign.id, campaign.caps) == ("Shop › Send", {(): CAP})
    assert campaign.places[()].pointer == ("item", 0, "item", 0, "item", 0, "name")
    (wrapped,) = campaigns_of({"collection": collection(raw(MESSAGES, TEXT))})
    assert wrapped.places[()].pointer == ("collection", "item", 0, "name")
    assert written(wrapped, "name") == "Shop"


def test_a_text_in_a_raw_body_is_read_with_its_place() -> None:
    (campaign,) = campaigns_of(collection(raw({"raw": MESSAGES}, TEXT)))
    paths = (
        *("channel", "sender.provider", "sender.product", "direction", "audience.selection"),
        *("messages.0.kind", "messages.0.window", "messages.0.body", "messages.0.template"),
    )
    assert values(campaign, *paths) == (
        *("whatsapp", "meta", "business_platform", NOT_SAID, EXPRESSION),
        *("freeform", NOT_SAID, "Hi Anna", None),
    )
    assert written(campaign, "messages", 0, "body") == "Hi Anna"
    assert written(campaign, "sender", "provider") == MESSAGES


def test_a_template_is_a_push_and_a_quote_is_a_reply() -> None:
    template = (
        '{"messaging_product": "whatsapp", "to": "491700000000", "type": "template", "template": {"name": "offer"}}'
    )
    reply = TEXT.replace('"type"', '"context": {"message_id": "wamid.1"},\n  "type"')
    campaigns = campaigns_of(collection(raw(MESSAGES, template), raw(MESSAGES, reply)))
    paths = ("direction", "audience.selection", "messages.0.kind", "messages.0.window")
    assert [values(campaign, *paths) for campaign in campaigns] == [
        ("push", "single_number", "template", "none"),
        ("reply", "inbound_sender", "freeform", "customer_service"),
    ]
    assert value(campaigns[0], "messages.0.template.name") == "offer"


@pytest.mark.parametrize(
    "item",
    [
        raw(MESSAGES, '{"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}'),
        raw("https://graph.facebook.com/{{Version}}/{{Phone-Number-ID}}/register", '{"messaging_product": "whatsapp"}'),
        raw("https://graph.facebook.com/{{Version}}/{{WABA-ID}}/message_templates", '{"name": "offer"}'),
        raw("https://graph.facebook.com/{{Version}}/{{Media-ID}}", None, method="GET"),
        raw("{{base}}/orders", '{"id": 1}'),
        raw(None, TEXT),
        raw({"host": ["x"]}, TEXT),
        {"name": "Only an address", "request": MESSAGES},
        {"name": "Nothing"},
    ],
)
def test_other_requests_send_nothing(item: Json) -> None:
    assert campaigns_of(collection(item)) == []


def test_forms_are_read_and_fields_that_are_off_are_not() -> None:
    to = {"key": "To", "value": "whatsapp:+491700000000", "type": "text"}
    body = {"key": "Body", "value": "Hi", "type": "text"}
    url = "https://api.twilio.com/2010-04-01/Accounts/{{sid}}/Messages.json"
    (campaign,) = campaigns_of(collection(form(url, "urlencoded", to, {**to, "key": "From"}, body)))
    assert values(campaign, "channel", "sender.provider", "messages.0.body", "audience.selection") == (
        *("whatsapp", "twilio", "Hi", "single_number"),
    )
    assert written(campaign, "messages", 0, "body") == "Hi"
    (sms,) = campaigns_of(collection(form(url, "urlencoded", {**to, "disabled": True}, {**to, "value": "+4917"}, body)))
    assert values(sms, "channel", "messages.0.body") == ("sms", "Hi")


def test_findings_in_a_collection_are_infos(tmp_path: Path) -> None:
    gateway = raw("{{url}}/message/sendText/{{instance}}", '{"number": "491700000000", "text": "Hi"}')
    path = tmp_path / "shop.postman_collection.json"
    path.write_text(document_of(collection(gateway)).text, encoding="utf-8")
    report = lint([path], as_of=date(2026, 11, 23), isolated=True)
    assert [(one.code, str(one.severity), one.notes) for one in report.findings] == [
        ("WA105", "info", ("info, not error: a Postman collection holds examples",))
    ]


def test_folders_in_folders_without_end_are_left_unread() -> None:
    deep: Json = raw(MESSAGES, TEXT)
    for _ in range(60):
        deep = {"name": "Folder", "item": [deep]}
    assert campaigns_of(collection(deep)) == []


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([MESSAGES, TEXT, "raw", "urlencoded", "POST"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["item", "request", "url", "raw", "body", "mode", "urlencoded", "header", "key", "value", "name"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None)
@given(JUNK, JUNK, JUNK)
def test_no_collection_makes_it_raise(item: Any, request: Any, body: Any) -> None:
    asked = {"name": item, "request": {"method": "POST", "url": MESSAGES, "body": body}}
    document = document_of(collection(item, {"request": request}, asked, raw(MESSAGES, TEXT)))
    for campaign in ADAPTER.adapt(document, table()).campaigns:
        for path in [*campaign.places, ("consent", "obtained")]:
            campaign.place(path).region()
