"""Parameters → texts with their place: what is literal, and what an expression decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from policylint.adapters.texts import EXPRESSION_PATTERN as EXPRESSION_PATTERN
from policylint.adapters.texts import Text as Text

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node


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
