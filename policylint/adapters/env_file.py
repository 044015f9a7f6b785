"""``.env`` files and their examples: settings of an application that sends over WhatsApp.

Recognised: the name (``.env``, ``.env.example``, ``production.env``, …), and a variable, its value or the comment
beside it that names a carrier of WhatsApp messages, or WhatsApp itself. Known: the carrier, measures against ban
detection, limits, that there are campaigns. Unknown: everything else. Values of variables never enter a record, but for
numbers and names of providers: they may be secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.client_words import may_show_client
from policylint.extensions import Adapted, Adapter

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
# Gateway
UAZAPI_BASE_URL=https://example.uazapi.com
UAZAPI_TOKEN=

# Campaigns
CAMPAIGN_DAILY_LIMIT=150
CAMPAIGN_WARMUP_DAYS=14
CONTACTS_CSV=contacts.csv
"""


def recognises(document: Document) -> bool:
    """Tell whether a document is an ``.env`` that may show who carries WhatsApp messages."""
    return document.dialect == "env" and "campaign" not in document.data and may_show_client(document)


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return a record for each client that the variables are of, and for campaigns that they set up."""
    from policylint.adapters.client_setup import records

    return Adapted(records(document, providers, ADAPTER.name, CARRIES))


ADAPTER = Adapter(
    name="env-file",
    title="Environment variables of a WhatsApp sender",
    signs="a file `.env`, `.env.*` or `*.env` with a variable of a WhatsApp client, gateway or provider",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
