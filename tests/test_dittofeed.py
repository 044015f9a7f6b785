"""Dittofeed: journeys and templates become records, segments none; who enters, who is left out, where texts stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters.dittofeed import ADAPTER
from policylint.model.source import EXPRESSION, NOT_CARRIED, Unknown
from policylint.parse import parse
from policylint.parse.lines import whole_text
from policylint.record import ProviderTable
from tests.recordviews import placed, said

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document

JOURNEY = """\
name: Onboarding
status: Paused
definition:
  entryNode: {segment: signed-up, child: 1}
  nodes:
    - id: 1
      type: MessageNode
      subscriptionGroupId: news
      variant: {type: Email, template: Welcome}
      child: 2
    - id: 2
      type: DelayNode
      variant: {type: Second, seconds: 60}
      child: 3
    - id: 3
      type: MessageNode
      name: Nudge
      variant: {type: Sms, templateId: nudge-sms}
    - id: 4
      type: MessageNode
      variant: {type: Webhook, templateId: hook}
"""


def document(text: str, name: str = "a.yaml", beside: dict[str, str] | None = None) -> Document:
    (found,) = parse(name, text.encode()).documents
    texts = beside or {}
    return found._replace(beside=lambda path: whole_text(path, texts[path]) if path in texts else None)


def campaigns(text: str, name: str = "a.yaml", beside: dict[str, str] | None = None) -> list[Campaign]:
    found = document(text, name, beside)
    assert ADAPTER.recognises(found)
    return list(ADAPTER.adapt(found, ProviderTable({})).campaigns)


def test_each_message_of_a_journey_is_a_record() -> None:
    email, sms = campaigns(JOURNEY)
    record = email.data
    assert (email.id, record["name"], record["channel"]) == ("Onboarding › Welcome", "Onboarding", "email")
    assert (record["direction"], record["audience"]["selection"]) == ("push", "segment")
    assert email.place(("audience", "selection")).pointer == ("definition", "entryNode", "segment")
    assert record["audience"]["suppression_lists"] == ["subscription group news"]
    assert record["messages"][0]["body"] == Unknown("the text stands in the template")
    assert record["messages"][0]["subject"] == Unknown("subject and sender stand in the template")
    assert record["sender"]["address"] == Unknown("subject and sender stand in the template")
    assert record["opt_out"]["in_message"] == Unknown("the template may hold a link to unsubscribe")
    assert record["enabled"] is False
    assert (sms.id, sms.data["channel"]) == ("Onboarding › Nudge", "sms")
    # The journey could name a group and does not.
    assert "suppression_lists" not in sms.data["audience"]
    assert sms.place(()).region().start.line == 15


def test_an_event_lets_people_in_one_by_one() -> None:
    (campaign, _) = campaigns(JOURNEY.replace("segment: signed-up", "type: EventEntryNode, event: PAID"))
    assert campaign.data["audience"]["selection"] == Unknown("whoever the event is about")


EMAIL = """\
name: Reasons
definition:
  from: '{{ user.manager | default: "hello@example.org" }}'
  subject: 'Hi {{ user.name }}'
"""


def test_a_template_whose_text_stands_elsewhere_is_unknown_there() -> None:
    (campaign,) = campaigns(EMAIL, "templates/reasons.yaml")
    record = campaign.data
    assert (campaign.id, record["kind"], record["channel"]) == ("Reasons", "template", "email")
    assert record["sender"]["address"] == EXPRESSION
    assert record["messages"][0]["subject"] == "Hi {{ user.name }}"
    assert record["messages"][0]["body"] == Unknown("the text stands in a file of its own")
    assert record["direction"] == NOT_CARRIED


def test_what_stands_above_the_text_of_an_email_is_read() -> None:
    text = """\
name: Offers
definition:
  type: Email
  from: news@example.org
  name: Muster GmbH
  subject: Spring offers
  headers:
    - {name: List-Unsubscribe, value: "<https://example.org/u/1>"}
    - {name: X-Campaign, value: spring}
  body: <p>Hello</p>
"""
    (campaign,) = campaigns(text)
    assert said(campaign) == {
        "campaign": "Offers",
        "kind": "template",
        "name": "Offers",
        "channel": "email",
        "sender": {"address": "news@example.org", "display_name": "Muster GmbH"},
        "audience": {"suppression_lists": "? the journey says it"},
        "messages": [
            {
                "kind": "freeform",
                "subject": "Spring offers",
                "headers": {"list_unsubscribe": "<https://example.org/u/1>"},
                "body": "<p>Hello</p>",
            }
        ],
    }
    assert placed(campaign)["sender.address"] == "definition/from"
    assert placed(campaign)["messages.0.headers.list_unsubscribe"] == "definition/headers/0/value"


def test_the_text_of_a_template_is_read_from_the_file_of_its_name() -> None:
    text = "<p>Hello</p>\n{% unsubscribe_link %}"
    (campaign,) = campaigns(EMAIL, "templates/reasons.yaml", {"reasons.liquid.html": text})
    assert campaign.data["messages"][0]["body"] == text
    assert campaign.data["opt_out"]["in_message"] is True
    place = campaign.place(("opt_out", "in_message"))
    assert (place.document.path, place.region().start.line) == ("reasons.liquid.html", 2)


@pytest.mark.parametrize(
    ("definition", "channel", "body"),
    [
        ("{type: Sms, body: 'Sale, reply STOP'}", "sms", "Sale, reply STOP"),
        ("{type: Sms, body: '{{ text }}'}", "sms", EXPRESSION),
        ("{type: MobilePush, title: Sale, body: Today}", "push", "Today"),
        ("{type: Email, from: a, subject: b, body: <p>Hi</p>}", "email", "<p>Hi</p>"),
        ("{from: a, subject: b, body: {type: doc}}", "email", Unknown("the text is put together from blocks")),
    ],
)
def test_a_template_has_the_channel_of_its_type(definition: str, channel: str, body: object) -> None:
    (campaign,) = campaigns(f"name: a\ndefinition: {definition}\n")
    assert (campaign.data["channel"], campaign.data["messages"][0]["body"]) == (channel, body)


@pytest.mark.parametrize(
    "text",
    [
        "name: New\ndefinition: {entryNode: {type: Performed, event: PAID}, nodes: []}",  # a segment
        "name: New\ndefinition: {entryNode: {type: Trait, path: a}, nodes: []}",
        "definition: {entryNode: {segment: a}}",
        "definition: {subject: a}",
        "definition: {type: Webhook, body: a}",
        "definition: [entryNode, nodes]",
        "entryNode: {segment: a}\nnodes: []",
        "- definition: {from: a, subject: b}",
        "definition",
    ],
)
def test_other_files_are_no_journeys_and_templates(text: str) -> None:
    assert not ADAPTER.recognises(document(text))


def test_a_journey_without_messages_gives_no_record() -> None:
    found: list[Any] = campaigns("name: a\ndefinition: {entryNode: {segment: b}, nodes: [{type: ExitNode}, 7]}")
    assert found == []
