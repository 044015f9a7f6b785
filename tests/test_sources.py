"""Mapped files: their campaigns with every place, what is absent and what is unknown, and what is wrong with values."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylint.api import settings_for
from policylint.checker import Checker
from policylint.config import Configuration, read_configuration
from policylint.discover import discover, read_file
from policylint.errors import ConfigError
from policylint.mapping import record_paths, sources_of
from policylint.model.source import NOT_MAPPED, Unknown
from policylint.parse import parse
from policylint.pipeline import check_all
from policylint.plugins import load_extensions
from policylint.record import record_schema
from policylint.ruleset import load_rules
from policylint.sources import adapted, sources_for
from tests.recordviews import document_of, placed, said, written

if TYPE_CHECKING:
    from policylint.extensions import Adapted

CONFIGURATION = """\
sources:
- files: 'config/*.json'
  each: campaigns[*]
  map:
    campaign: id
    name: [title, name]
    enabled: state
    audience.selection: who.mode
    audience.countries: country
    messages.body: text
    messages.language: $.language
    opt_out.keywords: optOut.words
    schedule.start: at
  values:
    enabled: {draft: false, live: true}
    audience.selection: {all: list}
  defaults:
    channel: whatsapp
    sender: {product: business_platform}
    audience: {source: web_form}
    message: {kind: freeform}
"""
FILE = {
    "language": "de",
    "campaigns": [
        {
            "id": "a",
            "name": "Herbst",
            "state": "live",
            "who": {"mode": "all"},
            "country": "AT",
            "text": "Hallo {name}",
            "optOut": {"words": ["stopp"]},
        },
        {"id": "b", "state": "draft", "who": {}, "optOut": {}},
    ],
}


def configuration_of(folder: Path, text: str = CONFIGURATION) -> Configuration:
    path = folder / "policylint.yaml"
    path.write_text(text, encoding="utf-8")
    return read_configuration(path, "policylint.yaml")


def read(folder: Path, data: Any, text: str = CONFIGURATION, path: str = "config/a.json") -> Adapted:
    configuration = configuration_of(folder, text)
    return adapted(document_of(data, path), sources_of(configuration.document, configuration.data))


def test_a_campaign_is_what_the_map_names_with_every_value_at_its_place(tmp_path: Path) -> None:
    made = read(tmp_path, FILE)
    assert made.problems == []
    first, second = made.campaigns
    assert first.format == "mapped"
    assert known(first) == {
        "campaign": "a",
        "name": "Herbst",
        "enabled": True,
        "channel": "whatsapp",
        "sender": {"product": "business_platform"},
        "audience": {"selection": "list", "countries": ["AT"], "source": "web_form"},
        "messages": [{"body": "Hallo {name}", "language": "de", "kind": "freeform"}],
        "opt_out": {"keywords": ["stopp"]},
    }
    assert placed(first) == {
        "": "campaigns/0/id",
        "campaign": "campaigns/0/id",
        "name": "campaigns/0/name",
        "enabled": "campaigns/0/state",
        "audience.selection": "campaigns/0/who/mode",
        "audience.countries": "campaigns/0/country",
        "audience.countries.0": "campaigns/0/country",
        "messages.0.body": "campaigns/0/text",
        "messages.0.language": "language",
        "opt_out.keywords": "campaigns/0/optOut/words",
        "channel": "sources/0/defaults/channel",
        "sender.product": "sources/0/defaults/sender/product",
        "audience.source": "sources/0/defaults/audience/source",
        "messages.0.kind": "sources/0/defaults/message/kind",
    }
    assert {path: note for path, note in first.evidence.items() if path[0] in ("channel", "messages")} == {
        ("channel",): "defaults in policylint.yaml",
        ("messages", 0, "kind"): "defaults in policylint.yaml",
    }
    region = first.place(("sender", "product")).region()
    assert (region.start.line, region.start.column) == (19, 23)
    assert written(first, "opt_out", "keywords", 0) == '"stopp"'
    assert known(second) == {
        "campaign": "b",
        "enabled": False,
        "channel": "whatsapp",
        "sender": {"product": "business_platform"},
        "audience": {"source": "web_form"},
        "messages": [{"language": "de", "kind": "freeform"}],
    }


def known(campaign: Any) -> Any:
    """Return what a record says without what its mapping does not."""

    def pruned(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {key: pruned(inner) for key, inner in value.items() if inner != "? the mapping does not say"}
            return {key: inner for key, inner in kept.items() if inner not in ({}, None)}
        return [pruned(inner) for inner in value] if isinstance(value, list) else value

    return pruned(said(campaign))


def test_what_the_map_names_and_the_file_lacks_is_absent_and_the_rest_unknown(tmp_path: Path) -> None:
    _, second = read(tmp_path, FILE).campaigns
    assert "keywords" not in second.data["opt_out"]
    assert second.data["opt_out"]["url"] == second.data["consent"] == NOT_MAPPED == Unknown("the mapping does not say")
    assert "start" not in second.data["schedule"]
    assert "body" not in second.data["messages"][0]
    # A finding about what is absent stands where the file would have it, else at what names the campaign.
    assert written(second, "opt_out", "keywords") == '"optOut"'
    assert written(second, "schedule", "start") == "b"
    assert written(second, "audience", "selection") == '"who"'


def test_campaigns_push_where_nothing_else_is_said(tmp_path: Path) -> None:
    silent, _ = read(tmp_path, FILE).campaigns
    assert "direction" not in silent.data
    direction = record_schema().field(("direction",))
    assert direction is not None
    assert direction.default == "push"
    replies, _ = read(tmp_path, FILE, CONFIGURATION + "    direction: reply\n").campaigns
    assert replies.data["direction"] == "reply"


def test_messages_come_from_the_items_of_a_list_and_share_what_stands_above(tmp_path: Path) -> None:
    text = """\
sources:
- files: a.yaml
  each: sequences.*
  map:
    campaign: '@key'
    channel: channel
    messages.body: steps[*].text
    messages.template.name: steps[*].template
    messages.topics: steps[*].topics[*]
    messages.language: language
"""
    data = {
        "sequences": {
            "hello": {
                "channel": "WhatsApp",
                "language": "de",
                "steps": [{"text": "Hallo"}, {"template": "b", "topics": ["x", "y"]}, {}],
            },
            "empty": {"channel": "sms", "steps": []},
        }
    }
    first, second = read(tmp_path, data, text, "a.yaml").campaigns
    assert known(first) == {
        "campaign": "hello",
        "channel": "whatsapp",
        "messages": [
            {"body": "Hallo", "language": "de"},
            {"template": {"name": "b"}, "topics": ["x", "y"], "language": "de"},
            {"language": "de"},
        ],
    }
    assert first.data["messages"][0]["template"]["status"] == NOT_MAPPED
    assert first.place(("messages", 1, "topics", 1)).pointer == ("sequences", "hello", "steps", 1, "topics", 1)
    assert first.place(("messages", 2)).pointer == ("sequences", "hello", "steps", 2)
    assert first.place(()).pointer == ("sequences", "hello")
    assert (second.id, second.data["channel"], second.data.get("messages")) == ("empty", "sms", None)


def test_a_document_may_be_one_campaign_and_have_no_name(tmp_path: Path) -> None:
    text = "sources: [{files: a.yaml, map: {messages.body: text, audience.size: size}}]\n"
    (campaign,) = read(tmp_path, {"text": "Hi", "size": "{{ n }}"}, text, "texts/hello.de.yaml").campaigns
    assert (campaign.id, campaign.data["audience"]["size"]) == ("hello", "{{ n }}")
    text = "sources: [{files: a.yaml, each: '[*]', map: {messages.body: text}}]\n"
    first, second = read(tmp_path, [{"text": "Hi"}, {"text": "Ho"}], text, "hello.yaml").campaigns
    assert (first.id, second.id) == ("hello[0]", "hello[1]")


def test_a_channel_that_the_file_should_name_and_does_not_is_unknown(tmp_path: Path) -> None:
    text = "sources: [{files: a.yaml, map: {campaign: id, channel: via}}]\n"
    made = read(tmp_path, {"id": 7}, text, "a.yaml")
    assert made.problems == []
    assert (made.campaigns[0].id, made.campaigns[0].data["channel"]) == ("7", Unknown("the file does not name it"))


def test_lists_are_made_of_single_values_and_of_many_places(tmp_path: Path) -> None:
    text = """\
sources:
- files: a.json
  map: {campaign: id, audience.countries: 'markets[*].code', opt_out.keywords: stop, sender.phone_numbers: numbers}
"""
    data = {"id": "a", "markets": [{"code": "AT"}, {"code": "DE"}], "stop": "STOP", "numbers": ["+43 1"]}
    (campaign,) = read(tmp_path, data, text, "a.json").campaigns
    assert known(campaign) == {
        "campaign": "a",
        "audience": {"countries": ["AT", "DE"]},
        "opt_out": {"keywords": ["STOP"]},
        "sender": {"phone_numbers": ["+43 1"]},
    }
    assert [written(campaign, "audience", "countries", index) for index in (0, 1)] == ['"AT"', '"DE"']
    assert written(campaign, "sender", "phone_numbers", 0) == '"+43 1"'
    assert written(campaign, "opt_out", "keywords", 0) == '"STOP"'


def test_values_are_held_against_the_schema_at_their_places(tmp_path: Path) -> None:
    data = {"campaigns": [{"id": "a", "state": "drft", "who": {"mode": "segmnt"}, "at": "2026-02-30", "text": 5}]}
    problems = read(tmp_path, data).problems
    assert [(problem.severity, problem.pointer, problem.message, problem.hint) for problem in problems] == [
        (
            "error",
            ("campaigns", 0, "state"),
            "enabled is the text 'drft', true or false is expected",
            "policylint.yaml:2 translates draft, live, did you mean 'draft'?",
        ),
        (
            "error",
            ("campaigns", 0, "who", "mode"),
            "audience.selection is the text 'segmnt', which is not one of single_number, list, segment, group_chat,"
            " inbound_sender, event, did you mean 'segment'?",
            "policylint.yaml:2 translates all",
        ),
        ("error", ("campaigns", 0, "text"), "messages[0].body is 5, a text is expected", None),
        (
            "error",
            ("campaigns", 0, "at"),
            "schedule.start is '2026-02-30', which is no day or time of the calendar",
            None,
        ),
    ]


def test_true_and_numbers_are_translated_by_their_texts(tmp_path: Path) -> None:
    text = """\
sources:
- files: a.yaml
  map: {campaign: id, purpose: kind, messages.kind: own, audience.selection: tags}
  values: {purpose: {1: newsletter}, messages.kind: {true: freeform, false: template}, audience.selection: {x: null}}
"""
    made = read(tmp_path, {"id": "a", "kind": 1, "own": False, "tags": "x"}, text, "a.yaml")
    assert made.problems == []
    assert known(made.campaigns[0]) == {"campaign": "a", "purpose": "newsletter", "messages": [{"kind": "template"}]}


@pytest.mark.parametrize(
    ("data", "said_of_it"),
    [
        ({"campaigns": []}, []),
        ({"campaigns": None}, []),
        (
            {"campaign": []},
            [("warning", "nothing stands at 'campaigns[*]' in config/a.json (policylint.yaml:2)")],
        ),
        (
            {"campaigns": [{"id": "a"}, "b"]},
            [("error", "campaigns[1] is no mapping, so it is no campaign (policylint.yaml:2)")],
        ),
    ],
)
def test_campaigns_that_are_not_where_they_should_be(tmp_path: Path, data: Any, said_of_it: list[Any]) -> None:
    problems = read(tmp_path, data).problems
    assert [(problem.severity, problem.message) for problem in problems] == said_of_it


def test_several_entries_for_a_file_are_read_each(tmp_path: Path) -> None:
    text = """\
sources:
- {files: a.json, each: 'mails[*]', map: {campaign: id}, defaults: {channel: email}}
- {files: '*.json', each: 'texts[*]', map: {campaign: id}, defaults: {channel: sms}}
"""
    made = read(tmp_path, {"mails": [{"id": "a"}], "texts": [{"id": "b"}]}, text, "a.json")
    assert [(one.id, one.data["channel"]) for one in made.campaigns] == [("a", "email"), ("b", "sms")]


def test_which_files_are_mapped_is_decided_by_globs_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    text = "sources: [{files: ['config/*.json', 'campaigns/**/x.yaml'], map: {campaign: id}}]\n"
    configuration = configuration_of(tmp_path, text)
    sources = sources_of(configuration.document, configuration.data)
    mapped = ["config/a.json", "campaigns/x.yaml", "campaigns/b/c/x.yaml"]
    others = ["a.json", "config/a.yaml", "config/b/a.json", "other/config/a.json"]
    assert all(sources_for(tmp_path / path, sources, tmp_path) for path in mapped)
    assert not any(sources_for(tmp_path / path, sources, tmp_path) for path in others)


# --- in a run -----------------------------------------------------------------------------------------------------

EXTENSIONS = load_extensions(installed=False)


def test_a_mapped_file_is_not_offered_to_any_adapter(tmp_path: Path) -> None:
    text = "sources: [{files: a.yaml, map: {campaign: title}, defaults: {channel: email}}]\n"
    configuration = configuration_of(tmp_path, text)
    settings_ = settings_for(configuration, as_of=date(2026, 11, 23))
    checker = Checker(load_rules(settings_, EXTENSIONS), settings_, EXTENSIONS, lambda _path: None)
    native = b"campaign: native\nchannel: whatsapp\ntitle: mapped\n---\ntitle: second\n"
    found = checker.campaigns(parse("a.yaml", native), tmp_path / "a.yaml")
    assert [(one.id, one.format, one.data["channel"]) for one in found] == [
        ("mapped", "mapped", "email"),
        ("second", "mapped", "email"),
    ]
    found = checker.campaigns(parse("b.yaml", native), tmp_path / "b.yaml")
    assert [(one.id, one.format) for one in found] == [("native", "native")]


def test_defaults_of_an_entry_come_before_those_of_all(tmp_path: Path) -> None:
    text = """\
defaults: {channel: sms, sender: {product: consumer_app, display_name: Muster}}
sources: [{files: a.yaml, map: {campaign: id}, defaults: {channel: email, sender: {product: business_app}}}]
"""
    configuration = configuration_of(tmp_path, text)
    settings_ = settings_for(configuration, as_of=date(2026, 11, 23))
    checker = Checker(load_rules(settings_, EXTENSIONS), settings_, EXTENSIONS, lambda _path: None)
    (campaign,) = checker.campaigns(parse("a.yaml", b"id: a\n"), tmp_path / "a.yaml")
    assert (campaign.data["channel"], campaign.data["sender"]["product"], campaign.data["sender"]["display_name"]) == (
        "email",
        "business_app",
        "Muster",
    )
    assert campaign.place(("sender", "product")).region().start.line == 2


def test_a_provider_of_the_defaults_means_its_route(tmp_path: Path) -> None:
    text = """\
sources:
- {files: a.yaml, map: {campaign: id}, defaults: {channel: whatsapp, sender: {provider: evolution-api}}}
"""
    configuration = configuration_of(tmp_path, text)
    settings_ = settings_for(configuration, as_of=date(2026, 11, 23))
    checker = Checker(load_rules(settings_, EXTENSIONS), settings_, EXTENSIONS, lambda _path: None)
    (campaign,) = checker.campaigns(parse("a.yaml", b"id: a\n"), tmp_path / "a.yaml")
    assert campaign.data["sender"]["route"] == "unofficial"


# --- whatever a file holds ----------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c", "steps"])
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 9) | st.sampled_from(["whatsapp", "2026-13-01", "{{ x }}", "list", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)
PATHS = st.sampled_from(["a", "b", "a.b", "steps[*].a", "steps[*].b.c", "$.a", "@key", "c[0]", "*.a"])


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    data=DATA,
    each=st.sampled_from(["", "a", "[*]", "a[*]", "*", "a.*"]),
    fields=st.dictionaries(st.sampled_from(record_paths()), PATHS, min_size=1, max_size=8),
    defaults=st.sampled_from([{}, {"channel": "email", "message": {"kind": "freeform"}}]),
)
def test_whatever_a_file_holds_is_read_or_said_to_be_wrong(
    data: Any, each: str, fields: dict[Any, str], defaults: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    entry = {
        "files": "a.json",
        "each": each,
        "map": {".".join(path): text for path, text in fields.items()},
        "defaults": defaults,
    }
    folder = tmp_path_factory.mktemp("run", numbered=True)
    try:
        made = read(folder, [data], json.dumps({"sources": [entry]}), "a.json")
    except ConfigError:  # a path that leads to many values for a field that takes one
        return
    for campaign in made.campaigns:
        assert record_schema().conforms(campaign.data) or made.problems
        assert all(place.region() for place in campaign.places.values())


def test_mapped_files_are_judged_in_a_whole_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    configuration_of(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "a.json").write_text(document_of(FILE).text, encoding="utf-8")
    configuration = read_configuration(tmp_path / "policylint.yaml", "policylint.yaml")
    settings_ = settings_for(configuration, as_of=date(2026, 11, 23), select=["WA209"])
    rules = load_rules(settings_, EXTENSIONS)
    report = check_all(discover(["config"], (), tmp_path), rules, settings_, EXTENSIONS, read_file)
    assert (report.campaigns, report.nothing_to_check) == (2, 0)
    assert [(finding.campaign, finding.code, finding.format) for finding in report.findings] == []
    # `b` has no keywords, and whether there is a link or a line about it the mapping does not say.
    assert report.undecided == 1
