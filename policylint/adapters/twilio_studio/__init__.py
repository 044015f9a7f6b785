"""Flows of Twilio Studio → one campaign record per widget that sends a message or places a call.

Recognised: a flow definition (``states`` with ``transitions``, beside ``initial_state`` or with widgets that send),
alone, listed, or as the ``definition`` of a flow resource. Known: texts, fixed addresses, what starts the flow and
where it waits for an answer, words that the flow takes as an opt-out, hand-over to an agent; that a flow is for many,
where its description says so. Unknown: whom any other flow that the REST API starts is for; the channel, as SMS,
WhatsApp and others share the widgets, unless an address, a call beside it or the flow's description tells; name and
text of a content template, of which only the SID is here; consent, and but for SMS the purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import mappings
from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.adapters.drafts import Draft
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable

CARRIES = ("name", "messages.kind", "messages.body")
# A text message has its instruction to opt out in its text, which is here; what it is for, the flow's description says.
_CARRIED_BY_SMS = ("purpose", "opt_out.in_message", "opt_out.keywords")

EXAMPLE = """\
{
  "description": "Appointment reminder",
  "states": [
    {
      "name": "Trigger",
      "type": "trigger",
      "transitions": [{"event": "incomingMessage"}, {"event": "incomingRequest", "next": "remind"}],
      "properties": {}
    },
    {
      "name": "remind",
      "type": "send-and-wait-for-reply",
      "transitions": [{"event": "incomingMessage"}, {"event": "timeout"}, {"event": "deliveryFailure"}],
      "properties": {
        "from": "{{flow.channel.address}}",
        "body": "Your appointment is on {{flow.data.day}}. Reply C to cancel.",
        "timeout": "3600"
      }
    }
  ],
  "initial_state": "Trigger"
}
"""

_SENDING = ("send-message", "send-and-wait-for-reply", "make-outgoing-call")
_SAMPLE = 50


def recognises(document: Document) -> bool:
    """Tell whether a document holds a flow definition."""
    return next(_definitions(document.data, ()), None) is not None


def _definitions(data: Any, at: Pointer) -> Iterator[Pointer]:
    """Yield where flow definitions stand: at the root, in a list, in the resource of a flow."""
    if _is_definition(data):
        yield at
    elif isinstance(data, list) and len(at) < 2:
        for index, item in enumerate(data):
            yield from _definitions(item, (*at, index))
    elif isinstance(data, dict) and len(at) < 3:
        for key in ("definition", "flows"):
            if isinstance(data.get(key), (dict, list)):
                yield from _definitions(data[key], (*at, key))


def _is_definition(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("states"), list):
        return False
    states = [state for _, state in mappings(data["states"][:_SAMPLE])]
    moves = [move for state in states for _, move in mappings(state.get("transitions"))]
    if not any(isinstance(move.get("event"), str) for move in moves):
        return False
    is_typed = all(isinstance(state.get("type"), str) for state in states)
    return is_typed and (
        isinstance(data.get("initial_state"), str)
        or any(str(state.get("type")).startswith(_SENDING) for state in states)
    )


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return the campaigns of a document's flows."""
    from policylint.adapters.twilio_studio.records import drafts_of  # late: most runs meet no flow

    drafts = [draft for pointer in _definitions(document.data, ()) for draft in drafts_of(document, pointer)]
    return Adapted([draft.campaign("twilio-studio", _carried(draft)) for draft in drafts])


def _carried(draft: Draft) -> tuple[str, ...]:
    return (*CARRIES, *_CARRIED_BY_SMS) if draft.data["channel"] == "sms" else CARRIES


ADAPTER = Adapter(
    name="twilio-studio",
    title="Twilio Studio flow",
    signs="`states` with `transitions`, beside `initial_state` or with widgets such as send-message",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
