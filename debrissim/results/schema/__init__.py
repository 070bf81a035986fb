"""The columns of the files in a results folder, each declared once: one module per kind of run."""

from __future__ import annotations

from debrissim.results.schema import (
    avoidance,
    breakup,
    clouds,
    comparison,
    conjunctions,
    evolution,
    flux,
    left_out,
    penetration,
    risk_map,
    station_years,
)
from debrissim.results.table import Schema

SCHEMAS: dict[str, tuple[Schema, ...]] = {
    "conjunctions": (
        conjunctions.CONJUNCTIONS,
        left_out.CO_LOCATED,
        left_out.EXCLUDED,
        left_out.GAPS,
        left_out.REJECTED,
        conjunctions.TRACKS,
        conjunctions.DENSITY,
        conjunctions.EVENTS,
        clouds.CLOUD,
        clouds.CLOUD_DAYS,
        clouds.CLOUD_ORBITS,
        clouds.CLOUD_DENSITY,
        clouds.CLOUD_FRAGMENTS,
    ),
    "risk-map": (risk_map.MAP, risk_map.MARKED),
    "station-years": (
        station_years.YEARS,
        station_years.SHARES,
        station_years.ELEMENTS,
        station_years.COUNTED,
    ),
    "flux": (flux.FLUX, flux.FACES, flux.SPEEDS, flux.PUBLISHED),
    "penetration": (
        penetration.SURFACES,
        penetration.MODULES,
        penetration.CRITICAL_DIAMETER,
        penetration.SPEEDS,
        penetration.MONTE_CARLO,
    ),
    "breakup": (
        breakup.FRAGMENTS,
        breakup.PARENTS,
        breakup.SIZES,
        breakup.CATALOGUED,
        breakup.COMPARISON,
    ),
    "track": (evolution.TRACK,),
    "comparison": (comparison.MATCHED, comparison.MISSING),
    "avoidance": (
        avoidance.CELLS,
        avoidance.MINIMA,
        avoidance.CANDIDATES,
        avoidance.ENCOUNTERS,
        avoidance.PLANE,
        avoidance.RETURNS,
    ),
}
"""The tables of each kind of run, in the order in which they are written."""
