"""A condition held against a record → its tree in lines: each part true, false or unknown, with the values seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from policylint.evaluate import said
from policylint.model.source import Pointer, Unknown, value_at
from policylint.reporters.display import one_line, painted
from policylint.reporters.secrets import secret_spans
from policylint.schema import field_name
from policylint.wording import condition_words, seen

if TYPE_CHECKING:
    from policylint.extensions import Style
    from policylint.model.campaign import Campaign
    from policylint.model.rule import Condition, FieldPath, Rule

SHOWN = 8
"""Items of a list that are shown; of more only those that decide, and the others are counted."""
_WORDS = {True: "true", False: "false", None: "unknown"}
_COLORS = {True: "1", False: "2", None: "1;33"}
_LOOKS_FOR = {"some": True, "no": True, "count": True, "grouped": True, "each": False}
"""The verdict on an item that decides on the list."""


class ConditionTree:
    """Writes the conditions of a rule for one record."""

    def __init__(self, rule: Rule, campaign: Campaign, style: Style) -> None:
        self.rule = rule
        self.campaign = campaign
        self.style = style

    def lines(self, condition: Condition, scope: Any, bases: tuple[Pointer, ...], depth: int) -> Iterator[str]:
        """Yield the lines.

        Args:
            condition: The condition.
            scope: What it is asked of: the day, the record, and an item for each list entered.
            bases: Record path of each level of the scope.
            depth: How far to indent.

        """
        items = None
        if condition.path is not None and condition.kind != "test":
            items = condition.path.read(scope)
        yield self.line(depth, condition.test(scope), self._words(condition, items, scope, bases))
        if condition.path is None:
            for child in condition.children:
                yield from self.lines(child, scope, bases, depth + 1)
        elif isinstance(items, list):
            place = (*bases[condition.path.level], *condition.path.names)
            yield from self._items(condition, items, place, scope, bases, depth + 1)

    def _words(self, condition: Condition, items: Any, scope: Any, bases: tuple[Pointer, ...]) -> str:
        """Return what a condition asks and what is seen, without the conditions in it."""
        words, path = condition_words(condition), condition.path
        if path is None:
            return words
        if condition.kind == "test":
            if not path.names and path.level > 1:  # a plain value of a list
                words = words.replace(path.text, field_name(bases[path.level]), 1)
            return f"{words}; {'; '.join(self._values(condition, path, scope, bases))}"
        if not isinstance(items, list):
            return f"{words.rstrip(':')}; it is {self._read(path, scope, bases)}"
        if condition.kind == "count":
            return f"{words}; {'; '.join(self._counted(condition, items, scope))}"
        return words

    def line(self, depth: int, verdict: bool | None, words: str) -> str:
        """Return one line of a tree."""
        return f"{'  ' * depth}{self.label(verdict)} {one_line(words)}"

    def label(self, verdict: bool | None) -> str:
        """Return a verdict as it stands in the tree."""
        return painted(f"[{_WORDS[verdict]}]", _COLORS[verdict], self.style)

    def _items(
        self,
        condition: Condition,
        items: Sequence[Any],
        place: Pointer,
        scope: Any,
        bases: tuple[Pointer, ...],
        depth: int,
    ) -> Iterator[str]:
        """Yield the items of a list, each with what is asked of it."""
        child = condition.children[0]
        verdicts = [None if isinstance(item, Unknown) else child.test((*scope, item)) for item in items]
        many = len(items) > SHOWN
        usual = not _LOOKS_FOR[condition.kind]
        left_out = 0
        for index, (item, verdict) in enumerate(zip(items, verdicts, strict=True)):
            here = (*place, index)
            if many and verdict is usual:
                left_out += 1
            elif isinstance(item, Unknown):
                yield self.line(depth, None, f"{field_name(here)} is {self.seen(here, item)}")
            elif child.path is not None and child.kind == "test" and not child.path.names:
                yield from self.lines(child, (*scope, item), (*bases, here), depth)
            else:
                yield self.line(depth, verdict, f"{field_name(here)}{self.place(here)}")
                yield from self.lines(child, (*scope, item), (*bases, here), depth + 1)
        if left_out:
            yield f"{'  ' * depth}{self.label(usual)} {left_out} more"

    def _counted(self, condition: Condition, items: Sequence[Any], scope: Any) -> Iterator[str]:
        """Yield how many items are counted, and what the bound is."""
        verdicts = [None if isinstance(item, Unknown) else condition.children[0].test((*scope, item)) for item in items]
        unsure = f", {verdicts.count(None)} unknown" if None in verdicts else ""
        yield f"it has {verdicts.count(True)}{unsure}"
        yield from self._parameters(condition.sentence.rpartition(" ")[2], scope)

    def _parameters(self, argument: Any, scope: Any) -> Iterator[str]:
        """Yield what the parameters in an argument are on the day."""
        if isinstance(argument, dict):
            for value in argument.values():
                yield from self._parameters(value, scope)
        elif isinstance(argument, str) and argument[1:] in self.rule.parameters and argument.startswith("$"):
            yield f"{argument} is {said(self.rule.parameters[argument[1:]].on(scope[0]))}"

    def _values(self, condition: Condition, path: FieldPath, scope: Any, bases: tuple[Pointer, ...]) -> Iterator[str]:
        """Yield what is seen at the field of a test, and at all that it is compared with."""
        yield f"it is {self._read(path, scope, bases, condition.operator)}"
        for other in condition.compared:
            yield f"{other.text} is {self._read(other, scope, bases)}"
        yield from self._parameters(condition.argument, scope)
        if isinstance(condition.fixed, tuple):
            yield f"the list is {said(condition.fixed)}"

    def _read(self, path: FieldPath, scope: Any, bases: tuple[Pointer, ...], operator: str = "") -> str:
        place, value = (*bases[path.level], *path.names), path.read(scope)
        written = value_at(self.campaign.data, place)
        if written is None:
            return "absent" if value is None else f"{seen(value)} by default"
        if operator.startswith("length_") and isinstance(value, str):
            return f"{len(value)} characters long{self.place(place)}"
        if operator.startswith("count_") and isinstance(value, list):
            return f"a list of {len(value)}{self.place(place)}"
        return f"{self.seen(place, value)}{self.place(place)}"

    def seen(self, place: Pointer, value: Any) -> str:
        """Return a value as it is quoted, without passwords and keys."""
        name = str(place[-1]) if place else ""
        text = f"{name}: {seen(value)}"
        shown = list(text)
        for start, end in secret_spans(text):
            shown[start:end] = "*" * (end - start)
        return "".join(shown)[len(name) + 2 :]

    def place(self, path: Pointer) -> str:
        """Return where a value stands, as `` (3:10)``, or from where in another file it comes."""
        place = self.campaign.place(path)
        start = place.region().start
        here = f"{start.line}:{start.column}"
        if place.document.path == self.campaign.document.path:
            return f" ({here})"
        foreign = self.campaign.foreign_place(path)
        note = f", {foreign[1]}" if foreign is not None else ""
        return f" ({place.document.path}:{here}{note})"
