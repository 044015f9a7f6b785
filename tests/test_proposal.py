"""Proposed mappings: each loads, gives the campaigns when used, and says of every value that it leaves why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylint.adapters.home_made.words import ROLES
from policylint.config import configuration_in
from policylint.errors import UsageError
from policylint.mapping import sources_of
from policylint.parse import parse
from policylint.proposal import Proposal, propose
from policylint.sources import adapted
from tests.recordviews import document_of, said

if TYPE_CHECKING:
    from policylint.extensions import Adapted
    from policylint.model.source import Document


def used(proposal: Proposal, document: Document) -> Adapted:
    """Return what a document gives when the proposal is its configuration."""
    configuration = configuration_in(proposal.text.encode(), "policylint.yaml")
    return adapted(document, sources_of(configuration.document, configuration.data))


def proposed(data: Any, path: str = "config/file.json") -> tuple[str, list[Any]]:
    """Return a proposal without its first line, and the records that it gives, without what it does not map."""
    document = document_of(data, path)
    proposal = propose(document, path)
    made = used(proposal, document)
    assert made.problems == []
    assert len(made.campaigns) == proposal.campaigns
    head, _, text = proposal.text.partition("\n")
    noun = "campaign" if proposal.campaigns == 1 else "campaigns"
    assert head == (
        f"# Proposed by `policylint init --from {path}`: {proposal.campaigns} {noun}. Read it before you keep it."
    )
    return text, [known(campaign) for campaign in made.campaigns]


def known(campaign: Any) -> Any:
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            inner = {key: without(member) for key, member in value.items()}
            return {key: member for key, member in inner.items() if member not in ({}, "? the mapping does not say")}
        return [without(member) for member in value] if isinstance(value, list) else value

    return without(said(campaign))


def test_a_list_below_a_key_is_mapped_with_what_the_document_says_for_all() -> None:
    text, records = proposed(
        {
            "timezone": "Europe/Berlin",
            "mailings": [
                {
                    "id": "a",
                    "headline": "Spring is here",
                    "text": "Hello {{name}}",
                    "people": {"mode": "tag", "tags": ["regulars"]},
                    "sendAt": "2026-03-02",
                    "status": "paused",
                    "owner": {"mail": "ana@example.org"},
                },
                {"id": "b", "text": "Hi", "sendAt": "2026-06-02", "status": "active"},
            ],
        }
    )
    assert text == (
        "sources:\n"
        "  - files: config/file.json\n"
        '    each: "mailings[*]"\n'
        "    map:\n"
        "      campaign: id\n"
        "      enabled: status\n"
        "      messages.body: text\n"
        "      schedule.start: sendAt\n"
        '      schedule.timezone: "$.timezone"\n'
        "    values:\n"
        '      enabled: {"paused": false, "active": true}\n'
        "    # What holds for all of these campaigns and stands in none of them:\n"
        "    # defaults:\n"
        "    #   channel: whatsapp\n"
        "    #   sender: {product: business_platform}   # or consumer_app, business_app, channel\n"
        "    #   message: {kind: freeform}              # or template\n"
        "    # Not mapped:\n"
        "    #   headline: Spring is here\n"
        "    #   people.mode: tag\n"
        "    #   people.tags: a list of 1\n"
        "    #   owner.mail: ana@example.org\n"
    ).replace('"paused"', "paused").replace('"active"', "active")
    assert records == [
        {
            "campaign": "a",
            "enabled": False,
            "messages": [{"body": "Hello {{name}}"}],
            "schedule": {"start": "2026-03-02", "timezone": "Europe/Berlin"},
        },
        {
            "campaign": "b",
            "enabled": True,
            "messages": [{"body": "Hi"}],
            "schedule": {"start": "2026-06-02", "timezone": "Europe/Berlin"},
        },
    ]


def test_campaigns_by_name_carry_their_key() -> None:
    text, records = proposed(
        {
            "winter": {"mensaje": "Hola {nombre}", "destinatarios": ["+34600000001"], "canal": "wsp"},
            "verano": {"mensaje": "Ya es verano", "destinatarios": ["+34600000002"], "canal": "wsp"},
        }
    )
    assert '    each: "[*]"\n' in text
    assert '      campaign: "@key"\n' in text
    assert "      channel: canal\n" in text
    assert "    #   audience: {selection: list}\n" in text
    assert "    #   channel: whatsapp\n" not in text
    assert [(record["campaign"], record["channel"]) for record in records] == [
        ("winter", "whatsapp"),
        ("verano", "whatsapp"),
    ]


def test_the_messages_of_a_sequence_are_mapped_one_by_one() -> None:
    text, records = proposed(
        [{"name": "Trial", "dailyLimit": 40, "steps": [{"day": 0, "body": "Hi"}, {"day": 3, "body": "Again"}]}]
    )
    assert '      messages.body: "steps[*].body"\n' in text
    assert "    #   steps[*].day: 0\n" in text
    assert records == [
        {"name": "Trial", "messages": [{"body": "Hi"}, {"body": "Again"}], "schedule": {"daily_maximum": 40}}
        | {"campaign": "file[0]"}
    ]


def test_a_document_that_is_one_campaign_needs_no_path_to_it() -> None:
    text, records = proposed({"nama": "Promo", "pesan": "Halo kak", "kontak": ["62811"], "limitHarian": 100})
    assert "each" not in text
    assert records[0]["messages"] == [{"body": "Halo kak"}]


def test_a_value_that_the_record_cannot_hold_is_left_out_with_the_reason() -> None:
    data = [
        {"id": "a", "text": "Hello", "recipients": {"count": 5}, "dailyLimit": "many", "channel": "pigeon"},
        {"id": "b", "text": "Hello", "recipients": {"count": -1}, "dailyLimit": 10, "channel": "whatsapp"},
    ]
    text, records = proposed(data)
    assert "daily_maximum: dailyLimit" not in text
    assert "    #   dailyLimit: many   (" in text
    assert [record["messages"] for record in records] == [[{"body": "Hello"}], [{"body": "Hello"}]]


def test_the_second_key_for_a_field_says_what_it_lost_to() -> None:
    text, _ = proposed([{"id": "a", "slug": "b", "text": "Hello", "recipients": ["+4915100000000"]}])
    assert "    #   slug: b   (campaign is taken from id)\n" in text


def test_the_place_with_most_to_say_is_taken_of_several() -> None:
    data = {
        "templates": {"greeting": {"text": "Hello"}, "bye": {"text": "Bye"}},
        "rounds": [{"id": "a", "text": "Hello", "contacts": ["+1"], "sendAt": "2026-01-01", "channel": "sms"}],
    }
    text, records = proposed(data)
    assert '    each: "rounds[*]"\n' in text
    assert len(records) == 1


NO_CAMPAIGNS: list[Any] = [
    {},
    [],
    {"name": "app", "version": "1.0.0", "type": "module"},
    {"openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "paths": {}},
    [1, 2, 3],
    '"only a text"',
    [{"colour": "green"}, {"colour": "blue"}],
    {"name": "Levels", "enabled": True, "levels": [{"name": "one", "type": "easy"}]},
]


@pytest.mark.parametrize("data", NO_CAMPAIGNS, ids=str)
def test_a_file_without_campaigns_is_an_error_with_a_hint(data: Any) -> None:
    with pytest.raises(UsageError) as error:
        propose(document_of(data), "file.json")
    assert error.value.message == "nothing in file.json reads like campaigns"
    assert error.value.hint == "name the fields by hand: see `sources:` in README.md"


@pytest.mark.parametrize(
    "key",
    [
        "*",
        "[0]",
        "a.b",
        'say "hi"',
        "$",
        "@key",
        "",
        " ",
        "a\nb",
        "\x85",
        "\u2028",
        "\x07",
        "no",
        "123",
        "#",
        "ä",
        "x: y",
    ],
)
def test_keys_that_paths_and_yaml_read_otherwise_are_quoted_or_left_out(key: str) -> None:
    campaign = {key: {"text": "Hello", "contacts": ["+1"], "sendAt": "2026-01-01"}, "id": "a"}
    for data in ([campaign], {key: [{**campaign, "text": "Hello"}]}, {key: {"x": {**campaign, "text": "Hello"}}}):
        document = document_of(data)
        try:
            proposal = propose(document, "file.json")
        except UsageError:
            continue
        made = used(proposal, document)
        assert made.problems == []
        assert len(made.campaigns) == proposal.campaigns == 1


@pytest.mark.parametrize("path", ["a b.json", "it's.json", 'say "x".json', "# no comment.json", "a: b.json", "ä.json"])
def test_the_name_of_the_file_is_written_so_that_it_loads(path: str) -> None:
    document = document_of([{"id": "a", "text": "Hello", "contacts": ["+1"]}])
    configuration = configuration_in(propose(document, path).text.encode(), "policylint.yaml")
    assert configuration.data["sources"][0]["files"] == path


def test_what_is_shown_of_a_value_stays_in_its_comment() -> None:
    text, _ = proposed([{"id": "a", "text": "Hello", "contacts": ["+1"], "note": "one\ntwo: [\u2028three" + "!" * 80}])
    assert f"    #   note: one two: [ three{'!' * 41}…\n" in text


def test_yaml_values_without_a_form_in_json_are_shown_too() -> None:
    text = "- id: a\n  text: Hello\n  contacts: ['+1']\n  extra: !secret x\n  size: .inf\n  day: 2026-01-01\n"
    document = parse("file.yaml", text.encode()).documents[0]
    proposal = propose(document, "file.yaml")
    assert used(proposal, document).problems == []
    assert "    #   extra: " in proposal.text


TEXTS = st.text(max_size=12) | st.sampled_from(
    ["Hello {{name}}", "whatsapp", "paused", "2026-01-01", "0 9 * * 1", "de"]
)
KEYS = st.sampled_from(sorted(ROLES)) | st.text(max_size=6)
SCALARS = TEXTS | st.integers() | st.booleans() | st.none() | st.floats()
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(DATA | st.dictionaries(KEYS, DATA, max_size=6) | st.lists(st.dictionaries(KEYS, DATA), max_size=4))
def test_whatever_is_proposed_loads_and_gives_the_campaigns_that_it_names(data: Any) -> None:
    source = parse("file.json", json.dumps(data).encode())
    for document in source.documents:
        try:
            proposal = propose(document, "file.json")
        except UsageError:
            continue
        made = used(proposal, document)
        assert made.problems == []
        assert len(made.campaigns) == proposal.campaigns > 0


IDENTIFIED = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z]{1,8}", fullmatch=True),
        "text": st.just("Hello {{name}}"),
        "sendAt": st.dates().map(str),
        "contacts": st.lists(st.just("+4915100000000"), min_size=1, max_size=2),
    }
)
CAMPAIGNS = st.builds(
    lambda own, more: {**{f"x{key}": value for key, value in more.items()}, **own},
    IDENTIFIED,
    st.dictionaries(st.text(alphabet="abc._[]*@$\"' ", max_size=4), SCALARS, max_size=4),
)
WRAPPERS = st.lists(st.from_regex(r"[a-z][a-z-]{0,7}", fullmatch=True), max_size=2)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(CAMPAIGNS, min_size=1, max_size=4), WRAPPERS)
def test_campaigns_in_a_list_are_found_wherever_it_stands(campaigns: list[Any], wrappers: list[str]) -> None:
    data: Any = campaigns
    for name in wrappers:
        data = {name: data}
    document = document_of(data)
    proposal = propose(document, "file.json")
    made = used(proposal, document)
    assert made.problems == []
    assert [campaign.data["campaign"] for campaign in made.campaigns] == [one["id"] for one in campaigns]
    assert [campaign.data["messages"][0]["body"] for campaign in made.campaigns] == ["Hello {{name}}"] * len(campaigns)
