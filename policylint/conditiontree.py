"""A condition held against a record → its tree in lines: each part true, false or unknown, with the values seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from policylint.model.phrase import Phrase, joined, phrase
from policylint.model.source import Pointer, Unknown, value_at
from policylint.reporters.display import one_line, painted
from policylint.reporters.secrets import value_without_secrets
from policylint.schema import field_name
from policylint.sentences import condition_words, said, seen

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
        words, path = self.style.say(condition_words(condition)), condition.path
        if path is None:
            return words
        if condition.kind == "test":
            if not path.names and path.level > 1:  # a plain value of a list
                words = words.replace(path.text, field_name(bases[path.level]), 1)
            return self._followed(words, self._values(condition, path, scope, bases))
        if not isinstance(items, list):
            return self._followed(words.rstrip(":"), [phrase("it is {value}", value=self._read(path, scope, bases))])
        if condition.kind == "count":
            return self._followed(words, self._counted(condition, items, scope))
        return words

    def _followed(self, words: str, more: Iterable[Phrase]) -> str:
        return "; ".join([words, *map(self.style.say, more)])

    def line(self, depth: int, verdict: bool | None, words: str) -> str:
        """Return one line of a tree."""
        return f"{'  ' * depth}{self.label(verdict)} {one_line(self.style.say(words))}"

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
                said_of_item = phrase("{field} is {value}", field=field_name(here), value=self.seen(here, item))
                yield self.line(depth, None, said_of_item)
            elif child.path is not None and child.kind == "test" and not child.path.names:
                yield from self.lines(child, (*scope, item), (*bases, here), depth)
            else:
                yield self.line(depth, verdict, f"{field_name(here)}{self.place(here)}")
                yield from self.lines(child, (*scope, item), (*bases, here), depth + 1)
        if left_out:
            yield self.line(depth, usual, phrase("{count} more", count=left_out))

    def _counted(self, condition: Condition, items: Sequence[Any], scope: Any) -> Iterator[Phrase]:
        """Yield how many items are counted, and what the bound is."""
        verdicts = [None if isinstance(item, Unknown) else condition.children[0].test((*scope, item)) for item in items]
        told = phrase("it has {number}", number=verdicts.count(True))
        if None in verdicts:
            told = joined(", ", [told, phrase("{count} unknown", count=verdicts.count(None))])
        yield told
        yield from self._parameters(condition.sentence, scope)

    def _parameters(self, argument: Any, scope: Any) -> Iterator[Phrase]:
        """Yield what the parameters in an argument are on the day."""
        if isinstance(argument, dict):
            for value in argument.values():
                yield from self._parameters(value, scope)
        elif isinstance(argument, str) and argument[1:] in self.rule.parameters and argument.startswith("$"):
            value = said(self.rule.parameters[argument[1:]].on(scope[0]))
            yield phrase("{field} is {value}", field=argument, value=value)

    def _values(
        self, condition: Condition, path: FieldPath, scope: Any, bases: tuple[Pointer, ...]
    ) -> Iterator[Phrase]:
        """Yield what is seen at the field of a test, and at all that it is compared with."""
        yield phrase("it is {value}", value=self._read(path, scope, bases, condition.operator))
        for other in condition.compared:
            yield phrase("{field} is {value}", field=other.text, value=self._read(other, scope, bases))
        yield from self._parameters(condition.argument, scope)
        if isinstance(condition.fixed, tuple):
            yield phrase("the list is {values}", values=said(condition.fixed))

    def _read(self, path: FieldPath, scope: Any, bases: tuple[Pointer, ...], operator: str = "") -> str:
        place, value = (*bases[path.level], *path.names), path.read(scope)
        written = value_at(self.campaign.data, place)
        if written is None:
            return phrase("absent") if value is None else phrase("{value} by default", value=seen(value))
        if operator.startswith("length_") and isinstance(value, str):
            return phrase("{length} characters long{place}", length=len(value), place=self.place(place))
        if operator.startswith("count_") and isinstance(value, list):
            return phrase("a list of {length}{place}", length=len(value), place=self.place(place))
        return joined("", [self.seen(place, value), self.place(place)])

    def seen(self, place: Pointer, value: Any) -> str:
        """Return a value as it is quoted, without passwords and keys."""
        return value_without_secrets(str(place[-1]) if place else "", seen(value))

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
