"""How often each primary would be hit in the long run: the flux of the run's objects times the primary's size.

It answers the question of the risk map and of the station's years for the objects and the orbit of a run, with the
same flux and sizes (`debrissim.hazard.station`). It does not depend on a volume, on errors or on the phase of a week.

Assumptions
- Those of `debrissim.hazard.station.collision_rate`: nodes and anomalies are uniform, and no object manoeuvres.
  Fragments of the run's own breakups are bunched, so they are left out, as are crewed stations, vehicles docked to them
  and objects with the launch number of the ISS.
- The flux is averaged over 10 km about the primary's mean altitude: primaries whose own altitude varies by more
  are left out.
- A primary whose radius is the default of its class has no size, and no rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debrissim.catalog.population.flux import flux_by_object_per_m2_year
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.hazard.station.collision_rate import independent_objects, with_mean_radius
from debrissim.hazard.station.radii import BodyRadii, hit_rate
from debrissim.hazard.station.station_risk import relative_flux_error
from debrissim.scenario.conjunctions import Primary

_MAX_AMPLITUDE_KM = 10.0


@dataclass(frozen=True)
class LongRunHits:
    """The expected hits on one primary; None where a size is not known. relative_error: of the flux."""

    norad_id: int
    flux_per_m2_year: float
    relative_error: float
    rate_per_year: float
    rate_low_per_year: float | None
    rate_high_per_year: float
    enclosing_radius_m: float
    mean_shadow_radius_m: float | None
    inscribed_radius_m: float | None


def long_run_hits(inputs: RunInputs, primaries: Sequence[Primary]) -> tuple[LongRunHits, ...]:
    """Compute the expected hits per year on each primary of known size on a near-circular orbit.

    Parameters
    ----------
    inputs : RunInputs
        Catalogue and primaries of the run.
    primaries : sequence of Primary
        The scenario's tables of the same primaries.
    """
    if inputs.primaries is None:
        return ()
    catalog, rows = inputs.catalog, inputs.primaries
    others = independent_objects(catalog)
    others[rows] = False
    others[inputs.fragments] = False
    objects = with_mean_radius(catalog[others])
    if len(objects) == 0:
        return ()
    hits = []
    for row, primary in zip(rows.tolist(), primaries, strict=True):
        target = with_mean_radius(catalog[[row]])
        semi_major_km, eccentricity = float(target.semi_major_axis_km[0]), float(target.eccentricity[0])
        if inputs.size_is_default[row] or semi_major_km * eccentricity > _MAX_AMPLITUDE_KM:
            continue
        flux = flux_by_object_per_m2_year(
            objects, semi_major_km - WGS72_RADIUS_KM, float(target.inclination_deg[0])
        )
        radii = BodyRadii.of(
            float(catalog.hard_body_radius_m[row]), primary.mean_area_m2, primary.dimensions_m
        )
        rate = hit_rate(flux, objects.hard_body_radius_m, radii)
        hits.append(
            LongRunHits(
                norad_id=int(catalog.norad_id[row]),
                flux_per_m2_year=float(flux.sum()),
                relative_error=relative_flux_error(flux),
                rate_per_year=rate.value,
                rate_low_per_year=rate.low,
                rate_high_per_year=rate.high,
                enclosing_radius_m=radii.enclosing_m,
                mean_shadow_radius_m=radii.mean_area_m,
                inscribed_radius_m=radii.inscribed_m,
            )
        )
    return tuple(hits)
