"""Elements whose texts are visible (see ``display``, which escapes all that XML forbids) → an XML document."""

from __future__ import annotations

from xml.etree.ElementTree import Element, indent, tostring


def xml_text(root: Element) -> str:
    """Return the document."""
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'
