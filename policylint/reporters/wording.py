"""What rules and their sources are worth, in words for people."""

from __future__ import annotations

from policylint.model.phrase import phrase

CERTAINTY_WORDS = {
    "forbidden": phrase("the terms forbid it"),
    "our_reading": phrase("our reading of the terms"),
    "good_practice": phrase("good practice that the terms name"),
}
CONFIDENCE_WORDS = {
    "primary": phrase("primary: the text itself was read"),
    "quoted": phrase("quoted: read and quoted by others"),
    "secondary": phrase("secondary: press and providers"),
    "uncertain": phrase("uncertain: inferred or conflicting"),
}
