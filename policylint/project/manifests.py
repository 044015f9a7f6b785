"""Manifests, compose files and ``.env`` → their entries, and the clues in them to who carries messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from policylint.model.phrase import Phrase, phrase
from policylint.model.source import Document, Place, Pointer
from policylint.model.tuples import NamedTuple
from policylint.project.completion import EVOLUTION, UNOFFICIAL
from policylint.record import ProviderTable, Sign

VOLUME = "volume"
VARIABLE = "variable"
_IMAGE = "image"
_BUILD = "build"

_OFFICIAL = frozenset(["official", "bsp"])
# Values of `integration` when an instance of Evolution API is created, as its documentation has them.
_INTEGRATIONS = {
    "whatsapp-business": "cloud_api",
    "whatsapp-cloud-api": "cloud_api",
    "cloud_api": "cloud_api",
    "whatsapp-baileys": "baileys",
    "baileys": "baileys",
}
# Evolution API reads the first for its Cloud API integration; the others concern devices that are linked by QR code.
# Its example file has them all, so the first alone decides nothing there.
_CLOUD_WEBHOOK = "WA_BUSINESS_TOKEN_WEBHOOK"
_LINKED_DEVICE = r"CONFIG_SESSION_PHONE_\w+|QRCODE_LIMIT|LOG_BAILEYS"


_ECOSYSTEMS = frozenset(["npm", "pypi", "go", "packagist"])


class Entry(NamedTuple):
    """One line of a file that can show who carries messages."""

    kind: str
    """``image``, ``build``, ``volume``, ``variable``, or the ecosystem of a dependency: npm, pypi, go, packagist."""
    name: str
    pointer: Pointer
    value: str = ""
    """Of a variable, with the default of a reference such as ``${X:-default}`` in its place."""
    is_reference: bool = False
    """The value is taken from somewhere else, and may be anything."""
    shorter: tuple[str, ...] = ()
    """Of a setting, its name with fewer of the sections around it."""


class Clue(NamedTuple):
    """One line of a manifest that shows who carries messages, or by which integration Evolution API does."""

    sign: Sign
    place: Place
    said: str
    integration: str | None = None
    is_choice: bool = False
    """A setting that says which of several providers is used."""
    is_comment: bool = False
    """Nothing but a comment beside the line says so."""


# --- entries --------------------------------------------------------------------------------------------------------


def entries(document: Document) -> Iterator[Entry]:
    """Return the entries of a manifest, a compose file or an ``.env``, or the settings in any other document."""
    if document.dialect == "env":
        return _of_env(document)
    name = document.path.rpartition("/")[2]
    reader = next((reader for pattern, reader in _READERS if pattern.match(name)), None)
    if reader is not None:
        return reader(document)
    if document.dialect not in ("yaml", "json"):
        return iter(())
    if services(document):
        return _of_compose(document)
    from policylint.project.settings import entries_of

    return entries_of(document)


def is_manifest(document: Document) -> bool:
    """Tell whether a document lists the dependencies of software that runs, by the name of its file."""
    name = document.path.rpartition("/")[2]
    return any(pattern.match(name) for pattern, _ in _READERS)


def is_compose(document: Document) -> bool:
    """Tell whether a document describes services by their image or what they are built from."""
    return document.dialect in ("yaml", "json") and any(
        "image" in service or "build" in service for service in services(document).values()
    )


def services(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Return the services of a compose file that are written as they should be."""
    found = _mapping(_mapping(document.data).get("services"))
    return {name: service for name, service in found.items() if isinstance(service, dict)}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _of_package_json(document: Document) -> Iterator[Entry]:
    for group in ("dependencies", "optionalDependencies"):
        for name, version in _mapping(_mapping(document.data).get(group)).items():
            alias = re.match(r"npm:(@?[^@]+)", version) if isinstance(version, str) else None
            yield Entry("npm", alias.group(1) if alias else name, (group, name))


def _of_composer_json(document: Document) -> Iterator[Entry]:
    for name in _mapping(_mapping(document.data).get("require")):
        yield Entry("packagist", name, ("require", name))


def _of_requirements(document: Document) -> Iterator[Entry]:
    for name in _mapping(document.data):
        yield Entry("pypi", name, (name,))


def _of_pyproject(document: Document) -> Iterator[Entry]:
    listed = _list(_mapping(_mapping(document.data).get("project")).get("dependencies"))
    for index, requirement in enumerate(listed):
        match = re.match(r"[A-Za-z0-9][\w.-]*", requirement) if isinstance(requirement, str) else None
        if match:
            yield Entry("pypi", match.group(), ("project", "dependencies", index))
    poetry = _mapping(_mapping(_mapping(document.data).get("tool")).get("poetry"))
    for name in _mapping(poetry.get("dependencies")):
        yield Entry("pypi", name, ("tool", "poetry", "dependencies", name))


def _of_pipfile(document: Document) -> Iterator[Entry]:
    for name in _mapping(_mapping(document.data).get("packages")):
        yield Entry("pypi", name, ("packages", name))


def _of_go_mod(document: Document) -> Iterator[Entry]:
    for module in _mapping(document.data):
        end = document.region((module,)).end.offset
        line_end = document.text.find("\n", end)
        if "// indirect" not in document.text[end : line_end if line_end >= 0 else None]:
            yield Entry("go", module, (module,))


def _of_env(document: Document) -> Iterator[Entry]:
    for name, value in _mapping(document.data).items():
        yield variable(name, value, (name,))


def _of_compose(document: Document) -> Iterator[Entry]:
    for name, service in services(document).items():
        at: Pointer = ("services", name)
        image = service.get("image")
        if isinstance(image, str):
            yield Entry(_IMAGE, image, (*at, "image"))
        yield from _built(service.get("build"), (*at, "build"))
        yield from _environment(service.get("environment"), (*at, "environment"))
        for index, volume in enumerate(_list(service.get("volumes"))):
            yield from _mounted(volume, (*at, "volumes", index))


def _built(build: Any, at: Pointer) -> Iterator[Entry]:
    context = build.get("context") if isinstance(build, dict) else build
    if isinstance(context, str):
        yield Entry(_BUILD, context, (*at, "context") if isinstance(build, dict) else at)


def _environment(environment: Any, at: Pointer) -> Iterator[Entry]:
    for index, item in enumerate(_list(environment)):
        name, _, value = str(item).partition("=")
        yield variable(name.strip(), value, (*at, index))
    for name, value in _mapping(environment).items():
        yield variable(name, value, (*at, name))


def _mounted(volume: Any, at: Pointer) -> Iterator[Entry]:
    if isinstance(volume, str):
        yield Entry(VOLUME, volume, at)
    elif isinstance(volume, dict):
        for side in ("target", "source"):
            if isinstance(volume.get(side), str):
                yield Entry(VOLUME, volume[side], (*at, side))


_REFERENCE = r"\$\{\w+(?::?[-+]([^{}]*)|:?\?[^{}]*)?\}|\$\w+"


def variable(name: str, value: Any, pointer: Pointer) -> Entry:
    """Return a variable as an entry, with what is known of its value."""
    if isinstance(value, bool):
        return Entry(VARIABLE, name, pointer, str(value).lower())
    if not isinstance(value, (str, int, float)):
        return Entry(VARIABLE, name, pointer)
    text = str(value).strip().strip("\"'")
    if "$" not in text:
        return Entry(VARIABLE, name, pointer, text)
    return Entry(VARIABLE, name, pointer, with_defaults(text), is_reference=True)


def with_defaults(text: str) -> str:
    """Return a text with references to variables replaced by their defaults, or by nothing where they have none."""
    return re.sub(_REFERENCE, lambda match: match.group(1) or "", text)


_READERS: tuple[tuple[re.Pattern[str], Callable[[Document], Iterator[Entry]]], ...] = (
    (re.compile(r"package\.json\Z"), _of_package_json),
    (re.compile(r"requirements(?!.*(?:dev|test|lint|doc)).*\.txt\Z"), _of_requirements),
    (re.compile(r"pyproject\.toml\Z"), _of_pyproject),
    (re.compile(r"Pipfile\Z"), _of_pipfile),
    (re.compile(r"go\.mod\Z"), _of_go_mod),
    (re.compile(r"composer\.json\Z"), _of_composer_json),
)
MANIFESTS: tuple[re.Pattern[str], ...] = (
    *(pattern for pattern, _ in _READERS),
    re.compile(r"(?:docker-)?compose.*\.ya?ml\Z"),
    re.compile(r"(?:\.env(?:\..+)?|[\w.-]+\.env)\Z"),
)
"""Files that show who carries messages, the surest first: what runs, not what is installed to develop or to test.

Lock files are not among them: nobody writes those.
"""


# --- clues ----------------------------------------------------------------------------------------------------------


def clues(document: Document, providers: ProviderTable) -> Iterator[Clue]:
    """Yield what the entries of a document show, one clue at most for each and one for each integration."""
    found = list(entries(document))
    linked = any(entry.kind == VARIABLE and re.match(_LINKED_DEVICE, entry.name) for entry in found)
    commented = comments_on_whatsapp(document)
    for entry in found:
        if entry.kind in _ECOSYSTEMS and not commented and _package(entry, providers) is None:
            continue  # nearly all of what a project depends on
        place = Place(document, entry.pointer)
        if entry.kind == VARIABLE:
            yield from _integration(document, entry, place, linked=linked)
        clue = _clue(document, entry, place, providers)
        if clue is None and commented:
            clue = _of_comment(document, entry, place, providers)
        if clue is not None:
            yield clue


def _clue(document: Document, entry: Entry, place: Place, providers: ProviderTable) -> Clue | None:
    if entry.kind == VARIABLE:
        return _of_variable(document, entry, place, providers)
    if entry.kind == VOLUME:
        sign = providers.session(entry.name)
        said = phrase("{path} mounts {name}", path=document.path, name=entry.name)
    elif entry.kind in (_IMAGE, _BUILD):
        sign = providers.image(_image(entry.name))
        without_login = re.sub(r"//[^/@]*@", "//", entry.name)
        pattern = "{path} runs {name}" if entry.kind == _IMAGE else "{path} builds {name}"
        said = phrase(pattern, path=document.path, name=without_login)
    else:
        sign = _package(entry, providers)
        said = phrase("{path} declares {name}", path=document.path, name=entry.name)
    return Clue(sign, place, said) if sign is not None else None


def _image(name: str) -> str:
    """Return an image, or the last part of the address that one is built from, with defaults for references."""
    return with_defaults(name).partition("#")[0].rstrip("/").removesuffix(".git")


def _package(entry: Entry, providers: ProviderTable) -> Sign | None:
    other = {
        "pypi": re.sub(r"[-_.]+", "-", entry.name),
        "go": re.sub(r"/v\d+\Z", "", entry.name),
    }.get(entry.kind)
    sign = providers.package(entry.kind, entry.name)
    if sign is not None or other is None or other == entry.name:
        return sign
    return providers.package(entry.kind, other)


def _integration(document: Document, entry: Entry, place: Place, *, linked: bool) -> Iterator[Clue]:
    nobody = Sign(None, None, None)
    if "INTEGRATION" in entry.name.upper():
        integration = _INTEGRATIONS.get(entry.value.lower())
        if integration is not None:
            yield Clue(nobody, place, _sets(document, entry, entry.value), integration)
    elif entry.name == _CLOUD_WEBHOOK and not linked and (entry.value or entry.is_reference):
        yield Clue(nobody, place, _sets(document, entry), "cloud_api")


def _sets(document: Document, entry: Entry, value: str | None = None) -> Phrase:
    if value is None:
        return phrase("{path} sets {name}", path=document.path, name=entry.name)
    return phrase("{path} sets {name} to {value}", path=document.path, name=entry.name, value=value)


# Patterns that few files need are compiled when the first one does.
_NAMES_WHATSAPP = r"(?i)(?:^|_)(?:WHATS_?APP|WA|WPP|ZAP|WABA)(?:_|\Z)"
_CHOICE = (
    r"(?i)(?:^|_)(?:PROVIDER|DRIVER|BACKEND|CLIENT|GATEWAY|ENGINE|LIBRARY|LIB|MODE|TRANSPORT|CONNECTOR|ADAPTER"
    r"|SERVICE|API|TYPE)\Z"
)
_ADDRESS = r"(?i)(?:https?|wss?)://"
_LIKE_A_PATH = r"[./\\\w-]+\Z"


def _of_variable(document: Document, entry: Entry, place: Place, providers: ProviderTable) -> Clue | None:
    if re.search(_NAMES_WHATSAPP, entry.name) and re.search(_CHOICE, entry.name) and len(entry.value) <= 30:
        chosen = providers.named(entry.value)
        if chosen is not None:
            return Clue(chosen, place, _sets(document, entry, entry.value), is_choice=True)
    signs = [sign for sign in _signs(entry, providers) if sign is not None]
    named = (sign for sign in signs if sign.provider is None or not providers.is_unnamed(sign.provider))
    return Clue(next(named, signs[0]), place, _sets(document, entry)) if signs else None


def _signs(entry: Entry, providers: ProviderTable) -> Iterator[Sign | None]:
    """Yield what the name and the value of a variable say."""
    yield from (providers.variable(name, entry.value) for name in (entry.name, *entry.shorter))
    if re.match(_ADDRESS, entry.value):
        yield providers.url(entry.value)
        host = re.sub(_ADDRESS, "", entry.value).partition("/")[0].rpartition("@")[2].partition(":")[0]
        if re.search(_NAMES_WHATSAPP, entry.name) and "." not in host:  # a service of the same network
            sign = providers.named(host)
            yield sign if sign is not None and sign.route in UNOFFICIAL else None
    elif re.match(_LIKE_A_PATH, entry.value):
        yield providers.session(entry.value)


def _of_comment(document: Document, entry: Entry, place: Place, providers: ProviderTable) -> Clue | None:
    if entry.kind != VOLUME and not (entry.kind == VARIABLE and re.search(_NAMES_WHATSAPP, entry.name)):
        return None
    comment = comment_beside(document, entry.pointer)
    sign = providers.comment(comment, entry.kind) if comment else None
    if sign is None:
        return None
    name = entry.name if entry.kind == VARIABLE else "a volume"
    return Clue(sign, place, f"{document.path} says so in a comment beside {name}", is_comment=True)


def comments_on_whatsapp(document: Document) -> bool:
    """Tell whether a comment of a document is about WhatsApp; in most there is none, and no place need be looked up."""
    return re.search(r"(?i)#[^\n]*whats", document.text) is not None


_COMMENT_LINES = 6


def comment_beside(document: Document, pointer: Pointer) -> str:
    """Return the comments above an entry, without a gap, and at the end of its line; empty where there is none."""
    located = document.locate(pointer)
    if located is None or "#" not in document.text:
        return ""
    text = document.text
    start = (located[0] or located[1]).start.offset
    begin = text.rfind("\n", 0, start) + 1
    end = text.find("\n", located[1].end.offset)
    after = re.search(r"\s#\s*(.*)", text[located[1].end.offset : end if end >= 0 else None])
    found = [after.group(1)] if after else []
    while begin > 0 and len(found) <= _COMMENT_LINES:
        above = text.rfind("\n", 0, begin - 1) + 1
        line = text[above : begin - 1].strip()
        if not line.startswith("#"):
            break
        found.insert(0, line.lstrip("# "))
        begin = above
    return " ".join(found)


# --- what clues say together ------------------------------------------------------------------------------------------


def telling(found: Sequence[Clue], providers: ProviderTable) -> list[Clue]:
    """Return the clues that count: no links, only what a setting chooses, unnamed clients only where none is named."""
    counted = [clue for clue in found if clue.sign.route != "link"]
    chosen = {clue.sign for clue in counted if clue.is_choice}
    if len(chosen) == 1:
        (choice,) = chosen
        counted = [clue for clue in counted if clue.integration is not None or _fits(clue.sign, choice, providers)]
    named = [clue for clue in counted if not (clue.sign.provider and providers.is_unnamed(clue.sign.provider))]
    return named if any(clue.sign.route in UNOFFICIAL for clue in named) else counted


def _fits(sign: Sign, choice: Sign, providers: ProviderTable) -> bool:
    """Tell whether a sign may be of the client that a setting chooses."""
    if choice.provider is not None and providers.is_unnamed(choice.provider):
        return sign.route in UNOFFICIAL
    if choice.route in _OFFICIAL and sign.provider is None:
        return sign.route in _OFFICIAL
    return (sign.provider or sign.library) == (choice.provider or choice.library)


def integration_of(found: Iterable[Clue]) -> Clue | None:
    """Return the clue to the integration of Evolution API where all that is said of it is the same."""
    said = [clue for clue in found if clue.integration is not None]
    return said[0] if len({clue.integration for clue in said}) == 1 else None


def group_of(clue: Clue, *, by_cloud: bool) -> str | None:
    """Return ``official``, ``unofficial`` or None; ``by_cloud`` says that Evolution API uses the Cloud API."""
    if clue.sign.provider == EVOLUTION and by_cloud:
        return "official"
    if clue.sign.route in UNOFFICIAL:
        return "unofficial"
    return "official" if clue.sign.route in _OFFICIAL else None
