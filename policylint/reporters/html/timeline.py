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

from policylint.model.rule import Severity
from policylint.reporters.display import one_line, plural
from policylint.reporters.html.days import Scale, scale_of
from policylint.reporters.html.elements import element, link, prose

if TYPE_CHECKING:
    from policylint.model.finding import CampaignSummary, Report
    from policylint.reporters.html.days import Stretch
    from policylint.reporters.html.groups import Group

SHOWN = 25
"""Broken campaigns that are not folded away; as many without findings, where there are no others."""
_APART = 17
"""Percent of the width that the label of a day takes."""
_TICKS_APART = 7
_LEGEND = (
    ("error", "error"),
    ("warning", "warning"),
    ("info", "info"),
    ("off", "nothing found"),
    ("unsure", "nothing found, some rules undecided"),
    ("waived", "let pass"),
    ("unknown", "cannot tell"),
)


def calendar_section(groups: Sequence[Group], report: Report) -> Element | None:
    """Return the section, or None where no campaign is known one by one."""
    rows = [group for group in groups if group.summary is not None]
    if not rows:
        return None
    scale = scale_of([group.stretches for group in rows], report.at or report.as_of)
    broken = [group for group in rows if group.worst is not Severity.OFF]
    clean = [group for group in rows if group.worst is Severity.OFF]
    shown, shown_clean = broken[:SHOWN], [] if broken and len(rows) > SHOWN else clean[:SHOWN]
    folded = (
        (plural(len(broken) - len(shown), "more campaign"), broken[len(shown) :]),
        (plural(len(clean) - len(shown_clean), "campaign", " with nothing that counts"), clean[len(shown_clean) :]),
    )
    return element(
        "section",
        element("h2", "Calendar", id="calendar"),
        element("p", *prose(" ".join(_introduction(scale, report))), class_="lead"),
        _legend(),
        _table("Campaigns and their days", [*shown, *shown_clean], scale, report),
        *(
            element("details", element("summary", words), _table(words, hidden, scale, report))
            for words, hidden in folded
            if hidden
        ),
        aria_labelledby="calendar",
    )


def _introduction(scale: Scale, report: Report) -> Iterator[str]:
    if report.at is None:
        yield "Each bar is a campaign over its own days, coloured by what was found for each day."
        yield f"A campaign that does not say when it runs is judged on the day of this report, {report.as_of}."
        yield "A red line is a day on which a campaign gets worse, the dotted line the day of the report."
    else:
        yield f"Every campaign is judged as if it ran on {report.at}."
    if scale.shortened:
        yield "At // a long time without a change is shortened."


def _legend() -> Element:
    swatches = (
        element("li", element("svg", _bar(kind, 0, 100), class_="swatch", aria_hidden="true"), f" {words}")
        for kind, words in _LEGEND
    )
    return element("ul", *swatches, class_="legend")


def _table(caption: str, groups: Sequence[Group], scale: Scale, report: Report) -> Element:
    heading = element(
        "tr",
        element("th", "Campaign", scope="col"),
        element("th", _axis(groups, scale, report), scope="col", class_="picture"),
        element("th", "What was found", scope="col"),
    )
    body = (_row(group, group.summary, scale, report) for group in groups if group.summary is not None)
    return element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", heading),
        element("tbody", *body),
        class_="calendar",
    )


# --- the scale ----------------------------------------------------------------------------------------------------


def _axis(groups: Sequence[Group], scale: Scale, report: Report) -> Element:
    """Return the picture above the bars: months or years, the day of the run, days on which campaigns break."""
    day = report.at or report.as_of
    breaks = [
        element("text", "//", element("title", f"{first} to {after}"), x=f"{x:g}%", y="30", text_anchor="middle")
        for x, first, after in scale.breaks()
    ]
    days = [
        (day, f"{'as of' if report.at is None else 'as if on'} {day}", "today"),
        *((one, str(one), "change") for one in _changes(groups)),
    ]
    ticks = ((one, name, "tick") for one, name in scale.ticks())
    return element(
        "svg",
        element("title", f"Days from {scale.knots[0]} to {scale.knots[-1]}"),
        *_labels(days, scale, "12", _APART, []),
        *_labels(ticks, scale, "30", _TICKS_APART, [x for x, _, _ in scale.breaks()]),
        *breaks,
        role="img",
        class_="axis",
    )


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


def _row(group: Group, summary: CampaignSummary, scale: Scale, report: Report) -> Element:
    name = one_line(group.title)
    phrases = list(_phrases(group, summary))
    said = ", ".join(text for text, _ in phrases)
    return element(
        "tr",
        element(
            "th",
            link(f"#campaign-{group.number}", element("bdi", name)) if group.findings else element("bdi", name),
            element("small", element("bdi", one_line(summary.name))) if summary.name else None,
            element("small", *prose(_days(summary, report))),
            scope="row",
        ),
        element(
            "td", _picture(group, summary, scale, report, f"{name}: {_days(summary, report)}; {said}"), class_="picture"
        ),
        element("td", *(element("span", *prose(text), class_=f"phrase {kind}") for text, kind in phrases)),
    )


def _days(summary: CampaignSummary, report: Report) -> str:
    """Return in words when a campaign runs."""
    first, last, own = summary.window
    if report.at is not None:
        return f"as if on {report.at}"
    if not own:
        return "its days cannot be read" if summary.unreadable_dates else "says no days"
    if first == last:
        return f"on {first}"
    if summary.unreadable_dates:
        return f"from {first}, its end cannot be read" if last is None else f"until {last}, its start cannot be read"
    return f"from {first} on" if last is None else f"{first} to {last}"


def _phrases(group: Group, summary: CampaignSummary) -> Iterator[tuple[str, str]]:
    """Yield in words what was found from which day on, each with its kind."""
    let_pass = _let_pass(group)
    of_nothing = "nothing that counts" if let_pass else "nothing found"
    first = group.stretches[0]
    for stretch in group.stretches:
        words = {None: "cannot tell", Severity.OFF: of_nothing}.get(stretch.severity, str(stretch.severity))
        if len(group.stretches) == 1:
            yield words, str(stretch.severity)
        elif stretch is not first or stretch.severity is not Severity.OFF:
            yield f"{words} from {stretch.first}", str(stretch.severity)
    if let_pass:
        yield f"{let_pass} let pass", "waived"
    if summary.undecided:
        yield f"{summary.undecided} undecided", "unsure"


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
