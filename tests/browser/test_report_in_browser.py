"""report.html in a real browser: loading, sorting, filtering, an encounter with its slider, and no requests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.answers import ANSWER
from support.chromium import chromium, errors, missing_browser, requests, wait_until_plotted, wait_until_ready
from support.csv_text import float_column, read_csv
from support.reports import HOSTILE, edit, needs_report, write_results

from debrissim.core import numbers
from debrissim.report.html.page import study_html
from debrissim.report.page import write_report

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [
    needs_report,
    pytest.mark.skipif(bool(missing_browser()), reason=missing_browser() or "never"),
]

# Counts violations of the page's policy.
WATCH = (
    "window.stopped = [];"
    "document.addEventListener('securitypolicyviolation', (e) => stopped.push(e.violatedDirective + e.blockedURI));"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = write_results(tmp_path_factory.mktemp("browser") / "results", hostile=True, count=40)

    def change(table: dict[str, list[str]]) -> dict[str, list[str]]:
        # Spread over many powers of ten, one above red, one above yellow, some missing.
        table["collision_probability"] = [f"{10.0 ** -(3.5 + 0.7 * k)}" for k in range(38)] + ["", "0.0"]
        table["dilution"][0] = "true"
        return table

    edit(place, change)
    assert write_report(place) is not None
    return place


@pytest.fixture(scope="module")
def browser(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        errors(driver), requests(driver)  # requests of the browser's own first page
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        driver.get((folder / "report.html").as_uri())
        wait_until_ready(driver)
        yield driver


def ask(browser: Chrome, words: str) -> Any:
    return browser.execute_script(f"return {words}")


def rows(browser: Chrome) -> list[int]:
    return ask(
        browser, "[...document.querySelectorAll('#table tbody tr')].map((row) => Number(row.dataset.i))"
    )


def put(browser: Chrome, place: str, value: str) -> None:
    """Set a control as a user does: its value changes and it fires its events."""
    browser.execute_script(
        "const c = document.getElementById(arguments[0]); c.value = arguments[1];"
        "c.dispatchEvent(new Event('input', { bubbles: true }));",
        place,
        value,
    )


def sort_by(browser: Chrome, key: str) -> None:
    head = browser.find_element("css selector", f"th[data-key={key}] button")
    # Scroll it out from under the bar of links, as a user would.
    browser.execute_script("arguments[0].scrollIntoView({ block: 'center' })", head)
    head.click()


def test_it_loads_without_errors_or_further_requests(browser: Chrome, folder: Path):
    assert ask(browser, "document.documentElement.dataset.ready") == "true"
    assert [line for line in errors(browser) if "willReadFrequently" not in line] == []
    # plotly before 7 loads an image from a data: address, which leaves no machine.
    loaded = [url for url in requests(browser) if not url.startswith("data:")]
    assert loaded == [(folder / "report.html").as_uri()]
    assert ask(browser, "window.stopped") == []
    assert ask(browser, "window.hostile === undefined")
    # The view in space waits until it is nearly on the screen.
    browser.execute_script("document.getElementById('globe').scrollIntoView()")
    wait_until_plotted(browser, "globe")
    charts = ask(browser, "[...document.querySelectorAll('.js-plotly-plot')].map((chart) => chart.id)")
    assert set(charts) == {"plane", "dilution", "range", "direction", "timeline", "globe"}
    assert ask(browser, "document.querySelectorAll('[role=img][aria-label]').length") == len(charts)


def test_it_sorts(browser: Chrome, folder: Path):
    table = read_csv(folder / "conjunctions.csv")
    miss, probability = float_column(table["miss_distance_km"]), float_column(table["collision_probability"])
    # The most probable first by default.
    assert probability[rows(browser)].tolist() == sorted(probability[:38], reverse=True)[:25]
    head = "document.querySelector('th[data-key=miss_distance_km]').getAttribute('aria-sort')"
    sort_by(browser, "miss_distance_km")
    assert miss[rows(browser)].tolist() == sorted(miss)[:25]
    assert ask(browser, head) == "ascending"
    sort_by(browser, "miss_distance_km")
    assert miss[rows(browser)].tolist() == sorted(miss, reverse=True)[:25]
    assert ask(browser, head) == "descending"
    browser.find_element("id", "more").click()
    assert miss[rows(browser)].tolist() == sorted(miss, reverse=True)
    # Rows without Pc come last in either direction.
    for _ in range(2):
        sort_by(browser, "collision_probability")
        assert rows(browser)[-1] == 38


def test_it_filters_and_searches(browser: Chrome, folder: Path):
    table = read_csv(folder / "conjunctions.csv")
    kinds = table["object_kind"]
    put(browser, "kind", "payload")
    assert sorted(rows(browser)) == [k for k, kind in enumerate(kinds) if kind == "payload"]
    put(browser, "search", "QUOTED")
    both = [k for k, kind in enumerate(kinds) if kind == "payload" and "quoted" in table["secondary_name"][k]]
    assert sorted(rows(browser)) == both
    assert f"{len(both)} found" in browser.find_element("id", "shown").text
    put(browser, "kind", "")
    put(browser, "search", table["secondary_norad_id"][3])
    assert set(rows(browser)) == {
        k for k, number in enumerate(table["secondary_norad_id"]) if number == table["secondary_norad_id"][3]
    }
    put(browser, "search", "")
    put(browser, "level", "red")
    assert rows(browser) == [0]
    put(browser, "level", "yellow")
    assert sorted(rows(browser)) == [0, 1, 2]
    put(browser, "level", "")
    assert len(rows(browser)) == 40


def test_a_row_opens_its_encounter_with_the_numbers_of_the_table(browser: Chrome, folder: Path):
    table = read_csv(folder / "conjunctions.csv")
    name = HOSTILE[1]
    before = ask(browser, "document.getElementById('plane').getAttribute('aria-label')")
    browser.find_element("css selector", "tr[data-i='6'] button").click()
    assert browser.find_element("id", "encounter-head").text == f"Encounter with {name}"
    facts = browser.find_element("id", "facts").text
    miss = (float(table[name][6]) for name in ("miss_distance_km", "miss_distance_sigma_km"))
    assert numbers.plus_minus(*miss, "km") in facts
    assert f"(Pc {numbers.probability(float(table['collision_probability'][6]))})" in facts
    assert ask(browser, "location.hash") == "#row-6"
    assert ask(browser, "document.activeElement.id") == "encounter"
    assert ask(browser, "document.querySelector('tr[data-i=\"6\"]').getAttribute('aria-current')") == "true"
    assert ask(browser, "document.getElementById('plane').getAttribute('aria-label')") != before
    trace = ask(browser, "document.getElementById('plane').data.at(-1)")
    assert trace["x"] == [pytest.approx(float(table["plane_miss_x_km"][6]), rel=1e-6)]
    assert trace["y"] == [pytest.approx(float(table["plane_miss_y_km"][6]), rel=1e-6)]
    here = ask(browser, "document.getElementById('dilution').data.at(-1)")
    assert here["y"] == [pytest.approx(float(table["collision_probability"][6]), rel=1e-6)]
    browser.find_element("id", "next").click()
    assert ask(browser, "location.hash") == "#row-7"
    assert ask(browser, "window.hostile === undefined")


def test_the_keyboard_opens_an_encounter(browser: Chrome):
    from selenium.webdriver.common.keys import Keys

    browser.find_element("css selector", "tr[data-i='2'] button").send_keys(Keys.ENTER)
    assert ask(browser, "location.hash") == "#row-2"


def test_the_sliders_move_both_objects(browser: Chrome, folder: Path):
    table = read_csv(folder / "conjunctions.csv")
    put(browser, "which", "4")
    assert ask(browser, "location.hash") == "#row-4"

    def places() -> list[list[float]]:
        # The change appears in the next frame.
        time.sleep(1.0)
        traces = ask(browser, "document.getElementById('globe').data.slice(4, 6)")
        return [[trace[axis][0] for axis in "xyz"] for trace in traces]

    at_tca = places()
    for role, place in zip(("primary", "secondary"), at_tca, strict=True):
        # To the kilometre, the precision of the page.
        assert place == pytest.approx([float(table[f"{role}_{axis}_km"][4]) for axis in "xyz"], abs=0.51)
    put(browser, "minutes", "5")
    for before, after in zip(at_tca, places(), strict=True):
        # Five minutes in a low orbit: 2,200 to 2,400 km along the chord.
        assert 1800.0 < sum((a - b) ** 2 for a, b in zip(before, after, strict=True)) ** 0.5 < 2500.0
    assert "+5.00 min" in browser.find_element("id", "when").text


def test_a_click_switches_light_and_dark(browser: Chrome):
    background = "getComputedStyle(document.body).backgroundColor"
    light = ask(browser, background)
    browser.find_element("id", "theme").click()
    dark = ask(browser, background)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(13, 17, 23)")
    browser.find_element("id", "theme").click()
    assert ask(browser, background) == light


def test_print_stylesheet_is_light_and_screen_stays_dark(browser: Chrome):
    browser.find_element("id", "theme").click()
    watch = (
        "addEventListener('beforeprint', () => { window.onPaper = document.documentElement.dataset.theme; });"
    )
    browser.execute_script(watch)
    # Several pages with vector charts.
    assert len(browser.print_page()) > 50_000
    assert ask(browser, "window.onPaper") == "light"
    assert ask(browser, "document.documentElement.dataset.theme") == "dark"
    browser.find_element("id", "theme").click()


def test_no_errors_or_violations_were_reported(browser: Chrome):
    assert [line for line in errors(browser) if "willReadFrequently" not in line] == []
    assert requests(browser) == []


@pytest.mark.parametrize("count", [0, pytest.param(1000, marks=pytest.mark.slow)])
def test_it_opens_with_any_number_of_encounters(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, count: int
):
    folder = write_results(tmp_path / "results", count=count)
    assert write_report(folder) is not None
    with chromium(tmp_path_factory.mktemp("profile"), dark=True) as driver:
        errors(driver)
        driver.get((folder / "report.html").as_uri() + "#row-7")
        wait_until_ready(driver)
        assert ask(driver, "document.documentElement.dataset.theme") == "dark"
        assert ask(driver, "document.documentElement.dataset.failed") is None
        assert [line for line in errors(driver) if "willReadFrequently" not in line] == []
        assert len(rows(driver)) == min(count, 25)
        # An address with a row opens that encounter.
        assert ask(driver, "location.hash") == "#row-7"


@pytest.mark.parametrize("width", [390, 1300])
def test_a_study_fits_its_window(browser: Chrome, tmp_path: Path, width: int):
    numbers = {"outer": {"middle": {"inner": "a sentence on a model, its source and its range"}}}
    provenance = {"scenario": {"title": "Study"}, "versions": {"debrissim": "0"}, "seed": 1}
    summary = {"kind": "tiny", "answer": numbers, "method": numbers, "provenance": provenance}
    page = tmp_path / "report.html"
    page.write_text(study_html(summary, ANSWER, [], []), encoding="utf-8")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        browser.get(page.as_uri())
        assert ask(browser, "document.documentElement.scrollWidth <= innerWidth")
        # No cell and no value is a column of single letters.
        assert ask(browser, "document.querySelector('.numbers td:last-child').clientWidth") > 100
        ask(browser, "document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert ask(browser, "document.querySelector('#method dd dd dd').clientWidth") > 150
        assert ask(browser, "document.documentElement.scrollWidth <= innerWidth")
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_synthetic_run_shows_rates_and_fits_a_phone(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
):
    folder = write_results(tmp_path / "results", sampled=True)
    assert write_report(folder) is not None
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        size = {"width": 390, "height": 900, "deviceScaleFactor": 1, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        errors(driver)
        driver.get((folder / "report.html").as_uri())
        wait_until_ready(driver)
        assert ask(driver, "document.documentElement.dataset.failed") is None
        assert [line for line in errors(driver) if "willReadFrequently" not in line] == []
        assert ask(driver, "document.documentElement.scrollWidth <= innerWidth")
        # Directions and speeds are plotted; nothing has a date or a probability.
        assert ask(driver, "document.querySelectorAll('.js-plotly-plot').length") == 2
        for absent in ("encounters", "encounter", "week", "space"):
            assert driver.find_elements("id", absent) == []
        assert "Pc" not in driver.find_element("tag name", "main").text
