"""A violation and the fixes of its rule → what mends it: changes of the record, found again in the source text.

A record is what an adapter made of a file. A value can be changed only where the file holds that very value, and a key
be put in only where the record and the file are one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.edits import edits_of
from policylint.model.fix import SUGGESTION, Change, Fix, Refused
from policylint.model.phrase import phrase
from policylint.model.source import Pointer, Unknown, value_at
from policylint.model.texts import substituted
from policylint.record import record_schema
from policylint.schema import holds_placeholder
from policylint.templatetexts import renumbered, samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policylint.model.finding import Violation
    from policylint.model.fix import CompiledEdit, CompiledFix
    from policylint.model.rule import FieldPath
    from policylint.model.source import Document

NATIVE = "native"
"""The format whose files are records: what a record lacks its file lacks in the same place."""


def fix_of(violation: Violation) -> Fix | None:
    """Return what mends a violation; None where its rule knows nothing that fits."""
    fitting = fitting_fix(violation)
    return None if fitting is None else _planned(fitting, violation)


def fitting_fix(violation: Violation) -> CompiledFix | None:
    """Return the first fix of a violation's rule that fits it: its condition holds, and it knows what to put in."""
    judged = violation.judged
    fixes = judged.rule.fixes if judged is not None else ()
    return next((fix for fix in fixes if judged is not None and _fits(fix, judged.scope)), None)


def _fits(fix: CompiledFix, scope: tuple[Any, ...]) -> bool:
    if fix.where is not None and fix.where.test(scope) is not True:
        return False
    values = (edit.value(scope) for edit in fix.edits if edit.value is not None)
    return not any(value is None or isinstance(value, Unknown) for value in values)


def _planned(compiled: CompiledFix, violation: Violation) -> Fix:
    title = substituted(compiled.title, violation.values)
    question = None if compiled.question is None else substituted(compiled.question, violation.values)
    planned = Fix(title, compiled.applicability, question, number=compiled.number)
    if compiled.applicability == SUGGESTION:
        return planned
    try:
        changes = _Plan(violation).all_changes(compiled.edits)
        edits = edits_of(violation.campaign.document, changes)
    except Refused as refused:
        return planned._replace(applicability=SUGGESTION, refusal=refused.reason)
    return planned._replace(edits=edits, changes=changes)


class _Plan:
    """Turns edits of a record into changes of its document."""

    def __init__(self, violation: Violation) -> None:
        if violation.judged is None:
            raise Refused(phrase("it is not known what the rule looked at"))
        self.campaign = violation.campaign
        self.scope = violation.judged.scope
        self.bases = violation.judged.bases

    def all_changes(self, edits: Sequence[CompiledEdit]) -> tuple[Change, ...]:
        """Return what edits change in the document."""
        changes = tuple(change for edit in edits for change in self.changes(edit))
        if not changes:
            raise Refused(phrase("there is nothing in its place"))
        return changes

    def changes(self, edit: CompiledEdit) -> Iterator[Change]:
        """Yield what an edit changes in the document; nothing where there is nothing to change."""
        path = self.record_path(edit.path)
        value = value_at(self.campaign.data, path)
        if edit.verb == "set":
            yield self.set(path, value, edit.value(self.scope) if edit.value is not None else None)
        elif edit.verb == "insert":
            yield self.insert(edit, path, value)
        elif value is None:
            return
        elif edit.verb == "remove":
            yield self.change(self.pointer(path, value), "remove")
        elif edit.verb == "remove_items":
            yield from self.remove_items(edit, path, value)
        elif edit.verb == "group":
            yield from self.group(edit, path, value)
        elif edit.verb == "renumber":
            component = value_at(self.campaign.data, path[:-1])
            yield self.set(path, value, renumbered(self.text(path, value), component))
        elif edit.verb == "sample":
            component = value_at(self.campaign.data, path[:-1])
            below, example = samples(self.text(path, value), component)
            yield self.set((*path[:-1], *below), None, example)

    def record_path(self, path: FieldPath) -> Pointer:
        return (*self.bases[path.level], *path.names)

    def change(self, pointer: Pointer, action: str, value: Any = None) -> Change:
        return Change(self.campaign.document.number, pointer, action, value)

    def set(self, path: Pointer, old: Any, new: Any) -> Change:
        if old is None:
            return self.change(self.place_for(path), "set", new)
        if isinstance(old, str) and isinstance(new, str) and _ignores_case(path) and old.isupper():
            new = new.upper()
        return self.change(self.pointer(path, old), "set", new)

    def text(self, path: Pointer, value: Any) -> str:
        if not isinstance(value, str):
            raise Refused(phrase("an expression or a placeholder stands there"))
        self.pointer(path, value)
        return value

    def insert(self, edit: CompiledEdit, path: Pointer, items: Any) -> Change:
        new = edit.value(self.scope) if edit.value is not None else None
        if items is None:
            return self.change(self.place_for(path), "set", [new])
        pointer = self.list_pointer(path, items)
        if isinstance(new, dict):
            new = {name: _cased(value, name, path, items) for name, value in new.items()}
        index = len(items)
        if edit.items is not None:
            holds = [edit.items.test((*self.scope_of(edit.path), item)) for item in items]
            index = holds.index(True) if True in holds else index
        return self.change(pointer, "insert", [index, new])

    def remove_items(self, edit: CompiledEdit, path: Pointer, items: Any) -> Iterator[Change]:
        pointer = self.list_pointer(path, items)
        indexes = [index for index, holds in enumerate(self.holding(edit, items)) if holds]
        if indexes:
            yield self.change(pointer, "remove_items", indexes)

    def group(self, edit: CompiledEdit, path: Pointer, items: Any) -> Iterator[Change]:
        """Put the items for which the condition holds side by side, on the side on which the first item is."""
        pointer = self.list_pointer(path, items)
        holds = self.holding(edit, items)
        order = sorted(range(len(items)), key=lambda index: holds[index] is not holds[0])
        if order != list(range(len(items))):
            yield self.change(pointer, "order", order)

    def holding(self, edit: CompiledEdit, items: Sequence[Any]) -> list[bool]:
        found = [None if edit.items is None else edit.items.test((*self.scope_of(edit.path), item)) for item in items]
        if None in found:
            raise Refused(phrase("an expression or a placeholder stands among the items"))
        return [holds is True for holds in found]

    def scope_of(self, path: FieldPath) -> tuple[Any, ...]:
        return tuple(self.scope[: path.level + 1])

    def list_pointer(self, path: Pointer, items: Any) -> Pointer:
        if not isinstance(items, list):
            raise Refused(phrase("it is no list"))
        return self.pointer(path, items)

    def pointer(self, path: Pointer, value: Any) -> Pointer:
        """Return where the campaign's own document holds the value at a record path, or refuse."""
        campaign = self.campaign
        foreign = campaign.foreign_place(path)
        if foreign is not None:
            raise Refused(phrase("the value comes from {path}", path=foreign[0].document.path))
        if isinstance(value, Unknown) or (holds_placeholder(value) and not _is_text(path)):
            raise Refused(phrase("an expression or a placeholder stands there"))
        place = campaign.place(path)
        if not _is_of(place.document, campaign.document):
            raise Refused(phrase("the value stands in {path}", path=place.document.path))
        if place.document.dialect == "text":
            raise Refused(phrase("the value stands inside a text"))
        found = value_at(campaign.document.data, place.pointer)
        if not _is_same(found, value, path):
            raise Refused(
                phrase("the file says it in other words")
                if place.span is None
                else phrase("the value stands inside a text")
            )
        return place.pointer

    def place_for(self, path: Pointer) -> Pointer:
        """Return where a key that the record lacks belongs in the document."""
        parent = path[:-1]
        holder = value_at(self.campaign.data, parent)
        if holder is None and parent:
            return (*self.place_for(parent), path[-1])
        if isinstance(holder, Unknown) or not isinstance(holder, dict):
            raise Refused(phrase("an expression or a placeholder stands above it"))
        place = self.campaign.place(parent)
        if not _is_of(place.document, self.campaign.document):
            raise Refused(phrase("the values beside it stand in {path}", path=place.document.path))
        found = value_at(self.campaign.document.data, place.pointer)
        if not isinstance(found, dict) or (self.campaign.format != NATIVE and found != holder):
            raise Refused(phrase("the format of the file has another place for it"))
        return (*place.pointer, path[-1])


def _is_of(document: Document, other: Document) -> bool:
    return (document.path, document.number) == (other.path, other.number)


def _names(path: Pointer) -> tuple[str, ...]:
    return tuple(step for step in path if isinstance(step, str))


def _ignores_case(path: Pointer) -> bool:
    field = record_schema().field(_names(path))
    return field is not None and field.ignore_case


def _is_text(path: Pointer) -> bool:
    field = record_schema().field(_names(path))
    return field is not None and field.text


def _is_same(found: Any, value: Any, path: Pointer) -> bool:
    if isinstance(found, str) and isinstance(value, str) and _ignores_case(path):
        return found.casefold() == value.casefold()
    return type(found) is type(value) and bool(found == value)


def _cased(value: Any, name: str, path: Pointer, items: Sequence[Any]) -> Any:
    """Return a value of a new item in capitals, where those of its neighbours are and letter case says nothing."""
    said = [item.get(name) for item in items if isinstance(item, dict)]
    texts = [text for text in said if isinstance(text, str)]
    if isinstance(value, str) and texts and _ignores_case((*path, name)) and all(map(str.isupper, texts)):
        return value.upper()
    return value
