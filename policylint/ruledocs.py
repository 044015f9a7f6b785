"""Rule packs → a page in Markdown for each rule, their index, and notes at the fields of the campaign schema."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint.errors import PolicylintError, UsageError
from policylint.model.tuples import NamedTuple
from policylint.reporters.wording import CERTAINTY_WORDS, CONFIDENCE_WORDS, FIX_WORDS
from policylint.rulepacks import load_packs
from policylint.ruletest import RuleTester, packs_of
from policylint.schema import resolve_reference
from policylint.sentences import condition_lines, conditions_of, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policylint.extensions import Extensions
    from policylint.model.rule import CompiledRule, Rule, RulePack, Step
    from policylint.ruletest import Case

_INDEX = "README.md"
MARK = "<!-- Written by `policylint docs`"
"""How every page begins. A file without it is somebody's own: it is not written over and not taken away."""
_MARK = f"{MARK} from the files of the rules: change those, not this page. -->"
_READ_BY = "x-read-by"
_NO_TOPIC = "Other"
_INTRODUCTION = """\
What the rules check, by topic and by date. A page says what the terms say, since when, when the rule fires, and how to
mend what it reports. `policylint explain CODE` shows the same in the terminal, and `policylint explain CODE FILE` why a
rule fires in a file or does not.

In messages `$campaign` stands for the id of the campaign, `$value` for what the file says, `$characters` for the code
points that were found, another name for a parameter of the rule, and a name in braces for a field of the campaign. In
examples `# expect:` marks the line of a finding."""
_URL = re.compile(r"(https?://[^\s<>]*[^\s<>.,;:)])")
_REFERENCE = re.compile(r"(\$(?:\{[\w.]+\}|\w+))")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_LIST_SIGN = re.compile(r"^(?=[-+=])|^(\d+)(?=[.)])")


class RuleDocs(NamedTuple):
    """What is to be written."""

    folder: Path
    texts: Mapping[Path, str]
    """Text of each file; those outside the folder are schemas."""


class Change(NamedTuple):
    """A file that is not as it should be."""

    path: Path
    what: str
    """``stale``, ``missing`` or ``left over``."""
    text: str | None
    """What it should hold; None for a file that should not be there."""

    @property
    def done(self) -> str:
        """What becomes of it, in a word."""
        return "removed" if self.text is None else "written"


class _Page(NamedTuple):
    compiled: CompiledRule
    cases: Sequence[Case]
    reviewed: date


# --- files --------------------------------------------------------------------------------------------------------


def rule_docs(paths: Sequence[Path], folder: Path, schema: Path | None, extensions: Extensions) -> RuleDocs:
    """Return the pages of rule packs, and the schema with the rules that read each field.

    Args:
        paths: Folders of packs; empty for the packs that come with policylint.
        folder: Where the pages stand.
        schema: A campaign schema that is to name the rules at its fields; None for none.
        extensions: What plugins contribute.

    Raises:
        RulePackError: A pack cannot be loaded.
        UsageError: A path is no pack, or the schema is not one.

    """
    folders = [(found, found.as_posix()) for found, _ in packs_of(paths)]
    testers = [RuleTester(pack, extensions) for pack in load_packs(folders)]
    pages = [
        _Page(compiled, tester.cases(compiled.rule), tester.pack.reviewed)
        for tester in testers
        for compiled in tester.compiled()
    ]
    texts = {folder / f"{page.compiled.rule.code}.md": page_text(*page) for page in pages}
    texts[folder / _INDEX] = index_text([tester.pack for tester in testers])
    if schema is not None:
        texts[schema] = annotated(_schema(schema), [page.compiled for page in pages])
    return RuleDocs(folder, texts)


def _schema(path: Path) -> dict[str, Any]:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}") from error
    if not isinstance(schema, dict):
        raise UsageError(f"{path} is no JSON Schema: it is not an object")
    return schema


def changes(docs: RuleDocs) -> list[Change]:
    """Return the files that are stale, missing or left over from a rule that is gone.

    Raises:
        UsageError: A page would take the place of a file that was not written by this command.

    """
    found: list[Change] = []
    for path, text in docs.texts.items():
        present = _present(path)
        if present is None:
            found.append(Change(path, "missing", text))
        elif present != text:
            if path.suffix == ".md" and not present.startswith(MARK):
                raise UsageError(f"{path.as_posix()} is not a page of `policylint docs`", "--output names a folder")
            found.append(Change(path, "stale", text))
    others = (path for path in docs.folder.glob("*.md") if path not in docs.texts)
    found += [Change(path, "left over", None) for path in others if (_present(path) or "").startswith(MARK)]
    return sorted(found, key=lambda change: change.path.as_posix())


def _present(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PolicylintError(f"{path}: cannot be read: {error.strerror}") from error


def write_changes(found: Iterable[Change]) -> None:
    """Write and remove files so that nothing is stale, missing or left over."""
    for change in found:
        try:
            if change.text is None:
                change.path.unlink()
            else:
                change.path.parent.mkdir(parents=True, exist_ok=True)
                change.path.write_bytes(change.text.encode())
        except OSError as error:
            raise PolicylintError(f"{change.path}: cannot be written: {error.strerror}") from error


# --- the page of a rule -------------------------------------------------------------------------------------------


def page_text(compiled: CompiledRule, cases: Sequence[Case], reviewed: date) -> str:
    """Return the page of a rule; a case that is judged on another day than ``reviewed`` says so."""
    rule = compiled.rule
    reported = next((case for case in cases if case.expected), None)
    fine = next((case for case in cases if not case.expected and not case.undecided), None)
    blocks = [
        _MARK,
        f"# {rule.code}: {escaped(rule.title)}",
        f"Id: `{rule.id}`. Certainty: {CERTAINTY_WORDS[rule.certainty]}. [All rules]({_INDEX})",
        "## What the terms say",
        escaped(rule.why),
        "## Since when",
        *_enforcement(rule.enforcement),
        "## What is reported",
        fenced(" ".join(rule.message.split())),
        *_case(reported, reviewed),
        *(["## What is fine", *_case(fine, reviewed)] if fine is not None else []),
        "## How to mend it",
        escaped(rule.solution),
        *_fixes(compiled),
        "## When it applies and fires",
        *_conditions(compiled),
        *_parameters(rule),
        "## Sources",
        "\n".join(_sources(rule)),
    ]
    return "\n\n".join(blocks) + "\n"


def _enforcement(steps: Sequence[Step]) -> Iterator[str]:
    rows = [(_begun(step), str(step.severity), escaped(step.note)) for step in steps]
    yield table(("From", "Severity", "What changes"), rows)
    if steps[0].observed:
        yield "Observed: known to hold on that day. When it began is not known, and before it the rule is undecided."


def _begun(step: Step) -> str:
    return f"{step.since} (observed)" if step.observed else f"{step.since}"


def _case(case: Case | None, reviewed: date) -> Iterator[str]:
    if case is None:
        return
    judged = f", judged on {case.on}" if case.on != reviewed else ""
    yield f"{escaped(_begun_large(case.name))}{judged}:"
    for name, text in case.project:
        yield f"`{name}`"
        yield fenced(text, Path(name).suffix)
    if case.project:
        yield f"`{case.filename}`"
    yield fenced(case.text, Path(case.filename).suffix)


def _begun_large(text: str) -> str:
    return text[:1].upper() + text[1:] if re.match("[a-z-]+( |$)", text) else text


def _conditions(compiled: CompiledRule) -> Iterator[str]:
    if compiled.rule.channel is not None:
        yield f"Looks at campaigns of the channel `{compiled.rule.channel}`."
    if compiled.rule.select:
        yield f"Looks at each of `{compiled.rule.select}`; names below are those of its fields."
    for heading, condition in conditions_of(compiled):
        yield f"{escaped(heading)}:"
        yield fenced("\n".join(condition_lines(condition, 0)))
    if compiled.rule.tighten_only:
        yield "The configuration may make this rule stricter, never milder."
    if compiled.rule.silent_when_unknown:
        yield "Says nothing of what a file leaves unknown, not even that it is undecided."
    if not compiled.rule.waivable:
        yield "No suppression, waiver or baseline may accept its findings."


def _fixes(compiled: CompiledRule) -> Iterator[str]:
    if compiled.fixes:
        rows = [
            (
                f"`{FIX_WORDS[fix.applicability]}`" if fix.edits else FIX_WORDS[fix.applicability],
                escaped(fix.title),
                escaped(fix.question or ""),
            )
            for fix in compiled.fixes
        ]
        yield table(("Made by", "Fix", "To be asked first"), rows)


def _parameters(rule: Rule) -> Iterator[str]:
    if not rule.parameters:
        return
    yield "## Parameters"
    notes = rule.document.data["parameters"]
    rows = []
    for name, parameter in rule.parameters.items():
        values = [
            said(value) if since == date.min else f"{said(value)} from {since}" for since, value in parameter.values
        ]
        rows.append((f"`{name}`", escaped(", ".join(values)), escaped(notes[name].get("note", ""))))
    yield table(("Name", "Value", "Note"), rows)


def _sources(rule: Rule) -> Iterator[str]:
    for source in rule.sources:
        terms = source.terms
        yield f"- [{escaped(terms.title)}](<{terms.url}>), edition of {terms.edition}, read on {terms.read}"
        yield f"  - {escaped(source.clause)}"
        yield f"  - {CONFIDENCE_WORDS[source.confidence]}"


# --- the index ----------------------------------------------------------------------------------------------------


def index_text(packs: Sequence[RulePack]) -> str:
    """Return the index of all pages: by topic, and every step of every rule by its day."""
    rules = sorted((rule for pack in packs for rule in pack.rules), key=lambda rule: rule.code)
    blocks = [_MARK, "# Rules", _INTRODUCTION]
    for pack in packs:
        blocks += [f"## {escaped(pack.title)}", *_topics(pack)]
    dated = sorted(((step, rule) for rule in rules for step in rule.enforcement), key=lambda e: (e[0].since, e[1].code))
    rows = [(_begun(step), _link(rule), str(step.severity), escaped(step.note)) for step, rule in dated]
    blocks += ["## By date", table(("From", "Rule", "Severity", "What changes"), rows)]
    return "\n\n".join(blocks) + "\n"


def _topics(pack: RulePack) -> Iterator[str]:
    def first_letters(rule: Rule) -> str:
        return max((start for start in pack.topics if rule.code.startswith(start)), key=len, default="")

    by_topic = sorted(pack.rules, key=lambda rule: (not first_letters(rule), first_letters(rule), rule.code))
    for start, rules in groupby(by_topic, first_letters):
        if pack.topics:
            yield f"### {escaped(pack.topics.get(start, _NO_TOPIC))}"
        rows = [
            (_link(rule), escaped(rule.title), _severities(rule), CERTAINTY_WORDS[rule.certainty]) for rule in rules
        ]
        yield table(("Rule", "What is wrong", "Severity", "Certainty"), rows)


def _link(rule: Rule) -> str:
    return f"[{rule.code}]({rule.code}.md)"


def _severities(rule: Rule) -> str:
    return ", then ".join(f"{step.severity} from {_begun(step)}" for step in rule.enforcement)


# --- Markdown -----------------------------------------------------------------------------------------------------


def escaped(text: str) -> str:
    """Return a text of a rule as one line of Markdown that shows it as it is; ``$names`` become code."""
    parts = _URL.split(" ".join(text.split()))
    shown = "".join(f"<{part}>" if index % 2 else _escaped_words(part) for index, part in enumerate(parts))
    return _LIST_SIGN.sub(r"\1\\", shown)


def _escaped_words(text: str) -> str:
    parts = _REFERENCE.split(text)
    return "".join(f"`{part}`" if index % 2 else _SPECIAL.sub(r"\\\1", part) for index, part in enumerate(parts))


def fenced(text: str, suffix: str = "") -> str:
    """Return a text as a code block; ``suffix`` is the ending of a file of its language."""
    language = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}.get(suffix, "text")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- the schema ---------------------------------------------------------------------------------------------------


def annotated(schema: dict[str, Any], rules: Iterable[CompiledRule]) -> str:
    """Return a campaign schema as text that names at each field the rules whose conditions read it.

    A field that no condition reads is not marked. A definition that several fields refer to, such as that of the
    buttons of a template and of a card, is marked for all of them together.
    """
    _clear(schema)
    readers: dict[int, tuple[dict[str, Any], set[str]]] = {}
    for compiled in rules:
        selected = [sum(compiled.select[: index + 1], ()) for index in range(len(compiled.select))]
        for path in {*compiled.parts.reads, *selected}:
            field = _field(schema, path)
            if field is not None:
                readers.setdefault(id(field), (field, set()))[1].add(compiled.rule.code)
    for field, codes in readers.values():
        field[_READ_BY] = sorted(codes)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _clear(part: Any) -> None:
    if isinstance(part, dict):
        if isinstance(part.get(_READ_BY), list):
            del part[_READ_BY]
        for value in part.values():
            _clear(value)
    elif isinstance(part, list):
        for value in part:
            _clear(value)


def _field(schema: dict[str, Any], path: Sequence[Any]) -> dict[str, Any] | None:
    """Return what a schema says of the field at a path, which passes through lists without a step of their own."""
    found = schema
    for name in path:
        found = _object(schema, found).get("properties", {}).get(name)
        if not isinstance(found, dict):
            return None
    return found


def _object(root: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part or "items" in part:
        part = resolve_reference(root, part["$ref"]) if "$ref" in part else part["items"]
    return part
