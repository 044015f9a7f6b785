"""The formats that policylint reads, as a built-in plugin: one module each, imported when a text may need it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

from policylint.extensions import Candidate
from policylint.hookspecs import hookimpl

if TYPE_CHECKING:
    from policylint.extensions import Adapter

# Module → words of which the text of every such document holds one, in small letters.
_FORMATS: dict[str, tuple[str, ...]] = {
    "native": ("campaign",),
    "n8n": ("connections",),
    "meta_templates": ("category", "components", "template"),
    "sending_settings": ("whats", "baileys", "wppconnect"),
}


@cache
def _adapter(module: str) -> Adapter:
    adapter: Adapter = import_module(f"policylint.adapters.{module}").ADAPTER
    return adapter


@hookimpl
def policylint_adapters() -> Iterable[Candidate]:
    """Give the built-in adapters."""
    return [Candidate(module.replace("_", "-"), words, partial(_adapter, module)) for module, words in _FORMATS.items()]
