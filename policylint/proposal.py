"""A campaign file in no known shape → an entry for ``sources:`` that maps it; what could not be mapped as comments.

The entry is tried on the file before it is shown: what a value of the file contradicts is left out, with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from policylint.adapters.home_made import values as meanings
from policylint.adapters.home_made import words
from policylint.adapters.home_made.signs import is_reference
from policylint.adapters.home_made.words import plain, role_of
from policylint.config import configuration_in
from policylint.errors import UsageError
from policylint.mapping import FilePath, RecordPath, file_path, found, record_paths, sources_of, written
from policylint.model.source import Document, Pointer, Unknown, value_at
from policylint.model.tuples import NamedTuple
from policylint.sources import adapted

_FIELDS: dict[str, str] = {
    words.IDENTIFIER: "campaign",
    words.NAME: "name",
    words.ENABLED: "enabled",
    words.STATUS: "enabled",
    words.PURPOSE: "purpose",
    words.CHANNEL: "channel",
    words.TEXT: "messages.body",
    words.TEMPLATE: "messages.body",
    words.WINDOW_TEXT: "messages.body",
    words.SUBJECT: "messages.subject",
    words.TEMPLATE_NAME: "messages.template.name",
    words.LANGUAGE: "messages.language",
    words.CATEGORY: "messages.category",
    words.COUNT: "audience.size",
    words.COUNTRY: "audience.countries",
    words.START: "schedule.start",
    words.FIRST_DAY: "schedule.start",
    words.END: "schedule.end",
    words.RECURRENCE: "schedule.recurrence",
    words.ZONE: "schedule.timezone",
    words.DAILY: "schedule.daily_maximum",
    words.KEYWORDS: "opt_out.keywords",
    words.OPT_OUT: "opt_out.keywords",
    words.OPT_IN: "consent.obtained",
    words.SUPPRESSION: "audience.suppression_lists",
    words.SENDER_NAME: "sender.display_name",
    words.PROVIDER: "sender.provider",
}
"""What a key means → the field of the record that may say it."""
_GROUPED: dict[tuple[str, str], str] = {
    (words.AUDIENCE, "mode"): "audience.selection",
    (words.AUDIENCE, "type"): "audience.selection",
    (words.TEMPLATE, "name"): "messages.template.name",
}
_SHARED = frozenset({words.ZONE, words.DAILY, words.LANGUAGE, words.SENDER_NAME, words.PROVIDER, words.CHANNEL})
"""What the document may say once for all of its campaigns."""
_TELLING_NOTHING = frozenset({"campaign", "name", "enabled", "purpose", "sender.provider", "audience.countries"})
"""Fields that many files have which are no campaigns."""
_SIGNS = frozenset(
    (
        *(words.TEXT, words.WINDOW_TEXT, words.PROMPT, words.SUBJECT, words.TEMPLATE, words.TEMPLATE_NAME),
        *(words.RECIPIENTS, words.AUDIENCE, words.ADDRESS, words.COUNT, words.WAIT, words.DAILY, words.SPACING),
        *(words.LEAST, words.PACE, words.OPT_OUT, words.OPT_IN, words.CHANNEL),
    )
)
_OF_MESSAGES = frozenset({words.TEXT, words.SUBJECT, words.TEMPLATE_NAME, words.LANGUAGE, words.CATEGORY})
_ONLY_IN_THEIR_GROUP = {words.KEYWORDS: words.OPT_OUT}
_SELECTIONS = {
    **dict.fromkeys(("all", "everyone", "list", "contacts", "todos", "alle"), "list"),
    **dict.fromkeys(("tag", "tags", "segment", "filter", "segmento"), "segment"),
}
_DEPTH = 3
"""How deep below the document its campaigns are looked for, and below a campaign its values."""
_LOOKED_AT = 200
"""Campaigns that are looked at for what their keys mean; all are tried in the end."""
_ORDER = {".".join(path): place for place, path in enumerate(record_paths())}


class Proposal(NamedTuple):
    """A configuration that maps a file."""

    text: str
    """YAML."""
    campaigns: int
    """How many it finds in the file."""


class _Value(NamedTuple):
    """A path below the campaigns, and what stands there."""

    steps: tuple[str | int | None, ...]
    samples: tuple[Any, ...]
    roles: tuple[str | None, ...]
    """What each key on the way means."""


class _Entry(NamedTuple):
    """An entry under construction."""

    each: tuple[str | int | None, ...]
    fields: dict[str, str]
    """Field of the record → path in the file."""
    shares: dict[str, float]
    """Field of the record → in how many of the campaigns the file has it, from 0 to 1."""
    translations: dict[str, dict[str, Any]]
    left_out: dict[str, str]
    """Path in the file → why it is not mapped."""
    campaigns: int
    signs: int
    """How many of its values speak of messages, of people or of a pace."""


def propose(document: Document, files: str) -> Proposal:
    """Return a configuration that maps a document.

    Args:
        document: The file, parsed.
        files: Its path, from the folder of the configuration.

    Raises:
        UsageError: Nothing in the document reads like campaigns.

    """
    places = _places(document.data) if isinstance(document.data, (dict, list)) else ()
    candidates = [_drafted(document.data, each) for each in places]
    best = max(candidates, key=lambda one: (sum(one.shares.values()), one.campaigns), default=None)
    while best is not None and best.fields and (best.fields.keys() - _TELLING_NOTHING or best.signs > 1):
        text = _text(best, document, files)
        made, wrong = _tried(text, document)
        if not wrong:
            return Proposal(_headed(text, document.path, made), made)
        for name, why in wrong.items():
            path = best.fields.pop(name)
            best.translations.pop(name, None)
            best.left_out[path] = why
    hint = "name the fields by hand: see `sources:` in README.md"
    raise UsageError(f"nothing in {document.path} reads like campaigns", hint)


# --- where the campaigns are --------------------------------------------------------------------------------------


def _places(data: Any, at: tuple[str | int | None, ...] = ()) -> Iterator[tuple[str | int | None, ...]]:
    """Yield the paths at which every item may be a campaign."""
    if isinstance(data, list):
        if data and all(isinstance(item, dict) for item in data):
            yield (*at, None)
        return
    if None not in at:
        yield at
    members = list(data.values())
    if members and all(isinstance(member, dict) for member in members):
        yield (*at, None)
        for key in dict.fromkeys(key for member in members[:_LOOKED_AT] for key in member):
            if all(_holds_mappings(member.get(key)) for member in members):
                yield (*at, None, key, None)
    if len(at) < _DEPTH:
        for key, value in data.items():
            if isinstance(value, (dict, list)) and file_path(written([key])) is not None:
                yield from _places(value, (*at, key))


def _holds_mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _drafted(data: Any, each: tuple[str | int | None, ...]) -> _Entry:
    entries = [value_at(data, at) for at in islice(found(data, FilePath("", each)), _LOOKED_AT)]
    values = _values(entries)
    signs = sum(value.roles[-1] in _SIGNS for value in values)
    entry = _Entry(each, {}, {}, {}, {}, len(entries), signs)
    for value in values:
        _map(entry, value, "")
    if each and isinstance(data, dict):
        for value in _values([{key: member for key, member in data.items() if key != each[0]}], depth=2):
            if value.roles[-1] in _SHARED and _field_of(value) not in entry.fields:
                _map(entry, value, "$.")
    by_name = each[-1:] == (None,) and isinstance(next(iter(_holders(data, each)), None), dict)
    if by_name:
        entry.fields["campaign"] = "@key"
    return entry


def _holders(data: Any, each: tuple[str | int | None, ...]) -> Iterator[Any]:
    return (value_at(data, at) for at in found(data, FilePath("", each[:-1])))


# --- which value is which field -----------------------------------------------------------------------------------


def _values(entries: Sequence[Any], depth: int = _DEPTH) -> list[_Value]:
    """Return the paths below some mappings, in the order of the file, each with what stands there."""
    samples: dict[tuple[str | int | None, ...], list[Any]] = {}

    def walk(value: Any, steps: tuple[str | int | None, ...]) -> None:
        if isinstance(value, dict) and len(steps) < depth:
            for key, inner in value.items():
                walk(inner, (*steps, key))
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value) and len(steps) < depth:
            for item in value:
                for key, inner in item.items() if isinstance(item, dict) else ():
                    walk(inner, (*steps, None, key))
        elif steps:
            samples.setdefault(steps, []).append(value)

    for entry in entries:
        walk(entry, ())
    return [
        _Value(steps, tuple(found_there), tuple(role_of(step) for step in steps if isinstance(step, str)))
        for steps, found_there in samples.items()
    ]


def _field_of(value: _Value) -> str | None:
    """Return the field of the record that a value may say, or None."""
    role, above = value.roles[-1], value.roles[:-1]
    key = plain(str(value.steps[-1]))
    if above and above[-1] is not None and (above[-1], key) in _GROUPED:
        return _GROUPED[above[-1], key]
    if role is None or (role in _ONLY_IN_THEIR_GROUP and _ONLY_IN_THEIR_GROUP[role] not in above):
        return None
    if role in (words.IDENTIFIER, words.NAME, words.ENABLED, words.STATUS, words.PURPOSE) and above:
        return None
    if None in value.steps and not (role in _OF_MESSAGES and _is_of_steps(value)):
        return None
    shown = next((sample for sample in value.samples if sample is not None), None)
    if role == words.TEMPLATE and not (isinstance(shown, str) and not is_reference(shown)):
        return None
    if role == words.SCHEDULE and isinstance(shown, str):
        return "schedule.start" if meanings.DAY.match(shown) else "schedule.recurrence" if "*" in shown else None
    if role == words.OPT_OUT and isinstance(shown, bool):
        return "opt_out.in_message"
    if role == words.OPT_OUT and isinstance(shown, str):
        return "opt_out.url" if re.match(r"https?://", shown) else None
    if role == words.OPT_IN and isinstance(shown, str):
        return "consent.source" if "source" in key else "consent.evidence"
    return _FIELDS.get(role)


def _is_of_steps(value: _Value) -> bool:
    """Tell whether a value stands in the items of a list of messages."""
    holder = value.steps[value.steps.index(None) - 1] if value.steps.index(None) else None
    return isinstance(holder, str) and plain(holder) in words.ALSO_STEPS


def _map(entry: _Entry, value: _Value, start: str) -> None:
    """Put a value into an entry, or among what is left out."""
    path = start + written(value.steps)
    parsed = file_path(path)
    field = _field_of(value)
    seen = [sample for sample in value.samples if sample is not None]
    if parsed is None or parsed.steps != value.steps or parsed.is_key:
        return
    if field is None or not seen:
        entry.left_out.setdefault(path, "" if seen else "nothing stands there")
    elif field in entry.fields:
        entry.left_out.setdefault(path, f"{field} is taken from {entry.fields[field]}")
    else:
        entry.fields[field] = path
        share = 1.0 if start else min(1.0, len(seen) / max(1, entry.campaigns))
        entry.shares[field] = share / 2 if None in value.roles[:-1] else share
        translation = _translation(field, seen)
        if translation:
            entry.translations[field] = translation


def _translation(field: str, samples: Iterable[Any]) -> dict[str, Any]:
    """Return what the values of a field mean, for those that the record writes otherwise."""
    found_meanings: dict[str, Any] = {}
    for sample in samples:
        if not isinstance(sample, str):
            continue
        meaning: Any = None
        word = plain(sample)
        if field == "enabled":
            meaning = False if word in meanings.OFF else True if word in meanings.ON else None
        elif field == "purpose":
            meaning = meanings.PURPOSES.get(word)
        elif field == "channel":
            meaning = words.CHANNELS.get(word)
        elif field == "audience.selection":
            meaning = _SELECTIONS.get(word)
        read_as = sample.lower() if field == "channel" else sample
        if meaning is not None and meaning != read_as:
            found_meanings[sample] = meaning
    return found_meanings


# --- trying it ----------------------------------------------------------------------------------------------------


def _tried(text: str, document: Document) -> tuple[int, dict[str, str]]:
    """Return how many campaigns an entry makes of a document, and which of its fields do not fit, each with why."""
    configuration = configuration_in(text.encode(), "the proposal")
    (source,) = sources_of(configuration.document, configuration.data)
    made = adapted(document, [source])
    names = dict(zip(source.fields, configuration.data["sources"][0]["map"], strict=True))
    wrong: dict[str, str] = {}
    for problem in made.problems:
        for campaign in made.campaigns:
            path = _path_at(campaign.places, problem.pointer)
            if path in names:
                wrong.setdefault(names[path], problem.message)
                break
    return len(made.campaigns), wrong


def _path_at(places: Mapping[Pointer, Any], pointer: Pointer) -> RecordPath:
    """Return the field of the record whose value stands at a place of the file, or an empty path."""
    at = [
        (len(place.pointer), path)
        for path, place in places.items()
        if path and place.span is None and pointer[: len(place.pointer)] == place.pointer
    ]
    path = max(at, key=lambda one: (one[0], len(one[1])))[1] if at else ()
    return tuple(step for step in path if isinstance(step, str))


# --- as text ------------------------------------------------------------------------------------------------------


def _headed(text: str, path: str, campaigns: int) -> str:
    said = f"{campaigns} campaign{'' if campaigns == 1 else 's'}"
    return f"# Proposed by `policylint init --from {_line(path)}`: {said}. Read it before you keep it.\n{text}"


def _text(entry: _Entry, document: Document, files: str) -> str:
    lines = ["sources:", f"  - files: {_scalar(files)}"]
    if entry.each:
        lines.append(f"    each: {_scalar(written(entry.each))}")
    lines.append("    map:")
    fields = sorted(entry.fields.items(), key=lambda one: _ORDER[one[0]])
    lines.extend(f"      {name}: {_scalar(path)}" for name, path in fields)
    if entry.translations:
        lines.append("    values:")
        for name, values in entry.translations.items():
            pairs = ", ".join(f"{_scalar(value)}: {json.dumps(meaning)}" for value, meaning in values.items())
            lines.append(f"      {name}: {{{pairs}}}")
    lines.extend(_hints(entry))
    if entry.left_out:
        lines.append("    # Not mapped:")
        lines.extend(f"    #   {_left_out(path, why, entry, document)}" for path, why in entry.left_out.items())
    return "\n".join(lines) + "\n"


def _hints(entry: _Entry) -> Iterator[str]:
    """Yield as comments what such files rarely say."""
    yield "    # What holds for all of these campaigns and stands in none of them:"
    yield "    # defaults:"
    if "channel" not in entry.fields:
        yield "    #   channel: whatsapp"
    if any(role_of(path.rpartition(".")[2]) == words.RECIPIENTS for path in entry.left_out):
        yield "    #   audience: {selection: list}"
    yield "    #   sender: {product: business_platform}   # or consumer_app, business_app, channel"
    yield "    #   message: {kind: freeform}              # or template"


def _left_out(path: str, why: str, entry: _Entry, document: Document) -> str:
    parsed = file_path(path)
    sample: Any = None
    if parsed is not None:
        starts: list[Pointer] = [()] if parsed.from_root else list(found(document.data, FilePath("", entry.each)))
        shown = (
            value_at(document.data, (*start, *at))
            for start in starts
            for at in found(value_at(document.data, start), parsed)
        )
        sample = next((value for value in shown if value is not None), None)
    said = _line(path) if sample is None else f"{_line(path)}: {_shown(sample)}"
    return f"{said}   ({_line(why)})" if why else said


def _shown(value: Any) -> str:
    if isinstance(value, Unknown):
        return value.why
    if isinstance(value, (dict, list)):
        return f"{'a mapping' if isinstance(value, dict) else 'a list'} of {len(value)}"
    return _line(value if isinstance(value, str) else json.dumps(value))


def _line(text: str) -> str:
    """Return a text on one line, shortened, without what a comment of YAML cannot hold."""
    one = "".join(character if character.isprintable() else " " for character in text)
    one = re.sub(r"\s+", " ", one).strip()
    return one if len(one) <= 60 else f"{one[:57]}…"


_PLAIN_SCALAR = re.compile(r"[A-Za-z_][\w./-]*\Z", re.ASCII)
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def _scalar(text: str) -> str:
    """Return a text as YAML writes it."""
    if _PLAIN_SCALAR.match(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)
