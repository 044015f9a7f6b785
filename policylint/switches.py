"""What the configuration and the checked files switch off, for the summary: a gate must not be opened unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.model.finding import SwitchedOff
from policylint.model.rule import Severity
from policylint.model.source import value_at
from policylint.ruleset import names_rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policylint.config import Settings
    from policylint.model.finding import Finding
    from policylint.model.rule import RulePack


def switched_off(
    settings: Settings, packs: Sequence[RulePack], findings: Sequence[Finding], excluded: int
) -> SwitchedOff:
    """Return what is switched off.

    Args:
        settings: Of the run; what the command line leaves out is not counted.
        packs: The loaded packs, with all of their rules.
        findings: Of the run.
        excluded: Files and folders that the configuration excludes.

    """
    document = settings.defaults_document
    said: Mapping[str, Any] = {}
    if document is not None:
        said = value_at(document.data, settings.defaults_pointer[:-1]) or {}
    ignored, selected, changes = said.get("ignore") or (), said.get("select") or (), settings.overrides
    rules = milder = 0
    if ignored or selected or changes:
        for pack in packs:
            for at, card in enumerate(pack.cards):
                change = next((changes[name] for name in card[:2] if name in changes), None)
                severity = None if change is None else change.severity
                left_out = any(names_rule(name, *card[:2]) for name in ignored) or (
                    selected and not any(names_rule(name, *card[:2]) for name in selected)
                )
                if left_out or severity is Severity.OFF:
                    rules += 1
                elif change is not None and (change.parameters or _is_milder(severity, pack, at)):
                    milder += 1
    own = sum(name.startswith("policylint") for name in ignored)
    suppressed = [finding.suppressed.kind for finding in findings if finding.suppressed is not None]
    return SwitchedOff(
        by=None if document is None else document.path,
        rules=rules + own,
        milder=milder,
        excluded=excluded,
        mapped=len(settings.sources),
        defaults=len(settings.defaults),
        suppressed=suppressed.count("in_source"),
        accepted=len(suppressed) - suppressed.count("in_source"),
        never_fails=settings.fail_on is None and said.get("fail_on") == "never",
    )


def _is_milder(severity: Severity | None, pack: RulePack, at: int) -> bool:
    return severity is not None and severity < max(step.severity for step in pack.rules[at].enforcement)
