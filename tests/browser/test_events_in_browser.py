"""The page of events in a real browser: from a file, on a telephone and a wide screen, with hostile names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.axe import missing_axe, violations
from support.chromium import chromium, errors, missing_browser, requests, wait_until_plotted, wait_until_ready
from support.fleet import EVENTS, write_fleet
from support.reports import needs_report

from debrissim.core.time import Time
from debrissim.watch import Store, write_site

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [
    needs_report,
    pytest.mark.skipif(bool(missing_browser()), reason=missing_browser() or "never"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with hostile names whose events are ahead of the clock."""
    now = Time.from_datetime(datetime.now(UTC))
    folder = tmp_path_factory.mktemp("site")
    with Store.open(write_fleet(folder / "events.sqlite", now, hostile=True), write=False) as store:
        return write_site(store, folder / "www", now=now, stale_after_h=24.0)


@pytest.fixture(scope="module", params=[390, 1400])
def browser(
    request: pytest.FixtureRequest, index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        size = {"width": request.param, "height": 900, "deviceScaleFactor": 1, "mobile": request.param < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        errors(driver), requests(driver)
        driver.get(index.as_uri())
        wait_until_ready(driver)
        driver.width = request.param
        yield driver


def ask(browser: Chrome, words: str) -> Any:
    return browser.execute_script(f"return {words}")


def put(browser: Chrome, place: str, value: str) -> None:
    browser.execute_script(
        "const c = document.getElementById(arguments[0]); c.value = arguments[1];"
        "c.dispatchEvent(new Event('input', { bubbles: true }));",
        place,
        value,
    )


def rows(browser: Chrome) -> int:
    return int(ask(browser, "document.querySelectorAll('#table tbody tr').length"))


def test_it_loads_without_errors_or_further_requests_and_fits(browser: Chrome, index: Path) -> None:
    assert [line for line in errors(browser) if "willReadFrequently" not in line] == []
    assert [url for url in requests(browser) if not url.startswith("data:")] == [index.as_uri()]
    assert ask(browser, "window.hostile === undefined")
    assert ask(browser, "document.documentElement.dataset.failed") is None
    # A page that does not fit makes the window of a telephone wider.
    assert ask(browser, "document.documentElement.scrollWidth") <= browser.width
    assert ask(browser, "innerWidth") == browser.width
    browser.execute_script("document.getElementById('globe').scrollIntoView()")
    wait_until_plotted(browser, "globe")
    charts = ask(browser, "[...document.querySelectorAll('.js-plotly-plot')].map((chart) => chart.id)")
    assert set(charts) == {"history", "globe"}


def test_tables_fit_the_page_and_are_cards_on_a_phone(browser: Chrome) -> None:
    wide = "[...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth + 1)"
    assert ask(browser, f"{wide}.map((box) => box.getAttribute('aria-label') + box.scrollWidth)") == []
    labels = ask(
        browser, "[...document.querySelector('#reports tbody tr').cells].map((cell) => cell.dataset.label)"
    )
    assert labels == ask(
        browser, "[...document.querySelectorAll('#reports thead th')].map((h) => h.textContent)"
    )
    facts = ask(browser, "document.getElementById('event-facts').textContent")
    assert facts.endswith((", 1 report", " reports"))
    assert ", 1 reports" not in facts


@pytest.mark.skipif(bool(missing_axe()), reason=missing_axe() or "never")
def test_it_breaks_no_rule_of_accessibility(browser: Chrome) -> None:
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
        assert violations(browser) == [], scheme


def test_countdowns_run(browser: Chrome) -> None:
    texts = ask(browser, "[...document.querySelectorAll('.countdown')].map((mark) => mark.textContent)")
    assert len(texts) == 12
    assert texts[0].startswith("in 04:4")
    assert texts[-1].startswith("in 4 d ")
    assert ask(browser, "document.getElementById('stale').hidden")


def test_a_page_that_was_not_written_again_warns(browser: Chrome) -> None:
    # In one step: the page's own clock sets both again every second.
    warning, first = browser.execute_script(
        "const now = Date.now; Date.now = () => now() + 30 * 3600000;"
        "countDown(columnsOf(JSON.parse(document.getElementById('data').textContent)));"
        "Date.now = now;"
        "return [document.getElementById('stale').textContent, document.querySelector('.countdown').textContent];"
    )
    assert warning.startswith("This page is 30 hours old, more than the 24 ")
    assert first.startswith("over for 1 d 01:1")


def test_spacecraft_are_filtered_and_choose_their_events(browser: Chrome) -> None:
    shown = "[...document.querySelectorAll('#craft tbody tr')].filter((row) => !row.hidden).length"
    assert ask(browser, shown) == 4
    put(browser, "craft-level", "ahead")
    assert ask(browser, shown) == 3
    put(browser, "craft-search", "48274")
    assert ask(browser, shown) == 1
    # On a phone ten cards at first.
    most = 10 if browser.width < 600 else 25
    assert rows(browser) == min(EVENTS, most)
    browser.execute_script("document.querySelector('#craft tbody tr:not([hidden]) button').click()")
    assert ask(browser, "document.getElementById('primary').value") == "48274"
    assert rows(browser) == min(most, len([k for k in range(EVENTS) if k % 3 == 1]))
    put(browser, "primary", "")
    put(browser, "level", "red")
    assert 0 < rows(browser) < min(EVENTS, most)
    put(browser, "level", "")


def test_an_event_opens_its_history(browser: Chrome) -> None:
    browser.execute_script("document.querySelector('.opens[data-event=\"4\"]').click()")
    assert ask(browser, "location.hash") == "#event-4"
    assert ask(browser, "document.querySelectorAll('#reports tbody tr').length") == 9
    chart = "document.getElementById('history')"
    # Two sources in three panels; the bands have three colours and lie below the thresholds' lines.
    assert ask(browser, f"{chart}.data.length") == 6
    assert ask(browser, f"{chart}.layout.shapes.filter((shape) => shape.type === 'rect').length") == 3
    values = ask(browser, f"{chart}.data[0].y")
    stated = ask(browser, "JSON.parse(document.getElementById('data').textContent).events[3].history")
    own = [
        p for p, source in zip(stated["probability"], stated["source"], strict=True) if source == "own runs"
    ]
    assert values == pytest.approx(own)
    assert ask(browser, f"{chart}.layout.xaxis.range[0] > {chart}.layout.xaxis.range[1]")
    assert ask(browser, "window.hostile === undefined")
    browser.execute_script("document.getElementById('next').click()")
    assert ask(browser, "location.hash") == "#event-5"


def test_the_other_arcs_are_shown_on_request_in_the_colours_of_the_spacecraft(browser: Chrome) -> None:
    assert ask(browser, "document.getElementById('globe').data.length") == 6
    browser.execute_script("document.getElementById('arcs').click()")
    names = ask(browser, "document.getElementById('globe').data.map((trace) => trace.name ?? '')")
    assert [name[0] for name in names if name[:1].isdigit()] == ["1", "2", "3"]
    assert not any("<" in name for name in names)


def test_the_theme_changes(browser: Chrome) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    before = ask(browser, ground)
    browser.execute_script("document.getElementById('theme').click()")
    assert ask(browser, ground) != before
    browser.execute_script("document.getElementById('theme').click()")
    assert [line for line in errors(browser) if "willReadFrequently" not in line] == []
