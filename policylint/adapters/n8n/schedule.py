"""A timer → how often it starts the workflow, as a word, as cron text or as RRULE text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from policylint.model.source import EXPRESSION, Pointer, Unknown

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node

TIMERS = frozenset({"scheduletrigger", "cron", "interval"})

_NAMED = {"days": "daily", "weeks": "weekly", "months": "monthly"}
_CRON = {"minutes": ("* * * * *", "*/{} * * * *"), "hours": ("0 * * * *", "0 */{} * * *")}
_RULES = {"seconds": "SECONDLY", "days": "DAILY", "weeks": "WEEKLY", "months": "MONTHLY"}
_MODES = {
    "": "daily",
    "everyday": "daily",
    "everyweek": "weekly",
    "everymonth": "monthly",
    "everyhour": "0 * * * *",
    "everyminute": "* * * * *",
}


def recurrence_of(timer: Node) -> tuple[str | Unknown, Pointer]:
    """Return how often a timer runs, by its first interval, and where it says so."""
    if timer.is_stripped:
        return Unknown("the parameters of the trigger were taken out of the export"), timer.named_at
    if timer.kind == "interval":
        return _every(timer.word("unit") or "seconds", timer.get("interval")), timer.named_at
    is_cron = timer.kind == "cron"
    path = ("triggerTimes", "item", 0) if is_cron else ("rule", "interval", 0)
    item = timer.get(*path)
    at = timer.at(*path) if isinstance(item, Mapping) and item else timer.named_at
    item = item if isinstance(item, Mapping) else {}
    return _cron(item) if is_cron else _rule(item), at


def _cron(item: Mapping[str, object]) -> str | Unknown:
    mode = str(item.get("mode") or "").lower()
    if mode == "everyx":
        return _every(str(item.get("unit") or "hours"), item.get("value"))
    if mode == "custom":
        return _text(item.get("cronExpression"))
    return _MODES.get(mode, "daily")


def _rule(item: Mapping[str, object]) -> str | Unknown:
    field = str(item.get("field") or "days")
    if field == "cronExpression":
        return _text(item.get("expression"))
    return _every(field, item.get(f"{field}Interval"))


def _text(expression: object) -> str | Unknown:
    if not isinstance(expression, str) or "{{" in expression:
        return EXPRESSION
    return expression.removeprefix("=").strip()


def _every(unit: str, count: object) -> str | Unknown:
    if isinstance(count, str):
        return EXPRESSION
    number = count if isinstance(count, int) and count > 1 else 1
    if unit in _CRON:
        return _CRON[unit][number > 1].format(number)
    if number == 1 and unit in _NAMED:
        return _NAMED[unit]
    return f"FREQ={_RULES[unit]};INTERVAL={number}" if unit in _RULES else EXPRESSION
