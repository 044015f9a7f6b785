"""``inspect``: why a file was recognised, each value with its place, what is unknown and why, what bounds findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from policylint.cli import main
from tests.test_n8n import SCHEDULE, SHEET, Json, flow, node, request

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SEND = node("Send", "whatsApp", template="spring_offer|en", recipientPhoneNumber="={{ $json.phone }}")


def inspected(
    data: Json, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """Return the lines that inspect prints, without those on what the format has no place for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    assert main(["inspect", "--isolated", "flow.json"]) == 0
    text = capsys.readouterr().out
    before, _, after = text.partition("  unknown (the format has no place for it): ")
    lines = after.splitlines()[1:]
    rest = next((index for index, line in enumerate(lines) if not line.startswith("    ")), len(lines))
    return [*before.splitlines(), *lines[rest:]]


def test_a_record_shows_what_is_known_absent_and_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = inspected(flow(SCHEDULE, SHEET, SEND, name="Offers"), tmp_path, monkeypatch, capsys)
    assert lines == [
        "flow.json: n8n workflow (n8n), 1 record",
        "  recognised by: an object with `nodes` (types such as n8n-nodes-base.whatsApp) and",
        "    `connections`, alone, listed or wrapped",
        "",
        "Offers › Send  flow.json:32:13",
        "  name: 'Offers'  flow.json:2:11",
        "  channel: 'whatsapp'  flow.json:33:13",
        "  sender.provider: 'meta'  flow.json:33:13",
        "  sender.product: 'business_platform'  flow.json:33:13",
        "  sender.route: 'official'  flow.json:33:13",
        "  direction: 'push'  flow.json:5:13",
        "  audience.selection: 'list'  flow.json:18:13",
        "  audience.source: 'google_sheets'  flow.json:18:13",
        "  schedule.recurrence: 'daily'  flow.json:10:7",
        "  messages[0].kind: 'template'  flow.json:35:18",
        "  messages[0].template.name: 'spring_offer'  flow.json:35:18",
        "  messages[0].window: 'none'  flow.json:5:13",
        "  messages[0].language: 'en'  flow.json:35:31",
        "  absent: messages[0].{subject, body, text_from}, audience.suppression_lists",
        "  findings that rest on audience.suppression_lists are of severity warning at most: nothing in",
        "    the workflow looks at opt-outs, but the list may be kept clean where it is stored",
    ]


def test_what_is_unknown_stands_with_its_reason_and_notes_come_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called = node("Called", "executeWorkflowTrigger")
    body = '={"messaging_product": "whatsapp", "to": "{{ $json.to }}", "text": {"body": "{{ $json.text }}"}}'
    send = request("https://graph.facebook.com/v22.0/1/messages", body, name="Tell")
    lines = inspected(flow(called, node("More", "executeWorkflow"), send), tmp_path, monkeypatch, capsys)
    outside = "the workflow is started from outside, perhaps by an inbound message"
    assert [line for line in lines if line.startswith(("  unknown", "  note", "  absent"))] == [
        "  absent: schedule.recurrence, messages[0].{subject, text_from, template}",
        f"  unknown ({outside}): direction,",
        "  unknown (an expression or a placeholder): audience.selection, messages[0].body",
        f"  note: {outside}",
        "  note: 'More' calls another workflow, which was not read",
    ]


def test_the_verdict_of_a_rule_says_what_bounds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.json").write_text(json.dumps(flow(SCHEDULE, SHEET, SEND), indent=1), encoding="utf-8")
    for rule, bounded in (("WA211", True), ("WA402", False)):
        assert main(["explain", "--isolated", rule, "flow.json", "--as-of", "2026-11-23"]) == 0
        said = "  warning at most: nothing in the workflow looks at opt-outs, but the list may be kept clean"
        assert (said in capsys.readouterr().out) is bounded
