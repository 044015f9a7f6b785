"""Files that are made to bring a reader down: what is in each, and what policylint has to say of it.

They are made when a test asks for them: none is kept. ``python -m tests.hostile FOLDER`` makes them in a new folder and
prints what each takes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CAMPAIGN = "campaign: a\nchannel: email\npurpose: promotion\n"
MILLION = 1_000_000


class Hostile(NamedTuple):
    """A hostile file."""

    name: str
    """Name of the file; its ending chooses how it is read."""
    make: Callable[[], bytes | str]
    expected: frozenset[str]
    """The tool's own rules that it breaks, without ``policylint/``; empty where it must be read like any other."""

    def content(self) -> bytes:
        """Return what is in it."""
        made = self.make()
        return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")


def _file(name: str, make: Callable[[], bytes | str], *expected: str) -> Hostile:
    return Hostile(name, make, frozenset(expected))


def _laughs(levels: int, width: int, first: str = "[x, x, x, x, x, x, x, x, x, x]") -> str:
    later = (f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]" for level in range(1, levels))
    lines = [f"a0: &a0 {first}", *later]
    return CAMPAIGN + "x-bomb:\n  " + "\n  ".join(lines) + "\n"


def _merged_laughs(levels: int, width: int) -> str:
    lines = ["a0: &a0 {" + ", ".join(f"k{n}: {n}" for n in range(100)) + "}"]
    for level in range(1, levels):
        merged = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} {{<<: [{merged}], own{level}: [{merged}]}}")
    return CAMPAIGN + "x-bomb:\n  " + "\n  ".join(lines) + "\n"


def _deep_block(levels: int) -> str:
    return CAMPAIGN + "x-deep:\n" + "".join(f"{' ' * (n + 1)}k:\n" for n in range(levels))


def _campaign_json(**more: object) -> str:
    return json.dumps({"campaign": "a", "channel": "email", "purpose": "promotion", **more})


def _n8n(count: int, connections: dict[str, object]) -> str:
    send = {"operation": "send", "recipientPhoneNumber": "+4915112345678", "textBody": "Hi"}
    nodes = [
        {"name": f"n{number}", "type": "n8n-nodes-base.whatsApp", "parameters": send}
        if number % (count // 20) == 0
        else {"name": f"n{number}", "type": "n8n-nodes-base.set", "parameters": {}}
        for number in range(count)
    ]
    return json.dumps({"name": "w", "nodes": nodes, "connections": connections})


def _edges(targets: list[str]) -> dict[str, object]:
    return {"main": [[{"node": target, "type": "main", "index": 0} for target in targets]]}


def _full_n8n(count: int) -> str:
    """Return a workflow in which each node leads to every other."""
    names = [f"n{number}" for number in range(count)]
    return _n8n(count, {name: _edges(names) for name in names})


def _ring(count: int) -> str:
    return _n8n(count, {f"n{number}": _edges([f"n{(number + 1) % count}"]) for number in range(count)})


def _self_loops(count: int) -> str:
    return _n8n(count, {f"n{number}": _edges([f"n{number}"]) for number in range(count)})


def _rapidpro(count: int, exits: int) -> str:
    nodes = [
        {
            "uuid": f"u{number}",
            "actions": [{"uuid": f"a{number}", "type": "send_msg", "text": "Hello @contact"}],
            "exits": [
                {"uuid": f"e{number}-{at}", "destination_uuid": f"u{(number * at + 1) % count}"} for at in range(exits)
            ],
        }
        for number in range(count)
    ]
    flow = {"uuid": "f", "name": "flow", "type": "messaging", "language": "eng", "spec_version": "13.1.0"}
    return json.dumps({"version": "13", "flows": [{**flow, "nodes": nodes, "localization": {}}], "campaigns": []})


def _typebot(count: int, edges: int) -> str:
    groups = [
        {"id": f"g{number}", "title": f"Group {number}", "blocks": [_bubble(f"b{number}", f"e{number}-0")]}
        for number in range(count)
    ]
    lines = [
        {
            "id": f"e{number}-{at}",
            "from": {"groupId": f"g{number}", "blockId": f"b{number}"},
            "to": {"groupId": f"g{(number * at + 1) % count}"},
        }
        for number in range(count)
        for at in range(edges)
    ]
    start = {"id": "start", "type": "start", "outgoingEdgeId": "e0-0"}
    return json.dumps(
        {
            "version": "6",
            "id": "t",
            "name": "bot",
            "events": [start],
            "groups": groups,
            "edges": lines,
            "variables": [],
            "settings": {},
            "theme": {},
            "whatsAppCredentialsId": "c",
        }
    )


def _bubble(name: str, edge: str) -> dict[str, object]:
    text = [{"type": "p", "children": [{"text": "Sale"}]}]
    return {"id": name, "type": "text", "content": {"richText": text}, "outgoingEdgeId": edge}


def _suppressions(count: int) -> str:
    lines = [f"x-{n}: 1  # policylint: ignore[WA101] -- because {n}" for n in range(count)]
    return CAMPAIGN + "\n".join(lines) + "\n"


def _unknown_suppressions(count: int) -> str:
    lines = [f"x-{n}: 1  # policylint: ignore[WA{n}99] -- because" for n in range(count)]
    return CAMPAIGN + "\n".join(lines) + "\n"


def _body(text: str) -> str:
    return json.dumps(
        {
            "campaign": "a",
            "channel": "whatsapp",
            "purpose": "promotion",
            "sender": {"product": "business_platform"},
            "messages": [{"kind": "freeform", "body": text}],
        }
    )


SYNTAX, DEEP, NODES, LONG = "syntax", "too-deep", "too-many-nodes", "scalar-too-long"
MANY, UNKNOWN = "too-many-findings", "unrecognised"

FILES: tuple[Hostile, ...] = (
    # aliases
    _file("alias-of-itself.yaml", lambda: f"{CAMPAIGN}x-a: &a [*a]\n"),
    _file("alias-of-the-mapping-around-it.yaml", lambda: f"{CAMPAIGN}x-a: &a\n  b: {{c: *a}}\n"),
    _file("alias-of-the-document.yaml", lambda: f"&a\n{CAMPAIGN}x-a: *a\n"),
    _file("merge-of-itself.yaml", lambda: f"{CAMPAIGN}x-a: &a\n  <<: *a\n  k: 1\n"),
    _file("alias-as-key.yaml", lambda: f"{CAMPAIGN}x-a: &a [1]\nx-b: {{*a : 1, ? *a : 2}}\n", "duplicate-key"),
    _file("billion-laughs.yaml", lambda: _laughs(10, 9), NODES),
    _file("billion-laughs-of-30-levels.yaml", lambda: _laughs(30, 10), NODES),
    _file("billion-laughs-by-merge.yaml", lambda: _merged_laughs(20, 10), NODES),
    _file("billion-laughs-of-mappings.yaml", lambda: _laughs(12, 10, "{k: [1, 2, 3], l: {m: 1}}"), NODES),
    _file("a-hundred-thousand-aliases.yaml", lambda: f"{CAMPAIGN}x-a: &a [1]\nx-b: [{'*a, ' * 100_000}]\n"),
    _file("ten-thousand-anchors.yaml", lambda: CAMPAIGN + "".join(f"x-{n}: &a{n} {n}\n" for n in range(10_000))),
    _file(
        "one-anchor-ten-thousand-times.yaml",
        lambda: CAMPAIGN + "".join(f"x-{n}: &a {n}\n" for n in range(10_000)),
        SYNTAX,
    ),
    _file("alias-of-nothing.yaml", lambda: f"{CAMPAIGN}x-a: *nowhere\n", SYNTAX),
    # depth
    _file("brackets.yaml", lambda: f"{CAMPAIGN}x-a: {'[' * 20_000}\n", DEEP),
    _file("closed-brackets.yaml", lambda: f"{CAMPAIGN}x-a: {'[' * 20_000}{']' * 20_000}\n", DEEP),
    _file("braces.yaml", lambda: f"{CAMPAIGN}x-a: {'{a: ' * 20_000}{'}' * 20_000}\n", DEEP),
    _file("brackets.json", lambda: f'{{"campaign": "a", "channel": "email", "x": {"[" * 20_000}', DEEP),
    _file("closed-brackets.json", lambda: _campaign_json()[:-1] + f', "x": {"[" * 20_000}{"]" * 20_000}}}', DEEP),
    _file("braces.json", lambda: _campaign_json()[:-1] + ', "x": ' + '{"a":' * 20_000 + "1" + "}" * 20_001, DEEP),
    _file("deep-blocks.yaml", lambda: _deep_block(1500), DEEP),
    _file("dashes.yaml", lambda: f"{CAMPAIGN}x-a:\n{'- ' * 20_000}x\n", DEEP),
    _file("question-marks.yaml", lambda: f"{CAMPAIGN}x-a:\n  {'? ' * 20_000}x\n", DEEP),
    _file("deep-second-document.yaml", lambda: f"{CAMPAIGN}---\nx: {'[' * 300}{']' * 300}\n---\n{CAMPAIGN}", DEEP),
    # length
    _file("long-plain-scalar.yaml", lambda: f"{CAMPAIGN}x-a: {'a' * (10 * MILLION)}\n", LONG),
    _file("long-quoted-scalar.yaml", lambda: f'{CAMPAIGN}x-a: "{"a" * (10 * MILLION)}"\n', LONG),
    _file(
        "long-block-scalar.yaml",
        lambda: f"{CAMPAIGN}x-a: |\n{('  ' + 'a' * 78 + chr(10)) * 125_000}",
        LONG,
    ),
    _file("long-string.json", lambda: _campaign_json(**{"x-a": "a" * (10 * MILLION)}), LONG),
    _file("long-string-of-escapes.json", lambda: _campaign_json(**{"x-a": "\\" * (5 * MILLION)}), LONG),
    _file("long-comment.yaml", lambda: f"{CAMPAIGN}# {'a' * (5 * MILLION)}\n", LONG),
    _file("long-line.yaml", lambda: f"{CAMPAIGN}x-a: [{'a, ' * (5 * MILLION // 3)}]\n", LONG),
    _file("long-line.json", lambda: _campaign_json(**{"x-a": ["a" * 96] * 50_000})),
    _file("long-key.yaml", lambda: f"{CAMPAIGN}{'k' * 500_000}: 1\n", SYNTAX),
    _file("long-key.json", lambda: _campaign_json(**{"k" * (5 * MILLION): 1}), LONG, "schema"),
    _file("long-anchor.yaml", lambda: f"{CAMPAIGN}x-a: &{'a' * MILLION} 1\n"),
    _file("long-tag.yaml", lambda: f"{CAMPAIGN}x-a: !{'a' * MILLION} 1\n"),
    _file(
        "too-large.json",
        lambda: b'{"campaign": "a", "channel": "email", "x-a": [' + b"1, " * 17 * MILLION + b"1]}",
        "too-large",
    ),
    _file("too-large.yaml", lambda: CAMPAIGN.encode() + b"#" * 50 * MILLION, "too-large"),
    _file("env-of-one-line.env", lambda: f"WHATSAPP_PROVIDER={'a' * (5 * MILLION)}\n", LONG),
    # number
    _file("list-of-a-hundred-thousand.yaml", lambda: CAMPAIGN + "x-a:\n" + "- 1\n" * 100_000),
    _file("list-of-a-hundred-thousand.json", lambda: _campaign_json(**{"x-a": list(range(100_000))})),
    _file("zeros.json", lambda: _campaign_json(**{"x-a": [0] * (3 * MILLION)}).replace(" ", ""), NODES),
    _file("empty-lists.json", lambda: _campaign_json()[:-1] + f', "x": [{"[]," * (3 * MILLION)}0]}}', NODES),
    _file("thirty-thousand-keys.yaml", lambda: CAMPAIGN + "".join(f"x-{n}: 1\n" for n in range(30_000))),
    _file("a-hundred-thousand-keys.json", lambda: _campaign_json(**{f"x-{n}": 1 for n in range(100_000)})),
    _file(
        "unknown-fields.yaml",
        lambda: CAMPAIGN + "".join(f"key{n}: x\n" for n in range(1100)),
        "schema",
        MANY,
    ),
    _file(
        "unknown-fields.json",
        lambda: _campaign_json(**{f"key{n}": 1 for n in range(1100)}),
        "schema",
        MANY,
    ),
    _file("a-thousand-unknown-fields.yaml", lambda: CAMPAIGN + "".join(f"key{n}: x\n" for n in range(900)), "schema"),
    _file("a-key-ten-thousand-times.yaml", lambda: CAMPAIGN + "x-a: 1\n" * 10_000, "duplicate-key", MANY),
    _file(
        "a-key-ten-thousand-times.json",
        lambda: _campaign_json()[:-1] + ', "x-a": 1' * 10_000 + "}",
        "duplicate-key",
        MANY,
    ),
    _file("ten-thousand-documents.yaml", lambda: f"{CAMPAIGN}---\n" * 100 + "--- 1\n" * 20_000, "too-many-documents"),
    _file("empty-documents.yaml", lambda: CAMPAIGN + "---\n" * 100_000, "too-many-documents"),
    _file("requirements.txt", lambda: "".join(f"package-{n}==1.0\n" for n in range(60_000)), UNKNOWN),
    _file("suppressions.yaml", lambda: _suppressions(1100), "suppression-unused", MANY),
    _file(
        "suppressions-of-no-rule.yaml",
        lambda: _unknown_suppressions(1100),
        "suppression-unknown-rule",
        MANY,
    ),
    _file("messages.json", lambda: json.dumps({**json.loads(_body("Hi")), "messages": [{"body": "Sale"}] * 500})),
    _file("wrong-values.yaml", lambda: f"{CAMPAIGN}messages:\n" + "- {kind: tempalte}\n" * 1010, "schema", MANY),
    _file("long-env.env", lambda: "".join(f"WHATSAPP_KEY_{n}=x\n" for n in range(4_000))),
    _file("pyproject.toml", lambda: f"[project]\nname = 'a'\ndependencies = {'[' * 20_000}\n", DEEP),
    _file("package.json", lambda: f'{{"dependencies": {"[" * 20_000}', DEEP),
    _file("suppression-marks.yaml", lambda: f"{CAMPAIGN}# {'policylint: ignore[' * 50_000}\n", "suppression-malformed"),
    _file("long-number.yaml", lambda: f"{CAMPAIGN}audience: {{size: {'9' * 100_000}}}\n", "schema"),
    _file(
        "long-number.json",
        lambda: f'{{"campaign": "a", "channel": "email", "audience": {{"size": {"9" * 100_000}}}}}',
        "schema",
    ),
    _file(
        "large-exponent.json",
        lambda: '{"campaign": "a", "channel": "email", "audience": {"size": 1e999999999}}',
        "schema",
    ),
    _file("long-sexagesimal.yaml", lambda: f"{CAMPAIGN}x-a: {'1:' * 100_000}1\n"),
    # signs
    _file("nul.yaml", lambda: b"campaign: a\nchannel: email\nx-a: \0\n", SYNTAX),
    _file("nul.json", lambda: b'{"campaign": "a", "channel": "email", "x": "\0"}', "schema"),
    _file("only-nul.yaml", lambda: b"\0" * MILLION, SYNTAX),
    _file("half-pair.json", lambda: '{"campaign": "\\ud800", "channel": "email"}'),
    _file("half-pair.yaml", lambda: 'campaign: "\\ud800"\nchannel: email\n'),
    _file("half-pair-as-bytes.yaml", lambda: b"campaign: \xed\xa0\x80\nchannel: email\n", SYNTAX),
    _file("utf-16-with-mark.yaml", lambda: CAMPAIGN.encode("utf-16")),
    _file("utf-16-without-mark.yaml", lambda: CAMPAIGN.encode("utf-16-le"), SYNTAX),
    _file("utf-32-with-mark.json", lambda: _campaign_json().encode("utf-32")),
    _file("utf-32-without-mark.json", lambda: _campaign_json().encode("utf-32-be"), SYNTAX),
    _file("half-of-utf-16.yaml", lambda: b"\xff\xfe" + CAMPAIGN.encode("utf-16-le") + b"a", SYNTAX),
    _file("mark-in-the-middle.yaml", lambda: "campaign: a\n\ufeffchannel: email\n", UNKNOWN),
    _file("marks-only.yaml", lambda: "\ufeff" * 100_000, UNKNOWN),
    _file("line-ends-of-yaml-1.1.yaml", lambda: "campaign: a\nname: x\x85y\u2028z\nchannel: email\n"),
    _file("carriage-returns.yaml", lambda: CAMPAIGN.replace("\n", "\r")),
    _file("tabs.yaml", lambda: "campaign: a\n\tchannel: email\n", SYNTAX),
    _file("a-million-tabs.yaml", lambda: f"{CAMPAIGN}x-a:{chr(9) * MILLION}1\n"),
    _file("a-million-spaces.yaml", lambda: f"{CAMPAIGN}x-a:{' ' * MILLION}1\n"),
    _file("a-million-line-ends.yaml", lambda: CAMPAIGN + "\n" * MILLION),
    _file("a-million-quotes.yaml", lambda: f"{CAMPAIGN}x-a: {chr(39) * MILLION}\n"),
    _file("a-million-hashes.yaml", lambda: CAMPAIGN + "#\n" * 500_000),
    _file("a-million-comment-signs.json", lambda: _campaign_json() + "/**/" * 250_000),
    _file("open-comment.json", lambda: _campaign_json() + "/*" * 500_000, SYNTAX),
    _file("open-string.json", lambda: '{"campaign": "a", "channel": "email", "x": "' + "\\\\" * MILLION, SYNTAX),
    # patterns
    _file("pumped-braces.json", lambda: _body("{{" * 50_000)),
    _file("pumped-letters.json", lambda: _body("a" * 100_000)),
    _file("pumped-links.json", lambda: _body("http://" * 15_000)),
    _file("pumped-spaces.json", lambda: _body(" " * 100_000 + "x")),
    _file("pumped-zeros.json", lambda: _body("0" * 100_000)),
    _file("pumped-line-ends.json", lambda: _body("\n" * 100_000)),
    _file("pumped-accents.json", lambda: _body("a\u0301\u0327" * 30_000)),
    _file("pumped-marks.json", lambda: _body("*_~" * 30_000)),
    _file("pumped-words.json", lambda: _body("unsubscribe stop free win " * 4_000)),
    _file("pumped-placeholders.json", lambda: _body("{{1}} " * 16_000)),
    # graphs
    _file("workflow-ring.json", lambda: _ring(2000)),
    _file("workflow-of-self-loops.json", lambda: _self_loops(2000)),
    _file("workflow-all-to-all.json", lambda: _full_n8n(150)),
    _file("flow-all-to-all.json", lambda: _rapidpro(1000, 10)),
    _file("typebot-all-to-all.json", lambda: _typebot(1000, 10)),
)


PLAIN = Hostile("plain.yaml", lambda: CAMPAIGN, frozenset())


class Run(NamedTuple):
    """What a check of one file took, in a process of its own."""

    rules: frozenset[str]
    """The tool's own rules with findings."""
    seconds: float
    """Of processor time, start-up and all."""
    megabytes: float
    """The most memory that the process had; 0 where the system does not say."""


_CHECK = """
import contextlib, io, json, pathlib, re, sys, time
from policylint.cli import main
report = io.StringIO()
with contextlib.redirect_stdout(report):
    main(["check", "--isolated", "--format", "json", "--jobs", "1", sys.argv[1]])
seconds = time.process_time()
status = pathlib.Path("/proc/self/status")
most = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
rules = sorted({finding["rule"] for finding in json.loads(report.getvalue())["findings"]})
print(json.dumps([rules, seconds, int(most[1]) / 1024 if most else 0]))
"""


def checked(hostile: Hostile, folder: Path, cache: Path) -> Run:
    """Make a file in a new folder and check it; what is not the report of a check is an error.

    Args:
        hostile: The file.
        folder: Where it is made.
        cache: Keeps the compiled rules, so that only the first run has to make them.

    """
    folder.mkdir(parents=True)
    (folder / hostile.name).write_bytes(hostile.content())
    run = subprocess.run(
        [sys.executable, "-c", _CHECK, hostile.name],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "POLICYLINT_CACHE": str(cache)},
    )
    rules, seconds, megabytes = json.loads(run.stdout)
    own = frozenset(rule.removeprefix("policylint/") for rule in rules if rule.startswith("policylint/"))
    return Run(own, seconds, megabytes)


def main(folder: Path) -> None:
    """Write the files, and print what each takes."""
    checked(PLAIN, folder / "plain", folder / "cache")
    for number, hostile in enumerate(FILES):
        run = checked(hostile, folder / str(number), folder / "cache")
        said = ", ".join(sorted(run.rules)) or "-"
        sys.stdout.write(f"{run.seconds:5.2f} s {run.megabytes:4.0f} MB  {hostile.name}  {said}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
