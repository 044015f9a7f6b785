"""Home Assistant scripts, automations, blueprints and packages → one campaign record per action that sends a message.

Recognised: an automation (triggers and actions), a script (``sequence``), a blueprint of one, lists or packages of
them, in which an action calls ``notify``, ``telegram_bot``, a WhatsApp integration or a command of the file; or what
sets up a WhatsApp notifier or command. Known: channel, carrier, recipients, texts, triggers; of a command that another
file defines the channel that its name says. Unknown: consent, purpose, and whatever a template or ``!secret`` decides.
Notifications to apps and speakers of the household are no messages; those to a team chat are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.home_assistant.shapes import calls, definitions, names_whatsapp, parts
from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

CARRIES = (
    *("name", "schedule.recurrence"),
    *("messages.kind", "messages.subject", "messages.body", "messages.text_from", "messages.template.name"),
)
EXAMPLE = """\
- alias: Washing machine
  triggers:
    - trigger: state
      entity_id: sensor.washing_machine
      to: finished
  actions:
    - action: telegram_bot.send_message
      data:
        target: 12345678
        message: The washing machine has finished.
"""


def recognises(document: Document) -> bool:
    """Tell whether a document is of Home Assistant and sends messages, or sets up what does."""
    if any(True for part in parts(document.data) for call in calls(part) if call.may_send):
        return True
    return any(names_whatsapp(definition) for definition in definitions(document.data))


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the campaigns of a document."""
    # Late, because its many patterns take a while to compile and most runs meet no such file.
    from policylint.adapters.home_assistant.records import campaigns_of

    return Adapted(list(campaigns_of(document, providers)))


ADAPTER = Adapter(
    name="home-assistant",
    title="Home Assistant scripts and automations",
    signs="triggers with actions, or `sequence`, of which one calls notify, telegram_bot or a WhatsApp integration",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
