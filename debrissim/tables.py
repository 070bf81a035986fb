"""The tables of a results folder, column by column, as plain lists: what is written is described here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.assessment import Assessment
from debrissim.catalog import ObjectKind, Rejection
from debrissim.exhibits import DensityProfile, Track
from debrissim.folder import Table as Table
from debrissim.pc import PcReport
from debrissim.prepare import Prepared
from debrissim.probability.collision import ProbabilityFlag
from debrissim.propagation.geodetic import geodetic
from debrissim.propagation.status import ObjectStatus
from debrissim.propagation.time import SECONDS_PER_DAY, utc_text
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.screen import ScreeningResult

CONJUNCTION_COLUMNS = {
    "tca_utc": "time of closest approach, UTC",
    "tca_s": "the same in seconds since the start of the span",
    "primary_norad_id": "catalogue number of the primary",
    "primary_name": "its name",
    "secondary_norad_id": "catalogue number of the secondary (900000000 and up: synthetic)",
    "secondary_name": "its name",
    "object_kind": "of the secondary: payload, rocket body, debris, unknown",
    "parent_event": "the breakup the secondary comes from, if known",
    "synthetic": "true: the secondary is drawn from a statistical model, it does not exist",
    "status": "minimum, or span start, span end: inside the volume there, its TCA is outside the span",
    "volumes": "the screening volumes the secondary is in at TCA, separated by ;",
    "miss_distance_km": "distance at TCA, from SGP4",
    "miss_distance_sigma_km": "modelled standard deviation of the position difference along the miss",
    "relative_position_r_km": "secondary minus primary, radial",
    "relative_position_t_km": "transverse",
    "relative_position_n_km": "normal",
    "relative_speed_km_s": "relative speed at TCA",
    "relative_velocity_r_km_s": "secondary minus primary, radial",
    "relative_velocity_t_km_s": "transverse",
    "relative_velocity_n_km_s": "normal",
    "approach_azimuth_deg": "where the secondary comes from: 0 ahead, +90 starboard, -90 port, 180 behind",
    "approach_elevation_deg": "+90 from the zenith, -90 from the nadir",
    "collision_probability": "by collision_probability_method with covariance_model",
    "collision_probability_half_sigma": "the same if every modelled sigma were half as large",
    "collision_probability_double_sigma": "the same if every modelled sigma were twice as large",
    "collision_probability_method": "name of the method",
    "maximum_probability": "greatest value over the scale of the covariance",
    "maximum_sigma_factor": "the factor on every sigma that gives it",
    "dilution": "true: in the dilution region, better tracking would raise the probability",
    "flags": "applicability of the probability, separated by ;",
    "covariance_model": "where the covariance comes from",
    "hard_body_radius_m": "of both objects together",
    "hard_body_radius_is_default": "true: the secondary's radius is its class default",
    "primary_age_days": "from the epoch of the primary's element set to TCA",
    "secondary_age_days": "likewise of the secondary's",
    "primary_sigma_r_km": "modelled standard deviation of the primary's position in its own RTN, radial",
    "primary_sigma_t_km": "likewise, transverse",
    "primary_sigma_n_km": "likewise, normal",
    "secondary_sigma_r_km": "modelled standard deviation of the secondary's position in its own RTN, radial",
    "secondary_sigma_t_km": "likewise, transverse",
    "secondary_sigma_n_km": "likewise, normal",
    "plane_miss_x_km": "projected miss in the encounter plane, horizontal part",
    "plane_miss_y_km": "vertical part, along the projection of the primary's radial",
    "plane_covariance_xx_km2": "projected combined covariance, same axes: variance of x",
    "plane_covariance_xy_km2": "covariance of x and y",
    "plane_covariance_yy_km2": "variance of y",
    "plane_covariance_xz_km2": "covariance of x and z, z along the relative velocity",
    "plane_covariance_yz_km2": "covariance of y and z",
    "plane_covariance_zz_km2": "variance of z",
    "secondary_mass_kg": "from the size table or the class default: a wide guess for debris",
    "impact_energy_j": "kinetic energy of the smaller object relative to the larger",
    "energy_to_mass_j_g": "per gram of the larger object",
    "catastrophic": "true: 40 J/g or more, both would break up (NASA standard breakup model)",
    "secondary_mass_low_kg": "5 % of objects of its kind are lighter; the mass itself where it is known",
    "secondary_mass_high_kg": "likewise, 5 % are heavier",
    "energy_to_mass_low_j_g": "least over the range of the masses",
    "energy_to_mass_high_j_g": "greatest over it",
    "catastrophic_over_range": "never, possibly or always, over the range of the masses",
    **{
        f"fragments_above_{size}_cm{end}": f"fragments of at least {size} cm {meaning}"
        for size in (10, 1)
        for end, meaning in (
            ("", "expected of a hit (NASA standard breakup model)"),
            ("_low", "least over the range of the masses"),
            ("_high", "greatest over it"),
        )
    },
    "primary_latitude_deg": "geodetic latitude of the primary at TCA (WGS-84)",
    "primary_longitude_deg": "its longitude, -180 to 180, east positive",
    "primary_altitude_km": "its altitude over the ellipsoid",
    "primary_x_km": "position of the primary at TCA, TEME of date, x",
    "primary_y_km": "likewise, y",
    "primary_z_km": "likewise, z",
    "primary_vx_km_s": "velocity of the primary at TCA, TEME of date, x",
    "primary_vy_km_s": "likewise, y",
    "primary_vz_km_s": "likewise, z",
    "secondary_x_km": "position of the secondary at TCA, TEME of date, x",
    "secondary_y_km": "likewise, y",
    "secondary_z_km": "likewise, z",
    "secondary_vx_km_s": "velocity of the secondary at TCA, TEME of date, x",
    "secondary_vy_km_s": "likewise, y",
    "secondary_vz_km_s": "likewise, z",
}


def conjunctions(encounters: Encounters, assessment: Assessment, prepared: Prepared) -> Table:
    """conjunctions.csv: one row per encounter, in the order of TCA, columns as `CONJUNCTION_COLUMNS`."""
    catalog, risk = prepared.catalog, assessment.probability
    primary, secondary = encounters.primary, encounters.secondary
    start = prepared.start_jd, prepared.start_fraction
    names = np.array([volume.name for volume in prepared.volumes])
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
        prepared.size_is_default[secondary],
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
            np.full(len(encounters), prepared.start_jd),
            prepared.start_fraction + encounters.tca_s / SECONDS_PER_DAY,
        ),
        *encounters.primary_state.T,
        *encounters.secondary_state.T,
    ]
    return dict(zip(CONJUNCTION_COLUMNS, (_plain(column) for column in columns), strict=True))


def co_located(screened: ScreeningResult, prepared: Prepared) -> Table:
    """co_located.csv: pairs that fly together and were left out of the conjunctions."""
    catalog, pairs = prepared.catalog, screened.co_located
    return {
        "first_norad_id": _plain(catalog.norad_id[pairs.first]),
        "first_name": _plain(catalog.name[pairs.first]),
        "second_norad_id": _plain(catalog.norad_id[pairs.second]),
        "second_name": _plain(catalog.name[pairs.second]),
        "start_separation_km": _plain(pairs.start_separation_km),
        "least_separation_km": _plain(pairs.least_separation_km),
        "greatest_separation_km": _plain(pairs.greatest_separation_km),
    }


def excluded(screened: ScreeningResult, prepared: Prepared) -> Table:
    """excluded.csv: objects that took no part, or only up to a moment, and why."""
    catalog = prepared.catalog
    rows = np.flatnonzero(screened.object_status != ObjectStatus.OK)
    start = prepared.start_jd, prepared.start_fraction
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


def tracks(all_tracks: tuple[Track, ...]) -> Table:
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


EVENT_COLUMNS = {
    "event": "number of the conjunction, from 0, in the order of the scenario",
    "file": "the message it comes from, as the scenario writes it",
    "message_id": "the message's own name",
    "originator": "who made it",
    "tca_utc": "time of closest approach it states, UTC",
    "primary_designator": "OBJECT1",
    "primary_name": "its name",
    "secondary_designator": "OBJECT2",
    "secondary_name": "its name",
    "miss_distance_km": "distance of the states it gives",
    "relative_speed_km_s": "relative speed, likewise",
    "hard_body_radius_m": "of both objects together",
    "method": "name of the method; one row for each",
    "collision_probability": "by that method; empty where it cannot be applied",
    "lower": "the method's own lower bound (proved, of quadrature, or 95 % confidence)",
    "upper": "likewise, upper",
    "chosen": "true: the method to rely on, by the flags and by curvature",
    "method_flags": "what concerns this method alone, separated by ;",
    "flags": "applicability of the encounter plane, separated by ;",
    "maximum_probability": "greatest value over the scale of the covariance",
    "maximum_sigma_factor": "the factor on every sigma that gives it",
    "dilution": "true: in the dilution region",
    "stated_probability": "what the message states",
    "stated_method": "the method it names",
    "relative_position_r_km": "secondary minus primary, radial",
    "relative_position_t_km": "transverse",
    "relative_position_n_km": "normal",
    "relative_velocity_r_km_s": "secondary minus primary, radial",
    "relative_velocity_t_km_s": "transverse",
    "relative_velocity_n_km_s": "normal",
    "plane_miss_x_km": "projected miss in the encounter plane, horizontal part",
    "plane_miss_y_km": "vertical part, along the projection of the primary's radial",
    "plane_covariance_xx_km2": "projected combined covariance, same axes: variance of x",
    "plane_covariance_xy_km2": "covariance of x and y",
    "plane_covariance_yy_km2": "variance of y",
    "plane_covariance_xz_km2": "covariance of x and z, z along the relative velocity",
    "plane_covariance_yz_km2": "covariance of y and z",
    "plane_covariance_zz_km2": "variance of z",
}


def events(reports: tuple[PcReport, ...]) -> Table:
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
