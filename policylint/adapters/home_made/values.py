"""Values of a home-made campaign → what they say by the record's names and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from policylint.adapters.home_made import words
from policylint.adapters.home_made.words import plain, role_of

if TYPE_CHECKING:
    from policylint.adapters.home_made.signs import Field
    from policylint.model.source import Pointer

OFF = frozenset(
    [
        *("draft", "paused", "finished", "completed", "complete", "done", "sent", "delivered", "cancelled", "canceled"),
        *(
            "archived",
            "inactive",
            "stopped",
            "disabled",
            "failed",
            "expired",
            "ended",
            "rascunho",
            "pausada",
            "pausado",
        ),
        *("concluida", "concluido", "finalizada", "finalizado", "enviada", "enviado", "cancelada", "cancelado"),
        *("inativa", "inativo", "borrador", "completada", "inactiva", "entwurf", "pausiert", "beendet", "gesendet"),
        *("inaktiv", "abgeschlossen", "brouillon", "terminee", "envoyee", "annulee", "selesai", "terkirim", "nonaktif"),
    ]
)
ON = frozenset(
    [
        *("active", "running", "scheduled", "sending", "live", "enabled", "pending", "queued", "ready", "in_progress"),
        *("ativa", "ativo", "agendada", "agendado", "activa", "activo", "programada", "programado", "aktiv", "geplant"),
        *("planifiee", "aktif", "terjadwal"),
    ]
)
INVERTED = frozenset({"paused", "disabled", "pausado", "pausada"})
PURPOSES: dict[str, str] = {
    **dict.fromkeys(("newsletter", "boletin", "informativo", "rundbrief"), "newsletter"),
    **dict.fromkeys(
        (
            "promotion",
            "promo",
            "promotional",
            "marketing",
            "offer",
            "sale",
            "promocao",
            "promocion",
            "oferta",
            "werbung",
        ),
        "promotion",
    ),
    **dict.fromkeys(
        (
            *("outreach", "coldoutreach", "salesoutreach", "coldemail", "coldmail", "coldsms", "prospecting"),
            *(
                "prospection",
                "prospeccion",
                "prospeccao",
                "akquise",
                "kaltakquise",
                "winback",
                "reengagement",
                "upsell",
            ),
        ),
        "promotion",
    ),
    **dict.fromkeys(("promosi", "aktion", "angebot", "promotionnel", "offre", "publicidad"), "promotion"),
    **dict.fromkeys(
        ("announcement", "aviso", "anuncio", "comunicado", "ankundigung", "annonce", "pengumuman"), "announcement"
    ),
    **dict.fromkeys(
        ("cartreminder", "abandonedcart", "cartabandonment", "carrinhoabandonado", "carritoabandonado"), "cart_reminder"
    ),
    **dict.fromkeys(("renewal", "renewalreminder", "renovacao", "renovacion"), "renewal_reminder"),
    **dict.fromkeys(("survey", "nps", "feedback", "encuesta", "pesquisa", "umfrage", "sondage", "survei"), "survey"),
    **dict.fromkeys(("orderupdate", "shipping", "delivery", "pedido", "envio", "lieferung"), "order_update"),
    **dict.fromkeys(
        ("invoice", "billing", "paymentreminder", "factura", "fatura", "boleto", "rechnung", "facture"), "invoice"
    ),
    **dict.fromkeys(
        ("appointment", "appointmentreminder", "cita", "consulta", "termin", "rendezvous"), "appointment_reminder"
    ),
    **dict.fromkeys(("otp", "verification", "authentication", "2fa"), "authentication"),
    **dict.fromkeys(("support", "soporte", "suporte"), "support"),
    **dict.fromkeys(("internal", "staff", "interno", "intern", "interne"), "internal"),
}
CATEGORIES = frozenset({"marketing", "utility", "authentication"})
DAY = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?\Z")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+\Z")
CRON = re.compile(r"\s*\S+(?:\s+\S+){4,5}\s*\Z")
RHYTHMS: dict[str, str] = {
    **dict.fromkeys(("daily", "diario", "diaria", "taglich", "quotidien", "harian", "everyday"), "daily"),
    **dict.fromkeys(("weekly", "semanal", "wochentlich", "hebdomadaire", "mingguan"), "weekly"),
    **dict.fromkeys(("monthly", "mensal", "mensual", "monatlich", "mensuel", "bulanan"), "monthly"),
}
ZONE = re.compile(r"[A-Z]\w+/[\w/+-]+\Z|UTC\Z")
TEMPLATE_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+\Z")
_GROUP_CHAT = re.compile(r"@g\.us\b")
_PROMOTES = re.compile(
    r"\b(?:marketing|promo(?:s|tions?|tional|ção|ções|cional|ción|ciones|tionnel(?:le)?|si)?|special offers?|discounts?"
    r"|ofertas?|descontos?|descuentos?|werb(?:ung|etext\w*)|sonderangebote?|rabatt\w*|publicit\w+|soldes|diskon)\b",
    re.IGNORECASE,
)


def selection_of(field: Field) -> str | None:
    """Return how recipients are chosen, as one field says it, or None."""
    value = field.value
    if field.role in (words.RECIPIENTS, words.COLUMN, words.COUNT):
        return "list"
    if field.role == words.ADDRESS and isinstance(value, (str, int)):
        return "group_chat" if _GROUP_CHAT.search(str(value)) else "single_number"
    if field.role == words.AUDIENCE and field.group is None:
        if isinstance(value, str) and _GROUP_CHAT.search(value):
            return "group_chat"
        if isinstance(value, dict):
            modes = [
                plain(str(inner)) for key, inner in value.items() if plain(key) in ("mode", "type", "modo", "tipo")
            ]
            return (
                "list" if modes and modes[0] in ("all", "everyone", "list", "contacts", "todos", "alle") else "segment"
            )
        return "list" if "list" in plain(field.key) or plain(field.key).startswith("group") else "segment"
    return None


def purpose_of(fields: Iterable[Field]) -> tuple[str, Pointer] | None:
    """Return what a campaign is for, and where it says so: in a key for that, or in the prompt that has it written."""
    fields = list(fields)
    for field in fields:
        if field.role in (words.PURPOSE, words.CATEGORY) and isinstance(field.value, str):
            purpose = PURPOSES.get(plain(field.value))
            if purpose is not None:
                return purpose, field.pointer
    prompts = (field for field in fields if field.role == words.PROMPT and isinstance(field.value, str))
    return next((("promotion", field.pointer) for field in prompts if _PROMOTES.search(field.value)), None)


def opt_out_of(field: Field) -> Iterator[tuple[str, Any]]:
    """Yield what a field says of opting out, by the record's names."""
    value = field.value
    if isinstance(value, list):
        keywords = [word for word in value if isinstance(word, str)]
        if keywords:
            yield "keywords", keywords
    elif isinstance(value, bool) or value in (0, 1):
        yield "in_message", bool(value)
    elif isinstance(value, str):
        if value.startswith(("http://", "https://")):
            yield "url", value
        elif "@" in value and " " not in value:
            yield "sources", ["email"]
        else:
            yield "in_message", True
    elif isinstance(value, dict):
        if any(role_of(key) == words.ENABLED and inner is False for key, inner in value.items()):
            yield "in_message", False
            return
        for key, inner in value.items():
            if role_of(key) in (words.KEYWORDS, words.OPT_OUT) and isinstance(inner, list):
                yield from opt_out_of(field._replace(value=inner))
            elif isinstance(inner, str) and inner.startswith(("http://", "https://")):
                yield "url", inner


def opt_out_elsewhere(data: Any) -> Pointer | None:
    """Return where a document speaks of opting out beside its campaigns, or None."""
    level: list[tuple[Pointer, Any]] = [((), data)]
    for _ in range(3):
        below: list[tuple[Pointer, Any]] = []
        for pointer, value in level:
            for key, inner in value.items() if isinstance(value, dict) else ():
                if role_of(key) in (words.OPT_OUT, words.SUPPRESSION) and inner and not isinstance(inner, str):
                    return (*pointer, key)
                below.append(((*pointer, key), inner))
        level = below
    return None


def sends_mail_from(field: Field) -> bool:
    """Tell whether a field holds the address that e-mails are sent from."""
    own = field.role == words.ACCOUNT and not plain(field.key).startswith("reply")
    return own and isinstance(field.value, str) and _ADDRESS.match(field.value) is not None


def seconds_of(field: Field) -> float | None:
    """Return a pause in seconds, by the unit that its key names; None where it names none and could be either."""
    name, value = plain(field.key), number_of(field.value)
    if name.endswith(("ms", "milliseconds")):
        return value / 1000
    if "minut" in name or "menit" in name:
        return value * 60
    return value if value < 500 else None


def number_of(value: Any) -> float:
    """Return a number as it is, anything else as 0."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


def is_on(value: Any) -> bool:
    """Tell whether a measure is switched on."""
    if isinstance(value, dict):
        return bool(value) and not any(role_of(key) == words.ENABLED and inner is False for key, inner in value.items())
    return bool(value)
