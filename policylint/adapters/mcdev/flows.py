"""Journeys and automations → a record for each activity that sends or enters people into a journey."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, mappings, readable, text_of
from policylint.adapters.mcdev.sends import Letterhead, put_excluded, put_letterhead
from policylint.adapters.mcdev.shapes import BY_EVENT, CARRIES, IN_ASSET
from policylint.model.source import NOT_CARRIED, Document, Pointer, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

_MESSAGE: Pointer = ("messages", 0)
_KIND_IN_ASSET = Unknown("the asset that is sent says whether it is a template")
_WINDOWS_ZONE = Unknown("a Windows name of a time zone")
_IN_JOURNEY = Unknown("the journey that it enters people into says the channel")
_ANOTHER_ENTRY = Unknown("an entry source that is not known")

# Journey Builder's names of activities, as journeys and the history API have them, by how they begin.
_ACTIVITIES = re.compile(
    r"(?P<whatsapp>whatsapp)|(?P<email>email)|(?P<sms>sms)|(?P<push>(?:mobile)?push|inbox|inapp)|(?P<line>line)",
    re.IGNORECASE,
)
_AUDIENCES = re.compile(r"audience\Z", re.IGNORECASE)
_EVENTS = re.compile(
    r"(?:api|contact)?event\Z|transactional-api\Z|salesforceobjecttrigger|salesforcedata", re.IGNORECASE
)
_STOPPED = frozenset(["draft", "stopped", "paused", "unpublished", "cancelled", "canceled", "deleted"])

# What the editor of the exclusion script shows until someone writes one.
_COMMENT = re.compile(r"/\*[^*]*\*/")

_LETTERHEAD = Letterhead(("dynamicEmailSubject", "emailSubject"), "fromName", "fromEmail")

# Automation.definition.js names the activities of automations.
_SENDING = {"emailSend": "email", "emailSendDefinition": "email", "sms": "sms", "push": "push"}
_ENTERING = frozenset(["fireEvent", "journeyEntry", "journeyEntryOld", "interactions"])
_NAMES_CHANNEL = re.compile(
    r"(?P<whatsapp>whats\s?-?app)|(?<![a-z])(?:(?P<sms>sms)|(?P<push>push)|(?P<email>e-?mails?))(?![a-z])",
    re.IGNORECASE,
)
# Journeys may also only write into the CRM; the name of the event is all that tells it.
_NAMES_DATA = re.compile(r"(?<![a-z])(?:tasks?|sync|import|export|clean-?up)(?![a-z])", re.IGNORECASE)
# An import, a query or a filter before them that reads who agreed.
_OPT_IN = re.compile(r"(?<![a-z])(?:opt[-_ ]?in|consent(?:s|ed)?)(?![a-z])", re.IGNORECASE)
_SWITCHED_OFF = frozenset(["pausedschedule", "stopped", "building", "buildingerror", "error", "inactivetrigger"])
# The day that Automation Studio writes for "no end".
_NEVER = "2079-06-06"


# --- journeys -----------------------------------------------------------------------------------------------------


def journey_campaigns(document: Document) -> Iterator[Campaign]:
    """Yield a record for each activity of a journey that sends a message."""
    for index, activity in mappings(document.data["activities"]):
        kind = activity.get("type")
        found = _ACTIVITIES.match(kind) if isinstance(kind, str) else None
        if found is not None and found.lastgroup is not None:
            yield _of_activity(document, activity, ("activities", index), found.lastgroup)


def _of_activity(document: Document, activity: Mapping[str, Any], at: Pointer, channel: str) -> Campaign:
    data = document.data
    step = label(activity.get("name"), activity.get("key"), activity.get("type"))
    draft = Draft(document, f"{label(data.get('name'), data.get('key'))} › {step}", _named_at(activity, at))
    if text_of(data, "name") is not None:
        draft.put(("name",), data["name"], ("name",))
    draft.put(("channel",), channel, (*at, "type"))
    _put_entry(draft)
    if str(data.get("status")).lower() in _STOPPED:
        draft.put(("enabled",), value=False, at=("status",))
    if channel == "whatsapp":
        draft.put(("sender", "product"), "business_platform", (*at, "type"))
        draft.put((*_MESSAGE, "kind"), _KIND_IN_ASSET, (*at, "type"))
        draft.put((*_MESSAGE, "template"), _KIND_IN_ASSET)
    else:
        draft.put((*_MESSAGE, "kind"), "freeform", (*at, "type"))
    _put_text(draft, activity, at, channel)
    if channel == "email":
        send, below = _send_of(activity, at)
        put_letterhead(draft, send, below, _LETTERHEAD)
        put_excluded(draft, _excluded(send, below))
    return draft.campaign("mcdev", CARRIES)


def _named_at(activity: Mapping[str, Any], at: Pointer) -> Pointer:
    """Return where an activity says what it is called."""
    found = text_of(activity, "name", "r__key", "key")
    return (*at, found[0]) if found else at


def _put_entry(draft: Draft) -> None:
    """Put who enters the journey: a list of people, or one person for each event."""
    found = next(mappings(draft.document.data["triggers"]), None)
    kind = found[1].get("type") if found else None
    at: Pointer = ("triggers", found[0], "type") if found else ("triggers",)
    if isinstance(kind, str) and _AUDIENCES.search(kind):
        draft.put(("direction",), "push", at)
        draft.put(("audience", "selection"), "list", at)
    elif isinstance(kind, str) and _EVENTS.match(kind):
        draft.put(("direction",), "push", at)
        draft.put(("audience", "selection"), BY_EVENT, at)
    else:
        draft.put(("direction",), _ANOTHER_ENTRY, at)
        draft.put(("audience", "selection"), _ANOTHER_ENTRY, at)


def _put_text(draft: Draft, activity: Mapping[str, Any], at: Pointer, channel: str) -> None:
    store = mapping(mapping(activity.get("metaData")).get("store"))
    found = text_of(store, "selectedContentBuilderMessage") if channel == "sms" else None
    if found is not None:
        draft.put((*_MESSAGE, "body"), readable(found[1]), (*at, "metaData", "store", found[0]))
    else:
        draft.put((*_MESSAGE, "body"), IN_ASSET)


def _send_of(activity: Mapping[str, Any], at: Pointer) -> tuple[Mapping[str, Any], Pointer]:
    send = mapping(mapping(activity.get("configurationArguments")).get("triggeredSend"))
    return send, (*at, "configurationArguments", "triggeredSend")


def _excluded(send: Mapping[str, Any], at: Pointer) -> list[tuple[str | Unknown, Pointer]]:
    """Return whom the send of an activity leaves out: lists by name or by number, and a script."""
    found: list[tuple[str | Unknown, Pointer]] = []
    for holder, field in (("r__list_PathName", "suppressionLists"), ("r__dataExtension_key", "domainExclusions")):
        for fields, below in ((mapping(send.get(holder)), (*at, holder, field)), (send, (*at, field))):
            listed = fields.get(field)
            for index, name in enumerate(listed if isinstance(listed, list) else ()):
                found.append((name if isinstance(name, str) else NOT_CARRIED, (*below, index)))
    script = text_of(send, "exclusionFilter")
    if script is not None and not _COMMENT.fullmatch(script[1].strip()):
        found.append((script[0], (*at, script[0])))
    return found


# --- automations --------------------------------------------------------------------------------------------------


def automation_campaigns(document: Document) -> Iterator[Campaign]:
    """Yield a record for each activity of an automation that sends, or enters people into a journey.

    An automation often repeats its activities to run more than once an hour: each counts once.
    """
    seen: set[tuple[str, str]] = set()
    consent: _Activity | None = None
    for at, activity in _activities(document):
        kind = activity.get("r__type")
        if not isinstance(kind, str):
            continue
        name = label(activity.get("name"), activity.get("r__key"), kind)
        if (kind, name) in seen:
            continue
        seen.add((kind, name))
        found = _Activity(name, _named_at(activity, at))
        if kind in _SENDING:
            yield _sending(document, found, consent, _SENDING[kind])
        elif kind in _ENTERING:
            yield from _entering(document, found, consent)
        elif consent is None and _OPT_IN.search(name):
            consent = found


def _activities(document: Document) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    for index, step in mappings(document.data["steps"]):
        for inner, activity in mappings(step.get("activities")):
            yield ("steps", index, "activities", inner), activity


class _Activity(NamedTuple):
    """What an automation calls an activity, and where."""

    name: str
    at: Pointer

    def is_for(self, channel: str | Unknown) -> bool:
        """Tell whether its name speaks of a channel, or of none."""
        found = _NAMES_CHANNEL.search(self.name)
        return found is None or isinstance(channel, Unknown) or found.lastgroup == channel


def _run(document: Document, activity: _Activity, consent: _Activity | None, channel: str | Unknown) -> Draft:
    data, at = document.data, activity.at
    draft = Draft(document, f"{label(data.get('name'), data.get('key'))} › {activity.name}", at)
    if text_of(data, "name") is not None:
        draft.put(("name",), data["name"], ("name",))
    draft.put(("channel",), channel, at)
    draft.put(("direction",), "push", at)
    draft.put(("audience", "selection"), "list", at)
    if str(data.get("status")).lower() in _SWITCHED_OFF:
        draft.put(("enabled",), value=False, at=("status",))
    if consent is not None and consent.is_for(channel):
        draft.put(("consent", "evidence"), consent.name, consent.at)
    _put_schedule(draft)
    return draft


def _put_schedule(draft: Draft) -> None:
    schedule = mapping(draft.document.data.get("schedule"))
    for field, name in (("start", "startDate"), ("end", "endDate"), ("recurrence", "icalRecur")):
        found = text_of(schedule, name)
        if found is not None and not found[1].startswith(_NEVER):
            draft.put(("schedule", field), found[1], ("schedule", name))
    if text_of(schedule, "timezoneName") is not None:
        draft.put(("schedule", "timezone"), _WINDOWS_ZONE, ("schedule", "timezoneName"))


def _sending(document: Document, activity: _Activity, consent: _Activity | None, channel: str) -> Campaign:
    draft = _run(document, activity, consent, channel)
    draft.put((*_MESSAGE, "kind"), "freeform", activity.at)
    draft.put((*_MESSAGE, "body"), IN_ASSET)
    return draft.campaign("mcdev", CARRIES)


def _entering(document: Document, activity: _Activity, consent: _Activity | None) -> Iterator[Campaign]:
    """Yield the set-up of a journey, unless it writes records: its channel may be in the event's name."""
    found = _NAMES_CHANNEL.search(activity.name)
    channel = found.lastgroup if found is not None else None
    if channel is None and _NAMES_DATA.search(activity.name):
        return
    draft = _run(document, activity, consent, channel or _IN_JOURNEY)
    draft.data["kind"] = "setup"
    draft.data["messages"] = None
    told = "the channel is taken from the event's name" if channel else "the journey says the channel too"
    draft.note(f"it enters people into a journey, which holds the messages; {told}")
    yield draft.campaign("mcdev", CARRIES)
