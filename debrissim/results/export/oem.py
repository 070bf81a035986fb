"""Orbit ephemeris messages of the objects of a run, around their closest approaches.

Source: CCSDS 502.0-B-2 (2009), "Orbit Data Messages", section 5: the OEM as KVN.

Assumptions
- A message is of one object: one file per object, one segment per arc. Two segments of one object never overlap. At a
  switch from one element set to the next, at a manoeuvre and at a gap one segment ends and another begins.
- EME2000 by default, rotated from SGP4's TEME of date (`propagation.frames`); with frame "teme" SGP4's own numbers. The
  standard leaves the definition of TEME to the exchange partners: here it is TEME of date.
- Positions are written to 1e-7 km, velocities to 1e-10 km/s: far below the error of any element set, and enough that
  the messages reproduce the miss distance of conjunctions.csv.
- No covariance: the modelled one at each TCA is in conjunctions.csv.
- CREATION_DATE is the start of the span, not the moment of writing: the same results give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np

from debrissim.catalog import identifier
from debrissim.catalog.catalog_numbers import INTERNATIONAL_DESIGNATOR
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.propagation.celestial import teme_to_eme2000
from debrissim.results.export.arcs import ObjectArcs, RunArcs, Segment, read_arcs
from debrissim.results.export.flown import EPHEMERIS, FlownSource
from debrissim.results.export.format import ExportFormat
from debrissim.results.export.target import write_export_folder

FRAMES = ("eme2000", "teme")
STEP_S = 10.0
_DEGREE = 7
# The line by which an own message is recognised before it is replaced.
MARK = "ORIGINATOR = DEBRISSIM"


def write(
    folder: Path,
    target: Path,
    *,
    minutes: float = 10.0,
    frame: str = "eme2000",
    flown: FlownSource | None = None,
    force: bool = False,
) -> Path:
    """Write NUMBER.oem of every object of an encounter into a new folder `target`; returns it.

    minutes: of arc on either side of each TCA; flown: as in `read_arcs`.

    Raises InputError if the frame is unknown, `folder` is not a results folder or the target exists, RunError if the
    disk refuses.
    """
    if frame not in FRAMES:
        raise InputError(f"export: expected a frame among {', '.join(FRAMES)}, got {frame!r}")
    run = read_arcs(folder, half_minutes=minutes, step_s=STEP_S, flown=flown)
    messages = {
        f"{identifier(run.catalog.norad_id[arcs.row])}.oem": message(run, arcs, frame) for arcs in run.objects
    }
    return write_export_folder(target, messages, ".oem", MARK, force=force)


def message(run: RunArcs, arcs: ObjectArcs, frame: str) -> str:
    """The message of one object."""
    *comments, source = provenance(run, arcs)
    lines = [
        "CCSDS_OEM_VERS = 2.0",
        *(f"COMMENT {comment}" for comment in (*comments, f"{source}; no covariance is given here.")),
        f"CREATION_DATE = {utc_text(run.start_jd, run.start_fraction).removesuffix('Z')}",
        MARK,
    ]
    for segment in arcs.segments:
        lines += ["", *_segment(run, arcs.row, segment, frame)]
    return "\n".join(lines) + "\n"


def provenance(run: RunArcs, arcs: ObjectArcs) -> Iterator[str]:
    """The origin of an object's arcs in sentences, the last one without its full stop."""
    yield f"Made by debrissim {version('debrissim')} in a simulation. Not an operational ephemeris."
    if run.catalog.synthetic[arcs.row]:
        yield "SYNTHETIC: sampled from a statistical population, this object does not exist."
    if arcs.flown_by == EPHEMERIS:
        yield "Interpolated in the ephemeris that the run screened"
        return
    yield f"SGP4 (WGS-72) from {arcs.flown_by or 'a public element set'}: kilometres off after days"


def _segment(run: RunArcs, row: int, segment: Segment, frame: str) -> Iterator[str]:
    catalog = run.catalog
    designator, number = str(catalog.international_designator[row]), identifier(catalog.norad_id[row])
    stamps = [
        utc_text(run.start_jd, run.start_fraction, time).removesuffix("Z") for time in segment.time_s.tolist()
    ]
    name = " ".join(str(catalog.name[row]).split())
    yield "META_START"
    yield f"OBJECT_NAME = {name or number}"
    yield f"OBJECT_ID = {designator if INTERNATIONAL_DESIGNATOR.fullmatch(designator) else number}"
    yield "CENTER_NAME = EARTH"
    yield f"REF_FRAME = {frame.upper()}"
    yield "TIME_SYSTEM = UTC"
    yield f"START_TIME = {stamps[0]}"
    yield f"STOP_TIME = {stamps[-1]}"
    if len(stamps) > 1:
        yield "INTERPOLATION = LAGRANGE"
        yield f"INTERPOLATION_DEGREE = {min(_DEGREE, len(stamps) - 1)}"
    yield "META_STOP"
    for stamp, state in zip(stamps, in_frame(run, segment, frame).tolist(), strict=True):
        position, velocity = state[:3], state[3:]
        yield " ".join([stamp, *(f"{x:.7f}" for x in position), *(f"{v:.10f}" for v in velocity)])


def in_frame(run: RunArcs, segment: Segment, frame: str) -> Array:
    """(k, 6) km, km/s: the states of a segment in the frame "teme" or "eme2000"."""
    if frame == "teme":
        return segment.state
    days, fraction = np.divmod(run.start_fraction + segment.time_s / SECONDS_PER_DAY, 1.0)
    matrices = teme_to_eme2000(run.start_jd + days, fraction)
    rotated = np.einsum("kij,kaj->kai", matrices, segment.state.reshape(-1, 2, 3))
    return np.asarray(rotated.reshape(-1, 6))


FORMAT = ExportFormat(
    "oem",
    "CCSDS orbit ephemeris messages: a folder with one file per object, arcs around each TCA",
    "-oem",
    write,
    options=("minutes", "frame"),
)
