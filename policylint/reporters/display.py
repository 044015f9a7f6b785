"""Text of checked files → text for people: nothing hidden, nothing that terminals or CI logs obey, columns counted."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policylint.extensions import Style

# Control, format (bidi, zero-width, tag characters), lone surrogates, line and paragraph separators.
_HIDDEN = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])


def is_hidden(char: str) -> bool:
    """Tell whether a character is invisible, obeyed instead of shown, or none at all (U+FFFE, which XML forbids)."""
    return not char.isprintable() and (unicodedata.category(char) in _HIDDEN or ord(char) & 0xFFFE == 0xFFFE)


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cells(text: str) -> list[str]:
    r"""Return how each character is shown: itself, or an escape such as ``\x1b``."""
    shown = [_escaped(char) if is_hidden(char) else char for char in text]
    # GitHub's runner obeys "##[command]" anywhere in a line of a log (actions/runner, ActionCommand.TryParse).
    at = text.find("##[")
    while at >= 0:
        shown[at + 2] = _escaped("[")
        at = text.find("##[", at + 3)
    return shown


def visible(text: str) -> str:
    """Return a text with its hidden characters as escapes."""
    return text if text.isprintable() and "##[" not in text else "".join(cells(text))


def one_line(text: str) -> str:
    """Return a text on one line, visible, with single spaces."""
    return visible(" ".join(text.split()))


def _columns(char: str) -> int:
    # Hangul vowels and finals (U+1160 to U+11FF) join the syllable before them; they are letters by category.
    if unicodedata.category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def width(text: str) -> int:
    """Return how many columns of a terminal a visible text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def wrapped(text: str, room: int) -> list[str]:
    """Return the words of a text in lines of at most ``room`` columns; a word that is longer stays whole."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        # A line that starts with "::" would be a command in a log of GitHub Actions.
        if lines[-1] and width(longer) > room and not word.startswith("::"):
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def painted(text: str, code: str, style: Style) -> str:
    """Return a text in the colour of an ANSI code such as ``1;31``, or as it is where colour is not wanted."""
    return f"\x1b[{code}m{text}\x1b[0m" if style.color and text else text


def linked(text: str, url: str | None, style: Style) -> str:
    """Return a text as a hyperlink (OSC 8, https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda)."""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if style.links and url is not None else text


def plural(count: int, noun: str, rest: str = "") -> str:
    """Return a count in words, such as ``1 file`` or ``3 files with nothing to check``."""
    return f"{count} {noun}{'' if count == 1 else 's'}{rest}"
