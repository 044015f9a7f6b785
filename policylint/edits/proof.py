"""A file before and after some fixes → what is wrong with the new text, if anything: the first half of their proof.

The other half, that the rule is kept and nothing new is found, takes a check of the new text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from policylint.edits.changes import all_changed, same
from policylint.model.phrase import phrase

if TYPE_CHECKING:
    from policylint.model.fix import Fix
    from policylint.model.source import Region, SourceFile


def flaw(before: SourceFile, after: SourceFile, fixes: Sequence[Fix]) -> str | None:
    """Return why a new text is not what the fixes mean, or None where it is.

    It has to be read without a new problem, hold the old data but for the changes, and the comments that do not stand
    in what was edited.
    """
    known = Counter(problem.rule for problem in before.problems)
    if any(count > known[rule] for rule, count in Counter(problem.rule for problem in after.problems).items()):
        return phrase("the new text would not be read without a problem")
    if len(after.documents) != len(before.documents):
        return phrase("the new text would not be read as as many documents")
    for old, new in zip(before.documents, after.documents, strict=True):
        changes = [change for fix in fixes for change in fix.changes if change.document == old.number]
        try:
            expected = all_changed(old.data, changes)
        except ValueError:
            return phrase("another fix changes the same list")
        if not same(new.data, expected):
            shared = "*" in before.text and "&" in before.text
            if shared:
                return phrase("an alias takes the value over elsewhere")
            return phrase("other values would change too")
    return _comment_flaw(before, after, fixes)


def _comment_flaw(before: SourceFile, after: SourceFile, fixes: Sequence[Fix]) -> str | None:
    regions = [edit.region for fix in fixes for edit in fix.edits]
    old, new = before.comments(), Counter(comment.text for comment in after.comments())
    kept = Counter(comment.text for comment in old if not any(_overlap(comment.region, region) for region in regions))
    is_changed = kept - new or new.total() > len(old)
    return phrase("a comment would be lost or begin") if is_changed else None


def _overlap(one: Region, other: Region) -> bool:
    return one.start.offset < other.end.offset and other.start.offset < one.end.offset
