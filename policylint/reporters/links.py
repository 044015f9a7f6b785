"""Where a rule is explained: the one page that reports link to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policylint.model.rule import Source

PROJECT_PAGE = "https://policylint.dev"


def page_of(sources: Sequence[Source]) -> str:
    """Return the page that explains a rule: the first of the terms that it rests on, or the project's for the rest."""
    return url_of(sources[0]) if sources else PROJECT_PAGE


def url_of(source: Source) -> str:
    """Return the address of terms; packs may come from anywhere, so what has no place in a URL is percent-encoded."""
    return re.sub(r"[^\w%!#$&'*+,./:;=?@~-]", _percent_encoded, source.terms.url, flags=re.ASCII)


def _percent_encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
