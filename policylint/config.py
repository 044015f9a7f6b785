"""Configuration file and command-line options → Settings: all that can change a result."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint import resources
from policylint.boundary import read_file
from policylint.errors import ConfigError
from policylint.model.limits import DEFAULTS, Limits
from policylint.model.rule import Override, Severity, literal, tagged
from policylint.model.source import Document, Pointer, Region, value_at
from policylint.model.tuples import NamedTuple
from policylint.parse import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policylint.mapping import Source
    from policylint.model.baseline import Baseline
    from policylint.model.waiver import Waivers
    from policylint.schema import SchemaProblem

_TABLE = ("tool", "policylint")
FILE_NAMES = ("policylint.yaml", "policylint.yml")
WAIVER_FILE = "policylint-waivers.yaml"


class Configuration(NamedTuple):
    """What a configuration file says; empty where there is none."""

    document: Document | None = None
    pointer: Pointer = ()
    """Where the configuration begins in its document."""
    base: Path | None = None
    """Folder that its paths and globs are relative to."""
    data: Mapping[str, Any] = {}
    trusted: bool = True
    """False where it was found in the project that is checked, and may be somebody else's."""
    globs_from: Path | None = None
    """Folder that its globs are relative to, where that is not ``base``."""
    waiver_file: Document | None = None
    """``policylint-waivers.yaml`` beside it, or the nearest one upward where there is no configuration."""
    waiver_folder: Path | None = None
    """Folder that the globs of waivers are relative to."""


class Settings(NamedTuple):
    """All that can change the result of a run."""

    as_of: date
    at: date | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pack_folders: tuple[tuple[Path, str], ...] = ()
    """Rule packs beside those of plugins, each with how its files are shown."""
    exclude: tuple[str, ...] = ()
    base: Path | None = None
    overrides: Mapping[str, Override] = {}
    defaults: Mapping[str, Any] = {}
    defaults_document: Document | None = None
    defaults_pointer: Pointer = ()
    sources: tuple[Source, ...] = ()
    """Files of other shapes that the configuration maps to campaigns."""
    waivers: Waivers | None = None
    baseline: Baseline | None = None
    folders: tuple[Path, ...] = ()
    """Folders of which every file is checked: only there can a waiver be called unused, or a finding gone."""
    undecided: Severity | None = None
    """Report undecided verdicts with this severity; None counts them only."""
    strict: bool = False
    """Named files in no known format are errors."""
    require_rules: bool = False
    fail_on: Severity | None = Severity.ERROR
    """Least severity that makes the run fail; None where nothing does."""
    upcoming: int | None = None
    """Days within which nothing may begin to be so severe; None looks at none."""
    show_suppressed: bool = False
    show_undecided: bool = False
    limits: Limits = DEFAULTS
    follow_links: bool = False
    """Follow links of files out of the project."""
    inline_suppressions: bool = True
    """Comments in checked files can suppress findings."""
    list_undecided: bool = True
    """Keep the undecided verdicts one by one; else they are only counted."""
    list_conditions: bool = False
    """Keep with each finding the conditions that decided and the values that they saw."""
    fixes: bool = False
    """Work out what would mend a finding."""
    prove_fixes: bool = False
    """Show as fixes only those that are proved; others as suggestions with the reason."""
    list_campaigns: bool = False
    """Keep the campaigns one by one, those without findings too; else they are only counted."""
    cache: Path | None = None
    """Folder in which parsed rule packs and results are kept; None keeps none. It changes no result."""
    jobs: int | None = 1
    """Processes that check files; None for as many as shorten the run. It changes no result."""


def find_configuration(start: Path) -> Path | None:
    """Return the nearest ``policylint.yaml`` or ``pyproject.toml`` with ``[tool.policylint]`` from a folder upward."""
    for folder in (start, *start.parents):
        for name in FILE_NAMES:
            if (folder / name).is_file():
                return folder / name
        pyproject = folder / "pyproject.toml"
        raw = read_file(pyproject)
        if raw is not None and re.search(rb"^[ \t]*\[tool\.policylint[\].]", raw, re.MULTILINE):
            return pyproject
        if (folder / ".git").exists():
            return None
    return None


def find_waiver_file(start: Path) -> Path | None:
    """Return the nearest ``policylint-waivers.yaml`` from a folder upward, within the repository."""
    for folder in (start, *start.parents):
        if (folder / WAIVER_FILE).is_file():
            return folder / WAIVER_FILE
        if (folder / ".git").exists():
            return None
    return None


def with_waiver_file(configuration: Configuration, path: Path, shown: str) -> Configuration:
    """Return a configuration with the waivers of a file of their own.

    Raises:
        ConfigError: It cannot be read or is not valid; all problems at once, each with its place.

    """
    document = waiver_file_in(_read(path, shown), shown, configuration)
    return (
        configuration if document is None else configuration._replace(waiver_file=document, waiver_folder=path.parent)
    )


def waiver_file_in(raw: bytes, shown: str, configuration: Configuration) -> Document | None:
    """Return what the bytes of a file of waivers say, or None where they say nothing.

    Raises:
        ConfigError: It is not valid; all problems at once, each with its place.

    """
    document = _from_yaml(raw, shown)
    if document is None:
        return None
    found = [
        f"{place_of(document.region(pointer))}: {why} means nothing here" for pointer, why in tagged(document.data)
    ]
    found = found or _waiver_problems(document, document.data, configuration.data)
    if found:
        problems = "\n".join(f"{shown}:{said}" for said in found)
        raise ConfigError(problems, "schemas/waivers.schema.json describes waivers")
    return document


def read_configuration(path: Path, shown: str) -> Configuration:
    """Read a configuration file.

    Raises:
        ConfigError: It cannot be read or is not valid; all problems at once, each with its place.

    """
    return configuration_in(_read(path, shown), shown, path.parent)


def _read(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{shown}: cannot be read: {error.strerror}") from error


def configuration_in(raw: bytes, shown: str, base: Path | None = None) -> Configuration:
    """Return what the bytes of a configuration file say.

    Args:
        raw: The file; TOML where its name ends so.
        shown: Its name, as messages show it.
        base: The folder that its paths and globs are relative to.

    Raises:
        ConfigError: It is not valid; all problems at once, each with its place.

    """
    document = _from_toml(raw, shown) if shown.endswith(".toml") else _from_yaml(raw, shown)
    if document is None:
        return Configuration(base=base)
    data = {} if document.data is None else document.data
    problems = _problems(document, data)
    if problems:
        raise ConfigError("\n".join(problems), "schemas/config.schema.json describes the configuration")
    return Configuration(document, (), base, data)


def _from_yaml(raw: bytes, shown: str) -> Document | None:
    """Return the document of a YAML or JSON text, or None where it is empty."""
    source = parse(shown, raw)
    problems = [(problem.region.start, problem.message) for problem in source.problems]
    if len(source.documents) > 1:
        start = source.documents[1].region(()).start
        problems.append((start, f"one YAML document is expected, not {len(source.documents)}"))
    if problems:
        raise ConfigError("\n".join(f"{shown}:{start.line}:{start.column}: {said}" for start, said in problems))
    return source.documents[0] if source.documents else None


def _from_toml(raw: bytes, shown: str) -> Document:
    """Return ``[tool.policylint]`` of a TOML text as a document of its own."""
    from policylint.parse.toml import parse_toml

    try:
        whole = parse_toml(shown, raw.decode("utf-8"))
    except ValueError as error:
        raise ConfigError(f"{shown}: not valid TOML: {error}") from error
    data = value_at(whole.data, _TABLE)
    return whole._replace(data={} if data is None else data, locate=lambda pointer: whole.locate((*_TABLE, *pointer)))


def _problems(document: Document, data: Any) -> list[str]:
    from policylint.mapping import problems_in
    from policylint.record import record_schema
    from policylint.schema import build_check, problems_of

    schema = resources.schema("config")
    # Defaults are a piece of a campaign, where a tag or a placeholder makes a value unknown.
    found = [
        f"{place_of(document.region(pointer))}: {why} means nothing in a configuration"
        for pointer, why in tagged(data)
        if pointer[:1] != ("defaults",) and (pointer[:1], pointer[2:3]) != (("sources",), ("defaults",))
    ]
    pairs: list[tuple[SchemaProblem, Pointer]] = []
    if not found and not build_check(schema)(literal(data)):
        pairs = [(problem, ()) for problem in problems_of(literal(data), schema)]
    if not found and not pairs and isinstance(data.get("defaults"), dict):
        campaign = {key: value for key, value in record_schema().schema.items() if key != "required"}
        if not build_check(campaign)(data["defaults"]):
            pairs = [(problem, ("defaults",)) for problem in problems_of(data["defaults"], campaign)]
    for problem, below in pairs:
        place = (*below, *problem.pointer) if problem.key is None else (*below, *problem.pointer, problem.key)
        found.append(f"{place_of(_region(document, place, of_key=bool(problem.key)))}: {problem.message}")
    if not found:
        found = [
            f"{place_of(_region(document, wrong.pointer, of_key=wrong.of_key))}: {wrong.message}"
            for index, entry in enumerate(data.get("sources") or ())
            for wrong in problems_in(entry, ("sources", index))
        ]
    if not found and "waivers" in data:
        found = _waiver_problems(document, {"waivers": data["waivers"]}, data)
    return [f"{document.path}:{said}" for said in found]


def _waiver_problems(document: Document, waivers: Any, configuration: Mapping[str, Any]) -> list[str]:
    from policylint.waivers import problems_in as problems_in_waivers

    return [
        f"{place_of(_region(document, wrong.pointer, of_key=wrong.of_key))}: {wrong.message}"
        for wrong in problems_in_waivers(waivers, configuration.get("waiver_requires") or ())
    ]


def waivers_of(configuration: Configuration) -> Waivers | None:
    """Return the waivers of a configuration and of the file beside it; None where there are none."""
    data, document = configuration.data, configuration.document
    if "waivers" not in data and configuration.waiver_file is None:
        return None
    from policylint.model.waiver import WaiverPolicy, Waivers
    from policylint.waivers import waivers_in

    entries = waivers_in(document, data.get("waivers") or ()) if document is not None else []
    if configuration.waiver_file is not None:
        entries += waivers_in(configuration.waiver_file, configuration.waiver_file.data["waivers"])
    names = {"max_days", "notice_days", "limit"}
    policy = WaiverPolicy(**{name: data[f"waiver_{name}"] for name in names if f"waiver_{name}" in data})
    return Waivers(tuple(entries), configuration.waiver_folder or configuration.base or Path(), policy)


def _region(document: Document, pointer: Pointer, *, of_key: bool) -> Region:
    located = document.locate(pointer)
    return located[0] if of_key and located and located[0] else document.region(pointer)


def place_of(region: Region) -> str:
    """Return where a region begins, as ``line:column``."""
    return f"{region.start.line}:{region.start.column}"


def limits_of(configuration: Configuration) -> Limits:
    """Return the limits for a checked file.

    Raises:
        ConfigError: A configuration of the checked project raises one.

    """
    given = configuration.data.get("limits") or {}
    raised = [key for key, value in given.items() if value > getattr(DEFAULTS, key)]
    if raised and not configuration.trusted and configuration.document is not None:
        place = place_of(configuration.document.region(("limits", raised[0])))
        said = f"{configuration.document.path}:{place}: limits.{raised[0]} is {given[raised[0]]}, more than"
        message = f"{said} {getattr(DEFAULTS, raised[0])}: the project that is checked may only lower its limits"
        raise ConfigError(message, "--trust lets it raise them, and so does --config with the file that does")
    return DEFAULTS._replace(**given)


def overrides_of(configuration: Configuration) -> dict[str, Override]:
    """Return the changes to rules that a configuration makes, by rule id or code."""
    found: dict[str, Override] = {}
    document = configuration.document
    if document is None:
        return found
    for name, entry in (configuration.data.get("rules") or {}).items():
        severity = Severity.named(entry["severity"]) if "severity" in entry else None
        place = f"{document.path}:{place_of(document.region(('rules', name)))}"
        found[name] = Override(severity, entry.get("parameters") or {}, place)
    return found
