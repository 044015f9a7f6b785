"""The command line: its arguments → a command, and whatever it raises → an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from policylint import __version__
from policylint.commands import FAILED, INTERRUPTED, MODULES
from policylint.commands.parser import parser_of
from policylint.errors import PolicylintError, UsageError, did_you_mean


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
        _say(f"policylint: {error}")
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
        _say(f"{said}\n  hint: please report it; --debug shows where")
        return FAILED


def _say(text: str) -> None:
    """Write lines to standard error, without what terminals obey: an error may quote a stranger's file."""
    from policylint.reporters.display import visible

    sys.stderr.write("".join(f"{visible(line)}\n" for line in text.split("\n")))


def _run(arguments: Sequence[str]) -> int:
    name = next((argument for argument in arguments if not argument.startswith("-")), None)
    if name is not None and name not in MODULES:
        raise UsageError(f"there is no command '{name}'{did_you_mean(name, list(MODULES))}", "see policylint --help")
    # One sub-parser costs a millisecond: only that of the command is built, all of them for the general help.
    parser = parser_of([name] if name is not None else list(MODULES))
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return FAILED
    status: int = options.run(options)
    return status
