"""A new value for a part of a text → the edits that put it in, in the style of the old one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policylint.edits.writing import written
from policylint.model.fix import Refused
from policylint.model.phrase import phrase
from policylint.parse.tree import BLOCK, FLOW, SCALAR

if TYPE_CHECKING:
    from policylint.edits.places import Spot

Piece = tuple[int, int, str]
"""Start and end in the text, and what takes its place."""

_TABS = re.compile(r"[ \r\n]*\t")
PARAMETER = re.compile(r"(\{\{\s*)(\d+)(\s*\}\})")
"""A numbered parameter of a template's text."""


def replaced(spot: Spot, value: Any) -> list[Piece]:
    """Return the edits that replace a value."""
    node, text = spot.node, spot.layout.text
    if node.tag is not None:
        raise Refused(phrase("the value has the tag {tag}", tag=node.tag))
    if node.kind == SCALAR and isinstance(value, str):
        numbers = _other_numbers(node.text, value)
        if numbers is not None:
            return _renumbered(spot, numbers)
    if node.kind == SCALAR and node.start < node.end:
        style = '"' if node.style in ("|", ">") else node.style
        if style != node.style and _TABS.match(text, node.end):
            raise Refused(phrase("lines with nothing but tabs end the text"))
        return [(node.start, node.end, _text(spot, value, style))]
    if node.kind == SCALAR or node.style == BLOCK:
        return [_after_colon(spot, _text(spot, value, ""))]
    if "#" in text[node.start : node.end] and spot.layout.dialect == "yaml":
        raise Refused(phrase("comments stand in the value"))
    return [(node.start, node.end, _text(spot, value, ""))]


def _text(spot: Spot, value: Any, style: str) -> str:
    layout = spot.layout
    in_flow = spot.holder is not None and spot.holder.style == FLOW
    ascii_only = layout.dialect == "json" and layout.is_ascii
    return written(value, layout.dialect, style, flow=in_flow, ascii_only=ascii_only)


def _after_colon(spot: Spot, text: str) -> Piece:
    """Return the edit that puts a value where there is none, or in place of a block below its key."""
    colon, node = spot.colon_end, spot.node
    if node.kind == SCALAR:
        return (colon, max(colon, node.end), f" {text}")
    if not spot.layout.is_bare(colon, node.start):
        raise Refused(phrase("comments stand between the key and its value"))
    return (colon, node.end, f" {text}")


def _other_numbers(old: str, new: str) -> list[str] | None:
    """Return the numbers of a text's parameters in their order, where it differs from another text in nothing else."""
    if old == new or PARAMETER.sub(r"\1\3", old) != PARAMETER.sub(r"\1\3", new):
        return None
    numbers = [match.group(2) for match in PARAMETER.finditer(new)]
    return numbers if len(numbers) == len(PARAMETER.findall(old)) else None


def _renumbered(spot: Spot, numbers: list[str]) -> list[Piece]:
    """Return an edit for each number; it works in every style, as no style spells digits and braces another way."""
    node, text = spot.node, spot.layout.text
    found = list(PARAMETER.finditer(text, node.start, node.end))
    if len(found) != len(numbers):
        raise Refused(phrase("the text spells its parameters in a way that is not edited"))
    return [
        (match.start(2), match.end(2), number)
        for match, number in zip(found, numbers, strict=True)
        if match.group(2) != number
    ]
