"""The campaign schema by path, what a format cannot carry, and the table of providers."""

from __future__ import annotations

from typing import Any

import pytest

from policylint import resources
from policylint.model.source import NOT_CARRIED, Unknown
from policylint.record import Field, ProviderTable, RecordSchema, Sign, fill_unknown, inner_is_meta_shape, record_schema

# A small record in the style of the campaign schema: its fields may grow, these tests stay.
SMALL: dict[str, Any] = {
    "type": "object",
    "properties": {
        "campaign": {"type": ["string", "integer"], "description": "Id."},
        "channel": {"enum": ["whatsapp", "email"], "x-ignore-case": True, "default": "email"},
        "audience": {
            "type": ["object", "null"],
            "properties": {
                "size": {"type": ["integer", "null"]},
                "countries": {"type": ["array", "null"], "items": {"type": "string"}},
                "ways": {"type": "array", "items": {"enum": ["a", None, "b"]}},
                "words": {"type": "array", "items": {"type": "string", "x-text": True}},
            },
        },
        "message": {"$ref": "#/$defs/message", "description": "The only one."},
        "messages": {"type": ["array", "null"], "items": {"$ref": "#/$defs/message"}},
        "anything": {},
    },
    "$defs": {
        "message": {
            "type": ["object", "null"],
            "description": "One message.",
            "properties": {
                "body": {"type": ["string", "null"], "x-text": True},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/message"}},
            },
        }
    },
}


def field(*names: str, **known: Any) -> Field:
    empty = Field(names, frozenset(), None, False, False, None, "", (), False)
    return empty._replace(**known)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("campaign",), field("campaign", types=frozenset(["string", "integer"]), description="Id.")),
        (
            ("channel",),
            field(
                "channel", types=frozenset(["string"]), enum=("whatsapp", "email"), ignore_case=True, default="email"
            ),
        ),
        (
            ("audience",),
            field("audience", types=frozenset(["object"]), fields=("size", "countries", "ways", "words")),
        ),
        (("audience", "size"), field("audience", "size", types=frozenset(["integer"]))),
        (("audience", "countries"), field("audience", "countries", types=frozenset(["array"]))),
        (("audience", "ways"), field("audience", "ways", types=frozenset(["array"]), enum=("a", "b"))),
        (("audience", "words"), field("audience", "words", types=frozenset(["array"]), text=True)),
        (
            ("message",),
            field("message", types=frozenset(["object"]), description="The only one.", fields=("body", "parts")),
        ),
        (("messages",), field("messages", types=frozenset(["array"]), fields=("body", "parts"), of_objects=True)),
        (("messages", "body"), field("messages", "body", types=frozenset(["string"]), text=True)),
        (
            ("messages", "parts", "parts"),
            field("messages", "parts", "parts", types=frozenset(["array"]), fields=("body", "parts"), of_objects=True),
        ),
        (("anything",), field("anything")),
        (("anything", "at", "all"), None),
        (("campain",), None),
        (("audience", "countries", "size"), None),
        (("messages", "size"), None),
        (("campaign", "x"), None),
    ],
)
def test_a_field_is_found_by_its_path_through_lists_and_references(
    names: tuple[str, ...], expected: Field | None
) -> None:
    schema = RecordSchema(SMALL)
    assert schema.field(names) == expected
    assert schema.field(names) is schema.field(names)


def test_every_field_of_the_campaign_schema_says_what_it_is() -> None:
    schema = record_schema()
    assert schema is record_schema()
    assert schema.schema == resources.schema("campaign")
    names = list(schema.schema["properties"])
    fields = [schema.field((name,)) for name in names]
    assert [known.names for known in fields if known] == [(name,) for name in names]
    assert [known.names for known in fields if known and not known.description] == []
    category = schema.field(("messages", "category"))
    assert category is not None
    assert (category.types, category.enum, category.ignore_case) == (
        frozenset(["string"]),
        ("marketing", "utility", "authentication"),
        True,
    )


def test_the_fast_check_of_a_whole_record() -> None:
    conforms = record_schema().conforms
    assert conforms({"campaign": "a", "channel": "WhatsApp", "audience": {"size": "{{ n }}"}, "sender": NOT_CARRIED})
    assert not conforms({"campaign": "a", "channel": "whatsapp", "audience": {"size": "many"}})
    assert conforms is record_schema().conforms


# --- what a format cannot carry -------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policylint.record.record_schema", lambda: RecordSchema(SMALL))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("record", "carried", "expected"),
    [
        # Nothing is carried: all is unknown but what every record has.
        (
            {"campaign": 1},
            [],
            {"campaign": 1, **dict.fromkeys(["channel", "audience", "messages", "anything"], NOT_CARRIED)},
        ),
        # A field that is carried is absent where the record does not say it, and so is all below it.
        ({}, ["channel", "audience", "messages", "anything"], {}),
        # What the record says stays.
        (
            {"channel": None, "audience": {"size": 5}, "messages": Unknown("why"), "anything": [1]},
            ["anything"],
            {
                "channel": None,
                "audience": {"size": 5, "countries": NOT_CARRIED, "ways": NOT_CARRIED, "words": NOT_CARRIED},
                "messages": Unknown("why"),
                "anything": [1],
            },
        ),
        # One part of an object is carried: the object is made for the unknown parts beside it.
        (
            {},
            ["audience.size", "channel", "messages", "anything"],
            {"audience": {"countries": NOT_CARRIED, "ways": NOT_CARRIED, "words": NOT_CARRIED}},
        ),
        # Lists of objects: each item is filled; a list that is not there could have been said.
        (
            {"messages": [{"body": "a"}, {}, None, Unknown("why")]},
            ["messages.body", "channel", "audience", "anything"],
            {"messages": [{"body": "a", "parts": NOT_CARRIED}, {"parts": NOT_CARRIED}, None, Unknown("why")]},
        ),
        ({}, ["messages.body", "channel", "audience", "anything"], {}),
        (
            {"messages": [{"parts": [{}]}]},
            ["messages.parts.body", "channel", "audience", "anything"],
            {"messages": [{"body": NOT_CARRIED, "parts": [{"parts": NOT_CARRIED}]}]},
        ),
    ],
)
def test_what_a_format_has_no_place_for_is_unknown_and_the_rest_absent(
    record: dict[str, Any], carried: list[str], expected: dict[str, Any]
) -> None:
    assert fill_unknown(record, carried) is record
    assert record == expected


def test_metas_own_component_shape_is_left_as_it_is() -> None:
    components = [{"type": "BODY"}]
    record = {
        "campaign": "a",
        "kind": "template",
        "channel": "whatsapp",
        "messages": [{"template": {"components": components}}],
    }
    filled = fill_unknown(record, ["messages.template.name", "messages.template.components", "messages.kind"])
    (message,) = filled["messages"]
    assert components == [{"type": "BODY"}]
    assert (message["body"], message["category"], "kind" in message) == (NOT_CARRIED, NOT_CARRIED, False)
    assert (message["template"]["status"], "name" in message["template"]) == (NOT_CARRIED, False)
    assert (filled["sender"], "enabled" in filled, "message" in filled) == (NOT_CARRIED, False, False)
    assert inner_is_meta_shape(("messages", "template", "components"))
    assert not inner_is_meta_shape(("messages", "template"))


# --- providers ------------------------------------------------------------------------------------------------------

TABLE = {
    "providers": {
        "meta": {"route": "official", "nodes": [r"^n8n-nodes-base\.whatsApp$"], "urls": [r"graph\.facebook\.com"]},
        "gateway": {
            "route": "unofficial",
            "library": "somelib",
            "images": ["gateway/api"],
            "variables": ["^GATEWAY_"],
            "urls": [{"match": r"/message/sendText", "body": r'"number"'}, r"gateway\.example"],
        },
        "bare": {},
    },
    "libraries": {
        "somelib": {"route": "unofficial", "packages": {"npm": ["SomeLib", "@some/lib"], "pypi": ["somelib"]}},
        "plain": {"packages": {"go": ["example.org/plain"]}},
    },
}
META = Sign("meta", None, "official")
GATEWAY = Sign("gateway", "somelib", "unofficial")


def test_routes_are_looked_up_in_any_letter_case() -> None:
    table = ProviderTable(TABLE)
    routes = [table.route(name) for name in ("meta", "Gateway", "bare", "none", "")]
    assert routes == ["official", "unofficial", None, None, None]
    assert [table.library_route(name) for name in ("SomeLib", "plain", "none")] == ["unofficial", None, None]


def test_signs_in_files_name_the_provider() -> None:
    table = ProviderTable(TABLE)
    assert [table.node(name) for name in ("n8n-nodes-base.whatsApp", "n8n-nodes-base.whatsAppTrigger")] == [META, None]
    assert [table.image(name) for name in ("docker.io/Gateway/API:2.1", "postgres:16")] == [GATEWAY, None]
    assert [table.variable(name) for name in ("GATEWAY_URL", "gateway_key", "MY_GATEWAY_URL")] == [
        GATEWAY,
        GATEWAY,
        None,
    ]
    assert table.url("https://GRAPH.facebook.com/v19.0/1/messages") == META
    assert table.url("https://x.example/message/sendText/1", '{"number": "1"}') == GATEWAY
    assert table.url("https://x.example/message/sendText/1", '{"chat": "1"}') is None
    assert table.url("https://x.example/message/sendText/1") is None
    assert table.url("https://gateway.example/send") == GATEWAY


def test_packages_name_the_library() -> None:
    table = ProviderTable(TABLE)
    library = Sign(None, "somelib", "unofficial")
    assert [table.package("npm", name) for name in ("somelib", "@some/lib", "SOMELIB")] == [library] * 3
    assert table.package("go", "example.org/plain") == Sign(None, "plain", None)
    assert [table.package("pypi", "@some/lib"), table.package("gem", "somelib")] == [None, None]


@pytest.mark.parametrize("data", [{}, {"providers": None, "libraries": None}])
def test_a_pack_without_providers_has_an_empty_table(data: dict[str, Any]) -> None:
    table = ProviderTable(data)
    assert [table.route("meta"), table.library_route("x")] == [None, None]
    assert [table.node("x"), table.url("x"), table.image("x"), table.variable("x"), table.package("npm", "x")] == [
        None
    ] * 5


SIGNS = ProviderTable(
    {
        "providers": {
            "meta": {
                "route": "official",
                "names": ["Cloud API"],
                "variables": [{"match": "^WA_URL$", "body": r"graph\.facebook\.com"}],
            },
            "any-client": {
                "route": "unofficial",
                "unnamed": True,
                "sessions": ["session"],
                "comments": ["whatsapp web", {"match": "login", "body": "^volume$"}],
            },
        },
        "libraries": {
            "somelib": {
                "route": "unofficial",
                "names": ["lib"],
                "packages": {"npm": ["*somelib*", "@team/*"], "pypi": ["some.lib"]},
                "sessions": ["somelib_session"],
                "variables": ["^SOMELIB_"],
                "images": ["somelib"],
            },
        },
    }
)
SOMELIB, ANY_CLIENT = Sign(None, "somelib", "unofficial"), Sign("any-client", None, "unofficial")


def test_signs_of_libraries_come_before_those_that_many_clients_share() -> None:
    assert [SIGNS.session(path) for path in ("./somelib_session", "./my-session", "./data")] == [
        SOMELIB,
        ANY_CLIENT,
        None,
    ]
    assert [SIGNS.image("x/somelib:1"), SIGNS.variable("SOMELIB_URL")] == [SOMELIB, SOMELIB]
    assert [SIGNS.is_unnamed(name) for name in ("Any-Client", "meta", "none")] == [True, False, False]


def test_the_value_of_a_variable_and_the_place_of_a_comment_can_decide() -> None:
    meta = Sign("meta", None, "official")
    assert SIGNS.variable("WA_URL", "https://graph.facebook.com/v21.0") == meta
    assert [SIGNS.variable("WA_URL"), SIGNS.variable("WA_URL", "https://x.example")] == [None, None]
    assert [SIGNS.comment("opens WhatsApp Web", beside) for beside in ("volume", "variable")] == [ANY_CLIENT] * 2
    assert [SIGNS.comment("the login", beside) for beside in ("volume", "variable")] == [ANY_CLIENT, None]


def test_settings_call_clients_by_their_ids_and_by_other_names() -> None:
    found = [SIGNS.named(name) for name in ("META", "cloud_api", "SomeLib", "lib", "any client", "", "other")]
    assert found == [META, META, SOMELIB, SOMELIB, ANY_CLIENT, None, None]


def test_packages_can_be_given_by_a_part_of_their_name() -> None:
    names = ("somelib", "mysql-somelib", "@x/SomeLib-pro", "@team/core", "@team", "@team-x/core", "some-lib")
    assert [SIGNS.package("npm", name) for name in names] == [SOMELIB] * 4 + [None] * 3
    assert [SIGNS.package("pypi", name) for name in ("some.lib", "some-lib", "mysomelib")] == [SOMELIB, None, None]
