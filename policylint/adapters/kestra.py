"""Kestra flows → one campaign record per task that sends.

Recognised: an object with ``id``, ``namespace`` and a list ``tasks``, of whose tasks or triggers one has a type below
``io.kestra.``. Tasks are told by the end of their type, as plug-ins keep moving. Known: channel, carrier, recipients,
texts, schedule, and that alerts about runs of flows are internal. Unknown: consent, what else the messages are for, and
whatever an expression decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.messages import FEW, NOBODY, VARYING, Found, Message, Origin, fixed_count, sent, set_up
from policylint.adapters.provider_requests import requested
from policylint.adapters.requests import MAXIMUM_BODY, Request, queried
from policylint.adapters.texts import Text
from policylint.extensions import Adapted, Adapter
from policylint.model.source import Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable, Sign

CARRIES = (
    *("name", "schedule.recurrence", "schedule.timezone"),
    *("messages.kind", "messages.subject", "messages.body", "messages.text_from", "messages.template.name"),
)
EXAMPLE = """\
id: failure-alert
namespace: company.team

tasks:
  - id: tell-the-team
    type: io.kestra.plugin.email.MailExecution
    to: operations@example.org
    subject: A flow has failed
    executionId: "{{ trigger.executionId }}"

triggers:
  - id: failed-flows
    type: io.kestra.plugin.core.trigger.Flow
    conditions:
      - type: io.kestra.plugin.core.condition.ExecutionStatus
        in: [FAILED]
"""
_OWN = "io.kestra."
# Where a task holds other tasks: kestra-io/kestra, core/src/main/java/io/kestra/plugin/core/flow.
_NESTED = ("tasks", "then", "else", "errors", "finally", "afterExecution", "defaults", "listeners", "task")
_LOOPS = re.compile(r"\.(?:ForEach|EachSequential|EachParallel|ForEachItem)\Z", re.IGNORECASE)

_BY_IDENTITY = Unknown("Twilio Notify chooses the channel by what is registered for the identity")
_BY_ACCOUNT = Unknown("the account at the provider chooses the channel")
_ABOUT_RUN = Unknown("the plug-in writes the text: what the run of a flow did")
_FOLLOWERS = Unknown("everybody who follows the account")


class _Task(NamedTuple):
    """A task, and what stands around it."""

    item: Mapping[str, Any]
    pointer: Pointer
    type: str
    loop: Pointer | None
    """The nearest loop around it."""
    on_error: bool
    """True where it runs because another task failed."""
    disabled_at: Pointer | None


class _Kind(NamedTuple):
    """What a type of task sends."""

    type: str
    """A regular expression for the end of the type, without letter case."""
    channel: str | Unknown
    provider: str | None = None
    to: tuple[str, ...] = ("to",)
    what: tuple[str, ...] = ("body", "textBody", "messageText", "payload")


_EMAIL_TEXTS = ("htmlTextContent", "plainTextContent", "htmlContent", "textContent", "body")
# kestra-io/plugin-notifications and the plug-ins that it was split into.
_KINDS: tuple[_Kind, ...] = (
    _Kind(r"\.whatsapp\.\w+", "whatsapp", None, ("whatsAppIds", "recipientId", "to")),
    _Kind(r"\.(?:mail|email)\.(?:MailSend|MailExecution|MailTemplate|Send\w*)", "email", None, ("to",), _EMAIL_TEXTS),
    _Kind(r"\.sendgrid\.SendGridMail\w+", "email", None, ("to",), _EMAIL_TEXTS),
    _Kind(r"\.(?:outlook|ses|mailgun|mailjet|postmark|gmail)\.(?:\w+\.)?Send\w*", "email", None, ("to",), _EMAIL_TEXTS),
    _Kind(r"\.twilio\.(?:\w+\.)*(?:sms|mms)\.Send\w*", "sms", "twilio"),
    _Kind(r"\.twilio\.(?:\w+\.)*rcs\.Send\w*", "rcs", "twilio"),
    _Kind(r"\.twilio\.(?:\w+\.)*Twilio(?:Alert|Execution|Template)", _BY_IDENTITY, "twilio", ("identity", "tag")),
    _Kind(r"\.sent\.messages\.SendMessage", _BY_ACCOUNT, None, ("to",), ("text",)),
    _Kind(r"\.telegram\.(?:Telegram)?(?:Send|Execution|Template)\w*", "telegram", None, ("channel", "chatId")),
    _Kind(r"\.messenger\.Messenger\w+", "messenger", None, ("recipientIds",), ("textBody", "customMessage")),
    _Kind(r"\.line\.Line\w+", "line", None, (), ("textBody", "customMessage")),
    _Kind(
        r"\.(?:slack|discord|teams|googlechat|google|zulip|mattermost|rocketchat)\.\w*(?:IncomingWebhook|Execution|Template)",
        "push",
    ),
    _Kind(r"\.(?:opsgenie|pagerduty|squadcast|zenduty|sentry)\.\w+(?:Alert|Execution|IncomingWebhook)", "push"),
    _Kind(r"\.core\.http\.Request|\.fs\.http\.Request|\.http\.Request", _BY_ACCOUNT),
)


def recognises(document: Document) -> bool:
    """Tell whether a document is a flow."""
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("tasks"), list):
        return False
    if not isinstance(data.get("id"), str) or not isinstance(data.get("namespace"), str):
        return False
    return any(
        isinstance(item, dict) and str(item.get("type")).startswith(_OWN)
        for key in ("tasks", "triggers")
        for item in (data[key] if isinstance(data.get(key), list) else ())
    )


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the campaigns of a flow."""
    data = document.data
    name, at = f"{data['namespace']}.{data['id']}", ("id",)
    found: list[Campaign] = []
    for task in _tasks(data):
        message = _message(task, name, providers)
        identifier = task.item.get("id")
        step = identifier if isinstance(identifier, str) else task.type.rpartition(".")[2]
        origin = Origin(document, "kestra", name, at, step, (*task.pointer, "type"), CARRIES)
        if isinstance(message, Message):
            found.append(sent(origin, message, _facts(task, message, data)))
        elif message is not None:
            note = "an unofficial client that sends no message here"
            found.append(set_up(origin, message, (*task.pointer, "type"), note))
    return Adapted(found)


def _tasks(flow: Mapping[str, Any]) -> Iterator[_Task]:
    """Yield the tasks in the order of the file, those inside others included."""
    off: Pointer | None = ("disabled",) if flow.get("disabled") is True else None
    start = _Task(flow, (), "", None, False, off)
    pending = [start]
    while pending:
        task = pending.pop()
        if task.type:
            yield task
        pending.extend(reversed(list(_inner(task))))


def _inner(task: _Task) -> Iterator[_Task]:
    loop = task.pointer if task.type and _LOOPS.search(task.type) else task.loop
    cases = task.item.get("cases")
    lists: list[tuple[Pointer, Any]] = [((key,), task.item.get(key)) for key in _NESTED]
    lists.extend((("cases", name), items) for name, items in (cases.items() if isinstance(cases, dict) else ()))
    for path, value in lists:
        items = value if isinstance(value, list) else [value] if path == ("task",) else ()
        for index, item in enumerate(items):
            if not isinstance(item, dict):
                continue
            pointer = (*task.pointer, *path, index) if isinstance(value, list) else (*task.pointer, *path)
            kind = item.get("type")
            yield _Task(
                item,
                pointer,
                kind.strip() if isinstance(kind, str) else "",
                loop,
                task.on_error or path[0] in ("errors", "listeners"),
                (*pointer, "disabled") if item.get("disabled") is True else task.disabled_at,
            )


# --- what a task sends ----------------------------------------------------------------------


def _message(task: _Task, flow: str, providers: ProviderTable) -> Message | Sign | None:
    kind = next((kind for kind in _KINDS if re.search(rf"(?:{kind.type})\Z", task.type, re.IGNORECASE)), None)
    if kind is None:
        return None
    if task.type.endswith("http.Request"):
        return _requested(task, flow, providers)
    shown_by = (*task.pointer, "type")
    recipient, bodies = _first(task, kind.to), _bodies(task, kind)
    channel, sign = kind.channel, _sign(task, kind, providers)
    if kind.provider == "twilio" and "whatsapp:" in f"{task.item.get('to')} {task.item.get('from')}".lower():
        channel = "whatsapp"
    elif channel is _BY_ACCOUNT:
        channel = _only_channel(task.item.get("channels"))
    template = _text(task, "template", "name") or _text(task, "contentSid")
    if template is not None:
        return Message(channel, shown_by, sign, recipient, (), "template", template.pointer, template)
    return Message(channel, shown_by, sign, recipient, bodies, subject=_text(task, "subject"))


def _sign(task: _Task, kind: _Kind, providers: ProviderTable) -> Sign | None:
    """Return who carries the messages: what the type says, else the address that the task is given."""
    if kind.provider is not None:
        return providers.named(kind.provider)
    url = task.item.get("url")
    if kind.channel != "whatsapp" or not isinstance(url, str):
        return None
    return (
        providers.url(url, f"{url}\nmessaging_product: whatsapp") if "graph.facebook.com" in url else providers.url(url)
    )


def _only_channel(channels: Any) -> str | Unknown:
    known = {"sms": "sms", "whatsapp": "whatsapp", "rcs": "rcs"}
    if isinstance(channels, list) and len(channels) == 1 and isinstance(channels[0], str):
        return known.get(channels[0].lower(), _BY_ACCOUNT)
    return _BY_ACCOUNT


def _bodies(task: _Task, kind: _Kind) -> tuple[Text | Unknown, ...]:
    own = _first(task, kind.what) or _text(task, "customMessage")
    if own is not None and own.pointer[-1] == "payload":
        own = Request(own, "POST", own.value, [own], [], []).text
    if own is not None:
        return (own,)
    return (_ABOUT_RUN,) if task.type.endswith("Execution") else ()


def _text(task: _Task, *path: str) -> Text | None:
    value: Any = task.item
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value if isinstance(item, (str, int)) and not isinstance(item, bool))
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        return None
    return Text(str(value), (*task.pointer, *path))


def _first(task: _Task, names: Sequence[str]) -> Text | None:
    return next((text for name in names if (text := _text(task, name)) is not None), None)


def _requested(task: _Task, flow: str, providers: ProviderTable) -> Message | Sign | None:
    url, body, form = _text(task, "uri"), _text(task, "body"), task.item.get("formData")
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


# --- what stands around it ------------------------------------------------------------------


def _facts(task: _Task, message: Message, flow: Mapping[str, Any]) -> dict[tuple[str, ...], Found | None]:
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


def _purpose(task: _Task, triggers: Sequence[tuple[int, Mapping[str, Any]]]) -> Found | None:
    """Return ``internal`` for an alert about the run of a flow."""
    if task.on_error or task.type.endswith("Execution"):
        return Found("internal", (*task.pointer, "type"))
    for index, trigger in triggers:
        if trigger["type"].endswith(".trigger.Flow"):
            return Found("internal", ("triggers", index, "type"))
    return None


def _selection(task: _Task, message: Message) -> Found | None:
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


ADAPTER = Adapter(
    name="kestra",
    title="Kestra flow",
    signs="`id`, `namespace` and `tasks`, of which one has a type below io.kestra",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
