"""Files that cannot be parsed: how surely each was meant to be a campaign, and what is said of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from policylint.api import lint, settings_for
from policylint.cli import main
from policylint.config import Configuration
from policylint.discover import Target
from policylint.parse import parse
from policylint.pipeline import check_all
from policylint.plugins import load_extensions
from policylint.ruleset import load_rules
from policylint.unread import is_campaign_file, speaks_of_campaigns

SETTINGS = settings_for(Configuration(), as_of=date(2026, 11, 23))
EXTENSIONS = load_extensions(installed=False)
RULES = load_rules(SETTINGS, EXTENSIONS)
WHY = "cannot be parsed and shows no sign of a campaign, or is very large"

CHART = "{{- if .Values.ingress.enabled }}\nkind: Ingress\nspec: {{ toYaml .Values.spec | nindent 2 }}\n{{- end }}\n"
SIGNED_CHART = CHART + "recipients: {{ .Values.recipients }}\n"
CAMPAIGNS = {
    "our own": "campaign: a\nchannel: whatsapp\naudience: {size: 3\nschedule:\n",
    "our own in JSON": '{"campaign": "a", "channel": "whatsapp" "message": {}}',
    "listed": "campaigns:\n- campaign: a\n  channel: sms\n  message: {body: x\n- campaign: b\n",
    "home-made": "campanhas:\n  - nome: a\n    mensagem: 'Oi\n    contatos: [1]\n  - x",
    "a workflow of n8n": '{"nodes": [{"type": "n8n-nodes-base.whatsApp"}], "connections": {}} Summary',
    "a payload": '{"messaging_product": "whatsapp", "to": "43", "type": "text",, }',
    "a template": '{"name": "a", "components": [{"type": "BODY", "text": "x}]}',
}
MENTIONS = {
    "settings of a sender": "sender:\n  client: whatsapp-web.js\n  pause: [1, 2\nother: 3\n",
    "recipients": '{"recipients": ["a@example.org"], "text": "Hi" "x": 1}',
    "a game": "campaigns:\n  - dragons: [1\n    - x\n",
}
OTHERS = {
    "a chart": CHART,
    "a chart that speaks of recipients": SIGNED_CHART,
    "a page": "---\ntitle: {{ page.title }}\n{% for item in items %}\n- {{ item }}\n{% endfor %}\n",
    "a scaffold": '{"name": "{{ cookiecutter.name }}", "newsletter": {{ cookiecutter.newsletter }}}',
    "ERB": "en:\n  campaign: <%= t('x') %>\n<% if x %>\n    a: [\n<% end %>\n",
    "an interface": '{"components": {"schemas": {}}, "paths": {}} x',
    "lines of JSON": '{"a": 1}\n{"a": 2}\n',
    "a pointer of Git LFS": "version https://git-lfs.github.com/spec/v1\n\tsize 3\n",
    "a placeholder": "- name: x\n  debug: {{ x }} y\n",
}


def broken(text: str) -> None:
    kinds = [
        any(problem.rule == "syntax" for problem in parse(name, text.encode()).problems)
        for name in ("f.yaml", "f.json")
    ]
    assert any(kinds)


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_text_with_two_keys_of_a_format_is_a_campaign_file(name: str) -> None:
    broken(CAMPAIGNS[name])
    assert is_campaign_file(CAMPAIGNS[name])


@pytest.mark.parametrize("name", MENTIONS)
def test_a_text_that_speaks_of_messages_to_many_is_told_of(name: str) -> None:
    broken(MENTIONS[name])
    assert (is_campaign_file(MENTIONS[name]), speaks_of_campaigns(MENTIONS[name])) == (False, True)


@pytest.mark.parametrize("name", OTHERS)
def test_templates_and_other_data_show_no_sign(name: str) -> None:
    broken(OTHERS[name])
    assert (is_campaign_file(OTHERS[name]), speaks_of_campaigns(OTHERS[name])) == (False, False)


@pytest.mark.parametrize(
    ("text", "met", "named"),
    [
        (CAMPAIGNS["our own"], ["error"], ["error"]),
        (MENTIONS["a game"], ["warning"], ["warning"]),
        (SIGNED_CHART, [], ["warning"]),
    ],
)
def test_a_file_without_a_sign_is_counted_where_it_was_met_and_told_where_it_was_named(
    text: str, met: list[str], named: list[str]
) -> None:
    raw = text.encode()

    def read(path: Path) -> bytes | None:
        return raw if path.name == "f.yaml" else None

    for is_named, expected in ((False, met), (True, named)):
        target = Target("a/f.yaml", Path("a/f.yaml"), named=is_named)
        report = check_all([target], RULES, SETTINGS, EXTENSIONS, read)
        assert [str(finding.severity) for finding in report.findings] == expected
        assert [finding.rule for finding in report.findings] == ["policylint/syntax"] * len(expected)
        assert report.unread == (() if expected else ("a/f.yaml",))
        assert report.nothing_to_check == bool(expected)


def test_a_file_without_the_bytes_of_any_format_is_no_news_where_it_was_met() -> None:
    def read(path: Path) -> bytes | None:
        return CHART.encode() if path.name == "f.yaml" else None

    report = check_all([Target("a/f.yaml", Path("a/f.yaml"), named=False)], RULES, SETTINGS, EXTENSIONS, read)
    assert (report.findings, report.unread, report.nothing_to_check) == ((), (), 1)


def test_what_was_not_read_is_said_in_every_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(SIGNED_CHART)
    (tmp_path / "c.yaml").write_text("campaign: c\nchannel: email\n")
    arguments = ["check", "--isolated", "--as-of", "2026-11-23", "."]
    assert main([*arguments, "--format", "concise"]) == 0
    assert capsys.readouterr().out == (
        f"2 files were not read, a.yaml the first: each {WHY}; name one to see why\n"
        "no findings in 3 files · 1 campaign, 16 rules, 2 files not read (as of 2026-11-23)\n"
    )
    assert main([*arguments, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["unread"], report["summary"]["unread"], report["summary"]["nothing_to_check"]) == (
        ["a.yaml", "b.yaml"],
        2,
        0,
    )
    assert main([*arguments, "--format", "sarif"]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]] == [
        f"2 files were not read, a.yaml the first: each {WHY}; name one to see why."
    ]
    (tmp_path / "b.yaml").unlink()
    assert main([*arguments, "--format", "concise"]) == 0
    assert capsys.readouterr().out.startswith(f"1 file was not read, a.yaml: it {WHY}; name it to see why\n")


def test_where_a_file_in_no_known_format_is_no_news_one_that_cannot_be_parsed_is_none_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(SIGNED_CHART)
    (tmp_path / "b.yaml").write_text(CAMPAIGNS["our own"])
    report = lint(
        ["a.yaml", "b.yaml"], as_of=date(2026, 11, 23), isolated=True, ignore=["policylint/unrecognised"]
    )  # as the hook for pre-commit runs it
    assert ([finding.path for finding in report.findings], report.unread) == (["b.yaml"], ("a.yaml",))


@pytest.mark.parametrize(
    ("text", "named", "expected"),
    [
        ("campaign: a\nchannel: email\n", True, ["too-large"]),
        ("campaign: a\nchannel: email\n", False, ["too-large"]),
        (f"channel: email\n{'#' * 2_000_000}\ncampaign: a\n", False, ["too-large"]),
        ('{"c\\u0061mpaign": "a", "channel": "email"}', False, ["too-large"]),
        ("a: [campaign, channel, 1, 2, 3, 4]\n", True, ["too-large"]),
        ("a: [campaign, channel, 1, 2, 3, 4]\n", False, []),
    ],
)
def test_a_file_that_is_too_large_is_told_of_where_it_is_named_or_has_the_keys_of_a_campaign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, named: bool, expected: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policylint.yaml").write_text("limits: {bytes: 25}\n")
    (tmp_path / "a.yaml").write_text(text)
    report = lint(["a.yaml" if named else "."], as_of=date(2026, 11, 23))
    assert [finding.rule for finding in report.findings] == [f"policylint/{rule}" for rule in expected]
    assert (report.files, report.campaigns) == (1, 0)
    assert report.unread == (() if expected else ("a.yaml",))
