"""Risk to the ISS by year and since launch, with the traffic and the station of each year.

Sources: flux and rates as in `debrissim.hazard.station.collision_rate`, station as in
`debrissim.hazard.station.station`. Traffic before the first catalogue: NASA, Orbital Debris Quarterly News 18-1
(January 2014), quoted by Network World: in October 2013 more than 800 catalogued objects passed 415 to 420 km, 60 %
more than in November 1998; 10 % of them were spacecraft, a third rocket bodies, and the rest debris.

Assumptions
- Between catalogues the flux is interpolated linearly; after the last catalogue it stays constant.
- Before the first catalogue, its flux is scaled, kind by kind, by the number of objects that pass 415 to 420 km,
  interpolated linearly from the published counts of 1998 and 2013 (a tenth spacecraft, a third rocket bodies; the
  composition of 1998 is assumed to be that of 2013) to the count of the catalogue. The orbits of the catalogue thus
  represent earlier ones; the origin of fragments is not extended back.
- Large constellations did not exist before 2019 and grow linearly from then until the catalogue.
- With the catalogue of January 2022 instead of November 2024, the flux of 2013 is 1.45 times as large, because in 2022
  fragments of Cosmos 1408 crowded the orbit of the station. Hence the factor of 1.5 up and down for a scaled year.
- Hits follow Poisson's law: the probability over years is 1 - exp(-sum of rates).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.text import quoted
from debrissim.hazard.station.collision_rate import crossing_count

PUBLISHED_CROSSINGS: tuple[tuple[float, float], ...] = ((1998.88, 500.0), (2013.79, 800.0))
"""(year, number of catalogued objects that cross 415 to 420 km)."""

PUBLISHED_KIND_FRACTIONS = {
    ObjectKind.PAYLOAD: 0.10,
    ObjectKind.ROCKET_BODY: 1.0 / 3.0,
    ObjectKind.DEBRIS: 1.0 - 0.10 - 1.0 / 3.0,
    ObjectKind.UNKNOWN: 0.0,
}
"""Fractions of these objects by kind in October 2013."""

FLEETS = ("STARLINK", "ONEWEB", "KUIPER", "QIANFAN", "GEESAT")
FLEETS_START_YEAR = 2019.4
"""First launch of sixty Starlink satellites: 24 May 2019."""

SCALED_FACTOR = 1.5
"""Range of the traffic in a year without a catalogue, as a factor up and down."""

MODEL_ERROR = 0.15
"""Relative error of the analytic flux in a thin shell: within 10 km, counts were 3 and 9 % lower in two catalogues,
and 18 % lower for one young cloud."""


def in_fleet(catalog: Catalog) -> NDArray[np.bool_]:
    """(n,) whether an object belongs to one of `FLEETS`, by name."""
    return np.asarray(np.logical_or.reduce([np.char.find(catalog.name, fleet) >= 0 for fleet in FLEETS]))


def is_scaled(year: float, epochs: Sequence[float]) -> bool:
    """Check whether a time lies before the first epoch of the catalogues.

    Parameters
    ----------
    year : float
        Time as a decimal year.
    epochs : sequence of float
        Epochs of the catalogues as decimal years, ascending.
    """
    return year < epochs[0]


def catalog_weights(year: float, catalogs: Sequence[Catalog], epochs: Sequence[float]) -> list[Array]:
    """Compute the weights of the objects of k catalogues at a given time.

    Parameters
    ----------
    year : float
        Time as a decimal year.
    catalogs : sequence of Catalog
        k catalogues, of n_k objects.
    epochs : sequence of float
        Their k epochs as decimal years, ascending.

    Returns
    -------
    list of k arrays (n_k,)

    Raises
    ------
    InputError
        If the epochs do not ascend, or if the first catalogue has to be scaled but has no object of some kind that
        crosses 415 to 420 km.
    """
    k = len(epochs)
    if k == 0 or k != len(catalogs) or any(b <= a for a, b in pairwise(epochs)):
        raise InputError(f"catalogs: expected one or more with epochs in ascending order, got {list(epochs)}")
    weights = [np.zeros(len(catalog)) for catalog in catalogs]
    if is_scaled(year, epochs):
        weights[0] = _scaled_back(year, catalogs[0], epochs[0])
        return weights
    after = int(np.searchsorted(np.asarray(epochs), year, side="right"))
    fraction = 1.0 if after == k else (epochs[after] - year) / (epochs[after] - epochs[after - 1])
    weights[after - 1] += fraction
    if after < k:
        weights[after] += 1.0 - fraction
    return weights


def hit_probability(rate_sum: float) -> float:
    """Probability of at least one hit for an expected number of hits. Raises InputError for a number below 0."""
    if rate_sum < 0.0:
        raise InputError(f"expected number of hits: expected 0 or more, got {quoted(rate_sum)}")
    return float(-np.expm1(-rate_sum))


def rate_range(rate: float, relative_error: float) -> tuple[float, float]:
    """The rate minus and plus its relative standard error (low, high); the low end is 0 for an error of 1 or more."""
    return rate * max(1.0 - relative_error, 0.0), rate * (1.0 + relative_error)


def relative_flux_error(flux_per_m2_year: Array) -> float:
    """Relative standard error of the sum of a flux by object (n,): `MODEL_ERROR` and the scatter of the objects."""
    total, squares = float(flux_per_m2_year.sum()), float((flux_per_m2_year**2).sum())
    noise = squares / total**2 if total > 0.0 else 0.0
    return float(np.sqrt(MODEL_ERROR**2 + noise))


def _scaled_back(year: float, catalog: Catalog, epoch: float) -> Array:
    fleet = in_fleet(catalog)
    growth = 0.0 if epoch <= FLEETS_START_YEAR else (year - FLEETS_START_YEAR) / (epoch - FLEETS_START_YEAR)
    weights = np.where(fleet, max(0.0, growth), 0.0)
    for kind, published in PUBLISHED_KIND_FRACTIONS.items():
        rows = ~fleet & (catalog.object_kind == kind)
        count = crossing_count(catalog[rows])
        anchors = [(y, n * published) for y, n in PUBLISHED_CROSSINGS if y < epoch] + [(epoch, float(count))]
        target = float(np.interp(year, *np.array(anchors).T))
        if count == 0 and target > 0.0:
            raise InputError(
                f"catalogs: the first has no {kind.label} passing 415 to 420 km, by which earlier years are "
                "scaled"
            )
        weights[rows] = target / count if count else 0.0
    return weights
