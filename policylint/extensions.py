"""What plugins contribute: adapters, reporters, operators, rule folders; and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.model.campaign import Campaign
    from policylint.model.finding import Finding, Report
    from policylint.model.rule import Operator
    from policylint.model.source import Document, Problem
    from policylint.record import ProviderTable

    Say: TypeAlias = Callable[[str], str]
    """Gives a phrase in a language, and any other text as it is."""


class Adapted(NamedTuple):
    """What an adapter made of a document."""

    campaigns: Sequence[Campaign]
    problems: Sequence[Problem] = ()
    """What is wrong with the document in its own format's terms; the campaigns are judged all the same."""


class Adapter(NamedTuple):
    """Recognises a format by its content and turns its documents into campaign records.

    ``recognises`` must be cheap, total, and exclusive: no document may be recognised by two adapters. ``adapt`` never
    raises for a recognised document. Both get plain data: see ``Document``.
    """

    name: str
    """Shown as ``format`` of findings, such as ``n8n``."""
    title: str
    signs: str
    """By which signs a document is recognised, in words."""
    recognises: Callable[[Document], bool]
    adapt: Callable[[Document, ProviderTable], Adapted]
    carries: tuple[str, ...] = ()
    """Paths of the record that the format has a place for; what is missing at or below one is absent, else unknown."""
    example: str = ""
    """A small document of the format, for ``policylint formats``."""


class Candidate(NamedTuple):
    """An adapter that is imported when a text may be of its format."""

    name: str
    words: tuple[str, ...]
    """In small letters; the text of every document of the format holds one of them. None given: any text may be."""
    load: Callable[[], Adapter]
    names: str | None = None
    """A regular expression for the whole name of every file of the format, in small letters; None: any name may be."""

    @classmethod
    def of(cls, adapter: Adapter) -> Candidate:
        """Return a candidate for an adapter that is imported already."""
        return cls(adapter.name, (), lambda: adapter)


class Style(NamedTuple):
    """How a text for people may look."""

    color: bool = False
    width: int = 80
    screen: bool = False
    """It is shown on a terminal of that width: lines that others look for with grep may be broken there."""
    links: bool = False
    """Rules are hyperlinks (OSC 8)."""
    statistics: bool = False
    """How often each rule was broken is said at the end."""
    provenance: bool = False
    """What the verdicts rest on is said at the end: versions, packs, configuration."""
    audience: str | None = None
    """``marketing``, ``legal`` or ``dev`` where the text is written for these."""
    language: str = "en"
    say: Callable[[str], str] = str
    """Gives a phrase in that language."""


class Reporter(NamedTuple):
    """Turns a report into text."""

    title: str
    render: Callable[[Report, Style], str]
    line: Callable[[Finding], str] | None = None
    """Gives the line of one finding, where the format is nothing but such lines: they are written during the run."""
    spoken: bool = False
    """People read it: it is written in the language of the run, with a report whose findings are in that language."""
    fixes: bool = False
    """It shows what would mend a finding; that is worked out only where a report shows it."""
    shows_campaigns: bool = False
    """It shows every campaign and its days: the report has them one by one (``Report.summaries``)."""
    shows_undecided: bool = False
    """True where the report lists ``Report.verdicts``, whether ``--show-undecided`` is given or not."""


class Extensions(NamedTuple):
    """Everything that plugins gave, built-in ones included."""

    rule_folders: tuple[Path, ...]
    adapters: tuple[Candidate, ...]
    operators: Mapping[str, Operator]
    reporters: Mapping[str, Reporter]
    installed: tuple[str, ...] = ()
    """Names of the plugins that were installed beside policylint."""
