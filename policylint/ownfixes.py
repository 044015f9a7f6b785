"""What is wrong with a file itself → what mends it: keys, quotes, and suppressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from policylint.edits import edits_at, edits_of
from policylint.edits.comments import without_comment
from policylint.edits.layout import Layout
from policylint.edits.places import require_written_by_hand, spot_at
from policylint.errors import nearest
from policylint.model.fix import SAFE, SUGGESTION, UNSAFE, Change, Edit, Fix, Refused, states_a_fact
from policylint.model.phrase import phrase
from policylint.model.source import value_at
from policylint.parse.tree import BLOCK, MAPPING, Node, tree_of

if TYPE_CHECKING:
    from policylint.edits.scalars import Piece
    from policylint.model.source import Document, Pointer, Problem, Region, SourceFile


def _planned(title: str, applicability: str, make: Callable[[], tuple[Sequence[Edit], Sequence[Change]]]) -> Fix:
    try:
        edits, changes = make()
    except Refused as refused:
        return Fix(title, SUGGESTION, refusal=refused.reason)
    return Fix(title, applicability, None, tuple(edits), tuple(changes))


def quoted(document: Document, pointer: Pointer) -> Fix:
    """Return what makes a scalar the same for readers of YAML 1.1 and 1.2; of a number it has to be asked which."""
    value = value_at(document.data, pointer)
    if not isinstance(value, str):
        text = document.text[slice(*_span(document.region(pointer)))]
        question = phrase(
            "Is it the number {value}, the number that YAML 1.1 reads, or the text '{text}'?", value=value, text=text
        )
        return Fix(phrase("write it so that every reader takes it for the same"), SUGGESTION, question)

    def make() -> tuple[Sequence[Edit], Sequence[Change]]:
        spot = spot_at(document, pointer)
        if spot is None:
            raise Refused(phrase("there is nothing in its place"))
        require_written_by_hand(document)
        edits = edits_at(document.text, [(spot.node.start, spot.node.end, f"'{value}'")])
        return edits, [Change(document.number, pointer, "same")]

    return _planned(phrase("quote it: '{text}'", text=value), SAFE, make)


def renamed(document: Document, pointer: Pointer, name: str) -> Fix:
    """Return what gives a misspelt key the name that was probably meant."""

    def make() -> tuple[Sequence[Edit], Sequence[Change]]:
        holder = value_at(document.data, pointer[:-1])
        if isinstance(holder, dict) and name in holder:
            raise Refused(phrase("there is a key '{name}' already", name=name))
        changes = [Change(document.number, pointer, "rename", name)]
        return edits_of(document, changes), changes

    return _planned(phrase("call it '{name}'", name=name), UNSAFE, make)


def respelt(document: Document, pointer: Pointer, value: str) -> Fix:
    """Return what puts the value in that was probably meant."""

    def make() -> tuple[Sequence[Edit], Sequence[Change]]:
        changes = [Change(document.number, pointer, "set", value)]
        return edits_of(document, changes), changes

    return _planned(phrase("write '{text}'", text=value), UNSAFE, make)


def without_duplicate(source: SourceFile, problem: Problem) -> Fix | None:
    """Return what takes the first of two keys of one name out: policylint and most readers keep the last."""
    for document in source.documents:
        tree = tree_of(document)
        found = None if tree is None or tree.root is None else _holder_of(tree.root, problem.region.start.offset)
        if found is not None:
            return _without_first(document, *found)
    return None


def _holder_of(root: Node, offset: int) -> tuple[Node, int] | None:
    """Return the mapping with a key at an offset, and the index of that key."""
    pending = [root]
    while pending:
        node = pending.pop()
        for index, entry in enumerate(node.entries):
            if node.kind == MAPPING and entry.key is not None and entry.key.start == offset:
                return node, index
            pending.append(entry.value)
    return None


def _without_first(document: Document, holder: Node, second: int) -> Fix | None:
    from policylint.edits import block, flow

    key = holder.entries[second].key
    if key is None:
        return None
    layout = Layout(document.text, document.dialect)
    first = next((at for at, entry in enumerate(holder.entries[:second]) if entry.named(key.text)), None)
    if first is None:
        return None
    texts = [layout.text[holder.entries[at].value.start : holder.entries[at].value.end] for at in (first, second)]
    is_last = not any(entry.named(key.text) for entry in holder.entries[second + 1 :])

    def make() -> tuple[Sequence[Edit], Sequence[Change]]:
        require_written_by_hand(document)
        if not is_last:
            raise Refused(phrase("the key is given more than twice"))
        pieces: list[Piece] = (
            block.key_removed(layout, holder, first) if holder.style == BLOCK else flow.removed(layout, holder, [first])
        )
        return edits_at(document.text, pieces), [Change(document.number, (), "same")]

    is_same = texts[0] == texts[1]
    title = phrase("take one of the two out") if is_same else phrase("take the first out: most readers keep the last")
    return _planned(title, SAFE if is_same else UNSAFE, make)


_IDS = re.compile(r"(?P<before>ignore(?:-file)?\s*\[)(?P<ids>[^\]]*)\]")


def without_rule(text: str, comment: Region, name: str) -> Fix:
    """Return what takes a rule out of a suppression as it is named there; the whole comment where it is alone."""
    match = _IDS.search(text, *_span(comment))
    given = [other.strip() for other in match.group("ids").split(",") if other.strip()] if match else []
    if match is None or set(given) <= {name}:
        return Fix(phrase("remove the comment"), SAFE, None, without_comment(text, comment))
    left = ", ".join(other for other in given if other != name)
    return Fix(phrase("take {rule} out of it", rule=name), SAFE, None, edits_at(text, [(*match.span("ids"), left)]))


def renamed_rule(text: str, comment: Region, name: str, meant: str | None) -> Fix:
    """Return what names the rule in a suppression that was probably meant; where none is near, what takes it out."""
    if meant is None:
        taken = without_rule(text, comment, name)
        question = phrase("Is it a rule of a pack that this run does not load?")
        return taken._replace(applicability=UNSAFE, question=question)
    match = _IDS.search(text, *_span(comment))
    found = re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", match.group("ids")) if match else None
    title = phrase("write '{text}'", text=meant)
    if match is None or found is None:
        return Fix(title, SUGGESTION, refusal=phrase("the comment spells it in a way that is not edited"))
    at = match.start("ids") + found.start()
    return Fix(title, UNSAFE, None, edits_at(text, [(at, at + len(name), meant)]))


def respelt_option(text: str, comment: Region, key: str) -> Fix:
    """Return what gives a misspelt option of a suppression its name."""
    found = re.compile(rf"(?<=\s){re.escape(key)}(?==)").search(text, *_span(comment))
    if found is None or nearest(key, ["until"]) is None:
        return Fix(phrase("leave the option out"), SUGGESTION, phrase("What is {name} to say?", name=key))
    return Fix(phrase("write '{text}'", text="until"), UNSAFE, None, edits_at(text, [(*found.span(), "until")]))


def respelt_day(text: str, comment: Region, value: str) -> Fix:
    """Return what writes a day as suppressions have it, where it is told in the order of year, month and day."""
    numbers = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", value)
    found = re.compile(rf"(?<=until=){re.escape(value)}").search(text, *_span(comment))
    day = None
    if numbers is not None:
        with suppress(ValueError):
            day = date(*map(int, numbers.groups()))
    if day is None or found is None:
        return Fix(phrase("write until=YYYY-MM-DD"), SUGGESTION, phrase("Until which day is it let pass?"))
    return Fix(phrase("write {text}", text=f"until={day}"), UNSAFE, None, edits_at(text, [(*found.span(), str(day))]))


def without_ended(text: str, comment: Region) -> Fix:
    """Return what takes a suppression out that has ended; a later day is for those to give who agreed to it."""
    question = phrase("Is it not to be renewed by those who agreed to it?")
    return Fix(phrase("remove the comment"), UNSAFE, question, without_comment(text, comment))


def _span(region: Region) -> tuple[int, int]:
    return region.start.offset, region.end.offset


def as_meant(document: Document, pointer: Pointer, path: Pointer, key: str | None, meant: str) -> Fix:
    """Return what mends a misspelt key or value; a fact about the world is for a person to spell.

    Args:
        document: Where it stands.
        pointer: The value there, or the mapping that has the key.
        path: The same in the record.
        key: The misspelt key; None where a value is misspelt.
        meant: What was probably meant.

    """
    names = [step for step in (*path, *(() if key is None else (meant,))) if isinstance(step, str)]
    if names[:1] == ["message"]:
        names[0] = "messages"
    if states_a_fact(tuple(names)):
        question = phrase("Is it so that {field} is meant, and true?", field=".".join(names))
        return Fix(phrase("write '{text}'", text=meant), SUGGESTION, question)
    return respelt(document, pointer, meant) if key is None else renamed(document, (*pointer, key), meant)
