"""``policylint init``: a configuration to begin with, and what to add to the hook and to the CI of a repository."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from policylint.adapters import policylint_adapters
from policylint.config import FILE_NAMES, find_configuration
from policylint.discover import read_file
from policylint.errors import PolicylintError, UsageError
from policylint.parse import parse
from policylint.parse.escapes import says_any
from policylint.proposal import propose

if TYPE_CHECKING:
    from policylint.model.source import Document

CONFIGURATION = """\
# Settings of policylint for this repository. All are optional: take away the # before those that you want.

# Files that are not checked, as globs from this folder.
#exclude: [archive/**]

# The least severity that makes the status 1: error, warning, info or never.
#fail_on: error

# What all campaigns share and their files do not say.
#defaults:
#  sender: {product: business_platform, provider: 360dialog}
#  business: {name: Muster GmbH, contact: {email: help@example.org}}

# Campaign files in a shape of your own. `policylint init --from FILE` proposes an entry for a file.
#sources:
#  - files: config/campaigns.json
#    each: campaigns[*]
#    map: {campaign: id, messages.body: text, audience.size: recipients.count, schedule.start: sendAt}
#    defaults: {channel: whatsapp}

# Other severities for single rules, or "off".
#rules:
#  WA110: {severity: warning}

# Rules of your own: folders with a pack.yaml.
#packs: [policies/house]

# What was there when policylint was introduced; `policylint baseline` writes the file.
#baseline: policylint-baseline.jsonl

# Findings that are accepted, by whom and until when; they can stand in policylint-waivers.yaml too.
#waivers:
#  - {rule: WA101, path: campaigns/old, reason: closed in March, owner: crm-team, until: 2027-03-31}
"""

HOOK = """\
# .pre-commit-config.yaml
repos:
  - repo: https://github.com/your-organisation/policylint   # where you keep it
    rev: v0.1.0
    hooks: [{id: policylint}]
"""

STEPS = """\
# .github/workflows/policylint.yml, under jobs.<name>.steps
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - run: pip install "policylint @ git+$POLICYLINT_REPOSITORY@v0.1.0"
        env:
          POLICYLINT_REPOSITORY: https://github.com/your-organisation/policylint   # where you keep it
      - run: >-
          policylint check campaigns/ --format github --format sarif=policylint.sarif
          --format markdown="$GITHUB_STEP_SUMMARY"
"""


def start(folder: Path) -> str:
    """Write a configuration into a folder and return what to tell the user.

    Raises:
        UsageError: The folder has a configuration.
        PolicylintError: The file cannot be written.

    """
    path = _new_configuration(folder)
    write_new(path, CONFIGURATION)
    return f"wrote {path}\n\nCheck before each commit:\n\n{HOOK}\nCheck in CI:\n\n{STEPS}"


def start_from(file: str, folder: Path, *, write: bool) -> str:
    """Return a proposal that maps a file, and write it as the configuration of a folder if asked to.

    Args:
        file: Path of the file.
        folder: The working folder; where a configuration is found upward, paths are relative to its folder.
        write: Whether to write it.

    Raises:
        UsageError: The file cannot be read or holds nothing that reads like campaigns, or there is a configuration.
        PolicylintError: The file cannot be parsed or written.

    """
    path = Path(file)
    raw = read_file(path)
    if raw is None:
        raise UsageError(f"there is no file '{file}' that can be read")
    source = parse(file, raw)
    if not source.documents:
        said = f"{file}: nothing stands in it"
        if source.problems:
            begin = source.problems[0].region.start
            said = f"{file}:{begin.line}:{begin.column}: {source.problems[0].message}"
        raise PolicylintError(said)
    target = _new_configuration(folder) if write else None
    found = find_configuration(folder.absolute())
    base = folder if target is not None or found is None else found.parent
    relative = os.path.relpath(path, base).replace(os.sep, "/")
    if relative.startswith("../"):
        hint = "`files` of `sources:` are relative to the folder of the configuration and below it"
        raise UsageError(f"{file} stands outside of the folder '{base}'", hint)
    document = source.documents[0]
    text = f"{_known(document)}{propose(document, re.sub(r'[*?]', '?', relative)).text}"
    if target is None:
        return text
    write_new(target, text)
    return f"# wrote {target}\n{text}"


def _known(document: Document) -> str:
    """Return a comment that names the format where a document is of a known one."""
    for candidate in policylint_adapters():
        if says_any(document.text, candidate.words) and candidate.load().recognises(document):
            return f"# {document.path} is read without this too ({candidate.load().title}); a mapping replaces that.\n"
    return ""


def _new_configuration(folder: Path) -> Path:
    """Return the path of a new configuration in a folder that has none."""
    found = find_configuration(folder.absolute())
    if found is not None and found.parent == folder.absolute():
        where = f"{found.name} is already there" if found.name in FILE_NAMES else f"{found.name} has [tool.policylint]"
        raise UsageError(where, "nothing is overwritten: `policylint init --from FILE` prints what to add")
    return folder / FILE_NAMES[0]


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist, so that a reader finds none or the whole of it.

    Raises:
        UsageError: It exists.
        PolicylintError: It cannot be written.

    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        try:
            # A link fails where the name is taken, even by a file that appeared a moment ago; a rename replaces that.
            path.hardlink_to(draft)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            with path.open("x", encoding="utf-8") as handle:
                handle.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is already there", "nothing is overwritten") from None
    except OSError as error:
        raise PolicylintError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
