"""How far is a trajectory after a burn from other ways to continue it?

    python -m benchmarks.maneuvers.theory_error [--size small|full]

Writes theory_error.csv: for orbits at 300 to 1,200 km, at 20,200 km, geostationary, transfer and Molniya, burns of
0.01 to 5 m/s along R, T and N at times around an orbit, after 0.1 to 7 days. Of each, the largest error of a
revolution: of the difference that the burn makes (after minus without), which is what a miss depends on, and of the
trajectory itself. The integrated difference does not depend on the age of a set, and is measured for one age.

- sgp4, refit: SGP4 as the program continues it (mean elements at the epoch of the set), against mean elements at the
  burn.
- sgp4, numerical: the same against numerical integration with J2 to J4 and drag, of an orbit fitted to the SGP4 one
  over two days around the burn.
- integrated, numerical: the difference integrated with J2 to J4 and fitted drag, along an ephemeris with gravity to
  degree and order 10 and drag, against the orbit integrated with the same forces as the ephemeris.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import DAY_S, options, say, write_csv
from debrissim.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.time import offset_days
from debrissim.maneuvers import Burns, ElementSetMotion, IntegratedMotion
from debrissim.maneuvers.arcs_after import arc_through, unnamed
from debrissim.maneuvers.dynamics import NO_DRAG, Drag, Dynamics
from debrissim.maneuvers.from_state import integrated_from_state
from debrissim.maneuvers.kernels.differences import orbits_at_nodes
from debrissim.maneuvers.orbit_fit import first_drag, fit_orbit
from debrissim.maneuvers.thrust import STEP_RAD
from debrissim.propagation import make_propagator, mean_elements_from_states, perigee_radius_km, rtn_basis

HERE = Path(__file__).resolve().parent
START = (2459581.5, 0.0)
SIZES_M_S = (0.01, 0.1, 1.0, 5.0)
AXES = ("radial", "along-track", "normal")
AGES_DAYS = {"small": (1.0,), "full": (0.2, 1.0, 3.0)}
MOMENTS = {"small": 1, "full": 8}
AFTER_DAYS = (0.1, 1.0, 3.0, 7.0)
ORBITS = {
    # rev/day, eccentricity, inclination and argument of perigee in degrees, B* in 1/Earth radii.
    "300 km": (15.9, 1e-3, 51.64, 60.0, 1e-4),
    "400 km": (15.54, 5e-4, 51.64, 60.0, 1e-4),
    "800 km": (14.27, 1e-3, 98.6, 80.0, 1e-4),
    "1,200 km": (13.16, 2e-3, 87.9, 80.0, 1e-5),
    "20,200 km": (2.0056, 5e-3, 55.0, 40.0, 0.0),
    "geostationary": (1.0027, 2e-4, 2.0, 40.0, 0.0),
    "transfer": (2.28, 0.73, 7.0, 178.0, 1e-4),
    "Molniya": (2.006, 0.72, 63.4, 270.0, 1e-4),
}
DRAG_ALTITUDES_KM = {"300 km": 300.0, "400 km": 400.0, "20,200 km": None, "geostationary": None}


@dataclass(frozen=True, eq=False)
class Case:
    """One orbit, and burns in it: times (b,) s of run time, a burn of each size and axis at each."""

    name: str
    elements: Catalog
    burns: Burns
    period_s: float

    @property
    def sampled_s(self) -> Array:
        """(b, days, t) s: a revolution after each number of days."""
        turn = np.linspace(0.0, self.period_s, 17)
        return self.burns.time_s[:, None, None] + DAY_S * np.array(AFTER_DAYS)[:, None] + turn


def main() -> None:
    asked = options(__doc__, HERE)
    write_csv(asked.out / "theory_error.csv", rows_of("small" if asked.small else "full"))


def rows_of(size: str) -> list[dict[str, Any]]:
    """The table of a size, "small" or "full"."""
    rows: list[dict[str, Any]] = []
    for name in ORBITS:
        for age in AGES_DAYS[size]:
            say(f"{name}, element set {age:g} days old")
            case = make_case(name, age, MOMENTS[size])
            for theory, other, label in comparisons(case, integrated=age == AGES_DAYS["small"][0]):
                rows += measured(case, age, theory, other, label)
    return rows


def largest(rows: list[dict[str, Any]], days: float) -> list[dict[str, Any]]:
    """The largest effects and errors after a number of days per m/s of a burn, by orbit, comparison and axis."""
    table: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        if row["days"] != days:
            continue
        key = row["orbit"], row["comparison"], row["axis"]
        one = table.setdefault(
            key,
            dict(zip(("orbit", "comparison", "axis"), key, strict=True))
            | {"days": days, "effect_km_per_m_s": 0.0, "error_km_per_m_s": 0.0},
        )
        for name, column in (("effect", "effect_km"), ("error", "difference_worst_km")):
            value = float(row[column]) / float(row["delta_v_m_s"])
            one[f"{name}_km_per_m_s"] = max(one[f"{name}_km_per_m_s"], float(f"{value:.3g}"))
    return list(table.values())


def make_case(name: str, age_days: float, moments: int) -> Case:
    """Burns in one revolution that begins at run time zero, of a set made `age_days` before."""
    motion, eccentricity, inclination, perigee, bstar = ORBITS[name]
    one = np.ones(1)
    elements = unnamed().with_columns(
        epoch_jd=(START[0] - 4.0) * one,
        epoch_fraction=(4.0 - age_days) * one,
        mean_motion_rev_day=motion * one,
        eccentricity=eccentricity * one,
        inclination_deg=inclination * one,
        raan_deg=40.0 * one,
        arg_perigee_deg=perigee * one,
        mean_anomaly_deg=10.0 * one,
        bstar=bstar * one,
    )
    period = DAY_S / motion
    times = period * np.arange(moments) / moments
    vectors = np.concatenate([size * np.eye(3) for size in SIZES_M_S])
    burns = Burns(
        time_s=np.repeat(times, len(vectors)),
        duration_s=np.zeros(moments * len(vectors)),
        delta_v_rtn_m_s=np.tile(vectors, (moments, 1)),
        direction=np.tile(np.array([1, 0, 2], dtype=np.int8), moments * len(SIZES_M_S)),
    )
    return Case(name, elements, burns, period)


Paths = tuple[Array, Array]
"""Positions (b, days, t, 3) km after the burns, and without them."""


def comparisons(case: Case, *, integrated: bool) -> list[tuple[Paths, Paths, str]]:
    """Pairs of ways to continue, and their names; with the integrated difference if asked."""
    ours = by_sgp4(case)
    found = [(ours, by_refit(case), "sgp4, refit at the burn"), (ours, by_numbers(case), "sgp4, numerical")]
    if not integrated:
        return found
    altitude_km = DRAG_ALTITUDES_KM.get(case.name, 800.0)
    truth = integrated_truth(case, NO_DRAG if altitude_km is None else Drag.of(0.01, altitude_km))
    motion, whole = truth
    found.append((by_integration(case, motion), whole, "integrated, numerical"))
    return found


def by_sgp4(case: Case) -> Paths:
    """The program's own way."""
    motion = ElementSetMotion(case.elements, START)
    flown, times = motion.after(case.burns), case.sampled_s
    rows, flat = np.arange(len(case.burns)), times.reshape(len(case.burns), -1)
    after = flown.states_along(rows, flat)[:, :, :3].reshape(*times.shape, 3)
    return after, motion.states(times.ravel())[:, :3].reshape(*times.shape, 3)


def by_refit(case: Case) -> Paths:
    """Mean elements fitted to the state at the time of the burn, after it and before it, with the same B*."""
    motion = ElementSetMotion(case.elements, START)
    before = motion.states(case.burns.time_s)
    return refitted(case, kicked(case, before)), refitted(case, before)


def kicked(case: Case, before: Array) -> Array:
    """States (b, 6) after the burns."""
    after = before.copy()
    basis = rtn_basis(before[:, :3], before[:, 3:])
    after[:, 3:] += np.einsum("kji,kj->ki", basis, 1e-3 * case.burns.delta_v_rtn_m_s)
    return after


def refitted(case: Case, states: Array) -> Array:
    """(b, days, t, 3) km of element sets fitted to states (b, 6) at the burns."""
    jd, fraction = offset_days(*START, case.burns.time_s)
    found = mean_elements_from_states(states[:, :3], states[:, 3:], jd, fraction)
    assert not found.status.any()
    names = ("mean_motion_rev_day", "eccentricity", "inclination_deg", "raan_deg", "arg_perigee_deg")
    columns = {name: getattr(found, name) for name in (*names, "mean_anomaly_deg")}
    sets = case.elements[np.zeros(len(states), dtype=np.int64)].with_columns(
        epoch_jd=jd, epoch_fraction=fraction, **columns
    )
    times = case.sampled_s
    _, positions, _ = make_propagator(sets, *START).states_along(
        np.arange(len(sets)), times.reshape(len(sets), -1)
    )
    return positions.reshape(*times.shape, 3)


def by_numbers(case: Case) -> Paths:
    """Numerical integration with J2 to J4 and drag of the orbit fitted to SGP4's, with and without the burn."""
    motion = ElementSetMotion(case.elements, START)
    begin = -DAY_S
    rate = _perigee_rate(motion.states(np.zeros(1))[0])
    count = int(np.ceil(2.0 * DAY_S * rate / STEP_RAD))
    step = 2.0 * DAY_S / count
    wanted = motion.states(begin + step * np.arange(count + 1))
    dynamics = Dynamics(START, False, first_drag(wanted))
    fit = fit_orbit(wanted, begin, step, dynamics, with_drag=True)
    assert fit is not None
    own = replace(dynamics, drag=fit.drag)
    return integrated_after(case, integrate(fit.states[0], begin, case.burns.time_s, own), own)


def integrated_after(case: Case, at_burn: Array, dynamics: Dynamics) -> Paths:
    """Whole orbits integrated from states (b, 6) at the burns, with and without them."""
    _, first, place = np.unique(case.burns.time_s, return_index=True, return_inverse=True)

    def flown(states: Array, rows: Array) -> Array:
        return np.stack(
            [
                integrate(states[k], float(case.burns.time_s[k]), own.ravel(), dynamics)[:, :3].reshape(
                    *own.shape, 3
                )
                for k, own in zip(rows.tolist(), case.sampled_s[rows], strict=True)
            ]
        )

    # Burns at one time have one orbit without them.
    return flown(kicked(case, at_burn), np.arange(len(case.burns))), flown(at_burn, first)[place]


def integrate(state: Array, begin_s: float, times_s: Array, dynamics: Dynamics) -> Array:
    """(t, 6) at times (t,), none before begin_s: an arc through nodes twice as dense as those of the program."""
    end = float(times_s.max()) + 60.0
    count = int(np.ceil(2.0 * (end - begin_s) * _perigee_rate(state) / STEP_RAD))
    step = (end - begin_s) / count
    out = np.empty((1, count + 1, 6))
    orbits_at_nodes(
        state[None].copy(), begin_s, step, dynamics.first_angle, dynamics.full, dynamics.drag.numbers, out
    )
    arc = arc_through(begin_s + step * np.arange(count + 1), out[0], dynamics.full, dynamics.first_angle, 0.0)
    return IntegratedMotion(arc, START).states(times_s)


def _perigee_rate(state: Array) -> float:
    perigee = float(perigee_radius_km(state[None, :3], state[None, 3:])[0])
    return float(np.linalg.norm(np.cross(state[:3], state[3:]))) / perigee**2


def integrated_truth(case: Case, drag: Drag) -> tuple[IntegratedMotion, Paths]:
    """An ephemeris with gravity to degree and order 10 and drag, and the orbits after burns with the same forces."""
    state = ElementSetMotion(case.elements, START).states(np.zeros(1))[0]
    end = float(case.sampled_s.max()) + 600.0
    motion = integrated_from_state(state, 0.0, (0.0, end), START, drag=drag)
    at_burn = motion.states(case.burns.time_s)
    return motion, integrated_after(case, at_burn, Dynamics(START, True, drag))


def by_integration(case: Case, motion: IntegratedMotion) -> Paths:
    """The program's way along an ephemeris."""
    times = case.sampled_s
    flat = times.reshape(len(case.burns), -1)
    after = motion.after(case.burns).states_along(np.arange(len(case.burns)), flat)[:, :, :3]
    return after.reshape(*times.shape, 3), motion.states(times.ravel())[:, :3].reshape(*times.shape, 3)


def measured(case: Case, age_days: float, ours: Paths, other: Paths, label: str) -> list[dict[str, Any]]:
    """A row per axis, size and number of days: median and largest over the times of burns."""
    effect = np.linalg.norm(other[0] - other[1], axis=-1).max(axis=-1)
    wrong = np.linalg.norm((ours[0] - ours[1]) - (other[0] - other[1]), axis=-1).max(axis=-1)
    apart = np.linalg.norm(ours[0] - other[0], axis=-1).max(axis=-1)
    rows = []
    size = case.burns.size_m_s
    for axis, name in enumerate(AXES):
        for metres in SIZES_M_S:
            own = np.isclose(size, metres) & (case.burns.delta_v_rtn_m_s[:, axis] > 0.0)
            for day, days in enumerate(AFTER_DAYS):
                rows.append(
                    {
                        "orbit": case.name,
                        "comparison": label,
                        "set_age_days": age_days,
                        "axis": name,
                        "delta_v_m_s": metres,
                        "days": days,
                        "effect_km": float(np.median(effect[own, day])),
                        "difference_median_km": float(np.median(wrong[own, day])),
                        "difference_worst_km": float(wrong[own, day].max()),
                        "absolute_worst_km": float(apart[own, day].max()),
                    }
                )
    return rows


if __name__ == "__main__":
    main()
