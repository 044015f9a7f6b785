"""Flows, campaigns and triggers of RapidPro, TextIt and Glific → one campaign record per message.

Recognised: exports with flows or campaigns, a flow (``nodes`` beside ``spec_version``, or the older ``action_sets``),
a campaign, an event of one, a node, an action that sends; or lists of them. Known: the texts, the recipients of
broadcasts and campaigns, who wrote first as far as triggers, campaigns and waits for an answer show it, keywords and
actions that record an opt-out. Unknown: the channel, but for addresses with a scheme, WhatsApp templates, and flows
that Glific wrote (it sends on WhatsApp only); what starts a flow that stands alone; purpose and consent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.rapidpro.signs import parts_of
from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

CARRIES = ("name", "messages.kind", "messages.subject", "messages.body", "messages.template.name")

EXAMPLE = """\
{
  "version": "13",
  "flows": [],
  "campaigns": [
    {
      "name": "First weeks",
      "group": {"name": "New parents"},
      "events": [
        {
          "event_type": "M",
          "offset": 7,
          "unit": "D",
          "delivery_hour": 10,
          "relative_to": {"key": "joined_on", "label": "Joined on"},
          "message": {"eng": "One week in: how is it going, @contact.first_name?"},
          "base_language": "eng"
        }
      ]
    }
  ],
  "triggers": []
}
"""


def recognises(document: Document) -> bool:
    """Tell whether a document holds a flow, a campaign, or a part of one."""
    return parts_of(document.data).any


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return the campaigns of a document's flows, campaigns and actions."""
    from policylint.adapters.rapidpro.records import campaigns_of  # late: most runs meet no flow

    return Adapted(list(campaigns_of(document, parts_of(document.data), CARRIES)))


ADAPTER = Adapter(
    name="rapidpro",
    title="RapidPro, TextIt or Glific flows and campaigns",
    signs="`nodes` beside `spec_version`, or `action_sets`; events with `event_type` and `relative_to`; exports of it",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
