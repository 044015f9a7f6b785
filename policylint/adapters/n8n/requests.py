"""An HTTP node → its request, as versions 1 to 4 of the node and its tools write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.adapters.n8n.texts import Text, text_of
from policylint.adapters.requests import MAXIMUM_BODY, Request, queried

if TYPE_CHECKING:
    from policylint.adapters.n8n.graph import Node

# Names and values of fields.
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
_IS_JSON = re.compile(r"""\s*\{\s*(?!\{)["']""")
_HEADERS = (("headerParameters", "parameters"), ("headerParametersUi", "parameter"), ("parametersHeaders", "values"))


def read_request(node: Node) -> Request | None:
    """Return the request of an HTTP node, or None where it names no address."""
    url = text_of(node, "url") or _graph_address(node)
    if url is None:
        return None
    bodies = [text for path in _BODIES if isinstance(node.get(*path), str) and (text := text_of(node, *path))]
    fields = [*_listed(node), *queried(url)]
    # A field may hold what is a part of the body, or all of it, as JSON text.
    bodies += [value for _, value in fields if _IS_JSON.match(value.value)]
    fields = [(name, value) for name, value in fields if not _IS_JSON.match(value.value)]
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


def header_values(node: Node) -> str:
    """Return what the headers of an HTTP node hold, one a line."""
    listed = [item.get("value") for path in _HEADERS for _, item in _items(node.get(*path))]
    written = [node.get(name) for name in ("headerParametersJson", "jsonHeaders")]
    return "\n".join(value for value in (*listed, *written) if isinstance(value, str))


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
            name, value = item.get("name"), item.get("value")
            text = text_of(node, *path, index, "value")
            if isinstance(name, str) and text is not None:
                yield name, text
            elif isinstance(value, Mapping):  # written by hand: the node itself keeps texts only
                inner = ((key, text_of(node, *path, index, "value", key)) for key in value)
                yield from ((key, text) for key, text in inner if text is not None)
