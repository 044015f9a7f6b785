"""What a run fails on before its day → findings that say so, for formats that have nothing but findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.model.finding import Finding
from policylint.model.phrase import phrase
from policylint.reporters.dates import how_soon

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.model.finding import Report


def upcoming_findings(report: Report, say: Say = str) -> list[Finding]:
    """Return each as the finding that it will be, with the day in its message and a fingerprint of its own."""
    today = report.at or report.as_of
    return [
        change.at._replace(
            message=say(
                phrase(
                    "{message}: {after} from {day}, {how_soon}; now {before}",
                    message=change.at.message,
                    after=change.after.word,
                    day=change.day,
                    how_soon=how_soon(change.day, today),
                    before=change.before.word,
                )
            ),
            fingerprint=f"{change.at.fingerprint}-upcoming",
        )
        for change in report.upcoming
        if isinstance(change.at, Finding)
    ]
