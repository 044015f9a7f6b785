"""n8n workflows that send to a list: when silence on opt-outs is a fact, and how far findings that rest on it go."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.n8n import silence
from policylint.api import lint
from policylint.model.rule import Severity
from policylint.model.source import NOT_CARRIED
from tests.test_n8n import (
    HOOK,
    INBOUND,
    LOOP,
    SCHEDULE,
    SHEET,
    Json,
    document_of,
    flow,
    node,
    only,
    request,
)

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

REASON = "nothing in the workflow looks at opt-outs, but the list may be kept clean where it is stored"
CAPPED = {("audience", "suppression_lists"): (Severity.WARNING, REASON)}
TEMPLATE = node("Send", "whatsApp", template="spring_offer|en", recipientPhoneNumber="={{ $json.phone }}")


def condition(left: str, right: str = "yes", name: str = "Check", kind: str = "if") -> Json:
    rule = {"leftValue": f"={{{{ $json['{left}'] }}}}", "rightValue": right, "operator": {"operation": "equals"}}
    return node(name, kind, conditions={"conditions": [rule]})


def lists(campaign: Campaign) -> Any:
    """Return what the record says of lists of opt-outs: None is absent."""
    return campaign.data["audience"]["suppression_lists"]


def is_silent(campaign: Campaign) -> bool:
    assert (lists(campaign) is None) is (campaign.caps == CAPPED)
    assert lists(campaign) is None or campaign.caps == {}
    return lists(campaign) is None


@pytest.mark.parametrize(
    "steps",
    [
        (SCHEDULE, SHEET, TEMPLATE),
        (SCHEDULE, SHEET, LOOP, condition("Status", "Pending"), TEMPLATE),
        (node("Start", "manualTrigger"), SHEET, node("Wait", "wait"), TEMPLATE),
        (HOOK, SHEET, node("Clean", "code", jsCode="return items.map(i => ({json: {phone: i.json.p}}))"), TEMPLATE),
        (SCHEDULE, node("Rows", "postgres", operation="executeQuery", query="select * from customers"), TEMPLATE),
        (SCHEDULE, node("Rows", "supabase", operation="getAll", tableId="customers"), TEMPLATE),
        (SCHEDULE, node("Customers", "wooCommerce", resource="customer", operation="getAll"), TEMPLATE),
        (node("File", "formTrigger"), node("Rows", "extractFromFile", options={}), TEMPLATE),
        (
            node("New rows", "googleSheetsTrigger", options={"columnsToWatch": ["Status"]}),
            condition("Status", "To send"),
            TEMPLATE,
        ),
        (SCHEDULE, SHEET, node("Text", "twilio", to="={{ $json.phone }}", message="=Hi {{ $json.name }}, sale today")),
        (SCHEDULE, SHEET, node("Mail", "emailSend", toEmail="={{ $json.email }}", text="Sale today")),
        (SCHEDULE, SHEET, LOOP, node("No Operation, do nothing", "noOp"), TEMPLATE),
        (SCHEDULE, SHEET, node("Writer", "@n8n/n8n-nodes-langchain.agent", text="Do not use emojis"), TEMPLATE),
        (HOOK | {"parameters": {"path": "campaign"}}, LOOP, TEMPLATE),
    ],
    ids=lambda steps: " > ".join(step["name"] for step in steps),
)
def test_a_run_over_a_list_that_looks_at_no_opt_out_joins_no_list_of_them(steps: tuple[Json, ...]) -> None:
    assert is_silent(only(*steps, name="Spring offers"))


def test_a_request_whose_body_is_made_in_code_is_a_send_to_the_list_too() -> None:
    make = node("Make", "code", jsCode="return {json: {body: {messaging_product: 'whatsapp', type: 'template'}}}")
    send = request("https://graph.facebook.com/v22.0/1/messages", "={{ $json.body }}")
    assert is_silent(only(SCHEDULE, SHEET, make, send))


@pytest.mark.parametrize(
    "step",
    [
        condition("Opted out"),
        condition("opt_in"),
        condition("Unsubscribed"),
        condition("consentimento"),
        condition("STOP"),
        condition("is_active"),
        condition("Blocked?", name="Is blocked"),
        condition("accepts_marketing"),
        condition("permission", kind="filter"),
        node("Only some", "code", jsCode="const out = new Set($('Gone').all()); return items.filter(i => !out.has(i))"),
        node("Only some", "code", jsCode="return items.filter(i => i.json.eligible)"),
        node("Compare", "compareDatasets", mergeByFields={}),
        node("Without", "merge", mode="combine", joinMode="keepNonMatches"),
        node("Choose", "executeWorkflow", workflowId="12"),
        node("Ask", "httpRequest", url="={{ $env.CRM }}/contacts"),
        node("Filter", "filter"),  # its parameters were taken out
        node("Hint", "stickyNote", content="The sheet holds only people who gave their consent."),
        {**node("Hint", "noOp"), "name": "Skip do-not-contact"},
        {**node("Hint", "noOp"), "name": "Do not message these"},
    ],
    ids=lambda step: step["name"] + " " + str(step["parameters"])[:40],
)
def test_a_step_that_may_look_at_it_or_cannot_be_read_leaves_it_open(step: Json) -> None:
    campaign = only(SCHEDULE, SHEET, step, TEMPLATE)
    assert not is_silent(campaign)


@pytest.mark.parametrize(
    "rows",
    [
        node("Rows", "googleSheets"),  # its parameters were taken out
        node("Rows", "googleSheets", sheetName={"value": "subscribers", "cachedResultName": "Subscribers"}),
        node("Rows", "airtable", operation="search", view={"value": "viw1"}),
        node(
            "Rows", "postgres", operation="executeQuery", query="select * from c where phone not in (select p from o)"
        ),
        node("Rows", "postgres", operation="executeQuery", query="select * from recipients_of('spring')"),
        node("Rows", "postgres", operation="executeQuery", query="select * from send_queue"),
        node("Rows", "postgres", operation="executeQuery", query="={{ $json.query }}"),
        node("Rows", "supabase", operation="getAll", tableId="c", filters={"conditions": [{"keyName": "is_active"}]}),
        node("Contacts", "hubspot", resource="contact", operation="getAll"),
        node("People", "httpRequest", url="https://api.example.org/people"),
        node("Today", "googleCalendar", operation="getAll"),
        node("Orders", "shopify", operation="getAll"),
        node("Rows", "postgres", operation="executeQuery", query="select * from appointments where day = current_date"),
    ],
    ids=lambda rows: str(rows["parameters"])[:60],
)
def test_a_table_that_may_leave_people_out_or_holds_what_is_due_to_them_leaves_it_open(rows: Json) -> None:
    assert not is_silent(only(SCHEDULE, rows, LOOP, TEMPLATE))


@pytest.mark.parametrize(
    "steps",
    [
        (INBOUND, SHEET, TEMPLATE),
        (SCHEDULE, SHEET, node("Send", "whatsApp", template="t|en", recipientPhoneNumber="491701234567")),
        (node("New row", "googleSheetsTrigger", event="rowAdded"), TEMPLATE),
        (SCHEDULE, SHEET, node("Team", "slack", channelId="sales", text="=Hi {{ $json.name }}")),
        (SCHEDULE, SHEET, node("Campaign", "mailchimp", resource="campaign", operation="send", campaignId="1")),
    ],
    ids=["reply", "fixed number", "one row", "team chat", "mailing service"],
)
def test_what_goes_to_no_list_says_nothing_of_lists_of_opt_outs(steps: tuple[Json, ...]) -> None:
    campaign = only(*steps)
    assert (lists(campaign), campaign.caps) == (NOT_CARRIED, {})


def test_words_in_small_letters_that_only_look_like_a_keyword_do_not_count() -> None:
    assert is_silent(only(SCHEDULE, SHEET, node("Stop and Error", "stopAndError", errorMessage="stop here"), TEMPLATE))


def test_a_filter_that_leaves_out_opt_outs_is_the_list() -> None:
    campaign = only(SCHEDULE, SHEET, condition("opted_out", "no", name="Not opted out"), TEMPLATE)
    assert (lists(campaign), campaign.caps) == (["Not opted out"], {})


def test_a_finding_that_rests_on_silence_is_a_warning_that_says_why(tmp_path: Path) -> None:
    path = tmp_path / "workflow.json"
    document = document_of(flow(SCHEDULE, SHEET, TEMPLATE, name="Spring offers"))
    path.write_text(document.text, encoding="utf-8")
    report = lint([path], as_of=date(2026, 11, 23), isolated=True)
    found = [
        (finding.code, str(finding.severity), finding.region.start.line, finding.notes) for finding in report.findings
    ]
    line = document.region(("nodes", 2, "name")).start.line
    assert found == [("WA211", "warning", line, (f"warning, not error: {REASON}",))]


def test_a_list_of_opt_outs_in_the_configuration_fills_the_silence(tmp_path: Path) -> None:
    (tmp_path / "policylint.yaml").write_text("defaults: {audience: {suppression_lists: [crm.optouts]}}\n")
    path = tmp_path / "workflow.json"
    path.write_text(document_of(flow(SCHEDULE, SHEET, TEMPLATE)).text, encoding="utf-8")
    assert lint([path], as_of=date(2026, 11, 23)).findings == ()


def test_a_table_that_stands_too_far_from_the_send_leaves_it_open() -> None:
    steps = [node(f"Step {number}", "noOp") for number in range(100)]
    assert is_silent(only(SCHEDULE, SHEET, *steps[:50], TEMPLATE))
    assert not is_silent(only(SCHEDULE, SHEET, *steps, TEMPLATE))


@pytest.mark.parametrize(
    ("pattern", "stems"), [(silence._SPEAKS_OF_IT, silence._STEMS), (silence._MAY_CHECK_IT, silence._STEMS_OF_CHECKS)]
)
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_what_a_pattern_finds_holds_one_of_its_stems(
    data: st.DataObject, pattern: re.Pattern[str], stems: tuple[str, ...]
) -> None:
    found = data.draw(st.from_regex(re.compile(pattern.pattern.replace("\\w", "[a-z]"), re.IGNORECASE), fullmatch=True))
    assert any(stem in found.lower() for stem in stems)
