"""The compiled rules of a pack → the Python source of their screen; see ``screen.py``.

Possible is what is true or unknown. In Kleene's logic a conjunction is possible where each part is, a disjunction where
one part is, and a negation where the opposite is possible: so the source needs no third value, and stays short.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from policylint.compile import walk
from policylint.model.tuples import NamedTuple
from policylint.screen import HELPERS, Screen, conditions_of

if TYPE_CHECKING:
    from policylint.model.rule import CompiledRule, Condition, FieldPath, Rule
    from policylint.model.source import Pointer
    from policylint.record import Field, RecordSchema

_COUNTS = {"count_at_least": ">=", "count_at_most": "<=", "count_greater_than": ">"}
_SIGNS = {"greater_than": ">", "at_least": ">=", "less_than": "<", "at_most": "<=", "equals": "=="}


class _Written(NamedTuple):
    source: str
    """What defines ``decide``, for a module that has the helpers of ``screen.py``."""
    rules: tuple[str, ...]
    leaves: tuple[tuple[int, int], ...]


def made_screen(rules: Sequence[CompiledRule], schema: RecordSchema) -> Screen:
    """Return the screen of some rules, ready to run."""
    written = _Writer(rules, schema).write()
    namespace: dict[str, Any] = dict(HELPERS)
    # The source is made here, from conditions that are data: names, numbers and texts enter it as literals.
    exec(compile(written.source, "<screen>", "exec"), namespace)  # noqa: S102
    by_id = {compiled.rule.id: compiled for compiled in rules}
    return Screen(written.rules, written.leaves, namespace["decide"], by_id.__getitem__)


def screen_module(rules: Sequence[CompiledRule], schema: RecordSchema, digest: str) -> str:
    """Return the text of the module that the wheel holds for a pack of that digest."""
    written = _Writer(rules, schema).write()
    return f'''"""The screen of a rule pack, written by policylint/screenwriter.py."""

from policylint.screen import {", ".join(HELPERS)}

DIGEST = {digest!r}
RULES = {written.rules!r}
LEAVES = {written.leaves!r}
{written.source}'''


class _Block:
    """A level of the scope in one function: its item, and the variables for what is read below it."""

    def __init__(self, item: str, above: Sequence[_Block], prefix: str) -> None:
        self.item = item
        self.levels: tuple[_Block, ...] = (*above, self)
        self.prefix = prefix
        self.variables: dict[str, str] = {}
        """What is read → the variable that holds it, in the order of the lines."""

    @property
    def scope(self) -> str:
        """The scope of conditions at this level. No condition that is asked here looks at the day."""
        return f"(None, {', '.join(level.item for level in self.levels)})"

    def _variable(self, reading: str) -> str:
        return self.variables.setdefault(reading, f"{self.prefix}{len(self.variables)}")

    def read(self, names: Sequence[str], form: str = "{}") -> str:
        """Return the variable for a field below the item, read in one of the forms of ``screen.py``."""
        if not names:
            return self._variable(form.format(self.item))
        above = self._variable(f"below({self.read(names[:-1]) if len(names) > 1 else self.item})")
        return self._variable(form.format(f"{above}.get({names[-1]!r})"))

    def lines(self, names: Container[str]) -> Iterator[str]:
        """Yield the assignments of some variables, in an order in which each comes after what it is read from."""
        yield from (f"{name} = {reading}" for reading, name in self.variables.items() if name in names)

    def used(self, text: str) -> set[str]:
        """Return the variables that an expression needs, with those that they are read from."""
        readings = {name: reading for reading, name in self.variables.items()}
        found: set[str] = set()
        pending = [name for name in re.findall(r"\w+", text) if name in readings]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += [other for other in re.findall(r"\w+", readings[name]) if other in readings]
        return found


_Conjuncts = tuple[str, ...]
"""Expressions that must all be true."""
_READ_AT_ONCE = 3
"""Groups that need a variable from which on it is read before them, and not in each of them."""


class _Loop:
    """The rules of one ``select``, and those that go deeper."""

    def __init__(self, names: Pointer, block: _Block) -> None:
        self.names = names
        self.block = block
        self.rules: list[tuple[int, _Conjuncts]] = []
        self.inner: dict[Pointer, _Loop] = {}

    def numbers(self) -> list[int]:
        """Return the numbers of all rules here and deeper."""
        return [number for number, _ in self.rules] + [n for loop in self.inner.values() for n in loop.numbers()]

    def text(self) -> str:
        """Return all expressions here and deeper."""
        own = [expression for _, conjuncts in self.rules for expression in conjuncts]
        return " ".join([*own, *self.block.variables, *(loop.text() for loop in self.inner.values())])

    def lines(self) -> Iterator[str]:
        """Yield the statements that name the rules here and deeper which may be broken."""
        lists = [(inner, self.block.read([str(name) for name in inner.names])) for inner in self.inner.values()]
        ready: set[str] = set()
        yield from self.grouped(_by_frequency(self.rules), ready)
        below = " ".join([name for _, name in lists] + [inner.text() for inner, _ in lists])
        yield from self.block.lines(self.block.used(below) - ready)
        for inner, items in lists:
            every = f"for at in {tuple(inner.numbers())}: hit(at)"
            yield f"if type({items}) is list:"
            yield f"    for {inner.block.item} in {items}:"
            yield f"        if type({inner.block.item}) is not dict:"
            yield f"            if {inner.block.item} is not None:"
            yield f"                {every}"
            yield "            continue"
            yield from (f"        {line}" for line in inner.lines())
            yield f"elif {items} is not None:"
            yield f"    {every}"

    def grouped(self, rules: Sequence[tuple[int, _Conjuncts]], ready: set[str]) -> Iterator[str]:
        """Yield the tests of rules, a test that several begin with once; ``ready`` are the variables so far."""
        groups: dict[str, list[tuple[int, _Conjuncts]]] = {}
        for number, (first, *others) in rules:
            groups.setdefault(first, []).append((number, tuple(others)))
        users = Counter(
            name
            for first, group in groups.items()
            for name in self.block.used(" ".join([first, *(part for _, parts in group for part in parts)]))
        )
        shared = {name for name, number in users.items() if number >= _READ_AT_ONCE}
        yield from self.block.lines(shared - ready)
        ready |= shared
        for first, group in groups.items():
            own = self.block.used(first) - ready
            yield from self.block.lines(own)
            ready |= own
            yield f"if {first}:"
            yield from (f"    hit({number})" for number, parts in group if not parts)
            deeper = [(number, parts) for number, parts in group if parts]
            yield from (f"    {line}" for line in self.grouped(deeper, set(ready)))


def _by_frequency(rules: Sequence[tuple[int, _Conjuncts]]) -> list[tuple[int, _Conjuncts]]:
    """Return the rules with the tests first that many share, and those last that ask or look through a list."""
    number_of = Counter(part for _, parts in rules for part in parts)

    def rank(part: str) -> tuple[bool, int]:
        return _asks(part), -number_of[part]

    return [(number, tuple(sorted(dict.fromkeys(parts), key=rank))) for number, parts in rules]


def _asks(part: str) -> bool:
    """Tell whether an expression asks a condition or looks through a list: such ones are dear, and stand last."""
    return "(None, " in part


class _Writer:
    def __init__(self, rules: Sequence[CompiledRule], schema: RecordSchema) -> None:
        self.rules = rules
        self.schema = schema
        self.leaves: dict[str, int] = {}
        """How a condition that is asked itself is known → its number."""
        self.found: list[tuple[int, int]] = []
        self.sets: dict[str, str] = {}
        self.patterns: dict[str, str] = {}
        """Regular expression → the name of what searches for it."""
        self.functions: dict[str, str] = {}
        """Text of a function for the items of a list → its name."""
        self.loops = 0
        self.number = 0
        self.places: dict[int, int] = {}
        """Identity of a condition of the present rule → which one it is."""

    def write(self) -> _Written:
        root = _Loop((), _Block("r", (), "r"))
        for number, compiled in enumerate(self.rules):
            self.number = number
            self.places = {id(condition): at for at, condition in enumerate(conditions_of(compiled))}
            loop = root
            for names in compiled.select:
                if names not in loop.inner:
                    self.loops += 1
                    item = f"{'abcdefgh'[len(loop.block.levels)]}{self.loops}"
                    loop.inner[names] = _Loop(names, _Block(item, loop.block.levels, f"{item}_"))
                loop = loop.inner[names]
            loop.rules.append((number, self.violated(compiled, loop.block)))
        body = [f"    {line}" for line in root.lines()]
        functions = [text.replace("def _(", f"def {name}(", 1) for text, name in self.functions.items()]
        sets = [f"{name} = frozenset(({text},))" for text, name in self.sets.items()]
        patterns = [f"{name} = searched({text!r})" for text, name in self.patterns.items()]
        source = "\n".join([*sets, *patterns, *functions, "def decide(r, hit, tests):", *(body or ["    pass"]), ""])
        return _Written(source, tuple(compiled.rule.id for compiled in self.rules), tuple(self.found))

    def violated(self, compiled: CompiledRule, block: _Block) -> _Conjuncts:
        """Return the conditions under which a rule may be broken or undecided."""
        parts = compiled.parts
        where = () if parts.where is None else self.conjuncts(parts.where, block, wanted=True)
        if _only_looks_for_characters(compiled, len(block.levels)):
            return (*where, block.read((), "strange({})"))
        return (*where, *self.conjuncts(parts.condition, block, wanted=compiled.rule.forbids))

    def conjuncts(self, condition: Condition, block: _Block, *, wanted: bool) -> _Conjuncts:
        """Return what ``possible`` does, in parts that must all be true."""
        kind = condition.kind
        if (kind == "all" and wanted) or (kind == "any" and not wanted):
            return tuple(part for child in condition.children for part in self.conjuncts(child, block, wanted=wanted))
        if kind == "none" and wanted:
            return tuple(part for child in condition.children for part in self.conjuncts(child, block, wanted=False))
        return (self.possible(condition, block, wanted=wanted),)

    def possible(self, condition: Condition, block: _Block, *, wanted: bool) -> str:
        """Return an expression that is true unless a condition is certainly not ``wanted``."""
        kind = condition.kind
        if kind == "none":
            return self.joined(condition, block, not wanted, every=wanted)
        if kind in ("all", "any"):
            return self.joined(condition, block, wanted, every=(kind == "all") is wanted)
        if kind in ("some", "each", "no") and condition.path is not None:
            return self.of_items(condition, condition.path, block, wanted=wanted)
        if condition.path is None:
            return "True"
        return self.of_field(condition, condition.path, block, wanted=wanted)

    def joined(self, condition: Condition, block: _Block, wanted: bool, *, every: bool) -> str:
        parts = [self.possible(child, block, wanted=wanted) for child in condition.children]
        parts.sort(key=_asks)
        return f"({(' and ' if every else ' or ').join(parts)})"

    def of_field(self, condition: Condition, path: FieldPath, block: _Block, *, wanted: bool) -> str:
        """Return the expression for a condition on one field."""
        level = block.levels[path.level - 1]
        field = self.schema.field(path.field)
        if condition.operator in ("present", "absent", "open"):
            form = "{}" if field is not None and field.text else "settled({})"
            return _presence(level.read(path.names, form), wanted is (condition.operator == "present"))
        if field is not None and condition.kind == "test":
            inline = self.inline(condition, path, level, field, wanted=wanted)
            if inline is not None:
                return inline
        return self.asked(condition, path, block, wanted=wanted)

    def inline(self, condition: Condition, path: FieldPath, level: _Block, field: Field, *, wanted: bool) -> str | None:
        """Return the expression for a test that needs no more than the value, or None where it needs the condition."""
        operator, fixed = condition.operator, condition.fixed
        default = field.default if path.names else None
        is_text = field.types == {"string"} or not path.names

        def read(form: str) -> str:
            return level.read(path.names, f"{form}({{}}, {default!r})" if default is not None else f"{form}({{}})")

        texts = [fixed] if type(fixed) is str else fixed
        if _are_texts(texts):
            if operator in ("equals", "in", "not_equals", "not_in") and is_text:
                value = read("content" if field.text else "folded" if field.ignore_case else "text")
                return self.among(value, texts, wanted=wanted, negated=operator.startswith("not_"))
            if operator in ("contains", "contains_any", "subset_of") and field.types == {"array"} and path.names:
                return self.of_members(read("members"), operator, texts, wanted=wanted)
        if operator == "matches" and type(fixed) is str and is_text:
            value = read("content" if field.text else "folded" if field.ignore_case else "text")
            return self.matched(value, fixed, wanted=wanted)
        if operator == "equals" and type(fixed) is bool and field.types == {"boolean"}:
            return self.among(read("flag"), [fixed], wanted=wanted, negated=False)
        if type(fixed) in (int, float):
            if operator in _SIGNS and path.names and field.types <= _NUMBERS:
                return _compared(read("number"), _SIGNS[operator], fixed, wanted)
            if operator in _COUNTS and field.types == {"array"} and path.names and default is None:
                return _counted(level.read(path.names, "settled({})"), _COUNTS[operator], fixed, wanted)
        return None

    def among(self, variable: str, values: Sequence[Any], *, wanted: bool, negated: bool) -> str:
        """Return the expression for a value that is, or is not, one of some; of an absent one both are false."""
        if negated:
            return (
                self.within(variable, values, "None", "UNKNOWN")
                if not wanted
                else (f"({variable} is not None and not {self.within(variable, values)})")
            )
        return self.within(variable, values, "UNKNOWN") if wanted else f"not {self.within(variable, values)}"

    def within(self, variable: str, values: Sequence[Any], *others: str) -> str:
        return f"{variable} in {self.named_set(values, *others)}"

    def named_set(self, values: Sequence[Any], *others: str) -> str:
        """Return the name of a set of values, and of others given by name."""
        return self.sets.setdefault(", ".join([*sorted(map(repr, values)), *others]), f"S{len(self.sets)}")

    def matched(self, variable: str, expression: str, *, wanted: bool) -> str:
        """Return the expression for a text that matches a regular expression, or may not."""
        pattern = self.patterns.setdefault(expression, f"P{len(self.patterns)}")
        found = f"{pattern}({variable})"
        if wanted:
            return f"({variable} is not None and ({variable} is UNKNOWN or {found} is not False))"
        return f"({variable} is None or {variable} is UNKNOWN or {found} is not True)"

    def of_members(self, variable: str, operator: str, texts: Sequence[str], *, wanted: bool) -> str:
        """Return the expression for the texts of a list, or for that they may not meet the test."""
        if operator == "subset_of":
            fits = f"{variable} <= {self.named_set(texts, *(['UNKNOWN'] if wanted else []))}"
            return f"({variable} is not None and {fits})" if wanted else f"({variable} is None or not {fits})"
        apart = f"{variable}.isdisjoint({self.named_set(texts, *(['UNKNOWN'] if wanted else []))})"
        return f"({variable} is not None and not {apart})" if wanted else f"({variable} is None or {apart})"

    def asked(self, condition: Condition, path: FieldPath, block: _Block, *, wanted: bool) -> str:
        """Return the expression that asks the condition itself, where there is a value to ask about."""
        field = self.schema.field(path.field)
        value = block.levels[path.level - 1].read(path.names)
        may_be_asked = condition.kind == "test" and bool(path.names) and (field is None or field.default is None)
        said = f"{value} is not None" if may_be_asked else "True"
        compiled = self.rules[self.number]
        if compiled.dated and _is_dated(condition, compiled.rule):
            return said if wanted else "True"  # one day cannot speak for all on which the campaign runs
        known = _identity(condition)
        if "$" in known or _OWN in known:
            known = f"{self.number} {known}"
        known = f"{block.scope.count(',')} {known}"
        if known not in self.leaves:
            self.leaves[known] = len(self.found)
            self.found.append((self.number, self.places[id(condition)]))
        result = f"tests[{self.leaves[known]}]({block.scope}) is not {not wanted}"
        if not may_be_asked:
            return result
        return f"({said} and {result})" if wanted else f"({value} is None or {result})"

    def of_items(self, condition: Condition, path: FieldPath, block: _Block, *, wanted: bool) -> str:
        """Return the expression for a condition on the items of a list."""
        items = block.levels[path.level - 1].read(path.names)
        kind = condition.kind
        one_decides = (kind == "some") is wanted if kind != "each" else not wanted
        outer = [_Block(f"scope[{at}]", (), f"o{at}_") for at in range(1, len(block.levels) + 1)]
        inner = _Block("i", outer, "i")
        child = self.possible(condition.children[0], inner, wanted=wanted is (kind != "no"))
        # `each` of an empty list is false, as of an absent one.
        after = ("bool(items)" if wanted else "not items") if kind == "each" else str(not one_decides)
        lines = [
            "def _(scope, items, tests):",
            "    if items is None:",
            f"        return {(kind == 'no') is wanted}",
            "    if type(items) is not list:",
            "        return True",
            *(f"    {line}" for level in outer for line in level.lines(level.variables.values())),
            "    for i in items:",
            *(f"        {line}" for line in inner.lines(inner.variables.values())),
            f"        if {child}:" if one_decides else f"        if not {child}:",
            f"            return {one_decides}",
            f"    return {after}",
        ]
        name = self.functions.setdefault("\n".join(lines), f"f{len(self.functions)}")
        return f"{name}({block.scope}, {items}, tests)"


def _only_looks_for_characters(compiled: CompiledRule, level: int) -> bool:
    """Tell whether a rule can be broken only where a text of the item holds certain characters."""
    rule, conditions = compiled.rule, list(walk(compiled.parts.condition))
    return (
        rule.forbids
        and rule.silent_when_unknown
        and all(condition.kind in ("all", "any", "some", "test") for condition in conditions)
        and all(condition.operator == "holds" for condition in conditions if condition.kind == "test")
        and all(condition.path is None or condition.path.level >= level for condition in conditions)
    )


_NUMBERS = frozenset(["integer", "number"])


def _are_texts(values: Any) -> bool:
    return isinstance(values, (list, tuple)) and all(type(value) is str for value in values)


def _counted(variable: str, sign: str, bound: float, wanted: bool) -> str:
    count = f"len({variable}) {sign} {bound!r}"
    if wanted:
        return f"({variable} is not None and (type({variable}) is not list or {count}))"
    return f"(type({variable}) is not list or not {count})"


def _compared(variable: str, sign: str, bound: float, wanted: bool) -> str:
    if wanted:
        return f"({variable} is UNKNOWN or ({variable} is not None and {variable} {sign} {bound!r}))"
    return f"({variable} is None or {variable} is UNKNOWN or not {variable} {sign} {bound!r})"


def _presence(variable: str, wanted: bool) -> str:
    return f"{variable} is not None" if wanted else f"may_be_nothing({variable})"


def _is_dated(condition: Condition, rule: Rule) -> bool:
    """Tell whether what a condition compares with may change from day to day."""
    dated = [f"${name}" for name, parameter in rule.parameters.items() if len(parameter.values) > 1]
    return any(name in _identity(condition) for name in (*dated, _OWN))


_OWN = "(its own bound)"


def _identity(condition: Condition) -> str:
    """Return a text that two conditions of a pack share only where they decide the same, but for ``$`` and _OWN."""
    path = condition.path
    where = "" if path is None else f"{path.level}:{'.'.join(path.field)}:{len(path.names)}"
    argument = _OWN if callable(condition.argument) else repr(condition.argument)
    return f"{condition.kind} {where} {condition.operator} {argument} {[_identity(c) for c in condition.children]}"
