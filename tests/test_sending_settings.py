"""Settings of home-made senders: what is recognised, which measures and library are read, and where they stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from policylint.adapters.sending_settings import ADAPTER
from policylint.parse import parse
from policylint.record import ProviderTable

if TYPE_CHECKING:
    from policylint.model.source import Document

TABLE = ProviderTable({"libraries": {"baileys": {"route": "unofficial"}, "whatsapp-web.js": {"route": "unofficial"}}})


def document(data: Any) -> Document:
    (found,) = parse("config/limits.json", json.dumps(data, indent=1).encode()).documents
    return found


SETTINGS = {
    "about": "for our whatsapp-web.js account",
    "minDelay": 3000,
    "delayMax_ms": 9000,
    "human_delay": {"typing": True},
    "warmupSchedule": [20, 40, 80],
    "proxyRotation": False,
}


def test_measures_and_library_are_read_with_their_places() -> None:
    found = document(SETTINGS)
    (campaign,) = ADAPTER.adapt(found, TABLE).campaigns
    assert (campaign.id, campaign.data["kind"], campaign.data["channel"]) == ("limits", "setup", "whatsapp")
    assert campaign.data["sender"]["evasion"] == ["random_delay", "warm_up"]
    assert campaign.data["sender"]["library"] == "whatsapp-web.js"
    region = campaign.place(("sender", "library")).region()
    assert found.text[region.start.offset : region.end.offset] == "whatsapp-web.js"
    region = campaign.place(("sender", "evasion", 1)).region()
    assert found.text[: region.start.offset].count("\n") + 1 == region.start.line == 8


@pytest.mark.parametrize(
    "data",
    [
        {**SETTINGS, "about": "for our mail account"},  # the warm-up of a mail sender is no WhatsApp matter
        {"about": "whatsapp-web.js", "delayMax_ms": 9000, "warmupMode": True},  # two keys are too few
        {**SETTINGS, "delayMax_ms": 0, "human_delay": None},  # switched off
        {**SETTINGS, "nodes": []},
        {**SETTINGS, "campaign": "native"},
        [SETTINGS],
        "whatsapp warmup",
    ],
)
def test_other_files_are_not_taken_for_such_settings(data: Any) -> None:
    assert not ADAPTER.recognises(document(data))


def test_settings_are_recognised() -> None:
    assert ADAPTER.recognises(document(SETTINGS))
