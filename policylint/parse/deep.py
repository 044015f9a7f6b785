"""A YAML stream that may nest too deep → the same with blanks in the place of the documents that do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from policylint.parse.positions import start_of
from policylint.parse.stream import LimitError, Stream, too_deep

if TYPE_CHECKING:
    from policylint.model.limits import Limits


def without_deep_documents(stream: Stream, limits: Limits, loader: Callable[[str], Any]) -> Stream:
    """Return a stream without the documents that nest too deep; see ``readable``."""
    text = stream.text
    left_out: list[LimitError] = []
    for start, end in reversed(list(_deep_documents(text, limits, loader))):
        left_out.insert(0, too_deep(limits, start_of(text, start)))
        begin = start + 3 * text.startswith("---", start)
        text = text[:begin] + re.sub(r"[^\r\n]", " ", text[begin:end]) + text[end:]
    return stream._replace(text=text, left_out=tuple(left_out))


def _deep_documents(text: str, limits: Limits, loader: Callable[[str], Any]) -> Iterator[tuple[int, int]]:
    """Yield where the documents begin and end that nest too deep; LimitError where libyaml does not say."""
    from yaml import YAMLError
    from yaml.events import (
        DocumentEndEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        SequenceEndEvent,
        SequenceStartEvent,
    )

    depth = deepest = start = 0
    try:
        events = loader(text)
        while events.check_event():
            event = events.get_event()
            kind = type(event)
            if kind is SequenceStartEvent or kind is MappingStartEvent:
                depth += 1
                deepest = max(deepest, depth)
            elif kind is SequenceEndEvent or kind is MappingEndEvent:
                depth -= 1
            elif kind is DocumentStartEvent:
                start, depth, deepest = event.start_mark.index, 0, 0
            elif kind is DocumentEndEvent and deepest > limits.depth + 1:
                yield start, event.end_mark.index
    except (YAMLError, UnicodeError, ValueError) as error:
        # What libyaml refuses is read by ruamel.yaml, which is slow where much is open, and overflows its stack.
        if deepest > limits.depth + 1 or "nesting" in str(error) or _may_be_open(text, limits.depth):
            raise too_deep(limits, start_of(text, start)) from None


def _may_be_open(text: str, depth: int) -> bool:
    """Tell whether more brackets than that may be open at a time, counting those in quotes and comments too."""
    opened = 0
    for sign in re.finditer(r"[\[\]{}]", text):
        opened += 1 if sign.group() in "[{" else -1
        if opened > depth:
            return True
    return False
