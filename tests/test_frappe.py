"""Frappe: records of frappe_whatsapp in fixtures; definitions of doctypes are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters import meta_templates
from policylint.adapters.frappe import ADAPTER
from policylint.model.source import Unknown
from policylint.parse import parse
from policylint.record import ProviderTable

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document

LINKED = Unknown("the record names the template by its name in Frappe")


def document(data: Any) -> Document:
    (found,) = parse("fixtures/whatsapp.json", json.dumps(data, indent=1).encode()).documents
    return found


def campaigns(data: Any) -> list[Campaign]:
    found = document(data)
    assert ADAPTER.recognises(found)
    return list(ADAPTER.adapt(found, ProviderTable({})).campaigns)


BULK = {
    "doctype": "Bulk WhatsApp Message",
    "name": "BULK-WA-2026-00001",
    "title": "Spring offers",
    "recipient_type": "Recipient List",
    "recipient_list": "Newsletter",
    "recipient_count": 1800,
    "use_template": 1,
    "template": "spring_offers-en",
    "scheduled_time": "2026-03-02 09:00:00",
    "status": "Queued",
}


def test_a_bulk_message_goes_to_a_list_with_a_template() -> None:
    (campaign,) = campaigns([{"doctype": "Role", "name": "x"}, BULK])
    record = campaign.data
    assert (campaign.id, record["channel"], record["direction"]) == ("Spring offers", "whatsapp", "push")
    assert (record["audience"]["selection"], record["audience"]["size"]) == ("list", 1800)
    assert campaign.place(("audience", "selection")).pointer == (1, "recipient_list")
    assert record["schedule"]["start"] == "2026-03-02 09:00:00"
    (message,) = record["messages"]
    assert (message["kind"], message["window"]) == ("template", "none")
    assert (message["category"], message["template"]["name"], message["template"]["components"]) == (LINKED,) * 3
    assert record["sender"]["product"] == "business_platform"


def test_recipients_in_the_record_are_counted_and_a_draft_is_not_enabled() -> None:
    recipients = [{"mobile_number": "+4930000000"}, {"mobile_number": "+4930000001"}]
    data = {**BULK, "recipient_list": None, "recipients": recipients, "status": "Draft"}
    (campaign,) = campaigns(data)
    assert (campaign.data["audience"]["size"], campaign.data["enabled"]) == (2, False)
    assert campaign.place(("audience", "selection")).pointer == ("recipients",)


def test_a_bulk_message_without_a_template_leaves_the_message_unknown() -> None:
    (campaign,) = campaigns({**BULK, "use_template": 0, "template": ""})
    (message,) = campaign.data["messages"]
    assert message["kind"] == message["template"] == Unknown("no template is named")


NOTIFICATION = {
    "doctype": "WhatsApp Notification",
    "notification_name": "Invoice sent",
    "notification_type": "DocType Event",
    "reference_doctype": "Sales Invoice",
    "doctype_event": "After Submit",
    "field_name": "contact_mobile",
    "template": "invoice-en",
    "disabled": 1,
}


def test_a_notification_goes_to_whom_its_document_is_about() -> None:
    (campaign,) = campaigns(NOTIFICATION)
    record = campaign.data
    assert (campaign.id, record["direction"], record["enabled"]) == ("Invoice sent", "push", False)
    assert record["audience"]["selection"] == Unknown("whoever the document is about")
    assert record["messages"][0]["kind"] == "template"
    assert "recurrence" not in record["schedule"]


@pytest.mark.parametrize(
    ("frequency", "recurrence"),
    [("Daily Long", "daily"), ("Monthly", "monthly"), ("Hourly", None), ("", "absent")],
)
def test_a_scheduled_notification_says_how_often(frequency: str, recurrence: str | None) -> None:
    data = {**NOTIFICATION, "notification_type": "Scheduler Event", "event_frequency": frequency}
    (campaign,) = campaigns(data)
    assert isinstance(campaign.data["audience"]["selection"], Unknown)
    other = Unknown("a frequency that recurrences have no word for")
    assert campaign.data["schedule"].get("recurrence", "absent") == (recurrence or other)


TEMPLATE = {
    "doctype": "WhatsApp Templates",
    "name": "Order Update-de",
    "template_name": "Order Update",
    "template": "Guten Tag {{1}}, Ihre Bestellung {{2}} ist unterwegs.",
    "sample_values": "Anna,4711",
    "header_type": "TEXT",
    "header": "Ihre Bestellung",
    "footer": "Muster GmbH",
    "category": "UTILITY",
    "language": "de",
    "language_code": "de",
    "status": "PENDING",
    "buttons": [
        {
            "button_type": "Visit Website",
            "button_label": "Zum Paket",
            "website_url": "https://example.org/{{1}}",
            "url_type": "Dynamic",
            "example_url": "https://example.org/1",
        },
        {"button_type": "Quick Reply", "button_label": "Danke"},
    ],
}


def test_a_template_is_laid_out_as_the_app_hands_it_in() -> None:
    (campaign,) = campaigns([TEMPLATE])
    record = campaign.data
    assert (campaign.id, record["kind"], record["name"]) == ("Order Update", "template", "Order Update")
    (message,) = record["messages"]
    assert (message["category"], message["language"]) == ("UTILITY", "de")
    template = message["template"]
    assert (template["name"], template["status"]) == ("order_update", "PENDING")
    assert template["components"] == [
        {"type": "HEADER", "format": "TEXT", "text": "Ihre Bestellung", "example": None},
        {"type": "BODY", "text": TEMPLATE["template"], "example": {"body_text": [["Anna", "4711"]]}},
        {"type": "FOOTER", "text": "Muster GmbH"},
        {
            "type": "BUTTONS",
            "buttons": [
                {
                    "type": "URL",
                    "text": "Zum Paket",
                    "url": "https://example.org/{{1}}",
                    "example": ["https://example.org/1"],
                },
                {"type": "QUICK_REPLY", "text": "Danke"},
            ],
        },
    ]
    assert campaign.place(("messages", 0, "template", "components", 1, "text")).pointer == (0, "template")


def test_a_retired_category_is_declared_and_a_media_header_is_uploaded() -> None:
    data = {**TEMPLATE, "category": "OTP", "actual_name": "order_update_2", "header_type": "IMAGE", "header": None}
    (campaign,) = campaigns(data)
    (message,) = campaign.data["messages"]
    assert message["template"]["declared_category"] == "OTP"
    assert "category" not in message
    assert message["template"]["name"] == "order_update_2"
    header = message["template"]["components"][0]
    assert (header["format"], isinstance(header["example"], Unknown)) == ("IMAGE", True)


def test_a_template_that_was_fetched_had_samples_that_its_record_may_not_keep() -> None:
    data = {key: value for key, value in TEMPLATE.items() if key != "sample_values"}
    (campaign,) = campaigns({**data, "id": "1234567890"})
    components = campaign.data["messages"][0]["template"]["components"]
    kept = Unknown("records of templates that were fetched do not keep all samples")
    assert [component["example"] for component in components[:2]] == [kept, kept]
    (campaign,) = campaigns(data)
    assert campaign.data["messages"][0]["template"]["components"][1]["example"] is None


def test_no_record_of_the_app_is_taken_for_a_store_of_templates() -> None:
    for data in ([TEMPLATE], TEMPLATE, [BULK, NOTIFICATION, TEMPLATE]):
        assert not meta_templates.recognises(document(data))


@pytest.mark.parametrize(
    "data",
    [
        {"doctype": "DocType", "name": "WhatsApp Templates", "fields": [{"fieldname": "template"}]},
        [{"doctype": "Whatsapp Notification", "document_type": "Sales Order"}],  # of another app
        [{"doctype": "Email Template"}],
        {"doctype": ["WhatsApp Templates"]},
        {"records": [BULK]},
        [],
        None,
    ],
)
def test_other_records_are_not_read(data: Any) -> None:
    assert not ADAPTER.recognises(document(data))
