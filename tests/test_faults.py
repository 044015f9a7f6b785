"""A cache or disk that fails, runs side by side, a clock that goes back: the same result, or an error and no half file.

An interrupted run and a worker that is killed are in ``test_results.py``, a full disk behind standard output in
``test_outputs.py``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BULK = "campaign: NAME\nchannel: whatsapp\npurpose: newsletter\nsender: {product: consumer_app}\naudience: {size: 90}\n"
ARGUMENTS = ("check", "--isolated", "--as-of", "2026-11-23", "--format", "concise")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for number in range(30):
        (folder / f"c{number}.yaml").write_text(BULK.replace("NAME", f"c{number}"), encoding="utf-8")
    return folder


def start(project: Path, cache: Path, *more: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "policylint", *ARGUMENTS, *more, "."]
    environment = {**os.environ, "POLICYLINT_CACHE": str(cache)}
    return subprocess.Popen(
        command,
        cwd=project,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def ran(project: Path, cache: Path, *more: str, **options: Any) -> tuple[int, str, str]:
    process = start(project, cache, *more, **options)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


@pytest.fixture
def expected(project: Path, tmp_path: Path) -> tuple[int, str, str]:
    found = ran(project, tmp_path / "plain", "--no-cache")
    assert (found[0], found[2]) == (1, "")
    return found


def test_a_cache_that_cannot_be_made_changes_nothing(
    project: Path, tmp_path: Path, expected: tuple[int, str, str]
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere")):
        assert ran(project, place) == expected


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="the system has no limit on the size of files")
def test_a_disk_that_takes_no_more_ends_a_report_and_leaves_no_half_of_one(
    project: Path, tmp_path: Path, expected: tuple[int, str, str]
) -> None:
    import resource

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write fails then, as on a disk that is full
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    cache, report = tmp_path / "cache", tmp_path / "report.json"
    assert ran(project, cache, preexec_fn=small_files) == expected
    assert ran(project, cache) == expected  # what was kept of that run is whole or nothing
    status, out, err = ran(project, cache, "--format", f"json={report}", preexec_fn=small_files)
    assert (status, out) == (2, "")
    assert "report.json: cannot be written: File too large" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "project"]


def test_runs_that_share_a_new_cache_find_the_same(
    project: Path, tmp_path: Path, expected: tuple[int, str, str]
) -> None:
    processes = [start(project, tmp_path / "cache") for _ in range(3)]
    found = [(*process.communicate(timeout=300), process.returncode) for process in processes]
    assert [(status, out, err) for out, err, status in found] == [expected] * 3
    assert ran(project, tmp_path / "cache") == expected


def test_a_clock_that_goes_back_brings_no_old_result(
    project: Path, tmp_path: Path, expected: tuple[int, str, str]
) -> None:
    cache = tmp_path / "cache"
    assert ran(project, cache) == expected
    later = 4_000_000_000
    for path in cache.rglob("*"):
        os.utime(path, (later, later))
    assert ran(project, cache) == expected
    changed = project / "c7.yaml"
    size = changed.stat().st_size
    changed.write_text(changed.read_text(encoding="utf-8").replace("newsletter", "order_news"), encoding="utf-8")
    assert changed.stat().st_size == size
    os.utime(changed, (0, 0))
    status, out, err = ran(project, cache)
    assert (status, err) == (1, "")
    assert "order_news" in out
