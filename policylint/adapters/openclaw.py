"""Configuration of OpenClaw, a gateway that lets AI agents answer chats → one record for each WhatsApp account.

Recognised: an object with ``channels`` beside ``gateway`` or ``agents``, of which WhatsApp has no settings of the
official API or of a provider, as other gateways have under the same keys; agents in a list have an identity or a soul.
Known: where WhatsApp is a channel, a Baileys client drives an app account, for OpenClaw has no other way to WhatsApp;
whether it answers, and whom. Unknown: what it says, and which app the account is of. One that only its own user talks
to is a set-up. Other channels give no record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from policylint.adapters.drafts import Draft, mapping, mappings
from policylint.extensions import Adapted, Adapter
from policylint.model.source import Document, Pointer, Unknown, value_at

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.record import ProviderTable

CARRIES = ("channel", "sender.provider")

_WHATSAPP: Pointer = ("channels", "whatsapp")
# docs.openclaw.ai/channels/whatsapp: "WhatsApp Web (Baileys)"; no other WhatsApp channel is built in.
_LIBRARY = "baileys"
# OpenClaw has no place for them; other gateways and agents reach WhatsApp with them.
_OF_OTHER_ROUTES = frozenset(
    [
        *("accesstoken", "accountsid", "apikey", "apitoken", "apiurl", "appid", "appsecret", "authtoken", "baseurl"),
        *("businessaccountid", "endpoint", "from", "number", "phoneid", "phonenumber", "phonenumberid", "provider"),
        *("secret", "template", "templates", "token", "type", "url", "verifytoken", "wabaid", "webhook", "webhookurl"),
    ]
)
# docs.openclaw.ai/concepts/agent-workspace: IDENTITY.md, SOUL.md.
_OF_AGENTS = frozenset(["identity", "soul"])
_BY_AGENT = Unknown("an AI agent writes the answer")
_WHICH_APP = Unknown("the account that is linked may be of the consumer app or of the Business app")


def recognises(document: Document) -> bool:
    """Tell whether a document is the configuration of such a gateway."""
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("channels"), dict):
        return False
    agents = data.get("agents")
    is_gateway = isinstance(data.get("gateway"), dict) or isinstance(agents, dict)
    # Written by hand: OpenClaw itself keeps the list under `agents.list`.
    if not is_gateway and all(_OF_AGENTS.isdisjoint(agent) for _, agent in mappings(agents)):
        return False
    settings = mapping(data["channels"].get("whatsapp"))
    accounts = map(mapping, mapping(settings.get("accounts")).values())
    keys = chain(settings, *accounts)
    return _OF_OTHER_ROUTES.isdisjoint(re.sub(r"[^a-z]", "", str(key).lower()) for key in keys)


def adapt(document: Document, _providers: ProviderTable) -> Adapted:
    """Return a record for each WhatsApp account that is configured."""
    channel = document.data["channels"].get("whatsapp")
    if not isinstance(channel, dict):
        return Adapted(())
    return Adapted([_campaign(document, *account) for account in _accounts(channel)])


def _accounts(channel: Mapping[str, Any]) -> Iterator[tuple[str, Pointer, Mapping[str, Any]]]:
    """Yield each account, its settings laid over those of the channel; the channel itself where it has no accounts."""
    shared = {name: value for name, value in channel.items() if name != "accounts"}
    accounts = {name: value for name, value in mapping(channel.get("accounts")).items() if isinstance(value, dict)}
    for name, settings in accounts.items():
        yield f"whatsapp › {name}", (*_WHATSAPP, "accounts", name), {**shared, **settings}
    if not accounts:
        yield "whatsapp", _WHATSAPP, shared


def _campaign(document: Document, name: str, at: Pointer, settings: Mapping[str, Any]) -> Campaign:
    draft = Draft(document, f"OpenClaw › {name}", at)
    draft.put(("channel",), "whatsapp", at)
    draft.put(("sender", "library"), _LIBRARY, at)
    draft.put(("sender", "product"), _WHICH_APP, at)
    off = _switched_off_at(document.data, at, settings)
    if off is not None:
        draft.put(("enabled",), value=False, at=off)
    if _answers(settings, document.data):
        draft.put(("direction",), "reply", at)
        draft.put(("audience", "selection"), "inbound_sender", _place_of("dmPolicy", settings, at, document.data))
        draft.put(("automation", "bot"), value=True, at=at)
        draft.put(("messages", 0, "kind"), "freeform", at)
        draft.put(("messages", 0, "window"), "customer_service", at)
        draft.put(("messages", 0, "body"), _BY_AGENT, at)
    else:
        draft.data.update(kind="setup", messages=None)
        draft.note("it answers nobody, or its own user alone")
    draft.note("OpenClaw reaches WhatsApp with Baileys, a client that WhatsApp did not provide")
    return draft.campaign("openclaw", CARRIES)


def _switched_off_at(data: Mapping[str, Any], at: Pointer, settings: Mapping[str, Any]) -> Pointer | None:
    """Return the setting that switches an account off: a channel runs as soon as its section exists."""
    if settings.get("enabled") is False:
        return _place_of("enabled", settings, at, data)
    plugin = mapping(mapping(mapping(data.get("plugins")).get("entries")).get("whatsapp"))
    return ("plugins", "entries", "whatsapp", "enabled") if plugin.get("enabled") is False else None


def _place_of(field: str, settings: Mapping[str, Any], at: Pointer, data: Mapping[str, Any]) -> Pointer:
    """Return where a setting stands: in the account, else in the channel."""
    if field in mapping(value_at(data, at)):
        return (*at, field)
    return (*_WHATSAPP, field) if field in settings else at


def _answers(settings: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Tell whether it answers other people: not where all messages are ignored, nor where its user talks to itself.

    ``pairing``, the default, answers whoever the owner lets in; groups are closed unless one is listed.
    """
    return _answers_persons(settings) or _answers_groups(settings, data)


def _answers_persons(settings: Mapping[str, Any]) -> bool:
    policy = settings.get("dmPolicy")
    if policy == "disabled":
        return False
    allowed = settings.get("allowFrom")
    alone = isinstance(allowed, list) and len(allowed) == 1 and allowed != ["*"]
    return not (settings.get("selfChatMode") is True and policy == "allowlist" and alone)


def _answers_groups(settings: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    defaults = mapping(mapping(data.get("channels")).get("defaults"))
    policy = settings.get("groupPolicy", defaults.get("groupPolicy"))
    return policy == "open" or (policy != "disabled" and bool(settings.get("groups")))


_EXAMPLE = """\
{
  "gateway": {"port": 18789, "bind": "loopback"},
  "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}},
  "channels": {
    "whatsapp": {
      "dmPolicy": "pairing",
      "allowFrom": ["+4930000000"],
      "groupPolicy": "disabled"
    }
  }
}
"""

ADAPTER = Adapter(
    name="openclaw",
    title="OpenClaw gateway configuration",
    signs="an object with `channels` beside `gateway` or `agents`",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=_EXAMPLE,
)
