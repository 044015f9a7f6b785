"""The same sixty rules for every peer: from one product of WhatsApp, a field must not have a value.

What they say is not what our rules say, only as much, and in the same form: a rule of ours looks at the channel and at
the sender's product before it looks at the field that it is about. Ours runs with its full packs instead.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_PLATFORM, _APP, _CONSUMER = "business_platform", "business_app", "consumer_app"
_FORBIDDEN = {
    ("audience", "source"): "purchased_list rented_list scraped guessed generated leaked swapped partner_list",
    ("audience", "selection"): "everybody random enumerated foreign_groups",
    ("consent", "basis"): "none assumed implied silence",
    ("consent", "source"): "unknown third_party terms_only pre_ticked bundled verbal",
    ("business", "type"): "law_enforcement political militia anonymous",
    ("sender", "region"): "KP SY IR CU",
    ("sender", "provider"): "baileys waha wppconnect gowa venom maytapi ultramsg wasender",
    ("schedule", "recurrence"): "hourly minutely constantly endless",
    ("purpose",): "chain_letter spam phishing gambling lottery",
    ("name",): "test untitled draft",
    ("direction",): "both unknown none",
    ("messages", "kind"): "broadcast_list group_message status_update",
    ("messages", "category"): "transactional promotional service_update account",
}


class Rule(NamedTuple):
    """From this product of WhatsApp, the field at the path must not have the value."""

    product: str
    path: tuple[str, ...]
    value: str


_FIELDS = [(path, value) for path, values in _FORBIDDEN.items() for value in values.split()]
RULES = [
    Rule((_PLATFORM, _PLATFORM, _PLATFORM, _PLATFORM, _APP, _CONSUMER)[number % 6], path, value)
    for number, (path, value) in enumerate(_FIELDS)
]
assert len(RULES) == 60, len(RULES)


def _at(path: tuple[str, ...], schema: Any) -> dict[str, Any]:
    for step in reversed(path):
        schema = {"properties": {step: {"items": schema} if step == "messages" else schema}}
    return {"type": "object", **schema}


def _implication(rule: Rule) -> dict[str, Any]:
    """Return the rule as a JSON Schema."""
    whatsapp = {"properties": {"channel": {"const": "whatsapp"}}, "required": ["channel"]}
    product = {"properties": {"product": {"const": rule.product}}, "required": ["product"]}
    sent_by = {"properties": {"sender": product}, "required": ["sender"]}
    return {"if": {"allOf": [whatsapp, sent_by]}, "then": _at(rule.path, {"not": {"const": rule.value}})}


def json_schema() -> dict[str, Any]:
    """Return a JSON Schema, for check-jsonschema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "allOf": [_implication(rule) for rule in RULES],
    }


def spectral() -> dict[str, Any]:
    """Return a ruleset of Spectral: where a rule looks at two fields it is given the whole document and a schema."""
    return {
        "rules": {
            f"rule-{number:02d}": {
                "given": "$",
                "severity": "error",
                "message": f"{rule.value} here",
                "then": {"function": "schema", "functionOptions": {"schema": _implication(rule)}},
            }
            for number, rule in enumerate(RULES)
        }
    }


def semgrep() -> dict[str, Any]:
    """Return rules of Semgrep."""
    rules = []
    for number, rule in enumerate(RULES):
        patterns = [
            {"pattern-inside": "...\nchannel: whatsapp\n..."},
            {"pattern-inside": f"...\nsender:\n  ...\n  product: {rule.product}\n  ...\n..."},
            *({"pattern-inside": f"{step}: $ANY"} for step in rule.path[:-1]),
            {"pattern": f"{rule.path[-1]}: {rule.value}"},
        ]
        rules.append(
            {
                "id": f"rule-{number:02d}",
                "languages": ["yaml"],
                "severity": "ERROR",
                "message": f"{rule.value} here",
                "patterns": patterns,
            }
        )
    return {"rules": rules}


def ast_grep() -> list[dict[str, Any]]:
    """Return rules of ast-grep, one document each."""
    rules = []
    for number, rule in enumerate(RULES):
        conditions = [{"pattern": "channel: whatsapp"}, {"pattern": f"product: {rule.product}"}]
        parts = [
            {"pattern": f"{rule.path[-1]}: {rule.value}"},
            *(
                {
                    "inside": {
                        "kind": "block_mapping_pair",
                        "stopBy": "end",
                        "has": {"field": "key", "regex": f"^{step}$"},
                    }
                }
                for step in rule.path[:-1]
            ),
            *(
                {"inside": {"kind": "document", "stopBy": "end", "has": {**condition, "stopBy": "end"}}}
                for condition in conditions
            ),
        ]
        rules.append(
            {
                "id": f"rule-{number:02d}",
                "language": "yaml",
                "severity": "error",
                "message": f"{rule.value} here",
                "rule": {"all": parts},
            }
        )
    return rules


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


def write_samples(folder: Path) -> None:
    """Write for every rule a file that breaks it and one that would, were it another product that sends."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, rule in enumerate(RULES):
        other = _APP if rule.product == _PLATFORM else _PLATFORM
        for name, product in ((broken(number), rule.product), (f"kept-{number:02d}.yaml", other)):
            campaign: dict[str, Any] = {"channel": "whatsapp", "sender": {"product": product, "label": "a"}}
            *parents, field = rule.path
            if parents == ["messages"]:
                campaign["messages"] = [{"label": "b"}, {"label": "c", field: rule.value, "note": "d"}]
            elif parents:  # Semgrep takes a mapping of one pair for something else than a mapping
                campaign.setdefault(parents[0], {"label": "e"}).update({field: rule.value, "note": "f"})
            else:
                campaign[field] = rule.value
            (folder / name).write_text(yaml.safe_dump(campaign, sort_keys=False), encoding="utf-8")


def broken(number: int) -> str:
    """Return the name of the sample that breaks a rule."""
    return f"broken-{number:02d}.yaml"
