"""What a campaign record says and where it stands, in a form that tests can write down whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from policylint.model.source import NOT_CARRIED, Document, Unknown
from policylint.parse import parse
from policylint.record import ProviderTable, record_schema

if TYPE_CHECKING:
    from policylint.extensions import Adapter
    from policylint.model.campaign import Campaign

TABLE = ProviderTable({})


def document_of(data: Any, path: str = "file.json") -> Document:
    """Return the document of plain data or of a text."""
    text = data if isinstance(data, str) else json.dumps(data, indent=1, ensure_ascii=False)
    return parse(path, text.encode()).documents[0]


def records_of(adapter: Adapter, data: Any, path: str = "file.json") -> list[Campaign]:
    """Return the records that an adapter makes; each conforms to the campaign schema, and each place is in the file."""
    document = document_of(data, path)
    assert adapter.recognises(document)
    campaigns = list(adapter.adapt(document, TABLE).campaigns)
    for campaign in campaigns:
        assert record_schema().conforms(campaign.data)
        assert all(place.region() for place in campaign.places.values())
    return campaigns


def said(campaign: Campaign) -> Any:
    """Return a record without what the format has no place for; other unknown values as ``? reason``."""
    return _said(campaign.data)


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        found = {key: _said(inner) for key, inner in value.items() if inner is not NOT_CARRIED and inner is not None}
        return {key: inner for key, inner in found.items() if inner != {}}
    if isinstance(value, list):
        return [_said(inner) for inner in value]
    return f"? {value.why}" if isinstance(value, Unknown) else value


def written(campaign: Campaign, *path: str | int) -> str:
    """Return the text of the file at the place of a value."""
    region = campaign.place(path).region()
    return campaign.document.text[region.start.offset : region.end.offset]


def placed(campaign: Campaign) -> dict[str, str]:
    """Return the pointers of all places, by the path in the record."""
    return {
        ".".join(map(str, path)): "/".join(map(str, place.pointer))
        for path, place in sorted(campaign.places.items(), key=str)
    }
