"""A record and the place of each of its values → where it disagrees with the campaign schema and the calendar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from policylint.errors import did_you_mean
from policylint.model.phrase import phrase
from policylint.model.source import Place, Pointer, Problem, value_at
from policylint.record import record_schema
from policylint.resolve import day_of, named_zone
from policylint.schema import field_name, holds_placeholder, problems_of

if TYPE_CHECKING:
    from policylint.model.fix import Fix
    from policylint.schema import SchemaProblem

PlaceOf = Callable[[Pointer], Place]
"""Gives the place of the value at a path of the record."""

_LIKE_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = (("schedule", "start"), ("schedule", "end"), ("sender", "registered"), ("consent", "date"))


def disagreements(record: Mapping[str, Any], place: PlaceOf) -> list[Problem]:
    """Return what is wrong with the values of a record, each at its place."""
    schema = record_schema()
    found: list[Problem] = []
    if not schema.conforms(record):
        found.extend(_worded(problem, place) for problem in problems_of(record, schema.schema))
    found.extend(_impossible_times(record, place))
    return found


def _worded(problem: SchemaProblem, place: PlaceOf) -> Problem:
    at = place(problem.pointer)
    pointer = at.pointer
    if problem.key is None:
        region = at.region()
    else:
        pointer = (*pointer, problem.key)
        located = at.document.locate(pointer)
        region = located[0] if located and located[0] else at.document.region(pointer)
    unknown_field = problem.keyword == "additionalProperties"
    hint = phrase("fields of your own start with x-") if unknown_field else None
    severity = "warning" if unknown_field else "error"
    fix = None if problem.meant is None else partial(_meant, at, problem, problem.meant)
    return Problem("schema", problem.message, region, severity, pointer, hint=hint, fix=fix)


def _meant(at: Place, problem: SchemaProblem, meant: str) -> Fix:
    from policylint.ownfixes import as_meant

    return as_meant(at.document, at.pointer, problem.pointer, problem.key, meant)


def _impossible_times(record: Mapping[str, Any], place: PlaceOf) -> Iterator[Problem]:
    """Yield a problem for each day that is not in the calendar and for a time zone that does not exist."""
    for path in _DAYS:
        value = value_at(record, path)
        if isinstance(value, str) and _LIKE_A_DAY.match(value) and day_of(value, None) is None:
            at = place(path)
            said = "{name} is '{value}', which is no day or time of the calendar"
            message = phrase(said, name=field_name(path), value=value)
            yield Problem("schema", message, at.region(), pointer=at.pointer)
    path = ("schedule", "timezone")
    zone = value_at(record, path)
    if isinstance(zone, str) and not holds_placeholder(zone) and named_zone(zone) is None:
        from zoneinfo import available_timezones

        at = place(path)
        hint = did_you_mean(zone, sorted(available_timezones()))
        said = "{name} is '{value}', which is no IANA time zone{hint}"
        message = phrase(said, name=field_name(path), value=zone, hint=hint)
        yield Problem("schema", message, at.region(), pointer=at.pointer)
