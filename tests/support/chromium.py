"""A headless Chromium for tests: Debian's, without network traffic of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # WebGL in software.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing_browser() -> str:
    """Reason why no browser can be started; "" if one can."""
    if find_spec("selenium") is None:
        return "selenium is not installed"
    for names in (("chromium", "chromium-browser", "google-chrome"), ("chromedriver",)):
        if not any(shutil.which(name) for name in names):
            return f"no {names[0]} on this machine"
    return ""


@contextmanager
def chromium(profile: Path, *, size: tuple[int, int] = (1280, 900), dark: bool = False) -> Iterator[Chrome]:
    """Start a browser with a new profile in an empty folder."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = next(
        path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))
    )
    for flag in (*_FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        yield driver
    finally:
        driver.quit()


def wait_until_ready(driver: Chrome, seconds: float = 60.0) -> None:
    """Wait until the page reports that it has plotted everything, or has failed."""
    from selenium.webdriver.support.ui import WebDriverWait

    words = "return document.documentElement.dataset.ready || document.documentElement.dataset.failed"
    WebDriverWait(driver, seconds).until(lambda d: d.execute_script(words))


def wait_until_plotted(driver: Chrome, chart: str, seconds: float = 60.0) -> None:
    """Wait until Plotly has plotted a chart, which its identifier names."""
    from selenium.webdriver.support.ui import WebDriverWait

    words = "return document.getElementById(arguments[0]).matches('.js-plotly-plot')"
    WebDriverWait(driver, seconds).until(lambda d: d.execute_script(words, chart))


def errors(driver: Chrome) -> list[str]:
    """Errors of the page on the console since the last call."""
    log: Any = driver.get_log("browser")
    return [entry["message"] for entry in log if entry["level"] in ("SEVERE", "WARNING")]


def requests(driver: Chrome) -> list[str]:
    """Addresses requested since the last call."""
    import json

    log: Any = driver.get_log("performance")
    events = [json.loads(entry["message"])["message"] for entry in log]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
