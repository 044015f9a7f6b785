"""The WhatsApp pack as a whole: worked examples, harmless edits of every case, conventions, patterns that stay fast."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from policylint.api import lint, lint_bytes, settings_for
from policylint.checker import Checker
from policylint.config import Configuration, Settings
from policylint.discover import Target
from policylint.model.rule import CompiledRule, RulePack, Severity
from policylint.plugins import load_extensions
from policylint.ruleset import RuleSet
from policylint.ruletest import RuleTester

if TYPE_CHECKING:
    from policylint.model.finding import Report

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "rules" / "whatsapp"
DAY = date(2026, 11, 23)


@cache
def runner() -> RuleTester:
    return RuleTester.of_folder(FOLDER, load_extensions())


@cache
def compiled_rules() -> tuple[CompiledRule, ...]:
    return tuple(runner().compiled())


def pack() -> RulePack:
    return runner().pack


def checked(text: str) -> Report:
    return lint_bytes(text.encode(), "/campaigns/one.yaml", settings_for(Configuration(), as_of=DAY), load_extensions())


# --- worked examples ----------------------------------------------------------------------------------------------

SEED = """\
campaign: newsletter
channel: whatsapp
purpose: newsletter
sender: {product: consumer_app, library: whatsapp-web.js}
business: {name: Muster GmbH}
audience: {size: 4200, source: purchased_list}
message: {kind: freeform}
schedule: {start: 2019-12-08, recurrence: weekly}
"""
PLATFORM = """\
campaign: herbst-news
channel: whatsapp
purpose: newsletter
sender: {product: business_platform, portfolio: {verified: false, messaging_limit: 250}}
audience: {size: 8000, countries: [DE, US]}
consent: {obtained: true, names_business: false}
message:
  kind: template
  category: UTILITY
  language: de
  template:
    name: herbst_news
    status: PENDING
    components:
      - {type: body, text: "{{1}}, jetzt 20 % Rabatt sichern!"}
"""
CLEAN = """\
campaign: herbstangebote
channel: whatsapp
purpose: promotion
sender:
  product: business_platform
  provider: 360dialog
  display_name: Muster GmbH
  portfolio: {verified: true, messaging_limit: 10000}
business:
  name: Muster GmbH
  verticals: [retail]
  contact: {email: hilfe@example.org, website: "https://example.org", support: hilfe@example.org}
  privacy_policy: https://example.org/datenschutz
audience: {size: 1800, countries: [DE, AT], source: web_form, suppression_lists: [crm.optouts]}
consent: {obtained: true, source: web_form, names_business: true, purposes: [promotion], evidence: crm.consent_log}
opt_out: {keywords: [STOP], in_message: true, sources: [whatsapp, email, phone], max_delay_hours: 24}
automation: {bot: true, escalation: [in_chat_agent, email]}
messages:
  - kind: template
    category: MARKETING
    window: none
    language: de
    template:
      name: herbst_angebot_2026
      status: APPROVED
      parameter_format: positional
      components:
        - type: body
          text: "Hallo {{1}}, diese Woche gibt es 20 % auf alle Jacken im Muster-Shop."
          example: {body_text: [[Anna]]}
        - {type: footer, text: "Abmelden: STOP senden"}
        - {type: buttons, buttons: [{type: URL, text: Ansehen, url: "https://example.org/jacken"}]}
schedule: {per_recipient_per_day: 1, retry_after_hours: 24, batches: 3}
"""
# No opt-out, no list of people who opted out, no profile, no privacy policy; too many recipients for the limit, from
# an unverified portfolio; an opt-in that does not name the business.
OF_THE_CAMPAIGN = {"WA202", "WA209", "WA211", "WA301", "WA302", "WA601", "WA604"}
# Starts with a parameter, has no sample.
OF_THE_TEXT = {"WA516", "WA518"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(SEED, {"WA101", "WA102", "WA104"}, id="the newsletter from the consumer app of 2019"),
        pytest.param(
            PLATFORM,
            OF_THE_CAMPAIGN | OF_THE_TEXT | {"WA403", "WA405", "WA406"},
            id="a newsletter in a utility template that Meta has not passed",
        ),
        pytest.param(
            PLATFORM.replace("PENDING", "APPROVED"),
            OF_THE_CAMPAIGN | {"WA405", "WA406"},
            id="an approved template is not accused of its form",
        ),
        pytest.param(
            PLATFORM.replace("UTILITY", "MARKETING"),
            OF_THE_CAMPAIGN | OF_THE_TEXT | {"WA212", "WA403", "WA607"},
            id="the category put right: marketing to the United States, without a word on how to opt out",
        ),
        pytest.param(CLEAN, set(), id="a promotion that keeps the terms"),
    ],
)
def test_a_worked_example_has_exactly_these_findings(text: str, codes: set[str]) -> None:
    report = checked(text)
    assert {finding.code for finding in report.findings} == codes
    assert report.undecided == 0


def test_severities_of_the_newsletter_follow_the_day() -> None:
    before = checked(SEED.replace("start: 2019-12-08, recurrence: weekly", "start: 2019-12-06"))
    assert {(finding.code, str(finding.severity)) for finding in before.findings} >= {("WA101", "warning")}
    after = checked(SEED)
    assert {(finding.code, str(finding.severity)) for finding in after.findings} >= {("WA101", "error")}


@pytest.mark.parametrize("name", ["autumn-offers", "invoice"])
def test_no_rule_fires_on_the_examples_that_keep_the_terms(name: str) -> None:
    report = lint([ROOT / "examples" / "campaigns" / f"{name}.yaml"], as_of=DAY, isolated=True)
    assert report.campaigns == 1
    assert report.findings == ()


# --- harmless edits of every case ---------------------------------------------------------------------------------


class Case(NamedTuple):
    rule: CompiledRule
    name: str
    on: date
    text: str


class Edited(NamedTuple):
    text: str
    line: Callable[[int], int] | None
    """Old line → new line; None where the lines of values move with the edit."""


class Said(NamedTuple):
    severity: str
    message: str
    pointer: tuple[Any, ...]
    line: int


@cache
def native_cases() -> tuple[Case, ...]:
    found = []
    for rule in compiled_rules():
        path = FOLDER / Path(rule.rule.document.path.removesuffix(".yaml") + ".test.yaml").name
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
            if case.get("filename", "campaign.yaml").endswith((".yaml", ".yml")) and "project" not in case:
                on = date.fromisoformat(str(case["on"])) if "on" in case else pack().reviewed
                found.append(Case(rule, case["name"], on, case["file"]))
    return tuple(found)


def said(case: Case, raw: bytes) -> tuple[list[Said], list[tuple[Any, ...]]]:
    """Return what the rule of a case says of a text: findings, and what it hangs on where it cannot tell."""
    rule = case.rule.rule
    rules = RuleSet.of(pack(), [case.rule], runner().providers)
    checker = Checker(rules, Settings(as_of=case.on, base=FOLDER), load_extensions_once(), lambda _: raw)
    result = checker.check(Target("campaign.yaml", FOLDER / "nowhere" / "campaign.yaml", named=True))
    findings = sorted(
        Said(str(finding.severity), finding.message, finding.pointer, finding.region.start.line)
        for finding in result.findings
        if finding.rule == rule.id
    )
    return findings, sorted((item.field, item.why) for item in result.verdicts)


load_extensions_once = cache(load_extensions)
_TOP_KEY = re.compile(r"[A-Za-z]\w*:(?: |$)")


def with_comments(text: str) -> Edited | None:
    """Put a comment above every top-level key: text at the start of a line is never part of a value."""
    lines = text.split("\n")
    edited: list[str] = []
    moved = [0]
    for line in lines:
        if _TOP_KEY.match(line):
            edited.append("# a remark: [with, signs]")
        edited.append(line)
        moved.append(len(edited))
    return Edited("\n".join(edited), lambda line: moved[line])


def reversed_keys(text: str) -> Edited | None:
    """Put the last top-level key first."""
    lines = text.rstrip("\n").split("\n")
    starts = [number for number, line in enumerate(lines) if _TOP_KEY.match(line)]
    if not starts or starts[0] != 0 or any(line.startswith(("---", "...")) for line in lines):
        return None
    if len(starts) < 2 or re.search(r"[&*][a-z]+\b", text):
        return None
    parts = [range(start, end) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    order = [number for part in reversed(parts) for number in part]
    moved = {old + 1: new for new, old in enumerate(order, 1)}
    return Edited("\n".join(lines[number] for number in order) + "\n", moved.__getitem__)


_PLAIN_TEXT = re.compile(r"[A-Za-z][a-z_]{2,}")
_NOT_TEXT = frozenset(["null", "true", "false", "yes", "off"])


def requoted(text: str) -> Edited | None:
    """Quote plain words, and turn double quotes into single ones and back where nothing in them minds."""
    pieces, last = [], 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if not isinstance(token, yaml.ScalarToken) or token.start_mark.line != token.end_mark.line:
            continue
        if token.style in ("|", ">") or re.search(r"[\\'\"]", token.value):
            continue
        start, end = token.start_mark.index, token.end_mark.index
        written = text[start:end]
        if token.plain:
            if not _PLAIN_TEXT.fullmatch(token.value) or token.value.lower() in _NOT_TEXT:
                continue
            new = f'"{token.value}"'
        elif written[1:-1] != token.value:
            continue
        else:
            new = f'"{token.value}"' if token.style == "'" else f"'{token.value}'"
        pieces += [text[last:start], new]
        last = end
    return Edited("".join([*pieces, text[last:]]), lambda line: line) if pieces else None


def with_carriage_returns(text: str) -> Edited | None:
    return Edited(text.replace("\n", "\r\n"), lambda line: line)


def with_byte_order_mark(text: str) -> Edited | None:
    return Edited("\ufeff" + text, lambda line: line)


_FLOW_MAPPING = re.compile(r"^(?P<key>\s*(?:- )?\w+: )(?P<value>\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})(?P<rest>\s*(?:#.*)?)$")


def with_anchor(text: str) -> Edited | None:
    """Write a mapping once: at the first of several that are equal, or else beside the campaign."""
    lines = text.split("\n")
    found = [(number, match) for number, line in enumerate(lines) if (match := _FLOW_MAPPING.match(line))]
    if any(line.startswith("---") for line in lines):
        return None
    values = [match["value"] for _, match in found]
    repeated = next((value for value in values if values.count(value) > 1), None)
    if repeated is not None:
        places = [(number, match) for number, match in found if match["value"] == repeated]
        for index, (number, match) in enumerate(places):
            written = f"&shared {repeated}" if index == 0 else "*shared"
            lines[number] = f"{match['key']}{written}{match['rest']}"
        return Edited("\n".join(lines), None)
    if not found or _TOP_KEY.match(lines[0]) is None or lines[0].startswith("campaigns:"):
        return None
    number, match = found[0]
    lines[number] = f"{match['key']}*shared{match['rest']}"
    return Edited("\n".join([f"x-shared: &shared {match['value']}", *lines]), None)


@pytest.mark.parametrize(
    ("edit", "most"),
    [
        (with_comments, 1.0),
        (reversed_keys, 0.9),
        (requoted, 1.0),
        (with_carriage_returns, 1.0),
        (with_byte_order_mark, 1.0),
        (with_anchor, 0.75),
    ],
)
def test_a_harmless_edit_changes_no_verdict(edit: Callable[[str], Edited | None], most: float) -> None:
    fitting = 0
    different = []
    for case, (findings, undecided) in zip(native_cases(), unedited(), strict=True):
        edited = edit(case.text)
        if edited is None:
            continue
        fitting += 1
        moved = sorted(finding._replace(line=edited.line(finding.line) if edited.line else 0) for finding in findings)
        now, undecided_now = said(case, edited.text.encode())
        now = now if edited.line else sorted(finding._replace(line=0) for finding in now)
        if (now, undecided_now) != (moved, undecided):
            different.append(f"{case.rule.rule}: {case.name}: {now} instead of {moved}")
    assert different == []
    assert fitting >= most * len(native_cases())


@cache
def unedited() -> list[tuple[list[Said], list[tuple[Any, ...]]]]:
    return [said(case, case.text.encode()) for case in native_cases()]


# --- conventions --------------------------------------------------------------------------------------------------

COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
    YT ZA ZM ZW
"""
ISO_3166_1 = frozenset(re.findall(r"[A-Z]{2}", COUNTRIES))
NO_TERMS = {"words_for_nothing"}
"""Lists that hold what people write, which no terms say."""


def rule_text() -> str:
    paths = [
        path for path in FOLDER.glob("*.yaml") if not path.name.endswith(".test.yaml") and path.name != "pack.yaml"
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_codes_are_unique() -> None:
    codes = [rule.code for rule in pack().rules]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize(
    ("severity", "enough"),
    [(Severity.ERROR, {"primary", "quoted"}), (Severity.WARNING, {"primary", "quoted", "secondary"})],
)
def test_every_step_rests_on_a_source_of_enough_confidence(severity: Severity, enough: set[str]) -> None:
    weak = [
        str(rule)
        for rule in pack().rules
        if any(step.severity is severity for step in rule.enforcement)
        and not enough & {source.confidence for source in rule.sources}
    ]
    assert weak == []


def test_the_code_table_has_every_country_once() -> None:
    assert len(ISO_3166_1) == 249


@pytest.mark.parametrize("name", sorted(name for name in pack().lists if name.endswith("_countries")))
def test_a_list_of_countries_holds_iso_codes(name: str) -> None:
    values = pack().lists[name]
    assert set(values) - ISO_3166_1 == set()
    assert len(values) == len(set(values))


@pytest.mark.parametrize(("name", "count"), [("alcohol_countries", 82), ("otc_drug_countries", 87)])
def test_a_list_has_as_many_countries_as_the_terms(name: str, count: int) -> None:
    assert len(pack().lists[name]) == count


def data_files() -> list[str]:
    return sorted(path.relative_to(FOLDER).as_posix() for path in [*FOLDER.glob("lists/*"), *FOLDER.glob("words/*")])


@pytest.mark.parametrize("name", data_files())
def test_a_data_file_says_when_it_was_read_and_from_what(name: str) -> None:
    data = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(data["read"], date)
    assert data["read"] <= pack().reviewed
    if Path(name).stem not in NO_TERMS:
        assert data["source"]["terms"] in pack().terms
        assert data["source"]["clause"]
        assert data["source"]["confidence"] in {"primary", "quoted", "secondary", "uncertain"}


def test_every_data_file_is_named_in_the_pack_and_the_other_way_round() -> None:
    data = yaml.safe_load((FOLDER / "pack.yaml").read_text(encoding="utf-8"))
    assert sorted([*data["lists"].values(), *data["words"].values()]) == data_files()


@pytest.mark.parametrize("name", sorted(pack().lists))
def test_every_list_is_used_by_a_rule(name: str) -> None:
    assert re.search(rf"\blist: {name}\b", rule_text())


@pytest.mark.parametrize("name", sorted(pack().words))
def test_every_word_list_is_used_by_a_rule(name: str) -> None:
    assert re.search(rf"\b(words|mentions): {name}\b", rule_text())
