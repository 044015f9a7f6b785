"""Rules × campaigns → violations and undecided verdicts. No severity is known here, only what holds on which days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from policylint.model.finding import Judged, Undecided, Violation, Window
from policylint.model.phrase import phrase
from policylint.model.source import EXPRESSION, Pointer, Unknown
from policylint.model.tuples import NamedTuple
from policylint.schema import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from policylint.model.campaign import Campaign
    from policylint.model.rule import CompiledRule, Condition, FieldPath


def evaluate(
    campaign: Campaign, window: Window, rules: Iterable[CompiledRule]
) -> tuple[list[Violation], list[Undecided]]:
    """Judge one campaign.

    Args:
        campaign: A record with project facts and defaults filled in.
        window: The days on which it runs.
        rules: Rules whose channel is the campaign's, and for which it has something to look at.

    Returns:
        One violation for each rule and item that breaks it; one undecided verdict for each rule that hangs on an
        unknown value and is not broken elsewhere in the campaign. A rule that is in force on none of the days
        has neither.

    """
    violations: list[Violation] = []
    undecided: list[Undecided] = []
    whole = (window,)
    selected: dict[tuple[Pointer, ...], list[tuple[Any, tuple[Pointer, ...]]]] = {}
    for rule in rules:
        if not rule.rule.may_hold(window.first, window.last):
            continue
        broken = False
        unsure: Undecided | None = None
        places = selected.get(rule.select)
        if places is None:
            places = selected[rule.select] = list(scopes(rule, campaign, window.first))
        for scope, bases in places:
            if rule.dated:
                verdict, windows, deciding_scope = _verdict_by_day(rule, scope, window)
            else:
                verdict, windows, deciding_scope = rule.violated(scope), whole, scope
            if verdict is False:
                continue
            if type(scope[-1]) is Unknown:
                unsure = unsure or Undecided(rule.rule, campaign, partial(_unknown_item, campaign, bases[-1]))
            elif verdict is True:
                broken = True
                violations.append(_violation(rule, campaign, deciding_scope, bases, windows))
            elif verdict is None and unsure is None:
                unsure = Undecided(rule.rule, campaign, partial(_unknown_value, rule, deciding_scope, bases))
        if unsure is not None and not broken:
            undecided.append(unsure)
    return violations, undecided


def scopes(rule: CompiledRule, campaign: Campaign, day: date) -> Iterator[tuple[Any, tuple[Pointer, ...]]]:
    """Yield a scope for each selected item with the record path of each level.

    A list or an item that is unknown is an ``Unknown`` in the scope: the rule may be kept whatever it turns out to be.
    """
    scopes: list[tuple[Any, tuple[Pointer, ...]]] = [((day, campaign.data), ((), ()))]
    for names in rule.select:
        entered: list[tuple[Any, tuple[Pointer, ...]]] = []
        for scope, bases in scopes:
            if type(scope[-1]) is Unknown:
                entered.append(((*scope, scope[-1]), (*bases, bases[-1])))
                continue
            path = (*bases[-1], *names)
            items = _value(scope[-1], names)
            if isinstance(items, list):
                for index, item in enumerate(items):
                    if item is not None:
                        known = item if isinstance(item, (dict, Unknown)) else _WRONG_SHAPE
                        entered.append(((*scope, known), (*bases, (*path, index))))
            elif items is not None:
                entered.append(((*scope, items if isinstance(items, Unknown) else _WRONG_SHAPE), (*bases, path)))
        scopes = entered
    yield from scopes


def _value(data: Any, names: Pointer) -> Any:
    for name in names:
        if data is None or isinstance(data, Unknown):
            return data
        if not isinstance(data, dict):
            return _WRONG_SHAPE
        data = data.get(name)
    return data


_WRONG_SHAPE = Unknown("the value above it is not a mapping")


def _verdict_by_day(rule: CompiledRule, scope: Any, window: Window) -> tuple[bool | None, tuple[Window, ...], Any]:
    """Judge an item on each stretch of days with the same parameters.

    Returns:
        The verdict, the stretches on which the rule is broken, and the scope of the first stretch that decided.

    """
    changes = sorted({since for parameter in rule.rule.parameters.values() for since, _ in parameter.values})
    first = window.first
    broken: list[Window] = []
    broken_scope = unsure_scope = None
    for change in [*changes, None]:
        if change is not None and change <= first:
            continue
        if window.last is not None and (change is None or change > window.last):
            last: date | None = window.last
        else:
            last = None if change is None else change - timedelta(days=1)
        stretch = (first, *scope[1:])
        verdict = rule.violated(stretch)
        if verdict is True:
            broken_scope = broken_scope or stretch
            broken.append(Window(first, last, window.own))
        elif verdict is None:
            unsure_scope = unsure_scope or stretch
        if change is None or last == window.last:
            break
        first = change
    if broken:
        return True, tuple(broken), broken_scope
    return (None if unsure_scope else False), (), unsure_scope or scope


class _Leaf(NamedTuple):
    """A deciding condition and the record path that it looked at."""

    path: Pointer
    condition: Condition
    scope: Any
    bases: tuple[Pointer, ...]

    def verdict(self) -> tuple[Condition, bool | None, Any]:
        """Return the condition, whether it holds, and what it saw: a default where the record says nothing."""
        value = None if self.condition.path is None else self.condition.path.read(self.scope)
        return self.condition, self.condition.test(self.scope), value

    def compared(self) -> list[Pointer]:
        """Return the record paths of the other fields that its value is compared with."""
        return [_record_path(path, self.bases) for path in self.condition.compared]


def _violation(
    rule: CompiledRule, campaign: Campaign, scope: Any, bases: tuple[Pointer, ...], windows: tuple[Window, ...]
) -> Violation:
    leaves = list(_deciding(rule.parts.condition, scope, bases, rule.rule.forbids))
    moved = [_record_path(path, bases) for path in rule.parts.at]
    known = (path for path in (*moved, *(leaf.path for leaf in leaves)) if _is_said(_value_at(campaign.data, path)))
    path = next(known, leaves[0].path if leaves else bases[-1])
    key = "forbid" if rule.rule.forbids else "require"
    deciding = [(key, *leaf.verdict()) for leaf in leaves]
    if rule.parts.where is not None:
        applying = list(_deciding(rule.parts.where, scope, bases, wanted=True))
        deciding += [("where", *leaf.verdict()) for leaf in applying]
        leaves += applying
    reads = [read for leaf in leaves for read in (leaf.path, *leaf.compared())]
    values = _values(rule, campaign, scope, _value_at(campaign.data, path), deciding)
    caps = tuple((cap.to, cap.because) for cap, condition in rule.parts.caps if condition.test(scope) is not False)
    return Violation(
        rule.rule,
        campaign,
        path,
        values,
        caps,
        windows,
        reads=tuple(dict.fromkeys((path, *reads))),
        scope=bases[-1],
        alike=_alike(rule, scope, bases, path),
        deciding=tuple(deciding),
        judged=Judged(rule, scope, bases),
    )


def _alike(rule: CompiledRule, scope: Any, bases: tuple[Pointer, ...], path: Pointer) -> tuple[Pointer, ...]:
    """Return the paths of all items that decide in the same way as the one of which the finding tells."""
    if not any(isinstance(step, int) for step in path[len(bases[-1]) :]):
        return (path,)
    pattern = _without_places(path)
    leaves = _deciding(rule.parts.condition, scope, bases, rule.rule.forbids, every=True)
    found = dict.fromkeys(leaf.path for leaf in leaves if _without_places(leaf.path) == pattern)
    return tuple(found) or (path,)


def _without_places(path: Pointer) -> tuple[str | None, ...]:
    return tuple(None if isinstance(step, int) else step for step in path)


def _is_said(value: Any) -> bool:
    return value is not None and not isinstance(value, Unknown)


def _deciding(
    condition: Condition, scope: Any, bases: tuple[Pointer, ...], wanted: bool, *, every: bool = False
) -> Iterator[_Leaf]:
    """Yield the fields that make a condition true (``wanted``) or false, the one to look at first before the others.

    Where one alternative or one item of a list is enough, only the first is looked at, or ``every`` one.
    """
    kind = condition.kind
    if kind == "test":
        if condition.path is not None:
            yield _Leaf(_record_path(condition.path, bases), condition, scope, bases)
    elif kind in ("all", "any"):
        takes_every = every or (kind == "all") is wanted
        for child in condition.children:
            if child.test(scope) is wanted:
                yield from _deciding(child, scope, bases, wanted, every=every)
                if not takes_every:
                    return
    elif kind == "none":
        for child in condition.children:
            if child.test(scope) is (not wanted):
                yield from _deciding(child, scope, bases, not wanted, every=every)
                if not wanted and not every:
                    return
    elif condition.path is not None:
        yield from _deciding_items(condition, condition.path, scope, bases, wanted, every=every)


def _deciding_items(
    condition: Condition, list_path: FieldPath, scope: Any, bases: tuple[Pointer, ...], wanted: bool, *, every: bool
) -> Iterator[_Leaf]:
    path = _record_path(list_path, bases)
    if condition.kind == "count":
        yield from _deciding_count(condition, list_path, scope, bases, every=every)
        return
    if condition.kind == "grouped":
        yield _Leaf(path, condition, scope, bases)
        return
    looks_for = {"some": True, "no": True, "each": False}[condition.kind]
    one_decides = (condition.kind == "some") is wanted
    items = list_path.read(scope)
    if one_decides and isinstance(items, list):
        child = condition.children[0]
        found = False
        for index, item in enumerate(items):
            inner = (*scope, item)
            if not isinstance(item, Unknown) and child.test(inner) is looks_for:
                yield from _deciding(child, inner, (*bases, (*path, index)), looks_for, every=every)
                found = True
                if not every:
                    break
        if found:
            return
    yield _Leaf(path, condition, scope, bases)


def _deciding_count(
    condition: Condition, list_path: FieldPath, scope: Any, bases: tuple[Pointer, ...], *, every: bool
) -> Iterator[_Leaf]:
    """Yield the item that is one too many, where one is: the first past the bound; else the list."""
    path = _record_path(list_path, bases)
    items = list_path.read(scope)
    counted = [
        index
        for index, item in enumerate(items if isinstance(items, list) else ())
        if not isinstance(item, Unknown) and condition.children[0].test((*scope, item)) is True
    ]
    bound = condition.argument(scope)
    past = bound if condition.operator in ("at_most", "greater_than") else bound - 1
    if 0 <= past < len(counted):
        for index in counted if every else counted[past : past + 1]:
            inner = (*scope, items[index])
            yield from _deciding(condition.children[0], inner, (*bases, (*path, index)), wanted=True, every=every)
        return
    yield _Leaf(path, condition, scope, bases)


def _record_path(path: FieldPath, bases: tuple[Pointer, ...]) -> Pointer:
    return (*bases[path.level], *path.names)


def _unknown_item(campaign: Campaign, path: Pointer) -> tuple[Pointer, str]:
    return path, _why(_value_at(campaign.data, path))


def _unknown_value(rule: CompiledRule, scope: Any, bases: tuple[Pointer, ...]) -> tuple[Pointer, str]:
    for condition in (rule.parts.where, rule.parts.condition):
        if condition is not None and condition.test(scope) is None:
            leaf = _first_unknown(condition, scope, bases)
            if leaf is not None and leaf.condition.path is not None:
                for path in (leaf.condition.path, *leaf.condition.compared):
                    value = path.read(leaf.scope)
                    if isinstance(value, Unknown):
                        return _record_path(path, leaf.bases), value.why
                return leaf.path, _why(leaf.condition.path.read(leaf.scope))
    return bases[-1], phrase("unknown")


def _why(value: Any) -> str:
    """Return why nothing can be said of a value."""
    if isinstance(value, Unknown):
        return value.why
    if holds_placeholder(value):
        return EXPRESSION.why
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if any(isinstance(part, Unknown) or holds_placeholder(part) for part in parts):
        return phrase("a part of it is unknown")
    return phrase("of a kind that cannot be compared")


def _first_unknown(condition: Condition, scope: Any, bases: tuple[Pointer, ...]) -> _Leaf | None:
    if condition.kind in ("test", "some", "each", "no", "count", "grouped"):
        if condition.path is None:
            return None
        path = _record_path(condition.path, bases)
        items = condition.path.read(scope) if condition.kind != "test" else None
        if isinstance(items, list):
            for index, item in enumerate(items):
                if not isinstance(item, Unknown) and condition.children[0].test((*scope, item)) is None:
                    return _first_unknown(condition.children[0], (*scope, item), (*bases, (*path, index)))
        return _Leaf(path, condition, scope, bases)
    for child in condition.children:
        if child.test(scope) is None:
            return _first_unknown(child, scope, bases)
    return None


def _values(
    rule: CompiledRule,
    campaign: Campaign,
    scope: Any,
    value: Any,
    deciding: Iterable[tuple[str, Condition, bool | None, Any]],
) -> Mapping[str, str]:
    """Return what the placeholders of the rule's texts stand for."""
    from policylint.model.texts import TextTemplate
    from policylint.sentences import said

    found = {"campaign": campaign.id, "value": said(value), **_characters(deciding)}
    for name, parameter in rule.rule.parameters.items():
        found[name] = said(parameter.on(scope[0]))
    for text in (rule.rule.message, rule.rule.solution, rule.rule.why):
        for name in TextTemplate(text).names():
            if name not in found:
                found[name] = said(_value(campaign.data, tuple(name.split("."))))
    return found


def _characters(deciding: Iterable[tuple[str, Condition, bool | None, Any]]) -> dict[str, str]:
    """Return the placeholder for the code points that decide, where the operator ``holds`` looked for some."""
    for _, condition, _, value in deciding:
        if condition.operator == "holds" and isinstance(value, str):
            from policylint.codepoints import named

            return {"characters": named(value, condition.fixed)}
    return {}


def _value_at(data: Any, path: Pointer) -> Any:
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return data if isinstance(data, Unknown) else None
    return data
