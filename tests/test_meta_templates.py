"""Stores of WhatsApp templates: what is recognised, what the records say, and where every value stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.adapters.meta_templates import ADAPTER
from policylint.model.source import NOT_CARRIED, Document, Pointer, Unknown
from policylint.parse import parse
from policylint.record import ProviderTable, record_schema

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign

TABLE = ProviderTable({})

ORDER: dict[str, Any] = {
    "name": "order_shipped",
    "category": "UTILITY",
    "language": "de",
    "components": [
        {"type": "BODY", "text": "Hallo {{1}}, wir haben verschickt.", "example": {"body_text": [["Ada"]]}},
        {"type": "FOOTER", "text": "Muster GmbH"},
    ],
}
AUTUMN: dict[str, Any] = {
    "name": "autumn_offer",
    "category": "MARKETING",
    "language": "en_US",
    "components": [{"type": "BODY", "text": "Ten percent off until Sunday."}],
}
NEAR: dict[str, Any] = {
    "name": "visit_reminder",
    "category": "UTILITY",
    "body": "Your visit is on {{1}} at {{2}}, see you.",
}


def document_of(data: Any) -> Document:
    return parse("store.json", json.dumps(data, indent=1).encode()).documents[0]


def yaml_of(text: str) -> Document:
    return parse("store.yaml", text.encode()).documents[0]


def recognised(data: Any) -> bool:
    return ADAPTER.recognises(document_of(data))


def campaigns_of(document: Document) -> list[Campaign]:
    assert ADAPTER.recognises(document)
    adapted = ADAPTER.adapt(document, TABLE)
    assert adapted.problems == ()
    return list(adapted.campaigns)


def only(data: Any) -> Campaign:
    (campaign,) = campaigns_of(document_of(data))
    return campaign


def carried(value: Any) -> Any:
    """Return a record without the fields that the format has no place for, which the schema may add to."""
    if isinstance(value, dict):
        return {name: carried(inner) for name, inner in value.items() if inner != NOT_CARRIED}
    return [carried(item) for item in value] if isinstance(value, list) else value


def template_of(campaign: Campaign) -> dict[str, Any]:
    template: dict[str, Any] = carried(campaign.data["messages"][0]["template"])
    return template


def pointer_of(campaign: Campaign, *path: str | int) -> Pointer:
    return campaign.place(path).pointer


def line_of(campaign: Campaign, *path: str | int) -> int:
    return campaign.place(path).region().start.line


# --- the record ---------------------------------------------------------------------------------------------------


def test_record_of_a_template_in_metas_shape() -> None:
    campaign = only({"data": [{**ORDER, "status": "APPROVED", "parameter_format": "POSITIONAL", "id": "12"}]})
    assert campaign.format == "meta-templates"
    assert campaign.notes == ()
    assert campaign.evidence == {}
    assert carried(campaign.data) == {
        "campaign": "order_shipped",
        "kind": "template",
        "channel": "whatsapp",
        "sender": {"product": "business_platform"},
        "messages": [
            {
                "kind": "template",
                "category": "UTILITY",
                "language": "de",
                "template": {
                    "name": "order_shipped",
                    "status": "APPROVED",
                    "parameter_format": "POSITIONAL",
                    "components": ORDER["components"],
                },
            }
        ],
    }
    assert record_schema().conforms(campaign.data)


def test_what_a_store_cannot_say_is_unknown() -> None:
    data = only([ORDER]).data
    for name in ("purpose", "direction", "business", "audience", "consent", "opt_out", "schedule", "automation"):
        assert data[name] == NOT_CARRIED
    for name in ("provider", "library", "route", "integration"):
        assert data["sender"][name] == NOT_CARRIED
    assert data["messages"][0]["window"] == NOT_CARRIED


def test_further_fields_of_metas_own_are_taken() -> None:
    fields = {"allow_category_change": False, "message_send_ttl_seconds": 600, "parameter_format": "NAMED"}
    campaign = only([{**ORDER, **fields}])
    assert template_of(campaign) == {"name": "order_shipped", "components": ORDER["components"], **fields}
    assert pointer_of(campaign, "messages", 0, "template", "allow_category_change") == (0, "allow_category_change")
    wrong = template_of(only([{**ORDER, "allow_category_change": {}, "message_send_ttl_seconds": True}]))
    assert all(isinstance(wrong[name], Unknown) for name in ("allow_category_change", "message_send_ttl_seconds"))


def test_places_of_a_template_in_metas_shape() -> None:
    campaign = only({"data": [ORDER]})
    entry = ("data", 0)
    assert {path: place.pointer for path, place in campaign.places.items()} == {
        (): entry,
        ("campaign",): (*entry, "name"),
        ("messages", 0): (*entry, "name"),
        ("messages", 0, "category"): (*entry, "category"),
        ("messages", 0, "language"): (*entry, "language"),
        ("messages", 0, "template", "name"): (*entry, "name"),
        ("messages", 0, "template", "declared_category"): (*entry, "name"),
        ("messages", 0, "template", "status"): (*entry, "name"),
        ("messages", 0, "template", "parameter_format"): (*entry, "name"),
        ("messages", 0, "template", "allow_category_change"): (*entry, "name"),
        ("messages", 0, "template", "message_send_ttl_seconds"): (*entry, "name"),
        ("messages", 0, "template", "components"): (*entry, "components"),
    }
    body = ("messages", 0, "template", "components", 0, "text")
    assert pointer_of(campaign, *body) == (*entry, "components", 0, "text")
    assert line_of(campaign, *body) == 10


def test_what_the_shape_could_say_and_does_not_is_absent_at_the_name() -> None:
    bare = {"name": "order_shipped", "category": "UTILITY", "components": ORDER["components"]}
    campaign = campaigns_of(document_of([AUTUMN, bare]))[1]
    message = campaign.data["messages"][0]
    assert "language" not in message
    assert "body" not in message
    assert template_of(campaign) == {"name": "order_shipped", "components": ORDER["components"]}
    for path in (("language",), ("template", "status"), ("template", "parameter_format")):
        assert pointer_of(campaign, "messages", 0, *path) == (1, "name")


@pytest.mark.parametrize("category", ["MARKETING", "Utility", "authentication"])
def test_categories_of_today_stay_as_written(category: str) -> None:
    message = only([{**ORDER, "category": category}]).data["messages"][0]
    assert message["category"] == category
    assert "declared_category" not in message["template"]


@pytest.mark.parametrize("category", ["TRANSACTIONAL", "OTP", "newsletter"])
def test_another_category_is_declared_only(category: str) -> None:
    campaign = only([{**ORDER, "category": category}])
    assert "category" not in campaign.data["messages"][0]
    assert template_of(campaign)["declared_category"] == category
    assert pointer_of(campaign, "messages", 0, "template", "declared_category") == (0, "category")


def test_a_store_with_an_order_of_its_own_says_metas_category_beside_it() -> None:
    entry = {
        "key": "welcome",
        "name": "Welcome — first touch",
        "category": "1 · Leads",
        "meta_category": "utility",
        "body": "Hi {{1}}, thanks for asking about {{2}} here.",
    }
    campaign = campaigns_of(document_of({"templates": [entry, {**entry, "key": "again"}]}))[0]
    message = campaign.data["messages"][0]
    assert (campaign.id, campaign.data["name"], message["category"]) == ("welcome", "Welcome — first touch", "utility")
    assert pointer_of(campaign, "messages", 0, "category") == ("templates", 0, "meta_category")


def test_a_category_that_is_no_text_is_unknown() -> None:
    first, second = campaigns_of(document_of([AUTUMN, {**ORDER, "category": {"id": 3}}]))
    assert first.data["messages"][0]["category"] == "MARKETING"
    assert isinstance(second.data["messages"][0]["category"], Unknown)


def test_a_number_is_a_name_and_a_mapping_is_none() -> None:
    first, second = campaigns_of(document_of([{**ORDER, "name": 2026}, {**AUTUMN, "status": {"code": 1}}]))
    assert (first.id, template_of(first)["name"]) == ("2026", "2026")
    assert isinstance(template_of(second)["status"], Unknown)


def test_components_written_as_json_in_a_text_are_read() -> None:
    campaign = only([{**ORDER, "components": json.dumps(ORDER["components"])}])
    assert template_of(campaign)["components"] == ORDER["components"]
    assert pointer_of(campaign, "messages", 0, "template", "components", 0, "text") == (0, "components")


@pytest.mark.parametrize("components", ["{{COMPONENTS}}", {"x": 1}, ["BODY"], 3])
def test_components_of_another_shape_are_unknown(components: Any) -> None:
    second = campaigns_of(document_of([ORDER, {**AUTUMN, "components": components}]))[1]
    assert isinstance(template_of(second).get("components"), Unknown) or components == {"x": 1}


def test_metas_further_components_pass_as_they_are() -> None:
    components = [
        {"type": "limited_time_offer", "limited_time_offer": {"text": "Only now", "has_expiration": True}},
        {"type": "body", "text": "For you."},
        {"type": "carousel", "cards": [{"components": [{"type": "header", "format": "image"}]}]},
    ]
    assert template_of(only({**AUTUMN, "components": components}))["components"] == components


def test_one_time_codes_hold_metas_own_text() -> None:
    components = [
        {"type": "body", "add_security_recommendation": True},
        {"type": "footer", "code_expiration_minutes": 10},
        {"type": "buttons", "buttons": [{"type": "otp", "otp_type": "copy_code"}]},
    ]
    entry = {"name": "login_code", "language": "en", "category": "authentication", "components": components}
    assert template_of(only(entry))["components"] == components


def test_a_template_of_the_library_has_its_text_there() -> None:
    entry = {
        "name": "delivery_note",
        "category": "UTILITY",
        "language": "en_US",
        "library_template_name": "delivery_update_1",
    }
    assert isinstance(template_of(only(entry))["components"], Unknown)


# --- shapes of stores ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        (ORDER, [()]),
        ([ORDER, AUTUMN], [(0,), (1,)]),
        ({"templates": [ORDER, AUTUMN]}, [("templates", 0), ("templates", 1)]),
        ({"data": [ORDER], "paging": {"cursors": {"before": "a", "after": "b"}}}, [("data", 0)]),
        ({"templates": {"order_shipped": ORDER}}, [("templates", "order_shipped")]),
        ({"order_shipped": ORDER, "autumn_offer": AUTUMN}, [("order_shipped",), ("autumn_offer",)]),
        ({"waba_templates": [ORDER], "count": 1}, [("waba_templates", 0)]),
        ({"id": "1", "message_templates": {"data": [ORDER]}}, [("message_templates", "data", 0)]),
        ([{"data": [ORDER]}, {"data": [AUTUMN]}], [(0, "data", 0), (1, "data", 0)]),
        ({"version": 1, "items": [{"template": ORDER}]}, [("items", 0, "template")]),
    ],
)
def test_stores_of_every_shape(data: Any, pointers: list[Pointer]) -> None:
    assert [pointer_of(campaign) for campaign in campaigns_of(document_of(data))] == pointers


def test_a_name_may_stand_as_the_key_only() -> None:
    unnamed = {key: value for key, value in ORDER.items() if key != "name"}
    campaign = only({"templates": {"order_shipped": unnamed}})
    assert campaign.id == "order_shipped"
    assert template_of(campaign)["name"] == "order_shipped"
    assert pointer_of(campaign, "messages", 0, "template", "name") == ("templates", "order_shipped")
    assert line_of(campaign, "messages", 0, "template", "name") == 3


def test_yaml_with_places() -> None:
    document = yaml_of(
        """\
templates:
  order_shipped:
    category: utility
    language: de
    components:
      - type: BODY
        text: |
          Hallo {{1}},
          wir haben verschickt.
  autumn_offer:
    category: marketing
    language: !env TEMPLATE_LANGUAGE
    components:
      - {type: BODY, text: Ten percent off.}
"""
    )
    order, autumn = campaigns_of(document)
    assert (order.id, line_of(order, "campaign"), line_of(order, "messages", 0, "category")) == ("order_shipped", 2, 3)
    assert line_of(order, "messages", 0, "template", "components", 0, "text") == 7
    assert template_of(order)["components"][0]["text"] == "Hallo {{1}},\nwir haben verschickt.\n"
    assert isinstance(autumn.data["messages"][0]["language"], Unknown)


def test_an_entry_without_category_counts_beside_others() -> None:
    without = {key: value for key, value in AUTUMN.items() if key not in ("category", "language")}
    second = campaigns_of(document_of([ORDER, without]))[1]
    assert "category" not in second.data["messages"][0]
    assert template_of(second) == {"name": "autumn_offer", "components": AUTUMN["components"]}


def test_what_is_no_template_beside_templates_is_left_out() -> None:
    settings = {"name": "defaults", "language": "de"}
    assert [campaign.id for campaign in campaigns_of(document_of({"one": ORDER, "settings": settings}))] == [
        "order_shipped"
    ]


# --- languages ----------------------------------------------------------------------------------------------------


def test_a_register_gives_a_record_for_each_language_and_no_texts() -> None:
    entries = [
        {
            "name": f"notice_{number}",
            "category": "UTILITY",
            "languages": {"de": {"status": "approved"}, "en": {"status": "PENDING"}},
        }
        for number in (1, 2)
    ]
    found = campaigns_of(document_of({"templates": entries}))
    assert [(campaign.id, campaign.data["messages"][0]["language"]) for campaign in found] == [
        ("notice_1", "de"),
        ("notice_1", "en"),
        ("notice_2", "de"),
        ("notice_2", "en"),
    ]
    template = template_of(found[1])
    assert template == {
        "name": "notice_1",
        "status": "PENDING",
        "components": Unknown("the file holds no texts of templates"),
    }
    assert pointer_of(found[1], "messages", 0, "language") == ("templates", 0, "languages", "en")
    status = ("messages", 0, "template", "status")
    assert pointer_of(found[1], *status) == ("templates", 0, "languages", "en", "status")


def test_listed_translations_have_components_of_their_own() -> None:
    entry = {
        "name": "order_shipped",
        "category": "ACCOUNT_UPDATE",
        "localizations": [
            {"language": "de", "components": ORDER["components"]},
            {"language": "en", "components": AUTUMN["components"], "status": "APPROVED"},
        ],
    }
    german, english = campaigns_of(document_of([ORDER, entry]))[1:]
    assert template_of(german)["components"] == ORDER["components"]
    assert template_of(english)["components"] == AUTUMN["components"]
    assert [template_of(campaign).get("status") for campaign in (german, english)] == [None, "APPROVED"]
    path = ("messages", 0, "template", "components", 0)
    assert pointer_of(english, *path) == (1, "localizations", 1, "components", 0)


@pytest.mark.parametrize("languages", [["de", "en"], [{"code": "de"}, {"code": "en"}]])
def test_languages_may_be_a_list(languages: list[Any]) -> None:
    found = campaigns_of(document_of([{**NEAR, "languages": languages}, NEAR]))
    assert [campaign.data["messages"][0].get("language") for campaign in found] == ["de", "en", None]


def test_a_body_may_be_written_once_for_each_language() -> None:
    body = {"de": "Hallo {{1}}, bis dann.", "en": "Hello {{1}}, see you."}
    german, english = campaigns_of(document_of({"templates": [{**NEAR, "body": body}]}))
    assert template_of(english)["components"][0]["text"] == body["en"]
    assert german.data["messages"][0]["language"] == "de"
    path = ("messages", 0, "template", "components", 0, "text")
    assert pointer_of(english, *path) == ("templates", 0, "body", "en")


def test_texts_under_language_codes() -> None:
    entries: list[dict[str, Any]] = [
        {
            "id": "gate_open",
            "name": "Gate open",
            "category": "site",
            "placeholders": ["{gate}"],
            "en": "The gate {gate} is open, please close it.",
            "fr": "Le portail {gate} est ouvert, merci de le fermer.",
            "ha": "An bude kofar {gate}, a rufe ta yanzu.",
            "cta": "Go on",
        },
        {"id": "rain", "name": "Rain", "category": "site", "en": "Rain in {town} today.", "fr": "Pluie à {town} ici."},
    ]
    found = campaigns_of(document_of({"templates": entries}))
    assert [(campaign.id, campaign.data["messages"][0]["language"]) for campaign in found] == [
        ("gate_open", "en"),
        ("gate_open", "fr"),
        ("gate_open", "ha"),
        ("rain", "en"),
        ("rain", "fr"),
    ]
    french = found[1]
    assert french.data["name"] == "Gate open"
    assert template_of(french) == {
        "name": "gate_open",
        "declared_category": "site",
        "components": [{"type": "BODY", "text": entries[0]["fr"]}],
    }
    assert pointer_of(french, "messages", 0, "template", "components", 0, "text") == ("templates", 0, "fr")
    assert french.notes == ("nothing in the file says WhatsApp; it is taken for a template store by its shape",)


@pytest.mark.parametrize(
    ("data", "language", "pointer"),
    [
        ({"language": "de", "templates": [NEAR, NEAR]}, "de", ("language",)),
        ({"templates": {"pt_BR": [NEAR, NEAR]}}, "pt_BR", ("templates", "pt_BR")),
        ({"templates": [{**NEAR, "lang": "es"}]}, "es", ("templates", 0, "lang")),
        ({"templates": [{**NEAR, "language": {"code": "es"}}]}, "es", ("templates", 0, "language", "code")),
    ],
)
def test_a_language_may_be_said_around_the_template(data: Any, language: str, pointer: Pointer) -> None:
    campaign = campaigns_of(document_of(data))[0]
    assert campaign.data["messages"][0]["language"] == language
    assert pointer_of(campaign, "messages", 0, "language") == pointer


def test_a_template_under_its_language_is_named_by_the_key_above() -> None:
    unnamed = {key: value for key, value in ORDER.items() if key not in ("name", "language")}
    campaign = only({"templates": {"order_shipped": {"de": unnamed}}})
    assert (campaign.id, campaign.data["messages"][0]["language"]) == ("order_shipped", "de")
    assert pointer_of(campaign, "messages", 0, "template", "name") == ("templates", "order_shipped")


def test_a_category_may_be_the_key_above() -> None:
    entry = {key: value for key, value in ORDER.items() if key != "category"}
    campaign = only({"UTILITY": [entry]})
    assert campaign.data["messages"][0]["category"] == "UTILITY"
    assert pointer_of(campaign, "messages", 0, "category") == ("UTILITY",)


# --- near shapes --------------------------------------------------------------------------------------------------


def test_body_samples_and_button_become_components() -> None:
    entry = {
        **NEAR,
        "header": "Your visit",
        "footer": {"text": "Muster GmbH"},
        "samples": {"2": "10:30", "1": "Monday"},
        "button": {"label": "Change", "url": "https://example.org/v/{{1}}", "sampleValue": "a1"},
    }
    campaign = only([entry])
    assert template_of(campaign)["components"] == [
        {"type": "HEADER", "format": "TEXT", "text": "Your visit"},
        {"type": "BODY", "text": NEAR["body"], "example": {"body_text": [["Monday", "10:30"]]}},
        {"type": "FOOTER", "text": "Muster GmbH"},
        {
            "type": "BUTTONS",
            "buttons": [
                {
                    "type": "URL",
                    "text": "Change",
                    "url": "https://example.org/v/{{1}}",
                    "example": ["a1"],
                    "label": "Change",
                    "sampleValue": "a1",
                }
            ],
        },
    ]
    components = ("messages", 0, "template", "components")
    assert {
        path[len(components) :]: place.pointer
        for path, place in campaign.places.items()
        if path[: len(components)] == components
    } == {
        (): (0, "name"),
        (0,): (0, "header"),
        (0, "type"): (0, "header"),
        (0, "format"): (0, "header"),
        (0, "text"): (0, "header"),
        (1,): (0, "body"),
        (1, "type"): (0, "body"),
        (1, "text"): (0, "body"),
        (1, "example"): (0, "samples"),
        (2,): (0, "footer"),
        (2, "type"): (0, "footer"),
        (2, "text"): (0, "footer", "text"),
        (3,): (0, "button"),
        (3, "buttons"): (0, "button"),
        (3, "buttons", 0): (0, "button"),
        (3, "buttons", 0, "text"): (0, "button", "label"),
        (3, "buttons", 0, "url"): (0, "button", "url"),
        (3, "buttons", 0, "example"): (0, "button", "sampleValue"),
    }
    assert record_schema().conforms(campaign.data)


@pytest.mark.parametrize(
    ("samples", "example"),
    [
        ({"1": "Monday", "2": "10"}, {"body_text": [["Monday", "10"]]}),
        ({"day": "Monday"}, {"body_text_named_params": [{"param_name": "day", "example": "Monday"}]}),
        (["Monday", "10"], {"body_text": [["Monday", "10"]]}),
        ([["Monday", "10"]], {"body_text": [["Monday", "10"]]}),
        ({"body_text": [["Monday"]]}, {"body_text": [["Monday"]]}),
        ("Your visit is on Monday", Unknown("not in Meta's shape")),
    ],
)
def test_samples_are_written_as_meta_writes_them(samples: Any, example: Any) -> None:
    assert template_of(only([{**NEAR, "samples": samples}]))["components"][0]["example"] == example


def test_samples_are_unknown_where_no_template_of_the_file_has_any() -> None:
    (body,) = template_of(only([{**NEAR, "params": ["day", "time"]}]))["components"]
    assert body["example"] == Unknown("the file has no place for sample values")


def test_samples_are_absent_where_another_template_of_the_file_has_them() -> None:
    first = campaigns_of(document_of([NEAR, {**NEAR, "name": "other", "samples": {"1": "x", "2": "y"}}]))[0]
    assert template_of(first)["components"] == [{"type": "BODY", "text": NEAR["body"]}]


def test_a_template_without_a_body_among_others_lacks_one() -> None:
    second = campaigns_of(document_of([NEAR, {"name": "empty", "category": "UTILITY", "language": "de"}]))[1]
    assert "components" not in template_of(second)


def test_an_entry_of_metas_template_library() -> None:
    entry = {
        "name": "appointment_moved",
        "language": "en_US",
        "category": "UTILITY",
        "topic": "EVENT_REMINDER",
        "body": "Your appointment moved to {{1}}.",
        "body_params": ["Monday"],
        "body_param_types": ["DATE"],
        "buttons": [{"type": "URL", "text": "Details"}],
        "id": "1",
    }
    assert template_of(only({"data": [entry]}))["components"] == [
        {"type": "BODY", "text": entry["body"], "example": {"body_text": [["Monday"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Details"}]},
    ]


def test_components_by_name_and_structures_are_laid_out() -> None:
    by_name = {**AUTUMN, "components": {"header": {"format": "IMAGE"}, "body": {"text": "Off!"}, "buttons": ["Stop"]}}
    found = campaigns_of(document_of([ORDER, by_name, {**NEAR, "body": None, "structure": {"body": {"text": "Hi."}}}]))
    assert template_of(found[1])["components"] == [
        {"type": "HEADER", "format": "IMAGE", "example": Unknown("the file has no place for sample values")},
        {"type": "BODY", "text": "Off!"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"}]},
    ]
    assert template_of(found[2])["components"] == [{"type": "BODY", "text": "Hi."}]


@pytest.mark.parametrize(
    ("button", "kind"),
    [
        ({"type": "quick-reply", "text": "Yes"}, "QUICK_REPLY"),
        ({"type": "URL", "text": "Shop", "url": "https://example.org"}, "URL"),
        ({"text": "Call", "phone": "+4930123"}, "PHONE_NUMBER"),
        ({"type": "otp", "text": "Copy"}, "OTP"),
        ({"text": "Something"}, Unknown("not in Meta's shape")),
        ({"type": "popup", "text": "Something"}, Unknown("not in Meta's shape")),
    ],
)
def test_types_of_buttons(button: dict[str, Any], kind: Any) -> None:
    (built,) = template_of(only([{**NEAR, "buttons": [button]}]))["components"][1]["buttons"]
    assert built["type"] == kind


@pytest.mark.parametrize("button", [None, [], "", "none"])
def test_no_button_is_no_component(button: Any) -> None:
    assert [part["type"] for part in template_of(only([{**NEAR, "button": button}]))["components"]] == ["BODY"]


def test_a_name_for_people_is_not_the_name_at_meta() -> None:
    display = {"name": "Visit reminder", "category": "UTILITY", "language": "en", "body": "See you on {{1}}, bye."}
    campaign = campaigns_of(document_of([NEAR, display]))[1]
    assert campaign.id == "Visit reminder"
    assert campaign.data["name"] == "Visit reminder"
    assert isinstance(template_of(campaign)["name"], Unknown)


def test_a_faulty_name_in_metas_shape_stays() -> None:
    assert template_of(only([{**ORDER, "name": "Order Shipped"}]))["name"] == "Order Shipped"


def test_a_summary_of_a_provider_is_read() -> None:
    entry = {
        "templateName": "order_shipped",
        "templateCategory": "UTILITY",
        "templateLanguage": "de",
        "templateStatus": "APPROVED",
        "metaTemplateId": "7",
    }
    campaign = campaigns_of(document_of({"templates": [entry, {**entry, "templateName": "other"}]}))[0]
    message = campaign.data["messages"][0]
    assert (message["category"], message["language"]) == ("UTILITY", "de")
    assert template_of(campaign)["status"] == "APPROVED"


# --- what is not a store ------------------------------------------------------------------------------------------

SEND = {
    "messaging_product": "whatsapp",
    "to": "4930123",
    "type": "template",
    "template": {
        "name": "order_shipped",
        "language": {"code": "de"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ada"}]}],
    },
}
TEXT_BLOCK = {"type": "header", "text": "Welcome"}


@pytest.mark.parametrize(
    "data",
    [
        SEND,
        SEND["template"],
        [SEND, SEND],
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": {"templates": [ORDER]}}]}]},
        {"examples": {"read": {"payload": {"object": "whatsapp_business_account", "entry": [ORDER]}}}},
        {"version": "6.0", "screens": [{"id": "START", "category": "UTILITY", "name": "order_shipped"}]},
        {"info": {"name": "API", "schema": "https://schema.getpostman.com/x"}, "item": [ORDER]},
        {"nodes": [{"type": "n8n-nodes-base.set", "parameters": ORDER}], "connections": {}, "name": "flow"},
        {"workflow": {"nodes": [ORDER], "connections": {}}},
        {"assetType": {"name": "jsonmessage"}, "name": "x", "category": "UTILITY", "views": {"a": ORDER}},
        {"openapi": "3.1.0", "components": {"examples": {"order": ORDER}}},
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"templates": ORDER}},
        {"campaign": "x", "channel": "whatsapp", "messages": [{"template": ORDER}]},
        {"campaigns": [{"campaign": "x", "channel": "whatsapp", "messages": [{"template": ORDER}]}]},
        {**ORDER, "campaign": "x", "channel": "whatsapp"},
        {"flows": [{"nodes": []}], "campaigns": [], "site": "x", "templates": [ORDER]},
        {"channel": "sms", "templates": [ORDER]},
        # settings, lists of tools, and page builders use the same words
        {"name": "my_app", "category": "utility", "language": "en", "version": "1.0"},
        {"name": "my_app", "category": "UTILITY", "language": "en_US", "status": "APPROVED"},
        [{"name": "fd", "category": "utility", "language": "rust"}, {"name": "jq", "category": "utility"}],
        [{"name": "tool_one", "category": "UTILITY", "language": "go"}] * 3,
        {"name": "home", "category": "marketing", "components": [TEXT_BLOCK, {"type": "hero", "text": "Hi"}]},
        {"pages": [{"name": "home", "category": "utility", "components": [TEXT_BLOCK]}]},
        # other channels
        [{"name": "welcome", "category": "marketing", "language": "en", "subject": "Hi", "body": "Hello {{1}}."}] * 2,
        [{"name": "welcome", "category": "MARKETING", "language": "en", "body": "<p>Hello {{1}}</p>"}] * 2,
        [{"name": "welcome", "category": "MARKETING", "language": "en", "channel": "SMS", "body": "Hi {{1}}."}] * 2,
        [{"name": "welcome", "category": "marketing", "body": "Hello {{ first_name }}, welcome."}] * 2,
        {"texts": [{"id": "a", "name": "A", "category": "b", "en": "Hi {x} you", "fr": "Salut {x} toi"}] * 2},
        {"templates": [{"id": "a", "name": "A", "category": "b", "en": "Hi you all", "fr": "Salut vous"}] * 2},
        {"templates": {"otp": "otp_template", "category": "UTILITY"}},
        {"templates": []},
        {"category": "UTILITY"},
        [],
        {},
        "category",
        None,
        3,
    ],
)
def test_other_documents_are_left_alone(data: Any) -> None:
    assert not recognised(data)


def test_words_in_a_comment_make_no_store() -> None:
    assert not ADAPTER.recognises(yaml_of("# components and category of a WhatsApp template\nname: x\n"))


@pytest.mark.parametrize(
    "data",
    [
        {
            "note": "texts for WhatsApp",
            "list": [{"name": "a_b", "category": "utility", "language": "de", "body": "Hi"}],
        },
        {"templates": [{"name": "a_b", "category": "UTILITY", "body": "Hi {{1}}, bye."}]},
        {"name": "a_b", "category": "TRANSACTIONAL", "language": "de", "components": [{"type": "BODY", "text": "Hi"}]},
        {"name": "a_b", "language": "de", "components": [{"type": "BODY", "text": "Hi"}]},
    ],
)
def test_weaker_signs_count_together(data: Any) -> None:
    assert recognised(data)


KEYS = st.sampled_from(
    [
        *("name", "category", "language", "languages", "components", "body", "samples", "buttons", "header", "type"),
        *("text", "templates", "data", "de", "en", "status", "example", "footer", "structure", "localizations", "id"),
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["UTILITY", "de", "BODY", "Hi {{1}}, bye.", "order_shipped", "", "none", "[1]", "[{]", "IMAGE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)


@settings(deadline=None)
@given(VALUES, st.dictionaries(KEYS, VALUES, max_size=8))
def test_nothing_raises_and_every_record_conforms(stray: Any, fields: dict[str, Any]) -> None:
    for data in (stray, fields, [ORDER, {**ORDER, **fields}], {"templates": {"one": {**NEAR, **fields}, "two": ORDER}}):
        document = document_of(data)
        if ADAPTER.recognises(document):
            campaigns = ADAPTER.adapt(document, TABLE).campaigns
            assert campaigns
            for campaign in campaigns:
                assert isinstance(campaign.data["campaign"], str)
                assert campaign.data["channel"] == "whatsapp"
                for place in campaign.places.values():
                    assert place.region().start.line >= 1
