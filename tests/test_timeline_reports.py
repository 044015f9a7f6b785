"""Timelines and the difference of two days as people, calendars and programs read them."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import icalendar
import jsonschema
import pytest

from policylint import resources
from policylint.cli import main
from policylint.model.finding import Window
from policylint.model.timeline import CampaignTimeline, Cause, CauseKind, Change, Standing, Timeline
from policylint.reporters import calendar_file
from policylint.reporters.causes import cause_in_words
from policylint.reporters.timeline import window_in_words
from tests.hostile_run import HOSTILE_NAMES
from tests.test_reporters import BULK, RULE, position

TEXT = """\
campaigns:
  - campaign: weekly
    channel: whatsapp
    purpose: newsletter
    sender: {product: consumer_app}
    schedule: {start: 2019-11-01, end: 2020-01-31, recurrence: weekly}
  - campaign: from the app
    channel: whatsapp
    purpose: newsletter   # policylint: ignore[WA113] until=2019-12-20 -- moving; see ticket, 4711
    sender: {product: business_app}
  - campaign: later
    channel: whatsapp
    purpose: invoice
    sender: {product: business_app}
    schedule: {start: 2021-01-01}
"""
RULES = ("--isolated", "--select", "WA101,WA113")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with the file, for 100 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POLICYLINT_CACHE", str(tmp_path / ".cache"))
    (tmp_path / "all.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command; return its status and what it prints."""

    def run(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        out, err = capsys.readouterr()
        assert err == ""
        return status, out

    return run


WAIVED = """\
waivers:
  - {rule: WA113, path: app.yaml, reason: moves in spring, owner: crm, added: 2026-11-01, until: 2026-12-01}
"""


def app_and_waiver() -> tuple[str, ...]:
    """Write a campaign and a waiver for it; return the options for its rule."""
    text = "campaign: app\nchannel: whatsapp\npurpose: newsletter\nsender: {product: business_app}\n"
    Path("app.yaml").write_text(text, encoding="utf-8")
    Path("policylint-waivers.yaml").write_text(WAIVED, encoding="utf-8")
    return ("--select", "WA113", "app.yaml")


# --- a timeline for people ----------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_rule_that_changes_on_a_day(run: Any) -> None:
    assert run("timeline", *RULES, "--as-of", "2019-11-15", "all.yaml") == (
        0,
        """\
all.yaml:2:5: weekly, 2019-11-01 to 2020-01-31
  2019-12-07  in 22 days  warning → error     WA101  Bulk or newsletter messages from the consumer
                                                     app or an unofficial client: legal action too,
                                                     also on evidence from outside WhatsApp (line 4)

all.yaml:7:5: from the app, no days of its own
  2019-12-21  in 36 days  suppressed → error  WA113  Marketing from the Business app: the
                                                     suppression ended: moving; see ticket, 4711
                                                     (line 9)

2 changes for 2 of 2 campaigns until 2020-05-13, 1 beginning later (as of 2019-11-15)
""",
    )


def test_a_waiver_that_begins_or_ends_is_a_change(run: Any) -> None:
    assert run("timeline", *app_and_waiver(), "--as-of", "2026-10-23") == (
        0,
        """\
app.yaml:1:1: app, no days of its own
  2026-11-01  in 9 days   warning → suppressed  WA113  Marketing from the Business app: let pass:
                                                       moves in spring (until 2026-12-01, owner crm)
                                                       (line 3)
  2026-12-02  in 40 days  suppressed → warning  WA113  Marketing from the Business app: the waiver
                                                       ended: moves in spring (line 3)

2 changes for 1 of 1 campaign until 2027-04-21 (as of 2026-10-23)
""",
    )


def test_what_a_waiver_accepts_is_upcoming_when_it_ends_soon(run: Any) -> None:
    options = (*app_and_waiver(), "--ignore", "policylint", "--fail-on", "warning", "--format", "concise")
    status, out = run("check", *options, "--as-of", "2026-11-24", "--fail-on-upcoming", "7d")
    assert (status, "upcoming" in out) == (0, False)
    status, out = run("check", *options, "--as-of", "2026-11-24", "--fail-on-upcoming", "8d")
    assert status == 1
    assert out.splitlines()[0] == (
        "app.yaml:3:10: upcoming warning[whatsapp/marketing-from-business-app] app sends marketing (newsletter) from"
        " the WhatsApp Business app: warning from 2026-12-02, in 8 days; now suppressed"
    )


@pytest.mark.parametrize(("named", "changes"), [(True, [("suppressed", "error")]), (False, [("warning", "error")])])
def test_what_becomes_worse_than_the_baseline_has_it_is_a_change(
    named: bool, changes: list[tuple[str, str]], run: Any
) -> None:
    options = (*app_and_waiver(), "--format", "json")
    Path("policylint-waivers.yaml").unlink()
    run("baseline", "--as-of", "2019-11-01", "app.yaml")
    baseline = ("--baseline", "policylint-baseline.jsonl") if named else ()
    _, out = run("timeline", *options, *baseline, "--as-of", "2019-11-01")
    assert [(one["before"], one["after"]) for one in json.loads(out)["campaigns"][0]["changes"]] == changes
    status, out = run("diff", *options, *baseline, "--from", "2019-11-01", "--to", "2019-12-07")
    assert status == 1
    assert [(one["before"], one["after"]) for one in json.loads(out)["campaigns"][0]["changes"]] == changes


def test_the_baseline_knows_a_campaign_in_a_file_of_another_name(run: Any) -> None:
    app_and_waiver()
    Path("policylint-waivers.yaml").unlink()
    run("baseline", "--as-of", "2019-11-01", "app.yaml", "all.yaml")
    Path("app.yaml").rename("other.yaml")
    options = ("--select", "WA113", "--baseline", "policylint-baseline.jsonl", "--format", "json")
    _, out = run("timeline", *options, "--as-of", "2019-11-01", "other.yaml")
    (campaign,) = json.loads(out)["campaigns"]
    assert [(one["before"], one["after"]) for one in campaign["changes"]] == [("suppressed", "error")]


def test_where_there_is_little_room_the_words_stand_below(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "64")
    _, out = run("timeline", *RULES, "--as-of", "2019-12-06", "--horizon", "1d", "all.yaml")
    assert out == (
        """\
all.yaml:2:5: weekly, 2019-11-01 to 2020-01-31
  2019-12-07  in 1 day  warning → error  WA101
      Bulk or newsletter messages from the consumer app or an
      unofficial client: legal action too, also on evidence from
      outside WhatsApp (line 4)

1 change for 1 of 2 campaigns until 2019-12-07, 1 beginning later (as of 2019-12-06)
"""
    )


def test_places_of_one_change_share_a_row(run: Any) -> None:
    message = "      - {kind: template, category: utility, body: x, template: {components: [{type: carousel}]}}\n"
    text = "campaign: two\nchannel: whatsapp\nsender: {product: business_platform}\nmessages:\n"
    Path("two.yaml").write_text(text + message * 2, encoding="utf-8")
    _, out = run("timeline", "--isolated", "--select", "WA405", "--as-of", "2025-06-01", "two.yaml")
    assert out == (
        """\
two.yaml:1:1: two, no days of its own
  2025-07-01  in 30 days  passes → error  WA405  Promotion in a utility template: stricter
                                                 definition of utility (lines 5, 6)

1 change for 1 of 1 campaign until 2025-11-28 (as of 2025-06-01)
"""
    )


def test_what_becomes_undecided_is_shown_where_asked_for(run: Any) -> None:
    Path("sent.yaml").write_text(
        "campaign: sent\nchannel: email\npurpose: newsletter\naudience: {size: '{{ size }}'}\n", encoding="utf-8"
    )
    options = ("timeline", "--isolated", "--select", "EMAIL001", "--as-of", "2024-01-01", "sent.yaml")
    assert run(*options) == (0, "no change for 1 campaign until 2024-06-29 (as of 2024-01-01)\n")
    _, out = run(*options, "--show-undecided")
    assert out.splitlines()[1].startswith("  2024-02-01  in 31 days  passes → undecided  EMAIL001  ")


def test_colours_are_those_of_the_severities(run: Any) -> None:
    _, out = run("timeline", *RULES, "--as-of", "2019-12-06", "--horizon", "1d", "--color", "always", "all.yaml")
    head, row, *_ = out.splitlines()
    assert head == "\x1b[1mall.yaml:2:5:\x1b[0m weekly, 2019-11-01 to 2020-01-31"
    assert row.startswith("  2019-12-07  in 1 day  \x1b[1;33mwarning\x1b[0m → \x1b[1;31merror\x1b[0m  WA101  Bulk ")


def test_nothing_judged_is_said_loudly(run: Any) -> None:
    Path("empty.yaml").write_text("a: b\n", encoding="utf-8")
    assert run("timeline", "--isolated", "--as-of", "2026-01-01", "empty.yaml") == (
        0,
        "0 campaigns found in 1 file: nothing was judged\n"
        "no change for 0 campaigns until 2026-06-30 (as of 2026-01-01)\n",
    )


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(date(2019, 11, 1), date(2020, 1, 31), own=True), "2019-11-01 to 2020-01-31"),
        (Window(date(2019, 11, 1), date(2019, 11, 1), own=True), "2019-11-01"),
        (Window(date(2019, 11, 1), None, own=True), "from 2019-11-01 on"),
        (Window(date(2019, 11, 1), date(2019, 11, 1), own=False), "no days of its own"),
    ],
)
def test_the_days_of_a_campaign_in_words(window: Window, expected: str) -> None:
    assert window_in_words(window) == expected


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (Cause(CauseKind.STEP, date(2026, 1, 1), "announced"), "announced"),
        (
            Cause(CauseKind.STEP, date(2026, 1, 1), "Meta's page", observed=True),
            "known to hold from this day on: Meta's page",
        ),
        (Cause(CauseKind.STEP, date(2026, 1, 1), "", observed=True), "known to hold from this day on"),
        (Cause(CauseKind.PARAMETER, date(2026, 1, 1), "maximum is 2, not 5"), "maximum is 2, not 5"),
        (Cause(CauseKind.SUPPRESSION, date(2026, 1, 1), "ticket"), "the suppression ended: ticket"),
    ],
)
def test_a_cause_in_words(cause: Cause, expected: str) -> None:
    assert cause_in_words(cause) == expected


# --- a timeline for programs --------------------------------------------------------------------------------------


def test_json_holds_every_campaign_that_was_looked_at(run: Any) -> None:
    status, out = run("timeline", *RULES, "--as-of", "2019-11-15", "--format", "json", "all.yaml")
    found = json.loads(out)
    jsonschema.validate(found, resources.schema("timeline"))
    assert status == 0
    assert found["summary"] == {"files": 1, "campaigns": 2, "changes": 2, "later": 1}
    assert (found["version"], found["as_of"], found["at"], found["horizon"]) == (
        *("0.1.0", "2019-11-15"),
        *(None, "2020-05-13"),
    )
    assert found["packs"]["whatsapp"]["version"] == "2026-11-23"
    weekly, app = found["campaigns"]
    (change,) = weekly.pop("changes")
    assert weekly == {
        "campaign": "weekly",
        "path": "all.yaml",
        "line": 2,
        "column": 5,
        "format": "native",
        "runs": {"first": "2019-11-01", "last": "2020-01-31"},
        "looked_at": {"first": "2019-11-15", "last": "2020-01-31"},
        "standing": "warning",
    }
    sources = change.pop("sources")
    assert [source["edition"] for source in sources] == ["2018-04-24", "2021-01-04", "2019-06-11"]
    fingerprint = change.pop("fingerprint")
    assert len(fingerprint) == 32
    assert change == {
        "date": "2019-12-07",
        "rule": "whatsapp/bulk-from-consumer-app",
        "code": "WA101",
        "title": "Bulk or newsletter messages from the consumer app or an unofficial client",
        "before": "warning",
        "after": "error",
        "message": "weekly sends bulk or newsletter messages from a WhatsApp app account",
        "path": "all.yaml",
        "line": 4,
        "column": 14,
        "end_line": 4,
        "end_column": 24,
        "pointer": "/campaigns/0/purpose",
        "campaign": "weekly",
        "causes": [
            {
                "kind": "step",
                "date": "2019-12-07",
                "severity": "error",
                "observed": False,
                "note": "legal action too, also on evidence from outside WhatsApp",
            }
        ],
    }
    assert (app["runs"], app["looked_at"]) == (None, {"first": "2019-11-15", "last": "2020-05-13"})
    assert [(one["kind"], one["note"]) for one in app["changes"][0]["causes"]] == [
        ("suppression", "moving; see ticket, 4711")
    ]


def test_what_several_schemas_say_of_changes_is_the_same() -> None:
    timeline, diff, report = (resources.schema(name)["$defs"] for name in ("timeline", "diff", "report"))
    assert timeline == diff
    for name in ("change", "cause", "source", "pack"):
        assert timeline[name] == report[name]


# --- a timeline for calendars -------------------------------------------------------------------------------------


def events(path: Path) -> list[dict[str, Any]]:
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    assert calendar.errors == []
    assert all(component.errors == [] for component in calendar.walk())
    assert (calendar["VERSION"], calendar["PRODID"]) == ("2.0", "-//policylint//policylint 0.1.0//EN")
    return [{name: event.decoded(name) for name in event} for event in calendar.walk("VEVENT")]


def test_the_calendar_has_an_event_for_each_campaign_and_day(run: Any, folder: Path) -> None:
    run("timeline", *RULES, "--as-of", "2019-11-15", "--ics", "out.ics", "all.yaml")
    found = events(folder / "out.ics")
    assert [(event["DTSTART"], event["SUMMARY"]) for event in found] == [
        (date(2019, 12, 7), "weekly: WA101 becomes an error"),
        (date(2019, 12, 21), "from the app: WA113 becomes an error"),
    ]
    assert {event["DTSTAMP"] for event in found} == {datetime(2019, 11, 15, tzinfo=timezone.utc)}
    assert found[1]["DESCRIPTION"].splitlines()[:3] == [
        "suppressed → error: WA113 Marketing from the Business app",
        "from the app sends marketing (newsletter) from the WhatsApp Business app",
        "the suppression ended: moving; see ticket, 4711",
    ]


def test_an_event_has_the_same_uid_in_later_calendars(run: Any, folder: Path) -> None:
    run("timeline", *RULES, "--as-of", "2019-11-15", "--ics", "one.ics", "all.yaml")
    (folder / "all.yaml").write_text(f"# moved\n\n{TEXT}", encoding="utf-8")
    run("timeline", *RULES, "--as-of", "2019-12-01", "--horizon", "2020-12-31", "--ics", "two.ics", "all.yaml")
    one, two = ([event["UID"] for event in events(folder / name)] for name in ("one.ics", "two.ics"))
    assert len(set(one)) == 2
    assert two[: len(one)] == one


def test_what_files_say_is_escaped_and_lines_are_short(tmp_path: Path) -> None:
    def timeline_of(name: str) -> CampaignTimeline:
        finding = BULK._replace(message=f"{name}; sends, 100% \\ bulk", campaign=name)
        cause = Cause(CauseKind.STEP, date(2027, 1, 1), "legal action; too,\nso", RULE.enforcement[1].severity)
        change = Change(date(2027, 1, 1), RULE, Standing.WARNING, Standing.ERROR, finding, (cause,))
        window = Window(date(2026, 1, 1), None, own=True)
        days = (date(2026, 11, 23), date(2027, 5, 22))
        return CampaignTimeline(
            f"a/{name}.yaml", name, position("", 0), "native", window, *days, Standing.WARNING, (change,)
        )

    names = [*HOSTILE_NAMES, "BEGIN:VEVENT\r\nEND:VEVENT", "\ud800", "ü" * 200, "企" * 60]
    campaigns = tuple(timeline_of(name) for name in names)
    found = Timeline(date(2026, 11, 23), None, date(2027, 5, 22), 1, campaigns, 0)
    raw = calendar_file.render(found).encode("utf-8")
    (tmp_path / "out.ics").write_bytes(raw)
    lines = raw.split(b"\r\n")
    assert lines.pop() == b""
    assert not any(b"\r" in line or b"\n" in line or len(line) > 75 for line in lines)
    assert all(line.decode("utf-8") for line in lines)  # no character is cut
    read = events(tmp_path / "out.ics")
    assert len(read) == len(names)
    assert len({event["UID"] for event in read}) == len(names)
    titles = [event["SUMMARY"] for event in read]
    assert titles[0] == "<script>alert(1)</script>: EC101 becomes an error"
    assert "a | b `c` *d* _e_ ~f~ $g$ \\| &amp; 'h' \"i\": EC101 becomes an error" in titles
    assert titles[-4:] == [
        f"{shown}: EC101 becomes an error" for shown in ("BEGIN:VEVENT END:VEVENT", "\\ud800", "ü" * 200, "企" * 60)
    ]
    assert read[0]["DESCRIPTION"] == (
        "warning → error: EC101 Bulk message\n"
        "<script>alert(1)</script>; sends, 100% \\ bulk\n"
        "legal action; too, so\n"
        "ExampleChat Terms, 4.2 (e): https://example.org/terms\n"
        "campaigns/weekly.yaml:3:10"
    )


@pytest.mark.parametrize(
    ("after", "count", "title"),
    [
        (Standing.ERROR, 1, "weekly: EC101 becomes an error"),
        (Standing.WARNING, 1, "weekly: EC101 becomes a warning"),
        (Standing.INFO, 1, "weekly: EC101 becomes an info"),
        (Standing.PASSES, 1, "weekly: EC101 ends"),
        (Standing.SUPPRESSED, 1, "weekly: EC101 is suppressed"),
        (Standing.UNDECIDED, 1, "weekly: EC101 can no longer be told"),
        (Standing.ERROR, 3, "weekly: EC101 becomes an error, EC102 becomes an error, EC103 becomes an error"),
        (Standing.ERROR, 4, "weekly: 4 rules change"),
    ],
)
def test_the_title_of_an_event_says_what_happens(after: Standing, count: int, title: str) -> None:
    before = Standing.WARNING if after is Standing.ERROR else Standing.ERROR
    rules = [RULE._replace(code=f"EC10{number + 1}") for number in range(count)]
    changes = tuple(Change(date(2027, 1, 1), rule, before, after, BULK, ()) for rule in rules)
    days = (date(2026, 11, 23), date(2027, 5, 22))
    window = Window(*days, own=False)
    campaign = CampaignTimeline("a.yaml", "weekly", position("", 0), "native", window, *days, before, changes)
    text = calendar_file.render(Timeline(days[0], None, days[1], 1, (campaign,), 0))
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["SUMMARY"] == title


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("timeline --as-of 2026-2-1", "argument --as-of: '2026-2-1' is not a day: write YYYY-MM-DD"),
        ("timeline --horizon 5", "argument --horizon: '5' is no day: write YYYY-MM-DD, or 180d"),
        ("timeline --horizon 2026-13-01", "argument --horizon: '2026-13-01' is no day: write YYYY-MM-DD, or 180d"),
        ("diff --from x --to 90d", "argument --from: 'x' is not a day: write YYYY-MM-DD"),
        ("diff --to 2026-02-30", "argument --to: '2026-02-30' is no day: write YYYY-MM-DD, or 180d"),
        ("diff", "the following arguments are required: --to"),
        ("check --fail-on-upcoming 14", "argument --fail-on-upcoming: '14' is not a number of days: write 180d"),
    ],
)
def test_a_day_that_there_is_not_is_a_usage_error(command: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "all.yaml"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"policylint {command.split()[0]}: error: {said}"


def test_a_calendar_is_refused_before_the_run_where_it_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["timeline", "--ics", "nowhere/out.ics", "all.yaml"]) == 2
    assert capsys.readouterr().err == (
        "policylint: there is no folder 'nowhere' for the report out.ics\n  hint: make the folder first\n"
    )


# --- two days compared --------------------------------------------------------------------------------------------


def test_the_difference_names_the_terms_and_what_the_step_says(run: Any) -> None:
    status, out = run("diff", *RULES, "--from", "2019-12-06", "--to", "2019-12-07", "all.yaml")
    head, _, rest = out.partition("\n")
    assert status == 1
    assert head == (
        "all.yaml:4:14: warning → error [whatsapp/bulk-from-consumer-app] "
        "weekly sends bulk or newsletter messages from a WhatsApp app account"
    )
    assert rest == (
        """\
   = 2019-12-07: error: legal action too, also on evidence from outside WhatsApp
   = terms: WhatsApp Terms of Service (EEA), Acceptable use, legal and acceptable use (e), edition
            of 2018-04-24 · https://www.whatsapp.com/legal/terms-of-service-eea
   = terms: WhatsApp Terms of Service, Acceptable use, legal and acceptable use (e), edition of
            2021-01-04 · https://www.whatsapp.com/legal/terms-of-service
   = terms: WhatsApp FAQ: Unauthorized use of automated or bulk messaging on WhatsApp, On- and
            off-platform evidence, from 7 December 2019, edition of 2019-06-11 ·
            https://faq.whatsapp.com/5957850900902049

1 verdict changed from 2019-12-06 to 2019-12-07 · 2 campaigns (1 not running on 2019-12-07)
"""
    )


def test_a_suppression_that_ends_is_a_difference_too_and_terms_are_named_once(run: Any) -> None:
    Path("more.yaml").write_text(TEXT.replace("until=2019-12-20", "until=2019-12-21"), encoding="utf-8")
    status, out = run("diff", "--isolated", "--select", "WA113", "--from", "2019-12-20", "--to", "2d", ".")
    lines = out.splitlines()
    assert status == 1
    assert [line for line in lines if "→" in line or line.startswith("   = 2019") or "as above" in line] == [
        "all.yaml:9:14: suppressed → error [whatsapp/marketing-from-business-app] from the app sends marketing"
        " (newsletter) from the WhatsApp Business app",
        "   = 2019-12-21: the suppression ended: moving; see ticket, 4711",
        "more.yaml:9:14: suppressed → error [whatsapp/marketing-from-business-app] from the app sends marketing"
        " (newsletter) from the WhatsApp Business app",
        "   = 2019-12-22: the suppression ended: moving; see ticket, 4711",
        "   = terms: as above, and in `policylint explain WA113`",
    ]


def test_where_nothing_is_different_the_status_is_0(run: Any) -> None:
    assert run("diff", *RULES, "--from", "2019-12-07", "--to", "2019-12-20", "all.yaml") == (
        0,
        "no verdict changed from 2019-12-07 to 2019-12-20 · 2 campaigns (1 not running on 2019-12-20)\n",
    )


def test_the_difference_as_json(run: Any) -> None:
    options = ("--isolated", "--select", "WA101", "--from", "2021-01-01", "--to", "2019-01-01", "--format", "json")
    status, out = run("diff", *options, "--all", "all.yaml")
    found = json.loads(out)
    jsonschema.validate(found, resources.schema("diff"))
    assert status == 1
    assert (found["from"], found["to"]) == ("2021-01-01", "2019-01-01")
    assert found["summary"] == {"files": 1, "campaigns": 3, "changes": 1, "left_out": 0}
    assert [
        (one["before"], one["after"], [(cause["date"], cause["note"]) for cause in one["causes"]])
        for campaign in found["campaigns"]
        for one in campaign["changes"]
    ] == [("error", "warning", [("2019-12-07", "legal action too, also on evidence from outside WhatsApp")])]


def test_a_second_day_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "all.yaml"]) == 2
    assert "the following arguments are required: --to" in capsys.readouterr().err
    assert main(["diff", "--to", "soon", "all.yaml"]) == 2
    assert "argument --to: 'soon' is no day: write YYYY-MM-DD, or 180d" in capsys.readouterr().err
