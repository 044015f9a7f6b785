"""Stores of WhatsApp templates, in Meta's shape or near it → one template record for each template and language.

Recognised: mappings with a name, a category and components, a text or languages, in a list, by name or alone, where
enough signs point to Meta. Known: what the store says of a template. Unknown: all about sending, and texts left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.meta_templates.entries import Shape
from policylint.adapters.meta_templates.stores import stores_of
from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

CARRIES = (
    "channel",
    "sender.product",
    "messages.kind",
    "messages.category",
    "messages.language",
    "messages.body",  # a template has no free text, so it is known to be absent
    "messages.template.name",
    "messages.template.status",
    "messages.template.declared_category",
    "messages.template.components",
)


def recognises(document: Document) -> bool:
    """Tell whether a document is a store of WhatsApp templates, or one template."""
    return next(stores_of(document), None) is not None


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return a record for each template and language of a document."""
    from policylint.adapters.meta_templates.records import campaigns_of  # late: most runs meet no template

    entries = [entry for store in stores_of(document) for entry in store]
    shape = Shape.of(document, entries)
    return Adapted([campaign for entry in entries for campaign in campaigns_of(document, entry, shape)])


_EXAMPLE = """\
[
  {
    "name": "spring_offer",
    "category": "MARKETING",
    "language": "en",
    "status": "APPROVED",
    "components": [
      {
        "type": "BODY",
        "text": "Hi {{1}}, our spring collection is in the shop.",
        "example": {"body_text": [["Anna"]]}
      },
      {"type": "FOOTER", "text": "Reply STOP to unsubscribe"}
    ]
  }
]
"""

ADAPTER = Adapter(
    name="meta-templates",
    title="WhatsApp templates as Meta's Graph API writes them, and shapes near it",
    signs=(
        "`name` and `category` beside `components`, `language`, `languages` or `body`, one template or several, "
        "with categories, names or placeholders as Meta has them"
    ),
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
