"""A workflow that sends to a list → whether it is silent on who opted out, though all that chooses is readable.

A workflow has no place for consent, but it has one for the look at it: a condition, a filter of a table, a query, a
column, code. Where none of them can be such a look, and nothing else in the workflow speaks of it, that is a fact about
the workflow. Whether the list is kept clean elsewhere stays open, so findings that rest on it are warnings at most.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from policylint.adapters.n8n.tables import is_table, reads_rows
from policylint.model.phrase import phrase
from policylint.model.rule import Severity

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.sends import Send

CAP = (
    Severity.WARNING,
    phrase("nothing in the workflow looks at opt-outs, but the list may be kept clean where it is stored"),
)

# Consent and its end, anywhere in a workflow, notes and texts of messages included.
_SPEAKS_OF_IT = re.compile(
    r"opt(?:s|ed)?[-_ ]?(?:in|out)\b|consent|consenso|einwillig|zustimmung|persetujuan|autoriza[cç]"
    r"|inscri[tpçv]|iscri[tz]"
    r"|unsubscri|subscrib(?:ed|er)|desuscri|suscri(?:ptor|to)|abonn|berhenti|langganan|abmeld|abbestell|widerspr"
    r"|(?:black|block|deny|exclu\w*|stop|suppress\w*|ignore)[-_ ]?list|suppress|descadastr|lista[-_ ]?negra"
    r"|do(?:n'?t|[-_ ]?not)[-_ ]?(?:contact|send|disturb|message|text|call|e?-?mail|whatsapp|notify)|\bDN[CD]\b"
    r"|\b(?:STOPP?|BAJA|SAIR|PARAR|SALIR)\b"
    r"|\bdar(?:se)?[-_ ]de[-_ ]baja|gdpr|dsgvo|rgpd|lgpd|popia"
    r"|accepts?[-_ ]?(?:marketing|messages|whatsapp|sms)|aceita|acept[aoó]|preferenc"
    r"|(?:marketing|whatsapp|wa|sms|e?mail|messages?|contact)[-_ ]?(?:allowed|permission|permitted|enabled|active)"
    r"|(?:allow|permit|may[-_]|can[-_])[-_ ]?(?:marketing|whatsapp|sms|e?mail|messag|contact|notif)",
    re.IGNORECASE,
)
# Each text in which the pattern finds something holds one of these, which are found many times faster.
_STEMS = (
    *("opt-", "opt_", "opt in", "opt out", "optin", "optout", "opted", "opts", "consen", "einwillig", "zustimmung"),
    *("persetujuan", "autoriza", "inscri", "iscri", "subscri", "suscri", "abonn", "berhenti", "langganan", "abmeld"),
    *("abbestell", "widerspr", "black", "block", "deny", "exclu", "stop", "suppress", "ignore", "descadastr", "negra"),
    *("do-not", "do_not", "do not", "donot", "don't", "dont", "dnd", "dnc", "baja", "sair", "parar", "salir", "gdpr"),
    *(
        "dsgvo",
        "rgpd",
        "lgpd",
        "popia",
        "accept",
        "aceita",
        "acept",
        "preferenc",
        "allow",
        "permi",
        "enabled",
        "active",
    ),
    *("may-", "may_", "can-", "can_"),
)
_LETTER_CASE_TELLS = re.compile(r"\b(?:stopp?|baja|sair|parar|salir|dn[cd])\b", re.IGNORECASE)
# What may stand for it in a condition, a query or code.
_MAY_CHECK_IT = re.compile(
    r"\b(?:is_?)?(?:in)?activ[eo]s?\b|\bativ[oa]\b|aktiv|\b(?:en|dis)abled\b|\bblocked\b|bloque|eligib|allow|approv"
    r"|permi[ts]|\bagree|\baccepts?\b|exclu|\bmute|\bpaused\b|\bbounce",
    re.IGNORECASE,
)
_STEMS_OF_CHECKS = (
    *("active", "activo", "ativ", "aktiv", "abled", "blocked", "bloque", "eligib", "allow", "approv", "permi", "agree"),
    *("accept", "exclu", "mute", "paused", "bounce"),
)
# Tables that something else has filled with those who are to be written to.
_CHOSEN_BEFORE = re.compile(
    r"eligib|queue|\bfila\b|\bcola\b|outbox|segment|audience|target|approved|recipient_?view", re.IGNORECASE
)
# Who has an appointment, an order or a bill is in no list of contacts that people are taken off.
_DUE_TO_THEM = re.compile(
    r"appointment|\bappts?\b|agend|consulta|\bcitas?\b|turno|termin|booking|reserv|meeting|order|pedido|invoice|rechnung"
    r"|factura|fatura|boleto|\bbills?\b|payment|\bpagos?\b|pagamento|cobran|zahlung|\b(?:over)?due\b|vencim|\bfees?\b"
    r"|ship(?:ment|ping)|deliver|entrega|versand|liefer|tracking|\botp\b|reminder|lembrete|recordatorio|erinnerung|pengingat",
    re.IGNORECASE,
)
_CHOOSING_QUERY = re.compile(r"\bnot\s+(?:in|exists)\b|\bexcept\b|\banti\b|\bfrom\s+[\w.\"]+\s*\(", re.IGNORECASE)
_CHOOSING_CODE = re.compile(
    r"\bnew\s+Set\b|\.has\s*\(|\.some\s*\(|![\w.$\[\]'\"()]+\.includes\s*\(|\bnot\s+in\b|indexOf\s*\("
)
# Tables whose rows come as they are stored, and lists that are posted; mailing services and contact managers leave
# people out by themselves.
_PLAIN_TABLES = frozenset(
    [
        *(
            "googlesheets",
            "microsoftexcel",
            "airtable",
            "baserow",
            "nocodb",
            "notion",
            "datatable",
            "seatable",
            "grist",
        ),
        *("postgres", "mysql", "microsoftsql", "mongodb", "supabase", "snowflake", "googlebigquery", "questdb"),
        *(
            "timescaledb",
            "cratedb",
            "shopify",
            "woocommerce",
            "stripe",
            "magento2",
            "spreadsheetfile",
            "extractfromfile",
            "webhook",
        ),
    ]
)
_DECIDES = frozenset(["if", "filter", "switch", "code", "function", "functionitem"])
_COMPARES = frozenset(["comparedatasets"])
_OPAQUE = frozenset(["executeworkflow", "toolworkflow", "executecommand", "ssh", "n8n", "graphql"])
# Without parameters these do all that they do.
_PLAIN_STEPS = frozenset(
    [
        *("splitinbatches", "noop", "wait", "limit", "merge", "aggregate", "splitout", "itemlists", "start", "cron"),
        *("removeduplicates", "respondtowebhook", "stopanderror", "stickynote", "interval", "movebinarydata"),
    ]
)
_CHANNELS = frozenset(["whatsapp", "sms", "email", "rcs", "viber", "telegram", "line", "messenger"])


class Silence:
    """The nodes of a workflow that choose recipients, asked whether one can look at who opted out."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow

    def holds(self, send: Send) -> bool:
        """Tell whether the recipients come from a table and surely nothing on the way looks at who opted out."""
        # A request has its recipient in a body that may be made before it.
        has_recipient = send.recipient is not None or send.node.get("url") is not None
        if send.channel not in _CHANNELS or not has_recipient or self.is_broken:
            return False
        table = next((node for node in self.workflow.nearest(send.node) if _hands_on(node)), None)
        if table is None or table.kind.removesuffix("trigger") not in _PLAIN_TABLES:
            return False
        template = send.template.value if send.template else ""
        if _DUE_TO_THEM.search("\n".join([self.workflow.name, send.node.name, template, table.name, table.text])):
            return False
        return not (self.workflow.upstream(send.node) | self.workflow.loop(send.node)) & self._unclear

    @cached_property
    def is_broken(self) -> bool:
        """Tell whether anything in the workflow speaks of consent or of its end."""
        texts = [self.workflow.name]
        for node in self.workflow.nodes:
            texts += [node.name, node.text]
        return any(_speaks_of_it(text) for text in texts)

    @cached_property
    def _unclear(self) -> int:
        """The nodes that cannot be read, or that may look at who opted out."""
        return self.workflow.set_of(node for node in self.workflow.nodes if not node.disabled and _is_unclear(node))


def _speaks_of_it(text: str) -> bool:
    folded = text.lower()
    if not any(stem in folded for stem in _STEMS):
        return False
    return any(
        _LETTER_CASE_TELLS.fullmatch(found.group()) is None or found.group().isupper()
        for found in _SPEAKS_OF_IT.finditer(text)
    )


def _may_check_it(text: str) -> bool:
    folded = text.lower()
    return any(stem in folded for stem in _STEMS_OF_CHECKS) and _MAY_CHECK_IT.search(text) is not None


def _hands_on(node: Node) -> bool:
    """Tell whether recipients may come from a node: a table, a file, a webhook, a request, a trigger of a table."""
    if node.disabled:
        return False
    if node.kind in ("httprequest", "toolhttprequest"):
        return node.word("method") in ("", "get") and node.word("requestMethod") in ("", "get")
    if node.kind == "webhook":
        return True
    return is_table(node) and (reads_rows(node) or node.is_trigger)


def _is_unclear(node: Node) -> bool:
    if node.is_stripped:
        return not (node.is_trigger or node.kind in _PLAIN_STEPS)
    if node.kind in _OPAQUE or node.kind in _COMPARES:
        return True
    if node.kind == "merge":
        return node.get("joinMode") in ("keepNonMatches", "enrichInput2") or node.get("mode") == "removeKeyMatches"
    if node.kind in ("httprequest", "toolhttprequest"):
        return "{{" in str(node.get("url") or "").split("?")[0][:30]
    if node.kind in _DECIDES:
        return _may_check_it(f"{node.name}\n{node.text}") or _CHOOSING_CODE.search(node.text) is not None
    return reads_rows(node) and _may_leave_out(node)


def _may_leave_out(node: Node) -> bool:
    query = node.get("query")
    if isinstance(query, str) and (_CHOOSING_QUERY.search(query) or query.lstrip("= \n").startswith("{{")):
        return True
    if node.get("view") or node.get("viewId"):  # a view of Airtable or Baserow may filter
        return True
    words = f"{node.name}\n{node.text}"
    return _may_check_it(words) or _CHOSEN_BEFORE.search(words) is not None
