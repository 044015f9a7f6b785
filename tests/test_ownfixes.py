"""What is wrong with a file itself and can be mended: keys, quotes, suppressions; held by whole runs."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from policylint.api import settings_for
from policylint.config import Configuration
from policylint.discover import Target
from policylint.fix import Fixer, Mended
from policylint.model.fix import SAFE, SUGGESTION, UNSAFE, Fix
from policylint.pipeline import check_all
from policylint.plugins import load_extensions
from policylint.ruleset import RuleSet, load_rules

SETTINGS = settings_for(Configuration(), as_of=date(2026, 11, 23))._replace(fixes=True)


@cache
def extensions() -> Any:
    return load_extensions(installed=False)


@cache
def rules() -> RuleSet:
    return load_rules(SETTINGS, extensions())


def mend(text: str, *kinds: str, name: str = "c.yaml") -> Mended:
    fixer = Fixer(rules(), SETTINGS, extensions(), lambda _path: None)
    return fixer.mend(Target(name, Path("/nowhere") / name, named=True), text.encode(), kinds or (SAFE, UNSAFE))


def fixes(text: str, rule: str) -> list[Fix | None]:
    target = Target("c.yaml", Path("/nowhere/c.yaml"), named=True)
    report = check_all([target], rules(), SETTINGS, extensions(), {target.path: text.encode()}.get)
    return [found.fix for found in report.findings if found.rule == f"policylint/{rule}"]


HEAD = "campaign: a\nchannel: viber\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD}business: {{name: A}}\nbusiness: {{name: A}}  # b\n", f"{HEAD}business: {{name: A}}  # b\n"),
        (f"{HEAD}name: {{a: 1}}\nname: b\n", f"{HEAD}name: b\n"),
        (f"{HEAD}messages:\n  - kind: freeform\n    kind: template\n", f"{HEAD}messages:\n  - kind: template\n"),
        (f"{HEAD}sender: {{provider: a, provider: b}}\n", f"{HEAD}sender: {{provider: b}}\n"),
    ],
)
def test_the_first_of_two_keys_is_taken_out(text: str, expected: str) -> None:
    assert mend(text).raw.decode() == expected


def test_that_is_safe_where_both_say_the_same_only() -> None:
    same, other = (f"{HEAD}name: a\nname: {name}\n" for name in ("a", "b"))
    assert [fix and fix.applicability for fix in fixes(same, "duplicate-key")] == [SAFE]
    assert [fix and fix.applicability for fix in fixes(other, "duplicate-key")] == [UNSAFE]


def test_a_key_given_three_times_is_for_a_person_to_mend() -> None:
    found = fixes(f"{HEAD}name: a\nname: b\nname: c\n", "duplicate-key")
    assert [fix and fix.refusal for fix in found] == ["the key is given more than twice", None]


def test_the_first_of_two_keys_of_json_is_taken_out() -> None:
    text = '{\n  "campaign": "a",\n  "channel": "viber",\n  "name": "x",\n  "name": "y"\n}\n'
    assert mend(text, name="c.json").raw.decode() == text.replace('  "name": "x",\n', "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD}purpos: support   # c\n", f"{HEAD}purpose: support   # c\n"),
        (f"{HEAD}audience: {{'countris': [DE]}}\n", f"{HEAD}audience: {{'countries': [DE]}}\n"),
        (f'{HEAD}purpose: "suport"\n', f'{HEAD}purpose: "support"\n'),
    ],
)
def test_a_misspelt_key_or_value_is_spelt_as_it_was_probably_meant(text: str, expected: str) -> None:
    assert mend(text, SAFE).made == 0
    assert mend(text).raw.decode() == expected


def test_a_key_is_not_renamed_to_one_that_is_there() -> None:
    text = f"{HEAD}purpose: support\npurpos: newsletter\n"
    (found,) = fixes(text, "schema")
    assert found is not None
    assert found.refusal == "there is a key 'purpose' already"
    assert mend(text).raw.decode() == text


def test_nothing_is_proposed_where_no_word_is_near() -> None:
    assert fixes(f"{HEAD}zzzzzz: 1\n", "schema") == [None]


COUNTRIES = """\
campaign: a
channel: whatsapp
sender: {{product: business_platform}}
audience: {{countries: [DE, {}]}}
"""


def test_a_scalar_that_readers_take_for_something_else_is_quoted() -> None:
    text = COUNTRIES.format("NO, &x AT, *x, NO")
    assert mend(text, SAFE).raw.decode() == COUNTRIES.format("'NO', &x AT, *x, 'NO'")


def test_a_number_that_readers_take_for_another_one_has_to_be_asked_for() -> None:
    text = COUNTRIES.format("AT], size: 0100, x-a: [").replace("[]", "[]")
    (found,) = fixes(text, "ambiguous-scalar")
    assert found is not None
    assert (found.edits, found.question) == (
        (),
        "Is it the number 100, the number that YAML 1.1 reads, or the text '0100'?",
    )


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (f"{HEAD}consent: {{basis: expres}}\n", "Is it so that consent.basis is meant, and true?"),
        (f"{HEAD}consnt: {{}}\n", "Is it so that consent is meant, and true?"),
        (f"{HEAD}opt_ot: {{}}\n", "Is it so that opt_out is meant, and true?"),
        (
            f"{HEAD}messages:\n  - kind: template\n    template: {{statu: approved}}\n",
            "Is it so that messages.template.status is meant, and true?",
        ),
    ],
)
def test_consent_opt_out_and_approval_are_for_a_person_to_spell(text: str, question: str) -> None:
    (found,) = fixes(text, "schema")
    assert found is not None
    assert (found.applicability, found.edits, found.question) == (SUGGESTION, (), question)
    assert mend(text).raw.decode() == text


BROKEN = "campaign: a\nchannel: whatsapp\npurpose: newsletter{}\nsender: {{product: consumer_app}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD}name: b   # policylint: ignore[WA101] -- gone\n", f"{HEAD}name: b\n"),
        (f"{HEAD}# policylint: ignore[WA101] until=2026-12-31 -- gone\nname: b\n", f"{HEAD}name: b\n"),
        (
            BROKEN.format("  # policylint: ignore[WA101, WA102] until=2026-12-31 -- agreed"),
            BROKEN.format("  # policylint: ignore[WA101] until=2026-12-31 -- agreed"),
        ),
        (
            BROKEN.format("  # policylint: ignore[WA103, WA101, WA102] -- agreed"),
            BROKEN.format("  # policylint: ignore[WA101] -- agreed"),
        ),
        (f"{HEAD}# policylint: ignore[WA101, WA102] -- gone\nname: b\n", f"{HEAD}name: b\n"),
    ],
)
def test_a_suppression_of_nothing_is_taken_out_safely(text: str, expected: str) -> None:
    assert mend(text, SAFE).raw.decode() == expected


def test_the_name_of_a_rule_in_a_suppression_is_spelt_as_it_was_probably_meant() -> None:
    comment = "# policylint: ignore[whatsapp/unofficial-clent] -- agreed"
    text = f"campaign: a\nchannel: whatsapp\nsender: {{library: baileys}}   {comment}\n"
    assert mend(text, SAFE).made == 0
    assert mend(text).raw.decode() == text.replace("clent]", "client]")


CLIENT = "campaign: a\nchannel: whatsapp\nsender: {{library: baileys}}{}\n"


@pytest.mark.parametrize(
    ("comment", "expected", "title"),
    [
        ("ignore[WA104] until=2026/12/31 -- a", "ignore[WA104] until=2026-12-31 -- a", "write until=2026-12-31"),
        ("ignore[WA104] until=2026.12.1 -- a", "ignore[WA104] until=2026-12-01 -- a", "write until=2026-12-01"),
        ("ignore[WA104] untill=2026-12-31 -- agreed", "ignore[WA104] until=2026-12-31 -- agreed", "write 'until'"),
        ("ignore[WA104] until=2026-11-22 -- agreed", "", "remove the comment"),
        ("ignore[house/zzz, WA104] -- agreed", "ignore[WA104] -- agreed", "take house/zzz out of it"),
        ("ignore[house/zzz] -- agreed", "", "remove the comment"),
    ],
)
def test_what_is_wrong_with_a_suppression_is_mended_when_that_is_asked_for(
    comment: str, expected: str, title: str
) -> None:
    text = CLIENT.format(f"   # policylint: {comment}")
    assert mend(text, SAFE).raw.decode() == text
    new = CLIENT.format(f"   # policylint: {expected}" if expected else "")
    found = mend(text)
    assert found.raw.decode() == new
    assert [fix.title for fixes in found.rounds for fix in fixes] == [title]


@pytest.mark.parametrize(
    ("comment", "rule", "title", "question"),
    [
        ("ignore[WA104]", "without-reason", "add -- and the reason", "Why may it be let pass?"),
        ("ignore[] -- agreed", "malformed", "name the rule", "Which rule is let pass?"),
        ("ignore WA104", "malformed", "write it in full", "Which rule is let pass, and why?"),
        (
            "ignore[WA104] until=31.12.2026 -- a",
            "malformed",
            "write until=YYYY-MM-DD",
            "Until which day is it let pass?",
        ),
        (
            "ignore[WA104] until=2026-02-30 -- a",
            "malformed",
            "write until=YYYY-MM-DD",
            "Until which day is it let pass?",
        ),
        (
            "ignore[WA104] until=2026-12-30 until=2026-12-31 -- a",
            "malformed",
            "leave one until",
            "Which of the days holds?",
        ),
        ("ignore[WA104] owner=crm -- agreed", "malformed", "leave the option out", "What is owner to say?"),
        (
            "ignore-file[WA104] -- agreed",
            "malformed",
            "move it to the head of the file",
            "Is it to hold for the whole file?",
        ),
    ],
)
def test_what_a_suppression_lacks_is_asked_for_and_never_made_up(
    comment: str, rule: str, title: str, question: str
) -> None:
    text = CLIENT.format(f"   # policylint: {comment}")
    assert fixes(text, f"suppression-{rule}") == [Fix(title, SUGGESTION, question)]
    assert mend(text).raw.decode() == text
