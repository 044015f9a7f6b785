"""The command line: flags → settings; reads the clock, prints, and decides the exit status."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from policylint import __version__
from policylint.errors import PolicylintError, UsageError, did_you_mean

if TYPE_CHECKING:
    from policylint.checker import Checker
    from policylint.config import Configuration, Settings
    from policylint.discover import Target
    from policylint.extensions import Extensions, Style
    from policylint.fixrun import FixRun
    from policylint.model.finding import Finding, Report
    from policylint.model.timeline import CampaignTimeline
    from policylint.outputs import Outputs
    from policylint.progress import Progress
    from policylint.timeline import Judge

CLEAN, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130

_DESCRIPTION = "Check messaging campaigns against the platforms' dated terms."
_STATUS = "status: 0 nothing at or above --fail-on, 1 findings, 2 the run could not do its work"


def entry_point() -> None:
    """Run the command line and leave with its status."""
    # A run makes many objects and hardly a cycle; to look for cycles as often as Python does takes a tenth of its time.
    gc.set_threshold(50_000)
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    debug = "--debug" in arguments
    try:
        return _run([argument for argument in arguments if argument != "--debug"])
    except PolicylintError as error:
        print(f"policylint: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    except SystemExit as stop:  # argparse has said what is wrong, or printed its help
        return stop.code if isinstance(stop.code, int) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe went away: nothing more can be said, and Python's own complaint at exit helps nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        if debug:
            raise
        said = f"policylint: a bug in policylint {__version__}: {type(error).__name__}: {error}"
        hint = "please report it; --debug shows where"
        print(f"{said}\n  hint: {hint}", file=sys.stderr)  # noqa: T201
        return FAILED


def _run(arguments: Sequence[str]) -> int:
    name = next((argument for argument in arguments if not argument.startswith("-")), None)
    if name is not None and name not in _COMMANDS:
        raise UsageError(f"there is no command '{name}'{did_you_mean(name, list(_COMMANDS))}", "see policylint --help")
    # One sub-parser costs a millisecond: only that of the command is built, all of them for the general help.
    parser = _parser([name] if name is not None else list(_COMMANDS))
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return FAILED
    status: int = options.run(options)
    return status


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("policylint", description=_DESCRIPTION, epilog=_STATUS, formatter_class=_Help)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the versions and the YAML parser")
    parser.add_argument("--debug", action="store_true", help="show the traceback of a bug")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="policylint")
    for name in names:
        help_text, add_options, run = _COMMANDS[name]
        command = commands.add_parser(
            name, help=help_text, description=help_text, epilog=_STATUS, formatter_class=_Help
        )
        add_options(command)
        command.set_defaults(run=run)
    return parser


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal; argparse would load the modules for archives to find that out."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """Return the columns of the terminal, or of the environment's COLUMNS; 100 where there is neither."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 100  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 100


class _Version(argparse.Action):
    """--version, made when it is asked for: it imports the YAML parser to name it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from policylint.parse.yaml import parser_name

        python = ".".join(str(part) for part in sys.version_info[:3])
        parser.exit(message=f"policylint {__version__} ({parser_name()}, Python {python})\n")


# --- check --------------------------------------------------------------------------------------------------------


_FORMATS = ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "html", "markdown")
"""The built-in ones, as help names them; which there are is known when the plugins are loaded."""


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder")
    days = parser.add_argument_group("days")
    days.add_argument(
        "--as-of", type=_day, metavar="DATE", help="judge campaigns without dates as of that day; default: today (UTC)"
    )
    days.add_argument("--at", type=_day, metavar="DATE", help="judge every campaign as if it ran on that day")
    _rules_options(parser)
    _configuration_options(parser)
    _protection_options(parser)
    accepted = parser.add_argument_group("accepted findings")
    _baseline_option(accepted)
    accepted.add_argument(
        "--ratchet", action="store_true", help="take out of the baseline what is gone; nothing is added"
    )
    work = parser.add_argument_group("work")
    work.add_argument(
        "--changed-since", metavar="REV", help="check only the files that git says changed since that commit"
    )
    work.add_argument(
        "--jobs", type=_jobs, metavar="NUMBER", help="processes that check files; default: as many as shorten the run"
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
        type=_days,
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
    _reader_options(report)
    report.add_argument("--statistics", action="store_true", help="list in the text how often each rule was broken")
    report.add_argument(
        "--show-provenance", action="store_true", help="say in the text which versions, packs and settings it rests on"
    )
    report.add_argument("--quiet", action="store_true", help="print nothing unless there are findings")
    report.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    report.add_argument("--stdin-filename", metavar="NAME", help="check standard input under that name")


def _rules_options(parser: argparse.ArgumentParser) -> None:
    rules = parser.add_argument_group("rules")
    rules.add_argument(
        "--select",
        type=_names,
        action="extend",
        metavar="ID,…",
        help="apply only these ids, codes, packs or code prefixes",
    )
    rules.add_argument("--ignore", type=_names, action="extend", metavar="ID,…", help="leave these out")
    rules.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")


def _baseline_option(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--baseline", type=Path, metavar="FILE", help="pass over the findings that it lists")


def _reader_options(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--audience",
        choices=["marketing", "legal", "dev"],
        help="for whom it is written: those who plan campaigns, lawyers, developers (check: text, markdown, html)",
    )
    _language_option(parser)


def _language_option(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="language of reports that people read; default: the configuration's, on a terminal the locale's, else en",
    )


LANGUAGES = ("en", "de")
"""Those of which there is a catalogue in ``policylint/languages``."""


def _configuration_options(parser: argparse.ArgumentParser) -> None:
    configuration = parser.add_argument_group("configuration")
    configuration.add_argument(
        "--config", type=Path, metavar="FILE", help="default: policylint.yaml or pyproject.toml, found upward"
    )
    configuration.add_argument("--no-cache", action="store_true", help="use and keep nothing of other runs")
    configuration.add_argument("--isolated", action="store_true", help="use no configuration and no installed plugin")
    configuration.add_argument(
        "--trust", action="store_true", help="the project may reach out of its folder, by links, packs and limits"
    )


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
    from policylint.api import lint_bytes, load_baseline, load_configuration, reader_for
    from policylint.discover import folders_of
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
    settings = _settings(options, configuration, places)._replace(
        baseline=baseline,
        inline_suppressions=not (options.no_inline_suppressions or options.protected),
        list_campaigns=any(reporter.shows_campaigns for reporter in reporters),
        list_conditions=options.audience == "dev",
        list_undecided=options.show_undecided or any(reporter.shows_undecided for reporter in reporters),
    )
    if options.stdin_filename is None and options.changed_since is None:
        settings = settings._replace(folders=folders_of(places))
    language = options.lang or configuration.data.get("lang")
    outputs = Outputs(asked, extensions.reporters, _style(options, language), language or "en")
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
        progress = _progress(len(targets), quiet=options.quiet)
        read, watch = reader_for(settings), _watch(outputs, progress, settings)
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
    from policylint.discover import search

    found = search(places, settings.exclude, settings.base, follow=options.trust)
    if options.changed_since is None:
        return found.targets, found.excluded
    from policylint.changed import changed_since, is_among

    changed = changed_since(options.changed_since, Path.cwd())
    return [target for target in found.targets if is_among(target.path, changed)], found.excluded


def _fix_run(options: argparse.Namespace, places: Sequence[str], settings: Settings, extensions: Extensions) -> FixRun:
    """Return what mends the files of the command line, or what stands on standard input."""
    from policylint.api import reader_for
    from policylint.discover import Target
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
        progress = _progress(2 * len(fix_run.targets), quiet=options.quiet)
        try:
            report = fix_run.written(_steps(progress), _watch(outputs, progress, fix_run.settings))
        finally:
            if progress is not None:
                progress.clear()
        outputs.write(report, quiet=options.quiet)
    fix_run.show_notes(sys.stderr)
    return report


def _show_diff(options: argparse.Namespace, fix_run: FixRun) -> int:
    progress = _progress(len(fix_run.targets), quiet=options.quiet)
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


def _settings(options: argparse.Namespace, configuration: Configuration, places: Sequence[str]) -> Settings:
    from policylint.api import cache_outside, settings_for
    from policylint.packcache import user_cache_folder

    return settings_for(
        configuration,
        as_of=options.as_of or _today(),
        at=options.at,
        select=options.select or (),
        ignore=options.ignore or (),
        packs=options.pack or (),
        strict=options.strict,
        require_rules=options.require_rules,
        fail_on=options.fail_on,
        fail_on_upcoming=options.fail_on_upcoming,
        show_suppressed=options.show_suppressed,
        show_undecided=options.show_undecided,
        cache=None if options.no_cache else cache_outside(user_cache_folder(), places),
    )._replace(jobs=options.jobs)


def _today() -> date:
    """Read the clock; the only place that does. Days are UTC, as those of the rules."""
    return datetime.now(timezone.utc).date()  # noqa: TID251


def _day(text: str) -> date:
    try:
        # Python 3.11 takes other forms of ISO 8601 as well.
        return date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day: write YYYY-MM-DD") from None


def _days(text: str) -> int:
    number = text.removesuffix("d")
    if number == text or not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of days: write 180d")
    return int(number)


def _day_or_days(text: str) -> date | int:
    try:
        return _days(text)
    except argparse.ArgumentTypeError:
        try:
            return _day(text)
        except argparse.ArgumentTypeError:
            raise argparse.ArgumentTypeError(f"'{text}' is no day: write YYYY-MM-DD, or 180d") from None


def _counted_from(start: date, end: date | int) -> date:
    """Return a day that is given as such or as a number of days from another one; at most the last of the calendar."""
    if isinstance(end, date):
        return end
    return start + timedelta(days=min(end, (date.max - start).days))


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of processes: write 1 or more")
    return int(text)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _style(options: argparse.Namespace, language: str | None) -> Style:
    from policylint.outputs import style_of

    on_terminal = sys.stdout.isatty()
    style = style_of(options.color, os.environ, _columns(), on_terminal=on_terminal)
    spoken = language or (_locale_language() if on_terminal else "en")
    return style._replace(
        statistics=getattr(options, "statistics", False),
        provenance=getattr(options, "show_provenance", False),
        audience=getattr(options, "audience", None),
        language=spoken,
    )


def _locale_language() -> str:
    """Return the language of the environment's locale where there is a catalogue of it, else English."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    language = next(filter(None, names), "")[:2]
    return language if language in LANGUAGES else "en"


def _progress(total: int, *, quiet: bool) -> Progress | None:
    """Return what shows how far a run is, where a person looks on."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    from policylint.progress import Progress

    return Progress(sys.stderr, total)


def _watch(
    outputs: Outputs, progress: Progress | None, settings: Settings
) -> Callable[[Sequence[Finding]], None] | None:
    """Return what is told of each checked file: the report that is written during the run, the progress."""
    # What waivers and a baseline accept is known when all files are checked.
    stream = outputs.stream() if settings.waivers is None and settings.baseline is None else None
    if stream is None and progress is None:
        return None

    def watch(findings: Sequence[Finding]) -> None:
        if stream is not None and findings:
            if progress is not None:
                progress.clear()
            stream(findings)
        if progress is not None:
            progress.step(len(findings))

    return watch


# --- what is accepted ---------------------------------------------------------------------------------------------


def _baseline_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="default: that of the configuration, else policylint-baseline.jsonl"
    )
    parser.add_argument("--ratchet", action="store_true", help="take out what is gone; status 1 where something is new")
    parser.add_argument(
        "--as-of", type=_day, metavar="DATE", help="judge campaigns without dates as of that day; default: today (UTC)"
    )
    parser.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")
    _configuration_options(parser)


def _baseline(options: argparse.Namespace) -> int:
    from policylint.baselining import baseline_findings

    settings, extensions, configuration = _run_settings(options)
    text, is_covered = baseline_findings(
        options.paths or ["."], settings, extensions, configuration, options.output, ratchet=options.ratchet
    )
    sys.stdout.write(text)
    return CLEAN if is_covered else FOUND


def _waivers_options(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the waivers, the one that ends first on top")
    listing.add_argument("--format", choices=["text", "json"], default="text")
    lint = actions.add_parser("lint", help="say what is wrong with the waivers, and nothing of the campaigns")
    lint.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the folder of the waivers")
    renew = actions.add_parser("renew", help="let a waiver last longer; the file is edited in place")
    renew.add_argument("rule", metavar="RULE", help="id or code of its rule")
    renew.add_argument("--path", metavar="GLOB", help="its path as written, where the rule has several waivers")
    renew.add_argument("--campaign", metavar="ID", help="its campaign, likewise")
    renew.add_argument("--until", type=_day, metavar="DATE", required=True, help="the new last day")
    renew.add_argument("--approver", metavar="NAME", help="who has approved it")
    renew.add_argument("--reason", metavar="TEXT", help="why it lasts longer, in place of the old reason")
    for action in (listing, lint, renew):
        action.add_argument("--as-of", type=_day, metavar="DATE", help="the day of the run; default: today (UTC)")
        action.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")
        _configuration_options(action)


def _waivers(options: argparse.Namespace) -> int:
    from policylint import renewal, waiverdesk

    settings, extensions, configuration = _run_settings(options)
    if options.action == "list":
        sys.stdout.write(waiverdesk.listed(settings, extensions, as_json=options.format == "json"))
        return CLEAN
    if options.action == "lint":
        report = waiverdesk.linted(options.paths, settings, extensions)
        from policylint.outputs import style_of

        style = style_of("auto", os.environ, _columns(), on_terminal=sys.stdout.isatty())
        sys.stdout.write(extensions.reporters["text"].render(report, style))
        return FOUND if any(map(report.blocks, report.findings)) else CLEAN
    wanted = renewal.Renewal(
        options.rule, options.path, options.campaign, options.until, options.approver, options.reason
    )
    sys.stdout.write(renewal.renew(wanted, settings, extensions, configuration))
    return CLEAN


def _run_settings(options: argparse.Namespace) -> tuple[Settings, Extensions, Configuration]:
    from policylint.api import load_configuration
    from policylint.plugins import load_extensions

    extensions = load_extensions(installed=not options.isolated)
    configuration = load_configuration(
        getattr(options, "paths", None) or ["."], options.config, isolated=options.isolated
    )
    return _plain_settings(options, configuration), extensions, configuration


# --- the other commands -------------------------------------------------------------------------------------------


def _plain_settings(options: argparse.Namespace, configuration: Configuration) -> Settings:
    from policylint.api import cache_outside, settings_for
    from policylint.packcache import user_cache_folder

    cache = None if options.no_cache else cache_outside(user_cache_folder(), ["."])
    return settings_for(
        configuration,
        as_of=getattr(options, "as_of", None) or _today(),
        at=getattr(options, "at", None),
        select=getattr(options, "select", None) or (),
        ignore=getattr(options, "ignore", None) or (),
        packs=getattr(options, "pack", None) or (),
        cache=cache,
    )


def _explain_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="id or code of a rule")
    parser.add_argument("file", metavar="FILE", nargs="?", help="a campaign file: why the rule fires there or does not")
    parser.add_argument("--as-of", type=_day, metavar="DATE", help="the day; default: today (UTC)")
    parser.add_argument("--at", type=_day, metavar="DATE", help="with FILE: as if every campaign ran on that day")
    _reader_options(parser)
    parser.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")
    _configuration_options(parser)
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto")


def _explain(options: argparse.Namespace) -> int:
    configuration, extensions = _configured(options, [options.file] if options.file else [])
    settings = _plain_settings(options, configuration)
    style = _style(options, options.lang or configuration.data.get("lang"))
    if options.file is None:
        from policylint.explanation import explain_rule

        sys.stdout.write(explain_rule(options.id, settings, extensions, options.audience, style.language))
    else:
        from policylint.derivation import explain_verdict

        sys.stdout.write(explain_verdict(options.id, options.file, settings, extensions, style))
    return CLEAN


def _configured(options: argparse.Namespace, paths: Sequence[str]) -> tuple[Configuration, Extensions]:
    from policylint.api import load_configuration
    from policylint.plugins import load_extensions

    extensions = load_extensions(installed=not options.isolated)
    configuration = load_configuration(paths, options.config, isolated=options.isolated, trust=options.trust)
    return configuration, extensions


def _prepared(options: argparse.Namespace, paths: Sequence[str]) -> tuple[Settings, Extensions]:
    configuration, extensions = _configured(options, paths)
    return _plain_settings(options, configuration), extensions


_HORIZON = 180
"""Days that ``timeline`` looks ahead."""


def _timeline_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder")
    days = parser.add_argument_group("days")
    days.add_argument("--as-of", type=_day, metavar="DATE", help="the day to look ahead from; default: today (UTC)")
    days.add_argument(
        "--at", type=_day, metavar="DATE", help="judge every campaign as if it ran from that day to the horizon"
    )
    days.add_argument(
        "--horizon",
        type=_day_or_days,
        default=_HORIZON,
        metavar="DATE|DAYS",
        help=f"how far to look, as 2027-06-30 or 90d; default: {_HORIZON}d",
    )
    _rules_options(parser)
    _configuration_options(parser)
    _baseline_option(parser.add_argument_group("accepted findings"))
    report = parser.add_argument_group("report")
    report.add_argument("--format", choices=["text", "json"], default="text")
    report.add_argument("--ics", type=Path, metavar="FILE", help="also write a calendar (iCalendar)")
    _language_option(report)
    report.add_argument("--show-undecided", action="store_true", help="show what becomes undecided, or is no longer")
    report.add_argument("--color", choices=["auto", "always", "never"], default="auto")


def _timeline(options: argparse.Namespace) -> int:
    from policylint.outputs import require_place, say, write_file
    from policylint.timeline import timeline

    if options.ics is not None:
        require_place(options.ics)
    targets, checker, judge, language = _forecasting(options)
    settings = checker.settings
    first = settings.at or settings.as_of
    horizon = _counted_from(first, options.horizon)
    if horizon < first:
        raise UsageError(f"the horizon {horizon} is before {first}, the day to look ahead from")
    found = timeline(targets, checker, judge, horizon)
    style, told = _spoken(found.campaigns, checker, _style(options, language))
    if options.ics is not None:
        from policylint.reporters.calendar_file import render as render_calendar

        write_file(options.ics, render_calendar(found._replace(campaigns=told), style.say))
    if options.format == "json":
        from policylint.reporters.change_objects import timeline_text

        say(timeline_text(found))
    else:
        from policylint.reporters.timeline import render

        say(render(found._replace(campaigns=told), style, undecided=options.show_undecided))
    return CLEAN


def _diff_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder")
    days = parser.add_argument_group("days")
    days.add_argument("--from", type=_day, dest="start", metavar="DATE", help="the first day; default: today (UTC)")
    days.add_argument(
        "--to",
        type=_day_or_days,
        dest="end",
        required=True,
        metavar="DATE|DAYS",
        help="the second day, or how many days after the first it is, as 90d",
    )
    days.add_argument(
        "--all",
        action="store_true",
        help="also compare campaigns that by their own dates do not run on the later of the two days",
    )
    _rules_options(parser)
    _configuration_options(parser)
    _baseline_option(parser.add_argument_group("accepted findings"))
    report = parser.add_argument_group("report")
    report.add_argument("--format", choices=["text", "json"], default="text")
    _language_option(report)
    report.add_argument("--show-undecided", action="store_true", help="show what becomes undecided, or is no longer")
    report.add_argument("--color", choices=["auto", "always", "never"], default="auto")


def _diff(options: argparse.Namespace) -> int:
    from policylint.outputs import say
    from policylint.reporters.causes import shown_changes
    from policylint.timeline import difference

    options.as_of = start = options.start or _today()
    targets, checker, judge, language = _forecasting(options)
    end = _counted_from(start, options.end)
    found = difference(targets, checker, judge, start, end, running_only=not options.all)
    style, told = _spoken(found.campaigns, checker, _style(options, language))
    if options.format == "json":
        from policylint.reporters.change_objects import difference_text

        say(difference_text(found))
    else:
        from policylint.reporters.difference import render

        say(render(found._replace(campaigns=told), style, undecided=options.show_undecided))
    changes = (change for campaign in found.campaigns for change in campaign.changes)
    return FOUND if shown_changes(changes, undecided=options.show_undecided) else CLEAN


def _spoken(
    campaigns: tuple[CampaignTimeline, ...], checker: Checker, style: Style
) -> tuple[Style, tuple[CampaignTimeline, ...]]:
    """Return a style and what changes for campaigns, in the language of the style."""
    if style.language == "en":
        return style, campaigns
    from policylint.translation import Translator, translated_campaigns

    translator, rules = Translator(style.language), checker.rules
    told = translated_campaigns(campaigns, rules.rules, rules.texts(style.language), translator)
    return style._replace(say=translator.say), told


def _forecasting(options: argparse.Namespace) -> tuple[list[Target], Checker, Judge, str | None]:
    """Return the files, what tells which campaigns are in them, what judges them as on a day, and the language."""
    from policylint.api import load_baseline
    from policylint.checker import Checker
    from policylint.discover import discover, read_file
    from policylint.pipeline import judge_with
    from policylint.ruleset import load_rules

    places = options.paths or ["."]
    settings, extensions, configuration = _run_settings(options)
    settings = settings._replace(baseline=load_baseline(configuration, options.baseline))
    rules = load_rules(settings, extensions)
    targets = discover(places, settings.exclude, settings.base)
    checker, judge = Checker(rules, settings, extensions, read_file), judge_with(rules, settings, extensions, read_file)
    return targets, checker, judge, options.lang or configuration.data.get("lang")


def _catalogue_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=["text", "json"], default="text")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--coverage",
        action="store_true",
        help="which rules rest on which clause, and what no rule decides",
    )
    instead.add_argument(
        "--stale", type=_days, metavar="DAYS", help="what was last read more than that many days ago, as 180d"
    )
    parser.add_argument(
        "--as-of", type=_day, metavar="DATE", help="the day whose severities are shown; default: today (UTC)"
    )
    parser.add_argument("--pack", action="append", type=Path, metavar="FOLDER", help="a further rule pack")
    _configuration_options(parser)


def _rules(options: argparse.Namespace) -> int:
    from policylint.coverage import coverage_text, stale_text
    from policylint.explanation import list_rules
    from policylint.ruleset import load_rules

    settings, extensions = _prepared(options, [])
    if options.coverage or options.stale is not None:
        if options.format != "text":
            raise UsageError("--coverage and --stale are written as text only")
        packs = load_rules(settings, extensions).packs
        sys.stdout.write(coverage_text(packs) if options.coverage else stale_text(packs, settings.as_of, options.stale))
        return CLEAN
    sys.stdout.write(list_rules(settings, extensions, as_json=options.format == "json"))
    return CLEAN


def _inspect_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a file in any known format")
    _configuration_options(parser)


def _inspect(options: argparse.Namespace) -> int:
    from policylint.inspection import inspect_file

    settings, extensions = _prepared(options, [options.file])
    text, found = inspect_file(options.file, settings, extensions)
    sys.stdout.write(text)
    return CLEAN if found else FOUND


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


_NOTICED = 0.95
"""The share of mutants that the cases have to notice."""


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

    for path in write_rule(options.rule, options.folder, _today()):
        sys.stdout.write(f"wrote {path}\n")
    return CLEAN


def _init_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="file", metavar="FILE", help="propose how a campaign file of your own is read")
    parser.add_argument("--write", action="store_true", help="with --from: write the proposal as policylint.yaml")


def _init(options: argparse.Namespace) -> int:
    from policylint.starter import start, start_from

    if options.file is not None:
        sys.stdout.write(start_from(options.file, Path(), write=options.write))
    elif options.write:
        raise UsageError("--write goes with --from FILE: without it the configuration is written anyway")
    else:
        sys.stdout.write(start(Path()))
    return CLEAN


def _formats_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="formats to show with an example; default: all, without"
    )
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--isolated", action="store_true", help="leave out the formats of installed plugins")


def _formats(options: argparse.Namespace) -> int:
    from policylint.formatdocs import formats, list_formats
    from policylint.plugins import load_extensions

    shown = formats(load_extensions(installed=not options.isolated), options.names)
    text = list_formats(shown, as_json=options.format == "json", with_examples=bool(options.names))
    sys.stdout.write(text)
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


def _completion_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", nargs="?", choices=["bash", "zsh", "fish"], help="the shell to write the script for")
    parser.add_argument("--rules", action="store_true", help="name the rules instead, as the scripts ask for them")


def _completion(options: argparse.Namespace) -> int:
    from policylint.plugins import load_extensions

    if options.rules == (options.shell is not None):
        raise UsageError("name one shell: bash, zsh or fish", 'as in: eval "$(policylint completion bash)"')
    extensions = load_extensions()
    if options.rules:
        from policylint.api import load_configuration
        from policylint.ruleset import load_rules

        configuration = load_configuration([], None, isolated=False)
        known = load_rules(_plain_settings(argparse.Namespace(no_cache=False), configuration), extensions).known
        sys.stdout.write("".join(f"{name}\n" for name in sorted(known)))
    else:
        from policylint.completion import completion_script

        sys.stdout.write(completion_script(options.shell, _parser(list(_COMMANDS)), list(extensions.reporters)))
    return CLEAN


_Command = tuple[str, Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]
_COMMANDS: dict[str, _Command] = {
    "check": ("check campaign files", _check_options, _check),
    "timeline": ("show which campaigns change verdict on which day", _timeline_options, _timeline),
    "diff": ("show which verdicts are others on one day than on another, and why", _diff_options, _diff),
    "baseline": ("write down the findings that are there, to be passed over", _baseline_options, _baseline),
    "waivers": ("list, check or renew waivers", _waivers_options, _waivers),
    "explain": ("show a rule, or why it fires in a file or does not", _explain_options, _explain),
    "rules": ("list the rules", _catalogue_options, _rules),
    "inspect": ("show a file's campaigns as the rules see them", _inspect_options, _inspect),
    "test": ("run the cases beside rules", _test_options, _test),
    "formats": ("list the formats that are recognised", _formats_options, _formats),
    "docs": ("write a page for each rule, their index, and the page of the formats", _docs_options, _docs),
    "schema": ("print a JSON Schema, for editors and other checks", _schema_options, _schema),
    "init": ("write a configuration to begin with, or propose how a file of your own is read", _init_options, _init),
    "new": ("write a new rule and its cases from a template", _new_options, _new),
    "completion": ("write a script by which a shell completes these commands", _completion_options, _completion),
}
