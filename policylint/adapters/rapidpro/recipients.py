"""Actions, triggers and campaigns that name people → how these are chosen, and on which channel they are reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import mapping
from policylint.model.source import EXPRESSION, Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Pointer

FEW = Unknown("a few fixed recipients")
NOBODY = Unknown("the file does not say to whom")
SELF = "self"
"""The person whom the flow talks with."""

CHANNELS = {
    "whatsapp": "whatsapp",
    "tel": "sms",
    "telegram": "telegram",
    "facebook": "messenger",
    "instagram": "instagram",
    "viber": "viber",
    "line": "line",
    "mailto": "email",
    "fcm": "push",
}
"""Scheme of an address (nyaruka/gocommon, urns) → channel. WhatsApp has its own scheme, so ``tel`` is SMS."""

_FIELDS = ("contacts", "urns", "legacy_vars", "variables", "addresses", "emails")
_SELF = re.compile(r"@\(?(?:contact(?:\.(?:uuid|id|urn|tel|tel_e164|urns(?:\.\w+)?))?|urns(?:\.\w+)?)\)?")
_EXPRESSION = re.compile(r"(?:^|:)@|@\(")
_SCHEME = re.compile(r"([a-z]+):.")


class Recipients(NamedTuple):
    """Whom an action is for."""

    selection: str | Unknown
    """As the record has it, or ``SELF``."""
    at: Pointer
    size: int | None = None
    schemes: tuple[str, ...] = ()
    """Schemes of the addresses, where nobody is named in another way."""


def recipients_of(data: Mapping[str, Any], at: Pointer) -> Recipients:
    """Return whom a broadcast, an e-mail, the start of a session or a scheduled trigger is for."""
    for field in ("groups", "contact_query"):
        if data.get(field):
            return Recipients("segment", (*at, field))
    named = {field: _texts(data.get(field)) for field in _FIELDS}
    shown_by = next(((*at, field) for field, texts in named.items() if texts), None)
    if shown_by is None:
        return Recipients(NOBODY, at)
    everyone = [text for texts in named.values() for text in texts]
    others = [text for text in everyone if not _SELF.fullmatch(text.strip())]
    if not others:
        return Recipients(SELF, shown_by)
    found = [match.group(1) for urn in named["urns"] if (match := _SCHEME.match(urn))]
    schemes = tuple(dict.fromkeys(found)) if len(found) == len(everyone) else ()
    if any(_EXPRESSION.search(text) for text in others):
        return Recipients(EXPRESSION, shown_by, None, schemes)
    if len(everyone) == 1:
        return Recipients("single_number", shown_by, 1, schemes)
    return Recipients(FEW, shown_by, len(everyone), schemes)


def _texts(value: Any) -> list[str]:
    """Return what a list of people names each of them by."""
    found = []
    for item in value if isinstance(value, list) else ():
        name = next((mapping(item).get(key) for key in ("uuid", "id", "name") if mapping(item).get(key)), None)
        name = name if isinstance(item, dict) else item
        if isinstance(name, (str, int)):
            found.append(str(name))
    return found
