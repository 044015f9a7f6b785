"""Whole runs over made-up documents: whatever a file holds, there is a report and never an exception."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylint.adapters import native
from policylint.api import lint_bytes, settings_for
from policylint.config import Configuration
from policylint.discover import Target, read_file
from policylint.evaluate import evaluate
from policylint.extensions import Adapted, Adapter, Candidate, Style
from policylint.model.finding import Window
from policylint.model.rule import Severity
from policylint.parse import parse
from policylint.pipeline import check_all
from policylint.plugins import load_extensions
from policylint.record import record_schema
from policylint.ruleset import load_rules, sender_of
from tests.documents import examples
from tests.rulefiles import campaign

if TYPE_CHECKING:
    from policylint.model.finding import Report

SETTINGS = settings_for(Configuration(), as_of=date(2026, 11, 23))
STYLE = Style()
EXTENSIONS = load_extensions(installed=False)


def fields(names: tuple[str, ...] = ()) -> list[str]:
    field = record_schema().field(names) if names else None
    below = field.fields if field else tuple(record_schema().schema["properties"])
    # Cards of a carousel hold components, which hold cards: the names repeat below the fourth level.
    return [name for one in below for name in (one, *(fields((*names, one)) if len(names) < 4 else ()))]


WORDS = sorted(
    {
        *fields(),
        *(str(value) for name in ("purpose", "channel", "kind") for value in record_schema().field((name,)).enum or ()),  # type: ignore[union-attr]
        *("consumer_app", "business_app", "business_platform", "evolution-api", "nodes", "connections", "components"),
        *("n8n-nodes-base.whatsApp", "main", "type", "body", "{{1}}", "${X}", "US", "2019-12-07", "2026-02-30", "NO"),
    }
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**6),
    st.floats(allow_nan=False),
    st.sampled_from(WORDS),
    st.text(max_size=8),
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=30,
)
CAMPAIGNS = st.builds(
    lambda head, rest: {**rest, **head},
    st.fixed_dictionaries(
        {
            "campaign": st.sampled_from(["a", "x y", "<script>"]),
            "channel": st.sampled_from(["whatsapp", "email"]),
        }
    ),
    st.dictionaries(st.sampled_from(sorted(record_schema().schema["properties"])), DATA, max_size=8),
)
WORKFLOWS = st.fixed_dictionaries(
    {
        "nodes": st.lists(
            st.fixed_dictionaries({"type": st.just("n8n-nodes-base.whatsApp"), "parameters": DATA}) | DATA, max_size=4
        ),
        "connections": st.dictionaries(st.text(max_size=3), DATA, max_size=3),
    }
)


RULES = load_rules(SETTINGS, EXTENSIONS)


def checked(raw: bytes, name: str) -> Report:
    target = Target(name, Path(name), named=True)
    return check_all([target], RULES, SETTINGS, EXTENSIONS, lambda path: raw if path == target.path else None)


@examples(150)
@given(
    st.one_of(CAMPAIGNS, WORKFLOWS, DATA, st.lists(CAMPAIGNS, max_size=3)),
    st.sampled_from(["a.json", "a.yaml", "a.txt"]),
)
def test_made_up_documents_get_a_report(data: Any, name: str) -> None:
    report = checked(json.dumps(data).encode("utf-8", "surrogatepass"), name)
    for format_name, reporter in EXTENSIONS.reporters.items():
        assert isinstance(reporter.render(report, STYLE), str), format_name
    assert not [finding for finding in report.findings if "the adapter" in finding.message]


@examples(150)
@given(st.binary(max_size=200) | st.text("campaign:\n -[]{}'\"#&*!|>%@`,?whatsapp", max_size=200).map(str.encode))
def test_made_up_bytes_get_a_report(raw: bytes) -> None:
    checked(raw, "campaigns/a.yaml")


@pytest.mark.parametrize("named", ["\0", "\ud800", "a" * 5000, "../../etc/passwd", "", "."])
def test_a_file_beside_a_document_may_have_any_name(named: str, tmp_path: Path) -> None:
    step = {"type": "channel", "channel_key": "sms", "ref": "a", "template": {"text_body@": named}}
    (tmp_path / "workflow.json").write_text(json.dumps({"steps": [step]}))
    target = Target("workflow.json", tmp_path / "workflow.json", named=True)
    report = check_all([target], RULES, SETTINGS, EXTENSIONS, read_file)
    assert (report.campaigns, [finding.message for finding in report.findings]) == (1, [])


def test_an_adapter_that_raises_is_a_finding_and_the_run_goes_on() -> None:
    def broken(_document: object) -> bool:
        raise RuntimeError("no licence")

    adapter = Adapter("broken", "Broken", "never", broken, lambda _document, _providers: Adapted(()))
    extensions = EXTENSIONS._replace(adapters=(Candidate.of(adapter),))
    report = lint_bytes(b"campaign: a\nchannel: email\n", "a.yaml", SETTINGS, extensions, lambda _path: None)
    (finding,) = report.findings
    assert (finding.rule, finding.severity, finding.region.start.line) == ("policylint/syntax", Severity.ERROR, 1)
    assert finding.message == "the adapter 'broken' fails on a.yaml: RuntimeError: no licence"


@pytest.mark.parametrize(
    ("sender", "looks"),
    [
        ("sender: {product: consumer_app}", True),
        ("sender: {product: business_platform}", False),
        ("sender: {product: null}", False),
        ("sender: {}", False),
        ("sender: null", False),
        ("name: Spring", False),
        ("sender: {product: !secret x}", True),
        ("sender: {product: '{{ product }}'}", True),
        ("sender: {product: [consumer_app]}", True),
        ("sender: !secret x", True),
        ("sender: '{{ sender }}'", True),
        ("sender: consumer_app", True),
    ],
)
def test_a_rule_for_one_product_is_passed_over_only_where_the_product_is_known_to_be_another(
    sender: str, looks: bool
) -> None:
    cards = RULES.looking_at(sender_of(campaign(f"{sender}\n")))
    assert ("whatsapp/business-use-of-consumer-app" in [card.id for card in cards]) is looks


@pytest.mark.parametrize(
    ("kind", "looks"), [("template", False), ("!x y", True), ("'{{ kind }}'", True), ("null", True)]
)
def test_a_rule_for_campaigns_is_passed_over_only_where_the_record_is_known_to_be_something_else(
    kind: str, looks: bool
) -> None:
    cards = RULES.looking_at(sender_of(campaign(f"kind: {kind}\nsender: {{product: consumer_app}}\n")))
    assert ("whatsapp/business-use-of-consumer-app" in [card.id for card in cards]) is looks


@examples(150)
@given(CAMPAIGNS)
def test_rules_that_are_passed_over_for_what_a_record_lacks_would_have_said_nothing(record: dict[str, Any]) -> None:
    raw = json.dumps(record).encode("utf-8", "surrogatepass")
    (document,) = parse("a.json", raw).documents
    for judged in native.adapt(document, RULES.providers).campaigns if native.recognises(document) else ():
        window = Window(date(2026, 11, 23), None, own=False)
        quick = evaluate(judged, window, RULES.for_campaign(judged))
        cards = RULES.looking_at(sender_of(judged))
        whole = evaluate(judged, window, [RULES.compiled[card.id] for card in cards])
        said = [[(item.rule.id, item.path) for item in part] for part in quick]
        assert said == [[(item.rule.id, item.path) for item in part] for part in whole]
