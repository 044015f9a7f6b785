"""Compose files, ``.env`` files and manifests: their records with the places, and what no report repeats."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policylint import resources
from policylint.adapters import compose, env_file, manifest, native, sending_settings
from policylint.api import lint_bytes, settings_for
from policylint.config import Configuration
from policylint.extensions import Style
from policylint.inspection import inspect_file
from policylint.model.source import NOT_CARRIED, Document, Unknown
from policylint.parse import parse
from policylint.plugins import load_extensions
from policylint.record import ProviderTable

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Report

ADAPTERS = {one.ADAPTER.name: one.ADAPTER for one in (compose, env_file, manifest)}
TABLE = ProviderTable(
    parse("providers.yaml", (resources.rules_folder() / "whatsapp" / "providers.yaml").read_bytes()).documents[0].data
)
SETTINGS = settings_for(Configuration(), as_of=date(2026, 11, 23))
EXTENSIONS = load_extensions(installed=False)


def document_of(name: str, text: str) -> Document:
    (document,) = parse(name, text.encode()).documents
    return document


def campaigns(name: str, text: str) -> list[Campaign]:
    """Return what the one adapter that recognises a file makes of it, or nothing where none does."""
    document = document_of(name, text)
    found = [one for one in (*ADAPTERS.values(), sending_settings.ADAPTER, native.ADAPTER) if one.recognises(document)]
    assert len(found) <= 1
    return [campaign for one in found for campaign in one.adapt(document, TABLE).campaigns]


def said(value: Any) -> Any:
    """Return a value without what is unknown or absent."""
    if isinstance(value, dict):
        inner = {name: said(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one not in (None, {})}
    return None if isinstance(value, Unknown) else value


def shown(name: str, text: str) -> list[dict[str, Any]]:
    return [said(campaign.data) for campaign in campaigns(name, text)]


def lines(campaign: Campaign) -> dict[str, int]:
    """Return the lines of the record's places."""
    return {
        ".".join(map(str, path)): place.region().start.line for path, place in campaign.places.items() if len(path) != 1
    }


def report_of(name: str, text: str) -> Report:
    return lint_bytes(text.encode(), name, SETTINGS, EXTENSIONS, lambda _path: None)


def verdicts(name: str, text: str) -> list[tuple[str, str, int]]:
    return [
        (finding.code or finding.rule, str(finding.severity), finding.region.start.line)
        for finding in report_of(name, text).findings
        if finding.rule != "policylint/unrecognised"
    ]


# --- clients by themselves ------------------------------------------------------------------------------------------

GATEWAY = """\
services:
  evolution:
    image: evoapicloud/evolution-api:${TAG:-v2.3.7}
    environment:
      - AUTHENTICATION_API_KEY=${EVOLUTION_API_KEY}
      - DATABASE_URL=postgres://u:p@db/evolution
  db: {image: "postgres:17"}
"""


def test_a_gateway_in_a_compose_file_is_one_setup() -> None:
    (campaign,) = campaigns("infra/docker-compose.yml", GATEWAY)
    assert said(campaign.data) == {
        "campaign": "docker-compose.yml/evolution-api",
        "kind": "setup",
        "channel": "whatsapp",
        "sender": {"provider": "evolution-api"},
    }
    assert lines(campaign) == {"": 3, "sender.provider": 3}
    assert campaign.format == "compose"
    assert campaign.data["messages"] == campaign.data["consent"] == NOT_CARRIED
    assert verdicts("infra/docker-compose.yml", GATEWAY) == [("WA105", "warning", 3)]


@pytest.mark.parametrize(
    ("name", "text", "client", "line"),
    [
        ("compose.yml", "services:\n  a:\n    image: devlikeapro/waha-plus:arm\n", "waha", 3),
        ("stack.yaml", "services:\n  a:\n    image: ghcr.io/x/whatsapp-web-api\n", "whatsapp-web.js", 3),
        ("c.yml", "services:\n  a:\n    build: ./wuzapi\n", "wuzapi", 3),
        (
            "c.yml",
            "services:\n  a:\n    build:\n      context: https://x.org/e/evolution-api.git#2\n",
            "evolution-api",
            4,
        ),
        ("c.yml", "services:\n  a:\n    build: .\n    environment:\n      A: 1\n      WAHA_API_KEY:\n", "waha", 6),
        ("c.yml", "services:\n  a:\n    build: .\n    environment: [API=https://api.ultramsg.com/i]\n", "ultramsg", 4),
        ("c.yml", "services:\n  a:\n    build: .\n    volumes:\n      - ./s:/app/.wwebjs_auth\n", "whatsapp-web.js", 5),
        (
            "c.yml",
            "services:\n  a:\n    build: .\n    volumes:\n      - source: d\n        target: /x/auth_info_baileys\n",
            "baileys",
            6,
        ),
        (
            "c.yml",
            "services:\n  a:\n    build: .\n    volumes:\n      # keeps the WhatsApp session\n      - d:/data\n",
            "unnamed-gateway",
            6,
        ),
        (
            "c.yml",
            "services:\n  a:\n    build: .\n    volumes:\n      - d:/data # scan the QR with WhatsApp once\n",
            "unnamed-gateway",
            5,
        ),
        ("compose.json", '{"services": {"a": {"image": "wppconnect/server-cli"}}}', "wppconnect", 1),
        (".env", "A=1\nWASENDERAPI_KEY=\n", "wasenderapi", 2),
        (".env.example", "export EVOLUTION_API_URL=\n", "evolution-api", 1),
        ("prod.env", "SESSION_DIR=./.wwebjs_auth\n", "whatsapp-web.js", 1),
        (".env", "WHATSAPP_SESSION_PATH=./.wwebjs_auth\n", "whatsapp-web.js", 1),
        (".env", "WHATSAPP_SESSION_PATH=./sessions\n", "unnamed-gateway", 1),
        (".env", "PHONE_PATTERN=@s.whatsapp.net\n", "unnamed-gateway", 1),
        (".env", "TEAM=120363000000000001@g.us\n", "unnamed-gateway", 1),
        (".env", "WHATSAPP_PROVIDER=baileys\n", "baileys", 1),
        (".env", "WHATSAPP_API_URL=http://waha:3000\n", "waha", 1),
        (".env", "# false: without opening WhatsApp Web\nWHATSAPP_ENABLED=true\n", "whatsapp-web-bridge", 2),
        ("package.json", '{"dependencies": {"a": "1",\n "@neoxr/baileys": "1"}}', "baileys", 2),
        ("package.json", '{"dependencies": {"wa": "npm:venom-bot@5"}}', "venom-bot", 1),
        ("requirements.txt", "flask\npywhatkit==5.4\n", "pywhatkit", 2),
        ("pyproject.toml", '[project]\ndependencies = ["neonize>=0.3"]\n', "neonize", 2),
        ("Pipfile", '[packages]\nyowsup = "*"\n', "yowsup", 2),
        ("go.mod", "module x\n\nrequire go.mau.fi/whatsmeow v0.1.0\n", "whatsmeow", 3),
    ],
)
def test_clients_by_their_signs(name: str, text: str, client: str, line: int) -> None:
    (campaign,) = campaigns(f"shop/{name}", text)
    sender = said(campaign.data["sender"])
    assert (campaign.id, campaign.data["kind"], list(sender.values())) == (f"{name}/{client}", "setup", [client])
    assert campaign.place(()).region().start.line == line
    ((code, severity, at),) = verdicts(f"shop/{name}", text)
    assert (code in ("WA104", "WA105"), severity, at) == (True, "warning", line)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docker-compose.yml", "services:\n  n8n:\n    image: n8nio/n8n\n    environment: [N8N_HOST=x]\n"),
        ("docker-compose.yml", "# replies through evolution-api\nservices:\n  a: {image: botpress/server}\n"),
        ("render.yaml", "services:\n  - {name: waha, image: devlikeapro/waha}\n"),
        ("serverless.yml", "service: whatsapp\nprovider: {name: aws, environment: {WAHA_API_KEY: x}}\n"),
        ("k8s.yaml", "services: {a: {port: 1}}\nimage: devlikeapro/waha\n"),
        ("package.json", '{"name": "whatsapp-web.js", "dependencies": {"express": "1"}}'),
        ("package.json", '{"devDependencies": {"whatsapp-web.js": "1"}}'),
        ("package-lock.json", '{"dependencies": {"whatsapp-web.js": {"version": "1"}}}'),
        ("requirements-dev.txt", "pywhatkit\n"),
        ("go.mod", "module x\n\nrequire (\n\tgo.mau.fi/whatsmeow v0.1.0 // indirect\n)\n"),
        (".env", "NEXT_PUBLIC_WHATSAPP_NUMBER=4930\nWHATSAPP_LINK=https://wa.me/4930\n"),
        (".env", "# EVOLUTION_API_KEY=x\nPORT=1\n"),
        (".env", "BROADCAST_DRIVER=log\nCAMPAIGN_DAILY_LIMIT=5\nSMTP_HOST=x\n"),
        (".env", "TWILIO_ACCOUNT_SID=AC\nTWILIO_AUTH_TOKEN=x\n"),
        ("campaign.yaml", "campaign: a\nchannel: whatsapp\nsender: {library: baileys}\n"),
    ],
)
def test_what_shows_no_client(name: str, text: str) -> None:
    assert [one for one in shown(name, text) if one["campaign"] != "a"] == []


@pytest.mark.parametrize(
    "name", [".env", "compose.yaml", "package.json", "pyproject.toml", "go.mod", "requirements.txt"]
)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"services": {"whatsapp": {"image": 1, "build": [], "volumes": {"a": 1}, "environment": [null, 1, {}]}}}',
        '{"services": {"a": {"image": "waha", "volumes": [1, {"target": 2}], "environment": {"WA_API": [1]}}, "b": 1}}',
        '{"dependencies": {"whatsapp-web.js": {"a": 1}}, "optionalDependencies": [1], "require": 1}',
        'project = "whatsapp"\ntool.poetry = 1\n',
        'project.dependencies = [1, "baileys"]\n',
        "WHATSAPP_=\nWA_ =\n=x\nwhatsapp\n",
        "services: !x {whatsapp: {image: !y z}}\n",
    ],
)
def test_no_content_stops_an_adapter(name: str, text: str) -> None:
    for document in parse(name, text.encode()).documents:
        for adapter in ADAPTERS.values():
            if adapter.recognises(document):
                adapter.adapt(document, TABLE)


@pytest.mark.parametrize("adapter", list(ADAPTERS.values()), ids=list(ADAPTERS))
def test_the_example_is_recognised_and_gives_a_record_that_carries_what_is_said(adapter: Any) -> None:
    name = {"compose": "compose.yaml", "env-file": ".env.example", "manifest": "package.json"}[adapter.name]
    made = campaigns(name, adapter.example)
    assert [campaign.format for campaign in made] == [adapter.name]
    for path in made[0].places:
        text = ".".join(step for step in path if isinstance(step, str))
        assert text in ("", "channel", "sender", "direction", "audience.selection") or text in adapter.carries


def test_each_client_of_a_file_has_its_record_and_signs_of_one_client_are_one() -> None:
    text = '{"dependencies": {\n"@whiskeysockets/baileys": "6",\n"mysql-baileys": "1",\n"whatsapp-web.js": "1"\n}}'
    assert [(one["campaign"], one["sender"]) for one in shown("package.json", text)] == [
        ("package.json/baileys", {"library": "baileys"}),
        ("package.json/whatsapp-web.js", {"library": "whatsapp-web.js"}),
    ]
    both = (
        "services:\n  a:\n    image: wppconnect/server-cli\n    volumes: ['./wpp_tokens:/t', './whatsapp-session:/s']\n"
    )
    assert [one["sender"] for one in shown("compose.yml", both)] == [{"provider": "wppconnect"}]


# --- official routes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "sender"),
    [
        (".env", "WHATSAPP_PHONE_NUMBER_ID=\nWHATSAPP_ACCESS_TOKEN=\n", {"provider": "meta"}),
        (".env", "WA_RATE_LIMIT=1\nWA_WEBHOOK_VERIFY_TOKEN=\n", {"provider": "meta"}),
        (".env", "WHATSAPP_API_URL=https://graph.facebook.com/v21.0\n", {"provider": "meta"}),
        (".env", "TWILIO_FROM=whatsapp:+14155550100\n", {"provider": "twilio"}),
        ("package.json", '{"dependencies": {"whatsapp-cloud-api": "1"}}', {"library": "cloud-api-client"}),
        (
            ".env",
            "WHATSAPP_PROVIDER=cloud # or waha\nWHATSAPP_PHONE_NUMBER_ID=1\nWAHA_BASE_URL=\nWAHA_API_KEY=\n",
            {"provider": "meta"},
        ),
        (
            "compose.yml",
            "services:\n  e:\n    image: evolution-api\n    environment: {WA_BUSINESS_TOKEN_WEBHOOK: x}\n",
            {"provider": "evolution-api", "integration": "cloud_api"},
        ),
        (
            ".env",
            "EVOLUTION_API_KEY=\nINSTANCE_INTEGRATION=WHATSAPP-BUSINESS\n",
            {"provider": "evolution-api", "integration": "cloud_api"},
        ),
    ],
)
def test_an_official_route_is_a_clean_setup(name: str, text: str, sender: dict[str, str]) -> None:
    (record,) = shown(name, text)
    assert (record["kind"], record["sender"]) == ("setup", {"product": "business_platform", **sender})
    assert verdicts(name, text) == []


def test_the_example_file_of_evolution_api_chooses_nothing() -> None:
    text = "WA_BUSINESS_TOKEN_WEBHOOK=evolution\nWA_BUSINESS_URL=https://graph.facebook.com\nQRCODE_LIMIT=30\n"
    (record,) = shown(".env", text)
    assert record["sender"] == {"provider": "evolution-api"}
    assert verdicts(".env", text) == [("WA105", "warning", 1)]


def test_routes_side_by_side_are_set_up_each_and_no_campaign_is_laid_to_either() -> None:
    text = "WHATSAPP_PHONE_NUMBER_ID=1\nWAHA_BASE_URL=http://waha:3000\nCAMPAIGN_DAILY_LIMIT=100\n"
    found = campaigns(".env", text)
    assert [(one.id, one.data["kind"]) for one in found] == [
        (".env/campaign", "campaign"),
        (".env/waha", "setup"),
        (".env/meta", "setup"),
    ]
    assert isinstance(found[0].data["sender"]["route"], Unknown)
    assert verdicts(".env", text) == [("WA104", "warning", 2)]


# --- campaigns ------------------------------------------------------------------------------------------------------

CAMPAIGNS = """\
# WhatsApp gateway
WHAPI_TOKEN=
# Limits
MAX_MESSAGES_PER_DAY=150
WARMUP_DAYS=10
MIN_DELAY_SECONDS=20
MAX_DELAY_SECONDS=60
CONTACTS_CSV=./people.csv
"""


def test_settings_of_campaigns_beside_a_gateway_make_it_a_campaign() -> None:
    (campaign,) = campaigns(".env.example", CAMPAIGNS)
    assert said(campaign.data) == {
        "campaign": ".env.example/whapi",
        "kind": "campaign",
        "channel": "whatsapp",
        "direction": "push",
        "sender": {"provider": "whapi", "evasion": ["warm_up", "random_delay"]},
        "audience": {"selection": "list"},
        "schedule": {"daily_maximum": 150},
    }
    assert lines(campaign) == {
        "": 2,
        "sender.provider": 2,
        "audience.selection": 8,
        "schedule.daily_maximum": 4,
        "sender.evasion": 5,
        "sender.evasion.0": 5,
        "sender.evasion.1": 6,
    }
    assert campaign.notes == (
        "taken for campaigns because of MAX_MESSAGES_PER_DAY, CONTACTS_CSV, WARMUP_DAYS, MIN_DELAY_SECONDS",
    )
    assert verdicts(".env.example", CAMPAIGNS) == [
        ("WA104", "error", 2),
        ("WA107", "error", 5),
        ("WA101", "error", 8),
    ]


def test_campaigns_of_one_service_go_through_the_gateway_of_another() -> None:
    text = (
        "services:\n  gateway:\n    image: devlikeapro/waha\n  sender:\n    build: .\n    environment:\n"
        "      CAMPAIGN_BATCH_SIZE: 50\n      DAILY_SEND_LIMIT: ${LIMIT:-200}\n"
    )
    (campaign,) = campaigns("docker-compose.yml", text)
    record = said(campaign.data)
    assert (record["kind"], record["sender"]) == ("campaign", {"provider": "waha"})
    assert "schedule" not in record  # the limit can be set from outside
    assert isinstance(campaign.data["audience"]["selection"], Unknown)
    assert lines(campaign) == {"": 3, "sender.provider": 3, "audience.selection": 7}
    assert verdicts("docker-compose.yml", text) == [("WA104", "error", 3)]


def test_what_is_switched_off_is_reported_as_a_warning() -> None:
    text = CAMPAIGNS + "WHATSAPP_ENABLED=false\n"
    assert [one["enabled"] for one in shown(".env", text)] == [False]
    assert {severity for _, severity, _ in verdicts(".env", text)} == {"warning"}
    off = "WHAPI_TOKEN=\nCAMPAIGN_ENABLED=false\n"
    assert [one["kind"] for one in shown(".env", off)] == ["setup"]


def test_measures_without_campaigns_are_of_the_setup() -> None:
    text = "WAHA_API_KEY=\nSIMULATE_TYPING=true\nRESPONSE_DELAY_MIN=1\nRESPONSE_DELAY_MAX=3\n"
    (record,) = shown(".env", text)
    assert (record["kind"], record["sender"]["evasion"]) == ("setup", ["typing_simulation", "random_delay"])


def test_limits_beside_a_mailer_are_of_the_mail_unless_they_are_said_to_be_of_whatsapp() -> None:
    mail = "SMTP_HOST=x\nCAMPAIGN_DAILY_LIMIT=50\nWARMUP_DAYS=9\n\n# Alerts\nWAHA_API_KEY=\n"
    assert [(one["kind"], "evasion" in one["sender"]) for one in shown(".env", mail)] == [("setup", False)]
    assert verdicts(".env", mail) == [("WA104", "warning", 6)]
    headed = "SMTP_HOST=x\nWAHA_API_KEY=\n\n# WhatsApp campaigns\nA=1\nCAMPAIGN_DAILY_LIMIT=50\n"
    assert [one["kind"] for one in shown(".env", headed)] == ["campaign"]
    named = "SMTP_HOST=x\nWAHA_API_KEY=\nWHATSAPP_CAMPAIGN_DAILY_LIMIT=50\n"
    assert [one["kind"] for one in shown(".env", named)] == ["campaign"]


def test_campaigns_over_the_official_api_break_nothing() -> None:
    text = "WHATSAPP_PHONE_NUMBER_ID=1\nMAX_CAMPAIGN_SIZE=10000\nWARMUP_ENABLED=true\n"
    (record,) = shown(".env", text)
    assert (record["kind"], record["sender"]["provider"]) == ("campaign", "meta")
    assert verdicts(".env", text) == []


def test_campaigns_whose_client_stands_elsewhere_are_left_open() -> None:
    text = "WHATSAPP_API_URL=http://localhost:3000\nCAMPAIGN_RAMP_PROFILE=slow\n"
    (campaign,) = campaigns(".env", text)
    assert said(campaign.data["sender"]) == {"evasion": ["warm_up"]}
    assert verdicts(".env", text) == []


def test_the_project_says_which_client_carries_campaigns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "package.json").write_text('{"dependencies": {"whatsapp-web.js": "1"}}')
    text = "WHATSAPP_API_URL=http://localhost:3000\nCAMPAIGN_RAMP_PROFILE=slow\n"
    read = lambda path: path.read_bytes() if path.is_file() else None  # noqa: E731
    report = lint_bytes(text.encode(), ".env", SETTINGS, EXTENSIONS, read)
    assert sorted((one.code or "", str(one.severity)) for one in report.findings) == [
        ("WA104", "error"),
        ("WA107", "error"),
    ]


# --- suppressions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".env", "# policylint: ignore[WA104] -- test stand\nWAHA_API_KEY=\n"),
        (".env", "WAHA_API_KEY=x # policylint: ignore[WA104] -- test stand\n"),
        ("requirements.txt", "neonize==1  # policylint: ignore[WA104] -- test stand\n"),
        ("go.mod", "module x\nrequire go.mau.fi/whatsmeow v0.1.0 // policylint: ignore[WA104] -- test stand\n"),
        ("pyproject.toml", '[project]\ndependencies = [\n  "neonize", # policylint: ignore[WA104] -- test stand\n]\n'),
        ("compose.yml", "services:\n  a:\n    image: waha # policylint: ignore[WA104] -- test stand\n"),
    ],
)
def test_suppressions_work_in_every_file_with_comments(name: str, text: str) -> None:
    (finding,) = report_of(name, text).findings
    assert (finding.code, finding.suppressed is not None) == ("WA104", True)


# --- secrets --------------------------------------------------------------------------------------------------------

SECRET = "h7Gq2LxZt9Vb"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".env", f"UAZAPI_TOKEN={SECRET}\nCAMPAIGN_LIMIT=5\nWARMUP_DAYS=3\n"),
        (".env", f"export WHAPI_TOKEN='{SECRET}'\n"),
        (".env", f"Z_API_URL=https://api.z-api.io/instances/3A/token/{SECRET}/send-text\n"),
        (".env", f"WHATSAPP_API_URL=http://user:{SECRET}@waha:3000\n"),
        (".env", f"WHATSAPP_WEBHOOK_VERIFY_TOKEN={SECRET}\nWAHA_API_KEY={SECRET}\nCAMPAIGN_LIMIT=5\n"),
        ("compose.yml", f"services:\n  a:\n    build: .\n    environment:\n      - WAHA_API_KEY={SECRET}\n"),
        ("compose.yml", f"services:\n  a:\n    build: .\n    environment:\n      WAHA_API_KEY: {SECRET}\n"),
        ("compose.yml", f"services:\n  a: {{build: ., environment: {{WAHA_API_KEY: '{SECRET}', B: 1}}}}\n"),
        (
            "compose.yml",
            f"services:\n  a:\n    image: waha\n    environment:\n      API_KEY: {SECRET}\n      API_KEY: x\n",
        ),
        ("compose.yml", f"services:\n  a:\n    image: waha\n    environment:\n      API_KEY: {SECRET}\n     B: [\n"),
    ],
)
def test_no_report_repeats_the_value_of_a_key_or_token(name: str, text: str, tmp_path: Path) -> None:
    report = report_of(name, text)
    assert report.findings
    for reporter in EXTENSIONS.reporters.values():
        assert SECRET not in reporter.render(report, Style(width=200))
    path = tmp_path / name
    path.write_text(text)
    if not any(finding.rule == "policylint/syntax" for finding in report.findings):
        assert SECRET not in inspect_file(str(path), SETTINGS, EXTENSIONS)[0]
