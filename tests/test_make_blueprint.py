"""Make.com blueprints: what is recognised, which record each module makes, and where every value stands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.make_blueprint import ADAPTER, recognises
from tests.automations import facts, only, recognisers, records, table
from tests.recordviews import document_of, placed, said, written

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

Json = dict[str, Any]

NO_SCHEDULE = "? the blueprint was exported without its schedule"
EXPRESSION = "? an expression or a placeholder"
WHO = ("direction", "audience.selection", "audience.size")


def module(number: int, name: str, mapper: Json | None = None, **more: Any) -> Json:
    return {"id": number, "module": name, "mapper": {} if mapper is None else mapper, **more}


def scenario(*modules: Json, name: str = "Shop", **more: Any) -> Json:
    return {"name": name, "flow": list(modules), "metadata": {"version": 1}, **more}


def one(*modules: Json, **more: Any) -> Campaign:
    return only(ADAPTER, scenario(*modules, **more))


ROWS = module(1, "google-sheets:searchRows", {"sheetId": "Customers"})
HOOK = module(1, "gateway:CustomWebHook")
INBOUND = module(1, "whatsapp-business-cloud:watchEvents")


def whatsapp(to: str = "{{1.`2`}}", text: str = "Our winter offers", number: int = 9, **more: Any) -> Json:
    mapper = {"to": to, "type": "text", "text": {"body": text}}
    return module(number, "whatsapp-business-cloud:sendMessage", mapper, **more)


def email(to: str = "{{1.`2`}}", number: int = 9, **more: Any) -> Json:
    mapper = {"to": [to], "subject": "Offers", "html": "Hello {{1.`0`}}", **more}
    return module(number, "google-email:ActionSendEmail", mapper)


# --- recognition ---


@pytest.mark.parametrize(
    "data",
    [
        scenario(ROWS),
        {"blueprint": scenario(ROWS), "scheduling": {"type": "on-demand"}},
        {"code": "OK", "response": {"blueprint": scenario(ROWS)}},
        {"flow": [{"id": 1, "module": "builtin:BasicRouter"}]},
    ],
)
def test_blueprints_are_recognised_alone_and_as_the_api_wraps_them(data: Json) -> None:
    assert recognisers(data) == ["make-blueprint"]


@pytest.mark.parametrize(
    "data",
    [
        {"modules": [{"id": 1, "module": "frontend"}]},
        {"landingPage": "/", "steps": [{"step": "login"}], "preferredVersions": {"php": "8.0"}},  # WordPress Playground
        {"compilerOptions": {"module": "esnext"}},
        {"flow": [{"module": "users"}]},
        {"flow": {"module": "a:b"}},
        {"flow": ["a:b"]},
        {"nodes": [{"type": "n8n-nodes-base.set"}], "connections": {}},
        [scenario(ROWS)],
    ],
)
def test_look_alikes_are_not_recognised(data: Any) -> None:
    assert "make-blueprint" not in recognisers(data)


def test_the_example_is_recognised_by_this_adapter_only_and_gives_a_campaign() -> None:
    assert recognisers(ADAPTER.example) == ["make-blueprint"]
    assert len(records(ADAPTER, ADAPTER.example)) == 1


# --- whole records ---


def test_a_free_text_to_every_row_of_a_sheet() -> None:
    campaign = one(ROWS, whatsapp(), name="Winter")
    assert said(campaign) == {
        "campaign": "Winter › whatsapp-business-cloud:sendMessage [9]",
        "name": "Winter",
        "channel": "whatsapp",
        "sender": {"provider": "meta", "product": "business_platform"},
        "direction": "push",
        "audience": {"selection": "list", "source": "google_sheets"},
        "schedule": {"recurrence": NO_SCHEDULE},
        "messages": [{"kind": "freeform", "window": "none", "body": "Our winter offers"}],
    }
    assert placed(campaign) == {
        "": "flow/1/module",
        "campaign": "flow/1/module",
        "audience.selection": "flow/0/module",
        "audience.source": "flow/0/module",
        "channel": "flow/1/module",
        "direction": "flow/0/module",
        "messages": "flow/1/module",
        "messages.0.body": "flow/1/mapper/text/body",
        "messages.0.kind": "flow/1/mapper/type",
        "name": "name",
        "sender": "flow/1/module",
        "sender.product": "flow/1/module",
        "sender.provider": "flow/1/module",
    }
    assert written(campaign, "messages", 0, "body") == "Our winter offers"
    assert written(campaign, "opt_out") == "whatsapp-business-cloud:sendMessage"


def test_a_blueprint_written_by_hand_lists_modules_and_is_named_around() -> None:
    asked = '{"to": "{{1.contact.wa_id}}", "type": "text", "text": {"body": "We are open from nine."}}'
    hook = module(
        1,
        "gateway:CustomWebHook",
        routes=[
            {
                "flow": [
                    module(
                        2,
                        "http:ActionSendData",
                        {"url": "https://api.ycloud.com/v2/whatsapp/messages", "method": "POST", "body": asked},
                    )
                ]
            }
        ],
    )
    campaign = only(ADAPTER, {"name": "Desk", "blueprint": {"version": 1, "modules": [hook]}})
    assert said(campaign) == {
        "campaign": "Desk › http:ActionSendData [2]",
        "name": "Desk",
        "channel": "whatsapp",
        "sender": {"provider": "ycloud", "product": "business_platform"},
        "automation": {"bot": True},
        "direction": "reply",
        "audience": {"selection": "inbound_sender"},
        "messages": [{"kind": "freeform", "window": "customer_service", "body": "We are open from nine."}],
    }
    assert placed(campaign)["name"] == "name"
    assert written(campaign, "messages", 0, "body") == "We are open from nine."


def test_a_template_has_a_name_and_a_language() -> None:
    mapper = {"to": "{{1.`2`}}", "template": "spring_sale", "language": "de"}
    campaign = one(ROWS, module(2, "whatsapp-business-cloud:sendTemplateMessage", mapper))
    assert said(campaign)["messages"] == [
        {"kind": "template", "template": {"name": "spring_sale"}, "language": "de", "window": "none"}
    ]
    assert written(campaign, "messages", 0, "template", "name") == "spring_sale"


def test_mails_say_that_neither_purpose_nor_opt_out_is_there_messages_on_whatsapp_cannot() -> None:
    mail, chat = records(ADAPTER, scenario(ROWS, email(), whatsapp(number=10)))
    assert (mail.data.get("purpose"), mail.data.get("opt_out")) == (None, None)
    assert "format has no place" in chat.data["purpose"].why
    assert "format has no place" in chat.data["opt_out"].why
    assert facts(mail, "messages.0.subject", "messages.0.body") == ("Offers", "Hello {{1.`0`}}")


def test_a_mail_says_who_it_is_from_and_which_service_sends_it() -> None:
    mapper = {
        "from": {"name": "Anna Muster", "email": "anna@gmail.com"},
        "send_to": [{"email": "{{1.email}}", "name": "{{1.name}}"}],
        "subject": "Welcome",
        "content_value": "Good to have you",
    }
    campaign = one(module(1, "google-forms:watchResponses"), module(2, "sendgrid:sendMail", mapper))
    assert said(campaign) == {
        "campaign": "Shop › sendgrid:sendMail [2]",
        "name": "Shop",
        "channel": "email",
        "sender": {"provider": "sendgrid", "address": "anna@gmail.com", "display_name": "Anna Muster"},
        "direction": "push",
        "audience": {"selection": "? the file does not say how recipients are chosen", "source": "web_form"},
        "schedule": {"recurrence": NO_SCHEDULE},
        "messages": [{"kind": "freeform", "subject": "Welcome", "body": "Good to have you"}],
    }
    assert written(campaign, "sender", "address") == "anna@gmail.com"
    assert placed(campaign)["sender.provider"] == "flow/1/module"


@pytest.mark.parametrize(
    ("name", "sender", "expected"),
    [
        ("google-email:ActionSendEmail", {"from": "a@gmail.com"}, ("gmail", "a@gmail.com")),
        ("microsoft-email:createAndSendAMessage", {}, ("outlook", None)),
        ("email:ActionSendEmail", {"from": "a@example.org"}, (None, "a@example.org")),
        ("mailjet:sendAnEmail", {"fromEmail": "{{1.sender}}"}, ("mailjet", EXPRESSION)),
    ],
)
def test_an_app_of_email_sends_through_its_service_mailboxes_through_any(
    name: str, sender: Json, expected: tuple[Any, ...]
) -> None:
    campaign = one(ROWS, module(2, name, {"to": ["{{1.`2`}}"], "html": "Hello", **sender}))
    assert facts(campaign, "sender.provider", "sender.address") == expected


# --- kinds of messages ---


@pytest.mark.parametrize(
    ("mapper", "kind"),
    [
        ({"type": "text", "text": {"body": "x"}}, "freeform"),
        ({"type": "image", "image": {"link": "y"}}, "freeform"),
        ({"type": "interactive", "interactive": {"body": {"text": "Choose"}}}, "interactive"),
        ({"type": "template", "template": {"name": "hello", "language": {"code": "en"}}}, "template"),
        ({"template": {"name": "hello"}}, "template"),
        ({"text": "x"}, "freeform"),
        ({"type": "{{2.kind}}"}, EXPRESSION),
        ({}, "? the file does not show whether this is a template"),
    ],
)
def test_the_kind_of_a_whatsapp_message_is_what_its_type_says(mapper: Json, kind: str) -> None:
    campaign = one(ROWS, module(2, "whatsapp-business-cloud:sendMessage", {"to": "{{1.`2`}}", **mapper}))
    assert facts(campaign, "messages.0.kind") == (kind,)


@pytest.mark.parametrize(
    ("name", "mapper", "channel"),
    [
        ("twilio:ActionSendSMS", {"to": "{{1.`2`}}", "body": "x"}, "sms"),
        ("twilio:createMessage", {"to": "whatsapp:{{1.`2`}}", "body": "x"}, "whatsapp"),
        ("twilio:makeCall", {"to": "{{1.`2`}}"}, "voice"),
        ("telegram:SendReplyMessage", {"chatId": "{{1.`2`}}", "text": "x"}, "telegram"),
        ("email:ActionSendEmail", {"to": ["{{1.`2`}}"], "html": "x"}, "email"),
        ("resend:sendEmail", {"to": ["{{1.`2`}}"], "html": "x"}, "email"),
        ("facebook-messenger:sendMessage", {"userId": "{{1.`2`}}", "text": "x"}, "messenger"),
        ("slack:CreateMessage", {"channel": "C1", "text": "x"}, "push"),
        ("discord:createMessage", {"content": "x"}, "push"),
        ("clicksend:sendSMS", {"to": "{{1.`2`}}", "body": "x"}, "sms"),
        ("app#my-whatsapp-tool:sendText", {"to": "{{1.`2`}}", "message": "x"}, "whatsapp"),
    ],
)
def test_an_app_stands_for_its_channel(name: str, mapper: Json, channel: str) -> None:
    assert facts(one(ROWS, module(2, name, mapper)), "channel", "direction") == (channel, "push")


@pytest.mark.parametrize(
    "name",
    [
        *("google-email:ActionCreateDraft", "google-email:TriggerNewEmail", "email:ActionDeleteEmail"),
        *(
            "telegram:SendChatAction",
            "telegram:GetUpdates",
            "whatsapp-business-cloud:getMedia",
            "gateway:WebhookRespond",
        ),
        *(
            "whatsapp-business-cloud:createTemplate",
            "slack:ListMessages",
            "google-sheets:addRow",
            "linkedin:CreatePost",
        ),
    ],
)
def test_what_only_reads_writes_or_drafts_sends_nothing(name: str) -> None:
    assert records(ADAPTER, scenario(ROWS, module(2, name, {"to": "{{1.`2`}}", "text": "x"}))) == []


@pytest.mark.parametrize(
    ("app", "provider", "product"),
    [
        ("green-api", "green-api", None),
        ("ultramsg", "ultramsg", None),
        ("whapi-cloud-x1y2z3", "whapi", None),
        ("wati", "wati", "business_platform"),
        ("360dialog-whatsapp", "360dialog", "business_platform"),
    ],
)
def test_an_app_is_the_provider_that_its_name_begins_with(app: str, provider: str, product: str | None) -> None:
    campaign = one(ROWS, module(2, f"{app}:sendMessage", {"to": "{{1.`2`}}", "message": "x"}))
    assert facts(campaign, "channel", "sender.provider", "sender.product") == ("whatsapp", provider, product)


@pytest.mark.parametrize("app", ["meta-conversions-api", "browse-ai", "browser-tool", "meta", "bird-watching"])
def test_other_apps_are_no_providers_whatever_their_names_begin_with(app: str) -> None:
    assert records(ADAPTER, scenario(ROWS, module(2, f"{app}:sendEvent", {"to": "x", "text": "y"}))) == []


def test_a_template_of_twilio_is_one() -> None:
    mapper = {"to": "whatsapp:{{1.`2`}}", "contentSid": "HX0000"}
    campaign = one(ROWS, module(2, "twilio:createMessage", mapper))
    assert facts(campaign, "messages.0.kind", "messages.0.template.name") == ("template", "HX0000")


def test_an_unofficial_client_that_only_looks_up_is_a_set_up() -> None:
    campaign = one(HOOK, module(2, "green-api:CheckWhatsapp", {"phone": "{{1.phone}}"}))
    assert facts(campaign, "kind", "channel", "sender.provider") == ("setup", "whatsapp", "green-api")
    assert campaign.notes == ("an unofficial client that sends no message here",)


# --- requests ---


def request(url: str, body: str = "", method: str = "POST", **more: Any) -> Json:
    return module(2, "http:ActionSendData", {"url": url, "method": method, "data": body, **more})


def test_a_request_to_the_cloud_api_is_read_where_it_stands() -> None:
    text = '"type": "text", "text": {"body": "New *lead*: {{1.`0`}}"}'
    body = f'{{"messaging_product": "whatsapp", "to": "491520000000", {text}}}'
    campaign = one(ROWS, request("https://graph.facebook.com/v20.0/1/messages", body))
    assert facts(campaign, "sender.provider", "messages.0.kind", "audience.selection") == (
        *("meta", "freeform", "single_number"),
    )
    assert written(campaign, "messages", 0, "body") == "New *lead*: {{1.`0`}}"


@pytest.mark.parametrize(
    ("url", "more", "provider"),
    [
        (
            "https://evo.example.org/message/sendText/shop",
            {"data": '{"number": "{{1.`2`}}", "text": "Hi"}'},
            "evolution-api",
        ),
        ("https://api.callmebot.com/whatsapp.php?phone={{1.`2`}}&text=Hi&apikey=1", {"method": "get"}, "callmebot"),
        (
            "https://api.ultramsg.com/instance1/messages/chat",
            {"fields": [{"key": "to", "value": "{{1.`2`}}"}]},
            "ultramsg",
        ),
        (
            "https://waba-v2.360dialog.io/messages",
            {"dataStructureBodyContent": {"to": "{{1.`2`}}", "type": "text", "text": {"body": "Hi"}}},
            "360dialog",
        ),
    ],
)
def test_a_request_names_its_carrier_by_its_address(url: str, more: Json, provider: str) -> None:
    campaign = one(ROWS, request(url, **more))
    assert facts(campaign, "channel", "sender.provider", "audience.selection") == ("whatsapp", provider, "list")


def test_a_body_that_does_not_name_the_product_is_whatsapp_where_the_names_say_so() -> None:
    asked = request("https://graph.facebook.com/v20.0/1/messages", "{{3.body}}")
    assert records(ADAPTER, scenario(ROWS, asked))[0].data["channel"] == "messenger"
    assert one(ROWS, asked, name="WhatsApp reminders").data["channel"] == "whatsapp"


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://api.apify.com/v2/acts/x/runs", '{"channel": "sms", "text": "x"}'),
        ("https://api.linkedin.com/v2/messages", '{"recipients": ["x"], "body": "y"}'),
        ("https://wa.me/491520000000", '{"text": "x"}'),
    ],
)
def test_other_requests_send_nothing(url: str, body: str) -> None:
    assert records(ADAPTER, scenario(ROWS, request(url, body))) == []


def test_presence_sent_to_a_gateway_sets_it_up() -> None:
    campaign = one(
        HOOK, request("https://evo.example.org/chat/sendPresence/shop", '{"number": "1", "presence": "composing"}')
    )
    assert facts(campaign, "kind", "sender.provider") == ("setup", "evolution-api")


# --- who wrote first ---


def test_a_message_after_an_inbound_one_answers_it() -> None:
    campaign = one(INBOUND, whatsapp("{{1.messages[].from}}", "We have received your message"))
    assert facts(campaign, *WHO, "automation.bot", "messages.0.window") == (
        *("reply", "inbound_sender", None, True, "customer_service"),
    )


@pytest.mark.parametrize(
    "recipient",
    [
        *(
            "{{1.entry[].changes[].value.messages[].from}}",
            "{{1.From}}",
            "{{1.data.key.remoteJid}}",
            "{{1.message.chat.id}}",
        ),
        *("{{1.sender.phone}}", "{{1.contacts[1].wa_id}}"),
    ],
)
def test_a_webhook_whose_sender_is_answered_takes_in_messages(recipient: str) -> None:
    assert facts(one(HOOK, whatsapp(recipient)), *WHO) == ("reply", "inbound_sender", None)


def test_a_webhook_with_leads_pushes_to_a_segment() -> None:
    campaign = one(HOOK, whatsapp("{{1.lead.phone}}"))
    assert facts(campaign, *WHO) == ("push", "segment", None)


def test_a_trigger_whose_fields_name_a_campaign_pushes_to_a_segment() -> None:
    fields = [{"name": "contact", "spec": [{"name": "phone"}]}, {"name": "campaign_id"}]
    hook = module(1, "gateway:CustomWebHook", metadata={"interface": fields})
    assert facts(one(hook, whatsapp("{{1.contact.phone}}")), *WHO) == ("push", "segment", None)


def test_a_webhook_that_says_nothing_pushes_to_somebody() -> None:
    campaign = one(HOOK, whatsapp("{{1.phone}}"))
    assert facts(campaign, *WHO) == ("push", "? the file does not say how recipients are chosen", None)


@pytest.mark.parametrize(
    "start",
    [
        module(
            1, "gateway:CustomWebHook", metadata={"restore": {"parameters": {"hook": {"label": "WhatsApp inbound"}}}}
        ),
        module(1, "scenario-service:StartSubscenario"),
    ],
)
def test_a_start_that_may_be_an_inbound_message_leaves_the_direction_open(start: Json) -> None:
    reason = "? the scenario is started from outside, perhaps by an inbound message"
    assert facts(one(start, whatsapp("{{1.phone}}")), "direction", "messages.0.window") == (reason, reason)


@pytest.mark.parametrize(("name", "direction"), [("WhatsApp chatbot", "? the scenario"), ("WhatsApp notices", "push")])
def test_a_scenario_that_is_called_a_bot_leaves_the_direction_open(name: str, direction: str) -> None:
    found = facts(one(HOOK, whatsapp("{{1.phone}}"), name=name), "direction")[0]
    assert found.startswith(direction)


def test_an_inbound_message_that_starts_a_run_over_a_list_leaves_the_direction_open() -> None:
    rows = module(2, "google-sheets:searchRows", {"sheetId": "Customers"})
    campaign = one(INBOUND, rows, whatsapp("{{2.`2`}}"))
    assert facts(campaign, "direction") == ("? an inbound message starts it, but the recipients come from a list",)


def test_an_alert_to_a_fixed_number_is_pushed_whatever_starts_it() -> None:
    assert facts(one(INBOUND, whatsapp("491520000000")), *WHO) == ("push", "single_number", None)


def test_a_mail_after_a_chat_message_is_no_answer() -> None:
    assert facts(one(INBOUND, email("{{1.email}}")), "direction") == ("push",)


def test_a_mail_after_a_mail_answers_it() -> None:
    start = module(1, "google-email:TriggerNewEmail")
    assert facts(one(start, email("{{1.from.address}}")), "direction") == ("reply",)


# --- who receives ---


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("491520000000", ("single_number", None)),
        ("{{YOUR_PHONE}}", ("single_number", None)),
        ("491520000000, 491520000001", ("? a few fixed recipients", 2)),
        ("120363000000@g.us", ("group_chat", None)),
    ],
)
def test_fixed_recipients(to: str, expected: tuple[Any, ...]) -> None:
    assert facts(one(ROWS, whatsapp(to)), "audience.selection", "audience.size") == expected


def test_a_number_set_as_a_variable_is_fixed_and_a_text_is_read_there() -> None:
    values = [{"name": "own", "value": "491520000000"}, {"name": "text", "value": "Hello there"}]
    variables = module(2, "util:SetVariables", {"variables": values})
    campaign = one(ROWS, variables, whatsapp("{{2.own}}", "{{2.text}}"))
    assert facts(campaign, *WHO, "messages.0.body") == ("push", "single_number", None, "Hello there")
    assert campaign.place(("messages", 0, "body")).pointer == ("flow", 1, "mapper", "variables", 1, "value")


def test_an_iterator_hands_on_one_recipient_after_the_other() -> None:
    each = module(2, "builtin:BasicFeeder", {"array": "{{1.customers}}"})
    assert facts(one(HOOK, each, whatsapp("{{2.phone}}")), *WHO) == ("push", "list", None)


def test_an_iterator_over_something_else_makes_no_list_of_recipients() -> None:
    each = module(2, "builtin:BasicFeeder", {"array": "{{1.items}}"})
    assert facts(one(HOOK, each, whatsapp("{{1.phone}}")), "audience.selection") == (
        "? the file does not say how recipients are chosen",
    )


def test_behind_an_aggregator_the_loop_is_over() -> None:
    each = module(2, "builtin:BasicFeeder", {"array": "{{1.items}}"})
    collected = module(3, "builtin:BasicAggregator", parameters={"feeder": 2})
    campaign = one(HOOK, each, collected, whatsapp("{{3.owner}}"))
    assert facts(campaign, "audience.selection") == ("? the file does not say how recipients are chosen",)


def test_rows_that_are_looked_up_for_an_event_are_no_list() -> None:
    looked_up = module(2, "airtable:ActionSearchRecords", {"formula": "{id} = '{{1.order.id}}'"})
    assert facts(one(HOOK, looked_up, whatsapp("{{2.phone}}")), "audience.selection") == (
        "? the file does not say how recipients are chosen",
    )


def test_people_who_were_scraped_are_told_from_a_form() -> None:
    scraped = module(1, "apify:getDatasetItems", {"datasetId": "x"})
    form = module(1, "typeform:watchResponses")
    assert facts(one(scraped, whatsapp("{{1.phone}}")), "audience.source") == ("scraped",)
    assert facts(one(form, whatsapp("{{1.phone}}")), "audience.source") == ("web_form",)


# --- the shape of a scenario ---


def test_routes_branches_and_error_handlers_are_read() -> None:
    router = module(2, "builtin:BasicRouter", routes=[{"flow": [whatsapp(number=3)]}, {"flow": [email(number=4)]}])
    choice = module(
        5, "builtin:BasicIfElse", branches=[{"type": "condition", "flow": [whatsapp(number=6)]}, {"type": "else"}]
    )
    failing = module(
        7, "http:ActionGetFile", {"url": "https://example.org"}, onerror=[email("ops@example.org", number=8)]
    )
    found = records(ADAPTER, scenario(ROWS, router, choice, failing))
    assert [(campaign.data["channel"], *facts(campaign, "audience.selection")) for campaign in found] == [
        *(("whatsapp", "list"), ("email", "list"), ("whatsapp", "list"), ("email", "single_number")),
    ]


def test_routes_that_name_modules_of_a_flat_list_by_their_numbers_are_followed() -> None:
    each = module(3, "builtin:BasicFeeder", {"array": "{{1.phones}}"})
    router = module(2, "builtin:BasicRouter", {"routes": [{"flow": [3, 4]}, {"flow": [5]}]})
    flow = [
        HOOK,
        router,
        each,
        whatsapp("{{3.value}}", number=4),
        whatsapp("{{1.phone}}", number=5),
        email("a@example.org", 6),
    ]
    found = records(ADAPTER, scenario(*flow))
    assert [facts(campaign, "audience.selection")[0] for campaign in found] == [
        *("list", "? the file does not say how recipients are chosen", "single_number"),
    ]


def test_routes_that_name_no_module_or_lead_back_are_passed_over() -> None:
    router = module(2, "builtin:BasicRouter", {"routes": [{"flow": [1, 99, "x", None, 9]}, {"flow": 3}, 4]})
    assert facts(one(ROWS, router, whatsapp()), "audience.selection") == ("list",)


def test_the_author_names_a_module() -> None:
    campaign = one(ROWS, whatsapp(metadata={"designer": {"name": "Tell the customer"}}))
    assert campaign.id == "Shop › Tell the customer"


# --- texts that are not in the file ---


@pytest.mark.parametrize(
    ("writer", "text", "expected"),
    [
        (module(2, "openai-gpt-3:CreateCompletion", {"prompt": "Write"}), "{{2.choices[].text}}", "model"),
        (module(2, "anthropic-claude:createAMessage", {"prompt": "Write"}), "{{2.textResponse}}", "model"),
        (module(2, "ai-tools:Ask", {"input": "Write"}), "{{2.answer}}", "model"),
        (request("https://api.openai.com/v1/chat/completions", "{}"), "{{2.data.choices[].message.content}}", "model"),
        (module(2, "util:TextAggregator", {}), "{{1.`3`}}", "table"),
        (module(2, "util:TextAggregator", {}), "Hello {{1.`3`}}", None),
    ],
)
def test_a_text_that_a_model_or_a_table_gives(writer: Json, text: str, expected: str | None) -> None:
    campaign = one(ROWS, writer, whatsapp(text=text))
    body = "Hello {{1.`3`}}" if expected is None else EXPRESSION
    assert facts(campaign, "messages.0.text_from", "messages.0.body", "messages.0.kind") == (expected, body, "freeform")
    assert campaign.notes == (("a step before it writes the text",) if expected == "model" else ())


# --- what stands around ---


@pytest.mark.parametrize(
    ("scheduling", "recurrence"),
    [
        ({"type": "indefinitely", "interval": 900}, "*/15 * * * *"),
        ({"type": "indefinitely", "interval": 3600}, "0 * * * *"),
        ({"type": "indefinitely", "interval": 86400}, "daily"),
        ({"type": "indefinitely", "interval": 7000}, "FREQ=SECONDLY;INTERVAL=7000"),
        ({"type": "daily"}, "daily"),
        ({"type": "on-demand"}, None),
        ({"type": "indefinitely", "interval": "often"}, None),
    ],
)
def test_a_schedule_that_is_exported_too(scheduling: Json, recurrence: str | None) -> None:
    data = {"blueprint": scenario(ROWS, whatsapp()), "scheduling": scheduling}
    assert facts(only(ADAPTER, data), "schedule.recurrence") == (recurrence,)


def test_a_webhook_runs_on_no_schedule() -> None:
    assert facts(one(HOOK, whatsapp("{{1.phone}}")), "schedule.recurrence") == (None,)


def test_filters_that_ask_for_consent_or_leave_out_who_opted_out_are_evidence() -> None:
    asks = {"name": "Has consent", "conditions": [[{"a": "{{1.`4`}}", "b": "yes", "o": "text:equal"}]]}
    spares = {"name": "Not unsubscribed", "conditions": []}
    variable = module(
        2, "util:SetVariable", {"name": "x", "value": "y"}, filter=asks, metadata={"designer": {"name": "Only these"}}
    )
    campaign = one(ROWS, variable, whatsapp(filter=spares, metadata={"designer": {"name": "Send"}}))
    assert facts(campaign, "consent.evidence", "audience.suppression_lists") == ("Only these", ["Send"])


def test_a_random_pause_before_an_unofficial_client_is_a_measure_against_detection() -> None:
    pause = module(2, "util:FunctionSleep", {"duration": "{{ceil(random * 20)}}"})
    sends = module(3, "green-api:sendMessage", {"chatId": "{{1.`2`}}@c.us", "message": "x"})
    assert facts(one(ROWS, pause, sends), "sender.evasion") == (["random_delay"],)
    assert facts(one(ROWS, pause, whatsapp()), "sender.evasion") == (None,)


# --- any input ---

WORDS = st.sampled_from(
    [
        *(
            "flow",
            "module",
            "mapper",
            "parameters",
            "routes",
            "branches",
            "onerror",
            "filter",
            "id",
            "to",
            "text",
            "body",
            "url",
        ),
        *(
            "builtin:BasicRouter",
            "whatsapp-business-cloud:sendMessage",
            "http:ActionSendData",
            "{{1.x}}",
            "variables",
            "name",
        ),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | WORDS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=6),
    max_leaves=25,
)
MODULES = st.fixed_dictionaries(
    {"module": WORDS}, optional={"id": VALUES, "mapper": VALUES, "routes": VALUES, "filter": VALUES}
)


@settings(max_examples=100, deadline=None)
@given(st.lists(MODULES | VALUES, max_size=6), VALUES)
def test_no_blueprint_raises(modules: list[Any], metadata: Any) -> None:
    document = document_of({"flow": modules, "metadata": metadata, "scheduling": metadata})
    if recognises(document):
        for campaign in ADAPTER.adapt(document, table()).campaigns:
            assert all(place.region() for place in campaign.places.values())


def test_a_long_scenario_takes_time_in_proportion() -> None:
    modules = [module(number, "whatsapp-business-cloud:sendMessage", {"to": "{{1.x}}"}) for number in range(2, 1502)]
    document = document_of(scenario(ROWS, *modules))
    start = time.process_time()
    assert len(ADAPTER.adapt(document, table()).campaigns) == 1500
    assert time.process_time() - start < 8
