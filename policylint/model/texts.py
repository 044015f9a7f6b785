"""The texts of rules: ``$name`` and ``${dotted.name}``, never str.format."""

from __future__ import annotations

import string
from collections.abc import Mapping


class TextTemplate(string.Template):
    """A text with placeholders: ``$campaign``, ``$maximum``, ``${sender.provider}``; ``$$`` is a dollar sign."""

    idpattern = r"(?a:[_a-z][_a-z0-9]*)"
    braceidpattern = r"(?a:[_a-z][_a-z0-9]*(?:\.[_a-z0-9]+)*)"

    def names(self) -> list[str]:
        """Return the names used; the empty name stands for a lone ``$``."""
        return [
            match.group("named") or match.group("braced") or ""
            for match in self.pattern.finditer(self.template)
            if match.group("escaped") is None
        ]


def substituted(text: str, values: Mapping[str, str]) -> str:
    """Return a text of a rule on one line, with its placeholders filled in."""
    return " ".join(TextTemplate(text).safe_substitute(values).split())
