"""Findings → cards by campaign: what is wrong, at which line, since when, what to do, and on which terms it rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from policylint.model.phrase import Phrase, joined, phrase
from policylint.reporters.concise import severities, spot, suppression_in_words
from policylint.reporters.dates import dated
from policylint.reporters.display import one_line
from policylint.reporters.fixes import fix_in_words
from policylint.reporters.frame import excerpt
from policylint.reporters.html.elements import element, link, prose
from policylint.reporters.html.filter import filter_form
from policylint.reporters.html.groups import LET_PASS, kind_of
from policylint.reporters.html.rules import short_name, source_link
from policylint.reporters.wording import CERTAINTY_WORDS

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report
    from policylint.model.source import Region
    from policylint.reporters.html.elements import Child
    from policylint.reporters.html.groups import Group
    from policylint.reporters.html.rules import BrokenRules

_IN_HEAD = ("Where", "Rule")
"""Labels of what stands in the head of every card."""
_ROOM = 110
"""Columns of a source line, at most."""


def findings_section(groups: Sequence[Group], broken: BrokenRules, report: Report, style: Style) -> Element:
    """Return the section."""
    cards, say = _Cards(broken, report, style), style.say
    return element(
        "section",
        element("h2", say(phrase("Findings")), id="findings"),
        filter_form(groups, say) if report.findings else element("p", say(phrase("Nothing was found.")), class_="lead"),
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
            cards.style.say(severities(counted) if counted else phrase("nothing that counts")),
            class_="lead",
        ),
        *map(cards.card, group.findings),
        class_="group",
        data_campaign=group.number,
    )


class _Cards:
    """Makes the cards of one report."""

    def __init__(self, broken: BrokenRules, report: Report, style: Style) -> None:
        self.broken = broken
        self.report = report
        self.style = style
        self.anchors: Counter[str] = Counter()

    def card(self, finding: Finding) -> Element:
        """Return the card of a finding; its address stays the same from report to report."""
        kind = kind_of(finding)
        message = finding.message
        if self.style.audience == "marketing":
            from policylint.reporters.audience import plain_message

            message = plain_message(finding)
        when = self.style.say(joined(" ", dated(finding, self.report)))
        said = list(self.said(finding))
        return element(
            "article",
            element("h4", element("span", self.style.say(self.label(finding)), class_="label"), " ", *prose(message)),
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

    def label(self, finding: Finding) -> Phrase:
        """Return in words how bad a finding is, or what it asks of those who plan the campaign."""
        if self.style.audience == "marketing":
            from policylint.reporters.audience import demand

            return demand(finding, self.report)
        word = finding.severity.word
        if finding.suppressed is not None:
            return joined(", ", [word, LET_PASS])
        return joined(", ", [word, phrase("blocks")]) if self.report.blocks(finding) else word

    def anchor(self, finding: Finding) -> str:
        """Return the id of a card."""
        short = finding.fingerprint[:16]
        self.anchors[short] += 1
        return f"finding-{short}" + (f"-{self.anchors[short]}" if self.anchors[short] > 1 else "")

    def said(self, finding: Finding) -> Iterator[Element]:
        """Yield the terms and descriptions of a finding's list."""
        if self.style.audience == "marketing":
            yield from self.points(finding)
            return
        for note in finding.notes:
            yield from self.pair(phrase("Note"), *prose(note))
        for related in finding.related:
            place = element("code", spot(related.path, related.region.start))
            shown = self.excerpt(related.path, related.region)
            yield from self.pair(phrase("See"), place, f" {one_line(related.message)}", shown)
        say = self.style.say
        if finding.suppressed is not None:
            yield from self.pair(phrase("Let pass"), *prose(say(suppression_in_words(finding.suppressed))))
        if self.style.audience is not None:
            yield from self.points(finding)
        elif finding.help:
            yield from self.pair(phrase("What to do"), *prose(finding.help))
        if self.style.audience == "legal":
            return
        if finding.fix is not None:
            label, text = fix_in_words(finding.fix)
            yield element("dt", say(label).capitalize())
            yield element("dd", *prose(say(text)))
        if finding.sources:
            yield element("dt", say(phrase("Terms")))
            yield from (element("dd", source_link(source)) for source in finding.sources)
        if finding.certainty:
            yield from self.pair(phrase("Certainty"), say(CERTAINTY_WORDS.get(finding.certainty, finding.certainty)))

    def points(self, finding: Finding) -> Iterator[Element]:
        """Yield what the audience of the report is told of a finding."""
        from policylint.reporters.audience import points

        for point in points(self.style.audience or "", finding, self.report):
            if point.label.pattern in _IN_HEAD:
                continue
            text = prose(self.style.say(point.text))
            yield from self.pair(
                point.label, *(text if point.url is None else [link(point.url, *text, rel="noreferrer")])
            )

    def pair(self, term: Phrase, *description: Child) -> tuple[Element, Element]:
        """Return a term with its description."""
        return element("dt", self.style.say(term)), element("dd", *description)

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
