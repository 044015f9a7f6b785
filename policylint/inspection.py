"""A file → its campaigns as the rules see them: each value with its place, what is unknown, what bounds findings."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.checker import checker_of
from policylint.model.source import EXPRESSION, NOT_CARRIED, NOT_MAPPED, Pointer, Unknown
from policylint.record import record_schema
from policylint.reporters.display import visible
from policylint.reporters.secrets import value_without_secrets
from policylint.ruleset import load_rules
from policylint.schema import field_name, holds_placeholder
from policylint.sentences import seen, where

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Adapted, Adapter, Extensions
    from policylint.model.campaign import Campaign


def inspect_file(file: str, settings: Settings, extensions: Extensions) -> tuple[str, bool]:
    """Return a file's campaigns as rules see them, each value with its place, and whether there are any.

    Raises:
        UsageError: The file does not exist.

    """
    checker, source = checker_of(file, load_rules(settings, extensions), settings, extensions)
    blocks: list[list[str]] = []
    inspected = 0
    for adapter, adapted in checker.recogniser.adapted(source, Path(file)):
        blocks.append(_format_lines(file, adapter, adapted))
        campaigns = [checker.completed(campaign, Path(file)) for campaign in adapted.campaigns]
        blocks += [list(_campaign_lines(campaign, adapter.carries)) for campaign in campaigns]
        inspected += len(campaigns)
    if not blocks:
        return f"{file}: in no format that policylint knows; `policylint formats` lists them\n", False
    text = "\n\n".join("\n".join(block) for block in blocks)
    return "".join(f"{visible(line)}\n" for line in text.split("\n")), inspected > 0


def _format_lines(file: str, adapter: Adapter, adapted: Adapted) -> list[str]:
    count = len(adapted.campaigns)
    records = "1 record" if count == 1 else f"{count} records" if count else "no record: nothing in it sends"
    signs = _filled(f"recognised by: {adapter.signs}")
    said = [
        f"  problem: {problem.message}  {file}:{problem.region.start.line}:{problem.region.start.column}"
        for problem in adapted.problems
    ]
    return [f"{file}: {adapter.title} ({adapter.name}), {records}", signs, *said]


def _filled(text: str) -> str:
    return textwrap.fill(text, 96, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _campaign_lines(campaign: Campaign, carries: Iterable[str]) -> Iterator[str]:
    start = campaign.place(()).region().start
    yield f"{visible(campaign.id)}  {campaign.document.path}:{start.line}:{start.column}"
    unknown: dict[str, list[str]] = {}
    absent = [field_name(path) for carried in carries for path in _missing(campaign.data, tuple(carried.split(".")))]
    for path, value in _leaves(campaign.data, ()):
        if path == ("campaign",) or (path[0] == "message" and campaign.data.get("messages")):
            continue
        name = field_name(path)
        if value is None:
            absent.append(name)
        elif isinstance(value, Unknown):
            unknown.setdefault(value.why, []).append(name)
        elif _is_hidden(value, path):
            unknown.setdefault(EXPRESSION.why, []).append(
                f"{name} ({value_without_secrets(name, seen(value))}  {where(campaign, path)})"
            )
        else:
            foreign = campaign.foreign_place(path)
            shown = value_without_secrets(name, seen(value))
            yield f"  {name}: {shown}  {where(campaign, path)}{f'  [{foreign[1]}]' if foreign else ''}"
    if absent:
        yield _filled(f"absent: {', '.join(_grouped(dict.fromkeys(absent)))}")
    # What the format cannot say comes last: it is the longest and tells the least.
    last = (NOT_CARRIED.why, NOT_MAPPED.why)
    for why, names in sorted(unknown.items(), key=lambda item: item[0] in last):
        yield _filled(f"unknown ({why}): {', '.join(_grouped(names))}")
    for path, (severity, because) in campaign.caps.items():
        rests = f" that rest on {field_name(path)}" if path else ""
        yield _filled(f"findings{rests} are of severity {severity} at most: {because}")
    yield from (_filled(f"note: {note}") for note in campaign.notes)


def _missing(data: Any, names: tuple[str, ...], at: Pointer = ()) -> Iterator[Pointer]:
    """Yield where nothing stands on the way to a field; a field with a default, or with another form, lacks nothing."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _missing(item, names, (*at, index))
    elif isinstance(data, dict) and names:
        path = (*at, names[0])
        field = record_schema().field(tuple(step for step in path if isinstance(step, str)))
        if data.get(names[0]) is not None:
            yield from _missing(data[names[0]], names[1:], path)
        elif path != ("message",) and (field is None or field.default is None):
            yield path


def _grouped(names: Iterable[str]) -> Iterator[str]:
    """Yield neighbours with a common parent as one: ``sender.{library, address}``."""
    for parent, group in groupby(names, lambda name: "" if " " in name else name.rpartition(".")[0]):
        parts = list(group)
        if not parent or len(parts) == 1:
            yield from parts
        else:
            yield f"{parent}.{{{', '.join(part.rpartition('.')[2] for part in parts)}}}"


def _is_hidden(value: Any, path: Pointer) -> bool:
    """Tell whether a placeholder hides a value: texts may hold some."""
    if not isinstance(value, str) or not holds_placeholder(value):
        return False
    field = record_schema().field(tuple(step for step in path if isinstance(step, str)))
    return field is not None and not field.text


def _leaves(data: Any, path: Pointer) -> Iterator[tuple[Pointer, Any]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(data, list) and any(isinstance(item, dict) for item in data):
        for index, item in enumerate(data):
            yield from _leaves(item, (*path, index))
    elif path:
        yield path, data
