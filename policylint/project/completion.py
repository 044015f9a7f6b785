"""Facts of the project and defaults of the configuration → a completed campaign record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from policylint.model.phrase import Phrase, phrase
from policylint.model.source import NOT_CARRIED, NOT_MAPPED, Document, Place, Pointer, Unknown
from policylint.model.tuples import NamedTuple
from policylint.record import ProviderTable, record_schema
from policylint.schema import holds_placeholder

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.project.facts import Facts

UNOFFICIAL: Final = frozenset(["unofficial", "relay"])
EVOLUTION: Final = "evolution-api"
_NOT_IN_TABLE = Unknown("the provider is not in the table")
_NOT_SAID_YET = Unknown("who carries the messages is filled in later")
_NOTHING_THERE = (NOT_CARRIED, NOT_MAPPED)
_SENDER_FIELDS = ("provider", "library", "integration")


class Defaults(NamedTuple):
    """Fields of the campaign record that the configuration gives to every campaign."""

    data: Mapping[str, Any]
    document: Document | None = None
    pointer: Pointer = ()
    """Where the fields begin in the document."""


def complete(campaign: Campaign, facts: Callable[[], Facts], defaults: Defaults, providers: ProviderTable) -> Campaign:
    """Return a campaign with what it leaves open filled in, or the campaign itself where nothing can be.

    Defaults of the configuration come first, then, for WhatsApp, what the project's files show, then the route that
    provider and library mean. What a record states is never changed, but for a route that its own library contradicts.
    ``facts`` is asked only where the record leaves its client open.
    """
    if defaults.data:
        campaign = with_defaults(campaign, defaults)
    if campaign.data.get("channel") != "whatsapp":
        return campaign
    if campaign.data.get("kind") != "template":
        campaign = _with_facts(campaign, facts)
    sender = campaign.data.get("sender")
    if not isinstance(sender, dict):
        return campaign
    return _with_library(_with_route(campaign, sender, providers), providers)


def _is_open(value: Any) -> bool:
    """Tell whether a field that is no text is absent or unknown."""
    return value is None or isinstance(value, Unknown) or holds_placeholder(value)


def _is_hidden(value: Any) -> bool:
    """Tell whether the file has a value there that it does not show."""
    return (isinstance(value, Unknown) and value not in _NOTHING_THERE) or holds_placeholder(value)


def _opened(value: Any, path: tuple[str, ...]) -> dict[str, Any]:
    """Return what stands for a mapping that is absent or unknown, so that fields can be put into it."""
    if not isinstance(value, Unknown):
        return {}
    found = record_schema().field(path)
    return dict.fromkeys(found.fields, value) if found else {}


def defaults_in(document: Document) -> Phrase:
    """Return what a value is that was taken from the defaults of a configuration file."""
    return phrase("defaults in {path}", path=document.path)


def with_defaults(campaign: Campaign, defaults: Defaults) -> Campaign:
    """Return a campaign with what it leaves open taken from defaults, each value with its place among them."""
    filled: list[Pointer] = []
    data = _merged(campaign.data, defaults.data, (), filled)
    if not filled:
        return campaign
    document = defaults.document
    if document is None:
        return _changed(campaign, data, {}, {})
    places: dict[Pointer, Place] = {path: Place(document, (*defaults.pointer, *path)) for path in filled}
    evidence = dict.fromkeys(filled, defaults_in(document))
    return _changed(campaign, data, places, evidence)


def _merged(
    current: Mapping[str, Any], defaults: Mapping[str, Any], path: tuple[str, ...], filled: list[Pointer]
) -> Mapping[str, Any]:
    """Return a mapping with what it leaves open taken from defaults; ``filled`` gets the paths of what was taken."""
    changes: dict[str, Any] = {}
    for name, default in defaults.items():
        at = (*path, name)
        value = current.get(name)
        if default is None or at == ("campaign",):
            continue
        if isinstance(default, dict):
            if isinstance(value, dict) or _is_open(value):
                before = len(filled)
                inner = _merged(value if isinstance(value, dict) else _opened(value, at), default, at, filled)
                if len(filled) > before:
                    changes[name] = inner
        elif _is_open(value) and not _is_text(value, at):
            changes[name] = default
            filled.append(at)
    return {**current, **changes} if changes else current


def _is_text(value: Any, path: tuple[str, ...]) -> bool:
    """Tell whether a value is a text in which placeholders are content."""
    if not isinstance(value, str):
        return False
    found = record_schema().field(path)
    return found is not None and found.text


def _with_facts(campaign: Campaign, facts: Callable[[], Facts]) -> Campaign:
    """Return a campaign that states nothing about its client with what the project's files show."""
    sender = campaign.data.get("sender")
    stated: dict[str, Any] = sender if isinstance(sender, dict) else _opened(sender, ("sender",))
    if not all(_is_open(stated.get(name)) for name in ("provider", "route", "library")):
        return campaign
    shown = facts()
    if shown.conflict:
        notes = (*campaign.notes, shown.conflict)
        return campaign._replace(notes=notes)
    taken = {name: fact for name, fact in shown.sender.items() if _is_open(stated.get(name))}
    if not taken:
        return campaign
    values = {name: fact.value for name, fact in taken.items()}
    places: dict[Pointer, Place] = {("sender", name): fact.place for name, fact in taken.items()}
    evidence: dict[Pointer, str] = {("sender", name): fact.said for name, fact in taken.items()}
    return _changed(campaign, {**campaign.data, "sender": {**stated, **values}}, places, evidence)


def _with_route(campaign: Campaign, sender: Mapping[str, Any], providers: ProviderTable) -> Campaign:
    found = _route(sender, providers)
    if found is None or found[0] == sender.get("route"):
        return campaign
    return _taking_after(campaign, "route", *found)


def _route(sender: Mapping[str, Any], providers: ProviderTable) -> tuple[str | Unknown, str] | None:
    """Return the route that a sender takes and the field that shows it, or None where there is nothing to add."""
    values = {name: sender.get(name) for name in _SENDER_FIELDS}
    stated = {name: value for name, value in values.items() if isinstance(value, str) and not _is_open(value)}
    provider, library = stated.get("provider"), stated.get("library")
    by_library = providers.library_route(library) if library else None
    cloud = _is_cloud(provider, stated.get("integration"))
    if by_library in UNOFFICIAL and by_library and not (cloud and library == _library_of(provider, providers)):
        return by_library, "library"
    if not _is_open(sender.get("route")):
        return None
    if provider:
        if cloud:
            return "bsp", "provider"
        if provider.lower() == EVOLUTION and _is_hidden(values["integration"]):
            return _NOT_SAID_YET, "integration"
        return providers.route(provider) or by_library or _NOT_IN_TABLE, "provider"
    if by_library:
        return by_library, "library"
    hidden = next((name for name in ("provider", "library") if _is_hidden(values[name])), None)
    return (_NOT_SAID_YET, hidden) if hidden and sender.get("route") is None else None


def _is_cloud(provider: str | None, integration: str | None) -> bool:
    return (provider or "").lower() == EVOLUTION and (integration or "").lower() == "cloud_api"


def _library_of(provider: str | None, providers: ProviderTable) -> str | None:
    entry = providers.providers.get((provider or "").lower())
    return entry.get("library") if entry else None


def _with_library(campaign: Campaign, providers: ProviderTable) -> Campaign:
    """Return a campaign with the library that its provider runs, where that is how its messages go."""
    sender = campaign.data["sender"]
    provider, library, route = sender.get("provider"), sender.get("library"), sender.get("route")
    if not isinstance(provider, str) or not isinstance(route, str) or route not in UNOFFICIAL:
        return campaign
    known = _library_of(provider, providers)
    if known is None or not (library is None or library in _NOTHING_THERE):
        return campaign
    return _taking_after(campaign, "library", known, "provider")


def _taking_after(campaign: Campaign, name: str, value: Any, other: str) -> Campaign:
    """Return a campaign with a field of the sender that follows from another one, and stands where that one does."""
    path: Pointer = ("sender", name)
    source: Pointer = ("sender", other)
    data = {**campaign.data, "sender": {**campaign.data["sender"], name: value}}
    evidence = {path: campaign.evidence[source]} if source in campaign.evidence else {}
    return _changed(campaign, data, {path: campaign.place(source)}, evidence)


def _changed(
    campaign: Campaign, data: Mapping[str, Any], places: Mapping[Pointer, Place], evidence: Mapping[Pointer, str]
) -> Campaign:
    """Return a campaign with other data, and the places and the evidence of what is new in it."""
    return campaign._replace(
        data=data, places={**campaign.places, **places}, evidence={**campaign.evidence, **evidence}
    )
