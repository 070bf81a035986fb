"""The fragments of a breakup as element sets that join a catalogue.

Sources: `model` for the fragments, `propagation.mean_elements` for the element sets (SGP4 inverted), `orbits` for
fragments that come down at once, `propagation.air_density` for the drag.

Assumptions
- A breakup is a point in space and time: each fragment starts at the position of its parent, with the velocity of its
  parent plus its own velocity change. The epoch of the element sets is the event.
- B* follows from the area and mass of the fragment and the air density at a level of solar activity, for a tumbling
  fragment (the mean area) with Cd = 2.2.
- The hard-body radius is half the characteristic length, which is the mean of three dimensions.
- A fragment with a perigee below 120 km re-enters within a revolution and is left out from the start, so approaches
  during that first revolution are missing. Fragments whose parent has no known orbit are left out as well (an
  interceptor for which only the impact speed is known: on a suborbital path, nearly all its fragments come down).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog, ObjectKind
from debrissim.catalog.identifiers import Origin, internal_numbers
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.breakup.fragments import Fragments
from debrissim.hazard.breakup.orbits import REENTRY_PERIGEE_KM, Fate, fragment_orbits
from debrissim.propagation.air_density import SunActivity, bstar_for_density
from debrissim.propagation.mean_elements import ElementsStatus, mean_elements_from_states

NAME_PREFIX = "FRAGMENT OF"

_REENTERS = f"re-enters within a revolution (perigee below {REENTRY_PERIGEE_KM:g} km)"
_NO_ORBIT = "of a parent without a known orbit"


@dataclass(frozen=True, eq=False)
class FragmentParent:
    """An object right before it breaks up: name, and state in km, km/s, TEME (None where unknown)."""

    name: str
    position_km: Array | None = None
    velocity_km_s: Array | None = None


@dataclass(frozen=True, eq=False)
class Cloud:
    """The fragments in orbit as a catalogue of n rows.

    fragment: (n,) row of each in the fragments of the breakup; excluded: number of the other fragments by reason.
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
    first_serial: int = 0,
) -> Cloud:
    """Make the element sets of the fragments of one breakup.

    Parameters
    ----------
    fragments : Fragments
        k fragments; parents[fragments.parent] are their parents.
    parents : sequence of FragmentParent
        The target (or the object that explodes), and the projectile if there is one.
    epoch_jd, epoch_fraction : float
        The event, UTC, as a split Julian date.
    event : str
        The label for `parent_event`.
    sun : SunActivity
        Solar activity, which sets the air density.
    first_serial : int
        Digits of the identifier of the first fragment: 12 is F-000012.

    Raises
    ------
    InputError
        If the parent of a fragment is missing.
    """
    k = len(fragments)
    if k and int(fragments.parent.max()) >= len(parents):
        raise InputError(f"parents: expected {int(fragments.parent.max()) + 1}, got {len(parents)}")
    reason = np.full(k, "", dtype=object)
    position, velocity = np.full((k, 3), np.nan), np.full((k, 3), np.nan)
    for index, parent in enumerate(parents):
        of_parent = fragments.parent == index
        if parent.position_km is None or parent.velocity_km_s is None:
            reason[of_parent] = _NO_ORBIT
            continue
        position[of_parent] = parent.position_km
        velocity[of_parent] = parent.velocity_km_s + fragments.velocity_change_km_s[of_parent]
    rows = np.flatnonzero(reason == "")
    orbits = fragment_orbits(position[rows], velocity[rows])
    # Checked before the inversion, because SGP4 elements are erratic for orbits that are about to re-enter.
    reason[rows[orbits.fate == Fate.REENTRY]] = _REENTERS
    reason[rows[orbits.fate == Fate.ESCAPE]] = ElementsStatus.UNBOUND.reason
    kept = orbits.fate == Fate.ORBIT
    rows, perigee_km = rows[kept], orbits.perigee_km[kept]
    elements = mean_elements_from_states(position[rows], velocity[rows], epoch_jd, epoch_fraction)
    for status in np.unique(elements.status[elements.status != ElementsStatus.OK]).tolist():
        reason[rows[elements.status == status]] = ElementsStatus(status).reason
    good = np.flatnonzero(elements.status == ElementsStatus.OK)
    rows, n = rows[good], good.size
    names = np.array([f"{NAME_PREFIX} {parent.name}" for parent in parents], dtype=np.str_)
    reasons, counts = np.unique(reason[reason != ""].astype(np.str_), return_counts=True)
    return Cloud(
        catalog=Catalog(
            # Numbered by row in the breakup, so that a fragment keeps its number regardless of omissions before it.
            norad_id=internal_numbers(Origin.FRAGMENT, first_serial + rows),
            name=names[fragments.parent[rows]] if n else np.empty(0, dtype=names.dtype),
            international_designator=np.full(n, "", dtype=np.str_),
            object_kind=np.full(n, ObjectKind.DEBRIS, dtype=np.int8),
            parent_event=np.full(n, event),
            epoch_jd=np.full(n, epoch_jd),
            epoch_fraction=np.full(n, epoch_fraction),
            mean_motion_rev_day=elements.mean_motion_rev_day[good],
            eccentricity=elements.eccentricity[good],
            inclination_deg=elements.inclination_deg[good],
            raan_deg=elements.raan_deg[good],
            arg_perigee_deg=elements.arg_perigee_deg[good],
            mean_anomaly_deg=elements.mean_anomaly_deg[good],
            bstar=bstar_for_density(sun, fragments.area_to_mass_m2_kg[rows], perigee_km[good]),
            mean_motion_dot=np.zeros(n),
            mean_motion_ddot=np.zeros(n),
            hard_body_radius_m=0.5 * fragments.characteristic_length_m[rows],
            mass_kg=fragments.mass_kg[rows].copy(),
        ),
        fragment=rows.astype(np.int64),
        excluded=dict(zip(reasons.tolist(), counts.tolist(), strict=True)),
    )


def with_fragments(catalog: Catalog, clouds: tuple[Cloud, ...], broken_up: NDArray[np.int64]) -> Catalog:
    """Make a catalogue without the objects that broke up, with the fragments of all clouds appended.

    Parameters
    ----------
    catalog : Catalog
        Catalogue before the breakups.
    clouds : tuple of Cloud
        Fragments of each breakup.
    broken_up : (g,) int64
        Numbers of the objects that broke up.
    """
    intact = catalog[~np.isin(catalog.norad_id, broken_up)]
    return Catalog.concat([intact, *(cloud.catalog for cloud in clouds)])
