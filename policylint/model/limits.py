"""How much of a file is read and reported: limits that no honest file meets, and what is said beyond one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policylint.model.phrase import phrase
from policylint.model.source import Problem, Region, Unknown
from policylint.model.tuples import NamedTuple


class Limits(NamedTuple):
    """What one checked file may take. Beyond a limit there is a finding, and the other files are checked all the same.

    The configuration sets them (``limits:``); one that stands in the checked project may only lower them.
    """

    bytes: int = 40_000_000
    """Of the file. A larger one is not read."""
    nodes: int = 2_000_000
    """Values of a document with those that its aliases repeat, keys of YAML included."""
    depth: int = 200
    """Levels of lists and mappings; the most that the parsers' stacks bear."""
    scalar: int = 4_000_000
    """Characters of one value or key, and of one line of YAML; a picture in base64 is such a value."""
    documents: int = 10_000
    """Of a YAML stream."""
    findings: int = 1_000
    """Reported of a file: the worst ones."""
    seconds: float = 60
    """Of processor time."""


DEFAULTS: Final = Limits()

_KEYS: Final[Mapping[str, str]] = {
    "too-large": "bytes",
    "too-many-nodes": "nodes",
    "too-deep": "depth",
    "scalar-too-long": "scalar",
    "too-many-documents": "documents",
    "too-many-findings": "findings",
    "too-slow": "seconds",
}
"""Name of the tool's own rule → the limit that it is about."""
NOT_READ: Final = frozenset([*_KEYS, "syntax"]) - {"too-many-findings"}
"""Names of the tool's own rules that say of a file that not all of it was judged."""


def over_limit(rule: str, message: str, region: Region) -> Problem:
    """Return the problem of a file that goes beyond a limit."""
    if rule == "too-deep":
        return Problem(rule, message, region)
    said = "where such files are meant to be, raise `{limit}` under `limits:` in the configuration"
    return Problem(rule, message, region, hint=phrase(said, limit=_KEYS[rule]))


TOO_LONG: Final = Unknown("it is too long to be read")


def too_long(path: str, limits: Limits, region: Region) -> Problem:
    """Return the problem of a value or key that is not read for its length."""
    message = phrase("{path} has a value of more than {count:,} characters", path=path, count=limits.scalar)
    return over_limit("scalar-too-long", message, region)


def shortened(text: str) -> str:
    """Return a text of any length as a message names it."""
    return text if len(text) <= 60 else f"{text[:57]}…"
