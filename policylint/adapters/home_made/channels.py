"""A campaign → the channels that its file names for it: in a value or a key, never in the name of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from policylint.adapters.home_made import words
from policylint.adapters.home_made.signs import Entry, Field, campaigns_in, channel_of
from policylint.adapters.home_made.words import channel_in_key, channel_word, plain, role_of
from policylint.model.phrase import phrase
from policylint.model.source import Pointer, Unknown, value_at

_NOT_NAMED = Unknown("the file does not name the channel")
_WHATSAPP = re.compile(r"whats\s?app|@c\.us\b|@s\.whatsapp\.net\b|@g\.us\b", re.IGNORECASE)
_TAGGED_LINK = re.compile(r"\butm_(?:source|medium)=whatsapp\b", re.IGNORECASE)
# What people read, not what the file says of the sending.
_READ_BY_PEOPLE = frozenset((words.TEXT, words.WINDOW_TEXT, words.SUBJECT, words.EXAMPLE, words.OPT_OUT))

Named = tuple[str | Unknown, Pointer | None]


class Channels:
    """The channels of the campaigns of one document."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def of(self, found: Entry, fields: Iterable[Field], step: Pointer | None) -> list[Named]:
        """Return the channels of a message, each with what names it; one unknown channel where nothing does.

        Args:
            found: The campaign.
            fields: What the message and its campaign say, the nearest first.
            step: The message, where it is a step of a sequence.

        """
        fields = list(fields)
        if step is not None:
            own = [field for field in fields if field.pointer[: len(step)] == step]
            stated = list(_stated(own)) or list(_typed(self.data, step))
            if stated:
                return stated
        stated = list(_stated(fields))
        if stated:
            return stated
        key = channel_of(found.pointer[-1]) if found.pointer else None
        if key is not None:
            return [(key, found.pointer)]
        mention = next(_mentions(value_at(self.data, found.pointer), found.pointer), None)
        if mention is not None:
            return [("whatsapp", mention)]
        subject = next((field for field in fields if field.role == words.SUBJECT), None)
        return [self.of_document if subject is None else ("email", subject.pointer)]

    @cached_property
    def of_document(self) -> Named:
        """The channel of a campaign that names none: the only one that the document names elsewhere."""
        named: dict[str, Pointer] = {}
        for found in campaigns_in(self.data):
            for stated, at in _stated(found.fields):
                named.setdefault(str(stated), at or ())
        for key in self.data if isinstance(self.data, dict) else ():
            word = channel_of(key) or channel_word(key)
            if word is not None:
                named.setdefault(word, (key,))
        mention = whatsapp_in(self.data)
        if mention is not None:
            named.setdefault("whatsapp", mention)
        return next(iter(named.items())) if len(named) == 1 else (_NOT_NAMED, None)


def whatsapp_in(data: Any) -> Pointer | None:
    """Return the first place where a document speaks of WhatsApp, texts for people left out."""
    return next(_mentions(data, ()), None)


def _stated(fields: Iterable[Field]) -> Iterator[Named]:
    """Yield what the nearest key for channels says, else the channel in a key that holds something else."""
    fields = list(fields)
    for field in fields:
        if field.role == words.CHANNEL:
            listed = field.value if isinstance(field.value, list) else [field.value]
            places = (
                [(*field.pointer, index) for index in range(len(listed))] if listed is field.value else [field.pointer]
            )
            for value, at in zip(listed, places, strict=True):
                yield channel_of(value) or Unknown(phrase("the file says {value}", value=value)), at
            return
    for field in fields:
        named = channel_in_key(field.key)
        if named is not None:
            yield named, field.pointer
            return


def _typed(data: Any, step: Pointer) -> Iterator[Named]:
    item = value_at(data, step)
    for key, value in item.items() if isinstance(item, dict) else ():
        named = channel_of(value) if plain(key) in ("type", "kind") else None
        if named is not None:
            yield named, (*step, key)
            return


def _mentions(value: Any, pointer: Pointer, role: str | None = None) -> Iterator[Pointer]:
    """Yield the places of keys and texts that speak of WhatsApp, but for the texts that go to people."""
    if isinstance(value, str):
        pattern = _TAGGED_LINK if role in _READ_BY_PEOPLE else _WHATSAPP
        if pattern.search(value):
            yield pointer
    elif isinstance(value, dict):
        for key, inner in value.items():
            below = role_of(key) or role
            if _WHATSAPP.search(key) and inner not in (None, "", False) and below not in _READ_BY_PEOPLE:
                yield (*pointer, key)
            yield from _mentions(inner, (*pointer, key), below)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _mentions(inner, (*pointer, index), role)
