"""Collections of YAML in block style: keys and items put in, taken out and turned round with their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from policylint.edits.writing import block_lines, written
from policylint.model.fix import Refused
from policylint.model.phrase import phrase
from policylint.parse.tree import BLOCK, MAPPING

if TYPE_CHECKING:
    from policylint.edits.layout import Layout
    from policylint.edits.scalars import Piece
    from policylint.parse.tree import Entry, Node

_COMPACT = re.compile(r"[ ]*(?:-[ ]+)*\Z")
_STEP = 2
"""Columns by which a block that is put in stands further right than its key."""


def _entry_end(layout: Layout, entry: Entry) -> int:
    """Return where the text of an entry ends; a key without a value ends behind its colon."""
    if entry.value.end > entry.value.start or entry.key is None:
        return entry.value.end
    colon = re.compile(r"[ \t]*:").match(layout.text, entry.key.end)
    return max(entry.value.end, colon.end() if colon else entry.key.end)


def _end_of_lines(layout: Layout, end: int) -> int:
    """Return where the last line of a part ends, with the comment behind it."""
    if not layout.ends_line(end):
        raise Refused(phrase("something else follows on its line"))
    return layout.line_stop(end)


# --- mappings -----------------------------------------------------------------------------------------------------


def key_inserted(layout: Layout, node: Node, key: str, value: Any, style: str) -> list[Piece]:
    """Return the edit that puts a key behind the last one of a mapping."""
    first, last = node.entries[0], node.entries[-1]
    column = _column(layout, first)
    at = _end_of_lines(layout, _entry_end(layout, last))
    lines = block_lines({key: value}, style, _STEP)
    return [(at, at, "".join(f"{layout.line_end}{' ' * column}{line}" for line in lines))]


def _column(layout: Layout, entry: Entry) -> int:
    before = layout.before(entry.start)
    if not _COMPACT.match(before):
        raise Refused(phrase("its keys are written in a form that is not edited"))
    return len(before)


def key_removed(layout: Layout, node: Node, index: int) -> list[Piece]:
    """Return the edit that takes a key out with its lines; one of several."""
    entry = node.entries[index]
    end = _entry_end(layout, entry)
    before = layout.before(entry.start)
    if not before.strip():
        return [_lines(layout, entry.start, end)]
    following = node.entries[index + 1].start if index + 1 < len(node.entries) else None
    if not _COMPACT.match(before) or following is None:
        raise Refused(phrase("its key is written in a form that is not edited"))
    if layout.after_line(_end_of_lines(layout, end)) != layout.line_start(following):
        raise Refused(phrase("comments or blank lines stand between it and the next key"))
    return [(entry.start, following, "")]


def _lines(layout: Layout, start: int, end: int) -> Piece:
    """Return the edit that takes whole lines out, at the end of a text without its last break the one before them."""
    first, stop = layout.line_start(start), _end_of_lines(layout, end)
    after = layout.after_line(stop)
    if after == stop and first > 0:
        first = layout.line_stop(layout.line_start(first - 1))
    return (first, after, "")


# --- lists --------------------------------------------------------------------------------------------------------


def _dashes(layout: Layout, node: Node) -> list[int]:
    """Return where the dash of each item stands."""
    found = []
    at = node.start
    for entry in node.entries:
        at = layout.gap_end(at)
        if layout.text[at : at + 1] != "-" or layout.before(at).strip(" "):
            raise Refused(phrase("its items are written in a form that is not edited"))
        found.append(at)
        at = max(at + 1, entry.value.end)
    return found


def _item_ends(node: Node, dashes: Sequence[int]) -> list[int]:
    return [max(dash + 1, entry.value.end) for dash, entry in zip(dashes, node.entries, strict=True)]


def item_inserted(layout: Layout, node: Node, index: int, value: Any, style: str) -> list[Piece]:
    """Return the edit that puts an item in front of the one at an index, or at the end."""
    dashes = _dashes(layout, node)
    ends = _item_ends(node, dashes)
    like = node.entries[max(index - 1, 0)].value
    column = len(layout.before(dashes[0]))
    gap = _gap_after_dash(layout, node, dashes)
    lines = _item_lines(value, like, style)
    shown = [f"{' ' * column}-{' ' * gap}{lines[0]}", *(" " * (column + 1 + gap) + line for line in lines[1:])]
    if index == 0:
        at = layout.line_start(dashes[0])
        return [(at, at, "".join(f"{line}{layout.line_end}" for line in shown))]
    at = _end_of_lines(layout, ends[index - 1])
    return [(at, at, "".join(f"{layout.line_end}{line}" for line in shown))]


def _gap_after_dash(layout: Layout, node: Node, dashes: Sequence[int]) -> int:
    gaps = [
        entry.start - dash - 1
        for dash, entry in zip(dashes, node.entries, strict=True)
        if layout.line_start(entry.start) == layout.line_start(dash) and entry.start > dash
    ]
    return max(gaps[0], 1) if gaps else 1


def _item_lines(value: Any, like: Node, style: str) -> list[str]:
    """Return an item in the style of another one: with a line for each key where that has one."""
    if isinstance(value, dict) and not (like.kind == MAPPING and like.style == BLOCK):
        return [written(value, "yaml", style)]
    return block_lines(value, style, _STEP)


def items_removed(layout: Layout, node: Node, indexes: Sequence[int]) -> list[Piece]:
    """Return the edits that take items out with their lines; some of several."""
    dashes = _dashes(layout, node)
    ends = _item_ends(node, dashes)
    return [_lines(layout, dashes[index], ends[index]) for index in indexes]


def ordered(layout: Layout, node: Node, order: Sequence[int]) -> list[Piece]:
    """Return the edit that gives the items another order: each with its lines and the comments above it."""
    dashes = _dashes(layout, node)
    stops = [_end_of_lines(layout, end) for end in _item_ends(node, dashes)]
    starts = [layout.line_start(dashes[0]), *(layout.after_line(stop) for stop in stops[:-1])]
    chunks = [layout.text[start:stop] for start, stop in zip(starts, stops, strict=True)]
    moved = [place for place, index in enumerate(order) if place != index]
    first, last = moved[0], moved[-1]
    breaks = [layout.text[stops[place] : starts[place + 1]] for place in range(first, last)]
    parts = [part for place in range(first, last) for part in (chunks[order[place]], breaks[place - first])]
    return [(starts[first], stops[last], "".join([*parts, chunks[order[last]]]))]
