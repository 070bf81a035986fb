"""Property: no cause counts as tested whose removal leaves the difference, whatever differs between two skies.

Element sets of random objects are changed in random ways; the list is made by python-sgp4 alone from the ones, the run
by this program from the others, and every tested cause is judged by python-sgp4 again: without it, and no less, the
difference is gone.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import Elements, crossing_pair, leo, make_catalog
from support.other_lists import approach, record_of, row, run_toml, write_list

from debrissim.catalog import Catalog, write_omm_csv
from debrissim.conjunctions.run import run
from debrissim.scenario.conjunctions import load_scenario
from debrissim.verification.other_sources import compare

VOLUME_KM, LIMIT_KM, SPAN_S = 3.0, 5.0, 6000.0
STATION, OBJECTS = 700001, 10
PRINTED_KM = 6e-4
TOML = run_toml("Random skies", "ours.csv", SPAN_S / 86400.0, spacecraft=STATION, sphere_km=VOLUME_KM)


def changed(rng: np.random.Generator, elements: Elements) -> Elements | None:
    """The set as it is, none, or another one: later along the track, of another epoch, on another orbit."""
    kind = int(rng.integers(5))
    if kind == 0:
        return None
    if kind == 1:
        return elements
    days = float(rng.uniform(0.1, 0.5))
    return replace(
        elements,
        epoch_days=elements.epoch_days - days,
        mean_anomaly_deg=(
            elements.mean_anomaly_deg - 360.0 * elements.mean_motion_rev_day * days + float(rng.normal(0.0, 0.03))
        ) % 360.0,
        mean_motion_rev_day=elements.mean_motion_rev_day + (float(rng.normal(0.0, 1e-3)) if kind == 4 else 0.0),
    )  # fmt: skip


def miss_km(catalog: Catalog, number: int, around_s: float) -> float:
    """Of the station and an object, by python-sgp4; infinite without the object."""
    other = catalog[catalog.norad_id == number]
    if len(other) == 0:
        return float("inf")
    return approach(record_of(catalog[catalog.norad_id == STATION]), record_of(other), around_s).miss_km


@pytest.mark.parametrize("seed", range(3))
def test_with_a_tested_cause_removed_the_difference_is_gone(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    station = leo(norad_id=STATION)
    moments = rng.uniform(600.0, SPAN_S + 1200.0, OBJECTS)
    there = [
        replace(
            crossing_pair(float(rng.uniform(0.2, LIMIT_KM)), tca_s, primary=station)[1],
            norad_id=STATION + 1 + k,
        )
        for k, tca_s in enumerate(moments.tolist())
    ]
    here = [each for each in (changed(rng, one) for one in there) if each is not None]
    ours, theirs = make_catalog(station, *here), make_catalog(station, *there)
    rows = []
    for one, tca_s in zip(there, moments.tolist(), strict=True):
        pair = theirs[theirs.norad_id == STATION], theirs[theirs.norad_id == one.norad_id]
        rows.append(row(pair, approach(record_of(pair[0]), record_of(pair[1]), tca_s)))
    write_omm_csv(ours, tmp_path / "ours.csv")
    write_omm_csv(theirs, tmp_path / "theirs.csv")
    write_list(tmp_path / "list.csv", rows)
    (tmp_path / "run.toml").write_text(TOML, encoding="utf-8")
    run(load_scenario(tmp_path / "run.toml")).write(tmp_path / "out")
    found = compare(
        tmp_path / "out",
        tmp_path / "list.csv",
        catalog_files=[tmp_path / "ours.csv", tmp_path / "theirs.csv"],
    )
    lacking = found.missing[found.missing.missing_in == "results"]
    judged = 0
    for table, name in ((found.matched, "other_miss_distance_km"), (lacking, "miss_distance_km")):
        for one in table:
            number, reported = int(one.second_norad_id[0]), float(one[name][0])
            around_s = float(moments[number - STATION - 1])
            own = miss_km(ours, number, around_s)
            causes = set(one.causes[0].split(";")) - {""}
            if not causes:
                assert abs(own - reported) <= PRINTED_KM
                continue
            assert one.tested[0] is True
            judged += 1
            judge(
                causes,
                own,
                miss_km(theirs, number, around_s),
                reported,
                around_s,
                is_missing=table is lacking,
            )
    assert judged >= 3
    assert len(found.matched) + len(lacking) == OBJECTS


def judge(
    causes: set[str], own: float, other: float, reported: float, around_s: float, *, is_missing: bool
) -> None:
    """Assert that without the causes the event is listed with the reported miss, and with fewer removed it is not."""
    sets = causes & {"another element set", "manoeuvre between the element sets", "not in the catalogue"}
    for replaced, widened, extended in product((False, True), repeat=3):
        miss = other if replaced else own
        is_listed = miss <= (LIMIT_KM if widened else VOLUME_KM) + PRINTED_KM
        is_listed &= extended or around_s <= SPAN_S
        agrees = abs(miss - reported) <= PRINTED_KM
        removed = (
            (not sets or replaced)
            and ("outside the volume" not in causes or widened)
            and ("outside the span" not in causes or extended)
        )
        gone = is_listed if is_missing else agrees
        if removed:
            assert gone
        minimal = (replaced <= bool(sets), widened <= ("outside the volume" in causes))
        if all(minimal) and extended <= ("outside the span" in causes) and not removed:
            assert not gone
