"""The baseline file → its entries, and back.

One JSON object a line, sorted: branches that add findings merge, and a merge that keeps both sides is a baseline again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from policylint import resources
from policylint.errors import ConfigError
from policylint.model.baseline import Baseline, Entry
from policylint.model.finding import Finding, Identity
from policylint.model.rule import Severity, literal
from policylint.reach import relative
from policylint.schema import build_check, problems_of

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "policylint-baseline.jsonl"
_HEAD = {"baseline": 1}
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


def baseline_in(raw: bytes, path: Path, shown: str) -> Baseline:
    """Return what the bytes of a baseline file say.

    Args:
        raw: The file.
        path: Where it stands: its paths are relative to its folder.
        shown: Its path, as messages show it.

    Raises:
        ConfigError: It is not valid; all problems at once, each with its place.

    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{shown}: byte {error.start} is not UTF-8") from error
    schema = resources.schema("baseline")
    is_valid = build_check(schema)
    problems: list[str] = []
    found: dict[Entry, Entry] = {}
    has_head = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if line.startswith(_CONFLICT):
            said = "a merge was not finished here: keep the lines of both sides, and take out those of the merge"
            problems.append(f"{shown}:{number}:1: {said}")
            continue
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            problems.append(f"{shown}:{number}:{column}: not valid JSON: {getattr(error, 'msg', error)}")
            continue
        plain = literal(data)
        if not is_valid(plain):
            problems.extend(f"{shown}:{number}:1: {problem.message}" for problem in problems_of(plain, schema))
        elif data == _HEAD:
            has_head = True
        else:
            entry = _entry(data, number)
            key = entry._replace(times=0, line=0, identity=entry.identity._replace(content=""))
            known = found.get(key)
            if known is None or known.times < entry.times:
                found[key] = entry
    if not has_head and not problems:
        problems.append(f"{shown}:1:1: this is no baseline: the line {_line(_HEAD)} is missing")
    if problems:
        raise ConfigError("\n".join(problems), "schemas/baseline.schema.json describes its lines")
    return Baseline(path, shown, text, tuple(found.values()))


def _entry(data: dict[str, Any], line: int) -> Entry:
    identity = Identity(
        data.get("campaign"),
        data.get("record", ""),
        data["pointer"],
        tuple(sorted(data["values"])),
        data.get("content", ""),
    )
    severity = Severity.named(data["severity"])
    return Entry(data["path"], data["rule"], severity, identity, data.get("count", 1), line)


def baseline_text(entries: Iterable[Entry]) -> str:
    """Return the text of a baseline file."""
    times: Counter[Entry] = Counter()
    for entry in entries:
        times[entry._replace(times=0, line=0)] += entry.times
    lines = sorted(_line(_plain(entry._replace(times=count))) for entry, count in times.items())
    return "".join(f"{line}\n" for line in (_line(_HEAD), *lines))


def _plain(entry: Entry) -> dict[str, Any]:
    identity = entry.identity
    data: dict[str, Any] = {"path": entry.path, "rule": entry.rule, "severity": str(entry.severity)}
    if identity.campaign is not None:
        data["campaign"] = identity.campaign
    if identity.record:
        data["record"] = identity.record
    data.update(pointer=identity.pointer, values=list(identity.values))
    if identity.content:
        data["content"] = identity.content
    if entry.times > 1:
        data["count"] = entry.times
    return data


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data)


def entries_of(findings: Iterable[Finding], folder: Path, waivable: Callable[[str], bool]) -> list[Entry]:
    """Return the entries that accept the findings that count, but for those that may not be accepted."""
    seen = cache(lambda path: relative(path, folder))
    counts = Counter(
        Entry(seen(finding.path), finding.rule, finding.severity, finding.identity)
        for finding in findings
        if finding.suppressed is None and finding.identity is not None and waivable(finding.rule)
    )
    return [entry._replace(times=times) for entry, times in counts.items()]
