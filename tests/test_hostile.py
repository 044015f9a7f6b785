"""Files that are made to bring a reader down: each gets its finding, in little time and memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile import FILES, PLAIN, Hostile, checked

SECONDS = 1.2
"""None takes 0.3 on an idle machine (``python -m tests.hostile FOLDER``); a busy one is up to four times as slow."""
MEGABYTES = 80


def test_there_are_many_of_them_each_with_a_name_of_its_own() -> None:
    assert len({hostile.name for hostile in FILES}) == len(FILES) >= 60


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    checked(PLAIN, folder / "plain", folder)
    return folder


@pytest.mark.parametrize("hostile", FILES, ids=lambda hostile: hostile.name)
def test_a_hostile_file_gets_its_finding_in_little_time_and_memory(
    hostile: Hostile, tmp_path: Path, cache: Path
) -> None:
    run = checked(hostile, tmp_path / "project", cache)
    assert run.rules == hostile.expected
    assert run.megabytes < MEGABYTES
    assert run.seconds < SECONDS
