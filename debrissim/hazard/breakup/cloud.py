"""The fragments of a breakup as element sets: what leaves the parents' place joins a catalogue.

Source: `breakup` for the fragments, `propagation.mean_elements` for the element sets (SGP4 turned round),
`fragment_orbits` for what comes down at once, `propagation.air_density` for the drag.

Assumptions
- A breakup is a moment and a point: each fragment leaves its parent's place with its parent's velocity and its own
  change of it. Element sets have their epoch at the event.
- B* is that of the fragment's area and mass under the air of the Sun given, tumbling (the mean area), Cd = 2.2.
- The hard-body radius is half the characteristic length, which is the mean of three dimensions.
- A fragment with a perigee below 120 km is gone within a revolution, and left out from the start, so that approaches in
  that first revolution are missing. So are fragments whose parent has no known orbit (an interceptor of which only
  the speed at impact is known: on a suborbital path nearly all its fragments come down).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.breakup.fragments import Fragments
from debrissim.hazard.breakup.orbits import REENTRY_PERIGEE_KM, Fate, fragment_orbits
from debrissim.propagation.air_density import SunActivity, bstar_for_density
from debrissim.propagation.mean_elements import ElementsStatus, mean_elements_from_states

FIRST_FRAGMENT_NUMBER = 850_000_000
"""Modelled fragments are numbered from here on: above real objects and unnumbered primaries, below synthetic ones."""
MAX_FRAGMENTS = 50_000_000
NAME_PREFIX = "FRAGMENT OF"

_REENTERS = f"re-enters within a revolution (perigee below {REENTRY_PERIGEE_KM:g} km)"
_NO_ORBIT = "of a parent without a known orbit"


@dataclass(frozen=True, eq=False)
class FragmentParent:
    """One of the two objects of a breakup, right before it: name, and state km, km/s in TEME, None where unknown."""

    name: str
    position_km: Array | None = None
    velocity_km_s: Array | None = None


@dataclass(frozen=True, eq=False)
class Cloud:
    """The fragments that stay in orbit as a catalogue, and how many did not, by reason.

    fragment: (n,) row of the breakup's fragments for each row of the catalogue.
    """

    catalog: Catalog
    fragment: NDArray[np.int64]
    excluded: dict[str, int]


def make_cloud(
    fragments: Fragments,
    parents: tuple[FragmentParent, ...],
    epoch_jd: float,
    epoch_fraction: float,
    *,
    event: str,
    sun: SunActivity = "moderate",
    first_number: int = FIRST_FRAGMENT_NUMBER,
) -> Cloud:
    """Element sets of the fragments of one breakup.

    Parameters
    ----------
    fragments : k of them, each of parents[fragments.parent]
    parents : the target (or what explodes), and the projectile if there is one
    epoch_jd, epoch_fraction : UTC of the event
    event : the label in `parent_event`
    sun : how dense the air is that brakes them
    first_number : catalogue number of the first one

    Raises InputError where a fragment's parent is missing.
    """
    k = len(fragments)
    if k and int(fragments.parent.max()) >= len(parents):
        raise InputError(f"parents: expected {int(fragments.parent.max()) + 1}, got {len(parents)}")
    reason = np.full(k, "", dtype=object)
    position, velocity = np.full((k, 3), np.nan), np.full((k, 3), np.nan)
    for place, parent in enumerate(parents):
        own = fragments.parent == place
        if parent.position_km is None or parent.velocity_km_s is None:
            reason[own] = _NO_ORBIT
            continue
        position[own] = parent.position_km
        velocity[own] = parent.velocity_km_s + fragments.velocity_change_km_s[own]
    rows = np.flatnonzero(reason == "")
    orbits = fragment_orbits(position[rows], velocity[rows])
    # Before anything is inverted: SGP4 has strange elements for what is about to fall.
    reason[rows[orbits.fate == Fate.REENTRY]] = _REENTERS
    reason[rows[orbits.fate == Fate.ESCAPE]] = ElementsStatus.UNBOUND.reason
    kept = orbits.fate == Fate.ORBIT
    rows, perigee_km = rows[kept], orbits.perigee_km[kept]
    found = mean_elements_from_states(position[rows], velocity[rows], epoch_jd, epoch_fraction)
    for status in np.unique(found.status[found.status != ElementsStatus.OK]).tolist():
        reason[rows[found.status == status]] = ElementsStatus(status).reason
    good = np.flatnonzero(found.status == ElementsStatus.OK)
    rows, n = rows[good], good.size
    names = np.array([f"{NAME_PREFIX} {parent.name}" for parent in parents], dtype=np.str_)
    reasons, counts = np.unique(reason[reason != ""].astype(np.str_), return_counts=True)
    return Cloud(
        catalog=Catalog(
            # By place in the breakup, so that a fragment keeps its number whatever is left out before it.
            norad_id=first_number + rows.astype(np.int64),
            name=names[fragments.parent[rows]] if n else np.empty(0, dtype=names.dtype),
            international_designator=np.full(n, "", dtype=np.str_),
            object_kind=np.full(n, ObjectKind.DEBRIS, dtype=np.int8),
            parent_event=np.full(n, event),
            epoch_jd=np.full(n, epoch_jd),
            epoch_fraction=np.full(n, epoch_fraction),
            mean_motion_rev_day=found.mean_motion_rev_day[good],
            eccentricity=found.eccentricity[good],
            inclination_deg=found.inclination_deg[good],
            raan_deg=found.raan_deg[good],
            arg_perigee_deg=found.arg_perigee_deg[good],
            mean_anomaly_deg=found.mean_anomaly_deg[good],
            bstar=bstar_for_density(sun, fragments.area_to_mass_m2_kg[rows], perigee_km[good]),
            mean_motion_dot=np.zeros(n),
            mean_motion_ddot=np.zeros(n),
            hard_body_radius_m=0.5 * fragments.characteristic_length_m[rows],
            mass_kg=fragments.mass_kg[rows].copy(),
            synthetic=np.ones(n, dtype=np.bool_),
        ),
        fragment=rows.astype(np.int64),
        excluded=dict(zip(reasons.tolist(), counts.tolist(), strict=True)),
    )


def with_fragments(catalog: Catalog, clouds: tuple[Cloud, ...], gone: NDArray[np.int64]) -> Catalog:
    """A catalogue without the broken-up objects of the numbers gone (g,), with the fragments of all clouds at its end.

    Synthetic objects of the same numbers stay: only a real object has broken up.
    """
    left = catalog[~np.isin(catalog.norad_id, gone) | catalog.synthetic]
    return Catalog.concat([left, *(cloud.catalog for cloud in clouds)])
