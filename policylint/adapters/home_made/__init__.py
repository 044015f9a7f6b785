"""Home-made campaign files, as teams write them for a sender of their own → one record for each message that is sent.

Recognised: a mapping that says what is sent (a text, a prompt for one, a template or a subject) where at least two of
these agree: to whom, when, how fast, how to opt out, over which channel, from which account, what became of it; one of
them other than channel and account. Or a text with a list of recipients and a switch or status; or two steps or more
that wait for days or name their channel; or a text with placeholders that is kept for a channel; or settings of a reply
bot that imitate a person. It may be the whole document, an item of a list, or a member by name, at most two levels
down. Values count by their kind: a text where a number, a day or a list belongs is a label and no sign. Nothing with
keys of advertising, fund-raising, games, posts, received messages, schemas or other formats is taken.

Known: what the keys say, in six languages. Unknown: what they do not; the channel where neither key nor value names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.adapters.home_made.bots import imitates_a_person
from policylint.adapters.home_made.signs import LOOKED_AT, campaigns_in
from policylint.extensions import Adapted, Adapter
from policylint.parse.escapes import says_any

if TYPE_CHECKING:
    from policylint.model.source import Document
    from policylint.record import ProviderTable

WORDS = (
    *("campan", "campañ", "campaig", "campagn", "kampagn", "kampany", "broadcast", "outreach", "sequence"),
    *("newsletter", "recipient", "destinat", "empfaenger", "empfänger", "penerima", "contact", "contat", "kontakt"),
    *("subscriber", "channel", "canal", "kanal", "saluran", "message", "mensa", "nachricht", "pesan", "subject"),
    *("template", "prompt", "phone", "telefon", "human"),
)
"""One of them is in every such document, in small letters: ``recognises`` asks for it."""


def recognises(document: Document) -> bool:
    """Tell whether a document holds a home-made campaign that no other format claims."""
    if not says_any(document.text, WORDS):
        return False
    if next(campaigns_in(document.data, LOOKED_AT), None) is None and not imitates_a_person(document.data):
        return False
    return not _is_of_a_neighbour(document)


def _is_of_a_neighbour(document: Document) -> bool:
    """Tell whether a format that is made of the same words claims the document."""
    from policylint.adapters import meta_templates, native, sending_settings

    return any(format_.recognises(document) for format_ in (native, meta_templates, sending_settings))


def adapt(document: Document, providers: ProviderTable) -> Adapted:
    """Return the records of a document."""
    from policylint.adapters.home_made.bots import bot_of
    from policylint.adapters.home_made.records import of_all

    records = of_all(document, campaigns_in(document.data), providers)
    if not records and imitates_a_person(document.data):
        records = [bot_of(document)]
    return Adapted(records)


EXAMPLE = """\
# config/campaigns.yaml
campaigns:
  - name: Spring visit
    channel: whatsapp
    segment: regulars
    text: "Hi {first_name}, our terrace opens on Saturday. Shall we keep a table?"
    sendAt: 2026-03-20T17:00
    rateLimit: {delayMs: 4000, maxPerRun: 80}
    optOut: {keywords: [stop, baja]}
"""

CARRIES = (
    "name",
    "channel",
    "direction",
    "audience.selection",
    "audience.size",
    "opt_out",
    "messages.kind",
    "messages.body",
    "messages.text_from",
    "messages.language",
    "messages.template.name",
    "schedule.start",
    "schedule.end",
    "schedule.recurrence",
    "schedule.timezone",
    "schedule.daily_maximum",
    "schedule.rate_per_second",
)
"""What files of this kind have a place for; ``consent``, ``purpose`` and suppression lists where one names them."""

ADAPTER = Adapter(
    name="home-made",
    title="Home-made campaign file",
    signs="a text, prompt or template beside two of: recipients, schedule, pace, opt-out, channel, account, results;"
    " or steps that wait for days",
    recognises=recognises,
    adapt=adapt,
    carries=CARRIES,
    example=EXAMPLE,
)
