"""The library call: the same settings and the same run as the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.boundary import is_within, project_above
from policylint.config import (
    WAIVER_FILE,
    Configuration,
    Settings,
    find_configuration,
    find_waiver_file,
    limits_of,
    overrides_of,
    read_configuration,
    waivers_of,
    with_waiver_file,
)
from policylint.discover import Target, files_of, folders_of, read_file, reader_for
from policylint.errors import UsageError
from policylint.model.rule import Severity
from policylint.pipeline import run
from policylint.plugins import load_extensions

if TYPE_CHECKING:
    from policylint.extensions import Extensions
    from policylint.mapping import Source
    from policylint.model.baseline import Baseline
    from policylint.model.finding import Report
    from policylint.recognise import Read


def lint(
    paths: Sequence[str | Path],
    *,
    as_of: date,
    at: date | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    config: Path | None = None,
    isolated: bool = False,
    packs: Sequence[Path] = (),
    trust: bool = False,
    inline_suppressions: bool = True,
    fail_on_upcoming: int | None = None,
    baseline: Path | None = None,
) -> Report:
    """Check campaign files.

    Args:
        paths: Files and folders.
        as_of: The day that campaigns without dates of their own are judged on; the library never reads the clock.
        at: Judge every campaign as if it ran on that day.
        select: Ids, codes, packs or code prefixes of the rules to apply; empty for all.
        ignore: The same, of rules to leave out.
        config: The configuration file; None looks for one from the paths upward.
        isolated: Use no configuration.
        packs: Folders of further rule packs.
        trust: Let the project reach out of its folder: by links, and by packs and limits of its configuration.
        inline_suppressions: Let comments in the files suppress findings.
        fail_on_upcoming: Days within which nothing may become so severe that the run would fail.
        baseline: The file with the findings that are accepted; None takes the one that the configuration names.

    Raises:
        PolicylintError: The run could not do its work; what is wrong in a checked file is a finding.

    """
    texts = [str(path) for path in paths]
    configuration = load_configuration(texts, config, isolated=isolated, trust=trust)
    settings = settings_for(
        configuration,
        as_of=as_of,
        at=at,
        select=select,
        ignore=ignore,
        packs=packs,
        trust=trust,
        fail_on_upcoming=fail_on_upcoming,
    )
    settings = settings._replace(
        folders=folders_of(texts),
        baseline=load_baseline(configuration, baseline),
        inline_suppressions=inline_suppressions,
        fixes=True,
        prove_fixes=True,
    )
    found = files_of(texts, settings)
    return run(found.targets, settings, load_extensions(), reader_for(settings), excluded=found.excluded)


def load_configuration(
    paths: Sequence[str], config: Path | None, *, isolated: bool, trust: bool = False
) -> Configuration:
    """Return the configuration for some paths: the given one, or the nearest from their common folder upward.

    One that is found belongs to the checked project: without ``trust`` it cannot reach out of it.
    """
    if isolated:
        return Configuration()
    if config is not None:
        if not config.is_file():
            raise UsageError(f"there is no configuration file '{config}'")
        given = read_configuration(config, shown_path(config))
        here = project_above(Path()) or Path()
        given = given if is_within(config, here) else given._replace(globs_from=here)
        return _with_waivers(given, config.parent / WAIVER_FILE)
    folders = [Path(path) if Path(path).is_dir() else Path(path).parent for path in paths] or [Path()]
    common = Path(os.path.commonpath([folder.absolute() for folder in folders]))
    found = find_configuration(common)
    if found is None:
        return _with_waivers(Configuration(trusted=trust), find_waiver_file(common))
    if trust:
        configuration = read_configuration(found, shown_path(found))
    else:
        from policylint.untrusted import untrusted  # late: most runs have no configuration

        configuration = untrusted(found, shown_path(found))
    return _with_waivers(configuration, found.parent / WAIVER_FILE)


def _with_waivers(configuration: Configuration, path: Path | None) -> Configuration:
    if path is None or not path.is_file():
        return configuration
    if not configuration.trusted:
        from policylint.untrusted import require_inside

        require_inside(path, shown_path(path))
    return with_waiver_file(configuration, path, shown_path(path))


def baseline_path(configuration: Configuration, file: Path | None) -> Path | None:
    """Return where the baseline is: the given file, or the one that the configuration names."""
    named = configuration.data.get("baseline")
    return file if file is not None or named is None else (configuration.base or Path()) / named


def load_baseline(configuration: Configuration, file: Path | None, *, ratchet: bool = False) -> Baseline | None:
    """Return the baseline of a run, or None where neither the caller nor the configuration names one.

    Raises:
        UsageError: There is no such file.
        ConfigError: It is not valid.

    """
    path = baseline_path(configuration, file)
    if path is None:
        return None
    raw = read_file(path)
    if raw is None:
        raise UsageError(f"there is no baseline '{shown_path(path)}'", "`policylint baseline PATH` writes one")
    from policylint.baseline import baseline_in

    return baseline_in(raw, path, shown_path(path))._replace(ratchet=ratchet)


def shown_path(path: Path) -> str:
    """Return a path as messages show it: relative to the working folder where it lies below it."""
    relative = os.path.relpath(path)
    return (str(path) if relative.startswith("..") else relative).replace(os.sep, "/")


def settings_for(
    configuration: Configuration,
    *,
    as_of: date,
    at: date | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    packs: Sequence[Path] = (),
    trust: bool = False,
    strict: bool = False,
    require_rules: bool = False,
    fail_on: str | None = None,
    fail_on_upcoming: int | None = None,
    show_suppressed: bool = False,
    show_undecided: bool = False,
    cache: Path | None = None,
) -> Settings:
    """Return the settings of a run: the configuration, with what the caller says laid over it."""
    data = configuration.data
    base = configuration.base
    folders = [*((base or Path()) / folder for folder in data.get("packs") or ()), *packs]
    for folder in folders:
        if not (folder / "pack.yaml").is_file():
            raise UsageError(f"there is no rule pack '{shown_path(folder)}'", "a pack is a folder with a pack.yaml")
    undecided = data.get("undecided", "ignore")
    fail_on = fail_on or data.get("fail_on", "error")
    return Settings(
        as_of=as_of,
        at=at,
        select=tuple(select) or tuple(data.get("select") or ()),
        ignore=tuple(dict.fromkeys((*(data.get("ignore") or ()), *ignore))),
        pack_folders=tuple((folder, shown_path(folder)) for folder in folders),
        exclude=tuple(data.get("exclude") or ()),
        base=configuration.globs_from or base,
        overrides=overrides_of(configuration),
        defaults=data.get("defaults") or {},
        defaults_document=configuration.document,
        defaults_pointer=(*configuration.pointer, "defaults"),
        sources=_sources_of(configuration),
        waivers=waivers_of(configuration),
        undecided=None if undecided == "ignore" else Severity.named(undecided),
        strict=strict,
        require_rules=require_rules,
        limits=limits_of(configuration),
        follow_links=trust,
        fail_on=None if fail_on == "never" else Severity.named(fail_on),
        upcoming=fail_on_upcoming,
        show_suppressed=show_suppressed,
        show_undecided=show_undecided,
        cache=cache,
    )


def cache_outside(folder: Path | None, paths: Sequence[str]) -> Path | None:
    """Return a cache folder, or None where it lies in a project that is checked: that could bring its own results."""
    return None if folder is None or is_in_checked_project(folder, paths) else folder


def is_in_checked_project(path: Path, checked: Sequence[str]) -> bool:
    """Tell whether a path lies in one of the checked folders or in a project around what is checked."""
    parents = {os.path.dirname(os.path.abspath(place)) for place in checked}  # noqa: PTH100, PTH120  # links stay
    projects = (project_above(Path(parent)) for parent in parents)
    return any(is_within(path, one) for one in (*projects, *map(Path, checked)) if one is not None)


def _sources_of(configuration: Configuration) -> tuple[Source, ...]:
    if not configuration.data.get("sources"):
        return ()
    from policylint.mapping import sources_of

    return sources_of(configuration.document, configuration.data)


def lint_bytes(raw: bytes, name: str, settings: Settings, extensions: Extensions, read: Read = read_file) -> Report:
    """Check what a file of that name would hold."""
    target = Target(name, Path(name), named=True)
    return run([target], settings, extensions, lambda path: raw if path == target.path else read(path))
