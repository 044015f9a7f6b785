"""A flow → its tasks, those inside others too, and the texts that each is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.texts import Text
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Pointer

# Where a task holds other tasks: kestra-io/kestra, core/src/main/java/io/kestra/plugin/core/flow.
_NESTED = ("tasks", "then", "else", "errors", "finally", "afterExecution", "defaults", "listeners", "task")
_LOOPS = re.compile(r"\.(?:ForEach|EachSequential|EachParallel|ForEachItem)\Z", re.IGNORECASE)


class Task(NamedTuple):
    """A task, and what stands around it."""

    item: Mapping[str, Any]
    pointer: Pointer
    type: str
    loop: Pointer | None
    """The nearest loop around it."""
    on_error: bool
    """True where it runs because another task failed."""
    disabled_at: Pointer | None
    defaults: Sequence[tuple[Pointer, Mapping[str, Any]]] = ()
    """What the flow's ``pluginDefaults`` fill in where the task says nothing, each with its pointer."""


def tasks_of(flow: Mapping[str, Any]) -> Iterator[Task]:
    """Yield the tasks in the order of the file, those inside others included."""
    off: Pointer | None = ("disabled",) if flow.get("disabled") is True else None
    defaults = list(_defaults(flow))
    start = Task(flow, (), "", None, False, off)
    pending = [start]
    while pending:
        task = pending.pop()
        if task.type:
            yield task._replace(defaults=[(at, values) for of, at, values in defaults if task.type.startswith(of)])
        pending.extend(reversed(list(_inner(task))))


def _defaults(flow: Mapping[str, Any]) -> Iterator[tuple[str, Pointer, Mapping[str, Any]]]:
    """Yield what tasks of a type, or of all types below a package, are given: the type, the place and the values."""
    listed = flow.get("pluginDefaults")
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("type"), str) and isinstance(item.get("values"), dict):
            yield item["type"], ("pluginDefaults", index, "values"), item["values"]


def _inner(task: Task) -> Iterator[Task]:
    loop = task.pointer if task.type and _LOOPS.search(task.type) else task.loop
    cases = task.item.get("cases")
    lists: list[tuple[Pointer, Any]] = [((key,), task.item.get(key)) for key in _NESTED]
    lists.extend((("cases", name), items) for name, items in (cases.items() if isinstance(cases, dict) else ()))
    for path, value in lists:
        items = value if isinstance(value, list) else [value] if path == ("task",) else ()
        for index, item in enumerate(items):
            if not isinstance(item, dict):
                continue
            pointer = (*task.pointer, *path, index) if isinstance(value, list) else (*task.pointer, *path)
            kind = item.get("type")
            yield Task(
                item,
                pointer,
                kind.strip() if isinstance(kind, str) else "",
                loop,
                task.on_error or path[0] in ("errors", "listeners"),
                (*pointer, "disabled") if item.get("disabled") is True else task.disabled_at,
            )


def text_of(task: Task, *path: str) -> Text | None:
    """Return a text of a task, else the one that the flow gives all tasks of its type."""
    for pointer, values in ((task.pointer, task.item), *task.defaults):
        value: Any = values
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, list):
            known = (item for item in value if isinstance(item, (str, int)) and not isinstance(item, bool))
            value = ", ".join(map(str, known))
        if not isinstance(value, bool) and isinstance(value, (str, int)) and str(value).strip():
            return Text(str(value), (*pointer, *path))
    return None


def first_of(task: Task, names: Sequence[str]) -> Text | None:
    """Return the first of some texts of a task that is there."""
    return next((text for name in names if (text := text_of(task, name)) is not None), None)
