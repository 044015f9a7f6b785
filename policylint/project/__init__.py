"""Files beside a campaign → facts about who carries its messages; facts and defaults → a completed campaign record."""

from __future__ import annotations

from policylint.project.completion import Defaults, complete, with_defaults
from policylint.project.facts import MAXIMUM_SIZE, Fact, Facts, project_root, read_facts
from policylint.project.manifests import Clue

__all__ = [
    "MAXIMUM_SIZE",
    "Clue",
    "Defaults",
    "Fact",
    "Facts",
    "complete",
    "project_root",
    "read_facts",
    "with_defaults",
]
