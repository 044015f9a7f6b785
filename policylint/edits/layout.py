"""A text → its lines, breaks, space and comments, as the edits of its parts need them."""

from __future__ import annotations

import re

from policylint.parse.positions import LINE_END

# What may stand between two parts. In YAML a # begins a comment only after white space.
_GAPS = {
    "yaml": re.compile(r"(?:[ \t\r\n]+(?:#[^\r\n]*)?)*"),
    "json": re.compile(r"(?:\s+|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL),
}
_RESTS = {
    "yaml": re.compile(r"(?:[ \t]+#[^\r\n]*|[ \t]*)(?=[\r\n]|\Z)"),
    "json": re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/)?[ \t]*(?=[\r\n]|\Z)"),
}


class Layout:
    """How a text is laid out."""

    def __init__(self, text: str, dialect: str) -> None:
        self.text = text
        self.dialect = dialect
        first = LINE_END.search(text)
        self.line_end = first.group() if first else "\n"
        """As its first line ends."""

    def line_start(self, at: int) -> int:
        """Return where the line of an offset begins."""
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def line_stop(self, at: int) -> int:
        """Return where the line of an offset ends, before its break."""
        found = LINE_END.search(self.text, at)
        return found.start() if found else len(self.text)

    def after_line(self, at: int) -> int:
        """Return where the next line begins, or the text ends."""
        found = LINE_END.search(self.text, at)
        return found.end() if found else len(self.text)

    def before(self, at: int) -> str:
        """Return what stands before an offset on its line."""
        return self.text[self.line_start(at) : at]

    def gap_end(self, at: int) -> int:
        """Return where the space and the comments end that follow an offset."""
        found = _GAPS[self.dialect].match(self.text, at)
        return found.end() if found else at

    def is_bare(self, start: int, end: int) -> bool:
        """Tell whether nothing but white space stands between two offsets."""
        return not self.text[start:end].strip()

    def ends_line(self, at: int) -> bool:
        """Tell whether nothing but a comment follows on the line of an offset."""
        return _RESTS[self.dialect].match(self.text, at) is not None

    @property
    def is_ascii(self) -> bool:
        r"""Tell whether its letters beyond ASCII are written as escapes, such as ``\u00e9``."""
        return self.text.isascii() and re.search(r"\\u[0-9a-fA-F]{4}", self.text) is not None
