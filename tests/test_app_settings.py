"""Settings of an application in YAML or JSON: which name a WhatsApp client, and what else a record says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policylint.adapters.app_settings import ADAPTER
from tests.automations import facts, recognisers, records
from tests.recordviews import document_of, placed, said, written


def test_a_gateway_that_is_set_up_is_an_unofficial_client_at_its_key() -> None:
    text = """\
server: {port: 8080}
messaging:
  whatsapp:
    enabled: true
  waha:
    baseUrl: http://waha:3000
    apiKey: ${WAHA_API_KEY}
"""
    (campaign,) = records(ADAPTER, text, "config/app.yaml")
    assert (campaign.id, campaign.format) == ("app.yaml/waha", "app-settings")
    assert said(campaign) == {
        "campaign": "app.yaml/waha",
        "kind": "setup",
        "channel": "whatsapp",
        "sender": {"provider": "waha"},
    }
    assert placed(campaign) == {
        "": "messaging/waha/baseUrl",
        "channel": "messaging/waha/baseUrl",
        "sender": "messaging/waha/baseUrl",
        "sender.provider": "messaging/waha/baseUrl",
    }
    assert written(campaign, "sender", "provider") == "http://waha:3000"


def test_limits_pauses_and_a_gateway_are_campaigns_with_measures_against_detection() -> None:
    data = {
        "evolution": {"apiUrl": "http://evolution:8080", "apiKey": "x"},
        "campaigns": {"enabled": True, "dailyLimit": 150, "minDelaySeconds": 20, "maxDelaySeconds": 45},
        "accountWarmup": {"enabled": True},
    }
    (campaign,) = records(ADAPTER, data, "settings.json")
    assert said(campaign)["sender"] == {
        "provider": "evolution-api",
        "evasion": ["random_delay", "warm_up"],
    }
    assert facts(campaign, "kind", "channel", "direction") == ("campaign", "whatsapp", "push")


@pytest.mark.parametrize(
    ("path", "data", "sender"),
    [
        ("app.json", {"WhatsApp": {"PhoneNumberId": "1", "AccessToken": ""}}, {"provider": "meta"}),
        ("app.yaml", "whatsapp:\n  base_url: https://graph.facebook.com\n  api_key: ''\n", {"provider": "meta"}),
        ("whatsapp.yml", 'default:\n  phone_number_id: <%= ENV.fetch("X", "") %>\n', {"provider": "meta"}),
        ("whatsapp.yml", "default: {default_provider: meta, validate: true}\n", {"provider": "meta"}),
        ("app.yaml", "channels: {whatsapp: {provider: twilio}}\n", {"provider": "twilio"}),
        ("app.yaml", "channels: {whatsapp: {enabled: true, provider: baileys}}\n", {"library": "baileys"}),
        ("env.yml", "CONFIG_SESSION_PHONE: {CLIENT: Own API, NAME: Chrome}\n", {"provider": "evolution-api"}),
        ("bot.json", {"botName": "Bus", "wwebjsCache": "./cache"}, {"library": "whatsapp-web.js"}),
        ("page.yml", {"url": "https://web.whatsapp.com", "selectors": {}}, {"provider": "whatsapp-web-bridge"}),
        ("send.json", {"groups": {"A": "120363xxxxx@g.us"}, "pause": 2000}, {"provider": "unnamed-gateway"}),
        ("app.yaml", "app: {uazapi_token: x, uazapi_url: https://a.uazapi.com}\n", {"provider": "uazapi"}),
    ],
)
def test_the_client_is_what_keys_with_their_sections_and_values_say(
    path: str, data: Any, sender: dict[str, str]
) -> None:
    (campaign,) = records(ADAPTER, data, path)
    product = {"product": "business_platform"} if set(sender.values()) & {"meta", "twilio"} else {}
    assert (facts(campaign, "kind"), said(campaign)["sender"]) == (("setup",), {**sender, **product})


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("hook.json", {"instance": "a", "data": {"fromMe": False, "admin": "43660000000@s.whatsapp.net"}}),
        ("people.json", {"contacts": {"anna": "43660000000@c.us"}}),
        ("link.json", {"url": "https://web.whatsapp.com/send?phone=43660000000"}),
        ("site.json", {"contact": {"whatsapp": "+43660000000", "whatsapp_url": "https://wa.me/43660000000"}}),
        ("agent.json", {"assistantId": "a", "phoneNumberId": "7cfcdb17", "apiKey": ""}),  # a voice agent
        ("de.json", {"settings": {"waha_url": "Adresse von WAHA", "whatsapp_provider": "Wer sendet"}}),
        ("api.yaml", {"openapi": "3.1.0", "x-whatsapp": {"provider": "waha"}}),
        ("schema.json", {"type": "object", "properties": {"waha_url": {"type": "string"}}}),
        ("ci.yml", {"on": "push", "env": {"WAHA_API_KEY": "x"}, "jobs": {"test": {}}}),
        ("pod.yaml", {"apiVersion": "v1", "kind": "ConfigMap", "data": {"WAHA_BASE_URL": "http://waha"}}),
        ("field.json", {"doctype": "DocType", "name": "WhatsApp Account", "whatsapp": {"token": "Data"}}),
        ("skills-lock.json", {"skills": {"waapi": {"source": "a/b", "skillPath": "waapi/SKILL.md", "version": 1}}}),
        ("list.json", {"gateways": [{"waha_url": "http://waha:3000"}]}),
        ("text.json", ["whatsapp", "waha"]),
        ("package.json", {"name": "x", "whatsapp": {"provider": "waha"}}),
        ("compose.yaml", {"services": {"waha": {"image": "devlikeapro/waha"}}}),
        ("c.yaml", {"campaign": "a", "channel": "whatsapp", "sender": {"provider": "waha"}}),
    ],
)
def test_other_documents_are_not_taken_for_settings(path: str, data: Any) -> None:
    document = document_of(data if isinstance(data, str) else json.dumps(data), path)
    assert not ADAPTER.recognises(document)


def test_a_campaign_beside_the_settings_of_its_gateway_is_of_one_format() -> None:
    data = {
        "waha": {"url": "http://waha:3000"},
        "campaigns": [{"name": "Spring", "message": "Hi {name}", "recipients": ["+43660000000"], "status": "draft"}],
    }
    assert recognisers(data, "a.json") == ["home-made"]


def test_what_lies_deep_or_far_down_is_left_alone() -> None:
    deep: Any = {"waha": {"url": "http://waha:3000"}}
    for _ in range(6):
        deep = {"a": deep}
    assert not ADAPTER.recognises(document_of(json.dumps(deep), "a.json"))
    many = {f"k{number}": number for number in range(500)} | {"waha": {"url": "http://waha:3000"}}
    assert not ADAPTER.recognises(document_of(json.dumps(many), "a.json"))
