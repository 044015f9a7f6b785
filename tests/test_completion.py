"""Shell completion: the scripts are asked by the shells themselves, where these are installed."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from policylint.cli import main
from policylint.completion import completion_script

SHELLS = ("bash", "zsh", "fish")


def require(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts, a command ``policylint`` to be found, and files to be named."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "bin").mkdir()
    command = folder / "bin" / "policylint"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m policylint "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    (folder / "letter one.yaml").write_text("", encoding="utf-8")
    (folder / "packs").mkdir()
    for shell in SHELLS:
        done = subprocess.run([command, "completion", shell], capture_output=True, text=True, check=True)
        (folder / f"script.{shell}").write_text(done.stdout, encoding="utf-8")
    return folder


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "POLICYLINT_CACHE": str(folder / "cache"),
        "HOME": str(folder),
    }


ASKED = [
    ("che", ["check"]),
    ("--ver", ["--version"]),
    ("check --form", ["--format"]),
    ("check --format sa", ["sarif"]),
    ("check --fail-on w", ["warning"]),
    ("completion f", ["fish"]),
    ("explain whatsapp/bulk-from-c", ["whatsapp/bulk-from-consumer-app"]),
    ("check --select EMAIL001,WA101,SMS002", ["EMAIL001,WA101,SMS002"]),
]


@pytest.mark.parametrize(("typed", "expected"), ASKED)
def test_bash_completes(typed: str, expected: list[str], folder: Path, environment: dict[str, str]) -> None:
    asked = (
        'source script.bash; COMP_WORDS=(policylint "$@"); COMP_CWORD=$#; _policylint; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    command = [require("bash"), "--norc", "-c", asked, "bash", *typed.split()]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == (expected, "")


@pytest.mark.parametrize(("typed", "expected"), [*ASKED, ("check let", ["letter one.yaml"]), ("docs pa", ["packs/"])])
def test_fish_completes(typed: str, expected: list[str], folder: Path, environment: dict[str, str]) -> None:
    command = [require("fish"), "--no-config", "-c", f"source script.fish; complete -C 'policylint {typed}'"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    assert ([line.partition("\t")[0] for line in done.stdout.splitlines()], done.stderr) == (expected, "")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("che", "policylint check "),
        ("check --format sa", "policylint check --format sarif "),
        ("check let", r"policylint check letter\ one.yaml "),
        ("docs pa", "policylint docs packs/"),
        ("explain whatsapp/bulk-from-c", "policylint explain whatsapp/bulk-from-consumer-app "),
        (
            "check --select WA101,whatsapp/bulk-from-c",
            "policylint check --select WA101,whatsapp/bulk-from-consumer-app",
        ),
    ],
)
def test_zsh_completes(typed: str, shown: str, folder: Path, environment: dict[str, str]) -> None:
    with zsh(require("zsh"), folder, environment) as terminal:
        os.write(terminal, f"policylint {typed}\t".encode())
        assert shown in read_until(terminal, shown)


@contextlib.contextmanager
def zsh(path: str, folder: Path, environment: dict[str, str]) -> Iterator[int]:
    """Start zsh on a terminal of its own with the script loaded."""
    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    setting = "autoload -Uz compinit; compinit -u -D; source script.zsh; PS1=re''ady'> '"
    process = subprocess.Popen(
        [path, "-f", "-i"], cwd=folder, env={**environment, "TERM": "dumb"}, stdin=its, stdout=its, stderr=its
    )
    os.close(its)
    try:
        os.write(ours, f"{setting}\n".encode())
        assert "ready> " in read_until(ours, "ready> ")
        yield ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, wanted: str, patience: float = 30) -> str:
    """Return what a terminal shows, up to some text or to the end of patience, without its control sequences."""
    shown, end = "", time.monotonic() + patience
    while wanted not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += re.sub(r"\x1b\[[\d;?]*[a-zA-Z]|[\r\x07]", "", os.read(terminal, 4096).decode())
    return shown


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_of_its_shell(shell: str, folder: Path) -> None:
    subprocess.run([require(shell), "-n", folder / f"script.{shell}"], check=True)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_what_the_parsers_know(shell: str) -> None:
    parser = argparse.ArgumentParser("policylint")
    commands = parser.add_subparsers(metavar="COMMAND")
    command = commands.add_parser("try", help="it's [100%] sure: so")
    command.add_argument("--shade", choices=["dark", "light"], help="50%% grey")
    command.add_argument("-o", "--out", metavar="FILE")
    command.add_argument("--format", metavar="FORMAT[=FILE]")
    command.add_argument("place", metavar="FOLDER")
    script = completion_script(shell, parser, ["text", "json"])
    for word in ("try", "shade", "dark light", "out", "format", "text json", "help"):
        assert word in script
    if shell != "bash":
        assert "50% grey" in script


def test_completion_wants_one_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion"]) == 2
    assert capsys.readouterr().err == (
        'policylint: name one shell: bash, zsh or fish\n  hint: as in: eval "$(policylint completion bash)"\n'
    )
