"""Native campaign files: the record itself, written down as YAML or JSON.

Recognised: a mapping with a ``campaign`` key that holds a text or number beside at least one other field of a campaign
that sends, or ``campaigns:`` with a list of such mappings. Known: every field; one left out is absent. Unknown:
placeholders and tags.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policylint.errors import did_you_mean
from policylint.extensions import Adapted, Adapter
from policylint.model.campaign import Campaign
from policylint.model.source import Document, Place, Pointer, Problem, value_at
from policylint.record import ProviderTable, record_schema
from policylint.resolve import day_of, named_zone
from policylint.schema import field_name, holds_placeholder, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Fields that tell a campaign from the campaigns of games, physics and advertising: one must stand beside `campaign`.
_TELLING = frozenset(
    [
        "channel",
        "purpose",
        "direction",
        "sender",
        "audience",
        "consent",
        "opt_out",
        "message",
        "messages",
        "schedule",
        "automation",
    ]
)


def recognises(document: Document) -> bool:
    """Tell whether a document is a native campaign or a list of them."""
    data = document.data
    if not isinstance(data, dict):
        return False
    return _is_campaign(data) or bool(_listed(data))


def _is_campaign(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and type(data.get("campaign")) in (str, int)
        and (not _TELLING.isdisjoint(data) or len(data) == 1)
    )


def _listed(data: Mapping[str, Any]) -> list[int]:
    """Return the indexes of ``campaigns`` that are campaigns, or none where the list is something else."""
    entries = data.get("campaigns")
    if not isinstance(entries, list):
        return []
    return [index for index, entry in enumerate(entries) if _is_campaign(entry)]


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return the document's campaigns, and where they disagree with the campaign schema."""
    data = document.data
    pointers: list[Pointer] = (
        [()] if _is_campaign(data) else [("campaigns", index) for index in range(len(data["campaigns"]))]
    )
    campaigns: list[Campaign] = []
    problems: list[Problem] = []
    for pointer in pointers:
        record = data if not pointer else data["campaigns"][pointer[1]]
        if not isinstance(record, dict):
            message = f"entry {pointer[1]} of campaigns is not a mapping"
            problems.append(Problem("schema", message, document.region(pointer), pointer=pointer))
            continue
        problems.extend(_disagreements(document, record, pointer))
        problems.extend(_impossible_times(document, record, pointer))
        campaigns.append(_campaign(document, record, pointer))
    return Adapted(campaigns, problems)


def _campaign(document: Document, record: Mapping[str, Any], pointer: Pointer) -> Campaign:
    places: dict[Pointer, Place] = {(): Place(document, pointer)} if pointer else {}
    if "message" in record and "messages" not in record:
        record = {**record, "messages": [record["message"]] if record["message"] is not None else None}
        places[()] = Place(document, pointer)
        places["messages",] = Place(document, (*pointer, "message"))
        places["messages", 0] = Place(document, (*pointer, "message"))
    if not isinstance(record.get("channel"), str):
        return Campaign(record, document, "native", places)
    channel = record["channel"].lower()
    if channel != record["channel"]:
        record = {**record, "channel": channel}
    return Campaign(record, document, "native", places)


def _disagreements(document: Document, record: Mapping[str, Any], pointer: Pointer) -> list[Problem]:
    schema = record_schema()
    if schema.conforms(record):
        return []
    found = []
    for problem in problems_of(record, schema.schema):
        place = (*pointer, *problem.pointer)
        if problem.key is not None:
            place = (*place, problem.key)
            located = document.locate(place)
            region = located[0] if located and located[0] else document.region(place)
        else:
            region = document.region(place)
        severity = "warning" if problem.keyword == "additionalProperties" else "error"
        hint = "fields of your own start with x-" if problem.keyword == "additionalProperties" else None
        found.append(Problem("schema", problem.message, region, severity, place, hint=hint))
    return found


_LIKE_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = (("schedule", "start"), ("schedule", "end"), ("sender", "registered"), ("consent", "date"))


def _impossible_times(document: Document, record: Mapping[str, Any], pointer: Pointer) -> Iterator[Problem]:
    """Yield a problem for each day that is not in the calendar and for a time zone that does not exist."""
    for path in _DAYS:
        value = value_at(record, path)
        if isinstance(value, str) and _LIKE_A_DAY.match(value) and day_of(value, None) is None:
            place = (*pointer, *path)
            message = f"{field_name(path)} is '{value}', which is no day or time of the calendar"
            yield Problem("schema", message, document.region(place), pointer=place)
    zone = value_at(record, ("schedule", "timezone"))
    if isinstance(zone, str) and not holds_placeholder(zone) and named_zone(zone) is None:
        from zoneinfo import available_timezones

        place = (*pointer, "schedule", "timezone")
        hint = did_you_mean(zone, sorted(available_timezones()))
        message = f"schedule.timezone is '{zone}', which is no IANA time zone{hint}"
        yield Problem("schema", message, document.region(place), pointer=place)


ADAPTER = Adapter(
    name="native",
    title="policylint campaign file",
    signs="a mapping with `campaign` beside channel, sender, audience, …; or a list of them under `campaigns`",
    recognises=recognises,
    adapt=adapt,
)
