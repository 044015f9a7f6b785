"""Phrases: English texts that remember their pattern and values."""

from __future__ import annotations

import copy
import pickle

from policylint.model.phrase import Phrase, counted, joined, phrase


def made_of(text: Phrase) -> tuple[str, str, object]:
    return str(text), text.pattern, text.values


def test_a_phrase_is_its_english_text_and_remembers_what_it_was_made_of() -> None:
    said = phrase("{path} cannot be read", path="a{b}.yaml")
    assert said == "a{b}.yaml cannot be read"
    assert made_of(said) == ("a{b}.yaml cannot be read", "{path} cannot be read", {"path": "a{b}.yaml"})


def test_a_number_chooses_the_form_and_both_forms_are_known_by_the_one_for_many() -> None:
    made = [counted("{count} file", "{count} files", count=count) for count in (0, 1, 2)]
    assert made == ["0 files", "1 file", "2 files"]
    assert {said.pattern for said in made} == {"{count} files"}
    assert made[1].values == {"count": 1}


def test_joined_phrases_can_each_be_translated() -> None:
    first, second = phrase("in force"), phrase("since {day}", day="2019-12-07")
    said = joined(", ", [first, second])
    assert made_of(said) == ("in force, since 2019-12-07", "{part0}, {part1}", {"part0": first, "part1": second})


def test_a_copy_is_the_same_phrase() -> None:
    said = phrase("{count} of {all}", count=1, all=phrase("{count} files", count=2))
    for other in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert made_of(other) == made_of(said)
        inner = other.values["all"]
        assert isinstance(inner, Phrase)
        assert made_of(inner) == ("2 files", "{count} files", {"count": 2})
