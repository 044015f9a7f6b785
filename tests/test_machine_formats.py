"""What machines read: one run in every format, read back by outside readers, with hostile names in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import jsonschema
import jsonschema_rs
import junitparser
import pytest
import xmlschema
from markdown_it import MarkdownIt

from policylint import resources
from policylint.extensions import Style
from policylint.model.finding import Finding, Suppression
from policylint.model.rule import Severity, Step
from policylint.model.timeline import Cause, CauseKind, Change, Standing
from policylint.plugins import load_extensions
from policylint.reporters import markdown, policylint_reporters
from policylint.reporters.display import visible
from policylint.rulepacks import load_packs
from tests.hostile_run import HOSTILE_PATHS, hostile_run
from tests.test_reporters import BULK, RULE, SYNTAX, WAIVED, report

ROOT = Path(__file__).parent.parent
FORMATS = ("json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html")


class Read(NamedTuple):
    """What every machine format says of a finding; a column that its readers have no place for is None."""

    rule: str
    path: str
    line: int
    column: int | None
    severity: str
    suppressed: bool


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return hostile_run(tmp_path_factory.mktemp("run"), FORMATS)


@pytest.fixture(scope="module")
def findings(run: Mapping[str, str]) -> list[Read]:
    return list(from_json(run["json"]))


def from_objects(objects: list[Any]) -> Iterator[Read]:
    for one in objects:
        suppressed = one["suppressed"] is not None
        yield Read(one["rule"], one["path"], one["line"], one["column"], one["severity"], suppressed)


def from_json(text: str) -> Iterator[Read]:
    return from_objects(json.loads(text)["findings"])


def from_json_lines(text: str) -> Iterator[Read]:
    return from_objects([json.loads(line) for line in text.splitlines()])


def from_sarif(text: str) -> Iterator[Read]:
    severities = {"error": "error", "warning": "warning", "note": "info"}
    for result in json.loads(text)["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        path = os.fsdecode(unquote_to_bytes(place["artifactLocation"]["uri"]))
        start = place["region"]
        severity = severities[result["level"]]
        yield Read(
            result["ruleId"], path, start["startLine"], start["startColumn"], severity, result["suppressions"] != []
        )


def from_github(text: str) -> Iterator[Read]:
    """Read workflow commands as actions/runner does (ActionCommand.TryParseV2)."""

    def value(escaped: str) -> str:
        for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            escaped = escaped.replace(code, char)
        return escaped

    severities = {"error": "error", "warning": "warning", "notice": "info"}
    for line in text.splitlines():
        if line.startswith("::"):
            head, _, _ = line.removeprefix("::").partition("::")
            command, _, properties = head.partition(" ")
            said = {name: value(text) for name, _, text in (one.partition("=") for one in properties.split(","))}
            column = int(said["col"]) if "col" in said else None
            yield Read(
                said["title"].partition(" ")[0], said["file"], int(said["line"]), column, severities[command], False
            )


def from_gitlab(text: str) -> Iterator[Read]:
    severities = {"major": "error", "minor": "warning", "info": "info"}
    for issue in json.loads(text):
        location = issue["location"]
        begin = location["positions"]["begin"]
        assert begin["line"] == location["lines"]["begin"]
        yield Read(
            issue["check_name"], location["path"], begin["line"], begin["column"], severities[issue["severity"]], False
        )


def from_checkstyle(text: str) -> Iterator[Read]:
    for file in ET.fromstring(text.encode()):
        for error in file:
            said = error.attrib
            line, column = int(said["line"]), int(said["column"])
            yield Read(said["source"], file.attrib["name"], line, column, said["severity"], False)


def from_junit(text: str) -> Iterator[Read]:
    head = re.compile(
        r"(?P<path>.*?):(?P<line>\d+):(?P<column>\d+): (?P<suppressed>suppressed )?(?P<level>\w+)\[(.*?)\]"
    )
    for suite in junitparser.JUnitXml.fromstring(text.encode()):
        assert isinstance(suite, junitparser.TestSuite)
        for case in suite:
            (verdict,) = case.result
            found = head.match(str(verdict.text).removeprefix(f"{suite.name}"))
            assert found is not None
            assert isinstance(verdict, (junitparser.Failure, junitparser.Skipped))
            rule = str(case.name).partition(", ")[0]
            line, column = int(found["line"]), int(found["column"])
            yield Read(rule, str(suite.name), line, column, found["level"], found["suppressed"] is not None)


class Cards(HTMLParser):
    """The label and the place of each card of the report in HTML, with the name of its rule."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[dict[str, str]] = []
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "article":
            self.cards.append({"rule": said["data-rule"], "kind": said["data-kind"]})
        self.open = {"span": "label", "code": "place"}.get(tag, "")

    def handle_data(self, data: str) -> None:
        if self.cards and self.open:
            self.cards[-1].setdefault(self.open, data)
        self.open = ""


def from_html(text: str, codes: Mapping[str, str]) -> Iterator[Read]:
    parser = Cards()
    parser.feed(text)
    for card in parser.cards:
        path, line, column = card["place"].rsplit(":", 2)
        severity = card["label"].partition(",")[0]
        assert card["kind"] in (severity, "let-pass")
        rule = codes.get(card["rule"], card["rule"])
        yield Read(rule, path, int(line), int(column), severity, card["kind"] == "let-pass")


def test_the_run_is_a_large_one(findings: list[Read]) -> None:
    assert len(findings) >= 50
    assert len({finding.rule for finding in findings}) >= 20
    assert {finding.severity for finding in findings} == {"error", "warning", "info"}
    assert {finding.suppressed for finding in findings} == {True, False}
    assert set(HOSTILE_PATHS) < {finding.path for finding in findings}


def test_every_machine_format_holds_the_same_findings(run: Mapping[str, str], findings: list[Read]) -> None:
    counting = [finding for finding in findings if not finding.suppressed]
    shown = [finding._replace(path=visible(finding.path)) for finding in findings]
    assert list(from_json_lines(run["jsonl"])) == findings
    assert list(from_sarif(run["sarif"])) == findings
    assert list(from_gitlab(run["gitlab"])) == counting
    assert sorted(from_junit(run["junit"])) == sorted(shown)
    assert list(from_checkstyle(run["checkstyle"])) == [finding for finding in shown if not finding.suppressed]
    codes = {one["code"]: one["rule"] for one in json.loads(run["json"])["findings"] if one["code"] is not None}
    assert sorted(from_html(run["html"], codes)) == sorted(shown)
    annotated = list(from_github(run["github"]))
    assert [finding._replace(column=None) for finding in annotated] == [
        finding._replace(column=None) for finding in shown if not finding.suppressed
    ]
    # The runner takes columns only within one line.
    assert all(one.column in (None, finding.column) for one, finding in zip(annotated, counting, strict=True))
    assert sum(one.column is None for one in annotated) < len(annotated) / 4


def test_no_machine_format_holds_a_character_that_is_obeyed(run: Mapping[str, str]) -> None:
    for name, text in run.items():
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", text), name


# --- JSON ---------------------------------------------------------------------------------------------------------


def test_json_is_what_its_schema_says_to_two_validators(run: Mapping[str, str]) -> None:
    schema = resources.schema("report")
    whole = json.loads(run["json"])
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(whole)) == []
    assert jsonschema_rs.validator_for(schema).is_valid(whole)
    of_line = {**schema, "$ref": "#/$defs/finding", "type": "object"}
    for key in ("properties", "required", "additionalProperties"):
        del of_line[key]
    validator = jsonschema_rs.validator_for(of_line)
    assert all(validator.is_valid(json.loads(line)) for line in run["jsonl"].splitlines())


def test_the_report_schema_knows_every_key_and_requires_it(run: Mapping[str, str]) -> None:
    schema = resources.schema("report")
    for shape in (schema, *schema["$defs"].values()):
        assert shape["additionalProperties"] is False
        assert sorted(shape["required"]) == sorted(shape["properties"])
        assert all("description" in said or "$ref" in said for said in shape["properties"].values())


def test_json_and_sarif_hold_the_same_edits(run: Mapping[str, str]) -> None:
    edits = [
        [
            (edit["line"], edit["column"], edit["end_line"], edit["end_column"], edit["replacement"])
            for edit in finding["fix"]["edits"]
        ]
        for finding in json.loads(run["json"])["findings"]
        if finding["fix"] is not None and finding["fix"]["edits"]
    ]
    assert len(edits) >= 5
    assert edits == [
        [
            (*(one["deletedRegion"][key] for key in _PLACE), one["insertedContent"]["text"])
            for one in result["fixes"][0]["artifactChanges"][0]["replacements"]
        ]
        for result in json.loads(run["sarif"])["runs"][0]["results"]
        if "fixes" in result
    ]


_PLACE = ("startLine", "startColumn", "endLine", "endColumn")


# --- SARIF --------------------------------------------------------------------------------------------------------


@cache
def multitool() -> Path:
    """The SARIF Multitool, as .ci/run installs it."""
    named = os.environ.get("SARIF_MULTITOOL")
    if not named:
        pytest.skip("SARIF_MULTITOOL names no SARIF Multitool (npm: @microsoft/sarif-multitool-linux)")
    return Path(named)


def validated(text: str, folder: Path) -> list[str]:
    """Return what the SARIF Multitool says of a log with the rules of SARIF and of GitHub."""
    log, said = folder / "log.sarif", folder / "said.sarif"
    log.write_text(text, encoding="utf-8")
    # It would ask the network for every URL of the log (SARIF2006): a closed port answers at once.
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    environment = {**os.environ, **nowhere, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    command = [str(multitool()), "validate", str(log), "--rule-kind", "Sarif;Ghas", "--output", str(said)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert said.exists(), done.stdout + done.stderr
    return [
        f"{result['ruleId']} {result.get('level')} {result['message']}"
        for result in json.loads(said.read_text(encoding="utf-8-sig"))["runs"][0]["results"]
    ]


def test_the_sarif_multitool_finds_nothing_in_a_large_run_with_hostile_names(
    run: Mapping[str, str], tmp_path: Path
) -> None:
    assert validated(run["sarif"], tmp_path) == []


def test_the_sarif_multitool_would_find_something(run: Mapping[str, str], tmp_path: Path) -> None:
    log = json.loads(run["sarif"])
    del log["runs"][0]["tool"]["driver"]["rules"][0]["fullDescription"]
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    said = validated(json.dumps(log), tmp_path)
    assert [one for one in said if one.startswith("GH")] != []
    assert [one for one in said if one.startswith("JSON")] != []


def test_every_uri_of_sarif_is_a_relative_reference(run: Mapping[str, str]) -> None:
    uris = re.findall(r'"uri": "(.*)"', run["sarif"])
    assert uris
    assert [uri for uri in uris if not re.fullmatch(r"(?:[\w.~/!$&'()*+,;=@-]|%[0-9A-F]{2})+", uri, re.ASCII)] == []
    assert [uri for uri in uris if uri.startswith("/")] == []


# --- JUnit, Checkstyle, GitLab ------------------------------------------------------------------------------------


def test_junit_is_what_the_schema_of_jenkins_says(run: Mapping[str, str]) -> None:
    named = os.environ.get("JUNIT_XSD")
    if not named:
        pytest.skip("JUNIT_XSD names no junit-10.xsd (in the source distribution of pytest)")
    schema = xmlschema.XMLSchema(named)
    schema.validate(run["junit"])
    schema.validate(rendered("junit"))
    schema.validate(rendered("junit", campaigns=0))
    assert not schema.is_valid(run["junit"].replace("<testcase ", "<testcase line='1' ", 1))


def rendered(name: str, *findings: Finding, **changes: Any) -> str:
    whole = report(*findings, **{"fail_on": Severity.ERROR, **changes})
    return policylint_reporters()[name].render(whole, Style())


def test_junit_fails_what_blocks_and_skips_the_rest() -> None:
    assert rendered("junit", BULK, WAIVED, SYNTAX) == (
        """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="policylint" tests="3" failures="1" errors="0">
  <testsuite name="campaigns/weekly.yaml" tests="2" failures="1" errors="0" skipped="1">
    <properties>
      <property name="policylint.version" value="0.1.0" />
      <property name="policylint.as_of" value="2026-11-23" />
    </properties>
    <testcase name="examplechat/bulk-message, weekly, /purpose" classname="campaigns/weekly.yaml">
      <failure type="error" message="weekly sends bulk messages">\
campaigns/weekly.yaml:3:10: error[examplechat/bulk-message] weekly sends bulk messages
in force since 2019-12-07 (warning since 2018-04-24)
help: Send opted-in recipients an approved marketing template, or publish the newsletter on a page of your own.
terms: ExampleChat Terms, 4.2 (e) · https://example.org/terms</failure>
    </testcase>
    <testcase name="examplechat/bulk-message, weekly, /purpose" classname="campaigns/weekly.yaml">
      <skipped>\
campaigns/weekly.yaml:3:10: suppressed error[examplechat/bulk-message] weekly sends bulk messages
in force since 2019-12-07 (warning since 2018-04-24)
suppressed: by a waiver: agreed with legal (until 2027-01-31, owner crm-team, approved by legal, ticket CRM-1)
help: Send opted-in recipients an approved marketing template, or publish the newsletter on a page of your own.
terms: ExampleChat Terms, 4.2 (e) · https://example.org/terms</skipped>
    </testcase>
  </testsuite>
  <testsuite name="bad.yaml" tests="1" failures="0" errors="0" skipped="1">
    <properties>
      <property name="policylint.version" value="0.1.0" />
      <property name="policylint.as_of" value="2026-11-23" />
    </properties>
    <testcase name="policylint/syntax" classname="bad.yaml">
      <skipped>bad.yaml:1:1: warning[policylint/syntax] bad.yaml is not valid YAML: did not find expected key</skipped>
    </testcase>
  </testsuite>
</testsuites>
"""
    )


@pytest.mark.parametrize(
    ("fail_on", "failures"), [(Severity.INFO, "2"), (Severity.WARNING, "2"), (Severity.ERROR, "1"), (None, "0")]
)
def test_junit_is_red_when_the_run_is(fail_on: Severity | None, failures: str) -> None:
    assert f'tests="3" failures="{failures}" errors="0"' in rendered("junit", BULK, SYNTAX, WAIVED, fail_on=fail_on)


@pytest.mark.parametrize(
    ("campaigns", "case"),
    [
        (1, '<testcase name="1 campaign in 2 files" classname="policylint" />'),
        (
            0,
            '<testcase name="0 campaigns in 2 files" classname="policylint">\n'
            "      <skipped>0 campaigns found in 2 files: nothing was judged</skipped>",
        ),
    ],
)
def test_junit_without_findings_has_a_case_and_never_passes_what_was_not_judged(campaigns: int, case: str) -> None:
    text = rendered("junit", campaigns=campaigns)
    assert case in text
    assert 'tests="1" failures="0" errors="0"' in text


def test_checkstyle_of_what_counts() -> None:
    assert rendered("checkstyle", BULK, WAIVED, SYNTAX) == (
        """\
<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="4.3">
  <file name="campaigns/weekly.yaml">
    <error line="3" column="10" severity="error" message="weekly sends bulk messages" \
source="examplechat/bulk-message" />
  </file>
  <file name="bad.yaml">
    <error line="1" column="1" severity="warning" message="bad.yaml is not valid YAML: did not find expected key" \
source="policylint/syntax" />
  </file>
</checkstyle>
"""
    )


def test_gitlab_of_what_counts() -> None:
    assert json.loads(rendered("gitlab", BULK, WAIVED, SYNTAX)) == [
        {
            "type": "issue",
            "check_name": "examplechat/bulk-message",
            "description": "weekly sends bulk messages",
            "fingerprint": "0f" * 16,
            "severity": "major",
            "location": {
                "path": "campaigns/weekly.yaml",
                "lines": {"begin": 3, "end": 3},
                "positions": {"begin": {"line": 3, "column": 10}, "end": {"line": 3, "column": 20}},
            },
        },
        {
            "type": "issue",
            "check_name": "policylint/syntax",
            "description": "bad.yaml is not valid YAML: did not find expected key",
            "fingerprint": "1f" * 16,
            "severity": "minor",
            "location": {
                "path": "bad.yaml",
                "lines": {"begin": 1, "end": 1},
                "positions": {"begin": {"line": 1, "column": 1}, "end": {"line": 1, "column": 1}},
            },
        },
    ]


# --- what is upcoming ---------------------------------------------------------------------------------------------

SOON = Change(
    day=date(2026, 12, 1),
    rule=RULE,
    before=Standing.WARNING,
    after=Standing.ERROR,
    at=BULK._replace(since=date(2026, 12, 1), campaign="monthly", message="monthly sends bulk messages"),
    causes=(Cause(CauseKind.STEP, date(2026, 12, 1), "legal action too", Severity.ERROR),),
)
SAID_OF_SOON = "monthly sends bulk messages: error from 2026-12-01, in 8 days; now warning"


@pytest.mark.parametrize(
    ("name", "read"),
    [("github", from_github), ("gitlab", from_gitlab), ("junit", from_junit), ("checkstyle", from_checkstyle)],
)
def test_what_is_upcoming_is_one_more_finding_where_a_format_has_nothing_else(
    name: str, read: Callable[[str], Iterator[Read]]
) -> None:
    text = rendered(name, SYNTAX, upcoming=(SOON,))
    assert list(read(text)) == [
        Read(SYNTAX.rule, "bad.yaml", 1, 1, "warning", suppressed=False),
        Read(BULK.rule, "campaigns/weekly.yaml", 3, 10, "error", suppressed=False),
    ]
    assert SAID_OF_SOON in text


def test_what_is_upcoming_makes_junit_red_and_has_a_name_of_its_own() -> None:
    text = rendered("junit", BULK._replace(severity=Severity.WARNING), upcoming=(SOON,))
    assert '<testsuites name="policylint" tests="2" failures="1" errors="0">' in text
    assert text.count("<testsuite name=") == 1
    assert '<testcase name="examplechat/bulk-message, monthly, /purpose, upcoming"' in text


def test_what_is_upcoming_has_a_fingerprint_of_its_own_at_gitlab() -> None:
    issues = json.loads(rendered("gitlab", BULK._replace(severity=Severity.WARNING), upcoming=(SOON,)))
    assert [issue["fingerprint"] for issue in issues] == ["0f" * 16, f"{'0f' * 16}-upcoming"]


def test_what_is_upcoming_is_a_notification_of_sarif(tmp_path: Path) -> None:
    text = rendered("sarif", BULK._replace(severity=Severity.WARNING), upcoming=(SOON,))
    (run,) = json.loads(text)["runs"]
    assert len(run["results"]) == 1
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": f"{SAID_OF_SOON}."},
                    "locations": run["results"][0]["locations"],
                    "associatedRule": {"id": "examplechat/bulk-message", "index": 0},
                }
            ],
        }
    ]


def test_the_sarif_multitool_finds_nothing_in_such_a_notification(run: Mapping[str, str], tmp_path: Path) -> None:
    log = json.loads(run["sarif"])
    (said,) = json.loads(rendered("sarif", BULK, upcoming=(SOON,)))["runs"][0]["invocations"]
    rule = log["runs"][0]["tool"]["driver"]["rules"][0]["id"]
    said["toolExecutionNotifications"][0]["associatedRule"] = {"id": rule, "index": 0}
    log["runs"][0]["invocations"] = [said]
    assert validated(json.dumps(log), tmp_path) == []


def test_what_is_upcoming_is_a_change_in_json() -> None:
    found = json.loads(rendered("json", upcoming=(SOON,)))
    jsonschema.validate(found, resources.schema("report"))
    (change,) = found["upcoming"]
    assert (change["date"], change["rule"], change["before"], change["after"], change["message"]) == (
        *("2026-12-01", "examplechat/bulk-message", "warning", "error"),
        "monthly sends bulk messages",
    )
    assert change["causes"] == [
        {"kind": "step", "date": "2026-12-01", "severity": "error", "observed": False, "note": "legal action too"}
    ]
    assert json.loads(rendered("json"))["upcoming"] == []


def test_what_is_upcoming_is_a_row_of_the_summary_once() -> None:
    soon = BULK._replace(
        severity=Severity.WARNING, since=date(2026, 7, 1), next_change=Step(date(2026, 12, 1), Severity.ERROR)
    )
    text = rendered("markdown", soon, upcoming=(SOON,))
    assert text.startswith(
        "## policylint: 1 finding to mend first\n\n1 warning in 1 of 2 files · 1 campaign, 1 rule, 1 upcoming"
    )
    assert [line for line in text.splitlines() if line.startswith("| 2026-12-01 |")] == [
        "| 2026-12-01 | <code>campaigns/weekly.yaml:3:10</code> "
        '| [EC101](https://example.org/terms "Bulk message") error | monthly sends bulk messages |'
    ]


def test_what_is_upcoming_is_to_be_mended_on_the_page_for_a_browser_too() -> None:
    text = rendered("html", upcoming=(SOON,))
    assert "<title>policylint, 2026-11-23: 1 finding to mend first</title>" in text
    said = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    assert "What will block From Then Rule What is wrong 2026-12-01 error EC101 monthly sends bulk messages" in said


@pytest.mark.parametrize("name", ["text", "concise"])
def test_what_is_upcoming_is_a_line_for_people(name: str) -> None:
    assert [line for line in rendered(name, upcoming=(SOON,)).splitlines() if line] == [
        f"campaigns/weekly.yaml:3:10: upcoming error[examplechat/bulk-message] {SAID_OF_SOON}",
        "no findings in 2 files · 1 campaign, 1 rule, 1 upcoming (as of 2026-11-23)",
    ]


# --- Markdown -----------------------------------------------------------------------------------------------------


def test_markdown_says_what_blocks_what_will_and_what_is_let_pass() -> None:
    soon = BULK._replace(
        severity=Severity.WARNING,
        campaign="monthly",
        message="monthly sends bulk messages",
        since=date(2026, 7, 1),
        earlier=None,
        next_change=Step(date(2026, 12, 1), Severity.ERROR),
    )
    in_source = BULK._replace(suppressed=Suppression("in_source", "sent by the gateway", date(2026, 12, 31)))
    assert rendered("markdown", BULK, soon, SYNTAX, in_source) == (
        """\
## policylint: 1 finding to mend first

1 error, 2 warnings in 2 of 2 files · 1 campaign, 1 rule, 1 suppressed (as of 2026-11-23)

### Campaigns and the rules they break

| campaign | file | [EC101](https://example.org/terms "Bulk message") | <code>policylint/syntax</code> |
| --- | --- | --- | --- |
| <code>weekly</code> | <code>campaigns/weekly.yaml</code> | 1 error |  |
| <code>monthly</code> | <code>campaigns/weekly.yaml</code> | 1 warning |  |
|  | <code>bad.yaml</code> |  | 1 warning |

### What blocks

**[EC101](https://example.org/terms "Bulk message")**: Bulk message

- <code>campaigns/weekly.yaml:3:10</code> weekly sends bulk messages; \
in force since 2019-12-07 (warning since 2018-04-24)
- Instead: Send opted-in recipients an approved marketing template, or publish the newsletter on a page of your own.
- Terms: [ExampleChat Terms, 4.2 (e)](https://example.org/terms)

What is to stay needs a suppression with a reason: in the file \
(<code># policylint: ignore&#91;ID&#93; until=YYYY-MM-DD -- reason</code>) or in the configuration.

### What will block

| from | where | rule | what |
| --- | --- | --- | --- |
| 2026-12-01 | <code>campaigns/weekly.yaml:3:10</code> | [EC101](https://example.org/terms "Bulk message") error \
| monthly sends bulk messages |

### What is let pass

| where | rule | what | why |
| --- | --- | --- | --- |
| <code>campaigns/weekly.yaml:3:10</code> | [EC101](https://example.org/terms "Bulk message") error \
| weekly sends bulk messages | in the file: sent by the gateway (until 2026-12-31) |
"""
    )


def test_markdown_of_nothing_says_so() -> None:
    assert rendered("markdown", campaigns=0) == (
        "## policylint: nothing blocks\n\n"
        "no findings in 2 files · 0 campaigns, 1 rule (as of 2026-11-23)\n\n"
        "**0 campaigns found in 2 files: nothing was judged**\n"
    )


def test_markdown_names_many_rules_in_one_column_and_cuts_long_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MAXIMUM_COLUMNS", 1)
    monkeypatch.setattr(markdown, "MAXIMUM_ROWS", 1)
    other = BULK._replace(campaign="other", message="other sends bulk messages")
    text = rendered("markdown", BULK, BULK, SYNTAX._replace(path=BULK.path, campaign="weekly"), other)
    assert (
        """\
| campaign | file | findings | rules |
| --- | --- | --- | --- |
| <code>weekly</code> | <code>campaigns/weekly.yaml</code> | 2 errors, 1 warning | \
[EC101](https://example.org/terms "Bulk message"), <code>policylint/syntax</code> |

… and 1 more.
"""
        in text
    )
    assert "… and 2 findings more." in text


TABLE = ("table", "thead", "tbody", "tr", "th", "td")


class Page(HTMLParser):
    """The tags, the links and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links.update(value or "" for name, value in attrs if name == "href")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_nothing_of_a_checked_file_is_markup_in_the_summary(run: Mapping[str, str]) -> None:
    page = Page()
    page.feed(MarkdownIt("gfm-like", {"html": True}).render(run["markdown"]))
    assert page.tags == {"h2", "h3", "p", "strong", "a", "code", "ul", "li", *TABLE}
    folders = [(path, path.name) for path in load_extensions(installed=False).rule_folders]
    assert page.links <= {terms.url for pack in load_packs(folders) for terms in pack.terms.values()}
    text = "".join(page.text)
    for name in ("<script>alert(1)</script>", "a | b `c` *d* _e_ ~f~ $g$ \\| &amp; 'h' \"i\"", "企業 🎉"):
        assert name in text
    assert r"\x1b[2J" in text
    # Mentions and numbers are looked for in the text that is shown, outside of code.
    assert "@team" not in "".join(re.split(r"<code>.*?</code>", run["markdown"]))
    assert "@\u200bteam" in text
