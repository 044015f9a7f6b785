"""The text of a template, in the workflow or in a file beside it → the record, with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import readable

if TYPE_CHECKING:
    from policylint.adapters.drafts import Draft
    from policylint.adapters.knock.steps import Content
    from policylint.model.source import Pointer

UNSUBSCRIBE = re.compile(r"commercial_unsubscribe_url|manage_preferences_url")


def put_content(draft: Draft, path: Pointer, content: Content) -> None:
    """Put a text as rules see it: unknown where it has no words of its own."""
    put_from(draft, path, readable(content.text) if isinstance(content.text, str) else content.text, content)


def put_from(draft: Draft, path: Pointer, value: Any, content: Content, span: tuple[int, int] | None = None) -> None:
    """Put a value that a text holds, with its place in the workflow or in the file beside it."""
    if content.side is not None:
        draft.put_beside(path, value, content.side, span)
    else:
        draft.put(path, value, content.at, span)
