"""Values → how YAML and JSON write them, in the style that is asked for where it can hold them."""

from __future__ import annotations

import json
import re
from typing import Any

from policylint.parse.yaml import scalar_value, yaml_1_1_meaning

_SIGNS_AT_START = "-?:,[]{}#&*!|>'\"%@`~=<"
# Beside what YAML 1.2 forbids in plain scalars, what no reader should have to think about.
_NOT_PLAIN = re.compile(r": |:\Z| #|[\t\r\n\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]|\A\s|\s\Z")
_NOT_PLAIN_IN_FLOW = re.compile(r"[,\[\]{}]")
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_WORDS_11 = re.compile(r"[0-9.+][0-9_,.:eE+-]*\Z")


def written(value: Any, dialect: str, style: str = "", *, flow: bool = True, ascii_only: bool = False) -> str:
    """Return a value on one line.

    Args:
        value: Plain data.
        dialect: ``yaml`` or ``json``.
        style: The sign that strings begin with, where it can hold them; empty for plain ones.
        flow: Whether it stands within brackets.
        ascii_only: Write letters beyond ASCII as escapes.

    """
    if isinstance(value, str):
        if dialect == "json":
            return _single_json(value) if style == "'" else json.dumps(value, ensure_ascii=ascii_only)
        return _yaml_text(value, style, flow=flow, ascii_only=ascii_only)
    if isinstance(value, (dict, list)):
        inner = [written(item, dialect, style, ascii_only=ascii_only) for item in value]
        if isinstance(value, list):
            return f"[{', '.join(inner)}]"
        values = (written(item, dialect, style, ascii_only=ascii_only) for item in value.values())
        keys = inner if dialect == "json" else [_yaml_text(key, "", flow=True, ascii_only=False) for key in value]
        return f"{{{', '.join(f'{key}: {item}' for key, item in zip(keys, values, strict=True))}}}"
    return json.dumps(value)


def is_plain(text: str, *, flow: bool) -> bool:
    """Tell whether YAML 1.2 and 1.1 read a text without quotes as that text."""
    if not text or text[0] in _SIGNS_AT_START or _NOT_PLAIN.search(text) or text in ("---", "..."):
        return False
    if flow and _NOT_PLAIN_IN_FLOW.search(text):
        return False
    return scalar_value(text) == text and yaml_1_1_meaning(text) is None and not _WORDS_11.match(text)


def _yaml_text(text: str, style: str, *, flow: bool, ascii_only: bool) -> str:
    if style == "" and is_plain(text, flow=flow):
        return text
    printable = not re.search(r"[\x00-\x1f]", text) and not _TO_ESCAPE.search(text)
    if style != '"' and printable and ("'" not in text or style == "'"):
        return "'" + text.replace("'", "''") + "'"
    quoted = json.dumps(text, ensure_ascii=ascii_only)
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def _single_json(text: str) -> str:
    inner = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"


def block_lines(value: Any, style: str, step: int) -> list[str]:
    """Return a value as the lines of a YAML block: mappings line by line, all else on one line.

    Args:
        value: Plain data.
        style: Of strings; see ``written``.
        step: Columns by which what is in a mapping stands further right.

    """
    if not isinstance(value, dict) or not value:
        return [written(value, "yaml", style, flow=isinstance(value, (dict, list)))]
    lines = []
    for key, item in value.items():
        name = _yaml_text(key, "", flow=False, ascii_only=False)
        inner = block_lines(item, style, step)
        if isinstance(item, dict) and item:
            lines += [f"{name}:", *(" " * step + line for line in inner)]
        else:
            lines.append(f"{name}: {inner[0]}")
    return lines
