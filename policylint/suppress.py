"""Comments of a file → suppressions, and findings → the same findings with those marked that are suppressed.

``# policylint: ignore[ID, …] until=2026-12-31 -- reason`` holds for its own line, or for what begins on the next line
with content where it stands alone; before a block, for all of the block. ``ignore-file[…]`` above the first line with
content holds for the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING

from policylint.errors import did_you_mean, hint_at, nearest
from policylint.model.finding import Finding, Suppression
from policylint.model.limits import shortened
from policylint.model.phrase import phrase
from policylint.model.source import Comment, Problem, Region, SourceFile
from policylint.model.tuples import NamedTuple
from policylint.parse.positions import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from policylint.model.fix import Fix
    from policylint.model.rule import RuleNames

_MARK = re.compile(r"\bpolicylint\s*:\s*(?P<word>[\w-]*)\s*(?P<bracket>\[)?")
_DIRECTIVE = re.compile(
    r"policylint\s*:\s*(?P<word>ignore(?:-file)?)\s*\[(?P<ids>[^\]]*)\]"
    r"(?P<options>(?:\s+[A-Za-z_]+=\S*)*)\s*(?:--(?P<reason>.*))?\Z",
    re.DOTALL,
)
_WRITE_FORM = phrase("write # policylint: ignore[ID] until=YYYY-MM-DD -- reason")
# What other tools say; a comment that begins with the name of this one and goes on with something else is prose.
_MEANT = ("ignore", "ignore-file", "file-ignore", "ignore-line", "ignore-next-line", "disable", "noqa", "skip")
_VISIBLE = re.compile(r"[^\r\n]")
_LINE = re.compile(r"\S[^\r\n]*")
# Signs of a YAML stream that stand on a line without content.
_MARKER = re.compile(r"(?:-\s*)+|%\S.*")
# What stands on the line of a key where its value is a block that goes on below.
_OPENER = re.compile(r"[\[{]|[|>][-+0-9]*")
_END = 1 << 60
_HINTS = 50
"""Unknown rules of one file for which the nearest known one is named."""
_LONGEST = 2_000
"""Characters of a suppression."""


class _Directive(NamedTuple):
    region: Region
    first: int
    last: int
    """The lines whose findings it suppresses."""
    rules: Mapping[str, str]
    """Rule id → as the comment names it."""
    reason: str
    until: date | None

    @property
    def where(self) -> str:
        """The lines in words."""
        if self.last == _END:
            return phrase("in this file")
        if self.first == self.last:
            return phrase("on line {line}", line=self.first)
        return phrase("on lines {first} to {last}", first=self.first, last=self.last)


def apply_suppressions(
    source: SourceFile, findings: Sequence[Finding], names: RuleNames, as_of: date
) -> tuple[list[Finding], list[Problem]]:
    """Mark the findings of a file that its comments suppress; the comment with the narrowest scope gives the reason.

    Args:
        source: The file that the findings point to.
        findings: Its findings.
        names: The rules.
        as_of: The day of the run; a suppression holds through its ``until`` day.

    Returns:
        The findings, suppressed ones marked, and the problems with the suppressions themselves.

    """
    if "policylint" not in source.text:
        return list(findings), []
    reader = _Reader(source, names, as_of)
    directives = reader.directives()
    result = list(findings)
    used: set[tuple[int, str]] = set()
    for at, number in _covering(directives, findings):
        directive = directives[number]
        used.add((number, findings[at].rule))
        suppression = Suppression("in_source", directive.reason, directive.until)
        result[at] = findings[at]._replace(suppressed=suppression, fix=None)
    for number, directive in enumerate(directives):
        unused = [rule for rule in directive.rules if (number, rule) not in used and rule in names.active]
        for rule in unused:
            message = phrase("the suppression of {rule} suppresses nothing {where}", rule=rule, where=directive.where)
            is_whole = len(unused) == len(directive.rules)
            hint = phrase("remove it") if is_whole else phrase("take {rule} out of it", rule=rule)
            fix = partial(_without_rule, source.text, directive.region, directive.rules[rule])
            problem = Problem("suppression-unused", message, directive.region, "warning", hint=hint, fix=fix)
            reader.problems.append(problem)
    return result, reader.problems


def _covering(directives: Sequence[_Directive], findings: Sequence[Finding]) -> Iterator[tuple[int, int]]:
    """Yield the index of each suppressed finding with that of the narrowest directive around it, of equals the first.

    In one pass down the lines for each rule: the directives around a line lie on a stack, the narrowest on top.
    """
    by_rule: dict[str, list[int]] = {}
    for number, directive in enumerate(directives):
        for rule in dict.fromkeys(directive.rules):
            by_rule.setdefault(rule, []).append(number)
    lines: dict[str, list[tuple[int, int]]] = {}
    for at, finding in enumerate(findings):
        if finding.rule in by_rule:
            lines.setdefault(finding.rule, []).append((finding.region.start.line, at))
    for rule, places in lines.items():
        waiting = sorted(by_rule[rule], key=lambda n: (directives[n].first, -directives[n].last, -n), reverse=True)
        around: list[int] = []
        for line, at in sorted(places):
            while waiting and directives[waiting[-1]].first <= line:
                around.append(waiting.pop())
            while around and directives[around[-1]].last < line:
                around.pop()
            if around:
                yield at, around[-1]


class _Reader:
    """Reads the directives of one file and notes what is wrong with them."""

    def __init__(self, source: SourceFile, names: RuleNames, as_of: date) -> None:
        self.source = source
        self.names = names
        self.as_of = as_of
        self.comments = source.comments()
        self.layout = _Layout(source, self.comments)
        self.problems: list[Problem] = []
        self._similar: dict[str, str | None] = {}

    def directives(self) -> list[_Directive]:
        """Return the directives that are valid."""
        return [directive for comment in self.comments if _is_meant(comment) for directive in self.read(comment)]

    def read(self, comment: Comment) -> list[_Directive]:
        """Return the directive of a comment; none where it is not valid, as then it suppresses nothing."""
        refuse = partial(self.refuse, comment)
        text, region = self.source.text, comment.region
        told = comment.text.strip()
        match = _DIRECTIVE.search(told) if len(told) <= _LONGEST else None
        if match is None:
            said = phrase("'{text}' is not a suppression", text=shortened(told))
            ask = partial(_asked, phrase("write it in full"), phrase("Which rule is let pass, and why?"))
            return refuse("malformed", said, _WRITE_FORM, ask)
        names = [name.strip() for name in match["ids"].split(",") if name.strip()]
        if not names:
            ask = partial(_asked, phrase("name the rule"), phrase("Which rule is let pass?"))
            return refuse("malformed", phrase("the suppression names no rule"), _WRITE_FORM, ask)
        until: date | None = None
        for option in match["options"].split():
            key, _, value = option.partition("=")
            if key != "until":
                hint = did_you_mean(key, ["until"])
                said = phrase("the suppression has an unknown option '{key}'{hint}", key=key, hint=hint)
                return refuse("malformed", said, _WRITE_FORM, partial(_respelt_option, text, region, key))
            if until is not None:
                ask = partial(_asked, phrase("leave one until"), phrase("Which of the days holds?"))
                return refuse("malformed", phrase("the suppression gives until twice"), _WRITE_FORM, ask)
            until = _day(value)
            if until is None:
                said = phrase("until={value} is not a day", value=value)
                respelt = partial(_respelt_day, text, region, value)
                return refuse("malformed", said, phrase("write until=YYYY-MM-DD"), respelt)
        rules = {rule: name for name in names for rule in self.rule(name, comment)}
        reason = (match["reason"] or "").strip()
        if not reason:
            said = phrase("the suppression gives no reason")
            hint = phrase("add -- and the reason")
            return refuse("without-reason", said, hint, partial(_asked, hint, phrase("Why may it be let pass?")))
        if until is not None and until < self.as_of:
            hint = phrase("mend the finding and remove the suppression, or renew it with a later day")
            said = phrase("the suppression ended on {day}", day=until)
            return refuse("expired", said, hint, partial(_ended, text, region))
        if match["word"] == "ignore-file" and not self.layout.is_head(comment):
            hint = phrase("move it above the first line with content, on a line of its own")
            said = phrase("a suppression for the whole file does not stand at its head")
            title, question = phrase("move it to the head of the file"), phrase("Is it to hold for the whole file?")
            return refuse("malformed", said, hint, partial(_asked, title, question))
        first, last = (1, _END) if match["word"] == "ignore-file" else self.lines_of(comment)
        return [_Directive(region, first, last, rules, reason, until)] if rules else []

    def refuse(
        self, comment: Comment, rule: str, message: str, hint: str, fix: Callable[[], Fix | None] | None = None
    ) -> list[_Directive]:
        """Note a problem with a directive."""
        self.problems.append(Problem(f"suppression-{rule}", message, comment.region, "error", hint=hint, fix=fix))
        return []

    def rule(self, name: str, comment: Comment) -> list[str]:
        """Return the id of a rule that may be suppressed; none and a problem for any other name."""
        rule = self.names.known.get(name)
        if rule is None:
            if name not in self._similar:
                is_early = len(self._similar) < _HINTS
                self._similar[name] = nearest(name, list(self.names.known)) if is_early else None
            meant = self._similar[name]
            hint = phrase("name a rule by its id or code, as `policylint rules` lists them")
            said = phrase("there is no rule '{name}'{hint}", name=name, hint=hint_at(meant))
            fix = partial(_meant_rule, self.source.text, comment.region, name, meant)
            self.refuse(comment, "unknown-rule", said, hint, fix)
            return []
        if self.names.waivable(rule):
            return [rule]
        hint = phrase("mend the finding, and take {name} out of the suppression", name=name)
        fix = partial(_without_rule, self.source.text, comment.region, name)
        self.refuse(comment, "not-allowed", phrase("the rule {rule} may not be suppressed", rule=rule), hint, fix)
        return []

    def lines_of(self, comment: Comment) -> tuple[int, int]:
        """Return the first and the last line that a directive holds for."""
        line = comment.region.start.line
        if not self.layout.is_alone(comment):
            return line, self.layout.end_of_opened(comment) or line
        target = self.layout.line_after(comment) or line
        first, last = self.layout.end_after(comment) or (target, target)
        return (target, last) if first == target else (target, target)


class _Layout:
    """Where the lines and blocks of a text begin and end, and which lines hold content; found out when asked."""

    def __init__(self, source: SourceFile, comments: Sequence[Comment]) -> None:
        self.source = source
        self.comments = comments

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.source.text)

    @cached_property
    def blocks(self) -> list[tuple[int, int, int]]:
        """Offset of the beginning, the last line, negative, and offset of the value of each block.

        In the order of the text; of those that begin at the same place, an outer one before those in it.
        """
        line = self.lines.position
        return sorted(
            (block.start, -line(max(block.end - 1, block.start)).line, block.value) for block in self.source.blocks()
        )

    @cached_property
    def content(self) -> list[int]:
        """Offset of the first sign of content on each line that has any."""
        text = self.source.text
        pieces, at = [], 0
        for comment in self.comments:
            start, end = comment.region.start.offset, comment.region.end.offset
            pieces += [text[at:start], _VISIBLE.sub(" ", text[start:end])]
            at = end
        bare = "".join([*pieces, text[at:]])
        return [match.start() for match in _LINE.finditer(bare) if not _MARKER.fullmatch(match.group())]

    def is_head(self, comment: Comment) -> bool:
        """Tell whether a comment stands above all content, on a line of its own."""
        return comment.own_line and not bisect_left(self.content, comment.region.end.offset)

    def is_alone(self, comment: Comment) -> bool:
        """Tell whether nothing but the sign of a list item stands before a comment on its line."""
        begin = self.lines.starts[comment.region.start.line - 1]
        return not self.source.text[begin : comment.region.start.offset].strip(" \t-")

    def line_after(self, comment: Comment) -> int | None:
        """Return the line of the first content after a comment."""
        at = bisect_left(self.content, comment.region.end.offset)
        return self.lines.position(self.content[at]).line if at < len(self.content) else None

    def end_after(self, comment: Comment) -> tuple[int, int] | None:
        """Return the first and the last line of the outermost block that begins next after a comment."""
        at = bisect_left(self.blocks, (comment.region.end.offset,))
        if at == len(self.blocks):
            return None
        start, last, _ = self.blocks[at]
        return self.lines.position(start).line, -last

    def end_of_opened(self, comment: Comment) -> int | None:
        """Return the last line of the block that begins before a comment on its line and goes on after it."""
        begin, end = self.lines.starts[comment.region.start.line - 1], comment.region.start.offset
        at = bisect_left(self.blocks, (end,)) - 1
        if at < 0 or self.blocks[at][0] < begin:
            return None
        _, last, value = self.blocks[at]
        return -last if value > end or _OPENER.fullmatch(self.source.text[value:end].strip()) else None


def _is_meant(comment: Comment) -> bool:
    """Tell whether a comment is meant as a directive: ``policylint:`` stands in prose too."""
    text = comment.text.strip()
    mark = _MARK.search(text) if "policylint" in text else None
    if mark is None:
        return False
    word = mark["word"]
    if mark.start() > 0:
        return bool(word and mark["bracket"])
    return bool(mark["bracket"]) or word in _MEANT or bool(did_you_mean(word, _MEANT))


# Fixes are worked out where a report shows them or --fix makes them: what that takes is imported then.


def _asked(title: str, question: str) -> Fix:
    from policylint.model.fix import SUGGESTION, Fix

    return Fix(title, SUGGESTION, question)


def _without_rule(text: str, region: Region, name: str) -> Fix:
    from policylint.ownfixes import without_rule

    return without_rule(text, region, name)


def _meant_rule(text: str, region: Region, name: str, meant: str | None) -> Fix:
    from policylint.ownfixes import renamed_rule

    return renamed_rule(text, region, name, meant)


def _respelt_option(text: str, region: Region, key: str) -> Fix:
    from policylint.ownfixes import respelt_option

    return respelt_option(text, region, key)


def _respelt_day(text: str, region: Region, value: str) -> Fix:
    from policylint.ownfixes import respelt_day

    return respelt_day(text, region, value)


def _ended(text: str, region: Region) -> Fix:
    from policylint.ownfixes import without_ended

    return without_ended(text, region)


def _day(text: str) -> date | None:
    try:
        # Python 3.11 takes other forms of ISO 8601 as well.
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None
