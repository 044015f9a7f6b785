"""A limit on the processor time that goes into one file.

Work asks between its stages whether time is up. Where the system has a timer for it, work that does not come to ask is
interrupted; a worker process that is stuck in C code, the system ends.
"""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # the module signal takes a millisecond to import
import time
from math import ceil

_AGAIN = 0.5
"""Seconds between interruptions: one may be lost in code that takes no exceptions."""
_GRACE = 2
"""Seconds after which the system ends a worker process whose work could not be interrupted."""


class OutOfTimeError(BaseException):
    """Time is up; no Exception, as who catches those would go on with the file."""


class TimeLimit:
    """The time for one file after another."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end: float | None = None
        self._has_timer = False
        self._is_final = False

    def arm(self) -> None:
        """Take the timer of this process, where there is one and it is nobody else's."""
        try:
            free = signal.getsignal(signal.SIGPROF) == signal.SIG_DFL
            if free and signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0):
                signal.signal(signal.SIGPROF, lambda *_: self.check())
                self._has_timer = True
        except (AttributeError, ValueError):  # Windows; not the main thread
            pass

    def disarm(self) -> None:
        """Give the timer back."""
        if self._has_timer:
            self.stop()
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            self._has_timer = False

    def make_final(self) -> None:
        """Let the system end this process, which is one of several, where it cannot be interrupted."""
        self._is_final = True

    def start(self) -> None:
        """Begin to count."""
        now = time.process_time()
        self._end = now + self.seconds
        if self._has_timer:
            signal.setitimer(signal.ITIMER_PROF, self.seconds, _AGAIN)
        if self._is_final:
            _end_process_after(ceil(now + self.seconds) + _GRACE)

    def check(self) -> None:
        """Raise OutOfTimeError where time is up."""
        if self._end is not None and time.process_time() > self._end:
            raise OutOfTimeError

    def stop(self) -> None:
        """Count no longer."""
        self._end = None
        if self._has_timer:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _end_process_after(seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    if most == resource.RLIM_INFINITY or seconds < most:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
