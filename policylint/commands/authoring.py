"""``test``, ``new``, ``docs`` and ``schema``: for those who write rules."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policylint.commands import CLEAN, FOUND, Command
from policylint.commands.prepare import today

_NOTICED = 0.95
"""The share of mutants that the cases have to notice."""


def _test_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        type=Path,
        help="packs, rules or their test files; default: the packs that come with policylint",
    )
    parser.add_argument(
        "--mutation",
        action="store_true",
        help=f"try the rules with one small mistake each: the cases have to notice {_NOTICED:.0%}%",
    )
    parser.add_argument(
        "--overlaps", action="store_true", help="name rules that another one shadows, and pairs that contradict"
    )


def _test(options: argparse.Namespace) -> int:
    from policylint.plugins import load_extensions
    from policylint.ruletest import run_tests

    extensions = load_extensions()
    text, passed = run_tests(options.paths, extensions)
    sys.stdout.write(text)
    if options.mutation:
        from policylint.mutation import run_mutation

        text, score = run_mutation(options.paths, extensions)
        sys.stdout.write(text)
        passed = passed and score.share >= _NOTICED and not score.useless
    if options.overlaps:
        from policylint.overlaps import run_overlaps

        text, overlaps = run_overlaps(options.paths, extensions)
        sys.stdout.write(text)
        passed = passed and not overlaps.contradictions  # a shadow rests on cases alone: a hint
    return CLEAN if passed else FOUND


def _new_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="PACK/RULE", help="id of the new rule, such as whatsapp/missing-label")
    parser.add_argument(
        "--folder", type=Path, default=Path("rules"), metavar="FOLDER", help="folder of the packs; default: rules"
    )


def _new(options: argparse.Namespace) -> int:
    from policylint.scaffold import write_rule

    for path in write_rule(options.rule, options.folder, today()):
        sys.stdout.write(f"wrote {path}\n")
    return CLEAN


def _docs_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "packs", nargs="*", metavar="PACK", type=Path, help="folders of packs; default: those that come with policylint"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("docs/rules"),
        metavar="FOLDER",
        help="folder of these pages alone; default: docs/rules; without PACK, formats.md is written beside it",
    )
    parser.add_argument(
        "--schema", type=Path, metavar="FILE", help="a campaign schema, to note at its fields which rules read them"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if something is not up to date")


def _docs(options: argparse.Namespace) -> int:
    from policylint.plugins import load_extensions
    from policylint.ruledocs import changes, rule_docs, write_changes

    docs = rule_docs(options.packs, options.output, options.schema, load_extensions())
    if not options.packs:
        from policylint.formatdocs import FORMATS_PAGE, formats, formats_page

        page = formats_page(formats(load_extensions(installed=False)))
        docs = docs._replace(texts={**docs.texts, options.output.parent / FORMATS_PAGE: page})
    found = changes(docs)
    for change in found:
        sys.stdout.write(f"{change.path.as_posix()}: {change.what if options.check else change.done}\n")
    if options.check:
        sys.stdout.write(f"{len(docs.texts)} files, {len(found) or 'none'} not up to date\n")
        return FOUND if found else CLEAN
    write_changes(found)
    sys.stdout.write(f"{len(docs.texts)} files, {len(found) or 'none'} changed\n")
    return CLEAN


def _schema_options(parser: argparse.ArgumentParser) -> None:
    from policylint.resources import schema_names

    parser.add_argument(
        "name", nargs="?", choices=schema_names(), default="campaign", help="of which files; default: campaign"
    )


def _schema(options: argparse.Namespace) -> int:
    from policylint.resources import schema_text

    sys.stdout.write(schema_text(options.name))
    return CLEAN


COMMANDS = {
    "test": Command("run the cases beside rules", _test_options, _test),
    "docs": Command("write a page for each rule, their index, and the page of the formats", _docs_options, _docs),
    "schema": Command("print a JSON Schema, for editors and other checks", _schema_options, _schema),
    "new": Command("write a new rule and its cases from a template", _new_options, _new),
}
