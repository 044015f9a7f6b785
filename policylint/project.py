"""Files beside a campaign → facts about who carries its messages; facts and defaults → a completed campaign record."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from policylint.model.campaign import Campaign
from policylint.model.source import (
    NOT_CARRIED,
    Document,
    Place,
    Pointer,
    SourceFile,
    Unknown,
)
from policylint.parse import decode, parse
from policylint.parse.toml import parse_toml
from policylint.record import ProviderTable, Sign, record_schema
from policylint.schema import holds_placeholder

Read = Callable[[Path], "bytes | None"]

MAXIMUM_SIZE = 2_000_000
"""Bytes; a larger file is no manifest that somebody wrote."""

_SKIPPED_FOLDERS = frozenset(
    ["__pycache__", "build", "dist", "node_modules", "site-packages", "target", "vendor", "venv"]
)
_UNOFFICIAL = frozenset(["unofficial", "relay"])
_OFFICIAL = frozenset(["official", "bsp"])
_EVOLUTION = "evolution-api"
# Values of `integration` when an instance of Evolution API is created, as its documentation has them.
_INTEGRATIONS = {"whatsapp-business": "cloud_api", "whatsapp-baileys": "baileys"}

_NOT_IN_TABLE = Unknown("the provider is not in the table")
_NOT_SAID_YET = Unknown("who carries the messages is filled in later")
_SENDER_FIELDS = ("provider", "library", "integration")


class Fact(NamedTuple):
    """A value that another file of the project shows."""

    value: str
    place: Place
    said: str
    """Which file shows it and how, such as ``package.json declares whatsapp-web.js``."""


class Clue(NamedTuple):
    """One line of a manifest that shows who carries messages, or by which integration Evolution API does."""

    sign: Sign
    place: Place
    said: str
    integration: str | None = None


class Facts(NamedTuple):
    """What the files around a folder show about sending."""

    sender: Mapping[str, Fact] = {}
    """Values for fields of ``sender``; empty where nothing is shown, or where the files disagree."""
    conflict: str | None = None
    """How the files disagree."""
    clues: tuple[Clue, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be read."""


class Defaults(NamedTuple):
    """Fields of the campaign record that the configuration gives to every campaign."""

    data: Mapping[str, Any]
    document: Document | None = None
    pointer: Pointer = ()
    """Where the fields begin in the document."""


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
            clues = [clue for facts in (own, *inner) for clue in facts.clues]
            said = [note for facts in (own, *inner) for note in facts.notes]
            found = self.known[key] = _decided(clues, said)
        return found

    def facts(self, entries: Iterable[os.DirEntry[str]], notes: list[str]) -> Facts:
        """Return what those of the files show that are manifests."""
        clues: list[Clue] = []
        names = {entry.name: entry for entry in entries}
        for pattern, clues_in in _MANIFESTS:
            for name in sorted(filter(pattern.match, names)):
                source = self.source(names[name], notes)
                for document in source.documents if source else ():
                    clues.extend(clues_in(document, self.providers))
        return _decided(clues, notes)

    def source(self, entry: os.DirEntry[str], notes: list[str]) -> SourceFile | None:
        """Return a manifest, parsed, or None with a note where it cannot be used."""
        path = Path(entry.path)
        shown = _shown(path)
        try:
            if not entry.is_file():
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
        source = _parse_toml(shown, raw) if path.suffix == ".toml" else parse(shown, raw)
        if source is None or any(problem.rule == "syntax" for problem in source.problems):
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


# --- what manifests show ------------------------------------------------------------------------------------------


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _declared(document: Document, pointer: Pointer, sign: Sign | None, name: str) -> Iterator[Clue]:
    if sign is not None:
        yield Clue(sign, Place(document, pointer), f"{document.path} declares {name}")


def _package_json(document: Document, providers: ProviderTable) -> Iterator[Clue]:
    for group in ("dependencies", "optionalDependencies"):
        for name, version in _mapping(_mapping(document.data).get(group)).items():
            alias = re.match(r"npm:(@?[^@]+)", version) if isinstance(version, str) else None
            installed = alias.group(1) if alias else name
            yield from _declared(document, (group, name), providers.package("npm", installed), installed)


def _composer_json(document: Document, providers: ProviderTable) -> Iterator[Clue]:
    for name in _mapping(_mapping(document.data).get("require")):
        yield from _declared(document, ("require", name), providers.package("packagist", name), name)


def _python_package(name: str, providers: ProviderTable) -> Sign | None:
    return providers.package("pypi", name) or providers.package("pypi", re.sub(r"[-_.]+", "-", name))


def _requirements(document: Document, providers: ProviderTable) -> Iterator[Clue]:
    for name in _mapping(document.data):
        yield from _declared(document, (name,), _python_package(name, providers), name)


def _pyproject(document: Document, providers: ProviderTable) -> Iterator[Clue]:
    listed = _mapping(_mapping(document.data).get("project")).get("dependencies")
    for index, requirement in enumerate(listed if isinstance(listed, list) else ()):
        match = re.match(r"[A-Za-z0-9][\w.-]*", requirement) if isinstance(requirement, str) else None
        if match:
            name = match.group()
            yield from _declared(document, ("project", "dependencies", index), _python_package(name, providers), name)
    poetry = _mapping(_mapping(_mapping(document.data).get("tool")).get("poetry"))
    for name in _mapping(poetry.get("dependencies")):
        yield from _declared(document, ("tool", "poetry", "dependencies", name), _python_package(name, providers), name)


def _go_mod(document: Document, providers: ProviderTable) -> Iterator[Clue]:
    for module in _mapping(document.data):
        end = document.region((module,)).end.offset
        line = document.text[end:].partition("\n")[0]
        if "// indirect" not in line:
            sign = providers.package("go", module) or providers.package("go", re.sub(r"/v\d+\Z", "", module))
            yield from _declared(document, (module,), sign, module)


def _compose(document: Document, providers: ProviderTable) -> Iterator[Clue]:
    for name, service in _mapping(_mapping(document.data).get("services")).items():
        image = _mapping(service).get("image")
        sign = providers.image(image) if isinstance(image, str) else None
        if sign is not None:
            place = Place(document, ("services", name, "image"))
            yield Clue(sign, place, f"{document.path} runs {image}")
        environment = _mapping(service).get("environment")
        pointer = ("services", name, "environment")
        if isinstance(environment, list):
            for index, item in enumerate(environment):
                variable, _, value = str(item).partition("=")
                yield from _variable(document, (*pointer, index), variable.strip(), value, providers)
        for variable, value in _mapping(environment).items():
            yield from _variable(document, (*pointer, variable), variable, value, providers)


def _env(document: Document, providers: ProviderTable) -> Iterator[Clue]:
    for name, value in _mapping(document.data).items():
        yield from _variable(document, (name,), name, value, providers)


def _variable(document: Document, pointer: Pointer, name: str, value: Any, providers: ProviderTable) -> Iterator[Clue]:
    said = f"{document.path} sets {name}"
    if "INTEGRATION" in name.upper() and isinstance(value, str):
        integration = _INTEGRATIONS.get(value.strip("\"' ").lower())
        if integration is not None:
            yield Clue(Sign(None, None, None), Place(document, pointer), f"{said} to {value}", integration)
    sign = providers.variable(name)
    if sign is not None:
        yield Clue(sign, Place(document, pointer), said)


_MANIFESTS: tuple[tuple[re.Pattern[str], Callable[[Document, ProviderTable], Iterator[Clue]]], ...] = (
    (re.compile(r"package\.json\Z"), _package_json),
    (re.compile(r"requirements(?!.*(?:dev|test|lint|doc)).*\.txt\Z"), _requirements),
    (re.compile(r"pyproject\.toml\Z"), _pyproject),
    (re.compile(r"go\.mod\Z"), _go_mod),
    (re.compile(r"composer\.json\Z"), _composer_json),
    (re.compile(r"(?:docker-)?compose.*\.ya?ml\Z"), _compose),
    (re.compile(r"\.env(?:\..+)?\Z"), _env),
)
"""Files that show who carries messages, the surest first: what runs, not what is installed to develop or to test.

Lock files are not among them: nobody writes those.
"""


def _parse_toml(shown: str, raw: bytes) -> SourceFile | None:
    """Return a TOML file, or None where it is no TOML."""
    try:
        text = decode(raw)
        return SourceFile(shown, text, (parse_toml(shown, text),))
    except ValueError:
        return None


def _decided(clues: list[Clue], notes: list[str]) -> Facts:
    """Return what clues say together: nothing about the sender where some show an official route and some none."""
    telling = [clue for clue in clues if clue.sign.route != "link"]
    integration = _integration(telling)
    by_cloud = integration is not None and integration.value == "cloud_api"
    unofficial = [clue for clue in telling if _group(clue, by_cloud=by_cloud) == "unofficial"]
    official = [clue for clue in telling if _group(clue, by_cloud=by_cloud) == "official"]
    if unofficial and official:
        conflict = f"cannot tell who carries the messages: {unofficial[0].said}, but {official[0].said}"
        return Facts({}, conflict, tuple(clues), tuple(notes))
    # Every unofficial client breaks the same terms: the first one stands for all. Of several official ones none does.
    unofficial.sort(key=lambda clue: clue.sign.route == "relay")
    sender: dict[str, Fact] = {}
    for name, values in (
        ("provider", [(clue.sign.provider, clue) for clue in unofficial or telling]),
        ("library", [(clue.sign.library, clue) for clue in unofficial or telling if clue.sign.provider is None]),
    ):
        said = [(value, clue) for value, clue in values if value is not None]
        if said and (unofficial or len({value for value, _ in said}) == 1):
            value, clue = said[0]
            sender[name] = Fact(value, clue.place, clue.said)
    if integration is not None and "provider" in sender and sender["provider"].value == _EVOLUTION:
        sender["integration"] = integration
    return Facts(sender, None, tuple(clues), tuple(notes))


def _integration(clues: Iterable[Clue]) -> Fact | None:
    """Return the integration of Evolution API where all that is said of it is the same."""
    found = [Fact(clue.integration, clue.place, clue.said) for clue in clues if clue.integration is not None]
    return found[0] if len({fact.value for fact in found}) == 1 else None


def _group(clue: Clue, *, by_cloud: bool) -> str | None:
    if clue.sign.provider == _EVOLUTION and by_cloud:
        return "official"
    if clue.sign.route in _UNOFFICIAL:
        return "unofficial"
    return "official" if clue.sign.route in _OFFICIAL else None


# --- completing a record ------------------------------------------------------------------------------------------


def complete(campaign: Campaign, facts: Facts, defaults: Defaults, providers: ProviderTable) -> Campaign:
    """Return a campaign with what it leaves open filled in, or the campaign itself where nothing can be.

    Defaults of the configuration come first, then, for WhatsApp, what the project's files show, then the route that
    provider and library mean. What a record states is never changed, but for a route that its own library contradicts.
    """
    if defaults.data:
        campaign = _with_defaults(campaign, defaults)
    if campaign.data.get("channel") != "whatsapp":
        return campaign
    if (facts.sender or facts.conflict) and campaign.data.get("kind") != "template":
        campaign = _with_facts(campaign, facts)
    sender = campaign.data.get("sender")
    if not isinstance(sender, dict):
        return campaign
    return _with_library(_with_route(campaign, sender, providers), providers)


def _is_open(value: Any) -> bool:
    """Tell whether a field that is no text is absent or unknown."""
    return value is None or isinstance(value, Unknown) or holds_placeholder(value)


def _is_hidden(value: Any) -> bool:
    """Tell whether the file has a value there that it does not show."""
    return (isinstance(value, Unknown) and value != NOT_CARRIED) or holds_placeholder(value)


def _opened(value: Any, path: tuple[str, ...]) -> dict[str, Any]:
    """Return what stands for a mapping that is absent or unknown, so that fields can be put into it."""
    if not isinstance(value, Unknown):
        return {}
    found = record_schema().field(path)
    return dict.fromkeys(found.fields, value) if found else {}


def _with_defaults(campaign: Campaign, defaults: Defaults) -> Campaign:
    filled: list[Pointer] = []
    data = _merged(campaign.data, defaults.data, (), filled)
    if not filled:
        return campaign
    document = defaults.document
    if document is None:
        return _changed(campaign, data, {}, {})
    places: dict[Pointer, Place] = {path: Place(document, (*defaults.pointer, *path)) for path in filled}
    evidence = dict.fromkeys(filled, f"defaults in {document.path}")
    return _changed(campaign, data, places, evidence)


def _merged(
    current: Mapping[str, Any], defaults: Mapping[str, Any], path: tuple[str, ...], filled: list[Pointer]
) -> Mapping[str, Any]:
    """Return a mapping with what it leaves open taken from defaults; ``filled`` gets the paths of what was taken."""
    changes: dict[str, Any] = {}
    for name, default in defaults.items():
        at = (*path, name)
        value = current.get(name)
        if default is None or at == ("campaign",):
            continue
        if isinstance(default, dict):
            if isinstance(value, dict) or _is_open(value):
                before = len(filled)
                inner = _merged(value if isinstance(value, dict) else _opened(value, at), default, at, filled)
                if len(filled) > before:
                    changes[name] = inner
        elif _is_open(value) and not _is_text(value, at):
            changes[name] = default
            filled.append(at)
    return {**current, **changes} if changes else current


def _is_text(value: Any, path: tuple[str, ...]) -> bool:
    """Tell whether a value is a text in which placeholders are content."""
    if not isinstance(value, str):
        return False
    found = record_schema().field(path)
    return found is not None and found.text


def _with_facts(campaign: Campaign, facts: Facts) -> Campaign:
    """Return a campaign that states nothing about its client with what the project's files show."""
    sender = campaign.data.get("sender")
    stated: dict[str, Any] = sender if isinstance(sender, dict) else _opened(sender, ("sender",))
    if not all(_is_open(stated.get(name)) for name in ("provider", "route", "library")):
        return campaign
    if facts.conflict:
        notes = (*campaign.notes, facts.conflict)
        return Campaign(campaign.data, campaign.document, campaign.format, campaign.places, campaign.evidence, notes)
    taken = {name: fact for name, fact in facts.sender.items() if _is_open(stated.get(name))}
    if not taken:
        return campaign
    values = {name: fact.value for name, fact in taken.items()}
    places: dict[Pointer, Place] = {("sender", name): fact.place for name, fact in taken.items()}
    evidence: dict[Pointer, str] = {("sender", name): fact.said for name, fact in taken.items()}
    return _changed(campaign, {**campaign.data, "sender": {**stated, **values}}, places, evidence)


def _with_route(campaign: Campaign, sender: Mapping[str, Any], providers: ProviderTable) -> Campaign:
    found = _route(sender, providers)
    if found is None or found[0] == sender.get("route"):
        return campaign
    return _taking_after(campaign, "route", *found)


def _route(sender: Mapping[str, Any], providers: ProviderTable) -> tuple[str | Unknown, str] | None:
    """Return the route that a sender takes and the field that shows it, or None where there is nothing to add."""
    values = {name: sender.get(name) for name in _SENDER_FIELDS}
    stated = {name: value for name, value in values.items() if isinstance(value, str) and not _is_open(value)}
    provider, library = stated.get("provider"), stated.get("library")
    by_library = providers.library_route(library) if library else None
    cloud = _is_cloud(provider, stated.get("integration"))
    if by_library in _UNOFFICIAL and by_library and not (cloud and library == _library_of(provider, providers)):
        return by_library, "library"
    if not _is_open(sender.get("route")):
        return None
    if provider:
        if cloud:
            return "bsp", "provider"
        if provider.lower() == _EVOLUTION and _is_hidden(values["integration"]):
            return _NOT_SAID_YET, "integration"
        return providers.route(provider) or by_library or _NOT_IN_TABLE, "provider"
    if by_library:
        return by_library, "library"
    hidden = next((name for name in ("provider", "library") if _is_hidden(values[name])), None)
    return (_NOT_SAID_YET, hidden) if hidden and sender.get("route") is None else None


def _is_cloud(provider: str | None, integration: str | None) -> bool:
    return (provider or "").lower() == _EVOLUTION and (integration or "").lower() == "cloud_api"


def _library_of(provider: str | None, providers: ProviderTable) -> str | None:
    entry = providers.providers.get((provider or "").lower())
    return entry.get("library") if entry else None


def _with_library(campaign: Campaign, providers: ProviderTable) -> Campaign:
    """Return a campaign with the library that its provider runs, where that is how its messages go."""
    sender = campaign.data["sender"]
    provider, library, route = sender.get("provider"), sender.get("library"), sender.get("route")
    if not isinstance(provider, str) or not isinstance(route, str) or route not in _UNOFFICIAL:
        return campaign
    known = _library_of(provider, providers)
    if known is None or not (library is None or library == NOT_CARRIED):
        return campaign
    return _taking_after(campaign, "library", known, "provider")


def _taking_after(campaign: Campaign, name: str, value: Any, other: str) -> Campaign:
    """Return a campaign with a field of the sender that follows from another one, and stands where that one does."""
    path: Pointer = ("sender", name)
    source: Pointer = ("sender", other)
    data = {**campaign.data, "sender": {**campaign.data["sender"], name: value}}
    evidence = {path: campaign.evidence[source]} if source in campaign.evidence else {}
    return _changed(campaign, data, {path: campaign.place(source)}, evidence)


def _changed(
    campaign: Campaign, data: Mapping[str, Any], places: Mapping[Pointer, Place], evidence: Mapping[Pointer, str]
) -> Campaign:
    """Return a campaign with other data, and the places and the evidence of what is new in it."""
    return Campaign(
        data,
        campaign.document,
        campaign.format,
        {**campaign.places, **places},
        {**campaign.evidence, **evidence},
        campaign.notes,
    )
