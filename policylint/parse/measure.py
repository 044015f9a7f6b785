"""JSON texts and plain data → whether they go beyond a limit, found out with as little work as can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from policylint.model.limits import TOO_LONG, shortened

if TYPE_CHECKING:
    from policylint.model.source import Pointer


def has_more_values(text: str, most: int) -> bool:
    """Tell whether a JSON text holds more values than that, before any of them is made."""
    if len(text) <= most or _values(text) <= most:
        return False
    outside = re.sub('"[^"]*"', "", text.replace("\\\\", "").replace('\\"', ""))
    return _values(outside) > most


def _values(text: str) -> int:
    """Return how many values there can be at most."""
    return text.count(",") + text.count("[") + text.count("{") + 1


def is_deeper(text: str, data: Any, depth: int) -> bool:
    """Tell whether what a text says nests deeper than that; hardly any text has the brackets for it."""
    if text.count("[") + text.count("{") <= depth or type(data) not in (dict, list):
        return False
    level = [data]
    for _ in range(depth):
        items = (item for holder in level for item in (holder.values() if type(holder) is dict else holder))
        level = [item for item in items if type(item) is dict or type(item) is list]
        if not level:
            return False
    return any(level)


def cut_long_strings(data: Any, most: int) -> Iterator[Pointer]:
    """Put ``TOO_LONG`` in the place of longer texts and cut longer keys; yields where each of them stood.

    Args:
        data: A list or a mapping of plain data; it is changed.
        most: Characters.

    """
    pending: list[tuple[Pointer, Any]] = [((), data)]
    while pending:
        pointer, holder = pending.pop()
        if type(holder) is dict:
            for key in [key for key in holder if len(key) > most]:
                holder[shortened(key)] = holder.pop(key)
                yield (*pointer, key)
        long = []
        for step, value in holder.items() if type(holder) is dict else enumerate(holder):
            kind = type(value)
            if kind is str:
                if len(value) > most:
                    long.append(step)
            elif kind is dict or kind is list:
                pending.append(((*pointer, step), value))
        for step in long:
            holder[step] = TOO_LONG
            yield (*pointer, step)
