"""``policylint waivers renew``: a waiver with a later end, written into its file; every other byte stays as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.config import Configuration, configuration_in, waiver_file_in
from policylint.discover import read_file
from policylint.errors import ConfigError, PolicylintError, UsageError, did_you_mean
from policylint.model.source import value_at
from policylint.model.tuples import NamedTuple
from policylint.rewrite import replace_file
from policylint.ruleset import load_rules
from policylint.waive import check_names

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.extensions import Extensions
    from policylint.model.source import Document, Region
    from policylint.model.waiver import Waiver, Waivers

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\n|\r|\Z")


class Renewal(NamedTuple):
    """What is asked for."""

    rule: str
    """Id or code."""
    path: str | None
    campaign: str | None
    until: date
    approver: str | None
    reason: str | None


def renew(wanted: Renewal, settings: Settings, extensions: Extensions, configuration: Configuration) -> str:
    """Write a new end of a waiver into its file, and return what to tell the user.

    Its ``added`` day, where there is one, becomes the day of the run, and the approver and the reason those given: a
    waiver that lasts longer is a new decision.

    Raises:
        UsageError: There is no such waiver, more than one, or it may not last that long.
        PolicylintError: The file cannot be edited without changing something else, or cannot be written.

    """
    if settings.waivers is None:
        raise UsageError("there are no waivers", "they stand in policylint-waivers.yaml or in the configuration")
    known = load_rules(settings, extensions).known
    check_names(settings.waivers, known)
    if wanted.rule not in known:
        raise UsageError(f"there is no rule '{wanted.rule}'{did_you_mean(wanted.rule, list(known))}")
    waiver = _chosen(wanted, [w for w in settings.waivers.entries if known[w.rule] == known[wanted.rule]])
    _check(wanted, waiver, settings.waivers, settings.as_of)
    changes = {"until": str(wanted.until)}
    if waiver.added is not None:
        changes["added"] = str(settings.as_of)
    changes |= {k: v for k, v in (("approver", wanted.approver), ("reason", wanted.reason)) if v is not None}
    path = Path(waiver.document.path)
    raw = read_file(path) or b""
    mark = _BYTE_ORDER_MARK if raw.startswith(_BYTE_ORDER_MARK) else b""
    if raw != mark + waiver.document.text.encode():
        raise PolicylintError(f"{path} is not UTF-8, or has changed just now: nothing was written")
    is_own_file = waiver.document is configuration.waiver_file
    read = partial(_file_again if is_own_file else _configuration_again, waiver.document.path, configuration)
    text = _edited(waiver, changes, read)
    replace_file(path, mark + text.encode())
    said = ", ".join(f"{key} {value}" for key, value in changes.items())
    return f"{waiver.place}: the waiver of {known[waiver.rule]} for {waiver.scope} was renewed: {said}\n"


def _chosen(wanted: Renewal, waivers: list[Waiver]) -> Waiver:
    found = [
        waiver
        for waiver in waivers
        if wanted.path in (None, waiver.path) and wanted.campaign in (None, waiver.campaign)
    ]
    if not found:
        raise UsageError(f"there is no such waiver of {wanted.rule}", "see `policylint waivers list`")
    if len(found) > 1:
        places = "".join(f"\n  {waiver.place}: {waiver.scope}" for waiver in found)
        raise UsageError(f"{wanted.rule} has {len(found)} such waivers:{places}", "--path and --campaign say which")
    return found[0]


def _check(wanted: Renewal, waiver: Waiver, waivers: Waivers, day: date) -> None:
    if wanted.approver is None and wanted.reason is None:
        raise UsageError("a waiver that lasts longer is a new decision", "say who made it or why: --approver, --reason")
    if wanted.approver == waiver.owner:
        raise UsageError(f"{wanted.approver} is the owner of the waiver", "nobody approves their own waiver")
    if wanted.until <= max(waiver.until, day):
        raise UsageError(f"--until {wanted.until} makes the waiver no longer: it ends on {waiver.until}")
    days = (wanted.until - day).days
    if days > waivers.policy.max_days:
        said = f"--until {wanted.until} is {days} days from {day} on"
        raise UsageError(said, f"waiver_max_days allows {waivers.policy.max_days}")


# --- the edit -----------------------------------------------------------------------------------------------------

_Read = Callable[[str], "Document | None"]


def _file_again(shown: str, configuration: Configuration, text: str) -> Document | None:
    return waiver_file_in(text.encode(), shown, configuration)


def _configuration_again(shown: str, _configuration: Configuration, text: str) -> Document | None:
    return configuration_in(text.encode(), shown).document


def _edited(waiver: Waiver, changes: dict[str, str], read: _Read) -> str:
    """Return the text with some keys of a waiver changed, proved by reading it: nothing else is different."""
    document = waiver.document
    for key, value in changes.items():
        expected = _unshared(document.data)
        value_at(expected, waiver.pointer)[key] = value
        for text in _drafts(document, waiver, key, value):
            try:
                changed = read(text)
            except ConfigError:
                continue
            if changed is not None and changed.data == expected:
                document = changed
                break
        else:
            raise PolicylintError(
                f"{waiver.place}: '{key}' cannot be changed without changing something else",
                "an anchor or an unusual form is in the way: edit the file by hand",
            )
    return document.text


def _unshared(data: Any) -> Any:
    """Return a copy in which what aliases stand for is there for each of them."""
    if isinstance(data, dict):
        return {key: _unshared(value) for key, value in data.items()}
    return [_unshared(value) for value in data] if isinstance(data, list) else data


def _drafts(document: Document, waiver: Waiver, key: str, value: str) -> Iterator[str]:
    """Yield texts in which a key of a waiver may have a value, the one nearest to the old form first."""
    text = document.text
    if key in value_at(document.data, waiver.pointer):
        start, end = _span(document.region((*waiver.pointer, key)))
        for form in _forms(text[start:end], value):
            yield text[:start] + form + text[end:]
        return
    located = document.locate((*waiver.pointer, "until"))
    if located is None or located[0] is None:
        return
    (begin, after), (first, end) = _span(located[0]), _span(located[1])
    name = f'"{key}"' if text[begin] == '"' else key
    between = text[after:first]
    line_end = _LINE_END.search(text, end)
    at = line_end.start() if line_end is not None else len(text)
    line_start = max(text.rfind("\n", 0, begin), text.rfind("\r", 0, begin)) + 1
    indent = re.sub(r"\S", " ", text[line_start:begin])
    newline = (line_end.group() if line_end is not None else "") or "\n"
    for form in _forms(text[first:end], value):
        yield f"{text[:at]}{newline}{indent}{name}{between}{form}{text[at:]}"
    for form in _forms(text[first:end], value):
        yield f"{text[:end]}, {name}{between}{form}{text[end:]}"


def _forms(old: str, value: str) -> Iterator[str]:
    """Yield the ways to write a value: as the old one is, plain, and in double quotes."""
    quoted = json.dumps(value, ensure_ascii=False)
    if old[:1] == "'":
        yield "'" + value.replace("'", "''") + "'"
    if old[:1] == '"':
        yield quoted
    yield value
    yield quoted


def _span(region: Region) -> tuple[int, int]:
    return region.start.offset, region.end.offset
