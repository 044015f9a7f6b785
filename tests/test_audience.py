"""For whom a report is written, and in which language: the same findings, one language, what each reader needs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policylint.config import Settings
from policylint.discover import Target
from policylint.extensions import Extensions, Reporter, Style
from policylint.model.finding import SwitchedOff
from policylint.model.rule import Severity
from policylint.outputs import rendered
from policylint.parse import parse
from policylint.pipeline import run
from policylint.plugins import load_extensions
from policylint.reporters.audience import AUDIENCES
from policylint.reporters.display import one_line
from policylint.reporters.markdown import MAXIMUM_ROWS
from policylint.translation import languages

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report

DAY = date(2026, 11, 23)
RULES = Path(__file__).parent.parent / "rules"
READERS = (None, *AUDIENCES)


@cache
def extensions() -> Extensions:
    return load_extensions(installed=False)


@cache
def broken_everywhere() -> Report:
    """Return the report of a file for each rule that breaks it, as its cases do, and of files that are wrong."""
    files = {Path(f"{name}.yaml"): text.encode() for name, text in _firing_cases()}
    files.update({Path(f"wrong/{number}.yaml"): text.encode() for number, text in enumerate(WRONG)})
    targets = [Target(str(path), path, named=True) for path in files]
    settings = Settings(as_of=DAY, list_conditions=True, undecided=Severity.INFO, show_undecided=True)
    return run(targets, settings, extensions(), files.get)


def _firing_cases() -> Iterator[tuple[str, str]]:
    for path in sorted(RULES.glob("*/*.test.yaml")):
        (document,) = parse(path.name, path.read_bytes()).documents
        cases = (case for case in document.data["cases"] if "project" not in case and "on" not in case)
        case = next((case for case in cases if "# expect:" in case["file"] or case.get("findings")), None)
        if case is not None:
            yield f"{path.parent.name}/{path.name.removesuffix('.test.yaml')}", case["file"]


WRONG = (
    "campaign: a\nchannel: [whatsapp\n",
    "campaign: a\nchannel: whatsapp\nchannel: whatsapp\nchanel: sms\nsender: {product: app}\nschedule: {start: 1}\n",
    "campaign: a\nchannel: whatsapp\naudience: {size: -1, countries: [NO]}\nschedule: {start: 2026-02-30}\n",
    "campaign: a\nchannel: whatsapp\nschedule: {timezone: Mars}\n",
    "campaign: a\nchannel: whatsapp\n# policylint: ignore[WA999] -- x\n# policylint: ignore[WA101]\nname: x\n",
    "# policylint: ignore[WA104] until=2026-01-01 -- x\n# policylint: ignore\ncampaign: a\nchannel: email\n",
    "campaign: a\nchannel: sms  # policylint: ignore[WA104] -- x\npurpose: ${PURPOSE}\n",
    "a: b\n",
    '{"campaign": "a", "channel": }',
)


def text_for(audience: str | None, language: str, format_name: str = "text", width: int = 100_000) -> str:
    style = Style(width=width, audience=audience, language=language)
    return rendered(broken_everywhere(), extensions().reporters[format_name], style)


def told(audience: str | None, language: str) -> list[Finding]:
    """Return the findings that a reporter for people is given."""
    given: list[Finding] = []

    def render(report: Report, _style: Style) -> str:
        given.extend(report.findings)
        return ""

    rendered(broken_everywhere(), Reporter("", render, spoken=True), Style(audience=audience, language=language))
    return given


def known_by(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.path, finding.region, finding.severity, finding.since, finding.fingerprint


def test_the_run_that_these_tests_look_at_breaks_most_rules() -> None:
    report = broken_everywhere()
    assert len({finding.rule for finding in report.findings if finding.code is not None}) > 150
    assert len({finding.rule for finding in report.findings if finding.code is None}) >= 9


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("audience", READERS)
def test_every_audience_is_told_of_the_same_findings_in_every_language(audience: str | None, language: str) -> None:
    assert list(map(known_by, told(audience, language))) == list(map(known_by, broken_everywhere().findings))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("audience", READERS)
def test_no_finding_is_missing_in_a_text(audience: str | None, language: str) -> None:
    text = text_for(audience, language)
    for finding in broken_everywhere().findings:
        line, rule = finding.region.start.line, finding.code or finding.rule
        places = (f"{finding.path}:{line}:", f"{finding.path}, line {line}\n", f"{finding.path}, Zeile {line}\n")
        assert any(place in text for place in places)
        assert rule in text or finding.rule in text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("audience", READERS)
def test_a_summary_tells_of_as_many_findings_as_it_has_room_for(audience: str | None, language: str) -> None:
    summary = text_for(audience, language, "markdown")
    blocking = sum(finding.severity is Severity.ERROR for finding in broken_everywhere().findings)
    assert blocking > MAXIMUM_ROWS
    told_of = re.findall(r"^- (?:\*\*|<code>[^<]*:\d+:\d+</code>)", summary, flags=re.MULTILINE)
    assert len(told_of) == MAXIMUM_ROWS


# --- one language -------------------------------------------------------------------------------------------------

ENGLISH = (
    r"(?i)(?<![\w-])(?:the|and|of|with|for|are|not|that|which|this|there|from|without|must|may|only|than|have|does|says"
    r"|sends|is|it|its|campaigns?|template|messages?|business|when|where|who|why|be|been|to|or|as|if|into|nothing|since"
    r"|until|error|warning|note|help|terms|recipients|rules?|found|read|value|known|unknown|no|findings?)(?![\w-])"
)
# Names of products, terms and formats are what they are.
NAMES = (
    r"Business (?:Platform|Messaging Policy|Solution Terms|Terms|Policy|Account|Manager)|WhatsApp Business|Time to Live"
    r"|Marketing Messages API|The Campaign Registry|Code of Conduct|On-Premises API|Business-scoped User ID"
)
QUOTED = r"„[^“]*“|`[^`]*`|'[^']*'|\[[^\]]*\]|\([^()]*[_@][^()]*\)|https?://\S+|[\w.-]+/\S*|\b\w+_\w+\b|\b\w+\.[\w.]+\b"
PARSER = r"Meldung des Parsers: .*"
"""What a library says of a syntax error."""
OFFICIAL = r" *= (?:Bedingungen|Quelle|Pfad|Bedingung|Probe): "
"""Labels of names and values: titles of terms, paths, what a condition saw."""


def english_in(text: str) -> list[tuple[str, str]]:
    """Return each English word, with its line; source lines are left out, and lines that were wrapped put together."""
    found = []
    text = re.sub(r"\n {3,}(?!\w[\w ]*: {2}|= )(?=\S)", " ", text)
    for line in text.splitlines():
        if not re.match(r"\s*\d*\s*\|", line) and not re.match(OFFICIAL, line):
            own = re.sub(f"{QUOTED}|{NAMES}|{PARSER}", " ", line)
            found += [(word, line) for word in re.findall(ENGLISH, own)]
    return found


def test_english_words_are_noticed() -> None:
    assert [word for word, _ in english_in(text_for(None, "en"))].count("the") > 500


@pytest.mark.parametrize("audience", READERS)
def test_a_german_text_has_no_english_in_it(audience: str | None) -> None:
    assert english_in(text_for(audience, "de")) == []


def test_german_lines_and_annotations_have_no_english_in_them() -> None:
    assert english_in(text_for(None, "de", "concise")) == []
    annotations = text_for(None, "de", "github")
    said = re.sub(r"^::.*?::", "", annotations, flags=re.MULTILINE).replace("%0A", "\n")
    assert english_in(re.sub(r"^Bedingungen: .*", "", said, flags=re.MULTILINE)) == []


@pytest.mark.parametrize("audience", READERS)
def test_a_german_page_has_no_english_in_it(audience: str | None) -> None:
    page = text_for(audience, "de", "html")
    assert '<html lang="de">' in page
    # Source lines, titles of terms, paths and names of campaigns are what they are.
    told = re.sub(r"(?s)<(style|script|pre|code|bdi|a|option)\b[^>]*>.*?</\1>", " ", page)
    text = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</(?:span|small|strong)>", "", told)))
    seen = r" *(?:/\S* \(\w+\)|\w+ \[(?:true|false|unknown)\]) "
    assert [found for found in english_in(text) if not re.match(seen, found[1])] == []


@pytest.mark.parametrize("audience", READERS)
def test_a_page_has_a_card_for_every_finding_and_the_same_address_in_every_language(audience: str | None) -> None:
    pages = {language: text_for(audience, language, "html") for language in languages()}
    cards = {language: re.findall(r'<article [^>]*id="([^"]*)"', page) for language, page in pages.items()}
    assert [len(ids) for ids in cards.values()] == [len(broken_everywhere().findings)] * len(pages)
    assert len(set(map(tuple, cards.values()))) == 1


# --- what each audience is told -----------------------------------------------------------------------------------


def test_marketing_people_are_told_what_to_do_and_by_when_before_any_rule() -> None:
    for language, labels in (
        ("en", ("What to do", "By when", "Rule")),
        ("de", ("Was zu tun ist", "Bis wann", "Regel")),
    ):
        text = text_for("marketing", language)
        blocks = re.split(r"^\d+\. ", text, flags=re.MULTILINE)[1:]
        assert len(blocks) == len(broken_everywhere().findings)
        for block in blocks:
            places = [block.find(f"   {label}:") for label in labels]
            assert -1 not in places[1:]
            assert places == sorted(places)


def test_lawyers_are_told_the_edition_and_the_day_of_reading_of_every_source() -> None:
    text = text_for("legal", "de")
    for finding in broken_everywhere().findings:
        for terms, clause, _ in finding.sources:
            assert f"{terms.title}, {clause}; Fassung vom {terms.edition}, gelesen am {terms.read}" in text


def test_developers_are_told_what_each_condition_saw() -> None:
    text = text_for("dev", "en")
    findings = [finding for finding in broken_everywhere().findings if finding.code is not None]
    assert all(finding.seen for finding in findings)
    assert all(f"= condition: {one_line(seen)}" in text for finding in findings for seen in finding.seen)


def test_what_programs_compare_is_the_same_for_every_audience_and_language() -> None:
    for format_name in ("json", "jsonl", "sarif", "junit"):
        texts = {text_for(audience, language, format_name) for audience in READERS for language in languages()}
        assert len(texts) == 1


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@pytest.mark.parametrize("audience", READERS)
def test_every_reader_is_told_what_was_not_read_and_what_is_switched_off(form: str, audience: str | None) -> None:
    report = broken_everywhere()._replace(unread=("a.yaml",), switched_off=SwitchedOff("policylint.yaml", rules=2))
    said = html.unescape(extensions().reporters[form].render(report, Style(audience=audience)))
    assert "1 file was not read, a.yaml" in said
    assert "switched off: 2 rules (policylint.yaml)" in said
