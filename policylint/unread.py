"""A file that was not read, or cannot be parsed → why, and how surely it was meant to be a campaign file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.model.limits import Limits, over_limit
from policylint.model.phrase import phrase
from policylint.model.source import Position, Problem, Region
from policylint.parse.escapes import spelled_out

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    text = spelled_out(text)
    small = text.lower()
    return any(
        any(word in small for word in words) and first.search(text) and second.search(text)
        for words, first, second in _FORMATS
    )


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
    if target.leads_out:
        severity = "error" if target.named else "warning"
        said = phrase("{path} is a link that leads out of the project and was not followed", path=target.shown)
        return Problem("link-outside", said, nowhere, severity, hint=phrase("--trust follows such links"))
    if target.barred:
        severity = "error" if target.named else "info"
        said = phrase("{path} is {kind} and was not opened", path=target.shown, kind=target.barred)
        return Problem("not-a-file", said, nowhere, severity)
    size = _size(target.path) if raw is None else len(raw)
    if size > limits.bytes:
        if not target.named and not _has_keys_of_a_campaign(target.path):
            return None
        pattern = "{path} has {size:,} bytes, more than {most:,}, and was not read"
        return over_limit("too-large", phrase(pattern, path=target.shown, size=size, most=limits.bytes), nowhere)
    message = phrase("{path} cannot be read", path=target.shown)
    return Problem("syntax", message, nowhere, hint=phrase("check its permissions"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


_SCANNED = 200_000_000
"""Bytes of the largest file that is looked through for keys; no file of a project is as large."""
_PIECE = 1_000_000
_LONGEST_KEY = 100


def _has_keys_of_a_campaign(path: Path) -> bool:
    """Tell whether a large file has both keys of a format, wherever they stand; True where it cannot be told."""
    try:
        if path.stat().st_size > _SCANNED:
            return True
        begun = set()
        for text in _pieces(path):
            small = text.lower()
            for words, first, second in _FORMATS:
                if any(word in small for word in words) and first.search(text):
                    begun.add(second)
        return bool(begun) and any(second.search(text) for text in _pieces(path) for second in begun)
    except OSError:
        return True


def _pieces(path: Path) -> Iterator[str]:
    """Yield the text of a file piece by piece, each with the end of the one before it."""
    before = ""
    with path.open("rb") as handle:
        while piece := handle.read(_PIECE):
            # Without its zero bytes UTF-16 is as good as ASCII, for keys.
            text = before + spelled_out(piece.replace(b"\0", b"").decode("utf-8", "replace"))
            yield text
            before = text[-_LONGEST_KEY:]
