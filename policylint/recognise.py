"""A parsed file → for each of its documents the adapter that recognises it, and the campaigns that this makes of it.

A file that the configuration maps with ``sources:`` is read by its mapping, before any adapter is asked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.extensions import Adapted
from policylint.model.phrase import phrase
from policylint.model.source import Document, Problem
from policylint.parse import decode
from policylint.parse.escapes import says_any, spelled_out

if TYPE_CHECKING:
    from policylint.extensions import Adapter, Candidate
    from policylint.mapping import Source
    from policylint.model.source import SourceFile
    from policylint.record import ProviderTable

Read = Callable[[Path], "bytes | None"]

# Suppressions; UTF-16, with a mark or without; escapes in quotes, which may stand for the letters of a word.
_NOT_PLAIN = (b"policylint", b"\xff\xfe", b"\xfe\xff", b"\0", b"\\u00", b"\\x", b"\\u{")
_MAY_HIDE = (b"\\/", b"\\ ", b"\\\n", b"\\\r")
"""What of escapes stands in many files that hide nothing."""


class Recogniser:
    """Finds the adapters for files, one file after another."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        providers: ProviderTable,
        read: Read,
        sources: Sequence[Source] = (),
        base: Path | None = None,
    ) -> None:
        """Keep what decides.

        Args:
            candidates: The adapters, in the order in which they are asked.
            providers: What names and addresses say about who carries messages.
            read: Gives the bytes of a file, or None where it cannot be read.
            sources: Mappings of the configuration; a file that fits one is read so, and by no adapter.
            base: The folder that their globs are relative to.

        """
        self.sources = sources
        self.base = base
        self.candidates = sorted(candidates, key=lambda candidate: not candidate.words)
        self.providers = providers
        self.read = read

    def may_hold(self, raw: bytes, path: Path) -> bool:
        """Tell, without reading a file, whether it may be of interest; False only where it is in no known format.

        Args:
            raw: What is in it.
            path: Where it stands.

        """
        text = raw.lower()
        signs = self._signs
        if signs is None or any(sign in text for sign in signs):
            return True
        if self._own_sources(path) or any(sign in text for sign in _NOT_PLAIN):
            return True
        if any(sign in text for sign in _MAY_HIDE):
            text = spelled_out(text.decode("latin-1")).encode("latin-1")
        return any(sign in text for sign in signs) or self._is_named(path.name.lower())

    @cached_property
    def _signs(self) -> tuple[bytes, ...] | None:
        """Bytes of which every file in a known format has some, but for those known by name; None where any may do."""
        by_content = [candidate.words for candidate in self.candidates if candidate.names is None]
        if not all(by_content):
            return None
        # Bytes beyond ASCII have no small letters.
        plain = (re.split(r"[^\x00-\x7f]", word)[0] for words in by_content for word in words)
        return tuple(dict.fromkeys(word.encode() for word in plain))

    def _own_sources(self, path: Path) -> Sequence[Source]:
        """Return the mappings of the configuration that are for a file."""
        if not self.sources:
            return ()
        from policylint import sources

        return sources.sources_for(path, self.sources, self.base)

    def _is_named(self, name: str) -> bool:
        patterns = (candidate.names for candidate in self.candidates)
        return any(pattern is not None and re.fullmatch(pattern, name) is not None for pattern in patterns)

    def adapted(self, source: SourceFile, path: Path) -> Iterator[tuple[Adapter, Adapted]]:
        """Yield each document's adapter with what it makes of the document; nothing for one in no known format.

        Args:
            source: The parsed file.
            path: Where it stands, for the files beside it.

        """
        own = self._own_sources(path)
        if own:
            from policylint import sources

            yield from ((sources.ADAPTER, sources.adapted(document, own)) for document in source.documents)
            return
        name = source.path.rpartition("/")[2].lower()
        possible: list[bool | None] = [None] * len(self.candidates)
        for document in source.documents:
            for at, candidate in enumerate(self.candidates):
                if possible[at] is None:
                    possible[at] = _may_be_of(candidate, name, source.text)
                found = self._tried(candidate, document, path) if possible[at] else None
                if found is not None:
                    yield found
                    break

    def _tried(self, candidate: Candidate, document: Document, path: Path) -> tuple[Adapter, Adapted] | None:
        adapter = candidate.load()
        try:
            if not adapter.recognises(document):
                return None
            document = document._replace(beside=partial(self.beside, path, document.path))
            return adapter, adapter.adapt(document, self.providers)
        except Exception as error:  # noqa: BLE001  # an adapter may be foreign code; the other files are still checked
            said = phrase(
                "the adapter '{adapter}' fails on {path}: {error}",
                adapter=adapter.name,
                path=document.path,
                error=f"{type(error).__name__}: {error}",
            )
            hint = phrase("please report it; nothing was judged here")
            problem = Problem("syntax", said, document.first_line(), hint=hint)
            return adapter, Adapted((), (problem,))

    def beside(self, path: Path, shown: str, relative: str) -> Document | None:
        """Return the text of a file in the folder of another one or below it; None where there is none to read."""
        from policylint.parse.lines import whole_text

        folder = os.path.realpath(path.parent)
        try:
            target = os.path.realpath(os.path.join(folder, relative))  # noqa: PTH118  # Path would drop `..` and links later
            if os.path.commonpath([folder, target]) != folder:
                return None
            raw = self.read(path.parent / relative)
        except ValueError:  # no name that a file can have: a zero byte, half a character
            return None
        try:
            text = None if raw is None else decode(raw)
        except UnicodeDecodeError:
            return None
        if text is None:
            return None
        return whole_text(f"{shown.rpartition('/')[0]}/{relative}".lstrip("/"), text)


def _may_be_of(candidate: Candidate, name: str, text: str) -> bool:
    """Tell whether a file may be of a format, by its name in small letters and the words in its text."""
    if candidate.names is not None and re.fullmatch(candidate.names, name) is None:
        return False
    return not candidate.words or says_any(text, candidate.words)
