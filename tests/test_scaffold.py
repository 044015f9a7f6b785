"""`policylint new`: the two files that it writes, and what it refuses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policylint.errors import UsageError
from policylint.rulepacks import load_packs
from policylint.ruletest import run_tests
from policylint.scaffold import write_rule
from tests.rulefiles import HEAD, NATIVE, PACK, write_pack

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize("name", ["missing-label", "null", "123", "no", "1e5", "a"])
@pytest.mark.parametrize("pack", [PACK, PACK.replace("channel: whatsapp\n", ""), PACK.replace("whatsapp", "email")])
def test_a_new_rule_passes_as_it_stands(tmp_path: Path, name: str, pack: str) -> None:
    folder = write_pack(tmp_path / "house", {"pack.yaml": pack})
    paths = write_rule(f"house/{name}", tmp_path, TODAY)
    assert paths == [folder / f"{name}.yaml", folder / f"{name}.test.yaml"]
    assert run_tests([folder], NATIVE) == ("1 rules, 3 cases: all passed\n", True)


def test_a_new_rule_begins_today_and_rests_on_the_packs_terms(tmp_path: Path) -> None:
    folder = write_pack(
        tmp_path / "house", {"a.yaml": HEAD.replace("TT001", "'TT041'") + "forbid: {purpose: survey}\n"}
    )
    write_rule("house/missing-label", tmp_path, TODAY)
    ((_, rule),) = [pack.rules for pack in load_packs([(folder, "house")])]
    assert (rule.id, rule.code, rule.title) == ("house/missing-label", "TT042", "Missing label")
    assert [step.since for step in rule.enforcement] == [TODAY]
    assert [source.terms.id for source in rule.sources] == ["house"]
    assert "on: 2026-02-28\n" in (folder / "missing-label.test.yaml").read_text()


@pytest.mark.parametrize(("pack", "code"), [("house", "HO001"), ("x", "XX001"), ("2024", "XX001"), ("1a", "AX001")])
def test_the_first_code_of_a_pack_is_made_of_its_name(tmp_path: Path, pack: str, code: str) -> None:
    folder = write_pack(tmp_path / pack, {})
    write_rule(f"{pack}/label", tmp_path, TODAY)
    assert f"code: {code}\n" in (folder / "label.yaml").read_text()
    assert run_tests([folder], NATIVE)[1] is True


@pytest.mark.parametrize(
    "name",
    [
        "label",
        "house/",
        "/label",
        "house/La-bel",
        "house/label.yaml",
        "../house/label",
        "a/b/c",
        "house/-a",
        "house/a-",
    ],
)
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    write_pack(tmp_path / "house", {})
    with pytest.raises(UsageError) as error:
        write_rule(name, tmp_path, TODAY)
    assert (error.value.message, error.value.hint) == (
        f"'{name}' is not PACK/RULE",
        "lower-case words joined by -, such as whatsapp/missing-label",
    )


def test_a_pack_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"there is no pack '{tmp_path / 'house'}'"):
        write_rule("house/label", tmp_path, TODAY)


@pytest.mark.parametrize("there", ["label.yaml", "label.test.yaml", "pack.yaml"])
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    folder = write_pack(tmp_path / "house", {there: PACK})
    with pytest.raises(UsageError, match=f"{there} is already there"):
        write_rule(f"house/{there.partition('.')[0]}", tmp_path, TODAY)
    assert [path.name for path in folder.iterdir() if path.read_text() != PACK] == []


def test_other_files_of_the_pack_may_be_of_any_kind(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "house", {})
    (folder / "broken.yaml").write_bytes(b"code: TT009\n\xff\n")
    write_rule("house/label", tmp_path, TODAY)
    assert "code: TT010\n" in (folder / "label.yaml").read_text()
