"""The four hooks of policylint. Plugins contribute things, never steps.

A plugin is an installed Python package with an entry point in the group ``policylint`` that names a module or object
with functions marked by ``hookimpl``. Each hook is called once, without arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from policylint.extensions import Adapter, Candidate, Reporter
    from policylint.model.rule import Operator

PROJECT = "policylint"
HOOKS = ("policylint_rule_packs", "policylint_adapters", "policylint_operators", "policylint_reporters")
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def policylint_rule_packs() -> Iterable[Path]:  # type: ignore[empty-body]
    """Give folders that each hold one rule pack (``pack.yaml`` and its rules); the folder's name is the pack's."""


@hookspec
def policylint_adapters() -> Iterable[Adapter | Candidate]:  # type: ignore[empty-body]
    """Give adapters for further file formats; as candidates, they are imported only when a text may need them."""


@hookspec
def policylint_operators() -> Mapping[str, Operator]:  # type: ignore[empty-body]
    """Give operators of the rule language, by name."""


@hookspec
def policylint_reporters() -> Mapping[str, Reporter]:  # type: ignore[empty-body]
    """Give reporters, by the name that ``--format`` takes."""
