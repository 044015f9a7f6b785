"""Plain data → the automations, scripts, calls and definitions in it. Small, as recognising a file imports it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.source import Pointer

_DOMAINS = re.compile(
    r"(?:notify|telegram_bot|rest_command|shell_command|\w*(?:whatsapp|callmebot|waha|evolution|green_?api)\w*)\.\w+\Z"
)
_WHATSAPP = re.compile(r"whatsapp|callmebot|waha|evolution|green[-_]?api|ultramsg|whapi|wassenger", re.IGNORECASE)
_DEFINES = ("notify", "rest_command", "shell_command")
# Where steps hold other steps: home-assistant/core, homeassistant/helpers/config_validation.py.
_NESTED = ("actions", "action", "sequence", "choose", "default", "then", "else", "parallel", "repeat")


class Part(NamedTuple):
    """An automation or a script."""

    item: Mapping[str, Any]
    pointer: Pointer
    name: str
    name_at: Pointer | None
    is_automation: bool

    def triggers(self) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
        """Yield what starts it, each with its pointer."""
        for key in ("triggers", "trigger"):
            value = self.item.get(key)
            if isinstance(value, dict):
                yield (*self.pointer, key), value
            for index, item in enumerate(value if isinstance(value, list) else ()):
                if isinstance(item, dict):
                    yield (*self.pointer, key, index), item


class Call(NamedTuple):
    """A step that calls an action."""

    called: str
    """Domain and name, such as ``notify.family``, in small letters."""
    called_at: Pointer
    item: Mapping[str, Any]
    pointer: Pointer
    each: Any
    """What the nearest repetition around it goes through, None where there is none."""
    each_at: Pointer
    off_at: Pointer | None
    """What switches it off."""

    @property
    def may_send(self) -> bool:
        """Tell whether the action is of a kind that can send messages."""
        return _DOMAINS.match(self.called) is not None

    @property
    def domain(self) -> str:
        """What stands before the full stop."""
        return self.called.partition(".")[0]

    @property
    def service(self) -> str:
        """What stands behind the full stop."""
        return self.called.partition(".")[2]


class Definition(NamedTuple):
    """A notifier or a command that a file sets up."""

    called: str
    """How actions call it."""
    item: Any
    pointer: Pointer


def parts(data: Any) -> Iterator[Part]:
    """Yield the automations and scripts of a document, alone, listed, by name or in a package."""
    if isinstance(data, list):
        yield from _listed(data, ())
    if not isinstance(data, dict):
        return
    if _is_part(data):
        yield _part(data, (), "")
        return
    for key, value in data.items():
        if not isinstance(key, str):
            continue
        pointer: Pointer = (key,)
        if key.split(" ")[0] in ("automation", "script"):
            if isinstance(value, list):
                yield from _listed(value, pointer)
            elif isinstance(value, dict) and _is_part(value):
                yield _part(value, pointer, "")
            elif isinstance(value, dict):
                yield from (_part(item, (key, name), str(name)) for name, item in value.items() if _is_part(item))
        elif isinstance(value, dict) and isinstance(value.get("sequence"), (list, dict)):
            yield _part(value, pointer, key)


def _listed(items: list[Any], pointer: Pointer) -> Iterator[Part]:
    for index, item in enumerate(items):
        if _is_part(item):
            yield _part(item, (*pointer, index), "")


def _is_part(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    if isinstance(item.get("sequence"), (list, dict)):
        return True
    has_steps = any(isinstance(item.get(key), (list, dict)) for key in ("actions", "action"))
    return has_steps and any(isinstance(item.get(key), (list, dict)) for key in ("triggers", "trigger"))


def _part(item: Mapping[str, Any], pointer: Pointer, name: str) -> Part:
    blueprint = item.get("blueprint")
    for of, at in ((item, pointer), (blueprint if isinstance(blueprint, dict) else {}, (*pointer, "blueprint"))):
        for key in ("alias", "name"):
            if isinstance(of.get(key), str) and of[key].strip():
                return Part(item, pointer, of[key].strip(), (*at, key), "sequence" not in item)
    return Part(item, pointer, name or "automation", None, "sequence" not in item)


def calls(part: Part) -> Iterator[Call]:
    """Yield the calls of an automation or a script in the order of the file."""
    is_off = part.item.get("initial_state") is False
    off_at: Pointer | None = (*part.pointer, "initial_state") if is_off else None
    pending: list[tuple[Any, Pointer, Any, Pointer, Pointer | None]] = [
        (part.item.get(key), (*part.pointer, key), None, (), off_at) for key in ("sequence", "action", "actions")
    ]
    while pending:
        value, pointer, each, each_at, off_at = pending.pop()
        if isinstance(value, list):
            items = [(item, (*pointer, index), each, each_at, off_at) for index, item in enumerate(value)]
            pending.extend(reversed(items))
        if not isinstance(value, dict):
            continue
        off_at = (*pointer, "enabled") if value.get("enabled") is False else off_at
        key = next((key for key in ("action", "service") if isinstance(value.get(key), str)), None)
        if key is not None:
            yield Call(value[key].strip().lower(), (*pointer, key), value, pointer, each, each_at, off_at)
        if "for_each" in value:
            each, each_at = value["for_each"], (*pointer, "for_each")
        nested = [(value.get(key), (*pointer, key), each, each_at, off_at) for key in _NESTED]
        pending.extend(reversed(nested))


def definitions(data: Any) -> Iterator[Definition]:
    """Yield the notifiers and commands of a document: a list of notifiers, or the keys of a package."""
    if isinstance(data, list):
        yield from _notifiers(data, ())
    for key, value in data.items() if isinstance(data, dict) else ():
        domain = key.split(" ")[0] if isinstance(key, str) else ""
        if domain not in _DEFINES:
            continue
        if domain == "notify":
            yield from _notifiers(value if isinstance(value, list) else [value], (key,))
        elif isinstance(value, dict):
            for name, item in value.items():
                yield Definition(f"{domain}.{name}".lower(), item, (key, name))


def _notifiers(items: list[Any], pointer: Pointer) -> Iterator[Definition]:
    for index, item in enumerate(items):
        if isinstance(item, dict) and isinstance(item.get("platform"), str):
            name = item.get("name")
            slug = re.sub(r"\W+", "_", name.lower()) if isinstance(name, str) else "notify"
            yield Definition(f"notify.{slug}", item, (*pointer, index))


def names_whatsapp(definition: Definition) -> bool:
    """Tell whether a notifier or a command names WhatsApp, or a service that sends over it."""
    item = definition.item
    values = item.values() if isinstance(item, dict) else [item]
    return any(isinstance(value, str) and _WHATSAPP.search(value) for value in values)
