"""Hypothesis strategies for the files that policylint reads: campaigns, rules, configurations, waivers, baselines.

They are drawn from our JSON Schemas. Most are valid; the rest has a value changed, a key misspelt or its text cut.
``HYPOTHESIS_PROFILE=long`` makes a hundred times as many, new ones at each run.
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from policylint import resources
from policylint.record import record_schema
from policylint.schema import resolve_reference

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TIMES = 100
"""How many documents the long run makes for each of the short one."""


def examples(count: int) -> settings:
    """Return the settings of a property that takes so many documents, and many more in a long run."""
    return settings(
        max_examples=count * TIMES if LONG else count,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


# --- values of a schema -------------------------------------------------------------------------------------------

_PLACEHOLDERS = ("{{ x }}", "${X}", "{% if x %}")
_DAYS = ("2026-11-23", "2019-12-06", "2019-12-07", "2026-01-01", "2027-02-28T09:00", "2026-12-01T23:30+02:00")
_TEXTS = st.sampled_from(
    (
        *_DAYS,
        *_PLACEHOLDERS,
        "a",
        "promotion",
        "consumer_app",
        "Sale, 20% off: reply STOP",
        "Hi {{1}}",
        "DE",
        "NO",
        "ü\u2028",
    )
)
_MOST_KEYS = 5


def of_schema(
    schema: Mapping[str, Any], root: Mapping[str, Any] | None = None, depth: int = 0
) -> st.SearchStrategy[Any]:
    """Return a strategy for values that a schema takes; deep down optional keys are left out."""
    root = schema if root is None else root
    while "$ref" in schema:
        schema = resolve_reference(root, schema["$ref"])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema and "properties" not in schema:
            return st.one_of([of_schema({**one}, root, depth) for one in schema[key]])
    kinds = schema.get("type") or ("object" if "properties" in schema else ["string", "integer", "boolean", "null"])
    return st.one_of([_of_kind(kind, schema, root, depth) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def _of_kind(kind: str, schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if kind == "null":
        return st.none()
    if kind == "boolean":
        return st.booleans()
    if kind in ("integer", "number"):
        least = int(schema.get("minimum", 0))
        return st.sampled_from([least, least + 1, 5, 300, 100_000])
    if kind == "array":
        items = schema.get("items", {})
        least = schema.get("minItems", 0)
        return st.lists(st.deferred(lambda: of_schema(items, root, depth + 1)), min_size=least, max_size=max(2, least))
    if kind == "object":
        return _objects(schema, root, depth)
    if "pattern" in schema:
        return st.sampled_from([*schema.get("examples", ()), *_DAYS]) | st.from_regex(schema["pattern"], fullmatch=True)
    return _TEXTS


def _of_name(name: str, schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    return _BY_NAME[name] if name in _BY_NAME else of_schema(schema, root, depth)


@st.composite
def _objects(draw: st.DrawFn, schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> dict[str, Any]:
    known: Mapping[str, Any] = schema.get("properties", {})
    required = list(schema.get("required", ()))
    alternatives = [one["required"] for one in schema.get("anyOf") or schema.get("oneOf") or () if "required" in one]
    if alternatives:
        required += draw(st.sampled_from(alternatives))
    optional = [name for name in known if name not in required]
    most = max(_MOST_KEYS - depth, 0)
    names = draw(st.lists(st.sampled_from(optional), max_size=most, unique=True)) if optional and most else []
    found = {name: draw(_of_name(name, known.get(name, {}), root, depth + 1)) for name in (*required, *names)}
    others = schema.get("additionalProperties", True)
    if isinstance(others, dict) and (not known or draw(st.booleans())):
        key = draw(of_schema(schema["propertyNames"], root, depth + 1)) if "propertyNames" in schema else draw(_KEYS)
        found[key] = draw(of_schema(others, root, depth + 1))
    return found


_RULES = st.sampled_from(
    ["WA101", "WA204", "whatsapp/missing-opt-in", "whatsapp/bulk-from-consumer-app", "EM001", "none"]
)
_BY_NAME: Mapping[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        ("since", "observed", "until", "added"), st.sampled_from(["2026-01-01", "2026-12-31", "2027-02-29"])
    ),
    **dict.fromkeys(("select", "ignore"), st.lists(_RULES, max_size=3)),
    "channel": st.sampled_from(["whatsapp", "whatsapp", "email", "sms", "WhatsApp"]),
    "files": st.sampled_from(["*.yaml", "b.json", ["campaigns/**"]]),
    "map": st.dictionaries(
        st.sampled_from(["campaign", "audience.size", "messages.body", "sender", "x"]),
        st.sampled_from(["id", "steps[*].text", "$.name", "@key", ["a.b", "c"], "a["]),
        min_size=1,
        max_size=3,
    ),
    "packs": st.just([]),
    "path": st.sampled_from(["a.yaml", "*.yaml", "campaigns/**"]),
    "product": st.sampled_from(["consumer_app", "business_app", "business_platform", "{{ x }}"]),
    "rule": _RULES,
    "rules": st.dictionaries(
        _RULES, st.sampled_from([{"severity": "off"}, {"severity": "info"}, {"parameters": {"maximum": 5}}]), max_size=2
    ),
}
"""Strategies for what a schema leaves open and the engine does not."""


# --- damage -------------------------------------------------------------------------------------------------------

_KEYS = st.sampled_from(
    ["campaign", "audience.size", "messages.body", "WA101", "whatsapp/missing-opt-in", "x-own", "a"]
)
_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**70,
        1.5,
        "",
        "x",
        *_PLACEHOLDERS,
        "2026-02-30",
        "NO",
        [],
        {},
        [None],
        {"a": None},
        [[]],
        "\0",
    ]
)


@st.composite
def damaged(draw: st.DrawFn, documents: st.SearchStrategy[Any]) -> Any:
    """Return a strategy for documents of which some have a value changed, moved or gone, or a key misspelt."""
    data = draw(documents)
    edits = draw(st.sampled_from([0, 0, 0, 1, 1, 2]))
    if edits:
        data = copy.deepcopy(data)
    for _ in range(edits):
        places = list(_places(data))
        if not places:
            break
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        kind = draw(st.sampled_from(["change", "change", "remove", "misspell", "add"]))
        if kind == "change":
            holder[key] = copy.deepcopy(draw(_ODD))
        elif kind == "remove":
            del holder[key]
        elif kind == "misspell" and isinstance(holder, dict):
            holder[f"{key}s"] = holder.pop(key)
        elif isinstance(holder, dict):
            holder[draw(_KEYS)] = copy.deepcopy(draw(_ODD))
    return data


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield data, key
        yield from _places(data[key])


@st.composite
def written(draw: st.DrawFn, documents: st.SearchStrategy[Any], forms: Sequence[str] = ("json", "yaml")) -> bytes:
    """Return a strategy for the texts of documents, of which some are cut, or have a sign too many."""
    data = draw(documents)
    if draw(st.sampled_from(forms)) == "json":
        text = json.dumps(data, indent=draw(st.sampled_from([None, 2])))
    else:
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    kind = draw(st.sampled_from(["whole"] * 8 + ["cut", "sign"]))
    at = draw(st.integers(0, len(text))) if kind != "whole" else 0
    if kind == "cut":
        text = text[:at]
    elif kind == "sign":
        text = (
            text[:at]
            + draw(st.sampled_from([*"{}[]:,\"'#&*!|>%@`\t\n-", "\r\n", "\0", "---\n", "\u2028", "\ud800"]))
            + text[at:]
        )
    return text.encode("utf-8", "surrogatepass")


# --- the files ----------------------------------------------------------------------------------------------------


@st.composite
def _campaigns(draw: st.DrawFn) -> dict[str, Any]:
    """Return a strategy for campaign records of which many have what rules look at."""
    schema = record_schema().schema
    telling = draw(st.lists(st.sampled_from(["sender", "audience", "purpose", "messages", "consent"]), unique=True))
    found: dict[str, Any] = draw(of_schema({**schema, "required": ["campaign", "channel", *telling]}))
    if isinstance(found.get("sender"), dict):
        found["sender"].setdefault("product", draw(_BY_NAME["product"]))
    if draw(st.booleans()):
        found.pop("kind", None)
    return found


CAMPAIGN = _campaigns()
CAMPAIGN_FILES = written(
    damaged(CAMPAIGN) | damaged(st.lists(CAMPAIGN, max_size=3).map(lambda listed: {"campaigns": listed}))
)

_WAIVERS = of_schema(resources.schema("waivers"))
WAIVER_FILES = written(damaged(_WAIVERS))


@st.composite
def _configurations(draw: st.DrawFn) -> Any:
    data = draw(of_schema(resources.schema("config")))
    if "waivers" in data:
        data["waivers"] = draw(_WAIVERS)["waivers"]
    if "defaults" in data:
        data["defaults"] = {key: value for key, value in draw(CAMPAIGN).items() if key != "campaign"}
    return data


CONFIGURATION_FILES = written(damaged(_configurations()))

_ENTRY = of_schema(resources.schema("baseline")["$defs"]["entry"])


@st.composite
def _baselines(draw: st.DrawFn) -> bytes:
    entries = draw(st.lists(damaged(_ENTRY), max_size=4))
    lines = [json.dumps(line) for line in [{"baseline": 1}, *entries]]
    if draw(st.sampled_from([False, False, False, True])):
        lines[draw(st.integers(0, len(lines) - 1))] = draw(
            st.sampled_from(["", "{", "[]", "<<<<<<< a", "null", '"{{ x }}"'])
        )
    return "\n".join(lines).encode()


BASELINE_FILES = _baselines()

# --- rules --------------------------------------------------------------------------------------------------------

_TESTS: tuple[dict[str, Any], ...] = (
    {"purpose": "promotion"},
    {"purpose": {"not_in": ["newsletter", "survey"]}},
    {"audience.size": {"greater_than": "$limit"}},
    {"audience.size": {"at_most": {"field": "sender.portfolio.messaging_limit"}}},
    {"audience.countries": {"subset_of": ["DE", "AT"]}},
    {"audience.countries": {"count_at_least": 2}},
    {"audience.countries": {"some": {"equals": "US"}}},
    {"consent": {"absent": True}},
    {"sender.product": {"open": True}},
    {"schedule.start": {"after": "2026-01-01", "before": {"field": "schedule.end"}}},
    {"schedule.start": {"within": {"days": 7, "after": {"field": "sender.registered"}}}},
    {"messages": {"some": {"body": {"matches": "(?i)sale"}, "campaign.purpose": "promotion"}}},
    {"messages": {"none": {"kind": "template"}}},
    {"messages": {"each": {"template.name": {"present": True}}}},
    {"messages": {"count": {"where": {"kind": "freeform"}, "at_most": 1}}},
    {"messages": {"grouped": {"kind": "freeform"}}},
)
_CONDITION = st.recursive(
    st.sampled_from(_TESTS),
    lambda inner: st.tuples(st.sampled_from(["any", "all", "none"]), st.lists(inner, min_size=1, max_size=3)).map(
        lambda pair: {pair[0]: pair[1]}
    ),
    max_leaves=5,
)
_ITEM_CONDITION = st.sampled_from(
    [
        {"kind": "freeform"},
        {"body": {"length_at_most": 5}},
        {"template": {"present": True}, "campaign.audience.size": 5},
    ]
)


@st.composite
def _rules(draw: st.DrawFn) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "code": "TT001",
        "title": "A bad thing",
        "message": draw(st.sampled_from(["$campaign does a bad thing", "$campaign: $value", "${audience.size}"])),
        "why": "It is bad.",
        "solution": "Do a good thing.",
        "certainty": "forbidden",
        "sources": [{"terms": "house", "clause": "1", "confidence": "primary"}],
        "enforcement": draw(
            st.sampled_from(
                [
                    [{"since": "2020-01-01", "severity": "error"}],
                    [{"observed": "2026-01-01", "severity": "warning"}, {"since": "2026-12-01", "severity": "off"}],
                ]
            )
        ),
    }
    if draw(st.sampled_from([False, False, True])):
        rule["select"] = "messages[*]"
    condition = _ITEM_CONDITION if "select" in rule else _CONDITION
    rule[draw(st.sampled_from(["forbid", "require"]))] = draw(condition)
    if draw(st.booleans()):
        rule["where"] = draw(condition)
    if "$limit" in json.dumps(rule):
        rule["parameters"] = {
            "limit": draw(st.sampled_from([{"value": 5}, {"values": {"2018-01-01": 1, "2026-05-20": 300}}]))
        }
    return rule


RULE_FILES = written(damaged(_rules()))

PLACED = re.compile(r"[\w./-]+:\d+(?::\d+)?: \S")
"""How each line of an error about a file begins."""
