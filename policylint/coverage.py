"""Rule packs → which clause of the terms which rules rest on, what no rule decides, and what was read too long ago."""

from __future__ import annotations

import textwrap
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from policylint.model.rule import Rule, RulePack, Terms

_WIDTH = 100
_NO_DAY = "no day"


def coverage_text(packs: Iterable[RulePack]) -> str:
    """Return for each document of the terms its clauses with the rules that rest on them, then what no rule decides."""
    packs = list(packs)
    lines = [line for pack in packs for line in _pack_lines(pack)]
    rules = sum(len(pack.rules) for pack in packs)
    rows = sum(len(pack.not_checked) for pack in packs)
    lines.append(f"{_counted(rules, 'rule')}, {_counted(rows, 'row')} not checked")
    return "\n".join(lines) + "\n"


def _pack_lines(pack: RulePack) -> Iterator[str]:
    yield pack.title
    yield ""
    for terms in pack.terms.values():
        yield f"{terms.title}, edition of {terms.edition} (read {terms.read})"
        yield f"  {terms.url}"
        clauses = _clauses(pack.rules, terms)
        for clause, codes in clauses.items():
            yield _filled(f"{clause}: {', '.join(sorted(codes))}", "  ")
        if not clauses:
            yield "  no rule rests on it"
        yield ""
    if pack.not_checked:
        yield "Not checked:"
    for row in sorted(pack.not_checked):
        yield f"  {row.code}  {row.title}"
        yield _filled(f"{row.terms.title}: {row.clause}", " " * 4)
        yield _filled(row.reason, " " * 4)
        yield ""


def _clauses(rules: Iterable[Rule], terms: Terms) -> Mapping[str, set[str]]:
    """Return the codes of the rules that rest on a document, by clause, in the order of the words."""
    found: dict[str, set[str]] = {}
    for rule in rules:
        for source in rule.sources:
            if source.terms.id == terms.id:
                found.setdefault(source.clause, set()).add(rule.code)
    return dict(sorted(found.items()))


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent) + "  ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def stale_text(packs: Iterable[RulePack], day: date, days: int) -> str:
    """Return what rests on sources that were last read more than ``days`` days before a day, the oldest first.

    A rule is as old as the oldest of its sources; a provider without a day of its own has that of its table.
    """
    found = sorted(
        (read, shown) for pack in packs for read, shown in _readings(pack) if _age(read, day) > days or not read
    )
    lines = [_filled(shown, f"{read or _NO_DAY:10}  ") for read, shown in found]
    return (
        "\n".join([*lines, f"{_counted(len(found), 'line')}: read more than {_counted(days, 'day')} before {day}"])
        + "\n"
    )


def _age(read: str, day: date) -> int:
    return (day - date.fromisoformat(read)).days if read else 0


def _readings(pack: RulePack) -> Iterator[tuple[str, str]]:
    """Yield what rests on sources, each with the day on which they were read: "" where none is said."""
    for rule in pack.rules:
        oldest = min(source.terms.read for source in rule.sources)
        terms = dict.fromkeys(source.terms.id for source in rule.sources if source.terms.read == oldest)
        yield oldest, f"{rule.code} {rule.id} ({', '.join(terms)})"
    for file, read in pack.data_read.items():
        yield read, f"{pack.name}/{file}"
    for read, names in _providers(pack.providers).items():
        yield read, f"{pack.name}: {', '.join(names)} of the provider table"


def _providers(table: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Return the entries of the provider table with a day of their own, by that day."""
    found: dict[str, list[str]] = {}
    for key in ("providers", "libraries"):
        for name, entry in (table.get(key) or {}).items():
            if "read" in entry:
                found.setdefault(entry["read"], []).append(name)
    return found
