"""A document → the campaigns in it: what each of them says, and by which signs it is taken for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from policylint.adapters.home_made import words
from policylint.adapters.home_made.words import CHANNELS, OTHER_CHANNELS, plain, role_of
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Pointer

# What recognition counts. Those of the first line speak of sending; a channel and an account alone may stand in any
# settings of an app.
PEOPLE, TIME, PACE, CONSENT, OUTCOME = "people", "time", "pace", "consent", "outcome"
CHANNEL, ACCOUNT = "channel", "account"
_OF_SENDING = frozenset({PEOPLE, TIME, PACE, CONSENT, OUTCOME})
_FACETS: dict[str, str] = {
    **dict.fromkeys((words.RECIPIENTS, words.COUNT, words.AUDIENCE, words.ADDRESS, words.COLUMN), PEOPLE),
    **dict.fromkeys((words.SCHEDULE, words.START, words.RECURRENCE, words.WAIT), TIME),
    **dict.fromkeys((words.PACE, words.DAILY, words.SPACING, words.LEAST, words.MOST), PACE),
    **dict.fromkeys((words.ROTATION, words.TYPING, words.WARM_UP), PACE),
    **dict.fromkeys((words.OPT_OUT, words.OPT_IN, words.SUPPRESSION), CONSENT),
    **dict.fromkeys((words.ACCOUNT, words.SENDER_NAME), ACCOUNT),
    words.OUTCOME: OUTCOME,
    words.CHANNEL: CHANNEL,
}
_CONTENT = frozenset((words.TEXT, words.WINDOW_TEXT, words.PROMPT, words.SUBJECT, words.TEMPLATE, words.TEMPLATE_NAME))
_LIFE = frozenset((words.STATUS, words.ENABLED))
# Mappings of which the members count as the campaign's own.
_GROUPS = frozenset(
    (
        *(words.TEXT, words.CONTENT, words.AUDIENCE, words.PACE, words.SCHEDULE, words.OPT_OUT, words.OPT_IN),
        *(words.ACCOUNT, words.SETTINGS, words.TEMPLATE),
    )
)

_PHONE = re.compile(r"(?:whatsapp:)?\+?[\d\s().-]{8,24}\Z|\d{6,}@\w[\w.]+\Z")
_DATE_OR_TIME = re.compile(r"\d{4}-\d\d|\d\d?[/.]\d\d?[/.]\d\d|\d\d?:\d\d|\d\d?\s?[ap]m\b|\d\d?h\b", re.IGNORECASE)
_CRON = re.compile(r"\s*(?:@\w+|(?:[\d*/,?LW#-]+|[A-Za-z,-]{3,})(?:\s+(?:[\d*/,?LW#-]+|[A-Za-z,-]{3,})){4,5})\s*\Z")
_RHYTHM = re.compile(
    r"daily|weekly|monthly|once|hourly|diari[oa]|semanal|mensual|mensal|taglich|täglich|wöchentlich|monatlich"
    r"|quotidien|hebdomadaire|mensuel|harian|mingguan|bulanan",
    re.IGNORECASE,
)
_FILE = re.compile(r"[^\s{}]+\.(?:html?|j2|jinja2?|md|mjml|txt|csv|xlsx?|json|ya?ml|tpl|hbs|ejs)\Z", re.IGNORECASE)
_TITLE = re.compile(r"[\w./-]+(?: [\w./-]+)*\Z")
_URL = re.compile(r"https?://|mailto:", re.IGNORECASE)
_WRITES_A_MESSAGE = re.compile(
    r"\b(?:write|create|draft|compose|generate|escreva|crie|gere|redija|escrib[aeií]\w*|cre[aá]\b|redact[aáe]\w*"
    r"|genera\w*|schreib\w*|erstell\w*|verfass\w*|écri\w*|rédige\w*|buat\w*|tulis\w*)\b[^.!?\n]{0,80}"
    r"\b(?:messages?|mensagem|mensaje|nachricht|pesan|texto?|text|sms|e-?mails?|whats\s?app)\b",
    re.IGNORECASE,
)
_SOCIAL = frozenset(
    ["twitter", "x", "facebook", "instagram", "tiktok", "youtube", "linkedin", "pinterest", "threads", "reddit"]
)
# What files call a channel that carries no message to a person: chats of a team, advertising, media, pages of an app.
_OTHER_MEDIA = frozenset(
    [
        *("slack", "discord", "teams", "msteams", "mattermost", "rocketchat", "googlechat", "irc", "app", "inapp"),
        *("web", "website", "blog", "landingpage", "seo", "search", "paidsearch", "display", "social", "socialmedia"),
        *("ads", "googleads", "metaads", "facebookads", "facebook", "tiktok", "youtube", "twitter", "podcast", "radio"),
        *("tv", "television", "print", "poster", "posters", "billboard", "school", "schools", "events"),
    ]
)
# Members of a document that hold something else, whatever their items say.
_OTHER_THINGS = frozenset(
    [
        *("articles", "bookings", "comments", "episodes", "faqs", "invoices", "orders", "posts", "products", "reviews"),
        *("testcases", "tests", "popups", "banners", "modals", "toasts", "tours", "stores", "shops", "branches"),
        *("locations", "offices", "plans", "pricing", "cases", "personas", "scenarios", "stakeholders"),
        *("escalation", "escalations", "escalationpolicies", "escalationpolicy", "oncall"),
    ]
)
_WHEN_IT_HAPPENED = frozenset(["timestamp", "sentat", "datesent", "deliveredat", "readat", "receivedat"])
_PAST = frozenset({"inbound", "incoming", "received", "in", "user", "assistant", "system"})

_NO_LABELS = frozenset((*_FACETS, words.STEPS, words.VARIABLES)) - {words.AUDIENCE, words.ACCOUNT, words.SENDER_NAME}
_PLACEHOLDER = re.compile(r"\{[^{}\n]{1,40}\}|\[[^\W\d][^\[\]\n]{0,30}\]|%\w+%|<[A-Z_]{2,30}>")

LOOKED_AT = 200
"""Items of a list that recognition looks at."""


class Field(NamedTuple):
    """A value of a campaign whose key is known, and that is of a fitting kind."""

    role: str
    key: str
    value: Any
    pointer: Pointer
    group: str | None = None
    """The role of the mapping that it stands in, for one that is not the campaign itself."""


class Entry(NamedTuple):
    """A mapping of the document that is taken for a campaign, or a list that is taken for the steps of one."""

    pointer: Pointer
    fields: tuple[Field, ...]
    shared: tuple[Field, ...]
    """What the document says beside its campaigns, for all of them."""
    is_store: bool = False
    """True for a text that is kept to be sent, with nothing about a send."""
    steps: tuple[Pointer, ...] = ()


def campaigns_in(data: Any, limit: int | None = None) -> Iterator[Entry]:
    """Yield the campaigns of a document: the document itself, its members, or theirs.

    Args:
        data: Plain data.
        limit: How many items of a list are looked at; None for all.

    """
    if isinstance(data, list):
        yield from _of_list(data, (), (), limit)
    elif isinstance(data, dict) and not _is_foreign(data):
        alone = _taken((), data, ())
        if alone is not None:
            yield alone
        else:
            yield from _of_members(data, limit)


def _of_members(data: Mapping[str, Any], limit: int | None) -> Iterator[Entry]:
    settings = [key for key in data if role_of(key) in _GROUPS or not isinstance(data[key], (dict, list))]
    shared = tuple(fields_of({key: data[key] for key in settings}, ()))
    for key, value in islice(data.items(), limit):
        if plain(key) in _OTHER_THINGS:
            continue
        if isinstance(value, list):
            yield from _of_list(value, (key,), shared, limit)
        elif isinstance(value, dict) and not _is_foreign(value):
            alone = _taken((key,), value, shared)
            if alone is not None:
                yield alone
                continue
            for inner, member in islice(value.items(), limit):
                if isinstance(member, list):
                    yield from _of_list(member, (key, inner), shared, limit)
                elif isinstance(member, dict):
                    found = _taken((key, inner), member, shared)
                    yield from () if found is None else (found,)


def _of_list(items: list[Any], at: Pointer, shared: tuple[Field, ...], limit: int | None) -> Iterator[Entry]:
    steps = steps_in(items[:limit], at)
    if len(steps) > 1 and any(_waits(items[step[-1]]) for step in steps if isinstance(step[-1], int)):
        yield Entry(at, (), shared, steps=steps)
    else:
        yield from _of_items(items, at, shared, limit)


def _of_items(items: list[Any], at: Pointer, shared: tuple[Field, ...], limit: int | None) -> Iterator[Entry]:
    for index, item in enumerate(items[:limit]):
        found = _taken((*at, index), item, shared) if isinstance(item, dict) else None
        if found is not None:
            yield found


def _taken(pointer: Pointer, entry: Mapping[str, Any], shared: tuple[Field, ...]) -> Entry | None:
    """Return a mapping as a campaign where enough signs agree, else None."""
    if _is_foreign(entry):
        return None
    fields = tuple(fields_of(entry, pointer))
    own = [field for field in fields if field.role == words.STEPS and field.group is None]
    steps = next((found for field in own if (found := steps_in(field.value, field.pointer))), ())
    facets = _facets(fields)
    if len(steps) > 1 or (steps and facets):
        return Entry(pointer, fields, shared, steps=steps)
    roles = {field.role for field in fields}
    if not _says_something(fields) or _holds_labels(entry) or (words.ADDRESS in roles and _happened(entry)):
        return None
    around = facets | (_facets(shared) & {PACE, CONSENT, ACCOUNT})
    listed = words.RECIPIENTS in roles and not _LIFE.isdisjoint(roles)
    from_table = words.COLUMN in roles
    if listed or from_table or (len(around) > 1 and not _OF_SENDING.isdisjoint(around) and facets):
        return Entry(pointer, fields, shared)
    kept = _is_kept_text(
        fields, roles, named=words.NAME in roles or any(isinstance(step, str) for step in pointer[-1:])
    )
    return Entry(pointer, fields, shared, is_store=True) if kept else None


def _happened(entry: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is of a message that was sent or received before: a line of a log."""
    return any(value and plain(key) in _WHEN_IT_HAPPENED for key, value in entry.items())


def _says_something(fields: Iterable[Field]) -> bool:
    return any(
        (field.role in _CONTENT and not (field.role == words.TEXT and isinstance(field.value, dict)))
        or (field.role == words.VARIABLES and "body" in plain(field.key))
        for field in fields
    )


def _holds_labels(entry: Mapping[str, Any]) -> bool:
    """Tell whether texts stand where numbers, days and lists belong, or repeat their keys: a translation, or a form."""
    labels = (
        key
        for key, value in entry.items()
        if isinstance(value, str)
        and value.strip()
        and ((role_of(key) in _NO_LABELS and not _fits(role_of(key) or "", value)) or plain(key) == plain(value))
    )
    return len(list(islice(labels, 3))) > 2


def _is_kept_text(fields: Iterable[Field], roles: set[str], *, named: bool) -> bool:
    """Tell whether a mapping without a send is a text, or a prompt for one, that is kept for a channel of messages."""
    if words.CHANNEL in roles and named:
        texts = [field.value for field in fields if field.role in (words.TEXT, words.WINDOW_TEXT)]
        filled_in = any(isinstance(text, str) and _PLACEHOLDER.search(text) for text in texts)
        return bool(texts) and (filled_in or not roles.isdisjoint((words.VARIABLES, words.LANGUAGE)))
    prompts = [field.value for field in fields if field.role == words.PROMPT]
    return words.EXAMPLE in roles and any(_WRITES_A_MESSAGE.search(prompt) for prompt in prompts)


def _facets(fields: Iterable[Field]) -> set[str]:
    found = {_FACETS[field.role] for field in fields if field.role in _FACETS and _counts(field)}
    roles = {field.role for field in fields}
    if {words.TEXT, words.SUBJECT} <= roles or any(words.channel_in_key(field.key) for field in fields):
        found.add(CHANNEL)
    return found


def _counts(field: Field) -> bool:
    """Tell whether a value is a sign: switched off, empty or one of other mappings it is not."""
    if field.role == words.PACE and isinstance(field.value, dict):
        return any(role_of(key) in _FACETS for key in field.value)
    if field.role == words.SCHEDULE and isinstance(field.value, dict):
        return any(map(_says_when, field.value.items()))
    return field.value not in (False, None, {}) and not (field.role == words.OUTCOME and field.group is not None)


def _says_when(member: tuple[str, Any]) -> bool:
    key, value = member
    if isinstance(value, str):
        return any(sign.search(value) for sign in (_DATE_OR_TIME, _CRON, _RHYTHM)) or role_of(key) == words.ZONE
    return isinstance(value, (int, float, list, dict)) and not isinstance(value, bool)


# --- what a mapping says ------------------------------------------------------------------------------------------


def fields_of(entry: Mapping[str, Any], pointer: Pointer) -> Iterator[Field]:
    """Yield the values of a mapping, and of the groups in it, that mean something to a campaign."""
    for key, value in entry.items():
        role = _role(key, value)
        if role is None:
            continue
        if _fits(role, value):
            yield Field(role, key, value, (*pointer, key))
        if isinstance(value, dict) and role in _GROUPS and not _holds_labels(value):
            for inner, member in value.items():
                inner_role = _role(inner, member)
                if inner_role is not None and _fits(inner_role, member):
                    yield Field(inner_role, inner, member, (*pointer, key, inner), role)


def _role(key: str, value: Any) -> str | None:
    """Return what a key means with such a value."""
    role = role_of(key)
    name = plain(key)
    if name in words.ALSO_STEPS and not _holds_mappings(value):
        if isinstance(value, (int, float)):
            return words.WAIT if name.startswith("followup") else None
        if name in ("messages", "message"):
            return words.TEXT
        return words.RECIPIENTS if name == "emails" else role
    if role == words.TEMPLATE and isinstance(value, str):
        return words.TEMPLATE if is_reference(value) else words.TEXT
    if role == words.TEXT and isinstance(value, str) and _FILE.match(value):
        return words.TEMPLATE
    return role


def is_file(value: str) -> bool:
    """Tell whether a value is the path of a text or a table."""
    return _FILE.match(value) is not None


def is_reference(value: str) -> bool:
    """Tell whether a value of ``template`` names one, rather than being the text itself."""
    return bool(is_file(value) or (len(value) <= 40 and _TITLE.match(value) and len(value.split()) <= 3))


def _holds_mappings(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _fits(role: str, value: Any) -> bool:
    """Tell whether a value is of the kind that a key of that meaning has in a campaign, not in a form or a schema."""
    if isinstance(value, str):
        return bool(value.strip()) and _text_fits(role, value)
    if isinstance(value, bool):
        return role in (
            *(words.ENABLED, words.OPT_OUT, words.OPT_IN, words.SUPPRESSION, words.ROTATION, words.TYPING),
            words.WARM_UP,
        )
    if isinstance(value, (int, float)):
        return role not in (words.TEXT, words.SUBJECT, words.PROMPT, words.CHANNEL, words.ADDRESS, words.LANGUAGE)
    if isinstance(value, list):
        if role == words.CHANNEL:
            return any(channel_of(item) or _is_other_channel(item) for item in value)
        if role in (words.TEXT, words.SUBJECT):
            return bool(value) and all(isinstance(item, str) for item in value)
        return role in (
            *(words.RECIPIENTS, words.AUDIENCE, words.STEPS, words.VARIABLES, words.OPT_OUT, words.SUPPRESSION),
            *(words.SCHEDULE, words.TEMPLATE, words.WARM_UP, words.KEYWORDS, words.COUNTRY),
        )
    return isinstance(value, dict) and (role in _GROUPS or role in (words.OUTCOME, words.SUPPRESSION, words.TYPING))


def _text_fits(role: str, value: str) -> bool:
    if role in (words.SCHEDULE, words.START, words.FIRST_DAY, words.END):
        return bool(_DATE_OR_TIME.search(value) or _CRON.match(value))
    if role == words.RECURRENCE:
        return bool(_CRON.match(value) or _RHYTHM.match(value) or value.startswith(("FREQ=", "RRULE")))
    if role == words.RECIPIENTS:
        return bool(_FILE.match(value))
    if role == words.ADDRESS:
        return bool(_PHONE.match(value))
    if role in (words.OPT_OUT, words.SUPPRESSION, words.OPT_IN):
        return bool(_URL.match(value) or "@" in value or _FILE.match(value)) or len(value) > 40
    if role == words.CHANNEL:
        return channel_of(value) is not None or _is_other_channel(value)
    if role in (words.AUDIENCE, words.TEMPLATE, words.TEMPLATE_NAME, words.ACCOUNT):
        return len(value) <= 120
    if role == words.PROMPT:
        return len(value) > 20
    return role not in (words.COUNT, words.OUTCOME, words.DAILY, words.SPACING, words.LEAST, words.MOST, words.PACE)


def channel_of(value: Any) -> str | None:
    """Return the channel of the record that a value names."""
    return CHANNELS.get(plain(value)) if isinstance(value, str) else None


def _is_other_channel(value: Any) -> bool:
    return isinstance(value, str) and plain(value) in OTHER_CHANNELS


def _is_foreign(entry: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is certainly something else."""
    for key, value in entry.items():
        if role_of(key) == words.FOREIGN:
            return True
        name = plain(key)
        if name == "$schema" and isinstance(value, str) and "json-schema.org" in value:
            return True
        if name in ("platform", "platforms", "network"):
            listed = value if isinstance(value, list) else [value]
            if any(isinstance(item, str) and item.lower() in _SOCIAL for item in listed):
                return True
        if name in ("direction", "role") and isinstance(value, str) and value.lower() in _PAST:
            return True
        if name in ("channel", "channels") and _is_other_media(value):
            return True
        if name == "position" and isinstance(value, str):  # of a button on a page
            return True
        if name == "object" and value == "whatsapp_business_account":
            return True
    if "event" in entry and isinstance(entry.get("data", entry.get("payload")), dict):  # what a webhook received
        return True
    return "flow" in entry and _holds_mappings(entry["flow"]) and any("module" in item for item in entry["flow"])


def _is_other_media(value: Any) -> bool:
    listed = value if isinstance(value, list) else [value]
    return bool(listed) and all(isinstance(item, str) and plain(item) in _OTHER_MEDIA for item in listed)


# --- steps --------------------------------------------------------------------------------------------------------


def steps_in(items: list[Any], at: Pointer) -> tuple[Pointer, ...]:
    """Return the places of the items that are messages of a sequence: they wait for days, or name their channel."""
    return tuple(
        (*at, index) for index, item in enumerate(items) if isinstance(item, dict) and _is_step(item, (*at, index))
    )


def _is_step(item: Mapping[str, Any], pointer: Pointer) -> bool:
    if _is_foreign(item):
        return False
    roles = {field.role for field in fields_of(item, pointer)}
    waits, on_day = _waits(item, words.WAIT), _waits(item, words.DAY)
    typed = any(plain(key) in ("type", "kind") and channel_of(value) for key, value in item.items())
    channel = words.CHANNEL in roles or typed
    says = not roles.isdisjoint(_CONTENT)
    if waits:
        return channel or says or words.NAME in roles
    return (channel and (says or on_day)) or (on_day and words.SUBJECT in roles)


def _waits(item: Mapping[str, Any], *roles: str) -> bool:
    """Tell whether a step says after how many days it is sent."""
    return any(
        role_of(key) in (roles or (words.WAIT, words.DAY))
        and isinstance(value, (int, float))
        and not isinstance(value, bool)
        for key, value in item.items()
    )
