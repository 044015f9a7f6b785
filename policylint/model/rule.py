"""Rules and rule packs as data."""

from __future__ import annotations

import enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from policylint.model.source import Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from policylint.model.fix import CompiledFix
    from policylint.model.phrase import Phrase
    from policylint.model.source import Document, Pointer


KNOWN_NAMES = ("campaign", "value", "characters")
"""Placeholders that the texts of every rule have; ``characters`` are those that the operator ``holds`` found."""


class Severity(enum.IntEnum):
    """How bad a finding is; greater is worse. OFF reports nothing."""

    OFF = 0
    INFO = 1
    WARNING = 2
    ERROR = 3

    @classmethod
    def named(cls, name: str) -> Severity:
        """Return the severity with that lower-case name; KeyError for any other word."""
        return cls[name.upper()]

    def __str__(self) -> str:
        return self.name.lower()

    @property
    def word(self) -> Phrase:
        """The name, for people."""
        from policylint.model.phrase import phrase

        return phrase(str(self))


class Step(NamedTuple):
    """One dated step of a rule's enforcement: holds from ``since`` (inclusive) until the next step."""

    since: date
    severity: Severity
    note: str = ""
    observed: bool = False
    """True where the rule is known to hold on ``since`` and its start is unknown: before it nothing can be said."""


class Terms(NamedTuple):
    """A document that rules rest on."""

    id: str
    title: str
    url: str
    edition: str
    """Day of the edition that was read, ISO."""
    read: str
    """Day of reading, ISO."""


class Source(NamedTuple):
    """The clause that a rule rests on."""

    terms: Terms
    clause: str
    confidence: str
    """``primary``, ``quoted``, ``secondary`` or ``uncertain``."""


class Parameter(NamedTuple):
    """A value of a rule that the configuration may change: values by the day from which they hold, ascending."""

    values: tuple[tuple[date, Any], ...]

    def on(self, day: date) -> Any:
        """Return the value in force on ``day``; before the first day the first value."""
        current = self.values[0][1]
        for since, value in self.values:
            if since <= day:
                current = value
        return current


class Cap(NamedTuple):
    """A bound on a rule's severity, in force unless its condition is certainly false."""

    to: Severity
    where: Any
    because: str


class Rule(NamedTuple):
    """A claim about somebody's terms. Conditions are still as written; ``compile`` makes them runnable."""

    id: str
    code: str
    pack: str
    channel: str | None
    title: str
    message: str
    why: str
    solution: str
    certainty: str
    """``forbidden``, ``our_reading`` or ``good_practice``."""
    sources: tuple[Source, ...]
    enforcement: tuple[Step, ...]
    select: str | None
    where: Any
    condition: Any
    forbids: bool
    """True for ``forbid``, False for ``require``."""
    at: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    caps: tuple[Cap, ...]
    tighten_only: bool
    document: Document
    """The rule file, for places in messages about it."""
    waivable: bool = True
    """False where its findings may be accepted by no suppression, waiver or baseline."""
    silent_when_unknown: bool = False
    """True where it says nothing of what the file leaves unknown, not even that it is undecided."""
    overridden: Severity | None = None
    """Severity that the configuration sets instead of the dated one."""
    fix: Any = None
    """What mends a finding, as written: a mapping, or a list of them; None where nothing is known."""

    @property
    def fixes(self) -> Sequence[Mapping[str, Any]]:
        """What mends a finding, as written."""
        if self.fix is None:
            return ()
        found: Sequence[Mapping[str, Any]] = [self.fix] if isinstance(self.fix, dict) else self.fix
        return found

    def __str__(self) -> str:
        return f"{self.id} ({self.code})"

    def may_hold(self, first: date, last: date | None) -> bool:
        """Tell whether it may be in force on one of the days, both inclusive; ``last`` None means for ever."""
        if self.overridden is Severity.OFF:
            return False
        steps = self.enforcement
        if steps[0].observed and first < steps[0].since:
            return True
        if last is not None and last < steps[0].since:
            return False
        if len(steps) == 1:
            return steps[0].severity is not Severity.OFF
        ends = [*(step.since for step in steps[1:]), None]
        return any(
            step.severity is not Severity.OFF and (last is None or step.since <= last) and (end is None or first < end)
            for step, end in zip(steps, ends, strict=True)
        )

    def days_of_change(self) -> Iterator[date]:
        """Yield the days from which a verdict may be another one: a step begins, or a parameter has another value."""
        for step in self.enforcement:
            yield step.since
        for parameter in self.parameters.values():
            for since, _ in parameter.values:
                yield since


class RuleCard(NamedTuple):
    """What decides whether a rule can look at a campaign at all, without the rule itself."""

    id: str
    code: str
    channel: str | None
    products: tuple[str, ...] | None
    """The products of the sender that its ``where`` asks for; None where any will do."""
    kinds: tuple[str, ...] | None
    """The kinds of record, likewise."""


class RuleNames(NamedTuple):
    """What is known of the rules that suppressions, waivers and the baseline name."""

    known: Mapping[str, str]
    """Rule id or code, present or former → rule id."""
    active: frozenset[str]
    """Ids of the rules that were applied: only for these can a suppression be called unused."""
    waivable: Callable[[str], bool]
    """Tells of an id whether findings of the rule may be suppressed at all."""


class Override(NamedTuple):
    """What the configuration changes about a rule."""

    severity: Severity | None
    parameters: Mapping[str, Any]
    place: str
    """Where it says so, as ``path:line:column``."""


class NotChecked(NamedTuple):
    """Something that the terms say and no rule decides."""

    code: str
    """The code that a rule for it would have."""
    title: str
    terms: Terms
    clause: str
    reason: str


class FileStamp(NamedTuple):
    """By what a file of a pack is known to be unchanged."""

    name: str
    size: int
    modified: int
    """Nanoseconds."""
    changed: int
    """Nanoseconds; the time that no program sets: of content, name or permissions, on Windows of creation."""


class RuleTexts(NamedTuple):
    """The texts of a rule in another language."""

    title: str
    message: str
    why: str
    solution: str
    notes: Mapping[str, str]
    """Day from which a step holds, ISO → its note."""
    caps: tuple[str, ...]
    """Why the severity is bounded, for each cap."""
    fixes: tuple[tuple[str, str | None], ...] = ()
    """Title and question of each fix."""


class RulePack(NamedTuple):
    """A folder of rules: one platform's terms."""

    name: str
    folder: str
    title: str
    channel: str | None
    timezone: str
    reviewed: date
    terms: Mapping[str, Terms]
    rules: Sequence[Rule]
    cards: tuple[RuleCard, ...]
    """One for each rule, in the same order."""
    lists: Mapping[str, tuple[Any, ...]]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Word list → language code → words and phrases."""
    providers: Mapping[str, Any]
    """The provider table as written; ``record.ProviderTable`` reads it."""
    redirects: Mapping[str, str]
    topics: Mapping[str, str]
    """First letters of codes → topic."""
    not_checked: Sequence[NotChecked]
    data_read: Mapping[str, str]
    """File of a list, word list, provider table or coverage → day on which its sources were read, ISO; "" if unsaid."""
    digest: str
    """SHA-256 of the files of the pack but its tests."""
    version: str
    unproved: Mapping[str, Any] | None = None
    """The parsed files, to be kept once the rules have compiled; None where they come from the cache: they have."""
    stamps: tuple[FileStamp, ...] = ()
    """The files that were read, as they were before."""
    changed: tuple[int, ...] = ()
    """Indexes of the rules of which the configuration changed a parameter."""
    shipped: bool = False
    """True where it came parsed with the wheel."""
    texts: Mapping[str, Mapping[str, RuleTexts]] = {}
    """Language → rule id → its texts; a rule that is not there is not translated."""


class Operator(NamedTuple):
    """A predicate of the rule language.

    ``test(value, argument)`` gets a value that is present, known and of one of ``types``, and the argument after
    ``prepare``; it returns True or False, or None where it cannot tell. ``argument_schema`` is the JSON Schema of the
    argument as written; ``sentence`` says in words what is tested, with ``{argument}``.
    """

    test: Callable[[Any, Any], bool | None]
    argument_schema: Mapping[str, Any]
    sentence: str
    types: tuple[type, ...] = (str, int, float, bool)
    prepare: Callable[[Any], Any] | None = None
    """Turns the argument, references resolved, into what ``test`` wants; ValueError says what is wrong with it."""
    expand: Callable[[Any], Any] | None = None
    """Turns a short form of the argument, as written, into the long one."""
    sure_with_gaps: frozenset[bool] = frozenset()
    """Results that hold although some items of the list are unknown."""
    doubts: Callable[[Any], str | None] | None = None
    """Says what is wrong with an argument before a rule is taken; what has doubts takes no argument from a record."""


class Condition(NamedTuple):
    """A compiled condition: the closure that decides it, and the tree that explains it."""

    kind: str
    """``all``, ``any``, ``none``; ``test`` (one field); ``some``, ``each``, ``no``, ``count`` (the items of a list)."""
    test: Callable[[Any], bool | None]
    children: tuple[Condition, ...] = ()
    path: FieldPath | None = None
    operator: str = ""
    argument: Any = None
    sentence: str = ""
    compared: tuple[FieldPath, ...] = ()
    """Other fields that the argument names."""
    fixed: Any = None
    """The argument with its references resolved, where it is the same on every day and for every record."""


class FieldPath(NamedTuple):
    """A path of the rule language, resolved: the level of scope it starts from, and the names below."""

    text: str
    level: int
    names: tuple[str, ...]
    read: Callable[[Any], Any]
    """Reads the value from a scope: None where absent, ``Unknown`` where unknown."""
    field: tuple[str, ...] = ()
    """The whole path in the record, without indexes."""


class _Literal(str):
    """A text that stands for itself: schema checks take only plain texts for ones that are filled in later."""

    __slots__ = ()


def literal(data: Any) -> Any:
    """Return data of a rule or configuration file with texts that stand for themselves.

    In a campaign a placeholder makes a value unknown, so that its type says nothing; in a rule it is a plain text.
    """
    if type(data) is str:
        return _Literal(data) if "{" in data else data
    if type(data) is dict:
        return {key: literal(value) for key, value in data.items()}
    return [literal(item) for item in data] if type(data) is list else data


def tagged(data: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Yield the values with a tag that is not YAML's own, each with what it is: in a campaign it is unknown."""
    if isinstance(data, Unknown):
        yield pointer, data.why
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from tagged(value, (*pointer, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from tagged(value, (*pointer, index))


class CompiledParts(NamedTuple):
    """The conditions of a rule made runnable, with what they read."""

    where: Condition | None
    condition: Condition
    at: tuple[FieldPath, ...]
    caps: tuple[tuple[Cap, Condition], ...]
    reads: frozenset[tuple[str, ...]]
    """Every field that the rule looks at, without indexes."""


class CompiledRule:
    """A rule made runnable.

    Most campaigns keep most rules: what tells so is ready at once, the parts that say why one is broken when asked for.
    """

    def __init__(
        self,
        rule: Rule,
        select: tuple[Pointer, ...],
        violated: Callable[[Any], bool | None],
        parts: Callable[[], CompiledParts],
        fixes: Callable[[], tuple[CompiledFix, ...]] = tuple,
    ) -> None:
        self.rule = rule
        self.select = select
        """List paths to walk, each relative to the item before; empty for the record itself."""
        self.violated = violated
        self.dated = any(len(parameter.values) > 1 for parameter in rule.parameters.values())
        """True where a parameter has more than one dated value, so that the verdict itself depends on the day."""
        self._make = parts
        self._make_fixes = fixes

    @cached_property
    def parts(self) -> CompiledParts:
        """The conditions with their trees."""
        return self._make()

    @cached_property
    def fixes(self) -> tuple[CompiledFix, ...]:
        """What mends its findings; of several the first that fits."""
        return self._make_fixes()
