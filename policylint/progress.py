"""How far a run is, on a terminal, once it takes longer than a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

_PATIENCE, _PACE = 1.0, 0.1
"""Seconds before the line is shown, and between two changes of it."""
_CLEAR = "\r\x1b[K"


class Progress:
    """One line on a terminal that is written over and over, and taken away at the end."""

    def __init__(self, terminal: TextIO, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.terminal = terminal
        self.total = total
        self.clock = clock
        self.done = 0
        self.found = 0
        self.shown = False
        self.due = clock() + _PATIENCE

    def step(self, found: int) -> None:
        """Count a file that is checked, and its findings."""
        self.done += 1
        self.found += found
        now = self.clock()
        if now >= self.due:
            self.due = now + _PACE
            self.shown = True
            so_far = f"checked {self.done} of {self.total} files, {self.found} findings so far"
            self.terminal.write(f"{_CLEAR}{so_far}")
            self.terminal.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self.shown:
            self.shown = False
            self.terminal.write(_CLEAR)
            self.terminal.flush()
