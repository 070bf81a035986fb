"""Orbit comprehensive messages: trajectories, covariances and manoeuvres of one object.

Source: CCSDS 502.0-B-3, section 6.

Assumptions
- The blocks META, TRAJ, COV and MAN are read; others are noted.
- TRAJ_TYPE CARTP, CARTPV and CARTPVA are read, without using accelerations; other types are noted, and a message with
  no other types is rejected. Units are those of the type, whatever TRAJ_UNITS says, as the standard specifies.
- TRAJ_REF_FRAME is ICRF3 by default, CENTER_NAME the Earth, TIME_SYSTEM UTC.
- Each covariance belongs to the trajectory that covers its moment, or else to the nearest one.
- OBJECT_DESIGNATOR is the catalogue number if CATALOG_NAME is that of the public catalogue or is missing.
"""

from __future__ import annotations

import re

import numpy as np

from debrissim.catalog.catalog_numbers import parse_catalog_number
from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import excerpt, quoted
from debrissim.ephemerides import ocm_covariances, ocm_maneuvers
from debrissim.ephemerides.build import build_segment, in_order
from debrissim.ephemerides.columns import number_table
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.ephemerides.formats import EphemerisFormat
from debrissim.ephemerides.ocm_clock import Clock, clock_of
from debrissim.ephemerides.ocm_metadata import METADATA
from debrissim.ephemerides.odm_blocks import (
    Block,
    OdmMessage,
    check_header,
    creation_of,
    international_designator,
    interpolation_of,
)
from debrissim.ephemerides.odm_kvn import begins_with, parse_blocks
from debrissim.ephemerides.odm_xml import has_message, parse_messages
from debrissim.ephemerides.raw import RawSegment
from debrissim.ephemerides.time_systems import Moments

VERSION = "CCSDS_OCM_VERS"
_TRAJECTORY = (
    "TRAJ_ID",
    "TRAJ_PREV_ID",
    "TRAJ_NEXT_ID",
    "TRAJ_BASIS",
    "TRAJ_BASIS_ID",
    "INTERPOLATION",
    "INTERPOLATION_DEGREE",
    "PROPAGATOR",
    "CENTER_NAME",
    "TRAJ_REF_FRAME",
    "TRAJ_FRAME_EPOCH",
    "USEABLE_START_TIME",
    "USEABLE_STOP_TIME",
    "ORB_REVNUM",
    "ORB_REVNUM_BASIS",
    "TRAJ_TYPE",
    "ORB_AVERAGING",
    "TRAJ_UNITS",
)
SCHEMA = {
    "META": METADATA,
    "TRAJ": _TRAJECTORY,
    "COV": ocm_covariances.KEYWORDS,
    "MAN": ocm_maneuvers.KEYWORDS,
}
_TYPES = {"CARTP": 3, "CARTPV": 6, "CARTPVA": 9}
_PUBLIC_CATALOGS = ("", "SATCAT", "CSPOC", "NORAD", "18SDS", "18SPCS", "USSPACECOM", "SPACETRACK")


def read_kvn(text: str, name: str, eop: EarthOrientation | None) -> tuple[Ephemeris, ...]:
    """The objects of all messages in the text. Raises InputError naming file and line."""
    return tuple(_ephemeris(message, name, eop) for message in parse_blocks(text, name, "OCM", SCHEMA))


def read_xml(text: str, name: str, eop: EarthOrientation | None) -> tuple[Ephemeris, ...]:
    """The objects of every <ocm> in the text. Raises InputError naming file and line."""
    messages = parse_messages(text, name, "OCM", SCHEMA, lambda _: "")
    return tuple(_ephemeris(message, name, eop) for message in messages)


def _ephemeris(message: OdmMessage, name: str, eop: EarthOrientation | None) -> Ephemeris:
    check_header(message, r"3(?:\.[0-9]+)?", name)
    metadata, notes = message.one("META", name), message.notes
    clock = clock_of(metadata, name, eop)
    states = _trajectories(message, clock, notes)
    covariances = [
        found
        for block in message.of_kind("COV")
        if (found := ocm_covariances.read_covariances(block, clock, states, eop, notes)) is not None
    ]
    maneuvers = [
        maneuver
        for block in message.of_kind("MAN")
        for maneuver in ocm_maneuvers.read_maneuvers(block, clock, notes)
    ]
    segments = [
        build_segment(raw, name, eop, notes) for raw in ocm_covariances.shared_out(states, covariances)
    ]
    return Ephemeris(
        name=metadata.text("OBJECT_NAME"),
        norad_id=_catalog_number(metadata, notes),
        international_designator=international_designator(metadata.text("INTERNATIONAL_DESIGNATOR")),
        originator=message.header.text("ORIGINATOR"),
        source=name,
        segments=in_order(segments, name),
        maneuvers=tuple(sorted(maneuvers, key=lambda event: (event.jd, event.fraction))),
        notes=notes.sentences(),
        creation=creation_of(message.header, name),
    )


def _catalog_number(metadata: Block, notes: Notes) -> int | None:
    designator = metadata.text("OBJECT_DESIGNATOR")
    if not designator:
        return None
    catalog = re.sub(r"[ _\-]", "", metadata.text("CATALOG_NAME").upper())
    number = parse_catalog_number(designator) if catalog in _PUBLIC_CATALOGS else None
    if number is None:
        shown = f"{excerpt(metadata.text('CATALOG_NAME'))[:40]} {excerpt(designator)[:40]}".strip()
        notes.add("OBJECT_DESIGNATOR is not a number of the public catalogue", shown)
    return number


def _trajectories(message: OdmMessage, clock: Clock, notes: Notes) -> list[RawSegment]:
    """The Cartesian trajectories of a message. Raises InputError if it has none."""
    blocks = message.of_kind("TRAJ")
    for block in blocks:
        block.require(("TRAJ_TYPE",), clock.name)
    cartesian = [block for block in blocks if block.text("TRAJ_TYPE").upper() in _TYPES]
    if not cartesian:
        line = blocks[0].line_of("TRAJ_TYPE") if blocks else message.line
        got = quoted(blocks[0].text("TRAJ_TYPE"), 40) if blocks else "no block TRAJ"
        raise InputError(
            f"{clock.name}: line {line}: expected a trajectory CARTPV, CARTP or CARTPVA, got {got}"
        )
    for block in blocks:
        if block not in cartesian:
            notes.add("a trajectory of a type that is not read", excerpt(block.text("TRAJ_TYPE"))[:40])
    return [_trajectory(block, clock, notes) for block in cartesian]


def _trajectory(block: Block, clock: Clock, notes: Notes) -> RawSegment:
    name = clock.name
    for keyword, expected in (("CENTER_NAME", "EARTH"), ("ORB_AVERAGING", "OSCULATING")):
        if block.text(keyword, expected).upper() != expected:
            raise InputError(
                f"{name}: line {block.line_of(keyword)}: {keyword}: expected {expected}, got "
                f"{quoted(block.text(keyword), 40)}"
            )
    if not block.text("TRAJ_REF_FRAME"):
        notes.add("no TRAJ_REF_FRAME; taken as ICRF3, the standard's default")
    size = _TYPES[block.text("TRAJ_TYPE").upper()]
    for row, line in zip(block.rows, block.row_lines, strict=True):
        if len(row) != 1 + size:
            raise InputError(
                f"{name}: line {line}: {max(len(row) - 1, 0)} numbers after the time; expected {size} of "
                f"{block.text('TRAJ_TYPE').upper()}"
            )
    if not block.rows:
        raise InputError(f"{name}: line {block.line}: a trajectory without states; expected some")
    if size == 9:
        notes.add("accelerations are not used")
    numbers = number_table([row[1:] for row in block.rows], size, block.row_lines, name, "a coordinate")
    states = np.full((len(numbers), 6), np.nan)
    states[:, : min(size, 6)] = numbers[:, :6]

    def time_of(keyword: str) -> Moments | None:
        return clock.moment(block, keyword) if block.text(keyword) else None

    method, degree = interpolation_of(block, name)
    return RawSegment(
        moments=clock.moments([row[0] for row in block.rows], block.row_lines),
        states=states,
        lines=block.row_lines,
        frame=block.text("TRAJ_REF_FRAME", "ICRF3"),
        frame_epoch=clock.pair(block, "TRAJ_FRAME_EPOCH"),
        usable_start=time_of("USEABLE_START_TIME"),
        usable_stop=time_of("USEABLE_STOP_TIME"),
        interpolation=method,
        degree=degree,
        line=block.line,
    )


KVN = EphemerisFormat(
    "ocm-kvn", f"an OCM as KVN ({VERSION} = ...)", lambda text: begins_with(VERSION, text), read_kvn
)
XML = EphemerisFormat("ocm-xml", "an OCM as XML (<ocm>)", lambda text: has_message("ocm", text), read_xml)
