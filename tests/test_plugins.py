"""Plugins: the four hooks, an installed package with a real entry point, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from policylint.errors import PluginError
from policylint.extensions import Reporter
from policylint.hookspecs import hookimpl
from policylint.plugins import create_plugin_manager, load_extensions

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tests" / "plugin_package"


def _is_adapter(path: Path) -> bool:
    module = path / "__init__.py" if path.is_dir() else path
    return module.is_file() and "\nADAPTER = Adapter(" in module.read_text(encoding="utf-8")


def test_built_in_things_come_through_the_same_hooks() -> None:
    extensions = load_extensions(installed=False)
    names = [adapter.name for adapter in extensions.adapters]
    assert (names[0], names[-1], len(names)) == ("native", "app-settings", len(set(names)))
    assert {name.replace("-", "_") for name in names} == {
        path.stem for path in (ROOT / "policylint" / "adapters").iterdir() if _is_adapter(path)
    }
    assert list(extensions.reporters) == [
        "checkstyle",
        "concise",
        "github",
        "gitlab",
        "html",
        "json",
        "jsonl",
        "junit",
        "markdown",
        "sarif",
        "text",
    ]
    assert "mentions" in extensions.operators
    assert [folder.name for folder in extensions.rule_folders] == ["email", "sms", "text", "whatsapp"]


def test_what_is_built_in_is_the_same_without_a_manager_and_through_pluggy() -> None:
    alone, through_pluggy = (load_extensions(installed=False, manager=one) for one in (None, create_plugin_manager()))
    assert alone.rule_folders == through_pluggy.rule_folders
    assert [adapter.name for adapter in alone.adapters] == [adapter.name for adapter in through_pluggy.adapters]
    assert alone.operators == through_pluggy.operators
    assert list(alone.reporters) == list(through_pluggy.reporters)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the plugin package into a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", str(folder), str(PACKAGE)], check=True)
    return folder


def run_with(folder: Path, arguments: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "POLICYLINT_CACHE": str(cwd / ".cache")}
    command = [sys.executable, "-m", "policylint", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_an_installed_plugin_adds_a_pack_an_adapter_an_operator_and_a_reporter(installed: Path, tmp_path: Path) -> None:
    file = tmp_path / "blast.yaml"
    file.write_text("acme_blast:\n  title: loud\n  text: BUY NOW OR NEVER EVER\n", encoding="utf-8")
    listed = run_with(
        installed, ["check", "--format", "json", "--select", "AC001", "--as-of", "2026-11-23", file.name], tmp_path
    )
    report = json.loads(listed.stdout)
    assert listed.returncode == 0
    found = [(f["rule"], f["severity"], f["path"], f["line"], f["column"], f["format"]) for f in report["findings"]]
    assert found == [("acme/shouting", "warning", "blast.yaml", 3, 9, "acme-blast")]
    short = run_with(installed, ["check", "--format", "acme", "--select", "AC001", file.name], tmp_path)
    assert short.stdout == "acme: 1 findings in 1 campaigns\n"


def test_the_cases_of_a_plugins_pack_run(installed: Path, tmp_path: Path) -> None:
    run = run_with(installed, ["test", str(installed / "acme_policylint" / "packs")], tmp_path)
    assert (run.stdout, run.stderr, run.returncode) == ("1 rules, 2 cases: all passed\n", "", 0)


def test_isolated_runs_without_installed_plugins(installed: Path, tmp_path: Path) -> None:
    run = run_with(installed, ["check", "--isolated", "--format", "acme", "."], tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith("policylint: there is no format 'acme'")


def loaded_with(plugin: Any, name: str = "acme") -> None:
    manager = create_plugin_manager()
    manager.register(plugin, name)
    load_extensions(installed=False, manager=manager)


def test_a_misspelt_hook_is_refused() -> None:
    class Plugin:
        @hookimpl
        def policylint_rulepacks(self) -> Iterable[Path]:
            return []

    with pytest.raises(
        PluginError, match=r"(?s)plugin 'acme'.*policylint_rulepacks.*hint: the hooks are .*policylint_rule_packs"
    ):
        loaded_with(Plugin())


def test_a_clash_names_both_plugins() -> None:
    class Plugin:
        @hookimpl
        def policylint_reporters(self) -> Mapping[str, Reporter]:
            return {"json": Reporter("mine", lambda _report, _style: "")}

    with pytest.raises(
        PluginError, match="plugins 'acme' and 'policylint reporters' both give 'json' in policylint_reporters"
    ):
        loaded_with(Plugin())


def test_a_plugin_that_raises_is_named_with_its_hook() -> None:
    class Plugin:
        @hookimpl
        def policylint_operators(self) -> Mapping[str, Any]:
            raise RuntimeError("no licence")

    with pytest.raises(PluginError, match="plugin 'acme', hook policylint_operators: RuntimeError: no licence"):
        loaded_with(Plugin())


def test_a_plugin_that_gives_something_else_is_refused() -> None:
    class Plugin:
        @hookimpl
        def policylint_operators(self) -> Mapping[str, Any]:
            return {"shouts": len}

    with pytest.raises(
        PluginError,
        match="hook policylint_operators: TypeError: 'shouts' is a builtin_function_or_method, not a Operator",
    ):
        loaded_with(Plugin())


def test_a_plugin_that_cannot_be_imported_ends_the_run_with_its_name(tmp_path: Path) -> None:
    site = tmp_path / "site"
    info = site / "broken-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[policylint]\nbroken = no_such_module_anywhere\n")
    run = run_with(site, ["check", "."], tmp_path)
    assert run.returncode == 2
    assert run.stderr == (
        "policylint: plugin 'broken' cannot be loaded: ModuleNotFoundError: No module named 'no_such_module_anywhere'\n"
        "  hint: mend or uninstall it: no_such_module_anywhere\n"
    )
