"""The sends of a scenario → campaign records: who wrote first, how recipients are chosen, how often it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from policylint.adapters.make_blueprint import CARRIES
from policylint.adapters.make_blueprint.modules import SetUp, channel_of, message_of
from policylint.adapters.messages import (
    FEW,
    GENERATED,
    NOBODY,
    VARYING,
    Found,
    Message,
    Origin,
    fixed_count,
    sent,
    set_up,
)
from policylint.model.source import Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.make_blueprint.scenario import Above, Module, Scenario
    from policylint.adapters.texts import Text
    from policylint.model.campaign import Campaign
    from policylint.record import ProviderTable

STARTED_ELSEWHERE = Unknown("the scenario is started from outside, perhaps by an inbound message")
MIXED = Unknown("an inbound message starts it, but the recipients come from a list")
NO_SCHEDULE = Unknown("the blueprint was exported without its schedule")

_HOOKS = frozenset({"gateway", "webhook", "webhooks", "custom-webhook"})
_SUBSCENARIOS = re.compile(r"scenario", re.IGNORECASE)
_INBOUND = re.compile(r"watch|trigger|incoming|inbound|receiv|listen|newmessage|newemail|mailhook", re.IGNORECASE)
_INBOUND_NAME = re.compile(r"whats|\bwpp\b|inbound|incoming|evolution|waha|z-?api", re.IGNORECASE)
_BOT_NAME = re.compile(r"chat-?bot|\bbot\b|auto-?(?:reply|respon)", re.IGNORECASE)
# Where webhooks of chat services carry who wrote: the field of a recipient, without the number of the module.
_SENDER = re.compile(
    r"\b(?:from|From|WaId|wa_id|remoteJid|chat\.id|chatId|chat_id|sender\w*|author|user\.phone)(?:\.(?:id|phone|address|email))?`?\s*\}\}"
    r"|entry\[\d*\]\.changes|messages\[\d*\]\.from|contacts\[\d*\]\.wa_id|replyTo|from\.address",
)
_PROSPECTS = re.compile(r"lead|prospect|subscriber|campaign|audience|mailing|outreach|newsletter", re.IGNORECASE)
_GROUP = re.compile(r"@g\.us|\bgroup_?(?:jid|id)\b", re.IGNORECASE)
_SCRAPER = re.compile(
    r"apify|outscraper|serpapi|serper\.dev|scrap|maps/api/place|places\.googleapis|phantombuster", re.IGNORECASE
)
_FORMS = re.compile(r"typeform|jotform|google-forms|tally|form\b|forms\b|fillout|wufoo|paperform", re.IGNORECASE)
_CLOCK = {"daily": "daily", "weekly": "weekly", "monthly": "monthly"}


class _Recipient(NamedTuple):
    """Whom a module sends to."""

    text: Text | None
    used: list[Module]
    """The modules whose output names them."""

    @property
    def is_fixed(self) -> bool:
        """Tell whether the scenario names the address, or leaves it to be filled in once."""
        return self.text is not None and not self.used

    @property
    def is_named(self) -> bool:
        """Tell whether the address is written down."""
        return self.text is not None and self.text.literal is not None


def campaigns_of(scenario: Scenario, providers: ProviderTable) -> Iterator[Campaign]:
    """Yield one record per module that sends, and one per unofficial client that only receives or looks up."""
    set_ups: dict[str | None, tuple[Module, SetUp]] = {}
    sending: set[str | None] = set()
    for module in sorted(scenario.modules, key=lambda module: module.pointer):
        found = message_of(module, scenario, providers)
        if isinstance(found, Message):
            sending.add(found.sign.provider if found.sign else None)
            yield _sent(found, module, scenario, providers)
        elif found is not None:
            set_ups.setdefault(found.sign.provider, (module, found))
    for provider, (module, found) in set_ups.items():
        if provider not in sending:
            note = "an unofficial client that sends no message here"
            yield set_up(_origin(module, scenario), found.sign, module.typed_at, note)


def _origin(module: Module, scenario: Scenario) -> Origin:
    return Origin(
        scenario.document, "make-blueprint", scenario.name, scenario.named_at, module.label, module.typed_at, CARRIES
    )


def _sent(message: Message, module: Module, scenario: Scenario, providers: ProviderTable) -> Campaign:
    above = scenario.above[module.order]
    start = scenario.modules[above.start]
    recipient = _Recipient(message.recipient, scenario.references(message.recipient.value) if message.recipient else [])
    direction = _direction(message, module, recipient, above, scenario, providers)
    facts: dict[tuple[str, ...], Found | None] = {
        ("direction",): direction,
        ("audience", "selection"): (
            _selection(recipient, direction, start, above, scenario) if message.channel != "push" else None
        ),
        ("audience", "size"): _size(recipient),
        ("audience", "source"): _source(recipient, direction),
        ("schedule", "recurrence"): _recurrence(start, scenario),
        ("audience", "suppression_lists"): _gate(above.opt_out, scenario, listed=True),
        ("consent", "evidence"): _gate(above.opt_in, scenario, listed=False),
    }
    if direction.value == "reply":
        facts["automation", "bot"] = Found(value=True, at=start.typed_at)
    if message.is_unofficial and above.random_pause >= 0:
        facts["sender", "evasion"] = Found(["random_delay"], scenario.modules[above.random_pause].typed_at)
    text_from = next((found for body in message.bodies if (found := _writer(body, scenario))), None)
    notes = [GENERATED.why] if text_from == "model" else []
    return sent(_origin(module, scenario), message._replace(text_from=text_from), facts, notes)


def _writer(body: Text | Unknown, scenario: Scenario) -> str | None:
    """Return who writes a text that is nothing but expressions: a language model, or the rows of a table."""
    if isinstance(body, Unknown) or isinstance(body.readable, str):
        return None
    used = scenario.references(body.value)
    if any(module.is_generator or scenario.above[module.order].generator >= 0 for module in used):
        return "model"
    return "table" if any(module.is_loop or module.gives_rows for module in used) else None


# --- who wrote first ------------------------------------------------------------------------


def _direction(
    message: Message,
    module: Module,
    recipient: _Recipient,
    above: Above,
    scenario: Scenario,
    providers: ProviderTable,
) -> Found:
    """Return ``push`` or ``reply``, or unknown."""
    start = scenario.modules[above.start]
    at = start.typed_at
    if message.channel == "email" and "reply" in module.action.lower():
        return Found("reply", module.typed_at)
    if recipient.is_named:
        return Found("push", at)
    answers = _is_inbound(start, message, recipient, providers)
    if answers:
        loops = [used for used in recipient.used if used.order == above.loop or used.gives_rows]
        return Found(MIXED) if loops else Found("reply", at)
    if recipient.is_fixed or message.channel in ("email", "push", "voice"):
        return Found("push", at)
    if _names_prospects(recipient, start):
        return Found("push", at)
    is_open = start.app in _HOOKS and (
        _INBOUND_NAME.search(f"{start.label}\n{start.hook}") or _BOT_NAME.search(scenario.name)
    )
    return Found(STARTED_ELSEWHERE if is_open or _SUBSCENARIOS.search(start.app) else "push", at)


def _names_prospects(recipient: _Recipient, start: Module) -> bool:
    """Tell whether the fields that say to whom are of leads or of a campaign."""
    address = recipient.text.value if recipient.text else ""
    return bool(_PROSPECTS.search(f"{address}\n{start.app}:{start.action}\n{start.output}"))


def _is_inbound(start: Module, message: Message, recipient: _Recipient, providers: ProviderTable) -> bool:
    """Tell whether an inbound message starts the scenario: by the trigger, or by what its webhook carries."""
    if start.app in _HOOKS:
        if "mailhook" in start.action.lower():
            return message.channel == "email"
        return message.channel != "push" and bool(_SENDER.search(recipient.text.value if recipient.text else ""))
    return bool(_INBOUND.search(start.action)) and channel_of(start, providers) in _answered_on(message.channel)


def _answered_on(channel: object) -> tuple[object, ...]:
    # One trigger of Twilio takes SMS and WhatsApp messages.
    return ("whatsapp", "sms") if channel in ("whatsapp", "sms") else (channel,)


# --- who receives ---------------------------------------------------------------------------


def _selection(recipient: _Recipient, direction: Found, start: Module, above: Above, scenario: Scenario) -> Found:
    if direction.value == "reply":
        return Found("inbound_sender", recipient.text)
    if recipient.text is None:
        return Found(NOBODY)
    if _GROUP.search(recipient.text.value):
        return Found("group_chat", recipient.text)
    if recipient.is_fixed:
        few = fixed_count(recipient.text.literal or "") > 1
        return Found(FEW if few else "single_number", recipient.text)
    if above.loop >= 0 and any(used.order >= above.loop for used in recipient.used):
        return Found("list", scenario.modules[above.loop].typed_at)
    if _names_prospects(recipient, start):
        return Found("segment", recipient.text)
    return Found(VARYING)


def _size(recipient: _Recipient) -> Found | None:
    count = fixed_count(recipient.text.literal or "") if recipient.is_fixed and recipient.text else 0
    return Found(count, recipient.text) if count > 1 else None


def _source(recipient: _Recipient, direction: Found) -> Found | None:
    """Return where the addresses come from: the module that hands on people."""
    if direction.value == "reply":
        return None
    for module in recipient.used:
        asked = f"{module.app}\n{module.mapper.get('url') or ''}"
        if _SCRAPER.search(asked):
            return Found("scraped", module.typed_at)
        if _FORMS.search(module.app):
            return Found("web_form", module.typed_at)
        if module.gives_rows:
            return Found(module.app.replace("-", "_"), module.typed_at)
    return None


def _gate(index: int, scenario: Scenario, *, listed: bool) -> Found | None:
    """Return the module behind a filter that lets only some people through."""
    if index < 0:
        return None
    module = scenario.modules[index]
    return Found([module.label] if listed else module.label, (*module.pointer, "filter"))


# --- how often ------------------------------------------------------------------------------


def _recurrence(start: Module, scenario: Scenario) -> Found | None:
    """Return how often the scenario runs by itself; None where only events or people start it."""
    scheduling = scenario.scheduling
    if scheduling is None:
        return None if start.app in _HOOKS else Found(NO_SCHEDULE)
    kind, interval = scheduling.get("type"), scheduling.get("interval")
    if isinstance(kind, str) and kind in _CLOCK:
        return Found(_CLOCK[kind])
    if kind != "indefinitely" or isinstance(interval, bool) or not isinstance(interval, int) or interval <= 0:
        return None
    return Found(_every(interval))


def _every(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if rest == 0 and minutes < 60:
        return f"*/{minutes} * * * *"
    named: Mapping[int, str] = {3600: "0 * * * *", 86400: "daily", 604800: "weekly"}
    return named.get(seconds) or f"FREQ=SECONDLY;INTERVAL={seconds}"
