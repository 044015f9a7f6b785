"""Overlaps of rules: shadows by the cases, contradictions by what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from policylint.cli import main
from policylint.overlaps import Contradiction, Overlaps, Shadow, run_overlaps
from policylint.plugins import load_extensions
from tests.rulefiles import HEAD, NATIVE, PACK, write_pack

ACCEPTED_SHADOWS: dict[tuple[str, str], str] = {}
"""Rule and the one that shadows it → why both stay. A rule that is only shadowed in its cases gets a case instead."""


def head(code: str, severity: str = "error") -> str:
    return HEAD.replace("TT001", code).replace("severity: error", f"severity: {severity}")


def cases(*files: str) -> str:
    entries = "".join(f"  - name: case {number}\n    file: |\n      {file}\n" for number, file in enumerate(files))
    return f"cases:\n{entries}"


NEWSLETTER = "{campaign: a, channel: whatsapp, purpose: newsletter}   # expect: "
TO_MANY = "{campaign: a, channel: whatsapp, audience: {size: 9}}   # expect: "


def overlaps(folder: Path, *names: str, **files: str) -> Overlaps:
    pack = write_pack(folder / "house", {f"{name.replace('__', '.')}.yaml": text for name, text in files.items()})
    return run_overlaps([pack / name for name in names] or [pack], NATIVE)[1]


def test_a_rule_whose_findings_another_has_too_is_shadowed(tmp_path: Path) -> None:
    found = overlaps(
        tmp_path,
        narrow=head("TT001") + "forbid: {purpose: newsletter}\n",
        narrow__test=cases(NEWSLETTER + "error"),
        wide=head("TT002") + "forbid: {purpose: {in: [newsletter, promotion]}}\n",
        wide__test=cases(NEWSLETTER + "error", NEWSLETTER.replace("newsletter", "promotion") + "error"),
    )
    assert found == Overlaps((Shadow("house/narrow (TT001)", "house/wide (TT002)", 1),), ())


@pytest.mark.parametrize(
    ("other", "severity"),
    [
        pytest.param("forbid: {purpose: promotion}\n", "error", id="another finding"),
        pytest.param("forbid: {purpose: {in: [newsletter, promotion]}}\n", "warning", id="a milder one"),
        pytest.param("forbid: {purpose: newsletter}\nat: channel\n", "error", id="on another line"),
    ],
)
def test_a_rule_with_a_finding_of_its_own_is_not_shadowed(tmp_path: Path, other: str, severity: str) -> None:
    file = "campaign: a\n      channel: whatsapp\n      purpose: newsletter   # expect: error"
    found = overlaps(
        tmp_path,
        one=head("TT001") + "forbid: {purpose: newsletter}\n",
        one__test=cases(file),
        two=head("TT002", severity) + other,
    )
    assert found == Overlaps((), ())


def test_one_other_rule_has_to_cover_every_case(tmp_path: Path) -> None:
    found = overlaps(
        tmp_path,
        both=head("TT001") + "forbid: {any: [{purpose: newsletter}, {audience.size: {greater_than: 1}}]}\n",
        both__test=cases(NEWSLETTER + "error", TO_MANY + "error"),
        one=head("TT002") + "forbid: {purpose: newsletter}\n",
        two=head("TT003") + "forbid: {audience.size: {greater_than: 1}}\n",
    )
    assert found == Overlaps((), ())


def test_rules_with_the_same_findings_shadow_each_other(tmp_path: Path) -> None:
    text = "forbid: {purpose: newsletter}\n"
    files = {"one": head("TT001") + text, "two": head("TT002") + text}
    tests = {"one__test": cases(NEWSLETTER + "error"), "two__test": cases(NEWSLETTER + "error")}
    one, two = "house/one (TT001)", "house/two (TT002)"
    assert overlaps(tmp_path, **files, **tests) == Overlaps((Shadow(one, two, 1), Shadow(two, one, 1)), ())
    assert overlaps(tmp_path, "two.yaml", **files, **tests) == Overlaps((Shadow(two, one, 1),), ())


def test_a_rule_without_cases_that_fire_is_not_shadowed(tmp_path: Path) -> None:
    text = "forbid: {purpose: newsletter}\n"
    assert overlaps(tmp_path, one=head("TT001") + text, two=head("TT002") + text) == Overlaps((), ())


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("require: {purpose: {present: true}}", "require: {purpose: {absent: true}}"),
        ("require: {purpose: newsletter}", "require: {purpose: promotion}"),
        ("require: {purpose: {equals: newsletter}}", "forbid: {purpose: newsletter}"),
        ("require: {purpose: {in: [newsletter, survey]}}", "require: {purpose: {in: [promotion, support]}}"),
        (
            "require: {purpose: {in: [newsletter, survey]}}",
            "require: {purpose: {not_in: [survey, newsletter, support]}}",
        ),
        ("require: {purpose: newsletter}", "forbid: {any: [{enabled: false}, {purpose: {present: true}}]}"),
        ("require: {all: [{purpose: newsletter}]}", "require: {purpose: {not_equals: newsletter}, enabled: true}"),
        ("forbid: {purpose: {absent: true}}", "forbid: {purpose: {present: true}}"),
        ("require: {purpose: {in: {list: chatty}}}", "forbid: {purpose: {in: [newsletter, survey, support]}}"),
    ],
)
def test_demands_that_nothing_satisfies_contradict(tmp_path: Path, one: str, two: str) -> None:
    found = overlaps(tmp_path, pack=WITH_LIST, one=f"{head('TT001')}{one}\n", two=f"{head('TT002')}{two}\n", **CHATTY)
    assert found.contradictions == (Contradiction("house/one (TT001)", "house/two (TT002)", "purpose"),)


WITH_LIST = f"{PACK}lists: {{chatty: chatty.yaml}}\n"
CHATTY = {"chatty": "read: 2026-11-23\nvalues: [newsletter, survey]\n"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param("require: {purpose: newsletter}", "require: {purpose: {present: true}}", id="both hold"),
        pytest.param("forbid: {purpose: newsletter}", "forbid: {purpose: survey}", id="others are left"),
        pytest.param(
            "forbid: {purpose: newsletter}", "require: {purpose: {absent: true}}", id="absence satisfies both"
        ),
        pytest.param(
            "forbid: {purpose: {not_equals: survey}}", "require: {purpose: {absent: true}}", id="absence again"
        ),
        pytest.param(
            "require: {purpose: newsletter}", "forbid: {purpose: newsletter, enabled: false}", id="only together"
        ),
        pytest.param("require: {purpose: newsletter}", "require: {name: survey}", id="another field"),
        pytest.param(
            "require: {enabled: true}\nwhere: {purpose: survey}",
            "require: {enabled: false}\nwhere: {purpose: support}",
            id="where different",
        ),
        pytest.param(
            "require: {enabled: true}", "require: {any: [{enabled: false}, {purpose: survey}]}", id="a way out"
        ),
    ],
)
def test_demands_that_something_may_satisfy_do_not(tmp_path: Path, one: str, two: str) -> None:
    found = overlaps(tmp_path, one=f"{head('TT001')}{one}\n", two=f"{head('TT002')}{two}\n")
    assert found.contradictions == ()


def test_rules_that_are_never_in_force_on_one_day_do_not_contradict(tmp_path: Path) -> None:
    ended = head("TT001").rstrip("\n")
    ended += '\n  - {since: 2021-01-01, severity: "off", note: "gone"}\n'
    later = head("TT002").replace("2020-01-01", "2021-01-01")
    found = overlaps(tmp_path, one=f"{ended}require: {{enabled: true}}\n", two=f"{later}require: {{enabled: false}}\n")
    assert found.contradictions == ()


def test_the_command_names_shadows_and_fails_on_contradictions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dated = "cases:\n" + "".join(
        f"  - name: on {day}\n    on: {day}\n    file: |\n"
        f"      {{campaign: a, channel: whatsapp, purpose: survey}}{mark}\n"
        for day, mark in (("2019-12-31", ""), ("2020-01-01", "   # expect: error"))
    )
    pack = write_pack(
        tmp_path / "house",
        {
            "one.yaml": head("TT001") + "forbid: {purpose: survey}\n",
            "one.test.yaml": dated,
            "two.yaml": head("TT002") + "forbid: {purpose: {equals: survey}}\n",
            "two.test.yaml": dated,
        },
    )
    assert main(["test", str(pack), "--overlaps"]) == 0
    assert capsys.readouterr().out == (
        "2 rules, 4 cases: all passed\n"
        "shadowed: house/one (TT001) by house/two (TT002), which has a finding on the same line in each of its 1 cases"
        " with findings\n"
        "shadowed: house/two (TT002) by house/one (TT001), which has a finding on the same line in each of its 1 cases"
        " with findings\n"
        "2 shadowed, 0 contradictory\n"
    )
    write_pack(pack, {"three.yaml": head("TT003") + "require: {purpose: survey}\n"})
    assert main(["test", str(pack / "one.yaml"), "--overlaps"]) == 1
    assert (
        "contradictory: house/one (TT001) and house/three (TT003): nothing that purpose can say satisfies both\n"
        in (capsys.readouterr().out)
    )


def test_the_whatsapp_pack_has_no_overlap_that_is_not_accepted() -> None:
    found = run_overlaps([Path(__file__).parent.parent / "rules" / "whatsapp"], load_extensions())[1]
    assert found.contradictions == ()
    assert {(shadow.rule, shadow.by) for shadow in found.shadows} == set(ACCEPTED_SHADOWS)
