"""A piece of a source text → where passwords, keys and tokens stand in it, so that no report repeats them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policylint.model.phrase import Phrase

# Only looked at: what stands in a value is looked at as well, such as a header in a command.
_VALUE = r"(?=(?P<value>\"(?:\\.|[^\"\\\n\r])*\"?|'[^'\n\r]*'?|{bare}))"
# In YAML and JSON a bare value ends at a comma; in `.env` and in addresses before a comment, at & or at a quote.
_BARE = _VALUE.format(bare=r"[^\s,{}\[\]\"'][^\n\r,{}\[\]\"']*")
# A name begins where no other does: else each letter of a long word would be tried as the first of one.
_NAME = r"(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{0,80})"
_ASSIGNED = re.compile(
    _NAME + r"[\"']?[ \t]*=[ \t]*" + _VALUE.format(bare=r"(?!#)[^\s&\"'`,;)]+(?:[ \t]+(?!#)[^\s&\"'`,;)]+)*")
)
_MAPPED = re.compile(_NAME + r"[\"']?[ \t]*:[ \t]+" + _BARE)
_JSON_TIGHT = re.compile(r"[\"']" + _NAME + r"[\"']:" + _BARE)
_NAMED = re.compile(
    r"\bname[\"']?\s*[:=]\s*[\"']?(?P<name>[\w.-]{1,80})[\"']?\s*,?\s*[\"']?value[\"']?\s*[:=]\s*" + _BARE
)
# What shows by itself that it is secret: tokens of known shapes, and places in addresses.
_SHAPES = re.compile(
    r"://[^/\s:@\"']*:(?P<login>[^/\s\"']+)@|\b(?:Bearer|Basic)\s+(?P<bearer>[\w.~+/=-]{8,})"
    r"|\s(?:-u|--user)[\s=]+[\"']?[^\s:\"']+:(?P<user>[^\s\"'\\]+)|/token/(?P<path>[\w-]{8,})|/bot(?P<bot>\d{6,}:[\w-]{20,})|/waInstance\d+/\w+/(?P<instance>\w{16,})"
    r"|(?P<token>\bEAA[A-Za-z0-9]{20,}|\bsk-[\w-]{16,}|\bgh[pousr]_\w{20,}|\bxox[abposr]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}"
    r"|\beyJ[\w-]{10,}\.[\w.-]{10,})"
)
_REFERENCE = re.compile(r"=?\s*(?:\$\{?\w+\}?|\$\{\{.*\}\}|\{\{.*\}\}|<[^>]*>|process\.env\.\w+)\s*\Z")
_HARMLESS = re.compile(r"(?:true|false|null|none|yes|no|\d{1,5})?\Z", re.IGNORECASE)

_RUN = re.compile(r"[A-Za-z0-9-]{12,}")
_CHANGE = re.compile(r"[A-Za-z](?=-?\d)|\d(?=-?[A-Za-z])")
_CHANGES = 3
_LOOK_AHEAD = 400


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SECRET = _set(
    "password passwd pwd passphrase secret secrets credential credentials senha contrasena kennwort passwort apikey"
    " authkey accesskey secretkey privatekey authorization cookie dsn"
)
_LAST = _set("token key pass jwt pat bearer")
_OF_KEYS = _set(
    "api access private secret auth encryption service signing master anon admin webhook client server instance"
    " account app application license security role function session storage"
)
_NO_SECRET = _set("file path policy length min max name field type url uri expires expiry ttl timeout")


def without_secrets(text: str) -> str:
    """Return a text with a ``*`` for every character that is secret; a phrase stays one where that hides all."""
    shown = list(text)
    for start, end in secret_spans(text):
        shown[start:end] = "*" * (end - start)
    masked = "".join(shown)
    if masked == text:
        return text
    return _masked_phrase(text, masked) if isinstance(text, Phrase) else masked


def _masked_phrase(text: Phrase, masked: str) -> str:
    """Return a phrase with its values masked, or the text alone where that would not hide all of it."""
    values = {name: without_secrets(one) if isinstance(one, str) else one for name, one in text.values.items()}
    hides_all = text.pattern.format(**values) == masked
    return Phrase(masked, text.pattern, values) if hides_all else masked


def value_without_secrets(field: str, shown: str) -> str:
    """Return what a field holds without what is secret in it, or all of it where the field's name says so."""
    name = field.rpartition(".")[2]
    masked = without_secrets(f"{name}: {shown}")[len(name) + 2 :]
    return shown if masked == shown else masked


def secret_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of what must not be shown, without quotes; they may overlap."""
    for pattern in (_ASSIGNED, _MAPPED, _JSON_TIGHT, _NAMED):
        for match in pattern.finditer(text):
            if is_secret_name(match["name"]):
                yield from _shown_value(text, *match.span("value"))
            if match["name"].isupper():  # an environment variable, and what is noted beside it
                yield from _drawn_by_lot(text, match.start("value"))
    for match in _SHAPES.finditer(text):
        group = match.lastgroup or ""
        if not _REFERENCE.match(match[group]):
            yield match.span(group)


def _shown_value(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if text[start] in "\"'":
        end = end - 1 if end - start > 1 and text[end - 1] == text[start] else end
        start += 1
    value = text[start:end]
    if not _HARMLESS.match(value.strip()) and not _REFERENCE.match(value):
        yield start, start + len(value.rstrip())


def _drawn_by_lot(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of what no person chose, to the end of a line: letters and digits that change places often."""
    end = text.find("\n", start, start + _LOOK_AHEAD)
    for run in _RUN.finditer(text, start, end if end >= 0 else start + _LOOK_AHEAD):
        if len(_CHANGE.findall(run.group())) >= _CHANGES:
            yield run.span()


def is_secret_name(name: str) -> bool:
    """Tell whether a name says that its value is secret."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    if not words or words[-1] in _NO_SECRET:
        return False
    if not _SECRET.isdisjoint(words):
        return True
    if words[-1] not in _LAST:
        return False
    return words[-1] != "key" or name.isupper() or not _OF_KEYS.isdisjoint(words[:-1])
