"""Settings of a home-made WhatsApp sender: how it keeps from being taken for a machine.

Recognised: a mapping that names WhatsApp or a client library in its text and holds three keys or more that only make
sense against ban detection (random delays, warm-up plans, imitated typing, rotation of numbers), of two kinds or more
beside proxies: what scrapes pauses and changes proxies, too, and what trains a model warms up. Known: these measures,
and the client library where a text names it. Unknown: everything else; such a file sends nothing by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policylint.adapters.sending_words import measure_of_key
from policylint.extensions import Adapted, Adapter
from policylint.model.campaign import Campaign
from policylint.model.source import Document, Place
from policylint.parse.escapes import spelled_out
from policylint.record import ProviderTable, fill_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policylint.model.source import Pointer

_NAMES_WHATSAPP = re.compile(r"whats[\s_-]?app|baileys|wppconnect", re.IGNORECASE)
_LEAST, _LEAST_KINDS = 3, 2
# Settings of training runs, which warm up and jitter as well.
_OF_TRAINING = frozenset(["dataset", "epochs", "learning_rate", "lr", "optimizer", "scheduler", "seed"])
CARRIES = ("sender.evasion", "sender.library", "sender.provider", "sender.replaces_banned")
EXAMPLE = """\
{
  "account": "WhatsApp number of the shop, linked with whatsapp-web.js",
  "delayMin_ms": 15000,
  "delayMax_ms": 28000,
  "pauseAfterBatch": 900000,
  "warmupSchedule": [20, 40, 80],
  "maxPerDay": 120
}
"""


def recognises(document: Document) -> bool:
    """Tell whether a document is the settings of such a sender."""
    data = document.data
    if document.dialect == "env" or not isinstance(data, dict) or "nodes" in data or "campaign" in data:
        return False
    kinds = [measure for _, measure in _measures(data)]
    if len(kinds) < _LEAST or len({*kinds} - {"proxy_rotation"}) < _LEAST_KINDS or not _OF_TRAINING.isdisjoint(data):
        return False
    return _NAMES_WHATSAPP.search(spelled_out(document.text)) is not None


def _measures(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the top-level keys that switch a measure on, each with the measure."""
    for key, value in data.items():
        if not value:
            continue
        measure = measure_of_key(key)
        if measure is not None:
            yield key, measure


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return one record of the set-up."""
    places: dict[Pointer, Place] = {(): Place(document, ())}
    evasion: list[str] = []
    for key, measure in _measures(document.data):
        if measure not in evasion:
            places["sender", "evasion", len(evasion)] = Place(document, (key,))
            evasion.append(measure)
    places["sender", "evasion"] = places["sender", "evasion", 0]
    sender: dict[str, Any] = {"evasion": evasion}
    named = _library(document.data, (), providers)
    if named is not None:
        sender["library"], places["sender", "library"] = named[0], Place(document, named[1], named[2])
    stem = document.path.rsplit("/", 1)[-1].partition(".")[0] or "settings"
    record = {"campaign": stem, "kind": "setup", "channel": "whatsapp", "sender": sender}
    filled = fill_unknown(record, CARRIES)
    return Adapted([Campaign(filled, document, "sending-settings", places)])


def _library(data: Any, at: Pointer, providers: ProviderTable) -> tuple[str, Pointer, tuple[int, int]] | None:
    """Return the first unofficial client library that a text names, with the place of its name."""
    if isinstance(data, str):
        for name in providers.libraries:
            match = re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", data, re.IGNORECASE)
            if match is not None and providers.library_route(name) == "unofficial":
                return name, at, match.span()
        return None
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in entries:
        found = _library(value, (*at, step), providers)
        if found is not None:
            return found
    return None


ADAPTER = Adapter(
    name="sending-settings",
    title="Settings of a home-made WhatsApp sender",
    signs="a mapping that names WhatsApp and holds three keys or more against ban detection (warm-up, delays, …)",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
