"""Waivers: where they are found, what they may say, which findings they accept, and what is said of them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.api import lint, load_configuration, settings_for
from policylint.config import Configuration, find_waiver_file, read_configuration, waivers_of, with_waiver_file
from policylint.errors import ConfigError
from policylint.model.finding import Finding, Suppression
from policylint.model.rule import RuleNames, Severity
from policylint.model.source import Position, Region
from policylint.model.waiver import WaiverPolicy, Waivers
from policylint.parse import parse
from policylint.reach import Reach
from policylint.waive import Waived, apply_waivers, check_names
from policylint.waivers import waivers_in

DAY = date(2026, 11, 23)
BASE = Path("/project")
KNOWN = {"TT001": "house/bad", "house/bad": "house/bad", "TT002": "house/worse", "house/worse": "house/worse"}
WHOLE = {
    "rule": "TT001",
    "path": "campaigns/**",
    "campaign": "spring",
    "reason": "moves  in\n spring",
    "owner": "crm",
    "approver": "legal",
    "added": "2026-11-01",
    "until": "2026-12-31",
    "ticket": "T-1",
}
LEAST = {"rule": "TT001", "path": "campaigns", "reason": "r", "owner": "crm", "until": "2026-12-31"}


# --- where they are -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"policylint-waivers.yaml": [LEAST]}, ["policylint-waivers.yaml"]),
        ({"policylint.yaml": [LEAST]}, ["policylint.yaml"]),
        (
            {"policylint.yaml": [LEAST], "policylint-waivers.yaml": [LEAST]},
            ["policylint.yaml", "policylint-waivers.yaml"],
        ),
        ({"policylint.yaml": None, "policylint-waivers.yaml": [LEAST]}, ["policylint-waivers.yaml"]),
        ({"policylint.yaml": None, "campaigns/policylint-waivers.yaml": [LEAST]}, []),
        ({"policylint.yaml": None}, []),
        ({"policylint.yaml": []}, []),
        ({}, []),
    ],
)
def test_waivers_stand_in_the_configuration_and_in_a_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, Any], expected: list[str]
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "campaigns").mkdir()
    monkeypatch.chdir(tmp_path)
    for name, waivers in files.items():
        text = "fail_on: error\n" if waivers is None else json.dumps({"waivers": waivers})
        (tmp_path / name).write_text(text, encoding="utf-8")
    configuration = load_configuration(["campaigns"], None, isolated=False)
    found = waivers_of(configuration)
    assert [waiver.document.path for waiver in found.entries] == expected if found else expected == []
    assert found is None or found.base == tmp_path
    assert settings_for(configuration, as_of=DAY).waivers == found
    assert load_configuration(["campaigns"], None, isolated=True) == Configuration()


def test_a_file_of_waivers_is_looked_for_within_the_repository(tmp_path: Path) -> None:
    (tmp_path / "policylint-waivers.yaml").write_text("waivers: []\n", encoding="utf-8")
    (tmp_path / "a/b").mkdir(parents=True)
    assert find_waiver_file(tmp_path / "a/b") == tmp_path / "policylint-waivers.yaml"
    (tmp_path / "a/.git").mkdir()
    assert find_waiver_file(tmp_path / "a/b") is None


def test_what_the_configuration_asks_of_waivers(tmp_path: Path) -> None:
    path = tmp_path / "policylint.yaml"
    path.write_text(f"waivers: [{json.dumps(LEAST)}]\n", encoding="utf-8")
    found = waivers_of(read_configuration(path, "policylint.yaml"))
    assert found is not None
    assert found.policy == WaiverPolicy(max_days=180, notice_days=14, limit=None)
    path.write_text(
        f"waivers: [{json.dumps(LEAST)}]\nwaiver_max_days: 30\nwaiver_notice_days: 0\nwaiver_limit: 5\n",
        encoding="utf-8",
    )
    found = waivers_of(read_configuration(path, "policylint.yaml"))
    assert found is not None
    assert found.policy == WaiverPolicy(max_days=30, notice_days=0, limit=5)


def test_a_waiver_says_all_of_this() -> None:
    (whole, least) = waivers_of_text([WHOLE, LEAST])
    assert whole._replace(document=None) == (
        *("TT001", "campaigns/**", "spring", "moves in spring", "crm", "legal", "T-1"),
        *(date(2026, 11, 1), date(2026, 12, 31), None, ("waivers", 0)),
    )
    assert (whole.scope, least.scope) == ("campaign spring in campaigns/**", "campaigns")
    assert (least.approver, least.ticket, least.added, least.campaign) == (None, None, None, None)
    assert least.place == "policylint-waivers.yaml:11:11"


def waivers_of_text(entries: list[dict[str, Any]]) -> list[Any]:
    lines = [
        f"  {' ' if at else '-'} {key}: {json.dumps(value)}\n"
        for entry in entries
        for at, (key, value) in enumerate(entry.items())
    ]
    (document,) = parse("policylint-waivers.yaml", ("waivers:\n" + "".join(lines)).encode()).documents
    return waivers_in(document, document.data["waivers"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("waivers: {}\n", ["1:10: waivers is a mapping, a list is expected"]),
        ("waiver: []\n", ["1:1: 'waivers' is missing", "1:1: unknown field 'waiver', did you mean 'waivers'?"]),
        ("- {}\n", ["1:1: the document is a list, a mapping is expected"]),
        ("waivers: [!own x]\n", ["1:16: the tag !own means nothing here"]),
        ("waivers: [\n", ["2:1: policylint-waivers.yaml is not valid YAML: "]),
        ("waivers: []\n---\nwaivers: []\n", ["3:1: one YAML document is expected, not 2"]),
        (
            "waivers: [{rule: 7, path: a, reason: '{{ why }}', owner: o, until: 2026-12-31}]\n",
            ["1:18: waivers[0].rule is 7, a text is expected"],
        ),
    ],
)
def test_mistakes_in_a_file_of_waivers_have_their_places(tmp_path: Path, text: str, said: list[str]) -> None:
    path = tmp_path / "policylint-waivers.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        with_waiver_file(Configuration(), path, path.name)
    lines = error.value.message.splitlines()
    assert len(lines) == len(said)
    assert all(line.startswith(f"policylint-waivers.yaml:{each}") for line, each in zip(lines, said, strict=True))


def test_an_empty_file_of_waivers_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "policylint-waivers.yaml"
    path.write_text("# none yet\n", encoding="utf-8")
    assert with_waiver_file(Configuration(), path, path.name) == Configuration()
    with pytest.raises(ConfigError, match="cannot be read"):
        with_waiver_file(Configuration(), tmp_path / "none.yaml", "none.yaml")


# --- what they accept ---------------------------------------------------------------------------------------------


def finding(rule: str = "house/bad", path: str = "campaigns/a.yaml", campaign: str | None = "spring") -> Finding:
    place = Region(Position(1, 1, 0), Position(1, 2, 1))
    return Finding(rule, "TT001", Severity.ERROR, "bad", str(BASE / path), place, (), campaign, "native")


def applied(
    entries: list[dict[str, Any]],
    findings: list[Finding],
    *,
    as_of: date = DAY,
    policy: WaiverPolicy = WaiverPolicy(),  # noqa: B008
    seen: tuple[str, ...] = ("",),
    rules: tuple[str, ...] = ("house/bad", "house/worse"),
) -> Waived:
    names = RuleNames(KNOWN, frozenset(KNOWN.values()), lambda rule: rule != "house/worse")
    reach = Reach.of((Path(finding.path) for finding in findings), [BASE / folder for folder in seen], rules)
    return apply_waivers(findings, Waivers(waivers_of_text(entries), BASE, policy), names, reach, as_of)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"rule": "house/bad"}, True),
        ({"path": "campaigns/a.yaml"}, True),
        ({"path": "./campaigns"}, True),
        ({"path": "**/a.yaml"}, True),
        ({"path": "campaigns/*.yml"}, False),
        ({"path": "campaign"}, False),
        ({"campaign": "spring"}, True),
        ({"campaign": "autumn"}, False),
        ({"path": "other", "campaign": "spring"}, False),
    ],
)
def test_a_waiver_is_for_findings_of_its_rule_files_and_campaign(changes: dict[str, str], fits: bool) -> None:
    waived = applied([{**LEAST, **changes}], [finding(), finding("house/worse")])
    assert [each.suppressed is not None for each in waived.findings] == [fits, False]
    assert [each.rule for each in waived.problems] == ([] if fits else ["policylint/waiver-unused"])


def test_a_campaign_is_enough_and_a_number_is_a_name_too() -> None:
    entry = {key: value for key, value in LEAST.items() if key != "path"} | {"campaign": 2024}
    waived = applied([entry], [finding(campaign="2024"), finding(campaign=None)])
    assert [each.suppressed is not None for each in waived.findings] == [True, False]


def test_a_waived_finding_says_why_until_when_and_who() -> None:
    (waived,) = applied([WHOLE], [finding()]).findings
    assert waived.suppressed == Suppression("waiver", "moves in spring", date(2026, 12, 31), "crm", "legal", "T-1")
    assert waived._replace(suppressed=None) == finding()


def test_the_first_waiver_that_fits_gives_the_reason_and_the_other_is_not_needed() -> None:
    waived = applied([{**LEAST, "reason": "one"}, {**LEAST, "reason": "two"}], [finding()])
    assert [each.suppressed and each.suppressed.reason for each in waived.findings] == ["one"]
    (problem,) = waived.problems
    assert problem.message == "the waiver of house/bad for campaigns waives nothing: what it is for is accepted already"
    assert problem.region.start.line == 7


def test_what_its_file_suppresses_is_not_waived_too() -> None:
    suppressed = finding()._replace(suppressed=Suppression("in_source", "agreed"))
    waived = applied([LEAST], [suppressed])
    assert waived.findings == [suppressed]
    assert [problem.rule for problem in waived.problems] == ["policylint/waiver-unused"]


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 300)
)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_a_waiver_holds_from_its_first_day_through_its_last_and_no_longer_than_allowed(
    today: date, added: date, length: int
) -> None:
    until = added + timedelta(days=length)
    entry = {**LEAST, "added": str(added), "until": str(until)}
    waived = applied([entry], [finding()], as_of=today, policy=WaiverPolicy(max_days=180))
    holds = added <= today <= until and length <= 180
    (found,) = waived.findings
    assert (found.suppressed is not None) is holds
    kinds = [problem.rule.removeprefix("policylint/waiver-") for problem in waived.problems]
    if length > 180:
        assert kinds == ["too-long"]
    elif today > until:
        assert kinds == ["expired"]
    elif today < added:
        assert kinds == []
    else:
        assert kinds == (["expiring"] if (until - today).days <= 14 else [])


def test_without_the_day_on_which_it_was_added_a_waiver_is_measured_from_the_day_of_the_run() -> None:
    entry = {**LEAST, "until": "2026-12-31"}
    policy = WaiverPolicy(max_days=30, notice_days=0)
    assert [p.rule for p in applied([entry], [finding()], policy=policy).problems] == ["policylint/waiver-too-long"]
    assert applied([entry], [finding()], policy=policy, as_of=date(2026, 12, 1)).problems == []


def test_an_ended_waiver_beside_one_that_holds_is_only_left_over() -> None:
    waived = applied([{**LEAST, "until": "2026-11-22"}, LEAST], [finding()], seen=())
    assert [(str(p.severity), p.message, p.help) for p in waived.problems] == [
        (
            "warning",
            "the waiver of house/bad for campaigns ended on 2026-11-22, and there is nothing left to waive",
            "remove it",
        )
    ]


def test_the_limit_counts_what_is_in_force() -> None:
    ended, later = {**LEAST, "until": "2026-11-22"}, {**LEAST, "added": "2026-12-01"}
    entries = [ended, later, LEAST, LEAST, LEAST]
    kinds = [p.rule for p in applied(entries, [], policy=WaiverPolicy(limit=3), seen=()).problems]
    assert kinds == []
    (problem,) = applied(entries, [], policy=WaiverPolicy(limit=2), seen=()).problems
    assert problem.message == "3 waivers are in force, and waiver_limit allows 2"
    assert problem.region.start.line == 2 + 5 + 6 + 5 + 5


@pytest.mark.parametrize(
    ("changes", "seen", "told"),
    [
        ({"path": "campaigns"}, ("",), True),
        ({"path": "campaigns"}, ("campaigns",), True),
        ({"path": "campaigns/**/x-*.yaml"}, ("campaigns",), True),
        ({"path": "campaigns/deep/x.yaml"}, ("campaigns",), True),
        ({"path": "campaigns"}, ("campaigns/deep",), False),
        ({"path": "camp*/a.yaml"}, ("campaigns",), False),
        ({"path": "*.yaml"}, ("campaigns",), False),
        ({"path": "campaigns/b.yaml"}, (), True),
        ({"path": "campaigns/c.yaml"}, (), False),
        ({"path": "campaigns-2"}, ("campaigns",), False),
    ],
)
def test_a_waiver_is_unused_only_where_all_its_files_were_checked(
    changes: dict[str, str], seen: tuple[str, ...], told: bool
) -> None:
    other = finding("house/worse", "campaigns/b.yaml")
    assert bool(applied([{**LEAST, **changes}], [other], seen=seen).problems) is told
    assert applied([{**LEAST, **changes}], [other], seen=seen, rules=("house/worse",)).problems == []


def test_a_waiver_of_no_rule_is_an_error_and_all_are_told_of_at_once() -> None:
    entries = waivers_of_text([{**LEAST, "rule": name} for name in ("TT009", "TT001", "house/bat")])
    with pytest.raises(ConfigError) as error:
        check_names(Waivers(entries, BASE, WaiverPolicy()), KNOWN)
    assert error.value.message.splitlines() == [
        "policylint-waivers.yaml:2:11: there is no rule 'TT009', did you mean 'TT002'?",
        "policylint-waivers.yaml:12:11: there is no rule 'house/bat', did you mean 'house/bad'?",
    ]


def test_the_library_call_takes_waivers_and_baseline_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    campaign = {"campaign": "a", "channel": "whatsapp", "purpose": "newsletter", "sender": {"product": "consumer_app"}}
    (tmp_path / "a.json").write_text(json.dumps(campaign), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({**campaign, "campaign": "b"}), encoding="utf-8")
    entry = {**LEAST, "rule": "WA101", "path": "a.json"}
    (tmp_path / "policylint-waivers.yaml").write_text(json.dumps({"waivers": [entry]}), encoding="utf-8")
    line = {"path": "b.json", "rule": "whatsapp/bulk-from-consumer-app", "severity": "error", "campaign": "b"}
    line |= {"pointer": "purpose", "values": ["7675088546389047"]}  # type: ignore[dict-item]
    (tmp_path / "known.jsonl").write_text('{"baseline": 1}\n' + json.dumps(line), encoding="utf-8")
    report = lint(["."], as_of=DAY, select=["WA101"], baseline=Path("known.jsonl"))
    assert [(f.path, f.suppressed and f.suppressed.kind) for f in report.findings] == [
        ("a.json", "waiver"),
        ("b.json", "baseline"),
    ]
