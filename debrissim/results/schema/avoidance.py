"""The files of a study of an avoidance manoeuvre.

Burns have a number each, from 1; 0 is the trajectory without a burn.
"""

from __future__ import annotations

from debrissim.results.table import Column, Schema

_BURN = (
    Column("burn", "int", "number of the burn; 0: without a burn"),
    Column("burn_utc", "time", "start of the burn, UTC"),
    Column("before_tca_hours", "float", "time from the start of the burn to the closest approach without it"),
    Column("before_tca_revolutions", "float", "the same in revolutions of the spacecraft"),
    Column("direction", "text", "along-track, radial, normal or free"),
    Column("delta_v_m_s", "float", "size of the velocity change, negative against the direction"),
    Column("delta_v_r_m_s", "float", "its radial part, in the spacecraft's RTN axes at the burn"),
    Column("delta_v_t_m_s", "float", "its transverse part"),
    Column("delta_v_n_m_s", "float", "its normal part"),
    Column("duration_s", "float", "length of the burn; 0: an impulse"),
)
_EFFECT = (
    Column("status", "text", "ok, or the reason why the trajectory after the burn is not known"),
    Column("tca_shift_s", "float", "closest approach after the burn minus that without it"),
    Column("miss_distance_km", "float", "distance at that closest approach"),
    Column("miss_r_km", "float", "secondary minus spacecraft along the spacecraft's radial"),
    Column("miss_t_km", "float", "along its transverse"),
    Column("miss_n_km", "float", "along its normal"),
    Column(
        "theory_error_km", "float", "error of the change caused by the burn until then, by a measured model"
    ),
    Column("relative_speed_km_s", "float", "relative speed at that closest approach"),
    Column("mahalanobis_distance", "float", "miss in the encounter plane in units of its own error"),
    Column("collision_probability", "float", "with the execution error of the burn in the covariance"),
    Column("probability_without_execution_error", "float", "for a burn that is executed exactly"),
    Column("method", "text", "method of the collision probability"),
    Column(
        "neighbour_miss_km",
        "float",
        "distance at a closer approach within half a revolution of that without a burn; empty: none",
    ),
    Column(
        "neighbour_probability",
        "float",
        "its collision probability, the larger of the values with and without the error",
    ),
    Column(
        "diluted",
        "bool",
        "true: the probability is below the goal or below that without a burn only because errors are larger",
    ),
    Column(
        "meets_goal",
        "bool",
        "true: probability and miss of this encounter and its neighbour meet the goals, and not by dilution",
    ),
)

CELLS = Schema(
    "cells.csv",
    "one burn of the trade space",
    (
        *_BURN,
        *_EFFECT,
        Column(
            "gradient_r",
            "float",
            "unit vector: direction of a further change in velocity that increases the miss of this burn the most, "
            "radial",
        ),
        Column("gradient_t", "float", "transverse"),
        Column("gradient_n", "float", "normal"),
    ),
)

MINIMA = Schema(
    "minima.csv",
    "the smallest burn that meets the goals, for one time and direction",
    (
        *_BURN,
        *_EFFECT,
        Column(
            "gradient_r",
            "float",
            "unit vector: direction of a small burn that increases the miss the most, radial",
        ),
        Column("gradient_t", "float", "transverse"),
        Column("gradient_n", "float", "normal"),
    ),
)

CANDIDATES = Schema(
    "candidates.csv",
    "one burn whose trajectory was screened again",
    (
        *_BURN,
        *_EFFECT,
        Column("verdict", "text", "green, worse, event remains or not examined"),
        Column("reason", "text", "the reason for the verdict"),
        Column("encounters", "int", "encounters within the volumes after the burn"),
        Column(
            "new_above_goal",
            "int",
            "of these, above the goal and either new or more probable than without a burn",
        ),
        Column("highest_probability", "float", "highest collision probability of those encounters"),
    ),
)

ENCOUNTERS = Schema(
    "encounters.csv",
    "one encounter of a screened trajectory",
    (
        Column("burn", "int", "number of the burn; 0: without a burn"),
        Column("tca_utc", "time", "closest approach, UTC"),
        Column("norad_id", "id", "catalogue number of the other object"),
        Column("name", "text", "its name"),
        Column("miss_distance_km", "float", "distance at the closest approach"),
        Column("miss_r_km", "float", "the other object minus the spacecraft along the spacecraft's radial"),
        Column("miss_t_km", "float", "along its transverse"),
        Column("miss_n_km", "float", "along its normal"),
        Column("relative_speed_km_s", "float", "relative speed"),
        Column("collision_probability", "float", "with the execution error of the burn in the covariance"),
        Column("method", "text", "method of the collision probability"),
        Column(
            "probability_without_burn",
            "float",
            "of the same passage without a burn, which can lie outside the volumes; empty: there is none",
        ),
        Column("above_goal", "bool", "true: above the goal, and new or more probable than without a burn"),
    ),
)

PLANE = Schema(
    "plane.csv",
    "the encounter plane before and after one burn",
    (
        Column("burn", "int", "number of the burn; 0: without a burn"),
        Column("miss_u_km", "float", "miss along the major axis of the combined error without a burn"),
        Column("miss_v_km", "float", "along the minor axis"),
        Column("covariance_uu_km2", "float", "combined covariance in the same axes"),
        Column("covariance_uv_km2", "float", "likewise"),
        Column("covariance_vv_km2", "float", "likewise"),
        Column("hard_body_radius_m", "float", "sum of both radii"),
    ),
)

RETURNS = Schema(
    "returns.csv",
    "one burn back to the old orbit",
    (
        Column("burn", "int", "number of the avoidance burn"),
        Column("return_utc", "time", "start of the burn back, UTC"),
        Column("delta_v_r_m_s", "float", "its radial part, in the spacecraft's RTN axes"),
        Column("delta_v_t_m_s", "float", "its transverse part"),
        Column("delta_v_n_m_s", "float", "its normal part"),
        Column("cost_m_s", "float", "size of both burns together"),
        Column("remaining_km", "float", "distance from the trajectory without burns at the end of the span"),
    ),
)
