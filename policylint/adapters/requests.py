"""An HTTP request as a file writes it → what it says: to whom, which text, template or free-form, on which channel.

Bodies are searched, never parsed: with expressions in them they are no JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from policylint.adapters.texts import EXPRESSION_PATTERN, Text
from policylint.model.tuples import NamedTuple

MAXIMUM_BODY = 20_000
"""Characters of a body that are searched."""

_QUOTED = rf"""(?:{EXPRESSION_PATTERN}|\\.|[^"\\{{]|\{{(?!\{{))*"""
_VALUE = (
    rf""""(?P<double>{_QUOTED})"|'(?P<single>(?:\\.|[^'\\])*)'|`(?P<tick>[^`]*)`"""
    rf"""|(?P<code>{EXPRESSION_PATTERN}|[\w$(+][^,}}\n\]]*)"""
)
_RECIPIENTS = (
    r"(?:to|recipient|receiver|phone|mobile|whatsapp)_?(?:phone)?_?(?:number)?|(?:full_?)?phone_?number|numbers?|numero|chat_?id"
    r"|(?:remote)?jid|destination|msisdn|wa_?id|target|telefone|telefono|nomor|recipient_?phone_?number"
)
_TEXTS = r"(?:text|message)_?(?:body|text|message|content)?|body|msg|caption|content|mensagem|mensaje|pesan"
_IN_ADDRESS = re.compile(EXPRESSION_PATTERN, re.DOTALL)
_QUERY = re.compile(rf"[?&]([\w.-]+)=((?:{EXPRESSION_PATTERN}|[^&\s])*)", re.DOTALL)


def field(names: str) -> re.Pattern[str]:
    """Return a pattern for the value of a field with one of some names, which are a regular expression."""
    return re.compile(rf"""(?<![\w$.])["'`]?(?:{names})["'`]?\s*:\s*(?:{_VALUE})""", re.DOTALL | re.IGNORECASE)


def assignment(target: str) -> re.Pattern[str]:
    """Return a pattern for the value that JavaScript gives a variable; ``target`` is a regular expression."""
    return re.compile(rf"""\b{target}\s*=(?!=)\s*(?:{_VALUE})""", re.DOTALL)


_RECIPIENT_FIELD, _IS_RECIPIENT = field(_RECIPIENTS), re.compile(rf"(?:{_RECIPIENTS})\Z", re.IGNORECASE)
_TEXT_FIELD, _IS_TEXT = field(_TEXTS), re.compile(rf"(?:{_TEXTS})\Z", re.IGNORECASE)


class Request(NamedTuple):
    """What a step of an automation asks an HTTP server for."""

    url: Text
    method: str
    body: str
    """The bodies and fields as one text, for searching."""
    bodies: Sequence[Text]
    fields: Sequence[tuple[str, Text]]
    headers: Sequence[str]
    """Names, in lower case."""

    @property
    def address(self) -> str:
        """The address in one piece: an expression in it has no blanks."""
        return _IN_ADDRESS.sub(lambda found: re.sub(r"\s+", "", found.group()), self.url.value)

    @property
    def path(self) -> str:
        """What follows the host of the address; an expression in front stands for the host."""
        url = self.url.value
        path = re.sub(r"^\s*(\w+://)?(\{\{.*?\}\}|[^/\s{]*)", "", url)
        return re.sub(r"\?[\w.-]+=.*", "", path.strip() if path.strip() or "{{" not in url else url)

    @property
    def recipient(self) -> Text | None:
        """The field that says to whom."""
        return self._find(_IS_RECIPIENT, _RECIPIENT_FIELD)

    @property
    def text(self) -> Text | None:
        """The field that says what."""
        return self._find(_IS_TEXT, _TEXT_FIELD)

    def _find(self, is_wanted: re.Pattern[str], in_body: re.Pattern[str]) -> Text | None:
        for name, value in self.fields:
            if is_wanted.match(name):
                return value
        return self.in_bodies(in_body)

    def in_bodies(self, pattern: re.Pattern[str]) -> Text | None:
        """Return the first value that a pattern finds in a body."""
        return next((found for body in self.bodies for found in values(body, pattern)), None)

    @property
    def is_made_elsewhere(self) -> bool:
        """Tell whether the body is one expression that only names it."""
        return any(body.value.lstrip().startswith("{{") and '"' not in body.value for body in self.bodies)


def values(body: Text, pattern: re.Pattern[str]) -> Iterator[Text]:
    """Yield the values that a pattern finds in a body, each with its place."""
    for match in pattern.finditer(body.value, 0, MAXIMUM_BODY):
        group = match.lastgroup or "code"
        start, end = match.span(group)
        found = body.part(start, end)
        if group != "code":
            yield Text(_unescaped(found.value), found.pointer, found.span)
        elif found.value.startswith("{{") or re.fullmatch(r"\+?\d+\s*", found.value):
            yield found
        else:
            yield body.part(start, end, code=True)


def _unescaped(written: str) -> str:
    if "\\" not in written:
        return written
    try:
        return str(json.loads(f'"{written}"', strict=False))
    except ValueError:
        return written.replace("\\n", "\n")


def queried(url: Text) -> Iterator[tuple[str, Text]]:
    """Yield names and values of the query of an address."""
    for match in _QUERY.finditer(url.value):
        yield match.group(1), url.part(*match.span(2))


# --- template or free-form ---

_TYPE = r"""["']?(?:message_?)?type["']?\s*[:=]\s*["']"""
_TEMPLATE = re.compile(
    rf"""{_TYPE}template|["']?template["']?\s*:\s*\{{|template_?name|templateId|campaign_?name|content_?sid|\bHX[0-9a-f]{{32}}"""
    r"""|["']?hsm["']?\s*:""",
    re.IGNORECASE,
)
_INTERACTIVE = re.compile(rf"{_TYPE}(?:interactive|button|list|flow)", re.IGNORECASE)
_FREEFORM = re.compile(
    rf"""{_TYPE}(?:text|image|video|audio|document|sticker|location|contacts)\b|["']?text["']?\s*:\s*\{{""",
    re.IGNORECASE,
)
# A parameter of a template is a text too, and code that builds either kind chooses by a condition.
_PARAMETER = re.compile(
    rf"""{_TYPE}(?:text|currency|date_time|payload)["']\s*,\s*["']?(?:text|currency|date_time|payload)["']?\s*:(?!\s*\{{\s*["']?body)"""
)
_CHOOSES = re.compile(r"\s\?\s|\bif\s*\(|\belse\b|\bswitch\s*\(")
_TEMPLATE_PATH = re.compile(r"/template\b|sendTemplate|/campaign/", re.IGNORECASE)
_FREEFORM_PATH = re.compile(r"sendSessionMessage|/message/text\b", re.IGNORECASE)
_NAME = r"""["'](?P<double>[^"'\n]+)["']"""
_NAME_KEYS = r"""template_?name|campaign_?name|content_?sid"""
TEMPLATE_NAME = re.compile(
    rf"""(?:template["']?\s*:\s*\{{\s*(?:[^{{}}]*?,\s*)?["']?name|{_NAME_KEYS})["']?\s*:\s*{_NAME}""", re.IGNORECASE
)
TEMPLATE_LANGUAGE = re.compile(rf"""["']?language["']?\s*:\s*\{{[^{{}}]*?["']?code["']?\s*:\s*{_NAME}""", re.IGNORECASE)


def kind_said(body: str, path: str) -> str | None:
    """Return ``template``, ``interactive`` or ``freeform``, or None where a request does not say or says both."""
    if _TEMPLATE_PATH.search(path):
        return "template"
    if _TEMPLATE.search(body):
        is_chosen = _CHOOSES.search(body) is not None and _FREEFORM.search(_PARAMETER.sub("", body)) is not None
        return None if is_chosen else "template"
    if _INTERACTIVE.search(body):
        return "interactive"
    return "freeform" if _FREEFORM_PATH.search(path) or _FREEFORM.search(body) else None


def kind_shown(request: Request, kind: str) -> Text | None:
    """Return the part of a body that says which kind of message it is."""
    pattern = {"template": _TEMPLATE, "interactive": _INTERACTIVE, "freeform": _FREEFORM}[kind]
    for body in request.bodies:
        found = pattern.search(body.value, 0, MAXIMUM_BODY)
        if found is not None:
            return body.part(*found.span())
    return None


def template_name(request: Request) -> Text | None:
    """Return the name of the template that a request sends."""
    named = next((value for name, value in request.fields if re.fullmatch(_NAME_KEYS, name, re.IGNORECASE)), None)
    return named or request.in_bodies(TEMPLATE_NAME)


# --- which channel, message or not ---

# Where other channels take messages.
_ELSEWHERE: tuple[tuple[str, str], ...] = (
    (r"api\.telegram\.org/bot\S*/send(?!ChatAction)", "telegram"),
    (
        r"api\.twilio\.com/\S*/Calls|api\.vapi\.ai/call|api\.bland\.ai/v\d/calls|retellai\.com/\S*create-phone-call",
        "voice",
    ),
    (r"api\.twilio\.com/\S*/Messages|rest\.nexmo\.com/sms|api\.textlocal\.|textbelt\.com/text|fast2sms\.com", "sms"),
    (r"msg91\.com|rest\.clicksend\.com/v\d/sms|semaphore\.co/api|bulksms\.com|rest\.messagebird\.com/messages", "sms"),
    (r"api\.sendgrid\.com/v\d/mail/send|api\.(?:brevo|sendinblue)\.com/v\d/smtp|api\.resend\.com/emails", "email"),
    (r"\.mailgun\.net/\S*/messages|api\.postmarkapp\.com/email|mandrillapp\.com/api/\S*messages/send", "email"),
    (r"api\.mailjet\.com/v\S*/send|api\.smtp2go\.com/v\d/email|graph\.microsoft\.com/\S*sendMail", "email"),
    (r"graph\.instagram\.com/\S*/messages\b", "instagram"),
    (r"graph\.facebook\.com/\S*/messages\b|api\.manychat\.com/fb/sending\b", "messenger"),
    (r"api\.line\.me/v\d/bot/message", "line"),
    (r"chatapi\.viber\.com/pa/(?:send|broadcast)_message", "viber"),
    (
        r"hooks\.slack\.com|slack\.com/api/chat\.postMessage|discord(?:app)?\.com/api/(?:v\d+/)?(?:webhooks|channels)/",
        "push",
    ),
    (
        r"webhook\.office\.com|chat\.googleapis\.com|ntfy\.sh|api\.pushover\.net|onesignal\.com/api|fcm\.googleapis",
        "push",
    ),
)


def channel_elsewhere(url: str) -> str | None:
    """Return the channel of an address at which another channel than WhatsApp takes messages."""
    # Compiled when first needed: most requests name their carrier.
    return next((channel for pattern, channel in _ELSEWHERE if re.search(pattern, url, re.IGNORECASE)), None)


PATH_ACTS = re.compile(r"acceptInvite|/join|updateParticipant|participants?/add|group/create", re.IGNORECASE)
_PATH_SENDS = re.compile(
    r"send(?![-_/]?(?:chat[-_]?)?(?:presence|seen|typing|state))|/messages?(?:/(?:text|chat|image|document|template))?/?$"
    r"|/msg\b|whatsapp\.php|/broadcasts?\b|/campaigns?\b",
    re.IGNORECASE,
)
_PATH_LOOKS_UP = re.compile(
    r"presence|typing|seen|mark-?(?:message|as|read)|readMessage|base64|whatsappNumbers|verif|check|exists?\b|register|/contacts?\b"
    r"|templates|/media\b|upload|download|/find|/fetch|/instances?\b|connectionState|webhooks?\b|/qr|status|/state\b|session"
    r"|profile|/groups?\b",
    re.IGNORECASE,
)
_RECEIPT = re.compile(r"""["']?status["']?\s*:\s*["']read["']""")


def is_message(request: Request) -> bool:
    """Tell whether a request sends a message rather than looking something up."""
    if request.method not in ("POST", "PUT", "PATCH") and request.text is None:
        return False
    if _RECEIPT.search(request.body):
        return False
    return bool(_PATH_SENDS.search(request.path)) or not _PATH_LOOKS_UP.search(request.path)
