"""``policylint baseline`` and ``--ratchet``: the findings of a run → the baseline file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from policylint.api import baseline_path, shown_path
from policylint.baseline import FILE_NAME, baseline_in, baseline_text, entries_of
from policylint.discover import files_of, folders_of, read_file, reader_for
from policylint.errors import UsageError
from policylint.extensions import Style
from policylint.model.baseline import Baseline
from policylint.model.own import ABOUT_ACCEPTANCE
from policylint.pipeline import run
from policylint.reporters.concise import head
from policylint.reporters.display import plural
from policylint.rewrite import replace_file
from policylint.ruleset import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policylint.config import Configuration, Settings
    from policylint.extensions import Extensions
    from policylint.model.baseline import Comparison
    from policylint.model.finding import Finding


def baseline_findings(
    paths: Sequence[str],
    settings: Settings,
    extensions: Extensions,
    configuration: Configuration,
    output: Path | None,
    *,
    ratchet: bool,
) -> tuple[str, bool]:
    """Write the baseline of what there is now.

    Args:
        paths: Files and folders; entries of an existing baseline for others stay.
        settings: Those of the run.
        extensions: What plugins contribute.
        configuration: It may name the file.
        output: The file, if not that one.
        ratchet: Take out entries only.

    Returns:
        What to tell the user, and whether the baseline now holds all findings but those about what is accepted.

    Raises:
        UsageError: There is no baseline to take entries out of.
        PolicylintError: The run could not do its work, or the file cannot be written.

    """
    path = baseline_path(configuration, output) or (configuration.base or Path()) / FILE_NAME
    raw = read_file(path)
    if raw is None and ratchet:
        raise UsageError(f"there is no baseline '{shown_path(path)}'", "without --ratchet it is written")
    old = Baseline(path, shown_path(path), "", ()) if raw is None else baseline_in(raw, path, shown_path(path))
    settings = settings._replace(folders=folders_of(paths), baseline=old._replace(ratchet=True))
    report = run(files_of(paths, settings).targets, settings, extensions, reader_for(settings))
    assert report.comparison is not None  # noqa: S101  # the settings have a baseline
    is_waivable = load_rules(settings, extensions).is_waivable
    new = [f for f in report.findings if f.suppressed is None and f.rule not in ABOUT_ACCEPTANCE]
    barred = [finding for finding in new if not is_waivable(finding.rule)]
    if ratchet:
        said = tighten(old, report.comparison) or f"{old.shown}: nothing is gone\n"
        return said + _lines("not in the baseline", new), not new
    listed = [
        finding._replace(suppressed=None)
        for finding in report.findings
        if finding.suppressed is None or finding.suppressed.kind == "baseline"
    ]
    entries = [*entries_of(listed, path.parent, is_waivable), *report.comparison.unseen]
    replace_file(path, baseline_text(entries).encode())
    total = sum(entry.times for entry in entries)
    said = f"wrote {old.shown}: {plural(total, 'finding')}"
    if raw is not None:
        gone = sum(entry.times for entry in report.comparison.gone)
        said += f", {len(new) - len(barred)} of them new; {gone} gone"
    hint = f"`policylint check --baseline {old.shown}` passes over them\n" if raw is None else ""
    return f"{said}\n{hint}{_lines('may not be baselined', barred)}", not barred


def tighten(old: Baseline, comparison: Comparison) -> str:
    """Take out of a baseline what is gone; return what to tell the user, nothing where the file stays as it is.

    Raises:
        PolicylintError: The file cannot be written.

    """
    entries = [*comparison.kept, *comparison.unseen]
    if baseline_text(entries) == baseline_text(old.entries):
        return ""
    replace_file(old.path, baseline_text(entries).encode())
    gone = sum(entry.times for entry in comparison.gone)
    left = sum(entry.times for entry in entries)
    return f"{old.shown}: {plural(gone, 'finding')} taken out, {left} left\n"


def _lines(what: str, findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    said = "".join(f"  {head(finding, Style())}\n" for finding in findings)
    return f"{plural(len(findings), 'finding')} {what}:\n{said}"
