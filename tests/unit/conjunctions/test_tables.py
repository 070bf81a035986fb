"""The columns of the results and their descriptions."""

from __future__ import annotations

import numpy as np
from support.small import small

from debrissim.conjunctions.run import run
from debrissim.conjunctions.tables import conjunctions
from debrissim.results.schema.conjunctions import CONJUNCTIONS


def test_every_column_is_described_and_carries_its_unit():
    units = ("_km", "_km2", "_km_s", "_s", "_m", "_kg", "_deg", "_days", "_j", "_j_g", "_utc")
    bare = {
        column.name
        for column in CONJUNCTIONS.columns
        if not column.name.endswith(units) and not column.doc.startswith(("true: ", "name of"))
    }
    assert all(column.doc for column in CONJUNCTIONS.columns)
    assert bare == {
        "primary_norad_id", "primary_name", "secondary_norad_id", "secondary_name",
        "primary_origin", "secondary_origin", "object_kind",
        "parent_event", "status", "volumes", "collision_probability", "collision_probability_half_sigma",
        "collision_probability_double_sigma", "collision_probability_low", "collision_probability_high",
        "maximum_probability", "maximum_sigma_factor", "flags", "covariance_model", "catastrophic_over_range",
            "primary_covariance_source", "secondary_covariance_source",
        *(f"fragments_above_{size}_cm{end}" for size in (10, 1) for end in ("", "_low", "_high")),
    }  # fmt: skip


def test_columns_are_typed_and_times_agree():
    result = run(small())
    table = conjunctions(result.screening.encounters, result.assessment, result.inputs)
    assert {column.dtype.kind for column in table.columns().values()} == set("fibOM")
    assert (np.diff(table.tca_s) >= 0.0).all()
    start = np.datetime64(result.provenance["span"]["start_utc"].removesuffix("Z"))
    assert np.abs((table.tca_utc - start) / np.timedelta64(1, "s") - table.tca_s).max() < 2e-3
    assert table.hard_body_radius_is_default.dtype == bool
    assert table.hard_body_radius_is_default.all()


def test_the_density_of_all_kinds_counts_the_objects_in_the_shells():
    result = run(small())
    table = result.tables["density"]
    low, high = table.altitude_low_km, table.altitude_high_km
    per_km3 = sum(column for name, column in table.columns().items() if name.endswith("_per_km3"))
    volume = 4.0 / 3.0 * np.pi * ((6378.135 + high) ** 3 - (6378.135 + low) ** 3)
    catalog = result.inputs.catalog
    inside = (catalog.perigee_altitude_km > 200.0) & (catalog.apogee_altitude_km < 2000.0)
    assert inside.sum() <= (per_km3 * volume).sum() <= len(catalog)


def test_a_sampled_object_has_neither_a_name_nor_a_breakup_that_happened():
    result = run(small())
    table, catalog = result.encounters, result.inputs.catalog
    assert (table.secondary_name == np.char.add("sampled ", table.object_kind.astype(np.str_))).all()
    assert (table.parent_event == "").all()
    # The population it is sampled from has some.
    assert (catalog.parent_event != "").any()
