"""The burns to screen first: the smallest that meet the goals, at different times and in different directions.

A third of them are the smallest burns of all. The others are spread out: burns are grouped by direction, by part of the
time before the closest approach, and by size in factors of two; the smallest of each group is taken, and an even
selection by size is made among these. So if one object rules out the smallest burns of all, the rest include other
times, directions and sizes. If burns agree to 2 % (such as a free burn along the velocity), only one of them is used.

The size of the smallest burns is rounded up to three digits: otherwise, any rounding elsewhere could put a burn exactly
at its goal on the wrong side.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.trade_space import signed_size_m_s

_TIME_PARTS = 8
_SAME = 0.02
_DIGITS = 3


def rounded_up(size_m_s: Array) -> Array:
    """Sizes of any shape, m/s, rounded up to three digits; 0 stays 0."""
    exponent = np.floor(np.log10(np.where(size_m_s > 0.0, size_m_s, 1.0)))
    unit = 10.0 ** (exponent - _DIGITS + 1)
    return np.asarray(np.ceil(size_m_s / unit - 1e-9) * unit)


def chosen(burns: Burns, tca_s: float, count: int) -> Index:
    """(c,) rows of at most `count` burns that meet the goals, the smallest first.

    Parameters
    ----------
    burns : Burns
        k burns that meet the goals.
    tca_s : float
        Closest approach, s of run time.
    count : int
        Maximum number, 1 or more.
    """
    size = burns.size_m_s
    order = _distinct(burns, np.lexsort((burns.time_s, size)))
    if order.size <= count:
        return order
    taken = order[: (count + 2) // 3]
    rest = order[taken.size :]
    group = _groups(burns, tca_s)
    while taken.size < count and rest.size:
        _, leaders = np.unique(group[rest], return_index=True)
        leaders = np.sort(leaders)
        wanted = min(count - taken.size, leaders.size)
        picked = leaders[np.round(np.linspace(0.0, leaders.size - 1.0, wanted)).astype(np.int64)]
        taken = np.concatenate([taken, rest[picked]])
        rest = np.delete(rest, picked)
    return np.asarray(taken[np.lexsort((burns.time_s[taken], size[taken]))])


def _distinct(burns: Burns, order: Index) -> Index:
    """The rows in a given order, without those that repeat an earlier one."""
    kept: list[int] = []
    at: dict[float, list[int]] = {}
    for row in order.tolist():
        others = at.setdefault(float(burns.time_s[row]), [])
        change = burns.delta_v_rtn_m_s[row]
        limit = _SAME * float(np.linalg.norm(change))
        if all(np.linalg.norm(burns.delta_v_rtn_m_s[other] - change) > limit for other in others):
            kept.append(row)
            others.append(row)
    return np.array(kept, dtype=np.int64)


def _groups(burns: Burns, tca_s: float) -> Index:
    """(k,) the group of each burn: its direction, sign, part of the time before the closest approach, and size."""
    lead: Array = tca_s - burns.time_s
    longest = max(float(lead.max()), 1e-9)
    part = np.minimum((lead / longest * _TIME_PARTS).astype(np.int64), _TIME_PARTS - 1)
    sign = (signed_size_m_s(burns) < 0.0).astype(np.int64)
    octave = np.floor(np.log2(np.maximum(burns.size_m_s, 1e-9))).astype(np.int64)
    return np.asarray(((octave * 8 + burns.direction.astype(np.int64) * 2 + sign) * _TIME_PARTS) + part)
