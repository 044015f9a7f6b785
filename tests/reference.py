"""The rule language once more, written from ``rules/README.md`` and the schemas alone: slow, plain, to compare with.

Nothing of policylint is imported. A campaign is a mapping; what is unknown in it is ``UNKNOWN``. Each day of a campaign
on which something may change is judged by itself, and every condition is asked anew for each of them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

ROOT = Path(__file__).parents[1]
Verdict = bool | None
"""True, false, or None for unknown."""


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Unknown()
SEVERITIES = ["off", "info", "warning", "error"]


class Judgement(NamedTuple):
    """What a rule says of a campaign."""

    severities: Counter[str]
    """Of the findings, one for each item that breaks the rule."""
    undecided: bool


class _Rule(NamedTuple):
    id: str
    channel: str | None
    written: Mapping[str, Any]
    pack: Mapping[str, Any]


# --- files --------------------------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """YAML 1.2: days stay texts, and NO is Norway."""


_Loader.yaml_implicit_resolvers = {}
for tag, form, first in (
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"{form}\Z"), first)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)


@cache
def rules() -> tuple[_Rule, ...]:
    """Return the rules of all packs."""
    found = []
    for folder in sorted(path.parent for path in (ROOT / "rules").glob("*/pack.yaml")):
        pack = _read(folder / "pack.yaml")
        for kind in ("lists", "words"):
            pack[kind] = {name: _read(folder / file)["values"] for name, file in pack.get(kind, {}).items()}
        data_files = {"pack.yaml", pack.get("coverage"), pack.get("providers")}
        for path in sorted(folder.glob("*.yaml")):
            if path.name not in data_files and not path.name.endswith(".test.yaml"):
                written = _read(path)
                rule_id = f"{folder.name}/{path.stem}"
                found.append(_Rule(rule_id, written.get("channel", pack.get("channel")), written, pack))
    return tuple(found)


@cache
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads((ROOT / "schemas/campaign.schema.json").read_text(encoding="utf-8"))
    return schema


@cache
def _field(path: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the schema of a field, or of the items of a list where the path goes on below it."""
    found = _resolved(_schema())
    for name in path:
        found = _resolved(_resolved(found.get("items", found)).get("properties", {}).get(name, {}))
    return found


@cache
def _item(path: tuple[str, ...]) -> Mapping[str, Any]:
    return _resolved(_field(path).get("items", {}))


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**_schema()["$defs"][schema["$ref"].rpartition("/")[2]], **rest}
    return schema


# --- days ---------------------------------------------------------------------------------------------------------


def days_of(campaign: Mapping[str, Any], as_of: date, at: date | None) -> tuple[date, date]:
    """Return the first and the last day that a campaign is judged on; the last day of the calendar stands for ever."""
    schedule = campaign.get("schedule")
    if at is not None or not isinstance(schedule, dict):
        return (at or as_of, at or as_of)
    start, end = (_day(schedule.get(key), schedule.get("timezone")) for key in ("start", "end"))
    if start and end:
        return min(start, end), max(start, end)
    if start:
        recurs = schedule.get("recurrence") not in (None, "") or schedule.get("end") not in (None, "")
        return start, date.max if recurs else start
    return (min(as_of, end), end) if end else (as_of, as_of)


def _day(written: Any, zone: Any) -> date | None:
    form = r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|z|[-+]\d\d(?::?\d\d)?)?)?"
    found = re.fullmatch(form, written.strip(), re.ASCII) if isinstance(written, str) else None
    if found is None:
        return None
    try:
        if found[2] is None:
            return date.fromisoformat(found[1])
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}")
        if found[3] is None:
            moment = moment.replace(tzinfo=_zone(zone))
        elif found[3] in "Zz":
            moment = moment.replace(tzinfo=timezone.utc)
        else:
            hours, minutes = int(found[3][1:3]), int(found[3][3:].strip(":") or 0)
            if minutes > 59:
                return None
            offset = timedelta(hours=hours, minutes=minutes)
            moment = moment.replace(tzinfo=timezone(-offset if found[3][0] == "-" else offset))
        return moment.astimezone(timezone.utc).date()
    except OverflowError:
        return date.fromisoformat(found[1])
    except ValueError:
        return None


def _zone(name: Any) -> Any:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else timezone.utc
    except (ValueError, OSError, KeyError):
        return timezone.utc


# --- rules --------------------------------------------------------------------------------------------------------


def judge(campaign: Mapping[str, Any], as_of: date, at: date | None = None) -> dict[str, Judgement]:
    """Return the rules that say something of a campaign: findings with their severities, or that they cannot tell."""
    found = {}
    for rule in rules():
        if rule.channel in (None, campaign.get("channel")):
            judgement = _judged(rule, campaign, *days_of(campaign, as_of, at))
            if judgement.severities or judgement.undecided:
                found[rule.id] = judgement
    return found


def _judged(rule: _Rule, campaign: Mapping[str, Any], first: date, last: date) -> Judgement:
    severities: Counter[str] = Counter()
    undecided = broken = False
    for scope in _selected(rule, campaign):
        verdicts = [(day, _broken(rule, scope, day)) for day in _telling_days(rule, first, last)]
        if scope.levels[-1].value is UNKNOWN:  # of an item that is unknown nobody can be told what is wrong with it
            verdicts = [(day, None if verdict else verdict) for day, verdict in verdicts]
        in_force = [(day, verdict) for day, verdict in verdicts if _severity(rule, day) in SEVERITIES[1:]]
        before = [verdict for day, verdict in verdicts if _severity(rule, day) == "unknown"]
        worst = max((_capped(rule, scope, day) for day, verdict in in_force if verdict), default=None)
        if worst is not None:
            broken = True
            severities[SEVERITIES[worst]] += 1
        elif any(verdict is None for _, verdict in in_force) or any(verdict is not False for verdict in before):
            undecided = True
    return Judgement(severities, undecided and not broken)


def _telling_days(rule: _Rule, first: date, last: date) -> Iterator[date]:
    """Yield the days from first to last on which something begins."""
    changes = [_since(step) for step in rule.written["enforcement"]]
    for parameter in rule.written.get("parameters", {}).values():
        changes += map(date.fromisoformat, parameter.get("values", {}))
    yield first
    yield from (day for day in sorted(set(changes)) if first < day <= last)


def _since(step: Mapping[str, str]) -> date:
    return date.fromisoformat(step["since"] if "since" in step else step["observed"])


def _severity(rule: _Rule, day: date) -> str:
    """Return the severity on a day, `unknown` before a rule was first observed, or `not yet`."""
    steps = rule.written["enforcement"]
    found = "unknown" if "observed" in steps[0] else "not yet"
    for step in steps:
        if _since(step) <= day:
            found = step["severity"]
    return found


def _capped(rule: _Rule, scope: _Scope, day: date) -> int:
    severity = SEVERITIES.index(_severity(rule, day))
    for cap in rule.written.get("caps", ()):
        if _Conditions(rule, day).all(cap["where"], scope) is not False:
            severity = min(severity, SEVERITIES.index(cap["to"]))
    enabled = scope.levels[0].value.get("enabled")
    return min(severity, SEVERITIES.index("warning")) if enabled is False else severity


def _selected(rule: _Rule, campaign: Mapping[str, Any]) -> Iterator[_Scope]:
    """Yield the campaign, or each of its items that the rule selects; an unknown item for a list that is unknown."""
    scopes = [_Scope((_Level(campaign, (), "campaign"),))]
    for part in (rule.written.get("select") or "").split("[*]")[:-1]:
        names = tuple(part.strip(".").split("."))
        entered = []
        for scope in scopes:
            items: Any = scope.levels[-1].value
            for name in names:
                items = UNKNOWN if items is not None and not isinstance(items, dict) else (items or {}).get(name)
            if items is not None and not isinstance(items, list):
                items = [UNKNOWN]
            there = [item for item in items or () if item is not None]
            entered += [scope.entered(item if isinstance(item, dict) else UNKNOWN, names) for item in there]
        scopes = entered
    yield from scopes


def _broken(rule: _Rule, scope: _Scope, day: date) -> Verdict:
    conditions = _Conditions(rule, day)
    applies = conditions.all(rule.written["where"], scope) if "where" in rule.written else True
    if "forbid" in rule.written:
        return _and([applies, conditions.all(rule.written["forbid"], scope)])
    return _and([applies, _not(conditions.all(rule.written["require"], scope))])


# --- conditions ---------------------------------------------------------------------------------------------------


class _Level(NamedTuple):
    value: Any
    path: tuple[str, ...]
    """In the schema."""
    name: str
    """By which conditions reach it from further inside."""


class _Scope(NamedTuple):
    levels: tuple[_Level, ...]

    def entered(self, item: Any, names: tuple[str, ...], below: _Level | None = None) -> _Scope:
        path = (*(below or self.levels[-1]).path, *names)
        return _Scope((*self.levels, _Level(item, path, names[-1].removesuffix("s"))))

    def start(self, text: str) -> tuple[_Level, tuple[str, ...]]:
        """Return where a path starts, and the names from there on."""
        names = tuple(text.split("."))
        if len(names) > 1 or names[0] != "campaign":
            for level in reversed(self.levels if len(self.levels) > 1 else self.levels[:1]):
                if level.name == names[0] and (len(self.levels) > 1 or names[0] == "campaign"):
                    return level, names[1:]
        return self.levels[-1], names


class _Conditions(NamedTuple):
    rule: _Rule
    day: date

    def all(self, written: Mapping[str, Any], scope: _Scope) -> Verdict:
        return _and([self.entry(key, value, scope) for key, value in written.items()])

    def entry(self, key: str, written: Any, scope: _Scope) -> Verdict:
        if key == "all":
            return _and([self.all(one, scope) for one in written])
        if key == "any":
            return _or([self.all(one, scope) for one in written])
        if key == "none":
            return _not(_or([self.all(one, scope) for one in written]))
        level, names = scope.start(key)
        operators = written if isinstance(written, dict) else {"equals": written}
        return _and([self.test(level, names, name, argument, scope) for name, argument in operators.items()])

    def test(self, level: _Level, names: tuple[str, ...], operator: str, argument: Any, scope: _Scope) -> Verdict:
        value = _value(level, names)
        path = (*level.path, *names)
        if operator in ("present", "absent", "open"):
            there = _says_something(value)
            return {"present": there, "absent": _not(there), "open": there is not True}[operator]
        if operator in ("some", "each", "none", "count", "grouped"):
            return self.of_items(level, names, operator, argument, scope)
        if operator == "mentions" and not isinstance(argument, dict):
            argument = {"words": argument}
        argument = self.argument(argument, scope)
        required = argument if operator == "within" else None
        for part in required.values() if required else [argument]:
            if value is None or part is None:
                return False
        if value is UNKNOWN or argument is UNKNOWN or (required and UNKNOWN in required.values()):
            return None
        return _compared(operator, value, argument, text=bool(_item(path).get("x-text")))

    def of_items(self, level: _Level, names: tuple[str, ...], operator: str, written: Any, scope: _Scope) -> Verdict:
        items = _value(level, names)
        if items is not None and not isinstance(items, list):
            return None
        condition = written["where"] if operator == "count" else written
        of_objects = "properties" in _item((*level.path, *names))
        verdicts: list[Verdict] = []
        for item in items or ():
            inner = scope.entered(item, names, level)
            if item is UNKNOWN:
                verdicts.append(None)
            elif of_objects:
                verdicts.append(self.all(condition, inner))
            else:
                tests = [self.test(inner.levels[-1], (), name, argument, inner) for name, argument in condition.items()]
                verdicts.append(_and(tests))
        if operator == "some":
            return _or(verdicts)
        if operator == "none":
            return _not(_or(verdicts))
        if operator == "each":
            return _and(verdicts) if verdicts else False
        if operator == "grouped":
            if None in verdicts:
                return None
            changes = sum(one is not other for one, other in pairwise(verdicts))
            return changes <= 1
        (name,) = (key for key in written if key != "where")
        bound = self.argument(written[name], scope)
        least, most = verdicts.count(True), len(verdicts) - verdicts.count(False)
        return _agreed(_NUMBERS[name](number, bound) for number in range(least, most + 1))

    def argument(self, written: Any, scope: _Scope) -> Any:
        """Return an argument with fields, parameters, lists and words put in."""
        if isinstance(written, str) and written.startswith("$"):
            return self.parameter(written[1:])
        if not isinstance(written, dict):
            return written
        if set(written) == {"field"}:
            return _value(*scope.start(written["field"]))
        if set(written) == {"list"}:
            return self.rule.pack["lists"][written["list"]]
        return {
            key: self.rule.pack["words"][value] if key == "words" else self.argument(value, scope)
            for key, value in written.items()
        }

    def parameter(self, name: str) -> Any:
        parameter = self.rule.written["parameters"][name]
        if "value" in parameter:
            return parameter["value"]
        dated = sorted(parameter["values"].items())
        known = [value for since, value in dated if date.fromisoformat(since) <= self.day]
        return known[-1] if known else dated[0][1]


def _value(level: _Level, names: tuple[str, ...]) -> Any:
    """Return what a field says: a value, None where it is absent, or UNKNOWN."""
    value = level.value
    for name in names:
        if value is None:
            break
        if not isinstance(value, dict):
            return UNKNOWN
        value = value.get(name)
    path = (*level.path, *names)
    field = _field(path) if names else _item(path)
    if value is None:
        return field.get("default")
    if isinstance(value, str):
        if _is_filled_in_later(value) and not field.get("x-text"):
            return UNKNOWN
        return value.lower() if field.get("x-ignore-case") else value
    return value


def _is_filled_in_later(value: Any) -> bool:
    return isinstance(value, str) and any(sign in value for sign in ("{{", "${", "{%"))


def _says_something(value: Any) -> Verdict:
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return _or([_says_something(inner) for inner in value.values()])
    return value not in (None, "", [])


# --- operators ----------------------------------------------------------------------------------------------------

_NUMBERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "greater_than": lambda one, other: one > other,
    "at_least": lambda one, other: one >= other,
    "less_than": lambda one, other: one < other,
    "at_most": lambda one, other: one <= other,
}


def _compared(operator: str, value: Any, argument: Any, *, text: bool) -> Verdict:
    """Compare a value that is there with an argument that is there; ``text``: placeholders in items are content."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    is_text = isinstance(value, str)
    if operator in ("equals", "not_equals", "in", "not_in"):
        if isinstance(value, (list, dict)):
            return None
        wanted = argument if operator in ("in", "not_in") else [argument]
        return _is_in(value, wanted) is (operator in ("equals", "in"))
    if operator in _NUMBERS:
        if not is_number or not isinstance(argument, (int, float)) or isinstance(argument, bool):
            return None
        return _NUMBERS[operator](value, argument)
    if operator in ("before", "after", "within"):
        return _by_days(operator, value, argument) if is_text else None
    if operator == "matches":
        return re.search(argument, value) is not None if is_text else None
    if operator == "mentions":
        return _mentions(value, argument["words"], argument.get("language")) if is_text else None
    if operator.startswith("length_"):
        return _NUMBERS[operator.removeprefix("length_")](len(value), argument) if is_text else None
    if operator == "contains" and is_text:
        return str(argument).casefold() in value.casefold()
    if not isinstance(value, list):
        return None
    if operator.startswith("count_"):
        return _NUMBERS[operator.removeprefix("count_")](len(value), argument)
    return _of_members(operator, value, argument, text=text)


def _of_members(operator: str, value: Sequence[Any], argument: Any, *, text: bool) -> Verdict:
    open_items = [item is UNKNOWN or (not text and _is_filled_in_later(item)) for item in value]
    known = [item for item, is_open in zip(value, open_items, strict=True) if not is_open]
    wanted = [argument] if operator == "contains" else argument
    if operator == "subset_of":
        result = all(_is_in(item, wanted) for item in known)
        return None if result and any(open_items) else result
    found = [_is_in(item, known) for item in wanted]
    result = all(found) if operator == "contains_all" else any(found)
    return None if not result and any(open_items) else result


def _is_in(value: Any, known: Sequence[Any]) -> bool:
    return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in known)


def _by_days(operator: str, value: str, argument: Any) -> Verdict:
    written = [value, argument["after"] if operator == "within" else argument]
    days = []
    for text in written:
        found = re.match(r"\d{4}-\d\d-\d\d(?=[Tt ]|\Z)", text.strip(), re.ASCII) if isinstance(text, str) else None
        try:
            days.append(date.fromisoformat(found[0]) if found else None)
        except ValueError:
            days.append(None)
    own, other = days
    if own is None or other is None:
        return None
    if operator == "within":
        return timedelta(0) <= own - other < timedelta(argument["days"])
    return own < other if operator == "before" else own > other


def _mentions(text: str, words: Mapping[str, Sequence[str]], language: Any) -> Verdict:
    if language is not None and language is not UNKNOWN:
        if not isinstance(language, str):
            return None
        code = language.lower().replace("_", "-").split("-")[0]
        if code not in words:
            return None
        words = {code: words[code]}
    return any(_holds(_folded(text), _folded(word)) for listed in words.values() for word in listed)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").split())


def _holds(text: str, word: str) -> bool:
    """Tell whether a text holds a word, whole; an underscore between letters goes on with the word."""
    at = text.find(word)
    while at >= 0:
        before, after = text[:at][::-1], text[at + len(word) :]
        if not (_is_letter(word[0]) and _goes_on(before)) and not (_is_letter(word[-1]) and _goes_on(after)):
            return True
        at = text.find(word, at + 1)
    return False


def _goes_on(rest: str) -> bool:
    return _is_letter(rest[:1]) or (rest[:1] == "_" and _is_letter(rest[1:2]))


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or (sign != "" and unicodedata.category(sign) in ("Mn", "Mc") and _is_of_words(ord(sign)))


def _is_of_words(code: int) -> bool:
    """Tell whether a sign is one of the vowel signs of Arabic and Devanagari."""
    spans = ((0x610, 0x61A), (0x64B, 0x65F), (0x900, 0x903), (0x93A, 0x94F))
    return any(first <= code <= last for first, last in spans)


# --- three-valued logic -------------------------------------------------------------------------------------------


def _and(verdicts: Sequence[Verdict]) -> Verdict:
    return False if False in verdicts else None if None in verdicts else True


def _or(verdicts: Sequence[Verdict]) -> Verdict:
    return _not(_and([_not(verdict) for verdict in verdicts]))


def _not(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def _agreed(verdicts: Iterator[bool]) -> Verdict:
    found = set(verdicts)
    return found.pop() if len(found) == 1 else None
