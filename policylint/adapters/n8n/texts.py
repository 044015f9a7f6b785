"""Parameters → texts with their place: what is literal, and what an expression decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policylint.model.source import EXPRESSION, Pointer, Unknown

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node

EXPRESSION_PATTERN = r"\{\{(?:(?!\{\{).)*?\}\}"
_EXPRESSION = re.compile(EXPRESSION_PATTERN, re.DOTALL)
_CONSTANT = re.compile(r"""\{\{\s*(?:'([^'{}]*)'|"([^"{}]*)"|(\+?\d[\d\s]*))\s*\}\}""")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a node, without the ``=`` that makes n8n look for expressions in it."""

    value: str
    pointer: Pointer
    span: tuple[int, int] | None = None
    """Characters of the string at ``pointer``, where it is only a part of it."""
    code: bool = False
    """True for JavaScript that stands bare in a body."""

    @property
    def literal(self) -> str | None:
        """The text, or None where an expression decides some of it."""
        if self.code:
            return None
        constant = _CONSTANT.sub(lambda found: str(found.group(found.lastindex or 0)), self.value)
        return None if "{{" in constant else constant.strip()

    @property
    def readable(self) -> str | Unknown:
        """The text with its expressions as placeholders, unknown where it has no words of its own."""
        if self.code or ("{{" in self.value and not _WORD.search(_EXPRESSION.sub("", self.value))):
            return EXPRESSION
        return self.value

    @property
    def exact(self) -> str | Unknown:
        """The text, unknown where an expression decides some of it."""
        literal = self.literal
        return EXPRESSION if literal is None else literal

    def part(self, start: int, end: int, *, code: bool = False) -> Text:
        """Return a part of it, with its own place."""
        begin = self.span[0] if self.span else 0
        return Text(self.value[start:end], self.pointer, (begin + start, begin + end), code)


def text_of(node: Node, *path: str | int) -> Text | None:
    """Return the text or number of a parameter, or None where there is none."""
    value = node.get(*path)
    if isinstance(value, Mapping):  # a resource locator: {"__rl": true, "value": …}
        value, path = value.get("value"), (*path, "value")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "":
        return None
    written = str(value)
    if written.startswith("="):
        return Text(written[1:], node.at(*path), (1, len(written)))
    return Text(written, node.at(*path))


def first_text(node: Node, *names: str) -> Text | None:
    """Return the first of the parameters that has a text."""
    return next((text for name in names if (text := text_of(node, name)) is not None), None)
