"""A project of strangers: nothing in it is executed, nothing outside it is read, and what it switches off is told."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from policylint.cli import main
from tests.rulefiles import HEAD, PACK

SECRET = "the-secret-of-another-folder"
BULK = (
    "campaign: bulk\nchannel: whatsapp\npurpose: promotion\nsender: {product: business_platform}\n"
    "audience: {size: 90}\nconsent: {basis: none}\nmessages:\n- {kind: template, category: marketing, body: Sale}\n"
)
RULE = f"{HEAD}forbid: {{name: x}}\n"
EVIL = "import pathlib\npathlib.Path({mark!r}).write_text(__name__)\n"


class Ran(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


class Place:
    """A project to check, and a folder beside it that is nobody's business."""

    def __init__(self, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.base = base
        self.capsys = capsys
        self.project = base / "project"
        (self.project / ".git").mkdir(parents=True)
        self.write("campaign.yaml", BULK)
        self.write("../outside/secret.yaml", f"campaign: {SECRET}\nchannel: whatsapp\n")
        self.write("../outside/pack/pack.yaml", PACK)
        self.write("../outside/pack/a.yaml", RULE)

    def write(self, name: str, text: str) -> Path:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def link(self, name: str, target: str) -> None:
        (self.project / name).parent.mkdir(parents=True, exist_ok=True)
        (self.project / name).symlink_to(target)

    def check(self, *arguments: str) -> Ran:
        status = main(["check", "--no-cache", "--as-of", "2026-11-23", "--format", "json", *(arguments or (".",))])
        captured = self.capsys.readouterr()
        return Ran(status, captured.out, captured.err)


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place(tmp_path, capsys)
    monkeypatch.chdir(made.project)
    return made


def own(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the findings of the tool's own rules."""
    return [
        (finding["path"], finding["rule"].partition("/")[2], finding["severity"])
        for finding in report["findings"]
        if finding["rule"].startswith("policylint/")
    ]


# --- code -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["policylint", "-m"])
def test_no_module_no_plugin_and_no_tag_of_the_project_is_executed(place: Place, start: str) -> None:
    mark = place.base / "executed"
    evil = EVIL.format(mark=str(mark))
    modules = ("yaml", "pluggy", "jsonschema", "ruamel", "sitecustomize", "conftest", "policylint_evil", "tomllib")
    for name in modules:
        place.write(f"{name}.py", evil)
    place.write("policylint/__init__.py", evil)
    place.write("evil.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    place.write("evil.egg-info/entry_points.txt", "[policylint]\nevil = policylint_evil\n")
    tag = f"!!python/object/apply:os.system ['touch {mark}']"
    place.write("tag.yaml", f"campaign: tag\nchannel: email\nname: {tag}\n")
    place.write("packs/house/pack.yaml", PACK)
    place.write("packs/house/a.yaml", f"{HEAD}forbid: {{name: {tag}}}\n")
    place.write("policylint.yaml", "packs: [packs/house]\n")
    # The folder `policylint` in the project is not the one that `-m` runs where the program itself is asked for.
    program = (
        [str(Path(sys.executable).parent / "policylint")]
        if start == "policylint"
        else [sys.executable, "-P", "-m", "policylint"]
    )
    if start == "-m" and sys.version_info < (3, 11):
        pytest.skip("-P came with Python 3.11")
    for arguments in (["--isolated", "."], ["."]):
        run = subprocess.run([*program, "check", "--no-cache", *arguments], capture_output=True, text=True, check=False)
        assert "Traceback" not in run.stderr
        assert run.returncode == (1 if "--isolated" in arguments else 2)
    assert "packs/house/a.yaml" in run.stderr
    assert not mark.exists()


def test_started_as_a_module_it_takes_no_module_of_the_working_folder(place: Place) -> None:
    mark = place.base / "executed"
    for name in ("yaml", "pluggy", "jsonschema", "policylint_evil"):
        place.write(f"{name}.py", EVIL.format(mark=str(mark)))
    place.write("evil.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    place.write("evil.egg-info/entry_points.txt", "[policylint]\nevil = policylint_evil\n")
    command = [sys.executable, "-m", "policylint", "check", "--no-cache", "--format", "concise", "."]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr, mark.exists()) == (1, "", False)


# --- what lies outside ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ("packs: [../outside/pack]\n", "the rule pack '../outside/pack' leads out of the project"),
        ("packs: [linked]\n", "the rule pack 'linked' leads out of the project"),
        ("packs: [half]\n", "the rule pack 'half' leads out of the project"),
        ("baseline: ../outside/secret.yaml\n", "the baseline '../outside/secret.yaml' leads out of the project"),
        ("baseline: secret.jsonl\n", "the baseline 'secret.jsonl' leads out of the project"),
        ("limits: {seconds: 9999}\n", "limits.seconds is 9999, more than 60"),
    ],
)
def test_a_configuration_of_the_project_cannot_reach_out_of_it(place: Place, configuration: str, said: str) -> None:
    place.link("linked", "../outside/pack")
    place.write("half/pack.yaml", PACK)
    place.link("half/a.yaml", "../../outside/pack/a.yaml")
    place.link("secret.jsonl", "../outside/secret.yaml")
    place.write("policylint.yaml", configuration)
    ran = place.check()
    assert (ran.status, ran.out, SECRET in ran.err) == (2, "", False)
    assert said in ran.err


def test_an_absolute_path_to_a_pack_leads_out_too(place: Place) -> None:
    place.write("policylint.yaml", f"packs: ['{place.base / 'outside/pack'}']\n")
    assert (place.check().status, place.check("--trust", ".").status) == (2, 1)


@pytest.mark.parametrize("name", ["policylint.yaml", "policylint-waivers.yaml"])
def test_a_configuration_that_is_a_link_out_of_the_project_is_refused(place: Place, name: str) -> None:
    place.link(name, "../outside/secret.yaml")
    ran = place.check()
    assert (ran.status, ran.out) == (2, "")
    assert f"{name} is a link that leads out of the project" in ran.err


def test_no_link_out_of_the_project_is_followed_and_each_is_told_of(place: Place) -> None:
    for at, target in enumerate(("../outside/secret.yaml", str(place.base / "outside/secret.yaml"), "/dev/zero")):
        place.link(f"link{at}.yaml", target)
    place.link("folder", "../outside")
    place.link("loop.yaml", "loop.yaml")
    place.link("around/a", "../around")
    ran = place.check()
    assert own(ran.report) == [
        ("link0.yaml", "link-outside", "warning"),
        ("link1.yaml", "link-outside", "warning"),
        ("link2.yaml", "link-outside", "warning"),
        ("loop.yaml", "syntax", "error"),
    ]
    assert SECRET not in ran.out
    named = place.check("link0.yaml")
    assert own(named.report) == [("link0.yaml", "link-outside", "error")]
    refused = place.check("folder")
    assert (refused.status, refused.out) == (2, "")
    trusted = place.check("--trust", "link0.yaml")
    assert [one for one in own(trusted.report) if one[1] == "link-outside"] == []


def test_texts_and_manifests_outside_are_not_read_for_a_campaign(place: Place) -> None:
    place.write("../outside/package.json", json.dumps({"dependencies": {"@whiskeysockets/baileys": "1"}}))
    place.link("package.json", "../outside/package.json")
    place.link("mail/text.html", "../../outside/secret.yaml")
    place.write(
        "mail/send.yaml",
        "newsletter:\n  subject: Sale\n  text: ../../outside/secret.yaml\n  html: text.html\n"
        "  recipients: [a@example.org, b@example.org]\n",
    )
    ran = place.check()
    assert SECRET not in ran.out
    assert "baileys" not in ran.out
    place.project.joinpath("package.json").unlink()
    place.write("package.json", json.dumps({"dependencies": {"@whiskeysockets/baileys": "1"}}))
    assert "baileys" in place.check().out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_sockets_are_not_opened_and_told_of(place: Place) -> None:
    os.mkfifo("pipe.yaml")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.yaml")
        assert own(place.check().report) == [
            ("pipe.yaml", "not-a-file", "info"),
            ("socket.yaml", "not-a-file", "info"),
        ]
        assert own(place.check("pipe.yaml", "/dev/null").report) == [
            ("/dev/null", "not-a-file", "error"),
            ("pipe.yaml", "not-a-file", "error"),
        ]


def test_a_cache_in_the_project_is_not_used(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, is_used in ((place.project / ".cache", False), (place.base / "cache", True)):
        monkeypatch.setenv("POLICYLINT_CACHE", str(folder))
        main(["check", "--isolated", "--format", "concise", "."])
        assert folder.exists() is is_used


def test_a_link_that_was_followed_once_is_not_recalled_later(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICYLINT_CACHE", str(place.base / "cache"))
    place.write("../outside/secret.yaml", BULK.replace("bulk", SECRET))
    place.link("link.yaml", "../outside/secret.yaml")
    arguments = ["check", "--isolated", "--as-of", "2026-11-23", "--format", "json", "link.yaml"]
    main([*arguments, "--trust"])
    assert SECRET in capsys.readouterr().out
    main(arguments)
    assert SECRET not in capsys.readouterr().out


def test_folders_may_nest_deeper_than_the_stack(place: Place) -> None:
    here = os.getcwd()
    for _ in range(1200):
        os.mkdir("d")
        os.chdir("d")
    Path("deep.yaml").write_text(BULK, encoding="utf-8")
    os.chdir(here)
    ran = place.check()
    deep = "/".join(["d"] * 1200)
    os.remove(f"{deep}/deep.yaml")
    os.removedirs(deep)  # pytest could not: its way to remove a tree is one call deeper for each folder
    assert (ran.status, ran.report["summary"]["campaigns"]) == (1, 2)


# --- what it switches off -------------------------------------------------------------------------------------------


def rules_of(report: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in report["findings"] if finding["code"] and not finding.get("suppressed")}


def test_what_a_project_switches_off_is_told_in_the_summary(place: Place) -> None:
    place.write(
        "policylint.yaml", "ignore: [whatsapp]\nexclude: [hidden]\nfail_on: never\ndefaults: {purpose: survey}\n"
    )
    place.write("hidden/campaign.yaml", BULK)
    ran = place.check()
    off = ran.report["summary"]["switched_off"]
    assert ran.status == 0
    assert (off["by"], off["excluded"], off["defaults"], off["never_fails"]) == ("policylint.yaml", 1, 1, True)
    assert off["rules"] > 50
    main(["check", "--no-cache", "--as-of", "2026-11-23", "--format", "concise", "."])
    said = place.capsys.readouterr().out.splitlines()[0]
    assert said == f"switched off: {off['rules']} rules, 1 path excluded, failing (policylint.yaml)"


@pytest.mark.parametrize("way", ["config", "isolated"])
def test_protected_nothing_in_the_project_has_its_say(place: Place, way: str) -> None:
    free = rules_of(place.check("--isolated", ".").report)
    assert free
    comment = f"# policylint: ignore-file[{', '.join(sorted(free))}] -- trust me\n"
    place.write("campaign.yaml", comment + BULK)
    place.write("policylint.yaml", "ignore: [whatsapp]\n")
    place.write("policylint-waivers.yaml", "waivers: []\n")
    assert rules_of(place.check().report) == set()
    given = place.write("../gate/policylint.yaml", "fail_on: warning\n")
    arguments = ["--config", str(given)] if way == "config" else ["--isolated"]
    ran = place.check("--protected", *arguments, ".")
    assert (ran.status, rules_of(ran.report)) == (1, free)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--protected", "."], "--protected needs a configuration from elsewhere"),
        (["--protected", "--config", "policylint.yaml", "."], "lies in the project that is checked"),
        (["--protected", "--trust", "--isolated", "."], "--protected and --trust exclude each other"),
    ],
)
def test_protection_is_refused_where_the_project_would_have_its_say(
    place: Place, arguments: Sequence[str], said: str
) -> None:
    place.write("policylint.yaml", "ignore: [whatsapp]\n")
    ran = place.check(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(
    "command",
    [
        ["timeline", "--at", "2019-01-01"],
        ["diff", "--from", "2018-01-01", "--to", "2026-01-01", "--all"],
        ["baseline", "--output", "known.jsonl", "--as-of", "2026-11-23"],
    ],
    ids=lambda command: command[0],
)
def test_every_command_follows_links_out_of_the_project_where_it_is_trusted(place: Place, command: list[str]) -> None:
    (place.project / "campaign.yaml").unlink()
    place.write("../outside/bulk.yaml", BULK)
    place.link("link.yaml", "../outside/bulk.yaml")
    said = []
    for trust in ([], ["--trust"]):
        main([*command, "--no-cache", *trust, "."])
        said.append(place.capsys.readouterr().out)
    assert said[0] != said[1]


def test_a_limit_of_the_configuration_holds_for_every_command(place: Place) -> None:
    place.write("policylint.yaml", "limits: {bytes: 20}\n")
    for command in (["inspect"], ["explain", "WA101"]):
        assert main([*command, "campaign.yaml", "--no-cache"]) == 2
        assert "there is no file 'campaign.yaml' that can be read" in place.capsys.readouterr().err


# --- what it says ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"\\e[31mX": 1\n', "policylint: policylint.yaml:1:1: unknown field '\\x1b[31mX'\n"),
        ('fail_on: "\\u202eerror"\n', "policylint: policylint.yaml:1:10: fail_on is the text '\\u202eerror'"),
    ],
)
def test_an_error_that_quotes_a_file_moves_no_cursor(place: Place, text: str, expected: str) -> None:
    place.write("policylint.yaml", text)
    ran = place.check()
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(expected)
    assert all(char.isprintable() or char == "\n" for char in ran.err)


@pytest.mark.parametrize(
    "command",
    [
        ["inspect", "hostile.yaml"],
        ["explain", "WA101", "hostile.yaml"],
        ["timeline", "hostile.yaml"],
        ["diff", "--from", "2018-01-01", "--to", "2026-01-01", "--all", "hostile.yaml"],
        ["check", "--diff", "hostile.yaml"],
        ["baseline", "hostile.yaml"],
        ["init", "--from", "hostile.yaml"],
    ],
    ids=lambda command: command[0],
)
def test_no_command_repeats_what_a_terminal_obeys(place: Place, command: list[str]) -> None:
    name = '"\\e[31ma\\u202e\\nb"'
    place.write("hostile.yaml", BULK.replace("bulk", name).replace("Sale", '"\\e]0;x\\a"').replace("promotion", name))
    main([*command, "--no-cache"] if command[0] != "init" else command)
    ran = place.capsys.readouterr()
    assert ran.out + ran.err
    assert [char for char in ran.out + ran.err if not char.isprintable() and char != "\n"] == []
