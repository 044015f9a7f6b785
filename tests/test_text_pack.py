"""The text pack as a whole: worked examples on every channel, harmless edits of every case, conventions."""

from __future__ import annotations

import pytest

from policylint.api import lint_bytes, settings_for
from policylint.config import Configuration
from tests.packtests import DAY, EDITS, Edit, PackUnderTest, checked, extensions

PACK = PackUnderTest("text")

DECEIVING = """\
campaign: winners
channel: CHANNEL
messages:
  - body: "Win\\u200Bner, your prize: https://p\\u0430ypal.example/\\u202Efdp.exe"
"""


@pytest.mark.parametrize("channel", ["whatsapp", "sms", "email", "rcs", "push", "other"])
def test_every_channel_is_looked_at_and_the_code_points_are_named(channel: str) -> None:
    report = checked(DECEIVING.replace("CHANNEL", channel))
    assert [
        (finding.code, str(finding.severity), finding.region.start.line, finding.message)
        for finding in report.findings
        if finding.code and finding.code.startswith("TEXT")
    ] == [
        (
            "TEXT002",
            "warning",
            4,
            "winners has a text with invisible characters inside a word or a link: "
            "U+200B ZERO WIDTH SPACE (position 4)",
        ),
        (
            "TEXT003",
            "warning",
            4,
            "winners links to a host name that mixes Latin letters with ones that look like them: "
            "U+0430 CYRILLIC SMALL LETTER A (in p\u0430ypal.example)",
        ),
        (
            "TEXT001",
            "warning",
            4,
            "winners has a text with characters that turn its direction: U+202E RIGHT-TO-LEFT OVERRIDE (position 45)",
        ),
    ]


def test_of_what_is_filled_in_later_the_pack_says_nothing() -> None:
    settings = settings_for(Configuration(), as_of=DAY, select=["text"])
    text = "campaign: later\nchannel: sms\nmessages: [{body: !later text}, !later message]\n"
    report = lint_bytes(text.encode(), "/campaigns/later.yaml", settings, extensions())
    assert (report.findings, report.undecided, report.applied) == ((), 0, 3)


def test_rules_for_every_channel_do_not_stand_for_those_of_a_channel() -> None:
    text = "campaign: hello\nchannel: push\nmessage: {body: Hello}\n"
    settings = settings_for(Configuration(), as_of=DAY, require_rules=True)
    report = lint_bytes(text.encode(), "/campaigns/push.yaml", settings, extensions())
    assert [(finding.rule, finding.message) for finding in report.findings] == [
        ("policylint/no-rules", "no rule applies to hello: no pack has rules for the channel 'push'")
    ]
    assert lint_bytes(text.replace("push", "sms").encode(), "/sms.yaml", settings, extensions()).findings == ()


@pytest.mark.parametrize(("edit", "least"), EDITS)
def test_a_harmless_edit_changes_no_verdict(edit: Edit, least: float) -> None:
    different, fitting = PACK.changed_by(edit)
    assert different == []
    assert fitting >= min(least, 0.35)


def test_every_rule_looks_at_every_channel() -> None:
    assert {rule.channel for rule in PACK.pack.rules} == {None}
    assert all(rule.code.startswith("TEXT") and rule.silent_when_unknown for rule in PACK.pack.rules)


def test_every_step_rests_on_a_source_of_enough_confidence() -> None:
    assert PACK.weak_steps() == []
