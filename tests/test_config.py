"""Configuration files → settings: which file is found, what it may say, and every mistake at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policylint.config import Configuration, find_configuration, overrides_of, read_configuration
from policylint.errors import ConfigError
from policylint.model.rule import Override, Severity
from policylint.model.source import Unknown


def read(folder: Path, text: str, name: str = "policylint.yaml") -> Configuration:
    path = folder / name
    path.write_bytes(text.encode())
    return read_configuration(path, name)


def refused(folder: Path, text: str, name: str = "policylint.yaml") -> list[str]:
    with pytest.raises(ConfigError) as error:
        read(folder, text, name)
    return [line.removeprefix(f"{name}:") for line in error.value.message.splitlines()]


# --- which file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a/policylint.yaml": ""}, "a/policylint.yaml"),
        ({"policylint.yaml": "", "a/b/policylint.yml": ""}, "a/b/policylint.yml"),
        ({"policylint.yaml": "", "a/pyproject.toml": "[tool.policylint]\n"}, "a/pyproject.toml"),
        (
            {"policylint.yaml": "", "a/pyproject.toml": '[tool.policylint.rules.WA101]\nseverity = "off"\n'},
            "a/pyproject.toml",
        ),
        ({"policylint.yaml": "", "a/pyproject.toml": "  [tool.policylint]\r\n"}, "a/pyproject.toml"),
        ({"policylint.yaml": "", "a/pyproject.toml": "[tool.other]\n"}, "policylint.yaml"),
        ({"policylint.yaml": "", "a/pyproject.toml": "[tool.policylint-extra]\n"}, "policylint.yaml"),
        ({"policylint.yaml": "", "a/pyproject.toml": "# [tool.policylint]\n"}, "policylint.yaml"),
        ({"policylint.yaml": "", "a/policylint.yaml/x": ""}, "policylint.yaml"),
        ({"a/policylint.yaml": "", "a/pyproject.toml": "[tool.policylint]\n"}, "a/policylint.yaml"),
        ({"policylint.yaml": "", "a/.git/HEAD": ""}, None),  # another repository
        ({".git/HEAD": ""}, None),
    ],
)
def test_the_nearest_file_upward_within_the_repository_is_found(
    tmp_path: Path, files: dict[str, str], found: str | None
) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in {"a/b/c.yaml": "", **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert find_configuration(tmp_path / "a" / "b") == (tmp_path / found if found else None)


# --- what it says -------------------------------------------------------------------------------------------------

WHOLE: dict[str, Any] = {
    "select": ["WA101", "whatsapp"],
    "ignore": ["WA102"],
    "packs": ["rules/house"],
    "exclude": ["old/**"],
    "fail_on": "warning",
    "undecided": "info",
    "defaults": {"sender": {"product": "consumer_app", "registered": "2026-01-10"}},
    "rules": {"WA101": {"severity": "off"}, "whatsapp/missing-opt-out": {"parameters": {"since": "2026-01-01"}}},
}
YAML = """\
select: [WA101, whatsapp]
ignore: [WA102]
packs: [rules/house]
exclude: ['old/**']
fail_on: warning
undecided: info
defaults: {sender: {product: consumer_app, registered: 2026-01-10}}
rules:
  WA101: {severity: off}
  whatsapp/missing-opt-out: {parameters: {since: 2026-01-01}}
"""
TOML = """\
[project]
name = "x"
[tool.policylint]
select = ["WA101", "whatsapp"]
ignore = ["WA102"]
packs = ["rules/house"]
exclude = ["old/**"]
fail_on = "warning"
undecided = "info"
[tool.policylint.defaults.sender]
product = "consumer_app"
registered = 2026-01-10
[tool.policylint.rules]
WA101 = {severity = "off"}
"whatsapp/missing-opt-out" = {parameters = {since = 2026-01-01}}
"""


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [("policylint.yaml", YAML, ("9:10", "10:29")), ("pyproject.toml", TOML, ("14:9", "15:30"))],
)
def test_yaml_and_toml_say_the_same(tmp_path: Path, name: str, text: str, places: tuple[str, str]) -> None:
    configuration = read(tmp_path, text, name)
    assert (configuration.data, configuration.base, configuration.pointer) == (WHOLE, tmp_path, ())
    assert overrides_of(configuration) == {
        "WA101": Override(Severity.OFF, {}, f"{name}:{places[0]}"),
        "whatsapp/missing-opt-out": Override(None, {"since": "2026-01-01"}, f"{name}:{places[1]}"),
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("policylint.yaml", text) for text in ("", "# nothing\n", "---\n", "null\n", "{}\n")),
        *(("pyproject.toml", text) for text in ("", "[tool.policylint]\n", "tool = 5\n", "[tool]\nother = 1\n")),
    ],
)
def test_an_empty_configuration_says_nothing(tmp_path: Path, name: str, text: str) -> None:
    configuration = read(tmp_path, text, name)
    assert (dict(configuration.data), configuration.base, overrides_of(configuration)) == ({}, tmp_path, {})


def test_defaults_may_be_unknown(tmp_path: Path) -> None:
    configuration = read(tmp_path, "defaults: {audience: {size: '{{ n }}'}, sender: {product: !secret p}}\n")
    assert configuration.data["defaults"] == {
        "audience": {"size": "{{ n }}"},
        "sender": {"product": Unknown("the tag !secret")},
    }


# --- mistakes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("selct: [WA101]\n", ["1:1: unknown field 'selct', did you mean 'select'?"]),
        ("select: WA101\n", ["1:9: select is the text 'WA101', a list is expected"]),
        ("select: [1]\n", ["1:10: select[0] is 1, a text is expected"]),
        ("fail_on: fatal\n", ["1:10: fail_on is the text 'fatal', which is not one of error, warning, info, never"]),
        (
            "fail_on: '${LEVEL}'\n",
            ["1:10: fail_on is the text '${LEVEL}', which is not one of error, warning, info, never"],
        ),
        ("fail_on: !env LEVEL\n", ["1:15: the tag !env means nothing in a configuration"]),
        ("rules: {WA101: off}\n", ["1:16: rules.WA101 is the text 'off', a mapping is expected"]),
        ("rules: {WA101: null}\n", ["1:16: rules.WA101 is null, a mapping is expected"]),
        (
            "rules: {WA101: {severty: off}}\n",
            ["1:17: unknown field 'severty' in rules.WA101, did you mean 'severity'?"],
        ),
        (
            "rules: {WA101: {severity: bad}}\n",
            ["1:27: rules.WA101.severity is the text 'bad', which is not one of error, warning, info, off"],
        ),
        ("rules: {WA101: {parameters: {p: !x 5}}}\n", ["1:36: the tag !x means nothing in a configuration"]),
        (
            "defaults: {sender: {produkt: channel}}\n",
            ["1:21: unknown field 'produkt' in sender, did you mean 'product'?"],
        ),
        (
            "defaults: {sender: {product: chanel}}\n",
            [
                "1:30: sender.product is the text 'chanel', which is not one of consumer_app, business_app,"
                " business_platform, channel, did you mean 'channel'?"
            ],
        ),
        ("defaults: '{{ all }}'\n", ["1:11: defaults is the text '{{ all }}', a mapping is expected"]),
        ("'{{ all }}'\n", ["1:1: the document is the text '{{ all }}', a mapping is expected"]),
        ("- select\n", ["1:1: the document is a list, a mapping is expected"]),
        ("select: [a]\nselect: [b]\n", ["2:1: the key 'select' is given twice in the same mapping"]),
        ("select: [a]\n---\nignore: [b]\n", ["3:1: one YAML document is expected, not 2"]),
        (
            "a: 1\nfail_on: 5\nexclude: x\n",
            [
                "1:1: unknown field 'a'",
                "2:10: fail_on is 5, which is not one of error, warning, info, never",
                "3:10: exclude is the text 'x', a list is expected",
            ],
        ),
    ],
)
def test_a_mistake_is_refused_at_its_place(tmp_path: Path, text: str, said: list[str]) -> None:
    assert sorted(refused(tmp_path, text)) == sorted(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.policylint]\nselct = []\n", "2:1: unknown field 'selct', did you mean 'select'?"),
        (
            "[project]\nfail_on = 1\n[tool.policylint]\nfail_on = 'x'\n",
            "4:11: fail_on is the text 'x', which is not one of error, warning, info, never",
        ),
        (
            "[tool.policylint.rules.WA101]\nseverity = 'x'\n",
            "2:12: rules.WA101.severity is the text 'x', which is not one of error, warning, info, off",
        ),
        ("[tool]\npolicylint = 5\n", "2:14: the document is 5, a mapping is expected"),
        ("[tool.policylint\n", " not valid TOML: "),
        ("[tool.policylint]\nselect = ['\udcff']\n", " not valid TOML: "),
    ],
)
def test_a_mistake_in_toml_is_refused_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError) as error:
        read_configuration(path, "pyproject.toml")
    assert error.value.message.startswith(f"pyproject.toml:{said}")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^policylint\.yaml: cannot be read: No such file or directory$"):
        read_configuration(tmp_path / "policylint.yaml", "policylint.yaml")
    (problem,) = refused(tmp_path, "select: [\n")
    assert problem.startswith("2:1: policylint.yaml is not valid YAML: ")
