"""Clues to clients, and settings of sending, in one file of a project → records of set-ups and of campaigns.

Known: who carries messages, measures against ban detection, daily limits. Unknown: texts, recipients, consent. A client
by itself is a set-up; with settings that only make sense where somebody sends to many it is a campaign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from policylint.adapters.sending_words import (
    Found,
    campaign_signs,
    evasion,
    is_campaign,
    is_mailer,
    is_shown_on_a_page,
    is_switched_off,
    names_whatsapp,
)
from policylint.model.campaign import Campaign
from policylint.model.source import Document, Place, Pointer, Unknown
from policylint.model.tuples import NamedTuple
from policylint.project.completion import EVOLUTION
from policylint.project.manifests import (
    VARIABLE,
    Clue,
    Entry,
    clues,
    comment_beside,
    entries,
    group_of,
    integration_of,
    telling,
)
from policylint.record import ProviderTable, fill_unknown

_SEVERAL_CARRIERS = Unknown("the file shows an official route and an unofficial one")
_WHICH_RECIPIENTS = Unknown("the recipients are not in the file")


class _Clients(NamedTuple):
    """The clients that a file shows, each by its first clue."""

    unofficial: Sequence[Clue]
    official: Sequence[Clue]
    integration: Clue | None


class _Settings(NamedTuple):
    """What the settings of a file show about sending."""

    measures: Sequence[Found]
    signs: Sequence[Found]
    is_off: bool


def records(document: Document, providers: ProviderTable, name: str, carries: Sequence[str]) -> list[Campaign]:
    """Return a record for each client that a document shows, and the campaigns that it sends through them.

    Args:
        document: A manifest, a compose file or an ``.env``.
        providers: What names in it mean.
        name: The format, for the records.
        carries: What the format has a place for.

    """
    clients = _clients(document, providers)
    settings = _settings(document, clients)
    made: list[Campaign] = []
    sending: Clue | None = None
    if is_campaign(settings.signs) and _is_about_whatsapp(document, clients):
        sending = _sending(clients)
        made.append(_campaign(document, sending, clients, settings))
    for index, clue in enumerate(clients.unofficial):
        if clue is not sending:
            made.append(_setup(document, clue, clients, settings, is_first=index == 0 and not made))
    made.extend(
        _setup(document, clue, clients, settings, is_first=False) for clue in clients.official if clue is not sending
    )
    return [one._replace(data=fill_unknown(dict(one.data), carries), format=name) for one in made]


def _clients(document: Document, providers: ProviderTable) -> _Clients:
    found = telling(list(clues(document, providers)), providers)
    integration = integration_of(found)
    by_cloud = integration is not None and integration.integration == "cloud_api"
    groups: dict[str | None, dict[str, Clue]] = {}
    libraries = {providers.providers[clue.sign.provider].get("library") for clue in found if clue.sign.provider}
    for clue in sorted(found, key=lambda clue: clue.is_comment):
        if clue.sign.provider is None and clue.sign.library in libraries:
            continue  # a sign of the library that the gateway runs
        client = clue.sign.provider or clue.sign.library or ""
        groups.setdefault(group_of(clue, by_cloud=by_cloud), {}).setdefault(client, clue)
    unofficial = sorted(groups.get("unofficial", {}).values(), key=lambda clue: clue.sign.route == "relay")
    return _Clients(unofficial, list(groups.get("official", {}).values()), integration)


def _settings(document: Document, clients: _Clients) -> _Settings:
    found = [entry for entry in entries(document) if entry.kind == VARIABLE]
    if any(is_mailer(entry.name) for entry in found):
        # Limits and warm-up are as usual for e-mail: then only what is said to be of WhatsApp is.
        switches = [entry for entry in found if _is_of_whatsapp(document, entry, clients)]
    else:
        switches = found
    return _Settings(evasion(switches), campaign_signs(switches), is_switched_off(found))


def _is_of_whatsapp(document: Document, entry: Entry, clients: _Clients) -> bool:
    if names_whatsapp(entry.name):
        return True
    said = f"{entry.name} {heading(document, entry.pointer)}".lower()
    carriers = (clue.sign.provider or clue.sign.library or "" for clue in (*clients.unofficial, *clients.official))
    return "whatsapp" in said or any(re.split(r"[-_.]", carrier)[0] in said for carrier in carriers if carrier)


_COMMENT_LINE = re.compile(r"^[ \t]*#+[ \t]*(?=\S*\w)([^\n\r]*)", re.MULTILINE)


def heading(document: Document, pointer: Pointer) -> str:
    """Return the comment beside an entry, or the nearest one above it."""
    beside = comment_beside(document, pointer)
    if beside:
        return beside
    located = document.locate(pointer)
    above = document.text[max(0, located[1].start.offset - 2000) : located[1].start.offset] if located else ""
    found = _COMMENT_LINE.findall(above)
    return found[-1] if found else ""


def _is_about_whatsapp(document: Document, clients: _Clients) -> bool:
    if clients.unofficial or clients.official:
        return True
    variables = (entry.name for entry in entries(document) if entry.kind == VARIABLE)
    return any(names_whatsapp(name) and not is_shown_on_a_page(name) for name in variables)


def _sending(clients: _Clients) -> Clue | None:
    """Return the client that must be the one that sends, if one must."""
    if clients.unofficial:
        return None if clients.official else clients.unofficial[0]
    return clients.official[0] if len(clients.official) == 1 else None


def _campaign(document: Document, clue: Clue | None, clients: _Clients, settings: _Settings) -> Campaign:
    """Return the campaigns that a file sets up, as one record."""
    signs = {sign.what: sign.setting for sign in settings.signs}
    first = next(iter(signs.values()))
    record, places = _sender(clue, clients)
    if clue is None and clients.unofficial:
        record["sender"] = {"provider": _SEVERAL_CARRIERS, "route": _SEVERAL_CARRIERS}
    record.update(kind="campaign", direction="push")
    places["direction",] = Place(document, first.pointer)
    places.setdefault((), Place(document, first.pointer))
    places.setdefault(("channel",), Place(document, first.pointer))
    listed = signs.get("recipients")
    record["audience"] = {"selection": "list" if listed else _WHICH_RECIPIENTS}
    places["audience", "selection"] = Place(document, (listed or first).pointer)
    limit = signs.get("daily_limit")
    if limit is not None and limit.value.isdecimal() and not limit.is_reference:
        record["schedule"] = {"daily_maximum": int(limit.value)}
        places["schedule", "daily_maximum"] = Place(document, limit.pointer)
    if settings.is_off:
        record["enabled"] = False
    _add_measures(document, settings, record, places)
    said = ", ".join(sign.setting.name for sign in settings.signs)
    notes = [f"taken for campaigns because of {said}"]
    return _made(document, record, places, clue, [*notes, *_notes(clue)])


def _setup(document: Document, clue: Clue, clients: _Clients, settings: _Settings, *, is_first: bool) -> Campaign:
    record, places = _sender(clue, clients)
    record["kind"] = "setup"
    if is_first:
        _add_measures(document, settings, record, places)
    return _made(document, record, places, clue, _notes(clue))


def _notes(clue: Clue | None) -> list[str]:
    return [clue.said] if clue is not None and clue.is_comment else []


def _sender(clue: Clue | None, clients: _Clients) -> tuple[dict[str, Any], dict[Pointer, Place]]:
    """Return a record with nothing but channel and sender."""
    if clue is None:
        return {"channel": "whatsapp"}, {}
    sender: dict[str, Any] = {}
    places: dict[Pointer, Place] = {}
    for path in ((), ("channel",), ("sender",)):
        places[path] = clue.place
    carrier = "provider" if clue.sign.provider is not None else "library"
    sender[carrier] = clue.sign.provider or clue.sign.library
    places["sender", carrier] = clue.place
    if clue in clients.official:
        sender["product"] = "business_platform"
        places["sender", "product"] = clue.place
    integration = clients.integration
    if clue.sign.provider == EVOLUTION and integration is not None:
        sender["integration"] = integration.integration
        places["sender", "integration"] = integration.place
    return {"channel": "whatsapp", "sender": sender}, places


def _add_measures(
    document: Document, settings: _Settings, record: dict[str, Any], places: dict[Pointer, Place]
) -> None:
    measures = settings.measures
    if not measures:
        return
    record.setdefault("sender", {})["evasion"] = [measure.what for measure in measures]
    places["sender", "evasion"] = Place(document, measures[0].setting.pointer)
    for index, measure in enumerate(measures):
        places["sender", "evasion", index] = Place(document, measure.setting.pointer)


def _made(
    document: Document, record: dict[str, Any], places: dict[Pointer, Place], clue: Clue | None, notes: Sequence[str]
) -> Campaign:
    file = document.path.rpartition("/")[2]
    client = (clue.sign.provider or clue.sign.library) if clue is not None else None
    data = {"campaign": f"{file}/{client or 'campaign'}", **record}
    return Campaign(data, document, "", places, {}, tuple(notes))
