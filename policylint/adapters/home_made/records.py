"""A campaign that signs.py found → its records: one for each step, and for each channel that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft
from policylint.adapters.home_made import CARRIES, comments, values, words
from policylint.adapters.home_made.channels import Channels
from policylint.adapters.home_made.signs import Entry, Field, fields_of
from policylint.adapters.home_made.wording import Wording
from policylint.adapters.home_made.words import plain, role_of
from policylint.model.source import Document, Pointer, Unknown, value_at

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.record import ProviderTable

FORMAT = "home-made"
_NOBODY = Unknown("the file does not say to whom")
_OWN_WORDS = Unknown("the file has it in a form of its own")
# Ids that tell a reader nothing: numbers, UUIDs and hashes.
_OPAQUE = re.compile(r"\d+\Z|[0-9a-fA-F-]{12,}\Z")


def of_all(document: Document, entries: Iterable[Entry], providers: ProviderTable) -> list[Campaign]:
    """Return the records of the campaigns of a document."""
    whole = _Whole(document, providers)
    return [record for entry in entries for record in _records(whole, entry)]


class _Whole:
    """What is looked up once in a document for all of its campaigns."""

    def __init__(self, document: Document, providers: ProviderTable) -> None:
        self.document = document
        self.providers = providers
        self.channels = Channels(document.data)

    @cached_property
    def opt_out(self) -> Pointer | None:
        """Where the document speaks of opting out beside its campaigns."""
        return values.opt_out_elsewhere(self.document.data)


def _records(whole: _Whole, entry: Entry) -> Iterator[Campaign]:
    if not entry.steps:
        yield from _Writer(whole, entry).records(entry.fields, None)
        return
    names = step_names(whole.document, entry.steps)
    for step, name in zip(entry.steps, names, strict=True):
        fields = tuple(fields_of(value_at(whole.document.data, step), step))
        own = tuple(field for field in entry.fields if field.role != words.STEPS)
        yield from _Writer(whole, entry).records((*fields, *own), step, name)


def step_names(document: Document, steps: Sequence[Pointer]) -> list[str]:
    """Return what to call the steps of a sequence: their own names where no two are the same, else their numbers."""
    items = [value_at(document.data, step) for step in steps]
    named = [[value for key, value in item.items() if role_of(key) == words.NAME and value] for item in items]
    names = [str(values[0]) for values in named if values]
    return names if len(set(names)) == len(steps) else [str(int(step[-1]) + 1) for step in steps]


class _Writer:
    """Writes the records of one message of a campaign."""

    def __init__(self, whole: _Whole, found: Entry) -> None:
        self.whole = whole
        self.document = whole.document
        self.found = found
        self.fields: tuple[Field, ...] = ()

    def records(self, fields: tuple[Field, ...], step: Pointer | None, name: str = "") -> Iterator[Campaign]:
        """Yield a record for each channel of a message.

        Args:
            fields: What the message and its campaign say, the nearest first.
            step: The message, where it is a step of a sequence.
            name: What to call the step.

        """
        self.fields = fields
        channels = self.whole.channels.of(self.found, fields, step)
        for channel, at in channels:
            label = f" · {channel if isinstance(channel, str) else 'other'}" if len(channels) > 1 else ""
            draft = Draft(self.document, f"{self.name()}{name and f' › {name}'}{label}", step or self.found.pointer)
            self.identity(draft, step)
            draft.put(("channel",), channel, at)
            if self.found.is_store:
                draft.data["kind"] = "template"
            else:
                self.audience(draft, step)
                self.schedule(draft)
                self.sender(draft, channel)
            self.consent(draft)
            Wording(draft, fields).put()
            yield draft.campaign(FORMAT, [*CARRIES, *self.further(channel)])

    def first(self, *roles: str, own: bool = False) -> Field | None:
        """Return the nearest field of one of some meanings; ``own``: of the campaign, not of a group in it."""
        for field in self.fields:
            if field.role in roles and not (own and field.group not in (None, words.SETTINGS)):
                return field
        return None

    def shared(self, *roles: str) -> Field | None:
        """Return the nearest such field, or the one that the document has for all campaigns."""
        return self.first(*roles) or next((field for field in self.found.shared if field.role in roles), None)

    # --- what it is -----------------------------------------------------------------------------------------------

    def name(self) -> str:
        """Return what to call the record."""
        own = [field for field in self.found.fields if field.group in (None, words.SETTINGS)]
        named = {field.role: field.value for field in reversed(own) if isinstance(field.value, (str, int))}
        key = self.found.pointer[-1:] if self.found.pointer and isinstance(self.found.pointer[-1], str) else ()
        stem = PurePosixPath(self.document.path).name.partition(".")[0]
        place = "".join(f"[{step}]" for step in self.found.pointer[-1:] if isinstance(step, int))
        own_id, own_name = named.get(words.IDENTIFIER), named.get(words.NAME)
        if own_name and own_id and _OPAQUE.match(str(own_id)):
            own_id = None
        return str(own_id or (key and key[0]) or own_name or f"{stem}{place}")

    def identity(self, draft: Draft, step: Pointer | None) -> None:
        """Put what the campaign is called, whether it is on, and what it is for; and where it stands."""
        named = next((field for field in self.found.fields if field.role == words.NAME and field.group is None), None)
        if named is not None and isinstance(named.value, str):
            draft.put(("name",), named.value, named.pointer)
        at = self.first(words.IDENTIFIER, words.NAME, own=True)
        if at is not None and step is None and isinstance(at.value, str):
            draft.stands_at(at.pointer)
        if step is not None:
            draft.put(("step",), self.found.steps.index(step) + 1, step)
        said = self.shared(words.DESCRIPTION)
        described = comments.description_of(self.document, self.found.pointer, said)
        if described:
            draft.put(("description",), described, self.found.pointer if said is None else said.pointer)
        enabled = self.enabled()
        if enabled is not None:
            draft.put(("enabled",), enabled[0], enabled[1])
        purpose = values.purpose_of(self.fields)
        if purpose is not None:
            draft.put(("purpose",), *purpose)

    def enabled(self) -> tuple[bool, Pointer] | None:
        """Return whether the campaign is switched on, and where the file says so; off wins."""
        said: list[tuple[bool, Pointer]] = []
        for field in self.fields:
            if field.group not in (None, words.SETTINGS):
                continue
            if field.role == words.ENABLED and isinstance(field.value, bool):
                said.append((field.value != (plain(field.key) in values.INVERTED), field.pointer))
            elif field.role in (words.STATUS, words.ENABLED) and isinstance(field.value, str):
                word = plain(field.value)
                if word in values.OFF or word.replace("_", "") in values.ON:
                    said.append((word not in values.OFF, field.pointer))
        return min(said, key=lambda one: one[0], default=None)

    # --- whom it goes to, when and from whom ----------------------------------------------------------------------

    def audience(self, draft: Draft, step: Pointer | None) -> None:
        """Put how recipients are chosen and how many they are; and that we write first."""
        selection: Any = _NOBODY
        at: Pointer | None = None
        for field in sorted(self.fields, key=lambda field: field.role not in (words.RECIPIENTS, words.COLUMN)):
            chosen = values.selection_of(field)
            if chosen is not None:
                selection, at = chosen, field.pointer
                break
        else:
            limit = self.shared(words.DAILY, words.PACE, words.SPACING, words.LEAST)
            if step is not None:
                selection, at = "list", step
            elif limit is not None:
                selection, at = "list", limit.pointer
        draft.put(("audience", "selection"), selection, at)
        draft.put(("direction",), "push", at)
        listed = self.first(words.RECIPIENTS)
        count = self.first(words.COUNT)
        if listed is not None and isinstance(listed.value, list) and listed.value:
            draft.put(("audience", "size"), len(listed.value), listed.pointer)
        elif count is not None and isinstance(count.value, int) and count.value > 0:
            draft.put(("audience", "size"), count.value, count.pointer)
        country = self.first(words.COUNTRY)
        codes = [] if country is None else country.value if isinstance(country.value, list) else [country.value]
        if (
            country is not None
            and codes
            and all(isinstance(code, str) and re.fullmatch("[A-Z]{2}", code) for code in codes)
        ):
            draft.put(("audience", "countries"), codes, country.pointer)

    def schedule(self, draft: Draft) -> None:
        """Put when it runs, how often and how fast."""
        for name, roles in (("start", (words.START, words.FIRST_DAY)), ("end", (words.END,))):
            field = self.first(*roles)
            if field is not None and isinstance(field.value, str):
                value = field.value if values.DAY.match(field.value) else _OWN_WORDS
                draft.put(("schedule", name), value, field.pointer)
        planned = self.first(words.SCHEDULE)
        if planned is not None and isinstance(planned.value, str) and "start" not in draft.data.get("schedule", {}):
            if values.DAY.match(planned.value):
                draft.put(("schedule", "start"), planned.value, planned.pointer)
            elif values.CRON.match(planned.value):
                draft.put(("schedule", "recurrence"), planned.value, planned.pointer)
        rhythm = self.first(words.RECURRENCE)
        if (
            rhythm is not None
            and isinstance(rhythm.value, str)
            and plain(rhythm.value) not in ("once", "none", "unico")
        ):
            draft.put(("schedule", "recurrence"), values.RHYTHMS.get(plain(rhythm.value), rhythm.value), rhythm.pointer)
        zone = self.shared(words.ZONE)
        if zone is not None and isinstance(zone.value, str) and values.ZONE.match(zone.value):
            draft.put(("schedule", "timezone"), zone.value, zone.pointer)
        daily = self.shared(words.DAILY)
        if daily is not None and isinstance(daily.value, int) and daily.value > 0:
            draft.put(("schedule", "daily_maximum"), daily.value, daily.pointer)
        spacing = self.shared(words.SPACING)
        seconds = None if spacing is None else values.seconds_of(spacing)
        if spacing is not None and seconds and seconds > 0:
            draft.put(("schedule", "rate_per_second"), round(1 / seconds, 4), spacing.pointer)

    def sender(self, draft: Draft, channel: str | Unknown) -> None:
        """Put who sends, through whom, and by which measures against detection."""
        named = self.shared(words.SENDER_NAME)
        if named is not None and isinstance(named.value, str):
            draft.put(("sender", "display_name"), named.value, named.pointer)
        address = next((field for field in (*self.fields, *self.found.shared) if values.sends_mail_from(field)), None)
        if address is not None and channel == "email":
            draft.put(("sender", "address"), address.value, address.pointer)
        self.provider(draft, channel)
        if channel == "whatsapp" or isinstance(channel, Unknown):
            measures = list(self.measures())
            if measures:
                draft.put(("sender", "evasion"), [measure for measure, _ in measures], measures[0][1])
                for index, (_, at) in enumerate(measures):
                    draft.point(("sender", "evasion", index), at)

    def provider(self, draft: Draft, channel: str | Unknown) -> None:
        """Put who carries the messages, where a value names a provider of the table or one of its addresses."""
        table = self.whole.providers
        for field in (*self.fields, *self.found.shared):
            if field.role != words.PROVIDER or not isinstance(field.value, str):
                continue
            sign = table.named(field.value) or table.url(field.value)
            if sign is None and channel == "whatsapp" and "graph.facebook.com" in field.value:
                sign = table.named("meta")
            if sign is not None and channel == "whatsapp":
                draft.put_carrier(sign, field.pointer)
            elif sign is not None and sign.provider is not None:
                draft.put(("sender", "provider"), sign.provider, field.pointer)
            if sign is not None:
                return

    def measures(self) -> Iterator[tuple[str, Pointer]]:
        """Yield the measures that only make sense against detection on an unofficial client."""
        least, most = self.shared(words.LEAST), self.shared(words.MOST)
        if least and most and values.number_of(least.value) < values.number_of(most.value):
            yield "random_delay", least.pointer
        for role, measure in (
            (words.TYPING, "typing_simulation"),
            (words.WARM_UP, "warm_up"),
            (words.ROTATION, "number_rotation"),
        ):
            field = self.shared(role)
            if field is not None and values.is_on(field.value):
                yield measure, field.pointer

    # --- agreement ------------------------------------------------------------------------------------------------

    def consent(self, draft: Draft) -> None:
        """Put what the file says of agreement and of its end."""
        said = [field for field in (*self.fields, *self.found.shared) if field.role == words.OPT_OUT]
        for field in said:
            for name, value in values.opt_out_of(field):
                draft.put(("opt_out", name), value, field.pointer)
        if said and "opt_out" not in draft.data:
            draft.put(("opt_out",), _OWN_WORDS, said[0].pointer)
        elif not said and self.whole.opt_out is not None:
            draft.put(("opt_out",), _OWN_WORDS, self.whole.opt_out)
        barred = self.shared(words.SUPPRESSION)
        if barred is not None and barred.value:
            lists = barred.value if isinstance(barred.value, list) else [barred.value]
            names = [name for name in lists if isinstance(name, str)] or [barred.key]
            draft.put(("audience", "suppression_lists"), names, barred.pointer)
        agreed = self.first(words.OPT_IN)
        if agreed is not None and isinstance(agreed.value, bool):
            draft.put(("consent", "obtained"), agreed.value, agreed.pointer)
        elif agreed is not None:
            name = "source" if "source" in plain(agreed.key) else "evidence"
            value = agreed.value if isinstance(agreed.value, str) else _OWN_WORDS
            draft.put(("consent", name) if isinstance(value, str) else ("consent",), value, agreed.pointer)

    def further(self, channel: str | Unknown) -> Iterator[str]:
        """Yield the fields that this file has a place for beside the usual ones."""
        roles = {field.role for field in (*self.fields, *self.found.shared)}
        if words.OPT_IN in roles:
            yield from ("consent.obtained", "consent.source", "consent.evidence")
        if words.SUPPRESSION in roles:
            yield "audience.suppression_lists"
        if not roles.isdisjoint((words.PURPOSE, words.PROMPT)) or channel in ("email", "sms"):
            yield "purpose"
        if words.SUBJECT in roles or channel == "email":
            yield "messages.subject"
