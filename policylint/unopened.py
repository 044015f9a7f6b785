"""A file that was not read, or not all of it → why, and how bad that is: it is if a campaign may be in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.discover import LEADS_OUT
from policylint.model.limits import Limits, over_limit
from policylint.model.source import Position, Problem, Region
from policylint.parse.escapes import spelled_out

if TYPE_CHECKING:
    from pathlib import Path

    from policylint.discover import Target

_WORDS = ("campaign", "connections", "messaging_product", "components")
_SIGNS = (
    r"(?m)^[ \t]*[\"']?campaigns?[\"']?[ \t]*:"
    r"|[\"'](?:campaigns?|connections|messaging_product|components)[\"']\s{0,9}:"
)
_SCANNED = 200_000_000
"""Bytes of a file that are looked through for such words; no file of a project is as large."""
_PIECE = 1_000_000
_LONGEST = max(map(len, _WORDS))


def may_be_campaign(text: str) -> bool:
    """Tell whether a text that cannot be parsed has the signs of a campaign."""
    text = spelled_out(text)
    return any(word in text for word in _WORDS) and re.search(_SIGNS, text) is not None


def problem_of(target: Target, limits: Limits, raw: bytes | None) -> Problem:
    """Return the problem of a file that was not parsed.

    Args:
        target: The file.
        limits: How much of it is read.
        raw: What is in it, where that is known.

    """
    spot = Position(1, 1, 0)
    nowhere = Region(spot, spot)
    if target.barred == LEADS_OUT:
        severity = "error" if target.named else "warning"
        said = f"{target.shown} is {target.barred} and was not followed"
        return Problem("link-outside", said, nowhere, severity, hint="--trust follows such links")
    if target.barred:
        severity = "error" if target.named else "info"
        return Problem("not-a-file", f"{target.shown} is {target.barred} and was not opened", nowhere, severity)
    size = _size(target.path) if raw is None else len(raw)
    if size > limits.bytes:
        said = f"{target.shown} has {size:,} bytes, more than {limits.bytes:,}, and was not read"
        problem = over_limit("too-large", said, nowhere)
        is_harmless = raw is None and not target.named and not _speaks_of_campaigns(target.path)
        return problem._replace(severity="warning") if is_harmless else problem
    return Problem("syntax", f"{target.shown} cannot be read", nowhere, hint="check its permissions")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _speaks_of_campaigns(path: Path) -> bool:
    """Tell whether a word of campaigns stands in a file of any size, or may do so in another encoding or as escapes."""
    words = [word.encode() for word in _WORDS]
    try:
        with path.open("rb") as handle:
            before = b""
            for _ in range(_SCANNED // _PIECE):
                piece = handle.read(_PIECE)
                if not piece:
                    return False
                text = (before + piece).lower()
                if b"\0" in text or any(word in text for word in words) or re.search(rb"\\u00[67]", text):
                    return True
                before = piece[-_LONGEST:]
    except OSError:
        pass
    return True
