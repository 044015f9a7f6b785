"""Changes of a document's data → edits of its text: every character outside of them stays.

Nothing is written out anew: pieces of the text are replaced, in the style that stands there. What cannot be done so is
refused with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from policylint.edits import block, flow, scalars
from policylint.edits.neighbours import entry_text, style_of_texts
from policylint.edits.places import Spot, require_written_by_hand, spot_at
from policylint.edits.writing import written
from policylint.model.fix import Change, Edit, Refused
from policylint.model.phrase import phrase
from policylint.parse.positions import Lines
from policylint.parse.tree import BLOCK, FLOW, MAPPING, SEQUENCE

if TYPE_CHECKING:
    from policylint.edits.scalars import Piece
    from policylint.model.source import Document, Pointer


def edits_of(document: Document, changes: Iterable[Change]) -> tuple[Edit, ...]:
    """Return the edits that make changes to a document.

    Args:
        document: As it was read.
        changes: All to this document, none within another one.

    Raises:
        Refused: One of them cannot be made.

    """
    require_written_by_hand(document)
    return edits_at(document.text, [piece for change in changes for piece in _pieces(document, change)])


def edits_at(text: str, pieces: Iterable[Piece]) -> tuple[Edit, ...]:
    """Return pieces of a text and what takes their place as edits in its order; Refused where two overlap."""
    joined: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece[:2]):
        if joined and piece[0] == piece[1] == joined[-1][1]:
            joined[-1] = (joined[-1][0], piece[1], joined[-1][2] + piece[2])
        elif joined and piece[0] < joined[-1][1]:
            raise Refused(phrase("its parts would overlap"))
        else:
            joined.append(piece)
    lines = _lines_of(text)
    return tuple(Edit(lines.region(start, end), new) for start, end, new in joined)


@lru_cache(maxsize=1)
def _lines_of(text: str) -> Lines:
    """Return the lines of a text: a file may have many findings that can be mended."""
    return Lines(text)


def _pieces(document: Document, change: Change) -> list[Piece]:
    if change.action == "set":
        return _set(document, change.pointer, change.value)
    spot = spot_at(document, change.pointer)
    if spot is None:
        raise Refused(phrase("there is nothing in its place"))
    if change.action == "remove":
        return _removed(document, change.pointer, spot)
    if change.action == "rename":
        return _renamed(spot, change.value)
    if spot.node.kind != SEQUENCE:
        raise Refused(phrase("it is not written as a list"))
    if change.action == "insert":
        return _inserted(spot, *change.value)
    if change.action == "remove_items":
        return _items_removed(spot, change.value)
    return _ordered(spot, change.value)


def _set(document: Document, pointer: Pointer, value: Any) -> list[Piece]:
    spot = spot_at(document, pointer)
    if spot is not None:
        return scalars.replaced(spot, value)
    if not pointer or not isinstance(pointer[-1], str):
        raise Refused(phrase("there is nothing in its place"))
    holder = spot_at(document, pointer[:-1])
    if holder is None or holder.node.kind != MAPPING or not holder.node.entries:
        return _set(document, pointer[:-1], {pointer[-1]: value})
    node, layout, key = holder.node, holder.layout, pointer[-1]
    if node.style == BLOCK:
        return block.key_inserted(layout, node, key, value, style_of_texts(layout, node))
    return flow.inserted(layout, node, len(node.entries), entry_text(layout, node, value, key))


def _removed(document: Document, pointer: Pointer, spot: Spot) -> list[Piece]:
    holder = spot.holder
    above = spot_at(document, pointer[:-1]) if pointer else None
    if holder is None or above is None or spot.entry is None:
        raise Refused(phrase("nothing would be left"))
    index = next(at for at, entry in enumerate(holder.entries) if entry is spot.entry)
    if holder.kind == SEQUENCE:
        return _items_removed(above, [index])
    if holder.style == FLOW:
        return flow.removed(spot.layout, holder, [index])
    if len(holder.entries) > 1:
        return block.key_removed(spot.layout, holder, index)
    if above.entry is None:
        raise Refused(phrase("nothing would be left"))
    return _emptied(above, "{}")


def _items_removed(spot: Spot, indexes: Sequence[int]) -> list[Piece]:
    if spot.node.style == FLOW:
        return flow.removed(spot.layout, spot.node, indexes)
    if len(indexes) == len(spot.node.entries):
        return _emptied(spot, "[]")
    return block.items_removed(spot.layout, spot.node, indexes)


def _emptied(spot: Spot, brackets: str) -> list[Piece]:
    """Return the edit that leaves a block without anything in it."""
    if not spot.layout.is_bare(spot.colon_end, spot.node.start):
        raise Refused(phrase("comments stand between the key and its value"))
    return [(spot.colon_end, spot.node.end, f" {brackets}")]


def _renamed(spot: Spot, name: str) -> list[Piece]:
    key = spot.entry.key if spot.entry is not None else None
    if key is None or key.tag is not None or key.anchor is not None:
        raise Refused(phrase("its key is written in a form that is not edited"))
    if key.style == "" and spot.layout.dialect == "json":
        return [(key.start, key.end, name)]
    in_flow = spot.holder is not None and spot.holder.style == FLOW
    return [(key.start, key.end, written(name, spot.layout.dialect, key.style, flow=in_flow))]


def _inserted(spot: Spot, index: int, value: Any) -> list[Piece]:
    layout, node = spot.layout, spot.node
    if node.style == BLOCK:
        return block.item_inserted(layout, node, index, value, style_of_texts(layout, node))
    return flow.inserted(layout, node, index, entry_text(layout, node, value))


def _ordered(spot: Spot, order: Sequence[int]) -> list[Piece]:
    if spot.node.style == BLOCK:
        return block.ordered(spot.layout, spot.node, order)
    spans = flow.spans_of(spot.layout, spot.node)
    between = [(spans[at][1], spans[at + 1][0]) for at in range(len(spans) - 1)]
    if any(spot.layout.text[start:end].strip(" \t\r\n,") for start, end in between):
        raise Refused(phrase("comments stand between the items"))
    return [
        (*spans[place], spot.layout.text[slice(*spans[index])]) for place, index in enumerate(order) if place != index
    ]
