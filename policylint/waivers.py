"""Entries of ``waivers:`` → checked waivers. Which findings they fit is found out when all files were checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from policylint import resources
from policylint.model.rule import literal
from policylint.model.tuples import NamedTuple
from policylint.model.waiver import Waiver
from policylint.schema import build_check, problems_of

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer


class WaiverProblem(NamedTuple):
    """What is wrong in an entry of ``waivers:``."""

    pointer: Pointer
    message: str
    of_key: bool = False
    """True where the key at ``pointer`` is wrong, not its value."""


def problems_in(data: Mapping[str, Any], requires: Sequence[str] = ()) -> Iterator[WaiverProblem]:
    """Yield what is wrong with waivers, whatever the day and the rules.

    Args:
        data: A mapping with ``waivers`` and nothing else.
        requires: The keys that the configuration asks for in each.

    """
    schema = resources.schema("waivers")
    plain = literal(data)
    if not build_check(schema)(plain):
        for problem in problems_of(plain, schema):
            place = problem.pointer if problem.key is None else (*problem.pointer, problem.key)
            # The schema asks for one of two keys; told of is the first.
            message = problem.message.replace("'path' is missing", "'path' or 'campaign' is missing")
            yield WaiverProblem(place, message, problem.key is not None)
        return
    for index, entry in enumerate(data["waivers"]):
        at, name = ("waivers", index), f"waivers[{index}]"
        days = {key: _day(entry[key]) for key in ("added", "until") if key in entry}
        for key, day in days.items():
            if day is None:
                yield WaiverProblem((*at, key), f"{name}.{key} is {entry[key]}, which is not a day of the calendar")
        added, until = days.get("added"), days["until"]
        if added is not None and until is not None and until < added:
            yield WaiverProblem((*at, "until"), f"{name}.until is before {added}, the day on which it was added")
        if entry.get("approver") == entry["owner"]:
            yield WaiverProblem((*at, "approver"), f"{name}.approver is the owner: nobody approves their own waiver")
        for key in requires:
            if key not in entry:
                yield WaiverProblem(at, f"'{key}' is missing in {name}: waiver_requires asks for it")


def waivers_in(document: Document, entries: Sequence[Mapping[str, Any]]) -> list[Waiver]:
    """Return the waivers of entries that have no problems."""
    return [
        Waiver(
            rule=entry["rule"],
            path=entry.get("path"),
            campaign=str(entry["campaign"]) if "campaign" in entry else None,
            reason=" ".join(entry["reason"].split()),
            owner=entry["owner"],
            approver=entry.get("approver"),
            ticket=entry.get("ticket"),
            added=_day(entry["added"]) if "added" in entry else None,
            until=date.fromisoformat(entry["until"]),
            document=document,
            pointer=("waivers", index),
        )
        for index, entry in enumerate(entries)
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
