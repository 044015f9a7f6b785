"""The SMS pack as a whole: worked examples, harmless edits of every case, conventions."""

from __future__ import annotations

import pytest

from tests.packtests import EDITS, Edit, PackUnderTest, checked, same_words

PACK = PackUnderTest("sms")
EMAIL = PackUnderTest("email")
WHATSAPP = PackUnderTest("whatsapp")

COLD = """\
campaign: autumn
name: Cold SMS to shops
channel: sms
purpose: promotion
sender:
  provider: twilio
  number_type: long_code
  registration: {use_case: CUSTOMER_CARE}
  evasion: [number_rotation]
business: {verticals: [vape, alcohol]}
audience: {selection: list, source: purchased_list, countries: [US]}
consent: {obtained: false, source: terms, wording: "I agree to be contacted."}
message: {body: "Half price this week: bit.ly/3abc"}
"""
CLEAN = """\
campaign: autumn
channel: sms
purpose: promotion
sender:
  provider: twilio
  number_type: long_code
  registration: {campaign: CABC123, use_case: MARKETING, verified: true}
business: {name: Muster, verticals: [retail]}
audience: {selection: segment, source: web_form, countries: [US]}
consent: {obtained: true, basis: express, source: web_form, wording: "Send me offers of Muster by text message."}
opt_out: {keywords: [STOP]}
message: {body: "Muster: half price this week, muster.example/sale. Reply STOP to opt out"}
"""
TOLL_FREE = """\
campaign: codes
channel: sms
purpose: authentication
sender: {provider: aws, number_type: toll_free, registration: {verified: false}}
audience: {selection: single_number}
message: {body: "Your code is {{ code }}"}
"""
OF_COLD_SMS = {
    *("SMS002", "SMS005", "SMS006", "SMS010", "SMS011", "SMS019", "SMS020", "SMS021", "SMS023", "SMS028", "SMS029"),
}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(COLD, OF_COLD_SMS, id="cold messages to a bought list"),
        pytest.param(CLEAN, set(), id="a promotion that keeps the terms"),
        pytest.param(
            CLEAN.replace("[US]", "[DE]").replace(". Reply STOP to opt out", ""),
            {"SMS002"},
            id="an opt-out is asked for elsewhere too",
        ),
        pytest.param(TOLL_FREE, {"SMS015", "SMS017"}, id="a toll-free number that is still to be verified"),
        pytest.param(
            TOLL_FREE.replace("codes\n", "codes\nschedule: {start: 2023-11-01, end: 2023-11-07}\n", 1),
            set(),
            id="the same before it was asked",
        ),
        pytest.param(COLD.replace("channel: sms", "channel: rcs"), set(), id="another channel"),
    ],
)
def test_a_worked_example_has_exactly_these_findings(text: str, codes: set[str]) -> None:
    report = checked(text)
    assert {finding.code for finding in report.findings} == codes
    assert report.undecided == 0


def test_outside_the_united_states_carriers_rules_are_warnings() -> None:
    report = checked(CLEAN.replace("[US]", "[DE]").replace(". Reply STOP to opt out", " bit.ly/3abc"))
    found = {(finding.code, str(finding.severity)) for finding in report.findings}
    assert found == {("SMS002", "warning"), ("SMS021", "warning")}


# --- harmless edits of every case ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("edit", "least"), EDITS)
def test_a_harmless_edit_changes_no_verdict(edit: Edit, least: float) -> None:
    different, fitting = PACK.changed_by(edit)
    assert different == []
    assert fitting >= least


# --- conventions --------------------------------------------------------------------------------------------------


def test_every_rule_looks_at_text_messages_alone() -> None:
    assert {rule.channel for rule in PACK.pack.rules} == {"sms"}
    assert all(rule.code.startswith("SMS") for rule in PACK.pack.rules)


def test_every_step_rests_on_a_source_of_enough_confidence() -> None:
    assert PACK.weak_steps() == []


def test_data_files_are_named_used_and_read() -> None:
    assert PACK.named_data_files() == PACK.data_files()
    assert PACK.late_data_files() == []
    assert PACK.unused_data() == []


def test_copied_words_keep_up_with_those_of_the_other_packs() -> None:
    assert same_words("promotion", PACK, WHATSAPP) == []
    assert same_words("own_matter", PACK, WHATSAPP) == []
    assert same_words("opt_out", PACK, WHATSAPP) == []
    assert PACK.pack.words["bulk_names"] == EMAIL.pack.words["bulk_names"]
    assert PACK.pack.words["cold_names"] == EMAIL.pack.words["cold_names"]
