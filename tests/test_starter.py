"""`policylint init`: what it writes and prints, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policylint.config import configuration_in
from policylint.errors import PolicylintError, UsageError
from policylint.mapping import sources_of
from policylint.starter import CONFIGURATION, HOOK, STEPS, start, start_from, write_new

ROOT = Path(__file__).parent.parent
CAMPAIGNS = [{"id": "a", "text": "Hello", "contacts": ["+4915100000000"], "sendAt": "2026-03-02"}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "round.json").write_text(json.dumps(CAMPAIGNS), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name != ".git")


def test_a_configuration_to_begin_with_is_written_and_the_snippets_are_told(folder: Path) -> None:
    said = start(Path())
    assert said == f"wrote policylint.yaml\n\nCheck before each commit:\n\n{HOOK}\nCheck in CI:\n\n{STEPS}"
    assert (folder / "policylint.yaml").read_text(encoding="utf-8") == CONFIGURATION
    assert names(folder) == ["config", "config/round.json", "policylint.yaml"]


def test_the_configuration_to_begin_with_changes_nothing(folder: Path) -> None:
    assert configuration_in(CONFIGURATION.encode(), "policylint.yaml", folder).data == {}


def test_each_of_its_settings_is_valid_without_the_sign_of_comments() -> None:
    text = re.sub(r"^#(?! \S)", "", CONFIGURATION, flags=re.MULTILINE)
    configuration = configuration_in(text.encode(), "policylint.yaml")
    assert list(configuration.data) == [
        *("exclude", "fail_on", "defaults", "sources", "rules", "packs", "baseline", "waivers"),
    ]
    assert len(sources_of(configuration.document, configuration.data)) == 1


def test_the_snippets_are_those_of_the_documents() -> None:
    assert HOOK in (ROOT / "README.md").read_text(encoding="utf-8")
    workflow = (ROOT / "docs" / "ci" / "github-actions.yml").read_text(encoding="utf-8")
    assert STEPS.partition("\n")[2] in workflow


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("policylint.yaml", "", "policylint.yaml is already there"),
        ("policylint.yml", "fail_on: never\n", "policylint.yml is already there"),
        ("pyproject.toml", "[tool.policylint]\nfail_on = 'never'\n", "pyproject.toml has [tool.policylint]"),
    ],
)
def test_a_configuration_that_is_there_stays_as_it_is(folder: Path, name: str, text: str, said: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    before = names(folder)
    hint = "nothing is overwritten: `policylint init --from FILE` prints what to add"
    with pytest.raises(UsageError) as error:
        start(Path())
    assert (error.value.message, error.value.hint) == (said, hint)
    with pytest.raises(UsageError) as error:
        start_from("config/round.json", Path(), write=True)
    assert (error.value.message, error.value.hint) == (said, hint)
    assert (folder / name).read_text(encoding="utf-8") == text
    assert names(folder) == before


def test_a_pyproject_without_settings_of_policylint_is_no_configuration(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    start(Path())
    assert (folder / "policylint.yaml").exists()


def test_a_folder_below_a_configuration_may_have_its_own(folder: Path) -> None:
    (folder / "policylint.yaml").write_text("", encoding="utf-8")
    start(Path("config"))
    assert (folder / "config" / "policylint.yaml").read_text(encoding="utf-8") == CONFIGURATION


def test_a_proposal_is_told_and_nothing_is_written(folder: Path) -> None:
    before = names(folder)
    said = start_from("config/round.json", Path(), write=False)
    configuration = configuration_in(said.encode(), "policylint.yaml", folder)
    assert configuration.data["sources"][0]["files"] == "config/round.json"
    assert names(folder) == before


def test_a_proposal_is_written_where_there_is_no_configuration(folder: Path) -> None:
    said = start_from("config/round.json", Path(), write=True)
    head, _, text = said.partition("\n")
    assert head == "# wrote policylint.yaml"
    assert (folder / "policylint.yaml").read_text(encoding="utf-8") == text
    assert names(folder) == ["config", "config/round.json", "policylint.yaml"]


def test_paths_are_told_from_the_folder_of_the_configuration_in_use(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "policylint.yaml").write_text("", encoding="utf-8")
    monkeypatch.chdir(folder / "config")
    assert "  - files: config/round.json\n" in start_from("round.json", Path(), write=False)
    assert "  - files: round.json\n" in start_from("round.json", Path(), write=True)


def test_a_file_outside_of_the_folder_cannot_be_mapped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    with pytest.raises(UsageError) as error:
        start_from("../config/round.json", Path(), write=False)
    assert error.value.message == "../config/round.json stands outside of the folder '.'"
    assert error.value.hint == "`files` of `sources:` are relative to the folder of the configuration and below it"


def test_a_file_that_is_read_anyway_is_said_to_be(folder: Path) -> None:
    text = "campaign: a\nchannel: email\nmessages: [{body: Hello}]\naudience: {selection: list}\n"
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    said = start_from("own.yaml", Path(), write=False)
    assert said.startswith("# own.yaml is read without this too (")
    assert said.partition("\n")[2].startswith("# Proposed by `policylint init --from own.yaml`: 1 campaign.")


@pytest.mark.parametrize("name", ["a[1].json", "a*b.json", "what?.json", "{a}.json"])
def test_a_name_with_signs_of_globs_is_matched_by_the_proposal(folder: Path, name: str) -> None:
    (folder / name).write_text(json.dumps(CAMPAIGNS), encoding="utf-8")
    from policylint.sources import sources_for

    configuration = configuration_in(start_from(name, Path(), write=False).encode(), "policylint.yaml", folder)
    sources = sources_of(configuration.document, configuration.data)
    assert sources_for(folder / name, sources, folder) == list(sources)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "broken.yaml: nothing stands in it"),
        ("# only a comment\n", "broken.yaml: nothing stands in it"),
        ("a: [\n", "broken.yaml:"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_an_error_with_its_place(folder: Path, text: str, said: str) -> None:
    (folder / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicylintError) as error:
        start_from("broken.yaml", Path(), write=True)
    assert error.value.message.startswith(said)
    assert names(folder) == ["broken.yaml", "config", "config/round.json"]


@pytest.mark.parametrize("file", ["nowhere.json", "config", ""])
def test_what_is_no_file_is_a_usage_error(folder: Path, file: str) -> None:
    with pytest.raises(UsageError, match=f"there is no file '{file}' that can be read"):
        start_from(file, Path(), write=False)


def test_a_file_that_appears_in_between_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "policylint.yaml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is already there"):
        write_new(path, "ours")
    assert path.read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == ["policylint.yaml"]


def test_a_link_that_leads_nowhere_counts_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "policylint.yaml"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is already there"):
        write_new(path, "ours")
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_system_without_links_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write_new(tmp_path / "policylint.yaml", "ours")
    assert (tmp_path / "policylint.yaml").read_text(encoding="utf-8") == "ours"
    assert names(tmp_path) == ["policylint.yaml"]
    with pytest.raises(UsageError, match="is already there"):
        write_new(tmp_path / "policylint.yaml", "again")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicylintError, match=r"cannot be written: No such file or directory"):
        write_new(tmp_path / "nowhere" / "policylint.yaml", "ours")


def test_the_configurations_that_the_readme_shows_are_valid() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    configurations = [block for block in blocks if re.search(r"^(sources|exclude):", block, re.MULTILINE)]
    assert len(configurations) == 2
    for block in configurations:
        configuration_in(block.encode(), "policylint.yaml")
