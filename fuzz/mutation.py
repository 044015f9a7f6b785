"""Bytes that are JSON → the same with something changed in its tree: mutations of bytes seldom leave a tree whole."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

_ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2**63,
        1e308,
        0.5,
        "",
        " ",
        "\0",
        "\ud800",
        "ü\u2028",
        "{{ x }}",
        "${X}",
        "={{ $json.a }}",
    ),
    *("{% if x %}", "2026-02-30", "2026-11-23", "NO", "a" * 300, [], {}, [None], [[]], {"": None}, [{}], {"a": {}}),
)


def mutated(raw: bytes, words: Sequence[str], mutate: Callable[[bytes, int], bytes], size: int, seed: int) -> bytes:
    """Return changed bytes.

    Args:
        raw: What to change.
        words: Keys and texts to put in.
        mutate: libFuzzer's own mutation, which is taken where the bytes are no JSON, and now and then else.
        size: Bytes of the result at most.
        seed: The same gives the same.

    """
    rng = Random(seed)
    try:
        data = json.loads(raw) if rng.random() < 0.7 else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, (dict, list)):
        return mutate(raw, size)
    for _ in range(rng.randint(1, 3)):
        _change(data, words, rng)
    made = json.dumps(data).encode()
    return made if len(made) <= size else mutate(raw, size)


def _change(data: Any, words: Sequence[str], rng: Random) -> None:
    """Change one value of a tree in place."""
    holders = list(_holders(data))
    holder = rng.choice(holders)
    other = rng.choice(holders)
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    key = rng.choice(keys) if keys else None
    kind = rng.randrange(6)
    if kind == 0 and key is not None:
        del holder[key]
    elif kind == 1 and key is not None:
        holder[key] = copy.deepcopy(rng.choice((*_ODD, rng.choice(words))))
    elif kind == 2 and key is not None:
        holder[key] = copy.deepcopy(other)
    elif kind == 3 and isinstance(holder, dict) and key is not None:
        holder[rng.choice(words)] = holder.pop(key)
    elif isinstance(holder, dict):
        holder[rng.choice(words)] = copy.deepcopy(rng.choice((*_ODD, rng.choice(words), holder.get(key))))
    else:
        holder.insert(rng.randint(0, len(holder)), copy.deepcopy(rng.choice((*_ODD, rng.choice(words), *holder[:1]))))


def _holders(data: Any) -> list[Any]:
    found = [data]
    for value in found:
        inner = value.values() if isinstance(value, dict) else value
        found += [one for one in inner if isinstance(one, (dict, list))]
    return found
