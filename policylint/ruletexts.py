"""Texts of rules in another language: what is wrong with them, and a rule that has them in place of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.errors import did_you_mean
from policylint.model.rule import RuleTexts
from policylint.model.texts import TextTemplate
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policylint.model.rule import Rule
    from policylint.model.source import Pointer


class TextProblem(NamedTuple):
    """What is wrong in a file of texts."""

    pointer: Pointer
    message: str
    of_key: bool = False
    """True where the key at ``pointer`` is wrong, not its value."""


def problems_in(data: Mapping[str, Any], rules: Mapping[str, Rule], names: Iterable[str]) -> Iterator[TextProblem]:
    """Yield what is wrong with texts that have the right form.

    Args:
        data: A file of texts.
        rules: The rules of its pack that are valid, by the name of their file.
        names: The names of all of them.

    """
    known = list(names)
    for name, entry in data["rules"].items():
        at: Pointer = ("rules", name)
        rule = rules.get(name)
        if rule is not None:
            yield from _disagreements(entry, rule, at)
        elif name not in known:
            yield TextProblem(at, f"there is no rule '{name}'{did_you_mean(name, known)}", of_key=True)


def _disagreements(entry: Mapping[str, Any], rule: Rule, at: Pointer) -> Iterator[TextProblem]:
    for key in ("title", "message", "why", "solution"):
        ours, theirs = _placeholders(getattr(rule, key)), _placeholders(entry[key])
        if ours != theirs:
            said = f"the placeholders are {_listed(theirs)}, and {_listed(ours)} in English"
            yield TextProblem((*at, key), said)
    notes = {step.since.isoformat(): step.note for step in rule.enforcement if step.note}
    given = entry.get("enforcement") or {}
    for day in given:
        if day not in notes:
            said = f"no step with a note begins on {day}{did_you_mean(day, list(notes))}"
            yield TextProblem((*at, "enforcement", day), said, of_key=True)
    for day, note in notes.items():
        if day not in given:
            yield TextProblem(at, f"the note of {day} is missing under enforcement: '{note}'", of_key=True)
    yield from _fixes(entry.get("fix") or (), rule, at)
    caps = len(entry.get("caps") or ())
    if caps != len(rule.caps):
        said = f"the reasons of {caps} caps are given, and the rule has {len(rule.caps)}"
        yield TextProblem((*at, "caps") if caps else at, said, of_key=True)


def _fixes(given: Sequence[Mapping[str, str]], rule: Rule, at: Pointer) -> Iterator[TextProblem]:
    if len(given) != len(rule.fixes):
        said = f"the texts of {len(given)} fixes are given, and the rule has {len(rule.fixes)}"
        yield TextProblem((*at, "fix") if given else at, said, of_key=True)
        return
    for index, (theirs, ours) in enumerate(zip(given, rule.fixes, strict=True)):
        if ("question" in theirs) != ("question" in ours):
            said = "there is a question here or in English, not in both"
            yield TextProblem((*at, "fix", index), said)
        for key in theirs.keys() & ours.keys():
            found, expected = _placeholders(theirs[key]), _placeholders(ours[key])
            if found != expected:
                said = f"the placeholders are {_listed(found)}, and {_listed(expected)} in English"
                yield TextProblem((*at, "fix", index, key), said)


def _placeholders(text: str) -> set[str]:
    return set(TextTemplate(text).names())


def _listed(names: set[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names)) or "none"


def texts_of(entry: Mapping[str, Any]) -> RuleTexts:
    """Return the texts of an entry that has no problems."""
    return RuleTexts(
        entry["title"],
        entry["message"],
        entry["why"],
        entry["solution"],
        entry.get("enforcement") or {},
        tuple(entry.get("caps") or ()),
        tuple((fix["title"], fix.get("question")) for fix in entry.get("fix") or ()),
    )


def with_texts(rule: Rule, texts: RuleTexts) -> Rule:
    """Return a rule that says the same in another language."""
    notes = texts.notes
    return rule._replace(
        title=texts.title,
        message=texts.message,
        why=texts.why,
        solution=texts.solution,
        enforcement=tuple(
            step._replace(note=notes.get(step.since.isoformat(), step.note)) for step in rule.enforcement
        ),
        caps=tuple(cap._replace(because=said) for cap, said in zip(rule.caps, texts.caps, strict=True)),
        fix=[_told(fix, *said) for fix, said in zip(rule.fixes, texts.fixes, strict=True)] or None,
    )


def _told(fix: Mapping[str, Any], title: str, question: str | None) -> dict[str, Any]:
    return {**fix, "title": title, **({} if question is None else {"question": question})}
