"""Files made of the same words as campaigns: no format makes a campaign of them, and none has a finding."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".env", "CAMPAIGN_ID=123\nWHATSAPP_NUMBER=+4366000000\nANALYTICS_ID=x\n"),
        (".env", "UTM_CAMPAIGN=spring\nNEXT_PUBLIC_WHATSAPP_MESSAGE=Hello\n"),
        (".env", "VITE_WHATSAPP_LINK=https://wa.me/4366000000\nVITE_CAMPAIGN_END=2026-01-01\n"),  # a landing page
        (".env", "SUPPORT_WHATSAPP=+43\nBROADCAST_DRIVER=redis\nBROADCAST_CONNECTION=pusher\nMAIL_MAILER=smtp\n"),
        (".env.example", "EVOLUTION_BRANCH=main\n"),
        (".env", "EVOLUTION_GENERATIONS=100\nEVOLUTION_POPULATION_SIZE=50\nEVOLUTION_MUTATION_RATE=0.1\n"),
        (
            "docker-compose.yml",
            "services:\n  web:\n    image: nginx\n    environment: [WHATSAPP_LINK=https://wa.me/43]\n",
        ),
        ("docker-compose.yml", "services:\n  game:\n    image: ghcr.io/evolution/evolution-game\n"),
        ("package.json", '{"name": "whatsapp-share-button", "dependencies": {"react-whatsapp-button": "1"}}'),
        ("package.json", '{"name": "tests", "devDependencies": {"whatsapp-web.js": "1"}}'),
        ("package.json", '{"name": "baileys", "dependencies": {"libsignal": "1"}}'),
        ("requirements.txt", "pandas\nwhatsapp-chat-exporter\n"),
        ("requirements-dev.txt", "pywhatkit\n"),
        ("go.mod", "module x\nrequire go.mau.fi/whatsmeow v0.0.0 // indirect\n"),
        ("robots.txt", "User-agent: *\nDisallow: /\n"),
        ("LICENSE.txt", "[yyyy] [name of copyright owner]\n"),
    ],
)
def test_a_file_of_a_project_that_sends_nothing_is_no_campaign(name: str, text: str) -> None:
    assert campaigns_and_findings(name, text) == (0, [])


@pytest.mark.parametrize(
    "record",
    [
        {"campaign": "a"},
        {"campaign": "a", "channel": "fax"},
        {"campaign": "a", "channel": "Email"},
        {"campaign": "a", "channel": "whatsapp", "porpuse": "promotion"},
        {"campaign": "a", "channel": "watsapp", "message": {"body": "Hi"}},
        {"campaign": "a", "channel": "{{ channel }}", "message": {"body": "Hi"}, "owner": "b", "team": "c"},
        {"campaign": "a", "channel": "whatsapp", "message": {"body": "Hi"}, "owner": "b", "team": "c", "url": "d"},
        {"campaign": "a", "channel": "sms", "message": "Hi", "audience": "everyone", "owner": "b"},
        {"campaign": "a", "sender": {"product": "consumer_app"}, "messages": [{"body": "Hi"}], "owner": "b"},
        {"campaigns": [{"campaign": "a", "channel": "sms", "message": {"body": "Hi"}}, "b"]},
    ],
    ids=json.dumps,
)
def test_a_campaign_file_with_faults_stays_a_campaign_file(record: dict[str, Any]) -> None:
    document = parse("c.json", json.dumps(record).encode()).documents[0]
    (native,) = (candidate for candidate in EXTENSIONS.adapters if candidate.name == "native")
    assert native.load().recognises(document)
