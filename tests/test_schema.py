"""The fast check against jsonschema, and the words for what jsonschema finds."""

from __future__ import annotations

import copy
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylint import resources
from policylint.cli import main
from policylint.model.source import EXPRESSION, NOT_CARRIED, Pointer, Unknown
from policylint.parse import parse
from policylint.schema import (
    SchemaProblem,
    build_check,
    fast_check,
    field_name,
    holds_placeholder,
    is_open,
    problems_of,
    resolve_reference,
)

ROOT = Path(__file__).parents[1]
SCHEMAS = sorted(path.name.removesuffix(".schema.json") for path in (ROOT / "schemas").glob("*.schema.json"))
PACK = ROOT / "rules/whatsapp"


def examples(count: int) -> settings:
    return settings(
        max_examples=count, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


# --- the schemas themselves -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_valid_and_need_no_keyword_that_the_fast_check_lacks(name: str) -> None:
    schema = json.loads((ROOT / f"schemas/{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema_rs.meta.is_valid(schema)
    assert schema == resources.schema(name)
    assert schema["$id"].endswith(f"/{name}.schema.json")
    fast_check(schema)
    for part in schema.get("$defs", {}).values():
        fast_check(part, schema)


# --- the fast check and jsonschema agree ----------------------------------------------------------------------------

SCALARS: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    7,
    1.0,
    2.5,
    math.nan,
    math.inf,
    "",
    "x",
    "2026-01-31",
    "DE",
    "weekly",
]
MISSPELT = ["newsleter", "campain", "severity ", "chanel", "x-own", "messagess"]
VALUES = st.one_of(
    st.sampled_from([*SCALARS, *MISSPELT, [], {}, ["x"], [1, None], {"a": 1}, {"x-a": []}, [[]], [{}]]), st.integers()
)


def full(schema: dict[str, Any], root: dict[str, Any], depth: int = 0) -> Any:
    """Return a value that conforms, with every field that the schema names."""
    while "$ref" in schema:
        schema = {**resolve_reference(root, schema["$ref"]), **{k: v for k, v in schema.items() if k != "$ref"}}
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        named = {} if depth > 8 else schema.get("properties", {})
        return {name: full(inner, root, depth + 1) for name, inner in named.items()}
    if kind == "array":
        return [] if depth > 8 else [full(schema.get("items", {}), root, depth + 1)]
    samples = {"string": "DE" if "[A-Z]" in schema.get("pattern", "") else "2026-01-31", "boolean": True}
    return samples.get(kind, 1)


@cache
def campaign() -> dict[str, Any]:
    record = full(resources.schema("campaign"), resources.schema("campaign"))
    assert isinstance(record, dict)
    return record


@cache
def data_of(name: str) -> Any:
    (document,) = parse(name, (PACK / name).read_bytes()).documents
    return document.data


def pack_files() -> list[tuple[str, str | None, str]]:
    """Return schema, part and file of everything in the WhatsApp pack that a schema is for."""
    pack = data_of("pack.yaml")
    found: list[tuple[str, str | None, str]] = [("pack", None, "pack.yaml")]
    found += [("pack", part, pack[part]) for part in ("providers", "coverage") if part in pack]
    found += [
        ("pack", part, file) for part, key in (("list", "lists"), ("words", "words")) for file in pack[key].values()
    ]
    for path in sorted(PACK.glob("*.test.yaml")):
        found += [("rule-test", None, path.name), ("rule", None, path.name.replace(".test.", "."))]
    return found


CONFIGURATION = {
    "select": ["whatsapp"],
    "ignore": ["WA101"],
    "packs": ["rules/own"],
    "exclude": ["drafts/**"],
    "fail_on": "warning",
    "undecided": "info",
    "defaults": {"channel": "whatsapp", "business": {"name": "Muster GmbH"}},
    "rules": {"WA101": {"severity": "warning", "parameters": {"maximum": 200}}, "WA102": {"severity": "off"}},
}


def pointers(data: Any, at: Pointer = ()) -> list[Pointer]:
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [at, *(found for step, value in steps for found in pointers(value, (*at, step)))]


@st.composite
def changes(draw: st.DrawFn, values: st.SearchStrategy[Any] = VALUES) -> list[tuple[int, str, Any, str]]:
    """Return up to three changes: at which of the places, how, and with what."""
    how = st.sampled_from(["replace", "replace", "replace", "remove", "add", "rename", "repeat"])
    one = st.tuples(st.integers(0, 10**6), how, values, st.sampled_from([*MISSPELT, "name", "code"]))
    return draw(st.lists(one, max_size=3))


def changed(data: Any, edits: list[tuple[int, str, Any, str]]) -> Any:
    """Return a copy of the data with changes made to it."""
    data = copy.deepcopy(data)
    for number, how, sample, word in edits:
        value = copy.deepcopy(sample)
        places = pointers(data)
        pointer = places[number % len(places)]
        if not pointer:
            continue
        holder = data
        for step in pointer[:-1]:
            holder = holder[step]
        last = pointer[-1]
        if how == "remove":
            del holder[last]
        elif how == "repeat" and isinstance(holder, list):
            holder.append(value)
        elif how == "add" and isinstance(holder, dict):
            holder[word] = value
        elif how == "rename" and isinstance(holder, dict):
            holder[f"{last}s"] = holder.pop(last)
        else:
            holder[last] = value
    return data


def assert_agreement(data: Any, schema: dict[str, Any], root: dict[str, Any]) -> None:
    """Hold the fast check, jsonschema, and the problems worded to one verdict."""
    # x-text puts our own keyword for placeholders aside; without placeholders it says nothing.
    expected = jsonschema.Draft202012Validator(schema).is_valid(data)
    assert fast_check(schema, root)(data) is expected
    assert (problems_of(data, schema) == []) is expected


@examples(60)
@given(changes())
def test_the_fast_check_of_campaigns_is_jsonschemas(edits: list[tuple[int, str, Any, str]]) -> None:
    schema = resources.schema("campaign")
    assert_agreement(changed(campaign(), edits), schema, schema)


def test_a_campaign_with_every_field_conforms() -> None:
    schema = resources.schema("campaign")
    assert problems_of(campaign(), schema) == []
    assert fast_check(schema)(campaign())
    assert len(pointers(campaign())) > 200


FILES = pack_files()


@examples(60)
@given(st.sampled_from(FILES), changes())
def test_the_fast_check_of_rules_packs_and_cases_is_jsonschemas(
    file: tuple[str, str | None, str], edits: list[tuple[int, str, Any, str]]
) -> None:
    name, part, path = file
    root = resources.schema(name)
    assert_agreement(changed(data_of(path), edits), root["$defs"][part] if part else root, root)


@examples(60)
@given(changes())
def test_the_fast_check_of_configurations_is_jsonschemas(edits: list[tuple[int, str, Any, str]]) -> None:
    schema = resources.schema("config")
    assert_agreement(changed(CONFIGURATION, edits), schema, schema)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file[2])
def test_the_files_of_the_pack_conform(file: tuple[str, str | None, str]) -> None:
    name, part, path = file
    root = resources.schema(name)
    assert problems_of(data_of(path), root["$defs"][part] if part else root) == []


OPEN_VALUES = st.one_of(
    VALUES, st.sampled_from([NOT_CARRIED, EXPRESSION, "{{ size }}", "${SIZE}", "{% if x %}", "WhatsApp", "MARKETING"])
)


@examples(60)
@given(changes(OPEN_VALUES))
def test_unknown_values_placeholders_and_letter_case_count_alike_in_the_check_and_in_words(
    edits: list[tuple[int, str, Any, str]],
) -> None:
    schema = resources.schema("campaign")
    record = changed(campaign(), edits)
    assert fast_check(schema)(record) is (problems_of(record, schema) == [])


# --- single keywords ------------------------------------------------------------------------------------------------

NUMBERS = {"type": "number", "minimum": 0, "maximum": 5}
KEYED = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "x-a": {"type": "integer"}},
    "patternProperties": {"^x-": {"minimum": 2}},
    "additionalProperties": False,
    "minProperties": 1,
}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (True, object(), True),
        (False, 1, False),
        ({}, None, True),
        ({"type": "integer"}, 3.0, True),
        ({"type": "integer"}, 3.5, False),
        ({"type": "integer"}, math.inf, False),
        ({"type": "integer"}, True, False),
        ({"type": ["integer", "null"]}, None, True),
        (NUMBERS, 0, True),
        (NUMBERS, 5.5, False),
        (NUMBERS, math.nan, True),
        (NUMBERS, False, False),
        ({"enum": ["a", None, 1]}, None, True),
        ({"enum": ["a", None, 1]}, 1.0, True),
        ({"enum": ["a", None, 1]}, True, False),
        ({"const": 1}, 1, True),
        ({"const": 1}, True, False),
        (KEYED, {"a": 1, "x-b": 2}, True),
        (KEYED, {"x-a": 2}, True),
        (KEYED, {"x-a": 1}, False),
        (KEYED, {"x-a": 2.5}, False),
        (KEYED, {"b": 1}, False),
        (KEYED, {}, False),
        ({"anyOf": [{"type": "string"}, {"minimum": 3}]}, 2, False),
        ({"oneOf": [{"minimum": 1}, {"maximum": 5}]}, 0, True),
        ({"oneOf": [{"minimum": 1}, {"maximum": 5}]}, 3, False),
        ({"pattern": "^[A-Z]{2}$"}, "DE", True),
        ({"pattern": "^[A-Z]{2}$"}, "DEU", False),
        ({"pattern": "^[A-Z]{2}$"}, 5, True),
        ({"propertyNames": {"pattern": "^a"}}, {"ab": 1}, True),
        ({"propertyNames": {"pattern": "^a"}}, {"b": 1}, False),
        ({"items": {"type": "string"}, "minItems": 1}, ["a"], True),
        ({"items": {"type": "string"}, "minItems": 1}, [], False),
        ({"items": {"type": "string"}, "minItems": 1}, ["a", 1], False),
        ({"minLength": 2}, "ab", True),
        ({"minLength": 2}, "a", False),
        ({"required": ["a"]}, {"a": None}, True),
        ({"required": ["a"]}, {}, False),
        ({"$defs": {"n": {"type": "null"}}, "items": {"$ref": "#/$defs/n"}}, [None, None], True),
        ({"$defs": {"n": {"items": {"$ref": "#/$defs/n"}, "type": "array"}}, "$ref": "#/$defs/n"}, [[[]]], True),
        ({"$defs": {"n": {"items": {"$ref": "#/$defs/n"}, "type": "array"}}, "$ref": "#/$defs/n"}, [[1]], False),
    ],
)
def test_each_keyword_means_what_it_means_to_jsonschema(schema: Any, value: Any, expected: bool) -> None:
    assert fast_check(schema)(value) is expected
    assert jsonschema.Draft202012Validator(schema).is_valid(value) is expected


def test_a_keyword_of_a_plugin_that_the_fast_check_lacks_is_left_to_jsonschema() -> None:
    schema = {"type": "array", "maxItems": 2, "items": {"type": "integer"}}
    with pytest.raises(NotImplementedError, match="the fast check does not know the keyword 'maxItems'"):
        fast_check(schema)
    check = build_check(schema)
    assert [check(value) for value in ([1, 2], [1, 2, 3], ["{{ n }}"], [NOT_CARRIED])] == [True, False, True, True]


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (Unknown("why"), {}, True),
        (Unknown("why"), {"x-text": True}, True),
        ("{{ x }}", {}, True),
        ("a ${B} c", {}, True),
        ("{% if x %}", {}, True),
        ("{{ x }}", {"x-text": True}, False),
        ("{x}", {}, False),
        (5, {}, False),
        (["{{ x }}"], {}, False),
    ],
)
def test_unknown_values_and_placeholders_are_open_except_in_texts(value: Any, schema: Any, expected: bool) -> None:
    assert is_open(value, schema) is expected
    if isinstance(value, str):
        assert holds_placeholder(value) is (expected or bool(schema))


# --- words ----------------------------------------------------------------------------------------------------------

CHANNELS = (
    "whatsapp, email, sms, rcs, messenger, instagram, telegram, viber, line, apple_messages, signal, threema, push, "
    "voice"
)


def told(data: Any, name: str = "campaign") -> list[tuple[Pointer, str]]:
    schema = resources.schema(name)
    return [(problem.pointer, problem.message) for problem in problems_of(data, schema)]


def campaign_with(**fields: Any) -> dict[str, Any]:
    return {"campaign": "a", "channel": "whatsapp", **fields}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (campaign_with(), []),
        (campaign_with(channel="WhatsApp", messages=[{"category": "MARKETING"}]), []),
        (campaign_with(audience={"size": "{{ $json.count }}"}, schedule="${SCHEDULE}"), []),
        (campaign_with(audience=Unknown("a tag"), purpose=NOT_CARRIED), []),
        (campaign_with(**{"x-own": {"a": [1]}}, sender={"x-b": 1}), []),
        (["a"], [((), "the document is a list, a mapping is expected")]),
        ({}, [((), "'campaign' is missing"), ((), "'channel' is missing")]),
        (campaign_with(campaign=1.5), [(("campaign",), "campaign is 1.5, a text or a whole number is expected")]),
        (campaign_with(enabled="yes"), [(("enabled",), "enabled is the text 'yes', true or false is expected")]),
        (
            {"campaign": "a", "channel": "whatsap"},
            [
                (
                    ("channel",),
                    f"channel is the text 'whatsap', which is not one of {CHANNELS}, did you mean 'whatsapp'?",
                )
            ],
        ),
        (
            {"campaign": "a", "channel": None},
            [(("channel",), f"channel is null, which is not one of {CHANNELS}")],
        ),
        (
            campaign_with(audience={"size": "many", "contries": ["DE"], "countries": ["DE", "Norway", "no"]}),
            [
                (("audience", "size"), "audience.size is the text 'many', a whole number is expected"),
                (("audience",), "unknown field 'contries' in audience, did you mean 'countries'?"),
                (
                    ("audience", "countries", 1),
                    "audience.countries[1] is the text 'Norway', which is not of the form ^[A-Z]{2}$",
                ),
                (
                    ("audience", "countries", 2),
                    "audience.countries[2] is the text 'no', which is not of the form ^[A-Z]{2}$",
                ),
            ],
        ),
        (
            campaign_with(mesages=[], zzz=1),
            [((), "unknown field 'mesages', did you mean 'messages'?"), ((), "unknown field 'zzz'")],
        ),
        (
            campaign_with(messages=[{}, {"template": {"status": ["x"]}, "kind": {"a": 1}}]),
            [
                (("messages", 1, "template", "status"), "messages[1].template.status is a list, a text is expected"),
                (
                    ("messages", 1, "kind"),
                    "messages[1].kind is a mapping, which is not one of template, freeform, broadcast_list, "
                    "interactive",
                ),
            ],
        ),
        (
            campaign_with(sender={"registered": "yesterday"}),
            [
                (
                    ("sender", "registered"),
                    "sender.registered is the text 'yesterday', which is not of the form ^\\d{4}-\\d{2}-\\d{2}$, "
                    "for example 2026-01-10",
                )
            ],
        ),
        (
            campaign_with(name=["a"], audience={"size": -1}),
            [
                (("name",), "name is a list, a text is expected"),
                (("audience", "size"), "audience.size: -1 is less than the minimum of 0"),
            ],
        ),
        (
            campaign_with(enabled="a very long text that goes on and on and on, far too long to be shown"),
            [
                (
                    ("enabled",),
                    "enabled is the text 'a very long text that goes on and on and on, far too long…', "
                    "true or false is expected",
                )
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_campaign_is_said_in_the_order_of_the_file(
    data: Any, expected: list[tuple[Pointer, str]]
) -> None:
    assert told(data) == expected


RULE = {
    "code": "WA101",
    "title": "t",
    "message": "m",
    "why": "w",
    "solution": "s",
    "certainty": "forbidden",
    "sources": [{"terms": "a", "clause": "b", "confidence": "primary"}],
    "enforcement": [{"since": "2026-01-31", "severity": "error"}],
}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        # In a rule a placeholder is a text like any other; who reads rules says so with a type of its own.
        (
            {"code": "wa1"},
            [(("code",), "code is the text 'wa1', which is not of the form ^[A-Z]{2,5}[0-9]{3}$, for example WA101")],
        ),
        ({"title": ""}, [(("title",), "title: '' should be non-empty")]),
        ({"sources": []}, [(("sources",), "sources: [] should be non-empty")]),
        ({"at": 5}, [(("at",), "at is 5, a text or a list is expected")]),
        ({"at": ["a", 5]}, [(("at", 1), "at[1] is 5, a text is expected")]),
        (
            {"sources": [{"terms": "a", "confidence": "primry"}]},
            [
                (("sources", 0), "'clause' is missing in sources[0]"),
                (
                    ("sources", 0, "confidence"),
                    "sources[0].confidence is the text 'primry', which is not one of primary, quoted, secondary, "
                    "uncertain, "
                    "did you mean 'primary'?",
                ),
            ],
        ),
        (
            {"parameters": {"maximum": {"values": {"2018-01-01": 1, "2018-1-1": 256}}}},
            [
                (
                    ("parameters", "maximum", "values"),
                    "the key '2018-1-1' of parameters.maximum.values is not of the form ^\\d{4}-\\d{2}-\\d{2}$, "
                    "for example 2026-01-31",
                )
            ],
        ),
        (
            {"enforcement": [{"since": "2026-01-31", "severity": False}]},
            [
                (
                    ("enforcement", 0, "severity"),
                    "enforcement[0].severity is false, which is not one of error, warning, info, off",
                )
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(fields: dict[str, Any], expected: list[tuple[Pointer, str]]) -> None:
    assert told({**RULE, **fields}, "rule") == expected


def test_a_problem_says_its_keyword_and_the_key_that_must_not_be_there() -> None:
    found = problems_of({"campain": 1, "channel": "sms", "name": 5}, resources.schema("campaign"))
    assert found == [
        SchemaProblem((), "'campaign' is missing", "required"),
        SchemaProblem(
            (), "unknown field 'campain', did you mean 'campaign'?", "additionalProperties", "campain", "campaign"
        ),
        SchemaProblem(("name",), "name is 5, a text is expected", "type"),
    ]
    (wrong,) = problems_of({"values": {"x": 1}}, {"properties": {"values": {"propertyNames": {"pattern": "^a$"}}}})
    assert wrong == SchemaProblem(("values",), "the key 'x' of values is not of the form ^a$", "pattern", "x")
    (wrong,) = problems_of({"propertyNames": "x"}, {"properties": {"propertyNames": {"pattern": "^a$"}}})
    assert wrong.message == "propertyNames is the text 'x', which is not of the form ^a$"


def test_of_several_choices_the_nearest_one_is_explained() -> None:
    schema = {
        "anyOf": [
            {"type": "string"},
            {"type": "object", "properties": {"match": {"type": "string"}, "body": {"type": "string"}}},
        ]
    }
    assert [problem.message for problem in problems_of(5, schema)] == [
        "the document is 5, a text or a mapping is expected"
    ]
    assert [problem.message for problem in problems_of({"match": 5}, schema)] == ["match is 5, a text is expected"]


def test_fields_are_named_as_a_reader_writes_them() -> None:
    assert [field_name(pointer) for pointer in ((), ("a",), ("a", 0, "b", "c"), (1, "a"))] == [
        "the document",
        "a",
        "a[0].b.c",
        "[1].a",
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").iterdir()), ids=lambda path: path.name)
def test_every_schema_can_be_printed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", path.name.removesuffix(".schema.json")]) == 0
    assert capsys.readouterr().out == path.read_text(encoding="utf-8")
