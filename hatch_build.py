"""The build hook: the wheel holds our rule packs parsed, and their screens as modules."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PrebuiltPacks(BuildHookInterface[Any]):
    """Adds what ``policylint.prebuilt`` makes to a wheel; an editable install reads the packs as they are."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files and name them to the builder."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from policylint.prebuilt import prebuilt_files

            files = prebuilt_files()
        finally:
            sys.path.remove(self.root)
        self.folder = tempfile.TemporaryDirectory()
        for number, (path, content) in enumerate(files.items()):
            written = Path(self.folder.name, str(number))
            written.write_bytes(content)
            build_data["force_include"][str(written)] = path

    def finalize(self, *_: Any) -> None:
        """Remove the files that are in the wheel now."""
        if hasattr(self, "folder"):
            self.folder.cleanup()
