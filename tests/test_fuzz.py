"""The fuzz targets: each takes its seeds and the inputs on which it crashed once; short runs where atheris is."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.mutation import mutated
from fuzz.seeds import (
    CRASHES,
    configuration_seeds,
    dictionary,
    kept_crashes,
    mapped_seeds,
    pack_seeds,
    rule_seeds,
    waiver_seeds,
    written,
)
from fuzz.targets import DAY, SEPARATOR, FuzzTarget, extensions, fuzz_targets
from policylint.api import settings_for
from policylint.config import Configuration, configuration_in, waiver_file_in
from policylint.parse import parse
from policylint.ruleset import load_rules
from policylint.sources import adapted
from tests.rulefiles import NATIVE

ROOT = Path(__file__).parents[1]
TARGETS = fuzz_targets()


@pytest.mark.parametrize("target", list(TARGETS.values()), ids=list(TARGETS))
def test_a_target_takes_its_seeds_and_what_it_crashed_on_once(target: FuzzTarget) -> None:
    seeds = list(target.seeds())
    assert seeds
    for seed in seeds:
        target.call(seed)


@pytest.mark.parametrize("target", list(TARGETS.values()), ids=list(TARGETS))
def test_a_target_takes_seeds_with_a_changed_tree(target: FuzzTarget) -> None:
    words = dictionary()
    seeds = list(target.seeds())
    for number in range(15):
        rng = random.Random(number)
        target.call(mutated(rng.choice(seeds), words, lambda raw, size: raw[:size], 4000, number))


def test_kept_crashes_belong_to_targets() -> None:
    folders = [path.name for path in CRASHES.iterdir()]
    assert sorted(set(folders) - set(TARGETS)) == []
    assert all(kept_crashes(name) for name in folders)


def test_there_is_a_target_for_every_adapter() -> None:
    names = {f"adapter-{candidate.name}" for candidate in extensions().adapters}
    assert names <= set(TARGETS)


def test_a_mutation_keeps_json_json_and_leaves_the_rest_to_libfuzzer() -> None:
    raw = b'{"a": [1, {"b": "c"}], "d": {}}'
    made = {mutated(raw, ["word"], lambda _raw, _size: b"mutated", 1000, seed) for seed in range(200)}
    trees = made - {b"mutated"}
    assert len(trees) > 50
    for tree in trees:
        json.loads(tree)
    assert b"mutated" in made
    assert mutated(b"a: [", ["word"], lambda _raw, _size: b"mutated", 1000, 1) == b"mutated"
    assert mutated(raw, ["word" * 100], lambda _raw, size: raw[:size], 31, 3) == raw[:31]


def test_the_dictionary_is_one_that_libfuzzer_reads() -> None:
    assert written(['a"b', "ü\\", "plain"]) == '"a\\x22b"\n"\\xc3\\xbc\\x5c"\n"plain"\n'
    assert {"campaign", "consumer_app", "until", "fail_on", "messaging_product", "certainty"} <= set(dictionary())


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


TWO = ("--target", "parse-env", "--target", "suppressions")


def test_a_run_says_what_it_executed(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    found = run("-m", "fuzz", "--seconds", "1", "--jobs", "2", "--folder", str(tmp_path), *TWO)
    assert found.returncode == 0, found.stderr
    *each, last = found.stdout.splitlines()
    counts = [re.fullmatch(r"(parse-env|suppressions): ([1-9]\d*) executions in \d+ s", line) for line in each]
    assert sorted(count[1] for count in counts if count) == ["parse-env", "suppressions"]
    assert last == f"targets: 2, executions: {sum(int(count[2]) for count in counts if count)}, crashes: 0"
    assert list((tmp_path / "corpus/suppressions").iterdir())


CRASHING = """\
import sys
from pathlib import Path
from fuzz.__main__ import _dictionary, _instrumented, fuzzed
from fuzz.mutation import mutated
from fuzz.targets import FuzzTarget

def call(raw):
    if b"campaign" in raw:
        raise KeyError("campaign")

folder = Path(sys.argv[1])
words = _dictionary(folder)
target = FuzzTarget("made-up", call, lambda: [b"campaign: a"])
((_, crashed),) = fuzzed(_instrumented(), [target], words, folder, 1, 1)
assert crashed
"""


def test_a_crash_is_told_with_the_input(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    found = run("-c", CRASHING, str(tmp_path))
    assert found.returncode == 0, found.stderr
    head, command, said = found.stdout.splitlines()
    assert re.fullmatch(r"made-up: \d+ executions in \d+ s, a crash", head)
    assert command.startswith("  python -m fuzz --target made-up --input ")
    assert said == f"  KeyError: 'campaign' (see {tmp_path / 'made-up.log'})"
    assert b"campaign" in Path(command.split()[-1]).read_bytes()


def test_an_input_is_given_to_a_target_without_atheris(tmp_path: Path) -> None:
    file = tmp_path / "input"
    file.write_bytes(b"campaign: a\n")
    found = run("-m", "fuzz", "--target", "parse-yaml", "--input", str(file))
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_a_target_that_is_not_there_is_refused(tmp_path: Path) -> None:
    found = run("-m", "fuzz", "--target", "nothing-like-it", "--input", str(tmp_path / "input"))
    assert found.returncode == 2
    assert "there is no target nothing-like-it; the targets are parse-yaml, " in found.stderr


def test_seeds_get_beyond_the_checks_of_their_form(tmp_path: Path) -> None:
    settings = [settings_for(configuration_in(raw, "policylint.yaml"), as_of=DAY) for raw in configuration_seeds()]
    assert sum(len(one.overrides) for one in settings) == 3
    assert [len(one.sources) for one in settings][-2:] == [1, 1]
    for raw in mapped_seeds(SEPARATOR):
        first, _, second = raw.partition(SEPARATOR)
        (document,) = parse("campaigns.yaml", second).documents
        sources = settings_for(configuration_in(first, "policylint.yaml"), as_of=DAY).sources
        assert len(adapted(document, sources).campaigns) == 1
    waivers = [waiver_file_in(raw, "w.yaml", Configuration()) for raw in waiver_seeds()[:3]]
    assert [len(document.data["waivers"]) for document in waivers if document] == [1, 1, 2]
    (tmp_path / "pack.yaml").write_bytes(pack_seeds()[0])
    loaded = 0
    for raw in rule_seeds():
        (tmp_path / "rule.yaml").write_bytes(raw)
        pack = settings_for(Configuration(), as_of=DAY, packs=[tmp_path])
        loaded += len(load_rules(pack, NATIVE).cards)
    assert loaded > 15


def test_trees_are_changed_over_and_over_without_a_trace_of_earlier_ones() -> None:
    raw = b'{"a": [{"b": 1}, {}], "c": {"d": []}}'
    first = [mutated(raw, ["x"], lambda given, _size: given, 4000, seed) for seed in range(3000)]
    assert [mutated(raw, ["x"], lambda given, _size: given, 4000, seed) for seed in range(3000)] == first
