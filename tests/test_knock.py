"""Knock: which steps become records, texts in files beside the workflow, WhatsApp payloads, commercial messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters.knock import ADAPTER
from policylint.discover import read_file
from policylint.extensions import Candidate
from policylint.model.source import EXPRESSION, Unknown
from policylint.parse import parse
from policylint.parse.lines import whole_text
from policylint.recognise import Recogniser
from policylint.record import ProviderTable
from tests.recordviews import said, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer

FOLDER = Path(__file__).parent / "fixtures" / "knock" / "workflows" / "parcel"
TABLE = ProviderTable(
    {
        "providers": {
            "ultramsg": {"route": "unofficial", "urls": [r"\bultramsg\.com\b"]},
            "360dialog": {"route": "bsp", "urls": [r"\b360dialog\.io\b"]},
            "click-to-chat": {"route": "link", "urls": [r"\bwa\.me/"]},
        }
    }
)
BY_TRIGGER = Unknown("whoever the trigger names, one run for each")


def document(data: Any, beside: dict[str, str] | None = None) -> Document:
    (found,) = parse("workflow.json", json.dumps(data, indent=1).encode()).documents
    texts = beside or {}
    return found._replace(beside=lambda path: whole_text(path, texts[path]) if path in texts else None)


def campaigns(data: Any, beside: dict[str, str] | None = None) -> list[Campaign]:
    found = document(data, beside)
    assert ADAPTER.recognises(found)
    return list(ADAPTER.adapt(found, TABLE).campaigns)


def workflow(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": "Parcel", "trigger_frequency": "every_trigger", "steps": list(steps), **fields}


def step(kind: str, template: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "type": "channel",
        "ref": f"{kind}_1",
        "channel_type": kind,
        "channel_key": "some-provider",
        "template": template or {},
        **fields,
    }


def shown(campaign: Campaign, path: Pointer) -> tuple[str, str]:
    """Return the file and the text in it that a value of the record points to."""
    place = campaign.place(path)
    region = place.region()
    return place.document.path, place.document.text[region.start.offset : region.end.offset]


# --- steps and files beside ---------------------------------------------------------------------------------------


def test_each_channel_step_of_a_folder_is_a_record_those_of_branches_and_cohorts_too() -> None:
    path = FOLDER / "workflow.json"
    source = parse("parcel/workflow.json", path.read_bytes())
    ((adapter, adapted),) = Recogniser([Candidate.of(ADAPTER)], TABLE, read_file).adapted(source, path)
    sms, push, email, feed = adapted.campaigns
    assert adapter.name == "knock"
    assert [one.id for one in adapted.campaigns] == [
        "Parcel › sms_1",
        "Parcel › push_1",
        "Parcel › email_1",
        "Parcel › in_app_feed_1",
    ]
    assert [one.data["channel"] for one in adapted.campaigns] == [
        "sms",
        "push",
        "email",
        Unknown("a feed inside the product, no messaging channel"),
    ]
    assert {one.data["direction"] for one in adapted.campaigns} == {"push"}
    assert {one.data["audience"]["selection"] for one in adapted.campaigns} == {BY_TRIGGER}
    text = "{% if data.number %}Parcel {{ data.number }} is on its way.{% endif %}\n"
    assert sms.data["messages"][0]["body"] == text
    assert shown(sms, ("messages", 0, "body")) == ("parcel/sms_1/text_body.txt", text)
    missing = Unknown("the text stands in push_1/text_body.txt, which cannot be read")
    assert push.data["messages"][0]["body"] == missing
    assert push.place(("messages", 0, "body")).pointer[-1] == "text_body@"
    assert email.data["opt_out"]["in_message"] is True
    assert shown(email, ("opt_out", "in_message")) == ("parcel/email_1/html_body.html", "manage_preferences_url")
    assert feed.data["messages"][0]["body"] == "Your parcel is on its way."
    assert shown(feed, ()) == ("parcel/workflow.json", "in_app_feed_1")


def test_steps_that_send_nothing_make_no_record() -> None:
    steps = [
        {"type": "batch", "ref": "batch_1", "settings": {"batch_window": {"unit": "hours", "value": 1}}},
        {"type": "delay", "ref": "delay_1", "settings": {"delay_for": {"unit": "days", "value": 3}}},
        {"type": "http_fetch", "ref": "http_fetch_1", "settings": {"method": "get", "url": "https://example.org"}},
        {"type": "trigger_workflow", "ref": "trigger_1", "settings": {"workflow_key": "other"}},
        step("http", {"method": "post", "url": "https://example.org/hook"}),
        {"type": "channel", "ref": "in_app_guide_1", "channel_type": "in_app_guide", "guide_key": "banner"},
    ]
    assert campaigns(workflow(*steps)) == []


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({"ref": "sms_2"}, "sms"),
        ({"ref": "email_1"}, "email"),
        ({"ref": "welcome", "template": {"subject": "Hello"}}, "email"),
        ({"ref": "welcome"}, Unknown("the step does not say its channel")),
        ({"ref": "chat_1"}, Unknown("a chat app that Knock's settings name")),
        ({"ref": "x", "channel_type": "carrier_pigeon"}, Unknown("the step does not say its channel")),
    ],
)
def test_an_older_step_says_its_channel_by_its_ref_or_template(fields: dict[str, Any], channel: object) -> None:
    (campaign,) = campaigns(workflow({"type": "channel", "channel_key": "k", **fields}))
    assert campaign.data["channel"] == channel


def test_the_template_of_the_default_language_is_read() -> None:
    (campaign,) = campaigns(workflow(step("sms", {"default": {"text_body": "Hello"}, "it": {"text_body": "Ciao"}})))
    assert campaign.data["messages"][0]["body"] == "Hello"


def test_a_text_that_is_one_expression_is_unknown() -> None:
    (campaign,) = campaigns(workflow(step("sms", {"text_body": "{{ data.text }}"})))
    assert campaign.data["messages"][0]["body"] == EXPRESSION


def test_the_subject_of_an_email_stands_in_its_template_or_in_a_file() -> None:
    (campaign,) = campaigns(workflow(step("email", {"subject": "Parcel {{ data.number }}", "html_body": "<p>x</p>"})))
    assert campaign.data["messages"][0]["subject"] == "Parcel {{ data.number }}"
    assert campaign.place(("messages", 0, "subject")).pointer == ("steps", 0, "template", "subject")
    (campaign,) = campaigns(workflow(step("email", {"subject@": "email_1/subject.txt"})))
    missing = Unknown("the text stands in email_1/subject.txt, which cannot be read")
    assert campaign.data["messages"][0]["subject"] == missing
    (campaign,) = campaigns(workflow(step("push", {"subject": "x"})))
    assert "subject" not in campaign.data["messages"][0]


# --- what it is for, and the way out ------------------------------------------------------------------------------


def test_what_is_commercial_is_promotion_and_gets_headers_to_unsubscribe() -> None:
    data = workflow(step("email", {"html_body": "<p>Sale</p>"}), settings={"is_commercial": True})
    (campaign,) = campaigns(data)
    assert (campaign.data["purpose"], campaign.data["opt_out"]["in_message"]) == ("promotion", True)
    at = ("settings", "is_commercial")
    assert (campaign.place(("purpose",)).pointer, campaign.place(("opt_out", "in_message")).pointer) == (at, at)


@pytest.mark.parametrize(
    ("categories", "purpose"),
    [
        (["orders", "Marketing"], "promotion"),
        (["newsletter"], "newsletter"),
        (["orders"], None),
        ("marketing", None),
        ([7], None),
    ],
)
def test_a_category_may_say_what_a_workflow_is_for(categories: Any, purpose: str | None) -> None:
    (campaign,) = campaigns(workflow(step("sms"), categories=categories))
    unknown = Unknown("it is not marked as commercial, and its categories name no purpose")
    assert campaign.data["purpose"] == (purpose or unknown)


@pytest.mark.parametrize(
    ("template", "in_message"),
    [
        ({"html_body": "<p>Hello</p>"}, None),
        ({"html_body": '<a href="{{vars.commercial_unsubscribe_url}}">Leave</a>'}, True),
        ({"html_body": "<p>Hello</p>", "settings": {"layout_key": "default"}}, "layout"),
        ({"subject": "Hello"}, "layout"),
        ({"html_body@": "gone.html"}, "gone"),
    ],
)
def test_an_email_shows_a_way_out_or_its_layout_may(template: dict[str, Any], in_message: object) -> None:
    (campaign,) = campaigns(workflow(step("email", template)))
    found = campaign.data["opt_out"]["in_message"]
    expected = {
        "layout": Unknown("the layout around the text may hold a link to unsubscribe"),
        "gone": Unknown("the text stands in gone.html, which cannot be read"),
    }
    assert found == (expected[in_message] if isinstance(in_message, str) else in_message)


def test_blocks_leave_the_text_unknown() -> None:
    (campaign,) = campaigns(workflow(step("email", {"visual_blocks@": "email_1/visual_blocks.json"})))
    assert campaign.data["messages"][0]["body"] == Unknown("the text is put together from blocks")


def test_opt_outs_that_are_overridden_are_said() -> None:
    (campaign,) = campaigns(workflow(step("sms"), settings={"override_preferences": True}))
    assert campaign.notes == ("override_preferences is on: it goes to people who opted out too",)


def test_a_broadcast_goes_to_an_audience_and_is_commercial_unless_it_says_otherwise() -> None:
    data = {
        "name": "Offers",
        "status": "draft",
        "target_audience_key": "premium",
        "scheduled_at": "2026-12-01T09:00:00Z",
        "steps": [step("email", {"html_body": "<p>Sale</p>"})],
    }
    (campaign,) = campaigns(data)
    assert campaign.data["audience"]["selection"] == "segment"
    assert campaign.place(("audience", "selection")).pointer == ("target_audience_key",)
    assert (campaign.data["schedule"]["start"], campaign.data["enabled"]) == ("2026-12-01T09:00:00Z", False)
    assert campaign.data["opt_out"]["in_message"] is True
    (campaign,) = campaigns({**data, "settings": {"is_commercial": False}})
    assert campaign.data["opt_out"]["in_message"] is None


# --- WhatsApp -----------------------------------------------------------------------------------------------------

PAYLOAD = """{
  "template": {
    "name": "parcel_update",
    "language": {"code": "de"},
    "components": [{"type": "body", "parameters": [{"type": "text", "text": "{{ data.number }}"}]}]
  }
}"""


def test_a_chat_step_with_a_template_payload_goes_to_whatsapp() -> None:
    (campaign,) = campaigns(workflow(step("chat", {"json_body": PAYLOAD})))
    record = campaign.data
    assert (record["channel"], record["sender"]["provider"]) == ("whatsapp", "meta")
    assert record["sender"]["product"] == "business_platform"
    (message,) = record["messages"]
    assert (message["kind"], message["template"]["name"], message["language"]) == ("template", "parcel_update", "de")
    assert message["window"] == "none"
    assert campaign.place(("messages", 0, "template", "name")).pointer[-1] == "json_body"


def test_a_payload_in_a_file_beside_has_its_places_there() -> None:
    template = {"json_body@": "chat_1/json_body.json"}
    (campaign,) = campaigns(workflow(step("chat", template)), {"chat_1/json_body.json": PAYLOAD})
    assert shown(campaign, ("messages", 0, "template", "name")) == ("chat_1/json_body.json", "parcel_update")
    assert shown(campaign, ("messages", 0, "language")) == ("chat_1/json_body.json", "de")


def test_a_template_that_an_expression_names_is_unknown() -> None:
    payload = PAYLOAD.replace("parcel_update", "{{ data.template }}")
    (campaign,) = campaigns(workflow(step("chat", {"json_body": payload})))
    assert campaign.data["messages"][0]["template"]["name"] == EXPRESSION


def test_a_text_payload_on_a_channel_named_for_whatsapp_is_free_form() -> None:
    template = {"json_body": '{"type": "text", "text": {"body": "Your parcel is on its way"}}'}
    (campaign,) = campaigns(workflow(step("chat", template, channel_key="whatsapp-prod")))
    (message,) = campaign.data["messages"]
    assert (message["kind"], message["body"]) == ("freeform", "Your parcel is on its way")


def test_a_payload_that_cannot_be_read_leaves_the_kind_unknown() -> None:
    (campaign,) = campaigns(workflow(step("chat", {"json_body@": "gone.json"}, channel_key="whatsapp")))
    (message,) = campaign.data["messages"]
    gone = Unknown("the text stands in gone.json, which cannot be read")
    assert (message["kind"], message["body"], message["template"]) == (gone, gone, gone)


def test_a_payload_for_another_chat_app_is_no_whatsapp() -> None:
    (campaign,) = campaigns(workflow(step("chat", {"json_body": '{"blocks": [{"type": "section"}]}'})))
    assert campaign.data["channel"] == Unknown("a chat app that Knock's settings name")


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("https://api.ultramsg.com/i/messages/chat", {"provider": "ultramsg"}),
        ("https://waba.360dialog.io/v1/messages", {"provider": "360dialog", "product": "business_platform"}),
    ],
)
def test_a_request_to_a_gateway_is_a_whatsapp_message(url: str, sender: dict[str, str]) -> None:
    fetch = {"type": "http_fetch", "ref": "f", "settings": {"method": "post", "url": url, "body": "{}"}}
    hook = step("http", {"method": "post", "url": url})
    for campaign in campaigns(workflow(fetch, hook)):
        assert campaign.data["channel"] == "whatsapp"
        assert {name: campaign.data["sender"].get(name) for name in sender} == sender
        assert campaign.place(("sender", "provider")).pointer[-1] == "url"


def test_a_request_that_only_asks_a_gateway_is_a_setup() -> None:
    fetch = {
        "type": "http_fetch",
        "ref": "f",
        "settings": {"method": "get", "url": "https://api.ultramsg.com/contacts"},
    }
    (campaign,) = campaigns({"$schema": "https://schemas.knock.app/cli/workflow.json", **workflow(fetch)})
    assert (campaign.data["kind"], campaign.data["messages"]) == ("setup", None)


def test_a_link_to_click_is_no_message() -> None:
    assert campaigns(workflow(step("http", {"url": "https://wa.me/4930000000"}))) == []


# --- look-alikes --------------------------------------------------------------------------------------------------


# --- texts of steps alone -----------------------------------------------------------------------------------------


def text_document(path: str, text: str) -> Document:
    (found,) = parse(path, text.encode()).documents
    return found


def test_a_text_of_a_step_alone_is_a_template_on_the_channel_of_its_folder() -> None:
    found = text_document("parcel/sms_1/text_body.txt", "Parcel {{ data.number }} is late.\nSee {{ vars.base_url }}.")
    assert ADAPTER.recognises(found)
    (campaign,) = ADAPTER.adapt(found, TABLE).campaigns
    assert said(campaign) == {
        "campaign": "sms_1 › text_body.txt",
        "kind": "template",
        "channel": "sms",
        "messages": [
            {"kind": "freeform", "body": "Parcel {{ data.number }} is late.\nSee {{ vars.base_url }}."},
        ],
    }
    assert written(campaign, "messages", 0, "body") == found.text
    assert campaign.place(("messages", 0, "body")).region().start.line == 1
    assert campaign.notes == ("a text of a step of Knock; the workflow that sends it says the rest",)


@pytest.mark.parametrize(
    ("path", "text", "channel"),
    [
        ("text_body.txt", "{{ actor.name}} wrote.", "? the step of the workflow says its channel"),
        ("push_2/text_body.txt", "{% if recipient.name %}Hi{% endif %} there", "push"),
        ("html_body.html", "<p>{{ data.total | currency }}</p>", "email"),
        ("chat_1/markdown_body.md", "Hello *{{ tenant.name }}*", "? the step of the workflow says its channel"),
        (
            "notice.txt",
            "{% if total_actors > 1 %}Some{% endif %} replied",
            "? the step of the workflow says its channel",
        ),
        ("notice.md", "{{ total_activities }} comments", "? the step of the workflow says its channel"),
    ],
)
def test_knocks_own_variables_show_that_a_text_is_of_a_step(path: str, text: str, channel: str) -> None:
    found = text_document(path, text)
    assert ADAPTER.recognises(found)
    (campaign,) = ADAPTER.adapt(found, TABLE).campaigns
    assert said(campaign)["channel"] == channel


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("notice.txt", "Parcel {{ data.number }} is late"),
        ("text_body.txt", "Hi {{ first_name }}, {{ order.data.number }} is late"),
        ("text_body.txt", "Hi {{ customer.recipient }}"),
        ("README.md", "Write {{ name }} for the name; the data of a batch are its total_actors."),
    ],
)
def test_texts_with_other_variables_are_no_texts_of_steps(path: str, text: str) -> None:
    assert not ADAPTER.recognises(text_document(path, text))


def test_a_mail_alone_shows_its_link_to_unsubscribe() -> None:
    found = text_document("email_1/html_body.html", '<a href="{{ vars.x }}{{ manage_preferences_url }}">No more</a>')
    (campaign,) = ADAPTER.adapt(found, TABLE).campaigns
    assert said(campaign)["opt_out"] == {"in_message": True}
    assert written(campaign, "opt_out", "in_message") == "manage_preferences_url"


@pytest.mark.parametrize(
    "data",
    [
        {"name": "CI", "on": "push", "steps": [{"run": "make"}]},
        {"steps": [{"type": "channel"}, {"type": "email", "channel": "x"}]},
        {"steps": [{"type": "message", "channel_key": "whatsapp"}]},
        {"steps": "channel", "channel_key": "x"},
        {"channel_key": "x", "type": "channel"},
        {"$schema": "https://schemas.knock.app/cli/workflow.json"},
        [{"steps": [{"type": "channel", "channel_key": "x"}]}],
        None,
    ],
)
def test_other_files_are_no_workflows(data: Any) -> None:
    assert not ADAPTER.recognises(document(data))
