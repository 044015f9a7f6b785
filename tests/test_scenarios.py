"""Whole runs: a scenario file holds documents, a command line, and the output and status expected."""

from __future__ import annotations

import io
import shlex
from pathlib import Path
from typing import Any

import pytest

from policylint.cli import main
from policylint.parse import parse

FOLDER = Path(__file__).parent / "scenarios"


def scenarios() -> list[Any]:
    return [
        pytest.param(document.data, id=f"{path.stem}: {document.data['scenario']}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for document in parse(path.name, path.read_bytes()).documents
    ]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache folder; one in the checked project would not be used."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("scenario", scenarios())
def test_run_prints_and_returns_what_the_scenario_says(
    scenario: dict[str, Any],
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("POLICYLINT_CACHE", str(cache))
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".git").mkdir()
    for name, text in (scenario.get("files") or {}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    for run in scenario["runs"]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((run.get("stdin") or "").encode())))
        status = main(shlex.split(run["command"])[1:])
        printed = capsys.readouterr()
        assert (printed.out, printed.err) == (run.get("stdout") or "", run.get("stderr") or "")
        assert status == run["status"]
