"""The closest approaches of reported pairs under a run's own data, and under the first model that gives the report."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debrissim.core.arrays import Array, Index, Mask
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.screening.volumes import Membership
from debrissim.verification.other_sources.examination import Examination
from debrissim.verification.other_sources.models import MODELS, STATES, Model, Pairs
from debrissim.verification.other_sources.motion import Approaches
from debrissim.verification.other_sources.reported import OtherList, ReportedEvents, agrees

ALL_MODELS = (*MODELS, STATES)
_SAMPLES = 2001


@dataclass(frozen=True, eq=False)
class Solved:
    """For m events: the approach under the run's own data, and under the first model that gives the reported numbers.

    model: (m,) index in `ALL_MODELS`, -1 for none. inside: (m,) whether the approach would be a row of the run;
    inside_other: by the other rule of when a secondary counts. tried: (m,) models that were computed.
    """

    own: Approaches
    own_inside: Mask
    own_inside_other: Mask
    model: Index
    found: Approaches
    found_inside: Mask
    found_inside_other: Mask
    tried: list[list[tuple[Model, float]]]


def solve(pairs: Pairs, other: OtherList, events: ReportedEvents) -> Solved:
    """The approaches of events under the run's own data, and under the model that gives the reported numbers."""
    examination, size = pairs.examination, len(pairs)
    rule = examination.run.membership
    others = Membership.ANY_MOMENT if rule == Membership.TCA else Membership.TCA
    everything = np.arange(size)
    chosen = np.full(size, -1)
    own = found = _nothing(size)
    masks = {name: np.zeros(size, dtype=bool) for name in ("own", "own_other", "model", "model_other")}
    tried: list[list[tuple[Model, float]]] = [[] for _ in range(size)]
    for number, model in enumerate(MODELS):
        rows = everything[chosen < 0]
        rows = rows[pairs.usable(model, rows)]
        if rows.size == 0:
            continue
        motions, approaches = pairs.evaluate(model, rows)
        for k, miss in zip(rows.tolist(), approaches.miss_km.tolist(), strict=True):
            tried[k].append((model, miss))
        primary = pairs.rows[rows, 0]
        inside, inside_other = (
            examination.inside(motions, approaches, primary, which) for which in (rule, others)
        )
        if number == 0:
            own = _placed(own, approaches, rows)
            masks["own"][rows], masks["own_other"][rows] = inside, inside_other
        good = agrees(
            events[rows], other.precision, approaches.time_s, approaches.miss_km, approaches.speed_km_s,
            pairs.tca_s[rows],
        )  # fmt: skip
        chosen[rows[good]] = number
        found = _placed(found, approaches[good], rows[good])
        masks["model"][rows[good]], masks["model_other"][rows[good]] = inside[good], inside_other[good]
    if not other.uses_sgp4:
        rows = everything[(chosen < 0) & np.isfinite(events.states_teme).all(axis=(1, 2))]
        by_states, inside = _by_states(examination, pairs, events, rows)
        chosen[rows] = len(MODELS)
        found = _placed(found, by_states, rows)
        masks["model"][rows], masks["model_other"][rows] = inside[:, 0], inside[:, 1]
    return Solved(
        own,
        masks["own"],
        masks["own_other"],
        chosen,
        found,
        masks["model"],
        masks["model_other"],
        tried,
    )


def _by_states(
    examination: Examination, pairs: Pairs, events: ReportedEvents, rows: Index
) -> tuple[Approaches, Mask]:
    """The approaches of events whose states are given, and (k, 2) whether they are inside by the run's rule, the other.

    The passage is taken as straight, which over a volume's length it is to some metres.
    """
    states = np.where(
        pairs.swapped[rows, None, None], events.states_teme[rows][:, ::-1], events.states_teme[rows]
    )
    first, second = states[:, 0], states[:, 1]
    basis = rtn_basis(first[:, :3], first[:, 3:])
    relative, rate = (rotate(basis, (second - first)[:, part]) for part in (slice(0, 3), slice(3, 6)))
    speed = np.linalg.norm(rate, axis=1)
    table = replace(
        _nothing(rows.size),
        time_s=pairs.tca_s[rows],
        miss_km=np.linalg.norm(relative, axis=1),
        relative_rtn_km=relative,
        speed_km_s=speed,
    )
    owner = np.maximum(pairs.rows[rows, 0], 0)
    at_tca = examination.run.inside(relative, owner)
    reach_s = examination.radius_km / np.maximum(speed, 1e-6)
    steps = np.linspace(-1.0, 1.0, _SAMPLES) * reach_s[:, None]
    along = relative[:, None] + steps[:, :, None] * rate[:, None]
    ever = (
        examination.run.inside(along.reshape(-1, 3), np.repeat(owner, _SAMPLES))
        .reshape(-1, _SAMPLES)
        .any(axis=1)
    )
    columns = (at_tca, at_tca | ever)
    rule_first = columns if examination.run.membership == Membership.TCA else columns[::-1]
    return table, np.stack(rule_first, axis=1)


def _nothing(size: int) -> Approaches:
    missing = np.full(size, np.nan)
    none = np.zeros(size, dtype=np.int64)
    return Approaches(
        first=none, second=none, time_s=missing, miss_km=missing, relative_rtn_km=np.full((size, 3), np.nan),
        speed_km_s=missing, kind=np.full(size, -1, dtype=np.int8), place=none,
        first_code=np.zeros(size, dtype=np.uint8), second_code=np.zeros(size, dtype=np.uint8),
        nearest_km=np.full(size, np.inf),
    )  # fmt: skip


def _placed(table: Approaches, part: Approaches, rows: Index) -> Approaches:
    """The table with the rows of a part in their places."""
    columns: dict[str, Array] = {}
    for name in table.__dataclass_fields__:
        column = getattr(table, name).copy()
        column[rows] = getattr(part, name)
        columns[name] = column
    return Approaches(**columns)  # type: ignore[arg-type]
