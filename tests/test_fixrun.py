"""Whole runs with --fix and --diff: what is written, what is not, and what a kill at any moment leaves."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policylint.cli import main
from policylint.discover import discover

CAMPAIGN = """\
# Autumn, agreed on 3 May.
campaign: autumn
channel: whatsapp   # since 2024
enabled: false
sender: &sender {product: business_platform, provider: '360dialog'}
messages:
  - kind: template
    category: "marketing"
    language: en-US    # as in the CMS
    template: {name: 'autumn', status: draft, allow_category_change: false}
x-sender: *sender
schedule:
    retry_after_hours: 6   # h
"""
FIXED = (
    CAMPAIGN.replace("en-US ", "en_US ")
    .replace("retry_after_hours: 6 ", "retry_after_hours: 24 ")
    .replace(", allow_category_change: false", "")
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def folder(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POLICYLINT_CACHE", str(cache))
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.yaml").write_bytes(CAMPAIGN.encode())
    return tmp_path


def check(*arguments: str) -> int:
    return main(["check", "--isolated", "--as-of", "2026-11-23", "--format", "concise", *arguments])


def test_fixes_are_written_and_what_is_left_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--fix", "--select", "WA412,WA503,WA608,WA404,WA212", "a.yaml") == 0
    printed = capsys.readouterr()
    assert (folder / "a.yaml").read_bytes() == FIXED.encode()
    assert printed.out.splitlines()[-1] == "no findings in 1 file · 3 fixed · 1 campaign, 5 rules (as of 2026-11-23)"
    assert printed.err == ""
    assert check("--fix", "--select", "WA412,WA503,WA608,WA404,WA212", "a.yaml") == 0
    assert " · 0 fixed · " in capsys.readouterr().out
    assert (folder / "a.yaml").read_bytes() == FIXED.encode()


def test_a_run_over_several_files_mends_each_of_them(folder: Path) -> None:
    (folder / "b.json").write_text('{"campaign": "b", "channel": "whatsapp"}', encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "c.yaml").write_bytes(b"\xef\xbb\xbf" + CAMPAIGN.replace("\n", "\r\n").encode())
    (folder / "sub" / "d.yaml").write_bytes(b"\xff\xfe" + CAMPAIGN.encode("utf-16-le"))
    check("--fix", "--select", "WA412,WA503,WA608", ".")
    assert (folder / "a.yaml").read_bytes() == FIXED.encode()
    assert (folder / "b.json").read_text(encoding="utf-8") == '{"campaign": "b", "channel": "whatsapp"}'
    assert (folder / "sub" / "c.yaml").read_bytes() == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()
    assert (folder / "sub" / "d.yaml").read_bytes() == b"\xff\xfe" + FIXED.encode("utf-16-le")


def test_the_status_is_that_of_what_is_left(folder: Path) -> None:
    weekly = "campaign: w\nchannel: whatsapp\npurpose: newsletter\nsender: {product: consumer_app}\n"
    (folder / "a.yaml").write_text(weekly, encoding="utf-8")
    assert check("--fix", "a.yaml") == 1
    assert (folder / "a.yaml").read_text(encoding="utf-8") == weekly
    assert check("--fix", "--unsafe-fixes", "a.yaml") == 0
    assert (folder / "a.yaml").read_text(encoding="utf-8") == "campaign: w\nchannel: email\npurpose: newsletter\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--unsafe-fixes"], "--unsafe-fixes goes with --fix or --diff"),
        (["--diff"], "--diff shows a diff, and neither reports nor writes\n  hint: leave --format out"),
        (
            ["--fix", "--diff", "--ratchet", "--baseline", "b.jsonl"],
            "--diff shows a diff, and neither reports nor writes\n  hint: leave --format out",
        ),
    ],
)
def test_options_that_say_nothing_together_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert check(*arguments, "a.yaml") == 2
    assert capsys.readouterr().err == f"policylint: {said}\n"


# --- what is accepted stays --------------------------------------------------------------------------------------

WAIVERS = """\
waivers:
  - {rule: WA608, path: a.yaml, reason: agreed, owner: crm, approver: legal, until: 2026-12-31}
"""


def open_check(*arguments: str) -> int:
    return main(["check", "--as-of", "2026-11-23", "--select", "WA412,WA503,WA608", "--format", "concise", *arguments])


def test_what_a_waiver_accepts_stays_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "policylint-waivers.yaml").write_text(WAIVERS, encoding="utf-8")
    assert open_check("--fix", "a.yaml") == 0
    assert (folder / "a.yaml").read_bytes() == FIXED.replace("hours: 24 ", "hours: 6 ").encode()
    assert " · 2 fixed · " in capsys.readouterr().out


def test_what_the_baseline_accepts_stays_and_what_is_new_is_mended(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = CAMPAIGN.replace("hours: 6 ", "hours: 24 ")
    (folder / "a.yaml").write_bytes(old.encode())
    main(["baseline", "--as-of", "2026-11-23", "--output", "b.jsonl", "a.yaml"])
    (folder / "a.yaml").write_bytes(CAMPAIGN.encode())
    capsys.readouterr()
    assert open_check("--baseline", "b.jsonl", "--fix", "a.yaml") == 0
    assert (folder / "a.yaml").read_bytes() == old.encode()
    assert capsys.readouterr().out == (
        "no findings in 1 file · 1 fixed · 1 campaign, 3 rules, 2 baselined (as of 2026-11-23)\n"
    )


def test_the_baseline_shrinks_after_the_fixes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["baseline", "--as-of", "2026-11-23", "--output", "b.jsonl", "a.yaml"])
    (folder / "a.yaml").write_bytes(CAMPAIGN.replace("hours: 6 ", "hours: 24 ").encode())
    capsys.readouterr()
    open_check("--baseline", "b.jsonl", "--ratchet", "--fix", "a.yaml")
    assert capsys.readouterr().err == "b.jsonl: 1 finding taken out, 8 left\n"


def diff(*arguments: str) -> int:
    return main(["check", "--isolated", "--as-of", "2026-11-23", "--diff", *arguments])


def test_a_diff_is_shown_and_nothing_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("--select", "WA608", ".") == 1
    printed = capsys.readouterr()
    assert printed.out == (
        "--- a.yaml\n+++ a.yaml\n@@ -10,4 +10,4 @@\n"
        "     template: {name: 'autumn', status: draft, allow_category_change: false}\n"
        " x-sender: *sender\n schedule:\n-    retry_after_hours: 6   # h\n+    retry_after_hours: 24   # h\n"
    )
    assert printed.err == "1 finding would be mended\n"
    assert (folder / "a.yaml").read_bytes() == CAMPAIGN.encode()
    subprocess.run(["patch", "-p0"], input=printed.out, text=True, check=True, stdout=subprocess.DEVNULL)
    assert diff("--select", "WA608", ".") == 0
    assert capsys.readouterr() == ("", "nothing would be mended\n")


def test_a_diff_tells_what_is_refused_and_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weekly = (
        "campaign: w\nchannel: whatsapp\npurpose: newsletter\nsender: {product: consumer_app}\nmessage: {body: Hi}\n"
    )
    (folder / "a.yaml").write_text(weekly, encoding="utf-8")
    assert diff("--unsafe-fixes", "a.yaml") == 0
    assert capsys.readouterr() == (
        "",
        "policylint: a.yaml:3:10: whatsapp/bulk-from-consumer-app is not mended: "
        "email/missing-unsubscribe (EMAIL007) would be found then\nnothing would be mended\n",
    )


def test_standard_input_is_printed_mended_and_its_report_goes_to_standard_error(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = b"\xef\xbb\xbf" + CAMPAIGN.replace("\n", "\r\n").encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert check("--fix", "--select", "WA412,WA503,WA608", "--stdin-filename", "a.yaml") == 0
    sys.stdout.flush()
    printed = capfdbinary.readouterr()
    assert printed.out == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()
    assert b"3 fixed" in printed.err
    assert (folder / "a.yaml").read_bytes() == CAMPAIGN.encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert diff("--select", "WA608", "--stdin-filename", "b.yaml") == 1
    assert capfdbinary.readouterr().out.startswith(b"--- b.yaml\n+++ b.yaml\n")


# --- links, permissions, others ---------------------------------------------------------------------------------------


def test_a_link_inside_the_project_is_written_through(folder: Path) -> None:
    (folder / "shared").mkdir()
    (folder / "a.yaml").rename(folder / "shared" / "a.txt")
    (folder / "a.yaml").symlink_to("shared/a.txt")
    check("--fix", "--select", "WA608", "a.yaml")
    assert (folder / "a.yaml").is_symlink()
    assert b"retry_after_hours: 24" in (folder / "shared" / "a.txt").read_bytes()


def test_a_link_that_leads_out_of_the_project_is_not(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "a.yaml"
    (folder / "a.yaml").rename(outside)
    (folder / "a.yaml").symlink_to(outside)
    assert check("--fix", "--trust", "--select", "WA608", "a.yaml") == 0  # disabled, so a warning
    printed = capsys.readouterr()
    assert printed.err == "policylint: a.yaml is not mended: it is a link to a file outside of the project\n"
    assert " · 0 fixed · " in printed.out
    assert outside.read_bytes() == CAMPAIGN.encode()


def test_other_names_of_a_file_are_told_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "b.txt").hardlink_to(folder / "a.yaml")
    check("--fix", "--select", "WA608", "a.yaml")
    said = "policylint: a.yaml is a file of 2 names (hard links): under the others it keeps the old text\n"
    assert capsys.readouterr().err == said
    assert (folder / "b.txt").read_bytes() == CAMPAIGN.encode()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").chmod(0o444)
    check("--fix", "--select", "WA608", "a.yaml")
    assert capsys.readouterr().err == "policylint: a.yaml is not mended: it may not be written\n"


def test_permissions_stay(folder: Path) -> None:
    (folder / "a.yaml").chmod(0o600)
    check("--fix", "--select", "WA608", "a.yaml")
    assert (folder / "a.yaml").stat().st_mode & 0o7777 == 0o600


# --- git, and a kill at any moment ------------------------------------------------------------------------------------


def git(*arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_git_shows_only_the_changed_lines_of_a_file_with_comments_anchors_quotes_and_crlf(folder: Path) -> None:
    (folder / ".git").rmdir()
    (folder / "a.yaml").write_bytes(CAMPAIGN.replace("\n", "\r\n").encode())
    git("init", "--quiet")
    git("add", "a.yaml")
    git("commit", "--quiet", "--message", "one")
    check("--fix", "--select", "WA412,WA503,WA608", "a.yaml")
    lines = git("diff", "--unified=0", "--no-color").replace("\r", "").splitlines()
    assert [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")] == [
        "-    language: en-US    # as in the CMS",
        "-    template: {name: 'autumn', status: draft, allow_category_change: false}",
        "+    language: en_US    # as in the CMS",
        "+    template: {name: 'autumn', status: draft}",
        "-    retry_after_hours: 6   # h",
        "+    retry_after_hours: 24   # h",
    ]
    assert git("diff", "--numstat").split() == ["3", "3", "a.yaml"]


_LOOP = """\
from pathlib import Path
from policylint.cli import main
old = Path("a.yaml").read_bytes()
check = ["check", "--isolated", "--as-of", "2026-11-23", "--format", "json=/dev/null", "--select", "WA608"]
main([*check, "a.yaml"])
print("ready", flush=True)
while True:
    main([*check, "--fix", "a.yaml"])
    main([*check, "a.yaml"])
    Path("next").write_bytes(old)
    Path("next").replace("a.yaml")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_run_killed_at_any_moment_leaves_the_old_or_the_new_file(folder: Path) -> None:
    padding = "".join(f"# {number} {'x' * 70}\n" for number in range(4_000))
    old, new = (f"{text}{padding}".encode() for text in (CAMPAIGN, CAMPAIGN.replace("hours: 6 ", "hours: 24 ")))
    rng = random.Random(3)
    seen: set[bool] = set()
    longest = 0.2
    for turn in range(40):
        if turn >= 10 and len(seen) == 2:
            break
        longest *= 1 if len(seen) == 2 else 1.3  # a busy machine takes long for a run
        (folder / "a.yaml").write_bytes(old)
        command = [sys.executable, "-c", _LOOP]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
            said = run.stdout.readline() if run.stdout is not None else b""
            time.sleep(rng.random() * longest)
            run.send_signal(signal.SIGKILL)
        assert said == b"ready\n"
        found = (folder / "a.yaml").read_bytes()
        assert found in (old, new)
        seen.add(found == new)
        assert [target.shown for target in discover(["."])] == ["a.yaml"]
    assert seen == {True, False}
