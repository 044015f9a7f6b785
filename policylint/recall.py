"""A run → which results of earlier runs still hold for its files, and those of its own kept for later ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policylint import __version__
from policylint.model.tuples import NamedTuple

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.model.finding import FileResult
    from policylint.project.facts import Facts
    from policylint.recognise import Read
    from policylint.resultcache import ResultCache
    from policylint.ruleset import RuleSet


class Traces(NamedTuple):
    """What decided a result beside the rules and the settings of the run."""

    content: bytes
    """Digest of the file, with its name."""
    beside: Sequence[tuple[str, bytes]]
    """Files read beside it, each with the digest of what was in it; empty for one that could not be read."""
    facts: bytes
    """Digest of what the project's files show; empty where no campaign asked for it."""


class Recall:
    """The results of earlier runs that had the same rules and settings."""

    def __init__(
        self, cache: ResultCache, run: bytes, rules: RuleSet, read: Read, facts_for: Callable[[Path], Facts]
    ) -> None:
        self.cache = cache
        self.run = run
        self.rules = rules.rules
        self.read = read
        self.facts_for = facts_for
        self.facts: dict[Path, bytes] = {}

    def find(self, target: Target) -> FileResult | None:
        """Return the result that a file had, if it would have the same now."""
        raw = None if target.barred else self.read(target.path)
        if raw is None:
            return None
        kept = self.cache.get(digest(self.run, digest_of_target(target, raw)))
        from policylint.plain import result_of

        try:
            beside, facts, plain = kept
            if facts and facts != self.facts_digest(target.path.parent).hex():
                return None
            if any(digest_of_content(self.read(Path(path))).hex() != known for path, known in beside):
                return None
            return result_of(plain, self.rules)
        except (LookupError, TypeError, ValueError):
            return None

    def keep(self, traces: Traces, plain: list[Any]) -> None:
        """Keep a result for later runs."""
        beside = [(path, known.hex()) for path, known in traces.beside]
        self.cache.put(digest(self.run, traces.content), [beside, traces.facts.hex(), plain])

    def facts_digest(self, folder: Path) -> bytes:
        """Return the digest of what the project's files show to campaigns in a folder."""
        if folder not in self.facts:
            self.facts[folder] = _digest_of_facts(self.facts_for(folder))
        return self.facts[folder]

    def close(self) -> None:
        """Write what is to be kept."""
        self.cache.close()


def digest(*parts: bytes) -> bytes:
    """Return a digest of some parts and of where one ends and the next begins."""
    try:  # hashlib would load OpenSSL, which takes longer than to check ten files
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    found = blake2b(digest_size=20)
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    result: bytes = found.digest()
    return result


def open_recall(
    settings: Settings, rules: RuleSet, extensions: Extensions, read: Read, facts_for: Callable[[Path], Facts]
) -> Recall | None:
    """Return what can be recalled; None where nothing is kept, or where a plugin has a say in what is found."""
    if extensions.installed or settings.cache is None:
        return None
    from policylint.resultcache import ResultCache

    cache = ResultCache.open(settings.cache)
    return None if cache is None else Recall(cache, _digest_of_run(settings, rules), rules, read, facts_for)


def digest_of_target(target: Target, raw: bytes) -> bytes:
    """Return the digest of a file, its name and whether it was named."""
    return digest(str(target.path).encode("utf-8", "surrogateescape"), b"named" if target.named else b"met", raw)


def digest_of_content(raw: bytes | None) -> bytes:
    """Return the digest of what is in a file, or nothing where it cannot be read."""
    return b"" if raw is None else digest(raw)


def _digest_of_facts(facts: Facts) -> bytes:
    shown: Mapping[str, Any] = facts.sender
    parts = [
        (name, fact.value, fact.said, fact.place.document.path, fact.place.pointer, fact.place.span)
        for name, fact in sorted(shown.items())
    ]
    texts = [fact.place.document.text for _, fact in sorted(shown.items())]
    return digest(*(repr(part).encode("utf-8", "backslashreplace") for part in (parts, facts.conflict, texts)))


def _digest_of_run(settings: Settings, rules: RuleSet) -> bytes:
    """Return the digest of all that decides the results of a run beside the files themselves."""
    folder = str(Path.cwd())  # shown paths are relative to it
    config = settings.defaults_document
    decides = settings._replace(
        defaults_document=None,
        sources=(),
        exclude=(),
        waivers=None,
        baseline=None,
        folders=(),
        cache=None,
        jobs=1,
        upcoming=None,
        show_suppressed=False,
        show_undecided=False,
    )
    packs = [(pack.name, pack.digest) for pack in rules.packs]
    text = None if config is None else (config.path, config.text)
    parts = (__version__, sys.version, _yaml_parser(), folder, decides, packs, text)
    return digest(*(repr(part).encode("utf-8", "backslashreplace") for part in parts))


def _yaml_parser() -> tuple[object, ...]:
    """Return by what an installed YAML parser is known from another one, without importing it."""
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec("yaml")
    if spec is None or spec.origin is None:
        return ()
    found = Path(spec.origin).stat()
    return spec.origin, found.st_size, found.st_mtime_ns
