"""What is fuzzed: bytes → a part of policylint, out of which nothing but its documented errors may come."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from fuzz.seeds import (
    adapter_seeds,
    baseline_seeds,
    case_seeds,
    configuration_seeds,
    json_form,
    kept_crashes,
    line_seeds,
    mapped_seeds,
    pack_seeds,
    rule_seeds,
    suppression_seeds,
    tree_seeds,
    waiver_seeds,
)
from fuzz.soundness import assert_findings, assert_inside, assert_places, assert_sound
from policylint.adapters import native
from policylint.api import settings_for
from policylint.baseline import baseline_in, baseline_text
from policylint.checker import Checker
from policylint.config import Configuration, Settings, configuration_in, waiver_file_in
from policylint.discover import Target as FileTarget
from policylint.errors import PolicylintError
from policylint.extensions import Adapter, Candidate, Extensions, Style
from policylint.model.rule import RuleNames
from policylint.model.source import Problem
from policylint.model.tuples import NamedTuple
from policylint.parse import parse, text_of
from policylint.parse.lines import whole_text
from policylint.pipeline import check_all
from policylint.plugins import load_extensions
from policylint.proposal import propose
from policylint.resolve import tool_finding
from policylint.rulepacks import with_overrides
from policylint.ruleset import RuleSet, load_rules
from policylint.ruletest import RuleTester, outcome
from policylint.sources import adapted
from policylint.suppress import apply_suppressions

if TYPE_CHECKING:
    from policylint.model.finding import Finding

DAY = date(2026, 11, 23)
SEPARATOR = b"\n=====\n"
"""Between a configuration and the file that it is for."""


class FuzzTarget(NamedTuple):
    """A part of policylint that reads what others wrote."""

    name: str
    call: Callable[[bytes], None]
    """Raises nothing for any bytes."""
    seeds: Callable[[], Iterable[bytes]]
    """Small files of the kind that it reads."""


def fuzz_targets() -> dict[str, FuzzTarget]:
    """Return all targets by name."""
    found = [
        FuzzTarget("parse-yaml", partial(_parse, "c.yaml"), tree_seeds),
        FuzzTarget("parse-json", partial(_parse, "c.json"), lambda: map(json_form, tree_seeds())),
        FuzzTarget("parse-toml", partial(_parse, "pyproject.toml"), partial(line_seeds, "pyproject.toml")),
        FuzzTarget("parse-env", partial(_parse, ".env"), partial(line_seeds, ".env")),
        FuzzTarget("parse-go-mod", partial(_parse, "go.mod"), partial(line_seeds, "go.mod")),
        FuzzTarget("parse-requirements", partial(_parse, "requirements.txt"), partial(line_seeds, "requirements.txt")),
        FuzzTarget("parse-other", partial(_parse, "campaigns"), tree_seeds),
        *map(_adapter_target, extensions().adapters),
        FuzzTarget("suppressions", _suppress, suppression_seeds),
        FuzzTarget("waivers", _read_waivers, waiver_seeds),
        FuzzTarget("baseline", _read_baseline, baseline_seeds),
        FuzzTarget("configuration", partial(_configure, "policylint.yaml"), configuration_seeds),
        FuzzTarget("configuration-toml", partial(_configure, "pyproject.toml"), partial(line_seeds, "pyproject.toml")),
        FuzzTarget("mapped-files", _map, lambda: mapped_seeds(SEPARATOR)),
        FuzzTarget("proposal", _propose, lambda: map(json_form, adapter_seeds("home-made"))),
        FuzzTarget("rule", partial(_load_pack, "rule.yaml"), rule_seeds),
        FuzzTarget("pack", partial(_load_pack, "pack.yaml"), pack_seeds),
        FuzzTarget("rule-cases", _run_cases, case_seeds),
        FuzzTarget("whole-run", _run, tree_seeds),
    ]
    return {target.name: target._replace(seeds=partial(_with_crashes, target)) for target in found}


def _with_crashes(target: FuzzTarget) -> Iterator[bytes]:
    yield from target.seeds()
    yield from kept_crashes(target.name)


@cache
def extensions() -> Extensions:
    """Return what the built-in plugins give."""
    return load_extensions(installed=False)


@cache
def _settings() -> Settings:
    return settings_for(Configuration(), as_of=DAY)


@cache
def _rules() -> RuleSet:
    return load_rules(_settings(), extensions())


# --- parsers and adapters -----------------------------------------------------------------------------------------


def _parse(name: str, raw: bytes) -> None:
    assert_sound(parse(name, raw))


def _adapter_target(candidate: Candidate) -> FuzzTarget:
    adapter = candidate.load()
    call = _adapt_manifest if adapter.name == "manifest" else partial(_adapt, adapter, _file_name(candidate))
    return FuzzTarget(f"adapter-{adapter.name}", partial(call), partial(adapter_seeds, adapter.name))


def _file_name(candidate: Candidate) -> str:
    return ".env" if candidate.names else "campaigns"


_MANIFESTS = ("package.json", "composer.json", "requirements.txt", "pyproject.toml", "pipfile", "go.mod")


def _adapt_manifest(raw: bytes) -> None:
    (adapter,) = (one.load() for one in extensions().adapters if one.name == "manifest")
    for name in _MANIFESTS:
        _adapt(adapter, name, raw)


@cache
def _checker() -> Checker:
    return Checker(_rules(), _settings(), extensions(), lambda _path: None)


def _adapt(adapter: Adapter, name: str, raw: bytes) -> None:
    """Recognise, adapt and judge: no rule may stumble over what an adapter puts into a record."""
    source = parse(name, raw)
    checker = _checker()
    for document in source.documents:
        if not adapter.recognises(document):
            continue
        document = document._replace(beside=lambda shown: whole_text(shown, "Hi {{ name }}, 20% off, reply STOP"))
        made = adapter.adapt(document, checker.rules.providers)
        assert_places(made, source.text)
        for campaign in made.campaigns[:20]:
            findings, undecided, _, _ = checker.judge(campaign, FileTarget(name, Path(name), named=True))
            assert_findings(findings, name, source.text)
            for verdict in undecided[:20]:
                path, why = verdict.explain()
                assert why
                assert_inside([campaign.place(path).region()], campaign.place(path).document.text)


# --- what accepts findings ----------------------------------------------------------------------------------------

_KNOWN = ("whatsapp/bulk-from-consumer-app", "whatsapp/missing-opt-out", "policylint/schema")
_NAMES = RuleNames(
    {"WA101": _KNOWN[0], "WA204": _KNOWN[1], **{name: name for name in _KNOWN}},
    frozenset(_KNOWN),
    lambda rule: rule != _KNOWN[2],
)


def _suppress(raw: bytes) -> None:
    source = parse("c.yaml" if raw[:1] != b"{" else "c.json", raw)
    findings: list[Finding] = []
    for document in source.documents[:3]:
        for number, key in enumerate(list(document.data)[:20] if isinstance(document.data, dict) else ()):
            problem = Problem("schema", "a bad thing", document.region((key,)))
            found = tool_finding(problem, source.path, source=source, document=document)
            findings.append(found._replace(rule=_KNOWN[number % len(_KNOWN)]))
    kept, problems = apply_suppressions(source, findings, _NAMES, DAY)
    assert [finding.region for finding in kept] == [finding.region for finding in findings]
    assert not [finding for finding in kept if finding.suppressed and finding.rule == _KNOWN[2]]
    assert_inside((problem.region for problem in problems), source.text)


def _read_waivers(raw: bytes) -> None:
    configuration = Configuration(data={"waiver_requires": ["ticket"]})
    try:
        document = waiver_file_in(raw, "policylint-waivers.yaml", configuration)
        if document is not None:
            settings = settings_for(configuration._replace(waiver_file=document), as_of=DAY)
            _checked(settings, b"campaign: a\nchannel: whatsapp\nsender: {product: consumer_app}\npurpose: promotion\n")
    except PolicylintError:
        return


def _read_baseline(raw: bytes) -> None:
    try:
        entries = baseline_in(raw, Path("policylint-baseline.jsonl"), "policylint-baseline.jsonl").entries
    except PolicylintError:
        return
    again = baseline_in(baseline_text(entries).encode(), Path("b.jsonl"), "b.jsonl").entries
    assert sorted(entry._replace(line=0) for entry in again) == sorted(entry._replace(line=0) for entry in entries)


# --- settings -----------------------------------------------------------------------------------------------------


def _configure(name: str, raw: bytes) -> None:
    try:
        settings = settings_for(configuration_in(raw, name), as_of=DAY)
        packs = with_overrides(_rules().packs, settings.overrides)
        for pack in packs:
            assert len(pack.rules) == len(pack.cards)
    except PolicylintError:
        return


def _map(raw: bytes) -> None:
    """Read a file with the mapping that stands before it."""
    first, _, second = raw.partition(SEPARATOR)
    try:
        settings = settings_for(configuration_in(first, "policylint.yaml"), as_of=DAY)
    except PolicylintError:
        return
    if settings.sources:
        source = parse("campaigns.yaml", second)
        for document in source.documents:
            assert_places(adapted(document, settings.sources), source.text)


def _propose(raw: bytes) -> None:
    source = parse("campaigns", raw)
    for document in source.documents[:2]:
        try:
            proposal = propose(document, "campaigns.yaml")
        except PolicylintError:
            continue
        assert configuration_in(proposal.text.encode(), "policylint.yaml").data


# --- rules --------------------------------------------------------------------------------------------------------

_CAMPAIGNS = (
    b"campaign: a\nchannel: whatsapp\n",
    b"""campaign: b
channel: whatsapp
purpose: '{{ x }}'
sender: {product: consumer_app}
audience: {size: 5}
schedule: {start: 2026-01-01, recurrence: weekly}
messages: [{kind: freeform, body: Sale, language: de}, '{{ y }}']
""",
    b"""campaign: c
channel: whatsapp
messages:
  - kind: template
    category: MARKETING
    template:
      name: a
      status: approved
      components:
        - {type: BODY, text: 'Hi {{1}}'}
        - {type: BUTTONS, buttons: [{type: URL, url: x}, {type: '{{1}}'}]}
""",
)


@cache
def _pack_folder(_process: int) -> tempfile.TemporaryDirectory[str]:
    """Return a folder of a process; it is gone with it."""
    return tempfile.TemporaryDirectory(prefix="made-up-pack-")


def _load_pack(name: str, raw: bytes) -> None:
    """Load a pack of which one file was made up, and judge with it what it lets through."""
    folder = Path(_pack_folder(os.getpid()).name)
    files = {"pack.yaml": next(iter(pack_seeds())), "rule.yaml": next(iter(rule_seeds())), name: raw}
    for file, content in files.items():
        (folder / file).write_bytes(content)
    bare = extensions()._replace(rule_folders=(), adapters=(Candidate.of(native.ADAPTER),))
    settings = _settings()._replace(pack_folders=((folder, "rules/made-up"),))
    try:
        rules = load_rules(settings, bare)
    except PolicylintError:
        return
    if not _takes_long(raw):
        for campaign in _CAMPAIGNS:
            _checked(settings, campaign, bare, rules)


def _run_cases(raw: bytes) -> None:
    """Run a made-up file of cases beside a rule, as `policylint test` does."""
    folder = Path(_pack_folder(os.getpid()).name)
    for name, content in (("pack.yaml", pack_seeds()[0]), ("rule.yaml", next(iter(rule_seeds())))):
        (folder / name).write_bytes(content)
    (folder / "rule.test.yaml").write_bytes(raw)
    tester = RuleTester.of_folder(folder, extensions()._replace(rule_folders=()))
    for rule in tester.compiled():
        for case in tester.prepared(rule)[0]:
            outcome(rule, case)
    (folder / "rule.test.yaml").unlink()


def _takes_long(raw: bytes) -> bool:
    """Tell whether a rule has a repeated group in a regular expression, which may take as long as it likes."""
    return re.search(rb"[)\]}+*?][+*{]", raw) is not None


# --- whole runs ---------------------------------------------------------------------------------------------------


def _checked(
    settings: Settings,
    raw: bytes,
    extended: Extensions | None = None,
    rules: RuleSet | None = None,
    name: str = "c.yaml",
) -> str:
    target = FileTarget(name, Path(name), named=True)
    extended = extended or extensions()
    settings = settings._replace(list_campaigns=True)
    report = check_all(
        [target], rules or _rules(), settings, extended, lambda path: raw if path == target.path else None
    )
    assert_findings(report.findings, name, text_of(raw))
    assert not [
        finding for finding in report.findings if "the adapter '" in finding.message and "fails on" in finding.message
    ]
    rendered = {form: reporter.render(report, Style()) for form, reporter in extended.reporters.items()}
    for form in ("json", "sarif", "gitlab"):
        json.loads(rendered[form])
    for line in rendered["jsonl"].splitlines():
        json.loads(line)
    for form in ("junit", "checkstyle"):
        ET.fromstring(rendered[form].encode())
    return rendered["text"]


def _run(raw: bytes) -> None:
    _checked(_settings(), raw, name="campaigns")
