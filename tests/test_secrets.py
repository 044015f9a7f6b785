"""Where secrets stand in a piece of a source text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from policylint.cli import main
from policylint.model.source import Position, Region
from policylint.reporters.frame import excerpt
from policylint.reporters.secrets import is_secret_name, secret_spans, without_secrets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WAHA_API_KEY=ab cd # why", "WAHA_API_KEY=***** # why"),
        ("export TOKEN='a # b' # c", "export TOKEN='*****' # c"),
        ("      - DB_PASSWORD=abcdefg", "      - DB_PASSWORD=*******"),
        ("      DB_PASSWORD: abc def", "      DB_PASSWORD: *******"),
        ("{DB_PASSWORD: abc, B: 1}", "{DB_PASSWORD: ***, B: 1}"),
        ('"apiKey":"x\\"y","name":"n"', '"apiKey":"****","name":"n"'),
        ('{"name": "apikey", "value": "abcdef"}', '{"name": "apikey", "value": "******"}'),
        ("- name: X_TOKEN\n  value: zzz", "- name: X_TOKEN\n  value: ***"),
        ("url: https://x.org/send?token=abcd&to=1", "url: https://x.org/send?token=****&to=1"),
        ("A=postgres://u:p@ss@db/x", "A=postgres://u:****@db/x"),
        ("Authorization: Basic abcdefgh", "Authorization: **************"),
        ("-H 'X: Bearer abcdefgh'", "-H 'X: Bearer ********'"),
        ("/instances/3A/token/abcdefgh/send-text", "/instances/3A/token/********/send-text"),
        ("a: sk-0123456789abcdef0", "a: ********************"),
        ("API_KEY=${X:-abc}", "API_KEY=*********"),
        ("PASSWORD='abc", "PASSWORD='***"),
        ("GATEWAY_URL=https://x.org/chat?token=abcd&to=1", "GATEWAY_URL=https://x.org/chat?token=****&to=1"),
        ('"command": "curl -H \'apikey: abcd\' -u me:efgh x"', '"command": "curl -H \'apikey: ****\' -u me:**** x"'),
        ("UAZAPI=a1b2c3d4e5f6", "UAZAPI=************"),
        ("DEVICE_ID: 550e8400-e29b-41d4-a716-446655440000", "DEVICE_ID: ************************************"),
        ("LIMIT=5 # was a1b2c3d4e5f6", "LIMIT=5 # was ************"),
    ],
)
def test_secrets_are_found(text: str, expected: str) -> None:
    assert without_secrets(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "API_KEY=",
        "API_KEY= # none yet",
        "AUTHENTICATION_API_KEY=${EVOLUTION_API_KEY}",
        "token: {{ $json.token }}",
        "apiKey: '={{ $env.KEY }}'",
        "TOKEN=<your token>",
        "key = process.env.API_KEY",
        "max_tokens: 500",
        "use_token: true",
        "channel_key: welcome",
        "primary_key: id",
        "keywords: [STOP]",
        "TOKEN_FILE=/run/secrets/x",
        "password:\n  - x",
        "key: value",
        "https://x.org:8080/a@b",
        "PHONE_NUMBER_ID=106540000000000",
        "CONTACTS_CSV=contacts-2026-12-01.csv",
        "IMAGE=evolution-api-v2",
        "TEMPLATE=spring_offer_2026_v2",
        "name: a1b2c3d4e5f6",
    ],
)
def test_what_is_no_secret_is_left(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("SECRET", True), ("clientSecret", True), ("X-API-Key", True), ("anon_key", True), ("SUPABASE_KEY", True)),
        *(("DB_PASS", True), ("senha", True), ("token", True), ("foreign_key", False), ("key", False), ("keys", False)),
        *(("", False), ("_", False), ("tokens", False), ("password_policy", False), ("compass", False)),
    ],
)
def test_names_of_secrets(name: str, expected: bool) -> None:
    assert is_secret_name(name) is expected


def test_a_line_is_shown_with_its_secrets_masked_and_the_region_where_it_is() -> None:
    text = "A=1\nUAZAPI_TOKEN=geheim # x\n"
    region = Region(Position(2, 14, 17), Position(2, 20, 23))
    found = excerpt(text, region, 80)
    assert found is not None
    assert (found.text, found.indent, found.length) == ("UAZAPI_TOKEN=****** # x", 13, 6)


def test_a_secret_that_begins_before_the_window_or_is_named_above_stays_masked() -> None:
    text = '{"token": "' + "geheim" * 200 + '", "to": 5}'
    at = text.index('"to"')
    found = excerpt(text, Region(Position(1, at + 1, at), Position(1, at + 5, at + 4)), 60)
    assert found is not None
    assert ("geheim" in found.text, '"to": 5' in found.text) == (False, True)
    text = '"name": "x-api-key",\n"value": "geheim"\n'
    found = excerpt(text, Region(Position(2, 10, 30), Position(2, 18, 38)), 60)
    assert found is not None
    assert found.text == '"value": "******"'


@pytest.mark.parametrize("piece", ["a", "a=", '"', "name: ", "://a:", "a.b-c", "x: ", "token='", "eyJ", "Bearer "])
def test_a_long_line_takes_no_time(piece: str) -> None:
    text = piece * (4000 // len(piece))
    start = time.process_time()
    list(secret_spans(text))
    assert time.process_time() - start < 0.5


LEAKING = """\
campaign: a
channel: email
sender: {token: geheim, product: consumer_app}
opt_out: {url: 'http://x.example/out?token=geheim', one_click: {address: 'http://x.example/out?token=geheim'}}
messages: [{subject: 'Re: api_key=geheim', body: 'Log in at https://a:geheim@x.example', template: {password: geheim}}]
"""


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "style", ["text", "text --audience marketing", "text --audience dev", "concise", "json", "sarif", "github", "html"]
)
def test_no_report_repeats_a_secret(
    style: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(LEAKING)
    options = f"--isolated --as-of 2026-11-23 --show-undecided --lang {language} --format {style}"
    assert main(["check", *options.split(), "."]) == 1
    report = capsys.readouterr().out
    assert ("Re: api_key=******" in report, "geheim" in report) == (True, False)


def test_inspect_repeats_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(LEAKING)
    main(["inspect", "--isolated", "c.yaml"])
    shown = capsys.readouterr().out
    assert ("sender.token: '******'" in shown, "geheim" in shown) == (True, False)
