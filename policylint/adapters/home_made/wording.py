"""What a campaign says → the messages of its record: texts, templates, what is known of a text that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, readable
from policylint.adapters.home_made import values, words
from policylint.adapters.home_made.signs import Field, is_file
from policylint.adapters.home_made.words import plain
from policylint.model.source import Pointer, Unknown

if TYPE_CHECKING:
    from policylint.model.source import Document

_ELSEWHERE = Unknown("the text stands in another file")
_GENERATED = Unknown("an AI writes the text from a prompt")
_NAME_OR_TEXT = Unknown("a short text, or the name of a template")


class Wording:
    """The messages of one record."""

    def __init__(self, draft: Draft, fields: Sequence[Field]) -> None:
        """Keep the record, of which channel and audience are known, and what the file says, the nearest first."""
        self.draft = draft
        self.fields = fields
        self.channel: str | Unknown = draft.data["channel"]

    def put(self) -> None:
        """Put the messages: the text, the template, or both where the file has one for open windows and one for not."""
        written = [field for field in self.fields if field.role == words.WINDOW_TEXT and isinstance(field.value, str)]
        template = self.template()
        texts = self.texts() if template is None else ()
        for index, (text, at) in enumerate([*((field.value, field.pointer) for field in written), *texts]):
            window = "customer_service" if index < len(written) else None
            self.message("freeform", readable(text), at, window)
        if template is not None:
            name, at = template
            index = self.message("template", None, at)
            self.draft.put(("messages", index, "template"), {"name": name})
            self.draft.point(("messages", index, "template", "name"), at)
        elif not written and not texts:
            self.unseen()
        self.language()

    def first(self, *roles: str) -> Field | None:
        """Return the nearest field of one of some meanings."""
        return next((field for field in self.fields if field.role in roles), None)

    def message(self, kind: Any, body: Any, at: Pointer, window: str | None = None) -> int:
        """Put one message and return its index."""
        draft = self.draft
        index = len(draft.data.get("messages") or ())
        draft.put(("messages", index, "kind"), kind, at)
        draft.put(("messages", index, "body"), body, at)
        if isinstance(body, Unknown):
            draft.put(("messages", index, "text_from"), self.origin(body), at)
        draft.point(("messages", index), at)
        draft.places.setdefault(("messages",), draft.places["messages", index])
        if self.channel == "email" or isinstance(self.channel, Unknown):
            self.subject(index)
        draft.put(("messages", index, "template"), None)
        if window is None and self.channel == "whatsapp" and draft.data.get("direction") == "push":
            several = draft.data["audience"]["selection"] in ("list", "segment")
            window = "none" if several else None
        if window is not None:
            draft.put(("messages", index, "window"), window, at)
        return index

    def origin(self, body: Unknown) -> str | Unknown:
        """Return where a text comes from that the file does not hold."""
        if body is _GENERATED:
            return "model"
        return "elsewhere" if body is _ELSEWHERE and self.channel in ("email", "sms") else body

    def subject(self, index: int) -> None:
        """Put the subject of an e-mail, the first where there are several to try."""
        field = self.first(words.SUBJECT)
        if field is None:
            return
        several = isinstance(field.value, list) and bool(field.value)
        subject = field.value[0] if several else field.value
        if isinstance(subject, str):
            at = (*field.pointer, 0) if several else field.pointer
            self.draft.put(("messages", index, "subject"), subject, at)

    def template(self) -> tuple[str, Pointer] | None:
        """Return name and place of the template that the message is sent with, or None."""
        if self.channel != "whatsapp" and not isinstance(self.channel, Unknown):
            return None
        for field in self.fields:
            if not isinstance(field.value, str):
                continue
            named = field.role == words.TEMPLATE_NAME or (field.role == words.NAME and field.group == words.TEMPLATE)
            reference = field.role == words.TEMPLATE and values.TEMPLATE_NAME.match(field.value)
            if named or (reference and self.channel == "whatsapp"):
                return field.value, field.pointer
        return None

    def texts(self) -> Sequence[tuple[str, Pointer]]:
        """Return the texts of the message: plain text before HTML, each item of a list."""
        fields = [field for field in self.fields if field.role == words.TEXT and isinstance(field.value, (str, list))]
        fields.sort(key=lambda field: "html" in plain(field.key))
        for field in fields:
            if isinstance(field.value, str):
                return [(field.value, field.pointer)]
            return [(text, (*field.pointer, index)) for index, text in enumerate(field.value)]
        return ()

    def unseen(self) -> None:
        """Put a message whose text the file does not hold: that of a file beside it where there is one."""
        prompt = self.first(words.PROMPT)
        if prompt is not None:
            self.message("freeform", _GENERATED, prompt.pointer)
            return
        shown = self.first(words.TEMPLATE, words.TEMPLATE_NAME, words.SUBJECT, words.VARIABLES)
        at = self.draft.places[()].pointer if shown is None else shown.pointer
        side = self.beside(shown)
        if side is not None:
            index = self.message("freeform", readable(side.text), at)
            self.draft.put_beside(("messages", index, "body"), readable(side.text), side)
            return
        from_table = self.first(words.COLUMN) is not None and shown is not None and shown.role == words.VARIABLES
        kind: Any = "template" if from_table else _NAME_OR_TEXT if self.channel != "email" else _ELSEWHERE
        self.message(kind, None if from_table else _ELSEWHERE, at)

    def beside(self, shown: Field | None) -> Document | None:
        """Return the file with the text, where the file names one in its folder or below."""
        named = shown is not None and shown.role == words.TEMPLATE and isinstance(shown.value, str)
        return self.draft.document.beside(shown.value) if named and shown and is_file(shown.value) else None

    def language(self) -> None:
        """Put the language of the messages, and their category at Meta."""
        language, category = self.first(words.LANGUAGE), self.first(words.CATEGORY)
        for index in range(len(self.draft.data.get("messages") or ())):
            if language is not None and isinstance(language.value, str):
                self.draft.put(("messages", index, "language"), language.value, language.pointer)
            if category is not None and isinstance(category.value, str) and category.value.lower() in values.CATEGORIES:
                self.draft.put(("messages", index, "category"), category.value.lower(), category.pointer)
