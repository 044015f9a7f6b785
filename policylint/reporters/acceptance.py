"""A suppression → why and by whom a finding is accepted, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policylint.model.finding import Suppression


def accepted(suppression: Suppression) -> str:
    """Return the reason, then until when, whose it is and who approved it, as far as that is said."""
    parts = {
        "until": suppression.until,
        "owner": suppression.owner,
        "approved by": suppression.approver,
        "ticket": suppression.ticket,
    }
    said = ", ".join(f"{name} {value}" for name, value in parts.items() if value is not None)
    return f"{suppression.reason} ({said})" if said else suppression.reason
