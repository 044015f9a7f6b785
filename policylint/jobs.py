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

Item = TypeVar("Item")

_CHUNK = 16
"""Items taken at a time: enough for a pipe to cost nothing, few enough for all workers to end together."""
_NUMBER = 4
"""Bytes of a number in a pipe."""
_RESULT, _REFUSAL, _BUG = "result", "refusal", "bug"
_TAKEN = 0xFFFF_FFFF
"""Stands for the size of a result where a worker tells that it has taken a chunk."""
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
    items: Sequence[Item],
    work: Callable[[Item], Any],
    jobs: int,
    name: Callable[[Item], str],
    out_of_time: Callable[[Item], Any],
) -> Iterator[Any]:
    """Yield the result of each item, in order.

    Args:
        items: What is to be worked on.
        work: Returns plain data: what ``marshal`` can write.
        jobs: How many processes work; this one only collects.
        name: What an item is called in an error.
        out_of_time: Gives the result of an item at which the system ended a worker whose processor time was up.

    Raises:
        PolicylintError: A worker ended before its work did, killed for want of memory perhaps.

    """
    size = max(_CHUNK, -(-len(items) // _MAXIMUM_CHUNKS))
    chunks = [range(at, min(at + size, len(items))) for at in range(0, len(items), size)]
    with _Workers(chunks, lambda at: work(items[at]), min(jobs, len(chunks))) as workers:
        ready: dict[int, Any] = {}
        for number in range(len(items)):
            while number not in ready:
                at, found = workers.next()
                if found is _ENDED:
                    message = f"a worker process was ended at or after {name(items[number if at is None else at])}"
                    raise PolicylintError(message, "--jobs 1 does without worker processes and needs less memory")
                if at is not None:
                    ready[at] = out_of_time(items[at]) if found is _TIME_IS_UP else found
            yield ready.pop(number)


_TIME_IS_UP, _ENDED = object(), object()
"""Stand for the result of an item at which a worker was ended: for its processor time, or for something else."""


class _Worker:
    """A forked process, and what it is at."""

    def __init__(self, process: int, results: int) -> None:
        self.process = process
        self.results = results
        """Descriptor of the end of its pipe that is read."""
        self.todo: range = range(0)
        """Items of its chunk that it has not given a result for."""


class _Workers:
    """Forked processes that work on chunks until there are none left."""

    def __init__(self, chunks: Sequence[range], work: Callable[[int], Any], jobs: int) -> None:
        self.chunks = chunks
        self.work = work
        self.jobs = jobs
        self.workers: list[_Worker] = []
        self.selector = selectors.DefaultSelector()
        self.taken = -1

    def __enter__(self) -> _Workers:
        sys.stdout.flush()
        sys.stderr.flush()
        self.taken, given = os.pipe()
        try:
            _write(given, b"".join(_written(number) for number in range(len(self.chunks))))
            os.close(given)
            for _ in range(self.jobs):
                self._fork(range(0))
        except BaseException:
            self.__exit__()
            raise
        return self

    def _fork(self, first: range) -> None:
        """Start a worker that begins with some items."""
        reading, writing = os.pipe()
        # An interrupt between the fork and what follows would run on in both processes.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process = os.fork()
            if process == 0:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that the user started ends this one
                os.close(reading)
                self._serve(first, writing)
            worker = _Worker(process, reading)
            worker.todo = first
            self.workers.append(worker)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        os.close(writing)
        self.selector.register(reading, selectors.EVENT_READ, worker)

    def _serve(self, first: range, writing: int) -> None:
        """Work until nothing is left, then end the process without what this one would do at its end."""
        try:
            self._work(first, writing)
            while len(number := os.read(self.taken, _NUMBER)) == _NUMBER:
                _write(writing, number + _written(_TAKEN))
                self._work(self.chunks[int.from_bytes(number, "little")], writing)
        except OSError:  # the run is over
            pass
        finally:
            os._exit(0)

    def _work(self, chunk: range, writing: int) -> None:
        for at in chunk:
            done = marshal.dumps(self._done(at))
            _write(writing, _written(at) + _written(len(done)) + done)

    def _done(self, at: int) -> tuple[str, Any]:
        """Return the result of an item, or what made it impossible."""
        try:
            return _RESULT, self.work(at)
        except PolicylintError as error:
            return _REFUSAL, (error.message, error.hint)
        except Exception:  # noqa: BLE001  # a bug is told by the process that the user started
            import traceback

            return _BUG, traceback.format_exc()

    def next(self) -> tuple[int | None, Any]:
        """Return the number and the result of an item that is done; no number where no worker is left to do one."""
        while self.selector.get_map():
            for key, _ in self.selector.select():
                worker: _Worker = key.data
                head = _read(worker.results, 2 * _NUMBER)
                number, size = int.from_bytes(head[:_NUMBER], "little"), int.from_bytes(head[_NUMBER:], "little")
                if head and size == _TAKEN:
                    worker.todo = self.chunks[number]
                    continue
                body = _read(worker.results, size)
                if not body:
                    why = self._leave(worker)
                    if worker.todo:
                        return worker.todo[0], why
                    continue
                worker.todo = worker.todo[1:]
                kind, found = marshal.loads(body)  # noqa: S302  # written by a process of our own
                if kind == _REFUSAL:
                    raise PolicylintError(*found)
                if kind == _BUG:
                    raise RuntimeError(f"in a worker process\n{found}")
                return number, found
        return None, _ENDED

    def _leave(self, worker: _Worker) -> object:
        """Take leave of a worker that has ended and return why it has; where time was up, another one goes on."""
        self.selector.unregister(worker.results)
        self.workers.remove(worker)
        os.close(worker.results)
        _, status = os.waitpid(worker.process, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            self._fork(worker.todo[1:])
            return _TIME_IS_UP
        return _ENDED

    def __exit__(self, *_: object) -> None:
        self.selector.close()
        os.close(self.taken)
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
