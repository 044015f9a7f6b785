"""Compose files: containers that run a WhatsApp client or gateway.

Recognised: a mapping ``services`` of which one has ``image`` or ``build``, and an image, a folder to build from, a
volume, an environment variable or the comment beside one that names a carrier of WhatsApp messages. Known: the carrier,
measures against ban detection and limits that environment variables set. Unknown: everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.client_words import may_show_client
from policylint.extensions import Adapted, Adapter
from policylint.project.manifests import is_compose

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

CARRIES = (
    "sender.provider",
    "sender.library",
    "sender.integration",
    "sender.evasion",
    "schedule.daily_maximum",
)
EXAMPLE = """\
services:
  gateway:
    image: devlikeapro/waha:latest
    environment:
      - WAHA_API_KEY=${WAHA_API_KEY}
    volumes:
      - ./sessions:/app/.sessions
  database:
    image: postgres:17
"""


def recognises(document: Document) -> bool:
    """Tell whether a document is a compose file that may show who carries WhatsApp messages."""
    return is_compose(document) and may_show_client(document)


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return a record for each client that the services run, and for campaigns that their settings show."""
    from policylint.adapters.client_setup import records

    return Adapted(records(document, providers, ADAPTER.name, CARRIES))


ADAPTER = Adapter(
    name="compose",
    title="Compose file that runs a WhatsApp client",
    signs="`services` with an image, volume or environment variable of a WhatsApp client, gateway or provider",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
