"""Write campaign files for measuring: seeded, about 2 kB each, one in ten breaking a rule.

With ``--workflows`` a backup of n8n instead: so many workflows of about 17 kB in one list, half of them sending.
"""

from __future__ import annotations

import argparse
import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

SEED = 7
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
_MESSAGES = "https://graph.facebook.com/v22.0/1/messages"


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


def words(rng: random.Random, count: int) -> str:
    """Return so many words."""
    return " ".join(rng.choice(_WORDS) for _ in range(count))


def node(rng: random.Random, name: str, kind: str, **parameters: Any) -> dict[str, Any]:
    """Return a node of a workflow."""
    return {
        "parameters": parameters,
        "id": f"{rng.getrandbits(128):032x}",
        "name": name,
        "type": f"n8n-nodes-base.{kind}",
        "typeVersion": 1,
        "position": [rng.randint(0, 4000), rng.randint(0, 4000)],
    }


def workflow(rng: random.Random, number: int) -> dict[str, Any]:
    """Return one workflow: a table is read, its rows are changed step by step, and half of them are written to."""
    nodes = [
        node(rng, "Every morning", "scheduleTrigger", rule={"interval": [{"field": "days", "triggerAtHour": 9}]}),
        node(rng, "Customers", "googleSheets", documentId={"__rl": True, "value": f"sheet-{number}"}, options={}),
        node(rng, "Loop", "splitInBatches", options={}),
    ]
    for step in range(rng.randint(4, 10)):
        lines = [f'  row.field{line} = "{words(rng, 6)}";' for line in range(rng.randint(5, 26))]
        code = "\n".join(["for (const { json: row } of $input.all()) {", *lines, "}", "return $input.all();"])
        nodes.append(node(rng, f"Step {step}", "code", jsCode=code))
    for step in range(rng.randint(1, 4)):
        condition = {"leftValue": f"={{{{ $json.field{step} }}}}", "rightValue": words(rng, 1), "operator": {}}
        nodes.append(node(rng, f"Check {step}", "if", conditions={"conditions": [condition]}, options={}))
    chain = [each["name"] for each in nodes]
    if number % 2:
        to, text = "={{ $json.phone }}", f"=Hallo {{{{ $json.name }}}}, {words(rng, 30)}"
        body = json.dumps({"messaging_product": "whatsapp", "to": "{{ $json.phone }}", "text": {"body": text[1:]}})
        nodes += [
            node(rng, "Send", "whatsApp", operation="send", recipientPhoneNumber=to, textBody=text),
            node(rng, "Ask", "httpRequest", url=_MESSAGES, method="POST", jsonBody=f"={body}"),
            node(rng, "Mail", "emailSend", toEmail="={{ $json.email }}", subject=words(rng, 4), text=text),
        ]
        chain += ["Send", "Ask", "Mail"]
    nodes += [node(rng, f"Note {index}", "stickyNote", content=words(rng, 120)) for index in range(4)]
    links = {a: {"main": [[{"node": b, "type": "main", "index": 0}]]} for a, b in pairwise([*chain, "Loop"])}
    return {"id": f"wf{number}", "name": f"Workflow {number}", "active": False, "nodes": nodes, "connections": links}


def backup(rng: random.Random, count: int) -> str:
    """Return so many workflows as `n8n export:workflow --all --pretty` writes them."""
    return json.dumps([workflow(rng, number) for number in range(count)], indent=2, ensure_ascii=False)


def write_campaigns(folder: Path, number: int, seed: int = SEED) -> None:
    """Write so many campaign files, a hundred in each folder."""
    rng = random.Random(seed)
    for at in range(number):
        path = folder / f"brand-{at // 100:02d}" / f"campaign-{at:05d}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(campaign(rng, at), encoding="utf-8")


def write_stream(folder: Path, number: int, seed: int = SEED) -> None:
    """Write one file of so many documents."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    text = "---\n".join(campaign(rng, at) for at in range(number))
    (folder / "campaigns.yaml").write_text(text, encoding="utf-8")


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--workflows", type=int, metavar="COUNT", help="write one backup of n8n instead")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if options.workflows is not None:
        options.folder.mkdir(parents=True, exist_ok=True)
        text = backup(random.Random(options.seed), options.workflows)
        (options.folder / "workflows.json").write_text(text, encoding="utf-8")
    else:
        write_campaigns(options.folder, options.files, options.seed)


if __name__ == "__main__":
    main()
