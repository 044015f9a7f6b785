"""Comments of a file → suppressions, and findings → the same findings with those marked that are suppressed.

``# policylint: ignore[ID, …] until=2026-12-31 -- reason`` at the end of a finding's line or on a line of its own above.
"""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from policylint.errors import did_you_mean, hint_at, nearest
from policylint.model.finding import Finding, Suppression
from policylint.model.source import Comment, Problem, Region, SourceFile
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from policylint.model.fix import Fix

_MARK = re.compile(r"\bpolicylint\s*:")
_DIRECTIVE = re.compile(
    r"policylint\s*:\s*ignore\s*\[(?P<ids>[^\]]*)\](?P<options>(?:\s+[A-Za-z_]+=\S*)*)\s*(?:--(?P<reason>.*))?\Z",
    re.DOTALL,
)
_FORM = "# policylint: ignore[ID] until=YYYY-MM-DD -- reason"


class _Directive(NamedTuple):
    region: Region
    line: int
    """The line whose findings it suppresses."""
    rules: tuple[str, ...]
    """Rule ids."""
    reason: str
    until: date | None
    names: Mapping[str, str]
    """Rule id → as the comment names it."""


def apply_suppressions(
    source: SourceFile, findings: Sequence[Finding], known: Mapping[str, str], as_of: date, active: Iterable[str]
) -> tuple[list[Finding], list[Problem]]:
    """Mark the findings of a file that its comments suppress.

    Args:
        source: The file that the findings point to.
        findings: Its findings.
        known: Rule id or code, present or former → rule id.
        as_of: The day of the run; a suppression holds through its ``until`` day.
        active: Ids of the rules that were applied: only for these can a suppression be called unused.

    Returns:
        The findings, suppressed ones marked, and the problems with the suppressions themselves.

    """
    if "policylint" not in source.text:
        return list(findings), []
    problems: list[Problem] = []
    directives = []
    for comment in source.comments():
        if _MARK.search(comment.text):
            directives.extend(_read(comment, source.text, known, as_of, problems))
    used: set[tuple[Region, str]] = set()
    result = []
    for finding in findings:
        for directive in directives:
            if directive.line == finding.region.start.line and finding.rule in directive.rules:
                used.add((directive.region, finding.rule))
                suppression = Suppression("in_source", directive.reason, directive.until)
                finding = finding._replace(suppressed=suppression)
                break
        result.append(finding)
    applied = frozenset(active)
    for directive in directives:
        for rule in directive.rules:
            if (directive.region, rule) not in used and rule in applied:
                message = f"the suppression of {rule} suppresses nothing on line {directive.line}"
                fix = partial(_without_rule, source.text, directive.region, directive.names[rule])
                problem = Problem("suppression-unused", message, directive.region, "warning", hint="remove it", fix=fix)
                problems.append(problem)
    return result, problems


def _read(
    comment: Comment, text: str, known: Mapping[str, str], as_of: date, problems: list[Problem]
) -> list[_Directive]:
    """Return the directive of a comment, or none and a problem where it is not valid: then it suppresses nothing."""

    def refuse(rule: str, message: str, hint: str, fix: Callable[[], Fix | None] | None = None) -> list[_Directive]:
        problems.append(Problem(rule, message, comment.region, "error", hint=hint, fix=fix))
        return []

    match = _DIRECTIVE.search(comment.text.strip())
    if match is None:
        return refuse("suppression-malformed", f"'{comment.text.strip()}' is not a suppression", f"write {_FORM}")
    names = [name.strip() for name in match.group("ids").split(",") if name.strip()]
    if not names:
        return refuse("suppression-malformed", "the suppression names no rule", f"write {_FORM}")
    until: date | None = None
    for option in match.group("options").split():
        key, _, value = option.partition("=")
        if key != "until":
            hint = did_you_mean(key, ["until"])
            return refuse(
                "suppression-malformed", f"the suppression has an unknown option '{key}'{hint}", f"write {_FORM}"
            )
        until = _day(value)
        if until is None:
            return refuse("suppression-malformed", f"until={value} is not a day", "write until=YYYY-MM-DD")
    rules: dict[str, str] = {}
    for name in names:
        rule = known.get(name)
        if rule is None:
            meant = nearest(name, list(known))
            fix = None if meant is None else partial(_meant_rule, text, comment.region, name, meant)
            refuse("suppression-unknown-rule", f"there is no rule '{name}'{hint_at(meant)}", f"write {_FORM}", fix)
        else:
            rules[rule] = name
    reason = (match.group("reason") or "").strip()
    if not reason:
        return refuse("suppression-without-reason", "the suppression gives no reason", "add -- and the reason")
    if until is not None and until < as_of:
        hint = "mend the finding, or renew it with a later day"
        return refuse("suppression-expired", f"the suppression ended on {until}", hint)
    if not rules:
        return []
    return [_Directive(comment.region, _target_line(comment, text), tuple(rules), reason, until, rules)]


def _without_rule(text: str, region: Region, name: str) -> Fix | None:
    from policylint.ownfixes import without_rule

    return without_rule(text, region, name)


def _meant_rule(text: str, region: Region, name: str, meant: str) -> Fix | None:
    from policylint.ownfixes import renamed_rule

    return renamed_rule(text, region, name, meant)


def _day(text: str) -> date | None:
    try:
        # Python 3.11 takes other forms of ISO 8601 as well.
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _target_line(comment: Comment, text: str) -> int:
    """Return the comment's own line, or the next line with content where it stands alone."""
    line = comment.region.start.line
    lines = re.split(r"\r\n|\n|\r", text)
    end = comment.region.end
    if not comment.own_line or lines[end.line - 1][end.column - 1 :].strip():
        return line
    for number, content in enumerate(lines[comment.region.end.line :], comment.region.end.line + 1):
        stripped = content.strip()
        if stripped and not stripped.startswith(("#", "//")):
            return number
    return line
