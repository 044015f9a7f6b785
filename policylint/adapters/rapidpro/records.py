"""Flows, campaigns and broadcasts → campaign records, one for each message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, mapping, mappings
from policylint.adapters.rapidpro.consent import Consent, consent_of
from policylint.adapters.rapidpro.definitions import Action, Flow, flows_of, key_of, sends
from policylint.adapters.rapidpro.paths import Found, Paths, Reaches, direction_of, scheme_of, selection_of, window_of
from policylint.adapters.rapidpro.recipients import CHANNELS, SELF, Recipients, recipients_of
from policylint.adapters.rapidpro.texts import Message, message_of, translated, written
from policylint.model.source import Unknown, value_at

if TYPE_CHECKING:
    from policylint.adapters.rapidpro.signs import Parts
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer

CHANNEL_ELSEWHERE = Unknown("the channel is set up on the platform, not in the file")
BY_PERSON = Unknown("the flow talks with each person on the channel that the person uses")
PROVIDER_ELSEWHERE = Unknown("the provider of the number is set up on the platform, not in the file")
_ON_WHATSAPP = frozenset(["send_interactive_msg", "send_whatsapp_msg"])
_CALLS = frozenset(["say_msg", "play_audio"])


def campaigns_of(document: Document, parts: Parts, carries: Sequence[str]) -> Iterator[Campaign]:
    """Yield the records of a document."""
    flows = flows_of(document, parts)
    paths = Paths(document, parts, flows)
    consent = consent_of(flows, paths.starts)
    drafts = (draft for number in range(len(flows)) for draft in _of_flow(document, paths, number))
    for draft in (*drafts, *_of_events(document, parts)):
        _put_consent(draft, consent)
        for value in (draft.data["channel"], draft.data["direction"]):
            if isinstance(value, Unknown):
                draft.note(value.why)
        yield draft.campaign("rapidpro", carries)


def _put(draft: Draft, channel: Found, direction: Found, selection: Found, message: Message) -> None:
    """Put what the record of every message has."""
    root = draft.places[()].pointer
    draft.put(("channel",), channel.value, channel.at or root)
    draft.put(("direction",), direction.value, direction.at or root)
    draft.put(("audience", "selection"), selection.value, selection.at or root)
    draft.point(("audience",), selection.at or root)
    draft.point(("messages",), root)
    draft.put(("messages", 0, "kind"), message.kind, message.template_at or root)
    draft.put(("messages", 0, "body"), message.body, message.body_at, message.span)
    draft.put(("messages", 0, "template"), None)
    if message.template is not None:
        draft.put(("messages", 0, "template"), {})
        draft.put(("messages", 0, "template", "name"), message.template, message.template_at)
    if direction.value == "reply":
        draft.put(("automation", "bot"), value=True, at=direction.at or root)


def _put_consent(draft: Draft, consent: Consent) -> None:
    if consent.opt_in is not None:
        draft.put(("consent", "evidence"), consent.opt_in, consent.opt_in_at)
    if consent.keywords:
        draft.put(("opt_out", "keywords"), list(consent.keywords), consent.keywords_at)
    elif consent.opt_out_at is not None and isinstance(draft.data["channel"], str):
        draft.put(("opt_out", "sources"), [draft.data["channel"]], consent.opt_out_at)


# --- flows -------------------------------------------------------------------------------------------------------


def _of_flow(document: Document, paths: Paths, number: int) -> Iterator[Draft]:
    flow = paths.flows[number]
    if flow.kind == "messaging_offline":  # runs in an app for interviewers and sends nothing
        return
    count, is_called = 0, False
    helped_at = next((action.pointer for _, action in flow.actions() if action.kind == "open_ticket"), None)
    for key, action in flow.actions():
        is_call = action.kind in _CALLS and flow.kind == "voice" and not is_called
        if not is_call and not sends(action):
            continue
        count += 1
        is_called = is_called or is_call
        draft = Draft(document, f"{flow.name} › message {count}", action.pointer)
        draft.put(("name",), flow.name, flow.named_at)
        # A call is one message, whatever is said in it; who called is how the flow was started.
        _put_sent(draft, flow, action, paths.ways(number, flow.entry or key if is_call else key))
        if helped_at is not None:
            draft.put(("automation", "escalation"), ["in_chat_agent"], helped_at)
        yield draft


def _put_sent(draft: Draft, flow: Flow, action: Action, ways: Reaches) -> None:
    message = message_of(action, flow)
    others = recipients_of(action.data, action.pointer) if action.kind in ("send_broadcast", "send_email") else None
    if others is not None and others.selection != SELF:
        direction, selection = Found("push", action.pointer), Found(others.selection, others.at)
        ways = {}
    else:
        others, direction = None, direction_of(ways)
        selection = selection_of(ways, direction)
    if flow.is_group_chat:
        selection = Found("group_chat", flow.named_at)
    channel = _channel(flow, action, message, others, ways)
    _put(draft, channel, direction, selection, message)
    if action.kind == "send_email":
        draft.put(("messages", 0, "subject"), written(action.data.get("subject")), (*action.pointer, "subject"))
    if others is not None and others.size is not None:
        draft.put(("audience", "size"), others.size, others.at)
    if action.kind in _CALLS:
        draft.put(("automation", "calls"), value=True, at=action.pointer)
    if channel.value == "whatsapp":
        draft.put(("messages", 0, "window"), window_of(ways, direction), direction.at or action.pointer)
        _put_whatsapp_sender(draft, flow, channel.at or action.pointer)


def _channel(flow: Flow, action: Action, message: Message, others: Recipients | None, ways: Reaches) -> Found:
    """Return the channel: what the action, the address or the platform that wrote the flow shows."""
    if action.kind == "send_email":
        return Found("email", action.pointer)
    if action.kind in _CALLS:
        return Found("voice", action.pointer)
    if flow.is_glific:
        return Found("whatsapp", flow.named_at)
    if action.kind in _ON_WHATSAPP:
        return Found("whatsapp", action.pointer)
    if message.kind == "template":  # RapidPro has templates for WhatsApp channels only (template_type of its channels)
        return Found("whatsapp", message.template_at)
    if others is not None:
        channel = CHANNELS.get(others.schemes[0]) if len(others.schemes) == 1 else None
        return Found(channel or CHANNEL_ELSEWHERE, others.at)
    return Found(CHANNELS.get(scheme_of(ways) or "", BY_PERSON), action.pointer)


def _put_whatsapp_sender(draft: Draft, flow: Flow, at: Pointer) -> None:
    """Put who carries WhatsApp messages.

    Every WhatsApp channel of RapidPro is one of the Business Platform (temba/channels/types). Glific reaches people
    through Gupshup, and WhatsApp groups through Maytapi (lib/glific/providers).
    """
    if flow.is_group_chat:
        draft.put(("sender", "provider"), "maytapi", at)
    else:
        draft.put(("sender", "product"), "business_platform", at)
        draft.put(("sender", "provider"), "gupshup" if flow.is_glific else PROVIDER_ELSEWHERE, at)
    draft.point(("sender",), at)


# --- campaigns ---------------------------------------------------------------------------------------------------


def _of_events(document: Document, parts: Parts) -> Iterator[Draft]:
    """Yield the events that send a text of their own; the others start flows."""
    for pointer in parts.campaigns:
        campaign = value_at(document.data, pointer)
        events = mappings(campaign.get("events"))
        messages = [(index, event) for index, event in events if event.get("event_type") == "M"]
        for count, (index, event) in enumerate(messages, 1):
            yield _of_event(document, event, (*pointer, "events", index), count, campaign, pointer)
    alone = [pointer for pointer in parts.events if value_at(document.data, pointer).get("event_type") == "M"]
    for count, pointer in enumerate(alone, 1):
        yield _of_event(document, value_at(document.data, pointer), pointer, count, {}, pointer)


def _of_event(
    document: Document,
    event: Mapping[str, Any],
    at: Pointer,
    count: int,
    campaign: Mapping[str, Any],
    campaign_at: Pointer,
) -> Draft:
    name = key_of(campaign.get("name"))
    stem = document.path.rsplit("/", 1)[-1].partition(".")[0]
    draft = Draft(document, f"{name or stem or 'campaign'} › message {count}", at)
    if name is not None:
        draft.put(("name",), name, (*campaign_at, "name"))
    text, text_at = translated(event.get("message"), key_of(event.get("base_language")), (*at, "message"))
    group_at = (*campaign_at, "group") if mapping(campaign.get("group")) else at
    # Every event is one of a campaign, and runs for the contacts of the campaign's group.
    push, segment = Found("push", (*at, "event_type")), Found("segment", group_at)
    _put(draft, Found(CHANNEL_ELSEWHERE), push, segment, Message("freeform", written(text), text_at))
    return draft
