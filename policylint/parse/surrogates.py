"""Texts with halves of UTF-16 pairs, as escapes can spell them → the same texts of whole characters."""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")


def has_surrogates(text: str) -> bool:
    """Tell whether values written in a text may hold halves of pairs."""
    if _ESCAPED.search(text):
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def without_surrogates(value: str) -> str:
    """Join halves that are pairs, and put U+FFFD for the others: no terminal, file or protocol takes them."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
