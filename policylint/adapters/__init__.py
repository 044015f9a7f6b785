"""The formats that policylint reads, as a built-in plugin: one module each, imported when a text may need it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

from policylint.adapters.client_words import FILE_WORDS
from policylint.extensions import Candidate

if TYPE_CHECKING:
    from policylint.extensions import Adapter

# Module → words of which the text of every such document holds one, in small letters.
_FORMATS: dict[str, tuple[str, ...]] = {
    "native": ("campaign",),
    "n8n": ("connections",),
    "meta_templates": ("category", "components", "template"),
    "mcdev": (
        "assettype",
        "r__type",
        "workflowapiversion",
        "definitiontype",
        "senddefinitionlist",
        "triggeredsend",
        "definitionkey",
        "exacttarget.mobile",
        "optintype",
        "keywordtype",
    ),
    "rapidpro": (
        "spec_version",
        "action_sets",
        "relative_to",
        "send_msg",
        "send_broadcast",
        "send_interactive_msg",
        "send_whatsapp_msg",
    ),
    "twilio_studio": ("initial_state", "send-message", "send-and-wait-for-reply", "make-outgoing-call"),
    "twilio_content": ("twilio/", "whatsapp/", '"hx', "'hx", ": hx"),
    "make_blueprint": ('"module"', "module:"),
    "knock": (
        *("channel_key", "channel_group_key", "channel_type", "guide_key", "schemas.knock.app", "total_act"),
        *(f"{start}{name}" for start in ("{{ ", "{{", "{% if ", "{% for ") for name in ("data.", "recipient", "actor")),
        *("{{ vars.", "{{vars.", "{{ tenant", "{{ workflow", "{{ activit", " in activities"),
    ),
    "dittofeed": ("definition",),
    "typebot": ("blocks",),
    "openclaw": ("channels",),
    "frappe": ("bulk whatsapp message", "whatsapp notification", "whatsapp templates"),
    "home_assistant": (
        *("notify", "telegram_bot", "rest_command", "shell_command", "whatsapp", "callmebot", "waha", "evolution"),
        *("green_api", "green-api", "greenapi", "ultramsg", "whapi", "wassenger"),
    ),
    "kestra": ("io.kestra.",),
    "node_red": ('"wires"', "wires:"),
    "cloud_api": ("messaging_product", "recipient_type"),
    "postman": ("postman",),
    "sending_settings": ("whats", "baileys", "wppconnect"),
    "compose": ("services",),
    "env_file": FILE_WORDS,
    "manifest": FILE_WORDS,
    # The last two: their signs are words that other formats share.
    "home_made": (
        *("campan", "campañ", "campaig", "campagn", "kampagn", "kampany", "broadcast", "outreach", "sequence"),
        *("newsletter", "recipient", "destinat", "empfaenger", "empfänger", "penerima", "contact", "contat", "kontakt"),
        *("subscriber", "channel", "canal", "kanal", "saluran", "message", "mensa", "nachricht", "pesan", "subject"),
        *("template", "prompt", "phone", "telefon", "human"),
    ),
    "app_settings": FILE_WORDS,
}

# Formats that are known by the names of their files, too.
_NAMES = {
    "env_file": r"\.env.*|.*\.env|env\.(?:example|sample|template|dist)",
    "manifest": r"package\.json|composer\.json|requirements.*\.txt|pyproject\.toml|pipfile|go\.mod",
}


@cache
def _adapter(module: str) -> Adapter:
    adapter: Adapter = import_module(f"policylint.adapters.{module}").ADAPTER
    return adapter


def policylint_adapters() -> Iterable[Candidate]:
    """Give the built-in adapters."""
    return [
        Candidate(module.replace("_", "-"), words, partial(_adapter, module), _NAMES.get(module))
        for module, words in _FORMATS.items()
    ]
