"""The unit of parallel work: the candidate search of one time window, as a pure function of values that can be sent to
other processes.

A `SearchPlan` holds everything that a window needs, as plain arrays and numbers, so that a thread, a process and a
remote machine compute the same results from it. SGP4's records (`Satrec`) cannot be sent: each process that receives a
plan makes its own `Propagator` from the plan's element sets once.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from threadpoolctl import threadpool_limits

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.core.errors import RunError
from debrissim.ephemerides.flights import Flights
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.screening.colocation import pair_key
from debrissim.screening.grid import WindowResult, find_candidates

_PACKAGE = Path(__file__).parents[1]
# The packages on which the exact bits of a window's candidates may depend.
_VERSIONS_OF = ("numpy", "scipy", "sgp4", "numba")


class Window(NamedTuple):
    """A stretch of run time: its start (s), its number of samples, and the step between them (s)."""

    start_s: float
    sample_count: int
    step_s: float


@dataclass(frozen=True, eq=False)
class SearchPlan:
    """Everything that the coarse phase needs for any window of a span.

    | field                     | shape | meaning                                                                  |
    |---------------------------|-------|--------------------------------------------------------------------------|
    | catalog                   | n     | element sets, without their names: see `drop_metadata`                   |
    | start_jd, start_fraction  |       | UTC, split Julian date of run time zero                                  |
    | rows                      | (m,)  | objects in play, rows of the catalogue                                   |
    | primaries                 | (p,)  | those of them that are primaries                                         |
    | anchor_s                  | (n,)  | s, run time of the moment of the span that is next to each epoch         |
    | begin_s, end_s            | (n,)  | s, run time from and until which each object exists, as far as is known  |
    | excluded                  | (c,)  | `pair_key` of the pairs that are left out                                |
    | windows                   |       | the windows that tile the span                                           |
    | flights                   |       | the arcs that the rows are, or None: element sets over the whole span    |
    | group                     | (n,)  | rows of the same one above 0 are no pair; None: there are none           |
    | distance_km               |       | pairs that may come within it are candidates                             |
    | tolerance_km              |       | requested accuracy of the interpolants                                   |
    | ceiling_km                |       | no primary gets further than this from the Earth's centre in the span    |
    """

    catalog: Catalog
    start_jd: float
    start_fraction: float
    rows: Index
    primaries: Index
    anchor_s: Array
    begin_s: Array
    end_s: Array
    excluded: Index
    windows: tuple[Window, ...]
    distance_km: float
    tolerance_km: float
    ceiling_km: float
    flights: Flights | None = None
    group: Index | None = None

    def propagator(self) -> Propagator:
        """A propagator of the plan's objects."""
        if self.flights is None:
            return make_propagator(self.catalog, self.start_jd, self.start_fraction)
        return self.flights.propagator(self.start_jd, self.start_fraction)


def search_window(plan: SearchPlan, propagator: Propagator, number: int) -> WindowResult:
    """Search window `number` of a plan, counted from 0. propagator: of the plan's catalogue and start.

    The same arguments give bit-identical results in every thread and process and on every machine of the same kind.
    """
    start_s, sample_count, step_s = plan.windows[number]
    first_s, last_s = start_s - 0.5 * step_s, start_s + (sample_count + 0.5) * step_s
    # Beyond a failure SGP4 may bring an object back to life, at a thousand times its former speed.
    begin_s, end_s = plan.begin_s[plan.rows], plan.end_s[plan.rows]
    present = plan.rows[(begin_s < last_s) & (end_s > first_s)]
    failing = plan.rows[((begin_s > first_s) & (begin_s < last_s)) | ((end_s > first_s) & (end_s < last_s))]
    primaries = plan.primaries if plan.flights is None else np.intersect1d(plan.primaries, present)
    result = find_candidates(
        propagator, present, primaries, start_s, sample_count, step_s, plan.distance_km,
        plan.tolerance_km, plan.ceiling_km, plan.anchor_s, failing, plan.group,
    )  # fmt: skip
    pairs = result.candidates
    if plan.flights is not None:
        pairs = pairs[plan.flights.row[pairs.first] != plan.flights.row[pairs.second]]
    if plan.excluded.size:
        pairs = pairs[~np.isin(pair_key(pairs.first, pairs.second), plan.excluded)]
    return replace(result, candidates=pairs)


def drop_metadata(catalog: Catalog) -> Catalog:
    """The catalogue with empty texts: names make up most of its bytes, and the search does not use them."""
    empty = np.full(len(catalog), "", dtype=np.str_)
    return catalog.with_columns(name=empty, international_designator=empty, parent_event=empty)


# Per process, because a Propagator cannot be sent: made for the first window of a plan in a process, and released with
# the plan. Weak, so that a worker of a cluster, which outlives the run, keeps nothing of it.
_PROPAGATORS: WeakKeyDictionary[SearchPlan, Propagator] = WeakKeyDictionary()
_PROPAGATORS_LOCK = threading.Lock()


def search_in_worker(plan: SearchPlan, number: int, versions: Mapping[str, str]) -> WindowResult:
    """`search_window` in another process, which makes a plan's propagator itself and keeps it as long as the plan.

    versions: `package_versions()` of the calling process. Raises RunError if the versions of this process differ.
    """
    with _PROPAGATORS_LOCK:
        propagator = _PROPAGATORS.get(plan)
        if propagator is None:
            require_versions(versions, package_versions(), "a worker")
            # Windows also run in parallel here: BLAS's own threads would only compete for the same cores.
            threadpool_limits(limits=1)
            propagator = plan.propagator()
            _PROPAGATORS[plan] = propagator
    return search_window(plan, propagator, number)


@cache
def package_versions() -> Mapping[str, str]:
    """The versions on which the bits of a window's results depend; debrissim's own version includes a digest of its
    sources."""
    sources = sorted(_PACKAGE.rglob("*.py"), key=lambda path: path.relative_to(_PACKAGE).as_posix())
    text = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    own = f"{version('debrissim')} (sources {text[:12]})"
    return {"debrissim": own} | {name: version(name) for name in _VERSIONS_OF}


def require_versions(expected: Mapping[str, str], actual: Mapping[str, str], owner: str) -> None:
    """Raise RunError for the first package whose version in `actual`, which belongs to `owner`, is not as expected."""
    for name, expected_version in expected.items():
        if actual.get(name) != expected_version:
            raise RunError(f"{owner} runs {name} {actual.get(name)}, here runs {name} {expected_version}")


def digest(value: Any) -> str:
    """SHA-256 in hexadecimal of a value made of dataclasses, tuples, arrays and scalars."""
    state = hashlib.sha256()
    _feed(state, value)
    return state.hexdigest()


def _feed(state: hashlib._Hash, value: Any) -> None:
    if is_dataclass(value):
        for field in fields(value):
            state.update(field.name.encode())
            _feed(state, getattr(value, field.name))
    elif isinstance(value, np.ndarray):
        state.update(f"{value.dtype.str}{value.shape}".encode())
        state.update(np.ascontiguousarray(value).tobytes())
    else:
        state.update(f"{value!r};".encode())
