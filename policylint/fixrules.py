"""``fix:`` of a rule → its edits checked against the campaign schema and made runnable, as its conditions are.

The verbs are few and closed, like the operators: a pack can use them without Python, and every fix can be read, checked
when the pack is loaded, tried with small mistakes, and proved when it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from policylint.errors import did_you_mean
from policylint.model.fix import SUGGESTION, CompiledEdit, CompiledFix, states_a_fact
from policylint.model.rule import KNOWN_NAMES
from policylint.model.texts import TextTemplate

if TYPE_CHECKING:
    from policylint.compile import _Compiler
    from policylint.model.rule import FieldPath
    from policylint.model.source import Pointer
    from policylint.record import Field

VERBS: Final = ("set", "remove", "insert", "group", "renumber", "sample")


def compile_fixes(compiler: _Compiler, frame: Any) -> tuple[CompiledFix, ...]:
    """Return the fixes of a rule; problems are noted with the compiler."""
    is_one = isinstance(compiler.rule.fix, Mapping)
    return tuple(
        _FixCompiler(compiler, frame, ("fix",) if is_one else ("fix", number)).fix(entry, number)
        for number, entry in enumerate(compiler.rule.fixes)
    )


class _FixCompiler:
    """Compiles one fix."""

    def __init__(self, compiler: _Compiler, frame: Any, pointer: Pointer) -> None:
        self.compiler = compiler
        self.frame = frame
        self.pointer = pointer

    def problem(self, pointer: Pointer, message: str, *, key: bool = False) -> None:
        self.compiler.problem((*self.pointer, *pointer), message, key=key)

    def fix(self, written: Mapping[str, Any], number: int) -> CompiledFix:
        self.check_texts(written)
        is_suggestion = written["applicability"] == SUGGESTION
        entries = written.get("edits") or ()
        if is_suggestion and entries:
            self.problem(("edits",), "a suggestion is not made: it has a question and no edits")
        elif not is_suggestion and not entries:
            self.problem((), "a fix has edits; without them it is a suggestion")
        if is_suggestion and "question" not in written:
            self.problem((), "a suggestion says what has to be asked: write question")
        where = written.get("where")
        condition = None
        if where is not None:
            condition = self.compiler.condition(where, self.frame, (*self.pointer, "where"))
        edits = tuple(edit for index, entry in enumerate(entries) for edit in self.edit(entry, ("edits", index)))
        return CompiledFix(
            written["title"], written["applicability"], written.get("question"), condition, edits, number
        )

    def check_texts(self, written: Mapping[str, Any]) -> None:
        known = [*KNOWN_NAMES, *self.compiler.rule.parameters]
        for key in ("title", "question"):
            for name in TextTemplate(written.get(key, "")).names():
                if name not in known:
                    said = f"there is no placeholder '${name}'" if name else "a lone $ (write $$)"
                    self.problem((key,), f"{said}{did_you_mean(name, known)}")

    def edit(self, written: Mapping[str, Any], pointer: Pointer) -> Iterator[CompiledEdit]:
        if len(written) != 1:
            self.problem(pointer, f"an edit has exactly one of {', '.join(VERBS)}")
            return
        verb, argument = next(iter(written.items()))
        inner = (*pointer, verb)
        if verb == "set":
            yield from self.sets(argument, inner)
        elif verb == "remove" and isinstance(argument, str):
            path = self.changed_path(argument, inner)
            if path is not None:
                yield CompiledEdit("remove", path)
        elif verb == "remove":
            yield from self.of_items("remove_items", argument["from"], argument["items"], inner, ("from", "items"))
        elif verb == "group":
            yield from self.of_items("group", argument["items"], argument["where"], inner, ("items", "where"))
        elif verb == "insert":
            yield from self.insert(argument, inner)
        else:
            path = self.changed_path(argument, inner)
            if path is not None and not self.field(path).text:
                self.problem(inner, f"'{argument}' is no text with parameters")
            elif path is not None:
                yield CompiledEdit(verb, path)

    def path(self, text: str, pointer: Pointer, *, key: bool = False) -> FieldPath | None:
        return self.compiler.path(text, self.frame, (*self.pointer, *pointer), key=key)

    def changed_path(self, text: str, pointer: Pointer, *, key: bool = False) -> FieldPath | None:
        """Resolve the path of what an edit changes; none for a fact about the world."""
        path = self.path(text, pointer, key=key)
        return path if path is not None and self.is_for_a_fix(path.field, pointer, key=key) else None

    def is_for_a_fix(self, field: tuple[str, ...], pointer: Pointer, *, key: bool = False) -> bool:
        """Tell whether a field may be changed by a fix; a problem is noted where not."""
        if states_a_fact(field):
            said = "is a fact about the world, which no fix may state: make it a suggestion with its question"
            self.problem(pointer, f"'{'.'.join(field)}' {said}", key=key)
            return False
        return True

    def field(self, path: FieldPath) -> Field:
        return self.compiler.field_at(path, self.frame)

    def sets(self, written: Mapping[str, Any], pointer: Pointer) -> Iterator[CompiledEdit]:
        for name, value in written.items():
            place = (*pointer, name)
            path = self.changed_path(name, place, key=True)
            if path is None:
                continue
            read = self.value(value, self.field(path), place)
            if read is not None:
                yield CompiledEdit("set", path, read)

    def of_items(
        self, verb: str, name: str, condition: Any, pointer: Pointer, keys: tuple[str, str]
    ) -> Iterator[CompiledEdit]:
        path = self.list_path(name, (*pointer, keys[0]))
        if path is None:
            return
        place = (*self.pointer, *pointer, keys[1])
        found = self.compiler.of_items(path, self.field(path), keys[1], condition, self.frame, place)
        if found is not None:
            yield CompiledEdit(verb, path, items=found)

    def list_path(self, name: str, pointer: Pointer) -> FieldPath | None:
        path = self.changed_path(name, pointer)
        if path is not None and "array" not in self.field(path).types:
            self.problem(pointer, f"'{name}' is no list")
            return None
        return path

    def insert(self, written: Mapping[str, Any], pointer: Pointer) -> Iterator[CompiledEdit]:
        path = self.list_path(written["into"], (*pointer, "into"))
        if path is None:
            return
        field = self.field(path)
        read = self.item(written["item"], path, field, (*pointer, "item"))
        before = None
        if "before" in written:
            place = (*self.pointer, *pointer, "before")
            before = self.compiler.of_items(path, field, "before", written["before"], self.frame, place)
        if read is not None:
            yield CompiledEdit("insert", path, read, before)

    def item(self, written: Any, path: FieldPath, field: Field, pointer: Pointer) -> Callable[[Any], Any] | None:
        """Compile a new item of a list: a value, or a mapping with a value for each field."""
        if not field.of_objects:
            return self.value(written, self.compiler.item_field(path.field), pointer)
        if not isinstance(written, Mapping):
            self.problem(pointer, f"'{path.text}' is a list of mappings: write the fields of the new one")
            return None
        reads: dict[str, Callable[[Any], Any]] = {}
        for name, value in written.items():
            place = (*self.pointer, *pointer, name)
            inner = self.compiler.known_field((*path.field, name), (name,), path.field, place, key=True)
            if inner is None or not self.is_for_a_fix((*path.field, name), (*pointer, name), key=True):
                continue
            read = self.value(value, inner, (*pointer, name))
            if read is not None:
                reads[name] = read

        def made(scope: Any) -> Any:
            values = {name: read(scope) for name, read in reads.items()}
            return None if None in values.values() else values

        return made

    def value(self, written: Any, field: Field, pointer: Pointer) -> Callable[[Any], Any] | None:
        """Compile a value: literal, parameter, other field, looked up by a field, or a text in a language."""
        place = (*self.pointer, *pointer)
        if "object" in field.types:  # its fields may be facts
            self.problem(pointer, f"'{'.'.join(field.names)}' is a mapping: give its fields one by one")
            return None
        if isinstance(written, Mapping) and set(written) == {"words", "language"}:
            return self.words(written, pointer)
        if isinstance(written, Mapping) and set(written) == {"field", "values"}:
            return self.looked_up(written, field, pointer)
        argument = self.compiler.argument(written, self.frame, place)
        if argument is None:
            return None
        for value in argument.values:
            self.check_value(value, field, pointer)
        read: Callable[[Any], Any] = argument.read
        return read

    def check_value(self, value: Any, field: Field, pointer: Pointer) -> None:
        wrong = self.compiler.wrong_item(value, field, within=False)
        if wrong:
            self.problem(pointer, wrong)

    def words(self, written: Mapping[str, Any], pointer: Pointer) -> Callable[[Any], Any] | None:
        """Compile the first phrase of a word list in a language; none for a language that the list lacks."""
        words = self.compiler.words(written["words"], (*self.pointer, *pointer))
        language = self.compiler.argument(written["language"], self.frame, (*self.pointer, *pointer, "language"))
        if words is None or language is None:
            return None
        lists: Mapping[str, tuple[str, ...]] = words.values[0]

        def read(scope: Any) -> Any:
            code = language.read(scope)
            found = lists.get(code.lower().replace("_", "-").partition("-")[0]) if isinstance(code, str) else None
            return found[0] if found else None

        return read

    def looked_up(self, written: Mapping[str, Any], field: Field, pointer: Pointer) -> Callable[[Any], Any] | None:
        other = self.path(str(written["field"]), (*pointer, "field"))
        values = written["values"]
        if other is None or not isinstance(values, Mapping):
            return None
        for name, value in values.items():
            self.check_value(value, field, (*pointer, "values", name))
        known = {str(name).casefold(): value for name, value in values.items()}

        def read(scope: Any) -> Any:
            found = other.read(scope)
            return known.get(found.casefold()) if isinstance(found, str) else None

        return read
