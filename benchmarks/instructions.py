"""Has a check become dearer? Instructions, not seconds: they are the same on a busy machine as on an idle one.

    python benchmarks/instructions.py [--write]

Counts (with valgrind) what checking one file and what each further file takes, and divides it by what a script takes
that only imports what we cannot do without and composes the same files with libyaml. That ratio hardly depends on the
build of Python. It must not be more than a twentieth above the one in instructions.json; `--write` sets that anew.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.generate import write_campaigns

ROOT = Path(__file__).parent.parent
KNOWN = Path(__file__).with_name("instructions.json")
TOLERANCE = 1.05
FILES = 120

_BARE = """\
import argparse, sys, yaml, yaml._yaml
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.yaml")):
    list(yaml.compose_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
"""


def instructions(command: Sequence[object]) -> int:
    """Return how many instructions a command takes in user space."""
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *map(str, command)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    run = subprocess.run(tool, capture_output=True, text=True, check=False, env=environment)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if found is None:
        sys.exit(run.stderr)
    return int(found[1])


def installed(folder: Path) -> Path:
    """Install this checkout as a user would, and return the folder of its programs."""
    venv.create(folder, with_pip=True)
    pip = [folder / "bin" / "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*map(str, pip), "install", str(ROOT)], check=True)
    return folder / "bin"


def ratios() -> dict[str, float]:
    """Return what is watched: one file, and each further file, against the bare script."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        programs = installed(work / "own")
        python, policylint = programs / "python", programs / "policylint"
        bare = work / "bare.py"
        bare.write_text(_BARE, encoding="utf-8")
        write_campaigns(work / "one", 1)
        write_campaigns(work / "many", FILES)
        check = [
            python,
            policylint,
            "check",
            "--as-of",
            "2026-11-23",
            "--no-cache",
            "--jobs",
            "1",
            "--format",
            "concise",
        ]
        for folder in ("one", "many"):  # writes the compiled modules
            subprocess.run([*map(str, check), str(work / folder)], capture_output=True, check=False)
        ours = [instructions([*check, work / folder]) for folder in ("one", "many")]
        theirs = [instructions([python, bare, work / folder]) for folder in ("one", "many")]
    return {
        "one file": round(ours[0] / theirs[0], 3),
        "each further file": round((ours[1] - ours[0]) / (theirs[1] - theirs[0]), 3),
    }


def main() -> int:
    """Compare, or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="take the present ratios for the known ones")
    options = parser.parse_args()
    found = ratios()
    if options.write:
        KNOWN.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    known = json.loads(KNOWN.read_text(encoding="utf-8"))
    dearer = [name for name, ratio in found.items() if ratio > known[name] * TOLERANCE]
    for name, ratio in found.items():
        print(f"{name}: {ratio} times the bare script (known: {known[name]}){' DEARER' if name in dearer else ''}")
    return 1 if dearer else 0


if __name__ == "__main__":
    sys.exit(main())
