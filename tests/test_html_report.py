"""The report in HTML as a text: what its bars say, that it is one page by itself, and that texts stay texts.

What a browser makes of it stands in ``test_html_browser.py``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylint.cli import main
from policylint.extensions import Style
from policylint.model.finding import CampaignSummary, Finding, Window
from policylint.model.rule import Rule, Severity, Step
from policylint.parse.yaml import parser_name
from policylint.reporters import html
from policylint.reporters.html.days import Stretch, scale_of, stretches
from policylint.reporters.html.elements import element, inline, link, prose
from policylint.reporters.html.timeline import SHOWN
from tests.hostile_run import HOSTILE_NAMES, hostile_run
from tests.test_reporters import (
    ANNOUNCED,
    BULK,
    IN_FORCE,
    REFUSED,
    RULE,
    SAFELY,
    SYNTAX,
    TODAY,
    UNSAFELY,
    UNSURE,
    WAIVED,
    WEEKLY,
    report,
)

ROOT = Path(__file__).parent.parent
ERROR, WARNING, INFO, OFF = Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.OFF
VOID = {"meta", "input", "link", "br", "hr", "img"}


class _Tree(HTMLParser):
    """A page as elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []
        self.root: Element = self.builder.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.builder.data(data)


def page(*findings: Finding, **changes: Any) -> Element:
    return _Tree(html.render(report(*findings, **changes), Style())).root


def words(one: Element) -> str:
    return " ".join("".join(one.itertext()).split())


def found(root: Element, name: str, kind: str | None = None) -> list[Element]:
    """Return the elements of a name and, where one is given, a class."""
    return [one for one in root.iter(name) if kind is None or kind in one.get("class", "").split()]


# --- days -----------------------------------------------------------------------------------------------------------


def summary(
    *findings: Finding, first: date = TODAY, last: date | None = TODAY, own: bool = True, **more: Any
) -> CampaignSummary:
    whole = Window(first, last, own)
    windows = ((finding.fingerprint, more.pop("windows", ())) for finding in findings)
    known = CampaignSummary("weekly", "", "campaigns/weekly.yaml", 1, "native", whole, False, findings=tuple(windows))
    return known._replace(**more)


def days_of(finding: Finding, of: CampaignSummary, rule: Rule = RULE) -> list[tuple[str, str | None, Severity | None]]:
    found = stretches(of, [finding], report(finding, rules={rule.id: rule}))
    return [(str(first), None if last is None else str(last), severity) for first, last, severity in found]


STORY: Mapping[str, Any] = {"first": date(2019, 11, 1), "last": date(2020, 1, 31)}


def test_the_newsletter_of_2019_is_a_warning_and_breaks_on_7_december() -> None:
    assert days_of(BULK, summary(BULK, **STORY)) == [
        ("2019-11-01", "2019-12-06", WARNING),
        ("2019-12-07", "2020-01-31", ERROR),
    ]


@pytest.mark.parametrize(
    ("finding", "of", "rule", "expected"),
    [
        pytest.param(BULK, summary(BULK), RULE, [("2026-11-23", "2026-11-23", ERROR)], id="a day"),
        pytest.param(
            BULK,
            summary(BULK, first=date(2018, 4, 23), last=None),
            RULE,
            [("2018-04-23", "2018-04-23", OFF), ("2018-04-24", "2019-12-06", WARNING), ("2019-12-07", None, ERROR)],
            id="for ever, begun before there was a rule",
        ),
        pytest.param(WAIVED, summary(WAIVED, **STORY), RULE, [("2019-11-01", "2020-01-31", OFF)], id="let pass"),
        pytest.param(
            SYNTAX, summary(SYNTAX, **STORY), RULE, [("2019-11-01", "2020-01-31", WARNING)], id="a rule of the tool"
        ),
        pytest.param(
            BULK._replace(severity=WARNING, notes=("warning, not error: not enabled",)),
            summary(BULK, **STORY),
            RULE,
            [("2019-11-01", "2020-01-31", WARNING)],
            id="capped",
        ),
        pytest.param(
            BULK._replace(severity=INFO),
            summary(BULK, **STORY),
            RULE._replace(overridden=INFO),
            [("2019-11-01", "2020-01-31", INFO)],
            id="severity of the configuration",
        ),
        pytest.param(
            BULK,
            summary(BULK, **STORY),
            RULE._replace(enforcement=(IN_FORCE._replace(observed=True),)),
            [("2019-11-01", "2019-12-06", None), ("2019-12-07", "2020-01-31", ERROR)],
            id="since when is not known",
        ),
        pytest.param(
            BULK,
            summary(BULK, **STORY),
            RULE._replace(enforcement=(ANNOUNCED, IN_FORCE, Step(date(2020, 1, 1), OFF))),
            [
                ("2019-11-01", "2019-12-06", WARNING),
                ("2019-12-07", "2019-12-31", ERROR),
                ("2020-01-01", "2020-01-31", OFF),
            ],
            id="a rule that ends",
        ),
        pytest.param(
            BULK,
            summary(BULK, **STORY, windows=(Window(date(2019, 12, 20), date(2020, 1, 5), own=True),)),
            RULE,
            [
                ("2019-11-01", "2019-12-19", OFF),
                ("2019-12-20", "2020-01-05", ERROR),
                ("2020-01-06", "2020-01-31", OFF),
            ],
            id="broken on some of its days",
        ),
    ],
)
def test_stretches(finding: Finding, of: CampaignSummary, rule: Rule, expected: list[Any]) -> None:
    assert days_of(finding, of, rule) == expected


DAYS = st.dates() | st.sampled_from([date.min, date.max])


@given(st.lists(st.tuples(DAYS, DAYS | st.none()), max_size=8), DAYS)
def test_every_day_has_its_place_on_a_scale_and_none_overtakes_another(
    windows: list[tuple[date, date | None]], day: date
) -> None:
    rows = [[Stretch(first, last if last is None else max(first, last), OFF)] for first, last in windows]
    scale = scale_of(rows, day)
    seen = sorted({day, *(one for window in windows for one in window if one is not None), *scale.knots})
    shares = [scale.share(one) for one in seen]
    assert all(0 <= before <= after <= 100 for before, after in pairwise([0, *shares, 100]))
    near = [one for one in scale.knots if abs(one - day) < timedelta(360)]
    assert all(scale.share(a) < scale.share(b) for a, b in pairwise(sorted(set(near))))
    assert len(scale.ticks()) <= 12
    assert all(scale.knots[0] <= tick <= scale.knots[-1] for tick, _ in scale.ticks())


def test_a_long_time_without_a_change_is_shortened() -> None:
    story = [Stretch(date(2019, 11, 1), date(2019, 12, 6), WARNING), Stretch(date(2019, 12, 7), None, ERROR)]
    autumn = [Stretch(date(2026, 9, 1), date(2026, 12, 24), OFF)]
    scale = scale_of([story, autumn], TODAY)
    ((x, first, after),) = scale.breaks()
    assert (first, after) == (date(2019, 12, 7), date(2026, 9, 1))
    assert scale.share(date(2019, 12, 7)) < x < scale.share(date(2026, 9, 1))
    assert scale.share(date(2026, 12, 24)) - scale.share(date(2026, 9, 1)) > 50
    assert [name for _, name in scale.ticks()][:4] == ["2019-11", "2019-12", "2026-09", "2026-10"]
    assert scale_of([autumn], TODAY).breaks() == []


# --- the calendar ---------------------------------------------------------------------------------------------------


def rows_of(root: Element) -> list[list[str]]:
    """Return of each campaign its name and days, and what was found."""
    (calendar, *_) = found(root, "table", "calendar")
    return [
        [" | ".join(words(one) for one in row[0]), " | ".join(words(one) for one in row[2])]
        for row in calendar.iter("tr")
        if found(row, "td")
    ]


def test_each_campaign_has_a_bar_and_words_for_it_the_broken_ones_first() -> None:
    unread = summary(own=False, unreadable_dates=True, id="unread", undecided=3)
    clean = summary(own=False, id="clean", name="Clean & simple")
    half = summary(first=date(2026, 1, 1), last=None, unreadable_dates=True, id="half")
    let_pass = WAIVED._replace(fingerprint="3f" * 16, campaign="waived")
    waived = summary(let_pass, id="waived")
    root = page(BULK, let_pass, summaries=(unread, clean, half, waived, summary(BULK, **STORY)))
    assert rows_of(root) == [
        ["weekly | 2019-11-01 to 2020-01-31", "warning from 2019-11-01 | error from 2019-12-07"],
        ["waived | on 2026-11-23", "nothing that counts | 1 let pass"],
        ["unread | its days cannot be read", "nothing found | 3 undecided"],
        ["half | from 2026-01-01, its end cannot be read", "nothing found"],
        ["clean | Clean & simple | says no days", "nothing found"],
    ]
    (bar, *_) = found(root, "svg", "bar")
    assert bar[0].tag == "title"
    assert words(bar[0]) == "weekly: 2019-11-01 to 2020-01-31; warning from 2019-11-01, error from 2019-12-07"
    assert [one.get("class") for one in bar.iter("rect")] == ["warning", "error", "break"]
    warned, broken, _ = bar.iter("rect")
    (line,) = (one for one in bar.iter("line") if one.get("class") == "change")
    assert line.get("x1") == broken.get("x")
    ends = [float(warned.get(name, "").rstrip("%")) for name in ("x", "width")]
    assert f"{sum(ends):g}%" == broken.get("x")


def test_what_waits_for_an_answer_or_was_let_pass_never_looks_like_a_pass() -> None:
    year: dict[str, Any] = {"first": date(2026, 2, 1), "last": date(2027, 1, 31)}
    summaries = (summary(id="open", undecided=1, **year), summary(WAIVED, **year), summary(id="clean", **year))
    bars = found(page(WAIVED, summaries=summaries), "svg", "bar")
    looks = {words(bar[0]).partition(":")[0]: bar[-1].get("class") for bar in bars}
    assert looks == {"weekly": "waived", "open": "unsure", "clean": "off"}


def test_a_run_as_if_on_a_day_says_nothing_of_the_days_of_campaigns() -> None:
    day = date(2019, 12, 7)
    root = page(BULK, summaries=(summary(BULK, first=day, last=day, own=False),), at=day)
    assert rows_of(root) == [["weekly | as if on 2019-12-07", "error"]]
    assert "Every campaign is judged as if it ran on 2019-12-07." in words(root)


def test_of_many_campaigns_the_broken_ones_are_seen_and_the_rest_is_folded() -> None:
    broken = [BULK._replace(fingerprint=f"{number:032x}", campaign=f"b{number}") for number in range(SHOWN + 2)]
    summaries = [summary(one, id=str(one.campaign), line=number) for number, one in enumerate(broken)]
    clean = [summary(id=f"c{number}") for number in range(3)]
    root = page(*broken, summaries=(*clean, *summaries))
    assert [name.partition(" ")[0] for name, _ in rows_of(root)] == [f"b{number}" for number in range(SHOWN)]
    folded = [one for one in found(root, "details") if found(one, "table", "calendar")]
    assert [words(one[0]) for one in folded] == ["2 more campaigns", "3 campaigns with nothing that counts"]
    assert [len(found(one, "svg", "bar")) for one in folded] == [2, 3]
    assert len(found(page(summaries=tuple(clean)), "svg", "bar")) == 3


def test_a_report_that_does_not_list_its_campaigns_has_no_calendar() -> None:
    root = page(BULK, SYNTAX)
    assert found(root, "table", "calendar") == []
    assert [words(one[0]) for one in found(root, "section", "group")] == ["weekly", "bad.yaml"]


def test_the_command_line_asks_for_the_campaigns_where_a_report_shows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    file = tmp_path / "report.html"
    names = ("weekly-newsletter", "invoice", "autumn-offers")
    paths = [f"examples/campaigns/{name}.yaml" for name in names]
    assert main(["check", "--isolated", "--as-of", "2026-11-23", "--format", f"html={file}", *paths]) == 1
    assert rows_of(_Tree(file.read_text(encoding="utf-8")).root) == [
        ["weekly-newsletter | from 2019-11-01 on", "warning from 2019-11-01 | error from 2019-12-07"],
        ["invoice | says no days", "nothing found"],
        ["autumn-offers-2026 | Herbstangebote | on 2026-12-01", "nothing found"],
    ]


# --- findings and the rest ------------------------------------------------------------------------------------------


def test_a_card_says_what_where_since_when_what_to_do_and_on_which_terms() -> None:
    root = page(BULK._replace(notes=("milder, as agreed",)), WAIVED, fail_on=ERROR)
    first, second = found(root, "article")
    assert words(first) == (
        "error, blocks weekly sends bulk messages"
        " EC101 campaigns/weekly.yaml:3:10 · in force since 2019-12-07 (warning since 2018-04-24)"
        " 3purpose: newsletter"
        " Note milder, as agreed"
        " What to do Send opted-in recipients an approved marketing template, or publish the newsletter on a page of"
        " your own."
        " Terms ExampleChat Terms, 4.2 (e)"
        " Certainty the terms forbid it"
    )
    assert words(found(first, "mark")[0]) == "newsletter"
    assert {one.get("href") for one in first.iter("a")} == {"#rule-1", "https://example.org/terms"}
    assert words(found(second, "span", "label")[0]) == "error, let pass"
    assert "Let pass by a waiver: agreed with legal" in words(second)
    assert (first.get("id"), second.get("id")) == ("finding-0f0f0f0f0f0f0f0f", "finding-0f0f0f0f0f0f0f0f-2")


def test_a_card_says_what_would_mend_it_or_why_nothing_does_by_itself() -> None:
    cards = found(page(SAFELY, REFUSED, UNSAFELY), "article")
    assert [words(card).partition("your own. ")[2].partition(" Terms ")[0] for card in cards] == [
        "Fix say order_update (--fix)",
        "Suggestion say order_update; not by --fix: the value is an alias (*purpose)",
        "Fix say [order](update) (--fix --unsafe-fixes); ask first: Is it one?",
    ]


def test_secrets_of_a_source_line_are_masked() -> None:
    source = WEEKLY.replace("newsletter", "newsletter # token=abcdef123456")
    root = page(BULK, sources={BULK.path: source})
    assert words(found(root, "pre")[0]) == "3purpose: newsletter # token=************"


def test_the_summary_counts_and_says_what_blocks_and_what_will() -> None:
    later = BULK._replace(severity=WARNING, next_change=Step(date(2027, 2, 1), ERROR), fingerprint="5f" * 16)
    root = page(BULK, WAIVED, later, SYNTAX, undecided=2, nothing_to_check=1, fail_on=ERROR)
    (section,) = [one for one in found(root, "section") if one.get("aria-labelledby") == "summary"]
    assert words(found(root, "h1")[0]) == "1 finding to mend first"
    assert [words(one) for one in found(section, "li")] == [
        "1 error",
        "2 warnings",
        "0 infos",
        "1 let pass",
        "2 undecided",
        "1 file with nothing to check",
    ]
    assert [words(one) for one in found(section, "tr")] == [
        "RuleWhat is wrongHow often",
        "EC101Bulk message1 finding, 1 campaign",
        "FromThenRuleWhat is wrong",
        "2027-02-01errorEC101weekly sends bulk messages",
    ]
    assert words(found(page(WAIVED), "h1")[0]) == "Nothing blocks"
    assert words(found(page(campaigns=0), "p", "loud")[0]) == "0 campaigns found in 2 files: nothing was judged"


def test_what_is_undecided_is_listed_by_value_with_the_rules_that_hang_on_it() -> None:
    root = page(verdicts=(UNSURE, UNSURE._replace(code="EC099"), UNSURE._replace(field="purpose")), undecided=3)
    (section,) = [one for one in found(root, "section") if one.get("aria-labelledby") == "undecided"]
    assert [[words(cell) for cell in row] for row in found(section, "tr")[1:]] == [
        ["weekly", "audience.size", "an expression or a placeholder", "EC099, EC101", "campaigns/weekly.yaml:5:9"],
        ["weekly", "purpose", "an expression or a placeholder", "EC101", "campaigns/weekly.yaml:5:9"],
    ]


def test_a_broken_rule_is_explained_with_its_days_and_its_terms() -> None:
    entries = found(page(BULK, SYNTAX), "div", "entry")
    assert [words(one) for one in entries] == [
        "EC101 Bulk message The terms forbid the campaign to write to more than 200 people."
        " from 2018-04-24: warning from 2019-12-07: error"
        " ExampleChat Terms, 4.2 (e) · edition of 2021-01-04, read on 2026-11-23 · primary: the text itself was read"
        " the terms forbid it · examplechat/bulk-message",
        "policylint/syntax File that cannot be read"
        " A campaign that cannot be read cannot be judged, and what was not read never passes as clean.",
    ]


def test_the_foot_says_by_what_the_report_can_be_made_again() -> None:
    foot = words(found(page(), "footer")[0])
    python = ".".join(map(str, sys.version_info[:3]))
    assert foot.endswith(
        f" The verdicts are those as of 2026-11-23. made with policylint 0.1.0, Python {python}, {parser_name()}"
        f" pack examplechat, version 2026-11-23, sha256 {'ab' * 32}"
    )
    assert "as if on 2019-12-07" in words(found(page(at=date(2019, 12, 7)), "footer")[0])


# --- one page by itself ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of a large run with hostile names in it."""
    return hostile_run(tmp_path_factory.mktemp("run"), ["html"])["html"]


@pytest.fixture(scope="module")
def tree(hostile: str) -> Element:
    return _Tree(hostile).root


def test_the_run_is_a_large_one(tree: Element) -> None:
    assert len(found(tree, "article")) >= 50
    assert len(found(tree, "div", "entry")) >= 20


def test_nothing_is_fetched_and_only_our_own_style_and_script_are_obeyed(tree: Element) -> None:
    attributes = {name for one in tree.iter() for name in one.attrib}
    assert not {name for name in attributes if name.startswith("on")}
    assert attributes & {"style", "src", "srcset", "action", "data", "background", "ping"} == set()
    fetching = {"link", "img", "iframe", "object", "base", "image", "embed"}
    assert {one.tag for one in tree.iter()} & fetching == set()
    ids = [one.get("id", "") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for address in {one.get("href", "") for one in tree.iter("a")}:
        assert re.match(r"https?://", address) or address.removeprefix("#") in ids
    (policy,) = [one.get("content", "") for one in tree.iter("meta") if one.get("http-equiv")]
    for name in ("script", "style"):
        (own,) = found(tree, name)
        digest = b64encode(sha256((own.text or "").encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_headings_are_in_order_and_tables_have_heads(tree: Element) -> None:
    levels = [int(one.tag[1]) for one in tree.iter() if re.fullmatch(r"h[1-6]", one.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(found(table, "thead") and found(table, "th") for table in tree.iter("table"))
    assert all(one.get("role") == "img" and one[0].tag == "title" for one in found(tree, "svg", "bar"))
    assert tree.get("lang") == "en"


def test_hostile_names_are_shown_as_they_are_written(tree: Element) -> None:
    titles = {words(one) for one in tree.iter("h3")}
    plain = [name for name in HOSTILE_NAMES if name.isprintable() and "##[" not in name]
    assert {" ".join(name.split()) for name in plain} <= titles
    assert {r"\u202eevil\u200b\U000e0041\ufeff", r"\ufffe\uffff\x00", "line break and tab"} <= titles
    obeyed = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
    assert not re.search(obeyed, words(tree))


@given(st.text(alphabet=st.characters(codec=None)))
def test_no_text_becomes_markup(text: str) -> None:
    made = tostring(element("p", text, title=text), encoding="unicode", method="html")
    root = _Tree(f"<div>{made}</div>").root
    assert [one.tag for one in root.iter()] == ["div", "p"]
    assert root[0].get("title") == "".join(root.itertext()).removesuffix("\n")
    assert bool(root[0].text) == bool(text)


@pytest.mark.parametrize(
    "made",
    [
        lambda: element("script", "alert(1)"),
        lambda: element("style", "*{}"),
        lambda: element("p", onclick="alert(1)"),
        lambda: element("p", style="color: red"),
        lambda: element("img", src="https://example.org/a.png"),
        lambda: element("a", href="javascript:alert(1)"),
        lambda: element("a", href="data:text/html,x"),
        lambda: element("a", href="//example.org"),
        lambda: inline("script", "'</script>'"),
        lambda: inline("style", "<!--"),
    ],
)
def test_what_a_browser_would_obey_cannot_be_made(made: Any) -> None:
    with pytest.raises(ValueError, match=r"inline|attribute|address|early"):
        made()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<script>", "//evil.example", "  ", "ftp://x"])
def test_terms_with_an_address_of_another_kind_are_no_link(url: str) -> None:
    terms = RULE.sources[0].terms._replace(url=url)
    finding = BULK._replace(sources=(RULE.sources[0]._replace(terms=terms),))
    root = page(finding, rules={RULE.id: RULE._replace(sources=finding.sources)})
    assert "ExampleChat Terms, 4.2 (e)" in words(found(root, "article")[0])
    assert [one.get("href", "") for one in root.iter("a") if not one.get("href", "").startswith("#")] == []
    assert link("https://example.org/a", "x").tag == "a"


def test_days_are_not_broken_at_their_hyphens() -> None:
    made = prose("from 2019-12-07 to 2020-01-31, not 12019-12-07")
    assert [one.text for one in made if isinstance(one, Element)] == ["2019-12-07", "2020-01-31"]


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "policylint", "check", "--isolated", "--no-cache", "--as-of", "2026-11-23"]
    command += ["--format", "html", "examples/campaigns"]
    texts = set()
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        texts.add(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).stdout)
    (text,) = texts
    assert text.startswith(b"<!DOCTYPE html>\n")


def test_a_finding_takes_less_than_two_kilobytes(hostile: str, tree: Element) -> None:
    bare = len(html.render(report(), Style()))
    assert (len(hostile.encode()) - bare) / len(found(tree, "article")) < 2048


# --- colours --------------------------------------------------------------------------------------------------------


def colours(style: str) -> list[Mapping[str, str]]:
    """Return the colours of the style sheet by name, those of light screens and of dark ones."""
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG 2.2 has it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_texts_and_bars_stand_out_on_light_and_on_dark_screens() -> None:
    style = (Path(html.__file__).parent / "style.css").read_text(encoding="utf-8")
    light, dark = colours(style)
    assert set(light) == set(dark)
    for scheme in (light, dark):
        for text in ("text", "quiet", "link", "error", "warning", "info", "off"):
            for ground in ("page", "raised"):
                assert contrast(scheme[text], scheme[ground]) >= 4.5, (text, ground)
        for text in ("error", "warning", "info", "quiet"):
            assert contrast(scheme["on-label"], scheme[text]) >= 4.5, text
        assert contrast(scheme["text"], scheme["mark"]) >= 4.5
        assert contrast(scheme["error-bar"], scheme["page"]) >= 3
