"""Make what README shows of a run over the example campaigns: the frame of the terminal, the pictures of the report.

    python -m tools.pictures

Needs chromium and chromedriver, and the packages of the group ``dev``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tests.browser import browser

ROOT = Path(__file__).parent.parent
DAY = "2026-11-23"
PICTURES = {"light": ROOT / "docs" / "report-light.png", "dark": ROOT / "docs" / "report-dark.png"}
WIDTH, COLORS = 1000, 64
_FRAME = re.compile(r"(?<=\n```\n)examples/campaigns/.*?(?=```\n)", re.DOTALL)


def main() -> None:
    """Write both into the checkout."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(_FRAME.sub(lambda _: frame(), text, count=1), encoding="utf-8", newline="\n")
    with TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        page.write_text(checked("examples/campaigns", "html"), encoding="utf-8")
        for scheme, picture in PICTURES.items():
            picture.write_bytes(picture_of(page, scheme))


def frame() -> str:
    """Return what a terminal of 100 columns shows of the newsletter of 2019."""
    return checked("examples/campaigns/weekly-newsletter.yaml", "text")


def checked(path: str, name: str) -> str:
    """Return the report of a run, in a format."""
    command = [sys.executable, "-m", "policylint", "check", "--isolated", "--as-of", DAY, "--format", name, path]
    environment = {**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    return run.stdout


def picture_of(page: Path, scheme: str) -> bytes:
    """Return the beginning of a report, down to the end of its calendar, as a PNG of few colours."""
    with browser() as shown:
        shown.show(page, width=WIDTH, scheme=scheme)
        height = shown.run("return document.querySelector('.calendar').getBoundingClientRect().bottom")
        shown.show(page, width=WIDTH, height=int(height) + 24, scheme=scheme)
        seen = Image.open(BytesIO(shown.picture())).quantize(COLORS)
    written = BytesIO()
    seen.save(written, "PNG", optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    main()
