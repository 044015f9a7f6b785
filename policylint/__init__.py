"""Policy as code for messaging campaigns.

``lint`` checks files and returns a report; ``Operator`` and ``hookimpl`` are for plugins. Names are imported when they
are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policylint.api import lint
    from policylint.hookspecs import hookimpl
    from policylint.model.finding import Finding, Report
    from policylint.model.rule import Operator, Severity

__version__ = "0.1.0"
__all__ = ["Finding", "Operator", "Report", "Severity", "__version__", "hookimpl", "lint"]

_HOMES = {
    "Finding": "policylint.model.finding",
    "Operator": "policylint.model.rule",
    "Report": "policylint.model.finding",
    "Severity": "policylint.model.rule",
    "hookimpl": "policylint.hookspecs",
    "lint": "policylint.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'policylint' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
