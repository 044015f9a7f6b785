"""The steps of a workflow or a broadcast → campaign records: channel, recipients, purpose, texts, the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, text_of
from policylint.adapters.knock import CARRIES
from policylint.adapters.knock.steps import Step, steps_of
from policylint.adapters.knock.texts import UNSUBSCRIBE, put_content, put_from
from policylint.adapters.knock.whatsapp import is_whatsapp, put_whatsapp
from policylint.model.source import Pointer, Unknown

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document
    from policylint.record import ProviderTable, Sign

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
_PURPOSES = {
    "newsletter": "newsletter",
    "newsletters": "newsletter",
    "marketing": "promotion",
    "promotion": "promotion",
    "promotional": "promotion",
    "promotions": "promotion",
}
"""Categories that say what a workflow is for; most are names that a team makes up."""


def campaigns_of(document: Document, providers: ProviderTable) -> Iterator[Campaign]:
    """Yield the records of the channel steps, and of requests to those who carry WhatsApp messages."""
    for at, step in steps_of(document.data["steps"], ("steps",)):
        campaign = _campaign(Step(document, at, step), providers)
        if campaign is not None:
            yield campaign


def _campaign(step: Step, providers: ProviderTable) -> Campaign | None:
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
    if kind == "chat" and is_whatsapp(fields, payload):
        draft = _draft(step)
        put_whatsapp(draft, step, payload, _channel_at(step))
        return draft.campaign("knock", CARRIES)
    draft = _draft(step)
    draft.put(("channel",), _CHANNELS.get(kind or "", _NOT_SAID), _channel_at(step))
    draft.put((*_MESSAGE, "kind"), "freeform", step.named_at)
    if kind == "email":
        _put_subject(draft, step)
    _put_body(draft, step, kind)
    _put_opt_out(draft, step, kind)
    return draft.campaign("knock", CARRIES)


def _channel_type(step: Step) -> str | None:
    said = step.fields.get("channel_type")
    if isinstance(said, str):
        return said
    if isinstance(step.fields.get("guide_key"), str):
        return "in_app_guide"
    found = _REF.match(str(step.fields.get("ref")))
    if found is not None:
        return found.group(1)
    return "email" if "subject" in step.template[0] else None


def _channel_at(step: Step) -> Pointer:
    field = next((name for name in ("channel_type", "channel_key", "ref") if name in step.fields), None)
    return (*step.at, field) if field else step.at


def _draft(step: Step) -> Draft:
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


def _put_subject(draft: Draft, step: Step) -> None:
    subject = step.content("subject")
    if subject is not None:
        put_content(draft, (*_MESSAGE, "subject"), subject)


def _put_body(draft: Draft, step: Step, kind: str | None) -> None:
    path = (*_MESSAGE, "body")
    names = ("html_body", "text_body") if kind == "email" else ("text_body", "markdown_body", "json_body")
    found = step.content(*names)
    fields, at = step.template
    blocks = next((name for name in ("visual_blocks", "visual_blocks@") if name in fields), None)
    if blocks is not None:
        draft.put(path, _FROM_BLOCKS, (*at, blocks))
    elif found is not None:
        put_content(draft, path, found)


def _put_opt_out(draft: Draft, step: Step, kind: str | None) -> None:
    """Put the way out of e-mails: a link in the text, or the headers that Knock adds to what is commercial."""
    if kind != "email":
        return
    path: Pointer = ("opt_out", "in_message")
    content = step.content("html_body", "text_body")
    text = content.text if content is not None and isinstance(content.text, str) else ""
    link = UNSUBSCRIBE.search(text)
    commercial = _commercial_at(step.document.data)
    fields, at = step.template
    if content is not None and link is not None:
        put_from(draft, path, value=True, content=content, span=link.span())
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


def _request(step: Step, fields: Mapping[str, Any], at: Pointer, providers: ProviderTable) -> Campaign | None:
    """Return the record of a request to somebody who carries WhatsApp messages, None for any other request."""
    url = text_of(fields, "url")
    body = text_of(fields, "body", "json_body")
    sign: Sign | None = providers.url(url[1], body[1] if body else "") if url else None
    if url is None or sign is None or sign.route == "link":
        return None
    draft = _draft(step)
    draft.put_request(sign, url[1], (*at, url[0]))
    return draft.campaign("knock", CARRIES)
