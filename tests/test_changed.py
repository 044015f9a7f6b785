"""``check --changed-since``, in real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from policylint.cli import main

BAD = "campaign: {name}\nchannel: whatsapp\nsender: {{product: consumer_app}}\npurpose: newsletter\n"


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def write(path: Path, name: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(BAD.format(name=name), encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository of four committed campaigns, and work in its folder of campaigns."""
    folder = tmp_path / "a repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for name in ("old", "staged", "edited", "moved", "löschen"):
        write(folder / "campaigns" / f"{name}.yaml", name)
    (folder / ".gitignore").write_text("ignored.yaml\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "campaigns")
    monkeypatch.chdir(folder / "campaigns")
    return folder


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    status = main(
        ["check", "--isolated", "--as-of", "2026-11-23", "--format", "concise", "--select", "WA101", *arguments]
    )
    said = capsys.readouterr().out.splitlines()
    assert status == (1 if any(": error[" in line for line in said) else 0)
    return [line.partition(":")[0] for line in said if ": error[" in line]


def test_only_files_that_git_says_changed_are_checked(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    campaigns = repository / "campaigns"
    write(campaigns / "staged.yaml", "other")
    git(repository, "add", ".")
    write(campaigns / "committed ü.yaml", "committed")
    git(repository, "add", "campaigns/committed ü.yaml")
    git(repository, "commit", "--quiet", "--message", "more")
    write(campaigns / "edited.yaml", "other")
    write(campaigns / "new.yaml", "new")
    write(campaigns / "ignored.yaml", "ignored")
    git(repository, "mv", "campaigns/moved.yaml", "campaigns/moved-here.yaml")
    (campaigns / "löschen.yaml").unlink()
    expected = ["committed ü.yaml", "edited.yaml", "moved-here.yaml", "new.yaml", "staged.yaml"]
    assert checked(capsys, "--changed-since", "main~1", ".") == expected
    assert checked(capsys, "--changed-since", "main~1") == expected
    assert checked(capsys, "--changed-since", "main", "old.yaml", "edited.yaml") == ["edited.yaml"]
    assert checked(capsys, "--changed-since", "main", "..")[0] == "../campaigns/edited.yaml"


def test_where_nothing_changed_nothing_is_checked(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert repository.is_dir()
    assert checked(capsys, "--changed-since", "HEAD") == []


def test_a_link_is_checked_when_what_it_leads_to_changed(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    campaigns = repository / "campaigns"
    (campaigns / "link.yaml").symlink_to("edited.yaml")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "link")
    write(campaigns / "edited.yaml", "other")
    assert "link.yaml" in checked(capsys, "--changed-since", "HEAD", "link.yaml", "old.yaml")


def test_findings_of_files_that_were_left_out_stay_in_the_baseline(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["baseline", "--output", "known.jsonl", "--as-of", "2026-11-23", "."]) == 0
    before = (repository / "campaigns" / "known.jsonl").read_bytes()
    arguments = [
        "check",
        "--as-of",
        "2026-11-23",
        "--baseline",
        "known.jsonl",
        "--ratchet",
        "--changed-since",
        "HEAD",
        ".",
    ]
    assert main(arguments) == 0
    assert (repository / "campaigns" / "known.jsonl").read_bytes() == before
    capsys.readouterr()


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD:campaigns/old.yaml"])
def test_an_unknown_commit_ends_the_run(revision: str, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"--changed-since={revision}", "."]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith((f"policylint: git knows no commit '{revision}'\n", "policylint: git: "))
    assert not (repository / "campaigns" / "x").exists()


def test_outside_a_repository_the_run_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert main(["check", "--changed-since", "HEAD", "."]) == 2
    assert capsys.readouterr().err.startswith("policylint: git: not a git repository")


def test_without_git_the_run_says_so(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(repository / "nowhere"))
    assert main(["check", "--changed-since", "HEAD", "."]) == 2
    assert capsys.readouterr().err.startswith("policylint: git is not there\n")


def test_a_program_that_a_repository_names_to_watch_files_is_not_run(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = repository / "watch"
    program.write_text(f"#!/bin/sh\ntouch '{repository}/ran'\n", encoding="utf-8")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", os.fspath(program))
    assert checked(capsys, "--changed-since", "HEAD") == []
    assert not (repository / "ran").exists()
