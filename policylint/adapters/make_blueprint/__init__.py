"""Make.com scenario blueprints → one campaign record per module that sends.

Recognised: an object with a list ``flow`` whose items name a ``module`` as ``app:action``; or wrapped as Make's API and
its templates wrap it (``blueprint``, ``response.blueprint``). Known: channel, carrier, direction, how recipients are
chosen, the message as far as it is written down, and how often it runs where the schedule is exported too. Unknown:
consent, purpose, and whatever an expression decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylint.extensions import Adapted, Adapter

if TYPE_CHECKING:
    from policylint.model.source import Document, Pointer
    from policylint.record import ProviderTable

_WRAPPERS: tuple[tuple[str, ...], ...] = ((), ("blueprint",), ("response", "blueprint"), ("scenario", "blueprint"))
CARRIES = (
    *("name", "schedule.recurrence"),
    *("messages.kind", "messages.subject", "messages.body", "messages.text_from", "messages.template.name"),
)
EXAMPLE = """\
{
  "name": "Welcome new customers",
  "flow": [
    {"id": 1, "module": "google-sheets:searchRows", "mapper": {"sheetId": "Customers"}},
    {
      "id": 2,
      "module": "whatsapp-business-cloud:sendMessage",
      "mapper": {"to": "{{1.`2`}}", "type": "text", "text": {"body": "Hello {{1.`0`}}, our winter offers are here."}}
    }
  ],
  "metadata": {"version": 1}
}
"""


def blueprint_place(data: Any) -> Pointer | None:
    """Return where the blueprint of a document stands, or None where it holds none."""
    for wrapper in _WRAPPERS:
        found = data
        for key in wrapper:
            found = found.get(key) if isinstance(found, dict) else None
        if _is_blueprint(found):
            return wrapper
    return None


def _is_blueprint(data: Any) -> bool:
    flow = data.get("flow") if isinstance(data, dict) else None
    if not isinstance(flow, list):
        return False
    modules = (item.get("module") for item in flow[:20] if isinstance(item, dict))
    return any(isinstance(module, str) and ":" in module for module in modules)


def recognises(document: Document) -> bool:
    """Tell whether a document is a blueprint."""
    return blueprint_place(document.data) is not None


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the campaigns of a blueprint."""
    # Late, because its many patterns take a while to compile and most runs meet no blueprint.
    from policylint.adapters.make_blueprint.records import campaigns_of
    from policylint.adapters.make_blueprint.scenario import read_scenario

    place = blueprint_place(document.data)
    return Adapted(list(campaigns_of(read_scenario(document, place), providers)) if place is not None else [])


ADAPTER = Adapter(
    name="make-blueprint",
    title="Make.com scenario blueprint",
    signs="an object with `flow`, a list of modules such as whatsapp-business-cloud:sendMessage; alone or wrapped",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
