"""Our named tuples: the same as those of ``typing``, from construction to comparison."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from policylint.model import tuples


class Ours(tuples.NamedTuple):
    """A tuple of ours."""

    a: int
    """Of fields too."""
    b: str = "b"
    c: tuple[int, ...] = ()

    @property
    def doubled(self) -> int:
        return self.a * 2


class Theirs(typing.NamedTuple):
    """One of typing."""

    a: int
    b: str = "b"
    c: tuple[int, ...] = ()


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, "x"), {}),
    ((1, "x", (2,)), {}),
    ((), {"a": 1}),
    ((1,), {"c": (3,)}),
    ((), {"c": (3,), "b": "y", "a": 0}),
]


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_they_hold_the_same_values(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    ours, theirs = Ours(*values, **named), Theirs(*values, **named)
    assert tuple(ours) == tuple(theirs)
    assert ours == tuple(theirs)
    assert hash(ours) == hash(theirs)
    assert ours._asdict() == theirs._asdict()
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours._replace(a=9) == tuple(theirs._replace(a=9))
    assert isinstance(ours._replace(a=9), Ours)
    assert (ours.a, ours.b, ours.c, ours.doubled) == (theirs.a, theirs.b, theirs.c, theirs.a * 2)
    assert Ours._make(list(theirs)) == ours
    for again in (copy.copy(ours), copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        assert again == ours
        assert type(again) is Ours


def test_they_have_the_same_fields() -> None:
    assert (Ours._fields, Ours._field_defaults) == (Theirs._fields, Theirs._field_defaults)
    a, b, c = Ours(1)
    assert (a, b, c) == (1, "b", ())
    match Ours(5):
        case Ours(found, _, _):
            assert found == 5


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, "x", (), 4), {}), ((1,), {"d": 1}), ((1,), {"a": 2}), ((), {"b": "x"})]
)
def test_wrong_values_are_refused(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Theirs(*values, **named)
    with pytest.raises(TypeError):
        Ours(*values, **named)


def test_they_cannot_be_changed() -> None:
    ours: Any = Ours(1)
    with pytest.raises(AttributeError):
        ours.a = 2
    with pytest.raises(AttributeError):
        ours.other = 2
    with pytest.raises(ValueError, match="has no field other"):
        ours._replace(other=1)
