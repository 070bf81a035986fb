"""From the keywords of one message, whatever its notation, to a `Conjunction`: checked once, here.

Source: CCSDS 508.0-B-1 for obligatory keywords, units and frames; NASA CARA's and Space-Track's habit of stating
the hard-body radius in a comment.

Assumptions
- A keyword that the standard does not know is an error in a message of version 1.x, and a note in later
  versions, owner keywords are still drafts. So is USER_DEFINED_... in any version.
- A number that is used (state, covariance, miss distance, probability) in another unit than the standard's is
  an error; the relative state, which is not used, is only noted.
- In messages of version 2 (CCSDS 508.0-P-1.1, a draft) HBR among the data of an object is that object's radius.
- The methods know the Earth's gravity only: an ORBIT_CENTER other than EARTH is an error.
- NaN, N/A, NONE and an empty text are not values: an obligatory keyword without a value is missing.
- "HBR = 20 [m]" in a comment before the first object is the combined radius; in an object's own comments it is
  that object's. The exclusion volume that some messages state is a screening volume, not a hard body.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from debrissim.cdm import keywords
from debrissim.cdm.message import INERTIAL_FRAMES, CdmObject, Conjunction, is_earth_fixed
from debrissim.core.arrays import Array
from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.text import excerpt

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# No length, speed or variance in a message is larger; beyond lie infinity and overflow.
_MAX_NUMBER = 1e30
_NOTHING = frozenset({"", "NAN", "N/A", "NONE", "NULL"})
_RADIUS = re.compile(
    r"\s*(?:(?:combined|operator|object)[ _])?(?:hbr|(?:hard[ _-]?body|object)[ _]radius)\s*[=:]\s*"
    r"(?P<number>[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?:\[?(?P<unit>km|m)\]?)?\s*",
    re.IGNORECASE,
)
_RADIUS_KEYWORD = "HBR"
_VERSION = re.compile(r"[12](?:\.[0-9]+)*")
_WORDS = {"COVARIANCE_METHOD": ("CALCULATED", "DEFAULT"), "MANEUVERABLE": ("YES", "NO", "N/A")}
_SAME_FRAME = {"J2000": "EME2000", "ICRF": "GCRF", "TEMEOFDATE": "TEME"}


@dataclass(frozen=True)
class Entry:
    """The value of one keyword as text, its unit if one is written, and its line (None where unknown)."""

    value: str
    unit: str | None = None
    line: int | None = None


@dataclass
class RawMessage:
    """The keywords of one message: before the objects (`common`), and of each object."""

    name: str
    common: dict[str, Entry] = field(default_factory=dict)
    objects: list[dict[str, Entry]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    object_comments: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def put(self, keyword: str, entry: Entry) -> None:
        """Take a keyword: of the newest object if there is one. InputError if unknown there, or there twice."""
        section = self.objects[-1] if self.objects else self.common
        known = keywords.OBJECT if self.objects else (*keywords.HEADER, *keywords.RELATIVE)
        if keyword in section:
            raise InputError(f"{self._at(entry)}: {keyword} is given twice")
        if keyword not in known:
            version = self.common.get("CCSDS_CDM_VERS")
            if (version is None or version.value.startswith("1.")) and not keyword.startswith(
                "USER_DEFINED_"
            ):
                near = difflib.get_close_matches(keyword, known, n=1, cutoff=0.75)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise InputError(f"{self._at(entry)}: unknown keyword {keyword!r}{hint}")
            if not (keyword == _RADIUS_KEYWORD and self.objects):
                self.notes.append(f"{keyword} is not a keyword of CCSDS 508.0-B-1; it is not used")
        section[keyword] = entry

    def open_object(self) -> None:
        """Begin the next object, to which the following keywords belong. Raises InputError for a third one."""
        if len(self.objects) == 2:
            raise InputError(f"{self.name}: more than two objects in one message")
        self.objects.append({})
        self.object_comments.append([])

    def comment(self, text: str) -> None:
        """Add a comment to the current object, or to the message before the first object."""
        (self.object_comments[-1] if self.objects else self.comments).append(text.strip())

    def _at(self, entry: Entry) -> str:
        return self.name if entry.line is None else f"{self.name}: line {entry.line}"


def build(raw: RawMessage) -> Conjunction:
    """The conjunction. Raises InputError naming file, line (or object) and keyword of the first fault."""
    reader = _Reader(raw)
    reader.require(raw.common, (*keywords.HEADER, *keywords.RELATIVE), "")
    version = raw.common["CCSDS_CDM_VERS"]
    if not _VERSION.fullmatch(version.value):
        raise InputError(
            f"{raw._at(version)}: CCSDS_CDM_VERS: expected 1.0 to 2.x, got {excerpt(version.value)!r}"
        )
    if len(raw.objects) != 2:
        raise InputError(f"{raw.name}: expected two objects, got {len(raw.objects)}")
    for number, section in enumerate(raw.objects, start=1):
        reader.require(section, keywords.OBJECT, f" of OBJECT{number}")
        if section["OBJECT"].value.upper() != f"OBJECT{number}":
            where = raw._at(section["OBJECT"])
            raise InputError(f"{where}: OBJECT: expected OBJECT{number}, got {section['OBJECT'].value!r}")
    jd, fraction = reader.moment("TCA")
    reader.moment("CREATION_DATE")
    primary, secondary = (reader.object(index) for index in (0, 1))
    _check_frames(raw, primary, secondary)
    probability = reader.number(raw.common, "COLLISION_PROBABILITY")
    if probability is not None and not 0.0 <= probability <= 1.0:
        entry = raw.common["COLLISION_PROBABILITY"]
        raise InputError(f"{raw._at(entry)}: COLLISION_PROBABILITY: expected 0 to 1, got {entry.value}")
    radius = _radius(raw.comments, raw.name)
    if radius is None and primary.hard_body_radius_m is not None and secondary.hard_body_radius_m is not None:
        radius = primary.hard_body_radius_m + secondary.hard_body_radius_m
        raw.notes.append("the combined hard-body radius is the sum of the objects' own")
    for names, unit in ((keywords.RELATIVE_STATE[:3], "m"), (keywords.RELATIVE_STATE[3:], "m/s")):
        odd = [name for name in names if raw.common.get(name, Entry("")).unit not in (None, "", unit)]
        if odd:
            unit_in_message = raw.common[odd[0]].unit
            raw.notes.append(f"{', '.join(odd)}: given in [{unit_in_message}] instead of [{unit}]; not used")
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
        hard_body_radius_m=radius,
        comments=tuple(raw.comments),
        other=_others(raw.common, _COMMON_TAKEN),
        source=raw.name,
    )
    return replace(conjunction, notes=(*raw.notes, *_doubts(conjunction)))


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
        """InputError if an obligatory keyword is missing or has no value."""
        missing = [
            keyword
            for keyword in known
            if keyword in keywords.OBLIGATORY
            and section.get(keyword, Entry("")).value.upper() in _void(keyword)
        ]
        if missing:
            shown = ", ".join(missing[:6]) + (f" and {len(missing) - 6} more" if len(missing) > 6 else "")
            be = "is" if len(missing) == 1 else "are"
            raise InputError(f"{self.raw.name}: {shown}{owner} {be} missing (obligatory in a CDM)")

    def text(self, section: dict[str, Entry], keyword: str) -> str:
        return section.get(keyword, Entry("")).value

    def number(self, section: dict[str, Entry], keyword: str, owner: str = "") -> float | None:
        """The number in the standard's unit; None where there is no value."""
        entry = section.get(keyword, Entry(""))
        if entry.value.upper() in _NOTHING:
            return None
        at = f"{self.raw._at(entry)}: {keyword}{owner}"
        if not _NUMBER.fullmatch(entry.value) or abs(float(entry.value)) > _MAX_NUMBER:
            raise InputError(f"{at}: expected a number, got {excerpt(entry.value)!r}")
        unit = "m" if keyword == _RADIUS_KEYWORD else keywords.UNITS.get(keyword)
        # Some services write m^2 for m**2.
        if (entry.unit or "").replace("^", "**") not in ("", unit):
            expected = f"the unit [{unit}]" if unit else "no unit"
            raise InputError(f"{at}: expected {expected}, got [{entry.unit}]")
        return float(entry.value)

    def moment(self, keyword: str) -> tuple[float, float]:
        entry = self.raw.common[keyword]
        jd, fraction, bad = parse_iso_epochs([entry.value])
        if bad:
            at = self.raw._at(entry)
            raise InputError(f"{at}: {keyword}: expected a UTC time in ISO 8601, got {entry.value!r}")
        return float(jd[0]), float(fraction[0])

    def radius(self, section: dict[str, Entry], comments: list[str], owner: str) -> float | None:
        """The object's own radius, m, by keyword (version 2) or comment."""
        value = self.number(section, _RADIUS_KEYWORD, owner)
        if value is None:
            return _radius(comments, self.raw.name)
        if value < 0.0:
            raise InputError(
                f"{self.raw._at(section[_RADIUS_KEYWORD])}: HBR{owner}: expected >= 0 m, got {value:g}"
            )
        return value if value > 0.0 else None

    def object(self, index: int) -> CdmObject:
        section, comments = self.raw.objects[index], self.raw.object_comments[index]
        owner = f" of OBJECT{index + 1}"

        def column(names: Iterable[str]) -> Array:
            # None cannot come here: obligatory keywords have a value.
            values = [self.number(section, name, owner) for name in names]
            return np.array(values, dtype=np.float64)

        center = section.get("ORBIT_CENTER", Entry(""))
        if center.value.upper() not in (*_NOTHING, "EARTH"):
            at = f"{self.raw._at(center)}: ORBIT_CENTER{owner}"
            raise InputError(f"{at}: expected EARTH, got {excerpt(center.value)!r}")
        for keyword, words in _WORDS.items():
            if section[keyword].value.upper() not in words:
                fault = f"{keyword}{owner} is {excerpt(section[keyword].value)!r}"
                self.raw.notes.append(f"{fault}; the standard has {', '.join(words)}")
        matrix = np.zeros((6, 6))
        matrix[np.tril_indices(6)] = column(keywords.COVARIANCE)
        state = column(keywords.STATE)
        if not np.cross(state[:3], state[3:]).any():
            raise InputError(
                f"{self.raw.name}: the state{owner} has no orbital plane (position or velocity 0)"
            )
        return CdmObject(
            designator=section["OBJECT_DESIGNATOR"].value,
            catalog_name=section["CATALOG_NAME"].value,
            name=section["OBJECT_NAME"].value,
            international_designator=section["INTERNATIONAL_DESIGNATOR"].value,
            reference_frame=section["REF_FRAME"].value,
            state=state,
            covariance_rtn=(matrix + np.tril(matrix, -1).T) / 1e6,
            object_type=self.text(section, "OBJECT_TYPE"),
            ephemeris_name=section["EPHEMERIS_NAME"].value,
            covariance_method=section["COVARIANCE_METHOD"].value,
            maneuverable=section["MANEUVERABLE"].value,
            hard_body_radius_m=self.radius(section, comments, owner),
            area_m2=self.number(section, "AREA_PC", owner),
            mass_kg=self.number(section, "MASS", owner),
            comments=tuple(comments),
            other=_others(section, _OBJECT_TAKEN),
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
            at = raw._at(raw.objects[index]["REF_FRAME"])
            expected = f"{', '.join(INERTIAL_FRAMES)} or ITRF"
            raise InputError(
                f"{at}: REF_FRAME of OBJECT{index + 1}: expected one of {expected}, got {item.reference_frame!r}"
            )
        frames.append(_SAME_FRAME.get(frame, frame))
    if frames[0] != frames[1]:
        raise InputError(
            f"{raw.name}: REF_FRAME: expected both objects in one frame, got {primary.reference_frame} and "
            f"{secondary.reference_frame}"
        )


def _radius(comments: Iterable[str], name: str) -> float | None:
    """The hard-body radius, m, that a comment states; None if no comment does or it is 0."""
    radii = {
        float(match["number"]) * (1000.0 if (match["unit"] or "").lower() == "km" else 1.0)
        for match in map(_RADIUS.fullmatch, comments)
        if match and _NUMBER.fullmatch(match["number"])
    }
    if len(radii) > 1:
        stated = ", ".join(f"{value:g} m" for value in sorted(radii))
        raise InputError(f"{name}: comments state different hard-body radii: {stated}")
    return next((value for value in radii if value > 0.0), None)


def _doubts(conjunction: Conjunction) -> list[str]:
    """The contradictions within a message, one sentence each."""
    doubts = []
    distance = 1000.0 * float(np.linalg.norm(conjunction.relative_state_rtn[:3]))
    stated = conjunction.miss_distance_m
    if stated is not None and abs(stated - distance) > max(2.0, 0.01 * distance):
        doubts.append(
            f"MISS_DISTANCE is {stated:g} m, the states are {distance:.6g} m apart; the states count"
        )
    for number, item in enumerate((conjunction.primary, conjunction.secondary), start=1):
        if not item.covariance_rtn.any():
            doubts.append(f"the covariance of OBJECT{number} is all zeros")
        elif not item.has_velocity_covariance:
            doubts.append(f"OBJECT{number} has no velocity covariance (zeros)")
        if item.covariance_method.upper() == "DEFAULT":
            doubts.append(f"the covariance of OBJECT{number} is a default, not calculated")
    return doubts
