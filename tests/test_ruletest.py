"""The cases beside rules: what `policylint test` passes, what it refuses, and that it is fast."""

from __future__ import annotations

from pathlib import Path

import pytest

from policylint.errors import RulePackError, UsageError
from policylint.plugins import load_extensions
from policylint.ruletest import run_tests
from tests.rulefiles import HEAD, NATIVE, PACK, write_pack

RULE = HEAD + "forbid: {purpose: newsletter}\n"
CASES = """\
cases:
  - name: a newsletter on the day
    on: 2020-01-01
    file: |
      campaign: one
      channel: whatsapp
      purpose: newsletter  # expect: error
  - name: a newsletter on the day before
    on: 2019-12-31
    file: |
      campaign: one
      channel: whatsapp
      purpose: newsletter
  - name: a survey
    file: |
      campaign: one
      channel: whatsapp
      purpose: survey
"""


def run_pack(folder: Path, *names: str, **files: str) -> list[str]:
    """Return the failures of a pack with one rule, and the summary."""
    pack = write_pack(folder / "house", {"bad.yaml": RULE, "bad.test.yaml": CASES} | _named(files))
    text, passed = run_tests([pack / name for name in names] or [pack], NATIVE)
    lines = text.replace(f"{pack.as_posix()}/", "").splitlines()
    assert passed is (len(lines) == 1)
    return lines


def _named(files: dict[str, str]) -> dict[str, str]:
    return {name.replace("__", "."): text for name, text in files.items() if text}


def cases(*changes: tuple[str, str], more: str = "") -> str:
    text = CASES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text + more


def test_a_rule_whose_cases_are_as_marked_passes(tmp_path: Path) -> None:
    assert run_pack(tmp_path) == ["1 rules, 3 cases: all passed"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        # findings and marks
        (
            [("  # expect: error", "")],
            [
                "2:5: 'a newsletter on the day' expects no finding, but there is error on line 3",
                "1:1: no case of house/bad (TT001) has a finding",
            ],
        ),
        (
            [("purpose: survey", "purpose: survey  # expect: info")],
            [
                "14:5: 'a survey' expects info on line 3, but there is no finding",
            ],
        ),
        (
            [("expect: error", "expect: warning")],
            ["2:5: 'a newsletter on the day' expects warning on line 3, but there is error on line 3"],
        ),
        (
            [
                (
                    "campaign: one\n      channel: whatsapp\n      purpose: newsletter  # expect: error",
                    "campaign: one  # expect: error\n      channel: whatsapp\n      purpose: newsletter",
                )
            ],
            ["2:5: 'a newsletter on the day' expects error on line 1, but there is error on line 3"],
        ),
        (
            [("# expect: error", "# expect: error # expect: error")],
            [
                "2:5: 'a newsletter on the day' expects error on line 3 and error on line 3, but there is error on"
                " line 3"
            ],
        ),
        # marks that are none
        (
            [("# expect: error", "# expect: eror")],
            [
                "4:11: 'a newsletter on the day': line 3 has a mark that is not one",
                "2:5: 'a newsletter on the day' expects no finding, but there is error on line 3",
                "1:1: no case of house/bad (TT001) has a finding",
            ],
        ),
        (
            [("purpose: survey", "purpose: survey  # expects: error")],
            ["15:11: 'a survey': line 3 has a mark that is not one"],
        ),
        # days
        (
            [("on: 2019-12-31", "on: 2019-12-30")],
            ["1:1: no case of house/bad (TT001) ends on 2019-12-31, the day before a step"],
        ),
        (
            [("on: 2020-01-01", "on: 2019-12-31"), ("  # expect: error", "")],
            [
                "1:1: no case of house/bad (TT001) has a finding",
                "1:1: no case of house/bad (TT001) runs on 2020-01-01, the day of a step",
            ],
        ),
        (
            [("on: 2020-01-01", "on: 2020-02-30")],
            [
                "3:9: '2020-02-30' is not a day of the calendar",
                "1:1: no case of house/bad (TT001) has a finding",
                "1:1: no case of house/bad (TT001) runs on 2020-01-01, the day of a step",
            ],
        ),
        # undecided
        (
            [("purpose: survey", "purpose: '{{ p }}'")],
            ["14:5: 'a survey' is undecided: mark it with undecided: true if that is right"],
        ),
        ([("  - name: a survey\n", "  - name: a survey\n    undecided: true\n")], ["14:5: 'a survey' is decided"]),
        # a file with faults of its own
        (
            [("purpose: survey", "porpuse: survey")],
            ["14:5: 'a survey', line 3: unknown field 'porpuse'"],
        ),
        (
            [("purpose: survey", "purpose: survey\n      purpose: survey")],
            ["14:5: 'a survey', line 4: the key 'purpose' is given twice in the same mapping"],
        ),
        (
            [("campaign: one\n      channel: whatsapp\n      purpose: survey", "a: one")],
            ["14:5: 'a survey' holds no campaign"],
        ),
        # the test file itself
        (
            [("  - name: a survey\n", "  - nmae: a survey\n")],
            ["14:5: 'name' is missing in cases[2]", "14:5: unknown field 'nmae' in cases[2], did you mean 'name'?"],
        ),
        (
            [("name: a survey", "name: a survey\n    findings: [{line: 1, severity: bad}]")],
            ["15:36: cases[2].findings[0].severity is the text 'bad', which is not one of error, warning, info"],
        ),
    ],
)
def test_what_differs_is_a_failure(tmp_path: Path, changes: list[tuple[str, str]], said: list[str]) -> None:
    lines = run_pack(tmp_path, bad__test__yaml=cases(*changes))
    assert sorted(lines[:-1]) == sorted(f"bad.test.yaml:{problem}" for problem in said)
    assert lines[-1].endswith(f": {len(said)} failed")


def test_findings_may_be_listed_instead_of_marked(tmp_path: Path) -> None:
    more = """\
  - name: the same as JSON
    filename: one.json
    findings: [{line: 4, severity: error}]
    file: |
      {
        "campaign": "one",
        "channel": "whatsapp",
        "purpose": "newsletter"
      }
"""
    assert run_pack(tmp_path, bad__test__yaml=cases(more=more)) == ["1 rules, 4 cases: all passed"]


def test_a_case_that_must_be_undecided_may_be(tmp_path: Path) -> None:
    more = """\
  - name: nobody knows
    undecided: true
    file: |
      campaign: one
      channel: whatsapp
      purpose: '{{ p }}'
"""
    assert run_pack(tmp_path, bad__test__yaml=cases(more=more)) == ["1 rules, 4 cases: all passed"]
    silent = cases(("purpose: survey", "purpose: '{{ p }}'"), ("name: a survey", "name: a survey\n    undecided: true"))
    silent = silent.replace("on: 2019-12-31\n", "on: 2020-01-01\n").replace(
        "purpose: newsletter\n", "purpose: newsletter  # expect: error\n"
    )
    assert "bad.test.yaml:1:1: no case of house/bad (TT001) is silent" in run_pack(tmp_path, bad__test__yaml=silent)


@pytest.mark.parametrize(
    "name", ["../out.yaml", "a/../../out.yaml", "/tmp/out.yaml", "C:\\out.yaml", "..\\out.yaml", ""]
)
def test_a_case_writes_no_file_outside_its_folder(tmp_path: Path, name: str) -> None:
    more = f"  - name: a thief\n    project: {{'{name}': stolen}}\n    file: |\n      campaign: one\n"
    assert run_pack(tmp_path, bad__test__yaml=cases(more=more)) == [
        f"bad.test.yaml:19:5: 'a thief': the file {name} lies outside the case's folder",
        "1 rules, 3 cases: 1 failed",
    ]
    assert list(tmp_path.rglob("out.yaml")) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"good__yaml": RULE.replace("TT001", "TT002")},
            "good.yaml:1:1: house/good (TT002) has no cases: write good.test.yaml",
        ),
        ({"gone__test__yaml": CASES}, "gone.test.yaml:1:1: these are the cases of no rule"),
        ({"more/bad__test__yaml": CASES}, "more/bad.test.yaml:1:1: these are the cases of no rule"),
        ({"bad__test__yaml": "# nothing\n"}, "bad.test.yaml:1:1: one YAML document is expected, not 0"),
        ({"bad__test__yaml": f"{CASES}---\n{CASES}"}, "bad.test.yaml:1:1: one YAML document is expected, not 2"),
        ({"bad__test__yaml": "cases: []\n"}, "bad.test.yaml:1:8: cases: [] should be non-empty"),
        ({"bad__test__yaml": "cases: [\n"}, None),
        ({"bad__test__yaml": "cases: !x 5\n"}, "bad.test.yaml:1:11: the tag !x means nothing in a file of cases"),
        (
            {"bad__test__yaml": "cases:\n  - name: a\n    file: !x foo\n"},
            "bad.test.yaml:3:14: the tag !x means nothing in a file of cases",
        ),
        (
            {"bad__test__yaml": "cases: '{{ x }}'\n"},
            "bad.test.yaml:1:8: cases is the text '{{ x }}', a list is expected",
        ),
    ],
)
def test_a_rule_without_cases_and_cases_without_a_rule_are_failures(
    tmp_path: Path, files: dict[str, str], said: str | None
) -> None:
    problem, _ = run_pack(tmp_path, **files)
    if said is None:
        assert problem.startswith("bad.test.yaml:2:1: bad.test.yaml is not valid YAML")
    else:
        assert problem == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("title: A bad thing", "title: A bad thing."), "2:8: the title ends in a full stop"),
        (('bad thing"', 'bad thing."'), "3:10: the message ends in a full stop"),
        (('"$campaign does a', '"Sends a'), "3:10: the message does not start with the thing, such as $campaign"),
        (("why: It is bad.", "why: It is bad"), "4:6: why is not a sentence: it lacks its full stop"),
        (
            ("solution: Do a good thing.", "solution: Do a good thing"),
            "5:11: solution is not a sentence: it lacks its full stop",
        ),
        (
            ("confidence: primary", "confidence: secondary"),
            "10:35: error is more than the confidence of the sources allows (warning)",
        ),
        (
            ("confidence: primary", "confidence: uncertain"),
            "10:35: error is more than the confidence of the sources allows (info)",
        ),
        ((', note: "from this day"', ""), "10:5: the step has no note that says what changes"),
    ],
)
def test_the_conventions_of_a_rule_are_kept(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert change[0] in RULE
    assert run_pack(tmp_path, bad__yaml=RULE.replace(*change)) == [f"bad.yaml:{said}", "1 rules, 3 cases: 1 failed"]


def test_every_step_has_cases_before_and_on_its_day(tmp_path: Path) -> None:
    rule = RULE.replace("forbid:", '  - {since: 2021-01-01, severity: "off"}\nforbid:')
    assert run_pack(tmp_path, bad__yaml=rule) == [
        "bad.test.yaml:1:1: no case of house/bad (TT001) ends on 2020-12-31, the day before a step",
        "bad.test.yaml:1:1: no case of house/bad (TT001) runs on 2021-01-01, the day of a step",
        "1 rules, 3 cases: 2 failed",
    ]
    recurring = cases(
        ("    on: 2020-01-01\n", ""),
        ("purpose: newsletter  #", "schedule: {start: 2020-01-01, recurrence: daily}\n      purpose: newsletter  #"),
        ("purpose: survey", "schedule: {start: 2020-06-01, end: 2020-12-31}\n      purpose: survey"),
    )
    assert run_pack(tmp_path, bad__yaml=rule, bad__test__yaml=recurring) == ["1 rules, 3 cases: all passed"]


def test_only_the_named_rules_are_tested(tmp_path: Path) -> None:
    other = {"good__yaml": RULE.replace("TT001", "TT002"), "good__test__yaml": cases(("  # expect: error", ""))}
    assert run_pack(tmp_path, "bad.yaml", **other) == ["1 rules, 3 cases: all passed"]
    assert run_pack(tmp_path, "bad.test.yaml", **other) == ["1 rules, 3 cases: all passed"]
    assert run_pack(tmp_path, "bad.test.yaml", "good.yaml", **other)[-1] == "2 rules, 6 cases: 2 failed"
    assert run_pack(tmp_path, ".", "bad.yaml", **other)[-1] == "2 rules, 6 cases: 2 failed"
    assert run_pack(tmp_path, "bad.yaml", "pack.yaml", **other)[-1] == "2 rules, 6 cases: 2 failed"


@pytest.mark.parametrize("name", ["nowhere", "nowhere.yaml", "notes.txt"])
def test_what_is_no_rule_is_a_usage_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(UsageError, match="is no rule pack and no rule of one"):
        run_tests([tmp_path / name], NATIVE)


def test_a_file_of_a_pack_that_is_no_rule_is_a_usage_error(tmp_path: Path) -> None:
    near = {"pack__yaml": PACK + "lists: {near: near.yaml}\n", "near__yaml": "read: 2026-01-01\nvalues: [DE]\n"}
    with pytest.raises(UsageError, match=r"/house/near\.yaml' is no rule$"):
        run_pack(tmp_path, "near.yaml", **near)


def test_a_folder_of_packs_is_all_of_them(tmp_path: Path) -> None:
    write_pack(tmp_path / "one", {"bad.yaml": RULE, "bad.test.yaml": CASES})
    write_pack(tmp_path / "two", {"bad.yaml": RULE, "bad.test.yaml": CASES})
    assert run_tests([tmp_path], NATIVE) == ("2 rules, 6 cases: all passed\n", True)


def test_rules_that_do_not_compile_are_told_all_at_once(tmp_path: Path) -> None:
    pack = write_pack(
        tmp_path / "house",
        {
            "a.yaml": RULE.replace("purpose", "purpos"),
            "b.yaml": RULE.replace("TT001", "TT002").replace("newsletter}", "newsleter}"),
        },
    )
    with pytest.raises(RulePackError) as error:
        run_tests([pack], NATIVE)
    assert [problem.removeprefix(f"{pack}/")[:20] for problem in error.value.problems] == [
        "a.yaml:11:10: a camp",
        "b.yaml:11:19: 'purpo",
    ]


def test_a_pack_is_judged_in_its_own_zone(tmp_path: Path) -> None:
    late = cases(
        ("    on: 2019-12-31\n", ""),
        ("purpose: newsletter\n  -", "purpose: newsletter\n      schedule: {start: 2019-12-31T23:30Z}\n  -"),
    )
    assert run_pack(tmp_path, bad__test__yaml=late) == ["1 rules, 3 cases: all passed"]
    berlin = run_pack(tmp_path, bad__test__yaml=late, pack__yaml=PACK + "timezone: Europe/Berlin\n")
    assert berlin[:-1] == [
        "bad.test.yaml:8:5: 'a newsletter on the day before' expects no finding, but there is error on line 3",
        "bad.test.yaml:1:1: no case of house/bad (TT001) ends on 2019-12-31, the day before a step",
    ]


def test_the_rules_that_come_along_pass() -> None:
    text, passed = run_tests([], load_extensions(installed=False))
    assert passed, text
