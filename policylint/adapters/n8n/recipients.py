"""A send → whom it is for, as far as the workflow writes it down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policylint.adapters.n8n.carriers import set_value
from policylint.adapters.n8n.texts import Text

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Workflow
    from policylint.adapters.n8n.sends import Send

_ONE_FIELD = re.compile(
    r"""\{\{\s*(?:\$json|\$\(\s*["'](?P<node>[^"']+)["']\s*\)[\w.()]*?\.json|\$node\[\s*["'](?P<old>[^"']+)["']\s*\]\.json)"""
    r"""(?:\.(?P<name>\w+)|\[["'](?P<key>[^"']+)["']\])\s*\}\}"""
)
# Variables of the instance stay the same from run to run.
_VARIABLE = re.compile(r"\{\{\s*\$(?:env|vars)\.\w+\s*\}\}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a send is for."""

    text: str
    """The expression, and the one behind its field where a Set node gives that."""
    fixed: str | None
    """The address or addresses, where the workflow or a variable names them; a variable stands for one."""

    @property
    def count(self) -> int:
        """The number of fixed addresses."""
        return len([part for part in re.split(r"[,;|\n]+", self.fixed or "") if part.strip()])

    @property
    def is_placeholder(self) -> bool:
        """Tell whether the fixed address is yet to be filled in, as in examples."""
        return self.fixed is not None and re.search(r"\d{5}|@|\$", self.fixed) is None

    @property
    def is_group(self) -> bool:
        """Tell whether it is a group chat."""
        return "@g.us" in (self.fixed or "")


def recipient_of(send: Send, workflow: Workflow) -> Recipient:
    """Return whom a send is for."""
    if send.recipient is None:
        return Recipient("", None)
    fixed = _fixed(send.recipient)
    behind = _behind(send, workflow) if fixed is None else None
    if behind is None:
        return Recipient(send.recipient.value, fixed)
    return Recipient(f"{send.recipient.value}\n{behind.value}", _fixed(behind))


def _fixed(text: Text) -> str | None:
    return text.value if _VARIABLE.fullmatch(text.value.strip()) else text.literal


def _behind(send: Send, workflow: Workflow) -> Text | None:
    """Return what the nearest Set node gives the field that the recipient is taken from."""
    match = _ONE_FIELD.fullmatch(send.recipient.value.strip()) if send.recipient else None
    if match is None:
        return None
    named = workflow.named(match.group("node") or match.group("old"))
    sources: Sequence[object] = ()
    field = match.group("name") or match.group("key")
    nodes = [named] if named else workflow.nearest(send.node)
    sources = [value for node in nodes if node.kind == "set" and (value := set_value(node, field)) is not None][:1]
    value = sources[0] if sources else None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return Text(str(value).removeprefix("="), ())
