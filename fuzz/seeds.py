"""Our own small files → what each target starts from, and the words that mutations put in."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from policylint import resources
from policylint.parse import parse
from policylint.plugins import load_extensions
from policylint.record import record_schema

ROOT = Path(__file__).parents[1]
CRASHES = Path(__file__).parent / "crashes"
"""One folder for each target, with the inputs that it crashed on."""
_LONGEST = 2000
"""Bytes of a seed: mutations of a long file seldom reach what they are meant to."""


def kept_crashes(target: str) -> list[bytes]:
    """Return the inputs on which a target crashed in former runs."""
    return [path.read_bytes() for path in sorted((CRASHES / target).glob("*")) if path.is_file()]


@cache
def own_texts() -> tuple[bytes, ...]:
    """Return the small files of our own tests: the cases beside the rules, and the literals of the Python tests."""
    found: dict[bytes, None] = {}
    for path in sorted(resources.rules_folder().glob("*/*.test.yaml")):
        (document,) = parse(path.name, path.read_bytes()).documents
        found.update((case["file"].encode(), None) for case in document.data["cases"])
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        found.update((text.encode("utf-8", "replace"), None) for text in _literals(path))
    return tuple(text for text in found if 20 <= len(text) <= _LONGEST)


def _literals(path: Path) -> Iterator[str]:
    """Yield the texts of a module, and its dictionaries and lists of plain values as JSON."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, (ast.Dict, ast.List)):
            try:
                yield json.dumps(ast.literal_eval(node))
            except (ValueError, TypeError):  # with names, calls or bytes in it
                continue


@cache
def _recognised() -> dict[str, tuple[bytes, ...]]:
    """Return those of our texts that an adapter reads, by its name."""
    candidates = [one for one in load_extensions(installed=False).adapters if one.words and not one.names]
    found: dict[str, list[bytes]] = {}
    for raw in own_texts():
        small = raw.decode().lower()
        possible = [one for one in candidates if any(word in small for word in one.words)]
        for document in parse("campaigns", raw).documents[:1] if possible else ():
            name = next((one.name for one in possible if one.load().recognises(document)), None)
            if name is not None:
                found.setdefault(name, []).append(raw)
    return {name: tuple(sorted(texts, key=len)[:: max(len(texts) // 50, 1)]) for name, texts in found.items()}


def adapter_seeds(name: str) -> Iterator[bytes]:
    """Yield documents of a format: its example, and our texts that are in it, as JSON."""
    (adapter,) = (one.load() for one in load_extensions(installed=False).adapters if one.name == name)
    yield adapter.example.encode()
    yield from map(json_form, (adapter.example.encode(), *_recognised().get(name, ())))


def tree_seeds() -> Iterator[bytes]:
    """Yield documents of all formats."""
    for candidate in load_extensions(installed=False).adapters:
        yield candidate.load().example.encode()
    yield from (path.read_bytes() for path in sorted((ROOT / "examples/campaigns").glob("*.yaml")))
    yield from (
        b"- &a [1, 2.5, 0x1F, 1e3, .inf, ~]\n- *a\n- {<<: {k: v}, ? x : !tag y}\n",
        b"--- |\n a\n  b\n...\n# c\n--- >-\n a\n\n b\n",
        b"a: 'it''s'\nb: \"\\u00e4\\n\"\nc: 1:20\nd: NO\n",
        '\ufeffä: "ü"\r\n'.encode("utf-16"),
        b'{"a": [1, {"b": null}, "c\\u00e4", 1e5], // c\n "d": true,}\n',
    )


def line_seeds(name: str) -> list[bytes]:
    """Return files of that name, which is one whose keys and values stand on lines."""
    return {
        ".env": [b"# c\nexport A_B=1\nC='x # y' # d\nEVOLUTION_API_URL=https://a.example\n", b'A=\nWAHA_KEY="x"\n'],
        "go.mod": [b"module a\n\nrequire (\n\tgo.mau.fi/whatsmeow v0.0.1 // indirect\n)\nrequire a/b v1\n"],
        "requirements.txt": [b"# c\ntwilio==1.0 ; python_version > '3'\nyowsup2>=1 # d\n-r other.txt\n"],
        "pyproject.toml": list(_TOML),
    }[name]


_TOML = (
    b"""[tool.policylint]
select = ["whatsapp"]
fail_on = "warning"
[tool.policylint.rules.WA101]
severity = "off"
""",
    b"""[project]
dependencies = ["neonize>=1", '''a''']
[[a.b]]
c = {d = 2026-01-01, e = [1, 2.5,]}
""",
    b"""[tool.policylint.defaults]
sender = {product = "business_platform"}
[[tool.policylint.waivers]]
rule = "WA101"
""",
)


def suppression_seeds() -> Iterator[bytes]:
    """Yield campaign files with comments on findings."""
    for comment in (
        b"ignore[WA101] -- agreed with the platform",
        b"ignore[WA101, whatsapp/missing-opt-out] until=2026-12-31 -- footer added by the gateway",
        b"ignore-file[WA101] until=2025-01-01 -- too late",
        b"ignore[] until=x",
        b"ignore[nothing-like-it] colour=red -- why",
        b"disable-next-line",
    ):
        line = b"# policylint: " + comment + b"\n"
        yield line + b"campaign: a\nchannel: whatsapp\n" + line + b"sender:\n  product: consumer_app " + line
        yield b'{"campaign": "a", // policylint: ' + comment + b'\n"channel": "whatsapp", "sender": {}}\n'
        yield (
            b"campaign: a\nmessages:\n"
            + line
            + b"- body: |\n    text\n    # policylint: x\n  kind: freeform\npurpose: promotion\n"
        )


def waiver_seeds() -> list[bytes]:
    """Return files of waivers."""
    head = b"waivers:\n  - rule: WA101\n    path: campaigns/*.yaml\n    reason: it moves\n    owner: crm@example.org\n"
    more = b"    approver: legal@example.org\n    ticket: CRM-12\n    added: 2026-11-01\n"
    end = b"    until: 2026-12-31\n"
    wrong = b"waivers: [{rule: WA999, campaign: 7, reason: '', owner: a, approver: a, until: 2026-02-30}]\n"
    return [head + end, head + more + end, head + more + end + (head + end).partition(b"\n")[2], wrong]


def baseline_seeds() -> list[bytes]:
    """Return baseline files."""
    entry: dict[str, Any] = {"path": "a.yaml", "rule": "whatsapp/missing-opt-in", "severity": "error"}
    entry |= {"campaign": "a", "record": "campaigns[0]", "pointer": "consent", "values": ["12ab"], "content": "34cd"}
    lines = [b'{"baseline": 1}', json.dumps(entry).encode(), json.dumps({**entry, "count": 3}).encode()]
    return [b"\n".join(lines), lines[0], b"<<<<<<< a\n" + lines[0] + b"\n=======\n", lines[1]]


def configuration_seeds() -> Iterator[bytes]:
    """Yield configuration files."""
    yield b"select: [whatsapp, WA1]\nignore: [WA204]\nexclude: ['drafts/**']\nfail_on: warning\nundecided: info\n"
    yield b"rules:\n  WA101: {severity: error}\n  oversized-broadcast-list: {parameters: {maximum: 200}}\n"
    yield b"rules:\n  whatsapp/oversized-broadcast-list: {parameters: {maximum: 200}, severity: 'off'}\n"
    yield b"defaults:\n  sender: {product: business_platform, provider: '{{ x }}'}\n  audience: {countries: [DE]}\n"
    yield b"baseline: policylint-baseline.jsonl\nwaiver_max_days: 90\nwaiver_requires: [ticket]\n" + waiver_seeds()[1]
    yield from (seed.partition(b"\n=")[0] for seed in mapped_seeds(b"\n=\n"))


def mapped_seeds(separator: bytes) -> list[bytes]:
    """Return configurations that map files, each with such a file behind it."""
    listed = b"""sources:
  - files: campaigns.yaml
    each: campaigns[*]
    map:
      campaign: id
      enabled: state
      audience.selection: [who.mode, mode]
      messages.body: steps[*].text
      schedule.timezone: $.timezone
    values: {enabled: {draft: false}}
    defaults: {channel: whatsapp, sender: {product: business_platform}}
"""
    keyed = b"""sources:
  - files: ['*.yaml']
    each: mails.*
    map: {campaign: '@key', audience.countries: countries, messages.template.name: "['the name']"}
    defaults: {channel: email}
"""
    entry = b"{id: 1, state: draft, who: {mode: all}, steps: [{text: Hi}, {text: 2}]}"
    return [
        listed + separator + b"timezone: UTC\ncampaigns: [" + entry + b", x]\n",
        keyed + separator + b"mails:\n  a: {countries: [DE, 5], 'the name': b}\n  c: [1]\n",
    ]


def rule_seeds() -> Iterator[bytes]:
    """Yield rule files for a pack with the terms `house`: one of our own, then those of the packs."""
    head = """code: TT001
title: A bad thing
message: "$campaign does a bad thing"
why: It is bad.
solution: Do a good thing.
certainty: forbidden
sources: [{terms: house, clause: "1", confidence: primary}]
enforcement: [{since: 2020-01-01, severity: warning}, {observed: 2026-01-01, severity: error, note: x}]
"""
    dated = {"maximum": {"values": {"2018-01-01": 256, "2026-05-20": 200}}}
    first = {"parameters": dated, "forbid": {"audience.size": {"greater_than": "$maximum"}}}
    yield (head + _block(first)).encode()
    for path in sorted(resources.rules_folder().glob("*/*.yaml"))[::6]:
        (document,) = parse(path.name, path.read_bytes()).documents
        data = document.data
        if "code" not in data:
            continue
        rest = {
            key: data[key]
            for key in ("select", "where", "forbid", "require", "at", "parameters", "caps")
            if key in data
        }
        text = json.dumps(rest)
        if "list" not in text and "mentions" not in text and len(text) < _LONGEST:
            yield (head + _block(rest)).encode()


def _block(data: dict[str, Any]) -> str:
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items())


def case_seeds() -> list[bytes]:
    """Return files of cases for the first of ``rule_seeds``."""
    case: dict[str, Any] = {
        "name": "a large audience",
        "file": "campaign: a\nchannel: whatsapp\naudience: {size: 300}\n",
    }
    marked = case["file"].replace("300}", "300}  # expect: warning")
    cases = [
        [case],
        [{**case, "file": marked, "on": "2026-11-23"}, {**case, "undecided": True}],
        [
            {
                **case,
                "filename": "workflow.json",
                "findings": [{"line": 3, "severity": "error"}],
                "project": {".env": "A=1"},
            }
        ],
    ]
    return [json.dumps({"cases": listed}).encode() for listed in cases]


def pack_seeds() -> list[bytes]:
    """Return ``pack.yaml`` files; the first is valid beside a rule alone."""
    pack = b"""title: House rules
channel: whatsapp
timezone: UTC
reviewed: 2026-11-23
terms:
  house: {title: House rules, url: https://example.org/house, edition: 2026-01-01, read: 2026-11-23}
"""
    return [
        pack,
        pack + b"redirects: {house/old: TT001}\ntopics: {TT: All}\n",
        pack
        + b"lists: {near: rule.yaml}\nwords: {sale: words/sale.yaml}\ncoverage: coverage.yaml\nproviders: rule.yaml\n",
    ]


def json_form(raw: bytes) -> bytes:
    """Return the first document of a file as JSON, which mutations of trees can read; the bytes where there is none."""
    for name in ("c.yaml", "c.json"):
        documents = parse(name, raw).documents
        if documents and isinstance(documents[0].data, (dict, list)):
            return json.dumps(documents[0].data, default=str).encode()
    return raw


def dictionary() -> list[str]:
    """Return the words that our files are made of: keys, values, signs."""
    schemas = [resources.schema(name) for name in ("config", "pack", "rule", "waivers", "baseline")]
    words = {*_words(record_schema().schema)}.union(*map(_words, schemas))
    for candidate in load_extensions(installed=False).adapters:
        words.update(word.strip("\"' :") for word in candidate.words)
        words.update(_keys(parse("example", candidate.load().example.encode())))
    signs = [
        "{{ x }}",
        "${X}",
        "{% if x %}",
        "policylint: ignore[",
        "--- ",
        "...",
        "&a ",
        "*a",
        "!!str ",
        "<<: ",
        "\ufeff",
    ]
    signs += [
        "2019-12-07",
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
        "T09:00+14:00",
        "[*]",
        "$maximum",
        "\\ud800",
        "1e999",
    ]
    return sorted(word for word in words if 1 < len(word) <= 40) + signs


def _words(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties") or ()
        yield from (value for value in schema.get("enum") or () if isinstance(value, str))
        for value in schema.values():
            yield from _words(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _words(value)


def _keys(source: Any) -> Iterator[str]:
    found: list[Any] = [document.data for document in source.documents]
    while found:
        value = found.pop()
        if isinstance(value, dict):
            yield from map(str, value)
            found += value.values()
        elif isinstance(value, list):
            found += value


def written(words: Iterable[str]) -> str:
    """Return words as libFuzzer reads a dictionary."""
    return "".join(f'"{_escaped(word)}"\n' for word in words)


def _escaped(word: str) -> str:
    plain = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word.encode())
    return "".join(plain)
