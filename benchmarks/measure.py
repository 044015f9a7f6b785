"""Whole commands, run in turn → how long they took and how much memory all their processes had."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One run of a command."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all processes."""
    memory: float
    """Mebibytes of all processes together at the highest of some samples; 0 where it was not looked at."""


def run(command: Sequence[str], folder: Path, memory: bool, environment: Mapping[str, str]) -> Run:
    """Run a command once; whatever it prints is thrown away, and so is its status."""
    before = os.times()
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
    )
    peak = [0.0]
    done = threading.Event()
    if memory:
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
        watcher.start()
    process.wait()
    wall = time.perf_counter() - begun
    after = os.times()
    done.set()
    if memory:
        watcher.join()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu, peak[0])


def _watch(root: int, peak: list[float], done: threading.Event) -> None:
    while not done.wait(0.02):
        peak[0] = max(peak[0], sum(_proportional(pid) for pid in _tree(root)) / 1024)


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        try:
            found.extend(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
        except (OSError, ValueError):
            continue
    return found


def _proportional(pid: int) -> float:
    """Return the kibibytes of a process, shared ones divided among those who share them."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    except OSError:
        pass
    return 0.0


class Series(NamedTuple):
    """Runs of one command."""

    name: str
    runs: list[Run]

    @property
    def wall(self) -> float:
        """Median seconds."""
        return statistics.median(run.wall for run in self.runs)

    def row(self, base: Series) -> str:
        """Return a row of a table, with the ratio to another command, run by run."""
        ratios = sorted(mine.wall / other.wall for mine, other in zip(self.runs, base.runs, strict=True))
        walls = [run.wall for run in self.runs]
        memory = max(run.memory for run in self.runs)
        return (
            f"| {self.name} | {_time(self.wall)} ({_time(min(walls))} to {_time(max(walls))}) "
            f"| {_time(statistics.median(run.cpu for run in self.runs))} | {f'{memory:.0f} MiB' if memory else ''} "
            f"| {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |"
        )


HEAD = "| command | wall, median (range) | cpu | memory | wall against ours |\n|---|---|---|---|---|"


def in_turn(
    commands: Mapping[str, Sequence[str]],
    folder: Path,
    runs: int,
    *,
    memory: bool = False,
    warm_up: bool = True,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Series]:
    """Run commands A B C A B C …, after one round that does not count."""
    series = {name: Series(name, []) for name in commands}
    for number in range(0 if warm_up else 1, runs + 1):
        for name, command in commands.items():
            found = run(command, folder, memory, environment or {})
            if number:
                series[name].runs.append(found)
            if sys.stderr.isatty():
                print(f"\r{number}/{runs} {name[:60]:60s}", end="\r", file=sys.stderr, flush=True)
    return series


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
