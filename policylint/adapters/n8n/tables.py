"""Nodes of tables, databases and shops: which hand on many rows, which look one up, and which table they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node

# Kinds of nodes that hold people or orders.
_TABLES = frozenset(
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
            "coda",
            "grist",
        ),
        *(
            "postgres",
            "mysql",
            "microsoftsql",
            "mongodb",
            "supabase",
            "snowflake",
            "googlebigquery",
            "questdb",
            "timescaledb",
        ),
        *("cratedb", "elasticsearch", "googlefirebasecloudfirestore", "googlefirebaserealtimedatabase", "quickbase"),
        *(
            "hubspot",
            "salesforce",
            "pipedrive",
            "zohocrm",
            "mautic",
            "activecampaign",
            "mailchimp",
            "highlevel",
            "copper",
        ),
        *(
            "freshsales",
            "followupboss",
            "keap",
            "odoo",
            "erpnext",
            "mondaycom",
            "clickup",
            "googlecontacts",
            "googlecalendar",
        ),
        *("shopify", "woocommerce", "stripe", "magento2", "spreadsheetfile", "extractfromfile"),
    ]
)
# Of these an operation that is left out reads; of the others it is "create" or "insert" (n8n-io/n8n, nodes-base).
_READ_BY_DEFAULT = frozenset(
    ["googlesheets", "microsoftexcel", "airtable", "baserow", "nocodb", "mongodb", "spreadsheetfile", "extractfromfile"]
)
_WRITES = re.compile(r"append|update|upsert|create|insert|delete|remove|clear|add|write|upload|copy|send|post")
# Files that hold rows; an operation that is left out means CSV. The others hand on one text or one binary.
_ROWS_OF_FILES = frozenset(["", "csv", "html", "fromjson", "ods", "rtf", "xls", "xlsx", "xml"])
_SELECTIVE_QUERY = re.compile(r"\bwhere\b|\blimit\s+1\b", re.IGNORECASE)
_WRITING_QUERY = re.compile(r"^\s*(?:insert|update|delete|upsert)\b", re.IGNORECASE)
_TABLE_OF_QUERY = re.compile(r"\b(?:from|into|update|join)\s+([\w.\"]+)", re.IGNORECASE)
_TEXTS = re.compile(
    r"messag|mensa[gj]|nachricht|pesan|(?<!con)text|body|content|reply|answer|respuesta|resposta|question|pregunta"
    r"|pergunta|chat",
    re.IGNORECASE,
)
_DELETES = re.compile(r"delete|remove|clear")
_FILTERS = ("filtersUI", "filters", "filterByFormula", "where", "lookupValue", "conditions", "matchType", "email")
_NAMES = (
    "documentId",
    "sheetId",
    "sheetName",
    "base",
    "application",
    "table",
    "tableId",
    "dataTableId",
    "databaseId",
    "collection",
)


def is_table(node: Node) -> bool:
    """Tell whether a node or trigger belongs to a table."""
    return node.kind.removesuffix("trigger") in _TABLES


def reads_rows(node: Node) -> bool:
    """Tell whether a node hands on rows: what an agent's tool reads goes to the agent."""
    return not (node.disabled or node.type.lower().endswith("tool")) and _reads(node)


def writes_rows(node: Node) -> bool:
    """Tell whether a node stores rows."""
    return node.kind in _TABLES and not node.disabled and not _reads(node)


def _reads(node: Node) -> bool:
    if node.kind not in _TABLES:
        return False
    operation, query = node.word("operation"), node.get("query")
    if isinstance(query, str) and _WRITING_QUERY.search(query):
        return False
    if node.kind == "extractfromfile":
        return operation in _ROWS_OF_FILES
    if not operation:
        return node.kind in _READ_BY_DEFAULT or node.is_stripped
    return not _WRITES.search(operation)


def keeps_texts(node: Node) -> bool:
    """Tell whether what a node writes may be a message: its columns do not show that it is something else."""
    columns, query = node.get("columns"), node.get("query")
    if isinstance(columns, Mapping) and columns.get("mappingMode") == "defineBelow":
        written: object = columns.get("value")
    else:
        written = query if isinstance(query, str) else node.get("fieldsUi")
    if _DELETES.match(node.word("operation")):
        return False
    return not written or _TEXTS.search(str(written)) is not None


def is_lookup(node: Node) -> bool:
    """Tell whether a node looks rows up for the event at hand rather than handing on a whole table."""
    query, options = node.get("query"), node.get("options")
    if isinstance(query, str):
        return bool(_SELECTIVE_QUERY.search(query))
    if node.word("operation") == "get" and node.kind != "datatable":
        return True
    if isinstance(options, Mapping) and (options.get("returnFirstMatch") or options.get("filters")):
        return True
    return any(node.get(name) not in (None, "", {}, [], "none") for name in _FILTERS)


def table_name(node: Node) -> str | None:
    """Return what tells one table from another, None where the node does not say."""
    query = node.get("query")
    found = _TABLE_OF_QUERY.search(query) if isinstance(query, str) else None
    if found is not None:
        return f"{node.kind} {found.group(1).lower()}"
    names = []
    for key in _NAMES:
        value = node.get(key)
        value = value.get("value") if isinstance(value, Mapping) else value
        if isinstance(value, (str, int)) and value not in ("", "="):
            names.append(f"{key}={value}")
    return f"{node.kind} {' '.join(names)}" if names else None


def kind_name(node: Node) -> str:
    """Return the kind of table in words: ``google_sheets``."""
    name = re.sub(r"(?:Trigger|Tool)$", "", node.type.rpartition(".")[2])
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
