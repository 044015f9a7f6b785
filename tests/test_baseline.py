"""Baselines: what survives moved lines, turned lists and new names; what can never hide; the file and its merges."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylint.baseline import baseline_in, baseline_text, entries_of
from policylint.config import Settings
from policylint.discover import Target
from policylint.errors import ConfigError
from policylint.model.own import ABOUT_ACCEPTANCE
from policylint.model.rule import Severity
from policylint.pipeline import check_all
from policylint.plugins import load_extensions
from policylint.ruleset import load_rules

if TYPE_CHECKING:
    from policylint.model.baseline import Baseline
    from policylint.model.finding import Finding, Report

ROOT = Path("/project")
DAY = date(2026, 11, 23)
EXTENSIONS = load_extensions(installed=False)
SETTINGS = Settings(as_of=DAY, base=ROOT, folders=(ROOT,), select=("policylint", "WA101", "WA102", "WA501", "WA402"))
RULES = load_rules(SETTINGS, EXTENSIONS)
Files = dict[str, str]


def run(files: Files, baseline: Baseline | None = None, *, only: list[str] | None = None) -> Report:
    """Check files of a project; with ``only``, some of them by name."""
    texts = {ROOT / name: text.encode() for name, text in files.items()}
    targets = [Target(str(ROOT / name), ROOT / name, named=only is not None) for name in sorted(only or files)]
    folders = (ROOT,) if only is None else ()
    return check_all(targets, RULES, SETTINGS._replace(baseline=baseline, folders=folders), EXTENSIONS, texts.get)


def baseline_of(files: Files) -> Baseline:
    """Return the baseline of files, written and read."""
    text = baseline_text(entries_of(run(files).findings, ROOT, RULES.is_waivable))
    return read(text)


def read(text: str) -> Baseline:
    return baseline_in(text.encode(), ROOT / "baseline.jsonl", "baseline.jsonl")


def what(findings: list[Finding]) -> list[str]:
    return [f"{finding.path.removeprefix(f'{ROOT}/')}: {finding.code} {finding.severity}" for finding in findings]


def counting(report: Report) -> list[str]:
    """Return the findings about campaigns that count."""
    return what([f for f in report.findings if f.suppressed is None and f.rule not in ABOUT_ACCEPTANCE])


def accepted(report: Report) -> list[str]:
    return what([finding for finding in report.findings if finding.suppressed is not None])


def about_the_baseline(report: Report) -> list[str]:
    return [finding.message for finding in report.findings if finding.rule in ABOUT_ACCEPTANCE]


def campaign(known_as: str, **changes: Any) -> str:
    data = {"campaign": known_as, "channel": "whatsapp", "purpose": "newsletter"}
    return json.dumps({**data, "sender": {"product": "consumer_app"}, **changes})


def listed(*campaigns: str) -> str:
    return f'{{"campaigns": [{", ".join(campaigns)}]}}'


# --- what is the same finding -------------------------------------------------------------------------------------


def test_what_was_there_is_passed_over_and_what_is_new_is_not() -> None:
    old = {"a.json": campaign("a"), "b.json": campaign("b", purpose="support")}
    baseline = baseline_of(old)
    assert [(entry.path, entry.rule) for entry in baseline.entries] == [("a.json", "whatsapp/bulk-from-consumer-app")]
    report = run({**old, "b.json": campaign("b")}, baseline)
    assert (counting(report), accepted(report)) == (["b.json: WA101 error"], ["a.json: WA101 error"])
    assert report.findings[0].suppressed is not None
    assert report.findings[0].suppressed[:3] == ("baseline", "listed in baseline.jsonl", None)
    assert (report.comparison is not None, report.counted(Severity.ERROR)) == (True, 1)


@pytest.mark.parametrize(
    "now",
    [
        {"a.json": "// moved\n\n" + campaign("a")},
        {"a.json": json.dumps(json.loads(campaign("a")), indent=4, sort_keys=True)},
        {"a.json": campaign("a", name="with more")},
        {"renamed.json": campaign("a")},
        {"deep/er/a.json": campaign("a", name="renamed and with more")},
        {"list.json": listed(campaign("b", purpose="support"), campaign("a"))},
    ],
)
def test_a_campaign_is_known_again_wherever_it_stands(now: Files) -> None:
    report = run(now, baseline_of({"a.json": campaign("a")}))
    assert (counting(report), about_the_baseline(report)) == ([], [])
    assert len(accepted(report)) == 1


def test_a_campaign_that_moved_to_a_file_that_was_there_is_known_again() -> None:
    sound = campaign("c", purpose="support")
    old = {"a.json": listed(campaign("a"), campaign("b")), "c.json": listed(sound)}
    new = {"a.json": listed(campaign("b")), "c.json": listed(sound, campaign("a"))}
    report = run(new, baseline_of(old))
    assert (counting(report), about_the_baseline(report)) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        # another campaign, file by file
        (
            {"a.json": campaign("a"), "b.json": campaign("b", purpose="support")},
            {"a.json": campaign("a", purpose="support"), "b.json": campaign("b")},
            ["b.json: WA101 error"],
        ),
        # the same id in two files: one mended, the other broken
        (
            {"prod.json": campaign("a"), "test.json": campaign("a", purpose="support")},
            {"prod.json": campaign("a", purpose="support"), "test.json": campaign("a")},
            ["test.json: WA101 error"],
        ),
        # deleted, and another one added
        ({"a.json": campaign("a")}, {"b.json": campaign("b")}, ["b.json: WA101 error"]),
        # renamed and copied: which of the two is the old one cannot be told
        (
            {"a.json": campaign("a")},
            {"b.json": campaign("a"), "c.json": campaign("a")},
            ["b.json: WA101 error", "c.json: WA101 error"],
        ),
        # two campaigns with one id in a file
        (
            {"a.json": listed(campaign("a", name="one"), campaign("a", name="two", purpose="support"))},
            {"a.json": listed(campaign("a", name="one", purpose="support"), campaign("a", name="two"))},
            ["a.json: WA101 error"],
        ),
        # the same place, another value
        ({"a.json": campaign("a")}, {"a.json": campaign("a", purpose="promotion")}, ["a.json: WA101 error"]),
    ],
)
def test_a_finding_that_was_mended_hides_no_other(old: Files, new: Files, shown: list[str]) -> None:
    report = run(new, baseline_of(old))
    assert counting(report) == shown
    assert len(about_the_baseline(report)) == 1


def flow(*bodies: str, name: str = "Offers") -> str:
    nodes: list[dict[str, Any]] = [
        {"id": "s", "name": "Start", "type": "n8n-nodes-base.manualTrigger", "parameters": {}}
    ]
    for number, body in enumerate(bodies):
        parameters = {"resource": "message", "operation": "send", "textBody": body}
        node = {
            "id": f"n{number}",
            "name": f"Send {number}",
            "type": "n8n-nodes-base.whatsApp",
            "parameters": parameters,
        }
        nodes.append(node)
    targets = [{"node": node["name"], "type": "main", "index": 0} for node in nodes[1:]]
    return json.dumps({"name": name, "nodes": nodes, "connections": {"Start": {"main": [targets]}}})


def test_a_workflow_without_an_id_is_known_by_its_content_under_another_name() -> None:
    baseline = baseline_of({"a.json": flow("Sale!")})
    assert [entry.identity.campaign for entry in baseline.entries] == [None]
    assert counting(run({"b.json": flow("Sale!")}, baseline)) == []
    assert counting(run({"a.json": flow("Sale!", name="Renamed")}, baseline)) == []
    assert counting(run({"b.json": flow("Sale!", name="Renamed")}, baseline)) == ["b.json: WA402 warning"]


def test_of_two_nodes_with_the_same_finding_each_is_its_own() -> None:
    mended = flow("Sale!", "Sale!").replace('"id": "n1"', '"id": "n9"')
    report = run({"a.json": mended}, baseline_of({"a.json": flow("Sale!", "Sale!")}))
    assert counting(report) == ["a.json: WA402 warning"]
    assert accepted(report) == ["a.json: WA402 warning"]


def test_a_finding_that_has_become_worse_counts_again() -> None:
    old = {"a.json": campaign("a", enabled=False)}
    baseline = baseline_of(old)
    assert [str(entry.severity) for entry in baseline.entries] == ["warning"]
    report = run({"a.json": campaign("a")}, baseline)
    assert counting(report) == ["a.json: WA101 error"]
    assert report.findings[0].notes == ("warning in baseline.jsonl: it has become worse",)
    assert about_the_baseline(report) == []
    milder = run(old, baseline_of({"a.json": campaign("a")}))
    assert (counting(milder), accepted(milder)) == ([], ["a.json: WA101 warning"])


def test_equal_findings_are_counted() -> None:
    twice = listed(campaign("a"), campaign("a"))
    baseline = baseline_of({"a.json": twice})
    assert [entry.times for entry in baseline.entries] == [2]
    thrice = listed(*[campaign("a")] * 3)
    assert counting(run({"a.json": twice}, baseline)) == []
    assert counting(run({"a.json": thrice}, baseline)) == ["a.json: WA101 error"]
    once = run({"a.json": campaign("a")}, baseline)
    assert counting(once) == []
    assert once.comparison is not None
    assert [entry.times for entry in (*once.comparison.kept, *once.comparison.gone)] == [1, 1]


# --- what is gone -------------------------------------------------------------------------------------------------


def test_what_is_gone_is_told_of_once() -> None:
    old = {f"{name}.json": campaign(name) for name in "abcde"}
    report = run({"a.json": campaign("a"), "b.json": campaign("b", purpose="support")}, baseline_of(old))
    (finding,) = report.findings[1:]
    assert (finding.rule, str(finding.severity), finding.region.start.line) == (
        "policylint/baseline-gone",
        "warning",
        3,
    )
    listed = ", ".join(f"whatsapp/bulk-from-consumer-app in {name}.json ({name})" for name in "bcd")
    assert finding.message == f"4 baselined findings are gone: {listed} and 1 more"
    assert finding.help == "`policylint check --ratchet` takes them out of the file"


def test_what_the_run_did_not_look_at_is_not_gone() -> None:
    files = {"a.json": campaign("a"), "b.json": campaign("b")}
    baseline = baseline_of(files)
    mended = {name: campaign(name[0], purpose="support") for name in files}
    report = run(mended, baseline, only=["a.json"])
    assert about_the_baseline(report) == ["1 baselined finding is gone: whatsapp/bulk-from-consumer-app in a.json (a)"]
    assert report.comparison is not None
    assert [entry.path for entry in report.comparison.unseen] == ["b.json"]
    deselected = RULES.cards.pop("whatsapp/bulk-from-consumer-app")
    try:
        assert about_the_baseline(run(mended, baseline)) == []
    finally:
        RULES.cards["whatsapp/bulk-from-consumer-app"] = deselected


def test_a_run_as_if_on_another_day_calls_nothing_gone() -> None:
    files = {"a.json": campaign("a")}
    settings_then = SETTINGS._replace(baseline=baseline_of(files), at=date(2018, 1, 1))
    target = Target("a.json", ROOT / "a.json", named=False)
    report = check_all([target], RULES, settings_then, EXTENSIONS, {ROOT / "a.json": files["a.json"].encode()}.get)
    assert report.findings == ()


# --- the file -----------------------------------------------------------------------------------------------------

MANY = {f"{name}.json": campaign(name, business={"name": "Muster"}) for name in "abc"}


def test_the_file_has_a_sorted_line_for_each_entry_and_no_line_numbers() -> None:
    text = baseline_text(entries_of(run(MANY).findings, ROOT, RULES.is_waivable))
    assert text.splitlines()[:2] == [
        '{"baseline": 1}',
        '{"path": "a.json", "rule": "whatsapp/bulk-from-consumer-app", "severity": "error", "campaign": "a", '
        '"pointer": "purpose", "values": ["7675088546389047"]}',
    ]
    assert text.splitlines() == sorted(text.splitlines())
    assert len(text.splitlines()) == 7
    assert text == baseline_text(read(text).entries)


@given(st.randoms(use_true_random=False))
def test_any_order_repeated_lines_and_line_ends_are_read_alike(source: random.Random) -> None:
    lines = baseline_text(entries_of(run(MANY).findings, ROOT, RULES.is_waivable)).splitlines()
    mixed = [*lines, *source.choices(lines, k=4)]
    source.shuffle(mixed)
    text = source.choice(["\n", "\r\n", "\n\n"]).join(mixed)
    assert baseline_text(read(text).entries).splitlines() == lines
    assert baseline_text(read("\ufeff" + text).entries).splitlines() == lines


def test_of_equal_entries_the_highest_count_holds() -> None:
    entry = {"path": "a", "rule": "r", "severity": "error", "campaign": "a", "pointer": "p", "values": ["1"]}
    lines = [{"baseline": 1}, entry, {**entry, "count": 3}, {**entry, "count": 2}]
    (found,) = read("\n".join(map(json.dumps, lines))).entries
    assert (found.times, found.line) == (3, 3)


@pytest.mark.parametrize("merge", ["union", None])
def test_additions_of_two_branches_merge(tmp_path: Path, merge: str | None) -> None:
    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
        return subprocess.run(["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    file = tmp_path / "baseline.jsonl"

    def write(names: str) -> None:
        files = {f"{name}.json": campaign(name) for name in names}
        file.write_text(baseline_text(entries_of(run(files).findings, ROOT, RULES.is_waivable)), encoding="utf-8")
        git("add", ".")
        git("commit", "-qm", names)

    git("init", "-qb", "main")
    if merge:
        (tmp_path / ".gitattributes").write_text(f"*.jsonl merge={merge}\n", encoding="utf-8")
    write("bfkp")
    git("checkout", "-qb", "other")
    write("bcfkpz" if merge else "bcfkp")
    git("checkout", "-q", "main")
    write("abfkpyz" if merge else "abfkpq")
    merged = git("merge", "-q", "other")
    assert merged.returncode == 0, merged.stdout
    merged_names = "abcfkpyz" if merge else "abcfkpq"
    entries = read(file.read_text(encoding="utf-8")).entries
    assert sorted(entry.path for entry in entries) == [f"{name}.json" for name in merged_names]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff", "baseline.jsonl: byte 0 is not UTF-8"),
        (b'{"baseline": 2}\n', "baseline.jsonl:1:1: baseline: 1 was expected"),
        (b'{"baseline": "{{ version }}"}\n', "baseline.jsonl:1:1: baseline: 1 was expected"),
        (
            b'{"baseline": 1}\n{"path": "a", "rule": "a/b", "severity": "${X}", "pointer": "", "values": []}\n',
            "baseline.jsonl:2:1: severity is the text '${X}', which is not one of error, warning, info",
        ),
        (b'{"baseline": 1}\n' + b"[" * 100_000, "baseline.jsonl:2:1: not valid JSON: "),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(text: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        baseline_in(text, ROOT / "baseline.jsonl", "baseline.jsonl")
    assert error.value.message.startswith(said)


# --- properties ---------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["Sale", "sale", "Summer Sale", "summer_sale"])
CAMPAIGN = st.fixed_dictionaries(
    {
        "purpose": st.sampled_from(["newsletter", "promotion", "support"]),
        "business": st.sampled_from([{}, {"name": "Muster"}, {"name": "Beispiel"}]),
        "messages": st.lists(st.tuples(NAMES, st.sampled_from(["de", "en"])), max_size=4),
        "x-tags": st.lists(st.sampled_from("abc"), max_size=3),
    }
)
PROJECT = st.lists(st.lists(CAMPAIGN, min_size=1, max_size=3), min_size=1, max_size=3)
"""Files of campaigns, known by their numbers."""


class Writer:
    """Writes a project in one of many ways: lists and keys in any order, comments and blank lines anywhere."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def turned(self, items: list[Any]) -> list[Any]:
        return self.random.sample(items, len(items))

    def record(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        messages = [
            {"kind": "template", "template": {"name": label}, "language": language, "boddy": "no field"}
            for label, language in given["messages"]
        ]
        data = {
            **given,
            "campaign": name,
            "channel": "whatsapp",
            "sender": {"product": "consumer_app"},
            "messages": self.turned(messages),
            "x-tags": self.turned(given["x-tags"]),
        }
        return dict(self.turned(list(data.items())))

    def text(self, records: list[dict[str, Any]]) -> str:
        whole = records[0] if len(records) == 1 and self.random.random() < 0.5 else {"campaigns": self.turned(records)}
        text = json.dumps(whole, indent=self.random.choice([None, 1, 2]))
        lines = [line for written in text.splitlines() for line in (*self.noise(), written)]
        return "\n".join([*self.noise(), *lines, ""])

    def noise(self) -> list[str]:
        return self.random.choices(["", "// a remark"], k=self.random.choice([0, 0, 1, 3]))


def written(project: list[list[dict[str, Any]]], seed: int, *, rename: bool) -> Files:
    writer = Writer(seed)
    names = [
        f"{'renamed/' if rename and writer.random.random() < 0.6 else ''}file-{n}.json" for n in range(len(project))
    ]
    return {
        name: writer.text([writer.record(f"c{number}-{at}", given) for at, given in enumerate(campaigns)])
        for number, (name, campaigns) in enumerate(zip(names, project, strict=True))
    }


def told_apart(report: Report) -> Counter[tuple[str, str | None, str]]:
    """Return the findings by rule, campaign and message, which names the value, without places in lists."""
    return Counter(
        (f.rule, f.campaign, re.sub(r"\[\d+\]", "", f.message))
        for f in report.findings
        if f.rule not in ABOUT_ACCEPTANCE
    )


CHECKED = settings(
    derandomize=True, deadline=None, max_examples=60, database=None, suppress_health_check=list(HealthCheck)
)


@CHECKED
@given(PROJECT, st.integers(0, 2**20), st.integers(0, 2**20), st.booleans())
def test_moved_lines_turned_lists_and_new_names_change_nothing(
    project: list[list[dict[str, Any]]], one: int, other: int, rename: bool
) -> None:
    before, after = written(project, one, rename=False), written(project, other, rename=rename)
    baseline = baseline_of(before)
    report = run(after, baseline)
    assert told_apart(report) == told_apart(run(before))
    assert counting(report) == []
    assert about_the_baseline(report) == []


@CHECKED
@given(PROJECT, PROJECT, st.integers(0, 2**20), st.integers(0, 2**20))
def test_only_what_was_there_is_ever_accepted(
    old: list[list[dict[str, Any]]], new: list[list[dict[str, Any]]], one: int, other: int
) -> None:
    before, after = run(written(old, one, rename=False)), written(new, other, rename=True)
    baseline = baseline_of(written(old, one, rename=False))
    report = run(after, baseline)
    was_there, is_there = told_apart(before), told_apart(report)
    hidden = told_apart(report._replace(findings=tuple(f for f in report.findings if f.suppressed is not None)))
    assert hidden <= was_there
    assert is_there - hidden >= is_there - was_there
    assert report.comparison is not None
    kept = [*report.comparison.kept, *report.comparison.unseen]
    assert sum(entry.times for entry in kept) + sum(entry.times for entry in report.comparison.gone) == sum(
        entry.times for entry in baseline.entries
    )
    again = run(after, read(baseline_text(kept)))
    assert counting(again) == counting(report)
    assert about_the_baseline(again) == []


@CHECKED
@given(PROJECT, st.data(), st.integers(0, 2**20))
def test_a_swap_shows(project: list[list[dict[str, Any]]], data: st.DataObject, seed: int) -> None:
    places = [(number, at) for number, campaigns in enumerate(project) for at in range(len(campaigns))]
    if len(places) < 2:
        return
    mended, broken = data.draw(st.permutations(places))[:2]
    value = data.draw(st.sampled_from(["newsletter", "promotion"]))
    project[mended[0]][mended[1]]["purpose"] = value
    project[broken[0]][broken[1]]["purpose"] = "support"
    baseline = baseline_of(written(project, seed, rename=False))
    project[mended[0]][mended[1]]["purpose"] = "support"
    project[broken[0]][broken[1]]["purpose"] = value
    report = run(written(project, seed + 1, rename=True), baseline)
    assert [(f.code, f.campaign) for f in report.findings if f.code and f.suppressed is None] == [
        ("WA101", f"c{broken[0]}-{broken[1]}")
    ]
    assert len(about_the_baseline(report)) == 1
