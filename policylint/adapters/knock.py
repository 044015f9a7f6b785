"""Knock workflows and broadcasts, as its CLI and its API keep them → one record for each channel step.

Recognised: an object with ``steps``, of which one is a channel step, or with Knock's schema. Known: the channel,
WhatsApp templates by their payload, that we write first, texts (those in files beside it with their place there),
whether it is commercial. Unknown: the recipients of a workflow, whom the trigger names; texts of files that are not
there; what an e-mail layout adds. A workflow runs for one person at a time; a broadcast goes to an audience.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, mappings, readable, text_of
from policylint.extensions import Adapted, Adapter
from policylint.model.source import Document, Pointer, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.record import ProviderTable, Sign

CARRIES = ("name", "channel", "messages.kind", "messages.body", "messages.template.name", "messages.language")

_MESSAGE: Pointer = ("messages", 0)
_BY_TRIGGER = Unknown("whoever the trigger names, one run for each")
_CHAT = Unknown("a chat app that Knock's settings name")
_FEED = Unknown("a feed inside the product, no messaging channel")
_NOT_SAID = Unknown("the step does not say its channel")
_NOT_COMMERCIAL = Unknown("it is not marked as commercial, and its categories name no purpose")
_FROM_BLOCKS = Unknown("the text is put together from blocks")
_IN_LAYOUT = Unknown("the layout around the text may hold a link to unsubscribe")

_CHANNELS: Mapping[str, str | Unknown] = {
    "email": "email",
    "sms": "sms",
    "push": "push",
    "chat": _CHAT,
    "in_app_feed": _FEED,
}
"""Types of channels that carry messages; a guide is part of the product's own pages, `http` calls any server."""

# Older files name only the channel; Knock's own names of steps begin with its type: `email_1`, `sms_2`.
_REF = re.compile(r"(email|sms|push|chat|in_app_feed|in_app_guide|http)_\d+\Z")
_WHATSAPP = re.compile(r"whats[-_]?app", re.IGNORECASE)
_UNSUBSCRIBE = re.compile(r"commercial_unsubscribe_url|manage_preferences_url")
# A payload in which Liquid stands is no JSON.
_TEMPLATE_NAME = re.compile(r'"template"\s*:\s*\{\s*"name"\s*:\s*"(?P<name>[^"]*)"')
_LANGUAGE = re.compile(r'"language"\s*:\s*\{[^{}]*?"code"\s*:\s*"(?P<code>[^"]*)"')
_PURPOSES = {
    "newsletter": "newsletter",
    "newsletters": "newsletter",
    "marketing": "promotion",
    "promotion": "promotion",
    "promotional": "promotion",
    "promotions": "promotion",
}
"""Categories that say what a workflow is for; most are names that a team makes up."""


def recognises(document: Document) -> bool:
    """Tell whether a document is a workflow or a broadcast."""
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("steps"), list):
        return False
    schema = data.get("$schema")
    if isinstance(schema, str) and "schemas.knock.app" in schema:
        return True
    return any(_is_channel_step(step) for _, step in _steps(data["steps"], ("steps",)))


def _is_channel_step(step: Mapping[str, Any]) -> bool:
    fields = ("channel_key", "channel_group_key", "channel_type", "guide_key")
    return step.get("type") == "channel" and any(isinstance(step.get(field), str) for field in fields)


def _steps(steps: Any, at: Pointer) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Yield the steps in their order, those of branches and cohorts too."""
    for index, step in mappings(steps):
        yield (*at, index), step
        for holder in ("branches", "cohort_branches"):
            for branch_index, branch in mappings(step.get(holder)):
                yield from _steps(branch.get("steps"), (*at, index, holder, branch_index, "steps"))


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the records of the channel steps."""
    found = []
    for at, step in _steps(document.data["steps"], ("steps",)):
        campaign = _campaign(_Step(document, at, step), providers)
        if campaign is not None:
            found.append(campaign)
    return Adapted(found)


class _Content(NamedTuple):
    """A text of a template: as written, or from the file beside the workflow."""

    text: str | Unknown
    at: Pointer
    side: Document | None


class _Step(NamedTuple):
    """A step of a workflow and where it stands."""

    document: Document
    at: Pointer
    fields: Mapping[str, Any]

    @property
    def named_at(self) -> Pointer:
        """Where it says what it is called."""
        found = text_of(self.fields, "ref", "name")
        return (*self.at, found[0]) if found else self.at

    @property
    def template(self) -> tuple[Mapping[str, Any], Pointer]:
        """Its template and where that stands; in older files the one of the default language."""
        fields, at = mapping(self.fields.get("template")), (*self.at, "template")
        if isinstance(fields.get("default"), dict):
            return fields["default"], (*at, "default")
        return fields, at

    def content(self, *names: str) -> _Content | None:
        """Return the first text of the template that there is: inline, or in a file that its ``@`` field names."""
        fields, at = self.template
        for name in names:
            if isinstance(fields.get(name), str) and fields[name].strip():
                return _Content(fields[name], (*at, name), None)
            path = fields.get(f"{name}@")
            if isinstance(path, str) and path:
                side = self.document.beside(path)
                text = side.text if side else Unknown(f"the text stands in {path}, which cannot be read")
                return _Content(text, (*at, f"{name}@"), side)
        return None


def _campaign(step: _Step, providers: ProviderTable) -> Campaign | None:
    """Return the record of a step, None where it sends no message."""
    fields = step.fields
    if fields.get("type") == "http_fetch":
        return _request(step, mapping(fields.get("settings")), (*step.at, "settings"), providers)
    if fields.get("type") != "channel":
        return None
    kind = _channel_type(step)
    if kind == "http":
        return _request(step, *step.template, providers)
    if kind == "in_app_guide":
        return None
    payload = step.content("json_body") if kind == "chat" else None
    if kind == "chat" and _is_whatsapp(fields, payload):
        return _whatsapp(step, payload)
    draft = _draft(step)
    draft.put(("channel",), _CHANNELS.get(kind or "", _NOT_SAID), _channel_at(step))
    draft.put((*_MESSAGE, "kind"), "freeform", step.named_at)
    _put_body(draft, step, kind)
    _put_opt_out(draft, step, kind)
    return draft.campaign("knock", CARRIES)


def _channel_type(step: _Step) -> str | None:
    said = step.fields.get("channel_type")
    if isinstance(said, str):
        return said
    if isinstance(step.fields.get("guide_key"), str):
        return "in_app_guide"
    found = _REF.match(str(step.fields.get("ref")))
    if found is not None:
        return found.group(1)
    return "email" if "subject" in step.template[0] else None


def _channel_at(step: _Step) -> Pointer:
    field = next((name for name in ("channel_type", "channel_key", "ref") if name in step.fields), None)
    return (*step.at, field) if field else step.at


def _draft(step: _Step) -> Draft:
    """Return a record with what the whole workflow says."""
    data = step.document.data
    key = mapping(data.get("__readonly")).get("key")
    flow = label(data.get("name"), data.get("key"), key, "workflow")
    draft = Draft(step.document, f"{flow} › {label(step.fields.get('ref'), step.fields.get('name'))}", step.named_at)
    if text_of(data, "name") is not None:
        draft.put(("name",), data["name"], ("name",))
    draft.put(("direction",), "push", step.named_at)
    if _is_broadcast(data):
        _put_broadcast(draft, data)
    else:
        draft.put(("audience", "selection"), _BY_TRIGGER, step.named_at)
    _put_purpose(draft, data)
    if mapping(data.get("settings")).get("override_preferences") is True:
        draft.note("override_preferences is on: it goes to people who opted out too")
    return draft


def _is_broadcast(data: Mapping[str, Any]) -> bool:
    fields = ("target_audience_key", "scheduled_at", "sent_at")
    return "trigger_frequency" not in data and any(field in data for field in fields)


def _put_broadcast(draft: Draft, data: Mapping[str, Any]) -> None:
    audience: Pointer = ("target_audience_key",) if "target_audience_key" in data else ()
    draft.put(("audience", "selection"), "segment", audience)
    for field in ("scheduled_at", "sent_at"):
        if text_of(data, field) is not None:
            draft.put(("schedule", "start"), data[field], (field,))
            break
    if data.get("status") == "draft":
        draft.put(("enabled",), value=False, at=("status",))


def _put_purpose(draft: Draft, data: Mapping[str, Any]) -> None:
    """Put what it is for: promotion where it is marked as commercial, else what a category says."""
    if mapping(data.get("settings")).get("is_commercial") is True:
        draft.put(("purpose",), "promotion", ("settings", "is_commercial"))
        return
    draft.put(("purpose",), _NOT_COMMERCIAL)
    categories = data.get("categories")
    for index, category in enumerate(categories if isinstance(categories, list) else ()):
        purpose = _PURPOSES.get(category.strip().lower()) if isinstance(category, str) else None
        if purpose is not None:
            draft.put(("purpose",), purpose, ("categories", index))
            return


def _put_body(draft: Draft, step: _Step, kind: str | None) -> None:
    path = (*_MESSAGE, "body")
    names = ("html_body", "text_body") if kind == "email" else ("text_body", "markdown_body", "json_body")
    found = step.content(*names)
    fields, at = step.template
    blocks = next((name for name in ("visual_blocks", "visual_blocks@") if name in fields), None)
    if blocks is not None:
        draft.put(path, _FROM_BLOCKS, (*at, blocks))
    elif found is not None:
        _put_content(draft, path, found)


def _put_content(draft: Draft, path: Pointer, content: _Content) -> None:
    _put_from(draft, path, readable(content.text) if isinstance(content.text, str) else content.text, content)


def _put_from(draft: Draft, path: Pointer, value: Any, content: _Content, span: tuple[int, int] | None = None) -> None:
    """Put a value that a text holds, with its place in the workflow or in the file beside it."""
    if content.side is not None:
        draft.put_beside(path, value, content.side, span)
    else:
        draft.put(path, value, content.at, span)


def _put_opt_out(draft: Draft, step: _Step, kind: str | None) -> None:
    """Put the way out of e-mails: a link in the text, or the headers that Knock adds to what is commercial."""
    if kind != "email":
        return
    path: Pointer = ("opt_out", "in_message")
    content = step.content("html_body", "text_body")
    text = content.text if content is not None and isinstance(content.text, str) else ""
    link = _UNSUBSCRIBE.search(text)
    commercial = _commercial_at(step.document.data)
    fields, at = step.template
    if content is not None and link is not None:
        _put_from(draft, path, value=True, content=content, span=link.span())
    elif commercial is not None:
        draft.put(path, value=True, at=commercial)
    elif content is not None and isinstance(content.text, Unknown):
        draft.put(path, content.text, content.at)
    elif content is None or text_of(mapping(fields.get("settings")), "layout_key") is not None:
        draft.put(path, _IN_LAYOUT, (*at, "settings") if "settings" in fields else at)
    else:
        draft.put(path, None, at)


def _commercial_at(data: Mapping[str, Any]) -> Pointer | None:
    """Return what marks it as commercial, which broadcasts are unless they say otherwise."""
    said = mapping(data.get("settings")).get("is_commercial")
    if said is True:
        return ("settings", "is_commercial")
    return () if said is None and _is_broadcast(data) else None


# --- WhatsApp -----------------------------------------------------------------------------------------------------


def _is_whatsapp(fields: Mapping[str, Any], payload: _Content | None) -> bool:
    """Tell whether a chat step goes to WhatsApp: by the payload that Knock wants for it, or by the channel's name."""
    if any(_WHATSAPP.search(str(fields.get(name))) for name in ("channel_key", "channel_group_key")):
        return True
    text = payload.text if payload is not None and isinstance(payload.text, str) else ""
    return bool(_TEMPLATE_NAME.search(text) and _LANGUAGE.search(text))


def _whatsapp(step: _Step, payload: _Content | None) -> Campaign:
    """Return the record of a step that sends through Meta's API: a template as JSON, or a text."""
    draft = _draft(step)
    draft.put(("channel",), "whatsapp", _channel_at(step))
    draft.put(("sender", "provider"), "meta", _channel_at(step))
    draft.put(("sender", "product"), "business_platform", _channel_at(step))
    at = payload.at if payload is not None else step.named_at
    draft.put((*_MESSAGE, "kind"), Unknown("the payload does not show it"), at)
    draft.put((*_MESSAGE, "window"), "none", step.named_at)
    text = payload.text if payload is not None else None
    if payload is None:
        content = step.content("markdown_body", "text_body")
        if content is not None:
            draft.put((*_MESSAGE, "kind"), "freeform", content.at)
            _put_content(draft, (*_MESSAGE, "body"), content)
    elif isinstance(text, Unknown):
        draft.put((*_MESSAGE, "kind"), text, at)
        draft.put((*_MESSAGE, "body"), text, at)
        draft.put((*_MESSAGE, "template"), text, at)
    else:
        _put_payload(draft, payload, text or "")
    return draft.campaign("knock", CARRIES)


def _put_payload(draft: Draft, payload: _Content, text: str) -> None:
    """Put what a payload for Meta's API says."""
    name, language = _TEMPLATE_NAME.search(text), _LANGUAGE.search(text)
    if name is None:
        body = mapping(mapping(_decoded(text)).get("text")).get("body")
        if isinstance(body, str):
            draft.put((*_MESSAGE, "kind"), "freeform", payload.at)
            _put_from(draft, (*_MESSAGE, "body"), readable(body), payload)
        return
    draft.put((*_MESSAGE, "kind"), "template", payload.at)
    _put_from(draft, (*_MESSAGE, "template", "name"), name.group("name"), payload, name.span("name"))
    if language is not None:
        _put_from(draft, (*_MESSAGE, "language"), language.group("code"), payload, language.span("code"))


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


# --- requests -----------------------------------------------------------------------------------------------------


def _request(step: _Step, fields: Mapping[str, Any], at: Pointer, providers: ProviderTable) -> Campaign | None:
    """Return the record of a request to somebody who carries WhatsApp messages, None for any other request."""
    url = text_of(fields, "url")
    body = text_of(fields, "body", "json_body")
    sign: Sign | None = providers.url(url[1], body[1] if body else "") if url else None
    if url is None or sign is None or sign.route == "link":
        return None
    draft = _draft(step)
    draft.put_request(sign, url[1], (*at, url[0]))
    return draft.campaign("knock", CARRIES)


_EXAMPLE = """\
{
  "name": "Order shipped",
  "steps": [
    {
      "type": "branch",
      "ref": "branch_1",
      "branches": [
        {"name": "In a hurry", "steps": [
          {"type": "channel", "ref": "sms_1", "channel_type": "sms", "channel_key": "twilio",
           "template": {"text_body": "Your order {{ data.number }} is on its way."}}
        ]},
        {"name": "Default", "default": true, "steps": []}
      ]
    },
    {"type": "channel", "ref": "email_1", "channel_type": "email", "channel_key": "postmark",
     "template": {"subject": "On its way", "html_body@": "email_1/html_body.html"}}
  ]
}
"""

ADAPTER = Adapter(
    name="knock",
    title="Knock workflow or broadcast",
    signs="`steps`, or steps of a branch, of which one is of type `channel` with `channel_type` or `channel_key`",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
