"""The tool's own rules: what it says about files rather than about terms."""

from __future__ import annotations

from collections.abc import Mapping

OWN_PACK = "policylint"

OWN_RULES: Mapping[str, tuple[str, str]] = {
    "policylint/syntax": (
        "File that cannot be read",
        "A campaign that cannot be read cannot be judged, and what was not read never passes as clean.",
    ),
    "policylint/too-large": (
        "File that is too large to be read",
        "No campaign file has so many bytes. What is not read is not judged, and never passes as clean.",
    ),
    "policylint/too-many-nodes": (
        "Document with too many values",
        "Aliases that repeat one another make millions of values of a few lines. The document is not judged.",
    ),
    "policylint/too-deep": (
        "Document that nests too deep",
        "Nesting that no person writes brings readers down. The document is not judged.",
    ),
    "policylint/scalar-too-long": (
        "Value or line that is too long",
        "A value of so many characters is unknown to the rules; with a line of so many, the file is not judged.",
    ),
    "policylint/too-many-documents": (
        "Stream of too many documents",
        "Only the first documents of the file are judged.",
    ),
    "policylint/too-many-findings": (
        "File with more findings than are reported",
        "The worst findings are reported. This one is as severe as the worst of those that are not.",
    ),
    "policylint/too-slow": (
        "File that takes too long",
        "The time for one file is limited, so that none can keep the others from being checked. "
        "What was found in time is reported.",
    ),
    "policylint/link-outside": (
        "Link that leads out of the project",
        "A link in a project that others change could show any file of the machine in a report. It is not followed.",
    ),
    "policylint/not-a-file": (
        "Pipe, device or socket in the place of a file",
        "To open one may wait for ever or do something. It is not opened.",
    ),
    "policylint/duplicate-key": (
        "Key given twice",
        "YAML and JSON forbid a repeated key, and readers disagree on which of the two counts.",
    ),
    "policylint/schema": (
        "Field that is not of the campaign schema",
        "A misspelt field or a value of a wrong type says nothing to the rules: the campaign is judged without it.",
    ),
    "policylint/ambiguous-scalar": (
        "Value that YAML 1.1 readers take for something else",
        "YAML 1.2 reads NO as a text, 9:30 as a text and 010 as ten; the YAML 1.1 readers that many tools "
        "still use take them for false, 570 and eight. policylint reads YAML 1.2.",
    ),
    "policylint/unrecognised": (
        "File in no format that is checked",
        "The file was named to be checked, and nothing in it is a campaign in a format that policylint knows.",
    ),
    "policylint/undecided": (
        "Verdict that hangs on an unknown value",
        "The rule would need a value that the file does not say, so it neither passes nor fails.",
    ),
    "policylint/no-rules": (
        "Campaign to which no rule applies",
        "No loaded pack has rules for the campaign's channel, so a clean result says nothing.",
    ),
    "policylint/suppression-malformed": (
        "Suppression that cannot be read",
        "A suppression that is not understood suppresses nothing.",
    ),
    "policylint/suppression-unknown-rule": (
        "Suppression of a rule that does not exist",
        "The id or code is no rule of a loaded pack.",
    ),
    "policylint/suppression-without-reason": (
        "Suppression without a reason",
        "A suppression is a decision that others will have to understand.",
    ),
    "policylint/suppression-expired": (
        "Suppression that has ended",
        "Its last day has passed; the finding counts again.",
    ),
    "policylint/suppression-unused": (
        "Suppression that suppresses nothing",
        "A suppression without a finding hides the next one.",
    ),
    "policylint/suppression-not-allowed": (
        "Suppression of a rule that may not be suppressed",
        "Its pack allows no exception, or the rule is about suppressions, waivers or the baseline themselves.",
    ),
    "policylint/waiver-expired": (
        "Waiver that has ended",
        "Its last day has passed; the findings count again.",
    ),
    "policylint/waiver-expiring": (
        "Waiver that will end soon",
        "Who owns it still has the time to mend the finding or to have the waiver renewed.",
    ),
    "policylint/waiver-unused": (
        "Waiver that waives nothing",
        "A waiver without a finding hides the next one.",
    ),
    "policylint/waiver-too-long": (
        "Waiver that lasts too long",
        "An exception without a near end is a rule that was given up: it waives nothing.",
    ),
    "policylint/waiver-not-allowed": (
        "Waiver of a rule that may not be waived",
        "Its pack allows no exception, or the rule is about suppressions, waivers or the baseline themselves.",
    ),
    "policylint/waiver-limit": (
        "More waivers than the configuration allows",
        "The limit keeps the number of exceptions at what can be worked off.",
    ),
    "policylint/baseline-not-allowed": (
        "Baselined finding of a rule that may not be baselined",
        "Its pack allows no exception, or the rule is about suppressions, waivers or the baseline themselves.",
    ),
    "policylint/baseline-gone": (
        "Baselined finding that is gone",
        "An entry without its finding hides the same finding when it comes back.",
    ),
}
"""Id → title and reason."""

BESIDE_CHECKED_FILES = ("policylint/waiver-", "policylint/baseline-")
"""How the ids of rules begin whose findings are in no file that was checked."""

ABOUT_ACCEPTANCE = frozenset(
    name for name in OWN_RULES if name.startswith(("policylint/suppression-", *BESIDE_CHECKED_FILES))
)
"""The rules about suppressions, waivers and the baseline: their findings can be accepted by none of these."""
