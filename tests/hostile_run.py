"""One large run over hostile files: the cases beside the rules, and campaigns with hostile names in hostile paths."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from policylint.cli import main

ROOT = Path(__file__).parent.parent

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus x='",
    "javascript:alert(1)",
    "]]></failure><!--",
    "a | b `c` *d* _e_ ~f~ $g$ \\| &amp; 'h' \"i\"",
    "[click](https://evil.example) www.evil.example @team #12 !3",
    "::error::x%0A,y:z",
    "##[add-mask]x",
    "\x1b[2J\x1b]8;;https://evil.example\x07\x7f\x9b",
    "\u202eevil\u200b\U000e0041\ufeff",
    "\ufffe\uffff\x00\x0b",
    "\ud800 alone",
    "line\nbreak\r\nand\ttab\u2028\x85",
    "企業 🎉 é́ שלום",
)
HOSTILE_PATHS = (
    "a b/ü#%25?&.yaml",
    "q'uote\"s/<b>,[x](y):1:2.yaml",
    "line\nbreak\x1b[31m.yaml",
    "@team/www.evil.example/##[group]|`x`.yaml",
)


def hostile_run(folder: Path, formats: Sequence[str], paths: Sequence[str] = HOSTILE_PATHS) -> Mapping[str, str]:
    """Return the reports of the run by format; ``folder`` is a new one, in ``paths`` are the campaigns."""
    for path in sorted((ROOT / "rules").glob("*/*.test.yaml"))[::3]:
        cases = yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
        case = next(case for case in cases if "# expect:" in case["file"])
        file = folder / "cases" / path.name.replace("test.yaml", case.get("filename", "campaign.yaml"))
        file.parent.mkdir(exist_ok=True)
        file.write_text(case["file"], encoding="utf-8")
    for path_name in paths:
        file = folder / path_name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_campaigns(), encoding="utf-8")
    broken = folder / os.fsdecode(b"caf\xe9.yaml")
    broken.write_text("campaign: a\nchannel: [\n", encoding="utf-8")
    arguments = [argument for name in formats for argument in ("--format", f"{name}={folder}/{name}.out")]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("POLICYLINT_CACHE", str(folder / ".cache"))
        status = main(["check", "--isolated", "--as-of", "2026-11-23", *arguments, "."])
    assert status == 1
    return {name: (folder / f"{name}.out").read_text(encoding="utf-8") for name in formats}


def _campaigns() -> str:
    campaigns = [
        {
            "campaign": name,
            "name": name,
            "channel": "whatsapp",
            "purpose": "newsletter",
            "sender": {"product": "consumer_app", "library": "baileys"},
        }
        for name in HOSTILE_NAMES
    ]
    campaigns.append({"campaign": "open", "channel": "whatsapp", "purpose": "newsletter", "sender": "{{ later }}"})
    reason = "  # policylint: ignore[WA101] until=2026-12-31 -- <b>it's</b> | agreed @team"
    purposes = 0
    lines = []
    for line in json.dumps(campaigns, indent=1).splitlines():
        purposes += '"purpose"' in line
        said = reason if '"purpose"' in line and purposes % 2 else ""
        lines.append(f" {line}{said}")
    return "\n".join(["campaigns:", *lines, ""])
