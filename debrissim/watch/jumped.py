"""The manoeuvres of a cycle: of the spacecraft, and of the objects in their yellow and red events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from debrissim.catalog import Catalog, identifier
from debrissim.core.arrays import Array, Index
from debrissim.core.numbers import rounded
from debrissim.screening.settled import Earlier
from debrissim.watch.differences import Difference, Kind
from debrissim.watch.manoeuvres import MIN_HISTORY, Jumps, element_set_jumps, jumps_in_history
from debrissim.watch.set_history import updated, with_elements


def manoeuvres(
    earlier: Earlier | None,
    history: tuple[Index, Array],
    catalog: Catalog,
    primaries: Index | None,
    levels: Mapping[str, str],
    sigmas: float,
) -> tuple[Difference, ...]:
    """The objects whose element sets jumped beyond their error since the last cycle.

    Parameters
    ----------
    earlier : Earlier or None
        The last cycle's screening, with its element sets.
    history : arrays (k,) and (k, 11)
        The sets of the spacecraft that the watch has seen, as of `set_history.updated`.
    catalog : Catalog
        That of this cycle.
    primaries : array of int
        Rows of the spacecraft in it.
    levels : mapping of str to str
        The highest level of the events of each object, by its key.
    sigmas : float
        A jump is larger than this many standard deviations of the modelled errors.
    """
    if earlier is None or primaries is None:
        return ()
    own = catalog.norad_id[primaries]
    others = [row for row, key in enumerate(map(identifier, catalog.norad_id.tolist())) if levels.get(key)]
    rows = np.union1d(primaries, np.array(others, dtype=np.int64)).astype(np.int64)
    now = catalog[rows[catalog.norad_id[rows] > 0]]
    place = {number: k for k, number in enumerate(earlier.norad_id.tolist())}
    now = now[np.isin(now.norad_id, earlier.norad_id)]
    before = with_elements(now, earlier.elements[[place[n] for n in now.norad_id.tolist()]])
    changed = (before.epoch_jd + before.epoch_fraction) < (now.epoch_jd + now.epoch_fraction)
    jumps = element_set_jumps(before[changed], now[changed])
    seen = updated(history, catalog[primaries])
    return tuple(_differences(jumps[jumps.sigmas > sigmas], now, own, seen, levels))


def _differences(
    jumps: Jumps,
    now: Catalog,
    own: Index,
    seen: tuple[Index, Array],
    levels: Mapping[str, str],
) -> Iterator[Difference]:
    for jump in jumps:
        number = int(jump.norad_id[0])
        (row,) = np.flatnonzero(now.norad_id == number)[:1]
        sets = seen[1][seen[0] == number]
        if number in own and len(sets) >= MIN_HISTORY:
            past = with_elements(now[np.full(len(sets), row)], sets)
            if not jumps_in_history(past):
                continue
        key = identifier(number)
        epoch = float(now.epoch_jd[row] + now.epoch_fraction[row])
        yield Difference(
            key=f"{key}:{epoch:.6f}:{Kind.MANOEUVRED.value}",
            kind=Kind.MANOEUVRED,
            level=levels.get(key, ""),
            subject=(str(now.name[row]), key),
            detail=_size(jump),
        )


def _size(jump: Jumps) -> str:
    along, sigmas = float(jump.along_km[0]), float(jump.sigmas[0])
    direction = "ahead of" if along > 0.0 else "behind"
    return (
        f"{rounded(abs(along))} km {direction} its place by the set of {rounded(float(jump.age_days[0]))} days before, "
        f"{rounded(float(jump.radial_km[0]))} km off in height and {rounded(float(jump.normal_km[0]))} km across, "
        f"{rounded(sigmas)} sigmas of the modelled error"
    )
