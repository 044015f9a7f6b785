"""The fixes of a rule in its cases: what they are to show, how they are worded, where a text differs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from policylint.model.fix import SUGGESTION

if TYPE_CHECKING:
    from policylint.model.fix import CompiledFix
    from policylint.model.rule import CompiledRule, Rule
    from policylint.model.source import Pointer

_MARK = re.compile(r"[ \t]*#[ \t]*expect:[ \t]*\w+")


class FixCoverage:
    """Which fixes of a rule its cases show."""

    def __init__(self, compiled: CompiledRule) -> None:
        self.rule = compiled.rule
        self.unmet: list[CompiledFix] = list(compiled.fixes)
        """Those that fit no finding of a case."""
        self.unshown = [fix for fix in compiled.fixes if fix.applicability != SUGGESTION]
        """Those of which no case shows what they make of its text."""

    def note(self, fitting: Sequence[CompiledFix | None], *, is_shown: bool) -> None:
        """Take the fixes into account that fit the findings of a case."""
        for fix in fitting:
            self.unmet = [other for other in self.unmet if other is not fix]
            if is_shown:
                self.unshown = [other for other in self.unshown if other is not fix]

    def gaps(self) -> Iterator[str]:
        """Yield what no case shows."""
        for fix in self.unmet:
            yield f"no case of {self.rule} has a finding that the fix '{fix.title}' fits"
        for fix in self.unshown:
            if all(other is not fix for other in self.unmet):
                yield f"no case of {self.rule} has fixed: for the fix '{fix.title}'"


def broken_fix_conventions(rule: Rule) -> list[tuple[Pointer, str]]:
    """Return the conventions that the fixes of a rule break, each with its place in the rule file."""
    if rule.fix is None:
        return []
    entries = [(("fix",), rule.fix)] if isinstance(rule.fix, dict) else list(_numbered(rule.fix))
    found: list[tuple[Pointer, str]] = []
    for pointer, entry in entries:
        title, question = entry["title"], entry.get("question")
        if title.rstrip().endswith(".") or not title[:1].islower():
            found.append(((*pointer, "title"), "the title of a fix begins small and has no full stop"))
        if question is not None and not question.rstrip().endswith("?"):
            found.append(((*pointer, "question"), "the question of a fix ends in a question mark"))
    return found


def _numbered(fixes: Sequence[dict[str, str]]) -> Iterator[tuple[Pointer, dict[str, str]]]:
    for index, fix in enumerate(fixes):
        yield ("fix", index), fix


def without_marks(text: str) -> str:
    """Return the text of a case without the marks of findings, which may be left out after a fix."""
    return _MARK.sub("", text)


def difference(expected: str, found: str) -> str:
    """Return where a text is not as it should be."""
    lines = difflib.unified_diff(
        without_marks(expected).splitlines(), without_marks(found).splitlines(), "fixed:", "found", lineterm=""
    )
    return "\n".join(f"    {line}" for line in lines)
