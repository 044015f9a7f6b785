"""What a run found, in numbers, by rule and by day; and what it could not tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from policylint.model.phrase import Phrase, counted, joined, phrase
from policylint.model.rule import Severity
from policylint.reporters.concise import counted_severity, found_in_words, looked_at_in_words, loud, spot
from policylint.reporters.dates import will_block
from policylint.reporters.display import one_line
from policylint.reporters.html.elements import element, prose
from policylint.reporters.html.rules import severity_label

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.model.finding import Report, UndecidedVerdict
    from policylint.reporters.html.elements import Child
    from policylint.reporters.html.rules import BrokenRules

_LOUDEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)
SHOWN = 12
"""Rows of a table that are not folded away."""


def verdict(report: Report) -> Phrase:
    """Return the result in a few words."""
    mend = counted("{count} finding to mend first", "{count} findings to mend first", count=report.blocking)
    return mend if report.blocking else phrase("Nothing blocks")


def summary_section(report: Report, broken: BrokenRules, say: Say) -> Element:
    """Return the section."""
    return element(
        "section",
        element("h2", say(phrase("Summary")), id="summary"),
        *(element("p", say(said), class_="loud") for said in loud(report)),
        element("p", *prose(say(joined(" · ", [found_in_words(report), looked_at_in_words(report)]))), class_="lead"),
        element("ul", *_tiles(report, say), class_="tiles"),
        *_blocking(report, broken, say),
        *_coming(report, broken, say),
        aria_labelledby="summary",
    )


def _tiles(report: Report, say: Say) -> Iterator[Element]:
    let_pass = sum(finding.suppressed is not None for finding in report.findings)
    tiles = [
        *((str(one), counted_severity(one, report.counted(one))) for one in _LOUDEST_FIRST),
        ("let-pass", phrase("{count} let pass", count=let_pass)),
        ("undecided", phrase("{count} undecided", count=report.undecided)),
        (
            "not-judged",
            counted(
                "{count} file with nothing to check",
                "{count} files with nothing to check",
                count=report.nothing_to_check,
            ),
        ),
    ]
    for kind, words in tiles:
        number, _, rest = say(words).partition(" ")
        yield element("li", element("strong", number), f" {rest}", class_=kind if words.values["count"] else "zero")


def _blocking(report: Report, broken: BrokenRules, say: Say) -> Iterator[Element]:
    rows: list[list[Child]] = []
    for name, findings in broken.findings.items():
        blocking = [finding for finding in findings if report.blocks(finding)]
        if blocking:
            campaigns = {(finding.path, finding.campaign) for finding in blocking}
            often = [
                counted("{count} finding", "{count} findings", count=len(blocking)),
                counted("{count} campaign", "{count} campaigns", count=len(campaigns)),
            ]
            rows.append([broken.link(blocking[0]), broken.title(name), say(joined(", ", often))])
    if rows:
        yield element("h3", say(phrase("What blocks")))
        yield from _table([phrase("Rule"), phrase("What is wrong"), phrase("How often")], rows, say)


def _coming(report: Report, broken: BrokenRules, say: Say) -> Iterator[Element]:
    rows: list[list[Child]] = [
        [
            element("span", str(step.since), class_="day"),
            severity_label(step.severity, say),
            broken.link(finding),
            element("span", *prose(finding.message)),
        ]
        for step, finding in will_block(report)
    ]
    if rows:
        yield element("h3", say(phrase("What will block")))
        yield from _table([phrase("From"), phrase("Then"), phrase("Rule"), phrase("What is wrong")], rows, say)


def undecided_section(report: Report, say: Say) -> Element | None:
    """Return the values that are unknown, with the rules that hang on each; None where there are none."""
    by_value: dict[tuple[str, str, str, str], list[UndecidedVerdict]] = {}
    for one in report.verdicts:
        place = spot(one.path, one.region.start)
        by_value.setdefault((one.campaign, one.field, one.why, place), []).append(one)
    if not by_value:
        return None
    rows: list[list[Child]] = [
        [
            element("bdi", one_line(campaign)),
            element("code", one_line(field)),
            one_line(why),
            ", ".join(sorted({one_line(one.code) for one in verdicts})),
            element("code", place),
        ]
        for (campaign, field, why, place), verdicts in by_value.items()
    ]
    explained = phrase(
        "A rule that hangs on a value that the file does not say gives no finding and no pass."
        " Whoever knows these values can tell."
    )
    headings = [phrase("Campaign"), phrase("Unknown field"), phrase("Why"), phrase("Rules"), phrase("Where")]
    return element(
        "section",
        element("h2", say(phrase("Undecided")), id="undecided"),
        element("p", say(explained), class_="lead"),
        *_table(headings, rows, say),
        aria_labelledby="undecided",
    )


def _table(headings: Sequence[Phrase], rows: Sequence[Sequence[Child]], say: Say) -> Iterator[Element]:
    """Yield a table, and a second one of what is folded away."""
    said = list(map(say, headings))
    yield _rows(said, rows[:SHOWN])
    if rows[SHOWN:]:
        more = say(phrase("{count} more", count=len(rows) - SHOWN))
        yield element("details", element("summary", more), _rows(said, rows[SHOWN:]))


def _rows(headings: Sequence[str], rows: Sequence[Sequence[Child]]) -> Element:
    head = element("tr", *(element("th", heading, scope="col") for heading in headings))
    body = (
        element("tr", *(element("td", cell, data_label=label) for label, cell in zip(headings, row, strict=True)))
        for row in rows
    )
    return element("table", element("thead", head), element("tbody", *body), class_="stacked")
