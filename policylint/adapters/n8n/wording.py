"""A send whose text is one expression → where the words come from: a language model, or the rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.n8n.fields import giver
from policylint.adapters.n8n.tables import is_table
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.sends import Send

_MODELS = frozenset(
    [
        *("agent", "chainllm", "openai", "openaiassistant", "googlegemini", "anthropic", "ollama", "mistralai"),
        *("perplexity", "deepseek", "chainsummarization", "informationextractor"),
    ]
)


def text_from(send: Send, workflow: Workflow) -> str | None:
    """Return ``model`` or ``table`` where the whole text of a send surely comes from there, else None."""
    if send.body is None or send.body.code or not isinstance(send.body.readable, Unknown):
        return None
    given = giver(send.body.value, send.node, workflow)
    return _kind_of(given.node) if given is not None and given.written is None else None


def _kind_of(giver: Node | None) -> str | None:
    if giver is None or giver.disabled:
        return None
    if giver.kind in _MODELS:
        return "model"
    return "table" if is_table(giver) else None
