"""JSON Schema checks: a fast yes or no for the schemas of this project; where it is no, jsonschema's findings in words.

jsonschema is the authority; the fast check knows only the keywords that our schemas use, and a test holds both equal.
It exists because importing jsonschema costs more than checking a hundred files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

from policylint.errors import hint_at, nearest
from policylint.model.limits import shortened
from policylint.model.phrase import phrase
from policylint.model.source import Pointer, Unknown
from policylint.model.tuples import NamedTuple

Check: TypeAlias = Callable[[Any], bool]
_OfKey: TypeAlias = "tuple[frozenset[type], frozenset[str], Check]"
"""The types and the texts that conform for certain, and what tells of all others."""

_ANNOTATIONS = frozenset(
    [
        "$schema",
        "$id",
        "$defs",
        "$comment",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "x-text",
        "x-ignore-case",
        "x-read-by",
    ]
)
_OF_OBJECTS = frozenset(["type", "properties", "patternProperties", "additionalProperties"])
_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
}
_EXACT_TYPES: dict[str, frozenset[type]] = {
    "object": frozenset([dict]),
    "array": frozenset([list]),
    "string": frozenset([str]),
    "boolean": frozenset([bool]),
    "null": frozenset([type(None)]),
    "integer": frozenset([int]),
    "number": frozenset([int, float]),
}
_TYPE_WORDS = {
    "object": phrase("a mapping"),
    "array": phrase("a list"),
    "string": phrase("a text"),
    "boolean": phrase("true or false"),
    "null": phrase("null"),
    "integer": phrase("a whole number"),
    "number": phrase("a number"),
}


class SchemaProblem(NamedTuple):
    """One disagreement between a value and its schema."""

    pointer: Pointer
    """Of the value; for a missing key or one that must not be there, of the mapping."""
    message: str
    keyword: str
    key: str | None = None
    """The key that must not be there, where the problem is one."""
    meant: str | None = None
    """The key, or the value of an enumeration, that was probably meant."""


def holds_placeholder(value: Any) -> bool:
    """Tell whether a text is filled in later: ``{{ }}``, ``${}``, Jinja."""
    return type(value) is str and ("{{" in value or "${" in value or "{%" in value)


def is_open(value: Any, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value stands for one that the file cannot say, so that its type says nothing."""
    return isinstance(value, Unknown) or (not schema.get("x-text") and holds_placeholder(value))


def build_check(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Check:
    """Return a function that tells whether a value conforms; ``root`` is where ``$ref`` starts if not in the schema."""
    try:
        fast = fast_check(schema, root)
    except NotImplementedError:  # the schema of a plugin
        return lambda value: not problems_of(value, schema)

    def conforms(value: Any) -> bool:
        try:
            return fast(value)
        except NotImplementedError:  # likewise, deeper in it
            return not problems_of(value, schema)

    return conforms


def fast_check(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Check:
    """Return the same without jsonschema; NotImplementedError, then or later, names a keyword that it does not know.

    What is said of the fields of objects is made ready when a field of that name is first met.
    """
    return _Builder(root if root is not None else schema).check(schema)


class _Builder:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.defined: dict[str, Check] = {}

    def check(self, schema: Mapping[str, Any] | bool) -> Check:
        if schema is True or schema == {}:
            return lambda _value: True
        if schema is False:
            return lambda _value: False
        reference = schema.get("$ref")
        if reference is not None:
            return self.referenced(reference)
        tests = [
            test
            for keyword, argument in schema.items()
            if keyword not in _ANNOTATIONS and (test := self.keyword(keyword, argument, schema)) is not None
        ]
        open_schema = schema if schema.get("x-text") else {}

        def conforms(value: Any) -> bool:
            for test in tests:
                if not test(value):
                    return is_open(value, open_schema)
            return True

        if "object" in schema.get("type", ()) and set(schema) - _ANNOTATIONS <= _OF_OBJECTS:
            members = self.members(schema)
            return lambda value: (type(value) is dict and members(value)) or conforms(value)
        return conforms

    def exact_types(self, schema: Mapping[str, Any] | bool) -> frozenset[type]:
        """Return the Python types of which every value conforms, for most values to be told at a glance."""
        if isinstance(schema, bool) or set(schema) - _ANNOTATIONS - {"type"} or "type" not in schema:
            return frozenset()
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        return frozenset().union(*(_EXACT_TYPES[name] for name in names))

    def exact_texts(self, schema: Mapping[str, Any] | bool) -> frozenset[str]:
        """Return the texts that conform as they are written: of a field with an enumeration nearly every one."""
        if isinstance(schema, bool) or "enum" not in schema or set(schema) - _ANNOTATIONS - {"type", "enum"}:
            return frozenset()
        if "type" in schema and "string" not in schema["type"]:
            return frozenset()
        return frozenset(value for value in schema["enum"] if type(value) is str)

    def referenced(self, reference: str) -> Check:
        if reference not in self.defined:
            target = resolve_reference(self.root, reference)
            # Registered before it is built: a schema may refer to itself.
            self.defined[reference] = lambda value: built(value)
            built = self.check(target)
            self.defined[reference] = built
        return self.defined[reference]

    def keyword(self, keyword: str, argument: Any, schema: Mapping[str, Any]) -> Check | None:
        if keyword == "type":
            names = [argument] if isinstance(argument, str) else argument
            tests = [_TYPES[name] for name in names]
            exact = frozenset().union(*(_EXACT_TYPES[name] for name in names))
            return lambda value: type(value) in exact or any(test(value) for test in tests)
        if keyword == "enum":
            return _enum_check(argument, bool(schema.get("x-ignore-case")))
        if keyword == "const":
            return lambda value: _same(value, argument)
        if keyword == "required":
            return lambda value: not isinstance(value, dict) or all(key in value for key in argument)
        if keyword in ("properties", "patternProperties", "additionalProperties"):
            first = next(k for k in schema if k in ("properties", "patternProperties", "additionalProperties"))
            return self.members(schema) if keyword == first else None
        if keyword == "items":
            return self.items(argument)
        if keyword in ("anyOf", "oneOf"):
            choices = [self.check(choice) for choice in argument]
            if keyword == "anyOf":
                return lambda value: any(choice(value) for choice in choices)
            return lambda value: sum(choice(value) for choice in choices) == 1
        if keyword in ("minItems", "minProperties", "minLength", "minimum", "maximum"):
            return _bound_check(keyword, argument)
        if keyword == "pattern":
            search = re.compile(argument).search
            return lambda value: not isinstance(value, str) or search(value) is not None
        if keyword == "propertyNames":
            name = self.check(argument)
            return lambda value: not isinstance(value, dict) or all(name(key) for key in value)
        raise NotImplementedError(f"the fast check does not know the keyword {keyword!r}")

    def items(self, schema: Mapping[str, Any] | bool) -> Check:
        item, exact = self.check(schema), self.exact_types(schema)

        def conforms(value: Any) -> bool:
            if isinstance(value, list):
                for entry in value:
                    if type(entry) not in exact and not item(entry):
                        return False
            return True

        return conforms

    def members(self, schema: Mapping[str, Any]) -> Check:
        patterns = [(re.compile(key), value) for key, value in schema.get("patternProperties", {}).items()]
        properties = schema.get("properties", {})
        rest = schema.get("additionalProperties", True)
        ready: dict[str, _OfKey] = {}
        of_patterns: dict[tuple[int, ...], _OfKey] = {}

        def made(key: str) -> _OfKey:
            """Return what tells whether the value of a key conforms: for most a look at it, else a check."""
            wanted = [properties[key]] if key in properties else []
            wanted += [value for pattern, value in patterns if pattern.search(key)]
            if len(wanted) > 1:
                checks = [self.check(one) for one in wanted]
                return frozenset(), frozenset(), lambda value: all(check(value) for check in checks)
            one = wanted[0] if wanted else rest
            return self.exact_types(one), self.exact_texts(one), self.check(one)

        def conforms(value: Any) -> bool:
            if not isinstance(value, dict):
                return True
            for key, entry in value.items():
                known = ready.get(key)
                if known is None and key in properties:
                    known = ready[key] = made(key)
                elif known is None:  # keys of a file's own may be without number
                    fitting = tuple([at for at, (pattern, _) in enumerate(patterns) if pattern.search(key)])
                    known = of_patterns.get(fitting)
                    if known is None:
                        known = of_patterns[fitting] = made(key)
                types, texts, check = known
                kind = type(entry)
                if kind not in types and not (kind is str and entry in texts) and not check(entry):
                    return False
            return True

        return conforms


def _same(value: Any, known: Any) -> bool:
    """Tell whether two JSON values are equal: 1 and 1.0 are, 1 and true are not."""
    return isinstance(value, bool) == isinstance(known, bool) and bool(value == known)


def _enum_check(values: Sequence[Any], ignore_case: bool) -> Check:
    texts = frozenset(value for value in values if isinstance(value, str))

    def is_listed(value: Any) -> bool:
        if isinstance(value, str):
            return (value.lower() if ignore_case else value) in texts
        return any(_same(value, known) for known in values)

    return is_listed


def _bound_check(keyword: str, bound: Any) -> Check:
    def within(value: Any) -> bool:
        if keyword == "minItems":
            return not isinstance(value, list) or len(value) >= bound
        if keyword == "minProperties":
            return not isinstance(value, dict) or len(value) >= bound
        if keyword == "minLength":
            return not isinstance(value, str) or len(value) >= bound
        if not _TYPES["number"](value):
            return True
        # Not `>=` and `<=`: to jsonschema a NaN is within any bounds.
        return not (value < bound if keyword == "minimum" else value > bound)

    return within


def resolve_reference(root: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    """Return what a ``#/…`` reference of a schema points to."""
    target: Any = root
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    resolved: Mapping[str, Any] = target
    return resolved


def problems_of(value: Any, schema: Mapping[str, Any]) -> list[SchemaProblem]:
    """Return what jsonschema finds, in words, in the order of the file; placeholders and unknown values left out."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema)
    found = [problem for error in _leaves(validator.iter_errors(value)) for problem in _worded(error)]
    order = _Order()
    return sorted(dict.fromkeys(found), key=lambda problem: order.rank(value, problem))


class _Order:
    """Where the parts of a document stand among their siblings; the keys of a mapping are numbered once."""

    def __init__(self) -> None:
        self.numbers: dict[int, dict[Any, int]] = {}

    def rank(self, value: Any, problem: SchemaProblem) -> list[int]:
        """Return the places of a problem's steps among their siblings, to sort by."""
        ranks = []
        for step in (*problem.pointer, *([] if problem.key is None else [problem.key])):
            if isinstance(value, dict):
                if id(value) not in self.numbers:
                    self.numbers[id(value)] = {key: number for number, key in enumerate(value)}
                ranks.append(self.numbers[id(value)][step])
            else:
                ranks.append(int(step))
            value = value[step]
        return ranks


def _leaves(errors: Any) -> list[Any]:
    """Return the errors, with each failed anyOf/oneOf replaced by the errors of its most fitting branch."""
    leaves = []
    for error in errors:
        branches: dict[Any, list[Any]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        if not branches or all(inner.validator == "type" and not inner.path for inner in error.context):
            leaves.append(error)
        else:
            leaves.extend(_leaves(max(branches.values(), key=_fitness)))
    return leaves


def _fitness(errors: Sequence[Any]) -> tuple[bool, int, int]:
    """Return by what a branch fits a value: the right type before the depth of its errors before their number."""
    is_of_type = not any(error.validator == "type" and not error.path for error in errors)
    return is_of_type, max(len(error.absolute_path) for error in errors), -len(errors)


def _worded(error: Any) -> list[SchemaProblem]:
    pointer: Pointer = tuple(error.absolute_path)
    value, keyword, argument = error.instance, str(error.validator), error.validator_value
    schema = error.schema if isinstance(error.schema, dict) else {}
    if is_open(value, schema):
        return []
    name = field_name(pointer)
    if keyword in ("additionalProperties", "required"):
        return _wrong_keys(pointer, value, keyword, schema)
    if keyword == "enum":
        if schema.get("x-ignore-case") and isinstance(value, str) and value.lower() in argument:
            return []
        known = [str(choice) for choice in argument if choice is not None]
        meant = nearest(str(value), known)
        message: str = phrase(
            "{name} is {value}, which is not one of {known}{hint}",
            name=name,
            value=_shown(value),
            known=", ".join(known),
            hint=hint_at(meant),
        )
        return [SchemaProblem(pointer, message, keyword, meant=meant if isinstance(value, str) else None)]
    if error.context:
        keyword, message = "type", _expected(name, value, [inner.validator_value for inner in error.context])
    elif keyword == "type":
        message = _expected(name, value, [argument])
    elif keyword == "pattern":
        examples = schema.get("examples")
        form = phrase("{form}, for example {example}", form=argument, example=examples[0]) if examples else argument
        if _is_key(error):
            message = phrase(
                "the key '{key}' of {name} is not of the form {form}", key=shortened(value), name=name, form=form
            )
            return [SchemaProblem(pointer, message, keyword, value)]
        said = "{name} is {value}, which is not of the form {form}"
        message = phrase(said, name=name, value=_shown(value), form=form)
    elif keyword == "minimum":
        said = "{name}: {value} is less than the minimum of {minimum}"
        message = phrase(said, name=name, value=_shown(value), minimum=argument)
    else:
        message = f"{name}: {error.message if len(error.message) <= _LONGEST else f'{keyword} is not met'}"
    return [SchemaProblem(pointer, message, keyword)]


_LONGEST = 500
"""Characters of a message of jsonschema, which repeats the whole value."""


def _is_key(error: Any) -> bool:
    """Tell whether an error is about the name of a field: jsonschema gives it the place of the mapping."""
    path = list(error.schema_path)
    return path[-2:-1] == ["propertyNames"] and path[-3:-2] != ["properties"]


_HINTS = 50
"""Unknown fields of one mapping for which the nearest known one is named."""


def _wrong_keys(pointer: Pointer, value: Any, keyword: str, schema: Mapping[str, Any]) -> list[SchemaProblem]:
    """Return a problem for each key that must not be there or is missing."""
    of_what = phrase(" in {name}", name=field_name(pointer)) if pointer else ""
    if keyword == "required":
        missing = [key for key in schema["required"] if key not in value]
        said = "'{key}' is missing{of_what}"
        return [SchemaProblem(pointer, phrase(said, key=key, of_what=of_what), keyword) for key in missing]
    known, patterns = list(schema.get("properties", {})), list(schema.get("patternProperties", {}))
    unknown = [key for key in value if key not in known and not any(re.search(pattern, key) for pattern in patterns)]
    # So many unknown fields are no slips of the hand, and to find the nearest field to each takes long.
    meant = [nearest(key, known) for key in unknown[:_HINTS]]
    said = "unknown field '{key}'{of_what}{hint}"
    return [
        SchemaProblem(
            pointer, phrase(said, key=shortened(key), of_what=of_what, hint=hint_at(near)), keyword, key, near
        )
        for key, near in zip_longest(unknown, meant)
    ]


def _expected(name: str, value: Any, types: Sequence[str | Sequence[str]]) -> str:
    kinds = [kind for names in types for kind in ([names] if isinstance(names, str) else names) if kind != "null"]
    expected, *others = (_TYPE_WORDS[kind] for kind in dict.fromkeys(kinds))
    for word in others:
        expected = phrase("{one} or {other}", one=expected, other=word)
    return phrase("{name} is {value}, {expected} is expected", name=name, value=_shown(value), expected=expected)


def field_name(pointer: Pointer) -> str:
    """Return a pointer as a reader writes it: ``messages[0].category``."""
    text = ""
    for step in pointer:
        name = f"[{step}]" if isinstance(step, int) else shortened(step)
        text += f".{name}" if text and not isinstance(step, int) else name
    return text or phrase("the document")


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return phrase("the text '{text}'", text=shortened(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return phrase("a mapping")
    if isinstance(value, list):
        return phrase("a list")
    return "null" if value is None else shortened(str(value))
