"""A configuration that was found in the checked project, and may be somebody else's → the same, if it stays inside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.boundary import is_within, project_above
from policylint.config import Configuration, place_of, read_configuration
from policylint.errors import ConfigError

if TYPE_CHECKING:
    from policylint.model.source import Pointer


def untrusted(path: Path, shown: str) -> Configuration:
    """Read a configuration file that was found in the project that is checked.

    Raises:
        ConfigError: It leads out of the project, or is not valid.

    """
    project = require_inside(path, shown)
    configuration = read_configuration(path, shown)._replace(trusted=False)
    document, data = configuration.document, configuration.data
    named: list[tuple[Pointer, str, str]] = [
        (("packs", number), "rule pack", pack) for number, pack in enumerate(data.get("packs") or ())
    ]
    if "baseline" in data:
        named.append((("baseline",), "baseline", data["baseline"]))
    for pointer, what, name in named:
        if document is not None and next(_links_out(path.parent / name, project), None) is not None:
            said = f"{shown}:{place_of(document.region(pointer))}: the {what} '{name}' leads out of the project"
            raise ConfigError(said, "--trust lets it, and so does --config with this file")
    return configuration


def require_inside(path: Path, shown: str) -> Path:
    """Return the project that a file belongs to.

    Raises:
        ConfigError: The file is a link that leads out of it.

    """
    project = project_above(path.parent) or path.parent
    if not is_within(path, project):
        raise ConfigError(f"{shown} is a link that leads out of the project", "--trust follows it")
    return project


def _links_out(folder: Path, project: Path) -> Iterator[Path]:
    """Yield the links in a folder and below it that lead out of a project; the folder itself where it does."""
    if not is_within(folder, project):
        yield folder
        return
    for above, folders, files in os.walk(folder):
        links = (Path(above, name) for name in sorted([*folders, *files]))
        yield from (link for link in links if link.is_symlink() and not is_within(link, project))
