"""n8n workflows → one campaign record per node that sends.

Recognised: an object with a list ``nodes``, whose types name a package, and an object ``connections``; a list of
them; or wrapped as n8n's APIs wrap them. Known: channel, carrier, direction, how recipients are chosen, the message as
far as it is written down, how often it runs; that nothing looks at opt-outs, where all that chooses recipients can be
read. Unknown: consent, purpose, and whatever an expression or another workflow decides. ``active`` is the switch of the
instance that was exported, not ``enabled``; a workflow that was archived is not enabled; a disabled node sends nothing
and makes no record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.n8n.signs import CARRIES, workflow_places
from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable, Sign


def recognises(document: Document) -> bool:
    """Tell whether a document holds a workflow."""
    return next(workflow_places(document.data), None) is not None


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the campaigns of a document's workflows."""
    # Late, because its many patterns take a while to compile and most runs meet no workflow.
    from policylint.adapters.n8n.graph import read_workflow
    from policylint.adapters.n8n.records import campaigns_of

    signs: dict[str, Sign | None] = {}
    places = list(workflow_places(document.data))
    numbered = enumerate(places, 1) if len(places) > 1 else ((0, place) for place in places)
    workflows = [read_workflow(document, place, number) for number, place in numbered]
    return Adapted([campaign for workflow in workflows for campaign in campaigns_of(workflow, providers, signs)])


_EXAMPLE = """\
{
  "name": "Spring offers",
  "nodes": [
    {"name": "Every Monday", "type": "n8n-nodes-base.scheduleTrigger",
     "parameters": {"rule": {"interval": [{"field": "weeks"}]}}},
    {"name": "Customers", "type": "n8n-nodes-base.googleSheets",
     "parameters": {"sheetName": {"__rl": true, "value": "customers"}}},
    {"name": "Send", "type": "n8n-nodes-base.whatsApp",
     "parameters": {"template": "spring_offer|en", "recipientPhoneNumber": "={{ $json.phone }}"}}
  ],
  "connections": {
    "Every Monday": {"main": [[{"node": "Customers", "type": "main", "index": 0}]]},
    "Customers": {"main": [[{"node": "Send", "type": "main", "index": 0}]]}
  }
}
"""

ADAPTER = Adapter(
    name="n8n",
    title="n8n workflow",
    signs="an object with `nodes` (types such as n8n-nodes-base.whatsApp) and `connections`, alone, listed or wrapped",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
