"""The unit of parallel work: one time window's search for candidates, as a pure function of values that travel.

A `SearchPlan` holds all that a window needs and only plain arrays and numbers, so that a thread, a process or a
machine far away does the same with it and finds the same. SGP4's records (`Satrec`) do not travel: who gets a plan from
elsewhere makes its own `Propagator` from the plan's element sets, once.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
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
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.screening.colocation import pair_key
from debrissim.screening.grid import Candidates, find_candidates

_PACKAGE = Path(__file__).parents[1]
# What the bits of a window's candidates may depend on.
_VERSIONS_OF = ("numpy", "scipy", "sgp4", "numba")


class Window(NamedTuple):
    """A stretch of run time: its start (s), how many samples stand in it, and the step between them (s)."""

    start_s: float
    sample_count: int
    step_s: float


@dataclass(frozen=True, eq=False)
class SearchPlan:
    """All that the coarse phase needs for any window of a span.

    | field                     | shape | meaning                                                                  |
    |---------------------------|-------|--------------------------------------------------------------------------|
    | catalog                   | n     | element sets, without their names: see `elements_alone`                  |
    | start_jd, start_fraction  |       | UTC, split Julian date of run time zero                                  |
    | rows                      | (m,)  | objects in play, rows of the catalogue                                   |
    | primaries                 | (p,)  | those of them that are primaries                                         |
    | gone, gone_s              | (g,)  | objects that fail on the way, and the run time (s) from which on         |
    | excluded                  | (c,)  | `pair_key` of the pairs that are left out                                |
    | windows                   |       | the windows that tile the span                                           |
    | distance_km               |       | pairs that may come within it are candidates                             |
    | tolerance_km              |       | wanted accuracy of the interpolants                                      |
    | ceiling_km                |       | no primary gets further than this from the Earth's centre in the span    |
    """

    catalog: Catalog
    start_jd: float
    start_fraction: float
    rows: Index
    primaries: Index
    gone: Index
    gone_s: Array
    excluded: Index
    windows: tuple[Window, ...]
    distance_km: float
    tolerance_km: float
    ceiling_km: float


def search_window(plan: SearchPlan, propagator: Propagator, number: int) -> Candidates:
    """The candidates of window `number` of a plan, 0 the first. propagator: of the plan's catalogue and start.

    The same arguments give the same bits, whichever thread, process or machine of one kind asks.
    """
    start_s, sample_count, step_s = plan.windows[number]
    # After its decay SGP4 may raise an object from the dead, at a thousand times its speed.
    present = np.setdiff1d(plan.rows, plan.gone[plan.gone_s <= start_s - 0.5 * step_s])
    candidates = find_candidates(
        propagator, present, plan.primaries, start_s, sample_count, step_s,
        plan.distance_km, plan.tolerance_km, plan.ceiling_km,
    )  # fmt: skip
    return _without(candidates, plan.excluded)


def elements_alone(catalog: Catalog) -> Catalog:
    """The catalogue with empty texts: names are most of its bytes, and no search looks at them."""
    empty = np.full(len(catalog), "", dtype=np.str_)
    return catalog.with_columns(name=empty, international_designator=empty, parent_event=empty)


# Per process, because a Propagator cannot be sent: made for the first window that a process gets of a plan, and gone
# when the plan is. Weak, so that a worker of a cluster, which outlives the run, keeps nothing of it.
_PROPAGATORS: WeakKeyDictionary[SearchPlan, Propagator] = WeakKeyDictionary()
_MAKING = threading.Lock()


def search_elsewhere(plan: SearchPlan, number: int, versions: Mapping[str, str]) -> Candidates:
    """`search_window` in another process, which makes a plan's propagator itself and keeps it as long as the plan.

    versions: `package_versions()` of who asks. Raises RunError where this process runs others.
    """
    with _MAKING:
        propagator = _PROPAGATORS.get(plan)
        if propagator is None:
            require_versions(versions, package_versions(), "a worker")
            # Windows run side by side here, too: BLAS's own threads would only fight over the same cores.
            threadpool_limits(limits=1)
            propagator = make_propagator(plan.catalog, plan.start_jd, plan.start_fraction)
            _PROPAGATORS[plan] = propagator
    return search_window(plan, propagator, number)


@cache
def package_versions() -> Mapping[str, str]:
    """The versions that a window's bits depend on; debrissim's own with a digest of its sources."""
    sources = sorted(_PACKAGE.rglob("*.py"), key=lambda path: path.relative_to(_PACKAGE).as_posix())
    text = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    own = f"{version('debrissim')} (sources {text[:12]})"
    return {"debrissim": own} | {name: version(name) for name in _VERSIONS_OF}


def require_versions(wanted: Mapping[str, str], there: Mapping[str, str], who: str) -> None:
    """RunError naming the first package of which `who` has another version than is wanted."""
    for name, expected in wanted.items():
        if there.get(name) != expected:
            raise RunError(f"{who} runs {name} {there.get(name)}, here runs {name} {expected}")


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


def _without(candidates: Candidates, excluded: Index) -> Candidates:
    """The candidates less those of the pairs with excluded keys."""
    if excluded.size == 0:
        return candidates
    keep = ~np.isin(pair_key(candidates.first, candidates.second), excluded)
    return Candidates(
        candidates.first[keep],
        candidates.second[keep],
        candidates.sample_s[keep],
        candidates.guess_s[keep],
        candidates.slow[keep],
        candidates.half_step_s,
        candidates.failed_rows,
        candidates.failure_s,
        candidates.failure_code,
    )
