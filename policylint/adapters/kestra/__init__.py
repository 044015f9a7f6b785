"""Kestra flows → one campaign record per task that sends.

Recognised: an object with ``id``, ``namespace`` and a list ``tasks``, of whose tasks or triggers one has a type below
``io.kestra.``. Tasks are told by the end of their type, as plug-ins keep moving. Known: channel, carrier, recipients
and texts, also where ``pluginDefaults`` give them, schedule, and that alerts about runs of flows are internal. Unknown:
consent, what else the messages are for, and whatever an expression decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

CARRIES = (
    *("name", "schedule.recurrence", "schedule.timezone"),
    *("messages.kind", "messages.subject", "messages.body", "messages.text_from", "messages.template.name"),
)
EXAMPLE = """\
id: failure-alert
namespace: company.team

tasks:
  - id: tell-the-team
    type: io.kestra.plugin.email.MailExecution
    to: operations@example.org
    subject: A flow has failed
    executionId: "{{ trigger.executionId }}"

triggers:
  - id: failed-flows
    type: io.kestra.plugin.core.trigger.Flow
    conditions:
      - type: io.kestra.plugin.core.condition.ExecutionStatus
        in: [FAILED]
"""
_OWN = "io.kestra."


def recognises(document: Document) -> bool:
    """Tell whether a document is a flow."""
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("tasks"), list):
        return False
    if not isinstance(data.get("id"), str) or not isinstance(data.get("namespace"), str):
        return False
    return any(
        isinstance(item, dict) and str(item.get("type")).startswith(_OWN)
        for key in ("tasks", "triggers")
        for item in (data[key] if isinstance(data.get(key), list) else ())
    )


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the campaigns of a flow."""
    # Late, because its many patterns take a while to compile and most runs meet no flow.
    from policylint.adapters.kestra.records import campaigns_of

    return Adapted(list(campaigns_of(document, providers)))


ADAPTER = Adapter(
    name="kestra",
    title="Kestra flow",
    signs="`id`, `namespace` and `tasks`, of which one has a type below io.kestra",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
