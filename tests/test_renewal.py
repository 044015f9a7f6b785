"""Renewing a waiver: only its own values change, in whatever form the file is written; else nothing is written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylint.api import load_configuration, settings_for
from policylint.cli import main
from policylint.errors import PolicylintError
from policylint.parse import decode, parse
from policylint.plugins import load_extensions
from policylint.renewal import Renewal, renew

DAY = date(2026, 11, 23)
EXTENSIONS = load_extensions(installed=False)
LATER = date(2027, 3, 31)


def renewed(
    folder: Path,
    text: str | bytes,
    *,
    name: str = "policylint-waivers.yaml",
    rule: str = "WA101",
    approver: str | None = "legal",
    reason: str | None = None,
) -> bytes:
    """Return the file after the waiver of a rule was renewed."""
    (folder / ".git").mkdir(exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    configuration = load_configuration([str(folder)], None, isolated=False)
    settings_now = settings_for(configuration, as_of=DAY, cache=folder.parent / "cache")
    renew(Renewal(rule, None, None, LATER, approver, reason), settings_now, EXTENSIONS, configuration)
    return (folder / name).read_bytes()


BLOCK = """\
# ours
waivers:
  - rule: WA101       # newsletter
    path: &p campaigns
    reason: >-
      moves in
      spring
    until:    2026-12-31   # the contract
    owner: "crm"

  - {rule: WA102, path: *p, 'reason': r, until: '2026-12-31', owner: crm}   # one line
  - {"rule": "WA103", "path": "a", "reason": "r", "until": "2026-12-31",
     "owner": "crm", "approver": "me", "added": "2026-10-01"}
"""


@pytest.mark.parametrize(
    ("rule", "changes", "edits"),
    [
        (
            "WA101",
            {},
            [("2026-12-31   # the contract\n", "2027-03-31   # the contract\n    approver:    legal\n")],
        ),
        (
            "whatsapp/bulk-from-consumer-app",
            {"approver": None, "reason": "it: takes longer"},
            [
                (">-\n      moves in\n      spring", '"it: takes longer"'),
                ("2026-12-31   # the contract", "2027-03-31   # the contract"),
            ],
        ),
        (
            "WA102",
            {"reason": "it's late"},
            [("'reason': r,", "'reason': it's late,"), ("'2026-12-31'", "'2027-03-31', approver: 'legal'")],
        ),
        (
            "WA103",
            {"approver": 'the "board"'},
            [
                ('"2026-12-31",\n', '"2027-03-31",\n'),
                ('"approver": "me", "added": "2026-10-01"', '"approver": "the \\"board\\"", "added": "2026-11-23"'),
            ],
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_only_the_values_change(
    tmp_path: Path, rule: str, changes: dict[str, Any], edits: list[tuple[str, str]], newline: str, mark: bytes
) -> None:
    expected = BLOCK
    for old, new in edits:
        assert old in expected
        expected = expected.replace(old, new)
    written = (mark + text.replace("\n", newline).encode() for text in (BLOCK, expected))
    before, after = written
    assert renewed(tmp_path, before, rule=rule, **changes) == after


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    text = "waivers:\n- rule: WA101\n  path: a\n  reason: r\n  owner: crm\n  until: 2026-12-31"
    assert renewed(tmp_path, text) == text.replace("2026-12-31", "2027-03-31").encode() + b"\n  approver: legal"


TOML = """\
[tool.policylint]
fail_on = "error"   # ours

[[tool.policylint.waivers]]
rule = "WA102"
path = "a"
reason = "r"
owner = "crm"
until = 2026-12-31
[[tool.policylint.waivers]]
rule = "WA101"
path = "a"
reason = 'r'
owner = "crm"
added = 2026-10-01   # then
until = 2026-12-31   # the contract
"""


def test_tables_of_toml_are_edited_in_place_too(tmp_path: Path) -> None:
    expected = TOML.replace("added = 2026-10-01", "added = 2026-11-23")
    expected = expected.replace("2026-12-31   # the contract\n", '2027-03-31   # the contract\napprover = "legal"\n')
    expected = expected.replace("reason = 'r'", "reason = 'later'")
    assert renewed(tmp_path, TOML, name="pyproject.toml", reason="later").decode() == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # an anchor that another waiver shares
        (
            "policylint-waivers.yaml",
            "waivers:\n- {rule: WA102, path: a, reason: r, owner: o, until: &u 2026-12-31}\n"
            "- {rule: WA101, path: a, reason: r, owner: o, until: *u}\n",
        ),
        # keys from a merge
        (
            "policylint.yaml",
            "waivers:\n- &w {rule: WA102, path: a, reason: r, owner: o, until: 2026-12-31}\n- {<<: *w, rule: WA101}\n",
        ),
        # tables on one line, whose keys have no places
        (
            "pyproject.toml",
            "[tool.policylint]\n"
            'waivers = [{rule = "WA101", path = "a", reason = "r", owner = "crm", until = "2026-12-31"}]\n',
        ),
    ],
)
def test_what_cannot_be_changed_alone_is_not_changed(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(PolicylintError, match="cannot be changed without changing something else"):
        renewed(tmp_path, text, name=name)
    assert (tmp_path / name).read_text(encoding="utf-8") == text


def test_a_file_in_another_encoding_is_left_alone(tmp_path: Path) -> None:
    raw = b"\xff\xfe" + BLOCK.encode("utf-16-le")
    with pytest.raises(PolicylintError, match="is not UTF-8, or has changed just now"):
        renewed(tmp_path, raw)
    assert (tmp_path / "policylint-waivers.yaml").read_bytes() == raw


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    str.strip
)


@settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(TEXTS, TEXTS, st.sampled_from(["block", "flow", "json"]), st.sampled_from(["", "'", '"']))
def test_any_text_can_be_given_and_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, approver: str, reason: str, form: str, quote: str
) -> None:
    entry = {"rule": "WA101", "path": "a", "reason": "r", "owner": "crm-team", "until": "2026-12-31", "ticket": "T-1"}
    if form == "json":
        text = json.dumps({"waivers": [entry]})
    else:
        pairs = [f"{key}: {quote}{value}{quote}" for key, value in entry.items()]
        text = "waivers:\n" + ("- {" + ", ".join(pairs) + "}\n" if form == "flow" else "- " + "\n  ".join(pairs) + "\n")
    after = decode(renewed(tmp_path_factory.mktemp("renewal"), text, approver=approver, reason=reason))
    (document,) = parse("policylint-waivers.yaml", after.encode()).documents
    assert document.data == {"waivers": [{**entry, "until": "2027-03-31", "approver": approver, "reason": reason}]}


def test_without_waivers_there_is_nothing_to_renew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["waivers", "renew", "WA101", "--until", "2027-03-31", "--approver", "me"]) == 2
    assert capsys.readouterr().err == (
        "policylint: there are no waivers\n  hint: they stand in policylint-waivers.yaml or in the configuration\n"
    )
    assert main(["waivers", "list", "--as-of", "2026-11-23"]) == 0
    assert capsys.readouterr().out == "0 waivers: 0 ended, 0 within 14 days of the end (as of 2026-11-23)\n"
