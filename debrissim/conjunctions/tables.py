"""The tables of a results folder, column by column, as plain lists: what is written is described here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import ObjectKind, Rejection
from debrissim.cdm.assess import CdmAssessment
from debrissim.conjunctions.assessment import Assessment
from debrissim.conjunctions.derived import DensityProfile, RelativeTrack
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import utc_text
from debrissim.probability.collision import ProbabilityFlag
from debrissim.propagation.frames import geodetic
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.results.folder import Table as Table
from debrissim.results.schema import CONJUNCTION_COLUMNS, EVENT_COLUMNS
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.screen import ScreeningResult


def conjunctions(encounters: Encounters, assessment: Assessment, inputs: RunInputs) -> Table:
    """conjunctions.csv: one row per encounter, in the order of TCA, columns as `CONJUNCTION_COLUMNS`."""
    catalog, risk = inputs.catalog, assessment.probability
    primary, secondary = encounters.primary, encounters.secondary
    start = inputs.start_jd, inputs.start_fraction
    names = np.array([volume.name for volume in inputs.volumes])
    covariance = risk.plane.covariance_km2
    columns: list[Any] = [
        [utc_text(*start, tca) for tca in encounters.tca_s.tolist()],
        encounters.tca_s,
        encounters.primary_norad_id,
        catalog.name[primary],
        encounters.secondary_norad_id,
        catalog.name[secondary],
        [ObjectKind(k).label for k in catalog.object_kind[secondary].tolist()],
        catalog.parent_event[secondary],
        catalog.synthetic[secondary],
        [EncounterStatus(s).label for s in encounters.status.tolist()],
        [";".join(names[row]) for row in assessment.inside],
        encounters.miss_distance_km,
        assessment.miss_sigma_km,
        *encounters.relative_position_rtn_km.T,
        encounters.relative_speed_km_s,
        *encounters.relative_velocity_rtn_km_s.T,
        assessment.azimuth_deg,
        assessment.elevation_deg,
        risk.value,
        assessment.probability_half_sigma,
        assessment.probability_double_sigma,
        risk.row_method,
        risk.maximum,
        risk.maximum_scale,
        risk.dilution,
        [";".join(ProbabilityFlag(flag).labels) for flag in risk.flags.tolist()],
        [risk.covariance_label] * len(encounters),
        risk.hard_body_radius_m,
        inputs.size_is_default[secondary],
        encounters.primary_age_days,
        encounters.secondary_age_days,
        *assessment.primary_sigma_rtn_km.T,
        *assessment.secondary_sigma_rtn_km.T,
        *risk.plane.miss_km.T,
        covariance[:, 0, 0],
        covariance[:, 0, 1],
        covariance[:, 1, 1],
        *assessment.along_covariance_km2.T,
        catalog.mass_kg[secondary],
        assessment.impact.kinetic_energy_j,
        assessment.impact.energy_to_mass_j_g,
        assessment.impact.catastrophic,
        *assessment.consequences.secondary_mass_kg,
        *assessment.consequences.energy_to_mass_j_g,
        assessment.consequences.catastrophic_over_range,
        *_fragment_columns(assessment),
        *geodetic(
            encounters.primary_state[:, :3],
            np.full(len(encounters), inputs.start_jd),
            inputs.start_fraction + encounters.tca_s / SECONDS_PER_DAY,
        ),
        *encounters.primary_state.T,
        *encounters.secondary_state.T,
    ]
    return dict(zip(CONJUNCTION_COLUMNS, (_plain(column) for column in columns), strict=True))


def co_located(screened: ScreeningResult, inputs: RunInputs) -> Table:
    """co_located.csv: pairs that fly together and were left out of the conjunctions."""
    catalog, pairs = inputs.catalog, screened.co_located
    return {
        "first_norad_id": _plain(catalog.norad_id[pairs.first]),
        "first_name": _plain(catalog.name[pairs.first]),
        "second_norad_id": _plain(catalog.norad_id[pairs.second]),
        "second_name": _plain(catalog.name[pairs.second]),
        "start_separation_km": _plain(pairs.start_separation_km),
        "least_separation_km": _plain(pairs.least_separation_km),
        "greatest_separation_km": _plain(pairs.greatest_separation_km),
    }


def excluded(screened: ScreeningResult, inputs: RunInputs) -> Table:
    """excluded.csv: objects that took no part, or only up to a moment, and why."""
    catalog = inputs.catalog
    rows = np.flatnonzero(screened.object_status != ObjectStatus.OK)
    start = inputs.start_jd, inputs.start_fraction
    return {
        "norad_id": _plain(catalog.norad_id[rows]),
        "name": _plain(catalog.name[rows]),
        "epoch_utc": [
            utc_text(jd, fraction)
            for jd, fraction in zip(catalog.epoch_jd[rows], catalog.epoch_fraction[rows], strict=True)
        ],
        "status": [int(s) for s in screened.object_status[rows]],
        "reason": [ObjectStatus(int(s)).reason for s in screened.object_status[rows]],
        "valid_until_utc": [
            "" if np.isnan(moment) else utc_text(*start, float(moment)) for moment in screened.failure_s[rows]
        ],
    }


def rejected(rejections: tuple[Rejection, ...]) -> Table:
    """rejected.csv: catalogue records that could not be used."""
    return {
        # Its name alone: results do not depend on where a catalogue lies.
        "file": [Path(r.file).name for r in rejections],
        "line": [r.line for r in rejections],
        "norad_id": ["" if r.norad_id is None else r.norad_id for r in rejections],
        "reason": [r.reason for r in rejections],
        "text": [r.text for r in rejections],
    }


def tracks(all_tracks: tuple[RelativeTrack, ...]) -> Table:
    """tracks.csv: relative motion around the top events; encounter is the row of conjunctions.csv, from 0."""

    def joined(parts: list[NDArray[np.float64]]) -> list[Any]:
        return _plain(np.concatenate(parts)) if parts else []

    return {
        "encounter": [track.encounter for track in all_tracks for _ in track.time_s],
        "time_s": joined([track.time_s for track in all_tracks]),
        **{
            f"relative_position_{axis}_km": joined([track.relative_rtn_km[:, k] for track in all_tracks])
            for k, axis in enumerate("rtn")
        },
    }


def density(profile: DensityProfile) -> Table:
    """density.csv: objects per km^3 in altitude shells, by kind."""
    return {
        "altitude_low_km": _plain(profile.altitude_edges_km[:-1]),
        "altitude_high_km": _plain(profile.altitude_edges_km[1:]),
        **{
            f"{kind.label.replace(' ', '_')}_per_km3": _plain(values)
            for kind, values in profile.per_km3.items()
        },
    }


def events(reports: tuple[CdmAssessment, ...]) -> Table:
    """events.csv: conjunctions told by messages, one row per method, columns as `EVENT_COLUMNS`."""
    rows = [
        (
            number,
            report.conjunction.source,
            report.conjunction.message_id,
            report.conjunction.originator,
            report.conjunction.tca_utc,
            report.conjunction.primary.designator,
            report.conjunction.primary.name,
            report.conjunction.secondary.designator,
            report.conjunction.secondary.name,
            report.miss_distance_km,
            report.relative_speed_km_s,
            report.hard_body_radius_m,
            value.method,
            _or_nothing(value.value),
            _or_nothing(value.lower),
            _or_nothing(value.upper),
            "true" if value.method == report.chosen else "false",
            ";".join(value.flags),
            ";".join(report.flags),
            report.maximum,
            report.maximum_scale,
            "true" if report.dilution else "false",
            _or_nothing(report.conjunction.collision_probability),
            report.conjunction.collision_probability_method,
            *report.conjunction.relative_state_rtn.tolist(),
            *report.plane.miss_km[0].tolist(),
            *report.plane.covariance_km2[0][np.triu_indices(2)].tolist(),
            *report.along_covariance_km2.tolist(),
        )
        for number, report in enumerate(reports)
        for value in report.values
    ]
    return {name: [row[k] for row in rows] for k, name in enumerate(EVENT_COLUMNS)}


def _fragment_columns(assessment: Assessment) -> list[Any]:
    """For each size the expected number, the least and the greatest."""
    found = assessment.consequences
    return [
        column
        for expected, (low, high) in zip(found.expected_fragments, found.fragments, strict=True)
        for column in (expected, low, high)
    ]


def _or_nothing(value: float | None) -> float | str:
    return "" if value is None else value


def _plain(column: Any) -> list[Any]:
    """Python values of a column, with true and false as words and NaN as nothing."""
    if isinstance(column, list):
        return column
    values = np.asarray(column).tolist()
    if np.asarray(column).dtype == bool:
        return ["true" if v else "false" for v in values]
    return ["" if isinstance(v, float) and v != v else v for v in values]
