"""Texts of rules in other languages: a part of the pack, checked with it, looked at when they are asked for."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from policylint.config import Settings
from policylint.errors import RulePackError
from policylint.model.rule import RulePack, RuleTexts, Severity, Step
from policylint.rulepacks import load_packs
from policylint.ruleset import load_rules
from policylint.ruletexts import with_texts
from tests.rulefiles import HEAD, NATIVE, PACK, write_pack

RULE = HEAD + "forbid: {purpose: newsletter}\ncaps: [{to: warning, where: {kind: template}, because: it is only one}]\n"
RULE += """\
fix:
  - {title: ask, applicability: suggestion, question: What is it?}
  - {title: leave it out, applicability: safe, edits: [{remove: purpose}]}
"""
TEXTS = """\
rules:
  bad:
    title: Etwas Schlechtes
    message: "$campaign tut etwas Schlechtes"
    why: Es ist schlecht.
    solution: Etwas Gutes tun.
    enforcement: {2020-01-01: von diesem Tag an}
    caps: [es ist nur eine]
    fix:
      - title: fragen
        question: Was ist es?
      - title: es lassen
"""
FILES = {"pack.yaml": PACK + "texts: {de: texts/de.yaml}\n", "bad.yaml": RULE, "texts/de.yaml": TEXTS}
GERMAN = RuleTexts(
    title="Etwas Schlechtes",
    message="$campaign tut etwas Schlechtes",
    why="Es ist schlecht.",
    solution="Etwas Gutes tun.",
    notes={"2020-01-01": "von diesem Tag an"},
    caps=("es ist nur eine",),
    fixes=(("fragen", "Was ist es?"), ("es lassen", None)),
)


def load(folder: Path, files: dict[str, str], cache: Path | None = None) -> RulePack:
    (pack,) = load_packs([(write_pack(folder / "house", files), "rules/house")], cache)
    return pack


def test_a_pack_has_the_texts_that_it_names(tmp_path: Path) -> None:
    pack = load(tmp_path, FILES)
    assert {language: dict(texts) for language, texts in pack.texts.items()} == {"de": {"house/bad": GERMAN}}
    assert len(pack.rules) == 1


def test_a_rule_with_other_texts_decides_the_same(tmp_path: Path) -> None:
    (rule,) = load(tmp_path, FILES).rules
    told = with_texts(rule, GERMAN)
    assert (told.title, told.message) == ("Etwas Schlechtes", "$campaign tut etwas Schlechtes")
    assert (told.why, told.solution) == ("Es ist schlecht.", "Etwas Gutes tun.")
    assert told.enforcement == (Step(date(2020, 1, 1), Severity.ERROR, "von diesem Tag an"),)
    assert told.caps == (rule.caps[0]._replace(because="es ist nur eine"),)
    assert [(fix["title"], fix.get("question")) for fix in told.fixes] == [
        ("fragen", "Was ist es?"),
        ("es lassen", None),
    ]
    assert [fix.get("edits") for fix in told.fixes] == [None, [{"remove": "purpose"}]]
    changed = {"title", "message", "why", "solution", "enforcement", "caps", "fix"}
    assert {name for name in rule._fields if getattr(told, name) != getattr(rule, name)} == changed


def test_a_pack_from_the_cache_reads_the_texts_when_they_are_asked_for(tmp_path: Path) -> None:
    write_pack(tmp_path / "house", FILES)
    time.sleep(0.1)  # a pack that has just been written is not kept
    settings = Settings(as_of=date(2026, 11, 23), pack_folders=((tmp_path / "house", "rules/house"),), cache=tmp_path)
    fresh, kept = (load_rules(settings, NATIVE).packs[0] for _ in range(2))
    assert fresh.unproved is not None
    assert kept.unproved is None
    assert dict(kept.texts["de"]) == {"house/bad": GERMAN}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("  bad:", "  bat:"), "2:3: there is no rule 'bat', did you mean 'bad'?"),
        (("    title:", "    titel:"), "3:5: unknown field 'titel' in rules.bad, did you mean 'title'?"),
        (("    why: Es ist schlecht.\n", ""), "2:3: 'why' is missing in rules.bad"),
        (("$campaign tut", "$kampagne tut"), "4:14: the placeholders are $kampagne, and $campaign in English"),
        (("Es ist schlecht.", "Es ist $value."), "5:10: the placeholders are $value, and none in English"),
        (("{2020-01-01: ", "{2020-01-10: "), "7:19: no step with a note begins on 2020-01-10, did you mean"),
        (("    enforcement: {2020-01-01: von diesem Tag an}\n", ""), "2:3: the note of 2020-01-01 is missing"),
        (("[es ist nur eine]", "[eine, zwei]"), "8:5: the reasons of 2 caps are given, and the rule has 1"),
        (("    caps: [es ist nur eine]\n", ""), "2:3: the reasons of 0 caps are given, and the rule has 1"),
        (("Was ist es?", "Was ist $value?"), "11:19: the placeholders are $value, and none in English"),
        (("        question: Was ist es?\n", ""), "10:9: there is a question here or in English, not in both"),
        (("      - title: es lassen\n", ""), "9:5: the texts of 1 fixes are given, and the rule has 2"),
        (("rules:", "rules: ["), "3:"),
    ],
)
def test_a_mistake_in_the_texts_is_refused_at_its_place(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    assert change[0] in TEXTS
    with pytest.raises(RulePackError) as error:
        load(tmp_path, {**FILES, "texts/de.yaml": TEXTS.replace(*change)})
    problems = [problem.removeprefix("rules/house/texts/de.yaml:") for problem in error.value.problems]
    assert [problem for problem in problems if problem.startswith(expected)] != []


def test_a_file_of_texts_that_is_not_there_or_not_named_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulePackError) as error:
        load(tmp_path / "a", {**FILES, "pack.yaml": PACK + "texts: {de: texts/dee.yaml}\n"})
    assert error.value.problems == (
        "rules/house/texts/de.yaml: this is no rule, as rules stand beside pack.yaml, and pack.yaml does not name it",
        "rules/house/pack.yaml:6:13: there is no file rules/house/texts/dee.yaml",
    )
