"""The cache of parsed packs: what it keeps, and that anything odd in it is as good as nothing."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policylint import packcache
from policylint.config import Settings
from policylint.model.rule import FileStamp, RuleCard
from policylint.packcache import Kept
from policylint.prebuilt import prebuilt_files
from policylint.resources import rules_folder
from policylint.rulepacks import load_packs
from policylint.ruleset import RuleSet, load_rules
from tests.rulefiles import HEAD, NATIVE, write_pack

PACK_FOLDER = Path("/somewhere/house")
STAMPS = (FileStamp("a.yaml", 5, 10, 20), FileStamp("pack.yaml", 7, 10, 20))
CARD = RuleCard("house/a", "TT001", None, ("business_app",), None)
KEPT = Kept("abc", {"a.yaml": ["é", None], "pack.yaml": {"title": "Häuser", "words": [1, 2.5, None, True]}}, (CARD,))


def kept(folder: Path) -> list[Path]:
    """Return the files of a cache; all are of the pack ``house``."""
    found = sorted(folder.iterdir())
    assert all(path.match("pack-house-*.json") for path in found)
    return found


def load(
    folder: Path | None, pack: Path = PACK_FOLDER, stamps: Sequence[FileStamp] = STAMPS, salt: str = "s"
) -> tuple[str, dict[str, Any], tuple[RuleCard, ...]] | None:
    found = packcache.load(folder, pack, stamps, salt)
    return None if found is None else (found.digest, dict(found.files), found.cards)


def store(folder: Path | None, stamps: Sequence[FileStamp] = STAMPS, salt: str = "s", kept: Kept = KEPT) -> None:
    packcache.store(folder, PACK_FOLDER, stamps, salt, kept)


def test_what_is_stored_is_loaded_for_the_same_files_only(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"
    store(folder)
    assert len(kept(folder)) == 1
    assert load(folder) == (KEPT.digest, KEPT.files, KEPT.cards)
    assert load(folder, PACK_FOLDER.parent / "other") is None
    assert load(folder, Path("/elsewhere/house")) is None
    assert load(folder, salt="t") is None
    assert load(folder, stamps=STAMPS[:1]) is None
    changes: list[dict[str, Any]] = [{"size": 9}, {"modified": 9}, {"changed": 9}]
    for change in changes:
        assert load(folder, stamps=(STAMPS[0]._replace(**change), STAMPS[1])) is None


def test_only_the_latest_few_are_kept(tmp_path: Path) -> None:
    for number in range(20):
        store(tmp_path, salt=f"salt {number}")
        for path in kept(tmp_path):  # the clock of a file system may be too coarse to tell which is older
            os.utime(path, (path.stat().st_mtime - 60, path.stat().st_mtime - 60))
    assert len(kept(tmp_path)) == 8
    assert [load(tmp_path, salt=f"salt {number}") is not None for number in (11, 12, 19)] == [False, True, True]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "5", '"text"', "{}", "{}\n5"])
def test_a_file_of_something_else_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    store(tmp_path)
    (path,) = kept(tmp_path)
    path.write_text(text, encoding="utf-8")
    assert load(tmp_path) is None


@pytest.mark.parametrize(
    "change",
    [{"key": []}, {"crc": 1}, {"files": 5}, {"cards": [["house/a"]]}, {"cards": None}, {"files": [["a.yaml"]]}],
)
def test_a_file_with_another_head_is_as_good_as_none(tmp_path: Path, change: dict[str, Any]) -> None:
    store(tmp_path)
    (path,) = kept(tmp_path)
    head, _, body = path.read_text(encoding="utf-8").partition("\n")
    path.write_text(f"{json.dumps({**json.loads(head), **change})}\n{body}", encoding="utf-8")
    assert load(tmp_path) is None


def test_a_file_of_which_any_byte_was_changed_is_as_good_as_none(tmp_path: Path) -> None:
    store(tmp_path)
    (path,) = kept(tmp_path)
    whole = path.read_bytes()
    for at in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert load(tmp_path) is None
    path.write_bytes(whole[:-1])
    assert load(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_a_file_that_anybody_may_write_is_as_good_as_none(tmp_path: Path) -> None:
    store(tmp_path)
    (path,) = kept(tmp_path)
    path.chmod(0o666)
    assert load(tmp_path) is None
    path.chmod(0o644)
    assert load(tmp_path) is not None


def test_without_a_folder_nothing_is_kept() -> None:
    store(None)
    assert load(None) is None


@pytest.mark.parametrize("files", [{"a": {1, 2}}, {"a": "\ud800"}])
def test_what_cannot_be_kept_leaves_nothing_behind(tmp_path: Path, files: dict[str, Any]) -> None:
    store(tmp_path, kept=KEPT._replace(files=files))
    assert list(tmp_path.iterdir()) == []


def test_a_pack_that_was_changed_just_now_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "now").write_text("")
    now = (tmp_path / "now").stat().st_mtime_ns
    store(tmp_path / "cache", [FileStamp("pack.yaml", 7, now, 0)])
    store(tmp_path / "cache", [FileStamp("pack.yaml", 7, 0, now)])
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store(tmp_path / "file")
    assert load(tmp_path / "file") is None
    cache = tmp_path / "cache"
    store(cache)
    (path,) = kept(cache)
    path.unlink()
    path.mkdir()  # something else stands where the file should
    store(cache)
    assert kept(cache) == [path]
    assert load(cache) is None


def test_a_pack_that_came_with_the_wheel_needs_no_cache(tmp_path: Path) -> None:
    assert packcache.load_shipped(tmp_path) is None
    (tmp_path / packcache.SHIPPED).write_bytes(packcache.shipped_content(KEPT))
    found = packcache.load_shipped(tmp_path)
    assert found is not None
    assert (found.digest, dict(found.files), found.cards, found.shipped) == (*KEPT[:3], True)


def test_a_pack_that_was_changed_after_the_wheel_was_installed_is_read_anew(tmp_path: Path) -> None:
    shipped = tmp_path / packcache.SHIPPED
    shipped.write_bytes(packcache.shipped_content(KEPT))
    installed = shipped.stat().st_mtime
    os.utime(tmp_path, (installed + 100, installed + 100))
    assert packcache.load_shipped(tmp_path) is not None
    os.utime(tmp_path, (installed + 600, installed + 600))
    assert packcache.load_shipped(tmp_path) is None


def test_the_folder_is_the_one_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("POLICYLINT_CACHE", raising=False)
    assert packcache.user_cache_folder() == tmp_path / ".cache" / "policylint"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert packcache.user_cache_folder() == tmp_path / "xdg" / "policylint"
    monkeypatch.setenv("POLICYLINT_CACHE", str(tmp_path / "own"))
    assert packcache.user_cache_folder() == tmp_path / "own"


# --- packs through the cache --------------------------------------------------------------------------------------

RULE = HEAD + "parameters: {p: {value: ['{{ x }}']}}\nforbid: {business.name: {in: $p}}\n"


def settings(pack: Path, cache: Path) -> Settings:
    return Settings(as_of=date(2026, 11, 23), pack_folders=((pack, "rules/house"),), cache=cache)


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write a pack, and wait until its files count as settled."""
    write_pack(folder, files)
    time.sleep(0.06)
    return folder


def test_a_pack_from_the_cache_is_the_pack(tmp_path: Path) -> None:
    pack, cache = written(tmp_path / "house", {"a.yaml": RULE}), tmp_path / "cache"
    first = load_rules(settings(pack, cache), NATIVE)
    assert len(kept(cache)) == 1
    (parsed,) = load_packs([(pack, "rules/house")])
    assert parsed.unproved is not None
    again = load_rules(settings(pack, cache), NATIVE)
    assert again.packs[0].unproved is None
    assert list(again.cards.values()) == list(first.cards.values())
    for rules in (first.packs[0].rules, again.packs[0].rules):
        assert [rule._replace(document=parsed.rules[0].document) for rule in rules] == list(parsed.rules)
    place = again.packs[0].rules[0].document.region(("forbid", "business.name", "in")).start
    assert (place.line, place.column) == (12, 30)


def test_a_pack_with_a_mistake_is_not_kept(tmp_path: Path) -> None:
    pack, cache = write_pack(tmp_path / "house", {"a.yaml": RULE.replace("business", "busines")}), tmp_path / "cache"
    for _ in range(2):
        with pytest.raises(Exception, match="a campaign has no field 'busines', did you mean 'business'"):
            load_rules(settings(pack, cache), NATIVE)
    assert not cache.exists()


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    pack, cache = written(tmp_path / "house", {"a.yaml": RULE}), tmp_path / "cache"
    load_rules(settings(pack, cache), NATIVE)
    assert len(kept(cache)) == 1
    write_pack(pack, {"a.yaml": RULE.replace("A bad thing", "A worse thing")})
    assert load_rules(settings(pack, cache), NATIVE).packs[0].rules[0].title == "A worse thing"


def test_fixes_of_a_pack_that_came_with_the_wheel_are_those_of_its_files(tmp_path: Path) -> None:
    source = rules_folder() / "whatsapp"
    pack = tmp_path / "whatsapp"
    shutil.copytree(source, pack)
    run = Settings(as_of=date(2026, 11, 23), pack_folders=((pack, "rules/whatsapp"),))
    read = load_rules(run, NATIVE)
    content = prebuilt_files()[f"policylint/_rules/whatsapp/{packcache.SHIPPED}"]
    (pack / packcache.SHIPPED).write_bytes(content)
    shipped = load_rules(run, NATIVE)
    assert [each.unproved is None for each in (read.packs[0], shipped.packs[0])] == [False, True]
    titles = {name: _fixes(read, name) for name in read.cards}
    assert sum(map(len, titles.values())) >= 30
    assert {name: _fixes(shipped, name) for name in shipped.cards} == titles


def _fixes(rules: RuleSet, name: str) -> list[tuple[Any, ...]]:
    return [
        (fix.title, fix.applicability, fix.question, [(edit.verb, edit.path.field) for edit in fix.edits])
        for fix in rules.compiled[name].fixes
    ]
