"""The station through its years: published totals, sums by hand, and what the tables must satisfy."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.hazard.station import station

# Total mass: day, kg, source.
PUBLISHED_MASSES_KG: tuple[tuple[date, float, str], ...] = (
    (date(2010, 8, 3), 370131.0, "NASA, quoted by Space.com"),
    (date(2014, 11, 1), 419455.0, "NASA, Facts and Figures"),
    (date(2021, 11, 15), 454615.0, "NASA/JSC TOPO, header of the trajectory file, with visiting vehicles"),
    (date(2022, 1, 17), 458943.0, "NASA/JSC TOPO, header of the trajectory file, with visiting vehicles"),
    (date(2022, 4, 27), 459692.0, "NASA/JSC TOPO, header of the trajectory file, with visiting vehicles"),
    (date(2023, 2, 15), 460724.0, "NASA/JSC TOPO, header of the trajectory file, with visiting vehicles"),
    (date(2024, 11, 27), 473264.0, "NASA/JSC TOPO, header of the trajectory file, with visiting vehicles"),
)

# Cross-section along the flight direction in the same headers (NASA/JSC TOPO).
PUBLISHED_DRAG_AREAS_M2: tuple[tuple[date, float], ...] = (
    (date(2021, 11, 15), 1420.08),
    (date(2022, 1, 17), 1606.80),
    (date(2022, 4, 27), 1980.39),
    (date(2023, 2, 15), 1504.78),
    (date(2024, 11, 27), 1524.99),
)


def test_the_first_day_is_zarya_alone():
    first = station.configuration(date(1998, 11, 20))
    assert first.parts == ("Zarya", "Zarya arrays")
    assert first.mass_kg == 19323.0
    # A cylinder of 12.56 x 4.11 m and two plates of 10.67 x 3.35 m, by hand.
    body = (np.pi * 4.11 * 12.56 + 2.0 * np.pi * (4.11 / 2.0) ** 2) / 4.0
    assert first.mean_area_m2 == pytest.approx(body + 2.0 * 10.67 * 3.35 / 2.0)
    assert first.mass_with_vehicles_kg == first.mass_kg
    with pytest.raises(InputError, match="1998-11-20"):
        station.configuration(date(1998, 11, 19))


def test_the_order_of_assembly():
    came = {part.name: part.start for part in station.elements()}
    order = [
        "Zarya",
        "Unity with PMA-1 and PMA-2",
        "Zvezda",
        "Z1 truss",
        "P6 truss",
        "Destiny",
        "Canadarm2",
        "Quest",
    ]
    order += [
        "Pirs",
        "S0 truss",
        "S1 truss",
        "P1 truss",
        "P3/P4 truss",
        "P5 truss",
        "S3/S4 truss",
        "S5 truss",
    ]
    order += [
        "Harmony",
        "Columbus",
        "Kibo logistics module",
        "Kibo laboratory",
        "S6 truss",
        "Poisk",
        "Tranquility",
    ]
    order += ["Rassvet", "Leonardo", "BEAM", "Bishop", "Nauka", "Prichal"]
    days = [came[name] for name in order]
    assert days == sorted(days)
    assert "Pirs" in station.configuration(date(2021, 7, 25)).parts
    assert "Pirs" not in station.configuration(date(2021, 7, 26)).parts
    assert {part.country for part in station.elements()} == {"Russia", "USA", "Canada", "ESA", "Japan"}
    assert all(part.source and part.certainty in ("cited", "estimate") for part in station.elements())


def test_the_station_grows_except_for_modules_that_left():
    days = [date(year, month, 15) for year in range(1999, 2026) for month in (2, 8)]
    masses = [station.configuration(day).mass_kg for day in days]
    radii = [station.configuration(day).enclosing_radius_m for day in days]
    assert np.diff(masses).min() >= 0.0  # Pirs, 3.6 t, left three days before Nauka, 20 t, came
    assert np.diff(radii).min() > -1.0  # P6 folded: 27 m of height became 20


@pytest.mark.parametrize(("day", "published", "_source"), PUBLISHED_MASSES_KG)
def test_launch_masses_fall_short_of_published_totals_by_later_cargo(day, published, _source):
    """Racks, spares, water and propellant came later: 15 to 24 % of the total, 10 to 14 % in the first years' lists."""
    mass = (
        station.configuration(day).mass_with_vehicles_kg
        if day.year > 2014
        else station.configuration(day).mass_kg
    )
    assert 0.74 < mass / published < 0.90


def test_the_mean_shadow_is_twice_the_drag_area_and_the_fraction_is_as_documented():
    fractions = [
        area / station.configuration(day).mean_area_with_vehicles_m2 for day, area in PUBLISHED_DRAG_AREAS_M2
    ]
    assert np.mean(fractions) == pytest.approx(station.DRAG_AREA_FRACTION, abs=0.005)
    assert (min(fractions), max(fractions)) == pytest.approx((0.47, 0.65), abs=0.01)


def test_the_complete_station_is_in_the_sphere_that_cara_uses():
    """NASA CARA's list of protected spacecraft has 66.1 m; the extents are NASA's 108.5, 73 and 20 m."""
    assert station.configuration(date(2015, 1, 1)).enclosing_radius_m == pytest.approx(66.1, abs=0.15)


def test_shapes():
    assert station.mean_area_m2("box", 2.0, 2.0, 2.0) == pytest.approx(6.0)  # a cube: a quarter of 24
    assert station.mean_area_m2("plate", 4.0, 3.0) == pytest.approx(6.0)  # half of one side
    with pytest.raises(InputError, match="cylinder, box or plate"):
        station.mean_area_m2("sphere", 1.0, 1.0)


def test_the_mean_shadow_of_a_cylinder_is_that_of_random_directions():
    """Shadow of a cylinder from an angle t to its axis: 2 r l sin t + pi r^2 |cos t|."""
    cosine = (np.arange(20000) + 0.5) / 20000.0
    shadow = 4.2 * 13.1 * np.sqrt(1.0 - cosine**2) + np.pi * 2.1**2 * cosine
    assert station.mean_area_m2("cylinder", 13.1, 4.2) == pytest.approx(shadow.mean(), rel=1e-4)


def test_a_year_is_the_mean_over_its_days():
    length, middle, (area, sphere, inscribed) = station.yearly_means(1998, date(2025, 12, 31))
    assert length == pytest.approx(42.0 / 365.25)
    assert middle.day == date(1998, 12, 11)
    before, after = station.configuration(date(1998, 12, 1)), station.configuration(date(1998, 12, 11))
    assert area == pytest.approx(
        (16.0 * before.mean_area_with_vehicles_m2 + 26.0 * after.mean_area_with_vehicles_m2) / (42.0 * np.pi)
    )
    assert sphere == pytest.approx(
        (16.0 * before.enclosing_radius_m**2 + 26.0 * after.enclosing_radius_m**2) / 42.0
    )
    # Half the height: 4.1 m of Zarya alone, 4.6 m with Unity.
    assert inscribed == pytest.approx((16.0 * 2.05**2 + 26.0 * 2.3**2) / 42.0)
    with pytest.raises(InputError, match="1998 to 2020"):
        station.yearly_means(2021, date(2020, 12, 31))


def test_altitudes_lie_where_the_station_flew_and_it_went_round_more_than_15_times_a_day():
    years = station.published_altitudes()
    assert years.year.tolist() == list(range(1998, 2026))
    assert 330.0 < years.mean_altitude_km.min() < years.mean_altitude_km.max() < 435.0
    per_day = 86400.0 / (2.0 * np.pi) * np.sqrt(398600.8 / (6378.137 + years.mean_altitude_km) ** 3)
    assert (per_day > 15.0).all()


def test_a_history_counts_days_not_element_sets():
    """Nine sets on one day at 400 km and one on the next at 410 km: 405 km; the next year by itself."""
    jd = np.concatenate([2451544.0 + np.linspace(0.5, 1.4, 9), [2451545.6, 2451911.0]])
    radius = 6378.137 + np.array([400.0] * 9 + [410.0, 390.0])
    result = station.altitudes_from_epochs(jd, radius)
    assert result.year.tolist() == [2000, 2001]
    assert result.mean_altitude_km == pytest.approx([405.0, 390.0])
