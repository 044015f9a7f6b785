"""Dependency manifests: software that is built on a WhatsApp client.

Recognised: the name (package.json, requirements*.txt, pyproject.toml, Pipfile, go.mod, composer.json; never a lock
file), and a dependency of what runs, not of tests or development, that names a WhatsApp client. Known: the library.
Unknown: everything else; such a file sends nothing by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.client_words import may_show_client
from policylint.extensions import Adapted, Adapter
from policylint.project.manifests import is_manifest

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

CARRIES = ("sender.provider", "sender.library")
EXAMPLE = """\
{
  "name": "shop-notifier",
  "dependencies": {
    "express": "^5.1.0",
    "whatsapp-web.js": "^1.34.0"
  }
}
"""


def recognises(document: Document) -> bool:
    """Tell whether a document is a manifest that may declare a WhatsApp client."""
    return is_manifest(document) and may_show_client(document)


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return a record for each client that the software depends on."""
    from policylint.adapters.client_setup import records

    return Adapted(records(document, providers, ADAPTER.name, CARRIES))


ADAPTER = Adapter(
    name="manifest",
    title="Dependencies on a WhatsApp client",
    signs="package.json, requirements*.txt, pyproject.toml, Pipfile, go.mod or composer.json with such a dependency",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
