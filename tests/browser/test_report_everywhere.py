"""report.html on a telephone and a desk, light, dark and on paper, by keyboard and for a screen reader."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.axe import missing_axe, violations
from support.chromium import chromium, errors, missing_browser, wait_until_plotted, wait_until_ready
from support.csv_text import read_csv
from support.reports import edit, needs_report, write_results
from support.small import ORBIT, made_up_catalog, small

from debrissim.conjunctions.run import run
from debrissim.report.page import write_report
from debrissim.results.folder import read_summary

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [
    needs_report,
    pytest.mark.skipif(bool(missing_browser()), reason=missing_browser() or "never"),
]
WINDOWS = {"telephone": 390, "desk": 1400}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of a run with one spacecraft, with two, and against synthetic objects."""
    place = tmp_path_factory.mktemp("everywhere")

    def change(table: dict[str, list[str]]) -> dict[str, list[str]]:
        table["collision_probability"][:2] = ["3e-4", "2e-5"]
        return table

    one = write_results(place / "one", hostile=True, count=30)
    edit(one, change)
    two = place / "two"
    other = ORBIT | {"inclination_deg": 97.0}
    crafts = [
        {"norad_id": number, "name": name, "hard_body_radius_m": 70.0, "elements": orbit}
        for number, name, orbit in ((25544, "ISS", ORBIT), (25545, "<i>Polar</i>", other))
    ]
    wide = {"model": "fixed", "fixed_sigma_rtn_km": [100.0, 300.0, 100.0]}
    run(small(primaries=crafts, covariance=wide), catalogs=[made_up_catalog(600)]).write(two)
    sampled, single = (
        write_results(place / "sampled", sampled=True),
        write_results(place / "single", count=1),
    )
    folders = {"one": one, "two": two, "sampled": sampled, "single": single}
    for folder in folders.values():
        assert write_report(folder) is not None
    return folders


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def ask(driver: Chrome, words: str) -> Any:
    return driver.execute_script(f"return {words}")


def visit(driver: Chrome, folder: Path, window: str = "desk", theme: str = "light", mark: str = "") -> None:
    width = WINDOWS[window]
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": window == "telephone"}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": scheme})
    # Another page first, for an address that differs in its mark alone loads nothing.
    driver.get("about:blank")
    driver.get((folder / "report.html").as_uri() + mark)
    wait_until_ready(driver)


def show_globe(driver: Chrome) -> None:
    driver.execute_script("document.getElementById('globe').scrollIntoView()")
    wait_until_plotted(driver, "globe")


@pytest.mark.skipif(bool(missing_axe()), reason=missing_axe() or "never")
@pytest.mark.parametrize(
    ("page", "window", "theme"),
    [
        ("one", "telephone", "light"),
        ("one", "desk", "dark"),
        ("two", "telephone", "dark"),
        ("two", "desk", "light"),
        ("sampled", "telephone", "light"),
    ],
)
def test_it_fits_and_breaks_no_rule_of_accessibility(
    driver: Chrome, pages: dict[str, Path], page: str, window: str, theme: str
):
    errors(driver)
    visit(driver, pages[page], window, theme)
    if page != "sampled":
        show_globe(driver)
    assert ask(driver, "document.documentElement.dataset.failed") is None
    assert ask(driver, "document.documentElement.dataset.theme") == theme
    assert [line for line in errors(driver) if "willReadFrequently" not in line] == []
    # Neither the page nor a part of it scrolls sideways.
    assert ask(driver, "document.documentElement.scrollWidth") <= WINDOWS[window]
    assert ask(driver, "innerWidth") == WINDOWS[window]
    sideways = (
        "[...document.querySelectorAll('main *')].filter((e) => e.scrollWidth > e.clientWidth + 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)).map((e) => e.className)"
    )
    assert ask(driver, sideways) == []
    # With everything unfolded.
    driver.execute_script("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert ask(driver, "document.documentElement.scrollWidth") <= WINDOWS[window]
    assert violations(driver) == []


def test_a_page_that_breaks_a_rule_is_caught(driver: Chrome, pages: dict[str, Path]):
    if missing_axe():
        pytest.skip(missing_axe())
    visit(driver, pages["sampled"])
    driver.execute_script("document.querySelector('main').append(document.createElement('select'))")
    assert [line.split(":")[0] for line in violations(driver)] == ["select-name"]


def test_a_card_has_the_object_then_miss_and_probability_in_its_first_lines(
    driver: Chrome, pages: dict[str, Path]
):
    visit(driver, pages["one"], "telephone")
    cells = ask(
        driver,
        "[...document.querySelector('#table tbody tr').cells].map((cell) => {"
        " const { top, left, right } = cell.getBoundingClientRect(); return [cell.cellIndex, top, left, right]; })",
    )
    shown = sorted((top, left, index) for index, top, left, right in cells if right > left)
    assert [index for *_, index in shown[:5]] == [1, 4, 6, 7, 8]
    assert all(left >= 0 and right <= 390 for _, _, left, right in cells)
    label = "getComputedStyle(document.querySelector('#table tbody td:nth-child(5)'), '::before').content"
    assert ask(driver, label) == '"Miss \N{PLUS-MINUS SIGN} \N{GREEK SMALL LETTER SIGMA}"'
    # A level is a word, not only a colour.
    assert "red" in driver.find_element("css selector", "#table tbody tr.red").text
    assert len(driver.find_elements("css selector", "#table tbody tr")) == 10


def test_several_spacecraft_have_a_table_and_its_links_open_their_encounters(
    driver: Chrome, pages: dict[str, Path]
):
    visit(driver, pages["two"])
    rows = driver.find_elements("css selector", "#spacecraft tbody tr")
    # The most probable collision first.
    totals = {own["norad_id"]: own for own in read_summary(pages["two"])["totals"]["primaries"]}
    order = sorted(totals, key=lambda number: -totals[number]["cumulative_probability"])
    names = {25544: "ISS", 25545: "<i>Polar</i>"}
    cells = [row.find_element("tag name", "td").text.split("\n")[0] for row in rows]
    assert [cell.split(" ")[0] for cell in cells] == [names[number] for number in order]
    table = read_csv(pages["two"] / "conjunctions.csv")
    for row, number in zip(rows, map(str, order), strict=True):
        pairs = list(zip(table["primary_norad_id"], table["secondary_norad_id"], strict=True))
        own = [k for k, pair in enumerate(pairs) if number in pair]
        likeliest = max(own, key=lambda k: float(table["collision_probability"][k]))
        other = "secondary" if pairs[likeliest][0] == number else "primary"
        link = row.find_element("tag name", "a")
        assert link.text == table[f"{other}_name"][likeliest]
        driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", link)
        link.click()
        assert ask(driver, "location.hash") == f"#row-{likeliest}"
        head = driver.find_element("id", "encounter-head").text
        assert head == f"Encounter with {table['secondary_name'][likeliest]}"
        assert number in driver.find_element("id", "facts").text


def test_a_single_encounter_offers_no_choice_among_several(driver: Chrome, pages: dict[str, Path]):
    visit(driver, pages["single"], "telephone")
    assert ask(driver, "document.documentElement.dataset.failed") is None
    hidden = "['search', 'previous', 'week', 'which', 'arcs'].filter((id) => "
    hidden += "document.getElementById(id).checkVisibility())"
    assert ask(driver, hidden) == []
    assert ask(driver, "document.getElementById('minutes').checkVisibility()")
    assert len(driver.find_elements("css selector", "#table tbody tr")) == 1


def test_codes_are_in_words(driver: Chrome, pages: dict[str, Path]):
    visit(driver, pages["two"])
    facts = driver.find_element("id", "facts").text
    assert "a sphere of 600 km radius" in facts
    assert "(Foster & Estes 1992)" in facts
    assert "minimum" not in facts
    ticks = ask(driver, "document.getElementById('timeline').layout.yaxis.ticktext")
    assert "1 in 10,000" in ticks
    assert all(tick == "certain" or tick.startswith("1 in ") for tick in ticks)
    assert ask(driver, "[oddsOf(-6), oddsOf(-11), oddsOf(-30)]") == [
        "1 in 1 million",
        "1 in 100 billion",
        "10<sup>\N{MINUS SIGN}30</sup>",
    ]


def test_the_view_in_space_shows_coasts_day_and_night_and_one_arc(driver: Chrome, pages: dict[str, Path]):
    visit(driver, pages["two"], mark="#row-3")
    show_globe(driver)
    data = ask(driver, "JSON.parse(document.getElementById('data').textContent)")
    mesh, coasts = ask(
        driver,
        "document.getElementById('globe').data.slice(0, 2).map((t) =>"
        " [t.x, t.y, t.z, t.intensity ?? []].map((part) => Array.from(part)))",
    )
    nodes, light = np.array(mesh[:3]).T / 6378.137, np.array(mesh[3])
    height = nodes @ np.array(data["sun"][3])
    assert (light[height > 0.11] == 1.0).all()
    assert (light[height < -0.11] == 0.0).all()
    assert 0.4 < light.mean() < 0.6
    # The first point of the longest coast, turned by the angle of Greenwich.
    longitude, latitude = np.radians(data["coasts_deg"][0][:2])
    east = longitude + data["earth_angle_rad"][3]
    expected = [np.cos(latitude) * np.cos(east), np.cos(latitude) * np.sin(east), np.sin(latitude)]
    first = np.array([part[0] for part in coasts[:3]])
    np.testing.assert_allclose(first / np.linalg.norm(first), expected, atol=1e-3)
    # Ten minutes later the Earth has turned by two and a half degrees.
    driver.execute_script(
        "const c = document.getElementById('minutes'); c.value = 10; c.dispatchEvent(new Event('input'));"
    )
    time.sleep(1.0)
    later = np.array(ask(driver, "['x', 'y'].map((k) => document.getElementById('globe').data[1][k][0])"))
    turn = np.degrees(np.arctan2(later[1], later[0]) - np.arctan2(first[1], first[0]))
    assert turn % 360.0 == pytest.approx(600.0 * 360.0 / 86164.1, abs=0.01)
    # One encounter alone, until all are asked for.
    count = ask(driver, "document.getElementById('globe').data.length")
    driver.execute_script("document.getElementById('arcs').click()")
    assert ask(driver, "document.getElementById('globe').data.length") > count == 6


def test_the_keyboard_reaches_everything_and_turns_the_globe(driver: Chrome, pages: dict[str, Path]):
    from selenium.webdriver.common.keys import Keys

    visit(driver, pages["two"])
    show_globe(driver)
    # Fewer rows to step through.
    driver.execute_script(
        "const c = document.getElementById('search'); c.value = 'no such object';"
        "c.dispatchEvent(new Event('input')); document.activeElement.blur(); scrollTo(0, 0);"
    )
    reached = set()
    for _ in range(60):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.add(ask(driver, "document.activeElement.id"))
        if ask(driver, "document.activeElement.getBoundingClientRect().width") == 0:
            pytest.fail("the focus is on something that is not visible")
    assert reached >= {"theme", "search", "kind", "level", "previous", "next", "which", "minutes", "play"}
    assert reached >= {"arcs", "globe"}
    eye = "document.getElementById('globe')._fullLayout.scene._scene.getCamera().eye"
    before = ask(driver, eye)
    driver.find_element("id", "globe").send_keys(Keys.ARROW_LEFT)
    time.sleep(0.5)
    after = ask(driver, eye)
    assert after["z"] == pytest.approx(before["z"], abs=1e-6)
    turn = np.degrees(np.arctan2(after["y"], after["x"]) - np.arctan2(before["y"], before["x"]))
    assert turn % 360.0 == pytest.approx(345.0, abs=0.1)


def test_paper_is_light_and_holds_the_answer(driver: Chrome, pages: dict[str, Path]):
    visit(driver, pages["two"], theme="dark")
    watch = (
        "addEventListener('beforeprint', () => { window.onPaper = [document.documentElement.dataset.theme, "
        "getComputedStyle(document.body).backgroundColor, document.querySelector('#verdict details').open]; });"
    )
    driver.execute_script(watch)
    assert len(driver.print_page()) > 50_000
    assert ask(driver, "window.onPaper") == ["light", "rgb(255, 255, 255)", True]
    assert not ask(driver, "document.querySelector('#verdict details').open")
    scheme = [{"name": "prefers-color-scheme", "value": "dark"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": scheme})
    shown = "['verdict', 'spacecraft', 'encounters', 'encounter', 'space'].filter((id) => "
    shown += "document.getElementById(id).checkVisibility())"
    assert ask(driver, shown) == ["verdict", "spacecraft", "encounters", "encounter"]
    assert ask(driver, "document.documentElement.dataset.theme") == "dark"
