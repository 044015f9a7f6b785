"""Fields of a template in a shape of its own → components as Meta writes them, with the places of their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.meta_templates.entries import Shape
from policylint.adapters.meta_templates.versions import Fields, Found, fields_of, first_of
from policylint.adapters.meta_templates.words import BUTTON_FIELDS, SAMPLE_FIELDS, TEXT_FIELDS
from policylint.model.source import Unknown
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.adapters.meta_templates.entries import Shape
    from policylint.model.source import Pointer

NOT_META = Unknown("not in Meta's shape")
_NO_SAMPLES = Unknown("the file has no place for sample values")

_MEDIA = frozenset(["image", "video", "gif", "document", "location"])
_BUTTON_TYPES = {
    "call": "PHONE_NUMBER",
    "catalog": "CATALOG",
    "copy_code": "COPY_CODE",
    "flow": "FLOW",
    "link": "URL",
    "mpm": "MPM",
    "otp": "OTP",
    "phone": "PHONE_NUMBER",
    "phone_number": "PHONE_NUMBER",
    "quick_reply": "QUICK_REPLY",
    "quickreply": "QUICK_REPLY",
    "reply": "QUICK_REPLY",
    "spm": "SPM",
    "url": "URL",
    "voice_call": "VOICE_CALL",
    "website": "URL",
}
_BUTTON_FIELDS_TAKEN = {
    "text": ("text", "label", "title"),
    "url": ("url", "link"),
    "phone_number": ("phone_number", "phone"),
    "example": ("example", "sample", "sample_value", "sampleValue"),
}
"""Fields of a button at Meta, and the names that stores give them."""


class Part(NamedTuple):
    """A component built from fields of another shape, and where its values stand."""

    component: dict[str, Any]
    pointer: Pointer
    pointers: Mapping[Pointer, Pointer]
    """Path below the component → place of its value."""


def parts_of(fields: Fields, shape: Shape) -> list[Part]:
    """Return the components that a template's own fields make up."""
    return [
        part
        for part in (
            _header(fields),
            _body(fields, shape),
            _text_part("FOOTER", fields.get("footer")),
            _buttons(fields, shape),
        )
        if part is not None
    ]


def _says_nothing(found: Found | None) -> bool:
    return found is None or found.value in ("", False, [], {}) or str(found.value).lower() == "none"


def _text_part(kind: str, found: Found | None) -> Part | None:
    """Return a component of one text."""
    if found is None or _says_nothing(found):
        return None
    text = found
    if isinstance(found.value, dict):
        inner = first_of(fields_of(found.value, found.pointer), TEXT_FIELDS)
        text = inner if inner is not None else Found(NOT_META, found.pointer)
    value = text.value if isinstance(text.value, (str, Unknown)) else NOT_META
    return Part({"type": kind, "text": value}, found.pointer, {("type",): found.pointer, ("text",): text.pointer})


def _header(fields: Fields) -> Part | None:
    found = first_of(fields, ("header", "header_text"))
    kind = first_of(fields, ("header_type", "header_format"))
    if found is not None and isinstance(found.value, dict):
        kind = first_of(fields_of(found.value, found.pointer), ("format", "type")) or kind
    elif found is not None and str(found.value).lower() in _MEDIA:
        kind = found
    said = kind.value.lower() if kind is not None and isinstance(kind.value, str) else "text"
    if said in _MEDIA and kind is not None:
        component = {"type": "HEADER", "format": said.upper(), "example": _NO_SAMPLES}
        pointer = found.pointer if found is not None else kind.pointer
        return Part(component, pointer, {("format",): kind.pointer})
    part = _text_part("HEADER", found) if said != "none" else None
    if part is None:
        return None
    return Part({**part.component, "format": "TEXT"}, part.pointer, {**part.pointers, ("format",): part.pointer})


def _body(fields: Fields, shape: Shape) -> Part | None:
    found = first_of(fields, TEXT_FIELDS)
    part = _text_part("BODY", found)
    if part is None or found is None or "{{" not in str(part.component["text"]):
        return part
    names = SAMPLE_FIELDS if "body_param_types" not in fields else (*SAMPLE_FIELDS, "body_params")
    samples = first_of(fields_of(found.value, found.pointer), names) or first_of(fields, names)
    without = None if shape.samples else _NO_SAMPLES
    example = without if samples is None else _example(samples.value)
    pointer = part.pointer if samples is None else samples.pointer
    if example is None:
        return part
    return Part({**part.component, "example": example}, part.pointer, {**part.pointers, ("example",): pointer})


def _example(samples: Any) -> dict[str, Any] | Unknown | None:
    """Return sample values as Meta writes them, or None where there are none."""
    if isinstance(samples, dict) and not samples.keys().isdisjoint(("body_text", "body_text_named_params")):
        return samples
    if isinstance(samples, dict):
        if all(str(name).isdecimal() for name in samples):
            values = [samples[name] for name in sorted(samples, key=int)]
            return {"body_text": [values]} if values else None
        return {"body_text_named_params": [{"param_name": name, "example": value} for name, value in samples.items()]}
    if isinstance(samples, list) and not any(isinstance(item, dict) for item in samples):
        nested = any(isinstance(item, list) for item in samples)
        return {"body_text": samples if nested else [samples]} if samples else None
    return NOT_META


def _buttons(fields: Fields, shape: Shape) -> Part | None:
    found = first_of(fields, BUTTON_FIELDS)
    if found is None or _says_nothing(found):
        return None
    if isinstance(found.value, list):
        items = [Found(item, (*found.pointer, index)) for index, item in enumerate(found.value)]
    else:
        items = [found]
    built = [_button(item, shape) for item in items]
    pointers = {("buttons", index, *path): place for index, (_, own) in enumerate(built) for path, place in own.items()}
    component = {"type": "BUTTONS", "buttons": [button for button, _ in built]}
    return Part(component, found.pointer, {("buttons",): found.pointer, **pointers})


def _button(item: Found, shape: Shape) -> tuple[Any, dict[Pointer, Pointer]]:
    """Return a button in Meta's shape, and where its values stand."""
    places: dict[Pointer, Pointer] = {(): item.pointer}
    if isinstance(item.value, str):
        # A button that is a text and nothing more can only answer with it.
        return {"type": "QUICK_REPLY", "text": item.value}, {**places, ("text",): item.pointer}
    if not isinstance(item.value, dict):
        return NOT_META, places
    fields = fields_of(item.value, item.pointer)
    button: dict[str, Any] = {"type": _button_type(fields)}
    for name, names in _BUTTON_FIELDS_TAKEN.items():
        found = first_of(fields, names)
        if found is not None:
            button[name] = found.value if isinstance(found.value, (str, list, Unknown)) else NOT_META
            places[(name,)] = found.pointer
    if isinstance(button.get("example"), str):
        button["example"] = [button["example"]]
    if "{{" in str(button.get("url")) and "example" not in button and not shape.samples:
        button["example"] = _NO_SAMPLES
    rest = {key: value for key, value in item.value.items() if key not in button}
    return {**rest, **button}, places


def _button_type(fields: Fields) -> Any:
    said = first_of(fields, ("type", "sub_type", "kind"))
    if said is not None and isinstance(said.value, str):
        return _BUTTON_TYPES.get(re.sub(r"[-\s]", "_", said.value.lower()), NOT_META)
    if first_of(fields, ("url", "link")) is not None:
        return "URL"
    return "PHONE_NUMBER" if first_of(fields, ("phone_number", "phone")) is not None else NOT_META
