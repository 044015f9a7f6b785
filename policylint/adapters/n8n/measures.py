"""What stands upstream of a send → measures against detection, and signs of consent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from policylint.adapters.n8n.flow import Found

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.sends import Send

_RANDOM = re.compile(r"random|aleat[oó]ri", re.IGNORECASE)
_TYPING = re.compile(r"send[-_]?(?:chat[-_]?)?presence|start[-_ ]?typing|composing", re.IGNORECASE)
_PICKED = re.compile(r"\[\s*Math\.floor\(\s*Math\.random\(\)\s*\*\s*[\w.]+\.length\s*\)")
_SPINTAX = re.compile(r"(?<!\{)\{[^{}|\n]{1,80}(?:\|[^{}|\n]{1,80})+\}(?!\})")
_WARM_UP = re.compile(r"warm[\s_-]?up|aquecimento|calentamiento", re.IGNORECASE)
_DELAY = re.compile(r"""["']?delay["']?\s*:\s*([^,}\n]*(?:random|\.length)[^,}\n]*)""", re.IGNORECASE)
_OPT_IN = re.compile(r"opt[-_ ]?in\b|consent|einwillig|\bsubscribed\b", re.IGNORECASE)
_OPT_OUT = re.compile(
    r"opt(?:ed)?[-_ ]?out|unsubscri|do[-_ ]?not[-_ ]?(?:contact|message)|black-?list|block-?list|suppress|descadastr",
    re.IGNORECASE,
)
_CODE = frozenset({"code", "function", "functionitem", "set"})
_FILTERS = frozenset({"if", "filter", "switch"})


@dataclass(frozen=True, eq=False)
class Measures:
    """The nodes of a workflow that delay, imitate, vary or filter."""

    workflow: Workflow

    def evasion(self, send: Send) -> Sequence[Found]:
        """Return what only makes sense against detection on an unofficial client, each with what shows it."""
        around = self.workflow.upstream(send.node) | self.workflow.loop(send.node)
        delay = _delay(send.node)
        shown: dict[str, Node | None] = {
            "random_delay": self._first(around & self._random_waits) or _own(send, _RANDOM.search(delay)),
            "typing_simulation": self._first(around & self._typing) or _own(send, ".length" in delay),
            "message_variation": self._first(around & self._varied) or _own(send, _is_spun(send)),
            "warm_up": self._first(around & self._warm_ups),
        }
        return [Found(measure, node.named_at) for measure, node in shown.items() if node is not None]

    def opt_in(self, send: Send) -> Found | None:
        """Return the node that lets only people through who agreed."""
        return self._filter(send, self._opt_ins)

    def opt_out(self, send: Send) -> Found | None:
        """Return the node that leaves out who opted out."""
        return self._filter(send, self._opt_outs)

    def _filter(self, send: Send, chosen: int) -> Found | None:
        node = self._first(self.workflow.upstream(send.node) & chosen)
        return Found(node.name, node.named_at) if node is not None else None

    def _first(self, chosen: int) -> Node | None:
        return self.workflow.first(chosen)

    def _of(self, kinds: frozenset[str], pattern: re.Pattern[str]) -> int:
        nodes = (node for node in self.workflow.nodes if node.kind in kinds and not node.disabled)
        return self.workflow.set_of(node for node in nodes if pattern.search(f"{node.name}\n{node.text}"))

    @cached_property
    def _varied(self) -> int:
        return self._of(_CODE, _PICKED)

    @cached_property
    def _warm_ups(self) -> int:
        return self._of(_CODE, _WARM_UP)

    @cached_property
    def _opt_ins(self) -> int:
        return self._of(_FILTERS, _OPT_IN)

    @cached_property
    def _opt_outs(self) -> int:
        return self._of(_FILTERS, _OPT_OUT)

    @cached_property
    def _typing(self) -> int:
        return self.workflow.set_of(node for node in self.workflow.nodes if not node.disabled and _is_typing(node))

    @cached_property
    def _random_waits(self) -> int:
        waits = (node for node in self.workflow.nodes if node.kind == "wait" and not node.disabled)
        return self.workflow.set_of(node for node in waits if any(_RANDOM.search(one) for one in self._amounts(node)))

    def _amounts(self, wait: Node) -> Iterator[str]:
        """Yield the texts that decide how long a node waits: its own, and the code that makes the field."""
        amount = str(wait.get("amount") or "")
        yield amount
        field = re.search(r"json\W+(\w+)\W*\}\}", amount)
        for node in self.workflow.nearest(wait, 6) if field else ():
            if node.kind in _CODE and field and field.group(1) in node.text:
                yield node.text


def _own(send: Send, holds: object) -> Node | None:
    return send.node if holds else None


def _is_spun(send: Send) -> bool:
    return send.body is not None and not send.body.code and bool(_SPINTAX.search(send.body.value))


def _is_typing(node: Node) -> bool:
    if node.is_core and node.kind != "httprequest":
        return False
    return bool(_TYPING.search(f"{node.get('operation')} {node.get('url')}"))


def _delay(node: Node) -> str:
    """Return the expression by which a send is delayed, or the empty text."""
    for path in (("options_message", "delay"), ("delay",), ("options", "delay")):
        value = node.get(*path)
        if isinstance(value, str) and value.startswith("="):
            return value
    found = _DELAY.search(node.text)
    return found.group(1) if found else ""
