"""`policylint rules --coverage` and `--stale`: what rests on which clause, what is not checked, what is old."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policylint.cli import main
from policylint.coverage import coverage_text, stale_text
from policylint.errors import RulePackError
from policylint.model.rule import NotChecked, RulePack
from policylint.rulepacks import load_packs
from tests.rulefiles import HEAD, HOUSE, PACK, write_pack

OLD = "  old: {title: Old rules, url: https://example.org/old, edition: 2019-01-01, read: 2026-01-01}\n"
RULE = HEAD + "forbid: {purpose: newsletter}\n"
OTHER = RULE.replace("TT001", "TT002").replace('clause: "1"', 'clause: "0"').replace("confidence: primary}", "@", 1)
OTHER = OTHER.replace("@", 'confidence: primary}\n  - {terms: old, clause: "7", confidence: quoted}')
COVERAGE = """\
read: 2026-03-01
not_checked:
  - {code: TT003, title: A quiet thing, terms: house, clause: "2", reason: No file shows it.}
"""
FILES = {
    "a.yaml": RULE,
    "b.yaml": OTHER,
    "coverage.yaml": COVERAGE,
    "near.yaml": "read: 2026-02-01\nvalues: [DE]\n",
    "sale.yaml": "read: 2026-11-23\nvalues: {en: [sale]}\n",
    "providers.yaml": "providers:\n  acme: {name: Acme, route: bsp, read: 2026-02-02}\n  other: {name: B, route: bsp}\n"
    "libraries: {wa: {route: unofficial, read: 2026-02-02}}\n",
    "pack.yaml": PACK
    + OLD
    + "coverage: coverage.yaml\nproviders: providers.yaml\nlists: {near: near.yaml}\nwords: {sale: sale.yaml}\n",
}


def load(folder: Path, files: dict[str, str]) -> RulePack:
    (pack,) = load_packs([(write_pack(folder / "house", files), "rules/house")])
    return pack


def test_a_pack_carries_what_is_not_checked_and_when_its_data_was_read(tmp_path: Path) -> None:
    pack = load(tmp_path, FILES)
    assert pack.not_checked == (NotChecked("TT003", "A quiet thing", HOUSE, "2", "No file shows it."),)
    assert pack.data_read == {
        "near.yaml": "2026-02-01",
        "sale.yaml": "2026-11-23",
        "providers.yaml": "",
        "coverage.yaml": "2026-03-01",
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("coverage.yaml", "TT003", "TT001", "coverage.yaml:3:12: TT001 is the code of house/a (TT001) already"),
        (
            "coverage.yaml",
            "house",
            "huose",
            "coverage.yaml:3:48: pack.yaml has no terms 'huose', did you mean 'house'?",
        ),
        ("coverage.yaml", "2026-03-01", "2026-02-31", "coverage.yaml:1:7: '2026-02-31' is not a day of the calendar"),
        ("coverage.yaml", "reason: No", "reasn: No", "coverage.yaml:3:5: 'reason' is missing in not_checked[0]"),
        ("providers.yaml", "02-02}\n  other", "02-31}\n  other", "providers.yaml:2:40: '2026-02-31' is not a day"),
        (
            "pack.yaml",
            "coverage: coverage",
            "coverage: nothing",
            "pack.yaml:7:11: there is no file rules/house/nothing",
        ),
    ],
)
def test_wrong_coverage_and_days_are_refused_at_their_place(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    assert old in FILES[file]
    with pytest.raises(RulePackError) as raised:
        load(tmp_path, FILES | {file: FILES[file].replace(old, new, 1)})
    assert f"rules/house/{said}" in str(raised.value)


def test_an_entry_of_the_coverage_has_a_code_of_its_own(tmp_path: Path) -> None:
    twice = COVERAGE + COVERAGE.splitlines()[-1] + "\n"
    with pytest.raises(RulePackError, match=r"coverage\.yaml:4:12: TT003 is the code of an entry above already"):
        load(tmp_path, FILES | {"coverage.yaml": twice})


def test_coverage_shows_clauses_with_their_rules_and_then_what_is_not_checked(tmp_path: Path) -> None:
    assert coverage_text([load(tmp_path, FILES)]) == (
        "House rules\n"
        "\n"
        "House rules, edition of 2026-01-01 (read 2026-11-23)\n"
        "  https://example.org/house\n"
        "  0: TT002\n"
        "  1: TT001\n"
        "\n"
        "Old rules, edition of 2019-01-01 (read 2026-01-01)\n"
        "  https://example.org/old\n"
        "  7: TT002\n"
        "\n"
        "Not checked:\n"
        "  TT003  A quiet thing\n"
        "    House rules: 2\n"
        "    No file shows it.\n"
        "\n"
        "2 rules, 1 row not checked\n"
    )


def test_terms_on_which_no_rule_rests_are_shown_as_such(tmp_path: Path) -> None:
    pack = load(tmp_path, {"a.yaml": RULE, "pack.yaml": PACK + OLD})
    assert coverage_text([pack]).endswith(
        "  https://example.org/old\n  no rule rests on it\n\n1 rule, 0 rows not checked\n"
    )


def test_stale_lists_what_was_read_more_than_so_many_days_ago_and_what_names_no_day(tmp_path: Path) -> None:
    pack = load(tmp_path, FILES)
    assert stale_text([pack], date(2026, 3, 5), 31) == (
        "no day      house/providers.yaml\n"
        "2026-01-01  TT002 house/b (old)\n"
        "2026-02-01  house/near.yaml\n"
        "3 lines: read more than 31 days before 2026-03-05\n"
    )
    assert "2026-02-02  house: acme, wa of the provider table\n" in stale_text([pack], date(2026, 3, 5), 30)
    assert stale_text([pack._replace(data_read={})], date(2026, 3, 5), 63) == (
        "0 lines: read more than 63 days before 2026-03-05\n"
    )


@pytest.mark.parametrize("text", ["180", "d", "", "1.5d", "-1d", "١d", "180 d", "2w", "1234567d"])
def test_a_wrong_number_of_days_is_a_usage_error(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(["rules", f"--stale={text}"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"argument --stale: '{text}' is not a number of days: write 180d\n" in captured.err


def test_the_command_line_shows_coverage_and_stale_of_the_rules_that_come_along(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rules", "--isolated", "--coverage"]) == 0
    assert " not checked\n" in capsys.readouterr().out
    assert main(["rules", "--isolated", "--stale", "0d", "--as-of", "2020-01-01"]) == 0
    assert capsys.readouterr().out == "0 lines: read more than 0 days before 2020-01-01\n"
    assert main(["rules", "--isolated", "--stale", "999999d", "--as-of", "9999-12-31"]) == 0
    assert main(["rules", "--stale", "1d", "--coverage"]) == 2
    assert main(["rules", "--stale", "1d", "--format", "json"]) == 2
    assert "--coverage and --stale are written as text only\n" in capsys.readouterr().err
