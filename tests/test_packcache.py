"""The cache of parsed packs: what it keeps, and that anything odd in it is as good as nothing."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policylint import packcache
from policylint.config import Settings
from policylint.rulepacks import load_packs
from policylint.ruleset import load_rules
from tests.rulefiles import HEAD, NATIVE, write_pack

FILES = {"pack.yaml": {"title": "Häuser", "words": [1, 2.5, None, True]}}


def kept(folder: Path) -> list[Path]:
    """Return the files of a cache; all are of the pack ``house``."""
    found = sorted(folder.iterdir())
    assert all(path.match("pack-house-*.json") for path in found)
    return found


def test_what_is_stored_is_loaded_for_the_same_digest_only(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"
    packcache.store(folder, "house", "abc", FILES)
    assert len(kept(folder)) == 1
    assert packcache.load(folder, "house", "abc") == FILES
    assert packcache.load(folder, "house", "abd") is None
    assert packcache.load(folder, "other", "abc") is None
    packcache.store(folder, "house", "abd", {})
    assert [packcache.load(folder, "house", digest) for digest in ("abc", "abd")] == [FILES, {}]


def test_only_the_latest_few_are_kept(tmp_path: Path) -> None:
    for number in range(20):
        packcache.store(tmp_path, "house", f"digest {number}", FILES)
        for path in kept(tmp_path):  # the clock of a file system may be too coarse to tell which is older
            os.utime(path, (path.stat().st_mtime - 60, path.stat().st_mtime - 60))
    assert len(kept(tmp_path)) == 8
    assert [packcache.load(tmp_path, "house", f"digest {number}") is not None for number in (11, 12, 19)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "change",
    [
        *("", "{", "[]", "null", "5", '"text"', "{}", '{"form": 1}'),
        *({"form": 2}, {"version": "0"}, {"digest": "abd"}, {"files": []}, {"files": "text"}, {"files": None}),
    ],
)
def test_a_file_that_is_not_of_the_cache_is_as_good_as_none(tmp_path: Path, change: str | dict[str, Any]) -> None:
    packcache.store(tmp_path, "house", "abc", FILES)
    (path,) = kept(tmp_path)
    stored = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(change if isinstance(change, str) else json.dumps({**stored, **change}), encoding="utf-8")
    assert packcache.load(tmp_path, "house", "abc") is None


def test_without_a_folder_nothing_is_kept() -> None:
    packcache.store(None, "house", "abc", FILES)
    assert packcache.load(None, "house", "abc") is None


@pytest.mark.parametrize("files", [{"a": {1, 2}}, {"a": "\ud800"}])
def test_what_cannot_be_kept_leaves_nothing_behind(tmp_path: Path, files: dict[str, Any]) -> None:
    packcache.store(tmp_path, "house", "abc", files)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    packcache.store(tmp_path / "file", "house", "abc", FILES)
    assert packcache.load(tmp_path / "file", "house", "abc") is None
    cache = tmp_path / "cache"
    packcache.store(cache, "house", "abc", FILES)
    (path,) = kept(cache)
    path.unlink()
    path.mkdir()  # something else stands where the file should
    packcache.store(cache, "house", "abc", FILES)
    assert kept(cache) == [path]
    assert packcache.load(cache, "house", "abc") is None


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


def test_a_pack_from_the_cache_is_the_pack(tmp_path: Path) -> None:
    pack, cache = write_pack(tmp_path / "house", {"a.yaml": RULE}), tmp_path / "cache"
    first = load_rules(settings(pack, cache), NATIVE)
    assert len(kept(cache)) == 1
    (parsed,) = load_packs([(pack, "rules/house")])
    assert parsed.unproved is not None
    again = load_rules(settings(pack, cache), NATIVE)
    assert again.packs[0].unproved is None
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
    pack, cache = write_pack(tmp_path / "house", {"a.yaml": RULE}), tmp_path / "cache"
    load_rules(settings(pack, cache), NATIVE)
    write_pack(pack, {"a.yaml": RULE.replace("A bad thing", "A worse thing")})
    assert load_rules(settings(pack, cache), NATIVE).packs[0].rules[0].title == "A worse thing"
