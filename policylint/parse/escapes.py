r"""A text of JSON or YAML → the same with what escapes hide written out, to look for words in it.

A campaign whose key is spelled ``"\u0063ampaign"`` is one to everybody who parses the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Letters, digits and signs as escapes of JSON, JSON5 and YAML; the slash of PHP; a line that goes on after its end.
_SIGNS = ("\\u00", "\\x", "\\U0000", "\\/", "\\ ", "\\\n", "\\\r")
_HIDING = r"\\(?:(?:x|u00|U000000)([2-7][0-9A-Fa-f])|(/)|( )|(?:\r\n|\n|\r)[ \t]*)"


def spelled_out(text: str) -> str:
    """Return a text in which a word stands as it is read, however it is written; nothing to be parsed."""
    if "\\" not in text:
        return text
    # To look for anything in a long row of backslashes takes long; one of them begins a sign as well as all.
    escapes = re.sub(r"\\{2,}", r"\\", text)
    if not any(sign in escapes for sign in _SIGNS):
        return text
    return re.sub(_HIDING, _meant, text)


def _meant(match: re.Match[str]) -> str:
    code, slash, space = match.groups()
    return chr(int(code, 16)) if code else slash or space or ""


class _Last:
    """The words that were looked for in the text that was looked through last: a stream has many documents of it."""

    text = ""
    folded: str | None = None
    found: dict[str, bool] = {}  # noqa: RUF012  # one for all


def says_any(text: str, words: Iterable[str]) -> bool:
    """Tell whether one of some words, in small letters, stands in a text, letter case and escapes aside."""
    if text is not _Last.text:
        # Beyond ASCII small letters take long to make, and most files hold their word as it is.
        _Last.text, _Last.folded, _Last.found = text, _folded(text) if text.isascii() else None, {}
    found = _Last.found
    for word in words:
        if word not in found:
            found[word] = (_Last.folded is None and word in text) or word in _last_folded()
        if found[word]:
            return True
    return False


def _last_folded() -> str:
    if _Last.folded is None:
        _Last.folded = _folded(_Last.text)
    return _Last.folded


def _folded(text: str) -> str:
    return spelled_out(text).lower()
