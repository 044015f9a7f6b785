"""Report → Markdown for a job summary, for reviewers who are no developers: campaigns by rules, and what blocks.

GitHub shows a summary of at most 1 MiB: long tables are cut, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from policylint.model.phrase import Phrase, counted, joined, phrase
from policylint.reporters.concise import (
    found_in_words,
    looked_at_in_words,
    loud,
    severities,
    spot,
    suppression_in_words,
)
from policylint.reporters.dates import dated, will_block
from policylint.reporters.display import one_line
from policylint.reporters.fixes import fix_in_words
from policylint.reporters.links import page_of, url_of

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report
    from policylint.model.rule import Source

MAXIMUM_ROWS = 100
MAXIMUM_COLUMNS = 8
"""Rules side by side; more are named in one column."""
# Markup; and what GitHub and GitLab make links of by themselves and tell people of: mentions, numbers, addresses.
_OBEYED = re.compile(r"[&<>\"'`*\[\]|~$\\]|(?<![^\W_])_|_(?![^\W_])|[@#!](?=\w)|:(?=//)|(?<=www)\.", re.IGNORECASE)


def render(report: Report, style: Style) -> str:
    """Return the text."""
    sections = [_opening, _matrix, _blocking, _coming, _suppressed]
    if style.audience == "marketing":
        sections = [_demands, _campaigns, _suppressed]
    return "\n\n".join(part for section in sections for part in section(report, style)) + "\n"


def prose(text: str) -> str:
    """Return a text on one line in which nothing is markup, a link or a mention."""
    # A space of no width keeps a mention from being seen when the entities are decoded.
    return _OBEYED.sub(lambda match: _entity(match) + ("&#8203;" if match[0] in "@#!:." else ""), one_line(text))


def code(text: str) -> str:
    """Return a name as code; not between backticks, where a bar would end the cell of a table."""
    return f"<code>{_OBEYED.sub(_entity, one_line(text))}</code>"


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _opening(report: Report, style: Style) -> Iterator[str]:
    mend = counted("{count} finding to mend first", "{count} findings to mend first", count=report.blocking)
    yield f"## policylint: {style.say(mend if report.blocking else phrase('nothing blocks'))}"
    yield style.say(joined(" · ", [found_in_words(report), looked_at_in_words(report)]))
    yield from (f"**{prose(style.say(said))}**" for said in loud(report))


def _matrix(report: Report, style: Style) -> Iterator[str]:
    """Yield the table of campaigns by rules."""
    rows: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in _counting(report):
        rows.setdefault((finding.path, finding.campaign), []).append(finding)
    if not rows:
        return
    rules = {finding.rule: finding for finding in _counting(report)}
    ordered = sorted(rules.values(), key=lambda finding: (finding.code is None, finding.code, finding.rule))
    side_by_side = len(ordered) <= MAXIMUM_COLUMNS
    lines = []
    for (path, campaign), findings in rows.items():
        if side_by_side:
            cells = [style.say(severities(one for one in findings if one.rule == rule.rule)) for rule in ordered]
        else:
            broken = {finding.rule: finding for finding in findings}
            cells = [style.say(severities(findings)), ", ".join(_rule(finding, report) for finding in broken.values())]
        lines.append([code(campaign) if campaign is not None else "", code(path), *cells])
    headings = (
        [_rule(finding, report) for finding in ordered]
        if side_by_side
        else _said(style, phrase("findings"), phrase("rules"))
    )
    yield f"### {style.say(phrase('Campaigns and the rules they break'))}"
    yield _table([*_said(style, phrase("campaign"), phrase("file")), *headings], lines, style)


def _blocking(report: Report, style: Style) -> Iterator[str]:
    """Yield each rule that blocks: what to do instead, on which terms, and where."""
    # Lawyers and developers look at what does not block as well.
    findings = [finding for finding in _counting(report) if report.blocks(finding) or style.audience is not None]
    if not findings:
        return
    yield f"### {style.say(phrase('What blocks') if style.audience is None else phrase('Findings'))}"
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings[:MAXIMUM_ROWS]:
        by_rule.setdefault(finding.rule, []).append(finding)
    for of_rule in by_rule.values():
        first = of_rule[0]
        title = f": {prose(report.rules[first.rule].title)}" if first.rule in report.rules else ""
        yield f"**{_rule(first, report)}**{title}"
        yield "\n".join(
            [
                *(line for finding in of_rule for line in _item(finding, report, style)),
                *_explained(first, report, style),
            ]
        )
    left_out = len(findings) - MAXIMUM_ROWS
    if left_out > 0:
        more = counted("… and {count} finding more.", "… and {count} findings more.", count=left_out)
        yield style.say(more)
    form = "<code># policylint: ignore&#91;ID&#93; until=YYYY-MM-DD -- reason</code>"
    stay = "What is to stay needs a suppression with a reason: in the file ({form}) or in the configuration."
    yield style.say(phrase(stay, form=form))


def _item(finding: Finding, report: Report, style: Style) -> Iterator[str]:
    yield f"- {_place(finding)} {prose('; '.join(_told(finding, report, style)))}"
    if style.audience == "dev":
        yield from _points(finding, report, style, "  ")


def _points(finding: Finding, report: Report, style: Style, indent: str = "") -> Iterator[str]:
    from policylint.reporters.audience import points

    for point in points(style.audience or "", finding, report):
        text = prose(style.say(point.text))
        yield f"{indent}- {prose(style.say(point.label))}: {text if point.url is None else f'[{text}]({point.url})'}"


def _explained(finding: Finding, report: Report, style: Style) -> Iterator[str]:
    """Yield what is said once for all findings of a rule, as items of a list."""
    if style.audience == "legal":
        yield from _points(finding, report, style)
        return
    if style.audience is None and finding.help:
        yield f"- {style.say(phrase('Instead'))}: {prose(finding.help)}"
    if finding.fix is not None:
        label, text = fix_in_words(finding.fix)
        yield f"- {style.say(label).capitalize()}: {prose(style.say(text))}"
    yield from (f"- {style.say(phrase('Terms'))}: {_source(source)}" for source in finding.sources)


def _demands(report: Report, style: Style) -> Iterator[str]:
    from policylint.reporters.letter import demands

    yield f"## policylint: {style.say(demands(report))}"
    yield style.say(looked_at_in_words(report))
    yield from (f"**{prose(style.say(said))}**" for said in loud(report))


def _campaigns(report: Report, style: Style) -> Iterator[str]:
    """Yield for each campaign what has to change, for those who plan it."""
    from policylint.reporters.audience import by_campaign, demand, plain_message

    shown = sorted(_counting(report), key=lambda finding: -finding.severity)[:MAXIMUM_ROWS]
    for title, findings in by_campaign(shown):
        yield f"### {prose(title)}"
        for finding in findings:
            asked = style.say(demand(finding, report))
            head = f"- **{prose(asked)}**: {prose(plain_message(finding))}"
            yield "\n".join([head, *_points(finding, report, style, "  ")])
    left_out = sum(1 for _ in _counting(report)) - len(shown)
    if left_out > 0:
        yield style.say(counted("… and {count} finding more.", "… and {count} findings more.", count=left_out))


def _told(finding: Finding, report: Report, style: Style) -> Iterator[str]:
    yield finding.message
    yield from (phrases for phrases in [style.say(joined(" ", dated(finding, report)))] if phrases)
    yield from finding.notes


def _coming(report: Report, style: Style) -> Iterator[str]:
    """Yield what does not block today and will."""
    rows = [
        [
            str(step.since),
            _place(finding),
            f"{_rule(finding, report)} {style.say(step.severity.word)}",
            prose(finding.message),
        ]
        for step, finding in will_block(report)
    ]
    if rows:
        yield f"### {style.say(phrase('What will block'))}"
        yield _table(_said(style, phrase("from"), phrase("where"), phrase("rule"), phrase("what")), rows, style)


def _suppressed(report: Report, style: Style) -> Iterator[str]:
    """Yield what is let pass, by which decision, and for how long."""
    rows = [
        [
            _place(finding),
            f"{_rule(finding, report)} {style.say(finding.severity.word)}",
            prose(finding.message),
            prose(style.say(suppression_in_words(finding.suppressed))),
        ]
        for finding in report.findings
        if finding.suppressed is not None
    ]
    if rows:
        yield f"### {style.say(phrase('What is let pass'))}"
        yield _table(_said(style, phrase("where"), phrase("rule"), phrase("what"), phrase("why")), rows, style)


def _said(style: Style, *headings: Phrase) -> list[str]:
    return list(map(style.say, headings))


def _counting(report: Report) -> Iterator[Finding]:
    return (finding for finding in report.findings if finding.suppressed is None)


def _place(finding: Finding) -> str:
    return code(spot(finding.path, finding.region.start))


def _rule(finding: Finding, report: Report) -> str:
    if finding.rule not in report.rules:
        return code(finding.rule)
    rule = report.rules[finding.rule]
    return f'[{prose(rule.code)}]({page_of(rule.sources)} "{prose(rule.title)}")'


def _source(source: Source) -> str:
    return f"[{prose(f'{source.terms.title}, {source.clause}')}]({url_of(source)})"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], style: Style) -> str:
    lines = [headings, ["---"] * len(headings), *rows[:MAXIMUM_ROWS]]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    left_out = len(rows) - MAXIMUM_ROWS
    return f"{table}\n\n{style.say(phrase('… and {count} more.', count=left_out))}" if left_out > 0 else table
