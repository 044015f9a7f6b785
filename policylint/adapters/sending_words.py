"""Settings by name and value → what they show: measures against ban detection, signs that somebody sends to many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.project.manifests import Entry


class Found(NamedTuple):
    """What a setting shows, and the setting."""

    what: str
    setting: Entry


_OFF = frozenset(["", "0", "false", "off", "no", "none", "null", "disabled", "never", "nao", "não"])


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# --- one key at a time, in files that are about nothing else ---------------------------------------------------------

_MEASURES: tuple[tuple[str, str], ...] = (
    (r"warm(?:ing)?up|rampup|rampprofile|rampday", "warm_up"),
    (
        r"(?:random|human)(?:i[sz]ed)?delay|delay(?:first|min|max)|(?:min|max)delay|pauseafterbatch|jitter",
        "random_delay",
    ),
    (r"(?:simulate|imitate|fake)typing|typing(?:delay|simulation)|send(?:chat)?presence", "typing_simulation"),
    (
        r"(?:account|number|sender|sim)s?rotation|rotat(?:e|ion)(?:account|number|sender)s?",
        "number_rotation",
    ),
    (r"prox(?:y|ies)rotation|rotat(?:e|ing)prox(?:y|ies)", "proxy_rotation"),
)


@cache
def _measure_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), measure) for pattern, measure in _MEASURES)


def measure_of_key(key: str) -> str | None:
    """Return the measure against ban detection that a key names, where the file is known to be about such things."""
    plain = re.sub(r"[^a-z]", "", key.lower())
    return next((measure for pattern, measure in _measure_patterns() if pattern.search(plain)), None)


# --- among the settings of a whole application -----------------------------------------------------------------------

_WHATSAPP = _set("whatsapp wa wpp zap waba")
# What a page shows its visitors: a link to a chat, and whatever a build puts into the page.
_ON_A_PAGE = _set("link share button widget vite public react expo nuxt gatsby")
_OTHER_CHANNELS = _set(
    "email emails mail mails smtp imap inbox mailbox mailboxes sms telegram tg instagram ig linkedin twitter facebook"
    " tiktok discord slack push ads ad voice call calls"
)
_TECHNICAL = _set(
    "retry retries reconnect reconnection backoff cache redis db database pool model http request requests poll polling"
    " test tests build lambda log logs jwt key keys token tokens secret cert health healthcheck startup scrape scraper"
    " scraping crawler webhook webhooks session sessions embedding embeddings llm openai gpt queue job jobs lock qr"
)
_DELAY = _set(
    "delay delays interval intervals pause pauses wait gap pacing spacing sleep intervalo intervalos pausa pausas"
    " espera atraso jeda bekleme gecikme"
)
_RANDOM = _set(
    "random randomize randomized rand jitter human humanize humanized humanlike variation variance variacao variacion"
    " aleatorio aleatoria acak"
)
_LEAST, _MOST = _set("min minimum minimo"), _set("max maximum maximo")
_UNITS = _set("ms s sec secs second seconds segundos min mins minutes minutos")
_WARM_UP = _set("warmup warming warmer rampup aquecimento aquecer calentamiento maturacao maturador")
_RAMP_PARTS = _set("up profile day days start step steps schedule plan curve increment daily")
_ROTATION = _set("rotate rotation rotating rotacao rotacion rodizio")
_NUMBERS = _set(
    "number numbers account accounts sender senders sim sims instance instances device devices phone phones chip chips"
    " numero numeros conta contas cuenta cuentas instancia instancias"
)
_TYPING = _set("typing digitacao digitando escribiendo mengetik")
_IMITATION = _set("simulate simulated simulation simular simulacao imitate fake human delay min max speed")
_ANSWERS = _set("typing reply replies response respond answer resposta respuesta digitacao")
_VARIATION = _set("variation variations variacao variacoes variar vary")
_TEXTS = _set("message messages msg text texts mensagem mensagens mensaje mensajes texto")
_CAMPAIGN = _set(
    "campaign campaigns campanha campanhas campana campanas campagne kampagne kampanya disparo disparos disparador"
)
_MASS = _set("bulk blast broadcast broadcasts mass massa masivo masivos toplu")
_MESSAGES = _WHATSAPP | _set(
    "message messages msg msgs send sends sender sending sent envio envios enviar enviados disparo disparos mensagem"
    " mensagens mensaje mensajes pesan kirim mesaj recipients contacts leads"
)
_OPERATION = _set(
    "enabled enable active auto worker workers batch size ramp delay delays interval daily day days limit limits max"
    " min rate concurrency send sender sending schedule cron time hour hours start end window pause message messages"
    " list file csv contacts segment audience per lote intervalo limite limites diario diaria dia hora horario mode"
    " timezone warmup recipients throttle pacing chunk template"
)
_PACE = _set("batch delay delays pause daily recipients chunk throttle pacing interval")
_NO_CAMPAIGN = _OTHER_CHANNELS | _set(
    "google utm mailchimp analytics budget roas bid id ids db database url host port token secret password api"
)
_DAY = _set("daily day dia dias diario diaria gunluk hari harian")
_SHORT_TIME = _set("minute hour second minuto hora menit jam")
_BOUND = _set("limit limits limite limites max maximum maximo cap quota teto cota tope batas limiti")
_OF_ONE = _set(
    "user users customer recipient contact chat ai llm openai gpt token tokens request requests otp login free trial"
    " plan tier ip"
)
_PEOPLE = _set(
    "contacts contatos contactos leads recipients customers clientes numbers numeros phones destinatarios audience"
)
_LISTS = _set("file path csv xlsx excel sheet sheets spreadsheet planilha list lista")
_TABLES, _FILES = _set("csv xlsx excel"), _set("file path")
_SHEETS = _set("sheet sheets spreadsheet spreadsheets planilha planilhas")
_NOT_RECIPIENTS = _set(
    "block blocked blacklist blocklist whitelist allow allowed allowlist deny ignore ignored optout admin admins test"
    " authorized staff owner owners team"
)
_HOURS = _set("window hour hours horario hora horas start end inicio fim fin")
_SEND = _set("send sending sender envio envios disparo disparos campaign campanha")
_SEVERAL = re.compile(r"\[[^\]]*,[^\]]*\]\Z|[\w-]{6,}(?:\s*[,;]\s*[\w-]{6,})+\Z")


def is_on(setting: Entry) -> bool:
    """Tell whether a setting may be switched on."""
    return setting.is_reference or setting.value.strip().lower() not in _OFF


@cache
def _words(name: str) -> frozenset[str]:
    """Return the words of a name in small letters, ``warm_up`` and ``anti_ban`` as one."""
    found = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    joined = {first + second for first, second in pairwise(found)}
    return frozenset([*found, *(joined & {"warmup", "rampup", "antiban", "antiblock"})])


def names_whatsapp(name: str) -> bool:
    """Tell whether the name of a setting holds WhatsApp or one of its short forms."""
    return not _WHATSAPP.isdisjoint(_words(name))


def is_shown_on_a_page(name: str) -> bool:
    """Tell whether the name of a setting says that a page shows it to visitors, such as a link to a chat."""
    return not _words(name).isdisjoint(_ON_A_PAGE)


def is_mailer(name: str) -> bool:
    """Tell whether a setting is of a service that sends e-mail."""
    return not _words(name).isdisjoint(
        _set("smtp imap sendgrid mailgun brevo sendinblue resend postmark mailjet mailer mail mandrill")
    )


def evasion(settings: Sequence[Entry]) -> list[Found]:
    """Return the measures against ban detection that are switched on, each once, with the setting that shows it."""
    found: dict[str, Found] = {}
    ranges = _ranges(settings)
    for setting in settings:
        measure = _measure(_words(setting.name)) if is_on(setting) else None
        if measure is None and setting in ranges:
            measure = "random_delay"
        if measure is not None and measure not in found:
            found[measure] = Found(measure, setting)
    return list(found.values())


def _measure(words: frozenset[str]) -> str | None:
    if words & _OTHER_CHANNELS or words & _TECHNICAL:
        return None
    if words & _WARM_UP or ("ramp" in words and words & (_RAMP_PARTS | _CAMPAIGN)):
        return "warm_up"
    if words & _ROTATION and words & _NUMBERS:
        return "number_rotation"
    if words & _ROTATION and words & {"proxy", "proxies"}:
        return "proxy_rotation"
    if (words & _TYPING and words & _IMITATION) or ("presence" in words and words & {"send", "simulate"}):
        return "typing_simulation"
    if (words & _DELAY and words & _RANDOM) or ("jitter" in words and words & _MESSAGES):
        return "random_delay"
    if "spintax" in words or (words & _VARIATION and words & _TEXTS):
        return "message_variation"
    # What the pauses of such a setting are for is said in its name; pauses are what libraries of that name make.
    return "random_delay" if words & {"antiban", "antiblock", "antibloqueio"} else None


def _ranges(settings: Iterable[Entry]) -> frozenset[Entry]:
    """Return the lower ends of pauses that are given by a lower and an upper end."""
    ends: dict[frozenset[str], dict[bool, Entry]] = {}
    for setting in settings:
        words = _words(setting.name)
        if not is_on(setting) or not words & _DELAY or words & (_OTHER_CHANNELS | _TECHNICAL | _TYPING):
            continue
        for is_least, end in ((True, _LEAST), (False, _MOST)):
            if words & end:
                ends.setdefault(words - end - _UNITS, {}).setdefault(is_least, setting)
    return frozenset(pair[True] for pair in ends.values() if len(pair) == 2)


def campaign_signs(settings: Sequence[Entry]) -> list[Found]:
    """Return the settings that only make sense where somebody sends to many, each kind once.

    The kinds: ``campaign`` is enough by itself; of ``daily_limit``, ``recipients``, ``interval``, ``warm_up``,
    ``number_rotation``, ``rate``, ``batch`` and ``window`` two must come together.
    """
    found: dict[str, Found] = {}
    for setting in settings:
        kind = _kind(setting) if is_on(setting) or not setting.value else None
        if kind is not None and kind not in found and (is_on(setting) or kind == "campaign"):
            found[kind] = Found(kind, setting)
    for measure, setting in evasion(settings):
        kind = {"random_delay": "interval"}.get(measure, measure)
        answers = kind == "interval" and _words(setting.name) & _ANSWERS
        if kind in ("interval", "warm_up", "number_rotation") and not answers:
            found.setdefault(kind, Found(kind, setting))
    return list(found.values())


def is_campaign(signs: Sequence[Found]) -> bool:
    """Tell whether signs are enough to say that campaigns are sent."""
    return len(signs) > 1 or any(sign.what == "campaign" for sign in signs)


def is_switched_off(settings: Iterable[Entry]) -> bool:
    """Tell whether a setting switches campaigns, or WhatsApp as a whole, off."""
    for setting in settings:
        words = _words(setting.name)
        switch = words & {"enabled", "enable", "active"}
        if switch and setting.value and not is_on(setting):
            if words & (_CAMPAIGN | _MASS) and not words & _NO_CAMPAIGN:
                return True
            if words <= _WHATSAPP | switch:
                return True
    return False


def _kind(setting: Entry) -> str | None:
    words = _words(setting.name)
    if words & _OTHER_CHANNELS:
        return None
    if not words & _NO_CAMPAIGN and _is_of_campaign(words):
        return "campaign"
    if _is_recipients(words, setting.value):
        return "recipients"
    if words & (_TECHNICAL | _OF_ONE):
        return None
    if words & _MESSAGES:
        if words & _DAY and words & _BOUND:
            return "daily_limit"
        if "per" in words and words & _SHORT_TIME:
            return "rate"
    if words & {"batch", "lote", "lotes"} and words & (_MESSAGES | {"pause", "pausa"}):
        return "batch"
    return "window" if words & _SEND and words & _HOURS else None


def _is_of_campaign(words: frozenset[str]) -> bool:
    if words & _CAMPAIGN:
        return bool(words & _OPERATION)
    if not words & _MASS:
        return False
    return bool(words & _OPERATION and words & _MESSAGES) or bool(words & {"broadcast", "broadcasts"} and words & _PACE)


def _is_recipients(words: frozenset[str], value: str) -> bool:
    if words & _NOT_RECIPIENTS:
        return False
    if words & _SHEETS and _SEVERAL.match(value):
        return True
    return bool(words & _PEOPLE and words & _LISTS) or bool(words & _TABLES and words & _FILES)
