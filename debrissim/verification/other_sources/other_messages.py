"""CDMs as the other source of a comparison: their states in TEME, so that orbits can be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from debrissim.catalog.catalog_numbers import parse_catalog_number
from debrissim.cdm import Conjunction, read_cdm
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.numbers import count
from debrissim.ephemerides.frames import frame_of, to_teme
from debrissim.verification.other_sources.reported import MESSAGES, OtherList, Precision, reported_events

# Messages state metres and milliseconds; a miss distance in whole metres is common.
_DIGITS = Precision(miss_km=5.1e-4, speed_km_s=5.1e-4, tca_s=1.5e-3)
_SUFFIXES = (".cdm", ".xml", ".kvn", ".json", ".txt", ".gz", ".xz")


def messages(path: Path) -> OtherList:
    """The CDMs of a file, or of the files of a folder. Raises InputError naming the file at fault."""
    found = [message for file in _files(path) for message in read_cdm(file)]
    if not found:
        raise InputError(f"{path}: holds no CDM")
    known = [
        (m, parse_catalog_number(m.primary.designator), parse_catalog_number(m.secondary.designator))
        for m in found
    ]
    usable = [(m, a, b) for m, a, b in known if a is not None and b is not None]
    left_out = len(found) - len(usable)
    if not usable:
        raise InputError(f"{path}: no CDM names both objects by catalogue number (OBJECT_DESIGNATOR)")
    states = np.stack([_states(m) for m, _, _ in usable])
    relative = np.stack([m.relative_state_rtn for m, _, _ in usable])
    distance = np.linalg.norm(relative[:, :3], axis=1)
    events = reported_events(
        len(usable),
        first_number=np.array([a for _, a, _ in usable], dtype=np.int64),
        second_number=np.array([b for _, _, b in usable], dtype=np.int64),
        first_name=np.array([m.primary.name for m, _, _ in usable], dtype=np.object_),
        second_name=np.array([m.secondary.name for m, _, _ in usable], dtype=np.object_),
        tca_jd=np.array([m.tca_jd for m, _, _ in usable]),
        tca_fraction=np.array([m.tca_fraction for m, _, _ in usable]),
        miss_km=distance,
        speed_km_s=np.linalg.norm(relative[:, 3:], axis=1),
        probability=np.array([_number_or_nan(m.collision_probability) for m, _, _ in usable]),
        hard_body_radius_m=np.array([_number_or_nan(m.hard_body_radius_m) for m, _, _ in usable]),
        relative_rtn_km=relative[:, :3],
        states_teme=states,
        batch=np.array([m.creation_date for m, _, _ in usable], dtype=np.object_),
    )
    notes = (
        (f"{count(left_out, 'message')} without the catalogue numbers of both objects left out.",)
        if left_out
        else ()
    )
    return OtherList(
        path=path,
        label="the CDMs",
        format=MESSAGES,
        events=events,
        report_count=len(found),
        precision=_DIGITS,
        uses_sgp4=False,
        notes=notes,
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() in _SUFFIXES)
    if not found:
        raise InputError(f"{path}: neither a results folder nor a folder of CDMs")
    return found


def _states(message: Conjunction) -> Array:
    """(2, 6) km, km/s in TEME; NaN if either frame cannot be converted."""
    jd, fraction = np.array([message.tca_jd]), np.array([message.tca_fraction])
    states = np.full((2, 6), np.nan)
    for place, each in enumerate((message.primary, message.secondary)):
        try:
            frame = frame_of(each.reference_frame, message.source)
        except InputError:
            return np.full((2, 6), np.nan)
        states[place] = to_teme(frame, jd, fraction).states(each.state[None])[0]
    return states


def _number_or_nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)
