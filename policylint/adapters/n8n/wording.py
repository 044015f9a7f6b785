"""A send whose text is one expression → where the words come from: a language model, or the rows of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.adapters.n8n.carriers import set_value
from policylint.adapters.n8n.tables import is_table, reads_rows
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.sends import Send

_FIELD = re.compile(
    r"""(?:\$json|\$\(\s*["'](?P<node>[^"']+)["']\s*\)[\w.()]*?\.json|\$node\[\s*["'](?P<old>[^"']+)["']\s*\]\.json)"""
    r"""(?:\.(?P<name>\w+)|\[\s*["'](?P<key>[^"']+)["']\s*\])"""
)
_MODELS = frozenset(
    [
        *("agent", "chainllm", "openai", "openaiassistant", "googlegemini", "anthropic", "ollama", "mistralai"),
        *("perplexity", "deepseek", "chainsummarization", "informationextractor"),
    ]
)
# What hands its items on as they are.
_PASSES_ON = frozenset(
    [
        *("if", "filter", "switch", "merge", "splitinbatches", "limit", "wait", "noop", "sort", "removeduplicates"),
        *("aggregate", "splitout", "itemlists", "set"),
    ]
)
_STEPS = 4
"""How many Set nodes a field is followed through."""


def text_from(send: Send, workflow: Workflow) -> str | None:
    """Return ``model`` or ``table`` where the whole text of a send surely comes from there, else None."""
    if send.body is None or send.body.code or not isinstance(send.body.readable, Unknown):
        return None
    written, node = send.body.value, send.node
    for _ in range(_STEPS):
        reference = _FIELD.search(written)
        if reference is None:
            return None
        named = workflow.named(reference["node"] or reference["old"])
        giver, value = _giver([named] if named else workflow.nearest(node), reference["name"] or reference["key"])
        if giver is None or value is None:
            return _kind_of(giver)
        written, node = value, giver
    return None


def _giver(nodes: Iterable[Node], field: str) -> tuple[Node | None, str | None]:
    """Return the first node that gives a field, and the expression where it is a Set node."""
    for node in nodes:
        value = set_value(node, field) if node.kind == "set" else None
        if isinstance(value, str):
            return node, value
        if node.kind not in _PASSES_ON and not (is_table(node) and not reads_rows(node) and not node.is_trigger):
            return node, None
    return None, None


def _kind_of(giver: Node | None) -> str | None:
    if giver is None or giver.disabled:
        return None
    if giver.kind in _MODELS:
        return "model"
    return "table" if is_table(giver) else None
