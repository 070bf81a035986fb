"""The parts of the study of conservation: sums of Pc over sampled misses, and element sets with sampled errors."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from support.paths import ROOT

from debrissim.catalog import Catalog, parse_catalog
from debrissim.catalog.identifiers import Origin, internal_numbers
from debrissim.propagation.sgp4 import make_propagator
from debrissim.uncertainty.aged_element_sets import aged, argument_of_latitude_deg
from debrissim.uncertainty.calibrated_errors import bundled_calibration, element_sigmas_km

if not (ROOT / "benchmarks" / "__main__.py").is_file():
    pytest.skip("no benchmarks folder next to the tests", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from benchmarks.probability_conservation import long_run, monte_carlo

LINES = (
    "1 24946U 97051C   09040.78448243 +.00000153 +00000-0 +47668-4 0  9994",
    "2 24946 086.3994 121.7028 0002288 085.1644 274.9812 14.34219863597336",
)


def passes(sigma_km: float, count: int) -> long_run.Passes:
    """Passes of one sigma along both axes, with misses sampled anywhere in the sphere."""
    rng = np.random.default_rng(3)
    radius, angle = 30.0 * np.sqrt(rng.random(count)), 2.0 * np.pi * rng.random(count)
    return long_run.Passes(
        sphere_km=30.0,
        phases=1,
        phase=np.zeros(count, dtype=np.int64),
        miss_km=np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1),
        sigma_km=np.full((count, 2), sigma_km),
        radius_km=np.full(count, 0.02),
    )


def test_sampled_misses_conserve_the_sum_and_scatter_as_the_equal_passes_say(monkeypatch):
    monkeypatch.setattr(long_run, "SAMPLES", 400)
    some = passes(1.0, 20_000)
    sums = long_run.sums_if_conserved(some, np.zeros(20_000, dtype=np.int64), 1, np.random.default_rng(4))[
        :, 0
    ]
    expected = float((some.radius_km / some.sphere_km) ** 2 @ some.inside)
    assert sums.mean() == pytest.approx(expected, rel=4.0 * sums.std() / sums.mean() / 20.0)
    assert (sums.mean() / sums.std()) ** 2 == pytest.approx(long_run.equal_passes(some), rel=0.3)
    value = long_run.probability(some.miss_km, some.sigma_km, some.radius_km).sum()
    assert abs(value - expected) < 4.0 * sums.std()


@pytest.mark.parametrize("revolutions", [0.0, 0.25])
def test_displaced_element_sets_scatter_as_the_model_says(revolutions):
    """At epoch, and a quarter of a revolution later, where the other error of each pair is seen."""
    element_set = parse_catalog("\n".join(LINES).encode(), "lines").catalog
    count, start = 4000, (float(element_set.epoch_jd[0]), float(element_set.epoch_fraction[0]))
    copies = element_set[np.zeros(count, dtype=np.int64)]
    moved = monte_carlo.displaced(copies, start, np.random.default_rng(5))
    numbers = internal_numbers(Origin.UNNUMBERED, np.arange(count))
    both = Catalog.concat([element_set, moved.with_columns(norad_id=numbers)])
    time_s = 86400.0 * revolutions / float(element_set.mean_motion_rev_day[0])
    codes, position, velocity = make_propagator(both, *start).states(np.arange(1 + count), [time_s])
    assert not codes.any()
    state = np.concatenate([position[0, 0], velocity[0, 0]])
    radial = state[:3] / np.linalg.norm(state[:3])
    normal = np.cross(state[:3], state[3:]) / np.linalg.norm(np.cross(state[:3], state[3:]))
    away = (position[1:, 0] - position[0, 0]) @ np.stack([radial, np.cross(normal, radial), normal]).T

    table, u = bundled_calibration(), np.radians(argument_of_latitude_deg(state[None])[0])
    x, y, w, i = element_sigmas_km(table, aged(element_set, 3.5))[0][0]
    week = np.arange(8.0)
    along = np.array([element_sigmas_km(table, aged(element_set, day))[1][0] for day in week])
    ahead = monte_carlo.straight_line(week[None], along[None])[1][0]
    expected = (
        np.hypot(x * np.cos(u), y * np.sin(u)),
        np.sqrt((2.0 * x * np.sin(u)) ** 2 + (2.0 * y * np.cos(u)) ** 2 + ahead**2),
        np.hypot(w * np.cos(u), i * np.sin(u)),
    )
    assert np.sqrt(np.mean(away**2, axis=0)) == pytest.approx(expected, rel=0.05)
