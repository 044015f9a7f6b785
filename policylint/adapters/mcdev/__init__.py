"""Salesforce Marketing Cloud metadata as mcdev keeps it → records of stored messages, sends, journeys and automations.

Recognised: one object a file, by the fields of its type: assets, automations, journeys, user-initiated sends,
triggered and transactional sends, messages and keywords of MobileConnect. Known: WhatsApp templates whole; the channel,
the kind of recipients, lists of excluded people and schedules of sends; subjects and display names of e-mails; texts of
SMS, from the file beside it where mcdev put them. Unknown: texts of e-mails, which stand in files of their own,
consent, and what lies in another object, as the channel of a journey that an automation enters people into. Blocks,
images and pages, and automations that only move data, are recognised and give no record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.mcdev.assets import asset_campaigns
from policylint.adapters.mcdev.flows import automation_campaigns, journey_campaigns
from policylint.adapters.mcdev.sends import send_campaigns
from policylint.adapters.mcdev.shapes import CARRIES, type_of
from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

_CAMPAIGNS = {"asset": asset_campaigns, "automation": automation_campaigns, "journey": journey_campaigns}


def recognises(document: Document) -> bool:
    """Tell whether a document is one object of Marketing Cloud as mcdev writes it."""
    return type_of(document.data) is not None


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return the campaigns of an object, none where it sends nothing."""
    found = type_of(document.data)
    if found is None:
        return Adapted(())
    campaigns = _CAMPAIGNS.get(found)
    return Adapted(list(campaigns(document) if campaigns else send_campaigns(document, found)))


_EXAMPLE = """\
{
  "name": "Spring reminder",
  "key": "spring_reminder",
  "type": "scheduled",
  "status": "Scheduled",
  "schedule": {
    "startDate": "2026-03-02T09:00:00",
    "icalRecur": "FREQ=WEEKLY;INTERVAL=1",
    "timezoneName": "W. Europe Standard Time"
  },
  "steps": [
    {"activities": [{"r__type": "query", "r__key": "open_baskets"}]},
    {"activities": [{"r__type": "emailSend", "r__key": "spring_reminder_mail"}]}
  ]
}
"""

ADAPTER = Adapter(
    name="mcdev",
    title="Salesforce Marketing Cloud metadata (mcdev)",
    signs=(
        "the fields of one type: `assetType`, `steps` with `activities` that have an `r__type`, `activities` and "
        "`triggers` of a journey, `SendDefinitionList`, `TriggeredSendStatus`, `definitionKey`, `keywordType`"
    ),
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
