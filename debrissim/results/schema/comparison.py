"""The files of a comparison of a run with another source."""

from __future__ import annotations

from debrissim.results.table import Column, Schema

_PAIR = (
    Column("tca_utc", "time", "time of closest approach, UTC, as the side that has the event gives it"),
    Column("first_norad_id", "id", "catalogue number of one object, in the order of that side"),
    Column("first_name", "text", "its name"),
    Column("second_norad_id", "id", "catalogue number of the other"),
    Column("second_name", "text", "its name"),
)
_EXPLAINED = (
    Column(
        "causes",
        "text",
        "the causes, separated by ; (docs/compare.md): together they explain the difference; empty if both agree",
    ),
    Column(
        "tested",
        "bool?",
        "true: a computation with the causes removed no longer shows the difference; false: this could not be tested; "
        "empty: there is no difference",
    ),
    Column("counterfactual_miss_km", "float", "miss with the causes removed"),
    Column("counterfactual_tca_shift_s", "float", "TCA with the causes removed minus that reported"),
    Column("explanation", "text", "the computation, in words"),
)
_AGES = (
    Column(
        "first_age_days", "float", "age of the first object's element set at TCA, as the source states it"
    ),
    Column("second_age_days", "float", "the same for the second object"),
)

MATCHED = Schema(
    "matched.csv",
    "one event that both have",
    (
        *_PAIR,
        Column("row", "int", "its row in conjunctions.csv, from 0"),
        Column("tca_difference_s", "float", "TCA of the results minus that of the source"),
        Column("miss_distance_km", "float", "of the results"),
        Column("other_miss_distance_km", "float", "of the source"),
        Column("miss_difference_km", "float", "miss of the results minus that of the source"),
        Column("relative_speed_km_s", "float", "of the results"),
        Column("other_relative_speed_km_s", "float", "of the source"),
        Column("collision_probability", "float", "of the results"),
        Column("other_collision_probability", "float", "of the source"),
        Column("maximum_probability", "float", "in the results, maximum over the scale of the covariance"),
        Column("other_maximum_probability", "float", "of the source"),
        *_AGES,
        Column("agrees", "bool", "true: TCA, miss and speed agree within the digits of the source"),
        *_EXPLAINED,
        Column("probability_causes", "text", "causes of a different probability, in the same way"),
        Column(
            "probability_tested",
            "bool?",
            "true: with these causes removed the probability is that of the source",
        ),
        Column(
            "counterfactual_probability",
            "float",
            "probability (or maximum) of the results with these causes removed",
        ),
        Column("probability_explanation", "text", "the computation, in words"),
    ),
)

MISSING = Schema(
    "missing.csv",
    "one event that only one side has",
    (
        Column("missing_in", "text", "the side that lacks it: results or other"),
        *_PAIR,
        Column("miss_distance_km", "float", "as the side that has it gives it"),
        Column("relative_speed_km_s", "float", "likewise"),
        Column("maximum_probability", "float", "likewise"),
        *_AGES,
        Column(
            "computed_miss_km", "float", "miss by the data of the side that lacks it; empty: not computable"
        ),
        Column("computed_tca_shift_s", "float", "its TCA minus that reported"),
        Column("computed_r_km", "float", "second minus first at that TCA along the primary's radial"),
        Column("computed_t_km", "float", "along its transverse"),
        Column("computed_n_km", "float", "along its normal"),
        Column("outside_km", "float", "distance by which that is outside the volumes; empty if inside"),
        *_EXPLAINED,
    ),
)
