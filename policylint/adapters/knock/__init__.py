"""Knock workflows and broadcasts, as its CLI and its API keep them → one record for each channel step.

Recognised: an object with ``steps``, of which one is a channel step, or with Knock's schema; and the text of a step in
a file of its own, by Knock's variables in it. Known: the channel, WhatsApp templates by their payload, that we write
first, texts (those in files beside it with their place there), whether it is commercial. Unknown: the recipients of a
workflow, whom the trigger names; texts of files that are not there; what an e-mail layout adds; of a text alone all but
its words. A workflow runs for one person at a time; a broadcast goes to an audience.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.adapters.knock.steps import is_workflow
from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

CARRIES = (
    *("name", "channel", "messages.kind", "messages.subject", "messages.body", "messages.template.name"),
    "messages.language",
)

# docs.knock.app/template-editor/variables. What a batch adds is in no other template; `data` or `recipient` may be.
_OF_BATCHES = re.compile(r"\{[{%][^{}]*?\b(?:total_activities|total_actors)\b")
_VARIABLES = re.compile(
    r"\{[{%]-?[^{}]*?(?<![.\w])(?:activities|actors?|current_message|data|recipient|tenant|vars|workflow)\b[.\[\s|}]"
)
# newTemplateFilePath in src/lib/marshal/workflow of knocklabs/knock-cli: the field and the ending of its syntax.
_NAMES = frozenset(["text_body.txt", "html_body.html", "markdown_body.md"])


def recognises(document: Document) -> bool:
    """Tell whether a document is a workflow or a broadcast, or the text of a step."""
    if document.dialect != "text":
        return is_workflow(document.data)
    has_name = document.path.rpartition("/")[2] in _NAMES
    return bool(_OF_BATCHES.search(document.text) or (has_name and _VARIABLES.search(document.text)))


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the records of the channel steps, or of a text alone."""
    if document.dialect == "text":
        from policylint.adapters.knock.side_files import side_campaign  # late: most runs meet none

        return Adapted([side_campaign(document)])
    from policylint.adapters.knock.records import campaigns_of

    return Adapted(list(campaigns_of(document, providers)))


_EXAMPLE = """\
{
  "name": "Order shipped",
  "steps": [
    {
      "type": "branch",
      "ref": "branch_1",
      "branches": [
        {"name": "In a hurry", "steps": [
          {"type": "channel", "ref": "sms_1", "channel_type": "sms", "channel_key": "twilio",
           "template": {"text_body": "Your order {{ data.number }} is on its way."}}
        ]},
        {"name": "Default", "default": true, "steps": []}
      ]
    },
    {"type": "channel", "ref": "email_1", "channel_type": "email", "channel_key": "postmark",
     "template": {"subject": "On its way", "html_body@": "email_1/html_body.html"}}
  ]
}
"""

ADAPTER = Adapter(
    name="knock",
    title="Knock workflow or broadcast",
    signs=(
        "`steps`, or steps of a branch, of which one is of type `channel` with `channel_type` or `channel_key`; or a "
        "text with Knock's variables, such as `{{ total_actors }}`, or named text_body.txt and with `{{ data.… }}`"
    ),
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
