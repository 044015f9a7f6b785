"""The formats together: each says what it is, no document is two of them, and what ``policylint formats`` shows."""

from __future__ import annotations

import json
import os
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policylint import resources
from policylint.api import lint_bytes, settings_for
from policylint.cli import main
from policylint.config import Configuration
from policylint.errors import UsageError
from policylint.extensions import Adapter, Candidate
from policylint.formatdocs import example_document, formats, formats_page, list_formats
from policylint.model.source import Unknown
from policylint.parse import parse
from policylint.plugins import load_extensions
from policylint.record import ProviderTable, record_schema

if TYPE_CHECKING:
    from policylint.model.source import Document

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("POLICYLINT_CORPUS", ROOT.parent / "shared" / "corpus")) / "dev"
EXTENSIONS = load_extensions(installed=False)
CANDIDATES = {candidate.name: candidate for candidate in EXTENSIONS.adapters}
ADAPTERS = {name: candidate.load() for name, candidate in CANDIDATES.items()}


@cache
def table() -> ProviderTable:
    path = resources.rules_folder() / "whatsapp" / "providers.yaml"
    return ProviderTable(parse("providers.yaml", path.read_bytes()).documents[0].data)


def recognised_by(document: Document) -> list[str]:
    return [name for name, adapter in ADAPTERS.items() if adapter.recognises(document)]


def may_be_of(candidate: Candidate, document: Document) -> bool:
    name = document.path.rpartition("/")[2].lower()
    if candidate.names is not None and not re.fullmatch(candidate.names, name):
        return False
    return not candidate.words or any(word in document.text.lower() for word in candidate.words)


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_adapter_says_what_it_is(name: str) -> None:
    adapter = ADAPTERS[name]
    assert adapter.name == name
    assert adapter.title
    assert adapter.signs
    assert adapter.carries
    missing = [path for path in adapter.carries if record_schema().field(tuple(path.split("."))) is None]
    assert missing == []
    assert len(set(adapter.carries)) == len(adapter.carries)


@pytest.mark.parametrize("name", ADAPTERS)
def test_the_example_of_every_adapter_is_of_its_format_alone_and_gives_records(name: str) -> None:
    adapter = ADAPTERS[name]
    document = example_document(adapter)
    assert document is not None
    assert recognised_by(document) == [name]
    assert may_be_of(CANDIDATES[name], document)
    assert 4 < len(adapter.example.splitlines()) <= 25
    assert max(map(len, adapter.example.splitlines())) <= 120
    assert adapter.adapt(document, table()).campaigns
    assert adapter.adapt(document, table()).problems in ((), [])


@pytest.mark.parametrize("name", ADAPTERS)
def test_what_an_adapter_leaves_out_of_its_example_and_has_no_place_for_is_unknown(name: str) -> None:
    adapter = ADAPTERS[name]
    document = example_document(adapter)
    assert document is not None
    carried = {path.split(".")[0] for path in adapter.carries}
    for campaign in adapter.adapt(document, table()).campaigns:
        absent = {field for field in ("business", "consent") if campaign.data.get(field) is None}
        assert absent <= carried


def real_files() -> list[Path]:
    folders = [ROOT / "tests" / "fixtures", ROOT / "examples", CORPUS]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def test_no_document_is_of_two_formats_and_each_has_a_name_and_a_word_of_its_own() -> None:
    twice: dict[str, list[str]] = {}
    wordless: list[tuple[str, str]] = []
    for path in real_files():
        for document in parse(path.name, path.read_bytes()).documents:
            names = recognised_by(document)
            if len(names) > 1:
                twice[path.as_posix()] = names
            wordless += [(path.name, name) for name in names if not may_be_of(CANDIDATES[name], document)]
    assert (twice, wordless) == ({}, [])


JUNK: tuple[Any, ...] = (
    None,
    True,
    3,
    "",
    "x",
    [],
    {},
    [[]],
    [None, {}],
    {"": None},
    {"1": 2},
    [{"type": 1}],
    Unknown("x"),
)


@pytest.mark.parametrize("data", JUNK, ids=repr)
def test_no_adapter_takes_or_fails_on_a_document_of_nothing(data: Any) -> None:
    document = parse("c.json", b"{}").documents[0]._replace(data=data)
    assert recognised_by(document) == []


PAYLOAD = {"messaging_product": "whatsapp", "to": "491700000000", "type": "text", "text": {"body": "Hi {name}"}}
WORKFLOW = {"nodes": [{"type": "n8n-nodes-base.whatsApp", "parameters": PAYLOAD}], "connections": {}}
TEMPLATE = {"name": "offer", "category": "MARKETING", "language": "en", "components": [{"type": "BODY", "text": "Hi"}]}


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ([PAYLOAD, PAYLOAD], ["cloud-api"]),
        ({"messages": [PAYLOAD], "schedule": "daily", "recipients": ["491700000000"]}, None),
        ({"campaigns": [{"name": "Spring", "payload": PAYLOAD}]}, None),
        ({"name": "Spring", "channel": "whatsapp", "template": "Hi", "payload": PAYLOAD}, None),
        ({"campaign": "spring", "channel": "whatsapp", "payload": PAYLOAD}, ["native"]),
        ([WORKFLOW, PAYLOAD], None),
        ({"data": [WORKFLOW], "payload": PAYLOAD}, None),
        ({"templates": [TEMPLATE], "examples": [PAYLOAD]}, ["meta-templates"]),
        ({"object": "whatsapp_business_account", "entry": [{"changes": [{"value": PAYLOAD}]}]}, []),
    ],
)
def test_a_document_with_parts_of_two_formats_is_of_one(data: Any, names: list[str] | None) -> None:
    found = recognised_by(parse("c.json", json.dumps(data).encode()).documents[0])
    assert len(found) < 2
    assert names is None or found == names


TELEGRAM_FLOWS = [
    {"id": "t", "type": "tab", "label": "Offers"},
    {"id": "i", "type": "inject", "z": "t", "crontab": "0 9 * * *", "repeat": "", "once": False, "wires": [["q"]]},
    {"id": "q", "type": "mysql", "z": "t", "wires": [["s"]]},
    {"id": "s", "type": "split", "z": "t", "wires": [["f"]]},
    {"id": "f", "type": "function", "z": "t", "func": "msg.payload = 'Half price today';", "wires": [["o"]]},
    {"id": "o", "type": "telegram sender", "z": "t", "bot": "b", "wires": []},
]
TELEGRAM_SCENARIO = {
    "name": "Offers",
    "flow": [
        {"id": 1, "module": "google-sheets:searchRows", "mapper": {}},
        {"id": 2, "module": "telegram:SendReplyMessage", "mapper": {"chatId": "{{1.`0`}}", "text": "Half price today"}},
    ],
}
VOICE_FLOW = {
    "initial_state": "Trigger",
    "states": [
        {"name": "Trigger", "type": "trigger", "transitions": [{"event": "incomingRequest", "next": "call"}]},
        {
            "name": "call",
            "type": "make-outgoing-call-v2",
            "transitions": [{"event": "answered", "next": "say"}],
            "properties": {"to": "{{contact.channel.address}}"},
        },
        {"name": "say", "type": "say-play", "transitions": [], "properties": {"say": "Half price today"}},
    ],
}
SMS_FLOW = """\
id: offers
namespace: company.team
tasks:
  - {id: tell, type: io.kestra.plugin.twilio.sms.Send, to: "{{ inputs.to }}", body: "Half price today, STOP to opt out"}
"""
TELEGRAM_CAMPAIGN = {
    "version": "13",
    "campaigns": [
        {
            "name": "Offers",
            "group": {"name": "Buyers"},
            "events": [
                {
                    "event_type": "M",
                    "offset": 1,
                    "unit": "D",
                    "relative_to": {"key": "bought_on"},
                    "message": {"eng": "Half price today"},
                }
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("path", "data", "channels"),
    [
        ("flows.json", TELEGRAM_FLOWS, ["telegram"]),
        ("offers.blueprint.json", TELEGRAM_SCENARIO, ["telegram"]),
        ("studio-flow.json", VOICE_FLOW, ["voice"]),
        ("offers.yaml", SMS_FLOW, ["sms"]),
        ("campaign.json", TELEGRAM_CAMPAIGN, [None]),  # each person is written to on the channel that the person uses
    ],
)
def test_messages_on_other_channels_get_no_findings_of_whatsapps_rules(
    path: str, data: Any, channels: list[str | None]
) -> None:
    raw = (data if isinstance(data, str) else json.dumps(data)).encode()
    report = lint_bytes(
        raw, path, settings_for(Configuration(), as_of=date(2026, 11, 23)), EXTENSIONS, lambda _path: None
    )
    (document,) = parse(path, raw).documents
    (name,) = recognised_by(document)
    found = [campaign.data["channel"] for campaign in ADAPTERS[name].adapt(document, table()).campaigns]
    assert [None if isinstance(channel, Unknown) else channel for channel in found] == channels
    assert [finding.code for finding in report.findings if (finding.code or "").startswith("WA")] == []


def test_a_campaign_file_of_our_own_has_a_place_for_all_of_the_record() -> None:
    fields = set(record_schema().schema["properties"]) - {"campaign"}
    assert set(ADAPTERS["native"].carries) == fields


# --- the command --------------------------------------------------------------------------------------------------

SMALL = Adapter(
    name="small",
    title="Small notes",
    signs="a mapping with `note`, which nothing else has",
    recognises=lambda document: isinstance(document.data, dict) and "note" in document.data,
    adapt=ADAPTERS["native"].adapt,
    carries=("name", "messages.body", "messages.kind", "messages.template.name", "schedule"),
    example="note: Hello\nto: |\n  everybody\n",
)
BARE = SMALL._replace(name="bare", carries=(), example="")


def test_the_list_names_each_format_its_signs_and_what_it_has_a_place_for() -> None:
    shown = formats(EXTENSIONS._replace(adapters=(Candidate.of(SMALL), Candidate.of(BARE))))
    assert list_formats(shown, as_json=False, with_examples=False) == (
        "small: Small notes\n"
        "  recognised by: a mapping with `note`, which nothing else has\n"
        "  has a place for: name, schedule, messages.{body, kind}, messages.template.name\n"
        "\n"
        "bare: Small notes\n"
        "  recognised by: a mapping with `note`, which nothing else has\n"
        "  has a place for: no field of its own\n"
        "\n"
        "2 formats; `policylint formats NAME` shows an example\n"
    )


def test_a_format_that_is_named_comes_with_its_example() -> None:
    extensions = EXTENSIONS._replace(adapters=(Candidate.of(SMALL), Candidate.of(BARE)))
    assert list_formats(formats(extensions, ["small"]), as_json=False, with_examples=True) == (
        "small: Small notes\n"
        "  recognised by: a mapping with `note`, which nothing else has\n"
        "  has a place for: name, schedule, messages.{body, kind}, messages.template.name\n"
        "  example:\n"
        "\n"
        "    note: Hello\n"
        "    to: |\n"
        "      everybody\n"
    )
    with pytest.raises(UsageError, match="there is no format 'smal'"):
        formats(extensions, ["smal"])


def test_the_list_as_json_holds_everything() -> None:
    shown = formats(EXTENSIONS._replace(adapters=(Candidate.of(SMALL),)))
    assert json.loads(list_formats(shown, as_json=True, with_examples=False)) == [
        {
            "name": "small",
            "title": "Small notes",
            "signs": "a mapping with `note`, which nothing else has",
            "carries": ["name", "messages.body", "messages.kind", "messages.template.name", "schedule"],
            "example_file": "example.yaml",
            "example": "note: Hello\nto: |\n  everybody\n",
        }
    ]


def test_the_page_has_a_table_and_a_section_for_each_format() -> None:
    page = formats_page(formats(EXTENSIONS._replace(adapters=(Candidate.of(SMALL), Candidate.of(BARE)))))
    assert page.startswith("<!-- Written by `policylint docs`")
    _, _, rest = page.partition("| Format |")
    assert rest == (
        " Recognised by | Absent where missing |\n"
        "| --- | --- | --- |\n"
        "| [Small notes](#small) | a mapping with `note`, which nothing else has | "
        "`name`, `schedule`, `messages.{body, kind}`, `messages.template.name` |\n"
        "| [Small notes](#bare) | a mapping with `note`, which nothing else has | no field of its own |\n"
        "\n"
        "## small\n"
        "\n"
        "Small notes.\n"
        "\n"
        "Unknown unless something shows them: `channel`, `purpose`, `direction`, `sender`, `business`, `audience`, "
        "`consent`, `opt_out`, `automation`, `groups`, `commerce`, `budget`.\n"
        "\n"
        "An example:\n"
        "\n"
        "```yaml\n"
        "note: Hello\n"
        "to: |\n"
        "  everybody\n"
        "```\n"
        "\n"
        "## bare\n"
        "\n"
        "Small notes.\n"
        "\n"
        "Unknown unless something shows them: `name`, `channel`, `purpose`, `direction`, `sender`, `business`, "
        "`audience`, `consent`, `opt_out`, `messages`, `schedule`, `automation`, `groups`, `commerce`, `budget`.\n"
    )


def test_the_command_lists_all_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "--isolated", "--format", "json"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == list(ADAPTERS)
    assert main(["formats", "--isolated", "env-file"]) == 0
    assert "\n  example (.env):\n" in capsys.readouterr().out
    assert main(["formats", "--isolated", "n8m"]) == 2
    assert "did you mean 'n8n'" in capsys.readouterr().err


def test_the_page_in_the_project_is_as_policylint_docs_writes_it() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert page == formats_page(formats(EXTENSIONS))
