"""The page of every kind of study on a telephone and a desk, light and dark, for the eye and for a screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.axe import missing_axe, violations
from support.chromium import chromium, errors, missing_browser, requests
from support.reports import needs_report
from support.studies import SMALL

from debrissim.studies.protocol import run

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [
    needs_report,
    pytest.mark.skipif(bool(missing_browser()), reason=missing_browser() or "never"),
]
KINDS = ("risk-map", "station-years", "flux", "penetration", "breakup")
WINDOWS = {"dark": 390, "light": 1400}
LONG = "A title <b>of some length</b> with AVERYLONGWORDWITHOUTANYBLANKINITTHATCOULDBEBROKENANYWHERE"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def ask(driver: Chrome, words: str) -> Any:
    return driver.execute_script(f"return {words}")


@pytest.mark.parametrize("kind", KINDS)
def test_it_fits_and_breaks_no_rule_of_accessibility(driver: Chrome, kind: str, tmp_path: Path) -> None:
    output = {"plots": True, "report": True}
    run({**SMALL[kind], "title": LONG, "output": output}).write(tmp_path / "out")
    for look, width in WINDOWS.items():
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if look == "dark" else "light"}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": scheme})
        errors(driver)
        requests(driver)
        driver.get((tmp_path / "out" / "report.html").as_uri())
        assert ask(driver, "document.documentElement.dataset.theme") == (
            "dark" if look == "dark" else "light"
        )
        # The answer, and a figure as wide as the page, come first.
        top, height = (
            ask(driver, f"document.querySelector('{part}').getBoundingClientRect().{end}")
            for part, end in (("#answer .first", "top"), ("#answer", "bottom"))
        )
        assert (
            0
            < top
            < height
            < ask(driver, "document.querySelector('#figures img').getBoundingClientRect().top")
        )
        driver.execute_script("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert ask(driver, "document.documentElement.scrollWidth") <= width
        if not missing_axe():
            assert violations(driver) == []
        assert errors(driver) == []
        assert [address for address in requests(driver) if not address.startswith(("file:", "data:"))] == []


def test_paper_is_light_and_holds_the_answer(driver: Chrome, tmp_path: Path) -> None:
    run({**SMALL["flux"], "output": {"plots": True, "report": True}}).write(tmp_path / "out")
    scheme = [{"name": "prefers-color-scheme", "value": "dark"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": scheme})
    driver.get((tmp_path / "out" / "report.html").as_uri())
    watch = (
        "addEventListener('beforeprint', () => { window.onPaper = document.documentElement.dataset.theme; });"
    )
    driver.execute_script(watch)
    assert len(driver.print_page()) > 20_000
    assert ask(driver, "window.onPaper") == "light"
    assert ask(driver, "document.documentElement.dataset.theme") == "dark"
