"""Real files, where a corpus lies beside the project: no crash on any, and verdicts as its reviewers gave them."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policylint.api import lint
from policylint.model.rule import Severity

if TYPE_CHECKING:
    from policylint.model.finding import Report

CORPUS = Path(os.environ.get("POLICYLINT_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
DAY = date(2026, 11, 23)

pytestmark = pytest.mark.skipif(not (CORPUS / "LABELS.tsv").is_file(), reason="no corpus beside the project")


def labels() -> list[dict[str, str]]:
    with (CORPUS / "LABELS.tsv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def checked_alone(row: dict[str, str], folder: Path) -> Report:
    """Check a file by itself in an empty folder, so that nothing but the file counts."""
    source = CORPUS / "dev" / row["file"]
    copy = folder / source.name
    copy.write_bytes(source.read_bytes())
    report = lint([copy], as_of=DAY, isolated=True)
    copy.unlink()
    return report


def verdict_of(report: Report) -> str:
    counts = {
        finding.severity
        for finding in report.findings
        if finding.suppressed is None and finding.rule != "policylint/unrecognised"
    }
    if Severity.ERROR in counts:
        return "violation"
    if Severity.WARNING in counts:
        return "warn"
    return "clean" if report.campaigns else "not-a-campaign"


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Label and verdict of each file."""
    folder = tmp_path_factory.mktemp("corpus")
    return {row["file"]: (row["label"], verdict_of(checked_alone(row, folder))) for row in labels()}


def test_no_file_labelled_clean_or_no_campaign_has_an_error(verdicts: dict[str, tuple[str, str]]) -> None:
    wrong = [
        name
        for name, (label, verdict) in verdicts.items()
        if label in ("clean", "not-a-campaign") and verdict == "violation"
    ]
    assert wrong == []


def test_four_in_five_verdicts_on_n8n_and_template_files_are_as_labelled(verdicts: dict[str, tuple[str, str]]) -> None:
    tally: Counter[bool] = Counter(
        label == verdict
        for name, (label, verdict) in verdicts.items()
        if name.split("/")[0] in ("n8n", "meta_templates", "n8n_gallery_wrapper")
    )
    assert tally[True] / tally.total() >= 0.8
