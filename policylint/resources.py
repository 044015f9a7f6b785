"""Where the rules, schemas and languages that come with policylint are; the one place that knows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
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


def policylint_rule_packs() -> Iterable[Path]:
    """Give every folder of ``rules/`` that holds a pack."""
    folder = rules_folder()
    return [folder / name for name in sorted(os.listdir(folder)) if os.path.exists(f"{folder}/{name}/pack.yaml")]  # noqa: PTH110, PTH208  # a fifth of the time


_SCHEMA = ".schema.json"


def schema_names() -> list[str]:
    """Return the names of the JSON Schemas that come with policylint."""
    return sorted(name.removesuffix(_SCHEMA) for name in os.listdir(_folder("schemas")) if name.endswith(_SCHEMA))  # noqa: PTH208


def schema_text(name: str) -> str:
    """Return the JSON Schema ``schemas/<name>.schema.json`` as it is written."""
    return (_folder("schemas") / f"{name}{_SCHEMA}").read_text(encoding="utf-8")


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a name."""
    loaded: dict[str, Any] = json.loads(schema_text(name))
    return loaded
