"""Findings → cards by campaign: what is wrong, at which line, since when, what to do, and on which terms it rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from policylint.reporters.concise import severities, spot, suppression_in_words
from policylint.reporters.dates import dated
from policylint.reporters.display import one_line
from policylint.reporters.fixes import fix_in_words
from policylint.reporters.frame import excerpt
from policylint.reporters.html.elements import element, prose
from policylint.reporters.html.filter import filter_form
from policylint.reporters.html.groups import kind_of
from policylint.reporters.html.rules import short_name, source_link
from policylint.reporters.wording import CERTAINTY_WORDS

if TYPE_CHECKING:
    from policylint.model.finding import Finding, Report
    from policylint.model.source import Region
    from policylint.reporters.html.elements import Child
    from policylint.reporters.html.groups import Group
    from policylint.reporters.html.rules import BrokenRules

_ROOM = 110
"""Columns of a source line, at most."""


def findings_section(groups: Sequence[Group], broken: BrokenRules, report: Report) -> Element:
    """Return the section."""
    cards = _Cards(broken, report)
    return element(
        "section",
        element("h2", "Findings", id="findings"),
        filter_form(groups) if report.findings else element("p", "Nothing was found.", class_="lead"),
        *(_group(group, cards) for group in groups if group.findings),
        aria_labelledby="findings",
    )


def _group(group: Group, cards: _Cards) -> Element:
    counted = [finding for finding in group.findings if finding.suppressed is None]
    place = group.path if group.line is None else f"{group.path}:{group.line}"
    name = one_line(group.summary.name) if group.summary is not None else ""
    return element(
        "section",
        element("h3", element("bdi", one_line(group.title)), id=f"campaign-{group.number}"),
        element(
            "p",
            *((element("bdi", name), " · ") if name else ()),
            element("code", place) if group.title != group.path else None,
            " · " if group.title != group.path else None,
            severities(counted) or "nothing that counts",
            class_="lead",
        ),
        *map(cards.card, group.findings),
        class_="group",
        data_campaign=group.number,
    )


class _Cards:
    """Makes the cards of one report."""

    def __init__(self, broken: BrokenRules, report: Report) -> None:
        self.broken = broken
        self.report = report
        self.anchors: Counter[str] = Counter()

    def card(self, finding: Finding) -> Element:
        """Return the card of a finding; its address stays the same from report to report."""
        kind = kind_of(finding)
        when = " ".join(dated(finding, self.report))
        said = list(self.said(finding))
        return element(
            "article",
            element("h4", element("span", self.label(finding), class_="label"), " ", *prose(finding.message)),
            element(
                "p",
                self.broken.link(finding),
                " ",
                element("code", spot(finding.path, finding.region.start)),
                " · " if when else None,
                *prose(when),
                class_="place",
            ),
            self.excerpt(finding.path, finding.region),
            element("dl", *said) if said else None,
            id=self.anchor(finding),
            class_=kind,
            data_kind=kind,
            data_rule=short_name(finding),
        )

    def label(self, finding: Finding) -> str:
        """Return the severity in words."""
        if finding.suppressed is not None:
            return f"{finding.severity}, let pass"
        return f"{finding.severity}, blocks" if self.report.blocks(finding) else str(finding.severity)

    def anchor(self, finding: Finding) -> str:
        """Return the id of a card."""
        short = finding.fingerprint[:16]
        self.anchors[short] += 1
        return f"finding-{short}" + (f"-{self.anchors[short]}" if self.anchors[short] > 1 else "")

    def said(self, finding: Finding) -> Iterator[Element]:
        """Yield the terms and descriptions of a finding's list."""
        for note in finding.notes:
            yield from _pair("Note", *prose(note))
        for related in finding.related:
            place = element("code", spot(related.path, related.region.start))
            yield from _pair("See", place, f" {one_line(related.message)}", self.excerpt(related.path, related.region))
        if finding.suppressed is not None:
            yield from _pair("Let pass", *prose(suppression_in_words(finding.suppressed)))
        if finding.help:
            yield from _pair("What to do", *prose(finding.help))
        if finding.fix is not None:
            word, text = fix_in_words(finding.fix)
            yield from _pair(word.capitalize(), *prose(text))
        if finding.sources:
            yield element("dt", "Terms")
            yield from (element("dd", source_link(source)) for source in finding.sources)
        if finding.certainty:
            yield from _pair("Certainty", CERTAINTY_WORDS.get(finding.certainty, finding.certainty))

    def excerpt(self, path: str, region: Region) -> Element | None:
        """Return the source line with the region marked."""
        text = self.report.sources.get(path)
        shown = None if text is None else excerpt(text, region, _ROOM)
        if shown is None:
            return None
        # An empty region has no width to be seen by.
        mark = element("mark", shown.marked or "\N{OPEN BOX}")
        number = element("span", str(shown.number), class_="number")
        return element("pre", number, element("code", shown.before, mark, shown.after.rstrip()))


def _pair(term: str, *description: Child) -> tuple[Element, Element]:
    return element("dt", term), element("dd", *description)
