"""What was found in a file ↔ plain data, for the cache and for the pipes of worker processes.

Sources stand in the rules; they are looked up again, so that a result holds what the file decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from policylint.model.finding import (
    CampaignSummary,
    FileResult,
    Finding,
    Identity,
    Related,
    Suppression,
    UndecidedVerdict,
    Window,
)
from policylint.model.phrase import Phrase
from policylint.model.rule import Severity, Step
from policylint.model.source import Position, Region

if TYPE_CHECKING:
    from policylint.model.fix import Fix
    from policylint.model.rule import Rule

Plain = list[Any]


def plain_result(result: FileResult) -> Plain:
    """Return a result as lists, texts, numbers and None."""
    return [
        [_plain(finding) for finding in result.findings],
        result.campaigns,
        list(result.campaign_ids),
        result.undecided,
        result.recognised,
        result.unread,
        sorted(map(list, result.senders)),
        [_plain_verdict(verdict) for verdict in result.verdicts],
        [_plain_summary(summary) for summary in result.summaries],
    ]


def result_of(plain: Plain, rules: Mapping[str, Rule]) -> FileResult:
    """Return the result again; LookupError, TypeError or ValueError for what is none.

    Args:
        plain: What ``plain_result`` made of it.
        rules: The rules of the run, by id.

    """
    findings, campaigns, ids, undecided, recognised, unread, senders, verdicts, summaries = plain
    return FileResult(
        tuple(_finding(finding, rules) for finding in findings),
        int(campaigns),
        tuple(map(str, ids)),
        int(undecided),
        bool(recognised),
        bool(unread),
        frozenset((str(a), str(b), str(c)) for a, b, c in senders),
        tuple(map(_verdict, verdicts)),
        tuple(map(_summary, summaries)),
    )


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "severity": int,
    "message": lambda text: _plain_text(text),
    "help": lambda text: _plain_text(text),
    "region": lambda region: _plain_region(region),
    "pointer": list,
    "since": lambda day: _plain_day(day),
    "earlier": lambda step: _plain_step(step),
    "next_change": lambda step: _plain_step(step),
    "sources": lambda _sources: None,
    "notes": lambda notes: list(map(_plain_text, notes)),
    "related": lambda related: [[path, _plain_region(region), _plain_text(said)] for path, region, said in related],
    "values": dict,
    "seen": lambda seen: list(map(_plain_text, seen)),
    "suppressed": lambda suppression: _plain_suppression(suppression),
    "fix": lambda fix: _plain_fix(fix),
    "identity": lambda identity: None if identity is None else [*identity[:3], list(identity.values), identity.content],
}


def _plain(finding: Finding) -> Plain:
    return [
        _PLAIN[name](value) if name in _PLAIN else value for name, value in zip(Finding._fields, finding, strict=True)
    ]


def _finding(plain: Plain, rules: Mapping[str, Rule]) -> Finding:
    found = Finding(*plain)
    rule = rules[found.rule] if found.code is not None else None
    return found._replace(
        severity=Severity(found.severity),
        message=_text(found.message),
        help=_text(found.help),
        region=_region(found.region),
        pointer=tuple(found.pointer),
        since=_day(found.since),
        earlier=_step(found.earlier),
        next_change=_step(found.next_change),
        sources=() if rule is None else rule.sources,
        notes=tuple(map(_text, found.notes)),
        related=tuple(Related(path, _region(region), _text(said)) for path, region, said in found.related),
        suppressed=_suppression(found.suppressed),
        fix=_fix(found.fix),
        identity=_identity(found.identity),
        seen=tuple(map(_text, found.seen)),
    )


def _plain_verdict(verdict: UndecidedVerdict) -> Plain:
    field, why = _plain_text(verdict.field), _plain_text(verdict.why)
    return [*verdict[:3], field, why, verdict.path, _plain_region(verdict.region), list(verdict.pointer)]


def _verdict(plain: Plain) -> UndecidedVerdict:
    rule, code, campaign, field, why, path, region, pointer = plain
    return UndecidedVerdict(rule, code, campaign, _text(field), _text(why), path, _region(region), tuple(pointer))


def _plain_text(text: Any) -> Any:
    """Return a text as it is, and a phrase as what it is made of."""
    if not isinstance(text, Phrase):
        return text if isinstance(text, (str, int)) or text is None else str(text)
    return [str(text), text.pattern, {name: _plain_text(value) for name, value in text.values.items()}]


def _text(plain: Any) -> Any:
    if not isinstance(plain, list):
        return plain
    text, pattern, values = plain
    return Phrase(text, pattern, {name: _text(value) for name, value in values.items()})


def _plain_summary(summary: CampaignSummary) -> Plain:
    found = [[fingerprint, [_plain_window(window) for window in windows]] for fingerprint, windows in summary.findings]
    return list(summary._replace(window=_plain_window(summary.window), findings=found))  # type: ignore[arg-type]


def _summary(plain: Plain) -> CampaignSummary:
    summary = CampaignSummary(*plain)
    found = ((str(fingerprint), tuple(map(_window, windows))) for fingerprint, windows in summary.findings)
    return summary._replace(window=_window(summary.window), findings=tuple(found))


def _plain_window(window: Window) -> Plain:
    return [_plain_day(window.first), _plain_day(window.last), window.own]


def _window(plain: Any) -> Window:
    return Window(date.fromisoformat(plain[0]), _day(plain[1]), plain[2])


def _plain_region(region: Region) -> Plain:
    return [*region.start, *region.end]


def _region(plain: Any) -> Region:
    return Region(Position(*plain[:3]), Position(*plain[3:]))


def _plain_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(plain: Any) -> date | None:
    return None if plain is None else date.fromisoformat(plain)


def _plain_step(step: Step | None) -> Plain | None:
    return None if step is None else [step.since.isoformat(), int(step.severity), step.note, step.observed]


def _step(plain: Any) -> Step | None:
    return None if plain is None else Step(date.fromisoformat(plain[0]), Severity(plain[1]), plain[2], plain[3])


def _plain_suppression(suppression: Suppression | None) -> Plain | None:
    return None if suppression is None else [*suppression[:2], _plain_day(suppression.until), *suppression[3:]]


def _suppression(plain: Any) -> Suppression | None:
    return None if plain is None else Suppression(plain[0], plain[1], _day(plain[2]), *plain[3:])


def _identity(plain: Any) -> Identity | None:
    return None if plain is None else Identity(plain[0], plain[1], plain[2], tuple(plain[3]), plain[4])


def _plain_fix(fix: Fix | None) -> Plain | None:
    if fix is None:
        return None
    edits = [[_plain_region(edit.region), edit.replacement] for edit in fix.edits]
    changes = [[change.document, list(change.pointer), change.action, change.value] for change in fix.changes]
    title, question, refusal = map(_plain_text, (fix.title, fix.question, fix.refusal))
    return [title, fix.applicability, question, edits, changes, refusal, fix.number]


def _fix(plain: Any) -> Fix | None:
    if plain is None:
        return None
    from policylint.model.fix import Change, Edit, Fix

    title, applicability, question, edits, changes, refusal, number = plain
    return Fix(
        _text(title),
        applicability,
        _text(question),
        tuple(Edit(_region(region), replacement) for region, replacement in edits),
        tuple(Change(document, tuple(pointer), action, value) for document, pointer, action, value in changes),
        _text(refusal),
        number,
    )
