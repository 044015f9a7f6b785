"""What settings of an application show about sending: measures against ban detection, signs that it sends to many."""

from __future__ import annotations

import pytest

from policylint.adapters.sending_words import (
    campaign_signs,
    evasion,
    is_campaign,
    is_mailer,
    is_switched_off,
    measure_of_key,
    names_whatsapp,
)
from policylint.project.manifests import VARIABLE, Entry


def settings(**variables: str) -> list[Entry]:
    return [Entry(VARIABLE, name, (name,), value) for name, value in variables.items()]


def found(**variables: str) -> dict[str, str]:
    return {one.what: one.setting.name for one in evasion(settings(**variables))}


def signs(**variables: str) -> dict[str, str]:
    return {one.what: one.setting.name for one in campaign_signs(settings(**variables))}


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("WARMUP_ENABLED", "warm_up"),
        ("WARM_UP_DAYS", "warm_up"),
        ("LIMITE_ENVIOS_AQUECIMENTO", "warm_up"),
        ("CAMPAIGN_RAMP_START", "warm_up"),
        ("ramp_up_days", "warm_up"),
        ("INSTANCE_ROTATION", "number_rotation"),
        ("rotateNumbers", "number_rotation"),
        ("PROXY_ROTATION", "proxy_rotation"),
        ("SIMULATE_TYPING", "typing_simulation"),
        ("TYPING_DELAY_MS", "typing_simulation"),
        ("SEND_PRESENCE", "typing_simulation"),
        ("RANDOM_DELAY", "random_delay"),
        ("HUMAN_DELAY_ENABLED", "random_delay"),
        ("INTERVALO_VARIACAO", "random_delay"),
        ("SEND_JITTER_SECONDS", "random_delay"),
        ("ANTI_BAN_MODE", "random_delay"),
        ("MESSAGE_SPINTAX", "message_variation"),
        ("VARY_MESSAGES", "message_variation"),
    ],
)
def test_measures_by_name(name: str, measure: str) -> None:
    assert found(**{name: "5"}) == {measure: name}
    assert found(**{name: "false"}) == found(**{name: ""}) == found(**{name: "0"}) == {}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "CACHE_WARMUP",
            "MODEL_WARM_UP",
            "EMAIL_WARMUP_DAYS",
            "DOMAIN_EMAIL_RAMP_UP",
            "MAILBOX_ROTATION",
            "LOG_ROTATION",
        ),
        *(
            "KEY_ROTATION_DAYS",
            "RETRY_JITTER",
            "RETRY_RANDOM_DELAY",
            "RAMP",
            "TYPING_INDICATOR",
            "PROXY_URL",
            "SEND_DELAY_MS",
        ),
        *("MIN_DELAY", "MAX_DELAY", "TOKEN_ROTATION", "SMS_RANDOM_DELAY", "MESSAGE_VARIANTS"),
    ],
)
def test_what_is_no_measure(name: str) -> None:
    assert found(**{name: "5"}) == {}


def test_a_lower_and_an_upper_end_of_a_pause_make_it_random() -> None:
    assert found(MAX_MESSAGE_DELAY="9", MIN_MESSAGE_DELAY="3") == {"random_delay": "MIN_MESSAGE_DELAY"}
    assert found(WHATSAPP_DELAY_MIN_MS="3", WHATSAPP_DELAY_MAX_MS="9") == {"random_delay": "WHATSAPP_DELAY_MIN_MS"}
    assert found(MIN_DELAY="3", MAX_PAUSE="9") == {}
    assert found(RETRY_DELAY_MIN="3", RETRY_DELAY_MAX="9") == {}
    assert found(TYPING_DELAY_MIN="3", TYPING_DELAY_MAX="9") == {"typing_simulation": "TYPING_DELAY_MIN"}


def test_a_setting_that_is_taken_from_elsewhere_may_be_on() -> None:
    (one,) = evasion([Entry(VARIABLE, "WARMUP_DAYS", ("WARMUP_DAYS",), "", is_reference=True)])
    assert one.what == "warm_up"


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("CAMPAIGN_WORKER_ENABLED", "true", "campaign"),
        ("CAMPAIGN_CRON", "", "campaign"),
        ("MAX_CAMPAIGN_SIZE", "100", "campaign"),
        ("DISPARO_INTERVALO", "100", "campaign"),
        ("WHATSAPP_BULK_ENABLED", "yes", "campaign"),
        ("BULK_MESSAGE_LIMIT", "100", "campaign"),
        ("BROADCAST_BATCH_SIZE", "100", "campaign"),
        ("DAILY_MESSAGE_LIMIT", "200", "daily_limit"),
        ("LIMITE_ENVIOS_DIA", "200", "daily_limit"),
        ("WA_MAX_PER_DAY", "200", "daily_limit"),
        ("WHATSAPP_MESSAGES_PER_MINUTE", "5", "rate"),
        ("MESSAGES_PER_BATCH", "5", "batch"),
        ("BATCH_PAUSE_DURATION", "5", "batch"),
        ("SEND_WINDOW_START", "9", "window"),
        ("CONTACTS_FILE", "a.csv", "recipients"),
        ("LEADS_SHEET", "x", "recipients"),
        ("CSV_PATH", "x", "recipients"),
        ("SHEET_IDS", '["first-sheet","second-sheet"]', "recipients"),
        ("SHEET_IDS", "first-sheet, second-sheet", "recipients"),
    ],
)
def test_signs_of_sending_to_many(name: str, value: str, kind: str) -> None:
    assert signs(**{name: value}) == {kind: name}
    assert is_campaign(campaign_signs(settings(**{name: value}))) is (kind == "campaign")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CAMPAIGN_WORKER_ENABLED", "false"),
        ("CAMPAIGN_ID", "5"),
        ("GOOGLE_ADS_CAMPAIGN_LIMIT", "5"),
        ("CAMPAIGN_DAILY_BUDGET", "5"),
        ("EMAIL_CAMPAIGN_BATCH", "5"),
        ("CAMPAIGN_DB_HOST", "x"),
        ("BROADCAST_DRIVER", "log"),  # of Laravel, as the next one
        ("BROADCAST_CONNECTION", "log"),
        ("BULK_INSERT_SIZE", "100"),
        ("MAX_MESSAGES_PER_USER_PER_DAY", "5"),
        ("API_REQUESTS_PER_DAY_LIMIT", "5"),
        ("OPENAI_DAILY_TOKEN_LIMIT", "5"),
        ("DAILY_LIMIT", "5"),
        ("DAILY_MESSAGE_LIMIT", ""),
        ("DAILY_MESSAGE_LIMIT", "0"),
        ("EMBEDDING_BATCH_SIZE", "5"),
        ("GOOGLE_SHEET_ID", "abcdefgh"),
        ("SHEET_IDS", "only-one"),
        ("ALLOWED_NUMBERS_LIST", "a"),
        ("WORKING_HOURS_START", "9"),
        ("SEND_INTERVAL_MS", "2000"),
    ],
)
def test_what_is_no_sign(name: str, value: str) -> None:
    assert signs(**{name: value}) == {}


def test_of_the_lesser_signs_two_make_a_campaign() -> None:
    both = settings(DAILY_MESSAGE_LIMIT="200", MIN_DELAY="3", MAX_DELAY="9")
    assert {one.what: one.setting.name for one in campaign_signs(both)} == {
        "daily_limit": "DAILY_MESSAGE_LIMIT",
        "interval": "MIN_DELAY",
    }
    assert is_campaign(campaign_signs(both))
    assert not is_campaign(campaign_signs(settings(MIN_DELAY="3", MAX_DELAY="9")))


def test_pauses_before_an_answer_are_a_measure_and_no_sign_of_a_campaign() -> None:
    answer = {"RESPONSE_DELAY_MIN": "1", "RESPONSE_DELAY_MAX": "4"}
    assert found(**answer) == {"random_delay": "RESPONSE_DELAY_MIN"}
    assert signs(**answer) == {}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"CAMPAIGN_WORKER_ENABLED": "false"}, True),
        ({"BULK_ENABLED": "0"}, True),
        ({"WHATSAPP_ENABLED": "off"}, True),
        ({"WHATSAPP_ENABLED": "true", "CAMPAIGNS_ACTIVE": "yes"}, False),
        ({"WHATSAPP_LOG_ENABLED": "false", "EMAIL_CAMPAIGN_ENABLED": "false", "CAMPAIGN_ENABLED": ""}, False),
    ],
)
def test_switches(variables: dict[str, str], expected: bool) -> None:
    assert is_switched_off(settings(**variables)) is expected


def test_names_of_whatsapp_and_of_mailers() -> None:
    assert [names_whatsapp(name) for name in ("WHATSAPP_X", "MY_WA_X", "waToken", "WAVE", "AWARD_ID")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [is_mailer(name) for name in ("SMTP_HOST", "SENDGRID_API_KEY", "MAIL_FROM", "EMAIL_ADMIN")] == [
        True,
        True,
        True,
        False,
    ]


def test_keys_of_a_file_that_is_about_nothing_else() -> None:
    keys = ["warmupSchedule", "delayMax_ms", "fakeTyping", "rotateAccounts", "proxy-rotation", "maxPerDay"]
    assert [measure_of_key(key) for key in keys] == [
        "warm_up",
        "random_delay",
        "typing_simulation",
        "number_rotation",
        "proxy_rotation",
        None,
    ]
