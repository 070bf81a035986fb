"""Orbit ephemeris messages of the objects of a run, around their closest approaches.

Source: CCSDS 502.0-B-2 (2009), "Orbit Data Messages", section 5: the OEM as KVN.

Assumptions
- A message is of one object: one file per object, one segment per arc. Two segments of one object never overlap. At a
  switch from one element set to the next, at a manoeuvre and at a gap one segment ends and another begins.
- EME2000 by default, rotated from SGP4's TEME of date (`propagation.frames`); with frame "teme" SGP4's own numbers. The
  standard leaves the definition of TEME to the exchange partners: here it is TEME of date.
- The digits of `ephemerides.oem_write` are enough that the messages reproduce the miss distance of conjunctions.csv.
- No covariance: the modelled one at each TCA is in conjunctions.csv.
- CREATION_DATE is the start of the span, not the moment of writing: the same results give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from debrissim.catalog import identifier
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides.oem_write import FRAMES, OemObject, OemSegment, in_frame, oem_kvn
from debrissim.results.export.arcs import ObjectArcs, RunArcs, Segment, read_arcs
from debrissim.results.export.flown import EPHEMERIS, FlownSource
from debrissim.results.export.format import ExportFormat
from debrissim.results.export.target import write_export_folder

STEP_S = 10.0
ORIGINATOR = "DEBRISSIM"
# The line by which an own message is recognised before it is replaced.
MARK = f"ORIGINATOR = {ORIGINATOR}"


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

    Raises InputError if the frame is unknown, `folder` is not a results folder or the target exists, RunError if
    writing fails.
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
    catalog = run.catalog
    return oem_kvn(
        OemObject(
            str(catalog.name[arcs.row]),
            str(catalog.international_designator[arcs.row]),
            identifier(catalog.norad_id[arcs.row]),
        ),
        [OemSegment(segment.time_s, states_of(run, segment, frame)) for segment in arcs.segments],
        frame=frame,
        originator=ORIGINATOR,
        start=(run.start_jd, run.start_fraction),
        comments=(*comments, f"{source}; no covariance is given here."),
    )


def provenance(run: RunArcs, arcs: ObjectArcs) -> Iterator[str]:
    """The origin of an object's arcs in sentences, the last one without its full stop."""
    yield f"Made by debrissim {version('debrissim')} in a simulation. Not an operational ephemeris."
    if run.catalog.synthetic[arcs.row]:
        yield "SYNTHETIC: sampled from a statistical population, this object does not exist."
    if arcs.flown_by == EPHEMERIS:
        yield "Interpolated in the ephemeris that the run screened"
        return
    yield f"SGP4 (WGS-72) from {arcs.flown_by or 'a public element set'}: kilometres off after days"


def states_of(run: RunArcs, segment: Segment, frame: str) -> Array:
    """(k, 6) km, km/s: the states of a segment in the frame "teme" or "eme2000"."""
    return in_frame((run.start_jd, run.start_fraction), segment.time_s, segment.state, frame)


FORMAT = ExportFormat(
    "oem",
    "CCSDS orbit ephemeris messages: a folder with one file per object, arcs around each TCA",
    "-oem",
    write,
    options=("minutes", "frame"),
)
