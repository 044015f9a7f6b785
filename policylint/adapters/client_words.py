"""Words of which one stands in every name by which a WhatsApp client, gateway or provider shows in a project's files.

The provider table of the pack decides what a name means; these words only tell which files are worth asking it about.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policylint.model.source import Document

# In small letters, as everywhere below.
_CLEAR = (
    *(
        "graph.facebook",
        "phone_number_id",
        "phone_id",
        "cloud_api_",
        "pairing_code",
        "@g.us",
        "@c.us",
        "baileys",
        "whaileys",
    ),
    *(
        "auth_info",
        "wweb",
        "wppconnect",
        "wpp-",
        "wpp_",
        "wpptokens",
        "venom",
        "open-wa",
        "openwa",
        "open_wa",
        "_ignore_",
    ),
    *("@neoxr/wb", "evolution", "qrcode_limit", "config_session_phone", "waha", "/app/.sessions", "gowa", "wuzapi"),
    *(
        "codechat",
        "quepasa",
        "mudslide",
        "pywhatkit",
        "yowsup",
        "neonize",
        "server-cli",
        "fastmeow",
        "py-wago",
        "pywabot",
    ),
    *(
        "pywakit",
        "tithiwa",
        "redshot",
        "supbot",
        "pywhapbot",
        "pywappsel",
        "astra-engine",
        "heyoo",
        "rapiwa",
        "wasender",
    ),
    *("ultramsg", "ultra_msg", "whapi", "uazapi", "uaz_api", "z-api", "z_api", "green-api", "green_api", "greenapi"),
    *(
        "maytapi",
        "fonnte",
        "wablas",
        "wassenger",
        "textmebot",
        "chat-api",
        "chat_api",
        "megaapi",
        "mega_api",
        "onesender",
    ),
    *(
        "starsender",
        "callmebot",
        "twilio",
        "kapso",
        "gallabox",
        "360dialog",
        "dialog360",
        "sixty",
        "gupshup",
        "aisensy",
    ),
    *(
        "interakt",
        "infobip",
        "vonage",
        "nexmo",
        "messagebird",
        "ycloud",
        "respond.io",
        "msging",
        "positus",
        "doubletick",
    ),
)
# These stand in other words too, so no letter may stand beside them.
_APART = ("wa_", "wa-", "_wa", "wpp", "waba", "evo_", "alright", "pywa", "zapi", "waapi", "wawp", "wamm", "w-api")
_APART_TOO = ("1msg", "2chat", "whin", "d360", "wati", "zoko", "bird_", "sinch", "blip")
# A campaign file says `channel: whatsapp`; the files meant here have it in names.
_IN_NAMES = ("whatsapp_", "whatsapp-", "whatsapp.", "whatsapp/", "_whatsapp", "-whatsapp", "/whatsapp", '"whatsapp"')
_OTHER_NAMES = ("whatsmeow", "webwhatsapi", "vjwhats", "pywhatsapp", "aiowhatsapp", "allwhatspy", "whatsappcloudapi")

FILE_WORDS: tuple[str, ...] = (*_CLEAR, *_APART, *_APART_TOO, *_IN_NAMES, *_OTHER_NAMES)
"""Words of which the text of every such ``.env`` or manifest holds one."""


@cache
def client_pattern() -> re.Pattern[str]:
    """Return a pattern for the words, as they stand in the name or the value of an entry."""
    apart = "|".join(
        (r"(?<![a-z])" if word[0].isalnum() else "") + re.escape(word) + (r"(?![a-z])" if word[-1].isalnum() else "")
        for word in (*_APART, *_APART_TOO)
    )
    return re.compile("|".join(["whats", *map(re.escape, _CLEAR), apart]), re.IGNORECASE)


def may_show_client(document: Document) -> bool:
    """Tell whether an entry of a document, or the comment beside one, holds one of the words."""
    from policylint.project.manifests import VARIABLE, VOLUME, comment_beside, comments_on_whatsapp, entries

    pattern = client_pattern()
    found = list(entries(document))
    if any(pattern.search(entry.name) or pattern.search(entry.value) for entry in found):
        return True
    if not comments_on_whatsapp(document):
        return False
    beside = (entry for entry in found if entry.kind in (VOLUME, VARIABLE))
    return any("whats" in comment_beside(document, entry.pointer).lower() for entry in beside)
