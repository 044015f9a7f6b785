"""A regular expression → a graph of states: what each reads, and the steps between them that read nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any, TypeAlias

from policylint.model.tuples import NamedTuple

FEW = 1_000
"""Up to so many ways through a part with bounded repetitions are a constant, not a loop."""
_STATES = 2_000
_SAMPLES = (
    "\0\a\t\n\r\x0b\x1c\x85\xa0\u2028\u3000 !\"#$%&'()*+,-./0159:;<=>?@AMKZ[\\]^_`akmsz{|}~\x7f"
    "ªµ¼²Äßäöİıſñͅς٣߅०ωжя中あ가\u0301\u093f\u200d\ue000\u212a😀"
)
"""Signs of each kind that the classes of expressions tell apart."""
Symbols: TypeAlias = "frozenset[int]"
_Test: TypeAlias = Callable[[str], bool]


class TooInvolvedError(Exception):
    """The analysis would take too long."""


def parsed(expression: str, flags: int) -> Any:
    """Return the parts of an expression as ``re`` reads them."""
    return import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse").parse(expression, flags)


# --- signs ----------------------------------------------------------------------------------------------------------


class Alphabet:
    """The signs that the classes of an expression tell apart, as numbers."""

    def __init__(self) -> None:
        self.tests: list[_Test] = []
        self.samples = dict.fromkeys(_SAMPLES)
        self._symbols: list[Symbols] = []
        self._known: dict[str, int] = {}

    def add(self, name: str, test: _Test, codes: Iterable[int] = ()) -> int:
        """Take in a class and return its number; ``codes`` are at the borders of its ranges."""
        if name in self._known:
            return self._known[name]
        self._known[name] = len(self.tests)
        for code in codes:
            for near in (code - 1, code, code + 1):
                if 0 <= near <= sys.maxunicode and not 0xD800 <= near <= 0xDFFF:
                    self.samples.update(dict.fromkeys((chr(near), chr(near).lower()[:1], chr(near).upper()[:1])))
        self.tests.append(test)
        return len(self.tests) - 1

    def symbols(self, number: int) -> Symbols:
        """Return the signs of a class; the first call closes the alphabet."""
        if not self._symbols:
            kinds = sorted({tuple(test(sample) for test in self.tests) for sample in self.samples if sample})
            self._symbols = [
                frozenset(at for at, kind in enumerate(kinds) if kind[one]) for one in range(len(self.tests))
            ]
        return self._symbols[number]


def _category(name: str, is_ascii: bool) -> _Test:
    tests: dict[str, _Test] = {
        "DIGIT": lambda sign: sign.isdecimal(),
        "SPACE": lambda sign: sign.isspace(),
        "WORD": lambda sign: sign.isalnum() or sign == "_",
    }
    test = tests[name.rpartition("_")[2]]

    def belongs(sign: str) -> bool:
        return test(sign) and (not is_ascii or sign.isascii())

    return (lambda sign: not belongs(sign)) if "_NOT_" in name else belongs


def _any_case(test: _Test) -> _Test:
    return lambda sign: any(test(one) for one in (sign, sign.lower()[:1], sign.upper()[:1], sign.casefold()[:1]))


# --- the expression as a graph ----------------------------------------------------------------------------------------


class Step(NamedTuple):
    """A step from state to state that reads nothing."""

    to: int
    only: int | None = None
    """Number of the class of which the next sign has to be."""
    unless: int | None = None
    """Number of the class of which it must not be."""
    begins: bool = False
    """Only where nothing was read yet."""
    sure: bool = True
    """Never refused."""
    back: int = 0
    """Number of the repetition that it goes on with, or 0."""
    few: bool = False
    """Taken a few times at most."""


class Graph:
    """States, the steps between them, and the class that a state reads; lookaheads are side ways without a way back."""

    def __init__(self, tree: Any, *, is_begin: bool) -> None:
        self.is_begin = is_begin
        self.alphabet = Alphabet()
        self.steps: list[list[Step]] = []
        self.reads: dict[int, tuple[int, int]] = {}
        """State → number of the class that it reads, and the state after."""
        self.ends: set[int] = set()
        self.flags: Any = import_module("re")
        self.start = self.state()
        first = self.start
        if not is_begin:
            self.read(self.start, self.alphabet.add("any", lambda _sign: True), self.start)
            first = self.state()
            self.steps[self.start].append(Step(first))
        self.ends.add(self.sequence(tree, first, tree.state.flags, in_loop=False))

    def state(self) -> int:
        """Return a new state."""
        if len(self.steps) > _STATES:
            raise TooInvolvedError
        self.steps.append([])
        return len(self.steps) - 1

    def read(self, at: int, number: int, to: int) -> None:
        """Let a state read a sign of a class."""
        self.reads[at] = number, to

    def step(self, at: int, **said: Any) -> int:
        """Return a new state behind a step from a state."""
        to = self.state()
        self.steps[at].append(Step(to, **said))
        return to

    def sequence(self, items: Iterable[tuple[Any, Any]], at: int, flags: int, *, in_loop: bool) -> int:
        """Put a sequence of parts behind a state and return the state at its end."""
        for operator, argument in items:
            at = self.part(str(operator), argument, at, flags, in_loop=in_loop)
        return at

    def part(self, name: str, argument: Any, at: int, flags: int, *, in_loop: bool) -> int:
        """Put a part of an expression behind a state and return the state at its end."""
        if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            to = self.state()
            self.read(at, self.class_of(name, argument, flags), to)
            return self.step(to)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = argument
            return self.repeat(low, high, inner, at, flags, in_loop=in_loop)
        if name == "SUBPATTERN":
            _, added, removed, inner = argument
            return self.sequence(inner, at, (flags | added) & ~removed, in_loop=in_loop)
        if name == "ATOMIC_GROUP":
            return self.sequence(argument, at, flags, in_loop=in_loop)
        if name == "BRANCH":
            return self.branch(argument[1], at, flags, in_loop=in_loop)
        if name == "GROUPREF_EXISTS":
            return self.branch([argument[1], argument[2] or ()], at, flags, in_loop=in_loop)
        if name in ("ASSERT", "ASSERT_NOT"):
            direction, inner = argument
            return self.lookaround(name, direction, inner, at, flags, in_loop=in_loop)
        if name == "AT":
            return self.anchor(str(argument), at, flags)
        if name.startswith("GROUPREF"):
            # What the group has read, and nothing else: no loop, but it may be of any length.
            begin, to = self.state(), self.state()
            self.steps[at].append(Step(begin, sure=False))
            self.read(begin, self.alphabet.add("any", lambda _sign: True), to)
            self.steps[to].append(Step(begin, sure=False, back=begin, few=True))
            end = self.step(to, sure=False)
            self.steps[at].append(Step(end, sure=False))
            return end
        raise TooInvolvedError

    def class_of(self, name: str, argument: Any, flags: int) -> int:
        """Return the number of the class of signs that a part reads."""
        test, codes = self.test_of(name, argument, flags)
        if flags & self.flags.IGNORECASE and name != "ANY":
            test = _any_case(test)
        telling = flags & (self.flags.IGNORECASE | self.flags.DOTALL | self.flags.ASCII)
        return self.alphabet.add(f"{name} {argument} {int(telling)}", test, codes)

    def test_of(self, name: str, argument: Any, flags: int) -> tuple[_Test, list[int]]:
        """Return what tells of a sign whether a part reads it, and the codes at which that may change."""
        if name == "ANY":
            return (lambda _sign: True) if flags & self.flags.DOTALL else (lambda sign: sign != "\n"), []
        if name in ("LITERAL", "NOT_LITERAL"):
            test: _Test = (lambda sign: sign == chr(argument)) if name == "LITERAL" else (lambda s: s != chr(argument))
            return test, [argument]
        tests: list[_Test] = []
        codes: list[int] = []
        negated = False
        for kind, value in argument:
            if str(kind) == "NEGATE":
                negated = True
            elif str(kind) == "RANGE":
                low, high = value
                tests.append(lambda sign, low=low, high=high: low <= ord(sign) <= high)  # type: ignore[misc]
                codes += [low, high, *range(low, high, max(1, (high - low) // 20))]
            elif str(kind) == "CATEGORY":
                tests.append(_category(str(value), bool(flags & self.flags.ASCII)))
            else:
                tests.append(lambda sign, value=value: sign == chr(value))  # type: ignore[misc]
                codes.append(value)
        return lambda sign: any(test(sign) for test in tests) is not negated, codes

    def repeat(self, low: int, high: Any, inner: Any, at: int, flags: int, *, in_loop: bool) -> int:
        """Put a part that may be there several times behind a state."""
        few = not in_loop and ways_through([("MAX_REPEAT", (low, high, inner))]) <= FEW
        many = int(high) > 1
        begin = self.step(at)
        end = self.sequence(inner, begin, flags, in_loop=in_loop or (many and not few))
        if many:
            self.steps[end].append(Step(begin, back=begin, few=few))
        after = self.step(end)
        if low == 0:
            self.steps[at].append(Step(after))
        return after

    def branch(self, choices: Sequence[Any], at: int, flags: int, *, in_loop: bool) -> int:
        """Put alternatives behind a state."""
        after = self.state()
        for choice in choices:
            end = self.sequence(choice, self.step(at), flags, in_loop=in_loop)
            self.steps[end].append(Step(after))
        return after

    def lookaround(self, name: str, direction: int, inner: Any, at: int, flags: int, *, in_loop: bool) -> int:
        """Put what looks ahead or back behind a state; of one sign it says what the next may be."""
        if direction < 0:  # of a fixed width
            return self.step(at, sure=False)
        parts = [(str(operator), argument) for operator, argument in inner]
        if len(parts) == 1 and parts[0][0] in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            number = self.class_of(*parts[0], flags)
            return self.step(at, sure=False, **{"only" if name == "ASSERT" else "unless": number})
        self.ends.add(self.sequence(inner, self.step(at), flags, in_loop=in_loop))
        return self.step(at, sure=False)

    def anchor(self, name: str, at: int, flags: int) -> int:
        """Put what asks for a place behind a state."""
        if name == "AT_BEGINNING_STRING" or (name == "AT_BEGINNING" and not flags & self.flags.MULTILINE):
            return self.step(at, sure=False, begins=True)
        if name == "AT_END_STRING":
            return self.step(at, sure=False, only=self.alphabet.add("none", lambda _sign: False))
        if name == "AT_END":
            return self.step(at, sure=False, only=self.alphabet.add("line end", lambda sign: sign == "\n"))
        return self.step(at, sure=False)


def ways_through(items: Iterable[tuple[Any, Any]]) -> float:
    """Return how many ways through a part there are at most; infinity where it has a loop."""
    found = 1.0
    for operator, argument in items:
        name = str(operator)
        if name.endswith("REPEAT"):
            low, high, inner = argument
            inside = ways_through(inner)
            is_loop = int(high) > FEW
            found *= float("inf") if is_loop or inside > FEW else (int(high) - int(low) + 1) * inside ** int(high)
        elif name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
            found *= ways_through(argument[-1])
        elif name == "ATOMIC_GROUP":
            found *= ways_through(argument)
        elif name == "BRANCH":
            found *= sum(map(ways_through, argument[1]))
        elif name not in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"):
            return float("inf")
        if found > FEW:
            return float("inf")
    return found
