"""Made-up files of every kind: each is taken, or refused with its place; a run ends with a documented status."""

from __future__ import annotations

import contextlib
import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.soundness import assert_findings, assert_inside
from policylint.api import settings_for
from policylint.baseline import baseline_in, baseline_text
from policylint.cli import main
from policylint.config import Configuration, Settings, configuration_in, waiver_file_in
from policylint.discover import Target
from policylint.errors import PolicylintError
from policylint.extensions import Style
from policylint.parse import text_of
from policylint.pipeline import check_all
from policylint.plugins import load_extensions
from policylint.rulepacks import with_overrides
from policylint.ruleset import RuleSet, load_rules
from tests.documents import (
    BASELINE_FILES,
    CAMPAIGN_FILES,
    CONFIGURATION_FILES,
    PLACED,
    RULE_FILES,
    WAIVER_FILES,
    examples,
)
from tests.rulefiles import NATIVE, PACK

if TYPE_CHECKING:
    from policylint.extensions import Extensions
    from policylint.model.finding import Report

DAY = date(2026, 11, 23)
SETTINGS = settings_for(Configuration(), as_of=DAY)
EXTENSIONS = load_extensions(installed=False)
RULES = load_rules(SETTINGS, EXTENSIONS)
CAMPAIGN = b"""campaign: spring
channel: whatsapp
sender: {product: consumer_app}
purpose: promotion
audience: {size: 500, source: '{{ source }}', countries: [DE, US]}
messages: [{kind: freeform, body: "Sale, 20% off"}, {kind: template, template: {name: spring, status: approved}}]
schedule: {start: 2026-11-01, recurrence: weekly}
"""


def checked(
    raw: bytes,
    settings: Settings = SETTINGS,
    rules: RuleSet = RULES,
    extensions: Extensions = EXTENSIONS,
    name: str = "a.yaml",
) -> Report:
    """Check a file and see that all that is said of it has a place in it."""
    target = Target(name, Path(name), named=True)
    report = check_all([target], rules, settings, extensions, lambda path: raw if path == target.path else None)
    assert_findings(report.findings, name, text_of(raw))
    assert_inside((verdict.region for verdict in report.verdicts if verdict.path == name), text_of(raw))
    assert not [finding for finding in report.findings if "the adapter" in finding.message]
    return report


def assert_placed(error: PolicylintError) -> None:
    """Check that each line of an error says where it is."""
    for line in error.message.split("\n"):
        assert PLACED.match(line), line


@examples(250)
@given(CAMPAIGN_FILES, st.sampled_from(["a.yaml", "a.json"]))
def test_a_made_up_campaign_file_gets_a_report(raw: bytes, name: str) -> None:
    report = checked(raw, name=name)
    for form in ("concise", "json"):
        assert isinstance(EXTENSIONS.reporters[form].render(report, Style()), str)


@examples(200)
@given(CONFIGURATION_FILES)
def test_a_made_up_configuration_is_taken_or_refused_with_its_place(raw: bytes) -> None:
    try:
        configuration = configuration_in(raw, "policylint.yaml")
    except PolicylintError as error:
        assert_placed(error)
        return
    with contextlib.suppress(PolicylintError):  # it may name packs and rules that there are not
        settings = settings_for(configuration, as_of=DAY)
        assert len(with_overrides(RULES.packs, settings.overrides)) == len(RULES.packs)
        checked(CAMPAIGN, settings)


@examples(150)
@given(WAIVER_FILES)
def test_a_made_up_file_of_waivers_is_taken_or_refused_with_its_place(raw: bytes) -> None:
    try:
        document = waiver_file_in(raw, "policylint-waivers.yaml", Configuration())
    except PolicylintError as error:
        assert_placed(error)
        return
    with contextlib.suppress(PolicylintError):  # it may name rules that there are not
        checked(CAMPAIGN, settings_for(Configuration(waiver_file=document), as_of=DAY))


@examples(200)
@given(BASELINE_FILES)
def test_a_made_up_baseline_is_taken_or_refused_with_its_place(raw: bytes) -> None:
    try:
        baseline = baseline_in(raw, Path("baseline.jsonl"), "baseline.jsonl")
    except PolicylintError as error:
        assert_placed(error)
        return
    again = baseline_in(baseline_text(baseline.entries).encode(), Path("b.jsonl"), "b.jsonl")
    assert {entry._replace(line=0) for entry in again.entries} == {entry._replace(line=0) for entry in baseline.entries}
    checked(CAMPAIGN, SETTINGS._replace(baseline=baseline, folders=(Path(),)))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs") / "house"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK)
    return folder


@examples(160)
@given(raw=RULE_FILES)
def test_a_made_up_rule_is_taken_or_refused_with_its_place(raw: bytes, pack: Path) -> None:
    (pack / "bad.yaml").write_bytes(raw)
    settings = SETTINGS._replace(pack_folders=((pack, "rules/house"),))
    try:
        rules = load_rules(settings, NATIVE)
    except PolicylintError as error:
        assert_placed(error)
        return
    report = checked(CAMPAIGN, settings, rules, NATIVE)
    assert {finding.rule for finding in report.findings} <= {"house/bad"}


@examples(40)
@given(
    campaign=CAMPAIGN_FILES,
    configuration=CONFIGURATION_FILES,
    waivers=WAIVER_FILES,
    baseline=BASELINE_FILES,
    form=st.sampled_from(sorted(EXTENSIONS.reporters)),
)
def test_a_run_over_made_up_files_ends_with_a_documented_status(
    campaign: bytes,
    configuration: bytes,
    waivers: bytes,
    baseline: bytes,
    form: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.getbasetemp() / "run"
    folder.mkdir(exist_ok=True)
    for name, raw in (
        ("a.yaml", campaign),
        ("policylint.yaml", configuration),
        ("policylint-waivers.yaml", waivers),
        ("baseline.jsonl", baseline),
    ):
        (folder / name).write_bytes(raw)
    files = [
        str(folder / "a.yaml"),
        "--config",
        str(folder / "policylint.yaml"),
        "--as-of",
        "2026-11-23",
        "--format",
        form,
    ]
    for more in ([], ["--baseline", str(folder / "baseline.jsonl")], ["--isolated"]):
        out, err = io.StringIO(), io.StringIO()
        options = [
            option
            for option in files
            if "--isolated" not in more or not option.endswith(("--config", "policylint.yaml"))
        ]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(["check", *options, *more])
        assert status in (0, 1, 2)
        assert bool(err.getvalue()) or status != 2
        assert bool(out.getvalue()) or status == 2 or form in ("concise", "github", "jsonl")
