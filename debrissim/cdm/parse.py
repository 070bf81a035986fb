"""From the keywords of one message, whatever its notation, to a `Conjunction`: checked once, here.

Source: CCSDS 508.0-B-1 for mandatory keywords, units and frames. Radii: `cdm.radius`; alternative covariances:
`cdm.alternative_covariance`.

Assumptions
- Keywords of version 2 (CCSDS 508.0-P-1.1, a draft) are taken in any message; a header of version 1.x is then noted. A
  keyword that neither version knows is an error in a message of version 1.x, and a note in later ones. USER_DEFINED_...
  is a note in any version.
- A number that is used (state, covariance, miss distance, probability) in another unit than the standard's is
  an error; the relative state, which is not used, is only noted.
- Version 2 lists a probability for each percentile of its own uncertainty: the median is used.
- The methods know the Earth's gravity only: an ORBIT_CENTER other than EARTH is an error.
- NaN, N/A, NONE and an empty text are not values: an mandatory keyword without a value is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from debrissim.cdm import keywords
from debrissim.cdm.alternative_covariance import XYZ, is_same_frame, rtn_of_xyz, xyz_covariance
from debrissim.cdm.doubts import doubts
from debrissim.cdm.message import INERTIAL_FRAMES, CdmObject, Conjunction, is_earth_fixed
from debrissim.cdm.radius import Radii, message_radii
from debrissim.cdm.raw import Entry, RawMessage
from debrissim.core.arrays import Array
from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.text import quoted

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# No length, speed or variance in a message is larger; beyond lie infinity and overflow.
_MAX_NUMBER = 1e30
# Characters of a value that a note quotes.
_SHOWN = 60
_NOTHING = frozenset({"", "NAN", "N/A", "NONE", "NULL"})
_VERSION = re.compile(r"[12](?:\.[0-9]+)*")
_WORDS = {"COVARIANCE_METHOD": ("CALCULATED", "DEFAULT"), "MANEUVERABLE": ("YES", "NO", "N/A")}
_SAME_FRAME = {"J2000": "EME2000", "ICRF": "GCRF", "TEMEOFDATE": "TEME"}


def build(raw: RawMessage) -> Conjunction:
    """The conjunction. Raises InputError naming file, line (or object) and keyword of the first fault."""
    reader = _Reader(raw)
    reader.require(raw.common, (*keywords.HEADER, *keywords.RELATIVE), "")
    version = raw.common["CCSDS_CDM_VERS"]
    if not _VERSION.fullmatch(version.value):
        raise InputError(
            f"{raw.at(version)}: CCSDS_CDM_VERS: expected 1.0 to 2.x, got {quoted(version.value)}"
        )
    if len(raw.objects) != 2:
        raise InputError(f"{raw.name}: expected two objects, got {len(raw.objects)}")
    for number, section in enumerate(raw.objects, start=1):
        reader.require(section, keywords.OBJECT, f" of OBJECT{number}")
        if section["OBJECT"].value.upper() != f"OBJECT{number}":
            where = raw.at(section["OBJECT"])
            raise InputError(
                f"{where}: OBJECT: expected OBJECT{number}, got {quoted(section['OBJECT'].value)}"
            )
    jd, fraction = reader.moment("TCA")
    reader.moment("CREATION_DATE")
    radii = reader.radii()
    for note in radii.notes:
        raw.notes.add(note)
    primary, secondary = (reader.object(index, radii) for index in (0, 1))
    _check_frames(raw, primary, secondary)
    probability = reader.probability()
    for names, unit in ((keywords.RELATIVE_STATE[:3], "m"), (keywords.RELATIVE_STATE[3:], "m/s")):
        odd = [name for name in names if raw.common.get(name, Entry("")).unit not in (None, "", unit)]
        if odd:
            unit_in_message = raw.common[odd[0]].unit
            raw.notes.add(f"{', '.join(odd)}: given in [{unit_in_message}] instead of [{unit}]; not used")
    conjunction = Conjunction(
        tca_jd=jd,
        tca_fraction=fraction,
        primary=primary,
        secondary=secondary,
        originator=raw.common["ORIGINATOR"].value,
        message_id=raw.common["MESSAGE_ID"].value,
        creation_date=raw.common["CREATION_DATE"].value,
        message_for=reader.text(raw.common, "MESSAGE_FOR"),
        miss_distance_m=reader.number(raw.common, "MISS_DISTANCE"),
        relative_speed_m_s=reader.number(raw.common, "RELATIVE_SPEED"),
        collision_probability=probability,
        collision_probability_method=reader.text(raw.common, "COLLISION_PROBABILITY_METHOD"),
        hard_body_radius_m=radii.pair_m,
        hard_body_radius_origin=radii.origin,
        comments=tuple(raw.comments),
        other=_others(raw.common, _COMMON_TAKEN),
        source=raw.name,
    )
    for doubt in doubts(conjunction):
        raw.notes.add(doubt)
    return replace(conjunction, notes=raw.notes.sentences())


_COMMON_TAKEN = frozenset(
    {
        *keywords.HEADER,
        "TCA",
        "MISS_DISTANCE",
        "RELATIVE_SPEED",
        "COLLISION_PROBABILITY",
        "COLLISION_PROBABILITY_METHOD",
    }
)
_OBJECT_TAKEN = frozenset(
    {
        *keywords.METADATA[:6],
        "EPHEMERIS_NAME",
        "COVARIANCE_METHOD",
        "MANEUVERABLE",
        "REF_FRAME",
        "AREA_PC",
        "MASS",
        *keywords.STATE,
        *keywords.COVARIANCE,
    }
)


class _Reader:
    """Typed values of a raw message's entries, with the place in every error."""

    def __init__(self, raw: RawMessage) -> None:
        self.raw = raw

    def require(self, section: dict[str, Entry], known: Iterable[str], owner: str) -> None:
        """InputError if an mandatory keyword is missing or has no value."""
        missing = [
            keyword
            for keyword in known
            if keyword in keywords.OBLIGATORY
            and section.get(keyword, Entry("")).value.upper() in _void(keyword)
            and not (keyword in keywords.COVARIANCE and _has_alternative(section))
        ]
        if missing:
            shown = ", ".join(missing[:6]) + (f" and {len(missing) - 6} more" if len(missing) > 6 else "")
            be = "is" if len(missing) == 1 else "are"
            raise InputError(f"{self.raw.name}: {shown}{owner} {be} missing (mandatory in a CDM)")

    def text(self, section: dict[str, Entry], keyword: str) -> str:
        return section.get(keyword, Entry("")).value

    def number(self, section: dict[str, Entry], keyword: str, owner: str = "") -> float | None:
        """The number in the standard's unit; None where there is no value."""
        entry = section.get(keyword, Entry(""))
        if entry.value.upper() in _NOTHING:
            return None
        at = f"{self.raw.at(entry)}: {keyword}{owner}"
        if not _NUMBER.fullmatch(entry.value) or abs(float(entry.value)) > _MAX_NUMBER:
            raise InputError(f"{at}: expected a number, got {quoted(entry.value)}")
        unit = keywords.UNITS.get(keyword)
        # Some services write m^2 for m**2.
        if (entry.unit or "").replace("^", "**") not in ("", unit):
            expected = f"the unit [{unit}]" if unit else "no unit"
            raise InputError(f"{at}: expected {expected}, got [{entry.unit}]")
        return float(entry.value)

    def moment(self, keyword: str) -> tuple[float, float]:
        entry = self.raw.common[keyword]
        jd, fraction, bad = parse_iso_epochs([entry.value])
        if bad:
            at = self.raw.at(entry)
            raise InputError(f"{at}: {keyword}: expected a UTC time in ISO 8601, got {quoted(entry.value)}")
        return float(jd[0]), float(fraction[0])

    def probability(self) -> float | None:
        """The stated probability; of several, one for each percentile, the median."""
        entry = self.raw.common.get("COLLISION_PROBABILITY", Entry(""))
        values = entry.value.replace(",", " ").split()
        if len(values) > 1 and all(map(_NUMBER.fullmatch, values)):
            percentiles = self.text(self.raw.common, "COLLISION_PERCENTILE").replace(",", " ").split()
            if len(percentiles) != len(values) or "50" not in percentiles:
                self.raw.notes.add("several values without a median; not used", "COLLISION_PROBABILITY")
                return None
            self.raw.notes.add(
                f"one for each percentile of {', '.join(percentiles)[:_SHOWN]}; the median counts",
                "COLLISION_PROBABILITY",
            )
            entry = Entry(values[percentiles.index("50")], entry.unit, entry.line)
        value = self.number({"COLLISION_PROBABILITY": entry}, "COLLISION_PROBABILITY")
        if value is not None and not 0.0 <= value <= 1.0:
            raise InputError(
                f"{self.raw.at(entry)}: COLLISION_PROBABILITY: expected 0 to 1, got {entry.value}"
            )
        return value

    def radii(self) -> Radii:
        """The radii that comments and keywords state."""
        sections = (self.raw.common, *self.raw.objects)
        owners = ("", " of OBJECT1", " of OBJECT2")
        stated = [self.number(section, "HBR", owner) for section, owner in zip(sections, owners, strict=True)]
        for section, owner, value in zip(sections, owners, stated, strict=True):
            if value is not None and value < 0.0:
                raise InputError(f"{self.raw.at(section['HBR'])}: HBR{owner}: expected >= 0 m, got {value:g}")
        return message_radii(
            self.raw.comments,
            self.raw.object_comments,
            stated,
            self.raw.name,
            keyword_is_own=not self.raw.is_version_1,
        )

    def covariance(self, section: dict[str, Entry], inertial_state: Array, owner: str) -> Array:
        """(6, 6) km^2, km^2/s, km^2/s^2 in RTN: as stated there, otherwise by the alternative of version 2."""
        matrix = np.zeros((6, 6))
        matrix[np.tril_indices(6)] = [
            self.number(section, name, owner) or 0.0 for name in keywords.COVARIANCE
        ]
        stated = (matrix + np.tril(matrix, -1).T) / 1e6
        kind = self.text(section, "ALT_COV_TYPE")[:_SHOWN]
        if not _has_alternative(section):
            if kind or keywords.SIGMA_EIGENVECTORS in section:
                fault = "its positions are not given" if kind.upper() == XYZ else f"only {XYZ} is read"
                self.raw.notes.add(
                    f"an alternative covariance ({kind or keywords.SIGMA_EIGENVECTORS}); {fault}, and the one in RTN "
                    "counts",
                    owner.removeprefix(" of "),
                )
            return stated
        alternative = xyz_covariance(lambda keyword: self.number(section, keyword, owner))
        frame = section["REF_FRAME"].value
        other = self.text(section, "ALT_COV_REF_FRAME") or frame
        subject = owner.removeprefix(" of ")
        if not is_same_frame(frame, other):
            self.raw.notes.add(
                f"an alternative covariance in {other[:_SHOWN]}, the state is in {frame}; not used", subject
            )
            return stated
        turned = rtn_of_xyz(alternative, inertial_state, frame)
        if not stated.any():
            self.raw.notes.add(f"no covariance in RTN; the alternative one ({XYZ}) counts", subject)
            return turned
        scale = np.abs(turned[:3, :3]).max()
        agrees = bool((np.abs(turned[:3, :3] - stated[:3, :3]) <= 0.01 * scale).all())
        self.raw.notes.add(
            f"an alternative covariance ({XYZ}), which {'agrees' if agrees else 'DISAGREES'} with the one in RTN; that "
            "one counts",
            subject,
        )
        return stated

    def object(self, index: int, radii: Radii) -> CdmObject:
        section, comments = self.raw.objects[index], self.raw.object_comments[index]
        owner = f" of OBJECT{index + 1}"

        def column(names: Iterable[str]) -> Array:
            # None cannot come here: mandatory keywords have a value.
            values = [self.number(section, name, owner) for name in names]
            return np.array(values, dtype=np.float64)

        center = section.get("ORBIT_CENTER", Entry(""))
        if center.value.upper() not in (*_NOTHING, "EARTH"):
            at = f"{self.raw.at(center)}: ORBIT_CENTER{owner}"
            raise InputError(f"{at}: expected EARTH, got {quoted(center.value)}")
        for keyword, words in _WORDS.items():
            if section[keyword].value.upper() not in words:
                fault = f"{keyword}{owner} is {quoted(section[keyword].value)}"
                self.raw.notes.add(f"{fault}; the standard has {', '.join(words)}")
        state = column(keywords.STATE)
        sizes = np.linalg.norm([state[:3], state[3:], np.cross(state[:3], state[3:])], axis=1)
        # A norm of 1e-300 km underflows to zero.
        if not (sizes > 0.0).all():
            raise InputError(
                f"{self.raw.name}: the state{owner} has no orbital plane (position or velocity 0)"
            )
        item = CdmObject(
            designator=section["OBJECT_DESIGNATOR"].value,
            catalog_name=section["CATALOG_NAME"].value,
            name=section["OBJECT_NAME"].value,
            international_designator=section["INTERNATIONAL_DESIGNATOR"].value,
            reference_frame=section["REF_FRAME"].value,
            state=state,
            covariance_rtn=np.zeros((6, 6)),
            object_type=self.text(section, "OBJECT_TYPE"),
            ephemeris_name=section["EPHEMERIS_NAME"].value,
            covariance_method=section["COVARIANCE_METHOD"].value,
            maneuverable=section["MANEUVERABLE"].value,
            hard_body_radius_m=radii.own_m[index],
            exclusion_radius_m=radii.exclusion_m[index],
            area_m2=self.number(section, "AREA_PC", owner),
            mass_kg=self.number(section, "MASS", owner),
            comments=tuple(comments),
            other=_others(section, _OBJECT_TAKEN),
        )
        return replace(item, covariance_rtn=self.covariance(section, item.inertial_state, owner))


def _has_alternative(section: dict[str, Entry]) -> bool:
    """True where version 2 states the covariance along the axes of a frame, with all its positions."""
    return all(
        section.get(keyword, Entry("")).value.upper() not in _NOTHING
        for keyword in keywords.XYZ_COVARIANCE[:6]
    )


def _void(keyword: str) -> frozenset[str]:
    """The texts that mean a missing value: NONE and N/A are values of words, not of numbers."""
    return _NOTHING if keyword in keywords.UNITS else frozenset({""})


def _others(section: dict[str, Entry], taken: frozenset[str]) -> dict[str, str]:
    """The values of the other keywords; NaN is not a value."""
    return {
        key: entry.value
        for key, entry in section.items()
        if key not in taken and entry.value.upper() not in ("", "NAN")
    }


def _check_frames(raw: RawMessage, primary: CdmObject, secondary: CdmObject) -> None:
    frames = []
    for index, item in enumerate((primary, secondary)):
        frame = item.reference_frame.upper()
        if frame not in INERTIAL_FRAMES and not is_earth_fixed(frame):
            at = raw.at(raw.objects[index]["REF_FRAME"])
            expected = f"{', '.join(INERTIAL_FRAMES)} or ITRF"
            raise InputError(
                f"{at}: REF_FRAME of OBJECT{index + 1}: expected one of {expected}, got {quoted(item.reference_frame)}"
            )
        frames.append(_SAME_FRAME.get(frame, frame))
    if frames[0] != frames[1]:
        raise InputError(
            f"{raw.name}: REF_FRAME: expected both objects in one frame, got {primary.reference_frame} and "
            f"{secondary.reference_frame}"
        )
