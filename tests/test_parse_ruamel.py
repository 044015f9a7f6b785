"""Our parser and ruamel.yaml on the cases of yaml-test-suite: they agree but for lists that may only shrink."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from policylint.parse import parse
from tests.test_parse import SUITE, suite_cases

# Cases that both read, and differently.
DIFFERENT = {
    "a key without text is an empty text, not null": (
        "6M2F/0 DFF7/0 FH7J/0 FRK4/0 NHX8/0 NKF9/0 PW8X/0 S3PD/0 SM9W/1 UKK6/0"
    ),
    "a list or a mapping as a key is its text": "6BFJ/0 6PBE/0 KK5P/0 LX3P/0 M5DY/0 RZP5/0 SBG9/0 XW4D/0",
    "days, sets, ordered mappings and bytes are what JSON has for them": "2XXW/0 565N/0 J7PZ/0 RZT7/0",
    "a lone exclamation mark as a tag": "UKK6/2",
    "a colon in an anchor": "Y2GN/0",
}
# Cases that we read and ruamel.yaml refuses.
REFUSED_BY_RUAMEL = {
    "an unknown tag: an unknown value": (
        "5TYM/0 6CK3/0 6WLZ/0 7FWL/0 9HCY/0 9WXW/0 C4HZ/0 CC74/0 CUP7/0 M5C3/0 P76L/0 U99R/0 UGM3/0 Z67P/0 Z9M4/0"
    ),
    "a tab as white space": "DC7X/0 DK95/5 DK95/7 HS5T/0 J3BT/0 K54U/0 NB6Z/0 UV7Q/0",
    "a mapping as a key": "4FJ6/0 M2N8/0 M2N8/1 Q9WF/0 V9D5/0 X38W/0",
    "two keys that are the same": "2JQS/0",
    "a block scalar that begins with longer blank lines": "4QFQ/0 DWX9/0 S98Z/0 T26H/0",
    "a pair of which the key is JSON or on a line of its own": "9MMW/0 WZ62/0",
    "a directive with signs or a tab behind it": "MUS6/0 MUS6/3",
    "a comment right after a block scalar's sign": "X4QW/0",
}
# Cases that ruamel.yaml reads and we refuse.
REFUSED_BY_US: dict[str, str] = {}


def by_ruamel(text: str) -> list[Any] | None:
    """Return the documents as ruamel.yaml reads them, or None where it refuses them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an anchor that is given again
        try:
            return list(YAML(typ="safe", pure=True).load_all(text))
        except (YAMLError, TypeError, AssertionError):  # a mapping as a key, a version after 1.2
            return None


def listed(cases: dict[str, str], name: str) -> bool:
    return name in " ".join(cases.values()).split()


@pytest.mark.skipif(not SUITE.is_dir(), reason="the folder of yaml-test-suite is not named in YAML_TEST_SUITE")
def test_every_listed_case_is_one_of_the_suite_and_listed_once() -> None:
    names = " ".join(" ".join(cases.values()) for cases in (DIFFERENT, REFUSED_BY_RUAMEL, REFUSED_BY_US)).split()
    assert len(names) == len(set(names))
    assert set(names) <= {str(case.id) for case in suite_cases()}


@pytest.mark.parametrize("case", suite_cases())
def test_we_and_ruamel_agree_but_for_what_is_listed(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    source = parse("c.yaml", case["yaml"].encode())
    refused = any(problem.rule == "syntax" for problem in source.problems)
    ours = None if refused else [document.data for document in source.documents]
    other = by_ruamel(case["yaml"])
    # The types too: 1 is not true, and 1.0 is not 1.
    agree = repr(ours) == repr(other)
    assert listed(DIFFERENT, name) is (not agree and ours is not None and other is not None)
    assert listed(REFUSED_BY_RUAMEL, name) is (ours is not None and other is None)
    assert listed(REFUSED_BY_US, name) is (ours is None and other is not None)
