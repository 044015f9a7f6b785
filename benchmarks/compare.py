"""How fast policylint is beside the tools that a user would pick instead: one table for each kind of work.

    python benchmarks/compare.py --work /tmp/policylint-benchmark [--files 1 1000 10000] [--runs 5]

Installs this checkout and the peers into the work folder (from PyPI and npm; once), writes campaign files, and runs
every command in turn. Ratios hold inside one table; seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import equivalents, generate
from benchmarks.measure import HEAD, Series, in_turn

ROOT = Path(__file__).parent.parent
PYPI = ["check-jsonschema==0.39.0", "yamllint==1.38.0", "semgrep==1.182.0", "ast-grep-cli==0.51.1"]
NPM = ["@stoplight/spectral-cli@6.16.3"]
DAY = "2026-11-23"


class Bench:
    """The tools and the files of a work folder."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.peers = work / "peers"
        self.own = work / "own" / "bin"
        self.node = work / "node_modules" / ".bin"
        self.rules = work / "rules"

    def install(self) -> None:
        """Install what is not there yet; this checkout always."""
        self.work.mkdir(parents=True, exist_ok=True)
        for requirement in PYPI:  # each by itself: they do not agree on what they need
            self.environment(self.peers / requirement.partition("==")[0], requirement)
        self.environment(self.own.parent)
        wheels = self.work / "wheels"
        shutil.rmtree(wheels, ignore_errors=True)
        _quiet([self.own / "pip", "wheel", "--no-deps", "--wheel-dir", wheels, ROOT])
        _quiet([self.own / "pip", "install", "--force-reinstall", *wheels.glob("*.whl")])
        if not self.node.exists():
            _quiet(["npm", "install", "--no-audit", "--no-fund", "--prefix", self.work, *NPM])
        equivalents.write(self.rules)
        _own_packs(self.work)

    def environment(self, folder: Path, *requirements: str) -> None:
        """Make a virtual environment, unless it is there."""
        if not folder.exists():
            venv.create(folder, with_pip=True)
            if requirements:
                _quiet([folder / "bin" / "pip", "install", *requirements])

    def files(self, number: int) -> str:
        """Return the folder of so many campaign files, relative to the work folder."""
        folder = self.work / f"files-{number}"
        if not folder.exists():
            generate.write_campaigns(folder, number)
        return folder.name

    def compare_findings(self, peers: Sequence[str]) -> None:
        """Exit unless every peer finds what its rules are about, and nothing else."""
        folder = self.work / "samples"
        shutil.rmtree(folder, ignore_errors=True)
        equivalents.write_samples(folder)
        wanted = {equivalents.broken(number) for number in range(len(equivalents.RULES))}
        for peer in peers:
            printed = subprocess.run(self.peer(peer, folder.name), cwd=self.work, capture_output=True, text=True)
            if peer == "Semgrep":  # its JSON also names what it looked at
                found = {Path(result["path"]).name for result in json.loads(printed.stdout)["results"]}
            else:
                found = set(re.findall(r"\w+-\d\d\.yaml", printed.stdout))
            if found != wanted:
                sys.exit(f"{peer}: {sorted(found ^ wanted)} told of by it or by its rules alone\n{printed.stderr}")

    def stream(self) -> str:
        """Return the folder of one file of 2,400 documents."""
        folder = self.work / "stream"
        if not folder.exists():
            generate.write_stream(folder, 2_400)
        return folder.name

    def ours(self, files: str, *options: str) -> list[str]:
        """Return our command: every pack, no result of an earlier run unless asked for."""
        return [str(self.own / "policylint"), "check", files, "--as-of", DAY, "--format", "concise", *options]

    def peer(self, name: str, files: str) -> list[str]:
        """Return the command of a peer over a folder."""
        listed = sorted(str(path.relative_to(self.work)) for path in (self.work / files).rglob("*.yaml"))
        return {
            "check-jsonschema": [
                f"{self.peers}/check-jsonschema/bin/check-jsonschema",
                "--schemafile",
                "rules/schema.json",
                *listed,
            ],
            "yamllint": [f"{self.peers}/yamllint/bin/yamllint", files],
            "Semgrep": [
                *(
                    f"{self.peers}/semgrep/bin/semgrep",
                    "scan",
                    "--metrics",
                    "off",
                    "--disable-version-check",
                    "--quiet",
                ),
                *("--config", "rules/semgrep.yaml", "--no-git-ignore", "--json", files),
            ],
            "ast-grep": [f"{self.peers}/ast-grep-cli/bin/ast-grep", "scan", "-r", "rules/ast-grep.yaml", files],
            "Spectral": [f"{self.node}/spectral", "lint", "-q", "-r", "rules/spectral.yaml", f"{files}/**/*.yaml"],
        }[name]

    def table(
        self,
        title: str,
        commands: Mapping[str, Sequence[str]],
        runs: int,
        *,
        long: bool = False,
    ) -> dict[str, Series]:
        """Measure and print a table; the first command is the one that the others are compared with.

        Args:
            title: Above the table.
            commands: What is measured, by name.
            runs: Counted runs of each.
            long: Where commands take minutes: their memory is looked at too, and no round goes uncounted.

        """
        environment = {"POLICYLINT_CACHE": str(self.work / "cache"), "SEMGREP_SEND_METRICS": "off"}
        found = in_turn(commands, self.work, runs, memory=long, warm_up=not long, environment=environment)
        base = next(iter(found.values()))
        print(f"\n### {title}\n\n{HEAD}", *(series.row(base) for series in found.values()), sep="\n", flush=True)
        return found


def _quiet(command: Sequence[object]) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")


def _own_packs(work: Path) -> None:
    """Write packs of 60 and of 120 rules that do not come with the wheel, made of the WhatsApp pack."""
    source = ROOT / "rules" / "whatsapp"
    names = sorted(path.name for path in source.glob("*.yaml") if ".test." not in path.name)
    rules = [name for name in names if "\ncode: " in "\n" + (source / name).read_text(encoding="utf-8")]
    for number in (60, 120):
        folder = work / f"pack-{number}" / "house"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.test.yaml"))
        for name in rules:
            text = (folder / name).read_text(encoding="utf-8")
            (folder / name).write_text(text.replace("code: WA", "code: HOUSE", 1), encoding="utf-8")
        for name in rules[number:]:
            (folder / name).unlink()
        pack = (folder / "pack.yaml").read_text(encoding="utf-8")
        kept = [line for line in pack.splitlines() if not line.startswith(("redirects:", "coverage:"))]
        (folder / "pack.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")


def main() -> None:
    """Install, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="a folder for the tools and the files")
    parser.add_argument("--files", type=int, nargs="+", default=[1, 1_000, 10_000])
    parser.add_argument(
        "--runs", type=int, default=5, help="counted runs of each command; of one file four times as many"
    )
    parser.add_argument("--without", nargs="*", default=[], metavar="PEER", help="peers to leave out")
    options = parser.parse_args()
    bench = Bench(options.work.absolute())
    bench.install()
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores"
    )
    print("Peers: " + ", ".join([*PYPI, *NPM]))
    peers = [
        name
        for name in ("check-jsonschema", "ast-grep", "Semgrep", "Spectral", "yamllint")
        if name not in options.without
    ]
    bench.compare_findings([name for name in peers if name != "yamllint"])
    for number in options.files:
        files = bench.files(number)
        commands = {"policylint": bench.ours(files, "--no-cache")}
        runs = options.runs * 4 if number == 1 else options.runs
        commands.update((name, bench.peer(name, files)) for name in peers if number == 1 or name != "yamllint")
        bench.table(f"{number:,} files of 2 kB", commands, runs, long=number >= 10_000)
    most = max(options.files)
    if most >= 1_000:
        files = bench.files(most)
        alike = bench.ours(files, "--jobs", "2")
        new_cache = "POLICYLINT_CACHE=$PWD/cache-new exec"
        bench.table(
            f"{most:,} files: one process, and what an earlier run knew",
            {
                "policylint, two processes": bench.ours(files, "--no-cache", "--jobs", "2"),
                "policylint, one process": bench.ours(files, "--no-cache", "--jobs", "1"),
                "policylint, empty cache": ["sh", "-c", f"rm -rf cache-new; {new_cache} {' '.join(alike)}"],
                "policylint, all cached": alike,
            },
            options.runs,
        )
        files = bench.files(1_000)
        own = {
            f"own pack, {number} rules": bench.ours(
                files, "--no-cache", "--jobs", "1", "--pack", f"pack-{number}/house", "--select", "house"
            )
            for number in (60, 120)
        }
        bench.table("1,000 files, a pack that does not come with the wheel", own, options.runs)
        stream = bench.stream()
        bench.table(
            "one file of 5 MB, 2,400 documents",
            {"policylint": bench.ours(stream, "--no-cache"), "ast-grep": bench.peer("ast-grep", stream)},
            options.runs,
        )


if __name__ == "__main__":
    main()
