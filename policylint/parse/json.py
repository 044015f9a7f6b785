"""JSON text, with what JSON5 allows in keys, strings and commas → one document; its places when they are asked for.

OpenClaw's configuration and VS Code's files are written like that: comments, trailing commas, keys without quotes,
strings in single quotes (spec.json5.org).

What ``json.loads`` reads needs no tree of its own: its places are found by scanning the parts on the way at C speed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from policylint.model.limits import DEFAULTS, Limits, over_limit, shortened, too_long
from policylint.model.phrase import phrase
from policylint.model.source import Block, Comment, Document, Pointer, Problem, Region, SourceFile
from policylint.model.tuples import NamedTuple
from policylint.parse.measure import cut_long_strings, has_more_values, is_deeper
from policylint.parse.positions import Lines, start_of, with_pointers
from policylint.parse.surrogates import has_surrogates, without_surrogates

if TYPE_CHECKING:
    from policylint.parse.tree import Node

_SINGLE = r"'[^'\\\n\r]*(?:\\.[^'\\\n\r]*)*'"
_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<comment>//[^\n\r]*|/\*.*?\*/)|(?P<number>{_NUMBER})"
    rf"|(?P<single>{_SINGLE})|(?P<word>(?:true|false|null|NaN|-?Infinity)(?![\w$]))|(?P<name>[^\W\d][\w$]*|\$[\w$]*)"
    r"|(?P<sign>[\[\]{},:])",
    re.DOTALL,
)
_Token: TypeAlias = tuple[str, int, int]
"""Kind, start, end."""
_WORDS = {"true": True, "false": False, "null": None, "NaN": float("nan"), "Infinity": float("inf")}


class _JsonNode:
    """A JSON value with its place; ``children`` are (key, key start, key end, node), keys None in lists."""

    __slots__ = ("by_key", "children", "end", "start", "value")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.value: Any = None
        self.children: list[tuple[str | None, int, int, _JsonNode]] | None = None
        self.by_key: dict[str | None, tuple[str | None, int, int, _JsonNode]] | None = None

    def child(self, step: str | int) -> tuple[str | None, int, int, _JsonNode] | None:
        """Return the child at a key, of a repeated one the last, or at an index; None where there is none."""
        if self.children is None:
            return None
        if isinstance(self.value, list):
            return self.children[step] if isinstance(step, int) and 0 <= step < len(self.children) else None
        if self.by_key is None:
            self.by_key = {child[0]: child for child in self.children}
        return self.by_key.get(step) if isinstance(step, str) else None


class _JsonError(Exception):
    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def parse_json(path: str, text: str, limits: Limits = DEFAULTS) -> SourceFile:
    """Parse a JSON text; see ``parse``."""
    if not text.strip():
        return SourceFile(path, text, ())
    tree: _LazyJson | None = None
    try:
        if has_more_values(text, limits.nodes):
            message = phrase("{path} has more than {count:,} values", path=path, count=limits.nodes)
            return _over(path, text, "too-many-nodes", message)
        data = _loaded(text, limits.depth)
        if data is _REFUSED:
            tree = _LazyJson(text, limits)
            data = tree.read().value
    except RecursionError:
        message = phrase("{path} nests deeper than {count} levels", path=path, count=limits.depth)
        return _over(path, text, "too-deep", message)
    except _JsonError as error:
        message = phrase("{path} is not valid JSON: {error}", path=path, error=error.message)
        region = Lines(text).region(error.offset, error.offset)
        return SourceFile(path, text, (), (Problem("syntax", message, region),))
    locate = _StrictJson(text).locate if tree is None else tree.locate
    problems = list(with_pointers(tree.problems, tree.blocks())) if tree is not None and tree.problems else []
    if len(text) > limits.scalar:
        whole = [data]
        long = [pointer[1:] for pointer in cut_long_strings(whole, limits.scalar)]
        data = whole[0]
        places = (locate(pointer) for pointer in long)
        problems += [too_long(path, limits, place[1] if place else start_of(text)) for place in places]
    document = Document(path, text, data, "json", locate)
    if tree is None:
        return SourceFile(path, text, (document,), tuple(problems))
    return SourceFile(
        path,
        text,
        (document,),
        tuple(problems),
        comments=tree.find_comments,
        blocks=lambda: tuple(tree.blocks()),
    )


def _over(path: str, text: str, rule: str, message: str) -> SourceFile:
    return SourceFile(path, text, (), (over_limit(rule, message, start_of(text)),))


_REFUSED = object()


def _loaded(text: str, depth: int) -> Any:
    """Return what json.loads makes of a text, many times faster than the tree; ``_REFUSED`` where that is needed.

    It is for what only JSON5 allows, repeated keys and halves of UTF-16 pairs. RecursionError where it nests deeper.
    """
    repeated: list[bool] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            repeated.append(True)
        return result

    try:
        data = json.loads(text, object_pairs_hook=unique)
    except ValueError:
        return _REFUSED
    if is_deeper(text, data, depth):
        raise RecursionError
    return _REFUSED if repeated or (has_surrogates(text) and _holds_halves(data)) else data


def _holds_halves(data: Any) -> bool:
    """Tell whether a text of plain data holds half of a UTF-16 pair; halves that belong together are joined already."""
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


class _Child(NamedTuple):
    """Offsets of a value and, in an object, of its key; in a list the key is where the value begins."""

    key_start: int
    key_end: int
    start: int
    end: int


_SPACE = re.compile(r"[ \t\n\r]*")


class _StrictJson:
    """Places in a text that json.loads has read; the children of a container are scanned when one is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines: Lines | None = None
        self._children: dict[int, Mapping[str | int, _Child]] = {}
        self._after = json.JSONDecoder().raw_decode

    def locate(self, pointer: Pointer) -> tuple[Region | None, Region] | None:
        """Return the regions of key and value at a pointer."""
        if self._lines is None:
            self._lines = Lines(self.text)
        start = self._skip_space(0)
        at = _Child(start, start, start, len(self.text.rstrip(" \t\n\r")))
        for step in pointer:
            found = self._inside(at.start).get(step)
            if found is None:
                return None
            at = found
        region = self._lines.region(at.start, at.end)
        if at.key_start == at.start:
            return None, region
        key = self._lines.region(at.key_start, at.key_end)
        if self.text[at.start] in "{[" and region.end.line > key.start.line:
            return key, key
        return key, region

    def _skip_space(self, at: int) -> int:
        return _SPACE.match(self.text, at).end()  # type: ignore[union-attr]  # it matches the empty text too

    def _inside(self, start: int) -> Mapping[str | int, _Child]:
        """Return the children of the value that begins at an offset, by key or index; none where it is no container."""
        known = self._children.get(start)
        if known is None:
            known = self._children[start] = {} if self.text[start] not in "{[" else self._scan(start)
        return known

    def _scan(self, start: int) -> Mapping[str | int, _Child]:
        text = self.text
        found: dict[str | int, _Child] = {}
        is_object = text[start] == "{"
        at = self._skip_space(start + 1)
        while text[at] not in "}]":
            key: str | int = len(found)
            key_start, key_end = at, at
            if is_object:
                key, key_end = self._after(text, at)
                at = self._skip_space(self._skip_space(key_end) + 1)
            end = self._after(text, at)[1]
            found[key] = _Child(key_start, key_end, at, end)
            at = self._skip_space(end)
            if text[at] == ",":
                at = self._skip_space(at + 1)
        return found


class _LazyJson:
    """The tree of a JSON text with places, read when a place is first asked for; it takes more than strict JSON."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self.problems: list[Problem] = []
        self.comments: list[tuple[int, int]] = []
        self._root: _JsonNode | None = None
        self._lines: Lines | None = None

    @property
    def lines(self) -> Lines:
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines

    def read(self) -> _JsonNode:
        """Return the root; _JsonError says what is wrong and where."""
        if self._root is None:
            self._root = self._read()
        return self._root

    def _tokens(self) -> Iterator[_Token]:
        text, at, size = self.text, 0, len(self.text)
        while at < size:
            if text[at] == '"':
                end = _string_end(text, at)
                yield "string", at, end
                at = end
                continue
            match = _TOKEN.match(text, at)
            if match is None:
                raise _JsonError(_json_complaint(text, at), at)
            kind = match.lastgroup or ""
            if kind == "comment":
                self.comments.append(match.span())
            elif kind != "space":
                yield kind, at, match.end()
            at = match.end()
        yield "end", size, size

    def _read(self) -> _JsonNode:
        tokens = self._tokens()
        root = self._value(tokens, next(tokens), 0)
        after = next(tokens)
        if after[0] != "end":
            raise _JsonError(phrase("there is more text after the end of the value"), after[1])
        return root

    def _value(self, tokens: Iterator[_Token], token: _Token, depth: int) -> _JsonNode:
        kind, start, end = token
        node = _JsonNode(start)
        node.end = end
        if depth > self.limits.depth:
            raise RecursionError
        written = self.text[start:end]
        if kind in ("string", "single"):
            node.value = self._string(start, end)
        elif kind == "number":
            node.value = _json_number(written)
        elif kind == "word":
            node.value = _WORDS[written.lstrip("-")] if written[0] != "-" else float("-inf")
        elif written == "{":
            self._object(tokens, node, depth)
        elif written == "[":
            self._array(tokens, node, depth)
        elif kind == "name":
            raise _JsonError(_json_complaint(self.text, start), start)
        elif kind == "end":
            raise _JsonError(phrase("the text ends where a value is expected"), start)
        else:
            raise _JsonError(phrase("'{text}' where a value is expected", text=written), start)
        return node

    def _string(self, start: int, end: int) -> str:
        written = self.text[start:end]
        if written[0] == "'":
            written = f'"{_SINGLE_PARTS.sub(_in_double_quotes, written[1:-1])}"'
        try:
            value = str(json.loads(written, strict=False))
        except ValueError as error:
            said = phrase("a string that cannot be read ({error})", error=getattr(error, "msg", error))
            raise _JsonError(said, start) from None
        return without_surrogates(value) if has_surrogates(value) else value

    def _object(self, tokens: Iterator[_Token], node: _JsonNode, depth: int) -> None:
        node.children = []
        node.value = {}
        places: dict[str, tuple[int, int]] = {}
        token = next(tokens)
        while self.text[token[1] : token[2]] != "}":
            kind, start, end = token
            if kind not in ("string", "single", "name", "word"):
                raise _JsonError(phrase("a key or '{sign}' is expected", sign="}"), start)
            key = self._string(start, end) if kind in ("string", "single") else self.text[start:end]
            if key in places and len(self.problems) <= self.limits.findings:
                related = ((phrase("first given here"), self.lines.region(*places[key])),)
                message = phrase("the key '{key}' is given twice in the same object", key=shortened(key))
                hint = phrase("remove one of the two; most readers keep the last")
                region = self.lines.region(start, end)
                self.problems.append(Problem("duplicate-key", message, region, related=related, hint=hint))
            places[key] = (start, end)
            colon = next(tokens)
            if self.text[colon[1] : colon[2]] != ":":
                raise _JsonError(phrase("':' is expected after a key"), colon[1])
            child = self._value(tokens, next(tokens), depth + 1)
            node.children.append((key, start, end, child))
            node.value[key] = child.value
            token = self._next_or_close(tokens, "}")
        node.end = token[2]

    def _array(self, tokens: Iterator[_Token], node: _JsonNode, depth: int) -> None:
        node.children = []
        node.value = []
        token = next(tokens)
        while self.text[token[1] : token[2]] != "]":
            child = self._value(tokens, token, depth + 1)
            node.children.append((None, child.start, child.start, child))
            node.value.append(child.value)
            token = self._next_or_close(tokens, "]")
        node.end = token[2]

    def _next_or_close(self, tokens: Iterator[_Token], close: str) -> _Token:
        token = next(tokens)
        written = self.text[token[1] : token[2]]
        if written == ",":
            return next(tokens)
        if written == close:
            return token
        raise _JsonError(phrase("',' or '{sign}' is expected", sign=close), token[1])

    def locate(self, pointer: Pointer) -> tuple[Region | None, Region] | None:
        """Return the regions of key and value at a pointer."""
        try:
            node = self.read()
        except _JsonError:
            return None
        key: tuple[int, int] | None = None
        for step in pointer:
            found = node.child(step)
            if found is None:
                return None
            key = (found[1], found[2]) if found[0] is not None else None
            node = found[3]
        key_region = self.lines.region(*key) if key else None
        region = self.lines.region(node.start, node.end)
        if key_region is not None and node.children is not None and region.end.line > key_region.start.line:
            return key_region, key_region
        return key_region, region

    def find_comments(self) -> tuple[Comment, ...]:
        """Return the comments, without ``//`` or ``/* */``."""
        try:
            self.read()
        except _JsonError:
            return ()
        found = []
        for start, end in self.comments:
            text = self.text[start + 2 : end]
            if self.text.startswith("/*", start):
                text = text[:-2]
            region = self.lines.region(start, end)
            before = self.text[self.lines.starts[region.start.line - 1] : start]
            found.append(Comment(text.rstrip(), region, not before.strip()))
        return tuple(found)

    def blocks(self) -> Iterator[Block]:
        """Yield the keys and items, an outer one before those in it."""

        def below(node: _JsonNode, pointer: Pointer) -> Iterator[Block]:
            for index, (key, start, _, child) in enumerate(node.children or ()):
                inner = (*pointer, index if key is None else key)
                yield Block(start, child.start, child.end, inner)
                yield from below(child, inner)

        yield from below(self.read(), ())


def json_parts(text: str) -> Node | None:
    """Return the parts of a JSON text that was read before."""
    from policylint.parse.tree import FLOW, MAPPING, SCALAR, SEQUENCE, Entry, Node

    def part(found: _JsonNode) -> Node:
        style = text[found.start] if text[found.start] in "\"'" else ""
        if found.children is None:
            said = found.value if isinstance(found.value, str) else text[found.start : found.end]
            return Node(SCALAR, found.start, found.start, found.end, style, said)
        kind = MAPPING if isinstance(found.value, dict) else SEQUENCE
        node = Node(kind, found.start, found.start, found.end, FLOW)
        for name, start, end, child in found.children:
            key = (
                None
                if name is None
                else Node(SCALAR, start, start, end, text[start] if text[start] in "\"'" else "", name)
            )
            node.entries.append(Entry(key, part(child)))
        return node

    try:
        return part(_LazyJson(text, DEFAULTS).read())
    except _JsonError:
        return None


_QUOTE_OR_END = re.compile(r'["\n\r]')


def _string_end(text: str, start: int) -> int:
    """Return where a string in double quotes ends; _JsonError where it is not closed on its line."""
    at = start + 1
    while True:
        found = _QUOTE_OR_END.search(text, at)
        if found is None or found.group() != '"':
            raise _JsonError("a string that is not closed on its line", start)
        at = found.end()
        before = at - 2
        while text[before] == "\\":
            before -= 1
        if (at - 2 - before) % 2 == 0:
            return at


# Of a string in single quotes: an escape, or a double quote, which needs one in double quotes.
_SINGLE_PARTS = re.compile(r'\\.|"', re.DOTALL)


def _in_double_quotes(match: re.Match[str]) -> str:
    written = match.group()
    return {"\\'": "'", '"': '\\"'}.get(written, written)


def _json_number(written: str) -> int | float:
    if written.lstrip("-").isdigit() and len(written) < 4000:
        return int(written)
    return float(written)


def _json_complaint(text: str, at: int) -> str:
    if text[at] in "\"'":
        return phrase("a string that is not closed on its line")
    if text.startswith("/*", at):
        return phrase("a comment that is not closed")
    word = re.compile(r'[^\s,:{}"\[\]]{1,20}').match(text, at)
    return phrase("'{text}' is not expected here", text=word.group() if word else text[at])
