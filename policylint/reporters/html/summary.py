"""What a run found, in numbers, by rule and by day; and what it could not tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from policylint.model.rule import Severity
from policylint.reporters.concise import found_in_words, looked_at_in_words, no_campaigns, spot
from policylint.reporters.dates import will_block
from policylint.reporters.display import one_line, plural
from policylint.reporters.html.elements import element, prose
from policylint.reporters.html.rules import severity_label

if TYPE_CHECKING:
    from policylint.model.finding import Report, UndecidedVerdict
    from policylint.reporters.html.elements import Child
    from policylint.reporters.html.rules import BrokenRules

SHOWN = 12
"""Rows of a table that are not folded away."""


def verdict(report: Report) -> str:
    """Return the result in a few words."""
    blocking = sum(map(report.blocks, report.findings))
    return f"{plural(blocking, 'finding')} to mend first" if blocking else "Nothing blocks"


def summary_section(report: Report, broken: BrokenRules) -> Element:
    """Return the section."""
    loud = no_campaigns(report)
    return element(
        "section",
        element("h2", "Summary", id="summary"),
        element("p", loud, class_="loud") if loud else None,
        element("p", *prose(f"{found_in_words(report)} · {looked_at_in_words(report)}"), class_="lead"),
        element("ul", *_tiles(report), class_="tiles"),
        *_blocking(report, broken),
        *_coming(report, broken),
        aria_labelledby="summary",
    )


def _tiles(report: Report) -> Iterator[Element]:
    let_pass = sum(finding.suppressed is not None for finding in report.findings)
    tiles = [
        ("error", report.counted(Severity.ERROR), "error"),
        ("warning", report.counted(Severity.WARNING), "warning"),
        ("info", report.counted(Severity.INFO), "info"),
        ("let-pass", let_pass, "let pass"),
        ("undecided", report.undecided, "undecided"),
        ("not-judged", report.nothing_to_check, "file"),
    ]
    for kind, count, noun in tiles:
        words = noun if kind in ("let-pass", "undecided") else plural(count, noun).partition(" ")[2]
        rest = " with nothing to check" if kind == "not-judged" else ""
        yield element("li", element("strong", str(count)), f" {words}{rest}", class_=kind if count else "zero")


def _blocking(report: Report, broken: BrokenRules) -> Iterator[Element]:
    rows: list[list[Child]] = []
    for name, findings in broken.findings.items():
        blocking = [finding for finding in findings if report.blocks(finding)]
        if blocking:
            campaigns = {(finding.path, finding.campaign) for finding in blocking}
            often = f"{plural(len(blocking), 'finding')}, {plural(len(campaigns), 'campaign')}"
            rows.append([broken.link(blocking[0]), broken.title(name), often])
    if rows:
        yield element("h3", "What blocks")
        yield from _table(["Rule", "What is wrong", "How often"], rows)


def _coming(report: Report, broken: BrokenRules) -> Iterator[Element]:
    rows: list[list[Child]] = [
        [
            element("span", str(step.since), class_="day"),
            severity_label(step.severity),
            broken.link(finding),
            element("span", *prose(finding.message)),
        ]
        for step, finding in will_block(report)
    ]
    if rows:
        yield element("h3", "What will block")
        yield from _table(["From", "Then", "Rule", "What is wrong"], rows)


def undecided_section(report: Report) -> Element | None:
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
    explained = (
        "A rule that hangs on a value that the file does not say gives no finding and no pass."
        " Whoever knows these values can tell."
    )
    return element(
        "section",
        element("h2", "Undecided", id="undecided"),
        element("p", explained, class_="lead"),
        *_table(["Campaign", "Unknown field", "Why", "Rules", "Where"], rows),
        aria_labelledby="undecided",
    )


def _table(headings: Sequence[str], rows: Sequence[Sequence[Child]]) -> Iterator[Element]:
    """Yield a table, and a second one of what is folded away."""
    yield _rows(headings, rows[:SHOWN])
    if rows[SHOWN:]:
        yield element("details", element("summary", f"{len(rows) - SHOWN} more"), _rows(headings, rows[SHOWN:]))


def _rows(headings: Sequence[str], rows: Sequence[Sequence[Child]]) -> Element:
    head = element("tr", *(element("th", heading, scope="col") for heading in headings))
    body = (
        element("tr", *(element("td", cell, data_label=label) for label, cell in zip(headings, row, strict=True)))
        for row in rows
    )
    return element("table", element("thead", head), element("tbody", *body), class_="stacked")
