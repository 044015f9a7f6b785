"""What rules and their sources are worth, and texts of rules for no campaign in particular: in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylint.model.phrase import phrase
from policylint.model.texts import TextTemplate

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.model.finding import Report
    from policylint.model.rule import Rule

CERTAINTY_WORDS = {
    "forbidden": phrase("the terms forbid it"),
    "our_reading": phrase("our reading of the terms"),
    "good_practice": phrase("good practice that the terms name"),
}
FIX_WORDS = {
    "safe": "--fix",
    "unsafe": "--fix --unsafe-fixes",
    "suggestion": phrase("a person"),
}
"""Who makes a fix."""
CONFIDENCE_WORDS = {
    "primary": phrase("primary: the text itself was read"),
    "quoted": phrase("quoted: read and quoted by others"),
    "secondary": phrase("secondary: press and providers"),
    "uncertain": phrase("uncertain: inferred or conflicting"),
}


def in_general(text: str, rule: Rule, report: Report, say: Say = str) -> str:
    """Return a text of a rule with its placeholders in words, for no campaign in particular."""
    known = {
        "campaign": say(phrase("the campaign")),
        "value": say(phrase("the value")),
        "characters": say(phrase("their code points")),
    }
    day = report.at or report.as_of
    for name, parameter in rule.parameters.items():
        value = parameter.on(day)
        known[name] = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    template = TextTemplate(text)
    return " ".join(template.safe_substitute({name: known.get(name, name) for name in template.names()}).split())
