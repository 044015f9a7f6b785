"""Where reports go: standard output, files whole or not at all; and how a text looks there."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import resource
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from policylint.cli import main
from policylint.config import Settings
from policylint.discover import discover, read_file
from policylint.errors import PolicylintError, UsageError
from policylint.extensions import Style
from policylint.outputs import Output, Outputs, outputs_of, style_of, write_file
from policylint.pipeline import run
from policylint.plugins import load_extensions
from policylint.progress import Progress
from policylint.reporters import policylint_reporters
from tests.test_reporters import BULK, SYNTAX, TODAY, WAIVED, report

REPORTERS = load_extensions(installed=False).reporters
BROKEN = "campaign: a\nchannel: whatsapp\npurpose: newsletter\nsender: {product: consumer_app}\n"
CLEAN = "campaign: b\nchannel: viber\n"


COMMAND = [sys.executable, "-m", "policylint", "check", "--isolated", "--as-of", "2026-11-23"]


def check(*arguments: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the parsed packs, so that the processes of this module need not parse them."""
    found = tmp_path_factory.mktemp("cache")
    environment = {**os.environ, "POLICYLINT_CACHE": str(found)}
    subprocess.run([*COMMAND, "--quiet", str(found)], env=environment, check=True)
    return found


@pytest.fixture
def folder(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POLICYLINT_CACHE", str(cache))
    (tmp_path / "a.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(CLEAN, encoding="utf-8")
    return tmp_path


# --- what is asked for --------------------------------------------------------------------------------------------


def test_formats_go_to_standard_output_or_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "out=1.sarif"
    assert outputs_of(["text", f"sarif={file}", "json=-"], REPORTERS) == [
        Output("text", None),
        Output("sarif", file),
        Output("json", None),
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["sarfi"], "there is no format 'sarfi', did you mean 'sarif'?"),
        (["sarif="], "--format sarif= names no file\n  hint: write sarif=FILE, or sarif for standard output"),
        (
            ["sarif=nowhere/out"],
            "there is no folder 'nowhere' for the report out\n  hint: make the folder first",
        ),
        (["json=."], ". is a folder, not a file for a report"),
        (["json=out", "sarif=out"], "two reports cannot be written to one file: out"),
    ],
)
def test_what_could_not_be_written_after_the_run_is_refused_before_it(
    asked: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as error:
        outputs_of(asked, REPORTERS)
    assert str(error.value).startswith(said)


# --- files --------------------------------------------------------------------------------------------------------


def test_several_reports_of_one_run_are_written(folder: Path) -> None:
    done = check("--format", "sarif=out.sarif", "--format", "json=out.json", "--format", "concise", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("a.yaml:3:10: error[whatsapp/bulk-from-consumer-app] ")
    (result,) = json.loads((folder / "out.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    (finding,) = json.loads((folder / "out.json").read_text(encoding="utf-8"))["findings"]
    assert result["ruleId"] == finding["rule"] == "whatsapp/bulk-from-consumer-app"
    assert sorted(path.name for path in folder.iterdir()) == ["a.yaml", "b.yaml", "out.json", "out.sarif"]


def test_a_report_replaces_the_old_one_and_keeps_its_rights_and_links(tmp_path: Path) -> None:
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    write_file(link, "new 企業 \ud800\n")
    assert link.is_symlink()
    assert target.read_bytes() == "new 企業 \\ud800\n".encode()
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "real.json"]


def test_a_new_report_may_be_read_by_whom_the_system_lets(tmp_path: Path) -> None:
    known = os.umask(0o022)
    try:
        write_file(tmp_path / "new.json", "{}\n")
    finally:
        os.umask(known)
    assert (tmp_path / "new.json").stat().st_mode & 0o777 == 0o644


def test_devices_and_pipes_are_written_to_and_never_replaced(folder: Path) -> None:
    done = check("--format", "json=/dev/stderr", "--format", "sarif=/dev/null", "--format", "concise", cwd=folder)
    assert json.loads(done.stderr)["summary"]["errors"] == 1
    assert Path("/dev/null").is_char_device()
    os.mkfifo(folder / "pipe")
    with subprocess.Popen(["cat", "pipe"], cwd=folder, stdout=subprocess.PIPE, text=True) as reader:
        check("--format", "jsonl=pipe", "a.yaml", cwd=folder)
        assert json.loads(reader.communicate()[0])["code"] == "WA101"
    assert (folder / "pipe").is_fifo()


@pytest.mark.parametrize("old", [None, "the old report\n"])
def test_a_report_that_cannot_be_written_whole_is_not_written_at_all(folder: Path, old: str | None) -> None:
    if old is not None:
        (folder / "out.sarif").write_text(old, encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    # A limit on the size of files stands in for a full disk: Python takes both as an OSError.
    done = check(
        "--format",
        "sarif=out.sarif",
        cwd=folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "policylint: out.sarif: cannot be written: File too large\n"
    assert sorted(path.name for path in folder.iterdir()) == before
    assert old is None or (folder / "out.sarif").read_text(encoding="utf-8") == old


def test_no_trace_is_left_where_writing_is_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "out.json", "{}")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_files_is_an_error_of_the_run(tmp_path: Path) -> None:
    with pytest.raises(PolicylintError, match=r"gone/out\.json: cannot be written: No such file or directory"):
        write_file(tmp_path / "gone" / "out.json", "{}")


# --- standard output ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["text", "json", "jsonl"])
def test_standard_output_that_cannot_be_written_is_an_error_of_the_run(folder: Path, name: str) -> None:
    with Path("/dev/full").open("w") as full:
        command = [*COMMAND, "--format", name]
        done = subprocess.run(command, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr == "policylint: standard output cannot be written: No space left on device\n"
    assert done.returncode == 2


def test_files_are_written_though_the_reader_of_a_pipe_went_away(folder: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [*COMMAND, "--format", "text", "--format", "json=out.json"]
    done = subprocess.run(command, cwd=folder, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (2, b"")
    assert json.loads((folder / "out.json").read_text(encoding="utf-8"))["summary"]["errors"] == 1


def test_quiet_prints_nothing_unless_there_is_something_to_show(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = Outputs([Output("concise", None)], REPORTERS, Style())
    outputs.write(report(WAIVED), quiet=True)
    assert capsys.readouterr().out == ""
    outputs.write(report(WAIVED, show_suppressed=True), quiet=True)
    outputs.write(report(BULK), quiet=True)
    assert capsys.readouterr().out.count("\n") == 4


# --- during the run -----------------------------------------------------------------------------------------------


def test_json_lines_are_written_file_by_file_and_not_again_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = Outputs([Output("jsonl", None)], REPORTERS, Style())
    stream = outputs.stream()
    assert stream is not None
    stream([BULK])
    first = capsys.readouterr().out
    assert json.loads(first)["path"] == BULK.path
    stream([SYNTAX])
    outputs.write(report(BULK, SYNTAX), quiet=False)
    assert first + capsys.readouterr().out == REPORTERS["jsonl"].render(report(BULK, SYNTAX), Style())


def test_what_is_not_made_of_lines_is_written_at_the_end() -> None:
    assert Outputs([Output("json", None)], REPORTERS, Style()).stream() is None
    assert Outputs([Output("jsonl", Path("out"))], REPORTERS, Style()).stream() is None
    # Two reports on one stream: neither begins before the other.
    assert Outputs([Output("jsonl", None), Output("text", None)], REPORTERS, Style()).stream() is None


def test_findings_of_a_file_are_told_before_the_next_file_is_read(folder: Path) -> None:
    (folder / "c.yaml").write_text(BROKEN, encoding="utf-8")
    told: list[str] = []

    def read(path: Path) -> bytes | None:
        if path.name in ("a.yaml", "b.yaml", "c.yaml"):
            told.append(f"read {path.name}")
        return read_file(path)

    whole = run(
        discover([str(folder)]),
        Settings(as_of=TODAY),
        load_extensions(installed=False),
        read,
        lambda findings: told.append(f"found {len(findings)}"),
    )
    assert told == ["read a.yaml", "found 1", "read b.yaml", "found 0", "read c.yaml", "found 1"]
    assert [Path(finding.path).name for finding in whole.findings] == ["a.yaml", "c.yaml"]


# --- colour, links, progress --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("color", "environment", "on_terminal", "expected"),
    [
        ("auto", {}, True, (True, True)),
        ("auto", {}, False, (False, False)),
        ("auto", {"TERM": "dumb"}, True, (False, False)),
        ("auto", {"NO_COLOR": "1"}, True, (False, False)),
        ("auto", {"NO_COLOR": ""}, True, (True, True)),
        ("auto", {"FORCE_COLOR": "1"}, False, (True, False)),
        ("auto", {"FORCE_COLOR": "0"}, False, (False, False)),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, (False, False)),
        ("auto", {"CLICOLOR": "0"}, True, (False, False)),
        ("auto", {"CLICOLOR": "1"}, False, (False, False)),
        ("auto", {"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, False, (True, False)),
        ("auto", {"CLICOLOR_FORCE": "0"}, False, (False, False)),
        ("always", {"NO_COLOR": "1"}, False, (True, False)),
        ("always", {"TERM": "dumb"}, True, (True, False)),
        ("never", {"FORCE_COLOR": "1"}, True, (False, False)),
        ("auto", {"FORCE_HYPERLINK": "0"}, True, (True, False)),
    ],
)
def test_colour_and_links_are_for_terminals_and_for_who_asks(
    color: str, environment: dict[str, str], on_terminal: bool, expected: tuple[bool, bool]
) -> None:
    style = style_of(color, environment, 120, on_terminal=on_terminal)
    assert (style.color, style.links) == expected
    assert style.width == 120


def on_terminal(folder: Path, columns: int, *arguments: str) -> str:
    """Return what a run prints on a terminal of that width."""
    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, stdout=its, stderr=its, env={**known, "TERM": "xterm-256color"}
    ):
        os.close(its)
        printed = b""
        with contextlib.suppress(OSError):  # the terminal is closed: Linux says EIO
            while more := os.read(ours, 4096):
                printed += more
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour_links_and_lines_of_its_width_and_no_progress_at_once(folder: Path) -> None:
    printed = on_terminal(folder, 60, "a.yaml")
    assert printed.startswith("\x1b[1ma.yaml:3:10\x1b[0m: \x1b[1;31merror[\x1b]8;;https://www.whatsapp.com/")
    shown = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;;.*?\x1b\\", "", printed)
    assert "checked" not in shown
    assert [line for line in shown.splitlines() if len(line) > 60 and "https:" not in line] == []
    plain = on_terminal(folder, 60, "--color", "never", "a.yaml")
    assert plain == shown


class Screen:
    """A terminal that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, text: str) -> int:
        self.written.append(text)
        return len(text)

    def flush(self) -> None:
        pass


def test_progress_is_shown_after_a_second_ten_times_a_second_and_taken_away() -> None:
    screen, now = Screen(), [0.0]
    progress = Progress(screen, 40, lambda: now[0])  # type: ignore[arg-type]
    for at in (0.5, 0.99, 1.0, 1.05, 1.1, 1.11):
        now[0] = at
        progress.step(2)
    progress.clear()
    progress.clear()
    assert screen.written == [
        "\r\x1b[Kchecked 3 of 40 files, 6 findings so far",
        "\r\x1b[Kchecked 5 of 40 files, 10 findings so far",
        "\r\x1b[K",
    ]


def test_a_run_of_less_than_a_second_shows_no_progress() -> None:
    screen = Screen()
    progress = Progress(screen, 1, lambda: 0.0)  # type: ignore[arg-type]
    progress.step(1)
    progress.clear()
    assert screen.written == []


def test_the_help_names_every_format(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    main(["check", "--help"])
    named = re.search(r"--format FORMAT\[=FILE\]\s+(.*?);", capsys.readouterr().out)
    assert named is not None
    assert named[1].split(", ") == list(policylint_reporters())
