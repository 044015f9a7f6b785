"""Results of files: the same whether they are recalled, checked here or by workers; what makes a kept one stale."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.generate import backup, campaign
from policylint import results
from policylint.config import Settings, configuration_in, overrides_of
from policylint.discover import Target, discover, read_file
from policylint.errors import PolicylintError
from policylint.extensions import Adapted, Adapter, Candidate
from policylint.jobs import can_fork, map_in_processes
from policylint.model.finding import CampaignSummary, Window
from policylint.model.phrase import Phrase
from policylint.model.rule import Severity
from policylint.pipeline import run
from policylint.plain import plain_result, result_of
from policylint.plugins import load_extensions
from policylint.recognise import Recogniser
from policylint.record import ProviderTable
from policylint.resultcache import ResultCache
from policylint.ruleset import load_rules

if TYPE_CHECKING:
    from policylint.extensions import Extensions
    from policylint.model.finding import Report

DAY = date(2026, 11, 23)
FIXTURES = Path(__file__).parent / "fixtures"
CORPUS = Path(os.environ.get("POLICYLINT_CORPUS", Path(__file__).parents[2] / "shared" / "corpus")) / "dev"

forked = pytest.mark.skipif(not can_fork(), reason="needs os.fork")


@cache
def extensions() -> Extensions:
    return load_extensions(installed=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project with campaigns, workflows, side files, a manifest and files that cannot be read."""
    rng = random.Random(7)
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    for number in range(40):
        path = project / "campaigns" / f"c{number}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(campaign(rng, number), encoding="utf-8")
    (project / "campaigns" / "open.yaml").write_text(OPEN, encoding="utf-8")
    (project / "campaigns" / "kept.yaml").write_text(SUPPRESSED, encoding="utf-8")
    (project / "campaigns" / "broken.yaml").write_text("campaign: x\nchannel: [whatsapp\n", encoding="utf-8")
    (project / "workflows.json").write_text(backup(rng, 6), encoding="utf-8")
    (project / "package.json").write_text('{"dependencies": {"whatsapp-web.js": "1"}}', encoding="utf-8")
    shutil.copytree(FIXTURES / "knock", project / "knock")
    monkeypatch.chdir(project)
    return project


OPEN = """\
campaign: weekly
channel: whatsapp
purpose: newsletter
audience: {size: "${SIZE}"}
schedule: {start: 2019-11-01, recurrence: weekly}
"""
SUPPRESSED = """\
campaign: letter
channel: whatsapp
sender: {product: consumer_app}
# policylint: ignore[WA101, WA102, WA103] until=2027-01-01 -- moving to the Platform
purpose: newsletter
"""


def checked(paths: list[str] | None = None, **changes: Any) -> Report:
    settings = Settings(as_of=DAY)._replace(**changes)
    return run(discover(paths or ["."]), settings, extensions(), read_file)


def seen(report: Report) -> tuple[Any, ...]:
    """Return all that a report says but for the rules it could show and the texts it can read."""
    return report._replace(rules={}, sources={}, texts=str)  # type: ignore[arg-type]


# --- the same results -----------------------------------------------------------------------------------------------


@forked
@pytest.mark.parametrize("jobs", [2, 5])
def test_several_processes_find_what_one_finds(folder: Path, jobs: int) -> None:
    alone = checked(list_campaigns=True)
    assert len(alone.findings) > 5
    assert alone.verdicts
    assert len(alone.summaries) == alone.campaigns
    assert seen(checked(jobs=jobs, list_campaigns=True)) == seen(alone)


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=forked)])
def test_a_recalled_result_is_the_result(folder: Path, tmp_path: Path, jobs: int) -> None:
    alone = checked()
    cold = checked(cache=tmp_path / "cache", jobs=jobs)
    warm = checked(cache=tmp_path / "cache", jobs=jobs)
    assert seen(cold) == seen(alone)
    assert seen(warm) == seen(alone)


def said(report: Report) -> list[Any]:
    """Return of what the texts of findings and verdicts are made: two phrases of the same text are equal."""
    texts = [text for finding in report.findings for text in (finding.message, finding.help, *finding.notes)]
    texts += [related.message for finding in report.findings for related in finding.related]
    texts += [text for verdict in report.verdicts for text in (verdict.field, verdict.why)]
    return [
        (text.pattern, {name: str(value) for name, value in text.values.items()}) if isinstance(text, Phrase) else text
        for text in texts
    ]


@forked
def test_what_workers_and_the_cache_give_back_can_still_be_translated(folder: Path, tmp_path: Path) -> None:
    alone = said(checked())
    assert sum(isinstance(text, tuple) for text in alone) > 5
    assert said(checked(cache=tmp_path / "cache", jobs=2)) == alone
    assert said(checked(cache=tmp_path / "cache")) == alone


def test_a_result_as_plain_data_is_the_same_again(folder: Path) -> None:
    settings = Settings(as_of=DAY, show_undecided=True, list_campaigns=True)
    rules = load_rules(settings, extensions())
    found = results.Results(discover(["."]), rules, settings, extensions(), read_file)
    for _, result in found:
        assert result_of(plain_result(result), rules.rules) == result


def test_campaigns_are_listed_with_their_days_where_they_are_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text(CALENDAR, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = checked(["a.yaml"], select=("WA101",), require_rules=True, list_campaigns=True)
    fingerprints = [finding.fingerprint for finding in found.findings]
    story, tool, plain, template = found.summaries
    whole = Window(date(2019, 11, 1), None, own=True)
    today = Window(DAY, DAY, own=False)
    assert story == CampaignSummary("story", "", "a.yaml", 2, "native", whole, False, 0, story.findings)
    assert [finding.campaign for finding in found.findings] == ["story", "tool"]
    assert story.findings == ((fingerprints[0], (whole,)),)
    assert tool == CampaignSummary("tool", "Tool", "a.yaml", 7, "native", today, False, 0, ((fingerprints[1], ()),))
    assert plain == CampaignSummary("plain", "", "a.yaml", 10, "native", today, True, 1)
    assert template == CampaignSummary("open", "", "a.yaml", 15, "native", whole, True)
    assert checked(["a.yaml"]).summaries == ()


CALENDAR = """\
campaigns:
  - campaign: story
    channel: whatsapp
    purpose: newsletter
    sender: {product: consumer_app}
    schedule: {start: 2019-11-01, recurrence: weekly}
  - campaign: tool
    name: Tool
    channel: telegram
  - campaign: plain
    channel: whatsapp
    purpose: newsletter
    sender: {product: "${PRODUCT}"}
    schedule: "${PLAN}"
  - campaign: open
    channel: whatsapp
    sender: {product: business_platform}
    schedule: {start: 2019-11-01, end: "${END}"}
"""


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside the project")
def test_on_real_files_neither_cache_nor_workers_change_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS)
    alone = checked()
    jobs = 2 if can_fork() else 1
    assert seen(checked(jobs=jobs, cache=tmp_path)) == seen(alone)
    assert seen(checked(jobs=1, cache=tmp_path)) == seen(alone)


# --- what is recalled -----------------------------------------------------------------------------------------------


@pytest.fixture
def recalled(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., set[str]]:
    """Return a function that runs with a cache and returns the files that had to be checked anew."""
    fresh: set[str] = set()
    whole = results.Results._checked

    def noted(self: results.Results, number: int) -> Any:
        fresh.add(self.targets[number].shown)
        return whole(self, number)

    monkeypatch.setattr(results.Results, "_checked", noted)

    def again(**changes: Any) -> set[str]:
        fresh.clear()
        checked(cache=tmp_path / "cache", **changes)
        return set(fresh)

    assert len(again()) > results.WORTH_A_CACHE
    return again


def test_nothing_is_checked_twice(recalled: Callable[..., set[str]]) -> None:
    assert recalled() == set()
    assert recalled(jobs=2) == set()
    assert recalled(show_suppressed=True) == set()


def test_a_changed_file_is_checked_anew(recalled: Callable[..., set[str]], folder: Path) -> None:
    (folder / "campaigns" / "c3.yaml").write_text(OPEN, encoding="utf-8")
    assert recalled() == {"campaigns/c3.yaml"}
    (folder / "campaigns" / "c4.yaml").rename(folder / "campaigns" / "moved.yaml")
    assert recalled() == {"campaigns/moved.yaml"}


def test_a_file_whose_text_stands_in_a_changed_file_beside_it_is_checked_anew(
    recalled: Callable[..., set[str]], folder: Path
) -> None:
    side = next(path for path in sorted((folder / "knock").rglob("*")) if path.suffix in (".txt", ".md", ".html"))
    side.write_text("Something else {{ recipient.name }}", encoding="utf-8")
    fresh = recalled()
    assert any(path.endswith("workflow.json") for path in fresh)
    assert not any(path.startswith("campaigns/") for path in fresh)


def test_another_client_in_the_manifest_makes_the_campaigns_stale_that_leave_theirs_open(
    recalled: Callable[..., set[str]], folder: Path
) -> None:
    (folder / "package.json").write_text('{"dependencies": {"baileys": "6"}}', encoding="utf-8")
    assert recalled() == {"package.json", "campaigns/open.yaml", "campaigns/kept.yaml"}


@pytest.mark.parametrize(
    "changes",
    [
        {"as_of": date(2026, 11, 24)},
        {"at": date(2019, 12, 7)},
        {"select": ("WA101",)},
        {"ignore": ("WA101",)},
        {"undecided": Severity.WARNING},
        {"strict": True},
        {"require_rules": True},
        {"defaults": {"sender": {"product": "consumer_app"}}},
        {"list_undecided": False},
        {"list_campaigns": True},
    ],
    ids=str,
)
def test_other_settings_recall_nothing(recalled: Callable[..., set[str]], changes: dict[str, Any]) -> None:
    assert len(recalled(**changes)) > results.WORTH_A_CACHE


def test_another_configuration_recalls_nothing(recalled: Callable[..., set[str]]) -> None:
    configuration = configuration_in(b"rules: {WA101: {severity: info}}\n", "policylint.yaml")
    changed = {"overrides": overrides_of(configuration), "defaults_document": configuration.document}
    assert len(recalled(**changed)) > results.WORTH_A_CACHE
    assert recalled(**changed) == set()


def test_with_foreign_plugins_nothing_is_kept(folder: Path, tmp_path: Path) -> None:
    settings = Settings(as_of=DAY, cache=tmp_path / "cache")
    run(discover(["."]), settings, extensions()._replace(installed=("acme",)), read_file)
    assert list((tmp_path / "cache").glob("results*")) == []


def test_a_run_over_a_few_files_does_without(folder: Path, tmp_path: Path) -> None:
    checked(["campaigns/c1.yaml"], cache=tmp_path / "cache")
    assert list((tmp_path / "cache").glob("results*")) == []


# --- a cache that is not as it should be ----------------------------------------------------------------------------


def cache_file(folder: Path) -> Path:
    (found,) = folder.glob("results*.sqlite3")
    return found


def opened(folder: Path) -> Iterator[ResultCache]:
    cache = ResultCache.open(folder)
    assert cache is not None
    yield cache
    cache.close()


def kept(folder: Path, **content: Any) -> None:
    for results_kept in opened(folder):
        for key, found in content.items():
            results_kept.put(key.encode(), found)


def got(folder: Path, key: str) -> Any:
    (found,) = [results_kept.get(key.encode()) for results_kept in opened(folder)]
    return found


def test_what_is_put_is_there_for_the_next_run(tmp_path: Path) -> None:
    kept(tmp_path, a=[1, "é", None], b={"x": True})
    assert [got(tmp_path, key) for key in ("a", "b", "c")] == [[1, "é", None], {"x": True}, None]


def test_the_oldest_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policylint.resultcache._KEPT", 2)
    for key in ("a", "b", "c"):
        kept(tmp_path, **{key: key})
    assert [got(tmp_path, key) for key in ("a", "b", "c")] == [None, "b", "c"]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 400, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_broken_cache_is_as_good_as_none(folder: Path, tmp_path: Path, content: bytes) -> None:
    alone = checked()
    checked(cache=tmp_path)
    cache_file(tmp_path).write_bytes(content)
    assert seen(checked(cache=tmp_path)) == seen(alone)
    assert seen(checked(cache=tmp_path)) == seen(alone)


def test_results_of_another_form_are_checked_anew(folder: Path, tmp_path: Path) -> None:
    alone = checked()
    checked(cache=tmp_path)
    connection = sqlite3.connect(cache_file(tmp_path))
    for number, text in enumerate(["[]", "null", "{", '[[], "", [[], 1]]', '[[], "", [[["x"]], 1, 0, 1, 0, [], []]]']):
        connection.execute("UPDATE result SET found = ? WHERE rowid % 5 = ?", (text, number))
    connection.commit()
    connection.close()
    assert seen(checked(cache=tmp_path)) == seen(alone)


def test_a_cache_that_another_run_has_locked_is_done_without(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policylint.resultcache._WAIT", 0.01)
    alone = checked()
    checked(cache=tmp_path)
    connection = sqlite3.connect(cache_file(tmp_path), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    assert seen(checked(cache=tmp_path)) == seen(alone)
    connection.close()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions as POSIX has them")
def test_a_cache_that_others_can_write_is_not_trusted(tmp_path: Path) -> None:
    kept(tmp_path, a=1)
    cache_file(tmp_path).chmod(0o666)
    assert ResultCache.open(tmp_path) is None
    cache_file(tmp_path).chmod(0o600)
    tmp_path.chmod(0o777)
    assert ResultCache.open(tmp_path) is None


def test_a_cache_that_cannot_be_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert ResultCache.open(tmp_path / "file" / "cache") is None


def test_two_runs_share_a_cache(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "policylint", "check", "--as-of", "2026-11-23", "--format", "json", "--isolated"]
    environment = {**os.environ, "POLICYLINT_CACHE": str(tmp_path)}
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) for _ in range(3)]
    texts = {process.communicate()[0] for process in running}
    assert len(texts) == 1
    assert {process.returncode for process in running} == {1}


# --- workers --------------------------------------------------------------------------------------------------------


def mapped(work: Callable[[int], Any], items: int = 100, jobs: int = 3) -> list[Any]:
    return list(map_in_processes(range(items), work, jobs, "item {}".format, "{} took too long".format))


@forked
def test_results_come_back_in_the_order_of_the_items() -> None:
    assert mapped(lambda item: [item, "é" * item]) == [[item, "é" * item] for item in range(100)]
    assert mapped(lambda item: "x" * 300_000, items=70, jobs=2) == ["x" * 300_000] * 70
    assert mapped(lambda item: item, items=0) == []
    assert mapped(lambda item: item, items=40_000, jobs=2) == list(range(40_000))


@forked
def test_the_work_is_done_by_other_processes() -> None:
    assert os.getpid() not in set(mapped(lambda _item: os.getpid()))


@forked
def test_a_worker_that_is_killed_is_an_error_that_names_what_it_worked_on() -> None:
    def work(item: int) -> int:
        if item == 40:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    with pytest.raises(PolicylintError, match=r"^a worker process was ended at or after item 40\n") as raised:
        mapped(work, jobs=2)
    assert raised.value.hint == "--jobs 1 does without worker processes and needs less memory"
    assert no_children_left()


@forked
def test_an_item_at_which_a_worker_used_up_its_time_is_the_only_one_without_a_result() -> None:
    def work(item: int) -> str:
        if item in (0, 40, 41, 99):
            os.kill(os.getpid(), signal.SIGXCPU)
        return f"{item}"

    expected = [f"{item} took too long" if item in (0, 40, 41, 99) else f"{item}" for item in range(100)]
    assert mapped(work) == expected
    assert mapped(work, jobs=1) == expected
    assert no_children_left()


@forked
def test_an_error_of_the_run_is_the_same_from_a_worker() -> None:
    def work(item: int) -> int:
        raise PolicylintError("no good", f"item {item}")

    with pytest.raises(PolicylintError) as raised:
        mapped(work, jobs=1)
    assert (raised.value.message, raised.value.hint) == ("no good", "item 0")
    assert no_children_left()


@forked
def test_a_bug_in_a_worker_is_a_bug_of_the_run() -> None:
    def work(item: int) -> int:
        return item // 0

    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        mapped(work)
    assert no_children_left()


@forked
def test_workers_end_when_nobody_wants_their_results() -> None:
    found = map_in_processes(range(1000), lambda item: "x" * 10_000, 2, str, str)
    assert next(found) == "x" * 10_000
    found.close()  # type: ignore[attr-defined]  # it is a generator
    assert no_children_left()


def no_children_left() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG) == (0, 0) and False
    except ChildProcessError:
        return True


@forked
def test_an_interrupted_run_ends_without_a_report_and_without_workers(folder: Path) -> None:
    # A shell that starts this in the background lets it ignore the signal, and what it starts too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in range(4_000):
        (folder / f"more{number}.yaml").write_text(OPEN, encoding="utf-8")
    command = [sys.executable, "-m", "policylint", "check", "--jobs", "2", "--no-cache", "--isolated"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, cwd=folder
    )
    wait_for_workers(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def wait_for_workers(process: int) -> None:
    """Wait until a process has children."""
    children = Path(f"/proc/{process}/task/{process}/children")
    for _ in range(2000):
        if not children.exists() or children.read_text().strip():
            return
        import time

        time.sleep(0.005)


@pytest.mark.parametrize(
    ("files", "size", "expected"),
    [(10, 2_000, 1), (100, 2_000, 1), (300, 2_000, 2), (3, 500_000, 2), (1, 5_000_000, 1)],
)
def test_processes_are_started_where_they_shorten_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, size: int, expected: int
) -> None:
    monkeypatch.setattr("policylint.jobs.processors", lambda: 2)
    monkeypatch.setattr("policylint.jobs.can_fork", lambda: True)
    monkeypatch.setattr(results, "_size", lambda _path: size)
    targets = [Target(str(number), tmp_path / str(number), named=False) for number in range(files)]
    settings = Settings(as_of=DAY, jobs=None)
    found = results.Results(targets, load_rules(settings, extensions()), settings, extensions(), read_file)
    assert found._worthwhile_jobs(range(files)) == expected


# --- files that cannot be of interest ---------------------------------------------------------------------------------


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside the project")
def test_on_real_files_a_look_at_the_bytes_changes_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)
    looked = checked()
    monkeypatch.setattr(Recogniser, "may_hold", lambda *_: True)
    parsed = checked()
    assert (looked.findings, looked.campaigns, looked.verdicts) == (parsed.findings, parsed.campaigns, parsed.verdicts)


@pytest.mark.parametrize("adapter", [candidate.load() for candidate in load_extensions(installed=False).adapters])
def test_the_example_of_every_format_may_hold_campaigns(adapter: Any) -> None:
    name = adapter.example.splitlines()[0].lstrip("#/ ").strip() if adapter.example[:1] in "#/" else "file.yaml"
    assert recogniser().may_hold(adapter.example.encode(), Path(name))


@pytest.mark.parametrize(
    ("raw", "name", "expected"),
    [
        (b"name: build\non: push\njobs: {}\n", "build.yaml", False),
        (b'{"compilerOptions": {}}', "x.json", False),
        (b"CAMPAIGN: x\n", "x.yaml", True),
        ("nachricht: Grüße".encode(), "x.yaml", True),
        ("campaña: x\n".encode(), "x.yaml", True),
        ("CAMPAÑA: x\n".encode(), "x.yaml", True),
        ("name: x\n".encode("utf-16"), "x.yaml", True),
        (b'"\\u0063ampaign": x\n', "x.yaml", True),
        (b'"\\x63ampaign": x\n', "x.yaml", True),
        (b"a: b  # policylint: ignore[WA101] -- x\n", "x.yaml", True),
        (b"requests==2\n", "requirements.txt", True),
        (b"A=b\n", ".env", True),
        (b"A=b\n", "notes.txt", False),
    ],
)
def test_a_file_is_passed_over_only_if_its_bytes_can_be_of_no_format(raw: bytes, name: str, expected: bool) -> None:
    assert recogniser().may_hold(raw, Path(name)) is expected


def test_with_an_adapter_that_names_no_words_every_file_is_read() -> None:
    anything = Adapter("any", "Any", "all", lambda _document: False, lambda *_: Adapted(()))
    candidates = (*extensions().adapters, Candidate.of(anything))
    assert Recogniser(candidates, table(), read_file).may_hold(b"jobs: {}", Path("x.yaml"))


def test_a_file_that_is_named_is_always_read(folder: Path) -> None:
    (folder / "plain.yaml").write_text("jobs: {}\n", encoding="utf-8")
    (finding,) = checked(["plain.yaml"]).findings
    assert finding.rule == "policylint/unrecognised"
    assert checked(["."]).nothing_to_check > 0


def recogniser() -> Recogniser:
    return Recogniser(extensions().adapters, table(), read_file)


def table() -> ProviderTable:
    return ProviderTable({})
