"""The formats that policylint reads, as a built-in plugin: one module each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from policylint.adapters import meta_templates, n8n, native, sending_settings
from policylint.hookspecs import hookimpl

if TYPE_CHECKING:
    from policylint.extensions import Adapter


@hookimpl
def policylint_adapters() -> Iterable[Adapter]:
    """Give the built-in adapters."""
    return [native.ADAPTER, n8n.ADAPTER, meta_templates.ADAPTER, sending_settings.ADAPTER]
