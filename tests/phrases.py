"""The code → the patterns of all phrases in it, as a catalogue of a language has to have them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from policylint.model.own import OWN_RULES
from policylint.operators import OPERATORS

PACKAGE = Path(__file__).parent.parent / "policylint"
_MAKERS = {"phrase": 0, "counted": 1, "Unknown": 0}
"""Function → which of its arguments is the pattern."""
_DYNAMIC = ("str(self)", "word")
"""Patterns that are no texts in the code: severities, and the labels that are given to ``note`` in the text report."""


def patterns() -> dict[str, str]:
    """Return the pattern of each phrase in the code, with where it stands.

    Raises:
        AssertionError: One is put together, so that no catalogue could have it, or a bound of an adapter is none.

    """
    own = [text for texts in OWN_RULES.values() for text in texts]
    presence = ("is present", "is absent", "is left open")
    sentences = [*presence, *(operator.sentence for operator in OPERATORS.values())]
    found = {**dict.fromkeys(("error", "warning", "info"), "Severity"), **dict.fromkeys(own, "OWN_RULES")}
    found.update(dict.fromkeys(sentences, "OPERATORS"))
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert [ast.unparse(node) for node in ast.walk(tree) if _is_bound_without_phrase(node)] == [], path
        for node, text in _said_in(tree):
            found.setdefault(text, f"{path.relative_to(PACKAGE.parent).as_posix()}:{node.lineno}")
    return found


def _is_bound_without_phrase(node: ast.AST) -> bool:
    """Tell whether a severity stands beside the reason for which it is the worst, and the reason is no phrase."""
    if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
        return False
    severity, because = node.elts
    return ast.unparse(severity).startswith("Severity.") and isinstance(because, ast.Constant)


def _said_in(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    for function in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
        own = [node for part in ast.iter_child_nodes(function) for node in _nodes(part)]
        named: dict[str, list[ast.expr]] = {}
        for node in own:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value)
        for node in own:
            pattern = _pattern(node)
            if pattern is not None and ast.unparse(pattern) not in _DYNAMIC:
                yield from ((pattern, text) for text in _texts(pattern, named))


def _nodes(part: ast.AST) -> Iterator[ast.AST]:
    """Yield a part of a function and what is in it, but for functions of their own."""
    if isinstance(part, ast.FunctionDef):
        return
    yield part
    for child in ast.iter_child_nodes(part):
        yield from _nodes(child)


def _pattern(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Call) or not node.args:
        return None
    if isinstance(node.func, ast.Name) and node.func.id in _MAKERS:
        return node.args[_MAKERS[node.func.id]]
    is_label = ast.unparse(node.func) == "page.note" and isinstance(node.args[0], ast.Constant)
    return node.args[0] if is_label else None


def _texts(pattern: ast.expr, named: dict[str, list[ast.expr]]) -> Iterator[str]:
    if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
        yield pattern.value
    elif isinstance(pattern, ast.IfExp):
        yield from _texts(pattern.body, named)
        yield from _texts(pattern.orelse, named)
    elif isinstance(pattern, ast.Name) and pattern.id in named:
        for value in named[pattern.id]:
            yield from _texts(value, {})
    elif not (isinstance(pattern, ast.Attribute) and pattern.attr == "why"):  # of another unknown value
        assert _pattern(pattern) is not None, f"line {pattern.lineno}: {ast.unparse(pattern)} is no text"
