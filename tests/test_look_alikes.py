"""Files made of the same words as campaigns: no format makes a campaign of them, and none has a finding."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from policylint.api import settings_for
from policylint.config import Configuration
from policylint.discover import Target
from policylint.parse import parse
from policylint.pipeline import check_all
from policylint.plugins import load_extensions
from policylint.ruleset import load_rules

FIXTURES = Path(__file__).parent / "fixtures" / "look_alikes"
SETTINGS = settings_for(Configuration(), as_of=date(2026, 11, 23))
EXTENSIONS = load_extensions(installed=False)
RULES = load_rules(SETTINGS, EXTENSIONS)
LOOK_ALIKES = {
    f"{path.stem}: {document.data['name']}": document.data["data"]
    for path in sorted(FIXTURES.glob("*.yaml"))
    for document in parse(path.name, path.read_bytes()).documents
}


def campaigns_and_findings(name: str, text: str) -> tuple[int, list[str]]:
    target = Target(name, Path(name), named=True)
    raw = text.encode()
    report = check_all([target], RULES, SETTINGS, EXTENSIONS, lambda path: raw if path == target.path else None)
    found = [finding.message for finding in report.findings if finding.rule != "policylint/unrecognised"]
    return report.campaigns, found


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_no_campaign(name: str) -> None:
    assert campaigns_and_findings("data/file.json", json.dumps(LOOK_ALIKES[name], default=str)) == (0, [])
