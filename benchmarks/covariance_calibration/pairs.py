"""The element sets of SOCRATES, December 2020, and their differences; the halves for fitting and for testing."""

from __future__ import annotations

import csv
import hashlib
import lzma
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, parse_catalog
from debrissim.uncertainty.aged_element_sets import AgedElementSets, aged
from debrissim.uncertainty.calibrated_errors import within_calibration
from debrissim.uncertainty.element_differences import OrbitDifferences, orbit_differences, sort_sets

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("DEBRISSIM_SHARED") or HERE.parents[2] / "shared")
EVENTS = "data/socrates/2020-12_events_with_elements.csv.xz"
MAX_AGE_DAYS = 14.0
MIN_AGE_DAYS = 0.05


def socrates_events(path: Path) -> tuple[Catalog, NDArray[np.int64], list[dict[str, str]]]:
    """Of a file of SOCRATES events: all element sets, each once, with the names of their objects; and of every event
    the rows (m, 2) of its two sets, and its columns as text.
    """
    texts: list[str] = []
    numbers: dict[tuple[str, str], int] = {}
    pairs, events = [], []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for k in (1, 2):
                lines = row[f"sat{k}_tle"].split(",")
                # One set has two spellings; it is the same set.
                key = (lines[0][:32], lines[1][:63])
                if key not in numbers:
                    numbers[key] = len(texts)
                    texts.append("\n".join((row[f"sat{k}_name"].split(" [")[0], *lines)))
                pairs.append(numbers[key])
            events.append(row)
    catalog = parse_catalog(("\n".join(texts) + "\n").encode(), "socrates").catalog
    return catalog, np.array(pairs).reshape(-1, 2), events


def is_test_object(norad_id: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) bool: whether an object is of the half for testing: the first byte of SHA-256 of its number is odd."""
    return np.array([hashlib.sha256(str(k).encode()).digest()[0] % 2 == 1 for k in norad_id.tolist()])


def load_pairs() -> tuple[Catalog, OrbitDifferences]:
    """Element sets, sorted, and their differences up to `MAX_AGE_DAYS` in the regimes of the calibration."""
    catalog = sort_sets(socrates_events(SHARED / EVENTS)[0])
    pairs = orbit_differences(catalog, MAX_AGE_DAYS)
    sets = older_sets(catalog, pairs)
    return catalog, pairs[within_calibration(sets) & (pairs.age_days >= MIN_AGE_DAYS)]


def older_sets(catalog: Catalog, pairs: OrbitDifferences, place: int = 0) -> AgedElementSets:
    """The older set of each pair at the age of the pair, at one of the places on the revolution."""
    return aged(catalog[pairs.older], pairs.age_days, argument_of_latitude_deg=pairs.latitude_deg[:, place])
