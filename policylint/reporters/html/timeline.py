"""Campaigns and their days → a table with a bar for each campaign: what passes, what breaks, and from which day.

Places in the pictures are percentages of their width: they need no styles of their own, which the page forbids, and
texts keep their size on a screen of any width.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from policylint.model.phrase import Phrase, counted, joined, phrase
from policylint.model.rule import Severity
from policylint.reporters.display import one_line
from policylint.reporters.html.days import Scale, scale_of
from policylint.reporters.html.elements import element, link, prose
from policylint.reporters.html.groups import LET_PASS

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.model.finding import CampaignSummary, Report
    from policylint.reporters.html.days import Stretch
    from policylint.reporters.html.groups import Group

SHOWN = 25
"""Broken campaigns that are not folded away; as many without findings, where there are no others."""
_APART = 17
"""Percent of the width that the label of a day takes."""
_TICKS_APART = 7
_LEGEND = (
    *((str(one), one.word) for one in (Severity.ERROR, Severity.WARNING, Severity.INFO)),
    ("off", phrase("nothing found")),
    ("unsure", phrase("nothing found, some rules undecided")),
    ("waived", LET_PASS),
    ("unknown", phrase("cannot tell")),
)


def calendar_section(groups: Sequence[Group], report: Report, say: Say) -> Element | None:
    """Return the section, or None where no campaign is known one by one."""
    rows = [group for group in groups if group.summary is not None]
    if not rows:
        return None
    scale = scale_of([group.stretches for group in rows], report.at or report.as_of)
    broken = [group for group in rows if group.worst is not Severity.OFF]
    clean = [group for group in rows if group.worst is Severity.OFF]
    shown, shown_clean = broken[:SHOWN], [] if broken and len(rows) > SHOWN else clean[:SHOWN]
    hidden, hidden_clean = broken[len(shown) :], clean[len(shown_clean) :]
    more = counted("{count} more campaign", "{count} more campaigns", count=len(hidden))
    more_clean = counted(
        "{count} campaign with nothing that counts",
        "{count} campaigns with nothing that counts",
        count=len(hidden_clean),
    )
    table = _Table(scale, report, say)
    return element(
        "section",
        element("h2", say(phrase("Calendar")), id="calendar"),
        element("p", *prose(say(joined(" ", _introduction(scale, report)))), class_="lead"),
        _legend(say),
        table.of(say(phrase("Campaigns and their days")), [*shown, *shown_clean]),
        *(
            element("details", element("summary", say(words)), table.of(say(words), folded))
            for words, folded in ((more, hidden), (more_clean, hidden_clean))
            if folded
        ),
        aria_labelledby="calendar",
    )


def _introduction(scale: Scale, report: Report) -> Iterator[Phrase]:
    if report.at is None:
        yield phrase("Each bar is a campaign over its own days, coloured by what was found for each day.")
        unsaid = "A campaign that does not say when it runs is judged on the day of this report, {day}."
        yield phrase(unsaid, day=report.as_of)
        yield phrase("A red line is a day on which a campaign gets worse, the dotted line the day of the report.")
    else:
        yield phrase("Every campaign is judged as if it ran on {day}.", day=report.at)
    if scale.shortened:
        yield phrase("At // a long time without a change is shortened.")


def _legend(say: Say) -> Element:
    swatches = (
        element("li", element("svg", _bar(kind, 0, 100), class_="swatch", aria_hidden="true"), f" {say(words)}")
        for kind, words in _LEGEND
    )
    return element("ul", *swatches, class_="legend")


class _Table:
    """Makes tables with a bar for each campaign, all on one scale."""

    def __init__(self, scale: Scale, report: Report, say: Say) -> None:
        self.scale = scale
        self.report = report
        self.say = say

    def of(self, caption: str, groups: Sequence[Group]) -> Element:
        """Return the table of some campaigns."""
        heading = element(
            "tr",
            element("th", self.say(phrase("Campaign")), scope="col"),
            element("th", self.axis(groups), scope="col", class_="picture"),
            element("th", self.say(phrase("What was found")), scope="col"),
        )
        body = (self.row(group, group.summary) for group in groups if group.summary is not None)
        return element(
            "table",
            element("caption", caption, class_="unseen"),
            element("thead", heading),
            element("tbody", *body),
            class_="calendar",
        )

    def axis(self, groups: Sequence[Group]) -> Element:
        """Return the picture above the bars: months or years, the day of the run, days on which campaigns break."""
        scale, say = self.scale, self.say
        breaks = [
            element(
                "text", "//", element("title", say(_stretch_of(first, last))), x=f"{x:g}%", y="30", text_anchor="middle"
            )
            for x, first, last in scale.breaks()
        ]
        day = self.report.at or self.report.as_of
        today = phrase("as of {day}", day=day) if self.report.at is None else phrase("as if on {day}", day=day)
        days = [(day, say(today), "today"), *((one, str(one), "change") for one in _changes(groups))]
        ticks = ((one, name, "tick") for one, name in scale.ticks())
        return element(
            "svg",
            element("title", say(phrase("Days from {first} to {last}", first=scale.knots[0], last=scale.knots[-1]))),
            *_labels(days, scale, "12", _APART, []),
            *_labels(ticks, scale, "30", _TICKS_APART, [x for x, _, _ in scale.breaks()]),
            *breaks,
            role="img",
            class_="axis",
        )

    def row(self, group: Group, summary: CampaignSummary) -> Element:
        """Return the row of a campaign."""
        name, days = one_line(group.title), self.say(_days(summary, self.report))
        found = [(self.say(text), kind) for text, kind in _phrases(group, summary)]
        title = f"{name}: {days}; {', '.join(text for text, _ in found)}"
        return element(
            "tr",
            element(
                "th",
                link(f"#campaign-{group.number}", element("bdi", name)) if group.findings else element("bdi", name),
                element("small", element("bdi", one_line(summary.name))) if summary.name else None,
                element("small", *prose(days)),
                scope="row",
            ),
            element("td", _picture(group, summary, self.scale, self.report, title), class_="picture"),
            element("td", *(element("span", *prose(text), class_=f"phrase {kind}") for text, kind in found)),
        )


# --- the scale ----------------------------------------------------------------------------------------------------


def _labels(
    days: Iterable[tuple[date, str, str]], scale: Scale, y: str, apart: float, taken: list[float]
) -> Iterator[Element]:
    """Yield the names of days, the first ones first, as far as there is room for them."""
    for day, text, kind in days:
        x = scale.share(day)
        if all(abs(x - other) >= apart for other in taken):
            taken.append(x)
            anchor = "start" if x < apart else "end" if x > 100 - apart else "middle"
            yield element("text", text, x=f"{x:g}%", y=y, text_anchor=anchor, class_=kind)


def _changes(groups: Sequence[Group]) -> list[date]:
    """Return the days from which on campaigns are worse off than the day before, those of most campaigns first."""
    counted = Counter(day for group in groups for day in _worse_from(group.stretches))
    return sorted(counted, key=lambda day: (-counted[day], day))


def _worse_from(stretches: Sequence[Stretch]) -> Iterator[date]:
    for before, after in pairwise(stretches):
        if (after.severity or Severity.OFF) > (before.severity or Severity.OFF):
            yield after.first


# --- a campaign ---------------------------------------------------------------------------------------------------


def _days(summary: CampaignSummary, report: Report) -> Phrase:
    """Return in words when a campaign runs."""
    first, last, own = summary.window
    if report.at is not None:
        return phrase("as if on {day}", day=report.at)
    if not own:
        return phrase("its days cannot be read") if summary.unreadable_dates else phrase("says no days")
    if first == last:
        return phrase("on {day}", day=first)
    if last is None:
        said = "from {day}, its end cannot be read" if summary.unreadable_dates else "from {day} on"
        return phrase(said, day=first)
    if summary.unreadable_dates:
        return phrase("until {day}, its start cannot be read", day=last)
    return _stretch_of(first, last)


def _stretch_of(first: date, last: date) -> Phrase:
    return phrase("{first} to {last}", first=first, last=last)


def _phrases(group: Group, summary: CampaignSummary) -> Iterator[tuple[Phrase, str]]:
    """Yield what was found from which day on, each with its kind."""
    let_pass = _let_pass(group)
    first = group.stretches[0]
    for stretch in group.stretches:
        words = _found(stretch, let_pass)
        if len(group.stretches) == 1:
            yield words, str(stretch.severity)
        elif stretch is not first or stretch.severity is not Severity.OFF:
            yield phrase("{what} from {day}", what=words, day=stretch.first), str(stretch.severity)
    if let_pass:
        yield phrase("{count} let pass", count=let_pass), "waived"
    if summary.undecided:
        yield phrase("{count} undecided", count=summary.undecided), "unsure"


def _found(stretch: Stretch, let_pass: int) -> Phrase:
    if stretch.severity is None:
        return phrase("cannot tell")
    if stretch.severity is Severity.OFF:
        return phrase("nothing that counts") if let_pass else phrase("nothing found")
    return stretch.severity.word


def _let_pass(group: Group) -> int:
    return sum(finding.suppressed is not None for finding in group.findings)


def _kind(stretch: Stretch, group: Group, summary: CampaignSummary) -> str:
    """Return how a stretch looks; green is only what nobody had to let pass and nothing is open in."""
    if stretch.severity is None:
        return "unknown"
    if stretch.severity is not Severity.OFF:
        return str(stretch.severity)
    return "waived" if _let_pass(group) else "unsure" if summary.undecided else "off"


def _picture(group: Group, summary: CampaignSummary, scale: Scale, report: Report, title: str) -> Element:
    grid = (_line(scale.share(day), "grid") for day, _ in scale.ticks())
    bars = (bar for stretch in group.stretches for bar in _stretch(stretch, group, summary, scale))
    changes = (_line(scale.share(day), "change") for day in _worse_from(group.stretches))
    today = _line(scale.share(report.at or report.as_of), "today")
    breaks = (element("rect", x=f"{x:g}%", width="5", class_="break") for x, _, _ in scale.breaks())
    return element("svg", element("title", title), *grid, today, *bars, *changes, *breaks, role="img", class_="bar")


def _stretch(stretch: Stretch, group: Group, summary: CampaignSummary, scale: Scale) -> Iterator[Element]:
    kind = _kind(stretch, group, summary)
    start = scale.share(stretch.first)
    if not summary.window.own:
        yield element("circle", cx=f"{start:g}%", cy="50%", r="6", class_=kind)
        return
    after = 100.0 if stretch.last is None else scale.share(min(stretch.last, date.max - timedelta(1)) + timedelta(1))
    yield _bar(kind, start, after)
    if after - start < 1:  # a day is narrower than a pixel on a scale of years
        yield element("rect", x=f"{min(start, 99):g}%", width="5", class_=kind)
    if stretch.last is None or stretch.last >= scale.knots[-1]:
        yield element("text", "\N{RIGHTWARDS ARROW}", x="100%", y="50%", text_anchor="end", class_="open")


def _bar(kind: str, start: float, after: float) -> Element:
    return element("rect", x=f"{start:g}%", width=f"{after - start:.4g}%", class_=kind)


def _line(x: float, kind: str) -> Element:
    return element("line", x1=f"{x:g}%", x2=f"{x:g}%", y1="0", y2="100%", class_=kind)
