"""Bytes → documents: YAML 1.2, JSON (with comments), ``.env`` and manifests, each value with its exact place."""

from __future__ import annotations

import re

from policylint.model.limits import DEFAULTS, Limits
from policylint.model.phrase import phrase
from policylint.model.source import Problem, SourceFile
from policylint.parse.positions import Lines

# UTF-32 first: its little-endian mark begins like that of UTF-16.
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
# Prose, TOML, Liquid and Handlebars begin with brackets too: `[Sale] Hi`, `[table]`, `{a}`, `{{ a }}`, `{% if %}`.
_BEGINS_AS_JSON = (
    r"""\s*(?:\{\s*(?:["}]|/[/*])"""
    r"""|\[\s*(?:["\[\]]|\{(?![{%])|-?\d[\d.eE+-]*\s*[,\]]|(?:true|false|null)\s*[,\]]|/[/*]))"""
)
# A text with places to fill in may be that of a message, which tools keep in a file of its own.
_TEMPLATE_SIGNS = ("{{", "{%")
_ENV_EXAMPLES = frozenset(["env.example", "env.sample", "env.template", "env.dist"])


def parse(path: str, raw: bytes, limits: Limits = DEFAULTS) -> SourceFile:
    """Parse a file by its name and content.

    Args:
        path: As it will be shown; its ending chooses the syntax, and where it says none, how the text begins.
        raw: The file's bytes: UTF-8, or UTF-16/32 with a byte order mark.
        limits: How much of it is read.

    Returns:
        The documents in order, and a problem for each part that could not be read. Never raises for bad input.

    """
    try:
        text = decode(raw)
    except UnicodeDecodeError as error:
        text = text_of(raw)
        at = len(error.object[: error.start].decode(error.encoding))
        encoding = "-".join(error.encoding.upper().split("-")[:2])
        byte = f"{error.object[error.start]:#04x}"
        said = "{path} is not {encoding} text: byte {byte} cannot be read"
        message, hint = phrase(said, path=path, encoding=encoding, byte=byte), phrase("save the file as UTF-8")
        problem = Problem("syntax", message, Lines(text).region(at, at), hint=hint)
        return SourceFile(path, text, (), (problem,))
    return parse_text(path, text, limits)


def decode(raw: bytes) -> str:
    """Return the text without its byte order mark; UnicodeDecodeError where it is no text."""
    mark, encoding = byte_order_mark(raw)
    return raw[len(mark) :].decode(encoding)


def byte_order_mark(raw: bytes) -> tuple[bytes, str]:
    """Return the byte order mark of a file, empty where it has none, and its encoding."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return mark, encoding
    return b"", "utf-8"


def text_of(raw: bytes) -> str:
    """Return the text without its byte order mark, with what cannot be read replaced."""
    try:
        return decode(raw)
    except UnicodeDecodeError as error:
        return error.object.decode(error.encoding, "replace")


def parse_text(path: str, text: str, limits: Limits = DEFAULTS) -> SourceFile:
    """Parse text that was decoded before; see ``parse``."""
    dialect = dialect_of(path, text)
    # A run that meets one syntax only pays for importing that one.
    if dialect == "json":
        from policylint.parse.json import parse_json

        return parse_json(path, text, limits)
    if dialect == "yaml":
        from policylint.parse.yaml import parse_yaml

        return parse_yaml(path, text, limits)
    if dialect == "toml":
        from policylint.parse.toml import parse_manifest

        return parse_manifest(path, text, limits)
    if dialect is not None:
        from policylint.parse.lines import parse_lines

        return parse_lines(path, text, dialect, limits)
    if any(sign in text for sign in _TEMPLATE_SIGNS):
        from policylint.parse.lines import whole_text

        return SourceFile(path, text, (whole_text(path, text),))
    return SourceFile(path, text, ())


def dialect_of(path: str, text: str) -> str | None:
    """Return ``json``, ``yaml``, ``env``, ``requirements`` or ``go.mod``, or None for a text of no known syntax."""
    name = path.rsplit("/", 1)[-1].lower()
    if name.startswith(".env") or name.endswith(".env") or name in _ENV_EXAMPLES:
        return "env"
    if name.endswith((".json", ".jsonc", ".json5")):
        return "json"
    if name.endswith((".yaml", ".yml")):
        return "yaml"
    if name in ("pyproject.toml", "pipfile"):
        return "toml"
    if name == "go.mod":
        return "go.mod"
    if name.startswith("requirements") and name.endswith(".txt"):
        return "requirements"
    if name.endswith((".txt", ".md", ".toml", ".html", ".liquid")):
        return "json" if re.match(_BEGINS_AS_JSON, text) else None
    return "json" if text.lstrip()[:1] in ("{", "[") else "yaml"
