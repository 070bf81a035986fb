"""Covariances of objects at closest approach as their ephemerides state them.

Source: see `debrissim.ephemerides.covariance`, which moves covariances along an ephemeris.

Assumptions
- The covariance of an ephemeris comes from its operator, and is valid at the moment of the state to which it belongs.
- Wherever the ephemeris does not state a covariance, that is, at moments too far from its covariances or where its
  variances are not positive, the object has the errors of an element set as old as the ephemeris.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.identifiers import object_label
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.numbers import count
from debrissim.ephemerides.covariance import CovarianceSource, covariances_along
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.ephemerides.interpolation import ArcTable

GIVEN_BY_EPHEMERIDES = "the ephemerides"
"""The source, in summary.json, of errors that ephemerides state."""
_ROUNDING_S = 1e-3
_NAMED = 3
_MODEL = (
    "errors are taken as those of an element set of the age of the ephemeris (days since its first state)"
)


@dataclass(frozen=True, eq=False)
class StatedCovariances:
    """The covariances of the k of m objects that fly ephemerides, at one moment each.

    | column     | shape     | unit, frame                                                                         |
    |------------|-----------|-------------------------------------------------------------------------------------|
    | rows       | (k,)      | places among the m, ascending                                                       |
    | covariance | (k, 6, 6) | km2, km2/s, km2/s2, own RTN axes; velocity terms are NaN where only positions have  |
    |            |           | errors, and all terms where there are no errors                                     |
    | source     | (k,)      | `CovarianceSource`                                                                  |
    """

    rows: Index
    covariance: Array
    source: NDArray[np.uint8]

    @classmethod
    def none(cls) -> StatedCovariances:
        """The covariances of no objects."""
        return cls(np.empty(0, dtype=np.int64), np.empty((0, 6, 6)), np.empty(0, dtype=np.uint8))

    @property
    def given(self) -> Mask:
        """(k,) whether there is a covariance of the position."""
        return np.asarray(self.source <= CovarianceSource.PROPAGATED)

    @property
    def whole(self) -> Mask:
        """(k,) whether there is a covariance of position and velocity."""
        return np.asarray(self.given & np.isfinite(self.covariance).all(axis=(1, 2)))

    def sources(self, size: int) -> Index:
        """(m,) `CovarianceSource` of each object, -1 for one without an ephemeris."""
        out = np.full(size, -1, dtype=np.int64)
        out[self.rows] = self.source
        return out

    def of(self, row: int) -> Array | None:
        """The covariance (6, 6) of one of the m objects; None if its ephemeris states no covariance, or it flies no
        ephemeris."""
        place = int(np.searchsorted(self.rows, row))
        if place == self.rows.size or self.rows[place] != row or not self.given[place]:
            return None
        return np.asarray(self.covariance[place])


@dataclass(frozen=True, eq=False)
class EphemerisCovariances:
    """The objects that fly ephemerides, with the adjustments made to the stated covariances.

    flown: ephemeris and arcs by catalogue number. start_jd, start_fraction: run time 0, UTC, split Julian date.
    sigma_factor: multiplies all standard deviations; floor_km: minimum standard deviations of the position along R, T
    and N, applied after the factor.
    """

    flown: Mapping[int, tuple[Ephemeris, ArcTable]]
    start_jd: float
    start_fraction: float
    sigma_factor: float = 1.0
    floor_km: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0))

    def at(self, norad_id: Index, times_s: Array) -> StatedCovariances:
        """The covariances of objects (m,) at run times (m,) in s, such as closest approaches."""
        rows = np.flatnonzero(np.isin(norad_id, np.array(list(self.flown), dtype=np.int64)))
        covariance = np.full((rows.size, 6, 6), np.nan)
        source = np.full(rows.size, CovarianceSource.NO_STATE, dtype=np.uint8)
        number, times = norad_id[rows], times_s[rows]
        for own in np.unique(number).tolist():
            places = np.flatnonzero(number == own)
            covariance[places], source[places] = self._along(*self.flown[own], times[places])
        return StatedCovariances(rows, covariance, source)

    def _along(
        self, ephemeris: Ephemeris, table: ArcTable, times_s: Array
    ) -> tuple[Array, NDArray[np.uint8]]:
        arc, times = _arcs_at(table, times_s)
        covariance = np.full((times.size, 6, 6), np.nan)
        source = np.full(times.size, CovarianceSource.NO_STATE, dtype=np.uint8)
        segment = table.segment[arc]
        for index in np.unique(segment).tolist():
            places = np.flatnonzero(segment == index)
            along = covariances_along(
                ephemeris.segments[index],
                index,
                table,
                times[places],
                self.start_jd,
                self.start_fraction,
                sigma_factor=self.sigma_factor,
                floor_km=self.floor_km,
            )
            covariance[places], source[places] = along.covariance, along.source
        variances = np.diagonal(covariance, axis1=1, axis2=2)[:, :3]
        source[(source <= CovarianceSource.PROPAGATED) & ~(variances > 0.0).all(axis=1)] = (
            CovarianceSource.NOT_POSITIVE
        )
        return covariance, source

    @property
    def stating(self) -> list[int]:
        """The objects whose ephemerides state covariances, by number."""
        return sorted(
            number
            for number, (ephemeris, _) in self.flown.items()
            if any(segment.covariances is not None for segment in ephemeris.segments)
        )

    @property
    def label(self) -> str:
        """The covariances in words, with the factor and the floor; "" if no ephemeris states a covariance."""
        stating = self.stating
        if not stating:
            return ""
        names = (
            ", ".join(map(self._object, stating)) if len(stating) <= _NAMED else f"{len(stating):,} objects"
        )
        return f"operators' covariances along their ephemerides for {names}{self.adjustment}"

    @property
    def adjustment(self) -> str:
        """The changes applied to the covariances, in words; "" if there are none."""
        parts = [f"sigmas times {self.sigma_factor:g}"] if self.sigma_factor != 1.0 else []
        if any(self.floor_km):
            floor = "/".join(f"{1000.0 * sigma:g}" for sigma in self.floor_km)
            parts.append(f"at least {floor} m (R/T/N)")
        return f" ({', '.join(parts)})" if parts else ""

    def record(self) -> dict[str, Any]:
        """The objects whose ephemerides state covariances, for the provenance."""
        return {
            "norad_ids": self.stating,
            "label": self.label,
            "source": GIVEN_BY_EPHEMERIDES,
            "warning": "Stated by the operators of the objects: how well it fits their true errors is not known.",
            "sigma_factor": self.sigma_factor,
            "floor_sigma_rtn_km": list(self.floor_km),
        }

    def notes(self, norad_id: Index, source: Array) -> Iterator[str]:
        """Sentences about the objects that have a model's errors although they fly ephemerides.

        norad_id, source : (n,) the objects of all closest approaches, both roles, and their `CovarianceSource`, or -1.
        """
        silent = sorted(set(self.flown) - set(self.stating))
        if 0 < len(silent) <= _NAMED:
            for number in silent:
                yield f"{self._object(number)}: its ephemeris states no covariance; its {_MODEL}"
        elif silent:
            yield (
                f"{len(silent):,} objects, {self._object(silent[0])} the first of them: their ephemerides state no "
                f"covariance; their {_MODEL}"
            )
        yield from self._exceptions(norad_id, source)

    def _exceptions(self, norad_id: Index, source: Array) -> Iterator[str]:
        stating = np.isin(norad_id, np.array(self.stating, dtype=np.int64))
        missing = stating & (source > CovarianceSource.PROPAGATED)
        cases = Counter(zip(norad_id[missing].tolist(), source[missing].tolist(), strict=True))
        if len({number for number, _ in cases}) > _NAMED:
            reasons = "; ".join(sorted({CovarianceSource(case).reason for _, case in cases}))
            yield (
                f"objects whose ephemerides state covariances have none at {int(missing.sum()):,} of "
                f"{count(int(stating.sum()), 'closest approach', 'closest approaches')} ({reasons}); there their "
                f"{_MODEL}"
            )
            return
        for (number, case), cases_of in sorted(cases.items()):
            total = int((stating & (norad_id == number)).sum())
            yield (
                f"{self._object(number)}: no covariance of its ephemeris at {cases_of:,} of "
                f"{count(total, 'closest approach', 'closest approaches')} "
                f"({CovarianceSource(case).reason}); there its {_MODEL}"
            )

    def _object(self, number: int) -> str:
        return object_label(number, self.flown[number][0].name)


def _arcs_at(table: ArcTable, times_s: Array) -> tuple[Index, Array]:
    """The arcs (m,) that are flown at times (m,), the latest to have begun, and the times within them.

    Times that lie outside by rounding are moved to the border of their arcs.
    """
    order = np.argsort(table.begin_s, kind="stable")
    place = np.searchsorted(table.begin_s[order], times_s + _ROUNDING_S, side="right") - 1
    arc = order[np.maximum(place, 0)]
    inside = np.clip(times_s, table.begin_s[arc], table.end_s[arc])
    return arc, np.where(np.abs(inside - times_s) <= _ROUNDING_S, inside, times_s)


def words_of(source: int) -> str:
    """The origin of a covariance for a table: "stated", "interpolated", "propagated", or "modelled"."""
    return CovarianceSource(source).name.lower() if 0 <= source <= CovarianceSource.PROPAGATED else "modelled"


def role_labels(
    primary: StatedCovariances,
    secondary: StatedCovariances,
    size: int,
    model_label: str,
    adjustment: str = "",
) -> list[str]:
    """The covariances of m encounters in words; only the label of the model where it supplied both.

    adjustment: the changes made to the covariances of the ephemerides, as `EphemerisCovariances.adjustment`.
    """
    first, second = (own.sources(size).tolist() for own in (primary, secondary))
    pairs = list(zip(first, second, strict=True))
    labels = {
        pair: _label((words_of(pair[0]), words_of(pair[1])), model_label, adjustment)
        for pair in dict.fromkeys(pairs)
    }
    return [labels[pair] for pair in pairs]


def _label(words: tuple[str, str], model_label: str, adjustment: str) -> str:
    if words == ("modelled", "modelled"):
        return model_label
    return "; ".join(
        f"{role}: {model_label}"
        if word == "modelled"
        else f"{role}: operator's, {word} in its ephemeris{adjustment}"
        for role, word in zip(("primary", "secondary"), words, strict=True)
    )
