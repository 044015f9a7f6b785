"""Texts → HTML elements → a page. Nothing that a text says can become markup, a script, a style or a foreign address.

Every text goes through ``visible`` when an element is made and through the serialiser of the standard library when the
page is written; there is no way to put markup in as a text. ``inline`` is for the style sheet and the script that come
with policylint: what stands in those two elements is not escaped, so no other function makes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias
from xml.etree.ElementTree import Element, tostring

from policylint.reporters.display import one_line, visible

Child: TypeAlias = "Element | str | None"

_ADDRESS = re.compile(r"https?://[^\s<>\"]+\Z|#[\w-]+\Z", re.ASCII)
# Attributes that a browser runs, applies or fetches.
_FORBIDDEN = re.compile(r"on|style\Z|src|action\Z|formaction\Z|data\Z|xlink|poster\Z|ping\Z")
_DAY = re.compile(r"(\b\d{4}-\d\d-\d\d\b)", re.ASCII)
_LINES = re.compile(
    r"(?:article|caption|d[dlt]|details|div|fieldset|footer|form|h[1-4]|header|li|main|meta|nav|option|p|pre|section|summary|"
    r"svg|table|tbody|thead|title|tr|ul)\Z"
)
"""Elements after which the page has a new line, so that two reports can be compared."""


def element(name: str, /, *children: Child, **attributes: str | int | None) -> Element:
    """Return an element.

    Args:
        name: Any element but ``script`` and ``style``.
        children: Elements, texts, and None for nothing.
        attributes: By name, with ``_`` for ``-`` and one at the end where Python has that word; None for no attribute.

    Raises:
        ValueError: The element or an attribute would be obeyed, or the address leads to something else than a page.

    """
    if name in ("script", "style"):
        raise ValueError(f"{name} is made by inline() only")
    made = Element(name)
    for key, value in attributes.items():
        if value is not None:
            made.set(*_attribute(key.rstrip("_").replace("_", "-"), visible(str(value))))
    last: Element | None = None
    for child in children:
        if child is None:
            continue
        if not isinstance(child, str):
            made.append(child)
            last = child
        elif last is None:
            made.text = (made.text or "") + visible(child)
        else:
            last.tail = (last.tail or "") + visible(child)
    if _LINES.match(name):
        made.tail = "\n"
    return made


def _attribute(name: str, value: str) -> tuple[str, str]:
    if _FORBIDDEN.match(name):
        raise ValueError(f"no report has an attribute {name}")
    if name == "href" and not _ADDRESS.match(value):
        raise ValueError(f"no address of a page: {value}")
    return name, value


def link(address: str, *children: Child, **attributes: str | int | None) -> Element:
    """Return a link, or a plain span where the address is not that of a page: rule packs may come from anywhere."""
    if _ADDRESS.match(visible(address)):
        return element("a", *children, href=address, **attributes)
    return element("span", *children, **attributes)


def prose(text: str) -> list[Child]:
    """Return a text on one line, in which no day is broken at its hyphens."""
    parts = _DAY.split(one_line(text))
    return [element("span", part, class_="day") if odd % 2 else part for odd, part in enumerate(parts)]


def inline(name: str, text: str) -> Element:
    """Return the element ``script`` or ``style`` with a text of policylint's own.

    Raises:
        ValueError: The text could end the element.

    """
    if "</" in text or "<!--" in text:
        raise ValueError(f"the {name} would end too early")
    made = Element(name)
    made.text = text
    return made


def document(head: Iterable[Element], body: Iterable[Child], language: str) -> str:
    """Return a page in a language, which is named by its code."""
    root = element("html", element("head", *head), element("body", *body), lang=language)
    text: str = tostring(root, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{text}\n"
