"""Rules → closures: paths, operators and values checked against the campaign schema, then made runnable.

A *scope* is a tuple: the day that parameters are read on, the record, and one item for each list entered. A condition's
closure takes a scope and returns True, False, or None where it cannot tell (Kleene's logic).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from policylint.errors import did_you_mean
from policylint.model.rule import (
    KNOWN_NAMES,
    CompiledParts,
    CompiledRule,
    Condition,
    FieldPath,
    Operator,
    Rule,
    literal,
)
from policylint.model.source import EXPRESSION, Pointer, Unknown, says_something
from policylint.model.tuples import NamedTuple
from policylint.record import Field, RecordSchema
from policylint.schema import build_check, holds_placeholder, problems_of, resolve_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from policylint.model.fix import CompiledFix
    from policylint.schema import Check

_COMBINERS = ("all", "any", "none")
_ITERATORS = {"some": "some", "each": "each", "none": "no", "grouped": "grouped"}
_COUNTS: dict[str, Callable[[int, int], bool]] = {
    "at_least": lambda number, bound: number >= bound,
    "at_most": lambda number, bound: number <= bound,
    "greater_than": lambda number, bound: number > bound,
    "less_than": lambda number, bound: number < bound,
}
_PRESENCE = ("present", "absent", "open")
# Operators that look for the very values of their argument: each of these must be one that the field can have.
_MEMBERSHIP = frozenset(
    ["equals", "not_equals", "in", "not_in", "contains", "contains_any", "contains_all", "subset_of"]
)
_JSON_TYPES: dict[type, frozenset[str]] = {
    str: frozenset(["string"]),
    bool: frozenset(["boolean"]),
    int: frozenset(["integer", "number"]),
    float: frozenset(["number", "integer"]),
    list: frozenset(["array"]),
    dict: frozenset(["object"]),
}
_SHORT_FORM = ("message",)
"""What adapters write out as ``messages``."""
_ANYTHING = Field((), frozenset(), None, False, False, None, "", (), False)


class _Frame(NamedTuple):
    """Where paths start: the record path of each level of scope, and the names that reach them."""

    levels: tuple[tuple[str, ...], ...]
    bindings: Mapping[str, int]

    def entered(self, names: tuple[str, ...]) -> _Frame:
        singular = names[-1].removesuffix("s")
        return _Frame((*self.levels, names), {**self.bindings, singular: len(self.levels)})


class Vocabulary(NamedTuple):
    """What conditions may refer to beside the fields of the record."""

    operators: Mapping[str, Operator]
    lists: Mapping[str, tuple[Any, ...]]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]


def compile_rule(
    rule: Rule, schema: RecordSchema, vocabulary: Vocabulary, *, trusted: bool = False
) -> tuple[CompiledRule | None, list[str]]:
    """Compile a rule.

    Args:
        rule: The rule as loaded.
        schema: The fields that there are.
        vocabulary: What else conditions may refer to.
        trusted: The same rule was compiled before without a problem: arguments are not checked again, and prepared
            (regular expressions above all) when they are first needed.

    Returns:
        The rule made runnable, or None, and the problems found, each as ``path:line:column: message``.

    """
    return _Compiler(rule, schema, vocabulary, trusted=trusted).compile()


class _Compiler:
    def __init__(self, rule: Rule, schema: RecordSchema, vocabulary: Vocabulary, *, trusted: bool) -> None:
        self.rule = rule
        self.trusted = trusted
        self.schema = schema
        self.vocabulary = vocabulary
        self.problems: list[str] = []
        self.reads: set[tuple[str, ...]] = set()
        self.used: set[str] = set()
        """Parameters that a condition reads."""
        self.finds_characters = False

    def compile(self) -> tuple[CompiledRule | None, list[str]]:
        rule = self.rule
        frame, select = self.selection()
        if self.problems:  # every path below would be wrong too
            return None, self.problems
        if self.trusted:
            where_test = self.quick(rule.where, frame, "where") if rule.where is not None else None
            holds = self.quick(rule.condition, frame, self.key)
            violated = _violated(rule, where_test, holds)
            return CompiledRule(rule, select, violated, lambda: self.parts(frame), lambda: self.fixes(frame)), []
        parts = self.parts(frame)
        self.check_parameters()
        self.check_texts()
        fixes = self.fixes(frame)
        if self.problems:
            return None, self.problems
        where_test = parts.where.test if parts.where is not None else None
        violated = _violated(rule, where_test, parts.condition.test)
        return CompiledRule(rule, select, violated, lambda: parts, lambda: fixes), []

    @property
    def key(self) -> str:
        return "forbid" if self.rule.forbids else "require"

    def quick(self, written: Mapping[str, Any], frame: _Frame, pointer: str) -> Callable[[Any], bool | None]:
        """Return the test of a condition whose entries are compiled when those before leave them a say."""
        entries = list(written.items())
        tests: list[Callable[[Any], bool | None] | None] = [None] * len(entries)

        def decide(scope: Any) -> bool | None:
            result: bool | None = True
            for index, test in enumerate(tests):
                if test is None:
                    test = tests[index] = self.entry(*entries[index], frame, (pointer,)).test
                found = test(scope)
                if found is False:
                    return False
                if found is None:
                    result = None
            return result

        return decide

    def parts(self, frame: _Frame) -> CompiledParts:
        """Compile every condition of the rule."""
        rule = self.rule
        where = self.condition(rule.where, frame, ("where",)) if rule.where is not None else None
        condition = self.condition(rule.condition, frame, (self.key,))
        caps = tuple(
            (cap, self.condition(cap.where, frame, ("caps", index, "where"))) for index, cap in enumerate(rule.caps)
        )
        listed = isinstance(rule.document.data, dict) and isinstance(rule.document.data.get("at"), list)
        pointers: list[Pointer] = [("at", index) if listed else ("at",) for index in range(len(rule.at))]
        found = [self.path(text, frame, pointer) for text, pointer in zip(rule.at, pointers, strict=True)]
        at = tuple(path for path in found if path is not None)
        return CompiledParts(where, condition, at, caps, frozenset(self.reads))

    def fixes(self, frame: _Frame) -> tuple[CompiledFix, ...]:
        """Compile what mends the findings of the rule."""
        if self.rule.fix is None:
            return ()
        from policylint.fixrules import compile_fixes

        reads = set(self.reads)  # what a fix changes is not what the rule looks at
        found = compile_fixes(self, frame)
        self.reads = reads
        return found

    def problem(self, pointer: Pointer, message: str, *, key: bool = False) -> None:
        """Note a problem with what stands at a pointer of the rule file, or with its key."""
        document = self.rule.document
        found = document.locate(pointer) if key else None
        start = (found[0] if found and found[0] else document.region(pointer)).start
        self.problems.append(f"{document.path}:{start.line}:{start.column}: {message}")

    def selection(self) -> tuple[_Frame, tuple[Pointer, ...]]:
        frame = _Frame(((), ()), {"campaign": 1})
        if self.rule.select is None:
            return frame, ()
        steps: list[Pointer] = []
        parts = self.rule.select.split("[*]")
        if parts[-1] != "" or len(parts) < 2:
            self.problem(("select",), f"select '{self.rule.select}' must end in [*], as in messages[*]")
            return frame, ()
        if any(not part.startswith(".") for part in parts[1:-1]):
            self.problem(("select",), f"select '{self.rule.select}' lacks a dot after [*]")
            return frame, ()
        for index, part in enumerate(parts[:-1]):
            names = tuple((part[1:] if index else part).split("."))
            path = (*frame.levels[-1], *names)
            field = self.known_field(path, names, frame.levels[-1], ("select",))
            if field is None:
                break
            if not field.of_objects:
                self.problem(
                    ("select",), f"'{'.'.join(path)}' is not a list of mappings, so nothing can be selected in it"
                )
                break
            steps.append(names)
            frame = frame.entered(path)
        return frame, tuple(steps)

    def known_field(
        self,
        path: tuple[str, ...],
        names: tuple[str, ...],
        base: tuple[str, ...],
        pointer: Pointer,
        *,
        key: bool = False,
    ) -> Field | None:
        """Return the field at a schema path; a problem names the first step that cannot be, or the list in the way."""
        for length in range(1, len(names) + 1):
            current = (*base, *names[:length])
            field = self.schema.field(current)
            if current == _SHORT_FORM:
                said = "'message' is a short form that rules do not see: select 'messages[*]'"
                self.problem(pointer, said, key=key)
                return None
            if field is None:
                parent = self.schema.field(current[:-1]) if current[:-1] else None
                known = parent.fields if parent else tuple(self.schema.schema["properties"])
                where = f"'{'.'.join(current[:-1])}'" if current[:-1] else "a campaign"
                hint = did_you_mean(names[length - 1], known)
                self.problem(pointer, f"{where} has no field '{names[length - 1]}'{hint}", key=key)
                return None
            if field.of_objects and length < len(names):
                select = f"select its items ('{'.'.join(names[:length])}[*]')"
                said = f"'{'.'.join(current)}' is a list: {select} or look into it with some, each or none"
                self.problem(pointer, said, key=key)
                return None
        return self.schema.field(path)

    def path(self, text: str, frame: _Frame, pointer: Pointer, *, key: bool = False) -> FieldPath | None:
        """Resolve a path of a condition or an edit; ``key`` where it stands as the key at the pointer."""
        names = tuple(text.split("."))
        level = len(frame.levels) - 1
        bound = frame.bindings.get(names[0])
        if bound is not None and (len(names) > 1 or bound > 1) and (level > 1 or names[0] == "campaign"):
            level, names = bound, names[1:]
        base = frame.levels[level]
        path = (*base, *names)
        field = self.known_field(path, names, base, pointer, key=key) if names else self.item_field(base)
        if field is None:
            return None
        self.reads.add(path)
        return FieldPath(text, level, names, _reader(level, names, field), path)

    def field_at(self, path: FieldPath, frame: _Frame) -> Field:
        """Return the field of a path that was resolved before; the item itself where it only names one."""
        base = frame.levels[path.level]
        field = self.schema.field((*base, *path.names)) if path.names else self.item_field(base)
        return field or _ANYTHING

    def item_field(self, names: tuple[str, ...]) -> Field:
        """Return what the items of a list are."""
        field = self.schema.field(names) or _ANYTHING
        kinds = _types_of(_value_schema(self.schema, names)) or frozenset(["string"] if field.enum else ())
        return field._replace(types=kinds, default=None, of_objects=False)

    def condition(self, written: Any, frame: _Frame, pointer: Pointer) -> Condition:
        """Compile a mapping of conditions; a problem leaves a condition that is never certain."""
        if not isinstance(written, dict) or not written:
            self.problem(pointer, "a condition is a mapping of fields, or of any, all and none")
            return _UNCERTAIN
        return _all(tuple(self.entry(key, value, frame, pointer) for key, value in written.items()))

    def entry(self, key: str, value: Any, frame: _Frame, pointer: Pointer) -> Condition:
        """Compile one entry of a mapping of conditions."""
        inner = (*pointer, key)
        if key in _COMBINERS:
            return self.combined(key, value, frame, inner)
        return self.field_condition(key, value, frame, inner)

    def combined(self, key: str, written: Any, frame: _Frame, pointer: Pointer) -> Condition:
        if not isinstance(written, list) or not written:
            self.problem(pointer, f"'{key}' takes a list of conditions")
            return _UNCERTAIN
        children = tuple(self.condition(item, frame, (*pointer, index)) for index, item in enumerate(written))
        return {"all": _all, "any": _any, "none": _none}[key](children)

    def field_condition(self, name: str, written: Any, frame: _Frame, pointer: Pointer) -> Condition:
        path = self.path(name, frame, pointer, key=True)
        if path is None:
            return _UNCERTAIN
        field = self.field_at(path, frame)
        if isinstance(written, list):
            self.problem(pointer, f"'{name}' is compared with a list: write {{in: [...]}} for one of them")
            return _UNCERTAIN
        if not isinstance(written, dict):
            if written is None:
                self.problem(pointer, f"'{name}' is compared with nothing: write {{absent: true}}")
                return _UNCERTAIN
            return self.leaf(path, field, "equals", written, frame, pointer)
        if not written:
            self.problem(pointer, f"'{name}' has no operator")
            return _UNCERTAIN
        return _all(
            tuple(
                self.operation(path, field, operator, argument, frame, (*pointer, operator))
                for operator, argument in written.items()
            )
        )

    def operation(
        self, path: FieldPath, field: Field, operator: str, argument: Any, frame: _Frame, pointer: Pointer
    ) -> Condition:
        if operator == "count" and "array" in field.types:
            return _kept_for_record(self.counting(path, field, argument, frame, pointer), len(frame.levels))
        if operator in _ITERATORS and "array" in field.types:
            return _kept_for_record(self.iteration(path, field, operator, argument, frame, pointer), len(frame.levels))
        if operator in _PRESENCE:
            if argument is not True:
                opposite = "absent" if operator == "present" else "present"
                self.problem(pointer, f"'{operator}' takes true; its opposite is '{opposite}'")
            elif field.default is not None:
                self.problem(pointer, f"'{path.text}' is never absent: it is {field.default} where nothing is said")
            return _open(path) if operator == "open" else _presence(path, operator == "present")
        if operator not in self.vocabulary.operators:
            self.problem(pointer, self.unknown_operator(path, field, operator), key=True)
            return _UNCERTAIN
        return self.leaf(path, field, operator, argument, frame, pointer)

    def unknown_operator(self, path: FieldPath, field: Field, operator: str) -> str:
        said = f"there is no operator '{operator}'"
        if operator in field.fields and field.of_objects:
            return f"{said}; look into the list, as in {{some: {{{operator}: …}}}}"
        if operator in field.fields:
            return f"{said}; write the whole path, '{path.text}.{operator}'"
        if operator in _ITERATORS or operator == "count":
            return f"'{operator}' looks into lists, and '{path.text}' is a {kind_word(field.types)}"
        if operator in ("field", "list"):
            return f"{said}: what is compared stands in one, as in {{equals: {{{operator}: …}}}}"
        known = [*self.vocabulary.operators, *_PRESENCE, *((*_ITERATORS, "count") if "array" in field.types else ())]
        return f"{said}{did_you_mean(operator, known)}"

    def iteration(
        self, path: FieldPath, field: Field, operator: str, argument: Any, frame: _Frame, pointer: Pointer
    ) -> Condition:
        child = self.of_items(path, field, operator, argument, frame, pointer)
        if child is None:
            return _UNCERTAIN
        return _grouped(path, child) if operator == "grouped" else _over_items(path, _ITERATORS[operator], child)

    def of_items(
        self, path: FieldPath, field: Field, operator: str, argument: Any, frame: _Frame, pointer: Pointer
    ) -> Condition | None:
        """Compile what is said of the items of a list: a condition of objects, operators on plain values."""
        inner = frame.entered((*frame.levels[path.level], *path.names))
        if field.of_objects:
            return self.condition(argument, inner, pointer)
        if not isinstance(argument, dict) or not argument:
            self.problem(pointer, f"'{operator}' over plain values takes operators, as in {{equals: US}}")
            return None
        level = len(inner.levels) - 1
        item_field = self.item_field(inner.levels[level])
        item_path = FieldPath(f"{path.text}[*]", level, (), _reader(level, (), item_field), inner.levels[level])
        return _all(
            tuple(
                self.operation(item_path, item_field, name, value, inner, (*pointer, name))
                for name, value in argument.items()
            )
        )

    def counting(self, path: FieldPath, field: Field, argument: Any, frame: _Frame, pointer: Pointer) -> Condition:
        """Compile ``count``: how many items there are of which a condition holds."""
        bounds = [name for name in argument if name in _COUNTS] if isinstance(argument, dict) else []
        if not isinstance(argument, dict) or set(argument) != {"where", *bounds} or len(bounds) != 1:
            said = f"'count' takes where and one of {', '.join(_COUNTS)}"
            self.problem(pointer, f"{said}, as in {{where: {{type: body}}, at_most: 1}}")
            return _UNCERTAIN
        child = self.of_items(path, field, "count", argument["where"], frame, (*pointer, "where"))
        bound = self.argument(argument[bounds[0]], frame, (*pointer, bounds[0]))
        if child is None or bound is None:
            return _UNCERTAIN
        wrong = [value for value in bound.values if not isinstance(value, int) or isinstance(value, bool) or value < 0]
        if not bound.values or wrong:
            self.problem((*pointer, bounds[0]), "items are counted in whole numbers, written here or as a $parameter")
            return _UNCERTAIN
        return _counted(path, child, bounds[0], bound.read)._replace(sentence=str(argument[bounds[0]]))

    def leaf(
        self, path: FieldPath, field: Field, name: str, written: Any, frame: _Frame, pointer: Pointer
    ) -> Condition:
        operator = self.vocabulary.operators[name]
        self.finds_characters = self.finds_characters or name == "holds"
        compared = frozenset().union(*(_JSON_TYPES.get(kind, frozenset()) for kind in operator.types))
        if field.types and not field.types & compared:
            self.problem(pointer, f"'{path.text}' is a {kind_word(field.types)}, which '{name}' does not compare")
            return _UNCERTAIN
        long_form = operator.expand(written) if operator.expand else written
        argument = self.argument(long_form, frame, pointer)
        if argument is None:
            return _UNCERTAIN
        complaint = None if self.trusted else self.complaint(operator, name, argument, path, field)
        if complaint:
            self.problem(pointer, complaint)
            return _UNCERTAIN
        if not argument.fixed:
            test = _moving_test(path.read, operator, argument)
        elif self.trusted:
            test = _late_test(path.read, operator, argument.values[0])
        else:
            test = _fixed_test(path.read, operator, _prepared(operator, argument.values[0]))
        if name in ("equals", "in") and argument.fixed and 1 <= len(path.names) <= 2:
            wanted = argument.values[0]
            texts = [wanted] if type(wanted) is str else wanted
            if isinstance(texts, (list, tuple)) and all(type(text) is str for text in texts):
                test = _text_test(path, field, frozenset(texts), test)
        fixed = argument.values[0] if argument.fixed else None
        return Condition("test", test, (), path, name, written, operator.sentence, argument.fields, fixed)

    def complaint(
        self, operator: Operator, name: str, argument: _Argument, path: FieldPath, field: Field
    ) -> str | None:
        """Return what is wrong with an argument, on whatever day and for whatever record it is read, or None."""
        if argument.parts:
            return self.wrong_parts(operator.argument_schema, name, argument.parts)
        if argument.field is not None:
            if operator.doubts is not None:
                return f"'{name}' takes what is written in the rule, not what another field holds"
            other = argument.fields[0].text, argument.field.types
            return self.wrong_field(_types_of(operator.argument_schema), name, other, path, field)
        complaints = (self.wrong_value(operator, name, value, field) for value in argument.values)
        return next((complaint for complaint in complaints if complaint), None)

    def wrong_value(self, operator: Operator, name: str, value: Any, field: Field) -> str | None:
        """Return what is wrong with an argument of that value, or None."""
        plain = literal(list(value) if type(value) is tuple else value)
        items = plain if isinstance(plain, list) else [plain]
        if any(isinstance(item, Unknown) for item in items):
            return f"wrong argument for '{name}': a value with a tag is unknown"
        if not build_check(operator.argument_schema)(plain):
            return _wrong_argument(name, plain, operator.argument_schema)
        if name in _MEMBERSHIP:
            within = name == "contains" and "array" not in field.types
            complaint = next((said for item in items if (said := self.wrong_item(item, field, within=within))), None)
            if complaint:
                return complaint
        if name == "matches" and field.ignore_case and _matches_upper_case(str(value)):
            return f"'{'.'.join(field.names)}' is compared without letter case: write the expression in lower case"
        try:
            doubt = None if operator.doubts is None else operator.doubts(value)
            if doubt is not None:
                return doubt
            prepared = _prepared(operator, value)
        except ValueError as error:
            return str(error)
        return _never(operator, name, prepared, field)

    def wrong_item(self, item: Any, field: Field, *, within: bool) -> str | None:
        """Return why a field, or a part of it (``within``), is never that value, or None."""
        name = ".".join(field.names)
        if field.ignore_case and isinstance(item, str) and item != item.lower():
            return f"'{item}' is compared without letter case: write '{item.lower()}'"
        if field.enum is not None and item not in field.enum and not within:
            hint = did_you_mean(str(item), [str(known) for known in field.enum])
            return f"'{name}' is never {item!r}; it is one of {', '.join(map(str, field.enum))}{hint}"
        schema = _value_schema(self.schema, field.names)
        kinds = _types_of(schema)
        if kinds and not kinds & _JSON_TYPES.get(type(item), frozenset()) and not isinstance(item, str):
            return f"'{name}' is a {kind_word(kinds)}, never {item!r}"
        if not within and not _value_check(self.schema, field.names)(item):
            said = "; ".join(problem.message for problem in problems_of(item, schema))
            return f"'{name}' is never {item!r}: {said.replace('the document', 'it')}"
        if holds_placeholder(str(item)) and not field.text:
            return f"'{name}' is never {item!r}: a placeholder makes it unknown"
        return None

    def wrong_field(
        self, wanted: frozenset[str], name: str, other_field: tuple[str, frozenset[str]], path: FieldPath, field: Field
    ) -> str | None:
        """Return why a field cannot be compared with another one, given as path and types, or None."""
        other, kinds = other_field
        if kinds and wanted and not kinds & wanted:
            return f"'{name}' takes a {kind_word(wanted)}, and '{other}' is a {kind_word(kinds)}"
        own = _types_of(_value_schema(self.schema, field.names))
        if name in _MEMBERSHIP and "array" not in kinds and own and kinds and not own & kinds:
            return f"'{path.text}' is a {kind_word(own)} and '{other}' a {kind_word(kinds)}: they are never the same"
        return None

    def wrong_parts(self, schema: Mapping[str, Any], name: str, parts: Mapping[str, _Argument]) -> str | None:
        """Return what is wrong with the parts of a mapping of which some are read later, or None."""
        known = schema.get("properties", {})
        later = {key: part for key, part in parts.items() if not part.fixed}
        sample = literal({key: part.values[0] if part.fixed else None for key, part in parts.items()})
        loosened = {**schema, "properties": {key: {} if key in later else known[key] for key in known}}
        if not build_check(loosened)(sample):
            return _wrong_argument(name, sample, loosened)
        for key, part in later.items():
            wanted = _types_of(known.get(key, {}))
            for value in part.values:
                if not build_check(known.get(key, {}))(literal(value)):
                    return _wrong_argument(f"{name}: {key}", literal(value), known[key])
            if part.field is not None and wanted and part.field.types and not wanted & part.field.types:
                kinds = kind_word(part.field.types)
                return f"'{name}: {key}' takes a {kind_word(wanted)}, and '{part.fields[0].text}' is a {kinds}"
        return None

    def argument(self, written: Any, frame: _Frame, pointer: Pointer) -> _Argument | None:
        """Resolve references in an argument: fields, parameters, lists and words of the pack."""
        if isinstance(written, str) and written.startswith("$"):
            return self.parameter(written[1:], pointer)
        if isinstance(written, list):
            return self.plain_list(written, pointer)
        if not isinstance(written, dict):
            return _fixed(written)
        if set(written) == {"field"}:
            path = self.path(str(written["field"]), frame, (*pointer, "field"))
            return None if path is None else _Argument(path.read, field=self.field_at(path, frame), fields=(path,))
        if set(written) == {"list"}:
            values = self.vocabulary.lists.get(str(written["list"]))
            if values is None:
                hint = did_you_mean(str(written["list"]), list(self.vocabulary.lists))
                self.problem((*pointer, "list"), f"the pack has no list '{written['list']}'{hint}")
                return None
            return _fixed(values)
        parts: dict[str, _Argument] = {}
        for key, value in written.items():
            part = self.words(value, pointer) if key == "words" else self.argument(value, frame, (*pointer, key))
            if part is None:
                return None
            parts[key] = part
        if all(part.fixed for part in parts.values()):
            return _fixed({key: part.values[0] for key, part in parts.items()})
        fields = tuple(path for part in parts.values() for path in part.fields)
        return _Argument(
            lambda scope: {key: part.read(scope) for key, part in parts.items()}, parts=parts, fields=fields
        )

    def plain_list(self, written: list[Any], pointer: Pointer) -> _Argument | None:
        for index, item in enumerate(written):
            if isinstance(item, str) and item.startswith("$"):
                said = f"'{item}' is one item of a list: a parameter stands for the whole argument"
                self.problem((*pointer, index), said)
                return None
            if item is None:
                self.problem((*pointer, index), "nothing is ever null: write {absent: true}")
                return None
        return _fixed(written)

    def words(self, name: Any, pointer: Pointer) -> _Argument | None:
        words = self.vocabulary.words.get(str(name))
        if words is None:
            hint = did_you_mean(str(name), list(self.vocabulary.words))
            long_form = (*pointer, "words")
            place = pointer if self.rule.document.locate(long_form) is None else long_form
            self.problem(place, f"the pack has no word list '{name}'{hint}")
            return None
        return _fixed(words)

    def parameter(self, name: str, pointer: Pointer) -> _Argument | None:
        parameter = self.rule.parameters.get(name)
        if parameter is None:
            hint = did_you_mean(name, list(self.rule.parameters))
            self.problem(pointer, f"the rule has no parameter '{name}'{hint}")
            return None
        self.used.add(name)
        values = tuple(value for _, value in parameter.values)
        if len(values) == 1:
            return _fixed(values[0])
        return _Argument(lambda scope: parameter.on(scope[0]), values)

    def check_parameters(self) -> None:
        """Check that the parameters have names of their own and decide something."""
        for name in self.rule.parameters:
            if name in KNOWN_NAMES:
                self.problem(("parameters", name), f"'{name}' is taken: in texts it stands for something else")
            elif name not in self.used:
                self.problem(("parameters", name), f"no condition uses the parameter: write ${name} in one")

    def check_texts(self) -> None:
        """Check the placeholders of the rule's texts."""
        from policylint.model.texts import TextTemplate

        for key, text in (("message", self.rule.message), ("why", self.rule.why), ("solution", self.rule.solution)):
            for name in TextTemplate(text).names():
                if name == "characters" and not self.finds_characters:
                    self.problem((key,), "'$characters' names what 'holds' found, and no condition has that operator")
                if name not in KNOWN_NAMES and name not in self.rule.parameters:
                    complaint = self.wrong_placeholder(name)
                    if complaint:
                        self.problem((key,), complaint)

    def wrong_placeholder(self, name: str) -> str | None:
        """Return why a text cannot name that field of the record, or None."""
        names = tuple(name.split("."))
        fields = [self.schema.field(names[:length]) for length in range(1, len(names) + 1)]
        last = fields[-1]
        if last is None and fields[0] is not None:
            place = next(index for index, field in enumerate(fields) if field is None)
            parent = fields[place - 1] or _ANYTHING
            hint = did_you_mean(names[place], parent.fields)
            return f"'${{{name}}}': '{'.'.join(names[:place])}' has no field '{names[place]}'{hint}"
        if last is None:
            known = [*KNOWN_NAMES, *self.rule.parameters, *self.schema.schema["properties"]]
            said = f"there is no placeholder '${name}'" if name else "a lone $ (write $$)"
            return f"{said}{did_you_mean(name, known)}; fields are written ${{sender.product}}"
        if names[:1] == _SHORT_FORM or any(field is not None and field.of_objects for field in fields):
            return f"'${{{name}}}' lies in a list: a text cannot name an item; $value is what a finding points at"
        if "object" in last.types:
            return f"'${{{name}}}' is a mapping: name one of its fields{did_you_mean(name, last.fields)}"
        return None


def kind_word(kinds: Iterable[str]) -> str:
    """Return JSON types in the words of users."""
    words = {
        "object": "mapping",
        "array": "list",
        "string": "text",
        "integer": "whole number",
        "boolean": "yes-or-no value",
    }
    said = sorted(kinds)
    if "number" in said and "integer" in said:
        said.remove("integer")
    return " or ".join(words.get(kind, kind) for kind in said) or "value of any kind"


@cache
def _value_schema(schema: RecordSchema, names: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the JSON Schema of a field's value, or of its items where it is a list."""

    def resolved(found: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in found:
            found = resolve_reference(schema.schema, found["$ref"])
        return found

    found = schema.schema
    for name in names:
        found = resolved(found)
        found = resolved(found.get("items", found)).get("properties", {}).get(name, {})
    found = resolved(found)
    return resolved(found["items"]) if "items" in found else found


@cache
def _value_check(schema: RecordSchema, names: tuple[str, ...]) -> Check:
    return build_check(_value_schema(schema, names), schema.schema)


def _types_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the JSON types that a schema takes, without null; empty where any goes. A whole number is a number too."""
    kinds = schema.get("type", ())
    found = frozenset([kinds] if isinstance(kinds, str) else kinds) - {"null"}
    return found | {"integer"} if "number" in found else found


def _wrong_argument(name: str, value: Any, schema: Mapping[str, Any]) -> str:
    said = "; ".join(sorted(problem.message for problem in problems_of(value, schema)))
    return f"wrong argument for '{name}': {said.replace('the document', 'it')}"


def _matches_upper_case(expression: str) -> bool:
    """Tell whether a regular expression has upper-case letters that stand for themselves."""
    # Left out: classes such as \\S, the P of named groups, and what follows a switch to no letter case.
    letters = re.sub(r"\\.|\(\?P|\(\?[a-z]*i[a-z]*[):].*", "", expression, flags=re.DOTALL)
    return re.search("[A-Z]", letters) is not None


def _prepared(operator: Operator, value: Any) -> Any:
    """Return an argument as the predicate wants it; ValueError says what is wrong with it."""
    return operator.prepare(value) if operator.prepare else value


def _never(operator: Operator, name: str, prepared: Any, field: Field) -> str | None:
    """Return why no value of an enumeration meets the test, or None where one does."""
    if not field.enum or "array" in field.types:
        return None
    choices = [choice for choice in field.enum if isinstance(choice, operator.types)]
    if not choices or any(operator.test(choice, prepared) is not False for choice in choices):
        return None
    return f"'{name}' is never true of '{'.'.join(field.names)}', which is one of {', '.join(map(str, choices))}"


class _Argument(NamedTuple):
    """An argument with its references resolved."""

    read: Callable[[Any], Any]
    values: tuple[Any, ...] = ()
    """All that it can be where the rule alone decides; more than one for a dated parameter."""
    fixed: bool = False
    parts: Mapping[str, _Argument] | None = None
    """Of a mapping with parts that are read later."""
    field: Field | None = None
    """The other field, where it is one."""
    fields: tuple[FieldPath, ...] = ()
    """The paths of all other fields that it names."""


def _fixed(value: Any) -> _Argument:
    return _Argument(lambda _scope: value, (value,), fixed=True)


def _violated(
    rule: Rule, applies: Callable[[Any], bool | None] | None, holds: Callable[[Any], bool | None]
) -> Callable[[Any], bool | None]:
    violated = _may_be_violated(applies, holds, rule.forbids)
    return (lambda scope: violated(scope) is True) if rule.silent_when_unknown else violated


def _may_be_violated(
    applies: Callable[[Any], bool | None] | None, holds: Callable[[Any], bool | None], forbids: bool
) -> Callable[[Any], bool | None]:
    if applies is None:
        if forbids:
            return holds

        def not_required(scope: Any) -> bool | None:
            result = holds(scope)
            return None if result is None else not result

        return not_required

    def violated(scope: Any) -> bool | None:
        first = applies(scope)
        if first is False:
            return False
        second = holds(scope)
        if second is not None and not forbids:
            second = not second
        if second is False:
            return False
        return None if first is None or second is None else True

    return violated


def _reader(level: int, names: tuple[str, ...], field: Field) -> Callable[[Any], Any]:
    """Return a reader of a field: None where absent, Unknown where unknown, lower case where case does not matter."""
    is_text, ignore_case, default = field.text, field.ignore_case, field.default

    def settled(value: Any) -> Any:
        if value is None:
            return default
        if type(value) is str:
            if not is_text and holds_placeholder(value):
                return EXPRESSION
            return value.lower() if ignore_case else value
        return value

    def read(scope: Any) -> Any:
        value = scope[level]
        for name in names:
            if type(value) is dict:
                value = value.get(name)
            elif value is None:
                break
            else:
                return value if type(value) is Unknown else _WRONG_SHAPE
        return settled(value)

    if not 1 <= len(names) <= 2:
        return read

    # Most paths have one name or two: these are read without a loop.
    first, last = names[0], names[-1]
    one = len(names) == 1

    def read_short(scope: Any) -> Any:
        above = scope[level]
        if type(above) is not dict:
            return read(scope)
        if not one:
            above = above.get(first)
            if type(above) is not dict:
                return read(scope) if above is not None else default
        value = above.get(last)
        return value if type(value) is bool else settled(value)

    return read_short


_WRONG_SHAPE = Unknown("the value above it is not a mapping")


def _fixed_test(read: Callable[[Any], Any], operator: Operator, argument: Any) -> Callable[[Any], bool | None]:
    test, types = operator.test, operator.types
    takes_booleans, takes_lists = bool in types, list in types

    def decide(scope: Any) -> bool | None:
        value = read(scope)
        if value is None:
            return False
        if not isinstance(value, types) or ((value is True or value is False) and not takes_booleans):
            return None
        if takes_lists and type(value) is list:
            return _test_list(operator, value, argument)
        return test(value, argument)

    return decide


def _text_test(
    path: FieldPath, field: Field, wanted: frozenset[str], whole: Callable[[Any], bool | None]
) -> Callable[[Any], bool | None]:
    """Return the same test as ``whole``, quick where the value is a text without a placeholder: most tests are such."""
    level, first, last, one, ignore_case = (
        path.level,
        path.names[0],
        path.names[-1],
        len(path.names) == 1,
        field.ignore_case,
    )

    def decide(scope: Any) -> bool | None:
        above = scope[level]
        if type(above) is dict and not one:
            above = above.get(first)
        if type(above) is dict:
            value = above.get(last)
            if type(value) is str and "{" not in value:
                return (value.lower() if ignore_case else value) in wanted
        return whole(scope)

    return decide


def _late_test(read: Callable[[Any], Any], operator: Operator, argument: Any) -> Callable[[Any], bool | None]:
    if operator.prepare is None:
        return _fixed_test(read, operator, argument)
    prepare = operator.prepare
    ready: Callable[[Any], bool | None] | None = None

    def decide(scope: Any) -> bool | None:
        nonlocal ready
        if ready is None:
            if read(scope) is None:
                return False
            ready = _fixed_test(read, operator, prepare(argument))
        return ready(scope)

    return decide


def _test_list(operator: Operator, value: list[Any], argument: Any) -> bool | None:
    gaps = any(isinstance(item, Unknown) or holds_placeholder(item) for item in value)
    if not gaps:
        return operator.test(value, argument)
    if operator.sure_with_gaps == frozenset([True, False]):
        return operator.test(value, argument)
    known = [item for item in value if not isinstance(item, Unknown) and not holds_placeholder(item)]
    result = operator.test(known, argument)
    return result if result in operator.sure_with_gaps else None


_KNOWN_ARGUMENTS = 64
"""Arguments of one test that stay prepared: the languages of messages, the limits of portfolios."""


def _moving_test(read: Callable[[Any], Any], operator: Operator, argument: _Argument) -> Callable[[Any], bool | None]:
    parts = [part.read for part in argument.parts.values() if not part.fixed] if argument.parts else [argument.read]
    known: dict[tuple[Any, ...], Callable[[Any], bool | None]] = {}

    def decide(scope: Any) -> bool | None:
        value = read(scope)
        if value is None:
            return False
        moving = [part(scope) for part in parts]
        key = (*moving, *map(type, moving))  # 1 and true are the same key, but for their types
        try:
            test = known.get(key)
        except TypeError:  # a list
            return _test_of(operator, argument.read(scope))(value)
        if test is None:
            if len(known) >= _KNOWN_ARGUMENTS:
                known.clear()
            test = known[key] = _test_of(operator, argument.read(scope))
        return test(value)

    return decide


def _test_of(operator: Operator, argument: Any) -> Callable[[Any], bool | None]:
    """Return the test of a value with an argument that was read from a record or for a day."""
    argument = _settled(argument, tuple(operator.argument_schema.get("required", ())))
    if argument is None:
        return lambda _value: False
    plain = list(argument) if isinstance(argument, tuple) and not isinstance(argument, Unknown) else argument
    if isinstance(argument, Unknown) or not build_check(operator.argument_schema)(plain):
        return lambda _value: None
    try:
        prepared = operator.prepare(argument) if operator.prepare else argument
    except ValueError:
        return lambda _value: None
    return _fixed_test(lambda value: value, operator, prepared)


def _settled(argument: Any, required: tuple[str, ...]) -> Any:
    """Return an argument with optional unknown parts left out; None where a required part is absent."""
    if type(argument) is not dict:
        return argument
    for key in required:
        if argument.get(key) is None or isinstance(argument[key], Unknown):
            return argument.get(key)
    return {key: None if isinstance(value, Unknown) else value for key, value in argument.items()}


def _presence(path: FieldPath, wanted: bool) -> Condition:
    read = path.read

    def decide(scope: Any) -> bool | None:
        found = says_something(read(scope))
        return None if found is None else found is wanted

    name = "present" if wanted else "absent"
    return Condition("test", decide, path=path, operator=name, argument=True, sentence=f"is {name}")


def _open(path: FieldPath) -> Condition:
    """Return the one condition that is certain of an unknown value: it asks what the record leaves open."""
    read = path.read

    def decide(scope: Any) -> bool:
        return not says_something(read(scope))

    return Condition("test", decide, path=path, operator="open", argument=True, sentence="is left open")


def _all(children: tuple[Condition, ...]) -> Condition:
    if len(children) == 1:
        return children[0]
    tests = tuple(child.test for child in children)

    def decide(scope: Any) -> bool | None:
        result: bool | None = True
        for test in tests:
            found = test(scope)
            if found is False:
                return False
            if found is None:
                result = None
        return result

    return Condition("all", decide, children)


def _any(children: tuple[Condition, ...]) -> Condition:
    tests = tuple(child.test for child in children)

    def decide(scope: Any) -> bool | None:
        result: bool | None = False
        for test in tests:
            found = test(scope)
            if found is True:
                return True
            if found is None:
                result = None
        return result

    return Condition("any", decide, children)


def _none(children: tuple[Condition, ...]) -> Condition:
    inner = _any(children).test

    def decide(scope: Any) -> bool | None:
        found = inner(scope)
        return None if found is None else not found

    return Condition("none", decide, children)


def _over_items(path: FieldPath, kind: str, child: Condition) -> Condition:
    read, test = path.read, child.test

    def decide(scope: Any) -> bool | None:
        items = read(scope)
        if items is None:
            return kind == "no"
        if type(items) is not list:
            return None
        unsure = False
        for item in items:
            found = None if type(item) is Unknown else test((*scope, item))
            if found is None:
                unsure = True
            elif kind == "each":
                if found is False:
                    return False
            elif found is True:
                return kind == "some"
        if unsure:
            return None
        # `each` of an empty list is false, as of an absent one: there is nothing of which it could be said.
        return bool(items) if kind == "each" else kind == "no"

    return Condition(kind, decide, (child,), path=path)


def _kept_for_record(condition: Condition, levels: int) -> Condition:
    """Return a condition on a list of the record; within an item of a rule's own list it is decided once for all items.

    Else a rule that looks at each message and asks something of all of them would take the square of their number.
    """
    within_item = range(2, levels)
    paths = [path for one in walk(condition) for path in (one.path, *one.compared) if path is not None]
    if not within_item or any(path.level in within_item for path in paths):
        return condition
    decide = condition.test
    known: tuple[Any, Any, bool | None] = (None, None, None)

    def decide_once(scope: Any) -> bool | None:
        nonlocal known
        if known[1] is not scope[1] or known[0] != scope[0]:
            known = (scope[0], scope[1], decide(scope))
        return known[2]

    return condition._replace(test=decide_once)


def _grouped(path: FieldPath, child: Condition) -> Condition:
    read, test = path.read, child.test

    def decide(scope: Any) -> bool | None:
        items = read(scope)
        if items is None:
            return True
        if type(items) is not list:
            return None
        found = [None if type(item) is Unknown else test((*scope, item)) for item in items]
        if None in found:
            return None
        return sum(one is not other for one, other in pairwise(found)) <= 1

    return Condition("grouped", decide, (child,), path=path)


def _counted(path: FieldPath, child: Condition, name: str, read_bound: Callable[[Any], Any]) -> Condition:
    read, test, holds = path.read, child.test, _COUNTS[name]

    def decide(scope: Any) -> bool | None:
        items = read(scope)
        if items is not None and type(items) is not list:
            return None
        bound = read_bound(scope)
        certain = possible = 0
        for item in items or ():
            found = None if type(item) is Unknown else test((*scope, item))
            certain += found is True
            possible += found is not False
        results = {holds(number, bound) for number in range(certain, possible + 1)}
        return results.pop() if len(results) == 1 else None

    return Condition("count", decide, (child,), path=path, operator=name, argument=read_bound)


_UNCERTAIN = Condition("test", lambda _scope: None)


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and all below it."""
    yield condition
    for child in condition.children:
        yield from walk(child)
