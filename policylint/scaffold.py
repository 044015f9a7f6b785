"""``policylint new``: a rule and its cases from a template, ready to be filled in."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from policylint.errors import UsageError
from policylint.parse import parse
from policylint.rulepacks import TEST_ENDING

if TYPE_CHECKING:
    from pathlib import Path

_RULE = """\
code: {code}
title: "{title}"
message: "$campaign TODO says what the file says"
why: >-
  TODO: what the terms say and why it matters.
solution: >-
  TODO: what to do instead.
certainty: our_reading
sources:
  - {{terms: {terms}, clause: "TODO", confidence: primary}}
enforcement:
  - {{since: {today}, severity: warning, note: "TODO: what changes on that day"}}
where:
  kind: campaign
forbid:
  purpose: newsletter
"""

_CASES = """\
cases:
  - name: a newsletter
    on: {today}
    file: |
      campaign: one
      channel: {channel}
      purpose: newsletter              # expect: warning
  - name: a newsletter on the day before
    on: {yesterday}
    file: |
      campaign: one
      channel: {channel}
      purpose: newsletter
  - name: an invoice
    on: {today}
    file: |
      campaign: one
      channel: {channel}
      purpose: invoice
"""


def write_rule(rule: str, folder: Path, today: date) -> list[Path]:
    """Write a rule and its test file, which pass as they stand.

    Args:
        rule: ``pack/rule``; the pack must exist.
        folder: The folder of the packs.
        today: The day of the first enforcement step.

    Returns:
        The paths written.

    Raises:
        UsageError: The name is not one, the pack does not exist, or a file is already there.

    """
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*", rule):
        raise UsageError(f"'{rule}' is not PACK/RULE", "lower-case words joined by -, such as whatsapp/missing-label")
    pack, name = rule.split("/")
    pack_file = folder / pack / "pack.yaml"
    if not pack_file.is_file():
        raise UsageError(
            f"there is no pack '{folder / pack}'", "a pack is a folder with a pack.yaml; --folder names where packs are"
        )
    paths = [folder / pack / f"{name}.yaml", folder / pack / f"{name}{TEST_ENDING}"]
    for path in paths:
        if path.exists():
            raise UsageError(f"{path} is already there")
    documents = parse(str(pack_file), pack_file.read_bytes()).documents
    data = documents[0].data if documents and isinstance(documents[0].data, dict) else {}
    values = {
        "code": _free_code(folder / pack),
        "title": name.replace("-", " ").capitalize(),
        "terms": next(iter(data.get("terms") or {}), "TODO"),
        "channel": data.get("channel", "whatsapp"),
        "today": today.isoformat(),
        "yesterday": (today - timedelta(days=1)).isoformat(),
    }
    for path, template in zip(paths, (_RULE, _CASES), strict=True):
        path.write_text(template.format(**values), encoding="utf-8")
    return paths


def _free_code(pack: Path) -> str:
    """Return a code after the highest of the pack's."""
    codes = [
        match
        for path in pack.glob("*.yaml")
        if (match := re.search(r"^code: [\"']?([A-Z]+)([0-9]{3})\b", _text(path), re.MULTILINE))
    ]
    if not codes:
        letters = re.sub("[^A-Z]", "", pack.name.upper())
        return f"{letters[:2]:X<2}001"
    highest = max(codes, key=lambda match: int(match.group(2)))
    return f"{highest.group(1)}{int(highest.group(2)) + 1:03d}"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
