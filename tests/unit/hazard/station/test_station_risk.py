"""Traffic through the years: the published counts come back, catalogues are joined, input is checked."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import Elements, make_catalog, mean_motion_at

from debrissim.catalog import Catalog, ObjectKind
from debrissim.core.errors import InputError
from debrissim.hazard.station import station_risk
from debrissim.hazard.station.collision_rate import crossing_count


def crowd(counts: dict[ObjectKind, int], fleet: int = 0) -> Catalog:
    """Objects of each kind, and satellites of a fleet, that cross the altitude of the station."""
    kinds = [kind for kind, count in counts.items() for _ in range(count)] + [ObjectKind.PAYLOAD] * fleet
    catalog = make_catalog(*(Elements(mean_motion_at(418.0), 0.002, 53.0) for _ in kinds))
    names = ["OBJECT"] * (len(kinds) - fleet) + ["STARLINK-1"] * fleet
    return catalog.with_columns(object_kind=np.array(kinds, dtype=np.int8), name=np.array(names))


COUNTS = {ObjectKind.PAYLOAD: 4, ObjectKind.ROCKET_BODY: 10, ObjectKind.DEBRIS: 8, ObjectKind.UNKNOWN: 2}


@pytest.mark.parametrize(("year", "count"), station_risk.PUBLISHED_CROSSINGS)
def test_weighted_counts_are_the_published_ones(year, count):
    catalog = crowd(COUNTS, fleet=5)
    (weights,) = station_risk.catalog_weights(year, [catalog], [2024.8])
    assert crossing_count(catalog) == 29
    assert weights.sum() == pytest.approx(count)
    assert weights[station_risk.in_fleet(catalog)].tolist() == [0.0] * 5
    for kind, fraction in station_risk.PUBLISHED_KIND_FRACTIONS.items():
        assert weights[(catalog.object_kind == kind)].sum() == pytest.approx(fraction * count)


def test_towards_the_catalogue_weights_run_to_one_and_fleets_grow():
    catalog = crowd(COUNTS, fleet=3)
    (just_before,) = station_risk.catalog_weights(2024.7999, [catalog], [2024.8])
    assert just_before == pytest.approx(np.ones(27), rel=1e-2)
    (after,) = station_risk.catalog_weights(2031.0, [catalog], [2024.8])
    assert (after == 1.0).all()
    (half,) = station_risk.catalog_weights((2019.4 + 2024.8) / 2.0, [catalog], [2024.8])
    assert half[-1] == pytest.approx(0.5)


def test_between_two_catalogues_the_weights_are_shared():
    catalogs = [crowd(COUNTS), crowd(COUNTS)]
    first, second = station_risk.catalog_weights(2023.0, catalogs, [2022.0, 2026.0])
    assert (first == 0.75).all()
    assert (second == 0.25).all()
    assert station_risk.is_scaled(2021.9, [2022.0])
    assert not station_risk.is_scaled(2022.0, [2022.0])


def test_a_kind_that_cannot_be_scaled_is_an_error():
    with pytest.raises(InputError, match="no rocket body"):
        station_risk.catalog_weights(2005.0, [crowd(COUNTS | {ObjectKind.ROCKET_BODY: 0})], [2024.8])
    for epochs in ([2024.0, 2022.0], [2024.0]):
        with pytest.raises(InputError, match="ascending"):
            station_risk.catalog_weights(2005.0, [crowd(COUNTS)] * 2, epochs)


def test_the_probability_of_a_hit_is_poissons():
    assert station_risk.hit_probability(0.0) == 0.0
    assert station_risk.hit_probability(1e-9) == pytest.approx(1e-9)
    assert station_risk.hit_probability(np.log(2.0)) == pytest.approx(0.5)
    with pytest.raises(InputError, match="expected 0 or more, got -1000"):
        station_risk.hit_probability(-1000.0)


def test_the_low_end_of_a_rate_is_not_below_zero():
    assert station_risk.rate_range(2.0, 0.25) == (1.5, 2.5)
    # The flux of a single object: its scatter is as large as itself, and the model's error comes on top.
    error = station_risk.relative_flux_error(np.array([3.0]))
    assert error > 1.0
    assert station_risk.rate_range(2.0, error) == (0.0, 2.0 * (1.0 + error))
