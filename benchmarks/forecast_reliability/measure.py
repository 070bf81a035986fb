"""Is a predicted miss within its stated sigma as often as it should be?

    python -m benchmarks.forecast_reliability.measure

Needs the shared SOCRATES events (DEBRISSIM_SHARED, by default ../shared next to the repository). Half a minute.

Every event of SOCRATES in December 2020 was predicted from two element sets. For each, the newest sets of both
objects that were issued before the time of closest approach, in any later list, say better where the two passed: the
difference of the two relative positions at the predicted time, in the encounter plane, is compared with the
covariance of both predictions. Whether the event is still in a later list does not matter: taking only those would
leave out the predictions that went wrong. Formations (below 0.1 km/s) are left out. Writes forecast.csv and
forecast.png here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import chi2

from benchmarks.common import output_folder
from benchmarks.covariance_calibration.pairs import EVENTS, SHARED, is_test_object, socrates_events
from debrissim.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import split_julian_date
from debrissim.propagation.sgp4 import make_propagator
from debrissim.report import style
from debrissim.uncertainty.aged_element_sets import Behaviour, argument_of_latitude_deg, behaviour_of
from debrissim.uncertainty.coverage import GAUSSIAN, MULTIPLES
from debrissim.uncertainty.element_set_error import (
    DEFAULT_MODEL,
    PUBLISHED_MODEL,
    ElementSetErrorModel,
    get_covariance_model,
)
from debrissim.uncertainty.rotation import to_inertial

HERE = Path(__file__).parent
MODELS = (PUBLISHED_MODEL, DEFAULT_MODEL)
FORMATION_KM_S = 0.1
NEWER_BY_DAYS = 0.3
NEWEST_AGE_DAYS = 3.0
AGES_DAYS = (0.5, 1.5, 2.5, 4.0, 6.0, 9.0)
# Distances of two dimensions that hold as much as one, two and three sigma of one.
RADII = np.sqrt(chi2.ppf(GAUSSIAN, 2))
START = datetime(2020, 12, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Predictions:
    """m predictions: rows of the sets that predicted and of the newest ones, (m, 2); time, (m,) s after `START`."""

    old: NDArray[np.int64]
    new: NDArray[np.int64]
    time_s: Array


def load() -> tuple[Catalog, Predictions]:
    """The element sets and the predictions for which both objects have newer sets."""
    catalog, pairs, events = socrates_events(SHARED / EVENTS)
    assert len(catalog) == pairs.max() + 1
    fast = np.array([float(event["rel_velo_kms"]) for event in events]) >= FORMATION_KM_S
    tca = [datetime.strptime(event["tca"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC) for event in events]
    old, time = pairs[fast], np.array([(moment - START).total_seconds() for moment in tca])[fast]
    new = np.stack([_newest(catalog, old[:, k], time) for k in (0, 1)], axis=1)
    epoch = _epoch_s(catalog)
    known = (new >= 0).all(axis=1)
    known &= (epoch[new] - epoch[old] >= NEWER_BY_DAYS * SECONDS_PER_DAY).all(axis=1)
    # An event that several lists predict from the same sets is one prediction.
    _, first = np.unique(np.column_stack([old, np.round(time / 60.0)])[known], axis=0, return_index=True)
    kept = np.flatnonzero(known)[np.sort(first)]
    return catalog, Predictions(old[kept], new[kept], time[kept])


def _epoch_s(catalog: Catalog) -> Array:
    jd, fraction = split_julian_date(START)
    return np.asarray(((catalog.epoch_jd - jd) + (catalog.epoch_fraction - fraction)) * SECONDS_PER_DAY)


def _newest(catalog: Catalog, rows: NDArray[np.int64], time_s: Array) -> NDArray[np.int64]:
    """(m,) the newest set of the same object before a time, -1 if it is older than `NEWEST_AGE_DAYS` then."""
    epoch = _epoch_s(catalog)
    order = np.lexsort((epoch, catalog.norad_id))
    # A key that ascends with number and epoch.
    key = catalog.norad_id[order] * 1e8 + epoch[order]
    place = np.searchsorted(key, catalog.norad_id[rows] * 1e8 + time_s, side="right") - 1
    newest = order[np.maximum(place, 0)]
    good = (place >= 0) & (catalog.norad_id[newest] == catalog.norad_id[rows])
    good &= time_s - epoch[newest] <= NEWEST_AGE_DAYS * SECONDS_PER_DAY
    return np.where(good, newest, -1)


def scores(
    model: ElementSetErrorModel, catalog: Catalog, predictions: Predictions
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """(m,) error along the predicted miss in sigmas, Mahalanobis distance in the plane, whether all propagated."""
    time = predictions.time_s
    propagator = make_propagator(catalog, *split_julian_date(START))
    epoch = _epoch_s(catalog)
    good = np.ones(time.shape, dtype=np.bool_)
    difference = np.zeros((time.size, 3))
    covariance = np.zeros((time.size, 3, 3))
    states = []
    for side, sign in ((0, -1.0), (1, 1.0)):
        for rows, weight in ((predictions.old[:, side], sign), (predictions.new[:, side], -sign)):
            codes, position, velocity = propagator.states_along(rows, time[:, None])
            good &= codes[:, 0] == 0
            state = np.nan_to_num(np.concatenate([position[:, 0], velocity[:, 0]], axis=1), nan=1.0)
            if weight == sign:
                states.append(state)
            difference += weight * state[:, :3]
            rtn = model.covariance_of(
                catalog[rows],
                (time - epoch[rows]) / SECONDS_PER_DAY,
                argument_of_latitude_deg=argument_of_latitude_deg(state),
            )
            covariance += to_inertial(rtn, state)
    relative = states[1] - states[0]
    along = relative[:, 3:] / np.linalg.norm(relative[:, 3:], axis=1, keepdims=True)
    miss = relative[:, :3] - np.einsum("mi,mi->m", relative[:, :3], along)[:, None] * along
    first = miss / np.linalg.norm(miss, axis=1, keepdims=True)
    second = np.cross(along, first)
    plane = np.stack([first, second], axis=1)
    d = np.einsum("mij,mj->mi", plane, difference)
    c = plane @ covariance @ np.swapaxes(plane, 1, 2)
    solved = np.linalg.solve(c, d[:, :, None])[:, :, 0]
    return d[:, 0] / np.sqrt(c[:, 0, 0]), np.sqrt(np.einsum("mi,mi->m", d, solved)), good


def main() -> None:
    """Measure and write."""
    catalog, predictions = load()
    epoch = _epoch_s(catalog)
    age = ((predictions.time_s[:, None] - epoch[predictions.old]) / SECONDS_PER_DAY).max(axis=1)
    behaviour = behaviour_of(catalog)[predictions.old]
    test = is_test_object(catalog.norad_id[predictions.old].ravel()).reshape(-1, 2)
    groups = {
        "all": np.ones(age.shape, dtype=np.bool_),
        "both passive": (behaviour == Behaviour.PASSIVE).all(axis=1),
        "both passive, neither used for the fit": (behaviour == Behaviour.PASSIVE).all(axis=1)
        & test.all(axis=1),
        "none thrusting": (behaviour != Behaviour.THRUSTING).all(axis=1),
    }
    table = []
    curves: dict[str, list[float]] = {}
    for name in MODELS:
        along, distance, good = scores(get_covariance_model(name), catalog, predictions)
        for group, members in groups.items():
            for low, high in pairwise(AGES_DAYS):
                rows = good & members & (age >= low) & (age < high)
                if not rows.any():
                    continue
                within = [(np.abs(along[rows]) <= k).mean() for k in MULTIPLES]
                plane = [(distance[rows] <= radius).mean() for radius in RADII]
                table.append(
                    [name, group, f"{low:g}-{high:g}", int(rows.sum())]
                    + [f"{100.0 * x:.1f}" for x in (*within, *plane)]
                )
                if group == "none thrusting":
                    curves.setdefault(name, []).append(within[0])
    header = ["model", "objects", "age_days", "predictions"]
    header += [f"{what}_{k:g}_sigma" for what in ("miss", "plane") for k in MULTIPLES]
    with (output_folder(HERE) / "forecast.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(table)
    with style.house_style():
        figure = Figure(figsize=(6.5, 4.0), layout="constrained")
        FigureCanvasAgg(figure)
        ax = figure.subplots()
        labels = [f"{low:g}-{high:g}" for low, high in pairwise(AGES_DAYS)]
        for (name, values), color in zip(curves.items(), (style.PURPLE, style.BLUE), strict=True):
            ax.plot(labels, np.multiply(values, 100.0), "o-", color=color, label=name)
        ax.axhline(68.3, color=style.FAINT, lw=0.8, ls="--", label="as stated")
        ax.set_ylim(0.0, 100.0)
        ax.set_xlabel("age of the older element set at the closest approach, days")
        ax.set_ylabel("predicted misses within one sigma, %")
        ax.set_title("SOCRATES, December 2020, none thrusting: misses against those of newer sets")
        ax.legend(frameon=False)
        figure.savefig(output_folder(HERE) / "forecast.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
