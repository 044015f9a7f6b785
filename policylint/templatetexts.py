"""Texts of templates with ``{{parameters}}`` → the same numbered without a gap; sample values for them."""

from __future__ import annotations

import re
from typing import Any

from policylint.edits.scalars import PARAMETER as _NUMBERED
from policylint.model.fix import Refused
from policylint.model.phrase import phrase

_PARAMETER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_EXAMPLES = {"body": ("body_text", "body_text_named_params"), "header": ("header_text", "header_text_named_params")}


def renumbered(text: str, component: Any) -> str:
    """Return a text whose parameters are numbered from 1, in the order of their old numbers; so samples keep theirs.

    Raises:
        Refused: The component has samples, and not one for each parameter.

    """
    numbers = sorted({int(match.group(2)) for match in _NUMBERED.finditer(text)})
    given = _given_samples(component)
    if given is not None and given != len(numbers):
        raise Refused(phrase("the component does not have one sample for each parameter"))
    new = {number: str(at) for at, number in enumerate(numbers, 1)}
    return _NUMBERED.sub(lambda match: f"{match.group(1)}{new[int(match.group(2))]}{match.group(3)}", text)


def _given_samples(component: Any) -> int | None:
    """Return how many samples a component gives for its numbered parameters, or None where it gives none."""
    example = component.get("example") if isinstance(component, dict) else None
    if example is None:
        return None
    for name in ("body_text", "header_text"):
        values = example.get(name) if isinstance(example, dict) else None
        if isinstance(values, list) and values:
            return len(values[0]) if isinstance(values[0], list) else len(values)
    raise Refused(phrase("what samples the component has cannot be told"))


def samples(text: str, component: Any) -> tuple[tuple[str, ...], Any]:
    """Return where in a component samples for the parameters of its text belong, and samples to begin with.

    Raises:
        Refused: The component is no body and no header, or its parameters are numbered and named.

    """
    kind = str(component.get("type", "")).lower() if isinstance(component, dict) else ""
    if kind not in _EXAMPLES:
        raise Refused(phrase("only a body or a header has samples"))
    names = list(dict.fromkeys(_PARAMETER.findall(text)))
    numbered = [name for name in names if name.isdigit()]
    if numbered and len(numbered) != len(names):
        raise Refused(phrase("its parameters are numbered and named"))
    by_number, by_name = _EXAMPLES[kind]
    if not numbered:
        named = [{"param_name": name, "example": f"sample {name.replace('_', ' ')}"} for name in names]
        return ("example", by_name), named
    values = [f"sample {number}" for number in range(1, len(numbered) + 1)]
    return ("example", by_number), [values] if kind == "body" else values
