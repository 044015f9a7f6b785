"""Settings of an application in YAML or JSON → entries under the names that environment variables would have.

``whatsapp: {phone_number_id: …}`` is read as ``WHATSAPP_PHONE_NUMBER_ID``, ``messaging: {waha: {url: …}}`` as
``MESSAGING_WAHA_URL``, or ``WAHA_URL`` for short. In a file ``whatsapp.yml`` all names begin with that of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from policylint.project.manifests import VARIABLE, Entry, variable

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer

_DEPTH = 6
_MOST = 400
# What describes settings, is a format of its own or a message that came in holds none.
_FOREIGN = frozenset(
    [
        *("$schema", "$defs", "definitions", "properties", "openapi", "swagger", "paths", "components", "dependencies"),
        *("jobs", "stages", "apiVersion", "services", "nodes", "connections", "resources", "Resources", "translations"),
        *("campaign", "doctype", "_postman_variable_scope", "AWSTemplateFormatVersion"),
        *("fromMe", "messageid", "messageId", "messageTimestamp", "messageType", "pushName", "isGroup", "remoteJid"),
    ]
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_OF_WHATSAPP = re.compile(r"whats[_-]?app(?:[_-]?(?:config|settings|api|business))?\Z", re.IGNORECASE)
# Ruby and shell templates, tags, expressions of other tools: what stands there comes from somewhere else.
_ELSEWHERE = re.compile(r"<%|\{\{|\$\{|\$\(|\Aenv[:(]|\A%\w|\Avault:|\Assm:", re.IGNORECASE)


def entries_of(document: Document) -> Iterator[Entry]:
    """Yield the settings of a document; texts for people are none."""
    data = document.data
    if not isinstance(data, dict) or not _FOREIGN.isdisjoint(data):
        return
    stem = PurePosixPath(document.path).name.partition(".")[0]
    context = (stem,) if _OF_WHATSAPP.match(stem) else ()
    for count, (pointer, value) in enumerate(_leaves(data, ())):
        if count == _MOST:
            return
        name, *shorter = _names((*context, *(str(step) for step in pointer)))
        if isinstance(value, str) and _ELSEWHERE.search(value):
            yield Entry(VARIABLE, name, pointer, is_reference=True, shorter=tuple(shorter))
        elif not (isinstance(value, str) and len(value.split()) > 1):
            yield variable(name, value, pointer)._replace(shorter=tuple(shorter))


def _leaves(value: Mapping[str, Any], at: Pointer) -> Iterator[tuple[Pointer, Any]]:
    for key, inner in value.items():
        pointer = (*at, key)
        if not isinstance(inner, (dict, list)):
            yield pointer, inner
        elif isinstance(inner, dict) and len(pointer) < _DEPTH and _FOREIGN.isdisjoint(inner):
            yield from _leaves(inner, pointer)


def _names(steps: tuple[str, ...]) -> list[str]:
    """Return the name of a setting with all sections around it, then with fewer and fewer."""
    words = ["_".join(_WORD.findall(step.replace("WhatsApp", "Whatsapp"))).upper() for step in steps]
    return ["_".join(words[begin:]) for begin in range(len(words))]
