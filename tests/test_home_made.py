"""Home-made campaign files: which are recognised, what their keys say in six languages, and where it stands."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylint.adapters import _FORMATS, home_made, policylint_adapters
from policylint.adapters.home_made import words
from policylint.model.source import NOT_CARRIED
from policylint.parse import parse
from policylint.parse.lines import whole_text
from policylint.record import record_schema
from tests.automations import facts, recognisers, records, table
from tests.recordviews import document_of, placed, said, written

ADAPTER = home_made.ADAPTER
FIXTURES = Path(__file__).parent / "fixtures" / "home_made"
Json = dict[str, Any]
ELSEWHERE = "? the text stands in another file"


def only(data: Any, path: str = "config/file.yaml") -> Any:
    found = records(ADAPTER, data, path)
    assert len(found) == 1
    return found[0]


WINTER: Json = {
    "id": "winter-visit",
    "name": "Winter visit",
    "enabled": True,
    "audience": {"mode": "tags", "tags": ["regulars"]},
    "template": "Hi {name}, the sauna is warm again. Shall we keep a place?",
    "rateLimit": {"delayMs": 5000, "maxPerRun": 80},
    "schedule": {"allowedHoursStart": 9, "timezone": "Europe/Vienna"},
    "optOut": {"enabled": True, "keywords": ["stop", "enough"]},
}


# --- whole records ------------------------------------------------------------------------------------------------


def test_a_campaign_of_a_list_says_all_that_its_keys_say() -> None:
    campaign = only([{**WINTER, "channel": "WhatsApp"}], "campaigns.json")
    assert (campaign.id, campaign.format) == ("winter-visit", "home-made")
    assert said(campaign) == {
        "campaign": "winter-visit",
        "name": "Winter visit",
        "enabled": True,
        "channel": "whatsapp",
        "direction": "push",
        "audience": {"selection": "segment"},
        "opt_out": {"keywords": ["stop", "enough"]},
        "messages": [
            {
                "kind": "freeform",
                "body": "Hi {name}, the sauna is warm again. Shall we keep a place?",
                "window": "none",
            }
        ],
        "schedule": {"timezone": "Europe/Vienna", "rate_per_second": 0.2},
    }
    assert placed(campaign) == {
        "": "0/id",
        "campaign": "0/id",
        "name": "0/name",
        "enabled": "0/enabled",
        "channel": "0/channel",
        "direction": "0/audience",
        "audience.selection": "0/audience",
        "opt_out.keywords": "0/optOut",
        "messages": "0/template",
        "messages.0": "0/template",
        "messages.0.kind": "0/template",
        "messages.0.body": "0/template",
        "messages.0.window": "0/template",
        "schedule.timezone": "0/schedule/timezone",
        "schedule.rate_per_second": "0/rateLimit/delayMs",
    }
    assert written(campaign, "consent", "obtained") == "winter-visit"  # what the file lacks: at what names it


def test_a_sequence_is_a_record_for_each_step_with_the_settings_of_its_campaign() -> None:
    text = """\
email_accounts: {default: sales}
campaigns:
  fairs:
    variants: [A, B]
    stages:
      - {name: hello, template_prefix: hello, wait_days_after_previous: 0}
      - {name: again, template_prefix: again, wait_days_after_previous: 4}
    sending: {timezone: Europe/Rome, window_start: "09:00", delay_min_minutes: 2, delay_max_minutes: 6, daily_limit: 60}
"""
    first, second = records(ADAPTER, text, "fairs.yaml")
    assert [first.id, second.id] == ["fairs › hello", "fairs › again"]
    assert said(second) == {
        "campaign": "fairs › again",
        "channel": "email",
        "direction": "push",
        "step": 2,
        "audience": {"selection": "list"},
        "messages": [{"kind": ELSEWHERE, "body": ELSEWHERE, "text_from": "elsewhere"}],
        "schedule": {"timezone": "Europe/Rome", "daily_maximum": 60},
    }
    assert written(first, "channel") == "{default: sales}"
    assert (first.place(()).region().start.line, second.place(()).region().start.line) == (6, 7)
    assert "opt_out" not in second.data  # absent: the file could have said it


def test_steps_of_several_channels_have_each_their_own() -> None:
    text = """\
schema_version: 1
sequences:
  after_the_fair:
    - {channel: email, delay_days: 0}
    - {channel: voice, delay_days: 3}
    - {channel: linkedin, delay_days: 5}
    - {channel: sms, delay_days: 9, text: "Hello {first}, one last question."}
"""
    found = records(ADAPTER, text, "config/sequences.yaml")
    assert [facts(one, "channel", "audience.selection", "direction") for one in found] == [
        ("email", "list", "push"),
        ("voice", "list", "push"),
        ("? the file says linkedin", "list", "push"),
        ("sms", "list", "push"),
    ]
    assert facts(found[3], "messages.0.kind", "messages.0.body") == ("freeform", "Hello {first}, one last question.")


def test_a_text_that_is_kept_to_be_sent_is_a_template_of_our_own() -> None:
    text = """\
id: hello_new_customer
name: Hello
channel: whatsapp
language: en
content: |
  Hi {name}, good to have {company} with us.
variables: [name, company]
"""
    campaign = only(text, "templates/hello.yaml")
    assert said(campaign) == {
        "campaign": "hello_new_customer",
        "kind": "template",
        "name": "Hello",
        "channel": "whatsapp",
        "messages": [
            {"kind": "freeform", "body": "Hi {name}, good to have {company} with us.\n", "language": "en"},
        ],
    }


def test_prompts_that_have_messages_written_are_kept_texts_that_nobody_has_read() -> None:
    season = {
        "name": "Easter",
        "prompt_base": "You work for a garden shop. Write a personal message for WhatsApp that greets {name}.",
        "example_message": "Hi [Name], the first tulips are here!",
    }
    campaign = only({"templates": [season]}, "seasons.json")
    assert facts(campaign, "kind", "channel", "messages.0.kind", "messages.0.body", "messages.0.text_from") == (
        "template",
        "whatsapp",
        "freeform",
        "? an AI writes the text from a prompt",
        "model",
    )
    assert written(campaign, "channel") == f'"{season["prompt_base"]}"'


@pytest.mark.parametrize(
    ("prompt", "purpose"),
    [
        ("You write for the marketing of a garden shop. Write a WhatsApp message for {name}.", "promotion"),
        ("Escribe un mensaje de WhatsApp con nuestras ofertas de otoño para {nombre}.", "promotion"),
        ("Schreib eine Nachricht für WhatsApp über unsere Rabattaktion.", "promotion"),
        ("Write a WhatsApp message for {name} that says when the table is free.", None),
    ],
)
def test_a_prompt_says_what_its_texts_are_for(prompt: str, purpose: str | None) -> None:
    season = {"name": "Easter", "prompt": prompt, "example": "Hi [Name]!"}
    campaign = only({"templates": [season]}, "seasons.json")
    assert facts(campaign, "kind", "purpose") == ("template", purpose)
    if purpose is not None:
        assert written(campaign, "purpose") == f'"{prompt}"'
    stated = only({"templates": [{**season, "type": "survey"}]}, "seasons.json")
    assert facts(stated, "purpose") == ("survey",)


@pytest.mark.parametrize(
    ("template", "body", "origin"),
    [
        ("mails/hello.html", "<p>Hi {name}, come and see us.</p>", None),
        ("mails/other.html", ELSEWHERE, "elsewhere"),  # there is none
        ("hello", ELSEWHERE, "elsewhere"),  # no path
    ],
)
def test_a_text_in_a_file_beside_the_campaign_is_read_there(template: str, body: str, origin: str | None) -> None:
    side = {"mails/hello.html": "<p>Hi {name}, come and see us.</p>", "hello": "Hi"}
    data = {
        "name": "Spring",
        "channel": "email",
        "template": template,
        "recipients": ["a@example.org"],
        "status": "draft",
    }
    document = document_of(data, "letter.json")._replace(
        beside=lambda path: whole_text(path, side[path]) if path in side else None
    )
    (campaign,) = ADAPTER.adapt(document, table()).campaigns
    assert facts(campaign, "messages.0.body", "messages.0.text_from") == (body, origin)
    place = campaign.place(("messages", 0, "body"))
    assert place.document.path == ("letter.json" if origin else template)


def test_what_a_file_says_of_a_campaign_in_its_own_words_is_its_description() -> None:
    text = """\
# ===== Mails for the prospecting of shops =====
# Kept by sales.

version: 1
# What the whole file is for is said above.
sequences:
  # Three mails, four days apart.
  shops:
    - {channel: email, delay_days: 0}
    - {channel: email, delay_days: 4}
"""
    first, second = records(ADAPTER, text, "sequences.yaml")
    assert (said(first)["description"], said(first)["step"], said(second)["step"]) == (
        "Three mails, four days apart. What the whole file is for is said above. Mails for the prospecting of shops"
        " Kept by sales.",
        1,
        2,
    )
    stated = only([{**WINTER, "description": "To all regulars", "channel": "sms"}], "c.json")
    assert said(stated)["description"] == "To all regulars"
    assert written(stated, "description") == '"To all regulars"'
    assert "description" not in said(only([{**WINTER, "notes": 3}], "c.json"))


@pytest.mark.parametrize(
    ("keys", "text_from", "purpose"),
    [
        ({"channel": "email", "template": "hello.html"}, "elsewhere", None),
        ({"channel": "sms", "template": "short_ping"}, "elsewhere", None),
        ({"channel": "whatsapp", "template": "hello"}, ELSEWHERE, NOT_CARRIED),
        ({"channel": "email", "text": "Hello {name}"}, None, None),
        ({"channel": "email", "type": "cold_outreach", "template": "a.html"}, "elsewhere", "promotion"),
    ],
)
def test_of_mails_and_sms_the_file_could_say_what_they_are_for(keys: Json, text_from: str | None, purpose: Any) -> None:
    campaign = only([{"name": "Spring", "recipients": ["a"], "status": "draft", **keys}], "c.json")
    assert (*facts(campaign, "messages.0.text_from"), campaign.data.get("purpose")) == (text_from, purpose)


def test_a_text_for_open_windows_stands_beside_the_template_for_closed_ones() -> None:
    data = {
        "id": "C-7",
        "name": "Back again",
        "start_at": "2026-03-02T09:00:00.000Z",
        "status": "finished",
        "policy": {"throttle_seconds_min": 30, "throttle_seconds_max": 90},
        "content": {"text_24h": "Hello again!", "template_name": "back_again", "template_lang": "pt_BR"},
    }
    campaign = only([data], "campaigns.json")
    assert said(campaign)["messages"] == [
        {"kind": "freeform", "body": "Hello again!", "window": "customer_service", "language": "pt_BR"},
        {"kind": "template", "template": {"name": "back_again"}, "language": "pt_BR"},
    ]
    assert facts(campaign, "enabled", "sender.evasion", "schedule.start", "audience.selection") == (
        False,
        ["random_delay"],
        "2026-03-02T09:00:00.000Z",
        "list",
    )


def test_columns_of_a_table_are_a_list_that_a_template_goes_to() -> None:
    data = {"phone_column": "Phone", "default_region": "AT", "body_params": [{"from": "column", "value": "First name"}]}
    assert said(only(data, "mapping.json")) == {
        "campaign": "mapping",
        "channel": "? the file does not name the channel",
        "direction": "push",
        "audience": {"selection": "list", "countries": ["AT"]},
        "messages": [{"kind": "template"}],
    }


def test_a_file_in_sections_is_one_campaign() -> None:
    text = """\
list: {name: Guests, sender_name: Inn}
subscribers: [{email: a@example.org}, {email: b@example.org}]
message: {subject: Autumn at the inn, fromemail: inn@example.org, fromname: The inn}
campaign: {type: single, name: Autumn letter, htmlunsub: 1}
"""
    campaign = only(text, "mail.yml")
    assert said(campaign) == {
        "campaign": "Autumn letter",
        "channel": "email",
        "direction": "push",
        "audience": {"selection": "list", "size": 2},
        "sender": {"display_name": "Inn", "address": "inn@example.org"},
        "opt_out": {"in_message": True},
        "messages": [
            {"kind": ELSEWHERE, "body": ELSEWHERE, "text_from": "elsewhere", "subject": "Autumn at the inn"},
        ],
    }


def test_an_e_mail_has_its_subject_and_the_address_that_it_comes_from() -> None:
    data = {
        "name": "May letter",
        "channel": "email",
        "from_email": "letter@example.org",
        "reply_to": "desk@example.org",
        "subject_lines": ["May has come", "New in May"],
        "body": "Dear {{name}}",
        "recipients": ["a@example.org"],
    }
    campaign = only(data, "letter.json")
    assert facts(campaign, "sender.address", "messages.0.subject", "messages.0.body", "messages.0.text_from") == (
        "letter@example.org",
        "May has come",
        "Dear {{name}}",
        None,
    )
    assert written(campaign, "messages", 0, "subject") == '"May has come"'
    texts = only({**data, "channel": "sms"}, "letter.json")
    assert facts(texts, "sender.address", "messages.0.subject") == (None, None)


# --- languages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {
            "nombre": "Otoño",
            "canal": "whatsapp",
            "mensaje": "Hola {nombre}, ya hay setas",
            "destinatarios": ["+34600000000", "+34600000001"],
            "fecha_envio": "2026-10-01 10:00",
            "limite_diario": 50,
            "palabras_baja": ["baja"],
        },
        {
            "nome": "Outono",
            "canal": "whatsapp",
            "mensagem": "Olá {nome}, já há cogumelos",
            "contatos": ["+5511900000000", "+5511900000001"],
            "dataEnvio": "2026-10-01 10:00",
            "limite_envios_dia": 50,
            "descadastro": {"palavras": ["sair"]},
        },
        {
            "name": "Herbst",
            "kanal": "whatsapp",
            "nachricht": "Hallo {vorname}, die Pilze sind da",
            "empfänger": ["+43660000000", "+43660000001"],
            "versanddatum": "2026-10-01 10:00",
            "tageslimit": 50,
            "abmeldung": {"stichworte": ["stopp"]},
        },
        {
            "nom": "Automne",
            "canal": "whatsapp",
            "texte": "Bonjour {prenom}, voici les champignons",
            "destinataires": ["+33600000000", "+33600000001"],
            "dateEnvoi": "2026-10-01 10:00",
            "limite_journaliere": 50,
            "désinscription": {"mots_cles": ["stop"]},
        },
        {
            "nama": "Musim",
            "saluran": "whatsapp",
            "pesan": "Halo {nama}, sudah datang",
            "daftar_nomor": ["+62811000000", "+62811000001"],
            "tanggal_kirim": "2026-10-01 10:00",
            "batas_harian": 50,
            "berhenti": {"kata_kunci": ["berhenti"]},
        },
    ],
    ids=["es", "pt", "de", "fr", "id"],
)
def test_keys_are_read_in_other_languages(data: Json) -> None:
    campaign = only(data, "file.json")
    name, _, text, *_, keywords = data.values()
    words_of = keywords if isinstance(keywords, list) else next(iter(keywords.values()))
    assert facts(campaign, "channel", "messages.0.body", "audience.selection", "audience.size") == (
        "whatsapp",
        text,
        "list",
        2,
    )
    assert facts(campaign, "schedule.start", "schedule.daily_maximum", "opt_out.keywords") == (
        "2026-10-01 10:00",
        50,
        words_of,
    )
    assert campaign.id == name


# --- the channel --------------------------------------------------------------------------------------------------

SILENT: Json = {
    "name": "Spring",
    "message": "Hello {name}, WhatsApp us: wa.me/430000",
    "contacts": [],
    "status": "draft",
    "sentCount": 0,
}


@pytest.mark.parametrize(
    ("data", "channel", "shown"),
    [
        ({**SILENT}, "? the file does not name the channel", None),
        ({**SILENT, "channel": "WA"}, "whatsapp", '"WA"'),
        ({**SILENT, "canal": "Correo"}, "email", '"Correo"'),
        ({**SILENT, "whatsappAccountId": "default"}, "whatsapp", '"default"'),
        ({**SILENT, "sms_text": "Hello"}, "sms", '"Hello"'),
        ({**SILENT, "name": "WhatsApp spring"}, "whatsapp", '"WhatsApp spring"'),
        ({**SILENT, "contacts": ["43000000@s.whatsapp.net"]}, "whatsapp", '"43000000@s.whatsapp.net"'),
        ({**SILENT, "message": "See https://example.org/?utm_source=whatsapp&x=1"}, "whatsapp", None),
        ({**SILENT, "subject": "Spring"}, "email", '"Spring"'),
        ({**SILENT, "channel": "linkedin"}, "? the file says linkedin", '"linkedin"'),
    ],
)
def test_the_channel_is_what_a_key_or_a_value_says(data: Json, channel: str, shown: str | None) -> None:
    campaign = only([data], "whatsapp-campaigns.json")  # the name of the file says nothing
    assert said(campaign)["channel"] == channel
    if shown is not None:
        assert written(campaign, "channel") == shown


def test_a_campaign_that_names_no_channel_has_the_only_one_that_the_file_names() -> None:
    prompt = "Write a short WhatsApp message for {name} that asks how the visit was."
    first, second = records(ADAPTER, [WINTER, {**WINTER, "id": "b", "template": None, "aiPrompt": prompt}], "c.json")
    assert (said(first)["channel"], said(second)["channel"]) == ("whatsapp", "whatsapp")
    assert written(first, "channel") == written(second, "channel") == f'"{prompt}"'
    first, second = records(ADAPTER, [WINTER, {**WINTER, "channel": "sms"}], "c.json")
    assert (said(first)["channel"], said(second)["channel"]) == ("sms", "sms")
    first, *_ = records(ADAPTER, [WINTER, {**WINTER, "channel": "sms"}, {**WINTER, "channel": "whatsapp"}], "c.json")
    assert said(first)["channel"] == "? the file does not name the channel"


def test_a_campaign_over_several_channels_is_a_record_for_each() -> None:
    found = records(ADAPTER, [{**WINTER, "channels": ["email", "whatsapp"]}], "c.json")
    assert [(one.id, said(one)["channel"], written(one, "channel")) for one in found] == [
        ("winter-visit · email", "email", '"email"'),
        ("winter-visit · whatsapp", "whatsapp", '"whatsapp"'),
    ]


# --- single facts -------------------------------------------------------------------------------------------------

BASE: Json = {"name": "Spring", "channel": "whatsapp", "text": "Hello {name}", "scheduledAt": "2026-03-01T09:00"}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"recipients": ["+43660000000", "+43660000001"]}, ("list", 2)),
        ({"recipients": [{"phone": "+43660000000", "name": "A"}]}, ("list", 1)),
        ({"contactsFile": "guests.csv"}, ("list", None)),
        ({"recipientCount": 300}, ("list", 300)),
        ({"segment": "regulars"}, ("segment", None)),
        ({"audience": {"mode": "all"}}, ("list", None)),
        ({"audience": {"tags": ["vip"]}}, ("segment", None)),
        ({"list_id": 4}, ("list", None)),
        ({"to": "+43 660 0000000"}, ("single_number", None)),
        ({"chatId": "12036300000000@g.us"}, ("group_chat", None)),
        ({"dailyLimit": 40}, ("list", None)),  # a limit says that they are many
        ({"to": "a@example.org"}, ("? the file does not say to whom", None)),
    ],
)
def test_how_recipients_are_chosen(keys: Json, expected: tuple[str, int | None]) -> None:
    campaign = only([{**BASE, **keys, "optOut": True}], "c.json")
    assert facts(campaign, "audience.selection", "audience.size") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["stop", "baja"], {"keywords": ["stop", "baja"]}),
        ({"enabled": True, "keywords": ["stop"]}, {"keywords": ["stop"]}),
        ({"enabled": False, "keywords": ["stop"]}, {"in_message": False}),
        ({"url": "https://example.org/bye"}, {"url": "https://example.org/bye"}),
        ({"confirmation": "Done."}, "? the file has it in a form of its own"),
        ("https://example.org/bye", {"url": "https://example.org/bye"}),
        ("bye@example.org", {"sources": ["email"]}),
        ("Reply STOP and you will not hear from us any more.", {"in_message": True}),
        (True, {"in_message": True}),
        (1, {"in_message": True}),
        (False, {"in_message": False}),
    ],
)
def test_how_recipients_opt_out(value: Any, expected: Any) -> None:
    campaign = only([{**BASE, "recipients": ["+43660000000"], "unsubscribe": value}], "c.json")
    assert said(campaign).get("opt_out") == expected


def test_an_opt_out_elsewhere_in_the_file_is_neither_known_nor_absent() -> None:
    data = {
        "sequences": {"cold": {"touches": [{"day": 0, "channel": "email"}, {"day": 3, "channel": "email"}]}},
        "reply_routing": {"UNSUBSCRIBE": {"action": "remove"}},
    }
    found = records(ADAPTER, data, "c.json")
    assert [said(one)["opt_out"] for one in found] == ["? the file has it in a form of its own"] * 2


@pytest.mark.parametrize(
    ("keys", "enabled"),
    [
        ({}, None),
        ({"enabled": True}, True),
        ({"active": False}, False),
        ({"paused": True}, False),
        ({"status": "draft"}, False),
        ({"status": "Completed"}, False),
        ({"status": "running"}, True),
        ({"enabled": True, "status": "finished"}, False),
        ({"estado": "concluida"}, False),
        ({"status": "7"}, None),
    ],
)
def test_what_is_switched_off_drafted_or_over_is_not_enabled(keys: Json, enabled: bool | None) -> None:
    assert facts(only([{**BASE, "recipients": [], **keys}], "c.json"), "enabled") == (enabled,)


@pytest.mark.parametrize(
    ("keys", "kind", "name", "body"),
    [
        ({"template": "Hello {name}, come and see"}, "freeform", None, "Hello {name}, come and see"),
        ({"template": "spring_visit"}, "template", "spring_visit", None),
        ({"templateName": "Spring"}, "template", "Spring", None),
        ({"template": {"name": "spring_visit", "language": "de"}}, "template", "spring_visit", None),
        ({"template": "Hi"}, "? a short text, or the name of a template", None, "? the text stands in another file"),
        (
            {"body": "texts/spring.html"},
            "? a short text, or the name of a template",
            None,
            "? the text stands in another file",
        ),
        ({"body": "<b>Hi</b>", "message": "Hi all"}, "freeform", None, "Hi all"),
        ({"text": "{{ text }}"}, "freeform", None, "? an expression or a placeholder"),
    ],
)
def test_own_text_template_or_a_reference_to_one(keys: Json, kind: str, name: str | None, body: str | None) -> None:
    data = {key: value for key, value in BASE.items() if key != "text"}
    if "message" in keys:
        keys = {"html_body": keys["body"], "message": keys["message"]}
    campaign = only([{**data, "recipients": ["+43660000000"], **keys}], "c.json")
    assert facts(campaign, "messages.0.kind", "messages.0.template.name", "messages.0.body") == (kind, name, body)


def test_several_texts_are_several_messages() -> None:
    campaign = only([{**BASE, "text": ["One", "Two"], "recipients": []}], "c.json")
    assert [message["body"] for message in said(campaign)["messages"]] == ["One", "Two"]
    assert written(campaign, "messages", 1, "body") == '"Two"'


@pytest.mark.parametrize(
    ("keys", "paths", "expected"),
    [
        ({"schedule": "2026-04-01"}, ("schedule.start",), ("2026-04-01",)),
        ({"schedule": "0 9 * * 1"}, ("schedule.recurrence",), ("0 9 * * 1",)),
        ({"schedule": {"cron": "0 9 * * 1"}}, ("schedule.recurrence",), ("0 9 * * 1",)),
        ({"schedule": {"at": "9:00", "tz": "UTC"}, "listId": 1}, ("schedule.timezone",), ("UTC",)),
        ({"sendAt": "01/04/2026 09:00"}, ("schedule.start",), ("? the file has it in a form of its own",)),
        ({"sendAt": "2026-04-01", "repeat": "weekly"}, ("schedule.recurrence",), ("weekly",)),
        ({"sendAt": "2026-04-01", "repeat": "once"}, ("schedule.recurrence",), (None,)),
        ({"sendAt": "2026-04-01", "end_date": "2026-05-01"}, ("schedule.end",), ("2026-05-01",)),
        ({"sendAt": "2026-04-01", "intervalSeconds": 4}, ("schedule.rate_per_second",), (0.25,)),
        ({"sendAt": "2026-04-01", "delayBetween": 4000}, ("schedule.rate_per_second",), (None,)),  # of which unit?
    ],
)  # fmt: skip
def test_when_it_runs(keys: Json, paths: tuple[str, ...], expected: tuple[Any, ...]) -> None:
    data = {key: value for key, value in BASE.items() if key != "scheduledAt"}
    assert facts(only([{**data, "recipients": [], "status": "new", **keys}], "c.json"), *paths) == expected


def test_consent_purpose_and_suppression_are_carried_where_the_file_speaks_of_them() -> None:
    data = {**BASE, "recipients": [], "type": "promo", "optInRequired": True, "blacklist": "opted_out.csv"}
    campaign = only([data], "c.json")
    assert facts(campaign, "purpose", "consent.obtained", "audience.suppression_lists") == (
        "promotion",
        True,
        ["opted_out.csv"],
    )
    silent = only([{**BASE, "recipients": [], "status": "new"}], "c.json").data
    assert (silent["consent"].why, silent["purpose"].why) == ("the format has no place for it",) * 2
    assert "opt_out" not in silent  # absent: the file could have said it


def test_who_carries_the_messages_is_looked_up_in_the_provider_table() -> None:
    campaign = only([{**BASE, "recipients": [], "status": "new", "provider": "360dialog"}], "c.json")
    assert facts(campaign, "sender.provider", "sender.product") == ("360dialog", "business_platform")
    data = {**BASE, "recipients": [], "status": "new", "apiUrl": "https://graph.facebook.com/v22.0/1/messages"}
    assert facts(only([data], "c.json"), "sender.provider") == ("meta",)
    assert facts(only([{**data, "apiUrl": "https://shop.example.org"}], "c.json"), "sender.provider") == (None,)
    campaign = only([{**BASE, "recipients": [], "status": "new", "gateway": "whatsapp-web.js"}], "c.json")
    assert facts(campaign, "sender.library", "sender.product") == ("whatsapp-web.js", None)


def test_measures_against_detection_are_read_but_for_mail() -> None:
    keys = {"delay_min": 5, "delay_max": 20, "sender_rotation": True, "warmup": {"enabled": False}, "recipients": []}
    campaign = only([{**BASE, **keys}], "c.json")
    assert facts(campaign, "sender.evasion") == (["random_delay", "number_rotation"],)
    assert written(campaign, "sender", "evasion", 1) == "true"
    assert facts(only([{**BASE, **keys, "channel": "email"}], "c.json"), "sender.evasion") == (None,)


# --- bots ---------------------------------------------------------------------------------------------------------

BOT: Json = {
    "identity": {"name": "Mia", "tone": "friendly"},
    "greeting": {"message": "Hello, I am Mia."},
    "flows": {},
    "humanDelay": {"enabled": True, "minDelayMs": 1500, "maxDelayMs": 9000},
    "escalation": {"keywords": ["person"]},
}


def test_a_reply_bot_that_imitates_a_person_is_a_set_up() -> None:
    campaign = only(BOT, "bot.json")
    assert said(campaign) == {
        "campaign": "bot",
        "kind": "setup",
        "channel": "? the file does not name the channel",
        "direction": "reply",
        "automation": {"bot": True, "escalation": "? the file names a way to a human in words of its own"},
        "sender": {"evasion": ["typing_simulation", "random_delay"]},
    }
    assert campaign.place(("sender", "evasion", 0)).pointer == ("humanDelay",)


@pytest.mark.parametrize(
    "changed",
    [
        {"humanDelay": {"enabled": False}},
        {"humanDelay": 0},
        {"humanDelay": None, "typing": True},  # a sign that somebody types is part of the official API too
        {"humanDelay": True, "greeting": 1, "identity": 1, "flows": 1, "escalation": 1},
    ],
)
def test_other_bots_are_not_taken(changed: Json) -> None:
    assert not ADAPTER.recognises(document_of({**BOT, **changed}, "bot.json"))


@pytest.mark.parametrize(
    "prompt",
    [
        "Answer like a real person, never as a machine.",
        "Responde como una persona real de la tienda.",
        "Fale como uma pessoa de verdade.",
        "Antworte wie ein Mensch.",
        "Never reveal that you are an AI.",
    ],
)
def test_a_prompt_that_asks_to_pass_for_a_person_counts(prompt: str) -> None:
    data = {**BOT, "humanDelay": None, "ai": {"systemPrompt": prompt}}
    campaign = only(data, "bot.json")
    assert facts(campaign, "kind", "sender.evasion") == ("setup", ["typing_simulation"])
    assert written(campaign, "sender", "evasion", 0) == f'"{prompt}"'


# --- look-alikes --------------------------------------------------------------------------------------------------

LOOK_ALIKES: dict[str, Any] = {
    document.data["name"]: document.data["data"]
    for document in parse("look_alikes.yaml", (FIXTURES / "look_alikes.yaml").read_bytes()).documents
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_look_alikes_are_not_taken(name: str) -> None:
    assert not ADAPTER.recognises(document_of(LOOK_ALIKES[name], "campaigns.json"))


@pytest.mark.parametrize("data", [None, True, 5, ["whatsapp campaign"], [], {}, [[]], [None, 3], {"campaigns": None}])
def test_plain_values_are_not_taken(data: Any) -> None:
    assert not ADAPTER.recognises(document_of(data, "campaigns.json"))


# --- beside the other formats -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        [WINTER],
        {"campaigns": {"winter": WINTER}},
        {**BASE, "recipients": []},
        BOT,
        {"templates": [{"name": "a", "channel": "whatsapp", "language": "en", "text": "Hi {name}"}]},
        {"drip": [{"delay_days": 0, "channel": "email"}, {"delay_days": 2, "channel": "email"}]},
        ADAPTER.example,
    ],
)
def test_no_other_adapter_claims_a_home_made_file(data: Any) -> None:
    path = "file.yaml" if isinstance(data, str) else "file.json"
    assert recognisers(data, path) == ["home-made"]


@pytest.mark.parametrize("candidate", policylint_adapters(), ids=lambda candidate: str(candidate.name))
def test_examples_of_other_formats_are_not_taken(candidate: Any) -> None:
    adapter = candidate.load()
    for path in ("example.yaml", "example.json") if adapter.example else ():
        try:
            document = document_of(adapter.example, path)
        except IndexError:  # not of that syntax
            continue
        assert ADAPTER.recognises(document) == (adapter.name == "home-made" and path == "example.yaml")


@pytest.mark.parametrize(
    "data",
    [
        {"campaign": "a", "channel": "whatsapp", "message": {"body": "Hi"}, "audience": {"size": 3}},
        {"name": "a_b", "category": "MARKETING", "language": "en", "body": "Hi {{1}}", "channel": "whatsapp"},
    ],
)
def test_native_files_and_template_stores_are_left_to_their_adapters(data: Json) -> None:
    assert not ADAPTER.recognises(document_of(data, "file.json"))


def test_the_words_by_which_the_module_is_imported_are_those_that_it_asks_for() -> None:
    assert _FORMATS["home_made"] == home_made.WORDS


# --- whatever a file holds ----------------------------------------------------------------------------------------

KEYS = st.sampled_from(sorted({*words.ROLES, "whatsapp_message", "emailSubject", "campaigns", "x"})) | st.text(
    max_size=3
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 5000),
    st.floats(allow_nan=True),
    st.sampled_from(
        [
            "whatsapp",
            "email",
            "linkedin",
            "Hi {name}",
            "2026-01-01",
            "0 9 * * 1",
            "+43660000000",
            "a@g.us",
            "all",
            "{{ x }}",
        ]
    ),
    st.text(max_size=12),
)
DATA = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=7),
    max_leaves=40,
)


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(KEYS, DATA, max_size=7) | st.lists(DATA, max_size=3))
def test_whatever_a_file_holds_records_conform_and_stand_in_it(data: Any) -> None:
    document = document_of(data, "file.json")
    if not ADAPTER.recognises(document):
        return
    campaigns = ADAPTER.adapt(document, table()).campaigns
    assert campaigns
    for campaign in campaigns:
        assert record_schema().conforms(campaign.data)
        assert all(place.region() for place in campaign.places.values())


def test_a_long_list_takes_as_long_as_its_parts() -> None:
    data = [{**SILENT, "name": f"Campaign {number}", "message": f"Hello {number}"} for number in range(3000)]
    document = document_of(data, "campaigns.json")
    started = time.process_time()
    assert ADAPTER.recognises(document)
    assert len(ADAPTER.adapt(document, table()).campaigns) == 3000
    assert time.process_time() - started < 10
