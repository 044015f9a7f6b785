"""Changes → the data that a document has after them, and whether two documents hold the same data.

By this an edit is proved: what its text parses to is compared as a whole with what was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from policylint.model.source import Unknown

if TYPE_CHECKING:
    from policylint.model.fix import Change
    from policylint.model.source import Pointer


_OF_LISTS = ("insert", "remove_items", "order")


def all_changed(data: Any, changes: Sequence[Change]) -> Any:
    """Return the data after changes whose pointers all count in the old data: what is deep inside goes first.

    Raises:
        ValueError: Two of them change the items of one list, so that neither knows the places of the other.

    """
    lists = [change.pointer for change in changes if change.action in _OF_LISTS]
    if len(set(lists)) < len(lists):
        raise ValueError
    for change in sorted(changes, key=lambda change: -len(change.pointer)):
        data = changed(data, change)
    return data


def changed(data: Any, change: Change) -> Any:
    """Return the data after a change; what it does not touch is shared with the old data."""
    if change.action == "same":
        return data
    pointer = change.pointer
    if change.action in ("set", "remove", "rename"):
        return _at(data, pointer[:-1], lambda holder: _of_key(holder, pointer[-1], change)) if pointer else change.value
    return _at(data, pointer, lambda items: _of_items(items, change))


def _at(data: Any, pointer: Pointer, change: Any) -> Any:
    if not pointer:
        return change(data)
    step = pointer[0]
    if isinstance(data, list) and isinstance(step, int):
        return [_at(item, pointer[1:], change) if at == step else item for at, item in enumerate(data)]
    inner = data.get(step) if isinstance(data, dict) else None
    return {**(data if isinstance(data, dict) else {}), step: _at(inner, pointer[1:], change)}


def _of_key(holder: Any, step: Any, change: Change) -> Any:
    if isinstance(holder, list):
        if change.action == "remove":
            return [item for at, item in enumerate(holder) if at != step]
        return [change.value if at == step else item for at, item in enumerate(holder)]
    entries = holder if isinstance(holder, dict) else {}
    if change.action == "set":
        return {**entries, step: change.value}
    if change.action == "remove":
        return {key: value for key, value in entries.items() if key != step}
    return {change.value if key == step else key: value for key, value in entries.items()}


def _of_items(items: Sequence[Any], change: Change) -> list[Any]:
    if change.action == "insert":
        index, item = change.value
        return [*items[:index], item, *items[index:]]
    if change.action == "remove_items":
        return [item for at, item in enumerate(items) if at not in change.value]
    return [items[at] for at in change.value]


def same(one: Any, other: Any) -> bool:
    """Tell whether two documents hold the same data: 1 is not true and not 1.0; the order of keys says nothing."""
    seen: set[tuple[int, int]] = set()
    pending = [(one, other)]
    while pending:
        left, right = pending.pop()
        if (id(left), id(right)) in seen:
            continue
        seen.add((id(left), id(right)))
        if type(left) is not type(right):
            return False
        if isinstance(left, dict):
            if left.keys() != right.keys():
                return False
            pending.extend((value, right[key]) for key, value in left.items())
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            pending.extend(zip(left, right, strict=True))
        elif isinstance(left, Unknown):
            if left != right:
                return False
        elif left != right and not (left != left and right != right):  # neither is a number
            return False
    return True
