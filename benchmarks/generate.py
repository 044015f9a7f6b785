"""Write campaign files for measuring: seeded, about 2 kB each, one in ten breaking a rule."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

_COUNTRIES = ["DE", "AT", "CH", "FR", "ES", "IT", "BR", "MX", "IN", "ID"]
_WORDS = [
    "Hallo",
    "unsere",
    "neue",
    "Kollektion",
    "ist",
    "da",
    "und",
    "wartet",
    "im",
    "Laden",
    "auf",
    "Sie",
    "mit",
    "warmen",
    "Jacken",
    "für",
    "den",
    "Winter",
]


def campaign(rng: random.Random, number: int) -> str:
    """Return one campaign file."""
    faulty = rng.random() < 0.1
    words = " ".join(rng.choice(_WORDS) for _ in range(rng.randint(20, 60)))
    countries = ", ".join(rng.sample(_COUNTRIES, rng.randint(1, 4)))
    lines = [
        f"# Campaign {number} of the benchmark.",
        f"campaign: campaign-{number:05d}",
        f"name: Campaign {number}",
        "enabled: true",
        "channel: whatsapp",
        "purpose: promotion",
        "direction: push",
        "sender:",
        "  product: business_platform",
        "  provider: 360dialog",
        '  phone_numbers: ["+49 30 0000000"]',
        "  display_name: Muster GmbH",
        "  portfolio: {verified: true, messaging_limit: 100000}",
        "business:",
        "  name: Muster GmbH",
        "  type: company",
        "  verticals: [retail]",
        "  contact: {email: hilfe@example.org, website: https://example.org, support: hilfe@example.org}",
        "  privacy_policy: https://example.org/datenschutz",
        "audience:",
        f"  size: {rng.randint(100, 90000)}",
        f"  source: {'purchased_list' if faulty else 'web_form'}",
        f"  countries: [{countries}]",
        "  minimum_age: 18",
        "  suppression_lists: [crm.whatsapp_optouts]",
        "consent:",
        "  obtained: true",
        "  basis: express",
        "  source: web_form",
        "  channels: [whatsapp]",
        "  purposes: [promotion, newsletter]",
        "  names_business: true",
        '  wording: "Ich möchte Angebote der Muster GmbH per WhatsApp erhalten."',
        "  evidence: crm.consent_log",
        "opt_out:",
        "  keywords: [STOP, ABMELDEN]",
        "  in_message: true",
        "  sources: [whatsapp, email, phone]",
        "  max_delay_hours: 24",
        "messages:",
    ]
    for index in range(rng.randint(1, 3)):
        lines += [
            "  - kind: template",
            "    category: marketing",
            "    language: de",
            "    template:",
            f"      name: herbst_{number}_{index}",
            "      status: approved",
            "      components:",
            "        - type: header",
            "          format: text",
            "          text: Neu im Laden",
            "        - type: body",
            f'          text: "Hallo {{{{1}}}}, {words}. Bis bald!"',
            "          example: {body_text: [[Anna]]}",
            "        - type: footer",
            '          text: "Abmelden: STOP senden"',
        ]
    lines += [
        "schedule:",
        f"  start: 2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "  recurrence: weekly",
        "  rate_per_second: 20",
        "  per_recipient_per_day: 1",
        "  retry_after_hours: 24",
        "  batches: 3",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    for number in range(options.files):
        folder = options.folder / f"brand-{number // 100:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"campaign-{number:05d}.yaml").write_text(campaign(rng, number), encoding="utf-8")


if __name__ == "__main__":
    main()
