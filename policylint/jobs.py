"""Work on many items → the result of each, in order, by as many processes as are wanted.

Workers are forked: they have the rules loaded already, and no module has to be imported for them. Numbers of the items
go round in one pipe from which each worker takes the next; results come back through a pipe of each worker's own.
"""

from __future__ import annotations

import marshal
import os
import selectors
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from policylint.errors import PolicylintError
from policylint.model.tuples import NamedTuple

Item = TypeVar("Item")

_CHUNK = 16
"""Items taken at a time: enough for a pipe to cost nothing, few enough for all workers to end together."""
_NUMBER = 4
"""Bytes of a number in a pipe."""
_RESULTS, _REFUSAL, _BUG = "results", "refusal", "bug"
_MAXIMUM_CHUNKS = 8_000
"""Numbers that fit into the smallest buffer of a pipe that there is (64 KiB) with room to spare."""


def can_fork() -> bool:
    """Tell whether workers can be had on this system."""
    return hasattr(os, "fork") and sys.platform not in ("emscripten", "wasi")


def processors() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def map_in_processes(
    items: Sequence[Item], work: Callable[[Item], Any], jobs: int, name: Callable[[Item], str]
) -> Iterator[Any]:
    """Yield the result of each item, in order.

    Args:
        items: What is to be worked on.
        work: Returns plain data: what ``marshal`` can write.
        jobs: How many processes work; this one only collects.
        name: What an item is called in an error.

    Raises:
        PolicylintError: A worker ended before its work did, killed for want of memory perhaps.

    """
    size = max(_CHUNK, -(-len(items) // _MAXIMUM_CHUNKS))
    chunks = [items[at : at + size] for at in range(0, len(items), size)]
    with _Workers(chunks, work, min(jobs, len(chunks))) as workers:
        ready: dict[int, list[Any]] = {}
        for number, chunk in enumerate(chunks):
            while number not in ready:
                found = workers.next()
                if found is None:
                    missing = ", ".join(name(item) for item in chunk[:3])
                    message = f"a worker process ended before its work was done, at or after {missing}"
                    raise PolicylintError(message, "--jobs 1 does without worker processes and needs less memory")
                ready[found[0]] = found[1]
            yield from ready.pop(number)


class _Worker(NamedTuple):
    process: int
    results: int
    """Descriptor of the end of its pipe that is read."""


class _Workers:
    """Forked processes that work on chunks until there are none left."""

    def __init__(self, chunks: Sequence[Sequence[Any]], work: Callable[[Any], Any], jobs: int) -> None:
        self.chunks = chunks
        self.work = work
        self.jobs = jobs
        self.workers: list[_Worker] = []
        self.selector = selectors.DefaultSelector()

    def __enter__(self) -> _Workers:
        sys.stdout.flush()
        sys.stderr.flush()
        taken, given = os.pipe()
        _write(given, b"".join(_written(number) for number in range(len(self.chunks))))
        os.close(given)
        try:
            for _ in range(self.jobs):
                self._fork(taken)
        except BaseException:
            self.__exit__()
            raise
        finally:
            os.close(taken)
        return self

    def _fork(self, taken: int) -> None:
        reading, writing = os.pipe()
        # An interrupt between the fork and what follows would run on in both processes.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process = os.fork()
            if process == 0:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that the user started ends this one
                os.close(reading)
                self._serve(taken, writing)
            self.workers.append(_Worker(process, reading))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        os.close(writing)
        self.selector.register(reading, selectors.EVENT_READ)

    def _serve(self, taken: int, writing: int) -> None:
        """Work until nothing is left, then end the process without what this one would do at its end."""
        try:
            while len(number := os.read(taken, _NUMBER)) == _NUMBER:
                done = marshal.dumps(self._done(self.chunks[int.from_bytes(number, "little")]))
                _write(writing, number + _written(len(done)) + done)
        except OSError:  # the run is over
            pass
        finally:
            os._exit(0)

    def _done(self, chunk: Sequence[Any]) -> tuple[str, Any]:
        """Return the results of a chunk, or what made them impossible."""
        try:
            return _RESULTS, [self.work(item) for item in chunk]
        except PolicylintError as error:
            return _REFUSAL, (error.message, error.hint)
        except Exception:  # noqa: BLE001  # a bug is told by the process that the user started
            import traceback

            return _BUG, traceback.format_exc()

    def next(self) -> tuple[int, list[Any]] | None:
        """Return the number and the results of a chunk that is done; None where no worker will give one."""
        while self.selector.get_map():
            for key, _ in self.selector.select():
                head = _read(key.fd, 2 * _NUMBER)
                body = _read(key.fd, int.from_bytes(head[_NUMBER:], "little"))
                if not body:
                    self.selector.unregister(key.fd)
                    continue
                kind, found = marshal.loads(body)  # noqa: S302  # written by a process of our own
                if kind == _REFUSAL:
                    raise PolicylintError(*found)
                if kind == _BUG:
                    raise RuntimeError(f"in a worker process\n{found}")
                return int.from_bytes(head[:_NUMBER], "little"), found
        return None

    def __exit__(self, *_: object) -> None:
        self.selector.close()
        for worker in self.workers:
            os.close(worker.results)
            with suppress(ProcessLookupError):
                os.kill(worker.process, signal.SIGTERM)
            os.waitpid(worker.process, 0)


def _written(number: int) -> bytes:
    return number.to_bytes(_NUMBER, "little")


def _write(pipe: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(pipe, view) :]


def _read(pipe: int, size: int) -> bytes:
    """Return so many bytes, or none where the other end is closed before."""
    found = bytearray()
    while len(found) < size:
        part = os.read(pipe, size - len(found))
        if not part:
            return b""
        found += part
    return bytes(found)
