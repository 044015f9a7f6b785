"""Plain data → the bot in it with its blocks. Small, as recognising a file imports it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, mapping, mappings, text_of
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

# packages/blocks of baptisteArno/typebot.io; the forged blocks go by the name of the service.
TEXT, EMAIL, EMAIL_INPUT = "text", "Email", "email input"
REQUESTS = frozenset(["Webhook", "HTTP request"])
VARIABLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


class Block(NamedTuple):
    """A block of a bot and where it stands."""

    fields: Mapping[str, Any]
    at: Pointer

    @property
    def kind(self) -> str:
        """Its type, such as ``text`` or ``Email``."""
        kind = self.fields.get("type")
        return kind if isinstance(kind, str) else ""

    @property
    def named_at(self) -> Pointer:
        """Where its type stands."""
        return (*self.at, "type")

    @property
    def options(self) -> tuple[Mapping[str, Any], Pointer]:
        """Its options and where they stand."""
        return mapping(self.fields.get("options")), (*self.at, "options")


class Bot(NamedTuple):
    """A bot of a document and where it stands."""

    document: Document
    fields: Mapping[str, Any]
    at: Pointer
    blocks: tuple[Block, ...]

    def draft(self, name: str, at: Pointer) -> Draft:
        """Return a record with what the whole bot says."""
        draft = Draft(self.document, name, at)
        if text_of(self.fields, "name") is not None:
            draft.put(("name",), self.fields["name"], (*self.at, "name"))
        for field in ("isClosed", "isArchived"):
            if self.fields.get(field) is True:
                draft.put(("enabled",), value=False, at=(*self.at, field))
        return draft


def bot_at(data: Any) -> Pointer | None:
    """Return where the bot stands: the document, or ``typebot`` in what the API gives."""
    if _is_bot(data):
        return ()
    return ("typebot",) if _is_bot(mapping(data).get("typebot")) else None


def _is_bot(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("edges"), list):
        return False
    if not isinstance(data.get("variables"), list) and not isinstance(data.get("events"), list):
        return False
    return any(isinstance(group.get("blocks"), list) for _, group in mappings(data.get("groups")))


def blocks_of(fields: Mapping[str, Any], at: Pointer) -> Iterator[Block]:
    """Yield the blocks of all groups."""
    for group_index, group in mappings(fields.get("groups")):
        for index, block in mappings(group.get("blocks")):
            yield Block(block, (*at, "groups", group_index, "blocks", index))
