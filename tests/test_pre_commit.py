"""The hook, with the real pre-commit and git: a newsletter from the consumer app is refused, the rest goes through."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEWSLETTER = (ROOT / "examples" / "campaigns" / "weekly-newsletter.yaml").read_text(encoding="utf-8")
COMPLIANT = (ROOT / "examples" / "campaigns" / "autumn-offers.yaml").read_text(encoding="utf-8")

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def git(*arguments: str, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "PRE_COMMIT_HOME": str(cwd.parent / "pre-commit-home"),
        "PIP_NO_INPUT": "1",
    }
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        environment.pop(name, None)
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=check
    )


@pytest.fixture(scope="module")
def hooked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the hook of this checkout installed by pre-commit."""
    folder = tmp_path_factory.mktemp("hook")
    source = folder / "policylint"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "node_modules", ".*_cache", "__pycache__", "*.egg-info", "build", "dist"
    )
    shutil.copytree(ROOT, source, ignore=ignored)
    git("init", "-q", cwd=source)
    git("add", "-A", cwd=source)
    git("commit", "-q", "-m", "this checkout", cwd=source)
    revision = git("rev-parse", "HEAD", cwd=source).stdout.strip()
    repository = folder / "campaign-repository"
    repository.mkdir()
    git("init", "-q", cwd=repository)
    configuration = f"repos:\n  - repo: {source.as_uri()}\n    rev: {revision}\n    hooks: [{{id: policylint}}]\n"
    (repository / ".pre-commit-config.yaml").write_text(configuration)
    git("add", ".pre-commit-config.yaml", cwd=repository)
    git("commit", "-q", "-m", "configuration", cwd=repository)
    environment = {**os.environ, "PRE_COMMIT_HOME": str(folder / "pre-commit-home")}
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "install", "--install-hooks"], cwd=repository, env=environment, check=True
    )
    return repository


def commit(repository: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    path = repository / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    git("add", name, cwd=repository)
    return git("commit", "-m", f"add {name}", cwd=repository, check=False)


def test_a_newsletter_from_the_consumer_app_is_refused(hooked: Path) -> None:
    run = commit(hooked, "campaigns/weekly.yaml", NEWSLETTER)
    git("reset", "-q", "--hard", cwd=hooked)
    assert run.returncode == 1
    assert "campaigns/weekly.yaml:5:10: error[whatsapp/bulk-from-consumer-app]" in run.stderr
    assert git("log", "--format=%s", cwd=hooked).stdout.splitlines()[0] != "add campaigns/weekly.yaml"


def test_a_compliant_campaign_goes_through(hooked: Path) -> None:
    run = commit(hooked, "campaigns/autumn.yaml", COMPLIANT)
    assert (run.returncode, "Passed" in run.stderr) == (0, True)


def test_settings_of_a_sender_are_checked_and_no_secret_is_shown(hooked: Path) -> None:
    text = "UAZAPI_TOKEN=geheim-42-wort\nCAMPAIGN_DAILY_LIMIT=200\nWARMUP_DAYS=9\n"
    run = commit(hooked, "sender/.env.example", text)
    git("reset", "-q", "--hard", cwd=hooked)
    assert run.returncode == 1
    assert "sender/.env.example:1:14: error[whatsapp/unofficial-client]" in run.stderr
    assert ("UAZAPI_TOKEN=***" in run.stderr, "geheim" in run.stderr) == (True, False)


def test_yaml_that_is_no_campaign_goes_through_without_a_word(hooked: Path) -> None:
    run = commit(hooked, "deploy.yaml", "apiVersion: v1\nkind: ConfigMap\n")
    assert (run.returncode, "warning" in run.stderr) == (0, False)


def test_a_commit_without_such_files_does_not_start_the_hook(hooked: Path) -> None:
    run = commit(hooked, "notes.md", "# Notes\n")
    assert (run.returncode, "(no files to check)Skipped" in run.stderr) == (0, True)


def test_the_manifest_of_hooks_is_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    assert subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0
