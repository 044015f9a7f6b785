"""Violations and problems → what tells their findings from others: names and values, no lines and no places in lists.

It stays the same when lines move, lists are put in another order or files are renamed; where the items of a list have
no names, an item is known by its content.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from policylint.model.finding import Identity
from policylint.model.source import Pointer, Unknown, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policylint.model.campaign import Campaign
    from policylint.model.finding import Violation
    from policylint.model.source import Document, Place, Problem, SourceFile

_NAMING: tuple[tuple[Pointer, ...], ...] = (
    *((("id",),), (("_id",),), (("uuid",),), (("sid",),), (("x-id",),), (("campaign",),), (("key",),)),
    *((("name",),), (("name",), ("language",)), (("slug",),), (("language",),)),
    *((("template", "name"),), (("template", "name"), ("language",))),
)
"""Keys that tell the items of a list apart, alone or together, the surest first."""
# Of these a template has one each; two buttons or two nodes of one type are common, and then the type names neither.
_COMPONENTS = frozenset(["HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"])
_IDS = frozenset(["campaign", "id", "_id", "uuid", "key"])
_LONGEST = 60
"""Characters of a name that is written out."""


def identity_of_violation(violation: Violation, path: Pointer) -> Identity:
    """Return what tells the finding of a violation from others.

    Args:
        violation: What a rule found.
        path: Record path of the value that the finding points to.

    """
    campaign, scope = violation.campaign, violation.scope
    inner = violation.path[len(scope) :] if violation.path[: len(scope)] == scope else ()
    if any(type(step) is int for step in inner):
        # Which of several items is pointed to hangs on their order, so all of them count.
        found = [(_below(campaign, campaign.place(each)), value_at(campaign.data, each)) for each in violation.alike]
        values = tuple(sorted(_digest([where, _digest(value)]) for where, value in found))
        steps = ["*" if type(step) is int else str(step) for step in inner]
        below = _below(campaign, campaign.place(scope))
        pointer = "/".join([below, *steps] if below else steps)
    else:
        values = (_value_digest(value_at(campaign.data, violation.path)),)
        pointer = _below(campaign, campaign.place(path))
    return _identity(campaign, pointer, values)


def identity_of_problem(
    problem: Problem, path: str, campaign: Campaign | None, source: SourceFile | None, document: Document | None
) -> Identity:
    """Return what tells the finding of a problem with a file from others.

    Args:
        problem: What is wrong.
        path: The file, as messages name it.
        campaign: The campaign that it is about, if any.
        source: The file, where it was read.
        document: The document that it is about, where that is known.

    """
    document = document or (campaign.document if campaign else None)
    if document is None and source is not None and len(source.documents) == 1:
        document = source.documents[0]
    # A name of the file and a place in a list are no part of what is wrong.
    said = re.sub(r"\[\d+\]", "[*]", problem.message.replace(path, ""))
    text = source.text if source is not None else document.text if document is not None else ""
    values = (_digest([said, text if problem.rule == "syntax" else ""]),)
    data = None if document is None else document.data
    names = named(data, problem.pointer)
    length, around = _campaign_around(data, problem.pointer)
    if around is not None:
        record = "/".join([*_document_name(document), *names[:length]])
        return Identity(around, record, "/".join(names[length:]), values, "")
    pointer = "/".join([*_document_name(document), *names])
    if campaign is None:
        return Identity(None, "", pointer, values, _text_digest(text))
    return _identity(campaign, pointer, values)


def fingerprint(rule: str, path: str, identity: Identity) -> str:
    """Return a digest by which other tools know a finding again; it holds no line number."""
    import hashlib  # it loads OpenSSL: only a run that finds something pays for it

    who = identity.record if identity.campaign is None else identity.campaign
    parts = [rule, path, who, identity.pointer, *identity.values]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def own_id(campaign: Campaign) -> str | None:
    """Return the id of a campaign where its own file says it, None where it was made up from other things."""
    place = campaign.place(("campaign",))
    if place.span is None and place.pointer and place.pointer[-1] in _IDS:
        said = value_at(place.document.data, place.pointer)
        if type(said) in (str, int) and str(said) == campaign.id:
            return campaign.id
    return None


def _identity(campaign: Campaign, pointer: str, values: tuple[str, ...]) -> Identity:
    own = own_id(campaign)
    root = campaign.place(())
    document = root.document
    names = [*_document_name(document), *named(document.data, root.pointer)]
    text = value_at(document.data, root.pointer)
    if root.span is not None and isinstance(text, str) and root.span != (0, len(text)):
        names.append(f"[#{_digest(text[slice(*root.span)])}]")
    return Identity(own, "/".join(names), pointer, values, "" if own is not None else _text_digest(document.text))


def _below(campaign: Campaign, place: Place) -> str:
    """Return a place by names: below the campaign, or from a slash on in its file, or with the name of another file."""
    root = campaign.place(())
    names = named(place.document.data, place.pointer)
    if place.document is not root.document:
        return "/".join([f"/{place.document.path.rpartition('/')[2]}", *names])
    length = len(root.pointer)
    return "/".join(names[length:]) if place.pointer[:length] == root.pointer else "/".join(["", *names])


def _campaign_around(data: Any, pointer: Pointer) -> tuple[int, str | None]:
    """Return the innermost object around a place that gives the id of a campaign: the steps to it, and the id."""
    for length in range(len(pointer), -1, -1):
        around = value_at(data, pointer[:length])
        if isinstance(around, dict) and type(around.get("campaign")) in (str, int):
            return length, str(around["campaign"])
    return 0, None


def _document_name(document: Document | None) -> list[str]:
    """Return what tells a document from the first one of its file."""
    return [_names_of_items(_Same([document.data]))[0]] if document is not None and document.number else []


# --- items of lists by name ---------------------------------------------------------------------------------------


def named(data: Any, pointer: Pointer) -> list[str]:
    """Return the steps of a pointer into data as texts, with the names of items for their places in lists."""
    names = []
    for step in pointer:
        if isinstance(step, int):
            inside = isinstance(data, list) and 0 <= step < len(data)
            names.append(_names_of_items(_Same(data))[step] if inside else "*")
            data = data[step] if inside else None
        else:
            names.append(_escaped(step))
            data = data.get(step) if isinstance(data, dict) else None
    return names


class _Same:
    """A list that is equal to itself only, so that what is known of it can be kept."""

    __slots__ = ("items",)

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.items is self.items

    def __hash__(self) -> int:
        return id(self.items)


@lru_cache(maxsize=64)
def _names_of_items(same: _Same) -> tuple[str, ...]:
    """Return a name for each item of a list that does not hang on its place."""
    possible = [list(dict.fromkeys(_possible_names(item))) for item in same.items]
    counts = Counter(name for names in possible for name in names)
    return tuple(
        next((name for name in names if counts[name] == 1), None) or _unnamed(item)
        for names, item in zip(possible, same.items, strict=True)
    )


def _possible_names(item: Any) -> Iterator[str]:
    if not isinstance(item, dict):
        return
    for pointers in _NAMING:
        values = [value_at(item, pointer) for pointer in pointers]
        if all(type(value) in (str, int) and value != "" for value in values):
            pairs = zip(pointers, values, strict=True)
            yield f"[{','.join(f'{pointer[-1]}={_said(value)}' for pointer, value in pairs)}]"
    kind = item.get("type")
    if isinstance(kind, str) and kind.upper() in _COMPONENTS:
        yield f"[type={kind.upper()}]"


def _unnamed(item: Any) -> str:
    if isinstance(item, (dict, list, Unknown)):
        return f"[#{_digest(item)}]"
    return f"[={_said(item)}]"


def _said(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return _escaped(text) if len(text) <= _LONGEST else f"#{_digest(text)}"


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


# --- digests ------------------------------------------------------------------------------------------------------


def _value_digest(value: Any) -> str:
    """Return the digest of a value that breaks a rule; objects are known by their place, whatever they hold."""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return ""
    return _digest(value)


def _digest(value: Any) -> str:
    """Return 16 digits that are the same for the same value, whatever the order of its keys and items."""
    import hashlib

    known: dict[int, str] = {}

    def short(text: str) -> str:
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def digest(part: Any) -> str:
        if not isinstance(part, (dict, list)):
            return "?" if isinstance(part, Unknown) else json.dumps(part)
        if id(part) not in known:  # an alias is the same object each time
            if isinstance(part, dict):
                inner: Sequence[str] = sorted(f"{json.dumps(key)}:{digest(item)}" for key, item in part.items())
            else:
                inner = sorted(map(digest, part))
            known[id(part)] = short(f"{type(part).__name__}{','.join(inner)}")
        return known[id(part)]

    return short(digest(value))


@lru_cache(maxsize=16)
def _text_digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
