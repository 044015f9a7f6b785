"""YAML 1.2 text → documents with the place of every value.

libyaml composes, our resolver types the scalars; ruamel.yaml decides where libyaml refuses or counts lines its own way.
"""

from __future__ import annotations

import operator
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from policylint.model.limits import DEFAULTS, TOO_LONG, Limits, shortened, too_long
from policylint.model.phrase import phrase
from policylint.model.source import (
    EXPRESSION,
    Block,
    Comment,
    Document,
    Pointer,
    Position,
    Problem,
    Region,
    SourceFile,
    Unknown,
)
from policylint.parse.libyaml import composing_parser
from policylint.parse.positions import LINE_END, Lines, start_of, with_pointers
from policylint.parse.stream import LimitError, Stream, readable, too_deep, too_many_nodes

_TOO_LONG = "!too-long "
"""Tag of scalars that are longer than the limit; no tag of a text has a space."""
MAXIMUM_DIGITS = 3_000
"""Longer numbers stay texts: Python refuses to write out one of more than 4,300 decimal digits."""

ARBITER_LIMIT = 50_000
"""Characters; ruamel.yaml takes 4 to 20 microseconds for each, so of a larger text libyaml's refusal stands."""

_PLAIN, _TEXT, _COLLECTION = "plain", "text", "collection"

_CORE: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMERIC_START = frozenset("+-.0123456789")
_MAY_BE_NO_TEXT = frozenset(["", *"~+-.0123456789nNtTfFyYoO"])
"""First characters of what YAML 1.2 or 1.1 reads as something else than a text."""
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_RADIX = r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z"
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")

_BOOLEAN_11 = {
    **dict.fromkeys(("yes", "Yes", "YES", "on", "On", "ON", "y", "Y"), "true"),
    **dict.fromkeys(("no", "No", "NO", "off", "Off", "OFF", "n", "N"), "false"),
}
_SEXAGESIMAL_11 = r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+\Z"
_OCTAL_11 = r"[-+]?0[0-7_]*[0-7]\Z"

SPACE = " \t\r\n"
PROPERTIES = r"(?:(?:[&!][^ \t\r\n]*|#[^\r\n]*)[ \t\r\n]+)+"
# ruamel.yaml raises them on some malformed streams.
_PLAIN_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)
_COMMENT = r"(?m)(?:^|(?<=[ \t\r\n]))#[^\r\n]*"


def scalar_value(text: str) -> Any:
    """Return what a plain scalar means in the YAML 1.2 core schema; numbers are written without underscores."""
    if text in _CORE:
        return _CORE[text]
    if text[0] in _NUMERIC_START and len(text) <= MAXIMUM_DIGITS:
        if _INTEGER.match(text):
            return int(text)
        if text[0] == "0" and re.match(_RADIX, text):
            return int(text, 0)
        if _FLOAT.match(text):
            return float(text)
    return text


def yaml_1_1_meaning(text: str) -> str | None:
    """Return what a YAML 1.1 reader takes a plain scalar for, where that is not what YAML 1.2 says, else None."""
    if text in _BOOLEAN_11:
        return f"the boolean {_BOOLEAN_11[text]}"
    if len(text) > MAXIMUM_DIGITS:
        return None
    if ":" in text and re.match(_SEXAGESIMAL_11, text):
        total = 0
        for part in text.lstrip("+-").replace("_", "").split(":"):
            total = total * 60 + int(part)
        return f"the number {-total if text.startswith('-') else total}"
    if text.lstrip("+-")[:1] == "0" and re.match(_OCTAL_11, text):
        return f"the octal number {int(text.replace('_', ''), 8)}"
    return None


def parse_yaml(path: str, text: str, limits: Limits = DEFAULTS) -> SourceFile:
    """Parse a YAML stream; see ``parse``."""
    reader = _Reader(path, text, limits)
    try:
        for root in _composed(reader.read(), limits, reader.again):
            if not reader.add(root):
                break
    except LimitError as error:
        reader.again()
        reader.refuse(error)
    except _RefusedError as refusal:
        reader.again()
        reader.problems.append(refusal.problem(path, text))
    stream = reader.stream
    return SourceFile(
        path,
        text,
        tuple(reader.documents),
        tuple(reader.problems),
        comments=lambda: _yaml_comments(text, stream, limits),
        blocks=lambda: tuple(_yaml_blocks(text, _roots_of(stream, limits))),
    )


class _Reader:
    """Makes documents of the trees of a stream, one after another; of a long stream no tree but the last is kept."""

    def __init__(self, path: str, text: str, limits: Limits) -> None:
        self.path = path
        self.text = text
        self.limits = limits
        self.stream = Stream(text)
        self.shared = "*" in text and "&" in text
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self.number = 0
        self.last: _Places | None = None
        # A part of a stream is read again by itself: not where directives hold for it, nor where ruamel.yaml read it.
        self.keeps_trees = text.startswith("%") or "\n%" in text

    def again(self) -> None:
        """Begin anew, with trees of ruamel.yaml."""
        self.keeps_trees = True
        self.documents, self.problems, self.number, self.last = [], [], 0, None
        for error in self.stream.left_out:
            self.refuse(error)

    def read(self) -> Stream:
        """Return the stream as it can be read; LimitError where nothing of it is to be read."""
        self.stream = readable(self.text, self.limits, _libyaml_loader)
        for error in self.stream.left_out:
            self.refuse(error)
        return self.stream

    def refuse(self, error: LimitError) -> None:
        """Note that a document, or all of the stream, is not read."""
        self.problems.append(error.problem(self.path, self.text))

    def add(self, root: Any) -> bool:
        """Make a document of the next tree, and tell whether a further one may come."""
        number, self.number = self.number, self.number + 1
        if number == self.limits.documents:
            said = "{path} has more than {count:,} documents, and only so many were checked"
            region = start_of(self.text, _offset(self.text, root))
            self.refuse(LimitError("too-many-documents", lambda path: phrase(said, path=path, count=number), region))
            return False
        if root.end_mark.index - root.start_mark.index > self.limits.scalar:
            self.problems.extend(_without_long_scalars(self.path, self.text, root, self.limits))
        builder = _Builder(self.text, self.shared, self.limits)
        try:
            if self.shared:
                _check_size(root, self.limits)
            data = builder.value_of(root, 0)
        except LimitError as error:
            self.refuse(error)
            return True
        if builder.problems:
            self.problems.extend(with_pointers(builder.problems, _yaml_blocks(self.text, [root])))
        ambiguous = _ambiguous(root, builder.ambiguous) if builder.ambiguous else ()
        if self.last is not None and not self.keeps_trees:
            self.last.drop()
        self.last = _Places(self.text, root, number, self.stream, self.limits)
        self.documents.append(Document(self.path, self.text, data, "yaml", self.last.locate, number, ambiguous))
        return True


def _offset(text: str, node: Any) -> int:
    """Return where a node begins; one of nothing may stand behind the end of the text."""
    return min(int(node.start_mark.index), len(text))


def _without_long_scalars(path: str, text: str, root: Any, limits: Limits) -> Iterator[Problem]:
    """Make the values unknown that are too long, cut such keys, and yield a problem for each."""
    for node in _scalars([root]):
        if len(node.value) > limits.scalar:
            yield too_long(path, limits, start_of(text, _offset(text, node)))
            node.value, node.tag = shortened(node.value), _TOO_LONG


class _RefusedError(Exception):
    """Neither libyaml nor ruamel.yaml can read the text."""

    def __init__(self, error: Any, meant: Mapping[int, str]) -> None:
        super().__init__(str(error))
        self.error = error
        self.meant = meant

    def problem(self, path: str, text: str) -> Problem:
        """Word the refusal, with the place where the parser stopped."""
        error = self.error
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        region = start_of(text)
        if mark is not None:
            spot = Position(mark.line + 1, mark.column + 1, mark.index)
            region = Region(spot, spot)
        elif isinstance(getattr(error, "position", None), int):
            region = Lines(text).region(error.position, error.position)
        words = [getattr(error, "context", None), getattr(error, "problem", None) or getattr(error, "reason", None)]
        said = ", ".join(str(word).strip() for word in words if word)
        said = said or (str(error) or type(error).__name__).splitlines()[0]
        said = re.sub(r"\('(<[a-z ]+>)',\)", r"'\1'", said)  # a tuple where ruamel.yaml means its only item
        said = said.translate(self.meant)
        related: tuple[tuple[str, Region], ...] = ()
        begun = getattr(error, "context_mark", None)
        if begun is not None and mark is not None and begun.index != mark.index:
            spot = Position(begun.line + 1, begun.column + 1, begun.index)
            related = ((str(getattr(error, "context", "") or phrase("begun here")), Region(spot, spot)),)
        message = phrase("{path} is not valid YAML: {error}", path=path, error=said)
        return Problem("syntax", message, region, related=related)


def _composed(stream: Stream, limits: Limits, again: Callable[[], None]) -> Iterator[Any]:
    """Yield the root nodes of a YAML stream.

    Args:
        stream: The stream as it can be read.
        limits: How many nodes a document may have.
        again: Called where the roots that came so far do not count, as all of them come anew from ruamel.yaml.

    Raises:
        LimitError, _RefusedError: There are none to be had.

    """
    try:
        try:
            yield from _composed_by_libyaml(stream, limits)
        except _yaml_errors() as error:
            if len(stream.text) > ARBITER_LIMIT:
                raise _RefusedError(error, stream.meant) from None
        else:
            return
        again()
        yield from _composed_by_ruamel(stream)
    except RecursionError:
        raise too_deep(limits) from None


def _yaml_errors() -> tuple[type[Exception], ...]:
    from yaml import YAMLError

    # libyaml takes UTF-8: lone surrogates cannot be handed over.
    return (YAMLError, UnicodeError, ValueError)


_loader_type: Any = None


class _TagsAsWritten:
    """Takes the place of PyYAML's YAML 1.1 resolver: says only how a node without a tag is written."""

    # Called before and after each node, to no effect; a function in Python would take a twentieth of the time.
    descend_resolver: Any = operator.is_
    ascend_resolver: Any = bool

    def resolve(self, _kind: Any, value: Any, implicit: Any) -> str:
        if value is None:
            return _COLLECTION
        return _PLAIN if implicit[0] else _TEXT


class _NodeCounter:
    """Takes the place of ``descend_resolver``: counts the nodes of a document."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.nodes = 0

    def __call__(self, *_: Any) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise too_many_nodes(self.limits)


def _may_have_more_nodes(text: str, most: int) -> bool:
    """Tell whether a stream may have more nodes than that: no indicator brings more than three."""
    return len(text) > most and 3 * sum(map(text.count, "-?:,[{")) > most


def _libyaml_loader(text: str) -> Any:
    global _loader_type
    if _loader_type is None:
        try:
            parser: Any = composing_parser()
        except ImportError:  # a PyYAML built without libyaml: the same tree, slower
            return _pure_loader(text)

        class Loader(_TagsAsWritten, parser):  # type: ignore[misc]
            """libyaml's composer."""

        _loader_type = Loader
    return _loader_type(text)


def _pure_loader(text: str) -> Any:
    from yaml.composer import Composer
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class Loader(_TagsAsWritten, Reader, Scanner, Parser, Composer):
        """PyYAML's own composer."""

        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)

    return Loader(text)


def _composed_by_libyaml(stream: Stream, limits: Limits) -> Iterator[Any]:
    loader = _libyaml_loader(stream.text)
    counter = _NodeCounter(limits) if _may_have_more_nodes(stream.text, limits.nodes) else None
    if counter is not None:
        loader.descend_resolver = counter
    while loader.check_node():
        if counter is not None:
            counter.nodes = 0
        yield _as_meant(loader.get_node(), stream)


def _as_meant(root: Any, stream: Stream) -> Any:
    """Return a tree with the signs that others stood in for."""
    if stream.meant:
        for node in _scalars([root]):
            node.value = node.value.translate(stream.meant)
    return root


def events_of(text: str) -> Iterator[Any]:
    """Yield the events of a text by the parser that reads it; what is not read as a whole has none."""
    try:
        stream = readable(text, DEFAULTS, _libyaml_loader)
    except LimitError:
        return
    if stream.left_out:
        return
    found: list[Any] = []
    try:
        loader = _libyaml_loader(stream.text)
        while loader.check_event():
            found.append(loader.get_event())
    except _yaml_errors():
        found = list(_ruamel().parse(stream.text))
    for event in found:
        if stream.meant and type(event).__name__ == "ScalarEvent":
            event.value = event.value.translate(stream.meant)
        yield event


def _ruamel() -> Any:
    from ruamel.yaml import YAML

    # Not the round-trip loader: it marks the folds of a text with BEL characters and takes comments into its nodes.
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver = _ruamel_resolver()
    yaml.composer.warn_double_anchors = False  # YAML 1.2 lets an anchor be used again
    return yaml


def _composed_by_ruamel(stream: Stream) -> list[Any]:
    from ruamel.yaml.error import YAMLError, YAMLStreamError

    from policylint.parse.surrogates import has_surrogates, without_surrogates

    try:
        roots = [_as_meant(root, stream) for root in _ruamel().compose_all(stream.text)]
    except (YAMLError, YAMLStreamError, *_PLAIN_ERRORS) as error:
        raise _RefusedError(error, stream.meant) from None
    if has_surrogates(stream.text):
        for node in _scalars(roots):
            node.value = without_surrogates(node.value)
    return roots


def _ruamel_resolver() -> Any:
    from ruamel.yaml.nodes import ScalarNode
    from ruamel.yaml.resolver import VersionedResolver
    from ruamel.yaml.tag import Tag

    class Resolver(VersionedResolver):
        """Tags as written, for every version that ``%YAML`` may ask for."""

        def resolve(self, kind: Any, _value: Any, implicit: Any) -> Any:
            if kind is ScalarNode:
                return Tag(suffix=_PLAIN if implicit[0] else _TEXT)
            return Tag(suffix=_COLLECTION)

    return Resolver


def _scalars(roots: list[Any]) -> list[Any]:
    """Return the scalar nodes of trees, each once."""
    found = []
    seen: set[int] = set()
    pending = list(roots)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if type(node.value) is str:
            found.append(node)
        else:
            for child in node.value:
                pending.extend(child if type(child) is tuple else (child,))
    return found


def _tag_kind(node: Any) -> str:
    """Return ``plain``, ``text``, ``collection``, the last word of one of YAML's own tags, or ``unknown``."""
    tag = str(node.tag)
    if tag in (_PLAIN, _TEXT, _COLLECTION):
        return tag
    return tag[18:] if tag.startswith("tag:yaml.org,2002:") else "unknown"


class _Builder:
    """Plain data from a node tree; notes repeated keys and scalars that YAML 1.1 reads differently."""

    def __init__(self, text: str, shared: bool, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self.problems: list[Problem] = []
        self.ambiguous: dict[int, str] = {}
        self.shared = shared
        self.built: dict[int, Any] = {}

    def value_of(self, node: Any, depth: int) -> Any:
        """Return the node's value."""
        value = node.value
        if type(value) is str:
            return self._scalar(node, value)
        if depth > self.limits.depth - bool(value):  # what is in it stands one level deeper
            raise too_deep(self.limits)
        if self.shared:
            known = self.built.get(id(node))
            if known is not None:
                return known
            self.built[id(node)] = Unknown("an alias that contains itself")
        if node.tag != _COLLECTION and _tag_kind(node) == "unknown":
            result: Any = Unknown(phrase("the tag {tag}", tag=node.tag))
        elif _is_template(node):
            result = EXPRESSION
        elif type(node).__name__ == "SequenceNode":
            depth += 1
            result = [
                self._scalar(item, item.value) if type(item.value) is str else self.value_of(item, depth)
                for item in value
            ]
        else:
            result = self._mapping(value, depth + 1)
        if self.shared:
            self.built[id(node)] = result
        return result

    def _scalar(self, node: Any, text: str) -> Any:
        tag = node.tag
        if tag == _PLAIN:
            if text[:1] not in _MAY_BE_NO_TEXT:
                return text
            if text.isdecimal() and text[0] != "0" and text.isascii() and len(text) <= MAXIMUM_DIGITS:
                return int(text)
            if text in _BOOLEAN_11 or (text and text[0] in "+-0123456789" and yaml_1_1_meaning(text)):
                self.ambiguous[id(node)] = text
            return scalar_value(text)
        if tag == _TEXT:
            return text
        if tag == _TOO_LONG:
            return TOO_LONG
        kind = _tag_kind(node)
        if kind == "unknown":
            return Unknown(phrase("the tag {tag}", tag=tag))
        return scalar_value(text) if kind in ("int", "float", "bool", "null") else text

    def _mapping(self, pairs: Any, depth: int) -> dict[str, Any]:
        """Return the value of a mapping whose values stand at a depth."""
        result: dict[str, Any] = {}
        merges: list[Any] = []
        given: dict[str, Any] | None = None
        for at, (key_node, value_node) in enumerate(pairs):
            key = key_node.value
            if type(key) is not str:
                key = self._written(key_node)
            if key in result or (merges and key == "<<"):
                if given is None:
                    given = {self._key(node): node for node, _ in pairs[:at]}
                self._repeated(key, given[key], key_node)
            if given is not None:
                given[key] = key_node
            value = value_node.value
            if type(value) is str:
                # Most values are such texts; a call for each would take a tenth of the time.
                plain = value_node.tag == _PLAIN and value[:1] not in _MAY_BE_NO_TEXT
                result[key] = value if plain else self._scalar(value_node, value)
            elif key == "<<" and _is_merge(key_node, value_node):
                merges.append(value_node)
            else:
                result[key] = self.value_of(value_node, depth)
        for merged in merges:
            for source in merged.value if type(merged).__name__ == "SequenceNode" else [merged]:
                inherited = self.value_of(source, depth)
                if isinstance(inherited, dict):
                    for key, value in inherited.items():
                        result.setdefault(key, value)
        return result

    def _key(self, node: Any) -> str:
        return node.value if type(node.value) is str else self._written(node)

    def _written(self, node: Any) -> str:
        """Return a key that is no scalar as it is written."""
        return self.text[node.start_mark.index : node.end_mark.index]

    def _repeated(self, key: str, first: Any, second: Any) -> None:
        if len(self.problems) > self.limits.findings:
            return
        related = ((phrase("first given here"), _region(self.text, first)),)
        message = phrase("the key '{key}' is given twice in the same mapping", key=shortened(key))
        hint = phrase("remove one of the two; most readers keep the last")
        region = _region(self.text, second)
        self.problems.append(Problem("duplicate-key", message, region, related=related, hint=hint))


def _check_size(root: Any, limits: Limits) -> None:
    """Refuse a tree that is too large or too deep once its aliases are written out; linear in the nodes themselves."""
    measured: dict[int, tuple[int, int]] = {}

    def measure(node: Any, depth: int) -> tuple[int, int]:
        """Return how many nodes there are at and below a node, and how many levels below."""
        known = measured.get(id(node))
        if known is not None:
            return known
        if depth > limits.depth:
            raise too_deep(limits)
        size, height = 1, 0
        measured[id(node)] = size, height
        for child in node.value if type(node.value) is list else ():
            for part in child if type(child) is tuple else (child,):
                nodes, levels = measure(part, depth + 1)
                size, height = size + nodes, max(height, levels + 1)
        if height > limits.depth:
            raise too_deep(limits)
        if size > limits.nodes:
            raise too_many_nodes(limits)
        measured[id(node)] = size, height
        return size, height

    measure(root, 0)


def _is_template(node: Any) -> bool:
    """Tell whether a collection is ``{{ name }}`` without quotes: to YAML a mapping with a mapping for its only key."""
    if not node.flow_style or len(node.value) != 1 or type(node.value[0]) is not tuple:
        return False
    key, value = node.value[0]
    return type(key.value) is list and key.start_mark.index == node.start_mark.index + 1 and value.value == ""


def _is_merge(key_node: Any, value_node: Any) -> bool:
    kind = _tag_kind(key_node)
    if kind not in (_PLAIN, "merge"):
        return False
    name = type(value_node).__name__
    if name == "SequenceNode":
        return all(type(item).__name__ == "MappingNode" for item in value_node.value)
    return name == "MappingNode"


def _region(text: str, node: Any) -> Region:
    """Return a node's region: without anchor and tag before it, without the space and comments that follow it."""
    mark = node.start_mark
    start = Position(mark.line + 1, mark.column + 1, mark.index)
    if mark.index >= len(text):
        # libyaml begins a new line at the end of a text, even where the text does not.
        start = Lines(text).position(mark.index)
    if text[start.offset : start.offset + 1] in ("&", "!"):
        properties = re.compile(PROPERTIES).match(text, start.offset, node.end_mark.index)
        if properties:
            start = _moved(text, start, properties.end())
    return Region(start, _moved(text, start, max(start.offset, _end(text, node))))


def _end(text: str, node: Any) -> int:
    """Return the offset at which a node's own text ends; for block collections that is where their last part ends."""
    start, end = node.start_mark.index, node.end_mark.index
    if type(node.value) is str:
        return start + len(text[start:end].rstrip(SPACE)) if node.style in ("|", ">") else int(end)
    if node.flow_style or not node.value:
        return int(end)
    parts = [part for item in node.value for part in (item if type(item) is tuple else (item,))]
    last, before = parts[-1], parts[:-1]
    is_alias = last.start_mark.index <= max([start, *(part.start_mark.index for part in before)])
    if not is_alias and last.start_mark.index < last.end_mark.index:
        return _end(text, last)
    # The node of an alias stands where the anchor is, and that of nothing stands anywhere up to the next token.
    own = re.sub(_COMMENT, lambda comment: " " * len(comment.group()), text[start:end])
    return int(start) + len(own.rstrip(SPACE))


def _moved(text: str, start: Position, offset: int) -> Position:
    """Return the position at a later offset."""
    lines = [match.end() for match in LINE_END.finditer(text, start.offset, offset)]
    if not lines:
        return Position(start.line, start.column + offset - start.offset, offset)
    return Position(start.line + len(lines), offset - lines[-1] + 1, offset)


class _Places:
    """The places of the keys and values of one document, from its tree."""

    def __init__(self, text: str, root: Any, number: int, stream: Stream, limits: Limits) -> None:
        self.text = text
        self.root = root
        self.number = number
        self.stream = stream
        self.limits = limits
        self.regions: dict[int, Region] = {}
        """Of collections: to find out where one ends takes as long as it is."""
        self.entries = _Entries(text)
        self.line = self.offset = 0
        """Of the text, where it is a part of the stream."""
        start, end = root.start_mark, root.end_mark
        self.part = (start.line, start.index - start.column, end.index)

    def drop(self) -> None:
        """Forget the tree; it is made again of its part of the stream if a place is asked for."""
        self.root = None
        self.regions.clear()

    def locate(self, pointer: Pointer) -> tuple[Region | None, Region] | None:
        """Return the regions of key and value at a pointer."""
        if self.root is None:
            self._make_again()
        key: Any = None
        node = self.root
        for step in pointer:
            name = type(node).__name__
            if name == "SequenceNode":
                if not isinstance(step, int) or not 0 <= step < len(node.value):
                    return None
                key, node = None, node.value[step]
            elif name == "MappingNode":
                found = self.entries.of(node).get(str(step))
                if found is None:
                    return None
                key, node = found
            else:
                return None
        key_region = self.region(key) if key is not None else None
        region = self.region(node)
        if key_region is not None and (
            region.start.offset == region.end.offset
            or (type(node.value) is not str and region.end.line != key_region.start.line)
        ):
            return key_region, key_region
        return key_region, region

    def _make_again(self) -> None:
        line, offset, end = self.part
        part = self.stream._replace(text=self.stream.text[offset:end])
        roots = list(_composed_by_libyaml(part, self.limits))
        if len(roots) == 1:
            self.line, self.offset, self.text, self.root = line, offset, self.text[offset:end], roots[0]
        else:  # an empty document
            self.root = list(_composed_by_libyaml(self.stream, self.limits))[self.number]
        self.entries = _Entries(self.text)

    def region(self, node: Any) -> Region:
        """Return the region of a node in the stream."""
        known = self.regions.get(id(node))
        if known is not None:
            return known
        found = _region(self.text, node)
        if self.offset:
            found = Region(*(Position(at.line + self.line, at.column, at.offset + self.offset) for at in found))
        if type(node.value) is not str:
            self.regions[id(node)] = found
        return found


class _Entries:
    """The entries that give mappings their values: of the same key the last, an own one before a merged one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[int, dict[str, tuple[Any, Any]]] = {}

    def of(self, mapping: Any) -> dict[str, tuple[Any, Any]]:
        """Return key → key node and value node."""
        found = self.known.get(id(mapping))
        if found is not None:
            return found
        found = self.known[id(mapping)] = {}  # known from here on: a mapping may be merged into itself
        merged: list[Any] = []
        for key_node, value_node in mapping.value:
            key = key_node.value
            if type(key) is not str:
                key = self.text[key_node.start_mark.index : key_node.end_mark.index]
            if key == "<<" and _is_merge(key_node, value_node):
                merged.extend(value_node.value if type(value_node).__name__ == "SequenceNode" else [value_node])
            else:
                found[key] = (key_node, value_node)
        for source in merged:
            for key, entry in list(self.of(source).items()):
                found.setdefault(key, entry)
        return found


def _ambiguous(root: Any, noted: dict[int, str]) -> tuple[tuple[Pointer, str, str], ...]:
    """Return pointer, text and YAML 1.1 meaning of the noted scalars; keys are not looked at."""
    found: list[tuple[Pointer, str, str]] = []
    seen: set[int] = set()

    def walk(node: Any, pointer: Pointer) -> None:
        text = noted.get(id(node))
        if text is not None:
            found.append((pointer, text, yaml_1_1_meaning(text) or ""))
        if type(node.value) is str or id(node) in seen:
            return
        seen.add(id(node))
        if type(node).__name__ == "SequenceNode":
            for index, item in enumerate(node.value):
                walk(item, (*pointer, index))
        else:
            for key_node, value_node in node.value:
                if type(key_node.value) is str:
                    walk(value_node, (*pointer, key_node.value))

    walk(root, ())
    return tuple(found)


def _roots_of(stream: Stream, limits: Limits) -> list[Any]:
    """Return the trees of a stream that was read before; none where it could not be."""
    roots: list[Any] = []
    with suppress(LimitError, _RefusedError):
        roots.extend(islice(_composed(stream, limits, roots.clear), limits.documents))
    return roots


def _yaml_blocks(text: str, roots: list[Any]) -> Iterator[Block]:
    """Yield the keys and items of the trees. What an alias stands for is yielded where its anchor is."""
    seen: set[int] = set()

    def below(node: Any, pointer: Pointer) -> Iterator[Block]:
        if type(node.value) is str or id(node) in seen:
            return
        seen.add(id(node))
        earliest = node.start_mark.index
        for index, part in enumerate(node.value):
            key, value = part if type(part) is tuple else (None, part)
            begin = (value if key is None else key).start_mark.index
            if begin < earliest:
                continue  # an alias stands where its anchor is
            earliest = after = begin if key is None else key.end_mark.index
            inner = (*pointer, index if key is None else key.value if type(key.value) is str else text[begin:after])
            if value.start_mark.index < after or value.start_mark.index == value.end_mark.index:
                yield Block(begin, after, after, inner)
                continue
            earliest = value.end_mark.index
            region = _region(text, value)
            yield Block(begin, region.start.offset, region.end.offset, inner)
            yield from below(value, inner)

    for root in roots:
        yield from below(root, ())


def _yaml_comments(text: str, stream: Stream, limits: Limits) -> tuple[Comment, ...]:
    """Return the comments of a text: every ``#`` that begins a line or follows a space, outside quotes and blocks."""
    roots = _roots_of(stream, limits)
    covered = sorted(
        (_content_start(text, node), node.end_mark.index) for node in _scalars(roots) if node.style not in (None, "")
    )
    starts = [start for start, _ in covered]
    lines = Lines(text)
    found: list[Comment] = []
    at = 0
    search = re.compile(_COMMENT).search
    while match := search(text, at):
        at = match.start()
        nearest = bisect_right(starts, at) - 1
        if nearest >= 0 and at < covered[nearest][1]:
            at = covered[nearest][1]
            continue
        region = lines.region(at, match.end())
        own = not text[lines.starts[region.start.line - 1] : at].strip(SPACE)
        found.append(Comment(match.group()[1:].rstrip(), region, own))
        at = match.end()
    return tuple(found)


def _content_start(text: str, node: Any) -> int:
    """Return where a scalar's content begins; a comment may stand on the line of a block scalar's ``|``."""
    start = _region(text, node).start.offset
    if node.style in ("|", ">"):
        line_end = LINE_END.search(text, start)
        return line_end.end() if line_end else len(text)
    return start


def parser_name() -> str:
    """Return which YAML parser is at work, as ``PyYAML 6.0.3 with libyaml 0.2.5``."""
    import yaml

    try:
        from yaml._yaml import get_version_string
    except ImportError:
        return f"PyYAML {yaml.__version__} without libyaml"
    return f"PyYAML {yaml.__version__} with libyaml {get_version_string()}"
