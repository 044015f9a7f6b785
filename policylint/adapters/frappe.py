"""Records of frappe_whatsapp in fixtures of Frappe and ERPNext: bulk messages, notifications, templates → one each.

Recognised: a record, or a list of records, whose ``doctype`` is one of these three; the definition of a doctype has
``doctype: DocType`` and is none. Known: whether a template is used, the recipients of a bulk message, what starts a
notification, a template whole. Unknown: the name at Meta of a template that is linked, and consent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mappings, text_of
from policylint.extensions import Adapted, Adapter
from policylint.model.source import Document, Pointer, Unknown

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.record import ProviderTable

CARRIES = (
    "name",
    "channel",
    "schedule.start",
    "schedule.recurrence",
    "messages.kind",
    "messages.category",
    "messages.language",
    "messages.body",
    "messages.template.name",
    "messages.template.status",
    "messages.template.declared_category",
    "messages.template.components",
)

# The doctypes of github.com/shridarpatil/frappe_whatsapp.
_BULK, _NOTIFICATION, _TEMPLATES = "Bulk WhatsApp Message", "WhatsApp Notification", "WhatsApp Templates"
_DOCTYPES = frozenset([_BULK, _NOTIFICATION, _TEMPLATES])
_CATEGORIES = frozenset(["marketing", "utility", "authentication"])
_BUTTONS = {
    "quick reply": "QUICK_REPLY",
    "call phone": "PHONE_NUMBER",
    "visit website": "URL",
    "flow": "FLOW",
    "multi-product message": "MPM",
    "catalog": "CATALOG",
}
_MEDIA = frozenset(["image", "document", "video"])
_FREQUENCIES = {
    "daily": "daily",
    "daily long": "daily",
    "weekly": "weekly",
    "weekly long": "weekly",
    "monthly": "monthly",
}

_LINKED = Unknown("the record names the template by its name in Frappe")
_BY_DOCUMENT = Unknown("whoever the document is about")
_BY_SCRIPT = Unknown("the condition of the notification lists them")
_OTHER_FREQUENCY = Unknown("a frequency that recurrences have no word for")
_UPLOADED = Unknown("the sample is uploaded when the template is handed in")
_NOT_A_TEXT = Unknown("not a text")
_NOT_KEPT = Unknown("records of templates that were fetched do not keep all samples")

_MESSAGE: Pointer = ("messages", 0)
_TEMPLATE: Pointer = (*_MESSAGE, "template")
_COMPONENTS: Pointer = (*_TEMPLATE, "components")


def recognises(document: Document) -> bool:
    """Tell whether a document holds such a record."""
    return next(_records(document.data), None) is not None


def _records(data: Any) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    if isinstance(data, dict) and _is_record(data):
        yield (), data
    for index, record in mappings(data):
        if _is_record(record):
            yield (index,), record


def _is_record(data: Mapping[str, Any]) -> bool:
    doctype = data.get("doctype")
    return isinstance(doctype, str) and doctype in _DOCTYPES


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return the campaigns of the records."""
    read = {_BULK: _bulk, _NOTIFICATION: _notification, _TEMPLATES: _template}
    return Adapted([read[record["doctype"]](document, at, record) for at, record in _records(document.data)])


def _draft(document: Document, at: Pointer, record: Mapping[str, Any], *names: str) -> Draft:
    named = text_of(record, *names)
    name_at = (*at, named[0] if named else "doctype")
    draft = Draft(document, label(*(record.get(name) for name in names)), name_at)
    draft.put(("channel",), "whatsapp", (*at, "doctype"))
    if named is not None:
        draft.put(("name",), named[1], name_at)
    return draft


def _is_checked(value: Any) -> bool:
    """Tell whether a box is ticked: Frappe keeps 1 and 0."""
    return value in (1, "1") or value is True


def _put_linked_template(draft: Draft, at: Pointer) -> None:
    """Say that a template at Meta is sent; its own record holds its name and text."""
    draft.put(("sender", "product"), "business_platform", at)
    draft.put((*_MESSAGE, "kind"), "template", at)
    draft.put((*_TEMPLATE, "name"), _LINKED, at)
    for name in ("status", "declared_category", "components"):
        draft.put((*_TEMPLATE, name), _LINKED)
    draft.put((*_MESSAGE, "category"), _LINKED)
    draft.put((*_MESSAGE, "language"), _LINKED)


# --- sends --------------------------------------------------------------------------------------------------------


def _bulk(document: Document, at: Pointer, record: Mapping[str, Any]) -> Campaign:
    draft = _draft(document, at, record, "title", "name")
    draft.put(("direction",), "push", at)
    draft.put((*_MESSAGE, "window"), "none", at)
    recipients, count = record.get("recipients"), record.get("recipient_count")
    shown = "recipient_list" if text_of(record, "recipient_list") else "recipients" if recipients else "recipient_type"
    draft.put(("audience", "selection"), "list", (*at, shown))
    if isinstance(recipients, list) and recipients and shown == "recipients":
        draft.put(("audience", "size"), len(recipients), (*at, "recipients"))
    elif isinstance(count, int) and not isinstance(count, bool) and count > 0:
        draft.put(("audience", "size"), count, (*at, "recipient_count"))
    if _is_checked(record.get("use_template")) or text_of(record, "template") is not None:
        _put_linked_template(draft, (*at, "template"))
    else:
        draft.put((*_MESSAGE, "kind"), Unknown("no template is named"), at)
        draft.put(_TEMPLATE, Unknown("no template is named"))
        draft.put((*_MESSAGE, "body"), Unknown("the record has no place for a text"))
    if text_of(record, "scheduled_time") is not None:
        draft.put(("schedule", "start"), record["scheduled_time"], (*at, "scheduled_time"))
    if record.get("status") == "Draft":
        draft.put(("enabled",), value=False, at=(*at, "status"))
    return draft.campaign("frappe", CARRIES)


def _notification(document: Document, at: Pointer, record: Mapping[str, Any]) -> Campaign:
    draft = _draft(document, at, record, "notification_name", "name")
    draft.put(("direction",), "push", (*at, "notification_type"))
    draft.put((*_MESSAGE, "window"), "none", at)
    if record.get("notification_type") == "Scheduler Event":
        draft.put(("audience", "selection"), _BY_SCRIPT, (*at, "condition"))
        frequency = text_of(record, "event_frequency")
        if frequency is not None:
            known = _FREQUENCIES.get(frequency[1].lower(), _OTHER_FREQUENCY)
            draft.put(("schedule", "recurrence"), known, (*at, frequency[0]))
    else:
        draft.put(("audience", "selection"), _BY_DOCUMENT, (*at, "field_name"))
    if _is_checked(record.get("disabled")):
        draft.put(("enabled",), value=False, at=(*at, "disabled"))
    _put_linked_template(draft, (*at, "template"))
    return draft.campaign("frappe", CARRIES)


# --- templates ----------------------------------------------------------------------------------------------------


def _template(document: Document, at: Pointer, record: Mapping[str, Any]) -> Campaign:
    draft = _draft(document, at, record, "template_name", "actual_name", "name")
    draft.data["kind"] = "template"
    named = text_of(record, "actual_name", "template_name")
    draft.put(("sender", "product"), "business_platform", (*at, "doctype"))
    draft.put((*_MESSAGE, "kind"), "template", (*at, "doctype"))
    for path in (_MESSAGE, _TEMPLATE, (*_MESSAGE, "category"), (*_MESSAGE, "language")):
        draft.point(path, (*at, named[0]) if named else at)
    name = named[1] if named else None
    if named is not None and named[0] == "template_name":
        # whatsapp_templates.py makes the name at Meta so before it hands the template in.
        name = named[1].lower().replace(" ", "_")
    draft.put((*_TEMPLATE, "name"), name, (*at, named[0]) if named else at)
    language = text_of(record, "language_code", "language")
    if language is not None:
        draft.put((*_MESSAGE, "language"), language[1].replace("-", "_"), (*at, language[0]))
    category = text_of(record, "category")
    if category is not None:
        known = category[1].lower() in _CATEGORIES
        draft.put(
            (*_MESSAGE, "category") if known else (*_TEMPLATE, "declared_category"), category[1], (*at, "category")
        )
    if text_of(record, "status") is not None:
        draft.put((*_TEMPLATE, "status"), record["status"], (*at, "status"))
    _put_components(draft, at, record)
    return draft.campaign("frappe", CARRIES)


def _put_components(draft: Draft, at: Pointer, record: Mapping[str, Any]) -> None:
    """Lay the fields out as the app does when it hands a template in."""
    parts = [part for part in (_header(record), _body(record), _footer(record), _buttons(record)) if part is not None]
    draft.put(_COMPONENTS, [component for component, _ in parts] or None, at)
    for index, (_, field) in enumerate(parts):
        draft.point((*_COMPONENTS, index), (*at, field))
        draft.point((*_COMPONENTS, index, "text"), (*at, field))


def _body(record: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    found = text_of(record, "template")
    if found is None:
        return None
    samples = text_of(record, "sample_values")
    example = {"body_text": [samples[1].split(",")]} if samples else _no_samples(record)
    return {"type": "BODY", "text": found[1], "example": example}, "template"


def _no_samples(record: Mapping[str, Any]) -> Unknown | None:
    """Return what stands for samples that a record lacks: a template that has an id at Meta had them."""
    return _NOT_KEPT if text_of(record, "id") is not None else None


def _footer(record: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    found = text_of(record, "footer")
    return ({"type": "FOOTER", "text": found[1]}, "footer") if found else None


def _header(record: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    kind = text_of(record, "header_type")
    if kind is None:
        return None
    if kind[1].lower() in _MEDIA:
        return {"type": "HEADER", "format": kind[1].upper(), "example": _UPLOADED}, "header_type"
    samples, text = text_of(record, "sample"), record.get("header")
    example = {"header_text": re.split(r",\s*", samples[1])} if samples else _no_samples(record)
    header = {"type": "HEADER", "format": "TEXT", "text": text if isinstance(text, str) else None, "example": example}
    return header, "header"


def _buttons(record: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    buttons = [_button(button) for _, button in mappings(record.get("buttons"))]
    return ({"type": "BUTTONS", "buttons": buttons}, "buttons") if buttons else None


def _button(fields: Mapping[str, Any]) -> dict[str, Any]:
    kind = fields.get("button_type")
    button: dict[str, Any] = {
        "type": _BUTTONS.get(kind.lower(), kind) if isinstance(kind, str) else _NOT_A_TEXT,
        "text": fields.get("button_label"),
    }
    for name, field in (("url", "website_url"), ("phone_number", "phone_number")):
        found = text_of(fields, field)
        if found is not None:
            button[name] = found[1]
    examples = text_of(fields, "example_url")
    if fields.get("url_type") == "Dynamic" and examples is not None:
        button["example"] = examples[1].split(",")
    return button


_EXAMPLE = """\
[
  {
    "doctype": "Bulk WhatsApp Message",
    "title": "Spring offers",
    "recipient_type": "Recipient List",
    "recipient_list": "Newsletter",
    "use_template": 1,
    "template": "spring_offers-en",
    "status": "Queued"
  }
]
"""

ADAPTER = Adapter(
    name="frappe",
    title="Records of frappe_whatsapp in Frappe fixtures",
    signs="records whose `doctype` is Bulk WhatsApp Message, WhatsApp Notification or WhatsApp Templates",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
