"""Orbit comprehensive messages of the objects of a run: the arcs of the OEM export, with position errors at each TCA.

Source: CCSDS 502.0-B-3 (2023), "Orbit Data Messages", section 6: the OCM as KVN.

Assumptions
- A message is of one object: one file per object, a block TRAJ per arc, one block COV for all its encounters.
- EME2000 by default, rotated from SGP4's TEME of date; with frame "teme" SGP4's own numbers, as TEMEOFDATE.
- The covariance is of positions, along the object's RTN: the standard deviations of conjunctions.csv. Correlations,
  which the table does not hold, are zero, and a comment says so. If there are several encounters at one moment, the
  first is written.
- CREATION_DATE is the start of the span, not the moment of writing: the same results give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from debrissim.catalog import ObjectKind, identifier
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.ephemerides.ocm_content import OcmCovariances, OcmMessage, OcmTrajectory
from debrissim.ephemerides.ocm_write import ocm_kvn
from debrissim.ephemerides.oem_write import DEGREE, FRAMES
from debrissim.results.export.arcs import ObjectArcs, RunArcs, Segment, read_arcs
from debrissim.results.export.flown import EPHEMERIS, FlownSource
from debrissim.results.export.format import ExportFormat
from debrissim.results.export.oem import MARK, ORIGINATOR, STEP_S, provenance, states_of
from debrissim.results.export.target import write_export_folder

_FRAME_NAMES = {"eme2000": "EME2000", "teme": "TEMEOFDATE"}


def write(
    folder: Path,
    target: Path,
    *,
    minutes: float = 10.0,
    frame: str = "eme2000",
    flown: FlownSource | None = None,
    force: bool = False,
) -> Path:
    """Write NUMBER.ocm of every object of an encounter into a new folder `target`; returns it.

    minutes: of arc on either side of each TCA; flown: as in `read_arcs`.

    Raises InputError if the frame is unknown, `folder` is not a results folder or the target exists, RunError if
    writing fails.
    """
    if frame not in FRAMES:
        raise InputError(f"export: expected a frame among {', '.join(FRAMES)}, got {frame!r}")
    run = read_arcs(folder, half_minutes=minutes, step_s=STEP_S, flown=flown)
    messages = {
        f"{identifier(run.catalog.norad_id[arcs.row])}.ocm": ocm_kvn(message(run, arcs, frame))
        for arcs in run.objects
    }
    return write_export_folder(target, messages, ".ocm", MARK, force=force)


def message(run: RunArcs, arcs: ObjectArcs, frame: str) -> OcmMessage:
    """The message of one object."""
    catalog, row = run.catalog, arcs.row
    number = identifier(catalog.norad_id[row])
    by_ephemeris = arcs.flown_by == EPHEMERIS
    covariances = _covariances(run, int(catalog.norad_id[row]), "" if by_ephemeris else "EMPIRICAL")
    *comments, source = provenance(run, arcs)
    return OcmMessage(
        originator=ORIGINATOR,
        created=(run.start_jd, run.start_fraction),
        metadata={
            "OBJECT_NAME": " ".join(str(catalog.name[row]).split()) or number,
            "INTERNATIONAL_DESIGNATOR": str(catalog.international_designator[row]),
            **({"CATALOG_NAME": "SATCAT"} if int(catalog.norad_id[row]) > 0 else {}),
            "OBJECT_DESIGNATOR": number,
            "OBJECT_TYPE": ObjectKind(int(catalog.object_kind[row])).label.upper(),
        },
        trajectories=[
            _trajectory(run, segment, frame, "" if by_ephemeris else "SGP4") for segment in arcs.segments
        ],
        covariances=[covariances] if covariances is not None else [],
        comments=(*comments, f"{source}."),
    )


def _moments(run: RunArcs, time_s: Array) -> tuple[Array, Array]:
    """Times of a run as split Julian dates, to the microsecond, as the OEM export has them."""
    ticks = np.round((run.start_fraction * SECONDS_PER_DAY + time_s) * 1e6)
    days, rest = np.divmod(ticks, SECONDS_PER_DAY * 1e6)
    return run.start_jd + days, rest / (SECONDS_PER_DAY * 1e6)


def _trajectory(run: RunArcs, segment: Segment, frame: str, propagator: str) -> OcmTrajectory:
    jd, fraction = _moments(run, segment.time_s)
    degree = min(DEGREE, len(segment.time_s) - 1)
    return OcmTrajectory(
        jd,
        fraction,
        states_of(run, segment, frame),
        _FRAME_NAMES[frame],
        interpolation="LAGRANGE" if degree else "",
        degree=degree,
        basis="SIMULATED",
        propagator=propagator,
    )


def _covariances(run: RunArcs, number: int, basis: str) -> OcmCovariances | None:
    """The position errors of an object at the TCAs of its encounters; None if the run has no errors for it."""
    table = run.table
    found: dict[tuple[float, float], Array] = {}
    for role in ("primary", "secondary"):
        rows = np.flatnonzero(np.asarray(table[f"{role}_norad_id"]) == number)
        sigmas = np.stack([np.asarray(table[f"{role}_sigma_{axis}_km"])[rows] for axis in "rtn"], axis=1)
        jd, fraction = _moments(run, np.asarray(table.tca_s)[rows])
        for key, sigma in zip(zip(jd.tolist(), fraction.tolist(), strict=True), sigmas, strict=True):
            if (sigma > 0.0).all() and np.isfinite(sigma).all():
                found.setdefault(key, sigma)
    if not found:
        return None
    moments = sorted(found)
    return OcmCovariances(
        jd=np.array([jd for jd, _ in moments]),
        fraction=np.array([fraction for _, fraction in moments]),
        matrices=np.stack([np.diag(found[moment] ** 2) for moment in moments]),
        basis=basis,
        comments=(
            "Standard deviations of the position at each TCA, as the run used them, without correlations.",
        ),
    )


FORMAT = ExportFormat(
    "ocm",
    "CCSDS orbit comprehensive messages: a folder with one file per object, arcs and position errors around each TCA",
    "-ocm",
    write,
    options=("minutes", "frame"),
)
