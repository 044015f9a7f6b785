"""OpenClaw: a WhatsApp channel is an unofficial client that answers, or a set-up; other channels give no record."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters.openclaw import ADAPTER
from policylint.api import lint_bytes, settings_for
from policylint.config import Configuration
from policylint.model.source import Unknown
from policylint.parse import parse
from policylint.plugins import load_extensions
from policylint.record import ProviderTable
from tests.recordviews import placed, records_of, said

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document

SELF_CHAT = {"dmPolicy": "allowlist", "selfChatMode": True, "allowFrom": ["+4930000000"]}


def document(data: Any) -> Document:
    (found,) = parse("openclaw.json", json.dumps(data, indent=1).encode()).documents
    return found


def configuration(whatsapp: Any, **fields: Any) -> dict[str, Any]:
    return {"gateway": {"port": 18789}, "channels": {"whatsapp": whatsapp, "telegram": {"enabled": True}}, **fields}


def campaigns(data: Any) -> list[Campaign]:
    found = document(data)
    assert ADAPTER.recognises(found)
    return list(ADAPTER.adapt(found, ProviderTable({})).campaigns)


def test_a_whatsapp_channel_is_a_bot_on_an_unofficial_client() -> None:
    (campaign,) = campaigns(configuration({"dmPolicy": "allowlist", "allowFrom": ["+49", "+43"]}))
    record = campaign.data
    assert (campaign.id, record["channel"], record["direction"]) == ("OpenClaw › whatsapp", "whatsapp", "reply")
    assert "kind" not in record
    assert (record["sender"]["library"], record["automation"]["bot"]) == ("baileys", True)
    assert isinstance(record["sender"]["product"], Unknown)
    assert record["audience"]["selection"] == "inbound_sender"
    assert record["messages"][0]["body"] == Unknown("an AI agent writes the answer")
    assert campaign.place(("sender", "library")).pointer == ("channels", "whatsapp")
    assert campaign.place(("audience", "selection")).pointer == ("channels", "whatsapp", "dmPolicy")


def test_the_configuration_may_be_written_in_json5() -> None:
    text = """{
  // the assistant of the shop
  agent: {workspace: '~/shop'},
  channels: {
    telegram: {botToken: "${TOKEN}"},
    whatsapp: {allowFrom: ['+4930000000',]},
  },
  gateway: {port: 18789},
}
"""
    (campaign,) = records_of(ADAPTER, text, "openclaw.json")
    assert (campaign.id, campaign.data["direction"]) == ("OpenClaw › whatsapp", "reply")
    assert campaign.place(("sender", "library")).region().start.line == 6


@pytest.mark.parametrize(
    ("settings", "answers"),
    [
        ({}, True),  # a channel starts when its section exists; pairing is the default
        ({"dmPolicy": "open", "allowFrom": ["*"]}, True),
        ({"dmPolicy": "disabled"}, False),
        ({"dmPolicy": "disabled", "groupPolicy": "open"}, True),
        ({"dmPolicy": "disabled", "groups": {"*": {}}}, True),
        ({"dmPolicy": "disabled", "groupPolicy": "disabled", "groups": {"*": {}}}, False),
        (SELF_CHAT, False),
        ({**SELF_CHAT, "allowFrom": ["+49", "+43"]}, True),
        ({**SELF_CHAT, "groupPolicy": "open"}, True),
        ({**SELF_CHAT, "selfChatMode": False}, True),
    ],
)
def test_it_answers_unless_all_is_ignored_or_its_user_is_alone(settings: dict[str, Any], answers: bool) -> None:
    (campaign,) = campaigns(configuration(settings))
    assert campaign.data.get("kind") == (None if answers else "setup")
    assert ("automation" in campaign.data and isinstance(campaign.data["automation"], dict)) is answers


def test_the_severity_follows_what_it_does() -> None:
    settings, extensions = settings_for(Configuration(), as_of=date(2026, 11, 23)), load_extensions(installed=False)

    def severities(whatsapp: dict[str, Any]) -> list[tuple[str | None, str]]:
        raw = json.dumps(configuration(whatsapp)).encode()
        report = lint_bytes(raw, "openclaw.json", settings, extensions, lambda _path: None)
        return [(finding.code, str(finding.severity)) for finding in report.findings]

    assert severities({}) == [("WA104", "error")]
    assert severities(SELF_CHAT) == [("WA104", "warning")]
    assert severities({"enabled": False}) == [("WA104", "warning")]


def test_each_account_is_a_record_with_its_own_settings_over_those_of_the_channel() -> None:
    accounts = {"work": {"enabled": True, "dmPolicy": "open"}, "home": {}, "broken": 7}
    work, home = campaigns(configuration({"enabled": False, "dmPolicy": "disabled", "accounts": accounts}))
    assert (work.id, work.data.get("enabled"), work.data.get("kind")) == ("OpenClaw › whatsapp › work", None, None)
    assert (home.data["enabled"], home.data["kind"]) == (False, "setup")
    assert home.place(("enabled",)).pointer == ("channels", "whatsapp", "enabled")


def test_a_plugin_that_is_off_switches_the_channel_off() -> None:
    plugins = {"entries": {"whatsapp": {"enabled": False}}}
    (campaign,) = campaigns(configuration({"enabled": True}, plugins=plugins))
    assert campaign.place(("enabled",)).pointer == ("plugins", "entries", "whatsapp", "enabled")
    assert campaign.data["enabled"] is False


@pytest.mark.parametrize("channels", [{}, {"telegram": {}}, {"whatsapp": None}, {"whatsapp": []}])
def test_other_channels_give_no_record(channels: dict[str, Any]) -> None:
    assert campaigns({"agents": {}, "channels": channels}) == []


def test_a_list_of_agents_with_an_identity_is_of_openclaw_too() -> None:
    data = {"agents": [{"id": "a", "soul": "./SOUL.md"}], "channels": {"whatsapp": {"enabled": True}, "web": {}}}
    (campaign,) = records_of(ADAPTER, data)
    assert said(campaign) == {
        "campaign": "OpenClaw › whatsapp",
        "channel": "whatsapp",
        "sender": {
            "library": "baileys",
            "product": "? the account that is linked may be of the consumer app or of the Business app",
        },
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "automation": {"bot": True},
        "messages": [
            {"kind": "freeform", "window": "customer_service", "body": "? an AI agent writes the answer"},
        ],
    }
    assert placed(campaign)["sender.library"] == "channels/whatsapp"


@pytest.mark.parametrize(
    "data",
    [
        {"channels": {"whatsapp": {}}},
        {"channels": {"whatsapp": {}}, "agents": [{"id": "a", "phone": "+49"}]},  # people in a call centre
        {"channels": {"whatsapp": {}}, "agents": ["identity", 7]},
        {"channels": ["whatsapp"], "gateway": {}},
        {"channels": {"whatsapp": {}}, "gateway": "on", "agents": 2},
        {"gateway": {}, "agents": {}},
        [configuration({})],
        # gateways and agents that reach WhatsApp by the official API, or by a provider
        configuration({"enabled": True, "phoneNumberId": "1", "accessToken": "x"}),
        configuration({"type": "twilio", "from": "whatsapp:+14155238886"}),
        configuration({"dmPolicy": "allowlist", "accounts": {"twilio": {"accountSid": "x", "authToken": "y"}}}),
        None,
    ],
)
def test_other_files_are_no_configuration(data: Any) -> None:
    assert not ADAPTER.recognises(document(data))
