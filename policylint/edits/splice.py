"""A text and edits → the new text; files → their text and encoding, and back, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from policylint.parse import byte_order_mark, decode

if TYPE_CHECKING:
    from policylint.model.fix import Edit, Fix


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made that do not overlap."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.region.start.offset, edit.region.end.offset)):
        parts += [text[at : edit.region.start.offset], edit.replacement]
        at = edit.region.end.offset
    return "".join([*parts, text[at:]])


def apart(fixes: Iterable[Fix]) -> list[Fix]:
    """Return the fixes, first come first taken, of which none touches the place of another one."""
    kept: list[Fix] = []
    taken: list[tuple[int, int]] = []
    for fix in fixes:
        spans = [(edit.region.start.offset, edit.region.end.offset) for edit in fix.edits]
        if not any(
            start <= other_end and other_start <= end for start, end in spans for other_start, other_end in taken
        ):
            kept.append(fix)
            taken += spans
    return kept


def encoded(raw: bytes, text: str) -> bytes:
    """Return a new text in the encoding of a file's bytes, with their byte order mark."""
    mark, encoding = byte_order_mark(raw)
    return mark + text.encode(encoding)


def is_faithful(raw: bytes) -> bool:
    """Tell whether the bytes of a file come back from its text as they are."""
    try:
        return encoded(raw, decode(raw)) == raw
    except UnicodeError:
        return False
