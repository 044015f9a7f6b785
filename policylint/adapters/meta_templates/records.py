"""The entries of a store → campaign records, with the places of their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from policylint.adapters.meta_templates import CARRIES
from policylint.adapters.meta_templates.components import NOT_META, Part, parts_of
from policylint.adapters.meta_templates.entries import Entry, Shape, decoded_json
from policylint.adapters.meta_templates.versions import Fields, Found, first_of, versions_of
from policylint.adapters.meta_templates.words import CATEGORIES, CATEGORY_FIELDS, KEYS, META_NAME, NAMES, STATUS_FIELDS
from policylint.model.campaign import Campaign
from policylint.model.source import Place, Unknown
from policylint.record import fill_unknown

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

_METAS_OWN = ("parameter_format", "allow_category_change", "message_send_ttl_seconds")
"""Fields of the record's template that only a store in Meta's shape has a place for."""

_MESSAGE: Pointer = ("messages", 0)
_TEMPLATE: Pointer = (*_MESSAGE, "template")
_COMPONENTS: Pointer = (*_TEMPLATE, "components")

_NO_TEXTS = Unknown("the file holds no texts of templates")
_FROM_LIBRARY = Unknown("the text stands in Meta's template library")
_NAME_FOR_PEOPLE = Unknown("the file gives a name for people only")


def campaigns_of(document: Document, entry: Entry, shape: Shape) -> Iterator[Campaign]:
    """Yield the record of each language of an entry."""
    for fields in versions_of(entry, document):
        yield _Draft(document, entry, fields, shape).campaign()


class _Draft:
    """A record under construction, with the places of its values."""

    def __init__(self, document: Document, entry: Entry, fields: Fields, shape: Shape) -> None:
        self.document = document
        self.entry = entry
        self.fields = fields
        self.shape = shape
        self.places: dict[Pointer, Place] = {}
        self.place((), entry.pointer)

    def place(self, path: Pointer, pointer: Pointer) -> None:
        """Note where the value at a record path stands."""
        self.places[path] = Place(self.document, pointer)

    def campaign(self) -> Campaign:
        """Return the record."""
        name, display_name = self.name()
        self.place(("campaign",), name.pointer)
        template: dict[str, Any] = {}
        message: dict[str, Any] = {"kind": "template", "template": template}
        record: dict[str, Any] = {
            "campaign": self.id_of(name, display_name),
            "kind": "template",
            "channel": "whatsapp",
            "sender": {"product": "business_platform"},
            "messages": [message],
        }
        if display_name is not None:
            record["name"] = display_name.value
            self.place(("name",), display_name.pointer)
        # What is left out is reported where the template begins to say who it is.
        self.place(_MESSAGE, name.pointer)
        self.fill(template, (*_TEMPLATE, "name"), name)
        self.category(message, template)
        self.fill(message, (*_MESSAGE, "language"), self.fields.get("language"))
        self.fill(template, (*_TEMPLATE, "status"), first_of(self.fields, STATUS_FIELDS))
        for field in _METAS_OWN:
            self.fill(template, (*_TEMPLATE, field), self.fields.get(field))
        in_metas_shape = self.components(template)
        carried = [f"messages.template.{field}" for field in _METAS_OWN] if in_metas_shape else []
        fill_unknown(record, [*CARRIES, *carried])
        return Campaign(record, self.document, "meta-templates", self.places, notes=self.shape.notes)

    def name(self) -> tuple[Found, Found | None]:
        """Return the template's name at Meta, and a name for people where the store has one of its own."""
        found = first_of(self.fields, NAMES)
        by_key = self.key()
        if found is None:
            return by_key or Found(None, self.entry.pointer), None
        if "components" in self.fields or not isinstance(found.value, str) or META_NAME.match(found.value):
            return found, None
        others = [*(self.fields.get(name) for name in KEYS), by_key]
        for other in others:
            if other is not None and isinstance(other.value, str) and META_NAME.match(other.value):
                return other, found
        if re.search(r"\s", found.value.strip()):
            return Found(_NAME_FOR_PEOPLE, found.pointer), found
        return found, None

    def key(self) -> Found | None:
        """Return the key that names the template: its own, or the one above that of its language."""
        pointer = self.entry.pointer
        if self.entry.key is None:
            return None
        return Found(self.entry.key, pointer if pointer[-1] == self.entry.key else pointer[:-1])

    def id_of(self, name: Found, display_name: Found | None) -> str:
        """Return an id that a reader recognises the template by."""
        candidates = [name, display_name, self.fields.get("id")]
        texts = [str(found.value) for found in candidates if found is not None and isinstance(found.value, (str, int))]
        return texts[0] if texts else "template"

    def fill(self, target: dict[str, Any], path: Pointer, found: Found | None) -> None:
        """Put a value into the record, or note that the template lacks it."""
        if found is not None and found.value is not None:
            target[str(path[-1])] = _taken(found.value, path)
            self.place(path, found.pointer)
        elif path not in self.places:
            # What is missing is reported where the template says who it is.
            self.place(path, self.places["campaign",].pointer)

    def category(self, message: dict[str, Any], template: dict[str, Any]) -> None:
        """Put the category into the record: as one of Meta's three, else as declared."""
        found = first_of(self.fields, CATEGORY_FIELDS)
        if found is not None and not isinstance(found.value, (str, Unknown)):
            found = Found(NOT_META, found.pointer)
        declared = found is not None and isinstance(found.value, str) and found.value.lower() not in CATEGORIES
        self.fill(template, (*_TEMPLATE, "declared_category"), found if declared else None)
        self.fill(message, (*_MESSAGE, "category"), None if declared else found)

    def components(self, template: dict[str, Any]) -> bool:
        """Put the components into the record; tell whether the template has a place for them in Meta's shape."""
        found = self.fields.get("components")
        if found is None:
            parts = parts_of(self.fields, self.shape)
            value = self.laid_out(parts) if parts else self.without_components()
            self.fill(template, _COMPONENTS, Found(value, self.places["campaign",].pointer))
            return False
        value, span = found.value, None
        if isinstance(value, str) and isinstance(decoded := decoded_json(value), list):
            value, span = decoded, (0, len(value))
        if not isinstance(value, list) or not all(isinstance(item, (dict, Unknown)) or item is None for item in value):
            value = value if isinstance(value, Unknown) else NOT_META
        template["components"] = value
        self.places[_COMPONENTS] = Place(self.document, found.pointer, span)
        return True

    def without_components(self) -> Unknown | None:
        """Return what stands for the components of a template without any."""
        if "library_template_name" in self.fields:
            return _FROM_LIBRARY
        return None if self.shape.texts else _NO_TEXTS

    def laid_out(self, parts: list[Part]) -> list[Any]:
        """Return parts as components, and note where each of their values stands."""
        for index, part in enumerate(parts):
            self.place((*_COMPONENTS, index), part.pointer)
            for path, pointer in part.pointers.items():
                self.place((*_COMPONENTS, index, *path), pointer)
        return [part.component for part in parts]


def _taken(value: Any, path: Pointer) -> Any:
    """Return a value as the record may hold it at a path; unknown where it is of another type."""
    if path == _COMPONENTS or isinstance(value, Unknown):
        return value
    if path[-1] == "allow_category_change":
        return value if isinstance(value, (bool, str)) else NOT_META
    if path[-1] == "message_send_ttl_seconds":
        return value if isinstance(value, (int, str)) and not isinstance(value, bool) else NOT_META
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else NOT_META
