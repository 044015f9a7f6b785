"""Entries of ``sources:`` in a configuration: their paths, and every mistake at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylint.config import read_configuration
from policylint.errors import ConfigError
from policylint.mapping import FilePath, Source, file_path, found, record_path, record_paths, sources_of, written
from policylint.record import record_schema

STEPS = st.lists(st.none() | st.integers(0, 20) | st.text(max_size=4), max_size=4)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        ("name", ("name",)),
        ("audience.mode", ("audience", "mode")),
        ("[*]", (None,)),
        ("campaigns[*]", ("campaigns", None)),
        ("campaigns.*", ("campaigns", None)),
        ("*.name", (None, "name")),
        ("steps[0].text", ("steps", 0, "text")),
        ('p["a.b"]', ("p", "a.b")),
        ("['p[1]']", ("p[1]",)),
        ("last name", ("last name",)),
        ("24h", ("24h",)),
        ("empfänger", ("empfänger",)),
        ("_note", ("_note",)),
    ],
)
def test_a_path_leads_through_names_items_and_all_of_them(text: str, steps: tuple[Any, ...]) -> None:
    assert file_path(text) == FilePath(text, steps)


def test_a_path_may_start_at_the_document_or_mean_the_key() -> None:
    assert file_path("$.sending.zone") == FilePath("$.sending.zone", ("sending", "zone"), from_root=True)
    assert file_path("$[0]") == FilePath("$[0]", (0,), from_root=True)
    assert file_path("@key") == FilePath("@key", (), is_key=True)
    assert file_path("$price") == FilePath("$price", ("$price",))


@pytest.mark.parametrize("text", ["a..b", ".a", "a.", "a[", "a[x]", "a[*]b", "a.[0]", "[]", "a]", "'a'", ".", "a. b"])
def test_what_is_no_path_is_none(text: str) -> None:
    assert file_path(text) is None


@given(STEPS)
def test_steps_that_are_written_lead_the_same_way(steps: list[str | int | None]) -> None:
    path = file_path(written(steps))
    if path is not None and not any('"]' in step and "']" in step for step in steps if isinstance(step, str)):
        assert path.steps == tuple(steps)
        assert not path.is_key
        assert not path.from_root


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ("", [()]),
        ("a", [("a",)]),
        ("a[*].b", [("a", 0, "b"), ("a", 2, "b")]),
        ("a[2].b", [("a", 2, "b")]),
        ("a[9]", []),
        ("*", [("a",), ("c",)]),
        ("c.*", [("c", "x"), ("c", "y")]),
        ("c[0]", []),
        ("a.b", []),
        ("c.x.y", []),
    ],
)
def test_what_stands_at_a_path(text: str, pointers: list[tuple[Any, ...]]) -> None:
    data = {"a": [{"b": 1}, 5, {"b": None}], "c": {"x": 1, "y": 2}}
    path = file_path(text)
    assert path is not None
    assert list(found(data, path)) == pointers


def test_fields_may_be_written_for_one_message_or_for_each() -> None:
    assert record_path("message.body") == record_path("messages.body") == record_path("messages[*].body")
    assert record_path("audience.size") == ("audience", "size")


def test_every_path_that_may_be_named_is_a_field_of_the_record() -> None:
    schema = record_schema()
    assert len(record_paths()) > 100
    assert [path for path in record_paths() if schema.field(path) is None] == []
    assert ("messages", "template", "components") in record_paths()
    assert not {("messages",), ("audience",), ("business", "licences", "name")} & set(record_paths())


# --- mistakes -----------------------------------------------------------------------------------------------------


def refused(folder: Path, entry: str) -> list[str]:
    path = folder / "policylint.yaml"
    path.write_text(f"sources:\n- {entry}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_configuration(path, "policylint.yaml")
    return [line.removeprefix("policylint.yaml:") for line in error.value.message.splitlines()]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{files: a.yaml}", "2:3: 'map' is missing in sources[0]"),
        ("{map: {campaign: id}}", "2:3: 'files' is missing in sources[0]"),
        ("{files: [], map: {campaign: id}}", "2:11: sources[0].files: [] should be non-empty"),
        ("{files: a, map: {campaign: 5}}", "2:30: sources[0].map.campaign is 5, a text or a list is expected"),
        ("{files: a, mapp: {}, map: {campaign: id}}", "2:14: unknown field 'mapp' in sources[0], did you mean 'map'?"),
        ("{files: !x a, map: {campaign: id}}", "2:14: the tag !x means nothing in a configuration"),
        (
            "{files: a, map: {campain: id}}",
            "2:20: the campaign record has no field 'campain', did you mean 'campaign'?",
        ),
        (
            "{files: a, map: {body: text}}",
            "2:20: the campaign record has no field 'body', did you mean 'messages.body'?",
        ),
        (
            "{files: a, map: {audience: who}}",
            "2:20: 'audience' is a group of fields: name one of them, such as audience.size",
        ),
        (
            "{files: a, map: {message.body: x, messages.body: y}}",
            "2:37: 'messages.body' and 'message.body' are the same field",
        ),
        ("{files: a, map: {x-own: y}}", "2:20: the campaign record has no field 'x-own'"),
        ("{files: a, map: {enabled: 'a[*]'}}", "2:29: enabled takes one value, and 'a[*]' leads to many"),
        (
            "{files: a, map: {messages.body: 'a[*].b[*]'}}",
            "2:35: messages.body takes one value for each message, and 'a[*].b[*]' leads to many",
        ),
        (
            "{files: a, map: {name: [title, 'a..b']}}",
            "2:34: the path for name is 'a..b', which is no path: write names with dots, [0], [*] and [\"a.b\"]",
        ),
        (
            "{files: a, each: 'campaigns[', map: {name: n}}",
            "2:20: sources[0].each is 'campaigns[', which is no path: write names with dots, [0], [*] and [\"a.b\"]",
        ),
        (
            "{files: a, map: {audience.selection: who}, values: {audience.selection: {all: lst}}}",
            "2:81: audience.selection is the text 'lst', which is not one of single_number, list, segment, group_chat,"
            " inbound_sender, event, did you mean 'list'?",
        ),
        (
            "{files: a, map: {messages.kind: k}, values: {message.kind: {own: freform}}}",
            "2:68: messages[0].kind is the text 'freform', which is not one of template, freeform, broadcast_list,"
            " interactive, did you mean 'freeform'?",
        ),
        (
            "{files: a, map: {enabled: on}, values: {enbled: {draft: false}}}",
            "2:43: there are values for 'enbled', which the map does not name, did you mean 'enabled'?",
        ),
        (
            "{files: a, map: {name: n}, defaults: {channel: whatsap}}",
            "2:50: channel is the text 'whatsap', which is not one of whatsapp, email, sms, rcs, messenger, instagram,"
            " telegram, viber, line, apple_messages, signal, threema, push, voice, did you mean 'whatsapp'?",
        ),
        (
            "{files: a, map: {name: n}, defaults: {sender: {produkt: x}}}",
            "2:50: unknown field 'produkt' in sender, did you mean 'product'?",
        ),
        (
            "{files: a, map: {name: n}, defaults: {audience: {size: many}}}",
            "2:58: audience.size is the text 'many', a whole number is expected",
        ),
    ],
)
def test_a_mistake_is_refused_at_its_place(tmp_path: Path, entry: str, said: str) -> None:
    assert refused(tmp_path, entry) == [said]


def test_a_mistake_in_toml_is_refused_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[[tool.policylint.sources]]\nfiles = "a.json"\n[tool.policylint.sources.map]\n"messages.body" = "text"\n'
        'campain = "id"\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as error:
        read_configuration(path, "pyproject.toml")
    said = "pyproject.toml:5:1: the campaign record has no field 'campain', did you mean 'campaign'?"
    assert said in error.value.message


def test_an_entry_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "policylint.yaml"
    path.write_text(
        """\
sources:
- files: [a/*.json, b.yaml]
  each: campaigns.*
  map: {campaign: '@key', message.body: [text, 'steps[*].text']}
  values: {}
  defaults: {channel: email, sender: {product: !secret product}}
- {files: c.yaml, map: {name: title}}
""",
        encoding="utf-8",
    )
    configuration = read_configuration(path, "policylint.yaml")
    first, second = sources_of(configuration.document, configuration.data)
    assert first._replace(defaults={}) == Source(
        files=("a/*.json", "b.yaml"),
        each=FilePath("campaigns.*", ("campaigns", None)),
        fields={
            ("campaign",): (FilePath("@key", (), is_key=True),),
            ("messages", "body"): (
                FilePath("text", ("text",)),
                FilePath("steps[*].text", ("steps", None, "text")),
            ),
        },
        values={},
        defaults={},
        document=configuration.document,  # type: ignore[arg-type]
        pointer=("sources", 0),
    )
    assert first.defaults["channel"] == "email"
    assert (second.files, second.each, second.pointer) == (("c.yaml",), FilePath("", ()), ("sources", 1))


def test_no_configuration_maps_nothing() -> None:
    assert sources_of(None, {}) == ()
