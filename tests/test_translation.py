"""Reports in other languages: nothing missing that is not allowed to be, nothing mixed, the same findings."""

from __future__ import annotations

import contextlib
import io
import string
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policylint import resources
from policylint.cli import main
from policylint.commands.options import LANGUAGES
from policylint.config import Settings
from policylint.model.phrase import phrase
from policylint.model.rule import Severity
from policylint.parse import parse
from policylint.plugins import load_extensions
from policylint.ruleset import load_rules
from policylint.translation import Translator, languages
from tests.phrases import patterns
from tests.rulefiles import HEAD, write_pack

OTHERS = [language for language in languages() if language != "en"]

UNTRANSLATED: dict[str, set[str]] = {"de": set()}
"""Patterns that a language has no text for. It may only become shorter: reports say these in English."""


def catalogue(language: str) -> dict[str, Any]:
    path = resources.languages_folder() / f"{language}.yaml"
    (document,) = parse(path.name, path.read_bytes()).documents
    assert set(document.data) == {"numbers", "texts"}
    texts: dict[str, Any] = document.data["texts"]
    return texts


def placeholders(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_a_text_for_every_phrase_of_the_code_and_no_others(language: str) -> None:
    texts, known = catalogue(language), patterns()
    missing = {pattern: known[pattern] for pattern in sorted(known.keys() - texts.keys())}
    assert missing.keys() == UNTRANSLATED[language], missing
    assert sorted(texts.keys() - known.keys()) == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_placeholders_of_a_text_are_those_of_the_phrase(language: str) -> None:
    for pattern, text in catalogue(language).items():
        forms = text.values() if isinstance(text, dict) else [text]
        assert [placeholders(form) for form in forms] == [placeholders(pattern)] * len(forms), pattern


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_that_hangs_on_a_number_has_a_form_for_one_and_one_for_many(language: str) -> None:
    texts = catalogue(language)
    assert all(text.keys() == {"one", "other"} for text in texts.values() if isinstance(text, dict))
    by_number = {pattern for pattern, text in texts.items() if isinstance(text, dict)}
    assert all(
        "count" in placeholders(pattern)
        for pattern in by_number - {"`policylint check --ratchet` takes them out of the file"}
    )


# --- what is missing --------------------------------------------------------------------------------------------------

UNTRANSLATED_RULES: dict[str, set[str]] = {"de": set()}
"""Rules that a language has no texts for. It may only become shorter: reports say these rules in English."""


@pytest.mark.parametrize("language", OTHERS)
def test_every_rule_that_comes_with_the_tool_has_texts_in_every_language(language: str) -> None:
    rules = load_rules(Settings(as_of=date(2026, 11, 23)), load_extensions(installed=False))
    assert rules.rules.keys() - rules.texts(language).keys() == UNTRANSLATED_RULES[language]


def test_a_phrase_without_a_text_stays_english_and_what_it_names_is_still_translated() -> None:
    german = Translator("de")
    assert german.say("no phrase") == "no phrase"
    assert german.say(phrase("{name} is said nowhere else", name="a_b")) == "a_b is said nowhere else"
    within = phrase("{severity}, as nobody else says", severity=Severity.ERROR.word)
    assert german.say(within) == "Fehler, as nobody else says"


def test_a_rule_without_texts_stays_english_beside_those_that_have_them(folder: Path) -> None:
    write_pack(folder / "house", {"bad.yaml": HEAD + "forbid: {purpose: newsletter}\n"})
    campaign = "campaign: a\nchannel: whatsapp\npurpose: newsletter\nsender: {product: consumer_app}\n"
    (folder / "c.yaml").write_text(campaign, encoding="utf-8")
    options = ("--lang", "de", "--as-of", "2026-11-23", "--format", "concise", "--pack", "house")
    report = checked(*options, "--select", "TT001,WA101")
    bulk = "versendet Massennachrichten oder Newsletter von einem Konto der WhatsApp-App"
    assert report.splitlines() == [
        "c.yaml:3:10: Fehler[house/bad] a does a bad thing",
        f"c.yaml:3:10: Fehler[whatsapp/bulk-from-consumer-app] a {bulk}",
        "2 Fehler in 1 von 1 Datei · 1 Kampagne, 2 Regeln (Stand 2026-11-23)",
    ]


# --- which language ---------------------------------------------------------------------------------------------------

CAMPAIGN = "campaign: a\nchannel: whatsapp\nsender: {product: app}\n"
SAID = {"en": "which is not one of", "de": "möglich sind"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "c.yaml").write_text(CAMPAIGN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(text: str) -> str:
    """Return the language of a report."""
    on_one_line = " ".join(text.split())  # a terminal may be narrow
    (language,) = (language for language, words in SAID.items() if words in on_one_line)
    return language


def checked(*options: str) -> str:
    """Return what `check` writes to a pipe."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main(["check", "c.yaml", *options])
    return printed.getvalue()


def test_a_report_is_english_unless_a_language_is_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert said(checked()) == "en"
    assert said(checked("--lang", "de")) == "de"


def test_the_configuration_names_the_language_and_the_command_line_goes_before_it(folder: Path) -> None:
    (folder / "policylint.yaml").write_text("lang: de\n", encoding="utf-8")
    assert said(checked()) == "de"
    assert said(checked("--lang", "en")) == "en"
    assert said(checked("--isolated")) == "en"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "de_CH.UTF-8"}, "de"),
        ({"LC_MESSAGES": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "de"),
    ],
)
def test_on_a_terminal_the_locale_chooses_and_files_stay_english(
    folder: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    main(["check", "c.yaml", "--format", "text", "--format", "concise=out.txt"])
    assert said(terminal.getvalue()) == expected
    assert said((folder / "out.txt").read_text(encoding="utf-8")) == "en"


@pytest.mark.parametrize("format_name", sorted(load_extensions(installed=False).reporters))
def test_formats_that_people_read_are_translated_and_those_that_programs_compare_are_not(
    folder: Path, format_name: str
) -> None:
    compared = {"json", "jsonl", "junit", "sarif"}
    assert said(checked("--lang", "de", "--format", format_name)) == ("en" if format_name in compared else "de")


def test_the_command_line_offers_the_languages_that_there_are() -> None:
    assert list(LANGUAGES) == languages()
    assert resources.schema("config")["properties"]["lang"]["enum"] == languages()
