"""A field that an expression refers to → the node that gives it, and what that node gives it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from policylint.adapters.n8n.tables import is_table, reads_rows
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policylint.adapters.n8n.graph import Node, Workflow

REFERENCE = re.compile(
    r"""(?:\$json|\$\(\s*["'](?P<node>[^"']+)["']\s*\)[\w.()]*?\.json|\$node\[\s*["'](?P<old>[^"']+)["']\s*\]\.json)"""
    r"""(?:\.(?P<name>\w+)|\[\s*["'](?P<key>[^"']+)["']\s*\])"""
)
"""A field of the items of a node that is named, or of those that come in."""
CODE = frozenset({"code", "function", "functionitem"})
# What hands its items on as they are.
_PASSES_ON = frozenset(
    [
        *("if", "filter", "switch", "merge", "splitinbatches", "limit", "wait", "noop", "sort", "removeduplicates"),
        *("aggregate", "splitout", "itemlists", "set"),
    ]
)
# A field of the JSON text that a Set node may be given as a whole; such a text has expressions in it.
_IN_JSON = r""""{}"\s*:\s*(?:"((?:\{{\{{.*?\}}\}}|[^"\\])*)"|(\{{\{{.*?\}}\}}|\d+))"""
_STEPS = 4
"""How many nodes, or variables of code, a field is followed through."""


class Given(NamedTuple):
    """Who gives a field."""

    node: Node | None
    """The node that gives it, None where that cannot be told."""
    written: str | None
    """The expression or value that a Set node or the code of a node gives it, where that can be read."""
    is_named: bool
    """True where the expression that led here names the node."""


def set_value(node: Node, field: str) -> object:
    """Return what a Set node gives a field, None where it does not set it; all its versions."""
    for path in (("assignments", "assignments"), ("fields", "values"), ("values", "string"), ("values", "number")):
        items = node.get(*path)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, Mapping) and item.get("name") == field:
                return next((item[key] for key in ("value", "stringValue", "numberValue") if key in item), None)
    whole = node.get("jsonOutput")
    found = re.search(_IN_JSON.format(re.escape(field)), whole, re.DOTALL) if isinstance(whole, str) else None
    return f"={found.group(1) or found.group(2)}" if found else None


def giver(written: str, node: Node, workflow: Workflow) -> Given | None:
    """Follow the field that an expression at a node refers to, through Set nodes and code; None where there is none."""
    found: Given | None = None
    for _ in range(_STEPS):
        reference = REFERENCE.search(written)
        if reference is None:
            return found
        named = workflow.named(reference["node"] or reference["old"])
        field = reference["name"] or reference["key"]
        source, value = _source([named] if named else workflow.nearest(node), field)
        if source is not None and source.kind in CODE:
            value = given_in_code(source.text, field)
        found = Given(source, value, is_named=named is not None)
        if source is None or value is None:
            return found
        written, node = value, source
    return Given(None, None, is_named=False)


def _source(nodes: Iterable[Node], field: str) -> tuple[Node | None, str | None]:
    """Return the first node that gives a field, and its value where it is a Set node."""
    for node in nodes:
        value = set_value(node, field) if node.kind == "set" else None
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return node, str(value)
        if node.kind in CODE and _hands_on(node.text, field):
            continue
        if node.kind not in _PASSES_ON and not (is_table(node) and not reads_rows(node) and not node.is_trigger):
            return node, None
    return None, None


def _hands_on(code: str, field: str) -> bool:
    """Tell whether code that never speaks of a field gives its items on with what they had."""
    return field not in code and re.search(r"\.\.\.|\.json(?:\.\w+|\[[^\]\n]+\])\s*=(?!=)", code) is not None


def given_in_code(code: str, field: str) -> str | None:
    """Return what code gives a field, where it gives it one thing only: the text of a literal, or the expression.

    A variable is followed to the one thing that it is set to; a list of telephone numbers is given number by number.
    """
    given = {found.strip() for found in re.findall(_ASSIGNED % re.escape(field), code)}
    is_assigned = bool(given)
    expression = given.pop() if len(given) == 1 else "" if is_assigned else field
    for _ in range(_STEPS):
        variable = re.match(r"(\w+)((?:\??\.\w+)?)\Z", expression)
        values = set(re.findall(_DECLARED % variable.group(1), code)) if variable else set()
        if variable is None or len(values) != 1:
            break
        expression = values.pop().strip() + variable.group(2)
    literal = _LITERAL.match(expression)
    if literal is not None:
        return literal.group(2)
    expression = _INPUT.sub("$json", expression)
    if REFERENCE.match(expression) or re.match(r"\$(?:env|vars)\.\w+\Z", expression):
        return f"{{{{ {expression} }}}}"
    numbers = _NUMBERS.findall(code) if is_assigned and expression.isidentifier() else ()
    return ",".join(re.findall(r"\d{8,}", numbers[0])) if len(numbers) == 1 else None


_ASSIGNED = r"""(?<![\w.$])["'`]?%s["'`]?\s*:(?!:)\s*([^,}\n;]+)"""
_DECLARED = r"(?:const|let|var)\s+%s\s*=\s*([^;\n]+)"
_INPUT = re.compile(r"\A\$input\.(?:first\(\)|last\(\)|item)\.json")
_LITERAL = re.compile(r"""(["'`])((?:(?!\1)[^\\$\n])+)\1\Z""")
_NUMBERS = re.compile(r"""\[\s*["']\+?\d{8,}["'](?:\s*,\s*["']\+?\d{8,}["'])*\s*,?\s*\]""")
