"""Orbit comprehensive messages as KVN text: trajectories, covariances and manoeuvres of one object.

Source: CCSDS 502.0-B-3, section 6 (content and order of keywords) and 7 (KVN).

Assumptions
- Times are UTC and absolute. Numbers have 16 digits, the most that the standard allows: states of low orbits to a
  nanometre.
- An interpolation that needs more states than a trajectory has is not recommended (6.2.5.9).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from debrissim.catalog.catalog_numbers import INTERNATIONAL_DESIGNATOR
from debrissim.core.arrays import Array
from debrissim.core.epochs import format_iso_epoch
from debrissim.core.errors import InputError
from debrissim.core.numbers import ascii_line
from debrissim.ephemerides.ocm_content import OcmCovariances, OcmManeuver, OcmMessage, OcmTrajectory
from debrissim.ephemerides.ocm_metadata import METADATA

VERSION = "3.0"
_COMMENT_LENGTH = 200
_NUMBERS_PER_LINE = {3: "CARTP", 6: "CARTPV"}
_UNITS = {"CARTP": "km, km, km", "CARTPV": "km, km, km, km/s, km/s, km/s"}


def ocm_kvn(message: OcmMessage) -> str:
    """The message as KVN text. Raises InputError for content that an OCM cannot express: no state, numbers, times."""
    if not message.trajectories:
        raise InputError("OCM: expected at least one trajectory")
    blocks = [
        *(("ORB", _trajectory_lines(part)) for part in message.trajectories),
        *(("COV", _covariance_lines(part)) for part in message.covariances),
        *(("MAN", _maneuver_lines(part, k)) for k, part in enumerate(message.maneuvers, start=1)),
    ]
    lines = [f"CCSDS_OCM_VERS = {VERSION}", *_comments(message.comments)]
    lines.append(f"CREATION_DATE = {_stamp(*message.created)}")
    lines.append(f"ORIGINATOR = {_text('ORIGINATOR', message.originator)}")
    if message.message_id:
        lines.append(f"MESSAGE_ID = {_text('MESSAGE_ID', message.message_id)}")
    lines += ["", *_metadata(message, [kind for kind, _ in blocks])]
    for _, block in blocks:
        lines += ["", *block]
    return "\n".join(lines) + "\n"


def _metadata(message: OcmMessage, elements: Sequence[str]) -> Iterator[str]:
    starts = [(float(t.jd[0]), float(t.fraction[0])) for t in message.trajectories]
    stops = [(float(t.jd[-1]), float(t.fraction[-1])) for t in message.trajectories]
    values = {
        "TIME_SYSTEM": "UTC",
        "EPOCH_TZERO": _stamp(*min(starts)),
        "OCM_DATA_ELEMENTS": ", ".join(elements),
        "START_TIME": _stamp(*min(starts)),
        "STOP_TIME": _stamp(*max(stops)),
        **message.metadata,
    }
    designator = values.get("INTERNATIONAL_DESIGNATOR", "")
    if designator and not INTERNATIONAL_DESIGNATOR.fullmatch(designator):
        del values["INTERNATIONAL_DESIGNATOR"]
    yield "META_START"
    for keyword in METADATA:
        if values.get(keyword, ""):
            yield f"{keyword} = {_text(keyword, values[keyword])}"
    yield "META_STOP"


def _trajectory_lines(part: OcmTrajectory) -> Iterator[str]:
    states = np.asarray(part.states, dtype=np.float64)
    kind = _NUMBERS_PER_LINE.get(states.shape[1] if states.ndim == 2 else 0)
    if kind is None or not len(states) or len(states) != len(part.jd) or not np.isfinite(states).all():
        raise InputError("OCM: expected k states of 3 or 6 finite numbers, and k times")
    stamps = _stamps(part.jd, part.fraction)
    yield "TRAJ_START"
    yield from _comments(part.comments)
    if part.basis:
        yield f"TRAJ_BASIS = {part.basis}"
    if part.interpolation and part.degree < len(states):
        yield f"INTERPOLATION = {part.interpolation}"
        yield f"INTERPOLATION_DEGREE = {part.degree}"
    if part.propagator:
        yield f"PROPAGATOR = {_text('PROPAGATOR', part.propagator)}"
    yield "CENTER_NAME = EARTH"
    yield f"TRAJ_REF_FRAME = {_text('TRAJ_REF_FRAME', part.frame)}"
    ends = ((float(part.jd[0]), float(part.fraction[0])), (float(part.jd[-1]), float(part.fraction[-1])))
    for keyword, limit, end in (
        ("USEABLE_START_TIME", part.usable_start, ends[0]),
        ("USEABLE_STOP_TIME", part.usable_stop, ends[1]),
    ):
        if limit is not None and limit != end:
            yield f"{keyword} = {_stamp(*limit)}"
    yield f"TRAJ_TYPE = {kind}"
    yield f"TRAJ_UNITS = [{_UNITS[kind]}]"
    for stamp, state in zip(stamps, states.tolist(), strict=True):
        yield " ".join([stamp, *map(_number, state)])
    yield "TRAJ_STOP"


def _covariance_lines(part: OcmCovariances) -> Iterator[str]:
    matrices = np.asarray(part.matrices, dtype=np.float64)
    kind = _NUMBERS_PER_LINE.get(matrices.shape[-1]) if matrices.ndim == 3 else None
    if kind is None or not len(matrices) or len(matrices) != len(part.jd) or not np.isfinite(matrices).all():
        raise InputError("OCM: expected c covariances of 3 x 3 or 6 x 6 finite numbers, and c times")
    yield "COV_START"
    yield from _comments(part.comments)
    if part.basis:
        yield f"COV_BASIS = {part.basis}"
    yield f"COV_REF_FRAME = {_text('COV_REF_FRAME', part.frame)}"
    yield f"COV_TYPE = {kind}"
    yield "COV_ORDERING = LTM"
    yield f"COV_UNITS = [{_UNITS[kind]}]"
    lower = np.tril_indices(matrices.shape[-1])
    for stamp, matrix in zip(_stamps(part.jd, part.fraction), matrices, strict=True):
        yield " ".join([stamp, *map(_number, matrix[lower].tolist())])
    yield "COV_STOP"


def _maneuver_lines(part: OcmManeuver, number: int) -> Iterator[str]:
    composition = ["TIME_ABSOLUTE", "MAN_DURA"]
    values = [_stamp(part.jd, part.fraction), _number(part.duration_s)]
    if part.delta_v_km_s is not None:
        composition += ["DV_X", "DV_Y", "DV_Z"]
        values += map(_number, part.delta_v_km_s)
    yield "MAN_START"
    yield from _comments(part.comments)
    for keyword, value in (
        ("MAN_ID", part.identifier or str(number)),
        ("MAN_BASIS", part.basis),
        ("MAN_DEVICE_ID", part.device),
        ("MAN_PURPOSE", part.purpose),
        ("MAN_REF_FRAME", part.frame),
        ("DC_TYPE", "CONTINUOUS"),
        ("MAN_COMPOSITION", ", ".join(composition)),
    ):
        if value:
            yield f"{keyword} = {_text(keyword, value)}"
    yield " ".join(values)
    yield "MAN_STOP"


def _floats(values: Array) -> list[float]:
    return [float(value) for value in np.asarray(values)]


def _stamps(jd: Array, fraction: Array) -> list[str]:
    """Times as text. Raises InputError unless they ascend."""
    pairs = list(zip(_floats(jd), _floats(fraction), strict=True))
    if any(later <= earlier for earlier, later in pairwise(pairs)):
        raise InputError("OCM: expected times that ascend")
    return [_stamp(*pair) for pair in pairs]


def _stamp(jd: float, fraction: float) -> str:
    """A time as the shortest text that reads back the same."""
    midnight = np.floor(jd - 0.5) + 0.5
    rest = fraction + (jd - midnight)
    days = np.floor(rest)
    try:
        return format_iso_epoch(float(midnight + days), float(rest - days))
    except (ValueError, OverflowError) as error:
        raise InputError(f"OCM: expected a time within the years 1 to 9999, got {jd!r}") from error


def _number(value: float) -> str:
    """16 digits, as the standard allows: floating point, one digit before the point."""
    if not np.isfinite(value):
        raise InputError(f"OCM: expected a finite number, got {value}")
    return f"{value:.15e}"


def _text(keyword: str, value: str) -> str:
    text = ascii_line(value)
    if not text:
        raise InputError(f"OCM: {keyword}: expected text, got none")
    return text


def _comments(comments: Sequence[str]) -> Iterator[str]:
    for comment in comments:
        for piece in textwrap.wrap(ascii_line(comment), _COMMENT_LENGTH) or [""]:
            yield f"COMMENT {piece}".rstrip()
