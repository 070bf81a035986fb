"""The debris clouds of a run: passes by revolution and by day, and the decay of the cloud.

Assumptions
- A revolution lasts a day over the primary's mean motion, from the start of the span on; the last may be cut short, by
  the end of the span or of the primary itself.
- Fluxes are passes through a spherical volume over its disc and time, so that they hold for a young, bunched cloud as
  well; boxes have none. Their uncertainty is that of the count (Garwood 1936).
- A fragment crosses the primary's shell where its perigee and apogee enclose any part of the primary's own, widened by
  10 km on either side (the amplitude of SGP4's periodic terms in radius). The elements of a day are the mean elements
  with which SGP4 reproduces its own state of that day (`mean_elements_from_states`).
- Everything else, the background, is compared with the cloud only if its catalogues are of the same time within
  `MAX_BACKGROUND_DAYS`: traffic in low orbits doubled between 2021 and 2024.
- A cloud is one sample of the model. The count of passes has the uncertainty of a Poisson count and that of the number
  of fragments itself: `provenance.clouds` gives the deviations of observed breakups from the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog
from debrissim.catalog.population.density import (
    shell_time_fractions,
    shell_volumes_km3,
    spatial_density_per_km3,
)
from debrissim.conjunctions.assessment import Assessment
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.arrays import Array
from debrissim.core.constants import DAYS_PER_YEAR, SECONDS_PER_DAY
from debrissim.core.statistics import garwood_interval
from debrissim.core.time import offset_days, split_julian_date, utc_datetime
from debrissim.probability.collision import cumulative_probability
from debrissim.propagation.mean_elements import ElementsStatus, mean_elements_from_states
from debrissim.propagation.sgp4 import make_propagator
from debrissim.results.schema.clouds import SHELL_MARGIN_KM
from debrissim.screening.screen import ScreeningResult
from debrissim.screening.volumes import ScreeningVolume

SHELL_EDGES_KM = np.arange(200.0, 1201.0, 20.0)
MAX_BACKGROUND_DAYS = 366.0
"""Span between a catalogue's epoch and the start of the run within which the background represents that time."""


@dataclass(frozen=True, eq=False)
class CloudPassages:
    """Approaches in one volume to one primary by time interval, columns (m,): of fragments and of all other objects.

    begin_s, end_s: s of run time; flux: per m^2 and year, NaN for boxes; probability: cumulative Pc.
    """

    primary_norad_id: int
    volume: str
    begin_s: Array
    end_s: Array
    fragments: NDArray[np.int64]
    background: NDArray[np.int64]
    fragment_flux_per_m2_year: Array
    background_flux_per_m2_year: Array
    fragment_probability: Array
    background_probability: Array

    def interval_per_day(self, count: NDArray[np.int64]) -> Array:
        """(m, 2) per day, the 95 % confidence interval of Poisson counts (m,) in these time intervals."""
        days = (self.end_s - self.begin_s) / SECONDS_PER_DAY
        return np.array([garwood_interval(int(k)) for k in count]).reshape(-1, 2) / days[:, None]


@dataclass(frozen=True, eq=False)
class CloudDecay:
    """The cloud at the start of each of d days and at the end of the span, for p primaries.

    time_s: (d,) s of run time; in_orbit: (d,) fragments; crossing: (d, p) fragments that cross the primary's shell;
    in_shell_per_km3, background_per_km3: (d, p) and (p,) density of fragments and of all other objects in that shell;
    per_km3: (d, shells) density of fragments between SHELL_EDGES_KM.
    """

    time_s: Array
    in_orbit: NDArray[np.int64]
    crossing: NDArray[np.int64]
    in_shell_per_km3: Array
    background_per_km3: Array
    per_km3: Array


@dataclass(frozen=True)
class Background:
    """The objects besides the fragments. label: their catalogues; not_compared: the reason why not, "" if they are."""

    label: str
    not_compared: str


@dataclass(frozen=True, eq=False)
class CloudSummary:
    """Passes by revolution and by day, one entry per primary and volume, the decay of the cloud, and the background."""

    revolutions: tuple[CloudPassages, ...]
    days: tuple[CloudPassages, ...]
    decay: CloudDecay
    background: Background


def summarize_clouds(
    inputs: RunInputs, screened: ScreeningResult, assessment: Assessment
) -> CloudSummary | None:
    """Summarize the clouds of a run; None without breakups and in all-vs-all, which has no primaries."""
    if not inputs.clouds or inputs.primaries is None:
        return None
    revolutions: list[CloudPassages] = []
    days: list[CloudPassages] = []
    for place, row in enumerate(inputs.primaries.tolist()):
        period_s = SECONDS_PER_DAY / float(inputs.catalog.mean_motion_rev_day[row])
        for k, volume in enumerate(inputs.volumes):
            if inputs.volumes_of is not None and not inputs.volumes_of[place, k]:
                continue
            for length_s, passages in ((period_s, revolutions), (SECONDS_PER_DAY, days)):
                passages.append(_passes(inputs, screened, assessment, row, k, volume, length_s))
    return CloudSummary(tuple(revolutions), tuple(days), _decay(inputs, screened), _background(inputs))


def _background(inputs: RunInputs) -> Background:
    sources = [source for source in inputs.sources if source.accepted_count]
    label = ", ".join(source.label for source in sources)
    if not sources:
        return Background(label, "no other objects are in the run")
    start = inputs.start_jd + inputs.start_fraction
    epochs = [datetime.fromisoformat(source.epoch_utc) for source in sources]
    farthest = max(epochs, key=lambda epoch: abs(sum(split_julian_date(epoch)) - start))
    if abs(sum(split_julian_date(farthest)) - start) <= MAX_BACKGROUND_DAYS:
        return Background(label, "")
    year = utc_datetime(inputs.start_jd, inputs.start_fraction).year
    return Background(label, f"the other objects date from {farthest.date()}, not from {year}")


def _passes(
    inputs: RunInputs,
    screened: ScreeningResult,
    assessment: Assessment,
    row: int,
    k: int,
    volume: ScreeningVolume,
    length_s: float,
) -> CloudPassages:
    # The last interval may be cut short by the end of the span, or of the primary; a remainder from rounding does not
    # count.
    encounters = screened.encounters
    begin_s, end_s = (float(moments[row]) for moments in screened.existence.span(inputs.duration_s))
    count = max(1, int(np.ceil((end_s - begin_s) / length_s - 0.01)))
    edges = np.append(begin_s + np.arange(count) * length_s, end_s)
    inside = (encounters.primary == row) & encounters.inside[:, k]
    of_cloud = np.isin(encounters.secondary, inputs.fragments)
    interval = np.clip(np.searchsorted(edges, encounters.tca_s, side="right") - 1, 0, count - 1)
    disc_m2 = np.pi * (1e3 * volume.half_widths_km[0]) ** 2 if volume.is_sphere else np.nan
    years = np.diff(edges) / (SECONDS_PER_DAY * DAYS_PER_YEAR)
    # A primary that does not take part has no passes and no time: its flux is not known.
    exposure = np.where(years > 0.0, disc_m2 * years, np.nan)
    value = assessment.probability.value
    groups = (inside & of_cloud, inside & ~of_cloud)
    counts = [np.bincount(interval[rows], minlength=count).astype(np.int64) for rows in groups]
    probabilities = [
        np.array([cumulative_probability(value[rows & (interval == j)]) for j in range(count)])
        for rows in groups
    ]
    return CloudPassages(
        primary_norad_id=int(inputs.catalog.norad_id[row]),
        volume=volume.name,
        begin_s=edges[:-1],
        end_s=edges[1:],
        fragments=counts[0],
        background=counts[1],
        fragment_flux_per_m2_year=counts[0] / exposure,
        background_flux_per_m2_year=counts[1] / exposure,
        fragment_probability=probabilities[0],
        background_probability=probabilities[1],
    )


def _decay(inputs: RunInputs, screened: ScreeningResult) -> CloudDecay:
    assert inputs.primaries is not None
    catalog, rows = inputs.catalog, inputs.fragments
    bands = [
        (
            float(catalog.perigee_altitude_km[row]) - SHELL_MARGIN_KM,
            float(catalog.apogee_altitude_km[row]) + SHELL_MARGIN_KM,
        )
        for row in inputs.primaries.tolist()
    ]
    time_s = np.append(np.arange(0.0, inputs.duration_s, SECONDS_PER_DAY), inputs.duration_s)
    propagator = make_propagator(catalog[rows], inputs.start_jd, inputs.start_fraction)
    begin_s, failed_s = screened.begin_s[rows], screened.failure_s[rows]
    taking_part = screened.flown_s(inputs.duration_s)[rows] > 0.0
    in_orbit, crossing, in_shell, per_km3 = [], [], [], []
    for moment in time_s.tolist():
        up = np.flatnonzero(taking_part & ~(failed_s <= moment) & ~(begin_s > moment))
        cloud = _at(catalog[rows[up]], propagator.states(up, [moment]), inputs, moment)
        in_orbit.append(len(cloud))
        low, high = cloud.perigee_altitude_km, cloud.apogee_altitude_km
        crossing.append([int(((low <= band[1]) & (high >= band[0])).sum()) for band in bands])
        in_shell.append([float(spatial_density_per_km3(cloud, band)[0]) for band in bands])
        # For an empty cloud the product is zero, as it should be.
        fractions = shell_time_fractions(cloud, SHELL_EDGES_KM).sum(axis=0)
        per_km3.append(fractions / shell_volumes_km3(SHELL_EDGES_KM))
    others = np.ones(len(catalog), dtype=bool)
    others[rows] = False
    others[inputs.primaries] = False
    background = catalog[others]
    return CloudDecay(
        time_s=time_s,
        in_orbit=np.array(in_orbit, dtype=np.int64),
        crossing=np.array(crossing, dtype=np.int64),
        in_shell_per_km3=np.array(in_shell),
        background_per_km3=np.array([float(spatial_density_per_km3(background, band)[0]) for band in bands]),
        per_km3=np.array(per_km3),
    )


def _at(
    catalog: Catalog, states: tuple[NDArray[np.uint8], Array, Array], inputs: RunInputs, moment_s: float
) -> Catalog:
    """The objects with their mean elements at a moment; those for which SGP4 has failed by then are left out."""
    codes, position, velocity = (part[:, 0] for part in states)
    good = np.flatnonzero(codes == 0)
    jd, fraction = (part[0] for part in offset_days(inputs.start_jd, inputs.start_fraction, moment_s))
    elements = mean_elements_from_states(position[good], velocity[good], jd, fraction)
    known = elements.status == ElementsStatus.OK
    return catalog[good[known]].with_columns(
        mean_motion_rev_day=elements.mean_motion_rev_day[known], eccentricity=elements.eccentricity[known]
    )
