"""n8n sends of mails and SMS: subject, where the words come from, and what a workflow says of opt-outs."""

from __future__ import annotations

import pytest

from policylint.adapters.n8n.records import SPOKEN_OF
from policylint.model.source import EXPRESSION, NOT_CARRIED
from tests.test_n8n import HOOK, SCHEDULE, SHEET, Json, campaigns_of, flow, node, only, value, values, written

AGENT = node("Writer", "@n8n/n8n-nodes-langchain.agent", text="Write a mail")
CODE = node("Make", "code", jsCode="return items.map(i => ({json: {text: `Hi ${i.json.name}`}}))")


def mail(text: str, **more: str) -> Json:
    return node("Mail", "gmail", sendTo="={{ $json.email }}", message=text, **more)


def fields(**given: str) -> Json:
    return node(
        "Fields", "set", assignments={"assignments": [{"name": key, "value": each} for key, each in given.items()]}
    )


def test_a_mail_has_a_subject_and_lacks_purpose_and_opt_out_where_nothing_says_them() -> None:
    campaign = only(SCHEDULE, SHEET, mail("Our sale begins", subject="=Sale for {{ $json.name }}"))
    paths = ("messages.0.subject", "messages.0.body", "messages.0.text_from", "purpose", "opt_out", "consent")
    assert values(campaign, *paths) == ("Sale for {{ $json.name }}", "Our sale begins", None, None, None, NOT_CARRIED)
    assert written(campaign, "messages", 0, "subject") == "Sale for {{ $json.name }}"
    whatsapp = only(SCHEDULE, SHEET, node("Send", "whatsApp", template="a|en", recipientPhoneNumber="={{ $json.p }}"))
    assert values(whatsapp, "purpose", "opt_out") == (NOT_CARRIED, NOT_CARRIED)


def test_a_subject_is_no_body() -> None:
    campaign = only(SCHEDULE, SHEET, node("Mail", "emailSend", toEmail="={{ $json.email }}", subject="News"))
    assert values(campaign, "messages.0.subject", "messages.0.body") == ("News", NOT_CARRIED)


def test_a_workflow_that_speaks_of_opt_outs_leaves_them_open() -> None:
    left_out = node(
        "Not unsubscribed", "filter", conditions={"conditions": [{"leftValue": "={{ $json.unsubscribed }}"}]}
    )
    campaign = only(SCHEDULE, SHEET, left_out, mail("={{ $json.text }}"))
    assert values(campaign, "opt_out", "messages.0.text_from", "audience.suppression_lists") == (
        *(SPOKEN_OF, None, ["Not unsubscribed"]),
    )


@pytest.mark.parametrize(
    ("steps", "text", "origin"),
    [
        ((SHEET, AGENT), "={{ $json.output }}", "model"),
        (
            (SHEET, AGENT, SHEET | {"name": "Log", "parameters": {"operation": "append"}}),
            "={{ $json.output }}",
            "model",
        ),
        ((AGENT, SHEET), "={{ $('Writer').item.json.output }}", "model"),
        ((AGENT, SHEET), "={{ $node['Writer'].json['output'] }}", "model"),
        ((SHEET, node("Ask", "openAi", prompt="x")), "={{ $json.message.content }}", "model"),
        ((SHEET, node("Wait", "wait", amount=1)), "={{ $json['Message'] }}", "table"),
        ((SHEET, fields(text="={{ $json['Message'].trim() }}")), "={{ $json.text }}", "table"),
        ((SHEET, AGENT, fields(text="={{ $json.output }}")), "={{ $json.text }}", "model"),
        ((SHEET, fields(text="Fixed words")), "={{ $json.text }}", None),
        ((SHEET, fields(other="x")), "={{ $json.Message }}", "table"),
        ((SHEET, CODE), "={{ $json.text }}", None),
        ((node("Rows", "httpRequest", url="https://x.example/rows"),), "={{ $json.text }}", None),
        ((SHEET, AGENT), "Hello, {{ $json.output }}", None),  # some of the words are in the file
        ((SHEET, AGENT), "={{ 1 + 1 }}", None),
    ],
)
def test_the_words_of_a_text_that_is_one_expression_come_from_a_model_or_a_table(
    steps: tuple[Json, ...], text: str, origin: str | None
) -> None:
    campaign = only(SCHEDULE, *steps, mail(text))
    assert value(campaign, "messages.0.text_from") == origin
    if origin is not None:
        assert value(campaign, "messages.0.body") == EXPRESSION
        assert written(campaign, "messages", 0, "text_from") == text.removeprefix("=")


def test_set_nodes_that_refer_to_each_other_end() -> None:
    first = fields(text="={{ $('Again').item.json.text }}")
    again = {**fields(text="={{ $('Fields').item.json.text }}"), "name": "Again"}
    assert [
        value(one, "messages.0.text_from") for one in campaigns_of(flow(HOOK, first, again, mail("={{ $json.text }}")))
    ] == [None]
