"""Data of the figures that are not in the table: relative motion around the top events, density over altitude."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.catalog import Catalog, ObjectKind
from debrissim.catalog.population.density import spatial_density_per_km3
from debrissim.conjunctions.assessment import Assessment, has_sampled
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.arrays import Array
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.results.reader import most_probable_first
from debrissim.screening.encounters import Encounters

ALTITUDE_EDGES_KM = np.arange(200.0, 2001.0, 10.0)
_TRACK_COUNT = 6
_TRACK_HALF_S = 60.0
_TRACK_STEP_S = 1.0


@dataclass(frozen=True, eq=False)
class RelativeTrack:
    """Relative motion around one encounter (row of the table): s from TCA (k,), RTN in km (k, 3)."""

    encounter: int
    time_s: Array
    relative_rtn_km: Array


@dataclass(frozen=True, eq=False)
class DensityProfile:
    """Objects per km^3 over altitude: edges (bins + 1,) km, per kind (bins,), orbit-averaged."""

    altitude_edges_km: Array
    per_km3: dict[ObjectKind, Array]


def relative_tracks(
    encounters: Encounters, assessment: Assessment, inputs: RunInputs
) -> tuple[RelativeTrack, ...]:
    """Relative motion in the minute before and after TCA of the top events, by SGP4 every second."""
    risk = assessment.probability
    order = most_probable_first(risk.value, risk.maximum, encounters.miss_distance_km)
    # Encounters of real objects come first.
    sampled = has_sampled(encounters, inputs.catalog)
    rows = order[np.argsort(sampled[order], kind="stable")][:_TRACK_COUNT]
    time = np.arange(-_TRACK_HALF_S, _TRACK_HALF_S + 0.5 * _TRACK_STEP_S, _TRACK_STEP_S)
    tracks = []
    for row in rows.tolist():
        pair, tca_s = np.array([encounters.primary[row], encounters.secondary[row]]), encounters.tca_s[row]
        propagator = inputs.propagator(pair, np.full(2, tca_s))
        codes, positions, velocities = propagator.states([0, 1], tca_s + time)
        good = (codes == 0).all(axis=0)
        basis = rtn_basis(positions[0, good], velocities[0, good])
        relative = rotate(basis, positions[1, good] - positions[0, good])
        tracks.append(RelativeTrack(row, time[good], relative))
    return tuple(tracks)


def density_profile(catalog: Catalog) -> DensityProfile:
    """The catalogue's density from 200 to 2,000 km in 10-km shells, by kind."""
    profile = {
        kind: spatial_density_per_km3(catalog[catalog.object_kind == kind], ALTITUDE_EDGES_KM)
        for kind in ObjectKind
        if (catalog.object_kind == kind).any()
    }
    return DensityProfile(ALTITUDE_EDGES_KM, profile)
