"""The ISS's own trajectory files: no burn where there is none, and planted ones found; needs the shared data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from support.shared import shared_path
from support.trajectories import as_ephemeris, errors_of_arcs, zonal_force

from debrissim.core.arrays import Array
from debrissim.ephemerides import Ephemeris, Segment, make_arcs, read_ephemerides

FILES = ("data/iss/iss_oem_2021-11-15.xml.xz", "data/iss/iss_oem_2022-01-17.xml.xz")


def _read(name: str) -> Ephemeris:
    (ephemeris,) = read_ephemerides(shared_path(name))
    return ephemeris


def _run_time(segment: Segment) -> Array:
    return np.asarray(((segment.jd - segment.jd[0]) + (segment.fraction - segment.fraction[0])) * 86400.0)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("velocities", [True, False])
def test_the_files_of_the_iss_contain_no_burn(
    name: str, velocities: bool, record_property: Callable[[str, object], None]
) -> None:
    """Their own tables of events list none either: undocking, docking and launches with 0.0 m/s."""
    ephemeris = _read(name)
    (segment,) = ephemeris.segments
    if not velocities:
        segment = replace(segment, velocities_km_s=np.full_like(segment.velocities_km_s, np.nan))
    table = make_arcs(
        replace(ephemeris, segments=(segment,)), float(segment.jd[0]), float(segment.fraction[0])
    )
    record_property("error bound (m)", round(1e3 * float(table.error_km[0]), 2))
    assert len(table) == 1
    assert table.cuts == ()
    assert table.gaps == ()
    assert table.error_km[0] - segment.frame_error_km < (0.007 if velocities else 0.04)


@pytest.mark.parametrize("name", FILES)
def test_left_out_states_are_inside_the_bound(name: str) -> None:
    """Every second state, 480 s apart: the others are the truth between them."""
    (segment,) = _read(name).segments
    kept = slice(None, None, 2)
    half = replace(
        segment,
        jd=segment.jd[kept], fraction=segment.fraction[kept], leap_s=segment.leap_s[kept],
        positions_km=segment.positions_km[kept], velocities_km_s=segment.velocities_km_s[kept],
    )  # fmt: skip
    table = make_arcs(as_ephemeris(half), segment.jd[0], segment.fraction[0])
    worst, _ = errors_of_arcs(table, _run_time(segment), segment.positions_km)
    assert (worst <= table.error_km).all()
    assert worst.max() > 0.05 * table.error_km.max()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("velocities", [True, False])
@pytest.mark.parametrize("size", [1e-4, 1e-3])
def test_a_burn_planted_in_the_iss_is_found(name: str, velocities: bool, size: float) -> None:
    """The change of a trajectory by a burn, integrated with J2 to J4, added to the states after it."""
    (segment,) = _read(name).segments
    times = _run_time(segment)
    k, after = 2500, 150
    moment = times[k] + 0.37 * (times[k + 1] - times[k])

    def fly(state: Array, begin: float, moments: Array) -> Array:
        def rates(time: float, now: Array) -> Array:
            return np.concatenate([now[3:], zonal_force(time, now)])

        span = (begin, moments[-1])
        run = solve_ivp(rates, span, state, method="DOP853", rtol=1e-12, atol=1e-10, t_eval=moments)
        return np.asarray(run.y.T)

    before = np.concatenate([segment.positions_km[k], segment.velocities_km_s[k]])
    state = fly(before, times[k], np.array([moment]))[0]
    burn = size * state[3:] / np.linalg.norm(state[3:])
    later = times[k + 1 : k + 1 + after]
    change = fly(state + np.concatenate([np.zeros(3), burn]), moment, later) - fly(state, moment, later)
    end = k + 1 + after
    positions, rates = segment.positions_km[:end].copy(), segment.velocities_km_s[:end].copy()
    positions[k + 1 :] += change[:, :3]
    rates[k + 1 :] += change[:, 3:]
    burned = replace(
        segment,
        jd=segment.jd[:end], fraction=segment.fraction[:end], leap_s=segment.leap_s[:end],
        positions_km=positions, velocities_km_s=rates if velocities else np.full_like(rates, np.nan),
        usable_stop=(float(segment.jd[end - 1]), float(segment.fraction[end - 1])),
    )  # fmt: skip
    table = make_arcs(as_ephemeris(burned), segment.jd[0], segment.fraction[0])
    (cut,) = table.cuts
    assert (cut.begin_s, cut.end_s) == pytest.approx((times[k], times[k + 1]), abs=1e-6)
    assert np.array(cut.delta_v_km_s) == pytest.approx(burn, abs=1e-5)
    assert cut.moment_s == pytest.approx(moment, abs=2e-4 / size)
