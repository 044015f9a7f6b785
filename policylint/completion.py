"""The parsers of the command line → a script by which bash, zsh or fish completes it.

What a value is comes from its choices and from the word that stands for it in the help (FILE, FOLDER, ID, …).
"""

from __future__ import annotations

import argparse
import enum
from collections.abc import Iterator, Sequence

from policylint.model.tuples import NamedTuple


class Value(enum.Enum):
    """What may stand as a value, as far as a shell can complete it."""

    ANYTHING = enum.auto()
    WORD = enum.auto()
    """One of some words."""
    FILE = enum.auto()
    FOLDER = enum.auto()
    RULE = enum.auto()
    """Id or code of a rule, which the script asks policylint for: a project may have rules of its own."""
    RULES = enum.auto()
    """Several of them, with commas."""


_BY_METAVAR = {
    "FILE": Value.FILE,
    "PATH": Value.FILE,
    "FOLDER": Value.FOLDER,
    "PACK": Value.FOLDER,
    "ID": Value.RULE,
    "ID,…": Value.RULES,
}


class Option(NamedTuple):
    """An option, or without names an argument."""

    names: tuple[str, ...]
    help: str
    value: Value | None
    """None where there is no value."""
    words: tuple[str, ...] = ()
    many: bool = False
    """An argument that takes all that follows."""


class Command(NamedTuple):
    """A command with its options and arguments."""

    name: str
    help: str
    options: tuple[Option, ...]
    arguments: tuple[Option, ...]


def completion_script(shell: str, parser: argparse.ArgumentParser, formats: Sequence[str]) -> str:
    """Return the script.

    Args:
        shell: ``bash``, ``zsh`` or ``fish``.
        parser: With the parsers of all commands.
        formats: The words that ``--format`` of ``check`` takes.

    """
    top, commands = _read(parser, tuple(formats))
    write = {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]
    return "\n".join([*write(top, commands), ""])


def _read(parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> tuple[list[Option], list[Command]]:
    top, commands = [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            titles = {choice.dest: choice.help or "" for choice in action._choices_actions}
            commands = [_command(name, titles[name], sub, formats) for name, sub in action.choices.items()]
        else:
            top.append(_option(action, formats))
    return top, commands


def _command(name: str, title: str, parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> Command:
    found = [_option(action, formats) for action in parser._actions]
    options = tuple(option for option in found if option.names)
    return Command(name, title, options, tuple(option for option in found if not option.names))


def _option(action: argparse.Action, formats: tuple[str, ...]) -> Option:
    names, title = tuple(action.option_strings), (action.help or "").replace("%%", "%")
    if action.nargs == 0:
        return Option(names, title, None)
    metavar = str(action.metavar)
    words = formats if metavar.startswith("FORMAT") else tuple(map(str, action.choices or ()))
    value = Value.WORD if words else _BY_METAVAR.get(metavar, Value.ANYTHING)
    return Option(names, title, value, words, many=action.nargs in ("*", "+"))


def _quoted(text: str) -> str:
    """Return a text in the single quotes of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


# --- bash ---------------------------------------------------------------------------------------------------------


def _bash(top: Sequence[Option], commands: Sequence[Command]) -> Iterator[str]:
    yield '# Completion of policylint for bash: eval "$(policylint completion bash)"'
    yield "_policylint() {"
    yield '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="" at'
    yield "  COMPREPLY=()"
    yield "  for ((at = 1; at < COMP_CWORD; at++)); do"
    yield '    case "${COMP_WORDS[at]}" in -*) ;; *) command="${COMP_WORDS[at]}"; break ;; esac'
    yield "  done"
    yield "  # bash breaks words at =: --color=auto is three."
    yield '  if [[ $word == = ]]; then word=""; elif [[ $before == = ]]; then before="${COMP_WORDS[COMP_CWORD-2]}"; fi'
    yield '  case "$command $before" in'
    for command in commands:
        for option in command.options:
            if option.value is not None:
                names = "|".join(_quoted(f"{command.name} {name}") for name in option.names)
                yield f"  {names}) {_bash_value(option)}; return ;;"
    yield "  esac"
    yield '  case "$command" in'
    yield f"  '') {_bash_words([*_names(top), *(command.name for command in commands)])} ;;"
    for command in commands:
        arguments = "; ".join(dict.fromkeys(map(_bash_value, command.arguments))) or ":"
        yield f"  {command.name})"
        yield f'    case "$word" in -*) {_bash_words(_names(command.options))} ;; *) {arguments} ;; esac ;;'
    yield "  esac"
    yield "}"
    yield "# Where nothing is offered, bash offers files."
    yield "complete -o default -F _policylint policylint"


def _bash_value(option: Option) -> str:
    rules = "$(policylint completion --rules 2>/dev/null)"
    if option.value is Value.WORD:
        return _bash_words(option.words)
    if option.value is Value.RULE:
        return f'COMPREPLY=($(compgen -W "{rules}" -- "$word"))'
    if option.value is Value.RULES:
        known = '"$([[ $word == *,* ]] && echo "${word%,*},")"'
        return f'COMPREPLY=($(compgen -P {known} -W "{rules}" -- "${{word##*,}}"))'
    return ":"


def _bash_words(words: Sequence[str]) -> str:
    return f'COMPREPLY=($(compgen -W {_quoted(" ".join(words))} -- "$word"))'


def _names(options: Sequence[Option]) -> list[str]:
    return [name for option in options for name in option.names]


# --- zsh ----------------------------------------------------------------------------------------------------------


def _zsh(top: Sequence[Option], commands: Sequence[Command]) -> Iterator[str]:
    yield "#compdef policylint"
    yield '# Completion of policylint for zsh: eval "$(policylint completion zsh)", or the file _policylint in $fpath.'
    yield "_policylint_rules() {"
    yield '  local -a rules=(${(f)"$(policylint completion --rules 2>/dev/null)"})'
    yield '  compadd "$@" -a rules'
    yield "}"
    yield "_policylint() {"
    yield "  local context state state_descr line"
    yield "  typeset -A opt_args"
    yield f"  _arguments -C {' '.join(_zsh_option(option) for option in top)} '1: :->command' '*:: :->arguments'"
    yield '  case "$state" in'
    yield "  command)"
    yield f"    local -a commands=({' '.join(_quoted(f'{one.name}:{one.help}') for one in commands)})"
    yield "    _describe command commands ;;"
    yield "  arguments)"
    yield '    case "$words[1]" in'
    for command in commands:
        arguments = [_zsh_argument(number, option) for number, option in enumerate(command.arguments, 1)]
        said = [*map(_zsh_option, command.options), *arguments]
        yield f"    {command.name})"
        yield " \\\n".join(["      _arguments -s", *(f"        {one}" for one in said)]) + " ;;"
    yield "    esac ;;"
    yield "  esac"
    yield "}"
    yield 'if [[ "$funcstack[1]" == _policylint ]]; then _policylint "$@"; else compdef _policylint policylint; fi'


def _zsh_option(option: Option) -> str:
    title = "".join(f"\\{char}" if char in "[]:\\" else char for char in option.help)
    value = "" if option.value is None else f":value:{_zsh_value(option)}"
    # An option may be given again, as most of ours may.
    names = option.names[0] if len(option.names) == 1 else "{" + ",".join(option.names) + "}"
    return f"'*'{names}{_quoted(f'[{title}]{value}')}"


def _zsh_argument(number: int, option: Option) -> str:
    return _quoted(f"{'*' if option.many else number}:value:{_zsh_value(option)}")


def _zsh_value(option: Option) -> str:
    if option.value is Value.WORD:
        return f"({' '.join(option.words)})"
    return {
        Value.FILE: "_files",
        Value.FOLDER: "_files -/",
        Value.RULE: "_policylint_rules",
        Value.RULES: "_sequence _policylint_rules",
    }.get(option.value or Value.ANYTHING, " ")


# --- fish ---------------------------------------------------------------------------------------------------------


def _fish(top: Sequence[Option], commands: Sequence[Command]) -> Iterator[str]:
    yield "# Completion of policylint for fish: policylint completion fish | source"
    yield "complete -c policylint -f"
    for option in top:
        yield f"complete -c policylint -n __fish_use_subcommand {_fish_option(option)}"
    for command in commands:
        yield f"complete -c policylint -n __fish_use_subcommand -a {command.name} -d {_fish_quoted(command.help)}"
    for command in commands:
        when = f"complete -c policylint -n '__fish_seen_subcommand_from {command.name}'"
        for option in command.options:
            yield f"{when} {_fish_option(option)}"
        for argument in command.arguments:
            value = _fish_value(argument)
            if value:
                yield f"{when} {value}"


def _fish_option(option: Option) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    value = "" if option.value is None else f" {'-r' if option.value is Value.FILE else '-x'} {_fish_value(option)}"
    return f"{names}{value.rstrip()} -d {_fish_quoted(option.help)}"


def _fish_value(option: Option) -> str:
    if option.value is Value.WORD:
        return f"-a {_fish_quoted(' '.join(option.words))}"
    return {
        Value.FILE: "-F",
        Value.FOLDER: "-a '(__fish_complete_directories)'",
        Value.RULE: "-a '(policylint completion --rules 2>/dev/null)'",
        Value.RULES: "-a '(__fish_complete_list , \"policylint completion --rules 2>/dev/null\")'",
    }.get(option.value or Value.ANYTHING, "")


def _fish_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
