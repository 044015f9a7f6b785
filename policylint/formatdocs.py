"""The formats that are recognised → a list for the terminal, JSON, and a page in Markdown."""

from __future__ import annotations

import json
import re
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from policylint.errors import UsageError, did_you_mean
from policylint.model.tuples import NamedTuple
from policylint.parse import parse_text
from policylint.record import OF_THE_RECORD, record_schema
from policylint.ruledocs import MARK, escaped, fenced, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from policylint.extensions import Adapter, Extensions
    from policylint.model.source import Document

FORMATS_PAGE = "formats.md"
_MARK = f"{MARK} from what the adapters say of themselves: change those, not this page. -->"
_INTRODUCTION = """\
What policylint reads, by content and not by the name of the file, unless the format is one of named files. A file in
none of these formats has nothing to check; `sources:` in the configuration says how files of a shape of your own are
read, and `policylint init --from FILE` proposes it. `policylint inspect FILE` shows a file as the rules see it.

A format has a place for some fields of the [campaign record](../schemas/campaign.schema.json). What is missing there is
**absent**: the file could have said it and does not, and a rule may report that. All other fields are **known** where
something in the file shows them, and **unknown** elsewhere: then rules that need them are undecided, unless `defaults:`
in the configuration or the project's own files say it."""
# Names under which an example is read; a name that the text alone does not need is shown.
_NAMES = ("example.json", "example.yaml", ".env", "package.json", "requirements.txt", "go.mod", "pyproject.toml")
_CODE = re.compile(r"(`[^`]+`)")
_SPACED = re.compile(r"\S+(?: +\S+)*")
_PLAIN = frozenset(_NAMES[:2])


class Format(NamedTuple):
    """A format as it is shown."""

    adapter: Adapter
    file: str
    """Name of the file that the example is in."""


def formats(extensions: Extensions, names: Sequence[str] = ()) -> list[Format]:
    """Return the formats, in the order in which they are asked, or those named.

    Raises:
        UsageError: There is no format of such a name.

    """
    adapters = [candidate.load() for candidate in extensions.adapters]
    known = [adapter.name for adapter in adapters]
    for name in names:
        if name not in known:
            raise UsageError(f"there is no format '{name}'{did_you_mean(name, known)}", "see `policylint formats`")
    return [_shown(adapter) for adapter in adapters if not names or adapter.name in names]


def _shown(adapter: Adapter) -> Format:
    found = example_document(adapter)
    return Format(adapter, found.path if found else _NAMES[0])


def example_document(adapter: Adapter) -> Document | None:
    """Return an adapter's example as a document that it recognises, or None where it has none."""
    for name in _NAMES if adapter.example else ():
        for document in parse_text(name, adapter.example).documents:
            if adapter.recognises(document):
                return document
    return None


def not_carried(adapter: Adapter) -> list[str]:
    """Return the top-level fields of the record of which a format has a place for no part."""
    begun = {path.split(".")[0] for path in adapter.carries}
    return [name for name in record_schema().schema["properties"] if name not in begun | OF_THE_RECORD]


# --- terminal -----------------------------------------------------------------------------------------------------


def list_formats(shown: Sequence[Format], *, as_json: bool, with_examples: bool) -> str:
    """Return the formats as text or as JSON."""
    if as_json:
        return json.dumps([_as_data(each) for each in shown], indent=2, ensure_ascii=False) + "\n"
    lines: list[str] = []
    for each in shown:
        lines += [*_lines(each, with_example=with_examples), ""]
    if not with_examples:
        lines.append(f"{len(shown)} formats; `policylint formats NAME` shows an example")
    return "\n".join(lines).rstrip("\n") + "\n"


def _as_data(each: Format) -> dict[str, object]:
    adapter = each.adapter
    return {
        "name": adapter.name,
        "title": adapter.title,
        "signs": adapter.signs,
        "carries": list(adapter.carries),
        "example_file": each.file,
        "example": adapter.example,
    }


def _lines(each: Format, *, with_example: bool) -> Iterator[str]:
    adapter = each.adapter
    yield f"{adapter.name}: {adapter.title}"
    yield _wrapped(f"recognised by: {adapter.signs}")
    yield _wrapped(f"has a place for: {', '.join(_grouped(adapter.carries)) or 'no field of its own'}")
    if with_example and adapter.example:
        yield f"  example{'' if each.file in _PLAIN else f' ({each.file})'}:"
        yield ""
        yield textwrap.indent(adapter.example.rstrip("\n"), "    ")


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 96, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _grouped(paths: Iterable[str]) -> Iterator[str]:
    """Yield paths with a common parent as one: ``messages.{kind, body}``."""
    parted = sorted({(path.rpartition(".")[0], path.rpartition(".")[2]) for path in paths})
    for parent, group in groupby(parted, lambda part: part[0]):
        names = [name for _, name in group]
        if not parent:
            yield from names
        else:
            yield f"{parent}.{names[0]}" if len(names) == 1 else f"{parent}.{{{', '.join(names)}}}"


# --- Markdown -----------------------------------------------------------------------------------------------------


def formats_page(shown: Sequence[Format]) -> str:
    """Return the page of all formats."""
    rows = [
        (f"[{escaped(each.adapter.title)}](#{each.adapter.name})", _marked(each.adapter.signs), _carried(each.adapter))
        for each in shown
    ]
    head = ("Format", "Recognised by", "Absent where missing")
    blocks = [_MARK, "# Formats", _INTRODUCTION, table(head, rows)]
    for each in shown:
        blocks += _section(each)
    return "\n\n".join(blocks) + "\n"


def _marked(text: str) -> str:
    """Return a text as Markdown, in which what stands between backticks is code."""
    parts = _CODE.split(" ".join(text.split()))
    shown = [part.replace("|", r"\|") if index % 2 else _SPACED.sub(_escaped, part) for index, part in enumerate(parts)]
    return "".join(shown)


def _escaped(found: re.Match[str]) -> str:
    return escaped(found.group())


def _carried(adapter: Adapter) -> str:
    return ", ".join(f"`{path}`" for path in _grouped(adapter.carries)) or "no field of its own"


def _section(each: Format) -> Iterator[str]:
    adapter = each.adapter
    yield f"## {adapter.name}"
    yield f"{escaped(adapter.title)}."
    unknown = not_carried(adapter)
    if unknown:
        yield f"Unknown unless something shows them: {', '.join(f'`{name}`' for name in unknown)}."
    if adapter.example:
        yield f"An example{'' if each.file in _PLAIN else f', `{each.file}`'}:"
        yield fenced(adapter.example, f".{each.file.rpartition('.')[2]}")
