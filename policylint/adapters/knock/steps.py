"""Plain data → the steps of a workflow or a broadcast, each with the texts of its template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policylint.adapters.drafts import mapping, mappings, text_of
from policylint.model.phrase import phrase
from policylint.model.source import Document, Pointer, Unknown
from policylint.model.tuples import NamedTuple


def is_workflow(data: Any) -> bool:
    """Tell whether plain data is a workflow or a broadcast."""
    if not isinstance(data, dict) or not isinstance(data.get("steps"), list):
        return False
    schema = data.get("$schema")
    if isinstance(schema, str) and "schemas.knock.app" in schema:
        return True
    return any(_is_channel_step(step) for _, step in steps_of(data["steps"], ("steps",)))


def _is_channel_step(step: Mapping[str, Any]) -> bool:
    fields = ("channel_key", "channel_group_key", "channel_type", "guide_key")
    return step.get("type") == "channel" and any(isinstance(step.get(field), str) for field in fields)


def steps_of(steps: Any, at: Pointer) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Yield the steps in their order, those of branches and cohorts too."""
    for index, step in mappings(steps):
        yield (*at, index), step
        for holder in ("branches", "cohort_branches"):
            for branch_index, branch in mappings(step.get(holder)):
                yield from steps_of(branch.get("steps"), (*at, index, holder, branch_index, "steps"))


class Content(NamedTuple):
    """A text of a template: as written, or from the file beside the workflow."""

    text: str | Unknown
    at: Pointer
    side: Document | None


class Step(NamedTuple):
    """A step of a workflow and where it stands."""

    document: Document
    at: Pointer
    fields: Mapping[str, Any]

    @property
    def named_at(self) -> Pointer:
        """Where it says what it is called."""
        found = text_of(self.fields, "ref", "name")
        return (*self.at, found[0]) if found else self.at

    @property
    def template(self) -> tuple[Mapping[str, Any], Pointer]:
        """Its template and where that stands; in older files the one of the default language."""
        fields, at = mapping(self.fields.get("template")), (*self.at, "template")
        if isinstance(fields.get("default"), dict):
            return fields["default"], (*at, "default")
        return fields, at

    def content(self, *names: str) -> Content | None:
        """Return the first text of the template that there is: inline, or in a file that its ``@`` field names."""
        fields, at = self.template
        for name in names:
            if isinstance(fields.get(name), str) and fields[name].strip():
                return Content(fields[name], (*at, name), None)
            path = fields.get(f"{name}@")
            if isinstance(path, str) and path:
                side = self.document.beside(path)
                text = (
                    side.text if side else Unknown(phrase("the text stands in {path}, which cannot be read", path=path))
                )
                return Content(text, (*at, f"{name}@"), side)
        return None
