"""Acme's house rules for policylint: a pack, a format, an operator, a report."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from policylint import Operator, hookimpl
from policylint.extensions import Adapted, Adapter, Reporter, Style
from policylint.model.campaign import Campaign
from policylint.model.finding import Report
from policylint.model.source import Document, Place


@hookimpl
def policylint_rule_packs() -> Iterable[Path]:
    return [Path(__file__).parent / "packs" / "acme"]


def _adapt(document: Document, _providers: object) -> Adapted:
    blast = document.data["acme_blast"]
    record = {"campaign": blast["title"], "channel": "whatsapp", "name": blast["title"], "messages": [{"body": blast["text"]}]}
    places = {
        (): Place(document, ("acme_blast",)),
        ("name",): Place(document, ("acme_blast", "title")),
        ("messages", 0, "body"): Place(document, ("acme_blast", "text")),
    }
    return Adapted([Campaign(record, document, "acme-blast", places)])


@hookimpl
def policylint_adapters() -> Iterable[Adapter]:
    return [
        Adapter(
            name="acme-blast",
            title="Acme blast file",
            signs="a mapping with `acme_blast`",
            recognises=lambda document: isinstance(document.data, dict) and isinstance(document.data.get("acme_blast"), dict),
            adapt=_adapt,
        )
    ]


@hookimpl
def policylint_operators() -> Mapping[str, Operator]:
    def shouts(value: str, limit: int) -> bool:
        return sum(character.isupper() for character in value) > limit

    return {"shouts_more_than": Operator(shouts, {"type": "integer"}, "has more than {argument} capital letters", (str,))}


def _render(report: Report, _style: Style) -> str:
    return f"acme: {len(report.findings)} findings in {report.campaigns} campaigns\n"


@hookimpl
def policylint_reporters() -> Mapping[str, Reporter]:
    return {"acme": Reporter("Acme's one line", _render)}
