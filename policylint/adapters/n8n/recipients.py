"""A send → whom it is for, as far as the workflow writes it down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policylint.adapters.n8n.fields import REFERENCE, Given, giver
from policylint.adapters.n8n.texts import Text

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Workflow
    from policylint.adapters.n8n.sends import Send

_ONE_FIELD = re.compile(rf"\{{\{{\s*{REFERENCE.pattern}\s*\}}\}}")
# Variables of the instance stay the same from run to run, and so does an expression of nothing else.
_VARIABLE = re.compile(r"\{\{(?=[^{}]*\$(?:env|vars)\b)(?:(?!\$(?!env\b|vars\b))[^{}])*\}\}")
# Names of the sender's own people; an agent may be a model, so it counts beside an address only.
_STAFF = re.compile(
    r"(?<![a-z])(?:managers?|gerentes?|gestor(?:es)?|admins?|administra[dt]or|staff|equipe|equipo|(?:support_)?team|supervisor"
    r"|encargad[oa]|jefe|chefe|boss|atendentes?|vendedor(?:es|a)?|sales_?(?:rep|person|team)|call_?center"
    r"|(?:human_?)?agent_?(?:phone|number|whatsapp|jid|contact|tel|numero))(?![a-z])"
)
_NODE_NAMES = re.compile(r"""\$(?:node|items)?[\[(]\s*["'][^"']*["']""")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a send is for."""

    text: str
    """The expression, and the one behind its field where a Set node gives that."""
    fixed: str | None
    """The address or addresses, where the workflow or a variable names them; a variable stands for one."""
    given: Given | None = None
    """The node that gives the address, where an expression refers to a field."""

    @property
    def count(self) -> int:
        """The number of fixed addresses."""
        written = _VARIABLE.sub("1", self.fixed or "")
        return len([part for part in re.split(r"[,;|\n]+", written) if part.strip()])

    @property
    def is_placeholder(self) -> bool:
        """Tell whether the fixed address is yet to be filled in, as in examples."""
        return self.fixed is not None and re.search(r"\d{5}|@|\$", self.fixed) is None

    @property
    def is_staff(self) -> bool:
        """Tell whether the fields, or the gap to fill in, are named after the sender's own people."""
        fields = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _NODE_NAMES.sub("", self.text))
        return (self.fixed is None or self.is_placeholder) and _STAFF.search(fields.lower()) is not None

    @property
    def is_group(self) -> bool:
        """Tell whether it is a group chat."""
        return "@g.us" in (self.fixed or "")

    @property
    def is_channel(self) -> bool:
        """Tell whether it is a WhatsApp Channel or the status, which all who follow the sender see."""
        return re.search(r"@(?:newsletter|broadcast)\b", self.fixed or "") is not None


def recipient_of(send: Send, workflow: Workflow) -> Recipient:
    """Return whom a send is for."""
    if send.recipient is None:
        return Recipient("", None)
    written = send.recipient
    fixed = _fixed(written)
    if fixed is not None:
        return Recipient(written.value, fixed)
    given = giver(written.value, send.node, workflow)
    behind = _behind(written, given)
    if behind is None:
        return Recipient(written.value, None, given)
    return Recipient(f"{written.value}\n{behind.value}", _fixed(behind), given)


def _fixed(text: Text) -> str | None:
    return text.value if _VARIABLE.fullmatch(text.value.strip()) else text.literal


def _behind(written: Text, given: Given | None) -> Text | None:
    """Return what a Set node or the code of a node gives the field that the recipient is taken from."""
    if given is None or given.written is None or _ONE_FIELD.fullmatch(written.value.strip()) is None:
        return None
    return Text(given.written.removeprefix("="), ())
