"""``sources:`` of a configuration → checked mappings: where a file keeps its campaigns, and which field is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from policylint.errors import did_you_mean
from policylint.model.source import Document, Pointer, value_at
from policylint.model.tuples import NamedTuple
from policylint.record import Field, record_schema
from policylint.schema import build_check, problems_of

RecordPath: TypeAlias = tuple[str, ...]
"""Names of a field of the campaign record, ``("messages", "body")``; the place in a list has no step of its own."""

MESSAGES = "messages"


class FilePath(NamedTuple):
    """A path in a mapped file: ``audience.mode``, ``steps[*].text``, ``$.sending.timezone``, ``@key``."""

    text: str
    steps: tuple[str | int | None, ...]
    """None stands for every item of a list and for every value of a mapping."""
    from_root: bool = False
    """True where it starts at the document and not at the campaign."""
    is_key: bool = False
    """True for the key that the campaign stands under."""

    @property
    def many(self) -> int:
        """The number of its steps that stand for many values."""
        return sum(step is None for step in self.steps)


class Source(NamedTuple):
    """Files of one shape, and how they become campaigns."""

    files: tuple[str, ...]
    """Globs, relative to the folder of the configuration."""
    each: FilePath
    """Where the campaigns are; no steps for the document itself."""
    fields: Mapping[RecordPath, tuple[FilePath, ...]]
    """Field of the record → where the file has it, the first that exists."""
    values: Mapping[RecordPath, Mapping[str, Any]]
    """Field of the record → value in the file, as text → value of the record."""
    defaults: Mapping[str, Any]
    document: Document
    """The configuration."""
    pointer: Pointer
    """Of this entry in it."""


class MappingProblem(NamedTuple):
    """What is wrong in an entry of ``sources:``."""

    pointer: Pointer
    """In the configuration."""
    message: str
    of_key: bool = False
    """True where the key at ``pointer`` is wrong, not its value."""


def sources_of(document: Document | None, data: Mapping[str, Any]) -> tuple[Source, ...]:
    """Return the mappings of a configuration that is free of problems."""
    if document is None:
        return ()
    return tuple(
        Source(
            files=_listed(entry["files"]),
            each=_parsed(entry.get("each", "")),
            fields={record_path(name): tuple(map(_parsed, _listed(paths))) for name, paths in entry["map"].items()},
            values={record_path(name): values for name, values in (entry.get("values") or {}).items()},
            defaults=entry.get("defaults") or {},
            document=document,
            pointer=("sources", index),
        )
        for index, entry in enumerate(data.get("sources") or ())
    )


def _listed(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _parsed(text: str) -> FilePath:
    path = file_path(text)
    assert path is not None  # noqa: S101  # `problems_in` has been asked before
    return path


# --- paths --------------------------------------------------------------------------------------------------------

_BRACKET = re.compile(r"""\[(?:(\d+)|(\*)|(["'])(.*?)\3)\]""", re.DOTALL)
_NAME = re.compile(r"""(\*)|([^\s.\[\]*"'](?:[^.\[\]*"']*[^\s.\[\]*"'])?)""")


def file_path(text: str) -> FilePath | None:
    """Return a path of a mapped file, or None where the text is none."""
    if text == "@key":
        return FilePath(text, (), is_key=True)
    from_root = text == "$" or text.startswith(("$.", "$["))
    steps: list[str | int | None] = []
    at = int(from_root)
    while at < len(text):
        match = _BRACKET.match(text, at)
        if match is not None:
            index, _, quote, quoted = match.groups()
            steps.append(int(index) if index is not None else quoted if quote is not None else None)
        else:
            at += text.startswith(".", at) and at > 0
            if at > 0 and text[at - 1] != ".":
                return None
            match = _NAME.match(text, at)
            if match is None:
                return None
            steps.append(match.group(2))
        at = match.end()
    return None if text.endswith(".") else FilePath(text, tuple(steps), from_root)


def written(steps: Iterable[str | int | None]) -> str:
    """Return steps as the text of a path that leads the same way."""
    text = ""
    for step in steps:
        if step is None:
            text += "[*]"
        elif isinstance(step, int):
            text += f"[{step}]"
        elif not (text or step.startswith(("$", "@"))) and _is_plain(step):
            text = step
        elif text and _is_plain(step):
            text += f".{step}"
        else:
            text += f'["{step}"]' if '"]' not in step else f"['{step}']"
    return text


def _is_plain(name: str) -> bool:
    match = _NAME.fullmatch(name)
    return match is not None and match.group(2) is not None


def found(data: Any, path: FilePath) -> Iterator[Pointer]:
    """Yield the pointers of what stands at a path, below ``data``."""
    level: list[tuple[Pointer, Any]] = [((), data)]
    for step in path.steps:
        below: list[tuple[Pointer, Any]] = []
        for pointer, value in level:
            if step is None and isinstance(value, list):
                below.extend(((*pointer, index), item) for index, item in enumerate(value))
            elif step is None and isinstance(value, dict):
                below.extend(((*pointer, key), item) for key, item in value.items())
            elif isinstance(step, str) and isinstance(value, dict):
                below.extend([((*pointer, step), value[step])] if step in value else [])
            elif isinstance(step, int) and isinstance(value, list) and step < len(value):
                below.append(((*pointer, step), value[step]))
        level = below
    yield from (pointer for pointer, _ in level)


def record_path(name: str) -> RecordPath:
    """Return the names of a field as a configuration writes it; ``message`` and ``messages[*]`` mean each message."""
    first, *rest = name.split(".")
    first = first.removesuffix("[*]")
    return (MESSAGES if first == "message" else first, *rest)


def leaf(path: RecordPath) -> Field | None:
    """Return the field at a path if it holds a value that a file may give, else None.

    A list of objects other than ``messages`` is such a value as a whole, in the record's own shape.
    """
    schema = record_schema()
    field = schema.field(path)
    if field is None or _is_group(path, field):
        return None
    above = (schema.field(path[:length]) for length in range(2, len(path)))
    return None if any(group is not None and group.of_objects for group in above) else field


def _is_group(path: RecordPath, field: Field) -> bool:
    return bool(field.fields) and (path == (MESSAGES,) or not field.of_objects)


@cache
def record_paths() -> tuple[RecordPath, ...]:
    """Return the paths of all fields that a mapping may name."""
    schema = record_schema()

    def below(path: RecordPath, names: Iterable[str]) -> Iterator[RecordPath]:
        for name in names:
            inner = (*path, name)
            field = schema.field(inner)
            if inner == ("message",) or field is None:
                continue
            if leaf(inner) is not None:
                yield inner
            else:
                yield from below(inner, field.fields)

    return tuple(below((), schema.schema["properties"]))


# --- checks -------------------------------------------------------------------------------------------------------


def problems_in(entry: Mapping[str, Any], pointer: Pointer) -> Iterator[MappingProblem]:
    """Yield what is wrong in an entry that has the form of one.

    Args:
        entry: As the schema of the configuration describes it.
        pointer: Of the entry in the configuration.

    """
    each = file_path(entry.get("each", ""))
    if each is None or each.is_key:
        yield MappingProblem((*pointer, "each"), _no_path(f"sources[{pointer[-1]}].each", entry["each"]))
    named: dict[RecordPath, str] = {}
    for name, paths in entry["map"].items():
        at = (*pointer, "map", name)
        path = record_path(name)
        field = leaf(path)
        if field is None:
            yield MappingProblem(at, _no_field(name, path), of_key=True)
        elif path in named:
            yield MappingProblem(at, f"'{name}' and '{named[path]}' are the same field", of_key=True)
        else:
            named[path] = name
            yield from _problems_of_paths(path, field, paths, at)
    yield from _problems_of_values(entry, pointer, named)
    campaign = {key: value for key, value in record_schema().schema.items() if key != "required"}
    defaults = entry.get("defaults") or {}
    if not build_check(campaign)(defaults):
        for problem in problems_of(defaults, campaign):
            place = (*pointer, "defaults", *problem.pointer)
            of_key = problem.key is not None
            yield MappingProblem((*place, problem.key) if problem.key is not None else place, problem.message, of_key)


def _no_field(name: str, path: RecordPath) -> str:
    group = record_schema().field(path)
    if group is not None and _is_group(path, group) and "components" not in path:
        return f"'{name}' is a group of fields: name one of them, such as {name}.{group.fields[0]}"
    known = [".".join(path) for path in record_paths()]
    same_end = [path for path in known if path.rpartition(".")[2] == path_end(name)]
    hint = f", did you mean '{same_end[0]}'?" if len(same_end) == 1 else did_you_mean(".".join(path), known)
    return f"the campaign record has no field '{name}'{hint}"


def path_end(name: str) -> str:
    """Return the last name of a dotted path."""
    return name.rpartition(".")[2]


def _no_path(what: str, text: Any) -> str:
    return f"{what} is '{text}', which is no path: write names with dots, [0], [*] and [\"a.b\"]"


def _problems_of_paths(path: RecordPath, field: Field, paths: Any, at: Pointer) -> Iterator[MappingProblem]:
    spread = path[0] == MESSAGES
    allowed = spread + ("array" in field.types)
    for index, text in enumerate(_listed(paths)):
        place = at if isinstance(paths, str) else (*at, index)
        parsed = file_path(text)
        if parsed is None or not (parsed.steps or parsed.is_key):
            yield MappingProblem(place, _no_path(f"the path for {'.'.join(path)}", text))
        elif parsed.many > allowed and "array" not in field.types:
            few = "one value for each message" if spread else "one value"
            yield MappingProblem(place, f"{'.'.join(path)} takes {few}, and '{text}' leads to many")


def _problems_of_values(
    entry: Mapping[str, Any], pointer: Pointer, named: Mapping[RecordPath, str]
) -> Iterator[MappingProblem]:
    schema = record_schema().schema
    campaign = {key: value for key, value in schema.items() if key != "required"}
    for name, values in (entry.get("values") or {}).items():
        path = record_path(name)
        at = (*pointer, "values", name)
        if path not in named:
            hint = did_you_mean(name, list(named.values()))
            yield MappingProblem(at, f"there are values for '{name}', which the map does not name{hint}", of_key=True)
            continue
        for written_as, value in values.items():
            record = as_record(path, value)
            if not build_check(campaign)(record):
                for problem in problems_of(record, campaign):
                    yield MappingProblem((*at, written_as), problem.message)


def as_record(path: RecordPath, value: Any) -> dict[str, Any]:
    """Return a record that holds one value, in a list of one where the field is a list."""
    field = record_schema().field(path)
    inner: Any = [value] if field and "array" in field.types and not isinstance(value, list) else value
    for depth in range(len(path), 0, -1):
        inner = {path[depth - 1]: inner}
        if depth > 1 and path[: depth - 1] == (MESSAGES,):
            inner = [inner]
    record: dict[str, Any] = inner
    return record


def key_of(entry: Pointer, data: Any) -> str | None:
    """Return the key that a campaign stands under, or None for one in a list and for a whole document."""
    if not entry or not isinstance(entry[-1], str):
        return None
    return entry[-1] if isinstance(value_at(data, entry[:-1]), dict) else None
