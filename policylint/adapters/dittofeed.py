"""Dittofeed journeys and message templates → one record for each message of a journey, one for each template.

Recognised: an object whose ``definition`` has ``entryNode`` and ``nodes``, or is a template: ``subject`` and ``from``,
or the type of a channel with its text. Known: the channel, whether a segment or an event lets people in, the
subscription group whose opt-outs are left out; the text of a template, and subject, sender and headers of an e-mail.
Unknown: in a journey the texts, which stand in templates. Segments give no record and are not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, label, mapping, mappings, readable, text_of
from policylint.extensions import Adapted, Adapter
from policylint.model.source import Document, Pointer, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.record import ProviderTable

CARRIES = (
    *("name", "channel", "sender.address", "sender.display_name", "audience.suppression_lists"),
    *("messages.kind", "messages.subject", "messages.body"),
)

_BODY: Pointer = ("messages", 0, "body")
_SUBJECT: Pointer = ("messages", 0, "subject")
_HEADERS = {"list-unsubscribe": "list_unsubscribe", "list-unsubscribe-post": "list_unsubscribe_post"}
_CHANNELS = {"email": "email", "sms": "sms", "mobilepush": "push"}
"""`ChannelType` in packages/isomorphic-lib/src/types.ts of dittofeed/dittofeed; a webhook calls any server."""
_BY_EVENT = Unknown("whoever the event is about")
_IN_TEMPLATE = Unknown("the text stands in the template")
_LETTERHEAD_IN_TEMPLATE = Unknown("subject and sender stand in the template")
_ELSEWHERE = Unknown("the text stands in a file of its own")
_FROM_BLOCKS = Unknown("the text is put together from blocks")
_OTHER_ENTRY = Unknown("an entry node that is not known")
_NO_GROUP = Unknown("the template may hold a link to unsubscribe")
# Liquid tags that Dittofeed turns into links.
_UNSUBSCRIBE = re.compile(r"\{%-?\s*(?:unsubscribe_\w+|subscription_management_\w+)\s*-?%\}")


class _Resource(NamedTuple):
    """A journey or a template: its definition and its name."""

    definition: Mapping[str, Any]
    at: Pointer
    name: str
    name_at: Pointer | None


def recognises(document: Document) -> bool:
    """Tell whether a document is a journey or a message template."""
    return _resource(document.data) is not None


def _resource(data: Any) -> _Resource | None:
    if not isinstance(data, dict):
        return None
    definition, at = data.get("definition"), ("definition",)
    if not isinstance(definition, dict) or not (_is_journey(definition) or _is_template(definition)):
        return None
    named = text_of(data, "name", "id")
    return _Resource(definition, at, label(data.get("name"), data.get("id")), (named[0],) if named else None)


def _is_journey(definition: Mapping[str, Any]) -> bool:
    entry = mapping(definition.get("entryNode"))
    # Definitions of segments have an entry node too, of the type of a condition.
    by_type = entry.get("type", "EntryNode") in ("EntryNode", "EventEntryNode")
    return by_type and ("segment" in entry or "event" in entry) and isinstance(definition.get("nodes"), list)


def _is_template(definition: Mapping[str, Any]) -> bool:
    if isinstance(definition.get("subject"), str) and isinstance(definition.get("from"), str):
        return True
    kind = definition.get("type")
    return kind in ("Sms", "MobilePush") and ("body" in definition or "title" in definition)


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return the records of a journey's messages, or of a template."""
    resource = _resource(document.data)
    if resource is None:
        return Adapted(())
    if _is_journey(resource.definition):
        return Adapted(list(_messages(document, resource)))
    return Adapted([_template(document, resource)])


def _draft(document: Document, resource: _Resource, name: str, at: Pointer) -> Draft:
    draft = Draft(document, name, at)
    if resource.name_at is not None:
        draft.put(("name",), resource.name, resource.name_at)
    draft.put(("messages", 0, "kind"), "freeform", at)
    return draft


# --- journeys -----------------------------------------------------------------------------------------------------


def _messages(document: Document, resource: _Resource) -> Iterator[Campaign]:
    for index, node in mappings(resource.definition["nodes"]):
        variant = mapping(node.get("variant"))
        kind = variant.get("type")
        channel = _CHANNELS.get(kind.lower()) if isinstance(kind, str) else None
        if node.get("type") != "MessageNode" or channel is None:
            continue
        at: Pointer = (*resource.at, "nodes", index)
        step = label(node.get("name"), variant.get("template"), node.get("id"), kind)
        draft = _draft(document, resource, f"{resource.name} › {step}", (*at, "id") if "id" in node else at)
        draft.put(("channel",), channel, (*at, "variant", "type"))
        _put_entry(draft, resource)
        _put_group(draft, node, at)
        shown = text_of(variant, "template", "templateId")
        draft.put(_BODY, _IN_TEMPLATE, (*at, "variant", shown[0]) if shown else at)
        if channel == "email":
            for path in (_SUBJECT, ("sender", "address"), ("sender", "display_name")):
                draft.put(path, _LETTERHEAD_IN_TEMPLATE, (*at, "variant", shown[0]) if shown else at)
        if document.data.get("status") in ("Paused", "NotStarted"):
            draft.put(("enabled",), value=False, at=("status",))
        yield draft.campaign("dittofeed", CARRIES)


def _put_entry(draft: Draft, resource: _Resource) -> None:
    """Put how people come into the journey: by a segment, or one by one with an event."""
    entry = mapping(resource.definition.get("entryNode"))
    at: Pointer = (*resource.at, "entryNode")
    draft.put(("direction",), "push", at)
    if "segment" in entry:
        draft.put(("audience", "selection"), "segment", (*at, "segment"))
    elif "event" in entry:
        draft.put(("audience", "selection"), _BY_EVENT, (*at, "event"))
    else:
        draft.put(("audience", "selection"), _OTHER_ENTRY, at)


def _put_group(draft: Draft, node: Mapping[str, Any], at: Pointer) -> None:
    """Put the subscription group: people who left it get nothing, and links to unsubscribe are made for it."""
    found = text_of(node, "subscriptionGroupId", "subscriptionGroup")
    if found is not None:
        path: Pointer = ("audience", "suppression_lists")
        draft.put(path, [f"subscription group {found[1]}"], (*at, found[0]))
        draft.point((*path, 0), (*at, found[0]))
    draft.put(("opt_out", "in_message"), _NO_GROUP, at)


# --- templates ----------------------------------------------------------------------------------------------------


def _template(document: Document, resource: _Resource) -> Campaign:
    definition, at = resource.definition, resource.at
    draft = _draft(document, resource, resource.name, resource.name_at or at)
    draft.data["kind"] = "template"
    kind = definition.get("type")
    channel = _CHANNELS.get(kind.lower(), "email") if isinstance(kind, str) else "email"
    draft.put(("channel",), channel, (*at, "type") if isinstance(kind, str) else (*at, "subject"))
    if channel == "email":
        _put_letterhead(draft, definition, at)
    draft.put(("audience", "suppression_lists"), Unknown("the journey says it"))
    found = text_of(definition, "body")
    if found is not None:
        draft.put(_BODY, readable(found[1]), (*at, "body"))
        link = _UNSUBSCRIBE.search(found[1])
        if link is not None:
            draft.put(("opt_out", "in_message"), value=True, at=(*at, "body"), span=link.span())
    elif "body" in definition:
        draft.put(_BODY, _FROM_BLOCKS, (*at, "body"))
    else:
        _put_side(draft)
    return draft.campaign("dittofeed", CARRIES)


def _put_letterhead(draft: Draft, definition: Mapping[str, Any], at: Pointer) -> None:
    """Put what stands above the text of an e-mail: `BaseEmailContents` in Dittofeed's types."""
    for field, path in (("from", ("sender", "address")), ("name", ("sender", "display_name")), ("subject", _SUBJECT)):
        found = text_of(definition, field)
        if found is not None:
            draft.put(path, readable(found[1]), (*at, field))
    for index, header in mappings(definition.get("headers")):
        known = _HEADERS.get(str(header.get("name")).lower())
        if known is not None and text_of(header, "value") is not None:
            draft.put(("messages", 0, "headers", known), header["value"], (*at, "headers", index, "value"))


def _put_side(draft: Draft) -> None:
    """Put the text of the file of the same name: Liquid in HTML."""
    name = draft.document.path.rpartition("/")[2].rpartition(".")[0]
    side = draft.document.beside(f"{name}.liquid.html") if name else None
    if side is None:
        draft.put(_BODY, _ELSEWHERE)
        return
    draft.put_beside(_BODY, readable(side.text), side)
    link = _UNSUBSCRIBE.search(side.text)
    if link is not None:
        draft.put_beside(("opt_out", "in_message"), value=True, side=side, span=link.span())


_EXAMPLE = """\
name: Onboarding
definition:
  entryNode:
    type: EntryNode
    segment: signed-up-this-week
    child: welcome
  exitNode:
    type: ExitNode
  nodes:
    - id: welcome
      type: MessageNode
      name: Welcome
      subscriptionGroupId: product-news
      variant: {type: Email, templateId: welcome-mail}
      child: ExitNode
"""

ADAPTER = Adapter(
    name="dittofeed",
    title="Dittofeed journey or message template",
    signs="`definition` with `entryNode` and `nodes`, with `from` and `subject`, or of the type Sms or MobilePush",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
