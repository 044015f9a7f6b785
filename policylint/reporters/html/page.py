"""Report → one page that needs nothing else: no network, no file beside it; to be read without JavaScript too."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from policylint.model.phrase import phrase
from policylint.reporters.html.cards import findings_section
from policylint.reporters.html.elements import document, element, inline, link
from policylint.reporters.html.groups import groups_of
from policylint.reporters.html.rules import BrokenRules
from policylint.reporters.html.summary import summary_section, undecided_section, verdict
from policylint.reporters.html.timeline import calendar_section
from policylint.reporters.provenance import provenance_lines

if TYPE_CHECKING:
    from policylint.extensions import Say, Style
    from policylint.model.finding import Report


def render(report: Report, style: Style) -> str:
    """Return the page."""
    say = style.say
    groups, broken = groups_of(report), BrokenRules(report, say)
    sections = (
        summary_section(report, broken, say),
        calendar_section(groups, report, say),
        findings_section(groups, broken, report, style),
        undecided_section(report, say),
        broken.section(),
    )
    shown = [section for section in sections if section is not None]
    sheet, script = _own_text("style.css"), _own_text("script.js")
    title = say(verdict(report))
    return document(
        _head(f"policylint, {report.at or report.as_of}: {title}", sheet, script),
        [
            link("#main", say(phrase("To the report")), class_="skip"),
            element("header", element("p", "policylint", class_="brand"), element("h1", title)),
            element("nav", element("ul", *map(_entry, shown)), aria_label=say(phrase("Parts of the report"))),
            element("main", *shown, id="main"),
            _foot(report, say),
            inline("script", script),
        ],
        style.language,
    )


@cache
def _own_text(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _head(title: str, style: str, script: str) -> Iterator[Element]:
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none';"
        " form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    yield element("meta", charset="utf-8")
    yield element("meta", http_equiv="Content-Security-Policy", content=policy)
    yield element("meta", name="viewport", content="width=device-width, initial-scale=1")
    yield element("meta", name="color-scheme", content="light dark")
    yield element("meta", name="referrer", content="no-referrer")
    yield element("title", title)
    yield inline("style", style)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _entry(section: Element) -> Element:
    heading = section[0]
    return element("li", link(f"#{heading.get('id')}", heading.text or ""))


def _foot(report: Report, say: Say) -> Element:
    day = phrase("as of {day}", day=report.as_of) if report.at is None else phrase("as if on {day}", day=report.at)
    advice = phrase("A finding says what the terms say and what the file says. It is no legal advice.")
    return element(
        "footer",
        element("p", say(advice)),
        element("p", say(phrase("The verdicts are those {day}.", day=day))),
        element("ul", *(element("li", element("code", say(line))) for line in provenance_lines(report))),
    )
