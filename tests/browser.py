"""A headless Chromium that shows a page as a light or a dark screen of any width, or as paper."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def is_installed() -> bool:
    """Tell whether there is a Chromium and what drives it."""
    return all(map(shutil.which, ("chromium", "chromedriver")))


class Browser:
    """A browser with one page."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def show(self, page: Path, *, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        """Load a page; ``scheme`` is the reader's: ``light`` or ``dark``."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        # Who scrolls smoothly is somewhere else when a test clicks.
        preferred = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in preferred.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get(page.absolute().as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a script gives back that runs in the page, whatever the page allows its own ones."""
        return self.driver.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """Return what the browser had to say since it was last asked: errors, and what a page's policy refused."""
        entries: list[dict[str, str]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries]

    def picture(self, *, whole: bool = False) -> bytes:
        """Return what is seen as a PNG; ``whole`` takes the page to its end."""
        taken = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": whole})
        return base64.b64decode(taken["data"])

    def paper(self) -> bytes:
        """Return the page as a PDF, A4."""
        printed = self.driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})
        return base64.b64decode(printed["data"])


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser that has never run before, and end it."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for option in (*_OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(option)
        driver = Chrome(options, Service(shutil.which("chromedriver")))
        driver.set_script_timeout(300)
        try:
            yield Browser(driver)
        finally:
            driver.quit()
