"""Changes of data → edits of the text: what stands beside them stays, in every style; what cannot be is refused."""

from __future__ import annotations

from typing import Any

import pytest

from policylint.edits import edits_of
from policylint.edits.changes import changed, same
from policylint.edits.comments import without_comment
from policylint.edits.splice import apart, encoded, is_faithful, spliced
from policylint.edits.writing import is_plain, written
from policylint.model.fix import SAFE, Change, Fix, Refused
from policylint.model.source import NOT_CARRIED, Pointer
from policylint.parse import decode, parse_text


def edited(text: str, *changes: Change, name: str = "c.yaml") -> str:
    """Make changes to a text, and hold what comes of it against what the data should be."""
    source = parse_text(name, text)
    number = changes[0].document
    new = spliced(text, edits_of(source.documents[number], changes))
    after = parse_text(name, new)
    assert not after.problems
    for document in source.documents:
        expected = document.data
        for change in changes if document.number == number else ():
            expected = changed(expected, change)
        assert same(after.documents[document.number].data, expected)
    return new


def to(pointer: Pointer, value: Any, action: str = "set", document: int = 0) -> Change:
    return Change(document, pointer, action, value)


# --- scalars ------------------------------------------------------------------------------------------------------

SCALARS = [
    ("a: utility   # c\n", "marketing", "a: marketing   # c\n"),
    ('a: "utility"\n', "marketing", 'a: "marketing"\n'),
    ("a: 'utility'\n", "it's", "a: 'it''s'\n"),
    ("a: utility\n", "NO", "a: 'NO'\n"),
    ("a: utility\n", "it's", "a: it's\n"),
    ("a: 'utility'\n", "two\nlines", 'a: "two\\nlines"\n'),
    ("a: x\n", "key: value #1", "a: 'key: value #1'\n"),
    ("a: x\n", "2026-01-01", "a: '2026-01-01'\n"),
    ("a: x\n", "", "a: ''\n"),
    ("a: x\n", "\ufeffzero\u2028", 'a: "\\ufeffzero\\u2028"\n'),
    ("a: 6 # h\r\nb: 1\r\n", 24, "a: 24 # h\r\nb: 1\r\n"),
    ("a: x\n", True, "a: true\n"),
    ("a: x\n", None, "a: null\n"),
    ("a:\nb: 1\n", "x", "a: x\nb: 1\n"),
    ("a:   # later\nb: 1\n", "x", "a: x   # later\nb: 1\n"),
    ("{a: , b: 1}\n", "x", "{a: x, b: 1}\n"),
    ("a: &mine utility\n", "marketing", "a: &mine marketing\n"),
    ("a: [utility, x]\n", ["p", "q"], "a: [p, q]\n"),
    ("a:\n  b: 1\n  c: 2\nd: 3\n", "x", "a: x\nd: 3\n"),
    ("a: |\n  old\n  text\nb: 1\n", "new\n", 'a: "new\\n"\nb: 1\n'),
    ("a: plain\n  on two lines\nb: 1\n", "x", "a: x\nb: 1\n"),
    ("--- # first\na: x\n...\n", "z", "--- # first\na: z\n...\n"),
]


@pytest.mark.parametrize(("text", "value", "expected"), SCALARS)
def test_a_value_is_replaced_in_the_style_that_it_has(text: str, value: Any, expected: str) -> None:
    assert edited(text, to(("a",), value)) == expected


def test_a_text_that_ends_in_lines_of_tabs_is_not_replaced() -> None:
    (document,) = parse_text("c.yaml", "a: |\n \t\nb: 1\n").documents
    with pytest.raises(Refused, match="lines with nothing but tabs end the text"):
        edits_of(document, [to(("a",), "x")])


JSON_SCALARS = [
    ('{"a" : "utility","b":[1,\t2]}', "ü\n", '{"a" : "ü\\n","b":[1,\t2]}'),
    ('{"a": "x", "b": "\\u00e9"}', "ü", '{"a": "\\u00fc", "b": "\\u00e9"}'),
    ('{"a": 6}\n', 24, '{"a": 24}\n'),
    ("// c\n{a: 'x', /* d */ }\n", "it's", "// c\n{a: 'it\\'s', /* d */ }\n"),
]


@pytest.mark.parametrize(("text", "value", "expected"), JSON_SCALARS)
def test_a_value_of_json_is_replaced_as_the_file_writes_such(text: str, value: Any, expected: str) -> None:
    assert edited(text, to(("a",), value), name="c.json") == expected


NUMBERED = [
    ("a: Hi {{1}}, {{3}}\n", "Hi {{1}}, {{2}}", "a: Hi {{1}}, {{2}}\n"),
    ("a: >-\n  Hi {{ 2 }},\n  {{\n  4 }} ok\n", "Hi {{ 1 }}, {{ 2 }} ok", "a: >-\n  Hi {{ 1 }},\n  {{\n  2 }} ok\n"),
    ("a: |\n  {{3}}\n\n  {{10}}\n", "{{1}}\n\n{{2}}\n", "a: |\n  {{1}}\n\n  {{2}}\n"),
    ("a: 'it''s {{7}}\n  {{8}}'\n", "it's {{1}} {{2}}", "a: 'it''s {{1}}\n  {{2}}'\n"),
]


@pytest.mark.parametrize(("text", "value", "expected"), NUMBERED)
def test_numbers_of_parameters_are_changed_inside_a_text_of_any_style(text: str, value: str, expected: str) -> None:
    assert edited(text, to(("a",), value)) == expected


# --- keys ---------------------------------------------------------------------------------------------------------

KEYS = [
    ("a: 1\n", ("z",), "x", "a: 1\nz: x\n"),
    ("a: 1", ("z",), "x", "a: 1\nz: x"),
    ("a: 1\r\n# end\r\n", ("z",), "x", "a: 1\r\nz: x\r\n# end\r\n"),
    ("m:\n    a: 1   # c\n\n# next\nb: 2\n", ("m", "z"), "x", "m:\n    a: 1   # c\n    z: x\n\n# next\nb: 2\n"),
    ("- a: 1\n  b: 2\n- a: 3\n", (0, "z"), "x", "- a: 1\n  b: 2\n  z: x\n- a: 3\n"),
    ("m:\n  t: |\n    text\n\nb: 2\n", ("m", "z"), "x", "m:\n  t: |\n    text\n  z: x\n\nb: 2\n"),
    ("a: 1\n", ("m", "o", "z"), "x", "a: 1\nm:\n  o:\n    z: x\n"),
    ("m:\nb: 2\n", ("m", "z"), "x", "m: {z: x}\nb: 2\n"),
    ("m: {}\nb: 2\n", ("m", "z"), "x", "m: {z: x}\nb: 2\n"),
    ("m: {a: 1, b: [2]}\n", ("m", "z"), "x", "m: {a: 1, b: [2], z: x}\n"),
    ("m: { a: 1 }\n", ("m", "z"), ["p"], "m: { a: 1, z: [p] }\n"),
    ("m: {a: 1,}\n", ("m", "z"), "x", "m: {a: 1, z: x,}\n"),
    ("m: {\n  a: 1, # c\n  b: 2  # d\n}\n", ("m", "z"), "x", "m: {\n  a: 1, # c\n  b: 2,  # d\n  z: x\n}\n"),
    ("m: {\n  a: 1,\n}\n", ("m", "z"), "x", "m: {\n  a: 1,\n  z: x,\n}\n"),
    ('m: {a: "p", b: "q"}\n', ("m", "z"), "x", 'm: {a: "p", b: "q", z: "x"}\n'),
    ("m:\n  a: 'p'\n", ("m", "z"), "x", "m:\n  a: 'p'\n  z: 'x'\n"),
]


@pytest.mark.parametrize(("text", "pointer", "value", "expected"), KEYS)
def test_a_key_is_put_in_behind_the_others(text: str, pointer: Pointer, value: Any, expected: str) -> None:
    assert edited(text, to(pointer, value)) == expected


JSON_KEYS = [
    ('{"a":1,"b":{"c":2}}', ("z",), {"p": [1]}, '{"a":1,"b":{"c":2},"z":{"p":[1]}}'),
    ('{"a": 1, "b": 2}', ("z",), "x", '{"a": 1, "b": 2, "z": "x"}'),
    ('{\n\t"a": 1\n}\n', ("z",), {"p": [1]}, '{\n\t"a": 1,\n\t"z": {\n\t\t"p": [\n\t\t\t1\n\t\t]\n\t}\n}\n'),
    ('{\r\n  "a": 1\r\n}', ("z",), "x", '{\r\n  "a": 1,\r\n  "z": "x"\r\n}'),
    ('{\n  "m": {\n    "a" : 1\n  }\n}\n', ("m", "z"), "x", '{\n  "m": {\n    "a" : 1,\n    "z" : "x"\n  }\n}\n'),
    ('{"m": {}}', ("m", "z"), 1, '{"m": {"z": 1}}'),
    ("{\n  a: 1, // c\n  b: 2, // d\n}\n", ("z",), 3, "{\n  a: 1, // c\n  b: 2, // d\n  z: 3,\n}\n"),
    ("{\n  a: 1 // c\n}\n", ("z",), 3, "{\n  a: 1, // c\n  z: 3\n}\n"),
]


@pytest.mark.parametrize(("text", "pointer", "value", "expected"), JSON_KEYS)
def test_a_key_of_json_is_put_in_with_the_indentation_of_the_file(
    text: str, pointer: Pointer, value: Any, expected: str
) -> None:
    assert edited(text, to(pointer, value), name="c.json") == expected


REMOVED = [
    ("a: 1\nb: 2   # c\nd: 3\n", ("b",), "a: 1\nd: 3\n"),
    ("a: 1\n# about b\nb:\n  c: |\n    x\n\nd: 3\n", ("b",), "a: 1\n# about b\n\nd: 3\n"),
    ("a: 1\nb: 2", ("b",), "a: 1"),
    ("a: 1\r\nb: 2\r\n", ("b",), "a: 1\r\n"),
    ("m:\n  b: 2\nd: 3\n", ("m", "b"), "m: {}\nd: 3\n"),
    ("- b: 1\n  c: 2\n", (0, "b"), "- c: 2\n"),
    ("{a: 1, b: 2, c: 3}\n", ("b",), "{a: 1, c: 3}\n"),
    ("{a: 1, b: 2}\n", ("b",), "{a: 1}\n"),
    ("{b: 2, a: 1}\n", ("b",), "{a: 1}\n"),
    ("{b: 2}\n", ("b",), "{}\n"),
    ("{a: 1, b: 2,}\n", ("b",), "{a: 1,}\n"),
    ("{\n  a: 1, # c\n  b: 2  # d\n}\n", ("b",), "{\n  a: 1 # c\n}\n"),
    ("{\n  b: 1, # c\n  # about a\n  a: 2\n}\n", ("b",), "{\n  # about a\n  a: 2\n}\n"),
]


@pytest.mark.parametrize(("text", "pointer", "expected"), REMOVED)
def test_a_key_is_taken_out_with_its_lines_and_its_comma(text: str, pointer: Pointer, expected: str) -> None:
    assert edited(text, to(pointer, None, "remove")) == expected


def test_a_key_of_json_is_taken_out_with_its_line_and_the_comma_before_it() -> None:
    text = '{\n  "a": 1,\n  "b": [\n    2\n  ]\n}\n'
    assert edited(text, to(("b",), None, "remove"), name="c.json") == '{\n  "a": 1\n}\n'
    assert edited(text, to(("a",), None, "remove"), name="c.json") == '{\n  "b": [\n    2\n  ]\n}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a b': 1\n", "'new': 1\n"),
        ("a b: {c: 1}  # d\n", "new: {c: 1}  # d\n"),
        ('{"a b": 1}', '{"new": 1}'),
    ],
)
def test_a_key_gets_another_name_in_its_quotes(text: str, expected: str) -> None:
    assert edited(text, to(("a b",), "new", "rename")) == expected


# --- lists --------------------------------------------------------------------------------------------------------

ITEMS = [
    ("l:\n  - a\n  - b  # c\n", [2, "x"], "l:\n  - a\n  - b  # c\n  - x\n"),
    ("l:\n- a: 1\n  b: 2\n", [1, {"a": 3, "b": {"c": 4}}], "l:\n- a: 1\n  b: 2\n- a: 3\n  b:\n    c: 4\n"),
    (
        "l:\n  -   a: 1\n  # about b\n  -   b: 2\n",
        [1, {"x": 1}],
        "l:\n  -   a: 1\n  -   x: 1\n  # about b\n  -   b: 2\n",
    ),
    ("l:\n  - {a: 1}\n", [0, {"x": 1}], "l:\n  - {x: 1}\n  - {a: 1}\n"),
    ("l: [a, b]\n", [1, "x"], "l: [a, x, b]\n"),
    ("l: [a, b]\n", [0, "x"], "l: [x, a, b]\n"),
    ("l: []\n", [0, "x"], "l: [x]\n"),
    ("l: [\n  a, # c\n  b\n]\n", [1, "x"], "l: [\n  a, # c\n  x,\n  b\n]\n"),
    ("l: [\n  a\n]\n", [0, "x"], "l: [\n  x,\n  a\n]\n"),
]


@pytest.mark.parametrize(("text", "value", "expected"), ITEMS)
def test_an_item_is_put_in_as_its_neighbours_are_written(text: str, value: list[Any], expected: str) -> None:
    assert edited(text, to(("l",), value, "insert")) == expected


def test_an_item_of_json_is_put_in_on_lines_of_its_own_where_the_others_are() -> None:
    text = '{"l": [\n  {\n    "a": 1\n  }\n]}'
    new = '{"l": [\n  {\n    "a": 1\n  },\n  {\n    "b": 2\n  }\n]}'
    assert edited(text, to(("l",), [1, {"b": 2}], "insert"), name="c.json") == new
    compact = '{"l":[{"a":1,"b":2}]}'
    assert edited(compact, to(("l",), [1, {"b": 2}], "insert"), name="c.json") == '{"l":[{"a":1,"b":2},{"b":2}]}'


TAKEN_OUT = [
    ("l:\n  - a\n  - b  # c\n  - d\n", [1], "l:\n  - a\n  - d\n"),
    ("l:\n  - a\n  - b", [1], "l:\n  - a"),
    ("l:\n  - a\n  - b\nz: 1\n", [0, 1], "l: []\nz: 1\n"),
    ("l: [a, b, c, d]\n", [0, 2], "l: [b, d]\n"),
    ("l: [a, b, c]\n", [1, 2], "l: [a]\n"),
    ("l: [a]\n", [0], "l: []\n"),
    ("l:\n  -\n  - a\n", [0], "l:\n  - a\n"),
]


@pytest.mark.parametrize(("text", "indexes", "expected"), TAKEN_OUT)
def test_items_are_taken_out_with_their_lines_and_commas(text: str, indexes: list[int], expected: str) -> None:
    assert edited(text, to(("l",), indexes, "remove_items")) == expected


ORDERED = [
    ("l: [a, 'b', \"c\"]\n", [0, 2, 1], "l: [a, \"c\", 'b']\n"),
    ("l:\n  - a  # 1\n  # about b\n  - b\n  - c: 1\n    d: 2  # 2\n", [0, 2, 1],
     "l:\n  - a  # 1\n  - c: 1\n    d: 2  # 2\n  # about b\n  - b\n"),
    ("l:\r\n- a\r\n- b", [1, 0], "l:\r\n- b\r\n- a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "order", "expected"), ORDERED)
def test_items_are_put_in_another_order_with_their_lines_and_comments(
    text: str, order: list[int], expected: str
) -> None:
    assert edited(text, to(("l",), order, "order")) == expected


def test_several_changes_are_made_together_and_other_documents_of_the_stream_stay() -> None:
    text = "a: 1\n---\nb: {c: x, d: 2}\nl: [p]\n"
    changes = [
        to(("b", "c"), "w", document=1),
        to(("b", "z"), 1, document=1),
        to(("b", "zz"), 2, document=1),
        to(("l",), [1, "q"], "insert", document=1),
    ]
    assert edited(text, *changes) == "a: 1\n---\nb: {c: w, d: 2, z: 1, zz: 2}\nl: [p, q]\n"


# --- what is refused ----------------------------------------------------------------------------------------------

GENERATED = "the file says that it is generated: change what it is generated from"
COMMENTS = "comments or blank lines stand between it and the next key"
REFUSED = [
    ("a: &x v\nb: *x\n", to(("b",), "n"), "the value is an alias (*x)"),
    ("a: &x v\nb: *x\n", to(("a",), "n"), "the value is shared: an alias (*x) takes it over elsewhere"),
    ("a: &x {c: 1}\nb: {<<: *x}\n", to(("b", "c"), 2), "'c' may come from a merge key (<<)"),
    ("a: 1\na: 2\n", to(("a",), 3), "the key 'a' is given twice"),
    ("a: !secret v\n", to(("a",), "n"), "the value has the tag !secret"),
    ("# Generated by build.py, do not edit\na: v\n", to(("a",), "n"), GENERATED),
    ("// @generated\n{a: 1}\n", to(("a",), 2), GENERATED),
    ("? a\n: 1\n", to(("z",), 2), "its keys are written in a form that is not edited"),
    ("- - a\n  - b\n", to((0,), [1, 0], "order"), "its items are written in a form that is not edited"),
    ("l: [a, # c\n  b]\n", to(("l",), [1, 0], "order"), "comments stand between the items"),
    ("- b: 1\n  # c\n  a: 2\n", to((0, "b"), None, "remove"), COMMENTS),
    ("m: # c\n  b: 2\n", to(("m", "b"), None, "remove"), "comments stand between the key and its value"),
    ("b: 2\n", to(("b",), None, "remove"), "nothing would be left"),
    ("b: 2\n", to(("c",), None, "remove"), "there is nothing in its place"),
    ("l: v\n", to(("l",), [0, "x"], "insert"), "it is not written as a list"),
    ("[a: 1]\n", to((0, "z"), 2), "a pair without brackets of its own is not edited"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "change", "reason"), REFUSED)
def test_what_cannot_be_edited_is_refused_with_the_reason(text: str, change: Change, reason: str) -> None:
    name = "c.json5" if text.startswith("//") else "c.yaml"
    with pytest.raises(Refused) as refused:
        edits_of(parse_text(name, text).documents[0], [change])
    assert refused.value.reason == reason


def test_a_syntax_without_parts_is_refused() -> None:
    with pytest.raises(Refused, match="files of the kind env are not edited"):
        edits_of(parse_text(".env", "A=1\n").documents[0], [to(("A",), "2")])


# --- the pieces ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["yes", "off", "0o7", "1_000", "9:30", "~", "- a", "a: b", "a #b", " a", "...", "=", ""]
)
def test_a_text_that_some_reader_takes_for_something_else_is_not_plain(text: str) -> None:
    assert not is_plain(text, flow=False)
    assert parse_text("c.yaml", f"a: {written(text, 'yaml')}\n").documents[0].data == {"a": text}


def test_data_is_the_same_by_kind_and_value_whatever_the_order_of_keys() -> None:
    assert same({"a": 1, "b": [None, NOT_CARRIED]}, {"b": [None, NOT_CARRIED], "a": 1})
    assert same(float("nan"), float("nan"))
    for one, other in [(1, True), (1, 1.0), ("1", 1), ([1], [1, 2]), ({"a": 1}, {"a": 1, "b": None}), ("", None)]:
        assert not same(one, other)


def test_fixes_that_touch_another_one_wait() -> None:
    text = "a: 1\nb: 2\n"
    document = parse_text("c.yaml", text).documents[0]
    fixes = [
        Fix("one", SAFE, None, edits_of(document, [to((key,), value)]))
        for key, value in [("a", 3), ("a", 4), ("b", 5), ("z", 6), ("y", 7)]
    ]
    assert [fix.title for fix in fixes if any(kept is fix for kept in apart(fixes))] == ["one"] * 2
    assert apart(fixes) == [fixes[0], fixes[2]]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_new_text_is_written_in_the_encoding_of_the_old_one(mark: str, encoding: str) -> None:
    raw = f"{mark if encoding == 'utf-8' else chr(0xFEFF)}a: ü 🎉\r\n".encode(encoding)
    assert is_faithful(raw)
    assert encoded(raw, decode(raw).replace("ü", "é")) == raw.decode(encoding).replace("ü", "é").encode(encoding)


def test_bytes_that_are_no_text_are_left_alone() -> None:
    assert not is_faithful(b"a: \xff\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n# gone\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1   # gone\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\r\n  # gone\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n"),
        ("a: 1\n# gone", "a: 1\n"),
        ("{\n  // gone\n  a: 1 /* stays */\n}", "{\n  a: 1 /* stays */\n}"),
    ],
)
def test_a_comment_is_taken_out_with_the_line_that_it_has_to_itself(text: str, expected: str) -> None:
    comments = parse_text("c.json5" if text.startswith("{") else "c.yaml", text).comments()
    gone = next(comment for comment in comments if "gone" in comment.text)
    assert spliced(text, without_comment(text, gone.region)) == expected
