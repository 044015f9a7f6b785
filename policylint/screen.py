"""A campaign record → the rules of a pack that it may break or leave undecided; all others it keeps for certain.

A screen is one function made from all the conditions of a pack (``screenwriter.py`` writes it) in which what is unknown
counts as possible. It may name a rule too many, never one too few: the rules it names are then evaluated as written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policylint.model.source import says_something
from policylint.patterns import Pattern
from policylint.schema import holds_placeholder

if TYPE_CHECKING:
    from policylint.model.rule import CompiledRule, Condition, RulePack

Test: TypeAlias = "Callable[[Any], bool | None]"
Decide: TypeAlias = "Callable[[Mapping[str, Any], Callable[[int], None], list[Test]], None]"
"""Record, what takes the number of a rule, and the tests of the conditions that are asked themselves."""


class _Open:
    """Stands for a value of which nothing is known, and for a mapping with only such values."""

    def get(self, _name: str) -> _Open:
        return self


UNKNOWN: Final = _Open()
_NOTHING: Final[Mapping[str, Any]] = {}
_UNKNOWN_ONLY: Final = frozenset([UNKNOWN])


def below(value: Any) -> Any:
    """Return what fields are read from: a mapping as it is, nothing where it is absent, else unknown."""
    if type(value) is dict:
        return value
    return _NOTHING if value is None else UNKNOWN


def settled(value: Any) -> Any:
    """Return a value as it is, and as unknown what is filled in later."""
    return UNKNOWN if type(value) is str and "{" in value and holds_placeholder(value) else value


def text(value: Any, default: Any = None) -> Any:
    """Return a text as it is, ``default`` for None, and unknown for what is no text or filled in later."""
    if type(value) is str:
        return UNKNOWN if "{" in value and holds_placeholder(value) else value
    return default if value is None else UNKNOWN


def folded(value: Any, default: Any = None) -> Any:
    """Return the same in small letters."""
    value = text(value, default)
    return value.lower() if type(value) is str else value


def content(value: Any, default: Any = None) -> Any:
    """Return a text as it is, placeholders included, ``default`` for None, and unknown for what is no text."""
    return value if type(value) is str else default if value is None else UNKNOWN


def flag(value: Any, default: Any = None) -> Any:
    """Return true or false as it is, ``default`` for None, and unknown for all else."""
    return value if value is True or value is False else default if value is None else UNKNOWN


def number(value: Any, default: Any = None) -> Any:
    """Return a number as it is, ``default`` for None, and unknown for all else."""
    return value if type(value) is int or type(value) is float else default if value is None else UNKNOWN


def members(value: Any, default: Any = None) -> Any:
    """Return the texts of a list, ``default`` for None; unknown stands for each item that is no plain text."""
    if type(value) is not list:
        return default if value is None else _UNKNOWN_ONLY
    return frozenset([text(item, UNKNOWN) for item in value])


def searched(expression: str) -> Callable[[str], bool | None]:
    """Return what tells whether a text matches a regular expression; None where the text is too long for it."""
    return Pattern(expression).search


def may_be_nothing(value: Any) -> bool:
    """Tell whether a value may say nothing."""
    return value is UNKNOWN or says_something(value) is not True


HELPERS: Final[Mapping[str, Any]] = {
    function.__name__: function
    for function in (below, settled, text, folded, content, flag, number, members, searched, may_be_nothing)
} | {"UNKNOWN": UNKNOWN}
"""What a written screen calls, by name."""


class Screen:
    """The screen of one pack."""

    def __init__(
        self,
        rules: Sequence[str],
        leaves: Iterable[tuple[int, int]],
        decide: Decide,
        compiled: Callable[[str], CompiledRule],
    ) -> None:
        """Keep what decides.

        Args:
            rules: The ids of the rules, in the order of their numbers.
            leaves: For each condition that is asked itself: the number of a rule that has it, and which of the rule's
                conditions it is.
            decide: The written function.
            compiled: Gives a rule by its id; called when one of its conditions is first asked.

        """
        self._rules = rules
        self._decide = decide
        self._tests: list[Test] = []
        self._tests.extend(self._late(at, *leaf, compiled) for at, leaf in enumerate(leaves))

    def _late(self, at: int, rule: int, condition: int, compiled: Callable[[str], CompiledRule]) -> Test:
        def first(scope: Any) -> bool | None:
            self._tests[at] = test = conditions_of(compiled(self._rules[rule]))[condition].test
            return test(scope)

        return first

    def candidates(self, record: Mapping[str, Any]) -> set[str]:
        """Return the ids of the rules that the record may break or leave undecided."""
        found: set[int] = set()
        self._decide(record, found.add, self._tests)
        return {self._rules[number] for number in found}


def conditions_of(rule: CompiledRule) -> list[Condition]:
    """Return the conditions of a rule and all below them, each before those below it."""
    found: list[Condition] = []

    def walk(condition: Condition) -> None:
        found.append(condition)
        for child in condition.children:
            walk(child)

    for condition in (rule.parts.where, rule.parts.condition):
        if condition is not None:
            walk(condition)
    return found


def shipped_screen(pack: RulePack, compiled: Mapping[str, CompiledRule]) -> Screen | None:
    """Return the screen that the wheel holds for a pack just as it is, or None where there is none.

    Args:
        pack: The pack; only for one of our own the wheel has a module.
        compiled: Its rules by id.

    """
    if not pack.shipped:
        return None
    from importlib import import_module

    try:
        module = import_module(f"{SCREENS}.{module_name(pack.name)}")
    except ImportError:
        return None
    if pack.digest != module.DIGEST:
        return None
    return Screen(module.RULES, module.LEAVES, module.decide, compiled.__getitem__)


SCREENS: Final = "policylint._screens"
"""The package of the written screens. Code is loaded from the wheel alone, never from a cache or a checked tree."""


def module_name(pack: str) -> str:
    """Return the name of the module that holds the screen of a pack."""
    return pack.replace("-", "_")
