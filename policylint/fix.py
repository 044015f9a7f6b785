"""One file → the same file with its findings mended, each fix proved before it is made; and why others are not made.

A round makes all fixes that do not touch one another, at once where they can be proved together, else one by one. What
touched another fix is looked at again in the next round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from policylint.checker import Checker
from policylint.edits.proof import flaw
from policylint.edits.splice import apart, encoded, is_faithful, spliced
from policylint.model.fix import SAFE, SUGGESTION, UNSAFE, Fix
from policylint.model.phrase import phrase
from policylint.model.tuples import NamedTuple
from policylint.parse import decode, parse
from policylint.reporters.secrets import without_secrets

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.model.finding import FileResult, Finding
    from policylint.recognise import Read
    from policylint.ruleset import RuleSet

ROUNDS = 20
"""Rounds after which a file is left as it is: no honest one needs more than three."""


class Refusal(NamedTuple):
    """A fix that was not made, and why."""

    finding: Finding
    """As it stands in the file after the others."""
    reason: str


class Mended(NamedTuple):
    """A file after its fixes."""

    raw: bytes
    rounds: tuple[tuple[Fix, ...], ...] = ()
    """The fixes of each round; their edits are of the text before it."""
    refused: tuple[Refusal, ...] = ()
    exhausted: bool = False
    """True where more could be made after the last round."""

    @property
    def made(self) -> int:
        """How many fixes were made."""
        return sum(map(len, self.rounds))


_Wanted: TypeAlias = "tuple[Finding, Fix]"


class _State(NamedTuple):
    """A file at one moment."""

    raw: bytes
    result: FileResult


_TRIED_TO_TELL, _TRIED_TO_MEND = 1_000_000, 10_000_000
"""Bytes that are checked to find out which fixes of a file can be made."""
_FINDING = 1_000
"""Bytes of a file that take as long to check as one of its findings."""


class Fixer:
    """Proves the fixes of one file after another, and makes them."""

    def __init__(self, rules: RuleSet, settings: Settings, extensions: Extensions, read: Read) -> None:
        self.drafts: dict[Path, bytes] = {}
        settings = settings._replace(fixes=True, prove_fixes=False, list_undecided=True)
        self.checker = Checker(
            rules, settings, extensions, lambda path: self.drafts[path] if path in self.drafts else read(path)
        )

    def mend(self, target: Target, raw: bytes, kinds: Sequence[str], accepted: Sequence[Finding] = ()) -> Mended:
        """Return a file with its fixes of some kinds made; nothing is written.

        Args:
            target: The file.
            raw: Its bytes.
            kinds: ``safe``, ``unsafe``.
            accepted: Its findings that a waiver or the baseline accepts: they stay as they are.

        """
        if not is_faithful(raw):
            return Mended(raw)
        state = self._checked(target, raw)
        rounds: list[tuple[Fix, ...]] = []
        left, of_accepted = {finding.fingerprint for finding in accepted}, set(map(_rule_of, accepted))
        for _ in range(ROUNDS):
            found = wanted(state.result, target, kinds)
            taken = _first_come([pair for pair in found if pair[0].fingerprint not in left])
            made, state, refused = self._round(target, state, taken, _TRIED_TO_MEND)
            if not made:
                return Mended(state.raw, tuple(rounds), refused)
            rounds.append(tuple(fix for _, fix in made))
            # A fix may have changed what a fingerprint is made of.
            left |= {finding.fingerprint for finding in state.result.findings if _rule_of(finding) in of_accepted}
        return Mended(state.raw, tuple(rounds), exhausted=True)

    def proved(self, target: Target, raw: bytes, result: FileResult) -> FileResult:
        """Return what was found in a file with those fixes as suggestions that cannot be proved, for a report."""
        if not is_faithful(raw):
            return result
        state = _State(raw, result)
        refused: list[Refusal] = []
        for kind in (SAFE, UNSAFE):
            left = wanted(result, target, [kind])
            while left:
                taken = _first_come(left)
                refused += self._round(target, state, taken, _TRIED_TO_TELL)[2]
                left = [pair for pair in left if all(pair is not other for other in taken)]
        return result._replace(findings=tuple(map(_told, shown_refusals(result.findings, refused))))

    def _checked(self, target: Target, raw: bytes) -> _State:
        self.drafts = {target.path: raw}
        return _State(raw, self.checker.check(target))

    def _round(
        self, target: Target, state: _State, taken: Sequence[_Wanted], most: int
    ) -> tuple[Sequence[_Wanted], _State, tuple[Refusal, ...]]:
        """Return which fixes that do not touch one another are proved, the file with them, and why others are not.

        Where they cannot be made together, each is tried by itself, until ``most`` bytes were checked.
        """
        tries = most // (len(state.raw) + _FINDING * len(state.result.findings) + 1)
        if not taken or not tries:
            return (), state, tuple(Refusal(finding, _too_many()) for finding, _ in taken)
        together = self._tried(target, state, taken)
        if isinstance(together, _State):
            return taken, together, ()
        if len(taken) == 1:
            return (), state, (Refusal(taken[0][0], together),)
        accepted: list[_Wanted] = []
        refused: list[Refusal] = []
        after = state
        for number, pair in enumerate(taken):
            if number >= tries:
                refused.append(Refusal(pair[0], _too_many()))
                continue
            tried = self._tried(target, state, [*accepted, pair])
            if isinstance(tried, _State):
                accepted.append(pair)
                after = tried
            else:
                refused.append(Refusal(pair[0], tried))
        return accepted, after, tuple(refused)

    def _tried(self, target: Target, state: _State, taken: Sequence[_Wanted]) -> _State | str:
        """Return the file with some fixes made, or why that is not proved to be right."""
        fixes = [fix for _, fix in taken]
        text = decode(state.raw)
        try:
            raw = encoded(state.raw, spliced(text, (edit for fix in fixes for edit in fix.edits)))
        except UnicodeEncodeError:
            return phrase("the encoding of the file has no such letter")
        wrong = flaw(
            parse(target.shown, state.raw, self.checker.limits), parse(target.shown, raw, self.checker.limits), fixes
        )
        if wrong is not None:
            return wrong
        after = self._checked(target, raw)
        wrong = _unmended([finding for finding, _ in taken], state.result, after.result)
        return after if wrong is None else wrong


def _too_many() -> str:
    return phrase("the file is too large, or has too many findings, to try its fixes one by one")


def may_be_made(finding: Finding, kinds: Sequence[str]) -> bool:
    """Tell whether a finding has a fix of one of the kinds; what is suppressed is not mended."""
    return finding.fix is not None and finding.fix.applicability in kinds and finding.suppressed is None


def wanted(result: FileResult, target: Target, kinds: Sequence[str]) -> list[_Wanted]:
    """Return the findings of a file whose fixes may be made, in the order of the file."""
    found = [
        (finding, finding.fix)
        for finding in result.findings
        if finding.fix is not None and may_be_made(finding, kinds) and finding.path == target.shown
    ]
    return sorted(found, key=lambda pair: (pair[0].region.start.offset, pair[0].rule))


def _first_come(pairs: Sequence[_Wanted]) -> list[_Wanted]:
    kept = {id(fix) for fix in apart(fix for _, fix in pairs)}
    return [pair for pair in pairs if id(pair[1]) in kept]


def _unmended(findings: Sequence[Finding], before: FileResult, after: FileResult) -> str | None:
    """Return why a new text does not mend what it should, or makes something else worse."""
    if (before.campaigns, before.recognised) != (after.campaigns, after.recognised):
        return phrase("the file would be read as something else")
    mended = Counter(map(_rule_of, findings))
    old, new = _severities(before), _severities(after)
    unsure, still_unsure = _undecided(before), _undecided(after)
    for of_rule, count in mended.items():
        if len(new.get(of_rule, ())) > len(old[of_rule]) - count:
            return phrase("the rule would still be broken")
        if still_unsure[of_rule] > unsure[of_rule]:
            return phrase("it could not be told any more whether the rule is kept")
    for of_rule, severities in new.items():
        known = old.get(of_rule, [])
        if len(severities) > len(known):
            return phrase("{rule} would be found then", rule=_name(of_rule[0], after))
        if any(now > then for now, then in zip(severities, known, strict=False)):
            return phrase("{rule} would be worse then", rule=_name(of_rule[0], after))
    return None


def _rule_of(finding: Finding) -> tuple[str, str | None]:
    return finding.rule, finding.campaign


def _severities(result: FileResult) -> Mapping[tuple[str, str | None], list[int]]:
    """Return the severities of the findings of each rule and campaign, the worst first; of a suppressed one none."""
    found: dict[tuple[str, str | None], list[int]] = {}
    for finding in result.findings:
        found.setdefault(_rule_of(finding), []).append(0 if finding.suppressed is not None else finding.severity)
    return {of_rule: sorted(severities, reverse=True) for of_rule, severities in found.items()}


def _undecided(result: FileResult) -> Counter[tuple[str, str | None]]:
    return Counter((verdict.rule, verdict.campaign) for verdict in result.verdicts)


def _name(rule: str, result: FileResult) -> str:
    code = next((finding.code for finding in result.findings if finding.rule == rule), None)
    return rule if code is None else f"{rule} ({code})"


def shown_refusals(findings: Sequence[Finding], refused: Sequence[Refusal]) -> tuple[Finding, ...]:
    """Return findings with the fixes that were refused as suggestions, each with the reason."""
    if not refused:
        return tuple(findings)
    reasons = {_place_of(refusal.finding): refusal.reason for refusal in refused}
    return tuple(
        finding._replace(fix=_refused(finding.fix, reasons[_place_of(finding)]))
        if finding.fix is not None and _place_of(finding) in reasons
        else finding
        for finding in findings
    )


def _told(finding: Finding) -> Finding:
    """Return a finding for a report: its fix without edits where these would repeat a secret of the file."""
    fix = finding.fix
    if fix is None or all(without_secrets(edit.replacement) == edit.replacement for edit in fix.edits):
        return finding
    return finding._replace(fix=fix._replace(edits=()))


def _place_of(finding: Finding) -> tuple[object, ...]:
    return finding.path, finding.rule, finding.region, finding.message


def _refused(fix: Fix, reason: str) -> Fix:
    return fix._replace(applicability=SUGGESTION, edits=(), changes=(), refusal=reason)
