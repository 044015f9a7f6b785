"""Rule packs → what the wheel holds beside them, so that nobody who installs it has to compile them again."""

from __future__ import annotations

from pathlib import Path

from policylint import packcache, resources
from policylint.compile import Vocabulary, compile_rule
from policylint.errors import RulePackError
from policylint.operators import OPERATORS
from policylint.packcache import Kept
from policylint.record import record_schema
from policylint.rulepacks import load_packs
from policylint.screen import SCREENS, module_name
from policylint.screenwriter import screen_module

_SCREENS_PACKAGE = '"""The screens of the packs, written when the wheel was built."""\n'


def prebuilt_files() -> dict[str, bytes]:
    """Return the files by their path in the wheel.

    Raises:
        RulePackError: A pack that cannot be used.

    """
    screens = SCREENS.replace(".", "/")
    found = {f"{screens}/__init__.py": _SCREENS_PACKAGE.encode()}
    folders = sorted(path.parent for path in resources.rules_folder().glob("*/pack.yaml"))
    for pack in load_packs([(folder, f"rules/{folder.name}") for folder in folders]):
        if pack.unproved is None:
            raise RulePackError([f"rules/{pack.name} was built before: build from a checkout"])
        vocabulary = Vocabulary(OPERATORS, pack.lists, pack.words)
        compiled, problems = zip(*(compile_rule(rule, record_schema(), vocabulary) for rule in pack.rules), strict=True)
        if any(problems):
            raise RulePackError([problem for of_rule in problems for problem in of_rule])
        kept = Kept(pack.digest, pack.unproved, tuple(pack.cards))
        found[f"policylint/_rules/{Path(pack.folder).name}/{packcache.SHIPPED}"] = packcache.shipped_content(kept)
        text = screen_module([one for one in compiled if one is not None], record_schema(), pack.digest)
        found[f"{screens}/{module_name(pack.name)}.py"] = text.encode()
    return found
