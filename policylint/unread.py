"""A file that was not read, or cannot be parsed → why, and how surely it was meant to be a campaign file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.model.limits import Limits, over_limit
from policylint.model.source import Position, Problem, Region
from policylint.parse.escapes import spelled_out

if TYPE_CHECKING:
    from pathlib import Path

    from policylint.discover import Target


def _key(names: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s{{,-])[\"']?(?:{names})[\"']?\s*:", re.MULTILINE | re.IGNORECASE)


# Two keys of one format, neither of which tells by itself: campaigns are of games too, components of pages, …
_FORMATS = (
    (
        ("campa", "kampagne"),
        _key(r"campaigns?|campanhas?|campañas?|campanas?|kampagnen?|campagnes?"),
        _key(
            r"channels?|sender|audience|messages?|consent|opt_?out|recipients?|contacts|template|subject|text|body"
            r"|mensage[mn]s?|mensajes?|nachricht(?:en)?"
        ),
    ),
    (("connections",), _key("nodes"), _key("connections")),
    (("messaging_product",), _key("messaging_product"), _key("to|template|text|type")),
    (("components",), _key("components"), re.compile(r"[\"'](?:BODY|FOOTER|BUTTONS)[\"']")),
)
_WORDS = re.compile(
    r"whats\s?app|newsletter|\bcampa(?:ign|gne|nha|ña)s?\b|\bkampagnen?\b|opt[ _-]?out|unsubscribe|\brecipients\b"
    r"|destinat[aá]rios|empf(?:ä|ae)nger"
)
# Go, Jinja, ERB and Handlebars: what they make is data, they are not. Placeholders in values are no templates.
_TEMPLATE = re.compile(
    r"\{\{-|-\}\}|\{%|<%|\{\{[#/>!]|^\s*\{\{|\{\{\s*(?:\.|\$\.|include\b|template\b|cookiecutter\b)", re.MULTILINE
)


def is_campaign_file(text: str) -> bool:
    """Tell whether a text has the keys of a campaign file: then that it cannot be read is an error."""
    return _are_keys_of_a_campaign(spelled_out(text), set())


def speaks_of_campaigns(text: str) -> bool:
    """Tell whether a text that is no template speaks of messages to many: then it is told that it cannot be read."""
    return _TEMPLATE.search(text) is None and _WORDS.search(spelled_out(text).lower()) is not None


def problem_of(target: Target, limits: Limits, raw: bytes | None) -> Problem | None:
    """Return the problem of a file that was not parsed; None where it shows no sign of a campaign.

    Args:
        target: The file.
        limits: How much of it is read.
        raw: What is in it, where that is known.

    """
    spot = Position(1, 1, 0)
    nowhere = Region(spot, spot)
    if target.barred:
        severity = "error" if target.named else "warning"
        if target.leads_out:
            said = f"{target.shown} is {target.barred} and was not followed"
            return Problem("link-outside", said, nowhere, severity, hint="--trust follows such links")
        return Problem("not-a-file", f"{target.shown} is {target.barred} and was not opened", nowhere, severity)
    size = _size(target.path) if raw is None else len(raw)
    if size > limits.bytes:
        if not target.named and not _has_keys_of_a_campaign(target.path):
            return None
        said = f"{target.shown} has {size:,} bytes, more than {limits.bytes:,}, and was not read"
        return over_limit("too-large", said, nowhere)
    return Problem("syntax", f"{target.shown} cannot be read", nowhere, hint="check its permissions")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


_SCANNED = 200_000_000
"""Bytes of a file that are looked through for keys; no file of a project is as large."""
_PIECE = 1_000_000
_LONGEST_KEY = 100


def _has_keys_of_a_campaign(path: Path) -> bool:
    """Tell whether a file of any size has the keys of a campaign file, or may have them in another encoding."""
    seen: set[tuple[int, int]] = set()
    before = ""
    try:
        with path.open("rb") as handle:
            for _ in range(_SCANNED // _PIECE):
                piece = handle.read(_PIECE)
                if not piece:
                    return False
                text = before + piece.decode("utf-8", "replace")
                if "\0" in text or _are_keys_of_a_campaign(spelled_out(text), seen):
                    return True
                before = text[-_LONGEST_KEY:]
    except OSError:
        pass
    return True


def _are_keys_of_a_campaign(text: str, seen: set[tuple[int, int]]) -> bool:
    """Tell whether a text has both keys of a format; ``seen`` are those of texts before it, and gets its own."""
    small = text.lower()
    for at, (words, first, second) in enumerate(_FORMATS):
        if (at, 0) not in seen and any(word in small for word in words) and first.search(text):
            seen.add((at, 0))
        if (at, 1) not in seen and second.search(text):
            seen.add((at, 1))
        if {(at, 0), (at, 1)} <= seen:
            return True
    return False
