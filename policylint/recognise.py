"""A parsed file → for each of its documents the adapter that recognises it, and the campaigns that this makes of it.

A file that the configuration maps with ``sources:`` is read by its mapping, before any adapter is asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.extensions import Adapted
from policylint.model.source import Document, Problem
from policylint.parse import decode
from policylint.parse.escapes import says_any

if TYPE_CHECKING:
    from policylint.extensions import Adapter, Candidate
    from policylint.mapping import Source
    from policylint.model.source import SourceFile
    from policylint.record import ProviderTable

Read = Callable[[Path], "bytes | None"]


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

    def adapted(self, source: SourceFile, path: Path) -> Iterator[tuple[Adapter, Adapted]]:
        """Yield each document's adapter with what it makes of the document; nothing for one in no known format.

        Args:
            source: The parsed file.
            path: Where it stands, for the files beside it.

        """
        if self.sources:
            from policylint import sources

            own = sources.sources_for(path, self.sources, self.base)
            if own:
                yield from ((sources.ADAPTER, sources.adapted(document, own)) for document in source.documents)
                return
        possible: list[bool | None] = [None] * len(self.candidates)
        for document in source.documents:
            for at, candidate in enumerate(self.candidates):
                if possible[at] is None:
                    possible[at] = not candidate.words or says_any(source.text, candidate.words)
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
            said = f"the adapter '{adapter.name}' fails on {document.path}: {type(error).__name__}: {error}"
            problem = Problem("syntax", said, document.first_line(), hint="please report it; nothing was judged here")
            return adapter, Adapted((), (problem,))

    def beside(self, path: Path, shown: str, relative: str) -> Document | None:
        """Return the text of a file in the folder of another one or below it; None where there is none to read."""
        from policylint.parse.lines import whole_text

        folder = os.path.realpath(path.parent)
        target = os.path.realpath(os.path.join(folder, relative))  # noqa: PTH118  # Path would drop `..` and links later
        if os.path.commonpath([folder, target]) != folder:
            return None
        raw = self.read(path.parent / relative)
        try:
            text = None if raw is None else decode(raw)
        except UnicodeDecodeError:
            return None
        if text is None:
            return None
        return whole_text(f"{shown.rpartition('/')[0]}/{relative}".lstrip("/"), text)
