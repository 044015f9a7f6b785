"""Native campaign files: the record itself, written down as YAML or JSON.

Recognised: a mapping with a ``campaign`` key that holds a text or number beside other fields of a campaign that sends,
as long as they hold what they hold in the record and no more keys are foreign to it; where it holds anything else,
beside a channel of ours and fields that mostly fit; or ``campaigns:`` with a list of
such mappings. Known: every field; one left out is absent. Unknown: placeholders and tags.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from policylint.adapters.conformity import disagreements
from policylint.errors import did_you_mean
from policylint.extensions import Adapted, Adapter
from policylint.model.campaign import Campaign
from policylint.model.phrase import phrase
from policylint.model.source import Document, Place, Pointer, Problem, Unknown
from policylint.record import record_schema
from policylint.schema import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policylint.record import ProviderTable

# Fields of the record that games, physics and advertising have too, as words and numbers or with other meanings.
_TELLING = (
    *("purpose", "direction", "sender", "audience", "consent", "opt_out", "message", "messages", "schedule"),
    "automation",
)
# Fields that any file may have: they speak neither for nor against a campaign of ours.
_COMMON = frozenset(["campaign", "channel", "name", "kind", "enabled", "business", "groups", "commerce", "budget"])
# What stands beside a campaign and a channel in links with UTM parameters and in reports of what they brought.
_OF_LINKS = frozenset(["url", "link", "source", "medium", "utm_source", "utm_medium", "clicks", "spend", "conversions"])


def recognises(document: Document) -> bool:
    """Tell whether a document is a native campaign or a list of them."""
    data = document.data
    if not isinstance(data, dict):
        return False
    return _is_campaign(data) or bool(_listed(data))


def _is_campaign(data: Any) -> bool:
    """Tell whether a mapping is a campaign of ours, not a link with UTM parameters, a game or an ad."""
    if not isinstance(data, dict) or "campaign" not in data:
        return False
    has_id = type(data["campaign"]) in (str, int)
    if len(data) == 1:
        return has_id
    of_channel = _fits("channel", data.get("channel"))
    told = [name for name in _TELLING if data.get(name) is not None]
    if has_id and of_channel is not False and any(_fits(name, data[name]) for name in told):
        return True
    fits = [_fits(name, data[name]) for name in told]
    fitting, misfits = fits.count(True), fits.count(False)
    if not has_id:  # left empty, a number with a point, a tag: said of what is a campaign of ours by all else
        return fitting > misfits and of_channel is True
    strange = sum(_is_strange(str(key)) for key in data)
    if of_channel:
        return strange <= misfits + 1 and _OF_LINKS.isdisjoint(data)
    return fitting > misfits + strange or ("channel" in data and not misfits and not strange)


def _fits(name: str, value: Any) -> bool | None:
    """Tell whether a field holds what it holds in the record; None where it is open."""
    if isinstance(value, Unknown) or holds_placeholder(value):
        return None
    field = record_schema().field((name,))
    if field is None or field.enum:
        return field is not None and isinstance(value, str) and value.lower() in (field.enum or ())
    if field.of_objects:
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return isinstance(value, dict)


def _is_strange(key: str) -> bool:
    """Tell whether the record has no field of a name, nor one that it may be a slip of."""
    if key in _COMMON or key in _TELLING or key.startswith("x-"):
        return False
    return not did_you_mean(key, _TELLING)


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
        [("campaigns", index) for index in range(len(data["campaigns"]))]
        if _listed(data) and not _is_campaign(data)
        else [()]
    )
    campaigns: list[Campaign] = []
    problems: list[Problem] = []
    for pointer in pointers:
        record = data if not pointer else data["campaigns"][pointer[1]]
        if not isinstance(record, dict):
            message = phrase("entry {number} of campaigns is not a mapping", number=pointer[1])
            problems.append(Problem("schema", message, document.region(pointer), pointer=pointer))
            continue
        problems.extend(disagreements(record, partial(_place, document, pointer)))
        campaigns.append(_campaign(document, record, pointer))
    return Adapted(campaigns, problems)


def _place(document: Document, pointer: Pointer, path: Pointer) -> Place:
    return Place(document, (*pointer, *path))


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


_CARRIES = (
    *("kind", "name", "enabled", "channel", "purpose", "direction", "sender", "business", "audience", "consent"),
    *(
        "opt_out",
        "message",
        "messages",
        "schedule",
        "automation",
        "groups",
        "commerce",
        "budget",
        "description",
        "step",
    ),
)
"""All of the record: see ``schemas/campaign.schema.json``."""
_EXAMPLE = """\
campaign: autumn-2026
name: Autumn offers
channel: whatsapp
purpose: promotion
sender: {product: business_platform, provider: 360dialog}
audience:
  source: web_form
  countries: [DE, AT]
  suppression_lists: [crm.whatsapp_optouts]
consent: {obtained: true, source: web_form, names_business: true, evidence: crm.consent_log}
opt_out: {keywords: [STOP], in_message: true}
messages:
  - kind: template
    category: marketing
    language: de
    template: {name: autumn_offer, status: approved}
schedule: {start: 2026-12-01T09:00, timezone: Europe/Berlin}
"""

ADAPTER = Adapter(
    name="native",
    title="policylint campaign file",
    signs="a mapping with `campaign` beside channel, sender, audience, …; or a list of them under `campaigns`",
    recognises=recognises,
    adapt=adapt,
    carries=_CARRIES,
    example=_EXAMPLE,
)
