"""Characters that deceive readers: what is found, what is spared, and how it is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylint.codepoints import FINDERS, holds, named
from policylint.operators import OPERATORS
from policylint.screen import is_plain
from tests.reference import _deceives

TAGS = "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct")


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("bidirectional_controls", "invoice\u202efdp.exe", "U+202E RIGHT-TO-LEFT OVERRIDE (position 8)"),
        ("bidirectional_controls", "\u05d0 \u202da", "U+202D LEFT-TO-RIGHT OVERRIDE (position 3)"),
        ("bidirectional_controls", "\u202a+49 30\u202c {{1}}", "U+202A LEFT-TO-RIGHT EMBEDDING (position 1)"),
        ("bidirectional_controls", "\u202a{{1}}\u202c", ""),
        ("bidirectional_controls", "\u202a*|NAME|*\u202c", ""),
        ("bidirectional_controls", "\u05d0 \u202a+49 30\u202c", ""),
        ("bidirectional_controls", "\u2066a\u2069 \u200ea\u200f", ""),
        ("invisible_characters", "a\u200bb c\u200bd", "U+200B ZERO WIDTH SPACE (position 2, 6)"),
        (
            "invisible_characters",
            "a\u200b\u2060b",
            "U+200B ZERO WIDTH SPACE (position 2), U+2060 WORD JOINER (position 3)",
        ),
        ("invisible_characters", "α\ufeffβ", "U+FEFF ZERO WIDTH NO-BREAK SPACE (position 2)"),
        ("invisible_characters", "e\u0301\u3164ж", "U+3164 HANGUL FILLER (position 3)"),
        ("invisible_characters", "a\u200bb" * 4, "U+200B ZERO WIDTH SPACE (position 2, 5, 8, …)"),
        ("invisible_characters", "a\u200b\u2060\u2061\u2062b", None),
        ("invisible_characters", "http://a.example/1\u200c2", "U+200C ZERO WIDTH NON-JOINER (position 19)"),
        ("invisible_characters", "http://a.example/\u200b{{1}}", "U+200B ZERO WIDTH SPACE (position 18)"),
        ("invisible_characters", f"hi {TAGS[0]}", "U+E0067 TAG LATIN SMALL LETTER G (position 4)"),
        ("invisible_characters", f"\U0001f3f4{TAGS}\U000e007f", ""),
        ("invisible_characters", "\ufeffHello\u200b \u034f\u200c \u200b", ""),
        ("invisible_characters", "Auf\u200clage So\u00adfa", ""),
        ("invisible_characters", "\u0645\u06cc\u200c\u062e \u0915\u094d\u200d\u0937 \u0e01\u200b\u0e02", ""),
        ("invisible_characters", "\U0001f468\u200d\U0001f469\u200d\U0001f467", ""),
        ("invisible_characters", "http://a.example/\u200b\u0e02 a\u200b.example", ""),
        (
            "mixed_script_hosts",
            "https://p\u0430ypal.example/a",
            "U+0430 CYRILLIC SMALL LETTER A (in p\u0430ypal.example)",
        ),
        ("mixed_script_hosts", "https://сбербaнк.рф", "U+0061 LATIN SMALL LETTER A (in сбербaнк.рф)"),
        ("mixed_script_hosts", "xn--pypal-4ve.example", "U+0430 CYRILLIC SMALL LETTER A (in xn--pypal-4ve)"),
        (
            "mixed_script_hosts",
            "HTTPS://A:B@XN--PYPAL-4VE.example:1",
            "U+0430 CYRILLIC SMALL LETTER A (in XN--PYPAL-4VE.example)",
        ),
        ("mixed_script_hosts", "www.g\u03bfgle.example", "U+03BF GREEK SMALL LETTER OMICRON (in g\u03bfgle.example)"),
        ("mixed_script_hosts", "https://сбербанк.рф https://шоп.example xn--80ak6aa92e", ""),
        ("mixed_script_hosts", "https://ソニーmusic.example SMSчат https://a.example/чат", ""),
        ("mixed_script_hosts", f"xn--{'9' * 20} xn--{'a' * 80} https://xn--\u00fc.example", ""),
    ],
)
def test_what_deceives_is_named_and_what_writers_need_is_not(kind: str, text: str, said: str | None) -> None:
    if said is None:
        said = ", ".join(
            f"U+{at} (position {place})"
            for place, at in enumerate(
                ["200B ZERO WIDTH SPACE", "2060 WORD JOINER", "2061 FUNCTION APPLICATION"], start=2
            )
        )
        said += ", …"
    assert named(text, kind) == said
    assert holds(text, kind) is bool(said)
    assert OPERATORS["holds"].test(text, kind) is bool(said)


def test_the_operator_takes_every_kind_that_is_looked_for() -> None:
    assert OPERATORS["holds"].argument_schema["enum"] == list(FINDERS)


PARTS = st.sampled_from(
    [
        *"aZé.б/о{}: \u05d0\u0e01|-@1",
        *"\u200b\u200c\u200d\u2060\u3164\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u034f\u00ad\U0001f3f4\U000e0067\U000e007f\U000e0001",
        *["https://", "www.", "xn--", "XN--", "pypal-4ve", "Xn--"],
    ]
)


@settings(max_examples=1000, deadline=None)
@given(st.lists(PARTS, max_size=12).map("".join))
def test_two_readings_agree_and_a_plain_text_holds_nothing(text: str) -> None:
    found = {kind: holds(text, kind) for kind in FINDERS}
    assert found == {kind: _deceives(text, kind) for kind in FINDERS}
    assert not (is_plain(text) and any(found.values()))


@pytest.mark.parametrize(
    "text",
    [
        "\u202a" * 200_000,
        "a" + "\u200b" * 200_000,
        "https://" + "\u200b" * 200_000,
        "\U000e0067" * 200_000,
        "https://а" * 50_000,
        "xn--" * 50_000,
        "https://" + "а." * 100_000,
        "https://" + "а" * 200_000 + "a",
    ],
    ids=lambda text: ascii(text[:9]),
)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(text: str) -> None:
    import time

    start = time.process_time()
    for kind in FINDERS:
        named(text, kind)
    assert time.process_time() - start < 5
