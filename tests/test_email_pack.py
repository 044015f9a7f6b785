"""The e-mail pack as a whole: worked examples, harmless edits of every case, conventions."""

from __future__ import annotations

import pytest

from tests.packtests import EDITS, Edit, PackUnderTest, checked, same_words

PACK = PackUnderTest("email")
WHATSAPP = PackUnderTest("whatsapp")

COLD = """\
campaign: autumn
name: Cold outreach to shops
channel: email
purpose: promotion
sender:
  provider: sendgrid
  address: muster.sales@gmail.com
  display_name: Last Chance
  authentication: {spf: true, dkim: false, dmarc: missing}
audience: {size: 60000, selection: list, source: scraped}
consent: {basis: none}
opt_out: {max_delay_hours: 240}
message:
  subject: "Re: our talk"
  body: "Hi {{ first_name }}, 20% off our jackets this week."
"""
CLEAN = """\
campaign: autumn
channel: email
purpose: newsletter
sender:
  provider: mailgun
  address: news@muster.example
  display_name: Muster GmbH
  authentication: {spf: true, dkim: true, dmarc: quarantine}
audience: {size: 60000, selection: segment, source: web_form}
consent: {obtained: true, basis: express, source: web_form}
opt_out: {one_click: true, max_delay_hours: 24}
message:
  subject: Our jackets
  body: "Hi {{ first_name }}, 20% off. <a href='{{ unsubscribe_url }}'>Unsubscribe</a>"
  headers:
    list_unsubscribe: "<https://muster.example/u/{{ token }}>, <mailto:off@muster.example>"
    list_unsubscribe_post: List-Unsubscribe=One-Click
"""
INVOICE = """\
campaign: invoices
channel: email
purpose: invoice
sender: {provider: mailgun, address: billing@muster.example, display_name: Muster GmbH}
audience: {size: 60000, selection: list}
message: {subject: "Invoice {{ number }}", body: "Your invoice is attached."}
"""
LOGIN = """\
campaign: login
channel: email
purpose: authentication
audience: {selection: single_number}
message: {subject: Your login link, body: "Click here: {{ link }}"}
"""
OF_COLD_MAIL = {
    *("EMAIL001", "EMAIL007", "EMAIL009", "EMAIL011", "EMAIL012", "EMAIL016", "EMAIL017", "EMAIL018", "EMAIL034"),
    "EMAIL035",
}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(COLD, OF_COLD_MAIL, id="cold outreach to scraped addresses"),
        pytest.param(
            COLD.replace("autumn\n", "autumn\nschedule: {start: 2024-01-02, end: 2024-01-31}\n", 1),
            set(),
            id="the same before the providers asked",
        ),
        pytest.param(
            CLEAN.replace("list_unsubscribe_post: List-Unsubscribe", "list_unsubscribe_post: List"),
            {"EMAIL003"},
            id="the usual slip in the second header",
        ),
        pytest.param(CLEAN, set(), id="a newsletter that keeps the terms"),
        pytest.param(INVOICE, set(), id="invoices to many"),
        pytest.param(LOGIN, set(), id="a login link"),
        pytest.param(COLD.replace("channel: email", "channel: push"), set(), id="another channel"),
    ],
)
def test_a_worked_example_has_exactly_these_findings(text: str, codes: set[str]) -> None:
    report = checked(text)
    assert {finding.code for finding in report.findings} == codes
    assert report.undecided == (1 if "2024-01-31" in text else 0)  # the subject: in force on a day that is not known


def test_silence_of_a_file_is_a_warning_at_most() -> None:
    report = checked(CLEAN.replace("opt_out: {one_click: true, max_delay_hours: 24}\n", "").split("  headers:")[0])
    assert [(finding.code, str(finding.severity)) for finding in report.findings] == [("EMAIL001", "warning")]


# --- harmless edits of every case ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("edit", "least"), EDITS)
def test_a_harmless_edit_changes_no_verdict(edit: Edit, least: float) -> None:
    different, fitting = PACK.changed_by(edit)
    assert different == []
    assert fitting >= least


# --- conventions --------------------------------------------------------------------------------------------------


def test_every_rule_looks_at_mail_alone() -> None:
    assert {rule.channel for rule in PACK.pack.rules} == {"email"}
    assert all(rule.code.startswith("EMAIL") for rule in PACK.pack.rules)


def test_every_step_rests_on_a_source_of_enough_confidence() -> None:
    assert PACK.weak_steps() == []


def test_data_files_are_named_used_and_read() -> None:
    assert PACK.named_data_files() == PACK.data_files()
    assert PACK.late_data_files() == []
    assert PACK.unused_data() == []


def test_copied_words_keep_up_with_those_of_the_whatsapp_pack() -> None:
    assert same_words("promotion", PACK, WHATSAPP) == []
    assert same_words("unsubscribe", PACK, WHATSAPP, "opt_out") == []
