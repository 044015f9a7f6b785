"""Plugins → Extensions: calls each hook once, sorts by name, refuses clashes.

What comes with policylint is given by functions of the hooks' names, without a mark: they are called directly as long
as no plugin is installed, for pluggy takes a tenth of a run over one file to import.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from policylint import adapters, operators, reporters, resources
from policylint.errors import PluginError
from policylint.extensions import Adapter, Candidate, Extensions, Reporter
from policylint.model.rule import Operator

if TYPE_CHECKING:
    import pluggy

T = TypeVar("T")

_BUILT_IN: dict[str, Any] = {
    "policylint adapters": adapters,
    "policylint operators": operators,
    "policylint reporters": reporters,
    "policylint rules": resources,
}


def create_plugin_manager() -> pluggy.PluginManager:
    """Return a manager with the hooks of policylint and its built-in plugins, and no others."""
    import pluggy

    from policylint import hookspecs

    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for name, giver in _BUILT_IN.items():
        for hook in hookspecs.HOOKS:
            if hasattr(giver, hook):
                hookspecs.hookimpl(getattr(giver, hook))
        manager.register(giver, name)
    return manager


def load_extensions(*, installed: bool = True, manager: pluggy.PluginManager | None = None) -> Extensions:
    """Return everything that plugins contribute.

    Args:
        installed: Also load the plugins that are installed beside policylint (entry-point group ``policylint``).
        manager: A manager with further plugins registered, for tests.

    Raises:
        PluginError: A plugin cannot be loaded, misspells a hook, raises, gives something of a wrong kind, or gives a
            name that another plugin gave; it names plugin and hook.

    """
    names: list[str] = []
    if installed and _any_installed():
        manager = manager or create_plugin_manager()
        names = _load_installed(manager)
    if manager is not None:
        _check_hooks(manager)
    folders = _collect(manager, "policylint_rule_packs", _folders)
    given_adapters = _collect(manager, "policylint_adapters", _adapters)
    given_operators = _collect(manager, "policylint_operators", lambda given: _named(given, Operator))
    given_reporters = _collect(manager, "policylint_reporters", lambda given: _named(given, Reporter))
    return Extensions(
        rule_folders=tuple(folders[name] for name in sorted(folders)),
        adapters=tuple(given_adapters.values()),
        operators={name: given_operators[name] for name in sorted(given_operators)},
        reporters={name: given_reporters[name] for name in sorted(given_reporters)},
        installed=tuple(names),
    )


def _check_hooks(manager: pluggy.PluginManager) -> None:
    from pluggy import PluginValidationError

    from policylint.hookspecs import HOOKS

    try:
        manager.check_pending()
    except PluginValidationError as error:
        plugin = manager.get_name(error.plugin)
        raise PluginError(f"plugin '{plugin}': {error}", f"the hooks are {', '.join(sorted(HOOKS))}") from error


def _any_installed() -> bool:
    """Tell whether a package on ``sys.path`` may have a plugin; importlib.metadata would take 30 ms to tell."""
    for entry in sys.path:
        folder = entry or "."
        try:
            names = os.listdir(folder)  # noqa: PTH208  # a Path takes twice as long, at every start
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")) and not name.startswith("policylint-"):
                try:
                    with open(f"{folder}/{name}/entry_points.txt", "rb") as handle:  # noqa: PTH123  # likewise
                        text = handle.read()
                except OSError:
                    continue
                if b"[policylint]" in text:
                    return True
    return False


def _load_installed(manager: pluggy.PluginManager) -> list[str]:
    """Register the installed plugins and return their names."""
    from importlib.metadata import entry_points

    from pluggy import PluginValidationError

    from policylint.hookspecs import PROJECT

    names = []
    for entry in sorted(entry_points(group=PROJECT), key=lambda found: found.name):
        try:
            manager.register(entry.load(), entry.name)
            names.append(entry.name)
        except PluginValidationError as error:
            raise PluginError(
                f"plugin '{entry.name}': {error}", "compare its hooks with policylint.hookspecs"
            ) from error
        except Exception as error:  # a plugin is foreign code: whatever it raises ends the run with its name
            message = f"plugin '{entry.name}' cannot be loaded: {type(error).__name__}: {error}"
            raise PluginError(message, f"mend or uninstall it: {entry.value}") from error
    return names


def _implementations(manager: pluggy.PluginManager | None, hook: str) -> list[tuple[str, Callable[[], Any]]]:
    """Return who gives something by a hook, sorted by name, with the function to call."""
    if manager is None:
        return [(name, getattr(giver, hook)) for name, giver in _BUILT_IN.items() if hasattr(giver, hook)]
    found = getattr(manager.hook, hook).get_hookimpls()
    return sorted(((str(one.plugin_name), one.function) for one in found), key=itemgetter(0))


def _collect(manager: pluggy.PluginManager | None, hook: str, checked: Callable[[Any], dict[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    givers: dict[str, str] = {}
    for plugin, function in _implementations(manager, hook):
        try:
            given = checked(function())
        except Exception as error:
            message = f"plugin '{plugin}', hook {hook}: {type(error).__name__}: {error}"
            raise PluginError(message, "mend or uninstall the plugin") from error
        for name, thing in given.items():
            if name in found:
                message = f"plugins '{givers[name]}' and '{plugin}' both give '{name}' in {hook}"
                raise PluginError(message, "uninstall one of them or rename what it gives")
            found[name] = thing
            givers[name] = plugin
    return found


def _folders(given: Any) -> dict[str, Path]:
    return {Path(folder).name: Path(folder) for folder in given}


def _adapters(given: Any) -> dict[str, Candidate]:
    candidates = (Candidate.of(one) if isinstance(one, Adapter) else one for one in given)
    return _named({candidate.name: candidate for candidate in candidates}, Candidate)


def _named(given: Any, kind: type[T]) -> dict[str, T]:
    if not isinstance(given, Mapping):
        raise TypeError(f"a mapping of names is expected, not {type(given).__name__}")
    for name, thing in given.items():
        if not isinstance(thing, kind):
            raise TypeError(f"'{name}' is a {type(thing).__name__}, not a {kind.__name__}")
    return dict(given)
