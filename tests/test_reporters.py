"""The reporters, on reports built by hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylint import resources
from policylint.extensions import Style
from policylint.model.finding import Finding, PackUsed, Related, Report, Suppression, UndecidedVerdict
from policylint.model.fix import SAFE, SUGGESTION, UNSAFE, Edit, Fix
from policylint.model.rule import Parameter, Rule, Severity, Source, Step, Terms
from policylint.model.source import Document, Pointer, Position, Region
from policylint.reporters import (
    checkstyle,
    concise,
    github,
    gitlab,
    html,
    json_report,
    jsonl,
    junit,
    markdown,
    policylint_reporters,
    sarif,
    text,
)
from policylint.reporters.dates import dated
from policylint.reporters.display import width
from policylint.reporters.frame import excerpt
from policylint.schema import build_check

ROOT = Path(__file__).parent.parent
PLAIN = Style()
NARROW = Style(width=60)
ERROR, WARNING, INFO, OFF = Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.OFF
TODAY = date(2026, 11, 23)

TERMS = Terms("chat-terms", "ExampleChat Terms", "https://example.org/terms", "2021-01-04", "2026-11-23")
SOURCE = Source(TERMS, "4.2 (e)", "primary")
ANNOUNCED, IN_FORCE = Step(date(2018, 4, 24), WARNING), Step(date(2019, 12, 7), ERROR)

WEEKLY = "campaign: weekly\nchannel: examplechat\npurpose: newsletter\naudience:\n  size: 1800\n"
PACKAGE = '{\n  "name": "shop",\n  "dependencies": {\n' + "\n" * 8 + '    "chat-web.js": "1.2.0"\n  }\n}\n'


def position(source: str, offset: int) -> Position:
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", source) if match.end() <= offset)]
    return Position(len(starts), offset - starts[-1] + 1, offset)


def region(source: str, part: str) -> Region:
    offset = source.index(part)
    return Region(position(source, offset), position(source, offset + len(part)))


def document(path: str, source: str = "", places: Mapping[Pointer, Region] | None = None) -> Document:
    known = places or {}
    return Document(
        path, source, {}, "yaml", lambda pointer: (known[pointer], known[pointer]) if pointer in known else None
    )


RULE = Rule(
    id="examplechat/bulk-message",
    code="EC101",
    pack="examplechat",
    channel="examplechat",
    title="Bulk message",
    message="$campaign sends bulk messages",
    why="The terms forbid $campaign to write to more than $maximum people.",
    solution="Send through ${sender.provider} instead",
    certainty="forbidden",
    sources=(SOURCE,),
    enforcement=(ANNOUNCED, IN_FORCE),
    select=None,
    where={},
    condition={},
    forbids=True,
    at=(),
    parameters={"maximum": Parameter(((date(2018, 1, 1), 256), (date(2026, 1, 1), 200)))},
    caps=(),
    tighten_only=False,
    document=document("rules/examplechat/bulk-message.yaml"),
)

BULK = Finding(
    rule=RULE.id,
    code=RULE.code,
    severity=ERROR,
    message="weekly sends bulk messages",
    path="campaigns/weekly.yaml",
    region=region(WEEKLY, "newsletter"),
    pointer=("purpose",),
    campaign="weekly",
    format="native",
    since=IN_FORCE.since,
    earlier=ANNOUNCED,
    certainty="forbidden",
    sources=(SOURCE,),
    help="Send opted-in recipients an approved marketing template, or publish the newsletter on a page of your own.",
    fingerprint="0f" * 16,
)
SYNTAX = Finding(
    rule="policylint/syntax",
    code=None,
    severity=WARNING,
    message="bad.yaml is not valid YAML: did not find expected key",
    path="bad.yaml",
    region=Region(Position(1, 1, 0), Position(1, 1, 0)),
    pointer=(),
    campaign=None,
    format=None,
    fingerprint="1f" * 16,
)
IN_SOURCE = BULK._replace(suppressed=Suppression("in_source", "sent by the gateway", date(2026, 12, 31)))
WAIVED = BULK._replace(
    suppressed=Suppression("waiver", "agreed with legal", date(2027, 1, 31), "crm-team", "legal", "CRM-1")
)
BASELINED = BULK._replace(suppressed=Suppression("baseline", "listed in policylint-baseline.jsonl"))
EDIT = Edit(region(WEEKLY, "newsletter"), "order_update")
SAFELY = BULK._replace(fix=Fix("say order_update", SAFE, None, (EDIT,)))
UNSAFELY = BULK._replace(fix=Fix("say [order](update)", UNSAFE, "Is it one?", (EDIT, EDIT)))
ASKED = BULK._replace(fix=Fix("say what it is", SUGGESTION, "What is it?"))
REFUSED = BULK._replace(fix=Fix("say order_update", SUGGESTION, refusal="the value is an alias (*purpose)"))
UNSURE = UndecidedVerdict(
    RULE.id,
    RULE.code,
    "weekly",
    "audience.size",
    "an expression or a placeholder",
    "campaigns/weekly.yaml",
    region(WEEKLY, "1800"),
    ("audience", "size"),
)


def report(*findings: Finding, **changes: Any) -> Report:
    whole = Report(
        version="0.1.0",
        as_of=TODAY,
        at=None,
        findings=findings,
        undecided=0,
        files=2,
        campaigns=1,
        nothing_to_check=0,
        rules={RULE.id: RULE},
        applied=1,
        sources={"campaigns/weekly.yaml": WEEKLY},
        packs={"examplechat": PackUsed("2026-11-23", "ab" * 32)},
    )
    return whole._replace(**changes)


def shown(finding: Finding, source: str, style: Style = PLAIN) -> str:
    """The text of a report with that finding only, without its summary."""
    rendered = text.render(report(finding, sources={finding.path: source}), style)
    return rendered.rpartition("\n\n")[0]


# --- text ---------------------------------------------------------------------------------------------------------


def test_text_shows_each_finding_with_its_line_its_dates_and_what_to_do() -> None:
    assert text.render(report(BULK, SYNTAX), PLAIN) == (
        """\
campaigns/weekly.yaml:3:10: error[examplechat/bulk-message] weekly sends bulk messages
   |
 3 | purpose: newsletter
   |          ^^^^^^^^^^ in force since 2019-12-07 (warning since 2018-04-24)
   = help: Send opted-in recipients an approved marketing template, or publish
           the newsletter on a page of your own.
   = terms: ExampleChat Terms, 4.2 (e) · https://example.org/terms

bad.yaml:1:1: warning[policylint/syntax] bad.yaml is not valid YAML: did not find expected key

1 error, 1 warning in 2 of 2 files · 1 campaign, 1 rule (as of 2026-11-23)
"""
    )


def test_text_wraps_to_the_width_and_keeps_words_whole() -> None:
    assert shown(BULK, WEEKLY, NARROW) == (
        """\
campaigns/weekly.yaml:3:10: error[examplechat/bulk-message] weekly sends bulk messages
   |
 3 | purpose: newsletter
   |          ^^^^^^^^^^ in force since 2019-12-07
   |                     (warning since 2018-04-24)
   = help: Send opted-in recipients an approved marketing
           template, or publish the newsletter on a page of
           your own.
   = terms: ExampleChat Terms, 4.2 (e) ·
            https://example.org/terms"""
    )


def test_text_names_evidence_in_another_file_and_shows_its_line_where_it_is_known() -> None:
    evidence = Related("package.json", region(PACKAGE, '"chat-web.js"'), "the library that the project depends on")
    finding = BULK._replace(related=(evidence,), help=None, sources=(), notes=("warning, not error: a reason",))
    sources = {"campaigns/weekly.yaml": WEEKLY, "package.json": PACKAGE}
    assert text.render(report(finding, sources=sources), PLAIN).rpartition("\n\n")[0] == (
        """\
campaigns/weekly.yaml:3:10: error[examplechat/bulk-message] weekly sends bulk messages
    |
  3 | purpose: newsletter
    |          ^^^^^^^^^^ in force since 2019-12-07 (warning since 2018-04-24)
    = note: warning, not error: a reason
    = see: package.json:12:5 the library that the project depends on
    |
 12 |     "chat-web.js": "1.2.0"
    |     -------------"""
    )
    assert shown(finding, WEEKLY).splitlines()[-1] == (
        "    = see: package.json:12:5 the library that the project depends on"
    )


@pytest.mark.parametrize(
    ("source", "part", "line", "carets"),
    [
        ("a: b\n", "b", " 1 | a: b", "   |    ^"),
        ("a: b\r\n", "b", " 1 | a: b", "   |    ^"),
        ("x: 1\ra: b\r", "b", " 2 | a: b", "   |    ^"),
        ("\ta:\tb # c", "b", " 1 |     a:    b # c", "   |           ^"),  # a tab is four columns
        ("名前: 企業 #", "企業", " 1 | 名前: 企業 #", "   |       ^^^^"),  # two columns each
        ("cafe\u0301: e\u0301e", "e\u0301e", " 1 | cafe\u0301: e\u0301e", "   |       ^^"),  # accents of their own
        ("\u1112\u1161\u11ab: b", "b", " 1 | \u1112\u1161\u11ab: b", "   |     ^"),  # one syllable of three letters
        ("a\x1b[31m: b", "b", r" 1 | a\x1b[31m: b", "   |            ^"),
        ("a\u202e: b\ufeff", "b\ufeff", r" 1 | a\u202e: b\ufeff", "   |          ^^^^^^^"),
        ("a: ST\U000e0041OP", "ST\U000e0041OP", r" 1 | a: ST\U000e0041OP", "   |    ^^^^^^^^^^^^^^"),
        ("##[group]: b", "b", r" 1 | ##\x5bgroup]: b", "   |               ^"),  # GitHub would obey it
        ("a: |\n  b\n  c\nd: e\n", "|\n  b\n  c\n", " 1 | a: |", "   |    ^"),  # of several lines the first
        ("a:\n  b: c  \n  d: e\n", "b: c  \n  d: e", " 2 |   b: c", "   |   ^^^^"),
        ("a: \nb:", "", " 1 | a:", "   | ^"),
    ],
)
def test_carets_stand_under_the_region(source: str, part: str, line: str, carets: str) -> None:
    finding = SYNTAX._replace(region=region(source, part))
    assert shown(finding, source).splitlines()[1:] == ["   |", line, carets]


MINIFIED = '{"nodes":[' + '{"id":1},' * 200 + '{"type":"exampleChat","name":"Send"},' + '{"id":2},' * 200 + "{}]}"


@pytest.mark.parametrize(
    ("part", "line", "carets"),
    [
        (
            '"exampleChat"',
            '…":1},{"type":"exampleChat","name":"Send"},{"id":2},{"i…',
            "              ^^^^^^^^^^^^^",
        ),
        (
            '"nodes"',
            '{"nodes":[{"id":1},{"id":1},{"id":1},{"id":1},{"id":1}…',
            " ^^^^^^^",
        ),
        (
            "{}",
            '…":2},{"id":2},{"id":2},{"id":2},{"id":2},{"id":2},{}]}',
            "                                                   ^^",
        ),
        (
            '{"id":1},' * 200,
            '…{"id":1},{"id":1},{"id":1},{"id":1},{"id":1},{"id":1},…',
            " ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        ),
    ],
)
def test_a_long_line_is_cut_to_a_window_around_the_region(part: str, line: str, carets: str) -> None:
    found = excerpt(MINIFIED, region(MINIFIED, part), 56)
    assert found is not None
    assert (found.text, " " * found.indent + "^" * found.length) == (line, carets)


def test_a_place_that_the_text_does_not_have_is_shown_without_a_frame() -> None:
    beyond = Region(Position(9, 3, 400), Position(9, 4, 401))
    finding = BULK._replace(region=beyond, help=None, sources=())
    assert shown(finding, WEEKLY) == (
        """\
campaigns/weekly.yaml:9:3: error[examplechat/bulk-message] weekly sends bulk messages
   = note: in force since 2019-12-07 (warning since 2018-04-24)"""
    )


def test_dates_without_room_beside_the_carets_are_a_note() -> None:
    source = 'purpose: "' + "newsletter " * 4 + '"'
    finding = BULK._replace(region=region(source, source[9:]), help=None, sources=())
    assert shown(finding, source, NARROW) == (
        f"""\
campaigns/weekly.yaml:1:10: error[examplechat/bulk-message] weekly sends bulk messages
   |
 1 | {source}
   |          {"^" * 46}
   = note: in force since 2019-12-07 (warning since
           2018-04-24)"""
    )


@pytest.mark.parametrize(
    ("changes", "of_report", "expected"),
    [
        ({}, {}, "in force since 2019-12-07 (warning since 2018-04-24)"),
        ({"earlier": None}, {}, "in force since 2019-12-07"),
        ({"earlier": Step(date(2018, 4, 24), OFF)}, {}, "in force since 2019-12-07"),
        (
            {"earlier": ANNOUNCED._replace(observed=True)},
            {},
            "in force since 2019-12-07 (warning observed on 2018-04-24)",
        ),
        ({"earlier": None, "since": date(2025, 12, 1), "since_observed": True}, {}, "observed in force on 2025-12-01"),
        ({"earlier": None}, {"as_of": date(2019, 12, 6)}, "in force from 2019-12-07"),
        ({"earlier": None}, {"as_of": date(2019, 12, 7)}, "in force since 2019-12-07"),
        ({"earlier": None}, {"at": date(2019, 12, 6)}, "in force from 2019-12-07"),
        (
            {
                "severity": WARNING,
                "since": date(2026, 7, 1),
                "earlier": None,
                "next_change": Step(date(2026, 12, 1), ERROR),
            },
            {},
            "in force since 2026-07-01, becomes error on 2026-12-01 (in 8 days)",
        ),
        (
            {"severity": WARNING, "since": date(2018, 4, 24), "earlier": None, "next_change": IN_FORCE},
            {},
            "in force since 2018-04-24, became error on 2019-12-07",
        ),
        (
            {"next_change": Step(date(2027, 1, 1), OFF)},
            {},
            "in force since 2019-12-07 (warning since 2018-04-24), ends on 2027-01-01 (in 39 days)",
        ),
        (
            {
                "earlier": None,
                "severity": INFO,
                "next_change": Step(date(2027, 1, 1), ERROR),
                "notes": ("info, not …",),
            },
            {},
            "in force since 2019-12-07",
        ),
        (
            {"earlier": None, "severity": INFO, "next_change": Step(date(2027, 1, 1), ERROR)},
            {"rules": {RULE.id: RULE._replace(overridden=INFO)}},
            "in force since 2019-12-07",
        ),
        ({"since": None, "earlier": None}, {}, ""),
    ],
)
def test_dates_in_words(changes: dict[str, Any], of_report: dict[str, Any], expected: str) -> None:
    assert " ".join(dated(BULK._replace(**changes), report(**of_report))) == expected


def test_suppressed_findings_and_undecided_verdicts_are_shown_on_request() -> None:
    brief = [finding._replace(help=None, sources=()) for finding in (WAIVED, BASELINED)]
    silent = report(IN_SOURCE, *brief, undecided=1, verdicts=(UNSURE,))
    asked = silent._replace(show_suppressed=True, show_undecided=True)
    counts = "1 undecided, 1 suppressed, 1 waived, 1 baselined"
    last = f"no findings in 2 files · 1 campaign, 1 rule, {counts} (as of 2026-11-23)\n"
    assert text.render(silent, PLAIN) == concise.render(silent, PLAIN) == last
    assert text.render(asked, PLAIN) == (
        f"""\
campaigns/weekly.yaml:3:10: suppressed error[examplechat/bulk-message] weekly sends bulk messages
   |
 3 | purpose: newsletter
   |          ^^^^^^^^^^ in force since 2019-12-07 (warning since 2018-04-24)
   = suppressed: in the file: sent by the gateway (until 2026-12-31)
   = help: Send opted-in recipients an approved marketing template, or publish
           the newsletter on a page of your own.
   = terms: ExampleChat Terms, 4.2 (e) · https://example.org/terms

campaigns/weekly.yaml:3:10: suppressed error[examplechat/bulk-message] weekly sends bulk messages
   |
 3 | purpose: newsletter
   |          ^^^^^^^^^^ in force since 2019-12-07 (warning since 2018-04-24)
   = suppressed: by a waiver: agreed with legal (until 2027-01-31, owner
                 crm-team, approved by legal, ticket CRM-1)

campaigns/weekly.yaml:3:10: suppressed error[examplechat/bulk-message] weekly sends bulk messages
   |
 3 | purpose: newsletter
   |          ^^^^^^^^^^ in force since 2019-12-07 (warning since 2018-04-24)
   = suppressed: by the baseline: listed in policylint-baseline.jsonl

campaigns/weekly.yaml:5:9: undecided[examplechat/bulk-message] weekly: cannot tell from audience.size: \
an expression or a placeholder

{last}"""
    )


def test_colour_is_only_put_in_where_it_is_wanted() -> None:
    finding = BULK._replace(help="Do so", sources=(), earlier=None)
    coloured = text.render(report(finding, campaigns=0), Style(color=True))
    assert coloured == (
        "\x1b[1mcampaigns/weekly.yaml:3:10\x1b[0m: \x1b[1;31merror[examplechat/bulk-message]\x1b[0m "
        "weekly sends bulk messages\n"
        "\x1b[1;34m   |\x1b[0m\n"
        "\x1b[1;34m 3 |\x1b[0m purpose: newsletter\n"
        "\x1b[1;34m   |\x1b[0m          \x1b[1;31m^^^^^^^^^^ in force since 2019-12-07\x1b[0m\n"
        "   \x1b[1;34m=\x1b[0m \x1b[1mhelp:\x1b[0m Do so\n"
        "\n"
        "\x1b[1;33m0 campaigns found in 2 files: nothing was judged\x1b[0m\n"
        "1 error in 1 of 2 files · 0 campaigns, 1 rule (as of 2026-11-23)\n"
    )
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text.render(report(finding, campaigns=0), PLAIN)


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (
            report(
                *[BULK._replace(path=path) for path in ("a.yaml", "a.yaml", "b.yaml")],
                SYNTAX,
                files=5,
                campaigns=4,
                nothing_to_check=3,
                undecided=2,
            ),
            "3 errors, 1 warning in 3 of 5 files · 4 campaigns, 1 rule, 3 files with nothing to check, 2 undecided "
            "(as of 2026-11-23)\n",
        ),
        (
            report(SYNTAX._replace(severity=INFO), files=1, campaigns=2, nothing_to_check=1, rules={}, applied=0),
            "1 info in 1 of 1 file · 2 campaigns, 0 rules, 1 file with nothing to check (as of 2026-11-23)\n",
        ),
        (report(at=date(2019, 12, 6)), "no findings in 2 files · 1 campaign, 1 rule (as if on 2019-12-06)\n"),
        (
            report(files=1, campaigns=0, nothing_to_check=1),
            "0 campaigns found in 1 file: nothing was judged\n"
            "no findings in 1 file · 0 campaigns, 1 rule, 1 file with nothing to check (as of 2026-11-23)\n",
        ),
    ],
)
def test_the_last_line_counts_and_nothing_judged_is_said_loudly(whole: Report, expected: str) -> None:
    assert "".join(f"{line}\n" for line in concise.summary(whole, PLAIN)) == expected
    assert text.render(whole, PLAIN).endswith(f"\n{expected}" if whole.findings else expected)
    assert github.render(whole, PLAIN).endswith(expected)


def test_findings_of_a_file_stand_by_campaign_where_lines_alone_would_mix_them_up() -> None:
    def found(campaign: str | None, line: int, path: str = "flow.json") -> Finding:
        at = Region(Position(line, 1, 0), Position(line, 2, 1))
        message = f"{campaign or 'the file'} says so"
        return SYNTAX._replace(path=path, campaign=campaign, message=message, region=at)

    mixed = [found("one", 1), found("two", 2), found(None, 3), found("one", 4), found("##[x]\n", 5)]
    apart = [found("one", 1, "other.json"), found("two", 2, "other.json")]
    alone = [found("one", 1, "single.json"), found("one", 2, "single.json")]
    assert text.render(report(*mixed, *apart, *alone), PLAIN).splitlines()[:-1] == [
        "flow.json:3:1: warning[policylint/syntax] the file says so",
        "",
        "── one · 2 warnings",
        "",
        "flow.json:1:1: warning[policylint/syntax] one says so",
        "",
        "flow.json:4:1: warning[policylint/syntax] one says so",
        "",
        "── two · 1 warning",
        "",
        "flow.json:2:1: warning[policylint/syntax] two says so",
        "",
        "── ##\\x5bx] · 1 warning",
        "",
        "flow.json:5:1: warning[policylint/syntax] ##\\x5bx] says so",
        "",
        "other.json:1:1: warning[policylint/syntax] one says so",
        "",
        "other.json:2:1: warning[policylint/syntax] two says so",
        "",
        "single.json:1:1: warning[policylint/syntax] one says so",
        "",
        "single.json:2:1: warning[policylint/syntax] one says so",
        "",
    ]


def test_on_a_screen_long_lines_are_broken_between_words() -> None:
    finding = BULK._replace(message="weekly sends bulk messages 企業 to people of the list", help=None, sources=())
    other = finding._replace(campaign="other")
    screen = Style(width=60, screen=True)
    lines = text.render(report(finding, finding, other, campaigns=3), screen).splitlines()
    assert lines[0] == f"── weekly · 2 errors {'─' * 39}"
    assert lines[2:4] == [
        "campaigns/weekly.yaml:3:10: error[examplechat/bulk-message]",
        "  weekly sends bulk messages 企業 to people of the list",
    ]
    assert lines[-2:] == ["3 errors in 1 of 2 files · 3 campaigns, 1 rule (as of", "2026-11-23)"]
    assert max(map(width, lines)) <= 60
    coloured = text.render(report(finding, finding, other, campaigns=3), screen._replace(color=True, links=True))
    assert re.sub(r"\x1b\[[\d;]*m|\x1b\]8;;.*?\x1b\\", "", coloured).splitlines() == lines
    wide = Style(width=90, screen=True)
    assert text.render(report(finding), wide).splitlines()[:2] == [
        "campaigns/weekly.yaml:3:10: error[examplechat/bulk-message] weekly sends bulk messages",
        "  企業 to people of the list",
    ]


def test_the_terms_of_a_rule_are_named_once() -> None:
    again = BULK._replace(path="z.yaml")
    blocks = text.render(report(BULK, again, BULK._replace(code=None, path="zz.yaml")), PLAIN).split("\n\n")
    assert [block.splitlines()[-1] for block in blocks[:-1]] == [
        "   = terms: ExampleChat Terms, 4.2 (e) · https://example.org/terms",
        "   = terms: as above, and in `policylint explain EC101`",
        "   = terms: as above, and in `policylint explain examplechat/bulk-message`",
    ]


def test_a_rule_is_a_link_to_the_terms_where_links_are_wanted() -> None:
    odd = BULK._replace(sources=(SOURCE._replace(terms=TERMS._replace(url="https://example.org/a b\x1b\\é|(x)")),))
    style = Style(links=True)
    start, end = "\x1b]8;;", "\x1b\\"
    assert concise.head(BULK, style) == (
        f"campaigns/weekly.yaml:3:10: error[{start}https://example.org/terms{end}examplechat/bulk-message{start}{end}] "
        "weekly sends bulk messages"
    )
    assert f"{start}https://example.org/a%20b%1B%5C%C3%A9%7C%28x%29{end}" in concise.head(odd, style)
    assert concise.head(SYNTAX, style) == concise.head(SYNTAX, PLAIN)


def test_statistics_count_what_is_shown_by_rule() -> None:
    whole = report(SYNTAX, BULK, BULK._replace(severity=WARNING), WAIVED)
    style = Style(statistics=True)
    expected = ["1 error, 1 warning  EC101  examplechat/bulk-message", "1 warning                  policylint/syntax"]
    assert concise.render(whole, style).splitlines()[3:-1] == expected
    assert text.render(whole, style).split("\n\n")[-2].splitlines() == expected
    every = whole._replace(show_suppressed=True)
    assert "2 errors, 1 warning  EC101  examplechat/bulk-message" in concise.render(every, style)
    assert concise.render(report(), style) == concise.render(report(), PLAIN)


# --- concise ------------------------------------------------------------------------------------------------------


def test_concise_is_one_line_for_each_finding_and_the_summary() -> None:
    broken = SYNTAX._replace(message="bad.yaml is not valid:\n  \x1b[2Jkey")
    asked = report(BULK, broken, WAIVED, undecided=1, verdicts=(UNSURE,), show_suppressed=True, show_undecided=True)
    assert concise.render(asked, PLAIN) == (
        """\
campaigns/weekly.yaml:3:10: error[examplechat/bulk-message] weekly sends bulk messages
bad.yaml:1:1: warning[policylint/syntax] bad.yaml is not valid: \\x1b[2Jkey
campaigns/weekly.yaml:3:10: suppressed error[examplechat/bulk-message] weekly sends bulk messages
campaigns/weekly.yaml:5:9: undecided[examplechat/bulk-message] weekly: cannot tell from audience.size: \
an expression or a placeholder
1 error, 1 warning in 2 of 2 files · 1 campaign, 1 rule, 1 undecided, 1 waived (as of 2026-11-23)
"""
    )


# --- json ---------------------------------------------------------------------------------------------------------

BULK_OBJECT = {
    "rule": "examplechat/bulk-message",
    "code": "EC101",
    "severity": "error",
    "message": "weekly sends bulk messages",
    "path": "campaigns/weekly.yaml",
    "line": 3,
    "column": 10,
    "end_line": 3,
    "end_column": 20,
    "pointer": "/purpose",
    "campaign": "weekly",
    "format": "native",
    "since": "2019-12-07",
    "since_observed": False,
    "next_change": None,
    "certainty": "forbidden",
    "sources": [
        {
            "terms": "chat-terms",
            "title": "ExampleChat Terms",
            "clause": "4.2 (e)",
            "url": "https://example.org/terms",
            "edition": "2021-01-04",
            "confidence": "primary",
        }
    ],
    "help": "Send opted-in recipients an approved marketing template, or publish the newsletter on a page of your own.",
    "notes": [],
    "related": [],
    "fix": None,
    "fingerprint": "0f" * 16,
    "suppressed": None,
}


def full_report() -> Report:
    """A report with every kind of finding."""
    capped = BULK._replace(
        severity=WARNING,
        next_change=Step(date(2027, 1, 1), OFF),
        notes=("warning, not error: a reason",),
        related=(Related("package.json", region(PACKAGE, '"chat-web.js"'), "the library"),),
        pointer=("nodes", 3, "a/b~c"),
    )
    lines = Region(Position(1, 1, 0), Position(3, 1, 40))
    reason = SYNTAX._replace(rule="policylint/suppression-without-reason", severity=INFO, region=lines)
    suppressed = (IN_SOURCE, WAIVED, BASELINED)
    return report(BULK, capped, SYNTAX, reason, *suppressed, undecided=1, verdicts=(UNSURE,), nothing_to_check=1)


def test_json_holds_every_finding_and_verdict() -> None:
    assert json.loads(json_report.render(full_report(), PLAIN)) == {
        "version": "0.1.0",
        "as_of": "2026-11-23",
        "at": None,
        "packs": {"examplechat": {"version": "2026-11-23", "digest": "ab" * 32}},
        "provenance": None,
        "summary": {
            "files": 2,
            "campaigns": 1,
            "errors": 1,
            "warnings": 2,
            "infos": 1,
            "suppressed": 3,
            "waived": 1,
            "baselined": 1,
            "fixed": 0,
            "undecided": 1,
            "nothing_to_check": 1,
            "unread": 0,
            "switched_off": {
                "by": None,
                "rules": 0,
                "milder": 0,
                "excluded": 0,
                "mapped": 0,
                "defaults": 0,
                "suppressed": 0,
                "accepted": 0,
                "never_fails": False,
            },
        },
        "findings": [
            BULK_OBJECT,
            {
                **BULK_OBJECT,
                "severity": "warning",
                "next_change": {"date": "2027-01-01", "severity": "off"},
                "notes": ["warning, not error: a reason"],
                "related": [
                    {
                        "path": "package.json",
                        "line": 12,
                        "column": 5,
                        "end_line": 12,
                        "end_column": 18,
                        "message": "the library",
                    }
                ],
                "pointer": "/nodes/3/a~1b~0c",
            },
            {
                **dict.fromkeys(BULK_OBJECT),
                "rule": "policylint/syntax",
                "severity": "warning",
                "message": "bad.yaml is not valid YAML: did not find expected key",
                "path": "bad.yaml",
                **dict.fromkeys(("line", "column", "end_line", "end_column"), 1),
                "pointer": "",
                "since_observed": False,
                "sources": [],
                "notes": [],
                "related": [],
                "fingerprint": "1f" * 16,
            },
            {
                **dict.fromkeys(BULK_OBJECT),
                "rule": "policylint/suppression-without-reason",
                "severity": "info",
                "message": "bad.yaml is not valid YAML: did not find expected key",
                "path": "bad.yaml",
                **dict.fromkeys(("line", "column", "end_column"), 1),
                "end_line": 3,
                "pointer": "",
                "since_observed": False,
                "sources": [],
                "notes": [],
                "related": [],
                "fingerprint": "1f" * 16,
            },
            {
                **BULK_OBJECT,
                "suppressed": {
                    **dict.fromkeys(("owner", "approver", "ticket")),
                    "kind": "in_source",
                    "reason": "sent by the gateway",
                    "until": "2026-12-31",
                },
            },
            {
                **BULK_OBJECT,
                "suppressed": {
                    "kind": "waiver",
                    "reason": "agreed with legal",
                    "until": "2027-01-31",
                    "owner": "crm-team",
                    "approver": "legal",
                    "ticket": "CRM-1",
                },
            },
            {
                **BULK_OBJECT,
                "suppressed": {
                    **dict.fromkeys(("until", "owner", "approver", "ticket")),
                    "kind": "baseline",
                    "reason": "listed in policylint-baseline.jsonl",
                },
            },
        ],
        "undecided": [
            {
                "rule": "examplechat/bulk-message",
                "code": "EC101",
                "campaign": "weekly",
                "path": "campaigns/weekly.yaml",
                "pointer": "/audience/size",
                "why": "an expression or a placeholder",
            }
        ],
        "upcoming": [],
        "unread": [],
    }


@pytest.mark.parametrize("whole", [full_report(), report(campaigns=0, at=date(2019, 12, 6), packs={})])
def test_json_conforms_to_the_report_schema(whole: Report) -> None:
    schema = resources.schema("report")
    jsonschema.Draft202012Validator.check_schema(schema)
    rendered = json.loads(json_report.render(whole, PLAIN))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(rendered)) == []
    assert build_check(schema)(rendered)
    assert not build_check(schema)({**rendered, "clean": True})


def test_json_writes_what_terminals_obey_and_what_cannot_be_encoded_as_escapes() -> None:
    hostile = "Größe 企業 😀 \x1b[2J\x7f\x9b\u202e\u2028\ud800\U000e0041"
    rendered = json_report.render(report(BULK._replace(message=hostile)), PLAIN)
    assert r'"message": "Größe 企業 😀 \u001b[2J\u007f\u009b\u202e\u2028\ud800\udb40\udc41"' in rendered
    assert json.loads(rendered)["findings"][0]["message"] == hostile
    rendered.encode()


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (SAFELY, "fix: say order_update (--fix)"),
        (UNSAFELY, "fix: say [order](update) (--fix --unsafe-fixes); ask first: Is it one?"),
        (ASKED, "suggestion: say what it is; ask first: What is it?"),
        (REFUSED, "suggestion: say order_update; not by --fix: the value is an alias (*purpose)"),
    ],
)
def test_a_fix_is_one_line_wherever_a_format_has_room(finding: Finding, line: str) -> None:
    wide = Style(width=200)
    assert f"   = {line}\n" in text.render(report(finding), wide)
    assert f"\n{line}\n" in junit.render(report(finding, fail_on=ERROR), PLAIN)
    assert f"%0A{line}%0A" in github.render(report(finding), PLAIN)
    shown = line.replace("[order](update)", "&#91;order&#93;(update)").replace("(*purpose)", "(&#42;purpose)")
    assert f"\n- {shown[:1].upper()}{shown[1:]}\n" in markdown.render(report(finding, fail_on=ERROR), PLAIN)


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ((SAFELY, SAFELY, BULK), "2 fixable with --fix\n3 errors in"),
        ((SAFELY, UNSAFELY), "1 fixable with --fix, 1 more with --fix --unsafe-fixes\n2 errors in"),
        ((UNSAFELY, ASKED), "1 fixable with --fix --unsafe-fixes\n2 errors in"),
        ((ASKED, REFUSED, SAFELY._replace(suppressed=WAIVED.suppressed)), "\n2 errors in"),
    ],
)
def test_how_many_findings_can_be_mended_is_said_before_the_last_line(findings: list[Finding], said: str) -> None:
    assert f"\n{said}" in text.render(report(*findings), PLAIN)


def test_the_last_line_says_how_many_fixes_were_made() -> None:
    last = "1 error in 1 of 2 files · 3 fixed · 1 campaign, 1 rule (as of 2026-11-23)\n"
    assert text.render(report(BULK, fixed=3), PLAIN).endswith(f"\n{last}")
    assert concise.render(report(BULK, fixed=3), PLAIN).endswith(f"\n{last}")
    assert json.loads(json_report.render(report(BULK, fixed=3), PLAIN))["summary"]["fixed"] == 3


def test_json_holds_the_edits_of_a_fix() -> None:
    whole = json.loads(json_report.render(report(UNSAFELY, REFUSED), PLAIN))
    assert build_check(resources.schema("report"))(whole)
    place = {"line": 3, "column": 10, "end_line": 3, "end_column": 20}
    edit = {**place, "replacement": "order_update"}
    assert [finding["fix"] for finding in whole["findings"]] == [
        {
            "title": "say [order](update)",
            "applicability": "unsafe",
            "question": "Is it one?",
            "refusal": None,
            "edits": [edit, edit],
        },
        {
            "title": "say order_update",
            "applicability": "suggestion",
            "question": None,
            "refusal": "the value is an alias (*purpose)",
            "edits": [],
        },
    ]


# --- sarif --------------------------------------------------------------------------------------------------------


def run_of(whole: Report) -> Any:
    return json.loads(sarif.render(whole, PLAIN))["runs"][0]


def test_sarif_of_one_finding() -> None:
    assert json.loads(sarif.render(report(BULK), PLAIN)) == {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "policylint",
                        "informationUri": "https://policylint.dev",
                        "version": "0.1.0",
                        "semanticVersion": "0.1.0",
                        "rules": [
                            {
                                "id": "examplechat/bulk-message",
                                "name": "ExamplechatBulkMessage",
                                "shortDescription": {"text": "Bulk message."},
                                "fullDescription": {
                                    "text": "The terms forbid the campaign to write to more than 200 people."
                                },
                                "help": {
                                    "text": "Send through sender.provider instead.\n"
                                    "ExampleChat Terms, 4.2 (e): https://example.org/terms",
                                    "markdown": "The terms forbid the campaign to write to more than 200 people.\n\n"
                                    "**Instead:** Send through sender.provider instead\n\n"
                                    "**Terms:**\n\n- [ExampleChat Terms, 4.2 (e)](https://example.org/terms)",
                                },
                                "helpUri": "https://example.org/terms",
                                "defaultConfiguration": {"level": "error"},
                                "properties": {
                                    "code": "EC101",
                                    "certainty": "forbidden",
                                    "tags": ["policy", "examplechat", "forbidden"],
                                },
                            }
                        ],
                    }
                },
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": []}],
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": "examplechat/bulk-message",
                        "ruleIndex": 0,
                        "level": "error",
                        "message": {"text": "weekly sends bulk messages."},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "campaigns/weekly.yaml"},
                                    "region": {"startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 20},
                                }
                            }
                        ],
                        "partialFingerprints": {"policylint/v1": "0f" * 16},
                        "suppressions": [],
                        "properties": {
                            key: BULK_OBJECT[key]
                            for key in (
                                "code",
                                "campaign",
                                "format",
                                "pointer",
                                "since",
                                "since_observed",
                                "next_change",
                                "certainty",
                                "help",
                                "notes",
                                "sources",
                            )
                        },
                    }
                ],
                "properties": {
                    "as_of": "2026-11-23",
                    "at": None,
                    "packs": {"examplechat": {"version": "2026-11-23", "digest": "ab" * 32}},
                    "provenance": None,
                },
            }
        ],
    }


def test_every_sarif_result_has_a_described_rule_and_a_place_that_code_scanning_takes() -> None:
    run = run_of(full_report())
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [RULE.id, "policylint/suppression-without-reason", "policylint/syntax"]
    assert rules[2]["shortDescription"] == {"text": "File that cannot be read."}
    for rule in rules:
        assert re.fullmatch(r"(?:[A-Z][A-Za-z0-9]*)+", rule["name"])
        assert rule["helpUri"].startswith("https://")
        assert all(rule[key]["text"].endswith(".") for key in ("shortDescription", "fullDescription"))
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert 0 < len(rule["properties"]["tags"]) <= 20
    assert [result["level"] for result in run["results"]] == [
        *("error", "warning", "warning", "note"),
        *(["error"] * 3),
    ]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"[\w./%~-]+", place["artifactLocation"]["uri"])
        assert min(place["region"].values()) >= 1
        assert list(result["partialFingerprints"]) == ["policylint/v1"]


def test_sarif_says_where_the_evidence_is_and_why_a_result_is_suppressed() -> None:
    results = run_of(full_report())["results"]
    assert results[1]["relatedLocations"] == [
        {
            "id": 1,
            "physicalLocation": {
                "artifactLocation": {"uri": "package.json"},
                "region": {"startLine": 12, "startColumn": 5, "endLine": 12, "endColumn": 18},
            },
            "message": {"text": "the library."},
        }
    ]
    assert [result["suppressions"] for result in results] == [
        [],
        [],
        [],
        [],
        [{"kind": "inSource", "justification": "sent by the gateway (until 2026-12-31)"}],
        [
            {
                "kind": "external",
                "justification": "agreed with legal "
                "(until 2027-01-31, owner crm-team, approved by legal, ticket CRM-1)",
            }
        ],
        [{"kind": "external", "justification": "listed in policylint-baseline.jsonl"}],
    ]


def test_sarif_holds_fixes_that_can_be_made_and_the_others_as_properties() -> None:
    unsafe, asked = run_of(report(UNSAFELY, ASKED))["results"]
    replacement = {
        "deletedRegion": {"startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 20},
        "insertedContent": {"text": "order_update"},
    }
    assert unsafe["fixes"] == [
        {
            "description": {"text": "say \\[order\\](update). Ask first: Is it one?"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "campaigns/weekly.yaml"},
                    "replacements": [replacement, replacement],
                }
            ],
            "properties": {"applicability": "unsafe"},
        }
    ]
    assert "fix" not in unsafe["properties"]
    assert "fixes" not in asked
    assert asked["properties"]["fix"]["question"] == "What is it?"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü#%25?.yaml", "a%20b/%C3%BC%23%2525%3F.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("../shared/a.yaml", "../shared/a.yaml"),
        ("/home/me/a b.yaml", "file:///home/me/a%20b.yaml"),
        ("C:/work/a b.yaml", "file:///C:/work/a%20b.yaml"),
        ("caf\udce9.yaml", "caf%E9.yaml"),
        ("\ud800.yaml", "%ED%A0%80.yaml"),
    ],
)
def test_sarif_paths_are_uri_references(path: str, uri: str) -> None:
    assert sarif.uri(path) == uri


@pytest.mark.parametrize(
    ("changes", "of_report", "level"),
    [
        ({}, {}, "error"),
        ({}, {"at": date(2019, 12, 6)}, "warning"),
        ({}, {"as_of": date(2018, 1, 1)}, "warning"),  # in force later: its first step
        ({"enforcement": (*RULE.enforcement, Step(date(2026, 1, 1), OFF))}, {}, "none"),
        ({"overridden": INFO}, {}, "note"),
        ({"enforcement": ()}, {}, "warning"),
    ],
)
def test_the_default_level_of_a_sarif_rule_is_that_of_the_day(
    changes: dict[str, Any], of_report: dict[str, Any], level: str
) -> None:
    run = run_of(report(**{"rules": {RULE.id: RULE._replace(**changes)}, **of_report}))
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"] == {"level": level}


@pytest.mark.parametrize(("version", "is_semantic"), [("0.1.0", True), ("1.2.3-rc.1", True), ("0.1.0.dev1", False)])
def test_a_version_that_is_not_semantic_is_only_a_version(version: str, is_semantic: bool) -> None:
    driver = run_of(report(version=version))["tool"]["driver"]
    assert (driver["version"], driver.get("semanticVersion")) == (version, version if is_semantic else None)


def test_sarif_makes_no_links_of_what_a_file_says() -> None:
    finding = BULK._replace(message="[click](https://example.org) sends [bulk]")
    assert run_of(report(finding))["results"][0]["message"] == {
        "text": r"\[click\](https://example.org) sends \[bulk\]."
    }


def test_sarif_says_what_was_not_judged_and_what_was_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAXIMUM_RESULTS", 2)
    run = run_of(report(WAIVED, SYNTAX, BULK, campaigns=0))
    assert [result["ruleId"] for result in run["results"]] == ["policylint/syntax", "examplechat/bulk-message"]
    assert [said["message"]["text"] for said in run["invocations"][0]["toolExecutionNotifications"]] == [
        "0 campaigns found in 2 files: nothing was judged.",
        "1 finding left out: a SARIF run holds at most 2.",
    ]


# --- github -------------------------------------------------------------------------------------------------------


def test_github_annotates_what_counts() -> None:
    odd = SYNTAX._replace(path="a,b: 100%.yaml", message="100%\nsure,\x1b[2J a: b", severity=INFO)
    assert github.render(report(BULK, WAIVED, odd), PLAIN) == (
        "::error file=campaigns/weekly.yaml,line=3,col=10,endLine=3,endColumn=20,"
        "title=examplechat/bulk-message (EC101)::weekly sends bulk messages%0A"
        "in force since 2019-12-07 (warning since 2018-04-24)%0A"
        "help: Send opted-in recipients an approved marketing template, or publish the newsletter on a page "
        "of your own.%0Aterms: ExampleChat Terms, 4.2 (e) · https://example.org/terms\n"
        "::notice file=a%2Cb%3A 100%25.yaml,line=1,col=1,endLine=1,endColumn=1,title=policylint/syntax::"
        "100%25 sure,\\x1b[2J a: b\n"
        "1 error, 1 info in 2 of 2 files · 1 campaign, 1 rule, 1 waived (as of 2026-11-23)\n"
    )


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (Position(3, 12, 30), "line=3,col=10,endLine=3,endColumn=12"),
        (Position(5, 4, 60), "line=3,endLine=5"),  # the runner takes no columns here
        (Position(5, 1, 60), "line=3,endLine=4"),  # a block ends before the first character of the next line
        (Position(4, 1, 50), "line=3,col=10,endLine=3"),
    ],
)
def test_github_regions(end: Position, expected: str) -> None:
    finding = BULK._replace(region=Region(Position(3, 10, 28), end))
    assert f"weekly.yaml,{expected},title=" in github.render(report(finding), PLAIN)


# --- all ----------------------------------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["##[add-mask]x", "::stop-commands::x", "\x1b]0;x\x07"]
)
ANY_REGION = st.builds(
    lambda line, column, offset, length: Region(
        Position(line, column, offset), Position(line, column + length, offset + length)
    ),
    *[st.integers(1, 30)] * 2,
    *[st.integers(0, 60)] * 2,
)


@given(source=ANY_TEXT, said=ANY_TEXT, path=ANY_TEXT, where=ANY_REGION, columns=st.integers(0, 100))
def test_no_text_of_a_checked_file_is_obeyed_by_a_terminal_or_a_log(
    source: str, said: str, path: str, where: Region, columns: int
) -> None:
    related = (Related(path, where, said),)
    finding = BULK._replace(path=path, region=where, message=said, help=said, notes=(said,), related=related)
    hidden = finding._replace(suppressed=Suppression("in_source", said))
    whole = report(finding, hidden, sources={path: source}, show_suppressed=True)
    for name, reporter in policylint_reporters().items():
        rendered = reporter.render(whole, Style(width=columns))
        assert rendered.endswith("\n")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", rendered)
        if name in ("text", "concise"):
            assert "##[" not in rendered
            assert not re.search(r"^\s*::", rendered, re.MULTILINE)


@given(source=ANY_TEXT, where=ANY_REGION, room=st.integers(20, 60))
def test_a_frame_never_takes_more_room_than_there_is(source: str, where: Region, room: int) -> None:
    found = excerpt(source, where, room)
    assert found is None or width(found.text) <= room
    assert found is None or found.indent + found.length <= room + 1


def test_every_report_format_has_its_module() -> None:
    modules = {"json": json_report, "text": text, "concise": concise, "jsonl": jsonl, "sarif": sarif, "github": github}
    modules |= {"gitlab": gitlab, "junit": junit, "checkstyle": checkstyle, "markdown": markdown, "html": html}
    rendered = {name: reporter.render(report(BULK), PLAIN) for name, reporter in policylint_reporters().items()}
    assert rendered == {name: module.render(report(BULK), PLAIN) for name, module in modules.items()}
    lines = {name: reporter.line for name, reporter in policylint_reporters().items() if reporter.line is not None}
    assert {name: line(BULK) for name, line in lines.items()} == {"jsonl": jsonl.line(BULK)}


NEEDED: Mapping[str, set[str]] = {
    "concise": set(),
    "text": {"concise"},
    "json": set(),
    "jsonl": {"json"},
    "gitlab": {"json"},
    "sarif": {"concise", "json"},
    "github": {"concise"},
    "junit": {"concise", "json"},
    "checkstyle": set(),
    "html": {"concise"},
    "markdown": {"concise"},
}
"""Format → formats that it is made with: the words of concise, the objects of json."""


@pytest.mark.parametrize("name", sorted(policylint_reporters()))
def test_only_the_modules_of_the_asked_format_are_imported(name: str) -> None:
    code = f"""
import sys
from policylint.cli import main
main(["check", "--isolated", "--format", {name!r}, "examples/campaigns/weekly-newsletter.yaml"])
print(*sys.modules, file=sys.stderr)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(run.stderr.split())
    formats = {one for one in NEEDED if f"policylint.reporters.{'json_report' if one == 'json' else one}" in modules}
    assert formats == {name, *NEEDED[name]}
    assert ("xml.etree.ElementTree" in modules) == (name in ("junit", "checkstyle", "html"))
