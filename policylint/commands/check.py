"""``check``: files → reports, mended files or a diff."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.commands import CLEAN, FOUND, Command
from policylint.commands.options import (
    as_day,
    as_days,
    as_jobs,
    baseline_option,
    configuration_options,
    reader_options,
    rules_options,
)
from policylint.commands.prepare import settings_of
from policylint.commands.terminal import progress_bar, style_for, watcher
from policylint.errors import UsageError

if TYPE_CHECKING:
    from policylint.config import Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions
    from policylint.fixrun import FixRun
    from policylint.model.finding import Finding, Report
    from policylint.outputs import Outputs
    from policylint.progress import Progress


_FORMATS = ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "html", "markdown")
"""The built-in ones, as help names them; which there are is known when the plugins are loaded."""


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder")
    days = parser.add_argument_group("days")
    days.add_argument(
        "--as-of",
        type=as_day,
        metavar="DATE",
        help="judge campaigns without dates as of that day; default: today (UTC)",
    )
    days.add_argument("--at", type=as_day, metavar="DATE", help="judge every campaign as if it ran on that day")
    rules_options(parser)
    configuration_options(parser)
    _protection_options(parser)
    accepted = parser.add_argument_group("accepted findings")
    baseline_option(accepted)
    accepted.add_argument(
        "--ratchet", action="store_true", help="take out of the baseline what is gone; nothing is added"
    )
    work = parser.add_argument_group("work")
    work.add_argument(
        "--changed-since", metavar="REV", help="check only the files that git says changed since that commit"
    )
    work.add_argument(
        "--jobs", type=as_jobs, metavar="NUMBER", help="processes that check files; default: as many as shorten the run"
    )
    fixes = parser.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="mend what can be mended safely, then report what is left")
    fixes.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix or --diff: also what changes what is sent, or rests on what the file does not say",
    )
    fixes.add_argument("--diff", action="store_true", help="show what --fix would change, and write nothing")
    report = parser.add_argument_group("report")
    report.add_argument(
        "--fail-on",
        choices=["error", "warning", "info", "never"],
        help="least severity that makes the status 1; default: error",
    )
    report.add_argument(
        "--fail-on-upcoming",
        type=as_days,
        metavar="DAYS",
        help="status 1 as well for what becomes so severe within that many days, as 14d",
    )
    report.add_argument(
        "--format",
        action="append",
        metavar="FORMAT[=FILE]",
        help=f"{', '.join(_FORMATS)}; to standard output or to a file; repeatable; default: text",
    )
    report.add_argument("--show-suppressed", action="store_true", help="show suppressed findings in the text")
    report.add_argument("--show-undecided", action="store_true", help="list the verdicts that hang on an unknown value")
    report.add_argument("--strict", action="store_true", help="a named file in no known format is an error")
    report.add_argument("--require-rules", action="store_true", help="a campaign to which no rule applies is an error")
    reader_options(report)
    report.add_argument("--statistics", action="store_true", help="list in the text how often each rule was broken")
    report.add_argument(
        "--show-provenance", action="store_true", help="say in the text which versions, packs and settings it rests on"
    )
    report.add_argument("--quiet", action="store_true", help="print nothing unless there are findings")
    report.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    report.add_argument("--stdin-filename", metavar="NAME", help="check standard input under that name")


def _protection_options(parser: argparse.ArgumentParser) -> None:
    protection = parser.add_argument_group("files of strangers")
    protection.add_argument(
        "--no-inline-suppressions", action="store_true", help="comments in checked files suppress nothing"
    )
    protection.add_argument(
        "--protected",
        action="store_true",
        help="nothing in the checked project switches rules off; goes with --config FILE from elsewhere or --isolated",
    )


def _require_protection(options: argparse.Namespace, places: Sequence[str]) -> None:
    """Refuse --protected where the project that is checked would have its say."""
    from policylint.api import is_in_checked_project

    if options.trust:
        raise UsageError("--protected and --trust exclude each other")
    if options.config is None and not options.isolated:
        raise UsageError(
            "--protected needs a configuration from elsewhere", "add --config FILE, or --isolated for none"
        )
    if options.config is not None and is_in_checked_project(options.config, places):
        raise UsageError(
            f"the configuration '{options.config}' lies in the project that is checked", "take it from elsewhere"
        )


def _check(options: argparse.Namespace) -> int:
    from policylint.api import lint_bytes, load_baseline, load_configuration
    from policylint.discover import folders_of, reader_for
    from policylint.outputs import Outputs, outputs_of
    from policylint.pipeline import run
    from policylint.plugins import load_extensions

    extensions = load_extensions(installed=not options.isolated)
    asked = outputs_of(options.format or ["text"], extensions.reporters)
    if options.stdin_filename is not None and options.paths:
        raise UsageError("--stdin-filename checks standard input: name no paths beside it")
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    if options.diff and (options.format or options.ratchet):
        option = "--format" if options.format else "--ratchet"
        raise UsageError("--diff shows a diff, and neither reports nor writes", f"leave {option} out")
    if options.stdin_filename is not None and options.changed_since is not None:
        raise UsageError("--changed-since goes with files: standard input has no history")
    places = [options.stdin_filename] if options.stdin_filename is not None else options.paths or ["."]
    if options.protected:
        _require_protection(options, places)
    configuration = load_configuration(places, options.config, isolated=options.isolated, trust=options.trust)
    baseline = load_baseline(configuration, options.baseline, ratchet=options.ratchet)
    if options.ratchet and baseline is None:
        raise UsageError("--ratchet goes with a baseline", "name its file: --baseline FILE")
    reporters = [extensions.reporters[output.format] for output in asked]
    settings = settings_of(options, configuration, places)._replace(
        baseline=baseline,
        inline_suppressions=not (options.no_inline_suppressions or options.protected),
        list_campaigns=any(reporter.shows_campaigns for reporter in reporters),
        list_conditions=options.audience == "dev",
        list_undecided=options.show_undecided or any(reporter.shows_undecided for reporter in reporters),
    )
    if options.stdin_filename is None and options.changed_since is None:
        settings = settings._replace(folders=folders_of(places))
    language = options.lang or configuration.data.get("lang")
    outputs = Outputs(asked, extensions.reporters, style_for(options, language), language or "en")
    settings = settings._replace(fixes=outputs.show_fixes, prove_fixes=outputs.show_fixes)
    if options.diff:
        return _show_diff(options, _fix_run(options, places, settings, extensions))
    if options.fix:
        report = _fixed(options, _fix_run(options, places, settings, extensions), outputs)
    elif options.stdin_filename is not None:
        report = lint_bytes(
            sys.stdin.buffer.read(settings.limits.bytes + 1), options.stdin_filename, settings, extensions
        )
        outputs.write(report, quiet=options.quiet)
    else:
        targets, excluded = _targets(options, places, settings)
        progress = progress_bar(len(targets), quiet=options.quiet)
        read, watch = reader_for(settings), watcher(outputs, progress, settings)
        try:
            report = run(targets, settings, extensions, read, watch, excluded)
        finally:
            if progress is not None:
                progress.clear()
        outputs.write(report, quiet=options.quiet)
    if options.ratchet and baseline is not None and report.comparison is not None:
        from policylint.baselining import tighten

        sys.stderr.write(tighten(baseline, report.comparison))
    return FOUND if report.fails else CLEAN


def _targets(options: argparse.Namespace, places: Sequence[str], settings: Settings) -> tuple[list[Target], int]:
    """Return the files of the command line, and how many files and folders the configuration leaves out."""
    from policylint.discover import files_of

    found = files_of(places, settings)
    if options.changed_since is None:
        return found.targets, found.excluded
    from policylint.changed import changed_since, is_among

    changed = changed_since(options.changed_since, Path.cwd())
    return [target for target in found.targets if is_among(target.path, changed)], found.excluded


def _fix_run(options: argparse.Namespace, places: Sequence[str], settings: Settings, extensions: Extensions) -> FixRun:
    """Return what mends the files of the command line, or what stands on standard input."""
    from policylint.discover import Target, reader_for
    from policylint.fixrun import FixRun

    name, read_file = options.stdin_filename, reader_for(settings)
    if name is None:
        targets, excluded = _targets(options, places, settings)
        return FixRun(targets, settings, extensions, read_file, unsafe=options.unsafe_fixes, excluded=excluded)
    given, raw = Target(name, Path(name), named=True), sys.stdin.buffer.read()

    def read(path: Path) -> bytes | None:
        return raw if path == given.path else read_file(path)

    return FixRun([given], settings, extensions, read, unsafe=options.unsafe_fixes)


def _fixed(options: argparse.Namespace, fix_run: FixRun, outputs: Outputs) -> Report:
    """Mend the files, and report what is left; what stood on standard input is printed, its report beside it."""
    if options.stdin_filename is not None:
        from contextlib import redirect_stdout

        text, report = fix_run.given()
        sys.stdout.buffer.write(text)
        with redirect_stdout(sys.stderr):
            outputs.write(report, quiet=options.quiet)
    else:
        progress = progress_bar(2 * len(fix_run.targets), quiet=options.quiet)
        try:
            report = fix_run.written(_steps(progress), watcher(outputs, progress, fix_run.settings))
        finally:
            if progress is not None:
                progress.clear()
        outputs.write(report, quiet=options.quiet)
    fix_run.show_notes(sys.stderr)
    return report


def _show_diff(options: argparse.Namespace, fix_run: FixRun) -> int:
    progress = progress_bar(len(fix_run.targets), quiet=options.quiet)
    return FOUND if fix_run.show_diff(sys.stdout, sys.stderr, _steps(progress)) else CLEAN


def _steps(progress: Progress | None) -> Callable[[Sequence[Finding]], None] | None:
    """Return what is told of each file that is looked at before any is mended."""
    if progress is None:
        return None

    def watch(_findings: Sequence[Finding]) -> None:
        progress.step(0)
        if progress.done == progress.total:
            progress.clear()

    return watch


COMMANDS = {
    "check": Command("check campaign files", _check_options, _check),
}
