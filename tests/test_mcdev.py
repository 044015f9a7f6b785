"""mcdev: which objects of Marketing Cloud are recognised, what becomes a record, and where its values stand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters.mcdev import ADAPTER
from policylint.adapters.mcdev.shapes import BY_EVENT, IN_ASSET, IN_FILES_BESIDE
from policylint.api import lint_bytes, settings_for
from policylint.config import Configuration
from policylint.model.source import EXPRESSION, NOT_CARRIED, Unknown
from policylint.parse import parse
from policylint.parse.lines import whole_text
from policylint.plugins import load_extensions
from policylint.record import ProviderTable
from tests.recordviews import placed, records_of, said

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer

ASSET = Path(__file__).parent / "fixtures" / "mcdev" / "whatsapp.asset-asset-meta.json"


def document(data: Any, name: str = "object-meta.json", beside: dict[str, str] | None = None) -> Document:
    raw = data if isinstance(data, bytes) else json.dumps(data, indent=1).encode()
    (found,) = parse(name, raw).documents
    texts = beside or {}
    return found._replace(beside=lambda path: whole_text(path, texts[path]) if path in texts else None)


def campaigns(data: Any, name: str = "object-meta.json", beside: dict[str, str] | None = None) -> list[Campaign]:
    found = document(data, name, beside)
    assert ADAPTER.recognises(found)
    return list(ADAPTER.adapt(found, ProviderTable({})).campaigns)


def shown(campaign: Campaign, path: Pointer) -> str:
    """Return the text in the file that a value of the record points to."""
    place = campaign.place(path)
    region = place.region()
    return place.document.text[region.start.offset : region.end.offset]


# --- WhatsApp templates -------------------------------------------------------------------------------------------


def test_a_whatsapp_template_is_one_record_for_each_language_and_its_nested_copy_none() -> None:
    german, portuguese = campaigns(ASSET.read_bytes(), ASSET.name)
    record = german.data
    assert (german.id, german.format, record["kind"], record["channel"]) == (
        "parcel_on_its_way",
        "mcdev",
        "template",
        "whatsapp",
    )
    assert record["name"] == "Parcel on its way"
    assert record["sender"]["product"] == "business_platform"
    (message,) = record["messages"]
    assert (message["kind"], message["language"]) == ("template", "de")
    assert "category" not in message
    assert message["template"]["name"] == "parcel_on_its_way"
    assert message["template"]["declared_category"] == "SHIPPING_UPDATE"
    assert message["template"]["status"] == "approved"
    assert message["template"]["components"] == [
        {"type": "HEADER", "text": "Ihr Paket"},
        {"type": "BODY", "text": "Guten Tag ${1}, Ihr Paket ${2} ist unterwegs."},
        {"type": "FOOTER", "text": "Muster GmbH"},
        Unknown("a part of the message that is not read"),
    ]
    (message,) = portuguese.data["messages"]
    assert message["language"] == "pt_BR"
    assert message["template"]["status"] == Unknown("the file gives the status in Content Builder, not the one at Meta")
    assert message["template"]["components"] == [
        {"type": "HEADER", "format": "IMAGE", "example": Unknown("the file has no place for sample values")},
        {"type": "BODY", "text": "Bom dia ${1}, o pacote ${2} saiu hoje."},
    ]


def test_the_values_of_a_whatsapp_template_have_their_places() -> None:
    german, _ = campaigns(ASSET.read_bytes(), ASSET.name)
    template: Pointer = ("messages", 0, "template")
    block = ("views", "whatsAppTemplate", "meta", "options", "customBlockData")
    assert german.place((*template, "declared_category")).pointer == (*block, "category")
    assert german.place((*template, "status")).pointer == (
        *(*block, "template", "views", "whatsapptemplate", "meta", "options", "customBlockData"),
        *("display:languages:approved", 0),
    )
    body = (*block, "display:languages:content", "dE", "display:message")
    assert german.place((*template, "components", 1, "text")).pointer == body
    assert shown(german, (*template, "name")) == '"parcel_on_its_way"'
    # What the template lacks is reported where it says who it is.
    assert shown(german, ("messages", 0, "category")) == "parcel_on_its_way"
    assert shown(german, ("purpose",)) == "parcel_on_its_way"


def test_a_retired_category_of_a_stored_template_is_a_warning() -> None:
    settings = settings_for(Configuration(), as_of=date(2026, 11, 23))
    report = lint_bytes(ASSET.read_bytes(), ASSET.name, settings, load_extensions(installed=False), lambda _path: None)
    found = [(one.code, str(one.severity), one.region.start.line) for one in report.findings if one.code == "WA502"]
    assert found == [("WA502", "warning", 29), ("WA502", "warning", 29)]


def whatsapp_asset(block: dict[str, Any], view: str = "whatsapptemplate") -> dict[str, Any]:
    return {
        "assetType": {"name": "jsonmessage"},
        "name": "Greeting",
        "views": {view: {"meta": {"options": {"customBlockData": block}}}},
    }


def test_a_category_of_today_is_the_category_of_the_message() -> None:
    block = {"templateName": "greeting", "category": "UTILITY", "display:lang": "EN", "display:message": "Hello ${1}"}
    (campaign,) = campaigns(whatsapp_asset(block))
    (message,) = campaign.data["messages"]
    assert (message["category"], message["language"]) == ("UTILITY", "en")
    assert "declared_category" not in message["template"]
    assert message["template"]["components"] == [{"type": "BODY", "text": "Hello ${1}"}]


def test_a_template_without_text_or_name_is_unknown_there() -> None:
    (campaign,) = campaigns(whatsapp_asset({}))
    (message,) = campaign.data["messages"]
    assert campaign.id == "Greeting"
    assert message["template"]["name"] is None
    assert message["template"]["components"] == Unknown("the text stands in the asset of the template")
    assert "language" not in message


# --- other assets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["templatebasedemail", "htmlemail", "textonlyemail"])
def test_an_email_asset_is_a_template_whose_text_stands_elsewhere(kind: str) -> None:
    asset = {"assetType": {"name": kind}, "customerKey": "k", "name": " Offers ", "views": {"subjectline": {}}}
    (campaign,) = campaigns(asset)
    record = campaign.data
    assert (campaign.id, record["kind"], record["channel"]) == ("Offers", "template", "email")
    assert record["messages"][0]["body"] == IN_FILES_BESIDE
    assert "subject" not in record["messages"][0]
    assert (record["audience"], record["direction"]) == (NOT_CARRIED, NOT_CARRIED)


def test_the_subject_of_an_email_asset_stands_in_a_view() -> None:
    asset = {"assetType": {"name": "htmlemail"}, "customerKey": "k", "name": "Offers"}
    (campaign,) = records_of(ADAPTER, {**asset, "views": {"subjectline": {"content": "Spring offers"}, "html": {}}})
    assert said(campaign) == {
        "campaign": "Offers",
        "kind": "template",
        "channel": "email",
        "name": "Offers",
        "messages": [
            {"kind": "freeform", "subject": "Spring offers", "body": "? the text stands in files of its own"},
        ],
    }
    assert placed(campaign)["messages.0.subject"] == "views/subjectline/content"


@pytest.mark.parametrize(("view", "channel"), [("sMS", "sms"), ("push", "push"), ("inAppMessage", "push")])
def test_other_messages_go_to_the_channel_of_their_view(view: str, channel: str) -> None:
    (campaign,) = campaigns(whatsapp_asset({"display:message": "Hello %%Name%%"}, view))
    assert (campaign.data["channel"], campaign.data["messages"][0]["kind"]) == (channel, "freeform")
    assert campaign.data["messages"][0]["body"] == "Hello %%Name%%"


@pytest.mark.parametrize("kind", ["htmlblock", "template", "webpage", "png", "jscoderesource"])
def test_blocks_and_pages_are_recognised_and_send_nothing(kind: str) -> None:
    assert campaigns({"assetType": {"name": kind}, "customerKey": "k", "views": {"html": {}}}) == []


# --- automations --------------------------------------------------------------------------------------------------

SCHEDULE = {
    "startDate": "2026-03-02T09:00:00",
    "endDate": "2079-06-06T00:00:00",
    "icalRecur": "FREQ=DAILY;INTERVAL=1",
    "timezoneName": "India Standard Time",
}


def automation(*activities: dict[str, Any], status: str = "Scheduled") -> dict[str, Any]:
    steps = [{"activities": [activity]} for activity in activities]
    return {"name": "Morning run", "key": "k", "status": status, "schedule": SCHEDULE, "steps": steps}


def test_each_sending_activity_of_an_automation_counts_once() -> None:
    send = {"r__type": "emailSend", "name": "Offers"}
    found = campaigns(automation({"r__type": "query", "name": "q"}, send, {"r__type": "wait"}, send))
    (campaign,) = found
    record = campaign.data
    assert (campaign.id, record["channel"], record["direction"]) == ("Morning run › Offers", "email", "push")
    assert record["audience"]["selection"] == "list"
    assert record["schedule"]["start"] == "2026-03-02T09:00:00"
    assert "end" not in record["schedule"]
    assert record["schedule"]["recurrence"] == "FREQ=DAILY;INTERVAL=1"
    assert isinstance(record["schedule"]["timezone"], Unknown)
    assert record["messages"] == [{**record["messages"][0], "kind": "freeform", "body": IN_ASSET}]
    assert "enabled" not in record
    assert campaign.place(("channel",)).pointer == ("steps", 1, "activities", 0, "name")


def test_a_paused_automation_is_not_enabled() -> None:
    (campaign,) = campaigns(automation({"r__type": "emailSend", "r__key": "k1"}, status="PausedSchedule"))
    assert (campaign.data["enabled"], campaign.place(("enabled",)).pointer) == (False, ("status",))
    assert campaign.id == "Morning run › k1"


@pytest.mark.parametrize(
    ("kind", "name", "channel"),
    [
        ("fireEvent", "Welcome Mobile Push", "push"),
        ("journeyEntry", "WhatsApp nudge", "whatsapp"),
        ("journeyEntry", "Welcome_SMS", "sms"),
        ("fireEvent", "Welcome e-mail", "email"),
    ],
)
def test_an_event_that_names_a_channel_enters_people_into_a_journey(kind: str, name: str, channel: str) -> None:
    (campaign,) = campaigns(automation({"r__type": kind, "name": name}))
    record = campaign.data
    assert (record["kind"], record["channel"], record["messages"]) == ("setup", channel, None)
    assert len(campaign.notes) == 1


def test_an_event_without_a_channel_in_its_name_leaves_the_channel_open() -> None:
    (campaign,) = campaigns(automation({"r__type": "query"}, {"r__type": "journeyEntry", "name": "Invite members"}))
    assert said(campaign) == {
        "campaign": "Morning run › Invite members",
        "kind": "setup",
        "name": "Morning run",
        "channel": "? the journey that it enters people into says the channel",
        "direction": "push",
        "audience": {"selection": "list"},
        "schedule": {
            "start": "2026-03-02T09:00:00",
            "recurrence": "FREQ=DAILY;INTERVAL=1",
            "timezone": "? a Windows name of a time zone",
        },
    }
    assert campaign.place(("channel",)).pointer == ("steps", 1, "activities", 0, "name")


def test_an_import_of_who_opted_in_is_evidence_for_the_channel_that_it_names() -> None:
    found = campaigns(
        automation(
            {"r__type": "importFile", "name": "WhatsApp Optin"},
            {"r__type": "fireEvent", "name": "Enrolment WhatsApp"},
            {"r__type": "fireEvent", "name": "Enrolment"},
            {"r__type": "emailSend", "name": "Enrolment"},
        )
    )
    assert [said(campaign).get("consent") for campaign in found] == [*[{"evidence": "WhatsApp Optin"}] * 2, None]
    assert found[0].place(("consent", "evidence")).pointer == ("steps", 0, "activities", 0, "name")


@pytest.mark.parametrize(
    "activities",
    [
        [{"r__type": "query", "name": "Who gets a WhatsApp"}, {"r__type": "importFile", "name": "WhatsApp opt-in"}],
        [{"r__type": "fireEvent", "name": "Write tasks"}],
        [{"r__type": "journeyEntry", "name": "CRM_sync"}],
        [{"r__type": "script", "name": "SMS log"}],
    ],
)
def test_an_automation_that_only_moves_data_sends_nothing(activities: list[dict[str, Any]]) -> None:
    assert campaigns(automation(*activities)) == []


# --- journeys -----------------------------------------------------------------------------------------------------


def journey(trigger: str, *activities: dict[str, Any], status: str = "Published") -> dict[str, Any]:
    triggers = [{"type": trigger}] if trigger else []
    return {
        "key": "j",
        "name": "Welcome",
        "definitionType": "Multistep",
        "status": status,
        "activities": list(activities),
        "triggers": triggers,
    }


OTHER_ENTRY = Unknown("an entry source that is not known")
EMAIL = {
    "key": "EMAILV2-1",
    "name": "Hello",
    "type": "EMAILV2",
    "configurationArguments": {
        "triggeredSend": {"r__list_PathName": {"suppressionLists": ["Bounced"]}, "exclusionFilter": "x == 1"}
    },
}


def test_each_message_of_a_journey_is_a_record() -> None:
    sms = {"type": "SMSSYNC", "name": "Ping", "metaData": {"store": {"selectedContentBuilderMessage": "Hi %%Name%%"}}}
    first, second = campaigns(journey("EmailAudience", EMAIL, {"type": "WAIT"}, sms))
    assert (first.id, first.data["channel"], first.data["direction"]) == ("Welcome › Hello", "email", "push")
    assert first.data["audience"]["selection"] == "list"
    assert first.data["audience"]["suppression_lists"] == ["Bounced", "exclusionFilter"]
    assert shown(first, ("audience", "suppression_lists", 0)) == '"Bounced"'
    assert (second.data["channel"], second.data["messages"][0]["body"]) == ("sms", "Hi %%Name%%")
    assert second.place(("messages", 0, "body")).pointer[-1] == "selectedContentBuilderMessage"


def test_an_email_of_a_journey_has_the_subject_and_the_name_of_its_send() -> None:
    send = {
        "emailSubject": "Hello",
        "dynamicEmailSubject": "Hello, %%First Name%%",
        "fromName": "Muster GmbH",
        "fromEmail": "news@example.org",
        "suppressionLists": [4711],
        "exclusionFilter": "/* insert ampscript here */",
    }
    email = {**EMAIL, "configurationArguments": {"triggeredSend": send}}
    campaign = records_of(ADAPTER, journey("EmailAudience", email))[0]
    assert said(campaign) == {
        "campaign": "Welcome › Hello",
        "name": "Welcome",
        "channel": "email",
        "direction": "push",
        "audience": {"selection": "list", "suppression_lists": ["? the format has no place for it"]},
        "sender": {"display_name": "Muster GmbH", "address": "news@example.org"},
        "messages": [
            {
                "kind": "freeform",
                "subject": "Hello, %%First Name%%",
                "body": "? the text stands in the asset that is sent",
            }
        ],
    }
    below = "activities/0/configurationArguments/triggeredSend"
    assert set(placed(campaign).items()) >= {
        ("messages.0.subject", f"{below}/dynamicEmailSubject"),
        ("sender.display_name", f"{below}/fromName"),
        ("sender.address", f"{below}/fromEmail"),
        ("audience.suppression_lists.0", f"{below}/suppressionLists/0"),
    }
    bare = records_of(ADAPTER, journey("EmailAudience", EMAIL))[0]
    assert bare.data["messages"][0]["subject"] == Unknown("the subject stands in the asset that is sent")


@pytest.mark.parametrize(
    ("trigger", "direction", "selection"),
    [
        ("AutomationAudience", "push", "list"),
        ("APIEvent", "push", BY_EVENT),
        ("SalesforceObjectTriggerV2", "push", BY_EVENT),
        ("transactional-api", "push", BY_EVENT),
        ("InboundChat", OTHER_ENTRY, OTHER_ENTRY),
        ("", OTHER_ENTRY, OTHER_ENTRY),
    ],
)
def test_the_entry_source_says_who_gets_a_journey(trigger: str, direction: object, selection: object) -> None:
    (campaign,) = campaigns(journey(trigger, EMAIL))
    assert (campaign.data["direction"], campaign.data["audience"]["selection"]) == (direction, selection)


def test_a_whatsapp_activity_may_send_a_template_or_a_text() -> None:
    (campaign,) = campaigns(journey("APIEvent", {"type": "WHATSAPPACTIVITY", "key": "W-1"}, status="Draft"))
    record = campaign.data
    assert (campaign.id, record["channel"], record["enabled"]) == ("Welcome › W-1", "whatsapp", False)
    assert record["sender"]["product"] == "business_platform"
    assert isinstance(record["messages"][0]["kind"], Unknown)
    assert isinstance(record["messages"][0]["template"], Unknown)


# --- sends --------------------------------------------------------------------------------------------------------


def test_a_send_to_a_list_names_the_lists_that_it_leaves_out() -> None:
    data = {
        "Name": "Offers",
        "CustomerKey": 7,
        "ExclusionFilter": "",
        "SendDefinitionList": [
            {"SendDefinitionListType": "SourceList", "r__dataExtension_key": "buyers"},
            {"SendDefinitionListType": "ExclusionList", "r__dataExtension_key": "left"},
            {"SendDefinitionListType": "ExclusionList", "Name": ""},
        ],
    }
    (campaign,) = campaigns(data)
    record = campaign.data
    assert (campaign.id, record["channel"], record["direction"]) == ("Offers", "email", "push")
    assert record["audience"]["selection"] == "list"
    assert record["audience"]["suppression_lists"] == ["left", Unknown("the file does not name the list")]
    assert campaign.place(("audience", "suppression_lists", 1)).pointer == ("SendDefinitionList", 2)
    (campaign,) = campaigns({**data, "SendDefinitionList": data["SendDefinitionList"][:1]})  # type: ignore[index]
    assert campaign.data["audience"]["suppression_lists"] is None


@pytest.mark.parametrize(("status", "enabled"), [("Active", None), ("Inactive", False), ("New", False)])
def test_a_triggered_send_goes_to_whom_the_event_names(status: str, enabled: bool | None) -> None:
    sender = {"FromName": "Muster GmbH", "FromAddress": "%%OwnerEmail%%"}
    data = {"Name": "Thanks", "TriggeredSendStatus": status, "EmailSubject": "Thank you", **sender}
    (campaign,) = campaigns(data)
    record = campaign.data
    assert (record["channel"], record["direction"], record.get("enabled")) == ("email", "push", enabled)
    assert record["audience"]["selection"] == BY_EVENT
    assert (record["sender"]["display_name"], record["sender"]["address"]) == ("Muster GmbH", EXPRESSION)
    assert record["messages"][0]["subject"] == "Thank you"
    assert campaign.place(("messages", 0, "subject")).pointer == ("EmailSubject",)


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({"subscriptions": {"r__list_PathName": "All"}}, "email"),
        ({"subscriptions": {"r__mobileKeyword_key": "49.A"}}, "sms"),
        ({"applicationId": "a"}, "push"),
    ],
)
def test_a_transactional_send_goes_to_its_channel(fields: dict[str, Any], channel: str) -> None:
    (campaign,) = campaigns({"name": "Code", "definitionKey": "code", "status": "Inactive", **fields})
    assert (campaign.data["channel"], campaign.data["enabled"]) == (channel, False)
    assert campaign.data["audience"]["selection"] == BY_EVENT


SMS = {
    "id": "a",
    "type": "ExactTarget.Mobile.Sms.Core.Entities.SmsMessageEntity",
    "name": "Sale",
    "template": {"name": "Outbound"},
    "sendMethod": "USER",
    "mtSendDate": "2026-05-04T10:00:00Z",
    "status": "Active/Scheduled",
}


def test_the_text_of_an_sms_stands_in_the_file_beside_it() -> None:
    name = "retrieve/x/mobileMessage/a.mobileMessage-meta.json"
    text = {"a.mobileMessage-meta.amp": "Sale!\nReply STOP to opt out"}
    (campaign,) = campaigns(SMS, name, text)
    record = campaign.data
    assert (record["channel"], record["direction"], record["audience"]["selection"]) == ("sms", "push", "list")
    assert record["schedule"]["start"] == "2026-05-04T10:00:00Z"
    assert record["messages"][0]["body"] == "Sale!\nReply STOP to opt out"
    assert shown(campaign, ("messages", 0, "body")) == "Sale!\nReply STOP to opt out"
    assert campaign.place(("messages", 0, "body")).document.path == "a.mobileMessage-meta.amp"
    (campaign,) = campaigns(SMS, name)
    assert campaign.data["messages"][0]["body"] == IN_FILES_BESIDE


def test_an_sms_that_answers_a_keyword_is_a_reply() -> None:
    (campaign,) = campaigns({**SMS, "template": {"name": "Text Response"}, "message": "Thanks"})
    assert (campaign.data["direction"], campaign.data["audience"]["selection"]) == ("reply", "inbound_sender")
    assert campaign.data["messages"][0]["body"] == "Thanks"


def test_an_sms_that_the_api_sends_goes_to_whom_the_request_names() -> None:
    (campaign,) = campaigns({**SMS, "sendMethod": "API", "status": "Draft"})
    assert (campaign.data["audience"]["selection"], campaign.data["enabled"]) == (BY_EVENT, False)


def test_a_keyword_is_a_record_where_it_has_an_answer() -> None:
    keyword = {"keywordType": "HELP", "c__codeKeyword": "49.HELP", "status": "Active"}
    assert campaigns(keyword, "49.HELP.mobileKeyword-meta.json") == []
    text = {"49.HELP.mobileKeyword-meta.amp": "Call us."}
    (campaign,) = campaigns(keyword, "49.HELP.mobileKeyword-meta.json", text)
    assert (campaign.id, campaign.data["channel"], campaign.data["direction"]) == ("49.HELP", "sms", "reply")
    assert campaign.data["messages"][0]["body"] == "Call us."


# --- look-alikes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"credentials": {"a": {"eid": 1, "businessUnits": {}}}, "options": {}, "version": "4.0.0"},  # .mcdevrc.json
        {"assetType": "image", "name": "logo"},
        {"assetType": {"name": "vehicle"}, "serial": 1},
        {"steps": [{"type": "channel", "channel_type": "sms"}]},
        {"steps": [{"run": "make"}, {"activities": "none"}]},
        {"steps": []},
        {"activities": [], "triggers": []},
        {"definitionKey": "process", "version": 1},
        {"keyword": "sale", "volume": 10},
        {"name": "query", "queryActivityKey": "k"},
        [{"assetType": {"name": "htmlemail"}, "customerKey": "k"}],
        "assetType",
        None,
    ],
)
def test_other_files_are_no_objects_of_marketing_cloud(data: Any) -> None:
    assert not ADAPTER.recognises(document(data))
