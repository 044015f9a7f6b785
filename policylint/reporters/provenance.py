"""Report → what its verdicts rest on: versions, packs, the YAML parser, the configuration, the options."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policylint.model.phrase import Phrase, phrase
from policylint.reporters.display import one_line

if TYPE_CHECKING:
    from policylint.model.finding import PackUsed, Provenance, Report


def packs_object(packs: Mapping[str, PackUsed]) -> dict[str, dict[str, str]]:
    """Return packs as plain data, by name."""
    return {name: {"version": pack.version, "digest": pack.digest} for name, pack in packs.items()}


def provenance_object(report: Report) -> dict[str, Any] | None:
    """Return the rest as plain data; None for a report that no run has made."""
    provenance = report.provenance
    if provenance is None:
        return None
    return {
        "python": _python(),
        "yaml_parser": yaml_parser(report),
        "plugins": list(provenance.plugins),
        **{
            name: None if file is None else {"path": file[0], "digest": digest_of(file[1])}
            for name, file in _files(provenance).items()
        },
        "options": {
            name: list(value) if isinstance(value, tuple) else value for name, value in provenance.options.items()
        },
    }


def provenance_lines(report: Report) -> Iterator[Phrase]:
    """Yield the same in lines for people."""
    parts = [f"policylint {report.version}", f"Python {_python()}", yaml_parser(report)]
    yield phrase("made with {programs}", programs=", ".join(part for part in parts if part))
    for name, pack in report.packs.items():
        told = "pack {name}, version {version}, sha256 {digest}"
        yield phrase(told, name=one_line(name), version=pack.version, digest=pack.digest)
    if report.provenance is None:
        return
    for name, file in _files(report.provenance).items():
        if file is not None:
            path, digest = one_line(file[0]), digest_of(file[1])
            yield phrase("{what} {path}, sha256 {digest}", what=_FILES[name], path=path, digest=digest)
    plugins = report.provenance.plugins
    if plugins:
        yield phrase("plugins {names}", names=one_line(", ".join(plugins)))
    options = {name: value for name, value in report.provenance.options.items() if value not in ((), None, False)}
    said = (f"{name} {', '.join(value) if isinstance(value, tuple) else value}" for name, value in options.items())
    yield phrase("options {options}", options=one_line("; ".join(said)))


_FILES = {"configuration": phrase("configuration"), "waivers": phrase("waivers"), "baseline": phrase("baseline")}


def _files(provenance: Provenance) -> dict[str, tuple[str, str] | None]:
    return {
        "configuration": provenance.configuration,
        "waivers": provenance.waivers,
        "baseline": provenance.baseline,
    }


def yaml_parser(report: Report) -> str | None:
    """Return the name of the parser, or None where no YAML was read: it is not imported to be named."""
    if "yaml" not in sys.modules and (report.provenance is None or not report.provenance.reads_yaml):
        return None
    from policylint.parse.yaml import parser_name

    return parser_name()


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, which is what ``sha256sum`` says of its file."""
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _python() -> str:
    return ".".join(str(part) for part in sys.version_info[:3])
