"""Fit the coefficients of the covariance model `calibrated-2020` to half of the objects, and write them.

    python -m benchmarks.covariance_calibration.fit

Needs the shared SOCRATES events (DEBRISSIM_SHARED, by default ../shared next to the repository). Half a minute.

1. X, Y, W, I: at each knot of folded inclination the rate is the fitted sigma of |error| / (age x fall with perigee),
   for ages from 0.8 to 10 days; the floor at epoch is what ages below 0.8 days have more, divided by the square root
   of two, because a difference contains the epoch error of both sets.
2. L: for each behaviour floor, rate, drag terms and tail by maximum likelihood of a Student t distribution.
3. Factors: the fitted sigmas of the differences in R, T and N in units of the model's, in turn by behaviour and by
   altitude (in T by both), until they are one. Epoch and revolution count the same.

"Fitted sigma" is `fitted_sigma`: quantiles, not moments, because the tails are heavy.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import t as student

from benchmarks.covariance_calibration.pairs import MAX_AGE_DAYS, is_test_object, load_pairs, older_sets
from debrissim.core.arrays import Array
from debrissim.uncertainty import calibrated_errors as model
from debrissim.uncertainty.aged_element_sets import AgedElementSets, Behaviour
from debrissim.uncertainty.calibrated_errors import Calibration
from debrissim.uncertainty.element_differences import PLACES, OrbitDifferences

INCLINATIONS_DEG = (15, 28, 36, 45, 50, 53, 58, 63.5, 66, 71, 74, 78, 80.5, 81.5, 82.5, 84.5, 86.5)
ALTITUDES_KM = (350, 425, 475, 525, 575, 650, 750, 900, 1400)
SCALE_HEIGHT_KM = (1250.0, 500.0, 1250.0, 1250.0)
YOUNG_DAYS = 0.8
OLD_DAYS = 10.0
AGE_EDGES_DAYS = (0.7, 1.5, 3.0, 6.0)
MIN_PAIRS = 80
SHRINK_OBJECTS = 8
ONE, TWO = 0.6827, 0.9545
LOWEST, HIGHEST = 0.66, 0.74
ROUNDS = 6


def fitted_sigma(values: Array) -> float:
    """The sigma that covers one and two sigma best: see `uncertainty.calibrated_errors`."""
    one, two, low, high = np.quantile(np.abs(values), (ONE, TWO, LOWEST, HIGHEST))
    return float(np.clip(np.sqrt(one * two / 2.0), low, high))


def fit(
    sets: AgedElementSets, pairs: OrbitDifferences, norad_id: NDArray[np.int64]
) -> tuple[Calibration, list[float]]:
    """The coefficients, and the degrees of freedom of the along-track tails by behaviour."""
    table, tails = _fit_along(_fit_errors(_start(sets), sets, pairs), sets, pairs)
    return _fit_factors(table, sets, pairs, norad_id), tails


def _start(sets: AgedElementSets) -> Calibration:
    count = len(Behaviour)
    ones = np.ones(count)
    altitude = np.array(ALTITUDES_KM, dtype=np.float64)
    edges = np.concatenate([[0.0], np.sqrt(altitude[1:] * altitude[:-1]), [np.inf]])
    drag = np.abs(model.drag_displacement_km(sets))
    passive = sets.behaviour == Behaviour.PASSIVE
    band = np.digitize(sets.perigee_altitude_km, edges) - 1
    return Calibration(
        inclination_deg=np.array(INCLINATIONS_DEG, dtype=np.float64),
        rate_km_day=np.ones((len(INCLINATIONS_DEG), 4)),
        scale_height_km=np.array(SCALE_HEIGHT_KM),
        floor_km=np.zeros(4),
        plane_factor=np.ones((count, 2)),
        plane_altitude_factor=np.ones((altitude.size, 2)),
        along_floor_km=ones,
        along_rate_km_day=ones,
        drag_linear=ones,
        drag_square=ones,
        drag_power=ones,
        min_drag_km=ones,
        altitude_km=altitude,
        along_factor=np.ones((count, altitude.size)),
        tail_factor=np.ones((count, 3)),
        typical_drag_km=np.array([np.median(drag[passive & (band == k)]) for k in range(altitude.size)]),
    )


def _fit_errors(table: Calibration, sets: AgedElementSets, pairs: OrbitDifferences) -> Calibration:
    folded = np.minimum(sets.inclination_deg, 180.0 - sets.inclination_deg)
    knots = table.inclination_deg
    nearest = np.abs(folded[:, None] - knots).argmin(axis=1)
    height = np.clip(sets.perigee_altitude_km, table.altitude_km[0], table.altitude_km[-1])
    fall = np.exp((model.REFERENCE_ALTITUDE_KM - height[:, None]) / table.scale_height_km)
    days = np.abs(sets.age_days)
    # Thrust disturbs all five: where other objects are at hand, they alone give the rates.
    calm = sets.behaviour != Behaviour.THRUSTING
    used = (days >= YOUNG_DAYS) & (days <= OLD_DAYS)
    scaled = pairs.errors_km / fall / days[:, None]
    rate = np.empty((knots.size, 4))
    for k in range(knots.size):
        rows = used & (nearest == k)
        rows &= calm if (rows & calm).sum() >= MIN_PAIRS else True
        rate[k] = [fitted_sigma(scaled[rows, q]) for q in range(4)]
    table = replace(table, rate_km_day=rate)

    young = (days < YOUNG_DAYS) & calm
    grown = model.element_sigmas_km(table, sets)[0]
    floor = np.array([_epoch_floor(pairs.errors_km[young, q], grown[young, q]) for q in range(4)])
    return replace(table, floor_km=floor)


def _epoch_floor(errors: Array, grown: Array) -> float:
    """The epoch error of one set, km, from differences that hold it twice besides the growth."""
    low, high = 0.0, float(np.quantile(np.abs(errors), ONE)) + 1e-4
    for _ in range(40):
        middle = 0.5 * (low + high)
        if fitted_sigma(errors / np.hypot(grown, np.sqrt(2.0) * middle)) > 1.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _fit_along(
    table: Calibration, sets: AgedElementSets, pairs: OrbitDifferences
) -> tuple[Calibration, list[float]]:
    columns = np.empty((6, len(Behaviour)))
    tails = []
    drag = np.abs(model.drag_displacement_km(sets))
    for b in Behaviour:
        rows = (sets.behaviour == b) & (np.abs(sets.age_days) <= OLD_DAYS)
        days, along, own = np.abs(sets.age_days[rows]), pairs.along_km[rows], drag[rows]

        def scale(x: Array, days: Array = days, own: Array = own) -> Array:
            floor, rate, linear, square, least = np.exp(x[[0, 1, 2, 3, 5]])
            pulled = np.hypot(own, least) ** x[4]
            # The floor twice: the newer set has an epoch error as well.
            return np.sqrt(
                2.0 * floor**2
                + (rate * days) ** 2
                + (linear * pulled * days) ** 2
                + (square * pulled * days**2) ** 2
            )

        # Ages count alike, however many pairs they have.
        age_bin = np.digitize(days, AGE_EDGES_DAYS)
        weight = 1.0 / np.bincount(age_bin, minlength=len(AGE_EDGES_DAYS) + 1)[age_bin]
        weight /= weight.sum()

        def loss(x: Array, along: Array = along, weight: Array = weight, scale=scale) -> float:
            width = scale(x)
            return float(np.sum(weight * (np.log(width) - student.logpdf(along / width, np.exp(x[6])))))

        start = np.array(
            [np.log(0.03), np.log(0.02), np.log(0.3), np.log(0.3), 0.9, np.log(0.02), np.log(2.5)]
        )
        bounds = [(-7, 2), (-9, 2), (-6, 3), (-6, 3), (0.3, 1.3), (-9, 1), (0.0, 3.0)]
        best = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
        columns[:, b] = best.x[:6]
        tails.append(float(np.exp(best.x[6])))
    floor, rate, linear, square, _, least = np.exp(columns)
    return (
        replace(
            table,
            along_floor_km=floor,
            along_rate_km_day=rate,
            drag_linear=linear,
            drag_square=square,
            drag_power=columns[4],
            min_drag_km=least,
        ),
        tails,
    )


def _fit_factors(
    table: Calibration, sets: AgedElementSets, pairs: OrbitDifferences, norad_id: NDArray[np.int64]
) -> Calibration:
    used = (np.abs(sets.age_days) >= 0.3) & (np.abs(sets.age_days) <= OLD_DAYS)
    nearest = np.abs(np.log(sets.perigee_altitude_km[:, None] / table.altitude_km)).argmin(axis=1)
    for turn in range(ROUNDS):
        units = _units(table, sets, pairs)
        if turn == ROUNDS // 2:
            # Once: repeated, the factors of few objects would no longer be drawn towards those of all.
            plane, along = table.plane_altitude_factor.copy(), table.along_factor.copy()
            for k in range(table.altitude_km.size):
                rows = used & (nearest == k)
                plane[k] *= [_shrunk(units[rows][..., axis], norad_id[rows]) for axis in (0, 2)]
                for b in Behaviour:
                    of_class = rows & (sets.behaviour == b)
                    along[b, k] *= _shrunk(units[of_class][..., 1], norad_id[of_class])
            table = replace(table, plane_altitude_factor=plane, along_factor=along)
            continue
        by_class = np.array(
            [
                [fitted_sigma(units[used & (sets.behaviour == b)][..., axis]) for axis in range(3)]
                for b in Behaviour
            ]
        )
        table = replace(
            table,
            plane_factor=table.plane_factor * by_class[:, (0, 2)],
            along_factor=table.along_factor * by_class[:, 1:2],
        )
    units = np.abs(_units(table, sets, pairs))
    tail = [
        [np.quantile(units[used & (sets.behaviour == b)][..., axis], TWO) / 2.0 for axis in (0, 2, 1)]
        for b in Behaviour
    ]
    return replace(table, tail_factor=np.maximum(tail, 1.0))


def _units(table: Calibration, sets: AgedElementSets, pairs: OrbitDifferences) -> Array:
    """(m, 2 P, 3) differences in units of the model's sigmas, along the revolution and as often at epoch."""
    start = replace(sets, age_days=np.zeros(len(pairs)))
    out = []
    for place in range(PLACES):
        there = pairs.latitude_deg[:, place]
        covariance = sum(
            model.calibrated_covariance_km2(replace(s, argument_of_latitude_deg=there), table)
            for s in (sets, start)
        )
        out.append(pairs.difference_rtn_km[:, place] / np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)))
    return np.stack(out + [out[0]] * PLACES, axis=1)


def _shrunk(values: Array, norad_id: NDArray[np.int64]) -> float:
    """The fitted sigma, drawn towards one where few objects tell little of their class."""
    if len(norad_id) < MIN_PAIRS:
        return 1.0
    objects = np.unique(norad_id).size
    return float(fitted_sigma(values) ** (objects / (objects + SHRINK_OBJECTS)))


def rounded(table: Calibration) -> Calibration:
    """The coefficients to four digits, as they are written."""
    return Calibration(
        **{
            field.name: np.array([float(f"{x:.4g}") for x in np.ravel(getattr(table, field.name))]).reshape(
                np.shape(getattr(table, field.name))
            )
            for field in fields(Calibration)
        }
    )


def main() -> None:
    """Fit and write."""
    catalog, pairs = load_pairs()
    norad_id = catalog.norad_id[pairs.older]
    rows = ~is_test_object(norad_id)
    pairs, norad_id = pairs[rows], norad_id[rows]
    sets = older_sets(catalog, pairs)
    table, tails = fit(sets, pairs, norad_id)
    content = {
        "content": "coefficients of debrissim.uncertainty.calibrated_errors.Calibration: see there",
        "fitted_by": "benchmarks/covariance_calibration/fit.py",
        "data": "element sets in CelesTrak's SOCRATES of 9 to 23 December 2020 against later ones of the same object",
        "objects": int(np.unique(norad_id).size),
        "pairs": len(pairs),
        "ages_days": [float(f"{pairs.age_days.min():.2f}"), MAX_AGE_DAYS],
        "along_track_student_t_degrees_of_freedom": {
            b.label: round(nu, 1) for b, nu in zip(Behaviour, tails, strict=True)
        },
        "coefficients": {
            field.name: getattr(rounded(table), field.name).tolist() for field in fields(Calibration)
        },
    }
    path = Path(model.__file__).parent / "data" / model.TABLE
    path.write_text(_compact(json.dumps(content, indent=1)) + "\n", encoding="utf-8")


def _compact(text: str) -> str:
    """One line per innermost list."""
    out, depth = [], 0
    lines = text.split("\n")
    for line in lines:
        stripped = line.strip()
        if depth and not stripped.startswith(("[", "]")):
            out[-1] += (" " if out[-1].endswith(",") else "") + stripped
        elif depth and stripped.startswith("]"):
            out[-1] += stripped
            depth = 0
        else:
            out.append(line)
        if stripped.endswith("["):
            depth = 1
    return "\n".join(out)


if __name__ == "__main__":
    main()
