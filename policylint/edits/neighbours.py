"""A new entry of a collection in brackets → its text, written as its neighbours are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from policylint.edits.writing import written
from policylint.parse.tree import MAPPING, SCALAR

if TYPE_CHECKING:
    from policylint.edits.layout import Layout
    from policylint.parse.tree import Node

_NAME = re.compile(r"[A-Za-z_$][\w$]*\Z")


def style_of_texts(layout: Layout, node: Node) -> str:
    """Return the sign that the texts in a collection begin with; none where they are plain or differ."""
    values = [entry.value for entry in node.entries]
    values += [entry.value for value in values for entry in value.entries]
    styles = {value.style for value in values if value.kind == SCALAR and value.style not in ("|", ">")}
    if layout.dialect == "json":
        styles.discard("")  # of numbers and words
    return styles.pop() if len(styles) == 1 else ""


def entry_text(layout: Layout, node: Node, value: Any, key: str | None = None) -> str:
    """Return the text of a new item, or of a new key with its value."""
    style = style_of_texts(layout, node)
    if layout.dialect != "json":
        text = written(value if key is None else {key: value}, layout.dialect, style)
        return text if key is None else text[1:-1]
    colon = _colon(layout, node)
    shown = _json_text(layout, node, value, colon, style, in_lines=key is not None)
    if key is None:
        return shown
    last = node.entries[-1].key if node.entries else None
    is_bare = last is not None and last.style == "" and _NAME.match(key)
    return f"{key if is_bare else written(key, 'json', last.style if last is not None else '')}{colon}{shown}"


def _colon(layout: Layout, node: Node) -> str:
    """Return what stands between keys and values."""
    for holder in (node, *(entry.value for entry in node.entries)):
        if holder.kind == MAPPING and holder.entries:
            key, value = holder.entries[-1]
            between = layout.text[key.end : value.start] if key is not None else ""
            if between.strip() == ":" and not between.strip(" :"):
                return between
    return ": "


def _json_text(layout: Layout, node: Node, value: Any, colon: str, style: str, *, in_lines: bool) -> str:
    if not isinstance(value, (dict, list)):
        return written(value, "json", style, ascii_only=layout.is_ascii)
    indentation = layout.before(node.entries[-1].start) if node.entries else "?"
    if not in_lines and node.entries:
        last = node.entries[-1].value
        in_lines = layout.line_start(last.start) != layout.line_start(last.end)
    if not in_lines or indentation.strip() or not colon.endswith(" "):
        comma = ", " if colon.endswith(" ") else ","
        return json.dumps(value, ensure_ascii=layout.is_ascii, separators=(comma, colon))
    unit = _unit(layout, node)
    text = json.dumps(value, ensure_ascii=layout.is_ascii, separators=(",", colon), indent=unit)
    return text.replace("\n", layout.line_end + indentation)


def _unit(layout: Layout, node: Node) -> str:
    """Return by what the entries of a collection stand further right than its own line."""
    line = layout.text[layout.line_start(node.start) : layout.line_stop(node.start)]
    own = len(line) - len(line.lstrip())
    inner = layout.before(node.entries[-1].start)
    return inner[own:] if len(inner) > own else "  "
