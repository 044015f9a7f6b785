"""Settings of an application in YAML or JSON, with a section for WhatsApp: who carries its messages.

Recognised: a mapping that no other format claims, where a key, alone or with the sections around it, names a carrier of
WhatsApp messages and an address, key, id, session or choice of it, and the value is one, not a text for people. Known
and unknown: as in an ``.env``, of which the variables would have these names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.adapters.client_words import client_pattern
from policylint.adapters.env_file import CARRIES
from policylint.extensions import Adapted, Adapter
from policylint.project.manifests import is_compose, is_manifest
from policylint.project.settings import entries_of

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.project.manifests import Entry
    from policylint.record import ProviderTable

# What only a client has, where WhatsApp is named beside it (voice agents have phone number ids too); and what a client
# that is named has beside that, but a shop's page with its WhatsApp number and link has as well.
_OF_ANY = re.compile(
    r"(?:^|_)(?:PROVIDER|DRIVER|GATEWAY|BACKEND|CLIENT|LIBRARY|ENGINE|TRANSPORT|PHONE_NUMBER_ID|(?:BUSINESS_)?ACCOUNT_ID"
    r"|WABA_ID|(?:ACCESS_|API_|AUTH_|BOT_)?TOKEN|VERIFY_TOKEN|API_KEY|APP_SECRET|SESSION(?:_(?:PATH|DIR|NAME|ID))?"
    r"|INSTANCE(?:_(?:ID|NAME))?|(?:API_?|BASE_?|SERVER_?|GATEWAY_?)+URL)\Z"
)
_OF_A_NAMED_ONE = re.compile(
    r"(?:^|_)(?:URL|HOST|PORT|ENDPOINT|KEY|SECRET|SID|INSTANCE|INTEGRATION|CACHE|ENABLED"
    r"|QRCODE_LIMIT|CONFIG_SESSION_PHONE_\w+|LOG_BAILEYS)\Z"
)
# Addresses of WhatsApp Web's protocol that a setting holds, not a store of contacts; that of its page, not of a chat.
_JID = re.compile(r"@(?:c\.us|g\.us|s\.whatsapp\.net)\Z")
_OF_A_SEND = re.compile(
    r"(?:^|_)(?:GROUPS?|GRUPOS?|JIDS?|TARGETS?|DESTIN\w*|NOTIFY|ALERTS?|ADMINS?|CONTROL|PATTERN)(?:_|\Z)"
)
_PAGE = re.compile(r"https?://web\.whatsapp\.com/?\Z")
_WHATSAPP = re.compile(r"WHATS_?APP|(?:^|_)(?:WA|WPP|ZAP)(?=_)")
EXAMPLE = """\
app:
  port: 8080
whatsapp:
  provider: waha
waha:
  base_url: http://waha:3000
  api_key: ${WAHA_API_KEY}
"""


def recognises(document: Document) -> bool:
    """Tell whether a document is the settings of an application that may show who carries WhatsApp messages."""
    if document.dialect not in ("yaml", "json") or is_manifest(document) or is_compose(document):
        return False
    return any(_shows_a_client(entry) for entry in entries_of(document)) and not _is_of_another_format(document)


def _shows_a_client(entry: Entry) -> bool:
    if _PAGE.match(entry.value) or (_JID.search(entry.value) and _OF_A_SEND.search(entry.name)):
        return True
    name = entry.name
    if _OF_ANY.search(name):
        return client_pattern().search(name.replace("PHONE_NUMBER_ID", "")) is not None
    return bool(_OF_A_NAMED_ONE.search(name) and client_pattern().search(_WHATSAPP.sub("", name)))


def _is_of_another_format(document: Document) -> bool:
    from policylint.adapters import policylint_adapters

    text = document.text.lower()
    others = (one for one in policylint_adapters() if one.name != ADAPTER.name)
    possible = (one for one in others if not one.words or any(word in text for word in one.words))
    return any(one.load().recognises(document) for one in possible)


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return a record for each client that the settings are of, and for campaigns that they set up."""
    from policylint.adapters.client_setup import records

    return Adapted(records(document, providers, ADAPTER.name, CARRIES))


ADAPTER = Adapter(
    name="app-settings",
    title="Settings of an application that sends over WhatsApp",
    signs="sections whose keys name a WhatsApp client, gateway or provider and its address, key, id or session",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
