"""A conjunction as one message states it, and the columns of Space-Track's public summaries.

Source: CCSDS 508.0-B-1 for the content of a message.

Assumptions
- Both states hold at TCA, and so do both covariances, each in its own object's RTN.
- States in an Earth-fixed frame (ITRF) become inertial by adding the rotation of the frame, omega x r with
  omega = 7.292115e-5 rad/s about z, to the velocity; the axes are those of the Earth at TCA, frozen. A
  collision probability does not depend on how the axes are rotated, and both objects share them: no Earth
  orientation is needed. Polar motion (0.5 arc seconds) and the changing length of day move the velocity by
  less than 2 mm/s, the same for both objects.
- The RTN axes are those of the *inertial* velocity.
- EME2000, GCRF, ICRF, TEME and the frames of date (TOD, MOD) are taken as inertial. They are not turned into
  one another: both states of a message must be in the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.numbers import count
from debrissim.core.rows import Rows
from debrissim.core.text import printable
from debrissim.core.time import utc_text
from debrissim.propagation.frames import rotate, rtn_basis

EARTH_ROTATION_RAD_S = 7.292115e-5
INERTIAL_FRAMES = ("EME2000", "J2000", "GCRF", "ICRF", "TEME", "TEMEOFDATE", "TOD", "MOD")


def is_earth_fixed(frame: str) -> bool:
    """True for ITRF and its yearly realisations (ITRF2014, ITRF-97)."""
    return frame.upper().startswith("ITRF")


@dataclass(frozen=True, eq=False, repr=False)
class CdmObject:
    """One of the two objects.

    state: (6,) km, km/s, in `reference_frame` as given; covariance_rtn: (6, 6) km^2, km^2/s, km^2/s^2,
    order R, T, N, and their rates. hard_body_radius_m: its own radius where the message states one;
    exclusion_radius_m: of its exclusion volume, likewise.
    other: every further keyword as it is written, without its unit.
    """

    designator: str
    catalog_name: str
    name: str
    international_designator: str
    reference_frame: str
    state: Array
    covariance_rtn: Array
    object_type: str = ""
    ephemeris_name: str = "NONE"
    covariance_method: str = "CALCULATED"
    maneuverable: str = "N/A"
    hard_body_radius_m: float | None = None
    exclusion_radius_m: float | None = None
    area_m2: float | None = None
    mass_kg: float | None = None
    comments: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name and designator, fit to be shown; either may be missing."""
        name, number = printable(self.name).strip(), printable(self.designator).strip()
        return f"{name} ({number})" if name and name != number else number

    def __repr__(self) -> str:
        kind = f", {printable(self.object_type).lower()}" if self.object_type else ""
        sigma = np.sqrt(np.maximum(np.diag(self.covariance_rtn)[:3], 0.0))
        along = ", ".join(f"{axis} {1000.0 * value:.3g} m" for axis, value in zip("RTN", sigma, strict=True))
        return f"<CdmObject {self.label}{kind}; {printable(self.reference_frame)}; sigma {along}>"

    @property
    def inertial_state(self) -> Array:
        """(6,) km, km/s, inertial: `state`, with the Earth's rotation added where its frame turns with it."""
        if not is_earth_fixed(self.reference_frame):
            return self.state
        position, velocity = self.state[:3], self.state[3:]
        rotation = np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], position)
        return np.concatenate([position, velocity + rotation])

    @property
    def has_velocity_covariance(self) -> bool:
        """False where every term with a rate is zero: the source gave positions only."""
        return bool(self.covariance_rtn[3:].any())


@dataclass(frozen=True, eq=False, repr=False)
class Conjunction:
    """One close approach of two objects at one TCA, a split Julian date in UTC.

    miss_distance_m, relative_speed_m_s, collision_probability and its method are the originator's; None or
    "" where not stated. hard_body_radius_m: of both objects together, None where not stated;
    hard_body_radius_origin: how that is known, "" where it is not.
    notes: oddities of the message and their interpretation, one sentence each.
    """

    tca_jd: float
    tca_fraction: float
    primary: CdmObject
    secondary: CdmObject
    originator: str
    message_id: str
    creation_date: str
    message_for: str = ""
    miss_distance_m: float | None = None
    relative_speed_m_s: float | None = None
    collision_probability: float | None = None
    collision_probability_method: str = ""
    hard_body_radius_m: float | None = None
    hard_body_radius_origin: str = ""
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    def __repr__(self) -> str:
        relative = self.relative_state_rtn
        miss, speed = 1000.0 * np.linalg.norm(relative[:3]), np.linalg.norm(relative[3:])
        stated = self.collision_probability
        notes = f"; {count(len(self.notes), 'note')}" if self.notes else ""
        return (
            f"<Conjunction {self.primary.label} x {self.secondary.label}, TCA {self.tca_utc}, "
            f"miss {miss:,.0f} m at {speed:.3g} km/s; {printable(self.originator)} states "
            f"{'no probability' if stated is None else f'Pc {stated:.4g}'}; not assessed{notes}>"
        )

    @property
    def tca_utc(self) -> str:
        """TCA in ISO 8601 with milliseconds."""
        return utc_text(self.tca_jd, self.tca_fraction)

    @property
    def exclusion_radius_m(self) -> float | None:
        """The sum of both exclusion volumes' radii in m; None unless both are stated."""
        radii = (self.primary.exclusion_radius_m, self.secondary.exclusion_radius_m)
        return None if radii[0] is None or radii[1] is None else radii[0] + radii[1]

    @property
    def relative_state_rtn(self) -> Array:
        """(6,) km, km/s: secondary minus primary at TCA along the axes of the primary's RTN, frozen."""
        primary, secondary = self.primary.inertial_state, self.secondary.inertial_state
        basis = rtn_basis(primary[None, :3], primary[None, 3:])
        difference = (secondary - primary).reshape(2, 3)
        return rotate(np.repeat(basis, 2, axis=0), difference).ravel()


@dataclass(frozen=True, eq=False)
class CdmSummaries(Rows):
    """m public summaries of Space-Track (class cdm_public), which contain no states.

    | column                                   | dtype   | shape | meaning                                    |
    |------------------------------------------|---------|-------|--------------------------------------------|
    | cdm_id                                   | int64   | (m,)  | Space-Track's number of the message        |
    | tca_jd, tca_fraction                     | float64 | (m,)  | TCA, UTC, split Julian date                |
    | created_jd, created_fraction             | float64 | (m,)  | when the message was made, in the same way |
    | emergency                                | bool    | (m,)  | emergency reportable                       |
    | miss_distance_m                          | float64 | (m,)  | m                                          |
    | collision_probability                    | float64 | (m,)  | NaN where the summary leaves it out        |
    | primary_norad_id, secondary_norad_id     | int64   | (m,)  | catalogue numbers                          |
    | primary_name, secondary_name             | str     | (m,)  |                                            |
    | primary_kind, secondary_kind             | int8    | (m,)  | `catalog.ObjectKind`                       |
    | primary_rcs, secondary_rcs               | str     | (m,)  | radar size: SMALL, MEDIUM, LARGE or ""     |
    | primary_exclusion_radius_m, secondary... | float64 | (m,)  | m, exclusion volume; NaN where left out    |
    """

    _labels = MappingProxyType({"primary_kind": ObjectKind, "secondary_kind": ObjectKind})

    cdm_id: NDArray[np.int64]
    tca_jd: Array
    tca_fraction: Array
    created_jd: Array
    created_fraction: Array
    emergency: NDArray[np.bool_]
    miss_distance_m: Array
    collision_probability: Array
    primary_norad_id: NDArray[np.int64]
    secondary_norad_id: NDArray[np.int64]
    primary_name: NDArray[np.str_]
    secondary_name: NDArray[np.str_]
    primary_kind: NDArray[np.int8]
    secondary_kind: NDArray[np.int8]
    primary_rcs: NDArray[np.str_]
    secondary_rcs: NDArray[np.str_]
    primary_exclusion_radius_m: Array
    secondary_exclusion_radius_m: Array
