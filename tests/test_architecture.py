"""What the documents say of the project is so: paths, checks, examples, the import budget, what is shipped."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from policylint.cli import main
from policylint.prebuilt import prebuilt_files

ROOT = Path(__file__).parent.parent


def test_every_path_named_in_architecture_md_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = [
        path for path in re.findall(r"`([\w./-]+)`", text) if "/" in path or path.endswith((".py", ".toml", ".md"))
    ]
    places = [ROOT, ROOT / "policylint", ROOT / "policylint" / "model"]
    missing = [path for path in named if not any((place / path).exists() for place in places)]
    assert named
    assert missing == []


def test_every_module_of_the_package_is_named_in_architecture_md() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    modules = [path for path in (ROOT / "policylint").iterdir() if not path.name.startswith(("_", "py."))]
    assert [path.name for path in modules if f"policylint/{path.name}" not in text] == []


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        "rules/README.md",
        "docs/living-with-findings.md",
        "docs/fixes.md",
        "docs/time.md",
        "docs/readers.md",
    ],
)
def test_every_link_to_a_file_leads_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    found = [*re.findall(r"\]\(([^)#]+)\)", text), *re.findall(r"\bsrc(?:set)?=\"([^\"]+)\"", text)]
    links = [link for link in found if "://" not in link]
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


def test_the_check_of_a_clean_yaml_file_imports_nothing_slow(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "policylint",
        "check",
        "--isolated",
        "examples/campaigns/autumn-offers.yaml",
    ]
    cache = {**os.environ, "POLICYLINT_CACHE": str(tmp_path)}
    for _ in range(2):  # the first run parses the packs, as a wheel's build does
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=cache)
    imported = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if line.startswith("import time:")}
    slow = [
        "jsonschema",
        "rich",
        "asyncio",
        "importlib.metadata",
        "multiprocessing",
        "ruamel.yaml",
        "dataclasses",
        "difflib",
        "pluggy",
        *(f"policylint.{name}" for name in ("baseline", "compare", "reach", "waive", "waivers", "model.waiver")),
        *("policylint.translation", "policylint.ruletexts"),
    ]
    assert "yaml" in imported
    assert [name for name in slow if name in imported] == []


def test_the_readme_shows_what_a_run_prints() -> None:
    command = [
        sys.executable,
        "-m",
        "policylint",
        "check",
        "--isolated",
        "--as-of",
        "2026-11-23",
        "examples/campaigns/weekly-newsletter.yaml",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={"COLUMNS": "100"})
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert run.stdout
    assert run.stdout in readme


@pytest.mark.parametrize(
    ("schema", "path"),
    [("vendor.github-workflows", "docs/ci/github-actions.yml"), ("vendor.gitlab-ci", "docs/ci/gitlab-ci.yml")],
)
def test_the_example_is_a_workflow_of_its_ci(schema: str, path: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, path]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "ok -- validation done\n")


def test_the_wheel_holds_the_package_the_rules_and_the_schemas(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        str(tmp_path),
        ".",
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "policylint", "rules", "schemas"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    renamed = {re.sub(r"^(rules|schemas)/", r"policylint/_\1/", name) for name in tracked if (ROOT / name).exists()}
    assert packed == renamed | set(prebuilt_files())


def test_the_page_on_time_shows_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs" / "time.md").read_text(encoding="utf-8")
    (weekly,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    shown = re.findall(r"```console\n\$ policylint (.*?)\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("POLICYLINT_CACHE", str(tmp_path / ".cache"))
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    Path("weekly.yaml").write_text(weekly, encoding="utf-8")
    app = "campaign: app\nchannel: whatsapp\npurpose: newsletter\nsender: {product: business_app}\n"
    Path("app.yaml").write_text(app, encoding="utf-8")
    assert len(shown) == 4
    for command, printed in shown:
        main(shlex.split(command))
        assert capsys.readouterr().out == printed
