"""Words that escapes hide are found all the same, and only texts with such escapes are rewritten."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from policylint.api import lint_bytes, settings_for
from policylint.config import Configuration
from policylint.parse.escapes import spelled_out
from policylint.plugins import load_extensions

if TYPE_CHECKING:
    from policylint.model.finding import Report

SETTINGS = settings_for(Configuration(), as_of=date(2026, 11, 23))
EXTENSIONS = load_extensions(installed=False)


def checked(text: str, name: str) -> Report:
    return lint_bytes(text.encode(), name, SETTINGS, EXTENSIONS, lambda _path: None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r'"\u0063ampaign"', '"campaign"'),
        (r'"\x63ampaign"', '"campaign"'),
        (r'"\U00000063ampaign"', '"campaign"'),
        ('"camp\\\n  aign"', '"campaign"'),
        ('"camp\\\r\n\taign"', '"campaign"'),
        (r"twilio\/text", "twilio/text"),
        (r"send\ message", "send message"),
        (r'"message\u003A"', '"message:"'),
        (r"\u00e4 \ud83d \n \" \\", r"\u00e4 \ud83d \n \" \\"),
        ("campaign", "campaign"),
    ],
)
def test_a_text_is_looked_through_as_it_is_read(written: str, read: str) -> None:
    assert spelled_out(written) == read


def test_a_text_without_such_escapes_is_the_text_itself() -> None:
    for text in ("campaign: a", 'a: "b\\n"'):
        assert spelled_out(text) is text


HIDDEN = [
    pytest.param(
        "a.json",
        r'{"\u0063\u0061\u006d\u0070\u0061\u0069\u0067\u006e": "a", "channel": "whatsapp", "purpose": "newsletter",'
        r' "sender": {"product": "consumer_app"}}',
        "native",
        id="keys of JSON",
    ),
    pytest.param(
        "a.yaml",
        '"\\x63\\x61mpaign": a\nchannel: whatsapp\npurpose: newsletter\nsender: {product: consumer_app}\n',
        "native",
        id="keys of YAML",
    ),
    pytest.param(
        "a.yaml",
        '? "camp\\\n  aign"\n: a\nchannel: whatsapp\npurpose: newsletter\nsender: {product: consumer_app}\n',
        "native",
        id="a key of YAML on two lines",
    ),
    pytest.param(
        "a.yaml",
        '!!str "\\u0063ampaign": a\nchannel: &c whatsapp\npurpose: newsletter\nsender: {product: consumer_app}\n',
        "native",
        id="a key of YAML with a tag",
    ),
    pytest.param(
        "a.json",
        r'{"\u006dessaging_product": "whatsapp", "to": "4915112345678", "type": "text", "text": {"body": "Sale"}}',
        "cloud-api",
        id="a message of the Cloud API",
    ),
    pytest.param(
        "a.json",
        r'{"name": "w", "nodes": [{"name": "n", "type": "n8n-nodes-base.whatsApp", "parameters": {"operation": "send",'
        r' "textBody": "Sale", "recipientPhoneNumber": "+4915112345678"}}], "\u0063onnections": {}}',
        "n8n",
        id="a workflow of n8n",
    ),
    pytest.param(
        "a.json",
        r'{"friendly_name": "sale", "language": "en", "variables": {}, "types": {"twilio\/text": {"body": "Sale"}}}',
        "twilio-content",
        id="a slash as PHP writes it",
    ),
]


@pytest.mark.parametrize(("name", "text", "format_name"), HIDDEN)
def test_a_campaign_whose_keys_are_escapes_is_judged_like_any_other(name: str, text: str, format_name: str) -> None:
    report = checked(text, name)
    plain = checked(spelled_out(text), name)
    assert report.campaigns == plain.campaigns == 1
    said = [(finding.rule, finding.severity, finding.message) for finding in plain.findings]
    assert [(finding.rule, finding.severity, finding.message) for finding in report.findings] == said
    assert {finding.format for finding in report.findings} <= {format_name}
