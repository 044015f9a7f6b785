"""Collections in brackets, of YAML and JSON: entries put in and taken out with their commas, lines and indentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from policylint.model.fix import Refused
from policylint.model.phrase import phrase

if TYPE_CHECKING:
    from policylint.edits.layout import Layout
    from policylint.edits.scalars import Piece
    from policylint.parse.tree import Node

Span = tuple[int, int]


def spans_of(layout: Layout, node: Node) -> list[Span]:
    """Return where each entry begins and ends; a key without a value ends behind its colon."""
    if layout.text[node.start : node.start + 1] not in ("{", "["):
        raise Refused(phrase("a pair without brackets of its own is not edited"))
    spans = []
    for entry in node.entries:
        end = max(entry.value.end, entry.key.end if entry.key is not None else 0)
        if entry.value.start == entry.value.end and layout.text[end : end + 1] == ":":
            end += 1
        spans.append((entry.start, end))
    return spans


def inserted(layout: Layout, node: Node, index: int, text: str) -> list[Piece]:
    """Return the edits that put an entry in front of the one at an index, or at the end."""
    spans = spans_of(layout, node)
    if not spans:
        if not layout.is_bare(node.start + 1, node.end - 1):
            raise Refused(phrase("comments stand in the brackets"))
        return [(node.start + 1, node.end - 1, text)]
    if index == 0:
        start = spans[0][0]
        own_line = not layout.before(start).strip()
        return [(start, start, f"{text},{_new_line(layout, start) if own_line else _space_after_comma(layout, spans)}")]
    start, end = spans[index - 1]
    if layout.before(start).strip():
        return [(end, end, f",{_space_after_comma(layout, spans)}{text}")]
    comma = _comma_after(layout, end)
    at = end if comma is None else comma + 1
    if layout.ends_line(at):
        at = layout.line_stop(at)
    new = f"{_new_line(layout, start)}{text}{'' if comma is None else ','}"
    return [(at, at, new)] if comma is not None else [(end, end, ","), (at, at, new)]


def _comma_after(layout: Layout, end: int) -> int | None:
    at = layout.gap_end(end)
    return at if layout.text[at : at + 1] == "," else None


def _new_line(layout: Layout, start: int) -> str:
    return layout.line_end + layout.before(start)


def _space_after_comma(layout: Layout, spans: Sequence[Span]) -> str:
    """Return what follows a comma between entries on one line: as after the first one; as after colons, where none."""
    if len(spans) > 1:
        between = layout.text[spans[0][1] : spans[1][0]].partition(",")[2]
        return between if between in ("", " ") else " "
    first = layout.text[slice(*spans[0])]
    return "" if '":' in first and '": ' not in first else " "


def removed(layout: Layout, node: Node, indexes: Sequence[int]) -> list[Piece]:
    """Return the edits that take entries out."""
    spans = spans_of(layout, node)
    if len(indexes) == len(spans):
        return [(node.start + 1, node.end - 1, "")]
    pieces: list[Piece] = []
    for first, last in _runs(sorted(indexes)):
        pieces += _removed_run(layout, spans, first, last)
    return pieces


def _runs(indexes: Sequence[int]) -> list[Span]:
    """Return the first and the last index of each stretch of neighbours."""
    runs: list[Span] = []
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _removed_run(layout: Layout, spans: Sequence[Span], first: int, last: int) -> list[Piece]:
    start, end = spans[first][0], spans[last][1]
    comma = _comma_after(layout, end)
    stop = end if comma is None else comma + 1
    previous = [] if first == 0 or comma is not None else _comma_taken(layout, spans[first - 1][1])
    if not layout.before(start).strip() and layout.ends_line(stop):
        return [*previous, (layout.line_start(start), layout.after_line(stop), "")]
    if last + 1 < len(spans):
        return [(start, spans[last + 1][0], "")]
    return [(spans[first - 1][1], end, "")]


def _comma_taken(layout: Layout, end: int) -> list[Piece]:
    comma = _comma_after(layout, end)
    return [] if comma is None else [(comma, comma + 1, "")]
