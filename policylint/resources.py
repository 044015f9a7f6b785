"""Where the rules, schemas and languages that come with policylint are; the one place that knows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parent


@cache
def _folder(name: str) -> Path:
    """Return a folder of the wheel (``policylint/_rules``) or of the checkout around this module (``rules``)."""
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


def rules_folder() -> Path:
    """Return the folder that holds one folder for each rule pack."""
    return _folder("rules")


def languages_folder() -> Path:
    """Return the folder that holds what the tool says in other languages."""
    return _PACKAGE / "languages"


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema ``schemas/<name>.schema.json``."""
    text = (_folder("schemas") / f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
