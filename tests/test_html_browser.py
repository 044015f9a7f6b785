"""The report in HTML in a real browser: nothing of a checked file runs, axe finds nothing, filter and print work.

`.ci/run` installs Chromium, and names axe-core (AXE_CORE) and html-validate (HTML_VALIDATE) of npm; without them these
tests are skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser import Browser, browser, is_installed
from tests.hostile_run import HOSTILE_PATHS, hostile_run
from tools.pictures import PICTURES, WIDTH, picture_of

pytestmark = pytest.mark.skipif(not is_installed(), reason="no chromium and chromedriver")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    hostile_run(folder, ["html"], HOSTILE_PATHS[:1])
    return (folder / "html.out").rename(folder / "report.html")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def named(variable: str) -> Path:
    """Return the file that an environment variable names."""
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"{variable} is not set")
    return Path(path)


def shown_cards(chromium: Browser) -> list[str]:
    """Return the rules of the cards that are seen."""
    seen = "[...document.querySelectorAll('article')].filter(one => one.checkVisibility())"
    rules: list[str] = chromium.run(f"return {seen}.map(one => one.dataset.rule)")
    return rules


# --- nothing runs, nothing is fetched -------------------------------------------------------------------------------


def test_no_script_of_a_checked_file_runs_and_nothing_is_fetched(chromium: Browser, page: Path) -> None:
    chromium.driver.get("about:blank")
    spy = "for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => { window.obeyed = name; };"
    added = chromium.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": spy})
    chromium.show(page)
    chromium.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
    assert len(shown_cards(chromium)) >= 50
    assert len(set(shown_cards(chromium))) >= 20
    assert chromium.run("return window.obeyed") is None
    assert chromium.run("return document.scripts.length + document.styleSheets.length") == 2
    assert chromium.run("return performance.getEntriesByType('resource').map(one => one.name)") == []
    assert chromium.run("return document.querySelector('img, link, iframe, object, embed, base')") is None
    # A style or a script that the policy refused would be told of here.
    assert chromium.complaints() == []


def test_the_policy_refuses_what_should_ever_get_in(chromium: Browser, page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    smuggled = (
        "<script>window.obeyed = 'script'</script>"
        "<img src='data:,' onerror=\"window.obeyed = 'image'\">"
        "<h1 style='color: red'>Hello</h1>"
    )
    broken.write_text(text.replace("<main", f"{smuggled}<main", 1), encoding="utf-8")
    chromium.show(broken)
    assert chromium.run("return window.obeyed") is None
    said = chromium.complaints()
    for refused in ("inline script", "Loading the image", "inline style", "inline event handler"):
        assert any(refused in one and "Content Security Policy" in one for one in said), (refused, said)


def test_every_link_leads_to_a_page_or_to_a_part_of_the_report(chromium: Browser, page: Path) -> None:
    chromium.show(page)
    script = """
return [...document.links].filter(one => one.hash && one.pathname === location.pathname
    ? document.getElementById(one.hash.slice(1)) === null
    : !['http:', 'https:'].includes(one.protocol)).map(one => one.outerHTML)
"""
    assert chromium.run(script) == []


# --- for everybody --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(chromium: Browser, page: Path, scheme: str, width: int) -> None:
    axe = named("AXE_CORE").read_text(encoding="utf-8")
    chromium.show(page, width=width, scheme=scheme)
    # What is far below is laid out when it comes into view; axe would take it for hidden.
    everything = "document.styleSheets[0].insertRule('.group { content-visibility: visible !important }')"
    assert chromium.run(f"return {everything}") == 0
    chromium.run("for (const one of document.querySelectorAll('details')) one.open = true")
    chromium.run(axe)
    found = chromium.driver.execute_async_script("axe.run().then(arguments[0], error => arguments[0](String(error)))")
    assert isinstance(found, dict), found
    assert [(one["id"], [node["failureSummary"] for node in one["nodes"][:5]]) for one in found["violations"]] == []
    checked = {one["id"]: len(one["nodes"]) for one in found["passes"]}
    assert checked["color-contrast"] > 1000
    assert len(checked) > 40


def test_axe_would_find_something(chromium: Browser, page: Path) -> None:
    chromium.show(page)
    chromium.run("document.documentElement.removeAttribute('lang'); document.querySelector('h1').style.color = '#eee'")
    chromium.run(named("AXE_CORE").read_text(encoding="utf-8"))
    asked = "axe.run('html, header', {runOnly: ['html-has-lang', 'color-contrast']})"
    found = chromium.driver.execute_async_script(f"{asked}.then(arguments[0])")
    assert {one["id"] for one in found["violations"]} == {"html-has-lang", "color-contrast"}


def test_the_page_is_valid_html(page: Path, tmp_path: Path) -> None:
    rules = {
        # How attributes are written, by the serialiser of the standard library.
        "attribute-boolean-style": "off",
        "attribute-empty-style": "off",
        # The form sends nothing.
        "wcag/h32": "off",
    }
    config = tmp_path / ".htmlvalidate.json"
    config.write_text(json.dumps({"root": True, "extends": ["html-validate:recommended"], "rules": rules}))
    command = ["node", str(named("HTML_VALIDATE")), "--config", str(config), "--formatter", "text", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(chromium: Browser, page: Path, width: int) -> None:
    chromium.show(page, width=width)
    chromium.run("for (const one of document.querySelectorAll('details')) one.open = true")
    assert chromium.run("return document.documentElement.scrollWidth") <= width


def test_without_javascript_everything_is_there_but_the_filter(chromium: Browser, page: Path) -> None:
    chromium.show(page)
    everything = shown_cards(chromium)
    chromium.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.show(page)
        assert not chromium.driver.find_element("id", "filter").is_displayed()
        cards = chromium.driver.find_elements("tag name", "article")
        assert [card.get_attribute("data-rule") for card in cards] == everything
    finally:
        chromium.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


# --- filter and print -----------------------------------------------------------------------------------------------


def changed(chromium: Browser, name: str, value: str) -> None:
    script = """
const control = document.getElementById('filter').elements[arguments[0]];
control.value = arguments[1];
control.dispatchEvent(new Event('input', {bubbles: true}));
"""
    chromium.run(script, name, value)


def status(chromium: Browser) -> str:
    said: str = chromium.driver.find_element("id", "shown").text
    return said


def test_findings_are_picked_by_text_rule_campaign_and_severity(chromium: Browser, page: Path) -> None:
    chromium.show(page)
    everything = shown_cards(chromium)
    assert status(chromium) == f"{len(everything)} of {len(everything)} findings shown"
    changed(chromium, "rule", "WA101")
    assert shown_cards(chromium) == [rule for rule in everything if rule == "WA101"]
    changed(chromium, "text", "BULK <script>")
    titles = "[...document.querySelectorAll('.group:not([hidden]) h3')].map(one => one.textContent)"
    assert set(chromium.run(f"return {titles}")) == {"<script>alert(1)</script>"}
    changed(chromium, "text", "")
    chromium.driver.find_element("css selector", "#filter [value=let-pass]").click()
    assert 0 < len(shown_cards(chromium)) < everything.count("WA101")
    changed(chromium, "text", "there is no such text")
    assert shown_cards(chromium) == []
    assert status(chromium) == f"0 of {len(everything)} findings shown"
    chromium.driver.find_element("css selector", "#filter button").click()
    assert shown_cards(chromium) == everything
    changed(chromium, "campaign", "1")
    first = "document.querySelector('.group').querySelectorAll('article').length"
    assert len(shown_cards(chromium)) == chromium.run(f"return {first}")


def test_who_follows_a_link_to_a_finding_sees_it(chromium: Browser, page: Path) -> None:
    chromium.show(page)
    changed(chromium, "text", "there is no such text")
    last = "[...document.querySelectorAll('article')].at(-1).id"
    anchor = chromium.run(f"location.hash = {last}; return {last}")
    assert chromium.driver.find_element("id", anchor).is_displayed()
    assert chromium.run("return document.getElementById('filter').elements.text.value") == ""


def test_a_thousand_findings_are_filtered_at_once(chromium: Browser, page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    start, end = text.index('<section class="group"'), text.index('<section aria-labelledby="undecided"')
    large = tmp_path / "large.html"
    large.write_text(text[:start] + text[start:end] * 10 + text[end:], encoding="utf-8")
    chromium.show(large)
    assert len(shown_cards(chromium)) > 1000
    script = """
const text = document.getElementById('filter').elements.text;
const start = performance.now();
text.value = 'newsletter';
text.dispatchEvent(new Event('input', {bubbles: true}));
document.body.getBoundingClientRect();
return performance.now() - start;
"""
    assert min(chromium.run(script) for _ in range(3)) < 500  # milliseconds; 15 where nothing else runs


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_script_makes_the_pictures_that_the_readme_shows(scheme: str, page: Path) -> None:
    made, shown = picture_of(page, scheme), PICTURES[scheme].read_bytes()
    assert {Image.open(BytesIO(picture)).size[0] for picture in (made, shown)} == {WIDTH}
    assert PICTURES[scheme].stat().st_size < 100_000
    readme = (PICTURES[scheme].parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"docs/{PICTURES[scheme].name}" in readme


def test_on_paper_nothing_is_folded_and_addresses_are_written_out(chromium: Browser, page: Path) -> None:
    chromium.show(page)
    chromium.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        style = "return getComputedStyle(document.querySelector(arguments[0]), arguments[1])[arguments[2]]"
        assert chromium.run(style, "#filter", None, "display") == "none"
        assert chromium.run(style, "nav", None, "display") == "none"
        assert chromium.run(style, "details", "::details-content", "contentVisibility") == "visible"
        written: str = chromium.run(style, "article dd a", "::after", "content")
        assert "https://" in written
    finally:
        chromium.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert chromium.paper().startswith(b"%PDF-")
    folded: Any = chromium.run("return [...document.querySelectorAll('details')].map(one => one.open)")
    assert set(folded) == {False}
