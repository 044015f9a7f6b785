"""The tasks of a flow that send → campaign records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.kestra import CARRIES
from policylint.adapters.kestra.kinds import BY_ACCOUNT, KINDS, Kind
from policylint.adapters.kestra.tasks import Task, first_of, tasks_of, text_of
from policylint.adapters.messages import (
    FEW,
    NOBODY,
    TEAM_CHAT,
    VARYING,
    Found,
    Mailer,
    Message,
    Origin,
    fixed_count,
    sent,
    set_up,
)
from policylint.adapters.provider_requests import requested
from policylint.adapters.requests import MAXIMUM_BODY, Request, queried
from policylint.adapters.texts import Text
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable, Sign

_ABOUT_RUN = Unknown("the plug-in writes the text: what the run of a flow did")
_CARRIERS = re.compile(r"\.(sendgrid|outlook|ses|mailgun|mailjet|postmark|gmail)\.", re.IGNORECASE)
_FOLLOWERS = Unknown("everybody who follows the account")


def campaigns_of(document: Document, providers: ProviderTable) -> Iterator[Campaign]:
    """Yield the records of a flow."""
    data = document.data
    name, at = f"{data['namespace']}.{data['id']}", ("id",)
    for task in tasks_of(data):
        message = _message(task, name, providers)
        identifier = task.item.get("id")
        step = identifier if isinstance(identifier, str) else task.type.rpartition(".")[2]
        origin = Origin(document, "kestra", name, at, step, (*task.pointer, "type"), CARRIES)
        if isinstance(message, Message):
            yield sent(origin, message, _facts(task, message, data))
        elif message is not None:
            note = "an unofficial client that sends no message here"
            yield set_up(origin, message, (*task.pointer, "type"), note)


def _message(task: Task, flow: str, providers: ProviderTable) -> Message | Sign | None:
    kind = next((kind for kind in KINDS if re.search(rf"(?:{kind.type})\Z", task.type, re.IGNORECASE)), None)
    if kind is None:
        return None
    if task.type.endswith("http.Request"):
        return _requested(task, flow, providers)
    shown_by = (*task.pointer, "type")
    recipient, bodies = first_of(task, kind.to), _bodies(task, kind)
    channel, sign = kind.channel, _sign(task, kind, providers)
    if kind.provider == "twilio" and "whatsapp:" in f"{task.item.get('to')} {task.item.get('from')}".lower():
        channel = "whatsapp"
    elif channel is BY_ACCOUNT:
        channel = _only_channel(task.item.get("channels"))
    template = text_of(task, "template", "name") or text_of(task, "contentSid")
    if template is not None:
        return Message(channel, shown_by, sign, recipient, (), "template", template.pointer, template)
    note = TEAM_CHAT if channel == "push" else None
    message = Message(channel, shown_by, sign, recipient, bodies, note=note, subject=text_of(task, "subject"))
    return message._replace(mailer=_mailer(task)) if channel == "email" else message


def _mailer(task: Task) -> Mailer:
    """Return who a mail is from: plug-ins of a service send through it, that for SMTP through any."""
    found = _CARRIERS.search(task.type)
    return Mailer(found.group(1).lower() if found else None, text_of(task, "from"))


def _sign(task: Task, kind: Kind, providers: ProviderTable) -> Sign | None:
    """Return who carries the messages: what the type says, else the address that the task is given."""
    if kind.provider is not None:
        return providers.named(kind.provider)
    text = text_of(task, "url")
    if kind.channel != "whatsapp" or text is None:
        return None
    url = text.value
    return (
        providers.url(url, f"{url}\nmessaging_product: whatsapp") if "graph.facebook.com" in url else providers.url(url)
    )


def _only_channel(channels: Any) -> str | Unknown:
    known = {"sms": "sms", "whatsapp": "whatsapp", "rcs": "rcs"}
    if isinstance(channels, list) and len(channels) == 1 and isinstance(channels[0], str):
        return known.get(channels[0].lower(), BY_ACCOUNT)
    return BY_ACCOUNT


def _bodies(task: Task, kind: Kind) -> tuple[Text | Unknown, ...]:
    own = first_of(task, kind.what) or text_of(task, "customMessage")
    if own is not None and own.pointer[-1] == "payload" and own.value.lstrip().startswith("{"):
        own = Request(own, "POST", own.value, [own], [], []).text
    if own is not None:
        return (own,)
    return (_ABOUT_RUN,) if task.type.endswith("Execution") else ()


def _requested(task: Task, flow: str, providers: ProviderTable) -> Message | Sign | None:
    url, body, form = text_of(task, "uri"), text_of(task, "body"), task.item.get("formData")
    if url is None:
        return None
    fields = [
        *(
            (name, Text(value, (*task.pointer, "formData", name)))
            for name, value in (form.items() if isinstance(form, dict) else ())
            if isinstance(name, str) and isinstance(value, str)
        ),
        *queried(url),
    ]
    written = "\n".join(f'"{name}": "{value.value}"' for name, value in fields)
    request = Request(
        url=url,
        method=str(task.item.get("method") or "GET").upper(),
        body=f"{written}\n{body.value[:MAXIMUM_BODY] if body else ''}",
        bodies=[body] if body is not None else [],
        fields=fields,
        headers=[],
    )
    return requested(request, providers, f"{task.item.get('id')}\n{flow}")


def _facts(task: Task, message: Message, flow: Mapping[str, Any]) -> dict[tuple[str, ...], Found | None]:
    triggers = [
        (index, item)
        for index, item in enumerate(flow["triggers"] if isinstance(flow.get("triggers"), list) else ())
        if isinstance(item, dict) and isinstance(item.get("type"), str) and item.get("disabled") is not True
    ]
    facts: dict[tuple[str, ...], Found | None] = {
        ("direction",): _direction(message, triggers),
        ("audience", "selection"): _selection(task, message),
        ("audience", "size"): _size(message),
        ("purpose",): _purpose(task, triggers),
    }
    if message.channel == "whatsapp" and not message.is_unofficial:
        # The plug-in posts to what its documentation calls the webhook of the WhatsApp Business integration.
        facts["sender", "product"] = Found("business_platform", message.shown_by)
    if task.disabled_at is not None:
        facts["enabled",] = Found(False, task.disabled_at)
    for index, trigger in triggers:
        if trigger["type"].endswith(".Schedule"):
            for path, key in ((("schedule", "recurrence"), "cron"), (("schedule", "timezone"), "timezone")):
                if isinstance(trigger.get(key), str):
                    facts.setdefault(path, Found(trigger[key], ("triggers", index, key)))
    return facts


def _direction(message: Message, triggers: Sequence[tuple[int, Mapping[str, Any]]]) -> Found:
    """Return ``push``: nothing in Kestra takes in chat messages, but a webhook or a mailbox may."""
    is_fixed = message.recipient is None or message.recipient.literal is not None
    for index, trigger in triggers:
        at: Pointer = ("triggers", index, "type")
        is_mailbox = re.search(r"\.(?:mail|email)\.", trigger["type"]) is not None and message.channel == "email"
        if not is_fixed and (is_mailbox or trigger["type"].endswith(".Webhook")):
            return Found(Unknown("an event from outside starts the flow, perhaps an inbound message"), at)
    return Found("push", ("triggers", triggers[0][0], "type") if triggers else None)


def _purpose(task: Task, triggers: Sequence[tuple[int, Mapping[str, Any]]]) -> Found | None:
    """Return ``internal`` for an alert about the run of a flow."""
    if task.on_error or task.type.endswith("Execution"):
        return Found("internal", (*task.pointer, "type"))
    for index, trigger in triggers:
        if trigger["type"].endswith(".trigger.Flow"):
            return Found("internal", ("triggers", index, "type"))
    return None


def _selection(task: Task, message: Message) -> Found | None:
    recipient = message.recipient
    if message.channel == "push":
        return None
    if message.channel == "line":
        return Found(_FOLLOWERS, (*task.pointer, "type"))
    if recipient is None:
        return Found(NOBODY)
    if recipient.literal is not None or _is_set_once(recipient.value):
        return Found(FEW if fixed_count(recipient.value) > 1 else "single_number", recipient)
    if task.loop is not None:
        return Found("list", (*task.loop, "type"))
    return Found(VARYING, recipient)


def _is_set_once(address: str) -> bool:
    """Tell whether an expression only names a secret or a variable, which stays the same from run to run."""
    return re.fullmatch(r"\s*\{\{\s*(?:secret\(|envs?\.|vars\.|globals\.|kv\()[^{}]*\}\}\s*", address) is not None


def _size(message: Message) -> Found | None:
    recipient = message.recipient
    count = fixed_count(recipient.value) if recipient is not None and recipient.literal is not None else 0
    return Found(count, recipient) if count > 1 else None
