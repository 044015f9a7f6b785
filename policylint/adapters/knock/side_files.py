"""A text of a step alone, as Knock's CLI keeps each in a file of its own → a template record.

Such a file is known by Knock's own variables (docs.knock.app/template-editor/variables): those of batches, which no
other template has, or any of them where the file has the name that the CLI gives it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policylint.adapters.drafts import Draft, readable
from policylint.adapters.knock import CARRIES
from policylint.adapters.knock.texts import UNSUBSCRIBE
from policylint.model.source import Unknown

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.source import Document

_BY_STEP = Unknown("the step of the workflow says its channel")
_CHANNELS = {"email": "email", "sms": "sms", "push": "push"}
_STEP = re.compile(r"(email|sms|push)_\d+\Z")


def side_campaign(document: Document) -> Campaign:
    """Return the record of a text whose workflow is not at hand."""
    folder, _, name = document.path.rpartition("/")
    step = folder.rpartition("/")[2]
    found = _STEP.match(step)
    draft = Draft(document, f"{step} › {name}" if step else name, ())
    draft.stands_at(())
    draft.put(("kind",), "template")
    channel = found.group(1) if found else "email" if name == "html_body.html" else _BY_STEP
    draft.put(("channel",), channel, ())
    draft.put(("messages", 0, "kind"), "freeform", ())
    draft.put(("messages", 0, "body"), readable(document.text), (), (0, len(document.text)))
    link = UNSUBSCRIBE.search(document.text)
    if link is not None:
        draft.put(("opt_out", "in_message"), value=True, at=(), span=link.span())
    draft.note("a text of a step of Knock; the workflow that sends it says the rest")
    return draft.campaign("knock", CARRIES)
