"""Any node of a workflow → what it sends. HTTP and code nodes show it by their address and their body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policylint.adapters.n8n.desks import desk_send
from policylint.adapters.n8n.fields import CODE, REFERENCE, set_value
from policylint.adapters.n8n.requests import header_values, read_request
from policylint.adapters.n8n.sends import (
    CHANNELS,
    LOOKS_UP,
    SENDS,
    STRIPPED,
    UNREADABLE,
    Send,
    Setup,
    community_send,
    is_unofficial,
    own_send,
)
from policylint.adapters.n8n.texts import text_of
from policylint.adapters.requests import (
    PATH_ACTS,
    TEMPLATE_LANGUAGE,
    Request,
    channel_elsewhere,
    is_message,
    kind_said,
    kind_shown,
    template_name,
)

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node, Workflow
    from policylint.adapters.n8n.texts import Text
    from policylint.model.source import Pointer, Unknown
    from policylint.record import ProviderTable, Sign

_HTTP = frozenset({"httprequest", "toolhttprequest", "facebookgraphapi"})
_UNNAMED = "unnamed-gateway"
_CODE = CODE | {"executecommand"}
_WHATSAPP = re.compile(r"whats\s?app|\bwpp\b|\bzap(?:zap)?\b|\bwaba\b|[-_/.]wa[-_/.]", re.IGNORECASE)
_UNOFFICIAL = re.compile(r"\b(?:un|non.?|n[aã]o.?|no.?)(?:official|oficial)\b", re.IGNORECASE)

_REAL_HOST = re.compile(
    r"https?://(?!localhost|127\.|0\.0|10\.|192\.168|host\.docker|[\w-]+[:/])[\w-]+\.", re.IGNORECASE
)
# A call, not the name of a node in code that writes a workflow.
_CALL = re.compile(
    r"\bhttpRequest\w*(?:\.call)?\s*\(|helpers\.request\w*(?:\.call)?\s*\(|\baxios\b|\bfetch\s*\(|requests\.post|\bcurl\b"
)
_PLACEHOLDER = re.compile(r"your|example|sample|seu-|tu-|<|xxx", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:env|vars|secrets)(?:\.|\[['\"])(\w+)")


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Reads the nodes of one workflow."""

    workflow: Workflow
    providers: ProviderTable
    signs: dict[str, Sign | None]
    """Type of node → who carries its messages; shared by the workflows of a document."""

    def read(self, node: Node) -> Send | Setup | None:
        """Return what a node does."""
        if node.is_core:
            return None if node.disabled else self._own(node)
        sign = self._sign(node)
        if sign is not None or _WHATSAPP.search(node.type):
            return community_send(node, sign)
        return desk_send(node, None, self.workflow)

    def _sign(self, node: Node) -> Sign | None:
        if node.type not in self.signs:
            self.signs[node.type] = self.providers.node(node.type)
        return self.signs[node.type]

    def _own(self, node: Node) -> Send | Setup | None:
        if node.kind == "whatsapp" or node.kind in CHANNELS:
            return own_send(node, self._sign(node))
        if node.kind in _HTTP:
            request = read_request(node)
            return self._requested(node, request) if request else self._stripped_request(node)
        return self._coded(node) if node.kind in _CODE else desk_send(node, None, self.workflow)

    def _requested(self, node: Node, request: Request) -> Send | Setup | None:
        sign = self._carrier(node, request)
        if sign is None:
            elsewhere = self._elsewhere(node, request) or self._unnamed(node, request)
            return elsewhere or desk_send(node, request, self.workflow)
        shown_by = request.url.pointer
        if is_unofficial(sign) and PATH_ACTS.search(request.path):
            return Send(node, "whatsapp", shown_by, sign, request.recipient, is_act=True)
        if not is_message(request):
            return Setup(node, sign, shown_by) if is_unofficial(sign) else None
        return self._message(node, request, sign, shown_by)

    def _message(self, node: Node, request: Request, sign: Sign | None, shown_by: Pointer) -> Send:
        kind = self._kind(node, request, sign)
        said_at: Pointer | Text = request.bodies[0].pointer if request.bodies else shown_by
        if isinstance(kind, str):
            said_at = kind_shown(request, kind) or said_at
        if kind != "template":
            return Send(node, "whatsapp", shown_by, sign, request.recipient, request.text, kind, said_at)
        name, language = template_name(request), request.in_bodies(TEMPLATE_LANGUAGE)
        return Send(node, "whatsapp", shown_by, sign, request.recipient, None, kind, said_at, name, language)

    def _kind(self, node: Node, request: Request, sign: Sign | None) -> str | Unknown:
        if is_unofficial(sign) or (sign is not None and sign.route == "link"):
            return "freeform"
        kind = kind_said(request.body, request.path)
        if kind is None and (request.is_made_elsewhere or not request.body):
            kind = kind_said("\n".join(one.text for one in self._makers(node)), "")
        elif kind is None and sign is not None and request.text is not None:
            kind = "freeform"
        return kind or UNREADABLE

    # --- who carries it ---

    def _carrier(self, node: Node, request: Request) -> Sign | None:
        """Tell by the address and the body, else by the variable or the node that the address comes from."""
        url = request.url
        sign = self.providers.url(request.address, f"{url.value}\n{request.body}")
        # A database or a model may be given an unofficial client's kind of address too.
        if sign is not None and (sign.provider != _UNNAMED or SENDS.search(f"{node.name} {request.path}")):
            return sign
        if "graph.facebook.com" in url.value:
            return self._graph(node, request)
        # A key of an unofficial client is sent to nobody else.
        keys = "" if channel_elsewhere(request.address) else header_values(node)
        for match in _VARIABLE.finditer(f"{url.value}\n{keys}"):
            sign = self.providers.variable(match.group(1))
            if sign is not None:
                return sign
        if "{{" in url.value and (sign := self._from_upstream(node, request)) is not None:
            return sign
        # Evolution's own header and fields, under an address that says nothing.
        if "apikey" in request.headers and '"number"' in request.body and request.text is not None:
            return self.providers.url("/message/sendText/")
        return None

    def _graph(self, node: Node, request: Request) -> Sign | None:
        """Tell WhatsApp from Messenger where the body is put together elsewhere."""
        path = request.path.rstrip("/ \n")
        if "/me/" in path or not path.endswith("/messages"):
            return None
        named = f"{node.name}\n{self.workflow.name}\n{node.logins}\n{node.get('nodeCredentialType')}"
        is_made = any("messaging_product" in one.text for one in self._makers(node))
        if not is_made and not _WHATSAPP.search(named):
            return None
        return self.providers.url(request.url.value, "messaging_product: whatsapp")

    def _makers(self, node: Node) -> Iterator[Node]:
        return (one for one in self.workflow.nearest(node, 8) if one.kind in _CODE or one.kind == "set")

    def _from_upstream(self, node: Node, request: Request) -> Sign | None:
        """Find the address that an expression refers to, in the nearest node that sets the field."""
        for match in REFERENCE.finditer(request.url.value):
            named = self.workflow.named(match.group("node") or match.group("old"))
            for source in [named] if named else self.workflow.nearest(node):
                value = _set_there(source, match.group("name") or match.group("key"))
                if value is not None:
                    if (sign := self._only_sign(value)) is not None:
                        return sign
                    break
        return None

    def _only_sign(self, text: str) -> Sign | None:
        """Return who the addresses in a text belong to; several unofficial gateways are one that is not named."""
        lines = text.splitlines()[:400]
        found = {sign.provider: sign for line in lines if (sign := self.providers.url(line, line)) is not None}
        signs = list(found.values())
        if len(signs) > 1 and all(is_unofficial(sign) for sign in signs):
            return self._unnamed_gateway()
        return signs[0] if signs else None

    def _unnamed_gateway(self) -> Sign | None:
        return self.providers.url("", '"to": "0@c.us"')

    # --- what no provider shows ---

    def _elsewhere(self, node: Node, request: Request) -> Send | None:
        url = request.address
        if request.method == "GET" and request.text is None:
            return None
        channel = channel_elsewhere(url)
        if channel is None:
            return None
        sign = self.providers.node("n8n-nodes-base.twilio") if "twilio" in url else None
        return Send(node, channel, request.url.pointer, sign, request.recipient, request.text)

    def _unnamed(self, node: Node, request: Request) -> Send | None:
        """Read a request to a WhatsApp service that the table lacks: the words of node, address or body show it."""
        url = request.url.value
        if not is_message(request) or (request.recipient is None and request.text is None):
            return None
        words = f"{url}\n{node.name}"
        if not _REAL_HOST.match(url) or _PLACEHOLDER.search(url):
            words += f"\n{node.logins}\n{request.body}"
            words += f"\n{self.workflow.name}" if not _REAL_HOST.match(url) and SENDS.search(request.path) else ""
        if not _WHATSAPP.search(words) or not SENDS.search(f"{node.name} {request.path}"):
            return None
        return self._message(node, request, self._claimed(node), request.url.pointer)

    def _claimed(self, node: Node) -> Sign | None:
        """Take the author's word: an unofficial client's name for a node or its login, or "unofficial"."""
        lines = (node.name, *node.login_names.splitlines())
        named = (sign for line in lines for sign in self._named(re.findall(r"[^\W_]+", line)))
        found = next((sign for sign in named if not self.providers.is_unnamed(sign.provider or "")), None)
        if found is not None:
            return found
        claims = _UNOFFICIAL.search(f"{node.name}\n{self.workflow.name}")
        return self._unnamed_gateway() if claims else None

    def _named(self, words: Sequence[str]) -> Iterator[Sign]:
        """Yield the unofficial clients that one word or two name, as they would name a variable."""
        for index, word in enumerate(words):
            for name in (word, "_".join(words[index : index + 2])):
                sign = self.providers.variable(f"{name}_BASE_URL")
                if sign is not None and is_unofficial(sign):
                    yield sign

    def _stripped_request(self, node: Node) -> Send | None:
        """Read a request of which only names are left: its own must say that it sends."""
        name = re.sub(r"http.?request", "", node.name, flags=re.IGNORECASE)
        if not node.is_stripped or not re.search(r"send|sent|enviar|mandar|kirim", name, re.IGNORECASE):
            return None
        sign = self._claimed(node)
        is_named = _WHATSAPP.search(name)
        if LOOKS_UP.search(name) or not (is_named or (sign is not None and _WHATSAPP.search(self.workflow.name))):
            return None
        shown_by = node.named_at if is_named else (*self.workflow.pointer, "name")
        return Send(node, "whatsapp", shown_by, sign, kind=STRIPPED)

    def _coded(self, node: Node) -> Send | None:
        """Read a message that a code node sends by itself."""
        path = next((name for name in ("jsCode", "functionCode", "command", "pythonCode") if node.get(name)), None)
        code = text_of(node, path) if path else None
        if code is None or not _CALL.search(code.value):
            return None
        if not re.search(r"\bPOST\b|\.post\b", code.value, re.IGNORECASE):
            return None
        sign = self.providers.url(code.value, code.value)
        if sign is None or sign.provider == _UNNAMED or not re.search(r"send|/messages\b", code.value):
            return None
        return self._message(node, Request(code, "POST", code.value, [code], [], []), sign, code.pointer)


def _set_there(node: Node, field: str) -> str | None:
    """Return the text that decides a field: a Set node's value, or the code of a node that mentions the field."""
    if node.kind == "set":
        value = set_value(node, field)
        return value if isinstance(value, str) else None
    is_mentioned = node.kind in _CODE and re.search(rf"\b{re.escape(field)}\b", node.text)
    return node.text if is_mentioned else None
