"""CDMs of a run's encounters, one for each whose collision probability reaches a threshold.

Source: CCSDS 508.0-B-1 for the format (see `cdm.write`).

Assumptions
- States are SGP4's or interpolated in ephemerides, rotated from TEME of date to EME2000; RTN is the same in both.
- The covariance is the one that the object's ephemeris states, or the modelled one, of positions: its velocity terms
  are written as zeros and declared so.
- SCREEN_ENTRY_TIME and SCREEN_EXIT_TIME are those of the screening volumes together: of the outermost if one contains
  the others.
- Written numbers have at most 16 digits, as the standard has it: states are rounded to nanometres.
- Text is upper case, as the standard has it.
- CREATION_DATE is the start of the span, not the moment of writing: the same scenario gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import ObjectKind, identifier
from debrissim.catalog.catalog_numbers import INTERNATIONAL_DESIGNATOR
from debrissim.cdm import CdmObject, Conjunction, cdm_kvn, cdm_xml
from debrissim.conjunctions.assessment import Assessment, has_sampled
from debrissim.conjunctions.inputs import RunInputs
from debrissim.conjunctions.trajectory_records import file_of
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.files import replace_text
from debrissim.core.time import utc_text
from debrissim.probability.registry import METHODS
from debrissim.propagation.celestial import teme_to_eme2000
from debrissim.screening.encounters import Encounters


def write_cdms(folder: Path, conjunctions: Iterable[Conjunction], file_format: str) -> int:
    """Write each conjunction as a CDM, named after its MESSAGE_ID.

    Parameters
    ----------
    folder : folder of the files, created if it is missing
    conjunctions : the conjunctions to write
    file_format : "kvn" (.cdm), "xml" (.xml) or "both"

    Returns
    -------
    int
        number of conjunctions.
    """
    writers: dict[str, dict[str, Callable[[Conjunction], str]]] = {
        "kvn": {".cdm": cdm_kvn},
        "xml": {".xml": cdm_xml},
        "both": {".cdm": cdm_kvn, ".xml": cdm_xml},
    }
    folder.mkdir(exist_ok=True)
    count = 0
    for conjunction in conjunctions:
        for ending, write in writers[file_format].items():
            replace_text(folder / f"{conjunction.message_id}{ending}", write(_with_16_digits(conjunction)))
        count += 1
    return count


def conjunctions_above(
    threshold: float, encounters: Encounters, assessment: Assessment, inputs: RunInputs
) -> tuple[Conjunction, ...]:
    """Make CDMs of the encounters with a collision probability of at least `threshold`, in the order of TCA.

    Encounters with sampled objects, which do not exist, have none.

    Parameters
    ----------
    threshold : minimum collision probability
    encounters, assessment : m close approaches and their risk
    inputs : inputs of the run, whose catalogue has names, sizes and masses
    """
    sampled = has_sampled(encounters, inputs.catalog)
    rows = np.flatnonzero((assessment.probability.value >= threshold) & ~sampled)
    days, fraction = np.divmod(inputs.start_fraction + encounters.tca_s[rows] / SECONDS_PER_DAY, 1.0)
    jd = inputs.start_jd + days
    rotations = teme_to_eme2000(jd, fraction)
    return tuple(
        _conjunction(int(row), float(jd[k]), float(fraction[k]), rotations[k], encounters, assessment, inputs)
        for k, row in enumerate(rows)
    )


def _conjunction(
    row: int,
    jd: float,
    fraction: float,
    to_eme2000: Array,
    encounters: Encounters,
    assessment: Assessment,
    inputs: RunInputs,
) -> Conjunction:
    risk = assessment.probability
    primary = _object(
        int(encounters.primary[row]),
        encounters.primary_state[row],
        assessment.primary_covariance_rtn_km2[row],
        assessment.stated[0].of(row),
        to_eme2000,
        inputs,
    )
    secondary = _object(
        int(encounters.secondary[row]),
        encounters.secondary_state[row],
        assessment.secondary_covariance_rtn_km2[row],
        assessment.stated[1].of(row),
        to_eme2000,
        inputs,
    )
    tca = utc_text(jd, fraction).translate(str.maketrans("", "", "-:.Z"))
    comments = [
        f"Made by debrissim {version('debrissim')} in a simulation. Not an operational warning.",
        f"Covariance {assessment.covariance_labels[row]}",
        *_velocity_terms(primary, secondary),
        *_states(int(encounters.primary_norad_id[row]), int(encounters.secondary_norad_id[row]), inputs),
        "CREATION_DATE is the start of the simulated span.",
        f"HBR = {float(risk.hard_body_radius_m[row])!r} [m]",
        f"Maximum probability over the scale of the covariance = {float(risk.maximum[row])!r}",
        f"Screening volumes, half-widths in RTN [km]: {_volumes(encounters.inside[row], inputs)}",
    ]
    return Conjunction(
        tca_jd=jd,
        tca_fraction=fraction,
        primary=primary,
        secondary=secondary,
        originator="DEBRISSIM",
        message_id=f"{primary.designator}_conj_{secondary.designator}_{tca}",
        creation_date=utc_text(inputs.start_jd, inputs.start_fraction).removesuffix("Z"),
        collision_probability=float(risk.value[row]),
        collision_probability_method=METHODS[str(risk.row_method[row])].message_name,
        hard_body_radius_m=float(risk.hard_body_radius_m[row]),
        comments=tuple(comments),
        other=_screening_times(row, encounters, inputs),
    )


def _with_16_digits(conjunction: Conjunction) -> Conjunction:
    """The conjunction with states, masses and probability rounded to 16 digits, the most that the standard allows."""

    def rounded(value: float | None) -> float | None:
        return None if value is None else float(f"{value:.15e}")

    def item(original: CdmObject) -> CdmObject:
        state = np.array([float(f"{value:.15e}") for value in original.state.tolist()])
        return replace(original, state=state, mass_kg=rounded(original.mass_kg))

    return replace(
        conjunction,
        primary=item(conjunction.primary),
        secondary=item(conjunction.secondary),
        collision_probability=rounded(conjunction.collision_probability),
    )


def _volumes(inside: NDArray[np.bool_], inputs: RunInputs) -> str:
    """The volumes that the secondary enters, by name and size."""
    return "; ".join(
        f"{volume.name} ({volume.dimensions})"
        for volume, entered in zip(inputs.volumes, inside, strict=True)
        if entered
    )


def _screening_times(row: int, encounters: Encounters, inputs: RunInputs) -> dict[str, str]:
    """The screened span, and entry into the volumes and exit, unless the secondary is inside at an end of its data."""
    moments = {
        "START_SCREEN_PERIOD": 0.0,
        "STOP_SCREEN_PERIOD": inputs.duration_s,
        "SCREEN_ENTRY_TIME": float(encounters.entry_s[row]),
        "SCREEN_EXIT_TIME": float(encounters.exit_s[row]),
    }
    start = inputs.start_jd, inputs.start_fraction
    return {
        keyword: utc_text(*start, moment).removesuffix("Z")
        for keyword, moment in moments.items()
        if np.isfinite(moment)
    }


def _velocity_terms(primary: CdmObject, secondary: CdmObject) -> list[str]:
    """A comment on the zeros among the velocity terms of the covariances, if there are any."""
    absent = [not item.has_velocity_covariance for item in (primary, secondary)]
    if not any(absent):
        return []
    own = "" if all(absent) else f" of OBJECT{1 + absent.index(True)}"
    return [f"Velocity terms of the covariances{own} are not modelled: zeros."]


def _states(primary: int, secondary: int, inputs: RunInputs) -> list[str]:
    """Comments on the states of both objects, by their numbers."""
    files = [file_of(inputs.trajectories, number) for number in (primary, secondary)]
    if not any(files):
        return [f"States by SGP4 (WGS-72), {_ROTATED}"]
    return [
        f"State of OBJECT{place} interpolated from the ephemeris {file}, {_ROTATED}"
        if file
        else f"State of OBJECT{place} by SGP4 (WGS-72), {_ROTATED}"
        for place, file in enumerate(files, start=1)
    ]


_ROTATED = "rotated from TEME of date to EME2000 (IAU 1976/1980)."
# A value on a line of the standard, with room for its keyword.
_NAME_LENGTH = 200


def _object(
    row: int,
    state: Array,
    covariance_rtn_km2: Array,
    stated: Array | None,
    to_eme2000: Array,
    inputs: RunInputs,
) -> CdmObject:
    """stated: (6, 6) the covariance of the object's ephemeris, its velocity terms NaN if it states none."""
    catalog = inputs.catalog
    designator = str(catalog.international_designator[row])
    covariance = np.zeros((6, 6))
    if stated is not None and np.isfinite(stated).all():
        covariance = stated
    else:
        covariance[:3, :3] = covariance_rtn_km2
    return CdmObject(
        designator=identifier(catalog.norad_id[row]),
        catalog_name="SATCAT",
        name=str(catalog.name[row]).upper() or "UNKNOWN",
        international_designator=designator if INTERNATIONAL_DESIGNATOR.fullmatch(designator) else "UNKNOWN",
        reference_frame="EME2000",
        state=(to_eme2000 @ state.reshape(2, 3).T).T.ravel(),
        covariance_rtn=covariance,
        object_type=ObjectKind(int(catalog.object_kind[row])).label.upper(),
        ephemeris_name=file_of(inputs.trajectories, int(catalog.norad_id[row]))[:_NAME_LENGTH] or "NONE",
        covariance_method="DEFAULT" if stated is None else "CALCULATED",
        mass_kg=float(catalog.mass_kg[row]),
    )
