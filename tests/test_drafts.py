"""What adapters share: looks into data of any shape, records under construction; that no adapter of a suite raises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylint.adapters import dittofeed, drafts, frappe, knock, mcdev, openclaw, typebot
from policylint.adapters.drafts import Draft
from policylint.model.source import EXPRESSION, NOT_CARRIED, Document, Place
from policylint.parse import parse
from policylint.parse.lines import whole_text
from policylint.plugins import load_extensions
from policylint.record import ProviderTable

if TYPE_CHECKING:
    from policylint.extensions import Adapter
    from policylint.model.source import Pointer

SUITES = [mcdev.ADAPTER, knock.ADAPTER, dittofeed.ADAPTER, typebot.ADAPTER, openclaw.ADAPTER, frappe.ADAPTER]
TABLE = ProviderTable({"providers": {"ultramsg": {"route": "unofficial", "urls": [r"\bultramsg\.com\b"]}}})


def document(data: Any) -> Document:
    (found,) = parse("a.json", json.dumps(data, indent=1).encode("utf-8", "surrogatepass")).documents
    return found


# --- looks --------------------------------------------------------------------------------------------------------


def test_a_look_into_data_of_another_shape_finds_nothing() -> None:
    assert drafts.mapping([1]) == {}
    assert drafts.mapping({"a": 1}) == {"a": 1}
    assert list(drafts.mappings({"a": 1})) == []
    assert list(drafts.mappings([1, {"a": 1}, None, {}])) == [(1, {"a": 1}), (3, {})]
    assert drafts.text_of({"a": " ", "b": 3, "c": "text"}, "a", "b", "c") == ("c", "text")
    assert drafts.text_of({"a": " "}, "a", "b") is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((None, "", "  ", " Spring "), "Spring"),
        ((True, 7), "7"),
        (([], {}), "?"),
        ((), "?"),
    ],
)
def test_a_label_is_the_first_value_that_can_name_something(values: tuple[Any, ...], expected: str) -> None:
    assert drafts.label(*values) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {{ name }}", "Hello {{ name }}"),
        ("{{ text }}", EXPRESSION),
        ("{% if a %}{{ b }}{% endif %} 1", EXPRESSION),
        ("{% if a %}Hello{% endif %}", "{% if a %}Hello{% endif %}"),
        ("%%[ SET @a = 'b' ]%%%%=v(@a)=%%", EXPRESSION),
        ("%%Name%%!", EXPRESSION),
        ("${1}", EXPRESSION),
        ("12:30", "12:30"),
        ("", ""),
    ],
)
def test_a_text_without_words_of_its_own_is_unknown(text: str, expected: object) -> None:
    assert drafts.readable(text) == expected


# --- drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_makes_objects_and_lists_and_keeps_places() -> None:
    found = document({"name": "Spring", "text": "Hello"})
    draft = Draft(found, "Spring", ("name",))
    draft.put(("channel",), "sms")
    draft.put(("messages", 1, "body"), "Hello", ("text",), (0, 5))
    draft.note("once")
    draft.note("once")
    campaign = draft.campaign("test", ("messages.body", "messages.kind"))
    assert campaign.id == "Spring"
    assert campaign.notes == ("once",)
    assert [message.get("body") for message in campaign.data["messages"]] == [None, "Hello"]
    assert campaign.data["purpose"] == NOT_CARRIED
    assert campaign.place(("messages", 1, "body")) == Place(found, ("text",), (0, 5))
    # A field that the file lacks points to where the record stands.
    assert campaign.place(("purpose",)) == Place(found, ("name",), (0, 6))


def test_placeholders_are_content_in_texts_and_make_other_values_unknown() -> None:
    draft = Draft(document({}), "a", ())
    draft.put(("messages", 0, "body"), "Hello {{ name }}")
    draft.put(("messages", 0, "language"), "{{ language }}")
    draft.put(("audience", "suppression_lists"), ["a"])
    assert draft.data["messages"] == [{"body": "Hello {{ name }}", "language": EXPRESSION}]


def test_a_text_from_a_file_beside_stands_in_that_file() -> None:
    draft, side = Draft(document({}), "a", ()), whole_text("b/text.txt", "one\ntwo")
    draft.put_beside(("messages", 0, "body"), side.text, side)
    assert draft.data["messages"] == [{"body": "one\ntwo"}]
    place = draft.places["messages", 0, "body"]
    assert (place.document.path, place.region().start.line, place.region().end.line) == ("b/text.txt", 1, 2)
    draft.put_beside(("messages", 0, "body"), "two", side, (4, 7))
    assert draft.places["messages", 0, "body"].region().start.line == 2
    empty = whole_text("b/none.txt", "")
    draft.put_beside(("messages", 0, "body"), "", empty)
    assert draft.places["messages", 0, "body"] == Place(empty, (), None)


# --- all adapters of suites ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("adapter", SUITES, ids=lambda adapter: adapter.name)
def test_the_example_is_recognised_by_its_adapter_only_and_gives_campaigns(adapter: Adapter) -> None:
    (example,) = parse("example.yaml", adapter.example.encode()).documents
    candidates = load_extensions(installed=False).adapters
    named = [c.name for c in candidates if not c.words or any(word in adapter.example.lower() for word in c.words)]
    assert adapter.name in named
    assert [c.name for c in candidates if c.load().recognises(example)] == [adapter.name]
    assert len(adapter.adapt(example, TABLE).campaigns) > 0


_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 99), st.text(max_size=4))
_WORDS = st.sampled_from(
    [
        *(
            "steps",
            "type",
            "channel",
            "channel_type",
            "chat",
            "email",
            "http",
            "http_fetch",
            "branch",
            "branches",
            "ref",
        ),
        *("template", "json_body", "json_body@", "text_body@", "html_body", "url", "https://api.ultramsg.com/send"),
        *("settings", "is_commercial", "categories", "target_audience_key", "name", "definition", "entryNode", "nodes"),
        *("segment", "event", "MessageNode", "variant", "Email", "Sms", "subject", "from", "body", "groups", "edges"),
        *(
            "blocks",
            "variables",
            "events",
            "content",
            "richText",
            "children",
            "text",
            "whatsApp",
            "isEnabled",
            "options",
        ),
        *("recipients", "{{Email}}", "webhook", "Webhook", "channels", "gateway", "agents", "whatsapp", "accounts"),
        *("allowFrom", "doctype", "Bulk WhatsApp Message", "WhatsApp Templates", "WhatsApp Notification", "category"),
        *("buttons", "assetType", "customerKey", "views", "jsonmessage", "whatsAppTemplate", "meta", "customBlockData"),
        *("display:languages:content", "display:components", "templateName", "activities", "triggers", "r__type"),
        *("definitionType", "EMAILV2", "SMSSYNC", "SendDefinitionList", "TriggeredSendStatus", "definitionKey"),
        *("subscriptions", "keywordType", "keyword", "sendMethod", "optinType", "statusId", "schedule", "status"),
    ]
)
_DATA = st.recursive(
    _SCALARS | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=5),
    max_leaves=25,
)
_SHAPES: list[dict[str, Any]] = [
    {"steps": [{"type": "channel", "channel_type": "chat", "template": {}}]},
    {"steps": [{"activities": [{"r__type": "emailSend"}]}]},
    {"definition": {"entryNode": {"segment": "a"}, "nodes": []}},
    {"definition": {"from": "a", "subject": "b"}},
    {"groups": [{"blocks": []}], "edges": [], "variables": []},
    {"channels": {"whatsapp": {}}, "gateway": {}},
    {"doctype": "WhatsApp Templates"},
    {"doctype": "Bulk WhatsApp Message"},
    {"assetType": {"name": "jsonmessage"}, "views": {"whatsapptemplate": {}}},
    {"activities": [{"type": "SMSSYNC"}], "triggers": [], "definitionType": "Multistep"},
    {"SendDefinitionList": []},
    {"keywordType": "NORMAL", "keyword": "A"},
    {"definitionKey": "a", "subscriptions": {"keyword": "b"}},
]


def _laid_over(shape: Any, other: Any) -> Any:
    """Return a shape with made-up data put into it at every level."""
    if isinstance(shape, dict) and isinstance(other, dict):
        return {**other, **{key: _laid_over(value, other.get(key)) for key, value in shape.items()}}
    if isinstance(shape, list) and isinstance(other, list):
        return [*(_laid_over(value, other[0] if other else None) for value in shape), *other]
    return shape if other is None or isinstance(shape, (dict, list)) else other


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(_SHAPES), _DATA, st.booleans())
def test_whatever_a_document_holds_no_adapter_of_a_suite_raises(
    shape: dict[str, Any], made_up: Any, beside: bool
) -> None:
    side = whole_text("beside.txt", '{"template": {"name": "a", "language": {"code": "de"}}}')
    for data in (made_up, _laid_over(shape, made_up if isinstance(made_up, dict) else {"name": made_up})):
        found = document(data)._replace(beside=lambda _path: side if beside else None)
        for adapter in (one for one in SUITES if one.recognises(found)):
            for campaign in adapter.adapt(found, TABLE).campaigns:
                paths: list[Pointer] = [*campaign.places, ("messages", 0, "body"), ("purpose",)]
                assert [campaign.place(path).region() for path in paths]
