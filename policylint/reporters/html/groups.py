"""Report → its campaigns, each with its findings, the broken ones first; and what belongs to no campaign, by file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from policylint.model.phrase import phrase
from policylint.model.rule import Severity
from policylint.model.tuples import NamedTuple
from policylint.reporters.html.days import Stretch, stretches

if TYPE_CHECKING:
    from policylint.model.finding import CampaignSummary, Finding, Report


LET_PASS = phrase("let pass")
"""What a finding is called that does not count."""


class Group(NamedTuple):
    """A campaign, or a file with findings that belong to none."""

    number: int
    """From 1; the place in the report."""
    title: str
    path: str
    line: int | None
    summary: CampaignSummary | None
    findings: Sequence[Finding]
    """The worst first, what is suppressed last."""
    stretches: Sequence[Stretch]
    """Empty where there is no summary."""

    @property
    def worst(self) -> Severity:
        """The worst that counts; OFF where nothing does."""
        return max((one.severity for one in self.findings if one.suppressed is None), default=Severity.OFF)


def groups_of(report: Report) -> list[Group]:
    """Return all campaigns and files that have something to show."""
    owners = {fingerprint: index for index, one in enumerate(report.summaries) for fingerprint, _ in one.findings}
    of_campaigns: list[list[Finding]] = [[] for _ in report.summaries]
    others: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in report.findings:
        owner = owners.get(finding.fingerprint)
        if owner is not None:
            of_campaigns[owner].append(finding)
        else:
            others.setdefault((finding.path, finding.campaign), []).append(finding)
    found = [
        Group(0, one.id, one.path, one.line, one, _worst_first(findings), stretches(one, findings, report))
        for one, findings in zip(report.summaries, of_campaigns, strict=True)
    ]
    found += [
        Group(0, path if campaign is None else campaign, path, None, None, _worst_first(findings), ())
        for (path, campaign), findings in others.items()
    ]
    return [group._replace(number=number) for number, group in enumerate(sorted(found, key=_order), 1)]


def _worst_first(findings: Sequence[Finding]) -> Sequence[Finding]:
    return sorted(findings, key=lambda one: (one.suppressed is not None, -one.severity))


def _order(group: Group) -> tuple[object, ...]:
    breaks = next((one.first for one in group.stretches if one.severity is group.worst), date.max)
    undecided = group.summary is not None and group.summary.undecided > 0
    return (-group.worst, not group.findings, not undecided, breaks, group.path, group.line or 0, group.title)


def kind_of(finding: Finding) -> str:
    """Return the severity of a finding, or ``let-pass`` where it does not count."""
    return str(finding.severity) if finding.suppressed is None else "let-pass"
