"""The tables of a run of conjunctions, as arrays by name; `results.schema` declares their columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog import Catalog, ObjectKind, Origin, Rejection
from debrissim.cdm.assess import CdmAssessment
from debrissim.conjunctions.assessment import Assessment, has_sampled
from debrissim.conjunctions.derived import DensityProfile, RelativeTrack
from debrissim.conjunctions.inputs import RunInputs
from debrissim.conjunctions.outside_names import outside_events, outside_names
from debrissim.core.arrays import Array, Index
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import datetime64_text, epochs_datetime64, utc_datetime64
from debrissim.hazard.impact import Consequences
from debrissim.probability.collision import ProbabilityFlag
from debrissim.propagation.frames import geodetic
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.results.schema.conjunctions import (
    CONJUNCTIONS,
    DENSITY,
    EVENTS,
    TRACKS,
)
from debrissim.results.schema.left_out import (
    CO_LOCATED,
    EXCLUDED,
    GAPS,
    REJECTED,
)
from debrissim.results.table import Table
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.screen import ScreeningResult


def conjunctions(encounters: Encounters, assessment: Assessment, inputs: RunInputs) -> Table:
    """conjunctions.csv: one row per encounter, in the order of TCA."""
    catalog, risk = inputs.catalog, assessment.probability
    primary, secondary = encounters.primary, encounters.secondary
    # Texts as objects: one in many rows is then one text, and not a copy in each.
    volumes = np.array([volume.name for volume in inputs.volumes], dtype=np.object_)
    origin = np.array([o.label for o in Origin], dtype=np.object_)[catalog.origin]
    name, event = (texts(catalog).astype(np.object_) for texts in (outside_names, outside_events))
    latitude, longitude, altitude = geodetic(
        encounters.primary_state[:, :3],
        np.full(len(encounters), inputs.start_jd),
        inputs.start_fraction + encounters.tca_s / SECONDS_PER_DAY,
    )
    return CONJUNCTIONS.table(
        {
            "tca_utc": utc_datetime64(inputs.start_jd, inputs.start_fraction, encounters.tca_s),
            "tca_s": encounters.tca_s,
            "primary_norad_id": encounters.primary_norad_id,
            "primary_name": name[primary],
            "primary_origin": origin[primary],
            "secondary_norad_id": encounters.secondary_norad_id,
            "secondary_name": name[secondary],
            "secondary_origin": origin[secondary],
            "object_kind": _kinds(catalog, secondary),
            "parent_event": event[secondary],
            "synthetic": has_sampled(encounters, catalog),
            "status": _words_of(encounters.status, lambda status: EncounterStatus(int(status)).label),
            "volumes": _words_of(encounters.inside, lambda inside: ";".join(volumes[inside])),
            "entry_s": encounters.entry_s,
            "exit_s": encounters.exit_s,
            "inside_at_tca": encounters.inside_at_tca,
            "miss_distance_km": encounters.miss_distance_km,
            "miss_distance_sigma_km": assessment.miss_sigma_km,
            **_components("relative_position_{}_km", "rtn", encounters.relative_position_rtn_km),
            "relative_speed_km_s": encounters.relative_speed_km_s,
            **_components("relative_velocity_{}_km_s", "rtn", encounters.relative_velocity_rtn_km_s),
            "approach_azimuth_deg": assessment.azimuth_deg,
            "approach_elevation_deg": assessment.elevation_deg,
            "collision_probability": risk.value,
            "collision_probability_half_sigma": assessment.probability_half_sigma,
            "collision_probability_double_sigma": assessment.probability_double_sigma,
            "collision_probability_low": assessment.probability_low,
            "collision_probability_high": assessment.probability_high,
            "collision_probability_method": risk.row_method,
            "maximum_probability": risk.maximum,
            "maximum_sigma_factor": risk.maximum_scale,
            "dilution": risk.dilution,
            "flags": _words_of(risk.flags, lambda flags: ";".join(ProbabilityFlag(int(flags)).labels)),
            "covariance_model": assessment.covariance_labels,
            "primary_covariance_source": assessment.covariance_sources[0],
            "secondary_covariance_source": assessment.covariance_sources[1],
            "hard_body_radius_m": risk.hard_body_radius_m,
            "primary_radius_is_default": inputs.size_is_default[primary],
            "hard_body_radius_is_default": inputs.size_is_default[secondary],
            "primary_age_days": encounters.primary_age_days,
            "secondary_age_days": encounters.secondary_age_days,
            **_components("primary_sigma_{}_km", "rtn", assessment.primary_sigma_rtn_km),
            **_components("secondary_sigma_{}_km", "rtn", assessment.secondary_sigma_rtn_km),
            **_plane_columns(risk.plane.miss_km, risk.plane.covariance_km2, assessment.along_covariance_km2),
            "primary_mass_is_default": inputs.mass_is_default[primary],
            "secondary_mass_kg": catalog.mass_kg[secondary],
            "secondary_mass_is_default": inputs.mass_is_default[secondary],
            "impact_energy_j": assessment.impact.kinetic_energy_j,
            "energy_to_mass_j_g": assessment.impact.energy_to_mass_j_g,
            "catastrophic": assessment.impact.catastrophic,
            **_consequence_columns(assessment.consequences),
            "primary_latitude_deg": latitude,
            "primary_longitude_deg": longitude,
            "primary_altitude_km": altitude,
            **_state_columns("primary", encounters.primary_state),
            **_state_columns("secondary", encounters.secondary_state),
        }
    )


def co_located(screened: ScreeningResult, inputs: RunInputs) -> Table:
    """co_located.csv: pairs that fly together and were left out of the conjunctions."""
    catalog, pairs = inputs.catalog, screened.co_located
    return CO_LOCATED.table(
        {
            "first_norad_id": catalog.norad_id[pairs.first],
            "first_name": outside_names(catalog)[pairs.first],
            "second_norad_id": catalog.norad_id[pairs.second],
            "second_name": outside_names(catalog)[pairs.second],
            "start_separation_km": pairs.start_separation_km,
            "minimum_separation_km": pairs.minimum_separation_km,
            "maximum_separation_km": pairs.maximum_separation_km,
            "docked": pairs.docked,
        }
    )


def excluded(screened: ScreeningResult, inputs: RunInputs) -> Table:
    """excluded.csv: objects that did not take part, or only from or up to a moment, and why."""
    catalog = inputs.catalog
    rows = np.flatnonzero(screened.object_status != ObjectStatus.OK)
    status = screened.object_status[rows]
    took_part = screened.flown_s(inputs.duration_s)[rows] > 0.0
    nowhere = ~took_part & (status == ObjectStatus.NOT_COVERED)
    since, until = (np.where(nowhere, np.nan, s[rows]) for s in (screened.begin_s, screened.failure_s))
    return EXCLUDED.table(
        {
            "norad_id": catalog.norad_id[rows],
            "name": outside_names(catalog)[rows],
            "epoch_utc": epochs_datetime64(catalog.epoch_jd[rows], catalog.epoch_fraction[rows]),
            "status": status,
            "reason": [screened.existence.reason(row) for row in rows.tolist()],
            "valid_from_utc": utc_datetime64(inputs.start_jd, inputs.start_fraction, since),
            "valid_until_utc": utc_datetime64(inputs.start_jd, inputs.start_fraction, until),
            "took_part": took_part,
        }
    )


def gaps(screened: ScreeningResult, inputs: RunInputs) -> Table:
    """gaps.csv: stretches of the span that no ephemeris or element set of an object covers."""
    found, start = screened.gaps, (inputs.start_jd, inputs.start_fraction)
    return GAPS.table(
        {
            "norad_id": inputs.catalog.norad_id[found.row],
            "name": outside_names(inputs.catalog)[found.row],
            "begin_utc": utc_datetime64(*start, found.begin_s),
            "end_utc": utc_datetime64(*start, found.end_s),
            "begin_s": found.begin_s,
            "end_s": found.end_s,
            "status": found.status,
            "reason": [ObjectStatus(status).reason for status in found.status.tolist()],
        }
    )


def screened_spans(screened: ScreeningResult, inputs: RunInputs, rows: Index) -> dict[str, list[str]]:
    """Columns of objects.csv: the moments from and until which each object of the rows (m,) was screened, UTC."""
    start, spans = (inputs.start_jd, inputs.start_fraction), screened.existence.span(inputs.duration_s)
    return {
        name: datetime64_text(utc_datetime64(*start, moments[rows]))
        for name, moments in zip(("SCREENED_FROM", "SCREENED_UNTIL"), spans, strict=True)
    }


def flown_by(inputs: RunInputs, rows: Index) -> dict[str, list[str]]:
    """Column of objects.csv: how each object of the rows (m,) flew, if not only by its element set; otherwise none."""
    flights = inputs.flights
    if flights is None:
        return {}
    number = np.bincount(flights.row, minlength=len(inputs.catalog))
    by_ephemeris = np.isin(inputs.catalog.norad_id, [trajectory.number for trajectory in inputs.trajectories])
    return {
        "FLOWN_BY": [
            "ephemeris" if by_ephemeris[row] else f"{number[row]} element sets" if number[row] > 1 else ""
            for row in rows.tolist()
        ]
    }


def rejected(rejections: tuple[Rejection, ...]) -> Table:
    """rejected.csv: catalogue records that could not be used."""
    return REJECTED.table(
        {
            # Only its name: results do not depend on the location of a catalogue.
            "file": [Path(r.file).name for r in rejections],
            "line": [r.line for r in rejections],
            "norad_id": [-1 if r.norad_id is None else r.norad_id for r in rejections],
            "reason": [r.reason for r in rejections],
            "text": [r.text for r in rejections],
        }
    )


def tracks(all_tracks: tuple[RelativeTrack, ...]) -> Table:
    """tracks.csv: relative motion around the top events."""
    time_s = np.concatenate([np.empty(0), *(track.time_s for track in all_tracks)])
    relative = np.concatenate([np.empty((0, 3)), *(track.relative_rtn_km for track in all_tracks)])
    return TRACKS.table(
        {
            "encounter": [track.encounter for track in all_tracks for _ in track.time_s],
            "time_s": time_s,
            **_components("relative_position_{}_km", "rtn", relative),
        }
    )


def density(profile: DensityProfile) -> Table:
    """density.csv: objects per km^3 in altitude shells, by kind."""
    return DENSITY.table(
        {
            "altitude_low_km": profile.altitude_edges_km[:-1],
            "altitude_high_km": profile.altitude_edges_km[1:],
            **{f"{kind.label.replace(' ', '_')}_per_km3": values for kind, values in profile.per_km3.items()},
        }
    )


def events(reports: tuple[CdmAssessment, ...]) -> Table:
    """events.csv: conjunctions of messages, one row per method, the recommended one among them."""
    rows = [(number, report, result) for number, report in enumerate(reports) for result in report.results]
    plane = [report.plane for _, report, _ in rows]
    state = np.reshape([report.conjunction.relative_state_rtn for _, report, _ in rows], (-1, 6))
    return EVENTS.table(
        {
            "event": [number for number, _, _ in rows],
            "tca_utc": epochs_datetime64(
                [report.conjunction.tca_jd for _, report, _ in rows],
                [report.conjunction.tca_fraction for _, report, _ in rows],
            ),
            **{
                name: [getattr(report.conjunction, attribute) for _, report, _ in rows]
                for name, attribute in {
                    "file": "source",
                    "message_id": "message_id",
                    "originator": "originator",
                    "stated_method": "collision_probability_method",
                }.items()
            },
            **{
                f"{role}_{name}": [getattr(getattr(report.conjunction, role), name) for _, report, _ in rows]
                for role in ("primary", "secondary")
                for name in ("designator", "name")
            },
            **{
                name: [getattr(report, name) for _, report, _ in rows]
                for name in ("miss_distance_km", "relative_speed_km_s", "hard_body_radius_m", "dilution")
            },
            "method": [result.method for _, _, result in rows],
            "collision_probability": [_or_nan(result.value) for _, _, result in rows],
            "lower": [_or_nan(result.lower) for _, _, result in rows],
            "upper": [_or_nan(result.upper) for _, _, result in rows],
            "chosen": [result.method == report.chosen for _, report, result in rows],
            "method_flags": [";".join(result.flags) for _, _, result in rows],
            "flags": [";".join(report.flags) for _, report, _ in rows],
            "maximum_probability": [report.maximum for _, report, _ in rows],
            "maximum_sigma_factor": [report.maximum_scale for _, report, _ in rows],
            "stated_probability": [
                _or_nan(report.conjunction.collision_probability) for _, report, _ in rows
            ],
            **_components("relative_position_{}_km", "rtn", state[:, :3]),
            **_components("relative_velocity_{}_km_s", "rtn", state[:, 3:]),
            **_plane_columns(
                np.reshape([p.miss_km[0] for p in plane], (-1, 2)),
                np.reshape([p.covariance_km2[0] for p in plane], (-1, 2, 2)),
                np.reshape([report.along_covariance_km2 for _, report, _ in rows], (-1, 3)),
            ),
        }
    )


def _words_of(codes: NDArray[Any], word: Callable[[Any], str]) -> NDArray[np.object_]:
    """(m,) the text of each code (m,) or row of codes (m, k), made once per value."""
    values, place = np.unique(codes, axis=0, return_inverse=True)
    words = np.empty(len(values), dtype=np.object_)
    words[:] = [word(value) for value in values]
    return np.asarray(words[place.ravel()])


def _kinds(catalog: Catalog, rows: Index) -> NDArray[np.object_]:
    return np.array([kind.label for kind in ObjectKind], dtype=np.object_)[catalog.object_kind[rows]]


def _components(name: str, axes: str, vectors: Array) -> dict[str, Array]:
    """A column for each component of vectors (m, k)."""
    return {name.format(axis): vectors[:, k] for k, axis in enumerate(axes)}


def _state_columns(role: str, state: Array) -> dict[str, Array]:
    return _components(role + "_{}_km", "xyz", state[:, :3]) | _components(
        role + "_v{}_km_s", "xyz", state[:, 3:]
    )


def _plane_columns(miss_km: Array, covariance_km2: Array, along_covariance_km2: Array) -> dict[str, Array]:
    """Projected miss (m, 2) and covariance (m, 2, 2), and the covariances (m, 3) with the line of sight."""
    return {
        **_components("plane_miss_{}_km", "xy", miss_km),
        "plane_covariance_xx_km2": covariance_km2[:, 0, 0],
        "plane_covariance_xy_km2": covariance_km2[:, 0, 1],
        "plane_covariance_yy_km2": covariance_km2[:, 1, 1],
        "plane_covariance_xz_km2": along_covariance_km2[:, 0],
        "plane_covariance_yz_km2": along_covariance_km2[:, 1],
        "plane_covariance_zz_km2": along_covariance_km2[:, 2],
    }


def _consequence_columns(consequences: Consequences) -> dict[str, ArrayLike]:
    """Ranges over the unknown masses: energy, and expected, minimum and maximum number of fragments."""
    columns: dict[str, ArrayLike] = {"catastrophic_over_range": consequences.catastrophic_over_range}
    for name, (low, high) in (
        ("secondary_mass_{}_kg", consequences.secondary_mass_kg),
        ("energy_to_mass_{}_j_g", consequences.energy_to_mass_j_g),
    ):
        columns |= {name.format("low"): low, name.format("high"): high}
    for size, expected, (low, high) in zip(
        (10, 1), consequences.expected_fragments, consequences.fragments, strict=True
    ):
        stem = f"fragments_above_{size}_cm"
        columns |= {stem: expected, f"{stem}_low": low, f"{stem}_high": high}
    return columns


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
