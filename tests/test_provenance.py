"""A report names all that its verdicts rest on, so that a past verdict can be reproduced."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from policylint import lint, resources
from policylint.cli import main
from policylint.extensions import Style
from policylint.model.finding import PackUsed, Provenance, Report
from policylint.parse.yaml import parser_name
from policylint.recall import _yaml_parser
from policylint.reporters import json_report
from policylint.reporters.provenance import provenance_lines
from tests.rulefiles import write_pack

CONFIGURATION = (
    "ignore: [WA209]\nundecided: info\ndefaults: {sender: {product: business_app}}\npacks: [policies/house]\n"
)
RULE = """\
code: HO001
title: A survey
message: "$campaign is a survey"
why: We send none.
solution: Send none.
certainty: good_practice
sources:
  - {terms: house, clause: "1", confidence: primary}
enforcement:
  - {since: 2019-01-01, severity: info, note: ours}
forbid: {purpose: survey}
"""
FILES = {
    "policylint.yaml": CONFIGURATION,
    "campaigns/one.yaml": "campaign: one\nchannel: whatsapp\npurpose: newsletter\nschedule: {recurrence: weekly}\n",
    "campaigns/two.json": '{"campaign": "two", "channel": "whatsapp", "purpose": "survey", "audience": {"size": 3}}\n',
    "campaigns/three.yaml": "campaign: three\nchannel: whatsapp\npurpose: '{{ what }}'\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with campaigns, a configuration and a pack of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICYLINT_CACHE", str(tmp_path / ".cache"))
    for name, text in FILES.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    write_pack(tmp_path / "policies" / "house", {"survey.yaml": RULE})
    return tmp_path


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    main(["check", *arguments, "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, resources.schema("report"))
    return found


def replayed(recorded: Any, *paths: str) -> Any:
    """Return what the run of a report says today, after the pieces that it names are known to be the same."""
    provenance = recorded["provenance"]
    configuration = provenance["configuration"]
    text = Path(configuration["path"]).read_bytes()
    assert hashlib.sha256(text).hexdigest() == configuration["digest"]
    report = lint(
        paths,
        as_of=date.fromisoformat(recorded["as_of"]),
        at=None if recorded["at"] is None else date.fromisoformat(recorded["at"]),
        select=provenance["options"]["select"],
        ignore=provenance["options"]["ignore"],
        config=Path(configuration["path"]),
    )
    assert {name: pack.digest for name, pack in report.packs.items()} == {
        name: pack["digest"] for name, pack in recorded["packs"].items()
    }
    return json.loads(json_report.render(report, Style()))


@pytest.mark.parametrize("days", [("--as-of", "2019-12-06"), ("--as-of", "2026-11-23", "--at", "2019-12-07")])
def test_the_same_files_with_what_a_report_names_have_the_same_findings(
    days: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--select", "WA101,WA113,WA301,HO001,policylint", "--ignore", "WA301")
    recorded = checked(capsys, *days, *options, "campaigns")
    assert {finding["rule"] for finding in recorded["findings"]} == {
        "whatsapp/marketing-from-business-app",
        "house/survey",
        "policylint/undecided",
    }
    assert replayed(recorded, "campaigns") == recorded
    assert checked(capsys, "--as-of", "2018-01-01", *options, "campaigns")["findings"] != recorded["findings"]


def test_a_report_names_versions_packs_settings_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    found = checked(capsys, "--as-of", "2026-11-23", "--strict", "--fail-on-upcoming", "14d", "campaigns/one.yaml")
    pack = found["packs"]["house"]
    assert (pack["version"], len(pack["digest"])) == ("2026-11-23", 64)
    assert found["provenance"] == {
        "python": platform.python_version(),
        "yaml_parser": parser_name(),
        "plugins": [],
        "configuration": {"path": "policylint.yaml", "digest": hashlib.sha256(CONFIGURATION.encode()).hexdigest()},
        "waivers": None,
        "baseline": None,
        "options": {
            "select": [],
            "ignore": ["WA209"],
            "pack": ["policies/house"],
            "undecided": "info",
            "strict": True,
            "require_rules": False,
            "fail_on": "error",
            "fail_on_upcoming": 14,
        },
    }
    sarif = run_of_sarif(capsys, "--as-of", "2026-11-23", "--strict", "--fail-on-upcoming", "14d", "campaigns/one.yaml")
    assert sarif["properties"] == {
        "as_of": "2026-11-23",
        "at": None,
        "packs": found["packs"],
        "provenance": found["provenance"],
    }


def run_of_sarif(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    main(["check", *arguments, "--format", "sarif"])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    return run


def test_a_changed_rule_or_configuration_has_another_digest(capsys: pytest.CaptureFixture[str]) -> None:
    before = checked(capsys, "--as-of", "2026-11-23", "campaigns")
    Path("policies/house/survey.yaml").write_text(RULE.replace("2019", "2020"), encoding="utf-8")
    Path("policylint.yaml").write_text(f"{CONFIGURATION}# reviewed\n", encoding="utf-8")
    after = checked(capsys, "--as-of", "2026-11-23", "campaigns")
    assert before["packs"]["house"]["digest"] != after["packs"]["house"]["digest"]
    assert before["packs"]["whatsapp"] == after["packs"]["whatsapp"]
    assert before["provenance"]["configuration"] != after["provenance"]["configuration"]
    assert before["provenance"]["options"] == after["provenance"]["options"]


def test_a_report_of_json_alone_does_not_import_a_yaml_parser_to_name_it(folder: Path) -> None:
    code = """
import sys
from policylint.cli import main
main(["check", "--isolated", "--as-of", "2026-11-23", "--format", "json", sys.argv[1]])
print("yaml" in sys.modules, file=sys.stderr)
"""

    def run(path: str) -> tuple[str | None, str]:
        command = [sys.executable, "-c", code, path]
        done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["provenance"]["yaml_parser"], done.stderr.strip()

    run("campaigns/two.json")  # keeps the packs, which are YAML
    assert run("campaigns/two.json") == (None, "False")
    assert run("campaigns/one.yaml") == (parser_name(), "True")


def test_a_parser_is_named_for_results_of_an_earlier_run(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        (folder / "campaigns" / f"{number}.yaml").write_text(FILES["campaigns/one.yaml"], encoding="utf-8")
    first = checked(capsys, "--as-of", "2026-11-23", "campaigns")
    assert checked(capsys, "--as-of", "2026-11-23", "campaigns") == first
    assert first["provenance"]["yaml_parser"] == parser_name()


def test_another_yaml_parser_is_known_by_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = _yaml_parser()
    assert installed[0] == yaml.__file__
    (tmp_path / "yaml").mkdir()
    (tmp_path / "yaml" / "__init__.py").write_text("__version__ = '9'\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert _yaml_parser() != installed


def test_text_names_it_where_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("check", "--as-of", "2026-11-23", "--select", "HO001", "--format", "concise", "campaigns/two.json")
    main(options)
    plain = capsys.readouterr().out.splitlines()
    main([*options, "--show-provenance"])
    lines = capsys.readouterr().out.splitlines()
    made = lines.index(f"made with policylint 0.1.0, Python {platform.python_version()}, {parser_name()}")
    options_at = next(at for at, line in enumerate(lines) if line.startswith("options "))
    assert plain == [*lines[:made], *lines[options_at + 1 :]]
    assert [line.rpartition(", sha256 ")[0] for line in lines[made + 1 : options_at]] == [
        "pack email, version 2026-11-23",
        "pack sms, version 2026-11-23",
        "pack text, version 2026-11-30",
        "pack whatsapp, version 2026-11-23",
        "pack house, version 2026-11-23",
        "configuration policylint.yaml",
    ]
    assert lines[options_at] == "options select HO001; ignore WA209; pack policies/house; undecided info; fail_on error"


def test_plugins_are_named_and_nothing_hidden_is_printed() -> None:
    provenance = Provenance(
        {"select": ("a\x1b[2J",), "strict": False}, ("x\ny.yaml", "a: b\n"), None, None, ("acme",), reads_yaml=False
    )
    report = Report("0.1.0", date(2026, 1, 1), None, (), 0, 0, 0, 0, {}, packs={"p\u202e": PackUsed("1", "ff")})
    assert list(provenance_lines(report._replace(provenance=provenance)))[1:] == [
        r"pack p\u202e, version 1, sha256 ff",
        f"configuration x y.yaml, sha256 {hashlib.sha256(b'a: b' + bytes([10])).hexdigest()}",
        "plugins acme",
        r"options select a\x1b[2J",
    ]
