"""Files of automation tools → records, with the provider table of the WhatsApp pack, for tests of adapters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from policylint import resources
from policylint.adapters import policylint_adapters
from policylint.parse import parse
from policylint.record import ProviderTable, record_schema
from tests.recordviews import document_of, said

if TYPE_CHECKING:
    from policylint.extensions import Adapter
    from policylint.model.campaign import Campaign


@cache
def table() -> ProviderTable:
    path = resources.rules_folder() / "whatsapp" / "providers.yaml"
    return ProviderTable(parse("providers.yaml", path.read_bytes()).documents[0].data)


def records(adapter: Adapter, data: Any, path: str = "file.json") -> list[Campaign]:
    """Return the records that an adapter makes; each conforms to the schema, and its places lie in the file."""
    document = document_of(data, path)
    assert adapter.recognises(document)
    adapted = adapter.adapt(document, table())
    assert adapted.problems == ()
    for campaign in adapted.campaigns:
        assert record_schema().conforms(campaign.data)
        assert all(place.region() for place in campaign.places.values())
    return list(adapted.campaigns)


def only(adapter: Adapter, data: Any, path: str = "file.json") -> Campaign:
    """Return the only record."""
    campaigns = records(adapter, data, path)
    assert len(campaigns) == 1
    return campaigns[0]


def facts(campaign: Campaign, *paths: str) -> tuple[Any, ...]:
    """Return values of a record by their paths, as ``said`` writes them; None for what is absent or not carried."""
    return tuple(_at(said(campaign), path.split(".")) for path in paths)


def _at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def recognisers(data: Any, path: str = "file.json") -> list[str]:
    """Return the names of the adapters that recognise a document; each may be tried, as its words stand in the text."""
    document = document_of(data, path)
    candidates = [one for one in policylint_adapters() if one.load().recognises(document)]
    text = document.text.lower()
    assert all(any(word in text for word in one.words) for one in candidates if one.words)
    return [one.name for one in candidates]
