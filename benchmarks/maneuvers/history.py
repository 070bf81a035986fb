"""Are the published avoidance manoeuvres of the ISS in its element sets, and does our burn reproduce them?

    python -m benchmarks.maneuvers.history

Needs the shared history of element sets (DEBRISSIM_SHARED). Reads published.csv, writes history.csv and history.png
here; a minute.

For each published manoeuvre:
- Size: robust straight lines (Theil-Sen) through the semi-major axes of the sets of `LINE_DAYS` before the burn and of
  those from `SETTLED_DAYS` after it, as sets up to then mix observations from before and after; their step da at the
  burn gives dv = v da / 2a along the track of a circular orbit. Its uncertainty is the scatter of the same estimate at
  other times within a month, by the median absolute deviation.
- Time: SGP4 with each of the last four sets before and of the first four settled sets after the burn drift apart along
  the track from the burn on: the zero of a straight line through the difference within six hours, beside its once per
  revolution. Median; two uncertainties, the scatter of these pairs, and the error along the track of ordinary sets
  of that age divided by the drift, 3 dv.
- Flight: each of the same sets before, continued by `ElementSetMotion.after` with one impulse along the track in the
  middle of the burn, against each of the sets after, over the day that follows the burn: root mean square of the
  distance, median of the pairs. For comparison without the burn, and ordinary sets of the month, as far apart as the
  last before and the first after. Impulses of the published size and of that found.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import theilslopes

from benchmarks.common import output_folder, say, write_csv
from benchmarks.covariance_calibration.pairs import SHARED
from debrissim.catalog import Catalog, read_catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY, WGS72_MU_KM3_S2
from debrissim.core.time import split_julian_date
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.element_sets import ElementSetMotion
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.propagation.sgp4 import make_propagator
from debrissim.uncertainty.pairwise import robust_sigma, sort_by_epoch

HERE = Path(__file__).parent
HISTORY = "data/iss/iss_element_history_1998-2021.csv.gz"
LINE_DAYS, SETTLED_DAYS, MONTH_DAYS, FEWEST = 2.5, 0.75, 30.0, 4
PAIRS, HALF_WINDOW_S, STEP_S = 4, 21_600.0, 60.0
QUIET_KM, MOST_PAIRS = 0.15, 60


@dataclass(frozen=True)
class Published:
    """A published avoidance manoeuvre. start: UTC, or only the day; None: not published."""

    start: str
    duration_s: float | None
    delta_v_m_s: float | None
    raised_km: float | None
    source: str

    @property
    def has_time(self) -> bool:
        return "T" in self.start

    @property
    def days(self) -> float:
        """Julian date of the middle of the burn; noon where only the day is known."""
        moment = datetime.fromisoformat(self.start if self.has_time else f"{self.start}T12:00").replace(
            tzinfo=UTC
        )
        return sum(split_julian_date(moment)) + 0.5 * (self.duration_s or 0.0) / SECONDS_PER_DAY


def published(path: Path = HERE / "published.csv") -> list[Published]:
    def number(text: str) -> float | None:
        return float(text) if text else None

    with path.open(newline="", encoding="utf-8") as file:
        return [
            Published(
                row["start_utc"],
                number(row["duration_s"]),
                number(row["delta_v_m_s"]),
                number(row["raised_km"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        ]


class History:
    """Element sets of one object by epoch, and the steps of its orbit."""

    def __init__(self, catalog: Catalog) -> None:
        self.sets = sort_by_epoch(catalog)
        self.days: Array = self.sets.epoch_jd + self.sets.epoch_fraction
        self.axis_km: Array = self.sets.semi_major_axis_km

    def step_km(self, at: float) -> float:
        """The step of the semi-major axis at a Julian date; NaN with too few sets around it."""
        before = (self.days <= at) & (self.days > at - LINE_DAYS)
        later = at + SETTLED_DAYS
        after = (self.days >= later) & (self.days < later + LINE_DAYS)
        if min(before.sum(), after.sum()) < FEWEST:
            return float("nan")
        return self._line(after, at) - self._line(before, at)

    def _line(self, rows: Array, at: float) -> float:
        x, y = self.days[rows] - at, self.axis_km[rows]
        slope = float(theilslopes(y, x)[0])
        return float(np.median(y - slope * x))

    def usual_steps_km(self, at: float) -> Array:
        """The same at other times of the month, each half day."""
        offsets = np.arange(5.0, MONTH_DAYS, 0.5)
        steps = np.array([self.step_km(at + sign * k) for k in offsets for sign in (-1.0, 1.0)])
        return steps[np.isfinite(steps)]

    def metres_per_second_per_km(self, at: float) -> float:
        axis = float(np.interp(at, self.days, self.axis_km))
        return float(np.sqrt(WGS72_MU_KM3_S2 / axis) / (2.0 * axis) * 1000.0)

    def last_before(self, at: float) -> Array:
        return np.flatnonzero(self.days <= at)[-PAIRS:]

    def first_after(self, at: float) -> Array:
        return np.flatnonzero(self.days >= at + SETTLED_DAYS)[:PAIRS]

    def states(self, rows: Array, at: float, times_s: Array) -> tuple[Array, Array]:
        """(k, t, 3) km and km/s at times from a Julian date."""
        propagator = make_propagator(self.sets[rows], np.floor(at), at - np.floor(at))
        _, position, velocity = propagator.states(np.arange(len(rows)), times_s)
        return position, velocity

    def meeting(self, at: float) -> tuple[float, float]:
        """Hours after a Julian date at which sets before and after meet: median, and scatter of the pairs."""
        times = np.arange(-HALF_WINDOW_S, HALF_WINDOW_S + 1.0, STEP_S)
        before, after = self.last_before(at), self.first_after(at)
        position, velocity = self.states(np.concatenate([before, after]), at, times)
        n = float(np.sqrt(WGS72_MU_KM3_S2 / np.interp(at, self.days, self.axis_km) ** 3))
        design = np.stack([np.ones_like(times), times, np.sin(n * times), np.cos(n * times)], axis=1)
        zeros = []
        for i in range(len(before)):
            basis = rtn_basis(position[i], velocity[i])
            for j in range(len(before), len(before) + len(after)):
                along = rotate(basis, position[j] - position[i])[:, 1]
                level, slope = np.linalg.lstsq(design, along, rcond=None)[0][:2]
                zeros.append(-level / slope / 3600.0)
        return float(np.median(zeros)), float(robust_sigma(np.array(zeros)[:, None])[0])

    def quiet_pairs(self, at: float, gap_days: float) -> list[tuple[int, int]]:
        """Pairs of ordinary sets of the month about as far apart, without a step between them."""
        moments = np.arange(at - MONTH_DAYS - 2.0, at + MONTH_DAYS + 2.0, 0.5)
        steps = np.array([self.step_km(moment) for moment in moments])
        loud = moments[~(np.abs(steps) < QUIET_KM)]
        found = []
        for first in np.flatnonzero(np.abs(self.days - at) < MONTH_DAYS).tolist():
            second = int(np.argmin(np.abs(self.days - self.days[first] - gap_days)))
            begin, end = self.days[first] - 1.0, self.days[second] + 0.5
            apart = abs(self.days[second] - self.days[first] - gap_days)
            if apart < 0.15 and not ((loud > begin) & (loud < end)).any():
                found.append((first, second))
        return found[:: max(len(found) // MOST_PAIRS, 1)]


def difference_km(one: Array, other: Array) -> float:
    """Root mean square of the distance of positions (t, 3)."""
    return float(np.sqrt(np.mean(np.sum((one - other) ** 2, axis=-1))))


def flown(history: History, row: int, at: float, sizes_m_s: Array, times_s: Array) -> Array:
    """(k, t, 3) km: a set continued after impulses (k,) along the track at a Julian date; times (t,) from there."""
    motion = ElementSetMotion(history.sets[[row]], (np.floor(at), at - np.floor(at)))
    velocity = motion.states(np.zeros(1))[0]
    basis = rtn_basis(velocity[None, :3], velocity[None, 3:])
    along = rotate(basis, velocity[None, 3:])[0] / np.linalg.norm(velocity[3:])
    count = len(sizes_m_s)
    burns = Burns(
        time_s=np.zeros(count),
        duration_s=np.zeros(count),
        delta_v_rtn_m_s=np.outer(sizes_m_s, along),
        direction=np.full(count, Direction.ALONG_TRACK, dtype=np.int8),
    )
    after = motion.after(burns)
    states = after.states_along(np.arange(count), np.broadcast_to(times_s, (count, times_s.size)))
    return states[:, :, :3]


def measure(history: History, event: Published) -> dict[str, object]:
    """One row of the table."""
    at = event.days
    if not event.has_time:
        for _ in range(3):
            at += history.meeting(at)[0] / 24.0
    hours, scatter_h = history.meeting(at)
    step, usual = history.step_km(at), history.usual_steps_km(at)
    per_km = history.metres_per_second_per_km(at)
    size, sigma = step * per_km, float(robust_sigma(usual[:, None])[0]) * per_km
    given = event.delta_v_m_s
    if given is None and event.raised_km is not None:
        given = event.raised_km * per_km
    times = np.arange(0.0, SECONDS_PER_DAY + 1.0, 360.0)
    before, after = history.last_before(at), history.first_after(at)
    targets = history.states(after, at, times)[0]
    sizes = np.array([0.0, size if given is None else given, size])
    # (3,): medians over the pairs of sets, as single sets are odd.
    distances = np.median(
        [
            [difference_km(path, target) for path in flown(history, int(row), at, sizes, times)]
            for row in before
            for target in targets
        ],
        axis=0,
    )
    row, reference = before[-1], after[0]
    gap = float(history.days[reference] - history.days[row])
    noise, along = [], []
    for first, second in history.quiet_pairs(at, gap):
        begin = float(history.days[first] + at - history.days[row])
        pair, speed = history.states(np.array([first, second]), begin, times)
        noise.append(difference_km(pair[0], pair[1]))
        along.append(rotate(rtn_basis(pair[0], speed[0]), pair[1] - pair[0])[0, 1])
    drift_km_h = 3.0 * abs(size) * 3.6
    error_h = float(robust_sigma(np.array(along)[:, None])[0]) / drift_km_h if along else float("nan")
    return {
        "start_utc": event.start,
        "published_m_s": "" if given is None else f"{given:.2f}",
        "published_as": "" if given is None else "velocity" if event.delta_v_m_s is not None else "altitude",
        "found_m_s": f"{size:.3f}",
        "sigma_m_s": f"{sigma:.3f}",
        "found_raised_km": f"{step:.3f}",
        "found_utc": _utc(at + hours / 24.0),
        "late_h": f"{hours:.2f}" if event.has_time else "",
        "scatter_h": f"{scatter_h:.2f}",
        "sigma_h": f"{error_h:.2f}",
        "without_burn_km": f"{distances[0]:.2f}",
        "published_burn_km": "" if given is None else f"{distances[1]:.2f}",
        "found_burn_km": f"{distances[2]:.2f}",
        "ordinary_km": f"{np.median(noise):.2f}" if noise else "",
        "ordinary_90_percent_km": f"{np.quantile(noise, 0.9):.2f}" if noise else "",
        "ordinary_pairs": len(noise),
    }


def _utc(days: float) -> str:
    moment = np.datetime64("1970-01-01T00:00", "s") + np.timedelta64(
        round((days - 2440587.5) * SECONDS_PER_DAY), "s"
    )
    return str(moment.astype("datetime64[m]"))


def draw(rows: list[dict[str, object]], path: Path) -> None:
    """Published and found sizes, and the distances from the set after, with the burn and without."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11.0, 4.6), layout="constrained")
    given = [row for row in rows if row["published_m_s"]]
    x, y, error = (
        np.array([float(str(row[k])) for row in given]) for k in ("published_m_s", "found_m_s", "sigma_m_s")
    )
    left.errorbar(x, y, yerr=error, fmt="o", ms=4, color="#1f5f8b")
    ends = [min(x.min(), y.min()) - 0.2, max(x.max(), y.max()) + 0.2]
    left.plot(ends, ends, color="0.6", lw=0.8, zorder=0)
    left.set(xlabel="published, m/s", ylabel="found in the element sets, m/s", aspect="equal")
    place = np.arange(len(rows))
    for key, label, marker in (
        ("without_burn_km", "without the burn", "x"),
        ("found_burn_km", "with the burn found", "o"),
        ("published_burn_km", "with the published burn", "^"),
        ("ordinary_km", "ordinary sets, median", "_"),
    ):
        shown = [float(str(row[key])) if row[key] else np.nan for row in rows]
        right.plot(place, shown, marker, label=label, ms=6, mfc="none")
    right.set(yscale="log", ylabel="distance from the set after, rms over a day, km")
    right.set_xticks(place, [str(row["start_utc"])[:10] for row in rows], rotation=90, fontsize=7)
    right.legend(fontsize=8, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def main() -> None:
    history = History(read_catalog(SHARED / HISTORY).catalog)
    rows = []
    for event in published():
        rows.append(measure(history, event))
        say("  ".join(f"{key} {value}" for key, value in rows[-1].items()))
    out = output_folder(HERE)
    write_csv(out / "history.csv", rows)
    draw(rows, out / "history.png")


if __name__ == "__main__":
    main()
