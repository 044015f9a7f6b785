"""Content templates of Twilio → one template record each: resources of the Content API, or a map of names to SIDs.

Recognised: mappings with ``types`` whose keys are content types (``twilio/text``, ``whatsapp/card``), alone, listed or
up to three levels below the root; or a mapping in which every value is a Content SID (``HX…``). Known: texts, buttons,
samples and language, and what the approval for WhatsApp says where it is there. Unknown: the channel, as most content
types go out on several, unless a type, an approval or a category is WhatsApp's; name and category before the content is
submitted; of a SID all but the name that the file gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, mappings
from policylint.extensions import Adapted, Adapter
from policylint.model.source import Unknown, value_at
from policylint.parse.escapes import says_any

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable

CARRIES = ("name", "messages.kind", "messages.language", "messages.body")

EXAMPLE = """\
{
  "friendly_name": "table_ready",
  "language": "en",
  "variables": {"1": "Ada", "2": "7 pm"},
  "types": {
    "twilio/quick-reply": {
      "body": "Hello {{1}}, your table is ready at {{2}}. Are you on your way?",
      "actions": [{"title": "Yes", "id": "yes"}, {"title": "Cancel", "id": "cancel"}]
    },
    "twilio/text": {"body": "Hello {{1}}, your table is ready at {{2}}. Reply YES or CANCEL."}
  }
}
"""

MANY_CHANNELS = Unknown("content templates go out by SMS, RCS, WhatsApp and Messenger")
AT_TWILIO = Unknown("it is at Twilio; the file has only the SID")
NOT_SUBMITTED = Unknown("it is given when the content is submitted to WhatsApp")
CARDS = Unknown("the cards of a carousel are not read")

_TYPE = re.compile(r"(?:twilio|whatsapp)/[a-z-]+")
_SID = re.compile(r"HX[0-9a-fxA-FX]{32}")  # x: blanked out in examples
_DEPTH = 3
_FOREIGN = frozenset(["openapi", "swagger", "nodes", "info", "properties", "campaign"])
_CATEGORIES = frozenset(["marketing", "utility", "authentication"])
_CHANNELS = frozenset(["whatsapp", "sms", "rcs", "messenger"])
# Richest first: Twilio sends the most complex type that the channel supports.
_ORDER = (
    *("whatsapp/authentication", "whatsapp/flows", "twilio/flows", "twilio/carousel", "whatsapp/card", "twilio/card"),
    *("twilio/catalog", "twilio/call-to-action", "twilio/quick-reply", "twilio/list-picker", "twilio/pay"),
    *("twilio/location", "twilio/media", "twilio/text"),
)


# --- recognition -------------------------------------------------------------------------------------------------


def recognises(document: Document) -> bool:
    """Tell whether a document holds content templates or the SIDs of some."""
    return _is_sid_map(document) or next(_contents(document), None) is not None


def _contents(document: Document) -> Iterator[Pointer]:
    if says_any(document.text, ["types"]) and says_any(
        document.text, ["twilio/", "whatsapp/"]
    ):  # spares the walk through other files
        yield from _found_in(document.data, ())


def _found_in(data: Any, at: Pointer) -> Iterator[Pointer]:
    if _is_content(data):
        yield at
    elif len(at) > _DEPTH:
        return
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _found_in(item, (*at, index))
    elif isinstance(data, dict) and data.keys().isdisjoint(_FOREIGN):
        for key, item in data.items():
            if isinstance(item, (dict, list)):
                yield from _found_in(item, (*at, key))


def _is_content(data: Any) -> bool:
    types = mapping(data).get("types")
    return isinstance(types, dict) and any(
        isinstance(key, str) and _TYPE.fullmatch(key) and isinstance(value, dict) for key, value in types.items()
    )


def _is_sid_map(document: Document) -> bool:
    return document.dialect in ("json", "yaml", "toml") and _is_map(document.data)


def _is_map(data: Any, depth: int = 0) -> bool:
    """Tell whether every value is a Content SID, or a mapping of such; keys that begin with _ or $ are remarks."""
    if not isinstance(data, dict) or depth > 2:
        return False
    values = [value for key, value in data.items() if isinstance(key, str) and not key.startswith(("_", "$"))]
    return bool(values) and all(_is_sid(value) or _is_map(value, depth + 1) for value in values)


def _is_sid(value: Any) -> bool:
    return isinstance(value, str) and _SID.fullmatch(value) is not None


# --- records -----------------------------------------------------------------------------------------------------


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return a record for each template of a document."""
    if _is_sid_map(document):
        drafts = [_of_sid(document, pointer) for pointer in _sids(document.data, ())]
    else:
        drafts = [_of_content(document, pointer) for pointer in _contents(document)]
    return Adapted([draft.campaign("twilio-content", CARRIES) for draft in drafts])


def _sids(data: Mapping[str, Any], at: Pointer) -> Iterator[Pointer]:
    for key, value in data.items():
        if _is_sid(value):
            yield (*at, key)
        elif isinstance(value, dict):
            yield from _sids(value, (*at, key))


def _of_sid(document: Document, at: Pointer) -> Draft:
    name = "/".join(str(step) for step in at)
    draft = _draft(document, name, at)
    draft.put(("name",), name, at)
    is_named = re.search(r"whats\s?app", name, re.IGNORECASE) is not None
    _put_channel(draft, "whatsapp" if is_named else None, at)
    for field in ("category", "language", "template", "body"):
        draft.put(("messages", 0, field), AT_TWILIO)
    draft.note(f"content template {value_at(document.data, at)}")
    draft.note("text, category and approval are at Twilio, not in the file")
    return draft


def _of_content(document: Document, at: Pointer) -> Draft:
    data = value_at(document.data, at)
    field = "friendly_name" if "friendly_name" in data else "friendlyName"
    stem = document.path.rsplit("/", 1)[-1].partition(".")[0]
    draft = _draft(document, label(data.get(field), data.get("name"), data.get("sid"), stem), at)
    if isinstance(data.get(field), str):
        draft.put(("name",), data[field], (*at, field))
    approval, approval_at = _approval(data, at)
    kind = _kind(data["types"])
    _put_channel(draft, *_channel(data, kind, approval, at))
    if isinstance(data.get("language"), str) and data["language"]:
        draft.put(("messages", 0, "language"), data["language"], (*at, "language"))
    _put_approval(draft, approval, approval_at, kind)
    draft.put(("messages", 0, "body"), None)
    _put_components(draft, data, kind, (*at, "types", kind))
    return draft


def _draft(document: Document, name: str, at: Pointer) -> Draft:
    draft = Draft(document, name, at)
    draft.put(("kind",), "template")
    draft.put(("sender", "provider"), "twilio", at)
    draft.put(("messages", 0, "kind"), "template", at)
    draft.point(("messages",), at)
    return draft


def _put_channel(draft: Draft, channel: str | None, at: Pointer) -> None:
    draft.put(("channel",), channel or MANY_CHANNELS, at)
    if channel is None:
        draft.note(MANY_CHANNELS.why)
    elif channel == "whatsapp":
        draft.put(("sender", "product"), "business_platform", at)


def _kind(types: Mapping[str, Any]) -> str:
    """Return the content type that is sent where the channel has it."""
    known = [kind for kind in _ORDER if isinstance(types.get(kind), dict)]
    others = (key for key, value in types.items() if isinstance(key, str) and "/" in key and isinstance(value, dict))
    return known[0] if known else next(others)


def _channel(
    data: Mapping[str, Any], kind: str, approval: Mapping[str, Any], at: Pointer
) -> tuple[str | None, Pointer]:
    if kind.startswith("whatsapp/"):
        return "whatsapp", (*at, "types", kind)
    said = str(data.get("channel")).lower()
    if said in _CHANNELS:
        return said, (*at, "channel")
    # Only WhatsApp has approvals with a category.
    return ("whatsapp" if str(approval.get("category")).lower() in _CATEGORIES else None), at


# --- the approval ------------------------------------------------------------------------------------------------

_APPROVALS = ("approval_requests", "approvalRequests", "approval_request", "approval", "whatsapp_approval", "whatsapp")
# Twilio's words for statuses of Meta.
_STATUSES = {"unsubmitted": "draft", "received": "pending"}


def _approval(data: Mapping[str, Any], at: Pointer) -> tuple[Mapping[str, Any], Pointer]:
    """Return what is said of the approval for WhatsApp: by the API beside the content, or by the content itself."""
    for key in _APPROVALS:
        value, pointer = data.get(key), (*at, key)
        if isinstance(value, list):
            index, value = next(mappings(value), (0, None))
            pointer = (*pointer, index)
        if isinstance(value, dict):
            inner = value.get("whatsapp")
            return (inner, (*pointer, "whatsapp")) if isinstance(inner, dict) else (value, pointer)
    return ({key: data[key] for key in ("category", "status", "name") if key in data} if "category" in data else {}), at


def _put_approval(draft: Draft, approval: Mapping[str, Any], at: Pointer, kind: str) -> None:
    category, status, name = (approval.get(key) for key in ("category", "status", "name"))
    to: Pointer = ("messages", 0)
    if kind == "whatsapp/authentication":
        draft.put((*to, "category"), "authentication", draft.places["channel",].pointer)
    elif isinstance(category, str) and category.lower() in _CATEGORIES:
        draft.put((*to, "category"), category, (*at, "category"))
    else:
        draft.put((*to, "category"), NOT_SUBMITTED)
    draft.put((*to, "template", "name"), name if isinstance(name, str) and name else NOT_SUBMITTED, (*at, "name"))
    if isinstance(status, str) and status:
        draft.put((*to, "template", "status"), _STATUSES.get(status.lower(), status), (*at, "status"))
    allowed = approval.get("allow_category_change")
    if isinstance(allowed, bool):
        draft.put((*to, "template", "allow_category_change"), allowed, (*at, "allow_category_change"))


# --- texts and buttons, in Meta's shape --------------------------------------------------------------------------

_PARAMETER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_FORMATS = {"jpg": "IMAGE", "jpeg": "IMAGE", "png": "IMAGE", "mp4": "VIDEO", "3gp": "VIDEO", "pdf": "DOCUMENT"}
_BUTTONS = {"QUICK_REPLY": None, "URL": "url", "PHONE_NUMBER": "phone_number", "COPY_CODE": None, "VOICE_CALL": None}


def _put_components(draft: Draft, data: Mapping[str, Any], kind: str, at: Pointer) -> None:
    content, samples = data["types"][kind], mapping(data.get("variables"))
    to: Pointer = ("messages", 0, "template", "components")
    if kind == "twilio/carousel":
        draft.put(to, CARDS, at)
        return
    draft.put(to, [], at)
    for component, pointer in _components(kind, content, samples, at):
        index = len(draft.data["messages"][0]["template"]["components"])
        draft.data["messages"][0]["template"]["components"].append(component)
        draft.point((*to, index), pointer)
        if "text" in component:
            draft.point((*to, index, "text"), pointer)
        for number in range(len(component.get("buttons", ()))):
            draft.point((*to, index, "buttons", number), (*pointer, number))
            draft.point((*to, index, "buttons", number, "text"), (*pointer, number, "title"))


def _components(
    kind: str, content: Mapping[str, Any], samples: Mapping[str, Any], at: Pointer
) -> Iterator[tuple[dict[str, Any], Pointer]]:
    """Yield what a content type becomes at Meta, with its place: of a card the title is the text."""
    header, media = content.get("header_text"), content.get("media")
    if isinstance(header, str) and header:
        yield _text("HEADER", header, samples, format="TEXT"), (*at, "header_text")
    elif (address := next(iter(media), None) if isinstance(media, list) else media) and isinstance(address, str):
        shown = _FORMATS.get(re.split(r"[?#]", address)[0].rpartition(".")[2].lower())
        if shown is not None:
            yield {"type": "HEADER", "format": shown, "example": {"header_handle": [address]}}, (*at, "media")
    if kind == "whatsapp/authentication":
        yield from _authentication(content, at)
        return
    for component, fields in (("BODY", ("body", "title")), ("FOOTER", ("footer", "subtitle"))):
        field = next((name for name in fields if isinstance(content.get(name), str) and content[name]), None)
        if field is not None:
            yield _text(component, content[field], samples), (*at, field)
    buttons = [_button(action, samples) for _, action in mappings(content.get("actions"))]
    if buttons:
        yield {"type": "BUTTONS", "buttons": buttons}, (*at, "actions")


def _text(component: str, text: str, samples: Mapping[str, Any], **more: str) -> dict[str, Any]:
    """Return a component with a text, and with samples where the file has one for each of its parameters."""
    made: dict[str, Any] = {"type": component, **more, "text": text}
    found = [samples.get(name) for name in dict.fromkeys(_PARAMETER.findall(text))]
    if found and all(isinstance(sample, (str, int)) and str(sample) for sample in found):
        values = [str(sample) for sample in found]
        made["example"] = {"body_text": [values]} if component == "BODY" else {f"{component.lower()}_text": values}
    return made


def _button(action: Mapping[str, Any], samples: Mapping[str, Any]) -> dict[str, Any]:
    kind = action.get("type")
    kind = kind.upper() if isinstance(kind, str) else "QUICK_REPLY"
    button: dict[str, Any] = {"type": kind, "text": action.get("title")}
    field = _BUTTONS.get(kind)
    value = action.get("phone" if field == "phone_number" else "url")
    if field is not None and isinstance(value, str):
        button[field] = value
        names = _PARAMETER.findall(value)
        if names and all(isinstance(samples.get(name), str) for name in names):
            button["example"] = [_PARAMETER.sub(lambda match: str(samples[match.group(1)]), value)]
    return {key: value for key, value in button.items() if value is not None}


def _authentication(content: Mapping[str, Any], at: Pointer) -> Iterator[tuple[dict[str, Any], Pointer]]:
    """Yield the components of a one-time code, of which the texts are Meta's own."""
    said = content.get("add_security_recommendation")
    yield {"type": "BODY", **({"add_security_recommendation": said} if isinstance(said, bool) else {})}, at
    minutes = str(content.get("code_expiration_minutes"))
    if re.fullmatch(r"[0-9]{1,6}", minutes):
        yield {"type": "FOOTER", "code_expiration_minutes": int(minutes)}, (*at, "code_expiration_minutes")
    texts = [action.get("copy_code_text") for _, action in mappings(content.get("actions"))]
    buttons = [{"type": "OTP", "otp_type": "COPY_CODE", **({"text": text} if text else {})} for text in texts]
    if buttons:
        yield {"type": "BUTTONS", "buttons": buttons}, (*at, "actions")


ADAPTER = Adapter(
    name="twilio-content",
    title="Twilio content templates",
    signs="`types` with keys such as twilio/text or whatsapp/card; or a mapping of names to Content SIDs (HX…)",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
