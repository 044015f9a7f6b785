"""Folders of a project → what their manifests show about who carries messages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.boundary import is_within, project_above
from policylint.model.tuples import NamedTuple
from policylint.parse import parse
from policylint.project.completion import EVOLUTION
from policylint.project.manifests import MANIFESTS, Clue, clues, group_of, integration_of, telling

if TYPE_CHECKING:
    from policylint.model.source import Place, SourceFile
    from policylint.record import ProviderTable

Read = Callable[[Path], "bytes | None"]

MAXIMUM_SIZE = 2_000_000
"""Bytes; a larger file is no manifest that somebody wrote."""

_SKIPPED_FOLDERS = frozenset(
    ["__pycache__", "build", "dist", "node_modules", "site-packages", "target", "vendor", "venv"]
)


class Fact(NamedTuple):
    """A value that another file of the project shows."""

    value: str
    place: Place
    said: str
    """Which file shows it and how, such as ``package.json declares whatsapp-web.js``."""


class Facts(NamedTuple):
    """What the files around a folder show about sending."""

    sender: Mapping[str, Fact] = {}
    """Values for fields of ``sender``; empty where nothing is shown, or where the files disagree."""
    conflict: str | None = None
    """How the files disagree."""
    clues: tuple[Clue, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be read."""


def project_root(folder: Path) -> Path:
    """Return the nearest folder upward that holds ``.git``, or ``folder`` itself where none does."""
    absolute = _absolute(folder)
    return next((parent for parent in (absolute, *absolute.parents) if (parent / ".git").exists()), folder)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # `resolve` would follow links out of the project


def read_facts(
    root: Path, folder: Path, providers: ProviderTable, read: Read, known: dict[Path, Facts] | None = None
) -> Facts:
    """Return what the project's files show to campaigns in a folder.

    Args:
        root: The project's folder, at or above ``folder``; its immediate sub-folders are looked into with it.
        folder: The folder of the campaign file. The nearest folder upward that shows anything decides.
        providers: What dependencies, images and variables mean.
        read: Gives the bytes of a file, or None where it cannot be read.
        known: What single folders showed before, to share between calls of one run; filled in.

    """
    folder, root = _absolute(folder), _absolute(root)
    above = (folder, *folder.parents)
    chain = above[: above.index(root) + 1] if root in above else (folder,)
    reader = _Reader(providers, read, known if known is not None else {})
    notes: list[str] = []
    for place in chain:
        facts = reader.project(place) if place == chain[-1] else reader.folder(place)
        notes.extend(facts.notes)
        if facts.sender or facts.conflict:
            return facts._replace(notes=tuple(dict.fromkeys(notes)))
    return Facts(notes=tuple(dict.fromkeys(notes)))


class _Reader:
    """Reads the manifests of folders, each folder once."""

    def __init__(self, providers: ProviderTable, read: Read, known: dict[Path, Facts]) -> None:
        self.providers = providers
        self.read = read
        self.known = known

    def folder(self, folder: Path) -> Facts:
        """Return what the files of one folder show."""
        found = self.known.get(folder)
        if found is None:
            entries, notes = _entries(folder)
            found = self.known[folder] = self.facts(entries, notes)
        return found

    def project(self, root: Path) -> Facts:
        """Return what the files of the project's folder and of its immediate sub-folders show."""
        key = root / "*"  # apart from what the root's own files show
        found = self.known.get(key)
        if found is None:
            entries, notes = _entries(root)
            inner = [self.folder(Path(entry.path)) for entry in entries if _is_part_of_project(entry)]
            own = self.facts(entries, notes)
            shown = [clue for facts in (own, *inner) for clue in facts.clues]
            said = [note for facts in (own, *inner) for note in facts.notes]
            found = self.known[key] = _decided(shown, said, self.providers)
        return found

    def facts(self, entries: Iterable[os.DirEntry[str]], notes: list[str]) -> Facts:
        """Return what those of the files show that are manifests."""
        shown: list[Clue] = []
        names = {entry.name: entry for entry in entries}
        for pattern in MANIFESTS:
            for name in sorted(filter(pattern.match, names)):
                source = self.source(names[name], notes)
                for document in source.documents if source else ():
                    # A comment is too little to say of another file who carries its messages.
                    shown.extend(clue for clue in clues(document, self.providers) if not clue.is_comment)
        return _decided(shown, notes, self.providers)

    def source(self, entry: os.DirEntry[str], notes: list[str]) -> SourceFile | None:
        """Return a manifest, parsed, or None with a note where it cannot be used."""
        path = Path(entry.path)
        shown = _shown(path)
        try:
            if not entry.is_file():
                return None
            if entry.is_symlink() and not is_within(path, project_above(path.parent) or path.parent):
                notes.append(f"{shown} is a link that leads out of the project and was not followed")
                return None
            if entry.stat().st_size > MAXIMUM_SIZE:
                notes.append(f"{shown} is larger than {MAXIMUM_SIZE:,} bytes and was not read")
                return None
        except OSError:
            notes.append(f"{shown} cannot be read")
            return None
        raw = self.read(path)
        if raw is None:
            notes.append(f"{shown} cannot be read")
            return None
        source = parse(shown, raw)
        if any(problem.rule == "syntax" for problem in source.problems):
            notes.append(f"{shown} cannot be parsed")
        return source


def _entries(folder: Path) -> tuple[list[os.DirEntry[str]], list[str]]:
    """Return what stands in a folder, by name, and a note where it is closed to us; nothing where there is none."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name), []
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    except OSError:
        return [], [f"{_shown(folder)} cannot be read"]


def _is_part_of_project(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in _SKIPPED_FOLDERS:
        return False
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _shown(path: Path) -> str:
    """Return a path as it is reported: relative to the working folder, with ``/``."""
    try:
        return os.path.relpath(path).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.as_posix()


def _decided(shown: list[Clue], notes: list[str], providers: ProviderTable) -> Facts:
    """Return what clues say together: nothing about the sender where some show an official route and some none."""
    counted = telling(shown, providers)
    integration = integration_of(counted)
    by_cloud = integration is not None and integration.integration == "cloud_api"
    unofficial = [clue for clue in counted if group_of(clue, by_cloud=by_cloud) == "unofficial"]
    official = [clue for clue in counted if group_of(clue, by_cloud=by_cloud) == "official"]
    if unofficial and official:
        conflict = f"cannot tell who carries the messages: {unofficial[0].said}, but {official[0].said}"
        return Facts({}, conflict, tuple(shown), tuple(notes))
    # Every unofficial client breaks the same terms: the first one stands for all. Of several official ones none does.
    unofficial.sort(key=lambda clue: clue.sign.route == "relay")
    sender: dict[str, Fact] = {}
    for name, values in (
        ("provider", [(clue.sign.provider, clue) for clue in unofficial or counted]),
        ("library", [(clue.sign.library, clue) for clue in unofficial or counted if clue.sign.provider is None]),
    ):
        said = [(value, clue) for value, clue in values if value is not None]
        if said and (unofficial or len({value for value, _ in said}) == 1):
            value, clue = said[0]
            sender[name] = Fact(value, clue.place, clue.said)
    if integration is not None and "provider" in sender and sender["provider"].value == EVOLUTION:
        sender["integration"] = Fact(integration.integration or "", integration.place, integration.said)
    return Facts(sender, None, tuple(shown), tuple(notes))
