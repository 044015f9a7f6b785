"""A finding that is suppressed, waived and baselined at once: there once in every format, with the nearest reason."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policylint.api import lint
from policylint.config import Settings
from policylint.explanation import explain_rule
from policylint.extensions import Style
from policylint.model.rule import RuleNames
from policylint.parse import parse
from policylint.plugins import load_extensions
from policylint.ruleset import load_rules
from policylint.suppress import apply_suppressions
from policylint.waivers import problems_in

EXTENSIONS = load_extensions(installed=False)
SETTINGS = Settings(as_of=date(2026, 11, 23))
LINE = {
    "path": "a.yaml",
    "rule": "whatsapp/bulk-from-consumer-app",
    "severity": "error",
    "campaign": "a",
    "pointer": "purpose",
    "values": ["7675088546389047"],
}
IN_FILE = "# policylint: ignore[WA101] -- reason of the file"
WAIVER = "{rule: WA101, path: a.yaml, reason: reason of the waiver, owner: crm, until: 2026-12-31}"
MESSAGE = "a sends bulk or newsletter messages from a WhatsApp app account"


def report(folder: Path, *, in_file: bool, waived: bool, baselined: bool, shown: bool = True) -> Any:
    text = f"campaign: a\nchannel: whatsapp\npurpose: newsletter {IN_FILE if in_file else ''}\n"
    lines = [json.dumps(line) for line in ({"baseline": 1}, *([LINE] if baselined else []))]
    files = {
        "a.yaml": text + "sender: {product: consumer_app}\n",
        "policylint-waivers.yaml": f"waivers: [{WAIVER if waived else ''}]\n",
        "baseline.jsonl": "\n".join(lines),
    }
    (folder / ".git").mkdir()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    found = lint(["."], as_of=date(2026, 11, 23), select=["WA101"], baseline=Path("baseline.jsonl"))
    return found._replace(show_suppressed=shown)


def rendered(found: Any, name: str) -> str:
    return EXTENSIONS.reporters[name].render(found, Style())


@pytest.mark.parametrize(
    ("given", "kind", "reason"),
    [
        ((True, True, True), "in_source", "reason of the file"),
        ((True, False, True), "in_source", "reason of the file"),
        ((False, True, True), "waiver", "reason of the waiver"),
        ((False, False, True), "baseline", "listed in baseline.jsonl"),
    ],
)
def test_a_finding_has_one_reason_in_every_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[bool, bool, bool], kind: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = report(tmp_path, in_file=given[0], waived=given[1], baselined=given[2])
    (finding,) = (finding for finding in found.findings if finding.code == "WA101")
    assert (finding.suppressed.kind, finding.suppressed.reason) == (kind, reason)
    data = json.loads(rendered(found, "json"))
    (plain,) = (each for each in data["findings"] if each["code"] == "WA101")
    assert (plain["suppressed"]["kind"], plain["suppressed"]["reason"]) == (kind, reason)
    counts = {name: data["summary"][name] for name in ("errors", "suppressed", "waived", "baselined")}
    assert counts == {"errors": 0, "suppressed": 1, "waived": kind == "waiver", "baselined": kind == "baseline"}
    (run,) = json.loads(rendered(found, "sarif"))["runs"]
    (result,) = (each for each in run["results"] if each["ruleId"] == "whatsapp/bulk-from-consumer-app")
    (suppression,) = result["suppressions"]
    assert suppression["kind"] == ("inSource" if kind == "in_source" else "external")
    assert suppression["justification"].startswith(reason)
    assert rendered(found, "text").count(f"= suppressed: {'in the file' if kind == 'in_source' else 'by'}") == 1


def blocks(page: str) -> list[str]:
    text = (Path(__file__).parent.parent / page).read_text(encoding="utf-8")
    return re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", [*blocks("README.md"), *blocks("docs/living-with-findings.md")])
def test_the_suppressions_and_waivers_of_the_documents_can_be_read(text: str) -> None:
    source = parse("c.yaml", text.encode())
    rules = load_rules(SETTINGS, EXTENSIONS)
    names = RuleNames(rules.known, frozenset(rules.cards), rules.is_waivable)
    _, problems = apply_suppressions(source, [], names, date(2026, 11, 23))
    assert {problem.rule for problem in problems} == ({"suppression-unused"} if "policylint: ignore" in text else set())
    for document in source.documents:
        if "waivers" in document.data:
            assert list(problems_in({"waivers": document.data["waivers"]})) == []
            assert [waiver["rule"] in rules.known for waiver in document.data["waivers"]] == [True]


@pytest.mark.parametrize("name", sorted(EXTENSIONS.reporters))
def test_no_format_tells_of_it_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    found = report(tmp_path, in_file=True, waived=True, baselined=True)
    assert rendered(found, name).count(MESSAGE) <= 1
    assert "reason of the waiver" not in rendered(found._replace(sources={}), name)


def test_a_rule_that_may_not_be_accepted_says_so() -> None:
    told = {code: explain_rule(code, SETTINGS, EXTENSIONS) for code in ("WA705", "WA101")}
    said = "No suppression, waiver or baseline may accept its findings."
    assert {code: said in text for code, text in told.items()} == {"WA705": True, "WA101": False}


def test_what_is_not_needed_any_more_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = report(tmp_path, in_file=True, waived=True, baselined=True)
    assert [(finding.path, finding.rule) for finding in found.findings if finding.suppressed is None] == [
        ("baseline.jsonl", "policylint/baseline-gone"),
        ("policylint-waivers.yaml", "policylint/waiver-unused"),
    ]
