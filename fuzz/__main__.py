"""``python -m fuzz --seconds 60 [--target NAME …]``: fuzz one target after the other with atheris; 1 on a crash.

Each target runs in a process of its own, with libFuzzer's limits on memory and on the time of one input. What it learns
is kept in ``.fuzz/`` and is where the next run goes on from. Without atheris nothing is done, and said so.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import pkgutil
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fuzz.targets import FuzzTarget

MEMORY = 2000
"""Megabytes."""
LONGEST_INPUT = 20
"""Seconds for one input: the machine may be busy with other things."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Fuzz what reads files with atheris.")
    parser.add_argument("--seconds", type=float, default=60, help="for all targets together (default: 60)")
    parser.add_argument("--target", action="append", default=[], help="a target; may be repeated (default: all)")
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"), help="keeps corpora, logs and crashes")
    parser.add_argument("--jobs", type=int, default=1, help="targets that are fuzzed at the same time (default: 1)")
    parser.add_argument("--input", type=Path, help="give this file to the target once, as after a crash")
    options = parser.parse_args(arguments)
    atheris = _instrumented() if options.input is None else None
    if atheris is None and options.input is None:
        print("fuzz: skipped, as atheris is not installed here: pip install --group fuzz")
        return 0
    from fuzz.targets import fuzz_targets

    targets = fuzz_targets()
    unknown = [name for name in options.target if name not in targets]
    if unknown:
        parser.error(f"there is no target {', '.join(unknown)}; the targets are {', '.join(targets)}")
    chosen = [targets[name] for name in options.target or targets]
    if options.input is not None:
        for target in chosen:
            target.call(options.input.read_bytes())
        return 0
    for target in chosen:
        target.call(b"")  # rules and adapters are loaded once, which counts for no input
    share = max(int(options.seconds * options.jobs / len(chosen)), 1)
    words = _dictionary(options.folder)
    results = list(fuzzed(atheris, chosen, words, options.folder, share, options.jobs))
    crashes = sum(crashed for _, crashed in results)
    executions = sum(count for count, _ in results)
    print(f"targets: {len(chosen)}, executions: {executions}, crashes: {crashes}")
    return int(crashes > 0)


def _instrumented() -> Any:
    """Return atheris with every module of policylint imported, as later ones are not instrumented; None without it."""
    try:
        import atheris
    except ImportError:
        return None
    import_quietly = contextlib.redirect_stderr(io.StringIO())  # it names every module
    with import_quietly, atheris.instrument_imports(include=["policylint"], enable_loader_override=False):
        import policylint

        for module in pkgutil.walk_packages(policylint.__path__, "policylint."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return atheris


def _dictionary(folder: Path) -> list[str]:
    from fuzz.seeds import dictionary, written

    words = dictionary()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dictionary").write_text(written(words), encoding="utf-8")
    return words


def fuzzed(
    atheris: Any, targets: Sequence[FuzzTarget], words: Sequence[str], folder: Path, seconds: int, jobs: int
) -> Iterator[tuple[int, bool]]:
    """Fuzz targets, each in a process of its own, and say on standard output how it went.

    Args:
        atheris: The module, with policylint instrumented.
        targets: What to fuzz.
        words: For mutations of trees.
        folder: Keeps the corpora and the logs; holds ``dictionary``.
        seconds: When to end, for each.
        jobs: How many at the same time.

    Yields:
        For each the number of executions, and whether it crashed.

    """
    running: dict[int, _Run] = {}
    for target in targets:
        if len(running) == jobs:
            yield _ended(running)
        run = _prepared(target, folder)
        options = [
            *(f"-max_total_time={seconds}", f"-timeout={LONGEST_INPUT}", f"-rss_limit_mb={MEMORY}", "-max_len=4000"),
            *(f"-dict={folder / 'dictionary'}", f"-artifact_prefix={run.crashes}/", "-print_final_stats=1"),
            *(str(folder / kind / target.name) for kind in ("corpus", "seeds")),
        ]
        child = os.fork()
        if child == 0:
            _fuzz(atheris, target.call, words, options, run.log)
        running[child] = run
    while running:
        yield _ended(running)


class _Run(NamedTuple):
    """The fuzzing of a target."""

    target: str
    log: Path
    crashes: Path
    """Folder of the inputs on which it crashes."""
    before: frozenset[Path]
    """What that held."""
    started: float


def _prepared(target: FuzzTarget, folder: Path) -> _Run:
    corpus, seeds, crashes = (folder / kind / target.name for kind in ("corpus", "seeds", "crashes"))
    shutil.rmtree(seeds, ignore_errors=True)
    for made in (corpus, seeds, crashes):
        made.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (seeds / f"{number:03}").write_bytes(seed)
    log = folder / f"{target.name}.log"
    return _Run(target.name, log, crashes, frozenset(crashes.iterdir()), time.monotonic())


def _ended(running: dict[int, _Run]) -> tuple[int, bool]:
    """Wait for the next run to end, take it out of those that are running, and say how it went."""
    child, status = os.wait()
    run = running.pop(child)
    text = run.log.read_text(errors="replace")
    counts = re.findall(r"^(?:stat::number_of_executed_units:\s*|#)(\d+)", text, re.MULTILINE)
    executions, crashed = max(map(int, counts), default=0), status != 0
    seconds = time.monotonic() - run.started
    print(f"{run.target}: {executions} executions in {seconds:.0f} s" + ", a crash" * crashed, flush=True)
    if crashed:
        for file in sorted(set(run.crashes.iterdir()) - run.before):
            print(f"  python -m fuzz --target {run.target} --input {file}")
        print(f"  {_said(text)} (see {run.log})", flush=True)
    return executions, crashed


def _said(text: str) -> str:
    """Return what a log says of a crash: the exception, or what libFuzzer stopped for."""
    found = re.search(r"Uncaught Python exception: ===\n(.*)", text) or re.search(r"ERROR: libFuzzer: (.*)", text)
    last = text.rstrip().rpartition("\n")[2]
    return found[1] if found else f"the fuzzer itself ended: {last}"


def _fuzz(atheris: Any, call: Callable[[bytes], None], words: Sequence[str], options: list[str], log: Path) -> None:
    """Fuzz in this process, which ends with it."""
    from fuzz.mutation import mutated

    with log.open("wb") as handle:
        os.dup2(handle.fileno(), 1)
        os.dup2(handle.fileno(), 2)

    def mutate(raw: bytes, size: int, seed: int) -> bytes:
        return mutated(raw, words, atheris.Mutate, size, seed)

    atheris.Setup(["fuzz", *options], call, custom_mutator=mutate)
    atheris.Fuzz()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
