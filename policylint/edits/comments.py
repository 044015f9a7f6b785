"""Comments taken out of a text, with their line where they have one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.edits import edits_at
from policylint.edits.layout import Layout

if TYPE_CHECKING:
    from policylint.model.fix import Edit
    from policylint.model.source import Region


def without_comment(text: str, region: Region) -> tuple[Edit, ...]:
    """Return the edit that takes a comment out."""
    layout = Layout(text, "yaml")
    start, end = region.start.offset, region.end.offset
    own_line = not layout.before(start).strip() and not text[end : layout.line_stop(end)].strip()
    if own_line:
        return edits_at(text, [(layout.line_start(start), layout.after_line(end), "")])
    space = len(layout.before(start)) - len(layout.before(start).rstrip())
    return edits_at(text, [(start - space, end, "")])
