"""A campaign → what its file says of it in words of its own: a description, the comments above it and at the top."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from policylint.project.manifests import comment_beside

if TYPE_CHECKING:
    from policylint.adapters.home_made.signs import Field
    from policylint.model.source import Document, Pointer

_MOST = 600
_RULER = re.compile(r"[#=~*_─═-]{3,}")


def description_of(document: Document, pointer: Pointer, said: Field | None) -> str:
    """Return the description of a campaign and the comments on it as one text; empty where there are none."""
    parts = [said.value] if said is not None and isinstance(said.value, str) else []
    if document.dialect == "yaml" and "#" in document.text:
        parts += [comment_beside(document, pointer), comment_beside(document, pointer[:1]), _at_the_top(document.text)]
    plain = (" ".join(_RULER.sub(" ", part).split()) for part in parts)
    return " ".join(dict.fromkeys(part for part in plain if part))[:_MOST]


def _at_the_top(text: str) -> str:
    lines = takewhile(lambda line: not line or line.startswith("#"), map(str.strip, text.splitlines()))
    return " ".join(line.lstrip("# ") for line in lines)
