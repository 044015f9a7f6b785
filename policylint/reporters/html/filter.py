"""The form by which findings are picked. The script shows it: without the script there is nothing to be had from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from policylint.model.phrase import phrase
from policylint.model.rule import Severity
from policylint.reporters.display import one_line
from policylint.reporters.html.elements import element
from policylint.reporters.html.groups import LET_PASS, kind_of
from policylint.reporters.html.rules import short_name

if TYPE_CHECKING:
    from policylint.extensions import Say
    from policylint.reporters.html.groups import Group

_KINDS = (*((str(one), one.word) for one in (Severity.ERROR, Severity.WARNING, Severity.INFO)), ("let-pass", LET_PASS))


def filter_form(groups: Sequence[Group], say: Say) -> Element:
    """Return the form for the findings of some groups."""
    findings = [finding for group in groups for finding in group.findings]
    kinds = Counter(map(kind_of, findings))
    rules = sorted({(short_name(finding), one_line(finding.rule)) for finding in findings})
    names = ((code, code if code == rule else f"{code} · {rule}") for code, rule in rules)
    campaigns = ((str(group.number), one_line(group.title)) for group in groups if group.findings)
    boxes = (_box(kind, f"{say(words)} ({kinds[kind]})") for kind, words in _KINDS if kinds[kind])
    # The script puts the numbers in.
    shown = phrase("{count} of {total} findings shown", count="{count}", total="{total}")
    return element(
        "form",
        _field(say(phrase("Search")), element("input", type="search", name="text", id="filter-text")),
        _field(say(phrase("Rule")), _choice("rule", say(phrase("all rules")), names)),
        _field(say(phrase("Campaign or file")), _choice("campaign", say(phrase("all campaigns")), campaigns)),
        element("fieldset", element("legend", say(phrase("Severity"))), *boxes),
        element("button", say(phrase("Show all")), type="reset"),
        element("p", role="status", id="shown", data_said=say(shown)),
        id="filter",
        role="search",
        autocomplete="off",
        hidden="",
    )


def _field(label: str, control: Element) -> Element:
    return element("div", element("label", label, for_=control.get("id")), control)


def _choice(name: str, every: str, options: Iterable[tuple[str, str]]) -> Element:
    rest = (element("option", words, value=value) for value, words in options)
    return element("select", element("option", every, value=""), *rest, name=name, id=f"filter-{name}")


def _box(kind: str, words: str) -> Element:
    box = element("input", type="checkbox", name="kind", value=kind, checked="")
    return element("label", box, f" {words}")
