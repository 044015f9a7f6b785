"""Words that tell which files of a project are worth asking the provider table about: none of its signs is missed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylint import resources
from policylint.adapters.client_words import FILE_WORDS, client_pattern, may_show_client
from policylint.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLE: Mapping[str, Any] = (
    parse("providers.yaml", (resources.rules_folder() / "whatsapp" / "providers.yaml").read_bytes()).documents[0].data
)
ENTRIES = [(name, entry) for group in ("providers", "libraries") for name, entry in TABLE[group].items()]


def patterns() -> Iterator[tuple[str, str, str]]:
    for name, entry in ENTRIES:
        for kind in ("images", "variables", "sessions"):
            for item in entry.get(kind) or ():
                match, value = (item["match"], item["body"]) if isinstance(item, dict) else (item, "")
                yield name, match, value


@pytest.mark.parametrize(("name", "match", "value"), list(patterns()))
def test_every_sign_of_the_table_holds_one_of_the_words(name: str, match: str, value: str) -> None:
    pattern = client_pattern()

    @settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(re.compile(match, re.ASCII)), st.from_regex(re.compile(value, re.ASCII)))
    def holds(sign: str, body: str) -> None:
        assert pattern.search(sign) or pattern.search(body)

    holds()


def test_every_package_of_the_table_holds_one_of_the_words() -> None:
    found = [package for _, entry in ENTRIES for listed in (entry.get("packages") or {}).values() for package in listed]
    assert len(found) > 40
    for package in found:
        assert client_pattern().search(package), package
        assert any(word in f'"{package.lower()}"' for word in FILE_WORDS), package


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".env", "LOG_WARN=1\nAWS_WAF_ID=2\nSWATI=x\nSTRAWPOLL_URL=y\n", False),
        (".env", "# WhatsApp is sent by another service\n\nPORT=1\n", False),
        (".env", "# opens WhatsApp Web\nBOT=1\n", True),
        (".env", "API=https://api.z-api.io\n", True),
        (".env", "NEXT_PUBLIC_WA_TOKEN=\n", True),
        ("compose.yaml", "# evolution-api runs elsewhere\nservices:\n  a: {image: postgres}\n", False),
        ("compose.yaml", "services:\n  a:\n    image: x\n    volumes:\n      - ./d:/d # WhatsApp session\n", True),
        ("package.json", '{"name": "whatsapp-web.js", "dependencies": {"express": "1"}}', False),
        ("package.json", '{"dependencies": {"venom-bot": "1"}}', True),
        ("campaign.yaml", "campaign: a\nchannel: whatsapp\n", False),
    ],
)
def test_the_words_count_in_entries_and_in_comments_beside_them(name: str, text: str, expected: bool) -> None:
    (document,) = parse(name, text.encode()).documents
    assert may_show_client(document) is expected
