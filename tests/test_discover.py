"""Paths → files to check."""

from __future__ import annotations

import os
import re
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policylint.api import lint
from policylint.discover import Target, discover, is_excluded, read_file
from policylint.errors import UsageError
from policylint.globs import Glob

FILES = [
    "campaigns/b.yaml",
    "campaigns/a.YML",
    "campaigns/2026/c.json",
    "campaigns/2026/d.jsonc",
    "campaigns/2026/notes.md",
    "campaigns/.hidden/e.yaml",
    "requirements.txt",
    "package-lock.json",
    "policylint.yaml",
    ".git/f.yaml",
    "node_modules/pack/g.yaml",
    "src/__pycache__/h.json",
    "src/code.py",
    "..odd/i.yaml",
    "infra/.env",
    "infra/.env.example",
    "infra/prod.env",
    "infra/.envrc",
    "infra/go.mod",
    "infra/go.sum",
    "infra/Pipfile",
    "infra/Pipfile.lock",
    "infra/pyproject.toml",
    "infra/settings.toml",
    "infra/npm-shrinkwrap.json",
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a: 1\n")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def shown(*paths: str, exclude: tuple[str, ...] = (), base: Path | None = None) -> list[str]:
    return [target.shown for target in discover(paths, exclude, base)]


@pytest.mark.usefixtures("project")
def test_a_folder_is_walked_for_files_of_known_endings_in_a_stable_order() -> None:
    expected = [
        "..odd/i.yaml",
        "campaigns/.hidden/e.yaml",
        "campaigns/2026/c.json",
        "campaigns/2026/d.jsonc",
        "campaigns/a.YML",
        "campaigns/b.yaml",
        "infra/.env",
        "infra/.env.example",
        "infra/Pipfile",
        "infra/go.mod",
        "infra/prod.env",
        "infra/pyproject.toml",
        "requirements.txt",
    ]
    assert shown(".") == expected
    assert shown("./", "campaigns", "campaigns/2026/../b.yaml") == expected


NAMES = [
    *("a.yaml", "a.YML", "a.json", "a.jsonc", "a.json5", "requirements-prod.txt", "package.json", "composer.json"),
    *("docker-compose.yml", ".env", ".env.example", ".env.local", ".env-sample", "prod.env", "env.example", "go.mod"),
    *(
        "pyproject.toml",
        "Pipfile",
        "a.py",
        "a.env.ts",
        ".envrc",
        "environment",
        "go.sum",
        "poetry.lock",
        "settings.toml",
    ),
]
HOOK = next(
    line.split("'")[1]
    for line in (Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text(encoding="utf-8").splitlines()
    if line.strip().startswith("files:")
)


def test_the_hook_is_given_the_files_that_a_folder_is_walked_for(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_text("")
    walked = {target.path.name for target in discover([str(folder)])}
    assert walked == {name for name in NAMES if re.search(HOOK, f"shop/{name}")} == set(NAMES[:18])


@pytest.mark.usefixtures("project")
def test_a_file_that_is_named_is_checked_wherever_it_is_and_whatever_it_is_called() -> None:
    assert discover(["src/code.py", "node_modules/pack/g.yaml", "policylint.yaml"]) == [
        Target("node_modules/pack/g.yaml", Path("node_modules/pack/g.yaml"), named=True),
        Target("policylint.yaml", Path("policylint.yaml"), named=True),
        Target("src/code.py", Path("src/code.py"), named=True),
    ]
    assert shown("node_modules/pack", ".git") == [".git/f.yaml", "node_modules/pack/g.yaml"]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("paths", [["campaigns", "campaigns/b.yaml"], ["./campaigns/b.yaml", "campaigns"]])
def test_a_file_met_twice_is_checked_once_and_counts_as_named(paths: list[str]) -> None:
    found = {target.shown: target.named for target in discover(paths, exclude=["campaigns/2026", "campaigns/.hidden"])}
    assert found == {"campaigns/a.YML": False, "campaigns/b.yaml": True}


def test_a_file_outside_the_working_folder_is_shown_as_it_was_named(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("a: 1\n")
    assert shown("../outside.yaml", str(outside), str(project / "campaigns/b.yaml")) == sorted(
        ["../outside.yaml", outside.as_posix(), "campaigns/b.yaml"]
    )


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("path", ["none.yaml", "campaigns/none", "nul\0.yaml"])
def test_a_path_that_does_not_exist_is_an_error_of_usage(path: str) -> None:
    with pytest.raises(UsageError) as raised:
        discover(["campaigns/b.yaml", path])
    assert raised.value.message == f"there is no file or folder '{path}'"
    assert raised.value.hint == "name files or folders that exist"


def test_a_folder_that_cannot_be_read_ends_the_run_where_it_is_named_and_is_a_finding_where_it_was_met(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refusing(path: Any) -> Any:
        if "2026" in str(path):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(UsageError) as raised:
        discover(["campaigns/2026"])
    assert raised.value.message == "the folder 'campaigns/2026' cannot be read: Permission denied"
    assert raised.value.hint == "check its permissions, or exclude it in the configuration"
    assert "campaigns/2026" in shown("campaigns")
    report = lint(["campaigns"], as_of=date(2026, 11, 23), isolated=True)
    told = [(finding.rule, finding.message) for finding in report.findings if finding.path == "campaigns/2026"]
    assert told == [("policylint/syntax", "campaigns/2026 cannot be read")]
    assert shown("campaigns", exclude=("campaigns/20*",), base=project) == [
        "campaigns/.hidden/e.yaml",
        "campaigns/a.YML",
        "campaigns/b.yaml",
    ]


def test_links_to_files_are_followed_and_links_to_folders_are_not(project: Path) -> None:
    Path("links").mkdir()
    Path("links/file.yaml").symlink_to(project / "campaigns/b.yaml")
    Path("links/folder").symlink_to(project / "campaigns")
    Path("links/loop.yaml").symlink_to(project)
    Path("links/broken.yaml").symlink_to("nowhere")
    assert shown("links") == ["links/file.yaml"]
    assert shown("links/folder") == [
        "links/folder/.hidden/e.yaml",
        "links/folder/2026/c.json",
        "links/folder/2026/d.jsonc",
        "links/folder/a.YML",
        "links/folder/b.yaml",
    ]


BELOW = [".hidden/e.yaml", "2026/c.json", "2026/d.jsonc", "a.YML", "b.yaml"]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        ("campaigns/*.yaml", BELOW[:4]),
        ("**/*.yaml", BELOW[1:4]),
        ("campaigns/**", []),
        ("campaigns", []),
        ("./campaigns/", []),
        ("*", []),
        ("campaigns/?.*", BELOW[:3]),
        ("campaigns/2026", [BELOW[0], *BELOW[3:]]),
        ("campaigns/2026/c.json", [BELOW[0], *BELOW[2:]]),
        ("*.yaml", BELOW),
        ("", BELOW),
    ],
)
def test_globs_exclude_files_whether_met_or_named(exclude: str, left: list[str]) -> None:
    expected = [f"campaigns/{name}" for name in left]
    assert shown("campaigns", exclude=(exclude,)) == expected
    assert shown(*(f"campaigns/{name}" for name in BELOW), exclude=(exclude,)) == expected


def test_globs_are_seen_from_the_folder_of_the_configuration(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "campaigns")
    assert shown(".", exclude=("campaigns/2026",), base=project) == [".hidden/e.yaml", "a.YML", "b.yaml"]
    assert is_excluded(Path("2026/c.json"), ["campaigns/2026"], project)
    assert not is_excluded(Path("2026/c.json"), ["campaigns/2026"], None)
    assert not is_excluded(Path("2026/c.json"), [], project)


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("a", "a", True),
        ("a", "a/b/c.yaml", True),
        ("a", "ab", False),
        ("a", "b/a", False),
        ("**/a", "a", True),
        ("**/a", "b/c/a/d", True),
        ("**/a", "ba", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**", "a/x/y", True),
        ("a/**", "b/a/x", False),
        ("a*c", "abc", True),
        ("a*c", "a/c", False),
        ("a?c", "a/c", False),
        ("/a/", "a/b", True),
        ("a.b", "aXb", False),
        ("[ab]", "a", False),
        ("[ab]", "[ab]", True),
        ("a*", "a\nb", True),
        ("ä*", "äb/c", True),
    ],
)
def test_stars_stop_at_slashes_and_double_stars_do_not(glob: str, path: str, expected: bool) -> None:
    assert Glob(glob).fits(path) is expected


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("**/" * 2000 + "b", "a/" * 2000),
        ("**/a/" * 1000 + "b", "a/" * 2000),
        ("*a" * 100 + "b", "a" * 4000),
        ("a?*" * 100 + "b", "a" * 4000),
        ("/".join(["*a*a*a*b"] * 50), "/".join(["a" * 80] * 50)),
    ],
)
def test_no_glob_takes_long(glob: str, path: str) -> None:
    start = time.process_time()
    assert not Glob(glob).fits(path)
    assert time.process_time() - start < 0.2


def test_only_regular_files_are_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_file(project / "campaigns/b.yaml") == b"a: 1\n"
    assert read_file(project / "campaigns") is None
    assert read_file(project / "none.yaml") is None
    os.mkfifo(project / "pipe.yaml")
    assert read_file(project / "pipe.yaml") is None
    assert read_file(project / "nul\0.yaml") is None
    assert read_file(project / "campaigns/b.yaml", most=4) is None
    assert read_file(project / "campaigns/b.yaml", most=5) == b"a: 1\n"

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    assert read_file(project / "campaigns/b.yaml") is None


def test_a_working_folder_that_has_nothing_to_check_gives_nothing(project: Path) -> None:
    shutil.rmtree(project / "campaigns")
    assert shown("src") == []


def test_a_link_that_leads_to_itself_is_reported_and_the_rest_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("campaign: a\n")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert [target.path.name for target in discover([str(tmp_path)])] == ["a.yaml", "loop.yaml"]
    assert read_file(tmp_path / "loop.yaml") is None
