"""`policylint docs`: the pages of rules and their index, what is stale, and the notes in the campaign schema."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policylint.cli import main
from policylint.errors import UsageError
from policylint.plugins import load_extensions
from policylint.ruledocs import Change, annotated, changes, escaped, rule_docs, write_changes
from tests.rulefiles import HEAD, NATIVE, PACK, compiled, write_pack

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs/rules"
SCHEMA = ROOT / "schemas/campaign.schema.json"
MARK = "<!-- Written by `policylint docs` from the files of the rules: change those, not this page. -->\n"
RULE = (
    HEAD.replace("A bad thing", "'A *bad* | thing'")
    .replace("Do a good thing.", "'Take $maximum_size or fewer, see https://example.org/a_b.'")
    .replace(
        "enforcement:\n", "enforcement:\n  - {observed: 2019-01-01, severity: warning, note: 'seen_here, on a page'}\n"
    )
    + """\
parameters:
  maximum_size: {values: {2018-01-01: 5, 2020-01-01: 3}, note: "people, as a | b"}
where:
  none: [{purpose: support}]
forbid:
  audience.size: {greater_than: $maximum_size}
caps: [{to: warning, where: {audience.size: {greater_than: 9}}, because: it_is small}]
tighten_only: true
waivable: false
fix:
  - {title: take $maximum_size, applicability: unsafe, edits: [{set: {audience.size: $maximum_size}}]}
  - {title: split a_list, applicability: suggestion, question: "Who is on which | list?"}
"""
)
CASES = """\
cases:
  - name: cannot be told
    undecided: true
    file: "campaign: x\\nchannel: whatsapp\\naudience: {size: '{{ size }}'}\\n"
  - name: three
    file: |
      campaign: few
      channel: whatsapp
      audience: {size: 3}
  - name: ten of *them*
    on: 2019-12-31
    filename: campaign.json
    findings: [{line: 1, severity: warning}]
    file: '{"campaign": "`many`", "channel": "whatsapp", "audience": {"size": 10}}'
    project: {.env: "A=1\\n"}
"""
PAGE = (
    MARK
    + """
# TT001: A \\*bad\\* \\| thing

Id: `house/bad`. Certainty: the terms forbid it. [All rules](README.md)

## What the terms say

It is bad.

## Since when

| From | Severity | What changes |
| --- | --- | --- |
| 2019-01-01 (observed) | warning | seen\\_here, on a page |
| 2020-01-01 | error | from this day |

Observed: known to hold on that day. When it began is not known, and before it the rule is undecided.

## What is reported

```text
$campaign does a bad thing
```

Ten of \\*them\\*, judged on 2019-12-31:

`.env`

```text
A=1
```

`campaign.json`

```json
{"campaign": "`many`", "channel": "whatsapp", "audience": {"size": 10}}
```

## What is fine

Three:

```yaml
campaign: few
channel: whatsapp
audience: {size: 3}
```

## How to mend it

Take `$maximum_size` or fewer, see <https://example.org/a_b>.

| Made by | Fix | To be asked first |
| --- | --- | --- |
| `--fix --unsafe-fixes` | take `$maximum_size` |  |
| a person | split a\\_list | Who is on which \\| list? |

## When it applies and fires

Looks at campaigns of the channel `whatsapp`.

Applies where:

```text
none of
  purpose is support
```

Fires when:

```text
audience.size is greater than $maximum_size
```

At most warning (it\\_is small), unless it is certainly not so that:

```text
audience.size is greater than 9
```

The configuration may make this rule stricter, never milder.

No suppression, waiver or baseline may accept its findings.

## Parameters

| Name | Value | Note |
| --- | --- | --- |
| `maximum_size` | 5 from 2018-01-01, 3 from 2020-01-01 | people, as a \\| b |

## Sources

- [House rules](<https://example.org/house>), edition of 2026-01-01, read on 2026-11-23
  - 1
  - primary: the text itself was read
"""
)
OTHER = HEAD.replace("TT001", "XX001").replace("2020-01-01", "2019-06-01") + "forbid: {purpose: newsletter}\n"


def house(folder: Path) -> Path:
    files = {"bad.yaml": RULE, "bad.test.yaml": CASES, "other.yaml": OTHER}
    return write_pack(folder / "house", files | {"pack.yaml": PACK + "topics: {T: First_things, TT: Things}\n"})


# --- the pages of the rules that come along -------------------------------------------------------------------------


def test_the_pages_and_the_schema_are_as_policylint_docs_writes_them() -> None:
    docs = rule_docs([], PAGES, SCHEMA, load_extensions(installed=False))
    stale = [f"{change.path.relative_to(ROOT).as_posix()} is {change.what}" for change in changes(docs)]
    assert stale == [], "run `policylint docs --schema schemas/campaign.schema.json`"


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = sorted(PAGES.glob("*.md"))
    assert pages
    for page in pages:
        text = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        links = re.findall(r"\]\(<?([^)>]+)>?\)", text)
        assert links
        assert [link for link in links if "://" not in link and not (PAGES / link).is_file()] == []


def test_every_page_has_its_sections_and_ends_in_one_line_feed() -> None:
    sections = ["What the terms say", "Since when", "What is reported", "What is fine", "How to mend it"]
    sections += ["When it applies and fires", "Sources"]
    for page in PAGES.glob("[A-Z]*[0-9].md"):
        raw = page.read_bytes()
        assert raw.endswith(b"\n")
        assert not raw.endswith(b"\n\n")
        assert b"\r" not in raw
        headings = re.findall(r"^## (.*)$", raw.decode(), re.MULTILINE)
        assert [heading for heading in headings if heading != "Parameters"] == sections


# --- a pack of one's own --------------------------------------------------------------------------------------------


def test_a_page_says_all_that_the_rule_says(tmp_path: Path) -> None:
    docs = rule_docs([house(tmp_path)], tmp_path / "docs", None, NATIVE)
    assert docs.texts[tmp_path / "docs/TT001.md"] == PAGE


def test_a_rule_without_cases_has_a_page_without_examples(tmp_path: Path) -> None:
    page = rule_docs([house(tmp_path)], tmp_path, None, NATIVE).texts[tmp_path / "XX001.md"]
    assert "## What is fine" not in page
    assert "```text\n$campaign does a bad thing\n```\n\n## How to mend it\n" in page


def test_the_index_is_by_topic_and_by_date(tmp_path: Path) -> None:
    index = rule_docs([house(tmp_path)], tmp_path, None, NATIVE).texts[tmp_path / "README.md"]
    assert index.startswith(MARK)
    bad = "[TT001](TT001.md)"
    other = "[XX001](XX001.md)"
    assert index[index.index("## House rules") :] == (
        "## House rules\n\n"
        "### Things\n\n"
        "| Rule | What is wrong | Severity | Certainty |\n| --- | --- | --- | --- |\n"
        f"| {bad} | A \\*bad\\* \\| thing | warning from 2019-01-01 (observed), then error from 2020-01-01 "
        "| the terms forbid it |\n\n"
        "### Other\n\n"
        "| Rule | What is wrong | Severity | Certainty |\n| --- | --- | --- | --- |\n"
        f"| {other} | A bad thing | error from 2019-06-01 | the terms forbid it |\n\n"
        "## By date\n\n"
        "| From | Rule | Severity | What changes |\n| --- | --- | --- | --- |\n"
        f"| 2019-01-01 (observed) | {bad} | warning | seen\\_here, on a page |\n"
        f"| 2019-06-01 | {other} | error | from this day |\n"
        f"| 2020-01-01 | {bad} | error | from this day |\n"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\n  lines", "two lines"),
        ("a_b *c* `d` <e> [f](g) #h |i| ~j~ &k; \\", r"a\_b \*c\* \`d\` \<e\> \[f\](g) \#h \|i\| \~j\~ \&k; \\"),
        ("$value of ${sender.provider}, 5 $ or $5", r"`$value` of `${sender.provider}`, 5 \$ or `$5`"),
        ("see https://example.org/a_b(c), or not", "see <https://example.org/a_b(c>), or not"),
        ("- no list", r"\- no list"),
        ("12. no list", r"12\. no list"),
        ("3) no list", r"3\) no list"),
        ("2026 is no list", "2026 is no list"),
    ],
)
def test_texts_are_shown_as_they_are(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_case_with_a_fence_of_its_own_has_a_longer_one_around_it(tmp_path: Path) -> None:
    pack = house(tmp_path)
    path = pack / "bad.test.yaml"
    path.write_text(path.read_text().replace("campaign: few\n", "campaign: few\n      name: '```'\n"))
    page = rule_docs([pack], tmp_path, None, NATIVE).texts[tmp_path / "TT001.md"]
    assert "````yaml\ncampaign: few\nname: '```'\n" in page


# --- stale, missing, left over --------------------------------------------------------------------------------------


def test_changes_are_named_and_written_and_then_there_are_none(tmp_path: Path) -> None:
    pages = tmp_path / "docs"
    docs = rule_docs([house(tmp_path)], pages, None, NATIVE)
    write_changes(changes(docs))
    assert sorted(path.name for path in pages.iterdir()) == ["README.md", "TT001.md", "XX001.md"]
    assert changes(docs) == []
    (pages / "TT001.md").write_bytes(PAGE.replace("\n", "\r\n").encode())
    assert changes(docs) == []
    (pages / "TT001.md").write_text(MARK)
    (pages / "XX001.md").unlink()
    (pages / "TT009.md").write_text(MARK)
    (pages / "notes.md").write_text("Somebody's own.\n")
    found = changes(docs)
    assert found == [
        Change(pages / "TT001.md", "stale", PAGE),
        Change(pages / "TT009.md", "left over", None),
        Change(pages / "XX001.md", "missing", docs.texts[pages / "XX001.md"]),
    ]
    write_changes(found)
    assert changes(docs) == []
    assert sorted(path.name for path in pages.iterdir()) == ["README.md", "TT001.md", "XX001.md", "notes.md"]


def test_a_file_of_somebody_elses_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# My project\n")
    with pytest.raises(UsageError, match=r"README\.md is not a page of `policylint docs`"):
        changes(rule_docs([house(tmp_path)], tmp_path, None, NATIVE))


def test_check_writes_nothing_and_has_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.json").write_text('{"properties": {"purpose": {}}}')
    command = ["docs", "house", "--output", "pages", "--schema", "s.json"]
    assert main([*command, "--check"]) == 1
    names = ["pages/README.md", "pages/TT001.md", "pages/XX001.md"]
    missing = "".join(f"{name}: missing\n" for name in names)
    assert capsys.readouterr().out == f"{missing}s.json: stale\n4 files, 4 not up to date\n"
    assert not (tmp_path / "pages").exists()
    assert main(command) == 0
    written = "".join(f"{name}: written\n" for name in names)
    assert capsys.readouterr().out == f"{written}s.json: written\n4 files, 4 changed\n"
    assert main([*command, "--check"]) == 0
    assert capsys.readouterr().out == "4 files, none not up to date\n"


@pytest.mark.parametrize(
    ("text", "said"), [("{", "s.json is not JSON: "), ("[]", "s.json is no JSON Schema"), (None, "s.json: cannot be")]
)
def test_a_schema_that_is_none_is_a_usage_error(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "s.json").write_text(text)
    with pytest.raises(UsageError, match=said):
        rule_docs([house(tmp_path)], tmp_path, tmp_path / "s.json", NATIVE)


# --- the schema -----------------------------------------------------------------------------------------------------


def test_fields_name_the_rules_that_read_them_and_nothing_else_changes() -> None:
    schema = {
        "title": "Größe",
        "properties": {
            "purpose": {"type": "string", "x-read-by": ["TT009"]},
            "name": {"x-read-by": ["TT009"]},
            "messages": {"items": {"$ref": "#/$defs/message"}},
        },
        "$defs": {"message": {"properties": {"body": {"type": "string"}, "kind": {}}}},
    }
    first = compiled("where: {purpose: survey}\nforbid: {messages: {some: {body: {present: true}}}}\n")
    second = compiled("select: messages[*]\nforbid: {body: {present: true}, campaign.purpose: survey}\n")
    second.rule = second.rule._replace(code="TT000")
    text = annotated(schema, [first, second])
    both = ["TT000", "TT001"]
    expected = {
        "title": "Größe",
        "properties": {
            "purpose": {"type": "string", "x-read-by": both},
            "name": {},
            "messages": {"items": {"$ref": "#/$defs/message"}, "x-read-by": both},
        },
        "$defs": {"message": {"properties": {"body": {"type": "string", "x-read-by": both}, "kind": {}}}},
    }
    assert text == json.dumps(expected, indent=2, ensure_ascii=False) + "\n"
    assert annotated(json.loads(text), [first, second]) == text
