"""Orbit parameter messages: one state, with its covariance and the manoeuvres that follow.

Source: CCSDS 502.0-B-2 and B-3, section 3.

Assumptions
- The message is read as a segment of one state, which covers one moment and no span: the standard leaves its further
  motion (force model, manoeuvres) to the receiver.
- Osculating elements repeat the state, and are not used; nor are the parameters of the spacecraft.
- A covariance without COV_REF_FRAME is in REF_FRAME. MAN_DV is in km/s.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.catalog.catalog_numbers import parse_catalog_number
from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import excerpt, quoted
from debrissim.ephemerides.build import build_segment
from debrissim.ephemerides.columns import lower_triangle, symmetric
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import DeclaredManeuver, Ephemeris
from debrissim.ephemerides.formats import EphemerisFormat
from debrissim.ephemerides.odm_blocks import (
    COVARIANCE_KEYWORDS,
    STATE_KEYWORDS,
    Block,
    OdmMessage,
    check_header,
    creation_of,
    international_designator,
    moment_of,
    unit_of_state,
)
from debrissim.ephemerides.odm_kvn import begins_with, parse_flat
from debrissim.ephemerides.odm_xml import has_message, parse_messages
from debrissim.ephemerides.raw import RawCovariances, RawSegment
from debrissim.ephemerides.time_systems import time_system

VERSION = "CCSDS_OPM_VERS"
_DV = ("MAN_DV_1", "MAN_DV_2", "MAN_DV_3")
OBLIGATORY = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM")
SCHEMA = {
    "META": (*OBLIGATORY[:4], "REF_FRAME_EPOCH", *OBLIGATORY[4:]),
    "STATE": ("EPOCH", *STATE_KEYWORDS),
    "KEPLERIAN": (
        "SEMI_MAJOR_AXIS",
        "ECCENTRICITY",
        "INCLINATION",
        "RA_OF_ASC_NODE",
        "ARG_OF_PERICENTER",
        "TRUE_ANOMALY",
        "MEAN_ANOMALY",
        "GM",
    ),
    "SPACECRAFT": ("MASS", "SOLAR_RAD_AREA", "SOLAR_RAD_COEFF", "DRAG_AREA", "DRAG_COEFF"),
    "COVARIANCE": ("COV_REF_FRAME", *COVARIANCE_KEYWORDS),
    "MANEUVER": ("MAN_EPOCH_IGNITION", "MAN_DURATION", "MAN_DELTA_MASS", "MAN_REF_FRAME", *_DV),
}
_ONE_STATE = "one state, of one moment: it covers no span, and cannot be screened over one"


def _unit(keyword: str) -> str:
    """The unit of a number that is read, "" for other keywords."""
    return "km/s" if keyword in _DV else "s" if keyword == "MAN_DURATION" else unit_of_state(keyword)


def read_kvn(text: str, name: str, eop: EarthOrientation | None) -> tuple[Ephemeris, ...]:
    """The states of all messages in the text. Raises InputError naming file and line."""
    messages = parse_flat(text, name, "OPM", SCHEMA, _unit, "MAN_EPOCH_IGNITION")
    return tuple(_ephemeris(message, name, eop) for message in messages)


def read_xml(text: str, name: str, eop: EarthOrientation | None) -> tuple[Ephemeris, ...]:
    """The states of every <opm> in the text. Raises InputError naming file and line."""
    return tuple(
        _ephemeris(message, name, eop) for message in parse_messages(text, name, "OPM", SCHEMA, _unit)
    )


def _ephemeris(message: OdmMessage, name: str, eop: EarthOrientation | None) -> Ephemeris:
    check_header(message, r"[123](?:\.[0-9]+)?", name)
    metadata = message.one("META", name)
    metadata.require(OBLIGATORY, name)
    center = metadata.text("CENTER_NAME")
    if center.upper() != "EARTH":
        line = metadata.line_of("CENTER_NAME")
        raise InputError(f"{name}: line {line}: CENTER_NAME: expected EARTH, got {quoted(center, 40)}")
    system = time_system(
        metadata.text("TIME_SYSTEM"), f"{name}: line {metadata.line_of('TIME_SYSTEM')}: TIME_SYSTEM"
    )
    notes = message.notes
    segment = build_segment(_raw(message, metadata, system, name, eop), name, eop, notes)
    object_id = metadata.text("OBJECT_ID")
    designator, number = international_designator(object_id), parse_catalog_number(object_id)
    if not designator and number is None:
        notes.add("OBJECT_ID is neither an international designator nor a catalogue number")
    notes.add(_ONE_STATE)
    return Ephemeris(
        name=metadata.text("OBJECT_NAME"),
        norad_id=number,
        international_designator=designator,
        originator=message.header.text("ORIGINATOR"),
        source=name,
        segments=(segment,),
        maneuvers=_maneuvers(message, system, name, eop, notes),
        notes=notes.sentences(),
        creation=creation_of(message.header, name),
    )


def _raw(
    message: OdmMessage, metadata: Block, system: str, name: str, eop: EarthOrientation | None
) -> RawSegment:
    state = message.one("STATE", name)
    state.require(("EPOCH",), name)
    moments = moment_of(state, "EPOCH", system, name, eop)
    frozen = (
        moment_of(metadata, "REF_FRAME_EPOCH", system, name, eop)
        if metadata.text("REF_FRAME_EPOCH")
        else None
    )
    covariances = None
    if message.of_kind("COVARIANCE"):
        covariance = message.one("COVARIANCE", name)
        numbers = np.array([[covariance.number(keyword, name) for keyword in COVARIANCE_KEYWORDS]])
        frame = covariance.text("COV_REF_FRAME")
        covariances = RawCovariances(
            moments, [frame], symmetric(numbers, lower_triangle(6)), [covariance.line]
        )
    return RawSegment(
        moments=moments,
        states=np.array([[state.number(keyword, name) for keyword in STATE_KEYWORDS]]),
        lines=[state.line],
        frame=metadata.text("REF_FRAME"),
        frame_epoch=None if frozen is None else (float(frozen.jd[0]), float(frozen.fraction[0])),
        covariances=covariances,
        line=state.line,
    )


def _maneuvers(
    message: OdmMessage, system: str, name: str, eop: EarthOrientation | None, notes: Notes
) -> tuple[DeclaredManeuver, ...]:
    found = []
    for block in message.of_kind("MANEUVER"):
        block.require(("MAN_EPOCH_IGNITION", "MAN_DURATION", *_DV), name)
        moment = moment_of(block, "MAN_EPOCH_IGNITION", system, name, eop)
        duration = block.number("MAN_DURATION", name)
        if duration < 0.0:
            line = block.line_of("MAN_DURATION")
            raise InputError(f"{name}: line {line}: MAN_DURATION: expected 0 s or more, got {duration:g}")
        speed_km_s = math.hypot(*(block.number(keyword, name) for keyword in _DV))
        found.append(
            DeclaredManeuver(
                float(moment.jd[0]), float(moment.fraction[0]), duration, 1e3 * speed_km_s, comment=""
            )
        )
        if not block.text("MAN_REF_FRAME"):
            notes.add("a manoeuvre without MAN_REF_FRAME", excerpt(block.text("MAN_EPOCH_IGNITION"))[:40])
    return tuple(sorted(found, key=lambda event: (event.jd, event.fraction)))


KVN = EphemerisFormat(
    "opm-kvn", f"an OPM as KVN ({VERSION} = ...)", lambda text: begins_with(VERSION, text), read_kvn
)
XML = EphemerisFormat("opm-xml", "an OPM as XML (<opm>)", lambda text: has_message("opm", text), read_xml)
