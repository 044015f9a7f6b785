"""A text that cannot be parsed → how surely it was meant to be a campaign file."""

from __future__ import annotations

import re


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
    small = text.lower()
    return any(
        any(word in small for word in words) and first.search(text) and second.search(text)
        for words, first, second in _FORMATS
    )


def speaks_of_campaigns(text: str) -> bool:
    """Tell whether a text that is no template speaks of messages to many: then it is told that it cannot be read."""
    return _TEMPLATE.search(text) is None and _WORDS.search(text.lower()) is not None
