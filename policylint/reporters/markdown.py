"""Report → Markdown for a job summary, for reviewers who are no developers: campaigns by rules, and what blocks.

GitHub shows a summary of at most 1 MiB: long tables are cut, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from policylint.reporters.concise import (
    found_in_words,
    looked_at_in_words,
    no_campaigns,
    severities,
    spot,
    suppression_in_words,
)
from policylint.reporters.dates import dated, will_block
from policylint.reporters.display import one_line, plural
from policylint.reporters.fixes import fix_in_words
from policylint.reporters.links import page_of, url_of

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.finding import Finding, Report
    from policylint.model.fix import Fix
    from policylint.model.rule import Source

MAXIMUM_ROWS = 100
MAXIMUM_COLUMNS = 8
"""Rules side by side; more are named in one column."""
# Markup; and what GitHub and GitLab make links of by themselves and tell people of: mentions, numbers, addresses.
_OBEYED = re.compile(r"[&<>\"'`*\[\]|~$\\]|(?<![^\W_])_|_(?![^\W_])|[@#!](?=\w)|:(?=//)|(?<=www)\.", re.IGNORECASE)


def render(report: Report, _style: Style) -> str:
    """Return the text."""
    sections = (_opening, _matrix, _blocking, _coming, _suppressed)
    return "\n\n".join(part for section in sections for part in section(report)) + "\n"


def prose(text: str) -> str:
    """Return a text on one line in which nothing is markup, a link or a mention."""
    # A space of no width keeps a mention from being seen when the entities are decoded.
    return _OBEYED.sub(lambda match: _entity(match) + ("&#8203;" if match[0] in "@#!:." else ""), one_line(text))


def code(text: str) -> str:
    """Return a name as code; not between backticks, where a bar would end the cell of a table."""
    return f"<code>{_OBEYED.sub(_entity, one_line(text))}</code>"


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _opening(report: Report) -> Iterator[str]:
    blocking = sum(map(report.blocks, report.findings))
    verdict = f"{plural(blocking, 'finding')} to mend first" if blocking else "nothing blocks"
    yield f"## policylint: {verdict}"
    yield f"{found_in_words(report)} · {looked_at_in_words(report)}"
    loud = no_campaigns(report)
    if loud is not None:
        yield f"**{loud}**"


def _matrix(report: Report) -> Iterator[str]:
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
            cells = [severities(one for one in findings if one.rule == rule.rule) for rule in ordered]
        else:
            broken = {finding.rule: finding for finding in findings}
            cells = [severities(findings), ", ".join(_rule(finding, report) for finding in broken.values())]
        lines.append([code(campaign) if campaign is not None else "", code(path), *cells])
    headings = [_rule(finding, report) for finding in ordered] if side_by_side else ["findings", "rules"]
    yield "### Campaigns and the rules they break"
    yield _table(["campaign", "file", *headings], lines)


def _blocking(report: Report) -> Iterator[str]:
    """Yield each rule that blocks: what to do instead, on which terms, and where."""
    findings = [finding for finding in report.findings if report.blocks(finding)]
    if not findings:
        return
    yield "### What blocks"
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings[:MAXIMUM_ROWS]:
        by_rule.setdefault(finding.rule, []).append(finding)
    for of_rule in by_rule.values():
        first = of_rule[0]
        title = f": {prose(report.rules[first.rule].title)}" if first.rule in report.rules else ""
        yield f"**{_rule(first, report)}**{title}"
        yield "\n".join(
            [
                *(f"- {_place(finding)} {prose('; '.join(_told(finding, report)))}" for finding in of_rule),
                *([f"- Instead: {prose(first.help)}"] if first.help else []),
                *([f"- {prose(_fix(first.fix))}"] if first.fix is not None else []),
                *(f"- Terms: {_source(source)}" for source in first.sources),
            ]
        )
    left_out = len(findings) - MAXIMUM_ROWS
    if left_out > 0:
        yield f"… and {plural(left_out, 'finding')} more."
    yield (
        "What is to stay needs a suppression with a reason: in the file "
        "(<code># policylint: ignore&#91;ID&#93; until=YYYY-MM-DD -- reason</code>) or in the configuration."
    )


def _fix(fix: Fix) -> str:
    word, text = fix_in_words(fix)
    return f"{word.capitalize()}: {text}"


def _told(finding: Finding, report: Report) -> Iterator[str]:
    yield finding.message
    yield from (phrases for phrases in [" ".join(dated(finding, report))] if phrases)
    yield from finding.notes


def _coming(report: Report) -> Iterator[str]:
    """Yield what does not block today and will."""
    rows = [
        [str(step.since), _place(finding), f"{_rule(finding, report)} {step.severity}", prose(finding.message)]
        for step, finding in will_block(report)
    ]
    if rows:
        yield "### What will block"
        yield _table(["from", "where", "rule", "what"], rows)


def _suppressed(report: Report) -> Iterator[str]:
    """Yield what is let pass, by which decision, and for how long."""
    rows = [
        [
            _place(finding),
            f"{_rule(finding, report)} {finding.severity}",
            prose(finding.message),
            prose(suppression_in_words(finding.suppressed)),
        ]
        for finding in report.findings
        if finding.suppressed is not None
    ]
    if rows:
        yield "### What is let pass"
        yield _table(["where", "rule", "what", "why"], rows)


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


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows[:MAXIMUM_ROWS]]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    left_out = len(rows) - MAXIMUM_ROWS
    return f"{table}\n\n… and {left_out} more." if left_out > 0 else table
