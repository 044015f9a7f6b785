"""The campaign schema as rules and adapters need it: which fields there are, and the table of providers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, TypeAlias

from policylint import resources
from policylint.model.source import NOT_CARRIED, Unknown
from policylint.model.tuples import NamedTuple
from policylint.patterns import LONG
from policylint.schema import Check, fast_check, resolve_reference


class Field(NamedTuple):
    """What the campaign schema says of one field."""

    names: tuple[str, ...]
    types: frozenset[str]
    """JSON types, without null; empty where any value goes."""
    enum: tuple[Any, ...] | None
    text: bool
    """True where placeholders are content."""
    ignore_case: bool
    default: Any
    description: str
    fields: tuple[str, ...]
    """Names of the fields of an object, or of the objects in a list."""
    of_objects: bool
    """True for a list of objects."""


class RecordSchema:
    """The fields of the campaign record, by path; list items are passed through without a step of their own."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self._fields: dict[tuple[str, ...], Field | None] = {}

    def field(self, names: tuple[str, ...]) -> Field | None:
        """Return what is at a path such as ``("messages", "template", "name")``, or None where nothing can be."""
        if names not in self._fields:
            self._fields[names] = self._look_up(names)
        return self._fields[names]

    def _look_up(self, names: tuple[str, ...]) -> Field | None:
        schema = self.schema
        for name in names:
            properties = (self._object(schema) or {}).get("properties", {})
            if name not in properties:
                return None
            schema = properties[name]
        schema = self._resolved(schema)
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        enum = schema.get("enum")
        inner = self._object(schema)
        items = self._resolved(schema.get("items", {})) if "array" in types else {}
        return Field(
            names=names,
            types=frozenset(types) - {"null"} or frozenset({"string"} if enum else ()),
            enum=tuple(choice for choice in enum if choice is not None) if enum else _item_enum(items),
            text=bool(schema.get("x-text") or items.get("x-text")),
            ignore_case=bool(schema.get("x-ignore-case")),
            default=schema.get("default"),
            description=schema.get("description", ""),
            fields=tuple(inner.get("properties", ())) if inner else (),
            of_objects="properties" in items,
        )

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            described = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**resolve_reference(self.schema, schema["$ref"]), **described}
        return schema

    def _object(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        schema = self._resolved(schema)
        if "items" in schema:
            schema = self._resolved(schema["items"])
        return schema if "properties" in schema else None

    @cached_property
    def conforms(self) -> Check:
        """The fast check of a whole record."""
        return fast_check(self.schema)


def _item_enum(items: Mapping[str, Any]) -> tuple[Any, ...] | None:
    enum = items.get("enum")
    return tuple(choice for choice in enum if choice is not None) if enum else None


@cache
def record_schema() -> RecordSchema:
    """Return the campaign schema."""
    return RecordSchema(resources.schema("campaign"))


def fill_unknown(record: dict[str, Any], carried: Sequence[str], unknown: Unknown = NOT_CARRIED) -> dict[str, Any]:
    """Put ``unknown`` wherever the record says nothing and the format could not have said it.

    Args:
        record: A record under construction; changed and returned.
        carried: Paths that the format has a place for, such as ``schedule.recurrence`` or ``messages.body``; what is
            missing at or below one of them is absent, all else unknown. Schema defaults are not put in.
        unknown: Why nothing can be said.

    """
    paths = frozenset(tuple(path.split(".")) for path in carried)
    _fill(record, (), paths, unknown)
    return record


OF_THE_RECORD = frozenset(["campaign", "kind", "message", "enabled", "description", "step"])
"""Fields that say what a record is: what is left out there is absent, or has its default, in every format."""


def _fill(target: dict[str, Any], at: tuple[str, ...], carried: frozenset[tuple[str, ...]], unknown: Unknown) -> None:
    schema = record_schema()
    field = schema.field(at) if at else None
    names = field.fields if field else tuple(schema.schema["properties"])
    for name in names:
        path = (*at, name)
        if path in carried or (not at and name in OF_THE_RECORD):
            continue
        below = any(known[: len(path)] == path for known in carried)
        value = target.get(name)
        inner = schema.field(path)
        if value is None and name not in target:
            if below and inner and inner.fields and not inner.of_objects:
                target[name] = {}
                _fill(target[name], path, carried, unknown)
            elif not below:
                target[name] = unknown
        elif isinstance(value, dict) and not inner_is_meta_shape(path):
            _fill(value, path, carried, unknown)
        elif isinstance(value, list) and inner and inner.of_objects and not inner_is_meta_shape(path):
            for item in value:
                if isinstance(item, dict):
                    _fill(item, path, carried, unknown)


def inner_is_meta_shape(path: tuple[str, ...]) -> bool:
    """Tell whether a path lies in Meta's own component shape, which is whole as it stands."""
    return "components" in path


class Sign(NamedTuple):
    """What a name, an address or an image in a file says about who carries the message."""

    provider: str | None
    library: str | None
    route: str | None


_Entry: TypeAlias = "tuple[re.Pattern[str], re.Pattern[str] | None, Sign]"

_PATTERNS = ("nodes", "urls", "images", "variables", "sessions", "comments")
"""What of an entry of the provider table is regular expressions; letter case is ignored in them."""


def provider_patterns(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the regular expressions of a provider table with where they stand."""
    for group in ("providers", "libraries"):
        for name, entry in (data.get(group) or {}).items():
            for kind in _PATTERNS:
                for at, item in enumerate(entry.get(kind) or ()):
                    place = (group, name, kind, at)
                    if isinstance(item, dict):
                        yield from (((*place, key), item[key]) for key in ("match", "body") if item.get(key))
                    else:
                        yield place, item


class ProviderTable:
    """The provider table of a pack: who carries messages, by which route, and how files show it.

    The data stands in the pack (``providers:`` in ``pack.yaml``): ``providers`` and ``libraries`` by lower-case id.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.providers: Mapping[str, Mapping[str, Any]] = data.get("providers") or {}
        self.libraries: Mapping[str, Mapping[str, Any]] = data.get("libraries") or {}
        self._patterns: dict[str, list[_Entry]] = {}

    def route(self, provider: str) -> str | None:
        """Return ``official``, ``bsp``, ``unofficial``, ``relay`` or ``link``, or None for a provider not listed."""
        entry = self.providers.get(provider.lower())
        return entry.get("route") if entry else None

    def library_route(self, library: str) -> str | None:
        """Return the route that a client library means, or None for one not listed."""
        entry = self.libraries.get(library.lower())
        return entry.get("route") if entry else None

    def is_unnamed(self, provider: str) -> bool:
        """Tell whether a provider of the table stands for any client that a file does not name."""
        return bool(self.providers.get(provider.lower(), {}).get("unnamed"))

    def _entries(self) -> Iterator[tuple[Mapping[str, Any], Sign]]:
        """Yield the entries with what they mean; libraries first: the last providers stand for what is not named."""
        for name, entry in self.libraries.items():
            yield entry, Sign(None, name, entry.get("route"))
        for name, entry in self.providers.items():
            yield entry, Sign(name, entry.get("library"), entry.get("route"))

    def _of_kind(self, kind: str) -> list[_Entry]:
        """Return the patterns of one kind, compiled when it is first asked for."""
        if kind not in self._patterns:
            found = self._patterns[kind] = []
            for entry, sign in self._entries():
                for item in entry.get(kind) or ():
                    match, needs = (item["match"], item.get("body")) if isinstance(item, dict) else (item, None)
                    compiled = re.compile(match, re.IGNORECASE), re.compile(needs, re.IGNORECASE) if needs else None
                    found.append((*compiled, sign))
        return self._patterns[kind]

    def _find(self, kind: str, text: str, body: str = "") -> Sign | None:
        text, body = text[:LONG], body[:LONG]  # no name, address or value that says something is longer
        for pattern, needs, sign in self._of_kind(kind):
            if pattern.search(text) and (needs is None or needs.search(body)):
                return sign
        return None

    def node(self, node_type: str) -> Sign | None:
        """Return what an n8n node type says."""
        return self._find("nodes", node_type)

    def url(self, url: str, body: str = "") -> Sign | None:
        """Return what an address says; ``body`` is the text of the request where the address alone does not tell."""
        return self._find("urls", url, body)

    def image(self, image: str) -> Sign | None:
        """Return what a container image says."""
        return self._find("images", image)

    def variable(self, name: str, value: str = "") -> Sign | None:
        """Return what an environment variable says: its name, with its value where the name alone does not tell."""
        return self._find("variables", name, value)

    def session(self, path: str) -> Sign | None:
        """Return what the path of a session folder, or a volume mounted for it, says."""
        return self._find("sessions", path)

    def comment(self, comment: str, beside: str) -> Sign | None:
        """Return what a comment says that stands beside a ``volume`` or a ``variable``."""
        return self._find("comments", comment, beside)

    @cached_property
    def _names(self) -> dict[str, Sign]:
        found: dict[str, Sign] = {}
        for entry, sign in self._entries():
            for name in (sign.provider or sign.library or "", *(entry.get("names") or ())):
                found.setdefault(_plain(name), sign)
        return found

    def named(self, name: str) -> Sign | None:
        """Return what a setting that names the client means: an id of the table or one of its other names."""
        return self._names.get(_plain(name))

    @cached_property
    def _packages(self) -> dict[tuple[str, str], str]:
        return {
            (ecosystem, package.lower()): name
            for name, entry in self.libraries.items()
            for ecosystem, packages in (entry.get("packages") or {}).items()
            for package in packages
        }

    @cached_property
    def _package_globs(self) -> dict[str, list[tuple[Callable[[str], object], str]]]:
        from policylint.globs import name_glob

        found: dict[str, list[tuple[Callable[[str], object], str]]] = {}
        for (ecosystem, package), name in self._packages.items():
            if "*" in package:
                found.setdefault(ecosystem, []).append((name_glob(package), name))
        return found

    def package(self, ecosystem: str, name: str) -> Sign | None:
        """Return what a dependency says; ecosystems: npm, pypi, go, packagist."""
        plain = name.lower()
        library = self._packages.get((ecosystem, plain)) or next(
            (library for fits, library in self._package_globs.get(ecosystem, ()) if fits(plain)), None
        )
        return Sign(None, library, self.library_route(library)) if library else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
