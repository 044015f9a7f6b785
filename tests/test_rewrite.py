"""Files replaced whole: permissions, owners and links stay; a process that is killed leaves the old or the new file."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policylint.discover import discover
from policylint.errors import PolicylintError
from policylint.rewrite import replace_file


def test_a_file_has_its_new_bytes_and_its_old_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new\r\n")
    assert (path.read_bytes(), path.stat().st_mode & 0o7777) == (b"new\r\n", 0o640)
    assert [found.name for found in tmp_path.iterdir()] == ["a.yaml"]


def test_a_new_file_has_the_permissions_that_the_system_lets_it_have(tmp_path: Path) -> None:
    known = os.umask(0o027)
    try:
        replace_file(tmp_path / "a.yaml", b"new")
    finally:
        os.umask(known)
    assert (tmp_path / "a.yaml").stat().st_mode & 0o7777 == 0o640


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner_and_its_set_id_bits(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    path.chmod(0o6750)
    replace_file(path, b"new")
    found = path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (1234, 2345, 0o6750)


def test_a_link_goes_on_being_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    target, link = tmp_path / "inner" / "a.yaml", tmp_path / "b.yaml"
    target.write_bytes(b"old")
    link.symlink_to("inner/a.yaml")
    replace_file(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert [found.name for found in (tmp_path / "inner").iterdir()] == ["a.yaml"]


def test_other_names_of_a_file_keep_the_old_content(tmp_path: Path) -> None:
    path, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    path.write_bytes(b"old")
    other.hardlink_to(path)
    replace_file(path, b"new")
    assert (path.read_bytes(), other.read_bytes()) == (b"new", b"old")


def test_a_folder_that_is_not_there_is_an_error_of_the_run(tmp_path: Path) -> None:
    with pytest.raises(PolicylintError, match=r"gone/a\.yaml: cannot be written: No such file or directory"):
        replace_file(tmp_path / "gone" / "a.yaml", b"new")


def test_what_cannot_be_written_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(PolicylintError, match="cannot be written: No space left on device"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.yaml"]


def test_a_draft_that_a_killed_process_left_is_no_hindrance_and_no_campaign(tmp_path: Path) -> None:
    (tmp_path / ".policylint.0123456789ab.tmp").write_bytes(b"half")
    replace_file(tmp_path / "a.yaml", b"new")
    assert (tmp_path / "a.yaml").read_bytes() == b"new"
    assert [target.path for target in discover([str(tmp_path)])] == [tmp_path / "a.yaml"]


_WRITER = """\
import sys
from pathlib import Path
from policylint.rewrite import replace_file
texts = [letter * 400_000 for letter in (b"a", b"b")]
print("ready", flush=True)
while True:
    for text in texts:
        replace_file(Path(sys.argv[1]), text)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_a_writer_killed_at_any_moment_leaves_the_old_or_the_new_file(tmp_path: Path, how: str) -> None:
    # A shell that starts this in the background lets it ignore the signal, and what it starts too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    path = tmp_path / "campaign.yaml"
    whole = [b"a" * 400_000, b"b" * 400_000]
    path.write_bytes(whole[0])
    rng = random.Random(how)
    seen: set[bytes] = set()
    for turn in range(60):
        if turn >= 12 and len(seen) == 2:
            break
        command = [sys.executable, "-c", _WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as writer:
            said = writer.stdout.readline() if writer.stdout is not None else b""
            time.sleep(rng.random() * 0.02)
            writer.send_signal(signal.Signals[how])
        assert said == b"ready\n"
        found = path.read_bytes()
        assert found in whole
        seen.add(found[:1])
        assert [target.path for target in discover([str(tmp_path)])] == [path]
    assert seen == {b"a", b"b"}
