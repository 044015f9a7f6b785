"""Settings of a reply bot that imitates a person → a set-up record; nothing for a bot that does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from policylint.adapters.home_made.words import plain
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document, Pointer

_IMITATING_KEY = re.compile(
    r"human(?:ized?|ised?|like)?(?:reply|response|typing|reading)?(?:delay|pause|pace|typing|speed|timing)s?\Z"
    r"|(?:simulate|fake|imitate|mimic)(?:human|typing|person)\w*\Z|(?:delay|demora|atraso)human[oa]\Z"
)
_IMITATING_TEXT = re.compile(
    r"(?:like|as if you were) a (?:real |human )?person\b|\bsound(?:s|ing)? human\b"
    r"|\bpretend(?:ing)? to be (?:a )?human"
    r"|\bnot (?:like )?a (?:ro)?bot\b|\bnever (?:say|reveal|admit)[^.\n]{0,40}\b(?:ai|bot|robot|assistant)\b"
    r"|como (?:si fueras |una )?(?:una )?persona real|no (?:como )?un robot|(?:forma|manera) natural y humana"
    r"|como (?:se fosse )?uma pessoa (?:real|de verdade)|n[ãa]o (?:como |[ée] )?um rob[ôo]"
    r"|wie ein (?:echter )?mensch\b|kein(?:en)? (?:ro)?bot\b|comme une vraie personne|seperti manusia",
    re.IGNORECASE,
)
_BOT_KEYS = frozenset(
    [
        *("greeting", "welcome", "welcomemessage", "saludo", "bienvenida", "saudacao", "boasvindas", "begrussung"),
        *("menu", "mainmenu", "flow", "flows", "conditionalflows", "fallback", "fallbackmessage", "defaultreply"),
        *("escalation", "handoff", "humanhandoff", "escalate", "transfer", "autoreply", "autoreplies", "replies"),
        *("responses", "respuestas", "respostas", "antworten", "intents", "ai", "llm", "systemprompt", "persona"),
        *("identity", "personality", "knowledge", "rag", "memory", "sessiontimeout", "invalidmessage"),
    ]
)
_ESCALATION = frozenset({"escalation", "handoff", "humanhandoff", "escalate", "transfer", "fallbacktoescalation"})
_LEAST = 2
_DEPTH = 4

_IN_OWN_WORDS = Unknown("the file names a way to a human in words of its own")
_NOT_NAMED = Unknown("the file does not name the channel")


def imitates_a_person(data: Any) -> bool:
    """Tell whether a document is the settings of a reply bot that are to look like a person's work."""
    return isinstance(data, dict) and len(_bot_keys(data)) >= _LEAST and next(_imitations(data), None) is not None


def _bot_keys(data: Mapping[str, Any]) -> list[str]:
    return [key for key, value in data.items() if plain(key) in _BOT_KEYS and isinstance(value, (dict, list, str))]


def _imitations(value: Any, pointer: Pointer = ()) -> Iterator[tuple[str, Pointer]]:
    """Yield what imitates a person, as a measure, with its place."""
    if len(pointer) > _DEPTH:
        return
    if isinstance(value, str):
        if _IMITATING_TEXT.search(value):
            yield "typing_simulation", pointer
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _IMITATING_KEY.match(plain(key)) and _is_on(inner):
                yield "typing_simulation", (*pointer, key)
                if isinstance(inner, dict) and _is_a_range(inner):
                    yield "random_delay", (*pointer, key)
            else:
                yield from _imitations(inner, (*pointer, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _imitations(inner, (*pointer, index))


def _is_on(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and value.get("enabled") is not False
    return isinstance(value, (bool, int, float)) and bool(value)


def _is_a_range(value: Mapping[str, Any]) -> bool:
    keys = [plain(key) for key in value]
    return any("min" in key for key in keys) and any("max" in key for key in keys)


def bot_of(document: Document) -> Campaign:
    """Return the record of a document that is the settings of such a bot."""
    from policylint.adapters.drafts import Draft
    from policylint.adapters.home_made.channels import whatsapp_in

    data = document.data
    stem = PurePosixPath(document.path).name.partition(".")[0] or "bot"
    draft = Draft(document, stem, ())
    at = whatsapp_in(data)
    draft.data["kind"] = "setup"
    draft.put(("channel",), _NOT_NAMED if at is None else "whatsapp", at)
    first = (_bot_keys(data)[0],)
    draft.put(("direction",), "reply", first)
    draft.put(("automation", "bot"), value=True, at=first)
    measures: dict[str, Pointer] = {}
    for measure, place in sorted(_imitations(data), key=lambda one: isinstance(one[1][-1], int)):
        measures.setdefault(measure, place)
    draft.put(("sender", "evasion"), list(measures), next(iter(measures.values())))
    for index, place in enumerate(measures.values()):
        draft.point(("sender", "evasion", index), place)
    escalation = next((key for key in data if plain(key) in _ESCALATION and data[key]), None)
    if escalation is not None:
        draft.put(("automation", "escalation"), _IN_OWN_WORDS, (escalation,))
    draft.note("settings of a reply bot that imitate a person: they send nothing by themselves")
    return draft.campaign("home-made", ["direction", "sender.evasion", "automation.bot", "automation.escalation"])
