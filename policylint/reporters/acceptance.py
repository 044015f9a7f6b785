"""A suppression → why and by whom a finding is accepted, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.model.phrase import Phrase, as_phrase, joined, phrase

if TYPE_CHECKING:
    from policylint.model.finding import Suppression


def accepted(suppression: Suppression) -> Phrase:
    """Return the reason, then until when, whose it is and who approved it, as far as that is said."""
    parts = [
        phrase("until {day}", day=suppression.until),
        phrase("owner {name}", name=suppression.owner),
        phrase("approved by {name}", name=suppression.approver),
        phrase("ticket {name}", name=suppression.ticket),
    ]
    said = [part for part in parts if None not in part.values.values()]
    reason = as_phrase(suppression.reason)
    return joined("", [reason, " (", joined(", ", said), ")"]) if said else reason
