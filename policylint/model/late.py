"""Collections whose items are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

K = TypeVar("K")
T = TypeVar("T")


class LateMapping(Mapping[K, T]):
    """A mapping whose keys are known and whose values are made one by one."""

    def __init__(self, keys: Iterable[K], make: Callable[[K], T]) -> None:
        self._keys = dict.fromkeys(keys)
        self._make = make
        self._made: dict[K, T] = {}

    def __getitem__(self, key: K) -> T:
        if key not in self._made:
            if key not in self._keys:
                raise KeyError(key)
            self._made[key] = self._make(key)
        return self._made[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys


class LateSequence(Sequence[T]):
    """A sequence of known length whose items are made one by one."""

    def __init__(self, length: int, make: Callable[[int], T]) -> None:
        self._items = LateMapping(range(length), make)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return [self._items[at] for at in range(len(self))[index]]
        return self._items[range(len(self))[index]]

    def __len__(self) -> int:
        return len(self._items)
