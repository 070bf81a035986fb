"""The columns of the files in a results folder, each declared once."""

from __future__ import annotations

from typing import Any, Literal

Kind = Literal["whole", "number", "truth", "text"]


# What is a text or a truth by its meaning, whatever the cells of one run look like: an object may be named "12345".
_TEXTS = frozenset(
    {
        "tca_utc", "primary_name", "secondary_name", "object_kind", "parent_event", "status", "volumes",
        "collision_probability_method", "flags", "covariance_model", "catastrophic_over_range",
    }
)  # fmt: skip


_TRUTHS = frozenset({"synthetic", "dilution", "hard_body_radius_is_default", "catastrophic"})


def kind_of(name: str, cells: list[str]) -> Kind:
    """What a column holds: by its name, and for a column that is not known here by its cells."""
    if name in _TEXTS:
        return "text"
    if name in _TRUTHS:
        return "truth"
    if name.endswith("_norad_id"):
        return "whole"
    filled = [cell for cell in cells if cell]
    if filled and all(cell in ("true", "false") for cell in filled):
        return "truth"
    try:
        for cell in filled:
            float(cell)
    except ValueError:
        return "text"
    return "number"


def values_of(kind: Kind, cells: list[str]) -> list[Any]:
    """The cells as Python values."""
    if kind == "text":
        return list(cells)
    if kind == "truth":
        return [cell == "true" if cell else None for cell in cells]
    of = int if kind == "whole" else float
    return [of(cell) if cell else None for cell in cells]


SHELL_MARGIN_KM = 10.0


CLOUD_COLUMNS = {
    "primary_norad_id": "catalogue number of the primary",
    "volume": "the screening volume",
    "number": "of the revolution, or of the day, from 1",
    "begin_utc": "begin of it, UTC",
    "begin_s": "the same in seconds since the start of the span",
    "end_s": "its end",
    "fragment_passes": "approaches by modelled fragments in that volume",
    "fragment_per_day": "the same per day",
    "fragment_per_day_low": "lower end of the 95 % interval of that Poisson count, per day",
    "fragment_per_day_high": "upper end",
    "background_passes": "approaches by everything else",
    "background_per_day": "the same per day",
    "background_per_day_low": "lower end of the 95 % interval, per day",
    "background_per_day_high": "upper end",
    "fragment_flux_per_m2_year": "of fragments: passes over the disc of a spherical volume and time; empty for boxes",
    "background_flux_per_m2_year": "likewise of everything else",
    "fragment_probability": "cumulative collision probability of the fragments' approaches",
    "background_probability": "likewise of everything else's",
}


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


TRACK_COLUMNS = {
    "track": "number of the encounter, from 0, the most probable first",
    "primary_norad_id": "catalogue number of the primary",
    "primary_name": "its name",
    "secondary_norad_id": "catalogue number of the secondary",
    "secondary_name": "its name",
    "object_kind": "of the secondary",
    "catalogue": "file name of the catalogue",
    "catalogue_epoch_utc": "what it stands for: the 99th percentile of its epochs",
    "found": "inside a screening volume, outside the volumes (computed all the same), or why there are no numbers",
    "tca_utc": "time of closest approach, UTC",
    "tca_shift_s": "the same minus that of the newest catalogue that has one",
    "days_to_tca": "from the catalogue's epoch to its own TCA",
    "miss_distance_km": "distance at TCA, from SGP4",
    "miss_distance_sigma_km": "modelled standard deviation of the position difference along the miss",
    "relative_speed_km_s": "relative speed at TCA",
    "collision_probability": "as in conjunctions.csv",
    "maximum_probability": "likewise",
    "dilution": "likewise",
    "flags": "likewise",
    "primary_age_days": "from the epoch of the primary's element set to TCA",
    "secondary_age_days": "likewise of the secondary's",
}
