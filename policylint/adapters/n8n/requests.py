"""An HTTP node → its request, and what the request says: to whom, which text, template or free-form.

Bodies are searched, never parsed: with n8n's expressions in them they are no JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policylint.adapters.n8n.texts import EXPRESSION_PATTERN, Text, text_of

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node

MAXIMUM_BODY = 20_000
"""Characters of a body that are searched."""

# Names and values of fields, as versions 1 to 4 of the HTTP Request node and its tools write them.
_LISTS = (
    ("bodyParameters", "parameters"),
    ("queryParameters", "parameters"),
    ("bodyParametersUi", "parameter"),
    ("queryParametersUi", "parameter"),
    ("parametersBody", "values"),
    ("parametersQuery", "values"),
    ("options", "queryParameters", "parameter"),
)
_BODIES = (
    ("jsonBody",),
    ("body",),
    ("bodyParametersJson",),
    ("jsonQuery",),
    ("queryParametersJson",),
    ("options", "queryParametersJson"),
)
_HEADERS = (("headerParameters", "parameters"), ("headerParametersUi", "parameter"), ("parametersHeaders", "values"))

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
_QUERY = re.compile(rf"[?&]([\w.-]+)=((?:{EXPRESSION_PATTERN}|[^&\s])*)", re.DOTALL)


def _field(names: str) -> re.Pattern[str]:
    return re.compile(rf"""(?<![\w$.])["'`]?(?:{names})["'`]?\s*:\s*(?:{_VALUE})""", re.DOTALL | re.IGNORECASE)


_RECIPIENT_FIELD, _IS_RECIPIENT = _field(_RECIPIENTS), re.compile(rf"(?:{_RECIPIENTS})\Z", re.IGNORECASE)
_TEXT_FIELD, _IS_TEXT = _field(_TEXTS), re.compile(rf"(?:{_TEXTS})\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """What an HTTP node asks for."""

    url: Text
    method: str
    body: str
    """The bodies and fields as one text, for searching."""
    bodies: Sequence[Text]
    fields: Sequence[tuple[str, Text]]
    headers: Sequence[str]
    """Names, in lower case."""

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
        return next((found for body in self.bodies for found in _values(body, pattern)), None)

    @property
    def is_made_elsewhere(self) -> bool:
        """Tell whether the body is one expression that only names it."""
        return any(body.value.lstrip().startswith("{{") and '"' not in body.value for body in self.bodies)


def _values(body: Text, pattern: re.Pattern[str]) -> Iterator[Text]:
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


def read_request(node: Node) -> Request | None:
    """Return the request of an HTTP node, or None where it names no address."""
    url = text_of(node, "url") or _graph_address(node)
    if url is None:
        return None
    bodies = [text for path in _BODIES if isinstance(node.get(*path), str) and (text := text_of(node, *path))]
    fields = [*_listed(node), *_queried(url)]
    method = next((one for name in ("method", "requestMethod", "httpRequestMethod") if (one := node.word(name))), "")
    written = [f'"{name}": "{value.value}"' for name, value in fields]
    has_body = bool(bodies) or node.get("sendBody") is True
    return Request(
        url=url,
        method=method.upper() or ("POST" if has_body else "GET"),
        body="\n".join([*written, *(body.value[:MAXIMUM_BODY] for body in bodies)]),
        bodies=bodies,
        fields=fields,
        headers=[str(item.get("name")).lower() for path in _HEADERS for _, item in _items(node.get(*path))],
    )


def _graph_address(node: Node) -> Text | None:
    """Return the address that the Facebook Graph API node asks for."""
    part = text_of(node, "node") if node.kind == "facebookgraphapi" else None
    edge = node.get("edge")
    if part is None:
        return None
    return Text(f"https://graph.facebook.com/v0/{part.value}/{edge if isinstance(edge, str) else ''}", part.pointer)


def _items(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, Mapping):
            yield index, item


def _listed(node: Node) -> Iterator[tuple[str, Text]]:
    for path in _LISTS:
        for index, item in _items(node.get(*path)):
            name = item.get("name")
            text = text_of(node, *path, index, "value")
            if isinstance(name, str) and text is not None:
                yield name, text


def _queried(url: Text) -> Iterator[tuple[str, Text]]:
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
        return None if _FREEFORM.search(body) and "?" in body else "template"  # a condition chooses
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
