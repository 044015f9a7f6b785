"""What policylint returns of hostile input → AssertionError where a place of it is not in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from policylint.model.source import Place, Region

if TYPE_CHECKING:
    from policylint.extensions import Adapted
    from policylint.model.finding import Finding
    from policylint.model.source import Pointer, SourceFile

_VALUES = 100
"""Values of one document of which the place is asked: all of a long one take too long."""


def assert_sound(source: SourceFile) -> None:
    """Ask for everything there is to ask of a parsed file."""
    regions = [problem.region for problem in source.problems]
    regions += [region for problem in source.problems for _, region in problem.related]
    regions += [comment.region for comment in source.comments()]
    for document in source.documents:
        regions.append(document.first_line())
        for pointer in islice(pointers(document.data), _VALUES):
            located = document.locate(pointer)
            assert located is not None or document.dialect == "toml"  # of TOML only what a rule may point at is found
            regions += [region for region in located or () if region is not None]
            regions += [document.region((*pointer, "none")), Place(document, pointer, (0, 1)).region()]
    starts = [block.start for block in source.blocks()]
    assert starts == sorted(starts)
    for block in source.blocks():
        assert 0 <= block.start <= block.value <= block.end <= len(source.text)
    assert_inside(regions, source.text)


def assert_places(adapted: Adapted, text: str) -> None:
    """Ask for the place of what an adapter made of a document."""
    assert_inside((problem.region for problem in adapted.problems), text)
    for campaign in islice(adapted.campaigns, 20):
        for path in islice(pointers(campaign.data), _VALUES):
            place = campaign.place(path)
            assert_inside([place.region()], place.document.text)


def assert_findings(findings: Iterable[Finding], path: str, text: str) -> None:
    """Ask for the places of findings in a file."""
    for finding in findings:
        if finding.path == path:
            assert_inside([finding.region], text)


def assert_inside(regions: Iterable[Region], text: str) -> None:
    """Check that regions lie in a text and do not end before they begin."""
    for start, end in regions:
        assert 0 <= start.offset <= end.offset <= len(text)
        assert (1, 1) <= start[:2] <= end[:2]


def pointers(data: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield the pointers of all values in a document."""
    yield pointer
    if isinstance(data, (dict, list)):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from pointers(value, (*pointer, key))
