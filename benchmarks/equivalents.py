"""The same sixty rules for every peer: a field must not have a value.

What they say is not what our rules say, only as much: each peer looks at every file for sixty things, and finds the
files that `generate.py` made faulty. Ours runs with its full packs instead.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FORBIDDEN = {
    ("audience", "source"): "purchased_list rented_list scraped guessed generated leaked swapped partner_list",
    ("audience", "selection"): "everybody random enumerated foreign_groups",
    ("consent", "basis"): "none assumed implied silence",
    ("consent", "source"): "unknown third_party terms_only pre_ticked bundled verbal",
    ("business", "type"): "law_enforcement political militia anonymous",
    ("sender", "product"): "consumer_app web_client modified_app unknown_app",
    ("sender", "provider"): "baileys waha wppconnect gowa venom maytapi ultramsg wasender",
    ("schedule", "recurrence"): "hourly minutely constantly endless",
    ("purpose",): "chain_letter spam phishing gambling lottery",
    ("channel",): "fax pager telex",
    ("direction",): "both unknown none",
    ("messages", "kind"): "broadcast_list group_message status_update",
    ("messages", "category"): "transactional promotional service_update account",
}

RULES = [(path, value) for path, values in _FORBIDDEN.items() for value in values.split()]
assert len(RULES) == 60, len(RULES)


def json_schema() -> dict[str, Any]:
    """Return a JSON Schema, for check-jsonschema."""
    properties: dict[str, Any] = {}
    for path, value in RULES:
        target = properties
        for step in path[:-1]:
            entry = target.setdefault(step, {"items": {"properties": {}}} if step == "messages" else {"properties": {}})
            target = entry.get("items", entry)["properties"]
        target.setdefault(path[-1], {"not": {"enum": []}})["not"]["enum"].append(value)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties}


def spectral() -> dict[str, Any]:
    """Return a ruleset of Spectral."""
    rules = {}
    for number, (path, value) in enumerate(RULES):
        given = "$." + ".".join("messages[*]" if step == "messages" else step for step in path)
        then = {"function": "pattern", "functionOptions": {"notMatch": f"^{value}$"}}
        rules[f"rule-{number:02d}"] = {"given": given, "severity": "error", "message": f"{value} here", "then": then}
    return {"rules": rules}


def semgrep() -> dict[str, Any]:
    """Return rules of Semgrep."""
    return {
        "rules": [
            {
                "id": f"rule-{number:02d}",
                "languages": ["yaml"],
                "severity": "ERROR",
                "message": f"{value} here",
                "pattern": f"{path[-1]}: {value}",
            }
            for number, (path, value) in enumerate(RULES)
        ]
    }


def ast_grep() -> list[dict[str, Any]]:
    """Return rules of ast-grep, one document each."""
    return [
        {
            "id": f"rule-{number:02d}",
            "language": "yaml",
            "severity": "error",
            "message": f"{value} here",
            "rule": {"pattern": f"{path[-1]}: {value}"},
        }
        for number, (path, value) in enumerate(RULES)
    ]


def write(folder: Path) -> None:
    """Write the files of all peers; JSON is YAML too."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "schema.json": json.dumps(json_schema(), indent=1),
        "spectral.yaml": json.dumps(spectral(), indent=1),
        "semgrep.yaml": json.dumps(semgrep(), indent=1),
        "ast-grep.yaml": "\n---\n".join(json.dumps(rule) for rule in ast_grep()) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
