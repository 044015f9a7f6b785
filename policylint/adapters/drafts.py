"""What adapters share: looks into plain data of any shape, and a campaign record under construction with its places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from policylint.model.campaign import Campaign
from policylint.model.source import EXPRESSION, Document, Place, Pointer, Unknown, value_at
from policylint.record import fill_unknown, record_schema
from policylint.schema import holds_placeholder

if TYPE_CHECKING:
    from policylint.record import Sign

_SENDS = re.compile(r"send|messages?\b", re.IGNORECASE)
_NOT_READ = Unknown("the body of the request is not read")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Liquid, Handlebars, Jinja; JavaScript; AMPscript.
_EXPRESSIONS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\$\{.*?\}|%%\[.*?\]%%|%%=.*?=%%|%%\w+%%", re.DOTALL)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the mappings of a list with their indexes; nothing for anything else."""
    if isinstance(value, list):
        yield from ((index, item) for index, item in enumerate(value) if isinstance(item, dict))


def text_of(fields: Mapping[str, Any], *names: str) -> tuple[str, str] | None:
    """Return the first of some fields that holds a text with something in it: its name and the text."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return name, value
    return None


def label(*values: Any) -> str:
    """Return the first value that can name something, as a text; ``?`` where none can."""
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return "?"


def readable(text: str) -> str | Unknown:
    """Return a text as it stands, unknown where it has no words but those of expressions."""
    if _EXPRESSIONS.search(text) and not _WORD.search(_EXPRESSIONS.sub("", text)):
        return EXPRESSION
    return text


class Draft:
    """A record under construction, with the places of its values."""

    def __init__(self, document: Document, name: str, at: Pointer) -> None:
        self.document = document
        self.data: dict[str, Any] = {"campaign": name}
        self.places: dict[Pointer, Place] = {}
        self.notes: list[str] = []
        self.stands_at(at)

    def stands_at(self, at: Pointer) -> None:
        """Say where the record stands; a field that the file lacks points there too."""
        text = value_at(self.document.data, at)
        self.point((), at, (0, len(text)) if isinstance(text, str) and text else None)
        self.places["campaign",] = self.places[()]

    def put(self, path: Pointer, value: Any, at: Pointer | None = None, span: tuple[int, int] | None = None) -> None:
        """Put a value, into objects and lists made where missing; ``at`` says where it stands in the document."""
        if isinstance(value, str) and holds_placeholder(value) and not _is_text(path):
            value = EXPRESSION
        target: Any = self.data
        for step, following in pairwise(path):
            if isinstance(step, int):
                target.extend({} for _ in range(len(target), step + 1))
                target = target[step]
            else:
                target = target.setdefault(step, [] if isinstance(following, int) else {})
        target[path[-1]] = value
        if at is not None:
            self.point(path, at, span)

    def point(self, path: Pointer, at: Pointer, span: tuple[int, int] | None = None) -> None:
        """Say where a value of the record stands, or what shows that it is not there."""
        self.places[path] = Place(self.document, at, span)

    def put_beside(self, path: Pointer, value: Any, side: Document, span: tuple[int, int] | None = None) -> None:
        """Put a value from a file beside the document; ``span`` says which characters of it, all where left out."""
        self.put(path, value)
        self.places[path] = Place(side, (), span or (0, len(side.text)) if side.text else None)

    def put_carrier(self, sign: Sign, shown_by: Pointer) -> None:
        """Put who carries a WhatsApp message, and the product where the route settles it."""
        self.put(("channel",), "whatsapp", shown_by)
        for name, value in (("provider", sign.provider), ("library", sign.library)):
            if value:
                self.put(("sender", name), value, shown_by)
        if sign.route in ("official", "bsp"):
            self.put(("sender", "product"), "business_platform", shown_by)

    def put_request(self, sign: Sign, url: str, shown_by: Pointer) -> None:
        """Put a request to somebody who carries WhatsApp messages: one that sends, or one that only asks."""
        self.put_carrier(sign, shown_by)
        if _SENDS.search(url):
            for field in ("kind", "body", "template"):
                self.put(("messages", 0, field), _NOT_READ, shown_by)
        else:
            self.data.update(kind="setup", messages=None)

    def note(self, text: str) -> None:
        """Say something that the user should know, once."""
        if text not in self.notes:
            self.notes.append(text)

    def campaign(self, format_name: str, carries: Sequence[str]) -> Campaign:
        """Return the finished record."""
        data = fill_unknown(self.data, carries)
        return Campaign(data, self.document, format_name, self.places, notes=tuple(self.notes))


def _is_text(path: Pointer) -> bool:
    """Tell whether placeholders are content at a record path."""
    field = record_schema().field(tuple(step for step in path if isinstance(step, str)))
    return field is not None and field.text
