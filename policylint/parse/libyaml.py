"""libyaml through PyYAML, imported at the price of what is used of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _PatternWhenUsed:
    """A regular expression that is compiled when something of it is asked for."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._written = pattern, flags

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._written), name)


@contextmanager
def _patterns_compiled_when_used() -> Iterator[None]:
    """Put off what ``import yaml`` compiles, 6 of its 11 ms, for a reader and a resolver that libyaml does without."""
    compile_now = re.compile
    re.compile = _PatternWhenUsed  # type: ignore[assignment]
    try:
        yield
    finally:
        re.compile = compile_now


def composing_parser() -> type:
    """Return the class that parses with libyaml and composes nodes.

    Raises:
        ImportError: PyYAML was built without libyaml.

    """
    with _patterns_compiled_when_used():
        from yaml._yaml import CParser

    parser: type = CParser
    return parser
