"""Actions that record an opt-in or an opt-out → where the proof is, and by which words people stop the messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from policylint.adapters.drafts import mapping, mappings
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.rapidpro.definitions import Action, Flow
    from policylint.adapters.rapidpro.paths import Start
    from policylint.model.source import Pointer

_OUT = re.compile(r"opt(?:ed)?[\s_-]*out|unsubscri|do[\s_-]*not[\s_-]*(?:contact|message)|descadastr", re.IGNORECASE)
_IN = re.compile(r"opt(?:ed)?[\s_-]*in\b|\bconsent|\bsubscribe[dr]?\b|einwillig", re.IGNORECASE)
_NO = re.compile(r"no|n|false|0|none|null", re.IGNORECASE)


class Consent(NamedTuple):
    """What the flows of a document record."""

    opt_in: str | None = None
    opt_in_at: Pointer | None = None
    opt_out_at: Pointer | None = None
    keywords: tuple[str, ...] = ()
    """Words that start a flow that records an opt-out."""
    keywords_at: Pointer | None = None


def consent_of(flows: Sequence[Flow], starts: Sequence[Start]) -> Consent:
    """Return what the flows of a document record of opt-ins and opt-outs."""
    found = Consent()
    stopping: dict[int, Pointer] = {}
    for number, flow in enumerate(flows):
        for _, action in flow.actions():
            recorded = recorded_by(action)
            if recorded == "in" and found.opt_in is None:
                found = found._replace(opt_in=f"{flow.name}: {_said(action)}", opt_in_at=action.pointer)
            elif recorded == "out":
                stopping.setdefault(number, action.pointer)
    if stopping:
        found = found._replace(opt_out_at=next(iter(stopping.values())))
    start = next((start for start in starts if start.keywords and start.flow in stopping), None)
    return found._replace(keywords=start.keywords, keywords_at=start.at) if start else found


def recorded_by(action: Action) -> str | None:
    """Return ``in`` or ``out`` for an action that records an opt-in or an opt-out."""
    if action.kind == "set_contact_field":
        field, value = _field(action), str(action.data.get("value"))
        if _OUT.search(value) or (_OUT.search(field) and not _NO.fullmatch(value.strip())):
            return "out"
        if _IN.search(value) or _IN.search(field):
            return "out" if _NO.fullmatch(value.strip()) else "in" if value.strip() else None
    elif action.kind == "set_contact_status":
        return "out" if action.data.get("status") in ("stopped", "blocked") else None
    elif action.kind in ("add_contact_groups", "remove_contact_groups"):
        names = _groups(action)
        leaves = action.kind == "remove_contact_groups"
        if _OUT.search(names):
            return None if leaves else "out"
        if _IN.search(names):
            return "out" if leaves else "in"
    return None


def _said(action: Action) -> str:
    if action.kind == "set_contact_field":
        return f"{mapping(action.data.get('field')).get('key') or _field(action)} = {action.data.get('value')}"
    return _groups(action)


def _field(action: Action) -> str:
    field = action.data.get("field")
    return f"{mapping(field).get('key')} {mapping(field).get('name')}" if isinstance(field, dict) else str(field)


def _groups(action: Action) -> str:
    return ", ".join(str(group.get("name")) for _, group in mappings(action.data.get("groups")))
