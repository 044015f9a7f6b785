"""A regular expression → how the time to search a text with it grows with the text, told by its structure alone.

Python's engine tries one way through an expression after the other. Where a loop can read the same text in two ways,
the ways double with every sign of it; where two loops one behind the other can, they grow with its square, and the
search itself is a loop in front of all (A. Weber and H. Seidl, On the degree of ambiguity of finite automata, 1991).
Without such loops time grows with the text. What this analysis cannot tell it takes for the worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from itertools import product
from typing import Any

from policylint.expressions import FEW, Graph, Symbols, TooInvolvedError, parsed, ways_through
from policylint.model.tuples import NamedTuple


class Growth(IntEnum):
    """How the time of a search grows with the length of the text."""

    LINEAR = 1
    QUADRATIC = 2
    WORSE = 3


STEPS = 1_000_000
"""Of the analysis; an expression that needs more is taken for the worst."""


def growth(expression: str, flags: int = 0) -> Growth:
    """Return how the time of ``re.search`` grows for an expression that ``re`` can compile."""
    try:
        tree = parsed(expression, flags)
        if ways_through(tree) <= FEW:
            return Growth.LINEAR
        # Where a text begins, ``^`` holds; further on the search has tried before.
        return max(_Ways(Graph(tree, is_begin=is_begin)).growth() for is_begin in (True, False))
    except (TooInvolvedError, RecursionError):
        return Growth.WORSE


class _Way(NamedTuple):
    """From one reading state to the next."""

    to: int
    symbols: Symbols
    few: bool
    several: bool
    """There are several ways, and a sign that can take each of them."""


class _Ways:
    """The ways between the states that read, and the loops that they make."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.budget = STEPS
        self.ends: set[int] = set()
        """Reading states behind which the search has found something, whatever follows."""
        self.ways: dict[int, list[_Way]] = {}
        pending = [-1]
        while pending:
            state = pending.pop()
            if state not in self.ways:
                self.ways[state] = self.ways_from(state)
                pending.extend(way.to for way in self.ways[state])
        self.loops = self.find_loops()

    def spend(self) -> None:
        self.budget -= 1
        if self.budget < 0:
            raise TooInvolvedError

    def ways_from(self, state: int) -> list[_Way]:
        """Return the ways to the next reading states, from the beginning for -1."""
        graph, symbols = self.graph, self.graph.alphabet.symbols
        at = graph.start if state < 0 else graph.reads[state][1]
        found: dict[int, _Way] = {}
        everything = frozenset().union(*map(symbols, range(len(graph.alphabet.tests))))

        def walk(at: int, gone_back: frozenset[int], allowed: Symbols, few: bool, sure: bool) -> None:
            self.spend()
            if at in graph.ends and sure:
                self.ends.add(state)
            if at in graph.reads:
                read = symbols(graph.reads[at][0]) & allowed
                known = found.get(at)
                if read and known is None:
                    found[at] = _Way(at, read, few, several=False)
                elif read and known is not None:
                    both = known.symbols | read
                    found[at] = _Way(at, both, known.few and few, known.several or bool(known.symbols & read))
            for step in graph.steps[at]:
                # The engine begins no repetition again that has read nothing.
                if step.back in gone_back or (step.begins and not (state < 0 and graph.is_begin)):
                    continue
                left = allowed
                left = left & symbols(step.only) if step.only is not None else left
                left = left - symbols(step.unless) if step.unless is not None else left
                back = gone_back | {step.back} if step.back else gone_back
                walk(step.to, back, left, few or step.few, sure and step.sure)

        walk(at, frozenset(), everything, few=False, sure=True)
        return list(found.values())

    def find_loops(self) -> list[set[int]]:
        """Return the states of each loop: what can be reached from one another (the algorithm of Kosaraju)."""
        forth = {one: [way.to for way in ways if not way.few] for one, ways in self.ways.items()}
        back: dict[int, list[int]] = {one: [] for one in forth}
        for one, others in forth.items():
            for other in others:
                back[other].append(one)
        order: list[int] = []
        seen: set[int] = set()
        for one in forth:
            order.extend(self.finished(one, forth, seen))
        loops: list[set[int]] = []
        taken: set[int] = set()
        for one in reversed(order):
            if one not in taken:
                loop = set(self.finished(one, back, taken))
                if len(loop) > 1 or one in forth[one]:
                    loops.append(loop)
        return [loop for loop in loops if not loop <= self.ends]

    def finished(self, start: int, following: dict[int, list[int]], seen: set[int]) -> list[int]:
        """Return what is reached from a state and was not seen before, the furthest first."""
        if start in seen:
            return []
        seen.add(start)
        done: list[int] = []
        pending = [(start, iter(following[start]))]
        while pending:
            self.spend()
            one, others = pending[-1]
            other = next((other for other in others if other not in seen), None)
            if other is None:
                pending.pop()
                done.append(one)
            else:
                seen.add(other)
                pending.append((other, iter(following[other])))
        return done

    def growth(self) -> Growth:
        """Return how time grows."""
        if any(map(self.is_ambiguous, self.loops)):
            return Growth.WORSE
        after: dict[int, list[int]] = {
            one: [other for other in range(len(self.loops)) if one != other and self.share(one, other)]
            for one in range(len(self.loops))
        }

        def length(one: int) -> int:
            return max((1 + length(other) for other in after[one]), default=0)

        longest = max(map(length, after), default=0)
        return Growth(min(longest + 1, Growth.WORSE))

    def is_ambiguous(self, loop: set[int]) -> bool:
        """Tell whether two ways through a loop can read the same."""
        inside = {one: [way for way in self.ways[one] if way.to in loop and not way.few] for one in loop}
        if any(way.several for ways in inside.values() for way in ways):
            return True

        def together(pair: tuple[int, int]) -> Iterator[tuple[int, int]]:
            for one, other in product(inside[pair[0]], inside[pair[1]]):
                if one.symbols & other.symbols:
                    yield one.to, other.to

        forth = self.closure([(one, one) for one in loop], together)
        apart = [pair for pair in forth if pair[0] != pair[1]]
        return any(one == other for one, other in self.closure(apart, together))

    def share(self, one: int, other: int) -> bool:
        """Tell whether a loop, the way from it to another, and the other loop can read the same."""
        first, second = self.loops[one], self.loops[other]

        def together(triple: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
            a, b, c = triple
            for x in self.ways[a]:
                if x.to not in first or x.few:
                    continue
                for z in self.ways[c]:
                    common = x.symbols & z.symbols if z.to in second and not z.few else None
                    if common:
                        yield from ((x.to, y.to, z.to) for y in self.ways[b] if y.symbols & common)

        for p in first:
            if not second & self.all_reached_from(p):
                return False
            for q in second:
                if (p, q, q) in self.closure([(p, p, q)], together):
                    return True
        return False

    def all_reached_from(self, state: int) -> set[int]:
        return set(self.closure([state], lambda one: (way.to for way in self.ways[one])))

    def closure(self, start: Iterable[Any], following: Callable[[Any], Iterable[Any]]) -> set[Any]:
        """Return all that is reached from some places by one step or more."""
        found: set[Any] = set()
        pending = [one for place in start for one in following(place)]
        while pending:
            self.spend()
            one = pending.pop()
            if one not in found:
                found.add(one)
                pending.extend(following(one))
        return found
