"""Texts of automation files with their place: what is literal, and what an expression decides."""

from __future__ import annotations

import re

from policylint.model.source import EXPRESSION, Pointer, Unknown
from policylint.model.tuples import NamedTuple

EXPRESSION_PATTERN = r"\{\{(?:(?!\{\{).)*?\}\}"
_EXPRESSION = re.compile(rf"{EXPRESSION_PATTERN}|\{{%.*?%\}}|\$\{{[^{{}}]*\}}", re.DOTALL)
_BEGINS = ("{{", "{%", "${")
_CONSTANT = re.compile(r"""\{\{\s*(?:'([^'{}]*)'|"([^"{}]*)"|(\+?\d[\d\s]*))\s*\}\}""")
_WORD = re.compile(r"[^\W\d_]{2,}")
# A gap that a model or a program fills in: the tools of n8n's agents and format strings write it so.
_GAP = re.compile(r"\s*\{\w+\}\s*\Z")


class Text(NamedTuple):
    """A text of a file; expressions in it stand in ``{{ }}``, ``{% %}`` or ``${ }``."""

    value: str
    pointer: Pointer
    span: tuple[int, int] | None = None
    """Characters of the string at ``pointer``, where it is only a part of it."""
    code: bool = False
    """True for JavaScript that stands bare in a body."""

    @property
    def literal(self) -> str | None:
        """The text, or None where an expression decides some of it."""
        if self.code or _GAP.match(self.value):
            return None
        constant = _CONSTANT.sub(lambda found: str(found.group(found.lastindex or 0)), self.value)
        return None if any(sign in constant for sign in _BEGINS) else constant.strip()

    @property
    def readable(self) -> str | Unknown:
        """The text with its expressions as placeholders, unknown where it has no words of its own."""
        has_expression = any(sign in self.value for sign in _BEGINS)
        is_wordless = has_expression and not _WORD.search(_EXPRESSION.sub("", self.value))
        return EXPRESSION if self.code or is_wordless or _GAP.match(self.value) else self.value

    @property
    def exact(self) -> str | Unknown:
        """The text, unknown where an expression decides some of it."""
        literal = self.literal
        return EXPRESSION if literal is None else literal

    def part(self, start: int, end: int, *, code: bool = False) -> Text:
        """Return a part of it, with its own place."""
        begin = self.span[0] if self.span else 0
        return Text(self.value[start:end], self.pointer, (begin + start, begin + end), code)
